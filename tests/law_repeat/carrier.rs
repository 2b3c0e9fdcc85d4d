//! Carriers: the share of the fleet.

use steelyard::law::{
    CarrierFacts, Consequence, DecidingAuthority, FleetDay, FleetSize, LeftOutReason, Standing,
    Threshold, carrier_share,
};

use crate::{
    carrier, case, counted, day, fleet_of, left_out, proposed, rules, rules_with, vehicles,
};

#[test]
fn ten_per_cent_of_the_fleet_exactly_does_not_exceed() {
    for (violating, fleet, exceeded) in [
        (1, 10, false),
        (1, 9, true),
        (3, 30, false),
        (3, 31, false),
        (3, 29, true),
        (4, 30, true),
        (2, 19, true),
        (2, 20, false),
        (2, 1, true),
    ] {
        let result = carrier(&vehicles(violating), &fleet_of(fleet));
        assert_eq!(result.exceeded(), exceeded, "{violating} of {fleet}");
        assert_eq!(result.count, violating as u64);
        assert_eq!(
            result.threshold,
            Some(Threshold::MoreThanShareBasisPoints(1_000))
        );
        assert_eq!(result.fleet.unwrap().vehicles, Some(fleet));
        let expected: &[Consequence] = if exceeded {
            &[Consequence::SuspendCarrier]
        } else {
            &[]
        };
        assert_eq!(proposed(&result), expected);
    }
}

#[test]
fn a_vehicle_of_the_carrier_counts_once() {
    let mut cases = vehicles(2);
    let mut again = case("C9", "2024-03-11");
    again.vehicle_plate = cases[0].vehicle_plate.clone();
    // The police handled the repeated act too.
    let mut police = again.clone();
    police.case_id = "P9".to_owned();
    police.authority = DecidingAuthority::Police;
    let mut unread = case("C10", "2024-03-12");
    unread.vehicle_plate = None;
    cases.extend([again, police, unread]);
    let result = carrier(&cases, &fleet_of(20));
    assert_eq!((result.count, result.exceeded()), (2, false));
    assert_eq!(counted(&result), ["C0", "C1"]);
    assert_eq!(
        left_out(&result),
        [
            ("C9", LeftOutReason::SameVehicle),
            ("P9", LeftOutReason::SameAct),
            ("C10", LeftOutReason::VehicleUnknown)
        ]
    );
    for number in [0, 1] {
        assert_eq!(result.left_out[number].counted_as.as_deref(), Some("C0"));
    }
    // Another case of an act whose plate was not read may name the vehicle.
    let mut read = case("P10", "2024-03-12");
    read.act_id = "act of C10".to_owned();
    cases.push(read);
    assert_eq!(carrier(&cases, &fleet_of(20)).count, 3);
}

#[test]
fn the_credit_list_asks_for_a_suspended_carrier() {
    let mut facts = fleet_of(10);
    facts.suspended = true;
    assert!(proposed(&carrier(&vehicles(1), &facts)).is_empty());
    let result = carrier(&vehicles(2), &facts);
    assert_eq!(
        proposed(&result),
        [Consequence::SuspendCarrier, Consequence::EnterCreditList]
    );
    assert!(result.proposals[1].article.zh().contains("第3项"));
}

#[test]
fn without_the_fleet_nothing_is_said_and_nothing_divided() {
    let none = CarrierFacts::default();
    let unknown = carrier(&vehicles(3), &none);
    assert_eq!(unknown.standing, Standing::FleetUnknown);
    assert!(!unknown.exceeded() && unknown.proposals.is_empty());
    assert_eq!(unknown.fleet.unwrap().day, day("2024-03-10"));
    assert_eq!(unknown.fleet.unwrap().vehicles, None);
    let zero = carrier(&vehicles(3), &fleet_of(0));
    assert_eq!(zero.standing, Standing::FleetZero);
    assert!(!zero.exceeded() && zero.proposals.is_empty());
    // No vehicle is no share of any fleet.
    for facts in [none, fleet_of(0)] {
        let result = carrier(&[], &facts);
        assert_eq!((result.standing, result.fleet), (Standing::Within, None));
    }
}

#[test]
fn the_day_on_which_the_fleet_is_counted_is_a_setting() {
    let facts = CarrierFacts {
        fleet: [("2024-04-10", 40), ("2024-02-10", 20), ("2024-05-20", 60)]
            .map(|(from, vehicles)| FleetSize {
                from: day(from),
                vehicles,
            })
            .to_vec(),
        suspended: false,
    };
    let mut cases = vehicles(2);
    cases[0].day_of_act = day("2024-02-10");
    // The latest act is one of a vehicle that counts already.
    let mut again = case("C9", "2024-04-10");
    again.vehicle_plate = cases[1].vehicle_plate.clone();
    // Neither an act of an unknown vehicle nor one outside of the window gives the day.
    let mut unread = case("C10", "2024-05-21");
    unread.vehicle_plate = None;
    cases.extend([again, unread, case("C11", "2024-06-02")]);
    for (name, fleet_day, on, size) in [
        ("latest_act", FleetDay::LatestAct, "2024-04-10", 40),
        ("first_act", FleetDay::FirstAct, "2024-02-10", 20),
        ("day_of_counting", FleetDay::DayOfCounting, "2024-06-01", 60),
    ] {
        let rules = rules_with(&[(
            "fleet_day = { value = \"latest_act\"",
            &format!("fleet_day = {{ value = \"{name}\""),
        )]);
        assert_eq!(rules.fleet_day(), fleet_day);
        let to = day("2024-06-01");
        let result = carrier_share(&cases, "carrier 1", &facts, to, &rules).unwrap();
        let fleet = result.fleet.unwrap();
        assert_eq!((fleet.day, fleet.vehicles), (day(on), Some(size)));
    }
    // The day before the first entry: not known.
    cases.truncate(1);
    cases[0].day_of_act = day("2024-02-09");
    assert_eq!(carrier(&cases, &facts).standing, Standing::FleetUnknown);
}

#[test]
fn two_sizes_of_a_fleet_from_one_day_are_refused() {
    let mut facts = fleet_of(10);
    facts.fleet.push(facts.fleet[0]);
    assert_eq!(carrier(&vehicles(1), &facts).standing, Standing::Within);
    facts.fleet.push(FleetSize {
        from: day("2020-01-01"),
        vehicles: 8,
    });
    let to = day("2024-06-01");
    let refused = carrier_share(&[], "carrier 1", &facts, to, &rules()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "fleet: from 2020-01-01 on it has both 8 and 10 vehicles; keep one entry for the day"
    );
}
