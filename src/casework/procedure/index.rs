//! What lists and counters find a case by.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::counted::{decision_state, over_limit};
use super::deadlines::clocks;
use super::facts::Facts;
use super::lists::Outcome;
use crate::casework::case_file::CaseFile;
use crate::casework::case_state::CaseState;
use crate::law::{Authority, DeadlineKind, DecisionState, EnforcementMode, VerdictClass};
use crate::units::{Micros, Yuan};

/// What a list shows of a case and finds it by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseIndex {
    /// Its id.
    pub case_id: String,
    /// Where it stands.
    pub state: CaseState,
    /// Its number (案号).
    pub number: Option<String>,
    /// Which authority has the act.
    pub authority: Option<Authority>,
    /// How the vehicle was met.
    pub mode: Option<EnforcementMode>,
    /// The act.
    pub act_id: String,
    /// When it was committed.
    pub act_at: Micros,
    /// Its day by Beijing time.
    pub day_of_act: NaiveDate,
    /// Plate.
    pub plate: String,
    /// Plate of the trailer.
    pub trailer_plate: Option<String>,
    /// The driver.
    pub driver_id: Option<String>,
    /// The carrier.
    pub carrier_id: Option<String>,
    /// The loading source.
    pub source_id: Option<String>,
    /// User names of its officers.
    pub officers: Vec<String>,
    /// Class of the verdict.
    pub class: Option<VerdictClass>,
    /// How it was decided by the transport authority.
    pub outcome: Option<Outcome>,
    /// Where the decision stands.
    pub decision_state: Option<DecisionState>,
    /// The day of the decision, whoever's.
    pub decision_day: Option<NaiveDate>,
    /// The fine, whoever's; zero when none.
    pub fine_yuan: Option<Yuan>,
    /// Whether the case's own weighing was over a limit.
    pub over_limit_on_own_weighing: bool,
    /// Which clock ends next for the authority.
    pub next_due: Option<DeadlineKind>,
    /// When.
    pub next_due_at: Option<Micros>,
    /// Whether it is a hundred-ton truck (百吨王).
    pub hundred_ton: bool,
}

impl CaseFile {
    /// The case as lists find it, at a moment. A case whose course is over has no clock but that of
    /// passing it on.
    pub fn index(&self, facts: &Facts<'_>, now: Micros) -> CaseIndex {
        let clocks = clocks(self, facts, now);
        let next = clocks.next();
        let decision = self.course.decision.as_ref();
        let police = self.course.police_decision();
        let tracks = &self.tracks;
        let id = |track: &super::track::PenaltyTrack| track.counted_id().map(str::to_owned);
        let own_weighing = police.filter(|_| decision.is_none()).map_or_else(
            || over_limit(self),
            |answer| answer.over_limit_on_own_weighing,
        );
        CaseIndex {
            case_id: self.case_id.clone(),
            state: self.state,
            number: self.number.as_ref().map(|number| number.text.clone()),
            authority: self.authority,
            mode: self.mode,
            act_id: self.act_id().to_owned(),
            act_at: self.act_at,
            day_of_act: self.act_at.beijing_day(),
            plate: self.plate.clone(),
            trailer_plate: self.trailer_plate.clone(),
            driver_id: id(&tracks.driver),
            carrier_id: id(&tracks.carrier),
            source_id: id(&tracks.loading_source),
            officers: self
                .officers
                .iter()
                .map(|officer| officer.user.clone())
                .collect(),
            class: self.class,
            outcome: self.course.outcome(),
            decision_state: decision_state(self),
            decision_day: decision
                .map(|decision| decision.day)
                .or_else(|| police.map(|answer| answer.on)),
            fine_yuan: decision
                .map(|_| self.course.decided_yuan())
                .or_else(|| police.map(|answer| answer.fine_yuan)),
            over_limit_on_own_weighing: own_weighing,
            next_due: next.map(|clock| clock.kind),
            next_due_at: next.map(super::deadlines::Clock::due_at),
            hundred_ton: self.class == Some(VerdictClass::HundredTon),
        }
    }
}
