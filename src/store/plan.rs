//! Decides in memory what a batch of operations does to the database.
//!
//! All the rules stand here: what is a retransmission, what may be closed, whose step is stale. An
//! operation that the rules refuse touches no statement, so it can't harm the others in its batch.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::db::Value;
use super::error::StoreError;
use super::operation::{
    CASE_ATTACHED, CASE_OPENED, CaseChange, Closing, Mark, Operation, PASSAGE_CLOSED,
    REGISTER_CHANGED, RegisterChange, RegisterChanges, Reply, Step, USER_CHANGED, WEIGHING,
    Weighing, case_columns, sealed, weighing_columns, with_columns,
};
use super::records::{Actor, CaseRow, MarkKind, NewWeighing, PassageRow, Recorded};
use super::statements::{self, MultiRow, Statement};
use super::{Closed, Marked};
use crate::evidence::journal::{Chain, SealedBody};
use crate::passage::conflicting_id;
use crate::units::Micros;

/// Where a counted case is from: the register of past cases.
pub const FROM_REGISTER: &str = "register";

/// A passage with its raw digest.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct StoredPassage {
    #[sqlx(flatten)]
    pub row: PassageRow,
    pub raw_digest: String,
}

/// What the database holds of the rows a batch touches.
#[derive(Debug, Default)]
pub struct Known {
    pub passages: BTreeMap<String, StoredPassage>,
    pub cases: BTreeMap<String, CaseRow>,
    /// Journal sequences of marks.
    pub marks: BTreeMap<(MarkKind, i64, i64), i64>,
    /// Versions and first sequences of register entries, by register and key.
    pub register: BTreeMap<(&'static str, String), (i64, i64)>,
}

/// Rows to be added to one table, flat.
#[derive(Debug)]
pub struct Rows {
    pub statement: &'static MultiRow,
    pub values: Vec<Value>,
}

impl Rows {
    const fn new(statement: &'static MultiRow) -> Self {
        Self {
            statement,
            values: Vec::new(),
        }
    }

    fn push<const N: usize>(&mut self, row: [Value; N]) {
        debug_assert_eq!(
            N, self.statement.columns,
            "a row has as many values as columns"
        );
        self.values.extend(row);
    }
}

/// The writes of a batch, its answers and the chain after it.
#[derive(Debug)]
pub struct Plan {
    pub known: Known,
    pub chain: Chain,
    pub recorded_at: Micros,
    pub journal: Rows,
    pub passages: Rows,
    pub closings: Rows,
    pub pictures: Rows,
    pub cases: Rows,
    pub case_passages: Rows,
    pub case_entries: Rows,
    /// Register entries as the batch leaves them: one row a key, since a statement writes each once.
    pub register: BTreeMap<(&'static str, String), [Value; 12]>,
    pub register_history: Rows,
    /// Likewise what the counters see.
    pub counted: BTreeMap<String, Option<[Value; 10]>>,
    pub singles: Vec<(Statement, Vec<Value>)>,
    pub retransmissions: u64,
}

impl Plan {
    pub const fn new(known: Known, chain: Chain, recorded_at: Micros) -> Self {
        Self {
            known,
            chain,
            recorded_at,
            journal: Rows::new(&statements::JOURNAL_INSERT_ROWS),
            passages: Rows::new(&statements::PASSAGE_INSERT_ROWS),
            closings: Rows::new(&statements::PASSAGE_CLOSE_ROWS),
            pictures: Rows::new(&statements::PICTURE_INSERT_ROWS),
            cases: Rows::new(&statements::CASE_FILE_INSERT_ROWS),
            case_passages: Rows::new(&statements::CASE_PASSAGE_INSERT_ROWS),
            case_entries: Rows::new(&statements::CASE_ENTRY_INSERT_ROWS),
            register: BTreeMap::new(),
            register_history: Rows::new(&statements::REGISTER_HISTORY_INSERT_ROWS),
            counted: BTreeMap::new(),
            singles: Vec::new(),
            retransmissions: 0,
        }
    }

