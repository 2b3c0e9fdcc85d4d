//! The counting.

use std::collections::BTreeMap;

use serde::Serialize;

use super::baseline::{self, Crossing, Read};
use super::reads::reads;
use super::{Passage, Vehicle};
use crate::passage::{PassageKind, PlateState};
use crate::units::Micros;

/// What became of the plate of a weighing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The plate of the vehicle that was weighed (正确).
    Right,
    /// A read of another vehicle (张冠李戴): the worst that can happen.
    WrongVehicle,
    /// A read of this vehicle with another text (误读). Association can't see it.
    WrongReading,
    /// A read that truth does not know (真值中没有的识别).
    UnknownRead,
    /// More than one explanation, no plate let through (存疑).
    Ambiguous,
    /// No plate though a camera had read it as it is (漏配).
    MissingWithRightRead,
    /// No plate, and none had been read as it is (无正确识别).
    MissingWithoutRightRead,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Right,
        Self::WrongVehicle,
        Self::WrongReading,
        Self::UnknownRead,
        Self::Ambiguous,
        Self::MissingWithRightRead,
        Self::MissingWithoutRightRead,
    ];

    /// The name used in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::WrongVehicle => "wrong_vehicle",
            Self::WrongReading => "wrong_reading",
            Self::UnknownRead => "unknown_read",
            Self::Ambiguous => "ambiguous",
            Self::MissingWithRightRead => "missing_with_right_read",
            Self::MissingWithoutRightRead => "missing_without_right_read",
        }
    }

    /// The Chinese name.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Right => "正确",
            Self::WrongVehicle => "错配他车",
            Self::WrongReading => "本车误读",
            Self::UnknownRead => "来源不明",
            Self::Ambiguous => "存疑",
            Self::MissingWithRightRead => "无车牌，曾有正确识别",
            Self::MissingWithoutRightRead => "无车牌，无正确识别",
        }
    }

    /// Whether a plate was let through.
    pub const fn has_plate(self) -> bool {
        matches!(
            self,
            Self::Right | Self::WrongVehicle | Self::WrongReading | Self::UnknownRead
        )
    }
}

/// The outcomes of all weighings that truth knows, by one way of tying plates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    outcomes: BTreeMap<Outcome, u64>,
    /// Weighings of vehicles whose plate some camera read as it is.
    pub with_right_read: u64,
    /// Those among them with a plate let through.
    pub let_through_of_these: u64,
}

impl Tally {
    fn take(&mut self, outcome: Outcome, has_right_read: bool) {
        *self.outcomes.entry(outcome).or_default() += 1;
        self.with_right_read += u64::from(has_right_read);
        self.let_through_of_these += u64::from(has_right_read && outcome.has_plate());
    }

    /// How many weighings had this outcome.
    pub fn count(&self, outcome: Outcome) -> u64 {
        self.outcomes.get(&outcome).copied().unwrap_or_default()
    }

    /// All weighings.
    pub fn weighings(&self) -> u64 {
        self.outcomes.values().sum()
    }

    /// Weighings with a plate let through, right or wrong.
    pub fn with_plate(&self) -> u64 {
        let plates = self.outcomes.iter();
        let plates = plates.filter(|(outcome, _)| outcome.has_plate());
        plates.map(|(_, count)| count).sum()
    }
}

/// What the clock model left between weighings and the reads of the same vehicle.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Offset {
    /// So many pairs of a weighing and a read.
    pub reads: u64,
    /// Mean, sign kept: positive where reads seem later than expected.
    pub mean_us: i64,
    /// Half of them are no further off.
    pub median_us: i64,
    /// 95 of 100 are no further off.
    pub percentile_95_us: i64,
    /// The furthest.
    pub largest_us: i64,
}

impl Offset {
    fn of(mut residuals: Vec<i64>) -> Self {
        let count = residuals.len();
        let Some(divisor) = i64::try_from(count).ok().filter(|count| *count > 0) else {
            return Self::default();
        };
        let sum: i128 = residuals.iter().map(|residual| i128::from(*residual)).sum();
        let mean_us = i64::try_from(sum / i128::from(divisor)).unwrap_or_default();
        for residual in &mut residuals {
            *residual = residual.saturating_abs();
        }
        residuals.sort_unstable();
        // The least that so many per cent of them do not exceed.
        let percentile = |percent: usize| {
            let rank = (count * percent).div_ceil(100).max(1);
            residuals.get(rank - 1).copied().unwrap_or_default()
        };
        Self {
            reads: count as u64,
            mean_us,
            median_us: percentile(50),
            percentile_95_us: percentile(95),
            largest_us: percentile(100),
        }
    }
}

/// A result measured against truth.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evaluation {
    /// Vehicles in truth.
    pub vehicles: u64,
    /// Those whose plate some camera read as it is.
    pub vehicles_with_right_read: u64,
    /// Those without any closed passage.
    pub vehicles_lost: u64,
    /// Those with more than one.
    pub vehicles_doubled: u64,
    /// Closed passages in the result.
    pub passages: u64,
    /// Those of platform scales, whose bytes no vehicle owns; they are not counted any further.
    pub platform: u64,
    /// Those in motion whose bytes truth does not know.
    pub unknown: u64,
    /// The association that made the result.
    pub association: Tally,
    /// The nearest read.
    pub nearest_in_time: Tally,
    /// Queues.
    pub first_in_first_out: Tally,
    /// What the clock model left.
    pub offset: Offset,
}

