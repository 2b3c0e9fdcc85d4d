//! What is counted: the cases, and what is known of a carrier.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::units::Yuan;

closed_list! {
    /// Who decided a case.
    DecidingAuthority {
        /// The transport authority (交通运输主管部门).
        Transport = "transport", "交通运输主管部门", "transport authority";
        /// The traffic police (公安机关交通管理部门).
        Police = "police", "公安机关交通管理部门", "traffic police";
    }
}

closed_list! {
    /// What an act is, as far as counting goes.
    CountedAct {
        /// Driving over-limit or overloaded (违法超限超载运输): counts for vehicle, driver and
        /// carrier.
        Overload = "overload", "违法超限运输", "illegal over-limit transport";
        /// Instigating or forcing a driver to overload (指使、强令超限超载): counts for the source.
        Instigation = "instigation", "指使、强令超限超载运输", "instigation to overload";
        /// Evading or disturbing the weighing (逃避检测、扰乱秩序): has its own penalty and counts
        /// nowhere here.
        Evasion = "evasion", "逃避或者扰乱超限检测", "evasion of the weighing";
    }
}

closed_list! {
    /// How a case was decided.
    DecisionOutcome {
        /// Fine (罚款), alone or with other penalties.
        Fine = "fine", "罚款", "fine";
        /// Warning (警告) and nothing more.
        Warning = "warning", "警告", "warning";
        /// No penalty (不予处罚).
        None = "none", "不予处罚", "no penalty";
    }
}

closed_list! {
    /// Where a case and its decision stand now.
    DecisionState {
        /// Not closed, or the decision is not in force yet (未结案).
        Open = "open", "未结案或者决定尚未生效", "not closed with a decision in force";
        /// Closed with a decision in force (已结案且决定生效).
        Effective = "effective", "已结案且决定生效", "closed with a decision in force";
        /// Taken back by an authority (撤销).
        Revoked = "revoked", "决定已撤销", "decision revoked";
        /// Set aside on review or by a court (复议或者判决撤销、确认无效).
        Annulled = "annulled", "决定经复议或者诉讼被撤销或者确认无效", "decision annulled";
    }
}

/// A case as the counters see it. Identities are texts that are compared as they are: plates
/// normalised, others opaque. An identity that is absent or empty is not known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountedCase {
    /// The case's own id; each case is listed once.
    pub case_id: String,
    /// The act: one passage of one vehicle. Cases of the same act, by either authority, bear the
    /// same id; who joins the lists of the authorities decides what is the same act. It is never
    /// guessed from plate and time here: a second overload after unloading is a new act.
    pub act_id: String,
    /// What the act is.
    pub act: CountedAct,
    /// Day of the act (违法行为发生之日), at the station.
    pub day_of_act: NaiveDate,
    /// Day of the decision (处罚决定之日); needed once it is in force.
    #[serde(default)]
    pub day_of_decision: Option<NaiveDate>,
    /// Who decided.
    pub authority: DecidingAuthority,
    /// Plate of the motor vehicle: of the truck or tractor (牵引车号牌). It is the vehicle that
    /// counts.
    #[serde(default)]
    pub vehicle_plate: Option<String>,
    /// Plate of the trailer (挂车号牌), for the record: trailers are not counted.
    #[serde(default)]
    pub trailer_plate: Option<String>,
    /// The driver (驾驶人); not known in many off-site cases.
    #[serde(default)]
    pub driver_id: Option<String>,
    /// The carrier (道路运输企业) whose vehicle it was on the day of the act.
    #[serde(default)]
    pub carrier_id: Option<String>,
    /// The source unit (货运源头单位): where it was loaded, or who instigated.
    #[serde(default)]
    pub source_id: Option<String>,
    /// How it was decided.
    pub outcome: DecisionOutcome,
    /// The fine, yuan, where there is one.
    #[serde(default)]
    pub fine_yuan: Option<Yuan>,
    /// Where it stands now.
    pub state: DecisionState,
    /// The act was over a limit of Order 62 art. 3 by its own weighing or measurement (超限), not
    /// only over the vehicle's licence payload (超载). Asked of police cases alone: a case of the
    /// transport authority is over-limit by what it is.
    pub over_limit_on_own_weighing: bool,
}

/// How many goods vehicles a carrier has from a day on, until the next entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FleetSize {
    /// The first day it holds.
    pub from: NaiveDate,
    /// All goods vehicles of the carrier (货运车辆总数).
    pub vehicles: u32,
}

/// What is known of a carrier besides its cases.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CarrierFacts {
    /// Its fleet by day, in any order.
    #[serde(default)]
    pub fleet: Vec<FleetSize>,
    /// It has been suspended for rectification (已责令停业整顿): a condition of the credit list.
    #[serde(default)]
    pub suspended: bool,
}

/// An identity that is known.
pub(super) fn known(identity: &Option<String>) -> Option<&str> {
    identity.as_deref().filter(|text| !text.is_empty())
}
