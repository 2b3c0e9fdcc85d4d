//! Who fines in a mode of enforcement: one act, one fine.

use chrono::NaiveDate;
use serde::Deserialize;

use super::super::authority::{Authority, EnforcementMode};
use super::super::one_act::imposable;
use super::{Ground, Worked, answer, compare};
use crate::units::Yuan;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FineExample {
    mode: EnforcementMode,
    day: NaiveDate,
    transport_yuan: [Yuan; 2],
    police_yuan: [Yuan; 2],
    points: u8,
    #[serde(default)]
    expect: Option<Expected>,
    /// Why it cannot be said: `not_in_table`, `no_higher_rule_yet`.
    #[serde(default)]
    refused: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    /// Absent = nobody.
    #[serde(default)]
    by: Option<Authority>,
    yuan: [Yuan; 2],
    #[serde(default)]
    points: Option<u8>,
    #[serde(default)]
    unloading_supervised_by: Option<Authority>,
}

impl Worked for FineExample {
    fn title(&self) -> String {
        let range = |[least, most]: [Yuan; 2]| format!("{}..{}", least.get(), most.get());
        format!(
            "fine in mode {} on {}: transport {}, police {}",
            self.mode.name(),
            self.day,
            range(self.transport_yuan),
            range(self.police_yuan)
        )
    }

    fn law_day(&self) -> Option<NaiveDate> {
        Some(self.day)
    }

    fn differences(&self, ground: &Ground<'_>) -> Result<Vec<String>, Vec<String>> {
        let found = imposable(
            ground.table(self.day)?,
            self.mode,
            self.day,
            Some(self.transport_yuan),
            Some(self.police_yuan),
            Some(self.points),
        );
        let (found, expected) = answer(
            found,
            |error| error.name(),
            self.expect.as_ref(),
            self.refused.as_deref(),
        )?;
        let mut all = Vec::new();
        compare(&mut all, "by", &expected.by, &found.by);
        compare(&mut all, "yuan", &expected.yuan, &found.fine_range_yuan);
        compare(&mut all, "points", &expected.points, &found.points);
        compare(
            &mut all,
            "unloading_supervised_by",
            &expected.unloading_supervised_by,
            &found.unloading_supervised_by,
        );
        Ok(all)
    }
}
