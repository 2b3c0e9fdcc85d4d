//! The carriageway as a whole, driven through its contract.

use firmware_protocols::{
    Axle, AxleValidity, Decimal, DeviceTime, Event, Picture, Plate, Reading, Status, Unit, Vehicle,
};

mod reads;
pub(crate) mod real_trucks;

use super::*;
use crate::passage::{AxleDoubt, ClosedPassage, Doubt, Flag, PassageKind, PlateState, Weighing};
use crate::units::{Kilograms, Micros, Millimetres};

/// 2026-11-24T00:00:00Z.
const START: i64 = 1_795_478_400_000_000;

struct Road {
    settings: Settings,
    carriageway: Carriageway,
    offset: u64,
    outputs: Vec<Output>,
}

impl Road {
    fn new() -> Self {
        let mut settings = Settings::new("ST0001");
        for (name, role, lane) in [
            ("wim-1", PortRole::Wim, 1),
            ("camera-1", PortRole::Plate, 1),
            ("picture-1", PortRole::Picture, 1),
            ("scale", PortRole::Platform, 9),
            ("camera-9", PortRole::Plate, 9),
            ("radar-1", PortRole::Radar, 1),
        ] {
            let port = PortSettings {
                role,
                lane: Some(lane),
                proven: true,
                protocol: "test".to_owned(),
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
        Self {
            carriageway: Carriageway::new(settings.clone()),
            settings,
            offset: 0,
            outputs: Vec::new(),
        }
    }

    fn settings(&mut self, change: impl FnOnce(&mut Settings)) {
        let mut settings = self.settings.clone();
        change(&mut settings);
        self.carriageway = Carriageway::new(settings.clone());
        self.settings = settings;
    }

    fn receive(&mut self, port: &str, millis: i64, bytes: &[u8], event: Event) {
        let received_at = Micros::new(START + millis * 1_000);
        self.until(millis);
        let offset = self.offset;
        self.offset += bytes.len() as u64;
        let input = Input {
            port: port.to_owned(),
            received_at,
            offset,
            bytes: bytes.to_vec(),
            event,
        };
        self.carriageway.handle(&input);
        self.drain();
    }

    fn until(&mut self, millis: i64) {
        let now = Micros::new(START + millis * 1_000);
        while let Some(due) = self.carriageway.poll_timeout().filter(|due| *due <= now) {
            self.carriageway.handle_timeout(due);
            self.drain();
        }
    }

    fn drain(&mut self) {
        while let Some(output) = self.carriageway.poll_output() {
            self.outputs.push(output);
        }
    }

    /// A truck whose record comes in 500 ms after its first axle.
    fn truck(&mut self, sequence: u64, crossed: i64, gross_kg: i64) {
        let bytes = format!("truck {sequence} {crossed} {gross_kg}");
        self.receive(
            "wim-1",
            crossed + 500,
            bytes.as_bytes(),
            vehicle(sequence, crossed, gross_kg),
        );
    }

    fn plate(&mut self, port: &str, seen: i64, text: Option<&str>) {
        let plate = Plate {
            plate: text.map(str::to_owned),
            colour: None,
            confidence: Some(95),
            time: DeviceTime::from_micros(START + seen * 1_000, true),
            lane: None,
            checked: true,
            ..Plate::default()
        };
        self.receive(port, seen + 300, b"plate", Event::Plate(plate));
    }

    fn weigh_on_platform(&mut self, from: i64, kg: i64) {
        for frame in 0..20 {
            let reading = Reading {
                value: Some(Decimal::new(kg, 0)),
                tare: None,
                unit: Some(Unit::Kilogram),
                stable: Some(true),
                net: Some(false),
                overload: Some(false),
                underload: Some(false),
                checked: true,
                ..Reading::default()
            };
            self.receive(
                "scale",
                from + frame * 100,
                b"weight",
                Event::Reading(reading),
            );
        }
    }

    fn weighed(&self) -> Vec<&Weighing> {
        self.outputs
            .iter()
            .filter_map(|output| match output {
                Output::Weighed(weighing) => Some(weighing.as_ref()),
                _ => None,
            })
            .collect()
    }

    fn closed(&self) -> Vec<&ClosedPassage> {
        self.outputs
            .iter()
            .filter_map(|output| match output {
                Output::Closed(passage) => Some(passage.as_ref()),
                _ => None,
            })
            .collect()
    }

    fn findings(&self) -> Vec<&Finding> {
        self.outputs
            .iter()
            .filter_map(|output| match output {
                Output::Finding(finding) => Some(finding),
                _ => None,
            })
            .collect()
    }
}

fn vehicle(sequence: u64, crossed: i64, gross_kg: i64) -> Event {
    let axle = |load_kg, spacing_mm| Axle {
        load_kg: Some(load_kg),
        left_kg: None,
        right_kg: None,
        spacing_mm,
        ..Axle::default()
    };
    Event::Vehicle(Vehicle {
        station: None,
        sequence: Some(sequence),
        time: DeviceTime::from_micros(START + crossed * 1_000, true),
        lane: Some(1),
        direction: None,
        speed_tenth_kmh: Some(600),
        length_mm: None,
        gross_kg: Some(gross_kg),
        axles: vec![
            axle(gross_kg / 2, None),
            axle(gross_kg - gross_kg / 2, Some(4_500)),
        ],
        flags: Vec::new(),
        confidence: None,
        checked: true,
        ..Vehicle::default()
    })
}

#[test]
fn a_truck_is_weighed_at_once_and_closed_after_its_window() {
    let mut road = Road::new();
    road.settings(|settings| settings.picture_timeout = Micros::from_seconds(20));
    road.truck(1, 0, 17_500);
    road.plate("camera-1", 100, Some("晋D12345"));
    assert_eq!(road.weighed().len(), 1);
    // The camera never answers: the window runs out.
    road.until(10_499);
    assert!(road.closed().is_empty());
    road.until(10_500);
    let closed = road.closed();
    assert_eq!(closed.len(), 1);
    assert_eq!(closed[0].plate(), Some("晋D12345"));
    assert_eq!(closed[0].closed_at, Micros::new(START + 10_500_000));
    assert_eq!(closed[0].association.residual_us, Some(100_000));
    assert!(
        road.weighed()[0].flags.is_empty(),
        "{:?}",
        road.weighed()[0].flags
    );
}

#[test]
fn the_same_bytes_again_are_a_repetition_other_bytes_a_conflict() {
    let mut road = Road::new();
    road.truck(1, 0, 17_500);
    road.truck(1, 0, 17_500);
    assert_eq!(road.weighed().len(), 1);
    assert!(matches!(road.outputs.last(), Some(Output::Repeated { .. })));
    road.truck(1, 0, 18_500);
    let weighed = road.weighed();
    assert_eq!(weighed.len(), 2);
    assert!(weighed[1].flags.contains(&Flag::RecordConflict));
    assert_ne!(weighed[0].passage_id, weighed[1].passage_id);
    road.truck(1, 0, 18_500);
    assert_eq!(
        road.weighed().len(),
        2,
        "the second one again is a repetition, too"
    );
}

#[test]
fn gaps_and_late_records_are_marked() {
    let mut road = Road::new();
    road.truck(1, 1_000, 17_500);
    road.truck(5, 4_000, 17_600);
    road.truck(3, 2_500, 17_700);
    let flags: Vec<_> = road
        .weighed()
        .iter()
        .map(|weighing| weighing.flags.clone())
        .collect();
    assert_eq!(
        flags,
        [vec![], vec![Flag::SequenceGap], vec![Flag::OutOfOrder]]
    );
}

#[test]
fn what_is_an_hour_old_has_no_influence() {
    const HOUR: i64 = 3_600_000;
    // Nothing falls due meanwhile that could have made it forget.
    let mut whole = Road::new();
    whole.truck(1, 1_000, 17_500);
    whole.until(60_000);
    let before = whole.weighed().len();
    let mut recovered = Road::new();
    for road in [&mut whole, &mut recovered] {
        // The record of then comes again, late; then one whose number is far ahead.
        let again = vehicle(1, 1_000, 17_500);
        road.receive("wim-1", HOUR, b"again", again);
        road.truck(9, HOUR + 5_000, 17_500);
    }
    let weighed = whole.weighed();
    let later = &weighed[before..];
    let plain = |weighings: &[&Weighing]| -> Vec<_> {
        let plain = |w: &&Weighing| (w.passage_id.clone(), w.flags.clone());
        weighings.iter().map(plain).collect()
    };
    assert_eq!(plain(later), plain(&recovered.weighed()));
    assert_eq!(later.len(), 2);
}

#[test]
fn implausible_records_carry_hard_flags() {
    let mut road = Road::new();
    let Event::Vehicle(mut wrong) = vehicle(1, 0, 17_500) else {
        unreachable!()
    };
    wrong.gross_kg = Some(19_000);
    wrong.speed_tenth_kmh = Some(7_760);
    road.receive("wim-1", 500, b"a", Event::Vehicle(wrong));
    let Event::Vehicle(mut future) = vehicle(2, 200_000, 17_500) else {
        unreachable!()
    };
    future.axles[0].load_kg = Some(100);
    future.gross_kg = Some(8_850);
    road.receive("wim-1", 600, b"b", Event::Vehicle(future));
    let flags: Vec<_> = road
        .weighed()
        .iter()
        .map(|weighing| weighing.flags.clone())
        .collect();
    assert_eq!(flags[0], [Flag::SpeedOutOfRange, Flag::SumWrong]);
    assert_eq!(flags[1], [Flag::ClockDisagrees, Flag::AxleOutOfRange]);
    assert!(flags.iter().flatten().all(|flag| flag.is_hard()));
}

#[test]
fn a_record_without_any_weight_is_a_finding_and_no_passage() {
    let mut road = Road::new();
    let Event::Vehicle(mut empty) = vehicle(1, 0, 17_500) else {
        unreachable!()
    };
    empty.axles.clear();
    empty.gross_kg = None;
    road.receive("wim-1", 500, b"a", Event::Vehicle(empty));
    assert!(road.weighed().is_empty());
    assert!(matches!(
        road.findings()[..],
        [Finding::RecordWithoutAxles { .. }]
    ));
}

#[test]
fn a_record_with_an_unweighed_axle_keeps_its_gross_and_no_axles() {
    let mut road = Road::new();
    let Event::Vehicle(mut partial) = vehicle(1, 0, 55_000) else {
        unreachable!()
    };
    partial.axles[1].load_kg = None;
    road.receive("wim-1", 500, b"a", Event::Vehicle(partial));
    let weighed = road.weighed();
    assert_eq!(weighed[0].gross_kg, Kilograms::new(55_000));
    assert!(weighed[0].axles.is_empty());
    assert_eq!(weighed[0].flags, [Flag::AxleMissed]);
    let loads: Vec<_> = weighed[0].partial_axles.iter().map(|a| a.load_kg).collect();
    assert_eq!(loads, [Some(Kilograms::new(27_500)), None]);
}

#[test]
fn wheels_of_one_side_are_evidence_and_no_weight() {
    let mut road = Road::new();
    let Event::Vehicle(mut half) = vehicle(1, 0, 55_000) else {
        unreachable!()
    };
    half.gross_kg = None;
    half.acceleration_tenth_ms2 = Some(-3);
    for axle in &mut half.axles {
        axle.left_kg = axle.load_kg.take().map(|load| load / 2);
        axle.speed_tenth_kmh = Some(598);
        axle.validity = Some(AxleValidity::BesideSensor);
    }
    road.receive("wim-1", 500, b"a", Event::Vehicle(half));
    let weighed = road.weighed()[0];
    assert_eq!(weighed.gross_kg, Kilograms::ZERO);
    assert!(weighed.axles.is_empty(), "half a vehicle is not judged");
    assert_eq!(weighed.flags, [Flag::AxleMissed]);
    assert_eq!(weighed.acceleration_tenth_ms2.map(|a| a.get()), Some(-3));
    let second = &weighed.partial_axles[1];
    assert_eq!(second.left_kg, Some(Kilograms::new(13_750)));
    assert_eq!(second.right_kg, None, "not measured is not zero");
    assert_eq!(second.speed_tenth_kmh.map(|speed| speed.get()), Some(598));
    assert_eq!(second.doubt, Some(AxleDoubt::BesideSensor));
}

#[test]
fn both_records_of_a_conflict_are_marked() {
    let mut road = Road::new();
    road.truck(1, 0, 17_500);
    road.truck(1, 0, 18_500);
    road.until(60_000);
    let closed = road.closed();
    assert_eq!(closed.len(), 2);
    for passage in closed {
        assert!(passage.weighing.flags.contains(&Flag::RecordConflict));
    }
}

#[test]
fn a_record_that_comes_late_is_not_photographed_with_who_is_there_now() {
    let mut road = Road::new();
    road.truck(1, 0, 17_500);
    road.until(60_000);
    road.outputs.clear();
    // Held back while the cable was out; the clock is vouched for by the record before.
    let late = vehicle(2, 70_000, 49_500);
    road.receive("wim-1", 250_000, b"late", late);
    assert!(road.weighed()[0].flags.is_empty());
    let asked = |output: &&Output| matches!(output, Output::TakePicture { .. });
    assert_eq!(road.outputs.iter().filter(asked).count(), 0);
}

#[test]
fn a_controller_whose_clock_is_slow_is_marked() {
    let mut road = Road::new();
    // All its records come 90 s after the crossing they name.
    for sequence in 1..4 {
        let crossed = i64::try_from(sequence).unwrap() * 5_000;
        let bytes = format!("slow {sequence}");
        let event = vehicle(sequence, crossed, 17_500);
        road.receive("wim-1", crossed + 90_000, bytes.as_bytes(), event);
    }
    for weighing in road.weighed() {
        assert!(weighing.flags.contains(&Flag::ClockDisagrees));
    }
}

#[test]
fn a_device_that_names_another_lane_is_not_believed() {
    let mut road = Road::new();
    let Event::Vehicle(mut swapped) = vehicle(1, 0, 17_500) else {
        unreachable!()
    };
    swapped.lane = Some(2);
    road.receive("wim-1", 500, b"a", Event::Vehicle(swapped));
    assert_eq!(road.weighed()[0].flags, [Flag::LaneDisagrees]);
    let plate = Plate {
        plate: Some("晋D12345".to_owned()),
        colour: None,
        confidence: None,
        time: None,
        lane: Some(2),
        checked: true,
        ..Plate::default()
    };
    road.receive("camera-1", 600, b"p", Event::Plate(plate));
    road.until(60_000);
    assert_eq!(road.closed()[0].association.state, PlateState::Missing);
}

#[test]
fn the_truck_before_goes_on_being_read_and_that_is_not_the_next_one() {
    let mut road = Road::new();
    road.plate("camera-9", 60_000, Some("晋D11111"));
    road.weigh_on_platform(62_000, 49_240);
    // It stands for half a minute and is read again and again; then it drives off.
    for read in 0..10 {
        road.plate("camera-9", 65_000 + read * 3_000, Some("晋D11111"));
    }
    road.weigh_on_platform(95_500, 0);
    road.plate("camera-9", 98_000, Some("晋D11111"));
    // The next one is unread.
    road.weigh_on_platform(103_000, 60_000);
    road.until(150_000);
    let plates: Vec<_> = road
        .closed()
        .iter()
        .map(|passage| passage.plate())
        .collect();
    assert_eq!(plates, [Some("晋D11111"), None]);
    assert_eq!(road.closed()[1].association.state, PlateState::Missing);
}

#[test]
fn axles_in_doubt_are_lent_to_nobody() {
    let mut road = Road::new();
    let Event::Vehicle(mut doubtful) = vehicle(1, 0, 49_500) else {
        unreachable!()
    };
    doubtful.flags = vec![firmware_protocols::VehicleFlag::AxleMissed];
    road.receive("wim-1", 500, b"a", Event::Vehicle(doubtful));
    road.plate("camera-1", 0, Some("晋D12345"));
    road.plate("camera-9", 60_000, Some("晋D12345"));
    road.weigh_on_platform(62_000, 49_240);
    road.until(100_000);
    let closed = road.closed();
    assert_eq!(closed[1].plate(), Some("晋D12345"));
    assert_eq!(closed[1].linked, None);
}

#[test]
fn a_doubled_read_does_not_go_to_the_next_truck() {
    let mut road = Road::new();
    road.truck(1, 0, 17_500);
    road.plate("camera-1", 50, Some("晋D11111"));
    road.plate("camera-1", 1_200, Some("晋D11111"));
    // The next truck comes 1.4 s later and its plate is not read.
    road.truck(2, 1_400, 30_000);
    road.until(60_000);
    let states: Vec<_> = road
        .closed()
        .iter()
        .map(|passage| passage.association.state)
        .collect();
    assert_eq!(states, [PlateState::Matched, PlateState::Ambiguous]);
}

fn frozen() -> Event {
    Event::Status(Status {
        name: "control",
        fields: Vec::new(),
    })
}

fn jpeg(byte: u8) -> Event {
    Event::Picture(Picture {
        jpeg: vec![0xff, 0xd8, byte, 0xff, 0xd9],
    })
}

#[test]
fn a_picture_belongs_to_the_truck_it_was_frozen_for() {
    let mut road = Road::new();
    road.truck(1, 0, 17_500);
    assert!(
        road.outputs
            .iter()
            .any(|output| matches!(output, Output::TakePicture { .. }))
    );
    road.receive("picture-1", 600, b"f", frozen());
    road.receive("picture-1", 1_500, b"", jpeg(1));
    road.until(60_000);
    let closed = road.closed();
    assert_eq!(closed[0].pictures.len(), 1);
    assert_eq!(closed[0].pictures[0].taken_at, Micros::new(START + 600_000));
    assert!(road.findings().is_empty());
}

#[test]
fn a_picture_that_comes_too_late_goes_to_nobody() {
    let mut road = Road::new();
    road.truck(1, 0, 17_500);
    road.receive("picture-1", 600, b"f", frozen());
    // The camera stalls; the first truck's request is given up after 8 s.
    road.truck(2, 9_000, 17_500);
    road.receive("picture-1", 9_600, b"", jpeg(1));
    road.receive("picture-1", 9_700, b"f", frozen());
    road.receive("picture-1", 9_900, b"", jpeg(2));
    road.until(60_000);
    let closed = road.closed();
    assert!(closed[0].pictures.is_empty());
    assert_eq!(closed[1].pictures.len(), 1);
    assert_eq!(
        closed[1].pictures[0].taken_at,
        Micros::new(START + 9_700_000)
    );
    let unrequested = |finding: &&&Finding| matches!(finding, Finding::UnrequestedPicture { .. });
    assert_eq!(road.findings().iter().filter(unrequested).count(), 1);
}

#[test]
fn a_busy_camera_is_not_asked_twice() {
    let mut road = Road::new();
    road.truck(1, 0, 17_500);
    road.truck(2, 1_000, 17_500);
    let asked = road
        .outputs
        .iter()
        .filter(|output| matches!(output, Output::TakePicture { .. }))
        .count();
    assert_eq!(asked, 1);
    assert!(matches!(road.findings()[..], [Finding::CameraBusy { .. }]));
}

#[test]
fn the_platform_takes_its_axles_from_the_road() {
    let mut road = Road::new();
    road.truck(1, 0, 49_500);
    road.plate("camera-1", 0, Some("晋D12345"));
    road.plate("camera-9", 60_000, Some("晋D12345"));
    road.weigh_on_platform(62_000, 49_240);
    road.until(100_000);
    let closed = road.closed();
    assert_eq!(closed.len(), 2);
    let platform = closed[1];
    assert_eq!(platform.weighing.kind, PassageKind::Platform);
    assert_eq!(platform.weighing.gross_kg, Kilograms::new(49_240));
    assert_eq!(platform.plate(), Some("晋D12345"));
    let linked = platform.linked.as_ref().unwrap();
    assert_eq!(linked.passage_id, closed[0].weighing.passage_id);
    assert_eq!(platform.axles().len(), 2);
}

#[test]
fn two_plates_at_the_platform_are_ambiguous_and_lend_no_axles() {
    let mut road = Road::new();
    road.plate("camera-9", 60_000, Some("晋D12345"));
    road.plate("camera-9", 61_000, Some("晋D54321"));
    road.weigh_on_platform(62_000, 49_240);
    road.until(100_000);
    let closed = road.closed();
    assert_eq!(closed[0].association.state, PlateState::Ambiguous);
    assert_eq!((closed[0].plate(), closed[0].linked.as_ref()), (None, None));
}

#[test]
fn a_camera_with_a_wrong_clock_is_seen_and_not_believed() {
    let mut road = Road::new();
    road.truck(1, 100_000, 17_500);
    let plate = Plate {
        plate: Some("晋D12345".to_owned()),
        colour: None,
        confidence: None,
        time: DeviceTime::from_micros(START - 86_400_000_000, true),
        lane: None,
        checked: true,
        ..Plate::default()
    };
    road.receive("camera-1", 100_600, b"p", Event::Plate(plate));
    road.until(200_000);
    let closed = road.closed();
    assert_eq!(closed[0].plate(), None);
    let doubts = &closed[0].association.doubts;
    assert!(doubts.contains(&Doubt::ClockNotVouched), "{doubts:?}");
}

#[test]
fn memory_is_bounded_where_only_cameras_speak() {
    let mut road = Road::new();
    for read in 0..5_000 {
        road.plate("camera-1", read * 1_000, Some("晋D12345"));
    }
    assert!(road.carriageway.sightings_held() <= 601);
}

#[test]
fn passages_are_forgotten_when_they_are_too_old_to_matter() {
    let mut road = Road::new();
    for passage in 0_i64..400 {
        let at = passage * 10_000;
        road.plate("camera-1", at, Some("晋D12345"));
        road.truck(passage.unsigned_abs(), at, 17_500 + passage % 2 * 100);
    }
    road.until(4_000_000);
    assert_eq!(road.closed().len(), 400);
    let [crossings, digests, lenders] = road.carriageway.passages_held();
    // Ten minutes of a truck every ten seconds, and half an hour of those that lend their axles.
    assert_eq!(crossings, digests);
    assert!((60..=61).contains(&crossings), "{crossings}");
    assert!((179..=182).contains(&lenders), "{lenders}");
}

#[test]
fn a_display_that_never_moves_while_vehicles_pass_is_frozen() {
    let mut road = Road::new();
    road.weigh_on_platform(0, 0);
    for read in 0..5 {
        road.plate(
            "camera-9",
            10_000 + read * 30_000,
            Some(["晋D11111", "晋D22222"][read as usize % 2]),
        );
    }
    let frozen = |finding: &&&Finding| matches!(finding, Finding::FrozenValue { reads: 3, .. });
    assert_eq!(road.findings().iter().filter(frozen).count(), 1);
    let mut alive = Road::new();
    for read in 0..5 {
        alive.weigh_on_platform(read * 60_000, 20_000 + read * 20);
        alive.plate("camera-9", read * 60_000 + 3_000, Some("晋D12345"));
        alive.weigh_on_platform(read * 60_000 + 10_000, 0);
    }
    assert!(alive.findings().is_empty(), "{:?}", alive.findings());
}

#[test]
fn a_passage_closes_early_once_all_its_reads_are_in() {
    let mut road = Road::new();
    road.truck(1, 0, 17_500);
    road.plate("camera-1", 100, Some("晋D12345"));
    road.receive("picture-1", 600, b"f", frozen());
    road.receive("picture-1", 1_500, b"", jpeg(1));
    // 500 ms until the record, 2500 ms to settle, 100 ms for the residual of the plate.
    road.until(3_099);
    assert!(road.closed().is_empty());
    road.until(3_100);
    assert_eq!(road.closed().len(), 1);
    assert_eq!(road.closed()[0].plate(), Some("晋D12345"));
    assert_eq!(road.closed()[0].pictures.len(), 1);
}

#[test]
fn an_unread_plate_or_a_picture_to_come_keeps_the_window_open() {
    let mut road = Road::new();
    road.truck(1, 0, 17_500);
    road.plate("camera-1", 100, None);
    road.receive("picture-1", 600, b"f", frozen());
    road.receive("picture-1", 1_500, b"", jpeg(1));
    road.until(10_499);
    assert!(road.closed().is_empty());
    let mut waiting = Road::new();
    waiting.truck(1, 0, 17_500);
    waiting.plate("camera-1", 100, Some("晋D12345"));
    waiting.receive("picture-1", 600, b"f", frozen());
    waiting.until(8_499);
    assert!(waiting.closed().is_empty());
    waiting.until(8_500);
    assert_eq!(
        waiting.closed().len(),
        1,
        "the picture was given up after 8 s"
    );
}

#[test]
fn closing_early_does_not_hide_the_truck_right_behind() {
    // The second truck's record comes in 2.2 s after the first one's, its crossing was 0.6 s later:
    // the read between them is nobody's, however soon all reads of the first were in.
    let mut road = Road::new();
    road.truck(1, 0, 17_500);
    road.plate("camera-1", 300, Some("晋D12345"));
    road.receive("picture-1", 600, b"f", frozen());
    road.receive("picture-1", 700, b"", jpeg(1));
    road.receive("wim-1", 2_700, b"late", vehicle(2, 600, 30_000));
    road.until(60_000);
    let states: Vec<_> = road
        .closed()
        .iter()
        .map(|passage| passage.association.state)
        .collect();
    assert_eq!(states, [PlateState::Ambiguous, PlateState::Ambiguous]);
}

#[test]
fn a_picture_frozen_late_may_show_the_next_truck_and_is_nobodys() {
    let mut road = Road::new();
    road.truck(1, 0, 17_500);
    // Asked for at 500 ms; at 1500 ms it is still this truck's, a millisecond later it is not.
    road.receive("picture-1", 1_500, b"f", frozen());
    road.receive("picture-1", 2_000, b"", jpeg(1));
    road.truck(2, 20_000, 17_500);
    road.receive("picture-1", 21_501, b"f", frozen());
    road.receive("picture-1", 22_000, b"", jpeg(2));
    road.until(60_000);
    let pictures: Vec<_> = road
        .closed()
        .iter()
        .map(|passage| passage.pictures.len())
        .collect();
    assert_eq!(pictures, [1, 0]);
    assert!(matches!(
        road.findings()[..],
        [Finding::PictureLate {
            late_us: 1_001_000,
            ..
        }]
    ));
}

#[test]
fn an_unconfirmed_format_marks_its_weighings_and_vouches_for_no_plate() {
    let mut road = Road::new();
    road.settings(|settings| {
        for port in settings.ports.values_mut() {
            port.proven = false;
        }
    });
    road.plate("camera-1", 10_100, Some("晋D12345"));
    road.truck(1, 10_000, 60_000);
    road.until(60_000);
    let closed = road.closed();
    assert!(closed[0].weighing.flags.contains(&Flag::ProtocolUnproven));
    assert!(Flag::ProtocolUnproven.is_hard());
    let read = closed[0].association.chosen.as_ref().unwrap();
    assert!(!read.checked, "{read:?}");
}

#[test]
fn a_radar_that_saw_another_speed_spoils_the_weighing_and_two_vehicles_say_nothing() {
    let speed = |tenths| {
        Event::Vehicle(Vehicle {
            speed_tenth_kmh: Some(tenths),
            ..Vehicle::default()
        })
    };
    let flagged = |radar: &[(i64, i64)]| {
        let mut road = Road::new();
        for (at, tenths) in radar {
            road.receive("radar-1", *at, &at.to_le_bytes(), speed(*tenths));
        }
        road.truck(1, 10_000, 40_000);
        road.until(60_000);
        let closed = road.closed()[0];
        assert!(closed.weighing.speed_tenth_kmh.is_some());
        closed.weighing.flags.contains(&Flag::SpeedDisagrees)
    };
    let measured = {
        let mut road = Road::new();
        road.truck(1, 10_000, 40_000);
        road.weighed()[0].speed_tenth_kmh.unwrap().get()
    };
    assert!(!flagged(&[]));
    assert!(!flagged(&[(9_500, measured + 100)]));
    assert!(flagged(&[(9_500, measured + 101)]));
    assert!(flagged(&[(9_500, measured - 200)]));
    assert!(
        !flagged(&[(9_500, measured - 200), (9_900, measured)]),
        "who is who?"
    );
    assert!(!flagged(&[(2_000, measured - 200)]), "long before");
    assert!(Flag::SpeedDisagrees.is_hard());
}
