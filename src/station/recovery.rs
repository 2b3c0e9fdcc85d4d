//! After a stop of any kind: the bytes that were logged but not yet recorded are taken up again.
//!
//! The pipeline is a pure function of the raw log, so recovery is replay: the records of all ports
//! from some moment on go through it in the order of their receipt. What was recorded before comes
//! out again with the same ids and is recognised; what was not is recorded now.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::config::Config;
use crate::device::raw_log::{RawLogError, RawLogReader, RawRecord};
use crate::lane::hours::Hour;
use crate::lane::{Input, Pipeline};
use crate::passage::Weighing;
use crate::store::records::{JournalRow, MarkKind};
use crate::store::{Store, StoreError, WEIGHING};
use crate::units::Micros;

/// Replay begins at least this long before the first thing that may be missing. The lane logic
/// remembers a passage for half an hour (the platform takes axles from it), and that passage rests
/// on reads of the ten minutes before it.
pub const MARGIN: Micros = Micros::from_seconds(3_600);

/// Weighings reach the store in the order of their receipt, give or take a moment.
const ORDER_MARGIN: Micros = Micros::from_seconds(60);

/// Where recovery begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// The raw log is gone through from here, so that the lane logic has its memory back.
    pub warm_from: Micros,
    /// What came in before is in the store; only what comes out from here on is recorded.
    pub record_from: Micros,
    /// The latest hour that ended before: what reaches back further than the log is gone through.
    pub hour: Option<Hour>,
}

/// The moments from which the raw log must be gone through again.
///
/// Nothing received before the latest recorded weighing or the oldest unclosed one can be missing.
/// Entries of another kind say nothing here: they may have been written while the station stood
/// still, and before what it has to take up.
///
/// # Errors
/// When the store can't be read.
pub async fn start_from(store: &Store) -> Result<Start, StoreError> {
    let Some(latest) = store.latest_journal_entry(WEIGHING).await? else {
        return Ok(Start {
            warm_from: Micros::ZERO,
            record_from: Micros::ZERO,
            hour: None,
        });
    };
    let mut earliest = received_at(Some(&latest)).unwrap_or(Micros::ZERO);
    for passage in store.unclosed_passages().await? {
        let weighing = store.journal_entry(passage.weighing_sequence).await?;
        let received_at = received_at(weighing.as_ref());
        earliest = earliest.min(received_at.unwrap_or(Micros::new(passage.crossed_at)));
    }
    // Hours after it come out again as they were, and are recognised.
    let hour = hour_before(store, earliest).await?;
    let known_until = hour
        .as_ref()
        .map_or(earliest, |hour| hour.end.min(earliest));
    Ok(Start {
        warm_from: known_until.saturating_sub(MARGIN),
        record_from: earliest.saturating_sub(ORDER_MARGIN),
        hour,
    })
}

/// The record of the latest hour that had ended at a moment.
///
/// # Errors
/// When the store can't be read.
pub async fn hour_before(store: &Store, at: Micros) -> Result<Option<Hour>, StoreError> {
    let until = at.saturating_add(Micros::new(1));
    let marks = store
        .marks(MarkKind::Hour, 0, (None, Some(until)), 1)
        .await?;
    let body = marks.first().and_then(|mark| mark.entry.body.as_deref());
    let body = body.and_then(|body| serde_json::from_str::<Value>(body).ok());
    Ok(body.and_then(|body| Hour::deserialize(body.get("hour")?).ok()))
}

/// The body of an hour's journal entry.
pub fn hour_body(hour: &Hour) -> Value {
    json!({ "hour": hour })
}

/// The weighings that wait for their closing, under the ids that the store has them by.
///
/// # Errors
/// When the store can't be read.
pub async fn unclosed_weighings(store: &Store) -> Result<Vec<Weighing>, StoreError> {
    let mut weighings = Vec::new();
    for passage in store.unclosed_passages().await? {
        let entry = store.journal_entry(passage.weighing_sequence).await?;
        let weighing = entry
            .and_then(|entry| serde_json::from_str::<Value>(&entry.body?).ok())
            .and_then(|body| Weighing::deserialize(body.get("weighing")?).ok());
        if let Some(mut weighing) = weighing {
            weighing.passage_id = passage.passage_id;
            weighings.push(weighing);
        }
    }
    Ok(weighings)
}

