//! Casework in the store: what cases are found by, numbers without gaps, one act one claim, cases that a
//! person opens, stays at the station.

use serde_json::json;
use sqlx::ConnectOptions;
use steelyard::casework::procedure::TrackKind;
use steelyard::store::records::{
    ActChange, Actor, CaseEffect, CaseKey, CaseStep, InspectionColumns, InspectionStep, ListFilter,
    NewCase, NewClosing, NumberClaim, OpenedCase, PageKey,
};
use steelyard::store::{AboutAct, DatabaseUrl, JournalFault, Store, StoreError};
use steelyard::units::Micros;

use crate::support::{
    DAY, Engine, Place, case_columns, case_step, closing, counted_case, new_case, on_both_engines,
    open_case, verify, weighing,
};

pub fn claim(serial: i64) -> NumberClaim {
    NumberClaim {
        series: "晋长上交罚".to_owned(),
        year: 2026,
        serial,
        number: format!("晋长上交罚〔2026〕{serial:04}号"),
    }
}

fn numbered(number: i64, version: i64, serial: i64) -> CaseStep {
    CaseStep {
        numbers: vec![claim(serial)],
        ..case_step(number, version, "filed")
    }
}

fn claiming(number: i64, version: i64, act_id: &str, authority: &str) -> CaseStep {
    let mut step = case_step(number, version, "filed");
    step.columns.act_id = act_id.to_owned();
    step.act = ActChange::Claim {
        authority: authority.to_owned(),
    };
    step
}

pub fn stay(number: i64, version: i64, state: &str) -> InspectionStep {
    InspectionStep {
        inspection_id: format!("I{number:06}"),
        station: "3301A".to_owned(),
        expected_version: version,
        columns: InspectionColumns {
            state: state.to_owned(),
            plate: Some(format!("浙A{:05}", number % 7)),
            first_gross_kg: Some(106_180),
            held_until: (number % 2 == 0).then_some(DAY + number),
            ..InspectionColumns::default()
        },
        passages: Vec::new(),
        actor: Actor("wang.wei".to_owned()),
        at: Micros::new(DAY + number * 1_000 + version),
        kind: "inspection_stepped",
        body: json!({"goods": "煤炭"}),
    }
}

async fn numbers_have_no_gaps_and_no_twins(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    for number in 1..=12 {
        open_case(&store, number).await;
    }
    // Twelve people at once, each asking again until it has the next number.
    let file = async |number: i64| loop {
        let serial = store.next_serial("晋长上交罚", 2026).await.unwrap();
        match store.step_case(numbered(number, 1, serial)).await {
            Ok(_) => return serial,
            Err(StoreError::NumberTaken { next, given, .. }) => assert!(next > given),
            Err(other) => panic!("{other}"),
        }
    };
    let mut given = futures::future::join_all((1..=12).map(file)).await;
    given.sort_unstable();
    assert_eq!(given, (1..=12).collect::<Vec<_>>());
    let listed = store.numbers("晋长上交罚", 2026, 0, 100).await.unwrap();
    let serials: Vec<i64> = listed.iter().map(|one| one.claim.serial).collect();
    assert_eq!(serials, given);
    assert_eq!(listed[3].claim.number, "晋长上交罚〔2026〕0004号");

    // A gap is refused as well, and another year begins at one.
    let gap = store.step_case(numbered(1, 2, 14)).await.unwrap_err();
    assert!(
        matches!(
            gap,
            StoreError::NumberTaken {
                next: 13,
                given: 14,
                ..
            }
        ),
        "{gap}"
    );
    assert_eq!(store.next_serial("晋长上交罚", 2027).await.unwrap(), 1);
    // A refused step leaves no trace of its number.
    let stale = store.step_case(numbered(1, 1, 13)).await.unwrap_err();
    assert!(matches!(stale, StoreError::Stale { .. }), "{stale}");
    assert_eq!(store.next_serial("晋长上交罚", 2026).await.unwrap(), 13);
    verify(&store).await;
}

