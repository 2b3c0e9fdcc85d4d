//! The weigh-in-motion scale of a lane: from what its sensors feel to what its controller writes.

use std::collections::VecDeque;

use firmware_protocols::VehicleFlag;

use super::crossing::{Defect, Measured, MeasuredAxle, Record};
use super::device_clock::DeviceClock;
use super::dice::Dice;
use super::motion::{seconds, tenth_kmh};
use super::rolling::{Hit, duration};
use super::settings::{
    ControllerSettings, DefectShares, Fault, FaultKind, ScaleError, Settings, SpacingProfile,
    per_cent,
};
use crate::passage::TravelDirection;
use crate::units::{Kilograms, Micros, Millimetres, TenthKmh};

/// Numbers so many records back may be used again.
const NUMBERS_KEPT: usize = 200;
/// Speeds that real files have and no truck drives.
const IMPOSSIBLE_SPEEDS: [TenthKmh; 2] = [TenthKmh::new(2_510), TenthKmh::new(7_760)];

/// Nothing longer is stated.
const LONGEST_MM: i64 = 99_990;

/// What of a vehicle is one record.
#[derive(Debug)]
pub(super) struct Felt {
    pub(super) hits: Vec<Hit>,
    /// Numbers of the vehicles.
    pub(super) vehicles: Vec<u64>,
    /// From bumper to bumper, metres.
    pub(super) length: f64,
    /// Whether the vehicle drives with the lane.
    pub(super) with_lane: bool,
    /// Whether nothing may go wrong.
    pub(super) clean: bool,
    /// What the controller flags, where it flags at all.
    pub(super) flag: Option<VehicleFlag>,
}

/// The scale with its controller.
#[derive(Debug)]
pub(super) struct Scale {
    lane: u16,
    dice: Dice,
    start: Micros,
    error: ScaleError,
    spacings: SpacingProfile,
    shares: DefectShares,
    controllers: ControllerSettings,
    faults: Vec<Fault>,
    /// Factor on every weight.
    bias: f64,
    /// Whether the controller can tell directions, and wheels beside the sensor from light ones.
    tells_direction: bool,
    tells_beside: bool,
    sequence: u64,
    numbers: VecDeque<u64>,
    counter_lost: bool,
    records: u64,
}

impl Scale {
    pub(super) fn new(settings: &Settings, lane: u16, mut dice: Dice) -> Self {
        let bias = 1.0 + dice.normal(0.0, settings.scale_error.bias);
        let tells_direction = dice.chance(settings.controllers.tells_direction);
        let tells_beside = dice.chance(settings.controllers.tells_beside);
        let faults = settings.faults.iter().filter(|fault| fault.lane == lane);
        Self {
            lane,
            start: settings.start,
            error: settings.scale_error,
            spacings: settings.spacings,
            shares: settings.defects,
            controllers: settings.controllers,
            faults: faults.copied().collect(),
            bias,
            tells_direction,
            tells_beside,
            sequence: 0,
            numbers: VecDeque::new(),
            counter_lost: false,
            records: 0,
            dice,
        }
    }

