//! A frame to a reading.

use super::fields::{Item, Number, Part, has};
use super::layout::{Checksum, Layout};
use super::words::{Said, trim};
use crate::field::{decimal, digits, signed_decimal};
use crate::{Decimal, Reading, Reject, Unit};

/// What stands at the place of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    Number(Decimal),
    Blank,
    /// Words in its place.
    Words(Said),
}

/// What the fields of one frame say.
#[derive(Default)]
struct Draft {
    shown: [Option<Shown>; 4],
    negative: [Option<bool>; 4],
    said: Said,
    /// Whether a status field said something: that it did not say over or under means something.
    status_spoke: bool,
    unit: Option<Unit>,
    channel: Option<u16>,
    decimals: Option<u8>,
}

fn slot<T: Copy>(slots: &[Option<T>; 4], number: Number) -> Option<T> {
    slots.get(number as usize).copied().flatten()
}

fn set<T>(slots: &mut [Option<T>; 4], number: Number, value: T) {
    if let Some(slot) = slots.get_mut(number as usize) {
        *slot = Some(value);
    }
}

impl Layout {
    /// What a whole frame says, start and end included.
    pub(super) fn read(&self, frame: &[u8]) -> Result<Reading, Reject> {
        if frame.len() < self.shortest {
            return Err(Reject::Truncated);
        }
        if frame.len() > self.longest {
            return Err(Reject::Length);
        }
        let body = frame.strip_suffix(self.end.as_slice());
        let body = body.ok_or(Reject::Truncated)?;
        let split = body.len().checked_sub(self.check_width());
        let (body, check) = split
            .and_then(|split| body.split_at_checked(split))
            .ok_or(Reject::Truncated)?;
        let fields = body.strip_prefix(self.start.as_slice());
        let fields = fields.ok_or(Reject::Truncated)?;
        if self.checksum != Checksum::None && !self.check_is_right(body, check) {
            return Err(Reject::Integrity);
        }
        let mut draft = Draft::default();
        self.read_pieces(fields, &mut draft)?;
        self.finish(&draft)
    }

    fn read_pieces(&self, fields: &[u8], draft: &mut Draft) -> Result<(), Reject> {
        let mut rest = Some(fields);
        for (index, piece) in self.pieces.iter().enumerate() {
            let text = rest.ok_or(Reject::Field)?;
            let is_last = index + 1 == self.pieces.len();
            // The last piece takes the rest: a delimiter too many is then a wrong field.
            let cut = if is_last {
                None
            } else {
                find(text, &self.delimiter, 0)
            };
            let text = match cut {
                Some(at) => {
                    rest = text.get(at + self.delimiter.len()..);
                    text.get(..at).unwrap_or_default()
                }
                None => {
                    rest = None;
                    text
                }
            };
            if is_last && !self.delimiter.is_empty() && find(text, &self.delimiter, 0).is_some() {
                return Err(Reject::Field);
            }
            self.read_parts(piece, text, draft)?;
        }
        Ok(())
    }

    fn read_parts(&self, piece: &[Part], text: &[u8], draft: &mut Draft) -> Result<(), Reject> {
        let mut rest = text;
        for part in piece {
            let width = match (part.width, &part.item) {
                (Some(width), _) => width,
                (None, Item::Number(_)) => self.number_length(rest).ok_or(Reject::Field)?,
                (None, _) => rest.len(),
            };
            let (field, behind) = rest.split_at_checked(width).ok_or(Reject::Field)?;
            self.read_part(&part.item, field, draft)?;
            rest = behind;
        }
        let padded = !self.delimiter.is_empty() && trim(rest).is_empty();
        if rest.is_empty() || padded {
            Ok(())
        } else {
            Err(Reject::Field)
        }
    }

    /// How far a number without a width reaches: blanks, a sign, blanks, digits with a point; or a
    /// word in its place.
    fn number_length(&self, text: &[u8]) -> Option<usize> {
        let count = |from: usize, fits: fn(u8) -> bool| {
            let rest = text.get(from..).unwrap_or_default();
            from + rest.iter().take_while(|byte| fits(**byte)).count()
        };
        let blank = |byte| byte == b' ';
        let front = count(0, blank);
        let signed = match text.get(front) {
            Some(b'+' | b'-') => front + 1,
            _ => front,
        };
        let first = count(signed, blank);
        let end = count(first, |byte| byte.is_ascii_digit() || byte == b'.');
        if end > first {
            return Some(end);
        }
        let rest = text.get(front..)?;
        let word = self.words.length_in_front(rest)?;
        let row = match rest {
            [sign, ..] if word == 1 && sign.is_ascii_punctuation() => {
                rest.iter().take_while(|byte| *byte == sign).count()
            }
            _ => word,
        };
        Some(front + row)
    }

    fn read_part(&self, item: &Item, field: &[u8], draft: &mut Draft) -> Result<(), Reject> {
        match item {
            Item::Ignore => {}
            Item::Literal(text) if field == text.as_slice() => {}
            Item::Literal(_) => return Err(Reject::Field),
            Item::Number(number) => {
                let shown = self.read_number(*number, field)?;
                set(&mut draft.shown, *number, shown);
            }
            Item::Sign(number) => {
                let negative = match field {
                    b"-" => true,
                    b"+" | b" " => false,
                    _ => return Err(Reject::Field),
                };
                set(&mut draft.negative, *number, negative);
            }
            Item::Unit => {
                let unit = self.units.unit(field).ok_or(Reject::Field)?;
                draft.unit = Some(unit);
            }
            Item::Status if trim(field).is_empty() => {}
            Item::Status => {
                self.say(field, Said::ALL, draft)?;
                draft.status_spoke = true;
            }
            Item::Mode => self.say(field, Said::MODE, draft)?,
            Item::Motion => self.say(field, Said::MOTION, draft)?,
            Item::Channel => draft.channel = Some(channel(trim(field)).ok_or(Reject::Field)?),
            Item::Decimals => {
                let number = digits(field).filter(|number| *number <= 6);
                draft.decimals = Some(number.ok_or(Reject::Field)? as u8);
            }
        }
        Ok(())
    }

