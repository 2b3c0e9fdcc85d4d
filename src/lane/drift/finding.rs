//! What is told of a drift.

use serde::{Deserialize, Serialize};

use super::chart::{Chart, Shift};
use super::quantity::Quantity;
use super::settings::DriftSettings;
use crate::units::Micros;

/// A quantity of a lane has drifted (漂移).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DriftFinding {
    /// Lane.
    pub lane: u16,
    /// What drifted.
    pub quantity: Quantity,
    /// Size, per mille of the reference, signed: positive when values have grown.
    pub size_per_mille: i64,
    /// Its uncertainty (95 %), per mille, rounded up.
    pub uncertainty_per_mille: i64,
    /// When the first vehicle crossed that shows it: before, all was well.
    pub since: Micros,
    /// When it was found, or found again.
    pub found_at: Micros,
    /// After how many vehicles it was found first.
    pub vehicles: i64,
    /// Mean of the reference, in the quantity's own unit.
    pub reference_mean: i64,
    /// Vehicles behind the reference.
    pub reference_vehicles: i64,
    /// Whether it is too large, its uncertainty included, to go on enforcing.
    pub enforcement_off: bool,
    /// Since when it is over; `None` while it lasts.
    pub until: Option<Micros>,
}

impl DriftFinding {
    pub(super) fn new(lane: u16, chart: &Chart, shift: &Shift, rules: &DriftSettings) -> Self {
        let reference = chart.reference();
        Self {
            lane,
            quantity: chart.quantity(),
            size_per_mille: rounded(shift.size_ppm),
            uncertainty_per_mille: shift.uncertainty_ppm.saturating_add(999) / 1_000,
            since: shift.since,
            found_at: shift.at,
            vehicles: shift.vehicles,
            reference_mean: reference.map_or(0, |reference| reference.mean()),
            reference_vehicles: reference.map_or(0, |reference| reference.vehicles),
            enforcement_off: shift.bound_ppm() >= rules.off_per_mille.saturating_mul(1_000),
            until: None,
        }
    }
}

/// To whole per mille, halves away from zero.
const fn rounded(ppm: i64) -> i64 {
    ppm.saturating_add(if ppm < 0 { -500 } else { 500 }) / 1_000
}
