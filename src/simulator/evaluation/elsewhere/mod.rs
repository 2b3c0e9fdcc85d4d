//! Cloned plates (套牌) and ways around the station (绕行): what a list of sightings tells of them, measured
//! against truth.
//!
//! The list holds what the station knows by itself, from the lane logic's own output (each passage with
//! the plate that was let through, or without one, as where two plates could be its own; each read that
//! no passage took), and what the other
//! sites tell. [`examine`] is told the roads between the places as a person would enter them: kilometres,
//! and how fast and how slowly they can be driven. How long vehicles really take, and how often they go
//! unread, it counts on the list itself.

mod axles;
mod causes;
mod roads;
mod tally;

use std::collections::{BTreeMap, BTreeSet};

use crate::lane::evasion::sightings::{Sighting, SightingFinding, SightingSettings, examine};
use crate::lane::stream::Input;
use crate::passage::{ClosedPassage, EvasionKind, PassageKind, PlateState};
use crate::plate::{PlateColour, PlateNumber};
use crate::simulator::ports::PortPlan;
use crate::simulator::sightings::{SITES, Site};
use crate::simulator::truth::Told;
use firmware_protocols::Event;

use super::evasion::{Evasions, Seen};
use axles::weighed;
use roads::settings;

pub use causes::Cause;
pub use tally::{Elsewhere, Shown};

/// Name of the station itself on the list.
const HERE: &str = "station";
/// Where bytes stand: index of the port, and the first of them.
type Place = (usize, u64);

/// Where a line of the list comes from.
#[derive(Debug, Clone, Copy)]
enum Source {
    /// Another site, because of this vehicle: itself, or the true bearer of its number.
    Site { vehicle: u64, is_bearer: bool },
    /// A passage with this record.
    Passage(Place),
    /// A read that no passage took.
    Read(Place),
}

/// A vehicle as far as findings about it are judged.
#[derive(Debug)]
struct Known {
    plate: PlateNumber,
    colour: PlateColour,
    evasion: Option<EvasionKind>,
    mild: bool,
}

/// The list as it grows, with the truth of each line.
#[derive(Debug)]
pub(super) struct Watching {
    ports: Vec<String>,
    list: Vec<Sighting>,
    sources: Vec<Source>,
    /// Reads of the station that passages have not taken, yet.
    reads: BTreeMap<Place, Sighting>,
    records: BTreeMap<Place, Vec<u64>>,
    read_of: BTreeMap<Place, u64>,
    vehicles: BTreeMap<u64, Known>,
}

impl Watching {
    pub(super) fn new(ports: &[PortPlan]) -> Self {
        Self {
            ports: ports.iter().map(|plan| plan.name.clone()).collect(),
            list: Vec::new(),
            sources: Vec::new(),
            reads: BTreeMap::new(),
            records: BTreeMap::new(),
            read_of: BTreeMap::new(),
            vehicles: BTreeMap::new(),
        }
    }

    fn place(&self, port: &str, offset: u64) -> Option<Place> {
        let index = self.ports.iter().position(|name| name == port)?;
        Some((index, offset))
    }

    fn push(&mut self, sighting: Sighting, source: Source) {
        self.list.push(sighting);
        self.sources.push(source);
    }

    /// What a device said.
    pub(super) fn heard(&mut self, input: &Input) {
        let Event::Plate(read) = &input.event else {
            return;
        };
        let Some((plate, place)) = read
            .plate
            .as_ref()
            .zip(self.place(&input.port, input.offset))
        else {
            return;
        };
        // A trailer's plate is not what other sites tell of.
        if PlateNumber::parse(plate).is_ok_and(|plate| plate.is_trailer()) {
            return;
        }
        let sighting = Sighting {
            plate: Some(plate.clone()),
            colour: read
                .colour
                .and_then(|colour| PlateColour::from_name(colour.name())),
            site: HERE.to_owned(),
            at: input.received_at,
            confidence: read.confidence,
            reads: None,
            axles: None,
            spacings_mm: Vec::new(),
            gross_kg: None,
        };
        self.reads.insert(place, sighting);
    }

