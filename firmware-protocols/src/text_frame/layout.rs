//! The description of a frame: settings in, layout out, and errors that a technician can act on.

use alloc::format;
use alloc::vec::Vec;

use super::fields::{self, Item, Part};
use super::read::find;
use super::settings::SETTINGS;
use super::words::{Units, Words};
use crate::check::{crc16, crc16_modbus, sum8, xor};
use crate::field::{decimal, unescape};
use crate::settings::refuse;
use crate::{Decimal, Settings, SettingsError};

/// The longest frame that a layout may ask for, bytes.
const LONGEST: usize = 512;

/// The longest frame where neither widths nor `length` say it.
const USUAL: usize = 128;

/// The check of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Checksum {
    None,
    Xor,
    Sum8,
    Crc16,
    Crc16Modbus,
}

impl Checksum {
    /// The check of these bytes, as it stands on the wire when it is raw.
    fn bytes(self, covered: &[u8]) -> ([u8; 2], usize) {
        match self {
            Self::None => ([0; 2], 0),
            Self::Xor => ([xor(covered), 0], 1),
            Self::Sum8 => ([sum8(covered), 0], 1),
            Self::Crc16 => (crc16(covered).to_be_bytes(), 2),
            Self::Crc16Modbus => (crc16_modbus(covered).to_le_bytes(), 2),
        }
    }
}

/// How frames are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// They begin with a mark and have one length.
    Length(usize),
    /// They begin and end with marks.
    Marks,
    /// Only their end is marked.
    End,
}

/// A frame as settings describe it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    pub(super) start: Vec<u8>,
    pub(super) end: Vec<u8>,
    pub(super) delimiter: Vec<u8>,
    pub(super) pieces: Vec<Vec<Part>>,
    pub(super) words: Words,
    pub(super) units: Units,
    pub(super) checksum: Checksum,
    pub(super) checksum_is_raw: bool,
    pub(super) checksum_covers_start: bool,
    pub(super) checksum_mark: Vec<u8>,
    pub(super) decimals: Option<u8>,
    pub(super) sum_within: Decimal,
    pub(super) framing: Framing,
    /// Whether every frame has the same length.
    pub(super) is_fixed: bool,
    pub(super) shortest: usize,
    pub(super) longest: usize,
    pub(super) writes_plus: bool,
    pub(super) fills_zeros: bool,
}

