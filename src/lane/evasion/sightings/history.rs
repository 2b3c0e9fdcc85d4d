//! Axles unlike the plate's history: fewer of a group (an axle is up), or another vehicle (a clone).

use super::{Found, List, Sighting, SightingFinding, Track, share_per_mille, signal};
use crate::lane::fingerprint::Fingerprint;
use crate::passage::{EvasionKind, SignalName};

/// Of the sightings with axles so many must agree for there to be a history.
const AGREE: f64 = 0.7;
/// From this likeness on two records are of one vehicle, hundredths of nats.
const SAME_CENTINATS: i64 = 150;
/// From this on down they are of two.
const OTHER_CENTINATS: i64 = -800;
/// How often a vehicle with a lift axle has it up.
const LIFTED: f64 = 0.02;
/// How often a scale misses an axle, or a record is a part or a sum of vehicles.
const MISCOUNTED: f64 = 0.002;
/// Spacings of a tractor or a rigid truck's front: the first two.
const FRONT_SPACINGS: usize = 2;

pub(super) fn find(list: &List<'_>, track: &Track, findings: &mut Vec<SightingFinding>) {
    let counted: Vec<(usize, &Sighting, usize)> = track
        .iter()
        .filter_map(|index| {
            let sighting = list.get(*index)?;
            Some((*index, sighting, sighting.axle_count()?))
        })
        .collect();
    if counted.len() <= list.settings.history {
        return;
    }
    let agreeing = |axles: usize| counted.iter().filter(|(_, _, own)| *own == axles).count();
    let Some(usual) = counted
        .iter()
        .map(|(_, _, axles)| *axles)
        .max_by_key(|axles| (agreeing(*axles), *axles))
    else {
        return;
    };
    let agree = agreeing(usual);
    if (agree as f64) < AGREE * counted.len() as f64 || agree < list.settings.history {
        return;
    }
    // The pattern that most others are like stands for the vehicle.
    let prints: Vec<Fingerprint> = counted
        .iter()
        .filter(|(_, _, axles)| *axles == usual)
        .filter_map(|(_, sighting, _)| sighting.fingerprint())
        .collect();
    let likeness = |one: &Fingerprint, other: &Fingerprint| {
        one.likeness_centinats(other, &list.settings.fingerprint)
    };
    let own = prints.iter().max_by_key(|print| {
        let alike = prints.iter().filter(|other| {
            likeness(print, other).is_some_and(|centinats| centinats >= SAME_CENTINATS)
        });
        alike.count()
    });
    for (index, sighting, axles) in &counted {
        let history = [
            signal(SignalName::Axles, *axles as i64, None),
            signal(SignalName::HistoryAxles, usual as i64, None),
            signal(SignalName::HistorySightings, agree as i64, None),
        ];
        let print = sighting.fingerprint();
        if *axles < usual && *axles > 1 {
            let fits = own
                .zip(print.as_ref())
                .map(|(own, print)| lifted(own, print, &list.settings.fingerprint, usual - axles));
            if let Some(certainty) = lift_certainty(usual - axles, fits) {
                let found = Found {
                    kind: EvasionKind::LiftAxle,
                    index: *index,
                    other: None,
                    certainty_per_mille: certainty,
                    signals: history.to_vec(),
                };
                list.report(found, None, findings);
                continue;
            }
        }
        let other = match (own, &print) {
            (Some(own), Some(print)) => is_other(own, print, &list.settings.fingerprint),
            // Numbers alone: a semi may have taken another trailer, a rigid truck can't.
            _ => (*axles <= 2) != (usual <= 2),
        };
        if !other {
            continue;
        }
        let (misread, misread_of) = list.misread(*index);
        let cloned = list.settings.cloned_per_mille as f64 / 1_000.0;
        let mut signals = history.to_vec();
        if let (Some(own), Some(print)) = (own, &print)
            && let Some(centinats) = likeness(own, print)
        {
            signals.push(signal(SignalName::FingerprintCentinats, centinats, None));
        }
        let found = Found {
            kind: EvasionKind::PlateCloned,
            index: *index,
            other: None,
            certainty_per_mille: share_per_mille(cloned, misread + MISCOUNTED / 10.0),
            signals,
        };
        list.report(found, misread_of, findings);
    }
}

/// How certain it is that so many axles are up: by what is left of the pattern where spacings tell.
fn lift_certainty(fewer: usize, fits: Option<bool>) -> Option<u16> {
    match (fewer, fits) {
        (1 | 2, Some(true)) => Some(share_per_mille(LIFTED, MISCOUNTED)),
        // The number alone does not tell a lifted axle from another trailer.
        (1, None) => Some(share_per_mille(LIFTED, LIFTED)),
        _ => None,
    }
}

/// Whether `seen` is `own` with so many axles missing, the first excepted.
fn lifted(
    own: &Fingerprint,
    seen: &Fingerprint,
    settings: &crate::lane::fingerprint::FingerprintSettings,
    fewer: usize,
) -> bool {
    (0..own.spacings_mm.len()).any(|index| {
        let without = without_axle(own, index);
        match fewer {
            0 => false,
            1 => without
                .likeness_centinats(seen, settings)
                .is_some_and(|centinats| centinats >= SAME_CENTINATS),
            _ => lifted(&without, seen, settings, fewer - 1),
        }
    })
}

/// The pattern without the axle behind the spacing `index`.
fn without_axle(own: &Fingerprint, index: usize) -> Fingerprint {
    let mut spacings_mm = own.spacings_mm.clone();
    let gone = if index < spacings_mm.len() {
        spacings_mm.remove(index)
    } else {
        0
    };
    if let Some(next) = spacings_mm.get_mut(index) {
        *next = next.saturating_add(gone);
    }
    Fingerprint {
        spacings_mm,
        loads_kg: Vec::new(),
    }
}

/// Whether two patterns are of two vehicles: neither the whole nor the front is alike. A tractor with
/// another trailer has the front it always had.
fn is_other(
    own: &Fingerprint,
    seen: &Fingerprint,
    settings: &crate::lane::fingerprint::FingerprintSettings,
) -> bool {
    let whole = own.likeness_centinats(seen, settings);
    if whole.is_some_and(|centinats| centinats >= SAME_CENTINATS) {
        return false;
    }
    // Who drives against the lane is weighed with his last axle first.
    let turned = Fingerprint {
        spacings_mm: seen.spacings_mm.iter().rev().copied().collect(),
        loads_kg: Vec::new(),
    };
    let turned = own.likeness_centinats(&turned, settings);
    if turned.is_some_and(|centinats| centinats >= SAME_CENTINATS) {
        return false;
    }
    let front = |print: &Fingerprint| Fingerprint {
        spacings_mm: print
            .spacings_mm
            .iter()
            .take(FRONT_SPACINGS)
            .copied()
            .collect(),
        loads_kg: Vec::new(),
    };
    match front(own).likeness_centinats(&front(seen), settings) {
        Some(centinats) => centinats <= OTHER_CENTINATS,
        // One of them has two axles alone, the other more: no trailer makes that.
        None => true,
    }
}
