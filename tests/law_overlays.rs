//! Tables of province, city and district over the national one.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use sha2::{Digest, Sha256};
use steelyard::law::{
    Assessment, LawTables, OffenceError, OffenceKind, Table, TableError, assess, is_jurisdiction,
    offence_range,
};

fn national() -> &'static str {
    LawTables::embedded_texts()[0].1
}

fn overlay(jurisdiction: &str, from: &str, replaces: &str, rest: &str) -> String {
    format!(
        "id = \"{jurisdiction}-{from}\"\ntitle = \"试验\"\njurisdiction = \"{jurisdiction}\"\n\
         valid_from = \"{from}\"\nsources = [\"试验\"]\nreplaces = [{replaces}]\n{rest}"
    )
}

fn part_tonne(reading: &str) -> String {
    format!("[replace.settings]\npart_tonne_reading = {{ value = \"{reading}\", sure = \"C\" }}\n")
}

const READING: &str = "\"settings.part_tonne_reading\"";

fn hex_digest(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// 7640 kg over.
fn case(day: &str) -> Assessment {
    let text = format!(
        r#"{{"day":"{day}","vehicle":{{"category":"truck","axle_spacings_mm":[4600,1350],
            "drive_axles":2,"drive_air_suspension":false,"non_drive_tyres":"dual",
            "layout":"1+2"}},"measured":{{"gross_kg":32640}}}}"#
    );
    serde_json::from_str(&text).unwrap()
}

fn yuan(tables: &LawTables, day: &str) -> i64 {
    assess(tables, &case(day)).transport.unwrap().yuan.get()
}

fn on<'a>(tables: &'a LawTables, day: &str) -> &'a Table {
    tables.in_force(day.parse().unwrap()).unwrap()
}

#[test]
fn the_nearer_place_replaces_last() {
    let province = overlay("cn-14", "2023-03-01", READING, &part_tonne("ceiling"));
    let district = overlay(
        "cn-140404",
        "2024-01-01",
        READING,
        &part_tonne("from_second"),
    );
    let texts = [
        ("district", district.as_str()),
        ("national", national()),
        ("province", province.as_str()),
    ];
    let in_place = |jurisdiction: &str| LawTables::parse_for(&texts, jurisdiction).unwrap();
    // Before the province's day, from it on, and from the district's day on.
    for (jurisdiction, amounts) in [
        ("cn", [3_500, 3_500, 3_500, 3_500]),
        ("cn-37", [3_500, 3_500, 3_500, 3_500]),
        ("cn-14", [3_500, 4_000, 4_000, 4_000]),
        ("cn-1404", [3_500, 4_000, 4_000, 4_000]),
        ("cn-140405", [3_500, 4_000, 4_000, 4_000]),
        ("cn-140404", [3_500, 4_000, 4_000, 3_000]),
    ] {
        let tables = in_place(jurisdiction);
        let days = ["2023-02-28", "2023-03-01", "2023-12-31", "2024-01-01"];
        assert_eq!(
            days.map(|day| yuan(&tables, day)),
            amounts,
            "{jurisdiction}"
        );
    }
}

#[test]
fn a_table_names_its_files_and_its_digest_covers_them() {
    let province = overlay("cn-14", "2023-03-01", READING, &part_tonne("ceiling"));
    let city = overlay("cn-1404", "2024-01-01", READING, &part_tonne("floor"));
    let texts = [
        ("national", national()),
        ("province", province.as_str()),
        ("city", city.as_str()),
    ];
    let tables = LawTables::parse_for(&texts, "cn-1404").unwrap();
    let alone = on(&tables, "2023-02-28").reference();
    assert_eq!(alone.digest, hex_digest(national()));
    assert!(alone.layers.is_empty());
    let reference = on(&tables, "2024-01-01").reference();
    assert_eq!(reference.id, "cn-1404-2024-01-01");
    let digests = [national(), &province, &city].map(hex_digest);
    let layers: Vec<_> = reference
        .layers
        .iter()
        .map(|layer| layer.digest.clone())
        .collect();
    assert_eq!(layers, digests);
    let all = digests.map(|digest| digest + "\n").concat();
    assert_eq!(reference.digest, hex_digest(&all));
    // The verdict carries the same.
    let verdict = assess(&tables, &case("2024-06-01"));
    assert_eq!(verdict.table, Some(reference.clone()));
    // Another text of any file is another digest.
    let changed = province.replace("试验", "试验一");
    let texts = [texts[0], ("province", changed.as_str()), texts[2]];
    let other = LawTables::parse_for(&texts, "cn-1404").unwrap();
    assert_ne!(
        on(&other, "2024-01-01").reference().digest,
        reference.digest
    );
}

