//! Fine, surcharge, later payment, enforcement, remedies.

use super::super::records::Instalment;
use super::super::*;
use super::support::*;
use crate::casework::case_state::CaseState;

/// A case with 3500 yuan, served on Friday 14 March 2025: to be paid by Monday 31 March, since
/// 29 March is a Saturday.
fn served_case() -> Desk {
    let mut desk = Desk::new(opened("p1", day("2025-03-14"), 7_640));
    desk.up_to_service(3_500);
    desk
}

fn owed(desk: &Desk, on: &str) -> Due {
    due(&desk.case, &desk.facts, day(on)).unwrap()
}

#[test]
pub fn three_per_cent_a_day_never_more_than_the_fine() {
    let desk = served_case();
    assert_eq!(owed(&desk, "2025-03-31").last_day, Some(day("2025-03-31")));
    assert_eq!(owed(&desk, "2025-03-31").surcharge_fen, 0);
    // Seven days late: 3500 x 3 % x 7 = 735.00 yuan.
    assert_eq!(owed(&desk, "2025-04-07").surcharge_fen, 73_500);
    // 33 days are 99 %, the 34th reaches the cap.
    assert_eq!(owed(&desk, "2025-05-03").surcharge_fen, 346_500);
    assert!(!owed(&desk, "2025-05-03").capped);
    assert_eq!(owed(&desk, "2025-05-04").surcharge_fen, 350_000);
    assert!(owed(&desk, "2025-05-04").capped);
    assert_eq!(owed(&desk, "2026-05-04").surcharge_fen, 350_000);
}

#[test]
pub fn a_late_payment_settles_only_with_its_surcharge() {
    let mut desk = served_case();
    desk.to(day("2025-04-07"));
    let on = desk.today();
    let too_much = desk.refused(&mobile(), &pay("F-1", on, 350_000, 73_501));
    assert!(matches!(
        too_much,
        Refusal::Invalid {
            field: "surcharge_fen",
            ..
        }
    ));
    let (zh, en) = (too_much.zh(), too_much.to_string());
    assert!(
        zh.contains("超出应缴数额（罚款余3500.00元、加处罚款余735.00元）"),
        "{zh}"
    );
    assert!(
        en.contains("3500.00 yuan of the fine, 735.00 yuan of the surcharge left"),
        "{en}"
    );
    let too_much = desk.refused(&mobile(), &pay("F-1", on, 350_001, 0));
    assert!(matches!(
        too_much,
        Refusal::Invalid {
            field: "fine_fen",
            ..
        }
    ));
    desk.paid("F-1", 3_500, 0);
    assert_eq!(desk.case.state, CaseState::Served);
    // What was paid stops growing.
    desk.wait(30);
    assert_eq!(owed(&desk, "2025-05-07").surcharge_left_fen(), 73_500);
    let again = desk.refused(&mobile(), &pay("F-1", desk.today(), 0, 73_500));
    assert!(matches!(again, Refusal::Invalid { field: "slip", .. }));
    let on = desk.today();
    desk.does(&mobile(), pay("F-2", on, 0, 73_500));
    assert_eq!(desk.case.state, CaseState::Settled);
}

#[test]
pub fn after_a_part_payment_the_surcharge_grows_on_the_rest() {
    let mut desk = served_case();
    desk.to(day("2025-04-05")).paid("F-1", 2_500, 0);
    // Five days of 3500, then of 1000.
    assert_eq!(owed(&desk, "2025-04-05").surcharge_fen, 5 * 10_500);
    assert_eq!(
        owed(&desk, "2025-04-15").surcharge_fen,
        5 * 10_500 + 10 * 3_000
    );
}

#[test]
pub fn a_payment_that_was_none_is_owed_again() {
    let mut desk = served_case();
    desk.paid("F-1", 3_500, 0);
    assert_eq!(desk.case.state, CaseState::Settled);
    let void = |index| CaseAction::VoidPayment {
        index,
        reason: "票据属于另一案件".into(),
    };
    assert!(matches!(
        desk.refused(&head(), &void(1)),
        Refusal::Invalid { field: "index", .. }
    ));
    desk.does(&head(), void(0));
    assert_eq!(desk.case.state, CaseState::Served);
    assert_eq!(desk.case.course.payments.len(), 1);
    assert!(matches!(
        desk.refused(&head(), &void(0)),
        Refusal::Invalid { field: "index", .. }
    ));
    // The slip may be entered again, rightly.
    desk.paid("F-1", 3_500, 0);
    assert_eq!(desk.case.state, CaseState::Settled);
}

#[test]
pub fn instalments_that_are_kept_cost_nothing_more() {
    let mut desk = served_case();
    let on = desk.today();
    let ask = CaseAction::AskDeferral {
        asked_on: on,
        grounds: "经济困难".into(),
    };
    desk.does(&mobile(), ask.clone());
    desk.lacks(&mobile(), &ask, CaseCondition::NoDeferralOpen);
    let part = |last_day: &str, fine_fen| Instalment {
        last_day: day(last_day),
        fine_fen,
    };
    let answer = |plan: Vec<Instalment>| CaseAction::AnswerDeferral {
        plan,
        reason: "确有困难".into(),
    };
    let wrong = [
        vec![part("2025-04-30", 200_000)],
        vec![part("2025-05-30", 200_000), part("2025-04-30", 150_000)],
        vec![part("2025-03-13", 350_000)],
    ];
    for plan in wrong {
        let refusal = desk.refused(&head(), &answer(plan));
        assert!(matches!(refusal, Refusal::Invalid { field: "plan", .. }));
    }
    desk.does(
        &head(),
        answer(vec![
            part("2025-04-30", 200_000),
            part("2025-05-30", 150_000),
        ]),
    );
    assert_eq!(owed(&desk, "2025-04-30").surcharge_fen, 0);
    // The first part was not paid: from 1 May on every day counts.
    assert_eq!(owed(&desk, "2025-05-01").surcharge_fen, 10_500);
    desk.to(day("2025-04-30")).paid("F-1", 2_000, 0);
    assert_eq!(owed(&desk, "2025-05-30").surcharge_fen, 0);
    assert_eq!(owed(&desk, "2025-05-31").surcharge_fen, 4_500);
    desk.to(day("2025-05-30")).paid("F-2", 1_500, 0);
    assert_eq!(desk.case.state, CaseState::Settled);
}

