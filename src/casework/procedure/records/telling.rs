//! What the party was told, and what it said.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::super::lists::{Outcome, ServedPaper, ServiceWay};
use super::super::numbering::Number;
use super::Stamp;
use crate::units::Yuan;

/// What was told to the party (告知): facts, reasons, basis, what is proposed, its rights.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Who and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Its number; `None` on the spot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<Number>,
    /// What is proposed.
    pub outcome: Outcome,
    /// The fine that is proposed, yuan; zero when none.
    pub yuan: Yuan,
    /// Facts, reasons and basis, in words.
    pub grounds: String,
    /// Whether the party has, and was told of, the right to a hearing.
    pub hearing_right: bool,
}

/// That a paper reached the party (送达回证).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Who and when it was recorded.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Which paper.
    pub paper: ServedPaper,
    /// How.
    pub way: ServiceWay,
    /// The day it counts as served.
    pub served_on: NaiveDate,
    /// Who received it.
    pub recipient: String,
}

/// A statement of the party (陈述、申辩).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Defence {
    /// Who and when it was recorded.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// What the party said.
    pub text: String,
    /// Whether it was accepted (是否采纳), and why.
    pub accepted: bool,
    /// Why.
    pub reply: String,
}

/// A hearing that was asked for (听证).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hearing {
    /// The day it was asked for.
    pub asked_on: NaiveDate,
    /// The day it is to be held, and the day that was told; `None` until told. The last counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<HearingAppointment>,
    /// The day the request was withdrawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_on: Option<NaiveDate>,
    /// The day it was held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_on: Option<NaiveDate>,
    /// Who presided, none of the officers of the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub presided_by: Option<String>,
}

/// When a hearing is to be held.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HearingAppointment {
    /// Who and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// The day of the hearing.
    pub day: NaiveDate,
    /// Where.
    pub place: String,
    /// The day the party was told.
    pub told_on: NaiveDate,
}
