//! The two authorities, and how a vehicle is met: closed lists.

use serde::{Deserialize, Serialize};

/// Who punishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Authority {
    /// The transport authority (交通运输主管部门).
    Transport,
    /// The traffic police (公安机关交通管理部门).
    Police,
}

impl Authority {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Transport, Self::Police];

    /// The name used in JSON and in the table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Transport => "transport",
            Self::Police => "police",
        }
    }

    /// The Chinese name.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Transport => "交通运输主管部门",
            Self::Police => "公安机关交通管理部门",
        }
    }

    /// The English name, a plural.
    pub const fn en(self) -> &'static str {
        match self {
            Self::Transport => "the transport authorities",
            Self::Police => "the police",
        }
    }
}

/// How the vehicle was met (执法方式).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnforcementMode {
    /// A fixed station where police are resident (公安驻站的路警联合执法).
    JointStation,
    /// A fixed station without resident police (无公安驻站的固定检测站).
    StationWithoutPolice,
    /// By records of technical monitoring, nobody stopped (非现场执法).
    OffSite,
    /// An agreed mobile check of both on a road without a station (流动联合执法).
    MobileJoint,
    /// The operator's scale at an expressway entry (高速公路入口称重).
    ExpresswayEntry,
}

impl EnforcementMode {
    /// All modes.
    pub const ALL: [Self; 5] = [
        Self::JointStation,
        Self::StationWithoutPolice,
        Self::OffSite,
        Self::MobileJoint,
        Self::ExpresswayEntry,
    ];

    /// The name used in JSON and in the table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::JointStation => "joint_station",
            Self::StationWithoutPolice => "station_without_police",
            Self::OffSite => "off_site",
            Self::MobileJoint => "mobile_joint",
            Self::ExpresswayEntry => "expressway_entry",
        }
    }

    /// The Chinese name.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::JointStation => "公安驻站的路警联合执法",
            Self::StationWithoutPolice => "无公安驻站的固定检测站",
            Self::OffSite => "非现场执法",
            Self::MobileJoint => "流动联合执法",
            Self::ExpresswayEntry => "高速公路入口称重",
        }
    }

    /// The English name.
    pub const fn en(self) -> &'static str {
        match self {
            Self::JointStation => "joint station with resident police",
            Self::StationWithoutPolice => "station without resident police",
            Self::OffSite => "off-site enforcement",
            Self::MobileJoint => "mobile joint check",
            Self::ExpresswayEntry => "expressway entry",
        }
    }
}
