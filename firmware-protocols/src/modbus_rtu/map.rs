//! Which registers of an indicator mean what: the settings, and both ways between a block of
//! registers and a reading.

use alloc::format;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

use super::float::{float_bits, float_digits};
use super::frame::READ_REGISTERS;
use super::settings::SETTINGS;
use crate::settings::refuse;
use crate::{Decimal, EncodeError, Reading, Reject, Settings, SettingsError, Unit};

/// How a weight stands in its registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One register, 0 to 65,535.
    U16,
    /// One register, two's complement.
    I16,
    /// Two registers, 0 to 4,294,967,295.
    U32,
    /// Two registers, two's complement.
    I32,
    /// Two registers, IEEE 754 single precision.
    F32,
}

impl Kind {
    /// How many registers.
    pub const fn registers(self) -> u16 {
        match self {
            Self::U16 | Self::I16 => 1,
            Self::U32 | Self::I32 | Self::F32 => 2,
        }
    }
}

/// What a status bit means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// No motion.
    Stable,
    /// Motion.
    Moving,
    /// Over capacity.
    Overload,
    /// Under zero.
    Underload,
    /// The weight is net.
    Net,
    /// The weight is gross.
    Gross,
    /// The weight can't be used.
    Invalid,
    /// The weight can be used.
    Valid,
    /// Centre of zero; a reading has no place for it.
    Zero,
}

const MEANINGS: [(&str, Meaning); 9] = [
    ("stable", Meaning::Stable),
    ("moving", Meaning::Moving),
    ("overload", Meaning::Overload),
    ("underload", Meaning::Underload),
    ("net", Meaning::Net),
    ("gross", Meaning::Gross),
    ("invalid", Meaning::Invalid),
    ("valid", Meaning::Valid),
    ("zero", Meaning::Zero),
];

/// One status bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusBit {
    /// Its register, counted from 0.
    pub register: u16,
    /// Its place in the register, 0 is the lowest.
    pub bit: u8,
    /// Whether a set bit stands for the meaning; otherwise a clear one does.
    pub when_set: bool,
    /// What it means.
    pub meaning: Meaning,
}

/// Which register means what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Map {
    /// Modbus address of the indicator, 1 to 247.
    pub unit: u8,
    /// Function that reads, 3 or 4.
    pub function: u8,
    /// First register of the block.
    pub address: u16,
    /// How many registers the block has.
    pub count: u16,
    /// First register of the weight.
    pub register: u16,
    /// How the weight stands there.
    pub kind: Kind,
    /// Whether the high word of two is in the second register.
    pub low_word_first: bool,
    /// Whether the low byte of the weight's registers is first.
    pub low_byte_first: bool,
    /// Places after the point.
    pub decimals: u8,
    /// The register that says the places after the point.
    pub point_register: Option<u16>,
    /// The status bits.
    pub status: Vec<StatusBit>,
    /// The unit of the weight.
    pub weight_unit: Option<Unit>,
}

