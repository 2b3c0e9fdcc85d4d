//! `[host_clock]`: who is asked how good the host's clock is, and what must be true of it.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::Config;
use crate::casework::ClockRules;
use crate::units::Micros;

/// Who is asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockSource {
    /// The kernel, `adjtimex(2)`, which time services keep informed.
    #[default]
    Kernel,
    /// A file that another program keeps: for a clock that the kernel knows nothing of (PTP, a
    /// hypervisor's), or a container that may not ask.
    File,
    /// Nobody: the state is unknown.
    None,
}

impl ClockSource {
    /// The name used in the file, the journal and the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Kernel => "kernel",
            Self::File => "file",
            Self::None => "none",
        }
    }
}

/// What becomes of passages while nothing is known of the clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenUnknown {
    /// They are recorded and become no case.
    #[default]
    Withhold,
    /// They may become cases; that the clock is unknown stands in them.
    Allow,
}

/// The host's own clock (主机时钟).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HostClock {
    /// Who is asked.
    pub source: ClockSource,
    /// The file, for `source = "file"`: TOML with `synchronised`, `maximum_error_us` and, if known,
    /// `estimated_error_us`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<PathBuf>,
    /// How often, milliseconds. A file that has not been written for three times as long, and for ten
    /// minutes at least, says nothing any more.
    pub ask_every_ms: u32,
    /// The station's time may be off by no more than this. systemd-timesyncd asks its server every 34
    /// minutes at the longest, in which the kernel lets the error grow by a second.
    pub maximum_error_ms: u32,
    /// What becomes of passages while nothing is known.
    pub unknown: WhenUnknown,
}

impl Default for HostClock {
    fn default() -> Self {
        Self {
            source: ClockSource::Kernel,
            file: None,
            ask_every_ms: 60_000,
            maximum_error_ms: 2_000,
            unknown: WhenUnknown::Withhold,
        }
    }
}

impl HostClock {
    /// Nobody is asked and nothing is withheld for it: for simulated devices, which are driven by the
    /// same clock as the station.
    pub fn not_asked() -> Self {
        Self {
            source: ClockSource::None,
            unknown: WhenUnknown::Allow,
            ..Self::default()
        }
    }

    /// The key that makes no sense and why, if one does.
    pub(super) fn check(&self) -> Result<(), (&'static str, String)> {
        if (self.source == ClockSource::File) != self.file.is_some() {
            let why =
                "source = \"file\" 与 file 须同时设置 / source = \"file\" and file belong together";
            return Err(("file", why.to_owned()));
        }
        let within = |key, value: u32, least: u32, most: u32| {
            if (least..=most).contains(&value) {
                return Ok(());
            }
            let why = format!("{value} 应在 {least} 到 {most} 之间 / must be {least} to {most}");
            Err((key, why))
        };
        within("ask_every_ms", self.ask_every_ms, 10, 3_600_000)?;
        // The kernel calls a clock unsynchronised at 16 s by itself.
        within("maximum_error_ms", self.maximum_error_ms, 1, 16_000)
    }
}

impl Config {
    /// What is asked of the host's clock before a passage becomes a case.
    pub fn clock_rules(&self) -> ClockRules {
        ClockRules {
            maximum_error: Micros::from_millis(i64::from(self.host_clock.maximum_error_ms)),
            withhold_unknown: self.host_clock.unknown == WhenUnknown::Withhold,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_and_its_source_belong_together() {
        assert_eq!(HostClock::default().check(), Ok(()));
        assert_eq!(HostClock::not_asked().check(), Ok(()));
        let refused = |change: &dyn Fn(&mut HostClock)| {
            let mut settings = HostClock::default();
            change(&mut settings);
            settings.check().map_err(|(key, _)| key)
        };
        assert_eq!(refused(&|s| s.source = ClockSource::File), Err("file"));
        assert_eq!(
            refused(&|s| s.file = Some("/run/clock".into())),
            Err("file")
        );
        assert_eq!(refused(&|s| s.ask_every_ms = 9), Err("ask_every_ms"));
        assert_eq!(
            refused(&|s| s.maximum_error_ms = 0),
            Err("maximum_error_ms")
        );
    }

    #[test]
    fn by_default_what_is_unknown_withholds() {
        let config = Config::of_station(crate::config::Station {
            code: "ST0001".to_owned(),
            name: String::new(),
            data_dir: PathBuf::from("/tmp/x"),
            simulated: false,
        });
        assert_eq!(config.clock_rules(), ClockRules::default());
        assert_eq!(config.host_clock.source, ClockSource::Kernel);
    }
}
