//! How a plate looks: characters, rows, size, and the end of the vehicle at which it hangs.

use serde::{Deserialize, Serialize};

use crate::units::Millimetres;

/// Colour of the characters (字符颜色).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextColour {
    /// Black.
    Black,
    /// White.
    White,
}

impl TextColour {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Black, Self::White];

    /// The name used in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Black => "black",
            Self::White => "white",
        }
    }

    /// The Chinese name.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Black => "黑字",
            Self::White => "白字",
        }
    }
}

/// Which part of the number is red.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RedPart {
    /// None.
    Nothing,
    /// The last character (警, 使, 领).
    LastCharacter,
    /// The first part, of military and armed police plates.
    FirstPart,
}

impl RedPart {
    /// All.
    pub const ALL: [Self; 3] = [Self::Nothing, Self::LastCharacter, Self::FirstPart];

    /// The name used in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::LastCharacter => "last_character",
            Self::FirstPart => "first_part",
        }
    }

    /// The Chinese name.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Nothing => "无红字",
            Self::LastCharacter => "末位红字",
            Self::FirstPart => "前部红字",
        }
    }
}

/// End of a vehicle at which a plate hangs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlateEnd {
    /// Front (前号牌).
    Front,
    /// Rear (后号牌).
    Rear,
}

impl PlateEnd {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Front, Self::Rear];

    /// The name used in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Front => "front",
            Self::Rear => "rear",
        }
    }

    /// The Chinese name.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Front => "前号牌",
            Self::Rear => "后号牌",
        }
    }
}

/// Structure of a plate (号牌结构).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlateRows {
    /// One row (单行).
    One,
    /// Two rows (双行): province and office above, serial below.
    Two,
}

impl PlateRows {
    /// Both.
    pub const ALL: [Self; 2] = [Self::One, Self::Two];

    /// The name used in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::One => "one",
            Self::Two => "two",
        }
    }

    /// The Chinese name.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::One => "单行",
            Self::Two => "双行",
        }
    }
}

/// Outer size of a plate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PlateSize {
    /// Width.
    pub width_mm: Millimetres,
    /// Height.
    pub height_mm: Millimetres,
}

/// A plate as it hangs at one end of a vehicle; what the sources don't state is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PlateFace {
    /// Rows.
    pub rows: Option<PlateRows>,
    /// Size.
    pub size: Option<PlateSize>,
}

impl PlateFace {
    pub(super) const UNSTATED: Self = Self {
        rows: None,
        size: None,
    };

    pub(super) const fn new(rows: Option<PlateRows>, width_mm: i64, height_mm: i64) -> Self {
        let size = PlateSize {
            width_mm: Millimetres::new(width_mm),
            height_mm: Millimetres::new(height_mm),
        };
        Self {
            rows,
            size: Some(size),
        }
    }
}
