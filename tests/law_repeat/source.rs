//! Source units: instigations and the credit list.

use steelyard::law::{
    Consequence, CountedCase, DecisionOutcome, DecisionState, LawTables, LeftOutReason,
    ProposalGround, Standing, Threshold, source_instigations, vehicle_repeats,
};
use steelyard::units::Yuan;

use crate::{PLATE, case, day, four, instigation, left_out, proposed, rules, source};

#[test]
fn a_source_is_proposed_for_the_credit_list_at_three_instigations() {
    let mut cases = vec![
        instigation("I1", "2024-01-10", 5_000),
        instigation("I2", "2024-02-10", 5_000),
        case("C1", "2024-02-11"),
    ];
    let two = source(&cases);
    assert_eq!((two.count, two.standing), (2, Standing::Within));
    assert_eq!(two.threshold, Some(Threshold::AtLeastTimes(3)));
    assert_eq!(left_out(&two), [("C1", LeftOutReason::OtherAct)]);
    assert_eq!(
        two.text_zh(),
        "货运源头单位source 1：2023年6月2日至2024年6月1日（滚动一年，按违法行为发生之日计），\
         指使、强令超限超载运输计2次，未达到3次。"
    );
    cases.push(instigation("I3", "2024-03-10", 19_999));
    let three = source(&cases);
    assert_eq!((three.count, three.exceeded()), (3, true));
    assert_eq!(proposed(&three), [Consequence::EnterCreditList]);
    assert_eq!(three.proposals[0].case_ids, ["I1", "I2", "I3"]);
    assert!(three.proposals[0].article.zh().contains("第六十八条"));
    assert_eq!(
        three.text_en(),
        "source unit source 1, 2023-06-02 to 2024-06-01 (rolling year, by the day of the act): \
         instigation to overload 3 times, which is 3 times or more."
    );
}

#[test]
fn a_source_with_more_than_three_instigations_is_proposed_as_well() {
    let cases: Vec<CountedCase> = ["2024-01-10", "2024-02-10", "2024-03-10", "2024-04-10"]
        .iter()
        .map(|day_of_act| instigation(&format!("of {day_of_act}"), day_of_act, 5_000))
        .collect();
    let four = source(&cases);
    assert_eq!((four.count, four.standing), (4, Standing::Exceeded));
    assert_eq!(proposed(&four), [Consequence::EnterCreditList]);
    assert_eq!(four.proposals[0].case_ids.len(), 4);
    assert!(
        four.text_zh()
            .ends_with("指使、强令超限超载运输计4次，达到3次。")
    );
    assert!(
        four.text_en()
            .ends_with("instigation to overload 4 times, which is 3 times or more.")
    );
}

#[test]
fn a_source_is_proposed_for_the_credit_list_at_one_high_fine() {
    let mut cases = vec![instigation("I1", "2024-01-10", 19_999)];
    assert!(source(&cases).proposals.is_empty());
    cases[0].fine_yuan = Some(Yuan::new(20_000));
    let result = source(&cases);
    assert_eq!((result.count, result.exceeded()), (1, false));
    assert_eq!(proposed(&result), [Consequence::EnterCreditList]);
    assert_eq!(
        result.proposals[0].ground,
        ProposalGround::FineFromYuan(Yuan::new(20_000))
    );
    assert_eq!(result.proposals[0].case_ids, ["I1"]);
    // An amount without a fine, or a fine of a case that does not count, is none.
    for change in [
        |case: &mut CountedCase| case.outcome = DecisionOutcome::Warning,
        |case: &mut CountedCase| case.state = DecisionState::Revoked,
        |case: &mut CountedCase| case.fine_yuan = None,
        |case: &mut CountedCase| case.day_of_act = day("2023-06-01"),
    ] {
        let mut changed = cases.clone();
        change(&mut changed[0]);
        assert!(source(&changed).proposals.is_empty());
    }
    // Two sources may be fined for one act.
    let mut other = instigation("I2", "2024-01-10", 30_000);
    other.act_id = cases[0].act_id.clone();
    other.source_id = Some("source 2".to_owned());
    cases.push(other);
    assert_eq!(source(&cases).proposals[0].case_ids, ["I1"]);
    // The fine of an act counts even when another case stands for the act.
    cases[1].source_id = Some("source 1".to_owned());
    assert_eq!(source(&cases).count, 1);
    assert_eq!(source(&cases).proposals[0].case_ids, ["I1", "I2"]);
}

#[test]
fn the_credit_list_holds_from_its_day_and_may_be_missing() {
    let to = |text: &str| {
        let cases = [instigation("I1", "2017-01-10", 25_000)];
        source_instigations(&cases, "source 1", day(text), &rules()).unwrap()
    };
    let before = to("2017-02-10");
    assert_eq!((before.count, before.standing), (1, Standing::NoThreshold));
    assert!(before.threshold.is_none() && before.proposals.is_empty());
    assert_eq!(
        before.text_zh(),
        "货运源头单位source 1：2016年2月11日至2017年2月10日（滚动一年，按违法行为发生之日计），\
         指使、强令超限超载运输计1次，法规表未规定该日适用的次数，不能判断。"
    );
    assert_eq!(
        before.text_en(),
        "source unit source 1, 2016-02-11 to 2017-02-10 (rolling year, by the day of the act): \
         instigation to overload 1 time; the table has no threshold for that day, so nothing can \
         be said."
    );
    assert_eq!(to("2017-02-11").proposals.len(), 1);
    let text = LawTables::embedded_texts()[0].1;
    let (head, tail) = text.split_once("[repeat.credit_list]").unwrap();
    let (_, examples) = tail.split_once("# --- worked examples").unwrap();
    let tables = LawTables::parse(&[("t.toml", &format!("{head}#{examples}"))]).unwrap();
    let without = tables.all()[0].repeat().unwrap();
    let result = vehicle_repeats(&four(), PLATE, day("2024-04-10"), without).unwrap();
    assert_eq!(proposed(&result), [Consequence::RevokeVehicleLicence]);
    let (head, _) = text.split_once("[repeat]").unwrap();
    let tables = LawTables::parse(&[("t.toml", &format!("{head}#{examples}"))]).unwrap();
    assert!(tables.all()[0].repeat().is_none());
}
