//! Papers (文书): what a step must put into the file, by kind and number.
//!
//! The first twenty-four are the national set of forms (交通运输行政执法文书式样); the rest are those of an
//! overload station and of the police. Here a paper is a record that it exists: its kind, number, day and,
//! where it was scanned or printed from here, its digest.

use serde::{Deserialize, Serialize};

use crate::units::Micros;

closed_list! {
    /// A kind of paper.
    DocumentKind {
        /// Form 1, 立案登记表.
        FilingForm = "filing_form", "立案登记表", "case filing form";
        /// Form 2, 询问笔录.
        InterviewRecord = "interview_record", "询问笔录", "record of interview";
        /// Form 3, 勘验（检查）笔录.
        InspectionRecord = "inspection_record", "勘验（检查）笔录", "record of inspection";
        /// Form 4, 现场笔录.
        SceneRecord = "scene_record", "现场笔录", "record at the scene";
        /// Form 5, 抽样取证凭证.
        SamplingReceipt = "sampling_receipt", "抽样取证凭证", "receipt for samples";
        /// Form 6, 证据登记保存清单.
        EvidenceKeptList = "evidence_kept_list", "证据登记保存清单", "list of evidence kept";
        /// Form 7, 解除证据登记保存决定书.
        EvidenceReleased = "evidence_released", "解除证据登记保存决定书", "release of evidence kept";
        /// Form 8, 行政强制措施决定书.
        CoerciveMeasure = "coercive_measure", "行政强制措施决定书", "decision on a coercive measure";
        /// Form 9, 延长行政强制措施期限通知书.
        CoerciveMeasureExtended = "coercive_measure_extended", "延长行政强制措施期限通知书", "extension of a coercive measure";
        /// Form 10, 解除行政强制措施决定书.
        CoerciveMeasureLifted = "coercive_measure_lifted", "解除行政强制措施决定书", "lifting of a coercive measure";
        /// Form 11, 违法行为通知书.
        ViolationNotice = "violation_notice", "违法行为通知书", "notice of violation";
        /// Form 12, 听证通知书.
        HearingNotice = "hearing_notice", "听证通知书", "notice of hearing";
        /// Form 13, 听证笔录.
        HearingRecord = "hearing_record", "听证笔录", "record of hearing";
        /// Form 14, 当场行政处罚决定书.
        OnSpotDecision = "on_spot_decision", "当场行政处罚决定书", "decision on the spot";
        /// Form 15, 行政处罚决定书.
        PenaltyDecision = "penalty_decision", "行政处罚决定书", "penalty decision";
        /// Form 16, 责令改正违法行为通知书.
        CorrectionOrder = "correction_order", "责令改正违法行为通知书", "order to correct";
        /// Form 17, 分期（延期）缴纳罚款通知书.
        DeferralNotice = "deferral_notice", "分期（延期）缴纳罚款通知书", "notice of deferral or instalments";
        /// Form 18, 执行公告.
        EnforcementAnnouncement = "enforcement_announcement", "执行公告", "announcement of enforcement";
        /// Form 19, 催告书.
        Reminder = "reminder", "催告书", "reminder";
        /// Form 20, 行政强制执行决定书.
        EnforcementDecision = "enforcement_decision", "行政强制执行决定书", "decision to enforce";
        /// Form 21, 代履行决定书.
        SubstituteDecision = "substitute_decision", "代履行决定书", "decision on performance by others";
        /// Form 22, 中止（终结、恢复）行政强制执行通知书.
        EnforcementChanged = "enforcement_changed", "中止（终结、恢复）行政强制执行通知书", "enforcement suspended, ended or resumed";
        /// Form 23, 送达回证.
        ServiceReceipt = "service_receipt", "送达回证", "proof of service";
        /// Form 24, 结案报告.
        ClosingReport = "closing_report", "结案报告", "closing report";
        /// 案件调查报告.
        InvestigationReport = "investigation_report", "案件调查报告", "investigation report";
        /// 陈述申辩笔录（书）.
        DefenceRecord = "defence_record", "陈述申辩笔录", "record of statement and defence";
        /// 送达信息确认书：同意电子送达.
        ServiceConsent = "service_consent", "送达信息确认书", "consent to a way of service";
        /// 法制审核意见书.
        LegalOpinion = "legal_opinion", "法制审核意见书", "opinion of legal review";
        /// 集体讨论记录.
        DiscussionRecord = "discussion_record", "集体讨论记录", "record of collective discussion";
        /// 听证申请书.
        HearingRequest = "hearing_request", "听证申请", "request for a hearing";
        /// 不予处罚决定书.
        NoPenaltyDecision = "no_penalty_decision", "不予行政处罚决定书", "decision not to punish";
        /// 撤销立案审批表.
        WithdrawalForm = "withdrawal_form", "撤销立案审批表", "withdrawal of a filed case";
        /// 撤销行政处罚决定书，或复议决定、判决.
        AnnulmentDecision = "annulment_decision", "撤销决定（或复议决定、判决）", "decision, on review or in court, that annuls";
        /// 分期（延期）缴纳罚款申请.
        DeferralRequest = "deferral_request", "分期（延期）缴纳罚款申请", "request for deferral or instalments";
        /// 强制执行申请书（向人民法院）.
        CourtApplication = "court_application", "强制执行申请书", "application to the court";
        /// 缴款书、非税票据.
        PaymentSlip = "payment_slip", "非税缴款票据", "slip of the non-tax system";
        /// 案件移送函.
        TransferLetter = "transfer_letter", "案件移送函", "letter of transfer";
        /// 抄告函.
        NotificationLetter = "notification_letter", "抄告函", "letter of notification";
        /// 称重和卸载单（标题可设）.
        WeighingSheet = "weighing_sheet", "称重和卸载单", "weighing and unloading sheet";
        /// 检测单.
        CheckSheet = "check_sheet", "检测单", "check sheet";
        /// 超限车辆卸载通知书.
        UnloadingNotice = "unloading_notice", "超限车辆卸载通知书", "notice to unload";
        /// 货物装载单（源头单位出具）.
        LoadingSheet = "loading_sheet", "货物装载单", "loading sheet of the source";
        /// 放行单.
        ReleaseSlip = "release_slip", "放行单", "release slip";
        /// 超限运输车辆通行证.
        TransportPermit = "transport_permit", "超限运输车辆通行证", "permit for an over-limit transport";
        /// 卸载货物保管单.
        GoodsReceipt = "goods_receipt", "卸载货物保管单", "receipt for unloaded goods";
        /// 公安交通管理行政处罚决定书.
        PoliceDecision = "police_decision", "公安交通管理行政处罚决定书", "penalty decision of the traffic police";
        /// 公安交通管理行政强制措施凭证.
        PoliceMeasure = "police_measure", "公安交通管理行政强制措施凭证", "receipt for a coercive measure of the police";
        /// 财政部门统一制发的罚款收据（当场收缴）.
        FineReceipt = "fine_receipt", "当场收缴罚款专用票据", "finance department's receipt for a fine collected on the spot";
        /// 退还罚款凭证.
        RefundSlip = "refund_slip", "退还罚款凭证", "slip of a refund";
        /// 行政复议决定书、裁判文书，或其终止决定、裁定.
        RemedyRuling = "remedy_ruling", "行政复议决定书（裁判文书）", "decision on review, or judgment";
        /// 其他.
        Other = "other", "其他材料", "other paper";
    }
}