/// Joins result and truth and counts. The baselines tie within `window`.
pub fn evaluate(vehicles: &[Vehicle], passages: &[Passage], window: Micros) -> Evaluation {
    let truth = Truth::new(vehicles);
    let in_motion: Vec<&Passage> = passages
        .iter()
        .filter(|passage| passage.kind == PassageKind::Dynamic)
        .collect();
    let mut evaluation = Evaluation {
        vehicles: vehicles.len() as u64,
        vehicles_with_right_read: vehicles.iter().filter(|v| v.has_right_read()).count() as u64,
        passages: passages.len() as u64,
        platform: (passages.len() - in_motion.len()) as u64,
        ..Evaluation::default()
    };
    let reads = reads(vehicles, passages);
    let crossings: Vec<Crossing> = in_motion
        .iter()
        .map(|passage| Crossing {
            lane: passage.lane,
            at: passage.crossed_us,
        })
        .collect();
    let nearest = baseline::nearest_in_time(&crossings, &reads, window);
    let queued = baseline::first_in_first_out(&crossings, &reads, window);
    let mut seen: BTreeMap<usize, u64> = BTreeMap::new();
    let mut residuals = Vec::new();
    for ((passage, nearest), queued) in in_motion.into_iter().zip(nearest).zip(queued) {
        let record = (passage.raw.port.as_str(), passage.raw.offset);
        let Some((index, weighed)) = truth.record(record, passage.raw.length) else {
            evaluation.unknown += 1;
            continue;
        };
        *seen.entry(index).or_default() += 1;
        let has_right_read = weighed.has_right_read();
        let take = |tally: &mut Tally, outcome| tally.take(outcome, has_right_read);
        take(&mut evaluation.association, truth.tied(passage, weighed));
        let by = |tie: Option<usize>| truth.baseline(tie.and_then(|tie| reads.get(tie)), weighed);
        take(&mut evaluation.nearest_in_time, by(nearest));
        take(&mut evaluation.first_in_first_out, by(queued));
        for candidate in &passage.association.candidates {
            let place = (candidate.port.as_str(), candidate.offset.unsigned_abs());
            if truth.read(place).is_some_and(|owner| owner == weighed) {
                residuals.push(candidate.residual_us);
            }
        }
    }
    evaluation.vehicles_lost = evaluation.vehicles - seen.len() as u64;
    evaluation.vehicles_doubled = seen.values().filter(|count| **count > 1).count() as u64;
    evaluation.offset = Offset::of(residuals);
    evaluation
}

/// Port and first byte.
type Place<'a> = (&'a str, u64);

/// Vehicles by the places of their bytes.
struct Truth<'a> {
    vehicles: &'a [Vehicle],
    /// Vehicle and length.
    records: BTreeMap<Place<'a>, (usize, u64)>,
    reads: BTreeMap<Place<'a>, usize>,
}

impl<'a> Truth<'a> {
    fn new(vehicles: &'a [Vehicle]) -> Self {
        let mut truth = Self {
            vehicles,
            records: BTreeMap::new(),
            reads: BTreeMap::new(),
        };
        for (index, vehicle) in vehicles.iter().enumerate() {
            for span in &vehicle.records {
                let place = (span.port.as_str(), span.offset);
                truth.records.insert(place, (index, span.length));
            }
            for read in vehicle.plate_reads.iter().chain(&vehicle.platform_reads) {
                let place = (read.span.port.as_str(), read.span.offset);
                truth.reads.insert(place, index);
            }
        }
        truth
    }

    fn record(&self, place: Place<'_>, length: u64) -> Option<(usize, &'a Vehicle)> {
        let (index, _) = self
            .records
            .get(&place)
            .filter(|(_, known)| *known == length)?;
        Some((*index, self.vehicles.get(*index)?))
    }

    fn read(&self, place: Place<'_>) -> Option<&'a Vehicle> {
        self.vehicles.get(*self.reads.get(&place)?)
    }

    fn tied(&self, passage: &Passage, weighed: &Vehicle) -> Outcome {
        let association = &passage.association;
        match (association.state, &association.chosen) {
            (PlateState::Ambiguous, _) => Outcome::Ambiguous,
            (PlateState::Matched, Some(chosen)) => {
                let place = (chosen.raw.port.as_str(), chosen.raw.offset);
                self.outcome(place, chosen.plate.as_deref(), weighed)
            }
            (PlateState::Matched | PlateState::Missing, _) => missing(weighed),
        }
    }

    fn baseline(&self, read: Option<&Read>, weighed: &Vehicle) -> Outcome {
        match read {
            Some(read) if read.plate.is_some() => {
                let place = (read.place.0.as_str(), read.place.1);
                self.outcome(place, read.plate.as_deref(), weighed)
            }
            _ => missing(weighed),
        }
    }

    fn outcome(&self, place: Place<'_>, plate: Option<&str>, weighed: &Vehicle) -> Outcome {
        match self.read(place) {
            None => Outcome::UnknownRead,
            Some(owner) if owner != weighed => Outcome::WrongVehicle,
            Some(owner) if plate == Some(owner.plate.as_str()) => Outcome::Right,
            Some(_) => Outcome::WrongReading,
        }
    }
}

fn missing(weighed: &Vehicle) -> Outcome {
    if weighed.has_right_read() {
        Outcome::MissingWithRightRead
    } else {
        Outcome::MissingWithoutRightRead
    }
}
