//! Filters and paging against a model that does it the plain way.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use steelyard::store::Store;
use steelyard::store::records::{
    CaseEffect, CaseRow, ListFilter, NewClosing, NewWeighing, PageKey, PassageRow,
};
use steelyard::units::Micros;

use crate::support::{DAY, Engine, Place, closing, new_case, on_both_engines, weighing};

const STEP: i64 = 1_000;

/// Ids whose order differs between collations: case, digits, punctuation, Chinese.
fn odd_id(number: i64) -> String {
    let prefix = ["b", "B", "a", "浙", "_", "京", "1"][usize::try_from(number % 7).unwrap()];
    format!("{prefix}-{:03}", number * 31 % 300)
}

async fn fill(store: &Store, random: &mut ChaCha8Rng) {
    for number in 0..300 {
        let crossed_at = Micros::new(DAY + random.random_range(0..40) * STEP);
        let passage_id = odd_id(number);
        let new = NewWeighing {
            passage_id: passage_id.clone(),
            crossed_at,
            ..weighing(number)
        };
        store.record_weighing(new).await.unwrap();
        if random.random_bool(0.7) {
            let mut new = NewClosing {
                passage_id,
                closed_at: crossed_at,
                ..closing(number)
            };
            if random.random_bool(0.5) {
                let mut case = new_case(number);
                case.case_id = odd_id(number);
                case.columns.state =
                    ["opened", "reviewed", "closed"][random.random_range(0..3)].to_owned();
                new.case = CaseEffect::Open(case);
            }
            store.close_passage(new).await.unwrap();
        }
    }
}

fn some_filter(random: &mut ChaCha8Rng, states: &[&str]) -> ListFilter {
    let mut filter = ListFilter::default();
    let moment = |random: &mut ChaCha8Rng| Micros::new(DAY + random.random_range(0..40) * STEP);
    if random.random_bool(0.4) {
        filter.from = Some(moment(random));
    }
    if random.random_bool(0.4) {
        filter.until = Some(moment(random));
    }
    if random.random_bool(0.3) {
        filter.plate = Some(format!("浙A{:05}", random.random_range(0..8)));
    }
    if random.random_bool(0.3) {
        let classes = ["clear", "warning", "overloaded", "hundred_ton"];
        filter.class = Some(classes[random.random_range(0..4)].to_owned());
    }
    if random.random_bool(0.3) {
        filter.lane = Some(random.random_range(1..5));
    }
    if random.random_bool(0.4) {
        filter.state = Some(states[random.random_range(0..states.len())].to_owned());
    }
    filter
}

fn lets_through(filter: &ListFilter, at: i64, plate: Option<&str>, row: (&str, i64, &str)) -> bool {
    filter.from.is_none_or(|from| at >= from.get())
        && filter.until.is_none_or(|until| at < until.get())
        && filter
            .plate
            .as_deref()
            .is_none_or(|wanted| plate == Some(wanted))
        && filter.class.as_deref().is_none_or(|wanted| row.0 == wanted)
        && filter.lane.is_none_or(|wanted| row.1 == wanted)
        && filter.state.as_deref().is_none_or(|wanted| row.2 == wanted)
}

async fn lists_agree_with_a_plain_model(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    let mut random = ChaCha8Rng::seed_from_u64(7);
    fill(&store, &mut random).await;
    let mut passages = store
        .passages(&ListFilter::default(), None, 1_000)
        .await
        .unwrap();
    assert_eq!(passages.len(), 300);
    passages.sort_by(|a, b| (b.crossed_at, &b.passage_id).cmp(&(a.crossed_at, &a.passage_id)));
    let mut cases = store
        .cases(&ListFilter::default(), None, 1_000)
        .await
        .unwrap();
    assert!(cases.len() > 60);
    cases.sort_by(|a, b| (b.opened_at, &b.case_id).cmp(&(a.opened_at, &a.case_id)));

    let mut hits = 0;
    for _ in 0..80 {
        let filter = some_filter(&mut random, &["weighed", "closed"]);
        let limit = random.random_range(1..40);
        let expected: Vec<&PassageRow> = passages
            .iter()
            .filter(|row| {
                let class = row.class.as_deref().unwrap_or_default();
                let rest = (class, row.lane, row.state.as_str());
                lets_through(&filter, row.crossed_at, row.plate.as_deref(), rest)
            })
            .collect();
        let found = all_passages(&store, &filter, limit).await;
        assert_eq!(
            found.iter().collect::<Vec<_>>(),
            expected,
            "{filter:?} by {limit}"
        );
        hits += found.len();

        let filter = some_filter(&mut random, &["opened", "reviewed", "closed"]);
        let expected: Vec<&CaseRow> = cases
            .iter()
            .filter(|row| {
                let columns = &row.columns;
                let class = columns.class.as_deref().unwrap_or_default();
                let rest = (class, row.lane.unwrap_or_default(), columns.state.as_str());
                lets_through(&filter, row.opened_at, Some(&columns.plate), rest)
            })
            .collect();
        let found = all_cases(&store, &filter, limit).await;
        assert_eq!(
            found.iter().collect::<Vec<_>>(),
            expected,
            "{filter:?} by {limit}"
        );
        hits += found.len();
    }
    assert!(hits > 1_000, "the filters let something through: {hits}");
}

async fn all_passages(store: &Store, filter: &ListFilter, limit: i64) -> Vec<PassageRow> {
    let mut found: Vec<PassageRow> = Vec::new();
    let mut after = None;
    loop {
        let page = store.passages(filter, after.as_ref(), limit).await.unwrap();
        assert!(page.len() <= usize::try_from(limit).unwrap());
        let Some(last) = page.last() else {
            return found;
        };
        after = Some(PageKey {
            at: Micros::new(last.crossed_at),
            id: last.passage_id.clone(),
        });
        found.extend(page);
    }
}

async fn all_cases(store: &Store, filter: &ListFilter, limit: i64) -> Vec<CaseRow> {
    let mut found: Vec<CaseRow> = Vec::new();
    let mut after = None;
    loop {
        let page = store.cases(filter, after.as_ref(), limit).await.unwrap();
        let Some(last) = page.last() else {
            return found;
        };
        after = Some(PageKey {
            at: Micros::new(last.opened_at),
            id: last.case_id.clone(),
        });
        found.extend(page);
    }
}

on_both_engines!(lists_agree_with_a_plain_model);
