//! Axle groups and their limits (GB 1589 轴荷限值).
//!
//! Axles closer than the last border of the two-axle classes form a group. A group never carries
//! more than its axles could singly. Where the standard has no class (three axles with a distance
//! above its last class, or more than three), the group is divided into the fewest parts that have
//! one, in the way better for the party.
//!
//! A sensor gives a spacing only within its tolerance. Every spacing is therefore read in each way
//! that its tolerance allows and that a border of classes makes different, each by itself, and the
//! reading with the greatest sum of limits applies.

use super::assessment::MOST_AXLES;
use super::figures::TwoAxleClass;
use super::table::Table;
use super::vehicle::{Tyres, VehicleCategory};
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
    pub plain_air: bool,
    pub tyres: Tyres,
}

impl Hypothesis {
    fn is_steered(&self, axle: usize) -> bool {
        axle < self.steered
    }

    pub fn is_driven(&self, axle: usize) -> bool {
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

/// In what way a reading of the spacings is better for the party.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aim {
    /// The axles may carry most.
    GreatestSum,
    /// The fewest axles stand in a group where single tyres would lower the limit.
    FewestPlainInGroups,
}

/// Groups a vehicle's axles, every spacing read within `tolerance` mm in the way that serves `aim`
/// best.
pub(super) fn grouped(
    table: &Table,
    vehicle: &Hypothesis,
    spacings: &[Millimetres],
    tolerance: i64,
    aim: Aim,
) -> Grouping {
    let read = Read {
        table,
        vehicle,
        spacings,
        tolerance,
    };
    let mut grouping = Grouping {
        groups: Vec::with_capacity(4),
        sum: 0,
    };
    for (first, last) in read.clusters() {
        let mut best: Option<((i64, i64), Gaps)> = None;
        read.each_reading(first, last, &mut |gaps| {
            let (sum, plain_in_groups) = read.measure(gaps, first, last);
            let rank = match aim {
                Aim::GreatestSum => (0, sum),
                Aim::FewestPlainInGroups => (plain_in_groups.saturating_neg(), sum),
            };
            if best.as_ref().is_none_or(|(best, _)| rank > *best) {
                best = Some((rank, *gaps));
            }
        });
        if let Some((_, gaps)) = best {
            read.each_group(&gaps, first, last, &mut |group| {
                grouping.sum = grouping.sum.saturating_add(group.limit);
                grouping.groups.push(group);
            });
        }
    }
    grouping
}

/// For each group whether some spacing is so close to a border of classes that within `tolerance`
/// mm it may as well be another group, or one with another limit.
pub(super) fn uncertain(
    table: &Table,
    vehicle: &Hypothesis,
    spacings: &[Millimetres],
    tolerance: i64,
    grouping: &Grouping,
) -> Vec<bool> {
    let read = Read {
        table,
        vehicle,
        spacings,
        tolerance,
    };
    let mut uncertain = vec![false; grouping.groups.len()];
    for (first, last) in read.clusters() {
        read.each_reading(first, last, &mut |gaps| {
            let mut other = Vec::new();
            read.each_group(gaps, first, last, &mut |group| other.push(group));
            for (group, uncertain) in grouping.groups.iter().zip(&mut uncertain) {
                let here = (first..=last).contains(&group.first);
                *uncertain |= here && !other.contains(group);
            }
        });
    }
    uncertain
}

/// How many spacings of one cluster are read in every way; of more (a multi-axle module) all are
/// read shortest, as given and longest together.
const MOST_READ_APART: usize = 6;

/// Distances to the axle behind, by axle; very far behind the last.
type Gaps = [i64; MOST_AXLES];

struct Read<'a> {
    table: &'a Table,
    vehicle: &'a Hypothesis,
    spacings: &'a [Millimetres],
    tolerance: i64,
}

