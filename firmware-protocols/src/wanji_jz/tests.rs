use super::*;
use crate::DeviceTime;

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
    vehicle_specimen(number, true, true)
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

/// Three axles in two groups, 16 960 + 10 380 kg.
const BEHIND: [u8; 12] = [2, 0x8E, 4, 0x12, 4, 0x0E, 2, 0x8E, 8, 0x20, 1, 0x15];

fn three(command: u8, behind: &[u8]) -> Vec<u8> {
    let mut frame = vec![0xFF, 77, command, 0, 0];
    if command == READ_AGAIN {
        frame.push(9);
    }
    frame.extend([7, 0xE9, 3, 14, 8, 15, 27, 0, 0, 124, 0, 3, 2, 0xFF]);
    frame.extend(behind);
    frame[4] = frame.len() as u8 + 2;
    sealed(frame)
}

#[test]
fn fields_are_where_the_layout_says() {
    let axle = |load_kg| Axle {
        load_kg: Some(load_kg),
        ..Axle::default()
    };
    let group = |axles, load_kg, code| AxleGroup {
        axles: Some(axles),
        load_kg: Some(load_kg),
        code: Some(code),
    };
    let vehicle = Vehicle {
        sequence: Some(77),
        time: DeviceTime::new((2025, 3, 14), (8, 15, 27), 0, false),
        speed_tenth_kmh: Some(124),
        gross_kg: Some(27_340),
        axles: vec![axle(6_540), axle(10_420), axle(10_380)],
        groups: vec![group(1, 6_540, 1), group(2, 20_800, 0x15)],
        checked: true,
        ..Vehicle::default()
    };
    for command in [VEHICLE, READ_AGAIN] {
        let frame = three(command, &BEHIND);
        assert_eq!(events(&frame), [Event::Vehicle(vehicle.clone())]);
        // What stands behind the kinds is not known and covered by the length.
        let longer = three(command, &[&BEHIND[..], &[1, 2, 3, 0xFF]].concat());
        assert_eq!(events(&longer), [Event::Vehicle(vehicle.clone())]);
    }
}

#[test]
fn decoding_gives_back_what_was_encoded() {
    for number in 0..2_000 {
        let event = specimen(number);
        let bytes = (PROTOCOL.encoder)(&event, &Settings::new()).unwrap();
        assert_eq!(events(&bytes), [event]);
        let vehicle = vehicle(number);
        let again = encode(&vehicle, Reading::Again).unwrap();
        assert_eq!(events(&again), [Event::Vehicle(vehicle)]);
    }
}

/// The head of a vehicle is an acknowledgement with a right check for some numbers and lengths: six
/// axles in two groups, in 2025, with number 207.
#[test]
fn a_vehicle_whose_head_is_an_acknowledgement_is_a_vehicle() {
    let mut vehicle = Vehicle {
        sequence: Some(207),
        time: DeviceTime::new((2025, 3, 14), (8, 15, 27), 0, false),
        speed_tenth_kmh: Some(124),
        gross_kg: Some(6_000),
        checked: true,
        ..Vehicle::default()
    };
    for _ in 0..2 {
        for _ in 0..3 {
            vehicle.axles.push(Axle {
                load_kg: Some(1_000),
                ..Axle::default()
            });
        }
        vehicle.groups.push(AxleGroup {
            axles: Some(3),
            load_kg: Some(3_000),
            code: Some(7),
        });
    }
    let frame = encode(&vehicle, Reading::First).unwrap();
    assert_eq!(frame[..6], acknowledge(207, VEHICLE));
    assert_eq!(events(&frame), [Event::Vehicle(vehicle.clone())]);
    // The acknowledgement alone, and in front of a vehicle.
    let answer = status(
        "host_acknowledge",
        &[("sequence", "207"), ("command", "02")],
    );
    assert_eq!(events(&frame[..6]), core::slice::from_ref(&answer));
    let mut decoder = decoder(&Settings::new()).unwrap();
    decoder.push(&frame[..6]);
    decoder.push(&frame);
    assert_eq!(events_of(&mut decoder), [answer, Event::Vehicle(vehicle)]);
}

#[test]
fn every_acknowledgement_is_read() {
    for sequence in 0..=255 {
        for command in [1, VEHICLE, READ_AGAIN, 4, 7, 9] {
            let found = events(&acknowledge(sequence, command));
            let sequence = sequence.to_string();
            let command = hexadecimal(&[command]);
            let fields = [("sequence", &sequence[..]), ("command", &command[..])];
            assert_eq!(found, [status("host_acknowledge", &fields)]);
        }
    }
}

#[test]
fn other_frames_are_statuses() {
    for (bytes, expected) in [
        (
            initialise(1),
            status("host_initialise", &[("sequence", "1")]),
        ),
        (
            sealed(vec![0xFF, 3, 4, 6]),
            status("reset", &[("sequence", "3")]),
        ),
        (
            sealed(vec![0xFF, 3, 1, 8, 0xAB, 0xFF]),
            status("message_01", &[("sequence", "3"), ("data", "AB FF")]),
        ),
        (
            sealed(vec![0xFF, 3, 7, 7, 1]),
            status("vehicle_reversed", &[("sequence", "3"), ("data", "01")]),
        ),
        (
            sealed(vec![0xFF, 3, 9, 7, 1]),
            status("message_09", &[("sequence", "3"), ("data", "01")]),
        ),
    ] {
        assert_eq!(events(&bytes), [expected], "{bytes:02X?}");
    }
}

