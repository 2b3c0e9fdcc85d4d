//! Vehicles crossing the lanes of a carriageway, in time order, with what scales and plate cameras make
//! of each.
//!
//! All lanes are one road: who overtakes is beside whom he overtakes, who straddles takes two lanes, a
//! camera sees into the lane next to it. So vehicles wait until all lanes are drawn past them.

mod felt;
mod seen;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::arrivals::{Arrival, Lane, Neighbour, Shared};
use super::camera::Camera;
use super::crossing::{CameraView, Crossing, Defect};
use super::device_clock::{ClockStep, DeviceClock};
use super::dice::Dice;
use super::motion::tenth_kmh;
use super::register::Register;
use super::rolling::Rolling;
use super::scale::Scale;
use super::settings::{DefectShares, Settings};
use super::sightings::Sites;
use crate::passage::EvasionKind;
use crate::units::Micros;

pub(super) use super::arrivals::speed_of;

/// Vehicles that have come are remembered so long for those beside them.
const REMEMBERED: Micros = Micros::from_seconds(60);

/// All lanes together: an endless iterator in the order of the first axles.
#[derive(Debug)]
pub struct Traffic {
    lanes: Vec<Lane>,
    scales: Vec<Scale>,
    /// One, or one for each lane.
    clocks: Vec<DeviceClock>,
    cameras: Vec<Camera>,
    shared: Shared,
    /// Drawn and not yet come.
    coming: BTreeMap<(Micros, u64), Arrival>,
    drawn: u64,
    /// Lane, first axle, clear of the sensors: who has come lately.
    gone: VecDeque<(u16, Micros, Micros)>,
    number: u64,
    /// Of each lane, for what concerns the road.
    dice: Vec<Dice>,
    /// By lane: whether the record of the latest vehicle was held back for the one behind.
    held_back: Vec<bool>,
    shares: DefectShares,
    straddling_owed: u32,
    /// Vehicles to come that are in a record of the one in front.
    merged: Vec<u64>,
    sites: Option<Sites>,
    register: Register,
}

impl Traffic {
    /// Traffic of these settings; fewer than one lane is taken as one.
    pub fn new(settings: Settings) -> Self {
        let settings = Arc::new(settings);
        let register = Register::new(&settings);
        let numbers = 1..=settings.lanes.max(1);
        let stream = |of: u64, lane: u16| Dice::new(settings.seed, (of << 32) | u64::from(lane));
        let clock = |of, lane, jumps| {
            DeviceClock::new(settings.clocks, stream(of, lane), settings.start, jumps)
        };
        let camera = |(lane, view): (u16, CameraView)| {
            let of = if view == CameraView::Front { 6 } else { 8 };
            let clock = clock(of + 1, lane, true);
            Camera::new(&settings, (lane, view), stream(of, lane), clock)
        };
        let fronts = numbers.clone().map(|lane| (lane, CameraView::Front));
        let rears = numbers.clone().map(|lane| (lane, CameraView::Rear));
        let rears = rears.filter(|_| settings.cameras.rear.is_some());
        let controllers = if settings.clocks.one_controller {
            1..=1
        } else {
            numbers.clone()
        };
        Self {
            lanes: numbers
                .clone()
                .map(|lane| Lane::new(&settings, &register, lane))
                .collect(),
            scales: numbers
                .clone()
                .map(|lane| Scale::new(&settings, lane, stream(4, lane)))
                .collect(),
            clocks: controllers.map(|lane| clock(5, lane, false)).collect(),
            cameras: fronts.chain(rears).map(camera).collect(),
            shared: Shared::new(&settings),
            coming: BTreeMap::new(),
            drawn: 0,
            gone: VecDeque::new(),
            number: 0,
            held_back: vec![false; usize::from(settings.lanes.max(1))],
            dice: numbers.map(|lane| stream(10, lane)).collect(),
            shares: settings.defects,
            straddling_owed: 0,
            merged: Vec::new(),
            sites: settings.sightings.then(|| Sites::new(stream(11, 0))),
            register,
        }
    }

    /// The register of the country that they drive in.
    pub const fn register(&self) -> &Register {
        &self.register
    }

    /// What the clock of a lane's controller shows at a moment.
    pub(super) fn controller_shows(&mut self, lane: u16, moment: Micros) -> Micros {
        clock_of(&mut self.clocks, lane).map_or(moment, |clock| clock.shows(moment))
    }

    /// The jumps of the cameras' clocks that were not told yet.
    pub(super) fn take_clock_steps(&mut self) -> Vec<(u16, CameraView, ClockStep)> {
        let steps = self.cameras.iter_mut().flat_map(|camera| {
            let of = (camera.lane(), camera.view);
            let steps = camera.clock.take_steps();
            steps.into_iter().map(move |step| (of.0, of.1, step))
        });
        steps.collect()
    }

    /// Draws until every lane is past this moment.
    fn draw_until(&mut self, moment: Micros) {
        loop {
            let reached = self.lanes.iter().enumerate();
            let reached = reached.map(|(index, lane)| (lane.reached(), index)).min();
            let Some((_, index)) = reached.filter(|(reached, _)| *reached <= Some(moment)) else {
                return;
            };
            self.draw_in(index);
        }
    }

