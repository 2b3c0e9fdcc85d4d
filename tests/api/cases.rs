//! Single passages and cases, pictures, and the two reviews.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use steelyard::casework::{Action, CaseFile, step};
use steelyard::clock::Clock;
use steelyard::evidence::journal::sha256_hex;
use steelyard::role::Role;
use steelyard::store::records::{ActChange, Actor, CaseStep};

use crate::site::{PLATE, Site, Truck, jpeg};

#[tokio::test]
async fn one_passage_tells_all_that_is_behind_it() {
    let site = Site::new().await;
    let token = site.token("li", Role::Operator).await;
    let truck = Truck::overloaded(1);
    let id = site.cross(&truck).await;
    let (status, body) = site.get(&token, &format!("/api/v1/passages/{id}")).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(body["plate"], PLATE);
    assert_eq!(body["crossed_at"], "2025-03-14T08:00:01.000000Z");
    assert_eq!(
        body["axles"][1],
        json!({"load_kg": 51_000, "left_kg": null, "right_kg": null,
        "spacing_mm": 3_600})
    );
    assert_eq!(body["limit_kg"], 49_000);
    assert_eq!(body["overage_percent"], "11.12");
    assert_eq!(body["verdict"]["derivation"][0]["rule"], "mass_limit");
    assert_eq!(body["association"]["state"], "matched");
    assert_eq!(body["withheld"], json!([]));
    assert_eq!(body["plate_unconfirmed"], true);
    assert_eq!(body["host_clock"], Value::Null, "nobody asked it");
    assert_eq!(body["enforceable"], true);
    assert_eq!(body["case_id"], format!("case-{id}"));
    let sequences = [&body["journal"]["weighing"], &body["journal"]["closing"]];
    assert!(sequences[0].as_i64() < sequences[1].as_i64());

    let picture = &body["pictures"][0];
    let url = picture["url"].as_str().unwrap();
    let response = site
        .request(Method::GET, Some(&token), url)
        .send()
        .await
        .unwrap();
    assert_eq!(response.headers()["content-type"], "image/jpeg");
    let cache = response.headers()["cache-control"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        cache.contains("immutable") && cache.contains("private"),
        "{cache}"
    );
    let bytes = response.bytes().await.unwrap();
    assert_eq!(bytes, jpeg(truck.number));
    assert_eq!(sha256_hex(&bytes), picture["sha256"].as_str().unwrap());

    let open = site
        .weigh(&Truck {
            class: None,
            ..Truck::new(2)
        })
        .await;
    let (_, open) = site.get(&token, &format!("/api/v1/passages/{open}")).await;
    assert_eq!(open["state"], "weighed");
    for member in ["plate", "withheld", "association", "enforceable", "case_id"] {
        assert_eq!(open[member], Value::Null, "{member}");
    }
    let held = site
        .cross(&Truck {
            plate: None,
            ..Truck::new(3)
        })
        .await;
    let (_, held) = site.get(&token, &format!("/api/v1/passages/{held}")).await;
    assert_eq!(held["withheld"][0]["code"], "picture_missing");
    assert_eq!(held["withheld"][0]["zh"], "没有完整的照片");
    site.shut_down().await;
}

fn review(decision: &str, version: i64) -> Value {
    json!({"decision": decision, "reason": null, "note": null, "expected_version": version})
}

