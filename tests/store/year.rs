//! A year of a busy four-lane station: 1.3 million passages, 20,000 cases. It loads, and every list and
//! counter answers within 100 ms on both databases, with the index that serves it.
//!
//! Run by hand, some ten minutes an engine:
//! `cargo test --release --test store year -- --ignored --nocapture --test-threads=1`.

#![allow(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "it measures, and prints the table"
)]

use std::time::{Duration, Instant};

use futures::StreamExt;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use sqlx::postgres::PgPool;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use steelyard::casework::procedure::TrackKind;
use steelyard::evidence::journal::sha256_hex;
use steelyard::law::{
    CarrierFacts, CountedCase, LawTables, carrier_share, driver_repeats, source_instigations,
    vehicle_repeats,
};
use steelyard::store::db::{Readers, Value};
use steelyard::store::records::{
    Actor, CaseColumns, CaseEffect, CaseKey, CaseStep, CountedCaseRow, InspectionColumns,
    InspectionStep, ListFilter, NewCase, NewClosing, NewCountedCase, NewWeighing, OpenedCase,
    PageKey, PartiesWaiting, PassageRow, ShiftNumbers,
};
use steelyard::store::statements::{self, Statement};
use steelyard::store::{DatabaseUrl, Store};
use steelyard::units::{Kilograms, Micros};

use crate::support::{DAY, Engine, Place, case_step, verify};

/// How much of a year is loaded: passages, cases, stays.
#[derive(Clone, Copy)]
struct Year {
    passages: i64,
    cases: i64,
    stays: i64,
}

const WHOLE: Year = Year {
    passages: 1_300_000,
    cases: 20_000,
    stays: 30_000,
};

const SECONDS: i64 = 365 * 86_400;

fn plate(number: i64) -> String {
    let letters = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'];
    let letter = letters[usize::try_from(number % 8).unwrap()];
    format!("晋{letter}{:05}", number / 8 % 100_000)
}

/// Few vehicles come often, many seldom.
fn vehicle(random: &mut ChaCha8Rng) -> i64 {
    let x: f64 = random.random();
    (x * x * x * 60_000.0) as i64
}

async fn passages(store: &Store, year: Year) {
    let mut random = ChaCha8Rng::seed_from_u64(7);

    let one = |number: i64, random: &mut ChaCha8Rng| {
        let gross_kg = match random.random_range(0..1_000) {
            0..=2 => random.random_range(90_000..140_000),
            3..=60 => random.random_range(49_500..75_000),
            _ => random.random_range(8_000..49_000),
        };
        let class = match gross_kg {
            100_000.. => "hundred_ton",
            50_001.. => "overloaded",
            49_001.. => "warning",
            _ => "clear",
        };
        let at = DAY + SECONDS * 1_000_000 / year.passages * number;
        let passage_id = format!("P{number:08}");
        let known = random.random_range(0..100) < 92;
        let plate = known.then(|| plate(vehicle(random)));
        let weighing = NewWeighing {
            passage_id: passage_id.clone(),
            station: "3301A".to_owned(),
            lane: 1 + number % 4,
            port: format!("wim-{}", 1 + number % 4),
            kind: "dynamic",
            crossed_at: Micros::new(at),
            gross_kg: Kilograms::new(gross_kg),
            axle_count: 6,
            class: Some(class.to_owned()),
            overage_kg: Some(Kilograms::new((gross_kg - 49_000).max(0))),
            raw_digest: sha256_hex(&number.to_be_bytes()),
            body: json!({"axles": [7_000, 9_000, 9_000, 8_000, 8_000, 8_000]}),
        };
        let closing = NewClosing {
            passage_id,
            closed_at: Micros::new(at + 5_000_000),
            plate_state: if known { "matched" } else { "missing" },
            plate,
            enforceable: known && class != "clear",
            class: Some(class.to_owned()),
            overage_kg: weighing.overage_kg,
            pictures: Vec::new(),
            body: json!({"candidates": []}),
            case: CaseEffect::None,
        };
        (weighing, closing)
    };
    let started = Instant::now();
    let mut number = 0;
    while number < year.passages {
        let block: Vec<_> = (number..year.passages.min(number + 4_096))
            .map(|number| one(number, &mut random))
            .collect();
        number += i64::try_from(block.len()).unwrap();
        futures::stream::iter(block)
            .for_each_concurrent(512, |(weighing, closing)| async move {
                store.record_weighing(weighing).await.unwrap();
                store.close_passage(closing).await.unwrap();
            })
            .await;
        if number % (4_096 * 40) == 0 {
            println!("{number} passages after {:.0?}", started.elapsed());
        }
    }
    println!("{} passages in {:.0?}", year.passages, started.elapsed());
}

