//! Writes the recordings: simulated traffic, the devices' own encoders, and what goes wrong on a
//! line. The same every time.

use std::collections::BTreeMap;

use firmware_protocols::mt_toledo_continuous::{self, Form};
use firmware_protocols::plate_text::{self, Layout};
use firmware_protocols::vc0706_jpeg::{Camera, Command};
use firmware_protocols::{Decimal, Settings as Protocol, yaohua_xk3190_continuous};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use steelyard::lane::PortRole;
use steelyard::law::ScaleUse;
use steelyard::simulator::emission::{Encoders, WimProtocol, emissions, plate_event};
use steelyard::simulator::picture::{Scene, draw};
use steelyard::simulator::platform::{Platform, Visit};
use steelyard::simulator::settings::{DefectShares, Headways, Scheduled, ScheduledLoad, Settings};
use steelyard::simulator::{Crossing, Traffic};
use steelyard::units::Micros;

use crate::recording::{Piece, PortHead, Recording};

/// A recording by its name.
pub fn compose(name: &str) -> Recording {
    match name {
        "idle" => idle(),
        "one-clean-truck" => one_clean_truck(),
        "dense-two-lanes" => dense_two_lanes(),
        "damaged" => crate::damage::damaged(),
        "wim-text" => wim_text(),
        "platform-toledo" => platform_toledo(),
        "platform-yaohua" => platform_yaohua(),
        other => panic!("no recording {other}"),
    }
}

/// A recording being written.
pub struct Author {
    recording: Recording,
    pub encoders: Encoders,
}

impl Author {
    pub fn new(case: &str, comments: &[&str], wim: WimProtocol) -> Self {
        Self {
            recording: Recording {
                case: case.to_owned(),
                comments: comments.iter().map(|&comment| comment.to_owned()).collect(),
                start: start(),
                lanes: BTreeMap::new(),
                ports: Vec::new(),
                pieces: Vec::new(),
            },
            encoders: Encoders::new("GOLD01", wim).unwrap(),
        }
    }

    pub fn lane(mut self, number: u16, scale_use: ScaleUse) -> Self {
        self.recording.lanes.insert(number, scale_use);
        self
    }

    pub fn port(mut self, name: &str, protocol: &str, lane: Option<u16>, line: &str) -> Self {
        let role = match protocol {
            "olr" | "wim_text_mon" => PortRole::Wim,
            "plate_text" => PortRole::Plate,
            "vc0706_jpeg" => PortRole::Picture,
            _ => PortRole::Platform,
        };
        self.recording.ports.push(PortHead {
            name: name.to_owned(),
            role,
            protocol: protocol.to_owned(),
            lane,
            line: line.to_owned(),
            unit: None,
            settings: BTreeMap::new(),
        });
        self
    }

    /// A setting of the port added last.
    pub fn set(mut self, key: &str, value: &str) -> Self {
        let port = self.recording.ports.last_mut().unwrap();
        port.settings.insert(key.to_owned(), value.to_owned());
        self
    }

    pub fn unit(mut self, unit: &str) -> Self {
        self.recording.ports.last_mut().unwrap().unit = Some(unit.to_owned());
        self
    }

    /// A message in pieces as a serial driver hands them over, all within a millisecond.
    pub fn say(&mut self, at: Micros, port: &str, bytes: &[u8]) {
        for bytes in bytes.chunks(64) {
            self.piece(at, port, bytes);
        }
    }

    /// A message at the speed of its line, 115200 baud.
    pub fn say_slowly(&mut self, mut at: Micros, port: &str, bytes: &[u8]) {
        for bytes in bytes.chunks(512) {
            at = at.saturating_add(Micros::from_millis(45));
            self.piece(at, port, bytes);
        }
    }

    /// The line of a port breaks.
    pub fn breaks(&mut self, at: Micros, port: &str) {
        self.piece(at, port, &[]);
    }

    fn piece(&mut self, at: Micros, port: &str, bytes: &[u8]) {
        let millis = at.saturating_sub(start()).get().div_euclid(1_000);
        let piece = Piece {
            millis,
            port: port.to_owned(),
            bytes: bytes.to_owned(),
        };
        self.recording.pieces.push(piece);
    }

    /// What the scale and the plate camera of a lane say of a crossing.
    pub fn crossing(&mut self, crossing: &Crossing) {
        for emission in emissions(&self.encoders, crossing).unwrap() {
            let port = format!("{}-{}", emission.role.name(), crossing.lane);
            self.say(emission.at, &port, &emission.bytes);
        }
    }

    pub fn finish(mut self) -> Recording {
        self.recording.pieces.sort_by_key(|piece| piece.millis);
        self.recording
    }
}

/// A Tuesday morning.
pub fn start() -> Micros {
    Micros::from_rfc3339("2026-06-02T01:00:00Z").unwrap()
}

/// Traffic without a fault, a truck every few seconds.
pub fn steady(seed: u64, lanes: u16) -> Settings {
    Settings {
        seed,
        lanes,
        start: start(),
        defects: DefectShares::NONE,
        ..Settings::demo()
    }
}

