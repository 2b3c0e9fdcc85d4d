//! Mettler Toledo extended continuous output.
//!
//! **Vendor, models.** Mettler Toledo IND560, IND780 and relatives, beside the standard continuous
//! output; hobby and clone terminals.
//!
//! **Source, how sure.** The layout of one open program (`ContOut.c` of the DL_Scale project, facts
//! only); the meaning of fields from memory of the IND560 and IND780. No maker's paper was opened
//! and no frame was recorded. Frames without checksum are inferred from the standard output.
//! Maturity: EXPERIMENTAL.
//!
//! **Line.** 9600 7E1, also 8N1; 4800 on old devices. The indicator sends without being asked, 7 to
//! 20 frames a second. Single letters from the host as for the standard output (`P` print, `T`
//! tare, `Z` zero, `C` clear tare); this decoder never sends.
//!
//! **Layout** (one letter a byte):
//!
//! ```text
//!  0   1   2 3 4 5   6 ... 14             15 ... 22          23  24
//! SOH  n   A B C D   w w w w w w w w w    t t t t t t t t    CR  k
//!  01                                                        0D
//!
//! n  scale number, ASCII 1 to 9
//! A  bits 3..0 unit (0 none, 1 lb, 2 kg, 3 g, 4 t, 5 short ton, 6 ozt, 7 dwt, 8 oz, 9 other),
//!    bit 4 centre of zero, bit 5 = 1, bit 6 motion
//! B  bit 0 net, bits 2..1 tare kind (1 push-button, 2 keyed in, 3 from memory), bits 4..3 range,
//!    bit 5 = 1, bit 6 expanded x10
//! C  bit 0 data not right, bit 1 under zero, bit 2 over capacity, bit 3 power-up zero not captured,
//!    bit 4 print, bit 5 = 1, bit 6 below the minimum weight
//! D  bits of the application, bit 5 = 1
//! w  displayed weight, nine characters with sign and point, blanks in front
//! t  tare, eight characters with point, blanks in front
//! k  checksum: low seven bits of the sum of all 25 bytes are 0
//! ```
//!
//! **Integrity.** Seven-bit two's complement sum; finds every single flipped bit. `checksum = off`
//! reads frames of 24 bytes from an indicator that does not send it (`checked: false`).
//!
//! **Quirks.**
//! * A 7E1 line read as 8N1 leaves the parity in bit 7: every byte is masked with 7F first, and the
//!   checksum is computed on masked bytes. So a flip of bit 7 changes nothing.
//! * Unlike the standard output it tells over from under. Out of range there is no value, whatever
//!   the weight field shows. "Data not right" without either is a reject: the device says so.
//! * Unit 0 and 9 name no unit: it comes from configuration.
//! * The checksum may itself be 01 or 0D: frames are found by length and checksum, not by CR.
//! * Centre of zero, range, tare kind, print key and "power-up zero not captured" are not handed on.
//!
//! **One frame.** `01 31 22 20 20 20 20 20 20 20 31 38 36 34 30 20 20 20 20 20 20 20 30 0D 2C` =
//! 18640 kg gross of scale 1, stable.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use crate::check::sum7;
use crate::evidence::{Grade, Record};
use crate::field::{decimal, right_justified, signed_decimal};
use crate::registry::{Check, Kind, LineSetting, Maturity, Protocol, Speaker};
use crate::window::{Format, Look, Stream};
use crate::{
    Decimal, Decoder, EncodeError, Event, Reading, Reject, SettingSpec, Settings, SettingsError,
    Unit, specimen,
};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "mt_extended_continuous",
    kind: Kind::Scale,
    devices: "Mettler Toledo IND560, IND780 and relatives, extended continuous",
    line: "9600 7E1 or 8N1, 4800",
    line_settings: &[
        LineSetting::seven_e_one(9_600),
        LineSetting::eight_n_one(9_600),
        LineSetting::seven_e_one(4_800),
    ],
    speaker: Speaker::Device,
    marked: true,
    check: Check::OptionalSum7,
    evidence: &[(Record::Weight, Grade::Unproven)],
    maturity: Maturity::Experimental,
    longest_frame_bytes: BARE + 1,
    settings: SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, settings| {
        let checksum = settings.choice(SETTINGS, "checksum", CHECKSUM);
        let checksum = checksum.map_err(|error| EncodeError::range("settings", error))?;
        match event {
            Event::Reading(reading) => encode(reading, checksum),
            _ => Err(EncodeError::Kind),
        }
    },
    specimen,
};

/// The settings.
pub const SETTINGS: &[SettingSpec] = &[SettingSpec {
    key: "checksum",
    default: "on",
    meaning: "`on`, or `off` for an indicator that ends its frames with CR",
}];

