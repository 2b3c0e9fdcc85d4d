//! The sentences of a derivation on both sides of what decides which of them is said, word for word
//! in both languages: what a clerk reads and a lawyer checks.

use serde_json::{Value, json};
use steelyard::law::{NoteCode, Rule, Verdict};

use crate::{judged, met, notes, six_axle_train, two_axle_truck, weighing, with};

/// Every sentence of a rule, in Chinese and in English.
fn said(verdict: &Verdict, rule: Rule) -> Vec<(String, String)> {
    let steps = verdict.derivation.iter().filter(|step| step.rule == rule);
    steps.map(|step| (step.text_zh(), step.text_en())).collect()
}

/// That a rule was applied once and these are its sentences.
#[track_caller]
fn says(verdict: &Verdict, rule: Rule, zh: &str, en: &str) {
    assert_eq!(said(verdict, rule), [(zh.to_owned(), en.to_owned())]);
}

/// The truck of 18,000 kg, with the figures by which the police judge it.
fn registered_truck() -> Value {
    let register = json!({"max_total_mass_kg": 18_000, "approved_payload_kg": 11_200,
        "tare_kg": 6_800});
    with(&two_axle_truck(), register)
}

#[test]
fn what_is_taken_off_the_reading_is_said_with_its_error() {
    let weighed = |gross_kg: i64, scale: Value| {
        let measured = json!({"gross_kg": gross_kg, "scale": scale});
        judged(&two_axle_truck(), &measured)
    };
    // 17,000 kg / 1.05 = 16,190.47...
    says(
        &weighed(17_000, json!({"use": "off_site", "accuracy_class": "5"})),
        Rule::EnforcementMass,
        "非现场执法动态称重，准确度等级5，使用中最大允许误差5%：读数17000千克÷(1+5%)，向下取整，\
         认定总质量16190千克",
        "off-site weighing in motion, class 5, permissible error in service 5 %: \
         reading 17000 kg / (1 + 5 %), rounded down, counts as 16190 kg",
    );
    says(
        &weighed(17_000, json!({"use": "platform", "accuracy_class": "5"})),
        Rule::EnforcementMass,
        "精检（静态或低速衡器），不扣减误差：认定总质量17000千克",
        "platform scale, no error deducted: 17000 kg count",
    );
    says(
        &weighing(&two_axle_truck(), 17_000),
        Rule::EnforcementMass,
        "未注明衡器，以读数为准：认定总质量17000千克",
        "no scale named, the reading counts: 17000 kg",
    );
}

#[test]
fn a_mass_at_the_limit_is_not_over_it_and_one_kilogram_more_is() {
    says(
        &weighing(&two_axle_truck(), 18_000),
        Rule::Overage,
        "认定总质量18000千克，未超过限值18000千克",
        "mass 18000 kg is not over the limit of 18000 kg",
    );
    says(
        &weighing(&two_axle_truck(), 18_001),
        Rule::Overage,
        "认定总质量18001千克，限值18000千克：超限1千克",
        "mass 18001 kg, limit 18000 kg: 1 kg over",
    );
}

#[test]
fn a_fine_is_said_with_how_it_is_counted_and_a_warning_without() {
    for (gross_kg, zh, en) in [
        (18_000, "超限0千克：不处罚", "0 kg over: no penalty"),
        (19_000, "超限1000千克：警告", "1000 kg over: warning"),
        (
            19_001,
            "超限1001千克（只计满1000千克的部分，最高30000元）：罚款，500元",
            "1001 kg over (only complete 1000 kg count, at most 30000 yuan): fine, 500 yuan",
        ),
    ] {
        let verdict = weighing(&two_axle_truck(), gross_kg);
        says(&verdict, Rule::TransportPenalty, zh, en);
    }
}

#[test]
fn points_and_their_absence_are_said_with_the_mass_they_rest_on() {
    for (gross_kg, zh, en) in [
        (
            18_000,
            "总质量18000千克，未超过最大允许总质量18000千克：不记分",
            "mass 18000 kg is not over the maximum total mass of 18000 kg: no points",
        ),
        (
            18_001,
            "总质量18001千克，最大允许总质量18000千克：记1分",
            "mass 18001 kg, maximum total mass 18000 kg, licence points: 1",
        ),
    ] {
        let verdict = weighing(&registered_truck(), gross_kg);
        says(&verdict, Rule::PolicePoints, zh, en);
    }
}

