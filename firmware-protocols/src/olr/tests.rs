//! Tests of the open lane record.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use super::*;
use crate::check::crc16;
use crate::{
    Axle, AxleValidity, DeviceTime, Direction, EncodeError, Event, Heartbeat, Vehicle, VehicleFlag,
};

fn events(bytes: &[u8]) -> Vec<Event> {
    let mut decoder = decoder(&Settings::new()).unwrap();
    decoder.push(bytes);
    decoder.finish();
    core::iter::from_fn(|| decoder.poll_event().map(|decoded| decoded.event)).collect()
}

/// A line with its CRC and line end.
fn sealed(covered: &str) -> Vec<u8> {
    format!("${covered}*{:04X}\r\n", crc16(covered.as_bytes())).into_bytes()
}

fn time() -> DeviceTime {
    DeviceTime::new((2025, 3, 14), (8, 15, 27), 318_000, true).unwrap()
}

fn address() -> Address {
    Address {
        station: "ST0042".to_string(),
        lane: 2,
    }
}

fn axle(left: i64, right: i64, spacing_mm: Option<i64>) -> Axle {
    Axle {
        load_kg: Some(left + right),
        left_kg: Some(left),
        right_kg: Some(right),
        spacing_mm,
        ..Axle::default()
    }
}

fn vehicle() -> Vehicle {
    Vehicle {
        station: Some("ST0042".to_string()),
        sequence: Some(1718),
        time: Some(time()),
        lane: Some(2),
        direction: Some(Direction::Forward),
        speed_tenth_kmh: Some(634),
        acceleration_tenth_ms2: Some(-2),
        length_mm: Some(16_840),
        gross_kg: Some(16_960),
        axles: vec![axle(3_270, 3_270, None), axle(5_210, 5_210, Some(3_450))],
        groups: Vec::new(),
        flags: vec![],
        confidence: Some(95),
        checked: true,
    }
}

fn message(vehicle: Vehicle) -> Message {
    let axles = vec![AxleExtra::default(); vehicle.axles.len()];
    Message::Vehicle(
        vehicle,
        Extra {
            temperature_tenth_c: None,
            axles,
        },
    )
}

#[test]
fn every_type_comes_back_as_it_was_written() {
    let no_sides = Vehicle {
        direction: None,
        speed_tenth_kmh: None,
        length_mm: None,
        gross_kg: None,
        confidence: None,
        axles: vec![
            Axle {
                load_kg: Some(9_000),
                left_kg: None,
                right_kg: None,
                spacing_mm: None,
                speed_tenth_kmh: Some(636),
                validity: Some(AxleValidity::Valid),
            },
            Axle {
                load_kg: None,
                left_kg: None,
                right_kg: Some(0),
                spacing_mm: None,
                speed_tenth_kmh: None,
                validity: Some(AxleValidity::Reserved(9)),
            },
        ],
        flags: VehicleFlag::ALL.to_vec(),
        ..vehicle()
    };
    let full = Message::Vehicle(
        vehicle(),
        Extra {
            temperature_tenth_c: Some(-215),
            axles: vec![
                AxleExtra {
                    tyre: Some(Tyre::Single),
                    group: Some(1),
                },
                AxleExtra {
                    tyre: Some(Tyre::Dual),
                    group: Some(32),
                },
            ],
        },
    );
    let heartbeat = |time, last_sequence, state: &str| {
        Message::Heartbeat(
            address(),
            Heartbeat {
                lane: Some(2),
                time,
                last_sequence,
                state: state.to_string(),
            },
        )
    };
    for message in [
        message(vehicle()),
        message(no_sides),
        full,
        Message::Acknowledge(Acknowledge {
            address: address(),
            sequence: Some(u32::MAX),
            answer: Answer::Dup,
        }),
        Message::Acknowledge(Acknowledge {
            address: address(),
            sequence: None,
            answer: Answer::Bad,
        }),
        Message::Resend(Resend {
            address: address(),
            first: 7,
            last: 7,
        }),
        heartbeat(Some(time()), Some(1718), "OK"),
        heartbeat(None, None, ""),
        Message::Time(Time {
            address: address(),
            host: time(),
            device: Some(time()),
        }),
        Message::Time(Time {
            address: address(),
            host: time(),
            device: None,
        }),
    ] {
        let line = encode(&message).unwrap();
        let bare = line.strip_suffix(b"\r\n").unwrap();
        assert_eq!(parse_line(bare), Ok(message.clone()));
        assert_eq!(events(&line), [message.into_event()]);
    }
}

#[test]
fn the_worked_examples_of_the_specification_hold() {
    let document = include_str!("../../OLR.md");
    let lines: Vec<_> = document
        .lines()
        .filter(|line| line.starts_with("$OLR"))
        .collect();
    assert!(lines.len() >= 8, "{}", lines.len());
    let mut kinds = vec![];
    for line in lines {
        let message = parse_line(line.as_bytes());
        let message = message.unwrap_or_else(|reason| panic!("{reason:?}: {line}"));
        let written = encode(&message).unwrap();
        assert_eq!(String::from_utf8(written).unwrap().trim_end(), line);
        kinds.push(line.as_bytes()[7]);
    }
    for kind in *b"VARHT" {
        assert!(kinds.contains(&kind));
    }
}

