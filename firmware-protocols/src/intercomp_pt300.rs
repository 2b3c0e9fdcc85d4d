//! Intercomp PT300 wheel-load pads (便携式轮重仪): one line for each pad.
//!
//! **Vendor, models.** Intercomp PT300 portable wheel scales, one to several pads on one cable.
//!
//! **Source, how sure.** Intercomp PT300 manual, p. 26. No recording from hardware. The meaning of
//! the error letter `Z` (zero) is not explained there in more words. Maturity: DOCUMENTED.
//!
//! **Line.** 20 mA current loop, 1200 8N2. The pads send, the host says nothing.
//!
//! **Layout** (one letter a byte):
//!
//! ```text
//! A _ e _ s wwwwwww[w] _ uu CR LF       17 or 18 bytes, _ is a space
//!
//! A  letter of the scale, A to Z
//! e  error: M moving, O over range, Z zero, space none
//! s  sign: space or +, -
//! w  weight, seven or eight columns, right-justified, blanks before it
//! u  Lb or Kg, any case
//! ```
//!
//! **Integrity.** None on the wire. Fixed widths only; a weight needs agreeing frames.
//!
//! **Quirks.**
//! * The scale letter is the channel: A = 1. One line is one wheel, not an axle; adding them up is
//!   for whoever knows which pads lie under one axle.
//! * Seven and eight columns differ by one byte, so a lost digit of an eight-column line may leave a
//!   seven-column one: set `columns` once it is known what the pads send.
//! * With `O` the digits are not used.
//! * `Z` goes with a weight of zero; with any other weight the pad has lost its zero and the line is
//!   refused with the reason `device`. It is stable: `M` would stand there.
//!
//! **One frame.** `43 20 20 20 20 20 20 20 31 39 38 30 20 4B 67 0D 0A` = scale C, 1980 kg.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::evidence::{Grade, Record};
use crate::field::{blank_filled, right_justified};
use crate::line::{Line, Lines};
use crate::registry::{Check, Kind, LineSetting, Maturity, Parity, Protocol, Speaker};
use crate::window::Stream;
use crate::{
    Decimal, Decoder, EncodeError, Event, Reading, Reject, SettingSpec, Settings, SettingsError,
    Unit, specimen,
};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "intercomp_pt300",
    kind: Kind::Scale,
    devices: "Intercomp PT300 portable wheel scales",
    line: "20 mA current loop, 1200 8N2",
    line_settings: &[LineSetting {
        baud: 1_200,
        data_bits: 8,
        parity: Parity::None,
        stop_bits: 2,
    }],
    speaker: Speaker::Device,
    marked: true,
    check: Check::None,
    evidence: &[(Record::Weight, Grade::Agreement)],
    maturity: Maturity::Documented,
    longest_frame_bytes: LONGEST,
    settings: SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, settings| match event {
        Event::Reading(reading) => {
            let columns = columns(settings);
            encode(
                reading,
                columns.map_err(|error| EncodeError::range("settings", error))?,
            )
        }
        _ => Err(EncodeError::Kind),
    },
    specimen: |number| {
        let over = number % 8 == 7;
        let value = specimen::weight(number, 5, (number % 4 / 3) as u8, 10, true);
        let unit = [Unit::Kilogram, Unit::Pound];
        Event::Reading(Reading {
            value: (!over).then_some(value),
            unit: unit.get((number % 3 / 2) as usize).copied(),
            stable: (!over).then_some(!number.is_multiple_of(4)),
            overload: Some(over),
            channel: Some(1 + (number % 12) as u16),
            ..Reading::default()
        })
    },
};

/// The settings.
pub const SETTINGS: &[SettingSpec] = &[SettingSpec {
    key: "columns",
    default: "auto",
    meaning: "columns of the weight: `auto` takes seven and eight, or only `7` or `8`",
}];

/// Eight weight columns, CR and LF.
const LONGEST: usize = 18;

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    settings.check_keys(SETTINGS)?;
    let columns = columns(settings)?;
    Ok(Stream::new(Lines(Pads { columns })))
}

