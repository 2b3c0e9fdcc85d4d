//! Rice Lake stream output, which other makes call "IQ355".
//!
//! **Vendor, models.** Rice Lake 480, 482, 680, 682, Tracer AV; Cardinal indicators in their "IQ355"
//! mode (type 3) and others that copy it.
//!
//! **Source, how sure.** Rice Lake manuals of the 480/482/680/682 and of the Tracer AV (p. 38). One
//! line of a real device, printed in an open project, decodes (the wide form below). That `T` means
//! the tonne is from memory; American makers may mean the short ton. Maturity: CAPTURED.
//!
//! **Line.** 9600 8N1. The indicator sends all the time without being asked; the host says nothing.
//!
//! **Layout** (one letter a byte):
//!
//! ```text
//! STX p wwwwwww u m s CR LF        one unit letter,   14 bytes
//! STX p wwwwwww uu m s CR LF       two unit letters,  15 bytes (Tracer AV)
//! STX p  wwwwwww  u m s CR LF      wide,              16 bytes: a blank before the weight, one
//!      ^        ^                  before the unit
//!
//! p  polarity: space or +, -; Tracer AV: ^ over range, ] under range
//! w  displayed weight, right-justified, point included, leading zeros blank or not;
//!    ^^^^^^^ or OVERFL over range, ]]]]]]] under range
//! u  unit, either case: L lb, K kg, T t, G g, O oz, space none;
//!    two letters: LB KG TN (short ton) GM OZ, or two spaces
//! m  G gross, N net
//! s  space valid, M moving, Z centre of zero, O over or under range, I invalid
//! ```
//!
//! **Integrity.** None on the wire. Fixed widths and the marks at both ends are all that guards a
//! frame; a weight needs agreeing frames.
//!
//! **Quirks.**
//! * `KG` is "kg, gross" behind one unit letter and only the unit behind two: the length decides,
//!   or the setting `unit_letters`. With it a frame that lost a byte can't pass as the shorter form:
//!   `TN` without its `N` looks like one letter and net.
//! * Status `I` makes the weight unusable: the frame is refused with the reason `device`.
//! * Status `O` over digits does not tell over from under: both flags are set, the digits are not
//!   used.
//! * Status `Z` is a stable weight like the blank: `M` would stand in its place.
//!
//! **One frame.** `02 20 20 20 34 39 32 30 30 4B 47 20 0D 0A` = 49200 kg gross.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::evidence::{Grade, Record};
use crate::field::{blank_filled, right_justified};
use crate::line::{Line, Lines};
use crate::registry::{Check, Kind, LineSetting, Maturity, Protocol, Speaker};
use crate::window::Stream;
use crate::{
    Decimal, Decoder, EncodeError, Event, Reading, Reject, SettingSpec, Settings, SettingsError,
    Unit, specimen,
};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "rice_lake_stream",
    kind: Kind::Scale,
    devices: "Rice Lake 480, 482, 680, 682, Tracer AV; \"IQ355\" mode of other makes",
    line: "9600 8N1",
    line_settings: &[
        LineSetting::eight_n_one(9_600),
        LineSetting::eight_n_one(4_800),
        LineSetting::eight_n_one(19_200),
    ],
    speaker: Speaker::Device,
    marked: true,
    check: Check::None,
    evidence: &[(Record::Weight, Grade::Agreement)],
    maturity: Maturity::Captured,
    longest_frame_bytes: LONGEST,
    settings: SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, settings| match event {
        Event::Reading(reading) => {
            let form = form(settings).map_err(|error| EncodeError::range("settings", error))?;
            encode(reading, form.unwrap_or_else(|| Form::of_unit(reading.unit)))
        }
        _ => Err(EncodeError::Kind),
    },
    specimen,
};

/// The settings.
pub const SETTINGS: &[SettingSpec] = &[SettingSpec {
    key: "unit_letters",
    default: "auto",
    meaning: "how the unit is written: `auto` by the length of the frame, or only `one`, `two` or \
              `wide`",
}];

