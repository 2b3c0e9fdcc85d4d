//! Multi-deck weighbridge indicators (多台面汽车衡) that send the weight of every deck as text.
//!
//! **Vendor, models.** Zedem 510 with four decks, ZM (Avery Weigh-Tronix) with four decks, a Cardinal
//! with several decks on one line.
//!
//! **Source, how sure.** One line each, written down in the notes of an open project (TruConnect)
//! that reads them at stations; no maker's paper and no recorded bytes, so the number of blanks is
//! what the notes show. That the last number of a Zedem line is the sum follows from its example.
//! Net and negative weights are inferred. Maturity: EXPERIMENTAL.
//!
//! **Line.** 9600 8N1; ZM also 1200. Zedem sends by itself. ZM answers `W`, Cardinal answers ENQ: set
//! `poll` to `W` or `\x05`.
//!
//! **Layout** (_ is a space)
//!
//! ```text
//! Zedem     n, n, n, n, n CR LF                  four decks and their sum, no unit
//! ZM        n_uu, n_uu, n_uu, n_uu, CR LF        four decks with unit, comma behind the last
//! Cardinal  Z x m _ d wwwwwwwwwwww uu CR         one deck
//!
//! n  number with blanks before it, at most ten columns, - directly before the digits
//! u  kg, lb or t, any case; the same for all decks
//! x  status digit, not explained      m  G gross, N net
//! d  deck, 1 to 4                     w  weight, twelve columns, right-justified
//! ```
//!
//! LF behind CR may be missing.
//!
//! **Integrity.** None on the wire. A Zedem line must add up, which is a plausibility check and not
//! more (`checked: false`); ZM has not even fixed widths.
//!
//! **Quirks.**
//! * `decks` holds the single decks in the order of the line and `value` their sum. A line of one
//!   deck has its number as `channel`.
//! * A Zedem line whose last number is not the sum of the others is refused with the reason
//!   `contradiction`.
//! * Nothing is said of motion, and nothing is known of how over and under range look.
//! * There is no mark at the begin: a line with noise in it is refused as a whole.
//!
//! **One frame.** `00,  4300,  7100,    00, 11400` CR LF.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::cr_text::{CrText, CrTexts, Frame};
use crate::evidence::{Grade, Record};
use crate::field::{blank_filled, right_justified, unit_word};
use crate::poll::{POLL_MS, Poller, poll};
use crate::registry::{Check, Kind, LineSetting, Maturity, Protocol, Speaker};
use crate::window::Stream;
use crate::{
    Decimal, Decoder, EncodeError, Event, Reading, Reject, SettingSpec, Settings, SettingsError,
    Unit, specimen,
};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "multideck_text",
    kind: Kind::Scale,
    devices: "Zedem 510 and ZM with four decks, Cardinal with several decks",
    line: "9600 8N1; ZM also 1200",
    line_settings: &[
        LineSetting::eight_n_one(9_600),
        LineSetting::eight_n_one(1_200),
    ],
    speaker: Speaker::Either,
    marked: false,
    check: Check::None,
    evidence: &[(Record::Weight, Grade::Unproven)],
    maturity: Maturity::Experimental,
    longest_frame_bytes: LONGEST_TEXT + 4,
    settings: SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, _| match event {
        Event::Reading(reading) => encode(reading),
        _ => Err(EncodeError::Kind),
    },
    specimen,
};

/// The settings.
pub const SETTINGS: &[SettingSpec] = &[poll(""), POLL_MS];

/// Decks of a line that holds all.
const DECKS: usize = 4;
/// The most columns of one number of such a line.
const NUMBER: usize = 10;
/// Four numbers of ZM, each with a space, two letters and a comma.
const LONGEST_TEXT: usize = DECKS * (NUMBER + 4);
/// The columns of the weight of one deck.
const WEIGHT: usize = 12;
const ENQ: u8 = 0x05;

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    settings.check_keys(SETTINGS)?;
    Ok(Stream::new(CrTexts::new(Decks {
        poller: Poller::new(settings, SETTINGS)?,
    })))
}

struct Decks {
    poller: Poller,
}

impl CrText for Decks {
    const LONGEST: usize = LONGEST_TEXT;

