//! Reversing on the sensors (倒车): axles are counted again on the way back, mirrored: 1 2 3 4 | 4 3,
//! and once more when the vehicle goes on: 1 2 3 4 | 4 3 | 3 4. A controller that counts axles only
//! forwards begins again: 1 2 3 4 | 3 4 5.

use std::cell::OnceCell;

use smallvec::SmallVec;

use super::catalogue::vehicle_nats;
use super::join;
use super::score::{Normal, Score, mixture, normal, together};
use super::usual::per_mille;
use super::view::{Axle, View};
use super::{EvasionSettings, Found, Scene};
use crate::passage::{BelievedVehicle, EvasionKind, Flag, SignalName};

/// Scatter of the log of the loads of two axles of a vehicle.
const OTHER_LOADS: f64 = 0.45;
/// Scatter of the log of two spacings of a vehicle.
const OTHER_SPACINGS: f64 = 0.8;
/// Scatter of a spacing that is measured a second time, at a walk: its speed is hardly known.
const SPACING_AGAIN: f64 = 0.05;
/// What is measured again may come out quite otherwise.
const ODD: f64 = 0.1;
const ODD_SPACING: f64 = 0.04;
/// Vehicles that don't reverse and are as slow as one that does: where the lane flows, where it is
/// dense, and in a jam.
const SLOW: [(f64, f64); 3] = [(30.0, 0.02), (15.0, 0.08), (0.0, 0.25)];
/// Turns at which the slowest axle of all stands.
const SLOWEST_AT_TURN: f64 = 0.85;
/// A vehicle whose fastest axle is not so many times as fast as the slowest drove evenly.
const STEADY: f64 = 1.25;
/// A vehicle that turned back is slower than this without speeds of its axles, km/h.
const TURNING_KMH: f64 = 12.0;

/// With fewer axles there is nothing that came twice.
const FEWEST_AXLES: usize = 3;

/// A way to read the axles: the first `there` forwards, then `back` of them again.
#[derive(Debug, Clone, Copy)]
struct Turn {
    there: usize,
    back: usize,
    again: Again,
}

/// How axles are counted again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Again {
    /// From the rear, and that is all.
    Back,
    /// From the rear, then forwards once more, and then all that follow.
    BackAndOn,
    /// Forwards only, and then all that follow.
    On,
}

pub(super) fn find(scene: &Scene<'_>) -> Option<Found> {
    let axles = &scene.subject.axles;
    if !scene.subject.is_spaced() {
        return scene.only_flagged(EvasionKind::Reversing, Flag::Reversed);
    }
    if axles.len() < FEWEST_AXLES {
        return scene.only_flagged(EvasionKind::Reversing, Flag::Reversed);
    }
    let measured = Measured::of(scene);
    let mut best: Option<(Turn, f64)> = None;
    let mut least = scene.least_nats(Flag::Reversed);
    for turn in turns(axles.len()) {
        if let Some(nats) = turn_nats(scene, &measured, turn, least) {
            best = Some((turn, nats));
            least = nats;
        }
    }
    let (turn, nats) = best?;
    let mut score = Score::new();
    score.add(nats);
    score.show(SignalName::RepeatedAxles, turn.repeated() as f64, None);
    score.show(SignalName::Axles, axles.len() as f64, None);
    let apart: Vec<f64> = turn
        .pairs()
        .filter_map(|(one, other)| load_ratio(axles, one, other))
        .map(libm::fabs)
        .collect();
    if let Some(mean) = super::view::mean(&apart) {
        score.show(SignalName::RepeatedLoadPerMille, mean * 1_000.0, None);
    }
    if let Some(slowest) = slowest(scene.subject) {
        score.show(
            SignalName::SlowestAxleTenthKmh,
            slowest * 10.0,
            Some(scene.settings.standing_tenth_kmh as f64),
        );
    }
    scene.flagged(&mut score, Flag::Reversed);
    let mut found = scene.conclude(EvasionKind::Reversing, score)?;
    found.finding.vehicles = vec![turn.vehicle(scene.subject)];
    Some(found)
}

