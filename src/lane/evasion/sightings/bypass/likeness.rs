//! Whether an unread vehicle is one that is known, by its axles and its weight.

use super::super::{Sighting, Track};
use super::station::Station;
use crate::units::Micros;

/// Of the other days that a vehicle was weighed on so many are looked at.
const OTHER_DAYS: usize = 3;

impl Station<'_, '_> {
    /// What scales say of the vehicle about that time; else what they say of it on other days, but for
    /// its load.
    pub(super) fn known(&self, track: &Track, from: Micros, to: Micros) -> Vec<Sighting> {
        let way = self.list.settings.under_way;
        let about = from.saturating_sub(way)..=to.saturating_add(way);
        let of_track = track.iter().filter_map(|index| self.list.get(*index));
        let weighed = of_track.filter(|sighting| sighting.axle_count().is_some());
        let (now, other_days): (Vec<&Sighting>, Vec<&Sighting>) =
            weighed.partition(|sighting| about.contains(&sighting.at));
        if now.is_empty() {
            let others = other_days.into_iter().rev().take(OTHER_DAYS);
            let unladen = |own: &Sighting| Sighting {
                gross_kg: None,
                ..own.clone()
            };
            return others.map(unladen).collect();
        }
        now.into_iter().cloned().collect()
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
