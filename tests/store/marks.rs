//! Marks: hours, enforcement, checks of a scale.

use serde_json::json;
use steelyard::store::JournalFault;
use steelyard::store::records::{Actor, MarkKind, NewMark};
use steelyard::units::Micros;

use crate::support::{DAY, Engine, Place, on_both_engines, verify, weighing};

pub fn mark(kind: MarkKind, lane: i64, minute: i64, what: &str) -> NewMark {
    NewMark {
        kind,
        lane,
        at: at(minute),
        entry: "enforcement_off",
        actor: Actor::station(),
        body: json!({ "what": what }),
    }
}

fn at(minute: i64) -> Micros {
    Micros::new(DAY + minute * 60_000_000)
}

async fn a_mark_is_made_once_and_found_by_kind_lane_and_time(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    store.record_weighing(weighing(1)).await.unwrap();
    let off = MarkKind::Enforcement;
    let first = store.mark(mark(off, 1, 0, "first")).await.unwrap();
    assert!(!first.already);
    let again = store.mark(mark(off, 1, 0, "again")).await.unwrap();
    assert_eq!((again.sequence, again.already), (first.sequence, true));
    // Of two in one batch the first stands, too.
    let (a, b) = futures::join!(
        store.mark(mark(off, 1, 9, "a")),
        store.mark(mark(off, 1, 9, "b"))
    );
    assert_ne!(a.unwrap().already, b.unwrap().already);
    store.mark(mark(off, 1, 5, "middle")).await.unwrap();
    store.mark(mark(off, 2, 5, "other lane")).await.unwrap();
    let hour = mark(MarkKind::Hour, 0, 5, "other kind");
    store.mark(hour).await.unwrap();

    let found = async |from: Option<Micros>, until: Option<Micros>, limit| {
        let marks = store.marks(off, 1, (from, until), limit).await.unwrap();
        let minute = |at: i64| (at - DAY) / 60_000_000;
        let minutes: Vec<i64> = marks.iter().map(|mark| minute(mark.marked_at)).collect();
        minutes
    };
    assert_eq!(found(None, None, 10).await, [9, 5, 0]);
    assert_eq!(found(None, None, 2).await, [9, 5]);
    assert_eq!(found(Some(at(5)), Some(at(9)), 10).await, [5]);
    let marks = store.marks(off, 1, (None, Some(at(1))), 1).await.unwrap();
    assert_eq!(marks[0].entry.sequence, first.sequence);
    let body = marks[0].entry.body.as_deref().unwrap();
    assert!(body.contains("\"what\":\"first\""), "{body}");
    verify(&store).await;
}

async fn a_changed_mark_shows(engine: Engine) {
    for (sql, says) in [
        (
            "delete from mark where lane = 1",
            "row hour / 1 / 1780000000000000: missing from its table",
        ),
        (
            "update mark set lane = 7 where lane = 1",
            "row hour / 7 / 1780000000000000: in its table without",
        ),
        (
            "insert into mark (kind, lane, marked_at, sequence) values ('hour', 3, 1, 1)",
            "row hour / 3 / 1: in its table without",
        ),
    ] {
        let place = Place::new(engine).await;
        let store = place.open().await;
        store.mark(mark(MarkKind::Hour, 1, 0, "x")).await.unwrap();
        store.shutdown().await;
        crate::journal::tamper(&place, sql).await;
        let store = place.open().await;
        let fault = store.verify_journal(|_, _| ()).await.unwrap_err();
        assert!(
            matches!(&fault, JournalFault::Disagreement(what) if what.to_string().contains(says)),
            "{sql}: {fault}"
        );
    }
}

on_both_engines!(
    a_mark_is_made_once_and_found_by_kind_lane_and_time,
    a_changed_mark_shows,
);