fn turns(axles: usize) -> impl Iterator<Item = Turn> {
    (2..axles).flat_map(move |there| {
        (1..=there).flat_map(move |back| {
            let turn = |again| Turn { there, back, again };
            let ends = (there + back == axles).then_some(turn(Again::Back));
            let goes_on = (there + 2 * back <= axles).then_some(turn(Again::BackAndOn));
            let forwards = (there + back <= axles).then_some(turn(Again::On));
            [ends, goes_on, forwards].into_iter().flatten()
        })
    })
}

impl Turn {
    /// Axles counted more than once, with how often.
    const fn repeated(self) -> usize {
        match self.again {
            Again::BackAndOn => 2 * self.back,
            Again::Back | Again::On => self.back,
        }
    }

    /// Where the axles begin that are counted forwards a second time.
    const fn on(self) -> Option<usize> {
        match self.again {
            Again::Back => None,
            Again::BackAndOn => Some(self.there + self.back),
            Again::On => Some(self.there),
        }
    }

    /// How many are counted backwards.
    const fn backwards(self) -> usize {
        match self.again {
            Again::Back | Again::BackAndOn => self.back,
            Again::On => 0,
        }
    }

    /// Pairs of indices that are one axle.
    fn pairs(self) -> impl Iterator<Item = (usize, usize)> {
        let back =
            (0..self.backwards()).map(move |step| (self.there - 1 - step, self.there + step));
        let on = self.on().into_iter();
        let on = on.flat_map(move |on| {
            (0..self.back).map(move |step| (self.there - self.back + step, on + step))
        });
        back.chain(on)
    }

    /// Pairs of indices of axles whose spacing to the axle before is one.
    fn spacings(self) -> impl Iterator<Item = (usize, usize)> {
        let back = (1..self.backwards()).map(move |step| (self.there - step, self.there + step));
        let on = self.on().into_iter();
        let on = on.flat_map(move |on| {
            (1..self.back).map(move |step| (self.there - self.back + step, on + step))
        });
        back.chain(on)
    }

    /// The axles at which the direction changes: their spacing is of an axle to itself. Counted only
    /// forwards, it is the way back and forth.
    fn seams(self) -> impl Iterator<Item = usize> {
        let back = (self.backwards() > 0).then_some(self.there);
        let on = self.on().filter(|_| self.again != Again::On);
        back.into_iter().chain(on)
    }

    /// Where the vehicle stood: the axles on both sides of each turn.
    fn standing(self) -> impl Iterator<Item = usize> {
        let twice = self.again == Again::BackAndOn;
        let second = [self.there + self.back - 1, self.there + self.back];
        let second = second.into_iter().filter(move |_| twice);
        [self.there - 1, self.there].into_iter().chain(second)
    }

    /// Indices of the vehicle's axles, each once, of so many that were counted.
    fn kept(self, axles: usize) -> impl Iterator<Item = usize> {
        let rest = self.on().map_or(0..0, |on| on + self.back..axles);
        (0..self.there).chain(rest)
    }

    fn vehicle(self, view: &View<'_>) -> BelievedVehicle {
        join::vehicle(view, self.kept(view.axles.len()))
    }
}

fn load_ratio(axles: &[Axle], one: usize, other: usize) -> Option<f64> {
    let (one, other) = (axles.get(one)?.load?, axles.get(other)?.load?);
    Some(libm::log(one.max(1.0) / other.max(1.0)))
}

fn slowest(view: &View<'_>) -> Option<f64> {
    super::view::range(view.axle_speeds()).map(|(slowest, _)| slowest)
}

/// Logarithms of an axle's load and spacing, where measured.
type Logs = (Option<f64>, Option<f64>);

/// What every way to read the axles is judged by, once for all of them.
struct Measured<'a> {
    /// Logarithms of the axles' loads and spacings, where measured.
    logs: OnceCell<SmallVec<[Logs; 8]>>,
    speeds: &'a [f64],
    slowest: f64,
    fastest: f64,
    /// How likely the axles are as those of one vehicle.
    vehicle_nats: f64,
    /// How likely a vehicle is as slow by itself, nats.
    slow_nats: f64,
    axles_nats: f64,
}

