//! The program's subcommands as processes: what they print and with which code they end.

use serde_json::{Value, json};

use crate::daemon::{json_lines, run, run_with_input, text};
use crate::recording::{folder, recording};

/// Two good Toledo frames around a damaged one, in hexadecimal.
const HEX: &str = "023130203030343932303030303030300D21\n\
                   022a30203031383634313030303030300d24\n\
                   022A34203030303030303030303030300D33\n";

#[test]
fn rejects_are_no_failure_and_wrong_use_is() {
    let decoded = run_with_input(
        &["decode", "--protocol", "mt_toledo_continuous", "--hex", "-"],
        HEX.as_bytes(),
    );
    assert_eq!(decoded.status.code(), Some(0), "{}", text(&decoded.stderr));
    let events = json_lines(&decoded.stdout);
    let shown: Vec<_> = events
        .iter()
        .map(|event| {
            json!([
                event["line"],
                event["event"],
                event["value"],
                event["reason"]
            ])
        })
        .collect();
    assert_eq!(
        shown,
        [
            json!([1, "reading", "49200", null]),
            json!([2, "rejected", null, "integrity"]),
            json!([3, "reading", null, null]),
        ]
    );
    for wrong in [
        &["decode", "-"][..],
        &["decode", "--protocol", "mt_toledo", "-"],
        &["decode", "--protocol", "olr", "/nonexistent/file"],
        &["decode", "--protocol", "olr", "--set", "speed=1", "-"],
        &["weigh"],
        &["run"],
        &[],
    ] {
        let output = run(wrong);
        assert_eq!(
            output.status.code(),
            Some(2),
            "{wrong:?}: {}",
            text(&output.stderr)
        );
        assert!(
            output.stdout.is_empty() && !output.stderr.is_empty(),
            "{wrong:?}"
        );
    }
}

#[test]
fn an_unknown_protocol_is_told_with_the_nearest() {
    for arguments in [
        &["decode", "--protocol", "mt_toledo_continous", "-"][..],
        &["replay", "--protocol", "mt_toledo_continous", "-"],
    ] {
        let output = run(arguments);
        assert!(!output.status.success());
        let said = text(&output.stderr);
        assert!(
            said.contains("no protocol `mt_toledo_continous`; nearest: mt_toledo_continuous"),
            "{said}"
        );
    }
}

#[test]
fn the_example_configuration_is_valid_and_a_bad_one_is_told() {
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/configs/station.toml");
    let output = run(&["check-config", "--config", example]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let effective = text(&output.stdout);
    assert!(effective.contains("close_after_ms = 10000"), "{effective}");
    // What is printed is itself a configuration with the same meaning.
    let again = steelyard::config::Config::parse(effective, example.as_ref()).unwrap();
    let printed = again.effective().unwrap();
    assert!(effective.ends_with(&printed), "{printed}");

    let folder = tempfile::tempdir().unwrap();
    let bad = folder.path().join("bad.toml");
    let written = std::fs::read_to_string(example).unwrap();
    std::fs::write(&bad, written.replace("settle_after_ms", "setle_after_ms")).unwrap();
    let output = run(&["check-config", "--config", bad.to_str().unwrap()]);
    assert_ne!(output.status.code(), Some(0));
    let said = text(&output.stderr);
    assert!(
        said.contains("setle_after_ms") && said.contains("settle_after_ms"),
        "{said}"
    );
    let line = written
        .lines()
        .position(|line| line.starts_with("settle_after_ms"))
        .unwrap()
        + 1;
    assert!(said.contains(&line.to_string()), "{said}");
}

/// A folder with the built-in tables and the examples beside them, and a configuration that names
/// it.
fn folder_of_tables() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let tables = folder.path().join("rules");
    std::fs::create_dir(&tables).unwrap();
    let files = steelyard::law::LawTables::embedded_texts().iter();
    for (name, text) in files.chain(steelyard::law::WorkedExamples::embedded_texts()) {
        std::fs::write(tables.join(name), text).unwrap();
    }
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/configs/station.toml");
    let written = std::fs::read_to_string(example).unwrap();
    let line = "# rules_dir = \"/etc/steelyard/rules\"";
    assert!(written.contains(line));
    let named = format!("rules_dir = {:?}", tables.to_str().unwrap());
    std::fs::write(
        folder.path().join("station.toml"),
        written.replace(line, &named),
    )
    .unwrap();
    (folder, tables)
}