async fn one_act_is_claimed_once(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    for number in 1..=8 {
        open_case(&store, number).await;
    }
    // Eight cases of one act, half of them the police's, all at once.
    let outcomes = futures::future::join_all((1..=8).map(|number| {
        let authority = if number % 2 == 0 {
            "police"
        } else {
            "transport"
        };
        store.step_case(claiming(number, 1, "act-one", authority))
    }))
    .await;
    assert_eq!(outcomes.iter().filter(|one| one.is_ok()).count(), 1);
    let refused: Vec<_> = outcomes
        .iter()
        .filter_map(|one| one.as_ref().err())
        .collect();
    let held = store.act_claim("act-one").await.unwrap().unwrap();
    for error in refused {
        assert!(
            matches!(error, StoreError::ActTaken { case_id, .. } if *case_id == held.case_id),
            "{error}"
        );
        assert!(error.to_string().contains("one act, one fine"), "{error}");
    }
    // Its holder may claim again; who does not hold it can't let go of it.
    let holder: i64 = held.case_id.trim_start_matches('C').parse().unwrap();
    let again = store.step_case(claiming(holder, 2, "act-one", "transport"));
    again.await.unwrap();
    let other = if holder == 1 { 2 } else { 1 };
    let mut release = case_step(other, 1, "withdrawn");
    release.columns.act_id = "act-one".to_owned();
    release.act = ActChange::Release;
    store.step_case(release.clone()).await.unwrap();
    let held = store.act_claim("act-one").await.unwrap().unwrap();
    assert_eq!(
        (held.case_id.as_str(), held.authority.as_str()),
        (format!("C{holder:06}").as_str(), "transport")
    );
    // The holder lets go, and the other takes it on.
    let mut release = claiming(holder, 3, "act-one", "transport");
    release.act = ActChange::Release;
    store.step_case(release).await.unwrap();
    assert_eq!(store.act_claim("act-one").await.unwrap(), None);
    let taken = store.step_case(claiming(other, 2, "act-one", "police"));
    taken.await.unwrap();
    verify(&store).await;
}

pub fn by_hand(number: i64, passages: &[&str]) -> OpenedCase {
    OpenedCase {
        new: NewCase {
            actor: Actor("wang.wei".to_owned()),
            ..new_case(number)
        },
        station: "3301A".to_owned(),
        opened_at: Micros::new(DAY + 5),
        passages: passages.iter().map(|id| (*id).to_owned()).collect(),
    }
}

/// Records a passage and closes it, without a case.
async fn closed_passage(store: &Store, number: i64) {
    store.record_weighing(weighing(number)).await.unwrap();
    store.close_passage(closing(number)).await.unwrap();
}

async fn a_person_opens_a_case_with_passages_or_without(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    for number in 1..=2 {
        closed_passage(&store, number).await;
    }
    store
        .open_case(by_hand(1, &["P000001", "P000002", "P000001"]))
        .await
        .unwrap();
    store.open_case(by_hand(2, &[])).await.unwrap();
    let first = store.case("C000001").await.unwrap().unwrap();
    assert_eq!(first.passage_id.as_deref(), Some("P000001"));
    assert_eq!(first.opened_by, "wang.wei");
    assert_eq!(
        store.case_passages("C000001").await.unwrap(),
        ["P000001", "P000002"]
    );
    assert_eq!(
        store.cases_of_passage("P000002").await.unwrap(),
        ["C000001"]
    );
    let second = store.case("C000002").await.unwrap().unwrap();
    assert_eq!((second.passage_id, second.lane), (None, None));
    let twice = store.open_case(by_hand(1, &[])).await;
    assert!(
        matches!(twice, Err(StoreError::CaseExists { .. })),
        "{twice:?}"
    );
    store.record_weighing(weighing(3)).await.unwrap();
    let open = store.open_case(by_hand(3, &["P000003"])).await;
    assert!(
        matches!(open, Err(StoreError::PassageNotClosed { .. })),
        "{open:?}"
    );
    let unknown = store.open_case(by_hand(3, &["P000009"])).await;
    assert!(
        matches!(unknown, Err(StoreError::UnknownPassage { .. })),
        "{unknown:?}"
    );
    assert!(store.case("C000003").await.unwrap().is_none());
    verify(&store).await;
}