const CHECKSUM: &[(&str, bool)] = &[("on", true), ("off", false)];

/// Bytes of a frame without its checksum.
const BARE: usize = 24;
const SOH: u8 = 0x01;
const CR: u8 = 0x0D;
/// Status bytes always have this bit.
const STATUS_MARK: u8 = 0x20;

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    settings.check_keys(SETTINGS)?;
    Ok(Stream::new(Extended {
        checksum: settings.choice(SETTINGS, "checksum", CHECKSUM)?,
    }))
}

struct Extended {
    checksum: bool,
}

impl Format for Extended {
    fn look(&mut self, window: &[u8], _seen: usize, ended: bool) -> Look {
        let is_soh = |byte: &u8| byte & 0x7F == SOH;
        if !window.first().is_some_and(is_soh) {
            let next = window.iter().position(is_soh);
            return Look::Skip(next.unwrap_or(window.len()));
        }
        let reach = window.get(..BARE).unwrap_or(window);
        let broken = (1..reach.len()).find(|index| !fits(*index, reach));
        let next = reach.iter().skip(1).position(is_soh);
        let whole = reach.len() == BARE;
        match (broken, next) {
            // The statuses were seen: a frame that was cut by the next one.
            (_, Some(next)) if broken > Some(5) => Look::Bad(next + 1, Reject::Truncated),
            (_, Some(next)) => Look::Skip(next + 1),
            (None, None) if whole => self.whole(window, ended),
            // Damaged where CR stands at the right place, noise otherwise.
            (Some(_), None) if whole => match reach.last() {
                Some(last) if last & 0x7F == CR => self.damaged(window, ended),
                _ => Look::Skip(1),
            },
            _ if !ended => Look::More,
            (None, None) if reach.len() > 5 => Look::Bad(reach.len(), Reject::Truncated),
            (Some(6..), None) => Look::Bad(reach.len(), Reject::Truncated),
            _ => Look::Skip(reach.len()),
        }
    }

    fn memory_bound(&self) -> usize {
        BARE + 1
    }
}

impl Extended {
    /// SOH to CR are as they should be.
    fn whole(&self, window: &[u8], ended: bool) -> Look {
        let count = BARE + usize::from(self.checksum);
        match window.get(..count) {
            None if !ended => Look::More,
            None => Look::Bad(BARE, Reject::Truncated),
            Some(frame) if self.checksum && sum7(frame) != 0 => bad(frame, Reject::Integrity),
            Some(frame) => match reading(frame, self.checksum) {
                Ok(reading) => Look::Frame(count, Event::Reading(reading)),
                Err(reason) => Look::Bad(count, reason),
            },
        }
    }

    /// SOH and CR stand where they should, a byte between them can't be.
    fn damaged(&self, window: &[u8], ended: bool) -> Look {
        match window.get(..=BARE) {
            _ if !self.checksum => Look::Bad(BARE, Reject::Field),
            None if !ended => Look::More,
            None => Look::Bad(BARE, Reject::Truncated),
            Some(frame) if sum7(frame) == 0 => bad(frame, Reject::Field),
            Some(frame) => bad(frame, Reject::Integrity),
        }
    }
}

/// The SOH of the next frame must not be lost with this one.
fn bad(frame: &[u8], reason: Reject) -> Look {
    let soh_is_next = frame.last().is_some_and(|byte| byte & 0x7F == SOH);
    Look::Bad(frame.len() - usize::from(soh_is_next), reason)
}

/// Whether a byte can stand at an index of a frame.
fn fits(index: usize, frame: &[u8]) -> bool {
    let byte = frame.get(index).map(|byte| byte & 0x7F);
    byte.is_some_and(|byte| match index {
        0 => byte == SOH,
        1 => matches!(byte, b'1'..=b'9'),
        2..=5 => byte & STATUS_MARK != 0,
        6..=22 => matches!(byte, b' '..=b'~'),
        _ => byte == CR,
    })
}

/// A frame whose bytes fit.
fn reading(frame: &[u8], checked: bool) -> Result<Reading, Reject> {
    let mut masked = [0_u8; BARE];
    for (masked, byte) in masked.iter_mut().zip(frame) {
        *masked = byte & 0x7F;
    }
    let [_, scale, a, b, c, _, numbers @ .., _] = masked;
    let (weight, tare) = numbers.split_at(9);
    let (under, over) = (c & 2 != 0, c & 4 != 0);
    let value = if under || over {
        None
    } else if c & 1 != 0 {
        return Err(Reject::Device);
    } else {
        Some(signed_decimal(weight)?.ok_or(Reject::Field)?)
    };
    Ok(Reading {
        value,
        tare: read_tare(tare)?,
        unit: unit(a & 0x0F)?,
        stable: Some(a & 0x40 == 0),
        net: Some(b & 1 != 0),
        overload: Some(over),
        underload: Some(under),
        channel: Some(u16::from(scale - b'0')),
        checked,
        ..Reading::default()
    })
}

