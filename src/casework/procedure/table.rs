//! The table of a case's steps: from, to, who, papers, conditions, basis.

use super::action::ActionKind;
use super::condition::CaseCondition;
use crate::casework::case_state::CaseState;
use crate::casework::document::DocumentKind;
use crate::casework::machine::{Machine, Transition};
use crate::casework::permission::Permission;

/// The machine of a case.
#[derive(Debug)]
pub struct CaseMachine;

use ActionKind as Do;
use CaseCondition as If;
use CaseState as At;
use DocumentKind as Paper;
use Permission::{
    CaseApprove, CaseDecide, CaseHandle, CaseLegalReview, CaseOpen, CasePolice, CaseReviewFirst,
    CaseReviewSecond,
};

/// States in which the file is still worked on: everything but those that end it without effect.
const LIVING: &[CaseState] = &[
    At::AwaitingFirstReview,
    At::AwaitingSecondReview,
    At::Confirmed,
    At::Registered,
    At::Filed,
    At::Investigated,
    At::Notified,
    At::Hearing,
    At::LegalReview,
    At::ReadyToDecide,
    At::Decided,
    At::Served,
    At::Enforcing,
    At::Settled,
    At::Closed,
    At::WithPolice,
];

/// All states: papers, notes and files may come in whenever.
const EVERY: &[CaseState] = CaseState::ALL;

/// From the filing to the decision.
const BEFORE_DECISION: &[CaseState] = &[
    At::Filed,
    At::Investigated,
    At::Notified,
    At::Hearing,
    At::LegalReview,
    At::ReadyToDecide,
];

/// There is a decision or a police decision.
const DECIDED: &[CaseState] = &[
    At::Decided,
    At::Served,
    At::Enforcing,
    At::Settled,
    At::Closed,
];

/// States in which money that came in may still go on to the bank, or back to the party: a decision that is
/// set aside may end in any of them.
const MONEY: &[CaseState] = &[
    At::Filed,
    At::Investigated,
    At::Notified,
    At::Hearing,
    At::LegalReview,
    At::ReadyToDecide,
    At::Decided,
    At::Served,
    At::Enforcing,
    At::Settled,
    At::Closed,
    At::Annulled,
    At::Withdrawn,
    At::Transferred,
    At::WithPolice,
];

const OWN: &str = "本站工作要求";

const fn row(
    action: ActionKind,
    from: &'static [CaseState],
    to: &'static [CaseState],
    permissions: &'static [Permission],
    documents: &'static [DocumentKind],
    conditions: &'static [CaseCondition],
    basis: &'static str,
) -> Transition<CaseMachine> {
    Transition {
        action,
        from,
        to,
        permissions,
        documents,
        conditions,
        basis,
    }
}

impl Machine for CaseMachine {
    type State = CaseState;
    type Action = ActionKind;
    type Condition = CaseCondition;

