//! Carriers (道路运输企业台账), with their fleets by date.

use chrono::NaiveDate;
use serde::Deserialize;

use super::field::{Field, FieldType, Personal};
use super::problem::Problem;
use crate::law::{CarrierFacts, FleetSize};

/// Its columns.
pub const FIELDS: &[Field] = &[
    Field::new(
        "id",
        "统一社会信用代码",
        "unified social credit code, or the licence number",
        FieldType::Text(60),
    )
    .required(),
    Field::new("name", "企业名称", "name", FieldType::Text(100)).required(),
    Field::new(
        "licence",
        "道路运输经营许可证号",
        "number of the operating licence",
        FieldType::Text(60),
    ),
    Field::new(
        "licence_from",
        "许可证有效期起",
        "first day of the licence",
        FieldType::Day,
    ),
    Field::new(
        "licence_until",
        "许可证有效期止",
        "last day of the licence",
        FieldType::Day,
    ),
    Field::new("address", "地址", "address", FieldType::Text(200)),
    Field::new("phone", "联系电话", "telephone", FieldType::Text(40)).personal(Personal::Number),
    Field::new(
        "fleet",
        "货运车辆数",
        "number of goods vehicles from a day on",
        FieldType::Dated(0, 1_000_000),
    ),
    Field::new(
        "suspended",
        "已责令停业整顿",
        "suspended for rectification",
        FieldType::Flag,
    ),
    Field::new("remark", "备注", "remark", FieldType::Text(200)),
];

/// A carrier (道路运输企业).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Carrier {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Operating licence.
    pub licence: Option<String>,
    /// Its first day.
    pub licence_from: Option<NaiveDate>,
    /// Its last day.
    pub licence_until: Option<NaiveDate>,
    /// Address.
    pub address: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Goods vehicles from a day on.
    #[serde(default)]
    pub fleet: Vec<(NaiveDate, u32)>,
    /// Suspended for rectification.
    #[serde(default)]
    pub suspended: bool,
    /// Remark.
    pub remark: Option<String>,
    /// Whether the entry stands.
    #[serde(default = "super::entry::yes")]
    pub active: bool,
}

impl Carrier {
    /// What in it does not go together, by column.
    pub fn check(&self) -> Vec<(&'static str, Problem)> {
        let mut days: Vec<NaiveDate> = self.fleet.iter().map(|(day, _)| *day).collect();
        days.sort_unstable();
        if days.windows(2).any(|pair| pair.first() == pair.last()) {
            let twice = Problem::contradiction("同一日期出现两次", "one day stands there twice");
            return vec![("fleet", twice)];
        }
        Vec::new()
    }

    /// What the counters need of it.
    pub fn facts(&self) -> CarrierFacts {
        let fleet = self.fleet.iter().map(|(from, vehicles)| FleetSize {
            from: *from,
            vehicles: *vehicles,
        });
        CarrierFacts {
            fleet: fleet.collect(),
            suspended: self.suspended,
        }
    }
}
