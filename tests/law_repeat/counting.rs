//! Which cases count and which fall out.

use steelyard::law::{
    CountedAct, DecidingAuthority, DecisionOutcome, DecisionState, LeftOutReason, vehicle_repeats,
};

use crate::{PLATE, case, counted, day, four, left_out, rules, rules_with, vehicle};

#[test]
fn what_is_not_in_force_falls_out() {
    for (state, reason) in [
        (DecisionState::Open, LeftOutReason::NotEffectiveYet),
        (DecisionState::Revoked, LeftOutReason::Revoked),
        (DecisionState::Annulled, LeftOutReason::Annulled),
    ] {
        let mut cases = four();
        cases[1].state = state;
        let result = vehicle(&cases, "2024-04-10");
        assert_eq!((result.count, result.exceeded()), (3, false));
        assert!(result.proposals.is_empty());
        assert_eq!(left_out(&result), [("C2", reason)]);
        assert_eq!(result.left_out[0].day_of_act, day("2024-02-10"));
        assert_eq!(result.left_out[0].counted_as, None);
    }
}

#[test]
fn whether_a_warning_counts_is_a_setting() {
    let mut cases = four();
    cases[0].outcome = DecisionOutcome::Warning;
    assert!(rules().warning_counts());
    assert!(vehicle(&cases, "2024-04-10").exceeded());
    let without = rules_with(&[(
        "warning_counts = { value = true",
        "warning_counts = { value = false",
    )]);
    assert!(!without.warning_counts());
    let result = vehicle_repeats(&cases, PLATE, day("2024-04-10"), &without).unwrap();
    assert_eq!((result.count, result.exceeded()), (3, false));
    assert_eq!(
        left_out(&result),
        [("C1", LeftOutReason::WarningNotCounting)]
    );
}

#[test]
fn whether_a_decision_without_penalty_counts_is_a_setting() {
    let mut cases = four();
    cases[0].outcome = DecisionOutcome::None;
    let result = vehicle(&cases, "2024-04-10");
    assert_eq!(
        left_out(&result),
        [("C1", LeftOutReason::UnpunishedNotCounting)]
    );
    let with = rules_with(&[(
        "unpunished_counts = { value = false",
        "unpunished_counts = { value = true",
    )]);
    assert!(!rules().unpunished_counts() && with.unpunished_counts());
    let result = vehicle_repeats(&cases, PLATE, day("2024-04-10"), &with).unwrap();
    assert_eq!(result.count, 4);
}

#[test]
fn a_police_case_counts_only_when_its_own_weighing_is_over_art_3() {
    let mut cases = four();
    cases[3].authority = DecidingAuthority::Police;
    assert_eq!(vehicle(&cases, "2024-04-10").count, 4);
    cases[3].over_limit_on_own_weighing = false;
    let result = vehicle(&cases, "2024-04-10");
    assert_eq!((result.count, result.exceeded()), (3, false));
    assert_eq!(
        left_out(&result),
        [("C4", LeftOutReason::PoliceWithoutOwnOverLimit)]
    );
    // A case of the transport authority is over-limit by what it is.
    cases[3].authority = DecidingAuthority::Transport;
    assert_eq!(vehicle(&cases, "2024-04-10").count, 4);
}

#[test]
fn one_act_handled_by_both_authorities_counts_once() {
    let mut cases = four();
    let mut police = case("P3", "2024-03-10");
    police.act_id = cases[2].act_id.clone();
    police.authority = DecidingAuthority::Police;
    police.driver_id = None;
    police.day_of_decision = Some(day("2024-03-10"));
    cases.push(police);
    let result = vehicle(&cases, "2024-04-10");
    // The case decided first stands for the act.
    assert_eq!(counted(&result), ["C1", "C2", "P3", "C4"]);
    assert_eq!(left_out(&result), [("C3", LeftOutReason::SameAct)]);
    assert_eq!(result.left_out[0].counted_as.as_deref(), Some("P3"));
    // Decided on the same day: by id.
    cases[4].day_of_decision = cases[2].day_of_decision;
    assert_eq!(
        counted(&vehicle(&cases, "2024-04-10")),
        ["C1", "C2", "C3", "C4"]
    );
    // When one decision is revoked, the other carries the act.
    cases[2].state = DecisionState::Revoked;
    let result = vehicle(&cases, "2024-04-10");
    assert_eq!((result.count, result.exceeded()), (4, true));
    assert_eq!(left_out(&result), [("C3", LeftOutReason::Revoked)]);
}

#[test]
fn evasion_and_instigation_are_no_over_limit_transports() {
    let mut cases = four();
    cases[0].act = CountedAct::Evasion;
    cases[1].act = CountedAct::Instigation;
    cases[1].state = DecisionState::Revoked;
    let result = vehicle(&cases, "2024-04-10");
    assert_eq!(
        left_out(&result),
        [
            ("C1", LeftOutReason::OtherAct),
            ("C2", LeftOutReason::OtherAct)
        ]
    );
}

#[test]
fn an_entry_that_stands_twice_is_one_entry() {
    let mut cases = four();
    cases.push(cases[0].clone());
    let result = vehicle(&cases, "2024-04-10");
    assert_eq!((result.count, result.left_out.len()), (4, 0));
}
