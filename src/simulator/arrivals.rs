//! Vehicles that come along a lane, one behind the other: who, when, how fast.
//!
//! Some follow their leader at a distance that depends on who drives behind whom (lognormal, as fitted
//! to real motorways), the others come when they come; the fuller the lane, the more follow.

mod flow;
mod shared;

use std::collections::VecDeque;
use std::sync::Arc;

use super::dice::Dice;
use super::manoeuvre::Manoeuvre;
use super::motion::{Motion, metres, metres_per_second, seconds};
use super::pace::Pace;
use super::register::{Bearer, Register};
use super::settings::{Scheduled, Settings, SpeedProfile};
use super::vehicle::{self, Truth};
use crate::passage::EvasionKind;
use crate::units::{Micros, TenthKmh};
use flow::truck_share;

pub(super) use flow::speed_of;
pub(super) use shared::Shared;

/// Around a scheduled vehicle its lane stays free so long.
const QUIET: Micros = Micros::from_millis(2_500);
/// Before and behind somebody who drives against the lane.
const ROOM: Micros = Micros::from_seconds(4);
/// Between the rear of a vehicle and the front of the next nobody leaves less: seconds, and metres.
const CLOSEST: (f64, f64) = (0.35, 0.5);
/// Who is so near behind his leader follows him, seconds.
const FOLLOWS_WITHIN: f64 = 4.0;
/// Of what he could drive faster a follower does up to this share.
const CATCHES_UP: f64 = 0.5;
/// Of the vehicles so many are regulars, where there are any.
const REGULARS: f64 = 0.3;
/// Two who could be beside each other if one drove a little sooner or later, seconds.
const COULD_BE_BESIDE: f64 = 1.6;
/// They are then within this, seconds.
const BESIDE: f64 = 0.27;
/// Real drivers change their speed by no more than this without a reason, in deviations.
const RESTLESS_AT_MOST: f64 = 2.5;

/// Truck or car.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Car,
    Truck,
}

/// A vehicle that comes to the station.
#[derive(Debug)]
pub(super) struct Arrival {
    pub(super) lane: u16,
    /// When its first axle is on the first sensor.
    pub(super) at: Micros,
    /// When its rear is past it.
    pub(super) clear_at: Micros,
    pub(super) motion: Motion,
    pub(super) vehicle: Truth,
    pub(super) manoeuvre: Manoeuvre,
    /// Nothing goes wrong with it.
    pub(super) clean: bool,
    pub(super) dirty: bool,
    /// It is in the record of its leader, so many metres behind his rear axle.
    pub(super) tail: Option<f64>,
    /// How near it is behind its leader's rear, metres.
    pub(super) gap: f64,
}

/// Somebody in a lane next to it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Neighbour {
    pub(super) lane: u16,
    pub(super) at: Micros,
    pub(super) is_car: bool,
}

/// The vehicle in front.
#[derive(Debug)]
struct Leader {
    at: Micros,
    motion: Motion,
    /// From its first axle to its rear.
    behind: f64,
    /// From its last axle to its rear.
    overhang: f64,
    kind: Kind,
    quiet: Micros,
}

/// One lane's traffic.
#[derive(Debug)]
pub(super) struct Lane {
    lane: u16,
    settings: Arc<Settings>,
    register: Register,
    dice: Dice,
    truck_share: f64,
    pace: Option<Pace>,
    schedule: VecDeque<Scheduled>,
    leader: Option<Leader>,
    /// The next vehicle is in its leader's record.
    merges: bool,
    /// So many regulars have come, cars and trucks.
    regulars: [u64; 2],
}

impl Lane {
    pub(super) fn new(settings: &Arc<Settings>, register: &Register, lane: u16) -> Self {
        let last = settings.lanes.max(1);
        let mut schedule: Vec<Scheduled> = settings
            .schedule
            .iter()
            .filter(|scheduled| scheduled.lane.clamp(1, last) == lane)
            .copied()
            .collect();
        schedule.sort_by_key(|scheduled| scheduled.after);
        let jammed = settings.speeds == SpeedProfile::Jam;
        Self {
            lane,
            settings: Arc::clone(settings),
            register: register.clone(),
            dice: Dice::new(settings.seed, u64::from(lane)),
            truck_share: truck_share(settings, lane),
            pace: jammed.then(|| {
                let dice = Dice::new(settings.seed, (2 << 32) | u64::from(lane));
                Pace::new(dice, settings.start)
            }),
            schedule: schedule.into(),
            leader: None,
            merges: false,
            regulars: [0; 2],
        }
    }

