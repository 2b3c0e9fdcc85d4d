//! Which clocks there are, and what each is called.

use serde::{Deserialize, Serialize};

/// A clock of the procedure (期限). A closed list; the figures stand in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadlineKind {
    /// An act not found by then is not punished (追责时效).
    Prescription,
    /// The same for life, health or financial safety with harmful results (追责时效，特定领域).
    PrescriptionSerious,
    /// Deciding on evidence that was registered and kept (先行登记保存).
    EvidenceKept,
    /// Sending a copy of a decision made on the spot to the own authority (简易程序报备).
    SimplifiedReport,
    /// Deciding on the penalty (作出处罚决定).
    Decide,
    /// The extension of the time to decide, when its head approved one (延长作出决定).
    DecideExtension,
    /// The party's asking for a hearing (要求听证).
    HearingRequest,
    /// Telling time and place of a hearing, before it (通知听证).
    HearingNotice,
    /// Serving the decision on a party who was absent (送达).
    Service,
    /// Paying the fine (缴纳罚款).
    Pay,
    /// An officer's handing in of a fine collected on the spot (当场收缴罚款上交).
    CollectedFineHandIn,
    /// The authority's paying of such a fine to the bank (当场收缴罚款缴付银行).
    CollectedFineToBank,
    /// Withdrawing a published decision that was changed, revoked or annulled (撤回公开).
    PublicationWithdrawal,
    /// Passing a closed case to the authority of the place of registration (抄告).
    PassOn,
    /// Publishing the places of off-site equipment, before its use (监控设备地点公布).
    EquipmentPublication,
    /// Reviewing an off-site record (非现场记录审核).
    OffSiteReview,
    /// The party's answer to an off-site notice (非现场告知后答复).
    OffSiteAnswer,
    /// The police's review of an off-site record (公安非现场记录审核).
    PoliceOffSiteReview,
    /// The police's notice of an off-site record (公安非现场告知).
    PoliceOffSiteNotice,
    /// The party's answer to such a notice (公安非现场告知后处理).
    PoliceOffSiteAnswer,
    /// Asking for reconsideration (申请行政复议).
    Reconsideration,
    /// Suing (提起行政诉讼).
    Lawsuit,
    /// Complying after a reminder (催告后履行).
    Reminder,
    /// The surcharge's running before the authority may itself enforce (加处罚款后强制执行).
    SurchargeBeforeEnforcement,
    /// Applying to the court for enforcement (申请法院强制执行).
    CourtApplication,
    /// Holding a vehicle (扣押车辆).
    VehicleHold,
    /// The extension of that, when its head approved one (延长扣押车辆).
    VehicleHoldExtension,
    /// The head's decision on handing a case to the criminal police (移送涉嫌犯罪案件决定).
    CriminalTransferDecision,
    /// Handing it over (移送涉嫌犯罪案件).
    CriminalTransfer,
    /// The criminal police's decision to take it (公安机关立案决定).
    CriminalFilingDecision,
    /// Handing over property and material of a case that was taken (移交涉案物品).
    CriminalProperty,
}

/// What a clock is called and what starts it.
struct Words {
    name: &'static str,
    zh: &'static str,
    en: &'static str,
    start_zh: &'static str,
    start_en: &'static str,
}

