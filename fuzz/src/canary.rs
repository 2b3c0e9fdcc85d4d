//! Decoders with a fault each, and one without: fuzzing that finds nothing in the former shows
//! nothing about real decoders. `fuzz/run --canary` runs them.
//!
//! The format is made up: `$`, four digits, the exclusive or of the digits, `\n`.

use std::collections::VecDeque;
use std::hint::black_box;

use firmware_protocols::registry::{Check, Kind, Maturity, Protocol, Speaker};
use firmware_protocols::{Decimal, Decoded, Decoder, EncodeError, Event, Reading, Reject, Span};

const FRAME: usize = 7;

/// What is wrong with a decoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// Nothing.
    None,
    /// Four bytes in a row make it panic.
    Panic,
    /// A chunk that ends within a checked frame's last two bytes loses a byte of it.
    Chunks,
    /// A rejected frame's span is one byte short when another mark follows directly.
    Spans,
    /// Bytes between frames are kept.
    Memory,
    /// Four bytes in a row switch it off for good.
    Deaf,
}

/// A sound decoder and the broken ones.
pub fn protocols() -> [Protocol; 6] {
    [
        protocol("canary_sound", |_| Ok(Canary::boxed(Fault::None))),
        protocol("canary_panic", |_| Ok(Canary::boxed(Fault::Panic))),
        protocol("canary_chunks", |_| Ok(Canary::boxed(Fault::Chunks))),
        protocol("canary_spans", |_| Ok(Canary::boxed(Fault::Spans))),
        protocol("canary_memory", |_| Ok(Canary::boxed(Fault::Memory))),
        protocol("canary_deaf", |_| Ok(Canary::boxed(Fault::Deaf))),
    ]
}

type Make = fn(
    &firmware_protocols::Settings,
) -> Result<Box<dyn Decoder>, firmware_protocols::SettingsError>;

fn protocol(name: &'static str, decoder: Make) -> Protocol {
    Protocol {
        name,
        kind: Kind::Scale,
        devices: "none",
        line: "none",
        line_settings: &[],
        speaker: Speaker::Device,
        marked: true,
        check: Check::Xor,
        evidence: &[],
        maturity: Maturity::Broken,
        longest_frame_bytes: FRAME,
        settings: &[],
        decoder,
        encoder: |event, _| match event {
            Event::Reading(reading) => encode(reading),
            _ => Err(EncodeError::Kind),
        },
        specimen: |number| reading((number * 7_919 % 10_000) as i64),
    }
}

fn reading(weight: i64) -> Event {
    Event::Reading(Reading {
        value: Some(Decimal::new(weight, 0)),
        checked: true,
        ..Reading::default()
    })
}

fn encode(reading: &Reading) -> Result<Vec<u8>, EncodeError> {
    let value = reading.value.ok_or(EncodeError::Missing("value"))?;
    let digits = format!("{:04}", value.digits);
    let check = digits.bytes().fold(0, |sum, byte| sum ^ byte);
    Ok([b"$", digits.as_bytes(), &[check, b'\n']].concat())
}

struct Canary {
    fault: Fault,
    buffer: VecDeque<u8>,
    position: u64,
    ready: VecDeque<Decoded>,
    /// How far a fatal row of bytes has come.
    row: usize,
    kept: usize,
    deaf: bool,
}

impl Canary {
    fn boxed(fault: Fault) -> Box<dyn Decoder> {
        Box::new(Self {
            fault,
            buffer: VecDeque::new(),
            position: 0,
            ready: VecDeque::new(),
            row: 0,
            kept: 0,
            deaf: false,
        })
    }

    fn emit(&mut self, count: usize, event: Event) {
        let start = self.position;
        self.position += count as u64;
        self.buffer.drain(..count);
        let mut span = Span {
            start,
            end: self.position,
        };
        let marked = self.buffer.front() == Some(&b'$');
        if self.fault == Fault::Spans && event == Event::Rejected(Reject::Integrity) && marked {
            span.end -= 1;
        }
        self.ready.push_back(Decoded { span, event });
    }

    /// Whether a row of four bytes has come. Each step is a branch of its own, as in a decoder that
    /// goes through a head: blind chance needs four thousand million tries for it.
    fn watch(&mut self, byte: u8, row: [u8; 4]) -> bool {
        let [first, second, third, fourth] = row;
        self.row = match self.row {
            1 if byte == second => black_box(2),
            2 if byte == third => black_box(3),
            3 if byte == fourth => black_box(4),
            _ if byte == first => black_box(1),
            _ => black_box(0),
        };
        self.row == row.len()
    }

    fn advance(&mut self, ended: bool) {
        while let Some(first) = self.buffer.front() {
            if self.deaf || *first != b'$' {
                self.kept += usize::from(self.fault == Fault::Memory);
                self.emit(1, Event::Rejected(Reject::Garbage));
                continue;
            }
            if self.buffer.len() < FRAME {
                if !ended {
                    return;
                }
                self.emit(1, Event::Rejected(Reject::Truncated));
                continue;
            }
            let frame: [u8; FRAME] = std::array::from_fn(|index| self.buffer[index]);
            let [_, a, b, c, d, check, end] = frame;
            let digits = [a, b, c, d];
            let good = digits.iter().all(u8::is_ascii_digit) && end == b'\n';
            if !good {
                self.emit(1, Event::Rejected(Reject::Field));
            } else if a ^ b ^ c ^ d != check {
                self.emit(FRAME, Event::Rejected(Reject::Integrity));
            } else {
                let weight = digits
                    .iter()
                    .fold(0, |weight, digit| weight * 10 + i64::from(digit - b'0'));
                self.kept = 0;
                self.emit(FRAME, reading(weight));
            }
        }
    }
}

impl Decoder for Canary {
    fn push(&mut self, bytes: &[u8]) {
        for byte in bytes {
            match self.fault {
                Fault::Panic => assert!(!self.watch(*byte, *b"$7x\xE2"), "the canary's fault"),
                Fault::Deaf => self.deaf |= self.watch(*byte, *b"$0\x00\xFF"),
                _ => {}
            }
            self.buffer.push_back(*byte);
        }
        let torn = self.buffer.len() == FRAME - 2 && self.buffer.front() == Some(&b'$');
        if self.fault == Fault::Chunks && torn && self.buffer.back() == Some(&b'9') {
            self.buffer.pop_back();
            self.position += 1;
        }
        self.advance(false);
    }

    fn finish(&mut self) {
        self.advance(true);
        self.kept = 0;
    }

    fn poll_event(&mut self) -> Option<Decoded> {
        self.ready.pop_front()
    }

    fn held_bytes(&self) -> usize {
        self.buffer.len() + self.kept
    }

    fn memory_bound(&self) -> usize {
        64
    }
}
