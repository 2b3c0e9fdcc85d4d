//! The worked example: 106.18 t, limit 49 t, the load moved to three trucks, 32.22 t, released.

use super::super::*;
use super::world::*;
use crate::casework::document::DocumentKind;
use crate::law::OffenceKind;
use crate::role::Role;
use crate::units::Kilograms;

#[test]
fn the_load_of_106_18_tons_goes_onto_three_trucks_and_the_vehicle_leaves_with_32_22() {
    let mut world = World::new();
    let over = world.over();
    assert_eq!(over.state, InspectionState::Over);
    assert_eq!(over.spread_kg(), None);
    assert_eq!(
        world.refused(&over, release()),
        Refusal::OverLimit {
            gross_kg: kg(106_180),
            limit_kg: kg(49_000),
        }
    );
    let papers = world.step(&over, sheet());
    let unloading = world.step(&papers, begin_unloading());
    assert_eq!(unloading.state, InspectionState::Unloading);
    // Half-way: still over.
    let half = world.step(&unloading, transfer(&[24_000]));
    let still = world.reweigh(&half, 82_220);
    assert_eq!(still.state, InspectionState::ReweighedOver);
    assert!(matches!(
        world.refused(&still, release()),
        Refusal::OverLimit { .. }
    ));
    let moved = world.step(&still, transfer(&[25_000, 25_000]));
    let cleared = world.reweigh(&moved, 32_220);
    assert_eq!(cleared.state, InspectionState::Cleared);
    assert_eq!(cleared.spread_kg(), Some(kg(106_180 - 32_220)));
    // The overload itself is with nobody yet.
    assert_eq!(world.refused(&cleared, release()), Refusal::NotTakenUp);
    let called = world.step(&cleared, call_police());
    let released = world.step(&called, release());
    assert_eq!(released.state, InspectionState::Released);

    let grosses: Vec<_> = released
        .weighings
        .iter()
        .map(|record| (record.number, record.what.first, record.what.gross_kg.get()))
        .collect();
    assert_eq!(
        grosses,
        [(1, true, 106_180), (2, false, 82_220), (3, false, 32_220)]
    );
    // Mass moved is shown: 73.96 t by the scale, 74 t as stated.
    let shown = released.mass_moved(kg(500)).unwrap();
    assert_eq!(shown.by_scale_kg, kg(73_960));
    assert_eq!(shown.stated_kg, kg(74_000));
    assert_eq!(shown.difference_kg, kg(-40));
    assert!(shown.within_tolerance);
    assert!(!released.mass_moved(kg(39)).unwrap().within_tolerance);

    let index = released.index();
    assert!(index.over);
    assert_eq!(index.unloaded_kg, kg(73_960));
    assert_eq!(index.first_gross_kg, Some(kg(106_180)));
    assert_eq!(index.last_gross_kg, Some(kg(32_220)));
    assert_eq!(index.limit_kg, Some(kg(49_000)));
    assert_eq!(index.plate.as_deref(), Some(PLATE));
    let kinds: Vec<_> = released.documents.iter().map(|paper| paper.kind).collect();
    assert_eq!(
        kinds,
        [
            DocumentKind::WeighingSheet,
            DocumentKind::UnloadingNotice,
            DocumentKind::NotificationLetter,
            DocumentKind::ReleaseSlip,
        ]
    );
    let shown = serde_json::to_value(&released).unwrap();
    crate::evidence::canonical::to_text(&shown).unwrap();
    let read: Inspection = serde_json::from_value(shown).unwrap();
    assert_eq!(read, released);
}

#[test]
fn a_mass_that_does_not_fit_what_was_stated_is_shown_and_forbids_nothing() {
    let mut world = World::new();
    let over = world.over();
    let papers = world.step(&over, sheet());
    let moved = world.step(&papers, transfer(&[10_000]));
    let cleared = world.reweigh(&moved, 40_000);
    let moved = cleared.mass_moved(kg(500)).unwrap();
    assert_eq!(moved.difference_kg, kg(56_180));
    assert!(!moved.within_tolerance);
    let called = world.step(&cleared, call_police());
    let released = world.step(&called, release());
    assert_eq!(released.state, InspectionState::Released);
}

