//! Enforcement of a lane, checks of a scale at the beginning of a shift, hours.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use steelyard::role::Role;
use steelyard::status::{LaneFinding, LaneHourStatus, LaneStatus, ShiftCheckStatus};
use steelyard::store::records::{Actor, MarkKind, NewMark};
use steelyard::units::Micros;

use crate::site::{Site, start};

async fn site() -> Site {
    let site = Site::new().await;
    site.status.send_modify(|status| {
        status.shift_check = ShiftCheckStatus {
            required: true,
            valid_for: Micros::from_seconds(12 * 3_600),
            zero_tolerance_kg: 10,
            tolerance_per_mille: 1,
            tolerance_kg: 20,
        };
        for (number, platform) in [(1, false), (2, true)] {
            status.lanes.push(LaneStatus {
                number,
                name: if platform {
                    "静态磅"
                } else {
                    "入站一道"
                }
                .into(),
                passages: 0,
                last_passage_at: None,
                withheld: Vec::new(),
                platform,
                findings: Vec::new(),
                last_hour: None,
            });
        }
    });
    site
}

fn check(shown_kg: i64) -> Value {
    json!({
        "method": "test_weight", "zero_shown_kg": 0, "reference_kg": 20_000,
        "reference": "M1-2026-7", "shown_kg": shown_kg, "hand_over": "北侧限位松动",
    })
}

#[tokio::test]
async fn a_check_is_judged_recorded_and_shown() {
    let site = site().await;
    let operator = site.token("li", Role::Operator).await;
    let path = "/api/v1/lanes/2/shift-checks";
    let (status, body) = site.post(&operator, path, &check(20_020)).await;
    assert_eq!(status, StatusCode::CREATED, "{body}");
    assert_eq!(body["check"]["passed"], true);
    assert_eq!(body["check"]["by"], "li");
    assert_eq!(body["check"]["tolerance_kg"], 20);
    site.pass(60);
    let (_, body) = site.post(&operator, path, &check(20_021)).await;
    assert_eq!(body["check"]["passed"], false);

    let (_, list) = site.get(&operator, path).await;
    let items = list["items"].as_array().unwrap();
    assert_eq!(items.len(), 2);
    assert_eq!(items[0]["body"]["check"]["shown"]["shown_kg"], 20_021);
    assert_eq!(items[1]["actor"], "li");
    let (_, status) = site.get(&operator, "/api/v1/status").await;
    assert_eq!(status["lanes"][1]["shift_check"]["passed"], false);
    assert_eq!(
        status["lanes"][1]["shift_check"]["hand_over"],
        "北侧限位松动"
    );
    assert_eq!(status["lanes"][0]["shift_check"], Value::Null);
    let entry = site
        .store
        .latest_journal_entry("shift_check")
        .await
        .unwrap();
    assert_eq!(entry.unwrap().actor, "li");
    site.shut_down().await;
}

#[tokio::test]
async fn a_check_that_says_nothing_is_refused() {
    let site = site().await;
    let operator = site.token("li", Role::Operator).await;
    let path = "/api/v1/lanes/2/shift-checks";
    for (field, value) in [
        ("method", json!("by_eye")),
        ("reference", json!("  ")),
        ("reference_kg", json!(0)),
        ("shown_kg", json!(300_001)),
        ("zero_shown_kg", json!("0")),
    ] {
        let mut body = check(20_000);
        body[field] = value;
        let (status, answer) = site.post(&operator, path, &body).await;
        assert_eq!(
            status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{field}: {answer}"
        );
        assert_eq!(answer["error"]["field"], field);
    }
    let (status, _) = site
        .post(&operator, "/api/v1/lanes/9/shift-checks", &check(20_000))
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (_, list) = site.get(&operator, path).await;
    assert_eq!(list["items"], json!([]));
    site.shut_down().await;
}

