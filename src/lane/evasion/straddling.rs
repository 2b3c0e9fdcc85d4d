//! Straddling (跨道): two records in adjacent lanes that are the halves of one vehicle, or one half
//! alone.
//!
//! Halves are found by time, spacings, speed, loads and missing sides together, and are paired one
//! to one: each must be the other's best.

use smallvec::SmallVec;

use super::join::{gross, number};
use super::score::{Score, normal, together};
use super::usual::per_mille;
use super::view::{Axle, EmptySide, View};
use super::{EvasionSettings, Found, Scene, Usual};
use crate::passage::{AxleLoad, BelievedVehicle, EvasionKind, Flag, SignalName};
use crate::units::Kilograms;

/// Records a second in the neighbouring lane, for the chance that one is there by itself.
const NEIGHBOURS_PER_SECOND: f64 = 0.2;
/// Scatter of the log of spacings over vehicles: of axles of a group, and of others.
const GROUP_SPACINGS: f64 = 0.07;
const OTHER_SPACINGS: f64 = 0.22;
/// Scatter of the log of speeds of two vehicles side by side.
const OTHER_SPEEDS: f64 = 0.12;
/// Scatter of the log of the two halves' ratio, and of two vehicles' gross.
const HALVES_RATIO: f64 = 0.25;
const OTHER_RATIO: f64 = 0.8;
/// The same of an axle's halves about the ratio of the whole, and of two vehicles' axles.
const AXLE_RATIO: f64 = 0.12;
const OTHER_AXLE_RATIO: f64 = 0.45;
/// An axle of a half with one side, and one with both, count so much.
const ONE_SIDED: f64 = 3.0;
const TWO_SIDED: f64 = -4.0;
/// A record with both sides of every axle: against it stands what a controller may know of its
/// loops.
const BOTH_SIDES: f64 = -6.0;
/// Where more of a lane's records than this have nothing of one side, its sensor is dead.
const DEAD_SENSOR: f64 = 0.1;
/// A side that is missing where the other kind would have it.
pub(super) const ELSEWHERE: f64 = -9.0;

pub(super) fn find(scene: &Scene<'_>) -> Option<Found> {
    let Some((index, nats)) = scene.partner() else {
        return alone(scene);
    };
    let partner = scene.near.get(index)?;
    let mut score = Score::new();
    score.add(nats);
    show(scene, partner, &mut score);
    scene.flagged(&mut score, Flag::Straddling);
    let mut found = scene.conclude(EvasionKind::Straddling, score)?;
    found.finding.partner = Some(partner.weighing.passage_id.clone());
    found.finding.vehicles = vec![join(scene.subject, partner)];
    Some(found)
}

fn show(scene: &Scene<'_>, partner: &View<'_>, score: &mut Score) {
    let (one, other) = (scene.subject, partner);
    let apart = other
        .weighing
        .crossed_at
        .saturating_sub(one.weighing.crossed_at);
    score.show(
        SignalName::ApartMs,
        apart.get() as f64 / 1_000.0,
        Some(scene.settings.straddling_apart.get() as f64 / 1_000.0),
    );
    if let (Some(one), Some(other)) = (one.speed(), other.speed())
        && one > 0.0
    {
        let apart = libm::fabs(other / one - 1.0);
        score.show(SignalName::SpeedApartPerMille, apart * 1_000.0, None);
    }
    let spacings =
        pairs(one, other).filter_map(|(one, other)| Some((one.spacing?, other.spacing?)));
    let farthest = spacings
        .map(|(one, other)| libm::fabs(other / one.max(1.0) - 1.0))
        .reduce(f64::max);
    if let Some(farthest) = farthest {
        score.show(SignalName::SpacingApartPerMille, farthest * 1_000.0, None);
    }
    let half = scene.half();
    score.show(
        SignalName::OneSidedAxles,
        half.axles as f64,
        Some(one.axles.len() as f64),
    );
}

/// The half that is in no pair: the wheels of the other side ran on the neighbouring lane's sensors,
/// which made no record of them.
fn alone(scene: &Scene<'_>) -> Option<Found> {
    let half = scene.half();
    let mut score = Score::new();
    score.add(half.nats);
    if half
        .side
        .is_some_and(|side| !shifted_to_neighbour(scene, side) && !seen_beside(scene, side))
    {
        score.add(ELSEWHERE);
    }
    score.show(
        SignalName::OneSidedAxles,
        half.axles as f64,
        Some(scene.subject.axles.len() as f64),
    );
    scene.flagged(&mut score, Flag::Straddling);
    scene.conclude(EvasionKind::Straddling, score)
}

/// How much a record looks like one half of a vehicle.
#[derive(Debug, Clone, Copy)]
pub(super) struct Half {
    /// Evidence that wheels of one side are missing against a vehicle in its lane.
    pub nats: f64,
    /// The side that is missing on most axles.
    pub side: Option<EmptySide>,
    /// Axles on which it is.
    pub axles: usize,
    /// Whether the lane's sensor of that side is dead.
    pub is_dead_sensor: bool,
}

