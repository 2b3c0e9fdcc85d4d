//! What is wrong with devices, as truth tells it.

use serde::Serialize;

use super::settings::FaultKind;
use crate::units::Micros;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(untagged)]
pub enum WhatIsWrong {
    /// A fault of the settings.
    Fault(FaultKind),
    /// A clock jumped.
    Clock(ClockFault),
}

/// What happens to a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum ClockFault {
    /// It jumps (时钟跳变).
    ClockStep {
        /// By how much; positive when it is ahead afterwards.
        #[serde(rename = "by_us")]
        by: Micros,
    },
}

/// A device at fault: one line of `faults.jsonl`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AtFault {
    /// What is wrong.
    #[serde(flatten)]
    pub what: WhatIsWrong,
    /// Lane.
    pub lane: u16,
    /// Its port.
    pub port: String,
    /// From when on.
    pub from_us: Micros,
    /// Until when; `None` for good.
    pub until_us: Option<Micros>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_name_what_is_wrong() {
        let line = |what| {
            let fault = AtFault {
                what,
                lane: 2,
                port: "wim-2".to_owned(),
                from_us: Micros::new(7),
                until_us: None,
            };
            serde_json::to_value(fault).unwrap()
        };
        let drift = FaultKind::BiasDrift {
            per_cent_a_day: 0.5,
        };
        assert_eq!(
            line(WhatIsWrong::Fault(drift)),
            serde_json::json!({
                "fault": "bias_drift", "per_cent_a_day": 0.5, "lane": 2, "port": "wim-2",
                "from_us": 7, "until_us": null,
            })
        );
        let step = WhatIsWrong::Clock(ClockFault::ClockStep {
            by: Micros::new(-9),
        });
        assert_eq!(line(step)["fault"], "clock_step");
        assert_eq!(line(step)["by_us"], -9);
    }
}
