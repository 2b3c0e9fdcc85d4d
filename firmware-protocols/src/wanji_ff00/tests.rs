use super::*;
use crate::{AxleGroup, DeviceTime};

fn events_of(decoder: &mut dyn Decoder) -> Vec<Event> {
    core::iter::from_fn(|| decoder.poll_event().map(|decoded| decoded.event)).collect()
}

fn events(bytes: &[u8]) -> Vec<Event> {
    let mut decoder = decoder(&Settings::new()).unwrap();
    decoder.push(bytes);
    decoder.finish();
    events_of(&mut decoder)
}

fn vehicle(number: u64) -> Vehicle {
    match specimen(number) {
        Event::Vehicle(vehicle) => vehicle,
        other => panic!("{other:?}"),
    }
}

fn frame(number: u64) -> Vec<u8> {
    encode(&vehicle(number), 1).unwrap()
}

fn status(name: &'static str, fields: &[(&'static str, &str)]) -> Event {
    Event::Status(Status {
        name,
        fields: fields
            .iter()
            .map(|(key, value)| (*key, value.to_string()))
            .collect(),
    })
}

/// A vehicle frame with these bytes from the weights on; three axles in two groups.
fn three(command: u8, behind: &[u8]) -> Vec<u8> {
    let head = [
        0xFF, 0, command, 0, 200, 3, 7, 0xE9, 3, 14, 8, 15, 27, 1, 0, 98, 0xFF, 3, 2,
    ];
    let mut frame = [&head[..], behind].concat();
    frame[3] = frame.len() as u8 + 2;
    sealed(frame)
}

const BY_AXLES_BEHIND: [u8; 15] = [
    2, 0x8E, 4, 0x12, 4, 0x0E, 1, 0x15, 1, 0x59, 0, 0x88, 10, 10, 10,
];

#[test]
fn fields_are_where_the_layout_says() {
    let axle = |load_kg, spacing_mm| Axle {
        load_kg,
        spacing_mm,
        speed_tenth_kmh: Some(100),
        ..Axle::default()
    };
    let group = |axles, load_kg, code| AxleGroup {
        axles: Some(axles),
        load_kg,
        code: Some(code),
    };
    let common = Vehicle {
        sequence: Some(200),
        time: DeviceTime::new((2025, 3, 14), (8, 15, 27), 0, false),
        speed_tenth_kmh: Some(98),
        checked: true,
        ..Vehicle::default()
    };
    let by_axles = Vehicle {
        gross_kg: Some(27_340),
        axles: vec![
            axle(Some(6_540), None),
            axle(Some(10_420), Some(3_450)),
            axle(Some(10_380), Some(1_360)),
        ],
        groups: vec![group(1, None, 1), group(2, None, 0x15)],
        ..common.clone()
    };
    let frame = three(BY_AXLES, &BY_AXLES_BEHIND);
    assert_eq!(events(&frame), [Event::Vehicle(by_axles)]);

    // A group's mass is not split, and a distance of zero was not measured.
    let by_groups = Vehicle {
        gross_kg: Some(27_340),
        axles: vec![axle(None, None), axle(None, Some(3_450)), axle(None, None)],
        groups: vec![group(1, Some(6_540), 1), group(2, Some(20_800), 5)],
        ..common
    };
    let behind = [2, 0x8E, 8, 0x20, 1, 5, 1, 0x59, 0, 0, 10, 10, 10];
    assert_eq!(
        events(&three(BY_GROUPS, &behind)),
        [Event::Vehicle(by_groups)]
    );
}

#[test]
fn decoding_gives_back_what_was_encoded() {
    for number in 0..2_000 {
        let event = specimen(number);
        let bytes = (PROTOCOL.encoder)(&event, &Settings::new()).unwrap();
        assert_eq!(events(&bytes), [event]);
    }
}

