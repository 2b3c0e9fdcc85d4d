//! All lanes of a station as one state machine: events in, weighings and closed passages out.

mod closing;
mod manoeuvres;
mod output;
mod pictures;
mod reads;
mod speeds;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use firmware_protocols::{Event, Heartbeat, Plate, Reading, Vehicle};

use crate::lane::association::{Camera, Crossing, Learning, Memory, Scene, Sighting};
use crate::lane::clocks::{Clocks, Heard};
use crate::lane::hours::{Hour, Watch};
use crate::lane::platform::{StabilityRule, StableWeight};
use crate::lane::quality::History;
use crate::lane::record::{self, UNKNOWN_LANE, crossing_duration, lane_disagrees, moment};
use crate::lane::settings::{PortRole, PortSettings, Settings};
use crate::lane::stream::Input;
use crate::passage::{
    AxleLoad, Flag, PassageKind, PlateRead, TakenPicture, Weighing, conflicting_id, passage_id,
};
use crate::units::Micros;

use manoeuvres::Manoeuvres;
pub use output::{Finding, Output};
use pictures::{FREEZE_ANSWERED, Request};
use reads::{NamedReads, ReadPictures};
use speeds::SpeedSeen;

/// A weighing that waits for its reads.
#[derive(Debug)]
struct Pending {
    /// Shared with the shell as long as that needs it.
    weighing: Arc<Weighing>,
    /// The same as association sees it.
    crossing: Crossing,
    pictures: Vec<TakenPicture>,
    /// For a platform weighing, when the vehicle drove on.
    loaded_at: Option<Micros>,
}

/// A platform scale.
#[derive(Debug, Default)]
struct Platform {
    lane: u16,
    rule: StabilityRule,
    /// Whose plate was tied to the vehicle on it, or to the one that has just left.
    holder: Option<Holder>,
    /// What it showed last, and how many different plates in a row its camera has read since.
    shown: Option<Reading>,
    reads_since: u32,
    last_plate: Option<String>,
}

/// A vehicle on a platform whose plate is known: its camera goes on reading it.
#[derive(Debug)]
struct Holder {
    plate: String,
    passage_id: Arc<str>,
    /// When the platform fell empty again.
    left_at: Option<Micros>,
}

/// So many vehicles past a platform whose display does not move: it is frozen.
const FROZEN_AFTER_READS: u32 = 3;

/// So many passages are known by their digests at most.
const MOST_KNOWN: usize = 32_768;

/// So many passages are open at a time: two hundred vehicles a second, which only a line that works off
/// what it held brings, or noise. Beyond, the oldest closes before its window is over.
const MOST_PENDING: usize = 2_048;

/// A closed dynamic passage that may lend its axles to the platform: what that needs of it.
#[derive(Debug)]
struct Lender {
    plate: String,
    passage_id: Arc<str>,
    crossed_at: Micros,
    received_at: Micros,
    axles: Vec<AxleLoad>,
}

/// The state machine. See the module head for how to drive it.
pub struct Carriageway {
    settings: Settings,
    road: Road,
    platforms: BTreeMap<String, Platform>,
    history: History,
    clocks: Clocks,
    /// When a record of this port was last rejected.
    rejects: BTreeMap<String, Micros>,
    requests: BTreeMap<String, Request>,
    /// By deadline, then by order of arrival; boxed, because they change places with each other.
    pending: BTreeMap<(Micros, u64), Box<Pending>>,
    arrivals: u64,
    memory: Memory,
    learning: Learning,
    evasion: Manoeuvres,
    named_reads: NamedReads,
    read_pictures: ReadPictures,
    /// Digest of the bytes behind each recent passage, with the moment of receipt.
    known: BTreeMap<Arc<str>, (String, Micros)>,
    /// The passages in `known`, oldest first.
    known_since: VecDeque<(Micros, Arc<str>)>,
    lenders: VecDeque<Lender>,
    speeds: VecDeque<SpeedSeen>,
    watch: Watch,
    outputs: VecDeque<Output>,
    /// So many of the outputs the watch has seen.
    observed: usize,
}