/// A case as the counters see it, all of it: what is measured reads it.
fn counted_body(case_id: &str, columns: &CaseColumns, at: Micros) -> serde_json::Value {
    json!({
        "case_id": case_id,
        "act_id": columns.act_id,
        "act": "overload",
        "day_of_act": at.beijing_day(),
        "day_of_decision": at.beijing_day(),
        "authority": columns.authority,
        "vehicle_plate": columns.plate,
        "trailer_plate": null,
        "driver_id": columns.driver_id,
        "carrier_id": columns.carrier_id,
        "source_id": columns.source_id,
        "outcome": "fine",
        "fine_yuan": 500,
        "state": "effective",
        "over_limit_on_own_weighing": true,
    })
}

async fn cases(store: &Store, year: Year) {
    let states = [
        "closed",
        "closed",
        "closed",
        "closed",
        "closed",
        "closed",
        "discarded",
        "served",
        "filed",
        "awaiting_first_review",
    ];
    let started = Instant::now();
    futures::stream::iter(0..year.cases)
        .for_each_concurrent(256, |number| async move {
            let mut random = ChaCha8Rng::seed_from_u64(number as u64);
            let at = DAY + SECONDS * 1_000_000 / year.cases * number;
            let state = states[random.random_range(0..states.len())];
            let open = state != "closed" && state != "discarded";
            let columns = CaseColumns {
                state: state.to_owned(),
                plate: plate(vehicle(&mut random)),
                class: Some("overloaded".to_owned()),
                number: Some(format!("晋长上交罚〔2026〕{number:05}号")),
                authority: Some(
                    if number % 3 == 0 {
                        "police"
                    } else {
                        "transport"
                    }
                    .to_owned(),
                ),
                act_id: format!("act-{number}"),
                act_at: at,
                driver_id: Some(format!("driver-{}", vehicle(&mut random) / 8)),
                carrier_id: Some(format!("carrier-{}", vehicle(&mut random) / 70)),
                source_id: Some(format!("source-{}", vehicle(&mut random) / 500)),
                fine_yuan: Some(random.random_range(1..60) * 500),
                due_at: open.then_some(at + 90 * 86_400_000_000),
                due_kind: open.then(|| "decide".to_owned()),
                discard_reason: (state == "discarded").then(|| "two_vehicles".to_owned()),
                open_proposals: i64::from(number % 300 == 0),
            };
            let case_id = format!("case-{number:06}");
            let opened = OpenedCase {
                new: NewCase {
                    case_id: case_id.clone(),
                    columns: Box::new(columns.clone()),
                    actor: Actor::station(),
                    alone_within: None,
                    body: json!({"case": number}),
                },
                station: "3301A".to_owned(),
                opened_at: Micros::new(at),
                passages: vec![format!("P{:08}", year.passages / year.cases * number)],
            };
            store.open_case(opened).await.unwrap();
            for version in 1..=6 {
                let officers = (version == 1).then(|| {
                    vec![
                        format!("officer-{}", number % 16),
                        format!("officer-{}", (number + 5) % 16),
                    ]
                });
                let counted = (version == 6 && state == "closed").then(|| NewCountedCase {
                    case_id: case_id.clone(),
                    act_id: columns.act_id.clone(),
                    day_of_act: Micros::new(at).beijing_day().to_string(),
                    vehicle_plate: Some(columns.plate.clone()),
                    driver_id: columns.driver_id.clone(),
                    carrier_id: columns.carrier_id.clone(),
                    source_id: columns.source_id.clone(),
                    body: counted_body(&case_id, &columns, Micros::new(at)),
                    resting: 0,
                });
                let step = CaseStep {
                    case_id: case_id.clone(),
                    columns: columns.clone(),
                    counted,
                    officers,
                    at: Micros::new(at + version),
                    ..case_step(0, version, state)
                };
                store.step_case(step).await.unwrap();
            }
        })
        .await;
    println!("{} cases in {:.0?}", year.cases, started.elapsed());
}

