//! One side off (单边驶出): the wheels of one side carry little or nothing on all axles or on a run of
//! them, and no record of the neighbouring lane has them.

use smallvec::SmallVec;

use super::score::{Normal, Score, mixture, together};
use super::straddling::{self, Half, seen_beside, shifted_to_neighbour};
use super::view::{Axle, EmptySide, mean};
use super::{Found, Scene};
use crate::passage::{EvasionKind, Flag, SignalName};

/// How far the share is moved where wheels run half beside the sensor, and its scatter.
const SHIFT: f64 = 0.33;
const SHIFT_SCATTER: f64 = 0.13;
/// Of a hundred axles so many are far off for reasons of their own, with so many times the scatter.
const ODD_AXLE: f64 = 0.01;
const ODD_SCATTER: f64 = 3.0;
/// A mixture with the odd ones is no further below its usual part than this, nats.
const USUAL_OF_PLAIN: f64 = 0.011;
/// One axle says no more than this.
const MOST_OF_AXLE: f64 = 5.0;

pub(super) fn find(scene: &Scene<'_>) -> Option<Found> {
    let half = scene.half();
    // Of most vehicles no wheels are off: that takes no logarithms to see.
    if most_nats(scene, half) < scene.least_nats(Flag::OneSideOff) || scene.partner().is_some() {
        return None;
    }
    let mut score = Score::new();
    let run = run_nats(scene);
    score.add(match run {
        _ if half.is_dead_sensor => half.nats,
        Some((_, run)) => run.max(half.nats),
        None => half.nats,
    });
    // Beside a lane the wheels ran on its sensors, whether or not it made a record of them.
    let side = half.side.or(run.map(|(side, _)| side));
    let between = |side: EmptySide| shifted_to_neighbour(scene, side) || seen_beside(scene, side);
    if side.is_some_and(between) {
        score.add(straddling::ELSEWHERE);
    }
    score.show(
        SignalName::OneSidedAxles,
        half.axles as f64,
        Some(scene.subject.axles.len() as f64),
    );
    if let Some(share) = mean(&shares(scene)) {
        score.show(
            SignalName::LeftSharePerMille,
            share * 1_000.0,
            Some(scene.usual.left_share * 1_000.0),
        );
    }
    scene.flagged(&mut score, Flag::OneSideOff);
    let found = scene.conclude(EvasionKind::OneSideOff, score)?;
    let tells = scene
        .subject
        .axles
        .iter()
        .any(|axle| axle.share_or_empty().is_some());
    (!tells || super::weaving::goes_to_one_side(scene)).then_some(found)
}

/// More than the score can come to.
fn most_nats(scene: &Scene<'_>, half: Half) -> f64 {
    if half.is_dead_sensor {
        return half.nats;
    }
    let shares = Shares::of(scene);
    let axles = scene.subject.axles.iter();
    let each = axles.map(|axle| match axle.share_or_empty() {
        Some(share) => shares.most(share - scene.usual.left_share),
        None => 0.0,
    });
    best_run(each).map_or(half.nats, |run| run.max(half.nats))
}

fn shares(scene: &Scene<'_>) -> Vec<f64> {
    let axles = scene.subject.axles.iter();
    axles.filter_map(Axle::left_share).collect()
}

/// The run of axles whose shares speak most for wheels of one side beside the sensor, with its side;
/// an axle of which one side was not measured counts as one with nothing there.
fn run_nats(scene: &Scene<'_>) -> Option<(EmptySide, f64)> {
    let shares = Shares::of(scene);
    let each: SmallVec<[(f64, f64); 8]> = scene
        .subject
        .axles
        .iter()
        .map(|axle| match axle.share_or_empty() {
            Some(share) => shares.nats(share - scene.usual.left_share),
            None => (0.0, 0.0),
        })
        .collect();
    let left = best_run(each.iter().map(|(left, _)| *left));
    let right = best_run(each.iter().map(|(_, right)| *right));
    // Where the run begins and how long it is can be so many ways.
    let ways = libm::log(each.len().max(1) as f64);
    match (left, right) {
        (Some(left), Some(right)) if right > left => Some((EmptySide::Right, right - ways)),
        (Some(left), _) => Some((EmptySide::Left, left - ways)),
        (None, right) => Some((EmptySide::Right, right? - ways)),
    }
}

/// How the left shares of axles scatter: of a vehicle that only passes, of a few axles of such, and of
/// one that is off the sensor on one side.
struct Shares {
    usual: Normal,
    odd: Normal,
    off: Normal,
}

impl Shares {
    fn of(scene: &Scene<'_>) -> Self {
        let usual = together(scene.usual.share_within, scene.usual.share_between).max(0.01);
        Self {
            usual: Normal::of(usual),
            odd: Normal::of(usual * ODD_SCATTER),
            off: Normal::of(SHIFT_SCATTER),
        }
    }

    /// More than [`Self::nats`] can say of either side.
    fn most(&self, apart: f64) -> f64 {
        let off = self.off.nats(libm::fabs(apart) - SHIFT);
        (off - self.usual.nats(apart) + USUAL_OF_PLAIN).clamp(-MOST_OF_AXLE, MOST_OF_AXLE)
    }

    /// Evidence of one axle that the left side is off, and that the right one is.
    fn nats(&self, apart: f64) -> (f64, f64) {
        let plain = mixture(self.usual.nats(apart), self.odd.nats(apart), ODD_AXLE);
        let off = |shift: f64| {
            let nats = self.off.nats(apart - shift) - plain;
            nats.clamp(-MOST_OF_AXLE, MOST_OF_AXLE)
        };
        (off(-SHIFT), off(SHIFT))
    }
}

/// The largest sum over neighbouring values; `None` of nothing.
fn best_run(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut best: Option<f64> = None;
    let mut run = 0.0;
    for value in values {
        run = value + f64::max(run, 0.0);
        best = Some(best.map_or(run, |best| best.max(run)));
    }
    best
}
