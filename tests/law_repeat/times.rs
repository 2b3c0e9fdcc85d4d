//! Vehicles and drivers: three and four, and the year they lie in.

use chrono::NaiveDate;
use steelyard::law::{
    Consequence, LeftOutReason, ProposalGround, RepeatSubject, RepeatWindow, Standing, Threshold,
    driver_first_exceeded, driver_repeats, vehicle_first_exceeded, vehicle_repeats,
};

use crate::{PLATE, case, counted, day, four, left_out, proposed, rules, rules_with, vehicle};

#[test]
fn the_fourth_within_a_year_triggers_and_the_third_does_not() {
    let cases = four();
    let third = vehicle(&cases[..3], "2024-04-10");
    assert_eq!((third.count, third.standing), (3, Standing::Within));
    assert_eq!(third.threshold, Some(Threshold::MoreThanTimes(3)));
    assert!(!third.exceeded() && third.proposals.is_empty());
    let fourth = vehicle(&cases, "2024-04-10");
    assert_eq!((fourth.count, fourth.standing), (4, Standing::Exceeded));
    assert!(fourth.exceeded() && fourth.left_out.is_empty());
    assert_eq!(counted(&fourth), ["C1", "C2", "C3", "C4"]);
    assert_eq!(
        proposed(&fourth),
        [
            Consequence::RevokeVehicleLicence,
            Consequence::EnterCreditList
        ]
    );
    let proposal = &fourth.proposals[0];
    assert_eq!(proposal.ground, ProposalGround::Threshold);
    assert_eq!(proposal.case_ids, ["C1", "C2", "C3", "C4"]);
    assert!(proposal.article.zh().contains("第六十六条"));
    assert!(fourth.proposals[1].article.zh().contains("第1项"));
    assert_eq!(fourth.counted[3].vehicle_plate.as_deref(), Some("晋D12345"));
    assert_eq!(fourth.counted[3].act_id, "act of C4");
}

#[test]
fn drivers_are_counted_by_the_driver_whatever_the_vehicle() {
    let mut cases = four();
    cases[1].vehicle_plate = Some("晋D99999".to_owned());
    cases[2].vehicle_plate = None;
    let result = driver_repeats(&cases, "driver 1", day("2024-04-10"), &rules()).unwrap();
    assert_eq!((result.subject, result.count), (RepeatSubject::Driver, 4));
    assert_eq!(
        proposed(&result),
        [
            Consequence::StopCommercialDriving,
            Consequence::EnterCreditList
        ]
    );
    assert!(result.proposals[1].article.zh().contains("第2项"));
    let three = driver_repeats(&cases[1..], "driver 1", day("2024-04-10"), &rules()).unwrap();
    assert_eq!((three.count, three.exceeded()), (3, false));
    assert_eq!(vehicle(&cases, "2024-04-10").count, 2);
}

#[test]
fn a_threshold_of_the_table_is_that_of_its_subject() {
    let stricter = rules_with(&[
        (
            "vehicle_more_than_times = { value = 3",
            "vehicle_more_than_times = { value = 2",
        ),
        (
            "driver_more_than_times = { value = 3",
            "driver_more_than_times = { value = 1",
        ),
    ]);
    let cases = four();
    let to = day("2024-04-10");
    let vehicle = |count: usize| vehicle_repeats(&cases[..count], PLATE, to, &stricter).unwrap();
    let driver = |count: usize| driver_repeats(&cases[..count], "driver 1", to, &stricter).unwrap();
    assert!(!vehicle(2).exceeded() && vehicle(3).exceeded());
    assert!(!driver(1).exceeded() && driver(2).exceeded());
}

#[test]
fn other_subjects_are_not_mentioned_and_trailers_not_counted() {
    let mut cases = four();
    cases[0].vehicle_plate = Some("晋D99999".to_owned());
    cases[1].vehicle_plate = Some(String::new());
    let result = vehicle(&cases, "2024-04-10");
    assert_eq!(counted(&result), ["C3", "C4"]);
    assert!(result.left_out.is_empty());
    let to = day("2024-04-10");
    let trailer = vehicle_repeats(&cases, "晋D8888挂", to, &rules()).unwrap();
    assert_eq!((trailer.count, trailer.left_out.len()), (0, 0));
    assert_eq!(trailer.standing, Standing::Within);
}

