//! Held vehicles and the yard.

use super::super::*;
use super::world::*;
use crate::casework::document::DocumentKind;
use crate::law::Authority;
use crate::role::Role;
use crate::units::Micros;

#[test]
fn a_vehicle_is_held_thirty_days_and_thirty_more_and_no_longer() {
    let mut world = World::new();
    let over = world.over();
    let held = world.step(&over, hold(Authority::Transport));
    assert_eq!(held.state, InspectionState::Held);
    assert_eq!(held.course, InspectionState::Over);
    // 3 June + 30 days.
    assert_eq!(held.held_until().unwrap().to_string(), "2024-07-03");
    assert_eq!(held.index().held_until, held.held_until());
    let level = |inspection: &Inspection, now| inspection.hold_clock(now, 7).unwrap().level;
    assert_eq!(level(&held, world.now), HoldLevel::Running);
    world.days_later(23);
    assert_eq!(level(&held, world.now), HoldLevel::Near);
    world.days_later(7);
    assert_eq!(level(&held, world.now), HoldLevel::LastDay);
    let late = {
        let mut later = World::new();
        later.now = world.now.saturating_add(Micros::from_seconds(86_400));
        later.refused(&held, extend())
    };
    assert_eq!(
        late,
        Refusal::HoldRunOut {
            last_day: held.held_until().unwrap()
        }
    );
    // Only the head extends.
    assert!(matches!(
        world.attempt(&held, &extend(), Role::Operator),
        Err(Refusal::NotPermitted { .. })
    ));
    let extended = world.step(&held, extend());
    assert_eq!(extended.held_until().unwrap().to_string(), "2024-08-02");
    assert_eq!(
        world.refused(&extended, extend()),
        Refusal::ExtendedAlready {
            number: text("延〔2024〕1号"),
            last_day: extended.held_until().unwrap(),
        }
    );
    world.days_later(31);
    let clock = extended.hold_clock(world.now, 7).unwrap();
    assert_eq!((clock.level, clock.days_left), (HoldLevel::RunOut, -1));
    let lifted = world.step(&extended, lift());
    assert_eq!(lifted.state, InspectionState::Over);
    assert_eq!(lifted.hold_clock(world.now, 7), None);
    world.days_later(5);
    // The same authority can't start its time anew, the other one has its own.
    assert!(matches!(
        world.refused(&lifted, hold(Authority::Transport)),
        Refusal::HeldBefore { .. }
    ));
    let police = world.step(&lifted, hold(Authority::Police));
    assert_eq!(police.state, InspectionState::Held);
    let kinds: Vec<_> = police.documents.iter().map(|paper| paper.kind).collect();
    assert_eq!(
        kinds,
        [
            DocumentKind::CoerciveMeasure,
            DocumentKind::CoerciveMeasureExtended,
            DocumentKind::CoerciveMeasureLifted,
            DocumentKind::PoliceMeasure,
        ]
    );
}

#[test]
fn the_end_of_a_hold_is_right_over_a_leap_day_and_over_the_year() {
    for (from, last, extended) in [
        ("2024-02-10T02:00:00Z", "2024-03-11", "2024-04-10"),
        ("2023-02-10T02:00:00Z", "2023-03-12", "2023-04-11"),
        ("2025-12-20T02:00:00Z", "2026-01-19", "2026-02-18"),
        // 16:30Z is the next day in Beijing.
        ("2024-06-03T16:30:00Z", "2024-07-04", "2024-08-03"),
    ] {
        let mut world = World::new();
        world.now = Micros::from_rfc3339(from).unwrap();
        let over = world.over();
        let held = world.step(&over, hold(Authority::Transport));
        let held = world.step(&held, extend());
        let ends: Vec<_> = held
            .measures
            .iter()
            .map(|record| match &record.what {
                Measure::Placed(placed) => placed.last_day.to_string(),
                Measure::Extended(extension) => extension.last_day.to_string(),
                Measure::Lifted(_) => String::new(),
            })
            .collect();
        assert_eq!(ends, [last, extended], "{from}");
    }
}

#[test]
fn without_the_law_at_hand_nothing_is_held() {
    let mut world = World::new();
    let over = world.over();
    let facts = Facts {
        table: None,
        ..world.facts()
    };
    let held = apply(
        &over,
        &hold(Authority::Transport),
        &actor(Role::Supervisor),
        &facts,
        world.now,
    );
    assert_eq!(held, Err(Refusal::HoldClockUnknown));
}

