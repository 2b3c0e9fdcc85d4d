//! How much longer the ways around a station take, and how many take them: learnt from the trips that
//! nobody read at the station, step by step. Each trip counts for as much as it is likely to have been
//! such a way by what was learnt before (expectation and maximisation).

use std::collections::BTreeMap;

use crate::units::Micros;

/// Ways around are told apart by so much time.
const BIN: f64 = 600.0;
/// Steps: what is learnt hardly changes any more.
const STEPS: usize = 8;
/// Before any trip is seen, all times are as likely; that counts for so many ways around.
const EVEN_WEIGHS: f64 = 4.0;
/// The share that is told by the settings counts for so many trips.
const USUAL_WEIGHS: f64 = 200.0;

/// A trip without a read at the station.
#[derive(Debug, Clone, Copy)]
pub(super) struct Weighed {
    /// Than the vehicle in the middle takes.
    pub(super) longer: Micros,
    /// If all times between the least and the most are as likely, a second.
    pub(super) even: f64,
    /// How likely all that was seen is if it passed the station, a second.
    pub(super) passed: f64,
}

/// What is learnt of the ways around.
#[derive(Debug)]
pub(super) struct Detours {
    share: f64,
    bins: BTreeMap<i64, f64>,
    all: f64,
}

impl Weighed {
    fn bin(&self) -> i64 {
        libm::floor(self.longer.in_seconds() / BIN) as i64
    }
}

impl Detours {
    /// From trips without a read, and the number of those with one; `avoids` is the share of ways around
    /// that is to be expected.
    pub(super) fn learn(unread: &[Weighed], read: usize, avoids: f64) -> Self {
        let mut detours = Self {
            share: avoids,
            bins: BTreeMap::new(),
            all: 0.0,
        };
        for _ in 0..STEPS {
            let mut bins: BTreeMap<i64, f64> = BTreeMap::new();
            let mut all = 0.0;
            for trip in unread {
                let (bypassed, passed) = detours.weigh(trip);
                let likely = bypassed / (bypassed + passed).max(1e-300);
                *bins.entry(trip.bin()).or_default() += likely;
                all += likely;
            }
            let trips = (unread.len() + read) as f64;
            let share = (all + USUAL_WEIGHS * avoids) / (trips + USUAL_WEIGHS);
            detours = Self {
                share: share.clamp(1e-4, 0.5),
                bins,
                all,
            };
        }
        detours
    }

    /// How likely a trip went around, per how likely any trip passes.
    pub(super) fn around(&self, trip: &Weighed) -> f64 {
        self.weigh(trip).0 / (1.0 - self.share)
    }

    /// How likely a trip went around, and how likely it passed; only their ratio means anything.
    pub(super) fn weigh(&self, trip: &Weighed) -> (f64, f64) {
        let seen = self.bins.get(&trip.bin()).copied().unwrap_or_default() / BIN;
        let time = (seen + EVEN_WEIGHS * trip.even) / (self.all + EVEN_WEIGHS);
        (self.share * time, (1.0 - self.share) * trip.passed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trip(minutes: i64, passed: f64) -> Weighed {
        Weighed {
            longer: Micros::from_seconds(60 * minutes),
            even: 1e-4,
            passed,
        }
    }

    #[test]
    fn without_trips_it_is_as_the_settings_say() {
        let detours = Detours::learn(&[], 0, 0.01);
        let (bypassed, passed) = detours.weigh(&trip(25, 1e-6));
        assert!((bypassed - 1e-6).abs() < 1e-12 && (passed - 0.99e-6).abs() < 1e-12);
    }

    #[test]
    fn the_times_of_those_who_surely_went_around_speak_for_others_with_the_same() {
        let surely = (0..200).map(|number| trip(20 + number % 10, 1e-9));
        let others = (0..2_000).map(|number| trip(number % 10, 1e-3));
        let trips: Vec<Weighed> = surely.chain(others).collect();
        let detours = Detours::learn(&trips, 8_000, 0.01);
        assert!((detours.share - 0.02).abs() < 0.003, "{}", detours.share);
        let odds = |trip| {
            let (bypassed, passed) = detours.weigh(&trip);
            bypassed / passed
        };
        assert!(odds(trip(25, 1e-6)) > 10.0 * odds(trip(5, 1e-6)));
        assert!(odds(trip(25, 1e-6)) > 5.0 * odds(trip(55, 1e-6)));
    }
}
