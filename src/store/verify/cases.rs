//! Compares what belongs to cases: the cases themselves, their entries, passages, officers, numbers and
//! claims, and what the counters see.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::super::GivenNumber;
use super::super::db::Snapshot;
use super::super::plan::FROM_CASE;
use super::super::records::{ActClaim, CaseRow, CountedCaseRow};
use super::super::statements;
use super::entry::{columns_in, compare_told};
use super::facts::CaseFacts;
use super::rebuilt::Rebuilt;
use super::tables::{
    Compared, EntryOf, Pair, compare_columns, compare_opening, each, gone, stored_json,
};
use super::told::{Difference, Row};

/// A row with the body of the entry that it names.
#[derive(sqlx::FromRow)]
struct Case {
    #[sqlx(flatten)]
    row: CaseRow,
    entry_body: Option<String>,
}

#[derive(sqlx::FromRow)]
struct CountedRow {
    #[sqlx(flatten)]
    row: CountedCaseRow,
    entry_body: Option<String>,
}

#[derive(sqlx::FromRow)]
struct OfficerRow {
    officer: String,
    case_id: String,
    opened_at: i64,
}

#[derive(sqlx::FromRow)]
struct SeriesRow {
    series: String,
    year: i64,
    serial: i64,
}

pub async fn case_entries(snapshot: &mut Snapshot, rebuilt: &mut Rebuilt) -> Compared {
    let take = |EntryOf { id, sequence }: EntryOf| {
        let row = |sequence: i64| Row::of("case_entry", &[&id, &sequence]);
        if rebuilt.gaps.others.contains(&sequence) {
            rebuilt.cases.entry(id.clone()).or_default();
        }
        let Some(case) = rebuilt.cases.get_mut(&id) else {
            return Err(row(sequence).unrecorded());
        };
        case.history.take(row, sequence, &rebuilt.gaps)
    };
    each(snapshot, statements::VERIFY_CASE_ENTRY, take).await?;
    for (id, case) in &rebuilt.cases {
        if let Some(sequence) = case.history.left() {
            return Err(Row::of("case_entry", &[id, &sequence])
                .missing(sequence)
                .into());
        }
    }
    Ok(())
}

pub async fn case_files(snapshot: &mut Snapshot, rebuilt: &Rebuilt) -> Compared {
    let mut left: BTreeMap<_, _> = rebuilt.cases.iter().collect();
    let take = |Case {
                    row: case,
                    entry_body,
                }: Case| {
        let row = Row::of("case_file", &[&case.case_id]);
        let Some(facts) = left.remove(&case.case_id) else {
            return Err(row.unrecorded());
        };
        if let Some(opened) = &facts.opened {
            compare_opening(
                &row,
                opened,
                &case.opened_by,
                [
                    ("station", json!(case.station), &opened.station),
                    ("passage_id", json!(case.passage_id), &opened.passage_id),
                    ("lane", json!(case.lane), &opened.lane),
                    ("opened_at", json!(case.opened_at), &opened.opened_at),
                ],
            )?;
        }
        if facts.history.gap > facts.latest {
            return Ok(());
        }
        let latest = Some(facts.latest);
        row.same(
            latest,
            "latest_sequence",
            case.latest_sequence,
            facts.latest,
        )?;
        row.same(latest, "version", case.version, facts.version)?;
        let stored = json!(case.columns);
        compare_columns(&row, facts.latest, entry_body.as_deref(), &stored)
    };
    each(snapshot, statements::VERIFY_CASE_FILE, take).await?;
    gone(left.first_key_value().map(|(id, facts)| {
        let sequence = facts.latest.max(facts.history.gap);
        Row::of("case_file", &[id]).missing(sequence)
    }))
}

/// A row of what is counted, as journal entries tell it.
fn counted_json(row: &CountedCaseRow) -> Value {
    json!({
        "case_id": row.case_id, "act_id": row.act_id, "day_of_act": row.day_of_act,
        "vehicle_plate": row.vehicle_plate, "driver_id": row.driver_id,
        "carrier_id": row.carrier_id, "source_id": row.source_id,
        "body": stored_json(&row.body),
    })
}

