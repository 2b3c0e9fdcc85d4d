//! Real recordings, where the machine has them: the folder that `STEELYARD_REAL_DATA` names. They
//! are not part of the repository.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta};
use serde_json::{Value, json};
use steelyard::cli::replay::{Summary, device_file};
use steelyard::config::{Config, HostClock, Port, Station as Place};
use steelyard::lane::PortRole;
use steelyard::law::LawTables;
use steelyard::simulator::PtyFeeder;
use steelyard::station::judge::FileLaw;
use steelyard::units::Millimetres;

use crate::daemon::{Daemon, PATIENCE, add_user, json_lines, run, text, write_config};
use crate::recording::folder;
use crate::through_ports::{check_again, hasten};

fn real_data() -> Option<PathBuf> {
    let folder = std::env::var_os("STEELYARD_REAL_DATA").map(PathBuf::from);
    if folder.is_none() {
        println!("STEELYARD_REAL_DATA is not set: real recordings are not read");
    }
    folder
}

/// The file's vehicles without the one that is there twice, by number and time.
fn vehicles(folder: &Path) -> BTreeMap<(i64, String), Value> {
    let text = std::fs::read_to_string(folder.join("wim/au-trucks-1000.jsonl")).unwrap();
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 1_000);
    let key = |line: &Value| {
        (
            line["id"].as_i64().unwrap(),
            line["time"].as_str().unwrap().to_owned(),
        )
    };
    lines.iter().map(|line| (key(line), line.clone())).collect()
}

fn replayed(folder: &Path, law_day: Option<&str>) -> (Vec<Value>, Summary) {
    replayed_within(folder, law_day, None)
}

fn replayed_within(
    folder: &Path,
    law_day: Option<&str>,
    spacing_tolerance_mm: Option<i64>,
) -> (Vec<Value>, Summary) {
    let input = std::fs::File::open(folder.join("wim/au-trucks-1000.mon.txt")).unwrap();
    let tables = LawTables::embedded().unwrap();
    let law = FileLaw {
        tables: &tables,
        law_day: law_day.map(|day| day.parse::<NaiveDate>().unwrap()),
        spacing_tolerance_mm: spacing_tolerance_mm.map(Millimetres::new),
    };
    let mut passages = Vec::new();
    let take = |passage| {
        passages.push(passage);
        Ok(())
    };
    let summary = device_file("wim_text_mon", &[], input, &law, take).unwrap();
    (passages, summary)
}

fn assert_axles(found: &[(Value, Value)], truck: &Value) {
    let loads: Vec<&Value> = found.iter().map(|(load, _)| load).collect();
    assert_eq!(json!(loads), truck["axle_kg"]);
    let spacings: Vec<&Value> = found.iter().map(|(_, spacing)| spacing).collect();
    assert_eq!(spacings[0], &Value::Null);
    assert_eq!(json!(spacings[1..]), truck["spacing_mm"]);
}

fn axles(passage: &Value) -> Vec<(Value, Value)> {
    let axles = passage["axles"].as_array().unwrap().iter();
    axles
        .map(|axle| (axle["load_kg"].clone(), axle["spacing_mm"].clone()))
        .collect()
}

#[test]
fn a_thousand_real_records_give_999_passages_and_a_duplicate() {
    let Some(folder) = real_data() else { return };
    let mut trucks = vehicles(&folder);
    let (passages, summary) = replayed(&folder, None);
    assert_eq!(
        (summary.passages, summary.duplicates, passages.len()),
        (999, 1, 999)
    );
    assert_eq!(summary.rejects, BTreeMap::new());
    assert_eq!(
        summary.verdicts,
        BTreeMap::from([("no_table_in_force".to_owned(), 999)])
    );
    for passage in &passages {
        let time = passage["time"].as_str().unwrap().to_owned();
        let truck = trucks
            .remove(&(passage["sequence"].as_i64().unwrap(), time))
            .unwrap();
        for key in ["gross_kg", "length_mm", "lane"] {
            assert_eq!(passage[key], truck[key], "{passage}");
        }
        assert_eq!(passage["speed_kmh"].as_f64(), truck["speed_kmh"].as_f64());
        assert_axles(&axles(passage), &truck);
        assert_eq!(passage["verdict"]["outcome"], "no_table_in_force");
        assert_eq!(passage["verdict"]["hypothetical"], false);
    }
    assert!(trucks.is_empty());
}

#[test]
fn of_a_thousand_real_records_five_are_doubted_by_themselves() {
    let Some(folder) = real_data() else { return };
    let (passages, _) = replayed(&folder, None);
    let mut flags: BTreeMap<String, usize> = BTreeMap::new();
    for flag in passages
        .iter()
        .flat_map(|passage| passage["flags"].as_array().unwrap())
    {
        *flags.entry(flag.as_str().unwrap().to_owned()).or_default() += 1;
    }
    // The file is a random sample in no order: that is what the soft ones say.
    let expected = [
        ("out_of_order", 972),
        ("sequence_gap", 26),
        ("spacing_artefact", 5),
    ];
    assert_eq!(
        flags,
        expected
            .map(|(flag, count)| (flag.to_owned(), count))
            .into()
    );
}

#[test]
fn by_a_later_table_every_verdict_is_hypothetical() {
    let Some(folder) = real_data() else { return };
    let (passages, summary) = replayed(&folder, Some("2024-06-01"));
    assert_eq!(passages.len(), 999);
    assert!(
        passages
            .iter()
            .all(|passage| passage["verdict"]["hypothetical"] == true)
    );
    assert!(
        !summary.verdicts.contains_key("no_table_in_force"),
        "{:?}",
        summary.verdicts
    );
    assert!(summary.verdicts["clear"] > 500, "{:?}", summary.verdicts);
}

