//! The published tables, their worked examples and the worked cases.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod moved_figures;
mod worked;

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};
use steelyard::law::{
    Assessment, Calendar, Expectation, LawTables, NoteCode, Outcome, Table, TableError,
    TransportKind, WorkedExamples, assess, assess_hypothetically,
};
use steelyard::units::Kilograms;

const CASES: &str = include_str!("../../fixtures/law/cases.jsonl");

/// SHA-256 of every published table. Do not change an entry: a verdict that was given names it.
/// A change of the law is a new table with a new day, and a new line here.
const PUBLISHED: &[(&str, &str)] = &[
    (
        "cn-14-2023-03-01.toml",
        "affc26fd200347d91c0ba142462c64f3c00a0b9a69914c699daf44a71c0d669b",
    ),
    (
        "cn-national-2016-09-21.toml",
        "d228f426b710836641d36c4a58c808fd172845acb74869445a31585e7baefba4",
    ),
];

#[test]
fn published_tables_are_frozen() {
    let digests: BTreeMap<&str, String> = LawTables::embedded_texts()
        .iter()
        .map(|(name, text)| (*name, hex::encode(Sha256::digest(text.as_bytes()))))
        .collect();
    let published = PUBLISHED
        .iter()
        .map(|(name, digest)| (*name, (*digest).to_owned()))
        .collect();
    assert_eq!(
        digests, published,
        "do not change a published table; add a new one"
    );
    for jurisdiction in ["cn", "cn-14"] {
        let tables = LawTables::embedded_for(jurisdiction).unwrap();
        for reference in tables.all().iter().map(|table| table.reference()) {
            let files = if reference.layers.is_empty() {
                vec![reference]
            } else {
                reference.layers
            };
            for file in files {
                let name = format!("{}.toml", file.id);
                assert_eq!(Some(&file.digest), digests.get(name.as_str()));
            }
        }
    }
}

/// The examples in a table's own file and those beside it.
fn examples_of(table: &Table) -> [WorkedExamples; 2] {
    let beside = WorkedExamples::embedded().unwrap();
    let beside = beside.into_iter().find(|one| one.table() == table.id());
    [WorkedExamples::of_table(table), beside.unwrap()]
}

#[test]
fn worked_examples_of_every_table_hold() {
    let calendar = Calendar::embedded().unwrap();
    let mut failures = Vec::new();
    let mut shown = BTreeMap::new();
    for jurisdiction in ["cn", "cn-14"] {
        let tables = LawTables::embedded_for(jurisdiction).unwrap();
        let own = tables
            .all()
            .iter()
            .filter(|t| t.jurisdiction() == jurisdiction);
        for table in own {
            for examples in examples_of(table) {
                assert!(examples.count() > 0, "{}", table.id());
                *shown.entry(table.id().to_owned()).or_insert(0) += examples.count();
                failures.extend(examples.failures(&tables, &calendar));
            }
        }
    }
    assert_eq!(failures, Vec::new());
    assert_eq!(shown.len(), LawTables::embedded_texts().len(), "{shown:?}");
    assert_eq!(shown.len(), WorkedExamples::embedded_texts().len());
    assert!(shown["cn-national-2016-09-21"] > 300, "{shown:?}");
}

#[test]
fn worked_cases_give_what_they_expect() {
    let tables = LawTables::embedded().unwrap();
    let mut cases = 0;
    for line in CASES.lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        let expect: Expectation = serde_json::from_value(value["expect"].clone()).unwrap();
        let assessment: Assessment = serde_json::from_str(line).unwrap();
        let verdict = assess(&tables, &assessment);
        assert_eq!(verdict.outcome, Outcome::Assessed, "{line}");
        assert!(
            verdict.limit_kg.is_some() && verdict.police.is_some(),
            "{line}"
        );
        assert_eq!(
            expect.differences(&verdict),
            Vec::<String>::new(),
            "{:?}",
            assessment.id
        );
        // All of `expect` was compared: it has no other keys than these six.
        assert_eq!(value["expect"].as_object().unwrap().len(), 6);
        cases += 1;
    }
    assert_eq!(cases, 17);
}

