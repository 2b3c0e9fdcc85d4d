//! Dini Argeo indicators: standard line, extended multi-scale line, and the repeater frame.
//!
//! **Vendor, models.** Dini Argeo 3590, CPWE, DFW, DGT4X and the axle-weighing sets built on them.
//!
//! **Source, how sure.** The maker's manuals (3590 p. 65 to 68 and 81, DFW protocol, DGT4X p. 58). No
//! recording from hardware. What out-of-range and invalid frames have in their number field is not
//! printed there: anything a number is made of is let through, and not used. Maturity: DOCUMENTED.
//!
//! **Line.** 9600 8N1; the repeater output 4800 7E2. The indicator streams by itself or answers, by
//! its own setting. Host commands and CR LF, on RS-485 with the two-digit address in front
//! (`01READ`): `READ` standard line, `REXT` extended line, `GR10` gross, `TARE`, `ZERO`, `PID` weight
//! with the number in the memory (alibi). Setting `poll` says what to ask, `READ\r\n` for instance;
//! by default nothing is asked.
//!
//! **Layout** (one letter a byte):
//!
//! ```text
//! standard   [CC]HH,KK,PPPPPPPP,UM CR LF
//! extended   [CC]HH,B,LLLLLLLLLLUM,YYTTTTTTTTTTUM CR LF
//! repeater   $FPPPPP CR
//!
//! CC  address, two digits, RS-485 only
//! HH  ST stable, US moving, OL over, UL under
//! KK  GS gross, NT net
//! P   weight, 8 characters: blanks, sign, digits, point; five digits in the repeater frame
//! UM  unit, two characters, a blank before or behind a single letter
//! B   number of the scale, one digit
//! L   gross, 10 characters, as P
//! YY  two blanks, or PT for a preset tare
//! T   tare, 10 characters, as P
//! F   0 stable, 1 moving, 3 weight not valid
//!
//! ERR01 to ERR04, OK   answers to commands, with CC in front on RS-485
//! ```
//!
//! The channel of a standard line is its address, of an extended line the number of the scale, or
//! by setting `channel` its address. `ERRnn` is status `error`, `OK` status `ok`; a command seen on the
//! line is `host_command`.
//!
//! **Integrity.** None: a weight needs several agreeing lines (`checked: false`). All widths are fixed,
//! so a lost or doubled character never gives another weight.
//!
//! **Quirks.**
//! * Digits of an `OL` or `UL` line, and of a repeater frame with F = 3, are never used. F = 3 does
//!   not say whether the weight is over or under: neither flag is set, there is just no value.
//! * In an extended line the two units have to be the same. What is in front is the gross, whatever
//!   the display shows.
//! * The repeater frame has no unit and neither net nor gross, and ends with CR alone.
//! * Behind noise on its own line a line is found, unless the noise may be a damaged address: a
//!   weight of one scale of the bus must not pass for another's.
//! * Modbus of the DGT4X is a protocol of its own.
//!
//! **One frame.** `02US,NT,-31000.5,kg` CR LF = -31000.5 kg net of address 2, moving. Extended:
//! `ST,3,      7340kg,PT       120kg` CR LF; repeater: `$107340` CR.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::evidence::{Grade, Record};
use crate::field::{digits, right_justified, signed_decimal, unit_word};
use crate::line::{Line, Lines};
use crate::poll::{POLL_MS, Poller, poll};
use crate::registry::{Check, Kind, LineSetting, Maturity, Parity, Protocol, Speaker};
use crate::window::{Format, Look, Stream};
use crate::{
    Decimal, Decoder, EncodeError, Event, Reading, Reject, SettingSpec, Settings, SettingsError,
    Status, Unit, specimen,
};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "dini_argeo",
    kind: Kind::Scale,
    devices: "Dini Argeo 3590, CPWE, DFW, DGT4X and axle-weighing sets with them",
    line: "9600 8N1, RS-485; repeater 4800 7E2",
    line_settings: &[
        LineSetting::eight_n_one(9_600),
        LineSetting {
            baud: 4_800,
            data_bits: 7,
            parity: Parity::Even,
            stop_bits: 2,
        },
    ],
    speaker: Speaker::Either,
    marked: false,
    check: Check::None,
    evidence: &[(Record::Weight, Grade::Agreement)],
    maturity: Maturity::Documented,
    longest_frame_bytes: LONGEST_FRAME,
    settings: SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, _| encode(event),
    specimen: specimen_event,
};

