//! After how many vehicles a scale that creeps away is found out.

use crate::lane::drift::DriftFinding;
use crate::simulator::settings::{Fault, FaultKind, Settings};
use crate::units::Micros;

/// A drift of truth that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    /// Vehicles that the lane had weighed since it began.
    pub vehicles: u64,
    /// Time since it began.
    pub after: Micros,
    /// How large it was by then, per mille, sign kept.
    pub true_per_mille: f64,
    /// How large it was said to be.
    pub stated_per_mille: i64,
}

/// Drifts of truth and findings.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Drifts {
    /// Lanes that crept away.
    pub lanes: u64,
    /// Of these that were found out.
    pub found: Vec<Found>,
    /// Vehicles weighed in lanes that did not, or before they did.
    pub sound_vehicles: u64,
    /// Findings of a drift there.
    pub false_findings: u64,
}

impl Drifts {
    pub(super) fn add(&mut self, other: &Self) {
        self.lanes += other.lanes;
        self.found.extend(&other.found);
        // Roads are counted in any order; their sum must not show it.
        self.found.sort_by_key(|found| {
            (
                found.vehicles,
                found.after,
                found.stated_per_mille,
                found.true_per_mille.to_bits(),
            )
        });
        self.sound_vehicles += other.sound_vehicles;
        self.false_findings += other.false_findings;
    }
}

/// A road's drifts while it is counted.
#[derive(Debug)]
pub(super) struct Watch {
    start: Micros,
    lanes: Vec<Lane>,
    drifts: Drifts,
}

#[derive(Debug)]
struct Lane {
    fault: Fault,
    per_cent_a_day: f64,
    vehicles: u64,
    is_found: bool,
}

impl Watch {
    pub(super) fn new(settings: &Settings) -> Self {
        let drifting = settings.faults.iter().filter_map(|fault| match fault.kind {
            FaultKind::BiasDrift { per_cent_a_day } => Some(Lane {
                fault: *fault,
                per_cent_a_day,
                vehicles: 0,
                is_found: false,
            }),
            _ => None,
        });
        let lanes: Vec<Lane> = drifting.collect();
        Self {
            start: settings.start,
            drifts: Drifts {
                lanes: lanes.len() as u64,
                ..Drifts::default()
            },
            lanes,
        }
    }

    /// The lane as it drifts at this moment.
    fn drifting(&mut self, lane: u16, now: Micros) -> Option<(&mut Lane, Micros)> {
        let start = self.start;
        let mut lanes = self.lanes.iter_mut();
        lanes.find_map(|one| {
            let since = one.fault.since(start, now)?;
            (one.fault.lane == lane).then_some((one, since))
        })
    }

    pub(super) fn weighed(&mut self, lane: u16, at: Micros) {
        match self.drifting(lane, at) {
            Some((lane, _)) => lane.vehicles += 1,
            None => self.drifts.sound_vehicles += 1,
        }
    }

    pub(super) fn finding(&mut self, finding: &DriftFinding) {
        if finding.until.is_some() {
            return;
        }
        let found = match self.drifting(finding.lane, finding.found_at) {
            None => {
                self.drifts.false_findings += 1;
                return;
            }
            // It is told again as it grows, and of each quantity.
            Some((lane, _)) if lane.is_found => return,
            Some((lane, after)) => {
                lane.is_found = true;
                let days = after.get() as f64 / 86_400e6;
                Found {
                    vehicles: lane.vehicles,
                    after,
                    true_per_mille: 10.0 * lane.per_cent_a_day * days,
                    stated_per_mille: finding.size_per_mille,
                }
            }
        };
        self.drifts.found.push(found);
    }

    pub(super) fn finish(self) -> Drifts {
        self.drifts
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lane::drift::Quantity;

    const HOUR: Micros = Micros::from_seconds(3_600);

    fn finding(lane: u16, found_at: Micros, until: Option<Micros>) -> DriftFinding {
        DriftFinding {
            lane,
            quantity: Quantity::SteeringAxle,
            size_per_mille: 21,
            uncertainty_per_mille: 4,
            since: found_at,
            found_at,
            vehicles: 40,
            reference_mean: 6_000,
            reference_vehicles: 100,
            enforcement_off: false,
            until,
        }
    }

    #[test]
    fn the_first_finding_of_a_lane_that_drifts_is_counted_and_one_elsewhere_is_false() {
        let mut settings = Settings::statistics();
        settings.faults = vec![Fault {
            kind: FaultKind::BiasDrift {
                per_cent_a_day: 2.4,
            },
            lane: 2,
            after: HOUR,
            lasts: None,
        }];
        let at = |hours| {
            settings
                .start
                .saturating_add(Micros::new(HOUR.get() * hours))
        };
        let mut watch = Watch::new(&settings);
        watch.finding(&finding(2, settings.start, None));
        for _ in 0..3 {
            watch.weighed(1, at(5));
            watch.weighed(2, settings.start);
            watch.weighed(2, at(5));
        }
        watch.finding(&finding(1, at(11), None));
        watch.finding(&finding(2, at(11), Some(at(11))));
        watch.finding(&finding(2, at(11), None));
        watch.finding(&finding(2, at(12), None));
        let drifts = watch.finish();
        assert_eq!(
            (drifts.lanes, drifts.false_findings, drifts.sound_vehicles),
            (1, 2, 6)
        );
        let [found] = drifts.found[..] else {
            panic!("{drifts:?}");
        };
        assert_eq!((found.vehicles, found.stated_per_mille), (3, 21));
        assert!((found.true_per_mille - 10.0).abs() < 1e-9, "{found:?}");
        let mut sum = Drifts::default();
        sum.add(&drifts);
        sum.add(&drifts);
        assert_eq!((sum.lanes, sum.found.len()), (2, 2));
    }
}
