//! One plain sentence for a finding, in Chinese and in English, with its figures.

use super::{BelievedVehicle, EvasionFinding, EvasionKind, Signal, SignalName};

/// How a figure is written.
enum Form {
    /// As it stands, with a unit.
    Whole(&'static str),
    /// Divided by ten, one decimal.
    Tenths(&'static str),
    /// Divided by a hundred, two decimals.
    Hundredths(&'static str),
    /// Not at all: it says that, not how much.
    Said,
}

impl SignalName {
    const fn form(self) -> Form {
        match self {
            Self::AccelerationHundredthMs2 => Form::Hundredths(" m/s²"),
            Self::SlowestAxleTenthKmh
            | Self::FastestAxleTenthKmh
            | Self::SpeedTenthKmh
            | Self::OthersSpeedTenthKmh => Form::Tenths(" km/h"),
            Self::RecordLateMs | Self::ApartMs => Form::Whole(" ms"),
            Self::AxleLoadKg | Self::GroupLoadKg => Form::Whole(" kg"),
            Self::LeftSharePerMille
            | Self::ShareSwingPerMille
            | Self::RepeatedLoadPerMille
            | Self::SpeedApartPerMille
            | Self::SpacingApartPerMille => Form::Tenths("%"),
            Self::GapMm | Self::WheelbaseMm | Self::SpacingMm => Form::Whole(" mm"),
            Self::TravelledS => Form::Whole(" s"),
            Self::FingerprintCentinats => Form::Hundredths(""),
            Self::ControllerFlag => Form::Said,
            Self::Axle
            | Self::OneSidedAxles
            | Self::Axles
            | Self::RepeatedAxles
            | Self::OtherPlates
            | Self::SureWithoutPlate
            | Self::Unread
            | Self::UnreadMeanwhile
            | Self::HistoryAxles
            | Self::HistorySightings => Form::Whole(""),
        }
    }

    /// The Chinese name.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::AccelerationHundredthMs2 => "加速度",
            Self::SlowestAxleTenthKmh => "最慢轴车速",
            Self::FastestAxleTenthKmh => "最快轴车速",
            Self::SpeedTenthKmh => "车速",
            Self::OthersSpeedTenthKmh => "本车道其他车辆车速",
            Self::RecordLateMs => "记录迟到",
            Self::Axle => "异常轴序号",
            Self::AxleLoadKg => "该轴轴重",
            Self::GroupLoadKg => "同轴组其他轴平均轴重",
            Self::LeftSharePerMille => "左侧轮重占比",
            Self::ShareSwingPerMille => "左侧占比摆幅",
            Self::OneSidedAxles => "缺一侧轮重的轴数",
            Self::Axles => "记录轴数",
            Self::RepeatedAxles => "重复轴数",
            Self::RepeatedLoadPerMille => "重复轴轴重平均相差",
            Self::ApartMs => "两条记录首轴时差",
            Self::SpeedApartPerMille => "车速相差",
            Self::SpacingApartPerMille => "轴距最大相差",
            Self::GapMm => "交界处两轴间距",
            Self::WheelbaseMm => "首末轴间距",
            Self::SpacingMm => "异常轴距",
            Self::OtherPlates => "其间识别到的其他号牌数",
            Self::SureWithoutPlate => "确认无牌的摄像机数",
            Self::Unread => "见车未识别号牌的摄像机数",
            Self::UnreadMeanwhile => "其间可能为该车的未识别车辆数",
            Self::HistoryAxles => "历史轴数",
            Self::HistorySightings => "历史记录次数",
            Self::TravelledS => "两次记录间隔",
            Self::FingerprintCentinats => "轴型指纹似然比（自然对数）",
            Self::ControllerFlag => "控制器自报",
        }
    }

    /// The English name.
    pub const fn en(self) -> &'static str {
        match self {
            Self::AccelerationHundredthMs2 => "acceleration",
            Self::SlowestAxleTenthKmh => "slowest axle",
            Self::FastestAxleTenthKmh => "fastest axle",
            Self::SpeedTenthKmh => "speed",
            Self::OthersSpeedTenthKmh => "speed of the others in the lane",
            Self::RecordLateMs => "record late by",
            Self::Axle => "axle that stands out",
            Self::AxleLoadKg => "its load",
            Self::GroupLoadKg => "mean load of the rest of its group",
            Self::LeftSharePerMille => "share of the left wheels",
            Self::ShareSwingPerMille => "swing of the left share",
            Self::OneSidedAxles => "axles without one side",
            Self::Axles => "axles in the record",
            Self::RepeatedAxles => "axles counted twice",
            Self::RepeatedLoadPerMille => "mean difference of their loads",
            Self::ApartMs => "time between the first axles",
            Self::SpeedApartPerMille => "difference of speeds",
            Self::SpacingApartPerMille => "largest difference of spacings",
            Self::GapMm => "distance of the axles at the seam",
            Self::WheelbaseMm => "first axle to last",
            Self::SpacingMm => "spacing that stands out",
            Self::OtherPlates => "other plates read meanwhile",
            Self::SureWithoutPlate => "cameras sure that there is no plate",
            Self::Unread => "cameras that saw it and read no plate",
            Self::UnreadMeanwhile => "vehicles passed unread that could be it",
            Self::HistoryAxles => "axles before",
            Self::HistorySightings => "earlier sightings",
            Self::TravelledS => "time between the sightings",
            Self::FingerprintCentinats => "likelihood ratio of the fingerprint (log)",
            Self::ControllerFlag => "reported by the controller",
        }
    }

