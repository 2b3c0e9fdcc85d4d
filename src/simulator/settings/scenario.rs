//! Roads by name.

use super::{
    CameraSettings, ClockSettings, ControllerSettings, DefectShares, Headways, RearCamera,
    Settings, SpeedProfile,
};
use crate::units::Millimetres;

/// A road by name (交通状态).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scenario {
    /// Free flow (自由流): a motorway's lanes at 600 vehicles an hour, two thirds of them cars, who
    /// overtake the trucks.
    Free,
    /// Dense flow (密集流): 1,350 vehicles an hour and lane, hardly anybody drives freely.
    Dense,
    /// Jam (拥堵): stop and go, waves of standing and of walking pace, 44 km/h in the middle.
    Jam,
}

impl Scenario {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Free, Self::Dense, Self::Jam];

    /// The name used in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Dense => "dense",
            Self::Jam => "jam",
        }
    }

    /// The road with its devices: front and rear cameras, clocks that drift, what goes wrong every day
    /// and is no evasion. Nobody evades and no device is at fault, before the settings say so.
    pub fn settings(self) -> Settings {
        let road = Settings::statistics();
        Settings {
            flow_per_hour: match self {
                Self::Free => 600.0,
                Self::Dense => 1_350.0,
                Self::Jam => 1_100.0,
            },
            headways: Headways::Mixture,
            speeds: match self {
                Self::Free => SpeedProfile::Motorway,
                Self::Dense => SpeedProfile::DenseMotorway,
                Self::Jam => SpeedProfile::Jam,
            },
            car_share: match self {
                Self::Free => 0.65,
                Self::Dense => 0.75,
                Self::Jam => 0.70,
            },
            overtaking: match self {
                Self::Free => 0.70,
                Self::Dense => 0.15,
                Self::Jam => 0.0,
            },
            restless: match self {
                Self::Free => 0.08,
                Self::Dense => 0.12,
                Self::Jam => 0.10,
            },
            regulars_return_hours: Some(12.0),
            cameras: CameraSettings {
                distance_mm: Millimetres::new(8_000),
                rear: Some(RearCamera {
                    distance_mm: Millimetres::new(5_000),
                }),
                ..CameraSettings::ROADSIDE
            },
            clocks: ClockSettings::DRIFTING,
            controllers: ControllerSettings {
                tells_direction: 0.7,
                tells_beside: 0.5,
                flag_evasion: false,
            },
            defects: DefectShares {
                missed_record: 0.003,
                split_record: 0.000_5,
                ..road.defects
            },
            ..road
        }
    }
}
