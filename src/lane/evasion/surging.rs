//! Surging (冲磅) and jumping (跳磅): axle speeds rise, and axles bounce off the sensor: one much too
//! light for its group, its neighbours too heavy.

use smallvec::SmallVec;

use super::score::{Normal, Score, mixture, normal};
use super::usual::per_mille;
use super::view::Axle;
use super::{EvasionSettings, Found, Scene};
use crate::passage::{EvasionKind, Flag, SignalName};

/// Of a thousand axles in a group so many are far off the mean for reasons of their own: springs,
/// a load that sits on one axle.
const ODD_AXLE: f64 = 0.012;
/// A mixture with those is no further below its usual part than this, nats.
const USUAL_OF_PLAIN: f64 = 0.013;
/// Scatter of those.
const ODD_SCATTER: f64 = 0.35;
/// An axle that jumps leaves more than this share of its load on the sensor; one that hangs does not.
const HANGS: f64 = 0.12;

/// A value an axle.
type OfAxles = SmallVec<[f64; 8]>;

pub(super) fn find(scene: &Scene<'_>) -> Option<Found> {
    let mut score = Score::new();
    let settings = scene.settings;
    let hard = settings.surging_hundredth_ms2 as f64 / 100.0;
    let scatter = settings.surging_scatter_hundredth_ms2 as f64 / 100.0;
    super::braking::manoeuvre(scene, &mut score, hard, scatter);
    // An axle that hangs is lifted, unless the vehicle sped up as well.
    let speeds_up = score.nats() > 0.5;
    jumps(scene, &mut score, speeds_up);
    scene.flagged(&mut score, Flag::Acceleration);
    scene.conclude(EvasionKind::Surging, score)
}

/// The log of an axle's load over the mean of the others of its group: of most axles, of odd ones, and
/// of one that jumps.
#[derive(Debug, Clone, Copy)]
pub(super) struct GroupLoads {
    usual: Normal,
    odd: Normal,
    jump: Normal,
}

impl GroupLoads {
    /// In a group of so many axles, two at least.
    pub(super) fn of(settings: &EvasionSettings, axles: usize) -> Self {
        // Axle and rest scatter both.
        let both = libm::sqrt(1.0 + 1.0 / (axles as f64 - 1.0));
        Self {
            usual: Normal::of(per_mille(settings.group_load_scatter_per_mille) * both),
            odd: Normal::of(ODD_SCATTER * both),
            jump: Normal::of(per_mille(settings.jump_scatter_per_mille) * both),
        }
    }
}

/// Adds what the loads within the groups say. Signs of a jump can add to the acceleration; their
/// absence says little, so that nothing is taken away for it.
fn jumps(scene: &Scene<'_>, score: &mut Score, speeds_up: bool) {
    let settings = scene.settings;
    let lifted = settings.lifted_axle_kg as f64;
    let (mut nats, mut farthest): (f64, Option<(f64, usize, f64, f64)>) = (0.0, None);
    for group in scene.subject.groups(scene.group_spacing()) {
        let axles: &[Axle] = scene.subject.axles.get(group.clone()).unwrap_or_default();
        let loads: Option<OfAxles> = axles.iter().map(|axle| axle.load).collect();
        let Some(loads) = loads.filter(|loads| loads.len() > 1) else {
            continue;
        };
        let sum: f64 = loads.iter().sum();
        let known = scene.models.group_loads.get(loads.len() - 2).copied();
        let GroupLoads { usual, odd, jump } =
            known.unwrap_or_else(|| GroupLoads::of(settings, loads.len()));
        let hangs = |load: &f64| {
            let others = (sum - load) / (loads.len() as f64 - 1.0);
            *load < lifted && (!speeds_up || *load < HANGS * others)
        };
        if loads.iter().any(hangs) {
            continue;
        }
        // The axle that stands out most, of as many as there are.
        let mut most = f64::NEG_INFINITY;
        for (index, load) in loads.iter().enumerate() {
            let others = (sum - load) / (loads.len() as f64 - 1.0);
            let ratio = libm::log(load.max(1.0) / others.max(1.0));
            let (jump, usual) = (jump.nats(ratio), usual.nats(ratio));
            // Most axles are nothing out of the usual: less than nothing adds nothing.
            if jump - usual + USUAL_OF_PLAIN > 0.0 {
                most = most.max(jump - mixture(usual, odd.nats(ratio), ODD_AXLE));
            }
            if farthest.is_none_or(|(far, ..)| libm::fabs(ratio) > far) {
                farthest = Some((libm::fabs(ratio), group.start + index, *load, others));
            }
        }
        nats += (most - libm::log(loads.len() as f64)).max(0.0);
    }
    if let Some((single, index, load, others)) = single_axle(scene)
        && single > 0.0
    {
        nats += single;
        let ratio = libm::fabs(libm::log(load.max(1.0) / others.max(1.0)));
        if farthest.is_none_or(|(far, ..)| ratio > far) {
            farthest = Some((ratio, index, load, others));
        }
    }
    if nats <= 0.0 {
        return;
    }
    score.add(nats);
    if let Some((_, index, load, others)) = farthest {
        score.show(SignalName::Axle, index as f64 + 1.0, None);
        score.show(SignalName::AxleLoadKg, load, None);
        score.show(SignalName::GroupLoadKg, others, None);
    }
}

/// Log of an axle's load over the mean of the others, and its scatter: the rear axle of two, and a
/// single axle among more; of one that jumps; and of the few that carry next to nothing by
/// themselves.
const REAR_OF_TWO: (f64, f64) = (0.25, 0.35);
const SINGLE: (f64, f64) = (0.1, 0.45);
const JUMPED: (f64, f64) = (-1.5, 0.6);
const ODD_SINGLE: (f64, f64) = (0.0, 0.9);

/// The single axle behind the first that speaks most for a jump, if one does: nats, index, its load and the mean
/// of the others.
fn single_axle(scene: &Scene<'_>) -> Option<(f64, usize, f64, f64)> {
    let axles = &scene.subject.axles;
    let loads: Option<OfAxles> = axles.iter().map(|axle| axle.load).collect();
    let loads = loads.filter(|loads| loads.len() > 1)?;
    let sum: f64 = loads.iter().sum();
    let (mean, scatter) = if loads.len() == 2 {
        REAR_OF_TWO
    } else {
        SINGLE
    };
    let mut best: Option<(f64, usize, f64, f64)> = None;
    for group in scene.subject.groups(scene.group_spacing()) {
        let (index, load) = (group.start, loads.get(group.start).copied()?);
        if index == 0 || group.len() > 1 {
            continue;
        }
        let others = (sum - load) / (loads.len() as f64 - 1.0);
        let ratio = libm::log(load.max(1.0) / others.max(1.0));
        let (jump, usual) = (
            normal(ratio, JUMPED.0, JUMPED.1),
            normal(ratio, mean, scatter),
        );
        // Less than nothing adds nothing.
        if jump - usual + USUAL_OF_PLAIN <= 0.0 {
            continue;
        }
        let odd = normal(ratio, ODD_SINGLE.0, ODD_SINGLE.1);
        let nats = jump - mixture(usual, odd, ODD_AXLE);
        if best.is_none_or(|(most, ..)| nats > most) {
            best = Some((nats, index, load, others));
        }
    }
    best
}
