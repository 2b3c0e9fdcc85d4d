//! A plate camera: whom it sees, when by its clock, and what it makes of the plate.

use super::crossing::{CameraView, Defect, PlateOf, PlateRead};
use super::device_clock::DeviceClock;
use super::dice::Dice;
use super::emission::BEIJING_AHEAD;
use super::motion::{Motion, metres, seconds};
use super::scale::whole_millis;
use super::settings::{CameraSettings, DefectShares, Fault, FaultKind, Settings, per_cent};
use super::vehicle::Truth;
use crate::plate::{PROVINCES, PlateColour, look_alikes};
use crate::units::Micros;

/// Misreads and unread plates of a dirty plate.
const DIRTY_MISREAD: f64 = 0.15;
const DIRTY_UNREAD: f64 = 0.35;
/// Of the misread plates so many are misread in two places.
const TWICE_MISREAD: f64 = 0.12;

/// What there is to see of a vehicle.
#[derive(Debug, Clone, Copy)]
pub(super) struct InView<'a> {
    pub(super) vehicle: &'a Truth,
    pub(super) motion: &'a Motion,
    /// When its first axle is on the first sensor of the scale.
    pub(super) at: Micros,
    /// Whether it comes with the other end in front.
    pub(super) turned: bool,
    /// Whether there is a plate to read; otherwise how likely the camera is sure that there is none.
    pub(super) plate: Result<(), f64>,
    pub(super) dirty: bool,
    /// Somebody hides this end of it.
    pub(super) hidden: bool,
    /// Whether nothing may go wrong.
    pub(super) clean: bool,
}

/// The camera.
#[derive(Debug)]
pub(super) struct Camera {
    lane: u16,
    pub(super) view: CameraView,
    distance: f64,
    dice: Dice,
    start: Micros,
    settings: CameraSettings,
    shares: DefectShares,
    faults: Vec<Fault>,
    /// Factor on all that goes wrong with it.
    poor: f64,
    pub(super) clock: DeviceClock,
}

impl Camera {
    pub(super) fn new(
        settings: &Settings,
        (lane, view): (u16, CameraView),
        mut dice: Dice,
        clock: DeviceClock,
    ) -> Self {
        let cameras = settings.cameras;
        let distance = match (view, cameras.rear) {
            (CameraView::Rear, Some(rear)) => rear.distance_mm,
            _ => cameras.distance_mm,
        };
        let of_this = |fault: &&Fault| match fault.kind {
            FaultKind::CameraDead { view: of } | FaultKind::CameraFades { view: of, .. } => {
                fault.lane == lane && of == view
            }
            _ => false,
        };
        let poor = dice.normal_within(0.0, cameras.spread, -0.7, 0.7).exp();
        Self {
            lane,
            view,
            distance: metres(distance.get()),
            start: settings.start,
            settings: cameras,
            shares: settings.defects,
            faults: settings.faults.iter().filter(of_this).copied().collect(),
            poor,
            clock,
            dice,
        }
    }

    /// The lane that it looks at.
    pub(super) const fn lane(&self) -> u16 {
        self.lane
    }

    /// Whether the neighbour's camera sees the vehicle, too, or instead of this one.
    pub(super) fn strays(&mut self) -> Option<Defect> {
        let (too, instead) = (self.settings.neighbour_too, self.settings.neighbour_instead);
        let drawn = self.dice.uniform(0.0, 1.0);
        if drawn < too {
            Some(Defect::NeighbourToo)
        } else {
            (drawn < too + instead).then_some(Defect::NeighbourInstead)
        }
    }