#[test]
fn sums_that_do_not_hold_are_flagged_and_keep_the_record() {
    let mut wrong = vehicle();
    wrong.gross_kg = Some(16_950);
    let mut short = vehicle();
    short.length_mm = Some(3_449);
    for vehicle in [wrong, short] {
        let line = encode(&message(vehicle.clone())).unwrap();
        let expected = Vehicle {
            flags: vec![VehicleFlag::SumWrong],
            ..vehicle
        };
        assert_eq!(events(&line), [Event::Vehicle(expected)]);
    }
    let mut unknown = vehicle();
    unknown.axles[1] = Axle {
        load_kg: None,
        right_kg: None,
        ..unknown.axles[1].clone()
    };
    let line = encode(&message(unknown.clone())).unwrap();
    assert_eq!(events(&line), [Event::Vehicle(unknown)], "no sum, no flag");
}

#[test]
fn an_axle_that_is_not_valid_flags_the_record() {
    let line =
        sealed("OLR,1,V,S,1,5,2025-03-14T08:15:27.318Z,,,,,,,80000000,,2,1/2/0///1/0;3/4////1/2");
    let all = events(&line);
    let Some(Event::Vehicle(vehicle)) = all.first() else {
        panic!("{all:?}");
    };
    // The stated bit 31 is of a later version: taken, not shown.
    assert_eq!(vehicle.flags, [VehicleFlag::SensorFault]);
}

#[test]
fn what_is_wrong_is_named() {
    let good = "OLR,1,V,S,1,5,2025-03-14T08:15:27.318Z,+,63.4,,,,7,00000000,9,1,3/4/0////";
    let other = |from: &str, to: &str| sealed(&good.replace(from, to));
    let cases = [
        (other("OLR,1,V", "OLR,2,V"), Reject::Version),
        (other(",V,", ",X,"), Reject::Version),
        (other(",S,1,", ",S T,1,"), Reject::Field),
        (other(",S,1,5", ",S,0,5"), Reject::Field),
        (other(",5,", ",4294967296,"), Reject::Field),
        (other("03-14", "02-30"), Reject::Field),
        (other("318Z", "318"), Reject::Field),
        (other("63.4", "63.44"), Reject::Field),
        (other(",7,", ",-7,"), Reject::Field),
        (other("00000000", "0000000"), Reject::Field),
        (other(",9,1,", ",101,1,"), Reject::Field),
        (other(",1,3/", ",2,3/"), Reject::Contradiction),
        (other("3/4/0////", "3/4/9////"), Reject::Contradiction),
        (other("////", "///"), Reject::Field),
        (other("////", "/////"), Reject::Field),
        (other("////", "////;"), Reject::Field),
        (sealed("OLR,1,R,S,1,8,7"), Reject::Contradiction),
        (sealed("OLR,1,A,S,1,8,YES"), Reject::Field),
        (sealed("OLR,1,A,S,1,8"), Reject::Field),
        (b"$OLR,1,A,S,1,8,OK\r\n".to_vec(), Reject::Truncated),
        (b"$OLR,1,A,S,1,8,OK*0000\r\n".to_vec(), Reject::Integrity),
    ];
    assert!(matches!(
        events(&sealed(good)).as_slice(),
        [Event::Vehicle(_)]
    ));
    for (line, reason) in cases {
        let text = String::from_utf8_lossy(&line);
        assert_eq!(events(&line), [Event::Rejected(reason)], "{text}");
    }
}

#[test]
fn a_line_that_can_not_be_read_still_says_whose_it_is() {
    let line = sealed("OLR,9,Q,ST0042,2,1718,what,ever");
    let line = line.strip_suffix(b"\r\n").unwrap();
    assert_eq!(super::address(line), Some((address(), Some(1718))));
    assert_eq!(super::address(b"$OLR,9,Q,ST0042,2,1718*0000"), None);
}

#[test]
fn lines_are_cut_where_the_next_begins_and_at_2000_characters() {
    let line = encode(&message(vehicle())).unwrap();
    let long = [b"$OLR,1,H,", "x".repeat(4_000).as_bytes()].concat();
    let stream = [
        &line[..],
        &line[..40],
        &line[..],
        &long,
        &line[..line.len() - 2],
    ]
    .concat();
    let kinds: Vec<_> = events(&stream)
        .into_iter()
        .map(|event| match event {
            Event::Rejected(reason) => reason.name(),
            _ => "vehicle",
        })
        .collect();
    assert_eq!(
        kinds,
        [
            "vehicle",
            "truncated",
            "vehicle",
            "length",
            "garbage",
            "garbage",
            "vehicle"
        ],
        "garbage of over 1024 bytes comes in two pieces"
    );
}

#[test]
fn the_longest_record_fits_and_an_impossible_one_is_refused() {
    let mut longest = vehicle();
    longest.axles = vec![axle(60_000, 60_000, Some(50_000)); AXLES];
    longest.axles[0].spacing_mm = None;
    longest.gross_kg = Some(999_999);
    let line = encode(&message(longest.clone())).unwrap();
    assert!(line.len() <= LINE_CHARACTERS);
    longest.axles.push(axle(1, 1, Some(1)));
    assert!(encode(&message(longest)).is_err());
    let mut no_time = vehicle();
    no_time.time = None;
    assert_eq!(encode(&message(no_time)), Err(EncodeError::Missing("time")));
    let mut wrong_sum = vehicle();
    wrong_sum.axles[0].load_kg = Some(1);
    assert!(encode(&message(wrong_sum)).is_err());
}
