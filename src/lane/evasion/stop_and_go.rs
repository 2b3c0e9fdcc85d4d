//! Stop and go (走走停停): some axles as good as stand while others do not, or a slow vehicle takes far
//! longer than its length at its speed: it stood between two axles.

use super::score::{Score, mixture, normal};
use super::view::range;
use super::{Found, Scene};
use crate::passage::{EvasionKind, Flag, SignalName};

/// The fastest axle is at least so much faster than one that stands, km/h.
const FASTER_KMH: f64 = 1.5;
/// And so many times as fast.
const TIMES_FASTER: f64 = 2.5;
/// A vehicle that comes in faster than this and only slows down brakes, km/h.
const BRAKES_KMH: f64 = 12.0;
/// Slower than this at some axle a vehicle may have stood between two, km/h.
const SLOW_KMH: f64 = 20.0;
/// A record that comes so much later than usual was held up by the vehicle, us, and at least by this
/// share of the time that its speeds explain, which is known no better at a walk.
const HELD_UP_US: f64 = 1_500_000.0;
const HELD_UP_SHARE: f64 = 0.2;
/// And by this where the axles' speeds are not told.
const HELD_UP_UNTOLD_US: f64 = 4_000_000.0;
/// An axle this slow, km/h, between faster ones in a lane that drives this fast, km/h, is one that all but
/// stood.
const DIP_KMH: f64 = 6.0;
const DRIVES_KMH: f64 = 50.0;
const AGAIN_FASTER: f64 = 1.2;
/// One that comes later than this was held up by the line, us.
const LINE_US: f64 = 120_000_000.0;
/// How often the record of a vehicle that only passes comes so late, and of one that stood.
const LATE_BY_ITSELF: f64 = 0.004;
const LATE_IF_STOOD: f64 = 0.9;
/// Scatter of the log of the fastest axle's speed over the slowest's: of vehicles that only pass, of
/// a few of them that slow down or speed up in traffic, and of those that stop.
const PLAIN_RANGE: f64 = 0.06;
const TRAFFIC_RANGE: f64 = 0.4;
const IN_TRAFFIC: f64 = 0.1;
const STOPPING_RANGE: f64 = 1.0;

pub(super) fn find(scene: &Scene<'_>) -> Option<Found> {
    let mut score = Score::new();
    let standing = scene.settings.standing_tenth_kmh as f64 / 10.0;
    let speeds = scene.subject.axle_speeds();
    let late = late_us(scene);
    if let Some((slowest, fastest)) = range(speeds) {
        let stands = slowest <= standing
            && fastest >= slowest + FASTER_KMH
            && fastest >= TIMES_FASTER * slowest;
        let slows = speeds.windows(2).all(|pair| pair.get(1) <= pair.first());
        let drives = scene.usual.speed.is_some_and(|speed| speed >= DRIVES_KMH);
        let dips = drives
            && slowest <= DIP_KMH
            && fastest >= TIMES_FASTER * slowest
            && speeds
                .last()
                .is_some_and(|last| *last >= AGAIN_FASTER * slowest);
        let brakes = slows && speeds.first().is_some_and(|first| *first > BRAKES_KMH);
        if stands {
            // Vehicles that only pass change their speed by a few per cent over their length.
            score.add(7.0);
            if slowest <= standing / 3.0 {
                score.add(1.5);
            }
        } else if dips {
            score.add(6.0);
        } else if slowest <= SLOW_KMH && late.is_some() {
            // It stood where no axle was, if its speed shows that it stopped.
            let spread = libm::log(fastest.max(0.1) / slowest.max(0.1));
            let plain = mixture(
                normal(spread, 0.0, PLAIN_RANGE),
                normal(spread, 0.0, TRAFFIC_RANGE),
                IN_TRAFFIC,
            );
            score.add((normal(spread, 0.0, STOPPING_RANGE) - plain).min(4.0));
            if drives {
                // Of fifty that pass hardly one is so slow there.
                score.add(3.0);
            }
        } else {
            score.add(-6.0);
        }
        if late.is_some() {
            score.add(libm::log(LATE_IF_STOOD / LATE_BY_ITSELF));
        } else if brakes {
            score.add(-5.0);
        } else if scene.usual.late_us.is_some() {
            // Who stood made the record wait.
            score.add(-1.5);
        }
        score.show(
            SignalName::SlowestAxleTenthKmh,
            slowest * 10.0,
            Some(standing * 10.0),
        );
        score.show(SignalName::FastestAxleTenthKmh, fastest * 10.0, None);
    }
    if let Some(late) = late {
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
fn late_us(scene: &Scene<'_>) -> Option<f64> {
    let weighing = scene.subject.weighing;
    let since = weighing.received_at.saturating_sub(weighing.crossed_at);
    let axle_by_axle = crossing_us(scene);
    let crossing = axle_by_axle.or_else(|| scene.subject.crossing_us())?;
    let late = since.get() as f64 - crossing - scene.usual.late_us?;
    let least = if axle_by_axle.is_some() {
        HELD_UP_US
    } else {
        HELD_UP_UNTOLD_US
    };
    let held_up = least.max(crossing * HELD_UP_SHARE);
    (held_up..LINE_US).contains(&late).then_some(late)
}

/// How long the first axle was before the last, us, where each axle's speed is told: from one to the next
/// with the mean of both.
fn crossing_us(scene: &Scene<'_>) -> Option<f64> {
    let axles = &scene.subject.axles;
    let pairs = axles.iter().zip(axles.iter().skip(1));
    let each = pairs.map(|(before, axle)| {
        let kmh = (before.speed? + axle.speed?) / 2.0;
        (kmh > 0.0).then_some(axle.spacing? * 3_600.0 / kmh)
    });
    each.sum()
}
