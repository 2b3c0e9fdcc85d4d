//! Xunpeng (讯鹏) number display: a coloured number that the host sends, seven bytes.
//!
//! **Vendor, models.** Shenzhen Xunpeng (深圳讯鹏) LED boards for production lines and counters.
//!
//! **Source, how sure.** The maker's page on the board, with one command and its answer as an
//! example. Colours: 0 is green there; 1 as yellow is from the reference notes; others are given as
//! numbers. What `info` means is not stated. Maturity: DOCUMENTED.
//!
//! **Line.** 9600 8N1. The host speaks, the board answers each command with the same fields behind
//! another mark.
//!
//! **Layout** (bytes):
//!
//! ```text
//!  0    1       2        3         4     5    6
//! 3A  colour  valueLo  valueHi   info  sum   0A    host to board
//! 2A  colour  valueLo  valueHi   info  sum   0A    board to host
//!
//! colour  0 green, 1 yellow, others not known
//! value   0 to 65535, low byte first
//! info    not known, 01 in the maker's example
//! sum     low byte of the sum of bytes 0 to 4
//! ```
//!
//! Commands are the status `host_show`, answers the status `shown`, both with `colour`, `value` and
//! `info`.
//!
//! **Integrity.** Eight-bit sum; finds every single flipped bit, not two that cancel out.
//!
//! **Quirks.**
//! * 0A can stand inside of a frame, 3A and 2A too: the length ends a frame.
//! * The encoder takes `show` for `host_show`; `colour` and `info` may be left out (green, 1), and
//!   `text` stands for `value` where it is a number.
//!
//! **One frame.** `3A 01 2C 01 01 69 0A` = 300, yellow.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use crate::check::sum8;
use crate::field::digits;
use crate::registry::{Check, Kind, LineSetting, Maturity, Protocol, Speaker};
use crate::window::{Format, Look, Stream};
use crate::{
    Decoder, EncodeError, Event, Reject, SettingSpec, Settings, SettingsError, Status, specimen,
};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "xunpeng_display",
    kind: Kind::Display,
    devices: "Xunpeng number displays",
    line: "9600 8N1",
    line_settings: &[LineSetting::eight_n_one(9_600)],
    speaker: Speaker::Host,
    marked: true,
    check: Check::Sum8,
    evidence: &[],
    maturity: Maturity::Documented,
    longest_frame_bytes: LENGTH,
    settings: SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, _| match event {
        Event::Status(status) => encode(status),
        _ => Err(EncodeError::Kind),
    },
    specimen: |number| {
        let chance = specimen::scatter(number);
        Event::Status(status(
            if number % 4 == 3 { SHOWN } else { HOST_SHOW },
            (number % 3) as u8,
            (chance % 65_536) as u16,
            1,
        ))
    },
};

/// The settings: none.
pub const SETTINGS: &[SettingSpec] = &[];

const LENGTH: usize = 7;
const HOST: u8 = 0x3A;
const BOARD: u8 = 0x2A;
const END: u8 = 0x0A;
const HOST_SHOW: &str = "host_show";
const SHOWN: &str = "shown";
/// Colours with a known name, by their number.
const COLOURS: [&str; 2] = ["green", "yellow"];

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    settings.check_keys(SETTINGS)?;
    Ok(Stream::new(Board))
}

struct Board;

fn is_mark(byte: u8) -> bool {
    byte == HOST || byte == BOARD
}

impl Format for Board {
    fn look(&mut self, window: &[u8], _seen: usize, ended: bool) -> Look {
        let first = window.iter().position(|byte| is_mark(*byte));
        match first {
            Some(0) => {}
            Some(noise) => return Look::Skip(noise),
            None => return Look::Skip(window.len()),
        }
        let Some(frame) = window.first_chunk::<LENGTH>() else {
            return match ended {
                true => Look::Bad(cut(window), Reject::Truncated),
                false => Look::More,
            };
        };
        let [mark, colour, low, high, info, sum, end] = *frame;
        // What is wrong may be the begin of a frame that is right.
        match (end, sum == sum8(&[mark, colour, low, high, info])) {
            (END, true) => {
                let name = if mark == HOST { HOST_SHOW } else { SHOWN };
                let value = u16::from_le_bytes([low, high]);
                Look::Frame(LENGTH, Event::Status(status(name, colour, value, info)))
            }
            (END, false) => Look::Bad(cut(frame), Reject::Integrity),
            _ => Look::Skip(1),
        }
    }

    fn memory_bound(&self) -> usize {
        LENGTH
    }
}

/// The bytes up to the next mark.
fn cut(bytes: &[u8]) -> usize {
    let next = bytes.iter().skip(1).position(|byte| is_mark(*byte));
    next.map_or(bytes.len(), |index| index + 1)
}

