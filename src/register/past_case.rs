//! Past cases (历史案件): those of the last twelve months from before this program, without which every
//! counter would start at zero.

use chrono::NaiveDate;
use serde::Deserialize;

use super::field::{Field, FieldType, Personal, choices};
use super::problem::Problem;
use crate::law::{CountedAct, CountedCase, DecidingAuthority, DecisionOutcome, DecisionState};
use crate::units::Yuan;

/// Its columns.
pub const FIELDS: &[Field] = &[
    Field::new("case_id", "案号", "number of the case", FieldType::Text(80)).required(),
    Field::new(
        "act_id",
        "违法行为编号",
        "id of the act; the same for cases of either authority about one act. Empty: the case alone",
        FieldType::Text(80),
    ),
    Field::new(
        "act",
        "违法行为",
        "what the act is",
        choices!(CountedAct, "违法超限超载运输" => Overload, "超限运输" => Overload),
    )
    .required(),
    Field::new(
        "day_of_act",
        "违法行为发生日期",
        "day of the act",
        FieldType::Day,
    )
    .required(),
    Field::new(
        "day_of_decision",
        "处罚决定日期",
        "day of the decision",
        FieldType::Day,
    ),
    Field::new(
        "authority",
        "决定机关",
        "who decided",
        choices!(DecidingAuthority, "交通" => Transport, "公安" => Police),
    )
    .required(),
    Field::new(
        "vehicle_plate",
        "车辆号牌",
        "plate of the motor vehicle",
        FieldType::Plate,
    ),
    Field::new(
        "trailer_plate",
        "挂车号牌",
        "plate of the trailer",
        FieldType::Plate,
    ),
    Field::new(
        "driver_id",
        "驾驶员从业资格证号",
        "qualification certificate of the driver",
        FieldType::Text(60),
    )
    .personal(Personal::Number),
    Field::new(
        "carrier_id",
        "企业编号",
        "id of the carrier",
        FieldType::Text(60),
    ),
    Field::new(
        "source_id",
        "源头单位编号",
        "code of the loading source",
        FieldType::Text(60),
    ),
    Field::new(
        "outcome",
        "处理结果",
        "how it was decided",
        choices!(DecisionOutcome),
    )
    .required(),
    Field::new(
        "fine_yuan",
        "罚款金额（元）",
        "fine, yuan",
        FieldType::Whole(0, 10_000_000),
    ),
    Field::new(
        "state",
        "决定状态",
        "where it stands",
        choices!(DecisionState, "已结案" => Effective, "未结案" => Open, "已撤销" => Revoked),
    )
    .required(),
    Field::new(
        "over_limit_on_own_weighing",
        "经称重认定超限",
        "police cases: over a limit by its own weighing",
        FieldType::Flag,
    ),
    Field::new("remark", "备注", "remark", FieldType::Text(200)),
];

/// A past case (历史案件).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PastCase {
    /// Number.
    pub case_id: String,
    /// Id of the act.
    pub act_id: Option<String>,
    /// What the act is.
    pub act: CountedAct,
    /// Day of the act.
    pub day_of_act: NaiveDate,
    /// Day of the decision.
    pub day_of_decision: Option<NaiveDate>,
    /// Who decided.
    pub authority: DecidingAuthority,
    /// Plate of the motor vehicle.
    pub vehicle_plate: Option<String>,
    /// Plate of the trailer.
    pub trailer_plate: Option<String>,
    /// Driver.
    pub driver_id: Option<String>,
    /// Carrier.
    pub carrier_id: Option<String>,
    /// Loading source.
    pub source_id: Option<String>,
    /// How it was decided.
    pub outcome: DecisionOutcome,
    /// Fine.
    pub fine_yuan: Option<Yuan>,
    /// Where it stands.
    pub state: DecisionState,
    /// Over a limit by its own weighing.
    #[serde(default)]
    pub over_limit_on_own_weighing: bool,
    /// Remark.
    pub remark: Option<String>,
    /// Whether the entry stands.
    #[serde(default = "super::entry::yes")]
    pub active: bool,
}

impl PastCase {
    /// What in it does not go together, by column.
    pub fn check(&self) -> Vec<(&'static str, Problem)> {
        let mut problems = Vec::new();
        let mut add = |column, zh: &str, en: &str| {
            problems.push((column, Problem::contradiction(zh, en)));
        };
        if self.state != DecisionState::Open && self.day_of_decision.is_none() {
            add(
                "day_of_decision",
                "已作出决定的须填决定日期",
                "a decision has a day",
            );
        }
        if self
            .day_of_decision
            .is_some_and(|decided| decided < self.day_of_act)
        {
            add(
                "day_of_decision",
                "不应早于违法行为发生日期",
                "not before the day of the act",
            );
        }
        let fined = self.outcome == DecisionOutcome::Fine;
        if !fined && self.fine_yuan.is_some_and(|fine| fine > Yuan::ZERO) {
            add(
                "fine_yuan",
                "处理结果不是罚款时不应填金额",
                "only a fine has an amount",
            );
        }
        let parties = [
            &self.vehicle_plate,
            &self.driver_id,
            &self.carrier_id,
            &self.source_id,
        ];
        if parties.iter().all(|party| party.is_none()) {
            add(
                "vehicle_plate",
                "车辆、驾驶员、企业、源头单位至少填一项",
                "vehicle, driver, carrier or source must be filled: it would count for nobody",
            );
        }
        problems
    }

    /// As the counters take it.
    pub fn counted(&self) -> CountedCase {
        CountedCase {
            case_id: self.case_id.clone(),
            act_id: self.act_id.clone().unwrap_or_else(|| self.case_id.clone()),
            act: self.act,
            day_of_act: self.day_of_act,
            day_of_decision: self.day_of_decision,
            authority: self.authority,
            vehicle_plate: self.vehicle_plate.clone(),
            trailer_plate: self.trailer_plate.clone(),
            driver_id: self.driver_id.clone(),
            carrier_id: self.carrier_id.clone(),
            source_id: self.source_id.clone(),
            outcome: self.outcome,
            fine_yuan: self.fine_yuan,
            state: self.state,
            over_limit_on_own_weighing: self.over_limit_on_own_weighing,
        }
    }
}
