//! `ww` / `wn` / `wt` text lines: gross, net and tare with two letters in front.
//!
//! **Vendor, models.** CAS DH, Yaohua XK3190-A12, Liden LUW2001 (format A) and many other Chinese
//! indicators (HEB-TW and the like).
//!
//! **Source, how sure.** Makers' manuals (CAS DH p. 6, XK3190-A12, Liden format A) and one line
//! recorded from hardware, which this decoder reads. Maturity: CAPTURED.
//!
//! **Line.** 1200 to 9600 8N1; 9600 is tried first. The indicator sends without being asked; this
//! decoder never sends.
//!
//! **Layout** (one letter a byte):
//!
//! ```text
//!  0 1   2    3 ...       + 2   + 2
//!  w m  [s]   d ... d     k g   CR LF
//!
//! m  w gross (毛重), n net (净重), t tare (皮重)
//! s  blank or - for a negative weight; may be left out when positive
//! d  six to eight characters: digits, high first, with a point between two of them
//! ```
//!
//! How many characters the weight has differs by model and is always the same for one. 12 to 15
//! bytes in all (13 with blank or sign and six characters).
//!
//! **Integrity.** None (`checked: false`): a weight needs agreement of several lines. With `width`
//! set to what the model sends, a line that lost or gained a byte is refused.
//!
//! **Quirks.**
//! * There is no motion flag and no overload flag: what is displayed is what is sent.
//! * `wt` says a tare. That is no weight of what stands on the scale, so it is a status `tare` with
//!   `value` and `unit`, never a reading.
//! * A lost point would be a weight a hundred times as great. So a line without a point is refused
//!   unless `point = optional`, for a model that shows whole kilograms.
//!
//! **One frame.** `ww 0018.64kg` CR LF = 18.64 kg gross.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use crate::evidence::{Grade, Record};
use crate::field::decimal;
use crate::line::{Line, Lines};
use crate::registry::{Check, Kind, LineSetting, Maturity, Protocol, Speaker};
use crate::window::Stream;
use crate::{
    Decimal, Decoder, EncodeError, Event, Reading, Reject, SettingSpec, Settings, SettingsError,
    Status, Unit, specimen,
};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "ww_wn_text",
    kind: Kind::Scale,
    devices: "CAS DH, Yaohua XK3190-A12, Liden LUW2001 and other Chinese indicators, ww/wn text",
    line: "1200 to 9600 8N1",
    line_settings: &[
        LineSetting::eight_n_one(9_600),
        LineSetting::eight_n_one(4_800),
        LineSetting::eight_n_one(2_400),
        LineSetting::eight_n_one(1_200),
    ],
    speaker: Speaker::Device,
    marked: true,
    check: Check::None,
    evidence: &[(Record::Weight, Grade::Agreement)],
    maturity: Maturity::Captured,
    longest_frame_bytes: LONGEST,
    settings: SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, settings| {
        let rules = Rules::of(settings);
        let rules = rules.map_err(|error| EncodeError::range("settings", error))?;
        match event {
            Event::Reading(reading) => encode(reading, &rules),
            Event::Status(status) => encode_tare(status, &rules),
            _ => Err(EncodeError::Kind),
        }
    },
    specimen,
};

/// The settings.
pub const SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        key: "width",
        default: "any",
        meaning: "characters of the weight, point included: `6`, `7`, `8`, or `any` of them",
    },
    SettingSpec {
        key: "point",
        default: "required",
        meaning: "`required`, or `optional` for an indicator that shows whole kilograms",
    },
];

const WIDTHS: &[(&str, (usize, usize))] =
    &[("any", (6, 8)), ("6", (6, 6)), ("7", (7, 7)), ("8", (8, 8))];
const POINTS: &[(&str, bool)] = &[("required", true), ("optional", false)];

/// Two letters, blank or sign, eight characters, unit, CR LF.
const LONGEST: usize = 15;

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    settings.check_keys(SETTINGS)?;
    Ok(Stream::new(Lines(Text(Rules::of(settings)?))))
}

/// How a weight is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// The least characters of a weight.
    pub narrowest: usize,
    /// The most.
    pub widest: usize,
    /// Whether there must be a point.
    pub point: bool,
}

impl Default for Rules {
    /// Six to eight characters with a point.
    fn default() -> Self {
        Self {
            narrowest: 6,
            widest: 8,
            point: true,
        }
    }
}