    /// The lines that it sends because of a vehicle.
    pub(super) fn see(&mut self, seen: &InView<'_>, defects: &mut Vec<Defect>) -> Vec<PlateRead> {
        let mut place = self.distance;
        if self.view == CameraView::Rear {
            place += metres(seen.vehicle.length_mm.get());
        }
        let at = seen.at.saturating_add(seconds(seen.motion.time_at(place)));
        let (dead, fades) = self.faults_at(at);
        let unseen = if seen.hidden {
            0.4
        } else {
            self.settings.unseen * self.poor
        };
        if dead {
            return Vec::new();
        }
        if !seen.clean && self.dice.chance(unseen) {
            defects.push(Defect::Unseen);
            return Vec::new();
        }
        let noticed_at = at.saturating_add(self.trigger(seen.clean, defects));
        let mut sent_at = noticed_at.saturating_add(seconds(self.dice.uniform(0.12, 0.35)));
        let clock_error = self.clock.error(noticed_at);
        let mut read = self.right_read(seen);
        read.clock_error = clock_error;
        read.seen_at = whole_millis(noticed_at.saturating_add(clock_error));
        read.sent_at = sent_at;
        if seen.clean {
            return vec![read];
        }
        self.spoil(seen, &mut read, fades, defects);
        if self.dice.chance(self.shares.late_read) {
            defects.push(Defect::LateRead);
            sent_at = sent_at.saturating_add(seconds(self.dice.uniform(2.0, 6.0)));
            read.sent_at = sent_at;
        }
        let mut reads = vec![read];
        if self.dice.chance(self.shares.doubled_read)
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

    /// Whether it is dead, and what more of the plates it fails to read.
    fn faults_at(&self, now: Micros) -> (bool, f64) {
        let (mut dead, mut fades) = (false, 0.0);
        for fault in &self.faults {
            match (fault.kind, fault.since(self.start, now)) {
                (FaultKind::CameraDead { .. }, Some(_)) => dead = true,
                (FaultKind::CameraFades { per_cent_a_day, .. }, Some(since)) => {
                    fades = per_cent(per_cent_a_day, since).min(1.0);
                }
                _ => {}
            }
        }
        (dead, fades)
    }

    /// How late it notices a vehicle at its line.
    fn trigger(&mut self, clean: bool, defects: &mut Vec<Defect>) -> Micros {
        let (mean, deviation) = self.settings.trigger_ms;
        let core = self.dice.normal_within(mean, deviation, -100.0, 160.0);
        let late = if !clean && self.dice.chance(self.settings.late_trigger) {
            defects.push(Defect::LateTrigger);
            self.dice.uniform(150.0, 1_000.0)
        } else {
            0.0
        };
        seconds((core + late) / 1_000.0)
    }

    fn right_read(&mut self, seen: &InView<'_>) -> PlateRead {
        let vehicle = seen.vehicle;
        let sees_rear = (self.view == CameraView::Rear) != seen.turned;
        let (plate, colour) = if sees_rear {
            vehicle.rear_plate()
        } else {
            (&vehicle.plate, vehicle.colour)
        };
        let is_trailers = sees_rear && vehicle.trailer_plate.is_some();
        PlateRead {
            lane: self.lane,
            view: self.view,
            reading: if is_trailers {
                PlateOf::Trailer
            } else {
                PlateOf::Tractor
            },
            plate: Some(plate.to_string()),
            colour: Some(colour),
            confidence: Some(self.dice.normal_within(95.0, 3.0, 80.0, 99.0).round() as u8),
            seen_at: Micros::ZERO,
            clock_error: Micros::ZERO,
            sent_at: Micros::ZERO,
        }
    }

    /// What goes wrong with the reading itself.
    fn spoil(
        &mut self,
        seen: &InView<'_>,
        read: &mut PlateRead,
        fades: f64,
        defects: &mut Vec<Defect>,
    ) {
        if let Err(sure) = seen.plate {
            (read.plate, read.colour) = (None, None);
            read.confidence = self.sure_of_none(sure);
            return;
        }
        let mut misread_share = self.shares.misread_plate * self.poor;
        let mut unread_share = self.shares.unread_plate * self.poor + fades;
        if is_night(read.seen_at) {
            misread_share *= self.settings.night_factor;
        }
        if seen.dirty {
            misread_share += DIRTY_MISREAD;
            unread_share += DIRTY_UNREAD;
        }
        if self.dice.chance(unread_share) {
            defects.push(Defect::UnreadPlate);
            (read.plate, read.colour) = (None, None);
            read.confidence = self.sure_of_none(0.01);
            return;
        }
        if self.dice.chance(misread_share) {
            let misread = read
                .plate
                .as_deref()
                .and_then(|p| misread(&mut self.dice, p));
            if let Some(misread) = misread {
                defects.push(Defect::MisreadPlate);
                let confidence = self.dice.normal_within(84.0, 9.0, 50.0, 99.0);
                read.confidence = Some(confidence.round() as u8);
                read.plate = Some(misread);
            }
        }
        if self.dice.chance(self.settings.misread_colour * self.poor) {
            defects.push(Defect::MisreadColour);
            read.colour = read.colour.map(other_colour);
        }
    }

    /// The confidence of a line without a text.
    fn sure_of_none(&mut self, share: f64) -> Option<u8> {
        if self.dice.chance(share) {
            Some(self.dice.uniform(80.0, 99.0) as u8)
        } else {
            self.dice
                .chance(0.5)
                .then(|| self.dice.uniform(10.0, 60.0) as u8)
        }
    }
}

/// From seven in the evening to six in the morning.
fn is_night(moment: Micros) -> bool {
    let local = moment.saturating_add(BEIJING_AHEAD);
    let hour = local.get().div_euclid(3_600_000_000).rem_euclid(24);
    !(6..19).contains(&hour)
}

pub(super) const fn other_colour(colour: PlateColour) -> PlateColour {
    match colour {
        PlateColour::Blue => PlateColour::Green,
        PlateColour::Green => PlateColour::YellowGreen,
        PlateColour::Yellow => PlateColour::YellowGreen,
        _ => PlateColour::Yellow,
    }
}

/// The text with a character, seldom two, taken for one that looks like it; `None` when none has any.
pub(super) fn misread(dice: &mut Dice, plate: &str) -> Option<String> {
    let once = swapped(dice, plate)?;
    if dice.chance(TWICE_MISREAD) {
        let twice = swapped(dice, &once).filter(|twice| twice != plate);
        return Some(twice.unwrap_or(once));
    }
    Some(once)
}

fn swapped(dice: &mut Dice, plate: &str) -> Option<String> {
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