#[test]
fn tables_whose_worked_examples_do_not_come_out_are_refused() {
    let (folder, tables) = folder_of_tables();
    let config = folder.path().join("station.toml");
    let check = || run(&["check-config", "--config", config.to_str().unwrap()]);
    let output = check();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    for (table, least) in [("cn-national-2016-09-21", 300), ("cn-14-2023-03-01", 10)] {
        let said = text(&output.stdout);
        let said = said.split_once(&format!("law table {table}: ")).unwrap().1;
        let (count, said) = said.split_once(' ').unwrap();
        assert!(count.parse::<usize>().unwrap() > least, "{count}");
        assert!(said.starts_with("worked examples hold\n"), "{said}");
    }
    // A slip of one yuan in the table.
    let shanxi = tables.join("cn-14-2023-03-01.toml");
    let right = std::fs::read_to_string(&shanxi).unwrap();
    std::fs::write(&shanxi, right.replace("[500, 1000]", "[500, 1001]")).unwrap();
    let cases = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/law/cases.jsonl");
    let folder_of = ["assess", cases, "--rules-dir", tables.to_str().unwrap()];
    for output in [check(), run(&folder_of)] {
        assert_ne!(output.status.code(), Some(0));
        let said = text(&output.stderr);
        assert!(
            said.contains("2 worked examples of the law tables do not come out"),
            "{said}"
        );
        assert!(
            said.contains(
                "cn-14-2023-03-01: offence loading_sheet_missing on 2024-06-01: yuan: expected \
                 [500,1000], found [500,1001]"
            ),
            "{said}"
        );
    }
    // Examples of a table that is not there.
    std::fs::remove_file(&shanxi).unwrap();
    let output = check();
    assert_ne!(output.status.code(), Some(0));
    let said = text(&output.stderr);
    assert!(
        said.contains(
            "cn-14-2023-03-01.examples.toml: table: there is none with the id cn-14-2023-03-01"
        ),
        "{said}"
    );
    // Nothing that could judge.
    let empty = folder.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    let output = run(&["assess", cases, "--rules-dir", empty.to_str().unwrap()]);
    assert_ne!(output.status.code(), Some(0));
    let said = text(&output.stderr);
    assert!(said.contains("there is no national law table"), "{said}");
    std::fs::remove_file(tables.join("cn-14-2023-03-01.examples.toml")).unwrap();
    let judged = run(&folder_of);
    assert_eq!(judged.status.code(), Some(0), "{}", text(&judged.stderr));
    let built_in = run(&["assess", cases]);
    assert_eq!(text(&judged.stdout), text(&built_in.stdout));
}

#[test]
fn replay_prints_one_passage_a_line_with_all_keys() {
    let device = recording("wim-text").stream("wim-1");
    let folder = folder();
    let file = folder.path().join("wim-1.bin");
    std::fs::write(&file, &device).unwrap();
    let arguments = [
        "replay",
        "--protocol",
        "wim_text_mon",
        file.to_str().unwrap(),
        "--json",
    ];
    let output = run(&arguments);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let lines = json_lines(&output.stdout);
    assert!(!lines.is_empty());
    for line in &lines {
        let keys: Vec<&str> = line
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        let mut wanted = [
            "sequence",
            "time",
            "lane",
            "direction",
            "speed_kmh",
            "length_mm",
            "gross_kg",
            "axles",
            "flags",
            "passage_id",
            "verdict",
        ];
        wanted.sort_unstable();
        assert_eq!(keys, wanted);
        let sum: i64 = line["axles"]
            .as_array()
            .unwrap()
            .iter()
            .map(|axle| axle["load_kg"].as_i64().unwrap())
            .sum();
        assert_eq!(line["gross_kg"], sum);
        assert_eq!(line["axles"][0]["spacing_mm"], Value::Null);
    }
    let summary = &json_lines(&output.stderr)[0];
    assert_eq!(summary["passages"], lines.len());

    // For a person, one line a passage, too.
    let output = run(&arguments[..4]);
    assert_eq!(text(&output.stdout).lines().count(), lines.len());
}
