//! What a count says: what was counted, what was not and why, and what is proposed.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::super::derivation::Citation;
use super::case::CountedAct;
use super::rules::RepeatWindow;
use crate::units::Yuan;

closed_list! {
    /// Whose acts are counted.
    RepeatSubject {
        /// A vehicle, by the plate of truck or tractor (货运车辆).
        Vehicle = "vehicle", "货运车辆", "vehicle";
        /// A driver (驾驶人).
        Driver = "driver", "驾驶人", "driver";
        /// A carrier, whose vehicles are counted (道路运输企业).
        Carrier = "carrier", "道路运输企业", "carrier";
        /// A source unit (货运源头单位).
        Source = "source", "货运源头单位", "source unit";
    }
}

impl RepeatSubject {
    /// The kind of act that counts for it.
    pub const fn act(self) -> CountedAct {
        match self {
            Self::Vehicle | Self::Driver | Self::Carrier => CountedAct::Overload,
            Self::Source => CountedAct::Instigation,
        }
    }
}

closed_list! {
    /// Why a case of the subject was not counted. Where several reasons hold, the first of the list
    /// is given.
    LeftOutReason {
        /// Another kind of act than the counter is about.
        OtherAct = "other_act", "不属于本项统计的违法行为",
            "another kind of act than is counted here";
        /// The case is not closed with a decision in force.
        NotEffectiveYet = "not_effective_yet", "尚未结案或者决定尚未生效",
            "not closed with a decision in force yet";
        /// The decision was revoked.
        Revoked = "revoked", "决定已撤销", "the decision was revoked";
        /// The decision was annulled.
        Annulled = "annulled", "决定经复议或者诉讼被撤销或者确认无效",
            "the decision was annulled on review or by a court";
        /// Decided without a penalty, which does not count under this table.
        UnpunishedNotCounting = "unpunished_not_counting", "不予处罚，按本表设置不计",
            "no penalty was given, which does not count under this table's setting";
        /// A warning, which does not count under this table.
        WarningNotCounting = "warning_not_counting", "仅为警告，按本表设置不计",
            "a warning only, which does not count under this table's setting";
        /// A police case whose act was over the licence payload alone.
        PoliceWithoutOwnOverLimit = "police_without_own_over_limit",
            "公安案件，其自身称重未超过第三条限值（仅超过核定载质量）",
            "a police case whose own weighing is not over a limit of art. 3 \
             (over the licence payload only)";
        /// The act is not in the window.
        OutsideWindow = "outside_window", "违法行为发生之日不在统计期内",
            "the day of the act is outside of the window";
        /// The vehicle is not known, so it cannot be told from the others of the carrier.
        VehicleUnknown = "vehicle_unknown", "车辆号牌不明，无法计入车辆数",
            "the vehicle's plate is not known, so it cannot be counted among the vehicles";
        /// The act is counted by another case already.
        SameAct = "same_act", "同一违法行为已计入", "the same act is counted already";
        /// The vehicle is counted by another case already (carriers).
        SameVehicle = "same_vehicle", "同一车辆已计入", "the same vehicle is counted already";
    }
}

closed_list! {
    /// How the count stands to its threshold.
    Standing {
        /// Not passed.
        Within = "within", "未达到处理条件", "within the threshold";
        /// Passed.
        Exceeded = "exceeded", "达到处理条件", "threshold passed";
        /// Cannot be said: the fleet's size on its day is not known.
        FleetUnknown = "fleet_unknown", "车辆总数未知，不能判断",
            "cannot be said: the size of the fleet is not known";
        /// Cannot be said: the fleet has no vehicle on its day, yet some broke the law.
        FleetZero = "fleet_zero", "车辆总数为0，不能判断",
            "cannot be said: the fleet is listed with no vehicle";
        /// Cannot be said: the table has no threshold for it on that day.
        NoThreshold = "no_threshold", "法规表未规定次数，不能判断",
            "cannot be said: the table has no threshold for that day";
    }
}

