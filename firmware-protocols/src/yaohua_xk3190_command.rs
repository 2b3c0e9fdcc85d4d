//! Yaohua XK3190 command mode, transmission mode tF=1: the host asks, the addressed indicator
//! answers.
//!
//! **Vendor, models.** Yaohua XK3190-A23p, -A9+, -DS1 and compatibles; Dingsong 4821 with a reply
//! form of its own.
//!
//! **Source, how sure.** The makers' manuals (A23p p. 26, A9+ p. 10, DS1 p. 9). No recording from
//! hardware. That the Dingsong indicator is asked in the standard form, and the 3A to 3F form of
//! check characters, are inferred. Maturity: DOCUMENTED.
//!
//! **Line.** 600 to 9600 8N1, chosen in the indicator's menu; 9600 is tried first. Often RS-485 with
//! several indicators, addresses `A` to `Z`. The host speaks first: `02 adr cmd h l 03`. This
//! decoder asks `address` for the weight that `read` names.
//!
//! **Layout** (one letter a byte):
//!
//! ```text
//!  0   1   2   3 4   5                 request; also the answer to a handshake
//! STX  a   c   h l   ETX
//!  02                03
//!
//!  0   1   2   3   4 5 6 7 8 9   10   11 12   13     answer with a weight (c = B, C, D)
//! STX  a   c   s   w w w w w w   d    h  l    ETX
//!  02                                         03
//!
//!  0   1   2   3 ...   h l   ETX       answer with data (c = E to H): 1 to 58 bytes, meaning by model
//!
//! a  address, A to Z
//! c  command: A handshake, B gross, C tare, D net, E to H data; 04 in an answer: unknown command
//! s  sign, + or -
//! w  weight, six ASCII digits, high first, no point
//! d  number of decimals, ASCII 0 to 4, counted from the right
//! h  high nibble of the exclusive or of every byte from a to the last before h, as a hexadecimal
//!    character
//! l  low nibble, the same
//!
//! dingsong (Dingsong 4821): answers have a and c in lower case and one raw byte of exclusive or in the
//! place of h and l: 5 bytes for a handshake, 13 for a weight
//! ```
//!
//! Check characters of lower case are taken, and 3A to 3F (30 + nibble), which clones send.
//!
//! **Integrity.** Exclusive or; finds every single flipped bit, not two in the same column.
//!
//! **Quirks.**
//! * Gross and net are readings; their `channel` is the address, A = 1. A tare is no weight of what
//!   stands on the scale, so it is a status `tare`, never a reading.
//! * There is no unit, no motion flag and no overload flag: what is displayed is what is sent.
//! * A handshake and its answer are the same bytes. Both are the status `host_handshake`.
//! * What E to H mean differs by model (vehicle number, goods, customer, remark on A9+ and DS1). They
//!   are handed on as the status `data`: as text where they are GB 18030, else as `hex`.
//! * On a line with echo the requests come back; they are statuses `host_...`.
//!
//! **One frame.** `02 41 42 2B 30 31 38 36 34 30 30 31 33 03` = 18640 gross of indicator A.

mod write;

#[cfg(test)]
mod tests;

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use encoding_rs::GB18030;

pub use write::{Variant, encode, encode_status, request};

use crate::check::xor;
use crate::evidence::{Grade, Record};
use crate::field::digits;
use crate::poll::{POLL_MS, Poller};
use crate::registry::{Check, Kind, LineSetting, Maturity, Protocol, Speaker};
use crate::settings::refuse;
use crate::window::{Format, Look, Stream};
use crate::yaohua_xk3190_continuous::nibble;
use crate::{
    Decimal, Decoder, EncodeError, Event, Reading, Reject, SettingSpec, Settings, SettingsError,
    Status,
};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "yaohua_xk3190_command",
    kind: Kind::Scale,
    devices: "Yaohua XK3190 (A23p, A9+, DS1) and compatibles, tF=1; Dingsong 4821",
    line: "600 to 9600 8N1",
    line_settings: &[
        LineSetting::eight_n_one(9_600),
        LineSetting::eight_n_one(4_800),
        LineSetting::eight_n_one(2_400),
        LineSetting::eight_n_one(1_200),
        LineSetting::eight_n_one(600),
    ],
    speaker: Speaker::Host,
    marked: true,
    check: Check::Xor,
    evidence: &[(Record::Weight, Grade::Checked)],
    maturity: Maturity::Documented,
    longest_frame_bytes: LONGEST,
    settings: SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, settings| {
        let variant = settings.choice(SETTINGS, "variant", VARIANTS);
        let variant = variant.map_err(|error| EncodeError::range("settings", error))?;
        let variant = variant.unwrap_or(Variant::Standard);
        match event {
            Event::Reading(reading) => encode(reading, variant),
            Event::Status(status) => encode_status(status, variant),
            _ => Err(EncodeError::Kind),
        }
    },
    specimen: write::specimen,
};

