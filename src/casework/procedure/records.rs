//! What a case's course leaves in its file: records that are only ever added to.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::action::ActionKind;
pub use super::course::Course;
use super::lists::{
    AnnulledBy, AttachmentKind, Outcome, PartyKind, PaymentSource, RecordKind, RemedyKind,
    RemedyOutcome, RestartCause, ServedPaper, ServiceWay, SourceFinding, SpotGround, TransferTo,
};
use super::numbering::Number;
use crate::casework::case_state::CaseState;
use crate::law::{Circumstance, DecidedAmount};
use crate::role::Role;
use crate::units::{Micros, Yuan};

/// Who recorded something, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// User name.
    pub by: String,
    /// In which role.
    pub role: Role,
    /// When.
    pub at: Micros,
}

/// An officer of the case (承办人).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseOfficer {
    /// User name.
    pub user: String,
    /// Number of the enforcement licence (执法证号).
    pub licence: String,
}

/// On whom the penalty of the act is laid (当事人).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Respondent {
    /// Person or organisation.
    pub kind: PartyKind,
    /// Identity number, credit code; opaque here.
    pub id: String,
    /// Name.
    pub name: String,
}

/// Who was made responsible for the case, one record for each time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// Who assigned and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// The officers.
    pub officers: Vec<CaseOfficer>,
}

/// Who was found to be the party, one record for each time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RespondentRecord {
    /// Who recorded it and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// The party.
    pub respondent: Respondent,
}

/// A note (办案记录).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseNote {
    /// Who and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// What.
    pub text: String,
}

/// A file that belongs to the case, by its digest (全过程记录).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Who and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// SHA-256, hex.
    pub sha256: String,
    /// What it is.
    pub kind: AttachmentKind,
    /// Name of the file.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
}

/// A correction of an earlier record, which stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// Who and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// In which list.
    pub record: RecordKind,
    /// Which of them, from 0.
    pub index: u32,
    /// What is right.
    pub text: String,
}

/// What was told to the party (告知): facts, reasons, basis, what is proposed, its rights.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Who and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Its number; `None` on the spot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<Number>,
    /// What is proposed.
    pub outcome: Outcome,
    /// The fine that is proposed, yuan; zero when none.
    pub yuan: Yuan,
    /// Facts, reasons and basis, in words.
    pub grounds: String,
    /// Whether the party has, and was told of, the right to a hearing.
    pub hearing_right: bool,
}

/// That a paper reached the party (送达回证).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Who and when it was recorded.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Which paper.
    pub paper: ServedPaper,
    /// How.
    pub way: ServiceWay,
    /// The day it counts as served.
    pub served_on: NaiveDate,
    /// Who received it.
    pub recipient: String,
}

/// A statement of the party (陈述、申辩).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Defence {
    /// Who and when it was recorded.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// What the party said.
    pub text: String,
    /// Whether it was accepted (是否采纳), and why.
    pub accepted: bool,
    /// Why.
    pub reply: String,
}

/// A hearing that was asked for (听证).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hearing {
    /// The day it was asked for.
    pub asked_on: NaiveDate,
    /// The day it is to be held, and the day that was told; `None` until told. The last counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<HearingAppointment>,
    /// The day the request was withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_on: Option<NaiveDate>,
    /// The day it was held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_on: Option<NaiveDate>,
    /// Who presided, none of the officers of the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presided_by: Option<String>,
}

/// When a hearing is to be held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HearingAppointment {
    /// Who and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// The day of the hearing.
    pub day: NaiveDate,
    /// Where.
    pub place: String,
    /// The day the party was told.
    pub told_on: NaiveDate,
}

closed_list! {
    /// What a legal review said (法制审核意见).
    LegalOpinion {
        /// In order.
        Passed = "passed", "同意", "passed";
        /// Papers or reasoning to be mended; the notice stands.
        Mend = "mend", "退回修改", "returned to be mended";
        /// Evidence is missing; the party must be told again.
        MoreEvidence = "more_evidence", "退回补充调查", "returned for more evidence";
    }
}

/// A legal review (法制审核).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalReviewRecord {
    /// Who and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// What was said.
    pub opinion: LegalOpinion,
    /// In words.
    pub text: String,
}

/// A collective discussion (集体讨论).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discussion {
    /// Who recorded it and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Who took part.
    pub present: Vec<String>,
    /// What was concluded.
    pub conclusion: String,
}

