//! Replays what fuzzing found worth keeping (`corpus/<protocol>/`, see `docs/fuzzing.md`).
#![allow(
    clippy::unwrap_used,
    reason = "a test may fail by panic and says what it skips"
)]

#[path = "common/property.rs"]
mod property;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use firmware_protocols::registry::PROTOCOLS;
use property::Property;

/// The repository carries the corpus, so it stays small.
const LARGEST_INPUT_BYTES: usize = 300;
const LARGEST_CORPUS_BYTES: usize = 3 * 1_024 * 1_024 / 2;

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    entries
}

#[test]
fn every_protocol_keeps_the_laws_on_its_corpus() {
    let mut bytes = 0;
    for protocol in PROTOCOLS {
        let inputs = entries(&corpus().join(protocol.name));
        assert!(
            inputs.len() >= 5,
            "{}: no corpus, run fuzz/run --runs 100000 {0}",
            protocol.name
        );
        let mut property = Property::new(protocol);
        for path in inputs {
            let input = std::fs::read(&path).unwrap();
            assert!(input.len() <= LARGEST_INPUT_BYTES, "{}", path.display());
            bytes += input.len();
            // Should it fail: what failed, and on what.
            println!("{}", path.display());
            property.hold(&input);
        }
    }
    assert!(bytes <= LARGEST_CORPUS_BYTES, "{bytes}");
}

#[test]
fn there_is_no_corpus_of_a_protocol_that_is_not() {
    let folders: BTreeSet<_> = entries(&corpus())
        .iter()
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    let known = PROTOCOLS.iter().map(|protocol| protocol.name.to_owned());
    let unknown: Vec<_> = folders.difference(&known.collect()).cloned().collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}
