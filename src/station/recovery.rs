//! After a stop of any kind: the bytes that were logged but not yet recorded are taken up again.
//!
//! The pipeline is a pure function of the raw log, so recovery is replay: the records of all ports
//! from some moment on go through it in the order of their receipt. What was recorded before comes
//! out again with the same ids and is recognised; what was not is recorded now.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::path::Path;

use crate::device::raw_log::{RawLogError, RawLogReader, RawRecord};
use crate::store::records::JournalRow;
use crate::store::{Store, StoreError, WEIGHING};
use crate::units::Micros;

/// Replay begins at least this long before the first thing that may be missing. The lane logic
/// remembers a passage for half an hour (the platform takes axles from it), and that passage rests
/// on reads of the ten minutes before it.
pub const MARGIN: Micros = Micros::from_seconds(3_600);

/// The moment from which the raw log must be gone through again.
///
/// Nothing before the oldest unclosed weighing, or before the latest weighing when all are closed,
/// can be missing; the margin gives the lane logic its memory back. Other entries prove nothing: a
/// user may be added, or a recovery begin and be cut short, long after the bytes came in that are
/// still to be recorded.
///
/// # Errors
/// When the store can't be read.
pub async fn start_from(store: &Store) -> Result<Micros, StoreError> {
    let Some(latest) = latest_weighing(store).await? else {
        return Ok(Micros::ZERO);
    };
    let mut earliest = received_at(&latest).unwrap_or(Micros::new(latest.recorded_at));
    for passage in store.unclosed_passages().await? {
        let entry = store.journal_entry(passage.weighing_sequence).await?;
        let received_at = entry.as_ref().and_then(received_at);
        earliest = earliest.min(received_at.unwrap_or(Micros::new(passage.crossed_at)));
    }
    Ok(earliest.saturating_sub(MARGIN))
}

async fn latest_weighing(store: &Store) -> Result<Option<JournalRow>, StoreError> {
    const PAGE: i64 = 500;
    let mut until = store.journal_head().await?.sequence;
    while until > 0 {
        let after = until.saturating_sub(PAGE).max(0);
        let page = store.journal_after(after, until - after).await?;
        let latest = page.into_iter().rfind(|entry| entry.kind == WEIGHING);
        if latest.is_some() {
            return Ok(latest);
        }
        until = after;
    }
    Ok(None)
}

/// When the record of a weighing's entry came in; `None` when its body was removed.
fn received_at(entry: &JournalRow) -> Option<Micros> {
    let body: serde_json::Value = serde_json::from_str(entry.body.as_deref()?).ok()?;
    let received_at = body.pointer("/weighing/received_at")?.as_i64()?;
    Some(Micros::new(received_at))
}

/// The records of several ports' raw logs, merged by the moment of receipt.
pub struct Merged {
    ports: BTreeMap<String, Peekable<RawLogReader>>,
}

impl Merged {
    /// Opens the logs under `raw_folder` of the ports named, from `from` on.
    ///
    /// # Errors
    /// When a log can't be read.
    pub fn open<'a>(
        raw_folder: &Path,
        ports: impl IntoIterator<Item = &'a str>,
        from: Micros,
    ) -> Result<Self, RawLogError> {
        let ports = ports
            .into_iter()
            .map(|port| {
                let reader = RawLogReader::open(&raw_folder.join(port), from)?;
                Ok((port.to_owned(), reader.peekable()))
            })
            .collect::<Result<_, RawLogError>>()?;
        Ok(Self { ports })
    }

    /// Stream offset of each port's first record still to come.
    pub fn first_offsets(&mut self) -> BTreeMap<String, u64> {
        self.ports
            .iter_mut()
            .filter_map(|(port, reader)| match reader.peek() {
                Some(Ok(record)) => Some((port.clone(), record.offset)),
                _ => None,
            })
            .collect()
    }
}

impl Iterator for Merged {
    type Item = Result<(String, RawRecord), RawLogError>;

    fn next(&mut self) -> Option<Self::Item> {
        let (port, _) = self
            .ports
            .iter_mut()
            .filter_map(|(port, reader)| match reader.peek()? {
                Ok(record) => Some((port, record.received_at)),
                // An error comes first, so that it is not hidden behind good records.
                Err(_) => Some((port, Micros::new(i64::MIN))),
            })
            .min_by_key(|(_, at)| *at)?;
        let port = port.clone();
        let record = self.ports.get_mut(&port)?.next()?;
        Some(record.map(|record| (port, record)))
    }
}
