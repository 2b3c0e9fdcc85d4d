//! The record of an hour.

use serde::{Deserialize, Serialize};

use crate::lane::drift::{Charts, DriftFinding};
use crate::lane::health::{Health, HealthFinding};
use crate::units::Micros;

/// An hour of the station (时段记录).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hour {
    /// When it began.
    pub start: Micros,
    /// When it ended.
    pub end: Micros,
    /// Whether it was watched from its beginning; otherwise its figures are of a part.
    pub whole: bool,
    /// Hours in a row, this one included, in which no port said anything.
    pub silent_hours: u32,
    /// Ports, by name.
    pub ports: Vec<PortHour>,
    /// Lanes, by number.
    pub lanes: Vec<LaneHour>,
}

/// An hour of a port (端口可用率).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortHour {
    /// Name.
    pub port: String,
    /// Lane it serves; `None` for a controller of several lanes.
    pub lane: Option<u16>,
    /// In how many of the hour's 60 minutes something that could be read came in. Of a device with
    /// heartbeats, or a scale that speaks all the time, this is its availability; of another one
    /// only what there was to say.
    pub minutes_heard: u32,
    /// Whether it has a heartbeat, or speaks all the time.
    pub periodic: bool,
    /// Messages that could be read.
    pub messages: u64,
    /// Of these, signs of life.
    pub heartbeats: u64,
    /// Of these, vehicle records.
    pub records: u64,
    /// Of these, plates read.
    pub reads: u64,
    /// Of these, vehicles that the camera saw and could not read.
    pub unread: u64,
    /// Bytes that were no valid message, by piece.
    pub rejects: u64,
    /// The least time from what a message tells of, by the device's clock, to its receipt,
    /// microseconds: the device's clock against the station's. `None` without a message that states
    /// a time.
    pub least_delay_us: Option<i64>,
}

/// An hour of a lane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaneHour {
    /// Lane.
    pub lane: u16,
    /// Vehicles weighed.
    pub weighings: u32,
    /// Of these, under a hard flag.
    pub unfit: u32,
    /// Passages closed with a plate.
    pub with_plate: u32,
    /// Passages closed with more than one explanation.
    pub ambiguous: u32,
    /// Passages closed without any plate.
    pub without_plate: u32,
    /// When the first vehicle crossed.
    pub first_at: Option<Micros>,
    /// When the last one crossed.
    pub last_at: Option<Micros>,
    /// How far the scale may have drifted, hundredths of a per cent: what weighings of the next hour
    /// carry.
    pub drift_basis_points: Option<i64>,
    /// Drifts that are open at the end.
    pub drifts: Vec<DriftFinding>,
    /// What ails the lane at the end.
    pub health: Vec<HealthFinding>,
    /// What the next hour goes on from.
    pub memory: LaneMemory,
}

/// What is remembered of a lane from hour to hour.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaneMemory {
    /// Control charts.
    pub charts: Charts,
    pub(in crate::lane) health: Health,
}
