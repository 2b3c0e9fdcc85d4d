//! What is judged: a vehicle as far as it is known, and what was measured of it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::units::{Kilograms, Millimetres};

/// The largest mass taken for a measurement, in kg. A technical bound, not a rule of law: it keeps
/// every product in the arithmetic far from overflow and a broken record from becoming a case.
pub(super) const LARGEST_MASS_KG: i64 = 1_000_000;

/// The largest distance between neighbouring axles taken for a measurement, in mm.
const LARGEST_SPACING_MM: i64 = 100_000;

/// The most axles a vehicle may have; multi-axle heavy-haul lines stay below.
pub(super) const MOST_AXLES: usize = 32;

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

/// A vehicle as far as register, camera or officer know it. What is `None` is unknown, and the
/// verdict takes the reading better for the party.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct VehicleDescription {
    /// Kind of vehicle.
    pub category: Option<VehicleCategory>,
    /// Distances between neighbouring axles (轴距), front to rear, in mm: one fewer than axles, or
    /// none at all when they are not known.
    pub axle_spacings_mm: Vec<Millimetres>,
    /// Number of driven axles (驱动轴数), at least one.
    pub drive_axles: Option<u8>,
    /// Whether every driven axle has dual tyres and air suspension (空气悬架).
    pub drive_air_suspension: Option<bool>,
    /// Tyres of the axles that are neither driven nor steered.
    pub non_drive_tyres: Option<Tyres>,
    /// Axles by group, front to rear: `+` between groups of one vehicle, `-` before the trailer;
    /// the first group is the steered one. `1+2-3` is a 6x4 tractor with a three-axle trailer.
    pub layout: Option<String>,
    /// Body (车身): `tipper`, `box`, `refrigerated`, `special_purpose`, ...
    pub body: Option<String>,
    /// Total mass on the vehicle licence (行驶证总质量), kg.
    pub licence_total_mass_kg: Option<Kilograms>,
    /// Maximum permitted total mass (最大允许总质量), kg: the base of licence points.
    pub max_total_mass_kg: Option<Kilograms>,
    /// Approved payload (核定载质量), kg: the base of the police fine.
    pub approved_payload_kg: Option<Kilograms>,
    /// Mass of the empty vehicle or train (整备质量), kg.
    pub tare_kg: Option<Kilograms>,
}

/// What a scale is used for (用途). Decides whether and how its error is deducted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScaleUse {
    /// Weighing in motion that only picks vehicles for the platform scale (预检).
    PreSelection,
    /// Weighing in motion as the evidence itself (非现场执法).
    OffSite,
    /// Verified static or low-speed scale at a station (精检).
    Platform,
}

/// The scale behind a measurement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// What it is used for.
    #[serde(rename = "use")]
    pub purpose: ScaleUse,
    /// Accuracy class for vehicle mass by JJG 907 (准确度等级), such as `5`.
    #[serde(default)]
    pub accuracy_class: Option<String>,
}

/// What was measured.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    /// Load of each axle (轴荷), front to rear, kg; empty when only the whole was weighed.
    #[serde(default)]
    pub axle_loads_kg: Vec<Kilograms>,
    /// Mass of the whole vehicle or train (车货总质量), kg, as the scale gave it.
    pub gross_kg: Kilograms,
    /// The scale, when it is known. Without it the reading counts as it is.
    #[serde(default)]
    pub scale: Option<Scale>,
}

/// One vehicle on one day on one scale: the input of [`super::assess`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    /// Name of the case, carried through.
    #[serde(default)]
    pub id: Option<String>,
    /// Day of the act by Beijing time; the table in force on it applies.
    pub day: NaiveDate,
    /// The vehicle as far as it is known.
    #[serde(default)]
    pub vehicle: VehicleDescription,
    /// What was measured.
    pub measured: Measured,
}

