//! Recovery brings out again what was recorded long ago; the sieve holds that back, so that a start
//! neither waits for it nor keeps its pictures in memory.
//!
//! It passes over exactly what the store would recognise and change nothing for. All else goes on:
//! also a record under a known key with other bytes, which is the store's to keep or recognise.

use std::collections::{BTreeMap, BTreeSet};

use super::recorder::Record;
use crate::store::records::KnownPassage;
use crate::store::{Store, StoreError};
use crate::units::Micros;

/// So many records are looked up at a time,
const WAITING_RECORDS: usize = 192;
/// or fewer, when they hold so many bytes of pictures.
const WAITING_BYTES: usize = 4 << 20;

/// Records of the recovery on their way to the recorder.
pub(super) struct Sieve {
    store: Store,
    /// A weighing that came in before is in the store, or it is none: recovery begins some time
    /// back, in the middle of what stood on the platform then.
    record_from: Micros,
    waiting: Vec<Record>,
    picture_bytes: usize,
    /// What was looked up; `None` for what is not in the store.
    looked_up: BTreeMap<String, Option<KnownPassage>>,
}

impl Sieve {
    pub(super) const fn new(store: Store, record_from: Micros) -> Self {
        Self {
            store,
            record_from,
            waiting: Vec::new(),
            picture_bytes: 0,
            looked_up: BTreeMap::new(),
        }
    }

    pub(super) fn put(&mut self, record: Record) {
        if let Record::Picture { jpeg, .. } = &record {
            self.picture_bytes += jpeg.len();
        }
        self.waiting.push(record);
    }

    /// Whether it is time for [`Sieve::take`].
    pub(super) const fn is_full(&self) -> bool {
        self.waiting.len() >= WAITING_RECORDS || self.picture_bytes >= WAITING_BYTES
    }

    /// What of the waiting records is not in the store yet, in order.
    ///
    /// # Errors
    /// When the store can't be read.
    pub(super) async fn take(&mut self) -> Result<Vec<Record>, StoreError> {
        let unknown: BTreeSet<String> = self
            .waiting
            .iter()
            .filter_map(passage_of)
            .filter(|id| !self.looked_up.contains_key(*id))
            .map(str::to_owned)
            .collect();
        let mut known = self.store.known_passages(&unknown).await?;
        for id in unknown {
            let passage = known.remove(&id);
            self.looked_up.insert(id, passage);
        }
        self.picture_bytes = 0;
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.retain(|record| self.lets_through(record));
        Ok(waiting)
    }

    fn lets_through(&mut self, record: &Record) -> bool {
        let known = passage_of(record).and_then(|id| self.looked_up.get_mut(id));
        match (record, known) {
            // Nobody waits for an answer to a repetition while the ports are closed.
            (Record::Repeated { .. }, _) => false,
            (Record::Weighed { weighing, .. }, Some(slot)) => {
                let recorded = slot
                    .as_ref()
                    .is_some_and(|known| known.raw_digest == weighing.raw.sha256);
                if !recorded && weighing.received_at < self.record_from {
                    *slot = Some(KnownPassage {
                        raw_digest: weighing.raw.sha256.clone(),
                        closed: true,
                    });
                    return false;
                }
                if !recorded {
                    // Its key may be taken by other bytes: then what follows is not that one's.
                    *slot = None;
                }
                !recorded
            }
            // A closing names its pictures, which are durable before it.
            (Record::Picture { .. } | Record::Closed(_), Some(Some(known))) => !known.closed,
            _ => true,
        }
    }
}