/// The settings.
pub const SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        key: "channel",
        default: "scale",
        meaning: "what the channel of an extended line is: `scale`, its scale number, or `address`, \
                  the RS-485 address in front",
    },
    poll(""),
    POLL_MS,
];

const STANDARD: usize = 17;
const EXTENDED: usize = 32;
/// Address, extended line, CR LF.
const LONGEST_FRAME: usize = 2 + EXTENDED + 2;
const REPEATER: usize = 8;
const MARK: u8 = b'$';
const CR: u8 = b'\r';
const COMMANDS: &[&[u8]] = &[b"READ", b"REXT", b"GR10", b"TARE", b"ZERO", b"PID"];

/// Which number becomes the channel of an extended line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Channel {
    Scale,
    Address,
}

const CHANNELS: &[(&str, Channel)] = &[("scale", Channel::Scale), ("address", Channel::Address)];

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    settings.check_keys(SETTINGS)?;
    Ok(Stream::new(Dini {
        text: Lines(Text {
            channel: settings.choice(SETTINGS, "channel", CHANNELS)?,
        }),
        poller: Poller::new(settings, SETTINGS)?,
    }))
}

struct Dini {
    text: Lines<Text>,
    poller: Poller,
}

impl Format for Dini {
    fn look(&mut self, window: &[u8], seen: usize, ended: bool) -> Look {
        if window.first() == Some(&MARK) {
            return repeater(window, ended);
        }
        // No line has the mark of a repeater frame in it: what stands before it is all there is.
        let reach = window.iter().take(Text::LONGEST);
        match reach.into_iter().position(|byte| *byte == MARK) {
            Some(cut) => {
                let line = window.get(..cut).unwrap_or_default();
                self.text.look(line, seen.min(cut), true)
            }
            None => self.text.look(window, seen, ended),
        }
    }

    fn transmit(&mut self, now_micros: i64) -> Option<Vec<u8>> {
        self.poller.transmit(now_micros)
    }

    fn timeout(&self) -> Option<i64> {
        self.poller.timeout()
    }

    fn restart(&mut self) {
        self.text.restart();
        self.poller.restart();
    }

    fn memory_bound(&self) -> usize {
        Text::LONGEST
    }
}

/// A window that begins with the mark of a repeater frame.
fn repeater(window: &[u8], ended: bool) -> Look {
    let mut broken = None;
    for index in 1..REPEATER {
        let Some(byte) = window.get(index).copied() else {
            return match broken {
                _ if !ended => Look::More,
                None if index > 1 => Look::Bad(index, Reject::Truncated),
                None => Look::Skip(index),
                Some(broken) => Look::Skip(broken),
            };
        };
        match (broken, byte) {
            (Some(broken), MARK) => return Look::Skip(broken),
            (None, MARK) if index == 1 => return Look::Skip(1),
            (None, MARK) => return Look::Bad(index, Reject::Truncated),
            (None, CR) if index + 1 < REPEATER => return Look::Bad(index + 1, Reject::Truncated),
            (None, byte) if !fits(index, byte, window) => broken = Some(index),
            _ => {}
        }
    }
    match (broken, window.get(REPEATER - 1)) {
        (None, _) => match repeated(window.get(..REPEATER).unwrap_or_default()) {
            Some(reading) => Look::Frame(REPEATER, Event::Reading(reading)),
            None => Look::Bad(REPEATER, Reject::Field),
        },
        (Some(_), Some(&CR)) => Look::Bad(REPEATER, Reject::Field),
        (Some(broken), _) => Look::Skip(broken),
    }
}

/// Whether a byte can stand at an index of a repeater frame.
fn fits(index: usize, byte: u8, frame: &[u8]) -> bool {
    let valid = frame.get(1) != Some(&b'3');
    match index {
        1 => matches!(byte, b'0' | b'1' | b'3'),
        2..=6 if valid => byte.is_ascii_digit(),
        2..=6 => matches!(byte, b' '..=b'~'),
        _ => byte == CR,
    }
}

