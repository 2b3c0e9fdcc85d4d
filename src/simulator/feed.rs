//! All that the devices of a road send, in the order of time, with whom each line is of: what a
//! station would receive, as a stream in memory.
//!
//! The stream is endless work in bounded memory: besides what is on the road it holds the lines that
//! are still to be sent, and the vehicles with such lines. Truth of a vehicle comes behind its last
//! line, vehicles in the order of their numbers.

use std::collections::{BTreeMap, VecDeque};

use firmware_protocols::vc0706_jpeg::{Camera, Command};

use super::controller::HEARTBEAT_EVERY;
use super::crossing::{CameraView, Crossing, PlateRead};
use super::emission::{EmissionError, Encoders, Said, WimProtocol, emissions};
use super::faults::{AtFault, ClockFault, WhatIsWrong};
use super::picture::{self, PictureError, Scene};
use super::platform::{FRAME_EVERY, Platform};
use super::ports::{
    CAMERA_PROTOCOL, PortPlan, SCALE_PROTOCOL, lane_settings, platform_lane, ports,
};
use super::register::Register;
use super::settings::{FaultKind, Settings};
use super::traffic::Traffic;
use super::truth::{Span, Told, ToldRead};
use crate::lane::{self, PortRole};
use crate::units::Micros;

/// How much traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// So many vehicles.
    Vehicles(u64),
    /// All vehicles that come within this time.
    Time(Micros),
}

/// What road, and what of it is to be heard.
#[derive(Debug, Clone)]
pub struct Request {
    /// The traffic and the devices.
    pub settings: Settings,
    /// How much of it.
    pub extent: Extent,
    /// Station code in the records.
    pub station: String,
    /// What the controllers speak.
    pub wim: WimProtocol,
    /// Whether the picture cameras are heard, too; what they send is large.
    pub pictures: bool,
}

impl Request {
    /// All that scales and plate cameras of this traffic send, in the native record.
    pub fn new(settings: Settings, extent: Extent) -> Self {
        Self {
            settings,
            extent,
            station: "SIM001".to_owned(),
            wim: WimProtocol::Olr,
            pictures: false,
        }
    }
}

/// Whom a line is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// Nobody that truth tells of: signs of life, what a platform shows, pictures.
    None,
    /// The record of these vehicles, by their numbers.
    Record(Vec<u64>),
    /// A read of the plate of this vehicle.
    Read(u64),
}

/// A line of a device, as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// When the host has received it. No two lines have the same moment.
    pub at: Micros,
    /// Index of the port in [`Feed::ports`].
    pub port: usize,
    /// Where it stands among all bytes of the port.
    pub offset: u64,
    /// What was sent.
    pub bytes: Vec<u8>,
    /// Whom it is of.
    pub cause: Cause,
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// A device says something.
    Line(Line),
    /// All is told of a vehicle.
    Vehicle(Box<Told>),
}

