//! Each way of evading shows in the records as it does on a road, and not otherwise.

use super::*;
use crate::passage::TravelDirection;
use crate::simulator::crossing::{Measured, MeasuredAxle};
use crate::simulator::motion::metres;
use crate::simulator::settings::{
    CameraSettings, ClockSettings, ControllerSettings, EvasionShares, Scenario,
};
use crate::units::{Kilograms, Millimetres};

/// Nothing goes wrong but this.
fn only(kind: EvasionKind, share: f64) -> Settings {
    Settings {
        defects: DefectShares::NONE,
        cameras: CameraSettings::PLAIN,
        clocks: ClockSettings::RIGHT,
        controllers: ControllerSettings::ABLE,
        car_share: 0.3,
        restless: 0.0,
        evasion: EvasionShares::NONE.with(kind, share),
        ..Scenario::Free.settings()
    }
}

/// Those who do it, and the others, of so many.
fn evaders(settings: Settings, count: usize, kind: EvasionKind) -> [Vec<Crossing>; 2] {
    let (evade, others) = Traffic::new(settings)
        .take(count)
        .filter(|crossing| !crossing.vehicle.is_car())
        .partition(|crossing| crossing.evasion.contains(&kind));
    [evade, others]
}

fn speeds(measured: &Measured) -> Vec<i64> {
    let axles = measured.axles.iter();
    axles.map(|axle| axle.speed_tenth_kmh.get()).collect()
}

fn spacings(measured: &Measured) -> Vec<i64> {
    let spacings = measured.axles.iter().filter_map(|axle| axle.spacing_mm);
    spacings.map(Millimetres::get).collect()
}

fn real_spacings(crossing: &Crossing) -> Vec<i64> {
    let axles = crossing.vehicle.axles.iter();
    let spacings = axles.filter_map(|axle| axle.spacing_mm);
    spacings.map(Millimetres::get).collect()
}

fn loads(measured: &Measured) -> Vec<f64> {
    let axles = measured.axles.iter();
    axles.map(|axle| axle.measured_kg().get() as f64).collect()
}

fn real_loads(crossing: &Crossing) -> Vec<f64> {
    let axles = crossing.vehicle.axles.iter();
    axles.map(|axle| axle.load_kg.get() as f64).collect()
}

/// At least so many of them are so.
fn mostly(of: &[Crossing], share: f64, what: &str, is_so: impl Fn(&Crossing) -> bool) {
    let count = of.iter().filter(|crossing| is_so(crossing)).count();
    let found = count as f64 / of.len() as f64;
    assert!(of.len() >= 50, "{what}: only {}", of.len());
    assert!(found >= share, "{what}: {found} of {}", of.len());
}

#[test]
fn every_kind_comes_as_often_as_is_set() {
    for scenario in Scenario::ALL {
        let settings = Settings {
            evasion: EvasionShares::each(0.01),
            lanes: 3,
            ..scenario.settings()
        };
        let mut counts: BTreeMap<EvasionKind, usize> = BTreeMap::new();
        let mut trucks = 0;
        for crossing in Traffic::new(settings).take(60_000) {
            trucks += usize::from(!crossing.vehicle.is_car());
            assert!(crossing.evasion.len() <= 1);
            for kind in crossing.evasion {
                *counts.entry(kind).or_default() += 1;
            }
        }
        for kind in EvasionKind::ALL {
            let count = counts.get(&kind).copied().unwrap_or_default();
            let share = count as f64 / trucks as f64;
            // Two vehicles are in each merged record.
            let wanted = if kind == EvasionKind::MergedRecord {
                0.02
            } else {
                0.01
            };
            let name = kind.name();
            assert!(
                (share / wanted - 1.0).abs() < 0.3,
                "{scenario:?} {name}: {share}"
            );
        }
    }
}

#[test]
fn straddling_leaves_the_wheels_of_one_side_in_each_lane() {
    let kind = EvasionKind::Straddling;
    let [evade, _] = evaders(only(kind, 0.2), 4_000, kind);
    for crossing in &evade {
        let lanes: Vec<u16> = crossing.records.iter().map(|record| record.lane).collect();
        assert!(!lanes.is_empty() && lanes.len() <= 2);
        for record in &crossing.records {
            assert_eq!(record.vehicles, [crossing.number]);
            for axle in &record.measured.axles {
                // The lane to the left has its right sensor under the left wheels.
                let seen = (axle.left_kg.is_some(), axle.right_kg.is_some());
                let is_left_lane = record.lane == 1;
                assert_eq!(seen, (!is_left_lane, is_left_lane));
            }
        }
        if let [one, other] = crossing.records.as_slice() {
            let apart = one.measured.time.saturating_sub(other.measured.time);
            assert!(apart.abs() < Micros::from_millis(50));
            assert_eq!(one.lane.abs_diff(other.lane), 1);
        }
    }
    let both = |crossing: &Crossing| crossing.records.len() == 2;
    mostly(&evade, 0.75, "two halves", both);
    let full: Vec<Crossing> = evade.into_iter().filter(|c| !c.mild).collect();
    mostly(&full, 0.95, "halves add up", |crossing| {
        let halves = crossing.records.iter().map(|r| r.measured.gross_kg);
        let sum: Kilograms = halves.sum();
        let share = sum.get() as f64 / crossing.vehicle.gross_kg.get() as f64;
        (0.80..1.05).contains(&share)
    });
}