#[test]
fn commands_and_answers_are_told_apart() {
    for (bytes, expected) in [
        (command(RESEND, 0, 0), status("host_resend", &[])),
        (command(STATUS, 0, 0), status("host_status", &[])),
        (
            command(STATUS, 7, 0x1F),
            status("status", &[("state", "1F")]),
        ),
        (
            command(DELETE, 17, 1),
            status(
                "host_delete_vehicle",
                &[("serial", "17"), ("buffered", "1")],
            ),
        ),
        (
            command(DELETE, 7, 2),
            status("host_delete_vehicle", &[("serial", "7"), ("buffered", "2")]),
        ),
        (
            command(0x13, 1, 2),
            status("host_take_picture", &[("parameters", "01 02")]),
        ),
        (
            command(0x04, 7, 12),
            status("vehicle_count", &[("count", "12")]),
        ),
        (
            command(0x06, 7, 0),
            status("vehicle_reversed", &[("data", "00")]),
        ),
        (
            sealed(vec![0xFF, 0, DELETE, 8, 17, 0]),
            status("vehicle_deleted", &[("data", "11 00")]),
        ),
        (
            sealed(vec![0xFF, 0, STATUS, 9, 0x10, 1, 2]),
            status("status", &[("state", "10"), ("data", "01 02")]),
        ),
        (
            sealed(vec![0xFF, 0, STATIC, 9, 0x56, 0x34, 0x12]),
            status("static_weight", &[("digits", "123456")]),
        ),
        (
            sealed(vec![0xFF, 0, STATIC, 9, 0x5A, 0x34, 0x12]),
            Event::Rejected(Reject::Field),
        ),
    ] {
        assert_eq!(events(&bytes), [expected], "{bytes:02X?}");
    }
}

#[test]
fn what_is_wrong_is_named() {
    let change = |at: usize, byte: u8| {
        let mut behind = BY_AXLES_BEHIND;
        behind[at] = byte;
        three(BY_AXLES, &behind)
    };
    let good = three(BY_AXLES, &BY_AXLES_BEHIND);
    let resealed = |at: usize, byte: u8| {
        let mut frame = good[..good.len() - 2].to_vec();
        frame[at] = byte;
        sealed(frame)
    };
    let mut damaged = good.clone();
    damaged[20] ^= 4;
    for (frame, reason) in [
        (damaged, Reject::Integrity),
        (change(6, 3), Reject::Contradiction),
        (change(6, 0), Reject::Field),
        (change(6, 0x0A), Reject::Field),
        (resealed(8, 13), Reject::Field),
        (resealed(10, 24), Reject::Field),
        (good[..25].to_vec(), Reject::Truncated),
    ] {
        let all = events(&[&frame[..], &good].concat());
        let expected = [&[Event::Rejected(reason)][..], &events(&good)].concat();
        assert_eq!(all, expected, "{frame:02X?}");
    }
    // A length that is not that of the counts ends the guess at once; the rest is foreign.
    let all = events(&[&resealed(3, 60)[..], &good].concat());
    let found: Vec<_> = all
        .iter()
        .map(|event| matches!(event, Event::Vehicle(_)))
        .collect();
    assert_eq!(all.first(), Some(&Event::Rejected(Reject::Length)));
    assert_eq!(found, [false, false, true]);
    assert_eq!(
        events(&resealed(17, 0)).first(),
        Some(&Event::Rejected(Reject::Length))
    );
}

#[test]
fn a_damaged_length_does_not_hold_back_the_next_vehicle() {
    // The head of a vehicle of 255 bytes, cut before its counts.
    let head = &[0xFF, 0, BY_AXLES, 255, 1, 1, 7][..];
    let good = frame(0);
    let mut decoder = decoder(&Settings::new()).unwrap();
    decoder.push(head);
    decoder.push(&good);
    let all = events_of(&mut decoder);
    assert_eq!(all.last(), events(&good).last(), "{all:?}");
    // The same for a status that seems to be long.
    decoder.push(&[0xFF, 0, STATUS, 200, 1]);
    decoder.push(&good);
    let all = events_of(&mut decoder);
    assert_eq!(all.last(), events(&good).last(), "{all:?}");
}

