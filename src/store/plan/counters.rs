//! What a batch does to what the repeat counters see, and to the parties whose counters are to be rolled.

use std::collections::BTreeSet;

use super::super::db::Value;
use super::super::error::StoreError;
use super::super::operation::{COUNTERS_TURNED, Roll, RollLater, Turn};
use super::super::records::{Actor, CountedCaseRow, NewCountedCase, Party, Resting};
use super::super::statements;
use super::Plan;

/// A case as the counters see it, as far as a change of it must be noticed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    origin: String,
    parties: BTreeSet<Party>,
    body: String,
}

impl From<CountedCaseRow> for Counted {
    fn from(row: CountedCaseRow) -> Self {
        Self {
            parties: row.parties(),
            origin: row.origin,
            body: row.body,
        }
    }
}

impl Plan {
    /// Puts a case into what is counted, or takes it out; the parties of a case that counts otherwise
    /// than before are marked.
    pub(super) fn count_case(
        &mut self,
        case_id: &str,
        origin: &'static str,
        row: Option<(&NewCountedCase, &str)>,
        sequence: i64,
    ) {
        let before = self.known.counted.get(case_id);
        if before.is_some_and(|before| before.origin != origin) {
            // The one of this number that was counted first stays, the register's or the own one.
            return;
        }
        if before.is_none() && row.is_none() {
            return;
        }
        let after = row.map(|(new, body)| Counted {
            origin: origin.to_owned(),
            parties: Party::of([
                new.vehicle_plate.as_deref(),
                new.driver_id.as_deref(),
                new.carrier_id.as_deref(),
                new.source_id.as_deref(),
            ]),
            body: body.to_owned(),
        });
        if before != after.as_ref() {
            let both = before.into_iter().chain(&after);
            let parties: Vec<Party> = both.flat_map(|one| one.parties.iter().cloned()).collect();
            let marks = parties.into_iter().map(|party| (party, Some(sequence)));
            self.rolls.extend(marks);
        }
        match after {
            Some(after) => self.known.counted.insert(case_id.to_owned(), after),
            None => self.known.counted.remove(case_id),
        };
        let row = row.map(|(new, body)| counted_row(new, origin, sequence, body));
        let changes = self.counted.entry(case_id.to_owned()).or_default();
        match changes.last_mut() {
            Some(last) if last.0 == origin => *last = (origin, row),
            _ => changes.push((origin, row)),
        }
    }

    /// The entry that asks for a party's counter to be rolled, as far as the batch has come.
    fn marked(&self, party: &Party) -> Option<i64> {
        let known = self.known.rolls.get(party).copied();
        self.rolls.get(party).copied().unwrap_or(known)
    }

    /// Moves the tracks of cases and takes the party out of the queue, all or nothing.
    pub(super) fn roll(&mut self, roll: &Roll) -> Result<Vec<i64>, StoreError> {
        let found = self.marked(&roll.party);
        if found != Some(roll.marked) {
            return Err(StoreError::PartyMarked {
                track: roll.party.track.name(),
                id: roll.party.id.clone(),
                expected: roll.marked,
                found,
            });
        }
        let mut seen = BTreeSet::new();
        for step in &roll.steps {
            let case = self.admits_version(&step.step)?;
            if !seen.insert(&step.step.case_id) {
                return Err(StoreError::Stale {
                    case_id: step.step.case_id.clone(),
                    expected: step.step.expected_version,
                    found: case.version.saturating_add(1),
                });
            }
            self.admits_step(&step.step)?;
        }
        let sequences = roll.steps.iter().map(|step| self.step(step));
        let sequences = sequences.collect::<Result<_, _>>()?;
        for Resting {
            case_id,
            noted,
            right,
        } in &roll.resting
        {
            let values = vec![case_id.as_str().into(), (*right).into(), (*noted).into()];
            self.singles.push((statements::COUNTED_CASE_REST, values));
        }
        self.rolls.insert(roll.party.clone(), None);
        Ok(sequences)
    }

    pub(super) fn roll_later(&mut self, later: &RollLater) {
        let values = vec![
            later.party.track.name().into(),
            later.party.id.as_str().into(),
            later.marked.into(),
            later.due_at.get().into(),
            later.failure.as_str().into(),
        ];
        self.singles.push((statements::PARTY_ROLL_LATER, values));
    }

    pub(super) fn turn(&mut self, turn: &Turn) -> Result<(), StoreError> {
        if !turn.parties.is_empty() {
            let sequence = self.entry(COUNTERS_TURNED, &Actor::station(), &turn.sealed)?;
            let marks = turn.parties.iter().cloned();
            self.rolls
                .extend(marks.map(|party| (party, Some(sequence))));
        }
        let values = vec![COUNTERS_TURNED.into(), turn.note.as_str().into()];
        self.singles.push((statements::META_SET, values));
        Ok(())
    }
}

/// A row of what is counted.
fn counted_row(
    counted: &NewCountedCase,
    origin: &'static str,
    sequence: i64,
    body: &str,
) -> [Value; 11] {
    [
        counted.case_id.as_str().into(),
        origin.into(),
        counted.act_id.as_str().into(),
        counted.day_of_act.as_str().into(),
        counted.vehicle_plate.as_deref().into(),
        counted.driver_id.as_deref().into(),
        counted.carrier_id.as_deref().into(),
        counted.source_id.as_deref().into(),
        sequence.into(),
        body.into(),
        counted.resting.into(),
    ]
}