    fn draw_in(&mut self, index: usize) {
        let number = index as u16 + 1;
        // From behind: those that were drawn last are the nearest.
        let near = self.coming.values().rev().take(12);
        let beside: Vec<Neighbour> = near
            .filter(|other| other.lane.abs_diff(number) == 1 && !other.clean)
            .map(|other| Neighbour {
                lane: other.lane,
                at: other.at,
                is_car: other.vehicle.is_car(),
            })
            .collect();
        if let Some(lane) = self.lanes.get_mut(index) {
            let arrival = lane.advance(&beside, &mut self.shared);
            self.drawn += 1;
            self.coming.insert((arrival.at, self.drawn), arrival);
        }
    }

    /// The next vehicle, when nobody can come before it any more.
    fn come(&mut self) -> Option<Arrival> {
        // With nobody coming every lane draws its first.
        let mut first = Micros::new(i64::MIN);
        loop {
            self.draw_until(first);
            match self.coming.first_key_value() {
                Some(((at, _), _)) if *at == first => break,
                Some(((at, _), _)) => first = *at,
                None => self.draw_in(0),
            }
        }
        self.coming.pop_first().map(|(_, arrival)| arrival)
    }

    /// The next in the same lane.
    fn behind(&self, lane: u16) -> Option<(usize, &Arrival)> {
        let mut coming = self.coming.values().enumerate();
        coming.find(|(_, other)| other.lane == lane)
    }

    fn dice(&mut self, lane: u16) -> &mut Dice {
        let last = self.dice.len().saturating_sub(1);
        let index = usize::from(lane).saturating_sub(1).min(last);
        &mut self.dice[index]
    }

    fn camera(&mut self, lane: u16, view: CameraView) -> Option<&mut Camera> {
        let mut cameras = self.cameras.iter_mut();
        cameras.find(|camera| (camera.lane(), camera.view) == (lane, view))
    }

    fn remember(&mut self, arrival: &Arrival) {
        self.gone
            .push_back((arrival.lane, arrival.at, arrival.clear_at));
        let old = arrival.at.saturating_sub(REMEMBERED);
        while self.gone.front().is_some_and(|(_, at, _)| *at < old) {
            self.gone.pop_front();
        }
    }
}

impl Iterator for Traffic {
    type Item = Crossing;

    fn next(&mut self) -> Option<Crossing> {
        let mut arrival = self.come()?;
        self.number += 1;
        self.settle_straddling(&mut arrival);
        if arrival.manoeuvre.merges {
            // The one behind must have its number.
            while self
                .behind(arrival.lane)
                .is_none_or(|(_, other)| other.tail.is_none())
            {
                self.draw_in(usize::from(arrival.lane.saturating_sub(1)));
            }
            let tail = self.behind(arrival.lane).map(|(_, other)| other.at);
            self.draw_until(tail.unwrap_or(arrival.at));
        }
        let hits = rolling(&arrival).hits();
        let mut forced = felt::forced(&hits);
        forced.retain(|kind| Some(*kind) != arrival.manoeuvre.kind);
        let last_axle_at = hits.last().map_or(arrival.at, |hit| hit.at);
        let mut defects = Vec::new();
        if arrival.dirty {
            defects.push(Defect::DirtyPlate);
        }
        let mut records = self.records(&arrival, hits, &mut defects);
        self.hold_back(&arrival, &mut records, &mut defects);
        let plate_reads = self.reads(&arrival, &mut defects);
        let kind = arrival.manoeuvre.kind;
        let sightings = self.sites.as_mut().map(|sites| {
            let is_bypass = arrival.lane == 0;
            let is_clone = kind == Some(EvasionKind::PlateCloned);
            sites.see(
                &self.register,
                &arrival.vehicle,
                arrival.at,
                (is_bypass, is_clone),
            )
        });
        self.remember(&arrival);
        defects.sort_unstable();
        defects.dedup();
        // Whoever is in the record of his leader was weighed if that was.
        let weighed = !records.is_empty() || self.merged.contains(&self.number);
        let others = records.iter().flat_map(|record| &record.vehicles);
        self.merged
            .extend(others.filter(|other| **other > self.number));
        self.merged.retain(|other| *other > self.number);
        Some(Crossing {
            number: self.number,
            lane: arrival.lane,
            first_axle_at: arrival.at,
            last_axle_at,
            speed_tenth_kmh: tenth_kmh(arrival.motion.speed_at(0.0)),
            vehicle: arrival.vehicle,
            weighed,
            records,
            plate_reads,
            evasion: kind.into_iter().collect(),
            forced,
            mild: arrival.manoeuvre.mild,
            sightings: sightings.unwrap_or_default(),
            defects,
        })
    }
}

fn rolling(arrival: &Arrival) -> Rolling<'_> {
    Rolling {
        vehicle: &arrival.vehicle,
        motion: &arrival.motion,
        manoeuvre: &arrival.manoeuvre,
        at: arrival.at,
    }
}

fn clock_of(clocks: &mut [DeviceClock], lane: u16) -> Option<&mut DeviceClock> {
    let last = clocks.len().checked_sub(1)?;
    clocks.get_mut(usize::from(lane.saturating_sub(1)).min(last))
}

#[cfg(test)]
mod evasion_tests;
#[cfg(test)]
mod fault_tests;
#[cfg(test)]
mod road_tests;
#[cfg(test)]
mod tests;