#[test]
fn an_amount_between_two_is_said_with_both_and_a_single_one_once() {
    says(
        &weighing(&registered_truck(), 18_001),
        Rule::PoliceFine,
        "载质量11201千克（总质量18001千克减整备质量6800千克），核定载质量11200千克：罚款幅度200-500元",
        "load 11201 kg (mass 18001 kg less tare 6800 kg), approved payload 11200 kg: \
         fine of 200-500 yuan",
    );
    // From 60,000 kg over on the mass alone makes the most there may be.
    let high = |gross_kg: i64| {
        let high = json!({"height_mm": 4_100});
        weighing(&with(&two_axle_truck(), high), gross_kg)
    };
    says(
        &high(77_000),
        Rule::TotalRange,
        "外廓尺寸超限罚款幅度0-200元，与质量超限罚款29500元合并，最高30000元：合计29500-29700元",
        "0-200 yuan for the dimensions and 29500 yuan for the mass, together at most 30000 yuan: \
         29500-29700 yuan",
    );
    says(
        &high(78_000),
        Rule::TotalRange,
        "外廓尺寸超限罚款幅度0-200元，与质量超限罚款30000元合并，最高30000元：合计30000元",
        "0-200 yuan for the dimensions and 30000 yuan for the mass, together at most 30000 yuan: \
         30000 yuan",
    );
    says(
        &met("off_site", &registered_truck(), 19_001),
        Rule::OneAct,
        "非现场执法动态称重：由交通运输主管部门罚款500元，另一机关不再罚款",
        "off-site weighing in motion: the transport authority may fine 500 yuan, and nobody else",
    );
    says(
        &met("joint_station", &registered_truck(), 19_001),
        Rule::OneAct,
        "公安驻站的路警联合执法：由公安机关交通管理部门罚款200-500元，另一机关不再罚款",
        "joint station with resident police: the traffic police may fine 200-500 yuan, \
         and nobody else",
    );
}

#[test]
fn an_axle_by_itself_is_said_by_its_number_and_a_group_from_first_to_last() {
    let verdict = weighing(&six_axle_train(), 49_000);
    let groups = said(&verdict, Rule::AxleGroup);
    let groups: Vec<(&str, &str)> = groups
        .iter()
        .map(|(zh, en)| (zh.as_str(), en.as_str()))
        .collect();
    assert_eq!(
        groups,
        [
            (
                "第1轴为单轴，限值7000千克",
                "axle 1: single axle, limit 7000 kg"
            ),
            (
                "第2-3轴为二轴组，限值18000千克",
                "axles 2-3: two-axle group, limit 18000 kg"
            ),
            (
                "第4-6轴为三轴组，限值24000千克",
                "axles 4-6: three-axle group, limit 24000 kg"
            ),
        ]
    );
}

#[test]
fn a_doubtful_spacing_is_said_of_one_axle_or_of_a_group() {
    // The front axles may be a group or stand alone; with single tyres they carry the same.
    let truck = json!({"axle_spacings_mm": [1_800, 3_800, 1_340], "drive_axles": 2,
        "layout": "2+2", "body": "tipper"});
    let verdict = weighing(&with(&two_axle_truck(), truck), 31_000);
    let said: Vec<(String, String)> = notes(&verdict, NoteCode::ClassUncertain)
        .iter()
        .map(|note| (note.text_zh(), note.text_en()))
        .collect();
    let sentences = |axles: &str, axles_en: &str, kg: i64| {
        (
            format!("第{axles}轴的轴距在类别界限的传感器误差之内，取有利于当事人的限值{kg}千克"),
            format!(
                "a spacing of {axles_en} is within the sensor's tolerance of a border of classes: \
                 the limit better for the party, {kg} kg, applies"
            ),
        )
    };
    assert_eq!(
        said,
        [
            sentences("1", "axle 1", 7_000),
            sentences("2", "axle 2", 7_000),
            sentences("3-4", "axles 3-4", 18_000),
        ]
    );
}

#[test]
fn a_platform_is_called_verified_by_its_certificate_alone() {
    // The certificate ended the day before.
    let scale = json!({"use": "platform", "accuracy_class": "III", "interval_kg": 20,
        "certificate": {"number": "JL-1", "valid_from": "2023-06-01", "valid_until": "2024-05-31"}});
    let verdict = judged(
        &two_axle_truck(),
        &json!({"gross_kg": 20_000, "scale": scale}),
    );
    says(
        &verdict,
        Rule::EnforcementMass,
        "精检（静态或低速衡器），不扣减误差：认定总质量20000千克",
        "platform scale, no error deducted: 20000 kg count",
    );
    says(
        &verdict,
        Rule::Certificate,
        "检定证书JL-1有效期2023-06-01至2024-05-31，行为日2024-06-01不在有效期内",
        "certificate JL-1 holds from 2023-06-01 to 2024-05-31: it does not cover 2024-06-01",
    );
}

#[test]
fn the_rate_and_a_dimension_are_said_as_what_they_are() {
    let verdict = |width_mm: i64| {
        weighing(
            &with(&two_axle_truck(), json!({"width_mm": width_mm})),
            19_001,
        )
    };
    says(
        &verdict(2_550),
        Rule::OveragePercent,
        "超限率：1001千克÷18000千克，四舍五入到两位小数，为5.56%",
        "overage rate: 1001 kg / 18000 kg, half up to two decimals, is 5.56 %",
    );
    says(
        &verdict(2_550),
        Rule::Dimension,
        "车货总宽2550毫米，未超过限值2550毫米",
        "width 2550 mm is not over the limit of 2550 mm",
    );
    says(
        &verdict(2_551),
        Rule::Dimension,
        "车货总宽2551毫米，限值2550毫米：超限1毫米",
        "width 2551 mm, limit 2550 mm: 1 mm over",
    );
}

