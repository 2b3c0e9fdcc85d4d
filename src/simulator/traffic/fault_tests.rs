//! What is wrong with devices shows in what they say.

use super::*;
use crate::simulator::crossing::Record;
use crate::simulator::settings::{EvasionShares, Fault, FaultKind, Scenario};

fn near(found: f64, wanted: f64, tolerance: f64, what: &str) {
    assert!(
        (found - wanted).abs() <= tolerance,
        "{what}: {found} instead of {wanted}"
    );
}

/// The free road with a fault in lane 2.
fn with_fault(kind: FaultKind, after: i64) -> Settings {
    let fault = Fault {
        kind,
        lane: 2,
        after: Micros::from_seconds(after),
        lasts: None,
    };
    Settings {
        faults: vec![fault],
        defects: DefectShares::NONE,
        evasion: EvasionShares::NONE,
        ..Scenario::Free.settings()
    }
}

/// Measured by real, of the records of lane 2 in an hour after the start.
fn bias(crossings: &[Crossing], hour: i64, side: impl Fn(&Crossing) -> (i64, i64)) -> f64 {
    let start = Settings::statistics().start;
    let (from, until) = (hour * 3_600, (hour + 2) * 3_600);
    let (mut seen, mut real) = (0, 0);
    for crossing in crossings
        .iter()
        .filter(|c| c.lane == 2 && !c.records.is_empty())
    {
        let since = crossing.first_axle_at.saturating_sub(start);
        if (from..until).contains(&(since.get() / 1_000_000)) {
            let (a, b) = side(crossing);
            (seen, real) = (seen + a, real + b);
        }
    }
    seen as f64 / real as f64
}

#[test]
fn a_scale_that_drifts_a_side_that_fades_and_noise_are_seen_in_the_weights() {
    let gross = |c: &Crossing| {
        (
            c.records[0].measured.gross_kg.get(),
            c.vehicle.gross_kg.get(),
        )
    };
    let drift = FaultKind::BiasDrift {
        per_cent_a_day: 5.0,
    };
    let crossings: Vec<_> = Traffic::new(with_fault(drift, 3_600))
        .take(30_000)
        .collect();
    let grown = bias(&crossings, 21, gross) / bias(&crossings, 0, gross);
    near(grown, 1.0 + 0.05 * 20.5 / 24.0, 0.004, "drift");

    let fades = FaultKind::LeftSideFades {
        per_cent_a_day: 20.0,
    };
    let crossings: Vec<_> = Traffic::new(with_fault(fades, 0)).take(30_000).collect();
    let side = |left: bool| {
        move |c: &Crossing| {
            let seen = c.records[0].measured.axles.iter();
            let seen = seen.filter_map(|axle| if left { axle.left_kg } else { axle.right_kg });
            let real = c.vehicle.axles.iter();
            let real = real.map(|axle| if left { axle.left_kg } else { axle.right_kg });
            let (seen, real): (crate::units::Kilograms, crate::units::Kilograms) =
                (seen.sum(), real.sum());
            (seen.get(), real.get())
        }
    };
    let faded = bias(&crossings, 21, side(true)) / bias(&crossings, 0, side(true));
    near(faded, 1.0 - 0.2 * 21.0 / 24.0, 0.02, "left side");
    let other = bias(&crossings, 21, side(false)) / bias(&crossings, 0, side(false));
    near(other, 1.0, 0.004, "right side");

    let noisy = FaultKind::NoisyAxles { deviation: 0.15 };
    let crossings: Vec<_> = Traffic::new(with_fault(noisy, 3_600)).take(6_000).collect();
    let start = Settings::statistics().start;
    let error = |later: bool| {
        let of = crossings.iter().filter(|c| {
            let is_later = c.first_axle_at > start.saturating_add(Micros::from_seconds(3_600));
            c.lane == 2 && !c.records.is_empty() && is_later == later
        });
        let errors = of.map(|c| {
            let (seen, real) = gross(c);
            (seen as f64 / real as f64 - 1.0).powi(2)
        });
        let errors: Vec<f64> = errors.collect();
        (errors.iter().sum::<f64>() / errors.len() as f64).sqrt()
    };
    assert!(
        error(true) > 2.0 * error(false),
        "{} {}",
        error(true),
        error(false)
    );
}

