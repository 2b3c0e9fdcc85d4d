use proptest::prelude::*;
use serde_json::{Value, json};

use super::field::FieldType;
use super::*;
use crate::law::{Calendar, VehicleCategory};

fn file(kind: RegisterKind, text: &str) -> Contents {
    read(kind, text).unwrap()
}

fn entries(kind: RegisterKind, text: &str) -> Vec<Entry> {
    let contents = file(kind, text);
    assert_eq!(contents.refusals, []);
    let entries = contents
        .rows
        .iter()
        .map(|row| row.over(kind, None).unwrap());
    entries.collect()
}

fn vehicle(body: Value) -> Vehicle {
    let entry = Entry::from_json(RegisterKind::Vehicles, body.as_object().unwrap()).unwrap();
    Entry::typed(&entry.body).unwrap()
}

#[test]
fn both_headers_and_the_words_of_both_languages_are_read() {
    let chinese = "号牌号码,号牌颜色,车辆种类,轴数,核定载质量（千克）,整备质量(千克),驱动轴空气悬架,在册\n\
                   晋d·12345,黄,牵引车,3,40000,8800,是,\n";
    let english = "plate,colour,kind,axles,approved_payload_kg,tare_kg,drive_air_suspension\n\
                   晋D12345,yellow,tractor,3,40000,8800,yes\n";
    let (a, b) = (
        entries(RegisterKind::Vehicles, chinese),
        entries(RegisterKind::Vehicles, english),
    );
    assert_eq!(a, b);
    assert_eq!(a[0].key, "晋D12345-yellow");
    assert_eq!(a[0].plate.as_deref(), Some("晋D12345"));
    assert_eq!(
        a[0].body,
        json!({"plate": "晋D12345", "colour": "yellow", "kind": "tractor", "axles": 3,
               "approved_payload_kg": 40000, "tare_kg": 8800, "drive_air_suspension": true})
    );
    assert!(a[0].active);
}

#[test]
fn refusals_name_line_column_value_and_what_it_should_be() {
    let text = "plate,colour,kind,axles\n晋D12345,yellow,tractor,3\n\n晋D1234,yellow,tractor,x\n\
                晋D12345,黄色,truck,2\n晋D99999,red,tractor\n";
    let refused = file(RegisterKind::Vehicles, text).refusals;
    let told: Vec<_> = refused
        .iter()
        .map(|refusal| {
            let name = refusal.field.as_ref().map(|field| field.name.as_str());
            (refusal.line, name, refusal.value.as_str())
        })
        .collect();
    assert_eq!(
        told,
        [
            (4, Some("plate"), "晋D1234"),
            (4, Some("axles"), "x"),
            (5, None, "晋D12345-yellow"),
            (6, None, "晋D99999,red,tractor"),
        ]
    );
    assert!(refused[1].en.contains("from 1 to 30") && refused[1].zh.contains("整数"));
    assert!(refused[2].zh.contains("第 2 行"));
}

#[test]
fn a_file_as_a_whole_is_refused_for_its_header() {
    let kind = RegisterKind::Vehicles;
    for (text, line) in [
        ("plate,colour\n", "column kind"),
        (
            "plate,colour,kind,weight\n",
            "no column is called \"weight\"",
        ),
        ("plate,colour,kind,号牌号码\n", "twice"),
        ("", "empty"),
        (
            "\n\nplate,colour,kind\n\"晋D12345,yellow,tractor\n",
            "line 4",
        ),
    ] {
        let error = read(kind, text).unwrap_err();
        assert!(error.to_string().contains(line), "{error}");
        assert!(!error.zh().is_ascii());
    }
}