#[test]
fn an_overlay_ends_on_its_last_day() {
    let rest = format!("valid_to = \"2024-06-30\"\n{}", part_tonne("ceiling"));
    let province = overlay("cn-14", "2023-03-01", READING, &rest);
    let texts = [("national", national()), ("province", province.as_str())];
    let tables = LawTables::parse_for(&texts, "cn-14").unwrap();
    assert_eq!(yuan(&tables, "2024-06-30"), 4_000);
    assert_eq!(yuan(&tables, "2024-07-01"), 3_500);
    let spans: Vec<_> = tables
        .all()
        .iter()
        .map(|table| {
            (
                table.valid_from().to_string(),
                table.valid_to().map(|day| day.to_string()),
            )
        })
        .collect();
    let day = |text: &str| Some(text.to_owned());
    assert_eq!(
        spans,
        [
            ("2016-09-21".to_owned(), day("2023-02-28")),
            ("2023-03-01".to_owned(), day("2024-06-30")),
            ("2024-07-01".to_owned(), None),
        ]
    );
}

#[test]
fn without_a_national_table_an_overlay_is_none() {
    let province = overlay("cn-14", "2010-01-01", READING, &part_tonne("ceiling"));
    let texts = [("national", national()), ("province", province.as_str())];
    let tables = LawTables::parse_for(&texts, "cn-14").unwrap();
    assert!(tables.in_force("2016-09-20".parse().unwrap()).is_none());
    assert_eq!(yuan(&tables, "2016-09-21"), 4_000);
}

#[test]
fn one_entry_of_a_list_is_replaced_by_its_kind_and_a_section_is_added() {
    let shanxi = LawTables::embedded_for("cn-140404").unwrap();
    let national = LawTables::embedded().unwrap();
    let day = "2024-06-01".parse().unwrap();
    let range = |tables: &LawTables, kind| {
        offence_range(tables.in_force(day).unwrap(), kind, day, false)
            .map(|penalty| penalty.range_yuan.map(|range| range.map(|yuan| yuan.get())))
    };
    let sheet = OffenceKind::LoadingSheetMissing;
    assert_eq!(range(&shanxi, sheet).unwrap(), Some([500, 1_000]));
    assert!(range(&national, sheet).is_err());
    let release = range(&shanxi, OffenceKind::SourceRelease);
    assert!(
        matches!(release, Err(OffenceError::AmountOpen { .. })),
        "{release:?}"
    );
    let instigation = OffenceKind::Instigation;
    assert_eq!(
        range(&shanxi, instigation).unwrap(),
        range(&national, instigation).unwrap()
    );
}