const fn words(
    name: &'static str,
    [zh, start_zh]: [&'static str; 2],
    [en, start_en]: [&'static str; 2],
) -> Words {
    Words {
        name,
        zh,
        en,
        start_zh,
        start_en,
    }
}

impl DeadlineKind {
    /// All of them, in order of a case's course.
    pub const ALL: [Self; 31] = [
        Self::Prescription,
        Self::PrescriptionSerious,
        Self::EvidenceKept,
        Self::SimplifiedReport,
        Self::Decide,
        Self::DecideExtension,
        Self::HearingRequest,
        Self::HearingNotice,
        Self::Service,
        Self::Pay,
        Self::CollectedFineHandIn,
        Self::CollectedFineToBank,
        Self::PublicationWithdrawal,
        Self::PassOn,
        Self::EquipmentPublication,
        Self::OffSiteReview,
        Self::OffSiteAnswer,
        Self::PoliceOffSiteReview,
        Self::PoliceOffSiteNotice,
        Self::PoliceOffSiteAnswer,
        Self::Reconsideration,
        Self::Lawsuit,
        Self::Reminder,
        Self::SurchargeBeforeEnforcement,
        Self::CourtApplication,
        Self::VehicleHold,
        Self::VehicleHoldExtension,
        Self::CriminalTransferDecision,
        Self::CriminalTransfer,
        Self::CriminalFilingDecision,
        Self::CriminalProperty,
    ];

    /// The name used in tables and in JSON.
    pub const fn name(self) -> &'static str {
        self.words().name
    }

    /// The Chinese name.
    pub const fn zh(self) -> &'static str {
        self.words().zh
    }

    /// The English name.
    pub const fn en(self) -> &'static str {
        self.words().en
    }

    /// The day or moment it is counted from, in Chinese, such as 收到处罚决定书.
    pub const fn start_zh(self) -> &'static str {
        self.words().start_zh
    }

    /// The day or moment it is counted from, in English.
    pub const fn start_en(self) -> &'static str {
        self.words().start_en
    }

    const fn words(self) -> Words {
        match self {
            Self::Prescription => words(
                "prescription",
                ["追责时效", "违法行为发生（连续或者继续的为终了）"],
                ["prescription", "the act, or the end of an act that went on"],
            ),
            Self::PrescriptionSerious => words(
                "prescription_serious",
                [
                    "追责时效（涉及生命健康安全、金融安全且有危害后果）",
                    "违法行为发生（连续或者继续的为终了）",
                ],
                [
                    "prescription where life, health or finance came to harm",
                    "the act, or the end of an act that went on",
                ],
            ),
            Self::EvidenceKept => words(
                "evidence_kept",
                ["先行登记保存证据的处理", "先行登记保存"],
                [
                    "decision on evidence kept in advance",
                    "the registration of the evidence",
                ],
            ),
            Self::SimplifiedReport => words(
                "simplified_report",
                ["当场处罚决定报备", "作出当场处罚决定"],
                [
                    "report of a decision made on the spot",
                    "the decision on the spot",
                ],
            ),
            Self::Decide => words(
                "decide",
                ["作出处罚决定", "立案"],
                ["decision on the penalty", "the filing of the case"],
            ),
            Self::DecideExtension => words(
                "decide_extension",
                ["延长后作出处罚决定", "原办案期限届满"],
                [
                    "decision on the penalty after an extension",
                    "the end of the first time to decide",
                ],
            ),
            Self::HearingRequest => words(
                "hearing_request",
                ["当事人要求听证", "行政机关告知"],
                [
                    "request for a hearing",
                    "the notice of the right to a hearing",
                ],
            ),
            Self::HearingNotice => words(
                "hearing_notice",
                ["通知听证的时间、地点", "举行听证"],
                ["notice of time and place of the hearing", "the hearing"],
            ),
            Self::Service => words(
                "service",
                ["送达处罚决定书", "作出处罚决定"],
                ["service of the decision", "the decision"],
            ),
            Self::Pay => words(
                "pay",
                ["缴纳罚款", "收到处罚决定书"],
                ["payment of the fine", "the receipt of the decision"],
            ),
            Self::CollectedFineHandIn => words(
                "collected_fine_hand_in",
                ["执法人员上交当场收缴的罚款", "收缴罚款"],
                [
                    "the officer's handing in of a fine collected on the spot",
                    "the collection",
                ],
            ),
            Self::CollectedFineToBank => words(
                "collected_fine_to_bank",
                ["行政机关将当场收缴的罚款缴付银行", "执法人员交至行政机关"],
                [
                    "the authority's payment to the bank of a fine collected on the spot",
                    "the officer's handing in",
                ],
            ),
            Self::PublicationWithdrawal => words(
                "publication_withdrawal",
                [
                    "撤回已公开的处罚决定信息",
                    "处罚决定被变更、撤销、确认违法或者确认无效",
                ],
                [
                    "withdrawal of a published decision",
                    "the change, revocation or annulment of the decision",
                ],
            ),
            Self::PassOn => words(
                "pass_on",
                ["向车籍所在地抄告", "结案"],
                [
                    "passing on to the authority of the place of registration",
                    "the closing of the case",
                ],
            ),
            Self::EquipmentPublication => words(
                "equipment_publication",
                ["公布监控设备设置地点", "设备启用"],
                [
                    "publication of the places of off-site equipment",
                    "the first use of the equipment",
                ],
            ),
            Self::OffSiteReview => words(
                "off_site_review",
                ["审核非现场记录", "记录形成"],
                ["review of an off-site record", "the recording"],
            ),
            Self::OffSiteAnswer => words(
                "off_site_answer",
                ["当事人对非现场告知的答复", "告知"],
                ["the party's answer to an off-site notice", "the notice"],
            ),
            Self::PoliceOffSiteReview => words(
                "police_off_site_review",
                ["公安机关交通管理部门审核、录入非现场记录", "收集记录"],
                [
                    "the police's review and entry of an off-site record",
                    "the recording",
                ],
            ),
            Self::PoliceOffSiteNotice => words(
                "police_off_site_notice",
                ["公安机关交通管理部门告知非现场记录", "录入系统"],
                ["the police's notice of an off-site record", "the entry"],
            ),
            Self::PoliceOffSiteAnswer => words(
                "police_off_site_answer",
                ["当事人到公安机关交通管理部门接受处理", "告知"],
                ["the party's answer to the police's notice", "the notice"],
            ),
            Self::Reconsideration => words(
                "reconsideration",
                ["申请行政复议", "知道处罚决定"],
                [
                    "application for reconsideration",
                    "the day the decision was known",
                ],
            ),
            Self::Lawsuit => words(
                "lawsuit",
                ["提起行政诉讼", "知道处罚决定"],
                ["lawsuit", "the day the decision was known"],
            ),
            Self::Reminder => words(
                "reminder",
                ["经催告后履行", "催告书送达"],
                [
                    "compliance after the reminder",
                    "the service of the reminder",
                ],
            ),
            Self::SurchargeBeforeEnforcement => words(
                "surcharge_before_enforcement",
                ["加处罚款满三十日方可强制执行", "加处罚款开始的前一日"],
                [
                    "time the surcharge must have run before enforcement",
                    "the day before the surcharge began",
                ],
            ),
            Self::CourtApplication => words(
                "court_application",
                ["申请人民法院强制执行", "复议和诉讼期限届满"],
                [
                    "application to the court for enforcement",
                    "the end of the time for reconsideration and lawsuit",
                ],
            ),
            Self::VehicleHold => words(
                "vehicle_hold",
                ["扣押车辆", "扣押"],
                ["hold of the vehicle", "the hold"],
            ),
            Self::VehicleHoldExtension => words(
                "vehicle_hold_extension",
                ["延长扣押车辆", "原扣押期限届满"],
                [
                    "extended hold of the vehicle",
                    "the end of the first time of the hold",
                ],
            ),
            Self::CriminalTransferDecision => words(
                "criminal_transfer_decision",
                ["决定是否移送涉嫌犯罪案件", "负责人接到报告"],
                [
                    "decision on handing the case to the criminal police",
                    "the report to the head",
                ],
            ),
            Self::CriminalTransfer => words(
                "criminal_transfer",
                ["移送涉嫌犯罪案件", "决定移送"],
                [
                    "handing the case to the criminal police",
                    "the decision to hand it over",
                ],
            ),
            Self::CriminalFilingDecision => words(
                "criminal_filing_decision",
                ["公安机关决定是否立案", "接受移送"],
                [
                    "the criminal police's decision to take the case",
                    "its handing over",
                ],
            ),
            Self::CriminalProperty => words(
                "criminal_property",
                ["移交涉案物品和材料", "接到立案通知"],
                [
                    "handing over of property and material of the case",
                    "the notice that the criminal police took it",
                ],
            ),
        }
    }
}
