//! Yaohua XK3190 `=` output: nine characters, the weight written back to front.
//!
//! **Vendor, models.** Yaohua XK3190-A23p and -A26 offer it in their menus; so do compatibles, and
//! many display boards read it.
//!
//! **Source, how sure.** The makers' manuals (A23p p. 23, A26). No recording from hardware. Maturity:
//! DOCUMENTED.
//!
//! **Line.** 600 to 9600 8N1, chosen in the indicator's menu; 9600 is tried first. The indicator
//! sends all the time without being asked, one frame right behind the other. There are no host
//! commands.
//!
//! **Layout** (one letter a byte):
//!
//! ```text
//!  0   1 2 3 4 5 6 7   8
//!  =   w w w w w w w   s
//!
//! w  displayed weight, seven ASCII characters, lowest first: digits and at most one point, filled
//!    up with zeros; the point is never the first or the last of them
//! s  sign: 0 for plus, - for minus
//! ```
//!
//! So `=05.7300-` reads from right to left: -0037.50.
//!
//! **Integrity.** None. A single frame proves nothing; the least to ask for are two equal frames in
//! a row (`checked: false`: whoever uses the weight asks for agreement).
//!
//! **Quirks.**
//! * No unit, no motion flag, no net flag, no overload flag: what is displayed is what is sent.
//! * A doubled byte shifts the digits behind it. The digit that is then left over tells: a frame with
//!   a tenth byte of a weight is refused. So a frame comes out when the byte behind it is there,
//!   which is the mark of the next one, or when the stream ends; only the first of a stream comes
//!   out at once.
//! * A byte lost in the middle puts the next `=` in the place of the sign: the frame is cut.
//!
//! **One frame.** `=05.7300-` = -37.50.

use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec::Vec;

use crate::evidence::{Grade, Record};
use crate::field::decimal;
use crate::registry::{Check, Kind, LineSetting, Maturity, Protocol, Speaker};
use crate::window::{Format, Look, Stream};
use crate::{
    Decimal, Decoder, EncodeError, Event, Reading, Reject, SettingSpec, Settings, SettingsError,
    specimen,
};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "yaohua_eq_reversed",
    kind: Kind::Scale,
    devices: "Yaohua XK3190 (A23p, A26) and compatibles, `=` format",
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
    check: Check::None,
    evidence: &[(Record::Weight, Grade::Agreement)],
    maturity: Maturity::Documented,
    longest_frame_bytes: LENGTH,
    settings: SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, _| match event {
        Event::Reading(reading) => encode(reading.value.ok_or(EncodeError::Missing("value"))?),
        _ => Err(EncodeError::Kind),
    },
    specimen: |number| {
        let decimals = (number % 5) as u8;
        let digits = if decimals == 0 { 7 } else { 6 };
        Event::Reading(Reading {
            value: Some(specimen::weight(number, digits, decimals, 1, true)),
            ..Reading::default()
        })
    },
};

/// The settings: none.
pub const SETTINGS: &[SettingSpec] = &[];

const LENGTH: usize = 9;
/// A frame with bytes too much is refused as one, up to so many.
const LONGEST: usize = 2 * LENGTH;
const MARK: u8 = b'=';
/// Characters of the weight, point included.
const WEIGHT: usize = 7;

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    settings.check_keys(SETTINGS)?;
    Ok(Stream::new(Reversed { streaming: false }))
}

struct Reversed {
    /// A frame was taken: more follow, one right behind the other.
    streaming: bool,
}

impl Format for Reversed {
    fn look(&mut self, window: &[u8], _seen: usize, ended: bool) -> Look {
        if window.first() != Some(&MARK) {
            let next = window.iter().position(|byte| *byte == MARK);
            return Look::Skip(next.unwrap_or(window.len()));
        }
        let follows = window.iter().take(LENGTH).skip(1);
        let end = 1 + follows.take_while(|byte| is_of_a_weight(**byte)).count();
        match window.get(end) {
            _ if end == LENGTH => self.whole(window, ended),
            None if !ended => Look::More,
            None | Some(&MARK) if end > 1 => Look::Bad(end, Reject::Truncated),
            None | Some(&MARK) => Look::Skip(end),
            Some(_) => broken(window, end, ended),
        }
    }

    fn restart(&mut self) {
        self.streaming = false;
    }

    fn memory_bound(&self) -> usize {
        LONGEST + 1
    }
}

impl Reversed {
    /// A mark and eight bytes that can stand behind it. The byte behind them tells whether the frame
    /// was as long as that: with a byte too much its digits are shifted, and it would be another
    /// weight.
    fn whole(&mut self, window: &[u8], ended: bool) -> Look {
        match window.get(LENGTH) {
            None if !ended && self.streaming => return Look::More,
            Some(byte) if self.streaming && is_of_a_weight(*byte) => {
                return too_long(window, ended);
            }
            _ => {}
        }
        self.streaming = true;
        match reading(window.get(1..LENGTH).unwrap_or_default()) {
            Some(reading) => Look::Frame(LENGTH, Event::Reading(reading)),
            None => Look::Bad(LENGTH, Reject::Field),
        }
    }
}