    /// All multi-row writes in the order that the foreign keys ask for.
    pub fn into_rows(mut self) -> ([Rows; 10], Vec<(Statement, Vec<Value>)>) {
        let mut register = Rows::new(&statements::REGISTER_ENTRY_PUT_ROWS);
        for row in self.register.into_values() {
            register.push(row);
        }
        let mut counted = Rows::new(&statements::COUNTED_CASE_PUT_ROWS);
        for (case_id, row) in self.counted {
            match row {
                Some(row) => counted.push(row),
                None => self.singles.push((
                    statements::COUNTED_CASE_REMOVE,
                    vec![case_id.into(), FROM_REGISTER.into()],
                )),
            }
        }
        let rows = [
            self.journal,
            self.passages,
            self.cases,
            self.closings,
            self.pictures,
            self.case_passages,
            self.case_entries,
            register,
            self.register_history,
            counted,
        ];
        (rows, self.singles)
    }

    /// Whether there is anything to write.
    pub fn is_empty(&self) -> bool {
        self.journal.values.is_empty() && self.singles.is_empty()
    }

    /// Plans one operation. A refused one leaves no trace.
    pub fn add(&mut self, operation: &Operation) -> Result<Reply, StoreError> {
        match operation {
            Operation::Weighing(weighing) => self.weighing(weighing).map(Reply::Recorded),
            Operation::Closing(closing) => self.closing(closing).map(Reply::Closed),
            Operation::Append(append) => self
                .entry(append.kind, &append.actor, &append.sealed)
                .map(Reply::Sequence),
            Operation::Step(step) => self.step(step).map(Reply::Sequence),
            Operation::Mark(mark) => self.mark(mark).map(Reply::Marked),
            Operation::Register(changes) => self.register(changes).map(Reply::Sequences),
            Operation::PutUser(user) => {
                let sequence = self.entry(USER_CHANGED, &user.by, &user.sealed)?;
                let values = vec![
                    user.name.as_str().into(),
                    user.role.name().into(),
                    user.password_hash.as_str().into(),
                    i64::from(user.active).into(),
                ];
                self.singles.push((statements::APP_USER_PUT, values));
                Ok(Reply::Sequence(sequence))
            }
            Operation::PutSession {
                token_digest,
                user_name,
                expires_at,
            } => {
                let expired = vec![self.recorded_at.get().into()];
                self.singles.push((statements::SESSION_EXPIRE, expired));
                let values = vec![
                    token_digest.as_str().into(),
                    user_name.as_str().into(),
                    expires_at.get().into(),
                ];
                self.singles.push((statements::SESSION_PUT, values));
                Ok(Reply::Done)
            }
            Operation::DeleteSession { token_digest } => {
                let values = vec![token_digest.as_str().into()];
                self.singles.push((statements::SESSION_DELETE, values));
                Ok(Reply::Done)
            }
        }
    }

    fn entry(
        &mut self,
        kind: &'static str,
        actor: &Actor,
        body: &SealedBody,
    ) -> Result<i64, StoreError> {
        let entry = self
            .chain
            .append(self.recorded_at, kind, &actor.0, body)
            .map_err(|source| StoreError::Body { kind, source })?;
        self.journal.push([
            entry.sequence.into(),
            entry.recorded_at.get().into(),
            kind.into(),
            actor.0.as_str().into(),
            entry.header.into(),
            entry.header_digest.into(),
            entry.body.into(),
        ]);
        Ok(entry.sequence)
    }