    fn value(self, value: i64) -> String {
        let sign = if value < 0 { "-" } else { "" };
        let size = value.unsigned_abs();
        match self.form() {
            Form::Whole(unit) => format!("{value}{unit}"),
            Form::Tenths(unit) => format!("{sign}{}.{}{unit}", size / 10, size % 10),
            Form::Hundredths(unit) => format!("{sign}{}.{:02}{unit}", size / 100, size % 100),
            Form::Said => String::new(),
        }
    }
}

impl Signal {
    /// Name, value and limit in Chinese: `加速度-2.31 m/s²（平常至-0.90 m/s²）`.
    pub fn text_zh(&self) -> String {
        let mut text = format!("{}{}", self.name.zh(), self.name.value(self.value));
        if let Some(limit) = self.limit {
            text.push_str(&format!("（界限{}）", self.name.value(limit)));
        }
        text
    }

    /// Name, value and limit in English: `acceleration -2.31 m/s² (limit -0.90 m/s²)`.
    pub fn text_en(&self) -> String {
        let mut text = self.name.en().to_owned();
        let value = self.name.value(self.value);
        if !value.is_empty() {
            text.push(' ');
            text.push_str(&value);
        }
        if let Some(limit) = self.limit {
            text.push_str(&format!(" (limit {})", self.name.value(limit)));
        }
        text
    }
}

impl EvasionKind {
    const fn sentence_zh(self) -> &'static str {
        match self {
            Self::Straddling => "车辆压两条车道驶过，一台秤只称到一侧车轮",
            Self::OneSideOff => "车辆一侧车轮驶出称重传感器",
            Self::Braking => "车辆在秤上急刹",
            Self::Surging => "车辆在秤上加速冲磅或跳磅",
            Self::Weaving => "车辆走S形过秤，载荷左右摆动",
            Self::StopAndGo => "车辆在秤上走走停停",
            Self::Creeping => "车辆以远低于本车道的速度蠕行过秤",
            Self::Reversing => "车辆在秤上倒车，部分轴被重复计数",
            Self::MergedRecord => "两辆车被记成一条记录",
            Self::SplitRecord => "一辆车被拆成两条记录",
            Self::LiftAxle => "过秤时有轴被提升，轴数可能少计",
            Self::WrongWay => "车辆逆行过秤",
            Self::PlateCovered => "号牌被遮挡",
            Self::PlateMissing => "车辆未悬挂号牌",
            Self::PlateCloned => "号牌疑被套用",
            Self::Bypass => "车辆绕开本站",
        }
    }

    const fn sentence_en(self) -> &'static str {
        match self {
            Self::Straddling => {
                "The vehicle drove over two lanes at once, so that a scale saw the wheels of one side only"
            }
            Self::OneSideOff => "The wheels of one side went beside the sensors",
            Self::Braking => "The vehicle braked hard on the sensors",
            Self::Surging => "The vehicle sped up on the sensors, or its axles jumped",
            Self::Weaving => {
                "The vehicle wove over the sensors, and the load swung from side to side"
            }
            Self::StopAndGo => "The vehicle stopped and went on while it was weighed",
            Self::Creeping => "The vehicle crept over the scale, far slower than the lane",
            Self::Reversing => "The vehicle went back on the scale, and axles were counted twice",
            Self::MergedRecord => "The record holds two vehicles",
            Self::SplitRecord => "The record holds a part of a vehicle",
            Self::LiftAxle => "An axle was lifted on the scale, so that the axles may be too few",
            Self::WrongWay => "The vehicle drove against the lane",
            Self::PlateCovered => "The plate was covered",
            Self::PlateMissing => "The vehicle bore no plate",
            Self::PlateCloned => "Another vehicle bears the same number",
            Self::Bypass => "The vehicle went around the station",
        }
    }
}

impl EvasionFinding {
    /// The finding as one sentence in Chinese.
    pub fn text_zh(&self) -> String {
        let mut text = format!(
            "{}（把握{}.{}%）",
            self.kind.sentence_zh(),
            self.certainty_per_mille / 10,
            self.certainty_per_mille % 10
        );
        if !self.signals.is_empty() {
            let signals: Vec<String> = self.signals.iter().map(Signal::text_zh).collect();
            text.push_str(&format!("：{}", signals.join("，")));
        }
        if let Some(partner) = &self.partner {
            text.push_str(&format!("；另一部分为过车记录{partner}"));
        }
        if !self.vehicles.is_empty() {
            let vehicles: Vec<String> = self.vehicles.iter().map(vehicle_zh).collect();
            text.push_str(&format!(
                "；据此推定（不作处罚依据）：{}",
                vehicles.join("；")
            ));
        }
        text.push('。');
        text
    }

