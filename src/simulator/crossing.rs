//! A vehicle on its way over the station, and what scales and cameras made of it.

use firmware_protocols::VehicleFlag;
use serde::{Deserialize, Serialize};

use super::sightings::Sighting;
use super::vehicle::Truth;
use crate::passage::{EvasionKind, TravelDirection};
use crate::plate::PlateColour;
use crate::units::{Kilograms, Micros, Millimetres, TenthKmh};

/// Something that goes wrong with a vehicle's records or reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Defect {
    /// The record is sent twice.
    DuplicateRecord,
    /// The record is sent after the next one.
    OutOfOrderRecord,
    /// Numbers are left out before this record.
    SequenceGap,
    /// The stated gross is one kilogram above the sum of the axles.
    SumOneBelow,
    /// The scale missed the vehicle.
    MissedRecord,
    /// The scale took it for two.
    SplitRecord,
    /// The record bears the number of one before it.
    ReusedSequence,
    /// The stated speed is none of a truck.
    ImpossibleSpeed,
    /// A bounce is taken for an axle.
    SpacingArtefact,
    /// Two digits of a wheel's weight are swapped.
    DigitSwap,
    /// A character is read as another.
    MisreadPlate,
    /// Nothing was read.
    UnreadPlate,
    /// The read is sent late.
    LateRead,
    /// The read is sent twice.
    DoubledRead,
    /// A camera did not see it.
    Unseen,
    /// A camera saw it late.
    LateTrigger,
    /// The colour of the plate is read as another.
    MisreadColour,
    /// The camera of the neighbouring lane saw it, too.
    NeighbourToo,
    /// The camera of the neighbouring lane saw it and the lane's own did not.
    NeighbourInstead,
    /// Its plates are dirty.
    DirtyPlate,
}

/// An axle as a scale measured it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MeasuredAxle {
    /// Left wheels; `None` when the sensor saw none there.
    pub left_kg: Option<Kilograms>,
    /// Right wheels.
    pub right_kg: Option<Kilograms>,
    /// Distance to the axle in front; `None` for the first.
    pub spacing_mm: Option<Millimetres>,
    /// Speed over this axle.
    pub speed_tenth_kmh: TenthKmh,
    /// What the controller says of it: 0 valid, 1 weak signal, 2 sensor fault, 3 beside the sensor.
    pub validity: u8,
    /// Number of the axle group that the controller counts it to, from 1.
    pub group: u8,
}

impl MeasuredAxle {
    /// What both sides weigh together, as far as they were measured.
    pub fn measured_kg(&self) -> Kilograms {
        [self.left_kg, self.right_kg].into_iter().flatten().sum()
    }

    /// The axle load; `None` when a side is missing.
    pub fn load_kg(&self) -> Option<Kilograms> {
        Some(self.left_kg?.saturating_add(self.right_kg?))
    }
}

/// What a scale's record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    /// The controller's running number.
    pub sequence: u64,
    /// First axle by the controller's clock, whole milliseconds.
    pub time: Micros,
    /// By how much that is ahead of the true time.
    pub clock_error: Micros,
    /// Direction, where the controller tells it.
    pub direction: Option<TravelDirection>,
    /// Speed.
    pub speed_tenth_kmh: TenthKmh,
    /// Acceleration over the sensors, tenths of m/s²; negative is braking.
    pub acceleration_tenth_ms2: Option<i64>,
    /// Length.
    pub length_mm: Millimetres,
    /// Axles in scale divisions of 10 kg a side.
    pub axles: Vec<MeasuredAxle>,
    /// Gross as stated: the sum of the axles, unless [`Defect::SumOneBelow`].
    pub gross_kg: Kilograms,
    /// Flags that the controller sets of itself.
    pub flags: Vec<VehicleFlag>,
    /// When the record is sent.
    pub sent_at: Micros,
    /// When the same bytes are sent once more.
    pub again_at: Option<Micros>,
}

/// A record and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Whose scale wrote it.
    pub lane: u16,
    /// Numbers of the vehicles that are in it: two when they were too close to tell apart.
    pub vehicles: Vec<u64>,
    /// What it says.
    pub measured: Measured,
}

/// Which end of the vehicles a camera sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CameraView {
    /// They come towards it.
    Front,
    /// They drive away from it.
    Rear,
}

impl CameraView {
    /// The name of the view in a port's settings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Front => "front",
            Self::Rear => "rear",
        }
    }
}

/// Whose plate hangs where a camera looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlateOf {
    /// Of the truck, tractor or car (主车).
    Tractor,
    /// Of the trailer (挂车).
    Trailer,
}

/// A line of a plate camera.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlateRead {
    /// The lane whose camera it is.
    pub lane: u16,
    /// Which of the lane's cameras.
    pub view: CameraView,
    /// Which plate of the vehicle it is of.
    pub reading: PlateOf,
    /// The text; `None` when nothing could be read.
    pub plate: Option<String>,
    /// Colour.
    pub colour: Option<PlateColour>,
    /// Confidence, 0 to 100. With no text: how sure the camera is that there is none to read.
    pub confidence: Option<u8>,
    /// When, by the camera's clock, whole milliseconds.
    pub seen_at: Micros,
    /// By how much the camera's clock was ahead of the true time then.
    pub clock_error: Micros,
    /// When the line is sent.
    pub sent_at: Micros,
}

/// A vehicle that passes the station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crossing {
    /// From 1, in time order over all lanes.
    pub number: u64,
    /// Lane, from 1; 0 of a vehicle that drives around the station.
    pub lane: u16,
    /// When the first axle reaches the scale.
    pub first_axle_at: Micros,
    /// When the last one does.
    pub last_axle_at: Micros,
    /// True speed of the first axle.
    pub speed_tenth_kmh: TenthKmh,
    /// The vehicle as it is.
    pub vehicle: Truth,
    /// Whether some scale's record is of it; one that it shares with the vehicle in front stands
    /// there.
    pub weighed: bool,
    /// What scales say of it.
    pub records: Vec<Record>,
    /// What cameras say of it, in the order of sending.
    pub plate_reads: Vec<PlateRead>,
    /// How it evades, sorted.
    pub evasion: Vec<EvasionKind>,
    /// Whether it evades so mildly, or in such a way, that it is hard to see.
    pub mild: bool,
    /// What looks like an evasion and is none: the traffic made it do so. Sorted.
    pub forced: Vec<EvasionKind>,
    /// Where else it was seen.
    pub sightings: Vec<Sighting>,
    /// What went wrong, sorted.
    pub defects: Vec<Defect>,
}
