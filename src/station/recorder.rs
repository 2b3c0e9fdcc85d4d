//! The recorder: judges what the pipeline put out and makes it durable, then acknowledges.
//!
//! Weighings go to the store side by side, so that one group commit serves many lanes. Closings
//! go one after the other: whether a case is opened depends on the cases opened before.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use firmware_protocols::{Answer, Vehicle, olr};
use futures::FutureExt;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::{JoinHandle, JoinSet};

use super::judge;
use super::picture::decoded_size;
use super::ports::CorruptPictures;
use super::registered::registered;
use super::signs::Signs;
use super::standing::{self, Standings};
use crate::casework::{CaseFile, CaseState, HostClock};
use crate::config::Config;
use crate::lane::Finding;
use crate::lane::drift::DriftFinding;
use crate::lane::hours::Hour;
use crate::law::LawTables;
use crate::passage::{ClosedPassage, Flag, RawBytes, TakenPicture, Weighing};
use crate::store::records::{Actor, CaseEffect, PictureReference, Recorded};
use crate::store::{FailureClass, Store, StoreError};
use crate::units::Micros;

/// An answer to a device, sent once its record is durable.
#[derive(Debug, Clone)]
pub(super) struct Acknowledgement {
    /// Port to answer on.
    pub port: String,
    /// The answer to a new record.
    pub new: Vec<u8>,
    /// The answer to one that was stored before.
    pub repeated: Vec<u8>,
    /// The answer to one whose number is taken by other bytes.
    pub conflicting: Vec<u8>,
}

impl Acknowledgement {
    /// The answers of a protocol that has its own, `None` when its devices want to hear nothing.
    pub(super) fn by_protocol(
        port: &str,
        mut reply: impl FnMut(Answer) -> Option<Vec<u8>>,
    ) -> Option<Self> {
        let new = reply(Answer::Recorded)?;
        let repeated = reply(Answer::Repeated).unwrap_or_else(|| new.clone());
        Some(Self {
            port: port.to_owned(),
            new,
            repeated,
            // A record that conflicts is kept beside the first; a device that went on sending it
            // would send nothing else any more.
            conflicting: reply(Answer::Refused).unwrap_or_default(),
        })
    }

    /// The answers to an `olr` record, `None` when it does not say whom to answer.
    pub(super) fn of(port: &str, vehicle: &Vehicle) -> Option<Self> {
        let address = olr::Address {
            station: vehicle.station.clone()?,
            lane: vehicle.lane?,
        };
        let sequence = Some(u32::try_from(vehicle.sequence?).ok()?);
        let answer = |answer| {
            let address = address.clone();
            let acknowledge = olr::Acknowledge {
                address,
                sequence,
                answer,
            };
            olr::encode(&olr::Message::Acknowledge(acknowledge)).ok()
        };
        Some(Self {
            port: port.to_owned(),
            new: answer(olr::Answer::Ok)?,
            repeated: answer(olr::Answer::Dup)?,
            conflicting: answer(olr::Answer::Bad)?,
        })
    }
}

/// Work for the recorder, in order.
#[derive(Debug)]
pub(super) enum Record {
    /// A vehicle was weighed.
    Weighed {
        weighing: Arc<Weighing>,
        acknowledgement: Option<Acknowledgement>,
    },
    /// A record came again.
    Repeated {
        weighing: Box<Weighing>,
        acknowledgement: Option<Acknowledgement>,
    },
    /// A picture came.
    Picture {
        passage_id: String,
        jpeg: Arc<[u8]>,
        picture: TakenPicture,
    },
    /// A passage is over.
    Closed(Box<ClosedPassage>),
    /// An hour is over.
    Hour(Box<Hour>),
    /// A scale has drifted too far to go on enforcing.
    Drifted(Box<DriftFinding>),
    /// The host said something new of its clock.
    HostClock(Box<HostClock>),
    /// Something remarkable.
    Finding {
        finding: Finding,
        acknowledgement: Option<Acknowledgement>,
    },
    /// A whole line that can't be read.
    Refused {
        raw: Box<RawBytes>,
        reason: &'static str,
        answer: Vec<u8>,
    },
    /// A port opened, went away, fell silent.
    PortEvent {
        port: String,
        event: &'static str,
        detail: String,
    },
}

