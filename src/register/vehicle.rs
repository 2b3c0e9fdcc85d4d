//! Vehicles (车辆台账): what the licences say of a motor vehicle or a trailer, and whose it is.

use serde::Deserialize;

use super::field::{Field, FieldType, choices};
use super::problem::Problem;
use crate::law::{Source, Statement, Tyres, VehicleCategory, VehicleDescription};
use crate::plate::PlateNumber;
use crate::units::Kilograms;

closed_list! {
    /// What a vehicle is (车辆种类).
    VehicleKind {
        /// Truck (载货汽车).
        Truck = "truck", "载货汽车", "truck";
        /// Tractor of a semi-trailer (半挂牵引车).
        Tractor = "tractor", "半挂牵引车", "tractor";
        /// Semi-trailer (半挂车).
        SemiTrailer = "semi_trailer", "半挂车", "semi-trailer";
        /// Full trailer on a drawbar (全挂车).
        FullTrailer = "full_trailer", "全挂车", "full trailer";
        /// Centre-axle trailer (中置轴挂车).
        CentreAxleTrailer = "centre_axle_trailer", "中置轴挂车", "centre-axle trailer";
        /// Low-speed goods vehicle (低速货车).
        LowSpeed = "low_speed", "低速货车", "low-speed goods vehicle";
        /// Vehicle for special work, such as a crane (专项作业车).
        Special = "special", "专项作业车", "special-purpose vehicle";
    }
}

impl VehicleKind {
    /// Whether it is a trailer, which another vehicle draws.
    pub const fn is_trailer(self) -> bool {
        matches!(
            self,
            Self::SemiTrailer | Self::FullTrailer | Self::CentreAxleTrailer
        )
    }
}

closed_list! {
    /// Tyres of the axles that are neither driven nor steered (非驱动轴轮胎).
    RegisteredTyres {
        /// Two on each side (双胎).
        Dual = "dual", "双胎", "dual";
        /// One on each side (单胎).
        Single = "single", "单胎", "single";
        /// One wide one on each side (宽基轮胎).
        WideSingle = "wide_single", "宽基轮胎", "wide single";
    }
}

impl RegisteredTyres {
    const fn tyres(self) -> Tyres {
        match self {
            Self::Dual => Tyres::Dual,
            Self::Single => Tyres::Single,
            Self::WideSingle => Tyres::WideSingle,
        }
    }
}

/// Heaviest mass a licence states, kg.
const HEAVIEST_KG: i64 = 500_000;
const MASS: FieldType = FieldType::Whole(1, HEAVIEST_KG);

/// Its columns.
pub const FIELDS: &[Field] = &[
    Field::new("plate", "号牌号码", "plate number", FieldType::Plate).required(),
    Field::new("colour", "号牌颜色", "colour of the plate", FieldType::Colour).required(),
    Field::new("kind", "车辆种类", "kind of vehicle", choices!(VehicleKind, "牵引车" => Tractor, "货车" => Truck, "重型半挂牵引车" => Tractor, "重型半挂车" => SemiTrailer)).required(),
    Field::new("axles", "轴数", "number of axles of this vehicle alone", FieldType::Whole(1, 30)),
    Field::new("driven_axles", "驱动轴数", "number of driven axles", FieldType::Whole(1, 10)),
    Field::new("tyre_count", "轮胎数", "number of tyres", FieldType::Whole(2, 200)),
    Field::new("tyres", "非驱动轴轮胎", "tyres of the axles neither driven nor steered", choices!(RegisteredTyres)),
    Field::new("drive_air_suspension", "驱动轴空气悬架", "every driven axle has dual tyres and air suspension", FieldType::Flag),
    Field::new("air_suspension", "非驱动轴空气悬架", "the other axles have air suspension", FieldType::Flag),
    Field::new("body", "车身形式", "body: tipper, box, refrigerated, car_carrier, special_purpose", FieldType::Text(40)),
    Field::new("tare_kg", "整备质量（千克）", "mass of the empty vehicle, kg", MASS),
    Field::new("approved_payload_kg", "核定载质量（千克）", "approved payload, kg", MASS),
    Field::new("total_mass_kg", "总质量（千克）", "total mass on the vehicle licence, kg", MASS),
    Field::new("max_total_mass_kg", "最大允许总质量（千克）", "maximum permitted total mass, kg", MASS),
    Field::new("towed_mass_kg", "准牵引总质量（千克）", "mass it may draw, kg", MASS),
    Field::new("operation_licence", "道路运输证号", "number of the operation licence", FieldType::Text(40)),
    Field::new("operation_licence_from", "道路运输证有效期起", "first day of the operation licence", FieldType::Day),
    Field::new("operation_licence_until", "道路运输证有效期止", "last day of the operation licence", FieldType::Day),
    Field::new("carrier", "所属企业编号", "id of the carrier", FieldType::Text(60)),
    Field::new("remark", "备注", "remark", FieldType::Text(200)),
];

