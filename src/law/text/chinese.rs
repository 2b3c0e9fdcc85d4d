//! The sentences in Chinese.

use super::Words;
use crate::law::derivation::{Input, Rule, Step, Value};
use crate::law::verdict::{Note, NoteCode};

/// Chinese for a name that stands as text in a derivation; other text stays as it is.
fn name_zh(name: &str) -> &str {
    match name {
        "truck" => "载货汽车",
        "articulated_train" => "铰接列车",
        "centre_axle_trailer_train" => "中置轴挂车列车",
        "full_trailer_train" => "全挂列车",
        "low_speed" => "低速货车",
        "single" => "单轴",
        "two_axle" => "二轴组",
        "three_axle" => "三轴组",
        "outside_table" => "标准未列轴组",
        "dual" => "双胎",
        "true" => "是",
        "platform" => "精检（静态或低速衡器）",
        "off_site" => "非现场执法动态称重",
        "pre_selection" => "预检动态称重",
        "floor" => "只计满1000千克的部分",
        "ceiling" => "不足1000千克按1000千克计",
        "from_second" => "自第二个1000千克起计",
        "none" => "不处罚",
        "warning" => "警告",
        "fine" => "罚款",
        "article_3_without_axle_sum" => "第三条数值（不计轴荷限值之和）",
        "register" => "车辆登记信息",
        "rear_plate" => "车尾号牌",
        "camera" => "摄像机",
        "officer" => "执法人员",
        "category" => "车辆类型",
        "train" => "带挂车",
        "drive_axles" => "驱动轴数",
        "drive_air_suspension" => "驱动轴空气悬架",
        "non_drive_tyres" => "非驱动轴轮胎",
        "non_drive_air_suspension" => "非驱动轴空气悬架",
        "layout" => "轴型",
        "body" => "车身形式",
        "licence_total_mass_kg" => "行驶证总质量（千克）",
        "max_total_mass_kg" => "最大允许总质量（千克）",
        "approved_payload_kg" => "核定载质量（千克）",
        "tare_kg" => "整备质量（千克）",
        "height_mm" => "高（毫米）",
        "width_mm" => "宽（毫米）",
        "length_mm" => "长（毫米）",
        "height" => "高",
        "width" => "宽",
        "length" => "长",
        "wide_single" => "宽基单胎",
        "false" => "否",
        "refrigerated" => "冷藏车",
        "special_purpose" => "专项作业车",
        "car_carrier" => "车辆运输车",
        "tipper" => "自卸车",
        "box" => "厢式车",
        "not_yet_valid" => "尚未生效",
        "expired" => "已过有效期",
        "divisible_load" => "所载为可解体物品",
        "off_route" => "偏离许可路线",
        "outside_hours" => "不在许可时段",
        "mass_above_permit" => "总质量超过许可",
        "axle_above_permit" => "轴荷超过许可",
        "dimension_above_permit" => "外廓尺寸超过许可",
        "single_tyres_by_pair" => "交公路发〔2016〕124号附件（每少两个轮胎减3吨）",
        "single_tyres_once" => "第三条（单轮胎减3吨一次）",
        "annex_124" => "交公路发〔2016〕124号附件",
        "transport" => "交通运输主管部门",
        "police" => "公安机关交通管理部门",
        "joint_station" => "公安驻站的路警联合执法",
        "station_without_police" => "无公安驻站的固定检测站",
        "mobile_joint" => "流动联合执法",
        "expressway_entry" => "高速公路入口称重",
        "not_in_table" => "法规表没有该执法方式由谁罚款的规定",
        "amount_unknown" => "其中一方的罚款数额未知",
        "no_higher_rule_yet" => "“按照罚款数额高的规定处罚”的规则当时尚未施行",
        "no_range" => "罚款数额有误",
        "measured.axle_loads_kg" => "轴荷",
        "measured.gross_kg" => "车货总质量",
        "measured.spacing_tolerance_mm" => "轴距误差",
        "measured.scale.interval_kg" => "衡器分度值",
        "measured.scale.drift_basis_points" => "衡器漂移",
        "measured.scale.certificate" => "衡器检定证书",
        "vehicle.permit" => "通行证",
        "vehicle.layout" => "轴型",
        "vehicle.axle_spacings_mm" => "轴距",
        "vehicle.drive_axles" => "驱动轴数",
        "vehicle.train" => "是否为汽车列车",
        "vehicle.width_mm" => "车货总宽度",
        "vehicle.length_mm" => "车货总长度",
        "vehicle.height_mm" => "车货总高度",
        "vehicle.tare_kg" => "整备质量",
        "vehicle.max_total_mass_kg" => "最大允许总质量",
        "vehicle.licence_total_mass_kg" => "行驶证总质量",
        "vehicle.approved_payload_kg" => "核定载质量",
        other => other,
    }
}

