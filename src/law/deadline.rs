//! When a clock of the procedure runs out.
//!
//! The day of the event is not counted. Working days come from the calendar; an end on a rest day
//! moves to the next working day where the table says so. A day before the figures hold, or a clock
//! the table has no figure for, is refused: there is no guess.

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::calendar::{Calendar, CountedDay};
use super::deadline_kind::DeadlineKind;
use super::derivation::Citation;
use super::procedure::{DeadlineRow, TimeUnit};
use super::table::Table;
use crate::units::Micros;

/// Years in which a clock may start; another is a slip of the pen.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=9000;

/// Microseconds in an hour.
const HOUR: i64 = 3_600_000_000;

/// When a clock starts, or what time it is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// A day by Beijing time.
    Day(NaiveDate),
    /// A moment, for clocks in hours.
    Exact(Micros),
}

impl Moment {
    /// The day by Beijing time.
    pub fn day(self) -> NaiveDate {
        match self {
            Self::Day(day) => day,
            Self::Exact(moment) => moment.beijing_day(),
        }
    }
}

impl From<NaiveDate> for Moment {
    fn from(day: NaiveDate) -> Self {
        Self::Day(day)
    }
}

impl From<Micros> for Moment {
    fn from(moment: Micros) -> Self {
        Self::Exact(moment)
    }
}

/// Why a clock could not be told.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DeadlineError {
    /// The table has no figures of the procedure at all.
    #[error("table {table} has no figures of the procedure: give it a section [procedure]")]
    NoProcedure {
        /// Id of the table.
        table: String,
    },
    /// No figure is set for this clock; the law leaves it open.
    #[error(
        "table {table} sets no figure for {} ({}): add a [[procedure.deadline]] with kind = \"{}\" \
         when the competent authority has named one", kind.name(), kind.zh(), kind.name()
    )]
    NotSet {
        /// Id of the table.
        table: String,
        /// Which clock.
        kind: DeadlineKind,
    },
    /// The figures hold only from a later day.
    #[error("{}: the figures hold from {valid_from} on, {day} is before that", kind.name())]
    NotYetInForce {
        /// Which clock.
        kind: DeadlineKind,
        /// The day it should start.
        day: NaiveDate,
        /// The first day.
        valid_from: NaiveDate,
    },
    /// A clock in hours that was given a day only.
    #[error("{}: counted in hours, so it needs the moment it starts, not only {day}", kind.name())]
    MomentNeeded {
        /// Which clock.
        kind: DeadlineKind,
        /// The day that was given.
        day: NaiveDate,
    },
    /// A day so far off that it must be wrong.
    #[error("{}: {day} is outside of the years 1900 to 9000", kind.name())]
    DayOutOfRange {
        /// Which clock.
        kind: DeadlineKind,
        /// The day.
        day: NaiveDate,
    },
    /// Found before it was done.
    #[error("found on {found_day}, which is before the act on {act_day}")]
    FoundBeforeAct {
        /// Day of the act.
        act_day: NaiveDate,
        /// Day it was found.
        found_day: NaiveDate,
    },
}

/// When a clock runs out, and how that was counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "DeadlineJson", from = "DeadlineJson")]
pub struct Deadline {
    /// Which clock.
    pub kind: DeadlineKind,
    /// The day it is counted from by Beijing time, itself not counted.
    pub from: NaiveDate,
    /// The moment it is counted from, for a clock in hours.
    pub from_moment: Option<Micros>,
    /// The last day that is in time, by Beijing time.
    pub last_day: NaiveDate,
    /// The last moment that is in time, for a clock in hours.
    pub last_moment: Option<Micros>,
    /// How many were counted.
    pub counted: u32,
    /// Of what.
    pub unit: TimeUnit,
    /// Counted backwards: from an event to come to the last day that is early enough before it.
    pub before: bool,
    /// The rest day on which it would have ended; it was moved to the next working day.
    pub rolled_from: Option<NaiveDate>,
    /// Years without a calendar, ascending: there, Monday to Friday were taken as working days.
    pub assumed_years: Vec<i32>,
    /// Where it stands in the law.
    pub article: Citation,
}

/// Where a clock stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum DeadlineStatus {
    /// Days are left after today.
    NotDue {
        /// Calendar days from today to the last day; 1 = the last day is tomorrow.
        days_left: i64,
    },
    /// Today is the last day, and what is left of it is in time.
    DueToday,
    /// It ran out.
    Expired {
        /// Calendar days from the last day to today; 0 = earlier today, for a clock in hours.
        days: i64,
    },
}

/// When the clock `kind` runs out that starts at `from`: a day, or a moment for a clock in hours.
///
/// For a clock that is counted backwards (notice of a hearing), `from` is the event to come and the
/// answer is the last day that is early enough.
pub fn deadline(
    table: &Table,
    calendar: &Calendar,
    kind: DeadlineKind,
    from: impl Into<Moment>,
) -> Result<Deadline, DeadlineError> {
    let from = from.into();
    let day = from.day();
    let out_of_range = DeadlineError::DayOutOfRange { kind, day };
    if !YEARS.contains(&day.year()) {
        return Err(out_of_range);
    }
    let table_id = || table.id().to_owned();
    let procedure = table
        .procedure()
        .ok_or_else(|| DeadlineError::NoProcedure { table: table_id() })?;
    let valid_from = procedure
        .first_day(kind)
        .ok_or_else(|| DeadlineError::NotSet {
            table: table_id(),
            kind,
        })?;
    let row = procedure
        .row_on(kind, day)
        .ok_or(DeadlineError::NotYetInForce {
            kind,
            day,
            valid_from,
        })?;
    if row.unit == TimeUnit::Hours {
        let Moment::Exact(moment) = from else {
            return Err(DeadlineError::MomentNeeded { kind, day });
        };
        let span = HOUR.saturating_mul(i64::from(row.number.value));
        let last = moment.saturating_add(Micros::new(span));
        let end = CountedDay {
            day: last.beijing_day(),
            assumed_years: Vec::new(),
        };
        return Ok(answer(row, day, Some((moment, last)), end, None));
    }
    let end = unrolled(row, calendar, day).ok_or_else(|| out_of_range.clone())?;
    if !procedure.rolls(row) {
        return Ok(answer(row, day, None, end, None));
    }
    let rolled = calendar
        .working_day_from(end.day)
        .ok_or_else(|| out_of_range.clone())?;
    let rolled_from = (rolled.day != end.day).then_some(end.day);
    Ok(answer(row, day, None, rolled, rolled_from))
}