/// What a picture camera sends when it is told to freeze, asked for the length, and read.
pub fn picture_answers(jpeg: &[u8]) -> Vec<u8> {
    let mut camera = Camera::new(0);
    camera.show(jpeg.to_owned());
    let length = u32::try_from(jpeg.len()).unwrap();
    let read = Command::Read {
        start: 0,
        length,
        delay_10us: 100,
    };
    let commands = [Command::Freeze, Command::Length, read, Command::Resume];
    commands
        .iter()
        .flat_map(|command| camera.handle(&command.encode(0)))
        .collect()
}

/// A small picture of a crossing.
pub fn jpeg(crossing: &Crossing) -> Vec<u8> {
    let drawn = draw(&Scene {
        vehicle: Some(&crossing.vehicle),
        lane: crossing.lane,
        time: crossing.first_axle_at,
        speed: Some(crossing.speed_tenth_kmh),
    });
    let large = image::load_from_memory(&drawn.unwrap()).unwrap();
    let small = large.resize_exact(256, 144, FilterType::Triangle);
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, 55)
        .encode_image(&small)
        .unwrap();
    jpeg
}

fn idle() -> Recording {
    const FRAME_EVERY: Micros = Micros::from_millis(500);
    let mut author = Author::new(
        "nothing happens for a minute / 空闲",
        &["heartbeats of a controller, zeros of a platform, no vehicle, no plate"],
        WimProtocol::Olr,
    )
    .lane(1, ScaleUse::OffSite)
    .lane(2, ScaleUse::Platform)
    .port("wim-1", "olr", Some(1), "115200-8N1")
    .port("plate-1", "plate_text", Some(1), "9600-8N1")
    .port("platform", "mt_toledo_continuous", Some(2), "9600-8N1");
    let mut platform = Platform::new(&steady(1, 1));
    let mut now = start();
    for frame in 0..120 {
        author.say(now, "platform", &platform.frame(now).unwrap());
        if frame % 20 == 0 {
            let beat = author.encoders.heartbeat(1, now, Some(4_711)).unwrap();
            author.say(now, "wim-1", &beat);
        }
        now = now.saturating_add(FRAME_EVERY);
    }
    author.finish()
}

/// Traffic that begins with an overloaded truck.
pub fn overloaded(seed: u64) -> Settings {
    let first = Scheduled {
        lane: 1,
        after: Micros::from_seconds(2),
        load: ScheduledLoad::Overloaded,
    };
    Settings {
        schedule: vec![first],
        ..steady(seed, 1)
    }
}

fn one_clean_truck() -> Recording {
    let mut author = Author::new(
        "one overloaded truck with plate and picture / 单车超限",
        &["every link holds: the passage opens a case"],
        WimProtocol::Olr,
    )
    .lane(1, ScaleUse::OffSite)
    .port("wim-1", "olr", Some(1), "115200-8N1")
    .port("plate-1", "plate_text", Some(1), "9600-8N1")
    .set("checksum", "crc16")
    .port("picture-1", "vc0706_jpeg", Some(1), "115200-8N1");
    let crossing = Traffic::new(overloaded(11))
        .find(|c| c.vehicle.is_overloaded())
        .unwrap();
    let beat = author.encoders.heartbeat(1, start(), None).unwrap();
    author.say(start(), "wim-1", &beat);
    // The host has it resume before anything else.
    let resumed = Camera::new(0).handle(&Command::Resume.encode(0));
    author.say(start(), "picture-1", &resumed);
    author.crossing(&crossing);
    let asked_at = crossing.records[0]
        .measured
        .sent_at
        .saturating_add(Micros::from_millis(20));
    author.say_slowly(asked_at, "picture-1", &picture_answers(&jpeg(&crossing)));
    author.finish()
}

fn dense_two_lanes() -> Recording {
    let mut author = Author::new(
        "dense traffic in two lanes / 双车道密集车流",
        &[
            "40 trucks as close as they get, some plates unread, misread, read late or twice,",
            "some records twice, late, missing: plates matched, ambiguous and missing",
        ],
        WimProtocol::Olr,
    );
    for lane in 1..=2 {
        author = author
            .lane(lane, ScaleUse::OffSite)
            .port(&format!("wim-{lane}"), "olr", Some(lane), "115200-8N1")
            .port(
                &format!("plate-{lane}"),
                "plate_text",
                Some(lane),
                "9600-8N1",
            )
            .set("checksum", "crc16");
    }
    let settings = Settings {
        flow_per_hour: 2_000.0,
        overloaded_share: 0.4,
        headways: Headways::Mixture,
        defects: DefectShares {
            duplicate_record: 0.08,
            out_of_order_record: 0.06,
            sequence_gap: 0.05,
            sum_one_below: 0.05,
            misread_plate: 0.08,
            unread_plate: 0.12,
            late_read: 0.05,
            doubled_read: 0.08,
            ..DefectShares::NONE
        },
        schedule: Vec::new(),
        ..steady(21, 2)
    };
    for crossing in Traffic::new(settings).take(40) {
        author.crossing(&crossing);
    }
    author.finish()
}

