//! Counters: what is counted now is answered now, and that the tracks are still to follow is said.

use reqwest::StatusCode;
use serde_json::{Value, json};
use steelyard::casework::procedure::TrackKind;
use steelyard::role::Role;
use steelyard::store::records::{Actor, NewRegisterEntry, Party, RegisterBatch};
use steelyard::units::Micros;

use crate::site::{PLATE, Site, start};

/// A past case of a vehicle, as the register takes it.
fn past_case(number: i64) -> NewRegisterEntry {
    let case_id = format!("晋罚{number}");
    let case = steelyard::law::CountedCase {
        case_id: case_id.clone(),
        act_id: case_id.clone(),
        act: steelyard::law::CountedAct::Overload,
        day_of_act: start().beijing_day(),
        day_of_decision: Some(start().beijing_day()),
        authority: steelyard::law::DecidingAuthority::Transport,
        vehicle_plate: Some(PLATE.to_owned()),
        trailer_plate: None,
        driver_id: None,
        carrier_id: None,
        source_id: None,
        outcome: steelyard::law::DecisionOutcome::Fine,
        fine_yuan: None,
        state: steelyard::law::DecisionState::Effective,
        over_limit_on_own_weighing: true,
    };
    NewRegisterEntry {
        kind: "past_cases",
        key: case_id.clone(),
        label: case_id.clone(),
        plate: None,
        carrier: None,
        valid_from: None,
        valid_until: None,
        active: true,
        expected_version: 0,
        body: json!({"case_id": case_id}),
        counted: Some(steelyard::store::records::NewCountedCase::of(&case).unwrap()),
    }
}

#[tokio::test]
async fn a_count_is_never_stale_and_a_roll_to_come_is_said() {
    let site = Site::new().await;
    let token = site.token("li", Role::Supervisor).await;
    let counter = format!("/api/v1/counters/vehicle/{PLATE}");
    let ask = async |path: &str| -> Value {
        let (status, body) = site.get(&token, path).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        body
    };
    let before = ask(&counter).await;
    assert_eq!(before["count"]["count"], 0);
    assert_eq!(before["rolling"], Value::Null);
    assert_eq!(before["in_register"], false);
    let asked = format!("台账和案件中均没有“{PLATE}”，请核对输入是否有误。");
    assert!(
        before["zh"].as_array().unwrap().contains(&json!(asked)),
        "{before}"
    );
    let batch = RegisterBatch {
        entries: (0..4).map(past_case).collect(),
        actor: Actor("li".to_owned()),
        from: json!({}),
        reason: None,
    };
    site.store.change_register(batch).await.unwrap();
    // Nobody has rolled anything here; the count is the present one.
    let after = ask(&counter).await;
    assert_eq!(after["count"]["count"], 4);
    assert_eq!(after["exceeded"], true);
    assert!(
        !after["zh"].as_array().unwrap().contains(&json!(asked)),
        "{after}"
    );
    assert_eq!(after["rolling"]["track"], "vehicle");
    assert_eq!(after["rolling"]["failures"], 0);
    assert_eq!(ask("/api/v1/proposals").await["rolling"], 1);
    // The register knows a plate whatever its colour.
    let vehicle = json!({"plate": PLATE, "colour": "yellow", "kind": "truck", "axles": 4});
    let change = json!({"entry": vehicle, "expected_version": 0, "reason": "登记"});
    let (status, answer) = site
        .post(&token, "/api/v1/registers/vehicles", &change)
        .await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    assert_eq!(ask(&counter).await["in_register"], true);
    let status = ask("/api/v1/status").await;
    assert_eq!(status["counters"]["waiting"], 1);
    assert_eq!(status["counters"]["failed"], json!([]));
    assert_eq!(status["counters"]["failing"], Value::Null);

    // A party that could not be rolled is named, with the reason.
    let party = Party {
        track: TrackKind::Vehicle,
        id: PLATE.to_owned(),
    };
    let row = site.store.party_waiting(&party).await.unwrap().unwrap();
    let due = start().saturating_add(Micros::from_seconds(60));
    site.store
        .roll_later(party, row.marked, due, "contradiction")
        .await
        .unwrap();
    let status = ask("/api/v1/status").await;
    assert_eq!(status["counters"]["failed"][0]["id"], PLATE);
    assert_eq!(status["counters"]["failed"][0]["failure"], "contradiction");
    assert_eq!(ask(&counter).await["rolling"]["failure"], "contradiction");
    // Who may not look at a counter is told that one failed, and not whose.
    for (name, role) in [("program", Role::Machine), ("root", Role::Administrator)] {
        let token = site.token(name, role).await;
        let (_, body) = site.get(&token, &counter).await;
        assert_eq!(body["error"]["code"], "forbidden");
        let (_, status) = site.get(&token, "/api/v1/status").await;
        let failed = &status["counters"]["failed"][0];
        assert_eq!(failed["track"], "vehicle");
        assert_eq!(failed["failures"], 1);
        assert!(failed.get("id").is_none() && failed.get("failure").is_none());
        assert!(!status.to_string().contains(PLATE), "{status}");
    }
    site.shut_down().await;
}
