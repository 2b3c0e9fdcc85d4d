//! Lists: filters and paging.

use reqwest::StatusCode;
use serde_json::Value;
use steelyard::law::VerdictClass;
use steelyard::role::Role;

use crate::site::{PLATE, Site, Truck, start};
use steelyard::units::Micros;

fn ids(body: &Value) -> Vec<String> {
    let items = body["items"].as_array().unwrap();
    let id = |item: &Value| item["passage_id"].as_str().unwrap().to_owned();
    items.iter().map(id).collect()
}

#[tokio::test]
async fn paging_sees_every_row_once_while_rows_come_in() {
    const ROWS: i64 = 3_000;
    let site = Site::new().await;
    let token = site.token("li", Role::Operator).await;
    // Three at a time share one moment, so that the order needs the id as well.
    let truck = |number: i64| Truck {
        crossed_at: start().saturating_add(Micros::from_seconds(number / 3)),
        ..Truck::new(number)
    };
    let trucks: Vec<Truck> = (0..ROWS).map(truck).collect();
    let recorded = futures::future::join_all(trucks.iter().map(|truck| site.weigh(truck))).await;
    let mut wanted: Vec<(i64, String)> = recorded
        .into_iter()
        .enumerate()
        .map(|(n, id)| (n as i64 / 3, id))
        .collect();
    wanted.sort_unstable_by(|a, b| b.cmp(a));

    let mut seen = Vec::new();
    let mut path = "/api/v1/passages?limit=137".to_owned();
    let mut later = ROWS;
    loop {
        let (status, body) = site.get(&token, &path).await;
        assert_eq!(status, StatusCode::OK);
        seen.extend(ids(&body));
        for _ in 0..5 {
            site.weigh(&truck(later)).await;
            later += 1;
        }
        match body["next"].as_str() {
            Some(next) => path = format!("/api/v1/passages?limit=137&cursor={next}"),
            None => break,
        }
        assert!(seen.len() <= ROWS as usize, "paging does not end");
    }
    let wanted: Vec<String> = wanted.into_iter().map(|(_, id)| id).collect();
    assert_eq!(seen.len(), wanted.len());
    assert!(seen == wanted, "a row is missing, twice or out of order");
    assert!(later > ROWS + 100);
    site.shut_down().await;
}

#[tokio::test]
async fn a_full_last_page_has_no_next() {
    let site = Site::new().await;
    let token = site.token("li", Role::Operator).await;
    assert_eq!(
        site.get(&token, "/api/v1/passages").await.1["next"],
        Value::Null
    );
    for number in 0..4 {
        site.weigh(&Truck::new(number)).await;
    }
    let (_, first) = site.get(&token, "/api/v1/passages?limit=2").await;
    let next = first["next"].as_str().unwrap();
    let (_, last) = site
        .get(&token, &format!("/api/v1/passages?limit=2&cursor={next}"))
        .await;
    assert_eq!(ids(&last).len(), 2);
    assert_eq!(last["next"], Value::Null);
    site.shut_down().await;
}

#[tokio::test]
async fn filters_select_what_they_say() {
    let site = Site::new().await;
    let token = site.token("li", Role::MobileOfficer).await;
    let clear = site.cross(&Truck::new(0)).await;
    let over = site.cross(&Truck::overloaded(3_600)).await;
    let hundred = Truck {
        class: Some(VerdictClass::HundredTon),
        lane: 2,
        ..Truck::overloaded(7_200)
    };
    let hundred = site.cross(&hundred).await;
    let weighed = site
        .weigh(&Truck {
            class: None,
            lane: 2,
            ..Truck::new(10_800)
        })
        .await;
    let plate: String = PLATE.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let small = plate.replace("%41", "a");
    for (query, wanted) in [
        (String::new(), vec![&weighed, &hundred, &over, &clear]),
        ("class=overloaded".into(), vec![&over]),
        ("class=hundred_ton".into(), vec![&hundred]),
        ("lane=2".into(), vec![&weighed, &hundred]),
        ("lane=2&state=closed".into(), vec![&hundred]),
        ("state=weighed".into(), vec![&weighed]),
        (format!("plate={plate}"), vec![&hundred, &over]),
        (format!("plate={small}"), vec![&hundred, &over]),
        (format!("plate={plate}&class=overloaded"), vec![&over]),
        ("plate=".into(), vec![&weighed, &hundred, &over, &clear]),
        (
            "from=2025-03-14T09:00:00Z&until=2025-03-14T10:00:00Z".into(),
            vec![&over],
        ),
        (
            "from=2025-03-14T17:00:00%2B08:00&until=2025-03-14T18:00:00.000001+08:00".into(),
            vec![&hundred, &over],
        ),
        ("lane=9".into(), vec![]),
    ] {
        let (status, body) = site.get(&token, &format!("/api/v1/passages?{query}")).await;
        assert_eq!(status, StatusCode::OK, "{query}: {body}");
        assert_eq!(ids(&body).iter().collect::<Vec<_>>(), wanted, "{query}");
    }
    for (query, wanted) in [
        ("", 2),
        ("state=awaiting_first_review", 2),
        ("state=confirmed", 0),
        ("class=hundred_ton", 1),
        ("lane=1", 1),
    ] {
        let (_, body) = site.get(&token, &format!("/api/v1/cases?{query}")).await;
        assert_eq!(ids(&body).len(), wanted, "{query}");
    }
    let (_, page) = site.get(&token, "/api/v1/cases?limit=1").await;
    let next = page["next"].as_str().unwrap();
    let (_, rest) = site
        .get(&token, &format!("/api/v1/cases?limit=1&cursor={next}"))
        .await;
    assert_eq!((ids(&page), ids(&rest)), (vec![hundred], vec![over]));
    assert_eq!(rest["next"], Value::Null);
    site.shut_down().await;
}

#[tokio::test]
async fn a_bad_parameter_is_named() {
    let site = Site::new().await;
    let token = site.token("li", Role::Operator).await;
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=many", "limit"),
        ("cursor=abc", "cursor"),
        ("cursor=%00", "cursor"),
        ("cursor=MiAwIGE", "cursor"),
        ("from=yesterday", "from"),
        ("until=2025-03-14", "until"),
        ("class=heavy", "class"),
        ("state=confirmed", "state"),
        ("lane=0", "lane"),
        ("lane=one", "lane"),
        ("lanes=1", "lanes"),
        ("lane=1&lane=2", "lane"),
    ] {
        let (status, body) = site.get(&token, &format!("/api/v1/passages?{query}")).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{query}: {body}");
        assert_eq!(body["error"]["code"], "invalid_field", "{query}");
        assert_eq!(body["error"]["field"], field, "{query}");
    }
    site.shut_down().await;
}
