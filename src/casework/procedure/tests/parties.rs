//! Whose track it is: the vehicle of the act, a party that was known, the register.

use super::super::*;
use super::support::*;
use crate::casework::case_file::{CaseFile, TrackState};

const AT: &str = "2025-03-14";

fn given(track: TrackKind, id: &str, name: Option<&str>, reason: Option<&str>) -> CaseAction {
    CaseAction::SetParty {
        track,
        id: id.into(),
        name: name.map(str::to_owned),
        trailer_plate: None,
        reason: reason.map(str::to_owned),
    }
}

fn field(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Invalid { field, .. } => field,
        other => panic!("{other:?}"),
    }
}

fn vehicle_of(case: &CaseFile) -> Option<String> {
    counted(case).unwrap().vehicle_plate
}

#[test]
fn the_vehicle_of_a_case_is_that_of_its_act_unless_it_is_said_why() {
    let mut desk = Desk::new(opened("p1", day(AT), 7_640));
    desk.reviewed().filed(Procedure::Ordinary);
    let own = desk.case.plate.clone();
    let other = "晋D00001";
    for reason in [None, Some(""), Some("  ")] {
        let wrong = given(TrackKind::Vehicle, other, Some("x"), reason);
        let refusal = desk.refused(&mobile(), &wrong);
        assert_eq!(field(&refusal), "reason");
        assert!(refusal.zh().contains(&own) && refusal.zh().contains(other));
    }
    // Its own plate needs none.
    desk.does(&mobile(), given(TrackKind::Vehicle, &own, None, None));
    assert_eq!(desk.case.tracks.vehicle.party.as_ref(), Some(&own));
    let why = "悬挂其他车辆号牌，车架号核实";
    desk.does(&mobile(), given(TrackKind::Vehicle, other, None, Some(why)));
    let said = desk.case.tracks.vehicle.history.last().unwrap();
    let text = said.text.as_deref().unwrap();
    assert!(text.contains(why) && text.contains(&own), "{text}");
    let said = desk.case.course.history.last().unwrap();
    assert_eq!(said.why.as_deref(), Some(why));
}

#[test]
fn after_the_decision_no_reason_makes_it_another_vehicle() {
    let mut desk = Desk::new(opened("p1", day(AT), 7_640));
    desk.up_to_service(3_500);
    let own = desk.case.plate.clone();
    let wrong = given(TrackKind::Vehicle, "晋D00001", None, Some("看错了"));
    assert_eq!(field(&desk.refused(&mobile(), &wrong)), "id");
    desk.paid("F-1", 3_500, 0).closed();
    assert_eq!(field(&desk.refused(&mobile(), &wrong)), "id");
    assert_eq!(vehicle_of(&desk.case), Some(own));

    // Nor after that of the police.
    let mut desk = Desk::new(opened("p2", day(AT), 7_640));
    desk.reviewed().parties();
    let unit = "交警大队".to_owned();
    desk.does(&mobile(), CaseAction::HandToPolice { unit });
    let decision = CaseAction::PoliceDecision {
        number: "公交决1号".into(),
        on: desk.today(),
        fine_yuan: crate::units::Yuan::new(1_000),
        points: 3,
        over_limit_on_own_weighing: Some(true),
        text: String::new(),
    };
    desk.does(&police(), decision);
    assert_eq!(field(&desk.refused(&mobile(), &wrong)), "id");
}

#[test]
fn a_known_party_becomes_another_for_a_reason_only() {
    for track in [
        TrackKind::Driver,
        TrackKind::Carrier,
        TrackKind::LoadingSource,
    ] {
        let mut desk = Desk::new(opened("p1", day(AT), 7_640));
        desk.reviewed().filed(Procedure::Ordinary);
        desk.does(&mobile(), given(track, "X-1", Some("甲"), None));
        // The same again is no change.
        desk.does(&mobile(), given(track, "X-1", Some("甲"), None));
        for (id, name) in [("X-2", "乙"), ("X-1", "乙")] {
            let refusal = desk.refused(&mobile(), &given(track, id, Some(name), None));
            assert_eq!(field(&refusal), "reason", "{track:?} {id}");
            assert!(refusal.zh().contains("X-1"), "{}", refusal.zh());
        }
        assert_eq!(desk.case.tracks.get(track).counted_id(), Some("X-1"));
        desk.does(&mobile(), given(track, "X-2", Some("乙"), Some("证件核对")));
        assert_eq!(desk.case.tracks.get(track).counted_id(), Some("X-2"));
        assert_eq!(desk.case.tracks.get(track).state, TrackState::Pending);
    }
}

