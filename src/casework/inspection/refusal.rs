//! Why a step is refused, in both languages, with what to do.

use chrono::NaiveDate;

use super::state::{InspectionState, InspectionStep};
use crate::casework::case_state::CaseState;
use crate::law::{Authority, DeadlineError};
use crate::role::Role;
use crate::units::{Kilograms, Micros};

/// Why a step is refused. The inspection is then as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The table has no such step here.
    #[error("{} can't be done while the inspection is: {}", step.en(), state.en())]
    NotHere {
        /// The step.
        step: InspectionStep,
        /// Where it stands, beneath a hold where that is what forbids it.
        state: InspectionState,
    },
    /// An inspection is opened once.
    #[error("the inspection {inspection_id} is open already")]
    AlreadyOpen {
        /// Its key.
        inspection_id: String,
    },
    /// The role may not.
    #[error("role {} may not make this step: {}", role.name(), step.en())]
    NotPermitted {
        /// The role.
        role: Role,
        /// The step.
        step: InspectionStep,
    },
    /// Neither passage nor key.
    #[error("give the passage that picked the vehicle out, or an inspection_id")]
    NoKey,
    /// A member is blank, too long, or not what it should be.
    #[error("{field}: {}", problem.en())]
    Malformed {
        /// Which member.
        field: String,
        /// What is wrong with it.
        problem: Problem,
    },
    /// The passage is not known.
    #[error("passage {passage_id} is not known here: wait for it to be stored, or give another")]
    PassageUnknown {
        /// Its id.
        passage_id: String,
    },
    /// The passage is used already.
    #[error("passage {passage_id} is a weighing of {inspection_id} already")]
    PassageUsed {
        /// Its id.
        passage_id: String,
        /// In which inspection.
        inspection_id: String,
    },
    /// The passage is older than the weighing before it, or than the selection, or lies ahead.
    #[error(
        "passage {passage_id} was weighed at {}, allowed is {} to {}: give the passage of this weighing",
        at.rfc3339(), from.rfc3339(), until.rfc3339()
    )]
    OutOfOrder {
        /// Its id.
        passage_id: String,
        /// When it crossed.
        at: Micros,
        /// Not before.
        from: Micros,
        /// Not after.
        until: Micros,
    },
    /// Figures by hand are off.
    #[error("weights are not typed by hand at this station: weigh, or have the setting changed")]
    HandEntryOff,
    /// Another plate.
    #[error("the passage has plate {found}, the vehicle is {wanted}: say in plate_differs why")]
    OtherVehicle {
        /// Plate of the passage.
        found: String,
        /// Plate of the vehicle.
        wanted: String,
    },
    /// Over again after having been cleared.
    #[error(
        "{gross_kg} is over the limit of {limit_kg}, and the vehicle was cleared before: this is a new act, \
         open a new inspection that follows {inspection_id}"
    )]
    NewAct {
        /// The gross.
        gross_kg: Kilograms,
        /// The limit.
        limit_kg: Kilograms,
        /// This inspection.
        inspection_id: String,
    },
    /// Not weighed yet.
    #[error("the vehicle has not been weighed: weigh it first")]
    NotWeighed,
    /// Twice the same officer.
    #[error("{name} is named twice: two officers are needed")]
    SameOfficer {
        /// User name.
        name: String,
    },
    /// No valid licence.
    #[error(
        "{name} has no enforcement licence that is valid on {day}: enter it, or name another officer"
    )]
    NoLicence {
        /// User name.
        name: String,
        /// The day.
        day: NaiveDate,
    },
    /// No limit known.
    #[error("the limit of the vehicle is not known: describe its axles first")]
    LimitUnknown,
    /// No legal weighing.
    #[error(
        "no legal weighing is on record: weigh the vehicle on a scale with a valid certificate"
    )]
    NoLegalWeighing,
    /// Over the limit.
    #[error(
        "the last legal weighing has {gross_kg}, the limit is {limit_kg}: unload at least {} and weigh again",
        gross_kg.saturating_sub(*limit_kg)
    )]
    OverLimit {
        /// Last legal gross.
        gross_kg: Kilograms,
        /// Limit.
        limit_kg: Kilograms,
    },
    /// Not cleared.
    #[error("the vehicle is not cleared, it is: {}; weigh it again", state.en())]
    NotCleared {
        /// Where it stands.
        state: InspectionState,
    },
    /// A request is open.
    #[error("request {number} of the party has no answer: answer it first")]
    RequestUnanswered {
        /// Its number.
        number: u32,
    },
    /// No such open request.
    #[error("there is no open request {number}")]
    NoOpenRequest {
        /// The number given.
        number: u32,
    },
    /// No sheet.
    #[error("the vehicle was over the limit and has no sheet: make one out first")]
    NoSheet,
    /// Nobody took the overload up.
    #[error("the overload is with nobody yet: hand it to the police or link its case first")]
    NotTakenUp,
    /// A measure is in force.
    #[error("measure {number} holds the vehicle: lift it first")]
    Held {
        /// Number of the measure.
        number: String,
    },
    /// Held before.
    #[error("{} held the vehicle in this inspection before, by {number}: the time does not start anew", authority.en())]
    HeldBefore {
        /// Whose measure.
        authority: Authority,
        /// Number of that measure.
        number: String,
    },
    /// The clock is not known.
    #[error("when the hold ends can't be told: no law in force or no calendar is at hand")]
    HoldClockUnknown,
    /// The law gives no end.
    #[error("when the hold ends can't be told: {0}")]
    HoldClock(DeadlineError),
    /// Extended already.
    #[error("the hold was extended by {number} and can't be extended again: lift it by {last_day}")]
    ExtendedAlready {
        /// Number of the extension.
        number: String,
        /// Its end.
        last_day: NaiveDate,
    },
    /// Run out.
    #[error("the hold ran out on {last_day}: lift it")]
    HoldRunOut {
        /// Its end.
        last_day: NaiveDate,
    },
    /// Not weighed, though green channel.
    #[error("vehicles of the green channel are weighed too: weigh it first")]
    GreenChannelNotWeighed,
    /// Police are resident.
    #[error("police are resident at this station: hand the matter to them")]
    PoliceResident,
    /// No police here.
    #[error("no police are resident at this station: call them")]
    NoPoliceResident,
    /// No pictures and no reason.
    #[error("give pictures, or say in no_pictures why there are none")]
    NoPictures,
    /// Nobody saw it.
    #[error("a refused signature needs two officers or a witness")]
    NotWitnessed,
    /// The plate doesn't fit.
    #[error("plate: {why_en}")]
    PlateUnsound {
        /// Chinese.
        why_zh: String,
        /// English.
        why_en: String,
    },
    /// Receipt used.
    #[error("receipt {receipt} is used already: each has a number of its own")]
    ReceiptUsed {
        /// The number.
        receipt: String,
    },
    /// More than is there.
    #[error("{wanted_kg} can't be collected: {left_kg} lie there under receipt {receipt}")]
    GoodsNotThere {
        /// Receipt.
        receipt: String,
        /// Asked for.
        wanted_kg: Kilograms,
        /// Left.
        left_kg: Kilograms,
    },
    /// Back onto the same vehicle.
    #[error("{plate} still stands here: its goods can't go back onto it before it is released")]
    BackOntoVehicle {
        /// Its plate.
        plate: String,
    },
    /// Nothing to correct, or void already.
    #[error("there is no record {number} that could be corrected or voided")]
    NoRecord {
        /// The number given.
        number: u32,
    },
    /// No such case.
    #[error(
        "there is no case {case_id}: give the key of the case that came of this stay, or open it first"
    )]
    CaseUnknown {
        /// The key given.
        case_id: String,
    },
    /// The case came to nothing.
    #[error(
        "case {case_id} is over, it is: {}; link the case that handles the overload now, or hand it to the police",
        state.en()
    )]
    CaseDropped {
        /// Its key.
        case_id: String,
        /// Where it stands.
        state: CaseState,
    },
    /// The case is about another vehicle.
    #[error(
        "case {case_id} is about {found}, this stay about {wanted}, and they share no passage: link the case of \
         this vehicle, or correct the plate of the stay first"
    )]
    CaseOfAnother {
        /// Its key.
        case_id: String,
        /// Its plate.
        found: String,
        /// Plate of the stay.
        wanted: String,
    },
    /// A sheet of that number is there.
    #[error("sheet {number} was made out in this stay already: each has a number of its own")]
    SheetUsed {
        /// The number.
        number: String,
    },
    /// Not on record.
    #[error("permit {number} is not on record: enter it in the register of permits first")]
    PermitUnknown {
        /// Its number.
        number: String,
    },
}

