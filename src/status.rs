//! The live state of a station, as the daemon publishes it and the API and the console show it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::lane::PortRole;
use crate::units::Micros;

/// Whether a port can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PortState {
    /// Not opened yet.
    Waiting,
    /// Open, and bytes come in.
    Open,
    /// Open, but nothing came for the stated time.
    Silent,
    /// Can't be opened; it is tried again.
    Refused,
    /// Went away; it is tried again.
    Lost,
}

/// One port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PortStatus {
    /// Name.
    pub name: String,
    /// What it is for.
    pub role: PortRole,
    /// Lane it serves; `None` when its records say which.
    pub lane: Option<u16>,
    /// Protocol.
    pub protocol: String,
    /// Device path.
    pub device: String,
    /// Whether it can be used.
    pub state: PortState,
    /// Since when it is in that state.
    pub since: Micros,
    /// When the latest byte came in.
    pub last_byte_at: Option<Micros>,
    /// Bytes since start.
    pub bytes: u64,
    /// Valid frames since start.
    pub frames: u64,
    /// Rejects since start, by reason.
    pub rejects: BTreeMap<&'static str, u64>,
    /// Records that came again, since start.
    pub repeated: u64,
    /// How often it was lost since start.
    pub losses: u64,
    /// The latest trouble, in words; `None` when all is well.
    pub trouble: Option<String>,
    /// Why the raw log of this port can't be written; `None` when it can.
    pub raw_log_trouble: Option<String>,
}

/// The store's state.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct StoreStatus {
    /// Operations that wait to become durable.
    pub queued: usize,
    /// When the latest transaction was committed.
    pub last_commit_at: Option<Micros>,
    /// Why nothing can be written at present; `None` when all is well.
    pub trouble: Option<String>,
}

/// The station as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StationStatus {
    /// Station code.
    pub station: String,
    /// Station name.
    pub name: String,
    /// Version of the program.
    pub version: &'static str,
    /// When the daemon started.
    pub started_at: Micros,
    /// Ports, in the order of the configuration.
    pub ports: Vec<PortStatus>,
    /// Vehicles weighed since start, by lane.
    pub weighed: BTreeMap<u16, u64>,
    /// Findings since start, by kind.
    pub findings: BTreeMap<String, u64>,
    /// The store.
    pub store: StoreStatus,
}
