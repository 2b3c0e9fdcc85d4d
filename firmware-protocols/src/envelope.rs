//! Frames between marks: start bytes, a body, a checksum in hexadecimal, end bytes; and between
//! them, whole answers of fixed bytes.
//!
//! What is complete first decides: the end bytes close the frame, a new start or an answer shows
//! that the frame before it was cut. So any way of cutting the stream gives the same frames.

use alloc::vec::Vec;

use crate::field::hex;
use crate::plate_text::Checksum;
use crate::window::{Format, Look};
use crate::{EncodeError, Event, Reject, Status};

/// Fixed bytes that are a whole message, with the name of the status that they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Whole {
    pub(crate) bytes: Vec<u8>,
    pub(crate) name: &'static str,
}

/// What stands at the front of a window, of several fixed byte strings none of which begins another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Found {
    /// The one of this index.
    Whole(usize),
    /// The begin of at least one, cut by the end of the window.
    Part,
    /// None.
    No,
}

/// Looks for one of several byte strings at the front of a window. Empty strings are never found.
pub(crate) fn at_front<'a>(window: &[u8], texts: impl Iterator<Item = &'a [u8]>) -> Found {
    let mut found = Found::No;
    for (index, text) in texts.enumerate() {
        if text.is_empty() {
            continue;
        }
        if window.starts_with(text) {
            return Found::Whole(index);
        }
        if text.starts_with(window) {
            found = Found::Part;
        }
    }
    found
}

/// The marks of a frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Envelope {
    /// Bytes before the body; may be empty.
    pub(crate) start: Vec<u8>,
    /// Bytes at the end; never empty.
    pub(crate) end: Vec<u8>,
    /// What guards the frame.
    pub(crate) checksum: Checksum,
    /// The most bytes of a frame, marks included.
    pub(crate) longest: usize,
    /// Messages that need no frame.
    pub(crate) answers: Vec<Whole>,
}

/// What a frame's body says.
pub(crate) trait Body: Send {
    /// Reads a body without its marks; `checked` when a checksum covered it.
    fn read(&self, body: &[u8], checked: bool) -> Result<Event, Reject>;
}

/// A [`Format`] of frames in an envelope.
pub(crate) struct Enveloped<B> {
    pub(crate) envelope: Envelope,
    pub(crate) body: B,
    /// The window begins inside of a frame that was too long, and no start mark will show the next
    /// one: what is left of it must not be taken for a whole frame.
    inside: bool,
}

impl<B> Enveloped<B> {
    pub(crate) fn new(envelope: Envelope, body: B) -> Self {
        Self {
            envelope,
            body,
            inside: false,
        }
    }
}

/// Where a byte string stands first, not before `from`.
fn find(haystack: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    let rest = haystack.get(from..)?;
    let found = rest
        .windows(needle.len().max(1))
        .position(|window| window == needle);
    found.map(|index| from + index)
}

fn is_control(byte: u8) -> bool {
    byte < 0x20 || byte == 0x7F
}

impl Envelope {
    /// Index of the first byte that the checksum covers.
    fn covered_from(&self) -> usize {
        self.start.len().min(1)
    }

    fn answer_bytes(&self) -> impl Iterator<Item = &[u8]> {
        self.answers.iter().map(|answer| answer.bytes.as_slice())
    }

    /// The marks that can't stand inside of a frame.
    fn interruptions(&self) -> impl Iterator<Item = &[u8]> {
        let start = core::iter::once(self.start.as_slice());
        start
            .chain(self.answer_bytes())
            .filter(|mark| !mark.is_empty())
    }

    fn longest_mark(&self) -> usize {
        let marks = self.interruptions().map(<[u8]>::len);
        marks.fold(self.end.len(), usize::max)
    }

    /// What there is to do before a frame begins at the front of the window; `None` when one does.
    fn before_frame(&self, window: &[u8], ended: bool) -> Option<Look> {
        let Some(first) = self.start.first() else {
            let control = window.first().is_some_and(|byte| is_control(*byte));
            return control.then_some(Look::Skip(1));
        };
        if window.first() != Some(first) {
            let may_begin = |byte: &u8| self.interruptions().any(|mark| mark.first() == Some(byte));
            let next = window.iter().skip(1).position(may_begin);
            return Some(Look::Skip(next.map_or(window.len(), |index| index + 1)));
        }
        let head = self.start.len().min(window.len());
        if window.get(..head) != self.start.get(..head) {
            return Some(Look::Skip(1));
        }
        (head < self.start.len()).then_some(match ended {
            true => Look::Skip(window.len()),
            false => Look::More,
        })
    }

    /// As many bytes as a frame may have, and no end.
    fn too_long(&self, reach: &[u8]) -> Look {
        // A mark that is cut by the end of the window must not be lost.
        let kept = self.longest_mark() - 1;
        Look::Bad(reach.len().saturating_sub(kept).max(1), Reject::Length)
    }

