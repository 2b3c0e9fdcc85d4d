//! The sentences that a clerk reads.

use steelyard::law::{CarrierFacts, CountedCase, DecisionState, carrier_share};

use crate::{
    carrier, case, day, fleet_of, four, instigation, rules_with, source, vehicle, vehicles,
};

#[test]
fn the_sentences_say_what_was_counted_and_why() {
    let mut cases = four();
    cases.push(CountedCase {
        state: DecisionState::Revoked,
        ..case("C5", "2024-04-12")
    });
    let mut police = case("P4", "2024-04-10");
    police.act_id = cases[3].act_id.clone();
    cases.push(police);
    let result = vehicle(&cases, "2024-06-01");
    assert_eq!(
        result.sentences_zh(),
        [
            "货运车辆晋D12345：2023年6月2日至2024年6月1日（滚动一年，按违法行为发生之日计），\
             违法超限运输计4次，超过3次。",
            "案件C1（违法行为发生于2024年1月10日）计入。",
            "案件C2（违法行为发生于2024年2月10日）计入。",
            "案件C3（违法行为发生于2024年3月10日）计入。",
            "案件C4（违法行为发生于2024年4月10日）计入。",
            "案件P4（违法行为发生于2024年4月10日）不计入：同一违法行为已计入（案件C4）。",
            "案件C5（违法行为发生于2024年4月12日）不计入：决定已撤销。",
            "建议：吊销车辆营运证（依据《公路安全保护条例》第六十六条；\
             《超限运输车辆行驶公路管理规定》第四十六条；已达到上述处理条件，\
             案件C1、C2、C3、C4）。是否作出决定，由执法机关依法定程序确定。",
            "建议：列入严重违法失信超限超载运输当事人名单（依据交办公路〔2017〕8号，\
             失信名单条件第1项；已达到上述处理条件，案件C1、C2、C3、C4）。\
             是否作出决定，由执法机关依法定程序确定。",
        ]
    );
    let english = result.sentences_en();
    assert_eq!(
        english[0],
        "vehicle 晋D12345, 2023-06-02 to 2024-06-01 (rolling year, by the day of the act): \
         illegal over-limit transport 4 times, which is more than 3 times."
    );
    assert_eq!(english[1], "Case C1 (act of 2024-01-10) counts.");
    assert_eq!(
        english[5],
        "Case P4 (act of 2024-04-10) does not count: the same act is counted already (case C4)."
    );
    assert_eq!(
        english[7],
        "Proposed: revoke the operation licence of the vehicle (Highway Safety Protection \
         Regulations, art. 66; Order 62 of 2016, art. 46; the threshold above is passed; cases: \
         C1, C2, C3, C4). The authority decides, with the party's rights of defence."
    );
    assert_eq!(english.len(), 9);
}

#[test]
fn the_sentences_of_a_carrier_name_its_fleet() {
    let head_zh = "道路运输企业carrier 1：2023年6月2日至2024年6月1日\
                   （滚动一年，按违法行为发生之日计），有违法超限运输的货运车辆计";
    let head_en = "carrier carrier 1, 2023-06-02 to 2024-06-01 (rolling year, by the day of the \
                   act): ";
    for (result, zh, en) in [
        (
            carrier(&vehicles(1), &fleet_of(9)),
            "1辆，2024年3月10日货运车辆总数9辆，超过10%。",
            "1 vehicle with illegal over-limit transport of 9 goods vehicles on 2024-03-10, \
             which is more than 10 %.",
        ),
        (
            carrier(&vehicles(1), &fleet_of(10)),
            "1辆，2024年3月10日货运车辆总数10辆，没有超过10%。",
            "1 vehicle with illegal over-limit transport of 10 goods vehicles on 2024-03-10, \
             which is not more than 10 %.",
        ),
        (
            carrier(&vehicles(2), &CarrierFacts::default()),
            "2辆，2024年3月10日货运车辆总数未知，不能判断是否超过10%，请补录该日的车辆总数。",
            "2 vehicles with illegal over-limit transport of a fleet whose size on 2024-03-10 is \
             not known; whether that is more than 10 % cannot be said: enter the size of the \
             fleet on that day.",
        ),
        (
            carrier(&vehicles(2), &fleet_of(0)),
            "2辆，2024年3月10日货运车辆总数0辆，不能判断是否超过10%，请核对车辆总数。",
            "2 vehicles with illegal over-limit transport of 0 goods vehicles on 2024-03-10; \
             whether that is more than 10 % cannot be said: check the size of the fleet.",
        ),
        (
            carrier(&[], &CarrierFacts::default()),
            "0辆，没有超过10%。",
            "0 vehicles with illegal over-limit transport, which is not more than 10 %.",
        ),
    ] {
        assert_eq!(result.text_zh(), format!("{head_zh}{zh}"));
        assert_eq!(result.text_en(), format!("{head_en}{en}"));
    }
    let uneven = rules_with(&[(
        "carrier_more_than_basis_points = { value = 1000,",
        "carrier_more_than_basis_points = { value = 1055,",
    )]);
    let to = day("2024-06-01");
    let result = carrier_share(&[], "carrier 1", &fleet_of(1), to, &uneven).unwrap();
    assert!(result.text_zh().ends_with("没有超过10.55%。"));
}

#[test]
fn the_sentence_of_a_high_fine_names_it() {
    let result = source(&[instigation("I1", "2024-01-10", 25_000)]);
    let (zh, en) = (&result.sentences_zh()[2], &result.sentences_en()[2]);
    assert!(zh.contains("单次罚款20000元以上，案件I1"), "{zh}");
    assert!(
        en.contains("a single fine of 20000 yuan or more; cases: I1"),
        "{en}"
    );
}
