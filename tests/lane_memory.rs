//! The lane logic's memory is bounded whatever its lines bring: floods of every kind of event, within a
//! second of receipt and over hours, measured by what the allocator has not got back.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may fail by panic and says what it measured"
)]

use allocation_counter::measure;
use firmware_protocols::{
    Axle, Decimal, DeviceTime, Event, Picture, Plate, Reading, Reject, Status, Unit, Vehicle,
};
use steelyard::lane::{Carriageway, Input, PortRole, PortSettings, Settings};
use steelyard::units::{Micros, Millimetres};

/// 2026-11-24T00:00:00Z.
const START: i64 = 1_795_478_400_000_000;

/// What a carriageway may hold without pictures. The whole daemon is to stay below 64 MiB.
const BOUND_BYTES: i64 = 24 << 20;
/// And the pictures that wait for their reads.
const PICTURE_BYTES: i64 = 33 << 20;

fn settings() -> Settings {
    let mut settings = Settings::new("ST0001");
    for (name, role, lane) in [
        ("wim-1", PortRole::Wim, Some(1)),
        ("wim-all", PortRole::Wim, None),
        ("plate-1", PortRole::Plate, Some(1)),
        ("plate-all", PortRole::Plate, None),
        ("picture-1", PortRole::Picture, Some(1)),
        ("radar-1", PortRole::Radar, Some(1)),
        ("scale", PortRole::Platform, Some(9)),
        ("plate-9", PortRole::Plate, Some(9)),
    ] {
        let port = PortSettings {
            role,
            lane,
            protocol: "test".to_owned(),
            proven: true,
            utc_offset: Micros::ZERO,
            unit: None,
            view: "front".to_owned(),
            device_lane: None,
            normal_direction: None,
            camera_delay: Micros::ZERO,
            camera_distance_mm: Millimetres::ZERO,
        };
        settings.ports.insert(name.to_owned(), port);
    }
    settings
}

/// A moment of the device, whole milliseconds.
fn device_time(micros: i64) -> Option<DeviceTime> {
    DeviceTime::from_micros(micros.div_euclid(1_000) * 1_000, true)
}

fn plate(number: u64, at: i64) -> Plate {
    Plate {
        plate: Some(format!("晋D{:05}", number % 100_000)),
        confidence: Some(95),
        time: device_time(at),
        checked: true,
        ..Plate::default()
    }
}

fn vehicle(number: u64, at: i64) -> Vehicle {
    let axle = |spacing_mm| Axle {
        load_kg: Some(7_000),
        left_kg: Some(3_500),
        right_kg: Some(3_500),
        spacing_mm,
        ..Axle::default()
    };
    Vehicle {
        sequence: Some(number),
        time: device_time(at),
        lane: Some(1),
        speed_tenth_kmh: Some(600),
        length_mm: Some(12_000),
        gross_kg: Some(42_000),
        axles: vec![
            axle(None),
            axle(Some(3_300)),
            axle(Some(1_350)),
            axle(Some(6_800)),
            axle(Some(1_310)),
            axle(Some(1_310)),
        ],
        checked: true,
        ..Vehicle::default()
    }
}

fn jpeg(length: usize) -> Vec<u8> {
    let mut jpeg = vec![7; length.max(4)];
    jpeg[..2].copy_from_slice(&[0xFF, 0xD8]);
    let end = jpeg.len() - 2;
    jpeg[end..].copy_from_slice(&[0xFF, 0xD9]);
    jpeg
}

