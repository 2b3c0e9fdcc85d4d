use super::*;
use alloc::vec;

fn events_with(settings: &Settings, bytes: &[u8]) -> Vec<Event> {
    let mut decoder = decoder(settings).unwrap();
    decoder.push(bytes);
    decoder.finish();
    core::iter::from_fn(|| decoder.poll_event().map(|decoded| decoded.event)).collect()
}

fn events(bytes: &[u8]) -> Vec<Event> {
    events_with(&Settings::new(), bytes)
}

fn vehicle(number: u64) -> Vehicle {
    match specimen(number) {
        Event::Vehicle(vehicle) => vehicle,
        other => panic!("{other:?}"),
    }
}

#[test]
fn both_lengths_say_the_same_with_and_without_a_line_end() {
    for number in 0..500 {
        let vehicle = vehicle(number);
        for columns in [Columns::All, Columns::OfItsAxles] {
            let line = encode(&vehicle, &Settings::new(), columns).unwrap();
            let text = line.strip_suffix(b"\r\n").unwrap();
            for end in [&b""[..], b"\n", b"\r\n"] {
                let line = [text, end].concat();
                assert_eq!(events(&line), [Event::Vehicle(vehicle.clone())]);
            }
        }
        let full = encode(&vehicle, &Settings::new(), Columns::All).unwrap();
        assert_eq!(full.len(), LONGEST);
    }
}

#[test]
fn units_are_converted_by_their_definition_and_back() {
    assert_eq!(kilograms_of_pounds(73_500), 33_339);
    assert_eq!(kilograms_of_pounds(1), 0);
    assert_eq!(kilograms_of_pounds(100_000_000), 45_359_237);
    assert_eq!(millimetres_of_tenth_feet(151), 4_602);
    assert_eq!(millimetres_of_tenth_feet(45), 1_372);
    assert_eq!(tenth_kmh_of_mph(63), 1_014);
    for kilograms in 0..60_000 {
        let pounds = pounds_of_kilograms(kilograms);
        assert_eq!(kilograms_of_pounds(pounds), kilograms);
    }
    for tenth_feet in 0..10_000 {
        let millimetres = millimetres_of_tenth_feet(tenth_feet);
        assert_eq!(tenth_feet_of_millimetres(millimetres), tenth_feet);
    }
}

const LINE: &[u8] = b"W17042110312025031408090630441000315400014117000004511700\r\n";