#[tokio::test]
async fn two_persons_confirm_a_case_and_the_timeline_says_who() {
    let site = Site::new().await;
    let li = site.token("li", Role::Reviewer).await;
    let wang = site.token("wang", Role::LegalReviewer).await;
    let zhao = site.token("zhao", Role::Operator).await;
    let id = site.cross(&Truck::overloaded(1)).await;
    let path = format!("/api/v1/cases/case-{id}");
    let reviews = format!("{path}/reviews");
    let (status, case) = site.get(&zhao, &path).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(case["state"], "awaiting_first_review");
    assert_eq!(
        (&case["version"], &case["next_review"]),
        (&json!(1), &json!("first"))
    );
    assert_eq!(case["computed_yuan"], 2_500);
    assert_eq!(case["derivation"][0]["rule"], "mass_limit");
    assert_eq!(case["axles"].as_array().unwrap().len(), 2);
    assert_eq!(case["pictures"][0]["passage_id"], json!(id));
    assert_eq!(case["tracks"]["vehicle"]["party"], PLATE);
    assert_eq!(case["tracks"]["loading_source"]["state"], "party_unknown");
    assert_eq!(case["timeline"][0]["step"], "opened");
    assert_eq!(case["timeline"][0]["actor"], "system:station");

    let (status, _) = site.post(&zhao, &reviews, &review("confirm", 1)).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "an operator reviews nothing");
    let (status, body) = site.post(&wang, &reviews, &review("confirm", 1)).await;
    assert_eq!(
        status,
        StatusCode::FORBIDDEN,
        "a legal reviewer comes second: {body}"
    );

    site.pass(60);
    let (status, case) = site.post(&li, &reviews, &review("confirm", 1)).await;
    assert_eq!(status, StatusCode::CREATED, "{case}");
    assert_eq!(
        (&case["state"], &case["version"]),
        (&json!("awaiting_second_review"), &json!(2))
    );
    let (status, body) = site.post(&li, &reviews, &review("confirm", 2)).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "{body}");
    assert!(
        body["error"]["message"]
            .as_str()
            .unwrap()
            .contains("不得为同一人")
    );

    let (status, body) = site.post(&wang, &reviews, &review("confirm", 1)).await;
    assert_eq!(
        (status, &body["error"]["code"]),
        (StatusCode::CONFLICT, &json!("conflict"))
    );
    // One camera alone read the plate: somebody has to say that it was compared with the picture.
    assert_eq!(case["plate_unconfirmed"], true);
    let (status, body) = site.post(&wang, &reviews, &review("confirm", 2)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
    assert_eq!(body["error"]["field"], "plate_compared", "{body}");
    for (decision, compared) in [("confirm", json!("yes")), ("discard", json!(true))] {
        let mut wrong = review(decision, 2);
        wrong["plate_compared"] = compared;
        let (status, body) = site.post(&wang, &reviews, &wrong).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert_eq!(body["error"]["field"], "plate_compared", "{body}");
    }
    let mut compared = review("confirm", 2);
    compared["plate_compared"] = json!(true);
    let (status, case) = site.post(&wang, &reviews, &compared).await;
    assert_eq!(
        (status, &case["state"]),
        (StatusCode::CREATED, &json!("confirmed"))
    );
    let timeline = case["timeline"].as_array().unwrap();
    let actors: Vec<_> = timeline
        .iter()
        .map(|entry| entry["actor"].as_str().unwrap())
        .collect();
    assert_eq!(actors, ["system:station", "li", "wang"]);
    assert_eq!(case["reviews"][0]["at"], "2025-03-14T08:01:00.000000Z");
    assert_eq!(case["reviews"][1]["role"], "legal_reviewer");
    for (number, compared) in [(0, false), (1, true)] {
        assert_eq!(case["reviews"][number]["plate_compared"], compared);
        let review = &case["timeline"][number + 1]["review"];
        assert_eq!(review["plate_compared"], compared, "{review}");
    }

    // Once in the history and once in the journal, in the form of every step.
    let history = case["course"]["history"].as_array().unwrap();
    let steps: Vec<_> = history
        .iter()
        .map(|step| [&step["action"], &step["by"], &step["to"]])
        .collect();
    assert_eq!(
        json!(steps),
        json!([
            ["confirm", "li", "awaiting_second_review"],
            ["confirm", "wang", "confirmed"]
        ])
    );
    assert_eq!(timeline.len(), 3);
    for entry in &timeline[1..] {
        assert_eq!(
            json!([entry["kind"], entry["step"], entry["action"]]),
            json!(["case_stepped", "stepped", "confirm"])
        );
    }

    let (status, _) = site.post(&wang, &reviews, &review("discard", 3)).await;
    assert_eq!(
        status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "discarding needs a reason"
    );
    let other = site.token("sun", Role::Supervisor).await;
    let (status, _) = site.post(&other, &reviews, &review("confirm", 3)).await;
    assert_eq!(status, StatusCode::CONFLICT, "confirmed is final");
    site.shut_down().await;
}