    fn host(&self, byte: u8) -> Option<&'static str> {
        match byte {
            b'W' => Some("host_weigh"),
            ENQ => Some("host_enquiry"),
            _ => None,
        }
    }

    fn read(&self, text: &[u8], frame: Frame) -> Result<(Event, bool), Reject> {
        if frame != Frame::Line {
            return Err(Reject::Garbage);
        }
        let of_all = |byte: &u8| matches!(byte, b' ' | b',' | b'-' | b'.' | b'0'..=b'9');
        let foreign = text.iter().find(|byte| !of_all(byte));
        let (reading, feed) = match (text, foreign) {
            ([b'Z', ..], _) => (one_deck(text)?, false),
            (_, None) => (decks_and_sum(text)?, true),
            (_, Some(byte)) if byte.is_ascii_alphabetic() => (decks_with_unit(text)?, true),
            _ => return Err(Reject::Garbage),
        };
        Ok((Event::Reading(reading), feed))
    }

    fn transmit(&mut self, now_micros: i64) -> Option<Vec<u8>> {
        self.poller.transmit(now_micros)
    }

    fn timeout(&self) -> Option<i64> {
        self.poller.timeout()
    }

    fn restart(&mut self) {
        self.poller.restart();
    }
}

/// Cardinal: one deck.
fn one_deck(text: &[u8]) -> Result<Reading, Reject> {
    let [b'Z', status, mode, b' ', deck, rest @ ..] = text else {
        return Err(Reject::Garbage);
    };
    let (weight, unit) = match rest.split_at_checked(WEIGHT) {
        Some((weight, unit)) if unit.len() == 2 => (weight, unit),
        Some((_, unit)) if unit.len() > 2 => return Err(Reject::Length),
        _ => return Err(Reject::Truncated),
    };
    let net = match mode {
        b'G' => false,
        b'N' => true,
        _ => return Err(Reject::Field),
    };
    if !status.is_ascii_digit() || !(b'1'..=b'4').contains(deck) {
        return Err(Reject::Field);
    }
    Ok(Reading {
        value: Some(number(weight)?),
        unit: Some(deck_unit(unit)?),
        net: Some(net),
        channel: Some(u16::from(deck - b'0')),
        ..Reading::default()
    })
}

/// Zedem: the decks and their sum.
fn decks_and_sum(text: &[u8]) -> Result<Reading, Reject> {
    let count = text.split(|byte| *byte == b',').count();
    match count {
        // Blanks and digits without a comma are no line of decks.
        1 => return Err(Reject::Garbage),
        2..=DECKS => return Err(Reject::Truncated),
        _ if count > DECKS + 1 => return Err(Reject::Length),
        _ => {}
    }
    let mut decks = Vec::with_capacity(DECKS);
    let mut last = None;
    for field in text.split(|byte| *byte == b',') {
        decks.extend(last.replace(column(field)?));
    }
    let sum = sum(&decks)?;
    if last != Some(sum) {
        return Err(Reject::Contradiction);
    }
    Ok(Reading {
        value: Some(sum),
        decks,
        ..Reading::default()
    })
}

/// ZM: the decks, each with its unit and a comma.
fn decks_with_unit(text: &[u8]) -> Result<Reading, Reject> {
    let body = text.strip_suffix(b",").ok_or(Reject::Truncated)?;
    match body.split(|byte| *byte == b',').count() {
        ..DECKS => return Err(Reject::Truncated),
        DECKS => {}
        _ => return Err(Reject::Length),
    }
    let mut decks = Vec::with_capacity(DECKS);
    let mut unit = None;
    for field in body.split(|byte| *byte == b',') {
        let space = field.iter().rposition(|byte| *byte == b' ');
        let (weight, word) = field.split_at(space.ok_or(Reject::Field)?);
        let own = deck_unit(word.get(1..).unwrap_or_default())?;
        if *unit.get_or_insert(own) != own {
            return Err(Reject::Contradiction);
        }
        decks.push(column(weight)?);
    }
    Ok(Reading {
        value: Some(sum(&decks)?),
        unit,
        decks,
        ..Reading::default()
    })
}

/// A number of at most [`NUMBER`] columns.
fn column(field: &[u8]) -> Result<Decimal, Reject> {
    match field.len() {
        1..=NUMBER => number(field),
        _ => Err(Reject::Field),
    }
}

/// A number with blanks before it and the sign directly before the digits.
fn number(field: &[u8]) -> Result<Decimal, Reject> {
    let text = field.trim_ascii_start();
    match text.strip_prefix(b"-") {
        Some([b' ', ..]) => None,
        Some(magnitude) => blank_filled(magnitude, true),
        None => blank_filled(text, false),
    }
    .ok_or(Reject::Field)
}