pub async fn counted_cases(snapshot: &mut Snapshot, rebuilt: &mut Rebuilt) -> Compared {
    let (cases, gaps) = (&rebuilt.cases, &rebuilt.gaps);
    let both = &rebuilt.counted_by_both;
    let uncertain = |case_id: &str| {
        // A past case of the same id may have kept an own one out, or an own one that nothing tells of it.
        let may_differ = |case: &CaseFacts| {
            !case.knows_count() || (both.contains(case_id) && case.left_count_open())
        };
        gaps.register || cases.get(case_id).is_some_and(may_differ)
    };
    let mut left = std::mem::take(&mut rebuilt.counted);
    let take = |CountedRow {
                    row: stored,
                    entry_body,
                }: CountedRow| {
        let row = Row::of("counted_case", &[&stored.case_id]);
        let fact = left.remove(&stored.case_id);
        if uncertain(&stored.case_id) {
            return Ok(());
        }
        let Some(fact) = fact else {
            return Err(row.unrecorded());
        };
        let sequence = Some(fact.sequence);
        row.same(sequence, "origin", stored.origin.as_str(), fact.origin)?;
        row.same(
            sequence,
            "latest_sequence",
            stored.latest_sequence,
            fact.sequence,
        )?;
        let columns = entry_body
            .as_deref()
            .and_then(columns_in)
            .unwrap_or_default();
        let member = if fact.origin == FROM_CASE {
            "counted_case"
        } else {
            "counted"
        };
        let said = columns.get(member).unwrap_or(&Value::Null);
        compare_told(&row, fact.sequence, said, &counted_json(&stored))
    };
    each(snapshot, statements::VERIFY_COUNTED_CASE, take).await?;
    let missing = left.iter().find(|(case_id, _)| !uncertain(case_id));
    gone(missing.map(|(id, fact)| Row::of("counted_case", &[id]).missing(fact.sequence)))
}

pub async fn case_passages(snapshot: &mut Snapshot, rebuilt: &mut Rebuilt) -> Compared {
    let take = |Pair { id, passage_id }: Pair| {
        let row = Row::of("case_passage", &[&id, &passage_id]);
        let Some(case) = rebuilt.cases.get_mut(&id) else {
            return Err(row.unrecorded());
        };
        let told = case.passages.remove(&passage_id).is_some();
        if told || !case.knows_passages || case.history.gap > 0 {
            return Ok(());
        }
        Err(row.unrecorded())
    };
    each(snapshot, statements::VERIFY_CASE_PASSAGE, take).await?;
    let mut left = rebuilt
        .cases
        .iter()
        .filter_map(|(id, case)| Some((id, case.passages.first_key_value()?)));
    gone(left.next().map(|(id, (passage_id, sequence))| {
        Row::of("case_passage", &[id, passage_id]).missing(*sequence)
    }))
}

pub async fn case_officers(snapshot: &mut Snapshot, rebuilt: &mut Rebuilt) -> Compared {
    let take = |found: OfficerRow| {
        let key: [&dyn std::fmt::Display; 3] = [&found.officer, &found.opened_at, &found.case_id];
        let row = Row::of("case_officer", &key);
        let Some(case) = rebuilt.cases.get_mut(&found.case_id) else {
            return Err(row.unrecorded());
        };
        if let Some(opened) = &case.opened {
            let said = opened.opened_at.clone();
            row.same(Some(opened.sequence), "opened_at", found.opened_at, said)?;
        }
        let unsaid = case
            .known_officers()
            .is_some_and(|officers| !officers.remove(&found.officer));
        if unsaid {
            return Err(row.unrecorded());
        }
        Ok(())
    };
    each(snapshot, statements::VERIFY_CASE_OFFICER, take).await?;
    for (id, case) in &mut rebuilt.cases {
        let since = case.officers.1;
        if let Some(officer) = case.known_officers().and_then(|left| left.pop_first()) {
            let opened_at = case
                .opened
                .as_ref()
                .map(|opened| opened.opened_at.to_string());
            // The body of the opening may be gone.
            let opened_at = opened_at.unwrap_or_else(|| "?".to_owned());
            return Err(Row::of("case_officer", &[&officer, &opened_at, id])
                .missing(since)
                .into());
        }
    }
    Ok(())
}

