//! The list with what is looked up in it again and again.

use std::collections::BTreeMap;

use super::super::score::certainty_per_mille;
use super::{Sighting, SightingFinding, SightingSettings};
use crate::passage::{EvasionFinding, EvasionKind, Signal, SignalName};
use crate::plate::{Likeness, compare, look_alike_key};
use crate::units::Micros;

/// The sightings of one plate in order of time: indices into the list.
pub(super) type Track = Vec<usize>;

/// The list with what is looked up in it again and again.
pub(super) struct List<'a> {
    all: &'a [Sighting],
    pub(super) settings: &'a SightingSettings,
    /// By text; of each text one track a colour.
    tracks: BTreeMap<&'a str, Vec<Track>>,
    /// Plates that look like each other.
    alike: BTreeMap<String, Vec<&'a str>>,
    /// All sightings of a place in order of time.
    places: BTreeMap<&'a str, Vec<usize>>,
}

impl<'a> List<'a> {
    pub(super) fn new(all: &'a [Sighting], settings: &'a SightingSettings) -> Self {
        let mut order: Vec<usize> = (0..all.len()).collect();
        order.sort_by_key(|index| all.get(*index).map(|sighting| sighting.at));
        let mut places: BTreeMap<&'a str, Vec<usize>> = BTreeMap::new();
        let mut texts: BTreeMap<&'a str, Track> = BTreeMap::new();
        for index in order {
            let Some(sighting) = all.get(index) else {
                continue;
            };
            places.entry(&sighting.site).or_default().push(index);
            if let Some(plate) = &sighting.plate {
                texts.entry(plate).or_default().push(index);
            }
        }
        let mut alike: BTreeMap<String, Vec<&'a str>> = BTreeMap::new();
        for plate in texts.keys() {
            alike.entry(look_alike_key(plate)).or_default().push(plate);
        }
        let tracks = texts.into_iter();
        let tracks = tracks.map(|(plate, track)| (plate, by_colour(all, track)));
        Self {
            all,
            settings,
            tracks: tracks.collect(),
            alike,
            places,
        }
    }

    pub(super) fn get(&self, index: usize) -> Option<&'a Sighting> {
        self.all.get(index)
    }

    /// All plates, one after the other.
    pub(super) fn tracks(&self) -> impl Iterator<Item = &Track> {
        self.tracks.values().flatten()
    }

    /// Whether some sighting of a track tells that it is a truck, or none tells anything.
    pub(super) fn is_truck(&self, track: &Track) -> bool {
        let all = || track.iter().filter_map(|index| self.get(*index));
        all().any(Sighting::is_truck) || all().all(|sighting| sighting.colour.is_none())
    }

    /// The sightings of a place in order of time.
    pub(super) fn place(&self, site: &str) -> &[usize] {
        self.places.get(site).map(Vec::as_slice).unwrap_or_default()
    }

    /// Those of some in order of time that lie within two moments.
    pub(super) fn within<'s>(&self, some: &'s [usize], from: Micros, to: Micros) -> &'s [usize] {
        let at = |index: &usize| self.get(*index).map(|sighting| sighting.at);
        let start = some.partition_point(|index| at(index) < Some(from));
        let end = some.partition_point(|index| at(index) <= Some(to));
        some.get(start..end.max(start)).unwrap_or_default()
    }

    /// The sightings with this text, whatever the colour.
    pub(super) fn with_text(&self, plate: &str) -> impl Iterator<Item = &'a Sighting> {
        let tracks = self.tracks.get(plate).into_iter().flatten();
        tracks.flatten().filter_map(|index| self.get(*index))
    }

    /// The texts on the list that look like this one, itself excepted, with how much rarer it is to take
    /// one for the other than to misread one character.
    pub(super) fn look_alikes(&self, plate: &str) -> impl Iterator<Item = (&'a str, f64)> {
        let others = self.alike.get(&look_alike_key(plate));
        let others = others.map(Vec::as_slice).unwrap_or_default();
        let others = others.iter().copied();
        others.filter_map(move |other| Some((other, rarer(plate, other)?)))
    }

    /// A finding of the kind at a sighting, if it is certain enough or explains itself.
    pub(super) fn report(
        &self,
        found: Found,
        misread_of: Option<&str>,
        findings: &mut Vec<SightingFinding>,
    ) {
        let Some((sighting, plate)) = self
            .get(found.index)
            .and_then(|sighting| Some((sighting, sighting.plate.as_ref()?)))
        else {
            return;
        };
        let certain = i64::from(found.certainty_per_mille) >= self.settings.report_from_per_mille;
        if !certain && misread_of.is_none() {
            return;
        }
        findings.push(SightingFinding {
            plate: plate.clone(),
            site: sighting.site.clone(),
            at: sighting.at,
            index: found.index,
            other_index: found.other,
            finding: EvasionFinding {
                kind: found.kind,
                certainty_per_mille: found.certainty_per_mille,
                signals: found.signals,
                partner: None,
                vehicles: Vec::new(),
            },
            misread_of: misread_of.filter(|_| !certain).map(str::to_owned),
        });
    }

    /// How probable it is that a sighting's plate is another one misread, with the one on the list
    /// that it may be.
    pub(super) fn misread(&self, index: usize) -> (f64, Option<&'a str>) {
        let Some(sighting) = self.get(index) else {
            return (0.0, None);
        };
        let Some(plate) = sighting.plate.as_deref() else {
            return (0.0, None);
        };
        let mut one = self.settings.misread_per_mille as f64 / 1_000.0;
        if sighting
            .confidence
            .is_some_and(|confidence| confidence >= 95)
        {
            one /= 3.0;
        }
        // Reads that agree err independently, the second at least a little so.
        if sighting.reads.is_some_and(|reads| reads > 1) {
            one *= one.max(0.003);
        }
        let fits = self
            .look_alikes(plate)
            .filter(|(other, _)| self.could_be(index, other))
            .max_by(|(_, one), (_, other)| one.total_cmp(other));
        match fits {
            Some((other, rarer)) => (one * rarer, Some(other)),
            None => (
                one * self.settings.unlisted_per_mille as f64 / 1_000.0,
                None,
            ),
        }
    }

    /// Whether a sighting fits in between those of another plate, which was under way then: in time,
    /// and in its axles. That the other is on the list some other day says no more than that it exists.
    fn could_be(&self, index: usize, plate: &str) -> bool {
        let Some((sighting, tracks)) = self.get(index).zip(self.tracks.get(plate)) else {
            return false;
        };
        tracks.iter().any(|track| self.fits_in(sighting, track))
    }

    fn fits_in(&self, sighting: &Sighting, track: &Track) -> bool {
        let of_track = track.iter().filter_map(|other| self.get(*other));
        let mut before: Option<&Sighting> = None;
        let mut after: Option<&Sighting> = None;
        let mut axles_differ = false;
        let mut colours_differ = false;
        for other in of_track {
            if other.at <= sighting.at {
                before = Some(other);
            } else if after.is_none() {
                after = Some(other);
            }
            axles_differ |= matches!(
                (sighting.axle_count(), other.axle_count()),
                (Some(one), Some(two)) if one != two
            );
            colours_differ |= matches!(
                (&sighting.colour, &other.colour),
                (Some(one), Some(two)) if one != two
            );
        }
        let possible = |other: Option<&Sighting>| {
            other.is_none_or(|other| {
                !self.settings.is_too_soon(sighting, other)
                    && !self.is_back_too_soon(sighting, other)
            })
        };
        let under_way = |other: &&usize| {
            let other = self.get(**other);
            other.is_some_and(|other| sighting.apart(other) <= self.settings.under_way)
        };
        // One read alone may as well be a misread of the plate in question.
        let near = track.iter().filter(under_way).count();
        let own = self
            .tracks
            .get(sighting.plate.as_deref().unwrap_or_default());
        let own = own.into_iter().flatten().flatten().filter(under_way);
        let is_a_vehicle = near > 1 || near > 0 && near >= own.count().saturating_sub(1);
        let differs = axles_differ || colours_differ;
        !differs && is_a_vehicle && possible(before) && possible(after)
    }

    /// Whether a vehicle seen twice at a place can't have been away and back. Two reads of one
    /// crossing are no such thing.
    fn is_back_too_soon(&self, one: &Sighting, other: &Sighting) -> bool {
        let apart = one.apart(other);
        let ways = self.settings.travels.iter();
        let nearest = ways
            .filter(|travel| travel.one == one.site || travel.other == one.site)
            .map(|travel| travel.least)
            .min();
        one.site == other.site
            && apart > READ_AGAIN
            && nearest.is_some_and(|least| apart < least.saturating_add(least))
    }
}

