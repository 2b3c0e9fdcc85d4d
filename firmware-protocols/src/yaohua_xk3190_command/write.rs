//! What a host and an indicator would send.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use encoding_rs::GB18030;

use super::{DATA, ETX, REQUESTS, STX, UNKNOWN};
use crate::check::xor;
use crate::field::{decimal, hex};
use crate::{Decimal, EncodeError, Event, Reading, Status, specimen};

/// The form of the answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variant {
    /// Upper case, two check characters.
    Standard,
    /// Lower case, one raw check byte.
    Dingsong,
}

/// The bytes with which a host asks: address `A` to `Z`, command `A` to `Z`.
pub fn request(address: u8, command: u8) -> Vec<u8> {
    frame(&[address, command])
}

/// A frame with two check characters.
fn frame(covered: &[u8]) -> Vec<u8> {
    let sum = format!("{:02X}", xor(covered));
    [&[STX], covered, sum.as_bytes(), &[ETX]].concat()
}

/// An answer of the given form.
fn answer(address: u8, command: u8, data: &[u8], variant: Variant) -> Vec<u8> {
    let covered = [&[address, command], data].concat();
    match variant {
        Variant::Standard => frame(&covered),
        Variant::Dingsong => {
            let covered = covered.to_ascii_lowercase();
            let sum = xor(&covered);
            [&[STX], &covered[..], &[sum, ETX]].concat()
        }
    }
}

/// The answer with a gross or net weight.
///
/// # Errors
/// `value` and `net` are needed; the value has at most six digits and four decimals. The channel is
/// 1 to 26, 1 where there is none. There is no frame for over and under.
pub fn encode(reading: &Reading, variant: Variant) -> Result<Vec<u8>, EncodeError> {
    let value = reading.value.ok_or(EncodeError::Missing("value"))?;
    let channel = reading.channel.unwrap_or(1);
    let address = channel
        .checked_sub(1)
        .filter(|index| *index < 26)
        .and_then(|index| u8::try_from(index).ok())
        .ok_or_else(|| EncodeError::range("channel", channel))?;
    let command = match reading.net.ok_or(EncodeError::Missing("net"))? {
        true => b'D',
        false => b'B',
    };
    Ok(answer(b'A' + address, command, &weight(value)?, variant))
}

/// Sign, six digits, decimals.
fn weight(value: Decimal) -> Result<Vec<u8>, EncodeError> {
    let magnitude = value.digits.unsigned_abs();
    if magnitude > 999_999 || value.decimals > 4 {
        return Err(EncodeError::range("value", value));
    }
    let sign = if value.digits < 0 { '-' } else { '+' };
    Ok(format!("{sign}{magnitude:06}{}", value.decimals).into_bytes())
}

/// The request or answer that a status stands for. Requests have one form for all variants.
///
/// # Errors
/// The status is none that a frame of this protocol decodes to.
pub fn encode_status(status: &Status, variant: Variant) -> Result<Vec<u8>, EncodeError> {
    let [("address", address), rest @ ..] = &status.fields[..] else {
        return Err(EncodeError::Missing("address"));
    };
    let address = letter("address", address)?;
    match (status.name, rest) {
        ("host_command", [("command", command)]) => match letter("command", command)? {
            command @ b'E'.. => Ok(request(address, command)),
            command => Err(EncodeError::range("command", char::from(command))),
        },
        ("unknown_command", []) => Ok(frame(&[address, UNKNOWN])),
        ("tare", [("value", value)]) => {
            let magnitude = value.strip_prefix('-').unwrap_or(value);
            let number = decimal(magnitude.as_bytes());
            let number = number.ok_or_else(|| EncodeError::range("value", value))?;
            let sign = if magnitude == value { 1 } else { -1 };
            let data = weight(Decimal::new(sign * number.digits, number.decimals))?;
            Ok(answer(address, b'C', &data, variant))
        }
        ("data", [("command", command), (kind, content)]) => match letter("command", command)? {
            command @ b'E'.. => data(address, command, kind, content),
            command => Err(EncodeError::range("command", char::from(command))),
        },
        (name, []) => match REQUESTS.iter().find(|(_, known)| *known == name) {
            Some((command, _)) => Ok(request(address, *command)),
            None => Err(EncodeError::Kind),
        },
        _ => Err(EncodeError::Kind),
    }
}

fn letter(field: &'static str, text: &str) -> Result<u8, EncodeError> {
    match text.as_bytes() {
        [letter @ b'A'..=b'Z'] => Ok(*letter),
        _ => Err(EncodeError::range(field, text)),
    }
}

/// The answer with data that are text or, where they are none, hexadecimal.
fn data(address: u8, command: u8, kind: &str, content: &str) -> Result<Vec<u8>, EncodeError> {
    let range = || EncodeError::range("data", content);
    let bytes = if kind == "text" {
        let (bytes, _, unmappable) = GB18030.encode(content);
        (!unmappable).then(|| bytes.into_owned())
    } else {
        let pairs = content.as_bytes().chunks(2);
        pairs
            .map(|pair| hex(pair).and_then(|byte| u8::try_from(byte).ok()))
            .collect()
    };
    bytes
        .filter(|bytes: &Vec<u8>| (1..=DATA).contains(&bytes.len()))
        .filter(|bytes| bytes.iter().all(|byte| *byte >= b' '))
        .map(|bytes| answer(address, command, &bytes, Variant::Standard))
        .ok_or_else(range)
}

/// Gross and net of several indicators, tares, data, requests.
pub(super) fn specimen(number: u64) -> Event {
    let value = specimen::weight(number, 6, (number / 2 % 5) as u8, 1, true);
    let address = (number / 3 % 26) as u8;
    let field = |key: &'static str, text: &str| (key, String::from(text));
    let status = |name: &'static str, rest: Vec<(&'static str, String)>| {
        let mut fields = vec![("address", char::from(b'A' + address).to_string())];
        fields.extend(rest);
        Event::Status(Status { name, fields })
    };
    match number % 12 {
        5 => status("tare", vec![("value", value.to_string())]),
        8 => status(
            "data",
            vec![field("command", "E"), field("text", "京A12345")],
        ),
        10 if number % 24 == 10 => status("host_read_gross", vec![]),
        10 => status("host_handshake", vec![]),
        11 if number % 24 == 11 => status("unknown_command", vec![]),
        11 => status("host_command", vec![field("command", "F")]),
        _ => Event::Reading(Reading {
            value: Some(value),
            net: Some(number.is_multiple_of(2)),
            channel: Some(u16::from(address) + 1),
            checked: true,
            ..Reading::default()
        }),
    }
}
