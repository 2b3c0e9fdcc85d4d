//! How many 18-byte Toledo frames one core decodes in a second, and whether that stays flat.
//!
//! `cargo run --release -p firmware-protocols --example toledo_rate`

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement prints"
)]
#![allow(
    clippy::disallowed_methods,
    reason = "a measurement needs the machine's clock"
)]

use std::time::Instant;

use firmware_protocols::mt_toledo_continuous::{Form, encode};
use firmware_protocols::{Decimal, Event, Reading, Settings, Unit, registry};

const FRAMES: u64 = 10_000_000;
const CHUNK_FRAMES: usize = 1_000;

fn main() {
    let mut chunk = vec![];
    for index in 0..CHUNK_FRAMES as i64 {
        let reading = Reading {
            value: Some(Decimal::new(index * 47 % 60_000, 0)),
            tare: Some(Decimal::new(0, 0)),
            unit: Some(Unit::Kilogram),
            stable: Some(index % 3 != 0),
            net: Some(false),
            overload: Some(false),
            underload: Some(false),
            checked: true,
            ..Reading::default()
        };
        chunk.extend(encode(&reading, &Form::default()).unwrap());
    }
    let protocol = registry::find("mt_toledo_continuous").unwrap();
    let mut decoder = (protocol.decoder)(&Settings::new()).unwrap();
    let (mut readings, mut sum) = (0_u64, 0_i64);
    for part in 1..=10 {
        let start = Instant::now();
        let until = FRAMES / 10 * part;
        while readings < until {
            decoder.push(&chunk);
            while let Some(decoded) = decoder.poll_event() {
                if let Event::Reading(reading) = decoded.event {
                    readings += 1;
                    sum += reading.value.map_or(0, |value| value.digits);
                }
            }
        }
        let rate = FRAMES as f64 / 10.0 / start.elapsed().as_secs_f64() / 1e6;
        println!(
            "{readings:>9} frames: {rate:.1} M frames/s, holds {} bytes",
            decoder.held_bytes()
        );
    }
    println!("sum of values {sum}");
}
