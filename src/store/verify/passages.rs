//! Passages and pictures: too many to be kept in memory, so each page of entries is compared with the
//! rows that it speaks of, and at the end the numbers of rows with the numbers of entries. Every entry
//! has a row that names it and no other, so equal numbers leave no row without an entry.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::super::db::{Readers, Snapshot, Value as Bound};
use super::super::plan::StoredPassage;
use super::super::records::PictureRow;
use super::super::statements::{self, PASSAGE_KEYS, Statement};
use super::super::writer::padded;
use super::super::{JournalFault, StoreError};
use super::entry::{Checked, Subject};
use super::rebuilt::{Rebuilt, pictures_of};
use super::tables::each;
use super::told::{Difference, Disagreement, Row};

/// Where rows are read: as they are from moment to moment, or as they all were at one.
#[derive(Debug)]
pub enum Source {
    Readers(Readers),
    Snapshot(Snapshot),
}

impl Source {
    pub async fn all<T: super::super::db::Row>(
        &mut self,
        statement: Statement,
        values: Vec<Bound>,
    ) -> Result<Vec<T>, StoreError> {
        match self {
            Self::Readers(readers) => readers.all(statement, values).await,
            Self::Snapshot(snapshot) => snapshot.all(statement, values).await,
        }
    }
}

/// Rows that a page of entries speaks of.
#[derive(Default)]
struct Beside {
    passages: BTreeMap<String, StoredPassage>,
    pictures: BTreeMap<String, Vec<PictureRow>>,
}

/// Compares a page of entries with the rows of their passages.
pub async fn compare(source: &mut Source, entries: &[Checked]) -> Result<(), JournalFault> {
    let ids = |subjects: &[Subject]| -> BTreeSet<String> {
        entries
            .iter()
            .filter(|entry| subjects.contains(&entry.subject))
            .filter_map(|entry| entry.text("passage_id").map(str::to_owned))
            .collect()
    };
    let passages = ids(&[Subject::Weighing, Subject::Closing]);
    let mut beside = Beside::default();
    for (statement, values) in padded(statements::PASSAGE_BY_IDS, PASSAGE_KEYS, &passages) {
        let rows: Vec<StoredPassage> = source.all(statement, values).await?;
        let rows = rows.into_iter();
        beside
            .passages
            .extend(rows.map(|row| (row.row.passage_id.clone(), row)));
    }
    let closed = ids(&[Subject::Closing]);
    for (statement, values) in padded(statements::PICTURE_BY_PASSAGES, PASSAGE_KEYS, &closed) {
        let rows: Vec<PictureRow> = source.all(statement, values).await?;
        for row in rows {
            let pictures = &mut beside.pictures;
            pictures
                .entry(row.passage_id.clone())
                .or_default()
                .push(row);
        }
    }
    for entry in entries {
        match entry.subject {
            Subject::Weighing => beside.weighing(entry)?,
            Subject::Closing => beside.closing(entry)?,
            _ => {}
        }
    }
    Ok(())
}

impl Beside {
    fn row(&self, entry: &Checked) -> Result<(Row, &StoredPassage), Disagreement> {
        let id = entry.id("passage_id");
        let row = Row::of("passage", &[&id]);
        match self.passages.get(id) {
            Some(stored) => Ok((row, stored)),
            None => Err(row.missing(entry.sequence)),
        }
    }

    fn weighing(&self, entry: &Checked) -> Result<(), Disagreement> {
        let (row, stored) = self.row(entry)?;
        let passage = &stored.row;
        let sequence = Some(entry.sequence);
        row.same(
            sequence,
            "weighing_sequence",
            passage.weighing_sequence,
            entry.sequence,
        )?;
        entry.compare(
            &row,
            [
                ("station", json!(passage.station)),
                ("lane", json!(passage.lane)),
                ("port", json!(passage.port)),
                ("kind", json!(passage.kind)),
                ("crossed_at", json!(passage.crossed_at)),
                ("gross_kg", json!(passage.gross_kg)),
                ("axle_count", json!(passage.axle_count)),
                ("raw_digest", json!(stored.raw_digest)),
            ],
        )?;
        if passage.closing_sequence.is_some() {
            return row.same(sequence, "state", passage.state.as_str(), "closed");
        }
        row.same(sequence, "state", passage.state.as_str(), "weighed")?;
        // What closing fills in.
        for (name, stored) in [
            ("plate", json!(passage.plate)),
            ("plate_state", json!(passage.plate_state)),
            ("enforceable", json!(passage.enforceable)),
            ("case_id", json!(passage.case_id)),
        ] {
            row.same(sequence, name, stored, Value::Null)?;
        }
        entry.compare(
            &row,
            [
                ("class", json!(passage.class)),
                ("overage_kg", json!(passage.overage_kg)),
            ],
        )
    }

