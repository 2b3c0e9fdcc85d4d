//! The bounded byte window that all decoders share, and the way back into step after garbage.
//!
//! A protocol says only what it sees at the front of the window ([`Format::look`]). The [`Stream`]
//! around it keeps the bytes, counts the positions, joins neighbouring garbage into one reject and
//! ends the stream. So no protocol can lose a byte or count one twice.
//!
//! Chunks make no difference as long as a format keeps one rule: once `look` has answered for a
//! window, it gives the same answer for every longer window that begins with it.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use crate::{Answer, Decoded, Decoder, Event, Reject, Span};

/// Garbage longer than this is reported in pieces of this many bytes, so that a line of noise at
/// full speed still shows up in the counters and never grows a number without bound.
pub(crate) const GARBAGE_REJECT_BYTES: usize = 1024;

/// What a format sees at the front of the window.
pub(crate) enum Look {
    /// Not decidable yet. Never answered when the stream has ended.
    More,
    /// The first bytes belong to no frame. They join the garbage before and after them.
    Skip(usize),
    /// The first bytes are a frame that says this.
    Frame(usize, Event),
    /// The first bytes are a frame that can't be taken.
    Bad(usize, Reject),
}

/// One wire format as the [`Stream`] needs it.
pub(crate) trait Format: Send {
    /// Looks at the front of a window that is never empty. The first `seen` bytes were in the
    /// window of the last look already, which answered [`Look::More`]. `ended` means that nothing
    /// follows the window.
    fn look(&mut self, window: &[u8], seen: usize, ended: bool) -> Look;

    /// The stream ended and a new one begins.
    fn restart(&mut self) {}

    /// See [`Decoder::reply`].
    fn reply(&mut self, _event: &Event, _answer: Answer) -> Option<Vec<u8>> {
        None
    }

    /// See [`Decoder::poll_transmit`].
    fn transmit(&mut self, _now_micros: i64) -> Option<Vec<u8>> {
        None
    }

    /// See [`Decoder::poll_timeout`].
    fn timeout(&self) -> Option<i64> {
        None
    }

    /// Payload bytes kept outside of the window.
    fn held_bytes(&self) -> usize {
        0
    }

    /// The most bytes that window and format hold while [`Look::More`] is the answer.
    fn memory_bound(&self) -> usize;
}

/// A [`Decoder`] made of a [`Format`].
pub(crate) struct Stream<F> {
    format: F,
    buffer: Vec<u8>,
    /// Index in `buffer` of the first byte that belongs to no event yet, garbage run excepted.
    start: usize,
    /// Stream position of `buffer[start]`.
    position: u64,
    /// Bytes of the window that the last look has seen.
    seen: usize,
    /// Length of the garbage run that ends at `position`.
    garbage: usize,
    /// Bytes at the front that the format has told to be garbage and that did not fit the run: they
    /// are not looked at again, so that a long window of noise costs one look.
    skip: usize,
    ready: VecDeque<Decoded>,
}

impl<F: Format> Stream<F> {
    pub(crate) fn new(format: F) -> Self {
        Self {
            format,
            buffer: Vec::new(),
            start: 0,
            position: 0,
            seen: 0,
            garbage: 0,
            skip: 0,
            ready: VecDeque::new(),
        }
    }

    /// Takes `count` bytes off the front and gives their span.
    fn take(&mut self, count: usize) -> Span {
        let count = count.clamp(1, self.buffer.len() - self.start);
        let start = self.position;
        self.start += count;
        self.position += count as u64;
        self.seen = 0;
        Span {
            start,
            end: self.position,
        }
    }

    /// The garbage run as a reject, when there is one.
    fn flush_garbage(&mut self, end: u64) -> Option<Decoded> {
        if self.garbage == 0 {
            return None;
        }
        let start = end - self.garbage as u64;
        self.garbage = 0;
        Some(Decoded {
            span: Span { start, end },
            event: Event::Rejected(Reject::Garbage),
        })
    }

    /// Puts the garbage before an event in front of it.
    fn emit(&mut self, decoded: Decoded) -> Decoded {
        match self.flush_garbage(decoded.span.start) {
            None => decoded,
            Some(garbage) => {
                self.ready.push_back(decoded);
                garbage
            }
        }
    }

    /// Looks until an event is complete or the window says no more.
    fn advance(&mut self, ended: bool) -> Option<Decoded> {
        loop {
            let window = self.buffer.get(self.start..).unwrap_or_default();
            if window.is_empty() {
                return None;
            }
            let length = window.len();
            let look = match self.skip {
                0 => self.format.look(window, self.seen, ended),
                count => Look::Skip(count),
            };
            match look {
                Look::Frame(count, event) => {
                    let span = self.take(count);
                    return Some(self.emit(Decoded { span, event }));
                }
                Look::Bad(count, reason) => {
                    let span = self.take(count);
                    let event = Event::Rejected(reason);
                    return Some(self.emit(Decoded { span, event }));
                }
                Look::Skip(count) => {
                    let room = GARBAGE_REJECT_BYTES - self.garbage;
                    self.skip = count.min(length).saturating_sub(room);
                    let span = self.take(count.min(room));
                    self.garbage += (span.end - span.start) as usize;
                    if self.garbage == GARBAGE_REJECT_BYTES {
                        return self.flush_garbage(span.end);
                    }
                }
                Look::More if ended => {
                    let span = self.take(length);
                    let event = Event::Rejected(Reject::Truncated);
                    return Some(self.emit(Decoded { span, event }));
                }
                Look::More => {
                    self.seen = length;
                    return None;
                }
            }
        }
    }
}

