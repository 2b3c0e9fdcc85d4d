//! Nedap ANPR, RS-485 messages in PROTOCOLLED form: a template message with number, length and
//! checksum around it.
//!
//! **Vendor, models.** Nedap ANPR and relatives.
//!
//! **Source, how sure.** Nedap ANPR installation guide 5279330, p. 23, the table of the data packet.
//! It does not state the byte order of the four-byte fields, so both are taken, as the header tells
//! them (inferred). The acknowledge packet stands in a part that is not public. No recording from
//! hardware. Maturity: DOCUMENTED.
//!
//! **Line.** 9600 8N1. The camera speaks. It can be set to wait for an acknowledge and to send the
//! message again; nothing is answered here, as the packet is not known: the camera's `Wait ACK` is to
//! be off, or the repetitions are to be lived with.
//!
//! **Layout** (bytes):
//!
//! ```text
//! offset  width  field
//!  0       4     header, 89 AB CD EF (high byte first) or EF CD AB 89 (low byte first)
//!  4       4     number of the message, from 1, one more each time; the event's read_id
//!  8       4     length n of the data, 1 to 512 here
//! 12       n     data, a text after the template as in `nedap_raw_template`; a line end at its end
//!                may be missing
//! 12 + n   1     exclusive or of bytes 0 to 11 + n
//! 13 + n   4     trailer, 12 34 56 78 or 78 56 34 12, in the order of the header
//! ```
//!
//! All four-byte fields have the order of the header.
//!
//! **Integrity.** Exclusive or; finds every single flipped bit, not two in the same column. Header,
//! trailer and length must fit each other as well.
//!
//! **Quirks.**
//! * The same number with the same plate again is a message that was sent again after a missing
//!   acknowledge: to be stored once.
//! * A header inside of the data shows that the message before it was cut. No text has one.
//!
//! **One frame.** `89 AB CD EF 00 00 00 07 00 00 00 0C 34 36 4B 4C 4D 38 2D 4E 4C 44 0D 0A 17 12 34
//! 56 78` = number 7, `46KLM8`, high byte first.

use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec::Vec;

use crate::check::xor;
use crate::evidence::{Grade, Record};
use crate::field::digits;
use crate::nedap_raw_template::{
    CLOCK, COUNTRY, DATE_FORMAT, ENCODING, NO_PLATE, TEMPLATE, TIME_FORMAT, Template,
    specimen_plate,
};
use crate::registry::{Check, Kind, LineSetting, Maturity, Protocol, Speaker};
use crate::window::{Format, Look, Stream};
use crate::{Decoder, EncodeError, Event, Plate, Reject, SettingSpec, Settings, SettingsError};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "nedap_protocolled",
    kind: Kind::PlateCamera,
    devices: "Nedap ANPR cameras, RS-485 PROTOCOLLED message",
    line: "9600 8N1",
    line_settings: &[LineSetting::eight_n_one(9_600)],
    speaker: Speaker::Device,
    marked: true,
    check: Check::Xor,
    evidence: &[(Record::Plate, Grade::Checked)],
    maturity: Maturity::Documented,
    longest_frame_bytes: LONGEST,
    settings: SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, settings| match event {
        Event::Plate(plate) => encode(plate, settings),
        _ => Err(EncodeError::Kind),
    },
    specimen: |number| {
        Event::Plate(Plate {
            read_id: Some((1 + number * 7).to_string()),
            checked: true,
            ..specimen_plate(number)
        })
    },
};

/// The settings.
pub const SETTINGS: &[SettingSpec] = &[
    TEMPLATE,
    ENCODING,
    DATE_FORMAT,
    TIME_FORMAT,
    CLOCK,
    COUNTRY,
    NO_PLATE,
    SettingSpec {
        key: "byte_order",
        default: "big",
        meaning: "how a message is written, high byte first (`big`) or low byte first (`little`); both are read",
    },
];

/// Number and length behind the header.
const HEAD: usize = 12;
/// Exclusive or and trailer.
const TAIL: usize = 5;
/// The longest data. A template of plate, date and time has some 50 bytes.
const DATA: usize = 512;
const LONGEST: usize = HEAD + DATA + TAIL;
const HEADER: u32 = 0x89AB_CDEF;
const TRAILER: u32 = 0x1234_5678;

/// The order of bytes in a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    Big,
    Little,
}

impl Order {
    const BOTH: [Self; 2] = [Self::Big, Self::Little];

    fn bytes(self, number: u32) -> [u8; 4] {
        match self {
            Self::Big => number.to_be_bytes(),
            Self::Little => number.to_le_bytes(),
        }
    }

    /// The number at an offset, `None` when it is not there yet.
    fn number(self, frame: &[u8], offset: usize) -> Option<u32> {
        let (bytes, _) = frame.get(offset..)?.split_first_chunk()?;
        Some(match self {
            Self::Big => u32::from_be_bytes(*bytes),
            Self::Little => u32::from_le_bytes(*bytes),
        })
    }
}