impl Layout {
    /// The layout that settings describe.
    ///
    /// # Errors
    /// A [`SettingsError`] that names the setting, the part of it that can't be used, and what is
    /// allowed there; also for settings that contradict each other.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        settings.check_keys(SETTINGS)?;
        let text = |key| settings.text(SETTINGS, key);
        let delimiter = mark(settings, "delimiter")?;
        let checksums = [
            ("none", Checksum::None),
            ("xor", Checksum::Xor),
            ("sum8", Checksum::Sum8),
            ("crc16", Checksum::Crc16),
            ("crc16_modbus", Checksum::Crc16Modbus),
        ];
        let choice = |key, no, yes| settings.choice(SETTINGS, key, &[(no, false), (yes, true)]);
        let mut layout = Self {
            start: mark(settings, "start")?,
            end: mark(settings, "end")?,
            pieces: fields::parse(text("fields"), !delimiter.is_empty())?,
            delimiter,
            words: Words::new(settings)?,
            units: Units::new(settings)?,
            checksum: settings.choice(SETTINGS, "checksum", &checksums)?,
            checksum_is_raw: choice("checksum_form", "hex", "raw")?,
            checksum_covers_start: choice("checksum_from", "fields", "start")?,
            checksum_mark: mark(settings, "checksum_mark")?,
            decimals: decimals(settings)?,
            sum_within: sum_within(settings)?,
            framing: Framing::End,
            is_fixed: false,
            shortest: 0,
            longest: 0,
            writes_plus: choice("positive", "blank", "+")?,
            fills_zeros: choice("fill", "blank", "zero")?,
        };
        layout.check_decimals(settings)?;
        layout.check_checksum(settings)?;
        layout.set_lengths(settings)?;
        layout.set_framing(settings)?;
        Ok(layout)
    }

    fn check_decimals(&self, settings: &Settings) -> Result<(), SettingsError> {
        if self.decimals.is_some() && fields::has(&self.pieces, &Item::Decimals) {
            let allowed = "empty beside a `decimals` field: the field says where the point is";
            return Err(refuse(
                "decimals",
                settings.text(SETTINGS, "decimals"),
                allowed,
            ));
        }
        Ok(())
    }

    fn check_checksum(&self, settings: &Settings) -> Result<(), SettingsError> {
        if self.checksum != Checksum::None {
            return Ok(());
        }
        for key in ["checksum_form", "checksum_from", "checksum_mark"] {
            let default = SETTINGS.iter().find(|spec| spec.key == key);
            let value = settings.text(SETTINGS, key);
            if default.is_some_and(|spec| spec.default != value) {
                let allowed = "this only with a `checksum`: xor, sum8, crc16, crc16_modbus";
                return Err(refuse(key, value, allowed));
            }
        }
        Ok(())
    }

    /// Bytes of the check and its mark.
    pub(super) fn check_width(&self) -> usize {
        let (_, bytes) = self.checksum.bytes(&[]);
        let digits = if self.checksum_is_raw {
            bytes
        } else {
            2 * bytes
        };
        self.checksum_mark.len() + digits
    }

    fn set_lengths(&mut self, settings: &Settings) -> Result<(), SettingsError> {
        let marks = self.start.len() + self.end.len() + self.check_width();
        let between = self.delimiter.len() * self.pieces.len().saturating_sub(1);
        let (mut sum, mut is_fixed) = (marks + between, true);
        for part in self.pieces.iter().flatten() {
            is_fixed &= part.width.is_some();
            let number = usize::from(matches!(part.item, Item::Number(_)));
            sum += part.width.unwrap_or(number);
        }
        self.is_fixed = is_fixed;
        let text = settings.text(SETTINGS, "length");
        if sum > LONGEST {
            let allowed = format!("fields that give at most {LONGEST} bytes; these give {sum}");
            return Err(refuse("fields", settings.text(SETTINGS, "fields"), allowed));
        }
        if text.is_empty() {
            self.shortest = sum;
            self.longest = if is_fixed {
                sum
            } else {
                USUAL.max(2 * sum).min(LONGEST)
            };
            return Ok(());
        }
        let (low, high) = text.split_once('-').unwrap_or((text, text));
        let number = |text: &str| text.trim_matches(' ').parse::<usize>().ok();
        let bounds = number(low).zip(number(high));
        let bounds = bounds.filter(|(low, high)| 0 < *low && low <= high && *high <= LONGEST);
        let Some((low, high)) = bounds else {
            let allowed = format!("bytes of a frame, `18` or `10-40`, at most {LONGEST}");
            return Err(refuse("length", text, allowed));
        };
        if high < sum || (is_fixed && low > sum) {
            let allowed = if is_fixed {
                format!("{sum}, or empty: start, fields, checksum and end have {sum} bytes")
            } else {
                format!("at least {sum}: start, fields, checksum and end have no fewer bytes")
            };
            return Err(refuse("length", text, allowed));
        }
        self.shortest = if is_fixed { sum } else { low.max(sum) };
        self.longest = if is_fixed { sum } else { high };
        Ok(())
    }

    fn set_framing(&mut self, settings: &Settings) -> Result<(), SettingsError> {
        let raw = self.checksum_is_raw;
        let whole = !self.start.is_empty() && self.is_fixed;
        if raw && !whole {
            let allowed = "`hex`; `raw` needs `start` bytes and a width for every field, as such a byte \
                           may look like the end";
            return Err(refuse("checksum_form", "raw", allowed));
        }
        if self.end.is_empty() && !whole {
            let allowed = "bytes, such as \\r\\n; it may be empty only with `start` bytes and a width \
                           for every field";
            return Err(refuse("end", "", allowed));
        }
        self.framing = match () {
            () if raw || self.end.is_empty() => Framing::Length(self.longest),
            () if self.start.is_empty() => Framing::End,
            () => Framing::Marks,
        };
        if self.start.is_empty() {
            let first = self.pieces.iter().flatten().next().map(|part| &part.item);
            if let Some(Item::Literal(text)) = first
                && text.first().is_some_and(|byte| is_control(*byte))
            {
                let allowed = "no control character as the first text: put it into `start`";
                return Err(refuse("fields", settings.text(SETTINGS, "fields"), allowed));
            }
        }
        let inside = self.end.split_last().map_or(&[][..], |(_, rest)| rest);
        if find(inside, &self.start, 0).is_some() {
            let allowed = "bytes that `end` does not begin with and does not have inside";
            return Err(refuse("start", settings.text(SETTINGS, "start"), allowed));
        }
        if !self.delimiter.is_empty() && self.end.starts_with(&self.delimiter) {
            let allowed = "something that `end` does not begin with";
            return Err(refuse(
                "delimiter",
                settings.text(SETTINGS, "delimiter"),
                allowed,
            ));
        }
        Ok(())
    }

    /// Whether the check behind the fields is the one of these bytes: from the first byte of the
    /// frame to the last field.
    pub(super) fn check_is_right(&self, body: &[u8], check: &[u8]) -> bool {
        let (raw, width) = self.checksum.bytes(self.covered(body));
        let raw = raw.get(..width).unwrap_or_default();
        let Some(stated) = check.strip_prefix(self.checksum_mark.as_slice()) else {
            return false;
        };
        if self.checksum_is_raw {
            return stated == raw;
        }
        let mut digits = self.digits(raw);
        stated.len() == 2 * width
            && stated
                .iter()
                .all(|byte| digits.next() == Some(byte.to_ascii_uppercase()))
    }

    /// The check of these bytes as it stands on the wire, its mark in front.
    pub(super) fn check_of(&self, body: &[u8]) -> Vec<u8> {
        let (raw, width) = self.checksum.bytes(self.covered(body));
        let raw = raw.get(..width).unwrap_or_default();
        let mut check = self.checksum_mark.clone();
        if self.checksum_is_raw {
            check.extend_from_slice(raw);
        } else {
            check.extend(self.digits(raw));
        }
        check
    }

    fn covered<'a>(&self, body: &'a [u8]) -> &'a [u8] {
        let from = if self.checksum_covers_start {
            0
        } else {
            self.start.len()
        };
        body.get(from..).unwrap_or_default()
    }

    /// A check as hexadecimal digits, the high byte first.
    fn digits<'a>(&self, raw: &'a [u8]) -> impl Iterator<Item = u8> + use<'a> {
        let low_first = self.checksum == Checksum::Crc16Modbus;
        let count = raw.len();
        (0..count).flat_map(move |index| {
            let place = if low_first { count - 1 - index } else { index };
            let byte = raw.get(place).copied().unwrap_or_default();
            [byte >> 4, byte & 0x0F].map(|nibble| match nibble {
                0..=9 => b'0' + nibble,
                _ => b'A' - 10 + nibble,
            })
        })
    }
}

/// A byte that no text begins with.
pub(super) fn is_control(byte: u8) -> bool {
    byte < 0x20 || byte == 0x7F
}

fn mark(settings: &Settings, key: &str) -> Result<Vec<u8>, SettingsError> {
    let text = settings.text(SETTINGS, key);
    let bytes = unescape(text).filter(|bytes| bytes.len() <= 16);
    bytes.ok_or_else(|| {
        let allowed = "at most 16 bytes, with \\xHH, \\r, \\n, \\t, \\\\";
        refuse(key, text, allowed)
    })
}

fn decimals(settings: &Settings) -> Result<Option<u8>, SettingsError> {
    if settings.text(SETTINGS, "decimals").is_empty() {
        return Ok(None);
    }
    let number = settings.number(SETTINGS, "decimals", 0..=6)?;
    Ok(Some(number as u8))
}

fn sum_within(settings: &Settings) -> Result<Decimal, SettingsError> {
    let text = settings.text(SETTINGS, "sum_within");
    decimal(text.as_bytes())
        .filter(|within| within.decimals <= 6)
        .ok_or_else(|| {
            let allowed = "a weight of at most six decimals, as `0.5` or `20`; 0: exactly";
            refuse("sum_within", text, allowed)
        })
}