/// What is wrong with a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// Blank.
    Blank,
    /// So many characters.
    TooLong(usize),
    /// No digest.
    NotADigest,
    /// So many kilograms.
    MassOutOfRange(i64),
    /// Another number.
    OutOfRange,
    /// Left out where it is needed.
    Missing,
    /// Ahead of now.
    Ahead,
}

impl Problem {
    /// In Chinese.
    pub fn zh(self) -> String {
        match self {
            Self::Blank => "不能为空".to_owned(),
            Self::TooLong(found) => format!("{found}个字符，最多1000个"),
            Self::NotADigest => "应为64位小写十六进制SHA-256".to_owned(),
            Self::MassOutOfRange(found) => format!("{found}千克，应在0至1000000千克之间"),
            Self::OutOfRange => "数值超出范围".to_owned(),
            Self::Missing => "必须填写".to_owned(),
            Self::Ahead => "晚于当前时间".to_owned(),
        }
    }

    /// In English.
    pub fn en(self) -> String {
        match self {
            Self::Blank => "must not be blank".to_owned(),
            Self::TooLong(found) => format!("{found} characters, 1000 are allowed"),
            Self::NotADigest => "must be a SHA-256 in lower-case hex".to_owned(),
            Self::MassOutOfRange(found) => format!("{found} kg, allowed is 0 to 1000000 kg"),
            Self::OutOfRange => "out of range".to_owned(),
            Self::Missing => "must be given".to_owned(),
            Self::Ahead => "lies ahead of now".to_owned(),
        }
    }
}

