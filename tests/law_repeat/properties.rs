//! Laws that every repeat count must keep, on random lists of cases, and a second, plain count.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use chrono::{Datelike, Days, NaiveDate};
use proptest::prelude::*;
use steelyard::law::{
    CarrierFacts, CountedAct, CountedCase, DecidingAuthority, DecisionOutcome, DecisionState,
    FleetSize, LawTables, RepeatCount, RepeatRules, RepeatWindow, carrier_share, driver_repeats,
    source_instigations, vehicle_first_exceeded, vehicle_repeats,
};
use steelyard::units::Yuan;

/// The rules as published, and with every setting turned.
static RULES: LazyLock<[RepeatRules; 2]> = LazyLock::new(|| {
    let text = LawTables::embedded_texts()[0].1;
    let turned = text
        .replace("value = \"rolling_year\"", "value = \"calendar_year\"")
        .replace("value = \"latest_act\"", "value = \"day_of_counting\"")
        .replace(
            "warning_counts = { value = true",
            "warning_counts = { value = false",
        )
        .replace(
            "unpunished_counts = { value = false",
            "unpunished_counts = { value = true",
        );
    [text, &turned].map(|text| {
        let tables = LawTables::parse(&[("t", text)]).unwrap();
        tables.all()[0].repeat().unwrap().clone()
    })
});

fn day(offset: u64) -> NaiveDate {
    let start = NaiveDate::from_ymd_opt(2022, 12, 25).unwrap();
    start.checked_add_days(Days::new(offset)).unwrap()
}

/// What an act is the same in all of its cases: day, vehicle, driver, carrier. Few of each, so
/// that thresholds are met on both sides; days gather at the borders of a year.
fn act() -> impl Strategy<Value = (NaiveDate, u8, u8, u8)> {
    let offset = prop_oneof![
        0_u64..800,
        (0_u64..3, 0_u64..2).prop_map(|(near, year)| 60 + near + 365 * year)
    ];
    (offset, 0..3_u8, 0..2_u8, 0..2_u8)
        .prop_map(|(offset, vehicle, driver, carrier)| (day(offset), vehicle, driver, carrier))
}

/// Whether something is known, and whether it is as usual.
fn mostly() -> impl Strategy<Value = bool> {
    prop::bool::weighted(0.85)
}

fn cases() -> impl Strategy<Value = Vec<CountedCase>> {
    let state = prop_oneof![
        6 => Just(DecisionState::Effective),
        1 => Just(DecisionState::Open),
        1 => Just(DecisionState::Revoked),
        1 => Just(DecisionState::Annulled),
    ];
    let outcome = prop_oneof![
        4 => Just(DecisionOutcome::Fine),
        2 => Just(DecisionOutcome::Warning),
        1 => Just(DecisionOutcome::None),
    ];
    let what = prop_oneof![
        5 => Just(CountedAct::Overload),
        2 => Just(CountedAct::Instigation),
        1 => Just(CountedAct::Evasion),
    ];
    let one = (
        (0..12_usize, 0..40_u64, what, state, outcome),
        (any::<bool>(), mostly(), mostly(), mostly(), mostly()),
        (0..2_u8, 15_000..25_000_i64),
    );
    let acts = proptest::collection::vec(act(), 12);
    let rows = proptest::collection::vec(one, 0..24);
    (acts, rows).prop_map(|(acts, rows)| {
        rows.into_iter()
            .enumerate()
            .map(|(number, (facts, known, (source, fine)))| {
                let (act, decided_after, what, state, outcome) = facts;
                let (police, plate_read, driver_known, carrier_known, own) = known;
                let (day_of_act, vehicle, driver, carrier) = acts[act];
                CountedCase {
                    case_id: format!("case {number}"),
                    act_id: format!("act {act}"),
                    act: what,
                    day_of_act,
                    day_of_decision: day_of_act.checked_add_days(Days::new(decided_after)),
                    authority: if police {
                        DecidingAuthority::Police
                    } else {
                        DecidingAuthority::Transport
                    },
                    vehicle_plate: plate_read.then(|| format!("vehicle {vehicle}")),
                    trailer_plate: None,
                    driver_id: driver_known.then(|| format!("driver {driver}")),
                    carrier_id: carrier_known.then(|| format!("carrier {carrier}")),
                    source_id: Some(format!("source {source}")),
                    outcome,
                    fine_yuan: Some(Yuan::new(fine)),
                    state,
                    over_limit_on_own_weighing: own,
                }
            })
            .collect()
    })
}

