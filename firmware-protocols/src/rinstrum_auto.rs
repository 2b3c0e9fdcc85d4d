//! Rinstrum automatic output, formats 1 and 2, and the scoreboard formats 3 and 5 of the OB-350.
//!
//! **Vendor, models.** Rinstrum R320, R420, C530 and relatives (automatic output 1 and 2, also called
//! A and B); Rice Lake OB-350 on-board scale with the M350S (scoreboard formats 3 and 5).
//!
//! **Source, how sure.** The makers' manuals: Rinstrum R320 p. 46, R427 p. 99, C530 p. 53; OB-350 p. 16
//! and 17. No recording from hardware. What the number field has in it when the status is out of
//! range or error is not printed: it is not looked at. Maturity: DOCUMENTED.
//!
//! **Line.** 9600 8N1. The indicator sends without being asked, about 10 frames a second; the host
//! says nothing.
//!
//! **Layout** (one letter a byte):
//!
//! ```text
//! format 1, OB-350 format 5   STX s wwwwwww a ETX            11 bytes
//! format 2                    STX s wwwwwww b m z r uuu ETX  17 bytes
//! OB-350 format 3             STX a s wwwwwww uuu ETX        14 bytes
//!                             02                  03
//!
//! s  sign: blank or + positive, - negative
//! w  weight, 7 characters: blanks, digits, at most one point
//! a  G gross, N net, U under, O over, M moving, E error
//! b  G gross, N net, U under, O over, E error
//! m  M moving, blank stable
//! z  Z centre of zero, blank not
//! r  - or blank single range, 1 or 2 the range
//! u  unit, a blank and the word: " kg", "  t"; all blank when moving
//! ```
//!
//! **Integrity.** None: a weight needs several agreeing frames (`checked: false`). The length is fixed
//! for each form, so a lost or doubled character never gives another weight.
//!
//! **Quirks.**
//! * Formats 1, 3 and 5 have one character for everything: `M` says neither net nor gross, and `G` and
//!   `N` say that nothing moves, because `M` would stand there.
//! * The digits of a frame with `U` or `O` are never used. `E` is refused (device).
//! * In format 2 the unit goes blank while moving: a reading without a unit, not a change of unit.
//! * The range and the centre of zero have no place in a reading. The encoder writes a single range.
//! * Rinstrum's other automatic formats (3 to 6, D, F and free ones) are not read here.
//!
//! **One frame.** `02 2D 20 20 20 33 31 30 35 4E 03` = -3105 net. Format 2:
//! `02 20 20 20 31 38 2E 36 34 47 20 20 2D 20 20 74 03` = 18.64 t gross, stable.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::evidence::{Grade, Record};
use crate::field::{decimal, right_justified, unit_word};
use crate::registry::{Check, Kind, LineSetting, Maturity, Protocol, Speaker};
use crate::window::{Format, Look, Stream};
use crate::{
    Decimal, Decoder, EncodeError, Event, Reading, Reject, SettingSpec, Settings, SettingsError,
    Unit, specimen,
};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "rinstrum_auto",
    kind: Kind::Scale,
    devices: "Rinstrum R320, R420, C530 automatic output; Rice Lake OB-350 formats 3 and 5",
    line: "9600 8N1",
    line_settings: &[LineSetting::eight_n_one(9_600)],
    speaker: Speaker::Device,
    marked: true,
    check: Check::None,
    evidence: &[(Record::Weight, Grade::Agreement)],
    maturity: Maturity::Documented,
    longest_frame_bytes: LONGEST,
    settings: SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, _| match event {
        Event::Reading(reading) => encode(reading),
        _ => Err(EncodeError::Kind),
    },
    specimen: specimen_event,
};

/// The settings: none.
pub const SETTINGS: &[SettingSpec] = &[];

/// Sign and weight.
const NUMBER: usize = 8;
const SHORT: usize = 11;
const STATUS_FIRST: usize = 14;
const LONGEST: usize = 17;
const STX: u8 = 0x02;
const ETX: u8 = 0x03;

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    settings.check_keys(SETTINGS)?;
    Ok(Stream::new(Rinstrum))
}

struct Rinstrum;