#[test]
fn an_overlay_that_contradicts_itself_is_refused() {
    let good = || overlay("cn-14", "2023-03-01", READING, &part_tonne("ceiling"));
    let named_twice = format!("{READING}, \"settings.hundred_ton_kg\"");
    let cases = [
        (
            overlay("cn-14", "2023-03-01", "", &part_tonne("ceiling")),
            "settings.part_tonne_reading is not named in replaces",
        ),
        (
            overlay("cn-14", "2023-03-01", &named_twice, &part_tonne("ceiling")),
            "settings.hundred_ton_kg is not under [replace]",
        ),
        (
            overlay("cn-14", "2023-03-01", READING, &part_tonne("round")),
            "round",
        ),
        (
            overlay(
                "cn-14",
                "2023-03-01",
                "\"setings.part_tonne_reading\"",
                &part_tonne("floor").replace("settings", "setings"),
            ),
            "setings",
        ),
        (
            overlay(
                "cn-14",
                "2023-03-01",
                "\"police.points.tier.first\"",
                "[replace.police.points.tier]\nfirst = { value = 1, sure = \"C\" }\n",
            ),
            "there is nothing at",
        ),
        // A list whose entries no kind tells apart is one entry as a whole.
        (
            good() + "[[replace.police.fine]]\nyuan = [1, 2]\n",
            "police.fine is not named in replaces",
        ),
        (
            overlay(
                "cn-14",
                "2023-03-01",
                "\"offence.instigation\"",
                &"[[replace.offence]]\nkind = \"instigation\"\n".repeat(2),
            ),
            "offence.instigation is not under [replace]",
        ),
        (
            good().replace("[replace.settings]", "[settings]"),
            "under [replace]",
        ),
        (
            good().replace("title = \"试验\"\n", ""),
            "title and sources",
        ),
        (
            good().replace("sources = [\"试验\"]\n", ""),
            "title and sources",
        ),
        (
            good().replace("\"cn-14\"", "\"cn-140\""),
            "neither cn nor cn-",
        ),
        (
            good().replace("replaces", "valid_to = \"2023-02-28\"\nreplaces"),
            "before valid_from",
        ),
    ];
    for (text, complaint) in cases {
        let texts = [("national", national()), ("o.toml", text.as_str())];
        let said = LawTables::parse_for(&texts, "cn-14")
            .unwrap_err()
            .to_string();
        assert!(said.contains(complaint), "{complaint}: {said}");
        assert!(said.contains("o.toml"), "{said}");
    }
    let national_replacing = national().replacen(
        "valid_from = ",
        "replaces = [\"settings.hundred_ton_kg\"]\nvalid_from = ",
        1,
    );
    let error = LawTables::parse(&[("n", &national_replacing)]).unwrap_err();
    assert!(error.to_string().contains("replaces nothing"), "{error}");
}

#[test]
fn two_overlays_of_one_place_on_one_day_are_refused() {
    let first = overlay("cn-14", "2023-03-01", READING, &part_tonne("ceiling"));
    let second = overlay("cn-14", "2024-03-01", READING, &part_tonne("floor"));
    let texts = [
        ("national", national()),
        ("a", first.as_str()),
        ("b", second.as_str()),
    ];
    let error = LawTables::parse_for(&texts, "cn-14").unwrap_err();
    assert!(matches!(error, TableError::Overlap { day, .. } if day.to_string() == "2024-03-01"));
    // Elsewhere neither of them holds.
    assert!(LawTables::parse_for(&texts, "cn-37").is_ok());
    // One that ends is in force on its last day, which may be its first.
    for (last, overlap) in [
        ("2024-03-01", true),
        ("2024-02-29", false),
        ("2023-03-01", false),
    ] {
        let ended = first.replace("replaces", &format!("valid_to = \"{last}\"\nreplaces"));
        let texts = [texts[0], ("a", ended.as_str()), texts[2]];
        assert_eq!(
            LawTables::parse_for(&texts, "cn-14").is_err(),
            overlap,
            "{last}"
        );
    }
    // Of different places they lie over one another.
    let city = second.replace("cn-14", "cn-1404");
    let texts = [texts[0], texts[1], ("b", city.as_str())];
    assert!(LawTables::parse_for(&texts, "cn-1404").is_ok());
}

#[test]
fn jurisdictions_are_cn_with_an_administrative_code() {
    for good in ["cn", "cn-14", "cn-1404", "cn-140404"] {
        assert!(
            is_jurisdiction(good) && LawTables::embedded_for(good).is_ok(),
            "{good}"
        );
    }
    for bad in [
        "",
        "CN",
        "cn-",
        "cn-1",
        "cn-140",
        "cn-14040",
        "cn-1404041",
        "cn-1x",
        "de",
    ] {
        assert!(!is_jurisdiction(bad), "{bad}");
        let error = LawTables::embedded_for(bad).unwrap_err();
        assert!(matches!(error, TableError::NoJurisdiction { .. }), "{bad}");
    }
}
