use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::casework::case_file::{Step, TrackState};
use crate::casework::opening::tests::sample;
use crate::casework::procedure::ActionKind;

const NOW: Micros = Micros::new(1_742_000_000_000_000);

fn case() -> CaseFile {
    let (passage, judgement, _) = sample();
    CaseFile::open(&passage, &judgement).unwrap()
}

fn confirm() -> Action {
    Action::Confirm {
        plate_compared: true,
        note: None,
    }
}

fn unseen() -> Action {
    Action::Confirm {
        plate_compared: false,
        note: None,
    }
}

#[test]
fn two_persons_confirm() {
    let once = step(&case(), confirm(), "li", Role::Reviewer, NOW).unwrap();
    assert_eq!(once.state, CaseState::AwaitingSecondReview);
    let twice = step(&once, confirm(), "wang", Role::LegalReviewer, NOW).unwrap();
    assert_eq!(twice.state, CaseState::Confirmed);
    assert_eq!(twice.reviews.len(), 2);
    assert_eq!(
        step(&twice, confirm(), "zhao", Role::Supervisor, NOW),
        Err(StepError::Final {
            state: CaseState::Confirmed
        })
    );
    // As a step of the procedure, and as journals of before have it.
    let step = twice.step_body(ActionKind::Confirm);
    assert_eq!(step["review"]["reviewer"], "wang");
    let older = json!({"step": Step::Reviewed, "review": twice.reviews.last(), "case": &twice});
    for body in [step, older] {
        crate::evidence::canonical::to_text(&body).unwrap();
        assert_eq!(CaseFile::from_bodies(&[body]).unwrap(), twice);
    }
}

#[test]
fn a_plate_that_one_camera_read_is_confirmed_only_after_somebody_compared_it() {
    let case = case();
    assert!(case.plate_unconfirmed);
    // The first review may leave it open, the second may not.
    let once = step(&case, unseen(), "li", Role::Reviewer, NOW).unwrap();
    assert!(!once.reviews[0].plate_compared);
    assert_eq!(
        step(&once, unseen(), "wang", Role::LegalReviewer, NOW),
        Err(StepError::PlateNotCompared)
    );
    let twice = step(&once, confirm(), "wang", Role::LegalReviewer, NOW).unwrap();
    assert_eq!(twice.state, CaseState::Confirmed);
    assert!(twice.reviews[1].plate_compared);
    // That the first reviewer compared it does not spare the second one.
    let once = step(&case, confirm(), "li", Role::Reviewer, NOW).unwrap();
    assert_eq!(
        step(&once, unseen(), "wang", Role::LegalReviewer, NOW),
        Err(StepError::PlateNotCompared)
    );
    let action = Action::Discard {
        reason: DiscardReason::PlateMismatch,
        note: None,
    };
    let discarded = step(&once, action, "wang", Role::LegalReviewer, NOW).unwrap();
    assert_eq!(discarded.state, CaseState::Discarded);
    // Two cameras that agree need nobody's word.
    let mut two = case;
    two.plate_unconfirmed = false;
    let once = step(&two, unseen(), "li", Role::Reviewer, NOW).unwrap();
    let twice = step(&once, unseen(), "wang", Role::LegalReviewer, NOW).unwrap();
    assert_eq!(twice.state, CaseState::Confirmed);
}

#[test]
fn one_person_does_not_confirm_twice_however_the_name_is_written() {
    let once = step(&case(), confirm(), "li", Role::Reviewer, NOW).unwrap();
    for name in ["li", "LI", "Li"] {
        assert_eq!(
            step(&once, confirm(), name, Role::Supervisor, NOW),
            Err(StepError::SamePerson {
                reviewer: "li".into()
            })
        );
    }
}

#[test]
fn a_legal_reviewer_comes_second_only() {
    assert_eq!(
        step(&case(), confirm(), "wang", Role::LegalReviewer, NOW),
        Err(StepError::NotPermitted {
            role: Role::LegalReviewer,
            stage: Stage::First
        })
    );
}

