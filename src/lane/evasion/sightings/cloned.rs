//! The same plate at two places, too soon for one vehicle.

use super::{Found, List, SightingFinding, Track, share_per_mille, signal};
use crate::passage::{EvasionKind, SignalName};

/// The least time of the way is known to so much: who is nearly there in time was fast.
const NEARLY: f64 = 0.85;
/// How often that, and how often a wrong clock at one of the places, makes the contradiction.
const FAST: f64 = 0.01;
const WRONG_CLOCK: f64 = 0.000_01;

pub(super) fn find(list: &List<'_>, track: &Track, findings: &mut Vec<SightingFinding>) {
    let mut conflicts = Vec::new();
    for pair in track.windows(2) {
        let [one, other] = pair else { continue };
        if let Some(conflict) = conflict(list, *one, *other) {
            conflicts.push(conflict);
        }
    }
    // Contradictions that share no sighting must each be explained: all by misreads is less and less
    // likely.
    let mut by_chance = 1.0;
    let mut used: Option<usize> = None;
    for conflict in &conflicts {
        if used != Some(conflict.one) {
            by_chance *= conflict.by_chance;
            used = Some(conflict.other);
        }
    }
    let cloned = list.settings.cloned_per_mille as f64 / 1_000.0;
    for conflict in conflicts {
        let found = Found {
            kind: EvasionKind::PlateCloned,
            index: conflict.other,
            other: Some(conflict.one),
            certainty_per_mille: share_per_mille(cloned, by_chance),
            signals: vec![signal(
                SignalName::TravelledS,
                conflict.travelled_s,
                Some(conflict.least_s),
            )],
        };
        list.report(found, conflict.misread_of, findings);
    }
}

struct Conflict<'a> {
    one: usize,
    other: usize,
    travelled_s: i64,
    least_s: i64,
    by_chance: f64,
    misread_of: Option<&'a str>,
}

fn conflict<'a>(list: &List<'a>, one: usize, other: usize) -> Option<Conflict<'a>> {
    let (first, second) = (list.get(one)?, list.get(other)?);
    if !list.settings.is_too_soon(first, second) {
        return None;
    }
    let travel = list.settings.travel(&first.site, &second.site)?;
    let travelled = second.at.saturating_sub(first.at).get() as f64;
    let least = travel.least.get() as f64;
    let fast = if travelled >= NEARLY * least {
        FAST
    } else {
        WRONG_CLOCK
    };
    let (one_misread, one_of) = list.misread(one);
    let (other_misread, other_of) = list.misread(other);
    let misread_of = if other_of.is_some() && (one_of.is_none() || other_misread >= one_misread) {
        other_of
    } else {
        one_of
    };
    Some(Conflict {
        one,
        other,
        travelled_s: (travelled / 1e6) as i64,
        least_s: (least / 1e6) as i64,
        by_chance: one_misread + other_misread + fast,
        misread_of,
    })
}
