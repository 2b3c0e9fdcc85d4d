//! The four penalties: thresholds propose, people decide, what falls lapses.

use std::collections::BTreeSet;

use super::super::lists::TrackKind;
use super::super::*;
use super::support::*;
use crate::casework::case_file::{CaseFile, TrackState};
use crate::casework::machine::Machine;
use crate::casework::procedure::track::TrackAction;
use crate::law::{
    CarrierFacts, Consequence, FleetSize, OffenceKind, RepeatCount, Standing, carrier_share,
    driver_repeats, vehicle_repeats,
};
use crate::units::Yuan;

const WHO: [&str; 3] = ["晋A12345", "D-1", "C-1"];

/// The counters of the parties of [`WHO`] over some cases, as of a day.
fn counts(cases: &[&CaseFile], to: chrono::NaiveDate) -> Counts {
    let mut ledger = Ledger::default();
    for case in cases {
        ledger.record(case);
    }
    let rows = ledger.rows();
    let rules = TABLES.in_force(to).unwrap().repeat().unwrap();
    Counts {
        vehicle: Some(vehicle_repeats(&rows, WHO[0], to, rules).unwrap()),
        driver: Some(driver_repeats(&rows, WHO[1], to, rules).unwrap()),
        carrier: Some(carrier_share(&rows, WHO[2], &fleet(20), to, rules).unwrap()),
        loading_source: None,
        listed_from: None,
    }
}

fn fleet(vehicles: u32) -> CarrierFacts {
    CarrierFacts {
        fleet: vec![FleetSize {
            from: day("2020-01-01"),
            vehicles,
        }],
        suspended: false,
    }
}

/// Four cases of one vehicle in one year.
fn four() -> Vec<Desk> {
    ["2025-01-10", "2025-02-10", "2025-03-10", "2025-04-10"]
        .iter()
        .enumerate()
        .map(|(index, at)| closed_case(&format!("p{index}"), day(at), WHO))
        .collect()
}

fn files(desks: &[Desk]) -> Vec<&CaseFile> {
    desks.iter().map(|desk| &desk.case).collect()
}

#[test]
pub fn the_fourth_of_a_year_opens_a_proposal_the_third_does_not() {
    let desks = four();
    let to = day("2025-04-10");
    let three = counts(&files(&desks[..3]), to);
    assert_eq!(roll(&desks[2].case, &three, noon(to)), None);
    let all = counts(&files(&desks), to);
    let rolled = roll(&desks[3].case, &all, noon(to)).unwrap();
    assert_eq!(rolled.tracks.vehicle.state, TrackState::Proposed);
    assert_eq!(rolled.tracks.driver.state, TrackState::Proposed);
    // One vehicle of twenty is no tenth of the fleet.
    assert_eq!(rolled.tracks.carrier.state, TrackState::Counted);
    let proposal = rolled.tracks.vehicle.proposal.as_ref().unwrap();
    assert_eq!(proposal.consequence, Consequence::RevokeVehicleLicence);
    assert_eq!(proposal.case_ids.len(), 4);
    // The one that made it so carries it, and once is enough.
    assert_eq!(roll(&desks[0].case, &all, noon(to)), None);
    assert_eq!(roll(&rolled, &all, noon(to)), None);
}

#[test]
pub fn more_than_a_tenth_of_the_fleet() {
    // Two of twenty vehicles are a tenth, three are more.
    let to = day("2025-04-10");
    let desks: Vec<Desk> = ["晋A00001", "晋A00002", "晋A00003"]
        .iter()
        .enumerate()
        .map(|(index, plate)| {
            closed_case(
                &format!("p{index}"),
                day(&format!("2025-03-1{index}")),
                [plate, "D", "C-1"],
            )
        })
        .collect();
    let two = counts(&files(&desks[..2]), to);
    assert_eq!(two.carrier.as_ref().unwrap().standing, Standing::Within);
    assert_eq!(roll(&desks[1].case, &two, noon(to)), None);
    let three = counts(&files(&desks), to);
    let rolled = roll(&desks[2].case, &three, noon(to)).unwrap();
    assert_eq!(rolled.tracks.carrier.state, TrackState::Proposed);
    let proposal = rolled.tracks.carrier.proposal.as_ref().unwrap();
    assert_eq!(proposal.consequence, Consequence::SuspendCarrier);
}