#[tokio::test]
async fn the_same_file_through_a_port_gives_the_same_passages() {
    let Some(real) = real_data() else { return };
    let folder = folder();
    let mut feeder = PtyFeeder::open().unwrap();
    let mut config = Config::of_station(Place {
        code: "AU01".to_owned(),
        name: "AU".to_owned(),
        data_dir: folder.path().join("data"),
        simulated: false,
    });
    config.host_clock = HostClock::not_asked();
    std::fs::create_dir(&config.station.data_dir).unwrap();
    config.api.listen = ([127, 0, 0, 1], 0).into();
    hasten(&mut config);
    config.ports.push(Port::new(
        "wim-1",
        feeder.path(),
        PortRole::Wim,
        "wim_text_mon",
    ));
    let path = write_config(folder.path(), &config);
    add_user(&path);
    let mut daemon = Daemon::start(&path);
    daemon.sign_in().await;
    let connected = |status: &Value| status["ports"][0]["state"] == "connected";
    daemon.wait_for("/api/v1/status", connected).await;

    let bytes = std::fs::read(real.join("wim/au-trucks-1000.mon.txt")).unwrap();
    feeder.feed(&bytes, PATIENCE).unwrap();
    let taken = |status: &Value| status["ports"][0]["bytes"] == bytes.len();
    let status = daemon.wait_for("/api/v1/status", taken).await;
    assert_eq!(status["ports"][0]["repeated"], 1);
    let all = |status: &Value| {
        let counts = &status["counts"];
        counts["passages"] == 999 && counts["unclosed"] == 0
    };
    daemon.wait_for("/api/v1/status", all).await;

    let mut trucks = vehicles(&real);
    let items = daemon.items("/api/v1/passages?limit=200").await;
    assert_eq!(items.len(), 999);
    for item in &items {
        let id = item["passage_id"].as_str().unwrap();
        let passage = daemon.get(&format!("/api/v1/passages/{id}")).await;
        let utc = DateTime::parse_from_rfc3339(passage["crossed_at"].as_str().unwrap()).unwrap();
        let local: NaiveDateTime = utc.naive_utc() + TimeDelta::hours(8);
        let time = local.format("%Y-%m-%dT%H:%M:%S%.3f").to_string();
        let truck = trucks
            .remove(&(passage["sequence"].as_i64().unwrap(), time))
            .unwrap();
        assert_axles(&axles(&passage), &truck);
        assert_eq!(passage["gross_kg"], truck["gross_kg"]);
        assert_eq!(passage["lane"], truck["lane"]);
        let speed = truck["speed_kmh"].as_f64().unwrap() * 10.0;
        assert_eq!(passage["speed_tenth_kmh"].as_f64(), Some(speed.round()));
        assert_eq!(passage["class"], Value::Null);
        assert_eq!(passage["verdict"]["outcome"], "no_table_in_force");
    }
    assert!(trucks.is_empty());
    let (status, said) = daemon.terminate();
    assert!(status.success(), "{said}");
    check_again(&config, 999);
}

#[test]
fn the_real_toledo_capture_is_decoded_by_the_program() {
    let Some(folder) = real_data() else { return };
    let file = folder.join("scale/toledo-serialscale-test.dat");
    let size = std::fs::metadata(&file).unwrap().len();
    let output = run(&[
        "decode",
        "--protocol",
        "mt_toledo_continuous",
        file.to_str().unwrap(),
    ]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let events = json_lines(&output.stdout);
    let of = |event: &str| events.iter().filter(|line| line["event"] == event).count();
    assert_eq!((of("reading"), of("rejected"), events.len()), (9, 2, 11));
    assert_eq!(
        events
            .iter()
            .filter(|line| line["value"].is_string())
            .count(),
        8
    );
    let mut end = json!(0);
    for event in &events {
        assert_eq!(event["span"][0], end);
        end = event["span"][1].clone();
    }
    assert_eq!(end, size);
}

/// How many verdicts on the real trucks a sensor's tolerance touches: those with a spacing so close
/// to a border that the class is uncertain, those whose limit is another than without a tolerance,
/// and those whose class is.
#[test]
fn a_tolerance_of_the_spacings_touches_so_many_verdicts() {
    let Some(folder) = real_data() else { return };
    let judged = |tolerance| replayed_within(&folder, Some("2024-06-01"), Some(tolerance)).0;
    let exact = judged(0);
    let touched = [0, 20, 50, 150].map(|tolerance| {
        let read = judged(tolerance);
        let uncertain = read.iter().filter(|passage| {
            let notes = passage["verdict"]["notes"].as_array().unwrap();
            notes.iter().any(|note| note["code"] == "class_uncertain")
        });
        let other = |field: &str| {
            let pairs = exact.iter().zip(&read);
            pairs
                .filter(|(a, b)| a["verdict"][field] != b["verdict"][field])
                .count()
        };
        for (a, b) in exact.iter().zip(&read) {
            let limit = |passage: &Value| passage["verdict"]["limit_kg"].as_i64();
            assert!(limit(b) >= limit(a), "{b}");
        }
        (
            tolerance,
            uncertain.count(),
            other("limit_kg"),
            other("class"),
        )
    });
    println!("tolerance mm, class uncertain, other limit, other class: {touched:?}");
    let expected = [
        (0, 0, 0, 0),
        (20, 358, 267, 14),
        (50, 494, 356, 18),
        (150, 608, 401, 20),
    ];
    assert_eq!(touched, expected);
}
