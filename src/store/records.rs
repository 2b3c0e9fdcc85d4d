//! What goes into the store and what comes out, in plain columns and journal bodies.
//!
//! A record here is an index over the journal: the columns are what lists filter and sort by, the
//! body is the whole truth and stands in the journal entry, where the hash chain covers it. What
//! the API shows of a passage or a case is therefore what the chain verifies.

use std::collections::BTreeSet;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::casework::inspection::InspectionIndex;
use crate::casework::procedure::TrackKind;
use crate::casework::{CaseFile, CaseIndex, CaseState, TrackState};
use crate::law::CountedCase;
use crate::units::{Kilograms, Micros};

/// Who caused a change: a user's name, or a part of the system (`system:station`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Actor(pub String);

impl Actor {
    /// The station's own processing, no person.
    pub fn station() -> Self {
        Self("system:station".to_owned())
    }
}

/// A vehicle over a scale, to be made durable at once (称重记录).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewWeighing {
    /// Derived from station, port, the device's sequence and its time.
    pub passage_id: String,
    /// Station code.
    pub station: String,
    /// Lane number, 1 and up.
    pub lane: i64,
    /// Port name.
    pub port: String,
    /// `dynamic` or `platform`.
    pub kind: &'static str,
    /// When the first axle crossed.
    pub crossed_at: Micros,
    /// Gross, kg.
    pub gross_kg: Kilograms,
    /// Number of axles; 0 when the scale doesn't say.
    pub axle_count: i64,
    /// Verdict class (`clear`, `warning`, `overloaded`, `hundred_ton`), `None` without a verdict.
    pub class: Option<String>,
    /// Overage by the table's enforcement mass, kg.
    pub overage_kg: Option<Kilograms>,
    /// SHA-256 of the raw bytes behind the record, hex. The same id with another digest is a fault.
    pub raw_digest: String,
    /// Everything: axles, flags, verdict with derivation, raw bytes.
    pub body: Value,
}

/// What became of a [`NewWeighing`]. In every case it is durable when this is handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recorded {
    /// Stored, with the number of its journal entry.
    New {
        /// Journal sequence.
        sequence: i64,
    },
    /// The same id with the same bytes was there: a retransmission, stored once.
    Retransmission {
        /// The id under which it is stored: its own, or the one it got as a conflicting record.
        passage_id: String,
    },
    /// The same id with other bytes was there: both are kept, this one under `passage_id` with
    /// the flag `record_conflict` in its row.
    Conflict {
        /// The id under which this record was stored.
        passage_id: String,
        /// Journal sequence.
        sequence: i64,
    },
}

/// A picture that is durable already and belongs to a passage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PictureReference {
    /// SHA-256 of the file, hex; also its name in the picture store.
    pub sha256: String,
    /// `front`, `rear`, `plate`, ...
    pub view: String,
    /// Size of the file.
    pub bytes: i64,
    /// Width in pixels.
    pub width: i64,
    /// Height in pixels.
    pub height: i64,
    /// When it was taken.
    pub taken_at: Micros,
}

/// A passage whose reads are all in (过车记录归档), with the case it opens, if any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewClosing {
    /// The weighing this closes.
    pub passage_id: String,
    /// When it was closed.
    pub closed_at: Micros,
    /// Plate that association let through, `None` when there is none or it is ambiguous.
    pub plate: Option<String>,
    /// `matched`, `ambiguous` or `missing`.
    pub plate_state: &'static str,
    /// Whether a penalty may rest on it: no link of the chain is missing.
    pub enforceable: bool,
    /// Verdict class, judged again with what is now known.
    pub class: Option<String>,
    /// Overage likewise, kg.
    pub overage_kg: Option<Kilograms>,
    /// Pictures, durable before this is handed in.
    pub pictures: Vec<PictureReference>,
    /// Everything: association, candidates, verdict, reasons why it can't become a penalty.
    pub body: Value,
    /// What casework decided to do with it.
    pub case: CaseEffect,
}

/// What closing a passage does to cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseEffect {
    /// Nothing.
    None,
    /// Opens a case.
    Open(NewCase),
    /// Adds the passage to an open case of the same act.
    Attach {
        /// The case.
        case_id: String,
        /// Body of the case's journal entry.
        body: Value,
    },
}

