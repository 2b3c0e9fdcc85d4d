//! Before the station and behind it, but not at it.

use super::{Found, List, Route, Sighting, SightingFinding, Track, share_per_mille, signal};
use crate::passage::{EvasionKind, SignalName};
use crate::plate::{Likeness, compare};
use crate::units::Micros;

/// Who avoids the station does so most times.
const AVOIDS: f64 = 0.9;
/// A vehicle that passed unread is this one with so much, if its axles are not known otherwise.
const UNREAD_IS_IT: f64 = 0.1;

pub(super) fn find(list: &List<'_>, track: &Track, findings: &mut Vec<SightingFinding>) {
    for route in &list.settings.routes {
        let trips: Vec<Trip<'_>> = track
            .iter()
            .enumerate()
            .filter_map(|(place, index)| trip(list, route, track, place, *index))
            .collect();
        if trips.iter().all(|trip| trip.seen) {
            continue;
        }
        let avoids = list.settings.bypass_per_mille as f64 / 1_000.0;
        let (mut bypassed, mut passed) = (avoids, 1.0 - avoids);
        for trip in &trips {
            if trip.seen {
                bypassed *= 1.0 - AVOIDS;
                passed *= 1.0 - trip.unseen;
            } else {
                bypassed *= AVOIDS;
                passed *= trip.unseen;
            }
        }
        let certainty = share_per_mille(bypassed, passed);
        for trip in trips.iter().filter(|trip| !trip.seen) {
            let found = Found {
                kind: EvasionKind::Bypass,
                index: trip.before,
                other: Some(trip.after),
                certainty_per_mille: certainty,
                signals: vec![
                    signal(
                        SignalName::TravelledS,
                        trip.took.get() / 1_000_000,
                        Some(trip.most.get() / 1_000_000),
                    ),
                    signal(SignalName::Unread, trip.unread, None),
                ],
            };
            list.report(found, trip.misread_of, findings);
        }
    }
}

/// A way from before the station to behind it.
struct Trip<'a> {
    before: usize,
    after: usize,
    took: Micros,
    most: Micros,
    /// Whether the plate was read at the station.
    seen: bool,
    /// Vehicles there meanwhile that were not read and could be it.
    unread: i64,
    /// How often a vehicle that passed the station would not be found there.
    unseen: f64,
    /// The reading there that is probably this plate misread.
    misread_of: Option<&'a str>,
}

fn trip<'a>(
    list: &List<'a>,
    route: &Route,
    track: &Track,
    place: usize,
    before: usize,
) -> Option<Trip<'a>> {
    let first = list.get(before)?;
    if first.site != route.before {
        return None;
    }
    let later = || track.iter().skip(place + 1);
    // The next time at one of the ends: a vehicle that turned back began another trip.
    let ends = later().find(|index| {
        list.get(**index)
            .is_some_and(|next| next.site == route.after || next.site == route.before)
    });
    let after = *ends?;
    let second = list.get(after)?;
    let travel = list.settings.travel(&route.before, &route.after)?;
    let took = second.at.saturating_sub(first.at);
    if second.site != route.after || took < travel.least || took > travel.most {
        return None;
    }
    let (from, to) = window(list, route, first, second);
    let seen = later()
        .take_while(|index| **index != after)
        .filter_map(|index| list.get(*index))
        .any(|sighting| sighting.site == route.here);
    let here = list.places.get(route.here.as_str())?;
    let at = |index: &usize| list.get(*index).map(|sighting| sighting.at);
    let within = |from: Micros, to: Micros| {
        let start = here.partition_point(|index| at(index) < Some(from));
        let rest = here.get(start..).unwrap_or_default();
        rest.iter()
            .take_while(move |index| at(index) <= Some(to))
            .filter_map(|index| list.get(*index))
    };
    // A station that sees nobody for so long is closed, or blind: nobody went around it.
    let work = list.settings.at_work_within;
    within(from.saturating_sub(work), to.saturating_add(work)).next()?;
    let plate = first.plate.as_deref()?;
    let mut unread = 0;
    let mut misread_of = None;
    for sighting in within(from, to) {
        let fits = match (first.axle_count(), sighting.axle_count()) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        };
        match sighting.plate.as_deref() {
            None => unread += i64::from(fits),
            Some(other) => match compare(plate, other) {
                Likeness::LookAlike { .. }
                | Likeness::Open { .. }
                | Likeness::LostOrAdded { .. }
                    if fits =>
                {
                    misread_of = Some(other);
                }
                _ => {}
            },
        }
    }
    let lost = list.settings.lost_per_mille as f64 / 1_000.0;
    let unseen = if misread_of.is_some() {
        1.0
    } else {
        (lost + UNREAD_IS_IT * unread as f64).min(1.0)
    };
    Some(Trip {
        before,
        after,
        took,
        most: travel.most,
        seen,
        unread,
        unseen,
        misread_of: misread_of.filter(|_| !seen),
    })
}

/// When the vehicle can have been at the station.
fn window(list: &List<'_>, route: &Route, first: &Sighting, second: &Sighting) -> (Micros, Micros) {
    let least = |one: &str, other: &str| {
        let travel = list.settings.travel(one, other);
        travel.map_or(Micros::ZERO, |travel| travel.least)
    };
    let from = first.at.saturating_add(least(&route.before, &route.here));
    let to = second.at.saturating_sub(least(&route.here, &route.after));
    (from.min(to), to.max(from))
}