impl Map {
    /// The map that settings describe.
    ///
    /// # Errors
    /// A [`SettingsError`] that says what is allowed: for values out of range, for registers outside
    /// of the block, and for registers that would mean two things.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        settings.check_keys(SETTINGS)?;
        let order = |key| {
            let words = [("high_first", false), ("low_first", true)];
            settings.choice(SETTINGS, key, &words)
        };
        let kinds = [
            ("u16", Kind::U16),
            ("i16", Kind::I16),
            ("u32", Kind::U32),
            ("i32", Kind::I32),
            ("f32", Kind::F32),
        ];
        let address = settings.number(SETTINGS, "address", 0..=65_535)? as u16;
        let mut map = Self {
            unit: settings.number(SETTINGS, "unit", 1..=247)? as u8,
            function: settings.choice(SETTINGS, "function", &[("3", 3), ("4", 4)])?,
            address,
            count: settings.number(SETTINGS, "count", 1..=READ_REGISTERS.into())? as u16,
            register: address,
            kind: settings.choice(SETTINGS, "kind", &kinds)?,
            low_word_first: order("word_order")?,
            low_byte_first: order("byte_order")?,
            decimals: settings.number(SETTINGS, "decimals", 0..=6)? as u8,
            point_register: None,
            status: vec![],
            weight_unit: weight_unit(settings)?,
        };
        if u32::from(map.address) + u32::from(map.count) > 0x1_0000 {
            let allowed = format!(
                "a block that ends at 65535: at most {}",
                65_536 - i64::from(address)
            );
            return Err(refuse("count", settings.text(SETTINGS, "count"), allowed));
        }
        map.read_registers(settings)?;
        map.read_status(settings.text(SETTINGS, "status"))?;
        Ok(map)
    }

    /// The block as words for an error.
    fn block(&self) -> alloc::string::String {
        let last = u32::from(self.address) + u32::from(self.count) - 1;
        format!("{} to {last}", self.address)
    }

    fn in_block(&self, register: u16, words: u16) -> bool {
        register
            .checked_sub(self.address)
            .is_some_and(|index| u32::from(index) + u32::from(words) <= u32::from(self.count))
    }

    /// A register of the block, from a setting that may be empty.
    fn optional(
        &self,
        settings: &Settings,
        key: &str,
        words: u16,
    ) -> Result<Option<u16>, SettingsError> {
        let text = settings.text(SETTINGS, key);
        if text.is_empty() {
            return Ok(None);
        }
        let register = text
            .parse()
            .ok()
            .filter(|register| self.in_block(*register, words));
        register.map(Some).ok_or_else(|| {
            let width = if words == 1 {
                ""
            } else {
                " with the register behind it"
            };
            let allowed = format!(
                "a register of the block{width}: {} (`address` and `count`), or empty",
                self.block()
            );
            refuse(key, text, allowed)
        })
    }

    fn read_registers(&mut self, settings: &Settings) -> Result<(), SettingsError> {
        let words = self.kind.registers();
        if let Some(register) = self.optional(settings, "register", words)? {
            self.register = register;
        } else if words > self.count {
            let kind = settings.text(SETTINGS, "kind");
            let allowed = format!(
                "u16, i16, as the block has {} register (`count`)",
                self.count
            );
            return Err(refuse("kind", kind, allowed));
        }
        self.point_register = self.optional(settings, "point_register", 1)?;
        if let Some(point) = self.point_register {
            if self.is_weight(point) {
                let allowed = "a register that is not one of the weight's (`register`, `kind`)";
                return Err(refuse("point_register", &point.to_string(), allowed));
            }
            if settings.get("decimals").is_some() {
                let allowed =
                    "no `decimals` beside a `point_register`: one of the two says the point";
                return Err(refuse(
                    "decimals",
                    settings.text(SETTINGS, "decimals"),
                    allowed,
                ));
            }
        }
        Ok(())
    }

    fn is_weight(&self, register: u16) -> bool {
        let index = register.checked_sub(self.register);
        index.is_some_and(|index| index < self.kind.registers())
    }

    fn read_status(&mut self, text: &str) -> Result<(), SettingsError> {
        for item in text
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
        {
            let bit = status_bit(item).ok_or_else(|| {
                let words: Vec<_> = MEANINGS.iter().map(|(word, _)| *word).collect();
                let allowed = format!(
                    "register.bit=meaning, as in `4.12=moving` or `4.12=!stable`; bits 0 to 15; \
                     meanings: {}",
                    words.join(", ")
                );
                refuse("status", item, allowed)
            })?;
            if !self.in_block(bit.register, 1) {
                let allowed = format!(
                    "registers of the block: {} (`address`, `count`)",
                    self.block()
                );
                return Err(refuse("status", item, allowed));
            }
            if self.is_weight(bit.register) || self.point_register == Some(bit.register) {
                let allowed = "registers that are not the weight's and not `point_register`";
                return Err(refuse("status", item, allowed));
            }
            self.status.push(bit);
        }
        Ok(())
    }

    /// One register of a block, high byte first.
    fn word(&self, data: &[u8], register: u16) -> Option<u16> {
        let index = usize::from(register.checked_sub(self.address)?);
        super::frame::word(data, 2 * index)
    }

    /// Whether the status bits say this, where they speak of it. Bits that contradict each other
    /// are a reject.
    fn says(&self, data: &[u8], yes: Meaning, no: Meaning) -> Result<Option<bool>, Reject> {
        let mut said = None;
        for bit in &self.status {
            let meant = match bit.meaning {
                meaning if meaning == yes => true,
                meaning if meaning == no => false,
                _ => continue,
            };
            let word = self.word(data, bit.register).ok_or(Reject::Length)?;
            let set = word >> bit.bit & 1 == 1;
            let value = (set == bit.when_set) == meant;
            if said.is_some_and(|said| said != value) {
                return Err(Reject::Contradiction);
            }
            said = Some(value);
        }
        Ok(said)
    }

    /// What a block of registers says: the data bytes of an answer, two for each register.
    ///
    /// # Errors
    /// [`Reject::Length`] for another number of bytes; [`Reject::Contradiction`] for status bits
    /// that exclude each other; [`Reject::Device`] when a status bit says that the weight is
    /// invalid; [`Reject::Field`] for a float that is no weight and for a point register above 6.
    pub fn reading(&self, data: &[u8]) -> Result<Reading, Reject> {
        if data.len() != 2 * usize::from(self.count) {
            return Err(Reject::Length);
        }
        let overload = self.says(data, Meaning::Overload, Meaning::Overload)?;
        let underload = self.says(data, Meaning::Underload, Meaning::Underload)?;
        let out_of_range = overload == Some(true) || underload == Some(true);
        let valid = self.says(data, Meaning::Valid, Meaning::Invalid)?;
        if valid == Some(false) && !out_of_range {
            return Err(Reject::Device);
        }
        Ok(Reading {
            value: if out_of_range {
                None
            } else {
                Some(self.value(data)?)
            },
            unit: self.weight_unit,
            stable: self.says(data, Meaning::Stable, Meaning::Moving)?,
            net: self.says(data, Meaning::Net, Meaning::Gross)?,
            overload,
            underload,
            checked: true,
            ..Reading::default()
        })
    }

    fn value(&self, data: &[u8]) -> Result<Decimal, Reject> {
        let decimals = match self.point_register {
            None => self.decimals,
            Some(register) => {
                let point = self.word(data, register).ok_or(Reject::Length)?;
                let point = u8::try_from(point).ok().filter(|point| *point <= 6);
                point.ok_or(Reject::Field)?
            }
        };
        let weight = |index: u16| {
            let register = self.register.checked_add(index)?;
            let word = self.word(data, register)?;
            Some(if self.low_byte_first {
                word.swap_bytes()
            } else {
                word
            })
        };
        let first = weight(0).ok_or(Reject::Length)?;
        let digits = match self.kind {
            Kind::U16 => first.into(),
            Kind::I16 => i64::from(first as i16),
            Kind::U32 | Kind::I32 | Kind::F32 => {
                let second = weight(1).ok_or(Reject::Length)?;
                let (high, low) = if self.low_word_first {
                    (second, first)
                } else {
                    (first, second)
                };
                let bits = u32::from(high) << 16 | u32::from(low);
                match self.kind {
                    Kind::I32 => i64::from(bits as i32),
                    Kind::F32 => float_digits(bits, decimals).ok_or(Reject::Field)?,
                    _ => bits.into(),
                }
            }
        };
        Ok(Decimal::new(digits, decimals))
    }

    /// The registers of the block that say this; what the map has no place for is left out,
    /// registers without a meaning are zero.
    ///
    /// # Errors
    /// [`EncodeError::Missing`] for a weight that the map can't say is out of range;
    /// [`EncodeError::Range`] for a weight that does not fit its registers, for other decimals and
    /// for another unit than the map has.
    pub fn registers(&self, reading: &Reading) -> Result<Vec<u16>, EncodeError> {
        if reading.unit.is_some() && reading.unit != self.weight_unit {
            let name = reading.unit.map_or("", Unit::name);
            return Err(EncodeError::range("unit", name));
        }
        let mut block = vec![0_u16; self.count.into()];
        if let Some(value) = reading.value {
            self.write_value(&mut block, value)?;
        } else if !self.can_say_out_of_range(reading) {
            return Err(EncodeError::Missing("value"));
        }
        for bit in &self.status {
            if says_so(reading, bit.meaning) == bit.when_set {
                self.write(&mut block, bit.register, |word| word | 1 << bit.bit);
            }
        }
        Ok(block)
    }

    fn can_say_out_of_range(&self, reading: &Reading) -> bool {
        self.status.iter().any(|bit| match bit.meaning {
            Meaning::Overload => reading.overload == Some(true),
            Meaning::Underload => reading.underload == Some(true),
            _ => false,
        })
    }

    fn write(&self, block: &mut [u16], register: u16, change: impl Fn(u16) -> u16) {
        let index = register.checked_sub(self.address).map(usize::from);
        if let Some(word) = index.and_then(|index| block.get_mut(index)) {
            *word = change(*word);
        }
    }

    fn write_value(&self, block: &mut [u16], value: Decimal) -> Result<(), EncodeError> {
        let range = || EncodeError::range("value", value);
        match self.point_register {
            Some(register) if value.decimals <= 6 => {
                self.write(block, register, |_| value.decimals.into());
            }
            None if value.decimals == self.decimals => {}
            _ => return Err(range()),
        }
        let words = match self.kind {
            Kind::U16 => vec![u16::try_from(value.digits).map_err(|_| range())?],
            Kind::I16 => vec![i16::try_from(value.digits).map_err(|_| range())? as u16],
            kind => {
                let bits = match kind {
                    Kind::I32 => i32::try_from(value.digits).map_err(|_| range())? as u32,
                    Kind::F32 => float_bits(value).ok_or_else(range)?,
                    _ => u32::try_from(value.digits).map_err(|_| range())?,
                };
                let (high, low) = ((bits >> 16) as u16, bits as u16);
                if self.low_word_first {
                    vec![low, high]
                } else {
                    vec![high, low]
                }
            }
        };
        for (index, word) in (0..).zip(words) {
            let word = if self.low_byte_first {
                word.swap_bytes()
            } else {
                word
            };
            self.write(block, self.register.saturating_add(index), |_| word);
        }
        Ok(())
    }
}