/// A tare has no sign; all blanks says none.
fn read_tare(field: &[u8]) -> Result<Option<Decimal>, Reject> {
    match field.trim_ascii_start() {
        [] => Ok(None),
        digits => decimal(digits).map(Some).ok_or(Reject::Field),
    }
}

/// The codes of units. 0 (none) and 9 (other) are not in it.
const UNITS: [(u8, Unit); 8] = [
    (1, Unit::Pound),
    (2, Unit::Kilogram),
    (3, Unit::Gram),
    (4, Unit::Tonne),
    (5, Unit::ShortTon),
    (6, Unit::TroyOunce),
    (7, Unit::Pennyweight),
    (8, Unit::Ounce),
];

fn unit(code: u8) -> Result<Option<Unit>, Reject> {
    match UNITS.iter().find(|(known, _)| *known == code) {
        Some((_, unit)) => Ok(Some(*unit)),
        None if matches!(code, 0 | 9) => Ok(None),
        None => Err(Reject::Field),
    }
}

/// The frame of a reading, with or without the checksum.
///
/// # Errors
/// `stable` and `net` are needed, `value` unless out of range. The value has nine characters, the
/// tare eight and no sign, the channel one digit (scale 1 where there is none). A reading without
/// unit is written with unit 0; there is no code for newton.
pub fn encode(reading: &Reading, checksum: bool) -> Result<Vec<u8>, EncodeError> {
    let (over, under) = (
        reading.overload == Some(true),
        reading.underload == Some(true),
    );
    let weight = match reading.value {
        Some(value) if !(over || under) => {
            right_justified(value, 9).ok_or_else(|| EncodeError::range("value", value))?
        }
        None if over || under => " ".repeat(9),
        Some(value) => return Err(EncodeError::range("value", value)),
        None => return Err(EncodeError::Missing("value")),
    };
    let tare = match reading.tare {
        None => " ".repeat(8),
        Some(tare) => right_justified(tare, 8)
            .filter(|_| tare.digits >= 0)
            .ok_or_else(|| EncodeError::range("tare", tare))?,
    };
    let scale = reading.channel.unwrap_or(1);
    if !(1..=9).contains(&scale) {
        return Err(EncodeError::range("channel", scale));
    }
    let stable = reading.stable.ok_or(EncodeError::Missing("stable"))?;
    let net = reading.net.ok_or(EncodeError::Missing("net"))?;
    let mut frame = Vec::with_capacity(BARE + 1);
    frame.push(SOH);
    frame.extend(scale.to_string().bytes());
    frame.extend([
        STATUS_MARK | u8::from(!stable) << 6 | unit_code(reading.unit)?,
        STATUS_MARK | u8::from(net),
        STATUS_MARK | u8::from(under) << 1 | u8::from(over) << 2,
        STATUS_MARK,
    ]);
    frame.extend(format!("{weight}{tare}\r").bytes());
    if checksum {
        frame.push(0_u8.wrapping_sub(sum7(&frame)) & 0x7F);
    }
    Ok(frame)
}

fn unit_code(unit: Option<Unit>) -> Result<u8, EncodeError> {
    let Some(unit) = unit else {
        return Ok(0);
    };
    let code = UNITS.iter().find(|(_, known)| *known == unit);
    code.map(|(code, _)| *code)
        .ok_or_else(|| EncodeError::range("unit", unit.name()))
}

