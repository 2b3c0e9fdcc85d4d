//! Why a passage can't become a penalty (不予立案原因): a closed list, each link of the chain by name.

use serde::{Deserialize, Serialize};

/// A link that is missing. A passage with one or more of these is kept and shown, never charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithheldReason {
    /// Not over the limit, so there is nothing to charge.
    VerdictNotOverloaded,
    /// Over by no more than the warning band, and the station opens no cases for warnings.
    VerdictWarningOnly,
    /// The law gives no verdict for what is known of the vehicle.
    VerdictUndetermined,
    /// No law table covers the day of the act.
    NoTableInForce,
    /// Judged by another day's table: a calculation, no verdict.
    Hypothetical,
    /// The true mass may be within the limit with a probability above the table's setting.
    RiskTooHigh,
    /// No plate was read for it.
    PlateMissing,
    /// More than one plate, or more than one vehicle for the plate.
    PlateAmbiguous,
    /// What was read is no number plate (GA 36).
    PlateInvalid,
    /// Neither a check on the line nor a second independent read stands behind the plate.
    PlateBytesUntrusted,
    /// One camera alone read the plate, and the station makes no cases of such passages.
    OneReadUnconfirmed,
    /// Neither an integrity check nor the stability rule stands behind the weight.
    WeightBytesUntrusted,
    /// No complete picture.
    PictureMissing,
    /// No verification certificate of the scale is on file (Metrology Law art. 9).
    CertificateMissing,
    /// The certificate does not cover the day of the act.
    CertificateExpired,
    /// The place was not approved on the day of the act (Administrative Penalty Law art. 41).
    SiteNotApproved,
    /// The place was not published on the day of the act (Administrative Penalty Law art. 41).
    SiteNotPublished,
    /// An off-site point without its legal or technical review on the day of the act (Administrative
    /// Penalty Law art. 41).
    SiteNotReviewed,
    /// The station's clock was not synchronised.
    ClockUnsynchronised,
    /// The station's time may be off by more than the setting.
    ClockErrorTooLarge,
    /// Whether the station's clock was synchronised can't be told, and the setting withholds then.
    ClockStateUnknown,
    /// The instrument or the checks on its record object to this weighing.
    HardFlag,
    /// The driver did something about the scale that puts weight, axles or owner in doubt.
    Evasion,
    /// The scale serves pre-selection only.
    ScaleIsPreSelection,
    /// The same record came with other bytes: one of the two is false.
    RecordConflict,
    /// Enforcement of the lane is switched off.
    EnforcementOff,
    /// Nobody checked the platform's scale in this shift.
    ShiftCheckMissing,
    /// The check of the platform's scale at the beginning of the shift failed.
    ShiftCheckFailed,
}

impl WithheldReason {
    /// All reasons.
    pub const ALL: [Self; 28] = [
        Self::VerdictNotOverloaded,
        Self::VerdictWarningOnly,
        Self::VerdictUndetermined,
        Self::NoTableInForce,
        Self::Hypothetical,
        Self::RiskTooHigh,
        Self::PlateMissing,
        Self::PlateAmbiguous,
        Self::PlateInvalid,
        Self::PlateBytesUntrusted,
        Self::OneReadUnconfirmed,
        Self::WeightBytesUntrusted,
        Self::PictureMissing,
        Self::CertificateMissing,
        Self::CertificateExpired,
        Self::SiteNotApproved,
        Self::SiteNotPublished,
        Self::SiteNotReviewed,
        Self::ClockUnsynchronised,
        Self::ClockErrorTooLarge,
        Self::ClockStateUnknown,
        Self::HardFlag,
        Self::Evasion,
        Self::ScaleIsPreSelection,
        Self::RecordConflict,
        Self::EnforcementOff,
        Self::ShiftCheckMissing,
        Self::ShiftCheckFailed,
    ];

    /// Whether it keeps the weighing itself from counting, whoever's it is and whatever it says.
    pub const fn is_about_the_weighing(self) -> bool {
        matches!(
            self,
            Self::WeightBytesUntrusted
                | Self::CertificateMissing
                | Self::CertificateExpired
                | Self::ClockUnsynchronised
                | Self::ClockErrorTooLarge
                | Self::ClockStateUnknown
                | Self::HardFlag
                | Self::ScaleIsPreSelection
                | Self::RecordConflict
                | Self::EnforcementOff
                | Self::ShiftCheckMissing
                | Self::ShiftCheckFailed
        )
    }