    /// A passage is over.
    pub(super) fn closed(&mut self, passage: &ClosedPassage) {
        let weighing = &passage.weighing;
        if weighing.kind != PassageKind::Dynamic {
            return;
        }
        let Some(place) = self.place(&weighing.raw.port, weighing.raw.offset.unsigned_abs()) else {
            return;
        };
        let association = &passage.association;
        let chosen = association.chosen.as_ref();
        let chosen = chosen.filter(|_| association.state == PlateState::Matched);
        if let Some(text) = chosen.and_then(|read| read.plate.as_ref()) {
            // Reads of the same vehicle, also those that another character stands in.
            for candidate in &association.candidates {
                let own = candidate
                    .plate
                    .as_ref()
                    .is_some_and(|other| other == text || association.variants.contains(other));
                let place = self.place(&candidate.port, candidate.offset.unsigned_abs());
                if let (true, Some(place)) = (own, place) {
                    self.reads.remove(&place);
                }
            }
        }
        let axles = weighed(passage);
        let sighting = Sighting {
            plate: chosen.and_then(|read| read.plate.clone()),
            colour: chosen.and_then(|read| PlateColour::from_name(read.colour.as_deref()?)),
            site: HERE.to_owned(),
            at: weighing.received_at,
            confidence: chosen.and_then(|read| read.confidence),
            reads: u8::try_from(association.agreeing_cameras).ok(),
            axles: axles.count,
            gross_kg: axles.gross_kg,
            spacings_mm: axles.spacings_mm,
        };
        let others = axles.others.into_iter().map(|spacings_mm| Sighting {
            plate: None,
            colour: None,
            reads: None,
            confidence: None,
            axles: None,
            gross_kg: None,
            spacings_mm,
            ..sighting.clone()
        });
        let others: Vec<Sighting> = others.collect();
        self.push(sighting, Source::Passage(place));
        for other in others {
            self.push(other, Source::Passage(place));
        }
    }

    /// All is told of a vehicle.
    pub(super) fn told(&mut self, told: &Told) {
        let crossing = &told.crossing;
        let vehicle = crossing.number;
        for span in &told.records {
            let place = (span.port, span.offset);
            self.records.entry(place).or_default().push(vehicle);
        }
        for read in &told.plate_reads {
            self.read_of
                .insert((read.span.port, read.span.offset), vehicle);
        }
        for sighting in &crossing.sightings {
            let is_bearer = site(&sighting.site).is_some_and(|site| site.along_km.is_none());
            self.push(sighting.clone(), Source::Site { vehicle, is_bearer });
        }
        let known = Known {
            plate: crossing.vehicle.plate.clone(),
            colour: crossing.vehicle.colour,
            evasion: crossing.evasion.first().copied(),
            mild: crossing.mild,
        };
        self.vehicles.insert(vehicle, known);
    }

    /// Looks at the list and counts.
    pub(super) fn finish(mut self, evasions: &mut Evasions) -> Elsewhere {
        for (place, sighting) in std::mem::take(&mut self.reads) {
            self.push(sighting, Source::Read(place));
        }
        let settings = settings();
        let findings = examine(&self.list, &settings);
        let judged = Judged::new(&self, &settings, &findings);
        judged.count(evasions)
    }

    /// Whose sighting a line of the list is.
    fn owners(&self, index: usize) -> Vec<u64> {
        match self.sources.get(index) {
            Some(Source::Site { vehicle, .. }) => vec![*vehicle],
            Some(Source::Passage(place)) => self.records.get(place).cloned().unwrap_or_default(),
            Some(Source::Read(place)) => self.read_of.get(place).copied().into_iter().collect(),
            None => Vec::new(),
        }
    }

    fn text(&self, index: usize) -> Option<&str> {
        self.list.get(index)?.plate.as_deref()
    }

    /// Whether a line of the list is of this vehicle, with its plate as it is.
    fn is_right(&self, index: usize, vehicle: u64) -> bool {
        let plate = self
            .vehicles
            .get(&vehicle)
            .map(|known| known.plate.as_str());
        plate.is_some() && self.text(index) == plate && self.owners(index).contains(&vehicle)
    }
}

