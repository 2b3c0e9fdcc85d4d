//! Whom a case is about: the vehicle of the act, parties that the register knows, and the case that a stay at
//! the station is handled in.

use reqwest::StatusCode;
use serde_json::{Value, json};
use steelyard::role::Role;

use crate::site::{Site, Truck};

/// Makes a step of a case or a stay on its latest version.
async fn step(site: &Site, token: &str, path: &str, step: &Value) -> (StatusCode, Value) {
    let (_, latest) = site.get(token, path).await;
    let mut step = step.clone();
    step["expected_version"] = latest["version"].clone();
    site.post(token, &format!("{path}/steps"), &step).await
}

/// The message of a step that must be refused for a field.
async fn refused(site: &Site, token: &str, path: &str, given: &Value, field: &str) -> String {
    let (status, answer) = step(site, token, path, given).await;
    assert_eq!(
        status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{given}: {answer}"
    );
    assert_eq!(answer["error"]["field"], field, "{given}: {answer}");
    answer["error"]["message"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn parties_are_those_of_the_act_and_of_the_register() {
    let site = Site::new().await;
    let ma = site.token("ma", Role::MobileOfficer).await;
    let sun = site.token("sun", Role::Supervisor).await;
    let entry = json!({"certificate": "140404190001", "name": "张演示"});
    let body = json!({"entry": entry, "expected_version": 0, "reason": "新录入"});
    let (status, answer) = site.post(&sun, "/api/v1/registers/drivers", &body).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    let passage = site.cross(&Truck::overloaded(1)).await;
    let path = format!("/api/v1/cases/case-{passage}");
    let (_, case) = site.get(&ma, &path).await;
    let own = case["plate"].as_str().unwrap().to_owned();

    // Another vehicle, and nobody says why.
    let mut vehicle =
        json!({"action": "set_party", "track": "vehicle", "id": "晋D00001", "name": "x"});
    let message = refused(&site, &ma, &path, &vehicle, "reason").await;
    assert!(message.contains(&own), "{message}");
    let (_, case) = site.get(&ma, &path).await;
    assert_eq!(case["tracks"]["vehicle"]["party"], own.as_str());
    vehicle["reason"] = json!("悬挂其他车辆号牌，车架号核实");
    let (status, answer) = step(&site, &ma, &path, &vehicle).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    let timeline = answer["timeline"].as_array().unwrap();
    assert_eq!(timeline.last().unwrap()["why"], vehicle["reason"]);
    assert_eq!(timeline[0]["why"], Value::Null);
    assert_eq!(answer["tracks"]["vehicle"]["registered"], false);

    // The register has a name for this number.
    let driver = |name: Option<&str>, id: &str| {
        let mut given = json!({"action": "set_party", "track": "driver", "id": id});
        if let Some(name) = name {
            given["name"] = json!(name);
        }
        given
    };
    let wrong = driver(Some("李四"), "140404190001");
    let message = refused(&site, &ma, &path, &wrong, "name").await;
    assert!(
        message.contains("登记册中140404190001为张演示") && message.contains("李四"),
        "{message}"
    );
    let (status, answer) = step(&site, &ma, &path, &driver(None, "140404190001")).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    let track = &answer["tracks"]["driver"];
    assert_eq!(
        json!([track["party"], track["registered"]]),
        json!(["张演示", true])
    );
    // Whom it does not know is named by whoever gives the number, and for a reason now.
    let mut other = driver(None, "140404190009");
    refused(&site, &ma, &path, &other, "name").await;
    other["name"] = json!("王五");
    refused(&site, &ma, &path, &other, "reason").await;
    other["reason"] = json!("从业资格证核对");
    let (status, answer) = step(&site, &ma, &path, &other).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    assert_eq!(answer["tracks"]["driver"]["registered"], false);
    site.store.verify_journal(|_, _| {}).await.unwrap();
    site.shut_down().await;
}

#[tokio::test]
async fn a_stay_is_handled_in_a_case_that_is_about_it() {
    let site = Site::new().await;
    let ma = site.token("ma", Role::MobileOfficer).await;
    let li = site.token("li", Role::Reviewer).await;
    let passage = site.cross(&Truck::overloaded(1)).await;
    let case = format!("case-{passage}");
    let (_, found) = site.get(&ma, &format!("/api/v1/cases/{case}")).await;
    let plate = found["plate"].clone();
    for (id, plate) in [("I-1", plate), ("I-2", json!("晋D00001"))] {
        let begin = json!({"by": "officer", "inspection_id": id, "plate": plate});
        let (status, answer) = site.post(&ma, "/api/v1/inspections", &begin).await;
        assert_eq!(status, StatusCode::CREATED, "{answer}");
    }
    let link = |case_id: &str| json!({"action": "link_case", "case_id": case_id});
    let message = async |stay: &str, case_id: &str| {
        let path = format!("/api/v1/inspections/{stay}");
        let (status, answer) = step(&site, &ma, &path, &link(case_id)).await;
        assert_eq!(status, StatusCode::CONFLICT, "{answer}");
        answer["error"]["message"].as_str().unwrap().to_owned()
    };
    assert!(message("I-1", "nope").await.contains("没有案件nope"));
    assert!(message("I-2", &case).await.contains("晋D00001"));
    let (status, answer) = step(&site, &ma, "/api/v1/inspections/I-1", &link(&case)).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    assert_eq!(answer["case_id"], case.as_str());
    // Once it came to nothing it takes nothing up any more.
    let discard = json!({"action": "discard", "reason": "two_vehicles"});
    let (status, answer) = step(&site, &li, &format!("/api/v1/cases/{case}"), &discard).await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    assert!(message("I-1", &case).await.contains("已终止"));
    site.store.verify_journal(|_, _| {}).await.unwrap();
    site.shut_down().await;
}