/// Looks at the sides of every axle. A lane whose records have always been one-sided has a dead
/// sensor, which says nothing of the vehicle.
pub(super) fn half(view: &View<'_>, settings: &EvasionSettings, usual: &Usual) -> Half {
    let empty = per_mille(settings.empty_side_per_mille);
    let sides: SmallVec<[Option<EmptySide>; 8]> = view
        .axles
        .iter()
        .map(|axle| axle.empty_side(empty))
        .collect();
    let count = |side| sides.iter().filter(|found| **found == Some(side)).count();
    let (left, right) = (count(EmptySide::Left), count(EmptySide::Right));
    let (side, axles) = if left >= right {
        (EmptySide::Left, left)
    } else {
        (EmptySide::Right, right)
    };
    if axles == 0 {
        // Both sides were there; or the record tells no sides, which says nothing.
        let told = view
            .axles
            .iter()
            .any(|axle| axle.left.or(axle.right).is_some());
        return Half {
            nats: if told { BOTH_SIDES } else { 0.0 },
            side: None,
            axles,
            is_dead_sensor: false,
        };
    }
    let others = sides.len() - axles;
    // A vehicle turns in or out: some axles at its end may still be in the lane.
    let mut nats = axles as f64 * ONE_SIDED + others as f64 * TWO_SIDED / 2.0;
    if axles * 2 < sides.len() {
        nats -= 6.0;
    }
    // Two axles are enough: the sensor sees both sides of every vehicle.
    if axles == sides.len() {
        nats += 2.0;
    }
    let dead = match side {
        EmptySide::Left => usual.empty_left,
        EmptySide::Right => usual.empty_right,
    };
    let is_dead_sensor = dead > DEAD_SENSOR;
    if is_dead_sensor {
        nats = -12.0;
    }
    Half {
        nats: nats.clamp(-12.0, 12.0),
        side: Some(side),
        axles,
        is_dead_sensor,
    }
}

/// Whether the side that is missing lies beside another lane of the carriageway.
pub(super) fn shifted_to_neighbour(scene: &Scene<'_>, side: EmptySide) -> bool {
    let (lane, lanes) = (scene.subject.weighing.lane, scene.settings.lanes);
    if lanes == 0 {
        return false;
    }
    let outward = match (side, scene.settings.lanes_from_left) {
        (EmptySide::Left, true) | (EmptySide::Right, false) => lane.checked_sub(1),
        (EmptySide::Right, true) | (EmptySide::Left, false) => lane.checked_add(1),
    };
    outward.is_some_and(|neighbour| (1..=lanes).contains(&neighbour))
}

/// Whether a camera of the lane beside, where the other wheels would run, saw it, too. Who leaves the
/// road on the other side is far from that camera's lane.
pub(super) fn seen_beside(scene: &Scene<'_>, side: EmptySide) -> bool {
    let lane = scene.subject.weighing.lane;
    let inward = match (side, scene.settings.lanes_from_left) {
        (EmptySide::Left, true) | (EmptySide::Right, false) => lane.checked_add(1),
        (EmptySide::Right, true) | (EmptySide::Left, false) => lane.checked_sub(1),
    };
    inward.is_some_and(|beside| scene.reads.iter().any(|read| read.lane == beside))
}

/// The other half: index among the neighbours, and the evidence.
pub(super) fn partner(scene: &Scene<'_>) -> Option<(usize, f64)> {
    let pair = |one: &View<'_>, other: &View<'_>| pair_nats(scene, one, other);
    let (index, nats) = best(scene.near.iter().map(|other| pair(scene.subject, other)))?;
    let found = scene.near.get(index)?;
    let rival = best(
        scene
            .near
            .iter()
            .enumerate()
            .filter(|(other, _)| *other != index)
            .map(|(_, other)| pair(found, other)),
    );
    let enough = super::score::certainty_per_mille(nats, scene.settings.base_rate_per_mille);
    let mutual = rival.is_none_or(|(_, rival)| rival < nats);
    (mutual && i64::from(enough) >= scene.settings.report_from_per_mille).then_some((index, nats))
}

/// The highest, and where it stands; the first of equals.
fn best(values: impl Iterator<Item = Option<f64>>) -> Option<(usize, f64)> {
    let mut found: Option<(usize, f64)> = None;
    for (index, value) in values.enumerate() {
        if let Some(value) = value
            && found.is_none_or(|(_, best)| value > best)
        {
            found = Some((index, value));
        }
    }
    found
}

fn pairs<'v>(one: &'v View<'_>, other: &'v View<'_>) -> impl Iterator<Item = (&'v Axle, &'v Axle)> {
    one.axles.iter().zip(other.axles.iter())
}

