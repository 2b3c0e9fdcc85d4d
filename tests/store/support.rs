//! What all store tests need: a place for a database, records to put in, a dump to compare.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use steelyard::clock::{Clock, Entropy, EntropyError, ManualClock};
use steelyard::evidence::journal::sha256_hex;
use steelyard::store::db::Faults;
use steelyard::store::records::{
    ActChange, Actor, CaseColumns, CaseEffect, CaseStep, ListFilter, NewCase, NewClosing,
    NewCountedCase, NewWeighing, PageKey, PictureReference,
};
use steelyard::store::{DatabaseUrl, Store, StoreError, StoreSettings};
use steelyard::units::{Kilograms, Micros};
use tempfile::TempDir;

use super::postgres::Cluster;

/// Midnight, UTC, of the day the tests play.
pub const DAY: i64 = 1_780_000_000_000_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// Runs a test body on both engines.
macro_rules! on_both_engines {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name($crate::support::Engine::Sqlite).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name($crate::support::Engine::Postgres).await;
            })*
        }
    };
}
pub(crate) use on_both_engines;

/// Random bytes from a seed: the same salts in every run.
pub struct SeededEntropy(std::sync::Mutex<ChaCha8Rng>);

impl SeededEntropy {
    pub fn new(seed: u64) -> Self {
        Self(std::sync::Mutex::new(ChaCha8Rng::seed_from_u64(seed)))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        self.0.lock().unwrap().fill_bytes(bytes);
        Ok(())
    }
}

/// A database that is removed with its folder.
pub struct Place {
    pub folder: TempDir,
    pub url: DatabaseUrl,
    pub faults: Faults,
    pub clock: Arc<ManualClock>,
    pub batch_limit: usize,
}

impl Place {
    pub async fn new(engine: Engine) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = match engine {
            Engine::Sqlite => DatabaseUrl::in_folder(folder.path()),
            Engine::Postgres => {
                let cluster = tokio::task::spawn_blocking(Cluster::shared).await.unwrap();
                cluster.database().await.parse().unwrap()
            }
        };
        let clock = Arc::new(ManualClock::at(Micros::new(DAY)));
        Self {
            folder,
            url,
            faults: Faults::default(),
            clock,
            batch_limit: 64,
        }
    }

    pub fn settings(&self) -> StoreSettings {
        let pictures = self.folder.path().join("pictures");
        let mut settings = StoreSettings::new(self.url.clone(), "3301A", pictures);
        settings.faults = self.faults.clone();
        settings.batch_limit = self.batch_limit;
        settings.longest_pause_ms = 20;
        settings
    }

    pub async fn try_open(&self) -> Result<Store, StoreError> {
        let clock: Arc<dyn Clock> = self.clock.clone();
        Store::open(self.settings(), clock, Arc::new(SeededEntropy::new(1))).await
    }

    pub async fn open(&self) -> Store {
        self.try_open().await.unwrap()
    }
}

/// A weighing whose every field follows from its number.
pub fn weighing(number: i64) -> NewWeighing {
    let gross_kg = 12_000 + number * 37 % 60_000;
    let class = match number % 4 {
        0 => None,
        1 => Some("clear"),
        2 => Some("overloaded"),
        _ => Some("warning"),
    };
    NewWeighing {
        passage_id: format!("P{number:06}"),
        station: "3301A".to_owned(),
        lane: 1 + number % 3,
        port: format!("lane{}", 1 + number % 3),
        kind: if number % 5 == 0 {
            "platform"
        } else {
            "dynamic"
        },
        crossed_at: Micros::new(DAY + number * 1_000_000),
        gross_kg: Kilograms::new(gross_kg),
        axle_count: 2 + number % 5,
        class: class.map(str::to_owned),
        overage_kg: class.map(|_| Kilograms::new(number % 2_000)),
        raw_digest: sha256_hex(format!("raw {number}").as_bytes()),
        body: json!({"axles": [{"load_kg": gross_kg / 2}, {"load_kg": gross_kg / 2}], "站": "杭州"}),
    }
}

/// The closing of a weighing, without a case.
pub fn closing(number: i64) -> NewClosing {
    let weighing = weighing(number);
    let matched = number % 3 != 0;
    NewClosing {
        passage_id: weighing.passage_id,
        closed_at: Micros::new(weighing.crossed_at.get() + 10_000_000),
        plate: matched.then(|| format!("浙A{:05}", number % 7)),
        plate_state: if matched { "matched" } else { "missing" },
        enforceable: matched,
        class: weighing.class,
        overage_kg: weighing.overage_kg,
        pictures: vec![picture(number, "front"), picture(number, "plate")],
        body: json!({"candidates": [{"plate": "浙A00001", "confidence": 97}]}),
        case: CaseEffect::None,
    }
}

pub fn picture(number: i64, view: &str) -> PictureReference {
    PictureReference {
        sha256: sha256_hex(format!("picture {number} {view}").as_bytes()),
        view: view.to_owned(),
        bytes: 40_000 + number,
        width: 1_280,
        height: 720,
        taken_at: Micros::new(DAY + number * 1_000_000 - 250_000),
    }
}

pub fn new_case(number: i64) -> NewCase {
    NewCase {
        case_id: format!("C{number:06}"),
        columns: Box::new(case_columns(number, "opened")),
        actor: Actor::station(),
        alone_within: None,
        body: json!({"tracks": ["vehicle", "driver"], "amount_yuan": 500}),
    }
}