/// A longer time to decide (延长办案期限).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionExtension {
    /// Who and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Calendar days that were added.
    pub days: u32,
    /// Why.
    pub reason: String,
}

/// The decision of the transport authority (处罚决定).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseDecision {
    /// Who recorded it and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Its number.
    pub number: Number,
    /// What.
    pub outcome: Outcome,
    /// Decided beside computed amount; `None` where no law amount is decided upon (no act proven).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<DecidedAmount>,
    /// The fine, yuan; zero when none.
    pub yuan: Yuan,
    /// Circumstances that were found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub circumstances: Vec<Circumstance>,
    /// Why.
    pub reason: String,
    /// The day of the decision.
    pub day: NaiveDate,
}

/// A payment (缴款).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Who recorded it and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Number of the slip (缴款票据号).
    pub slip: String,
    /// The day it was paid.
    pub paid_on: NaiveDate,
    /// What was paid of the fine, fen.
    pub fine_fen: i64,
    /// What was paid of the surcharge, fen.
    pub surcharge_fen: i64,
    /// Where it is known from.
    pub source: PaymentSource,
}

/// A payment that was none: wrong slip, bounced, another case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoidedPayment {
    /// Who and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Which payment, from 0.
    pub index: u32,
    /// Why.
    pub reason: String,
}

/// A fine that an officer collected on the spot (当场收缴罚款), Administrative Penalty Law art. 68 to 71. The
/// money is one of the payments; here is why, and where it went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpotCollection {
    /// Who collected it and when that was recorded.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Which payment, from 0.
    pub payment: u32,
    /// Why it was allowed.
    pub ground: SpotGround,
    /// Why it was hard to enforce later, or the party's request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The remote place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// That it was handed in to the authority (交至行政机关).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handed_in: Option<MoneyMoved>,
    /// That the authority paid it to the bank (缴付指定银行).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub banked: Option<MoneyMoved>,
}

/// That collected money went on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoneyMoved {
    /// Who recorded it and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// The day.
    pub on: NaiveDate,
    /// Number of the receipt or slip.
    pub slip: String,
    /// Why it was late, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late: Option<String>,
}

/// What was paid too much and given back (退还罚款).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refunded {
    /// Who recorded it and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Number of the slip.
    pub slip: String,
    /// The day.
    pub on: NaiveDate,
    /// Of the fine, fen.
    pub fine_fen: i64,
    /// Of the surcharge, fen.
    pub surcharge_fen: i64,
    /// Why.
    pub reason: String,
}

/// A surcharge that need not be paid (减免加处罚款), Administrative Enforcement Law art. 42.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remission {
    /// Who and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// How much, fen.
    pub fen: i64,
    /// Why.
    pub reason: String,
}

/// A part of a fine and its day (分期).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instalment {
    /// The last day it is in time.
    pub last_day: NaiveDate,
    /// How much of the fine, fen.
    pub fine_fen: i64,
}

/// Later payment or instalments (延期、分期缴纳).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deferral {
    /// Who recorded the request and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// The day it was asked for.
    pub asked_on: NaiveDate,
    /// Why the party asks.
    pub grounds: String,
    /// The answer; `None` until there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<DeferralAnswer>,
}

/// The answer to a request for later payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeferralAnswer {
    /// Who and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// The parts in order of their days; a deferral is one part. Empty = refused.
    pub plan: Vec<Instalment>,
    /// Why.
    pub reason: String,
}

/// A remedy of the party (复议、诉讼).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remedy {
    /// Who recorded it and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Which.
    pub kind: RemedyKind,
    /// The day it was accepted.
    pub from: NaiveDate,
    /// The authority of reconsideration, or the court.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
    /// Number of its notice of acceptance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Whether enforcement is suspended: the last counts; none = it is not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suspensions: Vec<Suspension>,
    /// Its end; `None` while it is pending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<RemedyEnd>,
}

/// Enforcement stops while a remedy is pending, or goes on (停止、恢复执行).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// Who recorded it and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Whether it stops.
    pub suspended: bool,
    /// The day.
    pub on: NaiveDate,
    /// Number of the decision or ruling; `None` where it began with the remedy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What a remedy laid on the party instead (变更后的处罚).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangedDecision {
    /// What.
    pub outcome: Outcome,
    /// The fine, yuan; zero when none.
    #[serde(default)]
    pub yuan: Yuan,
}

