//! Yaohua (上海耀华) XK3190 continuous output, transmission mode tF=0.
//!
//! **Vendor, models.** Yaohua XK3190-DS1, -DS3, -A9, -A23p, -A26; the usual format of Chinese truck
//! scales. Keli D2008 and many others are said to offer the same twelve bytes (from memory).
//!
//! **Source, how sure.** The makers' manuals (DS1 p. 8, A23p, A26, A9+, DS3). No recording from
//! hardware. The clone form of the check nibbles is from memory. Maturity: DOCUMENTED.
//!
//! **Line.** 600 to 9600 8N1, chosen in the indicator's menu. The indicator sends all the time
//! without being asked.
//!
//! **Layout** (one letter a byte):
//!
//! ```text
//!  0   1   2 3 4 5 6 7   8   9 10   11
//! STX  s   w w w w w w   d   h l    ETX
//!  02                               03
//!
//! s  sign, + or -
//! w  displayed weight, six ASCII digits, high first, no point
//! d  number of decimals, ASCII 0 to 4, counted from the right
//! h  high nibble of the exclusive or of bytes 1 to 8, as a hexadecimal character
//! l  low nibble, the same
//! ```
//!
//! Nibbles 10 to 15 are `A` to `F`; lower case is taken, and 3A to 3F (30 + nibble), which clones
//! send.
//!
//! **Integrity.** Exclusive or; finds every single flipped bit, not two in the same column.
//!
//! **Quirks.** There is no unit, no motion flag, no net flag and no overload flag: what is displayed
//! is what is sent. Unit and capacity come from configuration, stability is judged in software.
//!
//! **One frame.** `02 2D 30 30 30 31 32 30 30 31 45 03` = -120.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::check::xor;
use crate::evidence::{Grade, Record};
use crate::field::{digits, hex_digit};
use crate::registry::{Check, Kind, LineSetting, Maturity, Protocol, Speaker};
use crate::window::{Format, Look, Stream};
use crate::{
    Decimal, Decoder, EncodeError, Event, Reading, Reject, SettingSpec, Settings, SettingsError,
    specimen,
};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "yaohua_xk3190_continuous",
    kind: Kind::Scale,
    devices: "Yaohua XK3190 (DS1, DS3, A9, A23p, A26) and compatibles, tF=0",
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
        Event::Reading(reading) => encode(reading.value.ok_or(EncodeError::Missing("value"))?),
        _ => Err(EncodeError::Kind),
    },
    specimen: |number| {
        Event::Reading(Reading {
            value: Some(specimen::weight(number, 6, (number % 5) as u8, 1, true)),
            checked: true,
            ..Reading::default()
        })
    },
};

/// The settings: none.
pub const SETTINGS: &[SettingSpec] = &[];

const LENGTH: usize = 12;
const STX: u8 = 0x02;
const ETX: u8 = 0x03;

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    settings.check_keys(SETTINGS)?;
    Ok(Stream::new(Yaohua))
}

struct Yaohua;

impl Format for Yaohua {
    fn look(&mut self, window: &[u8], _seen: usize, ended: bool) -> Look {
        let next_start = window.iter().skip(1).position(|byte| *byte == STX);
        let next_start = next_start.map(|index| index + 1);
        if window.first() != Some(&STX) {
            return Look::Skip(next_start.unwrap_or(window.len()));
        }
        let cut = next_start.filter(|index| *index < LENGTH);
        let frame = window.get(..cut.unwrap_or(LENGTH).min(window.len()));
        let frame = frame.unwrap_or_default();
        if let Some(broken) = (1..frame.len()).find(|index| !fits(*index, frame)) {
            // Damaged when STX and ETX still stand where they should; noise otherwise.
            return match frame.get(LENGTH - 1) {
                Some(&ETX) if sum_is_right(frame) => Look::Bad(LENGTH, Reject::Field),
                Some(&ETX) => Look::Bad(LENGTH, Reject::Integrity),
                Some(_) => Look::Skip(1),
                None if cut.is_none() && !ended => Look::More,
                None if broken > 1 => Look::Bad(frame.len(), Reject::Truncated),
                None => Look::Skip(frame.len()),
            };
        }
        match frame.len() {
            LENGTH if sum_is_right(frame) => match reading(frame) {
                Some(reading) => Look::Frame(LENGTH, Event::Reading(reading)),
                None => Look::Bad(LENGTH, Reject::Field),
            },
            LENGTH => Look::Bad(LENGTH, Reject::Integrity),
            _ if cut.is_none() && !ended => Look::More,
            1 => Look::Skip(1),
            length => Look::Bad(length, Reject::Truncated),
        }
    }

