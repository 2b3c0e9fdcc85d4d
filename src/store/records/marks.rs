//! Things that happened in a lane at a moment.

use serde_json::Value;

use super::{Actor, JournalRow};
use crate::units::Micros;

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
