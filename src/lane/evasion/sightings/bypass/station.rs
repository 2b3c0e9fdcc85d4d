//! A station that can be gone around, and what the list tells of it.

use std::collections::{BTreeMap, BTreeSet};

use super::super::scales::{Differences, Scales};
use super::super::{List, Route, Sighting, Track};
use super::USUAL_WEIGHS;
use super::roads::{Ends, Passing, Roads};
use crate::plate::look_alike_key;
use crate::units::Micros;

/// Vehicles are counted within this time before and after to say how many go unread just now.
const JUST_NOW: Micros = Micros::from_seconds(1_800);
/// A character that was not read, in a key.
const GAP: char = '?';

/// How it is at the station at a moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct JustNow {
    /// Of those weighed so many are not read.
    pub(super) unread_share: f64,
    /// So many unread ones come in a second.
    pub(super) unread_rate: f64,
}

/// A station that can be gone around.
pub(super) struct Station<'l, 'a> {
    pub(super) list: &'l List<'a>,
    pub(super) here: &'l str,
    routes: BTreeSet<Ends<'l>>,
    before: BTreeSet<&'l str>,
    after: BTreeSet<&'l str>,
    pub(super) roads: Roads<'l>,
    /// Weighed without a plate, in order of time.
    pub(super) unread: Vec<usize>,
    /// How it is there when each of them comes.
    just_now: BTreeMap<usize, JustNow>,
    /// Read with a gap.
    pub(super) gapped: Vec<usize>,
    /// Of those weighed so many are not read.
    pub(super) unread_share: f64,
    /// Vehicles by number of axles.
    pub(super) axles: BTreeMap<usize, f64>,
    /// Trips of trucks that were read at the station, and on both sides; and on one side alone.
    pub(super) trips_seen: usize,
    pub(super) halves_seen: usize,
    /// How much two scales differ about one vehicle.
    pub(super) scales: Scales,
}