    fn memory_bound(&self) -> usize {
        LENGTH
    }
}

/// Whether a byte can stand at an index of a frame.
fn fits(index: usize, frame: &[u8]) -> bool {
    frame.get(index).is_some_and(|byte| match index {
        0 => *byte == STX,
        1 => matches!(byte, b'+' | b'-'),
        2..=7 => byte.is_ascii_digit(),
        8 => matches!(byte, b'0'..=b'4'),
        9 | 10 => nibble(*byte).is_some(),
        _ => *byte == ETX,
    })
}

/// A check character: hexadecimal of either case, or 30 + nibble.
pub(crate) fn nibble(byte: u8) -> Option<u8> {
    match byte {
        0x3A..=0x3F => Some(byte - 0x30),
        _ => hex_digit(byte),
    }
}

fn sum_is_right(frame: &[u8]) -> bool {
    match frame {
        [_, covered @ .., high, low, _] => match (nibble(*high), nibble(*low)) {
            (Some(high), Some(low)) => xor(covered) == (high << 4 | low),
            _ => false,
        },
        _ => false,
    }
}

fn reading(frame: &[u8]) -> Option<Reading> {
    let magnitude = digits(frame.get(2..8)?)?;
    let negative = frame.get(1) == Some(&b'-');
    let decimals = frame.get(8)? - b'0';
    let signed = if negative { -magnitude } else { magnitude };
    Some(Reading {
        value: Some(Decimal::new(signed, decimals)),
        checked: true,
        ..Reading::default()
    })
}

/// The frame of a displayed value: at most six digits, at most four decimals.
pub fn encode(value: Decimal) -> Result<Vec<u8>, EncodeError> {
    let magnitude = value.digits.unsigned_abs();
    if magnitude > 999_999 || value.decimals > 4 {
        return Err(EncodeError::range("value", value));
    }
    let mut frame = Vec::with_capacity(LENGTH);
    frame.push(STX);
    frame.push(if value.digits < 0 { b'-' } else { b'+' });
    for place in [100_000, 10_000, 1_000, 100, 10, 1] {
        frame.push(b'0' + (magnitude / place % 10) as u8);
    }
    frame.push(b'0' + value.decimals);
    let sum = xor(frame.get(1..).unwrap_or_default());
    for nibble in [sum >> 4, sum & 0x0F] {
        frame.push(if nibble < 10 { b'0' } else { b'A' - 10 } + nibble);
    }
    frame.push(ETX);
    Ok(frame)
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
                Event::Reading(reading) => reading.value.unwrap().to_string(),
                Event::Rejected(reason) => reason.name().to_string(),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn decoding_gives_back_what_was_encoded() {
        for digits in [-999_999, -120, -1, 0, 7, 2_000, 49_200, 999_999] {
            for decimals in 0..=4 {
                let value = Decimal::new(digits, decimals);
                let frame = encode(value).unwrap();
                assert_eq!(words(&frame), [value.to_string()]);
                // Clones: lower case, and 30 + nibble.
                let lower = frame.to_ascii_lowercase();
                assert_eq!(words(&lower), [value.to_string()]);
                let mut clone = frame.clone();
                for byte in &mut clone[9..11] {
                    if byte.is_ascii_uppercase() {
                        *byte -= 7;
                    }
                }
                assert_eq!(words(&clone), [value.to_string()]);
            }
        }
        assert!(encode(Decimal::new(1_000_000, 0)).is_err());
        assert!(encode(Decimal::new(1, 5)).is_err());
    }

    #[test]
    fn damaged_cut_and_foreign_bytes_are_one_reject_each() {
        let frame = encode(Decimal::new(49_200, 0)).unwrap();
        let mut altered = frame.clone();
        altered[5] = b'9';
        let mut letter = frame.clone();
        letter[5] = b'x';
        let stream = [
            &frame[..],
            &altered,
            &frame,
            &letter,
            &frame,
            &frame[..6],
            &frame,
            b"ab",
        ];
        assert_eq!(
            words(&stream.concat()),
            [
                "49200",
                "integrity",
                "49200",
                "integrity",
                "49200",
                "truncated",
                "49200",
                "garbage"
            ]
        );
        assert_eq!(words(&frame[..4]), ["truncated"]);
    }

    #[test]
    fn a_right_sum_over_a_wrong_field_is_a_field_reject() {
        let mut frame = encode(Decimal::new(49_200, 0)).unwrap();
        frame[8] = b'7';
        let sum = xor(&frame[1..9]);
        let hex = alloc::format!("{sum:02X}");
        frame[9..11].copy_from_slice(hex.as_bytes());
        assert_eq!(words(&frame), ["field"]);
    }
}
