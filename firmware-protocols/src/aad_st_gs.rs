//! A&D "ST,GS" lines: header, kind, weight and unit between commas.
//!
//! **Vendor, models.** A&D AD-4402, AD-4404, AD-4406, AD-4410; General Measure M02; Selleton, Excell,
//! Autoda and many others; the PAW axle indicator.
//!
//! **Source, how sure.** The makers' manuals (A&D AD-4402/4404/4410, General Measure M02) and one line
//! of a PAW axle indicator noted in the field. No recording from hardware. That accepted commands are
//! echoed is from memory; that a minus sign in an `OL` line means under range is from the Excell H3
//! manual, p. 65. Maturity: DOCUMENTED.
//!
//! **Line.** 9600 8N1 or 2400 to 9600 7E1. The indicator streams by itself or answers, by its own
//! setting. Host commands are `RW`, `RG`, `RN`, `RT` (read weight, gross, net, tare) and CR LF, on
//! RS-485 with the address `@00` to `@99` in front; PAW takes `W`, `Q`, `Z`, `T`. Setting `poll`
//! says what to ask, `RW\r\n` for instance; by default nothing is asked.
//!
//! **Layout** (one letter a byte, CR LF at the end):
//!
//! ```text
//! [@aa]HH,KK,sdddddddU CR LF
//!
//! @aa  RS-485 only: @ and two digits, the address
//! HH   ST stable, US moving, OL over, LO under, HD hold
//! KK   GS or G gross, NT or N net, TR tare, PT preset tare
//! s    sign: +, - or blank for positive
//! d    7 characters: digits and at most one point, leading zeros as 0 or blank;
//!      all blank when out of range
//! U    unit, 2 or 3 characters, blanks around the word allowed: "kg", " kg", " lb", " t"
//!
//! I    in place of all behind the address: busy
//! ?    in place of all behind the address: command not known
//! ```
//!
//! The address is the reading's channel. `TR` and `PT` lines are statuses `tare`, never readings: a
//! tare must not be taken for a weight. `I` is status `busy`, `?` status `unknown_command`; a
//! command seen on the line is `host_command`.
//!
//! **Integrity.** None: a weight needs several agreeing lines (`checked: false`). Field widths are
//! fixed, so a lost or doubled character never gives another weight.
//!
//! **Quirks.**
//! * The header decides. Digits, blanks or nines of an `OL` or `LO` line are never used, and its unit
//!   may be blank.
//! * `OL` with a minus sign may be under range on some makes: both flags are set.
//! * `HD` is a held weight, not what stands on the scale now: it is never stable. `OL` and `LO` are
//!   not stable either.
//! * Behind noise on its own line a line is found, unless the noise may be a damaged address: a
//!   weight of one scale of the bus must not pass for another's.
//! * CAS PD-II is said to send the same words in an 18-byte frame with STX; that is not read here.
//!   Tiger TI-02 puts a comma before the unit: `dini_argeo` reads that.
//!
//! **One frame.** `US,NT,-0001.25kg` CR LF = -1.25 kg net, moving.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use crate::evidence::{Grade, Record};
use crate::field::{decimal, digits, unit_word, zero_filled};
use crate::line::{Line, Lines};
use crate::poll::{POLL_MS, Poller, poll};
use crate::registry::{Check, Kind, LineSetting, Maturity, Protocol, Speaker};
use crate::window::Stream;
use crate::{
    Decimal, Decoder, EncodeError, Event, Reading, Reject, SettingSpec, Settings, SettingsError,
    Status, Unit, specimen,
};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "aad_st_gs",
    kind: Kind::Scale,
    devices: "A&D AD-4402/4404/4406/4410, General Measure M02, Selleton, Excell, Autoda, PAW axle",
    line: "9600 8N1 or 2400 to 9600 7E1, RS-485",
    line_settings: &[
        LineSetting::eight_n_one(9_600),
        LineSetting::seven_e_one(2_400),
        LineSetting::seven_e_one(9_600),
        LineSetting::eight_n_one(2_400),
        LineSetting::eight_n_one(4_800),
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
pub const SETTINGS: &[SettingSpec] = &[poll(""), POLL_MS];

/// Address, header, kind, eight characters, a unit of three, two commas, CR LF.
const LONGEST_FRAME: usize = 3 + 2 + 1 + 2 + 1 + NUMBER + 3 + 2;
/// Sign, digits and point.
const NUMBER: usize = 8;
const COMMANDS: &[&[u8]] = &[b"RW", b"RG", b"RN", b"RT", b"W", b"Q", b"Z", b"T"];

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    settings.check_keys(SETTINGS)?;
    Ok(Stream::new(Lines(StGs {
        poller: Poller::new(settings, SETTINGS)?,
    })))
}

