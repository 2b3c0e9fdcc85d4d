//! Reconsideration and lawsuits, and what came of them.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::super::lists::{Outcome, RemedyKind, RemedyOutcome, RestartCause};
use super::{CaseDecision, DecisionExtension, Stamp};
use crate::units::{Micros, Yuan};

/// A remedy of the party (复议、诉讼).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remedy {
    /// Who recorded it and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Which.
    pub kind: RemedyKind,
    /// The day it was accepted.
    pub from: NaiveDate,
    /// The authority of reconsideration, or the court.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
    /// Number of its notice of acceptance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Whether enforcement is suspended: the last counts; none = it is not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suspensions: Vec<Suspension>,
    /// Its end; `None` while it is pending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<RemedyEnd>,
}

/// Enforcement stops while a remedy is pending, or goes on (停止、恢复执行).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suspension {
    /// Who recorded it and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Whether it stops.
    pub suspended: bool,
    /// The day.
    pub on: NaiveDate,
    /// Number of the decision or ruling; `None` where it began with the remedy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What a remedy laid on the party instead (变更后的处罚).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChangedDecision {
    /// What.
    pub outcome: Outcome,
    /// The fine, yuan; zero when none.
    #[serde(default)]
    pub yuan: Yuan,
}

/// That the decision was changed by a remedy (变更决定): what the party owes is this now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionChange {
    /// Who recorded it and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// By which kind of remedy.
    pub remedy: RemedyKind,
    /// Number of the decision or judgment.
    pub number: String,
    /// The day.
    pub on: NaiveDate,
    /// What it is now.
    pub to: ChangedDecision,
}

/// That the case began again with its investigation (重新办理). Of what there can be but one of, it keeps the
/// earlier one; of the lists that only grow, what is older than this no longer holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restart {
    /// Who and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Why.
    pub cause: RestartCause,
    /// In words, with the number of the decision or judgment.
    pub reason: String,
    /// The decision that no longer stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<CaseDecision>,
    /// The longer time to decide that it had.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<DecisionExtension>,
    /// When the case had been closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Micros>,
    /// The day it had been passed on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passed_on: Option<NaiveDate>,
    /// The day the decision on the spot had been reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported_on: Option<NaiveDate>,
}

/// The end of a remedy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemedyEnd {
    /// Who recorded it and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// The last day it was pending.
    pub on: NaiveDate,
    /// How it ended.
    pub outcome: RemedyOutcome,
    /// Number of the decision or judgment.
    pub number: String,
    /// What was laid on the party instead, where it was changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_to: Option<ChangedDecision>,
}