/// A review by the route and one by a step are the same, and one that a journal of before holds is read.
#[tokio::test]
async fn reviews_are_steps_and_those_of_before_are_read() {
    let site = Site::new().await;
    let wang = site.token("wang", Role::LegalReviewer).await;
    let id = site.cross(&Truck::overloaded(1)).await;
    let case_id = format!("case-{id}");
    let (_, opened) = site.get(&wang, &format!("/api/v1/cases/{case_id}")).await;
    let journal = site.store.journal_after(0, 1_000).await.unwrap();
    let opening = journal
        .iter()
        .find(|row| row.kind == "case_opened")
        .unwrap();
    let body: Value = serde_json::from_str(opening.body.as_ref().unwrap()).unwrap();
    let case = CaseFile::from_bodies(&[body]).unwrap();
    // As the first review was written before reviews were steps.
    let action = Action::Confirm {
        plate_compared: false,
        note: Some("清楚".to_owned()),
    };
    let after = step(&case, action, "li", Role::Reviewer, site.clock.now()).unwrap();
    let mut columns = site.store.case(&case_id).await.unwrap().unwrap().columns;
    columns.state = after.state.name().to_owned();
    let older = CaseStep {
        case_id: case_id.clone(),
        expected_version: opened["version"].as_i64().unwrap(),
        columns,
        officers: None,
        numbers: Vec::new(),
        act: ActChange::Keep,
        counted: None,
        recount: std::collections::BTreeSet::new(),
        actor: Actor("li".to_owned()),
        at: site.clock.now(),
        kind: "case_reviewed",
        body: json!({"step": "reviewed", "review": after.reviews.last(), "case": after}),
    };
    site.store.step_case(older).await.unwrap();
    let mut second = json!({"action": "confirm", "plate_compared": true});
    second["expected_version"] = json!(2);
    let (status, case) = site
        .post(&wang, &format!("/api/v1/cases/{case_id}/steps"), &second)
        .await;
    assert_eq!(status, StatusCode::CREATED, "{case}");
    assert_eq!(case["state"], "confirmed");
    assert_eq!(case["reviews"].as_array().unwrap().len(), 2);
    let kinds: Vec<_> = case["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| json!([entry["kind"], entry["review"]["stage"]]))
        .collect();
    assert_eq!(
        json!(kinds),
        json!([
            ["case_opened", null],
            ["case_reviewed", "first"],
            ["case_stepped", "second"]
        ])
    );
    assert_eq!(case["timeline"][1]["review"]["note"], "清楚");
    site.store.verify_journal(|_, _| {}).await.unwrap();
    site.shut_down().await;
}

/// What a person opens by hand with a passage, or near another case.
fn by_hand(plate: &str, passage: &str) -> Value {
    json!({"origin": "report", "plate": plate, "passages": [passage], "facts": "群众举报"})
}

#[tokio::test]
async fn a_weighing_without_axles_is_judged_by_what_the_officer_said_of_the_vehicle() {
    let site = Site::new().await;
    site.pass(60_000);
    let li = site.token("li", Role::Reviewer).await;
    let zhao = site.token("zhao", Role::Operator).await;
    // Nobody said anything: the case has no class, and no amount.
    let id = site.cross(&Truck::without_axles(1)).await;
    let (status, case) = site.post(&li, "/api/v1/cases", &by_hand(PLATE, &id)).await;
    assert_eq!(status, StatusCode::CREATED, "{case}");
    assert_eq!(
        (&case["class"], &case["computed_yuan"]),
        (&Value::Null, &Value::Null)
    );
    let (_, list) = site.get(&li, "/api/v1/cases").await;
    assert_eq!(list["items"][0]["class"], Value::Null, "{list}");
    // Six axles, two of them driven: 49,000 kg.
    let id = site.cross(&Truck::without_axles(7_200)).await;
    let begin = json!({"by": "officer", "passage_id": id});
    let (status, stay) = site.post(&zhao, "/api/v1/inspections", &begin).await;
    assert_eq!(status, StatusCode::CREATED, "{stay}");
    let steps = format!(
        "/api/v1/inspections/{}/steps",
        stay["inspection_id"].as_str().unwrap()
    );
    for (version, action) in [
        json!({"action": "lead_in"}),
        json!({"action": "weigh", "weighing": {"from": "passage", "passage_id": id}}),
        json!({"action": "describe", "axles": 6, "driven_axles": 2}),
    ]
    .into_iter()
    .enumerate()
    {
        let mut action = action;
        action["expected_version"] = json!(version + 1);
        let (status, answer) = site.post(&zhao, &steps, &action).await;
        assert_eq!(status, StatusCode::CREATED, "{answer}");
    }
    let (status, case) = site.post(&li, "/api/v1/cases", &by_hand(PLATE, &id)).await;
    assert_eq!(status, StatusCode::CREATED, "{case}");
    assert_eq!(case["class"], "overloaded");
    assert_eq!(case["limit_kg"], 49_000);
    assert_eq!(case["overage_kg"], 8_170);
    assert_eq!(case["computed_yuan"], 4_000);
    assert!(
        case.to_string()
            .contains("按执法人员认定的6轴，其中驱动轴2轴认定"),
        "{case}"
    );
    site.store.verify_journal(|_, _| {}).await.unwrap();
    site.shut_down().await;
}

#[tokio::test]
async fn of_many_hands_on_one_passage_one_opens_the_case() {
    let site = Site::new().await;
    // After the last truck.
    site.pass(60_000);
    let li = site.token("li", Role::Reviewer).await;
    for number in 0..5 {
        let id = site.cross(&Truck::overloaded(number * 7_200)).await;
        let reviews = format!("/api/v1/cases/case-{id}/reviews");
        let discard = json!({"decision": "discard", "reason": "same_act", "expected_version": 1});
        let (status, answer) = site.post(&li, &reviews, &discard).await;
        assert_eq!(status, StatusCode::CREATED, "{answer}");
        // Its own case came to nothing; now four people open one of it, whatever they say of the act.
        let mut given = by_hand(PLATE, &id);
        if number % 2 == 0 {
            given["separate_act"] = json!("另案");
        }
        let rush = (0..4).map(|_| site.post(&li, "/api/v1/cases", &given));
        let answers = futures::future::join_all(rush).await;
        let mut statuses: Vec<_> = answers.iter().map(|one| one.0.as_u16()).collect();
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409, 409, 409], "{answers:?}");
        let made = answers
            .iter()
            .find(|one| one.0 == StatusCode::CREATED)
            .unwrap();
        for (status, refused) in &answers {
            if *status == StatusCode::CONFLICT {
                assert_eq!(refused["case_id"], made.1["case_id"], "{refused}");
            }
        }
    }
    // Not before the passage is closed.
    let open = site.weigh(&Truck::overloaded(50_000)).await;
    let (status, answer) = site
        .post(&li, "/api/v1/cases", &by_hand(PLATE, &open))
        .await;
    assert_eq!(
        (status, &answer["error"]["code"]),
        (StatusCode::CONFLICT, &json!("refused")),
        "{answer}"
    );
    site.store.verify_journal(|_, _| {}).await.unwrap();
    site.shut_down().await;
}