    fn closing(&self, entry: &Checked) -> Result<(), Disagreement> {
        let (row, stored) = self.row(entry)?;
        let passage = &stored.row;
        row.same(
            Some(entry.sequence),
            "closing_sequence",
            passage.closing_sequence,
            entry.sequence,
        )?;
        entry.compare(
            &row,
            [
                ("plate", json!(passage.plate)),
                ("plate_state", json!(passage.plate_state)),
                ("enforceable", json!(passage.enforceable)),
                ("class", json!(passage.class)),
                ("overage_kg", json!(passage.overage_kg)),
                ("case_id", json!(passage.case_id)),
            ],
        )?;
        self.pictures(entry, &passage.passage_id)
    }

    fn pictures(&self, entry: &Checked, id: &str) -> Result<(), Disagreement> {
        let mut said = pictures_of(entry);
        let row = |view: &str, sha256: &str| Row::of("picture", &[&id, &view, &sha256]);
        for picture in self.pictures.get(id).into_iter().flatten() {
            let row = row(&picture.view, &picture.sha256);
            let Some(said) = said.remove(&(picture.view.as_str(), picture.sha256.as_str())) else {
                return Err(row.unrecorded());
            };
            for (name, stored) in [
                ("bytes", picture.bytes),
                ("width", picture.width),
                ("height", picture.height),
                ("taken_at", picture.taken_at),
            ] {
                let said = said.get(name).cloned().unwrap_or_default();
                row.same(Some(entry.sequence), name, stored, said)?;
            }
        }
        match said.first_key_value() {
            Some(((view, sha256), _)) => Err(row(view, sha256).missing(entry.sequence)),
            None => Ok(()),
        }
    }
}

#[derive(sqlx::FromRow)]
struct Totals {
    passages: i64,
    closed: i64,
    pictures: i64,
}

#[derive(sqlx::FromRow)]
struct Flagged {
    passage_id: String,
    record_conflict: i64,
}

/// Compares the numbers of rows with those of entries, and the flags that a later record sets.
pub async fn compare_totals(
    snapshot: &mut Snapshot,
    rebuilt: &Rebuilt,
) -> Result<(), JournalFault> {
    let totals: Vec<Totals> = snapshot.all(statements::PASSAGE_TOTALS, Vec::new()).await?;
    for found in totals {
        // How many pictures a closing without a body had is unknown.
        let pictures = if rebuilt.gaps.closings {
            found.pictures.max(rebuilt.pictures)
        } else {
            rebuilt.pictures
        };
        for (table, what, stored, said) in [
            ("passage", "passages", found.passages, rebuilt.weighings),
            ("passage", "closed passages", found.closed, rebuilt.closings),
            ("picture", "pictures", found.pictures, pictures),
        ] {
            if stored != said {
                let what = Difference::Number { what, stored, said };
                return Err(Row::of(table, &[]).differs(None, what).into());
            }
        }
    }
    let mut left: BTreeSet<&str> = rebuilt.flagged.iter().map(String::as_str).collect();
    let take = |found: Flagged| {
        let row = Row::of("passage", &[&found.passage_id]);
        let said = left.remove(found.passage_id.as_str())
            || rebuilt.perhaps_flagged.contains(&found.passage_id)
            || rebuilt.gaps.weighings;
        row.same(
            None,
            "record_conflict",
            found.record_conflict,
            i64::from(said),
        )
    };
    each(snapshot, statements::PASSAGE_FLAGGED, take).await?;
    match left.first() {
        Some(id) => Err(Row::of("passage", &[id])
            .column(None, "record_conflict", &json!(0), &json!(1))
            .into()),
        None => Ok(()),
    }
}
