//! The law as dated data, and the pure function that applies it.
//!
//! [`LawTables`] holds what the rules say, with dates, sources and how sure each figure is;
//! [`assess`] applies the table in force on the day of the act to one vehicle and one weighing
//! and answers a [`Verdict`] with its [derivation](Step). Code here names which figures a table
//! has; it holds no figure of the law itself. What axle count alone cannot decide takes the
//! reading better for the party and says so in a [`Note`].
//!
//! No clock, no I/O, no randomness, and no floats but in the stated risk, which only withholds: the same assessment under the same table gives the
//! same verdict for ever, which is what a recomputation by a court's expert rests on.

mod alternative;
mod amount;
mod assess;
mod assessment;
mod authority;
mod axles;
mod calendar;
mod calendar_csv;
mod circumstance;
mod deadline;
mod deadline_kind;
mod deadline_text;
mod decision;
mod decision_refused;
mod derivation;
mod dimension;
mod discretion;
mod expectation;
mod figures;
mod limit;
mod measured;
mod milder;
mod offence;
mod offence_kind;
mod one_act;
mod overlay;
mod penalty;
mod permit;
mod procedure;
mod repeat;
mod risk;
mod statement;
mod surcharge;
mod table;
mod text;
mod vehicle;
mod verdict;
mod worked;
mod yuan_range;

pub use amount::{AmountError, ComputedAmount};
pub use assess::{assess, assess_hypothetically};
pub use assessment::{Assessment, InputError};
pub use authority::{Authority, EnforcementMode};
pub use calendar::{Calendar, CountedDay, DayKind, SpecialDay, WorkingDays};
pub use calendar_csv::CalendarError;
pub use circumstance::{Circumstance, Sparing};
pub use deadline::{
    Deadline, DeadlineError, DeadlineStatus, Moment, deadline, prescription_expired,
};
pub use deadline_kind::DeadlineKind;
pub use decision::{DecidedAmount, Decision, decide, sparing};
pub use decision_refused::DecisionRefused;
pub use derivation::{Citation, Input, Inputs, Rule, Step, Value};
pub use discretion::{DiscretionError, DiscretionRange, discretion_range};
pub use expectation::{Expectation, ExpectedPolice, ExpectedTransport};
pub use measured::{Certificate, Measured, Scale, ScaleUse};
pub use milder::{Milder, MilderReason, WhichDay, milder};
pub use offence::{OffenceError, OffencePenalty, offence_range};
pub use offence_kind::{OffenceKind, OffenceSubject};
pub use one_act::{AlternativeReason, AuthorityError, OneAct, OtherFine, imposable};
pub use overlay::is_jurisdiction;
pub use penalty::{percent_half_up, without_error};
pub use permit::{Permit, PermitFault};
pub use procedure::TimeUnit;
pub use repeat::{
    ActContradiction, CarrierFacts, Consequence, CountedAct, CountedCase, CountedEntry,
    DecidingAuthority, DecisionOutcome, DecisionState, FleetDay, FleetOnDay, FleetSize, LeftOut,
    LeftOutReason, Proposal, ProposalGround, RepeatCount, RepeatError, RepeatRules, RepeatSubject,
    RepeatWindow, Standing, Threshold, carrier_share, driver_first_exceeded, driver_repeats,
    source_instigations, vehicle_first_exceeded, vehicle_repeats,
};
pub use statement::{Source, Statement};
pub use surcharge::{
    LatePayment, NotCounted, NotCountedReason, Surcharge, SurchargeError, surcharge,
    whole_fen_down, yuan_text,
};
pub use table::{Example, LawTables, Table, TableError, TableReference};
pub use text::Sentence;
pub use vehicle::{Tyres, VehicleCategory, VehicleDescription};
pub use verdict::{
    Alternative, AxleGroupKind, Dimension, DimensionFinding, GroupFinding, Note, NoteCode, Outcome,
    PolicePenalty, Reading, Risk, TransportKind, TransportPenalty, Verdict, VerdictClass,
};
pub use worked::{EXAMPLES_SUFFIX, ExampleFailure, ExamplesRun, WorkedExamples, run_examples};
