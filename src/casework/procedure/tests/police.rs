//! The decision of the police falls: the counters, the hold on the act, and who may go on.

use super::super::*;
use super::support::*;
use crate::casework::case_state::CaseState;
use crate::casework::procedure::track::TrackState;
use crate::law::{Authority, DecisionState, EnforcementMode};
use crate::units::Yuan;

fn police_decision(desk: &Desk, number: &str) -> CaseAction {
    CaseAction::PoliceDecision {
        number: number.into(),
        on: desk.today(),
        fine_yuan: Yuan::new(1_000),
        points: 3,
        over_limit_on_own_weighing: Some(true),
        text: String::new(),
    }
}

/// A case that the police decided, filed before or not, closed.
fn decided(filed: bool) -> Desk {
    let mut case = opened("p1", day("2025-03-14"), 7_640);
    case.mode = Some(EnforcementMode::JointStation);
    let mut desk = Desk::new(case);
    desk.reviewed();
    if filed {
        desk.filed(Procedure::Ordinary);
    }
    desk.parties();
    let unit = "交警大队".to_owned();
    desk.does(&mobile(), CaseAction::HandToPolice { unit });
    let decision = police_decision(&desk, "公交决字〔2025〕1号");
    desk.does(&police(), decision).closed();
    desk
}

fn state(desk: &Desk) -> Option<DecisionState> {
    counted(&desk.case).map(|row| row.state)
}

#[test]
pub fn what_the_police_decided_falls_and_a_person_takes_the_act_up() {
    let mut desk = decided(true);
    assert_eq!(state(&desk), Some(DecisionState::Effective));
    desk.wait(100);
    let on = desk.today();
    for by in [mobile(), lawyer()] {
        assert!(matches!(
            desk.refused(&by, &annul_police(on, false)),
            Refusal::NotPermitted { .. }
        ));
    }
    desk.does(&police(), annul_police(on, false));
    assert_eq!(desk.case.state, CaseState::Annulled);
    assert_eq!(state(&desk), Some(DecisionState::Annulled));
    // The act is not free because of it: the hold stays until a person says something.
    assert_eq!(desk.act, Some(Authority::Police));
    assert!(
        desk.case
            .tracks
            .all()
            .all(|(_, track)| track.state == TrackState::Dropped)
    );
    assert!(matches!(
        desk.refused(&police(), &take_up()),
        Refusal::NotPermitted { .. }
    ));
    let silent = CaseAction::TakeUp { reason: " ".into() };
    assert!(matches!(
        desk.refused(&head(), &silent),
        Refusal::Invalid {
            field: "reason",
            ..
        }
    ));
    desk.facts.act_holder = Some(ActHolder {
        case_id: "case-other".into(),
        authority: Authority::Police,
        since: desk.now,
    });
    desk.lacks(&head(), &take_up(), CaseCondition::ActFree);
    desk.facts.act_holder = None;
    desk.does(&head(), take_up());
    assert_eq!(
        (desk.case.state, desk.act),
        (CaseState::Filed, Some(Authority::Transport))
    );
    assert!(
        desk.case
            .tracks
            .all()
            .all(|(_, track)| track.state == TrackState::Pending)
    );
    // The whole way again; the days run from the taking up.
    desk.investigated()
        .notified(3_500)
        .answered()
        .decided(3_500)
        .decision_served()
        .paid("F-1", 3_500, 0)
        .closed();
    let row = counted(&desk.case).unwrap();
    assert_eq!(
        (row.authority, row.state, row.fine_yuan),
        (
            crate::law::DecidingAuthority::Transport,
            DecisionState::Effective,
            Some(Yuan::new(3_500))
        )
    );
    // Once its own decision stands, that of the police is not annulled again.
    desk.lacks(
        &police(),
        &annul_police(desk.today(), false),
        CaseCondition::PoliceDecided,
    );
}

#[test]
pub fn a_case_that_was_never_filed_is_filed_first() {
    let mut desk = decided(false);
    desk.wait(1);
    let on = desk.today();
    desk.does(&head(), annul_police(on, false))
        .does(&head(), take_up());
    // Free for whoever files first, and nothing is assumed.
    assert_eq!((desk.case.state, desk.act), (CaseState::Confirmed, None));
    assert_eq!(desk.case.authority, None);
    desk.filed(Procedure::Ordinary);
    assert_eq!(desk.act, Some(Authority::Transport));
    // By setting a joint station's fine may stay the police's all the same.
    desk.investigated();
    desk.facts.settings.fine_when_police_decline = false;
    desk.lacks(&mobile(), &notice(3_500), CaseCondition::AuthorityCompetent);
}

#[test]
pub fn the_police_decide_anew() {
    let mut desk = decided(false);
    desk.wait(1);
    let on = desk.today();
    desk.does(&police(), annul_police(on, true));
    assert_eq!(
        (desk.case.state, desk.act),
        (CaseState::WithPolice, Some(Authority::Police))
    );
    assert_eq!(state(&desk), Some(DecisionState::Annulled));
    assert!(matches!(
        desk.refused(&head(), &take_up()),
        Refusal::NotInState { .. }
    ));
    let again = police_decision(&desk, "公交决字〔2025〕2号");
    desk.does(&police(), again).closed();
    assert_eq!(state(&desk), Some(DecisionState::Effective));
    assert_eq!(desk.case.course.police.len(), 2);
}

#[test]
fn own_decisions_are_annulled_by_their_own_step() {
    let mut desk = closed_case("p1", day("2025-03-14"), ["晋A12345", "D-1", "C-1"]);
    let on = desk.today();
    desk.lacks(
        &police(),
        &annul_police(on, false),
        CaseCondition::PoliceDecided,
    );
    desk.does(&head(), annul(AnnulledBy::Own, on));
    desk.lacks(&head(), &take_up(), CaseCondition::PoliceAnnulled);
    // And what the police decided is none of the own annulment's.
    let mut desk = decided(true);
    let on = desk.today();
    desk.lacks(
        &head(),
        &annul(AnnulledBy::Own, on),
        CaseCondition::DecisionMade,
    );
}
