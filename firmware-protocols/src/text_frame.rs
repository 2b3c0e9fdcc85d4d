//! A weight on a line of text that settings describe: for the long tail of indicators.
//!
//! **Vendor, models.** Any indicator or balance whose line is not one of the other protocols; in
//! particular Ohaus Defender 3000 (the defaults) and others with the same sixteen characters.
//!
//! **Source, how sure.** The layout is whatever the settings say, after the manual of the device at
//! hand. The defaults and the first three sets below decode recordings from hardware (chumpon-asaneerat /
//! NSerialCommTools: DEFENDER3000, WEIGHT SPUN, TFO1); what single characters in them mean was read
//! off the recordings, no maker's paper was seen. The words of the lists are the usual ones of
//! several makers' manuals. Maturity: CAPTURED.
//!
//! **Line.** As the device is set, often 9600 8N1. Many devices speak by themselves; where one has to be
//! asked, `poll` is what to ask it.
//!
//! **Layout** by settings; the default is
//!
//! ```text
//!  0   1 2 3 4 5 6 7   8   9 10  11 12 13  14  15  16 17
//!  s   w w w w w w w   ' '  u u   . . .     m   n  CR LF
//!
//! s  sign, - or blank
//! w  displayed weight, seven characters, right-justified, with its point
//! u  unit, kg, g, t, lb, oz, ...
//! .  ignored
//! m  ? in motion, blank when stable
//! n  G gross, N net
//! ```
//!
//! In general: `start` bytes, the fields, `checksum_mark` and checksum where there is one, `end` bytes.
//! Without a `delimiter` the fields stand one behind the other, each with its width (`weight:8`). A
//! number may go without one, it then ends where its digits end; so may the last field, which takes
//! the rest. With a delimiter every field ends where that stands; `+` joins what stands in one field
//! (`weight+unit`).
//!
//! * `weight`: what is displayed. `gross`, `net`, `tare`: these. With gross and net both, the reading is the
//!   gross one unless the mode says net.
//! * `sign`: `-`, `+` or blank, one character, of the number behind it (or before it when none is
//!   behind). A number without one may have its sign in its own field.
//! * `unit`: a word of `units`. `channel`: a number or a letter. `decimals`: one digit, the places
//!   after the point when the numbers have none.
//! * `status`, `motion`, `mode`: words of the lists `stable`, `moving`, `over`, `under`, `invalid`, `gross`,
//!   `net`; `motion` all but the last two, `mode` only these, `status` any. A word of no list makes
//!   the frame a reject. Blanks in a `status` field say nothing, in the other two they are the word
//!   `blank`.
//! * `ignore`: anything. `'kg'`: exactly these bytes.
//!
//! Sets of settings that decode recordings:
//!
//! * Ohaus-style text (Defender 3000): the defaults, that is `start=`, `end=\r\n`, `delimiter=`,
//!   `fields=sign:1,weight:7,ignore:1,unit:2,ignore:3,motion:1,mode:1`, `stable=blank`, `moving=?`,
//!   `gross=G`, `net=N`.
//! * Sixteen characters of a platform ("WEIGHT SPUN"): the same.
//! * TFO1 block with gross, net and tare (one frame is twelve short lines): `start=\nF`,
//!   `end=\rV1\r`, `delimiter=`, `sum_within=0.5`, `fields=ignore:9,'\rH',ignore:9,'\rQ',ignore:9,'\rX',ignore:9,'\rA',gross:9,'\r0',net:9,'\r4',tare:9,'\r1',ignore:9,'\r2',ignore:8,'\rB',ignore:1,'\rC',ignore:25`.
//!
//! And by a manual: A&D `ST,GS,+04560.5kg`: `delimiter=,` with `fields=status,status,weight+unit`.
//!
//! **Integrity.** None by default: a weight then needs agreeing frames. `checksum = xor | sum8 | crc16 |
//! crc16_modbus` right before the end, as digits or raw, over all bytes from the start or from the
//! fields on. Where a frame has gross, tare and net, gross less tare is net within `sum_within`, or the
//! frame is refused as a contradiction.
//!
//! **Quirks.** A display that rounds gross, net and tare each for itself is off by one division now and
//! then: in the TFO1 recording 43 of 149 frames, for seconds on end, with nothing else in them that
//! differs (net steps from 6.0 to 6.5 a moment before gross steps from 349.5 to 350.0, the tare
//! stays at 343.5; the bits of byte `B` change at other moments). Such frames are no damage: with
//! `sum_within=0.5`, one division, they are readings and the gross is taken; with `0` they are
//! refused. A difference of two divisions is always refused. Without `start` a damaged line is lost as a
//! whole, never cut down to what is left; control characters before a line are noise. Without `start`
//! and without widths a lost digit makes another weight: give widths where the device has them.
//!
//! **One frame.** `2D 20 20 32 2E 37 31 35 20 6B 67 20 20 20 3F 4E 0D 0A` =
//! -2.715 kg net, in motion (`-  2.715 kg   ?N`).

