//! Cases (案件): when one opens, who may do what with it, and what each step makes of it.
//!
//! Everything here is pure. The shell hands in what it knows and the present moment, and stores
//! what comes out; a case is therefore recomputed from its journal entries alone.

pub mod case_file;
pub mod case_state;
pub mod discards;
pub mod document;
pub mod guidance;
pub mod host_clock;
pub mod hundred_ton;
pub mod inspection;
pub mod machine;
pub mod officer;
pub mod opening;
pub mod permission;
pub mod procedure;
pub mod record;
pub mod registered;
pub mod review;
pub mod standing;
#[cfg(test)]
mod tests;
pub mod withheld;

pub use case_file::{
    CaseFile, CaseState, DiscardReason, PenaltyTrack, Step, TrackState, Tracks, case_id,
};
pub use document::{Document, DocumentKind};
pub use host_clock::{ClockRules, HostClock, HostClockState};
pub use opening::{Circumstances, Judgement, Opening, OpeningSettings, SingleRead, Site, decide};
pub use permission::{Permission, may};
pub use procedure::{
    ActHolder, Actor, CaseAction, CaseIndex, Facts, Number, NumberSeries, ProcedureSettings,
    Refusal, Stepped,
};
pub use registered::Registered;
pub use review::{Action, Decision, StepError, step};
pub use standing::{ShiftRules, Standing};
pub use withheld::WithheldReason;
