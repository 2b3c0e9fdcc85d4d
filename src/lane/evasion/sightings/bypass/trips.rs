//! The ways of a plate past the station on which it was not read there, and who of the unread vehicles it
//! may have been.

use super::super::detours::Weighed;
use super::super::{Sighting, Track};
use super::sharing::Candidate;
use super::station::Station;
use crate::units::Micros;

/// A vehicle that was read on one side of the station and neither there nor on the other side. Nothing is
/// found of it; but it explains unread vehicles.
pub(super) struct Half {
    pub(super) unread: Vec<Candidate>,
}

/// A plate that was read at the station and weighed with no vehicle for sure: one of the unread vehicles
/// about that moment bears it.
pub(super) struct Alone {
    /// A place that weighs no cars reads them alone.
    pub(super) is_truck: bool,
    pub(super) unread: Vec<Candidate>,
}

/// A way from before the station to behind it without a read there.
pub(super) struct Trip<'a> {
    pub(super) before: usize,
    pub(super) after: usize,
    pub(super) took: Micros,
    pub(super) most: Micros,
    /// Vehicles there meanwhile that were not read.
    pub(super) unread: Vec<Candidate>,
    /// How likely it is to have passed without any sighting, a second.
    pub(super) lost: f64,
    pub(super) weighed: Weighed,
    /// The reading there that is probably this plate misread.
    pub(super) misread_of: Option<&'a str>,
}

/// Reads and weighings of one crossing are no further apart.
const ONE_WEIGHING: Micros = Micros::from_seconds(30);
/// And in the mean so far, in seconds.
const APART: f64 = 4.0;