#[test]
fn the_settings_say_what_direction_and_open_field_are() {
    let read = |key: &str, value: &str| {
        let settings = Settings::new().with(key, value);
        match events_with(&settings, LINE).as_slice() {
            [Event::Vehicle(vehicle)] => (vehicle.direction, vehicle.speed_tenth_kmh),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(read("open_field", "none"), (None, None));
    assert_eq!(read("open_field", "mph"), (None, Some(1_014)));
    assert_eq!(read("open_field", "kmh"), (None, Some(630)));
    assert_eq!(read("forward", "3"), (Some(Direction::Forward), None));
    assert_eq!(read("forward", "7"), (Some(Direction::Reverse), None));
    assert!(decoder(&Settings::new().with("forward", "N")).is_err());
    for (open_field, speed) in [("mph", 1_014), ("kmh", 630)] {
        let settings = Settings::new()
            .with("open_field", open_field)
            .with("forward", "3");
        let vehicle = Vehicle {
            direction: Some(Direction::Reverse),
            speed_tenth_kmh: Some(speed),
            ..vehicle(7)
        };
        let line = encode(&vehicle, &settings, Columns::All).unwrap();
        assert_eq!(events_with(&settings, &line), [Event::Vehicle(vehicle)]);
    }
}

#[test]
fn fields_are_where_the_layout_says() {
    let all = events(LINE);
    let axle = |load_kg, spacing_mm| Axle {
        load_kg: Some(load_kg),
        spacing_mm,
        ..Axle::default()
    };
    let expected = Vehicle {
        station: Some("17042110".to_string()),
        time: DeviceTime::new((2025, 3, 14), (8, 0, 0), 0, false),
        lane: Some(1),
        gross_kg: Some(20_003),
        axles: vec![
            axle(6_985, None),
            axle(7_711, Some(4_298)),
            axle(5_307, Some(1_372)),
        ],
        ..Vehicle::default()
    };
    assert_eq!(all, [Event::Vehicle(expected)]);
}

#[test]
fn what_is_wrong_is_named() {
    let with = |column: usize, text: &[u8]| {
        let mut line = LINE.to_vec();
        line[column - 1..column - 1 + text.len()].copy_from_slice(text);
        line
    };
    let text = LINE.strip_suffix(b"\r\n").unwrap();
    for (line, reason) in [
        (with(27, b"044101"), Reject::Contradiction),
        (with(27, b"      "), Reject::Field),
        (with(33, b"02"), Reject::Contradiction),
        (with(33, b"00"), Reject::Field),
        (with(33, b"14"), Reject::Field),
        (with(33, b"04"), Reject::Truncated),
        (with(35, b"     "), Reject::Field),
        (with(35, b"00000"), Reject::Contradiction),
        (with(40, b"0000"), Reject::Contradiction),
        (with(40, b"01x1"), Reject::Field),
        (with(4, b"04-110"), Reject::Field),
        (with(10, b" "), Reject::Field),
        (with(16, b"13"), Reject::Field),
        (with(20, b"24"), Reject::Field),
        (with(22, b"X9"), Reject::Field),
        (with(24, b"\x01"), Reject::Field),
        ([&text[..56], b"\n"].concat(), Reject::Truncated),
        ([&text[..20], b"\n"].concat(), Reject::Truncated),
        (
            [text, b"0012", b"00001", b"\n"].concat(),
            Reject::Contradiction,
        ),
        ([text, &[b' '; 91], b"\n"].concat(), Reject::Length),
    ] {
        // One more good line shows that nothing else is lost.
        let all = events(&[&line[..], LINE].concat());
        let expected = [&[Event::Rejected(reason)][..], &events(LINE)].concat();
        assert_eq!(all, expected, "{:?}", String::from_utf8_lossy(&line));
    }
}

#[test]
fn blanks_may_fill_the_parts_of_a_date() {
    let dated = |text: &[u8]| {
        let mut line = LINE.to_vec();
        line[11..21].copy_from_slice(text);
        events(&line)
    };
    assert_eq!(dated(b"2025 3 4 7"), dated(b"2025030407"));
    for wrong in [b"2025 3   7", b"2025 3 4  ", b" 25 3 4 07", b"20253 4 07"] {
        assert_eq!(dated(wrong), [Event::Rejected(Reject::Field)]);
    }
}

#[test]
fn a_record_behind_foreign_bytes_is_found() {
    for noise in [&b"?\xFF"[..], b"W17", b"WWWW", &LINE[..40], &[b'W'; 400]] {
        let all = events(&[noise, LINE].concat());
        assert_eq!(all.last(), events(LINE).last(), "{noise:?}");
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let change = |change: fn(&mut Vehicle)| {
        let mut vehicle = vehicle(3);
        change(&mut vehicle);
        encode(&vehicle, &Settings::new(), Columns::All)
    };
    for (what, wrong) in [
        ("axles", change(|vehicle| vehicle.axles = vec![])),
        ("station", change(|vehicle| vehicle.station = None)),
        (
            "station",
            change(|vehicle| vehicle.station = Some("ST0042".to_string())),
        ),
        ("gross_kg", change(|vehicle| vehicle.gross_kg = Some(1))),
        (
            "load_kg",
            change(|vehicle| vehicle.axles[0].load_kg = Some(60_000)),
        ),
        (
            "spacing",
            change(|vehicle| vehicle.axles[1].spacing_mm = Some(1_301)),
        ),
        (
            "time",
            change(|vehicle| vehicle.time = DeviceTime::from_micros(1, false)),
        ),
        (
            "speed",
            change(|vehicle| vehicle.speed_tenth_kmh = Some(630)),
        ),
        (
            "direction",
            change(|vehicle| vehicle.direction = Some(Direction::Forward)),
        ),
        ("lane", change(|vehicle| vehicle.lane = Some(10))),
    ] {
        assert!(wrong.is_err(), "{what}");
    }
}
