//! Counters over many cases: what they hold is what a recount gives, whatever happened.

use std::collections::BTreeSet;

use chrono::{Days, Months, NaiveDate};
use proptest::prelude::*;

use super::super::*;
use super::support::*;
use crate::casework::case_file::CaseFile;
use crate::casework::case_state::CaseState;
use crate::law::{Assessment, DecisionState, carrier_share, driver_repeats, vehicle_repeats};
use crate::units::Yuan;

const PLATES: [&str; 3] = ["晋A00001", "晋A00002", "晋A00003"];
const DRIVERS: [&str; 2] = ["D-1", "D-2"];

#[derive(Debug, Clone)]
enum Event {
    /// A case of a plate and driver, so many days after the first, is closed.
    Close {
        plate: usize,
        driver: usize,
        after: u64,
    },
    /// Or goes no further than its decision.
    Decide { plate: usize, after: u64 },
    /// A case is decided by the police, and closed.
    Police { plate: usize, after: u64 },
    /// One of the cases is annulled.
    Annul(usize),
    /// Against one that is closed a remedy is begun, and ends somehow.
    Remedy { which: usize, outcome: usize },
    /// The police's decision in one of the cases falls, and may be taken up.
    PoliceFall { which: usize, taken_up: bool },
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (0..3_usize, 0..2_usize, 0..500_u64)
            .prop_map(|(plate, driver, after)| Event::Close { plate, driver, after }),
        1 => (0..3_usize, 0..500_u64).prop_map(|(plate, after)| Event::Decide { plate, after }),
        1 => (0..3_usize, 0..500_u64).prop_map(|(plate, after)| Event::Police { plate, after }),
        1 => (0..20_usize).prop_map(Event::Annul),
        2 => (0..20_usize, 0..6_usize)
            .prop_map(|(which, outcome)| Event::Remedy { which, outcome }),
        1 => (0..20_usize, any::<bool>())
            .prop_map(|(which, taken_up)| Event::PoliceFall { which, taken_up }),
    ]
}

fn start() -> NaiveDate {
    day("2024-01-15")
}

fn made(event: &Event, index: usize, cases: &mut Vec<Desk>) -> Option<usize> {
    let at = |after: u64| start().checked_add_days(Days::new(after)).unwrap();
    match event {
        Event::Close {
            plate,
            driver,
            after,
        } => {
            let who = [PLATES[*plate], DRIVERS[*driver], "C-1"];
            cases.push(closed_case(&format!("p{index}"), at(*after), who));
            Some(cases.len() - 1)
        }
        Event::Decide { plate, after } => {
            let mut desk = Desk::new(opened(&format!("p{index}"), at(*after), 7_640));
            desk.reviewed()
                .filed(Procedure::Ordinary)
                .parties_of(PLATES[*plate], "D-1", "C-1");
            desk.investigated()
                .notified(3_500)
                .answered()
                .decided(3_500);
            cases.push(desk);
            Some(cases.len() - 1)
        }
        Event::Police { plate, after } => {
            let mut desk = Desk::new(opened(&format!("p{index}"), at(*after), 7_640));
            desk.reviewed().parties_of(PLATES[*plate], "D-1", "C-1");
            let unit = "交警大队".to_owned();
            desk.does(&mobile(), CaseAction::HandToPolice { unit });
            let decision = CaseAction::PoliceDecision {
                number: format!("公交决{index}号"),
                on: desk.today(),
                fine_yuan: Yuan::new(1_000),
                points: 3,
                over_limit_on_own_weighing: Some(true),
                text: String::new(),
            };
            desk.does(&police(), decision).closed();
            cases.push(desk);
            Some(cases.len() - 1)
        }
        Event::Remedy { which, outcome } => {
            let which = which.checked_rem(cases.len())?;
            let desk = &mut cases[which];
            let decided = desk.case.course.decided_yuan();
            if desk.case.state != CaseState::Closed || desk.case.course.decision.is_none() {
                return None;
            }
            let on = desk.today();
            desk.does(&mobile(), start_remedy(RemedyKind::Reconsideration, on));
            let mut outcome = RemedyOutcome::ALL[*outcome];
            if outcome == RemedyOutcome::Changed && decided <= Yuan::new(2_000) {
                outcome = RemedyOutcome::Upheld;
            }
            let to = (outcome == RemedyOutcome::Changed).then_some(2_000);
            desk.does(&head(), end_remedy(outcome, on, to));
            Some(which)
        }
        Event::PoliceFall { which, taken_up } => {
            let which = which.checked_rem(cases.len())?;
            let desk = &mut cases[which];
            let stands = desk.case.course.police_decision().is_some();
            if !stands || desk.case.state != CaseState::Closed {
                return None;
            }
            let on = desk.today();
            desk.does(&police(), annul_police(on, false));
            if *taken_up {
                desk.does(&head(), take_up());
            }
            Some(which)
        }
        Event::Annul(which) => {
            let which = which.checked_rem(cases.len())?;
            let desk = &mut cases[which];
            if desk.case.course.decision.is_none() || desk.case.state == CaseState::Annulled {
                return None;
            }
            let on = desk.today();
            desk.does(&head(), annul(AnnulledBy::Review, on));
            Some(which)
        }
    }
}

