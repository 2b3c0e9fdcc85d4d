//! What the repeat counters see, and the parties whose counters are to be rolled.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use super::CaseStep;
use crate::casework::procedure::TrackKind;
use crate::law::CountedCase;

/// A case as the repeat counters see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewCountedCase {
    /// Its id.
    pub case_id: String,
    /// The act.
    pub act_id: String,
    /// Day of the act, ISO 8601.
    pub day_of_act: String,
    /// Plate of the motor vehicle.
    pub vehicle_plate: Option<String>,
    /// Driver.
    pub driver_id: Option<String>,
    /// Carrier.
    pub carrier_id: Option<String>,
    /// Loading source.
    pub source_id: Option<String>,
    /// All of it, as the law takes it.
    pub body: Value,
    /// Which of its tracks rest on a count, by [`resting_bit`]. Follows from the case, and is no
    /// part of what is counted.
    #[serde(skip)]
    pub resting: i64,
}

impl NewCountedCase {
    /// The law's case as the store keeps it.
    ///
    /// # Errors
    /// When it can't be written as JSON, which would be a fault of the program.
    pub fn of(case: &CountedCase) -> Result<Self, serde_json::Error> {
        Ok(Self {
            case_id: case.case_id.clone(),
            act_id: case.act_id.clone(),
            day_of_act: case.day_of_act.to_string(),
            vehicle_plate: case.vehicle_plate.clone(),
            driver_id: case.driver_id.clone(),
            carrier_id: case.carrier_id.clone(),
            source_id: case.source_id.clone(),
            body: serde_json::to_value(case)?,
            resting: 0,
        })
    }
}

/// A case as the counters see it, as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct CountedCaseRow {
    /// Its id.
    pub case_id: String,
    /// `register` for a past case, `case` for an own one.
    pub origin: String,
    /// The act.
    pub act_id: String,
    /// Day of the act.
    pub day_of_act: String,
    /// Plate of the motor vehicle.
    pub vehicle_plate: Option<String>,
    /// Driver.
    pub driver_id: Option<String>,
    /// Carrier.
    pub carrier_id: Option<String>,
    /// Loading source.
    pub source_id: Option<String>,
    /// Journal sequence of the latest change.
    pub latest_sequence: i64,
    /// All of it, canonical JSON.
    pub body: String,
}

impl CountedCaseRow {
    /// Its parties, those that are known.
    pub fn parties(&self) -> BTreeSet<Party> {
        let ids = [
            &self.vehicle_plate,
            &self.driver_id,
            &self.carrier_id,
            &self.source_id,
        ];
        Party::of(ids.map(Option::as_deref))
    }
}

/// A case of a party, as its counter takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountedLine {
    /// Whether it is an own case; else it is a past one of the register.
    pub is_own: bool,
    /// Which of its tracks rest on a count, by [`resting_bit`].
    pub resting: i64,
    /// All of it, canonical JSON.
    pub body: String,
}

/// The bit of a track in what says which tracks of a case rest on a count.
pub const fn resting_bit(track: TrackKind) -> i64 {
    match track {
        TrackKind::Vehicle => 1,
        TrackKind::Driver => 2,
        TrackKind::Carrier => 4,
        TrackKind::LoadingSource => 8,
    }
}

/// A party whose counter is kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Party {
    /// What it is to its cases.
    pub track: TrackKind,
    /// Its identity, as in the cases.
    pub id: String,
}

impl Party {
    /// Those that are known of a case's parties, which are given in the order of [`TrackKind::ALL`].
    pub fn of(ids: [Option<&str>; 4]) -> BTreeSet<Self> {
        let parties = TrackKind::ALL.iter().zip(ids);
        parties
            .filter_map(|(track, id)| {
                let id = id.filter(|id| !id.is_empty())?.to_owned();
                Some(Self { track: *track, id })
            })
            .collect()
    }
}

/// A party that waits for its counter to be rolled (待重计).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct PartyRollRow {
    /// [`TrackKind`], by name.
    pub track: String,
    /// Its identity.
    pub party_id: String,
    /// Journal sequence of the latest entry that asked for it.
    pub marked: i64,
    /// When it is tried, microseconds UTC: at once, or some time after a failure.
    pub due_at: i64,
    /// Failures so far.
    pub failures: i64,
    /// Why the latest try failed.
    pub failure: Option<String>,
}

impl PartyRollRow {
    /// The party; `None` for a kind that this release does not know.
    pub fn party(&self) -> Option<Party> {
        Some(Party {
            track: TrackKind::from_name(&self.track)?,
            id: self.party_id.clone(),
        })
    }
}

/// A party's counter, rolled: what that does to cases, and the party's leaving of the queue, in one
/// transaction (重计).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyRoll {
    /// The party.
    pub party: Party,
    /// [`PartyRollRow::marked`] as it was before the cases were read; another one now means that they
    /// have changed since.
    pub marked: i64,
    /// Steps of cases, each of another case.
    pub steps: Vec<CaseStep>,
    /// Cases whose record of what rests on a count was wrong.
    pub resting: Vec<Resting>,
}

/// Which tracks of a case rest on a count, put right: by [`resting_bit`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resting {
    /// The case.
    pub case_id: String,
    /// As it was read; when it is another by now, it stays as it is.
    pub noted: i64,
    /// As it is right.
    pub right: i64,
}

/// Parties that wait, in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct PartiesWaiting {
    /// How many.
    pub parties: i64,
    /// When the first is due, microseconds UTC.
    pub due_at: Option<i64>,
}
