//! Courses of cases over HTTP that begin or end otherwise than with a weighing and its fine: a loading source
//! alone, money that an officer takes, remedies, a decision of the police that falls.

use reqwest::StatusCode;
use serde_json::{Value, json};
use steelyard::role::Role;

use crate::site::{Site, Truck, start};

const TODAY: &str = "2025-03-14";

/// A site with people and their licences.
async fn staffed() -> (Site, Staff) {
    let site = Site::new().await;
    let staff = Staff {
        li: site.token("li", Role::Reviewer).await,
        ma: site.token("ma", Role::MobileOfficer).await,
        sun: site.token("sun", Role::Supervisor).await,
        jing: site.token("jing", Role::PoliceOfficer).await,
    };
    for (user, licence) in [("li", "140-1"), ("ma", "140-2")] {
        let entry = json!({"user": user, "name": user, "licence": licence,
            "valid_from": "2020-01-01", "valid_until": "2030-12-31"});
        let body = json!({"entry": entry, "expected_version": 0, "reason": "新任"});
        let (status, answer) = site
            .post(&staff.sun, "/api/v1/registers/officers", &body)
            .await;
        assert_eq!(status, StatusCode::CREATED, "{answer}");
    }
    (site, staff)
}

/// Tokens.
struct Staff {
    li: String,
    ma: String,
    sun: String,
    jing: String,
}

/// A case that somebody works on.
struct Desk<'a> {
    site: &'a Site,
    case_id: String,
    latest: Value,
}

impl<'a> Desk<'a> {
    async fn open(site: &'a Site, token: &str, given: &Value) -> Self {
        let (status, answer) = site.post(token, "/api/v1/cases", given).await;
        assert_eq!(status, StatusCode::CREATED, "{given}: {answer}");
        Self {
            site,
            case_id: answer["case_id"].as_str().unwrap().to_owned(),
            latest: answer,
        }
    }

    fn path(&self) -> String {
        format!("/api/v1/cases/{}", self.case_id)
    }

    async fn tried(&self, token: &str, mut step: Value) -> (StatusCode, Value) {
        step["expected_version"] = self.latest["version"].clone();
        let path = format!("{}/steps", self.path());
        self.site.post(token, &path, &step).await
    }

    async fn step(&mut self, token: &str, step: Value) -> &mut Self {
        self.site.pass(1);
        let (status, answer) = self.tried(token, step.clone()).await;
        assert_eq!(status, StatusCode::CREATED, "{step}: {answer}");
        self.latest = answer;
        self
    }

    /// A step that is refused for a condition.
    async fn lacks(&self, token: &str, step: Value, condition: &str) {
        let (status, answer) = self.tried(token, step.clone()).await;
        assert_eq!(status, StatusCode::CONFLICT, "{step}: {answer}");
        let unmet = answer["unmet"].as_array().unwrap();
        assert!(
            unmet.iter().any(|one| one["condition"] == condition),
            "{step}: {answer}"
        );
    }

    fn state(&self) -> &str {
        self.latest["state"].as_str().unwrap()
    }

    /// What is owed, and what is to be given back.
    async fn owed(&self, token: &str) -> Value {
        let (_, offered) = self
            .site
            .get(token, &format!("{}/steps", self.path()))
            .await;
        offered["owed"].clone()
    }

    async fn filed(&mut self, staff: &Staff) -> &mut Self {
        self.step(
            &staff.sun,
            json!({"action": "assign_officers", "officers": ["li", "ma"]}),
        )
        .await;
        let file = json!({"action": "file", "procedure": "ordinary", "reason": "符合立案条件"});
        self.step(&staff.sun, file).await
    }

