//! Wrong way (逆行): the direction says so, or the steering axle comes last.

use super::Scene;
use super::catalogue::vehicle_nats;
use super::score::Score;
use crate::passage::{EvasionFinding, EvasionKind, Flag, SignalName, TravelDirection};

pub(super) fn find(scene: &Scene<'_>) -> Option<EvasionFinding> {
    let mut score = Score::new();
    let weighing = scene.subject.weighing;
    // Of `olr` the direction is defined; of other protocols the settings say which code is which,
    // and the flag is set where it is the wrong one.
    let defined =
        weighing.protocol == "olr" && weighing.direction == Some(TravelDirection::Reverse);
    if defined || weighing.flags.contains(&Flag::WrongWay) {
        score.add(9.0);
        score.show(SignalName::ControllerFlag, 1.0, None);
    }
    let axles = &scene.subject.axles;
    if axles.len() > 2 && axles.iter().skip(1).all(|axle| axle.spacing.is_some()) {
        let spacings = axles.iter().rev().map(|axle| axle.spacing);
        let turned: Vec<_> = axles
            .iter()
            .rev()
            .zip(std::iter::once(None).chain(spacings))
            .map(|(axle, spacing)| super::view::Axle { spacing, ..*axle })
            .collect();
        let limit = scene.group_spacing();
        let forward = vehicle_nats(&turned, limit) - vehicle_nats(axles, limit);
        // Only a pattern that is none forwards speaks for itself; symmetric ones say nothing.
        if forward > 0.0 {
            score.add(forward.min(7.0));
            score.show(SignalName::Axles, axles.len() as f64, None);
        }
    }
    scene.conclude(EvasionKind::WrongWay, score)
}
