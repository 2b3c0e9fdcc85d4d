//! A clock of the procedure: the last day in time and the first that is late.

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, de::Error};

use super::super::deadline::{Deadline, DeadlineError, DeadlineStatus, Moment, deadline};
use super::super::deadline_kind::DeadlineKind;
use super::{Ground, Worked, answer, compare};
use crate::units::Micros;

/// `in_time` and `late` are days, or moments of RFC 3339 for a clock in hours. One counted
/// backwards is in time on the last day that is early enough.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClockExample {
    kind: DeadlineKind,
    #[serde(deserialize_with = "day_or_moment")]
    from: Moment,
    #[serde(default)]
    expect: Option<Expected>,
    /// Why there is no clock: `not_yet_in_force`, `not_set`, `no_procedure`.
    #[serde(default)]
    refused: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    #[serde(deserialize_with = "day_or_moment")]
    in_time: Moment,
    #[serde(deserialize_with = "day_or_moment")]
    late: Moment,
    /// The rest day from which the end was moved; absent = it was not moved.
    #[serde(default)]
    moved_from: Option<NaiveDate>,
    /// Where it stands in the law, in Chinese; absent = not compared.
    #[serde(default)]
    article: Option<String>,
}

fn day_or_moment<'de, D: Deserializer<'de>>(from: D) -> Result<Moment, D::Error> {
    let text = String::deserialize(from)?;
    let day = text.parse::<NaiveDate>().ok().map(Moment::Day);
    day.or_else(|| Micros::from_rfc3339(&text).map(Moment::Exact))
        .ok_or_else(|| D::Error::custom(format!("`{text}` is neither a day nor a moment")))
}

fn text(moment: Moment) -> String {
    match moment {
        Moment::Day(day) => day.to_string(),
        Moment::Exact(moment) => moment.rfc3339(),
    }
}

const fn reason(error: &DeadlineError) -> &'static str {
    match error {
        DeadlineError::NoProcedure { .. } => "no_procedure",
        DeadlineError::NotSet { .. } => "not_set",
        DeadlineError::NotYetInForce { .. } => "not_yet_in_force",
        DeadlineError::MomentNeeded { .. } => "moment_needed",
        DeadlineError::DayOutOfRange { .. } => "day_out_of_range",
        DeadlineError::FoundBeforeAct { .. } => "found_before_act",
    }
}

impl Worked for ClockExample {
    fn title(&self) -> String {
        format!("clock {} from {}", self.kind.name(), text(self.from))
    }

    fn law_day(&self) -> Option<NaiveDate> {
        Some(self.from.day())
    }

    fn differences(&self, ground: &Ground<'_>) -> Result<Vec<String>, Vec<String>> {
        let table = ground.table(self.from.day())?;
        let found = deadline(table, ground.calendar, self.kind, self.from);
        let (found, expected) =
            answer(found, reason, self.expect.as_ref(), self.refused.as_deref())?;
        Ok(expected.differences(&found))
    }
}

impl Expected {
    fn differences(&self, found: &Deadline) -> Vec<String> {
        let mut all = Vec::new();
        let last = found
            .last_moment
            .map_or(Moment::Day(found.last_day), Moment::Exact);
        compare(&mut all, "in_time", &text(self.in_time), &text(last));
        let late = found.status(self.late);
        if !matches!(late, DeadlineStatus::Expired { .. }) {
            all.push(format!("late: {} is still in time", text(self.late)));
        }
        compare(&mut all, "moved_from", &self.moved_from, &found.rolled_from);
        if let Some(article) = self.article.as_deref() {
            compare(&mut all, "article", &article, &found.article.zh());
        }
        all
    }
}
