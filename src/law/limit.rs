//! The limit of the total mass (Order 62 art. 3 with its counting rules).
//!
//! Whatever is unknown is completed in every way that fits the axles, and the completion with the
//! highest limit is the one applied. Where a spacing matters it is read within the sensor's
//! tolerance, and again the highest limit applies.

use super::axles::{Aim, AxleGroup, Grouping, Hypothesis, grouped};
use super::figures::{MassLimit, SingleTyreReading, VehicleKind};
use super::table::Table;
use super::vehicle::{Layout, Tyres, VehicleCategory, VehicleDescription};
use crate::units::Millimetres;

/// How a limit came about.
#[derive(Debug, Clone)]
pub(super) struct MassFinding<'a> {
    pub vehicle: Hypothesis,
    /// The row of art. 3; `None` when the licence's mass is the limit.
    pub row: Option<&'a MassLimit>,
    /// The figure of that row, or the licence's mass.
    pub listed: i64,
    /// The higher limit of air suspension, when it applies.
    pub raised: Option<i64>,
    /// Axles with single tyres that count for the reduction.
    pub single_tyre_axles: usize,
    pub reduction: i64,
    pub grouping: Option<Grouping>,
    pub limit: i64,
}

impl MassFinding<'_> {
    /// The limit before the axle-sum rule.
    pub fn before_axle_sum(&self) -> i64 {
        self.raised
            .unwrap_or(self.listed)
            .saturating_sub(self.reduction)
    }

    /// Whether an axle that is neither driven nor steered stands alone on dual tyres.
    pub fn has_plain_single_axle(&self) -> bool {
        let groups = self
            .grouping
            .as_ref()
            .map_or(&[][..], |found| &found.groups);
        let alone = |group: &AxleGroup| group.axles() == 1 && self.vehicle.is_plain(group.first);
        self.vehicle.tyres == Tyres::Dual && groups.iter().any(alone)
    }

    /// Whether two neighbouring driven axles stand in a group of two, which carries more with air
    /// suspension.
    pub fn has_driven_pair(&self) -> bool {
        let groups = self
            .grouping
            .as_ref()
            .map_or(&[][..], |found| &found.groups);
        let driven = |axle| self.vehicle.is_driven(axle);
        let pair =
            |group: &AxleGroup| group.axles() == 2 && driven(group.first) && driven(group.last);
        groups.iter().any(pair)
    }

    /// Sum of the axle limits, kg; without bound when the spacings are not known.
    pub fn axle_sum(&self) -> i64 {
        self.grouping
            .as_ref()
            .map_or(i64::MAX, |grouping| grouping.sum)
    }
}

/// Why there is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoLimit {
    NotListed,
    LicenceMassUnknown,
}

/// The highest limit among all completions of what is known.
pub(super) fn limit_of<'a>(
    table: &'a Table,
    description: &VehicleDescription,
    axles: usize,
    tolerance: i64,
) -> Result<MassFinding<'a>, NoLimit> {
    let layout = description.layout.as_deref().and_then(Layout::parse);
    let mut best: Option<MassFinding<'a>> = None;
    let mut problem = NoLimit::NotListed;
    for category in categories(description) {
        for motor in motor_axles(*category, axles, layout) {
            for driven in driven_axles(motor, description.drive_axles) {
                for steered in steered_axles(motor, driven, layout) {
                    let vehicle = Hypothesis {
                        category: *category,
                        axles,
                        motor,
                        steered,
                        driven,
                        air: description.drive_air_suspension.unwrap_or(true),
                        plain_air: description.non_drive_air_suspension == Some(true),
                        tyres: description.non_drive_tyres.unwrap_or(Tyres::Dual),
                    };
                    let search = Search {
                        table,
                        description,
                        vehicle,
                        tolerance,
                    };
                    let listed = match search.listed() {
                        Ok(listed) => listed,
                        Err(reason) => {
                            problem = reason;
                            continue;
                        }
                    };
                    // Tyres and axles only lower it: what is no more than the best already need
                    // not be looked at.
                    let to_beat = best.as_ref().map(|best| best.limit);
                    if to_beat.is_some_and(|limit| listed.most() <= limit) {
                        continue;
                    }
                    let finding = search.judged(listed);
                    if to_beat.is_none_or(|limit| finding.limit > limit) {
                        best = Some(finding);
                    }
                }
            }
        }
    }
    best.ok_or(problem)
}

