//! Worked examples of the repeat counters, on both sides of every threshold, and the laws that
//! every count keeps.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod carrier;
mod counting;
mod properties;
mod refused;
mod source;
mod table;
mod text;
mod times;

use chrono::NaiveDate;
use steelyard::law::{
    CarrierFacts, Consequence, CountedAct, CountedCase, DecidingAuthority, DecisionOutcome,
    DecisionState, FleetSize, LawTables, LeftOutReason, RepeatCount, RepeatRules, carrier_share,
    source_instigations, vehicle_repeats,
};
use steelyard::units::Yuan;

const PLATE: &str = "晋D12345";

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The rules of the table, with figures changed.
fn rules_with(changes: &[(&str, &str)]) -> RepeatRules {
    let mut text = LawTables::embedded_texts()[0].1.to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
    }
    let tables = LawTables::parse(&[("t.toml", &text)]).unwrap();
    tables.all()[0].repeat().unwrap().clone()
}

fn rules() -> RepeatRules {
    rules_with(&[])
}

/// A fine of the transport authority in force, ten days after the act.
fn case(id: &str, day_of_act: &str) -> CountedCase {
    CountedCase {
        case_id: id.to_owned(),
        act_id: format!("act of {id}"),
        act: CountedAct::Overload,
        day_of_act: day(day_of_act),
        day_of_decision: day(day_of_act).checked_add_days(chrono::Days::new(10)),
        authority: DecidingAuthority::Transport,
        vehicle_plate: Some(PLATE.to_owned()),
        trailer_plate: Some("晋D8888挂".to_owned()),
        driver_id: Some("driver 1".to_owned()),
        carrier_id: Some("carrier 1".to_owned()),
        source_id: Some("source 1".to_owned()),
        outcome: DecisionOutcome::Fine,
        fine_yuan: Some(Yuan::new(500)),
        state: DecisionState::Effective,
        over_limit_on_own_weighing: true,
    }
}

fn four() -> Vec<CountedCase> {
    ["2024-01-10", "2024-02-10", "2024-03-10", "2024-04-10"]
        .iter()
        .enumerate()
        .map(|(number, day_of_act)| case(&format!("C{}", number + 1), day_of_act))
        .collect()
}

fn vehicle(cases: &[CountedCase], to: &str) -> RepeatCount {
    vehicle_repeats(cases, PLATE, day(to), &rules()).unwrap()
}

fn counted(result: &RepeatCount) -> Vec<&str> {
    let ids = result.counted.iter().map(|entry| entry.case_id.as_str());
    ids.collect()
}

fn left_out(result: &RepeatCount) -> Vec<(&str, LeftOutReason)> {
    let cases = result.left_out.iter();
    cases
        .map(|case| (case.case_id.as_str(), case.reason))
        .collect()
}

fn proposed(result: &RepeatCount) -> Vec<Consequence> {
    let proposals = result.proposals.iter();
    proposals.map(|proposal| proposal.consequence).collect()
}

fn fleet_of(vehicles: u32) -> CarrierFacts {
    CarrierFacts {
        fleet: vec![FleetSize {
            from: day("2020-01-01"),
            vehicles,
        }],
        suspended: false,
    }
}

/// One case of each of so many vehicles.
fn vehicles(count: usize) -> Vec<CountedCase> {
    (0..count)
        .map(|number| CountedCase {
            vehicle_plate: Some(format!("晋D{number:05}")),
            ..case(&format!("C{number}"), "2024-03-10")
        })
        .collect()
}

fn carrier(cases: &[CountedCase], facts: &CarrierFacts) -> RepeatCount {
    carrier_share(cases, "carrier 1", facts, day("2024-06-01"), &rules()).unwrap()
}

/// An instigation case of the source, with its fine.
fn instigation(id: &str, day_of_act: &str, fine_yuan: i64) -> CountedCase {
    CountedCase {
        act: CountedAct::Instigation,
        fine_yuan: Some(Yuan::new(fine_yuan)),
        ..case(id, day_of_act)
    }
}

fn source(cases: &[CountedCase]) -> RepeatCount {
    source_instigations(cases, "source 1", day("2024-06-01"), &rules()).unwrap()
}
