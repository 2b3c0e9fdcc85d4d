//! Modbus RTU indicators: a block of registers is polled, and a map says which of them is the weight.
//!
//! **Vendor, models.** Any indicator with Modbus RTU. The map differs with every make and often with
//! the model: it has to be taken from the manual of the indicator at hand and tried with a known
//! weight. Maps that are known, as settings (addresses count from 0, 40001 in a manual is 0):
//!
//! * CAS CI-600D, gross in 40008 and 40009: `address=7`, `count=2`, `kind=i32`; net in 40010 and 40011
//!   with `address=9`.
//! * ID551PN, float in 40001 and 40002, gross in 40003 and 40004, status in 40005: `address=0`,
//!   `count=5`, `kind=f32`, `register=0` (displayed) or `2` (gross),
//!   `status=4.9=underload,4.10=overload,4.11=net,4.12=moving,4.15=valid` (8 is centre of zero, 13
//!   power-up zero).
//! * Flintec FT-13, two words at address 0, status at 2: `address=0`, `count=2`, `kind=i32`, which are
//!   the defaults; `count=3` with `status=2.<bit>=<meaning>` after its manual.
//! * Dini Argeo DGT4X, weight from 40203 on, status in 40202: `address=201`, `count=3`,
//!   `register=202`, `kind=i32`, `status=201.<bit>=<meaning>` after its manual.
//!
//! **Source, how sure.** The frames: makers' manuals with examples (Flintec FT-13 p. 48) and the
//! Modbus specification. The addresses above: makers' manuals. Word order, kind, decimals and status bits of
//! CAS, Flintec and Dini are not in what was read; nor is whether the ID551PN counts bits from 0, as
//! is taken here. The float of the ID551PN at 40001 being the displayed weight is inferred. No
//! recording from an indicator. Maturity: DOCUMENTED.
//!
//! **Line.** 9600 8N1 or 8E1, mostly RS-485. The host speaks first: it reads `count` registers from
//! `address` with function 3 or 4 every `poll_ms`. With `poll=off` another master does and this side
//! listens.
//!
//! **Layout** (one box a byte; every number high byte first, but the CRC):
//!
//! ```text
//! request     | unit | 03 or 04 | address 2 | count 2 | CRC low | CRC high |          8 bytes
//! answer      | unit | 03 or 04 | bytes = 2 x count | registers, 2 each | CRC 2 |     5 + bytes
//! exception   | unit | function + 80 | code 1 to 11 | CRC 2 |                         5 bytes
//! write one   | unit | 06 | address 2 | value 2 | CRC 2 |      its answer is the same 8 bytes
//! write many  | unit | 10 | address 2 | count 2 | bytes | values, 2 each | CRC 2 |    9 + bytes
//!   answer    | unit | 10 | address 2 | count 2 | CRC 2 |                             8 bytes
//!
//! unit        1 to 247, the indicator's address on the line
//! registers   by the map: `register`, `kind` (u16, i16, u32, i32, f32), `word_order`, `byte_order`,
//!             `decimals` or `point_register`, `status`; unit of the weight by `weight_unit`
//! ```
//!
//! An answer of the block's length from the set unit and with the set function is a reading. All
//! else is a status: `host_read` (unit, function, address, count), `host_write` (unit, function,
//! address, values), `written` (unit, function, address, count), `exception` (unit, function,
//! exception), `registers` (unit, function, values: other units, other lengths).
//!
//! **Integrity.** CRC-16/MODBUS over all bytes before it, low byte first. Hamming distance 4 at these
//! lengths.
//!
//! **Quirks.** A frame ends where its function code and its counts say and the CRC is right; silence
//! is not looked at, so short reads, turn-around noise and RS-485 echo make no difference. An answer
//! does not say which registers it carries: when the line shows requests (echo, tap), an answer
//! counts as a weight only right behind the request for the block itself, so another master's read
//! of tare is not taken for a weight. With `answers=asked` this holds from the first byte on, which a
//! tap needs that begins in the middle of a talk. A request to address 0400 to 04FF may look like the
//! first 8 bytes of an answer of two registers; it waits for the ninth byte. A write of one register
//! and its answer can't be told apart, both are `host_write`. Coils (functions 1, 2, 5, 15) are not
//! read and come out as garbage. Overload is told by a status bit or not at all: without one in the
//! map, a wrong weight may be sent for an overloaded scale.
//!
//! **One frame.** `01 03 04 00 00 C0 30 AA 27` = 49200.