/// Ids of weighings on their way to the store.
#[derive(Debug, Default)]
struct Ledger {
    in_flight: BTreeSet<String>,
    /// Weighings that the store did not take: when they come again they are tried again.
    unrecorded: BTreeSet<String>,
}

type SharedLedger = Arc<Mutex<Ledger>>;

/// What of a passage is on its way to the store.
#[derive(Default)]
struct UnderWay {
    /// Yields the id under which the store keeps it, where that is not the lane logic's: one key
    /// may come several times, so this belongs to the record, not to the key.
    weighing: Option<JoinHandle<Option<String>>>,
    pictures: Vec<JoinHandle<Option<PictureReference>>>,
}

/// The task's state.
pub(super) struct Recorder {
    config: Arc<Config>,
    tables: Arc<LawTables>,
    store: Store,
    outgoing: Arc<BTreeMap<String, mpsc::Sender<Vec<u8>>>>,
    ledger: SharedLedger,
    /// What is on its way to the store, by passage, until it closes.
    open: BTreeMap<String, UnderWay>,
    /// Pictures are checked one at a time: a large one takes memory.
    one_picture: Arc<Semaphore>,
    corrupt_pictures: CorruptPictures,
    signs: Signs,
    standings: Standings,
}

impl Recorder {
    pub(super) fn new(
        config: Arc<Config>,
        tables: Arc<LawTables>,
        store: Store,
        outgoing: BTreeMap<String, mpsc::Sender<Vec<u8>>>,
        corrupt_pictures: CorruptPictures,
    ) -> Self {
        Self {
            config,
            tables,
            store,
            outgoing: Arc::new(outgoing),
            ledger: SharedLedger::default(),
            open: BTreeMap::new(),
            one_picture: Arc::new(Semaphore::new(1)),
            corrupt_pictures,
            signs: Signs::default(),
            standings: Standings::default(),
        }
    }

    /// Tells drivers by these signs.
    pub(super) fn with_signs(self, signs: Signs) -> Self {
        Self { signs, ..self }
    }

