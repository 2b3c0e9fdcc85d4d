//! A vehicle and a weighing, with what the verdict must say.

use chrono::NaiveDate;

use super::super::assess::assess;
use super::super::table::Example;
use super::super::verdict::Outcome;
use super::{Ground, Worked};

impl Worked for Example {
    fn title(&self) -> String {
        self.title.clone()
    }

    fn law_day(&self) -> Option<NaiveDate> {
        let none_expected = self.expect.outcome == Some(Outcome::NoTableInForce);
        (!none_expected).then_some(self.given.day)
    }

    fn differences(&self, ground: &Ground<'_>) -> Result<Vec<String>, Vec<String>> {
        let verdict = assess(ground.tables, &self.given);
        Ok(self.expect.differences(&verdict))
    }
}
