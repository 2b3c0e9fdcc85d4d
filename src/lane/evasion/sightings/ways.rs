//! How long a way takes, as the list itself shows it: times of vehicles that were read at both ends.

use std::collections::BTreeMap;

/// Bins of an octave: fine where there are many, coarse where they are few.
const FINE: f64 = 32.0;
const COARSE: f64 = 4.0;
/// Of what was seen so much is taken from the fine bins, the rest from the coarse ones.
const OF_FINE: f64 = 0.7;
/// What was not seen yet weighs as much as so many vehicles, evenly from the least time to the most.
const UNSEEN: f64 = 10.0;
/// Beyond the least and the most there is hardly anything.
const BEYOND: f64 = 0.01;

/// The times of a way.
#[derive(Debug, Clone)]
pub(super) struct Ways {
    least: f64,
    most: f64,
    seen: f64,
    fine: BTreeMap<i64, u32>,
    coarse: BTreeMap<i64, u32>,
}

fn bin(seconds: f64, an_octave: f64) -> i64 {
    libm::floor(libm::log2(seconds.max(1.0)) * an_octave) as i64
}

/// From the start of a bin to its end, at this time.
fn width(seconds: f64, an_octave: f64) -> f64 {
    let low = libm::exp2(bin(seconds, an_octave) as f64 / an_octave);
    low * (libm::exp2(1.0 / an_octave) - 1.0)
}

impl Ways {
    /// No vehicle takes less or more than so many seconds.
    pub(super) const fn between(least: f64, most: f64) -> Self {
        Self {
            least,
            most: most.max(least + 1.0),
            seen: 0.0,
            fine: BTreeMap::new(),
            coarse: BTreeMap::new(),
        }
    }

    /// One more vehicle took so long.
    pub(super) fn take(&mut self, seconds: f64) {
        if (self.least..=self.most).contains(&seconds) {
            self.seen += 1.0;
            *self.fine.entry(bin(seconds, FINE)).or_default() += 1;
            *self.coarse.entry(bin(seconds, COARSE)).or_default() += 1;
        }
    }

    /// So many vehicles took a time within the least and the most.
    pub(super) const fn seen(&self) -> f64 {
        self.seen
    }

    /// If nothing is known but the least and the most, a second.
    pub(super) fn even(&self) -> f64 {
        1.0 / (self.most - self.least)
    }

    /// The least and the most that a vehicle takes, in seconds.
    pub(super) const fn bounds(&self) -> (f64, f64) {
        (self.least, self.most)
    }

    /// The time of the vehicle in the middle; where none was seen the least.
    pub(super) fn median(&self) -> f64 {
        let mut before = 0.0;
        let seconds = self.fine.iter().find_map(|(bin, count)| {
            before += f64::from(*count);
            (2.0 * before >= self.seen).then(|| libm::exp2((*bin as f64 + 0.5) / FINE))
        });
        seconds.unwrap_or(self.least)
    }

    /// Share of the vehicles that take this time, a second.
    pub(super) fn density(&self, seconds: f64) -> f64 {
        if !(self.least..=self.most).contains(&seconds) {
            return BEYOND * self.even() * UNSEEN / (self.seen + UNSEEN);
        }
        let of = |bins: &BTreeMap<i64, u32>, an_octave: f64| {
            let count = bins.get(&bin(seconds, an_octave)).copied();
            f64::from(count.unwrap_or_default()) / width(seconds, an_octave)
        };
        let seen = OF_FINE * of(&self.fine, FINE) + (1.0 - OF_FINE) * of(&self.coarse, COARSE);
        (seen + UNSEEN * self.even()) / (self.seen + UNSEEN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ways(times: impl IntoIterator<Item = i64>) -> Ways {
        let mut ways = Ways::between(300.0, 3_000.0);
        for time in times {
            ways.take(time as f64);
        }
        ways
    }

    #[test]
    fn what_is_usual_is_learnt_and_what_was_never_seen_stays_possible() {
        let at = |ways: &Ways, seconds: i64| ways.density(seconds as f64);
        let nothing = ways([]);
        assert!((at(&nothing, 700) - 1.0 / 2_700.0).abs() < 1e-12);
        assert!(at(&nothing, 200) < at(&nothing, 700) / 50.0);
        let usual = ways((0..1_000).map(|vehicle| 580 + vehicle % 50));
        assert!(at(&usual, 600) > 20.0 * at(&nothing, 600));
        assert!(at(&usual, 1_500) > 0.0 && at(&usual, 1_500) < at(&nothing, 1_500) / 20.0);
        // Nobody takes a time outside.
        assert_eq!(at(&ways([10, 9_000]), 700), at(&nothing, 700));
    }

    #[test]
    fn all_times_together_are_one() {
        let times = (0..500).map(|vehicle| 400 + (vehicle * vehicle) % 900);
        let learnt = ways(times);
        let sum: f64 = (3_000..30_000_i32)
            .map(|tenth| learnt.density(f64::from(tenth) / 10.0 + 0.05) / 10.0)
            .sum();
        assert!((sum - 1.0).abs() < 0.03, "{sum}");
    }
}