const STX: u8 = 0x02;
/// The columns of the weight.
const WEIGHT: usize = 7;
/// The longest frame: STX, 13 characters, CR, LF.
const LONGEST: usize = 16;

/// How the unit is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One letter.
    One,
    /// Two letters.
    Two,
    /// One letter in lower case, with a blank before the weight and one before the unit, and a plus.
    Wide,
}

impl Form {
    /// The form that is written where no setting says one: the short ton has no single letter.
    fn of_unit(unit: Option<Unit>) -> Self {
        match unit {
            Some(Unit::ShortTon) => Self::Two,
            _ => Self::One,
        }
    }
}

fn form(settings: &Settings) -> Result<Option<Form>, SettingsError> {
    let choices = [
        ("auto", None),
        ("one", Some(Form::One)),
        ("two", Some(Form::Two)),
        ("wide", Some(Form::Wide)),
    ];
    settings.choice(SETTINGS, "unit_letters", &choices)
}

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    settings.check_keys(SETTINGS)?;
    let only = form(settings)?;
    Ok(Stream::new(Lines(RiceLake { only })))
}

struct RiceLake {
    only: Option<Form>,
}

impl Line for RiceLake {
    const LONGEST: usize = LONGEST;

    fn may_begin(&self, byte: u8) -> bool {
        byte == STX
    }

    fn begins(&self, rest: &[u8]) -> bool {
        rest.first() == Some(&STX)
    }

    fn read(&self, line: &[u8]) -> Result<Event, Reject> {
        let text = line.strip_prefix(&[STX]).ok_or(Reject::Garbage)?;
        let fields = columns(text).ok_or(length_reject(text.len()))?;
        match self.only {
            Some(only) if only != fields.form => Err(Reject::Length),
            _ => fields.reading().map(Event::Reading),
        }
    }
}

/// Why no frame has this length.
fn length_reject(length: usize) -> Reject {
    match length {
        0..=10 => Reject::Truncated,
        11..=13 => Reject::Field,
        _ => Reject::Length,
    }
}

/// The fields of one frame as they stand.
struct Fields<'a> {
    form: Form,
    polarity: u8,
    weight: &'a [u8],
    unit: &'a [u8],
    mode: u8,
    status: u8,
}

/// The columns of the form that has this length.
fn columns(text: &[u8]) -> Option<Fields<'_>> {
    let [polarity, middle @ .., mode, status] = text else {
        return None;
    };
    let (form, middle) = match (text.len(), middle) {
        (11, _) => (Form::One, middle),
        (12, _) => (Form::Two, middle),
        (13, [b' ', middle @ ..]) => (Form::Wide, middle),
        _ => return None,
    };
    let (weight, unit) = middle.split_at_checked(WEIGHT)?;
    Some(Fields {
        form,
        polarity: *polarity,
        weight,
        unit,
        mode: *mode,
        status: *status,
    })
}

