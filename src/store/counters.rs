//! What the repeat counters read, and the queue of parties whose counters are to be rolled.

use super::db::Value;
use super::operation::{COUNTERS_TURNED, Operation, Reply, RollLater};
use super::plan::FROM_CASE;
use super::records::{CountedLine, PartiesWaiting, Party, PartyRoll, PartyRollRow, resting_bit};
use super::{Store, StoreError, statements};
use crate::casework::procedure::TrackKind;
use crate::units::Micros;

#[derive(sqlx::FromRow)]
struct Lines {
    cases: Option<String>,
}

#[derive(sqlx::FromRow)]
struct PartyId {
    party_id: String,
}

#[derive(sqlx::FromRow)]
struct Fact {
    value: String,
}

#[derive(sqlx::FromRow)]
struct Resting {
    vehicle_plate: Option<String>,
    driver_id: Option<String>,
    carrier_id: Option<String>,
    source_id: Option<String>,
    resting: i64,
}

impl Store {
    /// Cases counted for a party whose acts are of these days, both included (ISO 8601), in no order.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn counted_cases(
        &self,
        party: TrackKind,
        id: &str,
        [first, last]: [&str; 2],
    ) -> Result<Vec<CountedLine>, StoreError> {
        let statement = match party {
            TrackKind::Vehicle => statements::COUNTED_CASE_BY_VEHICLE,
            TrackKind::Driver => statements::COUNTED_CASE_BY_DRIVER,
            TrackKind::Carrier => statements::COUNTED_CASE_BY_CARRIER,
            TrackKind::LoadingSource => statements::COUNTED_CASE_BY_SOURCE,
        };
        let values = vec![id.into(), first.into(), last.into()];
        let found: Option<Lines> = self.inner.readers.first(statement, values).await?;
        let text = found.and_then(|lines| lines.cases).unwrap_or_default();
        Ok(text.lines().filter_map(line).collect())
    }

    /// Parties that are due at a moment, in their order: by when they were marked, or are to be tried
    /// again.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn parties_due(
        &self,
        now: Micros,
        limit: i64,
    ) -> Result<Vec<PartyRollRow>, StoreError> {
        let values = vec![now.get().into(), limit.max(0).into()];
        let readers = &self.inner.readers;
        readers.all(statements::PARTY_ROLL_DUE, values).await
    }

    /// A party that waits; `None` for one whose tracks are as its count says.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn party_waiting(&self, party: &Party) -> Result<Option<PartyRollRow>, StoreError> {
        let values = vec![party.track.name().into(), party.id.as_str().into()];
        let readers = &self.inner.readers;
        readers.first(statements::PARTY_ROLL_GET, values).await
    }

    /// How many parties wait, and from when on.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn parties_waiting(&self) -> Result<PartiesWaiting, StoreError> {
        let readers = &self.inner.readers;
        let found = readers.first(statements::PARTY_ROLL_WAITING, Vec::new());
        Ok(found.await?.unwrap_or_default())
    }

    /// Parties whose counters could not be rolled, those first that are tried again first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn parties_failed(&self, limit: i64) -> Result<Vec<PartyRollRow>, StoreError> {
        let values = vec![limit.max(0).into()];
        let readers = &self.inner.readers;
        readers.all(statements::PARTY_ROLL_FAILED, values).await
    }

    /// Moves tracks as a party's count says and takes the party out of the queue, in one transaction;
    /// gives the sequences of the cases' entries.
    ///
    /// # Errors
    /// [`StoreError::PartyMarked`] or [`StoreError::Stale`] when something changed since the cases were
    /// read, and those of [`Store::step_case`]. Nothing is written then, and the party waits on.
    pub async fn roll_party(&self, roll: PartyRoll) -> Result<Vec<i64>, StoreError> {
        match self.submit(Operation::roll(roll, self.entropy()?)?).await? {
            Reply::Sequences(sequences) => Ok(sequences),
            _ => Err(StoreError::Closed),
        }
    }

    /// Puts a party off that could not be rolled, with the reason. One that was marked anew meanwhile
    /// is not put off.
    ///
    /// # Errors
    /// Those of [`Store::step_case`].
    pub async fn roll_later(
        &self,
        party: Party,
        marked: i64,
        due_at: Micros,
        failure: &str,
    ) -> Result<(), StoreError> {
        let later = RollLater {
            party,
            marked,
            due_at,
            failure: failure.to_owned(),
        };
        self.submit(Operation::RollLater(later)).await.map(drop)
    }

    /// What was noted when parties were last marked for a day that turned; `None` before the first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn counters_turned(&self) -> Result<Option<String>, StoreError> {
        let readers = &self.inner.readers;
        let values = vec![COUNTERS_TURNED.into()];
        let fact: Option<Fact> = readers.first(statements::META_GET, values).await?;
        Ok(fact.map(|fact| fact.value))
    }

    /// Marks parties because a day turned or the rules are others, and notes that, in one transaction.
    /// The entry has the body given; without parties there is none.
    ///
    /// # Errors
    /// Those of [`Store::step_case`].
    pub async fn turn_counters(
        &self,
        note: &str,
        parties: Vec<Party>,
        body: &serde_json::Value,
    ) -> Result<(), StoreError> {
        let turn = Operation::turn(note, parties, body, self.entropy()?)?;
        self.submit(turn).await.map(drop)
    }

    /// Parties of a kind with counted cases from a day on (ISO 8601).
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn counted_parties(
        &self,
        track: TrackKind,
        first: &str,
    ) -> Result<Vec<Party>, StoreError> {
        let statement = match track {
            TrackKind::Vehicle => statements::COUNTED_PARTY_VEHICLE,
            TrackKind::Driver => statements::COUNTED_PARTY_DRIVER,
            TrackKind::Carrier => statements::COUNTED_PARTY_CARRIER,
            TrackKind::LoadingSource => statements::COUNTED_PARTY_SOURCE,
        };
        let readers = &self.inner.readers;
        let ids: Vec<PartyId> = readers.all(statement, vec![first.into()]).await?;
        let ids = ids.into_iter().map(|row| row.party_id);
        Ok(ids.map(|id| Party { track, id }).collect())
    }

    /// Parties of counted cases from a day on (ISO 8601) whose track there rests on a count.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn parties_resting(
        &self,
        first: &str,
    ) -> Result<std::collections::BTreeSet<Party>, StoreError> {
        let readers = &self.inner.readers;
        let values: Vec<Value> = vec![first.into()];
        let rows: Vec<Resting> = readers
            .all(statements::COUNTED_CASE_RESTING, values)
            .await?;
        let parties = rows.iter().flat_map(|row| {
            let ids = [
                &row.vehicle_plate,
                &row.driver_id,
                &row.carrier_id,
                &row.source_id,
            ];
            let parties = Party::of(ids.map(Option::as_deref)).into_iter();
            parties.filter(|party| row.resting & resting_bit(party.track) != 0)
        });
        Ok(parties.collect())
    }

    /// Waits until a commit marks parties; at once when one did since this was last asked. For one task
    /// alone: a second would miss what the first was told.
    pub async fn parties_marked(&self) {
        self.inner.shared.marked.notified().await;
    }
}

/// Origin, what rests, and the case, apart.
fn line(text: &str) -> Option<CountedLine> {
    let mut parts = text.splitn(3, ' ');
    let (origin, resting, body) = (parts.next()?, parts.next()?, parts.next()?);
    Some(CountedLine {
        is_own: origin == FROM_CASE,
        resting: resting.parse().ok()?,
        body: body.to_owned(),
    })
}