/// Evidence that two records are the halves of one vehicle; `None` where they can't be.
fn pair_nats(scene: &Scene<'_>, one: &View<'_>, other: &View<'_>) -> Option<f64> {
    let settings = scene.settings;
    let (left, right) = (one.weighing, other.weighing);
    let apart = right.crossed_at.saturating_sub(left.crossed_at);
    if left.lane.abs_diff(right.lane) != 1
        || apart.abs() > settings.straddling_apart
        || one.axles.len() != other.axles.len()
        || one.axles.is_empty()
    {
        return None;
    }
    let scatter = settings.straddling_scatter.get() as f64 / 1e6;
    let mut nats =
        normal(apart.get() as f64 / 1e6, 0.0, scatter) - libm::log(NEIGHBOURS_PER_SECOND);
    nats += spacings_nats(settings, one, other);
    if let (Some(one), Some(other)) = (one.speed(), other.speed()) {
        let apart = libm::log(one.max(0.1) / other.max(0.1));
        let scatter = per_mille(settings.speed_scatter_per_mille);
        nats += normal(apart, 0.0, scatter) - normal(apart, 0.0, OTHER_SPEEDS);
    }
    nats += loads_nats(one, other);
    nats += sides_nats(settings, one, other);
    Some(nats)
}

fn spacings_nats(settings: &EvasionSettings, one: &View<'_>, other: &View<'_>) -> f64 {
    let spacings =
        pairs(one, other).filter_map(|(one, other)| Some((one.spacing?, other.spacing?)));
    let each = spacings.map(|(one, other)| {
        // Symmetric in the two, so that each is the other's best for the same reason.
        let least = one.min(other).max(1.0);
        let apart = libm::log(one.max(other).max(1.0) / least);
        let rounding = settings.spacing_step_mm as f64 / least;
        let scatter = together(per_mille(settings.spacing_scatter_per_mille), rounding);
        let population = if least <= settings.group_spacing_mm as f64 {
            GROUP_SPACINGS
        } else {
            OTHER_SPACINGS
        };
        let nats = normal(apart, 0.0, scatter) - normal(apart, 0.0, together(population, scatter));
        nats.max(-8.0)
    });
    each.sum()
}

fn loads_nats(one: &View<'_>, other: &View<'_>) -> f64 {
    let ratios: SmallVec<[f64; 8]> = pairs(one, other)
        .filter_map(|(one, other)| Some((one.load?, other.load?)))
        .map(|(one, other)| libm::log(one.max(1.0) / other.max(1.0)))
        .collect();
    let Some(middle) = super::view::mean(&ratios) else {
        return 0.0;
    };
    let whole = normal(middle, 0.0, HALVES_RATIO) - normal(middle, 0.0, OTHER_RATIO);
    let free = (ratios.len() as f64 - 1.0) / ratios.len() as f64;
    let axles: f64 = ratios
        .iter()
        .map(|ratio| ratio - middle)
        .map(|apart| normal(apart, 0.0, AXLE_RATIO) - normal(apart, 0.0, OTHER_AXLE_RATIO))
        .map(|nats| (free * nats).max(-3.0))
        .sum();
    whole.max(-6.0) + axles
}

/// One-sided axles speak for halves, the more so when one record has the side that the other lacks;
/// an axle with both its sides was in its lane. Records that tell no sides say nothing.
fn sides_nats(settings: &EvasionSettings, one: &View<'_>, other: &View<'_>) -> f64 {
    let empty = per_mille(settings.empty_side_per_mille);
    let mut nats = 0.0;
    for (one, other) in pairs(one, other) {
        let sides = (one.empty_side(empty), other.empty_side(empty));
        let tells = |axle: &Axle| axle.left.or(axle.right).is_some();
        nats += match sides {
            (Some(one), Some(other)) if one != other => 2.0 * ONE_SIDED,
            (Some(_), Some(_)) => ONE_SIDED,
            (Some(_), None) | (None, Some(_)) => ONE_SIDED + TWO_SIDED / 2.0,
            (None, None) if tells(one) && tells(other) => TWO_SIDED,
            (None, None) => 0.0,
        };
    }
    nats
}

/// The vehicle of both halves. Where both tell of one side, the axle's load is their sum.
fn join(one: &View<'_>, other: &View<'_>) -> BelievedVehicle {
    let axles: Vec<AxleLoad> = pairs(one, other)
        .map(|(one, other)| {
            let kilograms = |load: Option<f64>| load.map(|load| Kilograms::new(load as i64));
            let own = super::join::load(one);
            let load = one.load.unwrap_or(0.0) + other.load.unwrap_or(0.0);
            AxleLoad {
                load_kg: Kilograms::new(load as i64),
                left_kg: kilograms(side(one.left, other.left)),
                right_kg: kilograms(side(one.right, other.right)),
                ..own
            }
        })
        .collect();
    let numbers: Vec<u16> = (0..axles.len()).map(number).collect();
    BelievedVehicle {
        axle_numbers: numbers.clone(),
        partner_axle_numbers: numbers,
        gross_kg: gross(&axles),
        axles,
    }
}

fn side(one: Option<f64>, other: Option<f64>) -> Option<f64> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one + other),
        (one, other) => one.or(other),
    }
}
