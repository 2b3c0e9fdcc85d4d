//! What holds for any input.

use proptest::prelude::*;

use super::generate::{Passed, Traffic};
use super::measure::{KINDS, examined};
use super::*;
use crate::passage::{AxleLoad, PartialAxle};
use crate::units::{Kilograms, Micros, Millimetres, TenthKmh, TenthMs2};

fn axle() -> impl Strategy<Value = PartialAxle> {
    let load = || prop::option::weighted(0.8, -10..70_000_i64);
    let small = || prop::option::weighted(0.8, -5..4_000_i64);
    (load(), load(), small(), small(), 0..3_u8).prop_map(|(left, right, spacing, speed, doubt)| {
        PartialAxle {
            load_kg: left
                .zip(right)
                .map(|(left, right)| Kilograms::new(left + right)),
            left_kg: left.map(Kilograms::new),
            right_kg: right.map(Kilograms::new),
            spacing_mm: spacing.map(|mm| Millimetres::new(mm * 3)),
            speed_tenth_kmh: speed.map(TenthKmh::new),
            doubt: (doubt == 0).then_some(crate::passage::AxleDoubt::SensorFault),
        }
    })
}

fn any_weighing() -> impl Strategy<Value = Weighing> {
    let axles = prop::collection::vec(axle(), 0..33);
    let small = || prop::option::of(-30..3_000_i64);
    (axles, 0..5_u16, 0..40_000_i64, small(), small()).prop_map(
        |(axles, lane, at, speed, other)| {
            let mut traffic = Traffic::new(1);
            let mut weighing = traffic.pass(1, 0.0, 50.0, None).remove(0).weighing;
            weighing.lane = lane;
            weighing.crossed_at = Micros::new(weighing.crossed_at.get() + at * 100);
            weighing.passage_id = format!("{lane}.{at}.{}", axles.len());
            weighing.speed_tenth_kmh = speed.map(TenthKmh::new);
            weighing.acceleration_tenth_ms2 = other.map(|value| TenthMs2::new(value % 200));
            let whole: Option<Vec<AxleLoad>> = axles
                .iter()
                .map(|axle| {
                    Some(AxleLoad {
                        load_kg: axle.load_kg?,
                        left_kg: axle.left_kg,
                        right_kg: axle.right_kg,
                        spacing_mm: axle.spacing_mm,
                        speed_tenth_kmh: axle.speed_tenth_kmh,
                        doubt: axle.doubt,
                    })
                })
                .collect();
            weighing.partial_axles = if whole.is_some() { Vec::new() } else { axles };
            weighing.axles = whole.unwrap_or_default();
            weighing.gross_kg = weighing.axles.iter().map(|axle| axle.load_kg).sum();
            weighing
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_records_are_examined_alike_in_any_order(
        mut records in prop::collection::vec(any_weighing(), 1..8),
        turn in 0..8_usize,
    ) {
        let settings = EvasionSettings { lanes: 4, ..EvasionSettings::default() };
        let mut lane = LaneUsual::default();
        records.dedup_by_key(|record| record.passage_id.clone());
        for record in &records {
            lane.seen(record.received_at, record, true, &settings);
        }
        let (subject, rest) = records.split_first().unwrap();
        let usual = lane.usual(subject.received_at, &settings);
        let mut near: Vec<&Weighing> = rest.iter().collect();
        let found = examine(subject, &near, &[], &usual, &settings);
        if !near.is_empty() {
            let turn = turn % near.len();
            near.rotate_left(turn);
        }
        prop_assert_eq!(&found, &examine(subject, &near, &[], &usual, &settings));
        for finding in &found {
            prop_assert!(finding.certainty_per_mille <= 1_000);
            prop_assert!(i64::from(finding.certainty_per_mille) >= settings.report_from_per_mille);
            let partner = finding.partner.as_ref();
            prop_assert!(partner.is_none_or(|id| near.iter().any(|other| other.passage_id == *id)));
            prop_assert!(finding.text_zh().ends_with('。') && finding.text_en().ends_with('.'));
        }
        let kinds: Vec<_> = found.iter().map(|finding| finding.kind).collect();
        let mut once = kinds.clone();
        once.sort_unstable();
        once.dedup();
        prop_assert_eq!(kinds, once);
    }
}

fn loads(weighing: &Weighing) -> Vec<i64> {
    let view = View::of(weighing);
    view.axles
        .iter()
        .map(|axle| axle.load.unwrap_or(0.0) as i64)
        .collect()
}

/// Pairs name each other, and what is taken to be the truth has the axles and the mass of the
/// records it is made of.
#[test]
fn findings_with_partners_are_mutual_and_keep_axles_and_mass() {
    let mut joined = 0;
    for seed in 5_000..5_004 {
        let mut traffic = Traffic::new(seed);
        let stream: Vec<Passed> = traffic.stream(2_000, &KINDS, 10.0);
        let all = examined(&stream, &traffic.settings());
        let of = |id: &str| {
            let found = stream
                .iter()
                .position(|passed| passed.weighing.passage_id == id);
            found.unwrap()
        };
        for (passed, findings) in stream.iter().zip(&all) {
            let weighing = &passed.weighing;
            for finding in findings {
                let own = loads(weighing);
                let mut used: Vec<u16> = Vec::new();
                for vehicle in &finding.vehicles {
                    used.extend(&vehicle.axle_numbers);
                    let numbers = vehicle.axle_numbers.iter();
                    let mut mass: i64 = numbers.map(|n| own[usize::from(*n) - 1]).sum();
                    if let Some(id) = &finding.partner {
                        let partner = &stream[of(id)].weighing;
                        let other = loads(partner);
                        let numbers = vehicle.partner_axle_numbers.iter();
                        mass += numbers.map(|n| other[usize::from(*n) - 1]).sum::<i64>();
                    }
                    assert_eq!(vehicle.gross_kg.get(), mass, "{finding:?}");
                    let sum: Kilograms = vehicle.axles.iter().map(|axle| axle.load_kg).sum();
                    assert_eq!(vehicle.gross_kg, sum);
                }
                let all_used = used.len();
                used.sort_unstable();
                used.dedup();
                assert_eq!(used.len(), all_used, "an axle belongs to one vehicle");
                if finding.kind == EvasionKind::MergedRecord {
                    assert_eq!(all_used, own.len());
                }
                if let Some(id) = &finding.partner {
                    let back = &all[of(id)];
                    let mutual = back.iter().any(|other| {
                        other.kind == finding.kind
                            && other.partner.as_ref() == Some(&weighing.passage_id)
                            && other.joined_gross_kg() == finding.joined_gross_kg()
                    });
                    assert!(mutual, "{finding:?} {back:?}");
                    joined += 1;
                }
            }
        }
    }
    assert!(joined > 300, "{joined}");
}

/// Recovery begins some time back: what is usual must not depend on when listening began.
#[test]
fn what_is_usual_follows_from_the_last_two_blocks_alone() {
    let mut traffic = Traffic::new(9);
    let settings = traffic.settings();
    let stream = traffic.stream(3_000, &KINDS, 10.0);
    let lane: Vec<&Weighing> = stream
        .iter()
        .map(|passed| &passed.weighing)
        .filter(|weighing| weighing.lane == 1)
        .collect();
    let last = lane.last().unwrap().received_at;
    let mut whole = LaneUsual::default();
    let mut late = LaneUsual::default();
    let from = last.saturating_sub(Micros::from_seconds(1_200));
    let mut heard = 0;
    for weighing in &lane {
        whole.seen(weighing.received_at, weighing, true, &settings);
        if weighing.received_at >= from {
            late.seen(weighing.received_at, weighing, true, &settings);
            heard += 1;
        }
    }
    assert!(heard > 50 && heard < lane.len());
    let usual = whole.usual(last, &settings);
    assert_eq!(usual, late.usual(last, &settings));
    assert!(usual.vehicles > 30 && usual.speed.is_some());
    let much_later = last.saturating_add(Micros::from_seconds(1_300));
    assert_eq!(
        whole.usual(much_later, &settings),
        Usual::unknown(&settings)
    );
}

#[test]
fn the_usual_scatter_is_learnt() {
    let settings = EvasionSettings::default();
    let mut traffic = Traffic::new(21);
    let mut lane = LaneUsual::default();
    let stream = traffic.stream(600, &[], 1.0);
    let mut now = Micros::ZERO;
    for passed in &stream {
        now = passed.weighing.received_at;
        lane.seen(now, &passed.weighing, true, &settings);
    }
    let usual = lane.usual(now, &settings);
    let (share_within, share_between, axle_speed, acceleration) = traffic.scatter();
    let near = |learnt: f64, truth: f64, by: f64| (learnt / truth - 1.0).abs() < by;
    assert!(near(usual.share_within, share_within, 0.25), "{usual:?}");
    assert!(near(usual.share_between, share_between, 0.3), "{usual:?}");
    assert!(near(usual.axle_speed_scatter, axle_speed, 0.3), "{usual:?}");
    assert!(
        (usual.acceleration_scatter - acceleration).abs() < 0.12,
        "{usual:?}"
    );
}
