//! Each kind by hand: the records that show it, and those beside the border that don't.

use super::generate::{Passed, Traffic};
use super::*;
use crate::passage::{AxleLoad, PartialAxle, SignalName, TravelDirection};
use crate::units::{Kilograms, Micros, Millimetres, TenthKmh, TenthMs2};

/// Left kg, right kg, spacing mm, tenths of km/h.
type Axle = (i64, i64, i64, i64);

const SEMI: [Axle; 6] = [
    (3_200, 3_300, 0, 600),
    (4_900, 5_000, 3_450, 600),
    (5_000, 4_900, 1_350, 600),
    (3_600, 3_500, 6_550, 600),
    (3_550, 3_600, 1_310, 600),
    (3_500, 3_650, 1_310, 600),
];

fn weighing(lane: u16, millis: i64, axles: &[Axle]) -> Weighing {
    let mut traffic = Traffic::new(1);
    let mut weighing = traffic.pass(lane, 0.0, 60.0, None).remove(0).weighing;
    let at = Micros::from_millis(1_795_478_400_000 + millis);
    let axle = |&(left, right, spacing, speed): &Axle| AxleLoad {
        load_kg: Kilograms::new(left + right),
        left_kg: Some(Kilograms::new(left)),
        right_kg: Some(Kilograms::new(right)),
        spacing_mm: (spacing > 0).then_some(Millimetres::new(spacing)),
        speed_tenth_kmh: Some(TenthKmh::new(speed)),
        doubt: None,
    };
    weighing.axles = axles.iter().map(axle).collect();
    weighing.partial_axles.clear();
    weighing.gross_kg = weighing.axles.iter().map(|axle| axle.load_kg).sum();
    let speeds: i64 = axles.iter().map(|axle| axle.3).sum();
    weighing.speed_tenth_kmh = Some(TenthKmh::new(speeds / axles.len() as i64));
    weighing.acceleration_tenth_ms2 = Some(TenthMs2::new(0));
    weighing.crossed_at = at;
    weighing.received_at = Micros::new(at.get() + 1_300_000);
    weighing.passage_id = format!("lane {lane} at {millis}");
    weighing
}

/// Only the wheels of one side, the other not measured.
fn half(whole: &Weighing, left: bool) -> Weighing {
    let axle = |axle: &AxleLoad| PartialAxle {
        load_kg: None,
        left_kg: axle.left_kg.filter(|_| left),
        right_kg: axle.right_kg.filter(|_| !left),
        spacing_mm: axle.spacing_mm,
        speed_tenth_kmh: axle.speed_tenth_kmh,
        doubt: None,
    };
    Weighing {
        partial_axles: whole.axles.iter().map(axle).collect(),
        axles: Vec::new(),
        gross_kg: Kilograms::ZERO,
        ..whole.clone()
    }
}

fn settings() -> EvasionSettings {
    EvasionSettings {
        lanes: 3,
        ..EvasionSettings::default()
    }
}

fn found(subject: &Weighing, near: &[&Weighing]) -> Vec<EvasionFinding> {
    let settings = settings();
    let mut usual = Usual::unknown(&settings);
    usual.speed = Some(60.0);
    usual.late_us = Some(300_000.0);
    examine(subject, near, &[], &usual, &settings)
}

fn kinds(subject: &Weighing, near: &[&Weighing]) -> Vec<EvasionKind> {
    found(subject, near)
        .iter()
        .map(|finding| finding.kind)
        .collect()
}

fn with(change: impl Fn(usize, &mut Axle)) -> Vec<Axle> {
    let mut axles = SEMI.to_vec();
    for (index, axle) in axles.iter_mut().enumerate() {
        change(index, axle);
    }
    axles
}

#[test]
fn a_vehicle_that_only_passes_is_nothing() {
    let plain = weighing(2, 0, &SEMI);
    assert_eq!(kinds(&plain, &[]), []);
    let beside = weighing(3, 80, &SEMI[..3]);
    let behind = weighing(2, 1_800, &SEMI);
    assert_eq!(kinds(&plain, &[&beside, &behind]), []);
    let standing = Weighing {
        kind: PassageKind::Platform,
        ..plain
    };
    assert_eq!(kinds(&standing, &[]), []);
}