#[test]
fn what_does_not_go_together_is_refused() {
    let refused = |kind, body: Value| -> Vec<String> {
        let faults = Entry::from_json(kind, body.as_object().unwrap()).unwrap_err();
        faults.into_iter().map(|fault| fault.field.name).collect()
    };
    let with = |kind: &str, more: Value| {
        let mut body = json!({"plate": "晋D12345", "colour": "yellow", "kind": kind});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        body
    };
    let vehicles = RegisterKind::Vehicles;
    assert_eq!(refused(vehicles, with("semi_trailer", json!({}))), ["kind"]);
    assert_eq!(
        refused(
            vehicles,
            with("truck", json!({"axles": 2, "driven_axles": 3}))
        ),
        ["driven_axles"]
    );
    assert_eq!(
        refused(
            vehicles,
            with("truck", json!({"tare_kg": 9, "total_mass_kg": 8}))
        ),
        ["total_mass_kg"]
    );
    assert_eq!(
        refused(vehicles, with("truck", json!({"wheels": 9}))),
        ["wheels"]
    );
    assert_eq!(
        refused(vehicles, with("truck", json!({"axles": 2.5}))),
        ["axles"]
    );
    assert_eq!(
        refused(vehicles, json!({"plate": "x", "kind": "truck"})),
        ["plate", "colour"]
    );
    let certificates = RegisterKind::Certificates;
    let days =
        json!({"number": "1", "lane": 1, "valid_from": "2026-02-01", "valid_until": "2026-01-01"});
    assert_eq!(refused(certificates, days), ["valid_until"]);
    let nowhere = json!({"number": "1", "valid_from": "2026-01-01", "valid_until": "2026-02-01"});
    assert_eq!(refused(certificates, nowhere), ["lane"]);
    let case = json!({"case_id": "1", "act": "overload", "day_of_act": "2026-01-05", "authority": "transport",
                      "outcome": "warning", "fine_yuan": 500, "state": "effective", "day_of_decision": "2026-01-04"});
    assert_eq!(
        refused(RegisterKind::PastCases, case),
        ["day_of_decision", "fine_yuan", "vehicle_plate"]
    );
    let carrier = json!({"id": "1", "name": "远", "fleet": "2026-01-01=3; 2026-01-01=4"});
    assert_eq!(refused(RegisterKind::Carriers, carrier), ["fleet"]);
    let holiday = json!({"date": "2026-02-16", "kind": "workday"});
    assert_eq!(refused(RegisterKind::Holidays, holiday), ["date"]);
}

#[test]
fn a_partial_file_leaves_other_columns_and_an_empty_cell_empties_its_own() {
    let kind = RegisterKind::Vehicles;
    let before = json!({"plate": "晋D12345", "colour": "yellow", "kind": "tractor", "axles": 3, "tare_kg": 8800});
    let contents = file(
        kind,
        "plate,colour,kind,tare_kg,remark\n晋D12345,yellow,tractor,,new\n",
    );
    let after = contents.rows[0].over(kind, Some(&before)).unwrap();
    let expected = json!({"plate": "晋D12345", "colour": "yellow", "kind": "tractor", "axles": 3, "remark": "new"});
    assert_eq!(after.body, expected);
    let told: Vec<_> = differences(kind, &before, &after.body)
        .into_iter()
        .map(|difference| (difference.field.name, difference.from, difference.to))
        .collect();
    let pair = |name: &str, from: &str, to: &str| (name.to_owned(), from.to_owned(), to.to_owned());
    assert_eq!(
        told,
        [pair("tare_kg", "8800", ""), pair("remark", "", "new")]
    );
}