#[test]
fn one_side_off_weighs_half_and_has_no_partner() {
    let kind = EvasionKind::OneSideOff;
    let [evade, others] = evaders(only(kind, 0.2), 3_000, kind);
    let share = |crossing: &Crossing| {
        let [record] = crossing.records.as_slice() else {
            panic!("{crossing:?}");
        };
        record.measured.gross_kg.get() as f64 / crossing.vehicle.gross_kg.get() as f64
    };
    mostly(&evade, 0.7, "half of it", |crossing| share(crossing) < 0.7);
    mostly(&evade, 1.0, "less than all", |crossing| {
        share(crossing) < 0.95
    });
    mostly(&others, 1.0, "all of it", |crossing| share(crossing) > 0.9);
}

#[test]
fn braking_and_surging_show_in_speeds_acceleration_and_loads() {
    let front_share = |crossing: &Crossing, loads: &[f64]| {
        let first = loads.first().copied().unwrap_or_default();
        first / loads.iter().sum::<f64>() / crossing.vehicle.axles.len() as f64
    };
    for (kind, sign) in [(EvasionKind::Braking, -1), (EvasionKind::Surging, 1)] {
        let [evade, others] = evaders(only(kind, 0.2), 3_000, kind);
        let hard: Vec<Crossing> = evade.into_iter().filter(|c| !c.mild).collect();
        let changes = |crossing: &Crossing| {
            let measured = &crossing.records[0].measured;
            let speeds = speeds(measured);
            (
                measured.acceleration_tenth_ms2.unwrap() * sign,
                (speeds[speeds.len() - 1] - speeds[0]) * sign,
            )
        };
        mostly(&hard, 0.85, "acceleration", |c| changes(c).0 >= 4);
        mostly(&hard, 0.85, "speeds", |c| changes(c).1 > 0);
        mostly(&others, 1.0, "even", |c| changes(c).0.abs() <= 3);
        if kind == EvasionKind::Braking {
            mostly(&hard, 0.85, "leans forward", |crossing| {
                let seen = front_share(crossing, &loads(&crossing.records[0].measured));
                seen > front_share(crossing, &real_loads(crossing))
            });
        } else {
            mostly(&hard, 0.5, "an axle jumps", |crossing| {
                let seen = loads(&crossing.records[0].measured);
                let pairs = seen.iter().zip(real_loads(crossing));
                pairs.into_iter().any(|(seen, real)| *seen < 0.8 * real)
            });
        }
    }
}

#[test]
fn weaving_swings_loads_from_side_to_side() {
    let kind = EvasionKind::Weaving;
    let [evade, others] = evaders(only(kind, 0.2), 3_000, kind);
    let spread = |crossing: &Crossing| {
        let axles = &crossing.records[0].measured.axles;
        let shares = axles.iter().map(|axle: &MeasuredAxle| {
            axle.left_kg.unwrap_or_default().get() as f64 / axle.measured_kg().get() as f64
        });
        let (low, high) = shares.fold((1.0_f64, 0.0_f64), |(low, high), share| {
            (low.min(share), high.max(share))
        });
        high - low
    };
    let hard: Vec<Crossing> = evade.into_iter().filter(|c| !c.mild).collect();
    mostly(&hard, 0.75, "swings", |crossing| spread(crossing) > 0.10);
    mostly(&others, 0.99, "steady", |crossing| spread(crossing) < 0.10);
}