    /// The faults that go on at a moment, with how long they have.
    fn faults_at(&self, now: Micros) -> impl Iterator<Item = (FaultKind, Micros)> + '_ {
        let start = self.start;
        let faults = self.faults.iter();
        faults.filter_map(move |fault| Some((fault.kind, fault.since(start, now)?)))
    }

    /// Whether the controller records anybody.
    fn records_at(&self, now: Micros) -> bool {
        !self
            .faults_at(now)
            .any(|(kind, _)| matches!(kind, FaultKind::ScaleDead | FaultKind::ZeroCapture))
    }

    /// The record of what the sensors felt; `None` when there is none.
    pub(super) fn record(
        &mut self,
        clock: &mut DeviceClock,
        felt: Felt,
        defects: &mut Vec<Defect>,
    ) -> Option<Record> {
        let at = felt.hits.first()?.at;
        let over = felt.hits.last()?.at;
        if !self.records_at(at) {
            return None;
        }
        let missed = self.chance(felt.clean, self.shares.missed_record);
        if missed {
            defects.push(Defect::MissedRecord);
            return None;
        }
        let sequence = self.number(at, felt.clean, defects);
        let (mut axles, speeds) = self.weigh(&felt.hits, at);
        let speed = self.stated_speed(&speeds, felt.clean, defects);
        let acceleration = self.acceleration(&felt.hits);
        if self.chance(felt.clean, self.shares.spacing_artefact) {
            self.bounce(&mut axles);
            defects.push(Defect::SpacingArtefact);
        }
        let mut gross: Kilograms = axles.iter().map(MeasuredAxle::measured_kg).sum();
        if self.chance(felt.clean, self.shares.sum_one_below) {
            defects.push(Defect::SumOneBelow);
            gross = gross.saturating_add(Kilograms::new(1));
        }
        if self.chance(felt.clean, self.shares.digit_swap)
            && swap_digits(&mut self.dice, &mut axles)
        {
            defects.push(Defect::DigitSwap);
        }
        let base: Millimetres = axles.iter().filter_map(|axle| axle.spacing_mm).sum();
        let length = ((felt.length * 1_000.0 + self.dice.normal(0.0, 120.0)).round() as i64).max(0);
        let sent_at = over.saturating_add(Micros::new(self.dice.uniform(80e3, 180e3) as i64));
        let again_at = self
            .chance(felt.clean, self.shares.duplicate_record)
            .then(|| {
                defects.push(Defect::DuplicateRecord);
                sent_at.saturating_add(Micros::new(self.dice.uniform(200e3, 900e3) as i64))
            });
        let (time, clock_error) = self.time(clock, at);
        let direction = if felt.with_lane {
            TravelDirection::Forward
        } else {
            TravelDirection::Reverse
        };
        let flag = felt.flag.filter(|_| self.controllers.flag_evasion);
        Some(Record {
            lane: self.lane,
            vehicles: felt.vehicles,
            measured: Measured {
                sequence,
                time,
                clock_error,
                direction: self.tells_direction.then_some(direction),
                speed_tenth_kmh: speed,
                acceleration_tenth_ms2: acceleration,
                length_mm: Millimetres::new(
                    (length / 10 * 10).max(base.get() + 500).min(LONGEST_MM),
                ),
                gross_kg: gross,
                axles,
                flags: flag.into_iter().collect(),
                sent_at,
                again_at,
            },
        })
    }

    fn chance(&mut self, clean: bool, share: f64) -> bool {
        !clean && self.dice.chance(share)
    }

    /// The next number.
    fn number(&mut self, at: Micros, clean: bool, defects: &mut Vec<Defect>) -> u64 {
        let lost = self.faults_at(at);
        let lost = lost
            .into_iter()
            .any(|(kind, _)| kind == FaultKind::CounterLost);
        if lost && !self.counter_lost {
            self.sequence = 0;
            self.numbers.clear();
        } else {
            self.sequence += 1;
        }
        self.counter_lost = lost;
        if self.chance(clean, self.shares.sequence_gap) {
            self.sequence += 1 + self.dice.below(3) as u64;
            defects.push(Defect::SequenceGap);
        }
        if self.chance(clean, self.shares.reused_sequence)
            && let Some(old) = self
                .numbers
                .get(self.dice.below(self.numbers.len()))
                .copied()
        {
            defects.push(Defect::ReusedSequence);
            return old;
        }
        if self.numbers.len() == NUMBERS_KEPT {
            self.numbers.pop_front();
        }
        self.numbers.push_back(self.sequence);
        self.sequence
    }

    /// What the controller's clock shows, and by how much that is wrong.
    fn time(&mut self, clock: &mut DeviceClock, at: Micros) -> (Micros, Micros) {
        self.records += 1;
        let mut shown = clock.shows(at);
        for (kind, _) in self.faults_at(at) {
            if let FaultKind::TwoClocks { ahead } = kind
                && self.records.is_multiple_of(3)
            {
                shown = shown.saturating_add(ahead);
            }
        }
        (whole_millis(shown), shown.saturating_sub(at))
    }

    /// The axles as the scale sees them, and their speeds in m/s: the lane's bias, an error of the
    /// vehicle, and errors of the axles against each other, which a bouncing vehicle shifts from one
    /// axle to the next.
    fn weigh(&mut self, hits: &[Hit], at: Micros) -> (Vec<MeasuredAxle>, Vec<f64>) {
        let error = self.error;
        let (mut drifted, mut left_gain, mut noise) = (1.0, 1.0, 0.0);
        for (kind, since) in self.faults_at(at) {
            match kind {
                FaultKind::BiasDrift { per_cent_a_day } => {
                    drifted *= 1.0 + per_cent(per_cent_a_day, since);
                }
                FaultKind::LeftSideFades { per_cent_a_day } => {
                    left_gain = (1.0 - per_cent(per_cent_a_day, since)).max(0.1);
                }
                FaultKind::NoisyAxles { deviation } => noise = deviation,
                _ => {}
            }
        }
        let whole = self.bias * drifted * self.dice.normal_within(1.0, error.gross, 0.9, 1.1);
        let count = hits.len();
        let mut apart: Vec<f64> = Vec::with_capacity(count);
        for hit in hits {
            // Brakes and throttle make it nod.
            let deviation = error.axle * (1.0 + 0.5 * hit.acceleration.abs());
            apart.push(self.dice.normal_within(0.0, deviation, -0.15, 0.15));
        }
        let mean = apart.iter().sum::<f64>() / count.max(1) as f64;
        let speed_error = self.dice.normal_within(1.0, 0.006, 0.98, 1.02);
        let mut axles = Vec::with_capacity(count);
        let mut speeds = Vec::with_capacity(count);
        for (hit, apart) in hits.iter().zip(apart) {
            let hit = hit.clone().without_ghosts();
            let mut factor = whole * (1.0 + apart - mean);
            if noise > 0.0 {
                factor *= self.dice.normal_within(1.0, noise, 0.5, 1.5);
            }
            let sides = self.dice.normal_within(0.0, 0.3 * error.axle, -0.05, 0.05);
            let division = |side: Option<f64>, factor: f64| {
                side.map(|kg| ((kg * factor / 10.0).round() as i64).max(1) * 10)
            };
            let left = division(hit.left, factor * left_gain * (1.0 + sides));
            let right = division(hit.right, factor * (1.0 - sides));
            let beside = left.is_none() || right.is_none();
            // Who can't tell a wheel beside the sensor from none at all writes a zero.
            let told = |side: Option<i64>| {
                side.or((!self.tells_beside).then_some(0))
                    .map(Kilograms::new)
            };
            let (left_kg, right_kg) = (told(left), told(right));
            let speed = hit.speed * speed_error * self.dice.normal_within(1.0, 0.003, 0.99, 1.01);
            axles.push(MeasuredAxle {
                left_kg,
                right_kg,
                spacing_mm: hit.way.map(|way| self.spacing(way, hit.uneven)),
                speed_tenth_kmh: tenth_kmh(speed),
                validity: if beside && self.tells_beside { 3 } else { 0 },
                group: hit.group,
            });
            speeds.push(speed);
        }
        (axles, speeds)
    }

    fn spacing(&mut self, way: f64, uneven: f64) -> Millimetres {
        // Spacing is speed times time: who changes his speed in between is measured worse.
        let deviation = 0.003 + 0.04 * uneven * uneven;
        let within = 3.4 * deviation;
        let error = self
            .dice
            .normal_within(1.0, deviation, 1.0 - within, 1.0 + within);
        let seen = way * 1_000.0 * error;
        let seen = match self.spacings {
            SpacingProfile::TenMillimetres => (seen / 10.0).round() as i64 * 10,
            SpacingProfile::TruncatedFifty => {
                (seen / 50.0).round() as i64 * 50 - i64::from(self.dice.chance(0.36))
            }
        };
        Millimetres::new(seen.clamp(50, 40_000))
    }

    fn stated_speed(&mut self, speeds: &[f64], clean: bool, defects: &mut Vec<Defect>) -> TenthKmh {
        let mean = speeds.iter().sum::<f64>() / speeds.len().max(1) as f64;
        if self.chance(clean, self.shares.impossible_speed) {
            defects.push(Defect::ImpossibleSpeed);
            let which = self.dice.below(IMPOSSIBLE_SPEEDS.len());
            return IMPOSSIBLE_SPEEDS.get(which).copied().unwrap_or_default();
        }
        tenth_kmh(mean)
    }

    fn acceleration(&mut self, hits: &[Hit]) -> Option<i64> {
        let (first, last) = (hits.first()?, hits.last()?);
        let lasts = duration(hits);
        if lasts <= 0.0 {
            return None;
        }
        let mean = (last.speed - first.speed) / lasts + self.dice.normal(0.0, 0.05);
        Some(((mean * 10.0).round() as i64).clamp(-200, 200))
    }

    /// A bounce behind an axle is taken for a wheel of its own.
    fn bounce(&mut self, axles: &mut Vec<MeasuredAxle>) {
        let at = self.dice.below(axles.len());
        let Some(axle) = axles.get_mut(at) else {
            return;
        };
        let part = self.dice.uniform(0.1, 0.4);
        let split = |side: &mut Option<Kilograms>| {
            let ghost = side.map(|kg| ((kg.get() as f64 * part / 10.0) as i64).max(1) * 10);
            if let (Some(kg), Some(ghost)) = (side.as_mut(), ghost) {
                *kg = kg.saturating_sub(Kilograms::new(ghost));
            }
            ghost.map(Kilograms::new)
        };
        let (left_kg, right_kg) = (split(&mut axle.left_kg), split(&mut axle.right_kg));
        let spacing = Millimetres::new(self.dice.uniform(65.0, 80.0) as i64 * 10);
        let ghost = MeasuredAxle {
            left_kg,
            right_kg,
            spacing_mm: Some(spacing),
            ..*axle
        };
        axles.insert(at + 1, ghost);
        if let Some(next) = axles.get_mut(at + 2) {
            let rest = next.spacing_mm.map(|way| way.saturating_sub(spacing));
            next.spacing_mm = rest.map(|way| way.max(Millimetres::new(300)));
        }
    }
}

/// Two digits of a wheel's weight change places; `false` where they are alike.
fn swap_digits(dice: &mut Dice, axles: &mut [MeasuredAxle]) -> bool {
    let which = dice.below(axles.len());
    let Some(left) = axles.get_mut(which).and_then(|axle| axle.left_kg.as_mut()) else {
        return false;
    };
    let tens = left.get() / 10;
    // Hundreds and thousands: what is entered as 19,125 becomes 91,125.
    let (rest, hundreds, last) = (tens / 100, tens / 10 % 10, tens % 10);
    let swapped = rest / 10 * 1_000 + hundreds * 100 + rest % 10 * 10 + last;
    let swapped = Kilograms::new(swapped * 10);
    let changed = swapped != *left && swapped > Kilograms::ZERO;
    if changed {
        *left = swapped;
    }
    changed
}

pub(super) fn whole_millis(moment: Micros) -> Micros {
    Micros::from_millis(moment.get().div_euclid(1_000))
}

/// So long after the last axle a record is sent at the latest.
pub(super) fn slowest_sending() -> Micros {
    seconds(0.18)
}
