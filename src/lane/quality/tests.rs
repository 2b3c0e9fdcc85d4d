use super::*;
use crate::passage::{PassageKind, RawBytes};
use crate::units::Micros;

const SPANS: (Micros, Micros) = (Micros::from_seconds(600), Micros::from_seconds(1_800));

fn axles(loads: &[(i64, i64)]) -> Vec<AxleLoad> {
    let mut axles: Vec<AxleLoad> = loads
        .iter()
        .map(|(left, right)| AxleLoad {
            load_kg: Kilograms::new(left + right),
            left_kg: Some(Kilograms::new(*left)),
            right_kg: Some(Kilograms::new(*right)),
            spacing_mm: Some(Millimetres::new(4_500)),
            ..AxleLoad::default()
        })
        .collect();
    if let Some(first) = axles.first_mut() {
        first.spacing_mm = None;
    }
    axles
}

fn flags(change: impl FnOnce(&mut Vehicle, &mut Vec<AxleLoad>, &mut Kilograms)) -> Vec<Flag> {
    let mut vehicle = Vehicle {
        speed_tenth_kmh: Some(600),
        length_mm: Some(6_500),
        ..Vehicle::default()
    };
    let mut axles = axles(&[(3_000, 3_000), (5_000, 5_000)]);
    let mut gross_kg = Kilograms::new(16_000);
    change(&mut vehicle, &mut axles, &mut gross_kg);
    of_record(&QualitySettings::default(), &vehicle, &axles, gross_kg).collect()
}

#[test]
fn an_ordinary_record_has_no_flag() {
    assert_eq!(flags(|_, _, _| ()), []);
}

#[test]
fn each_threshold_is_where_it_is_said_to_be() {
    let kg = Kilograms::new;
    assert_eq!(flags(|_, _, gross| *gross = kg(16_002)), []);
    assert_eq!(flags(|_, _, gross| *gross = kg(16_003)), [Flag::SumWrong]);
    assert_eq!(flags(|_, _, gross| *gross = kg(15_997)), [Flag::SumWrong]);

    let light = |load: i64| {
        move |_: &mut Vehicle, axles: &mut Vec<AxleLoad>, gross: &mut Kilograms| {
            axles[1] = AxleLoad {
                load_kg: kg(load),
                left_kg: None,
                right_kg: None,
                ..axles[1].clone()
            };
            *gross = kg(6_000 + load);
        }
    };
    assert_eq!(flags(light(300)), []);
    assert_eq!(flags(light(299)), [Flag::AxleOutOfRange]);
    assert_eq!(flags(light(30_000)), []);
    assert_eq!(flags(light(30_001)), [Flag::AxleOutOfRange]);

    let spaced = |mm: i64| {
        move |_: &mut Vehicle, axles: &mut Vec<AxleLoad>, _: &mut Kilograms| {
            axles[1].spacing_mm = Some(Millimetres::new(mm));
        }
    };
    assert_eq!(flags(spaced(890)), []);
    assert_eq!(flags(spaced(889)), [Flag::SpacingArtefact]);
    assert_eq!(flags(spaced(6_800)), []);
    assert_eq!(flags(spaced(6_801)), [Flag::SpacingsExceedLength]);
    assert_eq!(
        flags(|vehicle, axles, _| {
            vehicle.length_mm = None;
            axles[1].spacing_mm = Some(Millimetres::new(6_801));
        }),
        [],
        "no length, nothing to compare"
    );

    let fast = |speed: i64| {
        move |vehicle: &mut Vehicle, _: &mut Vec<AxleLoad>, _: &mut Kilograms| {
            vehicle.speed_tenth_kmh = Some(speed);
        }
    };
    assert_eq!(flags(fast(1_600)), []);
    assert_eq!(flags(fast(1_601)), [Flag::SpeedOutOfRange]);
    assert_eq!(flags(fast(1)), []);
    assert_eq!(flags(fast(0)), [Flag::SpeedOutOfRange]);

    let sided = |left: i64| {
        move |_: &mut Vehicle, axles: &mut Vec<AxleLoad>, _: &mut Kilograms| {
            axles[0].left_kg = Some(kg(left));
        }
    };
    assert_eq!(flags(sided(3_020)), []);
    assert_eq!(flags(sided(3_021)), [Flag::SidesWrong]);
    assert_eq!(flags(sided(2_979)), [Flag::SidesWrong]);

    assert_eq!(flags(|_, axles, _| axles.clear()), [Flag::AxleMissed]);
}

