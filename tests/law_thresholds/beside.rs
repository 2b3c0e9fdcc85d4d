//! What a verdict says beside its amounts: alternatives, permits, register entries, notes.

use serde_json::{Value, json};
use steelyard::law::{Authority, NoteCode, OneAct, Outcome, Reading, Rule};

use crate::{
    changed, judged, judged_by, limit_kg, met, notes, six_axle_train, step, two_axle_truck,
    weighing, with,
};

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
fn an_axle_between_two_others_counts_for_the_annex_only_in_a_group() {
    // Two axles on single tyres between the steered and the driven one. Art. 3 takes 3,000 kg off
    // once, the annex for each; axles that stand alone lose nothing in either.
    let readings = |spacings_mm: [i64; 3]| {
        let truck = json!({"category": "truck", "axle_spacings_mm": spacings_mm, "drive_axles": 1,
            "drive_air_suspension": false, "non_drive_tyres": "single", "layout": "1+1+1+1"});
        let verdict = weighing(&truck, 26_000);
        let mut others = verdict.alternatives.iter();
        let annex = others.find(|other| other.reading == Reading::Annex124);
        (limit_kg(&verdict), annex.map(|other| other.limit_kg.get()))
    };
    assert_eq!(readings([2_500, 2_500, 2_500]), (31_000, None));
    assert_eq!(readings([2_500, 1_500, 2_500]), (28_000, Some(25_000)));
    // One with the steered axle, the other with the driven one.
    assert_eq!(readings([1_500, 2_500, 1_500]), (28_000, Some(25_000)));
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
fn unknown_driven_axles_matter_from_three_axles_of_the_motor_vehicle_on() {
    // With one axle in front and one behind there is no question which is driven.
    let noted = |vehicle: &Value| {
        let unknown = with(vehicle, json!({"drive_axles": null}));
        weighing(&unknown, 17_000).has_note(NoteCode::DriveAxlesUnknown)
    };
    assert!(!noted(&two_axle_truck()));
    let truck = json!({"axle_spacings_mm": [3_500, 1_350], "layout": "1+2"});
    assert!(noted(&with(&two_axle_truck(), truck)));
    let train = |layout: &str| {
        let fields = json!({"category": "articulated_train", "layout": layout,
            "axle_spacings_mm": [3_300, 1_350, 5_600, 1_310]});
        with(&two_axle_truck(), fields)
    };
    assert!(!noted(&train("1+1-3")) && noted(&train("1+2-2")));
}

#[test]
fn an_unknown_layout_matters_from_three_axles_on() {
    // Two axles are one in front and one behind.
    let noted = |vehicle: &Value| {
        let verdict = weighing(&with(vehicle, json!({"layout": null})), 17_000);
        let notes = notes(&verdict, NoteCode::LayoutUnknown);
        notes
            .iter()
            .map(|note| (note.text_zh(), note.text_en()))
            .collect::<Vec<_>>()
    };
    assert_eq!(noted(&two_axle_truck()), []);
    let three = with(
        &two_axle_truck(),
        json!({"axle_spacings_mm": [3_500, 1_350]}),
    );
    assert_eq!(
        noted(&three),
        [(
            "轴型未知，按有利于当事人的理解：牵引车（货车）3轴，其中转向轴1轴".to_owned(),
            "layout unknown: assumed better for the party: 3 axles of the motor vehicle, 1 of them \
             steered"
                .to_owned()
        )]
    );
}

#[test]
fn an_authority_is_named_only_where_there_is_something_to_fine() {
    // 18,000 kg on the road; by its papers it may weigh 12,000.
    let light = json!({"tare_kg": 6_800, "approved_payload_kg": 5_200});
    let fines = |vehicle: &Value, gross_kg: i64| {
        let verdict = met("station_without_police", vehicle, gross_kg);
        assert!(!verdict.has_note(NoteCode::FiningAuthorityOpen));
        let most = |act: &OneAct| (act.by, act.fine_range_yuan[1].get());
        verdict.one_act.as_ref().map(most)
    };
    let kept = json!({"tare_kg": 6_800, "approved_payload_kg": 90_000});
    let kept = with(&two_axle_truck(), kept);
    // A warning is no fine.
    for gross_kg in [17_999, 18_000, 18_001, 19_000] {
        assert_eq!(fines(&kept, gross_kg), None, "{gross_kg}");
    }
    let transport = Some(Authority::Transport);
    assert_eq!(fines(&kept, 19_001), Some((transport, 500)));
    let light = with(&two_axle_truck(), light);
    assert_eq!(fines(&light, 12_000), None);
    let police = Some(Authority::Police);
    assert_eq!(fines(&light, 12_001), Some((police, 500)));
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

#[test]
fn every_picture_of_the_annex_is_read_with_its_limit() {
    // With front axles that may carry next to nothing the sum of the axles always binds, so that
    // the annex, which does not know that rule, always differs and is named.
    let tables = changed(
        "single_tyres_kg = { value = 7000",
        "single_tyres_kg = { value = 1000",
    );
    let drawn = |category: &str, layout: &str, spacings_mm: &[i64], drive_axles: u8| {
        let vehicle = json!({"category": category, "layout": layout, "drive_axles": drive_axles,
            "axle_spacings_mm": spacings_mm, "drive_air_suspension": false,
            "non_drive_tyres": "dual"});
        let verdict = judged_by(&tables, &vehicle, &json!({"gross_kg": 30_000}));
        let mut others = verdict.alternatives.iter();
        let annex = others.find(|other| other.reading == Reading::Annex124);
        annex.map(|annex| annex.limit_kg.get())
    };
    let (truck, articulated) = ("truck", "articulated_train");
    let (centre, full) = ("centre_axle_trailer_train", "full_trailer_train");
    for (category, layout, spacings_mm, drive_axles, limit_kg) in [
        (truck, "1+1", &[4_500][..], 1, Some(18_000)),
        (truck, "1+2", &[4_600, 1_350], 2, Some(25_000)),
        (truck, "2+2", &[1_900, 3_800, 1_350], 2, Some(31_000)),
        (articulated, "1+1-1", &[3_500, 6_000], 1, Some(27_000)),
        (centre, "1+1-1", &[4_500, 5_000], 1, Some(27_000)),
        // Not drawn.
        (full, "1+1-1", &[4_500, 5_000], 1, None),
        (centre, "1+2-1", &[4_600, 1_350, 5_000], 2, Some(35_000)),
        (centre, "1+1-2", &[4_500, 4_000, 1_350], 1, Some(36_000)),
        (
            articulated,
            "1+1-2",
            &[3_600, 6_200, 1_350],
            1,
            Some(36_000),
        ),
        (full, "1+1-1+1", &[4_500, 3_500, 5_000], 1, Some(36_000)),
        (
            centre,
            "1+2-2",
            &[4_600, 1_350, 5_000, 1_350],
            2,
            Some(43_000),
        ),
        (
            full,
            "1+2-1+1",
            &[4_600, 1_350, 3_500, 5_000],
            2,
            Some(43_000),
        ),
        (
            articulated,
            "1+2-2",
            &[3_300, 1_350, 6_000, 1_350],
            2,
            Some(43_000),
        ),
        (
            articulated,
            "1+1-3",
            &[3_600, 6_200, 1_350, 1_350],
            1,
            Some(42_000),
        ),
        (
            centre,
            "1+2-3",
            &[4_600, 1_350, 4_000, 1_350, 1_350],
            2,
            Some(49_000),
        ),
        (
            centre,
            "1+2-3",
            &[4_600, 1_350, 4_000, 1_350, 1_350],
            1,
            Some(46_000),
        ),
        (
            articulated,
            "1+2-3",
            &[3_300, 1_350, 5_600, 1_350, 1_350],
            2,
            Some(49_000),
        ),
        (
            articulated,
            "1+2-3",
            &[3_300, 1_350, 5_600, 1_350, 1_350],
            1,
            Some(46_000),
        ),
        (
            full,
            "1+2-3",
            &[4_600, 1_350, 5_000, 1_350, 1_350],
            2,
            Some(49_000),
        ),
        (
            full,
            "1+2-3",
            &[4_600, 1_350, 5_000, 1_350, 1_350],
            1,
            Some(46_000),
        ),
    ] {
        assert_eq!(
            drawn(category, layout, spacings_mm, drive_axles),
            limit_kg,
            "{category} {layout} {drive_axles}"
        );
    }
}

#[test]
fn a_static_scale_may_be_wrong_by_more_from_each_step_of_intervals_on() {
    // In service twice the error at verification: 1, 2 and 3 intervals.
    let error_kg = |class: &str, interval_kg: i64, gross_kg: i64| {
        let vehicle = json!({"category": "low_speed", "axle_spacings_mm": [2_800],
            "licence_total_mass_kg": 1_000});
        let scale = json!({"use": "platform", "accuracy_class": class, "interval_kg": interval_kg});
        let verdict = judged(&vehicle, &json!({"gross_kg": gross_kg, "scale": scale}));
        verdict.risk.map(|risk| risk.permissible_error_kg.get())
    };
    for (class, interval_kg, gross_kg, expected) in [
        ("III", 20, 10_000, Some(20)),
        ("III", 20, 10_001, Some(40)),
        ("III", 20, 40_000, Some(40)),
        ("III", 20, 40_001, Some(60)),
        ("III", 20, 200_000, Some(60)),
        ("III", 20, 200_001, None),
        ("IIII", 200, 10_000, Some(200)),
        ("IIII", 200, 10_001, Some(400)),
        ("IIII", 200, 40_000, Some(400)),
        ("IIII", 200, 40_001, Some(600)),
        ("IIII", 200, 200_000, Some(600)),
        ("IIII", 200, 200_001, None),
    ] {
        let found = error_kg(class, interval_kg, gross_kg);
        assert_eq!(found, expected, "class {class}, {gross_kg} kg");
    }
}