#[test]
fn two_halves_find_each_other_and_are_joined() {
    let whole = weighing(2, 0, &SEMI);
    let one = half(&whole, true);
    let mut other = half(&weighing(3, 45, &SEMI), false);
    other.speed_tenth_kmh = Some(TenthKmh::new(604));
    let plain = weighing(1, 20, &SEMI);
    for (subject, near) in [(&one, &other), (&other, &one)] {
        let found = found(subject, &[&plain, near]);
        let [finding] = found.as_slice() else {
            panic!("{found:?}")
        };
        assert_eq!(finding.kind, EvasionKind::Straddling);
        assert_eq!(finding.partner.as_ref(), Some(&near.passage_id));
        assert_eq!(finding.joined_gross_kg(), Some(whole.gross_kg));
        let loads = |axles: &[AxleLoad]| axles.iter().map(|axle| axle.load_kg).collect::<Vec<_>>();
        assert_eq!(loads(&finding.vehicles[0].axles), loads(&whole.axles));
        assert!(finding.is_hard());
    }
    assert_eq!(kinds(&plain, &[&one, &other]), []);
    // Two seconds apart, or two lanes, they are not one vehicle: each has lost a side.
    let later = half(&weighing(3, 2_000, &SEMI), false);
    assert!(
        found(&one, &[&later])
            .iter()
            .all(|finding| finding.partner.is_none())
    );
    let far = half(&weighing(4, 45, &SEMI), false);
    assert!(
        found(&one, &[&far])
            .iter()
            .all(|finding| finding.partner.is_none())
    );
}

#[test]
fn of_three_halves_the_best_two_are_a_pair() {
    let whole = weighing(2, 0, &SEMI);
    let one = half(&whole, true);
    let other = half(&weighing(3, 20, &SEMI), false);
    let mut rival = half(&weighing(1, 150, &SEMI), false);
    for axle in &mut rival.partial_axles {
        axle.right_kg = axle.right_kg.map(|kg| Kilograms::new(kg.get() * 3 / 4));
    }
    assert_eq!(
        found(&one, &[&rival, &other])[0].partner,
        Some(other.passage_id.clone())
    );
    assert_eq!(
        found(&other, &[&one, &rival])[0].partner,
        Some(one.passage_id.clone())
    );
    let alone = found(&rival, &[&one, &other]);
    assert!(
        alone.iter().all(|finding| finding.partner.is_none()),
        "{alone:?}"
    );
}

#[test]
fn a_half_alone_straddles_beside_a_lane_and_left_the_road_at_its_edge() {
    let left_gone = |lane| half(&weighing(lane, 0, &SEMI), false);
    assert_eq!(kinds(&left_gone(1), &[]), [EvasionKind::OneSideOff]);
    assert_eq!(kinds(&left_gone(2), &[]), [EvasionKind::Straddling]);
    let right_gone = |lane| half(&weighing(lane, 0, &SEMI), true);
    assert_eq!(kinds(&right_gone(3), &[]), [EvasionKind::OneSideOff]);
    // Zero is measured: a wheel that weighs nothing is one that was not there.
    let light = with(|_, axle| axle.1 = 100);
    assert_eq!(
        kinds(&weighing(3, 0, &light), &[]),
        [EvasionKind::OneSideOff]
    );
}

#[test]
fn a_dead_sensor_makes_nobody_an_evader() {
    let settings = settings();
    let mut lane = LaneUsual::default();
    for number in 0..40 {
        let record = half(&weighing(1, number * 5_000, &SEMI), false);
        let now = record.received_at;
        let findings = examine(&record, &[], &[], &lane.usual(now, &settings), &settings);
        assert_eq!(findings.is_empty(), number > 2, "{number} {findings:?}");
        lane.seen(now, &record, findings.is_empty(), &settings);
    }
    // And a sensor that is known to be at fault says nothing from the first vehicle on.
    let mut faulty = half(&weighing(1, 0, &SEMI), false);
    for axle in &mut faulty.partial_axles {
        axle.doubt = Some(crate::passage::AxleDoubt::SensorFault);
    }
    assert_eq!(kinds(&faulty, &[]), []);
}

