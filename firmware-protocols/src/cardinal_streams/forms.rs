//! The five forms: what shape each has, how it is read, how it is written.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use crate::cr_text::Frame;
use crate::field::{blank_filled, right_justified, unit_word};
use crate::{Decimal, EncodeError, Reading, Reject, Unit};

/// One form of the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Cardinal SB-400 (type 1).
    Sb400,
    /// Cardinal SB-200 (type 10).
    Sb200,
    /// Text with spaces between the fields.
    Text,
    /// Fairbanks.
    Fairbanks,
    /// Weigh-Tronix.
    WeighTronix,
}

/// A weight has six columns, or seven with a point.
const WEIGHT: usize = 6;

impl Form {
    /// All forms.
    pub const ALL: [Self; 5] = [
        Self::Sb400,
        Self::Sb200,
        Self::Text,
        Self::Fairbanks,
        Self::WeighTronix,
    ];

    /// The name in the settings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sb400 => "sb400",
            Self::Sb200 => "sb200",
            Self::Text => "text",
            Self::Fairbanks => "fairbanks",
            Self::WeighTronix => "weigh_tronix",
        }
    }

    /// The form that can say what a reading says and leaves open what it leaves open.
    pub fn that_says(reading: &Reading) -> Self {
        match (reading.overload, reading.underload) {
            (None, None) if reading.value.is_none() => Self::Sb200,
            (None, None) => Self::WeighTronix,
            (_, None) => Self::Sb200,
            (Some(true), Some(true)) => Self::Fairbanks,
            (_, Some(true)) => Self::Text,
            _ => Self::Sb400,
        }
    }

    /// Whether an LF usually stands behind the CR.
    pub(super) const fn has_line_feed(self) -> bool {
        matches!(self, Self::Text | Self::Fairbanks | Self::WeighTronix)
    }

    /// What a text says in this form; [`Reject::Garbage`] where it has not its shape.
    pub(super) fn read(self, text: &[u8], frame: Frame) -> Result<Reading, Reject> {
        match (self, frame) {
            (Self::Sb400, Frame::Line) => sb400(text),
            (Self::Sb200, Frame::CrEtx) => sb200(text),
            // Its begin was not seen.
            (Self::Sb200, Frame::Etx) => sb200(text).and(Err(Reject::Truncated)),
            (Self::Text, Frame::Line) => spaced(text),
            (Self::Fairbanks, Frame::Line) => fairbanks(text),
            (Self::WeighTronix, Frame::Line) => weigh_tronix(text),
            _ => Err(Reject::Garbage),
        }
    }
}

/// What a status says of a weight.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Stable,
    Moving,
    Over,
    Under,
    /// The indicator is well and shows no weight.
    NoWeight,
    Error,
}

fn sb400(text: &[u8]) -> Result<Reading, Reject> {
    let [sign, weight @ .., high, low, mode, p, q] = text else {
        return Err(Reject::Garbage);
    };
    let (weight, net) = (weight_field(weight)?, mode_letter(*mode)?);
    let (negative, unit) = (sign_column(*sign)?, unit_columns([*high, *low])?);
    let state = match [*p, *q] {
        // There is one place for all: what moves says so.
        [b' ', b' '] | [b'C' | b'B', b'Z'] => State::Stable,
        [b'M', b'O'] => State::Moving,
        [b'O', b'C'] => State::Over,
        [b'e', b'e'] => State::NoWeight,
        _ => return Err(Reject::Field),
    };
    let reading = Reading {
        unit: Some(unit),
        net: Some(net),
        underload: Some(false),
        ..Reading::default()
    };
    state.of(reading, weight, negative)
}

fn sb200(text: &[u8]) -> Result<Reading, Reject> {
    let [sign, weight @ .., status, high, low, mode] = text else {
        return Err(Reject::Garbage);
    };
    let (weight, net) = (weight_field(weight)?, mode_letter(*mode)?);
    let (negative, unit) = (sign_column(*sign)?, unit_columns([*high, *low])?);
    let state = match status {
        b' ' => State::Stable,
        b'm' => State::Moving,
        b'o' => State::Over,
        b'e' => State::NoWeight,
        _ => return Err(Reject::Field),
    };
    let reading = Reading {
        unit: Some(unit),
        net: Some(net),
        ..Reading::default()
    };
    state.of(reading, weight, negative)
}

