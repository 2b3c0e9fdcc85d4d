//! Compares stays, registers, marks, users and the numbers that the writer keeps.

use std::collections::BTreeMap;

use serde_json::json;

use super::super::db::Snapshot;
use super::super::open::STATION;
use super::super::operation::COUNTERS_TURNED;
use super::super::plan::PICTURES;
use super::super::read::TallyRow;
use super::super::records::{InspectionRow, RegisterRow, UserRow};
use super::super::statements;
use super::rebuilt::Rebuilt;
use super::tables::{
    Compared, EntryOf, Pair, compare_columns, compare_opening, each, gone, stored_json,
};
use super::told::{Difference, Row};
use crate::evidence::journal::sha256_hex;

#[derive(sqlx::FromRow)]
struct Stay {
    #[sqlx(flatten)]
    row: InspectionRow,
    entry_body: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Register {
    #[sqlx(flatten)]
    row: RegisterRow,
    entry_body: Option<String>,
}

#[derive(sqlx::FromRow)]
struct RegisterHistoryRow {
    kind: String,
    entry_key: String,
    sequence: i64,
}

#[derive(sqlx::FromRow)]
struct MarkKey {
    kind: String,
    lane: i64,
    marked_at: i64,
    sequence: i64,
}

#[derive(sqlx::FromRow)]
struct MetaRow {
    name: String,
    value: String,
}

pub async fn inspection_entries(snapshot: &mut Snapshot, rebuilt: &mut Rebuilt) -> Compared {
    let take = |EntryOf { id, sequence }: EntryOf| {
        let row = |sequence: i64| Row::of("inspection_entry", &[&id, &sequence]);
        if rebuilt.gaps.others.contains(&sequence) {
            rebuilt.stays.entry(id.clone()).or_default();
        }
        let Some(stay) = rebuilt.stays.get_mut(&id) else {
            return Err(row(sequence).unrecorded());
        };
        stay.history.take(row, sequence, &rebuilt.gaps)
    };
    each(snapshot, statements::VERIFY_INSPECTION_ENTRY, take).await?;
    for (id, stay) in &rebuilt.stays {
        if let Some(sequence) = stay.history.left() {
            return Err(Row::of("inspection_entry", &[id, &sequence])
                .missing(sequence)
                .into());
        }
    }
    Ok(())
}

pub async fn register_history(snapshot: &mut Snapshot, rebuilt: &mut Rebuilt) -> Compared {
    let take = |found: RegisterHistoryRow| {
        let sequence = found.sequence;
        let (kind, entry_key) = (found.kind.clone(), found.entry_key.clone());
        let row = |sequence: i64| Row::of("register_history", &[&kind, &entry_key, &sequence]);
        let key = (found.kind, found.entry_key);
        if rebuilt.gaps.others.contains(&sequence) {
            rebuilt.register.entry(key.clone()).or_default();
        }
        let Some(history) = rebuilt.register.get_mut(&key) else {
            return Err(row(sequence).unrecorded());
        };
        history.take(row, sequence, &rebuilt.gaps)
    };
    each(snapshot, statements::VERIFY_REGISTER_HISTORY, take).await?;
    for ((kind, key), history) in &rebuilt.register {
        if let Some(sequence) = history.left() {
            return Err(Row::of("register_history", &[kind, key, &sequence])
                .missing(sequence)
                .into());
        }
    }
    Ok(())
}

pub async fn inspections(snapshot: &mut Snapshot, rebuilt: &Rebuilt) -> Compared {
    let mut left: BTreeMap<_, _> = rebuilt.stays.iter().collect();
    let take = |Stay {
                    row: stay,
                    entry_body,
                }: Stay| {
        let row = Row::of("inspection", &[&stay.inspection_id]);
        let Some(facts) = left.remove(&stay.inspection_id) else {
            return Err(row.unrecorded());
        };
        if let Some(opened) = &facts.opened {
            compare_opening(
                &row,
                opened,
                &stay.opened_by,
                [
                    ("station", json!(stay.station), &opened.station),
                    ("opened_at", json!(stay.opened_at), &opened.opened_at),
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
            stay.latest_sequence,
            facts.latest,
        )?;
        row.same(latest, "version", stay.version, facts.version)?;
        let stored = json!(stay.columns);
        compare_columns(&row, facts.latest, entry_body.as_deref(), &stored)
    };
    each(snapshot, statements::VERIFY_INSPECTION, take).await?;
    gone(left.first_key_value().map(|(id, facts)| {
        let sequence = facts.latest.max(facts.history.gap);
        Row::of("inspection", &[id]).missing(sequence)
    }))
}

pub async fn register_entries(snapshot: &mut Snapshot, rebuilt: &Rebuilt) -> Compared {
    let mut left: BTreeMap<_, _> = rebuilt.register.iter().collect();
    let take = |Register {
                    row: stored,
                    entry_body,
                }: Register| {
        let row = Row::of("register_entry", &[&stored.kind, &stored.entry_key]);
        let key = (stored.kind, stored.entry_key);
        let Some(history) = left.remove(&key) else {
            return Err(row.unrecorded());
        };
        if history.gap == 0 {
            let first = history.first();
            row.same(Some(first), "first_sequence", stored.first_sequence, first)?;
        }
        let latest = history.latest();
        if history.gap > latest {
            return Ok(());
        }
        row.same(
            Some(latest),
            "latest_sequence",
            stored.latest_sequence,
            latest,
        )?;
        let columns = json!({
            "label": stored.label,
            "plate": stored.plate,
            "carrier": stored.carrier,
            "valid_from": stored.valid_from,
            "valid_until": stored.valid_until,
            "active": stored.active,
            "version": stored.version,
            "body": stored_json(&stored.body),
        });
        compare_columns(&row, latest, entry_body.as_deref(), &columns)
    };
    each(snapshot, statements::VERIFY_REGISTER_ENTRY, take).await?;
    gone(left.first_key_value().map(|((kind, key), history)| {
        let sequence = history.latest().max(history.gap);
        Row::of("register_entry", &[kind, key]).missing(sequence)
    }))
}

pub async fn inspection_passages(snapshot: &mut Snapshot, rebuilt: &mut Rebuilt) -> Compared {
    let stays = &rebuilt.stays;
    let has_gap = |id: &str| stays.get(id).is_some_and(|stay| stay.history.gap > 0);
    let mut left = std::mem::take(&mut rebuilt.stay_of);
    let take = |Pair { id, passage_id }: Pair| {
        let row = Row::of("inspection_passage", &[&passage_id]);
        match left.remove(&passage_id) {
            Some((said, _)) if said == id => Ok(()),
            _ if has_gap(&id) => Ok(()),
            Some((said, sequence)) => row.same(Some(sequence), "inspection_id", id, said),
            None => Err(row.unrecorded()),
        }
    };
    each(snapshot, statements::VERIFY_INSPECTION_PASSAGE, take).await?;
    gone(left.first_key_value().map(|(passage_id, (_, sequence))| {
        Row::of("inspection_passage", &[passage_id]).missing(*sequence)
    }))
}

pub async fn marks(snapshot: &mut Snapshot, rebuilt: &mut Rebuilt) -> Compared {
    let gaps = &rebuilt.gaps;
    let mut left = std::mem::take(&mut rebuilt.marks);
    let take = |found: MarkKey| {
        let row = Row::of("mark", &[&found.kind, &found.lane, &found.marked_at]);
        match left.remove(&(found.kind, found.lane, found.marked_at)) {
            Some(said) => row.same(Some(said), "sequence", found.sequence, said),
            None if gaps.others.contains(&found.sequence) => Ok(()),
            None => Err(row.unrecorded()),
        }
    };
    each(snapshot, statements::VERIFY_MARK, take).await?;
    gone(
        left.first_key_value().map(|((kind, lane, at), sequence)| {
            Row::of("mark", &[kind, lane, at]).missing(*sequence)
        }),
    )
}

pub async fn users(snapshot: &mut Snapshot, rebuilt: &mut Rebuilt) -> Compared {
    let gap = rebuilt.gaps.users;
    let mut left = std::mem::take(&mut rebuilt.users);
    let take = |user: UserRow| {
        let row = Row::of("app_user", &[&user.name]);
        let fact = left.remove(&user.name);
        if gap > fact.as_ref().map_or(0, |fact| fact.sequence) {
            return Ok(());
        }
        let Some(fact) = fact else {
            return Err(row.unrecorded());
        };
        let sequence = Some(fact.sequence);
        row.same(sequence, "role", user.role, fact.role)?;
        row.same(sequence, "active", user.active, fact.active)?;
        // An older release did not tell the digest.
        fact.password_digest.map_or(Ok(()), |said| {
            let stored = sha256_hex(user.password_hash.as_bytes());
            row.same(sequence, "password_hash (SHA-256)", stored, said)
        })
    };
    each(snapshot, statements::APP_USER_LIST, take).await?;
    gone(
        left.first_key_value()
            .map(|(name, fact)| Row::of("app_user", &[name]).missing(fact.sequence)),
    )
}

/// The numbers kept are those of the tables, and count what the journal tells of.
pub async fn tally(snapshot: &mut Snapshot, rebuilt: &Rebuilt) -> Compared {
    let take = |TallyRow { name, number }: TallyRow| {
        Err(Row::of("tally", &[&name]).differs(None, Difference::Tally { by: number }))
    };
    each(snapshot, statements::TALLY_CHECK, take).await?;
    let take = |TallyRow { name, .. }: TallyRow| {
        if name == PICTURES || rebuilt.tallied.contains(&name) || rebuilt.may_have_told(&name) {
            return Ok(());
        }
        Err(Row::of("tally", &[&name]).unrecorded())
    };
    each(snapshot, statements::TALLY_LIST, take).await
}

pub async fn meta(snapshot: &mut Snapshot, station: Option<&str>) -> Compared {
    let mut names_station = false;
    let take = |MetaRow { name, value }: MetaRow| {
        let row = Row::of("meta", &[&name]);
        // Of which day counters were last looked at: who changes it has them looked at once more or a day later.
        if name == COUNTERS_TURNED {
            return Ok(());
        }
        if name != STATION {
            return Err(row.unrecorded());
        }
        names_station = true;
        station.map_or(Ok(()), |station| row.same(None, "value", value, station))
    };
    each(snapshot, statements::VERIFY_META, take).await?;
    let missing = station.is_some() && !names_station;
    gone(missing.then(|| Row::of("meta", &[&STATION]).differs(None, Difference::Missing)))
}