/// What a flood is made of: port and event of its n-th input, received at this moment.
type Flood = fn(u64, i64) -> (&'static str, Event);

/// Bytes that stay allocated after so many events in so many microseconds, and the most at any time.
fn flooded(events: u64, within: i64, flood: Flood) -> (i64, u64) {
    let counted = measure(|| {
        let mut carriageway = Carriageway::new(settings());
        let mut outputs = 0_u64;
        for number in 0..events {
            let at = START + (number as i128 * i128::from(within) / i128::from(events)) as i64;
            let now = Micros::new(at);
            while let Some(due) = carriageway.poll_timeout().filter(|due| *due <= now) {
                carriageway.handle_timeout(due);
                while carriageway.poll_output().is_some() {
                    outputs += 1;
                }
            }
            let (port, event) = flood(number, at);
            let input = Input {
                port: port.to_owned(),
                received_at: now,
                offset: 100 * number,
                bytes: number.to_le_bytes().to_vec(),
                event,
            };
            carriageway.handle(&input);
            while carriageway.poll_output().is_some() {
                outputs += 1;
            }
        }
        std::hint::black_box(outputs);
        std::mem::forget(carriageway);
    });
    (counted.bytes_current, counted.bytes_max)
}

/// In a second, and over three hours.
const SPANS: [(i64, &str); 2] = [
    (1_000_000, "one second"),
    (3 * 3_600_000_000, "three hours"),
];

/// Events of an ordinary run: twice as many as are remembered of anything but names and digests.
const READS: u64 = 20_000;
/// And what may be held of them: unless most are forgotten, they take more.
const READ_BYTES: i64 = 5 << 20;
/// Records that come at once are looked at together, which takes its time.
const RECORDS: u64 = 1_000;
const RECORD_BYTES: i64 = 8 << 20;
/// Pictures of 8 kB, half as many again as are held.
const PICTURES: u64 = 9_000;

/// Events of the long run, as many as somebody asks for.
fn asked() -> u64 {
    let asked = std::env::var("STEELYARD_FLOOD_EVENTS");
    asked.map_or(1_000_000, |text| text.parse().unwrap())
}

fn holds(name: &str, bound: i64, events: u64, flood: Flood) {
    for (within, span) in SPANS {
        let (held, most) = flooded(events, within, flood);
        println!("{name}: {events} events in {span}: {held} bytes held, {most} at most");
        assert!(
            held <= bound && i64::try_from(most).unwrap() <= bound,
            "{name}: {held} bytes are held after {events} events in {span}, {most} at most"
        );
    }
}

/// Each flood twice: as long as an ordinary run has time for, within its own bound, and a million events
/// where they are asked for, within that of all.
macro_rules! floods {
    ($($name:ident: $events:expr, $within:expr; $bound:expr, $flood:expr;)*) => {
        $(
            #[test]
            fn $name() {
                holds(stringify!($name), $within, $events, $flood);
            }
        )*

        mod a_million {
            use super::*;

            $(
                #[test]
                #[ignore = "a million events each: cargo test --release --test lane_memory -- --ignored"]
                fn $name() {
                    holds(stringify!($name), $bound, asked(), $flood);
                }
            )*
        }
    };
}

floods! {
    reads: READS, READ_BYTES; BOUND_BYTES, |number, at| {
        ("plate-1", Event::Plate(plate(number, at)))
    };
    reads_without_a_plate: READS, READ_BYTES; BOUND_BYTES, |_, at| {
        let unread = Plate {
            plate: None,
            ..plate(0, at)
        };
        ("plate-1", Event::Plate(unread))
    };
    reads_of_any_lane: READS, 2 * READ_BYTES; BOUND_BYTES, |number, at| {
        let read = Plate {
            lane: Some(number as u16),
            ..plate(number, at)
        };
        ("plate-all", Event::Plate(read))
    };
    named_reads: READS, 2 * READ_BYTES; BOUND_BYTES, |number, at| {
        let read = Plate {
            read_id: Some(format!("{number}")),
            ..plate(number, at)
        };
        ("plate-1", Event::Plate(read))
    };
    one_named_read_again_and_again: READS, READ_BYTES; BOUND_BYTES, |_, at| {
        let read = Plate {
            read_id: Some("a".to_owned()),
            ..plate(0, at)
        };
        ("plate-1", Event::Plate(read))
    };
    reads_with_long_texts: READS, READ_BYTES; BOUND_BYTES, |number, at| {
        let read = Plate {
            plate: Some(format!("{number}{}", "晋".repeat(60))),
            ..plate(number, at)
        };
        ("plate-1", Event::Plate(read))
    };
    reads_at_a_platform: READS, READ_BYTES; BOUND_BYTES, |number, at| {
        if number % 2 == 0 {
            return ("plate-9", Event::Plate(plate(number, at)));
        }
        // Up and down, stable in between.
        let kg = if number / 64 % 2 == 0 { 0 } else { 20_000 };
        let reading = Reading {
            value: Some(Decimal::new(kg, 0)),
            unit: Some(Unit::Kilogram),
            stable: Some(true),
            checked: true,
            ..Reading::default()
        };
        ("scale", Event::Reading(reading))
    };
    records: RECORDS, RECORD_BYTES; BOUND_BYTES, |number, at| {
        ("wim-1", Event::Vehicle(vehicle(number, at)))
    };
    records_of_any_lane: 8_000, BOUND_BYTES; BOUND_BYTES, |number, at| {
        let vehicle = Vehicle {
            lane: Some(number as u16),
            ..vehicle(number, at)
        };
        ("wim-all", Event::Vehicle(vehicle))
    };
    records_from_all_times: RECORDS, RECORD_BYTES; BOUND_BYTES, |number, at| {
        let long_ago = at - (number as i64 % 1_000_003) * 60_000_000;
        ("wim-1", Event::Vehicle(vehicle(number, long_ago)))
    };
    // The bytes differ, so each is in conflict with the first.
    records_under_one_key: RECORDS, RECORD_BYTES; BOUND_BYTES, |_, _| {
        ("wim-1", Event::Vehicle(vehicle(1, START)))
    };
    records_and_reads_in_turns: RECORDS / 2, RECORD_BYTES; BOUND_BYTES, |number, at| {
        if number % 2 == 0 {
            ("wim-1", Event::Vehicle(vehicle(number, at)))
        } else {
            ("plate-1", Event::Plate(plate(number, at)))
        }
    };
    rejects_and_speeds_and_statuses: READS, READ_BYTES; BOUND_BYTES, |number, at| match number % 4 {
        0 => ("wim-1", Event::Rejected(Reject::Integrity)),
        1 => ("plate-1", Event::Rejected(Reject::Garbage)),
        2 => ("radar-1", Event::Vehicle(vehicle(number, at))),
        _ => (
            "picture-1",
            Event::Status(Status {
                name: "control",
                fields: Vec::new(),
            }),
        ),
    };
    speeds: READS, READ_BYTES; BOUND_BYTES, |number, at| {
        ("radar-1", Event::Vehicle(vehicle(number, at)))
    };
    pictures: PICTURES, PICTURE_BYTES + READ_BYTES; PICTURE_BYTES + BOUND_BYTES, |number, at| match number % 3 {
            0 => ("plate-1", Event::Plate(plate(number, at))),
            1 => ("plate-1", Event::Picture(Picture { jpeg: jpeg(8_000) })),
            _ => ("picture-1", Event::Picture(Picture { jpeg: jpeg(8_000) })),
        };
    reads_with_pictures: PICTURES, PICTURE_BYTES + READ_BYTES; PICTURE_BYTES + BOUND_BYTES, |number, at| {
            let read = Plate {
                picture: Some(Picture { jpeg: jpeg(8_000) }),
                ..plate(number, at)
            };
            ("plate-1", Event::Plate(read))
        };
}
