//! What axle count cannot decide (truck or train, driven axles, tyres, suspension, body, masses):
//! who says what, and which of them counts.
//!
//! Each fact is taken from the first that states it: the vehicle register, the plate at the rear,
//! the camera, the officer. Who was believed is a step of the derivation; one who says otherwise is
//! a note. What nobody states stays unknown, and takes the reading better for the party.

use serde::{Deserialize, Serialize};

use super::vehicle::{Layout, Tyres, VehicleCategory, VehicleDescription};
use crate::units::{Kilograms, Millimetres};

/// Who states a fact about a vehicle (信息来源), first the one who counts most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The vehicle register or the licence (车辆登记信息、行驶证).
    Register,
    /// The plate at the rear: one with 挂 belongs to a trailer (车尾号牌).
    RearPlate,
    /// A camera or a profile sensor (摄像机).
    Camera,
    /// An officer who looked (执法人员).
    Officer,
}

impl Source {
    /// All of them, first the one who counts most.
    pub const ALL: [Self; 4] = [Self::Register, Self::RearPlate, Self::Camera, Self::Officer];

    /// The name used in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::RearPlate => "rear_plate",
            Self::Camera => "camera",
            Self::Officer => "officer",
        }
    }
}

/// What one of them states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Who.
    pub source: Source,
    /// By what it can be found again: a register's extract, a picture, an officer's number.
    #[serde(default)]
    pub reference: Option<String>,
    /// What. Spacings and permit are not taken from here.
    pub vehicle: VehicleDescription,
}

/// A fact, by the field that holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stated {
    pub fact: &'static str,
    pub source: Source,
    pub reference: Option<String>,
    pub value: String,
}

/// What was made of all statements.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Resolved {
    pub vehicle: VehicleDescription,
    /// Who was believed, by fact.
    pub believed: Vec<Stated>,
    /// Who said otherwise.
    pub contradicted: Vec<Stated>,
}

/// One fact of a description, to be taken and compared by its words.
trait Fact: Clone + PartialEq {
    fn words(&self) -> String;
}

impl Fact for VehicleCategory {
    fn words(&self) -> String {
        self.name().to_owned()
    }
}

impl Fact for Tyres {
    fn words(&self) -> String {
        self.name().to_owned()
    }
}

impl Fact for bool {
    fn words(&self) -> String {
        self.to_string()
    }
}

impl Fact for u8 {
    fn words(&self) -> String {
        self.to_string()
    }
}

impl Fact for String {
    fn words(&self) -> String {
        self.clone()
    }
}

impl Fact for Kilograms {
    fn words(&self) -> String {
        self.get().to_string()
    }
}

impl Fact for Millimetres {
    fn words(&self) -> String {
        self.get().to_string()
    }
}

struct Resolution<'a> {
    statements: Vec<&'a Statement>,
    believed: Vec<Stated>,
    contradicted: Vec<Stated>,
}

impl Resolution<'_> {
    /// Fills `known`, unless the description itself states it, with what the first source says.
    fn take<T: Fact>(
        &mut self,
        fact: &'static str,
        known: &mut Option<T>,
        of: impl Fn(&VehicleDescription) -> Option<T>,
    ) {
        for statement in &self.statements {
            let Some(value) = of(&statement.vehicle) else {
                continue;
            };
            let stated = Stated {
                fact,
                source: statement.source,
                reference: statement.reference.clone(),
                value: value.words(),
            };
            match known {
                None => {
                    *known = Some(value);
                    self.believed.push(stated);
                }
                Some(known) if *known != value => self.contradicted.push(stated),
                Some(_) => {}
            }
        }
    }
}

