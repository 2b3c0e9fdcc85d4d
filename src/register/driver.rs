//! Drivers (驾驶员台账). The key is the number of the qualification certificate; it often is the identity
//! number, so it is masked where names are.

use chrono::NaiveDate;
use serde::Deserialize;

use super::field::{Field, FieldType, Personal};

/// Its columns.
pub const FIELDS: &[Field] = &[
    Field::new(
        "certificate",
        "从业资格证号",
        "number of the qualification certificate",
        FieldType::Text(60),
    )
    .required()
    .personal(Personal::Number),
    Field::new("name", "姓名", "name", FieldType::Text(60))
        .required()
        .personal(Personal::Name),
    Field::new(
        "licence",
        "驾驶证号",
        "number of the driving licence",
        FieldType::Text(40),
    )
    .personal(Personal::Number),
    Field::new("phone", "联系电话", "telephone", FieldType::Text(40)).personal(Personal::Number),
    Field::new(
        "valid_from",
        "从业资格有效期起",
        "first day of the qualification",
        FieldType::Day,
    ),
    Field::new(
        "valid_until",
        "从业资格有效期止",
        "last day of the qualification",
        FieldType::Day,
    ),
    Field::new(
        "carrier",
        "所属企业编号",
        "id of the carrier",
        FieldType::Text(60),
    ),
    Field::new("remark", "备注", "remark", FieldType::Text(200)),
];

/// A driver (驾驶员).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Driver {
    /// Qualification certificate.
    pub certificate: String,
    /// Name.
    pub name: String,
    /// Driving licence.
    pub licence: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// First day of the qualification.
    pub valid_from: Option<NaiveDate>,
    /// Last day of the qualification.
    pub valid_until: Option<NaiveDate>,
    /// Carrier.
    pub carrier: Option<String>,
    /// Remark.
    pub remark: Option<String>,
    /// Whether the entry stands.
    #[serde(default = "super::entry::yes")]
    pub active: bool,
}
