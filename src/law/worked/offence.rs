//! An offence beside the mass itself: on whom, by whom, what amount.

use chrono::NaiveDate;
use serde::Deserialize;

use super::super::authority::Authority;
use super::super::offence::{OffenceError, offence_range};
use super::super::offence_kind::{OffenceKind, OffenceSubject};
use super::{Ground, Worked, answer, compare};
use crate::units::Yuan;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OffenceExample {
    kind: OffenceKind,
    day: NaiveDate,
    #[serde(default)]
    serious: bool,
    #[serde(default)]
    expect: Option<Expected>,
    /// Why no amount is named: `not_in_force`, `amount_open`, `no_serious_range`, `not_in_table`.
    #[serde(default)]
    refused: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    subject: OffenceSubject,
    authority: Authority,
    /// Least and greatest fine; absent = the consequence is not a fine.
    #[serde(default)]
    yuan: Option<[Yuan; 2]>,
}

const fn reason(error: &OffenceError) -> &'static str {
    match error {
        OffenceError::NotInTable { .. } => "not_in_table",
        OffenceError::NotInForce { .. } => "not_in_force",
        OffenceError::AmountOpen { .. } => "amount_open",
        OffenceError::NoSeriousRange { .. } => "no_serious_range",
    }
}

impl Worked for OffenceExample {
    fn title(&self) -> String {
        let serious = if self.serious { ", serious" } else { "" };
        format!("offence {}{serious} on {}", self.kind.name(), self.day)
    }

    fn law_day(&self) -> Option<NaiveDate> {
        Some(self.day)
    }

    fn differences(&self, ground: &Ground<'_>) -> Result<Vec<String>, Vec<String>> {
        let table = ground.table(self.day)?;
        let found = offence_range(table, self.kind, self.day, self.serious);
        let (found, expected) =
            answer(found, reason, self.expect.as_ref(), self.refused.as_deref())?;
        let mut all = Vec::new();
        compare(&mut all, "subject", &expected.subject, &found.subject);
        compare(&mut all, "authority", &expected.authority, &found.authority);
        compare(&mut all, "yuan", &expected.yuan, &found.range_yuan);
        Ok(all)
    }
}
