//! A lifted axle (提升桥): it shows next to nothing while its neighbours are heavy, or is not there at
//! all and leaves a spacing twice as wide as a group's.
//!
//! An outer axle of a group that is lifted clear of the road leaves another type of vehicle. Where the
//! axles that are left bear what only more of them do, that shows; a tandem of a lifted three-axle
//! group bears what tandems do, and only the history of its plate shows more ([`super::sightings`]).

use std::ops::Range;

use smallvec::SmallVec;

use super::catalogue::{pattern_nats, vehicle_nats};
use super::score::{Score, normal};
use super::view::{Axle, Pattern};
use super::{Found, Scene};
use crate::passage::{EvasionKind, SignalName};

pub(super) fn find(scene: &Scene<'_>) -> Option<Found> {
    if !scene.subject.is_spaced() {
        return None;
    }
    let ways = [hanging(scene), missing(scene), overburdened(scene)];
    let mut best: Option<Score> = None;
    for score in ways.into_iter().flatten() {
        if best.as_ref().is_none_or(|best| score.nats() > best.nats()) {
            best = Some(score);
        }
    }
    let score = best?;
    scene.conclude(EvasionKind::LiftAxle, score)
}

/// An axle that touches the sensor and carries nothing, beside heavy ones of its group.
fn hanging(scene: &Scene<'_>) -> Option<Score> {
    let settings = scene.settings;
    let (lifted, heavy) = (
        settings.lifted_axle_kg as f64,
        settings.heavy_axle_kg as f64,
    );
    let axles = &scene.subject.axles;
    for group in scene.subject.groups(scene.group_spacing()) {
        let group_axles = axles.get(group.clone()).unwrap_or_default();
        let loads: Option<SmallVec<[f64; 8]>> = group_axles.iter().map(|axle| axle.load).collect();
        let Some(loads) = loads.filter(|loads| loads.len() > 1) else {
            continue;
        };
        for (index, load) in loads.iter().enumerate() {
            let rest = loads.iter().sum::<f64>() - load;
            let others = rest / (loads.len() as f64 - 1.0);
            if *load >= lifted || others < heavy {
                continue;
            }
            let mut score = Score::new();
            score.add(6.5 + libm::log(others / heavy) + libm::log(lifted / load.max(50.0)) / 2.0);
            let axle = (group.start + index) as f64 + 1.0;
            score.show(SignalName::Axle, axle, None);
            score.show(SignalName::AxleLoadKg, *load, Some(lifted));
            score.show(SignalName::GroupLoadKg, others, Some(heavy));
            return Some(score);
        }
    }
    None
}

/// A spacing of twice a group's, where an axle in the middle would make a common vehicle of a rare
/// one.
fn missing(scene: &Scene<'_>) -> Option<Score> {
    let settings = scene.settings;
    let axles = &scene.subject.axles;
    let least = settings.lifted_spacing_least_mm as f64;
    let most = settings.lifted_spacing_most_mm as f64;
    let limit = scene.group_spacing();
    let mut found: Option<(f64, Score)> = None;
    // The steering axle has none beside it: the first spacing says nothing.
    for (index, axle) in axles.iter().enumerate().skip(2) {
        let Some(spacing) = axle.spacing.filter(|gap| (least..=most).contains(gap)) else {
            continue;
        };
        let before = axles.get(index - 1).and_then(|axle| axle.load);
        let loads = [before, axle.load].map(|load| load.unwrap_or(0.0));
        if loads
            .iter()
            .any(|load| *load < settings.heavy_axle_kg as f64)
        {
            continue;
        }
        let nats = vehicle_nats(&with_axle(axles, index), limit) - scene.vehicle_nats();
        if found.as_ref().is_some_and(|(most, _)| *most >= nats) {
            continue;
        }
        let mut score = Score::new();
        // Some vehicles are built with axles that far apart: one axle more must make sense of it,
        // and the axles beside it carry the same.
        let ratio = libm::log(loads[0].max(1.0) / loads[1].max(1.0));
        score.add(nats);
        score.add(if libm::fabs(ratio) < 0.35 { 1.5 } else { -1.5 });
        score.show(SignalName::SpacingMm, spacing, Some(limit));
        score.show(SignalName::Axle, index as f64 + 1.0, None);
        found = Some((nats, score));
    }
    found.map(|(_, score)| score)
}

