//! A number in normal form, and why a reading is none.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::PlateKind;
use super::form::{MAX_SERIAL_LETTERS, kind_of};
use super::reading::{MAX_READING_CHARACTERS, normal_form};

/// A plate number in normal form: upper case, half-width, no separators, e.g. `晋D12345`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PlateNumber {
    text: String,
    kind: PlateKind,
}

/// How sure the form of a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormConfidence {
    /// The sources agree on the form.
    Usual,
    /// A new-energy letter of the widening, on which the sources disagree: accepted, but another
    /// reading of the same plate in the older form is to be preferred.
    Low,
}

impl FormConfidence {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Usual, Self::Low];

    /// The name used in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Usual => "usual",
            Self::Low => "low",
        }
    }

    /// The Chinese name.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Usual => "一般",
            Self::Low => "低",
        }
    }

    /// The mark of the source: C2 secondary, R recalled with per cent.
    pub const fn sure(self) -> &'static str {
        match self {
            Self::Usual => "C2",
            Self::Low => "R 85",
        }
    }
}

/// What drives a new-energy vehicle (纯电动 or not), by its plate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NewEnergyDrive {
    /// D, and later A B C E.
    PureElectric,
    /// F, and later G H J K.
    Other,
}

impl NewEnergyDrive {
    /// Both.
    pub const ALL: [Self; 2] = [Self::PureElectric, Self::Other];

    /// The name used in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::PureElectric => "pure_electric",
            Self::Other => "other",
        }
    }

    /// The Chinese name.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::PureElectric => "纯电动",
            Self::Other => "非纯电动",
        }
    }
}

/// Why a reading is no plate number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAPlate {
    /// Nothing but blanks and separators.
    #[error("the reading is empty")]
    Empty,
    /// Longer than any plate.
    #[error("the reading has more than {MAX_READING_CHARACTERS} characters")]
    TooLong,
    /// Neither a province, nor a digit, nor a letter A-Z, nor a suffix of GA 36.
    #[error("'{character}' at position {position} stands on no plate")]
    Character {
        /// The character.
        character: char,
        /// Position, from 1.
        position: usize,
    },
    /// Too short or too long for its kind.
    #[error("a plate of kind {} has {wanted} characters, this has {found}", kind.name())]
    Length {
        /// The kind that its form speaks for.
        kind: PlateKind,
        /// Characters of that kind.
        wanted: usize,
        /// Characters found.
        found: usize,
    },
    /// The first character is no province.
    #[error("'{found}' is not one of the 31 province abbreviations")]
    Province {
        /// The first character.
        found: char,
    },
    /// The second character is no letter of an issuing office; I is none.
    #[error("'{found}' is not a letter of an issuing office")]
    Office {
        /// The second character.
        found: char,
    },
    /// A serial holds digits and letters, but neither I nor O.
    #[error("'{found}' at position {position} can't stand in a serial number")]
    Serial {
        /// The character.
        found: char,
        /// Position, from 1.
        position: usize,
    },
    /// More letters than GA 36-2018 allows.
    #[error("{found} letters in the serial number, at most {MAX_SERIAL_LETTERS} are issued")]
    Letters {
        /// Letters found.
        found: usize,
    },
    /// Eight characters that fit neither new-energy form.
    #[error("eight characters, but neither form of a new-energy plate")]
    NewEnergy,
    /// 港 and 澳 come only with 粤Z.
    #[error("'{suffix}' is issued only as 粤Z plates")]
    CrossBorder {
        /// The last character.
        suffix: char,
    },
}

impl NotAPlate {
    /// The reason as a Chinese sentence; the English one is the error's text.
    pub fn text_zh(&self) -> String {
        match self {
            Self::Empty => "号牌为空。".to_owned(),
            Self::TooLong => format!("号牌超过{MAX_READING_CHARACTERS}个字符。"),
            Self::Character {
                character,
                position,
            } => format!("第{position}位“{character}”不是号牌字符。"),
            Self::Length {
                kind,
                wanted,
                found,
            } => format!("{}应为{wanted}位，现为{found}位。", kind.zh()),
            Self::Province { found } => {
                format!("“{found}”不是31个省、自治区、直辖市简称之一。")
            }
            Self::Office { found } => format!("“{found}”不是发牌机关代号。"),
            Self::Serial { found, position } => {
                format!("第{position}位“{found}”不能用于号牌序号。")
            }
            Self::Letters { found } => {
                format!("序号中有{found}个字母，最多{MAX_SERIAL_LETTERS}个。")
            }
            Self::NewEnergy => "共8位，但不符合新能源汽车号牌的两种编排。".to_owned(),
            Self::CrossBorder { suffix } => format!("“{suffix}”字号牌只以粤Z核发。"),
        }
    }
}

impl PlateNumber {
    /// Reads a plate number: full-width forms, lower case, blanks and the separators `·•・‧-.`
    /// are put into normal form first. Nothing is guessed: a letter O in a serial is refused, not
    /// read as a zero.
    ///
    /// # Errors
    /// When the reading is no plate of GA 36-2018; the error says why.
    pub fn parse(reading: &str) -> Result<Self, NotAPlate> {
        let characters = normal_form(reading)?;
        let kind = kind_of(&characters)?;
        Ok(Self {
            text: characters.into_iter().collect(),
            kind,
        })
    }

    /// The number.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What it is for.
    pub const fn kind(&self) -> PlateKind {
        self.kind
    }

    /// The letter that tells a new-energy plate from others: the first of a small vehicle's serial,
    /// the last of a large one's; `None` for other kinds.
    pub fn new_energy_letter(&self) -> Option<char> {
        match self.kind {
            PlateKind::NewEnergySmall => self.text.chars().nth(2),
            PlateKind::NewEnergyLarge => self.text.chars().last(),
            _ => None,
        }
    }

    /// Whether it is a new-energy plate with one of the later letters A B C E G H J K. The sources
    /// disagree on them: the older ones have only D and F, and the widening is recalled (R 85).
    pub fn is_widened_letter(&self) -> bool {
        self.new_energy_letter()
            .is_some_and(|letter| !matches!(letter, 'D' | 'F'))
    }

    /// How sure the form is.
    pub fn confidence(&self) -> FormConfidence {
        if self.is_widened_letter() {
            FormConfidence::Low
        } else {
            FormConfidence::Usual
        }
    }

    /// What drives a new-energy vehicle by its letter; `None` for other kinds.
    pub fn new_energy_drive(&self) -> Option<NewEnergyDrive> {
        self.new_energy_letter().map(|letter| match letter {
            'A'..='E' => NewEnergyDrive::PureElectric,
            _ => NewEnergyDrive::Other,
        })
    }

    /// Whether it is a trailer's, which hangs at the rear and is another number than the tractor's.
    pub const fn is_trailer(&self) -> bool {
        matches!(self.kind, PlateKind::Trailer)
    }
}

impl fmt::Display for PlateNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for PlateNumber {
    type Err = NotAPlate;

    fn from_str(reading: &str) -> Result<Self, NotAPlate> {
        Self::parse(reading)
    }
}

impl TryFrom<String> for PlateNumber {
    type Error = NotAPlate;

    fn try_from(reading: String) -> Result<Self, NotAPlate> {
        Self::parse(&reading)
    }
}

impl From<PlateNumber> for String {
    fn from(plate: PlateNumber) -> Self {
        plate.text
    }
}
