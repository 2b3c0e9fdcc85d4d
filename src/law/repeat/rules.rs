//! The figures of the counters: thresholds, window, settings, citations.

use chrono::{Datelike, Months, NaiveDate};
use serde::Deserialize;

use super::super::derivation::Citation;
use super::super::figures::Figure;
use super::super::table::{BASIS, check_mark};

closed_list! {
    /// Which days are "within 1 year" (1年内).
    RepeatWindow {
        /// The year that ends on the day counted to.
        RollingYear = "rolling_year", "滚动一年", "rolling year";
        /// The calendar year of the day counted to, up to that day.
        CalendarYear = "calendar_year", "自然年", "calendar year";
    }
}

impl RepeatWindow {
    /// First and last day of the window that is counted to a day.
    pub fn ending(self, day: NaiveDate) -> [NaiveDate; 2] {
        let first = match self {
            // The day after the same day of the year before; 28 February stands for a 29th that
            // the year before does not have.
            Self::RollingYear => day
                .checked_sub_months(Months::new(12))
                .and_then(|before| before.succ_opt()),
            Self::CalendarYear => NaiveDate::from_ymd_opt(day.year(), 1, 1),
        };
        [first.unwrap_or(NaiveDate::MIN), day]
    }
}

closed_list! {
    /// On which day the carrier's fleet is counted.
    FleetDay {
        /// The day of the latest act in the window.
        LatestAct = "latest_act", "最近一次违法行为发生之日", "day of the latest act";
        /// The day of the first act in the window.
        FirstAct = "first_act", "窗口内首次违法行为发生之日", "day of the first act";
        /// The day counted to.
        DayOfCounting = "day_of_counting", "统计之日", "day counted to";
    }
}

/// The rules of the repeat counters in a table of the law.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RepeatRules {
    pub(super) vehicle_more_than_times: Figure<u32>,
    pub(super) vehicle_article: Citation,
    pub(super) driver_more_than_times: Figure<u32>,
    pub(super) driver_article: Citation,
    pub(super) carrier_more_than_basis_points: Figure<i64>,
    pub(super) carrier_article: Citation,
    window: Figure<RepeatWindow>,
    warning_counts: Figure<bool>,
    unpunished_counts: Figure<bool>,
    fleet_day: Figure<FleetDay>,
    credit_list: Option<CreditList>,
}

/// Countable conditions of the credit list (严重违法失信名单).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CreditList {
    valid_from: Figure<NaiveDate>,
    pub vehicle_article: Citation,
    pub driver_article: Citation,
    pub carrier_article: Citation,
    pub source_from_times: Figure<u32>,
    pub source_fine_from_yuan: Figure<i64>,
    pub source_article: Citation,
}

impl RepeatRules {
    /// Which days are within the year.
    pub const fn window(&self) -> RepeatWindow {
        self.window.value
    }

    /// Whether a warning counts.
    pub const fn warning_counts(&self) -> bool {
        self.warning_counts.value
    }

    /// Whether a decision without a penalty counts.
    pub const fn unpunished_counts(&self) -> bool {
        self.unpunished_counts.value
    }

    /// On which day the fleet is counted.
    pub const fn fleet_day(&self) -> FleetDay {
        self.fleet_day.value
    }

    /// The credit list's conditions on a day; `None` where the table has none for it.
    pub(super) fn credit_list_on(&self, day: NaiveDate) -> Option<&CreditList> {
        let list = self.credit_list.as_ref();
        list.filter(|list| list.valid_from.value <= day)
    }

    /// Whether the credit list's conditions are in force on a day.
    pub fn has_credit_list(&self, day: NaiveDate) -> bool {
        self.credit_list_on(day).is_some()
    }

    /// What is wrong with the figures, if anything.
    pub(in crate::law) fn check(&self) -> Result<(), String> {
        let times = [
            (
                "repeat.vehicle_more_than_times",
                &self.vehicle_more_than_times,
            ),
            (
                "repeat.driver_more_than_times",
                &self.driver_more_than_times,
            ),
        ];
        for (name, figure) in times {
            check_times(name, figure)?;
        }
        let share = &self.carrier_more_than_basis_points;
        let name = "repeat.carrier_more_than_basis_points";
        check_mark(name, &share.sure)?;
        if !(1..BASIS).contains(&share.value) {
            return Err(format!("{name}: {} is outside 1..{BASIS}", share.value));
        }
        check_mark("repeat.window", &self.window.sure)?;
        check_mark("repeat.warning_counts", &self.warning_counts.sure)?;
        check_mark("repeat.unpunished_counts", &self.unpunished_counts.sure)?;
        check_mark("repeat.fleet_day", &self.fleet_day.sure)?;
        self.credit_list.as_ref().map_or(Ok(()), CreditList::check)
    }
}

impl CreditList {
    fn check(&self) -> Result<(), String> {
        check_mark("repeat.credit_list.valid_from", &self.valid_from.sure)?;
        check_times(
            "repeat.credit_list.source_from_times",
            &self.source_from_times,
        )?;
        let fine = &self.source_fine_from_yuan;
        let name = "repeat.credit_list.source_fine_from_yuan";
        check_mark(name, &fine.sure)?;
        if fine.value < 1 {
            return Err(format!("{name}: {} is no fine", fine.value));
        }
        Ok(())
    }
}

/// More often than this no threshold can be meant.
const MOST_TIMES: u32 = 1_000;

fn check_times(name: &str, figure: &Figure<u32>) -> Result<(), String> {
    check_mark(name, &figure.sure)?;
    if (1..=MOST_TIMES).contains(&figure.value) {
        Ok(())
    } else {
        Err(format!(
            "{name}: {} is outside 1..={MOST_TIMES}",
            figure.value
        ))
    }
}
