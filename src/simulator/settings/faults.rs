//! Devices at fault from a moment on.

use serde::Serialize;

use super::super::crossing::CameraView;
use crate::units::Micros;

/// What is wrong with a device.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum FaultKind {
    /// All weights of a lane creep away (秤体漂移).
    BiasDrift {
        /// By so many per cent a day; negative when they get lighter.
        per_cent_a_day: f64,
    },
    /// The sensor of the left side loses its sensitivity (单侧灵敏度下降).
    LeftSideFades {
        /// By so many per cent a day, down to a tenth.
        per_cent_a_day: f64,
    },
    /// A sensor is noisy (信号噪声).
    NoisyAxles {
        /// Standard deviation of each axle's error, as a fraction, besides the usual one.
        deviation: f64,
    },
    /// The scale's controller says nothing (断线).
    ScaleDead,
    /// The controller gives its signs of life and records nobody (零采集).
    ZeroCapture,
    /// The camera says nothing.
    CameraDead {
        /// Which of the lane's cameras.
        view: CameraView,
    },
    /// The camera reads fewer and fewer plates (识别率下降).
    CameraFades {
        /// Which of the lane's cameras.
        view: CameraView,
        /// By so many hundredths of the plates a day.
        per_cent_a_day: f64,
    },
    /// The controller has lost its counter and numbers from 0 again (记录号重复使用).
    CounterLost,
    /// Every third record bears the time of another clock (双时钟).
    TwoClocks {
        /// Which is so far ahead.
        #[serde(rename = "ahead_us")]
        ahead: Micros,
    },
    /// The platform shows one value for ever (示值冻结).
    PlatformFrozen,
}

/// A device at fault.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Fault {
    /// What is wrong.
    #[serde(flatten)]
    pub kind: FaultKind,
    /// Lane; without meaning for the platform.
    pub lane: u16,
    /// From when on, counted from the start of the traffic.
    #[serde(rename = "after_us")]
    pub after: Micros,
    /// For how long; `None` for good.
    #[serde(rename = "lasts_us")]
    pub lasts: Option<Micros>,
}

impl Fault {
    /// How long it has been going on; `None` when it is not.
    pub fn since(&self, start: Micros, now: Micros) -> Option<Micros> {
        let since = now.saturating_sub(start).saturating_sub(self.after);
        let over = self.lasts.is_some_and(|lasts| since >= lasts);
        (since >= Micros::ZERO && !over).then_some(since)
    }
}

/// How much of a daily change has come about.
pub(in super::super) fn per_cent(per_cent_a_day: f64, since: Micros) -> f64 {
    per_cent_a_day / 100.0 * since.get() as f64 / 86_400e6
}