struct StGs {
    poller: Poller,
}

impl Line for StGs {
    // Room for some noise in front, so that a damaged address is still seen beside its line.
    const LONGEST: usize = LONGEST_FRAME + 8;

    fn may_begin(&self, byte: u8) -> bool {
        byte.is_ascii_graphic() || byte == b' '
    }

    fn begins(&self, rest: &[u8]) -> bool {
        match rest {
            [b'@', a, b, ..] => a.is_ascii_digit() && b.is_ascii_digit(),
            [a, b, b',', ..] => Header::of(&[*a, *b]).is_some(),
            _ => false,
        }
    }

    fn begins_behind(&self, before: &[u8], rest: &[u8]) -> bool {
        let near = before.len().saturating_sub(3);
        let damaged = before.iter().skip(near).any(|byte| *byte == b'@')
            || (before.len() <= 4 && before.iter().any(u8::is_ascii_digit));
        self.begins(rest) && (rest.first() == Some(&b'@') || !damaged)
    }

    fn read(&self, line: &[u8]) -> Result<Event, Reject> {
        read(line)
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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Header {
    Stable,
    Moving,
    Over,
    Under,
    Hold,
}

impl Header {
    const ALL: [(&'static str, Self); 5] = [
        ("ST", Self::Stable),
        ("US", Self::Moving),
        ("OL", Self::Over),
        ("LO", Self::Under),
        ("HD", Self::Hold),
    ];

    fn of(word: &[u8]) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|(text, _)| text.as_bytes() == word)
            .map(|(_, header)| header)
    }

    fn text(self) -> &'static str {
        let mut all = Self::ALL.into_iter();
        all.find(|(_, header)| *header == self)
            .map_or("", |(text, _)| text)
    }

    fn out_of_range(self) -> bool {
        matches!(self, Self::Over | Self::Under)
    }
}

/// What the number of a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    Gross,
    Net,
    Tare,
    PresetTare,
}

impl Shown {
    fn of(word: &[u8]) -> Option<Self> {
        match word {
            b"GS" | b"G" => Some(Self::Gross),
            b"NT" | b"N" => Some(Self::Net),
            b"TR" => Some(Self::Tare),
            b"PT" => Some(Self::PresetTare),
            _ => None,
        }
    }
}

/// A line without its end.
fn read(line: &[u8]) -> Result<Event, Reject> {
    let (address, rest) = match line {
        [b'@', a, b, rest @ ..] => {
            let address = digits(&[*a, *b]).ok_or(Reject::Field)?;
            (u16::try_from(address).ok(), rest)
        }
        _ => (None, line),
    };
    match rest {
        b"I" => return Ok(status("busy", address, vec![])),
        b"?" => return Ok(status("unknown_command", address, vec![])),
        _ if COMMANDS.contains(&rest) => {
            let command = String::from_utf8_lossy(rest).into_owned();
            return Ok(status("host_command", address, vec![("command", command)]));
        }
        _ => {}
    }
    // Damaged where a header stands or its comma does, noise otherwise.
    let known = Header::of(rest.get(..2).unwrap_or_default());
    let (header, rest) = match (known, rest.get(2), rest.get(3..)) {
        (Some(header), Some(b','), Some(rest)) => (header, rest),
        (Some(_), _, _) | (None, Some(b','), _) => return Err(Reject::Field),
        _ => return Err(Reject::Garbage),
    };
    let (kind, rest) = comma(rest).ok_or(Reject::Truncated)?;
    let shown = Shown::of(kind).ok_or(Reject::Field)?;
    let (number, unit) = match rest.len() {
        length if length < NUMBER + 2 => return Err(Reject::Truncated),
        length if length > NUMBER + 3 => return Err(Reject::Length),
        _ => rest.split_at(NUMBER),
    };
    record(header, shown, number, unit, address)
}