    #[rustfmt::skip]
    const TRANSITIONS: &'static [Transition<Self>] = &[
        // --- reviews of what an instrument recorded
        row(Do::Confirm, &[At::AwaitingFirstReview], &[At::AwaitingSecondReview], &[CaseReviewFirst], &[], &[], "《行政处罚法》第四十一条（初审）"),
        row(Do::Confirm, &[At::AwaitingSecondReview], &[At::Confirmed], &[CaseReviewSecond], &[], &[], "《行政处罚法》第四十一条（复审）"),
        row(Do::Discard, &[At::AwaitingFirstReview], &[At::Discarded], &[CaseReviewFirst], &[], &[], "《行政处罚法》第四十一条（初审）"),
        row(Do::Discard, &[At::AwaitingSecondReview], &[At::Discarded], &[CaseReviewSecond], &[], &[], "《行政处罚法》第四十一条（复审）"),
        row(Do::RefuseFiling, &[At::Confirmed, At::Registered], &[At::Discarded], &[CaseApprove], &[Paper::FilingForm], &[], "《交通运输行政执法程序规定》第六十二条、第六十三条"),
        // --- the file
        row(Do::AssignOfficers, LIVING, &[], &[CaseApprove], &[], &[], "《行政处罚法》第四十二条"),
        row(Do::NameRespondent, &[At::Confirmed, At::Registered, At::Filed, At::Investigated], &[], &[CaseHandle, CaseOpen], &[], &[], "《行政处罚法》第四十条"),
        row(Do::SetParty, LIVING, &[], &[CaseHandle, CaseOpen], &[], &[], "《公路安全保护条例》第六十六条；62号令第四十六条"),
        row(Do::TraceSource, LIVING, &[], &[CaseHandle, CaseOpen], &[Paper::LoadingSheet], &[If::HasVehicle], "《公路安全保护条例》第四十一条；山西省人民政府令第301号"),
        row(Do::Note, EVERY, &[], &[CaseHandle, CaseApprove, CaseDecide, CaseLegalReview, CasePolice, CaseOpen], &[], &[], "《行政处罚法》第四十七条"),
        row(Do::Attach, EVERY, &[], &[CaseHandle, CaseApprove, CaseDecide, CaseLegalReview, CasePolice, CaseOpen], &[], &[], "《行政处罚法》第四十七条"),
        row(Do::AddDocument, EVERY, &[], &[CaseHandle, CaseApprove, CaseDecide, CaseLegalReview, CasePolice, CaseOpen], &[], &[], "《行政处罚法》第四十七条"),
        row(Do::Correct, EVERY, &[], &[CaseHandle, CaseApprove, CaseDecide], &[], &[], "《行政处罚法》第四十条"),
        // --- filing
        row(Do::File, &[At::Confirmed, At::Registered], &[At::Filed], &[CaseApprove], &[Paper::FilingForm], &[If::OfficersLicensed, If::EvidenceReviewed, If::NotPrescribed, If::ActFree], "《行政处罚法》第三十六条、第四十一条、第四十二条、第五十四条第二款；《交通运输行政执法程序规定》第六十三条"),
        row(Do::SwitchToOrdinary, &[At::Filed], &[], &[CaseApprove], &[Paper::FilingForm], &[If::Simplified], "《行政处罚法》第五十四条"),
        row(Do::InformOnSpot, &[At::Filed], &[], &[CaseHandle], &[Paper::SceneRecord], &[If::Simplified, If::OfficersLicensed, If::HandlerAssigned, If::RespondentKnown, If::AmountKnown, If::AuthorityCompetent, If::WithinSimplified], "《行政处罚法》第四十四条、第五十一条；《交通运输行政执法程序规定》第六十条、第六十一条"),
        row(Do::EndInvestigation, &[At::Filed], &[At::Investigated], &[CaseHandle], &[Paper::InvestigationReport], &[If::Ordinary, If::OfficersLicensed, If::HandlerAssigned, If::RespondentKnown], "《行政处罚法》第五十四条第一款；《交通运输行政执法程序规定》第六十四条"),
        // --- telling the party, and hearing it
        row(Do::GiveNotice, &[At::Investigated, At::Notified], &[At::Notified], &[CaseHandle], &[Paper::ViolationNotice], &[If::HandlerAssigned, If::RespondentKnown, If::AmountKnown, If::AuthorityCompetent, If::ActFree], "《行政处罚法》第四十四条、第六十二条"),
        row(Do::RecordService, &[At::Notified, At::Hearing, At::Enforcing], &[], &[CaseHandle], &[Paper::ServiceReceipt], &[If::HandlerAssigned], "《行政处罚法》第六十一条"),
        row(Do::RecordDefence, &[At::Filed, At::Notified, At::Hearing], &[], &[CaseHandle], &[Paper::DefenceRecord], &[If::HandlerAssigned, If::Informed], "《行政处罚法》第四十五条"),
        row(Do::WaiveDefence, &[At::Filed, At::Notified], &[], &[CaseHandle], &[Paper::DefenceRecord], &[If::HandlerAssigned, If::Informed], "《行政处罚法》第四十五条"),
        row(Do::AskHearing, &[At::Notified], &[At::Hearing], &[CaseHandle], &[Paper::HearingRequest], &[If::NoticeServed, If::HearingRight], "《行政处罚法》第六十三条、第六十四条第（一）项"),
        row(Do::WithdrawHearing, &[At::Hearing], &[At::Notified], &[CaseHandle], &[], &[If::HearingOpen], "《行政处罚法》第六十四条第（六）项"),
        row(Do::GiveHearingNotice, &[At::Hearing], &[], &[CaseHandle], &[Paper::HearingNotice, Paper::ServiceReceipt], &[If::HearingOpen], "《行政处罚法》第六十四条第（二）项"),
        row(Do::HoldHearing, &[At::Hearing], &[At::Notified], &[CaseHandle, CaseApprove, CaseLegalReview], &[Paper::HearingRecord], &[If::HearingOpen, If::HearingTold], "《行政处罚法》第六十四条、第六十五条"),
        // --- before the decision
        row(Do::SubmitLegalReview, &[At::Notified], &[At::LegalReview], &[CaseHandle], &[], &[If::HandlerAssigned, If::NoticeServed, If::AnswerSettled, If::HearingSettled], "《行政处罚法》第五十八条"),
        row(Do::PassLegalReview, &[At::LegalReview], &[At::ReadyToDecide], &[CaseLegalReview], &[Paper::LegalOpinion], &[], "《行政处罚法》第五十八条"),
        row(Do::ReturnLegalReview, &[At::LegalReview], &[At::Notified, At::Filed], &[CaseLegalReview], &[Paper::LegalOpinion], &[], "《行政处罚法》第五十八条"),
        row(Do::SubmitForDecision, &[At::Notified], &[At::ReadyToDecide], &[CaseHandle], &[], &[If::HandlerAssigned, If::NoticeServed, If::AnswerSettled, If::HearingSettled, If::LegalReviewDone], "《行政处罚法》第五十七条第一款"),
        row(Do::Discuss, &[At::LegalReview, At::ReadyToDecide], &[], &[CaseApprove, CaseDecide], &[Paper::DiscussionRecord], &[], "《行政处罚法》第五十七条第二款"),
        row(Do::ExtendDecision, BEFORE_DECISION, &[], &[CaseApprove], &[], &[If::InTimeToDecide, If::NotExtended], "《行政处罚法》第六十条"),
        row(Do::Decide, &[At::ReadyToDecide], &[At::Decided], &[CaseDecide], &[Paper::PenaltyDecision], &[If::Ordinary, If::OfficersLicensed, If::NotPrescribed, If::ActFree, If::AuthorityCompetent, If::RespondentKnown, If::AmountKnown, If::NoticeServed, If::AnswerSettled, If::HearingSettled, If::LegalReviewDone, If::Discussed, If::InTimeToDecide], "《行政处罚法》第三十三条、第三十七条、第四十五条、第五十七条至第六十条；62号令第四十三条"),
        row(Do::Decide, &[At::Filed], &[At::Decided], &[CaseHandle, CaseDecide], &[Paper::OnSpotDecision], &[If::Simplified, If::OfficersLicensed, If::HandlerAssigned, If::NotPrescribed, If::ActFree, If::AuthorityCompetent, If::RespondentKnown, If::AmountKnown, If::Informed, If::InTimeToDecide], "《行政处罚法》第五十一条、第五十二条"),
        // --- serving and paying
        row(Do::Serve, &[At::Decided], &[At::Served, At::Settled], &[CaseHandle], &[Paper::ServiceReceipt], &[If::DecisionMade], "《行政处罚法》第六十一条"),
        row(Do::Pay, &[At::Served], &[At::Served, At::Settled], &[CaseHandle], &[Paper::PaymentSlip], &[If::FineDecided], "《行政处罚法》第六十七条、第七十二条"),
        row(Do::Pay, &[At::Enforcing], &[At::Enforcing, At::Settled], &[CaseHandle], &[Paper::PaymentSlip], &[If::FineDecided], "《行政处罚法》第六十七条、第七十二条"),
        row(Do::CollectOnSpot, &[At::Served], &[At::Served, At::Settled], &[CaseHandle], &[Paper::FineReceipt], &[If::FineDecided, If::HandlerAssigned], "《行政处罚法》第六十八条至第七十条"),
        row(Do::HandInCollected, MONEY, &[], &[CaseHandle], &[], &[If::CollectionHeld], "《行政处罚法》第七十一条"),
        row(Do::BankCollected, MONEY, &[], &[CaseHandle, CaseApprove], &[Paper::PaymentSlip], &[If::CollectionHandedIn], "《行政处罚法》第七十一条"),
        row(Do::Refund, MONEY, &[], &[CaseHandle, CaseApprove], &[Paper::RefundSlip], &[If::RefundDue], "《行政处罚法》第七十五条第二款；《行政复议法》；《行政诉讼法》"),
        row(Do::VoidPayment, &[At::Served, At::Enforcing, At::Settled], &[At::Served, At::Enforcing, At::Settled], &[CaseApprove], &[], &[If::FineDecided], OWN),
        row(Do::AskDeferral, &[At::Served, At::Enforcing], &[], &[CaseHandle], &[Paper::DeferralRequest], &[If::FineDecided, If::NoDeferralOpen], "《行政处罚法》第六十六条第二款"),
        row(Do::AnswerDeferral, &[At::Served, At::Enforcing], &[], &[CaseApprove], &[Paper::DeferralNotice], &[If::DeferralOpen], "《行政处罚法》第六十六条第二款"),
        row(Do::Remind, &[At::Served, At::Enforcing], &[At::Enforcing], &[CaseHandle], &[Paper::Reminder], &[If::FineDecided, If::Overdue, If::NotSuspended], "《行政强制法》第三十五条、第五十四条"),
        row(Do::ApplyToCourt, &[At::Enforcing], &[], &[CaseApprove], &[Paper::CourtApplication], &[If::Overdue, If::ReminderOver, If::NoRemedyPending, If::RemediesOver], "《行政强制法》第五十三条、第五十四条；《行政处罚法》第七十二条"),
        row(Do::Enforce, &[At::Enforcing], &[], &[CaseApprove], &[Paper::EnforcementDecision], &[If::OwnPower, If::Overdue, If::ReminderOver, If::SurchargeRan, If::NotSuspended], "《行政强制法》第十三条、第三十七条、第四十六条"),
        row(Do::RemitSurcharge, &[At::Enforcing], &[At::Enforcing, At::Settled], &[CaseDecide], &[], &[If::FineDecided], "《行政强制法》第四十二条"),
        row(Do::EndEnforcement, &[At::Enforcing], &[At::Settled], &[CaseDecide], &[Paper::EnforcementChanged], &[If::CourtOrOwn, If::NoRemedyPending], "《行政强制法》第四十条"),
        // --- remedies
        row(Do::StartRemedy, &[At::Served, At::Enforcing, At::Settled, At::Closed], &[], &[CaseHandle], &[], &[If::DecisionMade, If::NoRemedyPending], "《行政复议法》第二十条；《行政诉讼法》第四十六条；《行政处罚法》第七十三条"),
        row(Do::SuspendEnforcement, &[At::Served, At::Enforcing, At::Settled, At::Closed], &[], &[CaseHandle, CaseDecide], &[], &[If::RemedyPending], "《行政处罚法》第七十三条；《行政复议法》第四十二条；《行政诉讼法》第五十六条"),
        // What its outcome makes of the decision happens with it: see the rows' targets.
        row(Do::EndRemedy, &[At::Served, At::Enforcing], &[At::Served, At::Enforcing, At::Settled, At::Annulled, At::Filed], &[CaseDecide], &[Paper::RemedyRuling], &[If::RemedyPending], "《行政处罚法》第七十三条；《行政复议法》第六十三条至第六十九条；《行政诉讼法》第六十九条至第七十七条"),
        row(Do::EndRemedy, &[At::Settled], &[At::Settled, At::Annulled, At::Filed], &[CaseDecide], &[Paper::RemedyRuling], &[If::RemedyPending], "同上 as above"),
        row(Do::EndRemedy, &[At::Closed], &[At::Closed, At::Annulled, At::Filed], &[CaseDecide], &[Paper::RemedyRuling], &[If::RemedyPending], "同上 as above"),
        row(Do::WithdrawPublication, EVERY, &[], &[CaseHandle, CaseApprove], &[], &[If::PublicationToWithdraw], "《行政处罚法》第四十八条第二款"),
        row(Do::Annul, DECIDED, &[At::Annulled], &[CaseDecide], &[Paper::AnnulmentDecision], &[If::DecisionMade], "《行政处罚法》第七十五条第二款；《行政复议法》；《行政诉讼法》第七十条"),
        // --- other ends
        row(Do::Withdraw, BEFORE_DECISION, &[At::Withdrawn], &[CaseApprove], &[Paper::WithdrawalForm], &[], "《交通运输行政执法程序规定》"),
        row(Do::Transfer, &[At::Confirmed, At::Registered, At::Filed, At::Investigated, At::Notified, At::ReadyToDecide], &[At::Transferred], &[CaseApprove], &[Paper::TransferLetter], &[], "《行政处罚法》第二十七条、第五十七条第一款第（四）项；《交通运输行政执法程序规定》第九条"),
        row(Do::HandToPolice, &[At::Confirmed, At::Registered, At::Filed, At::Investigated], &[At::WithPolice], &[CaseHandle, CaseApprove], &[Paper::TransferLetter], &[If::HasVehicle, If::EvidenceReviewed, If::ActFree], "交公路发〔2017〕173号；《道路交通安全法》第九十二条"),
        row(Do::PoliceDecision, &[At::WithPolice], &[At::Settled], &[CasePolice, CaseHandle], &[Paper::PoliceDecision], &[If::ActFree], "《道路交通安全法》第九十二条；交公路发〔2017〕173号"),
        row(Do::PoliceDecline, &[At::WithPolice], &[At::Confirmed, At::Registered, At::Filed, At::Investigated], &[CasePolice, CaseHandle], &[], &[], "交公路发〔2017〕173号"),
        // The act stays with whom it was until a person takes it up, with the reason.
        row(Do::AnnulPolice, &[At::Settled, At::Closed], &[At::Annulled, At::WithPolice], &[CasePolice, CaseDecide], &[Paper::AnnulmentDecision], &[If::PoliceDecided], "《行政复议法》；《行政诉讼法》第七十条；《行政处罚法》第七十五条第二款"),
        row(Do::TakeUp, &[At::Annulled], &[At::Confirmed, At::Registered, At::Filed], &[CaseDecide], &[], &[If::PoliceAnnulled, If::ActFree], "《行政处罚法》第二十九条（由人员决定并说明理由）"),
        // --- closing
        row(Do::Close, &[At::Settled], &[At::Closed], &[CaseApprove], &[Paper::ClosingReport], &[If::ChecklistComplete], "《交通运输行政执法程序规定》（结案）"),
        row(Do::PassOn, &[At::Closed], &[], &[CaseHandle], &[Paper::NotificationLetter], &[If::HasVehicle, If::NotPassedOn], "62号令第四十四条"),
        row(Do::ReportOnSpot, &[At::Decided, At::Served, At::Enforcing, At::Settled, At::Closed], &[], &[CaseHandle], &[], &[If::Simplified, If::NotReported], "《行政处罚法》第五十二条；《交通运输行政执法程序规定》第六十一条"),
        row(Do::Track, LIVING, &[], &[CaseHandle, CaseDecide, CaseReviewFirst], &[], &[], "《公路安全保护条例》第六十六条、第六十八条；62号令第四十六条、第四十九条"),
    ];

    fn state_words(state: CaseState) -> [&'static str; 3] {
        [state.name(), state.zh(), state.en()]
    }

    fn action_words(action: ActionKind) -> [&'static str; 3] {
        [action.name(), action.zh(), action.en()]
    }

    fn condition_words(condition: CaseCondition) -> [&'static str; 3] {
        [condition.name(), condition.zh(), condition.en()]
    }
}
