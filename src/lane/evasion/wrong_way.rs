//! Wrong way (逆行): the direction says so, or the steering axle comes last.

use smallvec::SmallVec;

use super::catalogue::vehicle_nats;
use super::score::{Score, mixture, normal};
use super::view::Axle;
use super::{Found, Scene};
use crate::passage::{EvasionKind, Flag, SignalName, TravelDirection};

pub(super) fn find(scene: &Scene<'_>) -> Option<Found> {
    let mut score = Score::new();
    let weighing = scene.subject.weighing;
    // Of `olr` the direction is defined; of other protocols the settings say which code is which,
    // and the flag is set where it is the wrong one.
    let defined =
        weighing.protocol == "olr" && weighing.direction == Some(TravelDirection::Reverse);
    if defined || weighing.flags.contains(&Flag::WrongWay) {
        score.add(9.0);
        score.show(SignalName::ControllerFlag, 1.0, None);
    }
    let axles = &scene.subject.axles;
    if axles.len() > 1 && axles.iter().skip(1).all(|axle| axle.spacing.is_some()) {
        let spacings = axles.iter().rev().map(|axle| axle.spacing);
        let turned: SmallVec<[Axle; 8]> = axles
            .iter()
            .rev()
            .zip(std::iter::once(None).chain(spacings))
            .map(|(axle, spacing)| Axle { spacing, ..*axle })
            .collect();
        let limit = scene.group_spacing();
        let pattern = vehicle_nats(&turned, limit) - scene.vehicle_nats();
        let forward = pattern + steering_nats(&turned) - steering_nats(axles);
        // Only what makes no sense forwards speaks for itself; symmetric patterns say nothing.
        if forward > 0.0 {
            score.add(forward.min(9.0));
            score.show(SignalName::Axles, axles.len() as f64, None);
        }
    }
    scene.conclude(EvasionKind::WrongWay, score)
}

/// The steering axle's share of the load and its scatter, by the number of axles from two on, after
/// the published statistics.
const STEERING: [(f64, f64); 6] = [
    (0.43, 0.085),
    (0.36, 0.10),
    (0.27, 0.08),
    (0.235, 0.07),
    (0.20, 0.07),
    (0.16, 0.07),
];
/// Of a hundred vehicles so many carry their load quite otherwise.
const ODD_LOAD: f64 = 0.03;
const ODD_SCATTER: f64 = 0.2;

/// Log density of the first axle's share of the load, as that of a steering axle.
fn steering_nats(axles: &[Axle]) -> f64 {
    let load: Option<f64> = axles.iter().map(|axle| axle.load).sum();
    let first = axles.first().and_then(|axle| axle.load);
    let (Some(load), Some(first)) = (load.filter(|load| *load > 0.0), first) else {
        return 0.0;
    };
    let place = axles.len().saturating_sub(2).min(STEERING.len() - 1);
    let Some((share, scatter)) = STEERING.get(place) else {
        return 0.0;
    };
    mixture(
        normal(first / load, *share, *scatter),
        normal(first / load, *share, ODD_SCATTER),
        ODD_LOAD,
    )
}