#[test]
fn speeds_that_fall_are_braking_and_that_rise_are_surging() {
    let slowing = |step: i64| with(|index, axle| axle.3 = 600 - step * index as i64);
    let mut hard = weighing(2, 0, &slowing(15));
    hard.acceleration_tenth_ms2 = Some(TenthMs2::new(-31));
    assert_eq!(kinds(&hard, &[]), [EvasionKind::Braking]);
    let acceleration = found(&hard, &[])[0].signals[0];
    assert_eq!(acceleration.name, SignalName::AccelerationHundredthMs2);
    assert!(
        (-340..=-250).contains(&acceleration.value),
        "{acceleration:?}"
    );
    // The axles alone, without the controller's figure, and that figure alone.
    hard.acceleration_tenth_ms2 = None;
    assert_eq!(kinds(&hard, &[]), [EvasionKind::Braking]);
    let mut stated = weighing(2, 0, &SEMI);
    for axle in &mut stated.axles {
        axle.speed_tenth_kmh = None;
    }
    stated.acceleration_tenth_ms2 = Some(TenthMs2::new(-31));
    assert_eq!(kinds(&stated, &[]), [EvasionKind::Braking]);
    stated.acceleration_tenth_ms2 = Some(TenthMs2::new(-5));
    assert_eq!(kinds(&stated, &[]), []);
    stated.acceleration_tenth_ms2 = Some(TenthMs2::new(20));
    assert_eq!(kinds(&stated, &[]), [EvasionKind::Surging]);
    // A straight line with a gentle slope is how people drive.
    assert_eq!(kinds(&weighing(2, 0, &slowing(1)), &[]), []);
}

#[test]
fn an_axle_that_jumps_helps_the_suspicion_of_surging() {
    let jump = with(|index, axle| {
        if index == 4 {
            (axle.0, axle.1) = (1_000, 1_000);
        }
    });
    let mut truck = weighing(2, 0, &jump);
    truck
        .axles
        .iter_mut()
        .for_each(|axle| axle.speed_tenth_kmh = None);
    truck.acceleration_tenth_ms2 = Some(TenthMs2::new(9));
    let findings = found(&truck, &[]);
    assert_eq!(findings[0].kind, EvasionKind::Surging, "{findings:?}");
    assert_eq!(findings[0].signal(SignalName::Axle).unwrap().value, 5);
    let mut gentle = weighing(2, 0, &SEMI);
    gentle
        .axles
        .iter_mut()
        .for_each(|axle| axle.speed_tenth_kmh = None);
    gentle.acceleration_tenth_ms2 = Some(TenthMs2::new(9));
    assert_eq!(kinds(&gentle, &[]), []);
}

#[test]
fn load_that_swings_from_side_to_side_is_weaving() {
    let swing = |by: i64| {
        with(|index, axle| {
            let sign = [1, 1, 1, -1, -1, -1][index];
            axle.0 += sign * by * (axle.0 + axle.1) / 1_000;
            axle.1 -= sign * by * (axle.0 + axle.1) / 1_000;
        })
    };
    assert_eq!(
        kinds(&weighing(2, 0, &swing(110)), &[]),
        [EvasionKind::Weaving]
    );
    assert_eq!(kinds(&weighing(2, 0, &swing(20)), &[]), []);
    // A load that lies to one side lies there on all axles.
    let aside = with(|_, axle| (axle.0, axle.1) = (axle.0 * 5 / 4, axle.1 * 3 / 4));
    assert_eq!(kinds(&weighing(2, 0, &aside), &[]), []);
}