fn facts() -> CarrierFacts {
    CarrierFacts {
        fleet: [(0, 10), (300, 20), (600, 29)]
            .map(|(offset, vehicles)| FleetSize {
                from: day(offset),
                vehicles,
            })
            .to_vec(),
        suspended: true,
    }
}

const IDS: [&str; 4] = ["vehicle 0", "driver 0", "carrier 0", "source 0"];

/// All four counters.
fn count_all(cases: &[CountedCase], to: NaiveDate, rules: &RepeatRules) -> [RepeatCount; 4] {
    [
        vehicle_repeats(cases, IDS[0], to, rules).unwrap(),
        driver_repeats(cases, IDS[1], to, rules).unwrap(),
        carrier_share(cases, IDS[2], &facts(), to, rules).unwrap(),
        source_instigations(cases, IDS[3], to, rules).unwrap(),
    ]
}

fn identities(case: &CountedCase) -> [&Option<String>; 4] {
    [
        &case.vehicle_plate,
        &case.driver_id,
        &case.carrier_id,
        &case.source_id,
    ]
}

/// Whether an act of `day_of_act` is in the window, by comparing calendar days.
fn in_window(window: RepeatWindow, day_of_act: NaiveDate, to: NaiveDate) -> bool {
    if day_of_act > to {
        return false;
    }
    let month_and_day = |day: NaiveDate| (day.month(), day.day());
    match (window, to.year() - day_of_act.year()) {
        (_, 0) => true,
        (RepeatWindow::RollingYear, 1) => month_and_day(day_of_act) > month_and_day(to),
        _ => false,
    }
}

