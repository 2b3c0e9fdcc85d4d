//! What of a case feeds the repeat counters, and the list of those (计次来源).

use super::lists::{AnnulledBy, Outcome};
use super::track::TrackState;
use crate::casework::case_file::CaseFile;
use crate::casework::case_state::CaseState;
use crate::law::{
    CountedAct, CountedCase, DecidingAuthority, DecisionOutcome, DecisionState, OffenceKind,
};
use crate::units::Yuan;

/// The case as the counters see it, from its decision on; `None` before, and for a case that ended
/// without one. An annulled case is given with its new state, by which it falls out.
pub fn counted(case: &CaseFile) -> Option<CountedCase> {
    let state = decision_state(case)?;
    let (authority, outcome, day, fine, own_weighing) = match &case.course.decision {
        Some(decision) => (
            DecidingAuthority::Transport,
            match case.course.outcome().unwrap_or(decision.outcome) {
                Outcome::Fine => DecisionOutcome::Fine,
                Outcome::Warning => DecisionOutcome::Warning,
                Outcome::NotPunished | Outcome::Spared => DecisionOutcome::None,
            },
            decision.day,
            case.course.decided_yuan(),
            over_limit(case),
        ),
        None => {
            let answer = case.course.latest_police_decision()?;
            let outcome = if answer.fine_yuan > Yuan::ZERO {
                DecisionOutcome::Fine
            } else {
                DecisionOutcome::Warning
            };
            let own = answer.over_limit_on_own_weighing;
            (
                DecidingAuthority::Police,
                outcome,
                answer.on,
                answer.fine_yuan,
                own,
            )
        }
    };
    let act = match case.offence {
        None | Some(OffenceKind::PermitNotMatched) => CountedAct::Overload,
        Some(OffenceKind::Instigation | OffenceKind::SourceRelease) => CountedAct::Instigation,
        Some(_) => CountedAct::Evasion,
    };
    let party = |track: &super::track::PenaltyTrack| {
        let applies = track.state != TrackState::NotApplicable;
        track.counted_id().filter(|_| applies).map(str::to_owned)
    };
    let tracks = &case.tracks;
    Some(CountedCase {
        case_id: case.case_id.clone(),
        act_id: case.act_id().to_owned(),
        act,
        day_of_act: case.act_at.beijing_day(),
        day_of_decision: Some(day),
        authority,
        vehicle_plate: party(&tracks.vehicle),
        trailer_plate: case.trailer_plate.clone(),
        driver_id: party(&tracks.driver),
        carrier_id: party(&tracks.carrier),
        source_id: party(&tracks.loading_source),
        outcome,
        fine_yuan: (fine > Yuan::ZERO).then_some(fine),
        state,
        over_limit_on_own_weighing: own_weighing,
    })
}

/// Where the decision stands; `None` when there is none.
pub(super) fn decision_state(case: &CaseFile) -> Option<DecisionState> {
    let course = &case.course;
    let annulled_by = match (&course.decision, course.latest_police_decision()) {
        (Some(_), _) => course.annulment.as_ref().map(|one| one.annulled_by),
        (None, Some(answer)) => answer.annulled.as_ref().map(|one| one.annulled_by),
        (None, None) => return None,
    };
    Some(match (annulled_by, case.state) {
        (Some(AnnulledBy::Own), _) => DecisionState::Revoked,
        (Some(AnnulledBy::Review | AnnulledBy::Court), _) => DecisionState::Annulled,
        // What was found unlawful stays laid on the party; that it counts against it again does not follow.
        (None, _) if course.found_unlawful().is_some() => DecisionState::Annulled,
        (None, CaseState::Closed) => DecisionState::Effective,
        (None, _) => DecisionState::Open,
    })
}

/// Whether the case's own weighing was over a limit.
pub(super) fn over_limit(case: &CaseFile) -> bool {
    case.judgement
        .overage_kg
        .is_some_and(|overage| overage.get() > 0)
}
