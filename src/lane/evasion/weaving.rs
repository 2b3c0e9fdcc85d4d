//! Weaving (走S形): the load swings from side to side along the vehicle.
//!
//! The left wheels' shares of the axles are looked at together. Of a vehicle that only passes they
//! scatter about a share of its own, each by itself; of one that weaves they follow a wave, so that
//! axles close together go the same way.

use smallvec::SmallVec;

use super::score::{Score, mixture};
use super::usual::per_mille;
use super::view::{mean, range};
use super::{Found, Scene};
use crate::passage::{EvasionKind, Flag, SignalName};

/// So many vehicles have one axle whose share is far off for reasons of its own.
const ODD_AXLE: f64 = 0.002;
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
    let found = scene.conclude(EvasionKind::Weaving, score)?;
    // Shares that go to one side and stay there are wheels beside the sensor, where they can be.
    let is_off = || goes_to_one_side(scene) && super::one_side_off::find(scene).is_some();
    (!scene.half().is_dead_sensor && !is_off()).then_some(found)
}

/// A value an axle.
type OfAxles = SmallVec<[f64; 8]>;

/// How far the left shares are from the lane's, and where on the vehicle, mm; a side that was not
/// measured though the other was counts as empty.
fn apart(scene: &Scene<'_>) -> (OfAxles, OfAxles) {
    let (mut apart, mut places, mut way) = (OfAxles::new(), OfAxles::new(), 0.0);
    for axle in scene.subject.axles.iter() {
        way += axle.spacing.unwrap_or(0.0);
        if let Some(share) = axle.share_or_empty() {
            apart.push(share - scene.usual.left_share);
            places.push(way);
        }
    }
    (apart, places)
}

fn swing(scene: &Scene<'_>, score: &mut Score) {
    let (apart, places) = apart(scene);
    let (Some(middle), Some((least, most))) = (mean(&apart), range(&apart)) else {
        return;
    };
    if apart.len() < 2 {
        return;
    }
    let usual = scene.usual.share_within.max(LEAST_SCATTER);
    let between = scene.usual.share_between.max(usual);
    let plain = plain_nats(&apart, usual, between);
    // Whatever wave it is, the axles' own scatter is in it: it explains them no better than this.
    let ceiling = -(apart.len() as f64) * libm::log(usual) - plain;
    if ceiling < scene.least_nats(Flag::Weaving) {
        score.add(ceiling);
        return;
    }
    score.add(wave_nats(scene, &apart, &places) - plain);
    score.show(
        SignalName::ShareSwingPerMille,
        (most - least) * 1_000.0,
        Some(4.0 * usual * 1_000.0),
    );
    let middle = (middle + scene.usual.left_share) * 1_000.0;
    score.show(SignalName::LeftSharePerMille, middle, None);
}

/// Log density, without the constant of the normal distribution, of the shares of a vehicle that
/// weaves: widely, or half as much.
fn wave_nats(scene: &Scene<'_>, apart: &[f64], places: &[f64]) -> f64 {
    let usual = scene.usual.share_within.max(LEAST_SCATTER);
    let between = scene.usual.share_between.max(usual);
    let large = per_mille(scene.settings.swing_per_mille);
    // How the wave ties two axles, for each pair once: row by row, without the axles themselves.
    let mut ties: Vec<f64> = Vec::with_capacity(apart.len() * apart.len() / 2);
    for (row, place) in places.iter().enumerate() {
        ties.extend(places.iter().take(row).map(|before| {
            let wave = |length: f64| libm::cos((place - before) / length * std::f64::consts::TAU);
            WAVES_MM.into_iter().map(wave).sum::<f64>() / WAVES_MM.len() as f64
        }));
    }
    let of = |swing: f64| {
        normal_nats(apart, |row, column| {
            let (own, tie) = if row == column {
                (usual * usual, 1.0)
            } else {
                let tie = ties.get(row * row.saturating_sub(1) / 2 + column);
                (0.0, tie.copied().unwrap_or(0.0))
            };
            own + between * between + swing * swing * tie
        })
    };
    mixture(of(large), of(large / 2.0), 0.5)
}

/// How far the share is moved where wheels of one side run beside the sensor, its scatter over
/// vehicles, and over the axles of one.
const SHIFT: f64 = 0.30;
const SHIFT_SCATTER: f64 = 0.12;
const AXLE_SCATTER: f64 = 0.05;
/// Of vehicles with wheels beside the sensor so many have them there on some axles only.
const OF_SOME_AXLES: f64 = 0.15;
/// More axles are not compared this way: the work rises steeply with them, and no vehicle has more.
const MOST_AXLES: usize = 16;

