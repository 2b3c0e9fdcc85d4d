use proptest::prelude::*;

use super::*;
use crate::lane::tests::real_trucks::trucks;
use crate::simulator::dice::Dice;

fn semi(spacings: [i64; 5]) -> Fingerprint {
    Fingerprint {
        spacings_mm: spacings.to_vec(),
        loads_kg: Vec::new(),
    }
}

#[test]
fn the_same_truck_at_another_speed_error_is_the_same() {
    let settings = FingerprintSettings::default();
    let truck = semi([3_450, 1_360, 6_550, 1_310, 1_310]);
    // All spacings one per cent longer: the speed was read one per cent too high.
    let again = semi([3_480, 1_370, 6_620, 1_320, 1_320]);
    let other = semi([3_450, 1_360, 7_400, 1_310, 1_310]);
    let likeness = |other: &Fingerprint| truck.likeness_centinats(other, &settings).unwrap();
    assert!(likeness(&truck) >= likeness(&again));
    assert!(likeness(&again) > 300, "{}", likeness(&again));
    assert!(likeness(&other) < -300, "{}", likeness(&other));
    let found = find(&truck, &[other.clone(), again, other], &settings).unwrap();
    assert_eq!(found.index, 1);
    assert_eq!(found.second.unwrap().0, 0, "of equals the first");
}

#[test]
fn another_number_of_axles_is_another_matter() {
    let settings = FingerprintSettings::default();
    let truck = semi([3_450, 1_360, 6_550, 1_310, 1_310]);
    let shorter = Fingerprint {
        spacings_mm: vec![3_450, 1_360, 6_550, 1_310],
        loads_kg: Vec::new(),
    };
    assert_eq!(truck.likeness_centinats(&shorter, &settings), None);
    assert_eq!(find(&truck, &[shorter], &settings), None);
    assert_eq!(find(&truck, &[], &settings), None);
}

#[test]
fn a_list_of_lookalikes_makes_nobody_certain() {
    let settings = FingerprintSettings::default();
    let truck = semi([3_450, 1_360, 6_550, 1_310, 1_310]);
    let alone = [truck.clone()];
    let twins = [truck.clone(), truck.clone()];
    let certainty = |list: &[Fingerprint]| {
        let found = find(&truck, list, &settings).unwrap();
        found.certainty_per_mille(&compare(&truck, list, &settings), 900)
    };
    assert!(certainty(&alone) > 990);
    assert!((480..=500).contains(&certainty(&twins)));
}

proptest! {
    #[test]
    fn likeness_is_mutual_and_highest_with_itself(
        one in prop::collection::vec(1_000..9_000_i64, 1..8),
        other in prop::collection::vec(1_000..9_000_i64, 1..8),
    ) {
        let settings = FingerprintSettings::default();
        let print = |spacings_mm: Vec<i64>| Fingerprint { spacings_mm, loads_kg: Vec::new() };
        let (one, other) = (print(one), print(other));
        let likeness = one.likeness_centinats(&other, &settings);
        prop_assert_eq!(likeness, other.likeness_centinats(&one, &settings));
        prop_assert_eq!(likeness.is_some(), one.axle_count() == other.axle_count());
        let itself = one.likeness_centinats(&one, &settings).unwrap();
        prop_assert!(likeness.is_none_or(|likeness| likeness <= itself));
    }

    #[test]
    fn the_best_of_a_list_is_no_worse_than_any_other(
        list in prop::collection::vec(prop::collection::vec(1_000..9_000_i64, 3), 1..20),
        wanted in prop::collection::vec(1_000..9_000_i64, 3),
    ) {
        let settings = FingerprintSettings::default();
        let print = |spacings_mm: Vec<i64>| Fingerprint { spacings_mm, loads_kg: Vec::new() };
        let list: Vec<_> = list.into_iter().map(print).collect();
        let wanted = print(wanted);
        let found = find(&wanted, &list, &settings).unwrap();
        let all = compare(&wanted, &list, &settings);
        prop_assert_eq!(all[found.index], Some(found.centinats));
        prop_assert!(all.iter().flatten().all(|nats| *nats <= found.centinats));
        let mut sorted: Vec<i64> = all.iter().flatten().copied().collect();
        sorted.sort_unstable();
        let second = sorted.iter().rev().nth(1).copied();
        prop_assert_eq!(found.second.map(|(_, nats)| nats), second);
    }
}