impl<'a> Measured<'a> {
    fn of(scene: &'a Scene<'_>) -> Self {
        let axles = &scene.subject.axles;
        let speeds = scene.subject.axle_speeds();
        Self {
            logs: OnceCell::new(),
            speeds,
            slowest: speeds.iter().copied().fold(f64::MAX, f64::min),
            fastest: speeds.iter().copied().fold(0.0, f64::max),
            vehicle_nats: scene.vehicle_nats(),
            slow_nats: libm::log(slow(scene)),
            axles_nats: libm::log(axles.len() as f64),
        }
    }
}

/// Evidence that loads, and spacings, are those of one axle.
#[derive(Debug)]
pub(super) struct Repeated {
    load: Same,
    spacing: Same,
    /// Where they are the very same.
    most_nats: f64,
}

impl Repeated {
    pub(super) fn of(settings: &EvasionSettings) -> Self {
        let again = per_mille(settings.repeated_load_per_mille) * 1.5;
        let load = Same::of(again, together(OTHER_LOADS, again), ODD);
        let spacing = Same::of(SPACING_AGAIN, OTHER_SPACINGS, ODD_SPACING);
        let most_nats = load.nats(0.0) + spacing.nats(0.0);
        Self {
            load,
            spacing,
            most_nats,
        }
    }
}

/// How much likelier a difference of logarithms is when both are of one thing, measured twice, than
/// when they are of two.
#[derive(Debug)]
struct Same {
    again: Normal,
    apart: Normal,
    odd: f64,
}

impl Same {
    fn of(again: f64, apart: f64, odd: f64) -> Self {
        Self {
            again: Normal::of(again),
            apart: Normal::of(apart),
            odd,
        }
    }

    fn nats(&self, difference: f64) -> f64 {
        let two = self.apart.nats(difference);
        mixture(self.again.nats(difference), two, self.odd) - two
    }
}

/// The evidence for a turn, where it is more than `least`.
fn turn_nats(scene: &Scene<'_>, measured: &Measured<'_>, turn: Turn, least: f64) -> Option<f64> {
    let axles = &scene.subject.axles;
    let mut nats = turn
        .seams()
        .filter_map(|index| axles.get(index)?.spacing)
        .map(seam_nats)
        .sum::<f64>();
    // So many readings compete: each is so much less likely beforehand.
    nats += speed_nats(scene, measured, turn) - measured.axles_nats - measured.vehicle_nats;
    // Speed and place cost least to look at and decide for most vehicles: more than that all loads
    // and spacings are the same can't come to it.
    let repeated = &scene.models.repeated;
    let most = turn.repeated() as f64 * repeated.most_nats;
    if turn.again == Again::On {
        if nats + most_way_nats(axles, turn) + most <= least {
            return None;
        }
        nats += way_nats(axles, turn);
    }
    if nats + most <= least {
        return None;
    }
    let logs = measured.logs.get_or_init(|| {
        let log = |value: f64| libm::log(value.max(1.0));
        let logs = |axle: &Axle| (axle.load.map(log), axle.spacing.map(log));
        axles.iter().map(logs).collect()
    });
    let loads = turn.pairs().filter_map(|(one, other)| {
        let difference = logs.get(one)?.0? - logs.get(other)?.0?;
        Some(repeated.load.nats(difference))
    });
    nats += loads.sum::<f64>();
    let spacings = turn.spacings().filter_map(|(one, other)| {
        let difference = logs.get(one)?.1? - logs.get(other)?.1?;
        Some(repeated.spacing.nats(difference))
    });
    nats += spacings.sum::<f64>();
    // No vehicle is likelier than certain.
    if nats <= least {
        return None;
    }
    // What is left must be a vehicle, and all together none.
    let kept: SmallVec<[Axle; 12]> = turn
        .kept(axles.len())
        .filter_map(|index| axles.get(index).copied())
        .collect();
    nats += vehicle_nats(&kept, scene.group_spacing());
    (nats > least).then_some(nats)
}