#[test]
fn what_is_wrong_is_named() {
    let good = three(VEHICLE, &BEHIND);
    let change = |at: usize, byte: u8| {
        let mut behind = BEHIND;
        behind[at] = byte;
        three(VEHICLE, &behind)
    };
    let resealed = |at: usize, byte: u8| {
        let mut frame = good[..good.len() - 2].to_vec();
        frame[at] = byte;
        sealed(frame)
    };
    let mut damaged = good.clone();
    damaged[25] ^= 4;
    for (frame, reason) in [
        (damaged, Reject::Integrity),
        (change(11, 8), Reject::Contradiction),
        (change(11, 0x0B), Reject::Field),
        // 20 800 kg against 20 810 is the rounding of three numbers, 20 820 is not.
        (change(5, 0x10), Reject::Contradiction),
        (resealed(7, 13), Reject::Field),
        (good[..21].to_vec(), Reject::Truncated),
    ] {
        let all = events(&[&frame[..], &good].concat());
        let expected = [&[Event::Rejected(reason)][..], &events(&good)].concat();
        assert_eq!(all, expected, "{frame:02X?}");
    }
    let rounded = events(&change(5, 0x0F));
    assert!(
        matches!(rounded.as_slice(), [Event::Vehicle(_)]),
        "{rounded:?}"
    );
    // More axles than the length has room for.
    let first = events(&resealed(16, 30)).into_iter().next();
    assert_eq!(first, Some(Event::Rejected(Reject::Length)));
}

#[test]
fn vehicles_are_answered_when_durable_and_the_rest_at_once() {
    let mut decoder = decoder(&Settings::new()).unwrap();
    decoder.push(&three(VEHICLE, &BEHIND));
    let all = events_of(&mut decoder);
    assert_eq!(decoder.poll_transmit(0), None, "not before it is durable");
    let answer = |command| Some(acknowledge(77, command));
    assert_eq!(decoder.reply(&all[0], Answer::Recorded), answer(VEHICLE));
    assert_eq!(decoder.reply(&all[0], Answer::Repeated), answer(VEHICLE));
    assert_eq!(decoder.reply(&all[0], Answer::Refused), None);
    decoder.push(&three(READ_AGAIN, &BEHIND));
    let all = events_of(&mut decoder);
    assert_eq!(decoder.reply(&all[0], Answer::Recorded), answer(READ_AGAIN));
    decoder.push(&sealed(vec![0xFF, 3, 4, 6]));
    decoder.push(&sealed(vec![0xFF, 4, 7, 6]));
    assert_eq!(events_of(&mut decoder).len(), 2);
    assert_eq!(decoder.poll_timeout(), Some(i64::MIN));
    assert_eq!(decoder.poll_transmit(0), Some(acknowledge(3, 4)));
    assert_eq!(decoder.poll_transmit(0), Some(acknowledge(4, 7)));
    assert_eq!(
        (decoder.poll_transmit(0), decoder.poll_timeout()),
        (None, None)
    );
    // Its own echo is not answered, nor is the command of another host.
    decoder.push(&acknowledge(3, 4));
    decoder.push(&initialise(5));
    assert_eq!(events_of(&mut decoder).len(), 2);
    assert_eq!(decoder.poll_transmit(0), None);
}

#[test]
fn answers_that_nobody_takes_do_not_pile_up() {
    let mut decoder = decoder(&Settings::new()).unwrap();
    for sequence in 0..50 {
        decoder.push(&sealed(vec![0xFF, sequence, 4, 6]));
        events_of(&mut decoder);
    }
    let sent = core::iter::from_fn(|| decoder.poll_transmit(0)).count();
    assert_eq!(sent, ANSWERS);
}

#[test]
fn where_another_host_answers_nothing_is_said() {
    let mut decoder = decoder(&Settings::new().with("answer", "off")).unwrap();
    decoder.push(&three(VEHICLE, &BEHIND));
    decoder.push(&sealed(vec![0xFF, 3, 4, 6]));
    let all = events_of(&mut decoder);
    assert_eq!(all.len(), 2);
    assert_eq!(decoder.reply(&all[0], Answer::Recorded), None);
    assert_eq!(decoder.poll_transmit(0), None);
}

#[test]
fn what_does_not_fit_is_refused() {
    let change = |change: fn(&mut Vehicle)| {
        let mut vehicle = vehicle(2);
        change(&mut vehicle);
        encode(&vehicle, Reading::First)
    };
    for (what, wrong) in [
        ("sequence", change(|vehicle| vehicle.sequence = Some(256))),
        ("gross_kg", change(|vehicle| vehicle.gross_kg = Some(1))),
        ("groups", change(|vehicle| vehicle.groups.clear())),
        ("load_kg", change(|vehicle| vehicle.axles[0].load_kg = None)),
        (
            "load_kg",
            change(|vehicle| vehicle.groups[0].load_kg = Some(10)),
        ),
        ("speed", change(|vehicle| vehicle.speed_tenth_kmh = None)),
    ] {
        assert!(wrong.is_err(), "{what}");
    }
}
