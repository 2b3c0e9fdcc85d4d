//! Legal review, discussion, decision.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::super::lists::Outcome;
use super::super::numbering::Number;
use super::Stamp;
use crate::law::{Circumstance, DecidedAmount};
use crate::units::Yuan;

closed_list! {
    /// What a legal review said (法制审核意见).
    LegalOpinion {
        /// In order.
        Passed = "passed", "同意", "passed";
        /// Papers or reasoning to be mended; the notice stands.
        Mend = "mend", "退回修改", "returned to be mended";
        /// Evidence is missing; the party must be told again.
        MoreEvidence = "more_evidence", "退回补充调查", "returned for more evidence";
    }
}

/// A legal review (法制审核).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegalReviewRecord {
    /// Who and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// What was said.
    pub opinion: LegalOpinion,
    /// In words.
    pub text: String,
}

/// A collective discussion (集体讨论).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Discussion {
    /// Who recorded it and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Who took part.
    pub present: Vec<String>,
    /// What was concluded.
    pub conclusion: String,
}

/// A longer time to decide (延长办案期限).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionExtension {
    /// Who and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Calendar days that were added.
    pub days: u32,
    /// Why.
    pub reason: String,
}

/// The decision of the transport authority (处罚决定).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseDecision {
    /// Who recorded it and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Its number.
    pub number: Number,
    /// What.
    pub outcome: Outcome,
    /// Decided beside computed amount; `None` where no law amount is decided upon (no act proven).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<DecidedAmount>,
    /// The fine, yuan; zero when none.
    pub yuan: Yuan,
    /// Circumstances that were found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub circumstances: Vec<Circumstance>,
    /// Why.
    pub reason: String,
    /// The day of the decision.
    pub day: NaiveDate,
}