/// Whether a reading has what a status bit means.
fn says_so(reading: &Reading, meaning: Meaning) -> bool {
    let out_of_range = reading.overload == Some(true) || reading.underload == Some(true);
    match meaning {
        Meaning::Stable => reading.stable == Some(true),
        Meaning::Moving => reading.stable != Some(true),
        Meaning::Overload => reading.overload == Some(true),
        Meaning::Underload => reading.underload == Some(true),
        Meaning::Net => reading.net == Some(true),
        Meaning::Gross => reading.net != Some(true),
        Meaning::Invalid => out_of_range,
        Meaning::Valid => !out_of_range,
        Meaning::Zero => reading.value.is_some_and(|value| value.digits == 0),
    }
}

fn weight_unit(settings: &Settings) -> Result<Option<Unit>, SettingsError> {
    let text = settings.text(SETTINGS, "weight_unit");
    if text.is_empty() {
        return Ok(None);
    }
    Unit::from_name(text).map(Some).ok_or_else(|| {
        let allowed = "kg, g, t, lb, oz, short_ton, ozt, dwt, N, or empty";
        refuse("weight_unit", text, allowed)
    })
}

fn status_bit(item: &str) -> Option<StatusBit> {
    let (place, word) = item.split_once('=')?;
    let (register, bit) = place.trim().split_once('.')?;
    let word = word.trim();
    let (when_set, word) = match word.strip_prefix('!') {
        Some(word) => (false, word.trim()),
        None => (true, word),
    };
    Some(StatusBit {
        register: register.parse().ok()?,
        bit: bit.parse().ok().filter(|bit| *bit < 16)?,
        when_set,
        meaning: MEANINGS.iter().find(|(known, _)| *known == word)?.1,
    })
}
