//! How fast one core decodes each protocol of the registry: frames and megabytes a second, over
//! specimens in chunks of 4096 bytes.
//!
//! `cargo run --release -p firmware-protocols --example decode_rates [-- SECONDS]`

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement prints"
)]

#[path = "../tests/common/rates.rs"]
mod rates;

use std::time::Instant;

use firmware_protocols::registry::PROTOCOLS;
use rates::{PARTS, Rates};

#[expect(clippy::disallowed_methods, reason = "a measurement needs real time")]
fn now() -> Instant {
    Instant::now()
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

fn main() {
    let seconds = std::env::args()
        .nth(1)
        .map_or(1.0, |word| word.parse().unwrap());
    println!("| protocol | bytes a frame | frames/s | first tenth | last tenth | MB/s |");
    println!("|---|---:|---:|---:|---:|---:|");
    for protocol in PROTOCOLS {
        let rates = Rates::of(protocol, seconds, now);
        println!(
            "| `{}` | {:.1} | {:.0} | {:.0} | {:.0} | {:.1} |",
            protocol.name,
            rates.frame_bytes,
            median(&rates.frames),
            rates.frames[0],
            rates.frames[PARTS - 1],
            median(&rates.megabytes()),
        );
    }
}
