//! Refuses cases that contradict themselves or each other, before anything is counted.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use thiserror::Error;

use super::case::{CountedCase, DecisionState, known};
use super::result::RepeatSubject;

/// A count that is refused. Every one is an error in the data, which says what to correct.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RepeatError {
    /// No subject was named.
    #[error("subject: the {} to count for is empty; name one", .subject.en())]
    SubjectEmpty {
        /// Whose acts were to be counted.
        subject: RepeatSubject,
    },
    /// A case without its own id or that of its act.
    #[error("{field}: empty in case `{case_id}` of {day_of_act}; give it an id")]
    IdEmpty {
        /// Which case; empty when it is its own id that is missing.
        case_id: String,
        /// Day of its act.
        day_of_act: NaiveDate,
        /// `case_id` or `act_id`.
        field: &'static str,
    },
    /// The same case with different contents.
    #[error(
        "case_id: case `{case_id}` is listed twice with different contents; list it once, as it stands now"
    )]
    CaseListedTwice {
        /// Which case.
        case_id: String,
    },
    /// A decision in force of which no day is given.
    #[error(
        "day_of_decision: missing in case `{case_id}`, whose decision is in force; give its day"
    )]
    DecisionDayMissing {
        /// Which case.
        case_id: String,
    },
    /// A decision before the act.
    #[error(
        "day_of_decision: case `{case_id}` was decided on {day_of_decision}, before its act of {day_of_act}; correct one of the days"
    )]
    DecidedBeforeAct {
        /// Which case.
        case_id: String,
        /// Day of the act.
        day_of_act: NaiveDate,
        /// Day of the decision.
        day_of_decision: NaiveDate,
    },
    /// Two cases of one act that cannot both be right.
    #[error("{0}")]
    ActContradicts(Box<ActContradiction>),
    /// Two sizes of a fleet from the same day.
    #[error(
        "fleet: from {from} on it has both {least} and {most} vehicles; keep one entry for the day"
    )]
    FleetTwice {
        /// The day.
        from: NaiveDate,
        /// The lesser.
        least: u32,
        /// The greater.
        most: u32,
    },
}

/// Two cases of one act that cannot both be right.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "{field}: cases `{first_case_id}` and `{second_case_id}` of the act `{act_id}` give `{first}` and `{second}`; correct one, or give them different acts"
)]
pub struct ActContradiction {
    /// Which act.
    pub act_id: String,
    /// The field that differs.
    pub field: &'static str,
    /// One case.
    pub first_case_id: String,
    /// What it says.
    pub first: String,
    /// The other case.
    pub second_case_id: String,
    /// What it says.
    pub second: String,
}

/// Refuses what no count can use: ids that are missing or stand for two things, and decisions in
/// force without a day or before their act. `cases` are those of one subject and those that share
/// a case or an act with them.
pub(super) fn check_each(cases: &[&CountedCase]) -> Result<(), RepeatError> {
    let mut by_id: BTreeMap<&str, &CountedCase> = BTreeMap::new();
    for case in cases {
        let empty = [("case_id", &case.case_id), ("act_id", &case.act_id)]
            .into_iter()
            .find(|(_, id)| id.is_empty());
        if let Some((field, _)) = empty {
            return Err(RepeatError::IdEmpty {
                case_id: case.case_id.clone(),
                day_of_act: case.day_of_act,
                field,
            });
        }
        if by_id
            .insert(&case.case_id, case)
            .is_some_and(|other| other != *case)
        {
            return Err(RepeatError::CaseListedTwice {
                case_id: case.case_id.clone(),
            });
        }
        check_decision(case)?;
    }
    Ok(())
}

fn check_decision(case: &CountedCase) -> Result<(), RepeatError> {
    match case.day_of_decision {
        // What is not in force does not count: its days change nothing.
        _ if case.state != DecisionState::Effective => Ok(()),
        None => Err(RepeatError::DecisionDayMissing {
            case_id: case.case_id.clone(),
        }),
        Some(day) if day < case.day_of_act => Err(RepeatError::DecidedBeforeAct {
            case_id: case.case_id.clone(),
            day_of_act: case.day_of_act,
            day_of_decision: day,
        }),
        Some(_) => Ok(()),
    }
}

/// Refuses cases of one act that say different things of what decides the count of this subject:
/// its day, the subject itself, and for carriers the vehicle. One act may be instigated by several
/// sources. `countable` are cases that count but for their day.
pub(super) fn check_acts(
    countable: &[&CountedCase],
    subject: RepeatSubject,
) -> Result<(), RepeatError> {
    let mut said: BTreeMap<(&str, &str), (String, &str)> = BTreeMap::new();
    for case in countable {
        let of = |identity| known(identity).map(str::to_owned);
        let plate = ("vehicle_plate", of(&case.vehicle_plate));
        let carrier = ("carrier_id", of(&case.carrier_id));
        let mut statements = vec![("day_of_act", Some(case.day_of_act.to_string()))];
        statements.extend(match subject {
            RepeatSubject::Vehicle => vec![plate],
            RepeatSubject::Driver => vec![("driver_id", of(&case.driver_id))],
            RepeatSubject::Carrier => vec![carrier, plate],
            RepeatSubject::Source => Vec::new(),
        });
        for (field, value) in statements {
            let Some(value) = value else { continue };
            let key = (case.act_id.as_str(), field);
            match said.get(&key) {
                Some((first, first_case)) if *first != value => {
                    return Err(RepeatError::ActContradicts(Box::new(ActContradiction {
                        act_id: case.act_id.clone(),
                        field,
                        first_case_id: (*first_case).to_owned(),
                        first: first.clone(),
                        second_case_id: case.case_id.clone(),
                        second: value,
                    })));
                }
                Some(_) => {}
                None => {
                    said.insert(key, (value, &case.case_id));
                }
            }
        }
    }
    Ok(())
}