#[test]
pub fn days_of_a_remedy_are_not_counted_and_a_pending_one_keeps_the_case_open() {
    let mut desk = served_case();
    desk.to(day("2025-04-02"));
    let start = start_remedy(RemedyKind::Reconsideration, desk.today());
    desk.does(&mobile(), start.clone());
    desk.lacks(&mobile(), &start, CaseCondition::NoRemedyPending);
    // One day before it, none while it is pending.
    assert_eq!(owed(&desk, "2025-05-20").surcharge_fen, 10_500);
    desk.to(day("2025-05-20"));
    let end = |outcome| end_remedy(outcome, day("2025-05-20"), None);
    let mut annulled = Desk::new(desk.case.clone());
    annulled.now = desk.now;
    annulled.paid("F-1", 3_500, 10_500);
    annulled.lacks(&head(), &close(), CaseCondition::ChecklistComplete);
    // That the decision is annulled is recorded by the head, and is so at once.
    assert!(matches!(
        annulled.refused(&mobile(), &end(RemedyOutcome::Annulled)),
        Refusal::NotPermitted { .. }
    ));
    annulled.does(&head(), end(RemedyOutcome::Annulled));
    assert_eq!(annulled.case.state, CaseState::Annulled);
    desk.does(&head(), end(RemedyOutcome::Upheld));
    assert_eq!(owed(&desk, "2025-05-21").surcharge_fen, 21_000);
}

#[test]
pub fn reminder_court_and_the_end_of_enforcement() {
    let mut desk = served_case();
    let remind = CaseAction::Remind {
        text: "十日内缴清".into(),
    };
    desk.lacks(&mobile(), &remind, CaseCondition::Overdue);
    desk.to(day("2025-04-15")).does(&mobile(), remind);
    let on = desk.today();
    desk.does(&mobile(), served(ServedPaper::Reminder, on));
    let apply_to_court = |on| CaseAction::ApplyToCourt {
        on,
        text: "某区人民法院".into(),
    };
    desk.lacks(&head(), &apply_to_court(on), CaseCondition::ReminderOver);
    // The lawsuit could be brought until 15 September (14 September is a Sunday): not before.
    desk.to(day("2025-09-15"));
    desk.lacks(
        &head(),
        &apply_to_court(day("2025-09-15")),
        CaseCondition::RemediesOver,
    );
    desk.to(day("2025-12-16"));
    desk.lacks(
        &head(),
        &apply_to_court(day("2025-12-16")),
        CaseCondition::RemediesOver,
    );
    let end = CaseAction::EndEnforcement {
        on: day("2025-12-15"),
        reason: "被执行人死亡，无遗产可供执行".into(),
    };
    desk.lacks(&head(), &end, CaseCondition::CourtOrOwn);
    desk.to(day("2025-12-15"))
        .does(&head(), apply_to_court(day("2025-12-15")));
    desk.does(&head(), end);
    assert_eq!(desk.case.state, CaseState::Settled);
    desk.closed();
}

#[test]
pub fn own_enforcement_needs_power_and_thirty_days() {
    let mut desk = served_case();
    desk.to(day("2025-04-01"));
    let remind = CaseAction::Remind {
        text: "十日内缴清".into(),
    };
    desk.does(&mobile(), remind);
    let on = desk.today();
    desk.does(&mobile(), served(ServedPaper::Reminder, on));
    let enforce = |on| CaseAction::Enforce {
        on,
        text: "拍卖".into(),
    };
    desk.to(day("2025-04-30"));
    desk.lacks(
        &head(),
        &enforce(day("2025-04-30")),
        CaseCondition::OwnPower,
    );
    desk.facts.settings.own_enforcement = true;
    desk.lacks(
        &head(),
        &enforce(day("2025-04-30")),
        CaseCondition::SurchargeRan,
    );
    desk.to(day("2025-05-01"))
        .does(&head(), enforce(day("2025-05-01")));
    // An agreement may remit what has grown, not more (Administrative Enforcement Law art. 42).
    desk.paid("F-1", 3_500, 0);
    let remit = |fen| CaseAction::RemitSurcharge {
        fen,
        reason: "达成执行协议".into(),
    };
    assert!(matches!(
        desk.refused(&head(), &remit(325_501)),
        Refusal::Invalid { field: "fen", .. }
    ));
    desk.does(&head(), remit(325_500));
    assert_eq!(desk.case.state, CaseState::Settled);
}

#[test]
pub fn what_is_owed_needs_law_and_calendar() {
    let mut desk = served_case();
    desk.facts.tables = None;
    let why = due(&desk.case, &desk.facts, desk.today()).unwrap_err();
    assert!(!why.0.is_empty() && !why.1.is_empty());
}
