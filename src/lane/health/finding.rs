//! What is told of a lane's health.

use serde::{Deserialize, Serialize};

use crate::units::Micros;

/// What ails a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ailment {
    /// No vehicle where the lane's usual traffic says there should be some (零车流时段).
    ZeroCapture,
    /// The scale gives the same loads again and again (数据冻结).
    FrozenValue,
    /// Vehicles are weighed, the camera is silent (相机失联).
    DeadCamera,
    /// A camera reads fewer plates than it used to (识别率下降).
    ReadRateFalling,
    /// One side of all vehicles weighs nothing (单侧传感器失效).
    DeadSide,
    /// One side of all vehicles is lighter than the other by more than a road makes it (左右长期偏差).
    SidesUneven,
    /// What a control chart learnt as usual is no truck's: the scale was off when it learnt
    /// (基准值异常).
    ReferenceImplausible,
}

impl Ailment {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::ZeroCapture,
        Self::FrozenValue,
        Self::DeadCamera,
        Self::ReadRateFalling,
        Self::DeadSide,
        Self::SidesUneven,
        Self::ReferenceImplausible,
    ];

    /// The name used in the journal and in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ZeroCapture => "zero_capture",
            Self::FrozenValue => "frozen_value",
            Self::DeadCamera => "dead_camera",
            Self::ReadRateFalling => "read_rate_falling",
            Self::DeadSide => "dead_side",
            Self::SidesUneven => "sides_uneven",
            Self::ReferenceImplausible => "reference_implausible",
        }
    }
}

/// Something ails a lane, or no longer does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthFinding {
    /// Lane.
    pub lane: u16,
    /// What it is.
    pub ailment: Ailment,
    /// The port that it is about, where it is about one.
    pub port: Option<String>,
    /// Since when.
    pub since: Micros,
    /// When it was found.
    pub found_at: Micros,
    /// Since when it is over; `None` while it lasts.
    pub until: Option<Micros>,
    /// After how many vehicles it was found; of an empty hour how many there should have been.
    pub vehicles: i64,
    /// What was seen, per mille: share of plates read, mean of left against right.
    pub seen_per_mille: Option<i64>,
    /// What is usual of it.
    pub usual_per_mille: Option<i64>,
}

/// The findings of a lane that are open.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Open(Vec<HealthFinding>);

impl Open {
    pub(super) fn iter(&self) -> impl Iterator<Item = &HealthFinding> {
        self.0.iter()
    }

    pub(super) fn has(&self, ailment: Ailment, port: Option<&str>) -> bool {
        let same = |open: &HealthFinding| is_about(open, ailment, port);
        self.0.iter().any(same)
    }

    /// Opens a finding, unless it is open already; yields it when it is new.
    pub(super) fn open(&mut self, finding: HealthFinding) -> Option<HealthFinding> {
        if self.has(finding.ailment, finding.port.as_deref()) {
            return None;
        }
        self.0.push(finding.clone());
        Some(finding)
    }

    /// Closes a finding; yields it when it was open.
    pub(super) fn close(
        &mut self,
        ailment: Ailment,
        port: Option<&str>,
        until: Micros,
    ) -> Option<HealthFinding> {
        let same = |open: &HealthFinding| is_about(open, ailment, port);
        let at = self.0.iter().position(same)?;
        let finding = self.0.remove(at);
        Some(HealthFinding {
            until: Some(until),
            ..finding
        })
    }
}

fn is_about(open: &HealthFinding, ailment: Ailment, port: Option<&str>) -> bool {
    open.ailment == ailment && open.port.as_deref() == port
}
