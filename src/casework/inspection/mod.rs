//! The weighing flow and the yard (检测流程、停车场): one vehicle's stay at a fixed station or with a
//! mobile team, from being picked out to being released.
//!
//! [`InspectionMachine`] is the table, [`open`] and [`apply`] carry it out, [`available`] says what can
//! be done. A vehicle over the limit leaves by a legal weighing at or under it, by a permit that covers
//! an indivisible load, or by a reason with a paper; and whatever was recorded stays.

mod action;
mod apply;
mod condition;
mod facts;
mod form;
mod hold;
mod index;
mod known;
mod offer;
mod open;
mod payload;
mod record;
mod refusal;
mod state;
mod table;
mod taken;
mod weighing;

pub use action::InspectionAction;
pub use apply::apply;
pub use facts::{
    Actor, CaseFact, Facts, InspectionSettings, OfficerLicence, PermitFact, VerdictShort,
    WeighedPassage,
};
pub use hold::{HoldClock, HoldLevel};
pub use index::{InspectionIndex, ShiftCounts, shift_counts};
pub use known::{GoodsHere, MassMoved};
pub use offer::{Offered, available};
pub use open::open;
pub use payload::{
    Attach, BeginUnloading, CallPolice, Correct, Describe, ExtendHold, FindingEntry,
    GoodsCollected, GoodsStored, HandInput, HandToPolice, HoldVehicle, Identify, LeadIn,
    LetThrough, LiftHold, LinkCase, NoteEntry, PadFormat, PadSignature, PaperSignature,
    PartyRequest, PassageInput, PermitShown, Place, PoliceResult, Reason, RefusedSignature,
    Release, RequestAnswer, Select, Sheet, Sign, Signature, Transfer, TransferVehicle,
    VehicleToPolice, VoidWeighing, WeighingEntry, WeighingInput,
};
pub use record::{
    Ending, Finding, HistoryEntry, Inspection, LimitKnown, Measure, MeasureExtended, MeasureLifted,
    MeasurePlaced, Moving, Police, Record, Selection, ShownPermit, Weighing, inspection_id,
};
pub use refusal::{Problem, Refusal};
pub use state::{
    AttachmentKind, FindingKind, IdentifyReason, InspectionCondition, InspectionState,
    InspectionStep, LetThroughReason, LoadingSheetState, RecordKind, RequestKind, SelectedBy,
};
pub use table::InspectionMachine;

#[cfg(test)]
mod tests;