    /// When the latest vehicle came.
    pub(super) fn reached(&self) -> Option<Micros> {
        self.leader.as_ref().map(|leader| leader.at)
    }

    /// The next vehicle. `beside` are those in the lanes next to it.
    pub(super) fn advance(&mut self, beside: &[Neighbour], shared: &mut Shared) -> Arrival {
        let kind = if self.merges {
            // One in five lorries that are followed so closely is followed by a car.
            self.kind(0.8)
        } else {
            self.kind(self.truck_share)
        };
        let bearer = self.bearer(kind, shared);
        let vehicle = self.on_trip(bearer);
        if std::mem::take(&mut self.merges) {
            return self.tail(vehicle, kind);
        }
        let own = speed_of(&mut self.dice, self.settings.speeds, kind == Kind::Car);
        let (mut at, speed) = self.arrival(own, kind, &vehicle);
        if let Some(next) = self.schedule.front().copied()
            && at >= self.scheduled_at(&next).saturating_sub(QUIET)
        {
            self.schedule.pop_front();
            return self.scheduled(&next);
        }
        at = self.beside(at, kind, beside, &vehicle);
        let (mut manoeuvre, way) = if kind == Kind::Truck {
            // In a jam nobody comes faster than his lane drives.
            let jammed = self.pace.as_mut().map(|pace| pace.motion(at).speed_at(0.0));
            let speed = jammed.map_or(speed, |paced| paced.min(speed));
            self.evasion(&vehicle, speed, shared)
        } else {
            (Manoeuvre::default(), None)
        };
        let mut vehicle = vehicle;
        match manoeuvre.kind {
            Some(EvasionKind::PlateCloned) => {
                manoeuvre.mild = self.clone_plate(&mut vehicle, shared);
            }
            Some(EvasionKind::Bypass) => return drives_around(vehicle, manoeuvre, at),
            _ => {}
        }
        if manoeuvre.needs_room() {
            at = at.saturating_add(ROOM);
        }
        let motion = match (way, self.pace.as_mut()) {
            (Some(way), _) => way,
            (None, Some(pace)) => {
                let mut motion = pace.motion(at);
                // Nobody comes to the sensor while his lane stands.
                if motion.speed_at(0.0) < 0.3 {
                    at = at.saturating_add(seconds(motion.time_at(0.05)));
                    motion = pace.motion(at);
                }
                motion
            }
            (None, None) => self.restless(speed),
        };
        self.merges = manoeuvre.merges;
        let quiet = if manoeuvre.needs_room() {
            ROOM
        } else {
            Micros::ZERO
        };
        self.arrived(vehicle, kind, at, motion, manoeuvre, quiet)
    }

    fn kind(&mut self, truck_share: f64) -> Kind {
        if truck_share >= 1.0 || self.dice.chance(truck_share) {
            Kind::Truck
        } else {
            Kind::Car
        }
    }

    fn bearer(&mut self, kind: Kind, shared: &mut Shared) -> Bearer {
        if let Some(hours) = self.settings.regulars_return_hours
            && self.dice.chance(REGULARS)
        {
            let share = match kind {
                Kind::Car => 1.0 - self.truck_share,
                Kind::Truck => self.truck_share,
            };
            let count = (hours * self.settings.flow_per_hour * share * REGULARS).max(50.0) as u64;
            let place = usize::from(kind == Kind::Car);
            let mut dice = Dice::new(self.settings.seed, 0);
            if let Some(came) = self.regulars.get_mut(place) {
                let stream = (u64::from(self.lane) << 33) | ((place as u64) << 32);
                dice = Dice::new(self.settings.seed, (3 << 40) | stream | (*came % count));
                *came += 1;
            }
            let regular = any(&self.register, kind, &mut dice);
            if shared.is_new(regular.digest) {
                return regular;
            }
        }
        loop {
            let bearer = any(&self.register, kind, &mut self.dice);
            if shared.is_new(bearer.digest) {
                return bearer;
            }
        }
    }

    fn on_trip(&mut self, bearer: Bearer) -> Truth {
        vehicle::on_trip(&mut self.dice, &self.settings, &self.register, bearer)
    }

