//! The surcharge on a fine that is paid late.

use chrono::NaiveDate;
use serde::Deserialize;

use super::super::surcharge::{LatePayment, SurchargeError, surcharge};
use super::{Ground, Worked, answer, compare};

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SurchargeExample {
    given: LatePayment,
    #[serde(default)]
    expect: Option<Expected>,
    /// Why there is none: `not_yet_in_force`, `no_procedure`.
    #[serde(default)]
    refused: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    /// In yuan with two decimals, such as `735.00`.
    yuan: String,
    days_counted: i64,
    capped: bool,
}

const fn reason(error: &SurchargeError) -> &'static str {
    match error {
        SurchargeError::NoProcedure { .. } => "no_procedure",
        SurchargeError::NotYetInForce { .. } => "not_yet_in_force",
        SurchargeError::FineOutOfRange { .. } => "fine_out_of_range",
        SurchargeError::DayOutOfRange { .. } => "day_out_of_range",
        SurchargeError::SpanUpsideDown { .. } => "span_upside_down",
    }
}

impl Worked for SurchargeExample {
    fn title(&self) -> String {
        let late = &self.given;
        let (fine, last, until) = (late.fine.get(), late.last_day_to_pay, late.until);
        format!("surcharge on {fine} yuan to be paid by {last}, on {until}")
    }

    fn law_day(&self) -> Option<NaiveDate> {
        Some(self.given.until)
    }

    fn differences(&self, ground: &Ground<'_>) -> Result<Vec<String>, Vec<String>> {
        let found = surcharge(ground.table(self.given.until)?, &self.given);
        let (found, expected) =
            answer(found, reason, self.expect.as_ref(), self.refused.as_deref())?;
        let mut all = Vec::new();
        compare(&mut all, "yuan", &expected.yuan, &found.amount_text());
        compare(
            &mut all,
            "days_counted",
            &expected.days_counted,
            &found.days_counted,
        );
        compare(&mut all, "capped", &expected.capped, &found.capped);
        Ok(all)
    }
}
