//! Two vehicles in one record (两车并为一条): behind a gap stands a second front, and what is in front
//! of it and behind it are vehicles, while all together is none.

use smallvec::SmallVec;

use super::catalogue::vehicle_nats;
use super::join;
use super::score::{Score, normal, together};
use super::view::{Axle, mean};
use super::{Found, Scene};
use crate::passage::{EvasionKind, Flag, SignalName};
use crate::plate::compare;

/// Log of the distance from the last axle of a vehicle to the first of the next, mm, and its
/// scatter: overhangs of both and what a close follower leaves.
const GAP: (f64, f64) = (8.75, 0.40);
/// The same of two neighbouring groups of one vehicle.
const INNER: (f64, f64) = (8.60, 0.35);
/// Scatter of the log of the speeds of two vehicles that follow closely.
const OTHER_SPEED: f64 = 0.02;
/// First axle to last of a vehicle that the law allows (semis 18.1 m long, trains 20 m), mm.
const LONGEST_WHEELBASE_MM: f64 = 17_000.0;
/// Log of the rate at which longer ones are seen, for each metre more.
const LONGER: f64 = 0.5;
/// A second vehicle in the record was read by the camera as well.
const OTHER_PLATE: f64 = 3.0;

pub(super) fn find(scene: &Scene<'_>) -> Option<Found> {
    let axles = &scene.subject.axles;
    if !scene.subject.is_spaced() {
        return scene.only_flagged(EvasionKind::MergedRecord, Flag::TooClose);
    }
    let mut best: Option<(usize, f64)> = None;
    for second in 2..axles.len().saturating_sub(1) {
        let nats = seam_nats(scene, second);
        if best.is_none_or(|(_, most)| nats > most) {
            best = Some((second, nats));
        }
    }
    let Some((second, nats)) = best else {
        return scene.only_flagged(EvasionKind::MergedRecord, Flag::TooClose);
    };
    let mut score = Score::new();
    score.add(nats);
    let gap = axles.get(second).and_then(|axle| axle.spacing);
    if let Some(gap) = gap {
        score.show(SignalName::GapMm, gap, None);
    }
    if let Some(wheelbase) = scene.subject.wheelbase() {
        let longer = (wheelbase - LONGEST_WHEELBASE_MM) / 1_000.0;
        score.add((longer * LONGER).clamp(0.0, 4.0));
        score.show(
            SignalName::WheelbaseMm,
            wheelbase,
            Some(LONGEST_WHEELBASE_MM),
        );
    }
    let plates = other_plates(scene);
    if plates > 0 {
        score.add(OTHER_PLATE);
        score.show(SignalName::OtherPlates, plates as f64, None);
    }
    scene.flagged(&mut score, Flag::TooClose);
    let mut found = scene.conclude(EvasionKind::MergedRecord, score)?;
    found.finding.vehicles = vec![
        join::vehicle(scene.subject, 0..second),
        join::vehicle(scene.subject, second..axles.len()),
    ];
    Some(found)
}

/// Evidence that the axle `second` is the first of another vehicle.
fn seam_nats(scene: &Scene<'_>, second: usize) -> f64 {
    let axles = &scene.subject.axles;
    let limit = scene.group_spacing();
    let (front, rear) = axles.split_at(second.min(axles.len()));
    let gap = rear.first().and_then(|axle| axle.spacing);
    if gap.is_some_and(|gap| gap < scene.settings.least_gap_mm as f64) {
        return -12.0;
    }
    let mut nats = vehicle_nats(front, limit) + vehicle_nats(rear, limit) - scene.vehicle_nats();
    if let Some(gap) = gap {
        let gap = libm::log(gap.max(1.0));
        let inner = normal(gap, INNER.0, INNER.1);
        nats += (normal(gap, GAP.0, GAP.1) - inner).clamp(-3.0, 4.0);
    }
    nats + step_nats(scene, front, rear) + steers_nats(rear, limit) + loads_nats(front, rear)
}

/// Scatter of the log of the mean axle load of what is behind a gap over that in front of it: of two
/// vehicles, and of one.
const OTHER_LOADS: f64 = 0.8;
const OWN_LOADS: f64 = 0.4;

/// A loaded truck draws no empty trailer, and an empty one no loaded one.
fn loads_nats(front: &[Axle], rear: &[Axle]) -> f64 {
    let load = |axles: &[Axle]| -> Option<f64> {
        let sum: Option<f64> = axles.iter().map(|axle| axle.load).sum();
        Some(sum? / axles.len().max(1) as f64)
    };
    let (Some(ahead), Some(behind)) = (load(front), load(rear)) else {
        return 0.0;
    };
    let ratio = libm::log(behind.max(1.0) / ahead.max(1.0));
    (normal(ratio, 0.0, OTHER_LOADS) - normal(ratio, 0.0, OWN_LOADS)).clamp(-0.5, 3.0)
}

