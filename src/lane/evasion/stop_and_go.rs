//! Stop and go (走走停停): some axles as good as stand while others do not.

use super::Scene;
use super::score::Score;
use super::view::range;
use crate::passage::{EvasionFinding, EvasionKind, Flag, SignalName};

/// The fastest axle is at least so much faster than one that stands, km/h.
const FASTER_KMH: f64 = 1.5;
/// And so many times as fast.
const TIMES_FASTER: f64 = 2.5;
/// A vehicle that comes in faster than this and only slows down brakes, km/h.
const BRAKES_KMH: f64 = 12.0;
/// A record that comes so much later than usual was held up by the vehicle, us.
const HELD_UP_US: f64 = 2_500_000.0;
/// What that adds where an axle as good as stood.
const HELD_UP: f64 = 5.0;
/// One that comes later than this was held up by the line, us.
const LINE_US: f64 = 120_000_000.0;

pub(super) fn find(scene: &Scene<'_>) -> Option<EvasionFinding> {
    let mut score = Score::new();
    let standing = scene.settings.standing_tenth_kmh as f64 / 10.0;
    let mut stood = false;
    if let Some((slowest, fastest)) = range(&scene.subject.axle_speeds()) {
        let stands = slowest <= standing
            && fastest >= slowest + FASTER_KMH
            && fastest >= TIMES_FASTER * slowest;
        stood = stands;
        // Vehicles that only pass change their speed by a few per cent over their length.
        score.add(if stands { 7.0 } else { -6.0 });
        if stands && slowest <= standing / 3.0 {
            score.add(1.5);
        }
        let speeds = scene.subject.axle_speeds();
        let slows = speeds.windows(2).all(|pair| pair.get(1) <= pair.first());
        if slows && speeds.first().is_some_and(|first| *first > BRAKES_KMH) {
            score.add(-5.0);
        }
        score.show(
            SignalName::SlowestAxleTenthKmh,
            slowest * 10.0,
            Some(standing * 10.0),
        );
        score.show(SignalName::FastestAxleTenthKmh, fastest * 10.0, None);
    }
    if let Some(late) = late_us(scene) {
        score.add(if stood { HELD_UP } else { 1.0 });
        score.show(
            SignalName::RecordLateMs,
            late / 1_000.0,
            Some(HELD_UP_US / 1_000.0),
        );
    }
    scene.flagged(&mut score, Flag::StopAndGo);
    scene.conclude(EvasionKind::StopAndGo, score)
}

/// How much later than usual the record came, where that speaks of a vehicle that stood.
pub(super) fn late_us(scene: &Scene<'_>) -> Option<f64> {
    let weighing = scene.subject.weighing;
    let since = weighing.received_at.saturating_sub(weighing.crossed_at);
    let late = since.get() as f64 - scene.subject.crossing_us()? - scene.usual.late_us?;
    (HELD_UP_US..LINE_US).contains(&late).then_some(late)
}
