//! How long a vehicle may be held, and how long it has been (扣押期限).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::facts::Facts;
use super::record::{Inspection, Measure, MeasurePlaced, Record};
use super::refusal::Refusal;
use crate::law::{DeadlineKind, deadline};
use crate::units::Micros;

closed_list! {
    /// How near the end of a hold is (扣押期限预警).
    HoldLevel {
        /// Time is left.
        Running = "running", "期限内", "running";
        /// The end is near.
        Near = "near", "即将届满", "near its end";
        /// Today is the last day.
        LastDay = "last_day", "今日届满", "last day";
        /// It ran out; the vehicle must be given back.
        RunOut = "run_out", "已届满，应当解除", "run out";
    }
}

/// The clock of the measure in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldClock {
    /// Number of the paper it was placed with.
    pub number: String,
    /// When it was placed.
    pub from: Micros,
    /// Last day, by Beijing time.
    pub last_day: NaiveDate,
    /// Whether it was extended.
    pub extended: bool,
    /// Days to the last day; below zero when it ran out.
    pub days_left: i64,
    /// How near.
    pub level: HoldLevel,
}

/// A measure in force.
pub(super) struct InForce<'a> {
    pub record: &'a Record<Measure>,
    pub placed: &'a MeasurePlaced,
    pub extended: Option<&'a super::record::MeasureExtended>,
}

impl InForce<'_> {
    pub fn last_day(&self) -> NaiveDate {
        self.extended
            .map_or(self.placed.last_day, |extension| extension.last_day)
    }
}

impl Inspection {
    pub(super) fn in_force(&self) -> Option<InForce<'_>> {
        let mut found = None;
        for record in &self.measures {
            match (&record.what, &mut found) {
                (Measure::Placed(placed), _) => {
                    found = Some(InForce {
                        record,
                        placed,
                        extended: None,
                    });
                }
                (Measure::Extended(extension), Some(in_force)) => {
                    in_force.extended = Some(extension);
                }
                (Measure::Extended(_), None) => {}
                (Measure::Lifted(_), _) => found = None,
            }
        }
        found
    }

    /// Last day of the measure in force.
    pub fn held_until(&self) -> Option<NaiveDate> {
        self.in_force().map(|measure| measure.last_day())
    }

    /// Clock of the measure in force, warned of from `warning_days` before its end.
    pub fn hold_clock(&self, now: Micros, warning_days: u32) -> Option<HoldClock> {
        let measure = self.in_force()?;
        let last_day = measure.last_day();
        let days_left = last_day.signed_duration_since(now.beijing_day()).num_days();
        let level = match days_left {
            ..0 => HoldLevel::RunOut,
            0 => HoldLevel::LastDay,
            left if left <= i64::from(warning_days) => HoldLevel::Near,
            _ => HoldLevel::Running,
        };
        Some(HoldClock {
            number: measure.placed.number.clone(),
            from: measure.record.at,
            last_day,
            extended: measure.extended.is_some(),
            days_left,
            level,
        })
    }
}

/// Last day of a hold that is placed now.
pub(super) fn first_last_day(facts: &Facts<'_>, now: Micros) -> Result<NaiveDate, Refusal> {
    last_day(facts, DeadlineKind::VehicleHold, now.beijing_day())
}

/// Last day of a hold whose first time ends on a day.
pub(super) fn extended_last_day(
    facts: &Facts<'_>,
    first_end: NaiveDate,
) -> Result<NaiveDate, Refusal> {
    last_day(facts, DeadlineKind::VehicleHoldExtension, first_end)
}

fn last_day(facts: &Facts<'_>, kind: DeadlineKind, from: NaiveDate) -> Result<NaiveDate, Refusal> {
    let (Some(table), Some(calendar)) = (facts.table, facts.calendar) else {
        return Err(Refusal::HoldClockUnknown);
    };
    deadline(table, calendar, kind, from)
        .map(|deadline| deadline.last_day)
        .map_err(Refusal::HoldClock)
}