fn wim_text() -> Recording {
    let mut author = Author::new(
        "a controller of text records for two lanes / 文本车辆记录",
        &["one port serves both lanes, local time without a zone, no check: the records say the lane"],
        WimProtocol::WimTextMon,
    )
    .lane(1, ScaleUse::PreSelection)
    .lane(2, ScaleUse::PreSelection)
    .port("wim-1", "wim_text_mon", None, "9600-8N1")
    .port("plate-1", "plate_text", Some(1), "9600-8N1")
    .set("checksum", "crc16");
    for crossing in Traffic::new(Settings {
        schedule: Vec::new(),
        ..steady(31, 2)
    })
    .take(8)
    {
        let record = author.encoders.record(&crossing.records[0]).unwrap();
        author.say(crossing.records[0].measured.sent_at, "wim-1", &record);
        for read in crossing.plate_reads.iter().filter(|_| crossing.lane == 1) {
            let line = author.encoders.plate(read).unwrap();
            author.say(read.sent_at, "plate-1", &line);
        }
    }
    author.finish()
}

/// The settings of a plate camera whose lines have no time.
const FIELDS: &str = "lane,plate,colour,confidence";

/// What a platform's devices say of a visit; `frame` writes the indicator's frames.
fn visit(
    author: &mut Author,
    platform: &mut Platform,
    visit: &Visit,
    lane: u16,
    frame: impl Fn(&mut Platform, Micros) -> Vec<u8>,
) {
    const FRAME_EVERY: Micros = Micros::from_millis(150);
    let layout = Protocol::new()
        .with("checksum", "crc16")
        .with("fields", FIELDS);
    let mut read = plate_event(&visit.read);
    read.lane = Some(lane);
    read.time = None;
    let line = plate_text::encode(&read, &Layout::new(&layout).unwrap()).unwrap();
    author.say(visit.read.sent_at, "plate-platform", &line);
    let mut now = visit.arrives_at.saturating_sub(Micros::from_millis(450));
    while now < visit.gone_at().saturating_add(Micros::SECOND) {
        let bytes = frame(platform, now);
        author.say(now, "platform", &bytes);
        now = now.saturating_add(FRAME_EVERY);
    }
}

fn platform_toledo() -> Recording {
    let mut author = Author::new(
        "an overloaded truck is sent to the platform / 复检",
        &[
            "a lane's scale finds it overloaded, the platform weighs it again, 7E1 seen as 8N1;",
            "number and spacings of its axles come from the lane, by the plate",
        ],
        WimProtocol::Olr,
    )
    .lane(1, ScaleUse::PreSelection)
    .lane(2, ScaleUse::Platform)
    .port("wim-1", "olr", Some(1), "115200-8N1")
    .port("plate-1", "plate_text", Some(1), "9600-8N1")
    .set("checksum", "crc16")
    .port("platform", "mt_toledo_continuous", Some(2), "9600-7E1")
    .set("checksum", "on")
    .port("plate-platform", "plate_text", Some(2), "9600-8N1")
    .set("checksum", "crc16")
    .set("fields", FIELDS);
    let settings = overloaded(41);
    let mut platform = Platform::new(&settings);
    let found = Traffic::new(settings)
        .find_map(|crossing| Some((platform.take(&crossing).cloned()?, crossing)));
    let (sent, crossing) = found.unwrap();
    author.crossing(&crossing);
    let form = Form {
        parity: true,
        increment: 2,
        ..Form::default()
    };
    visit(&mut author, &mut platform, &sent, 2, |platform, now| {
        mt_toledo_continuous::encode(&platform.reading(now), &form).unwrap()
    });
    author.finish()
}

fn platform_yaohua() -> Recording {
    let mut author = Author::new(
        "two trucks on a platform that names no unit / 无单位静态秤",
        &["tonnes with two decimals, by the port's settings; no motion flag: steadiness is judged"],
        WimProtocol::Olr,
    )
    .lane(1, ScaleUse::Platform)
    .port("platform", "yaohua_xk3190_continuous", Some(1), "4800-8N1")
    .unit("t")
    .port("plate-platform", "plate_text", Some(1), "9600-8N1")
    .set("checksum", "crc16")
    .set("fields", FIELDS);
    let settings = overloaded(51);
    let mut platform = Platform::new(&settings);
    let mut visits = Vec::new();
    for crossing in Traffic::new(settings) {
        visits.extend(platform.take(&crossing).cloned());
        if visits.len() == 2 {
            break;
        }
    }
    for sent in &visits {
        visit(&mut author, &mut platform, sent, 1, |platform, now| {
            let kilograms = platform.reading(now).value.unwrap().digits;
            yaohua_xk3190_continuous::encode(Decimal::new(kilograms / 10, 2)).unwrap()
        });
    }
    author.finish()
}