/// The settings.
pub const SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        key: "address",
        default: "A",
        meaning: "the indicator to ask, `A` to `Z`; answers of all are read",
    },
    SettingSpec {
        key: "read",
        default: "gross",
        meaning: "what to ask for: `gross`, `tare`, `net`, or `none` to listen only",
    },
    POLL_MS,
    SettingSpec {
        key: "variant",
        default: "auto",
        meaning: "form of the answers: `standard`, `dingsong` (lower case, one raw check byte), or `auto`: \
                  what each answer looks like",
    },
];

const READS: &[(&str, Option<u8>)] = &[
    ("gross", Some(b'B')),
    ("tare", Some(b'C')),
    ("net", Some(b'D')),
    ("none", None),
];
/// `None`: an answer is read in the form that it has.
const VARIANTS: &[(&str, Option<Variant>)] = &[
    ("auto", None),
    ("standard", Some(Variant::Standard)),
    ("dingsong", Some(Variant::Dingsong)),
];

const STX: u8 = 0x02;
const ETX: u8 = 0x03;
/// Stands in the place of the command when the indicator does not know it.
const UNKNOWN: u8 = 0x04;
/// The longest data of an answer, bytes; longer than any that is known.
const DATA: usize = 58;
const LONGEST: usize = DATA + 6;

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    settings.check_keys(SETTINGS)?;
    let address = settings.text(SETTINGS, "address");
    let [letter @ b'A'..=b'Z'] = address.as_bytes() else {
        return Err(refuse("address", address, "A to Z"));
    };
    let read = settings.choice(SETTINGS, "read", READS)?;
    let asked = read.map_or_else(Vec::new, |command| request(*letter, command));
    Ok(Stream::new(Command {
        poller: Poller::of_request(asked, settings, SETTINGS)?,
        variant: settings.choice(SETTINGS, "variant", VARIANTS)?,
    }))
}

struct Command {
    poller: Poller,
    variant: Option<Variant>,
}

impl Format for Command {
    fn look(&mut self, window: &[u8], _seen: usize, ended: bool) -> Look {
        if window.first() != Some(&STX) {
            let next = window.iter().position(|byte| *byte == STX);
            return Look::Skip(next.unwrap_or(window.len()));
        }
        match window.get(1..3) {
            Some([b'a'..=b'z', b'a'..=b'd']) if self.variant != Some(Variant::Standard) => {
                raw_checked(window, ended)
            }
            _ => hex_checked(window, ended),
        }
    }

    fn restart(&mut self) {
        self.poller.restart();
    }

    fn transmit(&mut self, now_micros: i64) -> Option<Vec<u8>> {
        self.poller.transmit(now_micros)
    }

    fn timeout(&self) -> Option<i64> {
        self.poller.timeout()
    }

    fn memory_bound(&self) -> usize {
        LONGEST
    }
}

/// A frame with two check characters: it goes up to the next control character.
fn hex_checked(window: &[u8], ended: bool) -> Look {
    let reach = window.get(..LONGEST).unwrap_or(window);
    let control =
        |(index, byte): &(usize, &u8)| **byte < b' ' && !(*index == 2 && **byte == UNKNOWN);
    let end = reach.iter().enumerate().skip(1).find(control);
    // From three bytes on it was more than noise with an STX in it.
    let cut = |count: usize| match reach.get(1) {
        Some(b'A'..=b'Z') if count >= 3 => Look::Bad(count, Reject::Truncated),
        _ => Look::Skip(count),
    };
    match end {
        Some((index, &ETX)) => {
            let frame = reach.get(..=index).unwrap_or_default();
            match read_hex_checked(frame) {
                Ok(event) => Look::Frame(frame.len(), event),
                Err(Reject::Garbage) => Look::Skip(frame.len()),
                Err(reason) => Look::Bad(frame.len(), reason),
            }
        }
        Some((index, _)) => cut(index),
        None if reach.len() == LONGEST => Look::Skip(LONGEST),
        None if !ended => Look::More,
        None => cut(reach.len()),
    }
}