impl Rules {
    fn of(settings: &Settings) -> Result<Self, SettingsError> {
        let (narrowest, widest) = settings.choice(SETTINGS, "width", WIDTHS)?;
        Ok(Self {
            narrowest,
            widest,
            point: settings.choice(SETTINGS, "point", POINTS)?,
        })
    }
}

struct Text(Rules);

impl Line for Text {
    const LONGEST: usize = LONGEST;

    fn may_begin(&self, byte: u8) -> bool {
        byte == b'w'
    }

    fn begins(&self, rest: &[u8]) -> bool {
        matches!(rest, [b'w', b'w' | b'n' | b't', ..])
    }

    fn read(&self, line: &[u8]) -> Result<Event, Reject> {
        let [b'w', mode @ (b'w' | b'n' | b't'), rest @ ..] = line else {
            return Err(Reject::Garbage);
        };
        let number = rest.strip_suffix(b"kg").ok_or(Reject::Field)?;
        let value = self.weight(number)?;
        Ok(match mode {
            b't' => Event::Status(Status {
                name: "tare",
                fields: vec![("value", value.to_string()), ("unit", kilogram())],
            }),
            mode => Event::Reading(Reading {
                value: Some(value),
                unit: Some(Unit::Kilogram),
                net: Some(*mode == b'n'),
                ..Reading::default()
            }),
        })
    }
}

impl Text {
    /// A weight with the blank or sign in front of it.
    fn weight(&self, text: &[u8]) -> Result<Decimal, Reject> {
        let (sign, digits) = match text {
            [b'-', digits @ ..] => (-1, digits),
            [b' ', digits @ ..] => (1, digits),
            digits => (1, digits),
        };
        // A display has a digit on both sides of its point.
        let number = decimal(digits).filter(|_| !digits.starts_with(b"."));
        let number = number.ok_or(Reject::Field)?;
        if !(self.0.narrowest..=self.0.widest).contains(&digits.len()) {
            return Err(Reject::Length);
        }
        if self.0.point && number.decimals == 0 {
            return Err(Reject::Field);
        }
        Ok(Decimal::new(sign * number.digits, number.decimals))
    }
}

fn kilogram() -> String {
    Unit::Kilogram.name().to_string()
}

/// The line of a gross or net reading.
///
/// # Errors
/// `value`, `net` and the unit kg are needed; the value fits into the widest field without its
/// sign. There is no line for over and under.
pub fn encode(reading: &Reading, rules: &Rules) -> Result<Vec<u8>, EncodeError> {
    for (field, flag) in [
        ("overload", reading.overload),
        ("underload", reading.underload),
    ] {
        if flag == Some(true) {
            return Err(EncodeError::range(field, true));
        }
    }
    let value = reading.value.ok_or(EncodeError::Missing("value"))?;
    match reading.unit.ok_or(EncodeError::Missing("unit"))? {
        Unit::Kilogram => {}
        unit => return Err(EncodeError::range("unit", unit.name())),
    }
    match reading.net.ok_or(EncodeError::Missing("net"))? {
        true => line('n', value, rules),
        false => line('w', value, rules),
    }
}

/// The line of a status `tare`.
fn encode_tare(status: &Status, rules: &Rules) -> Result<Vec<u8>, EncodeError> {
    let [("value", value), ("unit", unit)] = &status.fields[..] else {
        return Err(EncodeError::Kind);
    };
    if status.name != "tare" || *unit != kilogram() {
        return Err(EncodeError::Kind);
    }
    let magnitude = value.strip_prefix('-').unwrap_or(value);
    let number = decimal(magnitude.as_bytes());
    let number = number.ok_or_else(|| EncodeError::range("value", value))?;
    let sign = if magnitude == value { 1 } else { -1 };
    let value = Decimal::new(sign * number.digits, number.decimals);
    line('t', value, rules)
}

/// A line as narrow as the rules allow, with a blank or the sign.
fn line(mode: char, value: Decimal, rules: &Rules) -> Result<Vec<u8>, EncodeError> {
    let range = || EncodeError::range("value", value);
    let magnitude = value.digits.checked_abs().ok_or_else(range)?;
    let text = Decimal::new(magnitude, value.decimals).to_string();
    if text.len() > rules.widest || (rules.point && value.decimals == 0) {
        return Err(range());
    }
    let sign = if value.digits < 0 { '-' } else { ' ' };
    let width = rules.narrowest;
    Ok(format!("w{mode}{sign}{text:0>width$}kg\r\n").into_bytes())
}