#[test]
fn the_year_ends_on_the_day_counted_to_and_begins_after_the_same_day_before() {
    let cases = [
        case("before", "2023-06-01"),
        case("first", "2023-06-02"),
        case("last", "2024-06-01"),
        case("after", "2024-06-02"),
    ];
    let result = vehicle(&cases, "2024-06-01");
    assert_eq!(result.window, RepeatWindow::RollingYear);
    assert_eq!(
        [result.first_day, result.last_day],
        [day("2023-06-02"), day("2024-06-01")]
    );
    assert_eq!(counted(&result), ["first", "last"]);
    assert_eq!(
        left_out(&result),
        [
            ("before", LeftOutReason::OutsideWindow),
            ("after", LeftOutReason::OutsideWindow)
        ]
    );
}

#[test]
fn years_around_a_leap_day() {
    for (to, first, days) in [
        ("2023-02-28", "2022-03-01", 365),
        ("2024-02-28", "2023-03-01", 365),
        ("2024-02-29", "2023-03-01", 366),
        ("2024-03-01", "2023-03-02", 366),
        ("2025-02-28", "2024-02-29", 366),
        ("2025-03-01", "2024-03-02", 365),
    ] {
        let [begin, end] = RepeatWindow::RollingYear.ending(day(to));
        assert_eq!([begin, end], [day(first), day(to)]);
        assert_eq!((end - begin).num_days() + 1, days, "{to}");
    }
    for window in RepeatWindow::ALL {
        let [begin, end] = window.ending(NaiveDate::MIN);
        assert_eq!([begin, end], [NaiveDate::MIN; 2]);
    }
}

#[test]
fn the_calendar_year_is_an_alternative_window() {
    let calendar = rules_with(&[("\"rolling_year\"", "\"calendar_year\"")]);
    let cases = [
        case("before", "2023-12-31"),
        case("first", "2024-01-01"),
        case("last", "2024-06-01"),
        case("after", "2024-06-02"),
    ];
    let result = vehicle_repeats(&cases, PLATE, day("2024-06-01"), &calendar).unwrap();
    assert_eq!(result.first_day, day("2024-01-01"));
    assert_eq!(counted(&result), ["first", "last"]);
    assert_eq!(
        result.text_zh(),
        "货运车辆晋D12345：2024年1月1日至2024年6月1日（自然年，按违法行为发生之日计），\
         违法超限运输计2次，没有超过3次。"
    );
}

#[test]
fn a_decision_given_after_the_window_counts_by_its_act() {
    let mut cases = four();
    cases[0].day_of_decision = Some(day("2025-12-31"));
    let result = vehicle(&cases, "2024-04-10");
    assert_eq!(counted(&result), ["C1", "C2", "C3", "C4"]);
}

#[test]
fn the_first_day_on_which_it_was_exceeded_is_found_when_today_is_below() {
    let mut cases = four();
    cases.push(case("C5", "2024-04-20"));
    let today = day("2026-01-01");
    assert_eq!(
        vehicle_repeats(&cases, PLATE, today, &rules())
            .unwrap()
            .count,
        0
    );
    let vehicle = |until: &str| {
        vehicle_first_exceeded(&cases, PLATE, day(until), &rules())
            .unwrap()
            .map(|result| (result.last_day.to_string(), result.count))
    };
    assert_eq!(vehicle("2026-01-01"), Some(("2024-04-10".to_owned(), 4)));
    assert_eq!(vehicle("2024-04-10"), Some(("2024-04-10".to_owned(), 4)));
    assert_eq!(vehicle("2024-04-09"), None);
    let driver = driver_first_exceeded(&cases, "driver 1", today, &rules()).unwrap();
    let driver = driver.unwrap();
    assert_eq!(
        (driver.subject, driver.last_day),
        (RepeatSubject::Driver, day("2024-04-10"))
    );
}

#[test]
fn four_acts_over_more_than_a_year_never_exceed() {
    let at_the_limit = |last: &str| {
        let cases = [
            case("a", "2023-04-10"),
            case("b", "2023-09-10"),
            case("c", "2024-01-10"),
            case("d", last),
        ];
        vehicle_first_exceeded(&cases, PLATE, day("2025-01-01"), &rules()).unwrap()
    };
    assert!(at_the_limit("2024-04-09").is_some());
    assert!(at_the_limit("2024-04-10").is_none());
}
