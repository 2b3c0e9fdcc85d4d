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

mod amount;
mod assess;
mod authority;
mod axles;
mod circumstance;
mod decision;
mod decision_refused;
mod derivation;
mod discretion;
mod expectation;
mod figures;
mod limit;
mod milder;
mod offence;
mod offence_kind;
mod one_act;
mod penalty;
mod table;
mod text;
mod vehicle;
mod verdict;
mod yuan_range;

pub use amount::{AmountError, ComputedAmount};
pub use assess::{assess, assess_hypothetically};
pub use authority::{Authority, EnforcementMode};
pub use circumstance::{Circumstance, Sparing};
pub use decision::{DecidedAmount, Decision, decide, sparing};
pub use decision_refused::DecisionRefused;
pub use derivation::{Citation, Input, Inputs, Rule, Step, Value};
pub use discretion::{DiscretionError, DiscretionRange, discretion_range};
pub use expectation::{Expectation, ExpectedPolice};
pub use milder::{Milder, MilderReason, WhichDay, milder};
pub use offence::{OffenceError, OffencePenalty, offence_range};
pub use offence_kind::{OffenceKind, OffenceSubject};
pub use one_act::{Alternative, AlternativeReason, AuthorityError, OneAct, imposable};
pub use penalty::{percent_half_up, without_error};
pub use table::{Example, LawTables, Table, TableError, TableReference};
pub use vehicle::{
    Assessment, InputError, Measured, Scale, ScaleUse, Tyres, VehicleCategory, VehicleDescription,
};
pub use verdict::{
    AxleGroupKind, GroupFinding, Note, NoteCode, Outcome, PolicePenalty, TransportKind,
    TransportPenalty, Verdict, VerdictClass,
};
