//! Devices as the daemon meets them, on pseudo-terminals: controllers that hold each record until
//! it is acknowledged, a plate camera, a picture camera. One thread moves them all, step by step.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "shared by tests, which use different parts and fail by panicking"
)]

use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::NaiveDate;
use firmware_protocols::olr::{self, Address, Answer, Extra, Message};
use firmware_protocols::plate_text::{self, Layout};
use firmware_protocols::vc0706_jpeg::Camera;
use firmware_protocols::{Axle, DeviceTime, Direction, Plate, PlateColour, Settings, Vehicle};

use steelyard::clock::{Clock, SystemClock};
use steelyard::config::{Config, HostClock, Lane, Port, Station};
use steelyard::lane::PortRole;
use steelyard::law::{Certificate, ScaleUse};
use steelyard::passage::passage_id;
use steelyard::simulator::PtyFeeder;
use steelyard::simulator::picture::{Scene, draw};
use steelyard::units::Micros;

/// Station code of these tests.
pub const STATION: &str = "ST0001";
/// A record without an answer is sent again after this: sooner than `OLR.md` has it, so that a
/// test does not wait.
const RESEND_AFTER: Micros = Micros::from_millis(400);
/// So many records wait at most, as `OLR.md` has it.
const WINDOW: usize = 8;
/// Longest wait for a reader.
const PATIENCE: Duration = Duration::from_secs(30);
/// Between two steps.
const STEP: Duration = Duration::from_millis(1);

/// Axle loads of a six-axle truck within its limit, kg.
pub const LEGAL: [i64; 6] = [6_000, 8_000, 8_000, 8_500, 8_500, 8_000];
/// The same, far above it.
pub const OVERLOADED: [i64; 6] = [8_000, 13_000, 13_000, 14_000, 14_000, 14_000];

/// Spacings of a six-axle truck, mm.
const SPACINGS: [i64; 6] = [0, 3_300, 1_350, 6_800, 1_310, 1_310];

/// The line of a vehicle record.
pub fn record(lane: u16, sequence: u32, crossed_at: Micros, axles: &[i64]) -> Vec<u8> {
    let axle = |(load, spacing): (&i64, i64)| Axle {
        load_kg: Some(*load),
        left_kg: Some(load / 2),
        right_kg: Some(load - load / 2),
        spacing_mm: (spacing > 0).then_some(spacing),
        ..Axle::default()
    };
    let vehicle = Vehicle {
        station: Some(STATION.to_owned()),
        sequence: Some(u64::from(sequence)),
        time: device_time(crossed_at),
        lane: Some(lane),
        direction: Some(Direction::Forward),
        speed_tenth_kmh: Some(634),
        length_mm: Some(16_840),
        gross_kg: Some(axles.iter().sum()),
        axles: axles.iter().zip(SPACINGS).map(axle).collect(),
        flags: Vec::new(),
        confidence: Some(95),
        checked: true,
        ..Vehicle::default()
    };
    olr::encode(&Message::Vehicle(vehicle, Extra::default())).unwrap()
}

/// The line of a plate read.
pub fn plate_line(lane: u16, plate: &str, seen_at: Micros) -> Vec<u8> {
    let layout = Layout::new(&Settings::new().with("checksum", "crc16")).unwrap();
    let plate = Plate {
        plate: Some(plate.to_owned()),
        colour: Some(PlateColour::Yellow),
        confidence: Some(97),
        time: device_time(seen_at),
        lane: Some(lane),
        checked: true,
        ..Plate::default()
    };
    plate_text::encode(&plate, &layout).unwrap()
}

fn device_time(moment: Micros) -> Option<DeviceTime> {
    DeviceTime::from_micros(whole_millis(moment).get(), true)
}

fn whole_millis(moment: Micros) -> Micros {
    Micros::new(moment.get().div_euclid(1_000) * 1_000)
}

/// A real JPEG.
pub fn jpeg(lane: u16, time: Micros) -> Vec<u8> {
    let (vehicle, speed) = (None, None);
    draw(&Scene {
        vehicle,
        lane,
        time,
        speed,
    })
    .unwrap()
}

/// A record that waits for its answer.
#[derive(Debug)]
struct Held {
    sequence: u32,
    id: String,
    line: Vec<u8>,
    sent_at: Micros,
}

/// A weigh-in-motion controller.
#[derive(Debug)]
pub struct Controller {
    /// Its line.
    pub feeder: PtyFeeder,
    /// Its lane.
    pub lane: u16,
    port: String,
    next_sequence: u32,
    last_time: Micros,
    held: VecDeque<Held>,
    partial: Vec<u8>,
    unsent: Vec<u8>,
    /// Ids of what was answered, with the answer.
    pub answered: Vec<(String, Answer)>,
    /// Ids of all that was ever sent.
    pub sent: Vec<String>,
    /// Records sent again.
    pub resends: usize,
}

