//! What is counted.

use std::collections::BTreeMap;

use serde::Serialize;

use super::calibration::Calibration;
use super::drift::Drifts;
use super::elsewhere::Elsewhere;
use super::evasion::Evasions;
use super::offset::{Offset, Residuals};
use crate::passage::Doubt;
use crate::units::Kilograms;

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

/// What stands behind a plate that was let through. The last three overlap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// One camera read it (单次识别).
    OneRead,
    /// Two cameras read the same, independently of each other (两次独立识别一致).
    TwoReads,
    /// One camera read it, and the register has such a plate of that colour on a vehicle that can have
    /// these axles (单次识别，登记信息相符).
    OneReadRegistered,
    /// One of the last two: with the reviewer, enough for a penalty (可用于处罚).
    Enforceable,
}

impl Evidence {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::OneRead,
        Self::TwoReads,
        Self::OneReadRegistered,
        Self::Enforceable,
    ];

    /// The name used in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OneRead => "one_read",
            Self::TwoReads => "two_reads",
            Self::OneReadRegistered => "one_read_registered",
            Self::Enforceable => "enforceable",
        }
    }

    /// The Chinese name.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::OneRead => "单次识别",
            Self::TwoReads => "两次独立识别一致",
            Self::OneReadRegistered => "单次识别，登记信息相符",
            Self::Enforceable => "两次一致或登记相符",
        }
    }

    /// Whether a plate with this behind it counts here.
    const fn includes(self, behind: Behind) -> bool {
        let two = behind.agreeing_cameras >= 2;
        match self {
            Self::OneRead => !two,
            Self::TwoReads => two,
            Self::OneReadRegistered => !two && behind.is_registered,
            Self::Enforceable => two || behind.is_registered,
        }
    }
}

/// What stands behind a plate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Behind {
    pub(super) agreeing_cameras: u32,
    pub(super) is_registered: bool,
}

/// True mass of the vehicle that was weighed (质量区间).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MassClass {
    /// Below 3.5 t.
    Below3500Kg,
    /// From 3.5 t to below 12 t.
    Below12000Kg,
    /// From 12 t to below 25 t.
    Below25000Kg,
    /// From 25 t up to 49 t.
    UpTo49000Kg,
    /// Above 49 t: above every limit on gross mass.
    Above49000Kg,
}

impl MassClass {
    pub(super) fn of(gross: Kilograms) -> Self {
        match gross.get() {
            ..3_500 => Self::Below3500Kg,
            3_500..12_000 => Self::Below12000Kg,
            12_000..25_000 => Self::Below25000Kg,
            25_000..=49_000 => Self::UpTo49000Kg,
            _ => Self::Above49000Kg,
        }
    }

    /// The name used in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Below3500Kg => "below_3500_kg",
            Self::Below12000Kg => "below_12000_kg",
            Self::Below25000Kg => "below_25000_kg",
            Self::UpTo49000Kg => "up_to_49000_kg",
            Self::Above49000Kg => "above_49000_kg",
        }
    }
}

/// A weighing as truth knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Weighed {
    /// Whether a camera read the tractor's plate as it is.
    pub(super) has_right_read: bool,
    /// Whether it is of one vehicle that was weighed as it should be.
    pub(super) is_fit: bool,
    pub(super) gross_kg: Kilograms,
    pub(super) axles: usize,
}

/// The outcomes of all weighings that truth knows, by one way of tying plates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    outcomes: BTreeMap<Outcome, u64>,
    evidence: BTreeMap<(Evidence, Outcome), u64>,
    /// Weighings of vehicles whose tractor plate some camera read as it is.
    pub with_right_read: u64,
    /// Those among them with a plate let through.
    pub let_through_of_these: u64,
    /// Weighings of one vehicle that was weighed as it should be.
    pub fit: u64,
    /// Those among them whose tractor plate some camera read as it is; the others are lost for want of
    /// a read.
    pub fit_with_right_read: u64,
    /// And of these, with a plate let through.
    pub fit_let_through: u64,
}

