//! SMA SCP-0499 (Scale Manufacturers Association): the standard serial protocol of US indicators.
//!
//! **Vendor, models.** Cardinal 190, 201, 210, 225, Detecto, and many other US makers' "SMA" mode.
//!
//! **Source, how sure.** Manuals of makers that print the reply and the command table (Cardinal 225
//! p. 117 and 122, Cardinal 190 and 201, Detecto 210). No recording from hardware. The answer `?` to
//! an unknown command and the form of the "about" lines are from memory. Maturity: DOCUMENTED.
//!
//! **Line.** 9600 8N1. The host asks, the scale answers; every message is LF, content, CR. Commands
//! are one letter: `W` weight, `Z` zero, `T` tare, `M` clear tare, `C` tare, `D` diagnostics, `A` and `B`
//! about, `R` repeat the weight until told otherwise, `X` and ESC. Setting `poll` is LF `W` CR by
//! default.
//!
//! **Layout** of the answer to `W` (one letter a byte):
//!
//! ```text
//!  0  1  2  3  4  5  6 ... 15                16 17 18  19
//! LF  s  r  n  m  f  w w w w w w w w w w     u  u  u   CR
//! 0A                                                   0D
//!
//! s  status: blank good, Z centre of zero, O over, U under, E zero error, I initial zero error,
//!    T tare error, e weight not displayed
//! r  range, 1 to 9
//! n  G gross, N net, T tare
//! m  M moving, blank stable
//! f  reserved or the maker's own, any character
//! w  weight, 10 characters, right-justified: blanks, sign, digits, point
//! u  unit, 3 characters, right-justified: " lb", " kg"
//! ```
//!
//! Other messages: LF `?` CR is status `unknown_command`; LF, three characters, `:`, text, CR is
//! status `about`; a command seen on the line is `host_command`.
//!
//! **Integrity.** None: a weight needs several agreeing answers (`checked: false`). The width is
//! fixed, so a lost or doubled character never gives another weight.
//!
//! **Quirks.**
//! * `E`, `I` and `T` say that the zero or the tare behind the number is wrong: the frame is refused
//!   (device), whatever it shows. `e` is a reading without value and without range flags: the scale
//!   is well and shows something else.
//! * Digits of frames with status `O`, `U` or `e` are never used; their unit may be blank.
//! * A displayed tare (n = `T`) is status `tare`, never a reading.
//! * The range r has no place in a reading. The encoder writes 1, and status `Z` for a zero.
//! * The four-letter diagnostics answer is not read.
//!
//! **One frame.** `0A 20 31 4E 4D 20 20 20 20 20 2D 33 31 30 2E 35 20 6C 62 0D` = -310.5 lb net,
//! moving.

use alloc::borrow::ToOwned;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use crate::evidence::{Grade, Record};
use crate::field::{right_justified, signed_decimal, unit_word};
use crate::poll::{POLL_MS, Poller, poll};
use crate::registry::{Check, Kind, LineSetting, Maturity, Protocol, Speaker};
use crate::window::{Format, Look, Stream};
use crate::{
    Decimal, Decoder, EncodeError, Event, Reading, Reject, SettingSpec, Settings, SettingsError,
    Status, Unit, specimen,
};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "sma_scp0499",
    kind: Kind::Scale,
    devices: "Cardinal 190/201/210/225, Detecto and other US indicators in SMA mode",
    line: "9600 8N1",
    line_settings: &[
        LineSetting::eight_n_one(9_600),
        LineSetting::eight_n_one(4_800),
    ],
    speaker: Speaker::Host,
    marked: true,
    check: Check::None,
    evidence: &[(Record::Weight, Grade::Agreement)],
    maturity: Maturity::Documented,
    longest_frame_bytes: WEIGHT + 2,
    settings: SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, _| encode(event),
    specimen: specimen_event,
};

/// The settings.
pub const SETTINGS: &[SettingSpec] = &[poll("\\nW\\r"), POLL_MS];

/// A weight without LF and CR.
const WEIGHT: usize = 18;
const NUMBER: usize = 10;
/// The longest message, an "about" line of a talkative maker.
const LONGEST: usize = 48;
const LF: u8 = b'\n';
const CR: u8 = b'\r';
const ESC: u8 = 0x1B;
const COMMANDS: &[u8] = b"WZTMCDABRX";

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    settings.check_keys(SETTINGS)?;
    Ok(Stream::new(Sma {
        poller: Poller::new(settings, SETTINGS)?,
    }))
}

struct Sma {
    poller: Poller,
}

