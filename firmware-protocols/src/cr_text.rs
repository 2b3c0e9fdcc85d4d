//! Text frames that end with CR, with or without LF behind it, and have no mark at their begin.
//!
//! A line is a frame or a reject as a whole. A byte of noise in it, or more bytes than any frame
//! has, spoil it up to its end: the piece behind the noise is never read by itself, because it might
//! be another weight. Some forms end with ETX and begin with the CR, so a CR is never taken away
//! from what may come behind it.

use alloc::vec::Vec;

use crate::window::{Format, Look};
use crate::{Event, Reject, Status};

/// CR.
pub(crate) const CR: u8 = b'\r';
/// LF.
pub(crate) const LF: u8 = b'\n';
/// ETX.
pub(crate) const ETX: u8 = 0x03;

/// How many line ends in front of a text belong to it: those that the frame before left.
const ENDS: usize = 2;

/// What stands around a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Frame {
    /// The text and CR; the LF behind it, if any, belongs to it.
    Line,
    /// CR, the text and ETX.
    CrEtx,
    /// The text and ETX, without a CR in front.
    Etx,
}

/// One family of forms.
pub(crate) trait CrText: Send {
    /// The longest text, without anything around it.
    const LONGEST: usize;

    /// What the host says with this byte at the begin of a line, as the name of a status.
    fn host(&self, byte: u8) -> Option<&'static str>;

    /// What a text says, and whether its form usually has an LF behind the CR, which is waited for
    /// then. [`Reject::Garbage`] when it does not even look like a frame.
    fn read(&self, text: &[u8], frame: Frame) -> Result<(Event, bool), Reject>;

    /// See [`crate::Decoder::poll_transmit`].
    fn transmit(&mut self, now_micros: i64) -> Option<Vec<u8>>;

    /// See [`crate::Decoder::poll_timeout`].
    fn timeout(&self) -> Option<i64>;

    /// The stream ended and a new one begins.
    fn restart(&mut self);
}

/// A [`Format`] of a [`CrText`].
pub(crate) struct CrTexts<T> {
    forms: T,
    /// The line that began was spoiled; everything up to its end is noise.
    lost: bool,
}

impl<T: CrText> CrTexts<T> {
    pub(crate) const fn new(forms: T) -> Self {
        Self { forms, lost: false }
    }

    /// The rest of a spoiled line.
    fn skip_lost(&mut self, window: &[u8]) -> Look {
        let end = |byte: &u8| matches!(*byte, CR | LF | ETX);
        match window.iter().position(end) {
            None => Look::Skip(window.len()),
            Some(0) => {
                self.lost = false;
                Look::Skip(1)
            }
            Some(count) => Look::Skip(count),
        }
    }

    /// A text of `length` bytes behind `ends` line ends, with what stands behind it.
    fn text(&self, window: &[u8], ends: usize, length: usize, ended: bool) -> Look {
        let text = window.get(ends..ends + length).unwrap_or_default();
        let after_cr = ends > 0 && window.get(ends - 1) == Some(&CR);
        let behind = ends + length + 1;
        let frame = match (window.get(behind - 1), after_cr) {
            (Some(&ETX), true) => Frame::CrEtx,
            (Some(&ETX), false) => Frame::Etx,
            _ => Frame::Line,
        };
        let read = self.forms.read(text, frame);
        let feed = match &read {
            Ok((_, feed)) => *feed,
            Err(reason) => *reason != Reject::Garbage,
        };
        let count = match window.get(behind) {
            _ if frame != Frame::Line || !feed => behind,
            Some(&LF) => behind + 1,
            None if !ended => return Look::More,
            _ => behind,
        };
        match read {
            Ok((event, _)) => Look::Frame(count, event),
            Err(Reject::Garbage) if frame == Frame::Line => Look::Skip(behind - 1),
            Err(Reject::Garbage) => Look::Skip(behind),
            Err(reason) => Look::Bad(count, reason),
        }
    }
}

impl<T: CrText> Format for CrTexts<T> {
    fn look(&mut self, window: &[u8], _seen: usize, ended: bool) -> Look {
        let end = |byte: &&u8| matches!(**byte, CR | LF);
        let ends = window.iter().take_while(end).count();
        if ends == 0 && self.lost {
            return self.skip_lost(window);
        }
        self.lost = false;
        if ends > ENDS {
            return Look::Skip(ends - ENDS);
        }
        let body = window.get(ends..).unwrap_or_default();
        match body.first() {
            None if ended => return Look::Skip(ends),
            None => return Look::More,
            Some(first) => {
                if let Some(name) = self.forms.host(*first) {
                    let fields = Vec::new();
                    return Look::Frame(ends + 1, Event::Status(Status { name, fields }));
                }
            }
        }
        let reach = body.get(..body.len().min(T::LONGEST + 1));
        let reach = reach.unwrap_or_default();
        let stop = reach.iter().position(|byte| !is_text(*byte));
        match stop.and_then(|length| Some((length, *reach.get(length)?))) {
            None if reach.len() > T::LONGEST => {
                self.lost = true;
                Look::Skip(ends + reach.len())
            }
            None if ended => Look::Bad(window.len(), Reject::Truncated),
            None => Look::More,
            Some((length, CR | ETX)) => self.text(window, ends, length, ended),
            Some((length, LF)) => Look::Skip(ends + length),
            Some((length, _)) => {
                self.lost = true;
                Look::Skip(ends + length + 1)
            }
        }
    }

    fn restart(&mut self) {
        self.lost = false;
        self.forms.restart();
    }

    fn transmit(&mut self, now_micros: i64) -> Option<Vec<u8>> {
        self.forms.transmit(now_micros)
    }

    fn timeout(&self) -> Option<i64> {
        self.forms.timeout()
    }

    fn memory_bound(&self) -> usize {
        ENDS + T::LONGEST + 1
    }
}

/// Bytes that a text is made of.
fn is_text(byte: u8) -> bool {
    byte == b' ' || byte.is_ascii_graphic()
}