fn weighing(second: i64, sequence: Option<u64>, crossed: i64, axles: Vec<AxleLoad>) -> Weighing {
    let at = |second: i64| Micros::from_seconds(1_795_478_400 + second);
    Weighing {
        passage_id: format!("p{second}"),
        station: "ST0001".to_owned(),
        port: "wim-1".to_owned(),
        protocol: "test".to_owned(),
        lane: 1,
        kind: PassageKind::Dynamic,
        sequence,
        device_time: None,
        crossed_at: at(crossed),
        received_at: at(second),
        direction: None,
        speed_tenth_kmh: None,
        length_mm: None,
        gross_kg: axles.iter().map(|axle| axle.load_kg).sum(),
        axles,
        flags: Vec::new(),
        weight_trusted: true,
        agreeing_frames: None,
        drift_basis_points: None,
        acceleration_tenth_ms2: None,
        partial_axles: Vec::new(),
        raw: RawBytes {
            port: "wim-1".to_owned(),
            offset: 0,
            length: 0,
            received_at: at(second),
            sha256: String::new(),
            base64: String::new(),
        },
    }
}

fn take(history: &mut History, weighing: &Weighing) -> Vec<Flag> {
    history.take(&QualitySettings::default(), SPANS, weighing)
}

#[test]
fn one_side_with_more_than_seven_tenths_is_uneven() {
    let rules = QualitySettings::default();
    let of = |left, right| weighing(0, None, 0, axles(&[(left, right)]));
    assert!(!is_uneven(&rules, &of(7_000, 3_000)));
    assert!(is_uneven(&rules, &of(7_001, 2_999)));
    assert!(is_uneven(&rules, &of(0, 9_000)));
    let mut unmeasured = of(0, 9_000);
    unmeasured.axles[0].left_kg = None;
    assert!(!is_uneven(&rules, &unmeasured));
}

#[test]
fn a_number_that_comes_again_is_a_copy_or_a_reuse() {
    let (light, heavy) = (axles(&[(1_000, 1_000)]), axles(&[(4_000, 4_000)]));
    let mut history = History::default();
    assert_eq!(
        take(&mut history, &weighing(1, Some(7), 0, light.clone())),
        []
    );
    // The same moment: another key's business (the record came again, or conflicts).
    assert_eq!(
        take(&mut history, &weighing(2, Some(7), 0, heavy.clone())),
        []
    );
    let flags = take(
        &mut history,
        &weighing(30, Some(7), 29, axles(&[(2_000, 2_000)])),
    );
    assert_eq!(flags, [Flag::NumberReused]);
    let flags = take(&mut history, &weighing(60, Some(7), 59, light.clone()));
    assert_eq!(flags, [Flag::RecordCopied]);
    assert!(Flag::RecordCopied.is_hard() && !Flag::NumberReused.is_hard());
    // Counters start at one again some day.
    assert_eq!(take(&mut history, &weighing(700, Some(7), 699, heavy)), []);
}

#[test]
fn the_third_record_with_the_same_loads_is_flagged() {
    let loads = axles(&[(3_010, 2_990), (4_480, 4_520)]);
    let mut history = History::default();
    let flags: Vec<Vec<Flag>> = (1..=4)
        .map(|n| {
            take(
                &mut history,
                &weighing(n * 10, Some(n as u64), n * 10, loads.clone()),
            )
        })
        .collect();
    let repeat = vec![Flag::WeightsRepeat];
    assert_eq!(flags, [vec![], vec![], repeat.clone(), repeat]);
    let other = axles(&[(3_010, 2_990), (4_480, 4_510)]);
    assert_eq!(take(&mut history, &weighing(50, Some(5), 50, other)), []);
    assert_eq!(take(&mut history, &weighing(60, Some(6), 60, loads)), []);
    assert!(Flag::WeightsRepeat.is_hard());
}

#[test]
fn order_and_gaps_are_judged_lane_by_lane_and_begin_anew_after_a_silence() {
    let load = |n: i64| axles(&[(1_000 + n, 1_000)]);
    let mut history = History::default();
    take(&mut history, &weighing(10, Some(1), 9, load(1)));
    let flags = take(&mut history, &weighing(20, Some(3), 8, load(2)));
    assert_eq!(flags, [Flag::OutOfOrder, Flag::SequenceGap]);
    let mut beside = weighing(21, Some(9), 7, load(3));
    beside.lane = 2;
    assert_eq!(take(&mut history, &beside), []);
    let flags = take(&mut history, &weighing(20 + 1_800, Some(9), 5, load(4)));
    assert_eq!(flags, [Flag::OutOfOrder, Flag::SequenceGap]);
    let flags = take(
        &mut history,
        &weighing(20 + 1_800 + 1_801, Some(99), 1, load(5)),
    );
    assert_eq!(flags, []);
}

#[test]
fn memory_is_bounded_whatever_records_say() {
    let mut history = History::default();
    for n in 0..5_000_i64 {
        let mut record = weighing(n / 100, Some(n as u64), n, axles(&[(1_000 + n, 1_000)]));
        take(&mut history, &record);
        record.lane = u16::try_from(n % 3_000).unwrap();
        take(&mut history, &record);
    }
    let (counters, numbers) = history.held();
    assert!(counters <= 64 && numbers <= 1_024, "{counters} {numbers}");
}