/// Gross, net and now and then a tare, of one to four decimals.
fn specimen(number: u64) -> Event {
    let decimals = 1 + (number % 4) as u8;
    let digits = 5 + (number / 4 % 3) as u32;
    let value = specimen::weight(number, digits, decimals, 1, number % 7 != 6);
    if number % 7 == 6 {
        return Event::Status(Status {
            name: "tare",
            fields: vec![("value", value.to_string()), ("unit", kilogram())],
        });
    }
    Event::Reading(Reading {
        value: Some(value),
        unit: Some(Unit::Kilogram),
        net: Some(number.is_multiple_of(2)),
        ..Reading::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words_with(settings: &Settings, bytes: &[u8]) -> Vec<String> {
        let mut decoder = decoder(settings).unwrap();
        decoder.push(bytes);
        decoder.finish();
        core::iter::from_fn(|| decoder.poll_event())
            .map(|decoded| match decoded.event {
                Event::Reading(reading) => {
                    let mode = if reading.net.unwrap() { "net" } else { "gross" };
                    assert!(!reading.checked);
                    format!("{mode} {}", reading.value.unwrap())
                }
                Event::Status(status) => format!("{} {}", status.name, status.fields[0].1),
                Event::Rejected(reason) => reason.name().to_string(),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    fn words(bytes: &[u8]) -> Vec<String> {
        words_with(&Settings::new(), bytes)
    }

    #[test]
    fn every_width_and_separator_is_read() {
        for (text, expected) in [
            (&b"ww 0018.64kg\r\n"[..], "gross 18.64"),
            (b"ww0018.64kg\r\n", "gross 18.64"),
            (b"ww-0018.64kg\r\n", "gross -18.64"),
            (b"wn 0018.6kg\r\n", "net 18.6"),
            (b"wn 0018.640kg\r\n", "net 18.640"),
            (b"wt 0006.00kg\r\n", "tare 6.00"),
            (b"wt-0006.00kg\r\n", "tare -6.00"),
        ] {
            assert_eq!(words(text), [expected], "{text:?}");
        }
    }

    #[test]
    fn what_can_not_be_is_refused() {
        for (text, expected) in [
            (&b"ww 001864kg\r\n"[..], "field"),
            (b"ww  018.64kg\r\n", "field"),
            (b"ww 18.64-kg\r\n", "field"),
            (b"ww 00.8.64kg\r\n", "field"),
            (b"ww 001864.kg\r\n", "field"),
            (b"ww .001864kg\r\n", "field"),
            (b"ww 0018.64lb\r\n", "field"),
            (b"ww 0018.64\r\n", "field"),
            (b"ww +018.64kg\r\n", "field"),
            (b"ww 18.64kg\r\n", "length"),
            (b"wx 0018.64kg\r\n", "garbage"),
            (b"WW 0018.64kg\r\n", "garbage"),
            (b"ww 0018.64kg", "truncated"),
        ] {
            assert_eq!(words(text), [expected], "{text:?}");
        }
    }

    #[test]
    fn settings_narrow_and_widen() {
        let seven = Settings::new().with("width", "7");
        assert_eq!(words_with(&seven, b"ww 0018.64kg\r\n"), ["gross 18.64"]);
        assert_eq!(words_with(&seven, b"ww 0018.6kg\r\n"), ["length"]);
        let whole = Settings::new().with("point", "optional");
        assert_eq!(words_with(&whole, b"ww 018640kg\r\n"), ["gross 18640"]);
        assert!(decoder(&Settings::new().with("width", "9")).is_err());
    }

    #[test]
    fn a_line_is_found_behind_noise_and_behind_a_cut_line() {
        assert_eq!(
            words(b"ww 00wn 0018.64kg\r\n?wwn 0018.64kg\r\n"),
            ["garbage", "net 18.64", "garbage", "net 18.64"]
        );
    }

    #[test]
    fn what_does_not_fit_is_not_written() {
        let reading = |value| Reading {
            value,
            unit: Some(Unit::Kilogram),
            net: Some(false),
            ..Reading::default()
        };
        let rules = Rules::default();
        let line = encode(&reading(Some(Decimal::new(-5, 1))), &rules).unwrap();
        assert_eq!(line, b"ww-0000.5kg\r\n");
        for value in [
            None,
            Some(Decimal::new(5, 0)),
            Some(Decimal::new(10_000_000, 1)),
            Some(Decimal::new(i64::MIN, 1)),
        ] {
            assert!(encode(&reading(value), &rules).is_err(), "{value:?}");
        }
    }
}
