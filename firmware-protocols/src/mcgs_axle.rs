//! MCGS mobile axle-weighing console (便携式轴重仪): a short frame with the weight of the axle.
//!
//! **Vendor, models.** MCGS mobile axle scales with a weight console, as met in East Africa.
//!
//! **Source, how sure.** Field notes of an open project (TruConnect) with frames recorded from a
//! console, most of them zero; no maker's paper. What `R` and `X` mean is not known; negative weights
//! are inferred from the sign. Maturity: CAPTURED.
//!
//! **Line.** 9600 8N1. The console sends all the time, or answers: the host says `02 41 03` (weigh),
//! `02 44 03` (zero) or `STOP` CR LF. Set `poll` to `\x02A\x03` for a console that waits to be asked.
//!
//! **Layout**
//!
//! ```text
//! [STX] = S G s wwwwwww k x [ETX] [CR] [LF]       13 bytes, with what is in brackets up to 18
//!
//! s  sign, + or -
//! w  weight, seven ASCII digits, zeros before it, kg
//! x  R or X, not explained
//! ```
//!
//! **Integrity.** None on the wire. Fixed width and the marks only; a weight needs agreeing frames.
//!
//! **Quirks.**
//! * STX, ETX, CR and LF around a frame may be there or not; they belong to the frame. Other bytes
//!   between frames are noise.
//! * Whether something follows a frame is only known from the byte behind it: a console without line
//!   ends is read one frame late, until three frames in a row came without any.
//! * There is no motion flag, no net flag and no range flag: stability is judged in software.
//! * In its cumulative mode the console sends the running gross of the vehicle: the axle is the
//!   difference from the last weight taken. The decoder gives what is displayed.
//!
//! **One frame.** `=SG+0008420kR` CR LF.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::evidence::{Grade, Record};
use crate::field::digits;
use crate::poll::{POLL_MS, Poller, poll};
use crate::registry::{Check, Kind, LineSetting, Maturity, Protocol, Speaker};
use crate::window::{Format, Look, Stream};
use crate::{
    Decimal, Decoder, EncodeError, Event, Reading, Reject, SettingSpec, Settings, SettingsError,
    Status, Unit, specimen,
};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "mcgs_axle",
    kind: Kind::Scale,
    devices: "MCGS mobile axle consoles",
    line: "9600 8N1",
    line_settings: &[LineSetting::eight_n_one(9_600)],
    speaker: Speaker::Either,
    marked: true,
    check: Check::None,
    evidence: &[(Record::Weight, Grade::Agreement)],
    maturity: Maturity::Captured,
    longest_frame_bytes: FILL + LENGTH + TAIL,
    settings: SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, _| match event {
        Event::Reading(reading) => encode(reading),
        _ => Err(EncodeError::Kind),
    },
    specimen: |number| {
        Event::Reading(Reading {
            value: Some(specimen::weight(
                number,
                5 + (number % 3) as u32,
                0,
                10,
                true,
            )),
            unit: Some(Unit::Kilogram),
            ..Reading::default()
        })
    },
};

/// The settings.
pub const SETTINGS: &[SettingSpec] = &[poll(""), POLL_MS];

const STX: u8 = 0x02;
const ETX: u8 = 0x03;
/// From `=` to the last letter.
const LENGTH: usize = 13;
/// The most bytes in front of `=` that belong to the frame.
const FILL: usize = 4;
/// ETX, CR, LF.
const TAIL: usize = 3;
/// So many frames in a row with nothing behind them make the next one come out at once.
const BARE_FRAMES: u8 = 3;

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    settings.check_keys(SETTINGS)?;
    Ok(Stream::new(Mcgs {
        bare: 0,
        poller: Poller::new(settings, SETTINGS)?,
    }))
}

struct Mcgs {
    /// Frames in a row with nothing around them, counted up to [`BARE_FRAMES`].
    bare: u8,
    poller: Poller,
}

impl Format for Mcgs {
    fn look(&mut self, window: &[u8], _seen: usize, ended: bool) -> Look {
        match host(window, ended) {
            Some(Look::Skip(_)) | None => {}
            Some(look) => return look,
        }
        let fill = window.iter().take_while(|byte| is_fill(**byte)).count();
        if fill > FILL {
            return Look::Skip(fill - FILL);
        }
        match window.get(fill) {
            None if ended => Look::Skip(fill),
            None => Look::More,
            Some(b'=') => self.frame(window, fill, ended),
            // STX may begin what the host says: it is looked at by itself.
            Some(_) if fill > 1 => Look::Skip(fill - 1),
            Some(_) if fill == 1 => Look::Skip(1),
            Some(_) => {
                let begins = |byte: &u8| is_fill(*byte) || matches!(byte, b'=' | b'S');
                let next = window.iter().skip(1).position(begins);
                Look::Skip(next.map_or(window.len(), |index| index + 1))
            }
        }
    }