impl Fields<'_> {
    fn reading(&self) -> Result<Reading, Reject> {
        let net = match self.mode {
            b'G' => false,
            b'N' => true,
            _ => return Err(Reject::Field),
        };
        let unit = unit(self.unit, self.form)?;
        let (mut over, mut under) = self.weight_range()?;
        let stable = match self.status {
            // `M` stands in the same place when moving.
            b' ' | b'Z' => Some(true),
            b'M' => Some(false),
            b'O' => {
                // The status alone does not tell which; blanks in the weight do not either.
                if !over && !under {
                    (over, under) = (true, true);
                }
                None
            }
            b'I' => return Err(Reject::Device),
            _ => return Err(Reject::Field),
        };
        let in_range = !over && !under;
        let value = match in_range {
            true => Some(self.value()?),
            false => None,
        };
        Ok(Reading {
            value,
            unit,
            stable: stable.filter(|_| in_range),
            net: Some(net),
            overload: Some(over),
            underload: Some(under),
            ..Reading::default()
        })
    }

    fn value(&self) -> Result<Decimal, Reject> {
        blank_filled(self.weight, self.polarity == b'-').ok_or(Reject::Field)
    }

    /// Over and under range, as polarity and weight say; an error for bytes that can't stand there.
    fn weight_range(&self) -> Result<(bool, bool), Reject> {
        let all = |mark: u8| self.weight.iter().all(|byte| *byte == mark);
        let (over, under) = (
            all(b'^') || self.weight.trim_ascii() == b"OVERFL",
            all(b']'),
        );
        let number = |byte: &u8| matches!(byte, b' ' | b'.' | b'0'..=b'9');
        if !over && !under && !self.weight.iter().all(number) {
            return Err(Reject::Field);
        }
        match self.polarity {
            b' ' | b'+' | b'-' => Ok((over, under)),
            b'^' if !under => Ok((true, false)),
            b']' if !over => Ok((false, true)),
            b'^' | b']' => Err(Reject::Contradiction),
            _ => Err(Reject::Field),
        }
    }
}

/// The unit as a form writes it. Each form takes only its own way, so that a byte too much does not
/// make one form another.
fn unit(columns: &[u8], form: Form) -> Result<Option<Unit>, Reject> {
    let word = match (form, columns) {
        (Form::Wide, [b' ', word @ ..]) => word,
        (Form::Wide, _) => return Err(Reject::Field),
        (_, word) => word,
    };
    if word.iter().all(|byte| *byte == b' ') {
        return Ok(None);
    }
    let same = |(one, two, _): &&(&[u8], &[u8], Unit)| {
        word.eq_ignore_ascii_case(if form == Form::Two { two } else { one })
    };
    let found = UNITS.iter().find(same).map(|(_, _, unit)| Some(*unit));
    found.ok_or(Reject::Field)
}

/// One letter, two letters, what they mean. An empty text is in no frame.
const UNITS: &[(&[u8], &[u8], Unit)] = &[
    (b"L", b"LB", Unit::Pound),
    (b"K", b"KG", Unit::Kilogram),
    (b"T", b"", Unit::Tonne),
    (b"G", b"GM", Unit::Gram),
    (b"O", b"OZ", Unit::Ounce),
    (b"", b"TN", Unit::ShortTon),
];

/// The frame of a reading.
///
/// # Errors
/// `net` is needed, and `value` unless a range flag is set. Without `stable` there is only the
/// status "centre of zero", which a weight other than zero can't have. A weight has at most seven
/// columns, point included; a unit is one that the form has letters for.
pub fn encode(reading: &Reading, form: Form) -> Result<Vec<u8>, EncodeError> {
    let over = reading.overload == Some(true);
    let under = reading.underload == Some(true);
    let (polarity, weight) = match (over, under) {
        (true, false) => (b' ', "^^^^^^^".into()),
        (false, true) => (b' ', "]]]]]]]".into()),
        (true, true) => (b' ', "       ".into()),
        (false, false) => weight_columns(reading, form)?,
    };
    let status = match reading.stable {
        _ if over || under => b'O',
        Some(true) if reading.value.is_some_and(|value| value.digits == 0) => b'Z',
        Some(true) => b' ',
        Some(false) => b'M',
        None => return Err(EncodeError::Missing("stable")),
    };
    let mut frame = Vec::with_capacity(LONGEST);
    frame.extend([STX, polarity]);
    if form == Form::Wide {
        frame.push(b' ');
    }
    frame.extend_from_slice(weight.as_bytes());
    frame.extend(unit_columns(reading.unit, form)?);
    frame.push(match reading.net.ok_or(EncodeError::Missing("net"))? {
        true => b'N',
        false => b'G',
    });
    frame.extend([status, b'\r', b'\n']);
    Ok(frame)
}