/// The reading of a repeater frame whose bytes all fit.
fn repeated(frame: &[u8]) -> Option<Reading> {
    let valid = frame.get(1)? != &b'3';
    let weight = digits(frame.get(2..7)?);
    Some(Reading {
        value: match valid {
            true => Some(Decimal::new(weight?, 0)),
            false => None,
        },
        stable: valid.then_some(frame.get(1)? == &b'0'),
        ..Reading::default()
    })
}

struct Text {
    channel: Channel,
}

impl Line for Text {
    // Room for some noise in front, so that a damaged address is still seen beside its line.
    const LONGEST: usize = LONGEST_FRAME + 8;

    fn may_begin(&self, byte: u8) -> bool {
        byte.is_ascii_graphic() || byte == b' '
    }

    fn begins(&self, rest: &[u8]) -> bool {
        let (_, rest) = addressed(rest);
        matches!(rest, [a, b, b',', ..] if Header::of(&[*a, *b]).is_some())
    }

    fn begins_behind(&self, before: &[u8], rest: &[u8]) -> bool {
        // Right behind a digit an address would be of three digits, or cut in two; and a few bytes
        // with a digit may have been an address.
        let digit = before.last().is_some_and(u8::is_ascii_digit);
        let has_address = rest.first().is_some_and(u8::is_ascii_digit);
        let damaged = before.len() <= 3 && before.iter().any(u8::is_ascii_digit);
        self.begins(rest) && !digit && (has_address || !damaged)
    }