impl<F: Format> Decoder for Stream<F> {
    fn push(&mut self, bytes: &[u8]) {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.buffer.extend_from_slice(bytes);
    }

    fn finish(&mut self) {
        // What poll_event would give next comes first, in stream order.
        let mut held = core::mem::take(&mut self.ready);
        while let Some(decoded) = self.advance(true) {
            held.push_back(decoded);
            held.append(&mut self.ready);
        }
        held.extend(self.flush_garbage(self.position));
        self.ready = held;
        self.format.restart();
    }

    fn poll_event(&mut self) -> Option<Decoded> {
        if let Some(decoded) = self.ready.pop_front() {
            return Some(decoded);
        }
        self.advance(false)
    }

    fn reply(&mut self, event: &Event, answer: Answer) -> Option<Vec<u8>> {
        self.format.reply(event, answer)
    }

    fn poll_transmit(&mut self, now_micros: i64) -> Option<Vec<u8>> {
        self.format.transmit(now_micros)
    }

    fn poll_timeout(&self) -> Option<i64> {
        self.format.timeout()
    }

    fn held_bytes(&self) -> usize {
        self.buffer.len() - self.start + self.format.held_bytes()
    }

    fn memory_bound(&self) -> usize {
        self.format.memory_bound()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    /// Frames are `<` and one more byte.
    struct Pair;

    /// Skips the whole window and counts how often it is asked.
    struct Noise(usize);

    impl Format for Noise {
        fn look(&mut self, window: &[u8], _seen: usize, _ended: bool) -> Look {
            self.0 += 1;
            Look::Skip(window.len())
        }

        fn memory_bound(&self) -> usize {
            1
        }
    }

    #[test]
    fn a_long_window_of_noise_is_looked_at_once() {
        let mut stream = Stream::new(Noise(0));
        for (pushed, looks) in [(10 * GARBAGE_REJECT_BYTES + 7, 1), (3, 2)] {
            stream.push(&vec![b'.'; pushed]);
            while stream.poll_event().is_some() {}
            assert_eq!(stream.format.0, looks);
            assert_eq!(stream.held_bytes(), 0);
        }
        stream.finish();
        let last = stream.poll_event().map(|decoded| decoded.span.end);
        assert_eq!(last, Some(10 * GARBAGE_REJECT_BYTES as u64 + 10));
    }

    impl Format for Pair {
        fn look(&mut self, window: &[u8], _seen: usize, ended: bool) -> Look {
            match window {
                [b'<', b'!', ..] => Look::Bad(2, Reject::Field),
                [b'<', _, ..] => Look::Frame(
                    2,
                    Event::Status(crate::Status {
                        name: "pair",
                        fields: vec![],
                    }),
                ),
                [b'<'] if ended => Look::Bad(1, Reject::Truncated),
                [b'<'] => Look::More,
                _ => Look::Skip(1),
            }
        }

        fn memory_bound(&self) -> usize {
            1
        }
    }

    fn spans(stream: &mut Stream<Pair>) -> Vec<(u64, u64, &'static str)> {
        let mut all = vec![];
        while let Some(decoded) = stream.poll_event() {
            let name = match decoded.event {
                Event::Rejected(reason) => reason.name(),
                _ => "frame",
            };
            all.push((decoded.span.start, decoded.span.end, name));
        }
        all
    }

    #[test]
    fn garbage_joins_over_chunks_and_ends_at_the_frame() {
        let mut stream = Stream::new(Pair);
        stream.push(b"ab");
        assert_eq!(spans(&mut stream), []);
        stream.push(b"c<");
        stream.push(b"xd<!");
        assert_eq!(
            spans(&mut stream),
            [
                (0, 3, "garbage"),
                (3, 5, "frame"),
                (5, 6, "garbage"),
                (6, 8, "field")
            ]
        );
    }

    #[test]
    fn the_end_brings_out_what_is_held_and_counting_goes_on() {
        let mut stream = Stream::new(Pair);
        stream.push(b"<x?<");
        stream.finish();
        stream.push(b"<y");
        assert_eq!(
            spans(&mut stream),
            [
                (0, 2, "frame"),
                (2, 3, "garbage"),
                (3, 4, "truncated"),
                (4, 6, "frame")
            ]
        );
    }

    #[test]
    fn long_garbage_comes_in_pieces_of_one_size() {
        let mut stream = Stream::new(Pair);
        stream.push(&[b'.'; 2 * GARBAGE_REJECT_BYTES + 5]);
        stream.finish();
        let cap = GARBAGE_REJECT_BYTES as u64;
        assert_eq!(
            spans(&mut stream),
            [
                (0, cap, "garbage"),
                (cap, 2 * cap, "garbage"),
                (2 * cap, 2 * cap + 5, "garbage")
            ]
        );
    }
}