/// However many people open a case of one passage in the same instant, with the station closing it between
/// them: the passage becomes one act.
async fn a_passage_becomes_one_act_however_many_race(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    closed_passage(&store, 1).await;
    let rush = (10..18).map(|number| store.open_case(by_hand(number, &["P000001"])));
    let outcomes = futures::future::join_all(rush).await;
    assert_eq!(outcomes.iter().filter(|one| one.is_ok()).count(), 1);
    let holders = store.cases_of_passage("P000001").await.unwrap();
    assert_eq!(holders.len(), 1);
    for error in outcomes.iter().filter_map(|one| one.as_ref().err()) {
        assert!(
            matches!(error, StoreError::PassageInCase { case_id, .. } if *case_id == holders[0]),
            "{error}"
        );
    }
    let told = by_hand(20, &["P000001"]);
    let told = store.admits_opening(&AboutAct::from(&told)).await;
    assert!(
        matches!(&told, Err(StoreError::PassageInCase { case_id, .. }) if *case_id == holders[0]),
        "{told:?}"
    );
    // Who says that it is the same act is let in.
    let held = store.case(&holders[0]).await.unwrap().unwrap();
    let mut same = by_hand(20, &["P000001"]);
    same.new.columns.act_id.clone_from(&held.columns.act_id);
    store.admits_opening(&AboutAct::from(&same)).await.unwrap();
    store.open_case(same).await.unwrap();

    // Beside the station, which closes the passage and opens its own case: whoever comes first, there is one.
    for number in 30..50 {
        store.record_weighing(weighing(number)).await.unwrap();
        let passage = format!("P{number:06}");
        let closing = NewClosing {
            case: CaseEffect::Open(new_case(number)),
            ..closing(number)
        };
        let (closed, hand) = tokio::join!(
            store.close_passage(closing),
            store.open_case(by_hand(100 + number, &[&passage])),
        );
        closed.unwrap();
        assert!(
            matches!(
                hand,
                Err(StoreError::PassageInCase { .. } | StoreError::PassageNotClosed { .. })
            ),
            "{hand:?}"
        );
        let cases = store.cases_of_passage(&passage).await.unwrap();
        assert_eq!(cases, [format!("C{number:06}")]);
    }

    // A case that came to nothing keeps nobody from its passage.
    store
        .step_case(case_step(30, 1, "discarded"))
        .await
        .unwrap();
    store.open_case(by_hand(60, &["P000030"])).await.unwrap();
    verify(&store).await;
}

/// Without a passage the plate tells: of two cases of one vehicle at one time, the second must say what it is.
async fn a_vehicle_is_not_handled_twice_by_two_people_at_once(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    let near = |number: i64| {
        let mut opened = by_hand(number, &[]);
        opened.new.columns.plate = "浙A00001".to_owned();
        opened.new.columns.act_at = DAY + number;
        opened.new.alone_within = Some([Micros::new(DAY), Micros::new(DAY + 1_000)]);
        opened
    };
    let outcomes =
        futures::future::join_all((1..=8).map(|number| store.open_case(near(number)))).await;
    assert_eq!(outcomes.iter().filter(|one| one.is_ok()).count(), 1);
    for error in outcomes.iter().filter_map(|one| one.as_ref().err()) {
        assert!(matches!(error, StoreError::CaseNear { .. }), "{error}");
    }
    // Later, in another batch; and said to be another act.
    let refused = store.open_case(near(9)).await;
    assert!(
        matches!(refused, Err(StoreError::CaseNear { .. })),
        "{refused:?}"
    );
    // Whoever asks beforehand is told the same.
    let asked = |opened: OpenedCase| {
        let store = store.clone();
        async move { store.admits_opening(&AboutAct::from(&opened)).await }
    };
    let told = asked(near(9)).await;
    assert!(matches!(told, Err(StoreError::CaseNear { .. })), "{told:?}");
    let mut other = near(10);
    other.new.alone_within = None;
    asked(other.clone()).await.unwrap();
    store.open_case(other).await.unwrap();
    let mut elsewhere = near(11);
    elsewhere.new.columns.plate = "浙A00002".to_owned();
    store.open_case(elsewhere).await.unwrap();
    verify(&store).await;
}

