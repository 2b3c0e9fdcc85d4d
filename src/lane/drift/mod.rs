//! Whether a scale still weighs as it did when it was calibrated (漂移监测), from traffic itself.
//!
//! Three quantities have a mean that traffic hardly moves: the steering axle of loaded six-axle
//! tractor-trailers, the spacing of their drive tandem, left against right wheels of all. Each has a
//! control chart per lane. `docs/drift.md` says how fast which drift is found.

mod chart;
mod finding;
mod quantity;
mod settings;

use serde::{Deserialize, Serialize};

pub use chart::{Chart, Reference, Shift};
pub use finding::DriftFinding;
pub use quantity::Quantity;
pub(in crate::lane) use quantity::{side_residual_ppm, sides};
pub use settings::{Calibration, Cusum, DriftSettings};

use chart::Word;

use crate::passage::Weighing;
use crate::units::Micros;

/// The charts of a lane.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charts {
    /// The calibration that they go back to.
    calibrated_at: Micros,
    charts: Vec<Chart>,
}

impl Charts {
    /// Takes a closed weighing of the lane; yields what there is to tell.
    pub fn take(&mut self, weighing: &Weighing, rules: &DriftSettings) -> Vec<DriftFinding> {
        let calibration = rules.lanes.get(&weighing.lane);
        let calibrated_at = calibration.map_or(Micros::ZERO, |lane| lane.calibrated_at);
        if self.charts.is_empty() || self.calibrated_at != calibrated_at {
            let given = |quantity| calibration?.references.get(&quantity).copied();
            let chart = |quantity| Chart::new(quantity, given(quantity));
            self.charts = Quantity::ALL.into_iter().map(chart).collect();
            self.calibrated_at = calibrated_at;
        }
        let at = weighing.crossed_at;
        if at < calibrated_at {
            return Vec::new();
        }
        let mut findings = Vec::new();
        for chart in &mut self.charts {
            let word = chart
                .quantity()
                .of(weighing, rules)
                .and_then(|value| chart.take(value, at, rules));
            let finding = match word {
                Some(Word::Shifted(shift)) => {
                    DriftFinding::new(weighing.lane, chart, &shift, rules)
                }
                Some(Word::Over(shift)) => DriftFinding {
                    until: Some(at),
                    enforcement_off: false,
                    ..DriftFinding::new(weighing.lane, chart, &shift, rules)
                },
                None => continue,
            };
            findings.push(finding);
        }
        findings
    }

    /// The drifts that are open.
    pub fn open(&self, lane: u16, rules: &DriftSettings) -> Vec<DriftFinding> {
        let open = |chart: &Chart| Some(DriftFinding::new(lane, chart, &chart.shift()?, rules));
        self.charts.iter().filter_map(open).collect()
    }

    /// How far the scale's weights may be off by what the charts show, in hundredths of a per cent,
    /// rounded up: the largest open drift with its uncertainty. `None` while nothing drifts.
    ///
    /// A shift of the steering axle is one of the gain; of the tandem's spacing one of the speed, with
    /// which loads of strip sensors grow in step; of the residual by so much, half the change of the
    /// one side, is what the gross has changed.
    pub fn basis_points(&self) -> Option<i64> {
        let shifts = self.charts.iter().filter_map(Chart::shift);
        let largest = shifts.map(|shift| shift.bound_ppm()).max()?;
        Some(largest.saturating_add(99) / 100)
    }

    /// Quantities whose learnt reference no truck has: the scale was off when they were learnt.
    pub fn implausible(&self, rules: &DriftSettings) -> Vec<Quantity> {
        let charts = self.charts.iter().filter(|chart| {
            let mean = chart.reference().map(|reference| reference.mean());
            mean.is_some_and(|mean| !chart.quantity().is_plausible(mean, rules))
        });
        charts.map(Chart::quantity).collect()
    }

    /// The charts one by one.
    pub fn iter(&self) -> impl Iterator<Item = &Chart> {
        self.charts.iter()
    }
}
