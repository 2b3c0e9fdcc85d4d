//! Yaohua XK3190-A12E text line with check characters.
//!
//! **Vendor, models.** Yaohua XK3190-A12E, a bench and platform indicator.
//!
//! **Source, how sure.** The maker's manual (XK3190-A12E p. 13). No recording from hardware. The
//! clone form of the check characters is taken over from the continuous output and from memory.
//! Maturity: DOCUMENTED.
//!
//! **Line.** 600 to 9600 8N1; 9600 is tried first. The indicator sends without being asked; there
//! are no host commands.
//!
//! **Layout** (one letter a byte):
//!
//! ```text
//!  0 1   2 3 4 5 6 7 8   9 10   11 12   13 14
//!  W m   w w w w w w w   k g    h  l    CR LF
//!
//! m  G gross, N net
//! w  displayed weight, seven ASCII characters with a point, - first when negative, filled up with
//!    zeros
//! h  high nibble of the exclusive or of bytes 0 to 10, as a hexadecimal character
//! l  low nibble, the same
//!
//! over capacity:  nine blanks, O L, 2 3, CR LF
//! under zero:     nine blanks, L O, 2 3, CR LF
//! ```
//!
//! **Integrity.** Exclusive or; finds every single flipped bit, not two in the same column, and not
//! two bytes that changed places.
//!
//! **Quirks.** `OL` and `LO` have the same check characters. There is no motion flag and no other
//! unit than kg. Check characters of lower case are taken, and 3A to 3F (30 + nibble).
//!
//! **One frame.** `WG018.640kg39` CR LF = 18.640 kg gross.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use crate::check::xor;
use crate::evidence::{Grade, Record};
use crate::field::decimal;
use crate::line::{Line, Lines};
use crate::registry::{Check, Kind, LineSetting, Maturity, Protocol, Speaker};
use crate::window::Stream;
use crate::yaohua_xk3190_continuous::nibble;
use crate::{
    Decimal, Decoder, EncodeError, Event, Reading, Reject, SettingSpec, Settings, SettingsError,
    Unit, specimen,
};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "yaohua_xk3190_a12e",
    kind: Kind::Scale,
    devices: "Yaohua XK3190-A12E",
    line: "600 to 9600 8N1",
    line_settings: &[
        LineSetting::eight_n_one(9_600),
        LineSetting::eight_n_one(4_800),
        LineSetting::eight_n_one(2_400),
        LineSetting::eight_n_one(1_200),
        LineSetting::eight_n_one(600),
    ],
    speaker: Speaker::Device,
    marked: true,
    check: Check::Xor,
    evidence: &[(Record::Weight, Grade::Checked)],
    maturity: Maturity::Documented,
    longest_frame_bytes: LENGTH,
    settings: SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, _| match event {
        Event::Reading(reading) => encode(reading),
        _ => Err(EncodeError::Kind),
    },
    specimen,
};

/// The settings: none.
pub const SETTINGS: &[SettingSpec] = &[];

const LENGTH: usize = 15;
/// Bytes of a line without its end.
const BODY: usize = LENGTH - 2;
/// Characters of the weight, sign and point included.
const WEIGHT: usize = 7;
const BLANKS: &[u8] = b"         ";

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    settings.check_keys(SETTINGS)?;
    Ok(Stream::new(Lines(A12e)))
}

struct A12e;

impl Line for A12e {
    const LONGEST: usize = LENGTH;

    fn may_begin(&self, byte: u8) -> bool {
        matches!(byte, b'W' | b' ')
    }

    fn begins(&self, rest: &[u8]) -> bool {
        rest.len() == BODY && (rest.starts_with(b"W") || rest.starts_with(BLANKS))
    }

    fn read(&self, line: &[u8]) -> Result<Event, Reject> {
        let [covered @ .., high, low] = line else {
            return Err(Reject::Garbage);
        };
        if !(line.starts_with(b"W") || line.starts_with(BLANKS)) {
            return Err(Reject::Garbage);
        }
        if line.len() != BODY {
            return Err(Reject::Length);
        }
        match (nibble(*high), nibble(*low)) {
            (Some(high), Some(low)) if xor(covered) == (high << 4 | low) => {}
            _ => return Err(Reject::Integrity),
        }
        reading(covered).map(Event::Reading).ok_or(Reject::Field)
    }
}

/// The eleven covered bytes.
fn reading(covered: &[u8]) -> Option<Reading> {
    if let Some(word) = covered.strip_prefix(BLANKS) {
        let over = match word {
            b"OL" => true,
            b"LO" => false,
            _ => return None,
        };
        return Some(Reading {
            overload: Some(over),
            underload: Some(!over),
            checked: true,
            ..Reading::default()
        });
    }
    let [b'W', mode @ (b'G' | b'N'), weight @ .., b'k', b'g'] = covered else {
        return None;
    };
    let (sign, magnitude) = match weight {
        [b'-', rest @ ..] => (-1, decimal(rest)?),
        rest => (1, decimal(rest)?),
    };
    Some(Reading {
        value: Some(Decimal::new(sign * magnitude.digits, magnitude.decimals)),
        unit: Some(Unit::Kilogram),
        net: Some(*mode == b'N'),
        overload: Some(false),
        underload: Some(false),
        checked: true,
        ..Reading::default()
    })
}

