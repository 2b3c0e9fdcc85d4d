//! Whether a closed passage opens a case (立案条件), joins an open one, or neither and why.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::case_file::{CaseFile, CaseState};
use super::host_clock::ClockRules;
use super::standing::{ShiftRules, Standing};
use super::withheld::WithheldReason;
use crate::law::{Certificate, Outcome, ScaleUse, Verdict, VerdictClass};
use crate::passage::{ClosedPassage, Flag, PassageKind, PlateState};
use crate::units::{Kilograms, Micros, Yuan};

/// What the law said of a passage, as far as casework needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// Whether a table covers the day.
    pub table_in_force: bool,
    /// Whether another day's table was used.
    pub hypothetical: bool,
    /// The class, `None` when the law gives no verdict for what is known.
    pub class: Option<VerdictClass>,
    /// Mass that counts (认定总质量).
    pub enforcement_kg: Option<Kilograms>,
    /// Limit (限值).
    pub limit_kg: Option<Kilograms>,
    /// Overage (超限量).
    pub overage_kg: Option<Kilograms>,
    /// Overage in per cent of the limit, decimal text such as `116.69` (超限率).
    pub overage_percent: Option<String>,
    /// Amount of the fine that the transport authority could impose (罚款金额), whole yuan.
    pub transport_yuan: Option<Yuan>,
    /// Whether the true mass may be within the limit with a probability above the table's setting
    /// (误认风险): it withholds, it never accuses.
    #[serde(default)]
    pub risk_too_high: bool,
    /// The whole verdict with its derivation, integers and texts only.
    pub verdict: Value,
    /// What was judged: vehicle, measurement, statements. By it the act is judged again under the table in
    /// force when it is decided on (Administrative Penalty Law art. 37). Null for a weighing that is not
    /// closed.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub assessment: Value,
}

impl Judgement {
    /// What casework needs of a verdict; without what was judged.
    ///
    /// # Errors
    /// When the verdict can't be written as JSON, which would be a fault of the program.
    pub fn of(verdict: &Verdict) -> Result<Self, serde_json::Error> {
        Ok(Self {
            table_in_force: verdict.outcome != Outcome::NoTableInForce,
            hypothetical: verdict.hypothetical,
            class: verdict.class,
            enforcement_kg: verdict.enforcement_kg,
            limit_kg: verdict.limit_kg,
            overage_kg: verdict.overage_kg,
            overage_percent: verdict.overage_percent.clone(),
            transport_yuan: verdict.transport.map(|transport| transport.yuan),
            risk_too_high: verdict.risk.is_some_and(|risk| risk.withheld),
            verdict: serde_json::to_value(verdict)?,
            assessment: Value::Null,
        })
    }
}

/// What must be true of the place and its scale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// What the scale is for.
    pub scale_use: ScaleUse,
    /// Its certificate, `None` when none is on file.
    pub certificate: Option<Certificate>,
    /// First day of the approval, `None` when there is none.
    pub approved: Option<NaiveDate>,
    /// Day of publication, `None` when there was none.
    pub published: Option<NaiveDate>,
    /// Whether it needs a legal and a technical review: an off-site point of the register of sites.
    pub needs_review: bool,
    /// Day of the later of the two, `None` when one is missing.
    pub reviewed: Option<NaiveDate>,
}

/// All that the decision looks at.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances<'a> {
    /// The passage.
    pub passage: &'a ClosedPassage,
    /// What the law said.
    pub judgement: &'a Judgement,
    /// The place and its scale.
    pub site: &'a Site,
    /// Whether the plate that association let through is a number plate after GA 36.
    pub plate_is_valid: bool,
    /// Whether the devices' clocks are compared with the station's.
    pub clocks_compared: bool,
    /// Whether the store knows the same record with other bytes.
    pub record_conflict: bool,
    /// Whether the lane may be enforced at all.
    pub standing: &'a Standing,
}

impl Circumstances<'_> {
    /// Whether one camera alone read the plate and nothing confirms it.
    pub fn plate_unconfirmed(&self) -> bool {
        self.passage.association.rests_on_one_read() && !self.confirmed_by_register()
    }

    /// Whether the register confirms a plate that one camera alone read.
    pub fn confirmed_by_register(&self) -> bool {
        let registered = self.standing.registered.as_ref();
        self.passage.association.rests_on_one_read()
            && registered.is_some_and(|registered| registered.confirms(self.passage))
    }
}

