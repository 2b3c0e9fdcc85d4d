//! Registers and counted cases.

use std::collections::BTreeSet;

use futures::future::join_all;
use serde_json::{Value, json};
use steelyard::casework::procedure::TrackKind;
use steelyard::store::records::{
    Actor, CountedLine, NewCountedCase, NewRegisterEntry, RegisterBatch, RegisterFilter,
};
use steelyard::store::{JournalFault, REGISTER_CHANGED, Store, StoreError};

use crate::journal::tamper;
use crate::support::{Engine, Place, on_both_engines, verify};

pub fn vehicle(number: i64, version: i64) -> NewRegisterEntry {
    let plate = format!("晋D{number:05}");
    NewRegisterEntry {
        kind: "vehicles",
        key: format!("{plate}-yellow"),
        label: plate.clone(),
        plate: Some(plate.clone()),
        carrier: (number % 2 == 0).then(|| format!("C{}", number % 4)),
        valid_from: Some("2026-01-01".to_owned()),
        valid_until: (number % 3 == 0).then(|| "2026-06-30".to_owned()),
        active: number % 5 != 0,
        expected_version: version,
        body: json!({"plate": plate, "colour": "yellow", "kind": "truck", "axles": 2 + version}),
        counted: None,
    }
}

pub fn past_case(number: i64, day: &str, version: i64, active: bool) -> NewRegisterEntry {
    let case_id = format!("晋罚{number}");
    let plate = format!("晋D{:05}", number % 2);
    let body = json!({"case_id": case_id, "day_of_act": day});
    NewRegisterEntry {
        kind: "past_cases",
        key: case_id.clone(),
        label: case_id.clone(),
        plate: Some(plate.clone()),
        carrier: Some("C1".to_owned()),
        valid_from: None,
        valid_until: None,
        active,
        expected_version: version,
        body: body.clone(),
        counted: Some(NewCountedCase {
            act_id: format!("act-{}", number / 2),
            case_id,
            day_of_act: day.to_owned(),
            vehicle_plate: Some(plate),
            driver_id: (number == 1).then(|| "driver".to_owned()),
            carrier_id: Some("C1".to_owned()),
            source_id: (number == 2).then(|| "S1".to_owned()),
            body,
            resting: 0,
        }),
    }
}

pub fn batch(entries: Vec<NewRegisterEntry>) -> RegisterBatch {
    RegisterBatch {
        entries,
        actor: Actor("li".to_owned()),
        from: json!({"via": "api"}),
        reason: Some("行驶证核对".to_owned()),
    }
}

async fn put(store: &Store, entries: Vec<NewRegisterEntry>) -> Vec<i64> {
    store.change_register(batch(entries)).await.unwrap()
}

async fn a_change_has_its_journal_entry_and_a_stale_one_changes_nothing(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    let first = put(&store, vec![vehicle(1, 0), vehicle(2, 0)]).await;
    assert_eq!(first, [1, 2]);
    let entry = store.journal_entry(2).await.unwrap().unwrap();
    assert_eq!(
        (entry.kind.as_str(), entry.actor.as_str()),
        (REGISTER_CHANGED, "li")
    );
    let body: Value = serde_json::from_str(entry.body.as_deref().unwrap()).unwrap();
    assert_eq!(body["reason"], "行驶证核对");
    assert_eq!(body["from"], json!({"via": "api"}));
    assert_eq!(body["before_version"], 0);
    assert_eq!(body["columns"]["body"]["plate"], "晋D00002");

    // One of the two is stale, so neither is made.
    let refused = store
        .change_register(batch(vec![vehicle(3, 0), vehicle(1, 0)]))
        .await;
    match refused {
        Err(StoreError::StaleEntry {
            register,
            key,
            expected,
            found,
        }) => {
            assert_eq!(
                (register, key.as_str(), expected, found),
                ("vehicles", "晋D00001-yellow", 0, 1)
            );
        }
        other => panic!("{other:?}"),
    }
    // Nor is a batch that names an entry twice.
    let twice = store
        .change_register(batch(vec![vehicle(4, 0), vehicle(4, 0)]))
        .await;
    assert!(
        matches!(twice, Err(StoreError::StaleEntry { .. })),
        "{twice:?}"
    );
    assert_eq!(store.journal_head().await.unwrap().sequence, 2);
    assert_eq!(
        store
            .register_entry("vehicles", "晋D00003-yellow")
            .await
            .unwrap(),
        None
    );

    put(&store, vec![vehicle(1, 1)]).await;
    let row = store
        .register_entry("vehicles", "晋D00001-yellow")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (row.version, row.first_sequence, row.latest_sequence),
        (2, 1, 3)
    );
    assert!(row.body.contains("\"axles\":3"), "{}", row.body);
    let history = store
        .register_history("vehicles", "晋D00001-yellow", 10)
        .await
        .unwrap();
    let sequences: Vec<i64> = history.iter().map(|row| row.sequence).collect();
    assert_eq!(sequences, [3, 1]);
    verify(&store).await;
}