fn site(name: &str) -> Option<&'static Site> {
    SITES.iter().find(|site| site.site == name)
}

/// Findings beside truth.
struct Judged<'a> {
    watched: &'a Watching,
    settings: &'a SightingSettings,
    findings: &'a [SightingFinding],
    /// Of each vehicle that hangs out another's number or drives around, the lines of the list.
    lines: BTreeMap<u64, Vec<usize>>,
    /// Vehicles at the station without a plate.
    unread: Vec<usize>,
}

impl<'a> Judged<'a> {
    fn new(
        watched: &'a Watching,
        settings: &'a SightingSettings,
        findings: &'a [SightingFinding],
    ) -> Self {
        let mut lines: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
        for index in 0..watched.list.len() {
            for owner in watched.owners(index) {
                lines.entry(owner).or_default().push(index);
            }
        }
        let unread = (0..watched.list.len()).filter(|index| watched.text(*index).is_none());
        Self {
            watched,
            settings,
            findings,
            lines,
            unread: unread.collect(),
        }
    }

    fn evaders(&self, kind: EvasionKind) -> impl Iterator<Item = (u64, &'a Known)> {
        let all = self.watched.vehicles.iter();
        let evaders = all.filter(move |(_, known)| known.evasion == Some(kind));
        evaders.map(|(vehicle, known)| (*vehicle, known))
    }

    fn count(&self, evasions: &mut Evasions) -> Elsewhere {
        let mut counts = Elsewhere::of(self.watched.list.len() as u64);
        for kind in [EvasionKind::PlateCloned, EvasionKind::Bypass] {
            let of_kind = |found: &&SightingFinding| found.finding.kind == kind;
            let findings = self.findings.iter().filter(of_kind);
            let mut right: BTreeSet<u64> = BTreeSet::new();
            // One word on a plate, or on a trip, however many lines of the list it rests on.
            let mut words: BTreeMap<(String, Option<usize>), Vec<&SightingFinding>> =
                BTreeMap::new();
            for found in findings.filter(|found| !found.is_dismissed()) {
                let trip = (kind == EvasionKind::Bypass).then_some(found.index);
                let word = (found.plate.clone(), trip);
                words.entry(word).or_default().push(found);
            }
            for findings in words.values() {
                let whose: BTreeSet<u64> = findings
                    .iter()
                    .flat_map(|found| self.rightly(kind, found))
                    .collect();
                evasions.finding(kind, !whose.is_empty(), false);
                if whose.is_empty() {
                    let (cause, instead) = self.mistaken(kind, findings);
                    evasions.mistake(kind, instead);
                    counts.mistake(kind, cause);
                }
                right.extend(whose);
            }
            for (vehicle, known) in self.evaders(kind) {
                let found = right.contains(&vehicle);
                let seen = Seen {
                    mild: known.mild,
                    found,
                    found_as_like: false,
                };
                evasions.vehicle(kind, seen);
                let unshown = self.unshown(kind, vehicle);
                counts.vehicle(kind, found, unshown);
                if !found {
                    let cause = unshown.unwrap_or_else(|| self.missed(kind, vehicle));
                    counts.miss(kind, cause);
                }
            }
        }
        counts
    }

    /// The vehicles that do what a finding says of them.
    fn rightly(&self, kind: EvasionKind, found: &SightingFinding) -> Vec<u64> {
        let does = |vehicle: &u64| {
            let known = self.watched.vehicles.get(vehicle);
            known.is_some_and(|known| known.evasion == Some(kind))
        };
        let involved: Vec<usize> = [Some(found.index), found.other_index]
            .into_iter()
            .flatten()
            .collect();
        let mut owners: Vec<u64> = involved
            .iter()
            .flat_map(|index| self.watched.owners(*index))
            .filter(does)
            .collect();
        owners.sort_unstable();
        owners.dedup();
        let own = |index: &usize, vehicle: u64| self.watched.is_right(*index, vehicle);
        owners.retain(|vehicle| involved.iter().all(|index| own(index, *vehicle)));
        owners
    }
}

#[cfg(test)]
mod tests;
