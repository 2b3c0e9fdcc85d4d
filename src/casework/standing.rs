//! Whether a lane may be enforced at all (执法状态): not while enforcement is switched off, not on a
//! platform whose scale nobody checked at the beginning of the shift.
//!
//! Both are journal entries; what holds at a moment follows from the latest of each.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::host_clock::HostClock;
use super::registered::Registered;
use super::withheld::WithheldReason;
use crate::law::ScaleUse;
use crate::units::{Kilograms, Micros};

/// Journal kind: enforcement of a lane was switched off (停止执法).
pub const ENFORCEMENT_OFF: &str = "enforcement_off";
/// Journal kind: enforcement of a lane was switched on again (恢复执法).
pub const ENFORCEMENT_ON: &str = "enforcement_on";
/// Journal kind: a scale was checked at the beginning of a shift (交接班检查).
pub const SHIFT_CHECK: &str = "shift_check";

/// Longest reason or note, characters.
pub const REASON_LIMIT: usize = 500;

/// Why enforcement went off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OffReason {
    /// The scale has drifted past the limit (漂移超限).
    Drift,
    /// A person switched it off (人工停止).
    Person,
}

impl OffReason {
    /// The name used in the journal and in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Drift => "drift",
            Self::Person => "person",
        }
    }
}

/// Enforcement of a lane is off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnforcementOff {
    /// Lane.
    pub lane: u16,
    /// Since when what was weighed is in doubt: the last good state.
    pub since: Micros,
    /// When it went off.
    pub at: Micros,
    /// Why.
    pub reason: OffReason,
    /// In words, of a person who switched it off.
    #[serde(default)]
    pub note: Option<String>,
}

/// The passages that a switched-off lane touches: those since the last good state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touched {
    /// How many there are.
    pub count: u64,
    /// Their ids, newest first, up to a limit; the API lists all.
    pub passage_ids: Vec<String>,
    /// Cases that rest on them, newest first.
    pub case_ids: Vec<String>,
}

/// Body of the entry by which enforcement goes off.
pub fn off_body(off: &EnforcementOff, finding: Option<&Value>, touched: &Touched) -> Value {
    json!({
        "state": "off",
        "off": off,
        "finding": finding,
        "touched": touched,
    })
}

/// Body of the entry by which enforcement goes on again: who checked what.
pub fn on_body(lane: u16, at: Micros, by: &str, reason: &str) -> Value {
    json!({
        "state": "on",
        "on": { "lane": lane, "at": at, "by": by, "reason": reason },
    })
}

/// What an entry of either kind says of enforcement: off, or `None` for on.
pub fn enforcement(body: &Value) -> Option<EnforcementOff> {
    EnforcementOff::deserialize(body.get("off")?).ok()
}

/// Whether enforcement was off for what crossed at a moment, by the bodies of a lane's entries, newest
/// first: from the last good state before it went off until it went on again.
pub fn off_for<'a>(
    bodies: impl IntoIterator<Item = &'a Value>,
    crossed_at: Micros,
) -> Option<EnforcementOff> {
    let mut on_at = Micros::new(i64::MAX);
    for body in bodies {
        match enforcement(body) {
            Some(off) if (off.since..on_at).contains(&crossed_at) => return Some(off),
            Some(_) => {}
            None => {
                if let Some(at) = body.pointer("/on/at").and_then(Value::as_i64) {
                    on_at = Micros::new(at);
                }
            }
        }
    }
    None
}

/// How a scale was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckMethod {
    /// Zero and a test weight (零点和砝码).
    TestWeight,
    /// Zero and a truck whose mass is known (已知质量车辆).
    KnownTruck,
}

impl CheckMethod {
    /// All methods.
    pub const ALL: [Self; 2] = [Self::TestWeight, Self::KnownTruck];

    /// The name used in the journal and in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TestWeight => "test_weight",
            Self::KnownTruck => "known_truck",
        }
    }

    /// The method of a [`CheckMethod::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.name() == name)
    }
}

/// What a check must show, and how long it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShiftRules {
    /// Whether a platform weighing needs a check before it to become a penalty.
    pub required: bool,
    /// How long a check holds: a shift.
    pub valid_for: Micros,
    /// The empty scale may show so much, either way.
    pub zero_tolerance_kg: Kilograms,
    /// The reference mass may be shown so much too high or too low, per mille of it,
    pub tolerance_per_mille: i64,
    /// or so much, if that is more.
    pub tolerance_kg: Kilograms,
}

