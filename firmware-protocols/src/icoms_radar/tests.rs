//! Tests of the lane radar.

use alloc::string::{String, ToString};

use super::*;

fn words(settings: &Settings, bytes: &[u8]) -> Vec<String> {
    let mut decoder = decoder(settings).unwrap();
    decoder.push(bytes);
    decoder.finish();
    core::iter::from_fn(|| decoder.poll_event())
        .map(|decoded| match decoded.event {
            Event::Vehicle(vehicle) => {
                let way = match vehicle.direction {
                    None => "-",
                    Some(Direction::Forward) => "forward",
                    Some(Direction::Reverse) => "reverse",
                };
                alloc::format!("{} {way}", vehicle.speed_tenth_kmh.unwrap())
            }
            Event::Rejected(reason) => reason.name().to_string(),
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn every_text_form_is_read() {
    let default = Settings::new();
    let miles = Settings::new().with("unit", "mph");
    for (text, word, with_miles) in [
        ("+047 km/h\r\n", "470 forward", "470 forward"),
        ("-147 km/h\r\n", "1470 reverse", "1470 reverse"),
        ("+063 mph\r\n", "1014 forward", "1014 forward"),
        ("047KI\r\n", "470 forward", "470 forward"),
        ("047KO\r\n", "470 reverse", "470 reverse"),
        ("063MO\r\n", "1014 reverse", "1014 reverse"),
        ("-063\r\n", "630 reverse", "1014 reverse"),
        ("*S063\r\n", "630 -", "1014 -"),
        ("s000\r\n", "0 -", "0 -"),
        ("+047 km/h 012 m\r\n", "470 forward", "470 forward"),
        ("-047 km/h 112 m\r\n", "470 reverse", "470 reverse"),
    ] {
        assert_eq!(words(&default, text.as_bytes()), [word], "{text}");
        assert_eq!(words(&miles, text.as_bytes()), [with_miles], "{text}");
        let twice = text.repeat(2);
        assert_eq!(words(&default, twice.as_bytes()), [word, word], "{text}");
    }
    let behind = Settings::new().with("forward", "receding");
    assert_eq!(
        words(&behind, b"+047 km/h\r\n047KO\r\n"),
        ["470 reverse", "470 forward"]
    );
}

#[test]
fn lines_that_are_no_message_are_not_taken() {
    for text in [
        "047 km/h\r\n",
        "+47 km/h\r\n",
        "+0475 km/h\r\n",
        "+047km/h\r\n",
        "+047 km/s\r\n",
        "+047 km/h\n",
        "+047 km/h 12 m\r\n",
        "047KX\r\n",
        "1047KO\r\n",
        "12345047KO\r\n",
        "47KO\r\n",
        "*047\r\n",
        "s47\r\n",
    ] {
        let good = alloc::format!("{text}+050 km/h\r\n");
        let found = words(&Settings::new(), good.as_bytes());
        assert_eq!(found, ["garbage", "500 forward"], "{text}");
    }
    assert_eq!(words(&Settings::new(), b"+047 km/"), ["truncated"]);
}

fn record() -> Vehicle {
    Vehicle {
        sequence: Some(70_001),
        time: DeviceTime::new((2025, 12, 31), (23, 59, 58), 970_000, false),
        direction: Some(Direction::Reverse),
        speed_tenth_kmh: Some(810),
        length_mm: Some(6_100),
        ..Vehicle::default()
    }
}

#[test]
fn an_encoded_message_goes_by_its_length() {
    let default = Settings::new();
    let bytes = encode(&record(), &default).unwrap();
    assert_eq!(bytes.len(), ENCODED);
    assert_eq!(&bytes[..10], b"\x02\x99\x51\x3D\x97\x58\x59\x23\xB1\x12");
    let mut decoder = decoder(&default).unwrap();
    decoder.push(&bytes);
    let event = decoder.poll_event().map(|decoded| decoded.event);
    assert_eq!(event, Some(Event::Vehicle(record())));
    // Marks inside: speed 3, counter 0x029902.
    let marks = Vehicle {
        speed_tenth_kmh: Some(30),
        sequence: Some(0x02_9902),
        ..record()
    };
    let bytes = encode(&marks, &default).unwrap();
    assert_eq!(
        words(&default, &bytes.repeat(2)),
        ["30 reverse", "30 reverse"]
    );
}

#[test]
fn a_broken_encoded_message_costs_nothing_behind_it() {
    let default = Settings::new();
    let good = encode(&record(), &default).unwrap();
    let with = |offset: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[offset] = byte;
        bytes
    };
    for (bytes, reason) in [
        (with(18, 0), "length"),
        (with(4, 0x9A), "field"),
        (with(7, 0x24), "field"),
        (with(8, 0x32), "field"),
        (with(9, 0x13), "field"),
        (with(16, 0xFF), "field"),
    ] {
        let found = words(&default, &bytes);
        assert_eq!(found[0], reason, "{bytes:02X?}");
        assert!(!found.iter().any(|word| word.contains("reverse")));
    }
    for cut in 2..ENCODED {
        for next in [&good[..], b"+050 km/h\r\n"] {
            let found = words(&default, &[&good[..cut], next].concat());
            let last = found.last().unwrap();
            assert!(
                last == "810 reverse" || last == "500 forward",
                "{cut} {found:?}"
            );
        }
    }
}

#[test]
fn what_has_no_place_is_not_written() {
    let default = Settings::new();
    let text = Vehicle {
        time: None,
        sequence: None,
        ..record()
    };
    for wrong in [
        Vehicle {
            speed_tenth_kmh: Some(815),
            ..record()
        },
        Vehicle {
            speed_tenth_kmh: Some(2_560),
            ..record()
        },
        Vehicle {
            speed_tenth_kmh: None,
            ..record()
        },
        Vehicle {
            length_mm: Some(0),
            ..record()
        },
        Vehicle {
            length_mm: Some(25_600),
            ..record()
        },
        Vehicle {
            sequence: Some(1 << 24),
            ..record()
        },
        Vehicle {
            time: DeviceTime::new((2025, 1, 1), (0, 0, 0), 1_000, false),
            ..record()
        },
        Vehicle {
            gross_kg: Some(1),
            ..record()
        },
        Vehicle {
            speed_tenth_kmh: Some(-10),
            ..text.clone()
        },
        Vehicle {
            direction: None,
            ..text.clone()
        },
    ] {
        assert!(encode(&wrong, &default).is_err(), "{wrong:?}");
    }
    let miles = Settings::new().with("unit", "mph");
    assert!(encode(&record(), &miles).is_err());
    assert!(encode(&text, &miles).is_ok());
}

#[test]
fn every_form_that_is_written_is_read_back() {
    for form in ["1", "2", "3", "4", "5"] {
        let settings = Settings::new().with("form", form);
        let silent = matches!(form, "4" | "5");
        let vehicle = Vehicle {
            speed_tenth_kmh: Some(990),
            direction: (!silent).then_some(Direction::Reverse),
            ..Vehicle::default()
        };
        let bytes = encode(&vehicle, &settings).unwrap();
        let mut decoder = decoder(&Settings::new()).unwrap();
        decoder.push(&bytes);
        let event = decoder.poll_event().map(|decoded| decoded.event);
        assert_eq!(event, Some(Event::Vehicle(vehicle)), "{form}");
    }
    assert!(Options::new(&Settings::new().with("form", "7")).is_err());
}
