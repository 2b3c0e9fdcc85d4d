//! Rice Lake OB-350 scoreboard format 4: a binary frame with a sum.
//!
//! **Vendor, models.** Rice Lake OB-350 on-board scale (axle weights of a truck) with the M350S.
//!
//! **Source, how sure.** The maker's manual (OB-350 p. 17, four printed examples whose sums hold). No
//! recording from hardware. That the bytes called unused are always as printed is an inference from
//! the examples, and only used to find frames faster. Maturity: DOCUMENTED.
//!
//! **Line.** 9600 8N1. The scale sends without being asked; the host says nothing.
//!
//! **Layout** (one letter a byte):
//!
//! ```text
//!  0   1  2  3   4   5  6  7  8  9   10 11 12   13
//! 01   u  u  u   n   v  v  v  v  v    w  w  w    k
//!
//! u  unused; 00 0A 81 in the printed examples
//! n  number of the message, 0 to 255, one higher for each, then 0 again
//! v  unused; 01 01 00 01 00 in the printed examples
//! w  weight, three bytes, high first
//! k  low eight bits of the sum of bytes 1 to 12
//! ```
//!
//! **Integrity.** Eight-bit sum over all bytes but the first (`checked: true`). It finds every single
//! flipped bit, not two that cancel out, nor bytes that changed places.
//!
//! **Quirks.**
//! * The unit is not in the frame: it is the setting `unit`, kg as in the examples, empty for none.
//!   An OB-350 that shows pounds needs `unit=lb`.
//! * No sign, no motion, no net flag, no range flag. A weight with its highest bit set would be
//!   negative or above eight million: not told apart, refused (field).
//! * `n` has no place in a reading and makes no difference: a repeated or missing number is not
//!   noticed.
//! * The start byte 01 also stands inside the frame, and an eight-bit sum is right by chance once in
//!   256. So a frame is taken at once when its unused bytes are as printed, or when it stands right
//!   behind a frame that was taken; otherwise only when another good frame, or the end of the
//!   stream, is right behind it. A sum of 01 waits for the byte behind it: where a byte was lost, it
//!   is the start of the next frame.
//!
//! **One frame.** `01 00 0A 81 05 01 01 00 01 00 00 1C AC 5B` = 7340 kg.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::check::sum8;
use crate::evidence::{Grade, Record};
use crate::registry::{Check, Kind, LineSetting, Maturity, Protocol, Speaker};
use crate::settings::refuse;
use crate::window::{Format, Look, Stream};
use crate::{
    Decimal, Decoder, EncodeError, Event, Reading, Reject, SettingSpec, Settings, SettingsError,
    Unit, specimen,
};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "ob350_format4",
    kind: Kind::Scale,
    devices: "Rice Lake OB-350 on-board scale, scoreboard format 4",
    line: "9600 8N1",
    line_settings: &[LineSetting::eight_n_one(9_600)],
    speaker: Speaker::Device,
    marked: true,
    check: Check::Sum8,
    evidence: &[(Record::Weight, Grade::Checked)],
    maturity: Maturity::Documented,
    longest_frame_bytes: LENGTH,
    settings: SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, _| match event {
        Event::Reading(reading) => {
            let value = reading.value.ok_or(EncodeError::Missing("value"))?;
            // A sum that looks like a start byte keeps a receiver waiting for the next frame.
            let frame = encode(value, 0)?;
            match frame.ends_with(&[START]) {
                true => encode(value, 1),
                false => Ok(frame),
            }
        }
        _ => Err(EncodeError::Kind),
    },
    specimen: |number| {
        let digits = [3, 4, 5, 6].get((number % 4) as usize).copied();
        Event::Reading(Reading {
            value: Some(specimen::weight(number, digits.unwrap_or(5), 0, 1, false)),
            unit: Some(Unit::Kilogram),
            checked: true,
            ..Reading::default()
        })
    },
};

/// The settings.
pub const SETTINGS: &[SettingSpec] = &[SettingSpec {
    key: "unit",
    default: "kg",
    meaning: "the unit that the scale shows, which the frame does not say: `kg`, `lb`, `t`, \
              `short_ton`, or empty",
}];

const LENGTH: usize = 14;
const START: u8 = 0x01;
/// Byte 0 to 3 as printed.
const HEAD: &[u8] = &[START, 0x00, 0x0A, 0x81];
/// Bytes 5 to 9 as printed.
const FILLER: &[u8] = &[0x01, 0x01, 0x00, 0x01, 0x00];
/// The highest weight, so that the highest bit stays clear.
const HIGHEST: i64 = 0x7F_FFFF;

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    settings.check_keys(SETTINGS)?;
    let unit = match settings.text(SETTINGS, "unit") {
        "" => None,
        text => match Unit::from_name(text) {
            None => return Err(refuse("unit", text, "kg, lb, t, short_ton, or empty")),
            unit => unit,
        },
    };
    Ok(Stream::new(Ob350 {
        unit,
        in_step: false,
    }))
}

struct Ob350 {
    unit: Option<Unit>,
    /// A frame was taken that ended where the window begins.
    in_step: bool,
}

