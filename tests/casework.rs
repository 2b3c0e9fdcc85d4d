//! A case from the first weighing to the closed file, as officers work on it with the API of a running
//! demo station: real processes, real ports, the registers that the demo brings along. And a stay at the
//! station, from the platform to the release.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a helper of a test fails the test by panicking"
)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use steelyard::clock::{Clock, SystemClock};
use steelyard::role::Role;

const LOOK_EVERY: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_secs(120);

struct Demo {
    child: Child,
    url: String,
    client: Client,
    tokens: BTreeMap<&'static str, String>,
    _folder: tempfile::TempDir,
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Demo {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_steelyard"))
            .args(["demo", "--json", "--speed", "3"])
            .env("TMPDIR", folder.path())
            .env_remove("RUST_LOG")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        let mut demo = Self {
            child,
            url: ready["url"].as_str().unwrap().to_owned(),
            client: Client::new(),
            tokens: BTreeMap::new(),
            _folder: folder,
        };
        for user in ready["users"].as_array().unwrap() {
            let body = json!({"user": user["user"], "password": user["password"]});
            let (status, answer) = demo
                .send(Method::POST, None, "/api/v1/login", Some(&body))
                .await;
            assert_eq!(status, StatusCode::OK);
            let role = Role::from_name(user["role"].as_str().unwrap())
                .unwrap()
                .name();
            demo.tokens
                .insert(role, answer["token"].as_str().unwrap().to_owned());
        }
        demo
    }

