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
mod record;
mod refusal;
mod state;
mod table;

pub use action::{
    Attach, BeginUnloading, CallPolice, Correct, Describe, ExtendHold, FindingEntry,
    GoodsCollected, GoodsStored, HandInput, HandToPolice, HoldVehicle, Identify, InspectionAction,
    LeadIn, LetThrough, LiftHold, LinkCase, NoteEntry, PadFormat, PadSignature, PaperSignature,
    PartyRequest, PassageInput, PermitShown, Place, PoliceResult, Reason, RefusedSignature,
    Release, RequestAnswer, Select, Sheet, Sign, Signature, Transfer, TransferVehicle,
    VehicleToPolice, VoidWeighing, WeighingEntry, WeighingInput,
};
pub use apply::{Offered, apply, available, open};
pub use facts::{
    Actor, Facts, InspectionSettings, OfficerLicence, PermitFact, VerdictShort, WeighedPassage,
};
pub use hold::{HoldClock, HoldLevel};
pub use index::{InspectionIndex, ShiftCounts, shift_counts};
pub use record::{
    Ending, Finding, GoodsHere, HistoryEntry, Inspection, LimitKnown, MassMoved, Measure,
    MeasureExtended, MeasureLifted, MeasurePlaced, Moving, Police, Record, Selection, ShownPermit,
    Weighing, inspection_id,
};
pub use refusal::{Problem, Refusal};
pub use state::{
    AttachmentKind, FindingKind, IdentifyReason, InspectionCondition, InspectionState,
    InspectionStep, LetThroughReason, LoadingSheetState, RecordKind, RequestKind, SelectedBy,
};
pub use table::InspectionMachine;

#[cfg(test)]
mod tests;