/// A vehicle (车辆).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vehicle {
    /// Plate in normal form.
    pub plate: String,
    /// Colour of the plate, by name.
    pub colour: String,
    /// Kind.
    pub kind: VehicleKind,
    /// Axles of this vehicle alone.
    pub axles: Option<u8>,
    /// Driven axles.
    pub driven_axles: Option<u8>,
    /// Number of tyres.
    pub tyre_count: Option<u16>,
    /// Tyres of the axles neither driven nor steered.
    pub tyres: Option<RegisteredTyres>,
    /// Dual tyres and air suspension on every driven axle.
    pub drive_air_suspension: Option<bool>,
    /// Air suspension of the others.
    pub air_suspension: Option<bool>,
    /// Body.
    pub body: Option<String>,
    /// Mass of the empty vehicle.
    pub tare_kg: Option<Kilograms>,
    /// Approved payload.
    pub approved_payload_kg: Option<Kilograms>,
    /// Total mass on the licence.
    pub total_mass_kg: Option<Kilograms>,
    /// Maximum permitted total mass.
    pub max_total_mass_kg: Option<Kilograms>,
    /// Mass it may draw.
    pub towed_mass_kg: Option<Kilograms>,
    /// Operation licence.
    pub operation_licence: Option<String>,
    /// Its first day.
    pub operation_licence_from: Option<chrono::NaiveDate>,
    /// Its last day.
    pub operation_licence_until: Option<chrono::NaiveDate>,
    /// Carrier.
    pub carrier: Option<String>,
    /// Remark.
    pub remark: Option<String>,
    /// Whether the entry stands.
    #[serde(default = "super::entry::yes")]
    pub active: bool,
}

impl Vehicle {
    /// What in it does not go together, by column.
    pub fn check(&self) -> Vec<(&'static str, Problem)> {
        let mut problems = Vec::new();
        let plate_is_trailers =
            PlateNumber::parse(&self.plate).is_ok_and(|plate| plate.is_trailer());
        if plate_is_trailers != self.kind.is_trailer() {
            problems.push((
                "kind",
                Problem::contradiction(
                    "号牌以“挂”结尾的应为挂车，其他号牌不应为挂车",
                    "a plate ending in 挂 belongs to a trailer, and no other does",
                ),
            ));
        }
        if self
            .driven_axles
            .zip(self.axles)
            .is_some_and(|(driven, axles)| driven > axles)
        {
            problems.push((
                "driven_axles",
                Problem::contradiction("不应多于轴数", "no more than there are axles"),
            ));
        }
        let empty_and_full = self.tare_kg.zip(self.total_mass_kg);
        if empty_and_full.is_some_and(|(tare, total)| tare > total) {
            problems.push((
                "total_mass_kg",
                Problem::contradiction("不应小于整备质量", "no less than the empty mass"),
            ));
        }
        problems
    }

    /// Whether a colour seen by a camera is this plate's.
    pub fn has_colour(&self, colour: &str) -> bool {
        self.colour == colour
    }
}

