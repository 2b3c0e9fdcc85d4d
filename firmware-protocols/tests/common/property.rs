//! What must hold for a decoder on any bytes at all: the property that the fuzzing tries to break
//! and the corpus is replayed with.
//!
//! An input is two bytes that say how, and then the stream: the first byte holds the size of one
//! chunk, whether the decoder is asked for requests and whether for replies in between; the second
//! holds the size of the other chunk and whether and which good frames come behind.

use firmware_protocols::registry::Protocol;
use firmware_protocols::{Answer, Decoded, Decoder, Event, Settings};

/// Good frames that come behind a stream.
const GOOD: u64 = 16;
/// So many chunks, then the rest in one piece.
const CHUNKS: usize = 24;
/// This bit of the second byte spares the good frames behind the end: they take time.
const SPARED: u8 = 0x80;
/// With one stream in so many, good frames come while it is in the middle of anything. As many as
/// fill what the decoder may hold must be enough, which takes time.
const UNENDED_ONE_IN: u32 = 128;
/// With a larger bound that is not tried: it would take most of the time.
const LARGEST_BOUND: usize = 4_096;

/// A frame and what it says by itself.
struct Good {
    bytes: Vec<u8>,
    events: Vec<Event>,
}

/// The property of one protocol, with what is used again from input to input.
pub struct Property {
    protocol: Protocol,
    settings: Settings,
    good: Vec<Good>,
    whole: Vec<Decoded>,
    tail: Vec<Decoded>,
}

impl Property {
    pub fn new(protocol: &Protocol) -> Self {
        let mut property = Self {
            protocol: *protocol,
            settings: Settings::new(),
            good: vec![],
            whole: vec![],
            tail: vec![],
        };
        for number in 0..4 * GOOD {
            let bytes = protocol.specimen_bytes(number).unwrap();
            let mut decoder = property.decoder();
            decoder.push(&bytes);
            decoder.finish();
            let events = std::iter::from_fn(|| decoder.poll_event());
            let events = events.map(|decoded| decoded.event).collect();
            property.good.push(Good { bytes, events });
        }
        // A check that the stream has turned on is not turned off again: frames without one are
        // rightly refused then.
        let checked = |good: &Good| good.events.last().is_some_and(is_checked);
        if property.good.iter().any(checked) {
            property.good.retain(checked);
        }
        property.good.truncate(GOOD as usize);
        property
    }

    fn decoder(&self) -> Box<dyn Decoder> {
        (self.protocol.decoder)(&self.settings).unwrap()
    }

    /// Panics when a law is broken.
    pub fn hold(&mut self, input: &[u8]) {
        let [how, which, stream @ ..] = input else {
            return;
        };
        self.decode_whole(stream);
        let mut decoder = self.decode_in_chunks(stream, *how, *which);
        let (first, second) = (*which >> 4, (*which >> 4) + (*how & 15) + 1);
        if *which & SPARED == 0 {
            self.a_new_stream_is_found(&mut *decoder, stream.len(), first, second);
        }
        if hash(stream).is_multiple_of(UNENDED_ONE_IN) && decoder.memory_bound() <= LARGEST_BOUND {
            self.it_comes_back_into_step(stream, first, second);
        }
    }

    /// In one piece: every byte belongs to exactly one event.
    fn decode_whole(&mut self, stream: &[u8]) {
        let mut decoder = self.decoder();
        let mut position = 0;
        self.whole.clear();
        decoder.push(stream);
        self.take_whole(&mut *decoder, &mut position);
        self.assert_bound(&*decoder);
        decoder.finish();
        self.take_whole(&mut *decoder, &mut position);
        assert_eq!(position, stream.len() as u64, "the spans end elsewhere");
        assert_eq!(decoder.held_bytes(), 0, "something is held at the end");
    }

    fn take_whole(&mut self, decoder: &mut dyn Decoder, position: &mut u64) {
        while let Some(decoded) = decoder.poll_event() {
            assert_eq!(decoded.span.start, *position, "a gap or an overlap");
            assert!(decoded.span.end > *position, "an empty span");
            *position = decoded.span.end;
            self.whole.push(decoded);
        }
    }

    fn assert_bound(&self, decoder: &dyn Decoder) {
        assert!(
            decoder.held_bytes() <= decoder.memory_bound(),
            "holds {} bytes, bound {}",
            decoder.held_bytes(),
            decoder.memory_bound()
        );
    }