mod fields;
mod layout;
mod read;
mod settings;
mod words;
mod write;

use alloc::boxed::Box;
use alloc::vec::Vec;

pub use layout::Layout;
pub use settings::SETTINGS;

use crate::evidence::{Grade, Record};
use crate::poll::Poller;
use crate::registry::{Check, Kind, LineSetting, Maturity, Protocol, Speaker};
use crate::window::{Format, Look, Stream};
use crate::{
    Decoder, EncodeError, Event, Reading, Reject, Settings, SettingsError, Unit, specimen,
};
use layout::{Framing, is_control};
use read::find;

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "text_frame",
    kind: Kind::Scale,
    devices: "any indicator with a line of text, described by settings; defaults: Ohaus Defender 3000",
    line: "as the device is set; often 9600 8N1",
    line_settings: &[
        LineSetting::eight_n_one(9_600),
        LineSetting::seven_e_one(9_600),
        LineSetting::eight_n_one(4_800),
        LineSetting::eight_n_one(2_400),
        LineSetting::eight_n_one(1_200),
    ],
    speaker: Speaker::Either,
    marked: false,
    check: Check::NoneBySetting,
    evidence: &[
        (Record::Weight, Grade::Checked),
        (Record::Weight, Grade::Agreement),
    ],
    maturity: Maturity::Captured,
    longest_frame_bytes: 18,
    settings: SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, settings| match event {
        Event::Reading(reading) => {
            let layout = Layout::new(settings);
            let layout = layout.map_err(|error| EncodeError::range("settings", error))?;
            layout.encode(reading)
        }
        _ => Err(EncodeError::Kind),
    },
    specimen: |number| Event::Reading(a_reading(number)),
};

/// So much longer than a frame may a line be and still be called one that is too long; without an end
/// up to there it is noise.
const SLACK: usize = 32;

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    Ok(Stream::new(TextFrame {
        layout: Layout::new(settings)?,
        poller: Poller::new(settings, SETTINGS)?,
        is_broken: false,
    }))
}

struct TextFrame {
    layout: Layout,
    poller: Poller,
    /// The line that goes on here was too long: nothing of it is a frame.
    is_broken: bool,
}

impl Format for TextFrame {
    fn look(&mut self, window: &[u8], seen: usize, ended: bool) -> Look {
        match self.layout.framing {
            Framing::End => self.line(window, seen, ended),
            framing => match self.layout.mark_in_front(window, ended) {
                Some(look) => look,
                None => match framing {
                    Framing::Length(length) => self.layout.by_length(window, length, ended),
                    _ => self.layout.by_marks(window, ended),
                },
            },
        }
    }

    fn restart(&mut self) {
        self.is_broken = false;
        self.poller.restart();
    }

    fn transmit(&mut self, now_micros: i64) -> Option<Vec<u8>> {
        self.poller.transmit(now_micros)
    }

    fn timeout(&self) -> Option<i64> {
        self.poller.timeout()
    }

    fn memory_bound(&self) -> usize {
        match self.layout.framing {
            Framing::End => self.layout.longest + SLACK,
            Framing::Length(_) | Framing::Marks => self.layout.longest,
        }
    }
}

impl TextFrame {
    /// A frame that begins behind the end of the last.
    fn line(&mut self, window: &[u8], seen: usize, ended: bool) -> Look {
        let end = self.layout.end.as_slice();
        if self.is_broken {
            if window.starts_with(end) {
                self.is_broken = false;
                return Look::Skip(end.len());
            }
            return match find(window, end, 0) {
                Some(at) => Look::Skip(at),
                // The begin of an end stays.
                None => match window.len().saturating_sub(end.len() - 1) {
                    0 if ended => Look::Skip(window.len()),
                    0 => Look::More,
                    count => Look::Skip(count),
                },
            };
        }
        let noise = window.iter().take_while(|byte| is_control(**byte)).count();
        if noise > 0 {
            return Look::Skip(noise);
        }
        let most = self.layout.longest + SLACK;
        let reach = window.get(..most.min(window.len())).unwrap_or_default();
        // An end may have been cut by the end of the last window.
        let from = seen.saturating_sub(end.len());
        match find(reach, end, from) {
            Some(at) => {
                let count = at + end.len();
                self.layout.frame(reach.get(..count).unwrap_or_default())
            }
            None if reach.len() == most => {
                self.is_broken = true;
                Look::Skip(1)
            }
            None if ended => Look::Bad(reach.len(), Reject::Truncated),
            None => Look::More,
        }
    }
}

