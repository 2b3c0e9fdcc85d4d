//! What came out: limit, overage, class, what each authority could impose, and why.

use serde::{Deserialize, Serialize};

use super::derivation::{Citation, Inputs, Step};
use super::one_act::OneAct;
use super::table::TableReference;
use crate::units::{Kilograms, Millimetres, Yuan};

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
    /// Over, beyond the warning band, or over a dimension (超限).
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

/// Penalty of the transport authority (Order 62 art. 43). It and the police fine are alternatives:
/// one act, one fine (Administrative Penalty Law art. 29).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransportPenalty {
    /// Which, for the mass.
    pub kind: TransportKind,
    /// Computed amount for the mass, whole yuan; zero when it is no fine.
    pub yuan: Yuan,
    /// Least and greatest amount for mass and dimensions together, capped, yuan; `None` when no
    /// dimension is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_range_yuan: Option<[Yuan; 2]>,
}

/// Which dimension.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// Height from the ground (高).
    Height,
    /// Width (宽).
    Width,
    /// Length (长).
    Length,
}

impl Dimension {
    /// The name used in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Height => "height",
            Self::Width => "width",
            Self::Length => "length",
        }
    }
}

/// A dimension against its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DimensionFinding {
    /// Which.
    pub dimension: Dimension,
    /// As measured, with its load, mm.
    pub measured_mm: Millimetres,
    /// Limit, mm.
    pub limit_mm: Millimetres,
    /// What it is over, mm; never negative.
    pub overage_mm: Millimetres,
}

/// How else the limit can be read (不同理解). A closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// Art. 3 without the rule that the limit may not exceed the sum of the axle limits.
    #[serde(rename = "article_3_without_axle_sum")]
    WithoutAxleSum,
    /// Single tyres take 3 t for every two tyres fewer.
    SingleTyresByPair,
    /// Single tyres take 3 t once.
    SingleTyresOnce,
    /// The recognition standard of 2016.
    #[serde(rename = "annex_124")]
    Annex124,
}

impl Reading {
    /// The name used in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::WithoutAxleSum => "article_3_without_axle_sum",
            Self::SingleTyresByPair => "single_tyres_by_pair",
            Self::SingleTyresOnce => "single_tyres_once",
            Self::Annex124 => "annex_124",
        }
    }
}

/// What another reading of the law would come to. It is shown, never applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alternative {
    /// Which reading.
    pub reading: Reading,
    /// Where it stands.
    pub article: Citation,
    /// Its limit, kg.
    pub limit_kg: Kilograms,
    /// What the mass is over that, kg.
    pub overage_kg: Kilograms,
    /// What art. 43 would name for it.
    pub transport: TransportPenalty,
}

/// The stated risk of an overage (误认风险): it may only withhold a penalty, never make one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Risk {
    /// Probability that the true mass is at or under the limit, in millionths, rounded up.
    pub per_million: i64,
    /// Above this it withholds.
    pub withhold_above_per_million: i64,
    /// Permissible error in service that was taken for the scale at this reading, kg.
    pub permissible_error_kg: Kilograms,
    /// Known drift that was counted against the reading, hundredths of a per cent.
    pub drift_basis_points: i64,
    /// Whether the overage may not become a penalty for it.
    pub withheld: bool,
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
    /// A dimension of a special-purpose vehicle is above the ordinary limit: its register entry decides.
    SpecialPurposeDimensions,
    /// Kind of vehicle unknown: assumed better for the party, `resolved` says which.
    CategoryUnknown,
    /// Number of driven axles unknown: assumed better for the party.
    DriveAxlesUnknown,
    /// Tyres unknown: assumed better for the party.
    TyresUnknown,
    /// Suspension unknown: assumed better for the party.
    AirSuspensionUnknown,
    /// Layout unknown: which axles are steered and which are the trailer's was assumed better for the
    /// party.
    LayoutUnknown,
    /// Body unknown: assumed to be a tipper, which the mass by axle distance does not bind.
    BodyUnknown,
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
    /// A dimension is over its limit.
    DimensionOver,
    /// Longer than the standard allows its kind, though within art. 3: to be reported (art. 45).
    BeyondStandardLength,
    /// A permit raises the limits.
    PermitApplied,
    /// A permit was not kept to, so it does not count; `reason` says in what.
    PermitBroken,
    /// Two sources say different things of the vehicle; the one who counts most was believed.
    SourcesDisagree,
    /// A semi-trailer's or truck's single axle would carry more with air suspension, which nobody
    /// has shown.
    PlainAirSuspensionNotShown,
    /// No certificate of the scale was stated.
    CertificateNotStated,
    /// The certificate does not cover the day.
    CertificateNotValid,
    /// The risk that the true mass is within the limit is above the setting: no penalty.
    RiskTooHigh,
    /// Nothing is known of the scale's error, so no risk can be stated.
    RiskNotStated,
    /// It cannot be said which authority fines; `reason` says why.
    FiningAuthorityOpen,
}

