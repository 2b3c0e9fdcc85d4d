//! The sentences of a derivation, Chinese and English, made when somebody reads them.

use super::derivation::{Input, Rule, Step, Value};
use super::vehicle::VehicleCategory;
use super::verdict::{AxleGroupKind, Note, NoteCode, VerdictClass};

impl VehicleCategory {
    /// The Chinese name.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Truck => "载货汽车",
            Self::ArticulatedTrain => "铰接列车",
            Self::CentreAxleTrailerTrain => "中置轴挂车列车",
            Self::FullTrailerTrain => "全挂列车",
            Self::LowSpeed => "低速货车",
        }
    }
}

impl AxleGroupKind {
    /// The Chinese name.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Single => "单轴",
            Self::TwoAxle => "二轴组",
            Self::ThreeAxle => "三轴组",
            Self::OutsideTable => "标准未列轴组",
        }
    }
}

impl VerdictClass {
    /// The Chinese name.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Clear => "未超限",
            Self::Warning => "超限（警告）",
            Self::Overloaded => "超限",
            Self::HundredTon => "超限（百吨王）",
        }
    }
}

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
        "true" => "有",
        "platform" => "精检（检定合格的静态或低速衡器）",
        "off_site" => "非现场执法动态称重",
        "pre_selection" => "预检动态称重",
        "floor" => "只计满1000千克的部分",
        "ceiling" => "不足1000千克按1000千克计",
        "from_second" => "自第二个1000千克起计",
        "none" => "不处罚",
        "warning" => "警告",
        "fine" => "罚款",
        "annex_124_single_tyres" => "交公路发〔2016〕124号附件（每少两个轮胎减3吨）",
        "article_3_single_tyres" => "第三条（单轮胎减3吨一次）",
        "annex_124_picture" => "交公路发〔2016〕124号附件图示",
        "article_3_without_axle_sum" => "第三条数值（不计轴荷限值之和）",
        other => other,
    }
}

fn name_en(name: &str) -> &str {
    match name {
        "truck" => "truck",
        "articulated_train" => "articulated train",
        "centre_axle_trailer_train" => "centre-axle trailer train",
        "full_trailer_train" => "full-trailer train",
        "low_speed" => "low-speed goods vehicle",
        "single" => "single axle",
        "two_axle" => "two-axle group",
        "three_axle" => "three-axle group",
        "outside_table" => "axles outside of the standard's classes",
        "dual" => "dual tyres",
        "true" => "fitted",
        "platform" => "verified platform scale",
        "off_site" => "off-site weighing in motion",
        "pre_selection" => "pre-selection weighing in motion",
        "floor" => "only complete 1000 kg count",
        "ceiling" => "a part of 1000 kg counts as 1000 kg",
        "from_second" => "counted from the second 1000 kg on",
        "none" => "no penalty",
        "warning" => "warning",
        "fine" => "fine",
        "annex_124_single_tyres" => "the 2016 annex (3 t for every two tyres fewer)",
        "article_3_single_tyres" => "article 3 (3 t once)",
        "annex_124_picture" => "a picture of the 2016 annex",
        "article_3_without_axle_sum" => "article 3 without the axle-sum rule",
        other => other,
    }
}

/// Reads inputs as text in one language.
struct Words<'a> {
    step: &'a Step,
    name: fn(&str) -> &str,
}