/// A frame with at least one byte too much.
fn too_long(window: &[u8], ended: bool) -> Look {
    let reach = window.get(..=LONGEST).unwrap_or(window);
    let extra = reach.iter().skip(LENGTH);
    let extra = extra.take_while(|byte| is_of_a_weight(**byte)).count();
    match reach.get(LENGTH + extra) {
        None if !ended && reach.len() <= LONGEST => Look::More,
        _ => Look::Bad(LENGTH + extra, Reject::Length),
    }
}

/// The byte at `at` can't be in a frame and is not the mark of the next one. It is a damaged frame
/// where the next one begins in its place, and noise otherwise.
fn broken(window: &[u8], at: usize, ended: bool) -> Look {
    let reach = window.get(..=LENGTH).unwrap_or(window);
    let next = reach.iter().skip(at).position(|byte| *byte == MARK);
    match next.map(|index| at + index) {
        Some(LENGTH) => Look::Bad(LENGTH, Reject::Field),
        Some(next) => Look::Skip(next),
        None if reach.len() > LENGTH => Look::Skip(at),
        None if !ended => Look::More,
        None if reach.len() == LENGTH => Look::Bad(LENGTH, Reject::Field),
        None => Look::Skip(reach.len()),
    }
}

/// Whether a byte can stand behind the mark.
fn is_of_a_weight(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'.' | b'-')
}

/// Seven characters of weight and the sign.
fn reading(body: &[u8]) -> Option<Reading> {
    let (weight, sign) = body.split_at_checked(WEIGHT)?;
    let mut forward: [u8; WEIGHT] = weight.try_into().ok()?;
    forward.reverse();
    // A display has a digit on both sides of its point.
    if forward.first() == Some(&b'.') {
        return None;
    }
    let magnitude = decimal(&forward)?;
    let digits = match sign {
        b"0" => magnitude.digits,
        b"-" => -magnitude.digits,
        _ => return None,
    };
    Some(Reading {
        value: Some(Decimal::new(digits, magnitude.decimals)),
        ..Reading::default()
    })
}

/// The frame of a displayed value.
///
/// # Errors
/// The value has at most seven digits without a point, or six with one, of which at most five are
/// decimals.
pub fn encode(value: Decimal) -> Result<Vec<u8>, EncodeError> {
    let range = || EncodeError::range("value", value);
    let digits = value.digits.checked_abs().ok_or_else(range)?;
    let text = Decimal::new(digits, value.decimals).to_string();
    if text.len() > WEIGHT || value.decimals > 5 {
        return Err(range());
    }
    let mut frame = Vec::with_capacity(LENGTH);
    frame.push(MARK);
    frame.extend(text.bytes().rev());
    frame.resize(1 + WEIGHT, b'0');
    frame.push(if value.digits < 0 { b'-' } else { b'0' });
    Ok(frame)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

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
        for digits in [-99_999, -3_750, -1, 0, 7, 49_200, 999_999] {
            for decimals in 0..=5 {
                let value = Decimal::new(digits, decimals);
                let frame = encode(value).unwrap();
                assert_eq!(words(&frame), [value.to_string()]);
                let twice = [frame.clone(), frame].concat();
                assert_eq!(words(&twice), [value.to_string(), value.to_string()]);
            }
        }
        assert_eq!(encode(Decimal::new(-1_234_567, 0)).unwrap(), b"=7654321-");
        for (digits, decimals) in [(10_000_000, 0), (1_000_000, 1), (1, 6), (i64::MIN, 0)] {
            assert!(encode(Decimal::new(digits, decimals)).is_err());
        }
    }

    #[test]
    fn a_lost_byte_is_no_other_weight() {
        for at in 1..9 {
            let mut lost = b"=00294000=00294000".to_vec();
            lost.remove(at);
            assert_eq!(words(&lost), ["truncated", "49200"], "{at}");
        }
    }

    #[test]
    fn a_byte_too_much_is_no_other_weight() {
        let frame = b"=00294000";
        for at in 1..=9 {
            for byte in *b"0129.-" {
                let mut longer = frame.to_vec();
                longer.insert(at, byte);
                let stream = [frame, &longer[..], frame].concat();
                assert_eq!(words(&stream), ["49200", "length", "49200"], "{at}");
            }
        }
        let long = [&frame[..], frame, &[b'0'; 40], frame].concat();
        assert_eq!(words(&long), ["49200", "length", "garbage", "49200"]);
    }

    #[test]
    fn what_can_not_be_is_refused() {
        for (bytes, expected) in [
            (&b"=00.1.00-"[..], "field"),
            (b"=0029-000", "field"),
            (b"=00294001", "field"),
            (b"=00294005", "field"),
            (b"=.0294000", "field"),
            (b"=000000.0", "field"),
            (b"=0O294000", "field"),
            (b"=00.10", "truncated"),
            (b"=", "garbage"),
            (b"=x", "garbage"),
        ] {
            assert_eq!(words(bytes), [expected], "{bytes:?}");
        }
        assert_eq!(words(b"=0x294000=00294000"), ["field", "49200"]);
        assert_eq!(words(b"= 12 =00294000"), ["garbage", "49200"]);
        assert_eq!(
            words(b"=00294000\r\n=00294000"),
            ["49200", "garbage", "49200"]
        );
    }
}