impl<'a> Station<'_, 'a> {
    /// The ways of a plate from before the station to behind it on which it was not read there.
    pub(super) fn trips(&self, track: &Track) -> Vec<Trip<'a>> {
        let mut trips = Vec::new();
        let mut before: Option<usize> = None;
        for index in track {
            let Some(sighting) = self.list.get(*index) else {
                continue;
            };
            let site = sighting.site.as_str();
            if site == self.here {
                before = None;
            } else if self.is_before(site) {
                // The last place before the station tells most; who turned back began another trip.
                before = Some(*index);
            } else if self.is_after(site)
                // A place behind the station on another road alone ends no trip on this one.
                && let Some(before) = before.take_if(|before| self.is_way(*before, site))
            {
                trips.extend(self.trip(track, before, *index));
            }
        }
        trips
    }

    /// Whether a route leads from where a sighting was to this place.
    fn is_way(&self, before: usize, after: &str) -> bool {
        let before = self.list.get(before);
        before.is_some_and(|own| self.is_route((&own.site, after)))
    }

    /// The times that a plate was read on one side alone.
    pub(super) fn halves(&self, track: &Track) -> Vec<Half> {
        let way = self.list.settings.under_way;
        let near = |one: &Sighting, other: Option<&usize>, wanted: &dyn Fn(&str) -> bool| {
            let other = other.and_then(|index| self.list.get(*index));
            other.is_some_and(|other| {
                other.at.saturating_sub(one.at).abs() <= way
                    && (other.site == self.here || wanted(&other.site))
            })
        };
        let mut halves = Vec::new();
        for (place, index) in track.iter().enumerate() {
            let Some(own) = self.list.get(*index) else {
                continue;
            };
            let next = track.get(place + 1);
            let last = place.checked_sub(1).and_then(|place| track.get(place));
            let site = own.site.as_str();
            let known_elsewhere = |site: &str| self.is_before(site) || self.is_after(site);
            let leg = if self.is_before(site) && !near(own, next, &known_elsewhere) {
                (site, self.here)
            } else if self.is_after(site) && !near(own, last, &known_elsewhere) {
                (self.here, site)
            } else {
                continue;
            };
            let Some((least, most)) = self.roads.bounds(leg) else {
                continue;
            };
            let (from, to) = if leg.0 == site {
                (own.at.saturating_add(least), own.at.saturating_add(most))
            } else {
                (own.at.saturating_sub(most), own.at.saturating_sub(least))
            };
            let known = self.known(track, from, to);
            let pace = self.pace(track, own.at, own.at);
            let time = |at: Micros, share: f64| {
                let took = at.saturating_sub(own.at).abs();
                share * self.roads.takes(leg, took, pace)
            };
            let unread = self.candidates((from, to), &known, time);
            halves.push(Half { unread });
        }
        halves
    }

    /// The times that a plate was read here and weighed with nobody.
    pub(super) fn alone(&self, track: &Track, is_truck: bool) -> Vec<Alone> {
        let mut alone = Vec::new();
        // A place that counts no axles weighs nobody.
        if self.axles.is_empty() {
            return alone;
        }
        let here: Vec<&Sighting> = track
            .iter()
            .filter_map(|index| self.list.get(*index))
            .filter(|own| own.site == self.here)
            .collect();
        for (place, own) in here.iter().enumerate() {
            let is_again =
                |other: &&Sighting| other.at.saturating_sub(own.at).abs() <= ONE_WEIGHING;
            let mut earlier = here.iter().take(place).copied();
            let mut all = here.iter().copied();
            if all.any(|other| is_again(&other) && other.axle_count().is_some())
                || earlier.any(|other| is_again(&other))
            {
                continue;
            }
            let window = (
                own.at.saturating_sub(ONE_WEIGHING),
                own.at.saturating_add(ONE_WEIGHING),
            );
            let known = self.known(track, own.at, own.at);
            let unread = self.candidates(window, &known, |at, _| {
                let apart = at.saturating_sub(own.at).abs().in_seconds();
                libm::exp(-apart / APART) / (2.0 * APART)
            });
            alone.push(Alone { is_truck, unread });
        }
        alone
    }

    /// The unread vehicles of some time, each with how likely all that was seen is if it is the one that
    /// is known and that comes at such times; `time` is told the share of vehicles that go unread, too.
    fn candidates(
        &self,
        (from, to): (Micros, Micros),
        known: &[Sighting],
        time: impl Fn(Micros, f64) -> f64,
    ) -> Vec<Candidate> {
        let unread = self.list.within(&self.unread, from, to).iter();
        let candidates = unread.filter_map(|index| {
            let (sighting, just_now) = self.list.get(*index).zip(self.just_now(*index))?;
            let likeness = self.likeness(sighting, known);
            let weight = time(sighting.at, just_now.unread_share) * likeness / just_now.unread_rate;
            Some(Candidate::new(*index, weight))
        });
        candidates.collect()
    }

    fn trip(&self, track: &Track, before: usize, after: usize) -> Option<Trip<'a>> {
        let (first, second) = (self.list.get(before)?, self.list.get(after)?);
        let settings = self.list.settings;
        let ends = (first.site.as_str(), second.site.as_str());
        let way = settings.travel(ends.0, ends.1)?;
        let took = second.at.saturating_sub(first.at);
        if took < way.least || took > way.most {
            return None;
        }
        let (from, to) = self.window(first, second);
        let place = self.list.place(self.here);
        // A station that sees nobody for so long is closed, or blind: nobody went around it.
        let work = settings.at_work_within;
        let meanwhile = (from.saturating_sub(work), to.saturating_add(work));
        self.list.within(place, meanwhile.0, meanwhile.1).first()?;
        let plate = first.plate.as_deref()?;
        // It was read there in another colour: that is the likelier mistake.
        let here = |own: &&Sighting| own.site == self.here && (from..=to).contains(&own.at);
        if self.list.with_text(plate).any(|own| here(&own)) {
            return None;
        }
        let known = self.known(track, first.at, second.at);
        let misread_of = self.misread(plate, (from, to), &known);
        let pace = self.pace(track, first.at, second.at);
        let unread = self.candidates((from, to), &known, |at, share| {
            let came = at.saturating_sub(first.at);
            let left = second.at.saturating_sub(at);
            share * self.roads.passes(ends, came, left, pace)
        });
        let lost = settings.lost_per_mille as f64 / 1_000.0 * self.roads.takes(ends, took, pace);
        let passed: f64 = lost + unread.iter().map(|one| one.weight).sum::<f64>();
        Some(Trip {
            before,
            after,
            took,
            most: way.most,
            unread,
            lost,
            weighed: Weighed {
                longer: self.roads.longer(ends, took, pace),
                even: self.roads.even(ends),
                passed,
            },
            misread_of,
        })
    }

    /// When the vehicle can have been at the station.
    fn window(&self, first: &Sighting, second: &Sighting) -> (Micros, Micros) {
        let least = |one: &str, other: &str| {
            let travel = self.list.settings.travel(one, other);
            travel.map_or(Micros::ZERO, |travel| travel.least)
        };
        let from = first.at.saturating_add(least(&first.site, self.here));
        let to = second.at.saturating_sub(least(self.here, &second.site));
        (from.min(to), to.max(from))
    }
}
