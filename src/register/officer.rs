//! Officers (执法人员台账) and agencies (执法机构台账).

use chrono::NaiveDate;
use serde::Deserialize;

use super::field::{Field, FieldType, Personal, choices};
use super::problem::Problem;
use crate::law::DecidingAuthority;

/// Columns of officers.
pub const OFFICER_FIELDS: &[Field] = &[
    Field::new("user", "用户名", "user name", FieldType::Text(64)).required(),
    Field::new("name", "姓名", "name", FieldType::Text(60))
        .required()
        .personal(Personal::Name),
    Field::new(
        "licence",
        "执法证号",
        "number of the enforcement licence",
        FieldType::Text(40),
    )
    .required(),
    Field::new(
        "valid_from",
        "有效期起",
        "first day of the licence",
        FieldType::Day,
    ),
    Field::new(
        "valid_until",
        "有效期止",
        "last day of the licence",
        FieldType::Day,
    ),
    Field::new(
        "agency",
        "所属机构编号",
        "code of the agency",
        FieldType::Text(60),
    ),
    Field::new("remark", "备注", "remark", FieldType::Text(200)),
];

/// An officer (执法人员).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Officer {
    /// User name.
    pub user: String,
    /// Name.
    pub name: String,
    /// Enforcement licence.
    pub licence: String,
    /// First day of the licence.
    pub valid_from: Option<NaiveDate>,
    /// Last day of the licence.
    pub valid_until: Option<NaiveDate>,
    /// Agency.
    pub agency: Option<String>,
    /// Remark.
    pub remark: Option<String>,
    /// Whether the entry stands.
    #[serde(default = "super::entry::yes")]
    pub active: bool,
}

impl Officer {
    /// What in it does not go together, by column.
    pub fn check(&self) -> Vec<(&'static str, Problem)> {
        let letter = |byte: u8| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'_' | b'-')
        };
        if self.user.len() < 2 || !self.user.bytes().all(letter) {
            let spelled = Problem::contradiction(
                "应为系统用户名：小写字母、数字和 . _ -",
                "a user's name: small letters, digits and . _ -",
            );
            return vec![("user", spelled)];
        }
        Vec::new()
    }

    /// Whether the officer's licence holds on a day.
    pub fn may_act(&self, day: NaiveDate) -> bool {
        self.active
            && self.valid_from.is_none_or(|first| day >= first)
            && self.valid_until.is_none_or(|last| day <= last)
    }
}

/// Columns of agencies.
pub const AGENCY_FIELDS: &[Field] = &[
    Field::new("code", "机构编号", "code", FieldType::Text(60)).required(),
    Field::new("name", "机构名称", "name", FieldType::Text(100)).required(),
    Field::new(
        "authority",
        "主管部门",
        "authority it belongs to",
        choices!(DecidingAuthority, "交通" => Transport, "公安" => Police),
    )
    .required(),
    Field::new(
        "superior",
        "上级机构编号",
        "code of the agency above it",
        FieldType::Text(60),
    ),
    Field::new(
        "place",
        "辖区",
        "place it is competent for",
        FieldType::Text(100),
    ),
    Field::new("address", "地址", "address", FieldType::Text(200)),
    Field::new("phone", "联系电话", "telephone", FieldType::Text(40)),
    Field::new("remark", "备注", "remark", FieldType::Text(200)),
];

/// An agency (执法机构).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Agency {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Authority it belongs to.
    pub authority: DecidingAuthority,
    /// Agency above it.
    pub superior: Option<String>,
    /// Place it is competent for.
    pub place: Option<String>,
    /// Address.
    pub address: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Remark.
    pub remark: Option<String>,
    /// Whether the entry stands.
    #[serde(default = "super::entry::yes")]
    pub active: bool,
}