impl Words<'_> {
    fn of(&self, input: Input) -> String {
        self.step
            .inputs
            .get(input)
            .map_or_else(|| "?".to_owned(), |value| self.value(value))
    }

    fn value(&self, value: &Value) -> String {
        (self.name)(&value.to_string()).to_owned()
    }

    fn has(&self, input: Input) -> bool {
        self.step.inputs.get(input).is_some()
    }

    /// `1` or `2-3`.
    fn axles(&self) -> String {
        let (first, last) = (self.of(Input::FirstAxle), self.of(Input::LastAxle));
        if first == last {
            first
        } else {
            format!("{first}-{last}")
        }
    }

    /// Basis points as per cent: 500 is `5`, 20 is `0.2`.
    fn error_percent(&self) -> String {
        match self.step.inputs.get(Input::ErrorBasisPoints) {
            Some(Value::Integer(points)) => {
                let text = format!("{}.{:02}", points.div_euclid(100), points.rem_euclid(100));
                text.trim_end_matches('0').trim_end_matches('.').to_owned()
            }
            _ => "?".to_owned(),
        }
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
            Rule::Overage => format!(
                "认定总质量{}千克，限值{}千克：超限{result}千克",
                of(Input::EnforcementKg),
                of(Input::LimitKg)
            ),
            Rule::OveragePercent => format!(
                "超限率：{}÷{}，四舍五入到两位小数，为{result}%",
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
            Rule::TransportPenalty => format!(
                "超限{}千克（{}，最高{}元）：{}，{result}元",
                of(Input::OverageKg),
                of(Input::PartTonneReading),
                of(Input::CapYuan),
                of(Input::Resolved)
            ),
            Rule::PolicePoints => format!(
                "总质量{}千克，最大允许总质量{}千克：记{result}分",
                of(Input::EnforcementKg),
                of(Input::MaxTotalMassKg)
            ),
            Rule::PoliceFine => format!(
                "载质量{}千克（总质量{}减整备质量{}），核定载质量{}千克：罚款幅度{result}元",
                of(Input::LoadKg),
                of(Input::EnforcementKg),
                of(Input::TareKg),
                of(Input::ApprovedPayloadKg)
            ),
        }
    }

    /// The step as an English sentence, without its article.
    pub fn text_en(&self) -> String {
        let words = Words {
            step: self,
            name: name_en,
        };
        let of = |input| words.of(input);
        let result = words.value(&self.result);
        match self.rule {
            Rule::EnforcementMass if words.has(Input::ErrorBasisPoints) => format!(
                "{}, class {}, permissible error in service {} %: reading {} kg / (1 + {} %), \
                 rounded down, counts as {result} kg",
                of(Input::ScaleUse),
                of(Input::AccuracyClass),
                words.error_percent(),
                of(Input::ReadingKg),
                words.error_percent(),
            ),
            Rule::EnforcementMass if words.has(Input::ScaleUse) => {
                format!(
                    "{}, no error deducted: {result} kg count",
                    of(Input::ScaleUse)
                )
            }
            Rule::EnforcementMass => {
                format!("no scale named, the reading counts: {result} kg")
            }
            Rule::AxleGroup => {
                format!(
                    "axle {}: {}, limit {result} kg",
                    words.axles(),
                    of(Input::Group)
                )
            }
            Rule::MassLimit => {
                let drive = match self.inputs.get(Input::DriveAxles) {
                    Some(_) => format!(", {} driven", of(Input::DriveAxles)),
                    None => String::new(),
                };
                format!(
                    "{} with {} axles{drive}: total mass limit {result} kg",
                    of(Input::Category),
                    of(Input::Axles)
                )
            }
            Rule::AirSuspension => format!(
                "driven axles with dual tyres and air suspension, not over-limit while within \
                 GB 1589: limit {} kg raised to {result} kg",
                of(Input::LimitKg)
            ),
            Rule::SingleTyres => format!(
                "{} axles not driven have single tyres: limit {} kg less {} kg is {result} kg",
                of(Input::SingleTyreAxles),
                of(Input::LimitKg),
                of(Input::ReductionKg)
            ),
            Rule::AxleSum => format!(
                "the limit may not exceed the sum of the axle limits: the lesser of {} kg and {} \
                 kg is {result} kg",
                of(Input::LimitKg),
                of(Input::AxleSumKg)
            ),
            Rule::LicenceMass => format!(
                "the total mass on the licence is the limit of a {}: {result} kg",
                of(Input::Category)
            ),
            Rule::Overage => format!(
                "mass {} kg, limit {} kg: {result} kg over",
                of(Input::EnforcementKg),
                of(Input::LimitKg)
            ),
            Rule::OveragePercent => format!(
                "{} / {}, half up to two decimals: {result} %",
                of(Input::OverageKg),
                of(Input::LimitKg)
            ),
            Rule::HundredTon => format!(
                "reading {} kg, {} kg or more: hundred-ton alarm",
                of(Input::ReadingKg),
                of(Input::FromKg)
            ),
            Rule::TransportPenalty => format!(
                "{} kg over ({}, at most {} yuan): {}, {result} yuan",
                of(Input::OverageKg),
                of(Input::PartTonneReading),
                of(Input::CapYuan),
                of(Input::Resolved)
            ),
            Rule::PolicePoints => format!(
                "mass {} kg, maximum total mass {} kg: {result} points",
                of(Input::EnforcementKg),
                of(Input::MaxTotalMassKg)
            ),
            Rule::PoliceFine => format!(
                "load {} kg (mass {} less tare {}), approved payload {} kg: fine of {result} yuan",
                of(Input::LoadKg),
                of(Input::EnforcementKg),
                of(Input::TareKg),
                of(Input::ApprovedPayloadKg)
            ),
        }
    }
}

