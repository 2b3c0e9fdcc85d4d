//! Vectors: frames with what they say, in `vectors/<protocol>.txt`, and the frames and files of real
//! devices where `STEELYARD_REAL_DATA` names the folder they are in.
//!
//! A vector is a comment line (`# ...`), any number of settings (`@ key=value`), a line of
//! hexadecimal bytes, which is one stream, and one line for each event. With
//! `STEELYARD_WRITE_VECTORS=1` the event lines are written anew.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may fail by panic and says what it skips"
)]

mod common;

use std::path::{Path, PathBuf};

use common::{decode_with, is_reject, names, protocol, text};
use firmware_protocols::{Event, Reject, Settings};

struct Vector {
    comment: String,
    settings: Vec<String>,
    hex: String,
    expected: Vec<String>,
}

fn read(path: &Path) -> Vec<Vector> {
    let content = std::fs::read_to_string(path).unwrap();
    let mut vectors: Vec<Vector> = vec![];
    for line in content.lines().filter(|line| !line.is_empty()) {
        if let Some(comment) = line.strip_prefix("# ") {
            vectors.push(Vector {
                comment: comment.to_owned(),
                settings: vec![],
                hex: String::new(),
                expected: vec![],
            });
            continue;
        }
        let vector = vectors.last_mut().unwrap();
        match line.strip_prefix("@ ") {
            Some(setting) => vector.settings.push(setting.to_owned()),
            None if vector.hex.is_empty() => vector.hex = line.to_owned(),
            None => vector.expected.push(line.to_owned()),
        }
    }
    vectors
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<_> = hex.chars().filter(|c| !c.is_whitespace()).collect();
    assert!(digits.len().is_multiple_of(2), "{hex}");
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap())
        .collect()
}

#[test]
fn the_vector_files_hold() {
    for name in names() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("vectors/{name}.txt"));
        let vectors = read(&path);
        assert!(vectors.len() >= 3, "{name}");
        let mut written = String::new();
        let mut rejects = 0;
        for vector in vectors {
            let settings =
                Settings::from_assignments(vector.settings.iter().map(String::as_str)).unwrap();
            let events = decode_with(protocol(name), &settings, &bytes(&vector.hex));
            rejects += events.iter().filter(|event| is_reject(event)).count();
            let found: Vec<_> = events.iter().map(text).collect();
            written += &format!("# {}\n", vector.comment);
            for setting in &vector.settings {
                written += &format!("@ {setting}\n");
            }
            written += &format!("{}\n{}\n\n", vector.hex, found.join("\n"));
            if std::env::var_os("STEELYARD_WRITE_VECTORS").is_none() {
                assert_eq!(found, vector.expected, "{name}: {}", vector.comment);
            }
        }
        assert!(rejects > 0, "{name}: no vector that must be refused");
        if std::env::var_os("STEELYARD_WRITE_VECTORS").is_some() {
            std::fs::write(&path, written.trim_end().to_owned() + "\n").unwrap();
        }
    }
}

/// The folder of real data; says so in one line when it is not set.
fn real_data(test: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("STEELYARD_REAL_DATA").map(PathBuf::from);
    if folder.is_none() {
        println!("{test}: STEELYARD_REAL_DATA is not set, real data not read");
    }
    folder
}

#[test]
fn the_real_toledo_capture_is_nine_frames_and_two_rejects() {
    let Some(folder) = real_data("the_real_toledo_capture") else {
        return;
    };
    let bytes = std::fs::read(folder.join("scale/toledo-serialscale-test.dat")).unwrap();
    let events = decode_with(protocol("mt_toledo_continuous"), &Settings::new(), &bytes);
    let mut values = vec![];
    let mut rejects = vec![];
    let mut end = 0;
    for decoded in &events {
        assert_eq!(decoded.span.start, end, "every byte is accounted for");
        end = decoded.span.end;
        match &decoded.event {
            Event::Reading(reading) => {
                assert!(reading.checked);
                values.push(reading.value.map(|value| value.to_string()));
            }
            Event::Rejected(reason) => rejects.push((decoded.span.start, *reason)),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(end, bytes.len() as u64);
    assert_eq!(values.len(), 9, "{values:?}");
    assert_eq!(values.iter().filter(|value| value.is_none()).count(), 1);
    assert_eq!(rejects, [(72, Reject::Garbage), (79, Reject::Truncated)]);
    assert_eq!(values[0].as_deref(), Some("0.00"));
    assert!(values.contains(&Some("-0.89".to_owned())));
}

#[test]
fn all_thousand_real_mon_records_are_as_their_decoded_form() {
    let Some(folder) = real_data("all_thousand_real_mon_records") else {
        return;
    };
    let bytes = std::fs::read(folder.join("wim/au-trucks-1000.mon.txt")).unwrap();
    let expected = std::fs::read_to_string(folder.join("wim/au-trucks-1000.jsonl")).unwrap();
    let events = decode_with(protocol("wim_text_mon"), &Settings::new(), &bytes);
    assert_eq!(events.len(), 1_000);
    for (decoded, line) in events.iter().zip(expected.lines()) {
        let truck: serde_json::Value = serde_json::from_str(line).unwrap();
        let Event::Vehicle(vehicle) = &decoded.event else {
            panic!("{line}: {decoded:?}");
        };
        let integer = |key: &str| truck[key].as_i64();
        assert_eq!(vehicle.sequence, truck["id"].as_u64(), "{line}");
        assert_eq!(
            vehicle.time.map(|time| time.to_string()).as_deref(),
            truck["time"].as_str()
        );
        assert_eq!(
            vehicle.direction.map(|direction| direction as i64 + 1),
            integer("dir")
        );
        assert_eq!(vehicle.lane.map(i64::from), integer("lane"), "{line}");
        assert_eq!(
            vehicle.speed_tenth_kmh,
            integer("speed_kmh").map(|speed| speed * 10)
        );
        assert_eq!(vehicle.length_mm, integer("length_mm"), "{line}");
        assert_eq!(vehicle.gross_kg, integer("gross_kg"), "{line}");
        let loads: Vec<_> = vehicle.axles.iter().map(|axle| axle.load_kg).collect();
        assert_eq!(serde_json::json!(loads), truck["axle_kg"], "{line}");
        assert_eq!(vehicle.axles[0].spacing_mm, None);
        let spacings: Vec<_> = vehicle.axles[1..]
            .iter()
            .map(|axle| axle.spacing_mm)
            .collect();
        assert_eq!(serde_json::json!(spacings), truck["spacing_mm"], "{line}");
    }
}