    /// Runs until the intake has ended and all it handed over is durable.
    pub(super) async fn run(mut self, mut records: mpsc::UnboundedReceiver<Record>) {
        let (closings_in, closings) = mpsc::unbounded_channel();
        let closer = Closer {
            config: Arc::clone(&self.config),
            tables: Arc::clone(&self.tables),
            store: self.store.clone(),
            signs: self.signs.clone(),
            standings: self.standings.clone(),
        };
        let closer = tokio::spawn(closer.run(closings));
        let mut entries = JoinSet::new();
        while let Some(record) = records.recv().await {
            while entries.try_join_next().is_some() {}
            match record {
                Record::Weighed {
                    weighing,
                    acknowledgement,
                } => {
                    let recorded = self.weighed(&weighing, acknowledgement).await;
                    let id = weighing.passage_id.clone();
                    self.open.entry(id).or_default().weighing = recorded;
                }
                Record::Repeated {
                    weighing,
                    acknowledgement,
                } => self.repeated(&weighing, acknowledgement).await,
                Record::Picture {
                    passage_id,
                    jpeg,
                    picture,
                } => {
                    let stored = self.picture(jpeg, picture);
                    self.open
                        .entry(passage_id)
                        .or_default()
                        .pictures
                        .push(stored);
                }
                Record::Closed(passage) => {
                    let id = &passage.weighing.passage_id;
                    let under_way = self.open.remove(id).unwrap_or_default();
                    if closings_in.send((passage, under_way)).is_err() {
                        tracing::error!("the closing task has ended");
                    }
                }
                Record::Hour(hour) => {
                    let store = self.store.clone();
                    entries.spawn(async move { standing::record_hour(&store, &hour).await });
                }
                Record::Drifted(drift) => {
                    // At once: what closes after it must not be enforced.
                    let off = self.standings.switching_off(&drift);
                    let (store, standings) = (self.store.clone(), self.standings.clone());
                    entries.spawn(async move {
                        standings.switch_off(&store, &off, &drift).await;
                    });
                }
                Record::HostClock(clock) => {
                    // At once, as above.
                    self.standings.clock_said(&clock);
                    let store = self.store.clone();
                    entries.spawn(async move { standing::record_clock(&store, &clock).await });
                }
                Record::Finding {
                    finding,
                    acknowledgement,
                } => {
                    self.finding(&mut entries, finding, acknowledgement);
                }
                Record::Refused {
                    raw,
                    reason,
                    answer,
                } => {
                    let (store, outgoing) = (self.store.clone(), Arc::clone(&self.outgoing));
                    entries.spawn(async move {
                        let body = json!({ "reason": reason, "raw": raw });
                        if append(&store, "record_refused", body).await {
                            transmit(&outgoing, &raw.port, answer);
                        }
                    });
                }
                Record::PortEvent {
                    port,
                    event,
                    detail,
                } => {
                    let body = json!({ "port": port, "event": event, "detail": detail });
                    let store = self.store.clone();
                    entries.spawn(async move {
                        append(&store, "port_event", body).await;
                    });
                }
            }
        }
        drop(closings_in);
        while entries.join_next().await.is_some() {}
        for (_, under_way) in std::mem::take(&mut self.open) {
            under_way.settled().await;
        }
        if let Err(error) = closer.await {
            tracing::error!(%error, "the closing task ended badly");
        }
    }

    /// A record that came again. While the first is in flight its own acknowledgement will do; one
    /// that is not durable is never said to be.
    async fn repeated(&mut self, weighing: &Weighing, acknowledgement: Option<Acknowledgement>) {
        let id = &weighing.passage_id;
        let (in_flight, unrecorded) = {
            let mut ledger = lock(&self.ledger);
            (ledger.in_flight.contains(id), ledger.unrecorded.remove(id))
        };
        if unrecorded {
            // A closing of it that is still to come waits for this try.
            let recorded = self.weighed(weighing, acknowledgement).await;
            if let Some(under_way) = self.open.get_mut(id) {
                under_way.weighing = recorded;
            }
        } else if !in_flight {
            send(&self.outgoing, acknowledgement, |owed| owed.repeated);
        }
    }

    /// Gives a weighing its place among those to be stored, which is that of its receipt.
    async fn weighed(
        &self,
        weighing: &Weighing,
        acknowledgement: Option<Acknowledgement>,
    ) -> Option<JoinHandle<Option<String>>> {
        let id = weighing.passage_id.clone();
        let judged = unharmed(|| judge::new_weighing(&self.config, &self.tables, weighing));
        let record = match judged {
            Ok(record) => record,
            Err(error) => {
                tracing::error!(%error, id, "称重记录无法写成 / weighing can't be written");
                lock(&self.ledger).unrecorded.insert(id);
                return None;
            }
        };
        self.signs.tell(weighing, record.class.as_deref(), None);
        let conflicting = weighing.flags.contains(&Flag::RecordConflict);
        lock(&self.ledger).in_flight.insert(id.clone());
        let (outgoing, ledger) = (Arc::clone(&self.outgoing), Arc::clone(&self.ledger));
        let recorded = self.store.queue_weighing(record).await;
        Some(tokio::spawn(async move {
            let outcome = match recorded {
                Ok(recorded) => recorded.await,
                Err(error) => Err(error),
            };
            let mut ledger = lock(&ledger);
            ledger.in_flight.remove(&id);
            match outcome {
                Ok(Recorded::New { .. }) if conflicting => {
                    send(&outgoing, acknowledgement, |owed| owed.conflicting);
                }
                Ok(Recorded::New { .. }) => send(&outgoing, acknowledgement, |owed| owed.new),
                Ok(Recorded::Retransmission { passage_id }) => {
                    send(&outgoing, acknowledgement, |owed| owed.repeated);
                    // Taken up again after a stop, a conflicting record may still be open.
                    return (passage_id != id).then_some(passage_id);
                }
                Ok(Recorded::Conflict { passage_id, .. }) => {
                    tracing::warn!(id, kept_as = passage_id, "same key with other bytes");
                    send(&outgoing, acknowledgement, |owed| owed.conflicting);
                    return Some(passage_id);
                }
                Err(error) => {
                    tracing::error!(
                        %error,
                        id,
                        "称重记录未入库，未确认，设备将重发 / weighing not recorded and not acknowledged: the \
                         device sends it again"
                    );
                    ledger.unrecorded.insert(id);
                }
            }
            None
        }))
    }