/// The sum of decks, which all have as many decimals as it has.
fn sum(decks: &[Decimal]) -> Result<Decimal, Reject> {
    let decimals = decks.first().map_or(0, |deck| deck.decimals);
    if decks.iter().any(|deck| deck.decimals != decimals) {
        return Err(Reject::Field);
    }
    // At most ten digits each: no overflow.
    let digits = decks.iter().map(|deck| deck.digits).sum();
    Ok(Decimal::new(digits, decimals))
}

fn deck_unit(word: &[u8]) -> Result<Unit, Reject> {
    let known = [Unit::Kilogram, Unit::Pound, Unit::Tonne];
    unit_word(word)
        .filter(|unit| known.contains(unit) && unit.name().len() == word.len())
        .ok_or(Reject::Field)
}

/// The line of a reading: of one deck where it has a `channel`, of four decks with unit or of four
/// decks and their sum otherwise.
///
/// # Errors
/// `value` is needed, with `decks` the sum of them; one deck needs `unit` (kg or lb) and `net`. Other
/// counts than four decks, decks of different decimals and numbers that do not fit are refused.
pub fn encode(reading: &Reading) -> Result<Vec<u8>, EncodeError> {
    let value = reading.value.ok_or(EncodeError::Missing("value"))?;
    let unit = match reading.unit {
        None | Some(Unit::Kilogram | Unit::Pound | Unit::Tonne) => reading.unit,
        Some(unit) => return Err(EncodeError::range("unit", unit.name())),
    };
    if let Some(channel) = reading.channel {
        return encode_one(reading, value, channel);
    }
    let decks = &reading.decks;
    if decks.len() != DECKS || sum(decks) != Ok(value) {
        return Err(EncodeError::range("decks", decks.len()));
    }
    let mut line = String::new();
    for (index, deck) in decks.iter().enumerate() {
        // The first column of the example is narrower than the others.
        let width = if index == 0 { 2 } else { 6 };
        let text = format!("{deck}");
        let text = match (unit, deck.digits) {
            (None, 0) if deck.decimals == 0 => "00",
            _ => &text,
        };
        if text.len() > NUMBER {
            return Err(EncodeError::range("decks", deck));
        }
        match unit {
            Some(unit) => line.push_str(&format!("{text:>6} {},", unit.name())),
            None => line.push_str(&format!("{text:>width$},")),
        }
    }
    if unit.is_none() {
        let text = format!("{value}");
        if text.len() > NUMBER - 1 {
            return Err(EncodeError::range("value", value));
        }
        line.push_str(&format!(" {text}"));
    }
    line.push_str("\r\n");
    Ok(line.into_bytes())
}

/// The line of one deck.
fn encode_one(reading: &Reading, value: Decimal, channel: u16) -> Result<Vec<u8>, EncodeError> {
    let unit = match reading.unit.ok_or(EncodeError::Missing("unit"))? {
        unit @ (Unit::Kilogram | Unit::Pound) => unit.name(),
        other => return Err(EncodeError::range("unit", other.name())),
    };
    if !(1..=4).contains(&channel) {
        return Err(EncodeError::range("channel", channel));
    }
    let mode = match reading.net.ok_or(EncodeError::Missing("net"))? {
        true => 'N',
        false => 'G',
    };
    let weight = right_justified(value, WEIGHT);
    let weight = weight.ok_or_else(|| EncodeError::range("value", value))?;
    Ok(format!("Z1{mode} {channel}{weight}{unit}\r").into_bytes())
}

