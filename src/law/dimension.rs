//! Height, width and length against art. 3 and GB 1589, and the tiers of art. 43.

use super::figures::{Dimensions, OwnDimension};
use super::limit::categories;
use super::table::Table;
use super::vehicle::{VehicleCategory, VehicleDescription};
use super::verdict::{Dimension, DimensionFinding};
use crate::units::Millimetres;

/// The limits of one vehicle, mm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct DimensionLimits {
    pub height: i64,
    pub width: i64,
    pub length: i64,
    /// Whether the width is the vehicle's own of GB 1589 and not that of art. 3.
    pub own_width: bool,
    /// The same of the length.
    pub own_length: bool,
}

/// What a dimension is judged by, the vehicle's own limit where it is free of art. 3. A kind that
/// is not known takes the greatest.
pub(super) fn limits(table: &Table, vehicle: &VehicleDescription) -> DimensionLimits {
    let rules = &table.dimensions;
    let width = own(&rules.own, vehicle, |row| {
        row.width_mm.as_ref().map(|mm| mm.value)
    });
    let length = own(&rules.own, vehicle, |row| {
        row.length_mm.as_ref().map(|mm| mm.value)
    });
    let raised = |plain: i64, own: Option<i64>| own.map_or(plain, |own| own.max(plain));
    let (plain_width, plain_length) = (rules.width_mm.value, rules.length_mm.value);
    let (width, length) = (raised(plain_width, width), raised(plain_length, length));
    DimensionLimits {
        height: rules.height_mm.value,
        width,
        length,
        own_width: width > plain_width,
        own_length: length > plain_length,
    }
}

/// The greatest figure of the rows that may be the vehicle's.
fn own(
    rows: &[OwnDimension],
    vehicle: &VehicleDescription,
    of: impl Fn(&OwnDimension) -> Option<i64>,
) -> Option<i64> {
    let kinds = categories(vehicle);
    let may_be = |row: &&OwnDimension| {
        let kind = row
            .category
            .is_none_or(|category| kinds.contains(&category));
        let body = row
            .body
            .as_deref()
            .is_none_or(|body| vehicle.has_body(body));
        kind && body
    };
    rows.iter().filter(may_be).filter_map(of).max()
}

/// The length of the standard for its kind, where that is below the limit and the vehicle longer.
pub(super) fn beyond_standard(
    table: &Table,
    category: VehicleCategory,
    vehicle: &VehicleDescription,
    limits: &DimensionLimits,
) -> Option<i64> {
    let length = vehicle.length_mm?.get();
    let known = vehicle.category.is_some();
    let rows = &table.dimensions.standard;
    let row = rows
        .iter()
        .find(|row| known && row.category == Some(category))?;
    let standard = row.length_mm.as_ref()?.value;
    (length > standard && length <= limits.length).then_some(standard)
}

/// Every dimension that was measured, against its limit.
pub(super) fn findings(
    vehicle: &VehicleDescription,
    limits: &DimensionLimits,
) -> Vec<DimensionFinding> {
    let measured = [
        (Dimension::Height, vehicle.height_mm, limits.height),
        (Dimension::Width, vehicle.width_mm, limits.width),
        (Dimension::Length, vehicle.length_mm, limits.length),
    ];
    let found = |(dimension, measured, limit): (Dimension, Option<Millimetres>, i64)| {
        let measured_mm = measured?;
        let over = measured_mm.get().saturating_sub(limit).max(0);
        Some(DimensionFinding {
            dimension,
            measured_mm,
            limit_mm: Millimetres::new(limit),
            overage_mm: Millimetres::new(over),
        })
    };
    measured.into_iter().filter_map(found).collect()
}

/// The range of art. 43 for the dimensions, yuan; `None` when none is over.
pub(super) fn range_yuan(rules: &Dimensions, findings: &[DimensionFinding]) -> Option<[i64; 2]> {
    if findings.iter().all(|finding| finding.overage_mm.get() == 0) {
        return None;
    }
    let within = |measured: Dimension, bound: Option<i64>| {
        let found = findings
            .iter()
            .find(|finding| finding.dimension == measured);
        found
            .zip(bound)
            .is_none_or(|(found, bound)| found.measured_mm.get() <= bound)
    };
    let tier = rules.tier.iter().find(|tier| {
        within(Dimension::Height, tier.height_mm)
            && within(Dimension::Width, tier.width_mm)
            && within(Dimension::Length, tier.length_mm)
    });
    tier.map(|tier| tier.yuan)
}
