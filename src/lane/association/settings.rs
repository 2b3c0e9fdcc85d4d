//! What association assumes of cameras, clocks and traffic, and how sure it has to be.

use crate::units::Micros;

/// Settings of the association (车牌与称重关联). Shares are per mille of the vehicles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssociationSettings {
    /// A plate is let through only if the probability that it is another vehicle's is no more than
    /// this, in parts per million.
    pub risk_ppm: u32,
    /// Vehicles that their lane's camera does not report at all (1–20 % in published figures).
    pub unseen_per_mille: u32,
    /// Vehicles that it reports without a plate.
    pub unread_per_mille: u32,
    /// Reads whose time is off by much more than usual: the camera triggered early or late.
    pub stray_per_mille: u32,
    /// Vehicles that only the camera of the lane beside reports.
    pub wrong_lane_per_mille: u32,
    /// Vehicles that the camera of the lane beside reports as well.
    pub both_lanes_per_mille: u32,
    /// Standard deviation of a read's time before it was learnt, and at least.
    pub read_noise: Micros,
    /// Standard deviation of what the clocks of a camera and its scale differ by, before it was learnt.
    pub clocks_apart: Micros,
    /// How fast drivers change speed between scale and camera line, standard deviation, mm/s².
    pub speed_change_mm_s2: u32,
}

impl Default for AssociationSettings {
    fn default() -> Self {
        Self {
            risk_ppm: 500,
            unseen_per_mille: 150,
            unread_per_mille: 120,
            stray_per_mille: 20,
            wrong_lane_per_mille: 5,
            both_lanes_per_mille: 15,
            read_noise: Micros::from_millis(40),
            clocks_apart: Micros::from_millis(150),
            speed_change_mm_s2: 500,
        }
    }
}

impl AssociationSettings {
    pub(super) fn share(per_mille: u32) -> f64 {
        f64::from(per_mille) / 1_000.0
    }
}
