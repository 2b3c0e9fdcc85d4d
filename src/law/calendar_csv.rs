//! Reading a calendar from CSV text: a line for each day, errors by line and field.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, Weekday};
use thiserror::Error;

use super::calendar::{Calendar, DayKind, SpecialDay, is_weekend};

/// The header line of a calendar.
const HEADER: [&str; 3] = ["date", "kind", "name"];

/// Years a calendar may speak of; anything else is a slip of the pen.
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2100;

/// A calendar that cannot be used. Names the file, the line (from 1) and the field.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CalendarError {
    /// The first line that is no comment is not the header.
    #[error("{name}, line {line}: the header must be `date,kind,name`, not `{found}`")]
    Header {
        /// Name of the calendar.
        name: String,
        /// Line.
        line: usize,
        /// What stands there.
        found: String,
    },
    /// A calendar without a day.
    #[error("{name}: no day in it; give a header `date,kind,name` and a line for each day")]
    Empty {
        /// Name of the calendar.
        name: String,
    },
    /// A line with too few or too many fields.
    #[error("{name}, line {line}: {found} fields where 3 are due (date, kind, name)")]
    Fields {
        /// Name of the calendar.
        name: String,
        /// Line.
        line: usize,
        /// How many there are.
        found: usize,
    },
    /// A date that is none, or outside of 2000 to 2100.
    #[error(
        "{name}, line {line}, field date: `{found}` is no day of 2000 to 2100 as year-month-day"
    )]
    Date {
        /// Name of the calendar.
        name: String,
        /// Line.
        line: usize,
        /// What stands there.
        found: String,
    },
    /// A kind that is none.
    #[error(
        "{name}, line {line}, field kind: `{found}` is neither holiday (节假日, 放假, 休) nor \
         workday (调休上班, 上班, 班)"
    )]
    Kind {
        /// Name of the calendar.
        name: String,
        /// Line.
        line: usize,
        /// What stands there.
        found: String,
    },
    /// A day said to be worked in exchange that is worked anyway: the date is most likely wrong.
    #[error(
        "{name}, line {line}, field date: {day} is a {weekday}, which is worked anyway; a shifted \
         workday is a Saturday or Sunday"
    )]
    WorkedAnyway {
        /// Name of the calendar.
        name: String,
        /// Line.
        line: usize,
        /// The day.
        day: NaiveDate,
        /// Its day of the week.
        weekday: Weekday,
    },
    /// A day that stands there twice.
    #[error("{name}, line {line}, field date: {day} stands on line {first} already")]
    Duplicate {
        /// Name of the calendar.
        name: String,
        /// Line.
        line: usize,
        /// Line of the first.
        first: usize,
        /// The day.
        day: NaiveDate,
    },
    /// A day that is a holiday and a workday.
    #[error(
        "{name}, line {line}, field kind: {day} is a {found} here and a {other} on line {first}"
    )]
    Contradiction {
        /// Name of the calendar.
        name: String,
        /// Line.
        line: usize,
        /// Line of the first.
        first: usize,
        /// The day.
        day: NaiveDate,
        /// What this line says.
        found: &'static str,
        /// What the first says.
        other: &'static str,
    },
    /// Two calendars disagree on a day.
    #[error("{day} is a {first} in one calendar and a {second} in the other; correct one of them")]
    Disagreement {
        /// The day.
        day: NaiveDate,
        /// What the first says.
        first: &'static str,
        /// What the second says.
        second: &'static str,
    },
}

impl Calendar {
    /// Reads a calendar from CSV text: the header `date,kind,name`, then a line for each day, such
    /// as `2026-02-14,workday,春节调休上班`. Dates are year-month-day with `-` or `/`; kinds are
    /// `holiday` (节假日, 放假, 休) or `workday` (调休上班, 上班, 班). Empty lines and lines that begin
    /// with `#` are skipped. `name` names the text in errors.
    pub fn parse(name: &str, text: &str) -> Result<Self, CalendarError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut lines = (1_usize..)
            .zip(text.lines())
            .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
        let Some((line, header)) = lines.next() else {
            return Err(CalendarError::Empty {
                name: name.to_owned(),
            });
        };
        if fields(header) != HEADER {
            return Err(CalendarError::Header {
                name: name.to_owned(),
                line,
                found: header.to_owned(),
            });
        }
        let mut calendar = Self::default();
        let mut line_of = BTreeMap::new();
        for (line, text) in lines {
            let (day, special) = read_day(name, line, text)?;
            if let Some(first) = line_of.insert(day, line) {
                let earlier = calendar
                    .special_day(day)
                    .map_or(special.kind, |day| day.kind);
                return Err(stands_twice(
                    name,
                    day,
                    [first, line],
                    earlier,
                    special.kind,
                ));
            }
            calendar.insert(day, special);
        }
        if line_of.is_empty() {
            return Err(CalendarError::Empty {
                name: name.to_owned(),
            });
        }
        Ok(calendar)
    }
}

/// The fields of one line, without the blanks around them. A line is read by itself so that its
/// number is right whatever comments stand before it.
fn fields(line: &str) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .trim(csv::Trim::All)
        .from_reader(line.as_bytes());
    let record = reader.records().next().and_then(Result::ok);
    record.map_or_else(Vec::new, |record| {
        record.iter().map(str::to_owned).collect()
    })
}

fn read_day(name: &str, line: usize, text: &str) -> Result<(NaiveDate, SpecialDay), CalendarError> {
    let fields = fields(text);
    let [date, kind, title] = fields.as_slice() else {
        return Err(CalendarError::Fields {
            name: name.to_owned(),
            line,
            found: fields.len(),
        });
    };
    let day = NaiveDate::parse_from_str(&date.replace('/', "-"), "%Y-%m-%d")
        .ok()
        .filter(|day| YEARS.contains(&day.year()))
        .ok_or_else(|| CalendarError::Date {
            name: name.to_owned(),
            line,
            found: date.clone(),
        })?;
    let kind = kind_of(kind).ok_or_else(|| CalendarError::Kind {
        name: name.to_owned(),
        line,
        found: kind.clone(),
    })?;
    if kind == DayKind::Workday && !is_weekend(day) {
        return Err(CalendarError::WorkedAnyway {
            name: name.to_owned(),
            line,
            day,
            weekday: day.weekday(),
        });
    }
    let name = title.clone();
    Ok((day, SpecialDay { kind, name }))
}

fn stands_twice(
    name: &str,
    day: NaiveDate,
    [first, line]: [usize; 2],
    earlier: DayKind,
    found: DayKind,
) -> CalendarError {
    let name = name.to_owned();
    if earlier == found {
        CalendarError::Duplicate {
            name,
            line,
            first,
            day,
        }
    } else {
        CalendarError::Contradiction {
            name,
            line,
            first,
            day,
            found: found.name(),
            other: earlier.name(),
        }
    }
}

fn kind_of(text: &str) -> Option<DayKind> {
    match text {
        "holiday" | "节假日" | "放假" | "休" => Some(DayKind::Holiday),
        "workday" | "调休上班" | "上班" | "班" => Some(DayKind::Workday),
        _ => None,
    }
}
