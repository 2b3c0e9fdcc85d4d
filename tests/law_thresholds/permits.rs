//! What a permit holds the transport to, on both sides of each bound.

use serde_json::{Value, json};
use steelyard::law::{Assessment, Input, LawTables, NoteCode, assess};

use crate::{notes, two_axle_truck, with};

/// Names of what was not kept, for a truck with `fields` and a permit, with more of the assessment.
fn faults(permit: Value, fields: Value, more: Value) -> Vec<String> {
    let vehicle = with(
        &with(&two_axle_truck(), fields),
        json!({ "permit": permit }),
    );
    let mut assessment = json!({"day": "2024-06-01", "vehicle": vehicle,
        "measured": {"gross_kg": 17_000, "axle_loads_kg": [7_000, 10_000]}});
    for (field, value) in more.as_object().unwrap() {
        assessment[field] = value.clone();
    }
    let assessment: Assessment = serde_json::from_value(assessment).unwrap();
    let verdict = assess(&LawTables::embedded().unwrap(), &assessment);
    let broken = notes(&verdict, NoteCode::PermitBroken);
    let reasons = broken.iter().map(|note| note.data.get(Input::Reason));
    reasons
        .map(|reason| format!("{:?}", reason.unwrap()))
        .collect()
}

fn kept(permit: Value, fields: Value, more: Value) -> bool {
    faults(permit, fields, more).is_empty()
}

#[test]
fn hours_hold_from_their_first_to_their_last_and_over_midnight() {
    let at = |from: &str, until: &str, time: &str| {
        let hours = json!([format!("{from}:00"), format!("{until}:00")]);
        kept(
            json!({ "hours": hours }),
            json!({}),
            json!({"time": format!("{time}:00")}),
        )
    };
    for (time, within) in [
        ("08:59", false),
        ("09:00", true),
        ("17:00", true),
        ("17:01", false),
    ] {
        assert_eq!(at("09:00", "17:00", time), within, "{time}");
    }
    for (time, within) in [
        ("21:59", false),
        ("22:00", true),
        ("05:00", true),
        ("05:01", false),
    ] {
        assert_eq!(at("22:00", "05:00", time), within, "{time}");
    }
    for time in ["08:59", "09:00", "09:01"] {
        assert!(
            at("09:00", "09:00", time),
            "from an hour to the same is the whole day: {time}"
        );
    }
}

#[test]
fn each_axle_is_held_to_its_load_or_to_the_one_for_all() {
    // The axles carry 7,000 and 10,000 kg.
    let allowed = |loads: Value| kept(json!({ "axle_loads_kg": loads }), json!({}), json!({}));
    assert!(allowed(json!([])));
    assert!(allowed(json!([10_000])) && allowed(json!([10_001])) && !allowed(json!([9_999])));
    assert!(allowed(json!([7_000, 10_000])) && allowed(json!([7_001, 10_001])));
    assert!(!allowed(json!([6_999, 10_000])) && !allowed(json!([7_000, 9_999])));
}

#[test]
fn mass_size_days_and_road_are_held_to() {
    let fields = json!({"height_mm": 4_400, "width_mm": 3_000, "length_mm": 19_000});
    let more = json!({"road": "G208"});
    let of = |permit: Value| faults(permit, fields.clone(), more.clone());
    for (field, fault, kept, broken) in [
        ("gross_kg", "mass_above_permit", 17_000, 16_999),
        ("height_mm", "dimension_above_permit", 4_400, 4_399),
        ("width_mm", "dimension_above_permit", 3_000, 2_999),
        ("length_mm", "dimension_above_permit", 19_000, 18_999),
    ] {
        assert!(of(json!({ field: kept })).is_empty(), "{field}");
        assert!(of(json!({ field: kept + 1 })).is_empty(), "{field}");
        let found = of(json!({ field: broken }));
        assert!(
            found.len() == 1 && found[0].contains(fault),
            "{field}: {found:?}"
        );
    }
    for (day, faulty) in [
        ("2024-05-31", false),
        ("2024-06-01", false),
        ("2024-06-02", true),
    ] {
        assert_eq!(!of(json!({"valid_from": day})).is_empty(), faulty, "{day}");
    }
    for (day, faulty) in [
        ("2024-05-31", true),
        ("2024-06-01", false),
        ("2024-06-02", false),
    ] {
        assert_eq!(!of(json!({"valid_until": day})).is_empty(), faulty, "{day}");
    }
    // A permit for a single day.
    for (day, fault) in [
        ("2024-05-31", Some("expired")),
        ("2024-06-01", None),
        ("2024-06-02", Some("not_yet_valid")),
    ] {
        let found = of(json!({"valid_from": day, "valid_until": day}));
        assert_eq!(found.len(), usize::from(fault.is_some()), "{found:?}");
        assert!(fault.is_none_or(|fault| found[0].contains(fault)), "{day}");
    }
    for (roads, faulty) in [
        (json!([]), false),
        (json!(["G55", "G208"]), false),
        (json!(["G55"]), true),
    ] {
        assert_eq!(!of(json!({ "roads": roads })).is_empty(), faulty);
    }
    for (indivisible, faulty) in [
        (json!(null), false),
        (json!(true), false),
        (json!(false), true),
    ] {
        assert_eq!(
            !of(json!({ "indivisible": indivisible })).is_empty(),
            faulty
        );
    }
}