/// The kinds a vehicle may be. Trains stand first: with the same number of axles they have the
/// higher limits, and among equal limits the first stands.
pub(super) fn categories(description: &VehicleDescription) -> &'static [VehicleCategory] {
    use VehicleCategory as C;
    match (description.category, description.train) {
        (None, None) => &[
            C::ArticulatedTrain,
            C::Truck,
            C::CentreAxleTrailerTrain,
            C::FullTrailerTrain,
        ],
        (None, Some(true)) => &[
            C::ArticulatedTrain,
            C::CentreAxleTrailerTrain,
            C::FullTrailerTrain,
        ],
        (None, Some(false)) | (Some(C::Truck), _) => &[C::Truck],
        (Some(C::ArticulatedTrain), _) => &[C::ArticulatedTrain],
        (Some(C::CentreAxleTrailerTrain), _) => &[C::CentreAxleTrailerTrain],
        (Some(C::FullTrailerTrain), _) => &[C::FullTrailerTrain],
        (Some(C::LowSpeed), _) => &[C::LowSpeed],
    }
}

/// How many axles may belong to the motor vehicle.
fn motor_axles(
    category: VehicleCategory,
    axles: usize,
    layout: Option<Layout>,
) -> impl Iterator<Item = usize> {
    let candidates: [usize; 3] = match (category.is_train(), layout) {
        (false, _) => [axles, 0, 0],
        (true, Some(layout)) if layout.motor < axles => [layout.motor, 0, 0],
        (true, _) if axles >= 6 => [3, 2, 4],
        (true, _) => [2, 3, 4],
    };
    let articulated = category == VehicleCategory::ArticulatedTrain;
    candidates.into_iter().filter(move |motor| {
        let fits = *motor >= 1 && *motor <= axles && (!category.is_train() || *motor < axles);
        fits && (!articulated || *motor <= 3 || layout.is_some())
    })
}

/// How many axles of a motor vehicle may be driven: all of them, the steered ones as well.
fn driven_axles(motor: usize, known: Option<u8>) -> impl Iterator<Item = usize> {
    let candidates = match known {
        Some(driven) => [usize::from(driven).min(motor), 0, 0],
        None => [2, 1, 3],
    };
    candidates
        .into_iter()
        .filter(move |driven| *driven >= 1 && *driven <= motor)
}

/// How many axles at the front may be steered: as the layout says, else one, or two where the
/// driven ones leave room.
fn steered_axles(
    motor: usize,
    driven: usize,
    layout: Option<Layout>,
) -> impl Iterator<Item = usize> {
    let most = motor.saturating_sub(1).max(1);
    let candidates = match layout {
        Some(layout) => [layout.steered.min(most), 0],
        None if driven.saturating_add(2) <= motor => [1, 2],
        None => [1, 0],
    };
    candidates.into_iter().filter(|steered| *steered >= 1)
}

/// The limit of one completion, before tyres and axles.
#[derive(Clone, Copy)]
struct Listed<'a> {
    /// The row of art. 3; `None` when the licence's mass is the limit.
    row: Option<&'a MassLimit>,
    mass: i64,
    /// The vehicle's own higher limit of GB 1589.
    raised: Option<i64>,
}

impl Listed<'_> {
    fn most(&self) -> i64 {
        self.raised.unwrap_or(self.mass)
    }
}

/// One completion of what is known of a vehicle.
struct Search<'a, 'd> {
    table: &'a Table,
    description: &'d VehicleDescription,
    vehicle: Hypothesis,
    tolerance: i64,
}