#[test]
fn the_register_names_whom_it_knows_and_nobody_else_is_called_registered() {
    let mut desk = Desk::new(opened("p1", day(AT), 7_640));
    desk.reviewed().filed(Procedure::Ordinary);
    let driver = TrackKind::Driver;
    let registers = |name: Option<&str>| {
        Some(RegisterEntry {
            track: driver,
            id: "D-1".into(),
            name: name.map(str::to_owned),
        })
    };
    desk.facts.party = registers(Some("张演示"));
    let wrong = desk.refused(&mobile(), &given(driver, "D-1", Some("李四"), None));
    assert_eq!(field(&wrong), "name");
    for text in [wrong.zh(), wrong.to_string()] {
        assert!(text.contains("张演示") && text.contains("李四"), "{text}");
    }
    desk.does(&mobile(), given(driver, "D-1", None, None));
    let track = desk.case.tracks.driver.clone();
    assert_eq!(track.party.as_deref(), Some("张演示"));
    assert_eq!(track.registered, Some(true));

    // Whom it does not know is taken as given, and that is kept.
    let mut desk = Desk::new(opened("p2", day(AT), 7_640));
    desk.reviewed().filed(Procedure::Ordinary);
    desk.facts.party = registers(None);
    let nameless = desk.refused(&mobile(), &given(driver, "D-1", None, None));
    assert_eq!(field(&nameless), "name");
    desk.does(&mobile(), given(driver, "D-1", Some("李四"), None));
    assert_eq!(desk.case.tracks.driver.registered, Some(false));
    // What was looked up for another says nothing of this one.
    desk.does(&mobile(), given(driver, "D-2", Some("王五"), Some("更正")));
    assert_eq!(desk.case.tracks.driver.registered, None);
}

#[test]
fn a_source_is_compared_too_and_traced_again_for_the_reason_given() {
    let mut desk = Desk::new(opened("p1", day(AT), 7_640));
    desk.reviewed().filed(Procedure::Ordinary);
    let trace = |id: &str, name: Option<&str>| CaseAction::TraceSource {
        finding: SourceFinding::ByEnquiry,
        sheet_number: None,
        source_id: Some(id.into()),
        source_name: name.map(str::to_owned),
        text: "询问笔录载明".into(),
    };
    desk.facts.party = Some(RegisterEntry {
        track: TrackKind::LoadingSource,
        id: "YT-001".into(),
        name: Some("演示石料厂".into()),
    });
    let wrong = desk.refused(&mobile(), &trace("YT-001", Some("某煤场")));
    assert_eq!(field(&wrong), "name");
    desk.does(&mobile(), trace("YT-001", None));
    let track = &desk.case.tracks.loading_source;
    assert_eq!(track.party.as_deref(), Some("演示石料厂"));
    desk.does(&mobile(), trace("YT-002", Some("某煤场")));
    let said = desk.case.tracks.loading_source.history.last().unwrap();
    assert!(said.text.as_deref().unwrap().contains("询问笔录载明"));
}

#[test]
fn whether_the_police_weighed_over_the_limit_is_stated() {
    let mut desk = Desk::new(opened("p1", day(AT), 7_640));
    desk.reviewed().parties();
    let unit = "交警大队".to_owned();
    desk.does(&mobile(), CaseAction::HandToPolice { unit });
    let said = |over: Option<bool>| {
        let mut json = serde_json::json!({"action": "police_decision", "number": "公交决1号",
            "on": AT, "fine_yuan": 1_000});
        if let Some(over) = over {
            json["over_limit_on_own_weighing"] = over.into();
        }
        serde_json::from_value::<CaseAction>(json).unwrap()
    };
    let refusal = desk.refused(&police(), &said(None));
    assert_eq!(field(&refusal), "over_limit_on_own_weighing");
    assert!(refusal.zh().contains("true") && refusal.zh().contains("false"));
    desk.does(&police(), said(Some(false)));
    assert!(!counted(&desk.case).unwrap().over_limit_on_own_weighing);
}