impl Read<'_> {
    fn shortest(&self, axle: usize) -> i64 {
        self.spacings
            .get(axle)
            .map_or(i64::MAX, |gap| gap.get().saturating_sub(self.tolerance))
    }

    fn longest(&self, axle: usize) -> i64 {
        self.spacings
            .get(axle)
            .map_or(i64::MAX, |gap| gap.get().saturating_add(self.tolerance))
    }

    /// Whether an axle and the next are the two of a semi-trailer, a group however far apart.
    fn is_trailer_pair(&self, axle: usize) -> bool {
        axle.saturating_add(2) == self.vehicle.axles && self.vehicle.has_trailer_pair()
    }

    /// Whether an axle and the next may belong together at some reading.
    fn may_be_close(&self, axle: usize) -> bool {
        self.shortest(axle) < self.table.group_below_mm() || self.is_trailer_pair(axle)
    }

    /// First and last axle of each run whose axles may belong together at some reading: what is
    /// outside of a run never has to do with it. Behind the last axle there is none.
    fn clusters(&self) -> impl Iterator<Item = (usize, usize)> {
        let mut first = 0;
        (0..self.vehicle.axles).filter_map(move |last| {
            if self.may_be_close(last) {
                return None;
            }
            let cluster = (first, last);
            first = last.saturating_add(1);
            Some(cluster)
        })
    }

    /// Calls `reading` with every reading of a cluster's spacings that a border makes different.
    /// The one as given comes first, so that among equals it stands.
    fn each_reading(&self, first: usize, last: usize, reading: &mut impl FnMut(&Gaps)) {
        let mut gaps: Gaps = [i64::MAX; MOST_AXLES];
        for axle in first..last {
            set(
                &mut gaps,
                axle,
                self.spacings.get(axle).map_or(i64::MAX, |gap| gap.get()),
            );
        }
        reading(&gaps);
        if (first..last).all(|axle| self.borders(axle).next().is_none()) {
            return;
        }
        if last.saturating_sub(first) <= MOST_READ_APART {
            self.read_apart(first, last, &mut gaps, reading);
            return;
        }
        for bound in [Self::shortest, Self::longest] {
            for axle in first..last {
                set(&mut gaps, axle, bound(self, axle));
            }
            reading(&gaps);
        }
    }

    /// Every spacing from `axle` on at its shortest and at each border that it may reach.
    fn read_apart(
        &self,
        axle: usize,
        last: usize,
        gaps: &mut Gaps,
        reading: &mut impl FnMut(&Gaps),
    ) {
        if axle == last {
            return reading(gaps);
        }
        set(gaps, axle, self.shortest(axle));
        self.read_apart(axle.saturating_add(1), last, gaps, reading);
        for border in self.borders(axle) {
            set(gaps, axle, border);
            self.read_apart(axle.saturating_add(1), last, gaps, reading);
        }
    }

    /// The spacings within the tolerance at which another class begins.
    fn borders(&self, axle: usize) -> impl Iterator<Item = i64> {
        let reached = self.shortest(axle).saturating_add(1)..=self.longest(axle);
        let borders = self.table.spacing_borders().iter().copied();
        borders.filter(move |border| reached.contains(border))
    }

    /// Sum of the limits of axles `first` to `last` at one reading, and how many of the axles that
    /// are neither driven nor steered stand in a group.
    fn measure(&self, gaps: &Gaps, first: usize, last: usize) -> (i64, i64) {
        let (mut sum, mut plain): (i64, i64) = (0, 0);
        self.each_group(gaps, first, last, &mut |group| {
            sum = sum.saturating_add(group.limit);
            if group.axles() > 1 {
                let axles = group.first..=group.last;
                let more = axles.filter(|axle| self.vehicle.is_plain(*axle)).count();
                plain = plain.saturating_add(i64::try_from(more).unwrap_or(i64::MAX));
            }
        });
        (sum, plain)
    }

    /// Calls `found` with each group of axles `first` to `last` at one reading, front to rear.
    fn each_group(
        &self,
        gaps: &Gaps,
        first: usize,
        last: usize,
        found: &mut impl FnMut(AxleGroup),
    ) {
        let close = self.table.group_below_mm();
        let spaced = Spaced { read: self, gaps };
        let mut begin = first;
        while begin <= last {
            let mut end = begin;
            // Behind the last axle of the cluster the gap is very far.
            while spaced.gap(end) < close {
                end = end.saturating_add(1);
            }
            // The last class of the standard: a two-axle trailer with its axles further apart.
            if end == begin && self.is_trailer_pair(begin) {
                end = end.saturating_add(1);
            }
            found(spaced.group(begin, end));
            begin = end.saturating_add(1);
        }
    }
}

fn set(gaps: &mut Gaps, axle: usize, gap: i64) {
    if let Some(place) = gaps.get_mut(axle) {
        *place = gap;
    }
}

/// Axles at one reading of their spacings.
struct Spaced<'a> {
    read: &'a Read<'a>,
    gaps: &'a Gaps,
}

impl Spaced<'_> {
    /// Distance between an axle and the next; very far behind the last.
    fn gap(&self, axle: usize) -> i64 {
        self.gaps.get(axle).copied().unwrap_or(i64::MAX)
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
        let limits = &self.read.table.axle_limits;
        if self.read.vehicle.is_steered(axle) {
            limits.single_tyres_kg.value
        } else if self.read.vehicle.is_driven(axle) {
            limits.driven_kg.value
        } else {
            match self.read.vehicle.tyres {
                Tyres::Dual if self.read.vehicle.plain_air => limits.dual_tyres_air_kg.value,
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
        let Some(row) = self.read.table.axle_limits.two_axle.iter().find(class) else {
            return singles;
        };
        let vehicle = self.read.vehicle;
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
        let mut classes = self.read.table.axle_limits.three_axle.iter();
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
