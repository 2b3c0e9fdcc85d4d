//! A reading to a frame.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::fields::{Item, Number, Part, has};
use super::layout::{Framing, Layout};
use super::read::find;
use super::words::Said;
use crate::{Decimal, EncodeError, Reading, Unit};

/// What is left to say in status fields.
struct ToSay {
    range: Option<Said>,
    stable: Option<Said>,
    mode: Option<Said>,
}

/// Of a word for one thing, the rest must not speak.
const RANGE: Said = Said::OVER.with(Said::UNDER);

impl Layout {
    /// The frame of a reading. What the layout has no field for is left out.
    ///
    /// # Errors
    /// [`EncodeError::Missing`] for what a field of the layout needs and the reading does not have;
    /// [`EncodeError::Range`] for what does not fit a width, has no word in the lists, or would be
    /// read as something else.
    pub fn encode(&self, reading: &Reading) -> Result<Vec<u8>, EncodeError> {
        let mut frame = self.start.clone();
        let mut to_say = self.to_say(reading)?;
        for (index, piece) in self.pieces.iter().enumerate() {
            if index > 0 {
                frame.extend_from_slice(&self.delimiter);
            }
            for part in piece {
                let field = self.field(part, reading, &mut to_say)?;
                frame.extend(padded(field, part)?);
            }
        }
        frame.extend(self.check_of(&frame));
        let has_end = self.framing != Framing::Length(self.longest)
            && find(&frame, &self.end, self.start.len()).is_some();
        let has_start = !self.is_fixed && find(&frame, &self.start, 1).is_some();
        frame.extend_from_slice(&self.end);
        // A simulator must not show what the same layout would read as something else.
        let read = self.read(&frame).ok();
        let same = read.is_some_and(|read| {
            read.value == reading.value && (read.value.is_some() || range(&read) == range(reading))
        });
        if has_end || has_start || !same {
            let text = frame.escape_ascii().to_string();
            return Err(EncodeError::range("frame", text));
        }
        Ok(frame)
    }

    fn to_say(&self, reading: &Reading) -> Result<ToSay, EncodeError> {
        let said = |flag: Option<bool>, yes, no| flag.map(|flag| if flag { yes } else { no });
        let out = range(reading);
        if reading.value.is_none() && out.is_nothing() {
            return Err(EncodeError::Missing("value"));
        }
        let numbers_say_mode = !has(&self.pieces, &Item::Number(Number::Weight));
        Ok(ToSay {
            range: reading.value.is_none().then_some(out),
            stable: said(reading.stable, Said::STABLE, Said::MOVING)
                .filter(|_| !has(&self.pieces, &Item::Motion)),
            mode: said(reading.net, Said::NET, Said::GROSS)
                .filter(|_| !numbers_say_mode && !has(&self.pieces, &Item::Mode)),
        })
    }