fn order_setting(settings: &Settings) -> Result<Order, SettingsError> {
    settings.choice(
        SETTINGS,
        "byte_order",
        &[("big", Order::Big), ("little", Order::Little)],
    )
}

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    settings.check_keys(SETTINGS)?;
    order_setting(settings)?;
    Ok(Stream::new(Protocolled {
        template: Template::new(settings, SETTINGS)?,
    }))
}

struct Protocolled {
    template: Template,
}

impl Format for Protocolled {
    fn look(&mut self, window: &[u8], seen: usize, ended: bool) -> Look {
        let Some(order) = header(window) else {
            return before_header(window, ended);
        };
        let length = order.number(window, 8).map(|length| length as usize);
        let longest = match length {
            Some(length) if (1..=DATA).contains(&length) => HEAD + length + TAIL,
            _ => HEAD,
        };
        let reach = window.get(..longest.min(window.len())).unwrap_or_default();
        // A header may have been cut by the end of the last window, and the length was not known
        // before there were twelve bytes.
        let from = seen.saturating_sub(HEAD).max(1);
        if let Some(cut) = next_header(reach, from) {
            return Look::Bad(cut, Reject::Truncated);
        }
        match length {
            Some(_) if longest == HEAD => Look::Bad(up_to_header(reach), Reject::Length),
            Some(_) if reach.len() == longest => match self.plate(order, reach) {
                Ok(plate) => Look::Frame(longest, Event::Plate(plate)),
                Err(reason) => Look::Bad(up_to_header(reach), reason),
            },
            _ if ended => Look::Bad(window.len(), Reject::Truncated),
            _ => Look::More,
        }
    }

    fn memory_bound(&self) -> usize {
        LONGEST
    }
}

/// The order of the header at the front.
fn header(window: &[u8]) -> Option<Order> {
    Order::BOTH
        .into_iter()
        .find(|order| window.starts_with(&order.bytes(HEADER)))
}

/// Where the next whole header begins, not before `from`.
fn next_header(reach: &[u8], from: usize) -> Option<usize> {
    let rest = reach.get(from..)?;
    let found = rest.windows(4).position(|window| header(window).is_some());
    found.map(|index| from + index)
}

/// Where a header begins or may begin that is cut by the end of the bytes, not before `from`.
fn may_begin(bytes: &[u8], from: usize) -> Option<usize> {
    (from..bytes.len()).find(|at| {
        let rest = bytes.get(*at..).unwrap_or_default();
        Order::BOTH.into_iter().any(|order| {
            let header = order.bytes(HEADER);
            rest.starts_with(&header) || header.starts_with(rest)
        })
    })
}

/// The length of a broken frame: its last bytes may be the first of the next header.
fn up_to_header(frame: &[u8]) -> usize {
    may_begin(frame, 1).unwrap_or(frame.len())
}

/// No whole header at the front: noise up to where one may begin.
fn before_header(window: &[u8], ended: bool) -> Look {
    match may_begin(window, 0) {
        Some(0) if ended => Look::Bad(window.len(), Reject::Truncated),
        Some(0) => Look::More,
        Some(noise) => Look::Skip(noise),
        None => Look::Skip(window.len()),
    }
}

impl Protocolled {
    /// The plate of a frame that has the length it announces.
    fn plate(&self, order: Order, frame: &[u8]) -> Result<Plate, Reject> {
        let (covered, tail) = frame.split_at(frame.len().saturating_sub(TAIL));
        let Some((sum, trailer)) = tail.split_first() else {
            return Err(Reject::Length);
        };
        if trailer != order.bytes(TRAILER) {
            return Err(Reject::Length);
        }
        if *sum != xor(covered) {
            return Err(Reject::Integrity);
        }
        let number = order.number(covered, 4).ok_or(Reject::Length)?;
        let data = covered.get(HEAD..).unwrap_or_default();
        Ok(Plate {
            read_id: Some(number.to_string()),
            checked: true,
            ..self.template.read_measured(data)?
        })
    }
}

