//! Tells the cases that count from those that do not.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::case::{CountedCase, DecidingAuthority, DecisionOutcome, DecisionState, known};
use super::check::{RepeatError, check_acts, check_each};
use super::result::{CountedEntry, LeftOut, LeftOutReason, RepeatSubject};
use super::rules::RepeatRules;

/// The cases of one subject, each once, in the order of their acts; found usable.
pub(super) struct SubjectCases<'a> {
    subject: RepeatSubject,
    rules: &'a RepeatRules,
    cases: Vec<&'a CountedCase>,
}

/// The cases of one subject in one window.
pub(super) struct Sifted<'a> {
    pub counted: Vec<CountedEntry>,
    pub left_out: Vec<LeftOut>,
    /// All cases that would count if their act or vehicle were not counted already.
    pub countable: Vec<&'a CountedCase>,
}

/// A case's identity of the kind that is counted.
fn identity(subject: RepeatSubject, case: &CountedCase) -> Option<&str> {
    known(match subject {
        RepeatSubject::Vehicle => &case.vehicle_plate,
        RepeatSubject::Driver => &case.driver_id,
        RepeatSubject::Carrier => &case.carrier_id,
        RepeatSubject::Source => &case.source_id,
    })
}

/// Why a case does not count on whatever day; `None` when it does.
fn reason(
    subject: RepeatSubject,
    rules: &RepeatRules,
    case: &CountedCase,
) -> Option<LeftOutReason> {
    if case.act != subject.act() {
        return Some(LeftOutReason::OtherAct);
    }
    match case.state {
        DecisionState::Open => return Some(LeftOutReason::NotEffectiveYet),
        DecisionState::Revoked => return Some(LeftOutReason::Revoked),
        DecisionState::Annulled => return Some(LeftOutReason::Annulled),
        DecisionState::Effective => {}
    }
    match case.outcome {
        DecisionOutcome::None if !rules.unpunished_counts() => {
            return Some(LeftOutReason::UnpunishedNotCounting);
        }
        DecisionOutcome::Warning if !rules.warning_counts() => {
            return Some(LeftOutReason::WarningNotCounting);
        }
        DecisionOutcome::Fine | DecisionOutcome::Warning | DecisionOutcome::None => {}
    }
    match case.authority {
        DecidingAuthority::Police if !case.over_limit_on_own_weighing => {
            Some(LeftOutReason::PoliceWithoutOwnOverLimit)
        }
        DecidingAuthority::Police | DecidingAuthority::Transport => None,
    }
}

impl<'a> SubjectCases<'a> {
    /// The subject's cases out of a list of any cases in any order.
    pub fn of(
        cases: &'a [CountedCase],
        subject: RepeatSubject,
        id: &str,
        rules: &'a RepeatRules,
    ) -> Result<Self, RepeatError> {
        if id.is_empty() {
            return Err(RepeatError::SubjectEmpty { subject });
        }
        let is_subject = |case: &&CountedCase| identity(subject, case) == Some(id);
        let own: Vec<&CountedCase> = cases.iter().filter(is_subject).collect();
        let ids: BTreeSet<&str> = own.iter().map(|case| case.case_id.as_str()).collect();
        let acts: BTreeSet<&str> = own.iter().map(|case| case.act_id.as_str()).collect();
        // A case of another subject matters where it shares an id: it may contradict.
        let mut related: Vec<&CountedCase> = cases
            .iter()
            .filter(|case| {
                ids.contains(case.case_id.as_str()) || acts.contains(case.act_id.as_str())
            })
            .collect();
        // The order of the list must not matter, and the case decided first stands for its act.
        related.sort_by_key(|case| (case.day_of_act, case.day_of_decision, &case.case_id));
        check_each(&related)?;
        related.dedup();
        let countable: Vec<&CountedCase> = related
            .iter()
            .copied()
            .filter(|case| reason(subject, rules, case).is_none())
            .collect();
        check_acts(&countable, subject)?;
        related.retain(is_subject);
        Ok(Self {
            subject,
            rules,
            cases: related,
        })
    }

    /// The days of all acts that count, each once, in order.
    pub fn days(&self) -> BTreeSet<NaiveDate> {
        let countable = self
            .cases
            .iter()
            .filter(|case| reason(self.subject, self.rules, case).is_none());
        countable.map(|case| case.day_of_act).collect()
    }

    /// What counts of the acts from the first to the last day, both included.
    pub fn sift(&self, [first, last]: [NaiveDate; 2]) -> Sifted<'a> {
        let mut sifted = Sifted {
            counted: Vec::new(),
            left_out: Vec::new(),
            countable: Vec::new(),
        };
        let by_vehicle = self.subject == RepeatSubject::Carrier;
        let mut acts: BTreeMap<&str, &str> = BTreeMap::new();
        let mut vehicles: BTreeMap<&str, &str> = BTreeMap::new();
        for case in &self.cases {
            let plate = known(&case.vehicle_plate);
            let same_act = acts.get(case.act_id.as_str()).copied();
            let same_vehicle = plate
                .filter(|_| by_vehicle)
                .and_then(|plate| vehicles.get(plate).copied());
            let day = case.day_of_act;
            let left_out = if let Some(reason) = reason(self.subject, self.rules, case) {
                Some((reason, None))
            } else if day < first || last < day {
                Some((LeftOutReason::OutsideWindow, None))
            } else if same_act.is_some() {
                Some((LeftOutReason::SameAct, same_act))
            } else if by_vehicle && plate.is_none() {
                Some((LeftOutReason::VehicleUnknown, None))
            } else if same_vehicle.is_some() {
                Some((LeftOutReason::SameVehicle, same_vehicle))
            } else {
                None
            };
            match left_out {
                None => {
                    sifted.countable.push(case);
                    acts.insert(&case.act_id, &case.case_id);
                    plate.map(|plate| vehicles.insert(plate, &case.case_id));
                    sifted.counted.push(CountedEntry {
                        case_id: case.case_id.clone(),
                        act_id: case.act_id.clone(),
                        day_of_act: day,
                        vehicle_plate: plate.map(str::to_owned),
                    });
                }
                Some((reason, counted_as)) => {
                    if let Some(counted) = counted_as {
                        sifted.countable.push(case);
                        acts.insert(&case.act_id, counted);
                    }
                    sifted.left_out.push(LeftOut {
                        case_id: case.case_id.clone(),
                        day_of_act: day,
                        reason,
                        counted_as: counted_as.map(str::to_owned),
                    });
                }
            }
        }
        sifted
    }
}
