//! The one writer: takes whatever waits into one transaction, syncs once, answers each.
//!
//! A batch that fails for its content is tried again operation by operation, so that a bad one
//! never harms another. A batch that fails because the machine is in trouble (disk full, server
//! gone) is kept and tried again with growing pauses: recordings wait as long as it takes, people
//! get the error at once.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::StoreHealth;
use super::db::{Connection, Faults, Value, WriteTransaction};
use super::error::{FailureClass, StoreError};
use super::open;
use super::operation::{CaseChange, Operation, Reply, Request};
use super::plan::{Known, Plan, Rows, StoredPassage};
use super::records::{
    ActChange, ActClaim, CaseRow, CaseStep, CountedCaseRow, InspectionRow, InspectionStep, NewCase,
    OpenedCase, Party, PartyRollRow, RegisterRow,
};
use super::settings::DatabaseUrl;
use super::statements::{self, CASE_KEYS, PASSAGE_KEYS, REGISTER_KEYS, Statement};
use crate::clock::Clock;
use crate::evidence::journal::Chain;
use crate::units::Micros;

type Answer = Result<Reply, StoreError>;

/// First pause after a failure; it doubles up to the longest.
const FIRST_PAUSE_MS: u64 = 20;

/// What callers and the writer share.
#[derive(Debug, Default)]
pub struct Shared {
    pub queued: AtomicUsize,
    /// Told when parties were marked for their counters to be rolled.
    pub marked: Notify,
    health: Mutex<StoreHealth>,
}

impl Shared {
    pub fn health(&self) -> StoreHealth {
        let mut health = self
            .health
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        health.queued = self.queued.load(Ordering::Relaxed);
        health
    }

