//! Cases: what they are found by, how they open and move, their numbers and the claims on their acts.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use super::{Actor, NewCountedCase, Party};
use crate::casework::{CaseFile, CaseIndex, CaseState, TrackState};
use crate::units::Micros;

/// What lists, counters and clocks find a case by. Casework says what each is; here they are texts and
/// numbers that the case's latest entry holds, too.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct CaseColumns {
    /// State.
    pub state: String,
    /// Plate of the motor vehicle.
    pub plate: String,
    /// Verdict class, where a weighing was judged.
    pub class: Option<String>,
    /// Number of the case (案号), once it is filed.
    pub number: Option<String>,
    /// Who punishes the act: `transport` or `police`.
    pub authority: Option<String>,
    /// The act; cases of the same act bear the same.
    pub act_id: String,
    /// When it was committed, microseconds UTC.
    pub act_at: i64,
    /// The driver, where known.
    pub driver_id: Option<String>,
    /// The carrier, where known.
    pub carrier_id: Option<String>,
    /// The loading source, where known.
    pub source_id: Option<String>,
    /// The fine that was decided, whole yuan.
    pub fine_yuan: Option<i64>,
    /// When the clock that ends first ends, microseconds UTC.
    pub due_at: Option<i64>,
    /// Which clock that is.
    pub due_kind: Option<String>,
    /// Why it was discarded, where it was.
    pub discard_reason: Option<String>,
    /// Proposals of its four penalties that wait for a person.
    pub open_proposals: i64,
}

impl CaseColumns {
    /// What a case is found by: its index, and what is open in it.
    pub fn of(index: &CaseIndex, case: &CaseFile) -> Self {
        let discarded = case.reviews.iter().rev().find_map(|review| review.reason);
        let proposed = case
            .tracks
            .all()
            .filter(|(_, track)| track.state == TrackState::Proposed);
        Self {
            state: index.state.name().to_owned(),
            plate: index.plate.clone(),
            class: index.class.map(|class| class.name().to_owned()),
            number: index.number.clone(),
            authority: index.authority.map(|authority| authority.name().to_owned()),
            act_id: index.act_id.clone(),
            act_at: index.act_at.get(),
            driver_id: index.driver_id.clone(),
            carrier_id: index.carrier_id.clone(),
            source_id: index.source_id.clone(),
            fine_yuan: index.fine_yuan.map(|fine| fine.get()),
            due_at: index.next_due_at.map(Micros::get),
            due_kind: index.next_due.map(|kind| kind.name().to_owned()),
            discard_reason: discarded
                .filter(|_| case.state == CaseState::Discarded)
                .map(|reason| reason.name().to_owned()),
            open_proposals: i64::try_from(proposed.count()).unwrap_or(i64::MAX),
        }
    }
}

/// A case to be opened (立案).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCase {
    /// Derived from the passage, so that opening twice is opening once.
    pub case_id: String,
    /// What it is found by.
    pub columns: Box<CaseColumns>,
    /// Who opened it.
    pub actor: Actor,
    /// First and last moment between which no other case of its plate may have another act; `None` where it
    /// may: somebody has said that it is another act, or that it is the same.
    pub alone_within: Option<[Micros; 2]>,
    /// Everything: penalty tracks, amounts, the verdict it rests on.
    pub body: Value,
}

/// A case that a person opens by hand (人工立案).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedCase {
    /// The case.
    pub new: NewCase,
    /// Station code.
    pub station: String,
    /// When it is opened.
    pub opened_at: Micros,
    /// Passages of the act, the one it rests on first; there may be none. Each must be closed, and belong to
    /// no other act.
    pub passages: Vec<String>,
}

/// A number that a step gives to a case. Numbers of a series have no gaps: one that is not the next is
/// refused, and the caller asks for the next again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct NumberClaim {
    /// Series: unit and kind.
    pub series: String,
    /// Year of the series.
    pub year: i64,
    /// Serial number, 1 and up.
    pub serial: i64,
    /// As it is written (文号).
    pub number: String,
}

/// What a step does to the claim on its act: one act, one fine (一事不再罚).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActChange {
    /// Nothing.
    Keep,
    /// The case's authority takes the act on; refused when another case holds it.
    Claim {
        /// Who punishes.
        authority: String,
    },
    /// It is free again.
    Release,
}

/// Who may punish an act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct ActClaim {
    /// The act.
    pub act_id: String,
    /// `transport` or `police`.
    pub authority: String,
    /// The case that holds it.
    pub case_id: String,
    /// Microseconds UTC.
    pub claimed_at: i64,
}

/// A step of a case (案件流转).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseStep {
    /// The case.
    pub case_id: String,
    /// The version the actor saw; another one now means that somebody was faster.
    pub expected_version: i64,
    /// What it is found by after the step.
    pub columns: CaseColumns,
    /// Its officers after the step; `None` leaves them as they are.
    pub officers: Option<Vec<String>>,
    /// Numbers that it gives.
    pub numbers: Vec<NumberClaim>,
    /// What it does to the claim on the act.
    pub act: ActChange,
    /// What the repeat counters see of the case after it; `None`: nothing.
    pub counted: Option<NewCountedCase>,
    /// Parties whose counters are to be rolled after it, besides those whose counted cases it changes:
    /// of its tracks, where it moves them.
    pub recount: BTreeSet<Party>,
    /// Who did it.
    pub actor: Actor,
    /// When.
    pub at: Micros,
    /// Journal kind, e.g. `case_stepped`.
    pub kind: &'static str,
    /// Everything about the step: action, reason, what changed, the case's full state after it.
    pub body: Value,
}

/// One case as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct CaseRow {
    /// Case id.
    pub case_id: String,
    /// Station code.
    pub station: String,
    /// The passage that opened it; `None` when a person did without one.
    pub passage_id: Option<String>,
    /// Lane of that passage.
    pub lane: Option<i64>,
    /// What it is found by.
    #[sqlx(flatten)]
    #[serde(flatten)]
    pub columns: CaseColumns,
    /// Microseconds UTC.
    pub opened_at: i64,
    /// Who opened it.
    pub opened_by: String,
    /// Goes up by one with each step.
    pub version: i64,
    /// Journal sequence of the latest step, whose body holds the whole case.
    pub latest_sequence: i64,
}