#[tokio::test]
async fn enforcement_goes_on_again_by_a_person_with_a_reason() {
    let site = site().await;
    let supervisor = site.token("wang", Role::Supervisor).await;
    let path = "/api/v1/lanes/1/enforcement";
    // As the station does when a scale has drifted.
    let off = json!({
        "state": "off",
        "off": {"lane": 1, "since": start().get() - 3_600_000_000_i64, "at": start().get(), "reason": "drift"},
        "finding": {"quantity": "steering_axle", "size_per_mille": 62},
        "touched": {"count": 2, "passage_ids": ["P2", "P1"], "case_ids": []},
    });
    let mark = NewMark {
        kind: MarkKind::Enforcement,
        lane: 1,
        at: start(),
        entry: "enforcement_off",
        actor: Actor::station(),
        body: off,
    };
    site.store.mark(mark).await.unwrap();
    let (_, body) = site.get(&supervisor, path).await;
    assert_eq!(body["enforcement_off"]["reason"], "drift");
    assert_eq!(
        body["items"][0]["body"]["touched"]["passage_ids"],
        json!(["P2", "P1"])
    );
    let (_, status) = site.get(&supervisor, "/api/v1/status").await;
    assert_eq!(
        status["lanes"][0]["enforcement_off"]["since"],
        "2025-03-14T07:00:00.000000Z"
    );

    site.pass(600);
    let switch = |state: &str, reason: &str| json!({"state": state, "reason": reason});
    for (body, expected) in [
        (switch("on", " "), StatusCode::UNPROCESSABLE_ENTITY),
        (switch("up", "x"), StatusCode::UNPROCESSABLE_ENTITY),
        (switch("off", "x"), StatusCode::CONFLICT),
        (switch("on", "砝码复检合格"), StatusCode::CREATED),
        (switch("on", "砝码复检合格"), StatusCode::CONFLICT),
    ] {
        let (status, answer) = site.post(&supervisor, path, &body).await;
        assert_eq!(status, expected, "{body}: {answer}");
    }
    site.pass(600);
    let (status, body) = site
        .post(&supervisor, path, &switch("off", "路面塌陷"))
        .await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(body["enforcement_off"]["note"], "路面塌陷");
    let (_, body) = site.get(&supervisor, path).await;
    let kinds: Vec<&str> = body["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        ["enforcement_off", "enforcement_on", "enforcement_off"]
    );
    assert_eq!(body["items"][1]["actor"], "wang");
    assert_eq!(body["items"][1]["body"]["on"]["reason"], "砝码复检合格");
    site.shut_down().await;
}

#[tokio::test]
async fn hours_show_their_lane_and_keep_the_memory_to_themselves() {
    let site = site().await;
    let operator = site.token("li", Role::Operator).await;
    let lane = |number: i64| json!({"lane": number, "weighings": 40 + number, "memory": {"x": 1}});
    let hour = json!({
        "start": start().get(), "end": start().get() + 3_600_000_000_i64, "whole": true,
        "ports": [{"port": "wim", "lane": null}, {"port": "cam-1", "lane": 1}, {"port": "cam-2", "lane": 2}],
        "lanes": [lane(1), lane(2)],
    });
    let mark = NewMark {
        kind: MarkKind::Hour,
        lane: 0,
        at: start().saturating_add(Micros::from_seconds(3_600)),
        entry: "hour",
        actor: Actor::station(),
        body: json!({ "hour": hour }),
    };
    site.store.mark(mark).await.unwrap();
    let (_, body) = site.get(&operator, "/api/v1/lanes/2/hours").await;
    let item = &body["items"][0];
    assert_eq!((&item["weighings"], &item["lane"]), (&json!(42), &json!(2)));
    assert_eq!(item["start"], "2025-03-14T08:00:00.000000Z");
    assert_eq!(item["memory"], Value::Null);
    let ports: Vec<&Value> = item["ports"].as_array().unwrap().iter().collect();
    assert_eq!(ports.len(), 2);
    assert_eq!(ports[1]["port"], "cam-2");
    let (status, _) = site.get(&operator, "/api/v1/lanes/2/hours?limit=169").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    site.shut_down().await;
}