impl Layout {
    /// A piece of the stream that is a frame or a reject as a whole.
    fn frame(&self, frame: &[u8]) -> Look {
        match self.read(frame) {
            Ok(reading) => Look::Frame(frame.len(), Event::Reading(reading)),
            Err(reason) => Look::Bad(frame.len(), reason),
        }
    }

    /// What to do when no start stands in front of the window; nothing when one does.
    fn mark_in_front(&self, window: &[u8], ended: bool) -> Option<Look> {
        let start = self.start.as_slice();
        let head = start.len().min(window.len());
        if window.get(..head) != start.get(..head) {
            let next = window
                .iter()
                .skip(1)
                .position(|byte| Some(byte) == start.first());
            return Some(Look::Skip(next.map_or(window.len(), |index| index + 1)));
        }
        match head < start.len() {
            true if ended => Some(Look::Skip(window.len())),
            true => Some(Look::More),
            false => None,
        }
    }

    /// Where the next start stands, or what may be the begin of one.
    fn next_start(&self, reach: &[u8]) -> Option<usize> {
        (1..reach.len()).find(|at| {
            let rest = reach.get(*at..).unwrap_or_default();
            rest.starts_with(&self.start) || self.start.starts_with(rest)
        })
    }

    /// A frame behind a start, of one length.
    fn by_length(&self, window: &[u8], length: usize, ended: bool) -> Look {
        let reach = window.get(..length.min(window.len())).unwrap_or_default();
        if reach.len() < length {
            return match self.next_start(reach) {
                _ if !ended => Look::More,
                next => Look::Bad(next.unwrap_or(reach.len()), Reject::Truncated),
            };
        }
        match self.read(reach) {
            Ok(reading) => Look::Frame(length, Event::Reading(reading)),
            Err(reason) => Look::Bad(self.next_start(reach).unwrap_or(length), reason),
        }
    }

    /// A frame from a start to an end.
    fn by_marks(&self, window: &[u8], ended: bool) -> Look {
        let reach = window.get(..self.longest.min(window.len()));
        let reach = reach.unwrap_or_default();
        let ends = find(reach, &self.end, self.start.len());
        let next = find(reach, &self.start, 1);
        let is_full = reach.len() == self.longest;
        match (ends, next) {
            (Some(at), next) => {
                let frame = reach.get(..at + self.end.len()).unwrap_or_default();
                match next.filter(|next| *next < at) {
                    None => self.frame(frame),
                    // Bytes that look like a start may stand in a frame that is right in length and
                    // in every field.
                    Some(next) => match self.read(frame) {
                        Ok(reading) if self.is_fixed => {
                            Look::Frame(frame.len(), Event::Reading(reading))
                        }
                        _ => Look::Bad(next, Reject::Truncated),
                    },
                }
            }
            (None, Some(next)) if !self.is_fixed || is_full || ended => {
                Look::Bad(next, Reject::Truncated)
            }
            (None, _) if is_full => {
                let next = self.next_start(reach);
                Look::Bad(next.unwrap_or(reach.len()), Reject::Length)
            }
            (None, _) if ended => Look::Bad(reach.len(), Reject::Truncated),
            (None, _) => Look::More,
        }
    }
}

/// A weight of the default layout: every unit, gross and net, below zero, in motion, out of range.
fn a_reading(number: u64) -> Reading {
    let unit = match number / 2 % 6 {
        0 => Unit::Gram,
        1 => Unit::Tonne,
        2 => Unit::Pound,
        3 => Unit::Ounce,
        _ => Unit::Kilogram,
    };
    let value = specimen::weight(number, 6, (number % 4) as u8, 5, true);
    let (over, under) = (number % 11 == 7, number % 11 == 9);
    let out = (over || under).then_some(());
    Reading {
        value: out.is_none().then_some(value),
        unit: Some(unit),
        stable: Some(number.is_multiple_of(3)),
        net: Some(number.is_multiple_of(2)),
        overload: out.map(|()| over),
        underload: out.map(|()| under),
        ..Reading::default()
    }
}

#[cfg(test)]
mod tests;
