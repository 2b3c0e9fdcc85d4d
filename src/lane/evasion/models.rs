//! What follows from the settings alone: worked out once, not for each vehicle.

use super::reversing::Repeated;
use super::surging::GroupLoads;
use super::{EvasionSettings, least_nats};

/// Models of the detectors that rest on the settings alone.
#[derive(Debug)]
pub struct Models {
    /// No finding comes of less evidence than this, what the controller says included.
    pub(super) least: f64,
    /// Of axles that are counted again.
    pub(super) repeated: Repeated,
    /// Of the loads in groups of two, three and four axles.
    pub(super) group_loads: [GroupLoads; 3],
}

impl Models {
    /// By these settings.
    pub fn of(settings: &EvasionSettings) -> Self {
        Self {
            least: least_nats(settings),
            repeated: Repeated::of(settings),
            group_loads: [2, 3, 4].map(|axles| GroupLoads::of(settings, axles)),
        }
    }
}
