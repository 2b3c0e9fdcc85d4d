//! What is weighed when a case is decided: when a party is spared, what a discretion standard makes
//! of a computed amount.

use chrono::NaiveDate;
use serde::Deserialize;

use super::super::amount::ComputedAmount;
use super::super::assess::assess;
use super::super::assessment::Assessment;
use super::super::authority::Authority;
use super::super::circumstance::{Circumstance, Sparing};
use super::super::decision::sparing;
use super::super::discretion::{DiscretionError, discretion_range};
use super::{Ground, Worked, answer, compare};
use crate::units::Yuan;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SparingExample {
    /// Day of the decision.
    day: NaiveDate,
    found: Vec<Circumstance>,
    #[serde(default)]
    expect: Option<Sparing>,
    /// Why it cannot be said: `no_rules`.
    #[serde(default)]
    refused: Option<String>,
}

fn names(found: &[Circumstance]) -> String {
    let names: Vec<&str> = found.iter().map(|one| one.name()).collect();
    names.join("+")
}

impl Worked for SparingExample {
    fn title(&self) -> String {
        format!("sparing on {}: {}", self.day, names(&self.found))
    }

    fn law_day(&self) -> Option<NaiveDate> {
        Some(self.day)
    }

    fn differences(&self, ground: &Ground<'_>) -> Result<Vec<String>, Vec<String>> {
        let found = sparing(ground.table(self.day)?, &self.found, self.day);
        // It has no other reason to refuse.
        let ((found, _), expected) = answer(
            found,
            |_| "no_rules",
            self.expect.as_ref(),
            self.refused.as_deref(),
        )?;
        let mut all = Vec::new();
        compare(&mut all, "expect", expected, &found);
        Ok(all)
    }
}

/// A vehicle and a weighing decided on a day with circumstances found.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DiscretionExample {
    title: String,
    given: Assessment,
    authority: Authority,
    /// Day of the decision.
    day: NaiveDate,
    #[serde(default)]
    found: Vec<Circumstance>,
    #[serde(default)]
    expect_yuan: Option<[Yuan; 2]>,
    /// Why it cannot be said: `not_set`, `not_in_force`, `no_overage`.
    #[serde(default)]
    refused: Option<String>,
}

const fn reason(error: &DiscretionError) -> &'static str {
    match error {
        DiscretionError::NotSet { .. } => "not_set",
        DiscretionError::NotInForce { .. } => "not_in_force",
        DiscretionError::NoOverage { .. } => "no_overage",
    }
}

impl Worked for DiscretionExample {
    fn title(&self) -> String {
        self.title.clone()
    }

    fn law_day(&self) -> Option<NaiveDate> {
        Some(self.day)
    }

    fn differences(&self, ground: &Ground<'_>) -> Result<Vec<String>, Vec<String>> {
        let verdict = assess(ground.tables, &self.given);
        let computed = ComputedAmount::from_verdict(&verdict, self.authority);
        let computed = computed.map_err(|error| vec![error.to_string()])?;
        let (overage, limit) = verdict
            .overage_kg
            .zip(verdict.limit_kg)
            .ok_or_else(|| vec!["the verdict has no overage".to_owned()])?;
        let found = discretion_range(
            ground.table(self.day)?,
            &computed,
            overage,
            limit,
            &self.found,
            self.day,
        );
        let (found, expected) = answer(
            found,
            reason,
            self.expect_yuan.as_ref(),
            self.refused.as_deref(),
        )?;
        let mut all = Vec::new();
        compare(&mut all, "expect_yuan", expected, &found.range_yuan);
        Ok(all)
    }
}
