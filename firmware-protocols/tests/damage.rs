//! The check on the wire holds against single flipped bits, and `docs/damage.md` is about the
//! protocols that there are.
#![allow(
    clippy::unwrap_used,
    reason = "a test may fail by panic and says what it skips"
)]

mod common;
#[path = "common/damage.rs"]
mod damage;

use std::collections::BTreeSet;
use std::path::Path;

use common::names;
use damage::{Damage, Group, Tally, Weighings, seed};
use firmware_protocols::registry::{Check, PROTOCOLS};

/// The command that writes the file.
const COMMAND: &str = "cargo run --release -p firmware-protocols --example damage -- \
                       --frames 20000 --weighings 1000000 --write";

#[test]
fn one_flipped_bit_in_a_checked_frame_never_gives_another_record() {
    let mut groups = 0;
    for protocol in PROTOCOLS
        .iter()
        .filter(|protocol| protocol.check != Check::None)
    {
        for group in Group::all(protocol).iter().filter(|group| group.checked) {
            let label = group.label();
            let mut dice = seed(7, &[&label]);
            let tally = Tally::of(group, Damage::FlippedBit, 3_000, &mut dice);
            assert_eq!((tally.wrong_value, tally.wrong_other), (0, 0), "{label}");
            groups += 1;
        }
    }
    assert!(groups >= 5, "{groups}");
}

#[test]
fn without_a_check_the_stability_rule_lets_no_wrong_weight_through() {
    let mut weighed = 0;
    for protocol in PROTOCOLS {
        for group in Group::all(protocol).iter().filter(|group| !group.checked) {
            let label = group.label();
            let mut dice = seed(7, &[&label]);
            if let Some(sum) = Weighings::of(group, 200, &mut dice) {
                assert_eq!(sum.wrong, 0, "{label}");
                assert!(sum.weighings > 190, "{label}: {sum:?}");
                weighed += 1;
            }
        }
    }
    assert!(weighed >= 3, "{weighed}");
}

#[test]
fn the_document_is_about_the_protocols_of_the_registry() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/damage.md");
    let document = std::fs::read_to_string(path).unwrap_or_default();
    let listed: BTreeSet<_> = document
        .lines()
        .filter(|line| line.starts_with("| `") || line.starts_with("Without records"))
        .flat_map(|line| line.split('`').skip(1).step_by(2))
        .collect();
    let known: BTreeSet<_> = names().into_iter().collect();
    assert!(listed == known, "docs/damage.md is stale: run `{COMMAND}`");
}
