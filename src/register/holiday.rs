//! Holidays and shifted workdays (节假日、调休): the files that `law::Calendar` reads, a line a day.

use chrono::{Datelike, NaiveDate, Weekday};
use serde::Deserialize;

use super::field::{Field, FieldType, choices};
use super::problem::Problem;
use crate::law::{Calendar, CalendarError};

closed_list! {
    /// What a day is.
    HolidayKind {
        /// Holiday (节假日).
        Holiday = "holiday", "节假日", "holiday";
        /// A Saturday or Sunday that is worked (调休上班).
        Workday = "workday", "调休上班", "shifted workday";
    }
}

/// Its columns.
pub const FIELDS: &[Field] = &[
    Field::new("date", "日期", "day", FieldType::Day).required(),
    Field::new("kind", "类型", "holiday or shifted workday", choices!(HolidayKind, "放假" => Holiday, "休" => Holiday, "上班" => Workday, "班" => Workday)).required(),
    Field::new("name", "名称", "what it is called", FieldType::Text(60)),
];

/// A day that is worked otherwise than its day of the week says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HolidayDay {
    /// Day.
    pub date: NaiveDate,
    /// Kind.
    pub kind: HolidayKind,
    /// Name.
    pub name: Option<String>,
    /// Whether the entry stands.
    #[serde(default = "super::entry::yes")]
    pub active: bool,
}

impl HolidayDay {
    /// What in it does not go together, by column.
    pub fn check(&self) -> Vec<(&'static str, Problem)> {
        let weekend = matches!(self.date.weekday(), Weekday::Sat | Weekday::Sun);
        if self.kind == HolidayKind::Workday && !weekend {
            let worked = Problem::contradiction(
                "该日不是周六或周日，本来就上班",
                "that day is no Saturday or Sunday: it is worked anyway",
            );
            return vec![("date", worked)];
        }
        Vec::new()
    }
}

/// The calendar of these days; those that no longer stand are left out. A year counts as covered as
/// `law::Calendar` has it.
///
/// # Errors
/// As [`Calendar::parse`]; entries that passed their checks make none.
pub fn calendar<'a>(
    days: impl IntoIterator<Item = &'a HolidayDay>,
) -> Result<Calendar, CalendarError> {
    let mut text = "date,kind,name\n".to_owned();
    let mut any = false;
    for day in days.into_iter().filter(|day| day.active) {
        any = true;
        let name = day.name.as_deref().unwrap_or_default().replace('"', "\"\"");
        text.push_str(&format!("{},{},\"{name}\"\n", day.date, day.kind.name()));
    }
    if any {
        Calendar::parse("holidays", &text)
    } else {
        Ok(Calendar::default())
    }
}