impl Note {
    fn of(&self, input: Input, name: fn(&str) -> &str) -> String {
        let value = self.data.get(input).map(ToString::to_string);
        value.map_or_else(|| "?".to_owned(), |value| name(&value).to_owned())
    }

    /// The note as a Chinese sentence.
    pub fn text_zh(&self) -> String {
        let of = |input| self.of(input, name_zh);
        match self.code {
            NoteCode::NoTableInForce => "该日没有生效的法规表".to_owned(),
            NoteCode::InputRefused => format!("数据不能采信：{}", of(Input::Field)),
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
            NoteCode::SpacingsUnknown => "轴距未知，未适用轴荷限值之和规则".to_owned(),
            NoteCode::ClassUncertain => format!(
                "第{}-{}轴的轴距在类别界限的传感器误差之内，取有利于当事人的限值{}千克",
                of(Input::FirstAxle),
                of(Input::LastAxle),
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
        }
    }

    /// The note as an English sentence.
    pub fn text_en(&self) -> String {
        let of = |input| self.of(input, name_en);
        match self.code {
            NoteCode::NoTableInForce => "no table is in force on that day".to_owned(),
            NoteCode::InputRefused => format!("input cannot be relied on: {}", of(Input::Field)),
            NoteCode::CategoryNotListed => {
                format!(
                    "the law lists no limit for this kind with {} axles",
                    of(Input::Axles)
                )
            }
            NoteCode::LicenceMassUnknown => {
                "the licence's total mass is the limit, and it is not known".to_owned()
            }
            NoteCode::SpecialPurposeVehicle => {
                "special-purpose vehicle: to be judged by its register entry".to_owned()
            }
            NoteCode::CategoryUnknown => {
                format!(
                    "kind unknown: assumed better for the party: {}",
                    of(Input::Resolved)
                )
            }
            NoteCode::DriveAxlesUnknown => {
                format!(
                    "driven axles unknown: assumed better for the party: {}",
                    of(Input::Resolved)
                )
            }
            NoteCode::TyresUnknown => {
                "tyres unknown: assumed better for the party: dual".to_owned()
            }
            NoteCode::AirSuspensionUnknown => {
                "suspension unknown: assumed better for the party: air suspension".to_owned()
            }
            NoteCode::SpacingsUnknown => {
                "spacings unknown: the axle-sum rule was not applied".to_owned()
            }
            NoteCode::ClassUncertain => format!(
                "a spacing of axles {}-{} is within the sensor's tolerance of a border: the limit \
                 better for the party, {} kg",
                of(Input::FirstAxle),
                of(Input::LastAxle),
                of(Input::LimitKg)
            ),
            NoteCode::ReadingsDiffer => format!(
                "another reading gives another result: {}, limit {} kg",
                of(Input::Reading),
                of(Input::OtherLimitKg)
            ),
            NoteCode::AboveLicenceMass => {
                format!(
                    "above the licence's total mass of {} kg",
                    of(Input::LimitKg)
                )
            }
            NoteCode::AboveDistanceMass => format!(
                "above the {} kg by axle distance of GB 1589, which is no limit of article 3",
                of(Input::LimitKg)
            ),
            NoteCode::ScaleNotStated => "no scale named, no error deducted".to_owned(),
            NoteCode::PreSelectionOnly => {
                "a pre-selection reading, not fit for a penalty".to_owned()
            }
            NoteCode::AccuracyClassUnknown => {
                "accuracy class unknown, its error cannot be deducted".to_owned()
            }
            NoteCode::PointsNotInTable => "the table has no points for that day".to_owned(),
        }
    }
}
