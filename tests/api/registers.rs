//! Registers over the API: lists, changes, conflicts, masks, import and export.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use steelyard::role::Role;

use crate::site::{Site, answer};

const VEHICLES: &str = "/api/v1/registers/vehicles";

fn vehicle(number: i64) -> Value {
    json!({"plate": format!("晋D{number:05}"), "colour": "yellow", "kind": "truck", "axles": 4, "carrier": "C1"})
}

fn change(entry: &Value, expected_version: i64) -> Value {
    json!({"entry": entry, "expected_version": expected_version, "reason": "行驶证核对"})
}

async fn upload(site: &Site, token: &str, path: &str, body: Vec<u8>) -> (StatusCode, Value) {
    let request = site.request(Method::POST, Some(token), path).body(body);
    answer(request.send().await.unwrap()).await
}

#[tokio::test]
async fn an_entry_is_added_corrected_and_the_slower_is_told_both_versions() {
    let site = Site::new().await;
    let token = site.token("li", Role::Operator).await;
    let (status, added) = site.post(&token, VEHICLES, &change(&vehicle(1), 0)).await;
    assert_eq!(status, StatusCode::CREATED, "{added}");
    assert_eq!(
        (&added["key"], &added["version"]),
        (&json!("晋D00001-yellow"), &json!(1))
    );

    let mut corrected = vehicle(1);
    corrected["axles"] = json!(3);
    let (status, _) = site.post(&token, VEHICLES, &change(&corrected, 1)).await;
    assert_eq!(status, StatusCode::CREATED);
    // Nothing new is no change.
    let (status, same) = site.post(&token, VEHICLES, &change(&corrected, 2)).await;
    assert_eq!((status, &same["version"]), (StatusCode::OK, &json!(2)));

    let mut late = vehicle(1);
    late["axles"] = json!(2);
    let (status, refused) = site.post(&token, VEHICLES, &change(&late, 1)).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(refused["error"]["code"], "conflict");
    assert_eq!(refused["current"]["entry"]["axles"], 3);
    assert_eq!(refused["current"]["version"], 2);
    assert_eq!(refused["yours"]["entry"]["axles"], 2);

    let (status, one) = site
        .get(&token, &format!("{VEHICLES}/晋D00001-yellow"))
        .await;
    assert_eq!(status, StatusCode::OK);
    let axles: Vec<&Value> = one["history"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| &step["entry"]["axles"])
        .collect();
    assert_eq!(axles, [3, 4]);
    assert_eq!(one["history"][0]["actor"], "li");
    assert_eq!(one["history"][0]["reason"], "行驶证核对");
    site.shut_down().await;
}