/// What lists, counters and clocks find a case by. Casework says what each is; here they are texts and
/// numbers that the case's latest entry holds, too.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct CaseColumns {
    /// State.
    pub state: String,
    /// Plate of the motor vehicle.
    pub plate: String,
    /// Verdict class, where a weighing was judged.
    pub class: Option<String>,
    /// Number of the case (案号), once it is filed.
    pub number: Option<String>,
    /// Who punishes the act: `transport` or `police`.
    pub authority: Option<String>,
    /// The act; cases of the same act bear the same.
    pub act_id: String,
    /// When it was committed, microseconds UTC.
    pub act_at: i64,
    /// The driver, where known.
    pub driver_id: Option<String>,
    /// The carrier, where known.
    pub carrier_id: Option<String>,
    /// The loading source, where known.
    pub source_id: Option<String>,
    /// The fine that was decided, whole yuan.
    pub fine_yuan: Option<i64>,
    /// When the clock that ends first ends, microseconds UTC.
    pub due_at: Option<i64>,
    /// Which clock that is.
    pub due_kind: Option<String>,
    /// Why it was discarded, where it was.
    pub discard_reason: Option<String>,
    /// Proposals of its four penalties that wait for a person.
    pub open_proposals: i64,
}

impl CaseColumns {
    /// What a case is found by: its index, and what is open in it.
    pub fn of(index: &CaseIndex, case: &CaseFile) -> Self {
        let discarded = case.reviews.iter().rev().find_map(|review| review.reason);
        let proposed = case
            .tracks
            .all()
            .filter(|(_, track)| track.state == TrackState::Proposed);
        Self {
            state: index.state.name().to_owned(),
            plate: index.plate.clone(),
            class: Some(index.class.name().to_owned()),
            number: index.number.clone(),
            authority: index.authority.map(|authority| authority.name().to_owned()),
            act_id: index.act_id.clone(),
            act_at: index.act_at.get(),
            driver_id: index.driver_id.clone(),
            carrier_id: index.carrier_id.clone(),
            source_id: index.source_id.clone(),
            fine_yuan: index.fine_yuan.map(|fine| fine.get()),
            due_at: index.next_due_at.map(Micros::get),
            due_kind: index.next_due.map(|kind| kind.name().to_owned()),
            discard_reason: discarded
                .filter(|_| case.state == CaseState::Discarded)
                .map(|reason| reason.name().to_owned()),
            open_proposals: i64::try_from(proposed.count()).unwrap_or(i64::MAX),
        }
    }
}

impl From<&InspectionIndex> for InspectionColumns {
    fn from(index: &InspectionIndex) -> Self {
        Self {
            state: index.state.name().to_owned(),
            plate: index.plate.clone(),
            trailer_plate: index.trailer_plate.clone(),
            first_gross_kg: index.first_gross_kg.map(Kilograms::get),
            last_gross_kg: index.last_gross_kg.map(Kilograms::get),
            limit_kg: index.limit_kg.map(Kilograms::get),
            unloaded_kg: index.over.then_some(index.unloaded_kg.get()),
            held_until: index
                .held_until
                .map(|day| Micros::end_of_beijing_day(day).get()),
            // What has ended without goods left behind stands in the yard no more.
            yard_place: index
                .yard_place
                .clone()
                .filter(|_| !index.state.is_final() || index.goods_left_kg > Kilograms::ZERO),
            case_id: index.case_id.clone(),
            first_weighed_at: index.first_weighed_at.map(Micros::get),
            last_weighed_at: index.last_weighed_at.map(Micros::get),
            ended_at: index.ended_at.map(Micros::get),
            was_over: Some(i64::from(index.over)),
            by_hand: Some(i64::from(index.by_hand)),
            let_through: index.let_through.map(|reason| reason.name().to_owned()),
        }
    }
}

/// A case to be opened (立案).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCase {
    /// Derived from the passage, so that opening twice is opening once.
    pub case_id: String,
    /// What it is found by.
    pub columns: Box<CaseColumns>,
    /// Who opened it.
    pub actor: Actor,
    /// First and last moment between which no other case of its plate may have another act; `None` where it
    /// may: somebody has said that it is another act, or that it is the same.
    pub alone_within: Option<[Micros; 2]>,
    /// Everything: penalty tracks, amounts, the verdict it rests on.
    pub body: Value,
}

/// A case that a person opens by hand (人工立案).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenedCase {
    /// The case.
    pub new: NewCase,
    /// Station code.
    pub station: String,
    /// When it is opened.
    pub opened_at: Micros,
    /// Passages of the act, the one it rests on first; there may be none. Each must be closed, and belong to
    /// no other act.
    pub passages: Vec<String>,
}

/// A number that a step gives to a case. Numbers of a series have no gaps: one that is not the next is
/// refused, and the caller asks for the next again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct NumberClaim {
    /// Series: unit and kind.
    pub series: String,
    /// Year of the series.
    pub year: i64,
    /// Serial number, 1 and up.
    pub serial: i64,
    /// As it is written (文号).
    pub number: String,
}