/// STX to ETX.
fn read_hex_checked(frame: &[u8]) -> Result<Event, Reject> {
    let [_, covered @ .., high, low, _] = frame else {
        return Err(Reject::Garbage);
    };
    let [address, command, data @ ..] = covered else {
        return Err(Reject::Garbage);
    };
    match (nibble(*high), nibble(*low)) {
        (Some(high), Some(low)) if xor(covered) == (high << 4 | low) => {}
        _ if address.is_ascii_uppercase() || matches!(frame.len(), 6 | 14) => {
            return Err(Reject::Integrity);
        }
        _ => return Err(Reject::Garbage),
    }
    if !address.is_ascii_uppercase() {
        return Err(Reject::Field);
    }
    match (command, data) {
        (b'A'..=b'Z', []) => Ok(host(*address, *command)),
        (&UNKNOWN, []) => Ok(status("unknown_command", *address, vec![])),
        (b'B'..=b'D', data) => weight(*address, *command, data),
        (b'E'..=b'Z', data) => Ok(data_status(*address, *command, data)),
        _ => Err(Reject::Field),
    }
}

/// An answer in lower case with one raw check byte: its length follows from the command.
fn raw_checked(window: &[u8], ended: bool) -> Look {
    let length = match window.get(2) {
        None if !ended => return Look::More,
        Some(b'a') => 5,
        Some(b'b'..=b'd') => 13,
        _ => return Look::Skip(1),
    };
    // All but the check byte are printable, so a control character cuts the frame.
    let printable = window.iter().take(length - 2).skip(1);
    let printed = printable.take_while(|byte| **byte >= b' ').count();
    if printed < length - 3 {
        return match window.len() > printed + 1 || ended {
            true if printed >= 2 => Look::Bad(printed + 1, Reject::Truncated),
            true => Look::Skip(printed + 1),
            false => Look::More,
        };
    }
    let Some(frame) = window.get(..length) else {
        return match ended {
            true => Look::Bad(window.len(), Reject::Truncated),
            false => Look::More,
        };
    };
    let [_, covered @ .., sum, end] = frame else {
        return Look::Skip(1);
    };
    let ([address, command, data @ ..], &ETX) = (covered, end) else {
        return Look::Skip(1);
    };
    if xor(covered) != *sum {
        return Look::Bad(length, Reject::Integrity);
    }
    let (address, command) = (address.to_ascii_uppercase(), command.to_ascii_uppercase());
    let event = match data {
        [] => Ok(host(address, command)),
        data => weight(address, command, data),
    };
    match event {
        Ok(event) => Look::Frame(length, event),
        Err(reason) => Look::Bad(length, reason),
    }
}

/// The eight bytes of a weight: a reading, or a status for a tare.
fn weight(address: u8, command: u8, data: &[u8]) -> Result<Event, Reject> {
    let [sign, number @ .., decimals] = data else {
        return Err(Reject::Length);
    };
    if number.len() != 6 {
        return Err(Reject::Length);
    }
    let magnitude = digits(number).ok_or(Reject::Field)?;
    let digits = match sign {
        b'+' => magnitude,
        b'-' => -magnitude,
        _ => return Err(Reject::Field),
    };
    let decimals = match decimals {
        b'0'..=b'4' => decimals - b'0',
        _ => return Err(Reject::Field),
    };
    let value = Decimal::new(digits, decimals);
    if command == b'C' {
        return Ok(status("tare", address, vec![("value", value.to_string())]));
    }
    Ok(Event::Reading(Reading {
        value: Some(value),
        net: Some(command == b'D'),
        channel: Some(u16::from(address - b'A') + 1),
        checked: true,
        ..Reading::default()
    }))
}

/// The names of requests that have one of their own.
const REQUESTS: [(u8, &str); 4] = [
    (b'A', "host_handshake"),
    (b'B', "host_read_gross"),
    (b'C', "host_read_tare"),
    (b'D', "host_read_net"),
];

fn host(address: u8, command: u8) -> Event {
    match REQUESTS.iter().find(|(known, _)| *known == command) {
        Some((_, name)) => status(name, address, vec![]),
        None => {
            let command = ("command", char::from(command).to_string());
            status("host_command", address, vec![command])
        }
    }
}

fn status(name: &'static str, address: u8, rest: Vec<(&'static str, String)>) -> Event {
    let mut fields = vec![("address", char::from(address).to_string())];
    fields.extend(rest);
    Event::Status(Status { name, fields })
}

fn data_status(address: u8, command: u8, data: &[u8]) -> Event {
    let text = GB18030.decode_without_bom_handling_and_without_replacement(data);
    let content = match text {
        Some(text) if !text.chars().any(char::is_control) => ("text", text.into_owned()),
        _ => {
            let hex = data.iter().map(|byte| format!("{byte:02X}"));
            ("hex", hex.collect())
        }
    };
    let command = ("command", char::from(command).to_string());
    status("data", address, vec![command, content])
}
