//! The lines of a simulated station's devices.
//!
//! | port | device | protocol |
//! |---|---|---|
//! | `wim-1` … | weigh-in-motion controller of a lane | `olr` or `wim_text_mon` |
//! | `plate-1` … | plate camera of a lane, sees fronts | `plate_text` with `crc16` |
//! | `rear-1` … | plate camera of a lane, sees rears; by setting | `plate_text` with `crc16` |
//! | `picture-1` … | picture camera of a lane | `vc0706_jpeg` |
//! | `platform` | platform scale | `mt_toledo_continuous`, or any other |
//! | `plate-platform` | plate camera of the platform | `plate_text` with `crc16` |
//! | `sign-1` … | text sign over a lane | `text_sign` |
//! | `signal-1` … | traffic light of a lane | `signal_output` |
//!
//! The platform's lane is the one after the last.

use firmware_protocols::registry::find;
use firmware_protocols::{Decoder, Settings as Protocol, Unit};

use super::crossing::CameraView;
use super::emission::{BEIJING_AHEAD, EmissionError, WimProtocol};
use super::settings::Settings;
use crate::lane::{self, PortRole, PortSettings};
use crate::passage::TravelDirection;
use crate::units::{Micros, Millimetres};

/// One simulated port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortPlan {
    /// Name.
    pub name: String,
    /// Protocol name in the registry.
    pub protocol: &'static str,
    /// Settings of that protocol.
    pub settings: Vec<(&'static str, &'static str)>,
    /// What it is for.
    pub role: PortRole,
    /// Lane.
    pub lane: u16,
    /// Which end of the vehicles a camera sees.
    pub view: CameraView,
    /// How far behind the scale's first sensor a camera's line is.
    pub distance_mm: Millimetres,
}

impl PortPlan {
    /// What the lane logic of a station must be told of this port.
    pub fn lane_settings(&self) -> PortSettings {
        let is_platform = self.role == PortRole::Platform;
        PortSettings {
            role: self.role,
            lane: Some(self.lane),
            protocol: self.protocol.to_owned(),
            // All that the simulated devices speak is documented.
            proven: true,
            utc_offset: BEIJING_AHEAD,
            unit: is_platform.then_some(Unit::Kilogram),
            view: self.view.name().to_owned(),
            device_lane: None,
            normal_direction: (self.role == PortRole::Wim).then_some(TravelDirection::Forward),
            camera_delay: Micros::ZERO,
            camera_distance_mm: self.distance_mm,
        }
    }

    /// The protocol's settings.
    pub fn protocol_settings(&self) -> Protocol {
        let with = |all: Protocol, (key, value): &(&str, &str)| all.with(key, value);
        self.settings.iter().fold(Protocol::new(), with)
    }

    /// A decoder for what the device sends.
    ///
    /// # Errors
    /// When the protocol's name is unknown or it refuses its settings.
    pub fn decoder(&self) -> Result<Box<dyn Decoder>, EmissionError> {
        Ok((find(self.protocol)?.decoder)(&self.protocol_settings())?)
    }
}

/// What the plate cameras speak unless they are told otherwise.
pub const CAMERA_PROTOCOL: &str = "plate_text";
/// What the platform scale speaks unless it is told otherwise.
pub const SCALE_PROTOCOL: &str = "mt_toledo_continuous";

/// The lane number of the platform.
pub fn platform_lane(settings: &Settings) -> u16 {
    settings.lanes.max(1).saturating_add(1)
}

/// The ports of a station, in a fixed order: the lanes' scales, their plate cameras, their picture
/// cameras, the platform and its plate camera, the signs and the lights; last the rear cameras, where
/// the road has any.
pub fn ports(
    settings: &Settings,
    wim: WimProtocol,
    scale: &'static str,
    camera: &'static str,
) -> Vec<PortPlan> {
    let port = |name: String, role, lane| PortPlan {
        name,
        protocol: match role {
            PortRole::Wim => wim.name(),
            PortRole::Plate => camera,
            PortRole::Picture => "vc0706_jpeg",
            PortRole::Platform => scale,
            PortRole::Radar => "icoms_radar",
            PortRole::Sign => "text_sign",
            PortRole::Signal => "signal_output",
        },
        settings: match role {
            PortRole::Plate if camera == CAMERA_PROTOCOL => vec![("checksum", "crc16")],
            _ => Vec::new(),
        },
        role,
        lane,
        view: CameraView::Front,
        distance_mm: match role {
            PortRole::Plate if lane != platform_lane(settings) => settings.cameras.distance_mm,
            _ => Millimetres::ZERO,
        },
    };
    let lanes = 1..=settings.lanes.max(1);
    let platform = platform_lane(settings);
    let mut ports = Vec::new();
    for role in [PortRole::Wim, PortRole::Plate, PortRole::Picture] {
        let named = |lane| port(format!("{}-{lane}", role.name()), role, lane);
        ports.extend(lanes.clone().map(named));
    }
    ports.push(port("platform".to_owned(), PortRole::Platform, platform));
    ports.push(port("plate-platform".to_owned(), PortRole::Plate, platform));
    for role in [PortRole::Sign, PortRole::Signal] {
        let named = |lane| port(format!("{}-{lane}", role.name()), role, lane);
        ports.extend(lanes.clone().map(named));
    }
    if let Some(rear) = settings.cameras.rear {
        ports.extend(lanes.map(|lane| PortPlan {
            view: CameraView::Rear,
            distance_mm: rear.distance_mm,
            ..port(format!("rear-{lane}"), PortRole::Plate, lane)
        }));
    }
    ports
}

/// What the lane logic of a station with these ports is told: its defaults, and the ports.
pub fn lane_settings(station: &str, ports: &[PortPlan]) -> lane::Settings {
    let mut settings = lane::Settings::new(station);
    for plan in ports {
        settings
            .ports
            .insert(plan.name.clone(), plan.lane_settings());
    }
    settings
}
