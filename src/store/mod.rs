//! Durable storage (数据存储): one SQL text for SQLite and PostgreSQL, one writer with group commit.
//!
//! How the two databases are served, and why so, stands in `docs/decisions.md`, section "Two
//! databases". The parts: [`db`] is the waist that alone knows two engines; `sql/` holds the
//! statements, [`statements`] names them; `operation` makes an operation ready in the caller's
//! task, `plan` decides in memory what a batch of them does, `writer` makes it durable; `read` and
//! `verify` read.

mod casework;
mod counters;
pub mod db;
pub mod error;
mod one_act;
mod open;
mod operation;
pub mod pictures;
mod plan;
mod read;
pub mod records;
mod register;
pub mod settings;
pub mod statements;
mod verify;
mod writer;

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::clock::{Clock, Entropy};
use crate::evidence::journal::Break;
use crate::role::Role;
use crate::units::Micros;
pub use casework::GivenNumber;
pub use error::{FailureClass, StoreError};
pub use one_act::AboutAct;
pub use operation::{
    CASE_ATTACHED, CASE_OPENED, COLUMNS, COUNTERS_TURNED, PASSAGE_CLOSED, REGISTER_CHANGED,
    USER_CHANGED, WEIGHING,
};
use operation::{Operation, Reply, Request};
pub use pictures::PictureStore;
use records::{
    Actor, CaseStep, InspectionStep, NewClosing, NewMark, NewWeighing, OpenedCase, Recorded,
};
pub use settings::{DatabaseUrl, StoreSettings};
pub use verify::{Difference, Disagreement, Verified};
use writer::{Queues, Shared, Writer};

/// What became of a closing (归档结果).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closed {
    /// Journal sequence of the closing.
    pub sequence: i64,
    /// The case the passage belongs to.
    pub case_id: Option<String>,
    /// It was closed before; that closing stands, nothing was changed.
    pub already: bool,
}

/// What became of a mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marked {
    /// Journal sequence of its entry.
    pub sequence: i64,
    /// There was one of this kind, lane and moment already; that one stands, nothing was changed.
    pub already: bool,
}

/// Numbers for a status page.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Passages.
    pub passages: i64,
    /// Of these, not closed yet.
    pub unclosed: i64,
    /// Passages by verdict class; passages without a verdict stand under the empty text.
    pub passages_by_class: std::collections::BTreeMap<String, i64>,
    /// Cases by state.
    pub cases_by_state: std::collections::BTreeMap<String, i64>,
    /// Pictures.
    pub pictures: i64,
    /// Journal entries.
    pub journal: i64,
}

/// How the writer fares.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct StoreHealth {
    /// Operations that wait to become durable.
    pub queued: usize,
    /// When the latest transaction was committed.
    pub last_commit_at: Option<Micros>,
    /// Operations in that transaction.
    pub last_batch: usize,
    /// Why nothing can be written at present; `None` when all is well.
    pub failing: Option<String>,
    /// Transactions committed since start.
    pub commits: u64,
    /// Operations made durable since start.
    pub operations: u64,
    /// Rows written since start, journal included.
    pub rows: u64,
    /// Transactions that failed since start.
    pub failures: u64,
    /// Retransmissions recognised since start.
    pub retransmissions: u64,
}

