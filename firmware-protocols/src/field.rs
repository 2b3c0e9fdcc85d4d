//! Readers and writers of the field forms that several formats share.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::{Decimal, DeviceTime, Reject, Unit};

/// Why an event can't be written in a wire format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// The format has to carry this field and the event does not have it.
    #[error("the format needs `{0}`, the event has none")]
    Missing(&'static str),
    /// The format has no frame for such an event.
    #[error("the format has no frame for this kind of event")]
    Kind,
    /// The field has no place for this value.
    #[error("`{field}` can't be {value} in this format")]
    Range {
        /// The field.
        field: &'static str,
        /// The value as text.
        value: String,
    },
}

impl EncodeError {
    /// A [`EncodeError::Range`] of any value that has a text form.
    pub(crate) fn range(field: &'static str, value: impl ToString) -> Self {
        Self::Range {
            field,
            value: value.to_string(),
        }
    }
}

/// The number that ASCII digits stand for; `None` when there is none, another byte, or more than
/// 18 digits.
pub fn digits(bytes: &[u8]) -> Option<i64> {
    if bytes.is_empty() || bytes.len() > 18 {
        return None;
    }
    bytes.iter().try_fold(0_i64, |number, byte| {
        byte.is_ascii_digit()
            .then(|| number * 10 + i64::from(byte - b'0'))
    })
}

/// The number of a field that is filled with blanks on the left; all blanks is `None`, not zero.
pub fn padded(bytes: &[u8]) -> Result<Option<i64>, Reject> {
    let blanks = bytes.iter().take_while(|byte| **byte == b' ').count();
    match bytes.get(blanks..) {
        None | Some([]) => Ok(None),
        Some(rest) => digits(rest).map(Some).ok_or(Reject::Field),
    }
}

/// A decimal as displayed: digits with at most one point between or before digits, no sign, no
/// blanks, at most 18 digits. `None` for anything else.
pub fn decimal(bytes: &[u8]) -> Option<Decimal> {
    let (mut digits, mut count, mut point) = (0_i64, 0_usize, None);
    for byte in bytes {
        match byte {
            b'0'..=b'9' if count < 18 => {
                digits = digits * 10 + i64::from(byte - b'0');
                count += 1;
            }
            b'.' if point.is_none() => point = Some(count),
            _ => return None,
        }
    }
    let decimals = point.map_or(0, |point| count - point);
    // A point needs a digit behind it.
    if count == 0 || point == Some(count) {
        return None;
    }
    Some(Decimal::new(digits, u8::try_from(decimals).ok()?))
}

/// A decimal of a field filled with blanks on the left, with an optional sign before, between or
/// behind the blanks: `  -120`, `-  120`, `+0012.5`. All blanks is `None`, not zero; a sign alone is
/// wrong.
pub fn signed_decimal(bytes: &[u8]) -> Result<Option<Decimal>, Reject> {
    let blanks = |bytes: &[u8]| bytes.iter().take_while(|byte| **byte == b' ').count();
    let rest = bytes.get(blanks(bytes)..).unwrap_or_default();
    let (negative, rest) = match rest {
        [] => return Ok(None),
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let rest = rest.get(blanks(rest)..).unwrap_or_default();
    let number = decimal(rest).ok_or(Reject::Field)?;
    let digits = if negative {
        -number.digits
    } else {
        number.digits
    };
    Ok(Some(Decimal::new(digits, number.decimals)))
}

/// A decimal of a field filled with blanks on the left, its sign told elsewhere. `None` for all
/// blanks and for anything else in the field.
pub fn blank_filled(bytes: &[u8], negative: bool) -> Option<Decimal> {
    let blanks = bytes.iter().take_while(|byte| **byte == b' ').count();
    let number = decimal(bytes.get(blanks..)?)?;
    let digits = if negative {
        -number.digits
    } else {
        number.digits
    };
    Some(Decimal::new(digits, number.decimals))
}

/// A decimal right-justified in a field of this width, blanks before it, `-` directly before the
/// digits. `None` when it does not fit.
pub fn right_justified(value: Decimal, width: usize) -> Option<String> {
    let text = value.to_string();
    (text.len() <= width).then(|| alloc::format!("{text:>width$}"))
}

/// A decimal with its sign in front (`+` or `-`, or the given character for a positive one) and
/// zeros up to this width, sign not counted. `None` when it does not fit.
pub fn zero_filled(value: Decimal, width: usize, positive: char) -> Option<String> {
    let text = Decimal::new(value.digits.checked_abs()?, value.decimals).to_string();
    let sign = if value.digits < 0 { '-' } else { positive };
    (text.len() <= width).then(|| alloc::format!("{sign}{text:0>width$}"))
}

/// The unit that a word on the wire means, whatever its case and the blanks around it. `None` for a
/// word that is no unit.
pub fn unit_word(bytes: &[u8]) -> Option<Unit> {
    let word = bytes.trim_ascii();
    let same = |text: &str| word.eq_ignore_ascii_case(text.as_bytes());
    [
        ("kg", Unit::Kilogram),
        ("g", Unit::Gram),
        ("t", Unit::Tonne),
        ("lb", Unit::Pound),
        ("lbs", Unit::Pound),
        ("oz", Unit::Ounce),
        ("tn", Unit::ShortTon),
        ("ozt", Unit::TroyOunce),
        ("dwt", Unit::Pennyweight),
        ("n", Unit::Newton),
    ]
    .into_iter()
    .find(|(text, _)| same(text))
    .map(|(_, unit)| unit)
}

/// A number with at most one decimal, in tenths: `63.4`, `-0.2`, `21`.
pub fn tenths(text: &str) -> Option<i64> {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, tenth) = match text.split_once('.') {
        Some((whole, tenth)) if tenth.len() == 1 => (whole, digits(tenth.as_bytes())?),
        Some(_) => return None,
        None => (text, 0),
    };
    let tenths = digits(whole.as_bytes())?
        .checked_mul(10)?
        .checked_add(tenth)?;
    Some(if negative { -tenths } else { tenths })
}

