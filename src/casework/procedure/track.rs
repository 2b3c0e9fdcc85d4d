//! The four penalties that hang from one act (一超四罚): where each stands.
//!
//! A threshold that is crossed opens a proposal for a person, never a sanction; what is proposed
//! falls when the count it rests on falls.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::lists::{NotApplicableReason, TrackKind};
use super::records::Stamp;
use crate::casework::case_file::Tracks;
use crate::law::{CountedEntry, OffenceKind, Proposal};
use crate::role::Role;
use crate::units::{Micros, Yuan};

closed_list! {
    /// Where one of the four penalties stands.
    TrackState {
        /// Who would be liable is not known yet.
        PartyUnknown = "party_unknown", "责任主体未查明", "party unknown";
        /// It does not apply, with a reason.
        NotApplicable = "not_applicable", "不适用", "not applicable";
        /// The party is known, nothing is decided.
        Pending = "pending", "待结案", "pending";
        /// The case counts; the threshold is not crossed.
        Counted = "counted", "已计次", "counted";
        /// The threshold was crossed, or a person proposes: a person decides.
        Proposed = "proposed", "已提出处理建议", "proposed";
        /// A person decided against it.
        Declined = "declined", "不予处理", "declined";
        /// The party was told, with its right to a hearing.
        Notified = "notified", "已告知", "notified";
        /// A hearing was asked for.
        Hearing = "hearing", "听证", "hearing";
        /// Decided, with paper and number.
        Decided = "decided", "已决定", "decided";
        /// Executed.
        Executed = "executed", "已执行", "executed";
        /// With the authority that is competent.
        Referred = "referred", "已移送（抄告）", "referred";
        /// What it rested on fell.
        Lapsed = "lapsed", "计次回退，建议失效", "lapsed";
        /// The case was discarded, withdrawn, transferred or annulled, and this with it.
        Dropped = "dropped", "随案终止", "dropped";
    }
}

closed_list! {
    /// What can happen to a track.
    TrackAction {
        /// The party becomes known, or another one.
        SetParty = "set_party", "确定责任主体", "set the party";
        /// It does not apply.
        SetNotApplicable = "set_not_applicable", "认定不适用", "find it not applicable";
        /// It applies after all.
        Reopen = "reopen", "恢复", "reopen";
        /// The case closes with a decision in force.
        Count = "count", "计次", "count";
        /// Proposed: by the counter, or by a person.
        Propose = "propose", "提出处理建议", "propose";
        /// A person decides against it.
        Decline = "decline", "不予处理", "decline";
        /// The party is told.
        Notify = "notify", "告知", "notify";
        /// The party gives up its hearing.
        WaiveHearing = "waive_hearing", "放弃听证", "waive the hearing";
        /// The party asks for a hearing.
        AskHearing = "ask_hearing", "申请听证", "ask for a hearing";
        /// The hearing is held.
        HoldHearing = "hold_hearing", "举行听证", "hold the hearing";
        /// It is decided.
        Decide = "decide", "作出决定", "decide";
        /// It is executed.
        Execute = "execute", "执行", "execute";
        /// It goes to the competent authority.
        Refer = "refer", "移送（抄告）", "refer";
        /// A decision that was made is taken back.
        Revoke = "revoke", "撤销", "revoke";
        /// The counter fell below.
        Lapse = "lapse", "计次回退", "lapse";
        /// The case ended without effect.
        Drop = "drop", "随案终止", "drop";
        /// The case began again.
        Restart = "restart", "随案恢复", "restart with its case";
    }
}