    fn restart(&mut self) {
        self.bare = 0;
        self.poller.restart();
    }

    fn transmit(&mut self, now_micros: i64) -> Option<Vec<u8>> {
        self.poller.transmit(now_micros)
    }

    fn timeout(&self) -> Option<i64> {
        self.poller.timeout()
    }

    fn memory_bound(&self) -> usize {
        FILL + LENGTH + TAIL
    }
}

impl Mcgs {
    /// A frame whose `=` stands behind `fill` bytes.
    fn frame(&mut self, window: &[u8], fill: usize, ended: bool) -> Look {
        let body = window.get(fill..).unwrap_or_default();
        let cut = body.iter().skip(1).take(LENGTH - 1);
        let cut = cut.into_iter().position(|byte| *byte == b'=');
        let cut = cut.map(|index| index + 1);
        let frame = body.get(..cut.unwrap_or(LENGTH).min(body.len()));
        let frame = frame.unwrap_or_default();
        let broken = frame
            .iter()
            .zip(0..)
            .position(|(byte, at)| !fits(at, *byte));
        match broken {
            // Not this kind of frame at all.
            Some(0..=2) => Look::Skip(fill + 1),
            Some(_) if cut.is_none() && frame.len() < LENGTH && !ended => Look::More,
            Some(_) if frame.len() == LENGTH => Look::Bad(fill + LENGTH, Reject::Field),
            Some(_) => Look::Bad(fill + frame.len(), Reject::Truncated),
            None if frame.len() == LENGTH => self.whole(window, fill, frame, ended),
            None if cut.is_none() && !ended => Look::More,
            None => Look::Bad(fill + frame.len(), Reject::Truncated),
        }
    }

    /// A frame without fault; the bytes behind it that belong to it.
    fn whole(&mut self, window: &[u8], fill: usize, frame: &[u8], ended: bool) -> Look {
        if fill > 0 {
            self.bare = 0;
        }
        let Some(value) = value(frame) else {
            return Look::Bad(fill + LENGTH, Reject::Field);
        };
        let mut count = fill + LENGTH;
        if self.bare < BARE_FRAMES {
            for mark in [ETX, b'\r', b'\n'] {
                match window.get(count) {
                    Some(byte) if *byte == mark => count += 1,
                    Some(_) => {}
                    None if ended => {}
                    None => return Look::More,
                }
            }
            self.bare = match count == LENGTH {
                true => self.bare + 1,
                false => 0,
            };
        }
        Look::Frame(
            count,
            Event::Reading(Reading {
                value: Some(value),
                unit: Some(Unit::Kilogram),
                ..Reading::default()
            }),
        )
    }
}

fn is_fill(byte: u8) -> bool {
    matches!(byte, STX | ETX | b'\r' | b'\n')
}