impl Controller {
    fn new(lane: u16) -> Self {
        Self {
            feeder: PtyFeeder::open().unwrap(),
            lane,
            port: format!("wim-{lane}"),
            next_sequence: 1,
            last_time: Micros::ZERO,
            held: VecDeque::new(),
            partial: Vec::new(),
            unsent: Vec::new(),
            answered: Vec::new(),
            sent: Vec::new(),
            resends: 0,
        }
    }

    /// Whether one more record may be sent.
    pub fn has_room(&self) -> bool {
        self.held.len() < WINDOW && self.unsent.is_empty()
    }

    /// Records without an answer.
    pub fn waiting(&self) -> usize {
        self.held.len()
    }

    /// Records with an answer.
    pub fn acknowledged(&self) -> usize {
        self.answered.len()
    }

    /// A vehicle: its record is held and sent. Yields its passage id and when it crossed.
    pub fn vehicle(&mut self, now: Micros, axles: &[i64]) -> (String, Micros) {
        let (line, id, at) = self.hold(now, axles);
        self.write(&line);
        (id, at)
    }

    /// As [`Controller::vehicle`], but only the first half of the line goes out now.
    pub fn half_a_vehicle(&mut self, now: Micros, axles: &[i64]) {
        let (line, _, _) = self.hold(now, axles);
        let (first, rest) = line.split_at(line.len() / 2);
        self.write(first);
        self.unsent = rest.to_vec();
    }

    /// Holds a vehicle's record as if the line had taken nothing of it yet.
    pub fn hold(&mut self, now: Micros, axles: &[i64]) -> (Vec<u8>, String, Micros) {
        let at = whole_millis(now).max(self.last_time.saturating_add(Micros::from_millis(1)));
        self.last_time = at;
        let sequence = self.next_sequence;
        self.next_sequence += 1;
        let line = record(self.lane, sequence, at, axles);
        let id = passage_id(STATION, &self.port, at, Some(u64::from(sequence)));
        self.sent.push(id.clone());
        self.held.push_back(Held {
            sequence,
            id: id.clone(),
            line: line.clone(),
            sent_at: now,
        });
        (line, id, at)
    }

    /// Sends bytes as they are.
    pub fn write(&mut self, bytes: &[u8]) {
        self.feeder.feed(bytes, PATIENCE).unwrap();
    }

    /// The cable is plugged in somewhere else: the device goes on with a new line.
    pub fn replug(&mut self) -> PtyFeeder {
        self.partial.clear();
        self.unsent.clear();
        std::mem::replace(&mut self.feeder, PtyFeeder::open().unwrap())
    }

    fn step(&mut self, now: Micros) {
        let heard = self.feeder.answers().unwrap();
        for byte in heard {
            if byte == b'\n' {
                let line = std::mem::take(&mut self.partial);
                self.host_line(&line);
            } else {
                self.partial.push(byte);
            }
        }
        // A line that nobody reads is not written to: it would only fill up.
        if self.feeder.wait_until_read(Duration::ZERO).is_err() {
            return;
        }
        if !self.unsent.is_empty() {
            let rest = std::mem::take(&mut self.unsent);
            self.write(&rest);
        }
        for at in 0..self.held.len() {
            let held = &mut self.held[at];
            if now.saturating_sub(held.sent_at) >= RESEND_AFTER {
                held.sent_at = now;
                self.resends += 1;
                let line = held.line.clone();
                self.write(&line);
            }
        }
    }

    fn host_line(&mut self, line: &[u8]) {
        // Half a line of a daemon that was killed is glued to the next; the check finds it out.
        let line = line.trim_ascii_end();
        let from = line.iter().rposition(|byte| *byte == b'$').unwrap_or(0);
        let Ok(Message::Acknowledge(word)) = olr::parse_line(&line[from..]) else {
            return;
        };
        let address = Address {
            station: STATION.to_owned(),
            lane: self.lane,
        };
        assert_eq!(word.address, address);
        if let Some(at) = self
            .held
            .iter()
            .position(|held| Some(held.sequence) == word.sequence)
        {
            let held = self.held.remove(at).unwrap();
            self.answered.push((held.id, word.answer));
        }
    }
}

/// All devices of a test's station: a controller a lane, for lane 1 also two cameras.
pub struct Devices {
    /// The time, of devices and daemon alike.
    pub clock: SystemClock,
    /// Controllers, by order of lane.
    pub controllers: Vec<Controller>,
    /// The plate camera's line.
    pub plate: PtyFeeder,
    /// The picture camera's line.
    pub picture: PtyFeeder,
    camera: Camera,
    /// Bytes of pictures and other answers sent.
    pub picture_bytes: usize,
}

impl Devices {
    /// Devices with a number of lanes.
    pub fn new(lanes: u16) -> Self {
        let clock = SystemClock::new();
        let mut camera = Camera::new(0);
        camera.show(jpeg(1, clock.now()));
        Self {
            clock,
            controllers: (1..=lanes).map(Controller::new).collect(),
            plate: PtyFeeder::open().unwrap(),
            picture: PtyFeeder::open().unwrap(),
            camera,
            picture_bytes: 0,
        }
    }

