//! Before the station and behind it, but not at it.
//!
//! Two explanations are weighed for a plate that was read on both sides of the station and not there. It
//! went around: then it took about so much longer as others who did; before the list tells how much that
//! is, any time from the least to the most is as likely ([`Detours`]). Or it passed unread: then the time
//! is one that those take who are read, and among the vehicles that were weighed there without a plate
//! there is one at the right moment with the right axles. How often vehicles are not read, how long they
//! take on each side and how many of them have so many axles is counted on the list itself.
//!
//! Each unread vehicle is somebody's: the other trips, those who were read on one side alone, and the
//! plates that were read at the station and weighed with nobody ask for it, too.

mod likeness;
mod misread;
mod roads;
mod sharing;
mod station;
mod trips;

use std::collections::BTreeMap;

use super::detours::{Detours, Weighed};
use super::{Found, List, Route, SightingFinding, Track, share_per_mille, signal};
use crate::passage::{EvasionKind, SignalName};
use sharing::{Asker, Candidate, Strangers, share};
use station::Station;
use trips::{Alone, Half, Trip};

/// Who avoids the station once does so the next time so many times as likely as others.
const HABIT: f64 = 4.0;
/// That counts for so many other times at most.
const HABITUAL: i32 = 3;
/// A vehicle that passed unread is shown in the finding if it alone is so likely as the explanation.
const COULD_BE_IT: f64 = 0.05;
/// So often unread vehicles are shared out anew among the trips, and the ways around learnt from that.
const ROUNDS: usize = 4;
/// Of those who were seen on one side alone so many turned off before they came to the station, or came
/// onto the road behind it, per one who passed; before the list tells.
const TURNED_OFF: f64 = 0.2;
/// Of plates that were read at the station and weighed with nobody so many are of no unread vehicle, per
/// one that is.
const READ_ALONE: f64 = 0.3;
/// What is usual counts for so many vehicles.
const USUAL_WEIGHS: f64 = 20.0;

pub(super) fn find(list: &List<'_>, findings: &mut Vec<SightingFinding>) {
    let mut stations: BTreeMap<&str, Vec<Vec<&Route>>> = BTreeMap::new();
    for route in &list.settings.routes {
        let groups = stations.entry(&route.here).or_default();
        match groups.iter_mut().find(|group| is_one_way(group, route)) {
            Some(group) => group.push(route),
            None => groups.push(vec![route]),
        }
    }
    let directions = stations
        .into_iter()
        .flat_map(|(here, groups)| groups.into_iter().map(move |routes| (here, routes)));
    let tracks = list.tracks().map(|track| (track, list.is_truck(track)));
    let tracks: Vec<(&Track, bool)> = tracks.collect();
    let trucks = tracks.iter().filter(|(_, is_truck)| *is_truck);
    let trucks: Vec<&Track> = trucks.map(|(track, _)| *track).collect();
    for (here, routes) in directions {
        let station = Station::new(list, here, &routes, &trucks);
        let trips = trucks.iter().map(|track| station.trips(track));
        let mut trips: Vec<Vec<Trip<'_>>> = trips.collect();
        let halves = trucks.iter().flat_map(|track| station.halves(track));
        let mut halves: Vec<Half> = halves.collect();
        let alone = tracks.iter();
        let alone = alone.flat_map(|(track, is_truck)| station.alone(track, *is_truck));
        let mut alone: Vec<Alone> = alone.collect();
        let detours = weigh(&station, &mut trips, &mut halves, &mut alone);
        for of_track in trips {
            report(&station, &of_track, &detours, findings);
        }
    }
}

/// Whether no place lies before the station on one of these routes and behind it on the other: the two
/// directions of a road are looked at one after the other, so that each place is on one side alone.
fn is_one_way(group: &[&Route], route: &Route) -> bool {
    group
        .iter()
        .all(|own| own.before != route.after && own.after != route.before)
}

