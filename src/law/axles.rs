//! Axle groups and their limits (GB 1589 轴荷限值).
//!
//! Axles closer than the last border of the two-axle classes form a group. A group never carries
//! more than its axles could singly. Where the standard has no class (three axles with a distance
//! above its last class, or more than three), the group is divided into the fewest parts that have
//! one, in the way better for the party.

use super::figures::TwoAxleClass;
use super::table::Table;
use super::vehicle::{MOST_AXLES, Tyres, VehicleCategory};
use super::verdict::AxleGroupKind;
use crate::units::Millimetres;

/// A vehicle with nothing left open: one completion of what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hypothesis {
    pub category: VehicleCategory,
    pub axles: usize,
    /// Axles of the motor vehicle.
    pub motor: usize,
    pub steered: usize,
    pub driven: usize,
    pub air: bool,
    pub tyres: Tyres,
}

impl Hypothesis {
    fn is_steered(&self, axle: usize) -> bool {
        axle < self.steered
    }

    fn is_driven(&self, axle: usize) -> bool {
        let first = self.motor.saturating_sub(self.driven);
        axle < self.motor && axle >= first && !self.is_steered(axle)
    }

    pub fn is_trailer(&self, axle: usize) -> bool {
        axle >= self.motor
    }

    /// Whether it carries the tyres that the description names.
    pub fn is_plain(&self, axle: usize) -> bool {
        !self.is_steered(axle) && !self.is_driven(axle)
    }

    /// Whether the last two axles are a two-axle semi-trailer.
    pub fn has_trailer_pair(&self) -> bool {
        self.category == VehicleCategory::ArticulatedTrain
            && self.axles.saturating_sub(self.motor) == 2
    }
}

/// Consecutive axles, counted from 0, and what they may carry, kg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct AxleGroup {
    pub first: usize,
    pub last: usize,
    pub kind: AxleGroupKind,
    pub limit: i64,
}

impl AxleGroup {
    pub fn axles(&self) -> usize {
        self.last.saturating_sub(self.first).saturating_add(1)
    }
}

/// All groups of a vehicle, front to rear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Grouping {
    pub groups: Vec<AxleGroup>,
    pub sum: i64,
}

/// Groups a vehicle's axles, every spacing taken `shift` mm longer than it was read.
pub(super) fn grouped(
    table: &Table,
    vehicle: &Hypothesis,
    spacings: &[Millimetres],
    shift: i64,
) -> Grouping {
    Spaced {
        table,
        vehicle,
        spacings,
        shift,
    }
    .grouped()
}

struct Spaced<'a> {
    table: &'a Table,
    vehicle: &'a Hypothesis,
    spacings: &'a [Millimetres],
    shift: i64,
}

impl Spaced<'_> {
    /// Distance between an axle and the next; very far behind the last.
    fn gap(&self, axle: usize) -> i64 {
        self.spacings
            .get(axle)
            .map_or(i64::MAX, |gap| gap.get().saturating_add(self.shift))
    }

    fn grouped(&self) -> Grouping {
        let close = self.table.group_below_mm();
        let count = self.vehicle.axles;
        let mut groups = Vec::with_capacity(4);
        let mut sum: i64 = 0;
        let mut first = 0;
        while first < count {
            let mut last = first;
            while last.saturating_add(1) < count && self.gap(last) < close {
                last = last.saturating_add(1);
            }
            // The last class of the standard: a two-axle trailer with its axles further apart.
            if last == first && first.saturating_add(2) == count && self.vehicle.has_trailer_pair()
            {
                last = last.saturating_add(1);
            }
            let group = self.group(first, last);
            sum = sum.saturating_add(group.limit);
            groups.push(group);
            first = last.saturating_add(1);
        }
        Grouping { groups, sum }
    }

    fn group(&self, first: usize, last: usize) -> AxleGroup {
        let of = |kind, limit| AxleGroup {
            first,
            last,
            kind,
            limit,
        };
        match last.saturating_sub(first) {
            0 => of(AxleGroupKind::Single, self.single(first)),
            1 => of(AxleGroupKind::TwoAxle, self.two_axle(first)),
            2 => match self.three_axle(first) {
                Some(limit) => of(AxleGroupKind::ThreeAxle, limit),
                None => of(AxleGroupKind::OutsideTable, self.divided(first, last)),
            },
            _ => of(AxleGroupKind::OutsideTable, self.divided(first, last)),
        }
    }

    fn single(&self, axle: usize) -> i64 {
        let limits = &self.table.axle_limits;
        if self.vehicle.is_steered(axle) {
            limits.single_tyres_kg.value
        } else if self.vehicle.is_driven(axle) {
            limits.driven_kg.value
        } else {
            match self.vehicle.tyres {
                Tyres::Dual => limits.dual_tyres_kg.value,
                Tyres::WideSingle => limits.wide_tyres_kg.value,
                Tyres::Single => limits.single_tyres_kg.value,
            }
        }
    }

    fn singles(&self, first: usize, last: usize) -> i64 {
        (first..=last).fold(0, |sum, axle| self.single(axle).saturating_add(sum))
    }

    fn two_axle(&self, first: usize) -> i64 {
        let last = first.saturating_add(1);
        let gap = self.gap(first);
        let class = |row: &&TwoAxleClass| row.below_mm.is_none_or(|below| gap < below);
        let singles = self.singles(first, last);
        let Some(row) = self.table.axle_limits.two_axle.iter().find(class) else {
            return singles;
        };
        let vehicle = self.vehicle;
        let all_trailer = vehicle.is_trailer(first);
        let all_driven = vehicle.is_driven(first) && vehicle.is_driven(last);
        let special = match (&row.trailer_kg, &row.driven_air_kg) {
            (Some(trailer), _) if all_trailer => trailer,
            (_, Some(air)) if all_driven && vehicle.air => air,
            _ => &row.kg,
        };
        special.value.min(singles)
    }

    /// `None` when a distance is above the last class. The larger distance decides the class,
    /// which is the reading better for the party.
    fn three_axle(&self, first: usize) -> Option<i64> {
        let widest = self.gap(first).max(self.gap(first.saturating_add(1)));
        let mut classes = self.table.axle_limits.three_axle.iter();
        let row = classes.find(|row| widest <= row.up_to_mm)?;
        Some(
            row.kg
                .value
                .min(self.singles(first, first.saturating_add(2))),
        )
    }

    /// Limit of axles without a class: fewest parts with one, then the greatest sum.
    fn divided(&self, first: usize, last: usize) -> i64 {
        // best[n]: parts and sum of the first n axles of the group, parts negated so that the
        // greatest pair is the one looked for.
        let mut best = [(i64::MIN, 0_i64); MOST_AXLES + 1];
        best[0] = (0, 0);
        let mut done: usize = 0;
        for axle in first..=last {
            done = done.saturating_add(1);
            let mut candidates = [None; 3];
            candidates[0] = Some((1, self.single(axle)));
            if done >= 2 {
                candidates[1] = Some((2, self.two_axle(axle.saturating_sub(1))));
            }
            if done >= 3 {
                candidates[2] = self
                    .three_axle(axle.saturating_sub(2))
                    .map(|limit| (3, limit));
            }
            for (axles, limit) in candidates.into_iter().flatten() {
                let before = best
                    .get(done.saturating_sub(axles))
                    .copied()
                    .unwrap_or_default();
                let with = (before.0.saturating_sub(1), before.1.saturating_add(limit));
                if let Some(entry) = best.get_mut(done) {
                    *entry = with.max(*entry);
                }
            }
        }
        best.get(done).map_or(0, |entry| entry.1)
    }
}