#[test]
fn an_expectation_that_does_not_hold_is_seen() {
    let tables = LawTables::embedded().unwrap();
    let line = CASES.lines().next().unwrap();
    let verdict = assess(&tables, &serde_json::from_str(line).unwrap());
    let wrong: Expectation = serde_json::from_str(
        r#"{"limit_kg":17999,"overage_percent":"0.01","hundred_ton":true,"notes":["tyres_unknown"],
            "transport":{"kind":"warning","yuan":0},"police":{"points":1,"fine_range_yuan":[0,0]}}"#,
    )
    .unwrap();
    assert_eq!(wrong.differences(&verdict).len(), 6);
}

#[test]
fn a_day_without_a_table_is_said_and_can_be_judged_hypothetically() {
    let tables = LawTables::embedded().unwrap();
    let mut assessment: Assessment = serde_json::from_str(CASES.lines().nth(4).unwrap()).unwrap();
    let as_judged = assess(&tables, &assessment);
    let law_day = assessment.day;
    assessment.day = "2016-09-20".parse().unwrap();
    let verdict = assess(&tables, &assessment);
    assert_eq!(verdict.outcome, Outcome::NoTableInForce);
    assert!(verdict.table.is_none() && verdict.class.is_none() && !verdict.hypothetical);
    assert!(verdict.has_note(NoteCode::NoTableInForce));
    let mut hypothetical = assess_hypothetically(&tables, &assessment, law_day);
    assert!(hypothetical.hypothetical);
    hypothetical.hypothetical = false;
    assert_eq!(hypothetical, as_judged);
}

fn changed(from: &str, to: &str) -> Result<LawTables, TableError> {
    let text = LawTables::embedded_texts()[0].1;
    assert!(text.contains(from), "{from}");
    LawTables::parse(&[("t.toml", &text.replacen(from, to, 1))])
}

#[test]
fn a_table_with_a_wrong_figure_is_refused() {
    for (from, to, complaint) in [
        (
            "value = 18000, sure = \"C\"",
            "value = 0, sure = \"C\"",
            "mass_limit of 2 axles",
        ),
        (
            "value = 18000, sure = \"C\"",
            "value = 18000, sure = \"maybe\"",
            "the mark `maybe`",
        ),
        (
            "value = 18000, sure = \"C\"",
            "valu = 18000, sure = \"C\"",
            "valu",
        ),
        ("below_mm = 1300", "below_mm = 900", "not ascending"),
        ("up_to_mm = 1400", "up_to_mm = 1300", "not ascending"),
        ("below_mm = 1800\n", "", "exactly the last class"),
        (
            "value = 50, sure",
            "value = 501, sure",
            "spacing_tolerance_mm",
        ),
        (
            "value = 1000, sure = \"R 95\"",
            "value = 10000, sure = \"R 95\"",
            "100 % or more",
        ),
        (
            "valid_from = \"2016-09-21\"",
            "valid_from = \"2016-09-21\"\nvalid_to = \"2016-09-20\"",
            "before valid_from",
        ),
        ("yuan = [200, 500]", "yuan = [600, 500]", "upside down"),
        (
            "from_basis_points = 3000",
            "from_basis_points = 6000",
            "not ascending",
        ),
        ("value = \"floor\"", "value = \"round\"", "round"),
    ] {
        let error = changed(from, to).unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains("t.toml") && text.contains(complaint),
            "{from}: {text}"
        );
    }
}

#[test]
fn tables_in_force_on_the_same_day_are_refused() {
    let text = LawTables::embedded_texts()[0].1;
    let next = text.replacen("2016-09-21", "2025-01-01", 3);
    let overlap = LawTables::parse(&[("b", &next), ("a", text)]).unwrap_err();
    assert!(matches!(overlap, TableError::Overlap { day, .. } if day.to_string() == "2025-01-01"));
    let from = "valid_from = \"2016-09-21\"";
    let ended = text.replacen(from, &format!("{from}\nvalid_to = \"2024-12-31\""), 1);
    let tables = LawTables::parse(&[("b", &next), ("a", &ended)]).unwrap();
    let id = |day: &str| {
        tables
            .in_force(day.parse().unwrap())
            .map(|table| table.id().to_owned())
    };
    assert_eq!(id("2016-09-20"), None);
    assert_eq!(id("2024-12-31").as_deref(), Some("cn-national-2016-09-21"));
    assert_eq!(id("2025-01-01").as_deref(), Some("cn-national-2025-01-01"));
    assert_eq!(id("2099-01-01").as_deref(), Some("cn-national-2025-01-01"));
}

