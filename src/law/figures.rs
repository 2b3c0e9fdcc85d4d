//! Which figures a table has: the shape of its TOML.

use chrono::NaiveDate;
use serde::Deserialize;

use super::derivation::Citation;
use super::vehicle::VehicleCategory;

/// A figure of the law with what is known about it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Figure<T> {
    pub value: T,
    pub sure: String,
    #[serde(default)]
    #[expect(
        dead_code,
        reason = "read by people in the file; refused when misspelt"
    )]
    note: Option<String>,
}

pub(super) type Mass = Figure<i64>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum PartTonne {
    Floor,
    Ceiling,
    FromSecond,
}

impl PartTonne {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::Ceiling => "ceiling",
            Self::FromSecond => "from_second",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SingleTyreReading {
    /// One reduction for the vehicle.
    #[serde(rename = "order_62")]
    Order62,
    /// One reduction for every axle with single tyres ("every two tyres fewer").
    #[serde(rename = "annex_124")]
    Annex124,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum DeductionFormula {
    /// The reading counts.
    None,
    /// Floor of reading / (1 + permissible error in service); the class must be known.
    DivideByOnePlusError,
    /// The same when the class is known, else the reading counts.
    DivideByOnePlusErrorIfKnown,
}

impl DeductionFormula {
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::DivideByOnePlusError => "divide_by_one_plus_error",
            Self::DivideByOnePlusErrorIfKnown => "divide_by_one_plus_error_if_known",
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    pub part_tonne_reading: Figure<PartTonne>,
    pub single_tyre_reading: Figure<SingleTyreReading>,
    pub spacing_tolerance_mm: Figure<i64>,
    pub hundred_ton_kg: Mass,
    pub risk_standard_deviations: Figure<i64>,
    pub risk_withhold_above_per_million: Figure<i64>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AccuracyClass {
    pub class: String,
    pub in_service_basis_points: Figure<i64>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Deduction {
    pub article: Citation,
    pub platform: Figure<DeductionFormula>,
    pub off_site: Figure<DeductionFormula>,
    pub pre_selection: Figure<DeductionFormula>,
    pub accuracy_class: Vec<AccuracyClass>,
    pub static_class: Vec<StaticClass>,
    pub certificate_article: Citation,
}

/// A static scale's class: its error counted in scale intervals, by how many of them the reading is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StaticClass {
    pub class: String,
    pub sure: String,
    pub tier: Vec<StaticTier>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StaticTier {
    pub up_to_intervals: i64,
    /// Permissible error in service, in tenths of an interval.
    pub in_service_tenths: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum VehicleKind {
    Truck,
    Train,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MassLimit {
    pub kind: VehicleKind,
    pub axles: usize,
    #[serde(default)]
    pub or_more: bool,
    pub kg: Mass,
    pub single_drive_kg: Option<Mass>,
    pub article: Citation,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AirSuspension {
    pub category: VehicleCategory,
    pub axles: usize,
    pub trailer_spacing_from_mm: Option<Figure<i64>>,
    pub kg: Mass,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Article3 {
    pub mass_limit: Vec<MassLimit>,
    pub air_suspension: Vec<AirSuspension>,
    pub air_suspension_article: Citation,
    pub single_tyres_kg: Mass,
    pub single_tyres_article: Citation,
    pub axle_sum_article: Citation,
    pub licence_mass_article: Citation,
    pub special_purpose_article: Citation,
    pub permit_article: Citation,
}

/// The recognition standard of 2016, another reading of the same limits.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Annex124 {
    pub article: Citation,
    /// Taken off for every axle that has two tyres fewer.
    pub tyre_pair_kg: Mass,
    /// Whether a two-axle truck must also keep within the total mass on its licence.
    pub two_axle_truck_within_licence: Figure<bool>,
    pub picture: Vec<Picture>,
}

/// A picture of the annex: all of one kind and axle count, or one arrangement of groups.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Picture {
    pub category: VehicleCategory,
    pub axles: usize,
    /// Axles by group; absent = whatever has no picture of its own.
    pub groups: Option<Vec<usize>>,
    /// For vehicles with one driven axle only.
    #[serde(default)]
    pub single_drive: bool,
    pub kg: Mass,
}

/// Dimensions: art. 3, the own limits of GB 1589 of those whom art. 3 frees, the tiers of art. 43.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Dimensions {
    pub article: Citation,
    pub height_mm: Mass,
    pub width_mm: Mass,
    pub length_mm: Mass,
    pub own_article: Citation,
    pub own: Vec<OwnDimension>,
    pub standard: Vec<OwnDimension>,
    pub penalty_article: Citation,
    pub tier: Vec<DimensionTier>,
}

/// A limit of GB 1589 for a kind of vehicle, a body, or both.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OwnDimension {
    pub category: Option<VehicleCategory>,
    pub body: Option<String>,
    pub width_mm: Option<Mass>,
    pub length_mm: Option<Mass>,
}

/// A tier of art. 43 for dimensions; the last one has no bounds.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DimensionTier {
    pub height_mm: Option<i64>,
    pub width_mm: Option<i64>,
    pub length_mm: Option<i64>,
    pub yuan: [i64; 2],
    pub sure: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TwoAxleClass {
    /// Spacing below this; absent in the last class, which is for trailers only.
    pub below_mm: Option<i64>,
    pub kg: Mass,
    pub trailer_kg: Option<Mass>,
    pub driven_air_kg: Option<Mass>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ThreeAxleClass {
    pub up_to_mm: i64,
    pub kg: Mass,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AxleLimits {
    pub article: Citation,
    pub single_tyres_kg: Mass,
    pub wide_tyres_kg: Mass,
    pub dual_tyres_kg: Mass,
    pub dual_tyres_air_kg: Mass,
    pub driven_kg: Mass,
    pub two_axle: Vec<TwoAxleClass>,
    pub three_axle: Vec<ThreeAxleClass>,
    pub four_axle_kg_per_mm: Figure<i64>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Transport {
    pub article: Citation,
    pub warning_up_to_kg: Mass,
    pub step_kg: Mass,
    pub yuan_per_step: Figure<i64>,
    pub cap_yuan: Figure<i64>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FineTier {
    /// Strictly more than this share over the approved payload.
    pub above_basis_points: i64,
    pub yuan: [i64; 2],
    #[serde(rename = "sure")]
    pub mark: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PointsTier {
    /// This share over the maximum total mass, or more.
    pub from_basis_points: i64,
    pub points: u8,
    #[serde(rename = "sure")]
    pub mark: String,
    pub article: Citation,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Points {
    pub valid_from: NaiveDate,
    pub article: Citation,
    pub tier: Vec<PointsTier>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Police {
    pub fine_article: Citation,
    pub fine: Vec<FineTier>,
    pub points: Points,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Common {
    pub overage: Citation,
    pub overage_percent: Citation,
    pub hundred_ton: Citation,
    pub sources: Citation,
    pub risk: Citation,
}