#[tokio::test]
async fn what_is_wrong_is_told_by_column_in_both_languages() {
    let site = Site::new().await;
    let token = site.token("li", Role::Operator).await;
    let bad =
        json!({"plate": "晋D1", "colour": "yellow", "kind": "truck", "axles": "many", "wheels": 4});
    let (status, refused) = site.post(&token, VEHICLES, &change(&bad, 0)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let faults = refused["faults"].as_array().unwrap();
    let mut columns: Vec<&str> = faults
        .iter()
        .map(|fault| fault["column"].as_str().unwrap())
        .collect();
    columns.sort_unstable();
    assert_eq!(columns, ["axles", "plate", "wheels"]);
    for fault in faults {
        assert!(
            fault["should_be"]["zh"].is_string() && fault["should_be"]["en"].is_string(),
            "{fault}"
        );
    }
    for body in [
        json!({"entry": vehicle(1), "expected_version": 0}),
        json!({"entry": vehicle(1), "expected_version": 0, "reason": " "}),
        json!({"entry": vehicle(1), "reason": "x"}),
        json!({"entry": [], "expected_version": 0, "reason": "x"}),
    ] {
        let (status, _) = site.post(&token, VEHICLES, &body).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
    }
    for path in [
        "/api/v1/registers/ships",
        "/api/v1/registers/ships/1",
        "/api/v1/registers/ships/export",
    ] {
        assert_eq!(
            site.get(&token, path).await.0,
            StatusCode::NOT_FOUND,
            "{path}"
        );
    }
    for query in [
        "?valid_on=today",
        "?active=maybe",
        "?cursor=AAAA",
        "?color=blue",
    ] {
        let (status, _) = site.get(&token, &format!("{VEHICLES}{query}")).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
    }
    site.shut_down().await;
}

#[tokio::test]
async fn lists_go_on_page_by_page_and_filter() {
    let site = Site::new().await;
    let token = site.token("li", Role::Operator).await;
    for number in 1..=7 {
        let (status, _) = site
            .post(&token, VEHICLES, &change(&vehicle(number), 0))
            .await;
        assert_eq!(status, StatusCode::CREATED);
    }
    let mut found = Vec::new();
    let mut next = Value::Null;
    loop {
        let cursor = next
            .as_str()
            .map_or(String::new(), |next| format!("&cursor={next}"));
        let (_, page) = site
            .get(&token, &format!("{VEHICLES}?limit=3{cursor}"))
            .await;
        found.extend(
            page["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| item["label"].as_str().unwrap().to_owned()),
        );
        next = page["next"].clone();
        if next.is_null() {
            break;
        }
    }
    let expected: Vec<String> = (1..=7).map(|number| format!("晋D{number:05}")).collect();
    assert_eq!(found, expected);
    let count = async |query: &str| {
        let (_, page) = site.get(&token, &format!("{VEHICLES}?{query}")).await;
        page["items"].as_array().unwrap().len()
    };
    assert_eq!(count("plate=晋D00003").await, 1);
    assert_eq!(count("prefix=晋D0000&carrier=C1").await, 7);
    assert_eq!(count("active=false").await, 0);
    let (_, kinds) = site.get(&token, "/api/v1/registers").await;
    let items = kinds["items"].as_array().unwrap();
    assert_eq!(items.len(), 11);
    let of = |kind: &str| items.iter().find(|item| item["kind"] == kind).unwrap();
    assert_eq!(
        (&of("vehicles")["entries"], &of("vehicles")["may_change"]),
        (&json!(7), &json!(true))
    );
    assert_eq!(
        (&of("sites")["entries"], &of("sites")["may_change"]),
        (&json!(0), &json!(false))
    );
    site.shut_down().await;
}

#[tokio::test]
async fn a_governed_register_is_the_supervisors_alone() {
    let site = Site::new().await;
    let (operator, supervisor) = (
        site.token("li", Role::Operator).await,
        site.token("wang", Role::Supervisor).await,
    );
    let agency = json!({"code": "A1", "name": "支队", "authority": "transport"});
    let path = "/api/v1/registers/agencies";
    let csv = "code,name,authority\nA2,大队,交通\n".as_bytes().to_vec();
    assert_eq!(
        site.post(&operator, path, &change(&agency, 0)).await.0,
        StatusCode::FORBIDDEN
    );
    let imported = format!("{path}/import");
    assert_eq!(
        upload(&site, &operator, &imported, csv.clone()).await.0,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        site.post(&supervisor, path, &change(&agency, 0)).await.0,
        StatusCode::CREATED
    );
    assert_eq!(
        upload(&site, &supervisor, &imported, csv).await.0,
        StatusCode::OK
    );
    site.shut_down().await;
}

#[tokio::test]
async fn personal_data_is_masked_for_those_who_only_look_on() {
    let site = Site::new().await;
    let operator = site.token("li", Role::Operator).await;
    let path = "/api/v1/registers/drivers";
    for (number, name) in [
        ("140202198001011234", "张三丰"),
        ("140202198001015678", "张无忌"),
    ] {
        let driver = json!({"certificate": number, "name": name, "licence": number});
        assert_eq!(
            site.post(&operator, path, &change(&driver, 0)).await.0,
            StatusCode::CREATED
        );
    }
    let (_, page) = site.get(&operator, path).await;
    assert_eq!(page["items"][0]["entry"]["name"], "张三丰");
    for (name, role) in [("audit", Role::Auditor), ("machine", Role::Machine)] {
        let token = site.token(name, role).await;
        let (_, page) = site.get(&token, &format!("{path}?limit=1")).await;
        let export = site.request(Method::GET, Some(&token), &format!("{path}/export"));
        let export = export.send().await.unwrap().text().await.unwrap();
        for text in [page.to_string(), export] {
            assert!(
                !text.contains("张三") && !text.contains("19800101"),
                "{name}: {text}"
            );
        }
        assert_eq!(page["items"][0]["key"], "140*************34");
        assert_eq!(page["items"][0]["label"], "张**");
        // Nor can a name be found out letter by letter.
        let guess = site.get(&token, &format!("{path}?prefix=张三")).await;
        assert_eq!(guess.0, StatusCode::FORBIDDEN, "{}", guess.1);
        // The place where the list goes on names nobody either, and serves.
        let next = page["next"].as_str().unwrap();
        let (_, rest) = site.get(&token, &format!("{path}?cursor={next}")).await;
        assert_eq!(rest["items"].as_array().unwrap().len(), 1);
        let (_, one) = site
            .get(&token, &format!("{path}/140202198001011234"))
            .await;
        let shown = if role == Role::Auditor {
            "张三丰"
        } else {
            "张**"
        };
        assert_eq!(one["entry"]["name"], shown);
        assert_eq!(one["history"][0]["entry"]["name"], shown);
    }
    site.shut_down().await;
}

#[tokio::test]
async fn a_file_is_tried_refused_imported_and_exported() {
    let site = Site::new().await;
    let token = site.token("li", Role::Operator).await;
    let path = format!("{VEHICLES}/import");
    let before = site.store.journal_head().await.unwrap();
    let good =
        "号牌号码,号牌颜色,车辆种类,轴数\n晋D00001,黄色,载货汽车,4\n晋D00002,黄色,载货汽车,3\n";
    let (status, tried) = upload(
        &site,
        &token,
        &format!("{path}?dry_run=true"),
        good.as_bytes().to_vec(),
    )
    .await;
    assert_eq!((status, &tried["written"]), (StatusCode::OK, &json!(0)));
    assert_eq!(
        tried["summary"],
        json!({"new": 2, "changed": 0, "unchanged": 0, "refused": 0})
    );
    assert_eq!(
        tried["lines"][1],
        json!({"line": 3, "key": "晋D00002-yellow", "change": "new"})
    );
    assert_eq!(
        site.store.journal_head().await.unwrap(),
        before,
        "nothing was written"
    );

    let (status, done) = upload(
        &site,
        &token,
        &format!("{path}?name=v.csv&reason=年检"),
        good.as_bytes().to_vec(),
    )
    .await;
    assert_eq!((status, &done["written"]), (StatusCode::OK, &json!(2)));
    let (_, one) = site
        .get(&token, &format!("{VEHICLES}/晋D00001-yellow"))
        .await;
    assert_eq!(
        one["history"][0]["from"],
        json!({"via": "file", "name": "v.csv", "sha256": done["sha256"]})
    );
    assert_eq!(one["history"][0]["reason"], "年检");

    let mixed = good.replace(
        "晋D00002,黄色,载货汽车,3",
        "晋D00002,黄色,载货汽车,4\n晋D0,黄色,载货汽车,x",
    );
    let (status, refused) = upload(&site, &token, &path, mixed.as_bytes().to_vec()).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let told = &refused["import"];
    assert_eq!(
        told["summary"],
        json!({"new": 0, "changed": 1, "unchanged": 1, "refused": 1})
    );
    assert_eq!(
        told["lines"][0]["differences"],
        json!([{"column": "axles", "zh": "轴数", "from": "3", "to": "4"}])
    );
    assert_eq!(
        (&told["refused"][0]["line"], &told["refused"][0]["column"]),
        (&json!(4), &json!("plate"))
    );
    let (_, one) = site
        .get(&token, &format!("{VEHICLES}/晋D00002-yellow"))
        .await;
    assert_eq!(one["version"], 1, "nothing was written");
    let (status, done) = upload(
        &site,
        &token,
        &format!("{path}?skip_refused=true"),
        mixed.as_bytes().to_vec(),
    )
    .await;
    assert_eq!((status, &done["written"]), (StatusCode::OK, &json!(1)));

    for encoding in ["utf-8", "gb18030"] {
        let request = site.request(
            Method::GET,
            Some(&token),
            &format!("{VEHICLES}/export?encoding={encoding}"),
        );
        let response = request.send().await.unwrap();
        assert_eq!(
            response.headers()["content-type"],
            format!("text/csv; charset={encoding}")
        );
        let bytes = response.bytes().await.unwrap().to_vec();
        let (_, again) = upload(&site, &token, &path, bytes).await;
        assert_eq!(
            again["summary"],
            json!({"new": 0, "changed": 0, "unchanged": 2, "refused": 0}),
            "{encoding}"
        );
        assert_eq!(again["encoding"], encoding);
    }
    let (status, _) = upload(&site, &token, &path, b"nothing\n".to_vec()).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    // More than other requests may bring.
    let large: String = (0..4_000)
        .map(|number| format!("晋D{number:05},黄色,载货汽车,4\n"))
        .collect();
    let large = format!("号牌号码,号牌颜色,车辆种类,轴数\n{large}").into_bytes();
    assert!(large.len() > steelyard::api::BODY_LIMIT);
    let (status, done) = upload(&site, &token, &path, large).await;
    assert_eq!((status, &done["written"]), (StatusCode::OK, &json!(3_998)));
    assert_eq!(done["lines_left_out"], 2_998);
    site.store.verify_journal(|_, _| ()).await.unwrap();
    site.shut_down().await;
}