/// What becomes of a passage whose plate one camera alone read (仅一次识别的处理).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SingleRead {
    /// It becomes no case.
    Withhold,
    /// It may become a case, which is confirmed only after a person has said that the plate was compared
    /// with the picture.
    #[default]
    Reviewer,
}

/// Settings of the decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpeningSettings {
    /// Passages of one plate within this span are one act (同一违法行为).
    pub act_window: Micros,
    /// Whether an overage within the warning band opens a case.
    pub case_for_warning: bool,
    /// What a check at the beginning of a shift must show, and whether there must be one.
    pub shift: ShiftRules,
    /// What is asked of the host's clock.
    pub clock: ClockRules,
    /// What becomes of a passage whose plate one camera alone read.
    pub single_read: SingleRead,
}

impl Default for OpeningSettings {
    fn default() -> Self {
        Self {
            act_window: Micros::from_seconds(30 * 60),
            case_for_warning: false,
            shift: ShiftRules::default(),
            clock: ClockRules::default(),
            single_read: SingleRead::default(),
        }
    }
}

/// What becomes of a closed passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opening {
    /// No case, for these reasons; there is at least one, sorted, none twice.
    None(Vec<WithheldReason>),
    /// A new case.
    Open(Box<CaseFile>),
    /// It belongs to the act that this case is about.
    Attach {
        /// The case.
        case_id: String,
        /// Links that are missing for a penalty to rest on this passage itself; sorted.
        withheld: Vec<WithheldReason>,
    },
}

impl Opening {
    /// Whether no link is missing.
    pub fn is_enforceable(&self) -> bool {
        match self {
            Self::None(_) => false,
            Self::Open(_) => true,
            Self::Attach { withheld, .. } => withheld.is_empty(),
        }
    }
}

/// Every missing link, sorted.
pub fn withheld(
    circumstances: &Circumstances<'_>,
    settings: &OpeningSettings,
) -> Vec<WithheldReason> {
    let mut reasons = Vec::new();
    about_the_verdict(circumstances.judgement, settings, &mut reasons);
    about_the_plate(circumstances, settings, &mut reasons);
    about_the_weighing(circumstances, &mut reasons);
    about_the_place(circumstances, &mut reasons);
    let host_clock = circumstances.standing.host_clock.as_ref();
    reasons.extend(settings.clock.withheld(host_clock));
    reasons.extend(circumstances.standing.withheld(
        &settings.shift,
        circumstances.site.scale_use,
        circumstances.passage.weighing.crossed_at,
    ));
    reasons.sort_unstable();
    reasons.dedup();
    reasons
}

fn about_the_verdict(
    judgement: &Judgement,
    settings: &OpeningSettings,
    reasons: &mut Vec<WithheldReason>,
) {
    if judgement.hypothetical {
        reasons.push(WithheldReason::Hypothetical);
    }
    if !judgement.table_in_force {
        reasons.push(WithheldReason::NoTableInForce);
        return;
    }
    if judgement.risk_too_high {
        reasons.push(WithheldReason::RiskTooHigh);
    }
    match judgement.class {
        None => reasons.push(WithheldReason::VerdictUndetermined),
        Some(VerdictClass::Clear) => reasons.push(WithheldReason::VerdictNotOverloaded),
        Some(VerdictClass::Warning) if !settings.case_for_warning => {
            reasons.push(WithheldReason::VerdictWarningOnly);
        }
        Some(VerdictClass::Warning | VerdictClass::Overloaded | VerdictClass::HundredTon) => {}
    }
}

fn about_the_plate(
    circumstances: &Circumstances<'_>,
    settings: &OpeningSettings,
    reasons: &mut Vec<WithheldReason>,
) {
    let association = &circumstances.passage.association;
    match association.state {
        PlateState::Missing => return reasons.push(WithheldReason::PlateMissing),
        PlateState::Ambiguous => return reasons.push(WithheldReason::PlateAmbiguous),
        PlateState::Matched => {}
    }
    let Some((read, plate)) = association
        .chosen
        .as_ref()
        .and_then(|read| Some((read, read.plate.as_deref()?)))
    else {
        return reasons.push(WithheldReason::PlateMissing);
    };
    if !circumstances.plate_is_valid {
        reasons.push(WithheldReason::PlateInvalid);
    }
    // A second camera that read the same is as good as a check on the line; the same camera
    // repeating itself is not.
    let second_read = association.agreeing_cameras > 1
        || association.candidates.iter().any(|candidate| {
            candidate.port != read.raw.port && candidate.plate.as_deref() == Some(plate)
        });
    if !read.checked && !second_read {
        reasons.push(WithheldReason::PlateBytesUntrusted);
    }
    if circumstances.plate_unconfirmed() && settings.single_read == SingleRead::Withhold {
        reasons.push(WithheldReason::OneReadUnconfirmed);
    }
}

