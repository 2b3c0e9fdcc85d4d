//! Plain readings are decoded without allocating: at thousands of frames a second on 32 lanes the
//! allocator would be most of the work, and what does not allocate does not grow.
#![allow(
    clippy::unwrap_used,
    reason = "a test may fail by panic and says what it skips"
)]

#[path = "common/rates.rs"]
mod rates;

use allocation_counter::measure;
use firmware_protocols::mt_toledo_continuous::{Form, encode};
use firmware_protocols::registry::{Kind, PROTOCOLS, find};
use firmware_protocols::{Decimal, Decoder, Event, Reading, Settings, Unit};
use rates::{CHUNK_BYTES, Sample};

/// A weight and no more: the decks of a reading are a list.
fn is_plain(event: &Event) -> bool {
    matches!(event, Event::Reading(reading) if reading.decks.is_empty())
}

/// Allocations while this sample is decoded so often, after it was decoded twice.
fn allocations(decoder: &mut dyn Decoder, sample: &Sample, rounds: usize) -> u64 {
    for _ in 0..2 {
        sample.decode_once(decoder);
    }
    let counted = measure(|| {
        for _ in 0..rounds {
            sample.decode_once(decoder);
        }
    });
    counted.count_total
}

#[test]
fn a_hundred_thousand_toledo_frames_allocate_nothing() {
    let frames = (0..1_000).map(|index| {
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
        encode(&reading, &Form::default()).unwrap()
    });
    let sample = Sample {
        bytes: frames.collect::<Vec<_>>().concat(),
        frames: 1_000,
    };
    assert_eq!(sample.bytes.len(), 18_000);
    assert!(sample.bytes.len() > CHUNK_BYTES);
    let protocol = find("mt_toledo_continuous").unwrap();
    let mut decoder = (protocol.decoder)(&Settings::new()).unwrap();
    assert_eq!(allocations(&mut *decoder, &sample, 100), 0);
}

#[test]
fn plain_readings_of_every_protocol_allocate_nothing() {
    let mut allocating = vec![];
    for protocol in PROTOCOLS {
        let mut decoder = (protocol.decoder)(&Settings::new()).unwrap();
        let all = Sample::of(protocol);
        let per_frame = allocations(&mut *decoder, &all, 10) as f64 / (10 * all.frames) as f64;
        println!("{}: {per_frame:.2} allocations a specimen", protocol.name);
        let plain = Sample::of_those(protocol, is_plain);
        if plain.frames == 0 {
            assert_ne!(
                protocol.kind,
                Kind::Scale,
                "{}: no plain reading",
                protocol.name
            );
            continue;
        }
        let mut decoder = (protocol.decoder)(&Settings::new()).unwrap();
        let count = allocations(&mut *decoder, &plain, 10);
        if count > 0 {
            allocating.push((protocol.name, count as f64 / (10 * plain.frames) as f64));
        }
    }
    assert!(
        allocating.is_empty(),
        "allocations a reading: {allocating:?}"
    );
}

/// The counter counts.
#[test]
fn a_plate_allocates() {
    let protocol = find("plate_text").unwrap();
    let sample = Sample::of(protocol);
    let mut decoder = (protocol.decoder)(&Settings::new()).unwrap();
    assert!(allocations(&mut *decoder, &sample, 1) >= sample.frames as u64 / 2);
}
