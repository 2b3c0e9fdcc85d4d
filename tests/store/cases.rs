//! Cases: opened, joined, moved on.

use serde_json::json;
use steelyard::store::StoreError;
use steelyard::store::records::{CaseEffect, CaseStep, NewClosing};

use crate::support::{
    Engine, Place, case_step, closing, new_case, on_both_engines, open_case, verify, weighing,
};

fn step(version: i64, state: &str) -> CaseStep {
    case_step(1, version, state)
}

async fn a_case_opens_with_its_passage_and_others_join(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    open_case(&store, 1).await;
    let case = store.case("C000001").await.unwrap().unwrap();
    assert_eq!(
        (case.version, case.latest_sequence, case.lane),
        (1, 3, Some(2))
    );
    assert_eq!(
        (case.opened_by.as_str(), case.station.as_str()),
        ("system:station", "3301A")
    );
    assert_eq!(case.opened_at, closing(1).closed_at.get());

    store.record_weighing(weighing(2)).await.unwrap();
    let attach = CaseEffect::Attach {
        case_id: "C000001".to_owned(),
        body: json!({"why": "same act"}),
    };
    let closed = store
        .close_passage(NewClosing {
            case: attach.clone(),
            ..closing(2)
        })
        .await
        .unwrap();
    assert_eq!(closed.case_id.as_deref(), Some("C000001"));
    assert_eq!(
        store.case_passages("C000001").await.unwrap(),
        ["P000001", "P000002"]
    );
    let case = store.case("C000001").await.unwrap().unwrap();
    assert_eq!(
        (case.version, case.latest_sequence),
        (2, 3),
        "grown, its whole state unchanged"
    );

    // Again: the same answer, nothing new.
    let again = store
        .close_passage(NewClosing {
            case: attach,
            ..closing(2)
        })
        .await
        .unwrap();
    assert!(again.already);
    assert_eq!(again.case_id.as_deref(), Some("C000001"));
    let kinds: Vec<String> = store
        .case_history("C000001")
        .await
        .unwrap()
        .into_iter()
        .map(|row| row.kind)
        .collect();
    assert_eq!(kinds, ["case_opened", "case_attached"]);
    assert_eq!(verify(&store).await, 6);
}

async fn a_case_is_not_opened_twice_nor_joined_when_there_is_none(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    open_case(&store, 1).await;
    store.record_weighing(weighing(2)).await.unwrap();
    let case = CaseEffect::Open(new_case(1));
    let refused = store.close_passage(NewClosing { case, ..closing(2) }).await;
    assert!(
        matches!(refused, Err(StoreError::CaseExists { .. })),
        "{refused:?}"
    );
    let case = CaseEffect::Attach {
        case_id: "C9".to_owned(),
        body: json!({}),
    };
    let refused = store.close_passage(NewClosing { case, ..closing(2) }).await;
    assert!(
        matches!(refused, Err(StoreError::UnknownCase { .. })),
        "{refused:?}"
    );
    let row = store.passage("P000002").await.unwrap().unwrap();
    assert_eq!(
        row.state, "weighed",
        "a refused closing leaves the passage open"
    );
    assert_eq!(verify(&store).await, 4);
}

async fn the_slower_of_two_people_is_told(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    open_case(&store, 1).await;
    let sequence = store.step_case(step(1, "reviewed")).await.unwrap();
    assert_eq!(sequence, 4);
    let stale = store.step_case(step(1, "voided")).await.unwrap_err();
    assert!(
        matches!(
            stale,
            StoreError::Stale {
                expected: 1,
                found: 2,
                ..
            }
        ),
        "{stale:?}"
    );
    assert!(stale.to_string().contains("read the case again"), "{stale}");
    let case = store.case("C000001").await.unwrap().unwrap();
    assert_eq!(
        (
            case.columns.state.as_str(),
            case.version,
            case.latest_sequence
        ),
        ("reviewed", 2, 4)
    );

    // Many at once: exactly one goes through, whatever batches they fall into.
    let rush = (0..16).map(|_| store.step_case(step(2, "decided")));
    let outcomes = futures::future::join_all(rush).await;
    assert_eq!(outcomes.iter().filter(|one| one.is_ok()).count(), 1);
    let others = outcomes
        .iter()
        .filter(|one| matches!(one, Err(StoreError::Stale { .. })));
    assert_eq!(others.count(), 15);
    let unknown = CaseStep {
        case_id: "C9".to_owned(),
        ..step(1, "reviewed")
    };
    let refused = store.step_case(unknown).await;
    assert!(
        matches!(refused, Err(StoreError::UnknownCase { .. })),
        "{refused:?}"
    );
    assert_eq!(verify(&store).await, 5);
}

on_both_engines!(
    a_case_opens_with_its_passage_and_others_join,
    a_case_is_not_opened_twice_nor_joined_when_there_is_none,
    the_slower_of_two_people_is_told,
);
