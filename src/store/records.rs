//! What goes into the store and what comes out, in plain columns and journal bodies.
//!
//! A record here is an index over the journal: the columns are what lists filter and sort by, the
//! body is the whole truth and stands in the journal entry, where the hash chain covers it. What
//! the API shows of a passage or a case is therefore what the chain verifies.

use serde::Serialize;
use serde_json::Value;

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

/// A case to be opened (立案).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCase {
    /// Derived from the passage, so that opening twice is opening once.
    pub case_id: String,
    /// State it opens in.
    pub state: String,
    /// Plate.
    pub plate: String,
    /// Verdict class.
    pub class: String,
    /// Who opened it.
    pub actor: Actor,
    /// Everything: penalty tracks, amounts, the verdict it rests on.
    pub body: Value,
}

/// A step of a case (案件流转).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseStep {
    /// The case.
    pub case_id: String,
    /// The version the actor saw; another one now means that somebody was faster.
    pub expected_version: i64,
    /// State after the step.
    pub state: String,
    /// Who did it.
    pub actor: Actor,
    /// When.
    pub at: Micros,
    /// Journal kind, e.g. `case_reviewed`.
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
#[derive(Debug, Clone, PartialEq, Serialize)]
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

/// Whose cases are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CountedParty {
    /// A vehicle, by plate.
    Vehicle,
    /// A driver.
    Driver,
    /// A carrier.
    Carrier,
    /// A loading source.
    Source,
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
    /// The passage that opened it.
    pub passage_id: String,
    /// Lane of that passage.
    pub lane: i64,
    /// State.
    pub state: String,
    /// Plate.
    pub plate: String,
    /// Verdict class.
    pub class: String,
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
