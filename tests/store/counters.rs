//! The queue of parties whose counters are to be rolled, and the numbers of a shift: on both engines.

use std::collections::BTreeSet;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use steelyard::casework::procedure::TrackKind;
use steelyard::store::records::{
    Actor, CaseStep, InspectionColumns, InspectionStep, NewCountedCase, NewRegisterEntry, Party,
    PartyRoll, PartyRollRow, RegisterBatch, Resting, ShiftNumbers,
};
use steelyard::store::{Store, StoreError};
use steelyard::units::Micros;

use crate::casework::stay;
use crate::support::{
    DAY, Engine, Place, case_step, counted_case, on_both_engines, open_case, verify,
};

fn party(track: TrackKind, id: &str) -> Party {
    Party {
        track,
        id: id.to_owned(),
    }
}

fn carrier(id: &str) -> Party {
    party(TrackKind::Carrier, id)
}

async fn waiting(store: &Store) -> Vec<PartyRollRow> {
    let due = store.parties_due(Micros::new(i64::MAX), 1_000).await;
    due.unwrap()
}

async fn names(store: &Store) -> BTreeSet<(String, String)> {
    let rows = waiting(store).await.into_iter();
    rows.map(|row| (row.track, row.party_id)).collect()
}

fn set(parties: &[(&str, &str)]) -> BTreeSet<(String, String)> {
    let parties = parties.iter();
    parties
        .map(|(track, id)| ((*track).to_owned(), (*id).to_owned()))
        .collect()
}

/// Rolls whoever waits, with nothing to move.
async fn roll_all(store: &Store) {
    for row in waiting(store).await {
        let roll = PartyRoll {
            party: row.party().unwrap(),
            marked: row.marked,
            steps: Vec::new(),
            resting: Vec::new(),
        };
        assert_eq!(store.roll_party(roll).await.unwrap(), Vec::<i64>::new());
    }
    assert_eq!(store.parties_waiting().await.unwrap().parties, 0);
}

async fn closes(store: &Store, number: i64, version: i64, counted: Option<NewCountedCase>) {
    let step = CaseStep {
        counted,
        ..case_step(number, version, "closed")
    };
    store.step_case(step).await.unwrap();
}

fn entry(kind: &'static str, key: &str, version: i64, active: bool) -> NewRegisterEntry {
    NewRegisterEntry {
        kind,
        key: key.to_owned(),
        label: key.to_owned(),
        plate: None,
        carrier: None,
        valid_from: None,
        valid_until: None,
        active,
        expected_version: version,
        body: json!({"key": key, "version": version}),
        counted: None,
    }
}

async fn enters(store: &Store, entry: NewRegisterEntry) {
    let batch = RegisterBatch {
        entries: vec![entry],
        actor: Actor("li".to_owned()),
        from: json!({}),
        reason: None,
    };
    store.change_register(batch).await.unwrap();
}