impl Format for Sma {
    fn look(&mut self, window: &[u8], _seen: usize, ended: bool) -> Look {
        let next = window.iter().skip(1).position(|byte| *byte == LF);
        if window.first() != Some(&LF) {
            return Look::Skip(next.map_or(window.len(), |index| index + 1));
        }
        let reach = window.get(..LONGEST.min(window.len())).unwrap_or_default();
        let stop = reach
            .iter()
            .skip(1)
            .position(|byte| matches!(*byte, LF | CR));
        match stop.map(|index| index + 1) {
            Some(end) if reach.get(end) == Some(&CR) => message(reach, end),
            Some(next) => cut(reach.get(..next).unwrap_or_default()),
            None if reach.len() == LONGEST => Look::Skip(1),
            None if ended => cut(reach),
            None => Look::More,
        }
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

    fn memory_bound(&self) -> usize {
        LONGEST
    }
}

/// LF and what of a message came before the next one or the end.
fn cut(bytes: &[u8]) -> Look {
    let content = bytes.get(1..).unwrap_or_default();
    match content.iter().copied().all(is_text) && !content.is_empty() {
        true => Look::Bad(bytes.len(), Reject::Truncated),
        false => Look::Skip(bytes.len()),
    }
}

/// A message whose CR stands at `end`.
fn message(window: &[u8], end: usize) -> Look {
    match read(window.get(1..end).unwrap_or_default()) {
        Ok(event) => Look::Frame(end + 1, event),
        Err(Reject::Garbage) => Look::Skip(end + 1),
        Err(reason) => Look::Bad(end + 1, reason),
    }
}

fn is_text(byte: u8) -> bool {
    byte.is_ascii_graphic() || byte == b' '
}

/// A message without LF and CR.
fn read(content: &[u8]) -> Result<Event, Reject> {
    match content {
        [b'?'] => Ok(status("unknown_command", vec![])),
        [ESC] => Ok(status("host_command", vec![("command", "ESC".to_owned())])),
        [letter] if COMMANDS.contains(letter) => {
            let command = char::from(*letter).to_string();
            Ok(status("host_command", vec![("command", command)]))
        }
        [a, b, c, b':', text @ ..] if [a, b, c].into_iter().all(is_key) => {
            let text = core::str::from_utf8(text).ok();
            let text = text.filter(|text| text.bytes().all(is_text));
            let key = [a, b, c].into_iter().copied().map(char::from).collect();
            let text = text.ok_or(Reject::Field)?.to_owned();
            Ok(status("about", vec![("key", key), ("text", text)]))
        }
        _ if content.len() == WEIGHT => weight(content),
        _ if !content.iter().copied().all(is_text) => Err(Reject::Garbage),
        _ if content.len() < WEIGHT => Err(Reject::Truncated),
        _ => Err(Reject::Length),
    }
}

/// Characters of the name of an "about" line.
fn is_key(byte: &u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b'_'
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Good,
    Over,
    Under,
    NotDisplayed,
    Error,
}

impl State {
    fn of(byte: u8) -> Option<Self> {
        match byte {
            b' ' | b'Z' => Some(Self::Good),
            b'O' => Some(Self::Over),
            b'U' => Some(Self::Under),
            b'e' => Some(Self::NotDisplayed),
            b'E' | b'I' | b'T' => Some(Self::Error),
            _ => None,
        }
    }
}

/// The answer to `W` without LF and CR.
fn weight(content: &[u8]) -> Result<Event, Reject> {
    let [state, range, kind, motion, custom, rest @ ..] = content else {
        return Err(Reject::Truncated);
    };
    let state = State::of(*state).ok_or(Reject::Field)?;
    let stable = match motion {
        b' ' => true,
        b'M' => false,
        _ => return Err(Reject::Field),
    };
    if !matches!(range, b'1'..=b'9') || !is_text(*custom) {
        return Err(Reject::Field);
    }
    let (number, word) = rest.split_at_checked(NUMBER).ok_or(Reject::Truncated)?;
    let value = value(state, number)?;
    let unit = match unit_word(word) {
        None if state != State::Good && word.trim_ascii().is_empty() => None,
        None => return Err(Reject::Field),
        unit => unit,
    };
    let net = match kind {
        b'G' => false,
        b'N' => true,
        b'T' if state != State::Error => return Ok(tare(value, unit)),
        b'T' => return Err(Reject::Device),
        _ => return Err(Reject::Field),
    };
    if state == State::Error {
        return Err(Reject::Device);
    }
    let in_range = |flag| (state != State::NotDisplayed).then_some(state == flag);
    Ok(Event::Reading(Reading {
        value,
        unit,
        stable: Some(stable),
        net: Some(net),
        overload: in_range(State::Over),
        underload: in_range(State::Under),
        ..Reading::default()
    }))
}

fn value(state: State, field: &[u8]) -> Result<Option<Decimal>, Reject> {
    if state == State::Good {
        return signed_decimal(field)?.map(Some).ok_or(Reject::Field);
    }
    // Digits, dashes, blanks, carets: what makers show then differs and is not used.
    let harmless = field.iter().copied().all(is_text);
    harmless.then_some(None).ok_or(Reject::Field)
}

fn tare(value: Option<Decimal>, unit: Option<Unit>) -> Event {
    let value = value.map(|value| ("value", value.to_string()));
    let unit = unit.map(|unit| ("unit", unit.name().to_owned()));
    status("tare", value.into_iter().chain(unit).collect())
}

fn status(name: &'static str, fields: Vec<(&'static str, String)>) -> Event {
    Event::Status(Status { name, fields })
}

