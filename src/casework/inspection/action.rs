//! What can be done, as the API reads it.

use serde::{Deserialize, Serialize};

use super::payload::{
    Attach, BeginUnloading, CallPolice, Correct, Describe, ExtendHold, FindingEntry,
    GoodsCollected, GoodsStored, HandToPolice, HoldVehicle, Identify, LeadIn, LetThrough, LiftHold,
    LinkCase, NoteEntry, PartyRequest, PermitShown, Place, PoliceResult, Reason, Release,
    RequestAnswer, Select, Sheet, Sign, Transfer, VehicleToPolice, VoidWeighing, WeighingEntry,
};
use super::state::{FindingKind, InspectionStep};
use crate::law::Authority;

/// A step with what belongs to it. Texts that are given are not blank and have at most 1,000
/// characters; digests are SHA-256 in lower-case hex; masses lie within 0 to 1,000,000 kg.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum InspectionAction {
    /// Opens an inspection: see [`super::open`].
    Select(Select),
    /// Into the station.
    LeadIn(LeadIn),
    /// First weighing (初检).
    Weigh(WeighingEntry),
    /// Later weighing (复检).
    Reweigh(WeighingEntry),
    /// A weighing doesn't count.
    VoidWeighing(VoidWeighing),
    /// The party asks for a re-weighing or another scale.
    Request(PartyRequest),
    /// Answer to it.
    Answer(RequestAnswer),
    /// Plate by hand.
    Identify(Identify),
    /// Vehicle, goods, driver, source.
    Describe(Describe),
    /// Sheet (称重和卸载单).
    Sheet(Sheet),
    /// Unloading begins.
    BeginUnloading(BeginUnloading),
    /// Goods go onto other vehicles.
    Transfer(Transfer),
    /// A permit is shown.
    PermitShown(PermitShown),
    /// The vehicle is held.
    HoldVehicle(HoldVehicle),
    /// The hold is extended, once.
    ExtendHold(ExtendHold),
    /// The hold ends.
    LiftHold(LiftHold),
    /// Where the vehicle stands.
    Place(Place),
    /// Goods come into the yard.
    GoodsStored(GoodsStored),
    /// Goods leave the yard.
    GoodsCollected(GoodsCollected),
    /// Release.
    Release(Release),
    /// Let through with a reason.
    LetThrough(LetThrough),
    /// Refusal (拒绝检测).
    Refuse(FindingEntry),
    /// Forcing through (冲卡).
    ForceThrough(FindingEntry),
    /// Evasion (逃避检测).
    Evade(FindingEntry),
    /// Never came in.
    Abandon(Reason),
    /// To the resident police.
    HandToPolice(HandToPolice),
    /// The police are called.
    CallPolice(CallPolice),
    /// The police take the vehicle.
    VehicleToPolice(VehicleToPolice),
    /// What the police made of it.
    PoliceResult(PoliceResult),
    /// The case.
    LinkCase(LinkCase),
    /// Signature.
    Sign(Sign),
    /// Note.
    Note(NoteEntry),
    /// Attachment.
    Attach(Attach),
    /// Correction.
    Correct(Correct),
}

impl InspectionAction {
    /// The rule of the table that it falls under.
    pub const fn step(&self) -> InspectionStep {
        match self {
            Self::Select(_) => InspectionStep::Select,
            Self::LeadIn(_) => InspectionStep::LeadIn,
            Self::Weigh(_) => InspectionStep::Weigh,
            Self::Reweigh(_) => InspectionStep::Reweigh,
            Self::VoidWeighing(_) => InspectionStep::VoidWeighing,
            Self::Request(_) => InspectionStep::Request,
            Self::Answer(_) => InspectionStep::Answer,
            Self::Identify(_) => InspectionStep::Identify,
            Self::Describe(_) => InspectionStep::Describe,
            Self::Sheet(_) => InspectionStep::Sheet,
            Self::BeginUnloading(_) => InspectionStep::BeginUnloading,
            Self::Transfer(_) => InspectionStep::Transfer,
            Self::PermitShown(_) => InspectionStep::PermitShown,
            Self::HoldVehicle(hold) => match hold.authority {
                Authority::Police => InspectionStep::PoliceHold,
                Authority::Transport => InspectionStep::HoldVehicle,
            },
            Self::ExtendHold(_) => InspectionStep::ExtendHold,
            Self::LiftHold(_) => InspectionStep::LiftHold,
            Self::Place(_) => InspectionStep::Place,
            Self::GoodsStored(_) => InspectionStep::GoodsStored,
            Self::GoodsCollected(_) => InspectionStep::GoodsCollected,
            Self::Release(_) => InspectionStep::Release,
            Self::LetThrough(_) => InspectionStep::LetThrough,
            Self::Refuse(_) => InspectionStep::Refuse,
            Self::ForceThrough(_) => InspectionStep::ForceThrough,
            Self::Evade(_) => InspectionStep::Evade,
            Self::Abandon(_) => InspectionStep::Abandon,
            Self::HandToPolice(_) => InspectionStep::HandToPolice,
            Self::CallPolice(_) => InspectionStep::CallPolice,
            Self::VehicleToPolice(_) => InspectionStep::VehicleToPolice,
            Self::PoliceResult(_) => InspectionStep::PoliceResult,
            Self::LinkCase(_) => InspectionStep::LinkCase,
            Self::Sign(_) => InspectionStep::Sign,
            Self::Note(_) => InspectionStep::Note,
            Self::Attach(_) => InspectionStep::Attach,
            Self::Correct(_) => InspectionStep::Correct,
        }
    }

    /// The finding it records, for the three that are findings of their own.
    pub const fn finding(&self) -> Option<(FindingKind, &FindingEntry)> {
        match self {
            Self::Refuse(entry) => Some((FindingKind::Refused, entry)),
            Self::ForceThrough(entry) => Some((FindingKind::ForcedThrough, entry)),
            Self::Evade(entry) => Some((FindingKind::Evaded, entry)),
            _ => None,
        }
    }
}
