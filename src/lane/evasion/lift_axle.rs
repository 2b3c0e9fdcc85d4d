//! A lifted axle (提升桥): it shows next to nothing while its neighbours are heavy, or is not there at
//! all and leaves a spacing twice as wide as a group's.
//!
//! An outer axle of a group that is lifted clear of the road leaves no trace in the record: that
//! vehicle has the axles of another common type, and only the history of its plate shows more
//! ([`super::sightings`]).

use super::{Found, Scene};
use super::catalogue::vehicle_nats;
use super::score::Score;
use super::view::Axle;
use crate::passage::{EvasionKind, SignalName};

pub(super) fn find(scene: &Scene<'_>) -> Option<Found> {
    if !scene.subject.is_spaced() {
        return None;
    }
    let (hanging, gap) = (hanging(scene), missing(scene));
    let score = match (hanging, gap) {
        (Some(one), Some(other)) if one.nats() < other.nats() => other,
        (Some(one), _) => one,
        (None, Some(other)) => other,
        (None, None) => return None,
    };
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
        let loads: Option<Vec<f64>> = group_axles.iter().map(|axle| axle.load).collect();
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
        let nats = vehicle_nats(&with_axle(axles, index), limit) - vehicle_nats(axles, limit);
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
