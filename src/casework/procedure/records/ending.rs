//! How a case ends otherwise than by payment, and what the police made of it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::super::lists::{AnnulledBy, TransferTo};
use super::Stamp;
use crate::casework::case_state::CaseState;
use crate::units::Yuan;

/// The decision was annulled (撤销).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annulment {
    /// Who recorded it and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// By whom.
    pub annulled_by: AnnulledBy,
    /// The day.
    pub on: NaiveDate,
    /// Why.
    pub reason: String,
}

/// A published decision was taken down (撤回公开).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicationWithdrawn {
    /// Who recorded it and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// The day.
    pub on: NaiveDate,
    /// Where it stood, or that it was not published.
    pub text: String,
}

/// The filing was withdrawn, or never came about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawal {
    /// Who and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Why.
    pub reason: String,
}

/// The case was handed to another authority (移送).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// Who and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// To what kind of authority.
    pub to: TransferTo,
    /// Its name.
    pub authority: String,
    /// Why.
    pub reason: String,
}

/// The traffic police have, or had, the act (移交公安).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoliceHandover {
    /// Who and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Which unit.
    pub unit: String,
    /// The state the case was in.
    pub from: CaseState,
    /// What came back; `None` while they have it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<PoliceAnswer>,
}

/// What the police did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoliceAnswer {
    /// Who recorded it and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Whether they decided; `false` = they declined.
    pub decided: bool,
    /// Number of their decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The day.
    pub on: NaiveDate,
    /// Their fine, yuan.
    pub fine_yuan: Yuan,
    /// Points they gave.
    pub points: u8,
    /// Whether their own weighing was over the road's limit, not only over the payload.
    pub over_limit_on_own_weighing: bool,
    /// In words.
    pub text: String,
    /// That their decision was annulled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub annulled: Option<PoliceAnnulment>,
}

/// The decision of the police was annulled (公安处罚决定被撤销).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoliceAnnulment {
    /// Who recorded it and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// By whom.
    pub annulled_by: AnnulledBy,
    /// The day.
    pub on: NaiveDate,
    /// Number of the decision or judgment that does so.
    pub number: String,
    /// Why.
    pub reason: String,
    /// Whether the police are to decide anew.
    pub anew: bool,
}