impl Carriageway {
    /// A station with nothing on the road.
    pub fn new(mut settings: Settings) -> Self {
        if settings.evasion.lanes == 0 {
            settings.evasion.lanes = settings.lanes();
        }
        Self {
            road: Road::of(&settings),
            watch: Watch::new(&settings),
            settings,
            platforms: BTreeMap::new(),
            history: History::default(),
            clocks: Clocks::default(),
            rejects: BTreeMap::new(),
            requests: BTreeMap::new(),
            pending: BTreeMap::new(),
            arrivals: 0,
            memory: Memory::default(),
            learning: Learning::default(),
            evasion: Manoeuvres::default(),
            named_reads: NamedReads::default(),
            read_pictures: ReadPictures::default(),
            known: BTreeMap::new(),
            known_since: VecDeque::new(),
            lenders: VecDeque::new(),
            speeds: VecDeque::new(),
            outputs: VecDeque::new(),
            observed: 0,
        }
    }

    /// Takes an event. Inputs of a port that the settings don't name are passed over.
    pub fn handle(&mut self, input: &Input) {
        let Some(device) = self.road.ports.get(&input.port) else {
            return;
        };
        let (camera, port) = (device.camera, Arc::clone(&device.port));
        let device = device.index;
        let told = self.watch.heard(input, &self.settings, &port);
        self.outputs.extend(told);
        match (&input.event, port.role) {
            (Event::Vehicle(vehicle), PortRole::Wim) => self.vehicle(device, &port, input, vehicle),
            (Event::Vehicle(vehicle), PortRole::Radar) => self.speed_seen(&port, input, vehicle),
            (Event::Reading(reading), PortRole::Platform) => {
                self.reading(device, &port, input, reading)
            }
            (Event::Plate(plate), PortRole::Plate) => {
                self.plate(device, camera, &port, input, plate)
            }
            (Event::Picture(picture), PortRole::Picture) => {
                self.picture(&port, input, &picture.jpeg);
            }
            (Event::Picture(picture), PortRole::Plate) => {
                self.picture_behind_read(&port, input, &picture.jpeg);
            }
            (Event::Status(status), PortRole::Picture) if status.name == FREEZE_ANSWERED => {
                if let Some(request) = self.requests.get_mut(&input.port) {
                    request.frozen_at = Some(input.received_at);
                }
            }
            (Event::Rejected(_), PortRole::Wim) => {
                self.rejects.insert(input.port.clone(), input.received_at);
            }
            (Event::Heartbeat(heartbeat), PortRole::Wim) => {
                self.sign_of_life(device, &port, input, heartbeat);
            }
            (Event::Heartbeat(_) | Event::Status(_) | Event::Rejected(_), _) => {}
            (event, _) => self.outputs.push_back(Output::Finding(Finding::Unexpected {
                port: input.port.clone(),
                event: event_name(event),
            })),
        }
    }

