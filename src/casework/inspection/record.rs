//! What an inspection is made of (检测记录). Records are only added; none is changed.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::facts::VerdictShort;
use super::payload::{
    Attach, BeginUnloading, Correct, Describe, FindingEntry, GoodsCollected, GoodsStored, Identify,
    LetThrough, LinkCase, NoteEntry, PartyRequest, Place, PoliceResult, Reason, Release,
    RequestAnswer, Sheet, Sign, Transfer, VoidWeighing,
};
use super::state::{FindingKind, InspectionState, InspectionStep, SelectedBy};
use crate::casework::document::Document;
use crate::law::Authority;
use crate::role::Role;
use crate::units::{Kilograms, Micros};

/// A record with its number, and who made it when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record<T> {
    /// Number within its list, from 1.
    pub number: u32,
    /// When it was made.
    pub at: Micros,
    /// By whom.
    pub by: String,
    /// In which role.
    pub role: Role,
    /// What was recorded.
    pub what: T,
}

/// What picked the vehicle out, and what the camera read then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    /// How.
    pub by: SelectedBy,
    /// Passage.
    #[serde(default)]
    pub passage_id: Option<String>,
    /// When it crossed.
    #[serde(default)]
    pub crossed_at: Option<Micros>,
    /// Gross in motion, kg.
    #[serde(default)]
    pub gross_kg: Option<Kilograms>,
    /// Plate as read or seen.
    #[serde(default)]
    pub plate: Option<String>,
    /// Its colour as read.
    #[serde(default)]
    pub plate_colour: Option<String>,
    /// The officer's words.
    #[serde(default)]
    pub note: Option<String>,
}

/// A weighing that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weighing {
    /// Whether it is the first (初检) or a later one (复检).
    pub first: bool,
    /// Passage; `None` for figures by hand.
    #[serde(default)]
    pub passage_id: Option<String>,
    /// When the vehicle was weighed.
    pub weighed_at: Micros,
    /// Gross as weighed.
    pub gross_kg: Kilograms,
    /// Axles, front to rear.
    #[serde(default)]
    pub axle_loads_kg: Vec<Kilograms>,
    /// Scale.
    pub scale: String,
    /// Number of its certificate.
    #[serde(default)]
    pub certificate: Option<String>,
    /// Why by hand; `None` when a scale sent the figures.
    #[serde(default)]
    pub by_hand: Option<String>,
    /// Why it can't count; `None` when it is legal.
    #[serde(default)]
    pub not_legal: Option<String>,
    /// Plate read with it.
    #[serde(default)]
    pub plate: Option<String>,
    /// Why that plate differs.
    #[serde(default)]
    pub plate_differs: Option<String>,
    /// The request it answers.
    #[serde(default)]
    pub request: Option<u32>,
    /// Verdict in short.
    #[serde(default)]
    pub verdict: VerdictShort,
    /// The limit it was held against, kg.
    #[serde(default)]
    pub limit_kg: Option<Kilograms>,
}

/// The limit as it was known from then on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitKnown {
    /// kg.
    pub limit_kg: Kilograms,
}

/// Goods are moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum Moving {
    /// Unloading began.
    Unloading(BeginUnloading),
    /// Onto other vehicles.
    Transfer(Transfer),
}

/// A permit that was shown, and what the register says of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownPermit {
    /// Number.
    pub number: String,
    /// Whether it was valid then.
    pub valid: bool,
    /// Why not.
    #[serde(default)]
    pub why_not: Option<String>,
    /// Total mass it allows.
    #[serde(default)]
    pub gross_kg: Option<Kilograms>,
    /// Whether it covered the vehicle as it stood.
    pub covers: bool,
}

/// A measure on the vehicle, or what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Measure {
    /// Placed.
    Placed(MeasurePlaced),
    /// Extended.
    Extended(MeasureExtended),
    /// Lifted.
    Lifted(MeasureLifted),
}

/// A measure that was placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeasurePlaced {
    /// Whose.
    pub authority: Authority,
    /// Number of the paper.
    pub number: String,
    /// Why.
    pub reason: String,
    /// Article.
    pub basis: String,
    /// The two officers.
    pub officers: [String; 2],
    /// Who approved.
    pub approved_by: String,
    /// Last day of it.
    pub last_day: NaiveDate,
}

/// An extension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeasureExtended {
    /// Number of the paper.
    pub number: String,
    /// Who approved.
    pub approved_by: String,
    /// Why.
    pub reason: String,
    /// Last day of it.
    pub last_day: NaiveDate,
}

