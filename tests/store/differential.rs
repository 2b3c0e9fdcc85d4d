//! The same seeded day played into both engines gives the same ordered dump, byte for byte.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use steelyard::evidence::journal::sha256_hex;
use steelyard::role::Role;
use steelyard::store::records::{Actor, CaseEffect, CaseStep, NewClosing, NewWeighing};
use steelyard::units::Micros;

use crate::support::{DAY, Engine, Place, case_step, closing, dump, new_case, verify, weighing};

async fn play(engine: Engine, seed: u64) -> Vec<String> {
    let place = Place::new(engine).await;
    let store = place.open().await;
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut outcomes = Vec::new();
    for turn in 0..400 {
        place.clock.set(Micros::new(DAY + turn * 1_000));
        let number = random.random_range(0..90);
        let said = match random.random_range(0..12) {
            0..=4 => {
                let mut new = weighing(number);
                if random.random_bool(0.1) {
                    new.raw_digest = sha256_hex(&turn.to_be_bytes());
                }
                format!("{:?}", store.record_weighing(NewWeighing { ..new }).await)
            }
            5..=8 => {
                let case = match random.random_range(0..3) {
                    0 => CaseEffect::Open(new_case(number)),
                    1 => CaseEffect::Attach {
                        case_id: new_case(random.random_range(0..90)).case_id,
                        body: json!({"turn": turn}),
                    },
                    _ => CaseEffect::None,
                };
                let new = NewClosing {
                    case,
                    ..closing(number)
                };
                format!("{:?}", store.close_passage(new).await)
            }
            9 => {
                let state = ["reviewed", "decided", "closed"][random.random_range(0..3)];
                let step = CaseStep {
                    actor: Actor(["li.na", "王伟"][random.random_range(0..2)].to_owned()),
                    at: Micros::new(DAY + turn),
                    kind: "case_stepped",
                    body: json!({"\u{1f69a}": "\u{0}\u{7f}\u{2028}", "é": turn}),
                    ..case_step(number, random.random_range(1..4), state)
                };
                format!("{:?}", store.step_case(step).await)
            }
            10 => {
                let name = format!("User{}", number % 9);
                let (by, active) = (Actor("chief".to_owned()), random.random_bool(0.8));
                let put = store.put_user(&name, Role::ALL[turn as usize % 9], "h", active, &by);
                format!("{:?}", put.await)
            }
            _ => {
                let kind = "port_silent";
                format!(
                    "{:?}",
                    store.append(kind, Actor::station(), json!([turn])).await
                )
            }
        };
        outcomes.push(said);
    }
    verify(&store).await;
    outcomes.extend(dump(&store).await);
    outcomes.push(format!("{:?}", store.counts().await.unwrap()));
    outcomes.push(format!("{:?}", store.unclosed_passages().await.unwrap()));
    store.shutdown().await;
    outcomes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_engines_tell_the_same_day() {
    for seed in [11, 12] {
        let (sqlite, postgres) =
            tokio::join!(play(Engine::Sqlite, seed), play(Engine::Postgres, seed));
        assert!(sqlite.len() > 700, "{} lines", sqlite.len());
        for (line, (a, b)) in sqlite.iter().zip(&postgres).enumerate() {
            assert_eq!(a, b, "seed {seed}, line {line}");
        }
        assert_eq!(sqlite.len(), postgres.len());
    }
}