fn unrolled(row: &DeadlineRow, calendar: &Calendar, from: NaiveDate) -> Option<CountedDay> {
    let number = row.number.value;
    let plain = |day| CountedDay {
        day,
        assumed_years: Vec::new(),
    };
    match (row.unit, row.before) {
        (TimeUnit::WorkingDays, false) => calendar.add_working_days(from, number),
        (TimeUnit::WorkingDays, true) => calendar.subtract_working_days(from, number),
        (TimeUnit::CalendarDays, true) => {
            from.checked_sub_days(Days::new(number.into())).map(plain)
        }
        (TimeUnit::CalendarDays, false) => {
            from.checked_add_days(Days::new(number.into())).map(plain)
        }
        (TimeUnit::Months, _) => from.checked_add_months(Months::new(number)).map(plain),
        (TimeUnit::Hours, _) => None,
        (TimeUnit::Years, _) => from
            .checked_add_months(Months::new(number.saturating_mul(12)))
            .map(plain),
    }
}

fn answer(
    row: &DeadlineRow,
    from: NaiveDate,
    moments: Option<(Micros, Micros)>,
    end: CountedDay,
    rolled_from: Option<NaiveDate>,
) -> Deadline {
    Deadline {
        kind: row.kind,
        from,
        from_moment: moments.map(|(from, _)| from),
        last_day: end.day,
        last_moment: moments.map(|(_, last)| last),
        counted: row.number.value,
        unit: row.unit,
        before: row.before,
        rolled_from,
        assumed_years: end.assumed_years,
        article: row.article.clone(),
    }
}

/// Whether an act could no longer be punished when it was found (超过追责时效), by the ordinary
/// prescription of two years. `act_day` is the day of the act, or the last day of an act that went
/// on. For the longer one, ask [`deadline`] with [`DeadlineKind::PrescriptionSerious`].
pub fn prescription_expired(
    table: &Table,
    calendar: &Calendar,
    act_day: NaiveDate,
    found_day: NaiveDate,
) -> Result<bool, DeadlineError> {
    if found_day < act_day {
        return Err(DeadlineError::FoundBeforeAct { act_day, found_day });
    }
    let prescription = deadline(table, calendar, DeadlineKind::Prescription, act_day)?;
    let status = prescription.status(found_day);
    Ok(matches!(status, DeadlineStatus::Expired { .. }))
}

impl Deadline {
    /// Where it stands today, or at a moment. The last day, and for a clock in hours the last
    /// moment, are in time. For a clock in hours a day alone can only tell by the day.
    pub fn status(&self, now: impl Into<Moment>) -> DeadlineStatus {
        let now = now.into();
        let left = self.last_day.signed_duration_since(now.day()).num_days();
        let missed = match (now, self.last_moment) {
            (Moment::Exact(now), Some(last)) => now > last,
            _ => left < 0,
        };
        if missed {
            DeadlineStatus::Expired { days: -left }
        } else if left == 0 {
            DeadlineStatus::DueToday
        } else {
            DeadlineStatus::NotDue { days_left: left }
        }
    }
}

#[derive(Serialize, Deserialize)]
struct DeadlineJson {
    kind: DeadlineKind,
    from: NaiveDate,
    from_moment: Option<Micros>,
    last_day: NaiveDate,
    last_moment: Option<Micros>,
    counted: u32,
    unit: TimeUnit,
    before: bool,
    rolled_from: Option<NaiveDate>,
    assumed_years: Vec<i32>,
    article: String,
    article_en: String,
}

impl From<Deadline> for DeadlineJson {
    fn from(deadline: Deadline) -> Self {
        Self {
            kind: deadline.kind,
            from: deadline.from,
            from_moment: deadline.from_moment,
            last_day: deadline.last_day,
            last_moment: deadline.last_moment,
            counted: deadline.counted,
            unit: deadline.unit,
            before: deadline.before,
            rolled_from: deadline.rolled_from,
            assumed_years: deadline.assumed_years,
            article: deadline.article.zh().to_owned(),
            article_en: deadline.article.en().to_owned(),
        }
    }
}

impl From<DeadlineJson> for Deadline {
    fn from(json: DeadlineJson) -> Self {
        Self {
            kind: json.kind,
            from: json.from,
            from_moment: json.from_moment,
            last_day: json.last_day,
            last_moment: json.last_moment,
            counted: json.counted,
            unit: json.unit,
            before: json.before,
            rolled_from: json.rolled_from,
            assumed_years: json.assumed_years,
            article: Citation::new(json.article, json.article_en),
        }
    }
}
