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
mod assess;
mod assessment;
mod axles;
mod calendar;
mod calendar_csv;
mod deadline;
mod deadline_kind;
mod deadline_text;
mod derivation;
mod dimension;
mod expectation;
mod figures;
mod limit;
mod measured;
mod overlay;
mod penalty;
mod permit;
mod procedure;
mod risk;
mod statement;
mod surcharge;
mod table;
mod text;
mod vehicle;
mod verdict;

pub use assess::{assess, assess_hypothetically};
pub use assessment::{Assessment, InputError};
pub use calendar::{Calendar, CountedDay, DayKind, SpecialDay, WorkingDays};
pub use calendar_csv::CalendarError;
pub use deadline::{
    Deadline, DeadlineError, DeadlineStatus, Moment, deadline, prescription_expired,
};
pub use deadline_kind::DeadlineKind;
pub use derivation::{Citation, Input, Inputs, Rule, Step, Value};
pub use expectation::{Expectation, ExpectedPolice, ExpectedTransport};
pub use measured::{Certificate, Measured, Scale, ScaleUse};
pub use overlay::is_jurisdiction;
pub use penalty::{percent_half_up, without_error};
pub use permit::{Permit, PermitFault};
pub use procedure::TimeUnit;
pub use statement::{Source, Statement};
pub use surcharge::{
    LatePayment, NotCounted, NotCountedReason, Surcharge, SurchargeError, surcharge, whole_fen_down,
};
pub use table::{Example, LawTables, Table, TableError, TableReference};
pub use vehicle::{Tyres, VehicleCategory, VehicleDescription};
pub use verdict::{
    Alternative, AxleGroupKind, Dimension, DimensionFinding, GroupFinding, Note, NoteCode, Outcome,
    PolicePenalty, Reading, Risk, TransportKind, TransportPenalty, Verdict, VerdictClass,
};
