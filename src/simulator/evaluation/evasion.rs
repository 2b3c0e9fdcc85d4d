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
    /// Those among them who did it so mildly, or in such a way, that it is hard to see.
    pub mild: u64,
    /// Those among these of which it was found.
    pub found_mild: u64,
    /// Those of which only the kind was found that records can't tell from it: a covered plate and one
    /// that is not there.
    pub found_as_like: u64,
    /// Findings.
    pub findings: u64,
    /// Findings of a vehicle that does so.
    pub right: u64,
    /// Findings of a vehicle that the traffic made do so: neither right nor wrong.
    pub forced: u64,
    /// Wrong findings of a vehicle that does what records can't tell from it.
    pub right_as_like: u64,
}

/// The kind that no record can tell from this one.
pub const fn like(kind: EvasionKind) -> Option<EvasionKind> {
    match kind {
        EvasionKind::PlateCovered => Some(EvasionKind::PlateMissing),
        EvasionKind::PlateMissing => Some(EvasionKind::PlateCovered),
        _ => None,
    }
}

/// How a vehicle did it, and whether it was found.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Seen {
    pub(super) mild: bool,
    pub(super) found: bool,
    pub(super) found_as_like: bool,
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
        most_frequent(&self.mistaken, kind)
    }

    pub(super) fn mistake(&mut self, kind: EvasionKind, instead: Option<EvasionKind>) {
        *self.mistaken.entry((kind, instead)).or_default() += 1;
        if instead.is_some() && instead == like(kind) {
            self.kinds.entry(kind).or_default().right_as_like += 1;
        }
    }

    pub(super) fn vehicle(&mut self, kind: EvasionKind, seen: Seen) {
        let counts = self.kinds.entry(kind).or_default();
        counts.vehicles += 1;
        counts.found += u64::from(seen.found);
        counts.mild += u64::from(seen.mild);
        counts.found_mild += u64::from(seen.mild && seen.found);
        counts.found_as_like += u64::from(seen.found_as_like && !seen.found);
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
            counts.mild += more.mild;
            counts.found_mild += more.found_mild;
            counts.found_as_like += more.found_as_like;
            counts.right_as_like += more.right_as_like;
            counts.findings += more.findings;
            counts.right += more.right;
            counts.forced += more.forced;
        }
        for (mistake, count) in &other.mistaken {
            *self.mistaken.entry(*mistake).or_default() += count;
        }
    }
}

/// What was counted of a kind, the most frequent first.
pub(super) fn most_frequent<What: Copy + Ord>(
    counts: &BTreeMap<(EvasionKind, What), u64>,
    kind: EvasionKind,
) -> Vec<(What, u64)> {
    let of_kind = counts.iter().filter(|((of, _), _)| *of == kind);
    let mut counts: Vec<_> = of_kind.map(|((_, what), count)| (*what, *count)).collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counts
}
