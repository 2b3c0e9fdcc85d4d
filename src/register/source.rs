//! Loading sources (货运源头单位台账).

use chrono::NaiveDate;
use serde::Deserialize;

use super::field::{Field, FieldType, choices};

closed_list! {
    /// What a source is (源头单位类型).
    SourceKind {
        /// Mine (矿山).
        Mine = "mine", "矿山", "mine";
        /// Coal washing plant or yard (煤场).
        CoalYard = "coal_yard", "煤场", "coal yard";
        /// Sand and gravel pit (砂石料场).
        SandAndGravel = "sand_and_gravel", "砂石料场", "sand and gravel pit";
        /// Cement or concrete works (水泥、商砼企业).
        Cement = "cement", "水泥商砼企业", "cement or concrete works";
        /// Steel or other works (钢铁等生产企业).
        Works = "works", "生产企业", "works";
        /// Port or wharf (港口码头).
        Port = "port", "港口码头", "port";
        /// Railway goods yard (铁路货场).
        RailwayYard = "railway_yard", "铁路货场", "railway goods yard";
        /// Logistics park or goods station (物流园区、货运站场).
        LogisticsPark = "logistics_park", "物流园区货运站场", "logistics park or goods station";
        /// Building site (建筑工地).
        BuildingSite = "building_site", "建筑工地", "building site";
        /// Another place.
        Other = "other", "其他", "other";
    }
}

/// Its columns.
pub const FIELDS: &[Field] = &[
    Field::new("code", "源头单位编号", "code", FieldType::Text(60)).required(),
    Field::new("name", "单位名称", "name", FieldType::Text(100)).required(),
    Field::new("kind", "类型", "kind", choices!(SourceKind)).required(),
    Field::new("place", "地点", "place", FieldType::Text(200)).required(),
    Field::new(
        "credit_code",
        "统一社会信用代码",
        "unified social credit code",
        FieldType::Text(60),
    ),
    Field::new(
        "listed_from",
        "列入公布名单日期",
        "on the published list since",
        FieldType::Day,
    ),
    Field::new(
        "listed_until",
        "移出公布名单日期",
        "on the published list until",
        FieldType::Day,
    ),
    Field::new("has_scale", "有称重设备", "has a scale", FieldType::Flag),
    Field::new(
        "has_data_link",
        "已联网",
        "its weighings are sent on",
        FieldType::Flag,
    ),
    Field::new("visits", "巡查日期", "days it was visited", FieldType::Days),
    Field::new("remark", "备注", "remark", FieldType::Text(200)),
];

/// A loading source (货运源头单位).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoadingSource {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: SourceKind,
    /// Place.
    pub place: String,
    /// Unified social credit code.
    pub credit_code: Option<String>,
    /// On the published list since.
    pub listed_from: Option<NaiveDate>,
    /// On the published list until.
    pub listed_until: Option<NaiveDate>,
    /// Has a scale.
    pub has_scale: Option<bool>,
    /// Sends its weighings on.
    pub has_data_link: Option<bool>,
    /// Days it was visited.
    #[serde(default)]
    pub visits: Vec<NaiveDate>,
    /// Remark.
    pub remark: Option<String>,
    /// Whether the entry stands.
    #[serde(default = "super::entry::yes")]
    pub active: bool,
}