mod float;
mod frame;
mod map;
mod settings;
mod slave;

use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

pub use map::{Kind, Map, Meaning, StatusBit};
pub use settings::SETTINGS;
pub use slave::Slave;

use crate::evidence::{Grade, Record};
use crate::poll::Poller;
use crate::registry::{Check, LineSetting, Maturity, Parity, Protocol, Speaker};
use crate::window::{Format, Look, Stream};
use crate::{
    Decoder, EncodeError, Event, Reading, Reject, Settings, SettingsError, Status, specimen,
};
use frame::{Shape, Sight, sight};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "modbus_rtu",
    kind: crate::registry::Kind::Scale,
    devices: "indicators with Modbus RTU (CAS CI-600D, ID551PN, Flintec FT-13, Dini DGT4X), map by settings",
    line: "9600 8N1 or 8E1, RS-485",
    line_settings: &[
        LineSetting::eight_n_one(9_600),
        EIGHT_E_ONE,
        LineSetting::eight_n_one(19_200),
        LineSetting::eight_n_one(115_200),
    ],
    speaker: Speaker::Host,
    marked: true,
    check: Check::Crc16,
    evidence: &[(Record::Weight, Grade::Checked)],
    maturity: Maturity::Documented,
    longest_frame_bytes: frame::LONGEST,
    settings: SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, settings| {
        let map = Map::new(settings);
        let map = map.map_err(|error| EncodeError::range("settings", error))?;
        encode(event, &map)
    },
    specimen: an_event,
};

/// What the Modbus specification asks for where nothing else is set.
const EIGHT_E_ONE: LineSetting = LineSetting {
    baud: 9_600,
    data_bits: 8,
    parity: Parity::Even,
    stop_bits: 1,
};

/// So many foreign bytes behind a request are more than the turn-around of a line: they may have
/// been an answer and the next request.
const NOISE_BYTES: usize = 3;

/// So many answers in a row without a request between them: requests are not on this line, and the
/// one that was seen was noise with a right CRC, or a master that has gone.
const UNASKED_ANSWERS: u8 = 4;

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    let map = Map::new(settings)?;
    let asked = settings.choice(SETTINGS, "answers", &[("any", false), ("asked", true)])?;
    let polls = settings.choice(SETTINGS, "poll", &[("on", true), ("off", false)])?;
    let request = if polls {
        frame::read_request(map.unit, map.function, map.address, map.count)
    } else {
        vec![]
    };
    Ok(Stream::new(ModbusRtu {
        poller: Poller::of_request(request, settings, SETTINGS)?,
        first: if asked { Asked::Other } else { Asked::Unseen },
        asked: if asked { Asked::Other } else { Asked::Unseen },
        noise: 0,
        unasked: 0,
        map,
    }))
}

/// What the line has shown of requests to the indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// None so far.
    Unseen,
    /// The last thing was the request for the block.
    Block,
    /// The last thing was something else.
    Other,
}

struct ModbusRtu {
    map: Map,
    poller: Poller,
    /// What holds at the begin of a stream.
    first: Asked,
    asked: Asked,
    /// Bytes since the last request that belong to no frame.
    noise: usize,
    /// Answers since the last request.
    unasked: u8,
}

impl Format for ModbusRtu {
    fn look(&mut self, window: &[u8], _seen: usize, ended: bool) -> Look {
        let look = self.see(window, ended);
        match &look {
            Look::Skip(count) => self.disturbed(*count),
            Look::Bad(..) => self.disturbed(NOISE_BYTES),
            Look::More | Look::Frame(..) => {}
        }
        look
    }

    fn restart(&mut self) {
        self.asked = self.first;
        self.noise = 0;
        self.unasked = 0;
        self.poller.restart();
    }

    fn transmit(&mut self, now_micros: i64) -> Option<Vec<u8>> {
        self.poller.transmit(now_micros)
    }

    fn timeout(&self) -> Option<i64> {
        self.poller.timeout()
    }