#[test]
fn discarding_drops_all_four_penalties_and_keeps_the_reason() {
    let action = Action::Discard {
        reason: DiscardReason::TwoVehicles,
        note: Some("  ".into()),
    };
    let discarded = step(&case(), action, "li", Role::Reviewer, NOW).unwrap();
    assert_eq!(discarded.state, CaseState::Discarded);
    assert_eq!(
        discarded.reviews[0].reason,
        Some(DiscardReason::TwoVehicles)
    );
    assert_eq!(discarded.reviews[0].note, None);
    for track in [
        &discarded.tracks.vehicle,
        &discarded.tracks.driver,
        &discarded.tracks.carrier,
        &discarded.tracks.loading_source,
    ] {
        assert_eq!(track.state, TrackState::Dropped);
    }
}

#[test]
fn other_needs_a_note_and_a_note_has_an_end() {
    let other = |note: Option<&str>| Action::Discard {
        reason: DiscardReason::Other,
        note: note.map(str::to_owned),
    };
    for empty in [None, Some(""), Some(" \n")] {
        let refused = step(&case(), other(empty), "li", Role::Reviewer, NOW);
        assert_eq!(refused, Err(StepError::NoteMissing));
    }
    let longest = "超".repeat(NOTE_LIMIT);
    step(&case(), other(Some(&longest)), "li", Role::Reviewer, NOW).unwrap();
    assert_eq!(
        step(
            &case(),
            other(Some(&format!("{longest}!"))),
            "li",
            Role::Reviewer,
            NOW
        ),
        Err(StepError::NoteTooLong {
            found: NOTE_LIMIT + 1
        })
    );
}

#[test]
fn names_of_states_and_reasons_agree_with_serde() {
    for state in CaseState::ALL {
        assert_eq!(serde_json::to_value(state).unwrap(), state.name());
        assert_eq!(CaseState::from_name(state.name()), Some(*state));
    }
    for reason in DiscardReason::ALL {
        assert_eq!(serde_json::to_value(reason).unwrap(), reason.name());
        assert_eq!(DiscardReason::from_name(reason.name()), Some(reason));
    }
}

fn any_action() -> impl Strategy<Value = Action> {
    let note = proptest::option::of("[a-z ]{0,8}");
    prop_oneof![
        3 => (any::<bool>(), note.clone()).prop_map(|(plate_compared, note)| Action::Confirm {
            plate_compared,
            note,
        }),
        1 => (proptest::sample::select(DiscardReason::ALL.to_vec()), note)
            .prop_map(|(reason, note)| Action::Discard { reason, note }),
    ]
}

proptest! {
    /// Any attempts by anybody in any order: confirmed means two persons who may, final stays
    /// final, and nothing but state, reviews and tracks ever changes.
    #[test]
    fn no_path_goes_around_the_rules(attempts in proptest::collection::vec(
        (any_action(), proptest::sample::select(vec!["li", "wang", "LI", "zhao"]),
         proptest::sample::select(Role::ALL.to_vec())), 0..12,
    )) {
        let opened = case();
        let mut now = opened.clone();
        for (action, actor, role) in attempts {
            let before = now.clone();
            match step(&before, action, actor, role, NOW) {
                Ok(after) => {
                    prop_assert!(next_stage(before.state).is_some());
                    prop_assert_eq!(after.reviews.len(), before.reviews.len() + 1);
                    now = after;
                }
                Err(StepError::Final { .. }) => prop_assert!(next_stage(before.state).is_none()),
                Err(_) => prop_assert!(next_stage(before.state).is_some()),
            }
        }
        if now.state == CaseState::Confirmed {
            prop_assert_eq!(now.reviews.len(), 2);
            prop_assert!(now.reviews.iter().all(|review| review.confirmed));
            prop_assert!(!now.reviews[0].reviewer.eq_ignore_ascii_case(&now.reviews[1].reviewer));
            prop_assert!(may(now.reviews[0].role, Permission::CaseReviewFirst));
            prop_assert!(may(now.reviews[1].role, Permission::CaseReviewSecond));
        }
        let mut same = now.clone();
        same.state = opened.state;
        same.reviews.clear();
        same.tracks = opened.tracks.clone();
        prop_assert_eq!(same, opened);
    }
}
