//! Weak signals added up: log-likelihood ratios in nats, and what certainty they come to.
//!
//! All arithmetic is IEEE 754 addition, multiplication, division and `libm`, so that every machine
//! comes to the same figures; decisions are taken on whole per mille.

use smallvec::SmallVec;

use crate::passage::{Signal, SignalName};

/// No single signal counts for more than this, either way: every model is wrong at its edges.
const MOST_OF_ONE: f64 = 300.0;
/// `ln(sqrt(2 pi))`: the constant of the normal distribution.
const LN_ROOT_TWO_PI: f64 = 0.918_938_533_204_672_7;

/// Evidence for one explanation against another.
#[derive(Debug, Clone, Default)]
pub struct Score {
    nats: f64,
    /// Most vehicles do nothing, and then these are let go again: no memory is taken for a few.
    signals: SmallVec<[Signal; 6]>,
}

impl Score {
    /// Nothing known.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a log-likelihood ratio.
    pub fn add(&mut self, nats: f64) {
        if nats.is_finite() {
            self.nats += nats.clamp(-MOST_OF_ONE, MOST_OF_ONE);
        }
    }

    /// Adds a figure that the finding is to show.
    pub fn show(&mut self, name: SignalName, value: f64, limit: Option<f64>) {
        self.signals.push(Signal {
            name,
            value: whole(value),
            limit: limit.map(whole),
        });
    }

    /// The sum.
    pub const fn nats(&self) -> f64 {
        self.nats
    }

    /// The probability in per mille, from a prior in per mille.
    pub fn certainty_per_mille(&self, prior_per_mille: i64) -> u16 {
        certainty_per_mille(self.nats, prior_per_mille)
    }

    /// The figures.
    pub fn into_signals(self) -> Vec<Signal> {
        self.signals.into_vec()
    }
}

/// The probability, in per mille cut to whole ones, of an explanation that the evidence favours by
/// so many nats.
pub fn certainty_per_mille(nats: f64, prior_per_mille: i64) -> u16 {
    let prior = prior_per_mille.clamp(1, 999) as f64 / 1_000.0;
    let odds = nats + libm::log(prior / (1.0 - prior));
    let probability = 1.0 / (1.0 + libm::exp(-odds.clamp(-60.0, 60.0)));
    libm::floor(probability * 1_000.0) as u16
}

/// A figure as a whole number; those beyond the range of the type are held at its ends.
pub fn whole(value: f64) -> i64 {
    libm::round(value) as i64
}

/// Nats in hundredths.
pub fn centinats(nats: f64) -> i64 {
    whole(nats.clamp(-1e9, 1e9) * 100.0)
}

/// A normal distribution about zero, for more than one value.
#[derive(Debug, Clone, Copy)]
pub struct Normal {
    deviation: f64,
    /// Log density at zero.
    at_zero: f64,
}

impl Normal {
    /// With this standard deviation.
    pub fn of(deviation: f64) -> Self {
        Self {
            deviation: deviation.max(1e-9),
            at_zero: normal(0.0, 0.0, deviation),
        }
    }

    /// Log density.
    pub fn nats(&self, x: f64) -> f64 {
        let z = x / self.deviation;
        self.at_zero - 0.5 * z * z
    }
}

/// Log density of the normal distribution.
pub fn normal(x: f64, mean: f64, deviation: f64) -> f64 {
    let deviation = deviation.max(1e-9);
    let z = (x - mean) / deviation;
    -0.5 * z * z - libm::log(deviation) - LN_ROOT_TWO_PI
}

/// Log of a mixture: `ln((1 - share) exp(usual) + share exp(odd))`.
pub fn mixture(usual: f64, odd: f64, share: f64) -> f64 {
    let high = usual.max(odd);
    let sum = (1.0 - share) * libm::exp(usual - high) + share * libm::exp(odd - high);
    high + libm::log(sum.max(1e-300))
}

/// Root of the sum of squares.
pub fn together(one: f64, other: f64) -> f64 {
    libm::sqrt(one * one + other * other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certainty_follows_the_evidence_and_the_base_rate() {
        let even = libm::log(99.0);
        assert!((499..=500).contains(&certainty_per_mille(even, 10)));
        assert_eq!(certainty_per_mille(0.0, 10), 10);
        assert!(certainty_per_mille(even, 100) > 900);
        assert_eq!(certainty_per_mille(1e9, 10), 1_000);
        assert_eq!(certainty_per_mille(-1e9, 10), 0);
    }

    #[test]
    fn one_signal_alone_counts_for_no_more_than_its_share() {
        let mut score = Score::new();
        score.add(1e9);
        score.add(f64::NAN);
        assert!((score.nats() - MOST_OF_ONE).abs() < 1e-12);
    }

    #[test]
    fn a_mixture_is_never_below_its_parts() {
        let density = mixture(normal(9.0, 0.0, 1.0), normal(9.0, 0.0, 9.0), 0.01);
        assert!(density > normal(9.0, 0.0, 1.0));
        assert!((mixture(-5.0, -700.0, 0.5) - (-5.0 + libm::log(0.5))).abs() < 1e-9);
    }
}
