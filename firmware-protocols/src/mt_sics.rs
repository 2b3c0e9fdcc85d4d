//! Mettler Toledo Standard Interface Command Set (MT-SICS): text lines of a balance or terminal.
//!
//! **Vendor, models.** Mettler Toledo balances and terminals of level 0 and 1 (AT, PB, IND4xx,
//! IND5xx, ICS and others); copied by several makers.
//!
//! **Source, how sure.** The maker's reference (AT balances p. 87 and others) for the weight
//! replies and the list of commands. From memory: the meaning of `ES`, `ET`, `EL`, `L` as a state,
//! and the form of the replies to `Z`, `T`, `TA`, `TAC` and `I0` to `I5`. No recording from
//! hardware. Maturity: DOCUMENTED.
//!
//! **Line.** 9600 8N1, XON/XOFF by default. The host asks, the device answers each command with one
//! line, and after `SIR` or `SR` goes on by itself. Host commands: `S` (a stable weight), `SI` (now),
//! `SIR` (now and on), `SR` (on change), `SIU` (in the unit shown), `Z`, `ZI` (zero), `T`, `TI`
//! (tare), `TA` (tare as a value), `TAC` (clear tare), `@` (reset), `I0` to `I5` (identity). The
//! setting `poll` is what this decoder sends.
//!
//! **Layout** (one letter a byte):
//!
//! ```text
//! device: a weight                            device: anything else
//!  0 1 2 3   4 ... 13              14         S +          over capacity
//!  S   q     w w w w w w w w w w   ' ' unit   S -          under zero
//!                                             S I          can't be done now
//! q     S stable, D moving                    S L          wrong parameter
//! w     weight, ten characters: blanks,       Z A, ZI S, TAC A, T I ...   answer to a command
//!       - when negative, digits, point        T S w unit, TA A w unit     a tare
//! unit  g, kg, t, lb, oz, ozt, dwt ...        I4 A "..."   identity
//!                                             ES, ET, EL   not understood, transmission, not logical
//!
//! host: the command alone, SR and TA also with a number and a unit behind it
//! ```
//!
//! Every line ends with CR LF; commands are upper case; parts stand one blank apart.
//!
//! **Integrity.** None (`checked: false`): a weight needs agreement of several lines. The weight has
//! ten characters, so a line that lost or gained a byte is refused.
//!
//! **Quirks.**
//! * The line has no mark in front: noise on the same line costs that line.
//! * `S +` and `S -` are readings without a value. `S I` says nothing of the weight and is a status
//!   (`not_executable`): the device is busy, or found no stable weight in time.
//! * A weight of a unit that this crate has no name for (`mg`, `ct`, `PCS`) is refused: the unit
//!   would be taken from the configuration and be wrong.
//! * A stable weight (`S`) can take seconds: `poll_ms` has to be above the terminal's own limit, or
//!   ask with `SI`.
//! * Tares are a status `tare` with `value` and `unit`, never a reading. Host commands seen on the
//!   line are a status `host_command`. Gross and net are not told apart.
//!
//! **One frame.** `53 20 53 20 20 20 20 20 20 31 38 36 34 30 20 6B 67 0D 0A`
//! = `S S`, 18640 kg.

mod write;

#[cfg(test)]
mod tests;

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

pub use write::{encode, encode_status};

use crate::evidence::{Grade, Record};
use crate::field::{decimal, unit_word};
use crate::line::{Line, Lines};
use crate::poll::{POLL_MS, Poller, poll};
use crate::registry::{Check, Kind, LineSetting, Maturity, Protocol, Speaker};
use crate::window::Stream;
use crate::{
    Decimal, Decoder, EncodeError, Event, Reading, Reject, SettingSpec, Settings, SettingsError,
    Status, Unit,
};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "mt_sics",
    kind: Kind::Scale,
    devices: "Mettler Toledo balances and terminals with MT-SICS, and compatibles",
    line: "9600 8N1",
    line_settings: &[
        LineSetting::eight_n_one(9_600),
        LineSetting::seven_e_one(9_600),
        LineSetting::eight_n_one(19_200),
        LineSetting::eight_n_one(4_800),
        LineSetting::eight_n_one(2_400),
    ],
    speaker: Speaker::Host,
    marked: false,
    check: Check::None,
    evidence: &[(Record::Weight, Grade::Agreement)],
    maturity: Maturity::Documented,
    longest_frame_bytes: LONGEST,
    settings: SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, _| match event {
        Event::Reading(reading) => encode(reading),
        Event::Status(status) => encode_status(status),
        _ => Err(EncodeError::Kind),
    },
    specimen: write::specimen,
};

