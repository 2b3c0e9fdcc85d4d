//! What a device would send.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use super::{ERRORS, LONGEST, WIDTH, other, plain_number};
use crate::field::right_justified;
use crate::{Decimal, EncodeError, Event, Reading, Status, Unit, specimen};

/// The units that specimens have; every unit that has a word.
const UNITS: [Unit; 9] = [
    Unit::Kilogram,
    Unit::Gram,
    Unit::Tonne,
    Unit::Pound,
    Unit::Ounce,
    Unit::ShortTon,
    Unit::TroyOunce,
    Unit::Pennyweight,
    Unit::Newton,
];

fn word(unit: Unit) -> &'static str {
    match unit {
        Unit::ShortTon => "tn",
        unit => unit.name(),
    }
}

/// The line of a weight, or of over or under.
///
/// # Errors
/// `value`, `unit` and `stable` are needed unless the reading is out of range, and then it is over
/// or under, not both. The value has at most ten characters.
pub fn encode(reading: &Reading) -> Result<Vec<u8>, EncodeError> {
    let over = reading.overload == Some(true);
    let under = reading.underload == Some(true);
    let line = match (reading.value, over, under) {
        (None, true, false) => String::from("S +\r\n"),
        (None, false, true) => String::from("S -\r\n"),
        (None, false, false) => return Err(EncodeError::Missing("value")),
        (Some(value), false, false) => {
            let state = match reading.stable.ok_or(EncodeError::Missing("stable"))? {
                true => 'S',
                false => 'D',
            };
            let unit = word(reading.unit.ok_or(EncodeError::Missing("unit"))?);
            format!("S {state} {} {unit}\r\n", number(value)?)
        }
        (_, _, true) => return Err(EncodeError::range("underload", true)),
        _ => return Err(EncodeError::range("overload", true)),
    };
    Ok(line.into_bytes())
}

fn number(value: Decimal) -> Result<String, EncodeError> {
    right_justified(value, WIDTH).ok_or_else(|| EncodeError::range("value", value))
}

/// The line of a status.
///
/// # Errors
/// The status is none that a line of this protocol decodes to.
pub fn encode_status(status: &Status) -> Result<Vec<u8>, EncodeError> {
    let line = status_line(status).ok_or(EncodeError::Kind)?;
    // What would not be read back as this is no line of the protocol.
    let readable = line.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if !readable || line.len() + 2 > LONGEST || other(&line).as_ref() != Ok(status) {
        return Err(EncodeError::Kind);
    }
    Ok(format!("{line}\r\n").into_bytes())
}

fn status_line(status: &Status) -> Option<String> {
    let fields: Vec<&str> = status
        .fields
        .iter()
        .map(|(_, text)| text.as_str())
        .collect();
    Some(match (status.name, &fields[..]) {
        ("not_executable", []) => String::from("S I"),
        ("wrong_parameter", []) => String::from("S L"),
        ("host_command", parts) => parts.join(" "),
        ("answer", [command, state]) | ("identity", [command, state, ""]) => {
            format!("{command} {state}")
        }
        ("identity", [command, state, text]) => format!("{command} {state} {text}"),
        ("tare", [command, state, value, unit]) => {
            let value = plain_number(value.as_bytes()).ok()?;
            let unit = word(Unit::from_name(unit)?);
            format!("{command} {state} {} {unit}", number(value).ok()?)
        }
        (name, []) => ERRORS
            .iter()
            .find(|(_, known)| *known == name)?
            .0
            .to_string(),
        _ => return None,
    })
}

/// Weights of all units, still and moving; from 24 on also what has no weight.
pub(super) fn specimen(number: u64) -> Event {
    let decimals = (number % 5) as u8;
    let value = specimen::weight(number, 7, decimals, 1, true);
    let unit = UNITS.get((number / 2 % 9) as usize).copied();
    match number {
        24.. if number % 9 == 8 => Event::Reading(super::out_of_range(number.is_multiple_of(2))),
        24.. if number % 9 == 7 => Event::Status(status(number, value)),
        _ => Event::Reading(Reading {
            value: Some(value),
            unit,
            stable: Some(!number.is_multiple_of(3)),
            overload: Some(false),
            underload: Some(false),
            ..Reading::default()
        }),
    }
}

fn status(number: u64, value: Decimal) -> Status {
    let make = |name, fields: &[(&'static str, &str)]| Status {
        name,
        fields: fields
            .iter()
            .map(|(key, text)| (*key, String::from(*text)))
            .collect(),
    };
    match number / 9 % 9 {
        0 => make("syntax_error", &[]),
        1 => make("transmission_error", &[]),
        2 => make("logical_error", &[]),
        3 => make("not_executable", &[]),
        4 => make("answer", &[("command", "Z"), ("state", "A")]),
        5 => make("host_command", &[("command", "SI")]),
        6 => make(
            "host_command",
            &[("command", "TA"), ("argument", "120.0 kg")],
        ),
        7 => make(
            "identity",
            &[
                ("command", "I4"),
                ("state", "A"),
                ("text", "\"1234567890\""),
            ],
        ),
        _ => Status {
            name: "tare",
            fields: vec![
                ("command", "T".to_string()),
                ("state", "S".to_string()),
                ("value", value.to_string()),
                ("unit", "kg".to_string()),
            ],
        },
    }
}