#[test]
fn gb18030_is_told_from_utf_8_and_characters_beyond_gbk_come_through() {
    // The second place name has a character that only four bytes of GB18030 hold.
    let text = "code,name,kind,place\r\nS1,大同煤场,煤场,云冈区㐂村𠮷\r\n";
    for encoding in Encoding::ALL {
        let bytes = encode(text, encoding);
        assert_eq!(decode(&bytes, None), Ok((text.to_owned(), encoding)));
        assert_eq!(
            decode(&bytes, Some(encoding)),
            Ok((text.to_owned(), encoding))
        );
    }
    let wrong = decode(&encode(text, Encoding::Gb18030), Some(Encoding::Utf8));
    assert_eq!(wrong, Err(FileError::Encoding { expected: "utf-8" }));
    assert!(decode(&[0x81, 0xff], None).is_err());
    assert_eq!(decode(text.as_bytes(), None).unwrap().1, Encoding::Utf8);
    // Both bytes of either character are valid UTF-8.
    let word = encode("code,name\n1,通通\n", Encoding::Gb18030);
    assert!(std::str::from_utf8(&word).is_ok());
    assert_eq!(decode(&word, None).unwrap().1, Encoding::Gb18030);
}

#[test]
fn formulas_are_defused_and_come_back() {
    let kind = RegisterKind::Agencies;
    for evil in [
        "=cmd|' /C calc'!A0",
        "+1",
        "-2+3",
        "@SUM(A1)",
        "'=1",
        "''+1",
        "＝1+1",
    ] {
        let body = json!({"code": "1", "name": evil, "authority": "transport"});
        for language in [Language::Chinese, Language::English] {
            let line = write_row(kind, &body, language);
            let cell = line.split(',').nth(1).unwrap().trim_start_matches('"');
            assert!(cell.starts_with('\''), "{line}");
            let text = write_header(kind, language) + &line;
            assert_eq!(entries(kind, &text)[0].body, body);
        }
    }
}

#[test]
fn the_calendars_of_the_law_are_registers_of_holidays() {
    let mut days = Vec::new();
    for (name, text) in Calendar::embedded_texts() {
        let contents = file(RegisterKind::Holidays, text);
        assert_eq!(contents.refusals, [], "{name}");
        days.extend(contents.rows.iter().map(|row| {
            let entry = row.over(RegisterKind::Holidays, None).unwrap();
            Entry::typed::<HolidayDay>(&entry.body).unwrap()
        }));
    }
    assert_eq!(calendar(&days).unwrap(), Calendar::embedded().unwrap());
    assert_eq!(calendar(&[]).unwrap(), Calendar::default());
}

#[test]
fn names_and_numbers_are_masked() {
    let body = json!({"certificate": "140202198001011234", "name": "张三丰", "licence": "1402", "carrier": "C1"});
    let masked = masked_body(RegisterKind::Drivers, &body);
    let expected = json!({"certificate": "140*************34", "name": "张**", "licence": "****", "carrier": "C1"});
    assert_eq!(masked, expected);
    assert_eq!(masked_column(RegisterKind::Drivers, "name", "李四"), "李*");
    assert_eq!(
        masked_column(RegisterKind::Vehicles, "plate", "晋D12345"),
        "晋D12345"
    );
}

#[test]
fn the_register_states_kind_masses_and_train() {
    let tractor = vehicle(
        json!({"plate": "晋D12345", "colour": "yellow", "kind": "tractor", "axles": 3,
        "driven_axles": 2, "tare_kg": 8800, "tyres": "dual"}),
    );
    let trailer = vehicle(
        json!({"plate": "晋D1234挂", "colour": "yellow", "kind": "semi_trailer", "axles": 3,
        "tare_kg": 6500, "approved_payload_kg": 33000, "tyres": "dual"}),
    );
    let truck = vehicle(
        json!({"plate": "晋D12346", "colour": "yellow", "kind": "truck", "axles": 4,
        "tare_kg": 12000, "approved_payload_kg": 18000, "total_mass_kg": 31000}),
    );
    let said = |vehicle, trailer, axles| {
        statement(vehicle, trailer, (axles, false), "r".to_owned()).vehicle
    };
    let train = said(&tractor, Some(&trailer), 6);
    assert_eq!(train.category, Some(VehicleCategory::ArticulatedTrain));
    assert_eq!(train.tare_kg.unwrap().get(), 15_300);
    assert_eq!(train.approved_payload_kg.unwrap().get(), 33_000);
    assert_eq!(train.licence_total_mass_kg, None);
    // Alone on the road, or with some trailer that nobody read.
    assert_eq!(
        said(&tractor, None, 6).category,
        Some(VehicleCategory::ArticulatedTrain)
    );
    assert_eq!(said(&tractor, None, 6).tare_kg, None);
    assert_eq!(said(&tractor, None, 3).category, None);
    let alone = said(&truck, None, 4);
    assert_eq!(alone.category, Some(VehicleCategory::Truck));
    assert_eq!(alone.licence_total_mass_kg.unwrap().get(), 31_000);
    let seen = statement(&truck, None, (4, true), "r".to_owned()).vehicle;
    assert_eq!(
        (seen.category, seen.train),
        (None, Some(true)),
        "a trailer's plate was read"
    );
    assert_eq!(seen.licence_total_mass_kg, None);
    let drawing = said(&truck, None, 6);
    assert_eq!((drawing.category, drawing.train), (None, Some(true)));
    assert_eq!(drawing.approved_payload_kg, None);
}