    /// From the filing to the decision that was served.
    async fn decided(&mut self, staff: &Staff, yuan: i64) -> &mut Self {
        for step in [
            json!({"action": "end_investigation", "report": "事实清楚"}),
            json!({"action": "give_notice", "outcome": "fine", "yuan": yuan, "grounds": "条例第六十八条"}),
            json!({"action": "record_service", "paper": "notice", "way": "handed_over", "served_on": TODAY, "recipient": "某"}),
            json!({"action": "waive_defence", "text": "放弃陈述申辩和听证"}),
            json!({"action": "submit_for_decision", "proposal": "按告知内容处罚"}),
        ] {
            self.step(&staff.li, step).await;
        }
        let decide =
            json!({"action": "decide", "outcome": "fine", "yuan": yuan, "reason": "依告知内容"});
        self.step(&staff.sun, decide).await;
        let serve =
            json!({"action": "serve", "way": "handed_over", "served_on": TODAY, "recipient": "某"});
        self.step(&staff.li, serve).await
    }
}

async fn count(site: &Site, token: &str, party: &str) -> i64 {
    let (status, counter) = site.get(token, &format!("/api/v1/counters/{party}")).await;
    assert_eq!(status, StatusCode::OK, "{counter}");
    counter["count"]["count"].as_i64().unwrap()
}

fn source_case(id: &str) -> Value {
    json!({"origin": "report", "offence": "instigation", "act_at": start().get(),
        "source": {"id": id, "name": "某煤场"}, "facts": "举报指使驾驶人超限装载"})
}

