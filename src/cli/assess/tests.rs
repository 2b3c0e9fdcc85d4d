use serde_json::json;

use super::*;

const CASES: &str = include_str!("../../../fixtures/law/cases.jsonl");

fn run(input: &str, json: bool, law_day: Option<&str>) -> (Summary, String, String) {
    let tables = LawTables::embedded().unwrap();
    let law_day = law_day.map(|day| day.parse().unwrap());
    let (mut output, mut complaints) = (Vec::new(), Vec::new());
    let summary = Calculator {
        tables,
        form: if json { Form::Lines } else { Form::Text },
        law_day,
        decided_on: None,
    }
    .run(input.as_bytes(), &mut output, &mut complaints)
    .unwrap();
    (
        summary,
        String::from_utf8(output).unwrap(),
        String::from_utf8(complaints).unwrap(),
    )
}

#[test]
fn every_case_gives_one_json_line_as_expected() {
    let (summary, output, complaints) = run(CASES, true, None);
    assert_eq!(
        summary,
        Summary {
            judged: 17,
            refused: 0,
            unexpected: 0
        }
    );
    assert_eq!(complaints, "");
    let lines: Vec<Value> = output
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 17);
    for line in &lines {
        assert_eq!(line["expect_matched"], true, "{line}");
    }
    let suqian = lines.iter().find(|line| line["id"] == "CASE-18").unwrap();
    assert_eq!(suqian["class"], "hundred_ton");
    assert_eq!(suqian["overage_percent"], "116.69");
    assert_eq!(
        suqian["transport"],
        serde_json::json!({"kind": "fine", "yuan": 28_500})
    );
    assert_eq!(suqian["table"]["id"], "cn-national-2016-09-21");
    assert_eq!(
        suqian["flags"],
        serde_json::json!(["scale_not_stated", "class_uncertain"])
    );
}

#[test]
fn pretty_objects_and_arrays_are_the_same_cases() {
    let cases: Vec<Value> = CASES
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let (_, lines, _) = run(CASES, true, None);
    let array = serde_json::to_string_pretty(&cases).unwrap();
    assert_eq!(run(&array, true, None).1, lines);
    let pretty = |case: &Value| serde_json::to_string_pretty(case).unwrap();
    let objects: Vec<String> = cases.iter().map(pretty).collect();
    assert_eq!(run(&objects.join("\n"), true, None).1, lines);
    let marked = format!("\u{feff}\r\n{}", CASES.replace('\n', "\r\n\r\n"));
    assert_eq!(run(&marked, true, None).1, lines);
}

#[test]
fn a_broken_line_is_named_and_the_others_are_judged() {
    let mut lines: Vec<String> = CASES.lines().take(3).map(str::to_owned).collect();
    lines[1] = lines[1].replace("\"gross_kg\": 18000", "\"gross_kg\": \"heavy\"");
    lines.push("{\"day\": }".to_owned());
    let (summary, output, complaints) = run(&lines.join("\n"), true, None);
    assert_eq!(
        summary,
        Summary {
            judged: 2,
            refused: 2,
            unexpected: 0
        }
    );
    assert_eq!(output.lines().count(), 2);
    let complaints: Vec<&str> = complaints.lines().collect();
    assert!(
        complaints[0].starts_with("line 2: measured.gross_kg: "),
        "{complaints:?}"
    );
    assert!(
        complaints[1].starts_with("line 4: not valid JSON: "),
        "{complaints:?}"
    );
}

