//! Compares the tables with what the journal makes of them, row by row, both ways.

use serde_json::Value;

use super::super::JournalFault;
use super::super::db::Snapshot;
use super::super::statements::Statement;
use super::entry::{columns_in, compare_told};
use super::facts::Opening;
use super::rebuilt::Rebuilt;
use super::told::{Disagreement, Row};
use super::{cases, others};
use crate::evidence::canonical;

pub type Compared = Result<(), JournalFault>;

#[derive(sqlx::FromRow)]
pub struct EntryOf {
    pub id: String,
    pub sequence: i64,
}

#[derive(sqlx::FromRow)]
pub struct Pair {
    pub id: String,
    pub passage_id: String,
}

/// Compares all tables but those of passages and pictures.
pub async fn compare(
    snapshot: &mut Snapshot,
    rebuilt: &mut Rebuilt,
    station: Option<&str>,
) -> Compared {
    // First those that tell whose the entries without a body are.
    cases::case_entries(snapshot, rebuilt).await?;
    others::inspection_entries(snapshot, rebuilt).await?;
    others::register_history(snapshot, rebuilt).await?;
    cases::case_files(snapshot, rebuilt).await?;
    others::inspections(snapshot, rebuilt).await?;
    others::register_entries(snapshot, rebuilt).await?;
    cases::counted_cases(snapshot, rebuilt).await?;
    cases::case_passages(snapshot, rebuilt).await?;
    others::inspection_passages(snapshot, rebuilt).await?;
    cases::case_officers(snapshot, rebuilt).await?;
    cases::act_claims(snapshot, rebuilt).await?;
    cases::numbers(snapshot, rebuilt).await?;
    others::marks(snapshot, rebuilt).await?;
    others::users(snapshot, rebuilt).await?;
    others::tally(snapshot, rebuilt).await?;
    others::meta(snapshot, station).await
}

/// Compares what of a row never changes.
pub fn compare_opening<const N: usize>(
    row: &Row,
    opened: &Opening,
    opened_by: &str,
    columns: [(&str, Value, &Value); N],
) -> Result<(), Disagreement> {
    for (name, stored, said) in columns {
        row.same(Some(opened.sequence), name, stored, said.clone())?;
    }
    row.same(
        Some(opened.sequence),
        "opened_by",
        opened_by,
        opened.opened_by.as_str(),
    )
}

/// Compares a row's columns with the entry that it names.
pub fn compare_columns(
    row: &Row,
    sequence: i64,
    body: Option<&str>,
    stored: &Value,
) -> Result<(), Disagreement> {
    let said = body.and_then(columns_in).unwrap_or_default();
    compare_told(row, sequence, &said, stored)
}

/// Hands each row of a statement to `take`, up to the first that disagrees.
pub async fn each<T: super::super::db::Row>(
    snapshot: &mut Snapshot,
    statement: Statement,
    mut take: impl FnMut(T) -> Result<(), Disagreement> + Send,
) -> Compared {
    let mut found = None;
    let goes_on = |row| {
        found = take(row).err();
        found.is_none()
    };
    snapshot.each(statement, goes_on).await?;
    gone(found)
}

/// Fails with what is missing, if anything is.
pub fn gone(missing: Option<Disagreement>) -> Compared {
    missing.map_or(Ok(()), |missing| Err(missing.into()))
}

/// A stored JSON text; one that is not in canonical form stays a text, which no entry says.
pub fn stored_json(text: &str) -> Value {
    serde_json::from_str(text)
        .ok()
        .filter(|value| canonical::to_text(value).is_ok_and(|canonical| canonical == text))
        .unwrap_or_else(|| Value::from(text))
}