    fn field(
        &self,
        part: &Part,
        reading: &Reading,
        to_say: &mut ToSay,
    ) -> Result<Vec<u8>, EncodeError> {
        let word = |said, among, field: &'static str| {
            if among != Said::ALL && self.words.is_blank(said, among) {
                return Ok(Vec::new());
            }
            let word = self.words.word_for(said, among, part.width);
            word.map(<[u8]>::to_vec)
                .ok_or_else(|| EncodeError::range(field, "anything that no word of the lists says"))
        };
        match &part.item {
            Item::Ignore => Ok(Vec::new()),
            Item::Literal(text) => Ok(text.clone()),
            Item::Number(number) => self.number_field(*number, part.width, reading, to_say),
            Item::Sign(number) => {
                let value = number_of(*number, reading)?;
                Ok([self.sign(value)].to_vec())
            }
            Item::Unit => {
                let unit = reading.unit.ok_or(EncodeError::Missing("unit"))?;
                let word = self.units.word(unit).map(<[u8]>::to_vec);
                word.ok_or_else(|| EncodeError::range("unit", Unit::name(unit)))
            }
            Item::Motion => {
                let stable = reading.stable.ok_or(EncodeError::Missing("stable"))?;
                let said = if stable { Said::STABLE } else { Said::MOVING };
                word(said, Said::MOTION, "stable")
            }
            Item::Mode => {
                let net = reading.net.ok_or(EncodeError::Missing("net"))?;
                word(if net { Said::NET } else { Said::GROSS }, Said::MODE, "net")
            }
            Item::Status => {
                let next = to_say.range.take();
                let next = next.or_else(|| to_say.stable.take());
                match next.or_else(|| to_say.mode.take()) {
                    Some(said) => word(said, Said::ALL, "status"),
                    None => Ok(Vec::new()),
                }
            }
            Item::Channel => {
                let channel = reading.channel.ok_or(EncodeError::Missing("channel"))?;
                let width = part.width.unwrap_or(0);
                Ok(format!("{channel:0width$}").into_bytes())
            }
            Item::Decimals => {
                let decimals = reading.value.map_or(0, |value| value.decimals);
                Ok(decimals.to_string().into_bytes())
            }
        }
    }

    fn sign(&self, value: Option<Decimal>) -> u8 {
        match value {
            Some(value) if value.digits < 0 => b'-',
            _ if self.writes_plus => b'+',
            _ => b' ',
        }
    }

    fn number_field(
        &self,
        number: Number,
        width: Option<usize>,
        reading: &Reading,
        to_say: &mut ToSay,
    ) -> Result<Vec<u8>, EncodeError> {
        let Some(value) = number_of(number, reading)? else {
            return self.no_number(width, reading, to_say);
        };
        let range = || EncodeError::range("value", value);
        let places = has(&self.pieces, &Item::Decimals);
        if self
            .decimals
            .is_some_and(|decimals| decimals != value.decimals)
        {
            return Err(range());
        }
        let has_point = !places && self.decimals.is_none();
        let decimals = if has_point { value.decimals } else { 0 };
        let magnitude = value.digits.checked_abs().ok_or_else(range)?;
        let text = Decimal::new(magnitude, decimals).to_string();
        let sign = if has(&self.pieces, &Item::Sign(number)) {
            String::new()
        } else {
            match self.sign(Some(value)) {
                b' ' => String::new(),
                sign => char::from(sign).to_string(),
            }
        };
        let width = width.unwrap_or(0);
        let room = width.saturating_sub(sign.len());
        let text = if self.fills_zeros {
            format!("{sign}{text:0>room$}")
        } else {
            format!("{:>width$}", format!("{sign}{text}"))
        };
        Ok(text.into_bytes())
    }

    /// What stands in place of a number that is out of range: the word for it when no status field
    /// in front has said it, blanks otherwise.
    fn no_number(
        &self,
        width: Option<usize>,
        reading: &Reading,
        to_say: &mut ToSay,
    ) -> Result<Vec<u8>, EncodeError> {
        if to_say.range.is_some() && has(&self.pieces, &Item::Status) && width.is_some() {
            return Ok(Vec::new());
        }
        if to_say.range.take().is_none() && width.is_some() {
            return Ok(Vec::new());
        }
        let said = range(reading);
        let word = self.words.word_for(said, RANGE, width);
        let word = word.ok_or_else(|| EncodeError::range("value", "out of range"))?;
        let blanks = width.unwrap_or(0).saturating_sub(word.len());
        let mut text = Vec::new();
        text.resize(blanks, b' ');
        text.extend_from_slice(word);
        Ok(text)
    }
}

/// In which direction a reading is out of range.
fn range(reading: &Reading) -> Said {
    let flag = |flag: Option<bool>, said| {
        if flag == Some(true) {
            said
        } else {
            Said::default()
        }
    };
    flag(reading.overload, Said::OVER).with(flag(reading.underload, Said::UNDER))
}

/// What a reading says for one of the numbers; `None` when it is out of range.
fn number_of(number: Number, reading: &Reading) -> Result<Option<Decimal>, EncodeError> {
    let tare = || reading.tare.ok_or(EncodeError::Missing("tare"));
    let Some(value) = reading.value else {
        return match number {
            Number::Tare => tare().map(Some),
            _ => Ok(None),
        };
    };
    let is_net = reading.net == Some(true);
    let together = |sign: i64| {
        let tare = tare()?;
        let sum = tare.digits.checked_mul(sign);
        let sum = sum.and_then(|tare| value.digits.checked_add(tare));
        match sum {
            Some(sum) if tare.decimals == value.decimals => {
                Ok(Some(Decimal::new(sum, value.decimals)))
            }
            _ => Err(EncodeError::range("tare", tare)),
        }
    };
    match number {
        Number::Weight => Ok(Some(value)),
        Number::Gross if is_net => together(1),
        Number::Net if !is_net => together(-1),
        Number::Gross | Number::Net => Ok(Some(value)),
        Number::Tare => tare().map(Some),
    }
}

/// A field with blanks behind it up to its width.
fn padded(mut field: Vec<u8>, part: &Part) -> Result<Vec<u8>, EncodeError> {
    if let Some(width) = part.width {
        if field.len() > width {
            let name = match part.item {
                Item::Number(_) => "value",
                Item::Unit => "unit",
                Item::Channel => "channel",
                _ => "field",
            };
            return Err(EncodeError::range(name, field.escape_ascii()));
        }
        field.resize(width, b' ');
    }
    Ok(field)
}
