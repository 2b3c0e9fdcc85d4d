//! What the lane logic must be told of a station.

use std::collections::{BTreeMap, BTreeSet};

use firmware_protocols::Unit;

use crate::lane::association::AssociationSettings;
use crate::lane::drift::DriftSettings;
use crate::lane::evasion::EvasionSettings;
use crate::lane::health::HealthSettings;
use crate::lane::quality::QualitySettings;
use crate::passage::TravelDirection;
use crate::units::{Kilograms, Micros, Millimetres, TenthKmh};

/// What a port is for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum PortRole {
    /// Vehicle records of a weigh-in-motion controller.
    Wim,
    /// Readings of a platform scale.
    Platform,
    /// Plate reads.
    Plate,
    /// Pictures.
    Picture,
    /// Speeds of a detector, to compare with the scale's.
    Radar,
    /// A board that tells drivers what to do; the daemon drives it.
    Sign,
    /// A light or barrier; the daemon drives it.
    Signal,
}

impl PortRole {
    /// The name used in configuration and in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wim => "wim",
            Self::Platform => "platform",
            Self::Plate => "plate",
            Self::Picture => "picture",
            Self::Radar => "radar",
            Self::Sign => "sign",
            Self::Signal => "signal",
        }
    }

    /// Whether the device shows something instead of measuring something.
    pub const fn is_output(self) -> bool {
        matches!(self, Self::Sign | Self::Signal)
    }
}

/// What the lane logic must be told of a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortSettings {
    /// What it is for.
    pub role: PortRole,
    /// Lane it serves; `None` for a controller of several lanes, whose records say which.
    pub lane: Option<u16>,
    /// Protocol name.
    pub protocol: String,
    /// Whether the protocol's layout is confirmed: by documents or recordings, or at this station.
    pub proven: bool,
    /// What a device time that does not say UTC is ahead of UTC.
    pub utc_offset: Micros,
    /// Unit where the wire has none.
    pub unit: Option<Unit>,
    /// Which side a camera's pictures show.
    pub view: String,
    /// The lane as the device itself numbers it; `None` when it uses the station's numbers.
    pub device_lane: Option<u16>,
    /// The direction code that means driving with the lane; `None` where the device's codes say
    /// nothing of it.
    pub normal_direction: Option<TravelDirection>,
    /// How much later this camera sees a vehicle than the scale's first axle; negative when earlier.
    pub camera_delay: Micros,
    /// How far behind the scale's first sensor this camera reads plates; negative when before it.
    pub camera_distance_mm: Millimetres,
}

impl PortSettings {
    /// Whether a camera sees rear plates: a vehicle's length later than front plates.
    pub fn sees_rear(&self) -> bool {
        self.view == "rear"
    }
}

/// The stability rule of a platform scale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlatformSettings {
    /// From this weight on something stands on the platform.
    pub occupied_kg: Kilograms,
    /// So many frames in a row must agree.
    pub agreeing_frames: u32,
    /// And over at least this time.
    pub agreeing_for: Micros,
    /// Two frames agree when they differ by no more (one scale division).
    pub division_kg: Kilograms,
    /// A plate read this long before the first load still belongs to the vehicle.
    pub plate_lead: Micros,
    /// A dynamic passage this long ago may lend its axles.
    pub link_within: Micros,
}

/// Settings of the whole carriageway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Station code.
    pub station: String,
    /// Ports by name.
    pub ports: BTreeMap<String, PortSettings>,
    /// A passage closes this long after its record came in.
    pub close_after: Micros,
    /// A passage whose expected reads are all in closes so long after its record, plus the
    /// residual of its plate: by then the record of any vehicle that could rival it has come.
    pub settle_after: Micros,
    /// A plate read further than this from its expected time is not this vehicle's.
    pub plate_window: Micros,
    /// A read further than this from its expected time is seen and not trusted.
    pub ambiguity_margin: Micros,
    /// What association assumes, and how sure it has to be.
    pub association: AssociationSettings,
    /// From what on a weighing shows an evasion.
    pub evasion: EvasionSettings,
    /// How long reads and weighings are remembered for records that come late.
    pub memory: Micros,
    /// A picture that takes longer than this is given up.
    pub picture_timeout: Micros,
    /// A picture is asked for only so long after the last axle: later it shows somebody else.
    pub picture_within: Micros,
    /// A picture frozen later than this after it was asked for may show the next vehicle.
    pub freeze_within: Micros,
    /// A radar's speed further from the scale's than this spoils the weighing, tenths of km/h.
    pub speed_tolerance: TenthKmh,
    /// A device's clock is believed while the least delay of its records in the last minutes is no
    /// more than this: its messages can't come before what they tell of, and some come promptly.
    /// `None` where there is no station clock to compare with (a recording that is read back).
    pub clock_tolerance: Option<Micros>,
    /// Platform rule.
    pub platform: PlatformSettings,
    /// What a record may say.
    pub quality: QualitySettings,
    /// Control charts.
    pub drift: DriftSettings,
    /// Health of lanes.
    pub health: HealthSettings,
}

impl Settings {
    /// Lanes of the carriageway that are weighed, where they are numbered from 1 without a gap and each
    /// has its scale; 0 where that is not known.
    pub fn lanes(&self) -> u16 {
        let scales = self
            .ports
            .values()
            .filter(|port| port.role == PortRole::Wim);
        let lanes: Option<BTreeSet<u16>> = scales.map(|port| port.lane).collect();
        let lanes = lanes.unwrap_or_default();
        let count = u16::try_from(lanes.len()).unwrap_or(0);
        if lanes.first() == Some(&1) && lanes.last() == Some(&count) {
            count
        } else {
            0
        }
    }

    /// Settings with the documented defaults and no ports.
    pub fn new(station: &str) -> Self {
        Self {
            station: station.to_owned(),
            ports: BTreeMap::new(),
            close_after: Micros::from_seconds(10),
            settle_after: Micros::from_millis(2_500),
            plate_window: Micros::from_millis(1_500),
            ambiguity_margin: Micros::from_millis(600),
            association: AssociationSettings::default(),
            evasion: EvasionSettings::default(),
            memory: Micros::from_seconds(600),
            picture_timeout: Micros::from_seconds(8),
            picture_within: Micros::from_seconds(2),
            freeze_within: Micros::from_seconds(1),
            speed_tolerance: TenthKmh::new(100),
            clock_tolerance: Some(Micros::from_seconds(1)),
            platform: PlatformSettings {
                occupied_kg: Kilograms::new(1_000),
                agreeing_frames: 10,
                agreeing_for: Micros::from_millis(1_000),
                division_kg: Kilograms::new(20),
                plate_lead: Micros::from_seconds(15),
                link_within: Micros::from_seconds(1_800),
            },
            quality: QualitySettings::default(),
            drift: DriftSettings::default(),
            health: HealthSettings::default(),
        }
    }
}