#[test]
fn who_stands_on_the_sensors_stops_and_goes_and_who_crawls_creeps() {
    let speeds = |speeds: [i64; 6]| with(|index, axle| axle.3 = speeds[index]);
    let stood = weighing(2, 0, &speeds([140, 90, 60, 8, 50, 90]));
    assert_eq!(kinds(&stood, &[]), [EvasionKind::StopAndGo]);
    let crept = weighing(2, 0, &speeds([38, 38, 37, 38, 39, 38]));
    assert_eq!(kinds(&crept, &[]), [EvasionKind::Creeping]);
    assert!(!found(&crept, &[])[0].is_hard());
    // In a jam everybody does.
    let ahead = weighing(2, -8_000, &speeds([45, 45, 46, 46, 47, 48]));
    assert_eq!(kinds(&crept, &[&ahead]), []);
    let slow = weighing(2, 0, &speeds([67, 67, 66, 67, 68, 67]));
    assert_eq!(kinds(&slow, &[]), []);
}

#[test]
fn axles_counted_again_on_the_way_back_are_one_vehicle() {
    let mut axles = SEMI[..4].to_vec();
    for axle in &mut axles {
        axle.3 = 60;
    }
    axles[3].3 = 12;
    axles.push((3_500, 3_620, 240, 9));
    axles.push((5_050, 4_800, 6_480, 50));
    let reversed = weighing(2, 0, &axles);
    let findings = found(&reversed, &[]);
    assert_eq!(
        kinds(&reversed, &[]),
        [EvasionKind::Reversing],
        "{findings:?}"
    );
    let vehicle = &findings[0].vehicles[0];
    assert_eq!(vehicle.axle_numbers, [1, 2, 3, 4]);
    let four: Kilograms = reversed.axles[..4].iter().map(|axle| axle.load_kg).sum();
    assert_eq!(vehicle.gross_kg, four);
    assert_eq!(
        findings[0].signal(SignalName::RepeatedAxles).unwrap().value,
        2
    );
    // The same axles at 60 km/h are six axles.
    let fast = weighing(
        2,
        0,
        &axles
            .iter()
            .map(|a| (a.0, a.1, a.2, 600))
            .collect::<Vec<_>>(),
    );
    assert!(!kinds(&fast, &[]).contains(&EvasionKind::Reversing));
}

#[test]
fn a_second_front_behind_a_gap_is_a_second_vehicle() {
    let mut axles = SEMI.to_vec();
    axles.push((2_600, 2_700, 5_800, 596));
    axles.push((4_100, 4_200, 4_700, 596));
    let merged = weighing(2, 0, &axles);
    let findings = found(&merged, &[]);
    assert_eq!(
        kinds(&merged, &[]),
        [EvasionKind::MergedRecord],
        "{findings:?}"
    );
    let numbers: Vec<_> = findings[0]
        .vehicles
        .iter()
        .map(|v| v.axle_numbers.clone())
        .collect();
    assert_eq!(numbers, [vec![1, 2, 3, 4, 5, 6], vec![7, 8]]);
    assert_eq!(findings[0].vehicles[1].axles[0].spacing_mm, None);
    let mass: Kilograms = findings[0]
        .vehicles
        .iter()
        .map(|vehicle| vehicle.gross_kg)
        .sum();
    assert_eq!(mass, merged.gross_kg);
}

#[test]
fn a_trailer_by_itself_belongs_to_the_tractor_before_it() {
    let front = weighing(2, 0, &SEMI[..3]);
    let mut rear_axles = SEMI[3..].to_vec();
    rear_axles[0].2 = 0;
    // 3450 + 1350 + 6550 mm at 60 km/h are 681 ms.
    let rear = weighing(2, 681, &rear_axles);
    let whole = front.gross_kg.saturating_add(rear.gross_kg);
    for (subject, other) in [(&front, &rear), (&rear, &front)] {
        let findings = found(subject, &[other]);
        assert_eq!(kinds(subject, &[other]), [EvasionKind::SplitRecord]);
        assert_eq!(findings[0].partner.as_ref(), Some(&other.passage_id));
        assert_eq!(findings[0].joined_gross_kg(), Some(whole));
        assert_eq!(findings[0].vehicles[0].axles.len(), 6);
        let gap = findings[0].vehicles[0].axles[3].spacing_mm.unwrap().get();
        assert!((6_500..6_600).contains(&gap), "{gap}");
    }
    assert_eq!(kinds(&front, &[]), [], "a tractor without a trailer");
    let next = weighing(2, 2_500, &SEMI);
    assert_eq!(kinds(&front, &[&next]), []);
}