#[test]
fn dead_devices_say_nothing_and_the_others_go_on() {
    let start = Settings::statistics().start;
    let split = |kind| -> [Vec<Crossing>; 2] {
        let crossings = Traffic::new(with_fault(kind, 3_600)).take(4_000);
        let from = start.saturating_add(Micros::from_seconds(3_600));
        let (before, after) = crossings.partition(|c| c.first_axle_at < from);
        [before, after]
    };
    for kind in [FaultKind::ScaleDead, FaultKind::ZeroCapture] {
        let [before, after] = split(kind);
        let weighed =
            |of: &[Crossing], lane| of.iter().filter(|c| c.lane == lane && c.weighed).count();
        assert!(weighed(&before, 2) > 100 && weighed(&before, 1) > 10);
        assert!(weighed(&after, 2) == 0 && weighed(&after, 1) > 10);
        assert!(
            after
                .iter()
                .any(|c| c.lane == 2 && !c.plate_reads.is_empty())
        );
    }
    let dead = FaultKind::CameraDead {
        view: CameraView::Rear,
    };
    let [before, after] = split(dead);
    let reads = |of: &[Crossing], view| {
        let reads = of.iter().flat_map(|c| &c.plate_reads);
        reads
            .filter(|read| (read.lane, read.view) == (2, view))
            .count()
    };
    assert!(reads(&before, CameraView::Rear) > 100);
    assert!(
        reads(&after, CameraView::Rear) < 5,
        "some triggered before and were late"
    );
    assert!(reads(&after, CameraView::Front) > 100);
    let fades = FaultKind::CameraFades {
        view: CameraView::Front,
        per_cent_a_day: 1_000.0,
    };
    let [before, after] = split(fades);
    let read = |of: &[Crossing]| {
        let lines = of.iter().flat_map(|c| &c.plate_reads);
        let lines = lines.filter(|read| (read.lane, read.view) == (2, CameraView::Front));
        let (read, all) = lines.fold((0, 0), |(read, all), line| {
            (read + i32::from(line.plate.is_some()), all + 1)
        });
        f64::from(read) / f64::from(all)
    };
    assert!(
        read(&after) < 0.8 * read(&before),
        "{} {}",
        read(&before),
        read(&after)
    );
}

#[test]
fn numbers_and_clocks_of_a_faulty_controller() {
    let records = |kind| -> Vec<(Micros, Record)> {
        let crossings = Traffic::new(with_fault(kind, 3_600)).take(4_000);
        let records = crossings.flat_map(|c| {
            let at = c.first_axle_at;
            c.records.into_iter().map(move |record| (at, record))
        });
        records.filter(|(_, record)| record.lane == 2).collect()
    };
    let lost = records(FaultKind::CounterLost);
    let falls =
        |pair: &&[(Micros, Record)]| pair[1].1.measured.sequence < pair[0].1.measured.sequence;
    assert_eq!(lost.windows(2).filter(falls).count(), 1);
    assert!(lost.iter().any(|(_, record)| record.measured.sequence == 0));
    let ahead = Micros::from_seconds(7);
    let two = records(FaultKind::TwoClocks { ahead });
    let off = two
        .iter()
        .filter(|(at, record)| record.measured.time.saturating_sub(*at) > Micros::from_seconds(5));
    let share = off.count() as f64 / two.len() as f64;
    assert!((0.15..0.34).contains(&share), "{share}");
}

#[test]
fn what_goes_wrong_with_records_is_marked_and_looks_as_it_does_in_real_files() {
    let settings = Settings {
        defects: DefectShares {
            missed_record: 0.05,
            split_record: 0.05,
            reused_sequence: 0.05,
            impossible_speed: 0.05,
            spacing_artefact: 0.05,
            digit_swap: 0.05,
            ..DefectShares::NONE
        },
        car_share: 0.0,
        ..Scenario::Free.settings()
    };
    let crossings: Vec<_> = Traffic::new(settings).take(8_000).collect();
    let with = |defect| {
        crossings
            .iter()
            .filter(move |c| c.defects.contains(&defect))
    };
    let share = |defect| with(defect).count() as f64 / 8_000.0;
    near(share(Defect::MissedRecord), 0.05, 0.01, "missed");
    assert!(with(Defect::MissedRecord).any(|c| !c.weighed));
    assert!(with(Defect::SplitRecord).all(|c| c.records.len() <= 2));
    assert!(share(Defect::SplitRecord) > 0.02);
    let mut numbers: BTreeMap<(u16, u64), Micros> = BTreeMap::new();
    let mut again = 0;
    for crossing in &crossings {
        for record in &crossing.records {
            let key = (record.lane, record.measured.sequence);
            if let Some(before) = numbers.insert(key, record.measured.time) {
                assert!(before != record.measured.time);
                again += 1;
            }
        }
    }
    near(
        f64::from(again) / 8_000.0,
        0.05,
        0.012,
        "numbers used again",
    );
    for crossing in with(Defect::ImpossibleSpeed) {
        let fastest = crossing
            .records
            .iter()
            .map(|r| r.measured.speed_tenth_kmh.get());
        assert!(matches!(fastest.max(), Some(2_510 | 7_760)));
    }
    for crossing in with(Defect::SpacingArtefact) {
        let spacings = crossing.records.iter().flat_map(|r| &r.measured.axles);
        let mut spacings = spacings.filter_map(|axle| axle.spacing_mm);
        assert!(spacings.any(|mm| (650..=800).contains(&mm.get())));
    }
    for crossing in with(Defect::DigitSwap) {
        let off = crossing.records.iter().any(|record| {
            let sum: crate::units::Kilograms = record
                .measured
                .axles
                .iter()
                .map(|axle| axle.measured_kg())
                .sum();
            sum != record.measured.gross_kg
        });
        assert!(off, "{crossing:?}");
    }
}
