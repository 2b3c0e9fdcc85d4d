use super::*;
use crate::plate::{PlateNumber, look_alikes};
use crate::simulator::crossing::MeasuredAxle;
use crate::simulator::motion::{metres, metres_per_second, seconds};
use crate::simulator::settings::SpacingProfile;
use crate::units::{Kilograms, Millimetres};

fn share(of: &[Crossing], wanted: impl Fn(&Crossing) -> bool) -> f64 {
    of.iter().filter(|crossing| wanted(crossing)).count() as f64 / of.len() as f64
}

fn near(found: f64, wanted: f64, tolerance: f64, what: &str) {
    assert!(
        (found - wanted).abs() <= tolerance,
        "{what}: {found} instead of {wanted}"
    );
}

#[test]
fn twenty_thousand_vehicles_keep_to_the_settings() {
    let settings = Settings::statistics();
    let crossings: Vec<_> = Traffic::new(settings.clone()).take(20_000).collect();
    let total: f64 = settings.axle_mix.iter().sum();
    for (axles, weight) in (2..).zip(settings.axle_mix) {
        let found = share(&crossings, |c| c.vehicle.axles.len() == axles);
        near(found, weight / total, 0.012, "share of an axle count");
    }
    let odd = share(&crossings, |c| {
        c.vehicle.groups.len() > 3 || c.vehicle.axles.len() > 6
    });
    assert!((0.001..0.008).contains(&odd), "{odd}");
    near(
        share(&crossings, |c| c.vehicle.is_overloaded()),
        0.086,
        0.006,
        "overloaded",
    );
    let has = |defect| share(&crossings, |c| c.defects.contains(&defect));
    near(has(Defect::UnreadPlate), 0.12, 0.01, "unread");
    near(has(Defect::MisreadPlate), 0.02 * 0.88, 0.004, "misread");
    near(has(Defect::DuplicateRecord), 0.006, 0.002, "duplicate");
    near(has(Defect::SumOneBelow), 0.004, 0.002, "one below");
    assert!(has(Defect::OutOfOrderRecord) > 0.000_5);
    assert!(has(Defect::SequenceGap) > 0.000_5);

    let seconds = (crossings[19_999].first_axle_at.get() - settings.start.get()) as f64 / 1e6;
    let flow = 20_000.0 / f64::from(settings.lanes) / (seconds / 3_600.0);
    near(flow, 300.0, 15.0, "flow");
    let near_hundred = crossings
        .iter()
        .filter(|c| c.vehicle.gross_kg.get() > 90_000)
        .count();
    assert!(near_hundred > 0, "the tail is there");
}

