//! A station's life at random: what people and devices ask of the store (but the rolls of counters), in any order,
//! many at once, refused ones among them. What it leaves must always verify.

use std::collections::BTreeMap;

use futures::future::join_all;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use steelyard::evidence::journal::sha256_hex;
use steelyard::role::Role;
use steelyard::store::records::{
    ActChange, Actor, CaseEffect, CaseStep, InspectionStep, MarkKind, NewCase, NewClosing,
    NewWeighing, OpenedCase,
};
use steelyard::store::{Store, StoreError};
use steelyard::units::Micros;

use crate::casework::{by_hand, claim, stay};
use crate::marks::mark;
use crate::registers::{batch, past_case, vehicle};
use crate::support::{
    DAY, Engine, Place, case_step, closing, counted_case, kept_states, new_case, on_both_engines,
    picture, states, verify, weighing,
};

/// Something that somebody asks of the store.
enum Asked {
    Weighing(NewWeighing),
    Closing(NewClosing),
    Open(OpenedCase),
    Step(Box<CaseStep>),
    Stay(InspectionStep),
    Register(Vec<steelyard::store::records::NewRegisterEntry>),
    Mark(MarkKind, i64, i64),
    User(String, Role, String, bool),
    Session(String, String),
    Append,
}

/// How many passages, cases and so on it plays with.
const FEW: i64 = 14;

fn weighed(random: &mut ChaCha8Rng) -> Asked {
    let number = random.random_range(0..FEW * 2);
    let mut new = weighing(number);
    if random.random_bool(0.2) {
        new.raw_digest = sha256_hex(&random.random::<u64>().to_be_bytes());
    }
    Asked::Weighing(new)
}

fn closed(random: &mut ChaCha8Rng) -> Asked {
    let number = random.random_range(0..FEW * 2);
    let case = match random.random_range(0..3) {
        0 => CaseEffect::Open(NewCase {
            actor: Actor::station(),
            ..new_case(random.random_range(0..FEW))
        }),
        1 => CaseEffect::Attach {
            case_id: new_case(random.random_range(0..FEW)).case_id,
            body: json!({"why": "same act"}),
        },
        _ => CaseEffect::None,
    };
    let mut new = NewClosing {
        case,
        ..closing(number)
    };
    if random.random_bool(0.2) {
        // A camera that sends its picture again takes it for another moment.
        let mut twice = picture(number, "front");
        twice.taken_at = Micros::new(DAY + 5);
        new.pictures.push(twice);
    }
    Asked::Closing(new)
}

async fn stepped(store: &Store, random: &mut ChaCha8Rng) -> Asked {
    let number = random.random_range(0..FEW);
    let case = store.case(&format!("C{number:06}")).await.unwrap();
    let version = case.map_or(1, |row| row.version);
    let state = *["filed", "decided", "served", "closed"]
        .choose(random)
        .unwrap();
    let mut step = case_step(number, version, state);
    step.columns.act_id = format!("act-{}", random.random_range(0..6));
    step.columns.fine_yuan = random.random_bool(0.5).then_some(500);
    step.at = Micros::new(DAY + random.random_range(0..1_000_000));
    step.officers = match random.random_range(0..4) {
        0 => Some(vec![
            "li.na".to_owned(),
            "王伟".to_owned(),
            "li.na".to_owned(),
        ]),
        1 => Some(vec![format!("officer-{}", random.random_range(0..3))]),
        2 if random.random_bool(0.3) => Some(Vec::new()),
        _ => None,
    };
    if random.random_bool(0.3) {
        let next = store.next_serial("晋长上交罚", 2026).await.unwrap();
        step.numbers = vec![claim(next)];
        if random.random_bool(0.5) {
            step.numbers.push(claim(next + 1));
        }
    }
    step.act = match random.random_range(0..4) {
        0 | 1 => ActChange::Claim {
            authority: ["transport", "police"].choose(random).unwrap().to_string(),
        },
        2 => ActChange::Release,
        _ => ActChange::Keep,
    };
    let carrier = format!("carrier-{}", random.random_range(0..3));
    step.counted = random
        .random_bool(0.5)
        .then(|| counted_case(number, &carrier));
    Asked::Step(Box::new(step))
}

async fn stayed(store: &Store, random: &mut ChaCha8Rng) -> Asked {
    let number = random.random_range(0..FEW);
    let known = store.inspection(&format!("I{number:06}")).await.unwrap();
    let state = *["selected", "over", "held", "released"]
        .choose(random)
        .unwrap();
    let passages = (0..random.random_range(0..3))
        .map(|_| weighing(random.random_range(0..FEW * 2)).passage_id)
        .collect();
    Asked::Stay(InspectionStep {
        passages,
        ..stay(number, known.map_or(0, |row| row.version), state)
    })
}

