use super::*;
use crate::{Axle, AxleGroup};
use alloc::string::String;
use alloc::vec;

fn events_with(settings: &Settings, bytes: &[u8]) -> Vec<Event> {
    let mut decoder = decoder(settings).unwrap();
    decoder.push(bytes);
    decoder.finish();
    core::iter::from_fn(|| decoder.poll_event().map(|decoded| decoded.event)).collect()
}

fn events(text: &str) -> Vec<Event> {
    events_with(&Settings::new(), text.as_bytes())
}

const BASIC_FIELDS: &str = "10,20,1,0,20250314,08152731,2,3,1,3,15,9,63,1180,2400,2,0,0,0,3,90,0";

/// The event of a line with three axles and these blocks.
fn record(blocks: &str) -> Event {
    let all = events(&alloc::format!("{BASIC_FIELDS}{blocks}\r\n"));
    match all.as_slice() {
        [event] => event.clone(),
        other => panic!("{blocks}: {other:?}"),
    }
}

fn counted() -> Vehicle {
    Vehicle {
        time: DeviceTime::new((2025, 3, 14), (8, 15, 27), 310_000, false),
        lane: Some(2),
        speed_tenth_kmh: Some(630),
        length_mm: Some(11_800),
        ..Vehicle::default()
    }
}

fn weighed(loads: [Option<i64>; 3], gross_kg: Option<i64>) -> Vehicle {
    let axle = |load_kg| Axle {
        load_kg,
        ..Axle::default()
    };
    Vehicle {
        gross_kg,
        axles: loads.map(axle).to_vec(),
        ..counted()
    }
}

fn spaced(mut vehicle: Vehicle) -> Vehicle {
    vehicle.axles[1].spacing_mm = Some(4_100);
    vehicle.axles[2].spacing_mm = Some(1_310);
    vehicle
}

#[test]
fn a_record_without_sub_data_is_counted_and_not_weighed() {
    assert_eq!(record(""), Event::Vehicle(counted()));
    assert_eq!(record(","), Event::Vehicle(counted()));
}

#[test]
fn axles_wheels_groups_and_spacings_are_read() {
    let loads = [Some(6_400), Some(5_000), Some(5_100)];
    let axles = weighed(loads, Some(16_500));
    assert_eq!(
        record(",AX,3,0,10,640,500,510,SX,2,410,131"),
        Event::Vehicle(spaced(axles.clone()))
    );
    assert_eq!(
        record(",A1,3,0,100,64,50,51"),
        Event::Vehicle(axles.clone())
    );
    let mut wheels = axles.clone();
    for (axle, (left, right)) in
        wheels
            .axles
            .iter_mut()
            .zip([(3_150, 3_250), (2_500, 2_500), (2_600, 2_500)])
    {
        (axle.left_kg, axle.right_kg) = (Some(left), Some(right));
    }
    let block = ",SX,2,410,131,WX,6,1,10,315,325,250,250,260,250";
    assert_eq!(record(block), Event::Vehicle(spaced(wheels.clone())));
    // Wheels and axles together: the axle's own mass counts.
    wheels.axles[1].load_kg = Some(5_010);
    wheels.gross_kg = Some(16_510);
    assert_eq!(
        record(",WX,6,1,10,315,325,250,250,260,250,AX,3,1,10,640,501,510"),
        Event::Vehicle(wheels)
    );
    let group = |load_kg| AxleGroup {
        load_kg: Some(load_kg),
        ..AxleGroup::default()
    };
    let groups = Vehicle {
        groups: vec![group(6_400), group(10_100)],
        ..weighed([None; 3], Some(16_500))
    };
    assert_eq!(
        record(",GX,2,1,10,640,1010,SX,2,410,131"),
        Event::Vehicle(spaced(groups.clone()))
    );
    let both = Vehicle {
        groups: groups.groups,
        ..axles
    };
    assert_eq!(
        record(",GX,2,1,10,640,1010,AX,3,0,10,640,500,510"),
        Event::Vehicle(both)
    );
    assert_eq!(
        record(",SX,2,410,131,TX,2,1,2,C,1,99,VX,2,7,630,631"),
        Event::Vehicle(spaced(weighed([None; 3], None)))
    );
}

#[test]
fn every_separator_is_taken() {
    let line = alloc::format!("{BASIC_FIELDS},AX,3,0,10,640,500,510,SX,2,410,131\r\n");
    let expected = events(&line);
    assert!(matches!(expected.as_slice(), [Event::Vehicle(_)]));
    for separator in [";", " ", "  ", ", ", " ; "] {
        assert_eq!(
            events(&line.replace(',', separator)),
            expected,
            "{separator:?}"
        );
    }
    assert_eq!(events(&line.replace("\r\n", "\n")), expected);
    assert_eq!(events(&line.replace("AX", "ax")), expected);
}

#[test]
fn what_is_not_measured_is_none() {
    let line = "10,20,1,0,20250314,081527,,,,,,,,,,,,,,3,,,AX,3,,1,1,2,3,SX,2,,131\r\n";
    let mut expected = weighed([Some(1), Some(2), Some(3)], Some(6));
    expected.time = DeviceTime::new((2025, 3, 14), (8, 15, 27), 0, false);
    (expected.lane, expected.speed_tenth_kmh, expected.length_mm) = (None, None, None);
    expected.axles[2].spacing_mm = Some(1_310);
    assert_eq!(events(line), [Event::Vehicle(expected)]);
}