fn received_at(weighing: Option<&JournalRow>) -> Option<Micros> {
    let body: Value = serde_json::from_str(weighing?.body.as_deref()?).ok()?;
    body.pointer("/weighing/received_at")?
        .as_i64()
        .map(Micros::new)
}

/// Feeds raw records to a pipeline and minds the gaps between them.
///
/// Where bytes are missing (they came while nothing could be logged) the line counts as broken:
/// what stands before the gap must not be glued to what comes after, and what comes after keeps its
/// own place in the stream.
pub struct Continuity<'a> {
    config: &'a Config,
    next_offsets: BTreeMap<String, u64>,
}

impl<'a> Continuity<'a> {
    /// For the ports of a configuration, which all have their decoders at `first_offsets`.
    pub const fn new(config: &'a Config, first_offsets: BTreeMap<String, u64>) -> Self {
        Self {
            config,
            next_offsets: first_offsets,
        }
    }

    /// Feeds a record; yields the events in it and those that a gap before it cut off.
    ///
    /// # Errors
    /// A sentence on the port's protocol, which was accepted before.
    pub fn feed(
        &mut self,
        pipeline: &mut Pipeline,
        port: &str,
        record: &RawRecord,
    ) -> Result<Vec<Input>, String> {
        let mut inputs = Vec::new();
        let end = record.offset.saturating_add(record.bytes.len() as u64);
        let expected = self.next_offsets.insert(port.to_owned(), end);
        if expected.is_some_and(|expected| expected != record.offset) {
            inputs = pipeline.receive(port, record.received_at, &[]);
            if let Some(settings) = self.config.ports.iter().find(|found| found.name == port) {
                pipeline.add_port(port, settings.decoder()?, record.offset);
            }
        }
        inputs.extend(pipeline.receive(port, record.received_at, &record.bytes));
        Ok(inputs)
    }
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::clock::{SystemClock, SystemEntropy};
    use crate::lane::hours::HOUR;
    use crate::store::StoreSettings;
    use crate::store::records::{Actor, NewMark, NewWeighing};
    use crate::units::Kilograms;

    const DAY: Micros = Micros::from_seconds(1_795_478_400);

    fn hour(number: i64) -> Hour {
        let start = DAY.saturating_add(Micros::new(number * HOUR.get()));
        Hour {
            start,
            end: start.saturating_add(HOUR),
            whole: true,
            silent_hours: 0,
            ports: Vec::new(),
            lanes: Vec::new(),
        }
    }

    async fn record_hour(store: &Store, hour: &Hour) {
        let mark = NewMark {
            kind: MarkKind::Hour,
            lane: 0,
            at: hour.end,
            entry: "hour",
            actor: Actor::station(),
            body: hour_body(hour),
        };
        store.mark(mark).await.unwrap();
    }

    #[tokio::test]
    async fn recovery_goes_on_from_the_hour_that_ended_before_what_may_be_missing() {
        let folder = tempfile::tempdir().unwrap();
        let settings = StoreSettings::in_folder(folder.path(), "ST0001");
        let clock = Arc::new(SystemClock::new());
        let store = Store::open(settings, clock, Arc::new(SystemEntropy))
            .await
            .unwrap();
        let received_at = hour(4).end.saturating_sub(Micros::new(1));
        let weighing = NewWeighing {
            passage_id: "P1".to_owned(),
            station: "ST0001".to_owned(),
            lane: 1,
            port: "wim-1".to_owned(),
            kind: "dynamic",
            crossed_at: received_at,
            gross_kg: Kilograms::new(17_500),
            axle_count: 0,
            class: None,
            overage_kg: None,
            raw_digest: hex::encode([7; 32]),
            body: json!({ "weighing": { "received_at": received_at } }),
        };
        store.record_weighing(weighing).await.unwrap();
        let before = start_from(&store).await.unwrap();
        assert_eq!(before.hour, None);
        assert_eq!(before.warm_from, received_at.saturating_sub(MARGIN));
        // The passage is open: hours that ended since will come out again.
        for number in [2, 3, 4, 5] {
            record_hour(&store, &hour(number)).await;
        }
        let start = start_from(&store).await.unwrap();
        assert_eq!(start.hour, Some(hour(3)));
        assert_eq!(start.warm_from, hour(3).end.saturating_sub(MARGIN));
        assert_eq!(start.record_from, before.record_from);
        store.shutdown().await;
    }
}