#[test]
pub fn an_annulled_case_falls_out_and_the_proposal_lapses() {
    let mut desks = four();
    let to = day("2025-04-10");
    let all = counts(&files(&desks), to);
    desks[3].case = roll(&desks[3].case, &all, noon(to)).unwrap();
    let on = day("2025-04-20");
    desks[1].to(on).does(&head(), annul(AnnulledBy::Court, on));
    assert!(
        desks[1]
            .case
            .tracks
            .all()
            .all(|(_, track)| track.state == TrackState::Dropped)
    );
    let less = counts(&files(&desks), on);
    assert_eq!(less.vehicle.as_ref().unwrap().count, 3);
    let rolled = roll(&desks[3].case, &less, noon(on)).unwrap();
    assert_eq!(rolled.tracks.vehicle.state, TrackState::Lapsed);
    assert_eq!(rolled.tracks.driver.state, TrackState::Lapsed);
    // Another one after that crosses the threshold again.
    let fifth = closed_case("p5", day("2025-05-10"), WHO);
    desks[3].case = rolled;
    desks.push(fifth);
    let again = counts(&files(&desks), day("2025-05-10"));
    let rolled = roll(&desks[4].case, &again, noon(day("2025-05-10"))).unwrap();
    assert_eq!(rolled.tracks.vehicle.state, TrackState::Proposed);
    assert_eq!(roll(&desks[3].case, &again, noon(day("2025-05-10"))), None);
}

#[test]
pub fn a_proposal_that_lapses_is_made_anew_where_other_cases_make_the_year_as_full() {
    let mut desks = four();
    let to = day("2025-04-10");
    let all = counts(&files(&desks), to);
    desks[3].case = roll(&desks[3].case, &all, noon(to)).unwrap();
    // A year on one falls out; another of that year was closed in the meantime, of an act before the latest.
    let on = day("2026-03-01");
    desks[1].to(on).does(&head(), annul(AnnulledBy::Court, on));
    desks.push(closed_case("p5", day("2025-01-20"), WHO));
    let (today, then) = (counts(&files(&desks), on), counts(&files(&desks), to));
    let (today, then) = (today.vehicle.unwrap(), then.vehicle.unwrap());
    assert_eq!((today.count, then.count), (2, 4));
    let own: BTreeSet<&str> = desks.iter().map(|desk| &*desk.case.case_id).collect();
    let listed_from = day("2024-01-01");
    let both = PartyCounts::new(&today, Some(&then), &own, listed_from);
    let rolled = roll_track(&desks[3].case, TrackKind::Vehicle, &both, noon(on)).unwrap();
    let track = &rolled.tracks.vehicle;
    assert_eq!(track.state, TrackState::Proposed);
    let basis: Vec<&str> = track.basis.iter().map(|one| &*one.case_id).collect();
    let [fallen, new] = [1, 4].map(|index: usize| &*desks[index].case.case_id);
    assert!(
        !basis.contains(&fallen) && basis.contains(&new),
        "{basis:?}"
    );
    // Nothing is left for the next roll.
    assert_eq!(
        roll_track(&rolled, TrackKind::Vehicle, &both, noon(on)),
        None
    );
}

#[test]
pub fn time_that_passes_takes_nothing_back() {
    // There was such a year; that today's has begun later changes nothing.
    let mut desks = four();
    let to = day("2025-04-10");
    let all = counts(&files(&desks), to);
    desks[3].case = roll(&desks[3].case, &all, noon(to)).unwrap();
    let later = day("2026-03-01");
    let fewer = counts(&files(&desks), later);
    assert_eq!(fewer.vehicle.as_ref().unwrap().standing, Standing::Within);
    assert_eq!(roll(&desks[3].case, &fewer, noon(later)), None);
    // An annulment then does.
    desks[0]
        .to(later)
        .does(&head(), annul(AnnulledBy::Own, later));
    let fewer = counts(&files(&desks), later);
    let rolled = roll(&desks[3].case, &fewer, noon(later)).unwrap();
    assert_eq!(rolled.tracks.vehicle.state, TrackState::Lapsed);
}

fn change(track: TrackKind, change: TrackStep) -> CaseAction {
    CaseAction::Track { track, change }
}

fn on_vehicle(step: TrackStep) -> CaseAction {
    change(TrackKind::Vehicle, step)
}

/// The fourth case with its proposals, on 10 April 2025.
fn proposed() -> (Vec<Desk>, Desk) {
    let mut desks = four();
    let to = day("2025-04-10");
    let all = counts(&files(&desks), to);
    let mut desk = desks.pop().unwrap();
    desk.case = roll(&desk.case, &all, desk.now).unwrap();
    desk.facts.counts = all;
    (desks, desk)
}

fn told(on: chrono::NaiveDate) -> TrackStep {
    TrackStep::Notify {
        number: "告〔2025〕9号".into(),
        on,
    }
}

fn revoked(on: chrono::NaiveDate) -> TrackStep {
    TrackStep::Decide {
        number: "吊〔2025〕1号".into(),
        on,
        fine_yuan: Yuan::ZERO,
        reason: "1年内超过3次".into(),
    }
}

