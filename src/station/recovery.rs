//! After a stop of any kind: the bytes that were logged but not yet recorded are taken up again.
//!
//! The pipeline is a pure function of the raw log, so recovery is replay: the records of all ports
//! from some moment on go through it in the order of their receipt. What was recorded before comes
//! out again with the same ids and is recognised; what was not is recorded now.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::path::Path;

use crate::device::raw_log::{RawLogError, RawLogReader, RawRecord};
use crate::store::{Store, StoreError};
use crate::units::Micros;

/// Replay begins at least this long before the first thing that may be missing. The lane logic
/// remembers a passage for half an hour (the platform takes axles from it), and that passage rests
/// on reads of the ten minutes before it.
pub const MARGIN: Micros = Micros::from_seconds(3_600);

/// The moment from which the raw log must be gone through again.
///
/// Nothing before the oldest unclosed weighing, or before the latest journal entry when all are
/// closed, can be missing; the margin gives the lane logic its memory back.
///
/// # Errors
/// When the store can't be read.
pub async fn start_from(store: &Store) -> Result<Micros, StoreError> {
    let head = store.journal_head().await?;
    let mut earliest = match store.journal_entry(head.sequence).await? {
        Some(entry) => Micros::new(entry.recorded_at),
        None => return Ok(Micros::ZERO),
    };
    for passage in store.unclosed_passages().await? {
        let received_at = store
            .journal_entry(passage.weighing_sequence)
            .await?
            .and_then(|entry| serde_json::from_str::<serde_json::Value>(&entry.body?).ok())
            .and_then(|body| body.pointer("/weighing/received_at")?.as_i64());
        earliest = earliest.min(Micros::new(received_at.unwrap_or(passage.crossed_at)));
    }
    Ok(earliest.saturating_sub(MARGIN))
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
