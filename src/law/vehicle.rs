//! A vehicle as far as it is known.

use serde::{Deserialize, Serialize};

use super::permit::Permit;
use crate::units::{Kilograms, Millimetres};

/// Kind of vehicle (车辆类型) as Order 62 art. 3 tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VehicleCategory {
    /// Truck without a trailer (载货汽车).
    Truck,
    /// Tractor with semi-trailer (铰接列车).
    ArticulatedTrain,
    /// Truck with a centre-axle trailer (中置轴挂车列车).
    CentreAxleTrailerTrain,
    /// Truck with a full trailer on a drawbar (全挂列车).
    FullTrailerTrain,
    /// Low-speed goods vehicle, agricultural vehicle or tractor (低速货车、农用车、拖拉机): the
    /// total mass on its licence is its limit.
    LowSpeed,
}

impl VehicleCategory {
    /// Whether it is a train (汽车列车): a motor vehicle with a trailer.
    pub const fn is_train(self) -> bool {
        matches!(
            self,
            Self::ArticulatedTrain | Self::CentreAxleTrailerTrain | Self::FullTrailerTrain
        )
    }

    /// The name used in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Truck => "truck",
            Self::ArticulatedTrain => "articulated_train",
            Self::CentreAxleTrailerTrain => "centre_axle_trailer_train",
            Self::FullTrailerTrain => "full_trailer_train",
            Self::LowSpeed => "low_speed",
        }
    }
}

/// Tyres of the axles that are not driven and not steered (非驱动轴轮胎).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tyres {
    /// Two tyres on each side (双胎).
    Dual,
    /// One tyre on each side (单胎).
    Single,
    /// One wide tyre to national standard on each side (宽基轮胎).
    WideSingle,
}

impl Tyres {
    /// The name used in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dual => "dual",
            Self::Single => "single",
            Self::WideSingle => "wide_single",
        }
    }
}

/// A vehicle as far as register, camera or officer know it. What is `None` is unknown, and the
/// verdict takes the reading better for the party.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct VehicleDescription {
    /// Kind of vehicle.
    pub category: Option<VehicleCategory>,
    /// Whether it draws a trailer (是否为汽车列车), where that is known and the kind is not: a plate
    /// with 挂 at the rear says so.
    pub train: Option<bool>,
    /// Distances between neighbouring axles (轴距), front to rear, in mm: one fewer than axles, or
    /// none at all when they are not known.
    pub axle_spacings_mm: Vec<Millimetres>,
    /// Number of driven axles (驱动轴数), at least one.
    pub drive_axles: Option<u8>,
    /// Whether every driven axle has dual tyres and air suspension (空气悬架).
    pub drive_air_suspension: Option<bool>,
    /// Tyres of the axles that are neither driven nor steered.
    pub non_drive_tyres: Option<Tyres>,
    /// Whether the axles that are neither driven nor steered have air suspension. The standard's
    /// plain figure is that without: unlike the others this one has to be shown.
    pub non_drive_air_suspension: Option<bool>,
    /// Axles by group, front to rear: `+` between groups of one vehicle, `-` before the trailer;
    /// the first group is the steered one. `1+2-3` is a 6x4 tractor with a three-axle trailer.
    pub layout: Option<String>,
    /// Body (车身): `tipper`, `box`, `refrigerated`, `car_carrier`, `special_purpose`, ...
    pub body: Option<String>,
    /// Total mass on the vehicle licence (行驶证总质量), kg.
    pub licence_total_mass_kg: Option<Kilograms>,
    /// Maximum permitted total mass (最大允许总质量), kg: the base of licence points.
    pub max_total_mass_kg: Option<Kilograms>,
    /// Approved payload (核定载质量), kg: the base of the police fine.
    pub approved_payload_kg: Option<Kilograms>,
    /// Mass of the empty vehicle or train (整备质量), kg.
    pub tare_kg: Option<Kilograms>,
    /// Height with its load from the ground (车货总高), mm.
    pub height_mm: Option<Millimetres>,
    /// Width with its load (车货总宽), mm.
    pub width_mm: Option<Millimetres>,
    /// Length with its load (车货总长), mm.
    pub length_mm: Option<Millimetres>,
    /// Permit for over-limit transport (超限运输车辆通行证) that was shown.
    pub permit: Option<Permit>,
}

impl VehicleDescription {
    /// Whether it has that body.
    pub(super) fn has_body(&self, body: &str) -> bool {
        self.body.as_deref() == Some(body)
    }
}

/// Axles by position, as a layout like `1+2-3` gives them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Layout {
    /// Axles of the first, steered group.
    pub steered: usize,
    /// Axles of the motor vehicle.
    pub motor: usize,
    /// All axles.
    pub axles: usize,
}

impl Layout {
    /// Reads `1+2-3`; `None` when the text is none such.
    pub fn parse(text: &str) -> Option<Self> {
        let mut layout = Self {
            steered: 0,
            motor: 0,
            axles: 0,
        };
        let mut trailer = false;
        let mut want_digit = true;
        for character in text.chars() {
            match (character, want_digit) {
                (_, true) => {
                    let axles = usize::try_from(character.to_digit(10)?).ok()?;
                    if axles == 0 {
                        return None;
                    }
                    if layout.axles == 0 {
                        layout.steered = axles;
                    }
                    layout.axles = layout.axles.saturating_add(axles);
                    if !trailer {
                        layout.motor = layout.motor.saturating_add(axles);
                    }
                    want_digit = false;
                }
                ('+', false) => want_digit = true,
                ('-', false) => {
                    trailer = true;
                    want_digit = true;
                }
                _ => return None,
            }
        }
        (!want_digit).then_some(layout)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts_are_read() {
        let layout = Layout::parse("1+2-3").unwrap();
        assert_eq!((layout.steered, layout.motor, layout.axles), (1, 3, 6));
        let layout = Layout::parse("2+2").unwrap();
        assert_eq!((layout.steered, layout.motor, layout.axles), (2, 4, 4));
        for bad in ["", "1+", "+1", "1--2", "1+0", "a", "12"] {
            assert_eq!(Layout::parse(bad), None, "{bad}");
        }
    }
}