#[test]
fn the_register_confirms_a_plate_only_when_colour_kind_and_axles_fit() {
    let tractor =
        vehicle(json!({"plate": "晋D12345", "colour": "yellow", "kind": "tractor", "axles": 3}));
    let trailer = vehicle(
        json!({"plate": "晋D1234挂", "colour": "yellow", "kind": "semi_trailer", "axles": 3}),
    );
    let truck =
        vehicle(json!({"plate": "晋D12346", "colour": "yellow", "kind": "truck", "axles": 4}));
    let unknown = vehicle(json!({"plate": "晋D12347", "colour": "yellow", "kind": "truck"}));
    let yellow = Some("yellow");
    assert!(confirms(&tractor, None, yellow, 6) && confirms(&tractor, Some(&trailer), yellow, 6));
    assert!(!confirms(&tractor, Some(&trailer), yellow, 5));
    assert!(!confirms(&tractor, None, yellow, 2) && !confirms(&tractor, None, yellow, 8));
    assert!(confirms(&truck, None, yellow, 4));
    assert!(
        !confirms(&truck, None, yellow, 6),
        "a four-axle truck is not a six-axle train"
    );
    assert!(!confirms(&truck, None, Some("blue"), 4) && !confirms(&truck, None, None, 4));
    assert!(!confirms(&trailer, None, yellow, 3) && !confirms(&unknown, None, yellow, 4));
}

#[test]
fn the_certificate_of_a_lane_is_the_one_that_covers_the_day() {
    let certificate = |number: &str,
                       lane: Option<u16>,
                       port: Option<&str>,
                       from: &str,
                       until: &str| {
        let body = json!({"number": number, "lane": lane, "port": port, "valid_from": from, "valid_until": until});
        let entry =
            Entry::from_json(RegisterKind::Certificates, body.as_object().unwrap()).unwrap();
        Entry::typed::<RegisteredCertificate>(&entry.body).unwrap()
    };
    let all = [
        certificate("old", Some(1), None, "2025-01-01", "2025-12-31"),
        certificate("new", Some(1), None, "2026-01-01", "2026-12-31"),
        certificate("other", Some(2), None, "2026-01-01", "2027-12-31"),
        certificate("port", None, Some("scale-3"), "2026-01-01", "2026-12-31"),
    ];
    let on = |lane, port, day: &str| {
        certificate_on(&all, (lane, port), day.parse().unwrap()).map(|found| found.number.as_str())
    };
    assert_eq!(on(1, "wim-1", "2025-06-01"), Some("old"));
    assert_eq!(on(1, "wim-1", "2026-06-01"), Some("new"));
    assert_eq!(
        on(1, "wim-1", "2028-06-01"),
        Some("new"),
        "it ran out, and can be named"
    );
    assert_eq!(on(3, "scale-3", "2026-06-01"), Some("port"));
    assert_eq!(on(4, "wim-4", "2026-06-01"), None);
}

