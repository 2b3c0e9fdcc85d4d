//! Decides in memory what a batch of operations does to the database.
//!
//! All the rules stand here and in `plan/`: what is a retransmission, what may be closed, whose step is
//! stale. An operation that the rules refuse touches no statement, so it can't harm the others in its batch.

mod claims;
mod counters;
mod passages;
mod registers;

use std::collections::{BTreeMap, BTreeSet};

pub use counters::Counted;

use super::Marked;
use super::db::Value;
use super::error::StoreError;
use super::one_act::AboutAct;
use super::operation::{
    CASE_OPENED, CaseChange, Closing, Inspect, Mark, OpenCase, Operation, Reply, Step, USER_CHANGED,
};
use super::records::{
    ActClaim, Actor, CaseColumns, CaseRow, CaseStep, InspectionRow, InspectionStep, MarkKind,
    OpenedCase, Party, PassageRow,
};
use super::statements::{self, MultiRow, Statement};
use crate::casework::CaseState;
use crate::evidence::journal::{Chain, SealedBody};
use crate::units::Micros;

/// Where a counted case is from: a case that was handled here.
pub const FROM_CASE: &str = "case";
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
    /// The cases that passages belong to; those of passages that a person opens a case with.
    pub cased: BTreeMap<String, BTreeSet<String>>,
    /// Journal sequences of marks.
    pub marks: BTreeMap<(MarkKind, i64, i64), i64>,
    /// Claims on acts.
    pub acts: BTreeMap<String, ActClaim>,
    /// The latest serials of series and years.
    pub series: BTreeMap<(String, i64), i64>,
    /// Stays.
    pub inspections: BTreeMap<String, InspectionRow>,
    /// The stays that passages belong to.
    pub inspected: BTreeMap<String, String>,
    /// Versions and first sequences of register entries, by register and key.
    pub register: BTreeMap<(&'static str, String), (i64, i64)>,
    /// Cases as the counters see them.
    pub counted: BTreeMap<String, Counted>,
    /// Parties that wait, with the entries that asked for them.
    pub rolls: BTreeMap<Party, i64>,
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

    fn push(&mut self, row: impl IntoIterator<Item = Value>) {
        let before = self.values.len();
        self.values.extend(row);
        debug_assert_eq!(
            self.values.len() - before,
            self.statement.columns,
            "a row has as many values as columns"
        );
    }
}

/// What an operation does to a row of what is counted: its origin, and the row, `None` when it goes.
type CountedChange = (&'static str, Option<[Value; 11]>);

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
    /// Likewise what the counters see: what the batch does to each case's row, in order, with only the
    /// last of what one origin does in a row.
    pub counted: BTreeMap<String, Vec<CountedChange>>,
    /// Parties that the batch marks, by the entry that asks for it, or takes out of the queue.
    pub rolls: BTreeMap<Party, Option<i64>>,
    pub singles: Vec<(Statement, Vec<Value>)>,
    /// What the kept numbers change by.
    pub tally: BTreeMap<String, i64>,
    pub retransmissions: u64,
}

/// The name under which pictures are counted, from the beginning.
pub const PICTURES: &str = "picture";

/// What the names begin with under which cases are counted; their state follows.
pub const CASES: &str = "case:";

/// What the names begin with under which stays are counted; their state follows.
pub const STAYS: &str = "stay:";

