//! Durable passages a second: weighing and closing with two picture rows, both journal entries, an
//! fsync before each acknowledgement. Group commit beside one transaction a passage, same disk,
//! same run, both engines.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark that fails panics"
)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use steelyard::clock::{SystemClock, SystemEntropy};
use steelyard::evidence::journal::sha256_hex;
use steelyard::store::records::{CaseEffect, NewClosing, NewWeighing, PictureReference};
use steelyard::store::{Store, StoreSettings};
use steelyard::units::{Kilograms, Micros};

#[path = "../../tests/common/postgres.rs"]
mod postgres;

/// One line of the table.
#[derive(Debug, Clone)]
pub struct Figure {
    /// Engine and way of writing.
    pub what: String,
    /// Passages made durable.
    pub passages: i64,
    /// Passages a second.
    pub passages_per_second: f64,
    /// Operations (weighings and closings) a transaction, mean.
    pub operations_per_transaction: f64,
    /// Time from handing in an operation to its acknowledgement, median.
    pub p50: Duration,
    /// The same, 99th percentile.
    pub p99: Duration,
}

impl Figure {
    /// As a row of a Markdown table.
    pub fn row(&self) -> String {
        format!(
            "| {} | {} | {:.0} | {:.1} | {:.2} ms | {:.2} ms |",
            self.what,
            self.passages,
            self.passages_per_second,
            self.operations_per_transaction,
            self.p50.as_secs_f64() * 1e3,
            self.p99.as_secs_f64() * 1e3,
        )
    }
}

/// Head of the table.
pub const HEAD: &str = "| store | passages | passages/s | operations a transaction | p50 | p99 |\n\
                        |---|---|---|---|---|---|";

/// Callers at once when commits are grouped.
const CALLERS: i64 = 512;

/// Measures all four ways.
pub fn figures() -> Vec<Figure> {
    let folder = tempfile::tempdir_in("/tmp").expect("a folder under /tmp");
    let cluster = postgres::Cluster::start("");
    let grouped = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let grouped = grouped.expect("a runtime");
    // One thread, so that a passage's two operations always meet in one transaction.
    let single = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let single = single.expect("a runtime");
    let mut figures = Vec::new();
    for (name, passages) in [
        ("SQLite, one transaction a passage", 3_000),
        ("SQLite", 60_000),
    ] {
        let path = folder.path().join(name);
        let settings = StoreSettings::in_folder(&path, "3301A");
        figures.push(measure(name, settings, passages, &grouped, &single));
    }
    for (name, passages) in [
        ("PostgreSQL, one transaction a passage", 2_000),
        ("PostgreSQL", 30_000),
    ] {
        let url = single.block_on(cluster.database()).parse().expect("a URL");
        let settings = StoreSettings::new(url, "3301A", folder.path().join("pictures"));
        figures.push(measure(name, settings, passages, &grouped, &single));
    }
    figures
}

fn measure(
    name: &str,
    mut settings: StoreSettings,
    passages: i64,
    grouped: &tokio::runtime::Runtime,
    single: &tokio::runtime::Runtime,
) -> Figure {
    let is_single = name.contains("one transaction");
    if is_single {
        settings.batch_limit = 2;
    }
    let runtime = if is_single { single } else { grouped };
    runtime.block_on(async {
        let (clock, entropy) = (Arc::new(SystemClock::new()), Arc::new(SystemEntropy));
        let store = Store::open(settings, clock, entropy)
            .await
            .expect("a store");
        let start = now();
        let mut waits = if is_single {
            one_by_one(&store, passages).await
        } else {
            all_at_once(&store, passages).await
        };
        let seconds = start.elapsed().as_secs_f64();
        waits.sort_unstable();
        let at = |part: usize| waits[waits.len() * part / 100];
        let health = store.health();
        assert_eq!(store.counts().await.expect("counts").passages, passages);
        let figure = Figure {
            what: name.to_owned(),
            passages,
            passages_per_second: passages as f64 / seconds,
            operations_per_transaction: health.operations as f64 / health.commits as f64,
            p50: at(50),
            p99: at(99),
        };
        store.shutdown().await;
        figure
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

#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
fn now() -> Instant {
    Instant::now()
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

/// Prints the table.
#[expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
pub fn print() {
    println!("{HEAD}");
    for figure in figures() {
        println!("{}", figure.row());
    }
}
