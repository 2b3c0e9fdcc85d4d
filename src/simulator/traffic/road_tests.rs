//! The road against published figures, and what is wrong with devices.

use super::*;
use crate::plate::PlateColour;
use crate::simulator::crossing::PlateOf;
use crate::simulator::motion::in_seconds;
use crate::simulator::settings::{
    CameraSettings, ClockSettings, EvasionShares, Fault, FaultKind, Scenario,
};
use crate::simulator::vehicle::Category;

fn road(scenario: Scenario, count: usize) -> Vec<Crossing> {
    Traffic::new(scenario.settings()).take(count).collect()
}

fn quantile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values[(share * (values.len() - 1) as f64) as usize]
}

fn near(found: f64, wanted: f64, tolerance: f64, what: &str) {
    assert!(
        (found - wanted).abs() <= tolerance,
        "{what}: {found} instead of {wanted}"
    );
}

/// Share of the trucks with somebody in the lane beside within this time.
fn beside(crossings: &[Crossing], within: Micros, trucks_only: bool) -> f64 {
    let (mut with, mut of) = (0, 0);
    for (index, crossing) in crossings.iter().enumerate() {
        if crossing.vehicle.is_car() {
            continue;
        }
        let is_near = |other: &&Crossing| {
            other
                .first_axle_at
                .saturating_sub(crossing.first_axle_at)
                .abs()
                <= within
        };
        let later = crossings[index + 1..].iter().take_while(is_near);
        let earlier = crossings[..index].iter().rev().take_while(is_near);
        of += 1;
        with += i32::from(later.chain(earlier).any(|other| {
            other.lane.abs_diff(crossing.lane) == 1 && !(trucks_only && other.vehicle.is_car())
        }));
    }
    f64::from(with) / f64::from(of)
}

#[test]
fn who_drives_beside_whom_is_as_on_motorways() {
    let crossings = road(Scenario::Free, 40_000);
    // Published: up to 0.29 and 0.022.
    near(
        beside(&crossings, Micros::from_millis(300), false),
        0.29,
        0.04,
        "anybody",
    );
    near(
        beside(&crossings, Micros::from_millis(500), true),
        0.022,
        0.012,
        "truck beside truck",
    );
}

#[test]
fn headways_are_as_measured_at_each_flow() {
    // Vehicles an hour and lane; 5th, 25th, 50th, 75th, 95th percentile, seconds.
    let published = [
        (500.0, [1.00, 2.17, 4.49, 8.91, 23.2]),
        (900.0, [0.81, 1.67, 2.87, 4.89, 10.46]),
        (1_300.0, [0.81, 1.50, 2.26, 3.37, 6.57]),
    ];
    for (flow_per_hour, quantiles) in published {
        let settings = Settings {
            flow_per_hour,
            overtaking: 0.0,
            car_share: 0.93,
            ..Scenario::Free.settings()
        };
        let mut last: BTreeMap<u16, Micros> = BTreeMap::new();
        let mut headways = Vec::new();
        for crossing in Traffic::new(settings).take(20_000) {
            let at = crossing.first_axle_at;
            if let Some(before) = last.insert(crossing.lane, at) {
                headways.push(in_seconds(at.saturating_sub(before)));
            }
        }
        for (share, wanted) in [0.05, 0.25, 0.5, 0.75, 0.95].into_iter().zip(quantiles) {
            let found = quantile(&mut headways, share);
            near(
                found,
                wanted,
                0.27 * wanted,
                &format!("{flow_per_hour} {share}"),
            );
        }
    }
}

