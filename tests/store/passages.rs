//! Weighings and closings.

use serde_json::{Value, json};
use steelyard::evidence::journal::sha256_hex;
use steelyard::store::records::{NewClosing, NewWeighing, Recorded};
use steelyard::store::{Closed, StoreError};

use crate::support::{Engine, Place, closing, on_both_engines, verify, weighing};

async fn a_weighing_is_stored_once_and_a_fault_twice(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    assert_eq!(
        store.record_weighing(weighing(1)).await.unwrap(),
        Recorded::New { sequence: 1 }
    );
    let again = store.record_weighing(weighing(1)).await.unwrap();
    let kept_as = |passage_id: &str| Recorded::Retransmission {
        passage_id: passage_id.to_owned(),
    };
    assert_eq!(again, kept_as("P000001"));
    assert_eq!(store.health().retransmissions, 1);

    let other = || NewWeighing {
        raw_digest: sha256_hex(b"other bytes"),
        ..weighing(1)
    };
    let Recorded::Conflict {
        passage_id,
        sequence: 2,
    } = store.record_weighing(other()).await.unwrap()
    else {
        panic!("the same key with other bytes is a fault");
    };
    let again = store.record_weighing(other()).await.unwrap();
    assert_eq!(
        again,
        kept_as(&passage_id),
        "the second record was sent again"
    );

    let first = store.passage("P000001").await.unwrap().unwrap();
    let second = store.passage(&passage_id).await.unwrap().unwrap();
    assert_eq!(
        (first.record_conflict, second.record_conflict),
        (1, 1),
        "both are flagged"
    );
    assert_eq!(first.gross_kg, weighing(1).gross_kg.get());
    let body = store.journal_entry(2).await.unwrap().unwrap().body.unwrap();
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(body["columns"]["passage_id"], json!(passage_id));
    assert_eq!(body["站"], "杭州", "the caller's own members are kept");
    assert_eq!(verify(&store).await, 2);
    store.shutdown().await;
}

async fn the_same_weighing_twice_in_one_batch_is_stored_once(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    let twins = (0..40).map(|_| store.record_weighing(weighing(3)));
    let outcomes = futures::future::join_all(twins).await;
    let new = outcomes
        .iter()
        .filter(|one| matches!(one, Ok(Recorded::New { .. })))
        .count();
    let retransmissions = outcomes
        .iter()
        .filter(|one| matches!(one, Ok(Recorded::Retransmission { .. })))
        .count();
    assert_eq!((new, retransmissions), (1, 39));
    assert_eq!(verify(&store).await, 1);
}

async fn closing_happens_once(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    let early = store.close_passage(closing(1)).await;
    assert!(
        matches!(early, Err(StoreError::UnknownPassage { .. })),
        "{early:?}"
    );
    store.record_weighing(weighing(1)).await.unwrap();
    assert_eq!(store.unclosed_passages().await.unwrap().len(), 1);

    let closed = store.close_passage(closing(1)).await.unwrap();
    assert_eq!(
        closed,
        Closed {
            sequence: 2,
            case_id: None,
            already: false
        }
    );
    let row = store.passage("P000001").await.unwrap().unwrap();
    assert_eq!(row.plate.as_deref(), Some("浙A00001"));
    assert_eq!((row.enforceable, row.state.as_str()), (Some(1), "closed"));
    let pictures = store.pictures_of("P000001").await.unwrap();
    assert_eq!(
        pictures
            .iter()
            .map(|one| one.view.as_str())
            .collect::<Vec<_>>(),
        ["front", "plate"]
    );
    assert!(store.unclosed_passages().await.unwrap().is_empty());

    let other = NewClosing {
        plate: Some("京B99999".to_owned()),
        ..closing(1)
    };
    let again = store.close_passage(other).await.unwrap();
    assert_eq!(
        again,
        Closed {
            sequence: 2,
            case_id: None,
            already: true
        }
    );
    assert_eq!(
        store.passage("P000001").await.unwrap().unwrap(),
        row,
        "nothing was changed"
    );
    assert_eq!(verify(&store).await, 2);
}

async fn a_picture_sent_twice_does_not_keep_a_passage_open(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    store.record_weighing(weighing(1)).await.unwrap();
    let mut twice = closing(1);
    twice.pictures.extend(closing(1).pictures);
    store.close_passage(twice).await.unwrap();
    assert_eq!(store.pictures_of("P000001").await.unwrap().len(), 2);
    verify(&store).await;
}

async fn a_body_with_a_float_is_refused_with_its_path(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    let body = json!({"axles": [{"load_kg": 1}, {"load_kg": 6000.5}]});
    let refused = store
        .record_weighing(NewWeighing {
            body,
            ..weighing(1)
        })
        .await
        .unwrap_err();
    assert!(
        refused.to_string().contains("/axles/1/load_kg"),
        "{refused}"
    );
    let body = json!({"columns": {}});
    let refused = store
        .record_weighing(NewWeighing {
            body,
            ..weighing(1)
        })
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("/columns"), "{refused}");
    assert_eq!(store.journal_head().await.unwrap().sequence, 0);
}

async fn what_was_acknowledged_is_there_after_a_restart(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    for number in 1..=20 {
        store.record_weighing(weighing(number)).await.unwrap();
    }
    let before = crate::support::dump(&store).await;
    store.shutdown().await;
    let store = place.open().await;
    assert_eq!(crate::support::dump(&store).await, before);
    assert_eq!(*store.watch_head().borrow(), 20);
    let next = store.record_weighing(weighing(21)).await.unwrap();
    assert_eq!(next, Recorded::New { sequence: 21 }, "the chain goes on");
    verify(&store).await;

    let counts = store.counts().await.unwrap();
    assert_eq!(
        (counts.passages, counts.unclosed, counts.journal),
        (21, 21, 21)
    );
    assert_eq!(counts.passages_by_class[""], 5);
    store.clone().shutdown().await;
    let refused = store.record_weighing(weighing(22)).await;
    assert!(matches!(refused, Err(StoreError::Closed)), "{refused:?}");
}

on_both_engines!(
    a_weighing_is_stored_once_and_a_fault_twice,
    the_same_weighing_twice_in_one_batch_is_stored_once,
    closing_happens_once,
    a_picture_sent_twice_does_not_keep_a_passage_open,
    a_body_with_a_float_is_refused_with_its_path,
    what_was_acknowledged_is_there_after_a_restart,
);
