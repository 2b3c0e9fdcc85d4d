//! What the tests of the registry share: sample frames, a runner and one text form of events.

#![allow(dead_code, reason = "each test crate uses its own part")]

use std::fmt::Write;

use firmware_protocols::registry::{PROTOCOLS, Protocol, find};
use firmware_protocols::{
    Axle, Decimal, Decoded, Decoder, DeviceTime, Direction, Event, Plate, PlateColour, Reading,
    Settings, Unit, Vehicle, VehicleFlag, mt_toledo_continuous, olr, plate_text, vc0706_jpeg,
    wim_text_mon, yaohua_xk3190_continuous,
};

/// A decoder of a protocol with default settings.
pub fn decoder(protocol: &Protocol) -> Box<dyn Decoder> {
    (protocol.decoder)(&Settings::new()).unwrap()
}

pub fn drain(decoder: &mut dyn Decoder) -> Vec<Decoded> {
    std::iter::from_fn(|| decoder.poll_event()).collect()
}

/// All events of one stream in one chunk.
pub fn decode(protocol: &Protocol, bytes: &[u8]) -> Vec<Decoded> {
    decode_with(protocol, &Settings::new(), bytes)
}

pub fn decode_with(protocol: &Protocol, settings: &Settings, bytes: &[u8]) -> Vec<Decoded> {
    let mut decoder = (protocol.decoder)(settings).unwrap();
    decoder.push(bytes);
    let mut events = drain(&mut *decoder);
    decoder.finish();
    events.extend(drain(&mut *decoder));
    events
}

pub fn is_reject(decoded: &Decoded) -> bool {
    matches!(decoded.event, Event::Rejected(_))
}

/// A small generator with a seed: the laws are the same on every run.
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        (0..length).map(|_| self.next() as u8).collect()
    }
}

fn time(utc: bool, index: i64) -> Option<DeviceTime> {
    DeviceTime::from_micros(1_741_940_127_318_000 + index * 61_001_000, utc)
}

fn reading(digits: i64, decimals: u8) -> Reading {
    Reading {
        value: Some(Decimal::new(digits, decimals)),
        tare: Some(Decimal::new(0, decimals)),
        unit: Some(Unit::Kilogram),
        stable: Some(digits % 3 == 0),
        net: Some(digits % 2 == 0),
        overload: Some(false),
        underload: Some(false),
        checked: true,
    }
}

pub fn vehicle(index: i64, utc: bool, wheels: bool) -> Vehicle {
    let count = 2 + index % 5;
    let axles: Vec<_> = (0..count)
        .map(|axle| {
            let (left, right) = (2_000 + 37 * index + axle, 2_100 + 11 * index);
            Axle {
                load_kg: Some(left + right),
                left_kg: wheels.then_some(left),
                right_kg: wheels.then_some(right),
                spacing_mm: (axle > 0).then_some(1_300 + 450 * axle),
            }
        })
        .collect();
    Vehicle {
        station: wheels.then(|| "ST0042".to_owned()),
        sequence: Some(1_718 + index as u64),
        time: time(utc, index),
        lane: Some(1 + (index % 4) as u16),
        direction: Some(if index % 2 == 0 {
            Direction::Forward
        } else {
            Direction::Reverse
        }),
        speed_tenth_kmh: Some(630 + 10 * index),
        length_mm: Some(19_000),
        gross_kg: Some(axles.iter().filter_map(|axle| axle.load_kg).sum()),
        axles,
        flags: if wheels && index % 3 == 0 {
            vec![VehicleFlag::Braking, VehicleFlag::TooClose]
        } else {
            vec![]
        },
        confidence: wheels.then_some(95),
        checked: wheels,
    }
}

pub fn plate(index: i64) -> Plate {
    Plate {
        plate: (index % 5 != 4).then(|| format!("京A{:05}", 12_345 + 7 * index)),
        colour: Some(PlateColour::ALL[index as usize % 6]),
        confidence: Some((97 - index % 60) as u8),
        time: time(true, index),
        lane: Some(1 + (index % 4) as u16),
        checked: true,
    }
}

/// A small thing that begins and ends like a JPEG.
pub fn jpeg(length: usize, seed: u64) -> Vec<u8> {
    let mut jpeg = vec![0xFF, 0xD8, 0xFF, 0xE0];
    // Bytes below 70 hex: no marks of the camera's protocol in the picture.
    jpeg.extend(Dice(seed).bytes(length - 6).iter().map(|byte| byte % 0x50));
    jpeg.extend([0xFF, 0xD9]);
    jpeg
}

/// Valid frames of a protocol at default settings, each the whole bytes of what it says.
pub fn samples(name: &str) -> Vec<Vec<u8>> {
    (0..24).map(|index| sample(name, index)).collect()
}