#[test]
pub fn a_licence_is_revoked_only_after_its_party_could_be_heard() {
    let (mut others, mut desk) = proposed();
    let on = desk.today();
    // The officer does not decide, nor does anybody before the party was told.
    assert!(matches!(
        desk.refused(&head(), &on_vehicle(revoked(on))),
        Refusal::TrackNotInState { .. }
    ));
    desk.does(&mobile(), on_vehicle(told(on)));
    assert!(matches!(
        desk.refused(&mobile(), &on_vehicle(revoked(on))),
        Refusal::NotPermitted { .. }
    ));
    assert!(matches!(
        desk.refused(&head(), &on_vehicle(revoked(on))),
        Refusal::Invalid { .. }
    ));
    desk.does(&mobile(), on_vehicle(TrackStep::AskHearing { on }));
    desk.wait(30);
    let on = desk.today();
    assert!(matches!(
        desk.refused(&head(), &on_vehicle(revoked(on))),
        Refusal::Invalid { .. }
    ));
    desk.does(&mobile(), on_vehicle(TrackStep::HoldHearing { on }));
    desk.does(&head(), on_vehicle(revoked(on)));
    desk.does(
        &mobile(),
        on_vehicle(TrackStep::Execute {
            on,
            text: "证已收回".into(),
        }),
    );
    let track = &desk.case.tracks.vehicle;
    assert_eq!(track.state, TrackState::Executed);
    assert_eq!(track.decision_number.as_deref(), Some("吊〔2025〕1号"));
    // A case it rests on is annulled: nothing changes by itself, a person is made to look.
    let when = desk.today();
    others[0]
        .to(when)
        .does(&head(), annul(AnnulledBy::Court, when));
    let mut all = files(&others);
    all.push(&desk.case);
    let fell = counts(&all, when);
    desk.case = roll(&desk.case, &fell, desk.now).unwrap();
    assert!(desk.case.tracks.vehicle.basis_fell);
    assert_eq!(desk.case.tracks.vehicle.state, TrackState::Executed);
    let revoke = TrackStep::Revoke {
        number: "撤〔2025〕1号".into(),
        on: when,
        reason: "计次依据已撤销".into(),
    };
    desk.does(&head(), on_vehicle(revoke));
    assert_eq!(desk.case.tracks.vehicle.state, TrackState::Lapsed);
}

#[test]
pub fn a_hearing_is_asked_for_within_five_working_days() {
    let (_, mut desk) = proposed();
    // Thursday 10 April: five working days end on Thursday 17 April.
    let on = desk.today();
    desk.does(&mobile(), on_vehicle(told(on)));
    desk.to(day("2025-04-17"));
    assert!(matches!(
        desk.refused(&head(), &on_vehicle(revoked(day("2025-04-17")))),
        Refusal::Invalid { .. }
    ));
    desk.to(day("2025-04-18"));
    let late = TrackStep::AskHearing {
        on: day("2025-04-18"),
    };
    assert!(matches!(
        desk.refused(&mobile(), &on_vehicle(late)),
        Refusal::Invalid { .. }
    ));
    desk.does(&head(), on_vehicle(revoked(day("2025-04-18"))));
}

#[test]
pub fn a_person_may_decline_and_the_competent_authority_may_get_it() {
    let (_, mut desk) = proposed();
    let reason = "其中一次系误认".to_owned();
    desk.does(
        &head(),
        on_vehicle(TrackStep::Decline {
            reason: reason.clone(),
        }),
    );
    assert_eq!(desk.case.tracks.vehicle.state, TrackState::Declined);
    // Proposed again only while the counter bears it out.
    let again = TrackStep::Propose {
        offence: None,
        reason,
    };
    let counts = std::mem::take(&mut desk.facts.counts);
    assert!(matches!(
        desk.refused(&mobile(), &on_vehicle(again.clone())),
        Refusal::Invalid { .. }
    ));
    desk.facts.counts = counts;
    desk.does(&mobile(), on_vehicle(again));
    let refer = TrackStep::Refer {
        authority: "车籍所在地道路运输管理机构".into(),
        number: "函〔2025〕3号".into(),
        on: desk.today(),
    };
    desk.does(&mobile(), on_vehicle(refer));
    assert_eq!(desk.case.tracks.vehicle.state, TrackState::Referred);
}

