//! What is flagged of real trucks, and why.

use std::collections::BTreeMap;

use super::*;
use crate::lane::tests::real_trucks::trucks;

/// Real trucks of a protocol that tells loads, spacings and the vehicle's speed. They are a random
/// sample, so that a truck's neighbours are not among them: each is looked at among those that the
/// file has about it.
#[test]
fn no_real_truck_is_merged_split_or_reversed_without_reason() {
    let Some(mut trucks) = trucks() else { return };
    let settings = EvasionSettings::default();
    trucks.sort_by_key(|truck| truck.crossed_at);
    let mut lanes: BTreeMap<(String, u16), LaneUsual> = BTreeMap::new();
    let mut flagged: BTreeMap<EvasionKind, usize> = BTreeMap::new();
    let mut neighbours = 0;
    for (index, truck) in trucks.iter().enumerate() {
        let close = |other: &&Weighing| {
            let apart = other.crossed_at.saturating_sub(truck.crossed_at).abs();
            other.station == truck.station && apart <= settings.near_within
        };
        let before = trucks[..index].iter().rev().take_while(close);
        let after = trucks[index + 1..].iter().take_while(close);
        // Lines 25 and 538 are the same bytes: the same truck, no neighbour.
        let twin = |other: &&Weighing| other.sequence != truck.sequence;
        let near: Vec<&Weighing> = before.chain(after).filter(twin).collect();
        neighbours += near.len();
        let usual = lanes
            .entry((truck.station.clone(), truck.lane))
            .or_default();
        let known = usual.usual(truck.received_at, &settings);
        let findings = examine(truck, &near, &[], &known, &settings);
        usual.seen(truck.received_at, truck, findings.is_empty(), &settings);
        for finding in findings {
            let loads: Vec<i64> = truck.axles.iter().map(|axle| axle.load_kg.get()).collect();
            let spacings: Vec<i64> = truck
                .axles
                .iter()
                .filter_map(|axle| Some(axle.spacing_mm?.get()))
                .collect();
            println!(
                "{} {loads:?} {spacings:?}: {}",
                truck.passage_id,
                finding.text_en()
            );
            *flagged.entry(finding.kind).or_default() += 1;
        }
    }
    println!(
        "{} trucks, {neighbours} neighbours, flagged {flagged:?}",
        trucks.len()
    );
    assert_eq!(trucks.len(), 1_002);
    for kind in [
        EvasionKind::MergedRecord,
        EvasionKind::SplitRecord,
        EvasionKind::Reversing,
    ] {
        assert_eq!(flagged.get(&kind), None, "{kind:?}");
    }
    assert!(flagged.values().sum::<usize>() <= 10, "{flagged:?}");
}