async fn whatever_a_counter_reads_marks_the_parties_that_it_is_about(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    open_case(&store, 1).await;
    store.step_case(case_step(1, 1, "filed")).await.unwrap();
    assert_eq!(names(&store).await, set(&[]), "nothing counts yet");
    closes(&store, 1, 2, Some(counted_case(1, "c1"))).await;
    let vehicle = ("vehicle", "浙A00001");
    assert_eq!(names(&store).await, set(&[vehicle, ("carrier", "c1")]));
    roll_all(&store).await;
    // A step that leaves the count as it is marks nobody; one that moves the case marks both carriers.
    closes(&store, 1, 3, Some(counted_case(1, "c1"))).await;
    assert_eq!(names(&store).await, set(&[]));
    closes(&store, 1, 4, Some(counted_case(1, "c2"))).await;
    let both = [vehicle, ("carrier", "c1"), ("carrier", "c2")];
    assert_eq!(names(&store).await, set(&both));
    roll_all(&store).await;
    // What is annulled, too, and a track that moved without that.
    closes(&store, 1, 5, None).await;
    assert_eq!(names(&store).await, set(&[vehicle, ("carrier", "c2")]));
    roll_all(&store).await;
    let step = CaseStep {
        recount: BTreeSet::from([party(TrackKind::Driver, "d1")]),
        ..case_step(1, 6, "closed")
    };
    store.step_case(step).await.unwrap();
    assert_eq!(names(&store).await, set(&[("driver", "d1")]));
    roll_all(&store).await;

    // The registers: past cases and fleets, no others.
    let past = |number: i64, version: i64, active: bool| NewRegisterEntry {
        counted: Some(counted_case(number, "c3")),
        ..entry("past_cases", &format!("C{number:06}"), version, active)
    };
    enters(&store, past(2, 0, true)).await;
    let of_past = [("vehicle", "浙A00002"), ("carrier", "c3")];
    assert_eq!(names(&store).await, set(&of_past));
    roll_all(&store).await;
    enters(&store, past(2, 1, true)).await;
    assert_eq!(names(&store).await, set(&[]), "said again");
    enters(&store, past(2, 2, false)).await;
    assert_eq!(names(&store).await, set(&of_past), "struck off");
    roll_all(&store).await;
    enters(&store, past(2, 3, false)).await;
    assert_eq!(names(&store).await, set(&[]), "was not counted before");
    enters(&store, entry("carriers", "c9", 0, true)).await;
    enters(&store, entry("drivers", "d9", 0, true)).await;
    assert_eq!(names(&store).await, set(&[("carrier", "c9")]));
    verify(&store).await;
}

async fn a_party_is_rolled_once_with_what_follows_or_waits(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    for number in 1..=2 {
        open_case(&store, number).await;
        closes(&store, number, 1, Some(counted_case(number, "c1"))).await;
    }
    let read = store.party_waiting(&carrier("c1")).await.unwrap().unwrap();
    let roll = |marked: i64, versions: [i64; 2]| PartyRoll {
        party: carrier("c1"),
        marked,
        steps: [1, 2]
            .into_iter()
            .zip(versions)
            .map(|(number, version)| CaseStep {
                counted: Some(counted_case(number, "c1")),
                ..case_step(number, version, "rolled")
            })
            .collect(),
        resting: vec![Resting {
            case_id: "C000001".to_owned(),
            noted: 0,
            right: 4,
        }],
    };
    let untouched = async || {
        for number in 1..=2 {
            let row = store.case(&format!("C{number:06}")).await.unwrap().unwrap();
            assert_eq!(row.columns.state, "closed");
        }
        assert!(store.party_waiting(&carrier("c1")).await.unwrap().is_some());
    };
    // The second case is not as it was read: not the first one moves either.
    let refused = store.roll_party(roll(read.marked, [2, 1])).await;
    assert!(
        matches!(refused, Err(StoreError::Stale { .. })),
        "{refused:?}"
    );
    untouched().await;
    // Marked anew since it was read.
    open_case(&store, 3).await;
    closes(&store, 3, 1, Some(counted_case(3, "c1"))).await;
    let refused = store.roll_party(roll(read.marked, [2, 2])).await;
    assert!(
        matches!(refused, Err(StoreError::PartyMarked { .. })),
        "{refused:?}"
    );
    untouched().await;
    // Stopped between: it is there after the next start.
    store.shutdown().await;
    let store = place.open().await;
    let read = store.party_waiting(&carrier("c1")).await.unwrap().unwrap();
    let sequences = store.roll_party(roll(read.marked, [2, 2])).await.unwrap();
    assert_eq!(sequences.len(), 2);
    assert_eq!(store.party_waiting(&carrier("c1")).await.unwrap(), None);
    let days = ["2026-01-01", "2026-12-31"];
    let lines = store.counted_cases(TrackKind::Carrier, "c1", days).await;
    let resting: i64 = lines.unwrap().iter().map(|line| line.resting).sum();
    assert_eq!(resting, 4);
    let resting = store.parties_resting("2026-01-01").await.unwrap();
    assert_eq!(resting, BTreeSet::from([carrier("c1")]));
    // A second time there is nothing to do.
    let refused = store.roll_party(roll(read.marked, [3, 3])).await;
    assert!(
        matches!(refused, Err(StoreError::PartyMarked { found: None, .. })),
        "{refused:?}"
    );
    let carriers = store.counted_parties(TrackKind::Carrier, "2026-01-01");
    assert_eq!(carriers.await.unwrap(), [carrier("c1")]);
    let later = store.counted_parties(TrackKind::Carrier, "2026-12-31");
    assert_eq!(later.await.unwrap(), []);
    verify(&store).await;
}