#[test]
pub fn the_source_is_found_out_by_a_person() {
    let mut desk = Desk::new(opened("p1", day("2025-03-14"), 7_640));
    desk.reviewed().filed(Procedure::Ordinary).parties();
    let propose = |offence| {
        change(
            TrackKind::LoadingSource,
            TrackStep::Propose {
                offence,
                reason: "装载单显示超限装载并指使驾驶员".into(),
            },
        )
    };
    assert!(matches!(
        desk.refused(&mobile(), &propose(None)),
        Refusal::Invalid {
            field: "offence",
            ..
        }
    ));
    desk.does(&mobile(), propose(Some(OffenceKind::Instigation)));
    let on = desk.today();
    let step = |step| change(TrackKind::LoadingSource, step);
    desk.does(&mobile(), step(told(on)));
    desk.does(&mobile(), step(TrackStep::WaiveHearing { on }));
    let fined = |fine| {
        step(TrackStep::Decide {
            number: "罚〔2025〕8号".into(),
            on,
            fine_yuan: Yuan::new(fine),
            reason: "指使超限运输".into(),
        })
    };
    // Up to 30000 yuan (Regulations art. 68).
    assert!(matches!(
        desk.refused(&head(), &fined(30_001)),
        Refusal::Invalid {
            field: "fine_yuan",
            ..
        }
    ));
    desk.does(&head(), fined(30_000));
    assert_eq!(
        desk.case.tracks.loading_source.fine_yuan,
        Some(Yuan::new(30_000))
    );
}

#[test]
pub fn a_track_without_a_party_is_accounted_for_before_closing() {
    let mut desk = Desk::new(opened("p1", day("2025-03-14"), 7_640));
    desk.reviewed().filed(Procedure::Ordinary);
    desk.does(&mobile(), party(TrackKind::Vehicle, "晋A12345"));
    desk.investigated()
        .notified(3_500)
        .answered()
        .decided(3_500)
        .decision_served();
    desk.paid("F-1", 3_500, 0);
    desk.lacks(&head(), &close(), CaseCondition::ChecklistComplete);
    let none = |reason, note: Option<&str>| TrackStep::SetNotApplicable {
        reason,
        note: note.map(str::to_owned),
    };
    let other = none(NotApplicableReason::Other, None);
    assert!(matches!(
        desk.refused(&mobile(), &change(TrackKind::Driver, other)),
        Refusal::Invalid { field: "note", .. }
    ));
    for track in [
        TrackKind::Driver,
        TrackKind::Carrier,
        TrackKind::LoadingSource,
    ] {
        desk.does(
            &mobile(),
            change(track, none(NotApplicableReason::Unidentified, None)),
        );
    }
    // Found after all.
    desk.does(
        &mobile(),
        change(
            TrackKind::Carrier,
            TrackStep::Reopen {
                reason: "已查明".into(),
            },
        ),
    );
    assert_eq!(desk.case.tracks.carrier.state, TrackState::PartyUnknown);
    desk.does(&mobile(), party(TrackKind::Carrier, "C-1"))
        .closed();
    let row = counted(&desk.case).unwrap();
    assert_eq!(
        (row.driver_id, row.carrier_id.as_deref()),
        (None, Some("C-1"))
    );
}

#[test]
pub fn a_count_of_somebody_else_moves_nothing() {
    let desks = four();
    let to = day("2025-04-10");
    let mut all = counts(&files(&desks), to);
    let wrong = |count: &mut Option<RepeatCount>| {
        count.as_mut().unwrap().subject_id = "晋B99999".into();
    };
    wrong(&mut all.vehicle);
    wrong(&mut all.driver);
    assert_eq!(roll(&desks[3].case, &all, noon(to)), None);
}

#[test]
pub fn every_state_of_a_track_can_be_reached_and_left_or_ends_it() {
    let ends = [
        TrackState::Executed,
        TrackState::Referred,
        TrackState::Dropped,
    ];
    let mut reached = vec![TrackState::PartyUnknown];
    loop {
        let rows = TrackMachine::TRANSITIONS.iter();
        let next: Vec<TrackState> = rows
            .filter(|row| row.from.iter().any(|state| reached.contains(state)))
            .flat_map(|row| row.to.iter().copied())
            .filter(|state| !reached.contains(state))
            .collect();
        if next.is_empty() {
            break;
        }
        reached.extend(next);
    }
    for state in TrackState::ALL {
        assert!(reached.contains(state), "{state:?} is never reached");
        let left = TrackMachine::TRANSITIONS
            .iter()
            .any(|row| row.from.contains(state) && row.to.iter().any(|to| to != state));
        assert!(left || ends.contains(state), "{state:?} is never left");
    }
    for action in TrackAction::ALL {
        let mut rows = TrackMachine::TRANSITIONS.iter();
        assert!(
            rows.any(|row| row.action == *action),
            "{action:?} has no row"
        );
    }
}

#[test]
pub fn a_party_that_is_found_out_later_is_the_one_that_counts() {
    let mut desk = closed_case("p1", day("2025-03-14"), WHO);
    desk.does(&mobile(), party(TrackKind::Carrier, "C-2"));
    assert_eq!(desk.case.tracks.carrier.state, TrackState::Counted);
    assert_eq!(
        counted(&desk.case).unwrap().carrier_id.as_deref(),
        Some("C-2")
    );
}