/// The fingerprints of the real trucks, the one that is there twice once.
fn real() -> Option<Vec<Fingerprint>> {
    let mut trucks = trucks()?;
    trucks.sort_by(|one, other| {
        (one.sequence, one.crossed_at).cmp(&(other.sequence, other.crossed_at))
    });
    trucks.dedup_by_key(|truck| (truck.sequence, truck.crossed_at));
    Some(trucks.iter().filter_map(Fingerprint::of).collect())
}

/// Whether all spacings are within a tolerance: so many mm, or so many per mille if that is more.
fn alike(one: &Fingerprint, other: &Fingerprint, mm: i64, per_mille: i64) -> bool {
    one.axle_count() == other.axle_count()
        && one
            .spacings_mm
            .iter()
            .zip(&other.spacings_mm)
            .all(|(one, other)| {
                let allowed = mm.max(one.max(other) * per_mille / 1_000);
                (one - other).abs() <= allowed
            })
}

#[test]
fn real_trucks_differ_in_their_spacings_so_far() {
    let Some(prints) = real() else { return };
    assert_eq!(prints.len(), 999);
    let unique = |axles: std::ops::RangeInclusive<usize>, mm, per_mille| {
        let of: Vec<_> = prints
            .iter()
            .filter(|one| axles.contains(&one.axle_count()))
            .collect();
        let alone = |one: &&&Fingerprint| {
            let like = of.iter().filter(|other| alike(one, other, mm, per_mille));
            like.count() == 1
        };
        let alone = of.iter().filter(alone).count();
        (alone * 1_000 / of.len(), of.len())
    };
    println!("tolerance: share unique among all 999, 2 axles, 3 to 5, 6, 7 to 9, in per mille");
    for (mm, per_mille) in [(1, 0), (51, 0), (51, 10), (51, 20), (101, 0), (101, 30)] {
        let shares: Vec<_> = [2..=9, 2..=2, 3..=5, 6..=6, 7..=9]
            .map(|axles| unique(axles, mm, per_mille))
            .to_vec();
        println!("{mm} mm or {per_mille} per mille: {shares:?}");
    }
    // At one step of rounding most long vehicles stand alone, and few two-axle trucks do.
    assert!(unique(7..=9, 51, 0).0 > 700);
    assert!(unique(2..=2, 51, 0).0 < 300);
}

#[test]
fn a_second_weighing_of_a_real_truck_is_found_among_all() {
    let Some(prints) = real() else { return };
    let settings = FingerprintSettings::default();
    let mut dice = Dice::new(1, 1);
    // axles: so many, best is right, sure (900 per mille) and right, sure and wrong.
    let mut tallies = [[0_u32; 4]; 10];
    for loads in [false, true] {
        tallies = [[0; 4]; 10];
        for (index, print) in prints.iter().enumerate() {
            let speed = dice.normal(1.0, 0.008);
            let again = |mm: &i64| {
                let seen = *mm as f64 * speed * dice.normal(1.0, 0.005);
                (seen / 10.0).round() as i64 * 10
            };
            let spacings_mm: Vec<i64> = print.spacings_mm.iter().map(again).collect();
            let load = |kg: &i64| (*kg as f64 * dice.normal(1.0, 0.05)).round() as i64;
            let loads_kg = print.loads_kg.iter().map(load).collect();
            let mut wanted = Fingerprint {
                spacings_mm,
                loads_kg,
            };
            if !loads {
                wanted = wanted.without_loads();
            }
            let found = find(&wanted, &prints, &settings).unwrap();
            let all = compare(&wanted, &prints, &settings);
            let sure = found.certainty_per_mille(&all, 900) >= 900;
            let right = found.index == index;
            let tally = &mut tallies[print.axle_count()];
            tally[0] += 1;
            tally[1] += u32::from(right);
            tally[2] += u32::from(right && sure);
            tally[3] += u32::from(!right && sure);
        }
        println!(
            "with loads: {loads}; axles: trucks, best is right, sure and right, sure and wrong"
        );
        for (axles, tally) in tallies.iter().enumerate().filter(|(_, tally)| tally[0] > 0) {
            println!("{axles}: {tally:?}");
        }
        let wrong: u32 = tallies.iter().map(|tally| tally[3]).sum();
        assert!(wrong <= 20, "{wrong}");
    }
    let right: u32 = tallies.iter().map(|tally| tally[1]).sum();
    assert!(right > 900, "with loads {right} of 999");
}
