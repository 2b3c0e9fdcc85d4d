//! The statement fault sweep: each write operation with a fault before its first, second, …
//! statement until none is left to fail. Whatever fails, the state is all or nothing.

use futures::future::BoxFuture;
use serde_json::json;
use steelyard::casework::procedure::TrackKind;
use steelyard::evidence::journal::sha256_hex;
use steelyard::role::Role;
use steelyard::store::records::{
    ActChange, Actor, CaseEffect, CaseStep, InspectionStep, NewCase, NewClosing, NewWeighing,
    NumberClaim, OpenedCase, Party, PartyRoll,
};
use steelyard::store::{FailureClass, Store, StoreError};
use steelyard::units::Micros;

use crate::casework::stay;
use crate::support::{
    DAY, Engine, Numbers, Place, case_step, closing, counted_case, dump, new_case, on_both_engines,
    open_case, verify, weighing,
};

type Attempt = for<'a> fn(&'a Store, i64) -> BoxFuture<'a, Result<(), StoreError>>;

/// A write: what must be there before, what it does, whether it waits out trouble of the machine.
struct Write {
    name: &'static str,
    prepare: Attempt,
    attempt: Attempt,
    is_recording: bool,
}

fn nothing(_: &Store, _: i64) -> BoxFuture<'_, Result<(), StoreError>> {
    Box::pin(async { Ok(()) })
}

fn weigh(store: &Store, number: i64) -> BoxFuture<'_, Result<(), StoreError>> {
    Box::pin(async move { store.record_weighing(weighing(number)).await.map(drop) })
}

fn weigh_otherwise(store: &Store, number: i64) -> BoxFuture<'_, Result<(), StoreError>> {
    let raw_digest = sha256_hex(b"other bytes");
    let new = NewWeighing {
        raw_digest,
        ..weighing(number)
    };
    Box::pin(async move { store.record_weighing(new).await.map(drop) })
}

fn close(store: &Store, number: i64) -> BoxFuture<'_, Result<(), StoreError>> {
    Box::pin(async move { store.close_passage(closing(number)).await.map(drop) })
}

fn close_and_open(store: &Store, number: i64) -> BoxFuture<'_, Result<(), StoreError>> {
    let case = CaseEffect::Open(new_case(number));
    let new = NewClosing {
        case,
        ..closing(number)
    };
    Box::pin(async move { store.close_passage(new).await.map(drop) })
}

fn close_and_attach(store: &Store, number: i64) -> BoxFuture<'_, Result<(), StoreError>> {
    let case = CaseEffect::Attach {
        case_id: "C000001".to_owned(),
        body: json!({"n": number}),
    };
    let new = NewClosing {
        case,
        ..closing(number)
    };
    Box::pin(async move { store.close_passage(new).await.map(drop) })
}

fn append(store: &Store, number: i64) -> BoxFuture<'_, Result<(), StoreError>> {
    let actor = Actor("li.na".to_owned());
    Box::pin(async move {
        store
            .append("login", actor, json!({"n": number}))
            .await
            .map(drop)
    })
}

fn open(store: &Store, number: i64) -> BoxFuture<'_, Result<(), StoreError>> {
    Box::pin(async move {
        open_case(store, number).await;
        Ok(())
    })
}

fn step(store: &Store, number: i64) -> BoxFuture<'_, Result<(), StoreError>> {
    let step = CaseStep {
        body: json!({}),
        ..case_step(number, 1, "reviewed")
    };
    Box::pin(async move { store.step_case(step).await.map(drop) })
}

/// A step with all that a step can do: a number, a claim, officers.
fn file(store: &Store, number: i64) -> BoxFuture<'_, Result<(), StoreError>> {
    Box::pin(async move {
        let serial = store.next_serial("晋长上交罚", 2026).await?;
        let step = CaseStep {
            officers: Some(vec!["li.na".to_owned(), "wang.wei".to_owned()]),
            numbers: vec![NumberClaim {
                series: "晋长上交罚".to_owned(),
                year: 2026,
                serial,
                number: format!("〔2026〕{serial}号"),
            }],
            act: ActChange::Claim {
                authority: "transport".to_owned(),
            },
            ..case_step(number, 1, "filed")
        };
        store.step_case(step).await.map(drop)
    })
}

fn weigh_and_close(store: &Store, number: i64) -> BoxFuture<'_, Result<(), StoreError>> {
    Box::pin(async move {
        weigh(store, number).await?;
        store.close_passage(closing(number)).await.map(drop)
    })
}

fn open_by_hand(store: &Store, number: i64) -> BoxFuture<'_, Result<(), StoreError>> {
    let opened = OpenedCase {
        new: NewCase {
            alone_within: Some([Micros::new(DAY), Micros::new(DAY)]),
            ..new_case(number)
        },
        station: "3301A".to_owned(),
        opened_at: Micros::new(DAY),
        passages: vec![weighing(number).passage_id],
    };
    Box::pin(async move { store.open_case(opened).await.map(drop) })
}

fn inspect(store: &Store, number: i64) -> BoxFuture<'_, Result<(), StoreError>> {
    let begin = InspectionStep {
        passages: vec![weighing(number).passage_id],
        ..stay(number, 0, "selected")
    };
    Box::pin(async move { store.step_inspection(begin).await.map(drop) })
}

/// A case whose carrier then waits for its counter to be rolled.
fn count(store: &Store, number: i64) -> BoxFuture<'_, Result<(), StoreError>> {
    Box::pin(async move {
        open_case(store, number).await;
        let counted = Some(counted_case(number, &format!("carrier-{number}")));
        let step = CaseStep {
            counted,
            ..case_step(number, 1, "closed")
        };
        store.step_case(step).await.map(drop)
    })
}

