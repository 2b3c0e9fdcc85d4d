//! Durable passages a second: weighing and closing with two picture rows, both journal entries, an
//! fsync before each acknowledgement. Group commit beside one transaction a passage, same disk,
//! same run, both engines.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use steelyard::clock::{SystemClock, SystemEntropy};
use steelyard::evidence::journal::sha256_hex;
use steelyard::store::records::{CaseEffect, NewClosing, NewWeighing, PictureReference};
use steelyard::store::{Store, StoreSettings};
use steelyard::units::{Kilograms, Micros};

use crate::report::{Row, Scale, Waits, folder, grouped_spread, now, spread, spread_text};

#[path = "../../tests/common/postgres.rs"]
mod postgres;

/// One measurement.
struct Measured {
    passages_per_second: f64,
    /// Operations (weighings and closings) a transaction, mean.
    operations_per_transaction: f64,
    /// From handing in an operation to its acknowledgement.
    waits: Waits,
}

/// Callers at once when commits are grouped.
const CALLERS: i64 = 512;

/// An engine with what it must reach and how much is measured.
struct Engine {
    name: &'static str,
    target: &'static str,
    single_passages: i64,
    grouped_passages: i64,
}

/// Measures each engine both ways, in turn and several times.
pub fn figures(scale: Scale) -> Vec<Row> {
    let folder = folder();
    let cluster = postgres::Cluster::start("");
    let engines = [
        Engine {
            name: "SQLite",
            target: "≥ 2,000; goal 10,000",
            single_passages: scale.of(3_000, 50),
            grouped_passages: scale.of(30_000, 1_000),
        },
        Engine {
            name: "PostgreSQL",
            target: "≥ 1,000; goal 10,000",
            single_passages: scale.of(2_000, 50),
            grouped_passages: scale.of(30_000, 1_000),
        },
    ];
    let mut rows = Vec::new();
    for engine in engines {
        let mut single = Vec::new();
        let mut grouped = Vec::new();
        for round in 0..scale.of(5, 1) {
            for (is_single, measured) in [(true, &mut single), (false, &mut grouped)] {
                let path = folder
                    .path()
                    .join(format!("{}-{round}-{is_single}", engine.name));
                let settings = if engine.name == "SQLite" {
                    StoreSettings::in_folder(&path, "3301A")
                } else {
                    let url = runtime(true).block_on(cluster.database());
                    StoreSettings::new(url.parse().expect("a URL"), "3301A", path)
                };
                measured.push(measure(&engine, settings, is_single));
            }
        }
        rows.extend(rows_of(&engine, &single, &grouped));
    }
    rows
}

fn rows_of(engine: &Engine, single: &[Measured], grouped: &[Measured]) -> [Row; 3] {
    let name = engine.name;
    let rates = |measured: &[Measured]| -> Vec<f64> {
        measured.iter().map(|one| one.passages_per_second).collect()
    };
    let waits = |measured: &[Measured]| {
        let of = |which: fn(&Waits) -> f64| {
            let values: Vec<f64> = measured.iter().map(|one| which(&one.waits)).collect();
            spread_text(&values, 1, "ms")
        };
        format!(
            "p50 {}, p99 {}",
            of(|waits| waits.p50),
            of(|waits| waits.p99)
        )
    };
    let batches: Vec<f64> = grouped
        .iter()
        .map(|one| one.operations_per_transaction)
        .collect();
    let ratios: Vec<f64> = rates(grouped)
        .iter()
        .zip(rates(single))
        .map(|(grouped, single)| grouped / single)
        .collect();
    [
        Row {
            what: format!("{name}, durable passages/s"),
            measured: grouped_spread(&rates(grouped)),
            target: engine.target,
            beside: format!(
                "all rows, journal and fsync before each acknowledge; {CALLERS} callers, {:.0} \
                 operations a transaction; an acknowledge takes {}",
                spread(&batches).1,
                waits(grouped)
            ),
        },
        Row {
            what: format!("{name}, one transaction a passage, passages/s"),
            measured: grouped_spread(&rates(single)),
            target: "",
            beside: format!(
                "same run, same disk; an acknowledge takes {}",
                waits(single)
            ),
        },
        Row {
            what: format!("{name}, grouped over single"),
            measured: spread_text(&ratios, 1, "times"),
            target: "≥ 4 times",
            beside: "both ways in turn, ratio of each turn".to_owned(),
        },
    ]
}