#[test]
fn the_setting_says_which_code_is_forward() {
    let line = alloc::format!("{BASIC_FIELDS}\r\n");
    for (forward, direction) in [("1", Direction::Forward), ("F", Direction::Reverse)] {
        let settings = Settings::new().with("forward", forward);
        let expected = Vehicle {
            direction: Some(direction),
            ..counted()
        };
        let all = events_with(&settings, line.as_bytes());
        assert_eq!(all, [Event::Vehicle(expected.clone())]);
        let written = encode(&expected, &settings).unwrap();
        assert_eq!(events_with(&settings, &written), [Event::Vehicle(expected)]);
    }
    assert!(decoder(&Settings::new().with("forward", "10")).is_err());
}

#[test]
fn decoding_gives_back_what_was_encoded() {
    for number in 0..1_000 {
        let event = (PROTOCOL.specimen)(number);
        let line = PROTOCOL.specimen_bytes(number).unwrap();
        assert_eq!(events_with(&Settings::new(), &line), [event]);
    }
}

#[test]
fn what_is_wrong_is_named() {
    for (blocks, reason) in [
        (",AX,3,0,10,640,500", Reject::Truncated),
        (",AX,3", Reject::Truncated),
        (",AX", Reject::Truncated),
        (",AX,2,0,10,640,500", Reject::Contradiction),
        (",AX,3,0,10,640,500,SX,2,410,131", Reject::Contradiction),
        (",AX,3,0,10,640,500,510,520", Reject::Field),
        (",AX,3,0,0,640,500,510", Reject::Field),
        (",AX,3,0,10,640,,510", Reject::Field),
        (",AX,3,0,10,640,-5,510", Reject::Field),
        (",AX,3,0,10,640,5.5,510", Reject::Field),
        (
            ",AX,3,0,10,640,500,510,AX,3,0,10,640,500,510",
            Reject::Contradiction,
        ),
        (",WX,3,0,10,640,500,510", Reject::Contradiction),
        (
            ",WX,6,1,10,315,325,250,250,260,250,AX,3,1,10,640,502,510",
            Reject::Contradiction,
        ),
        (",GX,4,0,10,1,2,3,4", Reject::Contradiction),
        (
            ",GX,2,1,10,640,1040,AX,3,0,10,640,500,510",
            Reject::Contradiction,
        ),
        (",SX,3,410,131,0", Reject::Contradiction),
        (",QX,1,1", Reject::Field),
        (",12,1", Reject::Field),
        (",TX,3,1,2", Reject::Truncated),
    ] {
        assert_eq!(record(blocks), Event::Rejected(reason), "{blocks}");
    }
    for (from, to, reason) in [
        ("20250314", "20250332", Reject::Field),
        ("20250314", "250314", Reject::Field),
        ("08152731", "24152731", Reject::Field),
        ("08152731", "0815273", Reject::Field),
        (",63,", ",6x,", Reject::Field),
        (",1180,", ",-80,", Reject::Field),
        (",0,3,90", ",0,33,90", Reject::Field),
        (",0,3,90", ",0,,90", Reject::Field),
        ("10,20,", "10,19,", Reject::Version),
        ("10,20,", "10,x,", Reject::Field),
        ("10,20,", "13,20,", Reject::Version),
        (",90,0", "", Reject::Truncated),
        (BASIC_FIELDS, "no record", Reject::Garbage),
    ] {
        let line = alloc::format!("{}\r\n", BASIC_FIELDS.replace(from, to));
        let all = events(&alloc::format!("{line}{BASIC_FIELDS}\r\n"));
        let expected = [Event::Rejected(reason), Event::Vehicle(counted())];
        assert_eq!(all, expected, "{line}");
    }
}

#[test]
fn a_line_needs_its_end_and_its_begin() {
    assert_eq!(events(BASIC_FIELDS), [Event::Rejected(Reject::Truncated)]);
    let behind = alloc::format!("x{BASIC_FIELDS}\r\n");
    assert_eq!(events(&behind), [Event::Rejected(Reject::Garbage)]);
    let long = alloc::format!("{}{BASIC_FIELDS}\r\n", " ".repeat(LONGEST));
    assert_eq!(events(&long).len(), 2, "garbage in two pieces");
}

#[test]
fn what_does_not_fit_is_refused() {
    let change = |change: fn(&mut Vehicle)| {
        let mut vehicle = weighed([Some(10), Some(20), Some(30)], Some(60));
        change(&mut vehicle);
        encode(&vehicle, &Settings::new())
    };
    assert!(change(|_| {}).is_ok());
    for (what, wrong) in [
        ("time", change(|vehicle| vehicle.time = None)),
        ("gross_kg", change(|vehicle| vehicle.gross_kg = Some(61))),
        ("gross_kg", change(|vehicle| vehicle.gross_kg = None)),
        ("load_kg", change(|vehicle| vehicle.axles[1].load_kg = None)),
        (
            "wheels",
            change(|vehicle| vehicle.axles[1].left_kg = Some(10)),
        ),
        (
            "length_mm",
            change(|vehicle| vehicle.length_mm = Some(1_234)),
        ),
        (
            "speed",
            change(|vehicle| vehicle.speed_tenth_kmh = Some(-1)),
        ),
        (
            "direction",
            change(|vehicle| vehicle.direction = Some(Direction::Forward)),
        ),
        (
            "groups",
            change(|vehicle| {
                vehicle.groups.push(AxleGroup {
                    axles: Some(3),
                    load_kg: Some(60),
                    code: None,
                });
            }),
        ),
    ] {
        assert!(wrong.is_err(), "{what}");
    }
    let text = encode(
        &weighed([Some(10), Some(20), Some(31)], Some(61)),
        &Settings::new(),
    );
    let text = String::from_utf8(text.unwrap()).unwrap();
    assert!(text.contains(",AX,3,0,1,10,20,31"), "{text}");
}