closed_list! {
    /// What an attached file is.
    AttachmentKind {
        /// A photograph.
        Photo = "photo", "照片", "photo";
        /// Video of an officer's body camera (执法记录仪).
        BodyCamera = "body_camera", "执法记录仪视频", "body-camera video";
        /// Another video.
        Video = "video", "其他视频", "video";
        /// A scanned paper.
        Scan = "scan", "扫描件", "scan";
        /// Something else.
        Other = "other", "其他", "other";
    }
}

/// A paper in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// What it is.
    pub kind: DocumentKind,
    /// Its number (文号), as printed on it; `None` where it has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// When it was made, or came in.
    pub at: Micros,
    /// SHA-256 of the file, hex, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// What else there is to say of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_national_forms_come_first_and_names_are_unique() {
        assert_eq!(
            DocumentKind::ALL.get(23),
            Some(&DocumentKind::ClosingReport)
        );
        let names: BTreeSet<_> = DocumentKind::ALL.iter().map(|kind| kind.name()).collect();
        let chinese: BTreeSet<_> = DocumentKind::ALL.iter().map(|kind| kind.zh()).collect();
        assert_eq!(names.len(), DocumentKind::ALL.len());
        assert_eq!(chinese.len(), DocumentKind::ALL.len());
        for kind in DocumentKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
            assert_eq!(DocumentKind::from_name(kind.name()), Some(*kind));
        }
    }
}