impl NoteCode {
    /// All of them.
    pub const ALL: [Self; 32] = [
        Self::NoTableInForce,
        Self::InputRefused,
        Self::CategoryNotListed,
        Self::LicenceMassUnknown,
        Self::SpecialPurposeVehicle,
        Self::SpecialPurposeDimensions,
        Self::CategoryUnknown,
        Self::DriveAxlesUnknown,
        Self::TyresUnknown,
        Self::AirSuspensionUnknown,
        Self::LayoutUnknown,
        Self::BodyUnknown,
        Self::SpacingsUnknown,
        Self::ClassUncertain,
        Self::ReadingsDiffer,
        Self::AboveLicenceMass,
        Self::AboveDistanceMass,
        Self::ScaleNotStated,
        Self::PreSelectionOnly,
        Self::AccuracyClassUnknown,
        Self::PointsNotInTable,
        Self::DimensionOver,
        Self::BeyondStandardLength,
        Self::PermitApplied,
        Self::PermitBroken,
        Self::SourcesDisagree,
        Self::PlainAirSuspensionNotShown,
        Self::CertificateNotStated,
        Self::CertificateNotValid,
        Self::RiskTooHigh,
        Self::RiskNotStated,
        Self::FiningAuthorityOpen,
    ];

    /// The name used in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoTableInForce => "no_table_in_force",
            Self::InputRefused => "input_refused",
            Self::CategoryNotListed => "category_not_listed",
            Self::LicenceMassUnknown => "licence_mass_unknown",
            Self::SpecialPurposeVehicle => "special_purpose_vehicle",
            Self::CategoryUnknown => "category_unknown",
            Self::DriveAxlesUnknown => "drive_axles_unknown",
            Self::TyresUnknown => "tyres_unknown",
            Self::AirSuspensionUnknown => "air_suspension_unknown",
            Self::LayoutUnknown => "layout_unknown",
            Self::BodyUnknown => "body_unknown",
            Self::SpecialPurposeDimensions => "special_purpose_dimensions",
            Self::SpacingsUnknown => "spacings_unknown",
            Self::ClassUncertain => "class_uncertain",
            Self::ReadingsDiffer => "readings_differ",
            Self::AboveLicenceMass => "above_licence_mass",
            Self::AboveDistanceMass => "above_distance_mass",
            Self::ScaleNotStated => "scale_not_stated",
            Self::PreSelectionOnly => "pre_selection_only",
            Self::AccuracyClassUnknown => "accuracy_class_unknown",
            Self::PointsNotInTable => "points_not_in_table",
            Self::DimensionOver => "dimension_over",
            Self::BeyondStandardLength => "beyond_standard_length",
            Self::PermitApplied => "permit_applied",
            Self::PermitBroken => "permit_broken",
            Self::SourcesDisagree => "sources_disagree",
            Self::PlainAirSuspensionNotShown => "plain_air_suspension_not_shown",
            Self::CertificateNotStated => "certificate_not_stated",
            Self::CertificateNotValid => "certificate_not_valid",
            Self::RiskTooHigh => "risk_too_high",
            Self::RiskNotStated => "risk_not_stated",
            Self::FiningAuthorityOpen => "fining_authority_open",
        }
    }
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
    /// What the scale gave, nothing deducted (读数).
    pub reading_kg: Kilograms,
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
    /// What the transport authority could impose.
    pub transport: Option<TransportPenalty>,
    /// What the police could impose.
    pub police: Option<PolicePenalty>,
    /// Which of the two may fine, where it is known how the vehicle was met: one act, one fine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub one_act: Option<OneAct>,
    /// Each axle or group against its limit; empty when spacings are unknown.
    pub axle_groups: Vec<GroupFinding>,
    /// Every dimension that was measured, against its limit.
    pub dimensions: Vec<DimensionFinding>,
    /// Other readings of the law that give another limit.
    pub alternatives: Vec<Alternative>,
    /// The risk of an overage; `None` when nothing is over or the scale's error is not known.
    pub risk: Option<Risk>,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_is_found_by_its_name_and_by_no_other() {
        for class in VerdictClass::ALL {
            assert_eq!(VerdictClass::from_name(class.name()), Some(class));
            assert_eq!(serde_json::to_value(class).unwrap(), class.name());
        }
        for none in ["", "over", "Clear", "百吨王"] {
            assert_eq!(VerdictClass::from_name(none), None, "{none}");
        }
    }
}
