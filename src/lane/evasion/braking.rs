//! Braking on the sensors (急刹): axle speeds fall from front to rear, load moves forward.

use super::motion::Acceleration;
use super::score::{Score, mixture, normal, together};
use super::{Found, Scene};
use crate::passage::{EvasionKind, Flag, SignalName};

/// Accelerations spread over this much where somebody brakes or speeds up for reasons of his own,
/// m/s².
const BY_CHANCE_MS2: f64 = 1.5;

/// A vehicle has some parts between groups of axles, one of which stands out by itself at times.
const OF_SOME_PARTS: f64 = 2.5;

/// Drivers' accelerations scatter at least by this, m/s².
const LEAST_SCATTER: f64 = 0.09;

pub(super) fn find(scene: &Scene<'_>) -> Option<Found> {
    let mut score = Score::new();
    let settings = scene.settings;
    let hard = -settings.braking_hundredth_ms2 as f64 / 100.0;
    let scatter = settings.braking_scatter_hundredth_ms2 as f64 / 100.0;
    manoeuvre(scene, &mut score, hard, scatter);
    scene.flagged(&mut score, Flag::Braking);
    scene.conclude(EvasionKind::Braking, score)
}

/// Adds what the acceleration says of a manoeuvre whose own is about `hard`, m/s².
pub(super) fn manoeuvre(scene: &Scene<'_>, score: &mut Score, hard: f64, scatter: f64) {
    let Some(found) = acceleration(scene) else {
        return;
    };
    let settings = scene.settings;
    // The other way round it is certainly not that.
    if (found.value < 0.0) != (hard < 0.0) {
        score.add(-8.0);
        return;
    }
    // The lane's scatter was learnt from what controllers state, with the error of that in it.
    let stated = settings.stated_acceleration_error_hundredth_ms2 as f64 / 100.0;
    let learnt = scene.usual.acceleration_scatter;
    let driving =
        libm::sqrt((learnt * learnt - stated * stated).max(LEAST_SCATTER * LEAST_SCATTER));
    // Where all brake and speed up, the weighing of one who does is spoilt all the same.
    let slow = settings.slow_traffic_tenth_kmh as f64 / 10.0;
    let is_slow = scene.usual.speed.is_some_and(|speed| speed < slow);
    let driving = match is_slow {
        true if hard < 0.0 => settings.slow_braking_hundredth_ms2 as f64 / 100.0,
        true => settings.slow_surging_hundredth_ms2 as f64 / 100.0,
        false => driving,
    };
    let by_chance = settings.by_chance_per_million as f64 / 1e6;
    let nats = |found: Acceleration| {
        let plain = mixture(
            normal(
                found.value,
                scene.usual.acceleration,
                together(driving, found.error),
            ),
            normal(found.value, 0.0, together(BY_CHANCE_MS2, found.error)),
            by_chance,
        );
        normal(found.value, hard, together(scatter, found.error)) - plain
    };
    let (mut found, mut most) = (found, nats(found));
    // Who brakes or speeds up on a part of the way only.
    for part in super::motion::parts(scene.subject, scene.usual.axle_speed_scatter.max(0.002)) {
        if (part.value < 0.0) == (hard < 0.0) && nats(part) - OF_SOME_PARTS > most {
            (found, most) = (part, nats(part) - OF_SOME_PARTS);
        }
    }
    score.add(most);
    let usual = together(driving, found.error);
    let limit = scene.usual.acceleration + libm::copysign(3.0 * usual, hard);
    score.show(
        SignalName::AccelerationHundredthMs2,
        found.value * 100.0,
        Some(limit * 100.0),
    );
    if let Some((slowest, fastest)) = super::view::range(scene.subject.axle_speeds()) {
        score.show(SignalName::SlowestAxleTenthKmh, slowest * 10.0, None);
        score.show(SignalName::FastestAxleTenthKmh, fastest * 10.0, None);
    }
}

/// The subject's acceleration.
pub(super) fn acceleration(scene: &Scene<'_>) -> Option<Acceleration> {
    let error = scene.settings.stated_acceleration_error_hundredth_ms2 as f64 / 100.0;
    let motion = scene.subject.motion();
    motion.acceleration(scene.usual.axle_speed_scatter.max(0.002), error)
}
