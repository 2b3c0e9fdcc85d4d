//! Clocks over year ends, leap days and shifted working days.

use super::super::deadlines::WarningLevel;
use super::super::*;
use super::support::*;
use crate::casework::case_file::CaseFile;
use crate::law::{DeadlineKind, DeadlineStatus};
use crate::units::Micros;

fn clock(desk: &Desk, kind: DeadlineKind) -> Clock {
    let clocks = clocks(&desk.case, &desk.facts, desk.now);
    clocks
        .running
        .into_iter()
        .find(|clock| clock.kind == kind)
        .unwrap()
}

fn runs(desk: &Desk, kind: DeadlineKind) -> bool {
    let clocks = clocks(&desk.case, &desk.facts, desk.now);
    clocks.running.iter().any(|clock| clock.kind == kind)
}

fn on(at: &str) -> CaseFile {
    opened("p1", day(at), 7_640)
}

#[test]
fn forty_eight_hours_from_the_recording() {
    let mut desk = Desk::new(on("2024-12-31"));
    let review = clock(&desk, DeadlineKind::OffSiteReview);
    assert_eq!(review.due_at(), noon(day("2025-01-02")));
    assert_eq!(
        desk.case.index(&desk.facts, desk.now).next_due,
        Some(DeadlineKind::OffSiteReview)
    );
    desk.now = noon(day("2025-01-02"));
    assert_eq!(
        clock(&desk, DeadlineKind::OffSiteReview).level,
        WarningLevel::Today
    );
    desk.now = desk.now.saturating_add(Micros::new(1));
    assert_eq!(
        clock(&desk, DeadlineKind::OffSiteReview).level,
        WarningLevel::Expired
    );
    desk.reviewed();
    assert!(!runs(&desk, DeadlineKind::OffSiteReview));
}

#[test]
fn ninety_days_over_a_leap_day_and_a_year_end() {
    // 2024 has a 29 February: ninety days from 1 December 2023 end on 29 February 2024.
    for (filed, last) in [
        ("2023-12-01", "2024-02-29"),
        ("2024-12-01", "2025-03-01"),
        ("2025-11-20", "2026-02-18"),
    ] {
        let mut desk = Desk::new(on(filed));
        desk.reviewed().filed(Procedure::Ordinary);
        assert_eq!(clock(&desk, DeadlineKind::Decide).last_day, day(last));
        desk.does(
            &head(),
            CaseAction::ExtendDecision {
                days: 30,
                reason: "复杂".into(),
            },
        );
        let last = day(last).checked_add_days(chrono::Days::new(30)).unwrap();
        assert_eq!(clock(&desk, DeadlineKind::Decide).last_day, last);
    }
}

#[test]
fn a_hearing_is_asked_for_over_the_spring_festival() {
    // 2025: 28 January to 4 February are free; Sunday 26 January and Saturday 8 February are worked.
    let mut desk = Desk::new(on("2025-01-24"));
    desk.reviewed()
        .filed(Procedure::Ordinary)
        .parties()
        .investigated()
        .notified(3_500);
    // 26 and 27 January, 5, 6 and 7 February.
    let asked = clock(&desk, DeadlineKind::HearingRequest);
    assert_eq!(asked.last_day, day("2025-02-07"));
    // Off-site, the party answers within fifteen days; 8 February is worked and no rest day.
    assert_eq!(
        clock(&desk, DeadlineKind::OffSiteAnswer).last_day,
        day("2025-02-08")
    );
    // The party's times are shown and are nobody's duty here.
    let index = desk.case.index(&desk.facts, desk.now);
    assert_eq!(index.next_due, Some(DeadlineKind::Decide));
}