impl Format for Ob350 {
    fn look(&mut self, window: &[u8], _seen: usize, ended: bool) -> Look {
        if window.first() != Some(&START) {
            let next = window.iter().position(|byte| *byte == START);
            return self.skip(next.unwrap_or(window.len()));
        }
        let Some(frame) = window.get(..LENGTH) else {
            return match ended {
                false => Look::More,
                true if window.len() > 1 && (self.in_step || looks_printed(window)) => {
                    self.bad(window.len(), Reject::Truncated)
                }
                true => self.skip(1),
            };
        };
        // Behind a frame that was taken this one is sure, unless a byte too much has shifted it.
        let sure = looks_printed(frame) || (self.in_step && next_head(frame) == LENGTH);
        match (is_good(frame), sure) {
            (true, true) if frame.ends_with(&[START]) => self.sum_or_start(window, frame, ended),
            (true, true) => self.take(frame),
            (false, true) => self.broken(frame),
            (false, false) if frame.starts_with(HEAD) => self.broken(frame),
            (false, false) => self.skip(1),
            (true, false) => self.unsure(window, frame, ended),
        }
    }

    fn restart(&mut self) {
        self.in_step = false;
    }

    fn memory_bound(&self) -> usize {
        2 * LENGTH
    }
}

impl Ob350 {
    fn skip(&mut self, count: usize) -> Look {
        self.in_step = false;
        Look::Skip(count)
    }

    fn bad(&mut self, count: usize, reason: Reject) -> Look {
        self.in_step = false;
        Look::Bad(count, reason)
    }

    /// A frame whose sum is right and equal to a start byte. With a byte lost, that is the start of
    /// the next frame and the sum is right by chance; then no start byte follows.
    fn sum_or_start(&mut self, window: &[u8], frame: &[u8], ended: bool) -> Look {
        match window.get(LENGTH) {
            None if !ended => Look::More,
            None | Some(&START) => self.take(frame),
            Some(_) => self.bad(LENGTH - 1, Reject::Truncated),
        }
    }

    /// A frame whose sum is wrong: damaged, or cut where the next one begins.
    fn broken(&mut self, frame: &[u8]) -> Look {
        match next_head(frame) {
            LENGTH => self.bad(LENGTH, Reject::Integrity),
            next => self.bad(next, Reject::Truncated),
        }
    }

    /// A frame whose sum is right and whose unused bytes are not as printed: chance, or a scale that
    /// fills them otherwise.
    fn unsure(&mut self, window: &[u8], frame: &[u8], ended: bool) -> Look {
        match next_head(frame) {
            LENGTH => {}
            // A printed frame begins in here: its sum is worth more than this one.
            next => return self.skip(next),
        }
        match window.get(LENGTH..2 * LENGTH) {
            Some(next) if is_good(next) => self.take(frame),
            None if window.len() == LENGTH && ended => self.take(frame),
            None if !ended => Look::More,
            _ => self.skip(1),
        }
    }

    fn take(&mut self, frame: &[u8]) -> Look {
        let weight = frame.get(10..13).unwrap_or_default();
        let digits = weight
            .iter()
            .fold(0, |number, byte| number << 8 | i64::from(*byte));
        if digits > HIGHEST {
            // Its place in the stream is sure all the same.
            self.in_step = true;
            return Look::Bad(LENGTH, Reject::Field);
        }
        self.in_step = true;
        let reading = Reading {
            value: Some(Decimal::new(digits, 0)),
            unit: self.unit,
            checked: true,
            ..Reading::default()
        };
        Look::Frame(LENGTH, Event::Reading(reading))
    }
}

/// Whether a whole frame has its start byte and its sum.
fn is_good(frame: &[u8]) -> bool {
    match frame {
        [START, covered @ .., sum] => sum8(covered) == *sum,
        _ => false,
    }
}

/// Whether the unused bytes are as printed, as far as the bytes go.
fn looks_printed(frame: &[u8]) -> bool {
    let same = |bytes: &[u8], printed: &[u8]| bytes.iter().zip(printed).all(|(a, b)| a == b);
    same(frame, HEAD) && same(frame.get(5..).unwrap_or_default(), FILLER)
}

/// Where in a whole frame another one seems to begin, or its length.
fn next_head(frame: &[u8]) -> usize {
    let begins = |at: &usize| looks_printed(frame.get(*at..).unwrap_or_default());
    (1..frame.len()).find(begins).unwrap_or(frame.len())
}