/// The carrier is rolled: its case moves, and it leaves the queue.
fn roll(store: &Store, number: i64) -> BoxFuture<'_, Result<(), StoreError>> {
    Box::pin(async move {
        let carrier = format!("carrier-{number}");
        let party = Party {
            track: TrackKind::Carrier,
            id: carrier.clone(),
        };
        let row = store.party_waiting(&party).await?.unwrap();
        let step = CaseStep {
            counted: Some(counted_case(number, &carrier)),
            ..case_step(number, 2, "closed")
        };
        let roll = PartyRoll {
            party,
            marked: row.marked,
            steps: vec![step],
            resting: Vec::new(),
        };
        store.roll_party(roll).await.map(drop)
    })
}

/// A day turns for a party.
fn turn(store: &Store, number: i64) -> BoxFuture<'_, Result<(), StoreError>> {
    Box::pin(async move {
        let party = Party {
            track: TrackKind::Driver,
            id: format!("driver-{number}"),
        };
        let note = format!("day {number}");
        store.turn_counters(&note, vec![party], &json!({})).await
    })
}

fn put_user(store: &Store, number: i64) -> BoxFuture<'_, Result<(), StoreError>> {
    let by = Actor("chief".to_owned());
    Box::pin(async move {
        let name = format!("user{number}");
        store
            .put_user(&name, Role::Operator, "hash", true, &by)
            .await
            .map(drop)
    })
}

fn put_session(store: &Store, number: i64) -> BoxFuture<'_, Result<(), StoreError>> {
    Box::pin(async move {
        let token = sha256_hex(&number.to_be_bytes());
        store
            .put_session(&token, &format!("user{number}"), Micros::new(DAY * 2))
            .await
    })
}

const WRITES: &[Write] = &[
    Write {
        name: "weighing",
        prepare: nothing,
        attempt: weigh,
        is_recording: true,
    },
    Write {
        name: "conflict",
        prepare: weigh,
        attempt: weigh_otherwise,
        is_recording: true,
    },
    Write {
        name: "closing",
        prepare: weigh,
        attempt: close,
        is_recording: true,
    },
    Write {
        name: "opening",
        prepare: weigh,
        attempt: close_and_open,
        is_recording: true,
    },
    Write {
        name: "attaching",
        prepare: weigh,
        attempt: close_and_attach,
        is_recording: true,
    },
    Write {
        name: "append",
        prepare: nothing,
        attempt: append,
        is_recording: false,
    },
    Write {
        name: "step",
        prepare: open,
        attempt: step,
        is_recording: false,
    },
    Write {
        name: "filing",
        prepare: open,
        attempt: file,
        is_recording: false,
    },
    Write {
        name: "opening by hand",
        prepare: weigh_and_close,
        attempt: open_by_hand,
        is_recording: false,
    },
    Write {
        name: "inspection",
        prepare: weigh,
        attempt: inspect,
        is_recording: false,
    },
    Write {
        name: "roll",
        prepare: count,
        attempt: roll,
        is_recording: false,
    },
    Write {
        name: "turn",
        prepare: nothing,
        attempt: turn,
        is_recording: false,
    },
    Write {
        name: "put_user",
        prepare: nothing,
        attempt: put_user,
        is_recording: false,
    },
    Write {
        name: "put_session",
        prepare: put_user,
        attempt: put_session,
        is_recording: false,
    },
];

async fn whatever_statement_fails_the_state_is_all_or_nothing(engine: Engine) {
    for write in WRITES {
        let place = Place::new(engine).await;
        let store = place.open().await;
        open_case(&store, 1).await;
        let numbers = Numbers::default();
        for class in [
            FailureClass::Conflict,
            FailureClass::Other,
            FailureClass::Full,
        ] {
            let statements = sweep(&place, &store, write, class, &numbers).await;
            assert!(
                statements >= 3,
                "{} has {statements} statements",
                write.name
            );
        }
        verify(&store).await;
        store.shutdown().await;
    }
}

/// Gives the number of statements that could fail.
async fn sweep(
    place: &Place,
    store: &Store,
    write: &Write,
    class: FailureClass,
    numbers: &Numbers,
) -> i64 {
    for passing in 0.. {
        let number = numbers.next();
        (write.prepare)(store, number).await.unwrap();
        let before = dump(store).await;
        place.faults.arm(passing, 1, class);
        let outcome = (write.attempt)(store, number).await;
        let all_passed = place.faults.disarm();
        let after = dump(store).await;
        let at = format!("{} failing {class:?} after {passing}", write.name);
        if all_passed {
            outcome.unwrap();
            return passing;
        }
        // A commit is uncertain, so even a refusal there is treated as trouble of the machine.
        let waits = write.is_recording;
        match outcome {
            Ok(()) => {
                assert!(waits, "{at}: a person was told all is well");
                assert!(after != before, "{at}: acknowledged and not there");
            }
            Err(error) => {
                assert!(
                    !(waits && class == FailureClass::Full),
                    "{at}: recording lost: {error}"
                );
                assert_eq!(after, before, "{at}: half of it is there");
                (write.attempt)(store, number)
                    .await
                    .unwrap_or_else(|e| panic!("{at}, again: {e}"));
            }
        }
    }
    unreachable!("a write has an end")
}

on_both_engines!(whatever_statement_fails_the_state_is_all_or_nothing);