impl Refusal {
    /// The reason as a Chinese sentence; the English one is the error's text.
    pub fn zh(&self) -> String {
        match self {
            Self::NotHere { step, state } => {
                format!("当前状态为“{}”，不能“{}”。", state.zh(), step.zh())
            }
            Self::AlreadyOpen { inspection_id } => format!("检测{inspection_id}已经建立。"),
            Self::NotPermitted { role, step } => {
                format!("角色{}无权“{}”。", role.name(), step.zh())
            }
            Self::NoKey => "请提供筛选出该车的过车记录，或者检测编号。".to_owned(),
            Self::Malformed { field, problem } => format!("{field}：{}。", problem.zh()),
            Self::PassageUnknown { passage_id } => {
                format!("没有过车记录{passage_id}，请等待入库或者改用其他记录。")
            }
            Self::PassageUsed {
                passage_id,
                inspection_id,
            } => format!("过车记录{passage_id}已用于检测{inspection_id}。"),
            Self::OutOfOrder {
                passage_id,
                at,
                from,
                until,
            } => format!(
                "过车记录{passage_id}的称重时间为{}，应在{}至{}之间。",
                at.rfc3339(),
                from.rfc3339(),
                until.rfc3339()
            ),
            Self::HandEntryOff => "本站不允许人工录入重量，请上秤称重。".to_owned(),
            Self::OtherVehicle { found, wanted } => {
                format!("过车记录号牌为{found}，检测车辆为{wanted}，请说明不一致的原因。")
            }
            Self::NewAct {
                gross_kg,
                limit_kg,
                inspection_id,
            } => format!(
                "总质量{}千克超过限值{}千克，而该车此前已检测合格：属于新的违法行为，请另建检测并注明承接{inspection_id}。",
                gross_kg.get(),
                limit_kg.get()
            ),
            Self::NotWeighed => "车辆尚未称重。".to_owned(),
            Self::SameOfficer { name } => format!("{name}重复，应有两名执法人员。"),
            Self::NoLicence { name, day } => format!("{name}在{day}没有有效的执法证。"),
            Self::LimitUnknown => "车辆限值未知，请先登记车型轴数。".to_owned(),
            Self::NoLegalWeighing => "没有有效的称重记录，请在检定有效的衡器上称重。".to_owned(),
            Self::OverLimit { gross_kg, limit_kg } => format!(
                "最近一次有效称重{}千克，限值{}千克，至少还须卸载{}千克并复检。",
                gross_kg.get(),
                limit_kg.get(),
                gross_kg.saturating_sub(*limit_kg).get()
            ),
            Self::NotCleared { state } => {
                format!("当前状态为“{}”，尚未检测合格，请复检。", state.zh())
            }
            Self::RequestUnanswered { number } => format!("当事人第{number}项要求尚未答复。"),
            Self::NoOpenRequest { number } => format!("没有待答复的第{number}项要求。"),
            Self::NoSheet => "车辆曾超限，尚未出具称重和卸载单。".to_owned(),
            Self::NotTakenUp => "超限违法尚未移交公安，也未关联案件。".to_owned(),
            Self::Held { number } => format!("强制措施{number}尚未解除。"),
            Self::HeldBefore { authority, number } => format!(
                "{}已在本次检测中以{number}扣押过该车，期限不重新计算。",
                authority.zh()
            ),
            Self::HoldClockUnknown => "无法计算扣押期限：没有适用的法律数据或者日历。".to_owned(),
            Self::HoldClock(error) => format!("无法计算扣押期限：{error}。"),
            Self::ExtendedAlready { number, last_day } => {
                format!("已由{number}延长至{last_day}，不得再次延长，应按期解除。")
            }
            Self::HoldRunOut { last_day } => format!("扣押期限已于{last_day}届满，应当解除。"),
            Self::GreenChannelNotWeighed => "绿色通道车辆也应称重。".to_owned(),
            Self::PoliceResident => "本站有公安驻站，请移交驻站公安。".to_owned(),
            Self::NoPoliceResident => "本站没有公安驻站，请通知公安到场。".to_owned(),
            Self::NoPictures => "请提供照片，或者说明没有照片的原因。".to_owned(),
            Self::NotWitnessed => "拒绝签字应有两名执法人员或者见证人。".to_owned(),
            Self::PlateUnsound { why_zh, .. } => format!("号牌：{why_zh}"),
            Self::ReceiptUsed { receipt } => format!("保管单号{receipt}已使用。"),
            Self::GoodsNotThere {
                receipt,
                wanted_kg,
                left_kg,
            } => format!(
                "保管单{receipt}下在库{}千克，不能领取{}千克。",
                left_kg.get(),
                wanted_kg.get()
            ),
            Self::BackOntoVehicle { plate } => {
                format!("{plate}尚未放行，卸下的货物不得装回该车。")
            }
            Self::NoRecord { number } => format!("没有可更正或者作废的第{number}条记录。"),
            Self::CaseUnknown { case_id } => {
                format!("没有案件{case_id}，请填写本次检测对应的案件，或者先立案。")
            }
            Self::CaseDropped { case_id, state } => format!(
                "案件{case_id}为“{}”，已终止：请关联现在处理该违法行为的案件，或者移交公安。",
                state.zh()
            ),
            Self::CaseOfAnother {
                case_id,
                found,
                wanted,
            } => format!(
                "案件{case_id}的车辆为{found}，本次检测为{wanted}，也没有共同的过车记录：请关联该车的案件，\
                 号牌有误的先登记正确号牌。"
            ),
            Self::SheetUsed { number } => {
                format!("本次检测已出具称重和卸载单{number}，编号不得重复。")
            }
            Self::PermitUnknown { number } => format!("通行证{number}未登记，请先录入许可台账。"),
        }
    }
}
