//! The host's own clock (主机时钟): whether it was synchronised, and what follows for cases.
//!
//! Every moment of the station is by this clock, and device clocks are believed by comparison with it. So
//! it is asked for its state regularly; what it said is a journal entry, and the one that held when a
//! record came in stands in the closing of its passage.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::withheld::WithheldReason;
use crate::units::Micros;

/// Journal kind: what the host said of its clock (主机时钟状态).
pub const HOST_CLOCK: &str = "host_clock";

/// How the host's clock stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HostClockState {
    /// A time service vouches for it (已同步).
    Synchronised,
    /// The host says that nothing vouches for it (未同步).
    Unsynchronised,
    /// The host can't be asked, or did not say (状态不明).
    Unknown,
}

impl HostClockState {
    /// The name used in the journal and in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Synchronised => "synchronised",
            Self::Unsynchronised => "unsynchronised",
            Self::Unknown => "unknown",
        }
    }
}

/// What the host said of its clock when it was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostClock {
    /// When it was asked.
    pub at: Micros,
    /// What it said.
    pub state: HostClockState,
    /// Most that the host's clock may be off (最大误差), microseconds; `None` when it did not say.
    pub maximum_error_us: Option<i64>,
    /// How much it is thought to be off (估计误差), microseconds.
    pub estimated_error_us: Option<i64>,
    /// How far the station's time is ahead of the host's clock, which was put back: the station's never
    /// goes back. Microseconds.
    pub ahead_us: i64,
    /// Who said it: `kernel`, or `file`.
    pub source: String,
    /// Why nobody could say, in words.
    pub why: Option<String>,
}

/// What is asked of the host's clock before a passage becomes a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockRules {
    /// The station's time may be off by no more than this.
    pub maximum_error: Micros,
    /// Whether a clock of which nothing is known withholds.
    pub withhold_unknown: bool,
}

impl Default for ClockRules {
    fn default() -> Self {
        Self {
            maximum_error: Micros::from_millis(2_000),
            withhold_unknown: true,
        }
    }
}

impl ClockRules {
    /// What forbids to make a case, by what the host said; `None` when nobody asked it.
    pub fn withheld(&self, clock: Option<&HostClock>) -> Option<WithheldReason> {
        let unknown = self
            .withhold_unknown
            .then_some(WithheldReason::ClockStateUnknown);
        let Some(clock) = clock else {
            return unknown;
        };
        match (clock.state, clock.maximum_error()) {
            (HostClockState::Unsynchronised, _) => Some(WithheldReason::ClockUnsynchronised),
            (HostClockState::Synchronised, Some(error)) => {
                (error > self.maximum_error).then_some(WithheldReason::ClockErrorTooLarge)
            }
            (HostClockState::Synchronised, None) | (HostClockState::Unknown, _) => unknown,
        }
    }
}

impl HostClock {
    /// Most that the station's time may be off.
    pub fn maximum_error(&self) -> Option<Micros> {
        let host = Micros::new(self.maximum_error_us?);
        Some(host.saturating_add(Micros::new(self.ahead_us).abs()))
    }

    /// Body of its journal entry.
    pub fn body(&self) -> Value {
        json!({ "clock": self })
    }

    /// What an entry says.
    pub fn from_body(body: &Value) -> Option<Self> {
        Self::deserialize(body.get("clock")?).ok()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A clock in good order.
    pub(crate) fn synchronised(at: Micros) -> HostClock {
        HostClock {
            at,
            state: HostClockState::Synchronised,
            maximum_error_us: Some(31_000),
            estimated_error_us: Some(120),
            ahead_us: 0,
            source: "file".to_owned(),
            why: None,
        }
    }

    #[test]
    fn only_a_synchronised_clock_within_its_error_lets_cases_open() {
        let rules = ClockRules::default();
        let good = synchronised(Micros::SECOND);
        assert_eq!(rules.withheld(Some(&good)), None);
        let with = |change: &dyn Fn(&mut HostClock)| {
            let mut clock = good.clone();
            change(&mut clock);
            rules.withheld(Some(&clock))
        };
        let too_large = Some(WithheldReason::ClockErrorTooLarge);
        assert_eq!(with(&|c| c.maximum_error_us = Some(2_000_000)), None);
        assert_eq!(with(&|c| c.maximum_error_us = Some(2_000_001)), too_large);
        // The station's own time counts, on either side.
        assert_eq!(with(&|c| c.ahead_us = 1_969_000), None);
        assert_eq!(with(&|c| c.ahead_us = 1_969_001), too_large);
        assert_eq!(with(&|c| c.ahead_us = -1_969_001), too_large);
        assert_eq!(
            with(&|c| c.state = HostClockState::Unsynchronised),
            Some(WithheldReason::ClockUnsynchronised)
        );
    }

    #[test]
    fn what_an_unknown_clock_does_is_a_setting() {
        let strict = ClockRules::default();
        let lenient = ClockRules {
            withhold_unknown: false,
            ..strict
        };
        let unknown = HostClock {
            state: HostClockState::Unknown,
            maximum_error_us: None,
            why: Some("EPERM".to_owned()),
            ..synchronised(Micros::SECOND)
        };
        let silent = HostClock {
            maximum_error_us: None,
            ..synchronised(Micros::SECOND)
        };
        for clock in [None, Some(&unknown), Some(&silent)] {
            let reason = Some(WithheldReason::ClockStateUnknown);
            assert_eq!(strict.withheld(clock), reason);
            assert_eq!(lenient.withheld(clock), None);
        }
        // One that is known to be wrong withholds whatever the setting.
        let wrong = HostClock {
            state: HostClockState::Unsynchronised,
            ..unknown
        };
        let reason = Some(WithheldReason::ClockUnsynchronised);
        assert_eq!(lenient.withheld(Some(&wrong)), reason);
    }

    #[test]
    fn a_body_is_read_as_it_was_written() {
        let clock = synchronised(Micros::SECOND);
        assert_eq!(HostClock::from_body(&clock.body()), Some(clock.clone()));
        crate::evidence::canonical::to_text(&clock.body()).unwrap();
        assert_eq!(HostClock::from_body(&json!({"check": 1})), None);
    }
}
