//! A truth and a result made by hand, one of each outcome.

use super::*;
use crate::passage::{Candidate, Doubt, EvasionKind, PassageKind, PlateState};
use crate::simulator::crossing::{CameraView, Defect, PlateOf};
use crate::units::Kilograms;

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
        trailer_plate: None,
        lane: 1,
        weighed: true,
        first_axle_us: Micros::from_seconds(100 * number as i64),
        axles: 6,
        gross_kg: Kilograms::new(40_000),
        evasion: Vec::new(),
        mild: false,
        forced: Vec::new(),
        defects: Vec::new(),
        clock_error_us: None,
        records: vec![span("wim-1", 100 * number)],
        plate_reads: (0..)
            .zip(reads)
            .map(|(index, read)| ReadLine {
                span: span("plate-1", 1_000 * number + 100 * index),
                lane: 1,
                view: CameraView::Front,
                reading: PlateOf::Tractor,
                plate: read.map(str::to_owned),
                colour: None,
                seen_us: Micros::from_seconds(100 * number as i64),
                clock_error_us: None,
            })
            .collect(),
        platform_reads: Vec::new(),
    }
}

fn passage(number: u64, state: PlateState, chosen: Option<(u64, &str)>) -> Passage {
    Passage {
        passage_id: number.to_string(),
        lane: 1,
        kind: PassageKind::Dynamic,
        crossed_us: Micros::from_seconds(100 * number as i64),
        closed_us: None,
        axles: 6,
        raw: span("wim-1", 100 * number),
        association: Tie {
            state,
            doubts: Vec::new(),
            chosen: chosen.map(|(offset, plate)| Chosen {
                plate: Some(plate.to_owned()),
                colour: None,
                raw: span("plate-1", offset),
            }),
            trailer: None,
            candidates: Vec::new(),
            wrong_vehicle_ppb: None,
            agreeing_cameras: 0,
            clock: None,
        },
        evasion: Vec::new(),
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
    let mut doubtful = passage(1, PlateState::Ambiguous, Some((1_000, "A")));
    doubtful.association.doubts = vec![Doubt::OtherPlate, Doubt::FarOff];
    let found = evaluate(&vehicles, &[doubtful], WINDOW);
    let doubts: Vec<_> = found.doubts.into_iter().collect();
    assert_eq!(doubts, [(Doubt::OtherPlate, 1), (Doubt::FarOff, 1)]);
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
    let found = evaluate(&vehicles, &passages, WINDOW).offset();
    let wanted = Offset {
        reads: 3,
        mean_us: 40,
        median_us: 60,
        percentile_95_us: 90,
        percentile_999_us: 90,
        largest_us: 90,
    };
    assert_eq!(found, wanted);
    assert_eq!(evaluate(&vehicles, &[], WINDOW).offset(), Offset::default());
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

#[test]
fn a_merged_record_belongs_to_both_and_is_fit_for_neither() {
    let mut behind = vehicle(2, "B", &[Some("B")]);
    behind.records = vec![span("wim-1", 100)];
    behind.evasion = vec![EvasionKind::MergedRecord];
    let vehicles = [vehicle(1, "A", &[Some("A")]), behind, vehicle(3, "C", &[])];
    for (offset, plate, outcome) in [
        (1_000, "A", Outcome::Right),
        (2_000, "B", Outcome::Right),
        (2_000, "A", Outcome::WrongReading),
    ] {
        let found = evaluate(&vehicles, &[matched(1, offset, plate)], WINDOW);
        assert_eq!(found.association.count(outcome), 1, "{offset} {plate}");
        assert_eq!(found.association.fit, 0);
        assert_eq!((found.shared, found.shared_let_through), (1, 1));
        assert_eq!(found.vehicles_lost, 1, "only the third");
    }
    let mut found = matched(1, 1_000, "A");
    found.evasion = vec![finding(EvasionKind::MergedRecord, None)];
    let found = evaluate(&vehicles, &[found], WINDOW);
    assert_eq!((found.shared, found.shared_let_through), (1, 0));
}

fn finding(kind: EvasionKind, partner: Option<&str>) -> Finding {
    Finding {
        kind,
        partner: partner.map(str::to_owned),
    }
}

#[test]
fn findings_are_right_where_a_vehicle_of_the_record_does_so_and_the_partner_is_of_it() {
    use EvasionKind::{Braking, StopAndGo, Straddling};
    let mut straddles = vehicle(1, "A", &[Some("A")]);
    straddles.records.push(span("wim-2", 100));
    straddles.evasion = vec![Straddling];
    let mut brakes = vehicle(2, "B", &[Some("B")]);
    brakes.evasion = vec![Braking];
    let mut stands = vehicle(3, "C", &[Some("C")]);
    stands.forced = vec![StopAndGo];
    let unseen = Vehicle {
        evasion: vec![Braking],
        ..vehicle(4, "D", &[])
    };
    let vehicles = [straddles, brakes, stands, unseen, vehicle(5, "E", &[])];
    let with = |number: u64, findings: Vec<Finding>| Passage {
        evasion: findings,
        ..matched(number, 1_000 * number, "x")
    };
    let other_half = Passage {
        passage_id: "1b".to_owned(),
        raw: span("wim-2", 100),
        ..with(1, vec![finding(Straddling, Some("1"))])
    };
    let passages = [
        with(1, vec![finding(Straddling, Some("1b"))]),
        other_half.clone(),
        with(2, vec![finding(Braking, None), finding(Straddling, None)]),
        with(3, vec![finding(StopAndGo, None)]),
        with(4, vec![]),
        with(5, vec![finding(Braking, None)]),
    ];
    let found = evaluate(&vehicles, &passages, WINDOW);
    let counts = |kind| {
        let found = found.evasions.of(kind);
        [
            found.vehicles,
            found.found,
            found.findings,
            found.right,
            found.forced,
            found.wrong(),
        ]
    };
    assert_eq!(counts(Straddling), [1, 1, 3, 2, 0, 1]);
    assert_eq!(counts(Braking), [2, 1, 2, 1, 0, 1]);
    assert_eq!(counts(StopAndGo), [0, 0, 1, 0, 1, 0]);
    assert_eq!(found.evasions.mistaken(Straddling), [(Some(Braking), 1)]);
    assert_eq!(found.evasions.mistaken(Braking), [(None, 1)]);
    assert_eq!(found.vehicles_doubled, 0, "two scales weighed one vehicle");
    // Joined with the wrong passage it is no finding of this vehicle.
    let wrong = with(1, vec![finding(Straddling, Some("2"))]);
    let found = evaluate(&vehicles, &[wrong, other_half, with(2, vec![])], WINDOW);
    let found = found.evasions.of(Straddling);
    assert_eq!([found.findings, found.right, found.found], [2, 1, 1]);
}

#[test]
fn evidence_is_told_apart_and_the_register_is_asked_for_single_reads() {
    struct Known;
    impl Register for Known {
        fn confirms(&self, plate: &str, colour: Option<&str>, axles: usize) -> bool {
            plate == "A" && colour != Some("blue") && axles == 6
        }
    }
    let vehicles = [1, 2, 3, 4].map(|number| vehicle(number, "A", &[Some("A")]));
    let mut passages = [1, 2, 3, 4].map(|number| matched(number, 1_000 * number, "A"));
    passages[0].association.agreeing_cameras = 2;
    passages[1].association.agreeing_cameras = 1;
    passages[2].axles = 5;
    passages[3].association.chosen.as_mut().unwrap().colour = Some("blue".to_owned());
    let mut evaluator = Evaluator::new(Rules::default()).with_register(Box::new(Known));
    for (vehicle, passage) in vehicles.into_iter().zip(passages) {
        evaluator.vehicle(vehicle);
        evaluator.passage(passage);
    }
    let found = evaluator.finish().association;
    let counts = Evidence::ALL.map(|evidence| found.plates_with(evidence));
    assert_eq!(counts, [3, 1, 1, 2]);
    assert_eq!(found.with_evidence(Evidence::TwoReads, Outcome::Right), 1);
}

#[test]
fn a_trailer_s_plate_is_no_tractor_s_and_the_other_way_round() {
    let mut train = vehicle(1, "A", &[Some("A"), Some("T")]);
    train.trailer_plate = Some("T".to_owned());
    let rear = &mut train.plate_reads[1];
    (rear.view, rear.reading) = (CameraView::Rear, PlateOf::Trailer);
    let only_trailer = Vehicle {
        plate_reads: vec![train.plate_reads[1].clone()],
        ..train.clone()
    };
    assert!(train.has_right_read() && !only_trailer.has_right_read());
    let trailer = |offset, plate: &str| Chosen {
        plate: Some(plate.to_owned()),
        colour: None,
        raw: span("plate-1", offset),
    };
    let with = |chosen, trailer| {
        let mut passage = matched(1, chosen, if chosen == 1_000 { "A" } else { "T" });
        passage.association.trailer = Some(trailer);
        let found = evaluate(std::slice::from_ref(&train), &[passage], WINDOW);
        let outcome = |counts: &dyn Fn(Outcome) -> u64| {
            Outcome::ALL.into_iter().find(|one| counts(*one) == 1)
        };
        let tractor = outcome(&|one| found.association.count(one));
        let trailer = outcome(&|one| found.trailers.get(&one).copied().unwrap_or_default());
        (tractor.unwrap(), trailer.unwrap())
    };
    use Outcome::{Right, UnknownRead, WrongReading};
    assert_eq!(with(1_000, trailer(1_100, "T")), (Right, Right));
    assert_eq!(
        with(1_100, trailer(1_000, "A")),
        (WrongReading, WrongReading)
    );
    assert_eq!(with(1_000, trailer(1_100, "7")), (Right, WrongReading));
    assert_eq!(with(1_000, trailer(9_999, "T")), (Right, UnknownRead));
}

#[test]
fn what_is_settled_is_forgotten_and_counts_are_those_of_the_whole() {
    let vehicles: Vec<Vehicle> = (1..=3_000)
        .map(|number| vehicle(number, "A", &[Some("A")]))
        .collect();
    // Each third is lost, each seventh late by a quarter of an hour.
    let mut passages: Vec<(i64, Passage)> = vehicles
        .iter()
        .filter(|vehicle| vehicle.vehicle % 3 != 0)
        .map(|vehicle| {
            let late = if vehicle.vehicle % 7 == 0 { 900 } else { 10 };
            let closed = 100 * vehicle.vehicle as i64 + late;
            let mut passage = matched(vehicle.vehicle, 1_000 * vehicle.vehicle, "A");
            passage.closed_us = Some(Micros::from_seconds(closed));
            (closed, passage)
        })
        .collect();
    passages.sort_by_key(|(closed, _)| *closed);
    let whole: Vec<Passage> = passages
        .iter()
        .map(|(_, passage)| passage.clone())
        .collect();
    let wanted = evaluate(&vehicles, &whole, WINDOW);
    assert_eq!(wanted.vehicles_lost, 1_000);

    let mut evaluator = Evaluator::new(Rules {
        window: WINDOW,
        ..Rules::default()
    });
    let mut passages = passages.into_iter().peekable();
    let mut most = 0;
    for vehicle in vehicles {
        let now = 100 * vehicle.vehicle as i64;
        while let Some((_, passage)) = passages.next_if(|(closed, _)| *closed <= now) {
            evaluator.passage(passage);
        }
        evaluator.vehicle(vehicle);
        evaluator.advance(Micros::from_seconds(now));
        most = evaluator.held().max(most);
    }
    passages.for_each(|(_, passage)| evaluator.passage(passage));
    assert!(most < 700, "{most}");
    assert_eq!(evaluator.finish(), wanted);
}

#[test]
fn the_clock_s_error_is_what_was_learnt_less_what_it_was() {
    let mut truth = vehicle(1, "A", &[Some("A")]);
    let other = vehicle(2, "B", &[Some("B")]);
    let mut passage = matched(1, 1_000, "A");
    let learnt = |camera: &str| {
        Some(Clock {
            camera: camera.to_owned(),
            offset_us: 250,
        })
    };
    passage.association.clock = learnt("plate-1");
    let errors = |truth: &Vehicle, passage: &Passage| {
        let vehicles = [truth.clone(), other.clone()];
        let found = evaluate(&vehicles, std::slice::from_ref(passage), WINDOW);
        found.clock_error()
    };
    assert_eq!(errors(&truth, &passage).reads, 0, "truth does not say");
    truth.clock_error_us = Some(Micros::new(100));
    truth.plate_reads[0].clock_error_us = Some(Micros::new(-200));
    let found = errors(&truth, &passage);
    assert_eq!((found.reads, found.mean_us), (1, 550));
    passage.association.clock = learnt("plate-2");
    assert_eq!(errors(&truth, &passage).reads, 0, "of another camera");
    passage.association.clock = learnt("plate-1");
    passage.association.chosen = matched(1, 2_000, "B").association.chosen;
    assert_eq!(
        errors(&truth, &passage).reads,
        0,
        "a read of another vehicle"
    );
}

#[test]
fn a_weighing_that_the_scale_spoilt_is_not_fit_and_a_vehicle_it_took_for_two_is_not_doubled() {
    let mut split = vehicle(1, "A", &[Some("A")]);
    split.records.push(span("wim-1", 150));
    split.defects = vec![Defect::SplitRecord];
    let mut late = vehicle(2, "B", &[Some("B")]);
    late.defects = vec![Defect::LateRead];
    let second = Passage {
        raw: span("wim-1", 150),
        evasion: vec![finding(EvasionKind::SplitRecord, None)],
        ..matched(1, 1_000, "A")
    };
    let passages = [matched(1, 1_000, "A"), second, matched(2, 2_000, "B")];
    let found = evaluate(&[split, late], &passages, WINDOW);
    assert_eq!((found.vehicles_doubled, found.association.fit), (0, 1));
    let findings = found.evasions.of(EvasionKind::SplitRecord);
    assert_eq!(
        (findings.right, findings.forced, findings.wrong()),
        (0, 1, 0)
    );
}
