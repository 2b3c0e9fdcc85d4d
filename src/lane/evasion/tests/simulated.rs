//! Recall and precision over the simulator's traffic, from bytes to closed passages: every kind at
//! one truck in a hundred. The seeds of the figures in `docs/evasion.md` are others than those by
//! which the settings were chosen.

use std::collections::{BTreeMap, BTreeSet};

use super::measure::{Tally, describe, print};
use super::*;
use crate::lane::{Output, Pipeline};
use crate::passage::ClosedPassage;
use crate::simulator::crossing::Defect;
use crate::simulator::feed::{Cause, Extent, Feed, Item, Request};
use crate::simulator::settings::{EvasionShares, Settings};
use crate::units::Micros;

/// What happened on the road.
#[derive(Debug, Default)]
pub struct Run {
    /// Passages with what was found, in order of closing.
    pub closed: Vec<ClosedPassage>,
    /// Whose record stands where, by port and offset.
    pub records: BTreeMap<(String, i64), Vec<u64>>,
    /// What each vehicle did.
    pub did: BTreeMap<u64, BTreeSet<EvasionKind>>,
    /// What the traffic made each vehicle do, so that it is found and is no evasion.
    pub forced: BTreeMap<u64, BTreeSet<EvasionKind>>,
}

/// Runs a road from bytes to closed passages.
pub fn run(settings: Settings, extent: Extent) -> Run {
    let mut feed = Feed::new(Request::new(settings, extent)).unwrap();
    let mut pipeline = Pipeline::new(feed.lane_settings());
    let ports: Vec<String> = feed.ports().iter().map(|plan| plan.name.clone()).collect();
    for plan in feed.ports() {
        pipeline.add_port(&plan.name, plan.decoder().unwrap(), 0);
    }
    let mut run = Run::default();
    let mut last = Micros::ZERO;
    let take = |pipeline: &mut Pipeline, run: &mut Run| {
        while let Some(output) = pipeline.poll_output() {
            if let Output::Closed(passage) = output {
                run.closed.push(*passage);
            }
        }
    };
    for item in feed.by_ref() {
        match item.unwrap() {
            Item::Line(line) => {
                let port = &ports[line.port];
                if let Cause::Record(vehicles) = &line.cause {
                    let place = (port.clone(), line.offset as i64);
                    run.records.insert(place, vehicles.clone());
                }
                pipeline.receive(port, line.at, &line.bytes);
                last = line.at;
                take(&mut pipeline, &mut run);
            }
            Item::Vehicle(told) => {
                let crossing = &told.crossing;
                let mut did: BTreeSet<EvasionKind> = crossing.evasion.iter().copied().collect();
                // A scale that takes one vehicle for two makes the same records as a driver.
                if crossing.defects.contains(&Defect::SplitRecord) {
                    did.insert(EvasionKind::SplitRecord);
                }
                run.did.insert(crossing.number, did);
                let forced = crossing.forced.iter().copied().collect();
                run.forced.insert(crossing.number, forced);
            }
        }
    }
    pipeline.finish(last.saturating_add(Micros::from_seconds(60)));
    take(&mut pipeline, &mut run);
    run
}

impl Run {
    fn vehicles(&self, passage: &ClosedPassage) -> &[u64] {
        let raw = &passage.weighing.raw;
        let known = self.records.get(&(raw.port.clone(), raw.offset));
        known.map(Vec::as_slice).unwrap_or_default()
    }

    fn is_forced(&self, passage: &ClosedPassage, kind: EvasionKind) -> bool {
        let forced = |number: &u64| self.forced.get(number).is_some_and(|f| f.contains(&kind));
        self.vehicles(passage).iter().any(forced)
    }

    /// What the vehicles in a passage's record did.
    fn truth(&self, passage: &ClosedPassage) -> BTreeSet<EvasionKind> {
        let vehicles = self.vehicles(passage);
        let mut did: BTreeSet<EvasionKind> = vehicles
            .iter()
            .filter_map(|number| self.did.get(number))
            .flatten()
            .copied()
            .collect();
        if vehicles.len() > 1 {
            did.insert(EvasionKind::MergedRecord);
        }
        did
    }

    /// Counts vehicles of which a kind was found in any record, and findings without a cause.
    pub fn tally(&self, into: &mut BTreeMap<EvasionKind, Tally>, show: bool) {
        let mut found: BTreeSet<(u64, EvasionKind)> = BTreeSet::new();
        let mut weighed: BTreeMap<u64, Vec<&ClosedPassage>> = BTreeMap::new();
        for passage in &self.closed {
            let truth = self.truth(passage);
            for number in self.vehicles(passage) {
                weighed.entry(*number).or_default().push(passage);
            }
            for finding in &passage.evasion {
                if truth.contains(&finding.kind) {
                    let numbers = self.vehicles(passage).iter();
                    found.extend(numbers.map(|number| (*number, finding.kind)));
                } else if self.is_forced(passage, finding.kind) {
                    into.entry(finding.kind).or_default().forced += 1;
                } else {
                    into.entry(finding.kind).or_default().false_found += 1;
                    if show {
                        println!("FALSE {truth:?}: {}", finding.text_en());
                    }
                }
            }
        }
        let mut did = self.did.clone();
        for vehicles in self.records.values().filter(|vehicles| vehicles.len() > 1) {
            for number in vehicles {
                did.entry(*number)
                    .or_default()
                    .insert(EvasionKind::MergedRecord);
            }
        }
        for (number, kinds) in &did {
            let Some(passages) = weighed.get(number) else {
                continue;
            };
            for kind in kinds {
                let tally = into.entry(*kind).or_default();
                tally.truth += 1;
                let is_found = found.contains(&(*number, *kind));
                tally.found += u32::from(is_found);
                if show && !is_found {
                    for passage in passages {
                        let others: Vec<_> = passage.evasion.iter().map(|f| f.kind).collect();
                        let line = describe(&passage.weighing);
                        println!("MISSED {kind:?} {line} {others:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn every_kind_is_found_in_simulated_traffic() {
    let range = std::env::var("STEELYARD_SIMULATED_SEEDS").unwrap_or_else(|_| "201-204".to_owned());
    let (first, last) = range.split_once('-').unwrap();
    let (first, last): (u64, u64) = (first.parse().unwrap(), last.parse().unwrap());
    let vehicles: u64 = std::env::var("STEELYARD_SIMULATED_VEHICLES")
        .map_or(4_000, |vehicles| vehicles.parse().unwrap());
    let show = std::env::var_os("STEELYARD_SHOW").is_some();
    let mut tallies = BTreeMap::new();
    for seed in first..=last {
        let settings = Settings {
            seed,
            lanes: 3,
            car_share: 0.3,
            evasion: EvasionShares::each(0.01),
            ..Settings::statistics()
        };
        let run = run(settings, Extent::Vehicles(vehicles));
        run.tally(&mut tallies, show);
    }
    print(&tallies);
}
