//! What can be done with a case: the closed list of actions, and each with its particulars as the
//! interface sends them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::lists::{
    AnnulledBy, AttachmentKind, NotApplicableReason, Outcome, PaymentSource, Procedure, RecordKind,
    RemedyKind, RemedyOutcome, ServedPaper, ServiceWay, SourceFinding, SpotGround, TrackKind,
    TransferTo,
};
use super::records::{ChangedDecision, Instalment, Respondent};
use crate::casework::case_file::DiscardReason;
use crate::casework::document::Document;
use crate::law::{Circumstance, OffenceKind};
use crate::units::Yuan;

closed_list! {
    /// What can be done with a case (步骤).
    ActionKind {
        /// A review that finds it in order.
        Confirm = "confirm", "审核通过", "confirm on review";
        /// A review that finds it unfit.
        Discard = "discard", "审核不予处理", "discard on review";
        /// Not filed.
        RefuseFiling = "refuse_filing", "不予立案", "refuse to file";
        /// Two officers are made responsible.
        AssignOfficers = "assign_officers", "指派执法人员", "assign officers";
        /// The party of the act is named.
        NameRespondent = "name_respondent", "确定当事人", "name the party";
        /// The party of one of the four penalties is named.
        SetParty = "set_party", "确定一超四罚责任主体", "set the party of a track";
        /// The source is traced.
        TraceSource = "trace_source", "源头倒查", "trace the source";
        /// A note.
        Note = "note", "办案记录", "note";
        /// A file is attached.
        Attach = "attach", "附件入卷", "attach a file";
        /// A paper is added.
        AddDocument = "add_document", "文书入卷", "add a paper";
        /// An earlier record is corrected by a new one.
        Correct = "correct", "更正记录", "correct a record";
        /// The case is filed.
        File = "file", "立案", "file";
        /// From the simplified to the ordinary procedure.
        SwitchToOrdinary = "switch_to_ordinary", "转为普通程序", "switch to the ordinary procedure";
        /// The party is told on the spot.
        InformOnSpot = "inform_on_spot", "当场告知", "inform on the spot";
        /// The investigation ends.
        EndInvestigation = "end_investigation", "调查终结", "end the investigation";
        /// The party is told what is proposed.
        GiveNotice = "give_notice", "违法行为告知", "give notice";
        /// A service other than that of the decision.
        RecordService = "record_service", "记录送达", "record a service";
        /// The party's statement.
        RecordDefence = "record_defence", "陈述申辩", "record a statement";
        /// The party gives up statement and hearing.
        WaiveDefence = "waive_defence", "放弃陈述申辩（听证）", "waive statement and hearing";
        /// The party asks for a hearing.
        AskHearing = "ask_hearing", "申请听证", "ask for a hearing";
        /// The party withdraws that.
        WithdrawHearing = "withdraw_hearing", "撤回听证申请", "withdraw the request for a hearing";
        /// Time and place are told.
        GiveHearingNotice = "give_hearing_notice", "通知听证", "give notice of the hearing";
        /// The hearing is held.
        HoldHearing = "hold_hearing", "举行听证", "hold the hearing";
        /// To the legal reviewer.
        SubmitLegalReview = "submit_legal_review", "提交法制审核", "submit to legal review";
        /// The legal reviewer agrees.
        PassLegalReview = "pass_legal_review", "法制审核通过", "pass the legal review";
        /// The legal reviewer sends it back.
        ReturnLegalReview = "return_legal_review", "法制审核退回", "return from legal review";
        /// To whoever decides, where no legal review is needed.
        SubmitForDecision = "submit_for_decision", "提请决定", "submit for decision";
        /// Collective discussion.
        Discuss = "discuss", "集体讨论", "discuss collectively";
        /// A longer time to decide.
        ExtendDecision = "extend_decision", "延长办案期限", "extend the time to decide";
        /// The decision.
        Decide = "decide", "作出决定", "decide";
        /// The decision is served.
        Serve = "serve", "送达决定", "serve the decision";
        /// A payment.
        Pay = "pay", "登记缴款", "record a payment";
        /// An officer collects the fine on the spot.
        CollectOnSpot = "collect_on_spot", "当场收缴罚款", "collect the fine on the spot";
        /// He hands it in.
        HandInCollected = "hand_in_collected", "当场收缴罚款交至本机关", "hand in what was collected";
        /// The authority pays it to the bank.
        BankCollected = "bank_collected", "当场收缴罚款缴付银行", "pay what was collected to the bank";
        /// What was paid too much is given back.
        Refund = "refund", "退还罚款", "refund";
        /// A payment that was none.
        VoidPayment = "void_payment", "缴款作废", "void a payment";
        /// The party asks for later payment.
        AskDeferral = "ask_deferral", "申请延期（分期）缴纳", "ask for deferral or instalments";
        /// The answer to that.
        AnswerDeferral = "answer_deferral", "批准（不批准）延期（分期）", "answer the request for deferral";
        /// The reminder.
        Remind = "remind", "催告", "remind";
        /// Application to the court.
        ApplyToCourt = "apply_to_court", "申请法院强制执行", "apply to the court";
        /// Enforcement by the authority itself.
        Enforce = "enforce", "自行强制执行", "enforce by itself";
        /// Surcharge that need not be paid.
        RemitSurcharge = "remit_surcharge", "减免加处罚款", "remit the surcharge";
        /// Enforcement ends without full payment.
        EndEnforcement = "end_enforcement", "终结执行", "end the enforcement";
        /// Reconsideration or lawsuit begins.
        StartRemedy = "start_remedy", "复议（诉讼）受理", "start of a remedy";
        /// Enforcement stops while it is pending, or goes on.
        SuspendEnforcement = "suspend_enforcement", "停止（恢复）执行", "suspend or resume enforcement";
        /// It ends.
        EndRemedy = "end_remedy", "复议（诉讼）终结", "end of a remedy";
        /// The decision is annulled.
        Annul = "annul", "撤销决定", "annul the decision";
        /// A published decision that no longer stands is taken down.
        WithdrawPublication = "withdraw_publication", "撤回公开的决定", "withdraw the publication";
        /// The filing is withdrawn.
        Withdraw = "withdraw", "撤销立案", "withdraw the filing";
        /// To another authority.
        Transfer = "transfer", "移送", "transfer";
        /// To the traffic police, for their penalty.
        HandToPolice = "hand_to_police", "移交公安交管", "hand to the police";
        /// The police decided.
        PoliceDecision = "police_decision", "公安处理结果", "decision of the police";
        /// The police declined.
        PoliceDecline = "police_decline", "公安退回", "the police decline";
        /// The decision of the police was annulled.
        AnnulPolice = "annul_police", "公安处罚决定被撤销", "annulment of the decision of the police";
        /// A person takes the act up again after that.
        TakeUp = "take_up", "重新处理（公安决定撤销后）", "take the act up again";
        /// The case is closed.
        Close = "close", "结案", "close";
        /// The closed case is passed on.
        PassOn = "pass_on", "抄告车籍地", "pass on";
        /// A decision on the spot is reported.
        ReportOnSpot = "report_on_spot", "当场处罚报备", "report a decision on the spot";
        /// A step of one of the four penalties; its own table says which.
        Track = "track", "一超四罚处理", "step of a track";
    }
}