impl Format for Rinstrum {
    fn look(&mut self, window: &[u8], _seen: usize, ended: bool) -> Look {
        if window.first() != Some(&STX) {
            let next = window.iter().position(|byte| *byte == STX);
            return Look::Skip(next.unwrap_or(window.len()));
        }
        let reach = window.get(..LONGEST.min(window.len())).unwrap_or_default();
        let stop = reach
            .iter()
            .skip(1)
            .position(|byte| !matches!(byte, b' '..=b'~'));
        let Some(stop) = stop.map(|index| index + 1) else {
            return match reach.len() {
                LONGEST => Look::Skip(1),
                1 if ended => Look::Skip(1),
                length if ended => Look::Bad(length, Reject::Truncated),
                _ => Look::More,
            };
        };
        match reach.get(stop) {
            Some(&ETX) => whole(reach.get(..=stop).unwrap_or_default()),
            Some(&STX) if stop > 1 => Look::Bad(stop, Reject::Truncated),
            _ => Look::Skip(stop),
        }
    }

    fn memory_bound(&self) -> usize {
        LONGEST
    }
}

/// STX to ETX.
fn whole(frame: &[u8]) -> Look {
    let body = frame.get(1..frame.len() - 1).unwrap_or_default();
    let read = match (frame.len(), body.first()) {
        (SHORT, _) => short(body),
        (STATUS_FIRST, _) => status_first(body),
        (LONGEST, _) => long(body),
        (..SHORT, _) => Err(Reject::Truncated),
        _ => Err(Reject::Length),
    };
    match read {
        Ok(reading) => Look::Frame(frame.len(), Event::Reading(reading)),
        Err(reason) => Look::Bad(frame.len(), reason),
    }
}

/// Format 1 and OB-350 format 5: number, status.
fn short(body: &[u8]) -> Result<Reading, Reject> {
    let (number, status) = body.split_at_checked(NUMBER).ok_or(Reject::Truncated)?;
    reading(number, status.first().copied().unwrap_or_default())
}

/// OB-350 format 3: status, number, unit.
fn status_first(body: &[u8]) -> Result<Reading, Reject> {
    let (status, rest) = body.split_first().ok_or(Reject::Truncated)?;
    let (number, word) = rest.split_at_checked(NUMBER).ok_or(Reject::Truncated)?;
    let reading = reading(number, *status)?;
    let unit = unit(word)?;
    if unit.is_none() && reading.value.is_some() && reading.stable != Some(false) {
        return Err(Reject::Field);
    }
    Ok(Reading { unit, ..reading })
}

/// Format 2: number, mode, motion, zero, range, unit.
fn long(body: &[u8]) -> Result<Reading, Reject> {
    let (number, rest) = body.split_at_checked(NUMBER).ok_or(Reject::Truncated)?;
    let [mode, motion, zero, range, word @ ..] = rest else {
        return Err(Reject::Truncated);
    };
    let stable = match motion {
        b' ' => true,
        b'M' => false,
        _ => return Err(Reject::Field),
    };
    if !matches!(zero, b' ' | b'Z') || !matches!(range, b'-' | b' ' | b'1' | b'2') || *mode == b'M'
    {
        return Err(Reject::Field);
    }
    let unit = unit(word)?;
    Ok(Reading {
        stable: Some(stable),
        unit,
        ..reading(number, *mode)?
    })
}

/// Sign, weight and status.
fn reading(number: &[u8], status: u8) -> Result<Reading, Reject> {
    let (over, under) = (status == b'O', status == b'U');
    let (net, stable) = match status {
        // `M` stands in the same place when moving.
        b'G' => (Some(false), Some(true)),
        b'N' => (Some(true), Some(true)),
        b'M' => (None, Some(false)),
        b'O' | b'U' => (None, None),
        b'E' => return Err(Reject::Device),
        _ => return Err(Reject::Field),
    };
    let value = match over || under {
        true => None,
        false => Some(weight(number).ok_or(Reject::Field)?),
    };
    Ok(Reading {
        value,
        stable,
        net,
        overload: Some(over),
        underload: Some(under),
        ..Reading::default()
    })
}

fn weight(number: &[u8]) -> Option<Decimal> {
    let (sign, rest) = number.split_first()?;
    let blanks = rest.iter().take_while(|byte| **byte == b' ').count();
    let shown = decimal(rest.get(blanks..)?)?;
    match sign {
        b' ' | b'+' => Some(shown),
        b'-' => Some(Decimal::new(-shown.digits, shown.decimals)),
        _ => None,
    }
}