    /// The name used in the journal and in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::VerdictNotOverloaded => "verdict_not_overloaded",
            Self::VerdictWarningOnly => "verdict_warning_only",
            Self::VerdictUndetermined => "verdict_undetermined",
            Self::NoTableInForce => "no_table_in_force",
            Self::Hypothetical => "hypothetical",
            Self::RiskTooHigh => "risk_too_high",
            Self::PlateMissing => "plate_missing",
            Self::PlateAmbiguous => "plate_ambiguous",
            Self::PlateInvalid => "plate_invalid",
            Self::PlateBytesUntrusted => "plate_bytes_untrusted",
            Self::OneReadUnconfirmed => "one_read_unconfirmed",
            Self::WeightBytesUntrusted => "weight_bytes_untrusted",
            Self::PictureMissing => "picture_missing",
            Self::CertificateMissing => "certificate_missing",
            Self::CertificateExpired => "certificate_expired",
            Self::SiteNotApproved => "site_not_approved",
            Self::SiteNotPublished => "site_not_published",
            Self::SiteNotReviewed => "site_not_reviewed",
            Self::ClockUnsynchronised => "clock_unsynchronised",
            Self::ClockErrorTooLarge => "clock_error_too_large",
            Self::ClockStateUnknown => "clock_state_unknown",
            Self::HardFlag => "hard_flag",
            Self::Evasion => "evasion",
            Self::ScaleIsPreSelection => "scale_is_pre_selection",
            Self::RecordConflict => "record_conflict",
            Self::EnforcementOff => "enforcement_off",
            Self::ShiftCheckMissing => "shift_check_missing",
            Self::ShiftCheckFailed => "shift_check_failed",
        }
    }

    /// The reason of a [`WithheldReason::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }

    /// In Chinese, for the person who has to do something about it.
    pub const fn text_zh(self) -> &'static str {
        match self {
            Self::VerdictNotOverloaded => "未超限",
            Self::VerdictWarningOnly => "超限不足 1000 千克，仅警告，本站不立案",
            Self::VerdictUndetermined => "现有信息无法认定是否超限",
            Self::NoTableInForce => "行为发生日没有有效的限值表",
            Self::Hypothetical => "按其他日期的限值表试算，不作认定",
            Self::RiskTooHigh => "超限量不足以排除衡器误差（误认风险高于设定值）",
            Self::PlateMissing => "没有车牌识别结果",
            Self::PlateAmbiguous => "车牌与车辆不能唯一对应",
            Self::PlateInvalid => "识别结果不是有效号牌",
            Self::PlateBytesUntrusted => "车牌数据无校验，也无第二次独立识别",
            Self::OneReadUnconfirmed => "车牌仅一台相机识别，未经第二次识别或登记信息印证",
            Self::WeightBytesUntrusted => "称重数据无校验，也未满足稳定判据",
            Self::PictureMissing => "没有完整的照片",
            Self::CertificateMissing => "没有登记衡器检定证书",
            Self::CertificateExpired => "检定证书在行为发生日无效",
            Self::SiteNotApproved => "行为发生日站点设置未经批准",
            Self::SiteNotPublished => "行为发生日站点位置未向社会公布",
            Self::SiteNotReviewed => "行为发生日非现场检测点未经法制审核或者技术审核",
            Self::ClockUnsynchronised => "站点时钟未同步",
            Self::ClockErrorTooLarge => "站点时钟误差超过设定值",
            Self::ClockStateUnknown => "站点时钟同步状态不明",
            Self::HardFlag => "称重记录带有不可采信的异常标志",
            Self::Evasion => "有逃避检测的迹象，称重或车辆对应存疑",
            Self::ScaleIsPreSelection => "该衡器仅用于预检",
            Self::RecordConflict => "同一记录先后收到不同内容",
            Self::EnforcementOff => "该车道已停止执法，须核查后恢复",
            Self::ShiftCheckMissing => "本班未做衡器零点和砝码检查",
            Self::ShiftCheckFailed => "本班衡器检查不合格",
        }
    }

    /// In English.
    pub const fn text_en(self) -> &'static str {
        match self {
            Self::VerdictNotOverloaded => "not over the limit",
            Self::VerdictWarningOnly => {
                "over by less than 1000 kg: a warning, this station opens no case for it"
            }
            Self::VerdictUndetermined => "what is known does not allow a verdict",
            Self::NoTableInForce => "no law table was in force on that day",
            Self::Hypothetical => "calculated with another day's table, no verdict",
            Self::RiskTooHigh => {
                "so little over that the scale's error may explain it (stated risk above the setting)"
            }
            Self::PlateMissing => "no plate was read",
            Self::PlateAmbiguous => "plate and vehicle can't be told together without doubt",
            Self::PlateInvalid => "what was read is no valid number plate",
            Self::PlateBytesUntrusted => {
                "the plate came without a check and without a second independent read"
            }
            Self::OneReadUnconfirmed => {
                "one camera alone read the plate, and neither a second read nor the register confirms it"
            }
            Self::WeightBytesUntrusted => {
                "the weight came without a check and did not meet the stability rule"
            }
            Self::PictureMissing => "there is no complete picture",
            Self::CertificateMissing => "no verification certificate of the scale is on file",
            Self::CertificateExpired => "the scale's certificate does not cover that day",
            Self::SiteNotApproved => "the site was not approved on that day",
            Self::SiteNotPublished => "the site's place was not published on that day",
            Self::SiteNotReviewed => {
                "the off-site point had no legal or no technical review on that day"
            }
            Self::ClockUnsynchronised => "the station's clock was not synchronised",
            Self::ClockErrorTooLarge => "the station's clock may be off by more than is allowed",
            Self::ClockStateUnknown => "whether the station's clock was synchronised can't be told",
            Self::Evasion => "signs of evasion put the weighing, or whose it is, in doubt",
            Self::HardFlag => "the weighing carries a flag that forbids relying on it",
            Self::ScaleIsPreSelection => "this scale serves pre-selection only",
            Self::RecordConflict => "the same record came with different content",
            Self::EnforcementOff => "enforcement of this lane is switched off until it is checked",
            Self::ShiftCheckMissing => "nobody checked this scale in this shift",
            Self::ShiftCheckFailed => "this scale failed the check of this shift",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_serde_and_list_agree_and_texts_are_complete() {
        let mut names = std::collections::BTreeSet::new();
        for reason in WithheldReason::ALL {
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.name());
            assert_eq!(WithheldReason::from_name(reason.name()), Some(reason));
            assert!(names.insert(reason.name()), "{reason:?} twice");
            assert!(!reason.text_zh().is_ascii() && reason.text_en().is_ascii());
        }
    }
}