/// What stands before the first comma and behind it.
fn comma(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = bytes.iter().position(|byte| *byte == b',')?;
    Some((bytes.get(..at)?, bytes.get(at + 1..)?))
}

fn record(
    header: Header,
    shown: Shown,
    number: &[u8],
    unit: &[u8],
    address: Option<u16>,
) -> Result<Event, Reject> {
    let (negative, value) = value(header, number)?;
    let unit = match unit_word(unit) {
        None if header.out_of_range() && unit.trim_ascii().is_empty() => None,
        None => return Err(Reject::Field),
        unit => unit,
    };
    let tare = |kind: &str| {
        let mut fields = vec![
            ("kind", kind.to_owned()),
            ("header", header.text().to_owned()),
        ];
        fields.extend(value.map(|value| ("value", value.to_string())));
        fields.extend(unit.map(|unit| ("unit", unit.name().to_owned())));
        status("tare", address, fields)
    };
    let net = match shown {
        Shown::Gross => false,
        Shown::Net => true,
        Shown::Tare => return Ok(tare("tare")),
        Shown::PresetTare => return Ok(tare("preset_tare")),
    };
    Ok(Event::Reading(Reading {
        value,
        unit,
        stable: Some(header == Header::Stable),
        net: Some(net),
        overload: Some(header == Header::Over),
        // Some makes say OL at both ends of the range, the sign tells which.
        underload: Some(header == Header::Under || (header == Header::Over && negative)),
        channel: address,
        ..Reading::default()
    }))
}

/// Whether the sign is minus, and the number, `None` when out of range.
fn value(header: Header, number: &[u8]) -> Result<(bool, Option<Decimal>), Reject> {
    let (sign, rest) = number.split_first().ok_or(Reject::Truncated)?;
    let negative = *sign == b'-';
    if header.out_of_range() {
        // Blanks, digits, nines, dashes, carets: what makers show then differs and is not used.
        let harmless = number
            .iter()
            .all(|byte| matches!(byte, b' '..=b'~') && *byte != b',');
        return harmless.then_some((negative, None)).ok_or(Reject::Field);
    }
    if !matches!(sign, b'+' | b' ' | b'-') {
        return Err(Reject::Field);
    }
    let blanks = rest.iter().take_while(|byte| **byte == b' ').count();
    let shown = decimal(rest.get(blanks..).unwrap_or_default()).ok_or(Reject::Field)?;
    let digits = if negative {
        -shown.digits
    } else {
        shown.digits
    };
    Ok((negative, Some(Decimal::new(digits, shown.decimals))))
}

/// A status of this protocol; the address comes first.
fn status(name: &'static str, address: Option<u16>, fields: Vec<(&'static str, String)>) -> Event {
    let address = address.map(|address| ("address", format!("{address:02}")));
    Event::Status(Status {
        name,
        fields: address.into_iter().chain(fields).collect(),
    })
}

/// The line of a reading or of a status, with CR LF, as an indicator would send it. Kilograms are
/// written in two characters, other units with a blank before them.
///
/// # Errors
/// A value of more than seven characters, a unit of more than three, an address above 99; a reading
/// without stability, or that does not say net or gross; an event that the protocol has no line for.
pub fn encode(event: &Event) -> Result<Vec<u8>, EncodeError> {
    let line = match event {
        Event::Reading(reading) => encode_reading(reading)?,
        Event::Status(status) => encode_status(status)?,
        _ => return Err(EncodeError::Kind),
    };
    Ok((line + "\r\n").into_bytes())
}

