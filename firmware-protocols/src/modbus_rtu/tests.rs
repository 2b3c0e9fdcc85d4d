use super::*;
use crate::{Decimal, Unit};
use alloc::format;
use alloc::string::String;

fn all(settings: &Settings, bytes: &[u8]) -> Vec<Event> {
    let mut decoder = decoder(settings).unwrap();
    decoder.push(bytes);
    decoder.finish();
    core::iter::from_fn(|| decoder.poll_event())
        .map(|decoded| decoded.event)
        .collect()
}

/// Events as short words.
fn words(settings: &Settings, bytes: &[u8]) -> Vec<String> {
    all(settings, bytes)
        .into_iter()
        .map(|event| match event {
            Event::Reading(reading) => reading.value.map_or("over".into(), |v| v.to_string()),
            Event::Status(status) => status.name.into(),
            Event::Rejected(reason) => reason.name().into(),
            other => format!("{other:?}"),
        })
        .collect()
}

fn weight(digits: i64, decimals: u8) -> Reading {
    Reading {
        value: Some(Decimal::new(digits, decimals)),
        checked: true,
        ..Reading::default()
    }
}

fn answer(settings: &Settings, reading: &Reading) -> Vec<u8> {
    let map = Map::new(settings).unwrap();
    encode(&Event::Reading(reading.clone()), &map).unwrap()
}

fn request(address: u16, count: u16) -> Vec<u8> {
    frame::read_request(1, 3, address, count)
}

#[test]
fn every_kind_and_order_goes_both_ways() {
    for kind in ["u16", "i16", "u32", "i32", "f32"] {
        for word_order in ["high_first", "low_first"] {
            for byte_order in ["high_first", "low_first"] {
                let settings = Settings::new()
                    .with("kind", kind)
                    .with("word_order", word_order)
                    .with("byte_order", byte_order)
                    .with("decimals", "1")
                    .with("address", "100")
                    .with("count", "4")
                    .with("register", "101");
                for digits in [0, 7, 4_920, 32_000, -12] {
                    if digits < 0 && kind.starts_with('u') {
                        continue;
                    }
                    let bytes = answer(&settings, &weight(digits, 1));
                    let expected = Decimal::new(digits, 1).to_string();
                    assert_eq!(words(&settings, &bytes), [expected], "{kind}");
                }
            }
        }
    }
    let map = Map::new(&Settings::new().with("kind", "i16")).unwrap();
    assert!(map.registers(&weight(40_000, 0)).is_err());
    assert!(map.registers(&weight(40, 1)).is_err());
    let tonnes = Reading {
        unit: Some(Unit::Tonne),
        ..weight(4, 0)
    };
    assert!(map.registers(&tonnes).is_err());
}

fn id551pn() -> Settings {
    Settings::new()
        .with("count", "5")
        .with("kind", "f32")
        .with("decimals", "1")
        .with("weight_unit", "kg")
        .with(
            "status",
            "4.9=underload, 4.10=overload,4.11=net,4.12=moving,4.15=valid",
        )
}

#[test]
fn status_bits_say_what_the_map_says() {
    let settings = id551pn();
    for index in 0..4 {
        let reading = Reading {
            unit: Some(Unit::Kilogram),
            stable: Some(index % 2 == 0),
            net: Some(index > 1),
            overload: Some(false),
            underload: Some(false),
            ..weight(492_005, 1)
        };
        let bytes = answer(&settings, &reading);
        assert_eq!(all(&settings, &bytes), [Event::Reading(reading)]);
    }
    let over = Reading {
        value: None,
        unit: Some(Unit::Kilogram),
        stable: Some(true),
        net: Some(false),
        overload: Some(true),
        underload: Some(false),
        checked: true,
        ..Reading::default()
    };
    assert_eq!(
        all(&settings, &answer(&settings, &over)),
        [Event::Reading(over)]
    );
    // Neither valid nor out of range.
    let block = frame::registers(1, 3, &[0x4740, 0x3080, 0, 0, 0]).unwrap();
    assert_eq!(words(&settings, &block), ["device"]);
    // No number.
    let block = frame::registers(1, 3, &[0x7FC0, 0, 0, 0, 0x8000]).unwrap();
    assert_eq!(words(&settings, &block), ["field"]);
    let contrary = Settings::new()
        .with("count", "3")
        .with("status", "2.0=stable,2.1=moving");
    let block = frame::registers(1, 3, &[0, 5, 3]).unwrap();
    assert_eq!(words(&contrary, &block), ["contradiction"]);
    let clear = Settings::new()
        .with("count", "3")
        .with("status", "2.0=!stable");
    let block = frame::registers(1, 3, &[0, 5, 0]).unwrap();
    let [Event::Reading(reading)] = &all(&clear, &block)[..] else {
        panic!("no reading");
    };
    assert_eq!(reading.stable, Some(true));
}