#[test]
fn a_vehicle_within_its_limit_leaves_after_the_first_weighing() {
    let mut world = World::new();
    let opened = world.opened();
    // A mobile team weighs at once.
    let cleared = world.weigh(&opened, 49_000);
    assert_eq!(cleared.state, InspectionState::Cleared);
    let released = world.step(&cleared, release());
    assert!(!released.index().over);
    assert_eq!(released.index().unloaded_kg, Kilograms::ZERO);
}

#[test]
fn one_kilogram_decides() {
    let mut world = World::new();
    let opened = world.opened();
    assert_eq!(world.weigh(&opened, 49_001).state, InspectionState::Over);
    let over = world.over();
    assert_eq!(
        world.reweigh(&over, 49_001).state,
        InspectionState::ReweighedOver
    );
    assert_eq!(world.reweigh(&over, 49_000).state, InspectionState::Cleared);
}

#[test]
fn over_again_after_clearing_is_a_new_act_with_an_inspection_of_its_own() {
    let mut world = World::new();
    let over = world.over();
    let moved = world.step(&over, transfer(&[74_000]));
    let cleared = world.reweigh(&moved, 32_220);
    let entry = world.cross(60_000);
    assert_eq!(
        world.refused(&cleared, InspectionAction::Reweigh(entry)),
        Refusal::NewAct {
            gross_kg: kg(60_000),
            limit_kg: kg(49_000),
            inspection_id: cleared.inspection_id.clone(),
        }
    );
    let select = Select {
        station: text("140423"),
        lane: Some(3),
        inspection_id: None,
        by: SelectedBy::Officer,
        passage_id: Some(format!("p{}", world.passages)),
        plate: None,
        follows: Some(cleared.inspection_id.clone()),
        note: None,
    };
    let again = open(&select, &actor(Role::Operator), &world.facts(), world.now).unwrap();
    assert_ne!(again.inspection_id, cleared.inspection_id);
    assert_eq!(again.follows.as_ref(), Some(&cleared.inspection_id));
    // The platform weighing that picked it out is its first weighing.
    let entry = WeighingEntry {
        weighing: WeighingInput::Passage(PassageInput {
            passage_id: format!("p{}", world.passages),
        }),
        plate_differs: None,
        request: None,
    };
    let again = world.step(&again, InspectionAction::Weigh(entry));
    assert_eq!(again.state, InspectionState::Over);
}

#[test]
fn refusing_forcing_and_evading_are_findings_of_their_own() {
    let mut world = World::new();
    let opened = world.opened();
    let refused = world.step(&opened, InspectionAction::Refuse(finding()));
    assert_eq!(refused.state, InspectionState::Refused);
    // It submits after all, is over, and refuses to unload: a finding, and it stays over.
    let led_in = world.step(&refused, lead_in());
    let over = world.weigh(&led_in, 106_180);
    let over = world.step(&over, InspectionAction::Refuse(finding()));
    assert_eq!(over.state, InspectionState::Over);
    let escaped = world.step(&over, InspectionAction::ForceThrough(finding()));
    assert_eq!(escaped.state, InspectionState::Escaped);
    let found: Vec<_> = escaped
        .findings
        .iter()
        .map(|record| (record.what.kind, record.what.kind.offence()))
        .collect();
    assert_eq!(
        found,
        [
            (FindingKind::Refused, OffenceKind::Obstruction),
            (FindingKind::Refused, OffenceKind::Obstruction),
            (FindingKind::ForcedThrough, OffenceKind::Evasion),
        ]
    );
    let keys: std::collections::BTreeSet<_> = escaped
        .findings
        .iter()
        .map(|record| &record.what.finding_id)
        .collect();
    assert_eq!(keys.len(), 3);
    let none = FindingEntry {
        pictures: Vec::new(),
        ..finding()
    };
    assert_eq!(
        world.refused(&opened, InspectionAction::Evade(none.clone())),
        Refusal::NoPictures
    );
    let said = FindingEntry {
        no_pictures: Some(text("摄像机停电")),
        ..none
    };
    let evaded = world.step(&opened, InspectionAction::Evade(said));
    assert_eq!(evaded.state, InspectionState::Escaped);
    // Its plate may become known later.
    let identify = Identify {
        reason: IdentifyReason::Misread,
        plate: Some(text("晋D54321")),
        trailer_plate: None,
        note: None,
    };
    let known = world.step(&evaded, InspectionAction::Identify(identify));
    assert_eq!(known.plate(), Some("晋D54321"));
    assert_eq!(known.selection.plate.as_deref(), Some(PLATE));
}