#[test]
fn a_site_is_found_by_lane_and_else_by_the_stations_code() {
    let site = |code: &str, kind: &str, lanes: Value| {
        let body = json!({"code": code, "name": code, "kind": kind, "lanes": lanes,
                          "published_from": "2026-01-01", "published_until": "2026-06-30",
                          "legal_review_day": "2026-01-05", "technical_review_day": "2026-01-02"});
        let entry = Entry::from_json(RegisterKind::Sites, body.as_object().unwrap()).unwrap();
        Entry::typed::<RegisteredSite>(&entry.body).unwrap()
    };
    let sites = [
        site("ST1", "fixed", json!([])),
        site("K12", "off_site", json!([3, 4])),
        site("ST2", "fixed", json!([])),
    ];
    let of = |lane| site_of(&sites, "ST1", lane).map(|site| site.code.as_str());
    assert_eq!((of(1), of(3)), (Some("ST1"), Some("K12")));
    assert_eq!(site_of(&sites, "ST9", 1), None);
    let day = |text: &str| text.parse().unwrap();
    assert_eq!(sites[1].reviewed_since(), Some(day("2026-01-05")));
    assert_eq!(
        sites[1].published_on(day("2026-06-30")),
        Some(day("2026-01-01"))
    );
    assert_eq!(sites[1].published_on(day("2026-07-01")), None);
}

/// A value that a column may hold, as text.
fn cell(holds: FieldType) -> BoxedStrategy<String> {
    let text = "[a-zA-Z0-9一-龥,\"'=+@ -]{0,12}[a-z一-龥0-9]";
    let day = || {
        (2000_i32..2100, 1_u32..13, 1_u32..29).prop_map(|(y, m, d)| format!("{y}-{m:02}-{d:02}"))
    };
    match holds {
        FieldType::Text(_) => text.prop_map(|text| text.trim().to_owned()).boxed(),
        FieldType::Plate => "晋D[0-9]{5}".boxed(),
        FieldType::Colour => proptest::sample::select(vec!["yellow", "蓝色", "黄绿双拼"])
            .prop_map(str::to_owned)
            .boxed(),
        FieldType::Choice(choices) => {
            let names: Vec<_> = (choices.all)()
                .into_iter()
                .map(|(_, zh)| zh.to_owned())
                .collect();
            proptest::sample::select(names).boxed()
        }
        FieldType::Whole(least, most) => {
            (least..=most).prop_map(|number| number.to_string()).boxed()
        }
        FieldType::Day => day().boxed(),
        FieldType::Flag => proptest::sample::select(vec!["是", "no"])
            .prop_map(str::to_owned)
            .boxed(),
        FieldType::Texts => proptest::collection::vec("[A-Z=+-]?[0-9]{1,4}[国省]?", 1..4)
            .prop_map(|items| items.join("；"))
            .boxed(),
        FieldType::Wholes(least, most) => proptest::collection::vec(least..=most, 1..5)
            .prop_map(|items| {
                items
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>()
                    .join(";")
            })
            .boxed(),
        FieldType::Days => proptest::collection::vec(day(), 1..4)
            .prop_map(|days| days.join("；"))
            .boxed(),
        FieldType::Dated(least, most) => (day(), least..=most)
            .prop_map(|(day, number)| format!("{day}={number}"))
            .boxed(),
        FieldType::Hours => Just("06:00-18:30".to_owned()).boxed(),
    }
}

/// Cells of all columns of a register, some of them empty.
fn cells(kind: RegisterKind) -> BoxedStrategy<Vec<String>> {
    let columns: Vec<_> = fields_of(kind)
        .map(|field| {
            let filled = cell(field.holds);
            if field.required {
                filled
            } else {
                prop_oneof![filled, Just(String::new())].boxed()
            }
        })
        .collect();
    columns.boxed()
}