/// The station beside a person who types a case of the vehicle and names no passage: there is one act, whoever
/// comes first.
async fn the_station_and_a_person_open_one_act_between_them(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    let new = |number: i64| {
        let mut new = new_case(number);
        let act_at = Micros::new(new.columns.act_at);
        let second = Micros::SECOND;
        new.alone_within = Some([act_at.saturating_sub(second), act_at.saturating_add(second)]);
        new
    };
    let closing = |number: i64| NewClosing {
        case: CaseEffect::Open(new(number)),
        ..closing(number)
    };
    // The case that a person types for the vehicle of a weighing, half a second apart.
    let typed = |number: i64| {
        let mut opened = by_hand(100 + number, &[]);
        let of_station = new(number);
        opened
            .new
            .columns
            .plate
            .clone_from(&of_station.columns.plate);
        opened.new.columns.act_at = of_station.columns.act_at + 500_000;
        opened.new.alone_within = of_station.alone_within;
        opened
    };
    store.record_weighing(weighing(1)).await.unwrap();
    store.open_case(typed(1)).await.unwrap();
    let refused = store.close_passage(closing(1)).await;
    assert!(
        matches!(&refused, Err(StoreError::CaseNear { case_id }) if case_id == "C000101"),
        "{refused:?}"
    );
    // The passage stays open for whoever looks again.
    let row = store.passage("P000001").await.unwrap().unwrap();
    assert_eq!((row.state.as_str(), row.case_id), ("weighed", None));
    let attached = NewClosing {
        case: CaseEffect::Attach {
            case_id: "C000101".to_owned(),
            body: json!({}),
        },
        ..closing(1)
    };
    store.close_passage(attached).await.unwrap();
    for number in 2..=30 {
        store.record_weighing(weighing(number)).await.unwrap();
        let outcomes = tokio::join!(
            store.close_passage(closing(number)),
            store.open_case(typed(number)),
        );
        match &outcomes {
            (Ok(_), Err(StoreError::CaseNear { .. }))
            | (Err(StoreError::CaseNear { .. }), Ok(_)) => {}
            _ => panic!("{outcomes:?}"),
        }
    }
    // What came to nothing stands in nobody's way.
    store.record_weighing(weighing(31)).await.unwrap();
    store.open_case(typed(31)).await.unwrap();
    store
        .step_case(case_step(131, 1, "discarded"))
        .await
        .unwrap();
    store.close_passage(closing(31)).await.unwrap();
    verify(&store).await;
}