    fn say(&self, field: &[u8], among: Said, draft: &mut Draft) -> Result<(), Reject> {
        let said = self.words.say(field).and(among);
        if said.is_nothing() {
            return Err(Reject::Field);
        }
        draft.said = draft.said.with(said);
        Ok(())
    }

    fn read_number(&self, number: Number, field: &[u8]) -> Result<Shown, Reject> {
        let text = trim(field);
        if text.is_empty() {
            return Ok(Shown::Blank);
        }
        let sign = Item::Sign(number);
        let value = if has(&self.pieces, &sign) {
            decimal(text)
        } else {
            signed_decimal(text).unwrap_or(None)
        };
        if let Some(value) = value {
            return Ok(Shown::Number(value));
        }
        let said = self.words.in_place_of_number(text);
        if said.is_nothing() || number == Number::Tare {
            return Err(Reject::Field);
        }
        Ok(Shown::Words(said))
    }

    /// One number with its sign and its point.
    fn number(&self, draft: &Draft, number: Number) -> Result<Option<Decimal>, Reject> {
        let value = match slot(&draft.shown, number) {
            Some(Shown::Number(value)) => value,
            _ => return Ok(None),
        };
        let decimals = match draft.decimals.or(self.decimals) {
            None => value.decimals,
            Some(decimals) if value.decimals == 0 => decimals,
            Some(_) => return Err(Reject::Field),
        };
        let digits = match slot(&draft.negative, number) {
            Some(true) => -value.digits,
            _ => value.digits,
        };
        Ok(Some(Decimal::new(digits, decimals)))
    }

    fn finish(&self, draft: &Draft) -> Result<Reading, Reject> {
        let in_layout = |number| has(&self.pieces, &Item::Number(number));
        let (gross, net) = (in_layout(Number::Gross), in_layout(Number::Net));
        let flag = |yes, no| match (draft.said.has(yes), draft.said.has(no)) {
            (true, true) => Err(Reject::Contradiction),
            (false, false) => Ok(None),
            (yes, _) => Ok(Some(yes)),
        };
        let stable = flag(Said::STABLE, Said::MOVING)?;
        let mode = flag(Said::NET, Said::GROSS)?;
        let (main, is_net) = match (gross, net) {
            (false, false) => (Number::Weight, mode),
            (true, true) if mode == Some(true) => (Number::Net, mode),
            (true, _) => (Number::Gross, Some(false)),
            (false, true) => (Number::Net, Some(true)),
        };
        if mode.is_some() && mode != is_net {
            return Err(Reject::Contradiction);
        }
        let mut said = draft.said;
        for number in [main, Number::Weight, Number::Gross, Number::Net] {
            if let Some(Shown::Words(words)) = slot(&draft.shown, number) {
                said = said.with(words);
            }
        }
        let (over, under) = (said.has(Said::OVER), said.has(Said::UNDER));
        let value = if over || under {
            None
        } else if said.has(Said::INVALID) {
            return Err(Reject::Device);
        } else {
            self.check_sum(draft)?;
            Some(self.number(draft, main)?.ok_or(Reject::Field)?)
        };
        // Over and under are told apart by different words; a status that says neither says so.
        let in_range = |list| draft.status_spoke && self.words.can_say(list);
        Ok(Reading {
            value,
            tare: self.number(draft, Number::Tare)?,
            unit: draft.unit,
            stable,
            net: is_net,
            overload: (over || under || in_range(Said::OVER)).then_some(over),
            underload: (over || under || in_range(Said::UNDER)).then_some(under),
            channel: draft.channel,
            checked: self.checksum != Checksum::None,
            ..Reading::default()
        })
    }

    /// Gross less tare is net, where a frame has all three.
    fn check_sum(&self, draft: &Draft) -> Result<(), Reject> {
        let mut sum = 0_i128;
        for (number, sign) in [(Number::Gross, 1), (Number::Tare, -1), (Number::Net, -1)] {
            match self.number(draft, number)? {
                Some(value) => sum += sign * micro(value).ok_or(Reject::Field)?,
                None => return Ok(()),
            }
        }
        let within = micro(self.sum_within).unwrap_or_default();
        if sum.abs() <= within {
            Ok(())
        } else {
            Err(Reject::Contradiction)
        }
    }
}

/// A decimal in units of its eighteenth decimal: any two are then comparable.
fn micro(value: Decimal) -> Option<i128> {
    let places = 18_u32.checked_sub(value.decimals.into())?;
    i128::from(value.digits).checked_mul(10_i128.checked_pow(places)?)
}

/// A channel: a number up to 65,535, or a letter, A is 1.
fn channel(text: &[u8]) -> Option<u16> {
    match text {
        [letter @ b'A'..=b'Z'] => Some(u16::from(letter - b'A') + 1),
        _ => u16::try_from(digits(text)?).ok(),
    }
}

/// Where a text stands in another, from a place on.
pub(super) fn find(haystack: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    if needle.is_empty() {
        return None;
    }
    let rest = haystack.get(from..)?;
    let found = rest
        .windows(needle.len())
        .position(|window| window == needle);
    found.map(|index| from + index)
}
