use std::fs;

use clap::Parser;
use serde_json::{Value, json};

use super::*;
use crate::cli::simulate;

#[derive(Debug, Parser)]
enum Line {
    Simulate(simulate::Arguments),
    Evaluate(Arguments),
}

fn simulated(folder: &Path, asked: &[&str]) {
    let out = ["simulate", "simulate", "--out", folder.to_str().unwrap()];
    let Ok(Line::Simulate(arguments)) = Line::try_parse_from(out.iter().chain(asked)) else {
        panic!("{asked:?}");
    };
    simulate::run(&arguments, Vec::new()).unwrap();
}

fn evaluated(truth: &Path, result: &Path, asked: &[&str]) -> anyhow::Result<String> {
    let paths = [
        "evaluate",
        "evaluate",
        truth.to_str().unwrap(),
        result.to_str().unwrap(),
    ];
    let Ok(Line::Evaluate(arguments)) = Line::try_parse_from(paths.iter().chain(asked)) else {
        panic!("{asked:?}");
    };
    let mut said = Vec::new();
    run(&arguments, &mut said)?;
    Ok(String::from_utf8(said).unwrap())
}

#[test]
fn three_thousand_vehicles_all_come_out_and_all_counts_add_up() {
    let folder = tempfile::tempdir().unwrap();
    let asked = ["--vehicles", "3000", "--seed", "11", "--flow", "600"];
    simulated(folder.path(), &asked);
    let said = evaluated(folder.path(), folder.path(), &["--json"]).unwrap();
    let again = evaluated(
        &folder.path().join("truth.jsonl"),
        folder.path(),
        &["--json"],
    )
    .unwrap();
    assert_eq!(said, again, "one folder, one result");
    let found: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        [&found["vehicles"], &found["passages"], &found["unknown"]],
        [&json!(3_000), &json!(3_000), &json!(0)],
        "{said}"
    );
    assert_eq!(
        [&found["vehicles_lost"], &found["vehicles_doubled"]],
        [&json!(0); 2]
    );
    for way in ["association", "nearest_in_time", "first_in_first_out"] {
        let column = &found[way];
        let count = |key: &str| column[key]["count"].as_u64().unwrap();
        assert_eq!(column["weighings"], 3_000);
        let plates: u64 = ["right", "wrong_vehicle", "wrong_reading", "unknown_read"]
            .into_iter()
            .map(count)
            .sum();
        assert_eq!(plates, count("with_plate"), "{way}");
        let others: u64 = [
            "ambiguous",
            "missing_with_right_read",
            "missing_without_right_read",
        ]
        .into_iter()
        .map(count)
        .sum();
        assert_eq!(plates + others, 3_000, "{way}");
        assert_eq!(count("unknown_read"), 0, "{way}");
        assert_eq!(column["right"]["of"], count("with_plate"));
        assert!(count("right") > 1_500, "{way}: {column}");
        // The simulator misreads two of a hundred plates that it reads.
        assert!(count("wrong_reading") > 10, "{way}: {column}");
        let wrong = &column["wrong_vehicle"];
        assert!(wrong["upper_95"].as_f64() > wrong["share"].as_f64());
    }
    let wrong = |way: &str| found[way]["wrong_vehicle"]["count"].as_u64().unwrap();
    // Doubled reads shift the queues; the nearest line is always a vehicle's own as long as the cameras
    // write one for each.
    assert!(wrong("first_in_first_out") > 2, "{said}");
    assert!(wrong("association") < wrong("first_in_first_out"), "{said}");
    // A read is some 30 ms behind the first axle, and that is learnt.
    let mean = found["offset"]["mean_us"].as_i64().unwrap();
    assert!(mean.abs() < 10_000, "{mean}");

    let table = evaluated(folder.path(), folder.path(), &[]).unwrap();
    for wanted in ["本系统 / association", "错配他车 / wrong vehicle", "≤"] {
        assert!(table.contains(wanted), "{table}");
    }
    assert!(table.lines().all(|line| line.trim_end() == line), "{table}");
}

#[test]
fn passages_as_lines_count_as_they_do_from_the_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    simulated(path, &["--vehicles", "400", "--seed", "3", "--lanes", "3"]);
    let mut passages = Vec::new();
    let opened = folder::Folder::open(path, &path.join(folder::CONFIGURATION)).unwrap();
    let take = |passage| {
        passages.push(passage);
        Ok(())
    };
    opened.run(take).unwrap();
    let lines: Vec<String> = passages
        .iter()
        .map(|passage| {
            let chosen = passage
                .association
                .chosen
                .as_ref()
                .map(|chosen| json!({ "plate": chosen.plate, "raw": chosen.raw }));
            let line = json!({
                "lane": passage.lane, "kind": passage.kind, "crossed_us": passage.crossed_us,
                "raw": passage.raw, "passage_id": passage.passage_id,
                "axles": vec![json!({}); passage.axles],
                "evasion": passage.evasion.iter().map(|found| json!({ "kind": found.kind }))
                    .collect::<Vec<_>>(),
                "association": {
                    "state": passage.association.state, "chosen": chosen,
                    "doubts": passage.association.doubts,
                    "candidates": passage.association.candidates,
                    "wrong_vehicle_ppb": passage.association.wrong_vehicle_ppb,
                    "agreeing_cameras": passage.association.agreeing_cameras,
                },
            });
            line.to_string()
        })
        .collect();
    let result = path.join("result.jsonl");
    fs::write(&result, lines.join("\n")).unwrap();
    let from_lines = evaluated(path, &result, &["--json"]).unwrap();
    assert_eq!(from_lines, evaluated(path, path, &["--json"]).unwrap());
    // Without a window only a read of the very microsecond is near.
    let narrow = evaluated(path, &result, &["--json", "--window-ms", "0"]).unwrap();
    let narrow: Value = serde_json::from_str(&narrow).unwrap();
    let near = narrow["nearest_in_time"]["with_plate"]["count"].as_u64();
    assert!(near.unwrap() < 20, "{narrow}");
    assert!(evaluated(path, &result, &["--config", "x"]).is_err());
}