/// The columns of the weight that the settings choose; `None` for both.
fn columns(settings: &Settings) -> Result<Option<usize>, SettingsError> {
    let choices = [("auto", None), ("7", Some(7)), ("8", Some(8))];
    settings.choice(SETTINGS, "columns", &choices)
}

struct Pads {
    columns: Option<usize>,
}

impl Line for Pads {
    const LONGEST: usize = LONGEST;

    fn may_begin(&self, byte: u8) -> bool {
        byte.is_ascii_uppercase()
    }

    fn begins(&self, rest: &[u8]) -> bool {
        matches!(
            rest,
            [b'A'..=b'Z', b' ', b'M' | b'O' | b'Z' | b' ', b' ', ..]
        )
    }

    fn read(&self, line: &[u8]) -> Result<Event, Reject> {
        let [letter, b' ', error, b' ', sign, rest @ ..] = line else {
            return Err(Reject::Garbage);
        };
        let (weight, unit) = match rest {
            [weight @ .., b' ', high, low] if matches!(weight.len(), 7 | 8) => {
                (weight, [*high, *low])
            }
            rest if rest.len() < 10 => return Err(Reject::Truncated),
            _ => return Err(Reject::Field),
        };
        if self.columns.is_some_and(|columns| columns != weight.len()) {
            return Err(Reject::Length);
        }
        if !letter.is_ascii_uppercase() {
            return Err(Reject::Field);
        }
        reading(*error, *sign, weight, unit).map(|reading| {
            Event::Reading(Reading {
                channel: Some(u16::from(letter - b'A') + 1),
                ..reading
            })
        })
    }
}

fn reading(error: u8, sign: u8, weight: &[u8], unit: [u8; 2]) -> Result<Reading, Reject> {
    let unit = match &unit.map(|byte| byte.to_ascii_lowercase()) {
        b"kg" => Unit::Kilogram,
        b"lb" => Unit::Pound,
        _ => return Err(Reject::Field),
    };
    let negative = match sign {
        b' ' | b'+' => false,
        b'-' => true,
        _ => return Err(Reject::Field),
    };
    let value = blank_filled(weight, negative);
    let blank = weight.iter().all(|byte| *byte == b' ');
    let (value, stable) = match (error, value) {
        (b' ', Some(value)) => (Some(value), Some(true)),
        (b'M', Some(value)) => (Some(value), Some(false)),
        (b'Z', Some(value)) if value.digits == 0 => (Some(value), Some(true)),
        (b'Z', Some(_)) => return Err(Reject::Device),
        (b'O', value) if blank || value.is_some() => (None, None),
        _ => return Err(Reject::Field),
    };
    Ok(Reading {
        value,
        unit: Some(unit),
        stable,
        overload: Some(error == b'O'),
        ..Reading::default()
    })
}