/// Completes a description of a vehicle with so many axles by what others state.
///
/// What the description itself says stands: it is what the caller judges. A layout that has other
/// axles than were measured is another vehicle's, and is only reported.
pub(super) fn resolve(
    described: &VehicleDescription,
    statements: &[Statement],
    axles: usize,
) -> Resolved {
    let mut ordered: Vec<&Statement> = statements.iter().collect();
    ordered.sort_by_key(|statement| statement.source);
    let mut resolution = Resolution {
        statements: ordered,
        believed: Vec::new(),
        contradicted: Vec::new(),
    };
    let mut vehicle = described.clone();
    let fits = |layout: &String| Layout::parse(layout).is_some_and(|layout| layout.axles == axles);
    for statement in &resolution.statements {
        if let Some(layout) = statement.vehicle.layout.as_ref().filter(|text| !fits(text)) {
            resolution.contradicted.push(Stated {
                fact: "layout",
                source: statement.source,
                reference: statement.reference.clone(),
                value: layout.clone(),
            });
        }
    }
    let r = &mut resolution;
    // Whether a trailer is drawn comes first: a kind that contradicts who counts more is not taken.
    let mut train = vehicle
        .train
        .or(vehicle.category.map(VehicleCategory::is_train));
    let is_train = |v: &VehicleDescription| v.train.or(v.category.map(VehicleCategory::is_train));
    let stated_kind = vehicle.category.is_some();
    r.take("train", &mut train, is_train);
    r.take("category", &mut vehicle.category, |v| {
        let fits = |kind: &VehicleCategory| train == Some(kind.is_train());
        v.category.filter(|kind| stated_kind || fits(kind))
    });
    vehicle.train = train;
    r.take("drive_axles", &mut vehicle.drive_axles, |v| v.drive_axles);
    r.take(
        "drive_air_suspension",
        &mut vehicle.drive_air_suspension,
        |v| v.drive_air_suspension,
    );
    r.take("non_drive_tyres", &mut vehicle.non_drive_tyres, |v| {
        v.non_drive_tyres
    });
    r.take(
        "non_drive_air_suspension",
        &mut vehicle.non_drive_air_suspension,
        |v| v.non_drive_air_suspension,
    );
    r.take("layout", &mut vehicle.layout, |v| {
        v.layout.clone().filter(fits)
    });
    r.take("body", &mut vehicle.body, |v| v.body.clone());
    r.take(
        "licence_total_mass_kg",
        &mut vehicle.licence_total_mass_kg,
        |v| v.licence_total_mass_kg,
    );
    r.take("max_total_mass_kg", &mut vehicle.max_total_mass_kg, |v| {
        v.max_total_mass_kg
    });
    r.take(
        "approved_payload_kg",
        &mut vehicle.approved_payload_kg,
        |v| v.approved_payload_kg,
    );
    r.take("tare_kg", &mut vehicle.tare_kg, |v| v.tare_kg);
    r.take("height_mm", &mut vehicle.height_mm, |v| v.height_mm);
    r.take("width_mm", &mut vehicle.width_mm, |v| v.width_mm);
    r.take("length_mm", &mut vehicle.length_mm, |v| v.length_mm);
    Resolved {
        vehicle,
        believed: resolution.believed,
        contradicted: resolution.contradicted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(source: Source, vehicle: VehicleDescription) -> Statement {
        Statement {
            source,
            reference: None,
            vehicle,
        }
    }

    fn category(category: VehicleCategory) -> VehicleDescription {
        VehicleDescription {
            category: Some(category),
            ..VehicleDescription::default()
        }
    }

    #[test]
    fn the_register_counts_before_camera_and_officer_in_whatever_order_they_come() {
        use VehicleCategory::{ArticulatedTrain, CentreAxleTrailerTrain, Truck};
        let register = says(Source::Register, category(ArticulatedTrain));
        let camera = says(Source::Camera, category(CentreAxleTrailerTrain));
        let officer = says(Source::Officer, category(ArticulatedTrain));
        let nobody = VehicleDescription::default();
        for statements in [
            [register.clone(), camera.clone(), officer.clone()],
            [officer.clone(), camera.clone(), register.clone()],
        ] {
            let resolved = resolve(&nobody, &statements, 4);
            assert_eq!(resolved.vehicle.category, Some(ArticulatedTrain));
            assert_eq!(resolved.believed[0].source, Source::Register);
            let otherwise: Vec<_> = resolved.contradicted.iter().map(|s| s.source).collect();
            assert_eq!(otherwise, [Source::Camera]);
        }
        let resolved = resolve(&nobody, &[officer, camera.clone()], 4);
        assert_eq!(resolved.vehicle.category, Some(CentreAxleTrailerTrain));
        let resolved = resolve(&category(Truck), &[camera], 4);
        assert_eq!(resolved.vehicle.category, Some(Truck));
        // The camera denies both the kind and that there is no trailer.
        let facts: Vec<_> = resolved.contradicted.iter().map(|s| s.fact).collect();
        assert_eq!(facts, ["train", "category"]);
    }

    #[test]
    fn a_trailers_plate_makes_a_train_of_unknown_kind() {
        let train = VehicleDescription {
            train: Some(true),
            ..VehicleDescription::default()
        };
        let nobody = VehicleDescription::default();
        let resolved = resolve(&nobody, &[says(Source::RearPlate, train)], 4);
        assert_eq!(
            (resolved.vehicle.category, resolved.vehicle.train),
            (None, Some(true))
        );
    }

    #[test]
    fn a_kind_that_contradicts_the_rear_plate_is_not_taken() {
        let train = VehicleDescription {
            train: Some(true),
            ..VehicleDescription::default()
        };
        let plate = says(Source::RearPlate, train);
        let nobody = VehicleDescription::default();
        let officer = |kind| says(Source::Officer, category(kind));
        let resolved = resolve(
            &nobody,
            &[officer(VehicleCategory::Truck), plate.clone()],
            4,
        );
        assert_eq!(resolved.vehicle.category, None);
        assert_eq!(resolved.vehicle.train, Some(true));
        assert_eq!(resolved.contradicted[0].source, Source::Officer);
        let fitting = officer(VehicleCategory::FullTrailerTrain);
        let resolved = resolve(&nobody, &[fitting, plate], 4);
        let kind = Some(VehicleCategory::FullTrailerTrain);
        assert_eq!(resolved.vehicle.category, kind);
        assert!(resolved.contradicted.is_empty());
    }

    #[test]
    fn a_layout_with_other_axles_is_reported_and_not_used() {
        let layout = |text: &str| VehicleDescription {
            layout: Some(text.to_owned()),
            ..VehicleDescription::default()
        };
        let nobody = VehicleDescription::default();
        let statements = [
            says(Source::Register, layout("1+2")),
            says(Source::Officer, layout("1+2-3")),
        ];
        let resolved = resolve(&nobody, &statements, 6);
        assert_eq!(resolved.vehicle.layout.as_deref(), Some("1+2-3"));
        assert_eq!(resolved.contradicted[0].value, "1+2");
        assert_eq!(resolved.believed[0].source, Source::Officer);
    }
}
