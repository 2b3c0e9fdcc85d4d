//! Repeated acts of a vehicle, a driver, a carrier or a source, counted to a day.

use chrono::NaiveDate;
use serde::Deserialize;

use super::super::repeat::{
    CarrierFacts, Consequence, CountedCase, DecidingAuthority, DecisionOutcome, DecisionState,
    FleetSize, RepeatSubject, Standing, carrier_share, driver_repeats, source_instigations,
    vehicle_repeats,
};
use super::{Ground, Worked, compare};
use crate::units::Yuan;

/// The party that is counted for; the acts of an example are all its own.
const PARTY: &str = "party";

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CountExample {
    title: String,
    subject: RepeatSubject,
    /// Last day of the window.
    to: NaiveDate,
    acts: Vec<Act>,
    /// The carrier's fleet by day.
    #[serde(default)]
    fleet: Vec<FleetSize>,
    /// The carrier has been suspended.
    #[serde(default)]
    suspended: bool,
    expect: Expected,
}

/// An act with a decision in force. What is not said: fined 500 yuan by the transport authority.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Act {
    day: NaiveDate,
    /// The vehicle, for a carrier's share; else it is the party's one.
    #[serde(default)]
    vehicle: Option<String>,
    /// So many vehicles, an act each, in place of one.
    #[serde(default)]
    vehicles: Option<u32>,
    #[serde(default = "fined")]
    outcome: DecisionOutcome,
    #[serde(default = "ordinary_fine")]
    fine_yuan: Yuan,
    #[serde(default = "in_force")]
    state: DecisionState,
    #[serde(default = "by_transport")]
    authority: DecidingAuthority,
    #[serde(default = "over_limit")]
    over_limit_on_own_weighing: bool,
}

const fn fined() -> DecisionOutcome {
    DecisionOutcome::Fine
}

const fn ordinary_fine() -> Yuan {
    Yuan::new(500)
}

const fn in_force() -> DecisionState {
    DecisionState::Effective
}

const fn by_transport() -> DecidingAuthority {
    DecidingAuthority::Transport
}

const fn over_limit() -> bool {
    true
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    count: u64,
    standing: Standing,
    #[serde(default)]
    proposals: Vec<Consequence>,
    /// Vehicles of the fleet on the day on which it is counted.
    #[serde(default)]
    fleet_vehicles: Option<u32>,
}

impl CountExample {
    fn cases(&self) -> Vec<CountedCase> {
        let mut vehicles = Vec::new();
        for act in &self.acts {
            match act.vehicles {
                None => vehicles.push((act, act.vehicle.clone())),
                Some(many) => {
                    let plates = (0..many).map(|number| format!("vehicle {number}"));
                    vehicles.extend(plates.map(|plate| (act, Some(plate))));
                }
            }
        }
        let cases = vehicles.into_iter().enumerate();
        cases
            .map(|(number, (act, vehicle))| self.case(act, number, vehicle))
            .collect()
    }

    fn case(&self, act: &Act, number: usize, vehicle: Option<String>) -> CountedCase {
        let party = |subject| (self.subject == subject).then(|| PARTY.to_owned());
        CountedCase {
            case_id: format!("case {number}"),
            act_id: format!("act {number}"),
            act: self.subject.act(),
            day_of_act: act.day,
            day_of_decision: Some(act.day),
            authority: act.authority,
            vehicle_plate: vehicle.or_else(|| party(RepeatSubject::Vehicle)),
            trailer_plate: None,
            driver_id: party(RepeatSubject::Driver),
            carrier_id: party(RepeatSubject::Carrier),
            source_id: party(RepeatSubject::Source),
            outcome: act.outcome,
            fine_yuan: (act.outcome == DecisionOutcome::Fine).then_some(act.fine_yuan),
            state: act.state,
            over_limit_on_own_weighing: act.over_limit_on_own_weighing,
        }
    }
}

impl Worked for CountExample {
    fn title(&self) -> String {
        self.title.clone()
    }

    fn law_day(&self) -> Option<NaiveDate> {
        Some(self.to)
    }

    fn differences(&self, ground: &Ground<'_>) -> Result<Vec<String>, Vec<String>> {
        let table = ground.table(self.to)?;
        let rules = table
            .repeat()
            .ok_or_else(|| vec!["the table has no counters".to_owned()])?;
        let cases = self.cases();
        let found = match self.subject {
            RepeatSubject::Vehicle => vehicle_repeats(&cases, PARTY, self.to, rules),
            RepeatSubject::Driver => driver_repeats(&cases, PARTY, self.to, rules),
            RepeatSubject::Source => source_instigations(&cases, PARTY, self.to, rules),
            RepeatSubject::Carrier => {
                let facts = CarrierFacts {
                    fleet: self.fleet.clone(),
                    suspended: self.suspended,
                };
                carrier_share(&cases, PARTY, &facts, self.to, rules)
            }
        };
        let found = found.map_err(|error| vec![error.to_string()])?;
        let expected = &self.expect;
        let mut all = Vec::new();
        compare(&mut all, "count", &expected.count, &found.count);
        compare(&mut all, "standing", &expected.standing, &found.standing);
        let proposals = found.proposals.iter().map(|one| one.consequence).collect();
        compare(&mut all, "proposals", &expected.proposals, &proposals);
        let vehicles = found.fleet.and_then(|fleet| fleet.vehicles);
        compare(
            &mut all,
            "fleet_vehicles",
            &expected.fleet_vehicles,
            &vehicles,
        );
        Ok(all)
    }
}
