//! How the station is (运行状态): filled in by the daemon, shown by the API and the console.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::units::Micros;

/// State of a port (端口).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PortState {
    /// Not tried yet.
    Starting,
    /// Open, and bytes come.
    Connected,
    /// Open, and no byte came for longer than the setting.
    Silent,
    /// Open, and the value never changes while vehicles pass.
    Frozen,
    /// Open, and the sign does not answer or refuses what it should show.
    Unanswered,
    /// The device is gone or can't be opened; it is tried again.
    Disconnected,
}

impl PortState {
    /// All states.
    pub const ALL: [Self; 6] = [
        Self::Starting,
        Self::Connected,
        Self::Silent,
        Self::Frozen,
        Self::Unanswered,
        Self::Disconnected,
    ];

    /// The name used in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Connected => "connected",
            Self::Silent => "silent",
            Self::Frozen => "frozen",
            Self::Unanswered => "unanswered",
            Self::Disconnected => "disconnected",
        }
    }

    /// Whether somebody should look.
    pub const fn is_trouble(self) -> bool {
        matches!(
            self,
            Self::Silent | Self::Frozen | Self::Unanswered | Self::Disconnected
        )
    }
}

/// A port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PortStatus {
    /// Name in the configuration.
    pub name: String,
    /// What it is for: `wim`, `platform`, `plate`, `picture`, `sign`, `signal`.
    pub role: String,
    /// Lane it serves; `None` for a controller of several lanes.
    pub lane: Option<u16>,
    /// Protocol.
    pub protocol: String,
    /// State.
    pub state: PortState,
    /// Since when.
    pub since: Micros,
    /// When the latest byte came in, `None` before the first.
    pub last_byte_at: Option<Micros>,
    /// Bytes since start.
    pub bytes: u64,
    /// Valid frames since start.
    pub frames: u64,
    /// Rejects since start, by reason.
    pub rejects: BTreeMap<String, u64>,
    /// Records since start that came again, byte for byte, and plate reads under the same name.
    pub repeated: u64,
    /// Times it was opened again after a loss.
    pub reconnects: u64,
    /// What a sign or signal shows, as far as is known; `None` for other ports.
    pub showing: Option<String>,
    /// In how many minutes of the latest full hour something that could be read came in (可用率);
    /// `None` before the first hour is over.
    pub minutes_heard: Option<u32>,
    /// Whether that tells how available the device is: it has a heartbeat, or speaks all the time.
    pub periodic: bool,
    /// The latest error in words that say what to do, `None` when there was none.
    pub last_error: Option<String>,
}

/// Something remarkable about a lane that lasts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LaneFinding {
    /// What: `drift` of a quantity, or an ailment such as `dead_camera`.
    pub name: String,
    /// Of a drift, the quantity.
    pub quantity: Option<String>,
    /// The port that it is about.
    pub port: Option<String>,
    /// Since when.
    pub since: Micros,
    /// Vehicles that it rests on.
    pub vehicles: i64,
    /// Size or share seen, per mille.
    pub seen_per_mille: Option<i64>,
    /// What is usual, or how uncertain a drift's size is, per mille.
    pub beside_per_mille: Option<i64>,
}

/// A lane's latest full hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LaneHourStatus {
    /// When it began.
    pub start: Micros,
    /// Vehicles weighed.
    pub weighings: u32,
    /// Of these, under a hard flag.
    pub unfit: u32,
    /// Passages closed with a plate.
    pub with_plate: u32,
    /// Passages closed with more than one explanation.
    pub ambiguous: u32,
    /// Passages closed without a plate.
    pub without_plate: u32,
}

/// What the check of a scale at the beginning of a shift must show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ShiftCheckStatus {
    /// Whether platform weighings need one.
    pub required: bool,
    /// How long one holds.
    pub valid_for: Micros,
    /// The empty scale may show so much, kg.
    pub zero_tolerance_kg: i64,
    /// The reference may be shown so much off, per mille of it,
    pub tolerance_per_mille: i64,
    /// or so much if that is more, kg.
    pub tolerance_kg: i64,
}

/// The host's own clock (主机时钟).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct HostClockStatus {
    /// `synchronised`, `unsynchronised`, `unknown`.
    pub state: String,
    /// Since when it has stood so.
    pub since: Micros,
    /// When the host was last asked; `None` where nobody asks it.
    pub asked_at: Option<Micros>,
    /// Most that the host's clock may be off, microseconds.
    pub maximum_error_us: Option<i64>,
    /// How much it is thought to be off.
    pub estimated_error_us: Option<i64>,
    /// How far the station's time is ahead of it.
    pub ahead_us: i64,
    /// So far off it may be for a passage to become a case.
    pub allowed_error_us: i64,
    /// Who is asked: `kernel`, `file`, `none`.
    pub source: String,
    /// Why nothing is known, in words.
    pub why: Option<String>,
    /// Why passages are withheld for it, by name; `None` when they are not.
    pub withholds: Option<String>,
}

/// A lane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LaneStatus {
    /// Number, 1 and up.
    pub number: u16,
    /// Name in the configuration.
    pub name: String,
    /// Vehicles recorded since start.
    pub passages: u64,
    /// When the latest crossed.
    pub last_passage_at: Option<Micros>,
    /// What makes its passages unfit for penalties, by name; empty when nothing does.
    pub withheld: Vec<String>,
    /// Whether its scale is a platform.
    pub platform: bool,
    /// What ails it at present.
    pub findings: Vec<LaneFinding>,
    /// Its latest full hour.
    pub last_hour: Option<LaneHourStatus>,
}

/// The station as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StationStatus {
    /// Station code.
    pub station: String,
    /// Station name.
    pub name: String,
    /// Version of the program.
    pub version: String,
    /// When the daemon started.
    pub started_at: Micros,
    /// Whether the station's clock is synchronised; `None` when that can't be told.
    pub clock_synchronised: Option<bool>,
    /// What is known of that clock.
    pub host_clock: HostClockStatus,
    /// Whether this is a demo with simulated devices.
    pub simulated: bool,
    /// Ports, in the configuration's order.
    pub ports: Vec<PortStatus>,
    /// Lanes, by number.
    pub lanes: Vec<LaneStatus>,
    /// What the check of a scale must show.
    pub shift_check: ShiftCheckStatus,
}

impl StationStatus {
    /// A station about which nothing is known yet.
    pub fn starting(station: &str, name: &str, started_at: Micros) -> Self {
        Self {
            station: station.to_owned(),
            name: name.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at,
            clock_synchronised: None,
            host_clock: HostClockStatus {
                state: "unknown".to_owned(),
                since: started_at,
                ..HostClockStatus::default()
            },
            simulated: false,
            ports: Vec::new(),
            lanes: Vec::new(),
            shift_check: ShiftCheckStatus::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_serde_agree() {
        for state in PortState::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.name());
        }
    }
}