impl Step {
    /// The step as a Chinese sentence, without its article.
    pub fn text_zh(&self) -> String {
        let words = Words {
            step: self,
            name: name_zh,
        };
        let of = |input| words.of(input);
        let result = words.value(&self.result);
        match self.rule {
            Rule::EnforcementMass if words.has(Input::ErrorBasisPoints) => format!(
                "{}，准确度等级{}，使用中最大允许误差{}%：读数{}千克÷(1+{}%)，向下取整，认定总质量{result}千克",
                of(Input::ScaleUse),
                of(Input::AccuracyClass),
                words.error_percent(),
                of(Input::ReadingKg),
                words.error_percent(),
            ),
            Rule::EnforcementMass if words.has(Input::ScaleUse) => {
                format!(
                    "{}，不扣减误差：认定总质量{result}千克",
                    of(Input::ScaleUse)
                )
            }
            Rule::EnforcementMass => format!("未注明衡器，以读数为准：认定总质量{result}千克"),
            Rule::AxleGroup => {
                format!(
                    "第{}轴为{}，限值{result}千克",
                    words.axles(),
                    of(Input::Group)
                )
            }
            Rule::MassLimit => {
                let drive = match self.inputs.get(Input::DriveAxles) {
                    Some(_) => format!("，驱动轴{}个", of(Input::DriveAxles)),
                    None => String::new(),
                };
                format!(
                    "{}轴{}{drive}，车货总质量限值{result}千克",
                    of(Input::Axles),
                    of(Input::Category)
                )
            }
            Rule::AirSuspension => format!(
                "驱动轴为双胎并装空气悬架，符合GB 1589时不视为超限：限值由{}千克提高到{result}千克",
                of(Input::LimitKg)
            ),
            Rule::SingleTyres => format!(
                "{}根非驱动轴每侧为单轮胎：限值{}千克减{}千克，为{result}千克",
                of(Input::SingleTyreAxles),
                of(Input::LimitKg),
                of(Input::ReductionKg)
            ),
            Rule::AxleSum => format!(
                "总质量限值不得超过各轴限值之和：{}千克与{}千克中取小，为{result}千克",
                of(Input::LimitKg),
                of(Input::AxleSumKg)
            ),
            Rule::LicenceMass => {
                format!("{}以行驶证总质量为限：{result}千克", of(Input::Category))
            }
            Rule::Overage if self.result == Value::Integer(0) => format!(
                "认定总质量{}千克，未超过限值{}千克",
                of(Input::EnforcementKg),
                of(Input::LimitKg)
            ),
            Rule::Overage => format!(
                "认定总质量{}千克，限值{}千克：超限{result}千克",
                of(Input::EnforcementKg),
                of(Input::LimitKg)
            ),
            Rule::OveragePercent => format!(
                "超限率：{}千克÷{}千克，四舍五入到两位小数，为{result}%",
                of(Input::OverageKg),
                of(Input::LimitKg)
            ),
            Rule::HundredTon => {
                format!(
                    "读数{}千克，达到{}千克：百吨王告警",
                    of(Input::ReadingKg),
                    of(Input::FromKg)
                )
            }
            Rule::TransportPenalty if self.result == Value::Integer(0) => {
                format!("超限{}千克：{}", of(Input::OverageKg), of(Input::Resolved))
            }
            Rule::TransportPenalty => format!(
                "超限{}千克（{}，最高{}元）：{}，{result}元",
                of(Input::OverageKg),
                of(Input::PartTonneReading),
                of(Input::CapYuan),
                of(Input::Resolved)
            ),
            Rule::PolicePoints if self.result == Value::Integer(0) => format!(
                "总质量{}千克，未超过最大允许总质量{}千克：不记分",
                of(Input::EnforcementKg),
                of(Input::MaxTotalMassKg)
            ),
            Rule::PolicePoints => format!(
                "总质量{}千克，最大允许总质量{}千克：记{result}分",
                of(Input::EnforcementKg),
                of(Input::MaxTotalMassKg)
            ),
            Rule::PoliceFine => format!(
                "载质量{}千克（总质量{}千克减整备质量{}千克），核定载质量{}千克：{}",
                of(Input::LoadKg),
                of(Input::EnforcementKg),
                of(Input::TareKg),
                of(Input::ApprovedPayloadKg),
                match self.result {
                    Value::Range([0, 0]) => "未超载，不罚款".to_owned(),
                    _ => format!("罚款幅度{result}元"),
                }
            ),
            Rule::FactStated => format!(
                "{}：{result}（来源：{}{}）",
                of(Input::Fact),
                of(Input::Source),
                words.reference("，")
            ),
            Rule::Certificate => format!(
                "检定证书{}有效期{}至{}，{}",
                of(Input::Certificate),
                of(Input::ValidFrom),
                of(Input::ValidUntil),
                match self.result {
                    Value::Boolean(true) => format!("行为日{}在有效期内", of(Input::Day)),
                    _ => format!("行为日{}不在有效期内", of(Input::Day)),
                }
            ),
            Rule::RegisterEntry => {
                format!("专项作业车，符合登记的总质量时不视为超限：限值为登记总质量{result}千克")
            }
            Rule::Permit => format!(
                "持有有效通行证并按许可行驶：限值由{}千克提高到许可总质量{result}千克",
                of(Input::LimitKg)
            ),
            Rule::Dimension if self.result == Value::Integer(0) => format!(
                "车货总{}{}毫米，未超过限值{}毫米",
                of(Input::Dimension),
                of(Input::MeasuredMm),
                of(Input::LimitMm)
            ),
            Rule::Dimension => format!(
                "车货总{}{}毫米，限值{}毫米：超限{result}毫米",
                of(Input::Dimension),
                of(Input::MeasuredMm),
                of(Input::LimitMm)
            ),
            Rule::TotalRange => format!(
                "外廓尺寸超限罚款幅度{}元，与质量超限罚款{}元合并，最高{}元：合计{result}元",
                of(Input::DimensionRangeYuan),
                of(Input::MassYuan),
                of(Input::CapYuan)
            ),
            Rule::OneAct => match self.inputs.get(Input::Authority) {
                Some(_) => format!(
                    "{}：由{}罚款{result}元，另一机关不再罚款",
                    of(Input::Mode),
                    of(Input::Authority)
                ),
                None => format!("{}：无机关可罚款", of(Input::Mode)),
            },
            Rule::Risk => format!(
                "读数{}千克，限值{}千克，使用中最大允许误差{}千克，漂移{}：实际质量未超限的概率不大于\
                 百万分之{result}（超过百万分之{}的不予处罚）",
                of(Input::ReadingKg),
                of(Input::LimitKg),
                of(Input::ErrorKg),
                words.percent(Input::DriftBasisPoints),
                of(Input::WithholdAbovePerMillion)
            ),
        }
    }
}