/// The stream can't go on. With vehicles of this simulator that would be a fault of the program.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// An event can't be written.
    #[error(transparent)]
    Emission(#[from] EmissionError),
    /// A picture can't be drawn.
    #[error(transparent)]
    Picture(#[from] PictureError),
}

/// The stream. An error ends it.
#[derive(Debug)]
pub struct Feed {
    request: Request,
    encoders: Encoders,
    ports: Vec<PortPlan>,
    offsets: Vec<u64>,
    traffic: Traffic,
    /// The next vehicle; `None` when no more come.
    upcoming: Option<Crossing>,
    taken: u64,
    platform: Platform,
    due: BTreeMap<(Micros, u64), Due>,
    drawn: u64,
    next_frame: Micros,
    next_beat: Micros,
    last_sequence: BTreeMap<u16, u64>,
    last_at: Micros,
    /// When the last vehicle is through nothing is said any more after this.
    until: Micros,
    vehicles: Untold,
    faults: Vec<AtFault>,
    items: VecDeque<Item>,
    failed: bool,
}

/// What a device is going to send.
#[derive(Debug)]
struct Due {
    port: usize,
    bytes: Vec<u8>,
    cause: Cause,
    read: Option<PlateRead>,
}

impl Feed {
    /// The stream from its start.
    ///
    /// # Errors
    /// When the devices' protocols can't be had.
    pub fn new(request: Request) -> Result<Self, FeedError> {
        let settings = &request.settings;
        // Without trucks on the platform its line would be zeros for the whole time.
        let has_platform = settings.platform_share > 0.0;
        let wanted = |plan: &PortPlan| match plan.role {
            PortRole::Wim => true,
            PortRole::Plate => has_platform || plan.lane != platform_lane(settings),
            PortRole::Picture => request.pictures,
            PortRole::Platform => has_platform,
            // What the host says stands in no raw log.
            PortRole::Radar | PortRole::Sign | PortRole::Signal => false,
        };
        let ports: Vec<PortPlan> = ports(settings, request.wim, SCALE_PROTOCOL, CAMERA_PROTOCOL)
            .into_iter()
            .filter(wanted)
            .collect();
        let start = settings.start;
        let never = Micros::new(i64::MAX);
        let mut feed = Self {
            encoders: Encoders::new(&request.station, request.wim)?,
            offsets: vec![0; ports.len()],
            traffic: Traffic::new(settings.clone()),
            upcoming: None,
            taken: 0,
            platform: Platform::new(settings),
            due: BTreeMap::new(),
            drawn: 0,
            next_frame: if has_platform { start } else { never },
            next_beat: start.saturating_add(HEARTBEAT_EVERY),
            last_sequence: BTreeMap::new(),
            last_at: start.saturating_sub(Micros::SECOND),
            until: match request.extent {
                Extent::Time(span) => start.saturating_add(span),
                Extent::Vehicles(_) => start,
            },
            vehicles: Untold::default(),
            faults: Vec::new(),
            items: VecDeque::new(),
            failed: false,
            ports,
            request,
        };
        feed.faults = feed.known_faults();
        feed.draw();
        Ok(feed)
    }

    /// The ports, in a fixed order.
    pub fn ports(&self) -> &[PortPlan] {
        &self.ports
    }

    /// What the lane logic of a station with these ports is told.
    pub fn lane_settings(&self) -> lane::Settings {
        lane_settings(&self.request.station, &self.ports)
    }

    /// The register of the country that the vehicles come from.
    pub const fn register(&self) -> &Register {
        self.traffic.register()
    }

    /// What is wrong with devices, and from when on, as far as it was not asked for before: all faults
    /// of the settings at once, and jumps of clocks as the stream comes to them.
    pub fn take_faults(&mut self) -> Vec<AtFault> {
        let steps = self.traffic.take_clock_steps();
        let mut faults = std::mem::take(&mut self.faults);
        for (lane, view, step) in steps {
            let Some(port) = self.port(PortRole::Plate, lane, view) else {
                continue;
            };
            faults.push(AtFault {
                what: WhatIsWrong::Clock(ClockFault::ClockStep { by: step.by }),
                lane,
                port: self.name(port),
                from_us: step.at,
                until_us: Some(step.at),
            });
        }
        faults
    }

    fn known_faults(&self) -> Vec<AtFault> {
        let start = self.request.settings.start;
        let faults = self.request.settings.faults.iter();
        let known = faults.filter_map(|fault| {
            let (role, lane, view) = match fault.kind {
                FaultKind::CameraDead { view } | FaultKind::CameraFades { view, .. } => {
                    (PortRole::Plate, fault.lane, view)
                }
                FaultKind::PlatformFrozen => {
                    let lane = platform_lane(&self.request.settings);
                    (PortRole::Platform, lane, CameraView::Front)
                }
                _ => (PortRole::Wim, fault.lane, CameraView::Front),
            };
            let from = start.saturating_add(fault.after);
            Some(AtFault {
                what: WhatIsWrong::Fault(fault.kind),
                lane,
                port: self.name(self.port(role, lane, view)?),
                from_us: from,
                until_us: fault.lasts.map(|lasts| from.saturating_add(lasts)),
            })
        });
        known.collect()
    }

    fn name(&self, port: usize) -> String {
        let plan = self.ports.get(port);
        plan.map(|plan| plan.name.clone()).unwrap_or_default()
    }

    /// Whether the controller of a lane is dead.
    fn is_dead(&self, lane: u16, now: Micros) -> bool {
        let start = self.request.settings.start;
        let mut faults = self.request.settings.faults.iter();
        faults.any(|fault| {
            let dead = fault.kind == FaultKind::ScaleDead && fault.lane == lane;
            dead && fault.since(start, now).is_some()
        })
    }

    /// How many vehicles have come so far.
    pub const fn vehicles(&self) -> u64 {
        self.taken
    }

    /// Lines that wait to be sent, and vehicles that are not told yet.
    pub fn held(&self) -> (usize, usize) {
        (self.due.len(), self.vehicles.waiting.len())
    }

    fn draw(&mut self) {
        self.upcoming = match self.request.extent {
            Extent::Vehicles(count) if self.taken >= count => None,
            Extent::Vehicles(_) => self.traffic.next(),
            Extent::Time(_) => {
                let next = self.traffic.next();
                next.filter(|crossing| crossing.first_axle_at < self.until)
            }
        };
    }

    /// Does the next thing; `false` when there is none any more.
    fn advance(&mut self) -> Result<bool, FeedError> {
        let emitted = self.due.first_key_value().map(|((at, _), _)| *at);
        let next = self.next_frame.min(self.next_beat);
        let next = emitted.map_or(next, |emitted| emitted.min(next));
        // What a vehicle makes devices send never comes before its first axle by more than this.
        let horizon = match &self.upcoming {
            Some(upcoming) => upcoming.first_axle_at.saturating_sub(Micros::SECOND),
            None => emitted.map_or(self.until, |emitted| emitted.max(self.until)),
        };
        if next > horizon {
            let Some(crossing) = self.upcoming.take() else {
                self.vehicles.tell(&mut self.items);
                return Ok(false);
            };
            self.take(crossing)?;
            self.draw();
        } else if next == self.next_frame {
            self.next_frame = next.saturating_add(FRAME_EVERY);
            let frame = self.platform.frame(next)?;
            let lane = platform_lane(&self.request.settings);
            self.say(next, PortRole::Platform, lane, frame);
        } else if next == self.next_beat {
            self.next_beat = next.saturating_add(HEARTBEAT_EVERY);
            for lane in 1..=self.request.settings.lanes.max(1) {
                if self.is_dead(lane, next) {
                    continue;
                }
                let last = self.last_sequence.get(&lane).copied();
                let shown = self.traffic.controller_shows(lane, next);
                let beat = self.encoders.heartbeat(lane, shown, last)?;
                self.say(next, PortRole::Wim, lane, beat);
            }
        } else if let Some((_, mut due)) = self.due.pop_first() {
            let span = self.put(next, &due);
            self.vehicles.written(&due.cause, span, due.read.take());
            self.emit(due, span);
            self.vehicles.tell(&mut self.items);
        }
        Ok(true)
    }

    fn port(&self, role: PortRole, lane: u16, view: CameraView) -> Option<usize> {
        let wanted = |plan: &PortPlan| (plan.role, plan.lane, plan.view) == (role, lane, view);
        self.ports.iter().position(wanted)
    }

    fn at(&mut self, moment: Micros, due: Due) {
        self.drawn += 1;
        self.due.insert((moment, self.drawn), due);
    }

    fn take(&mut self, crossing: Crossing) -> Result<(), FeedError> {
        self.taken += 1;
        let vehicle = crossing.number;
        for record in &crossing.records {
            self.last_sequence
                .insert(record.lane, record.measured.sequence);
        }
        let mut lines = 0;
        for emission in emissions(&self.encoders, &crossing)? {
            let Some(port) = self.port(emission.role, emission.lane, emission.view) else {
                continue;
            };
            let (cause, read) = match emission.said {
                Said::Record(index) => {
                    let vehicles = crossing.records.get(index).map(|r| r.vehicles.clone());
                    let vehicles = vehicles.unwrap_or_default();
                    for other in vehicles.iter().filter(|other| **other != vehicle) {
                        self.vehicles.expect_of(*other);
                    }
                    lines += usize::from(vehicles.contains(&vehicle));
                    (Cause::Record(vehicles), None)
                }
                Said::Read(index) => {
                    lines += 1;
                    let read = crossing.plate_reads.get(index).cloned();
                    (Cause::Read(vehicle), read)
                }
            };
            let due = Due {
                port,
                bytes: emission.bytes,
                cause,
                read,
            };
            self.at(emission.at, due);
        }
        lines += self.visit(&crossing)?;
        self.picture(&crossing)?;
        let platform = platform_lane(&self.request.settings);
        self.vehicles.expect(crossing, lines, platform);
        Ok(())
    }

    /// What the devices of the platform will say of a vehicle; yields how many lines are of it.
    fn visit(&mut self, crossing: &Crossing) -> Result<usize, FeedError> {
        let Some(visit) = self.platform.take(crossing).cloned() else {
            return Ok(0);
        };
        // The stream goes on until the truck has left.
        self.until = self.until.max(visit.gone_at());
        let Some(port) = self.port(PortRole::Plate, visit.read.lane, visit.read.view) else {
            return Ok(0);
        };
        let due = Due {
            port,
            bytes: self.encoders.plate(&visit.read)?,
            cause: Cause::Read(crossing.number),
            read: Some(visit.read.clone()),
        };
        self.at(visit.read.sent_at, due);
        Ok(1)
    }

    fn picture(&mut self, crossing: &Crossing) -> Result<(), FeedError> {
        let port = self.port(PortRole::Picture, crossing.lane, CameraView::Front);
        if let (Some(port), Some(record)) = (port, crossing.records.first()) {
            let asked_at = record.measured.sent_at;
            let due = Due {
                port,
                bytes: picture_exchange(crossing)?,
                cause: Cause::None,
                read: None,
            };
            self.at(asked_at.saturating_add(Micros::from_millis(20)), due);
        }
        Ok(())
    }

    /// Something that is nobody's.
    fn say(&mut self, at: Micros, role: PortRole, lane: u16, bytes: Vec<u8>) {
        let Some(port) = self.port(role, lane, CameraView::Front) else {
            return;
        };
        if bytes.is_empty() {
            return;
        }
        let due = Due {
            port,
            bytes,
            cause: Cause::None,
            read: None,
        };
        let span = self.put(at, &due);
        self.emit(due, span);
    }

    /// Gives the bytes their place.
    fn put(&mut self, at: Micros, due: &Due) -> Span {
        self.last_at = at.max(self.last_at.saturating_add(Micros::new(1)));
        let length = due.bytes.len() as u64;
        let mut offset = 0;
        if let Some(end) = self.offsets.get_mut(due.port) {
            offset = *end;
            *end += length;
        }
        Span {
            port: due.port,
            offset,
            length,
        }
    }

    fn emit(&mut self, due: Due, span: Span) {
        self.items.push_back(Item::Line(Line {
            at: self.last_at,
            port: span.port,
            offset: span.offset,
            bytes: due.bytes,
            cause: due.cause,
        }));
    }
}

impl Iterator for Feed {
    type Item = Result<Item, FeedError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.items.pop_front() {
                return Some(Ok(item));
            }
            if self.failed {
                return None;
            }
            match self.advance() {
                Ok(true) => {}
                Ok(false) if self.items.is_empty() => return None,
                Ok(false) => {}
                Err(error) => {
                    self.failed = true;
                    return Some(Err(error));
                }
            }
        }
    }
}