fn status(name: &'static str, colour: u8, value: u16, info: u8) -> Status {
    let known = COLOURS.get(usize::from(colour));
    Status {
        name,
        fields: vec![
            (
                "colour",
                known.map_or_else(|| colour.to_string(), ToString::to_string),
            ),
            ("value", value.to_string()),
            ("info", info.to_string()),
        ],
    }
}

/// The frame of a command (`host_show`, `show`) or of an answer (`shown`).
///
/// # Errors
/// `value` (or `text`) is needed, a number to 65535; `colour` is a known name or a number to 255,
/// green when it is missing; `info` is a number to 255, 1 when it is missing.
pub fn encode(status: &Status) -> Result<Vec<u8>, EncodeError> {
    let mark = match status.name {
        HOST_SHOW | "show" => HOST,
        SHOWN => BOARD,
        _ => return Err(EncodeError::Kind),
    };
    let field = |name: &str| {
        let found = status.fields.iter().find(|(key, _)| *key == name);
        found.map(|(_, text)| text)
    };
    let byte = |name: &'static str, text: &String| {
        let number = digits(text.as_bytes()).and_then(|number| u8::try_from(number).ok());
        number.ok_or_else(|| EncodeError::range(name, text))
    };
    let colour = match field("colour") {
        None => 0,
        Some(text) => match COLOURS.iter().position(|name| name == text) {
            Some(index) => index as u8,
            None => byte("colour", text)?,
        },
    };
    let info = field("info").map_or(Ok(1), |text| byte("info", text))?;
    let value = field("value").or_else(|| field("text"));
    let value = value.ok_or(EncodeError::Missing("value"))?;
    let number = digits(value.as_bytes()).and_then(|number| u16::try_from(number).ok());
    let number = number.ok_or_else(|| EncodeError::range("value", value))?;
    let [low, high] = number.to_le_bytes();
    let mut frame = vec![mark, colour, low, high, info];
    frame.push(sum8(&frame));
    frame.push(END);
    Ok(frame)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(bytes: &[u8]) -> Vec<String> {
        let mut decoder = decoder(&Settings::new()).unwrap();
        decoder.push(bytes);
        decoder.finish();
        core::iter::from_fn(|| decoder.poll_event())
            .map(|decoded| match decoded.event {
                Event::Status(status) => {
                    let fields: Vec<_> = status.fields.iter().map(|(_, text)| &**text).collect();
                    alloc::format!("{} {}", status.name, fields.join(" "))
                }
                Event::Rejected(reason) => reason.name().to_string(),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn every_value_and_colour_goes_both_ways() {
        for name in [HOST_SHOW, SHOWN] {
            for colour in [0, 1, 2, 255] {
                for value in [0, 10, 0x2A3A, 0x0A0A, 65_535] {
                    let status = status(name, colour, value, 10);
                    let mut decoder = decoder(&Settings::new()).unwrap();
                    decoder.push(&encode(&status).unwrap());
                    let event = decoder.poll_event().map(|decoded| decoded.event);
                    assert_eq!(event, Some(Event::Status(status)));
                }
            }
        }
    }

    #[test]
    fn what_is_left_out_has_a_default() {
        let show = |fields| {
            encode(&Status {
                name: "show",
                fields,
            })
        };
        let frame = show(vec![("text", "300".to_string())]).unwrap();
        assert_eq!(words(&frame), ["host_show green 300 1"]);
        for fields in [
            vec![],
            vec![("value", "65536".to_string())],
            vec![("text", "超限".to_string())],
            vec![("value", "1".to_string()), ("colour", "mauve".to_string())],
            vec![("value", "1".to_string()), ("info", "256".to_string())],
        ] {
            assert!(show(fields.clone()).is_err(), "{fields:?}");
        }
    }

    #[test]
    fn a_frame_is_found_by_its_length_behind_anything() {
        let good = [0x3A, 1, 10, 0, 1, 0x46, END];
        let word = "host_show yellow 10 1";
        for (before, expected) in [
            (&[0x3A][..], &["garbage"][..]),
            (&[0x3A, 0, 0x2A, 7], &["integrity", "garbage"]),
            (&[0x3A, 0, 120, 3, 1, 0xB7, END], &["integrity"]),
            (&[0x3A, 0, 120, 3, 1, 0xB6, 0x0D], &["garbage"]),
            // The end of this one is the 0A inside of the next.
            (&[0x3A, 0, 0, 0], &["integrity"]),
            (b"noise", &["garbage"]),
        ] {
            let bytes = [before, &good].concat();
            assert_eq!(words(&bytes), [expected, &[word]].concat(), "{before:02X?}");
        }
        assert_eq!(words(&good[..5]), ["truncated"]);
    }
}