fn spaced(text: &[u8]) -> Result<Reading, Reject> {
    // The point, where there is one, makes the weight one column longer.
    let columns = match text.get(1..8) {
        Some([_, _, _, _, _, _, b' ']) => WEIGHT,
        _ => WEIGHT + 1,
    };
    let Some(([sign, weight @ ..], rest)) = text.split_at_checked(columns + 1) else {
        return Err(Reject::Garbage);
    };
    let [b' ', high, low, b' ', mode, rest @ ..] = rest else {
        return Err(Reject::Garbage);
    };
    let (weight, net) = (weight_field(weight)?, mode_letter(*mode)?);
    let (negative, unit) = (sign_column(*sign)?, unit_columns([*high, *low])?);
    let state = match rest {
        [] | [b' '] | [b' ', b' '] | [b' ', b' ', b' '] | [b' ', b' ', b' ', b' '] => State::Stable,
        [b' ', b'M', b'O'] | [b' ', b'M', b'O', b' '] => State::Moving,
        [b' ', b'B' | b'C', b'Z'] | [b' ', b'B' | b'C', b'Z', b' '] => State::Stable,
        [b' ', b'Z', b'R'] | [b' ', b'Z', b'R', b' '] => State::Stable,
        [b' ', b'O', b'L' | b'C'] | [b' ', b'O', b'L' | b'C', b' '] => State::Over,
        [b' ', b'U', b'R'] | [b' ', b'U', b'R', b' '] => State::Under,
        [b' ', b'E', b'R'] | [b' ', b'E', b'R', b' '] => State::Error,
        _ => return Err(Reject::Field),
    };
    let reading = Reading {
        unit: Some(unit),
        net: Some(net),
        underload: Some(false),
        ..Reading::default()
    };
    state.of(reading, weight, negative)
}

fn fairbanks(text: &[u8]) -> Result<Reading, Reject> {
    let [first, second, weight @ .., high, low] = text else {
        return Err(Reject::Garbage);
    };
    let blank = weight.iter().all(|byte| *byte == b' ');
    let weight = weight_field(weight)?;
    let legend = [*first, *second];
    let known = match &legend.map(|byte| byte.to_ascii_uppercase()) {
        b"GR" | b"GS" | b"G " | b" G" => Some(false),
        b"NT" | b"N " | b" N" => Some(true),
        b"  " => None,
        _ if first.is_ascii_alphabetic() => return Err(Reject::Field),
        _ => return Err(Reject::Garbage),
    };
    let unit = Some(unit_columns([*high, *low])?);
    let Some(net) = known else {
        // Blank is over or under, as long as the weight is blank as well.
        return match blank {
            true => Ok(Reading {
                unit,
                overload: Some(true),
                underload: Some(true),
                ..Reading::default()
            }),
            false => Err(Reject::Garbage),
        };
    };
    let moving = legend.iter().any(u8::is_ascii_lowercase);
    if moving && legend.iter().any(u8::is_ascii_uppercase) {
        return Err(Reject::Field);
    }
    let state = match moving {
        true => State::Moving,
        false => State::Stable,
    };
    let reading = Reading {
        unit,
        net: Some(net),
        underload: Some(false),
        ..Reading::default()
    };
    state.of(reading, weight, false)
}

fn weigh_tronix(text: &[u8]) -> Result<Reading, Reject> {
    let [b' ', mode, sign, weight @ .., b' ', high, low] = text else {
        return Err(Reject::Garbage);
    };
    let (weight, net) = (weight_field(weight)?, mode_letter(*mode)?);
    let negative = sign_column(*sign)?;
    Ok(Reading {
        value: Some(blank_filled(weight, negative).ok_or(Reject::Field)?),
        unit: Some(unit_columns([*high, *low])?),
        net: Some(net),
        ..Reading::default()
    })
}