/// Polarity and weight of a value.
fn weight_columns(
    reading: &Reading,
    form: Form,
) -> Result<(u8, alloc::string::String), EncodeError> {
    let value = reading.value.ok_or(EncodeError::Missing("value"))?;
    let magnitude = value.digits.checked_abs();
    let magnitude = magnitude.map(|digits| Decimal::new(digits, value.decimals));
    let weight = magnitude.and_then(|magnitude| right_justified(magnitude, WEIGHT));
    let polarity = match value.digits {
        ..0 => b'-',
        _ if form == Form::Wide => b'+',
        _ => b' ',
    };
    Ok((
        polarity,
        weight.ok_or_else(|| EncodeError::range("value", value))?,
    ))
}

/// The unit in the columns that a form has for it.
fn unit_columns(unit: Option<Unit>, form: Form) -> Result<Vec<u8>, EncodeError> {
    let letters = match unit {
        None => Some((&b" "[..], &b"  "[..])),
        Some(unit) => UNITS
            .iter()
            .find(|(_, _, known)| *known == unit)
            .map(|(one, two, _)| (*one, *two)),
    };
    let (one, two) = letters.unwrap_or_default();
    let word = match form {
        Form::One => one.to_vec(),
        Form::Wide if one.is_empty() => Vec::new(),
        Form::Wide => [b" ", &*one.to_ascii_lowercase()].concat(),
        Form::Two => two.to_vec(),
    };
    match unit {
        Some(unit) if word.is_empty() => Err(EncodeError::range("unit", unit.name())),
        _ => Ok(word),
    }
}

