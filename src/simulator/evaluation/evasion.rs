//! How many of those who evade were found, and how many of the findings were right.

use std::collections::BTreeMap;

use crate::passage::EvasionKind;

/// One kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Found {
    /// Vehicles of truth that do so.
    pub vehicles: u64,
    /// Those among them of which it was found.
    pub found: u64,
    /// Findings.
    pub findings: u64,
    /// Findings of a vehicle that does so.
    pub right: u64,
    /// Findings of a vehicle that the traffic made do so: neither right nor wrong.
    pub forced: u64,
}

impl Found {
    /// Findings that are wrong.
    pub const fn wrong(&self) -> u64 {
        self.findings - self.right - self.forced
    }
}

/// All kinds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Evasions {
    kinds: BTreeMap<EvasionKind, Found>,
    mistaken: BTreeMap<(EvasionKind, Option<EvasionKind>), u64>,
}

impl Evasions {
    /// What was counted of a kind.
    pub fn of(&self, kind: EvasionKind) -> Found {
        self.kinds.get(&kind).copied().unwrap_or_default()
    }

    /// The kinds of which anything was counted.
    pub fn kinds(&self) -> impl Iterator<Item = (EvasionKind, Found)> {
        self.kinds.iter().map(|(kind, found)| (*kind, *found))
    }

    /// What vehicles with a wrong finding of this kind did instead, the most frequent first; `None` for
    /// those who did nothing.
    pub fn mistaken(&self, kind: EvasionKind) -> Vec<(Option<EvasionKind>, u64)> {
        let of_kind = self
            .mistaken
            .iter()
            .filter(|((found, _), _)| *found == kind);
        let mut counts: Vec<_> = of_kind
            .map(|((_, instead), count)| (*instead, *count))
            .collect();
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        counts
    }

    pub(super) fn mistake(&mut self, kind: EvasionKind, instead: Option<EvasionKind>) {
        *self.mistaken.entry((kind, instead)).or_default() += 1;
    }

    pub(super) fn vehicle(&mut self, kind: EvasionKind, found: bool) {
        let counts = self.kinds.entry(kind).or_default();
        counts.vehicles += 1;
        counts.found += u64::from(found);
    }

    pub(super) fn finding(&mut self, kind: EvasionKind, is_right: bool, is_forced: bool) {
        let counts = self.kinds.entry(kind).or_default();
        counts.findings += 1;
        counts.right += u64::from(is_right);
        counts.forced += u64::from(is_forced && !is_right);
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (kind, more) in &other.kinds {
            let counts = self.kinds.entry(*kind).or_default();
            counts.vehicles += more.vehicles;
            counts.found += more.found;
            counts.findings += more.findings;
            counts.right += more.right;
            counts.forced += more.forced;
        }
        for (mistake, count) in &other.mistaken {
            *self.mistaken.entry(*mistake).or_default() += count;
        }
    }
}