/// The message that a scale would send for a reading or a status `tare`, LF to CR.
///
/// # Errors
/// A value of more than ten characters, a unit of more than three; a reading that does not say
/// stability, or net or gross; over and under at once; any other event.
pub fn encode(event: &Event) -> Result<Vec<u8>, EncodeError> {
    match event {
        Event::Reading(reading) => encode_reading(reading),
        Event::Status(status) if status.name == "tare" => {
            let field = |key: &'static str| {
                let mut fields = status.fields.iter();
                let found = fields.find(|(name, _)| *name == key);
                found
                    .map(|(_, value)| value.as_str())
                    .ok_or(EncodeError::Missing(key))
            };
            let value = field("value")?;
            let parsed = signed_decimal(value.as_bytes()).ok().flatten();
            let parsed = parsed.ok_or_else(|| EncodeError::range("value", value))?;
            let number = number_text(parsed)?;
            let unit = unit_text(Unit::from_name(field("unit")?))?;
            Ok(format!("\n 1T  {number}{unit}\r").into_bytes())
        }
        _ => Err(EncodeError::Kind),
    }
}

fn encode_reading(reading: &Reading) -> Result<Vec<u8>, EncodeError> {
    let (over, under) = (reading.overload, reading.underload);
    let state = match (reading.value, over, under) {
        (_, Some(true), Some(true)) => {
            return Err(EncodeError::range("overload", "over and under"));
        }
        (_, Some(true), _) => 'O',
        (_, _, Some(true)) => 'U',
        (None, None, None) => 'e',
        (None, _, _) => return Err(EncodeError::Missing("value")),
        (Some(value), _, _) if value.digits == 0 => 'Z',
        (Some(_), _, _) => ' ',
    };
    let kind = match reading.net.ok_or(EncodeError::Missing("net"))? {
        true => 'N',
        false => 'G',
    };
    let motion = match reading.stable.ok_or(EncodeError::Missing("stable"))? {
        true => ' ',
        false => 'M',
    };
    let number = match reading.value {
        Some(value) => number_text(value)?,
        None => " ".repeat(NUMBER),
    };
    let unit = match (reading.unit, reading.value) {
        (None, None) => "   ".to_owned(),
        (unit, _) => unit_text(unit)?,
    };
    Ok(format!("\n{state}1{kind}{motion} {number}{unit}\r").into_bytes())
}

fn number_text(value: Decimal) -> Result<String, EncodeError> {
    right_justified(value, NUMBER).ok_or_else(|| EncodeError::range("value", value))
}

fn unit_text(unit: Option<Unit>) -> Result<String, EncodeError> {
    let word = match unit.ok_or(EncodeError::Missing("unit"))? {
        Unit::ShortTon => "tn",
        unit => unit.name(),
    };
    Ok(format!("{word:>3}"))
}