fn specimen(number: u64) -> Event {
    const UNITS: [Option<Unit>; 7] = [
        Some(Unit::Kilogram),
        Some(Unit::Pound),
        Some(Unit::ShortTon),
        Some(Unit::Tonne),
        Some(Unit::Gram),
        Some(Unit::Ounce),
        None,
    ];
    let range = (number % 12 == 10, number % 12 == 11);
    let in_range = range == (false, false);
    let value = specimen::weight(number, 6, (number % 4) as u8, 1, true);
    Event::Reading(Reading {
        value: in_range.then_some(value),
        unit: UNITS.get((number % 7) as usize).copied().flatten(),
        stable: in_range.then_some(!number.is_multiple_of(3)),
        net: Some(number.is_multiple_of(2)),
        overload: Some(range.0),
        underload: Some(range.1),
        ..Reading::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::{String, ToString};

    fn events(settings: &Settings, bytes: &[u8]) -> Vec<Event> {
        let mut decoder = decoder(settings).unwrap();
        decoder.push(bytes);
        decoder.finish();
        core::iter::from_fn(|| decoder.poll_event())
            .map(|decoded| decoded.event)
            .collect()
    }

    /// Weight, unit, net, stable, over, under; or the reason.
    fn words(bytes: &[u8]) -> Vec<String> {
        events(&Settings::new(), bytes)
            .into_iter()
            .map(|event| match event {
                Event::Reading(reading) => alloc::format!(
                    "{} {} {:?} {:?} {:?} {:?}",
                    reading.value.map_or("-".into(), |value| value.to_string()),
                    reading.unit.map_or("-", Unit::name),
                    reading.net.unwrap(),
                    reading.stable,
                    reading.overload.unwrap(),
                    reading.underload.unwrap()
                ),
                Event::Rejected(reason) => reason.name().to_string(),
                other => panic!("{other:?}"),
            })
            .collect()
    }

    #[test]
    fn the_length_tells_the_unit() {
        for (frame, said) in [
            (
                &b"\x02   12340KG \r\n"[..],
                "12340 kg false Some(true) false false",
            ),
            (
                b"\x02   12340KGN \r\n",
                "12340 kg true Some(true) false false",
            ),
            (
                b"\x02-  12.50TNGM\r\n",
                "-12.50 short_ton false Some(false) false false",
            ),
            (
                b"\x02 0012340 GM\r\n",
                "12340 - false Some(false) false false",
            ),
            (
                b"\x02+    1980 lNM\r\n",
                "1980 lb true Some(false) false false",
            ),
            (
                b"\x02+       0 kGZ\r\n",
                "0 kg false Some(true) false false",
            ),
            (b"\x02       0TGZ\r\n", "0 t false Some(true) false false"),
            (
                b"\x02    1980GMG \r\n",
                "1980 g false Some(true) false false",
            ),
        ] {
            assert_eq!(words(frame), [said], "{}", String::from_utf8_lossy(frame));
        }
    }

    #[test]
    fn out_of_range_is_never_a_number() {
        for (frame, said) in [
            (&b"\x02 ^^^^^^^LGO\r\n"[..], "- lb false None true false"),
            (b"\x02 ^^^^^^^LG \r\n", "- lb false None true false"),
            (b"\x02 ]]]]]]]LBNO\r\n", "- lb true None false true"),
            (b"\x02 OVERFL KGO\r\n", "- kg false None true false"),
            (b"\x02  OVERFLKGO\r\n", "- kg false None true false"),
            (b"\x02^  99999KGG \r\n", "- kg false None true false"),
            (b"\x02]      0KGGM\r\n", "- kg false None false true"),
            (b"\x02   99999KGO\r\n", "- kg false None true true"),
        ] {
            assert_eq!(words(frame), [said], "{}", String::from_utf8_lossy(frame));
        }
    }

    #[test]
    fn what_can_not_be_is_refused() {
        for (frame, reason) in [
            (&b"\x02   12340KGI\r\n"[..], "device"),
            (b"\x02 ^^^^^^^KGI\r\n", "device"),
            (b"\x02   12340KGX\r\n", "field"),
            (b"\x02   12340KX \r\n", "field"),
            (b"\x02   12340XG \r\n", "field"),
            (b"\x02   12 40KG \r\n", "field"),
            (b"\x02   1.2.3KG \r\n", "field"),
            (b"\x02        KG \r\n", "field"),
            (b"\x02*  12340KG \r\n", "field"),
            (b"\x02 ^^^^^^1KGO\r\n", "field"),
            (b"\x02^]]]]]]]KGO\r\n", "contradiction"),
            (b"\x02+112340.5 lGM\r\n", "field"),
            (b"\x02    1980 gG \r\n", "field"),
            (b"\x02-  12.50TGGM\r\n", "field"),
            (b"\x02- 112.505TNGM\r\n", "field"),
            (b"\x02   2340KG \r\n", "truncated"),
            (b"\x02   123", "truncated"),
        ] {
            assert_eq!(words(frame), [reason], "{}", String::from_utf8_lossy(frame));
        }
    }

    #[test]
    fn a_frame_behind_a_cut_one_is_found() {
        assert_eq!(
            words(b"ab\x02   12\x02   12340KG \r\n").last().unwrap(),
            "12340 kg false Some(true) false false"
        );
    }

    #[test]
    fn every_form_is_written_and_read_and_a_setting_takes_one_only() {
        for (word, form) in [("one", Form::One), ("two", Form::Two), ("wide", Form::Wide)] {
            let settings = Settings::new().with("unit_letters", word);
            for number in 0..100 {
                let Event::Reading(reading) = specimen(number) else {
                    continue;
                };
                let Ok(frame) = encode(&reading, form) else {
                    let tons = [Some(Unit::ShortTon), Some(Unit::Tonne)];
                    assert!(tons.contains(&reading.unit));
                    continue;
                };
                assert_eq!(events(&settings, &frame), [Event::Reading(reading)]);
            }
        }
        let settings = Settings::new().with("unit_letters", "two");
        let one = b"\x02   12340KG \r\n";
        assert_eq!(events(&settings, one), [Event::Rejected(Reject::Length)]);
        let short = Reading {
            net: Some(false),
            value: Some(Decimal::new(12_345_678, 0)),
            stable: Some(true),
            ..Reading::default()
        };
        assert!(encode(&short, Form::One).is_err());
    }
}