async fn cases_are_found_by_each_of_their_keys(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    for number in 1..=40_i64 {
        let mut opened = by_hand(number, &[]);
        opened.opened_at = Micros::new(DAY + number / 3);
        let columns = &mut opened.new.columns;
        columns.number = Some(format!("№{}", number % 9));
        columns.driver_id = (number % 3 == 0).then(|| format!("driver-{}", number % 4));
        columns.carrier_id = Some(format!("carrier-{}", number % 5));
        columns.source_id = Some(format!("source-{}", number % 6));
        columns.act_id = format!("act-{}", number % 13);
        columns.due_at = (number % 2 == 0).then_some(DAY + 1_000 - number);
        let (case_id, columns) = (opened.new.case_id.clone(), *columns.clone());
        store.open_case(opened).await.unwrap();
        let step = CaseStep {
            case_id,
            columns,
            officers: Some(vec![
                format!("officer-{}", number % 4),
                "li.na".to_owned(),
                "li.na".to_owned(),
            ]),
            ..case_step(number, 1, "filed")
        };
        store.step_case(step).await.unwrap();
    }
    let all = store
        .cases(&ListFilter::default(), None, 100)
        .await
        .unwrap();
    assert_eq!(all.len(), 40);
    for (key, wanted) in [
        (CaseKey::Number, "№4"),
        (CaseKey::Driver, "driver-3"),
        (CaseKey::Carrier, "carrier-2"),
        (CaseKey::Source, "source-5"),
        (CaseKey::Act, "act-12"),
        (CaseKey::Officer, "officer-1"),
        (CaseKey::Officer, "li.na"),
        (CaseKey::Officer, "nobody"),
    ] {
        let mut expected = Vec::new();
        for row in &all {
            let columns = &row.columns;
            let has = |value: &Option<String>| value.as_deref() == Some(wanted);
            let found = match key {
                CaseKey::Number => has(&columns.number),
                CaseKey::Driver => has(&columns.driver_id),
                CaseKey::Carrier => has(&columns.carrier_id),
                CaseKey::Source => has(&columns.source_id),
                CaseKey::Act => columns.act_id == wanted,
                CaseKey::Officer => store
                    .case_officers(&row.case_id)
                    .await
                    .unwrap()
                    .contains(&wanted.to_owned()),
            };
            if found {
                expected.push(row.clone());
            }
        }
        assert_eq!(expected.is_empty(), wanted == "nobody", "{key:?} {wanted}");
        let filter = ListFilter {
            by: Some((key, wanted.to_owned())),
            ..ListFilter::default()
        };
        // Page by page, three at a time.
        let mut found = Vec::new();
        let mut after = None;
        loop {
            let page = store.cases(&filter, after.as_ref(), 3).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some(PageKey {
                at: Micros::new(last.opened_at),
                id: last.case_id.clone(),
            });
            found.extend(page);
        }
        assert_eq!(found, expected, "{key:?} {wanted}");
    }
    let due = store
        .cases_due(Micros::new(DAY + 990), None, 100)
        .await
        .unwrap();
    let moments: Vec<_> = due.iter().map(|row| row.columns.due_at.unwrap()).collect();
    let wanted: Vec<_> = (1..=20)
        .rev()
        .map(|half| DAY + 1_000 - 2 * half)
        .filter(|at| *at < DAY + 990)
        .collect();
    assert_eq!(moments, wanted);
    let near = store
        .cases_near(
            &case_columns(3, "").plate,
            Micros::new(DAY),
            Micros::new(DAY + 5_000_000),
        )
        .await
        .unwrap();
    let ids: Vec<_> = near.iter().map(|row| row.case_id.as_str()).collect();
    assert_eq!(
        ids,
        ["C000003"],
        "of this plate's acts one lies in these five seconds"
    );
    verify(&store).await;
}

