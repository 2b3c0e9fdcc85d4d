//! A scale drifts under its traffic until its lane enforces nothing any more, and a person switches it on
//! again.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::road::{Road, Truck};
use crate::{check_again, withheld};

const LANE: &str = "/api/v1/lanes/1/enforcement";
/// The charts learn from so many vehicles,
const LEARNT: i64 = 200;
/// and watch a while: the last good state is some vehicles before the drift.
const USUAL: i64 = 230;
/// `docs/drift.md`: 5 per cent shows in a drive tandem after 29 vehicles, more sooner.
const SOON: i64 = 40;

async fn passage(road: &Road, id: &str) -> Value {
    road.get("li", &format!("/api/v1/passages/{id}")).await
}

/// An overloaded truck crosses; its passage once it is closed.
async fn judged(road: &mut Road, number: i64) -> Value {
    let id = road.crosses(&Truck::overloaded(number)).await;
    road.close_all().await;
    let passage = passage(road, &id).await;
    assert_eq!(passage["state"], "closed");
    let class = passage["class"].as_str().unwrap();
    assert!(
        ["overloaded", "hundred_ton"].contains(&class),
        "judged as ever: {class}"
    );
    passage
}

#[tokio::test(flavor = "multi_thread")]
async fn a_drifting_scale_stops_its_lane_from_enforcing_until_a_person_has_checked_it() {
    let mut road = Road::new().await;
    for number in 0..LEARNT {
        road.crosses(&Truck::legal(number)).await;
    }
    let before = judged(&mut road, 1).await;
    assert_eq!(withheld(&before), Vec::<&str>::new(), "{before}");
    let old_case = before["case_id"].clone();
    assert!(old_case.is_string(), "{before}");
    for number in LEARNT..USUAL {
        road.crosses(&Truck::legal(number)).await;
    }

    // The scale reads a tenth too much, speeds and so spacings, too.
    road.gain_per_mille = 1_100;
    let unnoticed = judged(&mut road, 2).await;
    assert_eq!(withheld(&unnoticed), Vec::<&str>::new(), "nobody knows yet");
    let mut crossed = vec![unnoticed["passage_id"].clone()];
    let mut off = Value::Null;
    for number in 0..SOON {
        let id = road.crosses(&Truck::legal(USUAL + number)).await;
        crossed.push(json!(id));
        off = road.get("li", LANE).await["enforcement_off"].clone();
        if !off.is_null() {
            break;
        }
    }
    assert_eq!(off["reason"], "drift", "after {} trucks", crossed.len());
    println!("enforcement off after {} trucks of drift", crossed.len());
    let drifts = |status: &Value| status["lanes"][0]["findings"][0]["name"] == "drift";
    let status = road.wait_for("li", "/api/v1/status", drifts).await;
    let lane = &status["lanes"][0];
    assert_eq!(lane["enforcement_off"]["reason"], "drift", "{lane}");
    let seen = lane["findings"][0]["seen_per_mille"].as_i64().unwrap();
    assert!((60..=140).contains(&seen), "{seen} per mille of 100");

    // Recording goes on, enforcing does not, and it is said why.
    let blocked = judged(&mut road, 3).await;
    assert!(withheld(&blocked).contains(&"enforcement_off"), "{blocked}");
    assert_eq!(blocked["case_id"], Value::Null);
    assert_eq!(blocked["enforceable"], false);

    // What it touches: everything since the last good state, and the case that rests on some of it.
    let history = road.get("li", LANE).await;
    let entry = &history["items"][0];
    assert_eq!(
        (&entry["kind"], &entry["actor"]),
        (&json!("enforcement_off"), &json!("system:station"))
    );
    assert_eq!(entry["body"]["off"]["since"], off["since"]);
    let touched = &entry["body"]["touched"];
    let ids = touched["passage_ids"].as_array().unwrap();
    assert_eq!(touched["count"], ids.len());
    let listed = |id: &Value| ids.contains(id);
    // The one in which it was found is on its way while the list is made.
    for id in &crossed[1..crossed.len() - 1] {
        assert!(listed(id), "{id} is missing from {touched}");
    }
    assert!(!listed(&before["passage_id"]), "{touched}");
    let since = steelyard::units::Micros::new(off["since"].as_i64().unwrap()).rfc3339();
    let path = format!("/api/v1/passages?lane=1&from={since}&limit=200");
    let all = road.get("li", &path).await;
    let all = all["items"].as_array().unwrap();
    assert!(
        all.iter()
            .any(|item| item["passage_id"] == blocked["passage_id"])
    );
    for item in all {
        assert!(item["crossed_at"].as_str().unwrap() >= since.as_str());
    }
    let cases = touched["case_ids"].as_array().unwrap();
    assert!(!cases.contains(&old_case), "{cases:?}");
    assert!(cases.contains(&unnoticed["case_id"]), "{cases:?}");

    // An operator can't switch it on, a supervisor says why.
    let on = json!({"state": "on", "reason": "砝码复检合格，增益已恢复"});
    let (status, _) = road.post("li", LANE, &on).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let (status, _) = road
        .post("wang", LANE, &json!({"state": "on", "reason": " "}))
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    road.gain_per_mille = 1_000;
    let (status, answer) = road.post("wang", LANE, &on).await;
    assert_eq!(
        (status, &answer["enforcement_off"]),
        (StatusCode::CREATED, &Value::Null)
    );
    let history = road.get("li", LANE).await;
    assert_eq!(history["items"][0]["kind"], "enforcement_on");
    assert_eq!(history["items"][0]["actor"], "wang");
    assert_eq!(history["items"][0]["body"]["on"]["reason"], on["reason"]);

    let after = judged(&mut road, 4).await;
    assert!(!withheld(&after).contains(&"enforcement_off"), "{after}");
    // What crossed in between stays as it was judged.
    let still = passage(&road, blocked["passage_id"].as_str().unwrap()).await;
    assert!(withheld(&still).contains(&"enforcement_off"), "{still}");

    let folder = road.shut_down().await;
    check_again(&folder.path().join("data"));
}
