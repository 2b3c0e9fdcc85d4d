//! Repeat counters (一超四罚 的次数统计): how often a vehicle, a driver or a source unit broke the
//! law within a year, and what share of a carrier's fleet did (chapter 3 of the reference; 公路安全
//! 保护条例 art. 66, Order 62 art. 46).
//!
//! Pure functions over a list of cases as it stands now. A decision that is revoked is given with
//! its new state, and the count over the new list is the new count; nothing is kept in between.
//!
//! # What counts
//!
//! An act (one passage of one vehicle) counts once, however many authorities handled it, when at
//! least one case of it
//!
//! - is of the [kind](CountedAct) that the counter is about,
//! - is closed with a decision in force ([`DecisionState::Effective`]),
//! - ended in a fine, or in a warning where the table lets warnings count,
//! - and, if the police decided it, was over a limit of art. 3 by its own weighing: an overload
//!   under the vehicle's own licence payload alone does not count.
//!
//! # The window
//!
//! Counting *to* a day takes the acts of the year that ends on that day: of
//! `(day minus one year, day]`. A year that ends on 28 February begins on 1 March, or on
//! 29 February where the year before has one; one that ends on 29 February begins on 1 March. The
//! day of the act decides, not that of the decision: a decision given after the window counts with
//! the day of its act. Where the table says so the calendar year is taken instead, up to the day.
//!
//! "More than 3 times in 1 year" is met when there *is* such a window. Counting to today answers
//! it for today; [`vehicle_first_exceeded`] and [`driver_first_exceeded`] find the earliest day on
//! which it was met, also when the acts have left today's window since.
//!
//! # What comes of it
//!
//! A [proposal](Proposal), never more: revoking a licence, stopping a driver, suspending a carrier
//! and entering a credit list are decided by people, with the party's rights of defence.

mod case;
mod check;
mod count;
mod result;
mod rules;
mod sift;
mod text;

pub use case::{
    CarrierFacts, CountedAct, CountedCase, DecidingAuthority, DecisionOutcome, DecisionState,
    FleetSize,
};
pub use check::{ActContradiction, RepeatError};
pub use count::{
    carrier_share, driver_first_exceeded, driver_repeats, source_instigations,
    vehicle_first_exceeded, vehicle_repeats,
};
pub use result::{
    Consequence, CountedEntry, FleetOnDay, LeftOut, LeftOutReason, Proposal, ProposalGround,
    RepeatCount, RepeatSubject, Standing, Threshold,
};
pub use rules::{FleetDay, RepeatRules, RepeatWindow};
