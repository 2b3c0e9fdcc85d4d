//! Durable storage (数据存储): one SQL text for SQLite and PostgreSQL, one writer with group commit.

pub mod db;
pub mod error;
pub mod pictures;
pub mod records;
pub mod settings;

use std::sync::Arc;

use serde_json::Value;
use tokio::sync::watch;

use crate::clock::{Clock, Entropy};
use crate::evidence::journal::{Break, Head};
use crate::role::Role;
use crate::units::Micros;
pub use error::{FailureClass, StoreError};
pub use pictures::PictureStore;
use records::{
    Actor, CaseRow, CaseStep, JournalRow, ListFilter, NewClosing, NewWeighing, PageKey, PassageRow,
    PictureRow, Recorded, SessionRow, UserRow,
};
pub use settings::{DatabaseUrl, StoreSettings};

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
    /// The chain holds, but a row says otherwise than the entry behind it.
    #[error("journal entry {sequence}: {what}")]
    Disagreement {
        /// The entry.
        sequence: i64,
        /// Which row and column.
        what: String,
    },
}

/// A database (数据库) with its pictures. Cheap to clone; all clones share one writer.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    pictures: PictureStore,
    head: watch::Sender<i64>,
}

macro_rules! unfinished {
    ($($argument:expr),* $(,)?) => {{
        $(let _ = $argument;)*
        Err(StoreError::Closed)
    }};
}

#[allow(
    missing_docs,
    reason = "signatures first, filled in by the next commit"
)]
impl Store {
    pub async fn open(
        settings: StoreSettings,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Result<Self, StoreError> {
        unfinished!(settings, clock, entropy)
    }
    pub async fn open_read_only(settings: StoreSettings) -> Result<Self, StoreError> {
        unfinished!(settings)
    }
    pub async fn shutdown(self) {}
    pub async fn record_weighing(&self, weighing: NewWeighing) -> Result<Recorded, StoreError> {
        unfinished!(weighing)
    }
    pub async fn close_passage(&self, closing: NewClosing) -> Result<Closed, StoreError> {
        unfinished!(closing)
    }
    pub async fn append(
        &self,
        kind: &'static str,
        actor: Actor,
        body: Value,
    ) -> Result<i64, StoreError> {
        unfinished!(kind, actor, body)
    }
    pub async fn step_case(&self, step: CaseStep) -> Result<i64, StoreError> {
        unfinished!(step)
    }
    pub async fn put_user(
        &self,
        name: &str,
        role: Role,
        password_hash: &str,
        active: bool,
        by: &Actor,
    ) -> Result<i64, StoreError> {
        unfinished!(name, role, password_hash, active, by)
    }
    pub async fn put_session(
        &self,
        token_digest: &str,
        user_name: &str,
        expires_at: Micros,
    ) -> Result<(), StoreError> {
        unfinished!(token_digest, user_name, expires_at)
    }
    pub async fn delete_session(&self, token_digest: &str) -> Result<(), StoreError> {
        unfinished!(token_digest)
    }
    pub async fn passages(
        &self,
        filter: &ListFilter,
        after: Option<&PageKey>,
        limit: i64,
    ) -> Result<Vec<PassageRow>, StoreError> {
        unfinished!(filter, after, limit)
    }
    pub async fn passage(&self, passage_id: &str) -> Result<Option<PassageRow>, StoreError> {
        unfinished!(passage_id)
    }
    pub async fn pictures_of(&self, passage_id: &str) -> Result<Vec<PictureRow>, StoreError> {
        unfinished!(passage_id)
    }
    pub async fn cases(
        &self,
        filter: &ListFilter,
        after: Option<&PageKey>,
        limit: i64,
    ) -> Result<Vec<CaseRow>, StoreError> {
        unfinished!(filter, after, limit)
    }
    pub async fn case(&self, case_id: &str) -> Result<Option<CaseRow>, StoreError> {
        unfinished!(case_id)
    }
    pub async fn case_passages(&self, case_id: &str) -> Result<Vec<String>, StoreError> {
        unfinished!(case_id)
    }
    pub async fn case_history(&self, case_id: &str) -> Result<Vec<JournalRow>, StoreError> {
        unfinished!(case_id)
    }
    pub async fn journal_after(
        &self,
        sequence: i64,
        limit: i64,
    ) -> Result<Vec<JournalRow>, StoreError> {
        unfinished!(sequence, limit)
    }
    pub async fn journal_entry(&self, sequence: i64) -> Result<Option<JournalRow>, StoreError> {
        unfinished!(sequence)
    }
    pub async fn journal_head(&self) -> Result<Head, StoreError> {
        unfinished!()
    }
    pub fn watch_head(&self) -> watch::Receiver<i64> {
        self.inner.head.subscribe()
    }
    pub async fn user(&self, name: &str) -> Result<Option<UserRow>, StoreError> {
        unfinished!(name)
    }
    pub async fn users(&self) -> Result<Vec<UserRow>, StoreError> {
        unfinished!()
    }
    pub async fn session(
        &self,
        token_digest: &str,
        now: Micros,
    ) -> Result<Option<SessionRow>, StoreError> {
        unfinished!(token_digest, now)
    }
    pub async fn unclosed_passages(&self) -> Result<Vec<PassageRow>, StoreError> {
        unfinished!()
    }
    pub async fn latest_crossed_at(&self) -> Result<Option<Micros>, StoreError> {
        unfinished!()
    }
    pub async fn counts(&self) -> Result<Counts, StoreError> {
        unfinished!()
    }
    pub async fn verify_journal(
        &self,
        progress: impl FnMut(i64, i64) + Send,
    ) -> Result<Head, JournalFault> {
        let _ = progress;
        Err(JournalFault::Store(StoreError::Closed))
    }
    pub fn health(&self) -> StoreHealth {
        StoreHealth::default()
    }
    pub fn pictures(&self) -> &PictureStore {
        &self.inner.pictures
    }
}