async fn of_two_who_change_one_entry_at_once_the_second_is_told(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    put(&store, vec![vehicle(1, 0)]).await;
    let tries = join_all((0..8).map(|_| store.change_register(batch(vec![vehicle(1, 1)])))).await;
    let made = tries.iter().filter(|outcome| outcome.is_ok()).count();
    let stale =
        |outcome: &&Result<_, _>| matches!(outcome, Err(StoreError::StaleEntry { found: 2, .. }));
    assert_eq!((made, tries.iter().filter(stale).count()), (1, 7));
    // Steps one after the other in one batch build on each other.
    let steps =
        join_all((2..40).map(|version| store.change_register(batch(vec![vehicle(1, version)]))))
            .await;
    assert!(steps.iter().all(Result::is_ok));
    let row = store
        .register_entry("vehicles", "晋D00001-yellow")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.version, 40);
    verify(&store).await;
}

async fn lists_filter_and_go_on_by_label(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    put(&store, (1..=200).map(|number| vehicle(number, 0)).collect()).await;
    put(&store, vec![past_case(1, "2026-01-01", 0, true)]).await;
    let all: Vec<i64> = (1..=200).collect();
    type Wanted = fn(&i64) -> bool;
    let cases: [(RegisterFilter, Wanted); 6] = [
        (RegisterFilter::default(), |_| true),
        (
            RegisterFilter {
                prefix: Some("晋D0001".to_owned()),
                ..RegisterFilter::default()
            },
            |n| (10..20).contains(n),
        ),
        (
            RegisterFilter {
                plate: Some("晋D00042".to_owned()),
                ..RegisterFilter::default()
            },
            |n| *n == 42,
        ),
        (
            RegisterFilter {
                carrier: Some("C2".to_owned()),
                active: Some(true),
                ..RegisterFilter::default()
            },
            |n| n % 4 == 2 && n % 5 != 0,
        ),
        (
            RegisterFilter {
                valid_on: Some("2026-07-01".to_owned()),
                ..RegisterFilter::default()
            },
            |n| n % 3 != 0,
        ),
        (
            RegisterFilter {
                valid_on: Some("2025-12-31".to_owned()),
                ..RegisterFilter::default()
            },
            |_| false,
        ),
    ];
    for (filter, wanted) in cases {
        let expected: Vec<String> = all
            .iter()
            .filter(|n| wanted(n))
            .map(|n| format!("晋D{n:05}"))
            .collect();
        let mut found = Vec::new();
        let mut after: Option<(String, String)> = None;
        loop {
            let place = after
                .as_ref()
                .map(|(label, key)| (label.as_str(), key.as_str()));
            let page = store
                .register_entries("vehicles", &filter, place, 7)
                .await
                .unwrap();
            let Some(last) = page.last() else { break };
            after = Some((last.label.clone(), last.entry_key.clone()));
            found.extend(page.into_iter().map(|row| row.label));
        }
        assert_eq!(found, expected, "{filter:?}");
    }
    let keys: BTreeSet<String> = (190..300).map(|number| vehicle(number, 0).key).collect();
    assert_eq!(
        store
            .register_entries_by_keys("vehicles", &keys)
            .await
            .unwrap()
            .len(),
        11
    );
    assert_eq!(
        store.standing_register("vehicles").await.unwrap().len(),
        160
    );
    let counts = store.register_counts().await.unwrap();
    let counts: Vec<_> = counts
        .iter()
        .map(|count| (count.kind.as_str(), count.entries, count.active))
        .collect();
    assert_eq!(counts, [("past_cases", 1, 1), ("vehicles", 200, 160)]);
}

