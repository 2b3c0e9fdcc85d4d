//! Vehicles crossing the lanes of a carriageway, in time order, with what scales and plate cameras make
//! of each.
//!
//! All lanes are one road: who overtakes is beside whom he overtakes, who straddles takes two lanes, a
//! camera sees into the lane next to it. So vehicles wait until all lanes are drawn past them.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use firmware_protocols::VehicleFlag;

use super::arrivals::{Arrival, Lane, Neighbour, Shared};
use super::camera::{Camera, InView};
use super::crossing::{CameraView, Crossing, Defect, PlateRead, Record};
use super::device_clock::{ClockStep, DeviceClock};
use super::dice::Dice;
use super::manoeuvre::{self, Half, Manoeuvre, Plates, Straddle};
use super::motion::{metres, seconds, tenth_kmh};
use super::register::Register;
use super::rolling::{Hit, Rolling, between_lanes, duration, merged};
use super::scale::{Felt, Scale, slowest_sending};
use super::settings::{DefectShares, Settings};
use super::sightings::Sites;
use crate::passage::EvasionKind;
use crate::units::Micros;

pub(super) use super::arrivals::speed_of;

/// A record is held back for the one behind only if that comes so soon.
const HOLD_BACK_WITHIN: Micros = Micros::from_seconds(8);
/// Who straddles has nobody within this in the lane beside, before and behind.
const FREE_BESIDE: Micros = Micros::from_millis(500);
/// Vehicles that have come are remembered so long for those beside them.
const REMEMBERED: Micros = Micros::from_seconds(60);
/// Nearer than this to a vehicle's rear another one hides its plate, metres.
const HIDES_WITHIN: f64 = 2.0;

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
            shared: Shared::default(),
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

    /// The lane beside which is free for one who would straddle.
    fn free_beside(&mut self, arrival: &Arrival) -> Option<u16> {
        let (from, until) = (
            arrival.at.saturating_sub(FREE_BESIDE),
            arrival.clear_at.saturating_add(FREE_BESIDE),
        );
        self.draw_until(until);
        let last = self.lanes.len() as u16;
        let sides = [arrival.lane.wrapping_sub(1), arrival.lane.saturating_add(1)];
        let taken = |lane: u16| {
            let gone = self.gone.iter().copied();
            let coming = self.coming.values().map(|o| (o.lane, o.at, o.clear_at));
            let mut others = gone.chain(coming);
            others.any(|(other, at, clear)| other == lane && at <= until && clear >= from)
        };
        let free = sides.into_iter().filter(|lane| (1..=last).contains(lane));
        free.into_iter().find(|lane| !taken(*lane))
    }

    /// Settles who straddles: the vehicle that was to, or the next that can.
    fn settle_straddling(&mut self, arrival: &mut Arrival) {
        let wanted = arrival.manoeuvre.kind == Some(EvasionKind::Straddling);
        let could = self.straddling_owed > 0
            && arrival.manoeuvre == Manoeuvre::default()
            && !arrival.clean
            && !arrival.vehicle.is_car();
        if !wanted && !could {
            return;
        }
        match self.free_beside(arrival) {
            Some(beside) => {
                let straddle = manoeuvre::straddle(self.dice(arrival.lane), beside);
                arrival.manoeuvre = Manoeuvre {
                    kind: Some(EvasionKind::Straddling),
                    mild: straddle.is_mild(),
                    straddle: Some(straddle),
                    ..Manoeuvre::default()
                };
                self.straddling_owed -= u32::from(!wanted);
            }
            None if wanted => {
                arrival.manoeuvre = Manoeuvre::default();
                self.straddling_owed = (self.straddling_owed + 1).min(1_000);
            }
            None => {}
        }
    }

    fn records(
        &mut self,
        arrival: &Arrival,
        hits: Vec<Hit>,
        defects: &mut Vec<Defect>,
    ) -> Vec<Record> {
        if arrival.lane == 0 || arrival.vehicle.is_car() || arrival.tail.is_some() {
            return Vec::new();
        }
        let mut felt = Felt {
            hits,
            vehicles: vec![self.number],
            length: metres(arrival.vehicle.length_mm.get()),
            with_lane: !arrival.manoeuvre.wrong_way,
            clean: arrival.clean,
            flag: arrival.manoeuvre.kind.and_then(flag_of),
        };
        if let Some(straddle) = arrival.manoeuvre.straddle {
            return self.straddled(arrival.lane, straddle, felt, defects);
        }
        if arrival.manoeuvre.merges {
            self.merge(arrival.lane, &mut felt);
        }
        let share = self.shares.split_record;
        let plain = !arrival.clean && arrival.manoeuvre == Manoeuvre::default();
        let breaks = plain && self.dice(arrival.lane).chance(share);
        let split_at = arrival.manoeuvre.split_at.or_else(|| {
            let split = manoeuvre::split(&arrival.vehicle).filter(|_| breaks)?;
            defects.push(Defect::SplitRecord);
            Some(split)
        });
        match split_at {
            Some(axle) => self.split(arrival, axle, felt, defects),
            None => self
                .record(arrival.lane, felt, defects)
                .into_iter()
                .collect(),
        }
    }

    fn record(&mut self, lane: u16, felt: Felt, defects: &mut Vec<Defect>) -> Option<Record> {
        let clock = clock_of(&mut self.clocks, lane)?;
        let scale = self.scales.get_mut(usize::from(lane).checked_sub(1)?)?;
        scale.record(clock, felt, defects)
    }

    /// A record of each lane, with the wheels of one side.
    fn straddled(
        &mut self,
        lane: u16,
        straddle: Straddle,
        felt: Felt,
        defects: &mut Vec<Defect>,
    ) -> Vec<Record> {
        let Straddle {
            beside,
            catches,
            lost,
        } = straddle;
        let [of_left, of_right] = between_lanes(&felt.hits, catches);
        let halves = [
            (Half::Left, lane.min(beside), of_left),
            (Half::Right, lane.max(beside), of_right),
        ];
        let mut records = Vec::with_capacity(2);
        for (half, lane, mut hits) in halves {
            if lost == Some(half) {
                continue;
            }
            // The sensors of two lanes don't lie on one line to the centimetre.
            let shifted = self.dice(lane).normal_within(0.0, 0.004, -0.01, 0.01);
            let shifted = seconds(shifted);
            for hit in &mut hits {
                hit.at = hit.at.saturating_add(shifted);
            }
            let felt = Felt {
                hits,
                vehicles: felt.vehicles.clone(),
                ..felt
            };
            records.extend(self.record(lane, felt, defects));
        }
        records
    }

    /// Takes the vehicle behind into the record.
    fn merge(&mut self, lane: u16, felt: &mut Felt) {
        let Some((ahead, other)) = self.behind(lane) else {
            return;
        };
        let Some(between) = other.tail else {
            return;
        };
        let number = self.number + 1 + ahead as u64;
        let hits = rolling(other).hits();
        let own = metres(other.vehicle.length_mm.get());
        let gap = other.gap.max(0.0);
        felt.vehicles.push(number);
        felt.length += gap + own;
        felt.hits = merged(std::mem::take(&mut felt.hits), hits, between);
    }

    /// Two records of one vehicle.
    fn split(
        &mut self,
        arrival: &Arrival,
        axle: usize,
        felt: Felt,
        defects: &mut Vec<Defect>,
    ) -> Vec<Record> {
        let mut first = felt.hits;
        let mut second = first.split_off(axle.min(first.len()));
        let front = metres(arrival.vehicle.front_mm.get());
        let way = |hits: &[Hit]| hits.iter().skip(1).filter_map(|hit| hit.way).sum::<f64>();
        let mut lengths = [front + way(&first) + 0.9, 0.0];
        lengths[1] = (felt.length - lengths[0] - 2.0).max(way(&second) + 1.2);
        if let Some(hit) = second.first_mut() {
            hit.way = None;
        }
        let least = second.first().map_or(1, |hit| hit.group).saturating_sub(1);
        for hit in &mut second {
            hit.group = hit.group.saturating_sub(least).max(1);
        }
        let mut records = Vec::with_capacity(2);
        for (hits, length) in [first, second].into_iter().zip(lengths) {
            let felt = Felt {
                hits,
                length,
                vehicles: felt.vehicles.clone(),
                ..felt
            };
            records.extend(self.record(arrival.lane, felt, defects));
        }
        records
    }

    /// Holds records back until those of the vehicle behind are sent.
    fn hold_back(&mut self, arrival: &Arrival, records: &mut [Record], defects: &mut Vec<Defect>) {
        let Some(held_back) = self
            .held_back
            .get_mut(usize::from(arrival.lane).wrapping_sub(1))
        else {
            return;
        };
        // Not two in a row: who is held back comes right behind the next one.
        let was_held_back = std::mem::take(held_back);
        let plain = arrival.manoeuvre == Manoeuvre::default();
        if arrival.clean || records.is_empty() || !plain {
            return;
        }
        let share = self.shares.out_of_order_record;
        if !self.dice(arrival.lane).chance(share) || was_held_back {
            return;
        }
        self.draw_until(arrival.at.saturating_add(HOLD_BACK_WITHIN));
        let Some((_, behind)) = self.behind(arrival.lane) else {
            return;
        };
        let apart = behind.at.saturating_sub(arrival.at);
        let plain = behind.manoeuvre == Manoeuvre::default() && !behind.vehicle.is_car();
        if apart >= HOLD_BACK_WITHIN || behind.clean || !plain {
            return;
        }
        let base = metres(behind.vehicle.base_mm().get());
        let over = behind
            .at
            .saturating_add(seconds(behind.motion.time_at(base)));
        let told_at = over
            .saturating_add(slowest_sending())
            .saturating_add(Micros::from_millis(40));
        for record in records {
            record.measured.sent_at = record.measured.sent_at.max(told_at);
            record.measured.again_at = None;
        }
        if let Some(held_back) = self
            .held_back
            .get_mut(usize::from(arrival.lane).wrapping_sub(1))
        {
            *held_back = true;
        }
        defects.retain(|defect| *defect != Defect::DuplicateRecord);
        defects.push(Defect::OutOfOrderRecord);
    }

    fn reads(&mut self, arrival: &Arrival, defects: &mut Vec<Defect>) -> Vec<PlateRead> {
        if arrival.lane == 0 {
            return Vec::new();
        }
        let behind = self.behind(arrival.lane);
        let hides_rear = behind.is_some_and(|(_, other)| other.gap < HIDES_WITHIN);
        let straddles = arrival.manoeuvre.straddle;
        let last = self.lanes.len() as u16;
        let mut reads = Vec::with_capacity(2);
        for view in [CameraView::Front, CameraView::Rear] {
            let hidden = match view {
                CameraView::Front => arrival.gap < HIDES_WITHIN,
                CameraView::Rear => hides_rear,
            };
            let seen = InView {
                vehicle: &arrival.vehicle,
                motion: &arrival.motion,
                at: arrival.at,
                turned: arrival.manoeuvre.wrong_way,
                plate: plate_in(arrival.manoeuvre.plates, view),
                dirty: arrival.dirty,
                hidden: hidden && !arrival.clean,
                clean: arrival.clean,
            };
            let Some(own) = self.camera(arrival.lane, view) else {
                continue;
            };
            let mut strays = (!arrival.clean).then(|| own.strays()).flatten();
            let mut beside = None;
            if let Some(straddle) = straddles {
                // Between two lanes it is in the pictures of both, more or less.
                let drawn = self.dice(arrival.lane).uniform(0.0, 1.0);
                strays = (drawn < 0.60).then_some(if drawn < 0.15 {
                    Defect::NeighbourInstead
                } else {
                    Defect::NeighbourToo
                });
                beside = Some(straddle.beside);
            } else if strays.is_some() {
                let sides = [arrival.lane.wrapping_sub(1), arrival.lane.saturating_add(1)];
                let sides = sides.into_iter().filter(|lane| (1..=last).contains(lane));
                let sides: Vec<u16> = sides.collect();
                beside = sides
                    .get(self.dice(arrival.lane).below(sides.len()))
                    .copied();
                strays = strays.filter(|_| beside.is_some());
            }
            if strays != Some(Defect::NeighbourInstead)
                && let Some(own) = self.camera(arrival.lane, view)
            {
                reads.extend(own.see(&seen, defects));
            }
            if let (Some(defect), Some(lane)) = (strays, beside)
                && let Some(other) = self.camera(lane, view)
            {
                reads.extend(other.see(&seen, defects));
                defects.push(defect);
            }
        }
        reads.sort_by_key(|read| read.sent_at);
        reads
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
        let forced = if arrival.manoeuvre.kind.is_none() {
            forced(&hits)
        } else {
            Vec::new()
        };
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

/// Whether there is a plate for a camera to read, or how often it is sure that there is none.
fn plate_in(plates: Plates, view: CameraView) -> Result<(), f64> {
    let of = match view {
        CameraView::Front => Half::Left,
        CameraView::Rear => Half::Right,
    };
    match plates {
        Plates::Shown => Ok(()),
        Plates::Covered(still) if still == Some(of) => Ok(()),
        Plates::Covered(_) => Err(0.6),
        Plates::Missing => Err(0.8),
    }
}

/// The flag of a controller that would have recognised it.
const fn flag_of(kind: EvasionKind) -> Option<VehicleFlag> {
    match kind {
        EvasionKind::Straddling => Some(VehicleFlag::Straddling),
        EvasionKind::OneSideOff => Some(VehicleFlag::OneSideOff),
        EvasionKind::Braking => Some(VehicleFlag::Braking),
        EvasionKind::Surging => Some(VehicleFlag::Acceleration),
        EvasionKind::Weaving => Some(VehicleFlag::Weaving),
        EvasionKind::StopAndGo => Some(VehicleFlag::StopAndGo),
        EvasionKind::Creeping => Some(VehicleFlag::SpeedOutOfRange),
        EvasionKind::Reversing => Some(VehicleFlag::Reversed),
        EvasionKind::MergedRecord => Some(VehicleFlag::TooClose),
        EvasionKind::LiftAxle => Some(VehicleFlag::AxleMissed),
        _ => None,
    }
}

/// What traffic made a vehicle do that looks like an evasion.
fn forced(hits: &[Hit]) -> Vec<EvasionKind> {
    /// Standing, and walking pace, m/s.
    const STANDING: f64 = 0.6;
    const CREEPING: f64 = 5.2 / 3.6;
    let speeds = hits.iter().map(|hit| hit.speed);
    let (slowest, fastest) = speeds.fold((f64::INFINITY, 0.0_f64), |(low, high), speed| {
        (low.min(speed), high.max(speed))
    });
    let stood = hits.iter().any(|hit| hit.uneven > 0.8) || slowest < STANDING;
    let change = match (hits.first(), hits.last()) {
        (Some(first), Some(last)) if duration(hits) > 0.0 => {
            (last.speed - first.speed) / duration(hits)
        }
        _ => 0.0,
    };
    let found = [
        (change < -0.50, EvasionKind::Braking),
        (change > 0.35, EvasionKind::Surging),
        (stood, EvasionKind::StopAndGo),
        (fastest < CREEPING, EvasionKind::Creeping),
    ];
    let found = found.into_iter().filter(|(is_so, _)| *is_so);
    found.map(|(_, kind)| kind).collect()
}

#[cfg(test)]
mod evasion_tests;
#[cfg(test)]
mod road_tests;
#[cfg(test)]
mod tests;