impl Tally {
    pub(super) fn take(&mut self, outcome: Outcome, weighed: Weighed, behind: Behind) {
        *self.outcomes.entry(outcome).or_default() += 1;
        let passed = outcome.has_plate();
        self.with_right_read += u64::from(weighed.has_right_read);
        self.let_through_of_these += u64::from(weighed.has_right_read && passed);
        let fit_and_read = weighed.is_fit && weighed.has_right_read;
        self.fit += u64::from(weighed.is_fit);
        self.fit_with_right_read += u64::from(fit_and_read);
        self.fit_let_through += u64::from(fit_and_read && passed);
        if passed {
            for evidence in Evidence::ALL {
                if evidence.includes(behind) {
                    *self.evidence.entry((evidence, outcome)).or_default() += 1;
                }
            }
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (outcome, count) in &other.outcomes {
            *self.outcomes.entry(*outcome).or_default() += count;
        }
        for (key, count) in &other.evidence {
            *self.evidence.entry(*key).or_default() += count;
        }
        self.with_right_read += other.with_right_read;
        self.let_through_of_these += other.let_through_of_these;
        self.fit += other.fit;
        self.fit_with_right_read += other.fit_with_right_read;
        self.fit_let_through += other.fit_let_through;
    }

    /// How many weighings had this outcome.
    pub fn count(&self, outcome: Outcome) -> u64 {
        self.outcomes.get(&outcome).copied().unwrap_or_default()
    }

    /// How many plates with this behind them had this outcome.
    pub fn with_evidence(&self, evidence: Evidence, outcome: Outcome) -> u64 {
        let count = self.evidence.get(&(evidence, outcome));
        count.copied().unwrap_or_default()
    }

    /// How many plates were let through with this behind them.
    pub fn plates_with(&self, evidence: Evidence) -> u64 {
        let counts = Outcome::ALL.iter();
        counts
            .map(|outcome| self.with_evidence(evidence, *outcome))
            .sum()
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

/// A result measured against truth.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Evaluation {
    /// Vehicles in truth.
    pub vehicles: u64,
    /// Those among them that a scale made a record of.
    pub vehicles_weighed: u64,
    /// Those among these whose tractor plate some camera read as it is.
    pub vehicles_with_right_read: u64,
    /// Those that were weighed and have no closed passage.
    pub vehicles_lost: u64,
    /// Those with more than one, though they crossed one scale as one vehicle.
    pub vehicles_doubled: u64,
    /// Closed passages in the result.
    pub passages: u64,
    /// Those of platform scales, whose bytes no vehicle owns; they are not counted any further.
    pub platform: u64,
    /// Those in motion whose bytes truth does not know.
    pub unknown: u64,
    /// Those whose record holds more than one vehicle.
    pub shared: u64,
    /// Plates that were let through on such a record though nothing was found of it.
    pub shared_let_through: u64,
    /// The association that made the result.
    pub association: Tally,
    /// The nearest read.
    pub nearest_in_time: Tally,
    /// Queues.
    pub first_in_first_out: Tally,
    /// The association by the true mass.
    pub by_mass: BTreeMap<MassClass, Tally>,
    /// The association by the true number of axles; the last stands for all above it, too.
    pub by_axles: BTreeMap<usize, Tally>,
    /// Why fit weighings whose plate had been read as it is are ambiguous; one may have several reasons.
    pub doubts: BTreeMap<Doubt, u64>,
    /// Plates of trailers that were tied.
    pub trailers: BTreeMap<Outcome, u64>,
    /// What was found of those who evade.
    pub evasions: Evasions,
    /// Stated risk against what was seen.
    pub calibration: Calibration,
    /// Scales that creep away, and what was found of them.
    pub drifts: Drifts,
    /// What a list of sightings told of cloned plates and bypasses, where there is one.
    pub elsewhere: Option<Elsewhere>,
    /// What else the lane logic told, by kind.
    pub told: BTreeMap<String, u64>,
    pub(super) residuals: Residuals,
    pub(super) clock_errors: Residuals,
}

/// Vehicles with more axles are counted with these.
const MANY_AXLES: usize = 7;

impl Evaluation {
    /// What the clock model left between weighings and reads of the same vehicle.
    pub fn offset(&self) -> Offset {
        self.residuals.offset()
    }

    /// What was learnt of the cameras' clocks against the scales', less what it was in truth. A
    /// camera's usual delay can't be told from its clock and is part of it.
    pub fn clock_error(&self) -> Offset {
        self.clock_errors.offset()
    }

    pub(super) fn take(&mut self, outcome: Outcome, weighed: Weighed, behind: Behind) {
        self.association.take(outcome, weighed, behind);
        let mass = MassClass::of(weighed.gross_kg);
        let by_mass = self.by_mass.entry(mass).or_default();
        by_mass.take(outcome, weighed, behind);
        let axles = weighed.axles.min(MANY_AXLES);
        let by_axles = self.by_axles.entry(axles).or_default();
        by_axles.take(outcome, weighed, behind);
    }

    /// Counts what was counted elsewhere, of another road.
    pub fn add(&mut self, other: &Self) {
        self.vehicles += other.vehicles;
        self.vehicles_weighed += other.vehicles_weighed;
        self.vehicles_with_right_read += other.vehicles_with_right_read;
        self.vehicles_lost += other.vehicles_lost;
        self.vehicles_doubled += other.vehicles_doubled;
        self.passages += other.passages;
        self.platform += other.platform;
        self.unknown += other.unknown;
        self.shared += other.shared;
        self.shared_let_through += other.shared_let_through;
        self.association.add(&other.association);
        self.nearest_in_time.add(&other.nearest_in_time);
        self.first_in_first_out.add(&other.first_in_first_out);
        for (mass, tally) in &other.by_mass {
            self.by_mass.entry(*mass).or_default().add(tally);
        }
        for (axles, tally) in &other.by_axles {
            self.by_axles.entry(*axles).or_default().add(tally);
        }
        for (doubt, count) in &other.doubts {
            *self.doubts.entry(*doubt).or_default() += count;
        }
        for (outcome, count) in &other.trailers {
            *self.trailers.entry(*outcome).or_default() += count;
        }
        self.evasions.add(&other.evasions);
        self.calibration.add(&other.calibration);
        self.drifts.add(&other.drifts);
        if let Some(other) = &other.elsewhere {
            self.elsewhere.get_or_insert_default().add(other);
        }
        for (kind, count) in &other.told {
            *self.told.entry(kind.clone()).or_default() += count;
        }
        self.residuals.add(&other.residuals);
        self.clock_errors.add(&other.clock_errors);
    }
}
