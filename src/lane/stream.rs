//! One port's byte stream on its way into the lane logic: decoding, and the bytes of each event.

use base64::Engine;
use firmware_protocols::{Answer, Decoder, Event};
use sha2::{Digest, Sha256};

use crate::passage::RawBytes;
use crate::units::Micros;

/// An event with the port it came from and the bytes behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// Port name.
    pub port: String,
    /// When the chunk that completed it was received.
    pub received_at: Micros,
    /// First byte in the port's raw log.
    pub offset: u64,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What was said.
    pub event: Event,
}

impl Input {
    /// The bytes as a passage keeps them.
    pub fn raw(&self) -> RawBytes {
        RawBytes {
            base64: base64::engine::general_purpose::STANDARD.encode(&self.bytes),
            ..self.raw_without_bytes()
        }
    }

    /// Their place and digest only.
    pub fn raw_without_bytes(&self) -> RawBytes {
        RawBytes {
            port: self.port.clone(),
            offset: i64::try_from(self.offset).unwrap_or(i64::MAX),
            length: i64::try_from(self.bytes.len()).unwrap_or(i64::MAX),
            received_at: self.received_at,
            sha256: digest_text(&self.bytes),
            base64: String::new(),
        }
    }
}

/// SHA-256 in hex. Every input has one: collected character by character it would take longer than
/// the digest itself.
fn digest_text(bytes: &[u8]) -> String {
    let mut text = vec![0; 64];
    let written = hex::encode_to_slice(Sha256::digest(bytes), &mut text);
    debug_assert!(written.is_ok(), "64 digits hold 32 bytes");
    String::from_utf8(text).unwrap_or_default()
}

/// A port's decoder together with the bytes it has not decided on yet.
pub struct PortStream {
    port: String,
    decoder: Box<dyn Decoder>,
    /// Offset in the raw log of the decoder's byte 0.
    base: u64,
    /// Bytes not yet part of an event; the first one is at `undecided_from`.
    undecided: Vec<u8>,
    undecided_from: u64,
}

impl PortStream {
    /// A stream whose next byte stands at `offset` in the port's raw log.
    pub fn new(port: &str, decoder: Box<dyn Decoder>, offset: u64) -> Self {
        Self {
            port: port.to_owned(),
            decoder,
            base: offset,
            undecided: Vec::new(),
            undecided_from: offset,
        }
    }

    /// Takes a chunk as it was received and yields what it completed.
    pub fn push(&mut self, received_at: Micros, chunk: &[u8]) -> Vec<Input> {
        self.undecided.extend_from_slice(chunk);
        self.decoder.push(chunk);
        self.drain(received_at)
    }

    /// The line broke off: a frame that is not whole is a reject, not glued to what comes next.
    pub fn line_broken(&mut self, at: Micros) -> Vec<Input> {
        self.decoder.finish();
        self.drain(at)
    }

    /// What the device is asked at this moment, see [`Decoder::poll_transmit`].
    pub fn poll_transmit(&mut self, now: Micros) -> Option<Vec<u8>> {
        self.decoder.poll_transmit(now.get())
    }

    /// When it is to be asked next, see [`Decoder::poll_timeout`].
    pub fn poll_timeout(&self) -> Option<Micros> {
        self.decoder.poll_timeout().map(Micros::new)
    }

    /// The bytes with which the device wants to hear what became of a record.
    pub fn reply(&mut self, event: &Event, answer: Answer) -> Option<Vec<u8>> {
        self.decoder.reply(event, answer)
    }

    fn drain(&mut self, received_at: Micros) -> Vec<Input> {
        let mut inputs = Vec::new();
        let mut cut = 0;
        while let Some(decoded) = self.decoder.poll_event() {
            let start = self.base.saturating_add(decoded.span.start);
            let end = self.base.saturating_add(decoded.span.end);
            let from = self.index(start);
            let until = self.index(end);
            let bytes = match decoded.event {
                // A picture is kept as a file of its own; its bytes need no second copy here.
                Event::Picture(_) => Vec::new(),
                _ => self.undecided.get(from..until).unwrap_or_default().to_vec(),
            };
            cut = cut.max(until);
            inputs.push(Input {
                port: self.port.clone(),
                received_at,
                offset: start,
                bytes,
                event: decoded.event,
            });
        }
        self.undecided.drain(..cut);
        self.undecided_from = self.undecided_from.saturating_add(cut as u64);
        inputs
    }

    fn index(&self, offset: u64) -> usize {
        usize::try_from(offset.saturating_sub(self.undecided_from))
            .unwrap_or(usize::MAX)
            .min(self.undecided.len())
    }
}

#[cfg(test)]
mod tests {
    use firmware_protocols::{Decoded, Reject, Span};

    use super::*;

    /// Every newline ends a "frame" that is rejected as garbage: enough to see the bytes cut.
    #[derive(Default)]
    struct Lines {
        seen: u64,
        start: u64,
        events: std::collections::VecDeque<Decoded>,
    }

    impl Decoder for Lines {
        fn push(&mut self, bytes: &[u8]) {
            for &byte in bytes {
                self.seen += 1;
                if byte == b'\n' {
                    self.finish();
                }
            }
        }
        fn finish(&mut self) {
            if self.start < self.seen {
                let span = Span {
                    start: self.start,
                    end: self.seen,
                };
                self.events.push_back(Decoded {
                    span,
                    event: Event::Rejected(Reject::Garbage),
                });
                self.start = self.seen;
            }
        }
        fn poll_event(&mut self) -> Option<Decoded> {
            self.events.pop_front()
        }
        fn held_bytes(&self) -> usize {
            0
        }
        fn memory_bound(&self) -> usize {
            0
        }
    }

    #[test]
    fn each_event_carries_its_own_bytes_and_offset() {
        let mut stream = PortStream::new("a", Box::<Lines>::default(), 1_000);
        assert!(stream.push(Micros::new(1), b"one").is_empty());
        let inputs = stream.push(Micros::new(2), b"\ntwo\nthr");
        let seen: Vec<_> = inputs
            .iter()
            .map(|i| (i.offset, i.bytes.as_slice()))
            .collect();
        assert_eq!(seen, [(1_000, b"one\n".as_slice()), (1_004, b"two\n")]);
        let rest = stream.line_broken(Micros::new(3));
        assert_eq!(
            (rest[0].offset, rest[0].bytes.as_slice()),
            (1_008, b"thr".as_slice())
        );
        assert!(stream.undecided.is_empty());
    }
}
