//! What a verdict says beside its amounts: alternatives, permits, register entries, notes.

use serde_json::json;
use steelyard::law::{NoteCode, Outcome, Reading, Rule};

use crate::{changed, judged_by, limit_kg, six_axle_train, step, two_axle_truck, weighing, with};

#[test]
fn only_a_vehicle_with_single_tyres_has_a_reading_of_them() {
    let annex = changed("value = \"order_62\"", "value = \"annex_124\"");
    let once = |tyres: &str| {
        let train = with(&six_axle_train(), json!({"non_drive_tyres": tyres}));
        let verdict = judged_by(&annex, &train, &json!({"gross_kg": 45_000}));
        let mut readings = verdict.alternatives.iter();
        readings
            .find(|other| other.reading == Reading::SingleTyresOnce)
            .map(|other| other.limit_kg.get())
    };
    assert_eq!(once("single"), Some(46_000));
    assert_eq!(once("dual"), None);
}

#[test]
fn a_permit_is_a_step_where_it_allows_more_than_the_limit() {
    let allowed = |gross_kg: i64| {
        let permit = json!({"permit": {"gross_kg": gross_kg}});
        let verdict = weighing(&with(&two_axle_truck(), permit), 17_000);
        assert!(verdict.has_note(NoteCode::PermitApplied));
        (
            limit_kg(&verdict),
            step(&verdict, Rule::Permit).map(|step| step.result.clone()),
        )
    };
    assert_eq!(allowed(17_999), (18_000, None));
    assert_eq!(allowed(18_000), (18_000, None));
    assert_eq!(allowed(18_001), (18_001, Some(18_001_i64.into())));
}

#[test]
fn a_register_entry_is_a_step_where_it_is_the_limit() {
    let entered = |licence_kg: Option<i64>, gross_kg: i64| {
        let special = json!({"body": "special_purpose", "licence_total_mass_kg": licence_kg});
        let verdict = weighing(&with(&two_axle_truck(), special), gross_kg);
        let entry = step(&verdict, Rule::RegisterEntry).map(|step| step.result.clone());
        (
            verdict.outcome,
            verdict.limit_kg.map(|limit| limit.get()),
            entry,
        )
    };
    let assessed = Outcome::Assessed;
    assert_eq!(
        entered(Some(17_999), 20_000),
        (assessed, Some(18_000), None)
    );
    let entry = |kg: i64| Some(kg.into());
    assert_eq!(
        entered(Some(18_000), 20_000),
        (assessed, Some(18_000), entry(18_000))
    );
    assert_eq!(
        entered(Some(18_001), 20_000),
        (assessed, Some(18_001), entry(18_001))
    );
    // Without one a mass up to the ordinary limit is none above it, whatever the entry says.
    assert_eq!(entered(None, 17_999), (assessed, Some(18_000), None));
    assert_eq!(entered(None, 18_000), (assessed, Some(18_000), None));
    assert_eq!(entered(None, 18_001), (Outcome::Undetermined, None, None));
}

#[test]
fn unknown_tyres_matter_from_three_axles_on() {
    let unknown = json!({"non_drive_tyres": null});
    let two = weighing(&with(&two_axle_truck(), unknown.clone()), 17_000);
    assert!(!two.has_note(NoteCode::TyresUnknown));
    let three = json!({"category": "truck", "axle_spacings_mm": [3500, 1350], "drive_axles": 1,
        "drive_air_suspension": false, "layout": "1+2"});
    assert!(weighing(&three, 17_000).has_note(NoteCode::TyresUnknown));
    let six = weighing(&with(&six_axle_train(), unknown), 17_000);
    assert!(six.has_note(NoteCode::TyresUnknown));
}

#[test]
fn plain_air_suspension_matters_where_the_axles_bind() {
    // Driven axles 18,000 kg, with air suspension 19,000: together 35,000 and 36,000.
    let noted = |air: bool| {
        let train = json!({"category": "articulated_train",
            "axle_spacings_mm": [3300, 1500, 5600], "drive_axles": 2,
            "drive_air_suspension": air, "non_drive_tyres": "dual", "layout": "1+2-1"});
        let verdict = weighing(&train, 30_000);
        (
            limit_kg(&verdict),
            verdict.has_note(NoteCode::PlainAirSuspensionNotShown),
        )
    };
    assert_eq!(noted(false), (35_000, true));
    assert_eq!(noted(true), (36_000, false));
}

#[test]
fn single_tyres_are_a_step_where_they_take_something_off() {
    let taken = |tyres: &str| {
        let train = with(&six_axle_train(), json!({"non_drive_tyres": tyres}));
        let verdict = weighing(&train, 45_000);
        step(&verdict, Rule::SingleTyres).map(|step| step.result.clone())
    };
    assert_eq!(taken("single"), Some(46_000_i64.into()));
    assert_eq!(taken("dual"), None);
}