/// The settings.
pub const SETTINGS: &[SettingSpec] = &[poll("SI\\r\\n"), POLL_MS];

/// The longest line, an identity text, end included.
const LONGEST: usize = 80;
/// Characters of a weight.
const WIDTH: usize = 10;

/// What a host may ask, and what the device names in its answer.
const COMMANDS: [&str; 18] = [
    "S", "SI", "SIR", "SIU", "SR", "Z", "ZI", "T", "TI", "TA", "TAC", "@", "I0", "I1", "I2", "I3",
    "I4", "I5",
];

/// Error lines and the status each one is.
const ERRORS: [(&str, &str); 3] = [
    ("ES", "syntax_error"),
    ("ET", "transmission_error"),
    ("EL", "logical_error"),
];

/// States of an answer that says nothing but the state.
const STATES: [&str; 7] = ["A", "D", "I", "L", "S", "+", "-"];

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    settings.check_keys(SETTINGS)?;
    Ok(Stream::new(Lines(Sics {
        poller: Poller::new(settings, SETTINGS)?,
    })))
}

struct Sics {
    poller: Poller,
}

impl Line for Sics {
    const LONGEST: usize = LONGEST;

    fn may_begin(&self, byte: u8) -> bool {
        matches!(byte, b'S' | b'Z' | b'T' | b'I' | b'E' | b'@')
    }

    fn read(&self, line: &[u8]) -> Result<Event, Reject> {
        if !line.iter().all(|byte| matches!(byte, b' '..=b'~')) {
            return Err(Reject::Garbage);
        }
        if let [b'S', b' ', state @ (b'S' | b'D'), b' ', rest @ ..] = line {
            return weight(*state == b'S', rest).map(Event::Reading);
        }
        let line = core::str::from_utf8(line).map_err(|_| Reject::Garbage)?;
        match line {
            "S +" => return Ok(Event::Reading(out_of_range(true))),
            "S -" => return Ok(Event::Reading(out_of_range(false))),
            _ => {}
        }
        other(line).map(Event::Status)
    }

    fn transmit(&mut self, now_micros: i64) -> Option<Vec<u8>> {
        self.poller.transmit(now_micros)
    }

    fn timeout(&self) -> Option<i64> {
        self.poller.timeout()
    }

    fn restart(&mut self) {
        self.poller.restart();
    }
}

/// Ten characters, a blank and the unit.
fn weight(stable: bool, text: &[u8]) -> Result<Reading, Reject> {
    let (value, unit) = quantity(text)?;
    Ok(Reading {
        value: Some(value),
        unit: Some(unit),
        stable: Some(stable),
        overload: Some(false),
        underload: Some(false),
        ..Reading::default()
    })
}

fn out_of_range(over: bool) -> Reading {
    Reading {
        overload: Some(over),
        underload: Some(!over),
        ..Reading::default()
    }
}

/// A right-justified number, a blank and a unit: `    100.00 g`.
fn quantity(text: &[u8]) -> Result<(Decimal, Unit), Reject> {
    let (number, rest) = text.split_at_checked(WIDTH).ok_or(Reject::Field)?;
    let value = plain_number(number.trim_ascii_start())?;
    let word = rest.strip_prefix(b" ").ok_or(Reject::Field)?;
    Ok((value, plain_unit(word)?))
}

