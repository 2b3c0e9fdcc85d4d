//! Decoding at full speed: a stream of specimens over and over, in chunks as the daemon reads.

#![allow(
    dead_code,
    reason = "test, example and benchmark each use their own part"
)]

use std::hint::black_box;
use std::time::Instant;

use firmware_protocols::registry::Protocol;
use firmware_protocols::{Decoded, Decoder, Event, Settings};

/// As the daemon reads.
pub const CHUNK_BYTES: usize = 4_096;
/// Parts of a measurement, each timed by itself: flat means that the last is as fast as the first.
pub const PARTS: usize = 10;
/// Different frames of a stream, at most.
const FRAMES: u64 = 1_000;

/// Good frames of one protocol that can follow each other in one stream, again and again.
pub struct Sample {
    pub bytes: Vec<u8>,
    pub frames: usize,
}

impl Sample {
    /// Specimens, default settings.
    pub fn of(protocol: &Protocol) -> Self {
        Self::of_those(protocol, |_| true)
    }

    /// Specimens of which, decoded alone, all events are wanted. Some can't stay: where checked
    /// frames turn the check on, those without are refused.
    pub fn of_those(protocol: &Protocol, wanted: fn(&Event) -> bool) -> Self {
        let mut frames: Vec<_> = (0..FRAMES)
            .map(|number| protocol.specimen_bytes(number).unwrap())
            .filter(|frame| {
                let events = decode(protocol, frame);
                events.iter().all(|decoded| wanted(&decoded.event))
            })
            .collect();
        loop {
            let once = frames.concat();
            let spoiled: Vec<_> = decode(protocol, &once.repeat(2))
                .into_iter()
                .filter(|decoded| matches!(decoded.event, Event::Rejected(_)))
                .map(|decoded| decoded.span)
                .collect();
            if spoiled.is_empty() {
                return Self {
                    bytes: once,
                    frames: frames.len(),
                };
            }
            let (mut start, whole) = (0, once.len() as u64);
            frames.retain(|frame| {
                let end = start + frame.len() as u64;
                let hit = [0, whole].iter().any(|pass| {
                    spoiled
                        .iter()
                        .any(|span| span.start < pass + end && pass + start < span.end)
                });
                start = end;
                !hit
            });
        }
    }

    /// Pushes the sample once and hands on how many events came, rejects of which are faults.
    pub fn decode_once(&self, decoder: &mut dyn Decoder) -> usize {
        let mut events = 0;
        for chunk in self.bytes.chunks(CHUNK_BYTES) {
            decoder.push(chunk);
            while let Some(decoded) = decoder.poll_event() {
                let decoded = black_box(decoded);
                assert!(!matches!(decoded.event, Event::Rejected(_)), "{decoded:?}");
                events += 1;
            }
        }
        events
    }
}

fn decode(protocol: &Protocol, bytes: &[u8]) -> Vec<Decoded> {
    let mut decoder = (protocol.decoder)(&Settings::new()).unwrap();
    decoder.push(bytes);
    decoder.finish();
    std::iter::from_fn(|| decoder.poll_event()).collect()
}

/// How fast one protocol is decoded.
pub struct Rates {
    /// Frames a second on one core, of each part.
    pub frames: Vec<f64>,
    /// Bytes of a frame on average.
    pub frame_bytes: f64,
    /// Frames decoded in all.
    pub decoded: usize,
}

impl Rates {
    /// Measures for so many seconds.
    pub fn of(protocol: &Protocol, seconds: f64, now: fn() -> Instant) -> Self {
        let sample = Sample::of(protocol);
        assert!(sample.frames > 0, "{}", protocol.name);
        let mut decoder = (protocol.decoder)(&Settings::new()).unwrap();
        let start = now();
        let mut rounds = 0;
        while start.elapsed().as_secs_f64() < seconds / (2 * PARTS) as f64 {
            sample.decode_once(&mut *decoder);
            rounds += 1;
        }
        // The warming up took half the time of a part.
        let rounds = 2 * rounds;
        let frames = (0..PARTS).map(|_| {
            let start = now();
            for _ in 0..rounds {
                sample.decode_once(&mut *decoder);
            }
            (rounds * sample.frames) as f64 / start.elapsed().as_secs_f64()
        });
        Self {
            frames: frames.collect(),
            frame_bytes: sample.bytes.len() as f64 / sample.frames as f64,
            decoded: PARTS * rounds * sample.frames,
        }
    }

    /// Megabytes a second on one core, of each part.
    pub fn megabytes(&self) -> Vec<f64> {
        self.frames
            .iter()
            .map(|rate| rate * self.frame_bytes / 1e6)
            .collect()
    }
}
