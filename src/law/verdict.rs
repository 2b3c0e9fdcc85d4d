//! What came out: limit, overage, class, what each authority could impose, and why.

use serde::{Deserialize, Serialize};

use super::derivation::{Inputs, Step};
use super::table::TableReference;
use crate::units::{Kilograms, Yuan};

/// Whether there is a verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Judged.
    Assessed,
    /// No table covers the day.
    NoTableInForce,
    /// The law gives no limit for what is known, or the input is implausible; a note says which.
    Undetermined,
}

/// The verdict in one word, mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerdictClass {
    /// Not over the limit (未超限).
    Clear,
    /// Over, within the warning band of art. 43 (警告).
    Warning,
    /// Over, beyond the warning band (超限).
    Overloaded,
    /// Over, and the scale's reading is 100 t or more (百吨王).
    HundredTon,
}

impl VerdictClass {
    /// All classes, mildest first.
    pub const ALL: [Self; 4] = [
        Self::Clear,
        Self::Warning,
        Self::Overloaded,
        Self::HundredTon,
    ];

    /// The name used in JSON, in the store and in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Clear => "clear",
            Self::Warning => "warning",
            Self::Overloaded => "overloaded",
            Self::HundredTon => "hundred_ton",
        }
    }

    /// The class of a [`VerdictClass::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.name() == name)
    }
}

/// What the transport authority could impose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransportKind {
    /// Nothing.
    None,
    /// Warning (警告).
    Warning,
    /// Fine (罚款).
    Fine,
}

impl TransportKind {
    /// The name used in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Warning => "warning",
            Self::Fine => "fine",
        }
    }
}

/// Penalty of the transport authority for the mass (Order 62 art. 43). It and the police fine are
/// alternatives: one act, one fine (Administrative Penalty Law art. 29).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransportPenalty {
    /// Which.
    pub kind: TransportKind,
    /// Computed amount, whole yuan; zero when it is no fine.
    pub yuan: Yuan,
}

/// What the police could impose. `None` is "cannot be said from what is known", not "nothing".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicePenalty {
    /// Licence points (记分), by the maximum permitted total mass.
    pub points: Option<u8>,
    /// Least and greatest fine in yuan, by the approved payload; both zero when it is kept.
    pub fine_range_yuan: Option<[Yuan; 2]>,
}

/// How axles are grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AxleGroupKind {
    /// Single axle (单轴).
    Single,
    /// Two-axle group (二轴组).
    TwoAxle,
    /// Three-axle group (三轴组).
    ThreeAxle,
    /// Axles close together for which the standard has no class (标准未列): three with a distance
    /// above its last class, or more than three.
    OutsideTable,
}

impl AxleGroupKind {
    /// The name used in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::TwoAxle => "two_axle",
            Self::ThreeAxle => "three_axle",
            Self::OutsideTable => "outside_table",
        }
    }
}

/// An axle or group against its limit. Recorded and shown; art. 43 has no fine for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupFinding {
    /// First and last axle, counted from 1 at the front.
    pub axles: [u8; 2],
    /// How they are grouped.
    pub kind: AxleGroupKind,
    /// Load as the scale gave it (no error deducted), kg; `None` when axles were not weighed.
    pub load_kg: Option<Kilograms>,
    /// Limit, kg.
    pub limit_kg: Kilograms,
    /// Load over limit, kg.
    pub overage_kg: Option<Kilograms>,
    /// Whether a spacing is so close to a border of classes that the sensor cannot tell; the limit
    /// is then the one better for the party.
    pub uncertain: bool,
}

/// What a reader of the verdict must know besides the figures. A closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoteCode {
    /// No table covers the day.
    NoTableInForce,
    /// The input is implausible or contradicts itself; `field` names where.
    InputRefused,
    /// The law lists no limit for this kind with this number of axles.
    CategoryNotListed,
    /// The limit is the total mass on the licence, which is not known.
    LicenceMassUnknown,
    /// A special-purpose vehicle is judged by its register entry, which this verdict cannot.
    SpecialPurposeVehicle,
    /// Kind of vehicle unknown: assumed better for the party, `resolved` says which.
    CategoryUnknown,
    /// Number of driven axles unknown: assumed better for the party.
    DriveAxlesUnknown,
    /// Tyres unknown: assumed better for the party.
    TyresUnknown,
    /// Suspension unknown: assumed better for the party.
    AirSuspensionUnknown,
    /// Spacings unknown: the axle-sum rule was not applied.
    SpacingsUnknown,
    /// A spacing is within the tolerance of a border of classes.
    ClassUncertain,
    /// Another reading of the law gives another overage; `reading` and its limit are named.
    ReadingsDiffer,
    /// Over the total mass on the licence, whatever the road limit says.
    AboveLicenceMass,
    /// Above the mass by axle distance of GB 1589, which is no limit of art. 3.
    AboveDistanceMass,
    /// No scale was named: the reading counts as it is.
    ScaleNotStated,
    /// A pre-selection reading is not fit for a penalty.
    PreSelectionOnly,
    /// The scale's class is not known or not in the table, so its error cannot be deducted.
    AccuracyClassUnknown,
    /// The table has no points for that day.
    PointsNotInTable,
}

/// A note with its data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Which.
    pub code: NoteCode,
    /// Its data.
    pub data: Inputs,
}

/// The verdict on one [`super::Assessment`]. Whole numbers and texts only: its JSON is a journal
/// body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Whether there is a verdict.
    pub outcome: Outcome,
    /// Judged by another day's table than that of the act.
    pub hypothetical: bool,
    /// The table that was applied.
    pub table: Option<TableReference>,
    /// The verdict in one word.
    pub class: Option<VerdictClass>,
    /// Mass that counts, after the deduction of the scale's error (认定总质量).
    pub enforcement_kg: Option<Kilograms>,
    /// Limit of the total mass (限值).
    pub limit_kg: Option<Kilograms>,
    /// Enforcement mass over limit, never negative (超限量).
    pub overage_kg: Option<Kilograms>,
    /// Overage by limit in per cent, two decimals, half up (超限率), such as `116.69`.
    pub overage_percent: Option<String>,
    /// Whether the scale's reading, nothing deducted, is 100 t or more.
    pub hundred_ton: bool,
    /// What the transport authority could impose for the mass.
    pub transport: Option<TransportPenalty>,
    /// What the police could impose.
    pub police: Option<PolicePenalty>,
    /// Each axle or group against its limit; empty when spacings are unknown.
    pub axle_groups: Vec<GroupFinding>,
    /// What must be known besides.
    pub notes: Vec<Note>,
    /// Why.
    pub derivation: Vec<Step>,
}

impl Verdict {
    /// Whether it carries that note.
    pub fn has_note(&self, code: NoteCode) -> bool {
        self.notes.iter().any(|note| note.code == code)
    }
}