/// The message of a plate read.
///
/// # Errors
/// `read_id` is needed, a number of at most 32 bits; `time` where the template has `%DATE` or
/// `%TIME`; [`EncodeError::Range`] for a plate that would be read as another one, and for data of
/// more than 512 bytes.
pub fn encode(plate: &Plate, settings: &Settings) -> Result<Vec<u8>, EncodeError> {
    let setting = |error| EncodeError::range("settings", error);
    settings.check_keys(SETTINGS).map_err(setting)?;
    let order = order_setting(settings).map_err(setting)?;
    let template = Template::new(settings, SETTINGS).map_err(setting)?;
    let id = plate.read_id.as_deref();
    let id = id.ok_or(EncodeError::Missing("read_id"))?;
    let number = digits(id.as_bytes()).and_then(|number| u32::try_from(number).ok());
    let number = number.ok_or_else(|| EncodeError::range("read_id", id))?;
    let data = template.write(plate)?;
    let length = u32::try_from(data.len()).ok();
    let length = length.filter(|_| (1..=DATA).contains(&data.len()));
    let length = length.ok_or_else(|| EncodeError::range("data length", data.len()))?;
    let mut frame = Vec::with_capacity(HEAD + data.len() + TAIL);
    for field in [HEADER, number, length] {
        frame.extend(order.bytes(field));
    }
    frame.extend(data);
    frame.push(xor(&frame));
    frame.extend(order.bytes(TRAILER));
    if next_header(&frame, 1).is_some() {
        let text = plate.plate.as_deref().unwrap_or_default();
        return Err(EncodeError::range("plate", text));
    }
    Ok(frame)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    fn words(bytes: &[u8]) -> Vec<String> {
        let mut decoder = decoder(&Settings::new()).unwrap();
        decoder.push(bytes);
        decoder.finish();
        core::iter::from_fn(|| decoder.poll_event())
            .map(|decoded| match decoded.event {
                Event::Plate(plate) => alloc::format!(
                    "{} {}",
                    plate.read_id.unwrap(),
                    plate.plate.as_deref().unwrap_or("-")
                ),
                Event::Rejected(reason) => reason.name().to_string(),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    fn frame(id: &str, text: &str, order: &str) -> Vec<u8> {
        let plate = Plate {
            plate: Some(text.to_string()),
            read_id: Some(id.to_string()),
            ..Plate::default()
        };
        encode(&plate, &Settings::new().with("byte_order", order)).unwrap()
    }

    #[test]
    fn both_byte_orders_are_read_whatever_is_written() {
        for order in ["big", "little"] {
            for (id, text) in [("1", "46KLM8"), ("4294967295", "京A12345"), ("0", "A1")] {
                let bytes = frame(id, text, order);
                assert_eq!(words(&bytes), [alloc::format!("{id} {text}")]);
                assert_eq!(words(&bytes[..bytes.len() - 1]), ["truncated"]);
            }
        }
        assert_ne!(frame("1", "A1", "big"), frame("1", "A1", "little"));
    }

    #[test]
    fn a_retransmission_comes_again_with_its_number() {
        let bytes = [frame("2", "A1", "big"), frame("2", "A1", "big")].concat();
        assert_eq!(words(&bytes), ["2 A1", "2 A1"]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let good = frame("258", "46KLM8", "big");
        let with = |offset: usize, byte: u8| {
            let mut frame = good.clone();
            frame[offset] = byte;
            frame
        };
        let next = frame("259", "A1", "little");
        for (bytes, expected) in [
            (with(13, b'7'), &["integrity"][..]),
            (with(7, 3), &["integrity"]),
            (with(10, 4), &["length", "garbage"]),
            (with(11, 0), &["length", "garbage"]),
            (with(11, 5), &["length", "garbage"]),
            // The announced data reach into the next message.
            (with(11, 30), &["truncated"]),
            (with(22, 0), &["length"]),
            (good[..9].to_vec(), &["length"]),
            (good[..20].to_vec(), &["truncated"]),
            (b"\x89\xAB\xCD".to_vec(), &["truncated"]),
        ] {
            let found = words(&[&bytes[..], &next].concat());
            let expected = [expected, &["259 A1"]].concat();
            assert_eq!(found, expected, "{bytes:02X?}");
        }
    }

    #[test]
    fn the_length_ends_a_message_without_its_line_end() {
        for order in Order::BOTH {
            for end in ["\r\n", "\r", "\n", ""] {
                let data = alloc::format!("46KLM8-NLD{end}");
                let mut bytes = Vec::new();
                for field in [HEADER, 5, data.len() as u32] {
                    bytes.extend(order.bytes(field));
                }
                bytes.extend(data.into_bytes());
                bytes.push(xor(&bytes));
                bytes.extend(order.bytes(TRAILER));
                assert_eq!(words(&bytes), ["5 46KLM8"], "{end:?}");
            }
        }
    }

    #[test]
    fn data_that_do_not_fit_the_template_are_a_field_reject() {
        let mut bytes = frame("1", "46KLM8", "big");
        bytes[19] = b'7';
        bytes[20] = xor(&bytes[..20]);
        assert_eq!(words(&bytes), ["field"]);
    }

    #[test]
    fn what_has_no_place_is_not_written() {
        let plate = |id: Option<&str>| Plate {
            plate: Some("A1".to_string()),
            read_id: id.map(ToString::to_string),
            ..Plate::default()
        };
        for id in [None, Some("4294967296"), Some("x"), Some("")] {
            assert!(encode(&plate(id), &Settings::new()).is_err(), "{id:?}");
        }
    }
}