async fn parties_wait_in_the_order_in_which_they_were_marked(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    for (number, carrier) in [(1, "c3"), (2, "c1"), (3, "c2")] {
        open_case(&store, number).await;
        place.clock.set(Micros::new(DAY + number * 1_000_000));
        let counted = NewCountedCase {
            vehicle_plate: None,
            ..counted_case(number, carrier)
        };
        closes(&store, number, 1, Some(counted)).await;
    }
    let order = async || -> Vec<String> {
        let rows = waiting(&store).await.into_iter();
        rows.map(|row| row.party_id).collect()
    };
    assert_eq!(order().await, ["c3", "c1", "c2"]);
    // Marked anew it keeps its place.
    place.clock.set(Micros::new(DAY + 60_000_000));
    enters(&store, entry("carriers", "c3", 0, true)).await;
    assert_eq!(order().await, ["c3", "c1", "c2"]);
    // One that failed goes behind those that are due before it is tried again.
    let row = store.party_waiting(&carrier("c3")).await.unwrap().unwrap();
    let due = Micros::new(DAY + 90_000_000);
    store
        .roll_later(carrier("c3"), row.marked, due, "no rules")
        .await
        .unwrap();
    assert_eq!(order().await, ["c1", "c2", "c3"]);
    let due_now = store.parties_due(Micros::new(DAY + 61_000_000), 10).await;
    assert_eq!(due_now.unwrap().len(), 2);
    let failed = store.parties_failed(10).await.unwrap();
    assert_eq!(failed.len(), 1);
    assert_eq!(
        (failed[0].failures, failed[0].failure.as_deref()),
        (1, Some("no rules"))
    );
    // What was marked after that is not put off by a failure from before it.
    enters(&store, entry("carriers", "c3", 1, true)).await;
    let anew = store.party_waiting(&carrier("c3")).await.unwrap().unwrap();
    assert!(anew.due_at < due.get(), "tried at once");
    store
        .roll_later(carrier("c3"), row.marked, due, "no rules")
        .await
        .unwrap();
    let unchanged = store.party_waiting(&carrier("c3")).await.unwrap().unwrap();
    assert_eq!(unchanged, anew);
}

async fn a_day_that_turns_is_noted_with_its_marks(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    assert_eq!(store.counters_turned().await.unwrap(), None);
    store
        .turn_counters("day 1", Vec::new(), &json!({}))
        .await
        .unwrap();
    assert_eq!(
        store.counters_turned().await.unwrap().as_deref(),
        Some("day 1")
    );
    let before = verify(&store).await;
    let parties = vec![carrier("c1"), party(TrackKind::LoadingSource, "s1")];
    store
        .turn_counters("day 2", parties, &json!({"day": 2}))
        .await
        .unwrap();
    assert_eq!(
        store.counters_turned().await.unwrap().as_deref(),
        Some("day 2")
    );
    let marked = [("carrier", "c1"), ("loading_source", "s1")];
    assert_eq!(names(&store).await, set(&marked));
    assert_eq!(verify(&store).await, before + 1);
}