/// A unit of three characters; all blank is not said.
fn unit(word: &[u8]) -> Result<Option<Unit>, Reject> {
    if word.trim_ascii().is_empty() {
        return Ok(None);
    }
    unit_word(word).map(Some).ok_or(Reject::Field)
}

/// The frame of a reading. Format 2 when it says both stability and net or gross and is moving or has
/// a unit, or when it is out of range and says stability; otherwise format 3 of the OB-350 when it
/// has a unit, format 1 when it has none.
///
/// # Errors
/// A value of more than seven characters without its sign, a unit of more than three; over and
/// under at once; a reading that says neither net nor gross, nor motion, nor out of range.
pub fn encode(reading: &Reading) -> Result<Vec<u8>, EncodeError> {
    let out = match (reading.overload, reading.underload) {
        (Some(true), Some(true)) => return Err(EncodeError::range("overload", "over and under")),
        (Some(true), _) => Some('O'),
        (_, Some(true)) => Some('U'),
        _ => None,
    };
    let mode = match (out, reading.net, reading.stable) {
        (Some(out), _, _) => out,
        (None, Some(true), _) => 'N',
        (None, Some(false), _) => 'G',
        (None, None, Some(false)) => 'M',
        (None, None, _) => return Err(EncodeError::Missing("net")),
    };
    let number = number_text(reading, out.is_some())?;
    let unit = unit_text(reading.unit)?;
    let frame = match (reading.stable, reading.unit) {
        (Some(true), None) if out.is_none() => format!("\x02{number}{mode}\x03"),
        (Some(stable), _) if mode != 'M' => {
            let motion = if stable { ' ' } else { 'M' };
            format!("\x02{number}{mode}{motion} -{unit}\x03")
        }
        (_, Some(_)) => format!("\x02{mode}{number}{unit}\x03"),
        (_, None) => format!("\x02{number}{mode}\x03"),
    };
    Ok(frame.into_bytes())
}

fn number_text(reading: &Reading, out_of_range: bool) -> Result<String, EncodeError> {
    let value = match reading.value {
        None if out_of_range => return Ok(" ".repeat(NUMBER)),
        None => return Err(EncodeError::Missing("value")),
        Some(value) => value,
    };
    let magnitude = value.digits.checked_abs();
    let text = magnitude
        .and_then(|digits| right_justified(Decimal::new(digits, value.decimals), NUMBER - 1));
    let text = text.ok_or_else(|| EncodeError::range("value", value))?;
    let sign = if value.digits < 0 { '-' } else { ' ' };
    Ok(format!("{sign}{text}"))
}

fn unit_text(unit: Option<Unit>) -> Result<String, EncodeError> {
    let word = match unit {
        None => "",
        Some(Unit::ShortTon) => "tn",
        Some(unit) => unit.name(),
    };
    match word.len() {
        ..=3 => Ok(format!("{word:>3}")),
        _ => Err(EncodeError::range("unit", word)),
    }
}

