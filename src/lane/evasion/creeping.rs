//! Creeping (低速蠕行): no axle faster than a walk while the lane drives.

use super::score::{Score, normal};
use super::view::range;
use super::{Found, Scene};
use crate::passage::{EvasionKind, SignalName};
use crate::units::Micros;

/// A vehicle follows the one in front within this distance, mm, and this time more, us.
const FOLLOWS_MM: f64 = 15_000.0;
const FOLLOWS_US: f64 = 10_000_000.0;
/// At its own speed the one in front is no further ahead than this, m.
const AHEAD_M: f64 = 50.0;
/// Scatter of the log of a vehicle's speed about the lane's.
const PLAIN_SCATTER: f64 = 0.32;
/// Of a thousand vehicles so many are slow for reasons of their own: the log density of any speed.
const SLOW_BY_ITSELF: f64 = -6.5;

pub(super) fn find(scene: &Scene<'_>) -> Option<Found> {
    let settings = scene.settings;
    let subject = scene.subject;
    let speeds = subject.axle_speeds();
    let fastest = match range(speeds) {
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
    if range(speeds).is_some_and(|(slowest, fastest)| slowest < 0.4 * fastest) {
        score.add(-4.0);
    }
    scene.conclude(EvasionKind::Creeping, score)
}

/// Speed of the others: that of the vehicle in front if the subject follows it, for behind one who
/// creeps everybody does, and else of the lane's last minutes.
fn others(scene: &Scene<'_>) -> Option<f64> {
    let subject = scene.subject;
    let leader = scene.ahead.as_ref().and_then(|leader| {
        let crossing = Micros::new(leader.crossing_us()? as i64);
        let left_at = leader.weighing.crossed_at.saturating_add(crossing);
        let since = subject.weighing.crossed_at.saturating_sub(left_at).get() as f64;
        // The slower it is, the longer the way that it keeps takes it.
        let way = FOLLOWS_MM * 3_600.0 / subject.speed()?.max(0.5);
        // One that has driven on does not hold up anybody.
        let speed = leader.speed()?;
        let ahead = since / 1e6 * speed / 3.6;
        (since <= FOLLOWS_US + way && ahead <= AHEAD_M).then_some(speed)
    });
    match (leader, scene.usual.speed) {
        (Some(leader), Some(usual)) => Some(leader.min(usual)),
        (leader, usual) => leader.or(usual),
    }
}