closed_list! {
    /// What may come of a passed threshold.
    Consequence {
        /// The vehicle's operation licence is revoked.
        RevokeVehicleLicence = "revoke_vehicle_licence", "吊销车辆营运证",
            "revoke the operation licence of the vehicle";
        /// The driver is ordered to stop commercial driving.
        StopCommercialDriving = "stop_commercial_driving", "责令停止从事营业性运输",
            "order the driver to stop commercial driving";
        /// The carrier is suspended for rectification.
        SuspendCarrier = "suspend_carrier",
            "责令停业整顿（情节严重的，吊销道路运输经营许可证并向社会公告）",
            "suspend the carrier for rectification (in serious circumstances revoke its licence \
             and announce it)";
        /// The party is entered in the credit list.
        EnterCreditList = "enter_credit_list", "列入严重违法失信超限超载运输当事人名单",
            "enter the party in the list of serious breach of trust in over-limit transport";
    }
}

/// A case that counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountedEntry {
    /// Its id.
    pub case_id: String,
    /// The act it is about.
    pub act_id: String,
    /// Day of the act.
    pub day_of_act: NaiveDate,
    /// The vehicle, where known.
    pub vehicle_plate: Option<String>,
}

/// A case of the subject that does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Its id.
    pub case_id: String,
    /// Day of the act.
    pub day_of_act: NaiveDate,
    /// Why.
    pub reason: LeftOutReason,
    /// The case that counts instead, when act or vehicle is counted by another one.
    pub counted_as: Option<String>,
}

/// When a count has consequences.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Threshold {
    /// More than so many (超过): the next one.
    MoreThanTimes(u32),
    /// So many or more (以上).
    AtLeastTimes(u32),
    /// More than this share of the fleet, in basis points (100 = 1 %).
    MoreThanShareBasisPoints(i64),
}

/// The fleet that a share was taken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FleetOnDay {
    /// The day it was counted on.
    pub day: NaiveDate,
    /// All goods vehicles of the carrier on that day, where known.
    pub vehicles: Option<u32>,
}

/// What a proposal rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProposalGround {
    /// The count passed its threshold.
    Threshold,
    /// A single fine of so many yuan or more.
    FineFromYuan(Yuan),
}

/// A consequence that people may decide upon (建议). Nothing follows from it by itself.
///
/// In JSON: `{consequence, ground, case_ids, article, article_en}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "ProposalJson", from = "ProposalJson")]
pub struct Proposal {
    /// What is proposed.
    pub consequence: Consequence,
    /// What it rests on.
    pub ground: ProposalGround,
    /// The cases it rests on.
    pub case_ids: Vec<String>,
    /// Where it stands in the law.
    pub article: Citation,
}

#[derive(Serialize, Deserialize)]
struct ProposalJson {
    consequence: Consequence,
    ground: ProposalGround,
    case_ids: Vec<String>,
    article: String,
    article_en: String,
}

impl From<Proposal> for ProposalJson {
    fn from(proposal: Proposal) -> Self {
        Self {
            consequence: proposal.consequence,
            ground: proposal.ground,
            case_ids: proposal.case_ids,
            article: proposal.article.zh().to_owned(),
            article_en: proposal.article.en().to_owned(),
        }
    }
}

impl From<ProposalJson> for Proposal {
    fn from(json: ProposalJson) -> Self {
        Self {
            consequence: json.consequence,
            ground: json.ground,
            case_ids: json.case_ids,
            article: Citation::new(json.article, json.article_en),
        }
    }
}

/// The count of one subject to one day, with all that a reader needs to follow it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepeatCount {
    /// Whose acts.
    pub subject: RepeatSubject,
    /// Its identity, as in the cases.
    pub subject_id: String,
    /// Which days are within the year.
    pub window: RepeatWindow,
    /// First day of the window.
    pub first_day: NaiveDate,
    /// Last day of the window: the day counted to.
    pub last_day: NaiveDate,
    /// The cases that count, by day of the act.
    pub counted: Vec<CountedEntry>,
    /// The other cases of the subject, by day of the act, each with its reason.
    pub left_out: Vec<LeftOut>,
    /// How many count: acts, or for a carrier distinct vehicles.
    pub count: u64,
    /// When the count has consequences; `None` where the table has no such figure for the day.
    pub threshold: Option<Threshold>,
    /// How the count stands to it.
    pub standing: Standing,
    /// The carrier's fleet on its day; `None` for other subjects and when there is no act by whose
    /// day to count it.
    pub fleet: Option<FleetOnDay>,
    /// What may be decided, by people.
    pub proposals: Vec<Proposal>,
}

impl RepeatCount {
    /// Whether the threshold is passed for certain.
    pub fn exceeded(&self) -> bool {
        self.standing == Standing::Exceeded
    }
}