/// Shares the unread vehicles out among those who may have passed unread, and learns the ways around.
fn weigh(
    station: &Station<'_, '_>,
    trips: &mut [Vec<Trip<'_>>],
    halves: &mut [Half],
    alone: &mut [Alone],
) -> Detours {
    let settings = station.list.settings;
    let avoids = settings.bypass_per_mille as f64 / 1_000.0;
    let lost = settings.lost_per_mille as f64 / 1_000.0;
    let turned_off = lost + turned_off(station, halves.len());
    let mut strangers = Strangers::new(station.unread_axles());
    let (mut of_trucks, mut of_others) = (READ_ALONE, READ_ALONE);
    let mut detours = Detours::learn(&[], 0, avoids);
    for _ in 0..ROUNDS {
        let open = trips.iter_mut().flatten();
        let open = open.filter(|trip| trip.misread_of.is_none());
        let of_trips = open.map(|trip| Asker {
            otherwise: detours.around(&trip.weighed) + trip.lost,
            unread: &mut trip.unread,
        });
        let of_halves = halves.iter_mut().map(|half| Asker {
            otherwise: turned_off,
            unread: &mut half.unread,
        });
        let of_alone = alone.iter_mut().map(|read| Asker {
            otherwise: if read.is_truck { of_trucks } else { of_others },
            unread: &mut read.unread,
        });
        let askers = of_trips.chain(of_halves).chain(of_alone);
        let mut askers: Vec<Asker<'_>> = askers.collect();
        share(&mut askers, &mut strangers);
        of_trucks = read_of_others(alone, true, of_trucks);
        of_others = read_of_others(alone, false, of_others);
        for trip in trips.iter_mut().flatten() {
            let unread = trip.unread.iter().map(|one| one.left());
            trip.weighed.passed = trip.lost + unread.sum::<f64>();
        }
        let open = trips.iter().flatten();
        let open = open.filter(|trip| trip.misread_of.is_none());
        let open: Vec<Weighed> = open.map(|trip| trip.weighed).collect();
        detours = Detours::learn(&open, station.trips_seen, avoids);
    }
    detours
}

/// How many of those seen on one side alone did not come by, per one who did: of those who did some are
/// read at the station, and how many go unread there is known.
fn turned_off(station: &Station<'_, '_>, halves: usize) -> f64 {
    let passed = station.halves_seen as f64 / (1.0 - station.unread_share).max(0.01);
    let unread = passed - station.halves_seen as f64;
    let others = (halves as f64 - unread).max(0.0);
    (others + USUAL_WEIGHS * TURNED_OFF) / (passed + USUAL_WEIGHS)
}

/// How many plates that were read and weighed with nobody are of no unread vehicle, per one that is.
fn read_of_others(alone: &[Alone], is_truck: bool, before: f64) -> f64 {
    let alone = alone.iter().filter(|read| read.is_truck == is_truck);
    let (mut of_unread, mut others) = (0.0, 0.0);
    for read in alone {
        let left: f64 = read.unread.iter().map(Candidate::left).sum();
        of_unread += left / (before + left);
        others += before / (before + left);
    }
    (others + USUAL_WEIGHS * READ_ALONE) / (of_unread + USUAL_WEIGHS)
}

/// Trips of one plate.
fn report(
    station: &Station<'_, '_>,
    trips: &[Trip<'_>],
    detours: &Detours,
    findings: &mut Vec<SightingFinding>,
) {
    let likely = |trip: &Trip<'_>| {
        let (bypassed, passed) = detours.weigh(&trip.weighed);
        trip.misread_of.is_none() && bypassed > passed
    };
    let often = trips.iter().filter(|trip| likely(trip)).count() as i32;
    for trip in trips {
        let others = (often - i32::from(likely(trip))).min(HABITUAL);
        let habit = libm::pow(HABIT, f64::from(others));
        let (bypassed, passed) = detours.weigh(&trip.weighed);
        let certainty = share_per_mille(bypassed * habit, passed);
        let least = COULD_BE_IT * bypassed.max(passed);
        let unread = trip.unread.iter().filter(|one| one.left() >= least);
        let found = Found {
            kind: EvasionKind::Bypass,
            index: trip.before,
            other: Some(trip.after),
            certainty_per_mille: if trip.misread_of.is_some() {
                0
            } else {
                certainty
            },
            signals: vec![
                signal(
                    SignalName::TravelledS,
                    trip.took.get() / 1_000_000,
                    Some(trip.most.get() / 1_000_000),
                ),
                signal(SignalName::UnreadMeanwhile, unread.count() as i64, None),
            ],
        };
        station.list.report(found, trip.misread_of, findings);
    }
}

#[cfg(test)]
mod tests;