/// Tenths as text with one decimal.
pub fn tenths_text(tenths: i64) -> String {
    Decimal::new(tenths, 1).to_string()
}

/// One hexadecimal digit of either case.
pub fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

/// A hexadecimal number of at most eight digits of either case.
pub fn hex(bytes: &[u8]) -> Option<u32> {
    if bytes.is_empty() || bytes.len() > 8 {
        return None;
    }
    bytes.iter().try_fold(0_u32, |number, byte| {
        hex_digit(*byte).map(|digit| number << 4 | u32::from(digit))
    })
}

/// `YYYY-MM-DDTHH:MM:SS.mmmZ`, nothing else.
pub fn utc_millis(text: &str) -> Option<DeviceTime> {
    let time = read_time("YYYY-MM-DDThh:mm:ss.fffZ", text, false)?;
    time.is_utc().then_some(time)
}

/// Reads a time after a pattern of `YYYY`, `MM`, `DD`, `hh`, `mm`, `ss`, `fff`; `Z` stands for
/// itself and means UTC; every other character stands for itself. What the pattern leaves out of
/// the time of day is zero; a date is needed.
pub fn read_time(pattern: &str, text: &str, utc: bool) -> Option<DeviceTime> {
    if !pattern.is_ascii() || pattern.len() != text.len() || !text.is_ascii() {
        return None;
    }
    let (mut parts, mut utc) = ([0_u32; 7], utc);
    for (mark, character) in pattern.bytes().zip(text.bytes()) {
        match time_part(mark) {
            Some(part) if character.is_ascii_digit() => {
                let slot = parts.get_mut(part)?;
                *slot = slot
                    .checked_mul(10)?
                    .checked_add(u32::from(character - b'0'))?;
            }
            None if mark == character => utc |= mark == b'Z',
            _ => return None,
        }
    }
    let narrow = |part: u32| u8::try_from(part).ok();
    let [year, month, day, hour, minute, second, milli] = parts;
    DeviceTime::new(
        (u16::try_from(year).ok()?, narrow(month)?, narrow(day)?),
        (narrow(hour)?, narrow(minute)?, narrow(second)?),
        milli.checked_mul(1_000)?,
        utc,
    )
}

/// Which part of a time a character of a pattern belongs to.
fn time_part(mark: u8) -> Option<usize> {
    b"YMDhmsf".iter().position(|part| *part == mark)
}

/// Writes a time after a pattern of [`read_time`].
pub fn write_time(pattern: &str, time: DeviceTime) -> String {
    // The canonical text has every part at a fixed place.
    let text = time.to_string();
    let places = [0..4, 5..7, 8..10, 11..13, 14..16, 17..19, 20..23];
    let mut used = [0_usize; 7];
    let mut written = String::new();
    for mark in pattern.chars() {
        let part = u8::try_from(mark).ok().and_then(time_part);
        let digit = part.and_then(|part| {
            let place = places.get(part)?.clone();
            let count = used.get_mut(part)?;
            let digit = text.get(place)?.chars().nth(*count);
            *count += 1;
            digit
        });
        written.push(digit.unwrap_or(mark));
    }
    written
}

