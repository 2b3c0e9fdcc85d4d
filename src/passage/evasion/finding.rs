//! What was found of an evasion, and the figures it rests on.

use serde::{Deserialize, Serialize};

use super::EvasionKind;
use crate::passage::AxleLoad;
use crate::units::Kilograms;

/// A figure that a finding rests on. Its unit stands last in its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignalName {
    /// Acceleration over the sensors (加速度), from the speeds of the axles and the controller's own
    /// figure; negative is braking.
    AccelerationHundredthMs2,
    /// Slowest axle.
    SlowestAxleTenthKmh,
    /// Fastest axle.
    FastestAxleTenthKmh,
    /// Speed of the vehicle.
    SpeedTenthKmh,
    /// Usual speed of the others in the lane.
    OthersSpeedTenthKmh,
    /// Time that the record came later than the speed explains.
    RecordLateMs,
    /// Number of the axle (counted from the front, 1 and up) that stands out.
    Axle,
    /// Load of that axle.
    AxleLoadKg,
    /// Mean load of the other axles of its group.
    GroupLoadKg,
    /// Left wheels' share of the load, mean over the axles.
    LeftSharePerMille,
    /// Range of the left wheels' share over the axles.
    ShareSwingPerMille,
    /// Axles with the wheels of one side missing or without load.
    OneSidedAxles,
    /// Axles that the record counts.
    Axles,
    /// Axles seen a second time.
    RepeatedAxles,
    /// Mean difference of the loads of an axle and its second sight.
    RepeatedLoadPerMille,
    /// Time between the first axles of the two records.
    ApartMs,
    /// Difference of the speeds of the two records.
    SpeedApartPerMille,
    /// Largest difference of two spacings that should be one.
    SpacingApartPerMille,
    /// Distance of the two axles where vehicles meet, or a vehicle was parted.
    GapMm,
    /// First axle to last.
    WheelbaseMm,
    /// Spacing that stands out.
    SpacingMm,
    /// Other plates read while this record was made.
    OtherPlates,
    /// Cameras that are sure there is no plate.
    SureWithoutPlate,
    /// Cameras that saw the vehicle and read no plate.
    Unread,
    /// Vehicles that passed the station unread and could be the one that is missed there.
    UnreadMeanwhile,
    /// Axles in the plate's history.
    HistoryAxles,
    /// Earlier sightings of the plate that the history rests on.
    HistorySightings,
    /// Time between two sightings.
    TravelledS,
    /// How much likelier one vehicle is behind two records than two, hundredths of nats.
    FingerprintCentinats,
    /// The controller says so itself.
    ControllerFlag,
}

/// A figure with what is usual of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signal {
    /// Which.
    pub name: SignalName,
    /// Its value, in the unit of its name.
    pub value: i64,
    /// Where what is usual or allowed ends, in the same unit; `None` where that is not a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
}

/// A vehicle that a finding takes to be behind the record or records: evidence, never a weighing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BelievedVehicle {
    /// Its axles by their numbers in this record, 1 and up.
    pub axle_numbers: Vec<u16>,
    /// Its axles by their numbers in the partner's record; empty without a partner.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub partner_axle_numbers: Vec<u16>,
    /// Sum of its axles. Never enforceable.
    pub gross_kg: Kilograms,
    /// Its axles, front to rear; the two sides of a straddled axle are joined.
    pub axles: Vec<AxleLoad>,
}

/// An evasion, or a weighing that is none, found from what was measured (疑似逃避检测).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvasionFinding {
    /// Which.
    pub kind: EvasionKind,
    /// Certainty, 0 to 1000: the probability of the kind given these figures and the base rate of
    /// the settings.
    pub certainty_per_mille: u16,
    /// The figures that it rests on.
    pub signals: Vec<Signal>,
    /// The passage that holds the other half, or the other part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<String>,
    /// What is taken to be the truth, where that is not one vehicle with the axles of the record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vehicles: Vec<BelievedVehicle>,
}

impl EvasionFinding {
    /// Whether it keeps the passage from a penalty.
    pub const fn is_hard(&self) -> bool {
        self.kind.is_hard()
    }

    /// The figure of this name.
    pub fn signal(&self, name: SignalName) -> Option<&Signal> {
        self.signals.iter().find(|signal| signal.name == name)
    }

    /// Gross of the halves or parts that were joined; `None` where nothing was joined.
    pub fn joined_gross_kg(&self) -> Option<Kilograms> {
        match (&self.partner, self.vehicles.as_slice()) {
            (Some(_), [vehicle]) => Some(vehicle.gross_kg),
            _ => None,
        }
    }
}
