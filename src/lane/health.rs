//! Whether a lane's devices work, from what they say and don't say (健康状态).
//!
//! Each finding has a beginning and an end. What they rest on is kept per lane and handed out with
//! each hour, so that it may reach back further than a restart replays.

mod finding;
mod read_rate;
mod settings;
mod usual;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use finding::{Ailment, HealthFinding};
pub use settings::HealthSettings;

use finding::Open;
use read_rate::{RateWord, ReadRate};
use usual::Usual;

use crate::lane::drift::{side_residual_ppm, sides};
use crate::passage::{ClosedPassage, Flag, PassageKind, Weighing};
use crate::units::Micros;

/// A record that comes later than this after its vehicle says nothing of a camera now: a cable was
/// pulled, and the camera spoke when the vehicle crossed.
const PROMPT: Micros = Micros::from_seconds(60);

/// What is remembered of a camera.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Camera {
    /// Vehicles weighed since its last message, and when the first of them crossed.
    silent: u32,
    silent_since: Micros,
    /// Pictures in a row that did not come, and when the first was missed.
    missing: u32,
    missing_since: Micros,
    rate: ReadRate,
}

/// Vehicles in a row with nothing on the same side.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct DeadSide {
    left: bool,
    vehicles: u32,
    since: Micros,
}

/// The mean of left against right.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Balance {
    vehicles: u32,
    mean_ppm: i64,
}

/// A lane's health.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Health {
    usual: Usual,
    cameras: BTreeMap<String, Camera>,
    dead_side: DeadSide,
    balance: Balance,
    open: Open,
}

impl Health {
    /// The findings that are open.
    pub(super) fn open(&self) -> Vec<HealthFinding> {
        self.open.iter().cloned().collect()
    }