impl Default for ShiftRules {
    fn default() -> Self {
        Self {
            required: false,
            valid_for: Micros::from_seconds(12 * 3_600),
            zero_tolerance_kg: Kilograms::new(10),
            tolerance_per_mille: 1,
            tolerance_kg: Kilograms::new(20),
        }
    }
}

impl ShiftRules {
    /// How far off a reference mass may be shown.
    pub fn tolerance(&self, reference_kg: Kilograms) -> Kilograms {
        let share = reference_kg
            .abs()
            .get()
            .saturating_mul(self.tolerance_per_mille)
            / 1_000;
        self.tolerance_kg.max(Kilograms::new(share))
    }
}

/// What was seen when a scale was checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// How.
    pub method: CheckMethod,
    /// What the empty scale showed.
    pub zero_shown_kg: Kilograms,
    /// Mass of the weight or of the truck.
    pub reference_kg: Kilograms,
    /// Where that mass is from: number of the weight's certificate, plate of the truck.
    pub reference: String,
    /// What the scale showed with it.
    pub shown_kg: Kilograms,
}

/// A check of a scale at the beginning of a shift (交接班检查记录).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShiftCheck {
    /// Lane.
    pub lane: u16,
    /// When.
    pub at: Micros,
    /// Who.
    pub by: String,
    /// What was seen.
    pub shown: Shown,
    /// How far off the reference could be.
    pub tolerance_kg: Kilograms,
    /// Whether zero and reference are within their tolerances.
    pub passed: bool,
    /// Until when it holds.
    pub valid_until: Micros,
    /// What the next shift should know (交接事项).
    pub hand_over: Option<String>,
}

impl ShiftCheck {
    /// Judges what was seen.
    pub fn judge(
        rules: &ShiftRules,
        lane: u16,
        (at, by): (Micros, &str),
        shown: Shown,
        hand_over: Option<String>,
    ) -> Self {
        let tolerance_kg = rules.tolerance(shown.reference_kg);
        let apart = shown.shown_kg.saturating_sub(shown.reference_kg).abs();
        let passed = shown.zero_shown_kg.abs() <= rules.zero_tolerance_kg && apart <= tolerance_kg;
        Self {
            lane,
            at,
            by: by.to_owned(),
            shown,
            tolerance_kg,
            passed,
            valid_until: at.saturating_add(rules.valid_for),
            hand_over,
        }
    }

    /// Body of its journal entry.
    pub fn body(&self) -> Value {
        json!({ "check": self })
    }

    /// The check of an entry.
    pub fn from_body(body: &Value) -> Option<Self> {
        Self::deserialize(body.get("check")?).ok()
    }

    /// Whether it holds at a moment.
    pub fn holds(&self, at: Micros) -> bool {
        self.passed && (self.at..=self.valid_until).contains(&at)
    }
}

/// What holds for a lane when a passage of it closes. It stands in the closing's entry, so that the
/// decision can be made again from the journal alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Enforcement, when it is off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enforcement_off: Option<EnforcementOff>,
    /// The latest check of the scale before the vehicle crossed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shift_check: Option<ShiftCheck>,
    /// What the host had last said of its clock when the record came in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_clock: Option<HostClock>,
    /// What the registers said of vehicle, permit, scale and place; `None` where they know none of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registered: Option<Registered>,
}

impl Standing {
    /// Whether there is nothing to say.
    pub const fn is_empty(&self) -> bool {
        self.enforcement_off.is_none()
            && self.shift_check.is_none()
            && self.host_clock.is_none()
            && self.registered.is_none()
    }

