//! Number plates of China (号牌号码) after GA 36-2018: what is one, of which kind, and what looks
//! like what.
//!
//! A camera's reading is stored as the camera gave it. [`PlateNumber`] is the normalised number
//! that is made *from* a reading for matching and look-up; it never replaces the reading.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The 31 province abbreviations that begin a plate.
pub const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";

/// A reading longer than this is not looked at further: no plate comes near it.
const MAX_READING_CHARACTERS: usize = 32;

/// GA 36-2018 allows this many letters among the five serial characters of an ordinary plate.
const MAX_SERIAL_LETTERS: usize = 2;

/// Letters of new-energy plates: D, A, B, C, E pure electric, F, G, H, J, K others.
const NEW_ENERGY_LETTERS: &str = "ABCDEFGHJK";

/// Letter classes of military plates.
const MILITARY_CLASSES: &str = "VKHBSLJNGCE";

/// Letters that may end an armed police plate.
const ARMED_POLICE_LETTERS: &str = "TDSHBXJ";

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
}

/// A plate number in normal form: upper case, half-width, no separators, e.g. `晋D12345`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PlateNumber {
    text: String,
    kind: PlateKind,
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

/// Half-width, upper case, without blanks and separators.
fn normal_form(reading: &str) -> Result<Vec<char>, NotAPlate> {
    const FULL_WIDTH: std::ops::RangeInclusive<char> = '\u{FF01}'..='\u{FF5E}';
    let mut characters = Vec::with_capacity(8);
    for (index, raw) in reading.chars().enumerate() {
        if index >= MAX_READING_CHARACTERS {
            return Err(NotAPlate::TooLong);
        }
        let half_width = if FULL_WIDTH.contains(&raw) {
            char::from_u32(u32::from(raw) - 0xFEE0).unwrap_or(raw)
        } else {
            raw
        };
        if half_width.is_whitespace() || "·•・‧･-.".contains(half_width) {
            continue;
        }
        let character = half_width.to_ascii_uppercase();
        let known = character.is_ascii_alphanumeric()
            || PROVINCES.contains(character)
            || "挂学警港澳使领超".contains(character);
        // A Chinese character that is no province is reported as such where a province belongs.
        let may_stand_first = characters.is_empty() && character.is_alphabetic();
        if !known && !may_stand_first {
            return Err(NotAPlate::Character {
                character: raw,
                position: index + 1,
            });
        }
        characters.push(character);
    }
    if characters.is_empty() {
        return Err(NotAPlate::Empty);
    }
    Ok(characters)
}

fn kind_of(characters: &[char]) -> Result<PlateKind, NotAPlate> {
    match characters {
        ['W', 'J', rest @ ..] => armed_police(rest),
        [digits @ .., '使'] => embassy(digits),
        [class, rest @ ..] if class.is_ascii_uppercase() => military(*class, rest),
        _ => civil(characters),
    }
}

fn civil(characters: &[char]) -> Result<PlateKind, NotAPlate> {
    let (Some(&province), Some(&office)) = (characters.first(), characters.get(1)) else {
        return Err(NotAPlate::Length {
            kind: PlateKind::Ordinary,
            wanted: 7,
            found: characters.len(),
        });
    };
    if !PROVINCES.contains(province) {
        return Err(NotAPlate::Province { found: province });
    }
    if !office.is_ascii_uppercase() || office == 'I' {
        return Err(NotAPlate::Office { found: office });
    }
    let serial = characters.get(2..).unwrap_or_default();
    let Some((&last, body)) = serial.split_last() else {
        return Err(length(PlateKind::Ordinary, 7, characters));
    };
    let suffixed = match last {
        '挂' => Some(PlateKind::Trailer),
        '学' => Some(PlateKind::Training),
        '警' => Some(PlateKind::Police),
        '领' => Some(PlateKind::Consulate),
        '超' => Some(PlateKind::Oversize),
        '港' | '澳' => Some(PlateKind::HkMacau),
        _ => None,
    };
    if let Some(kind) = suffixed {
        check_serial(body, 2)?;
        if characters.len() != 7 {
            return Err(length(kind, 7, characters));
        }
        if kind == PlateKind::HkMacau && (province, office) != ('粤', 'Z') {
            return Err(NotAPlate::CrossBorder { suffix: last });
        }
        return Ok(kind);
    }
    check_serial(serial, 2)?;
    match serial.len() {
        5 => match serial.iter().filter(|c| c.is_ascii_uppercase()).count() {
            found if found > MAX_SERIAL_LETTERS => Err(NotAPlate::Letters { found }),
            _ => Ok(PlateKind::Ordinary),
        },
        6 => new_energy(serial),
        _ => Err(length(PlateKind::Ordinary, 7, characters)),
    }
}