#[test]
fn settings_change_the_amount_as_they_say() {
    let case = |line: usize| -> Assessment {
        serde_json::from_str(CASES.lines().nth(line).unwrap()).unwrap()
    };
    let yuan =
        |tables: &LawTables, line: usize| assess(tables, &case(line)).transport.unwrap().yuan.get();
    let floor = LawTables::embedded().unwrap();
    let ceiling = changed("value = \"floor\"", "value = \"ceiling\"").unwrap();
    let second = changed("value = \"floor\"", "value = \"from_second\"").unwrap();
    // CASE-05 is 1001 kg over, CASE-07 7640 kg.
    assert_eq!(
        [&floor, &ceiling, &second].map(|tables| yuan(tables, 4)),
        [500, 1_000, 0]
    );
    assert_eq!(
        [&floor, &ceiling, &second].map(|tables| yuan(tables, 6)),
        [3_500, 4_000, 3_000]
    );
    // However a part tonne counts, up to a tonne is a warning, and a fine of nothing is one.
    let kind = |tables: &LawTables, over_kg: i64| {
        let mut truck = case(4);
        truck.measured.gross_kg = Kilograms::new(18_000 + over_kg);
        assess(tables, &truck).transport.unwrap().kind
    };
    use TransportKind::{Fine, Warning};
    let kinds = |over_kg| [&floor, &ceiling, &second].map(|tables| kind(tables, over_kg));
    assert_eq!(kinds(1), [Warning; 3]);
    assert_eq!(kinds(1_000), [Warning; 3]);
    assert_eq!(kinds(1_001), [Fine, Fine, Warning]);
    assert_eq!(kinds(2_000), [Fine; 3]);
}

#[test]
fn the_annex_reading_of_single_tyres_is_a_setting() {
    let annex = changed("value = \"order_62\"", "value = \"annex_124\"").unwrap();
    let train: Assessment = serde_json::from_str(
        r#"{"day":"2024-06-01","vehicle":{"category":"articulated_train","drive_axles":2,
            "axle_spacings_mm":[3300,1350,5600,1310,1310],"drive_air_suspension":false,
            "non_drive_tyres":"single","layout":"1+2-3"},"measured":{"gross_kg":45000}}"#,
    )
    .unwrap();
    let verdict = assess(&annex, &train);
    assert_eq!(verdict.limit_kg.unwrap().get(), 40_000);
    assert!(verdict.has_note(NoteCode::ReadingsDiffer));
}

#[test]
fn a_verdict_survives_its_json_and_has_no_float() {
    fn no_float(value: &serde_json::Value) {
        match value {
            serde_json::Value::Number(number) => assert!(number.is_i64(), "{number}"),
            serde_json::Value::Array(values) => values.iter().for_each(no_float),
            serde_json::Value::Object(map) => map.values().for_each(no_float),
            _ => {}
        }
    }
    let tables = LawTables::embedded().unwrap();
    for line in CASES.lines() {
        let verdict = assess(&tables, &serde_json::from_str(line).unwrap());
        let value = serde_json::to_value(&verdict).unwrap();
        no_float(&value);
        let step = &value["derivation"][0];
        for key in ["rule", "article", "inputs", "result"] {
            assert!(!step[key].is_null(), "{key} in {step}");
        }
        let back: steelyard::law::Verdict = serde_json::from_value(value).unwrap();
        assert_eq!(back, verdict);
    }
}

#[test]
fn every_step_and_note_reads_as_a_sentence_in_both_languages() {
    let tables = LawTables::embedded().unwrap();
    let examples = tables.all().iter().flat_map(|table| table.examples());
    for verdict in examples.map(|example| assess(&tables, &example.given)) {
        let steps = verdict
            .derivation
            .iter()
            .flat_map(|step| [step.text_zh(), step.text_en()]);
        let notes = verdict
            .notes
            .iter()
            .flat_map(|note| [note.text_zh(), note.text_en()]);
        for text in steps.chain(notes) {
            // `?` stands for an input that the rule did not give; `_` is a name not in words.
            assert!(!text.contains('?') || text.contains("？"), "{text}");
            assert!(!text.contains('_') || text.contains("measured."), "{text}");
        }
        for step in &verdict.derivation {
            assert!(!step.article.zh().is_empty() && !step.article.en().is_empty());
            assert!(step.text_zh().chars().any(|c| ('一'..='龥').contains(&c)));
            assert!(step.text_en().is_ascii(), "{}", step.text_en());
        }
    }
}