    /// A vehicle was weighed in this lane, which these plate cameras watch.
    pub(super) fn weighed<'a>(
        &mut self,
        weighing: &Weighing,
        cameras: impl Iterator<Item = &'a str>,
        rules: &HealthSettings,
    ) -> Vec<HealthFinding> {
        let lane = weighing.lane;
        let (at, now) = (weighing.crossed_at, weighing.received_at);
        let mut findings = Vec::new();
        self.usual.vehicle();
        findings.extend(self.open.close(Ailment::ZeroCapture, None, at));
        let late = now.saturating_sub(at).abs() > PROMPT;
        for port in cameras.filter(|_| !late) {
            let camera = self.cameras.entry(port.to_owned()).or_default();
            if camera.silent == 0 {
                camera.silent_since = at;
            }
            camera.silent = camera.silent.saturating_add(1);
            if camera.silent >= rules.camera_silent_vehicles.max(1) {
                let found = found(lane, Ailment::DeadCamera, camera.silent_since, now);
                findings.extend(self.open.open(HealthFinding {
                    port: Some(port.to_owned()),
                    vehicles: i64::from(camera.silent),
                    ..found
                }));
            }
        }
        let port = weighing.port.as_str();
        if weighing.flags.contains(&Flag::WeightsRepeat) {
            findings.extend(self.open.open(HealthFinding {
                port: Some(port.to_owned()),
                vehicles: 1,
                ..found(lane, Ailment::FrozenValue, at, now)
            }));
        } else if weighing.kind == PassageKind::Dynamic && !weighing.axles.is_empty() {
            findings.extend(self.open.close(Ailment::FrozenValue, Some(port), at));
        }
        findings.extend(self.sides(weighing, rules));
        findings
    }

    fn sides(&mut self, weighing: &Weighing, rules: &HealthSettings) -> Vec<HealthFinding> {
        let Some((left, right)) = sides(weighing) else {
            return Vec::new();
        };
        let lane = weighing.lane;
        let (at, now) = (weighing.crossed_at, weighing.received_at);
        let mut findings = Vec::new();
        let sum = left.saturating_add(right).get();
        let nothing =
            |side: i64| side.saturating_mul(1_000) / sum.max(1) < rules.dead_side_per_mille;
        let dead = (nothing(left.get()), nothing(right.get()));
        if dead.0 == dead.1 {
            self.dead_side = DeadSide::default();
        } else {
            if self.dead_side.vehicles == 0 || self.dead_side.left != dead.0 {
                self.dead_side = DeadSide {
                    left: dead.0,
                    vehicles: 0,
                    since: at,
                };
            }
            self.dead_side.vehicles = self.dead_side.vehicles.saturating_add(1);
        }
        if self.dead_side.vehicles >= rules.dead_side_vehicles.max(1) {
            let seen = if self.dead_side.left { -1_000 } else { 1_000 };
            findings.extend(self.open.open(HealthFinding {
                vehicles: i64::from(self.dead_side.vehicles),
                seen_per_mille: Some(seen),
                usual_per_mille: Some(0),
                ..found(lane, Ailment::DeadSide, self.dead_side.since, now)
            }));
        } else if self.dead_side.vehicles == 0 {
            findings.extend(self.open.close(Ailment::DeadSide, None, at));
        }
        findings.extend(self.balance(weighing, rules));
        findings
    }

    /// The mean of left against right, of vehicles of which each by itself is in order.
    fn balance(&mut self, weighing: &Weighing, rules: &HealthSettings) -> Option<HealthFinding> {
        const WEIGHT: i64 = 128;
        let residual = side_residual_ppm(weighing)?;
        if weighing.flags.iter().any(|flag| flag.is_hard()) {
            return None;
        }
        let balance = &mut self.balance;
        balance.vehicles = balance.vehicles.saturating_add(1);
        // The plain mean at first, later the latest vehicles count for more.
        let weight = WEIGHT.min(i64::from(balance.vehicles));
        balance.mean_ppm += (residual - balance.mean_ppm) / weight;
        if balance.vehicles < rules.uneven_vehicles {
            return None;
        }
        let limit = rules.uneven_per_mille.saturating_mul(1_000);
        let (apart, mean) = (balance.mean_ppm.abs(), balance.mean_ppm);
        let (at, now) = (weighing.crossed_at, weighing.received_at);
        if apart > limit {
            return self.open.open(HealthFinding {
                vehicles: i64::from(self.balance.vehicles),
                seen_per_mille: Some(mean / 1_000),
                usual_per_mille: Some(0),
                ..found(weighing.lane, Ailment::SidesUneven, at, now)
            });
        }
        // Not at once on and off again at the limit.
        (apart < limit / 5 * 4)
            .then(|| self.open.close(Ailment::SidesUneven, None, at))
            .flatten()
    }

    /// A camera said something, a plate or that there was none.
    pub(super) fn heard(&mut self, port: &str, at: Micros) -> Option<HealthFinding> {
        let camera = self.cameras.entry(port.to_owned()).or_default();
        (camera.silent, camera.missing) = (0, 0);
        self.open.close(Ailment::DeadCamera, Some(port), at)
    }

    /// A picture that was asked for did not come.
    pub(super) fn picture_missing(
        &mut self,
        lane: u16,
        port: &str,
        now: Micros,
        rules: &HealthSettings,
    ) -> Option<HealthFinding> {
        let camera = self.cameras.entry(port.to_owned()).or_default();
        if camera.missing == 0 {
            camera.missing_since = now;
        }
        camera.missing = camera.missing.saturating_add(1);
        if camera.missing < rules.pictures_missing.max(1) {
            return None;
        }
        self.open.open(HealthFinding {
            port: Some(port.to_owned()),
            vehicles: i64::from(camera.missing),
            ..found(lane, Ailment::DeadCamera, camera.missing_since, now)
        })
    }

    /// A passage closed: each camera has read its plate or not.
    pub(super) fn closed<'a>(
        &mut self,
        closed: &ClosedPassage,
        cameras: impl Iterator<Item = &'a str>,
        rules: &HealthSettings,
    ) -> Vec<HealthFinding> {
        let (lane, now) = (closed.weighing.lane, closed.closed_at);
        let mut findings = Vec::new();
        if closed.weighing.kind != PassageKind::Dynamic {
            return findings;
        }
        for port in cameras {
            // One that is dead has no rate.
            if self.open.has(Ailment::DeadCamera, Some(port)) {
                continue;
            }
            let candidates = &closed.association.candidates;
            let read = candidates
                .iter()
                .any(|candidate| candidate.port == port && candidate.plate.is_some());
            let camera = self.cameras.entry(port.to_owned()).or_default();
            match camera.rate.take(read, now, rules) {
                Some(RateWord::Fallen {
                    since,
                    vehicles,
                    seen_per_mille,
                    usual_per_mille,
                }) => findings.extend(self.open.open(HealthFinding {
                    port: Some(port.to_owned()),
                    vehicles,
                    seen_per_mille: Some(seen_per_mille),
                    usual_per_mille: Some(usual_per_mille),
                    ..found(lane, Ailment::ReadRateFalling, since, now)
                })),
                Some(RateWord::Recovered) => {
                    let ailment = Ailment::ReadRateFalling;
                    findings.extend(self.open.close(ailment, Some(port), now));
                }
                None => {}
            }
        }
        findings
    }

    /// An hour is over, which was watched from its beginning; `doubtful` says that a chart learnt a
    /// reference that no truck has.
    pub(super) fn hour(
        &mut self,
        lane: u16,
        (start, end): (Micros, Micros),
        vehicles: i64,
        doubtful: bool,
        rules: &HealthSettings,
    ) -> Vec<HealthFinding> {
        let mut findings = Vec::new();
        if let Some((since, missing)) = self.usual.hour(start, vehicles, rules) {
            findings.extend(self.open.open(HealthFinding {
                vehicles: missing,
                ..found(lane, Ailment::ZeroCapture, since, end)
            }));
        }
        let implausible = Ailment::ReferenceImplausible;
        if doubtful {
            findings.extend(self.open.open(found(lane, implausible, end, end)));
        } else {
            findings.extend(self.open.close(implausible, None, end));
        }
        findings
    }
}

fn found(lane: u16, ailment: Ailment, since: Micros, found_at: Micros) -> HealthFinding {
    HealthFinding {
        lane,
        ailment,
        port: None,
        since,
        found_at,
        until: None,
        vehicles: 0,
        seen_per_mille: None,
        usual_per_mille: None,
    }
}

#[cfg(test)]
mod tests;
