//! The plate is covered (遮挡号牌) or missing (无号牌): every camera that saw the vehicle saw it without
//! a plate.
//!
//! A camera that can tell says so with confidence; one that can't gives a read without a plate, as
//! it does for every sixth vehicle anyway. Whether a plate is covered or absent shows in the colour: a
//! camera that names one has seen a plate.

use super::score::Score;
use super::usual::per_mille;
use super::{Found, Scene};
use crate::passage::{EvasionKind, PlateRead, SignalName};

/// How often a camera that can tell notices a plate that is covered or missing.
const NOTICED: f64 = 0.9;

pub(super) fn find(scene: &Scene<'_>) -> Option<Found> {
    let settings = scene.settings;
    if scene.reads.iter().any(|read| read.plate.is_some()) {
        return None;
    }
    let sure = |read: &PlateRead| {
        read.confidence
            .is_some_and(|confidence| confidence >= settings.sure_confidence)
    };
    let mut ports: Vec<&str> = scene
        .reads
        .iter()
        .map(|read| read.raw.port.as_str())
        .collect();
    ports.sort_unstable();
    ports.dedup();
    let (mut without, mut unread, mut coloured) = (0_u32, 0_u32, false);
    let mut score = Score::new();
    for port in ports {
        let mut reads = scene.reads.iter().filter(|read| read.raw.port == port);
        let error = if reads.clone().any(|read| sure(read)) {
            without += 1;
            coloured |= reads.any(|read| sure(read) && read.colour.is_some());
            per_mille(settings.sure_error_per_mille)
        } else {
            unread += 1;
            per_mille(settings.unread_per_mille)
        };
        score.add(libm::log(NOTICED / error.clamp(1e-4, 1.0)));
    }
    // A covered plate is one that a camera now and then can't tell from an unreadable one; where
    // there is none all cameras are sure. The records tell no more than that.
    let kind = if coloured || unread > 0 || without == 0 {
        EvasionKind::PlateCovered
    } else {
        EvasionKind::PlateMissing
    };
    score.show(SignalName::SureWithoutPlate, f64::from(without), None);
    score.show(SignalName::Unread, f64::from(unread), None);
    scene.conclude(kind, score)
}