/// What the host says, where it is heard; [`Look::Skip`] where only its begin is here and the stream
/// has ended.
fn host(window: &[u8], ended: bool) -> Option<Look> {
    let words: [(&[u8], &'static str); 3] = [
        (b"\x02A\x03", "host_weigh"),
        (b"\x02D\x03", "host_zero"),
        (b"STOP\r\n", "host_stop"),
    ];
    let begun = |word: &[u8]| word.starts_with(window.get(..word.len()).unwrap_or(window));
    let (word, name) = words.into_iter().find(|(word, _)| begun(word))?;
    Some(if window.len() >= word.len() {
        let fields = Vec::new();
        Look::Frame(word.len(), Event::Status(Status { name, fields }))
    } else if ended {
        Look::Skip(window.len())
    } else {
        Look::More
    })
}

/// Whether a byte can stand at an index of a frame.
fn fits(index: usize, byte: u8) -> bool {
    match index {
        0 => byte == b'=',
        1 => byte == b'S',
        2 => byte == b'G',
        3 => matches!(byte, b'+' | b'-'),
        4..=10 => byte.is_ascii_digit(),
        11 => byte == b'k',
        _ => matches!(byte, b'R' | b'X'),
    }
}

fn value(frame: &[u8]) -> Option<Decimal> {
    let magnitude = digits(frame.get(4..11)?)?;
    let negative = frame.get(3) == Some(&b'-');
    let signed = if negative { -magnitude } else { magnitude };
    Some(Decimal::new(signed, 0))
}

/// The frame of a displayed value in whole kilograms, at most seven digits, with `R`, CR and LF.
///
/// # Errors
/// `value` is needed, without decimals; the unit, where there is one, is kg.
pub fn encode(reading: &Reading) -> Result<Vec<u8>, EncodeError> {
    let value = reading.value.ok_or(EncodeError::Missing("value"))?;
    if let Some(unit) = reading.unit
        && unit != Unit::Kilogram
    {
        return Err(EncodeError::range("unit", unit.name()));
    }
    let magnitude = value.digits.unsigned_abs();
    if magnitude > 9_999_999 || value.decimals > 0 {
        return Err(EncodeError::range("value", value));
    }
    let sign = if value.digits < 0 { '-' } else { '+' };
    Ok(alloc::format!("=SG{sign}{magnitude:07}kR\r\n").into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::{String, ToString};

    fn words_of(decoder: &mut dyn Decoder) -> Vec<String> {
        core::iter::from_fn(|| decoder.poll_event())
            .map(|decoded| match decoded.event {
                Event::Reading(reading) => reading.value.unwrap().to_string(),
                Event::Rejected(reason) => reason.name().to_string(),
                Event::Status(status) => status.name.to_string(),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    fn words(bytes: &[u8]) -> Vec<String> {
        let mut decoder = decoder(&Settings::new()).unwrap();
        decoder.push(bytes);
        decoder.finish();
        words_of(&mut decoder)
    }

    #[test]
    fn marks_around_a_frame_belong_to_it_and_other_bytes_are_noise() {
        assert_eq!(
            words(b"\x02=SG+0000820kR\x03=SG+0000840kX\r\n=SG-0000020kR"),
            ["820", "840", "-20"]
        );
        assert_eq!(words(b"\x02=SG+0000820kR\x03\r\n"), ["820"]);
        assert_eq!(words(b"\xFE=SG+0000820kRx"), ["garbage", "820", "garbage"]);
    }

    #[test]
    fn damaged_and_cut_frames() {
        for (bytes, said) in [
            (&b"=SG+0000123kQ"[..], &["field"][..]),
            (b"=SG+00001 3kR", &["field"]),
            (b"=SG 0000123kR", &["field"]),
            (b"=SG+00012", &["truncated"]),
            (b"=SG+000=SG+0000840kR", &["truncated", "840"]),
            (b"=SX+0000123kR", &["garbage"]),
            (b"=SG+000123kR\r\n", &["field", "garbage"]),
        ] {
            assert_eq!(words(bytes), said, "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn without_line_ends_frames_come_at_once_from_the_fourth_on() {
        let mut decoder = decoder(&Settings::new()).unwrap();
        let mut said = Vec::new();
        for _ in 0..5 {
            decoder.push(b"=SG+0000820kR");
            said.push(words_of(&mut decoder).len());
        }
        assert_eq!(said, [0, 1, 1, 2, 1]);
        // And a line end that comes after all is not lost.
        decoder.push(b"\r\n=SG+0000840kR");
        assert_eq!(words_of(&mut decoder), [] as [String; 0]);
        decoder.push(b"\r\n");
        assert_eq!(words_of(&mut decoder), ["840"]);
    }

    #[test]
    fn what_the_host_says_is_told_apart() {
        assert_eq!(
            words(b"\x02A\x03\x02=SG+0000820kR\x03\x02D\x03STOP\r\n\x02A"),
            ["host_weigh", "820", "host_zero", "host_stop", "garbage"]
        );
    }

    #[test]
    fn asks_when_it_is_told_to() {
        let settings = Settings::new().with("poll", "\\x02A\\x03");
        let mut decoder = decoder(&settings).unwrap();
        assert_eq!(decoder.poll_transmit(0).as_deref(), Some(&b"\x02A\x03"[..]));
        let reading = |digits, decimals, unit| Reading {
            value: Some(Decimal::new(digits, decimals)),
            unit,
            ..Reading::default()
        };
        assert!(encode(&reading(10_000_000, 0, None)).is_err());
        assert!(encode(&reading(1, 1, None)).is_err());
        assert!(encode(&reading(1, 0, Some(Unit::Pound))).is_err());
    }
}
