//! A camera's read rate against its own past: a CUSUM of log-likelihood ratios.
//!
//! Each vehicle is read or not. The chart weighs "unread twice as often as usual" against "as usual";
//! such a chart gives at most one false alarm in `e^h` vehicles whatever the usual rate is (Lorden),
//! so its decision interval is the logarithm of the setting.

use serde::{Deserialize, Serialize};

use super::settings::HealthSettings;
use super::usual::{HOURS, hour_of_day};
use crate::units::Micros;

/// Vehicles and how many of them were not read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Count {
    vehicles: i64,
    unread: i64,
}

impl Count {
    /// The latest vehicles count for more: at this many, both halve.
    const MOST: i64 = 2_000;

    fn take(&mut self, read: bool) {
        if self.vehicles >= Self::MOST {
            (self.vehicles, self.unread) = (self.vehicles / 2, self.unread / 2);
        }
        self.vehicles += 1;
        self.unread += i64::from(!read);
    }

    fn add(&mut self, other: Self) {
        self.vehicles += other.vehicles;
        self.unread += other.unread;
    }
}

/// The chart of one camera.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ReadRate {
    usual: [Count; HOURS],
    /// Thousandths of a natural logarithm.
    score: i64,
    /// The vehicles since the score last stood at zero, and when the first of them closed.
    lately: Count,
    since: Micros,
    fallen: bool,
    /// Vehicles since the last alarm.
    calm: u32,
}

/// What it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RateWord {
    /// The rate has fallen.
    Fallen {
        since: Micros,
        vehicles: i64,
        seen_per_mille: i64,
        usual_per_mille: i64,
    },
    /// It is as before.
    Recovered,
}

impl ReadRate {
    pub(super) fn take(
        &mut self,
        read: bool,
        at: Micros,
        rules: &HealthSettings,
    ) -> Option<RateWord> {
        let hour = hour_of_day(at);
        let limit = libm::log(f64::from(rules.read_rate_false_alarm.max(2))) * 1_000.0;
        let limit = limit as i64;
        let word = self
            .usual(hour, rules)
            .and_then(|usual| self.weigh(read, at, usual, limit, rules));
        if !self.fallen
            && self.score <= limit / 2
            && let Some(slot) = self.usual.get_mut(hour)
        {
            slot.take(read);
        }
        word
    }

    /// What is usual at this hour, or over the day where the hour is not known well.
    fn usual(&self, hour: usize, rules: &HealthSettings) -> Option<Count> {
        let slot = self.usual.get(hour).copied().unwrap_or_default();
        if slot.vehicles >= i64::from(rules.read_rate_hour_vehicles.max(1)) {
            return Some(slot);
        }
        let mut day = Count::default();
        self.usual.iter().for_each(|slot| day.add(*slot));
        (day.vehicles >= i64::from(rules.read_rate_from_vehicles.max(1))).then_some(day)
    }

    fn weigh(
        &mut self,
        read: bool,
        at: Micros,
        usual: Count,
        limit: i64,
        rules: &HealthSettings,
    ) -> Option<RateWord> {
        let (as_usual, fallen) = rates(usual);
        let ratio = if read {
            (1.0 - fallen) / (1.0 - as_usual)
        } else {
            fallen / as_usual
        };
        let weight = libm::round(libm::log(ratio) * 1_000.0) as i64;
        let raised = self.score.saturating_add(weight);
        if raised <= 0 {
            (self.score, self.lately) = (0, Count::default());
        } else {
            if self.lately.vehicles == 0 {
                self.since = at;
            }
            self.score = raised;
            self.lately.vehicles += 1;
            self.lately.unread += i64::from(!read);
        }
        self.calm = self.calm.saturating_add(1);
        if self.score > limit {
            let (lately, was_fallen) = (self.lately, self.fallen);
            (self.score, self.lately) = (0, Count::default());
            (self.fallen, self.calm) = (true, 0);
            let per_mille = |count: Count| 1_000 - count.unread * 1_000 / count.vehicles.max(1);
            return (!was_fallen).then_some(RateWord::Fallen {
                since: self.since,
                vehicles: lately.vehicles,
                seen_per_mille: per_mille(lately),
                usual_per_mille: per_mille(usual),
            });
        }
        if self.fallen && self.calm >= rules.read_rate_settle_vehicles {
            self.fallen = false;
            return Some(RateWord::Recovered);
        }
        None
    }
}

/// Share of the unread as usual, as high as it may be by what is known (two standard errors), and
/// twice that.
fn rates(usual: Count) -> (f64, f64) {
    let n = usual.vehicles.max(1) as f64;
    let seen = (usual.unread as f64 + 1.0) / (n + 2.0);
    let high = seen + 2.0 * libm::sqrt(seen * (1.0 - seen) / n);
    let as_usual = high.clamp(0.02, 0.95);
    let fallen = (2.0 * as_usual).min(f64::midpoint(1.0, as_usual));
    (as_usual, fallen)
}