fn any_kind_with_cells() -> impl Strategy<Value = (RegisterKind, Vec<String>)> {
    proptest::sample::select(RegisterKind::ALL.to_vec())
        .prop_flat_map(|kind| cells(kind).prop_map(move |cells| (kind, cells)))
}

proptest! {
    #[test]
    fn what_is_exported_is_imported_unchanged((kind, cells) in any_kind_with_cells()) {
        let mut values = serde_json::Map::new();
        for (field, cell) in fields_of(kind).zip(&cells) {
            if !cell.is_empty() {
                values.insert(field.name.to_owned(), field.holds.read(cell).unwrap());
            }
        }
        // Values that do not go together are refused elsewhere; they must come through all the same.
        values.retain(|name, value| name != ACTIVE.name || value == &json!(false));
        let body = Value::Object(values);
        crate::evidence::canonical::to_text(&body).unwrap();
        for language in [Language::Chinese, Language::English] {
            for encoding in Encoding::ALL {
                let text = write_header(kind, language) + &write_row(kind, &body, language);
                // A Chinese header tells; a lone word under an English one can be valid in both.
                let given = (language == Language::English).then_some(encoding);
                let (text, found) = decode(&encode(&text, encoding), given).unwrap();
                prop_assert_eq!(found, encoding);
                let contents = read(kind, &text).unwrap();
                prop_assert_eq!(&contents.refusals, &[]);
                let mut again = contents.rows[0].values.clone();
                again.retain(|name, value| !value.is_null() && (name != ACTIVE.name || value == &json!(false)));
                prop_assert_eq!(&Value::Object(again), &body);
            }
        }
    }

    #[test]
    fn no_file_makes_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in ".{0,80}") {
        for kind in RegisterKind::ALL {
            if let Ok((decoded, _)) = decode(&bytes, None) {
                let _ = read(*kind, &decoded);
            }
            let _ = read(*kind, &format!("{}{text}", write_header(*kind, Language::English)));
        }
    }
}

#[test]
fn every_column_has_names_of_its_own_and_a_meaning() {
    for kind in RegisterKind::ALL {
        let mut names = std::collections::BTreeSet::new();
        for field in fields_of(*kind) {
            assert!(
                names.insert(field.name) && names.insert(field.zh),
                "{kind:?} {}",
                field.name
            );
            assert!(
                !field.zh.is_ascii() && field.en.is_ascii(),
                "{kind:?} {}",
                field.name
            );
        }
        let columns = kind.columns();
        let named = [
            columns.plate,
            columns.carrier,
            columns.valid_from,
            columns.valid_until,
        ];
        for name in columns
            .key
            .iter()
            .copied()
            .chain([columns.label])
            .chain(named.into_iter().flatten())
        {
            assert!(
                kind.fields().iter().any(|field| field.name == name),
                "{kind:?} {name}"
            );
        }
        for name in columns.key {
            let field = kind
                .fields()
                .iter()
                .find(|field| field.name == *name)
                .unwrap();
            assert!(field.required, "{kind:?} {name} is part of the key");
        }
    }
}

#[test]
fn the_documentation_shows_the_columns_as_they_are() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/registers.md");
    let text = std::fs::read_to_string(path).unwrap();
    let (begin, end) = (
        "<!-- columns: written by a test -->\n",
        "<!-- end of columns -->\n",
    );
    let (head, rest) = text.split_once(begin).unwrap();
    let (_, tail) = rest.split_once(end).unwrap();
    let wanted = format!("{head}{begin}{}\n{end}{tail}", markdown());
    if std::env::var_os("STEELYARD_WRITE_DOCS").is_some() {
        std::fs::write(path, &wanted).unwrap();
        return;
    }
    assert!(
        text == wanted,
        "docs/registers.md is stale: run this test once with STEELYARD_WRITE_DOCS=1"
    );
}
