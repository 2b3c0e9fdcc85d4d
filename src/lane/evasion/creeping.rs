//! Creeping (低速蠕行): no axle faster than a walk while the lane drives.

use super::Scene;
use super::score::{Score, normal};
use super::view::range;
use crate::passage::{EvasionFinding, EvasionKind, SignalName};

/// Scatter of the log of a vehicle's speed about the lane's.
const PLAIN_SCATTER: f64 = 0.45;
/// Of a thousand vehicles so many are slow for reasons of their own: the log density of any speed.
const SLOW_BY_ITSELF: f64 = -6.5;

pub(super) fn find(scene: &Scene<'_>) -> Option<EvasionFinding> {
    let settings = scene.settings;
    let subject = &scene.subject;
    let speeds = subject.axle_speeds();
    let fastest = match range(&speeds) {
        Some((_, fastest)) => fastest,
        None => subject.speed()?,
    };
    let creeping = settings.creeping_tenth_kmh as f64 / 10.0;
    let others = others(scene)?;
    let flowing = settings.flowing_tenth_kmh as f64 / 10.0;
    if fastest > creeping || others < flowing {
        return None;
    }
    let mut score = Score::new();
    let ratio = libm::log(fastest.max(0.1) / others);
    let plain = super::score::mixture(normal(ratio, 0.0, PLAIN_SCATTER), 0.0, 0.0);
    // A creeping vehicle may have any speed up to the limit.
    score.add(-1.0 - plain.max(SLOW_BY_ITSELF - 3.0));
    score.show(
        SignalName::FastestAxleTenthKmh,
        fastest * 10.0,
        Some(settings.creeping_tenth_kmh as f64),
    );
    score.show(
        SignalName::OthersSpeedTenthKmh,
        others * 10.0,
        Some(settings.flowing_tenth_kmh as f64),
    );
    // A vehicle that creeps keeps its pace; one that does not stops and goes.
    if range(&speeds).is_some_and(|(slowest, fastest)| slowest < 0.4 * fastest) {
        score.add(-4.0);
    }
    scene.conclude(EvasionKind::Creeping, score)
}

/// Speed of the others: of those about it in its lane where there are any, and of the lane's last
/// minutes; the slower one, for a jam begins before the lane's usual speed knows of it.
fn others(scene: &Scene<'_>) -> Option<f64> {
    let lane = scene.subject.weighing.lane;
    let beside: Vec<f64> = scene
        .near
        .iter()
        .filter(|other| other.weighing.lane == lane)
        .filter_map(super::view::View::speed)
        .collect();
    let nearest = beside.iter().copied().reduce(f64::min);
    match (nearest, scene.usual.speed) {
        (Some(near), Some(usual)) => Some(near.min(usual)),
        (near, usual) => near.or(usual),
    }
}