/// What a step does to the claim on its act: one act, one fine (一事不再罚).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActChange {
    /// Nothing.
    Keep,
    /// The case's authority takes the act on; refused when another case holds it.
    Claim {
        /// Who punishes.
        authority: String,
    },
    /// It is free again.
    Release,
}

/// Who may punish an act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct ActClaim {
    /// The act.
    pub act_id: String,
    /// `transport` or `police`.
    pub authority: String,
    /// The case that holds it.
    pub case_id: String,
    /// Microseconds UTC.
    pub claimed_at: i64,
}

/// What lists find a stay by (检测).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct InspectionColumns {
    /// State.
    pub state: String,
    /// Plate of the motor vehicle, where known.
    pub plate: Option<String>,
    /// Plate of the trailer.
    pub trailer_plate: Option<String>,
    /// The first weighing, kg.
    pub first_gross_kg: Option<i64>,
    /// The latest weighing, kg.
    pub last_gross_kg: Option<i64>,
    /// Its limit, kg.
    pub limit_kg: Option<i64>,
    /// What was unloaded, kg.
    pub unloaded_kg: Option<i64>,
    /// Until when the vehicle is held, microseconds UTC.
    pub held_until: Option<i64>,
    /// Where in the yard it stands.
    pub yard_place: Option<String>,
    /// The case that came of it.
    pub case_id: Option<String>,
    /// First weighed, microseconds UTC.
    pub first_weighed_at: Option<i64>,
    /// Last weighed, microseconds UTC.
    pub last_weighed_at: Option<i64>,
    /// Ended, microseconds UTC.
    pub ended_at: Option<i64>,
    /// 1 when it was over at any time, else 0; `None` in rows of a release that kept neither this nor
    /// the times above.
    pub was_over: Option<i64>,
    /// 1 when a weighing was typed by hand, else 0.
    pub by_hand: Option<i64>,
    /// Why it was let through, by name.
    pub let_through: Option<String>,
}

/// A stay that begins, or a step of one (检测流转).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InspectionStep {
    /// The stay.
    pub inspection_id: String,
    /// Station code.
    pub station: String,
    /// The version the actor saw; 0 begins a stay.
    pub expected_version: i64,
    /// What it is found by after the step.
    pub columns: InspectionColumns,
    /// Passages that it adds.
    pub passages: Vec<String>,
    /// Who did it.
    pub actor: Actor,
    /// When.
    pub at: Micros,
    /// Journal kind, e.g. `inspection_stepped`.
    pub kind: &'static str,
    /// Everything about the step and the stay after it.
    pub body: Value,
}

/// One stay as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct InspectionRow {
    /// Its id.
    pub inspection_id: String,
    /// Station code.
    pub station: String,
    /// What it is found by.
    #[sqlx(flatten)]
    #[serde(flatten)]
    pub columns: InspectionColumns,
    /// Microseconds UTC.
    pub opened_at: i64,
    /// Who began it.
    pub opened_by: String,
    /// Goes up by one with each step.
    pub version: i64,
    /// Journal sequence of the latest step, whose body holds the whole stay.
    pub latest_sequence: i64,
}

/// A step of a case (案件流转).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseStep {
    /// The case.
    pub case_id: String,
    /// The version the actor saw; another one now means that somebody was faster.
    pub expected_version: i64,
    /// What it is found by after the step.
    pub columns: CaseColumns,
    /// Its officers after the step; `None` leaves them as they are.
    pub officers: Option<Vec<String>>,
    /// Numbers that it gives.
    pub numbers: Vec<NumberClaim>,
    /// What it does to the claim on the act.
    pub act: ActChange,
    /// What the repeat counters see of the case after it; `None`: nothing.
    pub counted: Option<NewCountedCase>,
    /// Parties whose counters are to be rolled after it, besides those whose counted cases it changes:
    /// of its tracks, where it moves them.
    pub recount: BTreeSet<Party>,
    /// Who did it.
    pub actor: Actor,
    /// When.
    pub at: Micros,
    /// Journal kind, e.g. `case_stepped`.
    pub kind: &'static str,
    /// Everything about the step: action, reason, what changed, the case's full state after it.
    pub body: Value,
}

/// What kind of thing a mark records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MarkKind {
    /// The record of an hour of the whole station, lane 0 (时段记录).
    Hour,
    /// Enforcement of a lane was switched off or on (停止、恢复执法).
    Enforcement,
    /// A scale was checked at the beginning of a shift (交接班检查).
    ShiftCheck,
    /// What the host said of its clock, lane 0 (主机时钟状态).
    HostClock,
}