/// With one thread a passage's two operations always meet in one transaction.
fn runtime(is_single: bool) -> tokio::runtime::Runtime {
    let mut builder = if is_single {
        tokio::runtime::Builder::new_current_thread()
    } else {
        tokio::runtime::Builder::new_multi_thread()
    };
    builder.enable_all().build().expect("a runtime")
}

fn measure(engine: &Engine, mut settings: StoreSettings, is_single: bool) -> Measured {
    let passages = if is_single {
        settings.batch_limit = 2;
        engine.single_passages
    } else {
        engine.grouped_passages
    };
    runtime(is_single).block_on(async {
        let (clock, entropy) = (Arc::new(SystemClock::new()), Arc::new(SystemEntropy));
        let store = Store::open(settings, clock, entropy)
            .await
            .expect("a store");
        let start = now();
        let waits = if is_single {
            one_by_one(&store, passages).await
        } else {
            all_at_once(&store, passages).await
        };
        let seconds = start.elapsed().as_secs_f64();
        let health = store.health();
        assert_eq!(store.counts().await.expect("counts").passages, passages);
        store.shutdown().await;
        Measured {
            passages_per_second: passages as f64 / seconds,
            operations_per_transaction: health.operations as f64 / health.commits as f64,
            waits: Waits::of(waits),
        }
    })
}

async fn one_by_one(store: &Store, passages: i64) -> Vec<Duration> {
    let mut waits = Vec::new();
    for number in 0..passages {
        let start = now();
        let (recorded, closed) = tokio::join!(
            store.record_weighing(weighing(number)),
            store.close_passage(closing(number))
        );
        recorded.expect("durable");
        closed.expect("durable");
        waits.push(start.elapsed());
    }
    waits
}

async fn all_at_once(store: &Store, passages: i64) -> Vec<Duration> {
    let tasks: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut waits = Vec::new();
                let mut number = caller;
                while number < passages {
                    let start = now();
                    store
                        .record_weighing(weighing(number))
                        .await
                        .expect("durable");
                    waits.push(start.elapsed());
                    let start = now();
                    store.close_passage(closing(number)).await.expect("durable");
                    waits.push(start.elapsed());
                    number += CALLERS;
                }
                waits
            })
        })
        .collect();
    let mut waits = Vec::new();
    for task in tasks {
        waits.extend(task.await.expect("a caller"));
    }
    waits
}

fn weighing(number: i64) -> NewWeighing {
    let axles: Vec<_> = (0..6)
        .map(|axle| {
            json!({"load_kg": 7_000 + axle, "left_kg": 3_500, "right_kg": 3_500 + axle,
                           "spacing_mm": 1_300 + axle})
        })
        .collect();
    NewWeighing {
        passage_id: format!("3301A-lane{:02}-{number:08}", number % 32),
        station: "3301A".to_owned(),
        lane: 1 + number % 32,
        port: format!("lane{:02}", number % 32),
        kind: "dynamic",
        crossed_at: Micros::new(1_780_000_000_000_000 + number * 10_000),
        gross_kg: Kilograms::new(42_015),
        axle_count: 6,
        class: Some("clear".to_owned()),
        overage_kg: Some(Kilograms::ZERO),
        raw_digest: sha256_hex(&number.to_be_bytes()),
        body: json!({
            "axles": axles,
            "flags": ["checked"],
            "verdict": {"table": "cn-2024", "limit_kg": 49_000, "class": "clear"},
            "raw": "02".repeat(120),
        }),
    }
}

fn closing(number: i64) -> NewClosing {
    let weighing = weighing(number);
    let picture = |view: &str| PictureReference {
        sha256: sha256_hex(format!("{number}{view}").as_bytes()),
        view: view.to_owned(),
        bytes: 41_200,
        width: 1_280,
        height: 720,
        taken_at: weighing.crossed_at,
    };
    NewClosing {
        passage_id: weighing.passage_id.clone(),
        closed_at: weighing.crossed_at,
        plate: Some(format!("浙A{:05}", number % 50_000)),
        plate_state: "matched",
        enforceable: true,
        class: weighing.class.clone(),
        overage_kg: weighing.overage_kg,
        pictures: vec![picture("front"), picture("plate")],
        body: json!({"association": {"state": "matched", "candidates": [{"confidence": 98}]}}),
        case: CaseEffect::None,
    }
}
