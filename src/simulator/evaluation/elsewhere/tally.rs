//! What is counted of a list of sightings.

use std::collections::BTreeMap;

use super::Cause;
use crate::passage::EvasionKind;
use crate::simulator::evaluation::evasion::most_frequent;

/// Those of a kind of whom the list shows what it takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shown {
    /// Vehicles.
    pub vehicles: u64,
    /// Found among them.
    pub found: u64,
}

/// Counts of a list of sightings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Elsewhere {
    /// Lines of the list.
    pub sightings: u64,
    shown: BTreeMap<EvasionKind, Shown>,
    missed: BTreeMap<(EvasionKind, Cause), u64>,
    mistaken: BTreeMap<(EvasionKind, Cause), u64>,
}

impl Elsewhere {
    pub(super) fn of(sightings: u64) -> Self {
        Self {
            sightings,
            ..Self::default()
        }
    }

    /// The vehicles of a kind of whom the list shows what it takes.
    pub fn shown(&self, kind: EvasionKind) -> Shown {
        self.shown.get(&kind).copied().unwrap_or_default()
    }

    /// Why vehicles of a kind were missed, the most frequent first.
    pub fn missed(&self, kind: EvasionKind) -> Vec<(Cause, u64)> {
        most_frequent(&self.missed, kind)
    }

    /// Why findings of a kind are wrong, the most frequent first.
    pub fn mistaken(&self, kind: EvasionKind) -> Vec<(Cause, u64)> {
        most_frequent(&self.mistaken, kind)
    }

    pub(super) fn vehicle(&mut self, kind: EvasionKind, found: bool, unshown: Option<Cause>) {
        if unshown.is_none() {
            let shown = self.shown.entry(kind).or_default();
            shown.vehicles += 1;
            shown.found += u64::from(found);
        }
    }

    pub(super) fn miss(&mut self, kind: EvasionKind, cause: Cause) {
        *self.missed.entry((kind, cause)).or_default() += 1;
    }

    pub(super) fn mistake(&mut self, kind: EvasionKind, cause: Cause) {
        *self.mistaken.entry((kind, cause)).or_default() += 1;
    }

    /// Counts what was counted elsewhere, of another road.
    pub fn add(&mut self, other: &Self) {
        self.sightings += other.sightings;
        for (kind, more) in &other.shown {
            let shown = self.shown.entry(*kind).or_default();
            shown.vehicles += more.vehicles;
            shown.found += more.found;
        }
        for (sum, more) in [
            (&mut self.missed, &other.missed),
            (&mut self.mistaken, &other.mistaken),
        ] {
            for (key, count) in more {
                *sum.entry(*key).or_default() += count;
            }
        }
    }
}
