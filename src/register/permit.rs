//! Permits (超限运输车辆通行证台账).

use chrono::{NaiveDate, NaiveTime};
use serde::Deserialize;

use super::field::{Field, FieldType};
use super::problem::Problem;
use crate::law::Permit;
use crate::plate::PlateNumber;
use crate::units::{Kilograms, Millimetres};

const MASS: FieldType = FieldType::Whole(1, 1_000_000);
const LENGTH: FieldType = FieldType::Whole(1, 100_000);

/// Its columns.
pub const FIELDS: &[Field] = &[
    Field::new("number", "通行证编号", "number", FieldType::Text(60)).required(),
    Field::new(
        "plate",
        "车辆号牌",
        "plate of the motor vehicle",
        FieldType::Plate,
    )
    .required(),
    Field::new(
        "trailer_plate",
        "挂车号牌",
        "plate of the trailer",
        FieldType::Plate,
    ),
    Field::new(
        "gross_kg",
        "许可总质量（千克）",
        "total mass it allows, kg",
        MASS,
    ),
    Field::new(
        "axle_loads_kg",
        "许可轴荷（千克）",
        "load of each axle it allows, kg: one for all, or one for each",
        FieldType::Wholes(1, 100_000),
    ),
    Field::new(
        "height_mm",
        "许可高度（毫米）",
        "height it allows, mm",
        LENGTH,
    ),
    Field::new(
        "width_mm",
        "许可宽度（毫米）",
        "width it allows, mm",
        LENGTH,
    ),
    Field::new(
        "length_mm",
        "许可长度（毫米）",
        "length it allows, mm",
        LENGTH,
    ),
    Field::new("roads", "许可路线", "roads of its route", FieldType::Texts),
    Field::new(
        "hours",
        "许可时段",
        "hours in which it holds",
        FieldType::Hours,
    ),
    Field::new("valid_from", "有效期起", "first day", FieldType::Day).required(),
    Field::new("valid_until", "有效期止", "last day", FieldType::Day).required(),
    Field::new("cargo", "货物", "load", FieldType::Text(100)),
    Field::new(
        "carrier",
        "所属企业编号",
        "id of the carrier",
        FieldType::Text(60),
    ),
    Field::new("issuer", "许可机关", "who issued it", FieldType::Text(100)),
    Field::new("remark", "备注", "remark", FieldType::Text(200)),
];

/// A permit in the register (超限运输车辆通行证).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisteredPermit {
    /// Number.
    pub number: String,
    /// Plate of the motor vehicle.
    pub plate: String,
    /// Plate of the trailer.
    pub trailer_plate: Option<String>,
    /// Total mass it allows.
    pub gross_kg: Option<Kilograms>,
    /// Axle loads it allows.
    #[serde(default)]
    pub axle_loads_kg: Vec<Kilograms>,
    /// Height it allows.
    pub height_mm: Option<Millimetres>,
    /// Width it allows.
    pub width_mm: Option<Millimetres>,
    /// Length it allows.
    pub length_mm: Option<Millimetres>,
    /// Roads of its route.
    #[serde(default)]
    pub roads: Vec<String>,
    /// Hours in which it holds.
    pub hours: Option<[NaiveTime; 2]>,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day.
    pub valid_until: NaiveDate,
    /// Load.
    pub cargo: Option<String>,
    /// Carrier.
    pub carrier: Option<String>,
    /// Who issued it.
    pub issuer: Option<String>,
    /// Remark.
    pub remark: Option<String>,
    /// Whether the entry stands.
    #[serde(default = "super::entry::yes")]
    pub active: bool,
}

impl RegisteredPermit {
    /// What in it does not go together, by column.
    pub fn check(&self) -> Vec<(&'static str, Problem)> {
        let mut problems = Vec::new();
        let trailers =
            |plate: &String| PlateNumber::parse(plate).is_ok_and(|plate| plate.is_trailer());
        if trailers(&self.plate) {
            problems.push((
                "plate",
                Problem::contradiction(
                    "应为机动车号牌，挂车另填",
                    "the motor vehicle's plate; the trailer's has its own column",
                ),
            ));
        }
        let trailer_plate = self.trailer_plate.as_ref();
        if trailer_plate.is_some_and(|plate| !trailers(plate)) {
            problems.push((
                "trailer_plate",
                Problem::contradiction("应为挂车号牌", "a trailer's plate"),
            ));
        }
        problems
    }

    /// Whether it may be this vehicle's on a day: in force, and not for another trailer. What the
    /// transport itself does not keep to (masses, route) is for the law to say.
    pub fn may_cover(&self, trailer: Option<&str>, day: NaiveDate) -> bool {
        let same_trailer = match (self.trailer_plate.as_deref(), trailer) {
            (Some(allowed), Some(found)) => allowed == found,
            _ => true,
        };
        self.active && same_trailer && (self.valid_from..=self.valid_until).contains(&day)
    }

    /// As the law takes it.
    pub fn permit(&self) -> Permit {
        Permit {
            number: Some(self.number.clone()),
            valid_from: Some(self.valid_from),
            valid_until: Some(self.valid_until),
            gross_kg: self.gross_kg,
            axle_loads_kg: self.axle_loads_kg.clone(),
            height_mm: self.height_mm,
            width_mm: self.width_mm,
            length_mm: self.length_mm,
            roads: self.roads.clone(),
            hours: self.hours,
            indivisible: None,
        }
    }
}
