//! Which of several ways to complete a vehicle stands, and where air suspension raises its limit.

use serde_json::{Value, json};
use steelyard::law::{NoteCode, Rule};

use crate::{judged, limit_kg, notes, step, weighing, with};

#[test]
fn among_equal_limits_the_first_kind_stands() {
    let verdict = weighing(
        &json!({"axle_spacings_mm": [3500, 1350, 5600, 1350, 1350]}),
        30_000,
    );
    assert_eq!(limit_kg(&verdict), 49_000);
    let step = step(&verdict, Rule::MassLimit).unwrap();
    let category = step.inputs.iter().next().map(|(_, value)| value.clone());
    assert_eq!(category, Some("articulated_train".into()));
    assert!(verdict.has_note(NoteCode::CategoryUnknown));
}

#[test]
fn among_equal_sums_of_the_axles_the_first_kind_stands() {
    // Each kind may have 49,000 kg and its axles 46,000: a trailer's axles 1,240 mm apart carry
    // 21,000 together.
    let verdict = weighing(
        &json!({"axle_spacings_mm": [3500, 1350, 5600, 1240, 1240], "drive_axles": 2,
            "drive_air_suspension": false, "non_drive_tyres": "dual"}),
        30_000,
    );
    assert_eq!(limit_kg(&verdict), 46_000);
    let step = step(&verdict, Rule::MassLimit).unwrap();
    assert_eq!(step.result, 49_000_i64.into());
    assert_eq!(
        step.text_en(),
        "articulated train with 6 axles, 2 driven: total mass limit 49000 kg"
    );
    assert_eq!(
        step.text_zh(),
        "6轴铰接列车，驱动轴2个，车货总质量限值49000千克"
    );
}

#[test]
fn from_six_axles_on_a_train_is_taken_to_have_a_tractor_of_three() {
    // Axles so far apart that each stands alone; the one driven axle is the tractor's last.
    let driven = |axles: usize| {
        let train = json!({"category": "full_trailer_train", "drive_axles": 1,
            "axle_spacings_mm": vec![3_500; axles - 1], "drive_air_suspension": false,
            "non_drive_tyres": "dual"});
        let verdict = weighing(&train, 30_000);
        let mut groups = verdict.axle_groups.iter();
        groups.position(|group| group.limit_kg.get() == 11_500)
    };
    assert_eq!(driven(4), Some(1));
    assert_eq!(driven(5), Some(1));
    assert_eq!(driven(6), Some(2));
    assert_eq!(driven(7), Some(2));
}

#[test]
fn a_motor_vehicle_of_two_axles_may_have_both_driven() {
    // Art. 3 para. 1 (8): 46,000 kg is the limit where a single axle is driven. A steered axle that
    // is driven counts, and carries what its single tyres do.
    let train = |drive_axles: Value| {
        json!({"category": "full_trailer_train", "axle_spacings_mm": [4_500, 3_500, 1_350, 5_000, 1_350],
            "drive_axles": drive_axles, "drive_air_suspension": false, "non_drive_tyres": "dual",
            "layout": "1+1-2+2"})
    };
    let limit = |drive_axles: Value| {
        let verdict = weighing(&train(drive_axles), 47_500);
        assert_eq!(verdict.axle_groups[0].limit_kg.get(), 7_000);
        assert_eq!(verdict.axle_groups[1].limit_kg.get(), 11_500);
        (limit_kg(&verdict), verdict.overage_kg.unwrap().get())
    };
    assert_eq!(limit(json!(1)), (46_000, 1_500));
    assert_eq!(limit(json!(2)), (49_000, 0));
    // What is not known is read better for the party, and said.
    assert_eq!(limit(json!(null)), (49_000, 0));
    let unknown = weighing(&train(json!(null)), 47_500);
    let said = notes(&unknown, NoteCode::DriveAxlesUnknown);
    assert_eq!(said[0].text_zh(), "驱动轴数未知，按有利于当事人的2个认定");
    let stated = weighing(&train(json!(2)), 47_500);
    assert_eq!(
        step(&stated, Rule::MassLimit).unwrap().text_zh(),
        "6轴全挂列车，驱动轴2个，车货总质量限值49000千克"
    );
}

#[test]
fn among_equal_limits_the_reading_with_the_greatest_sum_stands() {
    // The trailer's axles count for the reduction in a group or not, and carry 14,000 kg either way.
    let train = json!({"category": "full_trailer_train", "drive_axles": 2,
        "axle_spacings_mm": [3500, 1350, 4000, 1780], "drive_air_suspension": false,
        "non_drive_tyres": "single", "layout": "1+2-1+1"});
    let verdict = weighing(&train, 30_000);
    let groups = verdict.axle_groups.iter();
    let groups: Vec<_> = groups
        .map(|group| (group.axles, group.limit_kg.get()))
        .collect();
    assert_eq!(
        groups,
        [([1, 1], 7_000), ([2, 3], 18_000), ([4, 5], 14_000)]
    );
}

#[test]
fn air_suspension_is_a_step_where_it_raises_the_limit() {
    // A four-axle box body may have 5 kg for each millimetre between its first and last axle.
    let raised = |first_gap: i64| {
        let truck: Value = json!({"category": "truck", "drive_axles": 2, "body": "box",
            "axle_spacings_mm": [first_gap, 3_000, 1_350], "drive_air_suspension": true,
            "non_drive_tyres": "dual", "layout": "1+1+2"});
        let verdict = judged(
            &truck,
            &json!({"gross_kg": 20_000, "spacing_tolerance_mm": 0}),
        );
        let step = step(&verdict, Rule::AirSuspension).map(|step| step.result.clone());
        (limit_kg(&verdict), step)
    };
    assert_eq!(raised(1_849), (31_000, None));
    assert_eq!(raised(1_850), (31_000, None));
    assert_eq!(raised(1_851), (31_005, Some(31_005_i64.into())));
}

#[test]
fn the_axles_of_a_trailer_reach_their_last_class_at_1800_mm() {
    let train = |spacing_mm: i64, fields: Value| {
        let train = json!({"category": "articulated_train", "layout": "1+1-2", "drive_axles": 1,
            "axle_spacings_mm": [3_600, 6_200, spacing_mm], "non_drive_tyres": "dual"});
        let measured = json!({"gross_kg": 36_001, "spacing_tolerance_mm": 0});
        judged(&with(&train, fields), &measured)
    };
    let air = json!({"drive_air_suspension": true});
    assert_eq!(limit_kg(&train(1_799, air.clone())), 36_000);
    assert_eq!(limit_kg(&train(1_800, air)), 37_000);
    // By themselves the two would carry 23,000 kg.
    let plain_air = json!({"non_drive_air_suspension": true});
    let group = |spacing_mm: i64| {
        let verdict = train(spacing_mm, plain_air.clone());
        verdict.axle_groups[2].limit_kg.get()
    };
    assert_eq!((group(1_799), group(1_800)), (18_000, 20_000));
}