/// Whether the shares look more like those of wheels of one side beside the sensor, on a run of axles
/// or on all, than like a wave. The two are compared as explanations of the same shares.
pub(super) fn goes_to_one_side(scene: &Scene<'_>) -> bool {
    let (apart, places) = apart(scene);
    let axles = apart.len();
    if !(1..=MOST_AXLES).contains(&axles) {
        return false;
    }
    let usual = scene.usual.share_within.max(LEAST_SCATTER);
    let between = scene.usual.share_between.max(usual);
    // All axles of a vehicle follow each other, more or less; else any run is as likely.
    let others = libm::log(OF_SOME_AXLES / ((axles * (axles + 1)).max(3) - 2) as f64);
    let all = libm::log((1.0 - OF_SOME_AXLES) / 2.0);
    let mut runs: Option<f64> = None;
    for side in [SHIFT, -SHIFT] {
        for first in 0..axles {
            for end in first + 1..=axles {
                let run = first..end;
                let shifted = apart.iter().enumerate();
                let rest: Vec<f64> = shifted
                    .map(|(index, value)| value - if run.contains(&index) { side } else { 0.0 })
                    .collect();
                let nats = normal_nats(&rest, |row, column| {
                    let mut covariance = between * between;
                    if run.contains(&row) && run.contains(&column) {
                        covariance += SHIFT_SCATTER * SHIFT_SCATTER;
                    }
                    if row == column {
                        covariance += usual * usual;
                        if run.contains(&row) {
                            covariance += AXLE_SCATTER * AXLE_SCATTER;
                        }
                    }
                    covariance
                });
                let nats = nats + if run.len() == axles { all } else { others };
                runs = Some(runs.map_or(nats, |sum| mixture(sum, nats, 0.5) + LN_2));
            }
        }
    }
    runs.is_some_and(|runs| runs > wave_nats(scene, &apart, &places))
}

/// `ln 2`.
const LN_2: f64 = std::f64::consts::LN_2;

/// Log density of shares that scatter each by itself about a share of the vehicle, one of them
/// perhaps for reasons of its own.
fn plain_nats(apart: &[f64], usual: f64, between: f64) -> f64 {
    let own = usual * usual;
    let common = between * between;
    let odd = own * ODD_SCATTER * ODD_SCATTER;
    let (own, odd) = (Precision::of(own), Precision::of(odd));
    let usual_nats = common_nats(apart, |_| own, common);
    let each = (0..apart.len()).map(|odd_one| {
        let of = |index| if index == odd_one { odd } else { own };
        common_nats(apart, of, common)
    });
    let best = each.fold(f64::NEG_INFINITY, f64::max);
    // The best stands for the mean over all: one of so many.
    let odd_nats = best - libm::log(apart.len() as f64);
    mixture(usual_nats, odd_nats, ODD_AXLE)
}

/// One over a variance, and its logarithm: asked for again and again, of few variances.
#[derive(Debug, Clone, Copy)]
struct Precision {
    weight: f64,
    log: f64,
}

impl Precision {
    fn of(variance: f64) -> Self {
        let weight = 1.0 / variance;
        let log = libm::log(weight);
        Self { weight, log }
    }
}

/// Log density, without the constant of the normal distribution, of values with variances of their
/// own and one in common.
fn common_nats(values: &[f64], own: impl Fn(usize) -> Precision, common: f64) -> f64 {
    let (mut weights, mut weighted, mut squares, mut logs) = (0.0, 0.0, 0.0, 0.0);
    for (index, value) in values.iter().enumerate() {
        let Precision { weight, log } = own(index);
        weights += weight;
        weighted += weight * value;
        squares += weight * value * value;
        logs -= log;
    }
    let common_weight = 1.0 / common;
    let square = squares - weighted * weighted / (common_weight + weights);
    -0.5 * (square + logs + libm::log(1.0 + weights * common))
}

/// Log density of values with a covariance, without the constant of the normal distribution, by
/// Cholesky's decomposition. `covariance` is asked for a row and a column up to it.
fn normal_nats(values: &[f64], covariance: impl Fn(usize, usize) -> f64) -> f64 {
    let size = values.len();
    // Row by row, the diagonal included.
    let mut factor: Vec<f64> = Vec::with_capacity(size * (size + 1) / 2);
    let mut solved: Vec<f64> = Vec::with_capacity(size);
    let (mut square, mut logs) = (0.0, 0.0);
    let product = |one: &[f64], other: &[f64]| -> f64 {
        one.iter().zip(other).map(|(one, other)| one * other).sum()
    };
    let mut begins = 0;
    for (row, value) in values.iter().enumerate() {
        let mut above_begins = 0;
        for column in 0..row {
            let above = factor.get(above_begins..=above_begins + column);
            let Some((pivot, above)) = above.and_then(<[f64]>::split_last) else {
                break;
            };
            let line = factor.get(begins..).unwrap_or_default();
            let rest = (covariance(row, column) - product(line, above)) / pivot;
            above_begins += column + 1;
            factor.push(rest);
        }
        let line = factor.get(begins..).unwrap_or_default();
        // The axles' own scatter keeps it positive.
        let least = LEAST_SCATTER * LEAST_SCATTER / 4.0;
        let pivot = libm::sqrt((covariance(row, row) - product(line, line)).max(least));
        let rest = (value - product(line, &solved)) / pivot;
        square += rest * rest;
        logs += 2.0 * libm::log(pivot);
        solved.push(rest);
        factor.push(pivot);
        begins = factor.len();
    }
    -0.5 * (square + logs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_to_the_density_agree_where_nothing_swings() {
        let values = [0.02, -0.05, 0.01, 0.04];
        let covariance = |row, column| 0.0016 + if row == column { 0.0004 } else { 0.0 };
        let direct = common_nats(&values, |_| Precision::of(0.0004), 0.0016);
        assert!((normal_nats(&values, covariance) - direct).abs() < 1e-9);
    }
}