/// Of vehicles with axles up so many have one up, and so many two.
const ONE_UP: f64 = 0.7;
const TWO_UP: f64 = 0.3;
/// Log of the mean axle load of the last group over that of the group in front of it, by the number
/// of axles in the last, and its scatter, after the published statistics.
const LAST_TO_FRONT: [(f64, f64); 3] = [(0.0, 0.45), (-0.10, 0.22), (-0.33, 0.25)];
/// Loads of a single axle, and of an axle in a group, kg, from which on they are so much likelier of
/// one that bears its neighbour's share, in nats: of ten thousand single axles few have more than
/// 13 t, and hardly one more than 15 t.
const SINGLE_KG: [(f64, f64); 2] = [(15_000.0, 4.5), (13_000.0, 2.3)];
const GROUP_KG: [(f64, f64); 2] = [(13_500.0, 3.0), (12_000.0, 1.5)];
/// Lighter ones are not.
const NOT_HEAVY: f64 = -0.7;

/// The last group bears what only more axles do, and with one or two more the vehicle is a common
/// one.
fn overburdened(scene: &Scene<'_>) -> Option<Score> {
    let axles = &scene.subject.axles;
    let groups: SmallVec<[Range<usize>; 8]> = scene.subject.groups(scene.group_spacing()).collect();
    let [.., front, last] = groups.as_slice() else {
        return None;
    };
    let mean = |group: &Range<usize>| {
        let loads: Option<f64> = axles.get(group.clone())?.iter().map(|axle| axle.load).sum();
        Some(loads? / group.len() as f64)
    };
    let (front_load, last_load) = (mean(front)?, mean(last)?);
    let seen: Pattern = groups.iter().map(ExactSizeIterator::len).collect();
    let with = |more: usize| {
        let mut pattern = seen.clone();
        if let Some(last) = pattern.last_mut() {
            *last += more;
        }
        pattern
    };
    // Groups have three axles at most.
    let ways = [(1, ONE_UP), (2, TWO_UP)];
    let ways = ways.into_iter().filter(|(more, _)| last.len() + more <= 3);
    let ratio = libm::log(last_load.max(1.0) / front_load.max(1.0));
    let expected = |axles: usize| LAST_TO_FRONT.get(axles - 1).copied().unwrap_or((0.0, 0.45));
    let lifted: f64 = ways
        .map(|(more, share)| {
            let (mean, scatter) = expected(last.len() + more);
            let bears = (last.len() + more) as f64 / last.len() as f64;
            let load = normal(ratio, mean + libm::log(bears), scatter);
            share * libm::exp(pattern_nats(&with(more)) + load)
        })
        .sum();
    let (mean, scatter) = expected(last.len());
    // Behind a steering axle the rear one bears as much as it may: no ratio is unusual.
    let plain = if groups.len() == 2 {
        ratio_of_two(ratio)
    } else {
        normal(ratio, mean, scatter)
    };
    let steps = if last.len() == 1 { SINGLE_KG } else { GROUP_KG };
    let heavy = steps.iter().find(|(from, _)| last_load >= *from);
    let mut score = Score::new();
    score.add(libm::log(lifted.max(1e-300)) - pattern_nats(&seen) - plain);
    score.add(heavy.map_or(NOT_HEAVY, |(_, nats)| *nats));
    score.show(SignalName::Axle, last.start as f64 + 1.0, None);
    score.show(
        SignalName::AxleLoadKg,
        last_load,
        steps.last().map(|step| step.0),
    );
    score.show(SignalName::Axles, axles.len() as f64, None);
    Some(score)
}

/// Log density of the rear axle's load over the steering axle's.
fn ratio_of_two(ratio: f64) -> f64 {
    normal(ratio, 0.45, 0.4)
}

/// The axles with one more in the middle of the spacing before `index`.
fn with_axle(axles: &[Axle], index: usize) -> Vec<Axle> {
    let mut more = axles.to_vec();
    if let Some(axle) = more.get_mut(index) {
        let half = axle.spacing.map(|spacing| spacing / 2.0);
        axle.spacing = half;
        let middle = Axle {
            spacing: half,
            ..*axle
        };
        more.insert(index, middle);
    }
    more
}
