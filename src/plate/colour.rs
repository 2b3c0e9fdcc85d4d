//! Colour of a plate's ground, and the numberings in which others send it.

use serde::{Deserialize, Serialize};

/// Colour of a plate's ground (号牌颜色).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlateColour {
    /// Small vehicles.
    Blue,
    /// Medium and heavy trucks, tractors, trailers.
    Yellow,
    /// Police, military.
    White,
    /// Embassy, Hong Kong, Macao.
    Black,
    /// Small new-energy (gradient green).
    Green,
    /// Large new-energy (yellow and green).
    YellowGreen,
}

impl PlateColour {
    /// All colours.
    pub const ALL: [Self; 6] = [
        Self::Blue,
        Self::Yellow,
        Self::White,
        Self::Black,
        Self::Green,
        Self::YellowGreen,
    ];

    /// The name used in the store and on the delimited plate line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Blue => "blue",
            Self::Yellow => "yellow",
            Self::White => "white",
            Self::Black => "black",
            Self::Green => "green",
            Self::YellowGreen => "yellow_green",
        }
    }

    /// The colour of a [`name`](Self::name).
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|colour| colour.name() == name)
    }

    /// The Chinese name.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Blue => "蓝色",
            Self::Yellow => "黄色",
            Self::White => "白色",
            Self::Black => "黑色",
            Self::Green => "渐变绿色",
            Self::YellowGreen => "黄绿双拼色",
        }
    }

    /// The code of the exchange client (plateNumColor); white and black are the other way round
    /// than on [cameras](Self::camera_code).
    pub const fn exchange_code(self) -> u32 {
        match self {
            Self::Blue => 0,
            Self::Yellow => 1,
            Self::Black => 2,
            Self::White => 3,
            Self::Green => 4,
            Self::YellowGreen => 5,
        }
    }

    /// The colour of an exchange code. `None` for 9 (unsure), for 6 (blue and white), 11 (plain
    /// green, which is not the gradient green of new-energy plates) and 12 (red), which no plate
    /// of these kinds has, and for any other number.
    pub fn from_exchange_code(code: u32) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|colour| colour.exchange_code() == code)
    }

    /// The code in the numbering of camera SDKs; `None` for yellow-green, for which that numbering
    /// has no code. A protocol whose own text numbers colours otherwise goes by its own text.
    pub const fn camera_code(self) -> Option<u32> {
        match self {
            Self::Blue => Some(0),
            Self::Yellow => Some(1),
            Self::White => Some(2),
            Self::Black => Some(3),
            Self::Green => Some(4),
            Self::YellowGreen => None,
        }
    }

    /// The colour of a camera SDK's code; `None` for any number from 5 on.
    pub fn from_camera_code(code: u32) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|colour| colour.camera_code() == Some(code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_numberings_agree_on_three_colours_and_swap_white_and_black() {
        use PlateColour::*;
        let exchange: Vec<_> = (0..14).map(PlateColour::from_exchange_code).collect();
        let mut wanted = vec![None; 14];
        for (code, colour) in [Blue, Yellow, Black, White, Green, YellowGreen]
            .into_iter()
            .enumerate()
        {
            wanted[code] = Some(colour);
        }
        assert_eq!(exchange, wanted);
        let camera: Vec<_> = (0..7).map(PlateColour::from_camera_code).collect();
        let wanted = [Blue, Yellow, White, Black, Green].map(Some);
        assert_eq!(camera[..5], wanted);
        assert_eq!(camera[5..], [None, None]);
        assert_eq!(PlateColour::from_exchange_code(u32::MAX), None);
        assert_eq!(PlateColour::from_camera_code(u32::MAX), None);
    }

    #[test]
    fn every_colour_comes_back_from_its_code_and_name() {
        for colour in PlateColour::ALL {
            let back = PlateColour::from_exchange_code(colour.exchange_code());
            assert_eq!(back, Some(colour));
            if let Some(code) = colour.camera_code() {
                assert_eq!(PlateColour::from_camera_code(code), Some(colour));
            }
            assert_eq!(PlateColour::from_name(colour.name()), Some(colour));
            let json = serde_json::to_value(colour).unwrap();
            assert_eq!(json, colour.name());
        }
        assert_eq!(PlateColour::YellowGreen.camera_code(), None);
        assert_eq!(PlateColour::from_name("red"), None);
    }
}