/// The name under which passages of a class and a state are counted.
pub fn counted_as(class: Option<&str>, state: &str) -> String {
    format!("{}/{state}", class.unwrap_or_default())
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
            rolls: BTreeMap::new(),
            singles: Vec::new(),
            tally: BTreeMap::new(),
            retransmissions: 0,
        }
    }

    /// All multi-row writes in the order that the foreign keys ask for.
    pub fn into_rows(mut self) -> ([Rows; 11], Vec<(Statement, Vec<Value>)>) {
        let changed = self.tally.into_iter().filter(|(_, by)| *by != 0);
        let additions =
            changed.map(|(name, by)| (statements::TALLY_ADD, vec![name.into(), by.into()]));
        self.singles.extend(additions);
        let mut register = Rows::new(&statements::REGISTER_ENTRY_PUT_ROWS);
        for row in self.register.into_values() {
            register.push(row);
        }
        let mut counted = Rows::new(&statements::COUNTED_CASE_PUT_ROWS);
        for (case_id, mut changes) in self.counted {
            if changes.len() == 1
                && let Some((_, Some(row))) = changes.pop_if(|(_, row)| row.is_some())
            {
                counted.push(row);
                continue;
            }
            // A past case and one handled here under the same id: which comes first decides, as it does
            // when they come in batches of their own.
            let changes = changes.into_iter().map(|(origin, row)| match row {
                Some(row) => (statements::COUNTED_CASE_PUT, Vec::from(row)),
                None => (
                    statements::COUNTED_CASE_REMOVE,
                    vec![case_id.as_str().into(), origin.into()],
                ),
            });
            self.singles.extend(changes);
        }
        let mut marked = Rows::new(&statements::PARTY_ROLL_MARK_ROWS);
        for (party, entry) in self.rolls {
            let key: [Value; 2] = [party.track.name().into(), party.id.into()];
            match entry {
                Some(entry) => {
                    let [track, id] = key;
                    marked.push([track, id, entry.into(), self.recorded_at.get().into()]);
                }
                None => self.singles.push((statements::PARTY_ROLL_DONE, key.into())),
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
            marked,
        ];
        (rows, self.singles)
    }

    /// Whether there is anything to write.
    pub fn is_empty(&self) -> bool {
        self.journal.values.is_empty() && self.singles.is_empty() && self.rolls.is_empty()
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
            Operation::OpenCase(open) => self.open_by_hand(open).map(Reply::Sequence),
            Operation::Inspect(inspect) => self.inspect(inspect).map(Reply::Sequence),
            Operation::Mark(mark) => self.mark(mark).map(Reply::Marked),
            Operation::Register(changes) => self.register(changes).map(Reply::Sequences),
            Operation::Roll(roll) => self.roll(roll).map(Reply::Sequences),
            Operation::RollLater(later) => {
                self.roll_later(later);
                Ok(Reply::Done)
            }
            Operation::Turn(turn) => self.turn(turn).map(|()| Reply::Done),
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

    fn count(&mut self, name: String, by: i64) {
        *self.tally.entry(name).or_default() += by;
    }

    /// Counts a case or a stay in the state that it comes to, and no longer in the one before.
    fn count_state(&mut self, kind: &str, before: Option<&str>, after: &str) {
        if let Some(before) = before {
            self.count(format!("{kind}{before}"), -1);
        }
        self.count(format!("{kind}{after}"), 1);
    }

    /// Refuses a closing whose case can't be opened or attached to.
    fn admits(&self, closing: &Closing) -> Result<(), StoreError> {
        match &closing.case {
            CaseChange::Open { new, .. } => match self.known.cases.get(&new.case_id) {
                Some(case) => Err(StoreError::CaseExists {
                    case_id: new.case_id.clone(),
                    passage_id: case.passage_id.clone().unwrap_or_default(),
                }),
                // Whoever decided on it looked before a person opened a case of the vehicle.
                None => AboutAct::from(new).admitted([], self.known.cases.values()),
            },
            CaseChange::Attach { case_id, .. } if !self.known.cases.contains_key(case_id) => {
                Err(StoreError::UnknownCase {
                    case_id: case_id.clone(),
                })
            }
            CaseChange::Attach { .. } | CaseChange::None => Ok(()),
        }
    }

    /// Refuses a step of a case that is not there, or that somebody else moved first.
    fn admits_version(&self, new: &CaseStep) -> Result<&CaseRow, StoreError> {
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
        Ok(case)
    }

    fn step(&mut self, step: &Step) -> Result<i64, StoreError> {
        let new = &step.step;
        let mut row = self.admits_version(new)?.clone();
        self.admits_step(new)?;
        let sequence = self.entry(new.kind, &new.actor, &step.sealed)?;
        self.count_state(CASES, Some(&row.columns.state), &new.columns.state);
        row.version += 1;
        row.columns.clone_from(&new.columns);
        row.latest_sequence = sequence;
        self.move_case(&row);
        self.case_entries
            .push([new.case_id.as_str().into(), sequence.into()]);
        self.claim(new);
        let counted = new.counted.as_ref().zip(step.counted_body.as_deref());
        self.count_case(&new.case_id, FROM_CASE, counted, sequence);
        for party in &new.recount {
            self.rolls.insert(party.clone(), Some(sequence));
        }
        if let Some(officers) = &new.officers {
            let case_id = vec![new.case_id.as_str().into()];
            self.singles.push((statements::CASE_OFFICER_CLEAR, case_id));
            let officers: BTreeSet<&String> = officers.iter().collect();
            for officer in officers {
                let values = vec![
                    officer.as_str().into(),
                    new.case_id.as_str().into(),
                    row.opened_at.into(),
                ];
                self.singles.push((statements::CASE_OFFICER_INSERT, values));
            }
        }
        self.known.cases.insert(row.case_id.clone(), row);
        Ok(sequence)
    }

    fn open_by_hand(&mut self, open: &OpenCase) -> Result<i64, StoreError> {
        let opened = &open.opened;
        let new = &opened.new;
        if let Some(case) = self.known.cases.get(&new.case_id) {
            return Err(StoreError::CaseExists {
                case_id: new.case_id.clone(),
                passage_id: case.passage_id.clone().unwrap_or_default(),
            });
        }
        let passages: BTreeSet<&String> = opened.passages.iter().collect();
        self.must_be_known(passages.iter().copied())?;
        self.admits_opening(opened)?;
        let sequence = self.entry(CASE_OPENED, &new.actor, &open.sealed)?;
        self.open_case(CaseRow {
            case_id: new.case_id.clone(),
            station: opened.station.clone(),
            passage_id: opened.passages.first().cloned(),
            lane: None,
            columns: CaseColumns::clone(&new.columns),
            opened_at: opened.opened_at.get(),
            opened_by: new.actor.0.clone(),
            version: 1,
            latest_sequence: sequence,
        });
        self.case_entries
            .push([new.case_id.as_str().into(), sequence.into()]);
        for passage_id in passages {
            self.belongs(&new.case_id, passage_id);
        }
        Ok(sequence)
    }

    /// Refuses a case whose passages are not closed yet, and a second case of what another is about. Looked at
    /// here, after everything that was written before: two people who asked at the same moment have both been
    /// told that there is no other case.
    fn admits_opening(&self, opened: &OpenedCase) -> Result<(), StoreError> {
        for passage_id in &opened.passages {
            let passage = self.known.passages.get(passage_id);
            if passage.is_none_or(|passage| passage.row.closing_sequence.is_none()) {
                return Err(StoreError::PassageNotClosed {
                    passage_id: passage_id.clone(),
                });
            }
        }
        let of_passages = opened.passages.iter().flat_map(|passage_id| {
            let cases = self.known.cased.get(passage_id).into_iter().flatten();
            let cases = cases.filter_map(|case_id| self.known.cases.get(case_id));
            cases.map(move |case| (passage_id, case))
        });
        AboutAct::from(opened).admitted(of_passages, self.known.cases.values())
    }

    fn must_be_known<'a>(
        &self,
        mut passages: impl Iterator<Item = &'a String>,
    ) -> Result<(), StoreError> {
        match passages.find(|passage_id| !self.known.passages.contains_key(*passage_id)) {
            Some(passage_id) => Err(StoreError::UnknownPassage {
                passage_id: passage_id.clone(),
            }),
            None => Ok(()),
        }
    }

    /// Refuses a stay's case that does not exist or came to nothing meanwhile, where the step links it. That it
    /// is about the stay was looked at before: its plate and passages don't change, those of the stay only with
    /// its version.
    fn admits_link(
        &self,
        new: &InspectionStep,
        known: Option<&InspectionRow>,
    ) -> Result<(), StoreError> {
        let before = known.and_then(|row| row.columns.case_id.as_ref());
        let linked = new.columns.case_id.as_ref();
        let Some(case_id) = linked.filter(|case_id| before != Some(*case_id)) else {
            return Ok(());
        };
        let Some(case) = self.known.cases.get(case_id) else {
            return Err(StoreError::UnknownCase {
                case_id: case_id.clone(),
            });
        };
        let state = CaseState::from_name(&case.columns.state);
        match state.filter(|state| state.frees_its_act()) {
            Some(state) => Err(StoreError::CaseDropped {
                case_id: case_id.clone(),
                state,
            }),
            None => Ok(()),
        }
    }

    fn inspect(&mut self, inspect: &Inspect) -> Result<i64, StoreError> {
        let new = &inspect.step;
        let known = self.known.inspections.get(&new.inspection_id).cloned();
        let found = known.as_ref().map_or(0, |row| row.version);
        if found != new.expected_version {
            return Err(StoreError::StaleInspection {
                inspection_id: new.inspection_id.clone(),
                expected: new.expected_version,
                found,
            });
        }
        let passages: BTreeSet<&String> = new.passages.iter().collect();
        self.must_be_known(passages.iter().copied())?;
        for passage_id in &passages {
            if let Some(other) = self.known.inspected.get(*passage_id)
                && *other != new.inspection_id
            {
                return Err(StoreError::PassageInspected {
                    passage_id: (*passage_id).clone(),
                    inspection_id: other.clone(),
                });
            }
        }
        self.admits_link(new, known.as_ref())?;
        let sequence = self.entry(new.kind, &new.actor, &inspect.sealed)?;
        let begins = known.is_none();
        let before = known.as_ref().map(|row| row.columns.state.as_str());
        self.count_state(STAYS, before, &new.columns.state);
        let mut row = known.unwrap_or_else(|| InspectionRow {
            inspection_id: new.inspection_id.clone(),
            station: new.station.clone(),
            columns: new.columns.clone(),
            opened_at: new.at.get(),
            opened_by: new.actor.0.clone(),
            version: 0,
            latest_sequence: sequence,
        });
        row.columns.clone_from(&new.columns);
        row.version += 1;
        row.latest_sequence = sequence;
        self.singles.push(inspection_row(&row, begins));
        self.singles.push((
            statements::INSPECTION_ENTRY_INSERT,
            vec![row.inspection_id.as_str().into(), sequence.into()],
        ));
        for passage_id in passages {
            let known = self
                .known
                .inspected
                .insert(passage_id.clone(), row.inspection_id.clone());
            if known.is_none() {
                let values = vec![
                    passage_id.as_str().into(),
                    row.inspection_id.as_str().into(),
                ];
                self.singles
                    .push((statements::INSPECTION_PASSAGE_INSERT, values));
            }
        }
        self.known
            .inspections
            .insert(row.inspection_id.clone(), row);
        Ok(sequence)
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
        self.count_state(CASES, None, &row.columns.state);
        let mut values: Vec<Value> = vec![
            row.case_id.as_str().into(),
            row.station.as_str().into(),
            row.passage_id.as_deref().into(),
            row.lane.into(),
        ];
        values.extend(found_by(&row.columns));
        values.extend([
            row.opened_at.into(),
            row.opened_by.as_str().into(),
            row.version.into(),
            row.latest_sequence.into(),
        ]);
        self.cases.push(values);
        self.known.cases.insert(row.case_id.clone(), row);
    }

    fn move_case(&mut self, row: &CaseRow) {
        let mut values = vec![row.case_id.as_str().into()];
        values.extend(found_by(&row.columns));
        values.extend([row.version.into(), row.latest_sequence.into()]);
        self.singles.push((statements::CASE_FILE_STEP, values));
    }

    fn tie(&mut self, case_id: &str, passage_id: &str, sequence: i64) {
        self.belongs(case_id, passage_id);
        self.case_entries.push([case_id.into(), sequence.into()]);
    }

    fn belongs(&mut self, case_id: &str, passage_id: &str) {
        self.case_passages.push([case_id.into(), passage_id.into()]);
        let cases = self.known.cased.entry(passage_id.to_owned()).or_default();
        cases.insert(case_id.to_owned());
    }
}