impl MarkKind {
    /// All kinds.
    pub const ALL: [Self; 4] = [
        Self::Hour,
        Self::Enforcement,
        Self::ShiftCheck,
        Self::HostClock,
    ];

    /// The name in the store.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Enforcement => "enforcement",
            Self::ShiftCheck => "shift_check",
            Self::HostClock => "host_clock",
        }
    }
}

/// Something that happened in a lane, to be made durable with its journal entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMark {
    /// What kind of thing.
    pub kind: MarkKind,
    /// Lane, 0 for the station.
    pub lane: i64,
    /// When; with kind and lane this is the key.
    pub at: Micros,
    /// Journal kind, e.g. `enforcement_off`.
    pub entry: &'static str,
    /// Who.
    pub actor: Actor,
    /// Everything.
    pub body: Value,
}

/// A mark with its journal entry.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct MarkRow {
    /// Lane, 0 for the station.
    pub lane: i64,
    /// Microseconds UTC.
    pub marked_at: i64,
    /// Its entry.
    #[sqlx(flatten)]
    pub entry: JournalRow,
}

/// An entry of a register, to be made durable with its journal entry (台账条目).
#[derive(Debug, Clone, PartialEq)]
pub struct NewRegisterEntry {
    /// Which register, by name.
    pub kind: &'static str,
    /// Its key.
    pub key: String,
    /// What people call it; lists sort by it.
    pub label: String,
    /// Plate.
    pub plate: Option<String>,
    /// Carrier.
    pub carrier: Option<String>,
    /// First day it holds, ISO 8601.
    pub valid_from: Option<String>,
    /// Last day it holds, ISO 8601.
    pub valid_until: Option<String>,
    /// Whether it stands.
    pub active: bool,
    /// The version that the change was made on, 0 for a new entry; another one now means that somebody
    /// was faster.
    pub expected_version: i64,
    /// All its values.
    pub body: Value,
    /// What the repeat counters see of it: of past cases alone.
    pub counted: Option<NewCountedCase>,
}

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

/// Changes of registers that are made together or not at all.
#[derive(Debug, Clone, PartialEq)]
pub struct RegisterBatch {
    /// The entries, each once.
    pub entries: Vec<NewRegisterEntry>,
    /// Who.
    pub actor: Actor,
    /// From where: the API, or a file with its digest.
    pub from: Value,
    /// Why.
    pub reason: Option<String>,
}

/// An entry of a register as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct RegisterRow {
    /// Which register.
    pub kind: String,
    /// Its key.
    pub entry_key: String,
    /// What people call it.
    pub label: String,
    /// Plate.
    pub plate: Option<String>,
    /// Carrier.
    pub carrier: Option<String>,
    /// First day it holds.
    pub valid_from: Option<String>,
    /// Last day it holds.
    pub valid_until: Option<String>,
    /// 1 when it stands, 0 when it was struck off.
    pub active: i64,
    /// Goes up by one with each change.
    pub version: i64,
    /// Journal sequence of the first change.
    pub first_sequence: i64,
    /// Journal sequence of the latest change.
    pub latest_sequence: i64,
    /// All its values, canonical JSON.
    pub body: String,
}

impl RegisterRow {
    /// Its values in their type; `None` when they are none.
    pub fn typed<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_str(&self.body).ok()
    }
}

/// How many entries a register has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct RegisterCount {
    /// Which register.
    pub kind: String,
    /// Entries.
    pub entries: i64,
    /// Of these, those that stand.
    pub active: i64,
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

/// Numbers of a shift as the store counts them (班次统计).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShiftNumbers {
    /// First weighed within it.
    pub checked: i64,
    /// Of these, over at any time.
    pub over: i64,
    /// Of these, with figures by hand.
    pub by_hand: i64,
    /// Last weighed within it, lighter than at first.
    pub unloaded: i64,
    /// By how much, kg.
    pub unloaded_kg: i64,
    /// Ended within it: state, why it was let through, how many.
    pub ended: Vec<(String, Option<String>, i64)>,
}

/// Filters of a register's list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegisterFilter {
    /// Beginning of the label.
    pub prefix: Option<String>,
    /// Day on which it must hold, ISO 8601.
    pub valid_on: Option<String>,
    /// Whether it must stand, or must not.
    pub active: Option<bool>,
    /// Plate.
    pub plate: Option<String>,
    /// Carrier.
    pub carrier: Option<String>,
}

