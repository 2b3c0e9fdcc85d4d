//! Whether an unread vehicle is one that is known, by its axles and its weight.

use super::super::{Sighting, Track};
use super::station::Station;
use crate::units::Micros;

/// Of the weighings of a vehicle at other times so many are looked at, the latest first.
const OTHER_TIMES: usize = 3;

impl Station<'_, '_> {
    /// What scales say of the vehicle about that time, within what counts as under way; else what they
    /// say of it at other times, but for its load.
    pub(super) fn known(&self, track: &Track, from: Micros, to: Micros) -> Vec<Sighting> {
        let way = self.list.settings.under_way;
        let weighed = |index: &usize| {
            let sighting = self.list.get(*index);
            sighting.filter(|sighting| sighting.axle_count().is_some())
        };
        let (from, to) = (from.saturating_sub(way), to.saturating_add(way));
        let about = self.list.within(track, from, to).iter();
        let about: Vec<Sighting> = about.filter_map(weighed).cloned().collect();
        if !about.is_empty() {
            return about;
        }
        // None was weighed about that time: all that were, were at others.
        let others = track.iter().rev().filter_map(weighed).take(OTHER_TIMES);
        let unladen = |own: &Sighting| Sighting {
            gross_kg: None,
            ..own.clone()
        };
        others.map(unladen).collect()
    }

    /// How much likelier it is that an unread vehicle has these axles if it is the one that is known,
    /// than if it is any.
    pub(super) fn likeness(&self, unread: &Sighting, known: &[Sighting]) -> f64 {
        let Some(count) = unread.axle_count() else {
            return 1.0;
        };
        let all: f64 = self.axles.values().sum();
        let with_so_many = self.axles.get(&count).copied().unwrap_or_default();
        let share = (with_so_many + 1.0) / (all + 10.0);
        let miscounted = self.scales.miscounted;
        let against = |own: &Sighting| {
            if own.axle_count() != Some(count) {
                return miscounted;
            }
            let spacings = self.scales.spacings_likeness(own, unread);
            (spacings * self.scales.gross_likeness(own, unread) / share).max(miscounted)
        };
        let best = known.iter().map(against).reduce(f64::max);
        best.unwrap_or(1.0)
    }
}
