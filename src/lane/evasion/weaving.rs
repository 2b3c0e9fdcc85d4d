//! Weaving (走S形): the load swings from side to side, from one axle to the next.

use super::Scene;
use super::score::{Score, mixture, normal, together};
use super::usual::per_mille;
use super::view::{mean, range};
use crate::passage::{EvasionFinding, EvasionKind, Flag, SignalName};

/// Of a thousand axles so many have a share far off for reasons of their own.
const ODD_AXLE: f64 = 0.01;
/// Their scatter is so many times the usual one.
const ODD_SCATTER: f64 = 3.0;
/// Rounding of wheel loads, and springs, keep the scatter from being less.
const LEAST_SCATTER: f64 = 0.006;

pub(super) fn find(scene: &Scene<'_>) -> Option<EvasionFinding> {
    let mut score = Score::new();
    swing(scene, &mut score);
    scene.flagged(&mut score, Flag::Weaving);
    scene.conclude(EvasionKind::Weaving, score)
}

fn swing(scene: &Scene<'_>, score: &mut Score) {
    let shares: Vec<f64> = scene
        .subject
        .axles
        .iter()
        .filter_map(|axle| axle.left_share())
        .collect();
    let (Some(middle), Some((least, most))) = (mean(&shares), range(&shares)) else {
        return;
    };
    if shares.len() < 2 {
        return;
    }
    let usual = scene.usual.share_within.max(LEAST_SCATTER);
    let swing = together(per_mille(scene.settings.swing_per_mille), usual);
    // The mean was taken from the same axles: one of them says nothing.
    let free = (shares.len() as f64 - 1.0) / shares.len() as f64;
    let widen = libm::sqrt(1.0 / free);
    let mut nats = 0.0;
    for share in &shares {
        let apart = (share - middle) * widen;
        let plain = mixture(
            normal(apart, 0.0, usual),
            normal(apart, 0.0, usual * ODD_SCATTER),
            ODD_AXLE,
        );
        nats += free * (normal(apart, 0.0, swing) - plain);
    }
    score.add(nats);
    score.show(
        SignalName::ShareSwingPerMille,
        (most - least) * 1_000.0,
        Some(6.0 * usual * 1_000.0),
    );
    score.show(SignalName::LeftSharePerMille, middle * 1_000.0, None);
}