impl Note {
    /// The note as a Chinese sentence.
    pub fn text_zh(&self) -> String {
        let of = |input| self.of(input, name_zh);
        match self.code {
            NoteCode::NoTableInForce => "该日没有生效的法规表".to_owned(),
            NoteCode::InputRefused => format!("数据缺失或不能采信：{}", of(Input::Field)),
            NoteCode::CategoryNotListed => {
                format!("法规未列出该类车辆{}轴的限值", of(Input::Axles))
            }
            NoteCode::LicenceMassUnknown => "以行驶证总质量为限，但行驶证总质量未知".to_owned(),
            NoteCode::SpecialPurposeVehicle => "专项作业车，须按登记核查".to_owned(),
            NoteCode::CategoryUnknown => {
                format!("车辆类型未知，按有利于当事人的{}认定", of(Input::Resolved))
            }
            NoteCode::DriveAxlesUnknown => {
                format!(
                    "驱动轴数未知，按有利于当事人的{}个认定",
                    of(Input::Resolved)
                )
            }
            NoteCode::TyresUnknown => "轮胎形式未知，按有利于当事人的双胎认定".to_owned(),
            NoteCode::AirSuspensionUnknown => {
                "悬架形式未知，按有利于当事人的空气悬架认定".to_owned()
            }
            NoteCode::LayoutUnknown => format!(
                "轴型未知，按有利于当事人的理解：牵引车（货车）{}轴，其中转向轴{}轴",
                of(Input::MotorAxles),
                of(Input::SteeredAxles)
            ),
            NoteCode::BodyUnknown => {
                "车身形式未知，按有利于当事人的自卸车认定（不受首末轴距限制）".to_owned()
            }
            NoteCode::SpecialPurposeDimensions => {
                "专项作业车外廓尺寸大于一般限值，以登记为准，须核查".to_owned()
            }
            NoteCode::SpacingsUnknown => "轴距未知，未适用轴荷限值之和规则".to_owned(),
            NoteCode::ClassUncertain => format!(
                "第{}轴的轴距在类别界限的传感器误差之内，取有利于当事人的限值{}千克",
                self.axles(),
                of(Input::LimitKg)
            ),
            NoteCode::ReadingsDiffer => format!(
                "另一种理解：{}，限值{}千克，结果不同",
                of(Input::Reading),
                of(Input::OtherLimitKg)
            ),
            NoteCode::AboveLicenceMass => {
                format!("超过行驶证总质量{}千克", of(Input::LimitKg))
            }
            NoteCode::AboveDistanceMass => format!(
                "超过GB 1589按首末轴距计算的{}千克（第三条不以此为限值）",
                of(Input::LimitKg)
            ),
            NoteCode::ScaleNotStated => "未注明衡器，读数未扣减误差".to_owned(),
            NoteCode::PreSelectionOnly => "预检读数，不得作为处罚依据".to_owned(),
            NoteCode::AccuracyClassUnknown => "衡器准确度等级未知，不能扣减误差".to_owned(),
            NoteCode::PointsNotInTable => "法规表没有该日的记分规定".to_owned(),
            NoteCode::DimensionOver => format!(
                "车货总{}{}毫米，超过限值{}毫米",
                of(Input::Dimension),
                of(Input::MeasuredMm),
                of(Input::LimitMm)
            ),
            NoteCode::BeyondStandardLength => format!(
                "车长超过GB 1589对该类车辆规定的{}毫米，但未超过第三条限值：记录并抄告公安（第四十五条）",
                of(Input::LimitMm)
            ),
            NoteCode::PermitApplied => format!("已出示通行证{}，按许可认定", of(Input::Permit)),
            NoteCode::PermitBroken => format!(
                "通行证{}不适用：{}，按未取得许可认定",
                of(Input::Permit),
                of(Input::Reason)
            ),
            NoteCode::SourcesDisagree => format!(
                "来源不一致：{}所述“{}：{}”未予采用，须核实",
                of(Input::Source),
                of(Input::Fact),
                of(Input::Value)
            ),
            NoteCode::PlainAirSuspensionNotShown => {
                "非驱动单轴如装空气悬架限值更高，但无人证明，按未装认定".to_owned()
            }
            NoteCode::CertificateNotStated => "未注明衡器检定证书".to_owned(),
            NoteCode::CertificateNotValid => format!(
                "检定证书{}有效期{}至{}，不含行为日{}，称重数据不得作为处罚依据",
                of(Input::Certificate),
                of(Input::ValidFrom),
                of(Input::ValidUntil),
                of(Input::Day)
            ),
            NoteCode::RiskTooHigh => format!(
                "实际质量未超限的概率可达百万分之{}，高于百万分之{}：不予处罚",
                of(Input::Value),
                of(Input::WithholdAbovePerMillion)
            ),
            NoteCode::RiskNotStated => "衡器误差未知，误认风险无法说明".to_owned(),
            NoteCode::FiningAuthorityOpen => {
                format!("由谁处罚尚不能确定：{}", of(Input::Reason))
            }
        }
    }
}