    fn weighing(&mut self, weighing: &Weighing) -> Result<Recorded, StoreError> {
        let new = &weighing.new;
        let Some(stored) = self.known.passages.get(&new.passage_id) else {
            let sequence = self.store(new, &new.passage_id, &weighing.sealed, false)?;
            return Ok(Recorded::New { sequence });
        };
        let passage_id = conflicting_id(&new.passage_id, &new.raw_digest);
        let kept_as = if stored.raw_digest == new.raw_digest {
            Some(&new.passage_id)
        } else {
            Some(&passage_id).filter(|id| self.known.passages.contains_key(*id))
        };
        if let Some(kept_as) = kept_as.cloned() {
            self.retransmissions += 1;
            return Ok(Recorded::Retransmission {
                passage_id: kept_as,
            });
        }
        let mut body = weighing.body.clone();
        if let Some(columns) = body.get_mut(super::operation::COLUMNS) {
            *columns = weighing_columns(new, &passage_id);
        }
        let body = sealed(WEIGHING, &body, weighing.salt)?;
        let sequence = self.store(new, &passage_id, &body, true)?;
        self.singles.push((
            statements::PASSAGE_FLAG,
            vec![new.passage_id.as_str().into()],
        ));
        if let Some(first) = self.known.passages.get_mut(&new.passage_id) {
            first.row.record_conflict = 1;
        }
        Ok(Recorded::Conflict {
            passage_id,
            sequence,
        })
    }

    fn store(
        &mut self,
        new: &NewWeighing,
        passage_id: &str,
        body: &SealedBody,
        record_conflict: bool,
    ) -> Result<i64, StoreError> {
        let sequence = self.entry(WEIGHING, &Actor::station(), body)?;
        let row = PassageRow {
            passage_id: passage_id.to_owned(),
            station: new.station.clone(),
            lane: new.lane,
            port: new.port.clone(),
            kind: new.kind.to_owned(),
            crossed_at: new.crossed_at.get(),
            gross_kg: new.gross_kg.get(),
            axle_count: new.axle_count,
            class: new.class.clone(),
            overage_kg: new.overage_kg.map(|overage| overage.get()),
            state: "weighed".to_owned(),
            plate: None,
            plate_state: None,
            enforceable: None,
            record_conflict: i64::from(record_conflict),
            weighing_sequence: sequence,
            closing_sequence: None,
            case_id: None,
        };
        self.passages.push([
            passage_id.into(),
            row.station.as_str().into(),
            row.lane.into(),
            row.port.as_str().into(),
            new.kind.into(),
            row.crossed_at.into(),
            row.gross_kg.into(),
            row.axle_count.into(),
            row.class.as_deref().into(),
            row.overage_kg.into(),
            row.state.as_str().into(),
            Value::Text(None),
            Value::Text(None),
            Value::Integer(None),
            row.record_conflict.into(),
            sequence.into(),
            Value::Integer(None),
            Value::Text(None),
            new.raw_digest.as_str().into(),
        ]);
        let stored = StoredPassage {
            row,
            raw_digest: new.raw_digest.clone(),
        };
        self.known.passages.insert(passage_id.to_owned(), stored);
        Ok(sequence)
    }

    fn closing(&mut self, closing: &Closing) -> Result<Closed, StoreError> {
        let new = &closing.new;
        let Some(stored) = self.known.passages.get(&new.passage_id) else {
            return Err(StoreError::UnknownPassage {
                passage_id: new.passage_id.clone(),
            });
        };
        if let Some(sequence) = stored.row.closing_sequence {
            let case_id = stored.row.case_id.clone();
            return Ok(Closed {
                sequence,
                case_id,
                already: true,
            });
        }
        let (station, lane) = (stored.row.station.clone(), stored.row.lane);
        self.admits(closing)?;
        // Sealed before the first write, so that a refusal leaves no trace.
        let opening = match &closing.case {
            CaseChange::Open {
                new: case,
                body,
                salt,
            } => {
                let columns = case_columns(case, &new.passage_id, &station, lane, new.closed_at);
                let body = with_columns(CASE_OPENED, body.clone(), columns)?;
                Some(sealed(CASE_OPENED, &body, *salt)?)
            }
            CaseChange::None | CaseChange::Attach { .. } => None,
        };
        let sequence = self.entry(PASSAGE_CLOSED, &Actor::station(), &closing.sealed)?;
        let case_id = match (&closing.case, opening) {
            (CaseChange::Open { new: case, .. }, Some(body)) => {
                let opened = self.entry(CASE_OPENED, &case.actor, &body)?;
                let row = CaseRow {
                    case_id: case.case_id.clone(),
                    station,
                    passage_id: new.passage_id.clone(),
                    lane,
                    state: case.state.clone(),
                    plate: case.plate.clone(),
                    class: case.class.clone(),
                    opened_at: new.closed_at.get(),
                    opened_by: case.actor.0.clone(),
                    version: 1,
                    latest_sequence: opened,
                };
                self.open_case(row);
                self.tie(&case.case_id, &new.passage_id, opened);
                Some(case.case_id.clone())
            }
            (CaseChange::Attach { case_id, sealed }, _) => {
                let attached = self.entry(CASE_ATTACHED, &Actor::station(), sealed)?;
                if let Some(case) = self.known.cases.get_mut(case_id) {
                    // The version goes up so that nobody decides on a case that has just grown;
                    // the entry that holds the whole case stays the latest step.
                    case.version += 1;
                    let row = case.clone();
                    self.move_case(&row);
                }
                self.tie(case_id, &new.passage_id, attached);
                Some(case_id.clone())
            }
            _ => None,
        };
        self.close(closing, sequence, case_id.as_deref());
        Ok(Closed {
            sequence,
            case_id,
            already: false,
        })
    }

