//! The clocks of scales and cameras.

use crate::units::Micros;

/// How well the devices' clocks go. Each device draws its own from these.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClockSettings {
    /// A clock gains or loses evenly up to this, parts per million; 100 are 8.6 s a day.
    pub drift_ppm: f64,
    /// Its rate wanders around that by this much (standard deviation within an hour), as the cabinet
    /// warms and cools.
    pub wander_ppm: f64,
    /// At the start a clock is off by up to this, either way.
    pub start_offset: Micros,
    /// A time service sets the clock so often; `None` where it is set never.
    pub set_every: Option<Micros>,
    /// Standard deviation of the error that setting leaves.
    pub set_error: Micros,
    /// How often a day a camera's clock jumps.
    pub steps_a_day: f64,
    /// How far it jumps, least and most, either way.
    pub step: (Micros, Micros),
    /// Whether one controller, and so one clock, serves the scales of all lanes.
    pub one_controller: bool,
}

impl ClockSettings {
    /// Clocks that are right.
    pub const RIGHT: Self = Self {
        drift_ppm: 0.0,
        wander_ppm: 0.0,
        start_offset: Micros::ZERO,
        set_every: None,
        set_error: Micros::ZERO,
        steps_a_day: 0.0,
        step: (Micros::from_millis(300), Micros::from_seconds(10)),
        one_controller: true,
    };

    /// Clocks that drift by up to 100 ppm and are set once an hour, to within some tens of
    /// milliseconds.
    pub const DRIFTING: Self = Self {
        drift_ppm: 100.0,
        wander_ppm: 3.0,
        start_offset: Micros::from_millis(200),
        set_every: Some(Micros::from_seconds(3_600)),
        set_error: Micros::from_millis(40),
        ..Self::RIGHT
    };
}