/// What the register says of a vehicle with so many axles, and of its trailer where one is known;
/// `trailer_seen` says that a trailer's plate was read, known or not. `reference` is how the entries can
/// be found again.
pub fn statement(
    vehicle: &Vehicle,
    trailer: Option<&Vehicle>,
    (axles, trailer_seen): (usize, bool),
    reference: String,
) -> Statement {
    let own = vehicle.axles.map(usize::from);
    let draws = trailer_seen || trailer.is_some() || own.is_some_and(|own| axles > own);
    let single = !draws && own.is_some();
    let category = match (vehicle.kind, trailer.map(|trailer| trailer.kind)) {
        (VehicleKind::LowSpeed, None) => Some(VehicleCategory::LowSpeed),
        (VehicleKind::Truck | VehicleKind::Special, None) if single => Some(VehicleCategory::Truck),
        (VehicleKind::Tractor, None) if draws => Some(VehicleCategory::ArticulatedTrain),
        (_, Some(VehicleKind::SemiTrailer)) => Some(VehicleCategory::ArticulatedTrain),
        (_, Some(VehicleKind::FullTrailer)) => Some(VehicleCategory::FullTrailerTrain),
        (_, Some(VehicleKind::CentreAxleTrailer)) => Some(VehicleCategory::CentreAxleTrailerTrain),
        _ => None,
    };
    let sum = |of: fn(&Vehicle) -> Option<Kilograms>| match trailer {
        Some(trailer) => of(vehicle)
            .zip(of(trailer))
            .map(|(a, b)| a.saturating_add(b)),
        None if single => of(vehicle),
        None => None,
    };
    let approved_payload_kg = match (vehicle.kind, trailer) {
        // A tractor carries nothing itself: the payload is the semi-trailer's.
        (VehicleKind::Tractor, Some(trailer)) => trailer.approved_payload_kg,
        _ => sum(|vehicle| vehicle.approved_payload_kg),
    };
    let tyres = match trailer {
        // Both must have the same, or the reading better for the party is left to the law.
        Some(trailer) => trailer
            .tyres
            .filter(|tyres| vehicle.tyres.is_none_or(|own| own == *tyres)),
        None if single => vehicle.tyres,
        None => None,
    };
    let air = match trailer {
        Some(trailer) => trailer.air_suspension,
        None if single => vehicle.air_suspension,
        None => None,
    };
    let body = trailer.map_or(&vehicle.body, |trailer| &trailer.body);
    let description = VehicleDescription {
        category,
        train: (category.is_none() && draws).then_some(true),
        drive_axles: vehicle.driven_axles,
        drive_air_suspension: vehicle.drive_air_suspension,
        non_drive_tyres: tyres.map(RegisteredTyres::tyres),
        non_drive_air_suspension: air,
        body: body.clone(),
        licence_total_mass_kg: vehicle.total_mass_kg.filter(|_| single),
        max_total_mass_kg: vehicle.max_total_mass_kg.filter(|_| single),
        approved_payload_kg,
        tare_kg: sum(|vehicle| vehicle.tare_kg),
        ..VehicleDescription::default()
    };
    Statement {
        source: Source::Register,
        reference: Some(reference),
        vehicle: description,
    }
}

/// Whether the register confirms what a camera read (登记信息印证): the colour is the plate's, the plate is
/// a motor vehicle's, and the axles that were weighed fit the vehicle, alone or with its trailer.
pub fn confirms(
    vehicle: &Vehicle,
    trailer: Option<&Vehicle>,
    colour: Option<&str>,
    axles: usize,
) -> bool {
    let Some(own) = vehicle.axles.map(usize::from) else {
        return false;
    };
    if vehicle.kind.is_trailer() || !colour.is_some_and(|colour| vehicle.has_colour(colour)) {
        return false;
    }
    match (trailer, vehicle.kind) {
        (Some(trailer), _) => trailer
            .axles
            .is_some_and(|more| own + usize::from(more) == axles),
        // A tractor is weighed with some semi-trailer of one to four axles.
        (None, VehicleKind::Tractor) => (own..=own + 4).contains(&axles),
        (None, _) => own == axles,
    }
}
