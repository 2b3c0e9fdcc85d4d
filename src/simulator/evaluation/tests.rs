//! A truth and a result made by hand, one of each outcome.

use super::*;

const WINDOW: Micros = Micros::from_millis(1_500);

fn span(port: &str, offset: u64) -> Span {
    Span {
        port: port.to_owned(),
        offset,
        length: 10,
    }
}

/// A vehicle whose record stands at 100 times its number, its reads from 1000 times its number on.
fn vehicle(number: u64, plate: &str, reads: &[Option<&str>]) -> Vehicle {
    Vehicle {
        vehicle: number,
        plate: plate.to_owned(),
        lane: 1,
        records: vec![span("wim-1", 100 * number)],
        plate_reads: (0..)
            .zip(reads)
            .map(|(index, read)| ReadLine {
                span: span("plate-1", 1_000 * number + 100 * index),
                lane: 1,
                plate: read.map(str::to_owned),
                seen_us: Micros::from_seconds(100 * number as i64),
            })
            .collect(),
        platform_reads: Vec::new(),
    }
}

fn passage(number: u64, state: PlateState, chosen: Option<(u64, &str)>) -> Passage {
    Passage {
        lane: 1,
        kind: PassageKind::Dynamic,
        crossed_us: Micros::from_seconds(100 * number as i64),
        raw: span("wim-1", 100 * number),
        association: Tie {
            state,
            chosen: chosen.map(|(offset, plate)| Chosen {
                plate: Some(plate.to_owned()),
                raw: span("plate-1", offset),
            }),
            candidates: Vec::new(),
        },
    }
}

fn matched(number: u64, offset: u64, plate: &str) -> Passage {
    passage(number, PlateState::Matched, Some((offset, plate)))
}

fn candidate(offset: i64, residual_us: i64) -> Candidate {
    Candidate {
        plate: None,
        residual_us,
        port: "plate-1".to_owned(),
        offset,
    }
}

#[test]
fn each_outcome_is_counted_by_itself() {
    use PlateState::{Ambiguous, Missing};
    let vehicles = [
        vehicle(1, "A", &[Some("A")]),
        vehicle(2, "B", &[Some("B")]),
        vehicle(3, "C", &[Some("O"), Some("C")]),
        vehicle(4, "D", &[Some("D")]),
        vehicle(5, "E", &[Some("E")]),
        vehicle(6, "F", &[Some("F")]),
        vehicle(7, "G", &[None, Some("6")]),
        vehicle(8, "H", &[]),
        vehicle(9, "I", &[Some("I")]),
    ];
    let mut platform = matched(50, 1_000, "A");
    platform.kind = PassageKind::Platform;
    let passages = [
        matched(1, 1_000, "A"),
        // The text is the vehicle's own, the read is another's: bytes decide.
        matched(2, 1_000, "B"),
        matched(3, 3_000, "O"),
        matched(4, 77, "D"),
        passage(5, Ambiguous, None),
        passage(6, Missing, None),
        passage(7, Missing, None),
        passage(8, Missing, None),
        // Not in truth: no such place, and a place with another length.
        passage(60, Missing, None),
        Passage {
            raw: Span {
                length: 11,
                ..span("wim-1", 900)
            },
            ..passage(9, Missing, None)
        },
        platform,
    ];
    let found = evaluate(&vehicles, &passages, WINDOW);
    let counts = Outcome::ALL.map(|outcome| found.association.count(outcome));
    assert_eq!(counts, [1, 1, 1, 1, 1, 1, 2]);
    assert_eq!(found.association.weighings(), 8);
    assert_eq!(found.association.with_plate(), 4);
    assert_eq!(found.association.with_right_read, 6);
    assert_eq!(found.association.let_through_of_these, 4);
    assert_eq!((found.passages, found.platform, found.unknown), (11, 1, 2));
    assert_eq!((found.vehicles, found.vehicles_with_right_read), (9, 7));
    assert_eq!((found.vehicles_lost, found.vehicles_doubled), (1, 0));
}

#[test]
fn a_plate_in_doubt_is_none_whatever_stands_beside() {
    let vehicles = [vehicle(1, "A", &[Some("A")])];
    let doubtful = passage(1, PlateState::Ambiguous, Some((1_000, "A")));
    let found = evaluate(&vehicles, &[doubtful], WINDOW);
    assert_eq!(found.association.count(Outcome::Ambiguous), 1);
    assert_eq!(found.association.with_plate(), 0);
}

#[test]
fn both_records_of_a_vehicle_are_its_own_and_two_passages_double_it() {
    let mut twice = vehicle(1, "A", &[Some("A")]);
    twice.records.push(span("wim-1", 150));
    let second = |number| Passage {
        raw: span("wim-1", 150),
        ..matched(number, 1_000, "A")
    };
    let once = evaluate(std::slice::from_ref(&twice), &[second(1)], WINDOW);
    assert_eq!((once.vehicles_lost, once.vehicles_doubled), (0, 0));
    let both = [matched(1, 1_000, "A"), second(1)];
    let found = evaluate(&[twice], &both, WINDOW);
    assert_eq!((found.vehicles_lost, found.vehicles_doubled), (0, 1));
    assert_eq!(found.association.weighings(), 2);
}

