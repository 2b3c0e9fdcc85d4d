//! Data that contradict themselves are refused.

use steelyard::law::{
    CountedAct, CountedCase, DecisionState, RepeatError, carrier_share, driver_repeats,
    source_instigations, vehicle_repeats,
};

use crate::{PLATE, case, day, fleet_of, four, rules, vehicle};

fn refusal(cases: &[CountedCase]) -> RepeatError {
    vehicle_repeats(cases, PLATE, day("2024-04-10"), &rules()).unwrap_err()
}

#[test]
fn what_cannot_be_is_refused_with_its_field() {
    let cases = four();
    let subject = vehicle_repeats(&cases, "", day("2024-04-10"), &rules()).unwrap_err();
    assert_eq!(
        subject.to_string(),
        "subject: the vehicle to count for is empty; name one"
    );
    let with = |change: fn(&mut Vec<CountedCase>)| {
        let mut changed = four();
        change(&mut changed);
        refusal(&changed).to_string()
    };
    for (text, expected) in [
        (
            with(|cases| cases[1].case_id.clear()),
            "case_id: empty in case `` of 2024-02-10; give it an id",
        ),
        (
            with(|cases| cases[1].act_id.clear()),
            "act_id: empty in case `C2` of 2024-02-10; give it an id",
        ),
        (
            with(|cases| cases[1].day_of_decision = None),
            "day_of_decision: missing in case `C2`, whose decision is in force; give its day",
        ),
        (
            with(|cases| cases[1].day_of_decision = Some(day("2024-02-09"))),
            "day_of_decision: case `C2` was decided on 2024-02-09, before its act of 2024-02-10; \
             correct one of the days",
        ),
        (
            with(|cases| {
                let mut again = cases[1].clone();
                again.state = DecisionState::Revoked;
                again.vehicle_plate = None;
                cases.push(again);
            }),
            "case_id: case `C2` is listed twice with different contents; list it once, as it \
             stands now",
        ),
    ] {
        assert_eq!(text, expected);
    }
    // Decided on the day of the act is possible, and what is not in force is not asked for a day.
    let mut possible = four();
    possible[0].day_of_decision = Some(possible[0].day_of_act);
    possible[1].state = DecisionState::Open;
    possible[1].day_of_decision = None;
    assert_eq!(vehicle(&possible, "2024-04-10").count, 3);
    // What does not bear on the subject does not stop its count.
    let mut other = case("X", "2024-04-10");
    other.vehicle_plate = Some("晋D99999".to_owned());
    other.day_of_decision = None;
    possible.push(other);
    assert_eq!(vehicle(&possible, "2024-04-10").count, 3);
}

#[test]
fn cases_of_one_act_must_agree_on_what_decides_the_count() {
    let pair = |change: fn(&mut CountedCase)| {
        let mut second = case("C2", "2024-01-10");
        second.act_id = "act of C1".to_owned();
        change(&mut second);
        [case("C1", "2024-01-10"), second]
    };
    let to = day("2024-04-10");
    let facts = fleet_of(10);
    let fields = |cases: &[CountedCase]| {
        [
            vehicle_repeats(cases, PLATE, to, &rules()),
            driver_repeats(cases, "driver 1", to, &rules()),
            carrier_share(cases, "carrier 1", &facts, to, &rules()),
        ]
        .map(|result| match result {
            Ok(_) => "",
            Err(RepeatError::ActContradicts(contradiction)) => contradiction.field,
            Err(_) => "another error",
        })
    };
    let plate = |case: &mut CountedCase| case.vehicle_plate = Some("晋D99999".to_owned());
    let driver = |case: &mut CountedCase| case.driver_id = Some("driver 2".to_owned());
    let carrier = |case: &mut CountedCase| case.carrier_id = Some("carrier 2".to_owned());
    let on_day = |case: &mut CountedCase| case.day_of_act = day("2024-01-11");
    assert_eq!(fields(&pair(|_| {})), [""; 3]);
    assert_eq!(fields(&pair(plate)), ["vehicle_plate", "", "vehicle_plate"]);
    assert_eq!(fields(&pair(driver)), ["", "driver_id", ""]);
    assert_eq!(fields(&pair(carrier)), ["", "", "carrier_id"]);
    assert_eq!(fields(&pair(on_day)), ["day_of_act"; 3]);
    assert_eq!(
        refusal(&pair(plate)).to_string(),
        "vehicle_plate: cases `C1` and `C2` of the act `act of C1` give `晋D12345` and \
         `晋D99999`; correct one, or give them different acts"
    );
    // A decision that named the wrong vehicle and was revoked contradicts nothing.
    let mut corrected = pair(plate);
    corrected[1].state = DecisionState::Revoked;
    assert_eq!(fields(&corrected), [""; 3]);
    // What one does not know, the other may say.
    let mut unknown = pair(plate);
    unknown[1].vehicle_plate = None;
    assert_eq!(fields(&unknown), [""; 3]);
    let both = |case: &mut CountedCase| case.day_of_act = day("2024-01-11");
    let mut sources = pair(both);
    for case in &mut sources {
        case.act = CountedAct::Instigation;
    }
    let refused = source_instigations(&sources, "source 1", to, &rules()).unwrap_err();
    assert!(refused.to_string().starts_with("day_of_act: "));
}