fn encode_reading(reading: &Reading) -> Result<String, EncodeError> {
    let stable = reading.stable.ok_or(EncodeError::Missing("stable"))?;
    let (over, under) = (
        reading.overload == Some(true),
        reading.underload == Some(true),
    );
    let (header, number) = match (over, under) {
        (false, false) => {
            let value = reading.value.ok_or(EncodeError::Missing("value"))?;
            let header = if stable { "ST" } else { "US" };
            (header, number_text(value)?)
        }
        (true, under) => {
            let sign = if under { '-' } else { '+' };
            ("OL", format!("{sign}       "))
        }
        (false, true) => ("LO", "-       ".to_owned()),
    };
    let kind = match reading.net.ok_or(EncodeError::Missing("net"))? {
        true => "NT",
        false => "GS",
    };
    let address = match reading.channel {
        None => String::new(),
        Some(address @ 0..=99) => format!("@{address:02}"),
        Some(address) => return Err(EncodeError::range("channel", address)),
    };
    let unit = match reading.unit {
        None if over || under => "  ".to_owned(),
        None => return Err(EncodeError::Missing("unit")),
        Some(unit) => unit_text(unit)?,
    };
    Ok(format!("{address}{header},{kind},{number}{unit}"))
}

fn number_text(value: Decimal) -> Result<String, EncodeError> {
    zero_filled(value, NUMBER - 1, '+').ok_or_else(|| EncodeError::range("value", value))
}

fn unit_text(unit: Unit) -> Result<String, EncodeError> {
    match unit {
        Unit::Kilogram => Ok("kg".to_owned()),
        Unit::ShortTon => Ok(" tn".to_owned()),
        unit if unit.name().len() <= 2 => Ok(format!(" {}", unit.name())),
        unit => Ok(unit.name().to_owned()),
    }
}

fn encode_status(status: &Status) -> Result<String, EncodeError> {
    let field = |key: &'static str| {
        let mut fields = status.fields.iter();
        fields
            .find(|(name, _)| *name == key)
            .map(|(_, value)| value.as_str())
    };
    let address = field("address").map_or(String::new(), |address| format!("@{address}"));
    let rest = match status.name {
        "busy" => "I".to_owned(),
        "unknown_command" => "?".to_owned(),
        "host_command" => field("command")
            .ok_or(EncodeError::Missing("command"))?
            .to_owned(),
        "tare" => {
            let kind = match field("kind") {
                Some("preset_tare") => "PT",
                _ => "TR",
            };
            let value = field("value").ok_or(EncodeError::Missing("value"))?;
            let value = crate::field::signed_decimal(value.as_bytes())
                .ok()
                .flatten()
                .ok_or_else(|| EncodeError::range("value", value))?;
            let unit = field("unit").and_then(Unit::from_name);
            format!(
                "{},{kind},{}{}",
                field("header").ok_or(EncodeError::Missing("header"))?,
                number_text(value)?,
                unit_text(unit.ok_or(EncodeError::Missing("unit"))?)?
            )
        }
        _ => return Err(EncodeError::Kind),
    };
    // What is written must be what this protocol reads.
    let line = address + &rest;
    match read(line.as_bytes()) {
        Ok(Event::Status(read)) if read == *status => Ok(line),
        _ => Err(EncodeError::Kind),
    }
}

/// Readings of all units and headers, with and without address, and tares.
fn specimen_event(number: u64) -> Event {
    let units = [Unit::Kilogram, Unit::Pound, Unit::Tonne, Unit::Kilogram];
    let unit = units
        .get((number / 3 % 4) as usize)
        .copied()
        .unwrap_or(Unit::Kilogram);
    let decimals = (number % 4) as u8;
    let value = specimen::weight(number, 6, decimals, 1, true);
    let address = (number % 3 == 1).then_some((number % 100) as u16);
    if number % 12 == 11 {
        let kind = if number % 24 == 11 {
            "tare"
        } else {
            "preset_tare"
        };
        let fields = vec![
            ("kind", kind.to_owned()),
            ("header", "ST".to_owned()),
            ("value", value.to_string()),
            ("unit", unit.name().to_owned()),
        ];
        return status("tare", address, fields);
    }
    let (over, under) = (number % 12 == 5 || number % 36 == 8, number % 12 == 8);
    Event::Reading(Reading {
        value: (!over && !under).then_some(value),
        unit: Some(unit),
        stable: Some(!over && !under && number % 3 != 1),
        net: Some(number.is_multiple_of(2)),
        overload: Some(over),
        underload: Some(under),
        channel: address,
        ..Reading::default()
    })
}

#[cfg(test)]
mod tests;