#[test]
fn who_follows_whom_keeps_the_published_distance() {
    // Where nearly all follow. Leader and follower are cars, mu and sigma of ln s below 6 s.
    let published = [
        (true, true, 0.675, 0.595),
        (false, true, 0.958, 0.471),
        (true, false, 0.980, 0.524),
        (false, false, 1.045, 0.459),
    ];
    let settings = Settings {
        flow_per_hour: 1_700.0,
        overtaking: 0.0,
        car_share: 0.5,
        ..Scenario::Free.settings()
    };
    let mut last: BTreeMap<u16, Crossing> = BTreeMap::new();
    let mut headways: BTreeMap<(bool, bool), Vec<f64>> = BTreeMap::new();
    for crossing in Traffic::new(settings).take(40_000) {
        let is_car = crossing.vehicle.is_car();
        let at = crossing.first_axle_at;
        if let Some(leader) = last.insert(crossing.lane, crossing) {
            let headway = in_seconds(at.saturating_sub(leader.first_axle_at));
            let pair = (leader.vehicle.is_car(), is_car);
            if headway < 6.0 {
                headways.entry(pair).or_default().push(headway.ln());
            }
        }
    }
    for (leader, follower, mu, sigma) in published {
        let logs = &headways[&(leader, follower)];
        let mean = logs.iter().sum::<f64>() / logs.len() as f64;
        let squares = logs.iter().map(|log| (log - mean) * (log - mean));
        let deviation = (squares.sum::<f64>() / logs.len() as f64).sqrt();
        let what = format!("car {leader} car {follower}, {} pairs", logs.len());
        near(mean, mu, 0.15, &what);
        near(deviation, sigma, 0.12, &what);
    }
}

#[test]
fn flows_and_kinds_are_as_set_and_trucks_keep_to_the_slow_lanes() {
    for (scenario, flow) in [(Scenario::Free, 600.0), (Scenario::Dense, 1_350.0)] {
        let crossings = road(scenario, 30_000);
        let span = crossings[29_999]
            .first_axle_at
            .saturating_sub(crossings[0].first_axle_at);
        let hours = in_seconds(span) / 3_600.0;
        near(30_000.0 / hours / 2.0, flow, 0.06 * flow, "flow");
        let cars = crossings.iter().filter(|c| c.vehicle.is_car()).count() as f64 / 30_000.0;
        near(cars, scenario.settings().car_share, 0.02, "cars");
        let share = |lane| {
            let all = crossings.iter().filter(|c| c.lane == lane);
            let trucks = all.clone().filter(|c| !c.vehicle.is_car()).count();
            trucks as f64 / all.count() as f64
        };
        assert!(
            share(1) < 0.15 && share(2) > 0.4,
            "{} {}",
            share(1),
            share(2)
        );
    }
}

#[test]
fn colours_go_by_the_kind_of_vehicle() {
    let crossings = road(Scenario::Free, 20_000);
    let mut counts: BTreeMap<(Category, PlateColour), usize> = BTreeMap::new();
    for crossing in &crossings {
        let vehicle = &crossing.vehicle;
        *counts
            .entry((vehicle.category, vehicle.colour))
            .or_default() += 1;
        let allowed: &[PlateColour] = match vehicle.category {
            Category::Car | Category::LightTruck => &[PlateColour::Blue, PlateColour::Green],
            _ => &[PlateColour::Yellow, PlateColour::YellowGreen],
        };
        assert!(allowed.contains(&vehicle.colour), "{vehicle:?}");
    }
    let count = |category, colour| counts.get(&(category, colour)).copied().unwrap_or_default();
    assert!(count(Category::Car, PlateColour::Blue) > 5 * count(Category::Car, PlateColour::Green));
    assert!(count(Category::LightTruck, PlateColour::Green) > 0);
    assert!(count(Category::Articulated, PlateColour::YellowGreen) > 0);
}