async fn stays(store: &Store, year: Year) {
    futures::stream::iter(0..year.stays)
        .for_each_concurrent(256, |number| async move {
            let mut random = ChaCha8Rng::seed_from_u64(number as u64);
            let at = DAY + SECONDS * 1_000_000 / year.stays * number;
            let held = random.random_range(0..200) == 0;
            let step = InspectionStep {
                inspection_id: format!("insp-{number:06}"),
                station: "3301A".to_owned(),
                expected_version: 0,
                columns: InspectionColumns {
                    state: if held { "held" } else { "released" }.to_owned(),
                    plate: Some(plate(vehicle(&mut random))),
                    first_gross_kg: Some(random.random_range(30_000..110_000)),
                    first_weighed_at: Some(at),
                    last_weighed_at: Some(at + 1_800_000_000),
                    ended_at: (!held).then_some(at + 3_600_000_000),
                    was_over: Some(1),
                    by_hand: Some(0),
                    unloaded_kg: Some(random.random_range(0..20_000)),
                    held_until: held.then_some(at + 30 * 86_400_000_000),
                    yard_place: held.then(|| "A3".to_owned()),
                    ..InspectionColumns::default()
                },
                passages: Vec::new(),
                actor: Actor("wang.wei".to_owned()),
                at: Micros::new(at),
                kind: "inspection_stepped",
                body: json!({}),
            };
            store.step_inspection(step).await.unwrap();
        })
        .await;
}

/// The slowest of some turns, the first of which finds nothing warm.
async fn slowest<T>(
    what: &str,
    index: &str,
    rows: impl Fn(&T) -> usize,
    mut ask: impl AsyncFnMut(i64) -> T,
) -> (String, Duration) {
    let mut worst = Duration::ZERO;
    let mut most = 0;
    for turn in 0..25 {
        let started = Instant::now();
        let answer = ask(turn).await;
        worst = worst.max(started.elapsed());
        most = most.max(rows(&answer));
    }
    (
        format!(
            "| {what} | {index} | {most} | {:.1} |",
            worst.as_secs_f64() * 1_000.0
        ),
        worst,
    )
}

/// Name of the former statement of the list of hundred-ton passages.
const HUNDRED_TON_BEFORE: &str = "passage_list_by_class";

/// Two questions as they were asked before, for the figures: a row a counted case, and hundred-ton passages by the
/// index by class. They may take as long as they like.
fn asked_before(
    end: i64,
    first: &str,
    last: &str,
) -> [(&'static str, &'static str, Statement, Vec<Value>); 2] {
    let counted = "select case_id, origin, act_id, day_of_act, vehicle_plate, driver_id, carrier_id, \
                   source_id, latest_sequence, body from counted_case where source_id = $1 and \
                   day_of_act >= $2 and day_of_act <= $3 order by day_of_act, case_id";
    let statement = |name, sql| Statement {
        name,
        sql,
        sqlite: sql,
    };
    let none = || Value::Text(None);
    [
        (
            "(before: hundred-ton passages)",
            "passage_by_class",
            statements::PASSAGE_LIST_BY_CLASS,
            vec![
                i64::MIN.into(),
                end.into(),
                end.into(),
                "".into(),
                none(),
                "hundred_ton".into(),
                Value::Integer(None),
                none(),
                200_i64.into(),
            ],
        ),
        (
            "(before: counted cases of the commonest source, not yet counted)",
            "counted_case_by_source",
            statement("before", counted),
            vec!["source-0".into(), first.into(), last.into()],
        ),
    ]
}

