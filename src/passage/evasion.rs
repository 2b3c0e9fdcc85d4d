//! How drivers evade weighing and identification (逃避检测).

mod finding;
mod text;

use serde::{Deserialize, Serialize};

pub use finding::{BelievedVehicle, EvasionFinding, Signal, SignalName};

/// A way of passing a station so that the weighing, or who was weighed, comes to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvasionKind {
    /// Over two lanes at once (跨道): each scale weighs the wheels of one side.
    Straddling,
    /// The wheels of one side beside the sensor (单边驶出).
    OneSideOff,
    /// Braking on the sensors (急刹).
    Braking,
    /// Speeding up on the sensors, axles jump (冲磅、跳磅).
    Surging,
    /// A serpentine over the sensors (走S形): load swings from side to side.
    Weaving,
    /// Standing on the sensors in between (走走停停).
    StopAndGo,
    /// Far slower than the lane (低速蠕行).
    Creeping,
    /// Back and forth over the sensors (倒车): axles are counted twice.
    Reversing,
    /// So close behind another that both are one record (两车并为一条).
    MergedRecord,
    /// One vehicle recorded as two (一车拆成两条).
    SplitRecord,
    /// An axle lifted off the road under load (提升桥).
    LiftAxle,
    /// Against the lane (逆行).
    WrongWay,
    /// The plate is covered (遮挡号牌).
    PlateCovered,
    /// There is no plate (无号牌).
    PlateMissing,
    /// Another vehicle's number (套牌).
    PlateCloned,
    /// Around the station (绕行).
    Bypass,
}

impl EvasionKind {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::Straddling,
        Self::OneSideOff,
        Self::Braking,
        Self::Surging,
        Self::Weaving,
        Self::StopAndGo,
        Self::Creeping,
        Self::Reversing,
        Self::MergedRecord,
        Self::SplitRecord,
        Self::LiftAxle,
        Self::WrongWay,
        Self::PlateCovered,
        Self::PlateMissing,
        Self::PlateCloned,
        Self::Bypass,
    ];

    /// The name used in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Straddling => "straddling",
            Self::OneSideOff => "one_side_off",
            Self::Braking => "braking",
            Self::Surging => "surging",
            Self::Weaving => "weaving",
            Self::StopAndGo => "stop_and_go",
            Self::Creeping => "creeping",
            Self::Reversing => "reversing",
            Self::MergedRecord => "merged_record",
            Self::SplitRecord => "split_record",
            Self::LiftAxle => "lift_axle",
            Self::WrongWay => "wrong_way",
            Self::PlateCovered => "plate_covered",
            Self::PlateMissing => "plate_missing",
            Self::PlateCloned => "plate_cloned",
            Self::Bypass => "bypass",
        }
    }

    /// The Chinese name.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Straddling => "跨道",
            Self::OneSideOff => "单边驶出",
            Self::Braking => "急刹",
            Self::Surging => "冲磅、跳磅",
            Self::Weaving => "走S形",
            Self::StopAndGo => "走走停停",
            Self::Creeping => "低速蠕行",
            Self::Reversing => "倒车",
            Self::MergedRecord => "两车并为一条",
            Self::SplitRecord => "一车拆成两条",
            Self::LiftAxle => "提升桥",
            Self::WrongWay => "逆行",
            Self::PlateCovered => "遮挡号牌",
            Self::PlateMissing => "无号牌",
            Self::PlateCloned => "套牌",
            Self::Bypass => "绕行",
        }
    }

    /// The English name.
    pub const fn en(self) -> &'static str {
        match self {
            Self::Straddling => "straddling two lanes",
            Self::OneSideOff => "one side off",
            Self::Braking => "braking",
            Self::Surging => "surging",
            Self::Weaving => "weaving",
            Self::StopAndGo => "stop and go",
            Self::Creeping => "creeping",
            Self::Reversing => "reversing",
            Self::MergedRecord => "two vehicles in one record",
            Self::SplitRecord => "one vehicle in two records",
            Self::LiftAxle => "lift axle",
            Self::WrongWay => "wrong way",
            Self::PlateCovered => "plate covered",
            Self::PlateMissing => "no plate",
            Self::PlateCloned => "cloned plate",
            Self::Bypass => "bypass",
        }
    }

    /// Whether a finding of this kind keeps the passage from a penalty.
    ///
    /// Hard are those that put the weight, the axles or the owner in doubt. So is the lift axle: the
    /// limit goes by the number of axles, and one that was up was not counted. Not hard are creeping
    /// (the weight holds within the instrument's speed range, and the controller flags what is
    /// outside), a covered or missing plate (whoever is not known is not fined anyway; when he is
    /// found, the weight holds), and the bypass, which is no weighing at all.
    pub const fn is_hard(self) -> bool {
        !matches!(
            self,
            Self::Creeping | Self::PlateCovered | Self::PlateMissing | Self::Bypass
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_json() {
        for kind in EvasionKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
        }
    }
}
