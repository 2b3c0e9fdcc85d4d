//! One vehicle on one day on one scale: what is judged, and whether it can be.

use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::authority::EnforcementMode;
use super::measured::Measured;
use super::statement::Statement;
use super::vehicle::{Layout, VehicleCategory, VehicleDescription};

/// The largest mass taken for a measurement, in kg. A technical bound, not a rule of law: it keeps
/// every product in the arithmetic far from overflow and a broken record from becoming a case.
pub(super) const LARGEST_MASS_KG: i64 = 500_000;

/// The largest load of one axle taken for a measurement, in kg; a technical bound as well.
const LARGEST_AXLE_LOAD_KG: i64 = 100_000;

/// The largest distance between neighbouring axles taken for a measurement, in mm.
const LARGEST_SPACING_MM: i64 = 100_000;

/// The largest dimension taken for a measurement, in mm.
pub(super) const LARGEST_LENGTH_MM: i64 = 200_000;

/// The largest error of a spacing that a sensor may have, in mm.
const LARGEST_TOLERANCE_MM: i64 = 500;

/// The largest scale interval, in kg: ten times that of the coarsest class.
const LARGEST_INTERVAL_KG: i64 = 2_000;

/// The largest drift that can be stated, in hundredths of a per cent: 50 %.
const LARGEST_DRIFT: i64 = 5_000;

/// The most axles a vehicle may have; multi-axle heavy-haul lines stay below.
pub(super) const MOST_AXLES: usize = 32;

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
    /// What others say of the vehicle: register, rear plate, camera, officer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statements: Vec<Statement>,
    /// How it was met (执法方式): decides which authority may fine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<EnforcementMode>,
    /// Road on which it was met (公路编号), such as `G208`: compared with the permit's route.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub road: Option<String>,
    /// Time of day by Beijing time: compared with the permit's hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<NaiveTime>,
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
    /// A field that contradicts another, or has no place here.
    #[error("{field}: {what}")]
    Contradiction {
        /// The field.
        field: &'static str,
        /// What is wrong.
        what: &'static str,
    },
    /// A statement of somebody else is wrong.
    #[error("statements[{index}].{error}")]
    Statement {
        /// Which, from 0.
        index: usize,
        /// What is wrong with its vehicle.
        error: Box<InputError>,
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
            Self::TooManyAxles { field, .. }
            | Self::Implausible { field, .. }
            | Self::Contradiction { field, .. } => field,
            Self::Statement { error, .. } => error.field(),
        }
    }
}

pub(super) fn within(
    field: &'static str,
    value: i64,
    least: i64,
    most: i64,
) -> Result<(), InputError> {
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
    /// One vehicle, one weighing, one day, and nothing else known.
    pub const fn new(day: NaiveDate, vehicle: VehicleDescription, measured: Measured) -> Self {
        Self {
            id: None,
            day,
            vehicle,
            measured,
            statements: Vec::new(),
            mode: None,
            road: None,
            time: None,
        }
    }

    /// Whether this can be judged at all; [`super::assess`] answers `undetermined` when not.
    pub fn check(&self) -> Result<(), InputError> {
        self.axles().map(|_| ())
    }

    /// The number of axles, after every check of the input.
    pub(super) fn axles(&self) -> Result<usize, InputError> {
        let (vehicle, measured) = (&self.vehicle, &self.measured);
        measured.check()?;
        vehicle.check()?;
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
            Some(None) => return Err(InputError::LayoutDoesNotFit { axles }),
            Some(Some(layout)) if layout.axles != axles => {
                return Err(InputError::LayoutDoesNotFit { axles });
            }
            _ => {}
        }
        if let Some(driven) = vehicle.drive_axles {
            // Of a train, those of the motor vehicle alone can be driven, as far as it is known.
            let motor = layout.flatten().map_or(axles, |layout| layout.motor);
            let most = i64::try_from(motor).unwrap_or(i64::MAX);
            within("vehicle.drive_axles", i64::from(driven), 1, most)?;
        }
        if let Some((tare, most)) = vehicle.tare_kg.zip(vehicle.max_total_mass_kg)
            && tare >= most
        {
            return Err(InputError::Contradiction {
                field: "vehicle.tare_kg",
                what: "leaves nothing to vehicle.max_total_mass_kg",
            });
        }
        if let Some(permit) = &vehicle.permit {
            permit.check(axles)?;
        }
        for (index, statement) in self.statements.iter().enumerate() {
            statement.check().map_err(|error| InputError::Statement {
                index,
                error: Box::new(error),
            })?;
        }
        Ok(axles)
    }
}