/// A step of one of the four penalties.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case", deny_unknown_fields)]
pub enum TrackStep {
    /// It does not apply.
    SetNotApplicable {
        /// Why.
        reason: NotApplicableReason,
        /// In words; needed where the reason is `other`.
        #[serde(default)]
        note: Option<String>,
    },
    /// It applies after all.
    Reopen {
        /// Why.
        reason: String,
    },
    /// Proposed by a person: instigation, or an offence of the source by local rule.
    Propose {
        /// Which offence; needed for the loading source.
        #[serde(default)]
        offence: Option<OffenceKind>,
        /// Why.
        reason: String,
    },
    /// A person decides against it.
    Decline {
        /// Why.
        reason: String,
    },
    /// The party was told, with its right to a hearing.
    Notify {
        /// Number of the notice.
        number: String,
        /// The day it was served.
        on: NaiveDate,
    },
    /// The party gives up its hearing.
    WaiveHearing {
        /// The day.
        on: NaiveDate,
    },
    /// The party asks for a hearing.
    AskHearing {
        /// The day.
        on: NaiveDate,
    },
    /// The hearing was held.
    HoldHearing {
        /// The day.
        on: NaiveDate,
    },
    /// It is decided.
    Decide {
        /// Number of the decision.
        number: String,
        /// The day.
        on: NaiveDate,
        /// The fine, for the loading source; zero when none.
        #[serde(default)]
        fine_yuan: Yuan,
        /// Why.
        reason: String,
    },
    /// It is executed.
    Execute {
        /// The day.
        on: NaiveDate,
        /// In words.
        text: String,
    },
    /// It goes to the authority that is competent.
    Refer {
        /// Which.
        authority: String,
        /// Number of the letter.
        number: String,
        /// The day.
        on: NaiveDate,
    },
    /// A decision that was made is taken back.
    Revoke {
        /// Number of the decision that does so.
        number: String,
        /// The day.
        on: NaiveDate,
        /// Why.
        reason: String,
    },
}

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
        /// Name, or the plate again.
        name: String,
        /// Plate of the trailer, for the vehicle.
        #[serde(default)]
        trailer_plate: Option<String>,
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
        /// Whether their own weighing was over the road's limit.
        #[serde(default)]
        over_limit_on_own_weighing: bool,
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