/// Vehicles whose devices have not said all yet.
#[derive(Debug, Default)]
struct Untold {
    /// With how many of its lines are still to be written.
    waiting: BTreeMap<u64, (Told, usize)>,
    /// What is known of vehicles that are still to come: how many records of the vehicle in front they
    /// are in that are not written yet, and where those stand that are.
    ahead: BTreeMap<u64, (usize, Vec<Span>)>,
    platform_lane: u16,
}

impl Untold {
    fn expect_of(&mut self, vehicle: u64) {
        match self.waiting.get_mut(&vehicle) {
            Some((_, lines)) => *lines += 1,
            None => self.ahead.entry(vehicle).or_default().0 += 1,
        }
    }

    fn expect(&mut self, crossing: Crossing, lines: usize, platform_lane: u16) {
        self.platform_lane = platform_lane;
        let number = crossing.number;
        let (shared, records) = self.ahead.remove(&number).unwrap_or_default();
        let mut told = Told::new(crossing);
        told.records = records;
        self.waiting.insert(number, (told, lines + shared));
    }

    fn written(&mut self, cause: &Cause, span: Span, read: Option<PlateRead>) {
        match cause {
            Cause::None => {}
            Cause::Record(vehicles) => {
                for vehicle in vehicles {
                    let (lines, records) = match self.waiting.get_mut(vehicle) {
                        Some((told, lines)) => (lines, &mut told.records),
                        None => {
                            let (lines, records) = self.ahead.entry(*vehicle).or_default();
                            (lines, records)
                        }
                    };
                    *lines = lines.saturating_sub(1);
                    records.push(span);
                }
            }
            Cause::Read(vehicle) => {
                if let (Some((told, lines)), Some(read)) = (self.waiting.get_mut(vehicle), read) {
                    *lines = lines.saturating_sub(1);
                    let at_platform = read.lane == self.platform_lane;
                    let read = ToldRead { span, read };
                    if at_platform {
                        told.platform_reads.push(read);
                    } else {
                        told.plate_reads.push(read);
                    }
                }
            }
        }
    }

    /// Hands out those of whom all is written, up to the first of whom it is not.
    fn tell(&mut self, items: &mut VecDeque<Item>) {
        while let Some(first) = self.waiting.first_entry()
            && first.get().1 == 0
        {
            let (told, _) = first.remove();
            items.push_back(Item::Vehicle(Box::new(told)));
        }
    }
}

/// What a picture camera sends to a host that freezes, asks the length and reads all.
fn picture_exchange(crossing: &Crossing) -> Result<Vec<u8>, PictureError> {
    let jpeg = picture::draw(&Scene {
        vehicle: Some(&crossing.vehicle),
        lane: crossing.lane,
        time: crossing.first_axle_at,
        speed: Some(crossing.speed_tenth_kmh),
    })?;
    let length = u32::try_from(jpeg.len()).unwrap_or(u32::MAX);
    let mut camera = Camera::new(0);
    camera.show(jpeg);
    let read = Command::Read {
        start: 0,
        length,
        delay_10us: 10,
    };
    let mut bytes = Vec::new();
    for command in [Command::Freeze, Command::Length, read, Command::Resume] {
        bytes.extend(camera.handle(&command.encode(0)));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests;
