//! Verification certificates of scales (衡器检定证书台账).

use chrono::NaiveDate;
use serde::Deserialize;

use super::field::{Field, FieldType};
use super::problem::Problem;
use crate::law::Certificate;

/// Its columns.
pub const FIELDS: &[Field] = &[
    Field::new("number", "证书编号", "number", FieldType::Text(60)).required(),
    Field::new(
        "lane",
        "车道",
        "lane whose scale it is about",
        FieldType::Whole(1, 999),
    ),
    Field::new(
        "port",
        "端口",
        "port whose scale it is about",
        FieldType::Text(40),
    ),
    Field::new(
        "scale",
        "衡器",
        "scale: type and serial number",
        FieldType::Text(100),
    ),
    Field::new(
        "accuracy_class",
        "准确度等级",
        "accuracy class",
        FieldType::Text(20),
    ),
    Field::new("valid_from", "有效期起", "first day", FieldType::Day).required(),
    Field::new("valid_until", "有效期止", "last day", FieldType::Day).required(),
    Field::new(
        "issuer",
        "检定机构",
        "who verified it",
        FieldType::Text(100),
    ),
    Field::new("remark", "备注", "remark", FieldType::Text(200)),
];

/// A certificate in the register (检定证书).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisteredCertificate {
    /// Number.
    pub number: String,
    /// Lane.
    pub lane: Option<u16>,
    /// Port.
    pub port: Option<String>,
    /// Scale.
    pub scale: Option<String>,
    /// Accuracy class.
    pub accuracy_class: Option<String>,
    /// First day.
    pub valid_from: NaiveDate,
    /// Last day.
    pub valid_until: NaiveDate,
    /// Who verified it.
    pub issuer: Option<String>,
    /// Remark.
    pub remark: Option<String>,
    /// Whether the entry stands.
    #[serde(default = "super::entry::yes")]
    pub active: bool,
}

impl RegisteredCertificate {
    /// What in it does not go together, by column.
    pub fn check(&self) -> Vec<(&'static str, Problem)> {
        if self.lane.is_none() && self.port.is_none() {
            let nowhere =
                Problem::contradiction("车道和端口至少填一项", "lane or port must be filled");
            return vec![("lane", nowhere)];
        }
        Vec::new()
    }

    /// Whether it is about the scale of a lane and port: what it names must be both.
    pub fn is_about(&self, lane: u16, port: &str) -> bool {
        self.active
            && (self.lane.is_some() || self.port.is_some())
            && self.lane.is_none_or(|own| own == lane)
            && self.port.as_deref().is_none_or(|own| own == port)
    }

    /// As the law takes it.
    pub fn certificate(&self) -> Certificate {
        Certificate {
            number: self.number.clone(),
            valid_from: self.valid_from,
            valid_until: self.valid_until,
        }
    }
}

/// The certificate of a scale that counts on a day: one that covers it, of several the latest; where
/// none covers it the latest, so that it can be said to have run out.
pub fn certificate_on<'a>(
    certificates: impl IntoIterator<Item = &'a RegisteredCertificate>,
    (lane, port): (u16, &str),
    day: NaiveDate,
) -> Option<&'a RegisteredCertificate> {
    certificates
        .into_iter()
        .filter(|certificate| certificate.is_about(lane, port))
        .max_by_key(|certificate| {
            let covers = certificate.certificate().covers(day);
            (covers, certificate.valid_until, &certificate.number)
        })
}