    fn update(&self, change: impl FnOnce(&mut StoreHealth)) {
        change(&mut self.health.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// Where the writer's work comes from. Two queues, so that a person's operation finds its way to
/// an answer while recordings wait for the disk.
pub struct Queues {
    pub recordings: mpsc::Receiver<Request>,
    pub others: mpsc::Receiver<Request>,
    pub stop: CancellationToken,
}

/// The writer's state.
pub struct Writer {
    pub url: DatabaseUrl,
    pub faults: Faults,
    pub batch_limit: usize,
    pub longest_pause_ms: u64,
    pub clock: Arc<dyn Clock>,
    pub connection: Option<Connection>,
    pub chain: Chain,
    pub last_recorded_at: i64,
    pub shared: Arc<Shared>,
    pub head: watch::Sender<i64>,
    /// Held as long as the writer lives.
    pub lock: Option<File>,
    pub unknown: Option<Unknown>,
}

/// A batch whose commit was asked for and not confirmed.
pub struct Unknown {
    head: String,
    answers: Vec<Answer>,
}

impl Writer {
    /// Writes until the store is shut down or nobody is left who could ask.
    pub async fn run(mut self, mut queues: Queues) {
        while let Some(batch) = queues.next(self.batch_limit).await {
            self.settle(batch, &mut queues).await;
        }
        if let Some(connection) = self.connection.take() {
            connection.close().await;
        }
        drop(self.lock.take());
    }

    /// Makes a batch durable and answers each of its operations.
    async fn settle(&mut self, mut pending: Vec<Request>, queues: &mut Queues) {
        let mut pause_ms = FIRST_PAUSE_MS;
        while !pending.is_empty() {
            let error = match self.attempt(&pending).await {
                Ok(answers) => return self.answer_all(pending, answers),
                Err(error) => error,
            };
            self.shared.update(|health| health.failures += 1);
            let operating = error.class().is_none_or(FailureClass::is_operating);
            if !operating {
                return self.settle_singly(pending, error, queues).await;
            }
            self.shared
                .update(|health| health.failing = Some(error.to_string()));
            tracing::error!(%error, waiting = pending.len(), "nothing can be written");
            self.release_people(&mut pending, &error);
            if pending.is_empty() {
                // Whoever waited was answered. What comes next is another batch, which the answers of
                // an uncertain commit do not belong to.
                self.unknown = None;
                return;
            }
            if queues.stop.is_cancelled() {
                for request in pending {
                    self.answer(request, Err(same(&error)));
                }
                return;
            }
            queues
                .pause(Duration::from_millis(pause_ms), &error, &self.shared)
                .await;
            pause_ms = pause_ms.saturating_mul(2).min(self.longest_pause_ms.max(1));
        }
    }

    /// Tries each operation of a failed batch in a transaction of its own; one that was alone
    /// already gets the error.
    async fn settle_singly(
        &mut self,
        mut pending: Vec<Request>,
        error: StoreError,
        queues: &mut Queues,
    ) {
        if pending.len() == 1 {
            if let Some(request) = pending.pop() {
                let answer = Err(explained(&request.operation, error));
                self.answer(request, answer);
            }
            return;
        }
        tracing::warn!(%error, operations = pending.len(), "a batch failed, trying one by one");
        for request in pending {
            Box::pin(self.settle(vec![request], queues)).await;
        }
    }

    /// Answers the people in a batch that waits with the reason; recordings stay.
    fn release_people(&mut self, pending: &mut Vec<Request>, error: &StoreError) {
        let mut answers = self
            .unknown
            .as_mut()
            .map(|unknown| std::mem::take(&mut unknown.answers));
        let mut kept_answers = Vec::new();
        let mut kept = Vec::new();
        for request in std::mem::take(pending) {
            let answer = answers
                .as_mut()
                .filter(|answers| !answers.is_empty())
                .map(|answers| answers.remove(0));
            if request.operation.is_recording() {
                kept.push(request);
                kept_answers.extend(answer);
            } else {
                self.answer(request, Err(same(error)));
            }
        }
        if let Some(unknown) = &mut self.unknown {
            unknown.answers = kept_answers;
        }
        *pending = kept;
    }

    fn answer_all(&self, pending: Vec<Request>, answers: Vec<Answer>) {
        for (request, answer) in pending.into_iter().zip(answers) {
            self.answer(request, answer);
        }
    }

    fn answer(&self, request: Request, answer: Answer) {
        self.shared.queued.fetch_sub(1, Ordering::Relaxed);
        // The caller may have gone away; what it asked for is durable all the same.
        let _ = request.reply.send(answer);
    }

    /// One transaction for all of `pending`; its answers hold once this returns `Ok`.
    async fn attempt(&mut self, pending: &[Request]) -> Result<Vec<Answer>, StoreError> {
        if self.connection.is_none() {
            let mut connection = open::connect(&self.url).await?;
            let (chain, recorded_at) =
                open::read_chain(&mut connection, &self.chain.station).await?;
            self.last_recorded_at = self.last_recorded_at.max(recorded_at);
            self.chain = chain;
            self.connection = Some(connection);
        }
        if let Some(unknown) = self.unknown.take()
            && unknown.head == self.chain.head
        {
            self.committed(pending.len(), 0, 0);
            self.shared.marked.notify_one();
            return Ok(unknown.answers);
        }
        let result = self.transact(pending).await;
        if result.is_err() {
            // A connection that failed may be in any state; the next try opens a new one and reads
            // where the chain stands.
            if let Some(connection) = self.connection.take() {
                connection.close().await;
            }
        }
        result
    }

    async fn transact(&mut self, pending: &[Request]) -> Result<Vec<Answer>, StoreError> {
        let Some(connection) = self.connection.as_mut() else {
            return Err(StoreError::Closed);
        };
        let mut transaction = connection.begin(&self.faults).await?;
        let known = look_up(&mut transaction, pending).await?;
        let now = self.clock.now().get().max(self.last_recorded_at);
        let mut plan = Plan::new(known, self.chain.clone(), Micros::new(now));
        let answers: Vec<Answer> = pending
            .iter()
            .map(|request| plan.add(&request.operation))
            .collect();
        let (chain, retransmissions) = (plan.chain.clone(), plan.retransmissions);
        if plan.is_empty() {
            // Everything was there before, or refused.
            drop(transaction);
            self.committed(0, 0, retransmissions);
            return Ok(answers);
        }
        let marks = plan.rolls.values().any(Option::is_some);
        let (tables, singles) = plan.into_rows();
        let mut rows = 0;
        for table in tables {
            rows += insert(&mut transaction, table).await?;
        }
        for (statement, values) in singles {
            rows += transaction.run(statement, values).await?;
        }
        if let Err(error) = transaction.commit().await {
            if chain.head != self.chain.head {
                self.unknown = Some(Unknown {
                    head: chain.head,
                    answers,
                });
            }
            return Err(uncertain(error));
        }
        self.chain = chain;
        self.last_recorded_at = now;
        self.committed(pending.len(), rows, retransmissions);
        if marks {
            self.shared.marked.notify_one();
        }
        Ok(answers)
    }

    fn committed(&self, operations: usize, rows: u64, retransmissions: u64) {
        let now = self.clock.now();
        self.shared.update(|health| {
            health.retransmissions += retransmissions;
            if operations > 0 {
                health.failing = None;
                health.last_commit_at = Some(now);
                health.last_batch = operations;
                health.commits += 1;
                health.operations += operations as u64;
                health.rows += rows;
            }
        });
        let sequence = self.chain.next_sequence - 1;
        self.head
            .send_if_modified(|head| std::mem::replace(head, sequence) != sequence);
    }
}

impl Queues {
    /// The next batch: waits for one operation, takes what else is there. `None` at the end.
    async fn next(&mut self, limit: usize) -> Option<Vec<Request>> {
        if self.stop.is_cancelled() {
            self.recordings.close();
            self.others.close();
        }
        let first = tokio::select! {
            biased;
            () = self.stop.cancelled(), if !self.recordings.is_closed() => None,
            Some(request) = self.others.recv() => Some(request),
            Some(request) = self.recordings.recv() => Some(request),
            else => return None,
        };
        if first.is_none() {
            // Nobody can ask any more, but what was asked is still done.
            self.recordings.close();
            self.others.close();
        }
        let mut batch = Vec::from_iter(first);
        while batch.len() < limit {
            match self
                .others
                .try_recv()
                .or_else(|_| self.recordings.try_recv())
            {
                Ok(request) => batch.push(request),
                Err(_) => break,
            }
        }
        Some(batch)
    }

    /// Waits before the next try, answering people meanwhile.
    async fn pause(&mut self, pause: Duration, error: &StoreError, shared: &Shared) {
        let timer = tokio::time::sleep(pause);
        tokio::pin!(timer);
        loop {
            tokio::select! {
                () = &mut timer => return,
                () = self.stop.cancelled() => return,
                Some(request) = self.others.recv() => {
                    shared.queued.fetch_sub(1, Ordering::Relaxed);
                    let _ = request.reply.send(Err(same(error)));
                }
            }
        }
    }
}

/// A database error once more, for the next person who asks.
fn same(error: &StoreError) -> StoreError {
    match error {
        StoreError::Database { class, at, message } => StoreError::Database {
            class: *class,
            at,
            message: message.clone(),
        },
        other => StoreError::Database {
            class: FailureClass::Gone,
            at: "connect",
            message: other.to_string(),
        },
    }
}

/// A failed commit is trouble of the machine whatever the engine calls it: whether it took place
/// must be read before anything is tried again.
fn uncertain(error: StoreError) -> StoreError {
    match error {
        StoreError::Database { class, at, message } if !class.is_operating() => {
            StoreError::Database {
                class: FailureClass::Gone,
                at,
                message,
            }
        }
        other => other,
    }
}

/// Puts an error in words of the operation where the engine's are too general.
fn explained(operation: &Operation, error: StoreError) -> StoreError {
    match (operation, &error) {
        (
            Operation::PutSession { user_name, .. },
            StoreError::Database {
                class: FailureClass::Conflict,
                ..
            },
        ) => StoreError::UnknownUser {
            name: user_name.clone(),
        },
        _ => error,
    }
}

/// Reads all rows that a batch may touch.
async fn look_up(
    transaction: &mut WriteTransaction<'_>,
    pending: &[Request],
) -> Result<Known, StoreError> {
    let mut passages = BTreeSet::new();
    let mut cases = BTreeSet::new();
    let mut counted = BTreeSet::new();
    for request in pending {
        match &request.operation {
            Operation::Weighing(weighing) => {
                passages.insert(weighing.new.passage_id.clone());
            }
            Operation::Closing(closing) => {
                passages.insert(closing.new.passage_id.clone());
                match &closing.case {
                    CaseChange::None => {}
                    CaseChange::Open { new, .. } => {
                        cases.insert(new.case_id.clone());
                    }
                    CaseChange::Attach { case_id, .. } => {
                        cases.insert(case_id.clone());
                    }
                }
            }
            Operation::Step(step) => {
                cases.insert(step.step.case_id.clone());
                counted.insert(step.step.case_id.clone());
            }
            Operation::Roll(roll) => {
                let ids = roll.steps.iter().map(|step| step.step.case_id.clone());
                cases.extend(ids.clone());
                counted.extend(ids);
            }
            Operation::Register(changes) => {
                let past = changes.changes.iter();
                let past = past.filter_map(|change| change.new.counted.as_ref());
                counted.extend(past.map(|case| case.case_id.clone()));
            }
            Operation::OpenCase(open) => {
                cases.insert(open.opened.new.case_id.clone());
                passages.extend(open.opened.passages.iter().cloned());
            }
            Operation::Inspect(inspect) => {
                passages.extend(inspect.step.passages.iter().cloned());
                cases.extend(inspect.step.columns.case_id.clone());
            }
            _ => {}
        }
    }
    let mut known = Known::default();
    look_up_passages(transaction, &passages, &mut known).await?;
    look_up_marks(transaction, pending, &mut known).await?;
    look_up_register(transaction, pending, &mut known).await?;
    for request in pending {
        match &request.operation {
            Operation::Step(step) => look_up_claims(transaction, &step.step, &mut known).await?,
            Operation::Inspect(inspect) => {
                look_up_inspection(transaction, &inspect.step, &mut known).await?;
            }
            Operation::Roll(roll) => look_up_roll(transaction, &roll.party, &mut known).await?,
            Operation::Closing(closing) => {
                if let CaseChange::Open { new, .. } = &closing.case {
                    look_up_near(transaction, new, &mut known).await?;
                }
            }
            Operation::OpenCase(open) => {
                look_up_others(transaction, &open.opened, &mut cases, &mut known).await?;
            }
            _ => {}
        }
    }
    let conflicts: BTreeSet<String> = pending
        .iter()
        .filter_map(|request| match &request.operation {
            Operation::Weighing(weighing) => Some(&weighing.new),
            _ => None,
        })
        .filter(|new| {
            let stored = known.passages.get(&new.passage_id);
            stored.is_some_and(|stored| stored.raw_digest != new.raw_digest)
        })
        .map(|new| crate::passage::conflicting_id(&new.passage_id, &new.raw_digest))
        .collect();
    look_up_passages(transaction, &conflicts, &mut known).await?;
    for (statement, values) in padded(statements::CASE_FILE_BY_IDS, CASE_KEYS, &cases) {
        let rows: Vec<CaseRow> = transaction.all(statement, values).await?;
        known
            .cases
            .extend(rows.into_iter().map(|row| (row.case_id.clone(), row)));
    }
    for (statement, values) in padded(statements::COUNTED_CASE_BY_IDS, CASE_KEYS, &counted) {
        let rows: Vec<CountedCaseRow> = transaction.all(statement, values).await?;
        known.counted.extend(
            rows.into_iter()
                .map(|row| (row.case_id.clone(), row.into())),
        );
    }
    Ok(known)
}

/// Parties are rolled one at a time: each is looked up by itself.
async fn look_up_roll(
    transaction: &mut WriteTransaction<'_>,
    party: &Party,
    known: &mut Known,
) -> Result<(), StoreError> {
    let values = vec![party.track.name().into(), party.id.as_str().into()];
    let rows: Vec<PartyRollRow> = transaction.all(statements::PARTY_ROLL_GET, values).await?;
    let marks = rows.into_iter().map(|row| (party.clone(), row.marked));
    known.rolls.extend(marks);
    Ok(())
}

/// Marks come a few an hour: each is looked up by itself.
async fn look_up_marks(
    transaction: &mut WriteTransaction<'_>,
    pending: &[Request],
    known: &mut Known,
) -> Result<(), StoreError> {
    for request in pending {
        let Operation::Mark(mark) = &request.operation else {
            continue;
        };
        let (kind, lane, at) = (mark.new.kind, mark.new.lane, mark.new.at.get());
        let values = vec![kind.name().into(), lane.into(), at.into()];
        let rows: Vec<MarkSequence> = transaction.all(statements::MARK_GET, values).await?;
        if let Some(row) = rows.first() {
            known.marks.insert((kind, lane, at), row.sequence);
        }
    }
    Ok(())
}

async fn look_up_register(
    transaction: &mut WriteTransaction<'_>,
    pending: &[Request],
    known: &mut Known,
) -> Result<(), StoreError> {
    let mut keys: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
    for request in pending {
        if let Operation::Register(changes) = &request.operation {
            for change in &changes.changes {
                let (kind, key) = (change.new.kind, change.new.key.clone());
                keys.entry(kind).or_default().insert(key);
            }
        }
    }
    for (kind, keys) in keys {
        for (statement, values) in padded_of(kind, &keys) {
            let rows: Vec<RegisterRow> = transaction.all(statement, values).await?;
            known.register.extend(
                rows.into_iter()
                    .map(|row| ((kind, row.entry_key), (row.version, row.first_sequence))),
            );
        }
    }
    Ok(())
}

/// Look-ups of a register's entries by their keys.
pub fn padded_of(kind: &str, keys: &BTreeSet<String>) -> Vec<(Statement, Vec<Value>)> {
    padded(statements::REGISTER_ENTRY_BY_KEYS, REGISTER_KEYS, keys)
        .into_iter()
        .map(|(statement, mut values)| {
            values.insert(0, kind.into());
            (statement, values)
        })
        .collect()
}

/// Steps of cases are few: the series and the act of each are looked up by themselves.
async fn look_up_claims(
    transaction: &mut WriteTransaction<'_>,
    step: &CaseStep,
    known: &mut Known,
) -> Result<(), StoreError> {
    for claim in &step.numbers {
        let values = vec![claim.series.as_str().into(), claim.year.into()];
        let rows: Vec<LatestNumber> = transaction
            .all(statements::NUMBER_SERIES_GET, values)
            .await?;
        let latest = rows
            .into_iter()
            .map(|row| ((row.series, row.year), row.serial));
        known.series.extend(latest);
    }
    if step.act != ActChange::Keep {
        let values = vec![step.columns.act_id.as_str().into()];
        let rows: Vec<ActClaim> = transaction.all(statements::ACT_CLAIM_GET, values).await?;
        known
            .acts
            .extend(rows.into_iter().map(|row| (row.act_id.clone(), row)));
    }
    Ok(())
}

/// Cases that a case by hand may be about the same act as: those of its passages, and those of its plate that
/// lie near.
async fn look_up_others(
    transaction: &mut WriteTransaction<'_>,
    opened: &OpenedCase,
    cases: &mut BTreeSet<String>,
    known: &mut Known,
) -> Result<(), StoreError> {
    for passage_id in &opened.passages {
        let values = vec![passage_id.as_str().into()];
        let rows: Vec<CaseId> = transaction.all(statements::CASE_OF_PASSAGE, values).await?;
        let found = known.cased.entry(passage_id.clone()).or_default();
        found.extend(rows.into_iter().map(|row| row.case_id));
        cases.extend(found.iter().cloned());
    }
    look_up_near(transaction, &opened.new, known).await
}

/// Cases of a new case's plate that may be about the same act.
async fn look_up_near(
    transaction: &mut WriteTransaction<'_>,
    new: &NewCase,
    known: &mut Known,
) -> Result<(), StoreError> {
    if let Some([from, to]) = new.alone_within {
        let plate = new.columns.plate.as_str();
        let values = vec![plate.into(), from.get().into(), to.get().into()];
        let rows: Vec<CaseRow> = transaction.all(statements::CASE_FILE_NEAR, values).await?;
        let near = rows.into_iter().map(|row| (row.case_id.clone(), row));
        known.cases.extend(near);
    }
    Ok(())
}

async fn look_up_inspection(
    transaction: &mut WriteTransaction<'_>,
    step: &InspectionStep,
    known: &mut Known,
) -> Result<(), StoreError> {
    let values = vec![step.inspection_id.as_str().into()];
    let rows: Vec<InspectionRow> = transaction.all(statements::INSPECTION_GET, values).await?;
    known
        .inspections
        .extend(rows.into_iter().map(|row| (row.inspection_id.clone(), row)));
    for passage_id in &step.passages {
        let values = vec![passage_id.as_str().into()];
        let rows: Vec<InspectionId> = transaction
            .all(statements::INSPECTION_OF_PASSAGE, values)
            .await?;
        let stays = rows
            .into_iter()
            .map(|row| (passage_id.clone(), row.inspection_id));
        known.inspected.extend(stays);
    }
    Ok(())
}

/// The latest serial number of a series.
#[derive(sqlx::FromRow)]
struct LatestNumber {
    series: String,
    year: i64,
    serial: i64,
}

#[derive(sqlx::FromRow)]
struct CaseId {
    case_id: String,
}

#[derive(sqlx::FromRow)]
struct InspectionId {
    inspection_id: String,
}

#[derive(sqlx::FromRow)]
struct MarkSequence {
    sequence: i64,
}

async fn look_up_passages(
    transaction: &mut WriteTransaction<'_>,
    ids: &BTreeSet<String>,
    known: &mut Known,
) -> Result<(), StoreError> {
    for (statement, values) in padded(statements::PASSAGE_BY_IDS, PASSAGE_KEYS, ids) {
        let rows: Vec<StoredPassage> = transaction.all(statement, values).await?;
        known.passages.extend(
            rows.into_iter()
                .map(|row| (row.row.passage_id.clone(), row)),
        );
    }
    Ok(())
}

/// Look-ups of `width` ids each, the last padded by repeating its last id.
pub fn padded(
    statement: Statement,
    width: usize,
    ids: &BTreeSet<String>,
) -> Vec<(Statement, Vec<Value>)> {
    let ids: Vec<Arc<str>> = ids.iter().map(|id| id.as_str().into()).collect();
    ids.chunks(width)
        .map(|chunk| {
            let padding = chunk.last().into_iter().cycle().take(width - chunk.len());
            let values = chunk
                .iter()
                .chain(padding)
                .map(|id| Arc::clone(id).into())
                .collect();
            (statement, values)
        })
        .collect()
}

async fn insert(transaction: &mut WriteTransaction<'_>, rows: Rows) -> Result<u64, StoreError> {
    let columns = rows.statement.columns;
    let mut left = rows.values.len() / columns;
    let mut values = rows.values.into_iter();
    let mut written = 0;
    while left > 0 {
        let (chunk, statement) = rows.statement.chunk(left);
        let chunk_values = values.by_ref().take(chunk * columns).collect();
        written += transaction.run(statement, chunk_values).await?;
        left -= chunk;
    }
    Ok(written)
}
