//! What a number's form alone says of the plate.

use serde::{Deserialize, Serialize};

use super::{PlateColour, PlateType};

/// What a plate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlateKind {
    /// Five serial characters: large vehicles (yellow), small ones (blue), low-speed ones.
    Ordinary,
    /// Small new-energy vehicle (小型新能源): D or F (or their later letters) first.
    NewEnergySmall,
    /// Large new-energy vehicle (大型新能源): D or F (or their later letters) last.
    NewEnergyLarge,
    /// Trailer (挂).
    Trailer,
    /// Driving school (学).
    Training,
    /// Police (警).
    Police,
    /// Embassy (使).
    Embassy,
    /// Consulate (领).
    Consulate,
    /// Cross-border vehicle of Hong Kong or Macao (港, 澳).
    HkMacau,
    /// Military (军队).
    Military,
    /// Armed police (武警, WJ).
    ArmedPolice,
    /// Temporary plate of a special oversize transport (超).
    Oversize,
}

impl PlateKind {
    /// All kinds.
    pub const ALL: [Self; 12] = [
        Self::Ordinary,
        Self::NewEnergySmall,
        Self::NewEnergyLarge,
        Self::Trailer,
        Self::Training,
        Self::Police,
        Self::Embassy,
        Self::Consulate,
        Self::HkMacau,
        Self::Military,
        Self::ArmedPolice,
        Self::Oversize,
    ];

    /// The name used in the store, in the API and in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ordinary => "ordinary",
            Self::NewEnergySmall => "new_energy_small",
            Self::NewEnergyLarge => "new_energy_large",
            Self::Trailer => "trailer",
            Self::Training => "training",
            Self::Police => "police",
            Self::Embassy => "embassy",
            Self::Consulate => "consulate",
            Self::HkMacau => "hk_macau",
            Self::Military => "military",
            Self::ArmedPolice => "armed_police",
            Self::Oversize => "oversize",
        }
    }

    /// The Chinese name.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Ordinary => "普通号牌",
            Self::NewEnergySmall => "小型新能源汽车号牌",
            Self::NewEnergyLarge => "大型新能源汽车号牌",
            Self::Trailer => "挂车号牌",
            Self::Training => "教练汽车号牌",
            Self::Police => "警用汽车号牌",
            Self::Embassy => "使馆汽车号牌",
            Self::Consulate => "领馆汽车号牌",
            Self::HkMacau => "港澳入出境车号牌",
            Self::Military => "军队号牌",
            Self::ArmedPolice => "武警号牌",
            Self::Oversize => "超限运输临时号牌",
        }
    }

    /// The national types that a number of this kind may be; the colour narrows them, see
    /// [`types_of`](super::types_of).
    pub const fn types(self) -> &'static [PlateType] {
        match self {
            Self::Ordinary => &[
                PlateType::LargeVehicle,
                PlateType::SmallVehicle,
                PlateType::LowSpeed,
            ],
            Self::NewEnergySmall => &[PlateType::SmallNewEnergy],
            Self::NewEnergyLarge => &[PlateType::LargeNewEnergy],
            Self::Trailer => &[PlateType::Trailer],
            Self::Training => &[PlateType::Training],
            Self::Police => &[PlateType::Police],
            Self::Embassy => &[PlateType::Embassy],
            Self::Consulate => &[PlateType::Consulate],
            Self::HkMacau => &[PlateType::HongKong, PlateType::Macao],
            Self::Military => &[PlateType::Military],
            Self::ArmedPolice => &[PlateType::ArmedPolice],
            Self::Oversize => &[PlateType::Oversize],
        }
    }

    /// The colours in which a plate of this kind is issued; another colour speaks for a misread.
    pub const fn colours(self) -> &'static [PlateColour] {
        match self {
            Self::Ordinary => &[PlateColour::Yellow, PlateColour::Blue],
            Self::NewEnergySmall => &[PlateColour::Green],
            Self::NewEnergyLarge => &[PlateColour::YellowGreen],
            Self::Trailer | Self::Training | Self::Oversize => &[PlateColour::Yellow],
            Self::Police | Self::Military | Self::ArmedPolice => &[PlateColour::White],
            Self::Embassy | Self::Consulate | Self::HkMacau => &[PlateColour::Black],
        }
    }
}
