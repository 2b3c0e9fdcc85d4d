//! Weaving (走S形): the load swings from side to side along the vehicle.
//!
//! The left wheels' shares of the axles are looked at together. Of a vehicle that only passes they
//! scatter about a share of its own, each by itself; of one that weaves they follow a wave, so that
//! axles close together go the same way.

use super::{Found, Scene};
use super::score::{LN_ROOT_TWO_PI, Score, mixture};
use super::usual::per_mille;
use super::view::{mean, range};
use crate::passage::{EvasionKind, Flag, SignalName};

/// Of a hundred vehicles so many have one axle whose share is far off for reasons of its own.
const ODD_AXLE: f64 = 0.03;
/// The scatter of such an axle is so many times the usual one.
const ODD_SCATTER: f64 = 3.0;
/// Rounding of wheel loads, and springs, keep the scatter from being less.
const LEAST_SCATTER: f64 = 0.006;
/// Lengths of the wave, mm: a lorry that changes its lane takes some tens of metres, one that dodges
/// the sensors less.
const WAVES_MM: [f64; 4] = [5_000.0, 8_000.0, 12_000.0, 20_000.0];

pub(super) fn find(scene: &Scene<'_>) -> Option<Found> {
    let mut score = Score::new();
    swing(scene, &mut score);
    scene.flagged(&mut score, Flag::Weaving);
    scene.conclude(EvasionKind::Weaving, score)
}

fn swing(scene: &Scene<'_>, score: &mut Score) {
    let (mut shares, mut places, mut way) = (Vec::new(), Vec::new(), 0.0);
    for axle in &scene.subject.axles {
        way += axle.spacing.unwrap_or(0.0);
        if let Some(share) = axle.share_or_empty() {
            shares.push(share);
            places.push(way);
        }
    }
    let (Some(middle), Some((least, most))) = (mean(&shares), range(&shares)) else {
        return;
    };
    if shares.len() < 2 {
        return;
    }
    let usual = scene.usual.share_within.max(LEAST_SCATTER);
    let between = scene.usual.share_between.max(usual);
    let apart: Vec<f64> = shares
        .iter()
        .map(|share| share - scene.usual.left_share)
        .collect();
    let plain = plain_nats(&apart, usual, between);
    let large = per_mille(scene.settings.swing_per_mille);
    let waves = [large, large / 2.0].map(|swing| {
        let covariance = Covariance {
            places: &places,
            own: usual * usual,
            common: between * between,
            swing: swing * swing,
        };
        covariance.nats(&apart)
    });
    let constant = shares.len() as f64 * LN_ROOT_TWO_PI;
    let wave = mixture(waves[0], waves[1], 0.5);
    if super::one_side_off::density(scene, &shares) > wave - constant {
        // Shares that go to one side and stay there are wheels beside the sensor.
        return;
    }
    score.add(wave - plain);
    score.show(
        SignalName::ShareSwingPerMille,
        (most - least) * 1_000.0,
        Some(4.0 * usual * 1_000.0),
    );
    score.show(SignalName::LeftSharePerMille, middle * 1_000.0, None);
}

/// Log density of shares that scatter each by itself about a share of the vehicle, one of them
/// perhaps for reasons of its own.
fn plain_nats(apart: &[f64], usual: f64, between: f64) -> f64 {
    let own = usual * usual;
    let usual_nats = common_nats(apart, |_| own, between * between);
    let odd = own * ODD_SCATTER * ODD_SCATTER;
    let each = (0..apart.len()).map(|odd_one| {
        let of = |index| if index == odd_one { odd } else { own };
        common_nats(apart, of, between * between)
    });
    let best = each.fold(f64::NEG_INFINITY, f64::max);
    // The best stands for the mean over all: one of so many.
    let odd_nats = best - libm::log(apart.len() as f64);
    mixture(usual_nats, odd_nats, ODD_AXLE)
}

/// Log density, without the constant of the normal distribution, of values with variances of their
/// own and one in common.
fn common_nats(values: &[f64], own: impl Fn(usize) -> f64, common: f64) -> f64 {
    let (mut weights, mut weighted, mut squares, mut logs) = (0.0, 0.0, 0.0, 0.0);
    for (index, value) in values.iter().enumerate() {
        let weight = 1.0 / own(index);
        weights += weight;
        weighted += weight * value;
        squares += weight * value * value;
        logs -= libm::log(weight);
    }
    let common_weight = 1.0 / common;
    let square = squares - weighted * weighted / (common_weight + weights);
    -0.5 * (square + logs + libm::log(1.0 + weights * common))
}

/// The covariance of the shares of a vehicle that weaves.
struct Covariance<'a> {
    places: &'a [f64],
    own: f64,
    common: f64,
    swing: f64,
}

impl Covariance<'_> {
    fn at(&self, row: usize, column: usize) -> f64 {
        let place = |index: usize| self.places.get(index).copied().unwrap_or(0.0);
        let apart = place(row) - place(column);
        let wave = |length: f64| libm::cos(apart / length * std::f64::consts::TAU);
        let waves: f64 = WAVES_MM.into_iter().map(wave).sum();
        let waves = waves / WAVES_MM.len() as f64;
        let own = if row == column { self.own } else { 0.0 };
        own + self.common + self.swing * waves
    }

    /// Log density of values, without the constant of the normal distribution, by Cholesky's
    /// decomposition. The variance of the axles' own keeps it positive.
    fn nats(&self, values: &[f64]) -> f64 {
        let mut factor: Vec<Vec<f64>> = Vec::with_capacity(values.len());
        let mut solved: Vec<f64> = Vec::with_capacity(values.len());
        let (mut square, mut logs) = (0.0, 0.0);
        for (row, value) in values.iter().enumerate() {
            let mut line: Vec<f64> = Vec::with_capacity(row + 1);
            for (column, above) in factor.iter().enumerate() {
                let known: f64 = line.iter().zip(above).map(|(one, other)| one * other).sum();
                let pivot = above.last().copied().unwrap_or(1.0);
                line.push((self.at(row, column) - known) / pivot);
            }
            let known: f64 = line.iter().map(|one| one * one).sum();
            let pivot = libm::sqrt((self.at(row, row) - known).max(self.own / 4.0));
            let known: f64 = line
                .iter()
                .zip(&solved)
                .map(|(one, other)| one * other)
                .sum();
            let rest = (value - known) / pivot;
            square += rest * rest;
            logs += 2.0 * libm::log(pivot);
            solved.push(rest);
            line.push(pivot);
            factor.push(line);
        }
        -0.5 * (square + logs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_to_the_density_agree_where_nothing_swings() {
        let values = [0.02, -0.05, 0.01, 0.04];
        let covariance = Covariance {
            places: &[0.0, 3_500.0, 4_800.0, 12_000.0],
            own: 0.0004,
            common: 0.0016,
            swing: 0.0,
        };
        let direct = common_nats(&values, |_| 0.0004, 0.0016);
        assert!((covariance.nats(&values) - direct).abs() < 1e-9);
    }
}
