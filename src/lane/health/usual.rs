//! The lane's usual traffic by hour of the day, and hours without any.

use serde::{Deserialize, Serialize};

use super::settings::HealthSettings;
use crate::units::Micros;

/// Hours of a day.
pub(super) const HOURS: usize = 24;

/// The hour of the day by Beijing time, 0 to 23.
pub(super) fn hour_of_day(at: Micros) -> usize {
    const HOUR: i64 = 3_600_000_000;
    let hour = at.get().div_euclid(HOUR).saturating_add(8).rem_euclid(24);
    usize::try_from(hour).unwrap_or_default()
}

/// Traffic of one hour of the day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Slot {
    days: i64,
    vehicles: i64,
}

/// What is usual.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Usual {
    slots: [Slot; HOURS],
    /// Hours in a row without a vehicle: the traffic they should have had, in thousandths of a
    /// vehicle, and when they began.
    missing_milli: i64,
    since: Option<Micros>,
}

impl Usual {
    /// Vehicles usual at this hour, in thousandths; `None` while too few days are known.
    fn usual_milli(&self, hour: usize, rules: &HealthSettings) -> Option<i64> {
        let slot = self.slots.get(hour)?;
        let known = slot.days >= i64::from(rules.usual_from_days.max(1));
        known.then(|| slot.vehicles.saturating_mul(1_000) / slot.days.max(1))
    }

    fn learn(&mut self, hour: usize, vehicles: i64, rules: &HealthSettings) {
        let Some(slot) = self.slots.get_mut(hour) else {
            return;
        };
        let most = i64::from(rules.usual_days.max(1));
        if slot.days >= most {
            slot.vehicles -= slot.vehicles / slot.days.max(1);
            slot.days = most - 1;
        }
        slot.days += 1;
        slot.vehicles = slot.vehicles.saturating_add(vehicles);
    }

    /// Takes a whole hour that is over. Yields since when the lane has been empty, and how many
    /// vehicles are missing, when that is no chance.
    pub(super) fn hour(
        &mut self,
        start: Micros,
        vehicles: i64,
        rules: &HealthSettings,
    ) -> Option<(Micros, i64)> {
        let hour = hour_of_day(start);
        if vehicles > 0 {
            (self.missing_milli, self.since) = (0, None);
            self.learn(hour, vehicles, rules);
            return None;
        }
        let since = *self.since.get_or_insert(start);
        let usual = self.usual_milli(hour, rules).unwrap_or_default();
        self.missing_milli = self.missing_milli.saturating_add(usual);
        // Poisson: an empty span with m vehicles due has the probability exp(-m).
        let share = i64::from(rules.least_traffic_percent);
        let due = self.missing_milli.saturating_mul(share) / 100;
        let per_million = f64::from(rules.empty_per_million.max(1));
        let surprise = (libm::log(1_000_000.0 / per_million) * 1_000.0) as i64;
        if due >= surprise.max(1) {
            return Some((since, self.missing_milli / 1_000));
        }
        // An hour that is often empty must be learnt as such, a road closed for a week must not.
        self.learn(hour, 0, rules);
        None
    }

    /// A vehicle came.
    pub(super) const fn vehicle(&mut self) {
        (self.missing_milli, self.since) = (0, None);
    }
}