/// Two steering axles are at least so far apart, two axles of a trailer at most, mm.
const TWIN_STEERING_MM: f64 = 1_650.0;
const TRAILER_MM: f64 = 1_500.0;
/// A first axle lighter than this is a car's or a light truck's, kg: its load says nothing.
const TRUCK_STEERS_KG: f64 = 2_500.0;

/// Log of the load of an axle of the second group over the first axle's, and its scatter: behind the
/// steering axle of a truck, and in a trailer, whose axles bear the same.
const BEHIND_STEERING: (f64, f64) = (0.40, 0.35);
const IN_TRAILER: (f64, f64) = (0.0, 0.25);

/// What the first axle says of those behind a gap: a truck's steering axle bears less than the next
/// ones, the more so the more it carries.
fn steers_nats(rear: &[Axle], limit: f64) -> f64 {
    let mut groups = super::view::groups(rear, limit);
    let (Some(first), Some(second)) = (groups.next(), groups.next()) else {
        return 0.0;
    };
    if first.len() == 2
        && let Some(spacing) = rear.get(1).and_then(|axle| axle.spacing)
    {
        return match spacing {
            TWIN_STEERING_MM.. => 3.0,
            ..=TRAILER_MM => -1.5,
            _ => 0.0,
        };
    }
    let load = |index: usize| rear.get(index).and_then(|axle| axle.load);
    let (1, Some(steers), Some(next)) = (first.len(), load(first.start), load(second.start)) else {
        return 0.0;
    };
    if steers < TRUCK_STEERS_KG {
        return 0.0;
    }
    let ratio = libm::log(next.max(1.0) / steers.max(1.0));
    let truck = normal(ratio, BEHIND_STEERING.0, BEHIND_STEERING.1);
    (truck - normal(ratio, IN_TRAILER.0, IN_TRAILER.1)).clamp(-1.0, 2.5)
}

/// A value an axle.
type OfAxles = SmallVec<[f64; 8]>;

/// Two vehicles drive each at its own speed and in its own place of the lane.
fn step_nats(scene: &Scene<'_>, front: &[Axle], rear: &[Axle]) -> f64 {
    let mut nats = 0.0;
    let speeds =
        |axles: &[Axle]| -> OfAxles { axles.iter().filter_map(|axle| axle.speed).collect() };
    let (one, other) = (speeds(front), speeds(rear));
    if let (Some(ahead), Some(behind)) = (mean(&one), mean(&other))
        && ahead > 0.0
        && behind > 0.0
    {
        let step = libm::log(ahead / behind);
        let error = scene.usual.axle_speed_scatter.max(0.002)
            * libm::sqrt(1.0 / one.len() as f64 + 1.0 / other.len() as f64);
        // A vehicle that slows or speeds up a little has a step as well.
        let plain = together(error, 0.015);
        nats += (normal(step, 0.0, together(plain, OTHER_SPEED)) - normal(step, 0.0, plain))
            .clamp(-1.0, 4.0);
    }
    let shares =
        |axles: &[Axle]| -> OfAxles { axles.iter().filter_map(Axle::left_share).collect() };
    let (one, other) = (shares(front), shares(rear));
    if let (Some(ahead), Some(behind)) = (mean(&one), mean(&other)) {
        let step = ahead - behind;
        let error = scene.usual.share_within
            * libm::sqrt(1.0 / one.len() as f64 + 1.0 / other.len() as f64);
        let between = scene.usual.share_between * std::f64::consts::SQRT_2;
        let plain = together(error, scene.usual.share_within / 2.0).max(1e-3);
        nats += (normal(step, 0.0, together(plain, between)) - normal(step, 0.0, plain))
            .clamp(-1.0, 4.0);
    }
    nats
}

/// Plates besides the first that one camera read for this record, and that are no misread of it.
fn other_plates(scene: &Scene<'_>) -> usize {
    let mut others = 0;
    for (index, read) in scene.reads.iter().enumerate() {
        let Some(plate) = &read.plate else { continue };
        let before = scene.reads.get(..index).unwrap_or_default();
        let is_other = |earlier: &&crate::passage::PlateRead| {
            earlier.raw.port == read.raw.port
                && earlier
                    .plate
                    .as_ref()
                    .is_some_and(|known| compare(known, plate) == crate::plate::Likeness::Other)
        };
        others += usize::from(before.iter().any(is_other));
    }
    others
}