/// What a case is found by, in a state.
pub fn case_columns(number: i64, state: &str) -> CaseColumns {
    CaseColumns {
        state: state.to_owned(),
        plate: format!("浙A{:05}", number % 7),
        class: Some("overloaded".to_owned()),
        act_id: format!("act-{number}"),
        act_at: DAY + number * 1_000_000,
        carrier_id: (number % 2 == 0).then(|| format!("carrier-{}", number % 5)),
        ..CaseColumns::default()
    }
}

/// A step of a case by a person, which changes its state and nothing else.
pub fn case_step(number: i64, version: i64, state: &str) -> CaseStep {
    CaseStep {
        case_id: format!("C{number:06}"),
        expected_version: version,
        columns: case_columns(number, state),
        officers: None,
        numbers: Vec::new(),
        act: ActChange::Keep,
        counted: None,
        recount: std::collections::BTreeSet::new(),
        actor: Actor("li.na".to_owned()),
        at: Micros::new(DAY + 99),
        kind: "case_reviewed",
        body: json!({"action": "review", "reason": "图片清晰"}),
    }
}

/// What the counters see of a case.
pub fn counted_case(number: i64, carrier: &str) -> NewCountedCase {
    NewCountedCase {
        case_id: format!("C{number:06}"),
        act_id: format!("act-{number}"),
        day_of_act: "2026-05-28".to_owned(),
        vehicle_plate: Some(case_columns(number, "").plate),
        driver_id: None,
        carrier_id: Some(carrier.to_owned()),
        source_id: None,
        body: json!({"case_id": format!("C{number:06}"), "state": "effective"}),
        resting: 0,
    }
}

/// Records and closes a passage that opens a case.
pub async fn open_case(store: &Store, number: i64) {
    store.record_weighing(weighing(number)).await.unwrap();
    let case = CaseEffect::Open(new_case(number));
    store
        .close_passage(NewClosing {
            case,
            ..closing(number)
        })
        .await
        .unwrap();
}

/// Everything in the store, as ordered lines.
pub async fn dump(store: &Store) -> Vec<String> {
    let mut lines = Vec::new();
    let mut after = None;
    loop {
        let page = store
            .passages(&ListFilter::default(), after.as_ref(), 50)
            .await
            .unwrap();
        let Some(last) = page.last() else { break };
        after = Some(PageKey {
            at: Micros::new(last.crossed_at),
            id: last.passage_id.clone(),
        });
        for row in page {
            lines.push(format!("{row:?}"));
            for picture in store.pictures_of(&row.passage_id).await.unwrap() {
                lines.push(format!("{picture:?}"));
            }
        }
    }
    for case in store
        .cases(&ListFilter::default(), None, 1_000)
        .await
        .unwrap()
    {
        lines.push(format!(
            "{case:?} {:?}",
            store.case_passages(&case.case_id).await.unwrap()
        ));
        let history = store.case_history(&case.case_id).await.unwrap();
        lines.push(format!(
            "{:?}",
            history.iter().map(|row| row.sequence).collect::<Vec<_>>()
        ));
    }
    for stay in store
        .inspections(&ListFilter::default(), None, 1_000)
        .await
        .unwrap()
    {
        let passages = store
            .inspection_passages(&stay.inspection_id)
            .await
            .unwrap();
        lines.push(format!("{stay:?} {passages:?}"));
    }
    for given in store.numbers("晋长上交罚", 2026, 0, 1_000).await.unwrap() {
        lines.push(format!("{given:?}"));
    }
    for row in store
        .parties_due(Micros::new(i64::MAX), 1_000)
        .await
        .unwrap()
    {
        lines.push(format!("{row:?}"));
    }
    for user in store.users().await.unwrap() {
        lines.push(format!("{user:?}"));
    }
    for row in store.journal_after(0, i64::MAX).await.unwrap() {
        lines.push(format!("{row:?}"));
    }
    lines
}

/// Cases and stays by state, counted from the lists.
pub async fn states(store: &Store) -> [BTreeMap<String, i64>; 2] {
    let all = ListFilter::default();
    let cases = store.cases(&all, None, 1_000).await.unwrap();
    let stays = store.inspections(&all, None, 1_000).await.unwrap();
    assert!(cases.len() < 1_000 && stays.len() < 1_000);
    let cases = cases.into_iter().map(|row| row.columns.state);
    let stays = stays.into_iter().map(|row| row.columns.state);
    let count = |states: Vec<String>| {
        let mut counts = BTreeMap::new();
        for state in states {
            *counts.entry(state).or_default() += 1;
        }
        counts
    };
    [count(cases.collect()), count(stays.collect())]
}

/// The same numbers, as they are kept.
pub async fn kept_states(store: &Store) -> [BTreeMap<String, i64>; 2] {
    [
        store.counts().await.unwrap().cases_by_state,
        store.inspection_counts().await.unwrap(),
    ]
}

pub async fn verify(store: &Store) -> i64 {
    store.verify_journal(|_, _| ()).await.unwrap().head.sequence
}

/// Waits until a condition holds; a test that waits a minute has failed.
pub async fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let waited = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), waited)
        .await
        .unwrap_or_else(|_| panic!("waited a minute until {what}"));
}

/// Numbers nobody used yet.
#[derive(Default)]
pub struct Numbers(AtomicU64);

impl Numbers {
    pub fn next(&self) -> i64 {
        i64::try_from(self.0.fetch_add(1, Ordering::Relaxed)).unwrap() + 1_000
    }
}