#[test]
fn a_point_register_places_the_point() {
    let settings = Settings::new()
        .with("count", "3")
        .with("point_register", "2");
    let bytes = answer(&settings, &weight(-12_345, 2));
    assert_eq!(words(&settings, &bytes), ["-123.45"]);
    let block = frame::registers(1, 3, &[0, 5, 7]).unwrap();
    assert_eq!(words(&settings, &block), ["field"]);
}

#[test]
fn an_answer_behind_another_request_is_no_weight() {
    let settings = Settings::new();
    let reply = answer(&settings, &weight(1_040, 0));
    let (own, tare) = (request(0, 2), request(3, 2));
    let talk = [&own[..], &reply, &tare, &reply, &own, &reply, &reply].concat();
    assert_eq!(
        words(&settings, &talk),
        [
            "host_read",
            "1040",
            "host_read",
            "registers",
            "host_read",
            "1040",
            "registers"
        ]
    );
    // A request that was damaged may have been another one.
    let mut damaged = tare.clone();
    damaged[0] ^= 0x40;
    let talk = [&own[..], &damaged, &reply].concat();
    let found = words(&settings, &talk);
    assert_eq!(
        found.last().map(String::as_str),
        Some("registers"),
        "{found:?}"
    );
    // A byte of turn-around noise is none.
    let talk = [&own[..], &[0], &reply].concat();
    assert_eq!(words(&settings, &talk), ["host_read", "garbage", "1040"]);
    let asked = settings.with("answers", "asked");
    let talk = [&reply[..], &own, &reply].concat();
    assert_eq!(words(&asked, &talk), ["registers", "host_read", "1040"]);
}

#[test]
fn no_weight_of_two_registers_is_taken_for_a_request() {
    let settings = Settings::new();
    for digits in 0..40_000 {
        let bytes = answer(&settings, &weight(digits, 0));
        assert_eq!(all(&settings, &bytes), [Event::Reading(weight(digits, 0))]);
    }
    // And a request that begins like an answer is one.
    let bytes = [request(0x0400, 2), request(0x0407, 1)].concat();
    assert_eq!(words(&settings, &bytes), ["host_read", "host_read"]);
}

#[test]
fn lost_doubled_and_flipped_bytes_cost_one_frame() {
    let settings = Settings::new();
    let reply = answer(&settings, &weight(49_200, 0));
    for index in 0..reply.len() {
        let mut lost = reply.clone();
        lost.remove(index);
        let mut doubled = reply.clone();
        doubled.insert(index, reply[index]);
        let mut flipped = reply.clone();
        flipped[index] ^= 0x10;
        for damaged in [lost, doubled, flipped] {
            let found = words(&settings, &[&damaged[..], &reply].concat());
            let weights = found.iter().filter(|word| *word == "49200").count();
            assert_eq!(
                found.last().map(String::as_str),
                Some("49200"),
                "{damaged:02X?}"
            );
            assert!(weights <= 2 && !found.iter().any(|word| word == "host_read"));
        }
    }
    assert_eq!(words(&settings, &reply[..6]), ["truncated"]);
}

#[test]
fn other_units_are_told_apart() {
    let settings = Settings::new().with("unit", "7");
    let bytes = frame::registers(1, 3, &[0, 1_040]).unwrap();
    assert_eq!(words(&settings, &bytes), ["registers"]);
    let bytes = frame::registers(7, 3, &[0, 1_040]).unwrap();
    assert_eq!(words(&settings, &bytes), ["1040"]);
}