#[tokio::test]
async fn the_same_act_is_the_same_vehicle_at_the_same_time() {
    let site = Site::new().await;
    site.pass(100_000);
    let li = site.token("li", Role::Reviewer).await;
    let first = site.cross(&Truck::overloaded(1)).await;
    let case_id = format!("case-{first}");
    let other = Truck {
        plate: Some("冀B0000学"),
        case: false,
        ..Truck::overloaded(60)
    };
    let passage = site.cross(&other).await;
    let mut given = by_hand("冀B0000学", &passage);
    given["same_act_as"] = json!(case_id);
    let (status, answer) = site.post(&li, "/api/v1/cases", &given).await;
    assert_eq!(
        status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "another plate: {answer}"
    );
    assert_eq!(answer["error"]["field"], "same_act_as", "{answer}");
    // With the reason it is let in, and the reason stands in the file.
    given["plate_differs"] = json!("前后号牌不同，经比对照片为同一车辆");
    let (status, answer) = site.post(&li, "/api/v1/cases", &given).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    assert_eq!(answer["act_id"], case_id.as_str());
    let note = answer["course"]["notes"][0]["text"].as_str().unwrap();
    assert!(
        note.contains(&case_id) && note.contains("为同一车辆"),
        "{note}"
    );
    // A weighing of another time is another act, whatever anybody says.
    for plate in [PLATE, "冀B0000学"] {
        let later = Truck {
            plate: Some(plate),
            case: false,
            ..Truck::overloaded(90_000 + plate.len() as i64 + i64::from(plate == PLATE) * 3)
        };
        let mut given = by_hand(plate, &site.cross(&later).await);
        given["same_act_as"] = json!(case_id);
        given["plate_differs"] = json!("看错");
        let (status, answer) = site.post(&li, "/api/v1/cases", &given).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
        assert_eq!(answer["error"]["field"], "same_act_as", "{answer}");
    }
    site.shut_down().await;
}