/// What the spacing at a turn says: an axle that stood and rolled back is as good as no way from
/// itself, or as far as a controller makes of the time that it stood; axles of a vehicle are at least
/// 1 m apart, and mostly as far as axles of a group are.
fn seam_nats(spacing: f64) -> f64 {
    match spacing {
        ..1_000.0 => 3.5,
        ..1_150.0 => 1.0,
        ..1_500.0 => -2.5,
        ..2_500.0 => 1.0,
        ..5_000.0 => -2.0,
        ..9_500.0 => -3.5,
        _ => 1.0,
    }
}

/// More than [`way_nats`] can come to, without a logarithm: the way is the likeliest of all, and of
/// plain vehicles only few have it.
fn most_way_nats(axles: &[Axle], turn: Turn) -> f64 {
    let way = axles.get(turn.there).and_then(|axle| axle.spacing);
    let (middle, _, other) = PLAIN_NEAR;
    let z = way.map_or(0.0, |way| (way.min(GROUP_MM) - middle) / other);
    1.7 + 0.5 * z * z
}

/// What the spacing says where axles are counted only forwards: the way from the last axle back to
/// before the first that comes again, and to that one, some steps longer than they are apart.
fn way_nats(axles: &[Axle], turn: Turn) -> f64 {
    let Some(way) = axles.get(turn.there).and_then(|axle| axle.spacing) else {
        return 0.0;
    };
    let between = axles.get(turn.there + 1 - turn.back..turn.there);
    let between = between.unwrap_or_default().iter();
    let apart: f64 = between.filter_map(|axle| axle.spacing).sum();
    let plain = if way <= GROUP_MM {
        let (middle, tandem, other) = PLAIN_NEAR;
        mixture(
            normal(way, middle, tandem),
            normal(way, middle, other),
            0.15,
        )
    } else {
        PLAIN_FAR
    };
    let scatter = together(TURNING_WAY_SCATTER_MM, way * SPACING_AGAIN);
    normal(way, apart + TURNING_WAY_MM, scatter) - plain
}

/// Way that a driver takes to turn twice, mm, and its scatter.
const TURNING_WAY_MM: f64 = 1_100.0;
const TURNING_WAY_SCATTER_MM: f64 = 450.0;
/// Axles of a group are nearer than this, mm.
const GROUP_MM: f64 = 2_100.0;
/// Spacings of axles of a group, mm, most within so much of them, the rest within so much; and log
/// density by mm of others, which lie between 3 and 9 m.
const PLAIN_NEAR: (f64, f64, f64) = (1_330.0, 60.0, 350.0);
const PLAIN_FAR: f64 = -8.7;

/// How often a vehicle in this lane is as slow by itself.
fn slow(scene: &Scene<'_>) -> f64 {
    let lane = scene.usual.speed.unwrap_or(f64::MAX);
    let found = SLOW.iter().find(|(from, _)| lane >= *from);
    found.map_or(0.02, |(_, share)| *share)
}

/// A vehicle that turns back stands: its speed falls through zero.
fn speed_nats(scene: &Scene<'_>, measured: &Measured<'_>, turn: Turn) -> f64 {
    let standing = scene.settings.standing_tenth_kmh as f64 / 10.0;
    let speeds = measured.speeds;
    if speeds.is_empty() {
        return match scene.subject.speed() {
            Some(speed) if speed > TURNING_KMH => -12.0,
            Some(_) => -measured.slow_nats / 2.0,
            None => -6.0,
        };
    }
    let near = |index: usize| speeds.get(index).copied().unwrap_or(f64::MAX);
    let stood = turn.standing().map(near).fold(f64::MAX, f64::min);
    let (slowest, fastest) = (measured.slowest, measured.fastest);
    if fastest < STEADY * slowest {
        // Who turned back came to the place faster than he was there.
        return -8.0;
    }
    let on_both_sides = near(turn.there - 1).max(near(turn.there));
    if turn.again == Again::On && on_both_sides > 2.0 * standing {
        // A step before and behind the place where he stood, nobody is faster.
        return -8.0;
    }
    if stood <= 2.0 * standing && stood <= slowest {
        // The slowest axle stands where the vehicle turned, of all places.
        let places = turn.standing().count() as f64 / speeds.len() as f64;
        -measured.slow_nats + libm::log(SLOWEST_AT_TURN / places.min(1.0))
    } else if slowest <= 2.0 * standing {
        0.0
    } else {
        -10.0
    }
}