#[test]
fn who_stops_or_creeps_takes_long() {
    let kind = EvasionKind::StopAndGo;
    let [evade, others] = evaders(only(kind, 0.1), 4_000, kind);
    let took = |crossing: &Crossing| {
        let took = crossing.last_axle_at.saturating_sub(crossing.first_axle_at);
        let evenly = metres(crossing.vehicle.base_mm().get())
            / (crossing.speed_tenth_kmh.get() as f64 / 36.0);
        took.get() as f64 / 1e6 / evenly
    };
    let hard: Vec<Crossing> = evade.into_iter().filter(|c| !c.mild).collect();
    mostly(&hard, 0.95, "takes long", |crossing| took(crossing) > 1.5);
    mostly(&others, 1.0, "takes what it should", |crossing| {
        took(crossing) < 1.1
    });
    for crossing in &hard {
        // Nobody brakes so hard that the axles in front carry what no axle can.
        for (seen, real) in loads(&crossing.records[0].measured)
            .iter()
            .zip(real_loads(crossing))
        {
            assert!(*seen < 2.2 * real, "{crossing:?}");
        }
    }
    let kind = EvasionKind::Creeping;
    let [evade, others] = evaders(only(kind, 0.1), 4_000, kind);
    let fastest =
        |crossing: &Crossing| *speeds(&crossing.records[0].measured).iter().max().unwrap();
    let slow: Vec<Crossing> = evade.into_iter().filter(|c| !c.mild).collect();
    mostly(&slow, 1.0, "creeps", |crossing| fastest(crossing) <= 52);
    // Who is behind one that creeps creeps, too.
    mostly(&others, 0.97, "drives", |crossing| fastest(crossing) > 100);
}

#[test]
fn reversing_counts_axles_twice_and_mirrored() {
    let kind = EvasionKind::Reversing;
    let [evade, _] = evaders(only(kind, 0.2), 3_000, kind);
    let more = |crossing: &Crossing| {
        crossing.records[0].measured.axles.len() > crossing.vehicle.axles.len()
    };
    mostly(&evade, 0.60, "axles too many", more);
    // One who backs over his last two axles: the last spacing comes again.
    mostly(&evade, 0.25, "mirrored", |crossing| {
        let seen = spacings(&crossing.records[0].measured);
        let real = real_spacings(crossing);
        let Some(last) = real.last() else {
            return false;
        };
        let near = |spacing: &i64| (spacing - last).abs() < last / 10;
        seen.iter().filter(|s| near(s)).count() > real.iter().filter(|s| near(s)).count()
    });
    mostly(&evade, 0.95, "slow where it turns", |crossing| {
        let speeds = speeds(&crossing.records[0].measured);
        speeds.iter().min() < speeds.first()
    });
}

#[test]
fn a_merged_record_is_of_two_vehicles_and_tells_the_axles_of_both() {
    let kind = EvasionKind::MergedRecord;
    let crossings: Vec<Crossing> = Traffic::new(only(kind, 0.1)).take(3_000).collect();
    let mut merged = 0;
    for crossing in &crossings {
        let Some(record) = crossing.records.first().filter(|r| r.vehicles.len() > 1) else {
            continue;
        };
        merged += 1;
        assert_eq!(crossing.evasion, [kind]);
        let [own, other] = record.vehicles.as_slice() else {
            panic!("{record:?}");
        };
        assert_eq!(*own, crossing.number);
        let other = &crossings[*other as usize - 1];
        assert_eq!(
            (other.lane, other.evasion.as_slice()),
            (crossing.lane, &[kind][..])
        );
        assert!(other.weighed && other.records.is_empty());
        let axles = crossing.vehicle.axles.len() + other.vehicle.axles.len();
        assert_eq!(record.measured.axles.len(), axles);
        let between = spacings(&record.measured)[crossing.vehicle.axles.len() - 1];
        let least = crossing.vehicle.rear_mm().get() + other.vehicle.front_mm.get();
        assert!(
            between > least && between < least + 4_000,
            "{between} {least}"
        );
        let longest = crossing.vehicle.length_mm.max(other.vehicle.length_mm);
        assert!(record.measured.length_mm > longest);
        assert!(other.first_axle_at > crossing.last_axle_at);
    }
    assert!(merged > 100, "{merged}");
}

#[test]
fn a_split_record_is_two_one_behind_the_other() {
    let kind = EvasionKind::SplitRecord;
    let [evade, _] = evaders(only(kind, 0.2), 3_000, kind);
    for crossing in &evade {
        let [first, second] = crossing.records.as_slice() else {
            panic!("{crossing:?}");
        };
        let axles = first.measured.axles.len() + second.measured.axles.len();
        assert_eq!(axles, crossing.vehicle.axles.len());
        let gap = second
            .measured
            .time
            .saturating_sub(first.measured.time)
            .in_seconds();
        let way = gap * crossing.speed_tenth_kmh.get() as f64 / 36.0;
        let between = way - spacings(&first.measured).iter().sum::<i64>() as f64 / 1_000.0;
        assert!((3.0..15.0).contains(&between), "{between}");
        assert!(first.measured.length_mm < crossing.vehicle.length_mm);
        assert!(second.measured.length_mm < crossing.vehicle.length_mm);
        assert_eq!(second.measured.axles[0].spacing_mm, None);
    }
    assert!(evade.len() > 100);
}

