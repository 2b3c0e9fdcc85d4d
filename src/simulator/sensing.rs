//! What the scale and the plate camera of a lane make of a vehicle, and what goes wrong there.

use super::crossing::{CameraView, Defect, Measured, MeasuredAxle, PlateOf, PlateRead};
use super::dice::Dice;
use super::settings::SpacingProfile;
use super::traffic::{Lane, seconds, travel_time};
use super::vehicle::Truth;
use crate::passage::TravelDirection;
use crate::plate::{PROVINCES, look_alikes};
use crate::units::{Kilograms, Micros, Millimetres, TenthKmh};

impl Lane {
    pub(super) fn measure(
        &mut self,
        vehicle: &Truth,
        at: Micros,
        speed: TenthKmh,
        clean: bool,
        defects: &mut Vec<Defect>,
    ) -> Measured {
        let shares = self.settings.defects;
        self.sequence += 1;
        if !clean && self.dice.chance(shares.sequence_gap) {
            self.sequence += 1 + self.dice.below(3) as u64;
            defects.push(Defect::SequenceGap);
        }
        let measured_speed = speed.get() as f64 * self.dice.normal_within(1.0, 0.006, 0.98, 1.02);
        let measured_speed = TenthKmh::new(measured_speed.round() as i64);
        let axles = self.weigh(vehicle, measured_speed);
        let sum: Kilograms = axles.iter().map(MeasuredAxle::measured_kg).sum();
        let one = if !clean && self.dice.chance(shares.sum_one_below) {
            defects.push(Defect::SumOneBelow);
            1
        } else {
            0
        };
        let base: Millimetres = axles.iter().filter_map(|axle| axle.spacing_mm).sum();
        let length = (vehicle.length_mm.get() as f64 + self.dice.normal(0.0, 120.0)).round() as i64;
        let base_time = travel_time(
            vehicle
                .axles
                .iter()
                .filter_map(|a| a.spacing_mm)
                .sum::<Millimetres>()
                .get() as f64,
            speed,
        );
        let sent_at = at
            .saturating_add(base_time)
            .saturating_add(Micros::new(self.dice.uniform(80_000.0, 180_000.0) as i64));
        let again_at = (!clean && self.dice.chance(shares.duplicate_record)).then(|| {
            defects.push(Defect::DuplicateRecord);
            sent_at.saturating_add(Micros::new(self.dice.uniform(200_000.0, 900_000.0) as i64))
        });
        Measured {
            sequence: self.sequence,
            time: whole_millis(at),
            direction: Some(TravelDirection::Forward),
            speed_tenth_kmh: measured_speed,
            acceleration_tenth_ms2: None,
            length_mm: Millimetres::new((length / 10 * 10).max(base.get() + 500)),
            gross_kg: sum.saturating_add(Kilograms::new(one)),
            axles,
            flags: Vec::new(),
            sent_at,
            again_at,
        }
    }

    /// The axles as the scale sees them: the lane's bias, an error of the vehicle, and errors of
    /// the axles against each other, which a bouncing vehicle shifts from one axle to the next.
    fn weigh(&mut self, vehicle: &Truth, speed: TenthKmh) -> Vec<MeasuredAxle> {
        let error = self.settings.scale_error;
        let whole = self.bias * self.dice.normal_within(1.0, error.gross, 0.9, 1.1);
        let count = vehicle.axles.len();
        let mut apart: Vec<f64> = (0..count)
            .map(|_| self.dice.normal_within(0.0, error.axle, -0.15, 0.15))
            .collect();
        let mean = apart.iter().sum::<f64>() / count.max(1) as f64;
        apart.iter_mut().for_each(|error| *error -= mean);
        let mut axles = Vec::with_capacity(count);
        for (axle, apart) in vehicle.axles.iter().zip(apart) {
            let factor = whole * (1.0 + apart);
            let division = |side: Kilograms| {
                let divisions = (side.get() as f64 * factor / 10.0).round() as i64;
                Kilograms::new(divisions.max(1) * 10)
            };
            let (left_kg, right_kg) = (division(axle.left_kg), division(axle.right_kg));
            axles.push(MeasuredAxle {
                left_kg: Some(left_kg),
                right_kg: Some(right_kg),
                spacing_mm: axle.spacing_mm.map(|spacing| self.spacing(spacing)),
                speed_tenth_kmh: speed,
                validity: 0,
                group: 0,
            });
        }
        let mut of_group = axles.iter_mut();
        for (group, count) in (1_u8..).zip(&vehicle.groups) {
            for axle in of_group.by_ref().take(usize::from(*count)) {
                axle.group = group;
            }
        }
        axles
    }

