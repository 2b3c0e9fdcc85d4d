//! Dimensions on both sides of their limits, and by which article they are judged.

use serde_json::{Value, json};
use steelyard::law::{Dimension, Input, NoteCode, Rule};

use crate::{notes, six_axle_train, two_axle_truck, weighing, with};

#[test]
fn the_article_is_that_of_the_limit_that_applies() {
    // Each dimension by its own: a train's length may be its own while its width is that of art. 3.
    let own = |dimension: &str, fields: Value| {
        let size = json!({"height_mm": 3_000, "width_mm": 2_000, "length_mm": 9_000,
            "layout": null});
        let verdict = weighing(&with(&with(&six_axle_train(), size), fields), 10_000);
        let mut steps = verdict.derivation.iter();
        let step = steps.find(|step| {
            let of = step.inputs.get(Input::Dimension).map(ToString::to_string);
            step.rule == Rule::Dimension && of.as_deref() == Some(dimension)
        });
        step.unwrap().article.en().contains("GB 1589")
    };
    let refrigerated = || json!({"body": "refrigerated"});
    let centre_axle = || json!({"category": "centre_axle_trailer_train"});
    assert!(!own("width", json!({})) && !own("length", json!({})));
    assert!(own("width", refrigerated()) && !own("length", refrigerated()));
    assert!(own("length", centre_axle()) && !own("width", centre_axle()));
    assert!(!own("height", refrigerated()) && !own("height", centre_axle()));
}

#[test]
fn longer_than_the_standard_and_within_the_limit_is_noted() {
    let noted = |vehicle: &Value, length_mm: i64| {
        let verdict = weighing(&with(vehicle, json!({"length_mm": length_mm})), 10_000);
        let over = verdict.has_note(NoteCode::DimensionOver);
        (notes(&verdict, NoteCode::BeyondStandardLength).len(), over)
    };
    let truck = two_axle_truck();
    assert_eq!(noted(&truck, 12_000), (0, false));
    assert_eq!(noted(&truck, 12_001), (1, false));
    assert_eq!(noted(&truck, 18_100), (1, false));
    assert_eq!(noted(&truck, 18_101), (0, true));
    let train = six_axle_train();
    assert_eq!(noted(&train, 17_100), (0, false));
    assert_eq!(noted(&train, 17_101), (1, false));
    assert_eq!(noted(&train, 18_100), (1, false));
    assert_eq!(noted(&train, 18_101), (0, true));
    // A train that is not articulated has 20 m of its own.
    let trailer = with(&train, json!({"category": "centre_axle_trailer_train"}));
    assert_eq!(noted(&trailer, 20_000), (0, false));
    assert_eq!(noted(&trailer, 20_001), (0, true));
    let unknown = with(&truck, json!({"category": null}));
    assert_eq!(noted(&unknown, 12_001), (0, false));
}

#[test]
fn the_range_begins_one_millimetre_above_each_bound() {
    let range = |height_mm: i64, width_mm: i64, length_mm: i64| {
        let size = json!({"height_mm": height_mm, "width_mm": width_mm, "length_mm": length_mm});
        let verdict = weighing(&with(&two_axle_truck(), size), 10_000);
        let over: Vec<Dimension> = verdict
            .dimensions
            .iter()
            .filter(|found| found.overage_mm.get() > 0)
            .map(|found| found.dimension)
            .collect();
        let range = verdict.transport.unwrap().total_range_yuan;
        (over.len(), range.map(|range| range.map(|yuan| yuan.get())))
    };
    assert_eq!(range(4_000, 2_550, 18_100), (0, None));
    assert_eq!(range(4_001, 2_550, 18_100), (1, Some([0, 200])));
    assert_eq!(range(4_000, 2_551, 18_100), (1, Some([0, 200])));
    assert_eq!(range(4_000, 2_550, 18_101), (1, Some([0, 200])));
    assert_eq!(range(4_200, 3_000, 20_000), (3, Some([0, 200])));
    assert_eq!(range(4_201, 2_550, 18_100), (1, Some([200, 1_000])));
    assert_eq!(range(4_000, 3_001, 18_100), (1, Some([200, 1_000])));
    assert_eq!(range(4_000, 2_550, 20_001), (1, Some([200, 1_000])));
    assert_eq!(range(4_500, 3_750, 28_000), (3, Some([200, 1_000])));
    assert_eq!(range(4_501, 2_550, 18_100), (1, Some([1_000, 3_000])));
    assert_eq!(range(4_000, 3_751, 18_100), (1, Some([1_000, 3_000])));
    assert_eq!(range(4_000, 2_550, 28_001), (1, Some([1_000, 3_000])));
}