#[test]
fn a_read_at_the_platform_is_of_no_use_to_the_weighing_in_motion() {
    let mut sent_there = vehicle(1, "A", &[None]);
    let at_platform = vehicle(2, "A", &[Some("A")]).plate_reads;
    sent_there.platform_reads = at_platform;
    let vehicles = [sent_there, vehicle(3, "B", &[Some("B")])];
    let missing = passage(1, PlateState::Missing, None);
    let found = evaluate(&vehicles, &[missing, matched(3, 2_000, "A")], WINDOW);
    let counts = |outcome| found.association.count(outcome);
    assert_eq!(counts(Outcome::MissingWithoutRightRead), 1);
    // But whose it is, is known.
    assert_eq!(counts(Outcome::WrongVehicle), 1);
    assert_eq!(found.vehicles_with_right_read, 1);
}

#[test]
fn twins_of_one_plate_are_two_vehicles() {
    let vehicles = [vehicle(1, "A", &[Some("A")]), vehicle(2, "A", &[Some("A")])];
    let found = evaluate(&vehicles, &[matched(1, 2_000, "A")], WINDOW);
    assert_eq!(found.association.count(Outcome::WrongVehicle), 1);
}

#[test]
fn baselines_are_judged_by_the_same_bytes() {
    // Three trucks a second apart. The camera is 0.9 s late for the first and 0.4 s for the second,
    // and sees the third without reading it.
    let mut vehicles = [
        vehicle(1, "A", &[Some("A")]),
        vehicle(2, "B", &[Some("8")]),
        vehicle(3, "C", &[None]),
    ];
    let mut passages = [1, 2, 3].map(|number| passage(number, PlateState::Missing, None));
    for (index, (vehicle, late)) in vehicles.iter_mut().zip([900, 400, 0]).enumerate() {
        let at = Micros::from_millis(10_000 + 1_000 * index as i64);
        passages[index].crossed_us = at;
        vehicle.plate_reads[0].seen_us = at.saturating_add(Micros::from_millis(late));
    }
    let found = evaluate(&vehicles, &passages, WINDOW);
    let counts = |tally: &Tally| Outcome::ALL.map(|outcome| tally.count(outcome));
    // A to A; A to B; nothing read to C.
    assert_eq!(counts(&found.nearest_in_time), [1, 1, 0, 0, 0, 0, 1]);
    // A to A; the misread 8 to B; nothing read to C.
    assert_eq!(counts(&found.first_in_first_out), [1, 0, 1, 0, 0, 0, 1]);
    assert_eq!(counts(&found.association), [0, 0, 0, 0, 0, 1, 2]);
}

#[test]
fn baselines_have_the_clock_model_of_the_result() {
    // The camera's clock is five seconds ahead. The model knows: it left 40 ms between the first
    // truck and its read. The second read was nobody's candidate and is corrected alike.
    let ahead = Micros::from_seconds(5);
    let mut vehicles = [vehicle(1, "A", &[Some("A")]), vehicle(2, "B", &[Some("B")])];
    for vehicle in &mut vehicles {
        let read = &mut vehicle.plate_reads[0];
        read.seen_us = read.seen_us.saturating_add(ahead);
    }
    let mut passages = [1, 2].map(|number| passage(number, PlateState::Missing, None));
    let without = evaluate(&vehicles, &passages, WINDOW);
    assert_eq!(without.nearest_in_time.with_plate(), 0);
    passages[0].association.candidates = vec![candidate(1_000, 40_000)];
    let found = evaluate(&vehicles, &passages, WINDOW);
    assert_eq!(found.nearest_in_time.count(Outcome::Right), 2);
    assert_eq!(found.first_in_first_out.count(Outcome::Right), 2);
}

#[test]
fn the_offset_is_that_of_a_vehicles_own_reads() {
    let vehicles = [
        vehicle(1, "A", &[Some("A"), Some("A")]),
        vehicle(2, "B", &[Some("B")]),
    ];
    let mut passages = [1, 2].map(|number| passage(number, PlateState::Missing, None));
    passages[0].association.candidates = vec![
        candidate(1_000, -30),
        candidate(1_100, 90),
        candidate(2_000, 9_999),
    ];
    passages[1].association.candidates = vec![candidate(2_000, 60)];
    let found = evaluate(&vehicles, &passages, WINDOW).offset;
    let wanted = Offset {
        reads: 3,
        mean_us: 40,
        median_us: 60,
        percentile_95_us: 90,
        largest_us: 90,
    };
    assert_eq!(found, wanted);
    assert_eq!(evaluate(&vehicles, &[], WINDOW).offset, Offset::default());
}

#[test]
fn a_line_of_replay_is_read_with_whatever_else_stands_in_it() {
    let line = serde_json::json!({
        "lane": 2, "kind": "dynamic", "crossed_us": 5, "gross_kg": 1, "verdict": {},
        "raw": { "port": "wim-2", "offset": 7, "length": 9, "sha256": "" },
        "association": {
            "state": "matched", "doubts": [], "residual_us": 3, "rival_passages": [],
            "chosen": { "plate": "A", "lane": 2, "raw": { "port": "p", "offset": 1, "length": 2 } },
            "candidates": [{ "plate": "A", "residual_us": 3, "port": "p", "offset": 1 }],
        },
    });
    let passage: Passage = serde_json::from_value(line).unwrap();
    assert_eq!(passage.raw.offset, 7);
    assert_eq!(passage.association.chosen.unwrap().raw.length, 2);
    assert_eq!(passage.association.candidates[0].residual_us, 3);
}