    fn read(&self, line: &[u8]) -> Result<Event, Reject> {
        read(line, self.channel)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Header {
    Stable,
    Moving,
    Over,
    Under,
}

impl Header {
    fn of(word: &[u8]) -> Option<Self> {
        match word {
            b"ST" => Some(Self::Stable),
            b"US" => Some(Self::Moving),
            b"OL" => Some(Self::Over),
            b"UL" => Some(Self::Under),
            _ => None,
        }
    }

    fn out_of_range(self) -> bool {
        matches!(self, Self::Over | Self::Under)
    }
}

/// The address of a line, where it has one, and the rest.
fn addressed(line: &[u8]) -> (Option<u16>, &[u8]) {
    match line {
        [a, b, rest @ ..] if a.is_ascii_digit() && b.is_ascii_digit() => {
            let address = u16::from(a - b'0') * 10 + u16::from(b - b'0');
            (Some(address), rest)
        }
        _ => (None, line),
    }
}

/// A line without its end.
fn read(line: &[u8], channel: Channel) -> Result<Event, Reject> {
    let (address, rest) = addressed(line);
    match rest {
        b"OK" => return Ok(status("ok", address, vec![])),
        [b'E', b'R', b'R', code @ ..] if code.len() == 2 && digits(code).is_some() => {
            let code = String::from_utf8_lossy(code).into_owned();
            return Ok(status("error", address, vec![("code", code)]));
        }
        _ if COMMANDS.contains(&rest) => {
            let command = String::from_utf8_lossy(rest).into_owned();
            return Ok(status("host_command", address, vec![("command", command)]));
        }
        _ => {}
    }
    let [a, b, b',', body @ ..] = rest else {
        return Err(match Header::of(rest.get(..2).unwrap_or_default()) {
            Some(_) => Reject::Field,
            None => Reject::Garbage,
        });
    };
    let header = Header::of(&[*a, *b]).ok_or(Reject::Field)?;
    let (reading, whole) = match body {
        [scale, b',', ..] if scale.is_ascii_digit() => (extended as Reader, EXTENDED),
        _ => (standard as Reader, STANDARD),
    };
    match rest.len() {
        length if length < whole => Err(Reject::Truncated),
        length if length > whole => Err(Reject::Length),
        _ => reading(header, body, address, channel).map(Event::Reading),
    }
}

/// Reads what stands behind the header, whose length is right.
type Reader = fn(Header, &[u8], Option<u16>, Channel) -> Result<Reading, Reject>;

fn standard(
    header: Header,
    body: &[u8],
    address: Option<u16>,
    _channel: Channel,
) -> Result<Reading, Reject> {
    let net = match body.get(..3) {
        Some(b"GS,") => false,
        Some(b"NT,") => true,
        _ => return Err(Reject::Field),
    };
    if body.get(11) != Some(&b',') {
        return Err(Reject::Field);
    }
    let value = weight(header, body.get(3..11).unwrap_or_default())?;
    let unit = unit(header, body.get(12..).unwrap_or_default())?;
    Ok(reading(header, value, unit, net, address))
}

fn extended(
    header: Header,
    body: &[u8],
    address: Option<u16>,
    channel: Channel,
) -> Result<Reading, Reject> {
    let part = |from: usize, to: usize| body.get(from..to).unwrap_or_default();
    if part(14, 15) != b"," || !matches!(part(15, 17), b"  " | b"PT") {
        return Err(Reject::Field);
    }
    let value = weight(header, part(2, 12))?;
    let gross_unit = unit(header, part(12, 14))?;
    let tare = match signed_decimal(part(17, 27)) {
        Err(_) | Ok(None) if header.out_of_range() => unused(part(17, 27)).map(|()| None)?,
        tare => tare?,
    };
    if unit(header, part(27, 29))? != gross_unit {
        return Err(Reject::Contradiction);
    }
    let scale = body.first().map(|scale| u16::from(scale - b'0'));
    let channel = match channel {
        Channel::Scale => scale,
        Channel::Address => address,
    };
    Ok(Reading {
        tare,
        ..reading(header, value, gross_unit, false, channel)
    })
}

fn reading(
    header: Header,
    value: Option<Decimal>,
    unit: Option<Unit>,
    net: bool,
    channel: Option<u16>,
) -> Reading {
    Reading {
        value,
        unit,
        stable: (!header.out_of_range()).then_some(header == Header::Stable),
        net: Some(net),
        overload: Some(header == Header::Over),
        underload: Some(header == Header::Under),
        channel,
        ..Reading::default()
    }
}

/// A number field; `None` when out of range.
fn weight(header: Header, field: &[u8]) -> Result<Option<Decimal>, Reject> {
    if header.out_of_range() {
        return unused(field).map(|()| None);
    }
    signed_decimal(field)?.map(Some).ok_or(Reject::Field)
}

/// A number field that is not used: it may be filled in any way that numbers are.
fn unused(field: &[u8]) -> Result<(), Reject> {
    let harmless = field
        .iter()
        .all(|byte| matches!(byte, b' '..=b'~') && *byte != b',');
    harmless.then_some(()).ok_or(Reject::Field)
}

fn unit(header: Header, field: &[u8]) -> Result<Option<Unit>, Reject> {
    match unit_word(field) {
        None if header.out_of_range() && field.trim_ascii().is_empty() => Ok(None),
        None => Err(Reject::Field),
        unit => Ok(unit),
    }
}

/// A status of this protocol; the address comes first.
fn status(name: &'static str, address: Option<u16>, fields: Vec<(&'static str, String)>) -> Event {
    let address = address.map(|address| ("address", format!("{address:02}")));
    Event::Status(Status {
        name,
        fields: address.into_iter().chain(fields).collect(),
    })
}

/// The bytes that an indicator would send: an extended line for a reading with a tare, a standard
/// line for one without, a repeater frame for one that says neither net nor gross.
///
/// # Errors
/// A number or unit that its field has no room for; a negative weight or one with decimals in a
/// repeater frame; a channel above 99, or above 9 in an extended line; a field that the form needs
/// and the reading does not have.
pub fn encode(event: &Event) -> Result<Vec<u8>, EncodeError> {
    let text = match event {
        Event::Reading(reading) => match (reading.tare, reading.net) {
            (Some(tare), _) => encode_extended(reading, tare)?,
            (None, Some(net)) => encode_standard(reading, net)?,
            (None, None) => encode_repeater(reading)?,
        },
        _ => return Err(EncodeError::Kind),
    };
    Ok(text.into_bytes())
}

fn header_text(reading: &Reading) -> Result<&'static str, EncodeError> {
    match (reading.overload, reading.underload, reading.stable) {
        (Some(true), Some(true), _) => Err(EncodeError::range("overload", "over and under")),
        (Some(true), _, _) => Ok("OL"),
        (_, Some(true), _) => Ok("UL"),
        (_, _, Some(true)) => Ok("ST"),
        (_, _, Some(false)) => Ok("US"),
        (_, _, None) => Err(EncodeError::Missing("stable")),
    }
}