fn passage_of(record: &Record) -> Option<&str> {
    match record {
        Record::Weighed { weighing, .. } => Some(&weighing.passage_id),
        Record::Picture { passage_id, .. } => Some(passage_id),
        Record::Closed(passage) => Some(&passage.weighing.passage_id),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::clock::{SystemClock, SystemEntropy};
    use crate::passage::{
        Association, ClosedPassage, PassageKind, RawBytes, TakenPicture, Weighing,
    };
    use crate::store::StoreSettings;
    use crate::store::records::{CaseEffect, NewClosing, NewWeighing};
    use crate::units::Kilograms;

    const AT: Micros = Micros::from_seconds(1_795_478_400);

    fn weighing(id: &str, bytes: u8) -> Weighing {
        Weighing {
            passage_id: id.to_owned(),
            station: "ST0001".to_owned(),
            port: "wim-1".to_owned(),
            protocol: "olr".to_owned(),
            lane: 1,
            kind: PassageKind::Dynamic,
            sequence: None,
            device_time: None,
            crossed_at: AT,
            received_at: AT,
            direction: None,
            speed_tenth_kmh: None,
            length_mm: None,
            gross_kg: Kilograms::new(17_500),
            axles: Vec::new(),
            flags: Vec::new(),
            weight_trusted: true,
            agreeing_frames: None,
            drift_basis_points: None,
            acceleration_tenth_ms2: None,
            partial_axles: Vec::new(),
            raw: RawBytes {
                port: "wim-1".to_owned(),
                offset: 0,
                length: 1,
                received_at: AT,
                sha256: hex::encode([bytes; 32]),
                base64: String::new(),
            },
        }
    }

    /// All that replay says of a passage.
    fn replayed(id: &str, bytes: u8) -> [Record; 3] {
        let picture = TakenPicture {
            port: "picture-1".to_owned(),
            view: "front".to_owned(),
            taken_at: AT,
            sha256: hex::encode([9; 32]),
        };
        let closed = ClosedPassage {
            weighing: weighing(id, bytes),
            closed_at: AT,
            association: Association::missing(Vec::new()),
            evasion: Vec::new(),
            pictures: Vec::new(),
            linked: None,
        };
        [
            Record::Weighed {
                weighing: Arc::new(weighing(id, bytes)),
                acknowledgement: None,
            },
            Record::Picture {
                passage_id: id.to_owned(),
                jpeg: vec![0xFF, 0xD8].into(),
                picture,
            },
            Record::Closed(Box::new(closed)),
        ]
    }

    async fn record(store: &Store, id: &str, bytes: u8) {
        let weighing = weighing(id, bytes);
        let new = NewWeighing {
            passage_id: weighing.passage_id,
            station: weighing.station,
            lane: 1,
            port: weighing.port,
            kind: "dynamic",
            crossed_at: AT,
            gross_kg: weighing.gross_kg,
            axle_count: 0,
            class: None,
            overage_kg: None,
            raw_digest: weighing.raw.sha256,
            body: json!({}),
        };
        store.record_weighing(new).await.unwrap();
    }

    async fn close(store: &Store, id: &str) {
        let closing = NewClosing {
            passage_id: id.to_owned(),
            closed_at: AT,
            plate: None,
            plate_state: "missing",
            enforceable: false,
            class: None,
            overage_kg: None,
            pictures: Vec::new(),
            body: json!({}),
            case: CaseEffect::None,
        };
        store.close_passage(closing).await.unwrap();
    }

    fn names(records: &[Record]) -> Vec<(&'static str, String)> {
        let name = |record: &Record| match record {
            Record::Weighed { .. } => "weighed",
            Record::Picture { .. } => "picture",
            Record::Closed(_) => "closed",
            _ => "other",
        };
        records
            .iter()
            .map(|record| {
                let id = passage_of(record).unwrap_or_default();
                (name(record), id.to_owned())
            })
            .collect()
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn only_what_the_store_does_not_have_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let settings = StoreSettings::in_folder(folder.path(), "ST0001");
        let clock = Arc::new(SystemClock::new());
        let store = Store::open(settings, clock, Arc::new(SystemEntropy))
            .await
            .unwrap();
        record(&store, "closed", 1).await;
        close(&store, "closed").await;
        record(&store, "open", 1).await;
        record(&store, "other-bytes", 1).await;
        close(&store, "other-bytes").await;

        let mut sieve = Sieve::new(store.clone(), Micros::ZERO);
        let ids = [("closed", 1), ("open", 1), ("new", 1), ("other-bytes", 2)];
        for record in ids.into_iter().flat_map(|(id, bytes)| replayed(id, bytes)) {
            sieve.put(record);
        }
        sieve.put(Record::Repeated {
            weighing: Box::new(weighing("closed", 1)),
            acknowledgement: None,
        });
        let passed = sieve.take().await.unwrap();
        let passed: Vec<_> = names(&passed);
        let passed: Vec<_> = passed.iter().map(|(n, id)| (*n, id.as_str())).collect();
        assert_eq!(
            passed,
            [
                ("picture", "open"),
                ("closed", "open"),
                ("weighed", "new"),
                ("picture", "new"),
                ("closed", "new"),
                ("weighed", "other-bytes"),
                ("picture", "other-bytes"),
                ("closed", "other-bytes"),
            ]
        );
        // What was looked up stays known over several helpings.
        for record in replayed("other-bytes", 2).into_iter().skip(1) {
            sieve.put(record);
        }
        assert_eq!(sieve.take().await.unwrap().len(), 2);
        for record in replayed("closed", 1) {
            sieve.put(record);
        }
        assert!(sieve.take().await.unwrap().is_empty());
        store.shutdown().await;
    }

    #[tokio::test]
    async fn it_is_full_before_pictures_fill_the_memory() {
        let folder = tempfile::tempdir().unwrap();
        let settings = StoreSettings::in_folder(folder.path(), "ST0001");
        let clock = Arc::new(SystemClock::new());
        let store = Store::open(settings, clock, Arc::new(SystemEntropy))
            .await
            .unwrap();
        let mut sieve = Sieve::new(store.clone(), Micros::ZERO);
        let [_, mut picture, _] = replayed("new", 1);
        if let Record::Picture { jpeg, .. } = &mut picture {
            *jpeg = vec![0; WAITING_BYTES].into();
        }
        assert!(!sieve.is_full());
        sieve.put(picture);
        assert!(sieve.is_full());
        assert_eq!(sieve.take().await.unwrap().len(), 1);
        assert!(!sieve.is_full());
        store.shutdown().await;
    }

    #[tokio::test]
    async fn what_the_warm_up_makes_of_half_a_vehicle_is_not_recorded() {
        let folder = tempfile::tempdir().unwrap();
        let settings = StoreSettings::in_folder(folder.path(), "ST0001");
        let clock = Arc::new(SystemClock::new());
        let store = Store::open(settings, clock, Arc::new(SystemEntropy))
            .await
            .unwrap();
        // The truck stood on the platform when the warm-up begins: it is weighed a second time, at
        // another moment and so under another id.
        let later = AT.saturating_add(Micros::new(1));
        let mut sieve = Sieve::new(store.clone(), later);
        for record in replayed("second-weighing", 1) {
            sieve.put(record);
        }
        assert!(sieve.take().await.unwrap().is_empty());
        let mut sieve = Sieve::new(store.clone(), AT);
        for record in replayed("second-weighing", 1) {
            sieve.put(record);
        }
        assert_eq!(sieve.take().await.unwrap().len(), 3);
        store.shutdown().await;
    }
}