    /// In chunks, asked for requests and replies in between: the same events.
    fn decode_in_chunks(&self, stream: &[u8], how: u8, which: u8) -> Box<dyn Decoder> {
        let sizes = [1 + usize::from(how & 63), 1 + usize::from(which & 15)];
        let (asked, answered) = (how & 64 != 0, how & 128 != 0);
        let mut decoder = self.decoder();
        let (mut rest, mut count, mut now) = (stream, 0, 0_i64);
        for index in 0..=CHUNKS {
            let last = index == CHUNKS;
            let size = if last { rest.len() } else { sizes[index % 2] };
            let (chunk, behind) = rest.split_at(size.min(rest.len()));
            if asked {
                now += 70_000;
                decoder.poll_transmit(now);
            }
            decoder.push(chunk);
            self.compare(&mut *decoder, &mut count, answered);
            self.assert_bound(&*decoder);
            rest = behind;
            if rest.is_empty() {
                break;
            }
        }
        decoder.finish();
        self.compare(&mut *decoder, &mut count, answered);
        assert_eq!(count, self.whole.len(), "fewer events in chunks");
        assert_eq!(decoder.held_bytes(), 0, "something is held at the end");
        decoder
    }

    fn compare(&self, decoder: &mut dyn Decoder, count: &mut usize, answered: bool) {
        while let Some(decoded) = decoder.poll_event() {
            assert_eq!(Some(&decoded), self.whole.get(*count), "in chunks {count}");
            *count += 1;
            if answered {
                let answers = [Answer::Recorded, Answer::Repeated, Answer::Refused];
                decoder.reply(&decoded.event, answers[*count % answers.len()]);
            }
        }
    }

    fn good(&self, number: u8) -> &Good {
        &self.good[usize::from(number) % self.good.len()]
    }

    /// The stream was ended and two good frames come: the second is found, whatever was before.
    fn a_new_stream_is_found(
        &mut self,
        decoder: &mut dyn Decoder,
        before: usize,
        first: u8,
        second: u8,
    ) {
        self.tail.clear();
        let mut position = before as u64;
        for number in [first, second] {
            decoder.push(&self.good(number).bytes);
            self.take_tail(decoder, &mut position);
        }
        decoder.finish();
        self.take_tail(decoder, &mut position);
        self.assert_found(second);
    }

    /// The stream was not ended; good frames come for longer than the decoder may hold bytes.
    fn it_comes_back_into_step(&mut self, stream: &[u8], first: u8, second: u8) {
        let mut decoder = self.decoder();
        self.tail.clear();
        let mut position = 0;
        decoder.push(stream);
        self.take_tail(&mut *decoder, &mut position);
        self.tail.clear();
        let enough = position + decoder.memory_bound() as u64 + stream.len() as u64;
        loop {
            for number in [first, second] {
                decoder.push(&self.good(number).bytes);
                self.take_tail(&mut *decoder, &mut position);
            }
            if position > enough {
                break;
            }
        }
        decoder.finish();
        self.take_tail(&mut *decoder, &mut position);
        // What the stream showed before may give the frame another meaning (an answer that nobody
        // asked for), but a frame it is.
        let start = position - self.good(second).bytes.len() as u64;
        let rejected = self
            .tail
            .iter()
            .any(|decoded| decoded.span.end > start && matches!(decoded.event, Event::Rejected(_)));
        assert!(!rejected, "behind many good frames: {:?}", self.tail);
    }

    fn take_tail(&mut self, decoder: &mut dyn Decoder, position: &mut u64) {
        while let Some(decoded) = decoder.poll_event() {
            assert_eq!(decoded.span.start, *position, "a gap or an overlap behind");
            *position = decoded.span.end;
            self.tail.push(decoded);
        }
    }

    fn assert_found(&self, number: u8) {
        let good = self.good(number);
        let skipped = self.tail.len().saturating_sub(good.events.len());
        let found = self.tail.iter().skip(skipped).map(|decoded| &decoded.event);
        assert!(
            found.eq(&good.events),
            "behind the end of a stream: {:?} is not found in {:?}",
            good.events,
            self.tail
        );
    }
}

/// Chance that the stream alone decides: FNV-1a.
fn hash(bytes: &[u8]) -> u32 {
    let mixed = bytes.iter().fold(0x811C_9DC5_u32, |hash, byte| {
        (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193)
    });
    mixed >> 8
}

fn is_checked(event: &Event) -> bool {
    match event {
        Event::Reading(reading) => reading.checked,
        Event::Vehicle(vehicle) => vehicle.checked,
        Event::Plate(plate) => plate.checked,
        _ => false,
    }
}
