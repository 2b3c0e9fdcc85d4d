//! Plate cameras beside the scales in motion.

use crate::units::Millimetres;

/// A camera that sees the rears of vehicles: the trailer's plate, or a rigid vehicle's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RearCamera {
    /// How far behind the scale's first sensor a vehicle's rear is when it is seen.
    pub distance_mm: Millimetres,
}

/// The cameras: one a lane for fronts, and by setting one a lane for rears. Shares are of the vehicles
/// in view, between 0 and 1; unread, misread, late and doubled reads stand in
/// [`DefectShares`](super::DefectShares). GA/T 497 asks for 80 % to 90 % of plates read; the other shares
/// are assumptions after what operators report.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CameraSettings {
    /// How far behind the scale's first sensor a vehicle's front is when it is seen.
    pub distance_mm: Millimetres,
    /// Rear cameras; `None` for a road without.
    pub rear: Option<RearCamera>,
    /// How unlike the cameras are: standard deviation of the logarithm of a camera's factor on the
    /// shares of what goes wrong with it.
    pub spread: f64,
    /// A vehicle is seen so much later than it is at the line, milliseconds: mean, and standard
    /// deviation of the core.
    pub trigger_ms: (f64, f64),
    /// Share that is seen late, up to a second.
    pub late_trigger: f64,
    /// Vehicles that a camera does not see at all: it sends no line.
    pub unseen: f64,
    /// The colour of the plate is taken for another.
    pub misread_colour: f64,
    /// The neighbouring lane's camera sees the vehicle, too, and says that it was in its lane.
    pub neighbour_too: f64,
    /// The neighbouring lane's camera sees the vehicle and the lane's own does not.
    pub neighbour_instead: f64,
    /// Plates that are so dirty that they are misread, or not read, far more often, by all cameras.
    pub dirty: f64,
    /// At night misreads are so many times as frequent.
    pub night_factor: f64,
}

impl CameraSettings {
    /// A camera right at the sensor that sees everybody: for showing a station.
    pub const PLAIN: Self = Self {
        distance_mm: Millimetres::ZERO,
        rear: None,
        spread: 0.0,
        trigger_ms: (30.0, 40.0),
        late_trigger: 0.0,
        unseen: 0.0,
        misread_colour: 0.0,
        neighbour_too: 0.0,
        neighbour_instead: 0.0,
        dirty: 0.0,
        night_factor: 1.0,
    };

    /// Cameras as they stand on roads.
    pub const ROADSIDE: Self = Self {
        spread: 0.25,
        trigger_ms: (40.0, 25.0),
        late_trigger: 0.01,
        unseen: 0.02,
        misread_colour: 0.007,
        neighbour_too: 0.01,
        neighbour_instead: 0.003,
        dirty: 0.03,
        night_factor: 1.5,
        ..Self::PLAIN
    };
}
