//! The table of what can happen to a track, and who is competent for it.

use super::lists::TrackKind;
use super::track::{TrackAction, TrackState};
use crate::casework::document::DocumentKind;
use crate::casework::machine::{Machine, Transition};
use crate::casework::permission::Permission;

closed_list! {
    /// What must hold before a step of a track.
    TrackCondition {
        /// The party's identity is known.
        PartyKnown = "party_known", "责任主体及其证号已确定", "the party and its identity are known";
        /// Its case is closed with a decision in force.
        CaseEffective = "case_effective", "案件已结案且决定生效", "the case is closed with a decision in force";
        /// More than three, more than a tenth, or a person's finding.
        ThresholdOrFinding = "threshold_or_finding", "计次超过规定，或者人员认定指使、强令等", "threshold crossed, or found by a person";
        /// Administrative Penalty Law art. 63, 64.
        HearingSettled = "hearing_settled", "听证期限已过、已放弃或者已举行", "time for a hearing over, given up, or it was held";
        /// Art. 64: within five working days.
        HearingInTime = "hearing_in_time", "在申请听证期限内", "within the time to ask for a hearing";
        /// A decision was made.
        BasisStands = "basis_stands", "计次依据仍然成立", "the count it rests on still stands";
    }
}

/// The machine of a track.
#[derive(Debug)]
pub struct TrackMachine;

/// Who is competent for a track, what for, and by which articles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Competence {
    /// Which track.
    pub track: TrackKind,
    /// When (条件).
    pub trigger: &'static str,
    /// What (后果).
    pub consequence: &'static str,
    /// Who (主管机关).
    pub authority: &'static str,
    /// Where it stands.
    pub basis: &'static str,
}

/// The four penalties with authority and basis.
pub const COMPETENCE: [Competence; 4] = [
    Competence {
        track: TrackKind::Vehicle,
        trigger: "1年内违法超限运输超过3次",
        consequence: "吊销其车辆营运证",
        authority: "车籍所在地道路运输管理机构",
        basis: "《公路安全保护条例》第六十六条；62号令第四十六条",
    },
    Competence {
        track: TrackKind::Driver,
        trigger: "1年内违法超限运输超过3次",
        consequence: "责令其停止从事营业性运输",
        authority: "道路运输管理机构",
        basis: "《公路安全保护条例》第六十六条；62号令第四十六条",
    },
    Competence {
        track: TrackKind::Carrier,
        trigger: "1年内违法超限运输的货运车辆超过本单位货运车辆总数10%",
        consequence: "责令停业整顿；情节严重的，吊销道路运输经营许可证并向社会公告",
        authority: "道路运输管理机构",
        basis: "《公路安全保护条例》第六十六条；62号令第四十六条",
    },
    Competence {
        track: TrackKind::LoadingSource,
        trigger: "指使、强令车辆驾驶人超限运输货物；放行超限超载车辆等（地方规定）",
        consequence: "3万元以下罚款；地方规定的罚款",
        authority: "交通运输主管部门（道路运输管理机构）",
        basis: "《公路安全保护条例》第四十一条、第六十八条；62号令第四十九条；山西省人民政府令第301号",
    },
];

use DocumentKind as Paper;
use Permission::{CaseDecide, CaseHandle, CaseReviewFirst};
use TrackAction as Do;
use TrackCondition as If;
use TrackState as At;

const BASIS: &str = "《公路安全保护条例》第六十六条、第六十八条；62号令第四十六条、第四十九条";
const OWN: &str = "本站工作要求";
const HEARING: &str = "《行政处罚法》第四十四条、第六十三条、第六十四条";

const fn row(
    action: TrackAction,
    from: &'static [TrackState],
    to: &'static [TrackState],
    permissions: &'static [Permission],
    documents: &'static [DocumentKind],
    conditions: &'static [TrackCondition],
    basis: &'static str,
) -> Transition<TrackMachine> {
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

impl Machine for TrackMachine {
    type State = TrackState;
    type Action = TrackAction;
    type Condition = TrackCondition;

    #[rustfmt::skip]
    const TRANSITIONS: &'static [Transition<Self>] = &[
        row(Do::SetParty, &[At::PartyUnknown, At::Pending, At::NotApplicable], &[At::Pending], &[CaseHandle], &[], &[], OWN),
        row(Do::SetParty, &[At::Counted], &[], &[CaseHandle], &[], &[], OWN),
        row(Do::SetNotApplicable, &[At::PartyUnknown, At::Pending], &[At::NotApplicable], &[CaseHandle], &[], &[], OWN),
        row(Do::Reopen, &[At::NotApplicable], &[At::PartyUnknown, At::Pending], &[CaseHandle], &[], &[], OWN),
        // What the counters do has no role: nobody may do it by hand.
        row(Do::Count, &[At::Pending], &[At::Counted], &[], &[], &[If::PartyKnown, If::CaseEffective], BASIS),
        row(Do::Propose, &[At::Pending, At::Counted, At::Lapsed, At::Declined], &[At::Proposed], &[CaseHandle], &[], &[If::PartyKnown, If::ThresholdOrFinding], BASIS),
        row(Do::Decline, &[At::Proposed], &[At::Declined], &[CaseDecide], &[], &[], BASIS),
        row(Do::Notify, &[At::Proposed], &[At::Notified], &[CaseHandle], &[Paper::ViolationNotice, Paper::ServiceReceipt], &[If::BasisStands], HEARING),
        row(Do::WaiveHearing, &[At::Notified, At::Hearing], &[At::Notified], &[CaseHandle], &[], &[], HEARING),
        row(Do::AskHearing, &[At::Notified], &[At::Hearing], &[CaseHandle], &[Paper::HearingRequest], &[If::HearingInTime], HEARING),
        row(Do::HoldHearing, &[At::Hearing], &[], &[CaseHandle, CaseDecide], &[Paper::HearingRecord], &[], HEARING),
        row(Do::Decide, &[At::Notified, At::Hearing], &[At::Decided], &[CaseDecide], &[Paper::PenaltyDecision], &[If::BasisStands, If::HearingSettled], BASIS),
        row(Do::Execute, &[At::Decided], &[At::Executed], &[CaseHandle], &[], &[If::BasisStands], BASIS),
        row(Do::Refer, &[At::Pending, At::Counted, At::Proposed], &[At::Referred], &[CaseHandle, CaseReviewFirst], &[Paper::NotificationLetter], &[If::PartyKnown], "62号令第四十四条"),
        row(Do::Revoke, &[At::Decided, At::Executed], &[At::Lapsed], &[CaseDecide], &[Paper::AnnulmentDecision], &[], "《行政处罚法》第七十五条第二款"),
        row(Do::Lapse, &[At::Proposed, At::Notified, At::Hearing, At::Declined], &[At::Lapsed], &[], &[], &[], BASIS),
        row(
            Do::Drop,
            &[At::PartyUnknown, At::NotApplicable, At::Pending, At::Counted, At::Proposed, At::Declined, At::Notified, At::Hearing],
            &[At::Dropped],
            &[],
            &[],
            &[],
            OWN,
        ),
        row(Do::Restart, &[At::Dropped], &[At::PartyUnknown, At::NotApplicable, At::Pending], &[], &[], &[], OWN),
    ];

    fn state_words(state: TrackState) -> [&'static str; 3] {
        [state.name(), state.zh(), state.en()]
    }

    fn action_words(action: TrackAction) -> [&'static str; 3] {
        [action.name(), action.zh(), action.en()]
    }

    fn condition_words(condition: TrackCondition) -> [&'static str; 3] {
        [condition.name(), condition.zh(), condition.en()]
    }
}
