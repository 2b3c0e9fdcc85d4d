//! What can be done with a case: the closed list of actions, and each with its particulars as the
//! interface sends them.

mod kind;
mod track_step;

pub use kind::*;
pub use track_step::*;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::lists::{
    AnnulledBy, AttachmentKind, Outcome, PaymentSource, Procedure, RecordKind, RemedyKind,
    RemedyOutcome, ServedPaper, ServiceWay, SourceFinding, SpotGround, TrackKind, TransferTo,
};
use super::records::{ChangedDecision, Instalment, Respondent};
use crate::casework::case_file::DiscardReason;
use crate::casework::document::Document;
use crate::law::Circumstance;
use crate::units::Yuan;

/// What somebody wants to do with a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum CaseAction {
    /// Found in order on review.
    Confirm {
        /// The plate was compared with the picture.
        #[serde(default)]
        plate_compared: bool,
        /// In words.
        #[serde(default)]
        note: Option<String>,
    },
    /// Found unfit on review.
    Discard {
        /// Why.
        reason: DiscardReason,
        /// In words; needed where the reason is `other`.
        #[serde(default)]
        note: Option<String>,
    },
    /// Not filed.
    RefuseFiling {
        /// Why.
        reason: DiscardReason,
        /// In words; needed where the reason is `other`.
        #[serde(default)]
        note: Option<String>,
    },
    /// Officers are made responsible: two or more.
    AssignOfficers {
        /// User names.
        officers: Vec<String>,
    },
    /// The party of the act.
    NameRespondent {
        /// Who.
        respondent: Respondent,
    },
    /// The party of a track.
    SetParty {
        /// Which track.
        track: TrackKind,
        /// Plate, qualification number, credit code, register id.
        id: String,
        /// Name, or the plate again; left out it is the register's.
        #[serde(default)]
        name: Option<String>,
        /// Plate of the trailer, for the vehicle.
        #[serde(default)]
        trailer_plate: Option<String>,
        /// Why; needed where another party was known, and for a plate other than that of the act.
        #[serde(default)]
        reason: Option<String>,
    },
    /// The source is traced.
    TraceSource {
        /// What was found.
        finding: SourceFinding,
        /// Number of the loading sheet.
        #[serde(default)]
        sheet_number: Option<String>,
        /// The source's id in the register.
        #[serde(default)]
        source_id: Option<String>,
        /// The source's name.
        #[serde(default)]
        source_name: Option<String>,
        /// In words.
        text: String,
    },
    /// A note.
    Note {
        /// What.
        text: String,
    },
    /// A file.
    Attach {
        /// SHA-256, hex.
        sha256: String,
        /// What it is.
        kind: AttachmentKind,
        /// Name of the file.
        name: String,
        /// Its size in bytes.
        bytes: u64,
    },
    /// A paper.
    AddDocument {
        /// The paper.
        document: Document,
    },
    /// An earlier record is wrong.
    Correct {
        /// In which list.
        record: RecordKind,
        /// Which, from 0.
        index: u32,
        /// What is right.
        text: String,
    },
    /// The case is filed.
    File {
        /// By which procedure.
        procedure: Procedure,
        /// Why the conditions of filing are met.
        reason: String,
    },
    /// The ordinary procedure after all.
    SwitchToOrdinary {
        /// Why.
        reason: String,
    },
    /// Told on the spot (Administrative Penalty Law art. 44, 52).
    InformOnSpot {
        /// What is proposed.
        outcome: Outcome,
        /// The fine, yuan.
        #[serde(default)]
        yuan: Yuan,
        /// Facts, reasons and basis.
        grounds: String,
    },
    /// The investigation ends with its report.
    EndInvestigation {
        /// The report's conclusion.
        report: String,
        /// Why the case is complex or serious, where it is (重大、复杂).
        #[serde(default)]
        complex: Option<String>,
    },
    /// Notice of what is proposed.
    GiveNotice {
        /// What.
        outcome: Outcome,
        /// The fine, yuan.
        #[serde(default)]
        yuan: Yuan,
        /// Facts, reasons and basis.
        grounds: String,
    },
    /// A service.
    RecordService {
        /// Of which paper; the decision's is `serve`.
        paper: ServedPaper,
        /// How.
        way: ServiceWay,
        /// The day it counts as served.
        served_on: NaiveDate,
        /// Who received it.
        recipient: String,
    },
    /// The party's statement.
    RecordDefence {
        /// What was said.
        text: String,
        /// Whether it is accepted.
        accepted: bool,
        /// Why.
        reply: String,
    },
    /// The party gives up statement and hearing.
    WaiveDefence {
        /// In the party's words.
        text: String,
    },
    /// The party asks for a hearing.
    AskHearing {
        /// The day it asked.
        asked_on: NaiveDate,
    },
    /// The request is withdrawn.
    WithdrawHearing {
        /// The day.
        on: NaiveDate,
    },
    /// Time and place of the hearing.
    GiveHearingNotice {
        /// The day of the hearing.
        day: NaiveDate,
        /// Where.
        place: String,
        /// The day the party was told.
        told_on: NaiveDate,
    },
    /// The hearing was held.
    HoldHearing {
        /// The day.
        on: NaiveDate,
        /// Who presided.
        presided_by: String,
        /// What it came to.
        text: String,
    },
    /// To the legal reviewer.
    SubmitLegalReview {
        /// What is proposed.
        proposal: String,
    },
    /// The legal reviewer agrees.
    PassLegalReview {
        /// In words.
        opinion: String,
    },
    /// The legal reviewer sends it back.
    ReturnLegalReview {
        /// In words.
        opinion: String,
        /// Whether evidence is missing, so that the party must be told again.
        more_evidence: bool,
    },
    /// To whoever decides.
    SubmitForDecision {
        /// What is proposed.
        proposal: String,
    },
    /// Collective discussion.
    Discuss {
        /// Who took part.
        present: Vec<String>,
        /// What was concluded.
        conclusion: String,
    },
    /// A longer time to decide.
    ExtendDecision {
        /// Calendar days to add.
        days: u32,
        /// Why.
        reason: String,
    },
    /// The decision.
    Decide {
        /// What.
        outcome: Outcome,
        /// The fine, yuan.
        #[serde(default)]
        yuan: Yuan,
        /// Circumstances that were found.
        #[serde(default)]
        circumstances: Vec<Circumstance>,
        /// Why; needed where it is not what was computed.
        #[serde(default)]
        reason: String,
    },
    /// Service of the decision.
    Serve {
        /// How.
        way: ServiceWay,
        /// The day it counts as served.
        served_on: NaiveDate,
        /// Who received it.
        recipient: String,
    },
    /// A payment.
    Pay {
        /// Number of the slip.
        slip: String,
        /// The day it was paid.
        paid_on: NaiveDate,
        /// Of the fine, fen.
        #[serde(default)]
        fine_fen: i64,
        /// Of the surcharge, fen.
        #[serde(default)]
        surcharge_fen: i64,
        /// Where it is known from.
        source: PaymentSource,
    },
    /// An officer collects the fine on the spot.
    CollectOnSpot {
        /// Why that is allowed.
        ground: SpotGround,
        /// Number of the finance department's receipt (财政部门统一制发的专用票据号).
        receipt: String,
        /// The day.
        on: NaiveDate,
        /// Of the fine, fen.
        fine_fen: i64,
        /// Why it is hard to enforce later, or the party's request in its words.
        #[serde(default)]
        reason: Option<String>,
        /// The remote place.
        #[serde(default)]
        place: Option<String>,
    },
    /// What was collected is handed in.
    HandInCollected {
        /// Which collection, from 0.
        index: u32,
        /// The day.
        on: NaiveDate,
        /// Number of the authority's receipt.
        slip: String,
        /// Why it is late, where it is.
        #[serde(default)]
        late: Option<String>,
    },
    /// What was handed in is paid to the bank.
    BankCollected {
        /// Which collection, from 0.
        index: u32,
        /// The day.
        on: NaiveDate,
        /// Number of the bank's slip.
        slip: String,
        /// Why it is late, where it is.
        #[serde(default)]
        late: Option<String>,
    },
    /// What was paid too much is given back.
    Refund {
        /// Number of the refund's slip.
        slip: String,
        /// The day.
        on: NaiveDate,
        /// Of the fine, fen.
        #[serde(default)]
        fine_fen: i64,
        /// Of the surcharge, fen.
        #[serde(default)]
        surcharge_fen: i64,
        /// Why.
        reason: String,
    },
    /// A payment that was none.
    VoidPayment {
        /// Which, from 0.
        index: u32,
        /// Why.
        reason: String,
    },
    /// The party asks for later payment.
    AskDeferral {
        /// The day it asked.
        asked_on: NaiveDate,
        /// Why.
        grounds: String,
    },
    /// The answer to that.
    AnswerDeferral {
        /// The parts with their days; one part is a deferral, none a refusal.
        #[serde(default)]
        plan: Vec<Instalment>,
        /// Why.
        reason: String,
    },
    /// The reminder.
    Remind {
        /// What is asked for, by when.
        text: String,
    },
    /// Application to the court.
    ApplyToCourt {
        /// The day.
        on: NaiveDate,
        /// Which court, which number.
        text: String,
    },
    /// Enforcement by the authority itself.
    Enforce {
        /// The day.
        on: NaiveDate,
        /// How.
        text: String,
    },
    /// Surcharge that need not be paid.
    RemitSurcharge {
        /// How much, fen.
        fen: i64,
        /// Why.
        reason: String,
    },
    /// Enforcement ends without full payment.
    EndEnforcement {
        /// The day.
        on: NaiveDate,
        /// Why.
        reason: String,
    },
    /// Reconsideration or lawsuit begins.
    StartRemedy {
        /// Which.
        kind: RemedyKind,
        /// The day it was accepted.
        from: NaiveDate,
        /// The authority of reconsideration, or the court.
        #[serde(default)]
        authority: Option<String>,
        /// Number of its notice of acceptance (受理通知书、应诉通知书文号).
        #[serde(default)]
        number: Option<String>,
        /// Whether enforcement is suspended from its beginning (停止执行); by law it is not.
        #[serde(default)]
        suspended: bool,
    },
    /// Enforcement stops while it is pending, or goes on.
    SuspendEnforcement {
        /// Whether it stops.
        suspended: bool,
        /// The day.
        on: NaiveDate,
        /// Number of the decision or ruling.
        number: String,
        /// Why.
        reason: String,
    },
    /// It ends.
    EndRemedy {
        /// The last day it was pending.
        on: NaiveDate,
        /// How.
        outcome: RemedyOutcome,
        /// Number of the decision or judgment.
        number: String,
        /// What was laid on the party instead; where the outcome is `changed`.
        #[serde(default)]
        changed_to: Option<ChangedDecision>,
    },
    /// The decision is annulled.
    Annul {
        /// By whom.
        annulled_by: AnnulledBy,
        /// The day.
        on: NaiveDate,
        /// Why.
        reason: String,
    },
    /// A published decision that no longer stands is taken down.
    WithdrawPublication {
        /// The day.
        on: NaiveDate,
        /// Where it stood, or that it was not published.
        text: String,
    },
    /// The filing is withdrawn.
    Withdraw {
        /// Why.
        reason: String,
    },
    /// To another authority.
    Transfer {
        /// Of what kind.
        to: TransferTo,
        /// Its name.
        authority: String,
        /// Why.
        reason: String,
    },
    /// To the traffic police.
    HandToPolice {
        /// Which unit.
        unit: String,
    },
    /// What the police decided.
    PoliceDecision {
        /// Number of their decision.
        number: String,
        /// The day.
        on: NaiveDate,
        /// Their fine, yuan; zero when none.
        #[serde(default)]
        fine_yuan: Yuan,
        /// Points.
        #[serde(default)]
        points: u8,
        /// Whether their own weighing was over the road's limit. To be stated either way: only then does
        /// the decision count, and nobody else can know it.
        over_limit_on_own_weighing: Option<bool>,
        /// In words.
        #[serde(default)]
        text: String,
    },
    /// The police declined.
    PoliceDecline {
        /// The day.
        on: NaiveDate,
        /// Why.
        reason: String,
    },
    /// The decision of the police was annulled.
    AnnulPolice {
        /// By whom: the police themselves or their superior, on review, in court.
        annulled_by: AnnulledBy,
        /// The day.
        on: NaiveDate,
        /// Number of the decision or judgment that does so.
        number: String,
        /// Why.
        reason: String,
        /// Whether the police are to decide anew: then they keep the act.
        #[serde(default)]
        anew: bool,
    },
    /// A person takes the act up again after that.
    TakeUp {
        /// Why the transport authority may.
        reason: String,
    },
    /// The case is closed.
    Close {
        /// What the closing report says.
        report: String,
    },
    /// The closed case is passed on.
    PassOn {
        /// To whom.
        authority: String,
        /// The day.
        on: NaiveDate,
    },
    /// A decision on the spot is reported.
    ReportOnSpot {
        /// The day.
        on: NaiveDate,
    },
    /// A step of a track.
    Track {
        /// Which track.
        track: TrackKind,
        /// What.
        change: TrackStep,
    },
}