#[test]
fn wrong_input_is_refused_with_its_field() {
    let case = CASES.lines().next().unwrap();
    for (from, to, complaint) in [
        (
            "\"drive_axles\": 1",
            "\"drive_axles\": 0",
            "vehicle.drive_axles: 0 is outside",
        ),
        (
            "\"drive_axles\": 1",
            "\"drive_axels\": 1",
            "vehicle.drive_axels: unknown field",
        ),
        (
            "\"truck\"",
            "\"lorry\"",
            "vehicle.category: unknown variant `lorry`",
        ),
        (
            "[4500]",
            "[4500, 1300]",
            "vehicle.axle_spacings_mm: 2 spacings do not fit 2 axles",
        ),
        (
            "\"gross_kg\": 17500",
            "\"gross_kg\": -1",
            "measured.gross_kg: -1 is outside",
        ),
        (
            "[6500, 11000]",
            "[6500, 17501]",
            "measured.axle_loads_kg: an axle of 17501 kg bears more than measured.gross_kg (17500 kg)",
        ),
        (
            "[6500, 11000]",
            "[2124, 11000]",
            "measured.axle_loads_kg: they add up to 13124 kg, more than 25 % from measured.gross_kg",
        ),
        (
            "\"gross_kg\": 17500",
            "\"gross\": 1",
            "measured.gross: unknown field",
        ),
        (
            "\"gross_kg\": 17500",
            "\"gross_kg\": 1.5",
            "measured.gross_kg: invalid type",
        ),
        ("2024-06-01", "2024-06-31", "day: "),
        (
            "2024-06-01",
            "2012-06-01",
            "day: no law table is in force on 2012-06-01",
        ),
        ("\"day\": \"2024-06-01\", ", "", "missing field `day`"),
    ] {
        assert!(case.contains(from), "{from}");
        let (summary, output, complaints) = run(&case.replace(from, to), true, None);
        assert_eq!((summary.refused, output.as_str()), (1, ""), "{to}");
        assert!(
            complaints.starts_with("line 1: ") && complaints.contains(complaint),
            "{complaints}"
        );
    }
    let (summary, _, complaints) = run("\n\nhello\n", true, None);
    assert_eq!(summary.refused, 1);
    assert!(
        complaints.starts_with("line 3: not valid JSON"),
        "{complaints}"
    );
    let (_, _, complaints) = run("[\n1]", true, None);
    assert!(
        complaints.contains("expected a JSON object"),
        "{complaints}"
    );
    assert_eq!(run("", true, None).0, Summary::default());
}

#[test]
fn another_days_law_is_marked() {
    let case = CASES
        .lines()
        .nth(4)
        .unwrap()
        .replace("2024-06-01", "2012-06-01");
    let (summary, output, _) = run(&case, true, Some("2024-06-01"));
    assert_eq!((summary.judged, summary.unexpected), (1, 0));
    let line: Value = serde_json::from_str(&output).unwrap();
    assert_eq!(
        (&line["hypothetical"], &line["day"]),
        (&true.into(), &"2012-06-01".into())
    );
    let (_, text, _) = run(&case, false, Some("2024-06-01"));
    assert!(text.contains("hypothetical"));
}

#[test]
fn the_text_tells_the_verdict_and_each_article() {
    let case = CASES.lines().find(|line| line.contains("CASE-25")).unwrap();
    let (_, text, _) = run(case, false, None);
    for part in [
        "CASE-25",
        "未超限",
        "认定总质量 48952 kg，限值 49000 kg，超限 0 kg（0.00%）",
        "使用中最大允许误差5%：读数51400千克",
        "第三条第一款第（八）项",
        "art. 43",
        "与预期一致",
    ] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
    let wrong = case.replace("\"overage_kg\": 0", "\"overage_kg\": 2400");
    let (summary, text, _) = run(&wrong, false, None);
    assert_eq!(summary.unexpected, 1);
    assert!(text.contains("not as expected: overage_kg: expected 2400, found 0"));
}

#[test]
fn arguments_are_read() {
    #[derive(clap::Parser)]
    struct Command {
        #[command(flatten)]
        arguments: Arguments,
    }
    let parse = |line: &[&str]| {
        <Command as clap::Parser>::try_parse_from(line).map(|command| command.arguments)
    };
    let arguments = parse(&["assess", "-", "--json", "--law-day", "2024-06-01"]).unwrap();
    assert!(arguments.json && arguments.law_day.is_some());
    assert!(parse(&["assess"]).is_err());
    assert!(parse(&["assess", "-", "--law-day", "yesterday"]).is_err());
}

/// The output for a case with other settings than `run` has.
fn output(case: &Value, form: Form, decided_on: Option<&str>, tables: LawTables) -> String {
    let mut output = Vec::new();
    let calculator = Calculator {
        tables,
        form,
        law_day: None,
        decided_on: decided_on.map(|day| day.parse().unwrap()),
    };
    let input = case.to_string();
    let summary = calculator.run(input.as_bytes(), &mut output, io::stderr());
    assert_eq!(summary.unwrap().refused, 0);
    String::from_utf8(output).unwrap()
}

fn line(case: &Value) -> Value {
    let text = output(case, Form::Lines, None, LawTables::embedded().unwrap());
    serde_json::from_str(&text).unwrap()
}

fn case(id: &str) -> Value {
    let found = CASES.lines().find(|line| line.contains(id)).unwrap();
    serde_json::from_str(found).unwrap()
}