/// That the decision was changed by a remedy (变更决定): what the party owes is this now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionChange {
    /// Who recorded it and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// By which kind of remedy.
    pub remedy: RemedyKind,
    /// Number of the decision or judgment.
    pub number: String,
    /// The day.
    pub on: NaiveDate,
    /// What it is now.
    pub to: ChangedDecision,
}

/// That the case began again with its investigation (重新办理). Of what there can be but one of, it keeps the
/// earlier one; of the lists that only grow, what is older than this no longer holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restart {
    /// Who and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Why.
    pub cause: RestartCause,
    /// In words, with the number of the decision or judgment.
    pub reason: String,
    /// The decision that no longer stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<CaseDecision>,
    /// The longer time to decide that it had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<DecisionExtension>,
    /// When the case had been closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Micros>,
    /// The day it had been passed on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passed_on: Option<NaiveDate>,
    /// The day the decision on the spot had been reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported_on: Option<NaiveDate>,
}

/// The end of a remedy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemedyEnd {
    /// Who recorded it and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// The last day it was pending.
    pub on: NaiveDate,
    /// How it ended.
    pub outcome: RemedyOutcome,
    /// Number of the decision or judgment.
    pub number: String,
    /// What was laid on the party instead, where it was changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_to: Option<ChangedDecision>,
}

closed_list! {
    /// A step of enforcement (强制执行).
    EnforcementStep {
        /// Applied to the court.
        CourtApplication = "court_application", "申请人民法院强制执行", "application to the court";
        /// The authority enforces by itself.
        Own = "own", "行政机关强制执行", "own enforcement";
        /// Enforcement ended without full payment (终结执行).
        Ended = "ended", "终结执行", "enforcement ended";
    }
}

/// A step of enforcement that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enforcement {
    /// Who and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Which.
    pub step: EnforcementStep,
    /// The day.
    pub on: NaiveDate,
    /// Court, number, reason: in words.
    pub text: String,
}

/// The decision was annulled (撤销).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annulment {
    /// Who recorded it and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// By whom.
    pub annulled_by: AnnulledBy,
    /// The day.
    pub on: NaiveDate,
    /// Why.
    pub reason: String,
}

/// A published decision was taken down (撤回公开).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicationWithdrawn {
    /// Who recorded it and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// The day.
    pub on: NaiveDate,
    /// Where it stood, or that it was not published.
    pub text: String,
}

/// The filing was withdrawn, or never came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// Who and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Why.
    pub reason: String,
}

/// The case was handed to another authority (移送).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// Who and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// To what kind of authority.
    pub to: TransferTo,
    /// Its name.
    pub authority: String,
    /// Why.
    pub reason: String,
}

/// The traffic police have, or had, the act (移交公安).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoliceHandover {
    /// Who and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Which unit.
    pub unit: String,
    /// The state the case was in.
    pub from: CaseState,
    /// What came back; `None` while they have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<PoliceAnswer>,
}

/// What the police did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoliceAnswer {
    /// Who recorded it and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Whether they decided; `false` = they declined.
    pub decided: bool,
    /// Number of their decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The day.
    pub on: NaiveDate,
    /// Their fine, yuan.
    pub fine_yuan: Yuan,
    /// Points they gave.
    pub points: u8,
    /// Whether their own weighing was over the road's limit, not only over the payload.
    pub over_limit_on_own_weighing: bool,
    /// In words.
    pub text: String,
    /// That their decision was annulled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annulled: Option<PoliceAnnulment>,
}

/// The decision of the police was annulled (公安处罚决定被撤销).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoliceAnnulment {
    /// Who recorded it and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// By whom.
    pub annulled_by: AnnulledBy,
    /// The day.
    pub on: NaiveDate,
    /// Number of the decision or judgment that does so.
    pub number: String,
    /// Why.
    pub reason: String,
    /// Whether the police are to decide anew.
    pub anew: bool,
}

/// Officers were at a source (源头单位现场检查).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceVisit {
    /// The day.
    pub on: NaiveDate,
    /// Where.
    pub place: String,
    /// Number of the record made there, where there is one (检查笔录编号).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
}

/// What tracing the source found (源头倒查).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceTrace {
    /// Who and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// What.
    pub finding: SourceFinding,
    /// Number of the loading sheet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet_number: Option<String>,
    /// The source's id in the register.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_id: Option<String>,
    /// In words.
    pub text: String,
}

/// A step of the case, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// Who and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// What was done.
    pub action: ActionKind,
    /// The state before.
    pub from: CaseState,
    /// The state after.
    pub to: CaseState,
    /// Why, where somebody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}