fn new_energy(serial: &[char]) -> Result<PlateKind, NotAPlate> {
    let digits = |characters: &[char]| characters.iter().all(char::is_ascii_digit);
    match serial {
        [first, _, rest @ ..] if NEW_ENERGY_LETTERS.contains(*first) && digits(rest) => {
            Ok(PlateKind::NewEnergySmall)
        }
        [body @ .., last] if NEW_ENERGY_LETTERS.contains(*last) && digits(body) => {
            Ok(PlateKind::NewEnergyLarge)
        }
        _ => Err(NotAPlate::NewEnergy),
    }
}

fn embassy(digits: &[char]) -> Result<PlateKind, NotAPlate> {
    check_digits(digits, 0)?;
    match digits.len() {
        6 => Ok(PlateKind::Embassy),
        found => Err(NotAPlate::Length {
            kind: PlateKind::Embassy,
            wanted: 7,
            found: found + 1,
        }),
    }
}

fn military(class: char, rest: &[char]) -> Result<PlateKind, NotAPlate> {
    if !MILITARY_CLASSES.contains(class) {
        return Err(NotAPlate::Province { found: class });
    }
    match rest {
        [second, digits @ ..] if second.is_ascii_uppercase() && !matches!(second, 'I' | 'O') => {
            check_digits(digits, 2)?;
            if digits.len() == 5 {
                Ok(PlateKind::Military)
            } else {
                Err(NotAPlate::Length {
                    kind: PlateKind::Military,
                    wanted: 7,
                    found: digits.len() + 2,
                })
            }
        }
        // What begins with a letter and goes on as no military plate lacks its province.
        _ => Err(NotAPlate::Province { found: class }),
    }
}

fn armed_police(rest: &[char]) -> Result<PlateKind, NotAPlate> {
    let [province, serial @ ..] = rest else {
        return Err(NotAPlate::Length {
            kind: PlateKind::ArmedPolice,
            wanted: 8,
            found: 2,
        });
    };
    if !PROVINCES.contains(*province) {
        return Err(NotAPlate::Province { found: *province });
    }
    for (index, &found) in serial.iter().enumerate() {
        let last = index + 1 == serial.len();
        let letter = last && ARMED_POLICE_LETTERS.contains(found);
        if !found.is_ascii_digit() && !letter {
            return Err(NotAPlate::Serial {
                found,
                position: index + 4,
            });
        }
    }
    match serial.len() {
        5 => Ok(PlateKind::ArmedPolice),
        found => Err(NotAPlate::Length {
            kind: PlateKind::ArmedPolice,
            wanted: 8,
            found: found + 3,
        }),
    }
}

/// Digits and letters without I and O; `before` characters stand in front.
fn check_serial(serial: &[char], before: usize) -> Result<(), NotAPlate> {
    for (index, &found) in serial.iter().enumerate() {
        let allowed = matches!(found, '0'..='9' | 'A'..='H' | 'J'..='N' | 'P'..='Z');
        if !allowed {
            return Err(NotAPlate::Serial {
                found,
                position: before + index + 1,
            });
        }
    }
    Ok(())
}

/// Digits only; `before` characters stand in front.
fn check_digits(digits: &[char], before: usize) -> Result<(), NotAPlate> {
    match digits.iter().enumerate().find(|(_, c)| !c.is_ascii_digit()) {
        Some((index, &found)) => Err(NotAPlate::Serial {
            found,
            position: before + index + 1,
        }),
        None => Ok(()),
    }
}