#[test]
fn service_and_payment_over_the_year_end() {
    let mut desk = Desk::new(on("2024-12-20"));
    desk.reviewed()
        .filed(Procedure::Ordinary)
        .parties()
        .investigated()
        .notified(3_500);
    desk.answered().decided(3_500);
    // Friday 20 December: seven working days end on 31 December.
    assert_eq!(
        clock(&desk, DeadlineKind::Service).last_day,
        day("2024-12-31")
    );
    desk.decision_served();
    // Fifteen days end on Saturday 4 January and move to Monday.
    let pay = clock(&desk, DeadlineKind::Pay);
    assert_eq!(
        (pay.last_day, pay.level),
        (day("2025-01-06"), WarningLevel::Quiet)
    );
    assert_eq!(
        clock(&desk, DeadlineKind::Reconsideration).last_day,
        day("2025-02-18")
    );
    assert_eq!(
        clock(&desk, DeadlineKind::Lawsuit).last_day,
        day("2025-06-20")
    );
    desk.to(day("2025-01-04"));
    assert_eq!(clock(&desk, DeadlineKind::Pay).level, WarningLevel::Soon);
    desk.to(day("2025-01-07"));
    assert_eq!(
        clock(&desk, DeadlineKind::Pay).status,
        DeadlineStatus::Expired { days: 1 }
    );
    desk.does(
        &mobile(),
        CaseAction::Remind {
            text: "十日内缴清".into(),
        },
    );
    desk.does(&mobile(), served(ServedPaper::Reminder, day("2025-01-07")));
    // Ten working days from 7 January end on 21 January.
    assert_eq!(
        clock(&desk, DeadlineKind::Reminder).last_day,
        day("2025-01-21")
    );
    assert_eq!(
        clock(&desk, DeadlineKind::SurchargeBeforeEnforcement).last_day,
        day("2025-02-05")
    );
    assert_eq!(
        clock(&desk, DeadlineKind::CourtApplication).last_day,
        day("2025-09-20")
    );
}

#[test]
fn passing_on_and_withdrawing_a_publication() {
    let mut desk = closed_case("p1", day("2025-09-26"), ["晋A12345", "D-1", "C-1"]);
    // 28 September and 11 October 2025 are worked, 1 to 8 October are free.
    assert_eq!(
        clock(&desk, DeadlineKind::PassOn).last_day,
        day("2025-10-13")
    );
    assert_eq!(
        desk.case.index(&desk.facts, desk.now).next_due,
        Some(DeadlineKind::PassOn)
    );
    let when = desk.today();
    desk.does(&head(), annul(AnnulledBy::Own, when));
    assert!(!runs(&desk, DeadlineKind::PassOn));
    assert_eq!(
        clock(&desk, DeadlineKind::PublicationWithdrawal).last_day,
        day("2025-09-30")
    );
}

#[test]
fn a_vehicle_is_held_thirty_days_and_thirty_more() {
    let mut desk = Desk::new(on("2024-01-31"));
    let since = day("2024-01-31");
    desk.facts.vehicle = Some(VehicleHold::Held {
        since,
        extended: false,
    });
    assert_eq!(
        clock(&desk, DeadlineKind::VehicleHold).last_day,
        day("2024-03-01")
    );
    desk.facts.vehicle = Some(VehicleHold::Held {
        since,
        extended: true,
    });
    assert_eq!(
        clock(&desk, DeadlineKind::VehicleHoldExtension).last_day,
        day("2024-03-31")
    );
    // Without law it is said that nothing can be said.
    desk.facts.tables = None;
    let clocks = clocks(&desk.case, &desk.facts, desk.now);
    assert!(clocks.running.is_empty());
    let untold: Vec<_> = clocks.untold.iter().map(|untold| untold.kind).collect();
    assert!(untold.contains(&DeadlineKind::VehicleHoldExtension));
    assert!(untold.contains(&DeadlineKind::OffSiteReview));
}

#[test]
fn a_vehicle_that_is_held_keeps_its_case_open() {
    let mut desk = Desk::new(on("2025-03-14"));
    desk.up_to_service(3_500).paid("F-1", 3_500, 0);
    desk.facts.vehicle = Some(VehicleHold::Held {
        since: day("2025-03-14"),
        extended: false,
    });
    desk.lacks(&head(), &close(), CaseCondition::ChecklistComplete);
    desk.facts.vehicle = Some(VehicleHold::Released);
    desk.closed();
}
