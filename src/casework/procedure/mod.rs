//! The course of a case (办案程序): its table of steps, what each makes of the file, its clocks, its
//! money, its closing checklist, and the four penalties that hang from it.
//!
//! [`apply()`] takes a case, an action, who acts, what is known and the moment, and gives the case
//! after the step or why not. The table says who may do what where and under which conditions;
//! nothing here looks at a clock or a store.

pub mod action;
mod amount;
pub mod apply;
pub mod checklist;
mod checks;
pub mod condition;
pub mod counted;
pub mod course;
pub mod deadlines;
mod enforcing;
pub mod facts;
pub mod index;
pub mod lists;
pub mod money;
pub mod numbering;
pub mod open;
pub mod records;
pub mod refusal;
pub mod roll;
pub mod table;
pub mod track;
pub mod track_table;

pub use action::{ActionKind, CaseAction, TrackStep};
pub use apply::{ActChange, Offered, Stepped, apply, available};
pub use checklist::{ChecklistEntry, ChecklistItem, checklist};
pub use condition::CaseCondition;
pub use counted::counted;
pub use deadlines::{Clock, Clocks, WarningLevel, clocks};
pub use facts::{
    ActHolder, Actor, Counts, Facts, OfficerLicence, ProcedureSettings, RegisterEntry, VehicleHold,
};
pub use index::CaseIndex;
pub use lists::*;
pub use money::{Due, due};
pub use numbering::{Number, NumberSeries, NumberTemplate, TemplateError};
pub use open::{OpenedByHand, SOURCE_OFFENCES, SourceParty};
pub use refusal::{Refusal, Unmet};
pub use roll::{PartyCounts, rests, roll, roll_track};
pub use table::CaseMachine;
pub use track_table::{COMPETENCE, Competence, TrackMachine};

#[cfg(test)]
pub(crate) mod tests;
