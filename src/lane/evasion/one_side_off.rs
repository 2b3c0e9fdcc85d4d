//! One side off (单边驶出): the wheels of one side carry nothing on all or most axles, and no record of
//! the neighbouring lane has them.

use super::score::Score;
use super::straddling::{half, shifted_to_neighbour};
use super::{Scene, straddling};
use crate::passage::{EvasionFinding, EvasionKind, Flag, SignalName};

pub(super) fn find(scene: &Scene<'_>) -> Option<EvasionFinding> {
    let mut score = Score::new();
    if straddling::partner(scene).is_some() {
        return None;
    }
    let half = half(&scene.subject, scene.settings, scene.usual);
    score.add(half.nats);
    // Beside a lane the wheels ran on its sensors, whether or not it made a record of them.
    if half
        .side
        .is_some_and(|side| shifted_to_neighbour(scene, side))
    {
        score.add(straddling::ELSEWHERE);
    }
    score.show(
        SignalName::OneSidedAxles,
        half.axles as f64,
        Some(scene.subject.axles.len() as f64),
    );
    scene.flagged(&mut score, Flag::OneSideOff);
    scene.conclude(EvasionKind::OneSideOff, score)
}