#[test]
fn the_block_is_polled() {
    let mut polled = decoder(&Settings::new().with("address", "7")).unwrap();
    assert_eq!(polled.poll_transmit(0), Some(request(7, 2)));
    let mut tap = decoder(&Settings::new().with("poll", "off")).unwrap();
    assert_eq!((tap.poll_timeout(), tap.poll_transmit(0)), (None, None));
}

#[test]
fn a_slave_answers_what_it_is_asked() {
    let settings = id551pn();
    let slave = Slave::new(&settings).unwrap();
    let reading = Reading {
        unit: Some(Unit::Kilogram),
        stable: Some(true),
        net: Some(false),
        overload: Some(false),
        underload: Some(false),
        ..weight(100, 1)
    };
    let ask = |bytes: &[u8]| slave.answer(bytes, &reading).unwrap();
    let reply = ask(&request(0, 5)).unwrap();
    assert_eq!(all(&settings, &reply), [Event::Reading(reading.clone())]);
    let status = ask(&request(4, 1)).unwrap();
    assert_eq!(status[..5], [1, 3, 2, 0x80, 0]);
    assert_eq!(ask(&request(4, 2)), Some(frame::exception(1, 3, 2)));
    assert_eq!(
        ask(&frame::read_request(1, 4, 0, 2)),
        Some(frame::exception(1, 4, 1))
    );
    assert_eq!(ask(&frame::read_request(2, 3, 0, 2)), None);
    assert_eq!(ask(&request(0, 5)[..7]), None);
}

#[test]
fn settings_are_refused_with_what_is_allowed() {
    let refused = |assignments: &[&str]| {
        let settings = Settings::from_assignments(assignments.iter().copied()).unwrap();
        Map::new(&settings).unwrap_err().to_string()
    };
    for (assignments, part) in [
        (&["function=5"][..], "3, 4"),
        (&["unit=0"], "1 to 247"),
        (&["count=1"], "u16, i16, as the block has 1 register"),
        (&["register=40001"], "0 to 1 (`address` and `count`)"),
        (&["address=65535"], "at most 1"),
        (&["count=4", "point_register=1"], "not one of the weight's"),
        (
            &["count=4", "point_register=2", "decimals=1"],
            "one of the two",
        ),
        (&["status=4.12=moving"], "registers of the block: 0 to 1"),
        (&["count=3", "status=2.16=moving"], "bits 0 to 15"),
        (
            &["count=3", "status=2.1=steady"],
            "stable, moving, overload",
        ),
        (&["count=3", "status=1.1=moving"], "not the weight's"),
        (&["weight_unit=kilo"], "kg, g, t"),
    ] {
        let error = refused(assignments);
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn a_request_of_a_master_that_has_gone_does_not_make_the_decoder_deaf() {
    let mut decoder = decoder(&Settings::new()).unwrap();
    decoder.push(&frame::read_request(1, 3, 40, 2));
    let answer = frame::registers(1, 3, &[0, 49_200]).unwrap();
    let mut readings = 0;
    for _ in 0..10 {
        decoder.push(&answer);
        while let Some(decoded) = decoder.poll_event() {
            readings += u32::from(matches!(decoded.event, Event::Reading(_)));
        }
    }
    assert_eq!(
        readings, 6,
        "the first four may have been asked for by the other"
    );
}

#[test]
fn a_frame_around_another_one_is_the_same_reject_however_the_bytes_come() {
    // An answer of 44 bytes with a right CRC, and a request of another function within its data.
    let mut around = vec![1, 3, 44];
    around.extend([0; 17]);
    around.extend(frame::read_request(1, 4, 41, 6));
    around.resize(47, 0);
    let around = frame::close(around);
    let spans = |size: usize| {
        let mut decoder = decoder(&Settings::new()).unwrap();
        let mut events = vec![];
        for chunk in around.chunks(size) {
            decoder.push(chunk);
            events.extend(core::iter::from_fn(|| decoder.poll_event()));
        }
        decoder.finish();
        events.extend(core::iter::from_fn(|| decoder.poll_event()));
        events
    };
    for size in 1..around.len() {
        assert_eq!(spans(size), spans(around.len()), "{size}");
    }
}