impl State {
    /// The reading with what the state says of its weight.
    fn of(self, reading: Reading, weight: &[u8], negative: bool) -> Result<Reading, Reject> {
        let range = |overload, underload| {
            Ok(Reading {
                overload: Some(overload),
                underload,
                ..reading.clone()
            })
        };
        let stable = match self {
            Self::Over => return range(true, reading.underload),
            Self::Under => return range(false, Some(true)),
            Self::NoWeight => {
                return Ok(Reading {
                    underload: None,
                    ..reading
                });
            }
            Self::Error => return Err(Reject::Device),
            Self::Stable => Some(true),
            Self::Moving => Some(false),
        };
        Ok(Reading {
            value: Some(blank_filled(weight, negative).ok_or(Reject::Field)?),
            stable,
            overload: Some(false),
            ..reading
        })
    }
}

/// A field that is as wide as a weight is, made of what a weight is made of, or blank.
fn weight_field(field: &[u8]) -> Result<&[u8], Reject> {
    let points = field.iter().filter(|byte| **byte == b'.').count();
    let wide = matches!((field.len(), points), (6, 0) | (7, 1));
    let number = |byte: &u8| matches!(byte, b' ' | b'.' | b'0'..=b'9');
    match field.iter().all(number) {
        true if wide => Ok(field),
        // All blank, seven wide: a weight that is not displayed, with its point.
        true if field.len() == WEIGHT + 1 && field.trim_ascii().is_empty() => Ok(field),
        false
            if matches!(field.len(), 6 | 7) && field.iter().filter(|b| !number(b)).count() == 1 =>
        {
            Err(Reject::Field)
        }
        _ => Err(Reject::Garbage),
    }
}

fn mode_letter(byte: u8) -> Result<bool, Reject> {
    match byte {
        b'G' => Ok(false),
        b'N' => Ok(true),
        _ => Err(Reject::Garbage),
    }
}

fn sign_column(byte: u8) -> Result<bool, Reject> {
    match byte {
        b' ' | b'+' => Ok(false),
        b'-' => Ok(true),
        _ => Err(Reject::Field),
    }
}

fn unit_columns(columns: [u8; 2]) -> Result<Unit, Reject> {
    unit_word(&columns)
        .filter(|unit| unit_text(*unit).is_some())
        .ok_or(Reject::Field)
}

/// The two columns of a unit, in lower case.
fn unit_text(unit: Unit) -> Option<&'static str> {
    match unit {
        Unit::Pound => Some("lb"),
        Unit::Kilogram => Some("kg"),
        Unit::Tonne => Some(" t"),
        Unit::ShortTon => Some("tn"),
        Unit::Gram => Some(" g"),
        Unit::Ounce => Some("oz"),
        Unit::TroyOunce | Unit::Pennyweight | Unit::Newton => None,
    }
}

/// The frame of a reading in one form.
///
/// # Errors
/// `unit` is needed; `net` as well, unless Fairbanks has to be out of range; `value` unless a range
/// flag is set or, in SB-400 and SB-200, both are left open; `stable` where the form says it. A range flag that the form has no word for, a
/// negative weight in Fairbanks and more than six digits are refused.
pub fn encode(reading: &Reading, form: Form) -> Result<Vec<u8>, EncodeError> {
    let unit = reading.unit.ok_or(EncodeError::Missing("unit"))?;
    let unit = unit_text(unit).ok_or_else(|| EncodeError::range("unit", unit.name()))?;
    let over = reading.overload == Some(true);
    let under = reading.underload == Some(true);
    let out = over || under;
    let hidden = is_hidden(reading, form);
    let value = match reading.value {
        Some(value) if !out => value,
        None if !out && !hidden => return Err(EncodeError::Missing("value")),
        _ => Decimal::new(0, 0),
    };
    let (sign, weight) = weight_text(value, form)?;
    if form == Form::Fairbanks {
        return fairbanks_frame(reading, sign, &weight, unit);
    }
    let mode = match reading.net.ok_or(EncodeError::Missing("net"))? {
        true => 'N',
        false => 'G',
    };
    let refused = |flag: &'static str| Err(EncodeError::range(flag, true));
    let text = match form {
        Form::Sb400 | Form::Text => {
            let pair = pair(reading, value, form)?;
            match form {
                Form::Sb400 => format!("{sign}{weight}{unit}{mode}{pair}\r"),
                _ => format!(
                    "{sign}{weight} {} {mode} {pair}\r\n",
                    unit.to_ascii_uppercase()
                ),
            }
        }
        Form::Sb200 if under => return refused("underload"),
        Form::Sb200 => {
            let status = match reading.stable {
                _ if over => 'o',
                _ if hidden => 'e',
                Some(true) => ' ',
                Some(false) => 'm',
                None => return Err(EncodeError::Missing("stable")),
            };
            format!("\r{sign}{weight}{status}{unit}{mode}\x03")
        }
        _ if over => return refused("overload"),
        _ if under => return refused("underload"),
        _ => format!(" {mode}{sign}{weight} {unit}\r\n"),
    };
    Ok(text.into_bytes())
}