async fn registered(store: &Store, random: &mut ChaCha8Rng) -> Asked {
    let number = random.random_range(1..6);
    let version = async |kind: &str, key: &str| {
        let row = store.register_entry(kind, key).await.unwrap();
        row.map_or(0, |row| row.version)
    };
    if random.random_bool(0.5) {
        let key = vehicle(number, 0).key;
        let version = version("vehicles", &key).await;
        return Asked::Register(vec![vehicle(number, version)]);
    }
    let mut new = past_case(number, "2026-01-01", 0, random.random_bool(0.7));
    new.expected_version = version("past_cases", &new.key).await;
    if number == 5 {
        // A past case under the id of one that is handled here.
        let own = counted_case(random.random_range(0..2), "carrier-9");
        new.counted = Some(own);
    }
    Asked::Register(vec![new])
}

async fn something(store: &Store, random: &mut ChaCha8Rng) -> Asked {
    match random.random_range(0..20) {
        0..=3 => weighed(random),
        4..=6 => closed(random),
        7 => {
            let passages = [
                weighing(random.random_range(0..FEW * 2)).passage_id,
                weighing(random.random_range(0..FEW * 2)).passage_id,
            ];
            let passages: Vec<&str> = passages.iter().map(String::as_str).collect();
            let many = random.random_range(0..3);
            Asked::Open(by_hand(random.random_range(0..FEW), &passages[..many]))
        }
        8..=11 => stepped(store, random).await,
        12..=13 => stayed(store, random).await,
        14..=15 => registered(store, random).await,
        16 => {
            let kind = *MarkKind::ALL.choose(random).unwrap();
            Asked::Mark(kind, random.random_range(0..3), random.random_range(0..9))
        }
        17 => Asked::User(
            format!("user-{}", random.random_range(0..4)),
            *Role::ALL.choose(random).unwrap(),
            format!("$argon2id$hash-{}", random.random_range(0..9)),
            random.random_bool(0.8),
        ),
        18 => Asked::Session(
            sha256_hex(&random.random::<u64>().to_be_bytes()),
            format!("user-{}", random.random_range(0..4)),
        ),
        _ => Asked::Append,
    }
}

async fn ask(store: &Store, asked: Asked) -> Result<(), StoreError> {
    let chief = Actor("chief".to_owned());
    match asked {
        Asked::Weighing(new) => store.record_weighing(new).await.map(drop),
        Asked::Closing(new) => store.close_passage(new).await.map(drop),
        Asked::Open(opened) => store.open_case(opened).await.map(drop),
        Asked::Step(step) => store.step_case(*step).await.map(drop),
        Asked::Stay(step) => store.step_inspection(step).await.map(drop),
        Asked::Register(entries) => store.change_register(batch(entries)).await.map(drop),
        Asked::Mark(kind, lane, minute) => {
            let new = mark(kind, lane, minute, "at random");
            store.mark(new).await.map(drop)
        }
        Asked::User(name, role, hash, active) => {
            let put = store.put_user(&name, role, &hash, active, &chief);
            put.await.map(drop)
        }
        Asked::Session(token, name) => {
            let end = Micros::new(DAY + 86_400_000_000);
            store.put_session(&token, &name, end).await
        }
        Asked::Append => {
            let append = store.append("port_silent", Actor::station(), json!([1]));
            append.await.map(drop)
        }
    }
}

/// Lives for some turns; what is refused is refused by the rules, never by the database.
pub async fn live(store: &Store, seed: u64, turns: usize) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    for _ in 0..turns {
        let mut together = Vec::new();
        for _ in 0..random.random_range(1..6) {
            together.push(something(store, &mut random).await);
        }
        for outcome in join_all(together.into_iter().map(|one| ask(store, one))).await {
            if let Err(error @ StoreError::Database { .. }) = outcome {
                panic!("seed {seed}: {error}");
            }
        }
    }
}

async fn whatever_happens_the_rows_are_those_of_the_journal(engine: Engine) {
    for seed in 0..6 {
        let place = Place::new(engine).await;
        let store = place.open().await;
        live(&store, seed, 90).await;
        let kept = kept_states(&store).await;
        assert_eq!(kept, states(&store).await, "seed {seed}");
        let several = |counts: &BTreeMap<String, i64>| counts.len() > 1;
        assert!(kept.iter().all(several), "seed {seed}: {kept:?}");
        let entries = verify(&store).await;
        assert!(entries > 100, "seed {seed}: {entries} entries");
        store.shutdown().await;
    }
}

async fn a_check_beside_the_writer_finds_nothing(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    live(&store, 7, 10).await;
    let ended = std::sync::atomic::AtomicBool::new(false);
    let checking = async {
        let mut checks = 0;
        while !ended.load(std::sync::atomic::Ordering::SeqCst) {
            verify(&store).await;
            checks += 1;
        }
        checks
    };
    let living = async {
        live(&store, 8, 120).await;
        ended.store(true, std::sync::atomic::Ordering::SeqCst);
    };
    let (checks, ()) = tokio::join!(checking, living);
    assert!(checks > 3, "{checks} checks");
}

on_both_engines!(
    whatever_happens_the_rows_are_those_of_the_journal,
    a_check_beside_the_writer_finds_nothing,
);
