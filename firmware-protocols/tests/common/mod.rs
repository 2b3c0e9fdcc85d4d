//! What the tests of the registry share: sample frames, a runner and one text form of events.

#![allow(dead_code, reason = "each test crate uses its own part")]

use std::fmt::Write;

use firmware_protocols::registry::{PROTOCOLS, Protocol, find};
use firmware_protocols::{
    Decoded, Decoder, Event, Plate, PlateColour, Reading, Settings, Unit, Vehicle,
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

/// Valid frames of a protocol at default settings, each the whole bytes of what it says.
pub fn samples(protocol: &Protocol) -> Vec<Vec<u8>> {
    (0..24)
        .map(|number| protocol.specimen_bytes(number).unwrap())
        .collect()
}

/// One event as one short text: the form of the vector files.
pub fn text(decoded: &Decoded) -> String {
    let mut text = format!("{}..{} ", decoded.span.start, decoded.span.end);
    let out = &mut text;
    let written = match &decoded.event {
        Event::Reading(reading) => reading_text(out, reading),
        Event::Vehicle(vehicle) => vehicle_text(out, vehicle),
        Event::Plate(plate) => plate_text(out, plate),
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

fn reading_text(out: &mut String, reading: &Reading) -> std::fmt::Result {
    write!(
        out,
        "reading value={} tare={} unit={} stable={} net={} over={} under={}",
        word(reading.value),
        word(reading.tare),
        word(reading.unit.map(Unit::name)),
        word(reading.stable),
        word(reading.net),
        word(reading.overload),
        word(reading.underload),
    )?;
    if let Some(channel) = reading.channel {
        write!(out, " channel={channel}")?;
    }
    for deck in &reading.decks {
        write!(out, " deck={deck}")?;
    }
    write!(out, " checked={}", reading.checked)
}

fn plate_text(out: &mut String, plate: &Plate) -> std::fmt::Result {
    write!(
        out,
        "plate {} colour={} confidence={} time={} lane={}",
        word(plate.plate.as_deref()),
        word(plate.colour.map(PlateColour::name)),
        word(plate.confidence),
        word(plate.time),
        word(plate.lane),
    )?;
    if let Some(direction) = plate.direction {
        write!(out, " direction={direction:?}")?;
    }
    if let Some(second) = &plate.second_plate {
        write!(out, " second={second}")?;
    }
    if let Some(id) = &plate.read_id {
        write!(out, " id={id}")?;
    }
    if let Some(picture) = &plate.picture {
        write!(out, " picture={}", picture.jpeg.len())?;
    }
    write!(out, " checked={}", plate.checked)
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
            "({} {} {} {}",
            word(axle.load_kg),
            word(axle.left_kg),
            word(axle.right_kg),
            word(axle.spacing_mm)
        )?;
        if let Some(speed) = axle.speed_tenth_kmh {
            write!(out, " speed={speed}")?;
        }
        if let Some(validity) = axle.validity {
            write!(out, " {}", validity.name())?;
        }
        write!(out, ")")?;
    }
    if let Some(acceleration) = vehicle.acceleration_tenth_ms2 {
        write!(out, " acceleration={acceleration}")?;
    }
    for (index, group) in vehicle.groups.iter().enumerate() {
        write!(
            out,
            "{}({} {} {})",
            if index == 0 { " groups=" } else { "" },
            word(group.axles),
            word(group.load_kg),
            word(group.code)
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
