//! The figures of the procedure: how long each clock runs, how it is counted, what the surcharge is.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::deadline_kind::DeadlineKind;
use super::derivation::Citation;
use super::figures::Figure;
use super::table::{BASIS, check_mark};

/// The longest a clock may run, in its own unit; more is a slip of the pen.
const LONGEST: u32 = 1_000;

/// What a clock counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeUnit {
    /// Hours from a moment (小时).
    Hours,
    /// Working days (工作日).
    WorkingDays,
    /// Days, rest days included (自然日).
    CalendarDays,
    /// Months (个月): to the day of the same number, or the month's last when it has none.
    Months,
    /// Years (年): to the same day, or 28 February when there is none.
    Years,
}

impl TimeUnit {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Hours,
        Self::WorkingDays,
        Self::CalendarDays,
        Self::Months,
        Self::Years,
    ];

    /// The name used in tables and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hours => "hours",
            Self::WorkingDays => "working_days",
            Self::CalendarDays => "calendar_days",
            Self::Months => "months",
            Self::Years => "years",
        }
    }

    /// The Chinese measure word.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Hours => "小时",
            Self::WorkingDays => "个工作日",
            Self::CalendarDays => "日",
            Self::Months => "个月",
            Self::Years => "年",
        }
    }

    /// The English plural.
    pub const fn en(self) -> &'static str {
        match self {
            Self::Hours => "hours",
            Self::WorkingDays => "working days",
            Self::CalendarDays => "calendar days",
            Self::Months => "months",
            Self::Years => "years",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Whose {
    Party,
    Authority,
}

/// Whether an end on a rest day moves to the next working day.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rolling {
    pub party: Figure<bool>,
    pub authority: Figure<bool>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DeadlineRow {
    pub kind: DeadlineKind,
    /// Another first day than that of the whole section.
    pub valid_from: Option<NaiveDate>,
    pub whose: Whose,
    pub number: Figure<u32>,
    pub unit: TimeUnit,
    /// Counted backwards: the last day that is early enough before the start.
    #[serde(default)]
    pub before: bool,
    pub article: Citation,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SurchargeFigures {
    pub per_day_basis_points: Figure<i64>,
    pub cap_basis_points: Figure<i64>,
    pub article: Citation,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Procedure {
    pub valid_from: NaiveDate,
    pub rolls_to_working_day: Rolling,
    pub deadline: Vec<DeadlineRow>,
    pub surcharge: SurchargeFigures,
}

impl Procedure {
    fn first_day_of(&self, row: &DeadlineRow) -> NaiveDate {
        row.valid_from.unwrap_or(self.valid_from)
    }

    fn rows(&self, kind: DeadlineKind) -> impl Iterator<Item = &DeadlineRow> {
        self.deadline.iter().filter(move |row| row.kind == kind)
    }

    /// The figures of a clock that starts on a day.
    pub fn row_on(&self, kind: DeadlineKind, day: NaiveDate) -> Option<&DeadlineRow> {
        self.rows(kind)
            .filter(|row| self.first_day_of(row) <= day)
            .max_by_key(|row| self.first_day_of(row))
    }

    /// The first day for which it has figures of a clock; `None` = it has none.
    pub fn first_day(&self, kind: DeadlineKind) -> Option<NaiveDate> {
        self.rows(kind).map(|row| self.first_day_of(row)).min()
    }

    /// Whether an end on a rest day moves. What is counted in working days or hours, or backwards,
    /// does not.
    pub fn rolls(&self, row: &DeadlineRow) -> bool {
        let in_days = matches!(
            row.unit,
            TimeUnit::CalendarDays | TimeUnit::Months | TimeUnit::Years
        );
        let whose = match row.whose {
            Whose::Party => &self.rolls_to_working_day.party,
            Whose::Authority => &self.rolls_to_working_day.authority,
        };
        in_days && !row.before && whose.value
    }

    /// What is wrong with the figures, if anything.
    pub fn check(&self) -> Result<(), String> {
        let rolling = &self.rolls_to_working_day;
        check_mark("procedure.rolls_to_working_day.party", &rolling.party.sure)?;
        check_mark(
            "procedure.rolls_to_working_day.authority",
            &rolling.authority.sure,
        )?;
        let mut seen = std::collections::BTreeSet::new();
        for row in &self.deadline {
            let name = format!("procedure.deadline {}", row.kind.name());
            check_mark(&name, &row.number.sure)?;
            if !(1..=LONGEST).contains(&row.number.value) {
                let number = row.number.value;
                return Err(format!("{name}: {number} is outside 1..={LONGEST}"));
            }
            if row.before && !matches!(row.unit, TimeUnit::WorkingDays | TimeUnit::CalendarDays) {
                let unit = row.unit.name();
                return Err(format!("{name}: {unit} cannot be counted backwards"));
            }
            let first = self.first_day_of(row);
            if !seen.insert((row.kind, first)) {
                return Err(format!("{name}: two figures from {first} on"));
            }
        }
        let surcharge = &self.surcharge;
        for (name, share) in [
            ("per_day_basis_points", &surcharge.per_day_basis_points),
            ("cap_basis_points", &surcharge.cap_basis_points),
        ] {
            let name = format!("procedure.surcharge.{name}");
            check_mark(&name, &share.sure)?;
            if !(1..=BASIS).contains(&share.value) {
                return Err(format!("{name}: {} is outside 1..={BASIS}", share.value));
            }
        }
        Ok(())
    }
}