    async fn send(
        &self,
        method: Method,
        role: Option<&str>,
        path: &str,
        body: Option<&Value>,
    ) -> (StatusCode, Value) {
        let mut request = self.client.request(method, format!("{}{path}", self.url));
        if let Some(role) = role {
            request = request.bearer_auth(&self.tokens[role]);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.unwrap();
        let status = response.status();
        (status, response.json().await.unwrap_or(Value::Null))
    }

    async fn upload(&self, role: &str, path: &str, file: &str) -> Value {
        let request = self.client.post(format!("{}{path}", self.url));
        let request = request
            .bearer_auth(&self.tokens[role])
            .body(file.to_owned());
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        response.json().await.unwrap()
    }

    async fn get(&self, path: &str) -> Value {
        let (status, answer) = self.send(Method::GET, Some("supervisor"), path, None).await;
        assert_eq!(status, StatusCode::OK, "{path}: {answer}");
        answer
    }

    /// The first item of a list that is as wanted, once there is one.
    async fn first(&self, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let waited = async {
            loop {
                let list = self.get(path).await;
                let found = list["items"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .find(|item| wanted(item));
                if let Some(found) = found {
                    return found.clone();
                }
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        tokio::time::timeout(LONGEST_WAIT, waited)
            .await
            .unwrap_or_else(|_| panic!("waited for {path}"))
    }
}

/// A case or a stay that somebody works on.
struct Desk<'a> {
    demo: &'a Demo,
    path: String,
    version: i64,
    latest: Value,
}

impl<'a> Desk<'a> {
    async fn at(demo: &'a Demo, path: String) -> Self {
        let latest = demo.get(&path).await;
        let version = latest["version"].as_i64().unwrap();
        Self {
            demo,
            path,
            version,
            latest,
        }
    }

    async fn try_step(&self, role: &str, mut step: Value) -> (StatusCode, Value) {
        step["expected_version"] = json!(self.version);
        self.demo
            .send(
                Method::POST,
                Some(role),
                &format!("{}/steps", self.path),
                Some(&step),
            )
            .await
    }

    async fn step(&mut self, role: &str, step: Value) -> &mut Self {
        let (status, answer) = self.try_step(role, step.clone()).await;
        assert_eq!(status, StatusCode::CREATED, "{role} {step}: {answer}");
        self.version = answer["version"].as_i64().unwrap();
        self.latest = answer;
        self
    }

    fn state(&self) -> &str {
        self.latest["state"].as_str().unwrap()
    }
}

fn today() -> String {
    SystemClock::new().now().beijing_day().to_string()
}

async fn count(demo: &Demo, track: &str, id: &str) -> (i64, bool) {
    let counter = demo.get(&format!("/api/v1/counters/{track}/{id}")).await;
    (
        counter["count"]["count"].as_i64().unwrap(),
        counter["exceeded"].as_bool().unwrap(),
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_case_is_walked_from_the_weighing_to_the_closed_file_and_back_out_of_the_counters() {
    let demo = Demo::start().await;
    // The registers are there: three past cases of this driver.
    let (driver, carrier) = ("140404190001", "91140400MA0DEMO001");
    assert_eq!(count(&demo, "driver", driver).await, (3, false));

    let waiting = demo
        .first(
            "/api/v1/cases?state=awaiting_first_review&limit=50",
            |case| case["class"] == "overloaded",
        )
        .await;
    let case_id = waiting["case_id"].as_str().unwrap().to_owned();
    assert_eq!(waiting["due_kind"], "off_site_review", "{waiting}");
    let mut desk = Desk::at(&demo, format!("/api/v1/cases/{case_id}")).await;

    // What may be done is told, with what is missing.
    let offered = demo.get(&format!("/api/v1/cases/{case_id}/steps")).await;
    let steps: Vec<&str> = offered["steps"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["action"].as_str().unwrap())
        .collect();
    assert!(
        steps.contains(&"confirm") && !steps.contains(&"decide"),
        "{steps:?}"
    );

    desk.step(
        "reviewer",
        json!({"action": "confirm", "plate_compared": true}),
    )
    .await;
    let (status, answer) = desk
        .try_step(
            "reviewer",
            json!({"action": "confirm", "plate_compared": true}),
        )
        .await;
    assert_eq!(
        status,
        StatusCode::FORBIDDEN,
        "the second review is another person's: {answer}"
    );
    desk.step(
        "legal_reviewer",
        json!({"action": "confirm", "plate_compared": true}),
    )
    .await;
    assert_eq!(desk.state(), "confirmed");

    // Filing wants two officers with licences, and the head.
    let file = json!({"action": "file", "procedure": "ordinary", "reason": "称重超限，证据齐全"});
    let (status, answer) = desk.try_step("supervisor", file.clone()).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(answer["error"]["code"], "refused");
    assert_eq!(
        answer["unmet"][0]["condition"], "officers_licensed",
        "{answer}"
    );
    let (status, _) = desk.try_step("reviewer", file.clone()).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    desk.step(
        "supervisor",
        json!({"action": "assign_officers", "officers": ["reviewer", "mobile_officer"]}),
    )
    .await;

    // Two people at once: the slower one gets both versions, and nothing is lost.
    let version = desk.version;
    desk.step(
        "mobile_officer",
        json!({"action": "note", "text": "已联系车主"}),
    )
    .await;
    let mut late = json!({"action": "note", "text": "另一位的记录"});
    late["expected_version"] = json!(version);
    let (status, answer) = demo
        .send(
            Method::POST,
            Some("reviewer"),
            &format!("{}/steps", desk.path),
            Some(&late),
        )
        .await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(answer["error"]["code"], "conflict");
    assert_eq!(answer["submitted"]["text"], "另一位的记录");
    assert_eq!(answer["current"]["version"], desk.version);

    desk.step("supervisor", file).await;
    assert_eq!(desk.state(), "filed");
    let number = desk.latest["number"].as_str().unwrap().to_owned();
    assert!(number.starts_with("演交罚案〔"), "{number}");
    desk.step(
        "reviewer",
        json!({"action": "name_respondent",
        "respondent": {"kind": "organisation", "id": carrier, "name": "演示货运有限公司"}}),
    )
    .await;
    for (track, id, name) in [
        ("driver", driver, "张演示"),
        ("carrier", carrier, "演示货运有限公司"),
    ] {
        desk.step(
            "mobile_officer",
            json!({"action": "set_party", "track": track, "id": id, "name": name}),
        )
        .await;
    }
    desk.step(
        "mobile_officer",
        json!({"action": "trace_source", "finding": "sheet_shown", "sheet_number": "ZZ-1",
        "source_id": "YT-001", "source_name": "演示石料厂", "text": "货物装载单由演示石料厂出具"}),
    )
    .await;
    desk.step(
        "mobile_officer",
        json!({"action": "attach", "kind": "body_camera", "name": "执法记录仪-1.mp4",
        "sha256": "ab".repeat(32), "bytes": 104_857_600}),
    )
    .await;
    desk.step(
        "mobile_officer",
        json!({"action": "end_investigation", "report": "事实清楚，证据充分"}),
    )
    .await;
    let yuan = desk.latest["computed_yuan"].as_i64().unwrap();
    let (fine, outcome) = if yuan > 0 {
        (yuan, "fine")
    } else {
        (0, "warning")
    };
    desk.step("reviewer", json!({"action": "give_notice", "outcome": outcome, "yuan": fine, "grounds": "62号令第四十三条"})).await;
    desk.step(
        "reviewer",
        json!({"action": "record_service", "paper": "notice", "way": "handed_over",
        "served_on": today(), "recipient": "张演示"}),
    )
    .await;
    desk.step(
        "reviewer",
        json!({"action": "waive_defence", "text": "无异议，放弃陈述申辩和听证"}),
    )
    .await;
    desk.step(
        "reviewer",
        json!({"action": "submit_legal_review", "proposal": "按告知内容处罚"}),
    )
    .await;
    desk.step(
        "legal_reviewer",
        json!({"action": "pass_legal_review", "opinion": "同意"}),
    )
    .await;
    desk.step(
        "supervisor",
        json!({"action": "discuss", "present": ["supervisor", "reviewer", "mobile_officer"],
        "conclusion": "同意处罚意见"}),
    )
    .await;
    // A decision above what was announced is refused.
    let (status, answer) = desk
        .try_step(
            "supervisor",
            json!({"action": "decide", "outcome": "fine", "yuan": fine + 500}),
        )
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
    desk.step(
        "supervisor",
        json!({"action": "decide", "outcome": outcome, "yuan": fine, "reason": "依告知内容"}),
    )
    .await;
    desk.step("reviewer", json!({"action": "serve", "way": "handed_over", "served_on": today(), "recipient": "张演示"})).await;
    if fine > 0 {
        let (status, answer) = desk
            .try_step(
                "supervisor",
                json!({"action": "close", "report": "已履行完毕"}),
            )
            .await;
        assert_eq!(status, StatusCode::CONFLICT, "{answer}");
        // By the bank's file, which may come twice; another line of it is refused and says why.
        let decision = desk.latest["course"]["decision"]["number"]["text"].clone();
        let decision = decision.as_str().unwrap();
        let file = format!(
            "文号,票据号,缴款日期,罚款金额（元）\n{decision},非税-0001,{},{fine}.00\n无此文号,非税-0002,{0},5\n",
            today()
        );
        for (query, expected) in [
            ("?dry_run=true", json!({"would_record": 1, "refused": 1})),
            ("", json!({"recorded": 1, "refused": 1})),
            ("", json!({"known": 1, "refused": 1})),
        ] {
            let answer = demo
                .upload(
                    "reviewer",
                    &format!("/api/v1/payments/import{query}"),
                    &file,
                )
                .await;
            assert_eq!(answer["summary"], expected, "{answer}");
        }
        desk = Desk::at(&demo, desk.path.clone()).await;
    }
    assert_eq!(desk.state(), "settled");
    assert_eq!(
        count(&demo, "driver", driver).await,
        (3, false),
        "it counts once it is closed"
    );
    let checklist = demo.get(&format!("/api/v1/cases/{case_id}/steps")).await;
    assert!(
        checklist["checklist"]
            .as_array()
            .unwrap()
            .iter()
            .all(|item| item["met"] == true),
        "{checklist}"
    );
    desk.step(
        "supervisor",
        json!({"action": "close", "report": "已履行完毕"}),
    )
    .await;
    assert_eq!(desk.state(), "closed");

    // Another program sees that there is a driver and not who it is.
    let (status, seen) = demo
        .send(Method::GET, Some("machine"), &desk.path, None)
        .await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(
        seen["tracks"]["driver"]["party"], "张**",
        "{}",
        seen["tracks"]["driver"]
    );
    assert!(
        !seen.to_string().contains(driver),
        "the driver is named somewhere"
    );

    // The fourth: a proposal for a person, and nothing more.
    assert_eq!(count(&demo, "driver", driver).await, (4, true));
    let counter = demo.get(&format!("/api/v1/counters/driver/{driver}")).await;
    let counted: Vec<&str> = counter["count"]["counted"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["case_id"].as_str().unwrap())
        .collect();
    assert!(
        counted.contains(&case_id.as_str()) && counted.contains(&"演示-001"),
        "{counted:?}"
    );
    // Parties are rolled one after the other: the carrier's proposal may stand there first.
    let of_driver = |item: &Value| {
        let proposals = item["proposals"].as_array().unwrap();
        let found = proposals.iter().find(|one| one["track"] == "driver");
        found.cloned()
    };
    let proposal = demo
        .first("/api/v1/proposals", |item| {
            item["case_id"] == case_id.as_str() && of_driver(item).is_some()
        })
        .await;
    assert_eq!(of_driver(&proposal).unwrap()["party_id"], driver);
    // Until nothing of the case is still to follow.
    let rolled = async {
        while demo.get(&desk.path).await["rolling"] != json!([]) {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    tokio::time::timeout(LONGEST_WAIT, rolled).await.unwrap();
    // The counters moved the case: whoever goes on reads it again.
    let mut desk = Desk::at(&demo, desk.path.clone()).await;
    assert_eq!(desk.latest["tracks"]["driver"]["state"], "proposed");
    let rolled = desk.latest["timeline"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (rolled["kind"].as_str(), rolled["actor"].as_str()),
        (Some("case_rolled"), Some("system:station")),
        "{rolled}"
    );

    // Found by everything that it is found by.
    for query in [
        format!("number={number}"),
        format!("driver={driver}"),
        format!("carrier={carrier}"),
        "source=YT-001".to_owned(),
        "officer=mobile_officer".to_owned(),
        format!("act={case_id}"),
    ] {
        let list = demo.get(&format!("/api/v1/cases?{query}")).await;
        let found = list["items"]
            .as_array()
            .unwrap()
            .iter()
            .any(|item| item["case_id"] == case_id.as_str());
        assert!(found, "{query}: {list}");
    }
    let numbers = demo.get("/api/v1/numbers/case").await;
    assert_eq!(numbers["items"][0]["number"], number.as_str());
    assert_eq!(numbers["items"][0]["void"], false);

    // Another case of the same act finds the act taken.
    let plate = desk.latest["plate"].clone();
    let passage = desk.latest["passage_id"].clone();
    let by_hand =
        json!({"origin": "report", "plate": plate, "passages": [passage], "facts": "群众举报"});
    let (status, answer) = demo
        .send(
            Method::POST,
            Some("mobile_officer"),
            "/api/v1/cases",
            Some(&by_hand),
        )
        .await;
    assert_eq!(status, StatusCode::CONFLICT, "{answer}");
    assert_eq!(answer["case_id"], case_id.as_str());
    // Another plate, or another act, does not get around it.
    for (member, value) in [
        ("plate", json!("晋A99999")),
        ("separate_act", json!("另一行为")),
    ] {
        let mut around = by_hand.clone();
        around[member] = value;
        around["plate_differs"] = json!("看错");
        let (status, answer) = demo
            .send(
                Method::POST,
                Some("mobile_officer"),
                "/api/v1/cases",
                Some(&around),
            )
            .await;
        assert_eq!(status, StatusCode::CONFLICT, "{member}: {answer}");
        assert_eq!(answer["case_id"], case_id.as_str(), "{answer}");
    }
    let mut other_plate = by_hand.clone();
    other_plate["plate"] = json!("晋A99999");
    let (status, answer) = demo
        .send(
            Method::POST,
            Some("mobile_officer"),
            "/api/v1/cases",
            Some(&other_plate),
        )
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
    assert_eq!(answer["error"]["field"], "plate_differs", "{answer}");
    // Its number is not counted once more as a past case.
    let file = format!(
        "案号,违法行为,违法行为发生日期,处罚决定日期,决定机关,处理结果,决定状态\n{number},超限运输,{0},{0},交通,警告,已结案\n",
        today()
    );
    let tried = demo
        .upload(
            "supervisor",
            "/api/v1/registers/past_cases/import?dry_run=true",
            &file,
        )
        .await;
    assert_eq!(tried["summary"]["refused"], 1, "{tried}");
    let mut same = by_hand.clone();
    same["same_act_as"] = json!(case_id);
    let (status, answer) = demo
        .send(
            Method::POST,
            Some("mobile_officer"),
            "/api/v1/cases",
            Some(&same),
        )
        .await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    let mut twin = Desk::at(
        &demo,
        format!("/api/v1/cases/{}", answer["case_id"].as_str().unwrap()),
    )
    .await;
    twin.step(
        "supervisor",
        json!({"action": "assign_officers", "officers": ["reviewer", "mobile_officer"]}),
    )
    .await;
    let hand_over = json!({"action": "hand_to_police", "unit": "演示交警大队"});
    let (status, answer) = twin.try_step("reviewer", hand_over).await;
    assert_eq!(status, StatusCode::CONFLICT, "{answer}");
    assert_eq!(answer["unmet"][0]["condition"], "act_free", "{answer}");
    assert!(
        answer["error"]["message"]
            .as_str()
            .unwrap()
            .contains(&case_id),
        "{answer}"
    );

    // Annulled, it falls out of the counter, and the proposal with it.
    desk.step(
        "supervisor",
        json!({"action": "annul", "annulled_by": "own", "on": today(), "reason": "事实有误"}),
    )
    .await;
    assert_eq!(desk.state(), "annulled");
    assert_eq!(count(&demo, "driver", driver).await, (3, false));
    let proposals = demo.get("/api/v1/proposals").await;
    assert_eq!(proposals["items"], json!([]));
    let numbers = demo.get("/api/v1/numbers/case").await;
    assert_eq!(numbers["items"][0]["void"], true);
    // Nothing of it is gone.
    let actions: Vec<String> = desk.latest["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["step"].to_string())
        .collect();
    assert!(actions.len() >= 20, "{actions:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stay_goes_from_the_platform_over_unloading_to_the_release() {
    let demo = Demo::start().await;
    let over = demo
        .first("/api/v1/passages?limit=200", |passage| {
            passage["kind"] == "platform"
                && passage["gross_kg"].as_i64() > Some(49_500)
                && passage["state"] == "closed"
                && passage["plate"].is_string()
        })
        .await;
    let light = demo
        .first("/api/v1/passages?limit=200", |passage| {
            passage["kind"] == "platform"
                && passage["gross_kg"].as_i64() < Some(18_000)
                && passage["state"] == "closed"
                && passage["plate"] == over["plate"]
                && passage["crossed_at"].as_str() > over["crossed_at"].as_str()
        })
        .await;
    let begin = json!({"by": "officer", "passage_id": over["passage_id"]});
    let (status, answer) = demo
        .send(
            Method::POST,
            Some("operator"),
            "/api/v1/inspections",
            Some(&begin),
        )
        .await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    let id = answer["inspection_id"].as_str().unwrap().to_owned();
    let mut desk = Desk::at(&demo, format!("/api/v1/inspections/{id}")).await;
    assert_eq!(desk.state(), "selected");
    // A second stay for the passage: told that there is one, and which.
    let (status, again) = demo
        .send(
            Method::POST,
            Some("operator"),
            "/api/v1/inspections",
            Some(&begin),
        )
        .await;
    assert_eq!(status, StatusCode::CONFLICT, "{again}");
    assert_eq!(again["inspection_id"], id.as_str(), "{again}");
    let message = again["error"]["message"].as_str().unwrap();
    assert!(
        message.contains("已有检测") && !message.contains("版本"),
        "{again}"
    );
    desk.step("operator", json!({"action": "lead_in"})).await;
    let weigh = json!({"action": "weigh", "weighing": {"from": "passage", "passage_id": over["passage_id"]}});
    desk.step("operator", weigh).await;
    if over["class"].is_null() {
        // A platform weighs no axles: without the passage before it the officer says what stands there.
        assert_eq!(desk.state(), "weighed");
    }
    desk.step(
        "operator",
        json!({"action": "describe", "axles": 6, "driven_axles": 2, "goods": "碎石", "divisible": true}),
    )
    .await;
    assert_eq!(desk.state(), "over", "{}", desk.latest);
    assert_eq!(desk.latest["limit_kg"], 49_000);
    // Not before the load is down.
    let release = json!({"action": "release", "slip": "FX-1"});
    let (status, answer) = desk.try_step("operator", release.clone()).await;
    assert_eq!(status, StatusCode::CONFLICT, "{answer}");
    assert!(
        answer["error"]["message"]
            .as_str()
            .unwrap()
            .contains("卸载"),
        "{answer}"
    );
    desk.step(
        "operator",
        json!({"action": "sheet", "number": "CZ-1", "officers": ["operator", "mobile_officer"]}),
    )
    .await;
    desk.step(
        "operator",
        json!({"action": "sign", "paper": "CZ-1", "signer": "驾驶人",
        "signature": {"how": "refused", "officers": ["operator", "mobile_officer"]}}),
    )
    .await;
    desk.step("operator", json!({"action": "begin_unloading", "notice": "XZ-1", "place": "卸货场A", "supervised_by": "operator"})).await;
    desk.step(
        "operator",
        json!({"action": "goods_stored", "goods": "碎石", "goods_kg": 9_000, "place": "卸货场A",
        "keeper": "看管员", "receipt": "BG-1"}),
    )
    .await;
    let yard = demo.get("/api/v1/yard").await;
    assert!(yard["items"].is_array(), "{yard}");
    let reweigh = json!({"action": "reweigh",
        "weighing": {"from": "passage", "passage_id": light["passage_id"]}});
    desk.step("operator", reweigh).await;
    assert_eq!(desk.state(), "cleared", "{}", desk.latest);
    assert!(desk.latest["spread_kg"].as_i64().unwrap() > 0);
    desk.step(
        "operator",
        json!({"action": "call_police", "letter": "TZ-1", "to": "演示交警大队"}),
    )
    .await;
    desk.step("operator", release).await;
    assert_eq!(desk.state(), "released");
    let counts = demo.get("/api/v1/inspection-counts").await;
    assert_eq!(counts["counts"]["checked"], 1, "{counts}");
    assert_eq!(counts["counts"]["released"], 1);
    let list = demo.get("/api/v1/inspections?state=released").await;
    assert_eq!(list["items"][0]["inspection_id"], id.as_str());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hundred_ton_trucks_are_listed_with_where_they_pass() {
    let demo = Demo::start().await;
    let heavy = demo
        .first("/api/v1/hundred-ton", |passage| passage["level"] == "alarm")
        .await;
    assert!(heavy["gross_kg"].as_i64().unwrap() >= 100_000);
    let roads = demo.get("/api/v1/hundred-ton/roads").await;
    assert_eq!(roads["roads"][0]["site"], "DEMO01", "{roads}");
    assert!(roads["roads"][0]["heaviest_kg"].as_i64().unwrap() >= 100_000);
    let deadlines = demo.get("/api/v1/deadlines?days=3").await;
    let first = &deadlines["items"][0];
    assert_eq!(
        (&first["due_kind"], &first["expired"]),
        (&json!("off_site_review"), &json!(false)),
        "{deadlines}"
    );
    let discards = demo.get("/api/v1/discards").await;
    assert!(discards["items"].as_array().unwrap().len() > 5);
}