async fn readers(place: &Place) -> Readers {
    match &place.url {
        DatabaseUrl::Sqlite(path) => {
            let options = SqliteConnectOptions::new().filename(path);
            Readers::Sqlite(SqlitePool::connect_with(options).await.unwrap())
        }
        DatabaseUrl::Postgres(url) => Readers::Postgres(PgPool::connect(url).await.unwrap()),
    }
}

async fn a_year(engine: Engine, year: Year, most: Duration) {
    let mut place = Place::new(engine).await;
    place.batch_limit = 1_024;
    let store = place.open().await;
    passages(&store, year).await;
    cases(&store, year).await;
    stays(&store, year).await;
    // A reader's connection is open before anybody measures.
    store.journal_head().await.unwrap();
    let before = readers(&place).await;
    let tables = LawTables::embedded_for("cn").unwrap();
    let end = DAY + SECONDS * 1_000_000;
    let mut lines = Vec::new();
    let week = 7 * 86_400_000_000;
    // A page anywhere in the year.
    let page = |turn: i64| {
        Some(PageKey {
            at: Micros::new(end - SECONDS * 1_000_000 / 25 * turn),
            id: String::new(),
        })
    };
    let passage_lists: [(&str, &str, ListFilter); 7] = [
        ("passages", "passage_by_time", ListFilter::default()),
        (
            "passages of a week",
            "passage_by_time",
            ListFilter {
                from: Some(Micros::new(end - week)),
                ..ListFilter::default()
            },
        ),
        (
            "passages of one lane",
            "passage_by_time",
            ListFilter {
                lane: Some(3),
                ..ListFilter::default()
            },
        ),
        (
            "passages of the commonest plate",
            "passage_by_plate",
            ListFilter {
                plate: Some(plate(0)),
                ..ListFilter::default()
            },
        ),
        (
            "hundred-ton passages",
            "passage_hundred_ton",
            ListFilter {
                class: Some("hundred_ton".to_owned()),
                ..ListFilter::default()
            },
        ),
        (
            "passages from 90 t on",
            "passage_heavy",
            ListFilter {
                at_least_kg: Some(90_000),
                ..ListFilter::default()
            },
        ),
        (
            "unclosed passages",
            "passage_unclosed",
            ListFilter {
                state: Some("weighed".to_owned()),
                ..ListFilter::default()
            },
        ),
    ];
    for (what, index, filter) in passage_lists {
        let store = &store;
        lines.push(
            slowest(what, index, Vec::len, async |turn| {
                store
                    .passages(&filter, page(turn).as_ref(), 200)
                    .await
                    .unwrap()
            })
            .await,
        );
    }
    let by = |key, value: &str| ListFilter {
        by: Some((key, value.to_owned())),
        ..ListFilter::default()
    };
    let case_lists: [(&str, &str, ListFilter); 11] = [
        ("cases", "case_file_by_time", ListFilter::default()),
        (
            "cases of a plate",
            "case_file_by_plate",
            ListFilter {
                plate: Some(plate(0)),
                ..ListFilter::default()
            },
        ),
        (
            "cases in a state",
            "case_file_by_state",
            ListFilter {
                state: Some("served".to_owned()),
                ..ListFilter::default()
            },
        ),
        (
            "cases of a class",
            "case_file_by_class",
            ListFilter {
                class: Some("overloaded".to_owned()),
                ..ListFilter::default()
            },
        ),
        (
            "cases of a class with a state that none has",
            "case_file_by_state",
            ListFilter {
                class: Some("overloaded".to_owned()),
                state: Some("hearing".to_owned()),
                ..ListFilter::default()
            },
        ),
        (
            "the case of a number",
            "case_file_by_number",
            by(CaseKey::Number, "晋长上交罚〔2026〕00777号"),
        ),
        (
            "cases of the commonest driver",
            "case_file_by_driver",
            by(CaseKey::Driver, "driver-0"),
        ),
        (
            "cases of the commonest carrier",
            "case_file_by_carrier",
            by(CaseKey::Carrier, "carrier-0"),
        ),
        (
            "cases of the commonest source",
            "case_file_by_source",
            by(CaseKey::Source, "source-0"),
        ),
        (
            "cases of an officer",
            "case_officer (primary key)",
            by(CaseKey::Officer, "officer-3"),
        ),
        (
            "cases of an act",
            "case_file_by_act",
            by(CaseKey::Act, "act-99"),
        ),
    ];
    for (what, index, filter) in case_lists {
        let store = &store;
        lines.push(
            slowest(what, index, Vec::len, async |turn| {
                store
                    .cases(&filter, page(turn).as_ref(), 200)
                    .await
                    .unwrap()
            })
            .await,
        );
    }
    lines.push(
        slowest(
            "clocks that end",
            "case_file_by_due",
            Vec::len,
            async |turn| {
                store
                    .cases_due(Micros::new(DAY + week * (1 + 2 * turn)), None, 200)
                    .await
                    .unwrap()
            },
        )
        .await,
    );
    lines.push(
        slowest(
            "cases of a plate near a moment",
            "case_file_by_plate",
            Vec::len,
            async |turn| {
                store
                    .cases_near(&plate(turn), Micros::new(DAY), Micros::new(end))
                    .await
                    .unwrap()
            },
        )
        .await,
    );
    let first = Micros::new(DAY).beijing_day().to_string();
    let last = Micros::new(end).beijing_day().to_string();
    for (what, index, party, id) in [
        (
            "counted cases of the commonest vehicle",
            "counted_case_by_vehicle",
            TrackKind::Vehicle,
            plate(0),
        ),
        (
            "counted cases of the commonest driver",
            "counted_case_by_driver",
            TrackKind::Driver,
            "driver-0".to_owned(),
        ),
        (
            "counted cases of the commonest carrier",
            "counted_case_by_carrier",
            TrackKind::Carrier,
            "carrier-0".to_owned(),
        ),
        (
            "counted cases of the commonest source",
            "counted_case_by_source",
            TrackKind::LoadingSource,
            "source-0".to_owned(),
        ),
    ] {
        let (store, days) = (&store, [first.as_str(), last.as_str()]);
        // Counted to the end, as whoever asks for the counter does.
        let ask = async |_| -> usize {
            let lines = store.counted_cases(party, &id, days).await.unwrap();
            let cases = lines.iter().map(|line| serde_json::from_str(&line.body));
            let cases: Vec<CountedCase> = cases.collect::<Result<_, _>>().unwrap();
            let day = Micros::new(end).beijing_day();
            let rules = tables.in_force(day).unwrap().repeat().unwrap();
            let facts = CarrierFacts::default();
            let count = match party {
                TrackKind::Vehicle => vehicle_repeats(&cases, &id, day, rules),
                TrackKind::Driver => driver_repeats(&cases, &id, day, rules),
                TrackKind::Carrier => carrier_share(&cases, &id, &facts, day, rules),
                TrackKind::LoadingSource => source_instigations(&cases, &id, day, rules),
            };
            count.unwrap();
            cases.len()
        };
        lines.push(slowest(what, index, |rows| *rows, ask).await);
    }
    for (what, index, statement, values) in asked_before(end, &first, &last) {
        let ask = async |turn: i64| -> usize {
            let mut values = values.clone();
            if statement.name == HUNDRED_TON_BEFORE {
                let at = end - SECONDS * 1_000_000 / 25 * turn;
                values[1] = Value::from(at + 1);
                values[2] = Value::from(at);
                let rows: Vec<PassageRow> = before.all(statement, values).await.unwrap();
                return rows.len();
            }
            let rows: Vec<CountedCaseRow> = before.all(statement, values).await.unwrap();
            rows.len()
        };
        lines.push(slowest(what, index, |rows| *rows, ask).await);
    }
    lines.push(
        slowest(
            "one case's journal",
            "case_entry (primary key)",
            Vec::len,
            async |turn| {
                store
                    .case_history(&format!("case-{:06}", turn * 7))
                    .await
                    .unwrap()
            },
        )
        .await,
    );
    for (what, index, filter) in [
        ("stays", "inspection_by_time", ListFilter::default()),
        (
            "stays of a plate",
            "inspection_by_plate",
            ListFilter {
                plate: Some(plate(0)),
                ..ListFilter::default()
            },
        ),
        (
            "stays in a state",
            "inspection_by_state",
            ListFilter {
                state: Some("held".to_owned()),
                ..ListFilter::default()
            },
        ),
    ] {
        let store = &store;
        lines.push(
            slowest(what, index, Vec::len, async |turn| {
                store
                    .inspections(&filter, page(turn).as_ref(), 200)
                    .await
                    .unwrap()
            })
            .await,
        );
    }
    lines.push(
        slowest(
            "held vehicles",
            "inspection_by_hold",
            Vec::len,
            async |_| store.inspections_held(None, 200).await.unwrap(),
        )
        .await,
    );
    lines.push(
        slowest(
            "stays by state",
            "tally (primary key)",
            |counts: &std::collections::BTreeMap<_, _>| counts.len(),
            async |_| store.inspection_counts().await.unwrap(),
        )
        .await,
    );
    lines.push(
        slowest(
            "numbers of a shift",
            "inspection_first_weighed, inspection_unloaded, inspection_ended",
            |numbers: &ShiftNumbers| usize::try_from(numbers.checked).unwrap(),
            async |turn| {
                let until = end - SECONDS * 1_000_000 / 25 * turn;
                let numbers = store
                    .shift_numbers(Micros::new(until - 43_200_000_000), Micros::new(until))
                    .await
                    .unwrap();
                let unread = store
                    .inspections_unread(Micros::new(0), Micros::new(until), 5_000)
                    .await
                    .unwrap();
                assert!(unread.is_empty());
                numbers
            },
        )
        .await,
    );
    lines.push(
        slowest(
            "parties to be rolled next",
            "party_roll_by_due",
            Vec::len,
            async |_| store.parties_due(Micros::new(i64::MAX), 200).await.unwrap(),
        )
        .await,
    );
    lines.push(
        slowest(
            "parties that wait, in number",
            "party_roll_by_due",
            |waiting: &PartiesWaiting| usize::try_from(waiting.parties).unwrap(),
            async |_| store.parties_waiting().await.unwrap(),
        )
        .await,
    );
    lines.push(
        slowest(
            "numbers of the status page",
            "tally (primary key)",
            |_| 1,
            async |_| store.counts().await.unwrap(),
        )
        .await,
    );
    println!(
        "\n{engine:?}: {} passages, {} cases, {} stays\n\n| list | index | rows | slowest of 25, ms |\n|---|---|---|---|",
        year.passages, year.cases, year.stays
    );
    for (line, _) in &lines {
        println!("{line}");
    }
    before.close().await;
    let started = Instant::now();
    let entries = verify(&store).await;
    println!(
        "{entries} entries checked with all rows in {:.0?}",
        started.elapsed()
    );
    store.shutdown().await;
    let asked = lines.iter().filter(|(line, _)| !line.contains("(before: "));
    for (line, worst) in asked {
        assert!(*worst <= most, "{line}");
    }
}

/// The loader and all questions, on a small year: that they work is part of every test run.
async fn a_small_year_answers(engine: Engine) {
    let small = Year {
        passages: 2_000,
        cases: 100,
        stays: 100,
    };
    a_year(engine, small, Duration::from_secs(60)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "some ten minutes"]
async fn year_on_sqlite() {
    a_year(Engine::Sqlite, WHOLE, Duration::from_millis(100)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "some ten minutes"]
async fn year_on_postgres() {
    a_year(Engine::Postgres, WHOLE, Duration::from_millis(100)).await;
}

crate::support::on_both_engines!(a_small_year_answers);