    /// Refuses a closing whose case can't be opened or attached to.
    fn admits(&self, closing: &Closing) -> Result<(), StoreError> {
        match &closing.case {
            CaseChange::Open { new, .. } => match self.known.cases.get(&new.case_id) {
                Some(case) => Err(StoreError::CaseExists {
                    case_id: new.case_id.clone(),
                    passage_id: case.passage_id.clone(),
                }),
                None => Ok(()),
            },
            CaseChange::Attach { case_id, .. } if !self.known.cases.contains_key(case_id) => {
                Err(StoreError::UnknownCase {
                    case_id: case_id.clone(),
                })
            }
            CaseChange::Attach { .. } | CaseChange::None => Ok(()),
        }
    }

    fn close(&mut self, closing: &Closing, sequence: i64, case_id: Option<&str>) {
        let new = &closing.new;
        self.closings.push([
            new.passage_id.as_str().into(),
            new.plate.as_deref().into(),
            new.plate_state.into(),
            i64::from(new.enforceable).into(),
            new.class.as_deref().into(),
            new.overage_kg.map(|overage| overage.get()).into(),
            sequence.into(),
            case_id.into(),
        ]);
        let passage_id: Arc<str> = new.passage_id.as_str().into();
        let mut seen = BTreeSet::new();
        for picture in &new.pictures {
            // A camera that sends the same picture twice must not keep the passage open.
            if !seen.insert((&picture.view, &picture.sha256)) {
                continue;
            }
            self.pictures.push([
                Arc::clone(&passage_id).into(),
                picture.sha256.as_str().into(),
                picture.view.as_str().into(),
                picture.bytes.into(),
                picture.width.into(),
                picture.height.into(),
                picture.taken_at.get().into(),
            ]);
        }
        if let Some(stored) = self.known.passages.get_mut(&new.passage_id) {
            stored.row.state = "closed".to_owned();
            stored.row.closing_sequence = Some(sequence);
            stored.row.case_id = case_id.map(str::to_owned);
        }
    }

    fn step(&mut self, step: &Step) -> Result<i64, StoreError> {
        let new = &step.step;
        let Some(case) = self.known.cases.get(&new.case_id) else {
            return Err(StoreError::UnknownCase {
                case_id: new.case_id.clone(),
            });
        };
        if case.version != new.expected_version {
            return Err(StoreError::Stale {
                case_id: new.case_id.clone(),
                expected: new.expected_version,
                found: case.version,
            });
        }
        let mut row = case.clone();
        let sequence = self.entry(new.kind, &new.actor, &step.sealed)?;
        row.version += 1;
        row.state.clone_from(&new.state);
        row.latest_sequence = sequence;
        self.move_case(&row);
        self.known.cases.insert(row.case_id.clone(), row);
        self.case_entries
            .push([new.case_id.as_str().into(), sequence.into()]);
        Ok(sequence)
    }