pub async fn act_claims(snapshot: &mut Snapshot, rebuilt: &mut Rebuilt) -> Compared {
    let cases = &rebuilt.cases;
    let uncertain = |case_id: &str| cases.get(case_id).map_or(0, |case| case.claims_uncertain());
    let mut left = std::mem::take(&mut rebuilt.acts);
    let take = |stored: ActClaim| {
        let row = Row::of("act_claim", &[&stored.act_id]);
        let fact = left.remove(&stored.act_id).unwrap_or_default();
        let holder = fact.holder();
        let may_have_let_go = holder.is_some_and(|held| uncertain(&held.case_id) > fact.sequence);
        let may_hold = uncertain(&stored.case_id) > fact.not_held_by(&stored.case_id, uncertain);
        if may_have_let_go || may_hold {
            return Ok(());
        }
        let Some(holder) = holder else {
            return Err(row.unrecorded());
        };
        let since = Some(fact.sequence);
        row.same(since, "case_id", stored.case_id, holder.case_id.as_str())?;
        row.same(
            since,
            "authority",
            stored.authority,
            holder.authority.as_str(),
        )?;
        row.same(since, "claimed_at", stored.claimed_at, holder.claimed_at)
    };
    each(snapshot, statements::VERIFY_ACT_CLAIM, take).await?;
    let missing = left.iter().find(|(_, fact)| {
        let holder = fact.holder();
        holder.is_some_and(|holder| uncertain(&holder.case_id) <= fact.sequence)
    });
    gone(missing.map(|(act_id, fact)| Row::of("act_claim", &[act_id]).missing(fact.sequence)))
}

pub async fn numbers(snapshot: &mut Snapshot, rebuilt: &mut Rebuilt) -> Compared {
    let cases = &rebuilt.cases;
    let has_gap = |id: &str| cases.get(id).is_some_and(|case| case.history.gap > 0);
    let mut series: BTreeMap<(String, i64), i64> = BTreeMap::new();
    let mut left = std::mem::take(&mut rebuilt.numbers);
    let take = |GivenNumber { claim, case_id }: GivenNumber| {
        let row = Row::of("case_number", &[&claim.series, &claim.year, &claim.serial]);
        let latest = series
            .entry((claim.series.clone(), claim.year))
            .or_default();
        *latest = claim.serial.max(*latest);
        match left.remove(&(claim.series, claim.year, claim.serial)) {
            Some(given) => {
                let sequence = Some(given.sequence);
                row.same(sequence, "number", claim.number, given.number)?;
                row.same(sequence, "case_id", case_id, given.case_id)
            }
            None if has_gap(&case_id) => Ok(()),
            None => Err(row.unrecorded()),
        }
    };
    each(snapshot, statements::VERIFY_CASE_NUMBER, take).await?;
    gone(
        left.first_key_value()
            .map(|((series, year, serial), given)| {
                Row::of("case_number", &[series, year, serial]).missing(given.sequence)
            }),
    )?;
    let take = |found: SeriesRow| {
        let row = Row::of("number_series", &[&found.series, &found.year]);
        match series.remove(&(found.series, found.year)) {
            Some(serial) => row.same(None, "serial", found.serial, serial),
            None => Err(row.unrecorded()),
        }
    };
    each(snapshot, statements::VERIFY_NUMBER_SERIES, take).await?;
    gone(series.first_key_value().map(|((series, year), _)| {
        Row::of("number_series", &[series, year]).differs(None, Difference::Missing)
    }))
}