/// Readings of all states and units that are not refused, and tares.
fn specimen_event(number: u64) -> Event {
    let units = [Unit::Kilogram, Unit::Pound, Unit::Tonne, Unit::Ounce];
    let unit = units.get((number / 2 % 4) as usize).copied();
    let value = specimen::weight(number, 6, (number % 4) as u8, 1, true);
    if number % 16 == 13 {
        return tare(Some(value), unit);
    }
    let (over, under, hidden) = (number % 12 == 5, number % 12 == 8, number % 24 == 11);
    let value = match number % 10 {
        3 => Decimal::new(0, value.decimals),
        _ => value,
    };
    Event::Reading(Reading {
        value: (!over && !under && !hidden).then_some(value),
        unit: unit.filter(|_| !hidden),
        stable: Some(number % 3 != 1),
        net: Some(number.is_multiple_of(2)),
        overload: (!hidden).then_some(over),
        underload: (!hidden).then_some(under),
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

    fn one(content: &str) -> Event {
        let mut all = events(format!("\n{content}\r").as_bytes());
        assert_eq!(all.len(), 1, "{content}: {all:?}");
        all.remove(0)
    }

    fn reading(content: &str) -> Reading {
        match one(content) {
            Event::Reading(reading) => reading,
            other => panic!("{content}: {other:?}"),
        }
    }

    #[test]
    fn weights_of_every_good_state() {
        let plain = reading(" 1G     49200.0 kg");
        assert_eq!(plain.value, Some(Decimal::new(492_000, 1)));
        assert_eq!((plain.stable, plain.net), (Some(true), Some(false)));
        assert_eq!(plain.unit, Some(Unit::Kilogram));
        let moving = reading("Z2NM*         0 lb");
        assert_eq!(moving.value, Some(Decimal::new(0, 0)));
        assert_eq!((moving.stable, moving.net), (Some(false), Some(true)));
    }

    #[test]
    fn out_of_range_and_hidden_are_never_a_number() {
        for (content, over, under) in [
            ("O1G     99999.9 kg", Some(true), Some(false)),
            ("O1NM              ", Some(true), Some(false)),
            ("U1G  ---------- lb", Some(false), Some(true)),
            ("e1G               ", None, None),
        ] {
            let reading = reading(content);
            let found = (reading.value, reading.overload, reading.underload);
            assert_eq!(found, (None, over, under), "{content}");
        }
    }

    #[test]
    fn errors_of_the_scale_are_refused() {
        for state in ["E", "I", "T"] {
            for kind in ["G", "N", "T"] {
                let content = format!("{state}1{kind}     49200.0 kg");
                assert_eq!(one(&content), Event::Rejected(Reject::Device), "{content}");
            }
        }
    }

    #[test]
    fn tares_answers_and_commands_are_statuses() {
        let tare = one(" 1T       120.0 kg");
        assert_eq!(
            tare,
            status(
                "tare",
                vec![("value", "120.0".to_owned()), ("unit", "kg".to_owned())]
            )
        );
        assert_eq!(one("?"), status("unknown_command", vec![]));
        let command = |text: &str| status("host_command", vec![("command", text.to_owned())]);
        assert_eq!(one("W"), command("W"));
        assert_eq!(one("\u{1B}"), command("ESC"));
        let about = vec![("key", "SMA".to_owned()), ("text", "2/1.0".to_owned())];
        assert_eq!(one("SMA:2/1.0"), status("about", about));
    }

    #[test]
    fn wrong_messages_are_refused() {
        for (content, reason) in [
            ("q1G     49200.0 kg", Reject::Field),
            (" 0G     49200.0 kg", Reject::Field),
            (" 1X     49200.0 kg", Reject::Field),
            (" 1Gm    49200.0 kg", Reject::Field),
            (" 1G     49 00.0 kg", Reject::Field),
            (" 1G     492O0.0 kg", Reject::Field),
            (" 1G     49.00.0 kg", Reject::Field),
            (" 1G             kg", Reject::Field),
            (" 1G     49200.0 kx", Reject::Field),
            (" 1G     49200.0   ", Reject::Field),
            (" 1G    49200.0 kg", Reject::Truncated),
            (" 1G      49200.0 kg", Reject::Length),
            ("Q", Reject::Truncated),
        ] {
            assert_eq!(one(content), Event::Rejected(reason), "{content}");
        }
        let cut = events(b"\n 1G     492\n 1G     49200.0 kg\r");
        assert!(matches!(
            cut.as_slice(),
            [Event::Rejected(Reject::Truncated), Event::Reading(_)]
        ));
    }

    #[test]
    fn asks_for_the_weight() {
        let mut decoder = decoder(&Settings::new()).unwrap();
        assert_eq!(decoder.poll_transmit(0).as_deref(), Some(&b"\nW\r"[..]));
        let mut silent = super::decoder(&Settings::new().with("poll", "")).unwrap();
        assert_eq!(silent.poll_transmit(0), None);
    }

    #[test]
    fn what_does_not_fit_is_not_written() {
        let reading = Reading {
            value: Some(Decimal::new(12_345_678_901, 0)),
            unit: Some(Unit::Kilogram),
            stable: Some(true),
            net: Some(true),
            ..Reading::default()
        };
        assert!(encode(&Event::Reading(reading.clone())).is_err());
        let unsaid = Reading {
            value: Some(Decimal::new(1, 0)),
            net: None,
            ..reading
        };
        assert!(encode(&Event::Reading(unsaid)).is_err());
    }
}