    /// The next moment at which something is due, if any.
    pub fn poll_timeout(&self) -> Option<Micros> {
        let closing = self.pending.keys().next().map(|(deadline, _)| *deadline);
        let picture = self
            .requests
            .values()
            .map(|request| {
                request
                    .asked_at
                    .saturating_add(self.settings.picture_timeout)
            })
            .min();
        [closing, picture, self.watch.due()]
            .into_iter()
            .flatten()
            .min()
    }

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, now: Micros) {
        self.observe();
        let hours = self.watch.tick(now, &self.settings);
        self.outputs.extend(hours);
        let timeout = self.settings.picture_timeout;
        let late: Vec<String> = self
            .requests
            .iter()
            .filter(|(_, request)| request.asked_at.saturating_add(timeout) <= now)
            .map(|(port, _)| port.clone())
            .collect();
        for port in late {
            if let Some(request) = self.requests.remove(&port) {
                let lane = self.settings.ports.get(&port).and_then(|port| port.lane);
                self.hasten(now, lane.unwrap_or(UNKNOWN_LANE));
                let passage_id = request.passage_id;
                let finding = Finding::PictureMissing { port, passage_id };
                self.outputs.push_back(Output::Finding(finding));
            }
        }
        // First, so that what a passage can be tied to depends on its last minutes alone.
        self.learn(now);
        self.forget(now);
        while let Some(entry) = self.pending.first_entry() {
            if entry.key().0 > now {
                break;
            }
            let pending = entry.remove();
            self.close(now, *pending);
        }
    }

    /// The next output, in order.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.observe();
        self.observed = self.observed.saturating_sub(1);
        self.outputs.pop_front()
    }

    /// Shows the watch what came out since it last looked.
    fn observe(&mut self) {
        while let Some(output) = self.outputs.get(self.observed) {
            self.observed += 1;
            let told = self.watch.saw(output, &self.settings);
            self.outputs.extend(told);
        }
    }

    /// Goes on from an hour's record, before any input. Inputs from before its end only warm up the
    /// memory; all that were received since must come.
    pub fn resume_hour(&mut self, hour: Hour) {
        self.watch.resume(hour);
    }

    /// Closes all that is open, as at the end of a recording.
    pub fn finish(&mut self) {
        while let Some((&(deadline, _), _)) = self.pending.first_key_value() {
            self.handle_timeout(deadline);
        }
    }

    /// Takes up a weighing that was recorded before, to be closed at the end of its window.
    pub fn resume(&mut self, weighing: Weighing) {
        let loaded_at = (weighing.kind == PassageKind::Platform).then_some(weighing.crossed_at);
        let deadline = weighing
            .received_at
            .saturating_add(self.settings.close_after);
        self.arrivals += 1;
        let pending = Pending {
            crossing: Crossing::of(&weighing, self.road.device_of(&weighing.port), true),
            weighing: Arc::new(weighing),
            pictures: Vec::new(),
            loaded_at,
        };
        self.pending
            .insert((deadline, self.arrivals), Box::new(pending));
    }

    /// How many passages wait to be closed.
    pub fn open_passages(&self) -> usize {
        self.pending.len()
    }

    #[cfg(test)]
    pub(super) fn sightings_held(&self) -> usize {
        self.memory.held().1
    }

    /// Names of reads; pictures that came with reads, and their bytes.
    #[cfg(test)]
    pub(super) fn reads_held(&self) -> (usize, (usize, usize)) {
        (self.named_reads.held(), self.read_pictures.held())
    }

    /// Crossings, digests, and passages whose axles may be lent.
    #[cfg(test)]
    pub(super) fn passages_held(&self) -> [usize; 3] {
        [self.memory.held().0, self.known.len(), self.lenders.len()]
    }

    fn vehicle(&mut self, device: usize, port: &PortSettings, input: &Input, vehicle: &Vehicle) {
        let Some(mut weighing) = record::weighing(&self.settings, port, input, vehicle) else {
            let finding = Finding::RecordWithoutAxles {
                port: input.port.clone(),
                offset: input.offset,
                raw: Box::new(input.raw()),
            };
            self.outputs.push_back(Output::Finding(finding));
            return;
        };
        let prompt = self.compare_clocks(device, input, &mut weighing);
        let digest = &weighing.raw.sha256;
        // Forgetting is lazy, but nothing may depend on when it was last done: recovery begins some
        // time back, and must come to the same results as the whole recording.
        let horizon = input.received_at.saturating_sub(self.settings.memory);
        let remembered = |id: &str| {
            let known = self.known.get(id);
            known.filter(|(_, received_at)| *received_at >= horizon)
        };
        match remembered(&weighing.passage_id) {
            Some((known, _)) if known == digest => {
                self.outputs.push_back(Output::Repeated {
                    weighing: Box::new(weighing),
                });
                return;
            }
            Some(_) => {
                // One of the two is false, and nobody knows which.
                for pending in self.pending.values_mut() {
                    if pending.weighing.passage_id == weighing.passage_id {
                        let flags = &mut Arc::make_mut(&mut pending.weighing).flags;
                        flags.push(Flag::RecordConflict);
                        flags.sort_unstable();
                        flags.dedup();
                    }
                }
                let conflict_id = conflicting_id(&weighing.passage_id, digest);
                weighing.passage_id = conflict_id;
                weighing.flags.push(Flag::RecordConflict);
                if remembered(&weighing.passage_id).is_some() {
                    self.outputs.push_back(Output::Repeated {
                        weighing: Box::new(weighing),
                    });
                    return;
                }
            }
            None => {}
        }
        let spans = (self.settings.memory, self.settings.platform.link_within);
        let against = self.history.take(&self.settings.quality, spans, &weighing);
        weighing.flags.extend(against);
        weighing.flags.sort_unstable();
        self.weighed(device, weighing, prompt, None);
    }

    fn reading(&mut self, device: usize, port: &PortSettings, input: &Input, reading: &Reading) {
        let platform = self.platforms.entry(input.port.clone()).or_default();
        platform.lane = port.lane.unwrap_or(UNKNOWN_LANE);
        if platform.shown.as_ref() != Some(reading) {
            platform.shown = Some(reading.clone());
            platform.reads_since = 0;
        }
        let rule = &mut platform.rule;
        let stable = rule.handle(&self.settings.platform, port.unit, input, reading);
        if let (true, Some(holder)) = (rule.is_empty(), &mut platform.holder)
            && holder.left_at.is_none()
        {
            holder.left_at = Some(input.received_at);
        }
        let Some(stable) = stable else {
            return;
        };
        let loaded_at = stable.loaded_at;
        let weighing = self.platform_weighing(port, input, stable);
        self.weighed(device, weighing, true, Some(loaded_at));
    }

    fn platform_weighing(
        &self,
        port: &PortSettings,
        input: &Input,
        stable: StableWeight,
    ) -> Weighing {
        Weighing {
            passage_id: passage_id(&self.settings.station, &input.port, stable.stable_at, None),
            station: self.settings.station.clone(),
            port: input.port.clone(),
            protocol: port.protocol.clone(),
            lane: port.lane.unwrap_or(UNKNOWN_LANE),
            kind: PassageKind::Platform,
            sequence: None,
            device_time: None,
            crossed_at: stable.stable_at,
            received_at: stable.stable_at,
            direction: None,
            speed_tenth_kmh: None,
            acceleration_tenth_ms2: None,
            length_mm: None,
            gross_kg: stable.gross_kg,
            axles: Vec::new(),
            partial_axles: Vec::new(),
            flags: if port.proven {
                Vec::new()
            } else {
                vec![Flag::ProtocolUnproven]
            },
            // N agreeing frames under the stability rule stand behind it, checked or not.
            weight_trusted: true,
            agreeing_frames: Some(stable.agreeing_frames),
            drift_basis_points: None,
            raw: stable.raw,
        }
    }

    fn weighed(
        &mut self,
        device: usize,
        mut weighing: Weighing,
        prompt: bool,
        loaded_at: Option<Micros>,
    ) {
        let now = weighing.received_at;
        weighing.drift_basis_points = self.watch.drift(weighing.lane);
        self.forget(now);
        let crossing = Crossing::of(&weighing, device, prompt);
        let passage_id = || Arc::clone(&crossing.passage_id);
        let known = (weighing.raw.sha256.clone(), weighing.received_at);
        self.known.insert(passage_id(), known);
        self.known_since
            .push_back((weighing.received_at, passage_id()));
        if weighing.kind == PassageKind::Dynamic {
            self.learning.weighed(&crossing);
            self.evasion.weighed(&weighing);
            self.memory.put_crossing(crossing.clone());
        }
        let weighing = Arc::new(weighing);
        self.outputs
            .push_back(Output::Weighed(Arc::clone(&weighing)));
        self.request_pictures(now, &weighing);
        self.arrivals += 1;
        let key = (now.saturating_add(self.settings.close_after), self.arrivals);
        let lane = weighing.lane;
        let pending = Pending {
            weighing,
            crossing,
            pictures: Vec::new(),
            loaded_at,
        };
        self.pending.insert(key, Box::new(pending));
        self.hasten(now, lane);
        while self.pending.len() > MOST_PENDING
            && let Some((_, pending)) = self.pending.pop_first()
        {
            self.close(now, *pending);
        }
    }

    /// Notes how late the record came and marks it when the device's clock can't be believed.
    /// Yields whether it came about as soon as others.
    fn compare_clocks(&mut self, device: usize, input: &Input, weighing: &mut Weighing) -> bool {
        let Some(tolerance) = self.settings.clock_tolerance else {
            return true;
        };
        if weighing.device_time.is_none() || weighing.flags.contains(&Flag::ClockNotSet) {
            return true;
        }
        let duration = crossing_duration(weighing).unwrap_or(Micros::ZERO);
        let delay = input.received_at.saturating_sub(weighing.crossed_at);
        let latency = delay.saturating_sub(duration);
        let heard = self.clocks.heard(device, input.received_at, delay, latency);
        if !self.clocks.vouches(device, tolerance) {
            weighing.flags.push(Flag::ClockDisagrees);
            weighing.flags.sort_unstable();
        }
        self.heard_clock(&input.port, heard)
    }

    /// A controller's sign of life with its time: it vouches for records that came late.
    fn sign_of_life(
        &mut self,
        device: usize,
        port: &PortSettings,
        input: &Input,
        heartbeat: &Heartbeat,
    ) {
        let time = heartbeat.time.and_then(|time| moment(time, port));
        if let (Some(time), Some(_)) = (time, self.settings.clock_tolerance) {
            let delay = input.received_at.saturating_sub(time);
            let heard = self.clocks.heard(device, input.received_at, delay, delay);
            self.heard_clock(&input.port, heard);
        }
    }

    /// Tells of a clock that was set while it ran. Yields whether the message was prompt.
    fn heard_clock(&mut self, port: &str, heard: Heard) -> bool {
        if let Heard::Stepped { by } = heard {
            let finding = Finding::ClockStepped {
                port: port.to_owned(),
                by_us: by.get(),
            };
            self.outputs.push_back(Output::Finding(finding));
        }
        heard != Heard::Late
    }

    fn plate(
        &mut self,
        device: usize,
        camera: Option<usize>,
        port: &PortSettings,
        input: &Input,
        plate: &Plate,
    ) {
        // Cars pass a camera even where no truck ever closes a passage: bound the memory here too.
        self.forget_sightings(input.received_at);
        if lane_disagrees(port, plate.lane) {
            let finding = Finding::LaneDisagrees {
                port: input.port.clone(),
                said: plate.lane.unwrap_or(UNKNOWN_LANE),
            };
            self.outputs.push_back(Output::Finding(finding));
            self.passes_over(input);
            return;
        }
        if self.came_before(port, input, plate) {
            return;
        }
        let by_camera = plate.time.and_then(|time| moment(time, port));
        // A camera whose clock is off would tie its plates to other trucks: the moment of receipt
        // is the better guess then, and it is no more than a guess.
        let (mut time_vouched, mut prompt) = (true, true);
        let mut seen_at = by_camera.unwrap_or(input.received_at);
        if let (Some(tolerance), Some(at)) = (self.settings.clock_tolerance, by_camera) {
            let delay = input.received_at.saturating_sub(at);
            let heard = self.clocks.heard(device, input.received_at, delay, delay);
            time_vouched = self.clocks.vouches(device, tolerance);
            if !time_vouched {
                seen_at = input.received_at;
            }
            prompt = self.heard_clock(&input.port, heard);
        }
        let read = PlateRead {
            plate: plate.plate.clone(),
            colour: plate.colour.map(|colour| colour.name().to_owned()),
            confidence: plate.confidence,
            lane: port.lane.or(plate.lane).unwrap_or(UNKNOWN_LANE),
            seen_at,
            time_vouched,
            // A sum over a layout that nobody has confirmed proves nothing of the plate in it.
            checked: plate.checked && port.proven,
            raw: reads::bytes_behind(input, plate),
        };
        let taken_by = self.read_at_platform(&read);
        let lane = read.lane;
        if let Some(camera) = camera.and_then(|camera| self.road.cameras.get(camera)) {
            let mut sighting = Sighting::new(read, camera, prompt);
            sighting.taken_by = taken_by;
            self.memory.put_sighting(sighting);
        }
        self.hasten(input.received_at, lane);
    }

    /// What a read means to a platform: its display may be frozen, and a vehicle that was weighed
    /// and still stands there, or has just left, is read again. Yields whose read it is then.
    fn read_at_platform(&mut self, read: &PlateRead) -> Option<Arc<str>> {
        let lead = self.settings.platform.plate_lead;
        let mut taken_by = None;
        for (name, platform) in &mut self.platforms {
            if platform.lane != read.lane || platform.shown.is_none() || read.plate.is_none() {
                continue;
            }
            if platform.last_plate != read.plate {
                platform.last_plate.clone_from(&read.plate);
                platform.reads_since += 1;
                if platform.reads_since == FROZEN_AFTER_READS {
                    let finding = Finding::FrozenValue {
                        port: name.clone(),
                        reads: platform.reads_since,
                    };
                    self.outputs.push_back(Output::Finding(finding));
                }
            }
            if let Some(holder) = &platform.holder {
                let left_lately = holder
                    .left_at
                    .is_none_or(|left_at| read.raw.received_at.saturating_sub(left_at) <= lead);
                if left_lately && read.plate.as_ref() == Some(&holder.plate) {
                    taken_by = Some(Arc::clone(&holder.passage_id));
                }
            }
        }
        taken_by
    }

    /// What association looks at.
    fn scene(&self) -> Scene<'_> {
        Scene {
            memory: &self.memory,
            learning: &self.learning,
            clocks: &self.clocks,
            cameras: &self.road.by_lane,
            scales: &self.road.scales,
            settings: &self.settings,
        }
    }

    /// Learns from the traffic how clocks stand, when that is due.
    fn learn(&mut self, now: Micros) {
        let (clocks, road) = (&self.clocks, &self.road);
        let stepped_at = |index: usize| {
            let camera = road.cameras.get(index)?;
            let lane = camera.port.lane.unwrap_or(UNKNOWN_LANE);
            let scale = road
                .scales
                .get(&lane)
                .or_else(|| road.scales.get(&UNKNOWN_LANE));
            let devices = [Some(&camera.device), scale];
            let stepped = |device: &usize| clocks.get(*device)?.stepped_at();
            devices.into_iter().flatten().filter_map(stepped).max()
        };
        let learnt = self.learning.learn(
            now,
            &self.memory,
            self.settings.close_after,
            self.settings.memory,
            &self.settings.association,
            stepped_at,
        );
        if let (true, Some(tolerance)) = (learnt, self.settings.clock_tolerance) {
            for (index, offset) in self.learning.running_away(tolerance) {
                let Some(camera) = self.road.cameras.get(index) else {
                    continue;
                };
                let port = camera.name.clone();
                let finding = Finding::ClockRunsAway {
                    port,
                    offset_us: offset.offset_us,
                    uncertainty_us: offset.uncertainty_us,
                    drift_ppb: offset.drift_ppb,
                };
                self.outputs.push_back(Output::Finding(finding));
            }
        }
    }

    fn forget_sightings(&mut self, now: Micros) {
        let horizon = now.saturating_sub(self.settings.memory);
        self.memory.forget(horizon);
        self.named_reads.forget(horizon);
        self.read_pictures.forget(now);
    }

    /// Lets go of what is too old, from the oldest on: each closing comes here, so this must not
    /// look at all that is remembered.
    fn forget(&mut self, now: Micros) {
        self.forget_sightings(now);
        let horizon = now.saturating_sub(self.settings.memory);
        while let Some((received_at, passage_id)) = self.known_since.front()
            && (*received_at < horizon || self.known_since.len() > MOST_KNOWN)
        {
            self.known.remove(passage_id);
            self.known_since.pop_front();
        }
        let link_horizon = now.saturating_sub(self.settings.platform.link_within);
        while self
            .lenders
            .front()
            .is_some_and(|lender| lender.received_at < link_horizon)
        {
            self.lenders.pop_front();
        }
    }
}