/// The line of a reading, with so many weight columns; without a number seven, or eight where the
/// weight needs them.
///
/// # Errors
/// `channel` (1 to 26) and `unit` (kg or lb) are needed; `value` and `stable` as well, unless
/// `overload` is set. A weight has at most eight columns, point included, sign not counted.
pub fn encode(reading: &Reading, columns: Option<usize>) -> Result<Vec<u8>, EncodeError> {
    let channel = reading.channel.ok_or(EncodeError::Missing("channel"))?;
    let letter = u8::try_from(channel).ok().filter(|n| (1..=26).contains(n));
    let letter = letter.ok_or_else(|| EncodeError::range("channel", channel))?;
    let unit = match reading.unit.ok_or(EncodeError::Missing("unit"))? {
        Unit::Kilogram => "Kg",
        Unit::Pound => "Lb",
        other => return Err(EncodeError::range("unit", other.name())),
    };
    let over = reading.overload == Some(true);
    let value = match reading.value {
        Some(value) if !over => value,
        None if !over => return Err(EncodeError::Missing("value")),
        _ => Decimal::new(9_999, 0),
    };
    let error = match reading.stable {
        _ if over => 'O',
        Some(true) if value.digits == 0 => 'Z',
        Some(true) => ' ',
        Some(false) => 'M',
        None => return Err(EncodeError::Missing("stable")),
    };
    let range = || EncodeError::range("value", value);
    let magnitude = value.digits.checked_abs().ok_or_else(range)?;
    let magnitude = Decimal::new(magnitude, value.decimals);
    let weight = match columns {
        Some(columns @ (7 | 8)) => right_justified(magnitude, columns),
        Some(columns) => return Err(EncodeError::range("columns", columns)),
        None => right_justified(magnitude, 7).or_else(|| right_justified(magnitude, 8)),
    };
    let weight = weight.ok_or_else(range)?;
    let sign = if value.digits < 0 { '-' } else { ' ' };
    let letter = char::from(b'A' + letter - 1);
    Ok(alloc::format!("{letter} {error} {sign}{weight} {unit}\r\n").into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::{String, ToString};

    fn words(bytes: &[u8]) -> Vec<String> {
        let mut decoder = decoder(&Settings::new()).unwrap();
        decoder.push(bytes);
        decoder.finish();
        core::iter::from_fn(|| decoder.poll_event())
            .map(|decoded| match decoded.event {
                Event::Reading(reading) => alloc::format!(
                    "{} {} {} {:?} {:?}",
                    reading.channel.unwrap(),
                    reading.value.map_or("-".into(), |value| value.to_string()),
                    reading.unit.unwrap().name(),
                    reading.stable,
                    reading.overload.unwrap()
                ),
                Event::Rejected(reason) => reason.name().to_string(),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn lines_of_pads() {
        for (line, said) in [
            (&b"A        820 Kg\r\n"[..], "1 820 kg Some(true) false"),
            (b"D M     8200 Lb\r\n", "4 8200 lb Some(false) false"),
            (b"L   -     20 kg\r\n", "12 -20 kg Some(true) false"),
            (b"B       820.5 Kg\r\n", "2 820.5 kg Some(true) false"),
            (b"Z   +00000820 KG\r\n", "26 820 kg Some(true) false"),
            (b"B Z        0 Kg\r\n", "2 0 kg Some(true) false"),
            (b"B O     9999 Kg\r\n", "2 - kg None true"),
            (b"B O          Kg\r\n", "2 - kg None true"),
            (b"B Z       20 Kg\r\n", "device"),
            (b"A        8 0 Kg\r\n", "field"),
            (b"A            Kg\r\n", "field"),
            (b"A X      820 Kg\r\n", "field"),
            (b"A   *    820 Kg\r\n", "field"),
            (b"A        820 Kt\r\n", "field"),
            (b"A       820 Kg\r\n", "truncated"),
            (b"A      82", "truncated"),
        ] {
            assert_eq!(words(line), [said], "{}", String::from_utf8_lossy(line));
        }
    }

    #[test]
    fn a_setting_takes_one_width() {
        let settings = Settings::new().with("columns", "8");
        let mut decoder = decoder(&settings).unwrap();
        decoder.push(b"A        820 Kg\r\nA         820 Kg\r\n");
        let first = decoder.poll_event().unwrap().event;
        assert_eq!(first, Event::Rejected(Reject::Length));
        let second = decoder.poll_event().unwrap().event;
        assert!(matches!(second, Event::Reading(_)));
    }

    #[test]
    fn what_has_no_place_is_not_written() {
        let good = Reading {
            value: Some(Decimal::new(820, 0)),
            unit: Some(Unit::Kilogram),
            stable: Some(true),
            channel: Some(1),
            ..Reading::default()
        };
        let wrong = |change: fn(&mut Reading)| {
            let mut reading = good.clone();
            change(&mut reading);
            assert!(encode(&reading, None).is_err(), "{reading:?}");
        };
        assert!(encode(&good, Some(8)).is_ok());
        wrong(|reading| reading.channel = Some(27));
        wrong(|reading| reading.channel = None);
        wrong(|reading| reading.unit = Some(Unit::Tonne));
        wrong(|reading| reading.value = Some(Decimal::new(123_456_789, 0)));
        wrong(|reading| reading.stable = None);
        wrong(|reading| reading.value = None);
    }
}