impl<'a> Search<'a, '_> {
    fn listed(&self) -> Result<Listed<'a>, NoLimit> {
        let (table, vehicle) = (self.table, &self.vehicle);
        if vehicle.category == VehicleCategory::LowSpeed {
            let licence = self.description.licence_total_mass_kg;
            return Ok(Listed {
                row: None,
                mass: licence.ok_or(NoLimit::LicenceMassUnknown)?.get(),
                raised: None,
            });
        }
        let kind = if vehicle.category.is_train() {
            VehicleKind::Train
        } else {
            VehicleKind::Truck
        };
        let row = table
            .mass_limit(kind, vehicle.axles)
            .ok_or(NoLimit::NotListed)?;
        let single_drive = row.single_drive_kg.as_ref().filter(|_| vehicle.driven == 1);
        let mass = single_drive.unwrap_or(&row.kg).value;
        Ok(Listed {
            row: Some(row),
            mass,
            raised: raised(table, self.description, vehicle, mass, self.tolerance),
        })
    }

    fn judged(&self, listed: Listed<'a>) -> MassFinding<'a> {
        // Axles read as no group may carry less together and yet have the higher limit, because
        // single tyres then take nothing off.
        let greatest_sum = self.finding(listed, Aim::GreatestSum);
        if greatest_sum.reduction == 0 {
            return greatest_sum;
        }
        let fewest_grouped = self.finding(listed, Aim::FewestPlainInGroups);
        if fewest_grouped.limit > greatest_sum.limit {
            fewest_grouped
        } else {
            greatest_sum
        }
    }

    /// The limit at the reading of the spacings that serves `aim` best.
    fn finding(&self, listed: Listed<'a>, aim: Aim) -> MassFinding<'a> {
        let (table, vehicle) = (self.table, self.vehicle);
        let spacings: &[Millimetres] = &self.description.axle_spacings_mm;
        let grouping = (spacings.len() == vehicle.axles.saturating_sub(1))
            .then(|| grouped(table, &vehicle, spacings, self.tolerance, aim));
        let mut finding = MassFinding {
            vehicle,
            row: listed.row,
            listed: listed.mass,
            raised: listed.raised,
            single_tyre_axles: 0,
            reduction: 0,
            grouping,
            limit: listed.mass,
        };
        if listed.row.is_none() {
            return finding;
        }
        finding.single_tyre_axles = single_tyre_axles(&vehicle, finding.grouping.as_ref());
        let per_vehicle = table.article_3.single_tyres_kg.value;
        finding.reduction = match table.settings.single_tyre_reading.value {
            SingleTyreReading::Order62 if finding.single_tyre_axles > 0 => per_vehicle,
            SingleTyreReading::Order62 => 0,
            SingleTyreReading::Annex124 => per_tyre_pair(per_vehicle, finding.single_tyre_axles),
        };
        finding.limit = finding.before_axle_sum().min(finding.axle_sum());
        finding
    }
}

/// The reduction of the annex's reading: once for every axle with two tyres fewer.
pub(super) fn per_tyre_pair(reduction: i64, axles: usize) -> i64 {
    reduction.saturating_mul(i64::try_from(axles).unwrap_or(i64::MAX))
}

/// Axles that art. 3 takes as dual-tyred and that have single tyres: those of two- and three-axle
/// groups and of semi- and full trailers, except driven (and steered) ones.
fn single_tyre_axles(vehicle: &Hypothesis, grouping: Option<&Grouping>) -> usize {
    if vehicle.tyres != Tyres::Single {
        return 0;
    }
    let semi_or_full = vehicle.category != VehicleCategory::CentreAxleTrailerTrain;
    let grouped = |axle: usize| {
        let groups = grouping.map_or(&[][..], |grouping| &grouping.groups);
        groups
            .iter()
            .any(|group| group.axles() > 1 && (group.first..=group.last).contains(&axle))
    };
    (0..vehicle.axles)
        .filter(|axle| vehicle.is_plain(*axle))
        .filter(|axle| (vehicle.is_trailer(*axle) && semi_or_full) || grouped(*axle))
        .count()
}

/// The same as the annex counts them: its note takes the axles of every trailer, a centre-axle one
/// as well.
pub(super) fn single_tyre_axles_of_annex(finding: &MassFinding<'_>) -> usize {
    let (vehicle, groups) = (&finding.vehicle, finding.grouping.as_ref());
    if vehicle.tyres != Tyres::Single {
        return 0;
    }
    let groups = groups.map_or(&[][..], |grouping| &grouping.groups);
    let grouped = |axle: &usize| {
        let mut groups = groups.iter().filter(|group| group.axles() > 1);
        groups.any(|group| (group.first..=group.last).contains(axle))
    };
    (0..vehicle.axles)
        .filter(|axle| vehicle.is_plain(*axle))
        .filter(|axle| vehicle.is_trailer(*axle) || grouped(axle))
        .count()
}

/// The vehicle's own higher limit of GB 1589 for air suspension, when it has one.
fn raised(
    table: &Table,
    description: &VehicleDescription,
    vehicle: &Hypothesis,
    listed: i64,
    tolerance: i64,
) -> Option<i64> {
    if !vehicle.air {
        return None;
    }
    let rows = &table.article_3.air_suspension;
    let row = rows
        .iter()
        .find(|row| row.category == vehicle.category && row.axles == vehicle.axles)?;
    if let Some(from) = &row.trailer_spacing_from_mm {
        let spacing = description.axle_spacings_mm.last();
        // Unknown is read as far enough: better for the party.
        let enough = spacing.is_none_or(|gap| gap.get().saturating_add(tolerance) >= from.value);
        if !vehicle.has_trailer_pair() || !enough {
            return None;
        }
    }
    let mass = distance_mass(table, description, vehicle, tolerance)
        .map_or(row.kg.value, |by_distance| by_distance.min(row.kg.value));
    (mass > listed).then_some(mass)
}

/// GB 1589's further bound of a four-axle truck that is known not to be a tipper: mass by the
/// distance of its first and last axle, every spacing `tolerance` mm longer than read.
pub(super) fn distance_mass(
    table: &Table,
    description: &VehicleDescription,
    vehicle: &Hypothesis,
    tolerance: i64,
) -> Option<i64> {
    let tipper = description
        .body
        .as_deref()
        .is_none_or(|body| body == "tipper");
    let spacings = &description.axle_spacings_mm;
    if tipper || vehicle.category != VehicleCategory::Truck || spacings.len() != 3 {
        return None;
    }
    let distance = spacings.iter().fold(0_i64, |sum, gap| {
        sum.saturating_add(gap.get()).saturating_add(tolerance)
    });
    Some(distance.saturating_mul(table.axle_limits.four_axle_kg_per_mm.value))
}