#[test]
fn a_jam_stops_and_goes_and_nobody_drives_into_anybody() {
    let crossings = road(Scenario::Jam, 20_000);
    let trucks: Vec<&Crossing> = crossings.iter().filter(|c| !c.vehicle.is_car()).collect();
    let mut speeds: Vec<f64> = trucks
        .iter()
        .map(|c| c.speed_tenth_kmh.get() as f64 / 10.0)
        .collect();
    near(quantile(&mut speeds, 0.5), 40.0, 12.0, "median speed");
    let walking = speeds.iter().filter(|kmh| **kmh < 10.0).count() as f64 / speeds.len() as f64;
    assert!((0.04..0.20).contains(&walking), "{walking} below 10 km/h");
    let stood = trucks
        .iter()
        .filter(|c| c.forced.contains(&EvasionKind::StopAndGo))
        .count();
    assert!(stood as f64 > 0.005 * trucks.len() as f64, "{stood}");
    // Between scale and camera the speed changes: time by the stated speed is off.
    let camera = Scenario::Jam.settings().cameras.distance_mm;
    let off = trucks.iter().filter(|crossing| {
        let evenly = metres(camera.get()) / (crossing.speed_tenth_kmh.get().max(1) as f64 / 36.0);
        crossing.plate_reads.iter().any(|read| {
            let seen = read.seen_at.saturating_sub(read.clock_error);
            let took = in_seconds(seen.saturating_sub(crossing.first_axle_at));
            read.view == CameraView::Front && (took - evenly).abs() > 1.5
        })
    });
    assert!(off.count() as f64 > 0.02 * trucks.len() as f64);
    let mut last: BTreeMap<u16, &Crossing> = BTreeMap::new();
    for crossing in &crossings {
        if let Some(leader) = last.insert(crossing.lane, crossing) {
            assert!(crossing.first_axle_at > leader.last_axle_at);
        }
    }
}

#[test]
fn a_day_has_its_hours() {
    let settings = Settings {
        daily_profile: true,
        ..Scenario::Free.settings()
    };
    let start = settings.start;
    let mut hours = [0_u32; 24];
    for crossing in Traffic::new(settings) {
        let since = crossing.first_axle_at.saturating_sub(start);
        if since >= Micros::from_seconds(86_400) {
            break;
        }
        // The traffic begins at eight in the morning.
        hours[(since.get() / 3_600_000_000 + 8) as usize % 24] += 1;
    }
    let all: u32 = hours.iter().sum();
    let share = |hour: usize| f64::from(hours[hour]) / f64::from(all);
    assert!((24_000..34_000).contains(&all), "{all}");
    near(share(3), 0.003, 0.002, "at night");
    near(share(15), 0.075, 0.012, "in the afternoon");
}

#[test]
fn regulars_come_again_as_the_same_and_not_at_once() {
    let settings = Settings {
        flow_per_hour: 300.0,
        ..Scenario::Free.settings()
    };
    let mut seen: BTreeMap<String, Crossing> = BTreeMap::new();
    let mut again = 0;
    for crossing in Traffic::new(settings).take(14_000) {
        let plate = format!(
            "{}{}",
            crossing.vehicle.plate,
            crossing.vehicle.colour.name()
        );
        if let Some(before) = seen.insert(plate, crossing.clone()) {
            let since = crossing.first_axle_at.saturating_sub(before.first_axle_at);
            assert!(since > Micros::from_seconds(3_600), "{since}");
            let spacings = |c: &Crossing| {
                let axles = c.vehicle.axles.iter();
                axles.map(|axle| axle.spacing_mm).collect::<Vec<_>>()
            };
            assert_eq!(spacings(&before), spacings(&crossing));
            assert_eq!(before.vehicle.trailer_plate, crossing.vehicle.trailer_plate);
            again += 1;
        }
    }
    assert!(again > 1_000, "{again}");
}