impl NoteCode {
    /// What the note means, in Chinese, without its data.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::NoTableInForce => "该日没有生效的法规表",
            Self::InputRefused => "数据缺失、矛盾或不合理，不予采信",
            Self::CategoryNotListed => "法规未列出该类车辆该轴数的限值",
            Self::LicenceMassUnknown => "以行驶证总质量为限，但行驶证总质量未知",
            Self::SpecialPurposeVehicle => "专项作业车，登记总质量未知",
            Self::CategoryUnknown => "车辆类型未知，按有利于当事人的理解",
            Self::DriveAxlesUnknown => "驱动轴数未知，按有利于当事人的理解",
            Self::TyresUnknown => "轮胎形式未知，按有利于当事人的理解",
            Self::AirSuspensionUnknown => "悬架形式未知，按有利于当事人的理解",
            Self::LayoutUnknown => "轴型未知，按有利于当事人的理解",
            Self::BodyUnknown => "车身形式未知，按有利于当事人的理解",
            Self::SpecialPurposeDimensions => "专项作业车外廓尺寸须按登记核查",
            Self::SpacingsUnknown => "轴距未知，未适用轴荷限值之和规则",
            Self::ClassUncertain => "轴距在类别界限的传感器误差之内，取有利于当事人的限值",
            Self::ReadingsDiffer => "对法规的另一种理解得出不同的结果",
            Self::AboveLicenceMass => "超过行驶证总质量",
            Self::AboveDistanceMass => "超过GB 1589按首末轴距计算的质量",
            Self::ScaleNotStated => "未注明衡器，未扣减误差",
            Self::PreSelectionOnly => "预检读数，不得作为处罚依据",
            Self::AccuracyClassUnknown => "衡器准确度等级未知，不能扣减误差",
            Self::PointsNotInTable => "法规表没有该日的记分规定",
            Self::DimensionOver => "外廓尺寸超限",
            Self::BeyondStandardLength => "车长超过GB 1589，未超过第三条限值，应抄告公安",
            Self::PermitApplied => "按超限运输许可认定",
            Self::PermitBroken => "与通行证不符，按未取得许可认定",
            Self::SourcesDisagree => "车辆信息的来源互相矛盾",
            Self::PlainAirSuspensionNotShown => "非驱动轴空气悬架未经证明，按未装认定",
            Self::CertificateNotStated => "未注明衡器检定证书",
            Self::CertificateNotValid => "检定证书在行为日无效",
            Self::RiskTooHigh => "误认风险高于设定值，不予处罚",
            Self::RiskNotStated => "衡器误差未知，误认风险无法说明",
            Self::FiningAuthorityOpen => "由谁处罚尚不能确定",
        }
    }
}