#[test]
fn a_line_has_every_part_of_the_verdict() {
    let mut given = case("CASE-18");
    given["mode"] = json!("off_site");
    given["vehicle"]["height_mm"] = json!(4_300);
    given["measured"]["scale"] = json!({"use": "off_site", "accuracy_class": "5",
        "certificate": {"number": "JL-1", "valid_from": "2024-01-01", "valid_until": "2024-12-31"}});
    let line = line(&given);
    assert_eq!(line["reading_kg"], 106_180);
    assert_eq!(
        line["enforcement_kg"], 101_123,
        "106180 / 1.05, rounded down"
    );
    assert_eq!(line["overage_kg"], 52_123);
    assert_eq!(line["hundred_ton"], true);
    assert_eq!(
        line["transport"],
        json!({"kind": "fine", "yuan": 26_000, "total_range_yuan": [26_200, 27_000]})
    );
    assert_eq!(line["dimensions"][0]["overage_mm"], 300);
    assert_eq!(line["risk"]["withheld"], false);
    assert_eq!(line["one_act"]["by"], "transport");
    assert_eq!(line["one_act"]["fine_range_yuan"], json!([26_200, 27_000]));
    assert!(
        line["flags"]
            .as_array()
            .unwrap()
            .contains(&json!("dimension_over"))
    );
    for key in [
        "alternatives",
        "derivation",
        "table",
        "police",
        "limit_kg",
        "class",
        "notes",
    ] {
        assert!(!line[key].is_null(), "{key}");
    }
}

#[test]
fn a_flag_stands_once_however_many_notes_it_has() {
    // Both front axles and the rear group are noted.
    let mut given = case("CASE-10");
    given["vehicle"]["axle_spacings_mm"] = json!([1_800, 3_800, 1_340]);
    let line = line(&given);
    let notes = line["notes"].as_array().unwrap();
    let uncertain = notes
        .iter()
        .filter(|note| note["code"] == "class_uncertain");
    assert_eq!(uncertain.count(), 3);
    assert_eq!(
        line["flags"],
        json!(["scale_not_stated", "class_uncertain"])
    );
}

#[test]
fn another_reading_is_told_with_what_would_follow() {
    let mut given = case("CASE-06");
    given["measured"]["gross_kg"] = json!(17_800);
    let line = line(&given);
    let other = &line["alternatives"][0];
    assert_eq!(
        (&other["reading"], &other["limit_kg"]),
        (&json!("annex_124"), &json!(16_000))
    );
    assert_eq!(other["overage_kg"], 1_800);
    assert_eq!(other["transport"], json!({"kind": "fine", "yuan": 500}));
    assert!(other["article"]["zh"].as_str().unwrap().contains("124号"));
    assert_eq!(line["transport"], json!({"kind": "none", "yuan": 0}));
}

#[test]
fn an_explained_line_holds_the_sentences_of_the_text() {
    let given = case("CASE-25");
    let tables = || LawTables::embedded().unwrap();
    let explained = output(&given, Form::ExplainedLines, None, tables());
    let explained: Value = serde_json::from_str(&explained).unwrap();
    let text = output(&given, Form::Text, None, tables());
    let sentences = explained["explanation"].as_array().unwrap();
    assert!(sentences.len() > 8, "{sentences:?}");
    for sentence in sentences {
        assert!(
            text.contains(sentence["zh"].as_str().unwrap()),
            "{sentence}"
        );
        assert!(
            text.contains(sentence["en"].as_str().unwrap()),
            "{sentence}"
        );
    }
}