/// What recovery needs to know of a passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownPassage {
    /// SHA-256 of the record's bytes, hex.
    pub raw_digest: String,
    /// Whether it is closed.
    pub closed: bool,
}

/// One passage as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct PassageRow {
    /// Passage id.
    pub passage_id: String,
    /// Station code.
    pub station: String,
    /// Lane number.
    pub lane: i64,
    /// Port name.
    pub port: String,
    /// `dynamic` or `platform`.
    pub kind: String,
    /// Microseconds UTC.
    pub crossed_at: i64,
    /// kg.
    pub gross_kg: i64,
    /// Number of axles.
    pub axle_count: i64,
    /// Verdict class.
    pub class: Option<String>,
    /// kg.
    pub overage_kg: Option<i64>,
    /// `weighed` or `closed`.
    pub state: String,
    /// Plate.
    pub plate: Option<String>,
    /// `matched`, `ambiguous`, `missing`; `None` until closed.
    pub plate_state: Option<String>,
    /// 1 when enforceable, 0 when not, `None` until closed.
    pub enforceable: Option<i64>,
    /// 1 when another record came under the same key with other bytes.
    pub record_conflict: i64,
    /// Journal sequence of the weighing.
    pub weighing_sequence: i64,
    /// Journal sequence of the closing.
    pub closing_sequence: Option<i64>,
    /// The case it belongs to.
    pub case_id: Option<String>,
}

/// One case as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct CaseRow {
    /// Case id.
    pub case_id: String,
    /// Station code.
    pub station: String,
    /// The passage that opened it; `None` when a person did without one.
    pub passage_id: Option<String>,
    /// Lane of that passage.
    pub lane: Option<i64>,
    /// What it is found by.
    #[sqlx(flatten)]
    #[serde(flatten)]
    pub columns: CaseColumns,
    /// Microseconds UTC.
    pub opened_at: i64,
    /// Who opened it.
    pub opened_by: String,
    /// Goes up by one with each step.
    pub version: i64,
    /// Journal sequence of the latest step, whose body holds the whole case.
    pub latest_sequence: i64,
}

/// Filters of the passage and case lists. Bounds on time are `from <= t < until`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListFilter {
    /// Earliest moment.
    pub from: Option<Micros>,
    /// First moment that is too late.
    pub until: Option<Micros>,
    /// The whole plate.
    pub plate: Option<String>,
    /// Verdict class.
    pub class: Option<String>,
    /// Lane.
    pub lane: Option<i64>,
    /// State.
    pub state: Option<String>,
    /// Of cases: one of the things they are found by, and which.
    pub by: Option<(CaseKey, String)>,
    /// Of passages: the least gross, kg; 60,000 and more.
    pub at_least_kg: Option<i64>,
}

/// What else cases are found by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseKey {
    /// Number of the case (案号).
    Number,
    /// Driver.
    Driver,
    /// Carrier.
    Carrier,
    /// Loading source.
    Source,
    /// The act.
    Act,
    /// One of its officers.
    Officer,
}

/// Where a list goes on: after this row, newest first, by time and then id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageKey {
    /// `crossed_at` or `opened_at` of the last row seen.
    pub at: Micros,
    /// Its id.
    pub id: String,
}

/// A journal entry as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct JournalRow {
    /// Running number, from 1, without gaps.
    pub sequence: i64,
    /// Microseconds UTC.
    pub recorded_at: i64,
    /// Kind of entry.
    pub kind: String,
    /// Who caused it.
    pub actor: String,
    /// Canonical header, text.
    pub header: String,
    /// Digest of the header, hex: what the next header names as `previous`.
    pub header_digest: String,
    /// Canonical body, `None` when it was withheld or removed by retention.
    pub body: Option<String>,
}

/// A picture of a passage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct PictureRow {
    /// Passage id.
    pub passage_id: String,
    /// SHA-256 of the file, hex; also its name in the picture store.
    pub sha256: String,
    /// `front`, `rear`, `plate`, ...
    pub view: String,
    /// Size of the file.
    pub bytes: i64,
    /// Width in pixels.
    pub width: i64,
    /// Height in pixels.
    pub height: i64,
    /// Microseconds UTC.
    pub taken_at: i64,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct UserRow {
    /// Login name.
    pub name: String,
    /// Role name.
    pub role: String,
    /// argon2 hash in PHC form.
    pub password_hash: String,
    /// 1 when the account may be used.
    pub active: i64,
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SessionRow {
    /// SHA-256 of the token, hex.
    pub token_digest: String,
    /// User name.
    pub user_name: String,
    /// Role name, as the user has it now.
    pub role: String,
    /// Microseconds UTC.
    pub expires_at: i64,
}