/// The end of a measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeasureLifted {
    /// Number of the paper.
    pub number: String,
    /// Why.
    pub reason: String,
}

/// A finding of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Key, from the inspection's.
    pub finding_id: String,
    /// What kind.
    pub kind: FindingKind,
    /// The entry.
    pub entry: FindingEntry,
}

/// What went to the police, or came from them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Police {
    /// Handed to the resident police.
    Handed(super::payload::HandToPolice),
    /// Called.
    Called(super::payload::CallPolice),
    /// The vehicle was taken along.
    TookVehicle(super::payload::VehicleToPolice),
    /// What became of it.
    Result(PoliceResult),
}

/// How the stay ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum Ending {
    /// Released.
    Released(Release),
    /// Let through.
    LetThrough(LetThrough),
    /// Evaded or forced through: see the finding.
    Escaped,
    /// With the police.
    TakenOver,
    /// Never came.
    Abandoned(Reason),
}

/// A step in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// When.
    pub at: Micros,
    /// Who.
    pub by: String,
    /// In which role.
    pub role: Role,
    /// What.
    pub step: InspectionStep,
    /// Where it led.
    pub state: InspectionState,
    /// Where the course beneath a hold stood then.
    pub course: InspectionState,
}

/// One vehicle's stay at a fixed station or with a mobile team (检测).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspection {
    /// Key: see [`inspection_id`].
    pub inspection_id: String,
    /// Station code, or the mobile team's.
    pub station: String,
    /// Lane of the selection.
    #[serde(default)]
    pub lane: Option<u16>,
    /// The inspection in which the vehicle was cleared before, on the same trip.
    #[serde(default)]
    pub follows: Option<String>,
    /// When it was opened.
    pub opened_at: Micros,
    /// Where it stands.
    pub state: InspectionState,
    /// Where it stands beneath a hold; otherwise the same as `state`.
    pub course: InspectionState,
    /// What picked it out.
    pub selection: Selection,
    /// Plates by hand.
    #[serde(default)]
    pub identities: Vec<Record<Identify>>,
    /// Vehicle, goods, driver, source.
    #[serde(default)]
    pub descriptions: Vec<Record<Describe>>,
    /// Limits as they came to be known.
    #[serde(default)]
    pub limits: Vec<Record<LimitKnown>>,
    /// Weighings, in order.
    #[serde(default)]
    pub weighings: Vec<Record<Weighing>>,
    /// Weighings that don't count.
    #[serde(default)]
    pub voided: Vec<Record<VoidWeighing>>,
    /// What the party asked for.
    #[serde(default)]
    pub requests: Vec<Record<PartyRequest>>,
    /// Answers.
    #[serde(default)]
    pub answers: Vec<Record<RequestAnswer>>,
    /// Sheets.
    #[serde(default)]
    pub sheets: Vec<Record<Sheet>>,
    /// Unloading and transfers.
    #[serde(default)]
    pub movings: Vec<Record<Moving>>,
    /// Permits shown.
    #[serde(default)]
    pub permits: Vec<Record<ShownPermit>>,
    /// Measures.
    #[serde(default)]
    pub measures: Vec<Record<Measure>>,
    /// Places in the yard.
    #[serde(default)]
    pub places: Vec<Record<Place>>,
    /// Goods that came in.
    #[serde(default)]
    pub goods_stored: Vec<Record<GoodsStored>>,
    /// Goods that went out.
    #[serde(default)]
    pub goods_collected: Vec<Record<GoodsCollected>>,
    /// Findings of their own.
    #[serde(default)]
    pub findings: Vec<Record<Finding>>,
    /// The police's part.
    #[serde(default)]
    pub police: Vec<Record<Police>>,
    /// Cases.
    #[serde(default)]
    pub cases: Vec<Record<LinkCase>>,
    /// Signatures.
    #[serde(default)]
    pub signatures: Vec<Record<Sign>>,
    /// Papers.
    #[serde(default)]
    pub documents: Vec<Document>,
    /// Notes.
    #[serde(default)]
    pub notes: Vec<Record<NoteEntry>>,
    /// Files.
    #[serde(default)]
    pub attachments: Vec<Record<Attach>>,
    /// Corrections.
    #[serde(default)]
    pub corrections: Vec<Record<Correct>>,
    /// How it ended.
    #[serde(default)]
    pub ending: Option<Record<Ending>>,
    /// Steps in short.
    pub history: Vec<HistoryEntry>,
}

/// The key of an inspection, derived from its first passage: opening twice is opening once.
pub fn inspection_id(passage_id: &str) -> String {
    format!("insp-{passage_id}")
}