async fn past_cases_are_counted_for_each_party_until_they_are_struck_off(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    let days = ["2025-11-30", "2026-01-01", "2026-02-01", "2026-03-01"];
    let cases = days
        .iter()
        .zip(0..)
        .map(|(day, number)| past_case(number, day, 0, true));
    put(&store, cases.collect()).await;
    let found = async |party, id: &str, days: [&str; 2]| -> Vec<String> {
        let rows = store.counted_cases(party, id, days).await.unwrap();
        let body = |row: CountedLine| serde_json::from_str::<Value>(&row.body).unwrap();
        let ids = rows
            .into_iter()
            .map(|row| body(row)["case_id"].as_str().unwrap().to_owned());
        let mut ids: Vec<String> = ids.collect();
        ids.sort_unstable();
        ids
    };
    let year = ["2025-12-01", "2026-11-30"];
    assert_eq!(
        found(TrackKind::Carrier, "C1", year).await,
        ["晋罚1", "晋罚2", "晋罚3"]
    );
    assert_eq!(
        found(TrackKind::Carrier, "C1", ["2025-11-30", "2026-01-01"]).await,
        ["晋罚0", "晋罚1"]
    );
    assert_eq!(
        found(TrackKind::Vehicle, "晋D00001", year).await,
        ["晋罚1", "晋罚3"]
    );
    assert_eq!(found(TrackKind::Driver, "driver", year).await, ["晋罚1"]);
    assert_eq!(found(TrackKind::LoadingSource, "S1", year).await, ["晋罚2"]);
    verify(&store).await;

    // Corrected, and struck off.
    put(
        &store,
        vec![
            past_case(1, "2026-01-09", 1, true),
            past_case(3, "2026-03-01", 1, false),
        ],
    )
    .await;
    assert_eq!(found(TrackKind::Vehicle, "晋D00001", year).await, ["晋罚1"]);
    assert_eq!(
        store
            .counted_case("晋罚1")
            .await
            .unwrap()
            .unwrap()
            .day_of_act,
        "2026-01-09"
    );
    assert_eq!(store.counted_case("晋罚3").await.unwrap(), None);
    verify(&store).await;
    // And counted again.
    put(&store, vec![past_case(3, "2026-03-01", 2, true)]).await;
    assert_eq!(
        found(TrackKind::Vehicle, "晋D00001", year).await,
        ["晋罚1", "晋罚3"]
    );
    verify(&store).await;
}

async fn rows_that_say_otherwise_than_the_journal_are_found(engine: Engine) {
    for (sql, what) in [
        (
            "update register_entry set label = '晋D99999' where entry_key = '晋D00001-yellow'",
            "label",
        ),
        (
            "update register_entry set body = '{}' where entry_key = '晋D00001-yellow'",
            "body",
        ),
        (
            "update register_entry set active = 1 where entry_key = '晋D00005-yellow'",
            "active",
        ),
        (
            "update register_entry set valid_until = null where entry_key = '晋D00003-yellow'",
            "valid_until",
        ),
        (
            "update register_entry set latest_sequence = 1 where entry_key = '晋D00003-yellow'",
            "latest_sequence is 1 in the table",
        ),
        (
            "delete from register_entry where entry_key = '晋D00003-yellow'",
            "missing from its table",
        ),
        (
            "insert into register_entry select kind, 'x', label, plate, carrier, valid_from, valid_until, active, \
             version, first_sequence, latest_sequence, body from register_entry where entry_key = '晋D00003-yellow'",
            "table register_entry, row vehicles / x: in its table without",
        ),
        (
            "delete from register_history where sequence = 2",
            "table register_history, row vehicles / 晋D00002-yellow / 2: missing",
        ),
        (
            "update counted_case set day_of_act = '2020-01-01' where case_id = '晋罚1'",
            "table counted_case, row 晋罚1",
        ),
        (
            "update counted_case set body = '{}' where case_id = '晋罚1'",
            "table counted_case, row 晋罚1",
        ),
        (
            "delete from counted_case where case_id = '晋罚1'",
            "table counted_case, row 晋罚1: missing from its table",
        ),
        (
            "insert into counted_case select 'x', origin, act_id, day_of_act, vehicle_plate, driver_id, carrier_id, \
             source_id, latest_sequence, body, resting from counted_case where case_id = '晋罚1'",
            "table counted_case, row x: in its table without",
        ),
    ] {
        let place = Place::new(engine).await;
        let store = place.open().await;
        put(&store, (1..=6).map(|number| vehicle(number, 0)).collect()).await;
        put(
            &store,
            vec![vehicle(2, 1), past_case(1, "2026-01-01", 0, true)],
        )
        .await;
        verify(&store).await;
        store.shutdown().await;
        tamper(&place, sql).await;
        let store = place.open().await;
        match store.verify_journal(|_, _| ()).await {
            Err(JournalFault::Disagreement(found)) => {
                assert!(found.to_string().contains(what), "{sql}: {found}");
            }
            other => panic!("{sql}: {other:?}"),
        }
        store.shutdown().await;
    }
}

on_both_engines!(
    a_change_has_its_journal_entry_and_a_stale_one_changes_nothing,
    of_two_who_change_one_entry_at_once_the_second_is_told,
    lists_filter_and_go_on_by_label,
    past_cases_are_counted_for_each_party_until_they_are_struck_off,
    rows_that_say_otherwise_than_the_journal_are_found,
);