/// Input that cannot be judged; each names its field.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InputError {
    /// Neither axle loads, nor spacings, nor a layout say how many axles there are.
    #[error(
        "measured.axle_loads_kg: no axles given (nor vehicle.axle_spacings_mm or vehicle.layout)"
    )]
    NoAxles,
    /// More axles than any vehicle has.
    #[error("{field}: {axles} axles, at most {MOST_AXLES} are possible")]
    TooManyAxles {
        /// The field that gave the count.
        field: &'static str,
        /// The count.
        axles: usize,
    },
    /// The number of spacings is not one fewer than the number of axles.
    #[error("vehicle.axle_spacings_mm: {spacings} spacings do not fit {axles} axles")]
    SpacingsDoNotFit {
        /// Spacings given.
        spacings: usize,
        /// Axles given.
        axles: usize,
    },
    /// A number outside of what can be measured.
    #[error("{field}: {value} is outside {least}..={most}")]
    Implausible {
        /// The field.
        field: &'static str,
        /// The value given.
        value: i64,
        /// Least possible value.
        least: i64,
        /// Greatest possible value.
        most: i64,
    },
    /// The layout is not of the form `1+2-3`, or its axles are not those measured.
    #[error("vehicle.layout: does not describe {axles} axles (expected a form like 1+2-3)")]
    LayoutDoesNotFit {
        /// Axles measured.
        axles: usize,
    },
}