#[test]
fn a_held_vehicle_is_unloaded_and_weighed_and_leaves_only_once_the_hold_is_lifted() {
    let mut world = World::new();
    let over = world.over();
    let held = world.step(&over, hold(Authority::Transport));
    let held = world.step(&held, sheet());
    let held = world.step(&held, call_police());
    let held = world.step(&held, transfer(&[74_000]));
    assert_eq!(
        (held.state, held.course),
        (InspectionState::Held, InspectionState::Unloading)
    );
    let held = world.reweigh(&held, 32_220);
    assert_eq!(
        (held.state, held.course),
        (InspectionState::Held, InspectionState::Cleared)
    );
    // Beneath the hold the course counts: nothing is unloaded from a cleared vehicle.
    assert_eq!(
        world.refused(&held, begin_unloading()),
        Refusal::NotHere {
            step: InspectionStep::BeginUnloading,
            state: InspectionState::Cleared,
        }
    );
    let number = text("扣〔2024〕transport");
    assert_eq!(world.refused(&held, release()), Refusal::Held { number });
    assert!(matches!(
        world.refused(&held, let_through(LetThroughReason::Emergency)),
        Refusal::Held { .. }
    ));
    let lifted = world.step(&held, lift());
    assert_eq!(lifted.state, InspectionState::Cleared);
    let released = world.step(&lifted, release());
    assert_eq!(released.state, InspectionState::Released);
}

#[test]
fn the_police_take_a_vehicle_that_the_station_does_not_hold() {
    let mut world = World::new();
    let over = world.over();
    let take = || {
        InspectionAction::VehicleToPolice(VehicleToPolice {
            receipt: text("凭证9"),
            to: text("交警大队"),
        })
    };
    let held = world.step(&over, hold(Authority::Transport));
    assert!(matches!(world.refused(&held, take()), Refusal::Held { .. }));
    let by_police = world.step(&over, hold(Authority::Police));
    let taken = world.step(&by_police, take());
    assert_eq!(taken.state, InspectionState::TakenOver);
    assert_eq!(taken.index().held_until, None);
}

#[test]
fn goods_in_the_yard_are_counted_in_and_out() {
    let mut world = World::new();
    let over = world.over();
    let place = InspectionAction::Place(Place {
        place: text("停车区3"),
        keeper: text("保管员"),
        note: None,
    });
    let here = world.step(&over, place);
    assert_eq!(here.index().yard_place.as_deref(), Some("停车区3"));
    let here = world.step(&here, sheet());
    let here = world.step(&here, call_police());
    let here = world.step(&here, begin_unloading());
    let here = world.step(&here, stored("保1", 60_000));
    let here = world.step(&here, stored("保2", 13_960));
    assert_eq!(
        world.refused(&here, stored("保1", 1)),
        Refusal::ReceiptUsed {
            receipt: text("保1")
        }
    );
    assert_eq!(
        world.refused(&here, collected("保1", 60_001, None)),
        Refusal::GoodsNotThere {
            receipt: text("保1"),
            wanted_kg: kg(60_001),
            left_kg: kg(60_000),
        }
    );
    assert!(matches!(
        world.refused(&here, collected("保9", 1, None)),
        Refusal::GoodsNotThere { .. }
    ));
    // Not back onto the vehicle while it stands here.
    assert_eq!(
        world.refused(&here, collected("保2", 13_960, Some(PLATE))),
        Refusal::BackOntoVehicle { plate: text(PLATE) }
    );
    let here = world.step(&here, collected("保1", 40_000, Some("晋D20001")));
    assert_eq!(here.index().goods_left_kg, kg(33_960));
    let here = world.reweigh(&here, 32_220);
    assert_eq!(here.mass_moved(kg(0)).unwrap().difference_kg, kg(0));
    let gone = world.step(&here, release());
    // The vehicle has left its place, the goods lie there still and are collected later.
    assert_eq!(gone.yard_place(), None);
    assert_eq!(gone.index().goods_left_kg, kg(33_960));
    let gone = world.step(&gone, collected("保1", 20_000, None));
    let gone = world.step(&gone, collected("保2", 13_960, None));
    assert_eq!(gone.index().goods_left_kg, kg(0));
}