/// The frame of a weight, with a message number.
///
/// # Errors
/// A weight below zero, above 8388607, or with decimals.
pub fn encode(value: Decimal, number: u8) -> Result<Vec<u8>, EncodeError> {
    if value.decimals != 0 || !(0..=HIGHEST).contains(&value.digits) {
        return Err(EncodeError::range("value", value));
    }
    let mut frame = Vec::with_capacity(LENGTH);
    frame.extend(HEAD);
    frame.push(number);
    frame.extend(FILLER);
    frame.extend([16, 8, 0].map(|shift| (value.digits >> shift & 0xFF) as u8));
    let sum = sum8(frame.get(1..).unwrap_or_default());
    frame.push(sum);
    Ok(frame)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::{String, ToString};

    fn words_with(settings: &Settings, bytes: &[u8]) -> Vec<String> {
        let mut decoder = decoder(settings).unwrap();
        decoder.push(bytes);
        decoder.finish();
        core::iter::from_fn(|| decoder.poll_event())
            .map(|decoded| match decoded.event {
                Event::Reading(reading) => {
                    assert!(reading.checked);
                    let unit = reading.unit.map_or("-", Unit::name);
                    alloc::format!("{}{unit}", reading.value.unwrap())
                }
                Event::Rejected(reason) => reason.name().to_string(),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    fn words(bytes: &[u8]) -> Vec<String> {
        words_with(&Settings::new(), bytes)
    }

    fn frame(kg: i64, number: u8) -> Vec<u8> {
        encode(Decimal::new(kg, 0), number).unwrap()
    }

    /// A frame of a scale that fills the unused bytes with zeros.
    fn plain(kg: i64) -> Vec<u8> {
        let mut frame = frame(kg, 7);
        frame[1..4].fill(0);
        frame[5..10].fill(0);
        frame[13] = sum8(&frame[1..13]);
        frame
    }

    #[test]
    fn every_weight_and_number_comes_back() {
        for (index, kg) in [0, 1, 255, 256, 18_640, 65_536, HIGHEST]
            .into_iter()
            .enumerate()
        {
            assert_eq!(
                words(&frame(kg, index as u8 * 41)),
                [alloc::format!("{kg}kg")]
            );
        }
        for wrong in [
            Decimal::new(-1, 0),
            Decimal::new(HIGHEST + 1, 0),
            Decimal::new(10, 1),
        ] {
            assert!(encode(wrong, 0).is_err());
        }
    }

    #[test]
    fn the_unit_is_a_setting() {
        let with = |unit: &str| words_with(&Settings::new().with("unit", unit), &frame(42, 0));
        assert_eq!(with("lb"), ["42lb"]);
        assert_eq!(with(""), ["42-"]);
        assert!(decoder(&Settings::new().with("unit", "stone")).is_err());
    }

    #[test]
    fn damaged_cut_and_foreign_bytes() {
        let good = frame(18_640, 3);
        let mut altered = good.clone();
        altered[12] ^= 1;
        let mut lost = good.clone();
        lost.remove(11);
        let stream = [
            b"\xFF\x01\x01ab",
            &good[..],
            &altered,
            &good,
            &lost,
            &good,
            &good[..9],
            &good,
            &good[..5],
        ];
        let expected = [
            "garbage",
            "18640kg",
            "integrity",
            "18640kg",
            "truncated",
            "18640kg",
            "truncated",
            "18640kg",
            "truncated",
        ];
        assert_eq!(words(&stream.concat()), expected);
    }

    #[test]
    fn a_weight_with_its_highest_bit_set_is_refused() {
        let mut high = frame(0, 0);
        high[10] = 0x80;
        high[13] = sum8(&high[1..13]);
        assert_eq!(words(&[&high[..], &frame(5, 1)].concat()), ["field", "5kg"]);
    }

    #[test]
    fn no_lost_byte_gives_another_weight() {
        for kg in (0..70_000).step_by(11) {
            let (first, next) = (frame(kg, 1), frame(18_640, 2));
            for at in 0..LENGTH {
                let mut lost = first.clone();
                lost.remove(at);
                let found = words(&[&lost[..], &next].concat());
                assert_eq!(
                    found.last().map(String::as_str),
                    Some("18640kg"),
                    "{kg} {at}"
                );
                let right = alloc::format!("{kg}kg");
                let others =
                    |word: &&String| word.ends_with("kg") && **word != right && *word != "18640kg";
                assert_eq!(found.iter().find(others), None, "{kg} {at}");
            }
        }
    }

    #[test]
    fn other_filling_needs_company() {
        assert_eq!(words(&plain(5_000)), ["5000kg"]);
        let three = [plain(5_000), plain(5_010), plain(5_020)].concat();
        assert_eq!(words(&three), ["5000kg", "5010kg", "5020kg"]);
        let alone = [&plain(5_000)[..], b"\xFF\xFF"].concat();
        assert_eq!(words(&alone), ["garbage"]);
    }

    /// A stream that is met in the middle of a frame, at a start byte that is none, with a sum that
    /// is right by chance for every message.
    #[test]
    fn a_stream_met_in_the_middle_gives_no_other_weight() {
        for kg in 0..512 {
            let frames: Vec<_> = (0..6).flat_map(|number| frame(kg, number)).collect();
            for from in 1..LENGTH {
                let found = words(&frames[from..]);
                let right = alloc::format!("{kg}kg");
                assert_eq!(found.iter().filter(|word| **word == right).count(), 5);
                let others = |word: &&String| word.ends_with("kg") && **word != right;
                assert_eq!(found.iter().find(others), None);
            }
        }
    }
}