impl<'l, 'a> Station<'l, 'a> {
    pub(super) fn new(
        list: &'l List<'a>,
        here: &'l str,
        routes: &[&'l Route],
        trucks: &[&Track],
    ) -> Self {
        let at_place = list.place(here);
        let (mut unread, mut weighed, mut gapped) = (Vec::new(), Vec::new(), Vec::new());
        let mut axles: BTreeMap<usize, f64> = BTreeMap::new();
        for index in at_place {
            let Some(sighting) = list.get(*index) else {
                continue;
            };
            if let Some(count) = sighting.axle_count() {
                *axles.entry(count).or_default() += 1.0;
            }
            if sighting.axle_count().is_some() || sighting.plate.is_none() {
                weighed.push(*index);
            }
            match &sighting.plate {
                None => unread.push(*index),
                Some(text) if look_alike_key(text).contains(GAP) => gapped.push(*index),
                Some(_) => {}
            }
        }
        let settings = list.settings;
        let usual = settings.unread_per_mille as f64 / 1_000.0;
        if axles.is_empty() {
            // A place that counts no axles: all that pass it are told apart by nothing.
            weighed = at_place.to_vec();
        }
        let unread_share = shrunk(unread.len(), weighed.len(), usual);
        let just_now = unread.iter().filter_map(|index| {
            let at = list.get(*index)?.at;
            Some((
                *index,
                just_now(list, at, (&unread, &weighed), unread_share),
            ))
        });
        let just_now = just_now.collect();
        let ends = routes
            .iter()
            .map(|route| (route.before.as_str(), route.after.as_str()));
        let ends = ends.filter(|(before, after)| settings.travel(before, after).is_some());
        let routes: BTreeSet<Ends<'l>> = ends.collect();
        let mut station = Self {
            list,
            here,
            roads: Roads::new(settings, here, routes.iter().copied()),
            before: routes.iter().map(|(before, _)| *before).collect(),
            after: routes.iter().map(|(_, after)| *after).collect(),
            routes,
            unread,
            just_now,
            gapped,
            unread_share,
            axles,
            trips_seen: 0,
            halves_seen: 0,
            scales: Scales::usual(settings),
        };
        station.learn(trucks);
        station
    }

    pub(super) fn is_route(&self, ends: Ends<'_>) -> bool {
        self.routes.contains(&ends)
    }

    pub(super) fn is_before(&self, site: &str) -> bool {
        self.before.contains(site)
    }

    pub(super) fn is_after(&self, site: &str) -> bool {
        self.after.contains(site)
    }

    /// All unread vehicles with their axles.
    pub(super) fn unread_axles(&self) -> BTreeMap<usize, Option<usize>> {
        let axles = |index: &usize| {
            let sighting = self.list.get(*index);
            (*index, sighting.and_then(Sighting::axle_count))
        };
        self.unread.iter().map(axles).collect()
    }

    /// The ways beside the station that were taken between some moments.
    fn beside<'s>(
        &'s self,
        track: &'s Track,
        from: Micros,
        to: Micros,
    ) -> impl Iterator<Item = (&'a str, &'a str, Micros)> + use<'s, 'l, 'a> {
        self.list
            .within(track, from, to)
            .windows(2)
            .filter_map(move |pair| {
                let [one, other] = pair else { return None };
                let (one, other) = self.list.get(*one).zip(self.list.get(*other))?;
                let (from, to) = (one.site.as_str(), other.site.as_str());
                let one_side = self.is_before(from) && self.is_before(to)
                    || self.is_after(from) && self.is_after(to);
                let time = other.at.saturating_sub(one.at);
                (from != to && one_side && time <= self.list.settings.under_way)
                    .then_some((from, to, time))
            })
    }

    /// How long a vehicle takes, per what is usual, on its way between some moments.
    pub(super) fn pace(&self, track: &Track, from: Micros, to: Micros) -> Option<f64> {
        let way = self.list.settings.under_way;
        let (from, to) = (from.saturating_sub(way), to.saturating_add(way));
        self.roads.pace(self.beside(track, from, to))
    }

    /// Counts how trucks that are read at the station come and go.
    fn learn(&mut self, trucks: &[&Track]) {
        let list = self.list;
        let mut times: BTreeMap<Ends<'l>, Vec<Micros>> = BTreeMap::new();
        for track in trucks {
            let ways = self.beside(track, Micros::new(i64::MIN), Micros::new(i64::MAX));
            for (from, to, time) in ways {
                times.entry((from, to)).or_default().push(time);
            }
        }
        self.roads.learn_beside(times);
        let mut differences = Differences::default();
        let mut passings = Vec::new();
        for track in trucks {
            for (place, index) in track.iter().enumerate() {
                let Some(here) = list.get(*index).filter(|own| own.site == self.here) else {
                    continue;
                };
                if let Some(other) = self.weighed_elsewhere(track, here) {
                    differences.take(here, other);
                }
                let passing = self.passing(track, place, here);
                let (came, left) = (!passing.came.is_empty(), !passing.left.is_empty());
                self.trips_seen += usize::from(came && left);
                self.halves_seen += usize::from(came != left);
                passings.push(passing);
            }
        }
        self.roads.learn(&passings);
        self.scales = differences.scales(list.settings);
    }

    fn is_near(&self, one: &Sighting, other: &Sighting) -> bool {
        other.at.saturating_sub(one.at).abs() <= self.list.settings.under_way
    }

    /// The same vehicle on a scale elsewhere.
    fn weighed_elsewhere(&self, track: &Track, here: &Sighting) -> Option<&'a Sighting> {
        let way = self.list.settings.under_way;
        let (from, to) = (here.at.saturating_sub(way), here.at.saturating_add(way));
        let near = self.list.within(track, from, to).iter();
        let mut near = near.filter_map(|index| self.list.get(*index));
        near.find(|other| other.site != self.here && !other.spacings_mm.is_empty())
    }

    /// Where one that was read at the station came from, and went.
    fn passing(&self, track: &Track, place: usize, here: &Sighting) -> Passing<'l> {
        let find = |indices: &mut dyn Iterator<Item = &usize>, site: &str| {
            indices
                .filter_map(|index| self.list.get(*index))
                .take_while(|other| self.is_near(here, other))
                .find(|other| other.site == site)
                .map(|other| other.at.saturating_sub(here.at).abs())
        };
        let came = self.before.iter().filter_map(|site| {
            let time = find(&mut track.iter().take(place).rev(), site)?;
            Some((*site, time))
        });
        let left = self.after.iter().filter_map(|site| {
            let time = find(&mut track.iter().skip(place + 1), site)?;
            Some((*site, time))
        });
        Passing {
            came: came.collect(),
            left: left.collect(),
            pace: self.pace(track, here.at, here.at),
        }
    }

    /// How it is at the station when an unread vehicle comes.
    pub(super) fn just_now(&self, unread: usize) -> Option<JustNow> {
        self.just_now.get(&unread).copied()
    }
}

fn just_now(
    list: &List<'_>,
    at: Micros,
    (unread, weighed): (&[usize], &[usize]),
    usual: f64,
) -> JustNow {
    let (from, to) = (at.saturating_sub(JUST_NOW), at.saturating_add(JUST_NOW));
    let unread = list.within(unread, from, to).len();
    let weighed = list.within(weighed, from, to).len();
    let seconds = to.saturating_sub(from).in_seconds();
    JustNow {
        unread_share: shrunk(unread, weighed.max(unread), usual),
        unread_rate: unread.max(1) as f64 / seconds,
    }
}

/// A share of so many, where few tell little against what is usual.
fn shrunk(count: usize, of: usize, usual: f64) -> f64 {
    (count as f64 + USUAL_WEIGHS * usual) / (of as f64 + USUAL_WEIGHS)
}