    fn spacing(&mut self, spacing: Millimetres) -> Millimetres {
        let seen = spacing.get() as f64 * self.dice.normal_within(1.0, 0.003, 0.99, 1.01);
        Millimetres::new(match self.settings.spacings {
            SpacingProfile::TenMillimetres => (seen / 10.0).round() as i64 * 10,
            SpacingProfile::TruncatedFifty => {
                (seen / 50.0).round() as i64 * 50 - i64::from(self.dice.chance(0.36))
            }
        })
    }

    pub(super) fn read_plate(
        &mut self,
        vehicle: &Truth,
        at: Micros,
        clean: bool,
        defects: &mut Vec<Defect>,
    ) -> Vec<PlateRead> {
        let shares = self.settings.defects;
        let seen_at = at.saturating_add(seconds(self.dice.normal_within(0.03, 0.04, -0.1, 0.16)));
        let mut sent_at = seen_at.saturating_add(seconds(self.dice.uniform(0.12, 0.35)));
        let mut read = PlateRead {
            lane: self.lane,
            view: CameraView::Front,
            reading: PlateOf::Tractor,
            plate: Some(vehicle.plate.to_string()),
            colour: Some(vehicle.colour),
            confidence: Some(self.dice.normal_within(96.0, 2.0, 88.0, 99.0).round() as u8),
            seen_at: whole_millis(seen_at),
            sent_at,
        };
        if clean {
            return vec![read];
        }
        if self.dice.chance(shares.unread_plate) {
            defects.push(Defect::UnreadPlate);
            (read.plate, read.colour, read.confidence) = (None, None, None);
        } else if self.dice.chance(shares.misread_plate)
            && let Some(misread) = misread(&mut self.dice, vehicle.plate.as_str())
        {
            defects.push(Defect::MisreadPlate);
            read.plate = Some(misread);
            read.confidence = Some(self.dice.uniform(52.0, 90.0) as u8);
        }
        if self.dice.chance(shares.late_read) {
            defects.push(Defect::LateRead);
            sent_at = sent_at.saturating_add(seconds(self.dice.uniform(2.0, 6.0)));
            read.sent_at = sent_at;
        }
        let mut reads = vec![read];
        if self.dice.chance(shares.doubled_read)
            && let Some(first) = reads.first().cloned()
        {
            defects.push(Defect::DoubledRead);
            let later = seconds(self.dice.uniform(0.08, 0.30));
            reads.push(PlateRead {
                seen_at: whole_millis(first.seen_at.saturating_add(later)),
                sent_at: first.sent_at.saturating_add(later),
                ..first
            });
        }
        reads
    }
}

/// The text with one character taken for one that looks like it; `None` when none has any.
fn misread(dice: &mut Dice, plate: &str) -> Option<String> {
    let mut characters: Vec<char> = plate.chars().collect();
    let swaps: Vec<(usize, char)> = characters
        .iter()
        .enumerate()
        .flat_map(|(index, from)| look_alikes(*from).map(move |to| (index, to)))
        // A recogniser knows the character set: it never reads I or O, nor a digit for the office.
        .filter(|(index, to)| match index {
            0 => PROVINCES.contains(*to),
            1 => to.is_ascii_uppercase() && !matches!(to, 'I' | 'O'),
            _ => to.is_ascii_alphanumeric() && !matches!(to, 'I' | 'O'),
        })
        .collect();
    let &(index, to) = swaps.get(dice.below(swaps.len()))?;
    *characters.get_mut(index)? = to;
    Some(characters.into_iter().collect())
}

fn whole_millis(moment: Micros) -> Micros {
    Micros::from_millis(moment.get().div_euclid(1_000))
}
