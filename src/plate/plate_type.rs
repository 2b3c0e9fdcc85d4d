//! The national types of plates (号牌种类): code, colours, sizes and rows at either end.
//!
//! A number alone leaves open whether an ordinary plate is a large vehicle's or a small one's; the
//! colour decides, and a colour that contradicts the number is said, not corrected.

use serde::{Deserialize, Serialize};

use super::face::{PlateEnd, PlateFace, PlateRows, RedPart, TextColour};
use super::{PlateColour, PlateNumber};

/// Type of a plate (号牌种类).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlateType {
    /// Large vehicle (大型汽车): medium and heavy trucks, tractors.
    LargeVehicle,
    /// Small vehicle (小型汽车).
    SmallVehicle,
    /// Embassy (使馆汽车).
    Embassy,
    /// Consulate (领馆汽车).
    Consulate,
    /// Low-speed vehicle (低速车).
    LowSpeed,
    /// Trailer (挂车).
    Trailer,
    /// Driving school (教练汽车).
    Training,
    /// Police (警用汽车).
    Police,
    /// Hong Kong (香港入出境车).
    HongKong,
    /// Macao (澳门入出境车).
    Macao,
    /// Armed police (武警号牌).
    ArmedPolice,
    /// Military (军队号牌).
    Military,
    /// Large new-energy vehicle (大型新能源汽车).
    LargeNewEnergy,
    /// Small new-energy vehicle (小型新能源汽车).
    SmallNewEnergy,
    /// Temporary plate of a special oversize transport (超).
    Oversize,
}

impl PlateType {
    /// All types, in the order of their codes.
    pub const ALL: [Self; 15] = [
        Self::LargeVehicle,
        Self::SmallVehicle,
        Self::Embassy,
        Self::Consulate,
        Self::LowSpeed,
        Self::Trailer,
        Self::Training,
        Self::Police,
        Self::HongKong,
        Self::Macao,
        Self::ArmedPolice,
        Self::Military,
        Self::LargeNewEnergy,
        Self::SmallNewEnergy,
        Self::Oversize,
    ];

    /// The name used in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::LargeVehicle => "large_vehicle",
            Self::SmallVehicle => "small_vehicle",
            Self::Embassy => "embassy",
            Self::Consulate => "consulate",
            Self::LowSpeed => "low_speed",
            Self::Trailer => "trailer",
            Self::Training => "training",
            Self::Police => "police",
            Self::HongKong => "hong_kong",
            Self::Macao => "macao",
            Self::ArmedPolice => "armed_police",
            Self::Military => "military",
            Self::LargeNewEnergy => "large_new_energy",
            Self::SmallNewEnergy => "small_new_energy",
            Self::Oversize => "oversize",
        }
    }

    /// The Chinese name.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::LargeVehicle => "大型汽车号牌",
            Self::SmallVehicle => "小型汽车号牌",
            Self::Embassy => "使馆汽车号牌",
            Self::Consulate => "领馆汽车号牌",
            Self::LowSpeed => "低速车号牌",
            Self::Trailer => "挂车号牌",
            Self::Training => "教练汽车号牌",
            Self::Police => "警用汽车号牌",
            Self::HongKong => "香港入出境车号牌",
            Self::Macao => "澳门入出境车号牌",
            Self::ArmedPolice => "武警号牌",
            Self::Military => "军队号牌",
            Self::LargeNewEnergy => "大型新能源汽车号牌",
            Self::SmallNewEnergy => "小型新能源汽车号牌",
            Self::Oversize => "超限运输临时号牌",
        }
    }

    /// The national type code (号牌种类代码), two digits; `None` for the temporary oversize plate,
    /// for which none is stated.
    pub const fn code(self) -> Option<&'static str> {
        match self {
            Self::LargeVehicle => Some("01"),
            Self::SmallVehicle => Some("02"),
            Self::Embassy => Some("03"),
            Self::Consulate => Some("04"),
            Self::LowSpeed => Some("13"),
            Self::Trailer => Some("15"),
            Self::Training => Some("16"),
            Self::Police => Some("23"),
            Self::HongKong => Some("26"),
            Self::Macao => Some("27"),
            Self::ArmedPolice => Some("31"),
            Self::Military => Some("32"),
            Self::LargeNewEnergy => Some("51"),
            Self::SmallNewEnergy => Some("52"),
            Self::Oversize => None,
        }
    }

    /// How sure the code is: C2 from a secondary source, R recalled, with per cent.
    pub const fn code_sure(self) -> Option<&'static str> {
        match self {
            Self::ArmedPolice | Self::Military => Some("R 70"),
            Self::Oversize => None,
            _ => Some("C2"),
        }
    }

    /// The type of a code; `None` for codes of types that are not known here.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|plate_type| plate_type.code() == Some(code))
    }

    /// Colour of the ground.
    pub const fn ground(self) -> PlateColour {
        match self {
            Self::LargeVehicle
            | Self::LowSpeed
            | Self::Trailer
            | Self::Training
            | Self::Oversize => PlateColour::Yellow,
            Self::SmallVehicle => PlateColour::Blue,
            Self::Embassy | Self::Consulate | Self::HongKong | Self::Macao => PlateColour::Black,
            Self::Police | Self::ArmedPolice | Self::Military => PlateColour::White,
            Self::LargeNewEnergy => PlateColour::YellowGreen,
            Self::SmallNewEnergy => PlateColour::Green,
        }
    }

    /// Colour of the characters that are not red; `None` where the sources state none.
    pub const fn text_colour(self) -> Option<TextColour> {
        match self {
            Self::LargeVehicle
            | Self::LowSpeed
            | Self::Trailer
            | Self::Training
            | Self::Police
            | Self::LargeNewEnergy => Some(TextColour::Black),
            Self::SmallVehicle | Self::Embassy | Self::Consulate | Self::HongKong | Self::Macao => {
                Some(TextColour::White)
            }
            Self::SmallNewEnergy | Self::ArmedPolice | Self::Military | Self::Oversize => None,
        }
    }

    /// Which part is red.
    pub const fn red_part(self) -> RedPart {
        match self {
            Self::Police | Self::Embassy | Self::Consulate => RedPart::LastCharacter,
            Self::ArmedPolice | Self::Military => RedPart::FirstPart,
            _ => RedPart::Nothing,
        }
    }

    /// The plate at one end of the vehicle; `None` when none hangs there, as at a trailer's front.
    pub const fn face(self, end: PlateEnd) -> Option<PlateFace> {
        match (self, end) {
            (Self::Trailer, PlateEnd::Front) => None,
            (Self::Trailer | Self::LargeVehicle, PlateEnd::Rear) => {
                Some(PlateFace::new(Some(PlateRows::Two), 440, 220))
            }
            (Self::LargeVehicle, PlateEnd::Front) | (Self::SmallVehicle, _) => {
                Some(PlateFace::new(Some(PlateRows::One), 440, 140))
            }
            (Self::LargeNewEnergy | Self::SmallNewEnergy, _) => {
                Some(PlateFace::new(Some(PlateRows::One), 480, 140))
            }
            (Self::LowSpeed, _) => Some(PlateFace::new(None, 300, 165)),
            _ => Some(PlateFace::UNSTATED),
        }
    }
}

