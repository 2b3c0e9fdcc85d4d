//! Recordings of real indicators, decoded by `text_frame` with the settings that its head names. They
//! are read where `STEELYARD_REAL_DATA` says they are.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may fail by panic and says what it skips"
)]

mod common;

use std::path::PathBuf;

use common::{decode_with, protocol};
use firmware_protocols::{Decoded, Event, Reading, Reject, Settings, Unit};

/// A block of the TFO1: gross, net and tare among other figures.
const TFO1: [&str; 4] = [
    "start=\\nF",
    "end=\\rV1\\r",
    "delimiter=",
    "fields=ignore:9,'\\rH',ignore:9,'\\rQ',ignore:9,'\\rX',ignore:9,'\\rA',gross:9,'\\r0',net:9,\
     '\\r4',tare:9,'\\r1',ignore:9,'\\r2',ignore:8,'\\rB',ignore:1,'\\rC',ignore:25",
];

/// The folder of real data; says so in one line when it is not set.
fn real_data(test: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("STEELYARD_REAL_DATA").map(PathBuf::from);
    if folder.is_none() {
        println!("{test}: STEELYARD_REAL_DATA is not set, real data not read");
    }
    folder
}

/// What one recording decodes to, and what is expected of it.
struct Capture {
    events: Vec<Decoded>,
    /// One entry for each frame: where it begins and what it says.
    expected: Vec<(u64, serde_json::Value)>,
}

fn capture(folder: &std::path::Path, name: &str, settings: &[&str]) -> Capture {
    let path = |ending: &str| folder.join(format!("scale/{name}.{ending}"));
    let bytes = std::fs::read(path("bin")).unwrap();
    let text = std::fs::read_to_string(path("expected.json")).unwrap();
    let expected: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(expected["bytes"], bytes.len());
    let settings = Settings::from_assignments(settings.iter().copied()).unwrap();
    let events = decode_with(protocol("text_frame"), &settings, &bytes);
    let mut end = 0;
    for decoded in &events {
        assert_eq!(decoded.span.start, end, "every byte is accounted for");
        end = decoded.span.end;
    }
    assert_eq!(end, bytes.len() as u64);
    // Runs of equal frames: all frames of a recording have one length.
    let length = events
        .iter()
        .find(|decoded| matches!(decoded.event, Event::Reading(_)))
        .map(|decoded| decoded.span.end - decoded.span.start)
        .unwrap();
    let frames = expected["readings"].as_array().unwrap().iter();
    let frames: Vec<_> = frames
        .flat_map(|run| {
            let first = run["first_offset"].as_u64().unwrap();
            let count = run["count"].as_u64().unwrap();
            (0..count).map(move |index| (first + index * length, run["reading"].clone()))
        })
        .collect();
    assert_eq!(expected["frames"], frames.len());
    Capture {
        events,
        expected: frames,
    }
}

fn readings(events: &[Decoded]) -> Vec<(u64, &Reading)> {
    events
        .iter()
        .filter_map(|decoded| match &decoded.event {
            Event::Reading(reading) => Some((decoded.span.start, reading)),
            _ => None,
        })
        .collect()
}

fn rejects(events: &[Decoded]) -> Vec<(u64, u64, Reject)> {
    events
        .iter()
        .filter_map(|decoded| match decoded.event {
            Event::Rejected(reason) => Some((decoded.span.start, decoded.span.end, reason)),
            _ => None,
        })
        .collect()
}

fn assert_lines(capture: &Capture) {
    let found = readings(&capture.events);
    assert_eq!(found.len(), capture.expected.len());
    for ((start, reading), (first, expected)) in found.iter().zip(&capture.expected) {
        assert_eq!(start, first, "{expected}");
        let value = reading.value.unwrap().to_string();
        assert_eq!(expected["value"], value, "{start}");
        assert_eq!(expected["unit"], reading.unit.map(Unit::name).unwrap());
        assert_eq!(expected["stable"], reading.stable.unwrap(), "{start}");
        let mode = if reading.net.unwrap() { "N" } else { "G" };
        assert_eq!(expected["mode"], mode, "{start}");
        assert!(!reading.checked && reading.overload.is_none());
    }
}

#[test]
fn the_real_defender_lines_are_as_expected() {
    let Some(folder) = real_data("the_real_defender_lines") else {
        return;
    };
    let capture = capture(&folder, "capture-defender3000-text", &[]);
    assert_lines(&capture);
    assert_eq!(
        rejects(&capture.events),
        [
            (0, 4, Reject::Truncated),
            (34_024, 34_034, Reject::Truncated)
        ]
    );
}

#[test]
fn the_real_platform_lines_are_as_expected() {
    let Some(folder) = real_data("the_real_platform_lines") else {
        return;
    };
    let capture = capture(&folder, "capture-weight-spun", &[]);
    assert_lines(&capture);
    assert_eq!(
        rejects(&capture.events),
        [(0, 4, Reject::Garbage), (30_424, 30_426, Reject::Truncated)]
    );
}

/// In 43 of 149 frames gross less tare is one division beside net: each is rounded for itself.
/// With a division allowed all frames are readings; without, exactly those are refused.
#[test]
fn the_real_tfo1_blocks_are_as_expected() {
    let Some(folder) = real_data("the_real_tfo1_blocks") else {
        return;
    };
    let settings = [&TFO1[..], &["sum_within=0.5"]].concat();
    let loose = capture(&folder, "capture-tfo1", &settings);
    let found = readings(&loose.events);
    assert_eq!(found.len(), 149);
    assert_eq!(found.len(), loose.expected.len());
    for ((start, reading), (first, expected)) in found.iter().zip(&loose.expected) {
        assert_eq!(start, first, "{expected}");
        assert_eq!(expected["A"], reading.value.unwrap().to_string(), "{start}");
        assert_eq!(expected["f4"], reading.tare.unwrap().to_string(), "{start}");
        assert_eq!(reading.net, Some(false));
        assert_eq!((reading.unit, reading.stable), (None, None));
        assert!(!reading.checked);
    }
    assert_eq!(
        rejects(&loose.events),
        [
            (0, 42, Reject::Garbage),
            (19_710, 19_719, Reject::Truncated)
        ]
    );

    let strict = capture(&folder, "capture-tfo1", &TFO1);
    let refused: Vec<_> = rejects(&strict.events)
        .into_iter()
        .filter(|(_, _, reason)| *reason == Reject::Contradiction)
        .map(|(start, ..)| start)
        .collect();
    let off: Vec<_> = strict
        .expected
        .iter()
        .filter(|(_, expected)| expected["check"] == false)
        .map(|(start, _)| *start)
        .collect();
    assert_eq!(refused, off);
    assert_eq!(off.len(), 43);
    assert_eq!(readings(&strict.events).len(), 149 - 43);
}