#[test]
fn the_last_frame_is_asked_for_again_three_times() {
    let good = frame(0);
    let mut damaged = good.clone();
    damaged[19] ^= 1;
    let mut decoder = decoder(&Settings::new()).unwrap();
    let ask = command(RESEND, 0, 0);
    for round in 0..6 {
        assert_eq!(decoder.poll_timeout(), None);
        decoder.push(&damaged);
        assert_eq!(
            events_of(&mut decoder),
            [Event::Rejected(Reject::Integrity)]
        );
        let expected = (round < 3).then(|| ask.clone());
        assert_eq!(decoder.poll_timeout(), expected.as_ref().map(|_| i64::MIN));
        assert_eq!(decoder.poll_transmit(0), expected, "{round}");
        // Its own echo changes nothing.
        decoder.push(&ask);
        assert_eq!(events_of(&mut decoder), [status("host_resend", &[])]);
        assert_eq!(decoder.poll_transmit(0), None);
    }
    decoder.push(&good);
    decoder.push(&damaged);
    assert_eq!(events_of(&mut decoder).len(), 2);
    assert_eq!(decoder.poll_transmit(0), Some(ask));
}

#[test]
fn a_durable_vehicle_is_deleted_with_its_buffered_count() {
    let mut decoder = decoder(&Settings::new()).unwrap();
    let vehicle = vehicle(0);
    decoder.push(&encode(&vehicle, 5).unwrap());
    let all = events_of(&mut decoder);
    let event = &all[0];
    let delete = command(DELETE, 0, 5);
    assert_eq!(decoder.reply(event, Answer::Recorded), Some(delete.clone()));
    assert_eq!(decoder.reply(event, Answer::Repeated), Some(delete));
    assert_eq!(decoder.reply(event, Answer::Refused), None);
    let other = Event::Vehicle(Vehicle {
        sequence: Some(9),
        ..vehicle
    });
    assert_eq!(
        decoder.reply(&other, Answer::Recorded),
        Some(command(DELETE, 9, 1))
    );
    assert_eq!(
        decoder.reply(&status("status", &[]), Answer::Recorded),
        None
    );
}

#[test]
fn where_another_host_answers_nothing_is_said() {
    let mut decoder = decoder(&Settings::new().with("answer", "off")).unwrap();
    let good = frame(0);
    let mut damaged = good.clone();
    damaged[19] ^= 1;
    decoder.push(&damaged);
    decoder.push(&good);
    let all = events_of(&mut decoder);
    assert_eq!(all.len(), 2);
    assert_eq!(decoder.poll_transmit(0), None);
    assert_eq!(decoder.reply(&all[1], Answer::Recorded), None);
}

#[test]
fn what_does_not_fit_is_refused() {
    let change = |change: fn(&mut Vehicle)| {
        let mut vehicle = vehicle(2);
        change(&mut vehicle);
        encode(&vehicle, 1)
    };
    for (what, wrong) in [
        ("sequence", change(|vehicle| vehicle.sequence = Some(256))),
        ("sequence", change(|vehicle| vehicle.sequence = None)),
        ("gross_kg", change(|vehicle| vehicle.gross_kg = Some(1))),
        ("groups", change(|vehicle| vehicle.groups.clear())),
        ("axles", change(|vehicle| vehicle.axles.truncate(1))),
        ("load_kg", change(|vehicle| vehicle.axles[0].load_kg = None)),
        (
            "load_kg",
            change(|vehicle| vehicle.groups[0].load_kg = Some(10)),
        ),
        ("speed", change(|vehicle| vehicle.speed_tenth_kmh = None)),
        (
            "time",
            change(|vehicle| vehicle.time = DeviceTime::from_micros(1, false)),
        ),
        (
            "spacing",
            change(|vehicle| vehicle.axles[1].spacing_mm = Some(1_234)),
        ),
        ("code", change(|vehicle| vehicle.groups[0].code = Some(9))),
    ] {
        assert!(wrong.is_err(), "{what}");
    }
}
