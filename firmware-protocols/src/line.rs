//! Text lines: what every format has in common whose frames end with a line end.
//!
//! Where frames begin with a mark ([`Line::begins`]), one is found right behind noise on the same
//! line. Where they do not, a line is a frame or a reject as a whole: cutting a piece off the front
//! of a line until the rest fits would turn a damaged weight into another weight.

use crate::window::{Format, Look};
use crate::{Answer, Event, Reject};
use alloc::vec::Vec;

/// One format of lines.
pub(crate) trait Line: Send {
    /// The bytes that end a line: `\n` where CR LF is usual (a CR before it is taken off), or `\r`.
    const END: u8 = b'\n';

    /// The longest line, end included.
    const LONGEST: usize;

    /// Whether a line can begin with this byte. Others are skipped as noise.
    fn may_begin(&self, byte: u8) -> bool;

    /// Whether a frame may begin here, behind noise on the same line: its mark stands here. Never,
    /// for a format without a mark.
    fn begins(&self, _rest: &[u8]) -> bool {
        false
    }

    /// The same, knowing what stands before on that line: a format whose address stands in front of
    /// its mark says no where those bytes may be an address that was damaged.
    fn begins_behind(&self, _before: &[u8], rest: &[u8]) -> bool {
        self.begins(rest)
    }

    /// What a line says; without its end. [`Reject::Garbage`] when it does not even look like a
    /// frame.
    fn read(&self, line: &[u8]) -> Result<Event, Reject>;

    /// A line was taken.
    fn taken(&mut self) {}

    /// See [`crate::Decoder::reply`].
    fn reply(&mut self, _event: &Event, _answer: Answer) -> Option<Vec<u8>> {
        None
    }

    /// See [`crate::Decoder::poll_transmit`].
    fn transmit(&mut self, _now_micros: i64) -> Option<Vec<u8>> {
        None
    }

    /// See [`crate::Decoder::poll_timeout`].
    fn timeout(&self) -> Option<i64> {
        None
    }

    /// The stream ended and a new one begins.
    fn restart(&mut self) {}
}

/// A [`Format`] of a [`Line`].
pub(crate) struct Lines<L>(pub(crate) L);

impl<L: Line> Format for Lines<L> {
    fn look(&mut self, window: &[u8], seen: usize, ended: bool) -> Look {
        let noise = window.iter().position(|byte| self.0.may_begin(*byte));
        match noise {
            Some(0) => {}
            Some(count) => return Look::Skip(count),
            None => return Look::Skip(window.len()),
        }
        let reach = window.get(..L::LONGEST.min(window.len()));
        let reach = reach.unwrap_or_default();
        let unseen = reach.get(seen.min(reach.len())..).unwrap_or_default();
        match unseen.iter().position(|byte| *byte == L::END) {
            Some(index) => {
                let end = reach.len() - unseen.len() + index;
                self.line(reach.get(..end).unwrap_or_default(), end + 1)
            }
            None if reach.len() == L::LONGEST => {
                let rest = reach.get(1..).unwrap_or_default();
                let next = rest.iter().position(|byte| self.0.may_begin(*byte));
                Look::Skip(next.map_or(reach.len(), |index| index + 1))
            }
            None if ended => match self.mark(reach) {
                Some(start) if start > 0 => Look::Skip(start),
                _ => Look::Bad(reach.len(), Reject::Truncated),
            },
            None => Look::More,
        }
    }

    fn restart(&mut self) {
        self.0.restart();
    }

    fn reply(&mut self, event: &Event, answer: Answer) -> Option<Vec<u8>> {
        self.0.reply(event, answer)
    }

    fn transmit(&mut self, now_micros: i64) -> Option<Vec<u8>> {
        self.0.transmit(now_micros)
    }

    fn timeout(&self) -> Option<i64> {
        self.0.timeout()
    }

    fn memory_bound(&self) -> usize {
        L::LONGEST
    }
}

impl<L: Line> Lines<L> {
    /// Where the last mark stands.
    fn mark(&self, line: &[u8]) -> Option<usize> {
        (0..line.len())
            .rev()
            .find(|start| self.0.begins(line.get(*start..).unwrap_or_default()))
    }

    /// A line without its end that takes `count` bytes.
    fn line(&mut self, line: &[u8], count: usize) -> Look {
        let trimmed = match L::END {
            b'\n' => line.strip_suffix(b"\r").unwrap_or(line),
            _ => line,
        };
        match self.0.read(trimmed) {
            Ok(event) => {
                self.0.taken();
                Look::Frame(count, event)
            }
            Err(reason) => {
                let behind = |start: &usize| {
                    let (before, rest) = trimmed.split_at_checked(*start).unwrap_or_default();
                    self.0.begins_behind(before, rest) && self.0.read(rest).is_ok()
                };
                match (1..trimmed.len()).find(behind) {
                    Some(start) => Look::Skip(start),
                    None if reason == Reject::Garbage => Look::Skip(count),
                    None => Look::Bad(count, reason),
                }
            }
        }
    }
}