/// Whether the colour that was read is one in which such a number is issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColourFits {
    /// It is.
    Yes,
    /// No colour was read.
    Unknown,
    /// It is not: number or colour was misread, or the plate is false.
    No,
}

impl ColourFits {
    /// All.
    pub const ALL: [Self; 3] = [Self::Yes, Self::Unknown, Self::No];

    /// The name used in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Unknown => "unknown",
            Self::No => "no",
        }
    }

    /// The Chinese name.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Yes => "颜色与号码相符",
            Self::Unknown => "颜色未识别",
            Self::No => "颜色与号码不符",
        }
    }
}

/// What a number and a colour say of the type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypesOf {
    /// The types it may be, in the order of their codes; never empty.
    pub types: Vec<PlateType>,
    /// Whether the colour speaks for them. When it speaks against them it decides nothing, and
    /// `types` is what the number says.
    pub colour: ColourFits,
}

/// The types that a number may be of, narrowed by its colour: five serial characters on yellow are
/// a large vehicle's or a low-speed one's, on blue a small vehicle's.
pub fn types_of(number: &PlateNumber, colour: Option<PlateColour>) -> TypesOf {
    let by_number: Vec<PlateType> = match number.as_str().chars().last() {
        Some('港') => vec![PlateType::HongKong],
        Some('澳') => vec![PlateType::Macao],
        _ => number.kind().types().to_vec(),
    };
    let Some(colour) = colour else {
        return TypesOf {
            types: by_number,
            colour: ColourFits::Unknown,
        };
    };
    let by_colour: Vec<PlateType> = by_number
        .iter()
        .copied()
        .filter(|plate_type| plate_type.ground() == colour)
        .collect();
    if by_colour.is_empty() {
        TypesOf {
            types: by_number,
            colour: ColourFits::No,
        }
    } else {
        TypesOf {
            types: by_colour,
            colour: ColourFits::Yes,
        }
    }
}

/// Whether a plate with this number can hang at that end: a trailer's hangs only at the rear.
pub fn fits_position(number: &PlateNumber, end: PlateEnd) -> bool {
    let types: &[PlateType] = number.kind().types();
    types
        .iter()
        .any(|plate_type| plate_type.face(end).is_some())
}