impl CaseAction {
    /// Which of the list.
    pub const fn kind(&self) -> ActionKind {
        match self {
            Self::Confirm { .. } => ActionKind::Confirm,
            Self::Discard { .. } => ActionKind::Discard,
            Self::RefuseFiling { .. } => ActionKind::RefuseFiling,
            Self::AssignOfficers { .. } => ActionKind::AssignOfficers,
            Self::NameRespondent { .. } => ActionKind::NameRespondent,
            Self::SetParty { .. } => ActionKind::SetParty,
            Self::TraceSource { .. } => ActionKind::TraceSource,
            Self::Note { .. } => ActionKind::Note,
            Self::Attach { .. } => ActionKind::Attach,
            Self::AddDocument { .. } => ActionKind::AddDocument,
            Self::Correct { .. } => ActionKind::Correct,
            Self::File { .. } => ActionKind::File,
            Self::SwitchToOrdinary { .. } => ActionKind::SwitchToOrdinary,
            Self::InformOnSpot { .. } => ActionKind::InformOnSpot,
            Self::EndInvestigation { .. } => ActionKind::EndInvestigation,
            Self::GiveNotice { .. } => ActionKind::GiveNotice,
            Self::RecordService { .. } => ActionKind::RecordService,
            Self::RecordDefence { .. } => ActionKind::RecordDefence,
            Self::WaiveDefence { .. } => ActionKind::WaiveDefence,
            Self::AskHearing { .. } => ActionKind::AskHearing,
            Self::WithdrawHearing { .. } => ActionKind::WithdrawHearing,
            Self::GiveHearingNotice { .. } => ActionKind::GiveHearingNotice,
            Self::HoldHearing { .. } => ActionKind::HoldHearing,
            Self::SubmitLegalReview { .. } => ActionKind::SubmitLegalReview,
            Self::PassLegalReview { .. } => ActionKind::PassLegalReview,
            Self::ReturnLegalReview { .. } => ActionKind::ReturnLegalReview,
            Self::SubmitForDecision { .. } => ActionKind::SubmitForDecision,
            Self::Discuss { .. } => ActionKind::Discuss,
            Self::ExtendDecision { .. } => ActionKind::ExtendDecision,
            Self::Decide { .. } => ActionKind::Decide,
            Self::Serve { .. } => ActionKind::Serve,
            Self::Pay { .. } => ActionKind::Pay,
            Self::CollectOnSpot { .. } => ActionKind::CollectOnSpot,
            Self::HandInCollected { .. } => ActionKind::HandInCollected,
            Self::BankCollected { .. } => ActionKind::BankCollected,
            Self::Refund { .. } => ActionKind::Refund,
            Self::VoidPayment { .. } => ActionKind::VoidPayment,
            Self::AskDeferral { .. } => ActionKind::AskDeferral,
            Self::AnswerDeferral { .. } => ActionKind::AnswerDeferral,
            Self::Remind { .. } => ActionKind::Remind,
            Self::ApplyToCourt { .. } => ActionKind::ApplyToCourt,
            Self::Enforce { .. } => ActionKind::Enforce,
            Self::RemitSurcharge { .. } => ActionKind::RemitSurcharge,
            Self::EndEnforcement { .. } => ActionKind::EndEnforcement,
            Self::StartRemedy { .. } => ActionKind::StartRemedy,
            Self::SuspendEnforcement { .. } => ActionKind::SuspendEnforcement,
            Self::EndRemedy { .. } => ActionKind::EndRemedy,
            Self::Annul { .. } => ActionKind::Annul,
            Self::WithdrawPublication { .. } => ActionKind::WithdrawPublication,
            Self::Withdraw { .. } => ActionKind::Withdraw,
            Self::Transfer { .. } => ActionKind::Transfer,
            Self::HandToPolice { .. } => ActionKind::HandToPolice,
            Self::PoliceDecision { .. } => ActionKind::PoliceDecision,
            Self::PoliceDecline { .. } => ActionKind::PoliceDecline,
            Self::AnnulPolice { .. } => ActionKind::AnnulPolice,
            Self::TakeUp { .. } => ActionKind::TakeUp,
            Self::Close { .. } => ActionKind::Close,
            Self::PassOn { .. } => ActionKind::PassOn,
            Self::ReportOnSpot { .. } => ActionKind::ReportOnSpot,
            Self::Track { .. } => ActionKind::Track,
        }
    }
}