    /// The body of a frame without its end bytes, its checksum proven.
    fn open<'a>(&self, frame: &'a [u8]) -> Result<&'a [u8], Reject> {
        let mut body_end = frame.len();
        let width = self.checksum.hex_digits();
        if width > 0 {
            let star = frame.len().checked_sub(width + 1);
            let star = star.filter(|star| *star >= self.start.len());
            let star = star.filter(|star| frame.get(*star) == Some(&b'*'));
            body_end = star.ok_or(Reject::Integrity)?;
            let stated = frame.get(body_end + 1..).and_then(hex);
            let covered = frame.get(self.covered_from()..body_end);
            if stated != covered.map(|covered| self.checksum.of(covered)) {
                return Err(Reject::Integrity);
            }
        }
        Ok(frame.get(self.start.len()..body_end).unwrap_or_default())
    }

    /// The frame around a body.
    ///
    /// # Errors
    /// [`EncodeError::Range`] of this field and text when a mark stands in the body, or when the
    /// frame is too long.
    pub(crate) fn seal(
        &self,
        body: &[u8],
        field: &'static str,
        text: &str,
    ) -> Result<Vec<u8>, EncodeError> {
        let mut frame = self.start.clone();
        frame.extend_from_slice(body);
        let covered = frame.get(self.covered_from()..).unwrap_or_default();
        let sum = self.checksum.of(covered);
        let width = self.checksum.hex_digits();
        if width > 0 {
            frame.extend(alloc::format!("*{sum:0width$X}").into_bytes());
        }
        let ends = frame.len();
        frame.extend_from_slice(&self.end);
        let inside = frame.get(..ends).unwrap_or_default();
        let answered = at_front(&frame, self.answer_bytes()) != Found::No;
        let cut = self
            .interruptions()
            .any(|mark| find(inside, mark, 1).is_some());
        if answered || cut || find(&frame, &self.end, self.start.len()) != Some(ends) {
            return Err(EncodeError::range(field, text));
        }
        if frame.len() > self.longest {
            return Err(EncodeError::range("line length", frame.len()));
        }
        Ok(frame)
    }
}

impl<B: Body> Format for Enveloped<B> {
    fn look(&mut self, window: &[u8], seen: usize, ended: bool) -> Look {
        if self.inside {
            return self.rest_of_frame(window, ended);
        }
        let envelope = &self.envelope;
        match at_front(window, envelope.answer_bytes()) {
            Found::Whole(index) => {
                if let Some(answer) = envelope.answers.get(index) {
                    return Look::Frame(answer.bytes.len(), status(answer.name));
                }
            }
            Found::Part if !ended => return Look::More,
            Found::Part | Found::No => {}
        }
        if let Some(look) = envelope.before_frame(window, ended) {
            return look;
        }
        let reach = window.get(..envelope.longest.min(window.len()));
        let reach = reach.unwrap_or_default();
        // A mark may have been cut by the end of the last window.
        let from = seen.saturating_sub(envelope.longest_mark()).max(1);
        let end = find(reach, &envelope.end, from.max(envelope.start.len()));
        let end = end.map(|at| (at + envelope.end.len(), at));
        let cut = envelope
            .interruptions()
            .filter_map(|mark| find(reach, mark, from).map(|at| (at + mark.len(), at)))
            .min();
        match (end, cut) {
            (Some((count, at)), cut) if cut.is_none_or(|cut| cut >= (count, at)) => {
                let frame = reach.get(..at).unwrap_or_default();
                let checked = envelope.checksum != Checksum::None;
                let event = envelope
                    .open(frame)
                    .and_then(|body| self.body.read(body, checked));
                match event {
                    Ok(event) => Look::Frame(count, event),
                    Err(reason) => Look::Bad(count, reason),
                }
            }
            (_, Some((_, at))) => Look::Bad(at, Reject::Truncated),
            _ if reach.len() == envelope.longest => {
                self.inside = envelope.start.is_empty();
                envelope.too_long(reach)
            }
            _ if ended => Look::Bad(window.len(), Reject::Truncated),
            _ => Look::More,
        }
    }

    fn restart(&mut self) {
        self.inside = false;
    }

    fn memory_bound(&self) -> usize {
        self.envelope.longest.max(self.envelope.longest_mark())
    }
}

impl<B: Body> Enveloped<B> {
    /// Skips to behind the end mark, or to an answer before it.
    fn rest_of_frame(&mut self, window: &[u8], ended: bool) -> Look {
        let envelope = &self.envelope;
        let end = find(window, &envelope.end, 0).map(|at| {
            let count = at + envelope.end.len();
            (count, count)
        });
        let answer = envelope
            .interruptions()
            .filter_map(|mark| find(window, mark, 0).map(|at| (at + mark.len(), at)));
        // A mark may be cut by the end of the window.
        let kept = envelope.longest_mark() - 1;
        match end.into_iter().chain(answer).min() {
            Some((_, 0)) => {
                self.inside = false;
                self.look(window, 0, ended)
            }
            Some((_, count)) => {
                self.inside = false;
                Look::Skip(count)
            }
            None if ended => Look::Skip(window.len()),
            None if window.len() <= kept => Look::More,
            None => Look::Skip(window.len() - kept),
        }
    }
}

fn status(name: &'static str) -> Event {
    Event::Status(Status {
        name,
        fields: Vec::new(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts() -> impl Iterator<Item = &'static [u8]> {
        [&b"OK\r\n"[..], b"", b"OPEN"].into_iter()
    }

    #[test]
    fn fixed_texts_are_whole_cut_or_not_there() {
        assert_eq!(at_front(b"OPENED", texts()), Found::Whole(2));
        assert_eq!(at_front(b"OK\r\n", texts()), Found::Whole(0));
        assert_eq!(at_front(b"O", texts()), Found::Part);
        assert_eq!(at_front(b"OX", texts()), Found::No);
    }
}