/// Why the journal as a whole is not as it should be.
#[derive(Debug, thiserror::Error)]
pub enum JournalFault {
    /// It could not be read to its end.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The chain is broken.
    #[error(transparent)]
    Break(#[from] Break),
    /// The chain holds, but a row says otherwise.
    #[error(transparent)]
    Disagreement(#[from] Disagreement),
}

/// A database (数据库) with its pictures. Cheap to clone; all clones share one writer.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    readers: db::Readers,
    pictures: PictureStore,
    entropy: Option<Arc<dyn Entropy>>,
    queues: Option<QueueEnds>,
    head: watch::Sender<i64>,
    shared: Arc<Shared>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

/// Where callers hand in their operations.
struct QueueEnds {
    recordings: mpsc::Sender<Request>,
    others: mpsc::Sender<Request>,
    stop: CancellationToken,
}

impl Store {
    /// Opens a database for reading and writing: makes it when it is missing, takes the writer's
    /// lock, migrates it (an older SQLite database is copied first) and starts the writer.
    ///
    /// # Errors
    /// [`StoreError::AlreadyRunning`], [`StoreError::Newer`], [`StoreError::OtherStation`],
    /// [`StoreError::Folder`] or [`StoreError::Database`].
    pub async fn open(
        settings: StoreSettings,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StoreError> {
        let pictures = PictureStore::in_folder(&settings.pictures)?;
        let opened = open::open(&settings, clock.now().get()).await?;
        let (head, _) = watch::channel(opened.chain.next_sequence - 1);
        let shared = Arc::new(Shared::default());
        let stop = CancellationToken::new();
        let (recordings, recordings_queue) = mpsc::channel(settings.queue_limit.max(1));
        let (others, others_queue) = mpsc::channel(settings.queue_limit.max(1));
        let writer = Writer {
            url: settings.url,
            faults: settings.faults,
            batch_limit: settings.batch_limit.max(1),
            longest_pause_ms: settings.longest_pause_ms,
            clock,
            connection: Some(opened.connection),
            chain: opened.chain,
            last_recorded_at: opened.last_recorded_at,
            shared: Arc::clone(&shared),
            head: head.clone(),
            lock: opened.lock,
            unknown: None,
        };
        let queues = Queues {
            recordings: recordings_queue,
            others: others_queue,
            stop: stop.clone(),
        };
        let writer = tokio::spawn(writer.run(queues));
        Ok(Self {
            inner: Arc::new(Inner {
                readers: opened.readers,
                pictures,
                entropy: Some(entropy),
                queues: Some(QueueEnds {
                    recordings,
                    others,
                    stop,
                }),
                head,
                shared,
                writer: Mutex::new(Some(writer)),
            }),
        })
    }

    /// Opens a database for reading only, beside a daemon that writes or without one. Every write
    /// is refused with [`StoreError::Closed`].
    ///
    /// # Errors
    /// [`StoreError::Folder`] when there is no such file, [`StoreError::Newer`],
    /// [`StoreError::Older`] or [`StoreError::Database`].
    pub async fn open_read_only(settings: StoreSettings) -> Result<Self, StoreError> {
        let readers = open::open_read_only(&settings).await?;
        let store = Self {
            inner: Arc::new(Inner {
                readers,
                pictures: PictureStore::at_folder(&settings.pictures),
                entropy: None,
                queues: None,
                head: watch::channel(0).0,
                shared: Arc::default(),
                writer: Mutex::new(None),
            }),
        };
        let sequence = store.journal_head().await?.sequence;
        store.inner.head.send_replace(sequence);
        Ok(store)
    }

    /// Writes what was handed in, then closes all connections and lets go of the lock. Clones of
    /// this store can no longer read or write afterwards.
    ///
    /// Recordings that can't be written because the machine is in trouble are answered with the
    /// error instead of waiting on.
    pub async fn shutdown(self) {
        if let Some(queues) = &self.inner.queues {
            queues.stop.cancel();
        }
        let writer = self
            .inner
            .writer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(writer) = writer
            && let Err(error) = writer.await
        {
            tracing::error!(%error, "the store's writer ended badly");
        }
        self.inner.readers.close().await;
    }

    /// Waits until the writer has ended: after [`Store::shutdown`], or by a fault of the program.
    pub async fn writer_ended(&self) {
        match &self.inner.queues {
            Some(queues) => queues.recordings.closed().await,
            None => std::future::pending().await,
        }
    }

    /// Makes a weighing durable (称重记录入库). Returns only when it is; while the database can't
    /// be written it waits, and [`Store::health`] says why.
    ///
    /// # Errors
    /// [`StoreError::Body`] when the body has no canonical form, [`StoreError::Closed`] after
    /// shutdown, [`StoreError::Database`] of a class that waiting can't help.
    pub async fn record_weighing(&self, weighing: NewWeighing) -> Result<Recorded, StoreError> {
        self.queue_weighing(weighing).await?.await
    }

    /// Gives a weighing its place in the queue and hands out what [`Store::record_weighing`] waits
    /// for. Weighings are stored in the order of their queueing: of two under one key the first
    /// keeps it, and recovery rests on nothing being missing before the latest.
    ///
    /// # Errors
    /// Those of [`Store::record_weighing`].
    pub async fn queue_weighing(
        &self,
        weighing: NewWeighing,
    ) -> Result<impl Future<Output = Result<Recorded, StoreError>> + Send + use<>, StoreError> {
        let operation = Operation::weighing(weighing, self.entropy()?)?;
        let answer = self.enqueue(operation).await?;
        Ok(async move {
            match answer.await.unwrap_or(Err(StoreError::Closed))? {
                Reply::Recorded(recorded) => Ok(recorded),
                _ => Err(StoreError::Closed),
            }
        })
    }

    /// Closes a passage (归档), with its pictures and the case it opens or joins, in one
    /// transaction. A passage that is closed already stays as it is and the earlier closing is
    /// handed back, whatever this one says. Waits like [`Store::record_weighing`].
    ///
    /// # Errors
    /// [`StoreError::UnknownPassage`], [`StoreError::UnknownCase`], [`StoreError::CaseExists`], and
    /// [`StoreError::CaseNear`] where a case that it would open has come to stand beside another that may be
    /// about the same act: look again (the passage then stays open); and those of [`Store::record_weighing`].
    pub async fn close_passage(&self, closing: NewClosing) -> Result<Closed, StoreError> {
        match self
            .submit(Operation::closing(closing, self.entropy()?)?)
            .await?
        {
            Reply::Closed(closed) => Ok(closed),
            _ => Err(StoreError::Closed),
        }
    }

    /// Adds an entry of any kind to the journal and gives its sequence. Entries of the system
    /// (actor `system:…`) wait like recordings; those of a person fail at once.
    ///
    /// # Errors
    /// Those of [`Store::record_weighing`].
    pub async fn append(
        &self,
        kind: &'static str,
        actor: Actor,
        body: Value,
    ) -> Result<i64, StoreError> {
        self.sequence(Operation::append(kind, actor, &body, self.entropy()?)?)
            .await
    }

    /// Records what happened in a lane at a moment, with its journal entry. A mark of this kind, lane
    /// and moment that is there already stands, whatever this one says. Marks of the system wait like
    /// recordings; those of a person fail at once.
    ///
    /// # Errors
    /// Those of [`Store::record_weighing`].
    pub async fn mark(&self, mark: NewMark) -> Result<Marked, StoreError> {
        match self.submit(Operation::mark(mark, self.entropy()?)?).await? {
            Reply::Marked(marked) => Ok(marked),
            _ => Err(StoreError::Closed),
        }
    }

    /// Moves a case on (案件流转) and gives the sequence of the step's entry.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when somebody was faster, [`StoreError::UnknownCase`],
    /// [`StoreError::NumberTaken`], [`StoreError::ActTaken`], [`StoreError::Body`], and [`StoreError::Database`] at once when nothing can be written.
    pub async fn step_case(&self, step: CaseStep) -> Result<i64, StoreError> {
        self.sequence(Operation::step(step, self.entropy()?)?).await
    }

    /// Opens a case by hand (人工立案) and gives the sequence of its entry.
    ///
    /// # Errors
    /// [`StoreError::CaseExists`], [`StoreError::UnknownPassage`], [`StoreError::PassageNotClosed`],
    /// [`StoreError::PassageInCase`] and [`StoreError::CaseNear`] where another case may be about the
    /// same act, and those of [`Store::step_case`].
    pub async fn open_case(&self, opened: OpenedCase) -> Result<i64, StoreError> {
        self.sequence(Operation::open_case(opened, self.entropy()?)?)
            .await
    }

    /// Begins a stay at the station, or moves one on (检测流转), and gives the sequence of the entry.
    ///
    /// # Errors
    /// [`StoreError::StaleInspection`] when somebody was faster, [`StoreError::PassageInspected`],
    /// [`StoreError::UnknownPassage`], and those of [`Store::step_case`].
    pub async fn step_inspection(&self, step: InspectionStep) -> Result<i64, StoreError> {
        self.sequence(Operation::inspect(step, self.entropy()?)?)
            .await
    }

    /// Adds or changes a user and gives the sequence of the entry, which names user, role and
    /// whether the account may be used, and of the password's hash a digest, never the hash itself.
    ///
    /// # Errors
    /// Those of [`Store::step_case`].
    pub async fn put_user(
        &self,
        name: &str,
        role: Role,
        password_hash: &str,
        active: bool,
        by: &Actor,
    ) -> Result<i64, StoreError> {
        let entropy = self.entropy()?;
        self.sequence(Operation::put_user(
            name,
            role,
            password_hash,
            active,
            by,
            entropy,
        )?)
        .await
    }

    /// Adds a session; sessions that ran out are removed on the way. `token_digest` is the SHA-256
    /// of the token in hex.
    ///
    /// # Errors
    /// [`StoreError::UnknownUser`], and those of [`Store::step_case`].
    pub async fn put_session(
        &self,
        token_digest: &str,
        user_name: &str,
        expires_at: Micros,
    ) -> Result<(), StoreError> {
        let (token_digest, user_name) = (token_digest.to_owned(), user_name.to_owned());
        self.submit(Operation::PutSession {
            token_digest,
            user_name,
            expires_at,
        })
        .await
        .map(drop)
    }

    /// Ends a session; one that isn't there is ended already.
    ///
    /// # Errors
    /// Those of [`Store::step_case`].
    pub async fn delete_session(&self, token_digest: &str) -> Result<(), StoreError> {
        let token_digest = token_digest.to_owned();
        self.submit(Operation::DeleteSession { token_digest })
            .await
            .map(drop)
    }

    /// The sequence of the latest durable entry, updated after each commit: what the live feed
    /// waits on.
    pub fn watch_head(&self) -> watch::Receiver<i64> {
        self.inner.head.subscribe()
    }

    /// How the writer fares.
    pub fn health(&self) -> StoreHealth {
        self.inner.shared.health()
    }

    /// The pictures.
    pub fn pictures(&self) -> &PictureStore {
        &self.inner.pictures
    }

    async fn sequence(&self, operation: Operation) -> Result<i64, StoreError> {
        match self.submit(operation).await? {
            Reply::Sequence(sequence) => Ok(sequence),
            _ => Err(StoreError::Closed),
        }
    }

    fn entropy(&self) -> Result<&dyn Entropy, StoreError> {
        self.inner.entropy.as_deref().ok_or(StoreError::Closed)
    }

    /// Hands an operation to the writer and waits for its answer.
    async fn submit(&self, operation: Operation) -> Result<Reply, StoreError> {
        let answer = self.enqueue(operation).await?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    async fn enqueue(
        &self,
        operation: Operation,
    ) -> Result<oneshot::Receiver<Result<Reply, StoreError>>, StoreError> {
        let queues = self.inner.queues.as_ref().ok_or(StoreError::Closed)?;
        let queue = if operation.is_recording() {
            &queues.recordings
        } else {
            &queues.others
        };
        let (reply, answer) = oneshot::channel();
        self.inner.shared.queued.fetch_add(1, Ordering::Relaxed);
        if queue.send(Request { operation, reply }).await.is_err() {
            self.inner.shared.queued.fetch_sub(1, Ordering::Relaxed);
            return Err(StoreError::Closed);
        }
        Ok(answer)
    }
}
