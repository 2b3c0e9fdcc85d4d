//! The law as dated data, and the pure function that applies it.
//!
//! [`LawTables`] holds what the rules say, with dates, sources and how sure each figure is;
//! [`assess`] applies the table in force on the day of the act to one vehicle and one weighing
//! and answers a [`Verdict`] with its [derivation](Step). Code here names which figures a table
//! has; it holds no figure of the law itself. What axle count alone cannot decide takes the
//! reading better for the party and says so in a [`Note`].
//!
//! No clock, no I/O, no randomness, no floats: the same assessment under the same table gives the
//! same verdict for ever, which is what a recomputation by a court's expert rests on.

mod assess;
mod axles;
mod derivation;
mod expectation;
mod figures;
mod limit;
mod penalty;
mod repeat;
mod table;
mod text;
mod vehicle;
mod verdict;

pub use assess::{assess, assess_hypothetically};
pub use derivation::{Citation, Input, Inputs, Rule, Step, Value};
pub use expectation::{Expectation, ExpectedPolice};
pub use penalty::{percent_half_up, without_error};
pub use repeat::{
    ActContradiction, CarrierFacts, Consequence, CountedAct, CountedCase, CountedEntry,
    DecidingAuthority, DecisionOutcome, DecisionState, FleetDay, FleetOnDay, FleetSize, LeftOut,
    LeftOutReason, Proposal, ProposalGround, RepeatCount, RepeatError, RepeatRules, RepeatSubject,
    RepeatWindow, Standing, Threshold, carrier_share, driver_first_exceeded, driver_repeats,
    source_instigations, vehicle_first_exceeded, vehicle_repeats,
};
pub use table::{Example, LawTables, Table, TableError, TableReference};
pub use vehicle::{
    Assessment, InputError, Measured, Scale, ScaleUse, Tyres, VehicleCategory, VehicleDescription,
};
pub use verdict::{
    AxleGroupKind, GroupFinding, Note, NoteCode, Outcome, PolicePenalty, TransportKind,
    TransportPenalty, Verdict, VerdictClass,
};
