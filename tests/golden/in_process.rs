//! Recordings replayed in process: what came out stands in the `.expect` file, byte for byte, and
//! however the bytes are cut into chunks.

use std::path::PathBuf;

use serde_json::Value;

use crate::outcome::{Lines, outcome, text};
use crate::recording::{NAMES, Piece, Recording, logs, recording, rewriting};

fn replayed(recording: &Recording, pieces: &[Piece]) -> Lines {
    let config = recording.config(&PathBuf::from("/nonexistent"), |_| {
        PathBuf::from("/dev/null")
    });
    outcome(recording, &config, pieces)
}

#[test]
fn recordings_give_what_is_expected_of_them() {
    for name in NAMES {
        let recording = recording(name);
        let found = text(&replayed(&recording, &recording.pieces));
        let path = logs().join(format!("{name}.expect"));
        if rewriting() {
            std::fs::create_dir_all(logs()).unwrap();
            std::fs::write(logs().join(format!("{name}.log")), recording.text()).unwrap();
            std::fs::write(&path, &found).unwrap();
            println!("{name}: written, {} lines", found.lines().count());
            continue;
        }
        let expected = std::fs::read_to_string(&path).unwrap();
        for (number, (found, expected)) in found.lines().zip(expected.lines()).enumerate() {
            assert_eq!(found, expected, "{name}.expect, line {}", number + 1);
        }
        assert_eq!(found, expected, "{name}.expect");
    }
}

#[test]
fn the_cutting_of_the_bytes_does_not_matter() {
    for name in NAMES {
        let recording = recording(name);
        let whole = replayed(&recording, &recording.pieces);
        for size in [1, 3, 16, 61] {
            let cut: Vec<Piece> = recording
                .pieces
                .iter()
                .flat_map(|piece| cut(piece, size))
                .collect();
            assert!(cut.len() > recording.pieces.len() || size > 16);
            assert_eq!(
                replayed(&recording, &cut),
                whole,
                "{name} in pieces of {size}"
            );
        }
        assert_eq!(
            replayed(&recording, &glued(&recording.pieces)),
            whole,
            "{name} glued"
        );
    }
}

fn cut(piece: &Piece, size: usize) -> Vec<Piece> {
    if piece.bytes.is_empty() {
        return vec![piece.clone()];
    }
    let chunks = piece.bytes.chunks(size);
    chunks
        .map(|bytes| Piece {
            bytes: bytes.to_owned(),
            ..piece.clone()
        })
        .collect()
}

/// What came in on a port at one moment becomes one chunk.
fn glued(pieces: &[Piece]) -> Vec<Piece> {
    let mut glued: Vec<Piece> = Vec::new();
    for piece in pieces {
        match glued.last_mut() {
            Some(last)
                if (last.millis, &last.port) == (piece.millis, &piece.port)
                    && !last.bytes.is_empty()
                    && !piece.bytes.is_empty() =>
            {
                last.bytes.extend_from_slice(&piece.bytes);
            }
            _ => glued.push(piece.clone()),
        }
    }
    glued
}

fn of<'a>(lines: &'a [Value], event: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["event"] == event).collect()
}

/// The recordings show what their heads say: an expectation that was written anew from a broken
/// program does not pass unnoticed.
#[test]
fn recordings_show_what_their_heads_say() {
    let lines = |name| {
        let recording = recording(name);
        replayed(&recording, &recording.pieces)
    };
    let idle = lines("idle");
    assert!(idle.iter().all(|line| line["event"] == "port"));
    let frames: i64 = idle
        .iter()
        .map(|port| port["frames"].as_i64().unwrap())
        .sum();
    assert!(
        frames > 100
            && idle
                .iter()
                .all(|port| port["rejects"] == serde_json::json!({}))
    );

    let clean = lines("one-clean-truck");
    let closed = of(&clean, "closed");
    assert_eq!((of(&clean, "weighed").len(), closed.len()), (1, 1));
    assert_eq!(closed[0]["plate_state"], "matched");
    assert_eq!(closed[0]["pictures"].as_array().unwrap().len(), 1);
    assert!(closed[0]["case"]["open"].is_string(), "{}", closed[0]);

    let dense = lines("dense-two-lanes");
    assert!(of(&dense, "weighed").len() >= 30);
    assert_eq!(of(&dense, "weighed").len(), of(&dense, "closed").len());
    for state in ["matched", "ambiguous", "missing"] {
        assert!(
            of(&dense, "closed")
                .iter()
                .any(|closed| closed["plate_state"] == state),
            "{state}"
        );
    }
    for closed in of(&dense, "closed") {
        let sure = closed["plate_state"] == "matched";
        assert!(sure || closed["case"].is_null(), "{closed}");
    }

    let text = lines("wim-text");
    assert!(of(&text, "weighed").len() >= 6);
    for weighed in of(&text, "weighed") {
        let sum: i64 = weighed["loads_kg"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_i64)
            .sum();
        assert_eq!(weighed["gross_kg"], sum);
    }

    for (name, weighings) in [("platform-toledo", 1), ("platform-yaohua", 2)] {
        let lines = lines(name);
        let weighed = of(&lines, "weighed");
        let on_platform = weighed
            .iter()
            .filter(|weighed| weighed["kind"] == "platform");
        assert_eq!(on_platform.count(), weighings, "{name}");
        assert!(
            of(&lines, "closed")
                .iter()
                .all(|closed| closed["plate_state"] == "matched")
        );
    }
    let toledo = lines("platform-toledo");
    let last = of(&toledo, "closed").pop().cloned().unwrap();
    assert!(
        last["linked"].is_string() && last["class"].is_string(),
        "{last}"
    );
}