    fn scheduled_at(&self, scheduled: &Scheduled) -> Micros {
        self.settings.start.saturating_add(scheduled.after)
    }

    fn scheduled(&mut self, next: &Scheduled) -> Arrival {
        let scheduled = self.scheduled_at(next);
        // Two scheduled vehicles too near each other: the second comes when it can.
        let at = self.leader.as_ref().map_or(scheduled, |leader| {
            scheduled.max(leader.at.saturating_add(QUIET))
        });
        let vehicle = vehicle::scheduled(&mut self.dice, &self.register, next.load);
        let motion = Motion::steady(metres_per_second(TenthKmh::new(620)));
        let manoeuvre = Manoeuvre::default();
        let mut arrival = self.arrived(vehicle, Kind::Truck, at, motion, manoeuvre, QUIET);
        (arrival.clean, arrival.dirty) = (true, false);
        arrival
    }

    fn arrived(
        &mut self,
        vehicle: Truth,
        kind: Kind,
        at: Micros,
        motion: Motion,
        manoeuvre: Manoeuvre,
        quiet: Micros,
    ) -> Arrival {
        let front = metres(vehicle.front_mm.get());
        let behind = metres(vehicle.length_mm.get()) - front;
        let gap = self.leader.as_ref().map_or(f64::INFINITY, |leader| {
            let since = at.saturating_sub(leader.at).in_seconds();
            leader.motion.place_at(since) - leader.behind - front
        });
        self.leader = Some(Leader {
            at,
            motion: motion.clone(),
            behind,
            overhang: metres(vehicle.rear_mm().get()),
            kind,
            quiet,
        });
        let dirty = self.settings.cameras.dirty;
        Arrival {
            lane: self.lane,
            at,
            clear_at: at.saturating_add(seconds(motion.time_at(behind + 2.0))),
            motion,
            vehicle,
            manoeuvre,
            clean: false,
            dirty: dirty > 0.0 && self.dice.chance(dirty),
            tail: None,
            gap,
        }
    }

    /// A vehicle so close behind its leader that both are one to the scale.
    fn tail(&mut self, vehicle: Truth, kind: Kind) -> Arrival {
        let gap = self.dice.uniform(0.4, 3.5);
        let front = metres(vehicle.front_mm.get());
        let (mut at, mut motion, mut between) = (Micros::ZERO, Motion::steady(5.0), 0.0);
        if let Some(leader) = &self.leader {
            let time = leader.motion.time_at(leader.behind + gap + front);
            at = leader.at.saturating_add(seconds(time));
            motion = Motion::steady(leader.motion.speed_at(time).abs().max(0.5));
            between = leader.overhang + gap + front;
        }
        let manoeuvre = Manoeuvre {
            kind: Some(EvasionKind::MergedRecord),
            ..Manoeuvre::default()
        };
        let mut arrival = self.arrived(vehicle, kind, at, motion, manoeuvre, Micros::ZERO);
        arrival.tail = Some(between);
        arrival
    }

    /// The evasion that is due, if this vehicle can do it.
    fn evasion(
        &mut self,
        vehicle: &Truth,
        speed: f64,
        shared: &mut Shared,
    ) -> (Manoeuvre, Option<Motion>) {
        let shares = self.settings.evasion;
        if shares.is_none() {
            return (Manoeuvre::default(), None);
        }
        let mut drawn = self.dice.uniform(0.0, 1.0);
        let place = (self.lane, self.settings.lanes.max(1));
        for (kind, share) in shares.iter() {
            drawn -= share;
            if drawn >= 0.0 {
                continue;
            }
            if let Some(done) = Manoeuvre::draw(&mut self.dice, kind, vehicle, speed, place) {
                return done;
            }
            if let Some(debt) = shared.debts.get_mut(kind as usize) {
                *debt = (*debt + 1).min(1_000);
            }
            return (Manoeuvre::default(), None);
        }
        for kind in EvasionKind::ALL {
            let owed = shared.debts.get(kind as usize).copied().unwrap_or_default();
            if owed == 0 {
                continue;
            }
            if let Some(done) = Manoeuvre::draw(&mut self.dice, kind, vehicle, speed, place) {
                if let Some(debt) = shared.debts.get_mut(kind as usize) {
                    *debt -= 1;
                }
                return done;
            }
        }
        (Manoeuvre::default(), None)
    }