/// Frames of all three forms, with all states.
fn specimen_event(number: u64) -> Event {
    let value = specimen::weight(number, 6, (number % 4) as u8, 1, true);
    let (over, under) = (number % 14 == 6, number % 14 == 9);
    let unit = [Unit::Kilogram, Unit::Tonne, Unit::Pound]
        .get((number / 3 % 3) as usize)
        .copied();
    let moving = number % 5 == 2;
    let out = over || under;
    let (stable, net) = match number % 3 {
        // Format 2.
        0 => (Some(!moving), (!out).then_some(number.is_multiple_of(2))),
        // Formats 1 and 3.
        _ if out => (None, None),
        _ if moving => (Some(false), None),
        _ => (Some(true), Some(number.is_multiple_of(2))),
    };
    let unit = match number % 3 {
        0 => unit.filter(|_| !moving),
        1 => unit,
        _ => None,
    };
    Event::Reading(Reading {
        value: (!out).then_some(value),
        unit,
        stable,
        net,
        overload: Some(over),
        underload: Some(under),
        ..Reading::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(bytes: &[u8]) -> Vec<Event> {
        let mut decoder = decoder(&Settings::new()).unwrap();
        decoder.push(bytes);
        decoder.finish();
        core::iter::from_fn(|| decoder.poll_event())
            .map(|decoded| decoded.event)
            .collect()
    }

    fn one(body: &str) -> Event {
        let mut all = events(format!("\x02{body}\x03").as_bytes());
        assert_eq!(all.len(), 1, "{body}: {all:?}");
        all.remove(0)
    }

    fn reading(body: &str) -> Reading {
        match one(body) {
            Event::Reading(reading) => reading,
            other => panic!("{body}: {other:?}"),
        }
    }

    #[test]
    fn format_1_says_one_thing() {
        let net = reading("-  3.105N");
        assert_eq!(net.value, Some(Decimal::new(-3_105, 3)));
        assert_eq!((net.net, net.stable), (Some(true), Some(true)));
        assert_eq!(net.unit, None);
        let moving = reading("   18640M");
        assert_eq!((moving.net, moving.stable), (None, Some(false)));
        let over = reading(" 9999999O");
        assert_eq!((over.value, over.overload), (None, Some(true)));
        let under = reading("-    120U");
        assert_eq!((under.value, under.underload), (None, Some(true)));
        assert_eq!(one("   49200E"), Event::Rejected(Reject::Device));
    }

    #[test]
    fn format_3_of_the_ob_350() {
        let gross = reading("G   18640 lb");
        assert_eq!(gross.value, Some(Decimal::new(18_640, 0)));
        assert_eq!((gross.net, gross.unit), (Some(false), Some(Unit::Pound)));
        assert_eq!(one("E   18640 kg"), Event::Rejected(Reject::Device));
        assert_eq!(gross.stable, Some(true));
        let moving = reading("M   18640   ");
        assert_eq!((moving.stable, moving.unit), (Some(false), None));
        assert_eq!(one("G   18640   "), Event::Rejected(Reject::Field));
    }

    #[test]
    fn format_2_has_everything() {
        let stable = reading("   18.64G  -  t");
        assert_eq!(stable.value, Some(Decimal::new(1_864, 2)));
        assert_eq!((stable.stable, stable.net), (Some(true), Some(false)));
        assert_eq!(stable.unit, Some(Unit::Tonne));
        let moving = reading("-  18.64NMZ2   ");
        assert_eq!(moving.value, Some(Decimal::new(-1_864, 2)));
        assert_eq!((moving.stable, moving.unit), (Some(false), None));
        let over = reading("--------O  - kg");
        assert_eq!((over.value, over.overload), (None, Some(true)));
        assert_eq!(one("   18.64EM-    "), Event::Rejected(Reject::Field));
        assert_eq!(one("   18.64EM -   "), Event::Rejected(Reject::Device));
        assert_eq!(one("   18.64M  - kg"), Event::Rejected(Reject::Field));
        assert_eq!(one("   18.64G  3 kg"), Event::Rejected(Reject::Field));
    }

    #[test]
    fn wrong_frames_are_refused() {
        for (body, reason) in [
            ("   18640X", Reject::Field),
            ("*  18640G", Reject::Field),
            ("   18 40G", Reject::Field),
            ("        G", Reject::Field),
            ("   1.6.0G", Reject::Field),
            ("  18640G", Reject::Truncated),
            ("    18640G", Reject::Length),
            ("G   18640 kx", Reject::Field),
        ] {
            assert_eq!(one(body), Event::Rejected(reason), "{body}");
        }
        let cut = events(b"\x02   492\x02   49200G\x03");
        assert!(matches!(
            cut.as_slice(),
            [Event::Rejected(Reject::Truncated), Event::Reading(_)]
        ));
    }

    #[test]
    fn what_does_not_fit_is_not_written() {
        let plain = Reading {
            value: Some(Decimal::new(-1_234_567, 0)),
            net: Some(true),
            ..Reading::default()
        };
        assert_eq!(encode(&plain).unwrap(), b"\x02-1234567N\x03");
        for wrong in [
            Reading {
                value: Some(Decimal::new(1_234_567, 1)),
                ..plain.clone()
            },
            Reading {
                net: None,
                ..plain.clone()
            },
            Reading {
                overload: Some(true),
                underload: Some(true),
                ..plain.clone()
            },
            Reading {
                value: None,
                ..plain
            },
        ] {
            assert!(encode(&wrong).is_err(), "{wrong:?}");
        }
    }
}