/// What a person with a pencil counts: acts of closed cases in the year that ends on a day.
fn by_hand<'a>(
    cases: &'a [Desk],
    to: NaiveDate,
    subject: impl Fn(&'a CaseFile) -> Option<&'a str>,
    id: &str,
) -> usize {
    let before = to.checked_sub_months(Months::new(12)).unwrap();
    let acts: BTreeSet<&str> = cases
        .iter()
        .map(|desk| &desk.case)
        .filter(|case| case.state == CaseState::Closed)
        .filter(|case| {
            let mut ends = case
                .course
                .remedies
                .iter()
                .filter_map(|one| one.end.as_ref());
            !ends.any(|end| end.outcome == RemedyOutcome::IllegalConfirmed)
        })
        .filter(|case| {
            let act = case.act_at.beijing_day();
            before < act && act <= to
        })
        .filter(|case| subject(case) == Some(id))
        .map(CaseFile::act_id)
        .collect();
    acts.len()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn counters_equal_a_recount(
        events in prop::collection::vec(event(), 1..14),
        ahead in 0..900_u64,
    ) {
        let mut cases: Vec<Desk> = Vec::new();
        let mut ledger = Ledger::default();
        for (index, event) in events.iter().enumerate() {
            if let Some(which) = made(event, index, &mut cases) {
                ledger.record(&cases[which].case);
            }
            // Row by row it is what it is from scratch.
            let mut scratch = Ledger::default();
            for desk in &cases {
                scratch.record(&desk.case);
            }
            prop_assert_eq!(&ledger, &scratch);
        }
        let to = start().checked_add_days(Days::new(ahead)).unwrap();
        let rows = ledger.rows();
        let rules = TABLES.in_force(to).unwrap().repeat().unwrap();
        for plate in PLATES {
            let count = vehicle_repeats(&rows, plate, to, rules).unwrap();
            let expected = by_hand(&cases, to, |case| case.tracks.vehicle.counted_id(), plate);
            prop_assert_eq!(count.count, expected as u64);
            prop_assert_eq!(count.exceeded(), expected > 3);
        }
        for driver in DRIVERS {
            let count = driver_repeats(&rows, driver, to, rules).unwrap();
            let expected = by_hand(&cases, to, |case| case.tracks.driver.counted_id(), driver);
            prop_assert_eq!(count.count, expected as u64);
        }
        let share = carrier_share(&rows, "C-1", &crate::law::CarrierFacts::default(), to, rules).unwrap();
        let vehicles = PLATES
            .iter()
            .filter(|plate| by_hand(&cases, to, |case| case.tracks.vehicle.counted_id(), plate) > 0)
            .count();
        prop_assert_eq!(share.count, vehicles as u64);
        // What is annulled is still shown, and why it does not count.
        for desk in cases.iter().filter(|desk| desk.case.state == CaseState::Annulled) {
            prop_assert_eq!(counted(&desk.case).unwrap().state, DecisionState::Annulled);
        }
    }
}

#[test]
fn the_fourth_violation_in_twelve_months_of_the_reference() {
    // CASE-14: 4-axle articulated train, 47.5 t on 36 t: 5500 yuan.
    let text = include_str!("../../../../fixtures/law/cases.jsonl");
    let line = text.lines().find(|line| line.contains("CASE-14")).unwrap();
    let mut given: serde_json::Value = serde_json::from_str(line).unwrap();
    let members = given.as_object_mut().unwrap();
    members.remove("title");
    members.remove("expect");
    let assessment: Assessment = serde_json::from_value(given).unwrap();
    let mut case = opened("p4", assessment.day, 1_001);
    case.judgement = of(&assessment);
    let mut desk = Desk::new(case);
    desk.reviewed()
        .filed(Procedure::Ordinary)
        .parties()
        .investigated();
    desk.notified(5_500)
        .answered()
        .decided(5_500)
        .decision_served();
    assert_eq!(
        desk.case.course.decision.as_ref().unwrap().yuan,
        Yuan::new(5_500)
    );
    desk.paid("F-1", 5_500, 0).closed();
    let before = ["2023-07-01", "2023-11-01", "2024-02-01"];
    let mut rows: Vec<_> = before
        .iter()
        .enumerate()
        .map(|(index, at)| {
            counted(&closed_case(&format!("p{index}"), day(at), ["晋A12345", "D-1", "C-1"]).case)
                .unwrap()
        })
        .collect();
    let to = assessment.day;
    let rules = TABLES.in_force(to).unwrap().repeat().unwrap();
    assert!(
        !vehicle_repeats(&rows, "晋A12345", to, rules)
            .unwrap()
            .exceeded()
    );
    rows.push(counted(&desk.case).unwrap());
    let count = vehicle_repeats(&rows, "晋A12345", to, rules).unwrap();
    assert!(count.exceeded() && count.count == 4);
    desk.facts.counts.vehicle = Some(count);
    let rolled = roll(&desk.case, &desk.facts.counts, desk.now).unwrap();
    assert_eq!(rolled.tracks.vehicle.proposal.unwrap().case_ids.len(), 4);
}