/// Whether a form says with this reading that no weight is displayed.
fn is_hidden(reading: &Reading, form: Form) -> bool {
    let open = (reading.value, reading.overload, reading.underload) == (None, None, None);
    open && matches!(form, Form::Sb400 | Form::Sb200)
}

/// The status pair of SB-400 and of the text stream.
fn pair(reading: &Reading, value: Decimal, form: Form) -> Result<&'static str, EncodeError> {
    let over = reading.overload == Some(true);
    let under = reading.underload == Some(true);
    Ok(match (form, reading.stable) {
        (Form::Text, _) if under && !over => "UR",
        _ if under => return Err(EncodeError::range("underload", true)),
        (Form::Text, _) if over => "OL",
        _ if over => "OC",
        _ if is_hidden(reading, form) => "ee",
        (_, Some(true)) if value.digits < 0 => "BZ",
        (Form::Text, Some(true)) if value.digits == 0 => "ZR",
        (_, Some(true)) if value.digits == 0 => "CZ",
        (_, Some(true)) => "  ",
        (_, Some(false)) => "MO",
        (_, None) => return Err(EncodeError::Missing("stable")),
    })
}

fn fairbanks_frame(
    reading: &Reading,
    sign: char,
    weight: &str,
    unit: &str,
) -> Result<Vec<u8>, EncodeError> {
    let flags = (reading.overload, reading.underload);
    let text = match (flags, reading.net, reading.stable) {
        ((Some(true), Some(true)), _, _) => format!("  {:6}{unit}\r\n", ""),
        ((Some(true), _), _, _) => return Err(EncodeError::range("overload", true)),
        ((_, Some(true)), _, _) => return Err(EncodeError::range("underload", true)),
        (_, None, _) => return Err(EncodeError::Missing("net")),
        (_, _, None) => return Err(EncodeError::Missing("stable")),
        _ if sign == '-' => return Err(EncodeError::range("value", format!("-{weight}"))),
        (_, Some(net), Some(stable)) => {
            let legend = match (net, stable) {
                (false, true) => "GR",
                (false, false) => "gr",
                (true, true) => "NT",
                (true, false) => "nt",
            };
            format!("{legend}{weight}{unit}\r\n")
        }
    };
    Ok(text.into_bytes())
}

/// Sign and weight columns of a value.
fn weight_text(value: Decimal, form: Form) -> Result<(char, String), EncodeError> {
    let range = || EncodeError::range("value", value);
    let magnitude = value.digits.checked_abs().ok_or_else(range)?;
    let columns = WEIGHT + usize::from(value.decimals > 0);
    let text = right_justified(Decimal::new(magnitude, value.decimals), columns);
    let text = text.ok_or_else(range)?;
    let sign = if value.digits < 0 { '-' } else { ' ' };
    Ok(match form {
        Form::Sb200 | Form::WeighTronix => (sign, text.replace(' ', "0")),
        _ => (sign, text),
    })
}