#[test]
fn a_lifted_axle_leaves_a_gap_or_a_touch_and_its_load_to_the_others() {
    let kind = EvasionKind::LiftAxle;
    let [evade, _] = evaders(only(kind, 0.2), 3_000, kind);
    let mut doubled = 0;
    for crossing in &evade {
        let measured = &crossing.records[0].measured;
        let missing = crossing.vehicle.axles.len() - measured.axles.len();
        let light = loads(measured).iter().any(|load| *load < 800.0);
        assert!(missing == 1 || (missing == 0 && light), "{crossing:?}");
        let share = measured.gross_kg.get() as f64 / crossing.vehicle.gross_kg.get() as f64;
        assert!((0.88..1.12).contains(&share), "the mass stays: {share}");
        doubled += usize::from(
            spacings(measured)
                .iter()
                .any(|s| (2_400..2_900).contains(s)),
        );
    }
    assert!(
        doubled as f64 > 0.25 * evade.len() as f64,
        "{doubled} of {}",
        evade.len()
    );
}

#[test]
fn against_the_lane_the_steering_axle_is_last() {
    let kind = EvasionKind::WrongWay;
    let [evade, others] = evaders(only(kind, 0.05), 4_000, kind);
    for crossing in &evade {
        let measured = &crossing.records[0].measured;
        assert_eq!(measured.direction, Some(TravelDirection::Reverse));
        let mut real = real_spacings(crossing);
        real.reverse();
        for (seen, real) in spacings(measured).iter().zip(real) {
            assert!((seen - real).abs() < 100, "{seen} {real}");
        }
        // Nobody drives into it.
        let near = others.iter().filter(|other| other.lane == crossing.lane);
        let apart = near.map(|o| o.first_axle_at.saturating_sub(crossing.first_axle_at).abs());
        assert!(apart.min() >= Some(Micros::from_millis(3_900)));
    }
    assert!(evade.len() > 50);
}

#[test]
fn covered_and_missing_plates_are_seen_and_not_read() {
    for kind in [EvasionKind::PlateCovered, EvasionKind::PlateMissing] {
        let [evade, others] = evaders(only(kind, 0.2), 3_000, kind);
        let none = |crossing: &Crossing| {
            let reads = &crossing.plate_reads;
            !reads.is_empty() && reads.iter().all(|read| read.plate.is_none())
        };
        let hard: Vec<Crossing> = evade.into_iter().filter(|c| !c.mild).collect();
        mostly(&hard, 1.0, "nothing read", none);
        mostly(&hard, 0.5, "surely nothing", |crossing| {
            crossing.plate_reads[0].confidence >= Some(80)
        });
        mostly(&others, 1.0, "read", |crossing| !none(crossing));
    }
}

#[test]
fn a_cloned_number_is_anothers_and_a_bypass_is_seen_elsewhere_only() {
    let kind = EvasionKind::PlateCloned;
    let settings = Settings {
        sightings: true,
        ..only(kind, 0.2)
    };
    let register = Register::new(&settings);
    let [evade, others] = evaders(settings, 3_000, kind);
    let own_axles = |crossing: &Crossing| {
        let found = register.find(crossing.vehicle.plate.as_str());
        let entry = found
            .into_iter()
            .find(|e| e.colour == crossing.vehicle.colour);
        entry.unwrap_or_else(|| panic!("{crossing:?}")).axles
    };
    let fits =
        |crossing: &Crossing| usize::from(own_axles(crossing)) <= crossing.vehicle.axles.len();
    mostly(&others, 1.0, "registered as it is", fits);
    let far = |crossing: &Crossing| crossing.sightings.iter().any(|s| s.site == "S60");
    mostly(&evade, 0.8, "seen far away", far);
    mostly(&others, 1.0, "not seen far away", |crossing| !far(crossing));
    let kind = EvasionKind::Bypass;
    let settings = Settings {
        sightings: true,
        ..only(kind, 0.1)
    };
    let [evade, others] = evaders(settings, 3_000, kind);
    for crossing in &evade {
        assert!(crossing.lane == 0 && !crossing.weighed);
        assert!(crossing.records.is_empty() && crossing.plate_reads.is_empty());
    }
    let sides = |crossing: &Crossing| {
        let before = |s: &&super::super::sightings::Sighting| s.at < crossing.first_axle_at;
        let before = crossing.sightings.iter().filter(before).count();
        (before > 0) && before < crossing.sightings.len()
    };
    mostly(&evade, 0.75, "seen on both sides", sides);
    mostly(&others, 0.85, "most are", sides);
}
