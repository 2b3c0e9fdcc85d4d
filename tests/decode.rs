//! `steelyard decode` through its library function.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may fail by panic and says what it skips"
)]

use std::path::PathBuf;

use firmware_protocols::{Decimal, yaohua_xk3190_continuous};
use serde_json::{Value, json};
use steelyard::cli::decode::{Arguments, Counts, Error, execute, run};

fn arguments(protocol: &str) -> Arguments {
    Arguments {
        protocol: Some(protocol.to_owned()),
        list: false,
        sniff: None,
        seconds: 2.0,
        json: false,
        settings: vec![],
        unit: None,
        hex: false,
        file: Some("-".to_owned()),
    }
}

fn lines(arguments: &Arguments, input: &[u8]) -> Vec<Value> {
    let mut output = vec![];
    let counts = run(arguments, input, &mut output).unwrap();
    let lines: Vec<Value> = output
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect();
    let rejects = lines.iter().filter(|line| line["event"] == "rejected");
    assert_eq!(counts.rejects, rejects.count() as u64);
    assert_eq!(counts.events, lines.len() as u64);
    lines
}

#[test]
fn readings_have_every_key_and_the_unit_that_the_wire_lacks() {
    let frame = yaohua_xk3190_continuous::encode(Decimal::new(2_000, 2)).unwrap();
    let stream = [&frame[..], &frame[..5]].concat();
    let mut with_unit = arguments("yaohua_xk3190_continuous");
    assert_eq!(lines(&with_unit, &frame)[0]["unit"], Value::Null);
    with_unit.unit = Some("kg".to_owned());
    assert_eq!(
        lines(&with_unit, &stream),
        [
            json!({
                "event": "reading", "value": "20.00", "unit": "kg", "stable": null, "net": null,
                "overload": null, "underload": null, "tare": null, "channel": null, "decks": [],
                "checked": true, "span": [0, 12], "line": null
            }),
            json!({"event": "rejected", "reason": "truncated", "span": [12, 17], "line": null}),
        ]
    );
    // The wire's own unit stands.
    with_unit.protocol = Some("mt_toledo_continuous".to_owned());
    with_unit.hex = true;
    let pounds = lines(&with_unit, b"022A20203039383030303030303030300D36\n");
    assert_eq!(pounds[0]["unit"], "lb");
}

#[test]
fn with_hex_each_line_is_a_stream_with_its_number() {
    let mut hex = arguments("mt_toledo_continuous");
    hex.hex = true;
    let input = "# code 1, then out of range, then a wrong sum\n\
                 023130203030343932303030303030300D21\n\
                 \n\
                 02 2A 34 20 30 30 30 30 30 30 30 30 30 30 30 30 0D 33\r\n\
                 022a30203031383634313030303030300d24";
    let lines = lines(&hex, input.as_bytes());
    let shown: Vec<_> = lines
        .iter()
        .map(|line| {
            (
                &line["line"],
                &line["value"],
                &line["overload"],
                &line["span"],
            )
        })
        .collect();
    let span = &json!([0, 18]);
    assert_eq!(
        shown,
        [
            (&json!(2), &json!("49200"), &json!(false), span),
            (&json!(4), &Value::Null, &json!(true), span),
            (&json!(5), &Value::Null, &Value::Null, span),
        ]
    );
    assert_eq!(lines[1]["underload"], true);
    assert_eq!(lines[2]["reason"], "integrity");
}

#[test]
fn a_vehicle_says_what_an_analyst_needs() {
    let line = "$OLR,1,V,ST0042,2,1718,2025-03-14T08:15:27.318Z,-,63.4,-0.2,16840,21.5,16960,\
                00000004,95,2,3270/3270/0/63.6/S/1/0;5210/5210/3450/63.5/D/2/0";
    let sum = crc::Crc::<u16>::new(&crc::CRC_16_XMODEM).checksum(&line.as_bytes()[1..]);
    let line = format!("{line}*{sum:04X}\r\n");
    assert_eq!(
        lines(&arguments("olr"), line.as_bytes()),
        [json!({
            "event": "vehicle", "station": "ST0042", "sequence": 1718,
            "time": "2025-03-14T08:15:27.318Z", "lane": 2, "direction": "reverse",
            "speed_kmh": 63.4, "acceleration_ms2": -0.2, "length_mm": 16840, "gross_kg": 16960,
            "axles": [
                {"load_kg": 6540, "left_kg": 3270, "right_kg": 3270, "spacing_mm": null,
                 "speed_kmh": 63.6, "validity": "valid"},
                {"load_kg": 10420, "left_kg": 5210, "right_kg": 5210, "spacing_mm": 3450,
                 "speed_kmh": 63.5, "validity": "valid"},
            ],
            "groups": [], "flags": ["braking"], "confidence": 95, "checked": true,
            "span": [0, line.len()], "line": null
        })]
    );
    let mut output = vec![];
    run(&arguments("olr"), line.as_bytes(), &mut output).unwrap();
    let text = String::from_utf8(output).unwrap();
    assert!(text.contains("\"speed_kmh\":63.4,"), "{text}");
}