    /// The finding as one sentence in English.
    pub fn text_en(&self) -> String {
        let mut text = format!(
            "{} ({}.{}% certain)",
            self.kind.sentence_en(),
            self.certainty_per_mille / 10,
            self.certainty_per_mille % 10
        );
        if !self.signals.is_empty() {
            let signals: Vec<String> = self.signals.iter().map(Signal::text_en).collect();
            text.push_str(&format!(": {}", signals.join(", ")));
        }
        if let Some(partner) = &self.partner {
            text.push_str(&format!("; the other part is passage {partner}"));
        }
        if !self.vehicles.is_empty() {
            let vehicles: Vec<String> = self.vehicles.iter().map(vehicle_en).collect();
            text.push_str(&format!(
                "; taken to be, not for any penalty: {}",
                vehicles.join("; ")
            ));
        }
        text.push('.');
        text
    }
}

fn numbers(axles: &[u16], between: &str) -> String {
    let each: Vec<String> = axles.iter().map(ToString::to_string).collect();
    each.join(between)
}

fn vehicle_zh(vehicle: &BelievedVehicle) -> String {
    let mut text = format!(
        "一辆{}轴车，总重{} kg，本记录第{}轴",
        vehicle.axles.len(),
        vehicle.gross_kg.get(),
        numbers(&vehicle.axle_numbers, "、")
    );
    if !vehicle.partner_axle_numbers.is_empty() {
        let axles = numbers(&vehicle.partner_axle_numbers, "、");
        text.push_str(&format!("，另一记录第{axles}轴"));
    }
    text
}

fn vehicle_en(vehicle: &BelievedVehicle) -> String {
    let mut text = format!(
        "a vehicle of {} axles and {} kg, axles {} of this record",
        vehicle.axles.len(),
        vehicle.gross_kg.get(),
        numbers(&vehicle.axle_numbers, " ")
    );
    if !vehicle.partner_axle_numbers.is_empty() {
        let axles = numbers(&vehicle.partner_axle_numbers, " ");
        text.push_str(&format!(", axles {axles} of the other"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Kilograms;

    fn signal(name: SignalName, value: i64, limit: Option<i64>) -> Signal {
        Signal { name, value, limit }
    }

    #[test]
    fn a_finding_is_one_sentence_with_its_figures() {
        let finding = EvasionFinding {
            kind: EvasionKind::Braking,
            certainty_per_mille: 987,
            signals: vec![
                signal(SignalName::AccelerationHundredthMs2, -231, Some(-90)),
                signal(SignalName::SlowestAxleTenthKmh, 405, None),
            ],
            partner: None,
            vehicles: Vec::new(),
        };
        assert_eq!(
            finding.text_zh(),
            "车辆在秤上急刹（把握98.7%）：加速度-2.31 m/s²（界限-0.90 m/s²），最慢轴车速40.5 km/h。"
        );
        assert_eq!(
            finding.text_en(),
            "The vehicle braked hard on the sensors (98.7% certain): acceleration -2.31 m/s² \
             (limit -0.90 m/s²), slowest axle 40.5 km/h."
        );
    }

    #[test]
    fn joined_halves_are_named_with_their_gross() {
        let finding = EvasionFinding {
            kind: EvasionKind::Straddling,
            certainty_per_mille: 1_000,
            signals: vec![signal(SignalName::ApartMs, -35, Some(200))],
            partner: Some("ST1.wim-2.x".into()),
            vehicles: vec![BelievedVehicle {
                axle_numbers: vec![1, 2],
                partner_axle_numbers: vec![1, 2],
                gross_kg: Kilograms::new(15_500),
                axles: vec![crate::passage::AxleLoad::default(); 2],
            }],
        };
        assert_eq!(finding.joined_gross_kg(), Some(Kilograms::new(15_500)));
        assert!(finding.is_hard());
        let (zh, en) = (finding.text_zh(), finding.text_en());
        assert!(zh.ends_with(
            "另一部分为过车记录ST1.wim-2.x；据此推定（不作处罚依据）：一辆2轴车，总重15500 kg，\
             本记录第1、2轴，另一记录第1、2轴。"
        ));
        assert!(en.contains("time between the first axles -35 ms (limit 200 ms); the other part"));
        let text = serde_json::to_string(&finding).unwrap();
        assert_eq!(
            serde_json::from_str::<EvasionFinding>(&text).unwrap(),
            finding
        );
    }

    #[test]
    fn every_kind_and_signal_has_words_in_both_languages() {
        for kind in EvasionKind::ALL {
            let finding = EvasionFinding {
                kind,
                certainty_per_mille: 950,
                signals: Vec::new(),
                partner: None,
                vehicles: Vec::new(),
            };
            assert!(finding.text_zh().ends_with("（把握95.0%）。"));
            assert!(finding.text_en().ends_with(" (95.0% certain)."));
            assert!(!kind.en().is_empty() && !kind.zh().is_empty());
        }
        assert_eq!(SignalName::ControllerFlag.value(1), "");
        assert_eq!(SignalName::LeftSharePerMille.value(-5), "-0.5%");
    }
}