/// The line of a reading.
///
/// # Errors
/// `value` and `net` are needed unless the reading is out of range, and then it is over or under,
/// not both. The value has at most seven characters, sign and point included. The unit is kg.
pub fn encode(reading: &Reading) -> Result<Vec<u8>, EncodeError> {
    let over = reading.overload == Some(true);
    let under = reading.underload == Some(true);
    let mut line = Vec::with_capacity(LENGTH);
    match (reading.value, over, under) {
        (None, true, false) => line.extend([BLANKS, b"OL"].concat()),
        (None, false, true) => line.extend([BLANKS, b"LO"].concat()),
        (None, true, true) => return Err(EncodeError::range("underload", true)),
        (None, false, false) => return Err(EncodeError::Missing("value")),
        (Some(_), true, _) => return Err(EncodeError::range("overload", true)),
        (Some(_), _, true) => return Err(EncodeError::range("underload", true)),
        (Some(value), false, false) => {
            let net = reading.net.ok_or(EncodeError::Missing("net"))?;
            line.extend(if net { b"WN" } else { b"WG" });
            line.extend(weight(value)?);
            match reading.unit.ok_or(EncodeError::Missing("unit"))? {
                Unit::Kilogram => line.extend(b"kg"),
                unit => return Err(EncodeError::range("unit", unit.name())),
            }
        }
    }
    let sum = xor(&line);
    line.extend(format!("{sum:02X}\r\n").bytes());
    Ok(line)
}

/// Seven characters, filled up with zeros behind the sign.
fn weight(value: Decimal) -> Result<Vec<u8>, EncodeError> {
    let range = || EncodeError::range("value", value);
    let magnitude = value.digits.checked_abs().ok_or_else(range)?;
    let text = Decimal::new(magnitude, value.decimals).to_string();
    let (sign, width) = match value.digits {
        ..0 => ("-", WEIGHT - 1),
        _ => ("", WEIGHT),
    };
    if text.len() > width {
        return Err(range());
    }
    Ok(format!("{sign}{text:0>width$}").into_bytes())
}

/// Gross and net, positive and negative, over and under.
fn specimen(number: u64) -> Event {
    let decimals = (number % 5) as u8;
    let out = number % 11 == 10;
    let over = number.is_multiple_of(2);
    Event::Reading(Reading {
        value: (!out).then(|| specimen::weight(number, 5, decimals, 1, true)),
        unit: (!out).then_some(Unit::Kilogram),
        net: (!out).then_some(number.is_multiple_of(3)),
        overload: Some(out && over),
        underload: Some(out && !over),
        checked: true,
        ..Reading::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    fn decode(bytes: &[u8]) -> Vec<Event> {
        let mut decoder = decoder(&Settings::new()).unwrap();
        decoder.push(bytes);
        decoder.finish();
        core::iter::from_fn(|| decoder.poll_event())
            .map(|decoded| decoded.event)
            .collect()
    }

    fn words(bytes: &[u8]) -> Vec<String> {
        decode(bytes)
            .into_iter()
            .map(|event| match event {
                Event::Reading(reading) => reading.value.unwrap().to_string(),
                Event::Rejected(reason) => reason.name().to_string(),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    fn checked(covered: &[u8]) -> Vec<u8> {
        [covered, format!("{:02X}\r\n", xor(covered)).as_bytes()].concat()
    }

    fn kilograms(digits: i64, decimals: u8) -> Reading {
        Reading {
            value: Some(Decimal::new(digits, decimals)),
            unit: Some(Unit::Kilogram),
            net: Some(false),
            ..Reading::default()
        }
    }

    #[test]
    fn over_and_under_are_told_apart() {
        for (word, over) in [(b"OL", true), (b"LO", false)] {
            let line = checked(&[BLANKS, word].concat());
            assert!(line.ends_with(b"23\r\n"));
            let [Event::Reading(reading)] = &decode(&line)[..] else {
                panic!("{word:?}");
            };
            assert_eq!(reading.value, None);
            assert_eq!(reading.overload, Some(over));
            assert_eq!(reading.underload, Some(!over));
            assert_eq!(encode(reading).unwrap(), line);
        }
    }

    #[test]
    fn fields_are_strict_behind_a_right_check() {
        for covered in [
            &b"WX004.139kg"[..],
            b"WG0-4.139kg",
            b"WG004.1.9kg",
            b"WG 04.139kg",
            b"WG004139.kg",
            b"WG004.139lb",
            b"         OO",
        ] {
            assert_eq!(words(&checked(covered)), ["field"], "{covered:?}");
        }
        assert_eq!(words(&checked(b"WG04.139kg")), ["length"]);
        assert_eq!(words(&checked(b"WG0004920kg")), ["4920"]);
        assert_eq!(words(&checked(b"WN-00.000kg")), ["0.000"]);
    }

    #[test]
    fn damage_is_refused_and_the_next_line_is_found() {
        let line = encode(&kilograms(18_640, 3)).unwrap();
        let mut altered = line.clone();
        altered[4] = b'9';
        let stream = [&line[..], &altered, b"W\xFF", &line, &line[..13]].concat();
        assert_eq!(
            words(&stream),
            ["18.640", "integrity", "garbage", "18.640", "truncated"]
        );
        let lower = line.to_ascii_lowercase();
        assert_eq!(lower.len(), LENGTH);
        assert_eq!(words(&[&line[..11], &lower[11..]].concat()), ["18.640"]);
    }

    #[test]
    fn what_does_not_fit_is_not_written() {
        assert!(encode(&kilograms(1_000_000, 3)).is_err());
        assert!(encode(&kilograms(-100_000, 3)).is_err());
        assert!(encode(&kilograms(i64::MIN, 0)).is_err());
        let over = Reading {
            overload: Some(true),
            ..kilograms(1, 0)
        };
        assert!(encode(&over).is_err());
        let pounds = Reading {
            unit: Some(Unit::Pound),
            ..kilograms(1, 0)
        };
        assert!(encode(&pounds).is_err());
    }
}