/// The lanes' devices, by what association asks of them.
#[derive(Debug, Default)]
struct Road {
    ports: BTreeMap<String, Device>,
    /// All plate cameras, those of platforms too, each at its index.
    cameras: Vec<Camera>,
    /// Plate cameras by lane; those of platforms are not on the road.
    by_lane: BTreeMap<u16, Vec<Camera>>,
    /// Scales in motion by lane; under [`UNKNOWN_LANE`] one that serves several.
    scales: BTreeMap<u16, usize>,
    /// The devices of each lane alone, of platforms too.
    lanes: BTreeMap<u16, LaneDevices>,
}

/// A device of the station.
#[derive(Debug)]
struct Device {
    /// Counted from 0.
    index: usize,
    port: Arc<PortSettings>,
    /// Of a plate camera, which of them it is.
    camera: Option<usize>,
}

/// The devices of a lane.
#[derive(Debug, Default)]
struct LaneDevices {
    /// Plate cameras, counted from 0 over the station.
    plates: Vec<usize>,
    scales: Vec<String>,
    pictures: Vec<String>,
}

impl Road {
    fn of(settings: &Settings) -> Self {
        let platforms: Vec<Option<u16>> = settings
            .ports
            .values()
            .filter(|port| port.role == PortRole::Platform)
            .map(|port| port.lane)
            .collect();
        let mut road = Self::default();
        for (index, (name, port)) in settings.ports.iter().enumerate() {
            let port = Arc::new(port.clone());
            if let Some(lane) = port.lane {
                let devices = road.lanes.entry(lane).or_default();
                match port.role {
                    PortRole::Plate => devices.plates.push(road.cameras.len()),
                    PortRole::Wim => devices.scales.push(name.clone()),
                    PortRole::Picture => devices.pictures.push(name.clone()),
                    _ => {}
                }
            }
            let mut camera = None;
            match port.role {
                PortRole::Plate => {
                    let this = Camera {
                        index: road.cameras.len(),
                        device: index,
                        name: name.clone(),
                        port: Arc::clone(&port),
                    };
                    camera = Some(this.index);
                    if let Some(lane) = port.lane.filter(|_| !platforms.contains(&port.lane)) {
                        road.by_lane.entry(lane).or_default().push(this.clone());
                    }
                    road.cameras.push(this);
                }
                PortRole::Wim => {
                    let lane = port.lane.unwrap_or(UNKNOWN_LANE);
                    road.scales.insert(lane, index);
                }
                _ => {}
            }
            let device = Device {
                index,
                port,
                camera,
            };
            road.ports.insert(name.clone(), device);
        }
        road
    }

    /// Which device a port is; none of them for one that is not of this station.
    fn device_of(&self, port: &str) -> usize {
        self.ports
            .get(port)
            .map_or(usize::MAX, |device| device.index)
    }
}

const fn event_name(event: &Event) -> &'static str {
    match event {
        Event::Reading(_) => "reading",
        Event::Vehicle(_) => "vehicle",
        Event::Plate(_) => "plate",
        Event::Picture(_) => "picture",
        Event::Heartbeat(_) => "heartbeat",
        Event::Status(_) => "status",
        Event::Rejected(_) => "rejected",
    }
}
