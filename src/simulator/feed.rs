//! All that the devices of a road send, in the order of time, with whom each line is of: what a
//! station would receive, as a stream in memory.
//!
//! The stream is endless work in bounded memory: besides what is on the road it holds the lines that
//! are still to be sent, and the vehicles with such lines. Truth of a vehicle comes behind its last
//! line, vehicles in the order of their numbers.

mod at_fault;
mod item;
mod untold;

use std::collections::{BTreeMap, VecDeque};

use super::controller::HEARTBEAT_EVERY;
use super::crossing::{CameraView, Crossing, PlateRead};
use super::emission::{EmissionError, Encoders, Said, emissions};
use super::faults::AtFault;
use super::picture::{PictureError, Scene, exchange};
use super::platform::{FRAME_EVERY, Platform};
use super::ports::{
    CAMERA_PROTOCOL, PortPlan, SCALE_PROTOCOL, lane_settings, platform_lane, ports,
};
use super::register::Register;
use super::traffic::Traffic;
use super::truth::Span;
use crate::lane::{self, PortRole};
use crate::units::Micros;
use untold::Untold;

pub use item::{Cause, Extent, Item, Line, Request};

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

    fn name(&self, port: usize) -> String {
        let plan = self.ports.get(port);
        plan.map(|plan| plan.name.clone()).unwrap_or_default()
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
                bytes: exchange(&Scene {
                    vehicle: Some(&crossing.vehicle),
                    lane: crossing.lane,
                    time: crossing.first_axle_at,
                    speed: Some(crossing.speed_tenth_kmh),
                })?,
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

#[cfg(test)]
mod tests;