#[tokio::test]
async fn a_case_about_a_loading_source_alone_is_opened_and_walked() {
    let (site, staff) = staffed().await;
    let refused = async |given: Value, field: &str| {
        let (status, answer) = site.post(&staff.ma, "/api/v1/cases", &given).await;
        assert_eq!(
            status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{given}: {answer}"
        );
        assert_eq!(answer["error"]["field"], field, "{given}: {answer}");
    };
    let with = |member: &str, value: Value| {
        let mut given = source_case("YT-1");
        given[member] = value;
        given
    };
    refused(with("source", Value::Null), "plate").await;
    refused(with("offence", json!("evasion")), "offence").await;
    refused(with("traced_from", json!(["case-none"])), "traced_from").await;
    refused(with("origin", json!("inspection")), "origin").await;
    let truck = site.cross(&Truck::overloaded(1)).await;
    refused(with("passages", json!([truck])), "passages").await;

    let mut desk = Desk::open(&site, &staff.ma, &source_case("YT-1")).await;
    assert_eq!(
        json!([
            desk.latest["plate"],
            desk.latest["subject"],
            desk.latest["source_id"]
        ]),
        json!([null, "source", "YT-1"])
    );
    // One act is one act here, too: the same source on the same day asks a person, and so it does of many who ask
    // in the same instant.
    let (status, answer) = site
        .post(&staff.ma, "/api/v1/cases", &source_case("YT-1"))
        .await;
    assert_eq!(status, StatusCode::CONFLICT, "{answer}");
    assert_eq!(answer["case_id"], desk.case_id.as_str());
    let other = source_case("YT-2");
    let rush = (0..4).map(|_| site.post(&staff.ma, "/api/v1/cases", &other));
    let answers = futures::future::join_all(rush).await;
    let made = answers.iter().filter(|one| one.0 == StatusCode::CREATED);
    assert_eq!(made.count(), 1, "{answers:?}");
    let twin = Desk::open(&site, &staff.ma, &with("same_act_as", json!(desk.case_id))).await;
    assert_eq!(twin.latest["act_id"], desk.case_id.as_str());
    let mut strange = source_case("YT-2");
    strange["same_act_as"] = json!(desk.case_id);
    refused(strange, "same_act_as").await;

    // From the tracing of another case, once that case names the source.
    let vehicle = format!("case-{truck}");
    let mut traced = with("traced_from", json!([vehicle]));
    traced["source"]["id"] = json!("YT-3");
    traced["origin"] = json!("other");
    refused(traced.clone(), "traced_from").await;
    let trace = json!({"action": "trace_source", "finding": "by_enquiry", "source_id": "YT-3",
        "source_name": "某石料厂", "text": "经询问查明", "expected_version": 1});
    let (status, answer) = site
        .post(&staff.ma, &format!("/api/v1/cases/{vehicle}/steps"), &trace)
        .await;
    assert_eq!(status, StatusCode::CREATED, "{answer}");
    let from_case = Desk::open(&site, &staff.ma, &traced).await;
    assert_eq!(from_case.latest["traced_from"], json!([vehicle]));

    // What needs a vehicle says so; the rest is the way of every case.
    desk.filed(&staff).await;
    let hand_over = json!({"action": "hand_to_police", "unit": "交警大队"});
    desk.lacks(&staff.li, hand_over, "has_vehicle").await;
    desk.decided(&staff, 9_000).await;
    assert_eq!(desk.state(), "served");
    // The party asks to pay where it is: with the receipt, and from hand to hand to the bank.
    let mut collect = json!({"action": "collect_on_spot", "ground": "remote_place", "receipt": "",
        "on": TODAY, "fine_fen": 900_000, "reason": "到银行缴纳确有困难，当事人提出", "place": "某山区"});
    let (status, answer) = desk.tried(&staff.ma, collect.clone()).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer["error"]["field"], "receipt", "{answer}");
    collect["receipt"] = json!("PJ-1");
    desk.step(&staff.ma, collect).await;
    assert_eq!(
        (desk.state(), &desk.latest["due_kind"]),
        ("settled", &json!("collected_fine_hand_in"))
    );
    let close = json!({"action": "close", "report": "已履行"});
    desk.lacks(&staff.sun, close.clone(), "checklist_complete")
        .await;
    desk.step(
        &staff.ma,
        json!({"action": "hand_in_collected", "index": 0, "on": TODAY, "slip": "SJ-1"}),
    )
    .await;
    assert_eq!(desk.latest["due_kind"], "collected_fine_to_bank");
    desk.step(
        &staff.li,
        json!({"action": "bank_collected", "index": 0, "on": TODAY, "slip": "YH-1"}),
    )
    .await;
    assert_eq!(count(&site, &staff.sun, "loading_source/YT-1").await, 0);
    desk.step(&staff.sun, close).await;
    assert_eq!(count(&site, &staff.sun, "loading_source/YT-1").await, 1);

    // A remedy changes it: the rest goes back.
    let start_remedy = json!({"action": "start_remedy", "kind": "reconsideration", "from": TODAY,
        "authority": "区人民政府", "suspended": true});
    desk.step(&staff.li, start_remedy.clone()).await;
    let changed = json!({"action": "end_remedy", "on": TODAY, "outcome": "changed", "number": "复决1号",
        "changed_to": {"outcome": "fine", "yuan": 5_000}});
    let (status, answer) = desk.tried(&staff.li, changed.clone()).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "{answer}");
    desk.step(&staff.sun, changed).await;
    assert_eq!(
        (desk.state(), &desk.latest["fine_yuan"]),
        ("closed", &json!(5_000))
    );
    assert_eq!(desk.owed(&staff.li).await["refund_fen"], 400_000);
    desk.step(
        &staff.li,
        json!({"action": "refund", "slip": "T-1", "on": TODAY, "fine_fen": 400_000, "reason": "复议变更"}),
    )
    .await;
    assert_eq!(desk.owed(&staff.li).await["refund_fen"], 0);
    assert_eq!(count(&site, &staff.sun, "loading_source/YT-1").await, 1);
    // Another orders it anew: it counts no more and begins with the investigation, the act held all the while.
    let mut lawsuit = start_remedy;
    lawsuit["kind"] = json!("lawsuit");
    desk.step(&staff.li, lawsuit.clone()).await;
    let mut end = json!({"action": "end_remedy", "on": TODAY, "outcome": "ordered_anew", "number": "行初1号"});
    desk.step(&staff.sun, end.clone()).await;
    assert_eq!(desk.state(), "filed");
    assert_eq!(count(&site, &staff.sun, "loading_source/YT-1").await, 0);
    assert_eq!(
        site.store
            .act_claim(&desk.case_id)
            .await
            .unwrap()
            .unwrap()
            .case_id,
        desk.case_id
    );
    desk.decided(&staff, 5_000).await;
    assert_eq!(desk.owed(&staff.li).await["fine_paid_fen"], 500_000);
    // And the last annuls it: all of it falls, and the act is free.
    desk.step(&staff.li, lawsuit).await;
    end["outcome"] = json!("annulled");
    desk.step(&staff.sun, end).await;
    assert_eq!(desk.state(), "annulled");
    assert_eq!(desk.owed(&staff.li).await["refund_fen"], 500_000);
    assert!(site.store.act_claim(&desk.case_id).await.unwrap().is_none());
    site.store.verify_journal(|_, _| {}).await.unwrap();
    site.shut_down().await;
}