    fn memory_bound(&self) -> usize {
        frame::LONGEST
    }
}

impl ModbusRtu {
    /// Bytes that are no frame. After enough of them it is open what was asked last.
    fn disturbed(&mut self, count: usize) {
        self.noise = self.noise.saturating_add(count);
        if self.noise >= NOISE_BYTES && self.asked == Asked::Block {
            self.asked = Asked::Other;
        }
    }

    /// The length of an answer with the block, when one begins here.
    fn block_length(&self, window: &[u8]) -> Option<usize> {
        let bytes = 2 * usize::from(self.map.count);
        match window {
            [unit, function, count, ..]
                if (*unit, *function) == (self.map.unit, self.map.function)
                    && usize::from(*count) == bytes =>
            {
                Some(5 + bytes)
            }
            _ => None,
        }
    }

    fn see(&mut self, window: &[u8], ended: bool) -> Look {
        // An answer with the block comes before all else that may begin so.
        let block = self.block_length(window);
        if let Some(length) = block {
            match window.get(..length) {
                Some(answer) if frame::crc_is_right(answer) => {
                    return self.take(answer, Shape::Registers);
                }
                None if !ended => return Look::More,
                _ => {}
            }
        }
        match sight(window) {
            Sight::Whole(shape, length) => match self.inner(window, length, false) {
                // As when the frame inside was there before the end of the one around it.
                Some(start) => self.broken(window, start, Reject::Truncated),
                None => self.take(window.get(..length).unwrap_or_default(), shape),
            },
            Sight::Open => match self.inner(window, window.len() + 1, ended) {
                Some(start) => self.broken(window, start, Reject::Truncated),
                None if !ended => Look::More,
                None if self.is_own(window) && may_begin(window) => {
                    Look::Bad(window.len(), Reject::Truncated)
                }
                None => Look::Skip(1),
            },
            Sight::Damaged { first, last } => {
                // A frame that was seen inside while this one was still open is seen now, too,
                // however the bytes came in.
                if block.is_none()
                    && let Some(start) = self.inner(window, last, false)
                {
                    return self.broken(window, start, Reject::Truncated);
                }
                let length = block.unwrap_or(first).min(window.len());
                // The byte behind tells whether the last one begins another frame.
                if length == window.len() && !ended && self.is_own(window) {
                    return Look::More;
                }
                self.broken(window, length, Reject::Integrity)
            }
            Sight::Nothing => Look::Skip(1),
        }
    }

    fn is_own(&self, frame: &[u8]) -> bool {
        frame.first() == Some(&self.map.unit)
    }

    /// Where a whole frame of the indicator, or of anybody, stands in the window that ends before
    /// this place: what stands around it is not a frame then, or one that was cut. The one that
    /// ends first.
    fn inner(&self, window: &[u8], before: usize, of_anybody: bool) -> Option<usize> {
        let mut first: Option<(usize, usize)> = None;
        for start in 1..window.len() {
            let rest = window.get(start..).unwrap_or_default();
            if !may_begin(rest) || !(of_anybody || self.is_own(rest)) {
                continue;
            }
            if let Sight::Whole(_, length) = sight(rest) {
                let end = start + length;
                if end < before && first.is_none_or(|(known, _)| end < known) {
                    first = Some((end, start));
                }
            }
        }
        first.map(|(_, start)| start)
    }

    /// At most so many bytes that begin like a frame and are none: a reject, up to where another
    /// may begin; noise when they begin like one of another unit.
    fn broken(&self, window: &[u8], length: usize, reason: Reject) -> Look {
        if !self.is_own(window) || !may_begin(window) {
            return Look::Skip(1);
        }
        let piece = window.get(..=length).unwrap_or(window);
        let next = (1..length).find(|start| {
            let rest = piece.get(*start..).unwrap_or_default();
            may_begin(rest) && matches!(sight(rest), Sight::Open | Sight::Whole(..))
        });
        Look::Bad(next.unwrap_or(length), reason)
    }

