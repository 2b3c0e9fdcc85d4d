//! Bodies of journal entries: old ones are read, new ones have a canonical form and lose nothing.

use serde_json::json;

use super::super::*;
use super::support::*;
use crate::casework::case_file::{CaseFile, TrackState};
use crate::casework::case_state::CaseState;

#[test]
fn a_body_of_before_is_read() {
    let case = opened("p1", day("2025-03-14"), 7_640);
    let mut body = serde_json::to_value(&case).unwrap();
    let members = body.as_object_mut().unwrap();
    members.remove("mode");
    // Nothing new is written while nothing new is known.
    for new in [
        "number",
        "origin",
        "authority",
        "act",
        "offence",
        "course",
        "officers",
        "procedure",
    ] {
        assert!(!members.contains_key(new), "{new}");
    }
    let track = json!({"state": "pending", "party": "晋A12345", "note": null});
    assert_eq!(members["tracks"]["vehicle"], track);
    let read = CaseFile::from_bodies(&[json!({"step": "opened", "case": body})]).unwrap();
    assert_eq!((read.origin, read.act_id()), (Origin::Device, "case-p1"));
    assert_eq!(read.state, CaseState::AwaitingFirstReview);
    assert_eq!(read.tracks.driver.state, TrackState::PartyUnknown);
}

#[test]
fn bodies_of_steps_are_canonical_and_read_back() {
    let mut desk = closed_case("p1", day("2025-03-14"), ["晋A12345", "D-1", "C-1"]);
    let on = desk.today();
    desk.does(&head(), annul(AnnulledBy::Court, on));
    for body in [
        desk.case.step_body(ActionKind::Annul),
        desk.case.roll_body(),
    ] {
        crate::evidence::canonical::to_text(&body).unwrap();
        assert_eq!(CaseFile::from_bodies(&[body]).unwrap(), desk.case);
    }
    let index = desk.case.index(&desk.facts, desk.now);
    crate::evidence::canonical::to_text(&serde_json::to_value(index).unwrap()).unwrap();
}
