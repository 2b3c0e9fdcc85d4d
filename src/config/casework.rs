//! `[casework]`: how cases are numbered and handled, how vehicles are inspected, what a hundred-ton truck is.

use serde::{Deserialize, Serialize};

use crate::casework::hundred_ton::HundredTonSettings;
use crate::casework::inspection::InspectionSettings;
use crate::casework::procedure::{NumberSeries, NumberTemplate, ProcedureSettings};

/// Lighter trucks are not listed among the heavy: the index over them begins here.
const LEAST_HEAVY_KG: i64 = 60_000;

/// How cases are numbered and handled.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Casework {
    /// The authority's word in its numbers (机关代字), such as `晋长上交`.
    pub org_word: String,
    /// Numbers of cases, notices and decisions: `{org_word}`, `{kind}`, `{year}`, `{seq}` or `{seq:4}`.
    pub number: String,
    /// What `{kind}` is in the number of a case.
    pub case_word: String,
    /// In that of a notice of violation.
    pub notice_word: String,
    /// In that of a decision.
    pub decision_word: String,
    /// What the law leaves to the authority.
    pub procedure: ProcedureSettings,
    /// The weighing flow of the station.
    pub inspection: InspectionSettings,
    /// From where on a truck is a hundred-ton truck.
    pub hundred_ton: HundredTonSettings,
}

impl Default for Casework {
    fn default() -> Self {
        Self {
            org_word: String::new(),
            number: "{org_word}{kind}〔{year}〕{seq:4}号".to_owned(),
            case_word: NumberSeries::Case.word().to_owned(),
            notice_word: NumberSeries::Notice.word().to_owned(),
            decision_word: NumberSeries::Decision.word().to_owned(),
            procedure: ProcedureSettings::default(),
            inspection: InspectionSettings::default(),
            hundred_ton: HundredTonSettings::default(),
        }
    }
}

impl Casework {
    /// What `{kind}` is in a series.
    pub fn word(&self, series: NumberSeries) -> &str {
        match series {
            NumberSeries::Case => &self.case_word,
            NumberSeries::Notice => &self.notice_word,
            NumberSeries::Decision => &self.decision_word,
        }
    }

    /// The series' name in the store: the unit and the kind. Another word of the authority begins at one
    /// again.
    pub fn series(&self, series: NumberSeries) -> String {
        format!("{}{}", self.org_word, self.word(series))
    }

    pub(super) fn check(&self) -> Result<(), (&'static str, String)> {
        if let Err(error) = NumberTemplate::parse(&self.number) {
            return Err(("number", format!("{} / {error}", error.zh())));
        }
        let heavy = self.hundred_ton;
        if heavy.pre_alarm_kg.min(heavy.alarm_kg).get() < LEAST_HEAVY_KG {
            return Err((
                "hundred_ton.pre_alarm_kg",
                format!("不得低于 {LEAST_HEAVY_KG} / must be {LEAST_HEAVY_KG} or more"),
            ));
        }
        if heavy.pre_alarm_kg > heavy.alarm_kg {
            return Err((
                "hundred_ton.pre_alarm_kg",
                format!(
                    "不得高于 alarm_kg（{0}）/ must be alarm_kg ({0}) or less",
                    heavy.alarm_kg.get()
                ),
            ));
        }
        if !(1..=24).contains(&heavy.band_hours) {
            return Err((
                "hundred_ton.band_hours",
                "应为 1 至 24 / must be 1 to 24".to_owned(),
            ));
        }
        let words = [&self.case_word, &self.notice_word, &self.decision_word];
        let distinct: std::collections::BTreeSet<_> = words.into_iter().collect();
        if self.number.contains("{kind}") && distinct.len() != words.len() {
            return Err((
                "case_word",
                "case_word、notice_word、decision_word 须互不相同 / the three words must differ"
                    .to_owned(),
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_can_not_be_worked_with_are_refused() {
        let refused = |change: &dyn Fn(&mut Casework)| {
            let mut casework = Casework::default();
            change(&mut casework);
            casework.check().unwrap_err().0
        };
        assert_eq!(Casework::default().check(), Ok(()));
        assert_eq!(
            refused(&|casework| casework.number = "{year}".to_owned()),
            "number"
        );
        let same = |casework: &mut Casework| casework.case_word = casework.decision_word.clone();
        assert_eq!(refused(&same), "case_word");
        let light = |casework: &mut Casework| {
            casework.hundred_ton.pre_alarm_kg = crate::units::Kilograms::new(50_000);
        };
        assert_eq!(refused(&light), "hundred_ton.pre_alarm_kg");
        let before_the_alarm = |above_kg: i64| {
            move |casework: &mut Casework| {
                let alarm = casework.hundred_ton.alarm_kg.get();
                casework.hundred_ton.pre_alarm_kg = crate::units::Kilograms::new(alarm + above_kg);
            }
        };
        assert_eq!(refused(&before_the_alarm(1)), "hundred_ton.pre_alarm_kg");
        let mut same = Casework::default();
        before_the_alarm(0)(&mut same);
        assert_eq!(same.check(), Ok(()));
        let never = |casework: &mut Casework| casework.hundred_ton.band_hours = 0;
        assert_eq!(refused(&never), "hundred_ton.band_hours");
    }
}