/// Every unit, gross and net, still and moving, over and under, several scales.
fn specimen(number: u64) -> Event {
    let decimals = (number % 4) as u8;
    let value = specimen::weight(number, 7, decimals, 1, true);
    let (over, under) = (number % 13 == 12, number % 17 == 16);
    Event::Reading(Reading {
        value: Some(value).filter(|_| !(over || under)),
        tare: (number % 6 != 5).then(|| specimen::weight(number + 1, 6, decimals, 10, false)),
        unit: match number % 10 {
            0..3 => Some(Unit::Kilogram),
            index => UNITS.get(index as usize - 2).map(|(_, unit)| *unit),
        },
        overload: Some(over),
        underload: Some(under),
        channel: Some(1 + (number / 5 % 4) as u16),
        ..specimen::reading(number, value)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    fn decode(checksum: &str, bytes: &[u8]) -> Vec<Event> {
        let settings = Settings::new().with("checksum", checksum);
        let mut decoder = decoder(&settings).unwrap();
        decoder.push(bytes);
        decoder.finish();
        core::iter::from_fn(|| decoder.poll_event())
            .map(|decoded| decoded.event)
            .collect()
    }

    fn words(bytes: &[u8]) -> Vec<String> {
        decode("on", bytes)
            .into_iter()
            .map(|event| match event {
                Event::Reading(reading) => match reading.value {
                    Some(value) => value.to_string(),
                    None => "none".to_string(),
                },
                Event::Rejected(reason) => reason.name().to_string(),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    fn plain(digits: i64) -> Vec<u8> {
        let value = Decimal::new(digits, 0);
        encode(&specimen::reading(0, value), true).unwrap()
    }

    /// A frame with one byte changed and the sum made right again.
    fn changed(index: usize, byte: u8) -> Vec<u8> {
        let mut frame = plain(18_640);
        frame[index] = byte;
        frame.pop();
        frame.push(0_u8.wrapping_sub(sum7(&frame)) & 0x7F);
        frame
    }

    #[test]
    fn statuses_are_read_by_their_bits() {
        assert_eq!(words(&plain(18_640)), ["18640"]);
        assert_eq!(words(&changed(4, 0x21)), ["device"]);
        assert_eq!(words(&changed(4, 0x25)), ["none"]);
        assert_eq!(words(&changed(4, 0x68)), ["18640"]);
        assert_eq!(words(&changed(2, 0x2B)), ["field"], "unit 11");
        assert_eq!(words(&changed(2, 0x02)), ["field"], "no bit 5");
        assert_eq!(words(&changed(1, b'0')), ["field"]);
        assert_eq!(words(&changed(8, b'x')), ["field"]);
        assert_eq!(words(&changed(22, b'-')), ["field"]);
        let [Event::Reading(reading)] = &decode("on", &changed(4, 0x26))[..] else {
            panic!("no reading");
        };
        assert_eq!(
            (reading.overload, reading.underload),
            (Some(true), Some(true))
        );
        let [Event::Reading(reading)] = &decode("on", &changed(2, 0x79))[..] else {
            panic!("no reading");
        };
        assert_eq!((reading.unit, reading.stable), (None, Some(false)));
    }

    #[test]
    fn parity_in_bit_7_is_masked() {
        let mut frame = plain(-120);
        let plain = decode("on", &frame);
        for byte in &mut frame {
            *byte |= ((byte.count_ones() % 2) as u8) << 7;
        }
        assert_eq!(decode("on", &frame), plain);
    }

    #[test]
    fn without_checksum_frames_are_one_byte_shorter() {
        let value = Decimal::new(-1_205, 1);
        let reading = Reading {
            channel: Some(2),
            checked: false,
            ..specimen::reading(1, value)
        };
        let frame = encode(&reading, false).unwrap();
        assert_eq!(frame.len(), BARE);
        let event = Event::Reading(reading);
        assert_eq!(decode("off", &frame.repeat(2)), [event.clone(), event]);
        assert_eq!(words(&frame.repeat(2)), ["integrity", "truncated"]);
    }

    #[test]
    fn damaged_cut_and_foreign_bytes_are_one_reject_each() {
        let frame = plain(77);
        let with = |index: usize, byte: u8| {
            let mut frame = frame.clone();
            frame[index] = byte;
            frame
        };
        let stream = [
            &frame[..],
            &with(13, b'8'),
            &frame,
            &with(13, 0x00),
            &frame,
            &frame[..12],
            &frame,
            &frame[..24],
            &frame,
            &frame[..3],
            &frame,
            b"?\x01?",
        ];
        assert_eq!(
            words(&stream.concat()),
            [
                "77",
                "integrity",
                "77",
                "integrity",
                "77",
                "truncated",
                "77",
                "integrity",
                "77",
                "garbage",
                "77",
                "garbage"
            ]
        );
        assert_eq!(words(&frame[..12]), ["truncated"]);
        assert_eq!(words(&frame[..24]), ["truncated"]);
    }

    #[test]
    fn what_does_not_fit_is_not_written() {
        let good = specimen::reading(0, Decimal::new(5, 0));
        assert!(encode(&good, true).is_ok());
        for wrong in [
            Reading {
                value: None,
                ..good.clone()
            },
            Reading {
                value: Some(Decimal::new(1_234_567_890, 0)),
                ..good.clone()
            },
            Reading {
                overload: Some(true),
                ..good.clone()
            },
            Reading {
                tare: Some(Decimal::new(-1, 0)),
                ..good.clone()
            },
            Reading {
                channel: Some(10),
                ..good.clone()
            },
            Reading {
                unit: Some(Unit::Newton),
                ..good.clone()
            },
            Reading {
                net: None,
                ..good.clone()
            },
            Reading {
                stable: None,
                ..good
            },
        ] {
            assert!(encode(&wrong, true).is_err(), "{wrong:?}");
        }
    }
}