impl InputError {
    /// The field that is wrong.
    pub const fn field(&self) -> &'static str {
        match self {
            Self::NoAxles => "measured.axle_loads_kg",
            Self::SpacingsDoNotFit { .. } => "vehicle.axle_spacings_mm",
            Self::LayoutDoesNotFit { .. } => "vehicle.layout",
            Self::TooManyAxles { field, .. } | Self::Implausible { field, .. } => field,
        }
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
                ('1'..='9', true) => {
                    let axles = usize::try_from(character.to_digit(10)?).ok()?;
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

fn within(field: &'static str, value: i64, least: i64, most: i64) -> Result<(), InputError> {
    if (least..=most).contains(&value) {
        Ok(())
    } else {
        Err(InputError::Implausible {
            field,
            value,
            least,
            most,
        })
    }
}

impl Assessment {
    /// Whether this can be judged at all; [`super::assess`] answers `undetermined` when not.
    pub fn check(&self) -> Result<(), InputError> {
        self.axles().map(|_| ())
    }

    /// The number of axles, after every check of the input.
    pub(super) fn axles(&self) -> Result<usize, InputError> {
        let (vehicle, measured) = (&self.vehicle, &self.measured);
        within(
            "measured.gross_kg",
            measured.gross_kg.get(),
            0,
            LARGEST_MASS_KG,
        )?;
        for load in &measured.axle_loads_kg {
            within("measured.axle_loads_kg", load.get(), 0, LARGEST_MASS_KG)?;
        }
        for spacing in &vehicle.axle_spacings_mm {
            within(
                "vehicle.axle_spacings_mm",
                spacing.get(),
                1,
                LARGEST_SPACING_MM,
            )?;
        }
        let masses = [
            (
                "vehicle.licence_total_mass_kg",
                vehicle.licence_total_mass_kg,
            ),
            ("vehicle.max_total_mass_kg", vehicle.max_total_mass_kg),
            ("vehicle.approved_payload_kg", vehicle.approved_payload_kg),
            ("vehicle.tare_kg", vehicle.tare_kg),
        ];
        for (field, mass) in masses {
            if let Some(mass) = mass {
                within(field, mass.get(), 1, LARGEST_MASS_KG)?;
            }
        }
        if let Some(drive_axles) = vehicle.drive_axles {
            within(
                "vehicle.drive_axles",
                i64::from(drive_axles),
                1,
                MOST_AXLES as i64,
            )?;
        }
        let layout = vehicle.layout.as_deref().map(Layout::parse);
        let spacings = vehicle.axle_spacings_mm.len();
        let (field, axles) = match (measured.axle_loads_kg.len(), spacings, layout) {
            (0, 0, Some(Some(layout))) => ("vehicle.layout", layout.axles),
            (0, 0, _) => return Err(InputError::NoAxles),
            (0, spacings, _) => ("vehicle.axle_spacings_mm", spacings.saturating_add(1)),
            (axles, _, _) => ("measured.axle_loads_kg", axles),
        };
        if axles > MOST_AXLES {
            return Err(InputError::TooManyAxles { field, axles });
        }
        if spacings != 0 && spacings != axles.saturating_sub(1) {
            return Err(InputError::SpacingsDoNotFit { spacings, axles });
        }
        match layout {
            Some(None) => Err(InputError::LayoutDoesNotFit { axles }),
            Some(Some(layout)) if layout.axles != axles => {
                Err(InputError::LayoutDoesNotFit { axles })
            }
            _ => Ok(axles),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assessment(json: &str) -> Assessment {
        serde_json::from_str(json).unwrap()
    }

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

    #[test]
    fn wrong_input_names_its_field() {
        let wrong = |vehicle: &str, measured: &str| {
            let text = format!(
                r#"{{"day":"2024-06-01","vehicle":{{{vehicle}}},"measured":{{{measured}}}}}"#
            );
            assessment(&text).check().unwrap_err()
        };
        let loads = r#""axle_loads_kg":[5000,5000],"gross_kg":10000"#;
        assert_eq!(wrong("", r#""gross_kg":1"#), InputError::NoAxles);
        assert_eq!(
            wrong(r#""axle_spacings_mm":[4000,1300]"#, loads),
            InputError::SpacingsDoNotFit {
                spacings: 2,
                axles: 2
            }
        );
        assert_eq!(
            wrong(r#""layout":"1+2""#, loads),
            InputError::LayoutDoesNotFit { axles: 2 }
        );
        assert_eq!(wrong(r#""layout":"x""#, loads).field(), "vehicle.layout");
        for (vehicle, measured, field) in [
            (
                "",
                r#""axle_loads_kg":[1,-1],"gross_kg":0"#,
                "measured.axle_loads_kg",
            ),
            (
                "",
                r#""axle_loads_kg":[1,1],"gross_kg":-1"#,
                "measured.gross_kg",
            ),
            (
                "",
                r#""axle_loads_kg":[1,1],"gross_kg":1000001"#,
                "measured.gross_kg",
            ),
            (
                r#""axle_spacings_mm":[0]"#,
                loads,
                "vehicle.axle_spacings_mm",
            ),
            (r#""drive_axles":0"#, loads, "vehicle.drive_axles"),
            (r#""tare_kg":0"#, loads, "vehicle.tare_kg"),
            (
                r#""max_total_mass_kg":-5"#,
                loads,
                "vehicle.max_total_mass_kg",
            ),
        ] {
            assert_eq!(wrong(vehicle, measured).field(), field);
        }
        let many = format!(r#""axle_loads_kg":[{}],"gross_kg":33"#, ["1"; 33].join(","));
        assert!(matches!(
            wrong("", &many),
            InputError::TooManyAxles { axles: 33, .. }
        ));
    }

    #[test]
    fn axles_are_counted_from_what_there_is() {
        let count = |vehicle: &str, measured: &str| {
            let text = format!(
                r#"{{"day":"2024-06-01","vehicle":{{{vehicle}}},"measured":{{{measured}}}}}"#
            );
            assessment(&text).axles().unwrap()
        };
        assert_eq!(count("", r#""axle_loads_kg":[1,2,3],"gross_kg":6"#), 3);
        assert_eq!(count(r#""axle_spacings_mm":[4500]"#, r#""gross_kg":6"#), 2);
        assert_eq!(count(r#""layout":"1+2-3""#, r#""gross_kg":6"#), 6);
    }

    #[test]
    fn unknown_keys_of_a_vehicle_are_refused() {
        let text = r#"{"day":"2024-06-01","title":"t","expect":{},"vehicle":{"axels":2},
            "measured":{"gross_kg":1}}"#;
        let error = serde_json::from_str::<Assessment>(text)
            .unwrap_err()
            .to_string();
        assert!(error.contains("axels"), "{error}");
    }
}