    /// A whole frame.
    fn take(&mut self, answer: &[u8], shape: Shape) -> Look {
        let length = answer.len();
        if !self.is_own(answer) {
            return Look::Frame(length, Event::Status(frame::status(answer, shape)));
        }
        if matches!(shape, Shape::Registers | Shape::Written | Shape::Exception) {
            self.unasked = self.unasked.saturating_add(1);
            if self.unasked > UNASKED_ANSWERS {
                self.asked = self.first;
            }
        } else {
            self.unasked = 0;
        }
        let before = self.asked;
        let is_request = match shape {
            Shape::Read => {
                let block = answer.get(1) == Some(&self.map.function)
                    && frame::word(answer, 2) == Some(self.map.address)
                    && frame::word(answer, 4) == Some(self.map.count);
                self.asked = if block { Asked::Block } else { Asked::Other };
                true
            }
            Shape::WriteOne | Shape::WriteMany => {
                self.asked = Asked::Other;
                true
            }
            Shape::Registers | Shape::Written | Shape::Exception => false,
        };
        if is_request {
            self.noise = 0;
        } else if before == Asked::Block && self.unasked <= UNASKED_ANSWERS {
            self.asked = Asked::Other;
        }
        if self.block_length(answer) == Some(length) && before != Asked::Other {
            let data = answer.get(3..length.saturating_sub(2));
            return match self.map.reading(data.unwrap_or_default()) {
                Ok(reading) => Look::Frame(length, Event::Reading(reading)),
                Err(reason) => Look::Bad(length, reason),
            };
        }
        Look::Frame(length, Event::Status(frame::status(answer, shape)))
    }
}

/// Whether a frame of anybody may begin here.
fn may_begin(rest: &[u8]) -> bool {
    matches!(
        rest,
        [1..=247, 3 | 4 | 6 | 16 | 0x83 | 0x84 | 0x86 | 0x90, ..]
    )
}

/// The frame that says this: a reading is an answer with the block of the map, the statuses
/// `host_read`, `host_write`, `written`, `exception` and `registers` are their frames.
///
/// # Errors
/// Those of [`Map::registers`]; [`EncodeError::Missing`] and [`EncodeError::Range`] for fields of a
/// status; [`EncodeError::Kind`] for other events, and for `registers` that would be a weight.
pub fn encode(event: &Event, map: &Map) -> Result<Vec<u8>, EncodeError> {
    match event {
        Event::Reading(reading) => {
            frame::registers(map.unit, map.function, &map.registers(reading)?)
        }
        Event::Status(status) => {
            let bytes = frame::encode(status)?;
            let block = 5 + 2 * usize::from(map.count);
            let is_weight = status.name == "registers"
                && bytes.len() == block
                && bytes.get(..2) == Some(&[map.unit, map.function]);
            if is_weight {
                return Err(EncodeError::Kind);
            }
            Ok(bytes)
        }
        _ => Err(EncodeError::Kind),
    }
}

/// A weight, mostly; requests, writes, exceptions and registers of other lengths between them.
fn an_event(number: u64) -> Event {
    let chance = specimen::scatter(number);
    let text = |value: u64| value.to_string();
    let small = text(chance % 100);
    let unit = ("unit", text(1 + number % 3));
    let function = ("function", text(3 + number / 3 % 2));
    let status = |name, fields| Event::Status(Status { name, fields });
    match number % 12 {
        3 => {
            let count = ("count", text(1 + chance % 8));
            status("host_read", vec![unit, function, ("address", small), count])
        }
        5 => {
            let function = ("function", text(16));
            let values = ("values", alloc::format!("{small},{}", chance % 65_536));
            status(
                "host_write",
                vec![unit, function, ("address", small), values],
            )
        }
        7 => {
            let values = ("values", alloc::format!("{},{small},0", chance % 65_536));
            status("registers", vec![unit, function, values])
        }
        11 => {
            let (name, function, key) = if number % 24 == 11 {
                ("host_write", text(6), "values")
            } else {
                ("written", text(16), "count")
            };
            let last = (key, text(1 + chance % 9));
            status(
                name,
                vec![unit, ("function", function), ("address", small), last],
            )
        }
        _ => Event::Reading(Reading {
            value: Some(specimen::weight(number, 6, 0, 20, true)),
            checked: true,
            ..Reading::default()
        }),
    }
}

#[cfg(test)]
mod tests;