    /// Checks a picture and makes it durable; `None` when it is no picture.
    fn picture(
        &self,
        jpeg: Arc<[u8]>,
        picture: TakenPicture,
    ) -> JoinHandle<Option<PictureReference>> {
        let (store, one_picture) = (self.store.clone(), Arc::clone(&self.one_picture));
        let corrupt_pictures = self.corrupt_pictures.clone();
        tokio::spawn(async move {
            let _permit = one_picture.acquire_owned().await.ok()?;
            let bytes = Arc::clone(&jpeg);
            let size = tokio::task::spawn_blocking(move || unharmed(|| decoded_size(&bytes)))
                .await
                .ok()?;
            let (width, height) = match size {
                Ok(size) => size,
                Err(error) => {
                    corrupt_pictures.count(&picture.port);
                    let body = json!({
                        "finding": "corrupt_picture",
                        "port": picture.port,
                        "sha256": picture.sha256,
                        "why": error,
                    });
                    tracing::warn!(
                        port = picture.port,
                        error,
                        "照片损坏，过车照常归档；请检查相机与线路 / a corrupt picture, the passage closes \
                         without it: check the camera and its line"
                    );
                    append(&store, "finding", body).await;
                    return None;
                }
            };
            let sha256 = match store_picture(&store, &jpeg).await {
                Ok(sha256) => sha256,
                Err(error) => {
                    let body = json!({
                        "finding": "picture_not_stored",
                        "port": picture.port,
                        "sha256": picture.sha256,
                        "why": error.to_string(),
                    });
                    append(&store, "finding", body).await;
                    return None;
                }
            };
            Some(PictureReference {
                sha256,
                view: picture.view,
                bytes: i64::try_from(jpeg.len()).unwrap_or(i64::MAX),
                width: i64::from(width),
                height: i64::from(height),
                taken_at: picture.taken_at,
            })
        })
    }

    fn finding(
        &self,
        entries: &mut JoinSet<()>,
        finding: Finding,
        acknowledgement: Option<Acknowledgement>,
    ) {
        let (store, outgoing) = (self.store.clone(), Arc::clone(&self.outgoing));
        entries.spawn(async move {
            if append(&store, "finding", json!(finding)).await {
                send(&outgoing, acknowledgement, |owed| owed.new);
            }
        });
    }
}

impl UnderWay {
    /// Waits until all of it is durable; yields the id where the store renamed it, and the
    /// pictures.
    async fn settled(self) -> (Option<String>, Vec<PictureReference>) {
        let mut renamed = None;
        if let Some(weighing) = self.weighing {
            match weighing.await {
                Ok(kept_as) => renamed = kept_as,
                Err(error) => tracing::error!(%error, "recording a weighing ended badly"),
            }
        }
        let mut pictures = Vec::new();
        for picture in self.pictures {
            pictures.extend(picture.await.ok().flatten());
        }
        (renamed, pictures)
    }
}