#[test]
fn the_milder_table_counts_when_it_is_decided() {
    let national = LawTables::embedded_texts()[0].1;
    let until = national.replacen(
        "valid_from = \"2016-09-21\"",
        "valid_from = \"2016-09-21\"\nvalid_to = \"2024-12-31\"",
        1,
    );
    let next = national
        .replacen("cn-national-2016-09-21", "cn-national-2025-01-01", 1)
        .replacen(
            "valid_from = \"2016-09-21\"",
            "valid_from = \"2025-01-01\"",
            1,
        );
    let cheaper = next.replacen(
        "yuan_per_step = { value = 500",
        "yuan_per_step = { value = 300",
        1,
    );
    let dearer = next.replacen(
        "yuan_per_step = { value = 500",
        "yuan_per_step = { value = 600",
        1,
    );
    assert!(cheaper != next && dearer != next && until != national);
    let decided = |next: &str| {
        let tables = LawTables::parse(&[("a", &until), ("b", next)]).unwrap();
        let line = output(&case("CASE-07"), Form::Lines, Some("2025-02-03"), tables);
        serde_json::from_str::<Value>(&line).unwrap()
    };
    // CASE-07 is 7640 kg over: seven steps.
    let line = decided(&cheaper);
    assert_eq!(line["transport"]["yuan"], 3_500, "the table of its day");
    assert_eq!(line["milder"]["applies"], "decision");
    assert_eq!(line["milder"]["range_yuan"], json!([2_100, 2_100]));
    assert_eq!(line["milder"]["table"]["id"], "cn-national-2025-01-01");
    let line = decided(&dearer);
    assert_eq!(line["milder"]["applies"], "act");
    assert_eq!(line["milder"]["range_yuan"], json!([3_500, 3_500]));
    let mut unfit = case("CASE-07");
    unfit["measured"]["scale"] = json!({"use": "pre_selection"});
    let tables = LawTables::embedded().unwrap();
    let line = output(&unfit, Form::Lines, Some("2025-02-03"), tables);
    let line: Value = serde_json::from_str(&line).unwrap();
    assert!(
        line["milder_refused"]["zh"]
            .as_str()
            .unwrap()
            .contains("预检"),
        "{line}"
    );
}

#[test]
fn flags_are_a_closed_list_with_words() {
    let mut output = Vec::new();
    list_flags(&mut output, true).unwrap();
    let text = String::from_utf8(output).unwrap();
    let listed: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(listed.len(), NoteCode::ALL.len());
    for (line, code) in listed.iter().zip(NoteCode::ALL) {
        assert_eq!(line["flag"], code.name());
        assert!(!line["zh"].as_str().unwrap().is_ascii());
        assert!(line["en"].as_str().unwrap().is_ascii());
    }
    let names: std::collections::BTreeSet<_> =
        NoteCode::ALL.iter().map(|code| code.name()).collect();
    assert_eq!(names.len(), NoteCode::ALL.len());
}

#[test]
fn a_wrong_statement_and_a_wrong_permit_are_refused_by_their_place() {
    for (path, value, complaint) in [
        (
            "/statements",
            json!([{"source": "neighbour", "vehicle": {}}]),
            "statements[0]: ",
        ),
        (
            "/vehicle/permit",
            json!({"gros_kg": 1}),
            "vehicle.permit: unknown field",
        ),
        (
            "/vehicle/permit",
            json!({"gross_kg": 0}),
            "vehicle.permit: 0 is outside",
        ),
        ("/vehicle/height_mm", json!("high"), "vehicle.height_mm: "),
        ("/mode", json!("alone"), "mode: "),
        ("/id", json!(5), "id: "),
        ("/statements", json!({}), "statements: "),
        ("/statments", json!([]), "statments: unknown field"),
        ("/time", json!("25:00"), "time: "),
    ] {
        let mut given = case("CASE-01");
        let (parent, key) = path.rsplit_once('/').unwrap();
        let parent = given.pointer_mut(parent).unwrap();
        parent[key] = value;
        let (summary, _, complaints) = run(&given.to_string(), true, None);
        assert_eq!(summary.refused, 1, "{path}");
        assert!(
            complaints.starts_with(&format!("line 1: {complaint}")),
            "{complaints}"
        );
    }
}

#[test]
fn a_first_line_that_is_no_case_loses_only_itself() {
    let good = CASES.lines().next().unwrap();
    let (summary, output, complaints) = run(&format!("# cases\n{good}\n"), true, None);
    assert_eq!((summary.judged, summary.refused), (1, 1));
    assert_eq!(output.lines().count(), 1);
    assert!(
        complaints.starts_with("line 1: not valid JSON"),
        "{complaints}"
    );
}

#[test]
fn a_decision_before_the_act_is_refused() {
    let calculator = Calculator {
        tables: LawTables::embedded().unwrap(),
        form: Form::Lines,
        law_day: None,
        decided_on: Some("2024-05-31".parse().unwrap()),
    };
    let mut complaints = Vec::new();
    let case = CASES.lines().next().unwrap().as_bytes();
    let summary = calculator.run(case, io::sink(), &mut complaints).unwrap();
    assert_eq!(summary.refused, 1);
    let said = String::from_utf8(complaints).unwrap();
    assert!(
        said.contains("is later than --decided-on 2024-05-31"),
        "{said}"
    );
}
