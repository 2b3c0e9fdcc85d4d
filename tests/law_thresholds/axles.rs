//! Groups of axles on both sides of the borders of their classes.

use serde_json::{Value, json};
use steelyard::law::AxleGroupKind;

use crate::weighing;

/// First and last axle, kind, limit and whether it is uncertain, of each group.
fn groups(vehicle: &Value) -> Vec<([u8; 2], AxleGroupKind, i64, bool)> {
    let verdict = weighing(vehicle, 10_000);
    let groups = verdict.axle_groups.iter();
    groups
        .map(|group| {
            (
                group.axles,
                group.kind,
                group.limit_kg.get(),
                group.uncertain,
            )
        })
        .collect()
}

#[test]
fn among_readings_with_the_same_sum_the_one_as_given_stands() {
    // Two steered axles carry 7,000 kg each, in a group or not; at 1,800 mm they are none.
    let truck = |gap: i64| {
        json!({"category": "truck", "axle_spacings_mm": [gap, 3500, 1350], "drive_axles": 2,
            "drive_air_suspension": false, "non_drive_tyres": "dual", "layout": "2+2"})
    };
    let pair = ([1, 2], AxleGroupKind::TwoAxle, 14_000);
    let found = groups(&truck(1_749));
    assert_eq!(found[0], (pair.0, pair.1, pair.2, false));
    let found = groups(&truck(1_750));
    assert_eq!(found[0], (pair.0, pair.1, pair.2, true));
    let single = |axle: u8| ([axle, axle], AxleGroupKind::Single, 7_000, true);
    assert_eq!(groups(&truck(1_800))[..2], [single(1), single(2)]);
    assert_eq!(groups(&truck(1_849))[..2], [single(1), single(2)]);
    let certain = groups(&truck(1_850));
    assert!(!certain[0].3 && !certain[1].3);
}

#[test]
fn up_to_six_spacings_are_read_each_by_itself() {
    // At 1,850 mm the last axle is for certain none of the module, and its six other spacings are
    // read apart; with it they are seven and read together, which serves the party less.
    let module = |to_the_last: i64| {
        let gaps = [1_290, 1_760, 1_360, 1_360, 1_500, 1_760, to_the_last];
        let verdict = groups(
            &json!({"category": "full_trailer_train", "axle_spacings_mm": gaps,
            "drive_axles": 2, "drive_air_suspension": false, "non_drive_tyres": "dual",
            "layout": "2+2-4"}),
        );
        let limits = verdict.iter().map(|(axles, _, limit, _)| (*axles, *limit));
        limits.collect::<Vec<_>>()
    };
    assert_eq!(module(1_850), [([1, 7], 61_500), ([8, 8], 10_000)]);
    let together = [
        ([1, 2], 14_000),
        ([3, 6], 36_000),
        ([7, 7], 10_000),
        ([8, 8], 10_000),
    ];
    assert_eq!(module(1_849), together);
}