#[test]
fn an_axle_that_hangs_or_is_not_there_was_lifted() {
    let hangs = with(|index, axle| {
        if index == 3 {
            (axle.0, axle.1) = (200, 200);
        }
    });
    assert_eq!(kinds(&weighing(2, 0, &hangs), &[]), [EvasionKind::LiftAxle]);
    let mut gone = SEMI.to_vec();
    gone.remove(4);
    gone[4].2 = 2_620;
    assert_eq!(kinds(&weighing(2, 0, &gone), &[]), [EvasionKind::LiftAxle]);
    // A light trailer is light on all axles.
    let light = with(|index, axle| {
        if index > 2 {
            (axle.0, axle.1) = (380, 390);
        }
    });
    assert_eq!(kinds(&weighing(2, 0, &light), &[]), []);
}

#[test]
fn the_wrong_way_is_told_by_the_direction_and_by_the_order_of_axles() {
    let mut against = weighing(2, 0, &SEMI);
    against.direction = Some(TravelDirection::Reverse);
    assert_eq!(kinds(&against, &[]), [EvasionKind::WrongWay]);
    // Of other protocols the flag of the settings counts, not the code.
    against.protocol = "wim_text_mon".to_owned();
    assert_eq!(kinds(&against, &[]), []);
    against.flags = vec![Flag::WrongWay];
    assert_eq!(kinds(&against, &[]), [EvasionKind::WrongWay]);
    let mut turned: Vec<Axle> = SEMI.iter().rev().copied().collect();
    for index in (1..turned.len()).rev() {
        turned[index].2 = turned[index - 1].2;
    }
    turned[0].2 = 0;
    assert_eq!(
        kinds(&weighing(2, 0, &turned), &[]),
        [EvasionKind::WrongWay]
    );
}

#[test]
fn a_plate_that_all_cameras_missed_for_certain_is_covered_or_missing() {
    let settings = settings();
    let usual = Usual::unknown(&settings);
    let mut traffic = Traffic::new(3);
    let kinds = |passed: &Passed| -> Vec<EvasionKind> {
        let reads: Vec<&PlateRead> = passed.reads.iter().collect();
        let found = examine(&passed.weighing, &[], &reads, &usual, &settings);
        found.iter().map(|finding| finding.kind).collect()
    };
    let mut passed = traffic
        .pass(2, 0.0, 60.0, Some(EvasionKind::PlateMissing))
        .remove(0);
    assert_eq!(kinds(&passed), [EvasionKind::PlateMissing]);
    passed.reads[0].colour = Some("yellow".to_owned());
    assert_eq!(kinds(&passed), [EvasionKind::PlateCovered]);
    // One camera read it, however sure the other is.
    passed.reads[1].plate = Some("晋D12345".to_owned());
    assert_eq!(kinds(&passed), []);
    // Two cameras that can't tell read nothing of every fiftieth vehicle.
    for read in &mut passed.reads {
        (read.plate, read.confidence, read.colour) = (None, None, None);
    }
    assert_eq!(kinds(&passed), []);
    passed.reads.clear();
    assert_eq!(kinds(&passed), [], "no read is no evidence");
}

#[test]
fn what_the_controller_says_itself_is_believed() {
    for (flag, kind) in [
        (Flag::Straddling, EvasionKind::Straddling),
        (Flag::Braking, EvasionKind::Braking),
        (Flag::Acceleration, EvasionKind::Surging),
        (Flag::Weaving, EvasionKind::Weaving),
        (Flag::StopAndGo, EvasionKind::StopAndGo),
        (Flag::Reversed, EvasionKind::Reversing),
        (Flag::TooClose, EvasionKind::MergedRecord),
    ] {
        // A record that tells nothing else for or against it.
        let mut said = weighing(2, 0, &SEMI);
        said.axles.clear();
        said.acceleration_tenth_ms2 = None;
        said.flags = vec![flag];
        assert_eq!(kinds(&said, &[]), [kind], "{flag:?}");
    }
}