/// Lines of the three makers in turn.
fn specimen(number: u64) -> Event {
    let decimals = (number % 7 / 6) as u8;
    let weight = |deck: u64, signed| {
        let decimals = if number % 3 == 1 { 0 } else { decimals };
        match (number + deck).is_multiple_of(5) {
            true => Decimal::new(0, decimals),
            false => specimen::weight(4 * number + deck, 5, decimals, 10, signed),
        }
    };
    if number.is_multiple_of(3) {
        return Event::Reading(Reading {
            value: Some(weight(0, true)),
            unit: Some([Unit::Kilogram, Unit::Pound][usize::from(number % 12 == 9)]),
            net: Some(number.is_multiple_of(2)),
            channel: Some(1 + (number / 3 % 4) as u16),
            ..Reading::default()
        });
    }
    let decks: Vec<_> = (0..DECKS as u64).map(|deck| weight(deck, true)).collect();
    Event::Reading(Reading {
        value: sum(&decks).ok(),
        unit: (number % 3 == 1).then_some(Unit::Kilogram),
        decks,
        ..Reading::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    /// Sum, unit, channel and decks; or the reason; or the name of a status.
    fn words(bytes: &[u8]) -> Vec<String> {
        let mut decoder = decoder(&Settings::new()).unwrap();
        decoder.push(bytes);
        decoder.finish();
        core::iter::from_fn(|| decoder.poll_event())
            .map(|decoded| match decoded.event {
                Event::Reading(reading) => {
                    let decks: Vec<_> = reading.decks.iter().map(Decimal::to_string).collect();
                    format!(
                        "{} {} {:?} {}",
                        reading.value.unwrap(),
                        reading.unit.map_or("-", Unit::name),
                        reading.channel,
                        decks.join(" ")
                    )
                }
                Event::Rejected(reason) => reason.name().to_string(),
                Event::Status(status) => status.name.to_string(),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn lines_of_the_three_makers() {
        for (line, said) in [
            (
                &b"00,  4300,  7100,    00, 11400\r\n"[..],
                "11400 - None 0 4300 7100 0",
            ),
            (
                b"4300, 7100, 00, -20, 11380\r\n",
                "11380 - None 4300 7100 0 -20",
            ),
            (
                b" 4.3,  7.1,  0.0,  1.2,  12.6\r",
                "12.6 - None 4.3 7.1 0.0 1.2",
            ),
            (
                b" 4300 kg, 7100 kg,  0 kg, 10 kg,\r\n",
                "11410 kg None 4300 7100 0 10",
            ),
            (
                b"4300 LB,71000 LB,0 LB,-10 LB,\r\n",
                "75290 lb None 4300 71000 0 -10",
            ),
            (b"Z1G 4       12340kg\r", "12340 kg Some(4) "),
            (b"Z0N 1         -20lb\r", "-20 lb Some(1) "),
        ] {
            assert_eq!(words(line), [said], "{}", String::from_utf8_lossy(line));
        }
    }

    #[test]
    fn what_can_not_be_is_refused() {
        for (line, reason) in [
            (&b"00,  4300,  7100,    00, 11401\r\n"[..], "contradiction"),
            (b"00,  4300,  7100, 11400\r\n", "truncated"),
            (b"00,  4300,  7100,    00,    00, 11400\r\n", "length"),
            (b"00,  4300,  7100,  0 0, 11400\r\n", "field"),
            (b"00,  4300,  7100,  - 1, 11399\r\n", "field"),
            (b"00,  4300,      ,    00, 4300\r\n", "field"),
            (b"00,  4300,  71.0,    00, 4371\r\n", "field"),
            (b" 4300 kg, 7100 kg,  0 kg, 10 kg\r\n", "truncated"),
            (b" 4300 kg, 7100 kg,  0 kg,\r\n", "truncated"),
            (b" 4300 kg, 7100 kg,  0 kg, 10 kg, 1 kg,\r\n", "length"),
            (b" 4300 kg, 7100 lb,  0 kg, 10 kg,\r\n", "contradiction"),
            (b" 4300 kg, 7100 kx,  0 kg, 10 kg,\r\n", "field"),
            (b" 4300kg, 7100 kg,  0 kg, 10 kg,\r\n", "field"),
            (b" 4300 kg, 7100 kg,  0 kg, O kg,\r\n", "field"),
            (b"Z1G 5       12340kg\r", "field"),
            (b"Z1G 2        2340 kg\r", "length"),
            (b"Z1G 2       2340kg\r", "truncated"),
            (b"Z1T 2        2340kg\r", "field"),
            (b"Z1G 2        23", "truncated"),
        ] {
            assert_eq!(words(line), [reason], "{}", String::from_utf8_lossy(line));
        }
    }

    #[test]
    fn noise_costs_a_line_and_the_host_is_told_apart() {
        let line = &b"00,  4300,  7100,    00, 11400\r\n"[..];
        let good = "11400 - None 0 4300 7100 0";
        assert_eq!(
            words(&[&b"1\x80"[..], line, line].concat()),
            ["garbage", good]
        );
        assert_eq!(words(&[b"W", line].concat()), ["host_weigh", good]);
        assert_eq!(
            words(b"\x05Z1G 2        2340kg\r"),
            ["host_enquiry", "2340 kg Some(2) "]
        );
    }

    #[test]
    fn what_has_no_place_is_not_written() {
        let Event::Reading(good) = specimen(2) else {
            panic!();
        };
        assert!(encode(&good).is_ok());
        let mut three = good.clone();
        three.decks.pop();
        assert!(encode(&three).is_err());
        let value = Some(Decimal::new(1, 0));
        assert!(encode(&Reading { value, ..good }).is_err());
        let Event::Reading(one) = specimen(3) else {
            panic!();
        };
        let channel = Some(5);
        assert!(encode(&Reading { channel, ..one }).is_err());
    }
}
