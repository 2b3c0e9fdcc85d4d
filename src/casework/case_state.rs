//! Where a case stands: a closed list.
//!
//! Beside what the course of an ordinary case asks for there are `registered` (a case that a person
//! opened has no reviews to wait for, and the head still has to approve its filing) and
//! `with_police` (one act has one fine: while the police have it, nothing is decided here). That
//! nothing is laid on the party is an outcome of a decision, not a state.

closed_list! {
    /// Where a case stands (案件状态).
    CaseState {
        /// Nobody has looked at it.
        AwaitingFirstReview = "awaiting_first_review", "待初审", "awaiting first review";
        /// One person found it in order.
        AwaitingSecondReview = "awaiting_second_review", "待复审", "awaiting second review";
        /// Two persons found it in order; it can be filed.
        Confirmed = "confirmed", "已确认（待立案）", "confirmed, to be filed";
        /// Opened by hand; it can be filed.
        Registered = "registered", "已登记（待立案）", "registered, to be filed";
        /// Filed; evidence is taken (调查取证).
        Filed = "filed", "已立案（调查取证）", "filed";
        /// The investigation has ended.
        Investigated = "investigated", "调查终结", "investigated";
        /// The party was told what is proposed, why, and its rights.
        Notified = "notified", "已告知", "notified";
        /// A hearing was asked for.
        Hearing = "hearing", "听证", "hearing";
        /// With the legal reviewer.
        LegalReview = "legal_review", "法制审核", "legal review";
        /// Everything that comes before a decision is done.
        ReadyToDecide = "ready_to_decide", "待决定", "ready to decide";
        /// Decided, not served yet.
        Decided = "decided", "已决定（待送达）", "decided, to be served";
        /// Served; the fine is to be paid.
        Served = "served", "已送达（待缴款）", "served, to be paid";
        /// Reminded; enforcement follows.
        Enforcing = "enforcing", "催告与强制执行", "reminder and enforcement";
        /// Nothing is owed any more.
        Settled = "settled", "已履行", "settled";
        /// Closed.
        Closed = "closed", "已结案", "closed";
        /// Not to be handled, with a reason.
        Discarded = "discarded", "不予处理", "discarded";
        /// The decision was annulled.
        Annulled = "annulled", "处罚决定已撤销", "decision annulled";
        /// The filing was withdrawn before a decision.
        Withdrawn = "withdrawn", "撤销立案", "filing withdrawn";
        /// Handed to another authority.
        Transferred = "transferred", "已移送", "transferred";
        /// The traffic police have it.
        WithPolice = "with_police", "公安处理中", "with the police";
    }
}

impl CaseState {
    /// Whether its course is over. A closed case may still be annulled.
    pub const fn is_final(self) -> bool {
        matches!(
            self,
            Self::Closed | Self::Discarded | Self::Annulled | Self::Withdrawn | Self::Transferred
        )
    }

    /// Whether it came to nothing before it was decided, so that its act and its passages are anybody's
    /// again.
    pub const fn frees_its_act(self) -> bool {
        matches!(self, Self::Discarded | Self::Withdrawn)
    }

    /// Whether it waits for one of the two reviews.
    pub const fn is_under_review(self) -> bool {
        matches!(self, Self::AwaitingFirstReview | Self::AwaitingSecondReview)
    }
}