#[test]
fn every_crossing_is_possible() {
    for (settings, count) in [(Settings::statistics(), 20_000), (Settings::demo(), 3_000)] {
        let lanes = usize::from(settings.lanes);
        let (mut last, mut last_at) = (vec![None::<Crossing>; lanes], Micros::ZERO);
        for (index, crossing) in Traffic::new(settings).take(count).enumerate() {
            assert_eq!(crossing.number, index as u64 + 1);
            assert!(crossing.first_axle_at >= last_at);
            last_at = crossing.first_axle_at;
            let truth = &crossing.vehicle;
            let sum: Kilograms = truth.axles.iter().map(|axle| axle.load_kg).sum();
            assert_eq!(sum, truth.gross_kg);
            let measured = &crossing.records[0].measured;
            let one = i64::from(crossing.defects.contains(&Defect::SumOneBelow));
            let sum: Kilograms = measured.axles.iter().map(MeasuredAxle::measured_kg).sum();
            assert_eq!(sum.get() + one, measured.gross_kg.get());
            let real = truth.axles.iter().map(|axle| {
                assert_eq!(axle.left_kg.saturating_add(axle.right_kg), axle.load_kg);
                (axle.load_kg, axle.spacing_mm)
            });
            let seen = measured.axles.iter();
            let seen = seen.map(|axle| (axle.load_kg().unwrap(), axle.spacing_mm));
            for axles in [real.collect::<Vec<_>>(), seen.collect()] {
                for (index, (load, spacing)) in axles.iter().enumerate() {
                    assert!((150..30_000).contains(&load.get()), "{crossing:?}");
                    assert_eq!(spacing.is_none(), index == 0);
                    assert!(spacing.is_none_or(|mm| mm.get() > 900));
                }
                let base: Millimetres = axles.iter().filter_map(|(_, mm)| *mm).sum();
                assert!(base < truth.length_mm && base < measured.length_mm);
            }
            assert_eq!(truth.trailer_plate.is_some(), truth.category.has_trailer());
            assert!(
                truth
                    .trailer_plate
                    .as_ref()
                    .is_none_or(PlateNumber::is_trailer)
            );
            assert!(
                truth.plate.kind().colours().contains(&truth.colour),
                "{} {:?}",
                truth.plate,
                truth.colour
            );
            assert!(measured.sent_at > crossing.last_axle_at);
            // Nobody drives into the vehicle in front: its rear has left before the front comes.
            let place = &mut last[usize::from(crossing.lane) - 1];
            if let Some(leader) = place {
                let leaves = metres(leader.vehicle.length_mm.get());
                let leaves = leaves / metres_per_second(leader.speed_tenth_kmh);
                let gone = leader.first_axle_at.saturating_add(seconds(leaves));
                assert!(crossing.first_axle_at > gone);
                assert!(
                    crossing.records[0].measured.sequence > leader.records[0].measured.sequence
                );
            }
            *place = Some(crossing);
        }
    }
}

#[test]
fn one_seed_one_result_and_a_lane_does_not_change_for_another() {
    let take = |seed, lanes| {
        Traffic::new(Settings {
            seed,
            lanes,
            ..Settings::demo()
        })
        .take(500)
        .collect::<Vec<_>>()
    };
    assert_eq!(take(7, 2), take(7, 2));
    assert_ne!(take(7, 2), take(8, 2));
    let vehicles = |crossings: Vec<Crossing>| {
        let mut vehicles: Vec<_> = crossings
            .into_iter()
            .filter(|c| c.lane == 1)
            .map(|c| c.records[0].measured.clone())
            .collect();
        vehicles.truncate(100);
        vehicles
    };
    assert_eq!(vehicles(take(7, 2)), vehicles(take(7, 4)));
}

#[test]
fn the_demo_shows_what_it_promises_whatever_the_seed_and_the_flow() {
    for seed in 0..50 {
        for (lanes, speed) in [(2, 1.0), (1, 1.0), (2, 3.0), (4, 20.0)] {
            let demo = Settings::demo();
            let start = demo.start;
            let flow_per_hour = demo.flow_per_hour * speed;
            let settings = Settings {
                seed,
                lanes,
                flow_per_hour,
                ..demo
            };
            let shown: Vec<_> = Traffic::new(settings)
                .take_while(|c| c.first_axle_at < start.saturating_add(Micros::SECOND))
                .collect();
            let promised = |within: i64, wanted: &dyn Fn(&Crossing) -> bool| {
                let until = start.saturating_add(Micros::from_seconds(within));
                let demo = Settings::demo();
                Traffic::new(Settings {
                    seed,
                    lanes,
                    flow_per_hour,
                    ..demo
                })
                .take_while(|c| c.first_axle_at < until)
                .any(|c| {
                    let read = c.plate_reads.first().unwrap();
                    wanted(&c)
                        && c.defects.is_empty()
                        && c.records[0].measured.sent_at < until
                        && read.sent_at < until
                        && read.plate.as_deref() == Some(c.vehicle.plate.as_str())
                })
            };
            assert!(!shown.is_empty());
            assert!(promised(3, &|_| true), "seed {seed}: first truck");
            assert!(
                promised(20, &|c| (60_000..90_000)
                    .contains(&c.records[0].measured.gross_kg.get())),
                "seed {seed}: overloaded truck"
            );
            assert!(
                promised(45, &|c| c.records[0].measured.gross_kg.get() >= 104_000),
                "seed {seed}: hundred-ton truck"
            );
        }
    }
}