/// Turns `\r`, `\n`, `\t`, `\\` and `\xHH` in a setting into bytes; other text is taken as UTF-8.
pub fn unescape(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            continue;
        }
        bytes.push(match characters.next()? {
            'r' => b'\r',
            'n' => b'\n',
            't' => b'\t',
            '\\' => b'\\',
            'x' => {
                let high = hex_digit(u8::try_from(characters.next()?).ok()?)?;
                let low = hex_digit(u8::try_from(characters.next()?).ok()?)?;
                high << 4 | low
            }
            _ => return None,
        });
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_strict() {
        assert_eq!(digits(b"0042"), Some(42));
        assert_eq!(digits(b""), None);
        assert_eq!(digits(b"+42"), None);
        assert_eq!(digits(b"9999999999999999999"), None);
        assert_eq!(padded(b"   12"), Ok(Some(12)));
        assert_eq!(padded(b"     "), Ok(None));
        assert_eq!(padded(b"1 2"), Err(Reject::Field));
        assert_eq!(tenths("63.4"), Some(634));
        assert_eq!(tenths("-0.2"), Some(-2));
        assert_eq!(tenths("21"), Some(210));
        for wrong in ["", ".4", "63.", "63.45", "--1", "6 3", "1e3"] {
            assert_eq!(tenths(wrong), None, "{wrong}");
        }
        assert_eq!(tenths_text(-2), "-0.2");
        assert_eq!(hex(b"00fF"), Some(255));
        assert_eq!(hex(b"123456789"), None);
    }

    #[test]
    fn decimals_keep_what_was_sent() {
        let text = |bytes: &[u8]| decimal(bytes).map(|number| number.to_string());
        assert_eq!(text(b"0012.50").as_deref(), Some("12.50"));
        assert_eq!(text(b".5").as_deref(), Some("0.5"));
        for wrong in [&b""[..], b".", b"5.", b"1.2.3", b"-1", b"1 2", b"1O0"] {
            assert_eq!(decimal(wrong), None, "{wrong:?}");
        }
        let signed = |bytes: &[u8]| signed_decimal(bytes).unwrap().map(|n| n.to_string());
        assert_eq!(signed(b"-    120").as_deref(), Some("-120"));
        assert_eq!(signed(b"  -120.5").as_deref(), Some("-120.5"));
        assert_eq!(signed(b"+0012").as_deref(), Some("12"));
        assert_eq!(signed(b"    "), None);
        assert_eq!(signed_decimal(b" - "), Err(Reject::Field));
        assert_eq!(signed_decimal(b"12-"), Err(Reject::Field));
        assert_eq!(
            right_justified(Decimal::new(-1_205, 1), 8).as_deref(),
            Some("  -120.5")
        );
        assert_eq!(right_justified(Decimal::new(123, 0), 2), None);
        assert_eq!(blank_filled(b"  12.5", true), Some(Decimal::new(-125, 1)));
        assert_eq!(blank_filled(b"   ", false), None);
        assert_eq!(blank_filled(b" -12", false), None);
        assert_eq!(
            zero_filled(Decimal::new(-12, 1), 6, '+').as_deref(),
            Some("-0001.2")
        );
        assert_eq!(unit_word(b" KG"), Some(Unit::Kilogram));
        assert_eq!(unit_word(b"qq"), None);
    }

    #[test]
    fn times_follow_their_pattern_both_ways() {
        for (pattern, text) in [
            ("YYYY-MM-DDThh:mm:ss.fffZ", "2025-03-14T08:15:27.318Z"),
            ("YYYYMMDDhhmmss", "20250314081527"),
            ("DD/MM/YYYY hh:mm", "14/03/2025 08:15"),
        ] {
            let time = read_time(pattern, text, false).unwrap();
            assert_eq!(write_time(pattern, time), text);
            assert_eq!(time.is_utc(), pattern.ends_with('Z'));
        }
        assert_eq!(read_time("YYYYMMDDhhmmss", "20251399081527", false), None);
        assert_eq!(utc_millis("2025-03-14T08:15:27.318"), None);
        assert_eq!(utc_millis("2025-03-14T08:15:27.31éZ"), None);
    }

    #[test]
    fn escapes_are_bytes() {
        assert_eq!(unescape(r"\x02A\r\n\\"), Some(b"\x02A\r\n\\".to_vec()));
        assert_eq!(unescape(r"\x0"), None);
        assert_eq!(unescape(r"\q"), None);
    }
}
