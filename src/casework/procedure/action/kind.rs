//! The closed list of actions.

use super::CaseAction;

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
