//! Working days (工作日): Monday to Friday, less the holidays (节假日), plus the days off that are
//! worked in exchange (调休上班).
//!
//! Which days those are is announced each autumn for the next year, so a calendar covers some years
//! only. A day of any other year is answered by Monday to Friday, and every count says for which
//! years it had to do so.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate, Weekday};

use super::calendar_csv::CalendarError;

/// The calendars built into the program.
const EMBEDDED: &[(&str, &str)] = &[
    ("cn-2024.csv", include_str!("calendars/cn-2024.csv")),
    ("cn-2025.csv", include_str!("calendars/cn-2025.csv")),
    ("cn-2026.csv", include_str!("calendars/cn-2026.csv")),
];

/// What a calendar says of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DayKind {
    /// A holiday (节假日), whatever its day of the week.
    Holiday,
    /// A Saturday or Sunday that is worked (调休上班).
    Workday,
}

impl DayKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Holiday, Self::Workday];

    /// The name used in a calendar.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Holiday => "holiday",
            Self::Workday => "workday",
        }
    }

    /// The Chinese name.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Holiday => "节假日",
            Self::Workday => "调休上班",
        }
    }
}

/// A day of a calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpecialDay {
    /// Holiday or workday.
    pub kind: DayKind,
    /// What it is called, such as 春节.
    pub name: String,
}

/// A day that was counted to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedDay {
    /// The day.
    pub day: NaiveDate,
    /// Years without a calendar that the count went through, ascending: there, Monday to Friday
    /// were taken as working days.
    pub assumed_years: Vec<i32>,
}

/// A number of working days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkingDays {
    /// How many.
    pub count: u32,
    /// Years without a calendar that the count went through, ascending.
    pub assumed_years: Vec<i32>,
}

/// Which days are worked. Without any day it is Monday to Friday and covers no year.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calendar {
    days: BTreeMap<NaiveDate, SpecialDay>,
    covered: BTreeSet<i32>,
}

impl Calendar {
    /// The calendars built into the program, merged: 2024 to 2026.
    pub fn embedded() -> Result<Self, CalendarError> {
        let mut all = Self::default();
        for (name, text) in EMBEDDED {
            all = all.merged(Self::parse(name, text)?)?;
        }
        Ok(all)
    }

    /// Names and texts of the calendars built into the program.
    pub const fn embedded_texts() -> &'static [(&'static str, &'static str)] {
        EMBEDDED
    }

    /// Both calendars in one. A day in both must be the same kind in both.
    pub fn merged(mut self, other: Self) -> Result<Self, CalendarError> {
        for (day, special) in other.days {
            if let Some(mine) = self.days.get(&day)
                && mine.kind != special.kind
            {
                return Err(CalendarError::Disagreement {
                    day,
                    first: mine.kind.name(),
                    second: special.kind.name(),
                });
            }
            self.insert(day, special);
        }
        Ok(self)
    }

    /// This calendar with the years that `newer` covers taken from `newer` alone, for a notice that
    /// was changed during the year.
    pub fn replaced_by(self, newer: Self) -> Result<Self, CalendarError> {
        let mut kept = Self::default();
        for (day, special) in self.days {
            if !newer.covers(day.year()) {
                kept.insert(day, special);
            }
        }
        kept.merged(newer)
    }

    pub(super) fn insert(&mut self, day: NaiveDate, special: SpecialDay) {
        // A notice may name the last days of December as part of the next year's New Year; they
        // alone say nothing of the year they are in.
        if day.month() < 12 {
            self.covered.insert(day.year());
        }
        self.days.insert(day, special);
    }

    /// The years it covers, ascending: those with a day before December in it. A day in December
    /// alone may belong to the notice of the next year.
    pub fn years(&self) -> impl Iterator<Item = i32> {
        self.covered.iter().copied()
    }

    /// Whether it covers a year. For a day of another year, Monday to Friday is all it knows.
    pub fn covers(&self, year: i32) -> bool {
        self.covered.contains(&year)
    }

    /// What it says of a day; `None` = nothing, so the day of the week decides.
    pub fn special_day(&self, day: NaiveDate) -> Option<&SpecialDay> {
        self.days.get(&day)
    }

    /// Whether a day is worked. In a year it does not [cover](Self::covers) this is a guess by the
    /// day of the week: whoever shows the answer must say so.
    pub fn is_working_day(&self, day: NaiveDate) -> bool {
        match self.days.get(&day).map(|special| special.kind) {
            Some(DayKind::Holiday) => false,
            Some(DayKind::Workday) => true,
            None => !is_weekend(day),
        }
    }

    /// The `number`-th working day after a day, which itself is not counted. 0 gives the day.
    /// `None` past the last day that can be written (262142-12-31).
    pub fn add_working_days(&self, day: NaiveDate, number: u32) -> Option<CountedDay> {
        self.count_to(day, number, NaiveDate::succ_opt)
    }

    /// The `number`-th working day before a day, which itself is not counted. 0 gives the day.
    pub fn subtract_working_days(&self, day: NaiveDate, number: u32) -> Option<CountedDay> {
        self.count_to(day, number, NaiveDate::pred_opt)
    }

    /// The day itself when it is worked, else the next that is.
    pub fn working_day_from(&self, day: NaiveDate) -> Option<CountedDay> {
        self.count_to(day.pred_opt()?, 1, NaiveDate::succ_opt)
    }

    fn count_to(
        &self,
        day: NaiveDate,
        number: u32,
        step: fn(&NaiveDate) -> Option<NaiveDate>,
    ) -> Option<CountedDay> {
        let (mut day, mut left, mut assumed) = (day, number, BTreeSet::new());
        while left > 0 {
            day = step(&day)?;
            self.note_year(day, &mut assumed);
            left = left.saturating_sub(u32::from(self.is_working_day(day)));
        }
        Some(CountedDay {
            day,
            assumed_years: assumed.into_iter().collect(),
        })
    }

    /// How many working days there are after `first` up to and with `last`; 0 when `last` is not
    /// after `first`. The inverse of [`Self::add_working_days`].
    pub fn working_days_between(&self, first: NaiveDate, last: NaiveDate) -> WorkingDays {
        let (mut count, mut assumed) = (0_u32, BTreeSet::new());
        let days = first.iter_days().skip(1).take_while(|day| *day <= last);
        for day in days {
            self.note_year(day, &mut assumed);
            count = count.saturating_add(u32::from(self.is_working_day(day)));
        }
        WorkingDays {
            count,
            assumed_years: assumed.into_iter().collect(),
        }
    }

    fn note_year(&self, day: NaiveDate, assumed: &mut BTreeSet<i32>) {
        if !self.covers(day.year()) {
            assumed.insert(day.year());
        }
    }
}

pub(super) fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}