#[test]
fn plates_pictures_heartbeats_and_statuses_have_their_keys() {
    let mut plates = arguments("plate_text");
    plates.settings = vec!["checksum=none".to_owned()];
    let line = "$PLT,2,2025-03-14T08:15:27.318Z,京A12345,yellow,97\r\n";
    assert_eq!(
        lines(&plates, line.as_bytes()),
        [json!({
            "event": "plate", "plate": "京A12345", "colour": "yellow", "confidence": 97,
            "time": "2025-03-14T08:15:27.318Z", "lane": 2, "direction": null, "second_plate": null,
            "read_id": null, "picture_bytes": null, "checked": false,
            "span": [0, line.len()], "line": null
        })]
    );
    let mut pictures = arguments("vc0706_jpeg");
    pictures.hex = true;
    let found = lines(
        &pictures,
        b"7600320000FFD8FFE0FFD97600320000\n56003601005600340100",
    );
    assert_eq!(
        found,
        [
            json!({"event": "picture", "bytes": 6, "span": [0, 16], "line": 1}),
            json!({"event": "status", "name": "host_freeze", "fields": {}, "span": [0, 5],
                   "line": 2}),
            json!({"event": "status", "name": "host_length", "fields": {}, "span": [5, 10],
                   "line": 2}),
        ]
    );
}

#[test]
fn wrong_use_is_told_and_has_exit_code_2() {
    let mut bad_setting = arguments("mt_toledo_continuous");
    bad_setting.settings = vec!["checksum=maybe".to_owned()];
    let mut bad_unit = arguments("mt_toledo_continuous");
    bad_unit.unit = Some("stone".to_owned());
    let mut bad_hex = arguments("mt_toledo_continuous");
    bad_hex.hex = true;
    for (arguments, words) in [
        (arguments("mt_toledo"), "mt_toledo_continuous"),
        (bad_setting, "allowed: auto, on, off"),
        (bad_unit, "short_ton"),
        (bad_hex, "line 2"),
    ] {
        let error = run(&arguments, &b"02\nxy\n"[..], vec![]).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(error.exit_code(), 2);
    }
    let mut missing = arguments("olr");
    missing.file = Some("/nonexistent/file".to_owned());
    let error = execute(&missing).unwrap_err();
    assert!(matches!(error, Error::Open { .. }));
    assert_eq!(error.exit_code(), 2);
}

#[test]
fn an_empty_input_is_no_event() {
    let counts = run(&arguments("olr"), &b""[..], vec![]).unwrap();
    assert_eq!(counts, Counts::default());
}

fn real_data(test: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("STEELYARD_REAL_DATA").map(PathBuf::from);
    if folder.is_none() {
        println!("{test}: STEELYARD_REAL_DATA is not set, real data not read");
    }
    folder
}

#[test]
fn the_real_mon_file_gives_a_thousand_vehicles() {
    let Some(folder) = real_data("the_real_mon_file") else {
        return;
    };
    let bytes = std::fs::read(folder.join("wim/au-trucks-1000.mon.txt")).unwrap();
    let expected = std::fs::read_to_string(folder.join("wim/au-trucks-1000.jsonl")).unwrap();
    let found = lines(&arguments("wim_text_mon"), &bytes);
    assert_eq!(found.len(), 1_000);
    for (vehicle, line) in found.iter().zip(expected.lines()) {
        let truck: Value = serde_json::from_str(line).unwrap();
        assert_eq!(vehicle["sequence"], truck["id"]);
        for key in ["time", "lane", "length_mm", "gross_kg"] {
            assert_eq!(vehicle[key], truck[key], "{line}");
        }
        assert_eq!(vehicle["speed_kmh"].as_f64(), truck["speed_kmh"].as_f64());
        let axles = vehicle["axles"].as_array().unwrap();
        let loads: Vec<_> = axles.iter().map(|axle| axle["load_kg"].clone()).collect();
        assert_eq!(json!(loads), truck["axle_kg"]);
        let spacings: Vec<_> = axles
            .iter()
            .map(|axle| axle["spacing_mm"].clone())
            .collect();
        assert_eq!(spacings[0], Value::Null);
        assert_eq!(json!(spacings[1..]), truck["spacing_mm"]);
    }
}

#[test]
fn the_real_toledo_capture_gives_nine_readings_and_two_rejects() {
    let Some(folder) = real_data("the_real_toledo_capture") else {
        return;
    };
    let bytes = std::fs::read(folder.join("scale/toledo-serialscale-test.dat")).unwrap();
    let found = lines(&arguments("mt_toledo_continuous"), &bytes);
    let kinds = |kind: &str| found.iter().filter(|line| line["event"] == kind).count();
    assert_eq!((kinds("reading"), kinds("rejected")), (9, 2));
    let values = found
        .iter()
        .filter(|line| line["value"].is_string())
        .count();
    assert_eq!(values, 8);
    let mut end = json!(0);
    for line in &found {
        assert_eq!(line["span"][0], end);
        end = line["span"][1].clone();
    }
    assert_eq!(end, json!(bytes.len()));
}