/// One track a colour. Sightings without a colour are of the plate that was seen most.
fn by_colour(all: &[Sighting], track: Track) -> Vec<Track> {
    let colour = |index: &usize| Some(all.get(*index)?.colour?.name());
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for colour in track.iter().filter_map(colour) {
        *counts.entry(colour).or_default() += 1;
    }
    if counts.len() < 2 {
        return vec![track];
    }
    let most = counts.iter().max_by_key(|(_, count)| **count);
    let most = most.map(|(colour, _)| *colour);
    let own = |index: &usize| colour(index).or(most);
    let of = |wanted: &str| {
        let own = track.iter().filter(|index| own(index) == Some(wanted));
        own.copied().collect()
    };
    counts.keys().map(|wanted| of(wanted)).collect()
}

/// Reads of one crossing, by one camera or by two, are no further apart.
const READ_AGAIN: Micros = Micros::from_seconds(60);

/// A second character is misread, too, so often; a third never.
const TWICE: f64 = 0.1;

/// How much rarer it is to read one plate for the other than to misread one character; `None` where
/// they don't look alike.
fn rarer(one: &str, other: &str) -> Option<f64> {
    match compare(one, other) {
        Likeness::LookAlike { differences } => match differences.len() {
            1 => Some(1.0),
            2 => Some(TWICE),
            _ => None,
        },
        Likeness::Open { .. } => Some(1.0),
        _ => None,
    }
}

/// What a detector found, before it is decided whether to report it.
pub(super) struct Found {
    pub(super) kind: EvasionKind,
    pub(super) index: usize,
    pub(super) other: Option<usize>,
    pub(super) certainty_per_mille: u16,
    pub(super) signals: Vec<Signal>,
}

/// The certainty of an explanation against all others together, from their weights.
pub(super) fn share_per_mille(weight: f64, others: f64) -> u16 {
    let nats = libm::log(weight.max(1e-300)) - libm::log(others.max(1e-300));
    // The weights hold the base rates already: even odds beforehand.
    certainty_per_mille(nats, 500)
}

pub(super) fn signal(name: SignalName, value: i64, limit: Option<i64>) -> Signal {
    Signal { name, value, limit }
}