/// Puts a picture until it is durable. A picture store that stays out of order for half a minute
/// must not hold up the closings of all lanes: the passage then closes without the picture, whose
/// bytes are still in the raw log.
async fn store_picture(store: &Store, jpeg: &[u8]) -> Result<String, StoreError> {
    const PATIENCE: Duration = Duration::from_secs(30);
    let mut pause = Duration::from_millis(250);
    let mut waited = Duration::ZERO;
    loop {
        match store.pictures().put(jpeg.to_vec()).await {
            Ok(sha256) => return Ok(sha256),
            Err(error) if waited >= PATIENCE => return Err(error),
            Err(error) => {
                tracing::error!(%error, "照片未能存储，重试中 / picture not stored, trying again");
            }
        }
        tokio::time::sleep(pause).await;
        waited += pause;
        pause = (pause * 2).min(Duration::from_secs(10));
    }
}

/// Whether the entry is durable.
async fn append(store: &Store, kind: &'static str, body: Value) -> bool {
    let outcome = store.append(kind, Actor::station(), body).await;
    if let Err(error) = &outcome {
        tracing::error!(%error, kind, "journal entry not written");
    }
    outcome.is_ok()
}

/// Runs a computation on one vehicle such that a fault of the program in it harms no other one.
fn unharmed<T, E: std::fmt::Display>(compute: impl FnOnce() -> Result<T, E>) -> Result<T, String> {
    // Nothing is shared with the computation that a panic could leave half-changed.
    match std::panic::catch_unwind(AssertUnwindSafe(compute)) {
        Ok(outcome) => outcome.map_err(|error| error.to_string()),
        Err(panic) => Err(format!(
            "程序故障，请连同日志上报 / a fault of the program, report it with the log: {}",
            panic_text(panic.as_ref())
        )),
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("panic")
}

fn send(
    outgoing: &BTreeMap<String, mpsc::Sender<Vec<u8>>>,
    acknowledgement: Option<Acknowledgement>,
    which: impl FnOnce(Acknowledgement) -> Vec<u8>,
) {
    if let Some(acknowledgement) = acknowledgement {
        let port = acknowledgement.port.clone();
        transmit(outgoing, &port, which(acknowledgement));
    }
}

fn transmit(outgoing: &BTreeMap<String, mpsc::Sender<Vec<u8>>>, port: &str, bytes: Vec<u8>) {
    if let Some(port) = outgoing.get(port).filter(|_| !bytes.is_empty()) {
        // A device that missed its acknowledgement sends the record again.
        let _ = port.try_send(bytes);
    }
}

fn lock(ledger: &SharedLedger) -> std::sync::MutexGuard<'_, Ledger> {
    ledger
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// How often cases are looked at before a passage opens one of its own beside another that lies near: one whose
/// body is gone takes no passage.
const LOOKS: u32 = 3;

/// Closes passages, one after the other.
struct Closer {
    config: Arc<Config>,
    tables: Arc<LawTables>,
    store: Store,
    signs: Signs,
    standings: Standings,
}

type Closing = (Box<ClosedPassage>, UnderWay);

impl Closer {
    async fn run(self, mut closings: mpsc::UnboundedReceiver<Closing>) {
        while let Some((mut passage, under_way)) = closings.recv().await {
            let (renamed, pictures) = under_way.settled().await;
            // The closing names only pictures that are there.
            passage
                .pictures
                .retain(|taken| pictures.iter().any(|p| p.sha256 == taken.sha256));
            if let Some(renamed) = renamed {
                passage.weighing.passage_id = renamed;
                passage.weighing.flags.push(Flag::RecordConflict);
            }
            let closed = AssertUnwindSafe(self.close_when_possible(&passage, &pictures));
            let error = match closed.catch_unwind().await {
                Ok(Ok(())) => continue,
                Ok(Err(error)) => error.to_string(),
                Err(panic) => panic_text(panic.as_ref()).to_owned(),
            };
            let id = passage.weighing.passage_id;
            tracing::error!(
                error,
                id,
                "过车未归档，重启后再试 / passage not closed: it is tried again at the next start"
            );
        }
    }
}

impl Closer {
    /// Closes the passage. Where a person opened a case of the vehicle in this very moment, cases are looked at
    /// anew, and the passage comes to that one. A database that can't be read for a while (it restarts, its disk is
    /// full) is waited for.
    async fn close_when_possible(
        &self,
        passage: &ClosedPassage,
        pictures: &[PictureReference],
    ) -> anyhow::Result<()> {
        const PATIENCE: Duration = Duration::from_secs(300);
        let mut pause = Duration::from_millis(250);
        let mut waited = Duration::ZERO;
        let mut looks = 0;
        loop {
            let alone = looks < LOOKS;
            let error = match self.close(passage, pictures.to_vec(), alone).await {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            let refusal = error.downcast_ref::<StoreError>();
            if alone && matches!(refusal, Some(StoreError::CaseNear { .. })) {
                looks += 1;
                continue;
            }
            let class = refusal.and_then(StoreError::class);
            let passes = class.is_some_and(FailureClass::is_operating);
            if !passes || waited >= PATIENCE {
                return Err(error);
            }
            tracing::warn!(%error, "closing waits for the database");
            tokio::time::sleep(pause).await;
            waited += pause;
            pause = (pause * 2).min(Duration::from_secs(5));
        }
    }

    async fn close(
        &self,
        passage: &ClosedPassage,
        pictures: Vec<PictureReference>,
        alone: bool,
    ) -> anyhow::Result<()> {
        let known_case = match passage.plate() {
            Some(plate) => self.case_near(plate, passage.weighing.crossed_at).await?,
            None => None,
        };
        // The store may know of a conflicting record that came when this one was long recorded.
        let row = self.store.passage(&passage.weighing.passage_id).await?;
        let conflict = row.is_some_and(|row| row.record_conflict != 0);
        let (config, tables) = (&self.config, &self.tables);
        let mut standing = self
            .standings
            .of(&self.store, config, &passage.weighing)
            .await?;
        standing.registered = registered(&self.store, &config.station.code, passage).await?;
        let mut closing = judge::new_closing(
            config,
            tables,
            passage,
            pictures,
            known_case.as_ref(),
            conflict,
            &standing,
        )?;
        if let CaseEffect::Open(case) = &mut closing.case
            && !alone
        {
            case.alone_within = None;
        }
        self.signs.tell(
            &passage.weighing,
            closing.class.as_deref(),
            closing.plate.as_deref(),
        );
        self.store.close_passage(closing).await?;
        Ok(())
    }

    /// The latest case of a plate whose act lies near a moment, as its latest step left it; one that was
    /// not discarded comes first. What is near, and what is the same act, casework says.
    async fn case_near(&self, plate: &str, at: Micros) -> anyhow::Result<Option<CaseFile>> {
        let window = Micros::from_millis(i64::from(self.config.timing.act_window_ms));
        let (from, to) = (at.saturating_sub(window), at.saturating_add(window));
        let rows = self.store.cases_near(plate, from, to).await?;
        let discarded = CaseState::Discarded.name();
        let stands = rows.iter().find(|row| row.columns.state != discarded);
        let Some(row) = stands.or(rows.first()) else {
            return Ok(None);
        };
        let history = self.store.case_history(&row.case_id).await?;
        let bodies: Vec<Value> = history
            .iter()
            .filter_map(|entry| serde_json::from_str(entry.body.as_deref()?).ok())
            .collect();
        Ok(CaseFile::from_bodies(&bodies))
    }
}

#[cfg(test)]
mod tests {
    use super::super::standing::tests::{config, passage, store};
    use super::*;
    use crate::store::records::{NewClosing, OpenedCase};

    #[test]
    fn a_panic_in_one_vehicle_is_an_error_of_that_vehicle() {
        let fine: Result<i32, String> = unharmed(|| Ok::<_, String>(7));
        assert_eq!(fine, Ok(7));
        let failed = unharmed(|| Err::<i32, _>("odd axles"));
        assert_eq!(failed, Err("odd axles".to_owned()));
        let axles: Vec<i32> = Vec::new();
        let panicked = unharmed(|| Ok::<_, String>(axles[3])).unwrap_err();
        assert!(
            panicked.contains("report it with the log: index out of bounds"),
            "{panicked}"
        );
    }

    async fn closer(folder: &std::path::Path) -> Closer {
        Closer {
            config: Arc::new(config(folder)),
            tables: Arc::new(LawTables::embedded().unwrap()),
            store: store(folder).await,
            signs: Signs::default(),
            standings: Standings::default(),
        }
    }

    impl Closer {
        /// Records a passage and judges it as the station does that knows of no case; gives the closing, and
        /// the case that a person types for the vehicle meanwhile.
        async fn judged(&self, passage: &ClosedPassage) -> (NewClosing, OpenedCase) {
            let (config, tables) = (&self.config, &self.tables);
            let weighing = judge::new_weighing(config, tables, &passage.weighing).unwrap();
            self.store.record_weighing(weighing).await.unwrap();
            let standing = self
                .standings
                .of(&self.store, config, &passage.weighing)
                .await
                .unwrap();
            let closing =
                judge::new_closing(config, tables, passage, Vec::new(), None, false, &standing)
                    .unwrap();
            let CaseEffect::Open(mut new) = closing.case.clone() else {
                panic!("no case")
            };
            new.case_id = "typed".to_owned();
            new.columns.act_id = "typed".to_owned();
            new.body["case"]["case_id"] = json!("typed");
            let typed = OpenedCase {
                opened_at: passage.closed_at,
                station: "ST0001".to_owned(),
                passages: Vec::new(),
                new,
            };
            (closing, typed)
        }

        async fn case_of(&self, passage: &ClosedPassage) -> Option<String> {
            let id = &passage.weighing.passage_id;
            self.store.passage(id).await.unwrap().unwrap().case_id
        }
    }

    /// A person types a case between the moment at which the station looked and that at which it writes.
    #[tokio::test]
    async fn a_case_typed_meanwhile_gets_the_passage() {
        let folder = tempfile::tempdir().unwrap();
        let closer = closer(folder.path()).await;
        let passage = passage(1, 0);
        let (closing, typed) = closer.judged(&passage).await;
        closer.store.open_case(typed).await.unwrap();
        let refused = closer.store.close_passage(closing).await;
        assert!(
            matches!(refused, Err(StoreError::CaseNear { .. })),
            "{refused:?}"
        );
        closer.close_when_possible(&passage, &[]).await.unwrap();
        assert_eq!(closer.case_of(&passage).await.as_deref(), Some("typed"));
    }

    /// A case that can't be read takes no passage: the passage is closed all the same, with one of its own.
    #[tokio::test]
    async fn a_passage_is_closed_beside_a_case_that_cannot_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let closer = closer(folder.path()).await;
        let passage = passage(1, 0);
        let (_, mut typed) = closer.judged(&passage).await;
        typed.new.body = json!({});
        closer.store.open_case(typed).await.unwrap();
        let refused = closer.close(&passage, Vec::new(), true).await.unwrap_err();
        assert!(
            matches!(refused.downcast_ref(), Some(StoreError::CaseNear { .. })),
            "{refused}"
        );
        closer.close_when_possible(&passage, &[]).await.unwrap();
        let case_id = closer.case_of(&passage).await.unwrap();
        assert_ne!(case_id, "typed");
    }
}