#[tokio::test]
async fn a_decision_of_the_police_that_falls_frees_nothing_by_itself() {
    let (site, staff) = staffed().await;
    let given = json!({"origin": "inspection", "offence": "evasion", "act_at": start().get(),
        "plate": "晋A12345", "facts": "冲卡"});
    let mut desk = Desk::open(&site, &staff.ma, &given).await;
    let mut same = given;
    same["same_act_as"] = json!(desk.case_id);
    let mut twin = Desk::open(&site, &staff.ma, &same).await;
    for (track, reason) in [
        ("driver", "unidentified"),
        ("carrier", "no_carrier"),
        ("loading_source", "no_source"),
    ] {
        let change = json!({"step": "set_not_applicable", "reason": reason});
        desk.step(
            &staff.li,
            json!({"action": "track", "track": track, "change": change}),
        )
        .await;
    }
    desk.step(
        &staff.li,
        json!({"action": "hand_to_police", "unit": "交警大队"}),
    )
    .await;
    let mut decision = json!({"action": "police_decision", "number": "公交决1号", "on": TODAY,
        "fine_yuan": 1_000, "points": 3});
    let (status, answer) = desk.tried(&staff.jing, decision.clone()).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
    assert_eq!(answer["error"]["field"], "over_limit_on_own_weighing");
    decision["over_limit_on_own_weighing"] = json!(true);
    desk.step(&staff.jing, decision).await;
    desk.step(
        &staff.sun,
        json!({"action": "close", "report": "公安已处罚"}),
    )
    .await;
    let state = async |site: &Site, case_id: &str| -> Value {
        let row = site.store.counted_case(case_id).await.unwrap().unwrap();
        let body: Value = serde_json::from_str(&row.body).unwrap();
        body["state"].clone()
    };
    assert_eq!(state(&site, &desk.case_id).await, "effective");

    // It falls: out of the counters at once, the act still with the police.
    let annul = json!({"action": "annul_police", "annulled_by": "review", "on": TODAY, "number": "公复决1号",
        "reason": "事实不清"});
    let (status, answer) = desk.tried(&staff.li, annul.clone()).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "{answer}");
    desk.step(&staff.jing, annul).await;
    assert_eq!(desk.state(), "annulled");
    assert_eq!(state(&site, &desk.case_id).await, "annulled");
    let held = site.store.act_claim(&desk.case_id).await.unwrap().unwrap();
    assert_eq!(
        (held.authority.as_str(), &held.case_id),
        ("police", &desk.case_id)
    );
    twin.step(
        &staff.sun,
        json!({"action": "assign_officers", "officers": ["li", "ma"]}),
    )
    .await;
    let file = json!({"action": "file", "procedure": "ordinary", "reason": "公安决定已撤销"});
    twin.lacks(&staff.sun, file.clone(), "act_free").await;
    // A person takes it up, with the reason, and nobody else.
    let take_up = json!({"action": "take_up", "reason": "公安不再处理，由我方重新认定"});
    let (status, answer) = desk.tried(&staff.jing, take_up.clone()).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "{answer}");
    let (status, answer) = desk
        .tried(&staff.sun, json!({"action": "take_up", "reason": ""}))
        .await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{answer}");
    desk.step(&staff.sun, take_up).await;
    assert_eq!(desk.state(), "registered");
    assert!(site.store.act_claim(&desk.case_id).await.unwrap().is_none());
    desk.filed(&staff).await;
    twin.lacks(&staff.sun, file, "act_free").await;
    let held = site.store.act_claim(&desk.case_id).await.unwrap().unwrap();
    assert_eq!(held.authority, "transport");
    site.store.verify_journal(|_, _| {}).await.unwrap();
    site.shut_down().await;
}