#[test]
fn a_scheduled_vehicle_is_alone_in_its_lane() {
    for seed in 0..50 {
        let settings = Settings {
            seed,
            flow_per_hour: 1_800.0,
            ..Settings::demo()
        };
        let scheduled: Vec<Micros> = settings
            .schedule
            .iter()
            .map(|scheduled| settings.start.saturating_add(scheduled.after))
            .collect();
        let lanes: Vec<u16> = settings.schedule.iter().map(|s| s.lane).collect();
        let crossings: Vec<_> = Traffic::new(settings).take(60).collect();
        for (at, lane) in scheduled.into_iter().zip(lanes) {
            let near = crossings
                .iter()
                .filter(|c| c.lane == lane)
                .filter(|c| c.first_axle_at.saturating_sub(at).abs() < Micros::from_seconds(2))
                .count();
            assert_eq!(near, 1, "seed {seed}");
        }
    }
}

#[test]
fn a_steady_lane_sees_a_truck_every_three_to_six_seconds() {
    let settings = Settings {
        schedule: Vec::new(),
        lanes: 1,
        ..Settings::demo()
    };
    let crossings: Vec<_> = Traffic::new(settings).take(400).collect();
    for pair in crossings.windows(2) {
        let apart = pair[1].first_axle_at.saturating_sub(pair[0].first_axle_at);
        assert!((2_999_000..6_001_000).contains(&apart.get()), "{apart}");
    }
}

#[test]
fn misreads_change_one_character_for_a_look_alike() {
    let defects = DefectShares {
        misread_plate: 1.0,
        ..DefectShares::NONE
    };
    let settings = Settings {
        defects,
        ..Settings::statistics()
    };
    let mut misread = 0;
    for crossing in Traffic::new(settings).take(500) {
        let read = crossing.plate_reads[0].plate.clone().unwrap();
        let truth = crossing.vehicle.plate.as_str();
        let differing: Vec<_> = truth
            .chars()
            .zip(read.chars())
            .filter(|(a, b)| a != b)
            .collect();
        if crossing.defects == [Defect::MisreadPlate] {
            misread += 1;
            assert!((1..=2).contains(&differing.len()), "{truth} {read}");
            let (from, to) = differing[0];
            // A second misread may fall on the first.
            let likely = look_alikes(from).any(|c| c == to || look_alikes(c).any(|d| d == to));
            assert!(likely, "{truth} {read}");
        } else {
            assert!(differing.is_empty());
        }
    }
    assert!(misread > 490, "{misread}");
}

#[test]
fn a_record_out_of_order_is_sent_after_its_successor() {
    let defects = DefectShares {
        out_of_order_record: 0.2,
        ..DefectShares::NONE
    };
    let settings = Settings {
        defects,
        lanes: 1,
        ..Settings::statistics()
    };
    let crossings: Vec<_> = Traffic::new(settings).take(2_000).collect();
    let mut seen = 0;
    for pair in crossings.windows(2) {
        let late = pair[0].records[0].measured.sent_at > pair[1].records[0].measured.sent_at;
        assert_eq!(late, pair[0].defects.contains(&Defect::OutOfOrderRecord));
        seen += i32::from(late);
    }
    assert!(seen > 50, "{seen}");
}

#[test]
fn truncated_spacings_read_one_below() {
    let spacings = SpacingProfile::TruncatedFifty;
    let settings = Settings {
        spacings,
        ..Settings::statistics()
    };
    let rests: Vec<i64> = Traffic::new(settings)
        .take(300)
        .flat_map(|c| c.records[0].measured.axles.clone())
        .filter_map(|axle| axle.spacing_mm)
        .map(|spacing| spacing.get() % 50)
        .collect();
    assert!(rests.iter().all(|rest| *rest == 0 || *rest == 49));
    assert!(rests.contains(&0) && rests.contains(&49));
}
