//! Surging (冲磅) and jumping (跳磅): axle speeds rise, and axles bounce off the sensor: one much too
//! light for its group, its neighbours too heavy.

use super::Scene;
use super::score::{Score, mixture, normal, together};
use super::usual::per_mille;
use super::view::Axle;
use crate::passage::{EvasionFinding, EvasionKind, Flag, SignalName};

/// Of a thousand axles in a group so many are far off the mean for reasons of their own: springs,
/// a load that sits on one axle.
const ODD_AXLE: f64 = 0.012;
/// Scatter of those.
const ODD_SCATTER: f64 = 0.35;

pub(super) fn find(scene: &Scene<'_>) -> Option<EvasionFinding> {
    let mut score = Score::new();
    let settings = scene.settings;
    let hard = settings.surging_hundredth_ms2 as f64 / 100.0;
    let scatter = settings.surging_scatter_hundredth_ms2 as f64 / 100.0;
    super::braking::manoeuvre(scene, &mut score, hard, scatter);
    jumps(scene, &mut score);
    scene.flagged(&mut score, Flag::Acceleration);
    scene.conclude(EvasionKind::Surging, score)
}

/// Adds what the loads within the groups say. Signs of a jump can add to the acceleration; their
/// absence says little, so that nothing is taken away for it.
fn jumps(scene: &Scene<'_>, score: &mut Score) {
    let settings = scene.settings;
    let usual = per_mille(settings.group_load_scatter_per_mille);
    let jump = per_mille(settings.jump_scatter_per_mille);
    let lifted = settings.lifted_axle_kg as f64;
    let (mut nats, mut farthest): (f64, Option<(f64, usize, f64, f64)>) = (0.0, None);
    for group in scene.subject.groups(scene.group_spacing()) {
        let axles: &[Axle] = scene.subject.axles.get(group.clone()).unwrap_or_default();
        let loads: Option<Vec<f64>> = axles.iter().map(|axle| axle.load).collect();
        let Some(loads) = loads.filter(|loads| loads.len() > 1) else {
            continue;
        };
        // An axle that hangs is another matter.
        if loads.iter().any(|load| *load < lifted) {
            continue;
        }
        // The axle that stands out most, of as many as there are.
        let mut most = f64::NEG_INFINITY;
        for (index, load) in loads.iter().enumerate() {
            let others: f64 = loads.iter().sum::<f64>() - load;
            let others = others / (loads.len() as f64 - 1.0);
            let ratio = libm::log(load.max(1.0) / others.max(1.0));
            // Axle and rest scatter both.
            let scatter = |one: f64| together(one, one / libm::sqrt(loads.len() as f64 - 1.0));
            let plain = mixture(
                normal(ratio, 0.0, scatter(usual)),
                normal(ratio, 0.0, scatter(ODD_SCATTER)),
                ODD_AXLE,
            );
            most = most.max(normal(ratio, 0.0, scatter(jump)) - plain);
            if farthest.is_none_or(|(far, ..)| libm::fabs(ratio) > far) {
                farthest = Some((libm::fabs(ratio), group.start + index, *load, others));
            }
        }
        nats += (most - libm::log(loads.len() as f64)).max(0.0);
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