    /// What forbids to enforce a weighing of this moment.
    pub fn withheld(
        &self,
        rules: &ShiftRules,
        scale_use: ScaleUse,
        crossed_at: Micros,
    ) -> Vec<WithheldReason> {
        let mut reasons = Vec::new();
        if self.enforcement_off.is_some() {
            reasons.push(WithheldReason::EnforcementOff);
        }
        if rules.required && scale_use == ScaleUse::Platform {
            match &self.shift_check {
                Some(check) if check.holds(crossed_at) => {}
                Some(check) if !check.passed => reasons.push(WithheldReason::ShiftCheckFailed),
                _ => reasons.push(WithheldReason::ShiftCheckMissing),
            }
        }
        reasons
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Micros {
        Micros::from_seconds(1_795_478_400 + seconds)
    }

    fn shown(zero: i64, reference: i64, shown: i64) -> Shown {
        Shown {
            method: CheckMethod::TestWeight,
            zero_shown_kg: Kilograms::new(zero),
            reference_kg: Kilograms::new(reference),
            reference: "M1-2026-7".to_owned(),
            shown_kg: Kilograms::new(shown),
        }
    }

    fn check(zero: i64, reference: i64, kg: i64) -> ShiftCheck {
        let rules = ShiftRules::default();
        ShiftCheck::judge(&rules, 2, (at(0), "li"), shown(zero, reference, kg), None)
    }

    #[test]
    fn a_check_passes_within_both_tolerances() {
        assert!(check(0, 20_000, 20_000).passed);
        assert!(check(10, 20_000, 20_020).passed);
        assert!(check(-10, 20_000, 19_980).passed);
        assert!(!check(11, 20_000, 20_000).passed);
        assert!(!check(-11, 20_000, 20_000).passed);
        assert!(!check(0, 20_000, 20_021).passed);
        assert!(!check(0, 20_000, 19_979).passed);
        // A heavy truck may be off by one per mille.
        assert!(check(0, 49_000, 49_049).passed && !check(0, 49_000, 49_050).passed);
    }

    #[test]
    fn a_check_holds_from_its_moment_to_the_end_of_the_shift() {
        let check = check(0, 20_000, 20_000);
        assert!(!check.holds(at(-1)));
        assert!(check.holds(at(0)) && check.holds(at(12 * 3_600)));
        assert!(!check.holds(at(12 * 3_600 + 1)));
    }

    #[test]
    fn a_platform_needs_a_check_where_it_is_asked_for_and_nothing_else_does() {
        let rules = ShiftRules {
            required: true,
            ..ShiftRules::default()
        };
        let with = |check: Option<ShiftCheck>| Standing {
            shift_check: check,
            ..Standing::default()
        };
        let held = |standing: &Standing, rules, scale_use, seconds| {
            standing.withheld(rules, scale_use, at(seconds))
        };
        let platform = ScaleUse::Platform;
        let missing = [WithheldReason::ShiftCheckMissing];
        assert_eq!(held(&with(None), &rules, platform, 5), missing);
        let good = with(Some(check(0, 20_000, 20_000)));
        assert_eq!(held(&good, &rules, platform, 5), []);
        assert_eq!(held(&good, &rules, platform, 12 * 3_600 + 5), missing);
        let bad = with(Some(check(0, 20_000, 20_100)));
        let failed = [WithheldReason::ShiftCheckFailed];
        assert_eq!(held(&bad, &rules, platform, 5), failed);
        assert_eq!(held(&with(None), &rules, ScaleUse::OffSite, 5), []);
        assert_eq!(held(&with(None), &ShiftRules::default(), platform, 5), []);
    }

    #[test]
    fn enforcement_is_off_from_the_last_good_state_until_it_goes_on() {
        let off = |since, seconds| {
            let off = EnforcementOff {
                lane: 1,
                since: at(since),
                at: at(seconds),
                reason: OffReason::Drift,
                note: None,
            };
            off_body(&off, None, &Touched::default())
        };
        let on = |seconds| on_body(1, at(seconds), "wang", "adjusted");
        // Newest first: off at 100 since 40, on at 200, off at 500 since 450.
        let bodies = [off(450, 500), on(200), off(40, 100)];
        let is_off = |crossed| off_for(&bodies, at(crossed)).is_some();
        assert!(!is_off(39) && is_off(40) && is_off(199), "the first time");
        assert!(!is_off(200) && !is_off(449), "between");
        assert!(is_off(450) && is_off(9_999), "the second time");
        assert_eq!(off_for(&[], at(0)), None);
    }

    #[test]
    fn bodies_are_read_as_they_were_written() {
        let off = EnforcementOff {
            lane: 3,
            since: at(-900),
            at: at(0),
            reason: OffReason::Drift,
            note: None,
        };
        let body = off_body(&off, None, &Touched::default());
        assert_eq!(enforcement(&body), Some(off));
        assert_eq!(enforcement(&on_body(3, at(9), "wang", "checked")), None);
        let check = check(0, 20_000, 20_000);
        assert_eq!(ShiftCheck::from_body(&check.body()), Some(check));
        for body in [body, on_body(3, at(9), "wang", "checked")] {
            crate::evidence::canonical::to_text(&body).unwrap();
        }
    }
}