/// A step of a track, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrackHistory {
    /// Who and when; the counters are `station`.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// What.
    pub action: TrackAction,
    /// The state before.
    pub from: TrackState,
    /// The state after.
    pub to: TrackState,
    /// Party, number, reason: in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// One of the four penalties.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PenaltyTrack {
    /// Where it stands.
    pub state: TrackState,
    /// Plate, name or company; `None` while unknown.
    pub party: Option<String>,
    /// What people wrote about it.
    pub note: Option<String>,
    /// Identity of the party by which its acts are counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party_id: Option<String>,
    /// Whether the party was in the register when it was named; `None` = nobody looked (是否在册).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registered: Option<bool>,
    /// Why it does not apply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_applicable: Option<NotApplicableReason>,
    /// What is proposed, where the counter proposed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposal: Option<Proposal>,
    /// The cases that made up the count when it was proposed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub basis: Vec<CountedEntry>,
    /// The offence, where a person proposed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offence: Option<OffenceKind>,
    /// The day the notice was served.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notified_on: Option<NaiveDate>,
    /// The day the hearing was given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hearing_waived_on: Option<NaiveDate>,
    /// The day the hearing was held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hearing_held_on: Option<NaiveDate>,
    /// Number of the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision_number: Option<String>,
    /// Day of the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_on: Option<NaiveDate>,
    /// The fine, for the loading source, yuan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fine_yuan: Option<Yuan>,
    /// It was decided, and the count it rests on has fallen since: a person has to look.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub basis_fell: bool,
    /// Its steps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<TrackHistory>,
}

impl PenaltyTrack {
    /// Nobody is known.
    pub const fn unknown() -> Self {
        Self {
            state: TrackState::PartyUnknown,
            party: None,
            note: None,
            party_id: None,
            registered: None,
            not_applicable: None,
            proposal: None,
            basis: Vec::new(),
            offence: None,
            notified_on: None,
            hearing_waived_on: None,
            hearing_held_on: None,
            decision_number: None,
            decided_on: None,
            fine_yuan: None,
            basis_fell: false,
            history: Vec::new(),
        }
    }

    /// The party is known by its plate.
    pub fn pending(plate: &str) -> Self {
        Self {
            state: TrackState::Pending,
            party: Some(plate.to_owned()),
            ..Self::unknown()
        }
    }

    /// The identity by which acts are counted: the vehicle's plate stands for itself.
    pub fn counted_id(&self) -> Option<&str> {
        self.party_id
            .as_deref()
            .or(self.party.as_deref())
            .filter(|id| !id.is_empty())
    }

    /// Moves it, with a record of that.
    pub(super) fn go(
        &mut self,
        stamp: &Stamp,
        action: TrackAction,
        to: TrackState,
        text: Option<String>,
    ) {
        self.history.push(TrackHistory {
            stamp: stamp.clone(),
            action,
            from: self.state,
            to,
            text,
        });
        self.state = to;
    }
}

/// What was dropped stands again where its party is: nothing of it is decided, nothing is counted yet.
pub(in crate::casework) fn restart_all(tracks: &mut Tracks, stamp: &Stamp) {
    for kind in TrackKind::ALL {
        let track = tracks.get_mut(*kind);
        if track.state != TrackState::Dropped {
            continue;
        }
        let dropped = track.history.last().map(|step| step.from);
        let to = match dropped {
            Some(TrackState::NotApplicable) => TrackState::NotApplicable,
            _ if track.counted_id().is_some() => TrackState::Pending,
            _ => TrackState::PartyUnknown,
        };
        track.go(stamp, TrackAction::Restart, to, None);
    }
}

/// What is not decided yet ends with its case; what is decided rests on a case that fell.
pub(in crate::casework) fn drop_all(tracks: &mut Tracks, by: &str, now: Micros) {
    let stamp = Stamp {
        by: by.to_owned(),
        role: Role::Machine,
        at: now,
    };
    for kind in TrackKind::ALL {
        let track = tracks.get_mut(*kind);
        match track.state {
            TrackState::Decided | TrackState::Executed => track.basis_fell = true,
            TrackState::Referred | TrackState::Dropped | TrackState::Lapsed => {}
            _ => track.go(&stamp, TrackAction::Drop, TrackState::Dropped, None),
        }
    }
}