    /// Changes entries of registers, all or none.
    fn register(&mut self, changes: &RegisterChanges) -> Result<Vec<i64>, StoreError> {
        let mut seen = BTreeSet::new();
        for RegisterChange { new, .. } in &changes.changes {
            let known = self.known.register.get(&(new.kind, new.key.clone()));
            let found = known.map_or(0, |(version, _)| *version);
            let twice = !seen.insert((new.kind, new.key.as_str()));
            if found != new.expected_version || twice {
                return Err(StoreError::StaleEntry {
                    register: new.kind,
                    key: new.key.clone(),
                    expected: new.expected_version,
                    found: found.saturating_add(i64::from(twice)),
                });
            }
        }
        let changes = changes.changes.iter().map(|change| {
            let sequence = self.entry(REGISTER_CHANGED, &changes.actor, &change.sealed)?;
            self.register_entry(change, sequence);
            Ok(sequence)
        });
        changes.collect()
    }

    fn register_entry(&mut self, change: &RegisterChange, sequence: i64) {
        let new = &change.new;
        let key = (new.kind, new.key.clone());
        let first = self
            .known
            .register
            .get(&key)
            .map_or(sequence, |(_, first)| *first);
        let version = new.expected_version.saturating_add(1);
        self.register_history
            .push([new.kind.into(), new.key.as_str().into(), sequence.into()]);
        let row = [
            new.kind.into(),
            new.key.as_str().into(),
            new.label.as_str().into(),
            new.plate.as_deref().into(),
            new.carrier.as_deref().into(),
            new.valid_from.as_deref().into(),
            new.valid_until.as_deref().into(),
            i64::from(new.active).into(),
            version.into(),
            first.into(),
            sequence.into(),
            change.body.as_str().into(),
        ];
        self.register.insert(key.clone(), row);
        self.known.register.insert(key, (version, first));
        if let Some((counted, body)) = new.counted.as_ref().zip(change.counted_body.as_deref()) {
            let row = [
                counted.case_id.as_str().into(),
                FROM_REGISTER.into(),
                counted.act_id.as_str().into(),
                counted.day_of_act.as_str().into(),
                counted.vehicle_plate.as_deref().into(),
                counted.driver_id.as_deref().into(),
                counted.carrier_id.as_deref().into(),
                counted.source_id.as_deref().into(),
                sequence.into(),
                body.into(),
            ];
            // A case that was struck off is not counted.
            let row = new.active.then_some(row);
            self.counted.insert(counted.case_id.clone(), row);
        }
    }

    fn mark(&mut self, mark: &Mark) -> Result<Marked, StoreError> {
        let new = &mark.new;
        let key = (new.kind, new.lane, new.at.get());
        if let Some(&sequence) = self.known.marks.get(&key) {
            return Ok(Marked {
                sequence,
                already: true,
            });
        }
        let sequence = self.entry(new.entry, &new.actor, &mark.sealed)?;
        let values = vec![
            new.kind.name().into(),
            new.lane.into(),
            new.at.get().into(),
            sequence.into(),
        ];
        self.singles.push((statements::MARK_INSERT, values));
        self.known.marks.insert(key, sequence);
        Ok(Marked {
            sequence,
            already: false,
        })
    }

    fn open_case(&mut self, row: CaseRow) {
        self.cases.push([
            row.case_id.as_str().into(),
            row.station.as_str().into(),
            row.passage_id.as_str().into(),
            row.lane.into(),
            row.state.as_str().into(),
            row.plate.as_str().into(),
            row.class.as_str().into(),
            row.opened_at.into(),
            row.opened_by.as_str().into(),
            row.version.into(),
            row.latest_sequence.into(),
        ]);
        self.known.cases.insert(row.case_id.clone(), row);
    }

    fn move_case(&mut self, row: &CaseRow) {
        let values = vec![
            row.case_id.as_str().into(),
            row.state.as_str().into(),
            row.version.into(),
            row.latest_sequence.into(),
        ];
        self.singles.push((statements::CASE_FILE_STEP, values));
    }

    fn tie(&mut self, case_id: &str, passage_id: &str, sequence: i64) {
        self.case_passages.push([case_id.into(), passage_id.into()]);
        self.case_entries.push([case_id.into(), sequence.into()]);
    }
}