#[test]
fn what_was_sent_to_the_platform_is_not_counted_as_a_weighing_in_motion() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    simulated(path, &["--vehicles", "150", "--preset", "demo"]);
    let said = evaluated(path, path, &["--json"]).unwrap();
    let found: Value = serde_json::from_str(&said).unwrap();
    assert!(found["platform"].as_u64().unwrap() >= 2, "{said}");
    assert_eq!(found["association"]["weighings"], 150, "{said}");
    // What only the platform's camera read is not missed on the road.
    let missed = &found["association"]["missing_with_right_read"]["count"];
    assert_eq!(*missed, 0, "{said}");
    assert_eq!(found["unknown"], 0, "{said}");
}

#[test]
fn what_can_not_be_joined_is_refused_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let truth = path.join("truth.jsonl");
    let refused = |needle: &str| {
        let error = evaluated(path, path, &[]).unwrap_err();
        let said = format!("{error:#}");
        assert!(said.contains(needle), "{said}");
    };
    refused("truth.jsonl");
    fs::write(&truth, "{\"vehicle\":1}\n").unwrap();
    refused("station.toml");
    simulated(path, &["--vehicles", "20"]);
    evaluated(path, path, &[]).unwrap();
    let whole = fs::read_to_string(&truth).unwrap();
    fs::write(&truth, format!("{{\"vehicle\":1}}\n{whole}")).unwrap();
    refused("truth.jsonl:1");
    fs::write(&truth, "{\"vehicle\":1,\"plate\":\"A\",\"lane\":1}\n").unwrap();
    refused("simulate --out");
    fs::write(&truth, whole).unwrap();
    let times = path.join("wim-1.times");
    let whole = fs::read_to_string(&times).unwrap();
    fs::write(&times, format!("{whole}5 0 1\n")).unwrap();
    refused("wim-1.times: \"5 0 1\"");
    fs::write(&times, whole).unwrap();
    let bytes = path.join("plate-2.bin");
    let long = fs::read(&bytes).unwrap();
    fs::write(&bytes, &long[..long.len() - 1]).unwrap();
    refused("plate-2.bin");
    fs::remove_file(path.join("station.toml")).unwrap();
    refused("station.toml");
}

#[test]
fn a_simulated_road_is_counted_in_memory_whatever_the_number_of_jobs() {
    let counted = |asked: &[&str]| {
        let line = ["evaluate", "evaluate", "--simulated", "4500"];
        let line = line.iter().chain(asked);
        let Ok(Line::Evaluate(arguments)) = Line::try_parse_from(line) else {
            panic!("{asked:?}");
        };
        let counted = arguments.simulated.count(2_000)?;
        anyhow::Ok(object::json(&counted).to_string())
    };
    let once = counted(&["--scenario", "dense", "--seed", "5"]).unwrap();
    let twice = counted(&["--scenario", "dense", "--seed", "5", "--jobs", "2"]).unwrap();
    assert_eq!(once, twice);
    let found: Value = serde_json::from_str(&once).unwrap();
    assert_eq!(found["vehicles"], 4_500, "{once}");
    assert!(found["vehicles_weighed"].as_u64() > Some(500), "{once}");
    for wrong in [["--flow", "0"], ["--evasion", "0.5"]] {
        assert!(counted(&wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn sightings_tell_of_cloned_plates_and_bypasses() {
    let line = [
        "evaluate",
        "evaluate",
        "--simulated",
        "3000",
        "--seed",
        "4",
        "--lanes",
        "2",
        "--evasion",
        "0.04",
        "--sightings",
    ];
    let Ok(Line::Evaluate(arguments)) = Line::try_parse_from(line) else {
        panic!();
    };
    let counted = arguments.simulated.count(3_000).unwrap();
    let found = object::json(&counted);
    for kind in ["plate_cloned", "bypass"] {
        let (seen, shown) = (&found["evasion"][kind], &found["sightings"][kind]);
        let count = |value: &Value| value.as_u64().unwrap();
        assert!(count(&seen["vehicles"]) > 15, "{found}");
        assert!(count(&seen["found"]) > 5, "{found}");
        let missed = shown["missed"].as_object().unwrap().values();
        let missed: u64 = missed.map(count).sum();
        assert_eq!(count(&seen["found"]) + missed, count(&seen["vehicles"]));
        let wrong = shown["wrong"].as_object().unwrap().values();
        assert_eq!(wrong.map(count).sum::<u64>(), count(&seen["wrong"]));
    }
    let table = table::text(&counted);
    assert!(
        table.contains("真车未在他处出现 / true bearer seen nowhere"),
        "{table}"
    );
    assert!(table.lines().all(|line| line.trim_end() == line), "{table}");
}

#[test]
fn files_and_a_simulated_road_are_not_asked_for_together() {
    for wrong in [
        &["evaluate", "truth", "result", "--simulated", "9"][..],
        &["evaluate", "truth"],
        &["evaluate"],
        &["evaluate", "truth", "result", "--scenario", "jam"],
        &["evaluate", "--simulated", "0"],
        &["evaluate", "truth", "result", "--sightings"],
    ] {
        let line = ["evaluate"].iter().chain(wrong);
        assert!(Line::try_parse_from(line).is_err(), "{wrong:?}");
    }
}