    /// The present moment.
    pub fn now(&self) -> Micros {
        self.clock.now()
    }

    /// What the picture camera sees from now on.
    pub fn show(&mut self, jpeg: Vec<u8>) {
        self.camera.show(jpeg);
    }

    /// A vehicle in lane 1 whose plate is read. Yields its passage id.
    pub fn vehicle_with_plate(&mut self, plate: &str, axles: &[i64]) -> String {
        let now = self.now();
        let (id, at) = self.controllers[0].vehicle(now, axles);
        self.plate
            .feed(&plate_line(1, plate, at), PATIENCE)
            .unwrap();
        id
    }

    /// Lets every device do what it has to do now.
    pub fn step(&mut self) {
        let now = self.now();
        for controller in &mut self.controllers {
            controller.step(now);
        }
        let asked = self.picture.answers().unwrap();
        let reply = self.camera.handle(&asked);
        if !reply.is_empty() {
            self.picture_bytes += reply.len();
            // A daemon that was killed in the middle does not read the rest.
            let _ = self.picture.feed(&reply, Duration::from_millis(200));
        }
    }

    /// Steps until `done` says so.
    ///
    /// # Panics
    /// When it never does.
    pub fn step_until(&mut self, what: &str, mut done: impl FnMut(&mut Self) -> bool) {
        for _ in 0..60_000 {
            self.step();
            if done(self) {
                return;
            }
            std::thread::sleep(STEP);
        }
        panic!("never: {what}");
    }

    /// Steps while something else is waited for.
    pub async fn during<T>(&mut self, future: impl Future<Output = T>) -> T {
        tokio::pin!(future);
        loop {
            self.step();
            tokio::select! {
                biased;
                done = &mut future => return done,
                () = tokio::time::sleep(STEP) => {}
            }
        }
    }

    /// Records without an answer, over all lanes.
    pub fn waiting(&self) -> usize {
        self.controllers.iter().map(Controller::waiting).sum()
    }

    /// Records with an answer, over all lanes.
    pub fn acknowledged(&self) -> usize {
        self.controllers.iter().map(Controller::acknowledged).sum()
    }

    /// A configuration that has these devices and short windows; data go below `folder`.
    pub fn config(&self, folder: &Path) -> Config {
        let today = self.now().beijing_day();
        let mut config = Config::of_station(Station {
            code: STATION.to_owned(),
            name: "测试站".to_owned(),
            data_dir: folder.join("data"),
            simulated: true,
        });
        config.host_clock = HostClock::not_asked();
        config.api.listen = ([127, 0, 0, 1], 0).into();
        config.timing.close_after_ms = 1_500;
        config.timing.settle_after_ms = 100;
        config.timing.picture_timeout_ms = 1_200;
        // These cameras see a vehicle to the millisecond: vehicles may follow closely.
        config.timing.plate_window_ms = 60;
        config.timing.ambiguity_margin_ms = 20;
        // All trucks of these tests weigh the same.
        config.quality.repeats = u32::MAX;
        for controller in &self.controllers {
            config.lanes.push(lane(controller.lane, today));
            let name = format!("wim-{}", controller.lane);
            let path = controller.feeder.path();
            let mut port = port(&name, path, PortRole::Wim, "olr");
            port.lane = Some(controller.lane);
            config.ports.push(port);
        }
        let mut plate = port("plate-1", self.plate.path(), PortRole::Plate, "plate_text");
        plate.settings = BTreeMap::from([("checksum".to_owned(), "crc16".to_owned())]);
        config.ports.push(plate);
        let path = self.picture.path();
        config
            .ports
            .push(port("picture-1", path, PortRole::Picture, "vc0706_jpeg"));
        config
    }
}

/// A port of lane 1 at a simulated line's speed.
pub fn port(name: &str, device: &Path, role: PortRole, protocol: &str) -> Port {
    let mut port = Port::new(name, device, role, protocol);
    port.lane = Some(1);
    port.baud = 115_200;
    port
}

/// A lane with all its papers.
pub fn lane(number: u16, today: NaiveDate) -> Lane {
    let long_ago = today - chrono::Days::new(90);
    Lane {
        number,
        name: format!("{number} 车道"),
        scale_use: ScaleUse::OffSite,
        accuracy_class: Some("5".to_owned()),
        scale_interval_kg: None,
        certificate: Some(Certificate {
            number: format!("T-{number}"),
            valid_from: long_ago,
            valid_until: today + chrono::Days::new(200),
        }),
        site_approved: Some(long_ago),
        site_published: Some(long_ago),
        calibrated_at: None,
        references: BTreeMap::new(),
    }
}

/// Where a configuration keeps its SQLite database.
pub fn database(config: &Config) -> PathBuf {
    config.station.data_dir.join("steelyard.db")
}