fn number_text(reading: &Reading, width: usize) -> Result<String, EncodeError> {
    let out_of_range = reading.overload == Some(true) || reading.underload == Some(true);
    match reading.value {
        None if out_of_range => Ok(" ".repeat(width)),
        None => Err(EncodeError::Missing("value")),
        Some(value) => {
            right_justified(value, width).ok_or_else(|| EncodeError::range("value", value))
        }
    }
}

fn unit_text(unit: Option<Unit>) -> Result<String, EncodeError> {
    let word = match unit.ok_or(EncodeError::Missing("unit"))? {
        Unit::ShortTon => "tn",
        unit => unit.name(),
    };
    if word.len() > 2 {
        return Err(EncodeError::range("unit", word));
    }
    Ok(format!("{word:>2}"))
}

fn encode_standard(reading: &Reading, net: bool) -> Result<String, EncodeError> {
    let address = match reading.channel {
        None => String::new(),
        Some(address @ 0..=99) => format!("{address:02}"),
        Some(address) => return Err(EncodeError::range("channel", address)),
    };
    Ok(format!(
        "{address}{},{},{},{}\r\n",
        header_text(reading)?,
        if net { "NT" } else { "GS" },
        number_text(reading, 8)?,
        unit_text(reading.unit)?
    ))
}

fn encode_extended(reading: &Reading, tare: Decimal) -> Result<String, EncodeError> {
    if reading.net != Some(false) {
        return Err(EncodeError::range("net", "other than gross"));
    }
    let scale = match reading.channel {
        None => return Err(EncodeError::Missing("channel")),
        Some(scale @ 0..=9) => scale,
        Some(scale) => return Err(EncodeError::range("channel", scale)),
    };
    let unit = unit_text(reading.unit)?;
    let tare_text = right_justified(tare, 10).ok_or_else(|| EncodeError::range("tare", tare))?;
    Ok(format!(
        "{},{scale},{}{unit},  {tare_text}{unit}\r\n",
        header_text(reading)?,
        number_text(reading, 10)?,
    ))
}

fn encode_repeater(reading: &Reading) -> Result<String, EncodeError> {
    let Some(value) = reading.value else {
        return Ok("$300000\r".to_owned());
    };
    if value.decimals != 0 || !(0..=99_999).contains(&value.digits) {
        return Err(EncodeError::range("value", value));
    }
    let state = match reading.stable.ok_or(EncodeError::Missing("stable"))? {
        true => '0',
        false => '1',
    };
    Ok(format!("${state}{:05}\r", value.digits))
}

/// Lines and frames of all three forms.
fn specimen_event(number: u64) -> Event {
    if number % 6 == 5 {
        let value = specimen::weight(number, 5, 0, 1, false);
        let valid = number % 18 != 17;
        return Event::Reading(Reading {
            value: valid.then_some(value),
            stable: valid.then_some(number % 4 == 1),
            ..Reading::default()
        });
    }
    let units = [Unit::Kilogram, Unit::Tonne, Unit::Kilogram, Unit::Pound];
    let decimals = (number % 4) as u8;
    let value = specimen::weight(number, 6, decimals, 1, true);
    let with_tare = number % 6 == 3;
    let (over, under) = (number % 14 == 6, number % 14 == 9);
    let channel = match (with_tare, number % 6) {
        (true, _) => Some(1 + (number / 6 % 4) as u16),
        (false, 1 | 2) => Some((number % 100) as u16),
        _ => None,
    };
    Event::Reading(Reading {
        value: (!over && !under).then_some(value),
        tare: with_tare.then(|| specimen::weight(number + 7, 5, decimals, 1, false)),
        unit: units.get((number / 2 % 4) as usize).copied(),
        stable: (!over && !under).then_some(number % 3 != 1),
        net: Some(!with_tare && number.is_multiple_of(2)),
        overload: Some(over),
        underload: Some(under),
        channel,
        ..Reading::default()
    })
}

#[cfg(test)]
mod tests;
