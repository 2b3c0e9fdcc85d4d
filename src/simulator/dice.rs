//! Seeded chance: the same seed and stream always give the same draws.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Exp1, StandardNormal};

/// A source of draws. Streams of one seed are independent of each other, so that a lane's traffic
/// does not change when another lane is added.
#[derive(Debug, Clone)]
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// The draws of a stream of a seed.
    pub fn new(seed: u64, stream: u64) -> Self {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(stream);
        Self(generator)
    }

    /// `true` with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.0.random::<f64>() < probability
    }

    /// Evenly from `low` up to, not including, `high`.
    pub fn uniform(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.0.random::<f64>()
    }

    /// Normally distributed.
    pub fn normal(&mut self, mean: f64, deviation: f64) -> f64 {
        mean + deviation * self.0.sample::<f64, _>(StandardNormal)
    }

    /// Normally distributed, held between `low` and `high`.
    pub fn normal_within(&mut self, mean: f64, deviation: f64, low: f64, high: f64) -> f64 {
        self.normal(mean, deviation).max(low).min(high)
    }

    /// Exponentially distributed.
    pub fn exponential(&mut self, mean: f64) -> f64 {
        mean * self.0.sample::<f64, _>(Exp1)
    }

    /// Lognormally distributed; `mu` and `sigma` of the logarithm.
    pub fn lognormal(&mut self, mu: f64, sigma: f64) -> f64 {
        self.normal(mu, sigma).exp()
    }

    /// Sixty-four random bits.
    pub fn word(&mut self) -> u64 {
        self.0.random()
    }

    /// Below `end`; 0 when `end` is 0.
    pub fn below(&mut self, end: usize) -> usize {
        if end == 0 {
            0
        } else {
            self.0.random_range(0..end)
        }
    }

    /// One of the items, each with its weight; `None` only of nothing.
    pub fn pick<'a, T>(&mut self, weighted: &'a [(T, f64)]) -> Option<&'a T> {
        let total: f64 = weighted.iter().map(|(_, weight)| weight).sum();
        let mut left = self.uniform(0.0, total);
        for (item, weight) in weighted {
            left -= weight;
            if left < 0.0 {
                return Some(item);
            }
        }
        weighted.last().map(|(item, _)| item)
    }

    /// From a distribution given by `(probability, value)` points, both rising; between them it is
    /// taken as even, beyond the outer points as their values.
    pub fn quantile(&mut self, points: &[(f64, f64)]) -> f64 {
        let drawn = self.0.random::<f64>();
        interpolate(points, drawn)
    }
}

/// The value at `x` of a line through `(x, y)` points of rising x, level beyond the outer points.
pub fn interpolate(points: &[(f64, f64)], x: f64) -> f64 {
    let Some(first) = points.first() else {
        return 0.0;
    };
    let mut before = *first;
    for &(point, value) in points {
        if x <= point {
            let span = point - before.0;
            return if span <= 0.0 {
                value
            } else {
                before.1 + (value - before.1) * (x - before.0) / span
            };
        }
        before = (point, value);
    }
    before.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_one_result_and_streams_differ() {
        let draw = |seed, stream| {
            let mut dice = Dice::new(seed, stream);
            (0..8).map(|_| dice.below(1_000)).collect::<Vec<_>>()
        };
        assert_eq!(draw(1, 1), draw(1, 1));
        assert_ne!(draw(1, 1), draw(1, 2));
        assert_ne!(draw(1, 1), draw(2, 1));
    }

    #[test]
    fn interpolation_is_level_outside() {
        let points = [(0.1, 10.0), (0.5, 20.0)];
        assert!((interpolate(&points, 0.0) - 10.0).abs() < 1e-9);
        assert!((interpolate(&points, 0.3) - 15.0).abs() < 1e-9);
        assert!((interpolate(&points, 0.9) - 20.0).abs() < 1e-9);
    }

    #[test]
    fn picks_follow_their_weights() {
        let mut dice = Dice::new(5, 0);
        let weighted = [('a', 1.0), ('b', 3.0), ('c', 0.0)];
        let mut counts = [0_u32; 3];
        for _ in 0..8_000 {
            let picked = *dice.pick(&weighted).unwrap();
            counts[(picked as u8 - b'a') as usize] += 1;
        }
        assert_eq!(counts[2], 0);
        assert!((1_850..2_150).contains(&counts[0]), "{counts:?}");
    }
}
