use super::*;
use crate::simulator::evaluation::Evaluation;
use crate::simulator::evaluation::simulated::count;
use crate::simulator::settings::{EvasionShares, Scenario, Settings};
use crate::units::Micros;

fn counted(seed: u64, vehicles: u64, evasion: f64) -> Evaluation {
    let settings = Settings {
        seed,
        lanes: 2,
        sightings: true,
        evasion: EvasionShares::each(evasion),
        ..Scenario::Free.settings()
    };
    count(settings, vehicles, |_| {}, || {}).unwrap()
}

#[test]
fn clones_and_bypasses_are_found_in_what_the_list_shows() {
    let mut sum = Evaluation::default();
    for seed in [2, 3] {
        sum.add(&counted(seed, 5_000, 0.03));
    }
    let elsewhere = sum.elsewhere.clone().unwrap();
    assert!(elsewhere.sightings > 25_000);
    for (kind, recall, precision) in [
        (EvasionKind::PlateCloned, 0.93, 0.95),
        // Below what holds on a long road: few vehicles tell what is usual, and one more or less is a per cent.
        (EvasionKind::Bypass, 0.80, 0.88),
    ] {
        let (found, shown) = (sum.evasions.of(kind), elsewhere.shown(kind));
        let missed: u64 = elsewhere.missed(kind).iter().map(|(_, count)| count).sum();
        let wrong: u64 = elsewhere
            .mistaken(kind)
            .iter()
            .map(|(_, count)| count)
            .sum();
        assert_eq!(found.found + missed, found.vehicles, "{kind:?}");
        assert_eq!(found.right + wrong, found.findings, "{kind:?}");
        assert!(
            shown.vehicles > 50 && shown.vehicles <= found.vehicles,
            "{kind:?} {shown:?}"
        );
        let share = |part: u64, all: u64| part as f64 / all as f64;
        assert!(
            share(shown.found, shown.vehicles) >= recall,
            "{kind:?} {shown:?}"
        );
        assert!(
            share(found.right, found.findings) >= precision,
            "{kind:?} {found:?}"
        );
    }
}

#[test]
fn one_seed_gives_one_count() {
    assert_eq!(counted(5, 1_000, 0.02), counted(5, 1_000, 0.02));
    let without = Settings {
        seed: 5,
        ..Scenario::Free.settings()
    };
    let without = count(without, 500, |_| {}, || {}).unwrap();
    assert_eq!(without.elsewhere, None);
}

#[test]
fn every_two_places_have_a_way_and_the_station_lies_between() {
    let settings = settings();
    let names: Vec<&str> = SITES.iter().map(|site| site.site).chain([HERE]).collect();
    for (place, one) in names.iter().enumerate() {
        for other in names.iter().skip(place + 1) {
            let travel = settings.travel(one, other).unwrap();
            assert!(
                travel.least > Micros::ZERO && travel.most > travel.least,
                "{travel:?}"
            );
        }
    }
    assert_eq!(settings.routes.len(), 4);
    // 180 km away: an hour and a quarter at the very least.
    let far = settings.travel("S60", HERE).unwrap();
    assert!(far.least > Micros::from_seconds(4_500), "{far:?}");
}