#[tokio::test]
async fn discarding_says_why() {
    let site = Site::new().await;
    let li = site.token("li", Role::Reviewer).await;
    let id = site.cross(&Truck::overloaded(1)).await;
    let reviews = format!("/api/v1/cases/case-{id}/reviews");
    let body = |reason: Value, note: Value| json!({"decision": "discard", "reason": reason, "note": note, "expected_version": 1});
    for (sent, field) in [
        (
            json!({"decision": "maybe", "expected_version": 1}),
            "decision",
        ),
        (json!({"decision": "confirm"}), "expected_version"),
        (
            json!({"decision": "confirm", "expected_version": "1"}),
            "expected_version",
        ),
        (
            json!({"decision": "confirm", "reason": "other", "expected_version": 1}),
            "reason",
        ),
        (
            json!({"decision": "confirm", "expected_version": 1, "by": "wang"}),
            "by",
        ),
        (body(json!("because"), Value::Null), "reason"),
        (body(json!("other"), json!("  ")), "note"),
        (body(json!("other"), json!("超".repeat(1_001))), "note"),
    ] {
        let (status, answer) = site.post(&li, &reviews, &sent).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{sent}: {answer}");
        assert_eq!(answer["error"]["field"], field, "{sent}");
    }
    let (status, case) = site
        .post(
            &li,
            &reviews,
            &body(json!("two_vehicles"), json!("后车跟得太近")),
        )
        .await;
    assert_eq!(
        (status, &case["state"]),
        (StatusCode::CREATED, &json!("discarded"))
    );
    assert_eq!(case["reviews"][0]["reason"], "two_vehicles");
    assert_eq!(case["timeline"][1]["review"]["note"], "后车跟得太近");
    assert_eq!(case["tracks"]["driver"]["state"], "dropped");
    let (status, _) = site
        .post(
            &li,
            "/api/v1/cases/case-none/reviews",
            &review("confirm", 1),
        )
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    site.shut_down().await;
}

#[tokio::test]
async fn of_two_reviews_at_the_same_moment_one_counts() {
    let site = Site::new().await;
    let li = site.token("li", Role::Reviewer).await;
    let wang = site.token("wang", Role::Reviewer).await;
    for number in 0..10 {
        let id = site.cross(&Truck::overloaded(number * 7_200)).await;
        let reviews = format!("/api/v1/cases/case-{id}/reviews");
        let body = review("confirm", 1);
        let (one, two) = tokio::join!(
            site.post(&li, &reviews, &body),
            site.post(&wang, &reviews, &body)
        );
        let mut statuses = [one.0.as_u16(), two.0.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409], "{one:?} {two:?}");
    }
    site.store.verify_journal(|_, _| {}).await.unwrap();
    site.shut_down().await;
}