fn about_the_weighing(circumstances: &Circumstances<'_>, reasons: &mut Vec<WithheldReason>) {
    let weighing = &circumstances.passage.weighing;
    if !weighing.weight_trusted {
        reasons.push(WithheldReason::WeightBytesUntrusted);
    }
    if circumstances.passage.pictures.is_empty() {
        reasons.push(WithheldReason::PictureMissing);
    }
    if circumstances.record_conflict || weighing.flags.contains(&Flag::RecordConflict) {
        reasons.push(WithheldReason::RecordConflict);
    }
    if weighing.flags.iter().any(|flag| flag.is_hard()) {
        reasons.push(WithheldReason::HardFlag);
    }
    let evasion = &circumstances.passage.evasion;
    if evasion.iter().any(|finding| finding.kind.is_hard()) {
        reasons.push(WithheldReason::Evasion);
    }
    // Where devices' clocks are compared with nothing, nothing vouches for the time of the act.
    if !circumstances.clocks_compared {
        reasons.push(WithheldReason::ClockUnsynchronised);
    }
}

fn about_the_place(circumstances: &Circumstances<'_>, reasons: &mut Vec<WithheldReason>) {
    let day = circumstances.passage.weighing.crossed_at.beijing_day();
    let site = circumstances.site;
    if site.scale_use == ScaleUse::PreSelection {
        reasons.push(WithheldReason::ScaleIsPreSelection);
    }
    match &site.certificate {
        None => reasons.push(WithheldReason::CertificateMissing),
        Some(certificate) if !certificate.covers(day) => {
            reasons.push(WithheldReason::CertificateExpired);
        }
        Some(_) => {}
    }
    if site.approved.is_none_or(|since| day < since) {
        reasons.push(WithheldReason::SiteNotApproved);
    }
    if site.published.is_none_or(|since| day < since) {
        reasons.push(WithheldReason::SiteNotPublished);
    }
    if site.needs_review && site.reviewed.is_none_or(|since| day < since) {
        reasons.push(WithheldReason::SiteNotReviewed);
    }
}

/// Decides what becomes of a closed passage.
///
/// `open_case` is the latest case of the same plate, when the caller knows one; whether it is about
/// the same act is decided here. A discarded case takes no more passages: what it was discarded
/// for, e.g. two vehicles on the scale, says nothing about the next weighing.
pub fn decide(
    circumstances: &Circumstances<'_>,
    open_case: Option<&CaseFile>,
    settings: &OpeningSettings,
) -> Opening {
    let reasons = withheld(circumstances, settings);
    let passage = circumstances.passage;
    let same_act = open_case.filter(|case| {
        passage.plate() == Some(case.plate.as_str())
            && case.state != CaseState::Discarded
            && passage
                .weighing
                .crossed_at
                .saturating_sub(case.act_at)
                .abs()
                <= settings.act_window
    });
    // The legal weighing of the same vehicle belongs to the case whatever it says: what speaks for
    // the party must be seen by those who decide.
    let is_legal_weighing = passage.weighing.kind == PassageKind::Platform
        && passage.weighing.weight_trusted
        && circumstances.site.scale_use != ScaleUse::PreSelection;
    match same_act {
        Some(case) if reasons.is_empty() || is_legal_weighing => Opening::Attach {
            case_id: case.case_id.clone(),
            withheld: reasons,
        },
        _ if !reasons.is_empty() => Opening::None(reasons),
        _ => match CaseFile::open(passage, circumstances.judgement) {
            Some(mut case) => {
                case.plate_unconfirmed = circumstances.plate_unconfirmed();
                Opening::Open(Box::new(case))
            }
            None => Opening::None(vec![WithheldReason::VerdictUndetermined]),
        },
    }
}

#[cfg(test)]
pub(super) mod tests;