/// A number with `-` directly before the digits when it is negative.
fn plain_number(text: &[u8]) -> Result<Decimal, Reject> {
    let (sign, digits) = match text {
        [b'-', digits @ ..] => (-1, digits),
        digits => (1, digits),
    };
    // A display has a digit on both sides of its point.
    let number = decimal(digits).filter(|_| !digits.starts_with(b"."));
    let number = number.ok_or(Reject::Field)?;
    Ok(Decimal::new(sign * number.digits, number.decimals))
}

fn plain_unit(word: &[u8]) -> Result<Unit, Reject> {
    unit_word(word)
        .filter(|_| !word.contains(&b' '))
        .ok_or(Reject::Field)
}

/// Every line but a weight and out of range.
fn other(line: &str) -> Result<Status, Reject> {
    if let Some((_, name)) = ERRORS.iter().find(|(code, _)| *code == line) {
        return Ok(Status {
            name,
            fields: vec![],
        });
    }
    let (command, rest) = match line.split_once(' ') {
        Some((command, rest)) => (command, Some(rest)),
        None => (line, None),
    };
    if !COMMANDS.contains(&command) {
        return Err(Reject::Garbage);
    }
    match (command, rest) {
        (_, None) => Ok(host_command(command, None)),
        ("S", Some("I")) => Ok(Status {
            name: "not_executable",
            fields: vec![],
        }),
        ("S", Some("L")) => Ok(Status {
            name: "wrong_parameter",
            fields: vec![],
        }),
        ("S" | "SI" | "SIR" | "SIU", Some(_)) => Err(Reject::Field),
        (command, Some(rest)) if command.starts_with('I') => identity(command, rest),
        (command, Some(state)) if STATES.contains(&state) => Ok(Status {
            name: "answer",
            fields: vec![("command", command.to_owned()), ("state", state.to_owned())],
        }),
        ("T" | "TI" | "TA", Some(rest)) if tare(command, rest).is_ok() => tare(command, rest),
        ("TA" | "SR", Some(rest)) => argument(command, rest),
        _ => Err(Reject::Field),
    }
}

/// A command seen on the line, with what stands behind it.
fn host_command(command: &str, argument: Option<&str>) -> Status {
    let mut fields = vec![("command", command.to_owned())];
    if let Some(argument) = argument {
        fields.push(("argument", argument.to_owned()));
    }
    Status {
        name: "host_command",
        fields,
    }
}

/// A command with a number and a unit: `TA 100.00 g`.
fn argument(command: &str, text: &str) -> Result<Status, Reject> {
    let (number, unit) = text.split_once(' ').ok_or(Reject::Field)?;
    plain_number(number.as_bytes())?;
    plain_unit(unit.as_bytes())?;
    Ok(host_command(command, Some(text)))
}

/// The answer to a tare command that carries the tare: `S     100.00 kg` behind `T`.
fn tare(command: &str, rest: &str) -> Result<Status, Reject> {
    let (state, quantity_text) = rest.split_once(' ').ok_or(Reject::Field)?;
    let known = match command {
        "TA" => state == "A",
        "TI" => matches!(state, "S" | "D"),
        _ => state == "S",
    };
    if !known {
        return Err(Reject::Field);
    }
    let (value, unit) = quantity(quantity_text.as_bytes())?;
    Ok(Status {
        name: "tare",
        fields: vec![
            ("command", command.to_owned()),
            ("state", state.to_owned()),
            ("value", value.to_string()),
            ("unit", unit.name().to_owned()),
        ],
    })
}

/// `A "text"`, `B 0 "I0"`, `I`, `L` behind `I0` to `I5`.
fn identity(command: &str, rest: &str) -> Result<Status, Reject> {
    let (state, text) = match rest.split_once(' ') {
        Some((state, text)) => (state, Some(text)),
        None => (rest, None),
    };
    match (state, text) {
        ("A" | "B", Some(text)) if !text.is_empty() => {}
        ("I" | "L", None) => {}
        _ => return Err(Reject::Field),
    }
    Ok(Status {
        name: "identity",
        fields: vec![
            ("command", command.to_owned()),
            ("state", state.to_owned()),
            ("text", text.map(String::from).unwrap_or_default()),
        ],
    })
}
