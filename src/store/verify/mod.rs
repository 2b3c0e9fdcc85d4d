//! Checks the journal's chain, and that the rows say what the journal says.
//!
//! The chain alone would not notice somebody who changes a row and leaves the journal alone, and
//! lists show rows. So the tables are made again from the `columns` of the entries, and compared with
//! what is stored: rows that were changed, rows without an entry, and rows that are gone. `entry` reads
//! what an entry says, `rebuilt` is what all of them together make of the tables, `facts` of one row;
//! `tables`, `cases` and `others` compare, `passages` does both page by page for the two tables that are
//! too long to hold, `told` says what was found.

mod cases;
mod entry;
mod facts;
mod others;
mod passages;
mod rebuilt;
mod tables;
mod told;

use entry::Checked;
use passages::Source;
use rebuilt::Rebuilt;
use told::Row;
pub use told::{Difference, Disagreement};

use super::open::HeadRow;
use super::records::JournalRow;
use super::statements;
use super::{JournalFault, Store};
use crate::evidence::journal::{Break, Flaw, Head, StoredEntry, Verifier};

/// Entries read at once.
const PAGE: i64 = 512;

/// What a check found in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Where the journal ends.
    pub head: Head,
    /// Entries whose body is gone: what it said of rows could not be compared.
    pub without_body: i64,
}

#[derive(sqlx::FromRow)]
struct Outside {
    sequence: i64,
}

/// How far the journal was walked, and what it came to.
#[derive(Default)]
struct Walk {
    verifier: Verifier,
    rebuilt: Rebuilt,
}

impl Store {
    /// Checks the whole journal, page by page, and all rows against it, and hands `progress` the number
    /// of entries checked and their total. May run beside the writer: what is written meanwhile is
    /// checked at the end, when everything but the rows of passages and pictures is looked at as it
    /// stands at one moment.
    ///
    /// # Errors
    /// The first [`JournalFault`].
    pub async fn verify_journal(
        &self,
        mut progress: impl FnMut(i64, i64) + Send,
    ) -> Result<Verified, JournalFault> {
        let end = self.journal_head().await?.sequence;
        let mut walk = Walk::default();
        let mut source = Source::Readers(self.inner.readers.clone());
        walk.until(end, &mut source, &mut progress).await?;
        let mut snapshot = self.inner.readers.snapshot().await?;
        let heads: Vec<HeadRow> = snapshot.all(statements::JOURNAL_HEAD, Vec::new()).await?;
        let end = heads.first().map_or(0, |head| head.sequence);
        source = Source::Snapshot(snapshot);
        walk.until(end, &mut source, &mut progress).await?;
        progress(end, end);
        let Source::Snapshot(mut snapshot) = source else {
            return Err(super::StoreError::Closed.into());
        };
        let Walk {
            verifier,
            mut rebuilt,
        } = walk;
        let take = |Outside { sequence }| Err(Row::of("journal", &[&sequence]).unrecorded());
        tables::each(&mut snapshot, statements::JOURNAL_OUTSIDE, take).await?;
        passages::compare_totals(&mut snapshot, &rebuilt).await?;
        tables::compare(&mut snapshot, &mut rebuilt, verifier.station()).await?;
        Ok(Verified {
            head: verifier.head(),
            without_body: rebuilt.gaps.entries,
        })
    }
}

impl Walk {
    /// Goes on to an entry.
    async fn until(
        &mut self,
        end: i64,
        source: &mut Source,
        progress: &mut (impl FnMut(i64, i64) + Send),
    ) -> Result<(), JournalFault> {
        loop {
            let checked = self.verifier.head().sequence;
            if checked >= end {
                return Ok(());
            }
            progress(checked, end);
            let values = vec![checked.into(), PAGE.min(end - checked).into()];
            let page: Vec<JournalRow> = source.all(statements::JOURNAL_AFTER, values).await?;
            if page.is_empty() {
                let what = Flaw::Sequence { found: end };
                let sequence = checked + 1;
                return Err(Break { sequence, what }.into());
            }
            let mut entries = Vec::with_capacity(page.len());
            for row in &page {
                check_entry(&mut self.verifier, row)?;
                let entry = Checked::read(row);
                self.rebuilt.take(row, entry.as_ref())?;
                entries.extend(entry);
            }
            passages::compare(source, &entries).await?;
        }
    }
}

fn check_entry(verifier: &mut Verifier, row: &JournalRow) -> Result<(), Break> {
    let header = verifier.check(StoredEntry {
        sequence: row.sequence,
        header: &row.header,
        header_digest: &row.header_digest,
        body: row.body.as_deref(),
    })?;
    for (column, agrees) in [
        ("recorded_at", header.recorded_at.get() == row.recorded_at),
        ("kind", header.kind == row.kind),
        ("actor", header.actor == row.actor),
    ] {
        if !agrees {
            return Err(Break {
                sequence: row.sequence,
                what: Flaw::Column { column },
            });
        }
    }
    Ok(())
}