    /// Hangs the number of another vehicle on this one, mostly of another kind; `true` when it is of the
    /// same.
    fn clone_plate(&mut self, vehicle: &mut Truth, shared: &mut Shared) -> bool {
        let alike = self.dice.chance(0.4);
        for _ in 0..200 {
            let victim = self.register.truck(&mut self.dice);
            let same = victim.pattern.groups == vehicle.groups.as_slice();
            if same == alike && shared.is_new(victim.digest) {
                (vehicle.plate, vehicle.colour) = (victim.plate, victim.colour);
                break;
            }
        }
        alike
    }

    /// Nobody drives quite evenly.
    fn restless(&mut self, speed: f64) -> Motion {
        let deviation = self.settings.restless;
        if deviation <= 0.0 {
            return Motion::steady(speed);
        }
        let most = RESTLESS_AT_MOST * deviation;
        let acceleration = self.dice.normal_within(0.0, deviation, -most, most);
        let target = if acceleration < 0.0 { 0.6 } else { 1.4 };
        Motion::towards(speed, acceleration, target * speed)
    }

    /// When the next vehicle comes, and how fast: one that follows closely drives as its leader.
    fn arrival(&mut self, speed: f64, kind: Kind, vehicle: &Truth) -> (Micros, f64) {
        let mean = 3_600.0 / self.flow();
        let headway = self.headway(mean, kind);
        let Some(leader) = &self.leader else {
            let first = self.dice.uniform(0.2, 1.0) * mean;
            return (self.settings.start.saturating_add(seconds(first)), speed);
        };
        let front = metres(vehicle.front_mm.get());
        let (time, room) = CLOSEST;
        let gone = leader.motion.time_at(leader.behind + front + room);
        let closest = seconds(gone + time).max(leader.quiet);
        let headway = seconds(headway).max(closest);
        let leads = leader.motion.speed_at(gone).abs();
        let follows = headway.in_seconds() < FOLLOWS_WITHIN.max(gone + 1.0) && speed > leads;
        let at = leader.at.saturating_add(headway);
        let speed = if follows {
            // As his leader, or a little faster: he is catching up, or about to overtake.
            let more = (speed - leads) * self.dice.uniform(0.0, CATCHES_UP);
            leads * self.dice.normal_within(1.0, 0.01, 0.97, 1.03) + more
        } else {
            speed
        };
        (at, speed)
    }

    /// Who could be beside somebody is, more often than chance would have it: cars queue where they
    /// overtake a truck.
    fn beside(
        &mut self,
        at: Micros,
        kind: Kind,
        neighbours: &[Neighbour],
        vehicle: &Truth,
    ) -> Micros {
        let overtaking = self.settings.overtaking;
        if overtaking <= 0.0 {
            return at;
        }
        let apart = |other: &Neighbour| other.at.saturating_sub(at).in_seconds().abs();
        let is_near = |other: &&Neighbour| {
            let one_is_a_truck = other.is_car == (kind == Kind::Truck);
            let adjacent = other.lane.abs_diff(self.lane) == 1;
            adjacent && one_is_a_truck && (BESIDE..COULD_BE_BESIDE).contains(&apart(other))
        };
        let Some(other) = neighbours.iter().find(is_near) else {
            return at;
        };
        let beside = other
            .at
            .saturating_add(seconds(self.dice.uniform(-BESIDE, BESIDE)));
        let front = metres(vehicle.front_mm.get());
        let (time, room) = CLOSEST;
        let free = self.leader.as_ref().map_or(self.settings.start, |leader| {
            let gone = leader.motion.time_at(leader.behind + front + room) + time;
            leader.at.saturating_add(seconds(gone).max(leader.quiet))
        });
        if beside >= free && self.dice.chance(overtaking) {
            beside
        } else {
            at
        }
    }
}

fn any(register: &Register, kind: Kind, dice: &mut Dice) -> Bearer {
    match kind {
        Kind::Car => register.car(dice),
        Kind::Truck => register.truck(dice),
    }
}

/// A vehicle that is not seen here at all.
fn drives_around(vehicle: Truth, manoeuvre: Manoeuvre, at: Micros) -> Arrival {
    Arrival {
        lane: 0,
        at,
        clear_at: at,
        motion: Motion::steady(20.0),
        vehicle,
        manoeuvre,
        clean: false,
        dirty: false,
        tail: None,
        gap: f64::INFINITY,
    }
}