fn sample(name: &str, index: i64) -> Vec<u8> {
    match name {
        "mt_toledo_continuous" => {
            let form = mt_toledo_continuous::Form {
                parity: index % 2 == 0,
                tare: index % 7 != 0,
                ..Default::default()
            };
            let digits = (index - 3) * 2_357;
            let reading = reading(digits, (index % 4) as u8);
            mt_toledo_continuous::encode(&reading, &form).unwrap()
        }
        "yaohua_xk3190_continuous" => {
            let value = Decimal::new((index - 3) * 2_357, (index % 4) as u8);
            yaohua_xk3190_continuous::encode(value).unwrap()
        }
        "olr" => olr::encode(&olr_message(index)).unwrap(),
        "wim_text_mon" => {
            let end = if index % 2 == 0 {
                wim_text_mon::LineEnd::Lf
            } else {
                wim_text_mon::LineEnd::CrLf
            };
            wim_text_mon::encode(&vehicle(index, false, false), end).unwrap()
        }
        "plate_text" => {
            let layout = plate_text::Layout::new(&Settings::new()).unwrap();
            plate_text::encode(&plate(index), &layout).unwrap()
        }
        "vc0706_jpeg" => {
            let picture = jpeg(60 + 37 * index as usize, index as u64);
            let read = vc0706_jpeg::Command::Read {
                start: 0,
                length: picture.len() as u32,
                delay_10us: 100,
            };
            let mut camera = vc0706_jpeg::Camera::new(0);
            camera.show(picture);
            let mut bytes = camera.handle(&vc0706_jpeg::Command::Freeze.encode(0));
            bytes.extend(camera.handle(&vc0706_jpeg::Command::Length.encode(0)));
            bytes.extend(camera.handle(&read.encode(0)));
            bytes
        }
        other => panic!("no samples of {other}: add them here"),
    }
}

fn olr_message(index: i64) -> olr::Message {
    let address = olr::Address {
        station: "ST0042".to_owned(),
        lane: 2,
    };
    match index % 6 {
        0 => olr::Message::Acknowledge(olr::Acknowledge {
            address,
            sequence: Some(1_718),
            answer: olr::Answer::Ok,
        }),
        1 => olr::Message::Heartbeat(
            address,
            firmware_protocols::Heartbeat {
                lane: Some(2),
                time: time(true, index),
                last_sequence: Some(index as u64),
                state: "OK".to_owned(),
            },
        ),
        _ => olr::Message::Vehicle(vehicle(index, true, true), olr::Extra::default()),
    }
}

/// One event as one short text: the form of the vector files.
pub fn text(decoded: &Decoded) -> String {
    let mut text = format!("{}..{} ", decoded.span.start, decoded.span.end);
    let out = &mut text;
    let written = match &decoded.event {
        Event::Reading(reading) => write!(
            out,
            "reading value={} tare={} unit={} stable={} net={} over={} under={} checked={}",
            word(reading.value),
            word(reading.tare),
            word(reading.unit.map(Unit::name)),
            word(reading.stable),
            word(reading.net),
            word(reading.overload),
            word(reading.underload),
            reading.checked
        ),
        Event::Vehicle(vehicle) => vehicle_text(out, vehicle),
        Event::Plate(plate) => write!(
            out,
            "plate {} colour={} confidence={} time={} lane={} checked={}",
            word(plate.plate.as_deref()),
            word(plate.colour.map(PlateColour::name)),
            word(plate.confidence),
            word(plate.time),
            word(plate.lane),
            plate.checked
        ),
        Event::Picture(picture) => write!(out, "picture bytes={}", picture.jpeg.len()),
        Event::Heartbeat(heartbeat) => write!(
            out,
            "heartbeat lane={} time={} last={} state={}",
            word(heartbeat.lane),
            word(heartbeat.time),
            word(heartbeat.last_sequence),
            heartbeat.state
        ),
        Event::Status(status) => {
            let fields: String = status
                .fields
                .iter()
                .map(|(key, value)| format!(" {key}={value}"))
                .collect();
            write!(out, "status {}{fields}", status.name)
        }
        Event::Rejected(reason) => write!(out, "rejected {}", reason.name()),
    };
    written.unwrap();
    text
}

fn vehicle_text(out: &mut String, vehicle: &Vehicle) -> std::fmt::Result {
    write!(
        out,
        "vehicle station={} sequence={} time={} lane={} direction={} speed={} length={} gross={} \
         flags={:?} confidence={} checked={} axles=",
        word(vehicle.station.as_deref()),
        word(vehicle.sequence),
        word(vehicle.time),
        word(vehicle.lane),
        word(vehicle.direction.map(|direction| format!("{direction:?}"))),
        word(vehicle.speed_tenth_kmh),
        word(vehicle.length_mm),
        word(vehicle.gross_kg),
        vehicle
            .flags
            .iter()
            .map(|flag| flag.name())
            .collect::<Vec<_>>(),
        word(vehicle.confidence),
        vehicle.checked
    )?;
    for axle in &vehicle.axles {
        write!(
            out,
            "({} {} {} {})",
            word(axle.load_kg),
            word(axle.left_kg),
            word(axle.right_kg),
            word(axle.spacing_mm)
        )?;
    }
    Ok(())
}

fn word(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

/// Every protocol of the registry, by name.
pub fn names() -> Vec<&'static str> {
    PROTOCOLS.iter().map(|protocol| protocol.name).collect()
}

pub fn protocol(name: &str) -> &'static Protocol {
    find(name).unwrap()
}
