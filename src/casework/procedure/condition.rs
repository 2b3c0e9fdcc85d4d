//! What must hold before a step: a closed list. What checks each of them stands in `checks`.

closed_list! {
    /// What must hold before a step (前提).
    CaseCondition {
        /// Administrative Penalty Law art. 42.
        OfficersLicensed = "officers_licensed", "两名以上执法人员，执法证当日有效", "two officers with licences valid that day";
        /// By setting.
        HandlerAssigned = "handler_assigned", "由本案承办人办理", "handled by an officer of the case";
        /// Art. 36.
        NotPrescribed = "not_prescribed", "未超过追责时效", "not prescribed";
        /// Art. 29.
        ActFree = "act_free", "该违法行为未由其他案件处理", "no other case has the act";
        /// Who is punished.
        RespondentKnown = "respondent_known", "当事人已确定", "the party is known";
        /// Art. 41: records of an instrument are reviewed by two persons.
        EvidenceReviewed = "evidence_reviewed", "技术监控记录已经两人审核", "instrument records reviewed by two persons";
        /// There is an amount to decide upon.
        AmountKnown = "amount_known", "有认定结果或者违法条款可依", "there is an amount by the law table";
        /// Art. 51.
        Simplified = "simplified", "适用简易程序", "by the simplified procedure";
        /// The other.
        Ordinary = "ordinary", "适用普通程序", "by the ordinary procedure";
        /// Art. 51: warning, or up to the limit.
        WithinSimplified = "within_simplified", "警告或者罚款数额在简易程序限额内", "a warning, or a fine within the limit of the simplified procedure";
        /// Art. 44.
        Informed = "informed", "已告知事实、理由、依据、内容和权利", "the party was told content, facts, reasons, basis and rights";
        /// The notice reached the party.
        NoticeServed = "notice_served", "违法行为通知书已送达", "the notice was served";
        /// Art. 45.
        AnswerSettled = "answer_settled", "已陈述申辩、已放弃或者期限已过", "answered, waived, or the time is over";
        /// Art. 63, 64.
        HearingSettled = "hearing_settled", "听证已举行、未申请或者已放弃", "the hearing was held, not asked for, or given up";
        /// Art. 63.
        HearingRight = "hearing_right", "依法有听证权利", "there is a right to a hearing";
        /// A hearing has been announced.
        HearingTold = "hearing_told", "已通知听证时间、地点", "time and place of the hearing were told";
        /// No hearing is under way.
        HearingOpen = "hearing_open", "有未举行、未撤回的听证申请", "a hearing that was asked for is open";
        /// Art. 58.
        LegalReviewDone = "legal_review_done", "法制审核已通过或者依法无需审核", "legal review passed, or none is needed";
        /// Art. 57.
        Discussed = "discussed", "重大复杂案件已集体讨论", "discussed collectively where needed";
        /// Art. 60.
        InTimeToDecide = "in_time_to_decide", "在办案期限内", "within the time to decide";
        /// Once.
        NotExtended = "not_extended", "未曾延长办案期限", "the time was not extended before";
        /// By mode of enforcement.
        AuthorityCompetent = "authority_competent", "依执法方式由交通运输部门处罚", "the transport authority punishes in this mode";
        /// There is a fine.
        FineDecided = "fine_decided", "已决定罚款", "a fine was decided";
        /// Nothing was paid in time.
        Overdue = "overdue", "缴款期限已过且未缴清", "the time to pay is over and not all is paid";
        /// Administrative Enforcement Law art. 35, 54.
        ReminderOver = "reminder_over", "催告书已送达且催告期已过", "the reminder was served and its time is over";
        /// Art. 53.
        RemediesOver = "remedies_over", "复议和诉讼期限届满，在申请期限内", "the times for remedies are over, that for applying is not";
        /// Art. 46.
        SurchargeRan = "surcharge_ran", "加处罚款已超过三十日", "the surcharge ran for more than the time the law asks for";
        /// Art. 13, 46.
        OwnPower = "own_power", "本机关有行政强制执行权", "the authority has the power to enforce";
        /// Art. 46, 53.
        CourtOrOwn = "court_or_own", "已申请法院或者已自行强制执行", "the court was applied to, or own enforcement begun";
        /// No reconsideration and no lawsuit.
        NoRemedyPending = "no_remedy_pending", "没有未终结的复议、诉讼", "no remedy is pending";
        /// One of them.
        RemedyPending = "remedy_pending", "有未终结的复议、诉讼", "a remedy is pending";
        /// Art. 73: a remedy stops nothing unless somebody says so.
        NotSuspended = "not_suspended", "复议、诉讼期间未停止执行", "enforcement is not suspended";
        /// More was paid than is owed.
        RefundDue = "refund_due", "有应退还的罚款", "there is something to refund";
        /// Art. 71: an officer still has it.
        CollectionHeld = "collection_held", "有当场收缴、尚未上交的罚款", "a fine collected on the spot is to be handed in";
        /// Art. 71: the authority still has it.
        CollectionHandedIn = "collection_handed_in", "有已上交、尚未缴付银行的罚款", "a fine that was handed in is to be paid to the bank";
        /// Art. 48.
        PublicationToWithdraw = "publication_to_withdraw", "决定已变更、撤销或者确认违法，公开的须撤回", "a decision no longer stands as it was published";
        /// The police decided, and it stands.
        PoliceDecided = "police_decided", "公安机关已作出处罚决定且未被撤销", "the decision of the police stands";
        /// It was annulled, and nobody decided since.
        PoliceAnnulled = "police_annulled", "公安处罚决定已被撤销", "the decision of the police was annulled";
        /// The case is about a vehicle.
        HasVehicle = "has_vehicle", "案件涉及车辆", "the case is about a vehicle";
        /// A request that has no answer.
        DeferralOpen = "deferral_open", "有未答复的延期（分期）申请", "a request for deferral is open";
        /// No such request.
        NoDeferralOpen = "no_deferral_open", "没有未答复的延期（分期）申请", "no request for deferral is open";
        /// All of the checklist.
        ChecklistComplete = "checklist_complete", "结案清单齐全", "the closing checklist is complete";
        /// Decided by the transport authority.
        DecisionMade = "decision_made", "本机关已作出决定", "the authority decided";
        /// The register has a source for this.
        NotPassedOn = "not_passed_on", "尚未抄告", "not passed on yet";
        /// Not reported yet.
        NotReported = "not_reported", "尚未报备", "not reported yet";
    }
}
