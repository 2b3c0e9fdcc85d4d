//! One vehicle in two records (一车拆成两条): two records of one lane so close that their axles fit one
//! vehicle, while one of them by itself is none.

use super::catalogue::{record_nats, vehicle_nats};
use super::join::{self, number};
use super::score::{Score, mixture, normal, together};
use super::usual::per_mille;
use super::view::{Axle, View};
use super::{Found, Scene};
use crate::passage::{BelievedVehicle, EvasionKind, SignalName, TravelDirection};

/// Log of the distance of two neighbouring groups of a vehicle, mm, and its scatter.
const INNER: (f64, f64) = (8.6, 0.45);
/// Of a thousand splits so many go through a group of axles.
const THROUGH_GROUP: f64 = 0.25;
/// Log of the typical spacing within a group, mm, and its scatter.
const GROUP: (f64, f64) = (7.17, 0.12);
/// Of two vehicles that follow each other, so many are within a metre of any distance up to 15 m.
const FOLLOWS_PER_METRE: f64 = 0.004;
/// And of those nearer than vehicles can be.
const IMPOSSIBLE_PER_METRE: f64 = 0.000_02;
/// Scatter of the log of the speeds of two vehicles that follow closely.
const OTHER_SPEED: f64 = 0.06;

pub(super) fn find(scene: &Scene<'_>) -> Option<Found> {
    let subject = scene.subject;
    let Pair {
        index,
        leads,
        nats,
        gap,
    } = best(scene, subject, None)?;
    let partner = scene.near.get(index)?;
    // One to one: the partner has no better one among the others.
    if best(scene, partner, Some(index)).is_some_and(|rival| rival.nats >= nats) {
        return None;
    }
    let (front, rear) = if leads {
        (subject, partner)
    } else {
        (partner, subject)
    };
    let mut score = Score::new();
    score.add(nats);
    score.show(
        SignalName::GapMm,
        gap,
        Some(scene.settings.least_gap_mm as f64),
    );
    let apart = rear
        .weighing
        .crossed_at
        .saturating_sub(front.weighing.crossed_at);
    score.show(SignalName::ApartMs, apart.get() as f64 / 1_000.0, None);
    if let (Some(one), Some(other)) = (front.speed(), rear.speed())
        && one > 0.0
    {
        let apart = libm::fabs(other / one - 1.0);
        score.show(SignalName::SpeedApartPerMille, apart * 1_000.0, None);
    }
    let mut found = scene.conclude(EvasionKind::SplitRecord, score)?;
    found.finding.partner = Some(partner.weighing.passage_id.clone());
    found.finding.vehicles = vec![joined(front, rear, leads, gap)];
    Some(found)
}

/// A neighbour that may be the other part.
struct Pair {
    index: usize,
    /// Whether the neighbour is the rear part.
    leads: bool,
    nats: f64,
    gap: f64,
}

/// The neighbour that fits `one` best, `but` one excepted.
fn best(scene: &Scene<'_>, one: &View<'_>, but: Option<usize>) -> Option<Pair> {
    let mut best: Option<Pair> = None;
    for (index, other) in scene.near.iter().enumerate() {
        if Some(index) == but {
            continue;
        }
        for leads in [true, false] {
            let (front, rear) = if leads { (one, other) } else { (other, one) };
            if let Some((nats, gap)) = seam(scene, front, rear)
                && best.as_ref().is_none_or(|best| nats > best.nats)
            {
                best = Some(Pair {
                    index,
                    leads,
                    nats,
                    gap,
                });
            }
        }
    }
    best
}

/// Evidence that `rear` is the rest of `front`, and the distance of the axles where they part.
fn seam(scene: &Scene<'_>, front: &View<'_>, rear: &View<'_>) -> Option<(f64, f64)> {
    let settings = scene.settings;
    let against = |view: &View<'_>| view.weighing.direction == Some(TravelDirection::Reverse);
    // Of two orders one can be, and of few neighbours either: this is looked at first.
    let apart = rear
        .weighing
        .crossed_at
        .saturating_sub(front.weighing.crossed_at)
        .get();
    if apart <= 0 {
        return None;
    }
    if front.weighing.lane != rear.weighing.lane
        || front.axles.is_empty()
        || rear.axles.is_empty()
        || against(front) != against(rear)
        || !front.is_spaced()
        || !rear.is_spaced()
    {
        return None;
    }
    let (one, other) = (front.speed()?, rear.speed()?);
    if one <= 0.0 || other <= 0.0 {
        return None;
    }
    let way = apart as f64 / 3_600.0 * (one + other) / 2.0;
    let gap = way - front.wheelbase()?;
    // Speeds are known to a per cent or two, so the distance is too.
    let error = way * per_mille(settings.speed_scatter_per_mille);
    if gap < 300.0 - 2.0 * error || gap > settings.split_gap_mm as f64 {
        return None;
    }
    let gap = gap.max(500.0);
    let limit = scene.group_spacing();
    let together_axles = seam_axles(front, rear, gap);
    let mut nats = vehicle_nats(&together_axles, limit)
        - record_nats(&front.axles, limit)
        - record_nats(&rear.axles, limit);
    // Density of the distance, per metre, of a vehicle that was parted, and of two vehicles.
    let log = libm::log(gap);
    let wide = error / gap;
    let parted = mixture(
        normal(log, INNER.0, together(INNER.1, wide)),
        normal(log, GROUP.0, together(GROUP.1, wide)),
        THROUGH_GROUP,
    ) - libm::log(gap / 1_000.0);
    let two = if gap + error < settings.least_gap_mm as f64 {
        IMPOSSIBLE_PER_METRE
    } else {
        FOLLOWS_PER_METRE
    };
    nats += parted - libm::log(two);
    let apart = libm::log(one / other);
    let same = per_mille(settings.speed_scatter_per_mille);
    nats += (normal(apart, 0.0, same) - normal(apart, 0.0, together(same, OTHER_SPEED))).max(-6.0);
    Some((nats, gap))
}

/// The axles of both, the first of the rear one at `gap` behind the last of the front one.
fn seam_axles(front: &View<'_>, rear: &View<'_>, gap: f64) -> Vec<Axle> {
    let rear = rear.axles.iter().enumerate().map(|(index, axle)| Axle {
        spacing: if index == 0 { Some(gap) } else { axle.spacing },
        ..*axle
    });
    front.axles.iter().copied().chain(rear).collect()
}

fn joined(front: &View<'_>, rear: &View<'_>, leads: bool, gap: f64) -> BelievedVehicle {
    let axles: Vec<_> = seam_axles(front, rear, libm::round(gap))
        .iter()
        .map(join::load)
        .collect();
    let numbers = |view: &View<'_>| (0..view.axles.len()).map(number).collect();
    let (own, partner) = if leads { (front, rear) } else { (rear, front) };
    BelievedVehicle {
        axle_numbers: numbers(own),
        partner_axle_numbers: numbers(partner),
        gross_kg: join::gross(&axles),
        axles,
    }
}
