//! Which table holds on a day.

use chrono::NaiveDate;
use serde::Deserialize;

use super::super::table::Table;
use super::{Ground, Worked, compare};

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InForceExample {
    day: NaiveDate,
    /// Its id; absent = none.
    #[serde(default)]
    expect: Option<String>,
}

impl Worked for InForceExample {
    fn title(&self) -> String {
        format!("table in force on {}", self.day)
    }

    fn law_day(&self) -> Option<NaiveDate> {
        None
    }

    fn differences(&self, ground: &Ground<'_>) -> Result<Vec<String>, Vec<String>> {
        let found = ground.tables.in_force(self.day).map(Table::id);
        let mut all = Vec::new();
        compare(&mut all, "expect", &self.expect.as_deref(), &found);
        Ok(all)
    }
}
