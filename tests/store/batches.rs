//! Group commit: many operations, few transactions, none harmed by another.

use steelyard::store::records::{NewWeighing, Recorded};
use steelyard::store::{FailureClass, StoreError};

use crate::support::{Engine, Place, closing, dump, on_both_engines, verify, weighing};

async fn many_operations_share_a_transaction(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    let weighings = (0..300).map(|number| store.record_weighing(weighing(number)));
    for outcome in futures::future::join_all(weighings).await {
        assert!(matches!(outcome, Ok(Recorded::New { .. })), "{outcome:?}");
    }
    let closings = (0..300).map(|number| store.close_passage(closing(number)));
    for outcome in futures::future::join_all(closings).await {
        assert!(!outcome.unwrap().already);
    }
    let health = store.health();
    assert_eq!(
        (health.operations, health.queued, health.failing.clone()),
        (600, 0, None)
    );
    assert!(
        health.commits <= 100,
        "600 operations took {} transactions",
        health.commits
    );
    assert_eq!(verify(&store).await, 600);
    assert_eq!(store.counts().await.unwrap().pictures, 600);
    assert_eq!(*store.watch_head().borrow(), 600);
}

async fn one_bad_operation_leaves_the_others_in(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    let weighings = (0..60).map(|number| {
        // Only the database knows that there is no such kind of scale.
        let kind = if number % 20 == 7 {
            "hovering"
        } else {
            weighing(number).kind
        };
        store.record_weighing(NewWeighing {
            kind,
            ..weighing(number)
        })
    });
    let outcomes = futures::future::join_all(weighings).await;
    for (number, outcome) in outcomes.iter().enumerate() {
        if number % 20 == 7 {
            let class = outcome.as_ref().unwrap_err().class();
            assert_eq!(class, Some(FailureClass::Conflict), "{outcome:?}");
        } else {
            assert!(matches!(outcome, Ok(Recorded::New { .. })), "{outcome:?}");
        }
    }
    assert_eq!(store.counts().await.unwrap().passages, 57);
    assert_eq!(verify(&store).await, 57);
}

async fn a_commit_whose_answer_is_lost_is_not_done_twice(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    store.record_weighing(weighing(1)).await.unwrap();
    place.faults.arm_unknown_commits(2);
    let kept = store.append(
        "port_opened",
        "system:ports".into_actor(),
        serde_json::json!({}),
    );
    assert_eq!(kept.await.unwrap(), 2);
    let recorded = store.record_weighing(weighing(2)).await.unwrap();
    assert_eq!(
        recorded,
        Recorded::New { sequence: 3 },
        "the answer is the first one"
    );
    assert!(!place.faults.disarm());
    assert_eq!(store.health().failures, 2);
    assert_eq!(verify(&store).await, 3);
}

async fn the_answers_of_a_lost_commit_are_nobody_elses(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    let login = || store.append("login", "li.na".into_actor(), serde_json::json!({}));
    place.faults.arm_unknown_commits(1);
    let told = login().await;
    assert!(told.is_err(), "a person does not wait: {told:?}");
    // It took place; what comes next is another operation, and is done as well.
    let recorded = store.record_weighing(weighing(1)).await.unwrap();
    assert_eq!(recorded, Recorded::New { sequence: 2 });
    place.faults.arm_unknown_commits(1);
    assert!(login().await.is_err());
    assert_eq!(login().await.unwrap(), 4);
    assert_eq!(verify(&store).await, 4);
}

trait IntoActor {
    fn into_actor(self) -> steelyard::store::records::Actor;
}

impl IntoActor for &str {
    fn into_actor(self) -> steelyard::store::records::Actor {
        steelyard::store::records::Actor(self.to_owned())
    }
}

async fn trouble_keeps_recordings_waiting_and_tells_people(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    store.record_weighing(weighing(1)).await.unwrap();
    let before = dump(&store).await;
    place.faults.arm(0, i64::MAX, FailureClass::Full);

    let recording = {
        let store = store.clone();
        tokio::spawn(async move { store.record_weighing(weighing(2)).await })
    };
    crate::support::until("the trouble shows", || store.health().failing.is_some()).await;
    let said = store.health().failing.unwrap();
    assert!(said.contains("the disk is full: free space"), "{said}");
    let refused = store
        .append("login", "li.na".into_actor(), serde_json::json!({}))
        .await;
    assert_eq!(
        refused.unwrap_err().class(),
        Some(FailureClass::Full),
        "a person is told at once"
    );
    assert!(!recording.is_finished());
    assert_eq!(dump(&store).await, before);

    place.faults.disarm();
    let recorded = recording.await.unwrap().unwrap();
    assert_eq!(recorded, Recorded::New { sequence: 2 });
    assert_eq!(store.health().failing, None);
    verify(&store).await;

    place.faults.arm(0, i64::MAX, FailureClass::Gone);
    let recording = {
        let store = store.clone();
        tokio::spawn(async move { store.record_weighing(weighing(3)).await })
    };
    crate::support::until("the trouble shows", || store.health().failing.is_some()).await;
    store.shutdown().await;
    let outcome = recording.await.unwrap();
    assert!(
        matches!(
            outcome,
            Err(StoreError::Database {
                class: FailureClass::Gone,
                ..
            })
        ),
        "shutdown doesn't wait for a disk: {outcome:?}"
    );
}

on_both_engines!(
    many_operations_share_a_transaction,
    one_bad_operation_leaves_the_others_in,
    a_commit_whose_answer_is_lost_is_not_done_twice,
    the_answers_of_a_lost_commit_are_nobody_elses,
    trouble_keeps_recordings_waiting_and_tells_people,
);