/// What a case is found by, in the order of its table.
fn found_by(columns: &CaseColumns) -> [Value; 15] {
    [
        columns.state.as_str().into(),
        columns.plate.as_str().into(),
        columns.class.as_deref().into(),
        columns.number.as_deref().into(),
        columns.authority.as_deref().into(),
        columns.act_id.as_str().into(),
        columns.act_at.into(),
        columns.driver_id.as_deref().into(),
        columns.carrier_id.as_deref().into(),
        columns.source_id.as_deref().into(),
        columns.fine_yuan.into(),
        columns.due_at.into(),
        columns.due_kind.as_deref().into(),
        columns.discard_reason.as_deref().into(),
        columns.open_proposals.into(),
    ]
}

/// The write that begins or moves a stay.
fn inspection_row(row: &InspectionRow, begins: bool) -> (Statement, Vec<Value>) {
    let columns = &row.columns;
    let id: Value = row.inspection_id.as_str().into();
    let found_by = [
        columns.state.as_str().into(),
        columns.plate.as_deref().into(),
        columns.trailer_plate.as_deref().into(),
        columns.first_gross_kg.into(),
        columns.last_gross_kg.into(),
        columns.limit_kg.into(),
        columns.unloaded_kg.into(),
        columns.held_until.into(),
        columns.yard_place.as_deref().into(),
        columns.case_id.as_deref().into(),
        columns.first_weighed_at.into(),
        columns.last_weighed_at.into(),
        columns.ended_at.into(),
        columns.was_over.into(),
        columns.by_hand.into(),
        columns.let_through.as_deref().into(),
    ];
    let mut values = vec![id];
    if begins {
        values.push(row.station.as_str().into());
        values.extend(found_by);
        values.extend([row.opened_at.into(), row.opened_by.as_str().into()]);
    } else {
        values.extend(found_by);
    }
    values.extend([row.version.into(), row.latest_sequence.into()]);
    let statement = if begins {
        statements::INSPECTION_INSERT
    } else {
        statements::INSPECTION_STEP
    };
    (statement, values)
}
