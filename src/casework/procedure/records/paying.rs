//! Money: paid, collected on the spot, handed in, given back, deferred; and enforcement.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::super::lists::{PaymentSource, SpotGround};
use super::Stamp;

/// A payment (缴款).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Who recorded it and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Number of the slip (缴款票据号).
    pub slip: String,
    /// The day it was paid.
    pub paid_on: NaiveDate,
    /// What was paid of the fine, fen.
    pub fine_fen: i64,
    /// What was paid of the surcharge, fen.
    pub surcharge_fen: i64,
    /// Where it is known from.
    pub source: PaymentSource,
}

/// A payment that was none: wrong slip, bounced, another case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoidedPayment {
    /// Who and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Which payment, from 0.
    pub index: u32,
    /// Why.
    pub reason: String,
}

/// A fine that an officer collected on the spot (当场收缴罚款), Administrative Penalty Law art. 68 to 71. The
/// money is one of the payments; here is why, and where it went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpotCollection {
    /// Who collected it and when that was recorded.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Which payment, from 0.
    pub payment: u32,
    /// Why it was allowed.
    pub ground: SpotGround,
    /// Why it was hard to enforce later, or the party's request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The remote place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// That it was handed in to the authority (交至行政机关).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handed_in: Option<MoneyMoved>,
    /// That the authority paid it to the bank (缴付指定银行).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub banked: Option<MoneyMoved>,
}

/// That collected money went on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoneyMoved {
    /// Who recorded it and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// The day.
    pub on: NaiveDate,
    /// Number of the receipt or slip.
    pub slip: String,
    /// Why it was late, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late: Option<String>,
}

/// What was paid too much and given back (退还罚款).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refunded {
    /// Who recorded it and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Number of the slip.
    pub slip: String,
    /// The day.
    pub on: NaiveDate,
    /// Of the fine, fen.
    pub fine_fen: i64,
    /// Of the surcharge, fen.
    pub surcharge_fen: i64,
    /// Why.
    pub reason: String,
}

/// A surcharge that need not be paid (减免加处罚款), Administrative Enforcement Law art. 42.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remission {
    /// Who and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// How much, fen.
    pub fen: i64,
    /// Why.
    pub reason: String,
}

/// A part of a fine and its day (分期).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instalment {
    /// The last day it is in time.
    pub last_day: NaiveDate,
    /// How much of the fine, fen.
    pub fine_fen: i64,
}

/// Later payment or instalments (延期、分期缴纳).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deferral {
    /// Who recorded the request and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// The day it was asked for.
    pub asked_on: NaiveDate,
    /// Why the party asks.
    pub grounds: String,
    /// The answer; `None` until there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<DeferralAnswer>,
}

/// The answer to a request for later payment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeferralAnswer {
    /// Who and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// The parts in order of their days; a deferral is one part. Empty = refused.
    pub plan: Vec<Instalment>,
    /// Why.
    pub reason: String,
}

closed_list! {
    /// A step of enforcement (强制执行).
    EnforcementStep {
        /// Applied to the court.
        CourtApplication = "court_application", "申请人民法院强制执行", "application to the court";
        /// The authority enforces by itself.
        Own = "own", "行政机关强制执行", "own enforcement";
        /// Enforcement ended without full payment (终结执行).
        Ended = "ended", "终结执行", "enforcement ended";
    }
}

/// A step of enforcement that was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enforcement {
    /// Who and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// Which.
    pub step: EnforcementStep,
    /// The day.
    pub on: NaiveDate,
    /// Court, number, reason: in words.
    pub text: String,
}
