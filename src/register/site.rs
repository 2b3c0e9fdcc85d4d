//! Sites (站点、卡点台账): where it is weighed, and what makes it lawful there.
//!
//! A place with fixed equipment needs the provincial government's approval; an off-site point needs a
//! legal and a technical review, signs, and its place published, before what it records can be evidence
//! (Administrative Penalty Law art. 41).

use chrono::NaiveDate;
use serde::Deserialize;

use super::field::{Field, FieldType, choices};
use super::problem::Problem;

closed_list! {
    /// What a site is (站点类型).
    SiteKind {
        /// Fixed overload-control station (固定治超站).
        Fixed = "fixed", "固定治超站", "fixed station";
        /// Off-site point (非现场检测点).
        OffSite = "off_site", "非现场检测点", "off-site point";
        /// Mobile (流动治超).
        Mobile = "mobile", "流动治超", "mobile";
        /// Expressway entry (高速公路入口).
        ExpresswayEntry = "expressway_entry", "高速公路入口", "expressway entry";
    }
}

/// Its columns.
pub const FIELDS: &[Field] = &[
    Field::new("code", "站点编号", "code", FieldType::Text(60)).required(),
    Field::new("name", "站点名称", "name", FieldType::Text(100)).required(),
    Field::new("kind", "类型", "kind", choices!(SiteKind)).required(),
    Field::new(
        "lanes",
        "车道",
        "lanes of this station that stand there; empty: all, where the code is the station's",
        FieldType::Wholes(1, 999),
    ),
    Field::new("road", "路线", "road", FieldType::Text(60)),
    Field::new(
        "stake",
        "桩号",
        "stake, such as K12+300",
        FieldType::Text(40),
    ),
    Field::new(
        "approval_document",
        "批准文号",
        "document of the approval",
        FieldType::Text(100),
    ),
    Field::new(
        "approval_day",
        "批准日期",
        "day of the provincial approval",
        FieldType::Day,
    ),
    Field::new(
        "legal_review_day",
        "法制审核日期",
        "day of the legal review",
        FieldType::Day,
    ),
    Field::new(
        "technical_review_day",
        "技术审核日期",
        "day of the technical review",
        FieldType::Day,
    ),
    Field::new(
        "signs_day",
        "标志设置日期",
        "day the signs were put up",
        FieldType::Day,
    ),
    Field::new(
        "published_from",
        "地点公布日期",
        "place published since",
        FieldType::Day,
    ),
    Field::new(
        "published_until",
        "停止公布日期",
        "place published until",
        FieldType::Day,
    ),
    Field::new("remark", "备注", "remark", FieldType::Text(200)),
];

/// A site (站点).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisteredSite {
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: SiteKind,
    /// Lanes.
    #[serde(default)]
    pub lanes: Vec<u16>,
    /// Road.
    pub road: Option<String>,
    /// Stake.
    pub stake: Option<String>,
    /// Document of the approval.
    pub approval_document: Option<String>,
    /// Day of the approval.
    pub approval_day: Option<NaiveDate>,
    /// Day of the legal review.
    pub legal_review_day: Option<NaiveDate>,
    /// Day of the technical review.
    pub technical_review_day: Option<NaiveDate>,
    /// Day the signs were put up.
    pub signs_day: Option<NaiveDate>,
    /// Place published since.
    pub published_from: Option<NaiveDate>,
    /// Place published until.
    pub published_until: Option<NaiveDate>,
    /// Remark.
    pub remark: Option<String>,
    /// Whether the entry stands.
    #[serde(default = "super::entry::yes")]
    pub active: bool,
}

impl RegisteredSite {
    /// What in it does not go together, by column.
    pub fn check(&self) -> Vec<(&'static str, Problem)> {
        if self.approval_document.is_some() && self.approval_day.is_none() {
            let undated =
                Problem::contradiction("有批准文号时须填批准日期", "an approval has a day");
            return vec![("approval_day", undated)];
        }
        Vec::new()
    }

    /// Since when both reviews were made; `None` while one is missing. Only an off-site point needs them.
    pub fn reviewed_since(&self) -> Option<NaiveDate> {
        self.legal_review_day
            .zip(self.technical_review_day)
            .map(|(legal, technical)| legal.max(technical))
    }

    /// Day from which the place counts as published on a day; `None` when it was not, or is no longer.
    pub fn published_on(&self, day: NaiveDate) -> Option<NaiveDate> {
        let over = self.published_until.is_some_and(|until| day > until);
        self.published_from.filter(|_| !over)
    }
}

/// The site that a lane stands at: one that names the lane, else the one whose code is the station's and
/// that names no lanes.
pub fn site_of<'a>(
    sites: impl IntoIterator<Item = &'a RegisteredSite> + Clone,
    station: &str,
    lane: u16,
) -> Option<&'a RegisteredSite> {
    let standing = |site: &&RegisteredSite| site.active;
    let named = sites
        .clone()
        .into_iter()
        .filter(standing)
        .find(|site| site.lanes.contains(&lane));
    named.or_else(|| {
        sites
            .into_iter()
            .filter(standing)
            .find(|site| site.lanes.is_empty() && site.code == station)
    })
}