impl Measured {
    fn check(&self) -> Result<(), InputError> {
        within("measured.gross_kg", self.gross_kg.get(), 0, LARGEST_MASS_KG)?;
        for load in &self.axle_loads_kg {
            within(
                "measured.axle_loads_kg",
                load.get(),
                0,
                LARGEST_AXLE_LOAD_KG,
            )?;
        }
        if let Some(tolerance) = self.spacing_tolerance_mm {
            let field = "measured.spacing_tolerance_mm";
            within(field, tolerance.get(), 0, LARGEST_TOLERANCE_MM)?;
        }
        let Some(scale) = &self.scale else {
            return Ok(());
        };
        if let Some(interval) = scale.interval_kg {
            let field = "measured.scale.interval_kg";
            within(field, interval.get(), 1, LARGEST_INTERVAL_KG)?;
        }
        if let Some(drift) = scale.drift_basis_points {
            let field = "measured.scale.drift_basis_points";
            within(field, drift, -LARGEST_DRIFT, LARGEST_DRIFT)?;
        }
        match &scale.certificate {
            Some(certificate) if certificate.valid_until < certificate.valid_from => {
                Err(InputError::Contradiction {
                    field: "measured.scale.certificate",
                    what: "valid_until is before valid_from",
                })
            }
            _ => Ok(()),
        }
    }
}

impl VehicleDescription {
    /// Whether each figure is possible, and none contradicts another.
    fn check(&self) -> Result<(), InputError> {
        for spacing in &self.axle_spacings_mm {
            let field = "vehicle.axle_spacings_mm";
            within(field, spacing.get(), 1, LARGEST_SPACING_MM)?;
        }
        let masses = [
            ("vehicle.licence_total_mass_kg", self.licence_total_mass_kg),
            ("vehicle.max_total_mass_kg", self.max_total_mass_kg),
            ("vehicle.approved_payload_kg", self.approved_payload_kg),
            ("vehicle.tare_kg", self.tare_kg),
        ];
        for (field, mass) in masses {
            if let Some(mass) = mass {
                within(field, mass.get(), 1, LARGEST_MASS_KG)?;
            }
        }
        let lengths = [
            ("vehicle.height_mm", self.height_mm),
            ("vehicle.width_mm", self.width_mm),
            ("vehicle.length_mm", self.length_mm),
        ];
        for (field, length) in lengths {
            if let Some(length) = length {
                within(field, length.get(), 1, LARGEST_LENGTH_MM)?;
            }
        }
        if let Some(driven) = self.drive_axles {
            let most = MOST_AXLES as i64;
            within("vehicle.drive_axles", i64::from(driven), 1, most)?;
        }
        let refuse = |field, what| Err(InputError::Contradiction { field, what });
        let drawn = self.category.map(VehicleCategory::is_train);
        if self.category == Some(VehicleCategory::Truck) && self.train == Some(true)
            || drawn == Some(true) && self.train == Some(false)
        {
            return refuse("vehicle.train", "contradicts vehicle.category");
        }
        let trailer = self.layout.as_ref().map(|layout| layout.contains('-'));
        match (drawn.or(self.train), trailer) {
            (Some(true), Some(false)) => refuse(
                "vehicle.layout",
                "shows no trailer (-), but the vehicle is a train",
            ),
            (Some(false), Some(true)) if self.category != Some(VehicleCategory::LowSpeed) => {
                refuse(
                    "vehicle.layout",
                    "shows a trailer (-), but the vehicle is no train",
                )
            }
            _ => Ok(()),
        }
    }
}