async fn the_numbers_of_a_shift_are_those_of_its_stays(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    let mut random = ChaCha8Rng::seed_from_u64(11);
    let mut stays = Vec::new();
    for number in 0..60 {
        let mut at = |share: u32| {
            let there = random.random_ratio(share, 10);
            there.then(|| DAY + random.random_range(0..40))
        };
        let (first, last, ended) = (at(8), at(8), at(6));
        let columns = InspectionColumns {
            first_weighed_at: first,
            last_weighed_at: last,
            ended_at: ended,
            unloaded_kg: random
                .random_ratio(5, 10)
                .then(|| random.random_range(0..3) * 500),
            was_over: (number % 10 != 0).then(|| random.random_range(0..2)),
            by_hand: Some(random.random_range(0..2)),
            let_through: random
                .random_ratio(3, 10)
                .then(|| ["military", "other"][random.random_range(0..2_usize)].to_owned()),
            ..InspectionColumns::default()
        };
        let state = ["released", "let_through", "escaped", "selected"];
        let state = state[random.random_range(0..4_usize)].to_owned();
        let columns = InspectionColumns { state, ..columns };
        let step = InspectionStep {
            columns: columns.clone(),
            ..stay(number, 0, "selected")
        };
        store.step_inspection(step).await.unwrap();
        stays.push((format!("I{number:06}"), DAY + number * 1_000, columns));
    }
    for (from, until) in [(0, 40), (5, 17), (17, 18), (30, 30), (39, 90)] {
        let (from, until) = (DAY + from, DAY + until);
        let within = |at: Option<i64>| at.is_some_and(|at| from <= at && at < until);
        let columns = || stays.iter().map(|(_, _, columns)| columns);
        let first = || columns().filter(|one| within(one.first_weighed_at));
        let lighter = || {
            columns().filter(|one| within(one.last_weighed_at) && one.unloaded_kg.unwrap_or(0) > 0)
        };
        let number = |number: usize| i64::try_from(number).unwrap();
        let numbers = store
            .shift_numbers(Micros::new(from), Micros::new(until))
            .await
            .unwrap();
        let mut ended = numbers.ended.clone();
        ended.sort();
        let mut expected: std::collections::BTreeMap<(String, Option<String>), i64> =
            std::collections::BTreeMap::new();
        for one in columns().filter(|one| within(one.ended_at)) {
            *expected
                .entry((one.state.clone(), one.let_through.clone()))
                .or_default() += 1;
        }
        assert_eq!(
            numbers,
            ShiftNumbers {
                checked: number(first().count()),
                over: first().filter_map(|one| one.was_over).sum(),
                by_hand: first().filter_map(|one| one.by_hand).sum(),
                unloaded: number(lighter().count()),
                unloaded_kg: lighter().filter_map(|one| one.unloaded_kg).sum(),
                ended: numbers.ended.clone(),
            }
        );
        let expected: Vec<_> = expected
            .into_iter()
            .map(|((state, reason), stays)| (state, reason, stays))
            .collect();
        assert_eq!(ended, expected);
    }
    // Stays of which an older release kept nothing are named, so that they are read.
    let unread: Vec<String> = stays
        .iter()
        .rev()
        .filter(|(_, opened_at, columns)| columns.was_over.is_none() && *opened_at < DAY + 30_000)
        .map(|(id, _, _)| id.clone())
        .collect();
    let (from, until) = (Micros::new(DAY), Micros::new(DAY + 30_000));
    let named = store.inspections_unread(from, until, 100).await.unwrap();
    assert_eq!(named, unread);
    assert_eq!(named.len(), 3);
    let two = store.inspections_unread(from, until, 2).await.unwrap();
    assert_eq!(two, named[..2]);
}

on_both_engines!(
    whatever_a_counter_reads_marks_the_parties_that_it_is_about,
    a_party_is_rolled_once_with_what_follows_or_waits,
    parties_wait_in_the_order_in_which_they_were_marked,
    a_day_that_turns_is_noted_with_its_marks,
    the_numbers_of_a_shift_are_those_of_its_stays,
);