#[tokio::test]
async fn the_page_of_lanes_shows_what_ails_them_and_takes_a_check() {
    let site = site().await;
    site.status.send_modify(|status| {
        let lane = &mut status.lanes[0];
        lane.findings.push(LaneFinding {
            name: "drift".into(),
            quantity: Some("steering_axle".into()),
            port: None,
            since: start(),
            vehicles: 331,
            seen_per_mille: Some(-52),
            beside_per_mille: Some(14),
        });
        lane.findings.push(LaneFinding {
            name: "dead_camera".into(),
            quantity: None,
            port: Some("cam-<1>".into()),
            since: start(),
            vehicles: 20,
            seen_per_mille: None,
            beside_per_mille: None,
        });
        lane.last_hour = Some(LaneHourStatus {
            start: start(),
            weighings: 1_234,
            unfit: 5,
            with_plate: 1_100,
            ambiguous: 30,
            without_plate: 104,
        });
    });
    let token = site.token("wang", Role::Supervisor).await;
    let page = async |path: &str| {
        let response = site.request(Method::GET, Some(&token), path).send().await;
        response.unwrap().text().await.unwrap()
    };
    let html = page("/lanes?lang=zh").await;
    for words in [
        "转向轴轴重漂移 -52‰ ± 14‰",
        "相机失联",
        "1,234",
        "wim-1 60/60",
        "尚未检查",
        "正常执法",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    assert!(html.contains("cam-&#60;1&#62;") && !html.contains("cam-<1>"));
    let english = page("/lanes?lang=en").await;
    for words in [
        "steering axle has drifted",
        "the camera is silent",
        "not checked yet",
    ] {
        assert!(english.contains(words), "{words}");
    }
    let board = page("/board/aside").await;
    assert!(!board.contains("主机时钟"), "nothing is withheld for it");
    assert!(html.contains("主机时钟") && html.contains("同步状态不明"));
    site.status.send_modify(|status| {
        status.clock_synchronised = Some(false);
        status.host_clock.state = "unsynchronised".into();
        status.host_clock.maximum_error_us = Some(16_000_000);
        status.host_clock.allowed_error_us = 2_000_000;
        status.host_clock.asked_at = Some(start());
        status.host_clock.withholds = Some("clock_unsynchronised".into());
    });
    let html = page("/lanes?lang=zh").await;
    for words in [
        "未同步",
        "最大误差 16,000 毫秒 (允许 2,000 毫秒)",
        "站点时钟未同步",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    let english = page("/lanes?lang=en").await;
    assert!(english.contains("off by at most 16,000 ms (allowed 2,000 ms)"));
    let alarmed = page("/board/aside").await;
    assert!(alarmed.contains("role=\"alert\"") && alarmed.contains("站点时钟未同步"));
    let (_, status) = site.get(&token, "/api/v1/status").await;
    assert_eq!(status["host_clock"]["withholds"], "clock_unsynchronised");
    assert_eq!(status["host_clock"]["maximum_error_us"], 16_000_000);
    assert_eq!(status["clock_synchronised"], false);
    assert!(board.contains("车道异常") && board.contains("相机失联"));

    let send = async |path: &str, form: &[(&str, &str)]| {
        let request = site.request(Method::POST, Some(&token), path).form(form);
        request.send().await.unwrap()
    };
    let form = [
        ("method", "known_truck"),
        ("zero_shown_kg", "0"),
        ("reference_kg", "31020"),
        ("reference", "晋D00001"),
        ("shown_kg", "31040"),
        ("hand_over", ""),
    ];
    let response = send("/lanes/2/shift-check", &form).await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert!(page("/lanes?lang=zh").await.contains("31,040 / 31,020 kg"));
    let mut wrong = form;
    wrong[4].1 = "heavy";
    let response = send("/lanes/2/shift-check", &wrong).await;
    assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
    assert!(response.text().await.unwrap().contains("应为整数"));
    let response = send(
        "/lanes/1/enforcement",
        &[("state", "off"), ("reason", "检修")],
    )
    .await;
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert!(page("/lanes?lang=zh").await.contains("已停止执法"));
    site.shut_down().await;
}