#[test]
fn one_is_said_in_the_singular() {
    let train = |layout: &str, spacings_mm: &[i64]| {
        let fields = json!({"category": "articulated_train", "layout": layout,
            "axle_spacings_mm": spacings_mm, "non_drive_tyres": "single"});
        weighing(&with(&two_axle_truck(), fields), 20_000)
    };
    says(
        &train("1+1-1", &[3_500, 6_000]),
        Rule::SingleTyres,
        "1根非驱动轴每侧为单轮胎：限值27000千克减3000千克，为24000千克",
        "1 axle not driven has single tyres: limit 27000 kg less 3000 kg is 24000 kg",
    );
    says(
        &train("1+1-2", &[3_600, 6_200, 1_350]),
        Rule::SingleTyres,
        "2根非驱动轴每侧为单轮胎：限值36000千克减3000千克，为33000千克",
        "2 axles not driven have single tyres: limit 36000 kg less 3000 kg is 33000 kg",
    );
    let besides = |gross_kg: i64| {
        let verdict = met("joint_station", &registered_truck(), gross_kg);
        let said = verdict.one_act.unwrap().text_en();
        said.split("Besides, ").nth(1).unwrap().to_owned()
    };
    assert_eq!(
        besides(18_001),
        "the police give 1 point, which is no fine."
    );
    assert_eq!(
        besides(23_400),
        "the police give 3 points, which are no fine."
    );
}

#[test]
fn a_permit_is_said_with_its_number_where_it_has_one() {
    let said = |permit: Value, code: NoteCode| {
        let verdict = weighing(
            &with(&two_axle_truck(), json!({ "permit": permit })),
            20_000,
        );
        let notes = notes(&verdict, code);
        assert_eq!(notes.len(), 1);
        (notes[0].text_zh(), notes[0].text_en())
    };
    let sentences = |zh: &str, en: &str| (zh.to_owned(), en.to_owned());
    let kept = json!({"gross_kg": 20_000});
    assert_eq!(
        said(kept, NoteCode::PermitApplied),
        sentences(
            "已出示通行证，按许可认定",
            "the permit was shown: judged by it"
        )
    );
    let kept = json!({"number": "14-7", "gross_kg": 20_000});
    assert_eq!(
        said(kept, NoteCode::PermitApplied),
        sentences(
            "已出示通行证14-7，按许可认定",
            "permit 14-7 was shown: judged by it"
        )
    );
    let broken = json!({"gross_kg": 19_999});
    assert_eq!(
        said(broken, NoteCode::PermitBroken),
        sentences(
            "通行证不适用：总质量超过许可，按未取得许可认定",
            "the permit does not count (heavier than it allows): judged as without one"
        )
    );
    let broken = json!({"number": "14-7", "gross_kg": 19_999});
    assert_eq!(
        said(broken, NoteCode::PermitBroken),
        sentences(
            "通行证14-7不适用：总质量超过许可，按未取得许可认定",
            "permit 14-7 does not count (heavier than it allows): judged as without one"
        )
    );
}

#[test]
fn a_higher_fine_is_not_called_a_heavier_punishment() {
    // 从重处罚 is a heavier punishment within one range; art. 29 is about the higher of two fines.
    let assessment = serde_json::from_value(json!({"day": "2021-07-14", "mode": "mobile_joint",
        "vehicle": registered_truck(), "measured": {"gross_kg": 19_001}}))
    .unwrap();
    let verdict = steelyard::law::assess(&crate::TABLES, &assessment);
    let open = notes(&verdict, NoteCode::FiningAuthorityOpen);
    assert_eq!(open.len(), 1);
    assert_eq!(
        open[0].text_zh(),
        "由谁处罚尚不能确定：“按照罚款数额高的规定处罚”的规则当时尚未施行"
    );
    assert_eq!(
        open[0].text_en(),
        "it cannot be said who fines: the rule that the higher amount counts did not hold yet"
    );
}

#[test]
fn what_is_missing_is_named_in_words() {
    let refused = |vehicle: &Value, gross_kg: i64| {
        let verdict = weighing(vehicle, gross_kg);
        let found = notes(&verdict, NoteCode::InputRefused);
        let texts: Vec<_> = found.iter().map(|n| (n.text_zh(), n.text_en())).collect();
        texts
    };
    let said = |zh: &str, en: &str| vec![(zh.to_owned(), en.to_owned())];
    // A platform tells no axles, and nobody else does.
    assert_eq!(
        refused(&json!({}), 17_500),
        said(
            "数据缺失或不能采信：轴荷",
            "missing or not to be relied on: the axle loads"
        )
    );
    assert_eq!(
        refused(&two_axle_truck(), 500_001),
        said(
            "数据缺失或不能采信：车货总质量",
            "missing or not to be relied on: the gross mass"
        )
    );
    assert_eq!(
        refused(&with(&two_axle_truck(), json!({"permit": {}})), 10_000),
        said(
            "数据缺失或不能采信：通行证",
            "missing or not to be relied on: the permit"
        )
    );
}