/// The count again, in the plainest way.
fn plain_count(cases: &[CountedCase], which: usize, to: NaiveDate, rules: &RepeatRules) -> usize {
    let kind = if which == 3 {
        CountedAct::Instigation
    } else {
        CountedAct::Overload
    };
    let counting = cases.iter().filter(|case| {
        identities(case)[which].as_deref() == Some(IDS[which])
            && case.act == kind
            && case.state == DecisionState::Effective
            && (case.outcome != DecisionOutcome::Warning || rules.warning_counts())
            && (case.outcome != DecisionOutcome::None || rules.unpunished_counts())
            && (case.authority == DecidingAuthority::Transport || case.over_limit_on_own_weighing)
            && in_window(rules.window(), case.day_of_act, to)
    });
    let distinct: BTreeSet<&str> = if which == 2 {
        counting
            .filter_map(|case| case.vehicle_plate.as_deref())
            .collect()
    } else {
        counting.map(|case| case.act_id.as_str()).collect()
    };
    distinct.len()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_plain_count_agrees(cases in cases(), to in 0_u64..900, turned in 0..2_usize) {
        let rules = &RULES[turned];
        for (which, result) in count_all(&cases, day(to), rules).iter().enumerate() {
            let expected = plain_count(&cases, which, day(to), rules);
            prop_assert_eq!(result.count, expected as u64, "{}", IDS[which]);
            prop_assert_eq!(result.counted.len(), expected);
            if let Some(fleet) = result.fleet {
                let size = fleet.vehicles.unwrap();
                prop_assert_eq!(result.exceeded(), expected * 10 > size as usize);
            }
        }
    }

    #[test]
    fn counted_and_left_out_are_all_cases_of_the_subject(
        cases in cases(), to in 0_u64..900, turned in 0..2_usize,
    ) {
        for (which, result) in count_all(&cases, day(to), &RULES[turned]).iter().enumerate() {
            let counted = result.counted.iter().map(|entry| &entry.case_id);
            let left_out = result.left_out.iter().map(|entry| &entry.case_id);
            let mut listed: Vec<&String> = counted.chain(left_out).collect();
            let own = cases.iter().filter(|case| {
                identities(case)[which].as_deref() == Some(IDS[which])
            });
            let mut expected: Vec<&String> = own.map(|case| &case.case_id).collect();
            listed.sort();
            expected.sort();
            prop_assert_eq!(listed, expected);
            let ids: BTreeSet<&String> =
                result.counted.iter().map(|entry| &entry.case_id).collect();
            for left_out in &result.left_out {
                prop_assert!(left_out.counted_as.as_ref().is_none_or(|case| ids.contains(case)));
            }
        }
    }

    #[test]
    fn the_order_of_the_list_does_not_matter(
        (cases, shuffled) in cases().prop_flat_map(|cases| {
            (Just(cases.clone()), Just(cases).prop_shuffle())
        }),
        to in 0_u64..900,
    ) {
        prop_assert_eq!(
            count_all(&cases, day(to), &RULES[0]),
            count_all(&shuffled, day(to), &RULES[0])
        );
    }

    #[test]
    fn a_case_not_in_force_changes_no_count(
        cases in cases(), to in 0_u64..900, revoked in 1..4_usize, at in 0_u64..800,
        act in 0..14_usize,
    ) {
        let before = count_all(&cases, day(to), &RULES[0]);
        let mut more = cases;
        more.push(CountedCase {
            case_id: "more".to_owned(),
            act_id: format!("act {act}"),
            act: if act % 2 == 0 { CountedAct::Overload } else { CountedAct::Instigation },
            day_of_act: day(at),
            day_of_decision: None,
            authority: DecidingAuthority::Transport,
            vehicle_plate: Some(IDS[0].to_owned()),
            trailer_plate: None,
            driver_id: Some(IDS[1].to_owned()),
            carrier_id: Some(IDS[2].to_owned()),
            source_id: Some(IDS[3].to_owned()),
            outcome: DecisionOutcome::Fine,
            fine_yuan: Some(Yuan::new(30_000)),
            state: [DecisionState::Effective, DecisionState::Open, DecisionState::Revoked,
                DecisionState::Annulled][revoked],
            over_limit_on_own_weighing: true,
        });
        for (before, after) in before.iter().zip(count_all(&more, day(to), &RULES[0])) {
            prop_assert_eq!(after.left_out.len(), before.left_out.len() + 1);
            let left_out = before.left_out.clone();
            prop_assert_eq!(RepeatCount { left_out, ..after }, before.clone());
        }
    }

    #[test]
    fn more_cases_never_lower_a_count(
        cases in cases(), keep in 0..24_usize, to in 0_u64..900, turned in 0..2_usize,
    ) {
        let fewer = &cases[..keep.min(cases.len())];
        let rules = &RULES[turned];
        let (less, more) = (count_all(fewer, day(to), rules), count_all(&cases, day(to), rules));
        for (less, more) in less.iter().zip(&more) {
            prop_assert!(less.count <= more.count);
        }
    }

    #[test]
    fn another_case_of_a_counted_act_never_raises_a_count(
        cases in cases(), to in 0_u64..900, police in any::<bool>(),
    ) {
        let before = count_all(&cases, day(to), &RULES[0]);
        for result in &before {
            for entry in &result.counted {
                let mut more = cases.clone();
                let same = cases.iter().find(|case| case.case_id == entry.case_id).unwrap();
                more.push(CountedCase {
                    case_id: "again".to_owned(),
                    authority: if police {
                        DecidingAuthority::Police
                    } else {
                        DecidingAuthority::Transport
                    },
                    ..same.clone()
                });
                let after = count_all(&more, day(to), &RULES[0]);
                for (before, after) in before.iter().zip(&after) {
                    prop_assert_eq!(before.count, after.count);
                }
            }
        }
    }

    #[test]
    fn the_first_day_exceeded_is_the_first_of_all_days(cases in cases(), turned in 0..2_usize) {
        let rules = &RULES[turned];
        let exceeded = |to: NaiveDate| {
            vehicle_repeats(&cases, IDS[0], to, rules).unwrap().exceeded()
        };
        let expected = (0..900).map(day).find(|day| exceeded(*day));
        let found = vehicle_first_exceeded(&cases, IDS[0], day(899), rules).unwrap();
        prop_assert_eq!(found.map(|result| result.last_day), expected);
    }
}