fn length(kind: PlateKind, wanted: usize, characters: &[char]) -> NotAPlate {
    NotAPlate::Length {
        kind,
        wanted,
        found: characters.len(),
    }
}

/// Characters that recognition takes for one another. The sets overlap: C is taken for G, and G
/// for 6, but C hardly for 6.
const LOOK_ALIKE_SETS: [&str; 18] = [
    "0ODQ",
    "1IL7T",
    "2Z",
    "5S",
    "6G",
    "8B",
    "4A",
    "UVY",
    "CG",
    "EF",
    "PR",
    "MNHW",
    "KX",
    "湘浙渝沪津",
    "鄂鲁皖",
    "晋青贵鲁",
    "苏黑",
    "闽陕",
];

/// The characters that recognition takes `character` for, without itself; empty for one that has
/// none. For matching and for simulated misreads: a stored reading is never changed by it.
pub fn look_alikes(character: char) -> impl Iterator<Item = char> {
    LOOK_ALIKE_SETS
        .into_iter()
        .filter(move |set| set.contains(character))
        .flat_map(str::chars)
        .filter(move |other| *other != character)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(reading: &str) -> PlateKind {
        PlateNumber::parse(reading)
            .unwrap_or_else(|why| panic!("{reading}: {why}"))
            .kind()
    }

    #[test]
    fn every_kind_is_known() {
        for (reading, wanted) in [
            ("晋D12345", PlateKind::Ordinary),
            ("晋DA123B", PlateKind::Ordinary),
            ("京O00001", PlateKind::Ordinary),
            ("晋D12345F", PlateKind::NewEnergyLarge),
            ("粤BBZ9445", PlateKind::NewEnergySmall),
            ("苏AD94511", PlateKind::NewEnergySmall),
            ("晋D1234挂", PlateKind::Trailer),
            ("晋D123A学", PlateKind::Training),
            ("晋A1234警", PlateKind::Police),
            ("003613使", PlateKind::Embassy),
            ("沪A1234领", PlateKind::Consulate),
            ("粤Z5K55港", PlateKind::HkMacau),
            ("粤Z12E9澳", PlateKind::HkMacau),
            ("VA12345", PlateKind::Military),
            ("WJ晋1234X", PlateKind::ArmedPolice),
            ("苏J7018超", PlateKind::Oversize),
        ] {
            assert_eq!(kind(reading), wanted, "{reading}");
        }
    }

    #[test]
    fn readings_are_put_into_normal_form() {
        for reading in [
            " 晋D·12345 ",
            "晋d-12345",
            "晋Ｄ１２３４５",
            "晋D•12345",
            "晋　D 123 45",
            "晋D.12345",
        ] {
            let plate = PlateNumber::parse(reading).unwrap();
            assert_eq!(plate.as_str(), "晋D12345", "{reading}");
        }
    }

    #[test]
    fn what_is_no_plate_says_why() {
        for (reading, wanted) in [
            ("", NotAPlate::Empty),
            (" ·- ", NotAPlate::Empty),
            (&"晋".repeat(4_000), NotAPlate::TooLong),
            (
                "京A12?45",
                NotAPlate::Character {
                    character: '?',
                    position: 5,
                },
            ),
            ("中A60774", NotAPlate::Province { found: '中' }),
            ("A京12345", NotAPlate::Province { found: 'A' }),
            ("X90621川", NotAPlate::Province { found: 'X' }),
            ("浙I21027", NotAPlate::Office { found: 'I' }),
            ("京京PC5U22", NotAPlate::Office { found: '京' }),
            (
                "粤B88O88",
                NotAPlate::Serial {
                    found: 'O',
                    position: 5,
                },
            ),
            ("晋DABC12", NotAPlate::Letters { found: 3 }),
            ("鄂AU40527", NotAPlate::NewEnergy),
            ("粤B1758港", NotAPlate::CrossBorder { suffix: '港' }),
            (
                "粤A12领",
                NotAPlate::Length {
                    kind: PlateKind::Consulate,
                    wanted: 7,
                    found: 5,
                },
            ),
            (
                "12345使",
                NotAPlate::Length {
                    kind: PlateKind::Embassy,
                    wanted: 7,
                    found: 6,
                },
            ),
            (
                "晋",
                NotAPlate::Length {
                    kind: PlateKind::Ordinary,
                    wanted: 7,
                    found: 1,
                },
            ),
            (
                "晋D",
                NotAPlate::Length {
                    kind: PlateKind::Ordinary,
                    wanted: 7,
                    found: 2,
                },
            ),
        ] {
            assert_eq!(PlateNumber::parse(reading), Err(wanted), "{reading}");
        }
    }

    #[test]
    fn serde_is_text_and_refuses_what_is_no_plate() {
        let plate = PlateNumber::parse("晋D12345").unwrap();
        assert_eq!(serde_json::to_string(&plate).unwrap(), "\"晋D12345\"");
        let back: PlateNumber = serde_json::from_str("\"晋D12345\"").unwrap();
        assert_eq!(back, plate);
        let refused = serde_json::from_str::<PlateNumber>("\"中A60774\"").unwrap_err();
        assert!(refused.to_string().contains("province"), "{refused}");
    }

    #[test]
    fn look_alikes_go_both_ways_and_never_name_themselves() {
        for character in PROVINCES.chars().chain('0'..='9').chain('A'..='Z') {
            for other in look_alikes(character) {
                assert_ne!(other, character);
                assert!(look_alikes(other).any(|back| back == character), "{other}");
            }
        }
        assert_eq!(look_alikes('G').collect::<String>(), "6C");
        assert_eq!(look_alikes('鲁').collect::<String>(), "鄂皖晋青贵");
        assert_eq!(look_alikes('3').count(), 0);
    }

    #[test]
    fn the_plates_made_from_the_rules_are_judged_right() {
        let Some(folder) = std::env::var_os("STEELYARD_REAL_DATA") else {
            println!("STEELYARD_REAL_DATA is unset: plates.json was not read");
            return;
        };
        let path = std::path::Path::new(&folder).join("plates.json");
        let text = std::fs::read_to_string(path).unwrap();
        let plates: serde_json::Value = serde_json::from_str(&text).unwrap();
        let valid = plates["valid"].as_array().unwrap();
        assert!(valid.len() > 50);
        for case in valid {
            let reading = case["plate"].as_str().unwrap();
            let wanted = match case["type"].as_str().unwrap() {
                "coach" => "training",
                other => other,
            };
            assert_eq!(kind(reading).name(), wanted, "{reading}");
        }
        for case in plates["invalid"].as_array().unwrap() {
            let reading = case["plate"].as_str().unwrap();
            let reason = case["reason"].as_str().unwrap();
            let raw_form = ["raw", "full-width", "spaces", "separator"]
                .iter()
                .any(|word| reason.contains(word));
            match PlateNumber::parse(reading) {
                // Raw forms are normalised, and what comes out is another text than came in.
                Ok(plate) => assert!(raw_form && plate.as_str() != reading, "{reading}: {reason}"),
                Err(why) => assert!(!raw_form, "{reading}: {reason}: {why}"),
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn no_reading_makes_it_panic_and_normal_form_stays(reading in "\\PC{0,40}") {
            if let Ok(plate) = PlateNumber::parse(&reading) {
                proptest::prop_assert_eq!(PlateNumber::parse(plate.as_str()), Ok(plate.clone()));
            }
        }

        #[test]
        fn normal_form_is_stable(
            reading in "[京津晋粤WJVK]?[A-Za-zＡ-Ｚ·]{0,2}[0-9A-Z ]{0,7}[挂学警领超使港]?"
        ) {
            if let Ok(plate) = PlateNumber::parse(&reading) {
                proptest::prop_assert_eq!(PlateNumber::parse(plate.as_str()), Ok(plate.clone()));
            }
        }
    }
}