impl Statement {
    /// Whether it can be taken: as a description, and nothing that is not taken from others.
    fn check(&self) -> Result<(), InputError> {
        self.vehicle.check()?;
        let what = "is not taken from a statement: give it with the vehicle itself";
        if self.vehicle.permit.is_some() {
            let field = "vehicle.permit";
            return Err(InputError::Contradiction { field, what });
        }
        if !self.vehicle.axle_spacings_mm.is_empty() {
            let field = "vehicle.axle_spacings_mm";
            return Err(InputError::Contradiction { field, what });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assessment(json: &str) -> Assessment {
        serde_json::from_str(json).unwrap()
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
                r#""axle_loads_kg":[1,1],"gross_kg":500001"#,
                "measured.gross_kg",
            ),
            (
                r#""axle_spacings_mm":[0]"#,
                loads,
                "vehicle.axle_spacings_mm",
            ),
            (
                "",
                r#""axle_loads_kg":[1,100001],"gross_kg":100002"#,
                "measured.axle_loads_kg",
            ),
            (
                "",
                r#""axle_loads_kg":[1,1],"gross_kg":2,"spacing_tolerance_mm":501"#,
                "measured.spacing_tolerance_mm",
            ),
            (
                "",
                r#""axle_loads_kg":[1,1],"gross_kg":2,"scale":{"use":"platform","interval_kg":0}"#,
                "measured.scale.interval_kg",
            ),
            (
                "",
                r#""axle_loads_kg":[1,1],"gross_kg":2,"scale":{"use":"platform","drift_basis_points":-5001}"#,
                "measured.scale.drift_basis_points",
            ),
            (r#""height_mm":0"#, loads, "vehicle.height_mm"),
            (r#""width_mm":200001"#, loads, "vehicle.width_mm"),
            (r#""length_mm":-1"#, loads, "vehicle.length_mm"),
            (r#""permit":{"gross_kg":0}"#, loads, "vehicle.permit"),
            (r#""permit":{"width_mm":0}"#, loads, "vehicle.permit"),
            (r#""drive_axles":0"#, loads, "vehicle.drive_axles"),
            (r#""drive_axles":3"#, loads, "vehicle.drive_axles"),
            (
                r#""drive_axles":2,"layout":"1-1""#,
                loads,
                "vehicle.drive_axles",
            ),
            (
                r#""tare_kg":18000,"max_total_mass_kg":18000"#,
                loads,
                "vehicle.tare_kg",
            ),
            (
                r#""tare_kg":18001,"max_total_mass_kg":18000"#,
                loads,
                "vehicle.tare_kg",
            ),
            (r#""category":"truck","train":true"#, loads, "vehicle.train"),
            (
                r#""category":"articulated_train","train":false"#,
                loads,
                "vehicle.train",
            ),
            (
                r#""category":"truck","layout":"1-1""#,
                loads,
                "vehicle.layout",
            ),
            (
                r#""category":"full_trailer_train","layout":"1+1""#,
                loads,
                "vehicle.layout",
            ),
            (r#""permit":{}"#, loads, "vehicle.permit"),
            (
                r#""permit":{"valid_from":"2024-06-02","valid_until":"2024-06-01"}"#,
                loads,
                "vehicle.permit",
            ),
            (
                r#""permit":{"axle_loads_kg":[1,2,3]}"#,
                loads,
                "vehicle.permit",
            ),
            (
                "",
                r#""axle_loads_kg":[1,1],"gross_kg":2,"scale":{"use":"platform","certificate":
                    {"number":"1","valid_from":"2024-06-02","valid_until":"2024-06-01"}}"#,
                "measured.scale.certificate",
            ),
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
    fn a_wrong_statement_is_named_by_its_place() {
        for (vehicle, complaint) in [
            (
                r#"{"licence_total_mass_kg":-5}"#,
                "statements[1].vehicle.licence_total_mass_kg: -5",
            ),
            (
                r#"{"drive_axles":0}"#,
                "statements[1].vehicle.drive_axles: 0",
            ),
            (
                r#"{"height_mm":999999}"#,
                "statements[1].vehicle.height_mm: 999999",
            ),
            (
                r#"{"permit":{"number":"1"}}"#,
                "statements[1].vehicle.permit: is not taken",
            ),
            (
                r#"{"axle_spacings_mm":[4000]}"#,
                "statements[1].vehicle.axle_spacings_mm: is not",
            ),
        ] {
            let text = format!(
                r#"{{"day":"2024-06-01","measured":{{"axle_loads_kg":[1,1],"gross_kg":2}},
                    "statements":[{{"source":"camera","vehicle":{{}}}},
                                  {{"source":"register","vehicle":{vehicle}}}]}}"#
            );
            let error = assessment(&text).check().unwrap_err().to_string();
            assert!(error.starts_with(complaint), "{error}");
        }
    }

    #[test]
    fn least_and_greatest_values_are_taken() {
        let taken = |text: &str, axles: usize| {
            let text = text.replace("LOADS", &vec!["1"; axles].join(","));
            assert_eq!(assessment(&text).check(), Ok(()), "{text}");
        };
        for (gross, load, length, tolerance, interval, drift) in [
            (0, 0, 1, 0, 1, -5_000),
            (500_000, 100_000, 200_000, 500, 2_000, 5_000),
        ] {
            let mass = gross.max(1);
            let spacing = length.min(100_000);
            taken(
                &format!(
                    r#"{{"day":"2024-06-01","measured":{{"gross_kg":{gross},
                    "axle_loads_kg":[{load},{load}],"spacing_tolerance_mm":{tolerance},
                    "scale":{{"use":"platform","interval_kg":{interval},
                    "drift_basis_points":{drift}}}}},
                    "vehicle":{{"axle_spacings_mm":[{spacing}],"tare_kg":{mass},
                    "height_mm":{length},"permit":{{"gross_kg":{mass},"width_mm":{length}}}}}}}"#
                ),
                2,
            );
        }
        taken(
            r#"{"day":"2024-06-01","vehicle":{"drive_axles":32},
            "measured":{"axle_loads_kg":[LOADS],"gross_kg":32}}"#,
            32,
        );
    }

    #[test]
    fn a_certificate_may_hold_on_a_single_day() {
        let text = r#"{"day":"2024-06-01","vehicle":{},"measured":{"axle_loads_kg":[1,1],
            "gross_kg":2,"scale":{"use":"platform","certificate":
            {"number":"1","valid_from":"2024-06-01","valid_until":"2024-06-01"}}}}"#;
        assert_eq!(assessment(text).check(), Ok(()));
    }

    #[test]
    fn of_those_without_a_train_only_a_low_speed_vehicle_may_draw_a_trailer() {
        // Tractors with a trailer are of that kind, and are no train in the sense of art. 3.
        let refused = |category: &str| {
            let text = format!(
                r#"{{"day":"2024-06-01","vehicle":{{"category":"{category}","layout":"1+1-1",
                "licence_total_mass_kg":4500}},"measured":{{"gross_kg":4000}}}}"#
            );
            let refused = assessment(&text).check().err();
            refused.map(|error| error.to_string())
        };
        assert_eq!(refused("low_speed"), None);
        let truck = refused("truck").unwrap();
        assert!(
            truck.starts_with("vehicle.layout: shows a trailer (-)"),
            "{truck}"
        );
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