async fn a_stay_begins_moves_on_and_keeps_its_passages(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    for number in 1..=3 {
        store.record_weighing(weighing(number)).await.unwrap();
    }
    let begin = InspectionStep {
        passages: vec!["P000001".to_owned()],
        ..stay(1, 0, "selected")
    };
    store.step_inspection(begin.clone()).await.unwrap();
    let again = store.step_inspection(begin).await;
    assert!(
        matches!(
            again,
            Err(StoreError::StaleInspection {
                expected: 0,
                found: 1,
                ..
            })
        ),
        "{again:?}"
    );
    let weighed = InspectionStep {
        passages: vec!["P000001".to_owned(), "P000002".to_owned()],
        ..stay(1, 1, "over")
    };
    store.step_inspection(weighed.clone()).await.unwrap();
    let rush = (0..8).map(|_| store.step_inspection(stay(1, 2, "held")));
    let outcomes = futures::future::join_all(rush).await;
    assert_eq!(outcomes.iter().filter(|one| one.is_ok()).count(), 1);
    let row = store.inspection("I000001").await.unwrap().unwrap();
    assert_eq!((row.version, row.columns.state.as_str()), (3, "held"));
    assert_eq!(
        (row.opened_by.as_str(), row.station.as_str()),
        ("wang.wei", "3301A")
    );
    assert_eq!(
        store.inspection_passages("I000001").await.unwrap(),
        ["P000001", "P000002"]
    );
    assert_eq!(store.inspection_history("I000001").await.unwrap().len(), 3);
    // A passage is weighed in one stay only.
    let other = InspectionStep {
        passages: vec!["P000002".to_owned()],
        ..stay(2, 0, "selected")
    };
    let refused = store.step_inspection(other).await;
    assert!(
        matches!(refused, Err(StoreError::PassageInspected { .. })),
        "{refused:?}"
    );
    let unknown = InspectionStep {
        passages: vec!["P9".to_owned()],
        ..stay(2, 0, "selected")
    };
    let refused = store.step_inspection(unknown).await;
    assert!(
        matches!(refused, Err(StoreError::UnknownPassage { .. })),
        "{refused:?}"
    );
    assert_eq!(store.inspection("I000002").await.unwrap(), None);
    assert_eq!(
        store
            .inspection_of_passage("P000002")
            .await
            .unwrap()
            .as_deref(),
        Some("I000001")
    );
    for number in 2..=9 {
        store
            .step_inspection(stay(number, 0, "selected"))
            .await
            .unwrap();
    }
    let ids = |rows: Vec<steelyard::store::records::InspectionRow>| -> Vec<String> {
        rows.into_iter().map(|row| row.inspection_id).collect()
    };
    let filter = ListFilter::default();
    let all = ids(store.inspections(&filter, None, 100).await.unwrap());
    assert_eq!(all.first().map(String::as_str), Some("I000009"));
    assert_eq!(all.len(), 9);
    let filter = ListFilter {
        plate: Some("浙A00002".to_owned()),
        ..ListFilter::default()
    };
    assert_eq!(
        ids(store.inspections(&filter, None, 100).await.unwrap()),
        ["I000009", "I000002"]
    );
    let filter = ListFilter {
        state: Some("held".to_owned()),
        ..ListFilter::default()
    };
    assert_eq!(
        ids(store.inspections(&filter, None, 100).await.unwrap()),
        ["I000001"]
    );
    assert_eq!(
        ids(store.inspections_held(None, 2).await.unwrap()),
        ["I000002", "I000004"]
    );
    assert_eq!(store.inspection_counts().await.unwrap()["selected"], 8);
    let of_case = |number: i64, version: i64, case: &str| {
        let mut step = stay(number, version, "held");
        step.columns.case_id = Some(case.to_owned());
        store.step_inspection(step)
    };
    for number in 1..=3 {
        open_case(&store, number).await;
    }
    for (number, case) in [
        (2, "C000001"),
        (3, "C000001"),
        (6, "C000001"),
        (8, "C000002"),
    ] {
        of_case(number, 1, case).await.unwrap();
    }
    // The third is not held.
    assert_eq!(
        store.inspections_held_for("C000001").await.unwrap(),
        ["I000002", "I000006"]
    );
    assert!(
        store
            .inspections_held_for("C000003")
            .await
            .unwrap()
            .is_empty()
    );
    // A case that is not there, or came to nothing meanwhile, takes nothing up.
    let refused = of_case(4, 1, "nope").await;
    assert!(
        matches!(&refused, Err(StoreError::UnknownCase { case_id }) if case_id == "nope"),
        "{refused:?}"
    );
    for (number, state) in [(3, "discarded"), (1, "withdrawn")] {
        store.step_case(case_step(number, 1, state)).await.unwrap();
        let case = format!("C{number:06}");
        let refused = of_case(4, 1, &case).await;
        assert!(
            matches!(&refused, Err(StoreError::CaseDropped { case_id, .. }) if *case_id == case),
            "{refused:?}"
        );
    }
    // A stay that was linked before goes on: its case is what it was.
    of_case(2, 2, "C000001").await.unwrap();
    verify(&store).await;
}