#[test]
fn cameras_read_miss_and_stray_as_often_as_is_set() {
    let settings = Scenario::Free.settings();
    let cameras = settings.cameras;
    let crossings = road(Scenario::Free, 30_000);
    let all = crossings.len() as f64;
    for view in [CameraView::Front, CameraView::Rear] {
        let of_view = |c: &Crossing| -> Vec<PlateRead> {
            c.plate_reads
                .iter()
                .filter(|read| read.view == view)
                .cloned()
                .collect()
        };
        let read = |c: &Crossing| of_view(c).iter().any(|read| read.plate.is_some());
        let share = crossings.iter().filter(|c| read(c)).count() as f64 / all;
        assert!((0.78..0.92).contains(&share), "read by {view:?}: {share}");
        let silent = crossings.iter().filter(|c| of_view(c).is_empty()).count() as f64 / all;
        near(silent, cameras.unseen, 0.012, "not seen");
        let elsewhere = |c: &Crossing| of_view(c).iter().any(|read| read.lane != c.lane);
        let strayed = crossings.iter().filter(|c| elsewhere(c)).count() as f64 / all;
        near(
            strayed,
            cameras.neighbour_too + cameras.neighbour_instead,
            0.005,
            "strayed",
        );
        let misread = |c: &Crossing| {
            let own = match view {
                CameraView::Front => c.vehicle.plate.as_str(),
                CameraView::Rear => c.vehicle.rear_plate().0.as_str(),
            };
            let reads = of_view(c);
            reads
                .iter()
                .any(|read| read.plate.as_deref().is_some_and(|text| text != own))
        };
        let misread = crossings.iter().filter(|c| misread(c)).count() as f64 / all;
        assert!(
            (0.01..0.035).contains(&misread),
            "misread by {view:?}: {misread}"
        );
    }
    for crossing in &crossings {
        for read in &crossing.plate_reads {
            let trailers = read.reading == PlateOf::Trailer;
            let rear = read.view == CameraView::Rear;
            assert_eq!(trailers, rear && crossing.vehicle.trailer_plate.is_some());
        }
    }
    let has = |defect| {
        let with = crossings
            .iter()
            .filter(|c| c.defects.contains(&defect))
            .count();
        with as f64 / all
    };
    near(
        has(Defect::LateTrigger),
        0.02,
        0.005,
        "late triggers of two cameras",
    );
    near(
        has(Defect::DirtyPlate),
        cameras.dirty,
        0.005,
        "dirty plates",
    );
    assert!(has(Defect::MisreadColour) < 0.02);
}

#[test]
fn a_dirty_plate_is_misread_by_both_cameras_and_seldom_alike() {
    let settings = Settings {
        cameras: CameraSettings {
            dirty: 1.0,
            ..Scenario::Free.settings().cameras
        },
        car_share: 0.9,
        ..Scenario::Free.settings()
    };
    let (mut both, mut alike, mut of) = (0, 0, 0);
    for crossing in Traffic::new(settings).take(20_000) {
        let own = crossing.vehicle.plate.as_str();
        let misread = |view| {
            let reads = crossing
                .plate_reads
                .iter()
                .filter(move |read| read.view == view);
            reads
                .filter_map(|read| read.plate.clone())
                .find(|text| text != own)
        };
        if crossing.vehicle.trailer_plate.is_some() {
            continue;
        }
        of += 1;
        if let (Some(front), Some(rear)) = (misread(CameraView::Front), misread(CameraView::Rear)) {
            both += 1;
            alike += i32::from(front == rear);
        }
    }
    let share = f64::from(both) / f64::from(of);
    assert!((0.005..0.03).contains(&share), "{share}");
    assert!(alike * 2 < both, "{alike} of {both}");
}

#[test]
fn clocks_are_off_by_what_truth_says() {
    let settings = Settings {
        clocks: ClockSettings {
            steps_a_day: 24.0,
            ..ClockSettings::DRIFTING
        },
        ..Scenario::Free.settings()
    };
    let start = settings.start;
    let mut traffic = Traffic::new(settings);
    let mut steps = Vec::new();
    let mut worst = Micros::ZERO;
    for crossing in traffic.by_ref().take(20_000) {
        // Of one that was taken for two the second record begins later.
        for record in crossing.records.iter().take(1) {
            let measured = &record.measured;
            let off = measured.time.saturating_sub(measured.clock_error);
            let off = off.saturating_sub(crossing.first_axle_at);
            assert!(off.abs() <= Micros::from_millis(1), "{off}");
            // One controller; its clock does not jump.
            assert!(measured.clock_error.abs() < Micros::from_millis(800));
        }
        for read in &crossing.plate_reads {
            worst = worst.max(read.clock_error.abs());
        }
    }
    steps.extend(traffic.take_clock_steps());
    assert!(worst > Micros::from_millis(500), "{worst}");
    let cameras = 4.0;
    let hours = 20_000.0 / 1_200.0;
    near(
        steps.len() as f64 / hours / cameras,
        1.0,
        0.4,
        "steps an hour and camera",
    );
    assert!(steps.iter().all(|(_, _, step)| step.at > start));
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
