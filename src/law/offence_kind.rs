//! Offences beside the mass, and whom they are laid on: closed lists.

use serde::{Deserialize, Serialize};

/// An offence other than the over-limit mass or dimension of art. 43. A closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OffenceKind {
    /// Instigating or forcing a driver to overload (指使、强令超限运输).
    Instigation,
    /// Evading or disturbing the detection (逃避、扰乱超限检测).
    Evasion,
    /// The over-limit permit is not carried (未随车携带通行证).
    PermitNotCarried,
    /// The permit was lent or transferred (租借、转让通行证).
    PermitLent,
    /// The permit is forged or altered (伪造、变造通行证).
    PermitForged,
    /// A large-item vehicle does not match its permit, route, time or speed (与通行证不符).
    PermitNotMatched,
    /// An operating vehicle was modified without approval (擅自改装).
    IllegalModification,
    /// A source unit let an overloaded vehicle out (源头单位放行超限超载车辆).
    SourceRelease,
    /// Data of a source unit were altered, hidden or destroyed (篡改、隐匿、毁灭源头数据).
    SourceDataTampering,
    /// The loading sheet is missing or refused (未随车携带或者拒不出示货物装载单).
    LoadingSheetMissing,
    /// Dangerous chemicals above the approved payload (危险化学品超过核定载质量).
    DangerousChemicals,
    /// The person in charge of a carrier that was punished before and did not mend (运输单位直接负责的主管人员).
    PersonInCharge,
    /// The plate is shaded or soiled (遮挡、污损号牌).
    PlateShading,
    /// Inspection is refused or obstructed without violence (拒绝、阻碍检查).
    Obstruction,
}

impl OffenceKind {
    /// All kinds.
    pub const ALL: [Self; 14] = [
        Self::Instigation,
        Self::Evasion,
        Self::PermitNotCarried,
        Self::PermitLent,
        Self::PermitForged,
        Self::PermitNotMatched,
        Self::IllegalModification,
        Self::SourceRelease,
        Self::SourceDataTampering,
        Self::LoadingSheetMissing,
        Self::DangerousChemicals,
        Self::PersonInCharge,
        Self::PlateShading,
        Self::Obstruction,
    ];

    /// The name used in JSON and in the table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Instigation => "instigation",
            Self::Evasion => "evasion",
            Self::PermitNotCarried => "permit_not_carried",
            Self::PermitLent => "permit_lent",
            Self::PermitForged => "permit_forged",
            Self::PermitNotMatched => "permit_not_matched",
            Self::IllegalModification => "illegal_modification",
            Self::SourceRelease => "source_release",
            Self::SourceDataTampering => "source_data_tampering",
            Self::LoadingSheetMissing => "loading_sheet_missing",
            Self::DangerousChemicals => "dangerous_chemicals",
            Self::PersonInCharge => "person_in_charge",
            Self::PlateShading => "plate_shading",
            Self::Obstruction => "obstruction",
        }
    }

    /// The Chinese name.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Instigation => "指使、强令车辆驾驶人超限运输货物",
            Self::Evasion => "逃避、扰乱超限检测",
            Self::PermitNotCarried => "未随车携带超限运输车辆通行证",
            Self::PermitLent => "租借、转让超限运输车辆通行证",
            Self::PermitForged => "使用伪造、变造的超限运输车辆通行证",
            Self::PermitNotMatched => "大件运输车辆与通行证记载不符",
            Self::IllegalModification => "擅自改装已取得车辆营运证的车辆",
            Self::SourceRelease => "货运源头单位放行超限超载车辆",
            Self::SourceDataTampering => "篡改、隐匿、毁灭源头数据",
            Self::LoadingSheetMissing => "未随车携带或者拒不出示货物装载单",
            Self::DangerousChemicals => "超过核定载质量运输危险化学品",
            Self::PersonInCharge => "运输单位经处罚不改，处罚直接负责的主管人员",
            Self::PlateShading => "故意遮挡、污损机动车号牌",
            Self::Obstruction => "拒绝、阻碍依法检查（未使用暴力）",
        }
    }

    /// The English name.
    pub const fn en(self) -> &'static str {
        match self {
            Self::Instigation => "instigating or forcing a driver to overload",
            Self::Evasion => "evading or disturbing the detection",
            Self::PermitNotCarried => "over-limit permit not carried",
            Self::PermitLent => "lending or transferring the over-limit permit",
            Self::PermitForged => "using a forged over-limit permit",
            Self::PermitNotMatched => "large-item vehicle not matching its permit",
            Self::IllegalModification => "modifying an operating vehicle without approval",
            Self::SourceRelease => "a source unit letting an overloaded vehicle out",
            Self::SourceDataTampering => "altering, hiding or destroying source data",
            Self::LoadingSheetMissing => "loading sheet missing or not shown",
            Self::DangerousChemicals => "dangerous chemicals above the approved payload",
            Self::PersonInCharge => "person in charge of a carrier punished before and not mended",
            Self::PlateShading => "shading or soiling the plate",
            Self::Obstruction => "refusing or obstructing inspection without violence",
        }
    }
}

/// Whom an offence is laid on (违法主体).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OffenceSubject {
    /// The vehicle, whoever drives it (车辆).
    Vehicle,
    /// The driver (驾驶人).
    Driver,
    /// The carrier (运输企业).
    Carrier,
    /// The source unit (货运源头单位).
    Source,
    /// The carrier's person directly in charge (直接负责的主管人员).
    PersonInCharge,
    /// Whoever does it (行为人).
    Anyone,
}

impl OffenceSubject {
    /// All subjects.
    pub const ALL: [Self; 6] = [
        Self::Vehicle,
        Self::Driver,
        Self::Carrier,
        Self::Source,
        Self::PersonInCharge,
        Self::Anyone,
    ];

    /// The name used in JSON and in the table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Vehicle => "vehicle",
            Self::Driver => "driver",
            Self::Carrier => "carrier",
            Self::Source => "source",
            Self::PersonInCharge => "person_in_charge",
            Self::Anyone => "anyone",
        }
    }

    /// The Chinese name.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Vehicle => "车辆",
            Self::Driver => "驾驶人",
            Self::Carrier => "道路运输经营者",
            Self::Source => "货运源头单位",
            Self::PersonInCharge => "直接负责的主管人员",
            Self::Anyone => "行为人",
        }
    }

    /// The English name.
    pub const fn en(self) -> &'static str {
        match self {
            Self::Vehicle => "the vehicle",
            Self::Driver => "the driver",
            Self::Carrier => "the carrier",
            Self::Source => "the source unit",
            Self::PersonInCharge => "the person in charge",
            Self::Anyone => "whoever does it",
        }
    }
}
