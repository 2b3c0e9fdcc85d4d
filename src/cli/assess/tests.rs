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
    assert!(text.contains("not as expected: overage_kg"));
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