async fn a_case_is_counted_while_its_steps_say_so(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    let days = ["2026-01-01", "2026-12-31"];
    let count = async |store: &Store| {
        let rows = store.counted_cases(TrackKind::Carrier, "carrier-1", days);
        rows.await.unwrap().len()
    };
    for number in 1..=3 {
        open_case(&store, number).await;
        assert_eq!(count(&store).await, usize::try_from(number).unwrap() - 1);
        let closed = CaseStep {
            counted: Some(counted_case(number, "carrier-1")),
            ..case_step(number, 1, "closed")
        };
        store.step_case(closed).await.unwrap();
    }
    assert_eq!(count(&store).await, 3);
    // One goes to another carrier, one falls out, and one in the same batch as its own correction.
    let moved = CaseStep {
        counted: Some(counted_case(1, "carrier-2")),
        ..case_step(1, 2, "closed")
    };
    let annulled = case_step(2, 2, "annulled");
    let (one, other) = tokio::join!(store.step_case(moved), store.step_case(annulled));
    one.unwrap();
    other.unwrap();
    assert_eq!(count(&store).await, 1);
    assert_eq!(store.counted_case("C000002").await.unwrap(), None);
    verify(&store).await;
    change(
        &place,
        "update counted_case set carrier_id = 'carrier-9' where case_id = 'C000003'",
    )
    .await;
    let found = store.verify_journal(|_, _| ()).await;
    assert!(
        matches!(found, Err(JournalFault::Disagreement(_))),
        "{found:?}"
    );
    store.shutdown().await;
}

async fn change(place: &Place, sql: &'static str) {
    match &place.url {
        DatabaseUrl::Sqlite(path) => {
            let mut connection = sqlx::sqlite::SqliteConnectOptions::new()
                .filename(path)
                .connect()
                .await
                .unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        }
        DatabaseUrl::Postgres(url) => {
            let mut connection = url
                .parse::<sqlx::postgres::PgConnectOptions>()
                .unwrap()
                .connect()
                .await
                .unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        }
    }
}

async fn changed_rows_are_found(engine: Engine) {
    for sql in [
        "update case_file set number = '2' where case_id = 'C000001'",
        "update case_file set fine_yuan = 500 where case_id = 'C000001'",
        "update case_file set act_id = 'another' where case_id = 'C000001'",
        "update inspection set last_gross_kg = 30000 where inspection_id = 'I000001'",
        "update inspection set state = 'released' where inspection_id = 'I000001'",
        "delete from inspection_entry; delete from inspection where inspection_id = 'I000001'",
    ] {
        let place = Place::new(engine).await;
        let store: Store = place.open().await;
        open_case(&store, 1).await;
        store.step_case(numbered(1, 1, 1)).await.unwrap();
        store.step_inspection(stay(1, 0, "over")).await.unwrap();
        verify(&store).await;
        change(&place, sql).await;
        let found = store.verify_journal(|_, _| ()).await;
        assert!(
            matches!(found, Err(JournalFault::Disagreement(_))),
            "{sql}: {found:?}"
        );
        store.shutdown().await;
    }
}

on_both_engines!(
    numbers_have_no_gaps_and_no_twins,
    one_act_is_claimed_once,
    a_person_opens_a_case_with_passages_or_without,
    a_passage_becomes_one_act_however_many_race,
    a_vehicle_is_not_handled_twice_by_two_people_at_once,
    the_station_and_a_person_open_one_act_between_them,
    cases_are_found_by_each_of_their_keys,
    a_stay_begins_moves_on_and_keeps_its_passages,
    a_case_is_counted_while_its_steps_say_so,
    changed_rows_are_found,
);
