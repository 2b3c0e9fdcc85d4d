//! What a reading that is no plate may have been. Suggestions are for an officer's eye: nothing is
//! changed by them.

use super::form::{ARMED_POLICE_LETTERS, MILITARY_CLASSES, NEW_ENERGY_LETTERS};
use super::look_alike::look_alikes;
use super::reading::normal_form;
use super::{PROVINCES, PlateNumber};

/// At most so many suggestions are made for one reading.
pub const MAX_SUGGESTIONS: usize = 8;

/// A reading that breaks the rules at more positions is no near miss.
const MAX_REPAIRED_POSITIONS: usize = 3;

/// What may stand at a position of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Province,
    Office,
    Serial,
    Digit,
    NewEnergyLetter,
    MilitaryClass,
    /// Second letter of a military plate.
    Letter,
    ArmedPoliceEnd,
    /// One of few characters.
    OneOf(&'static str),
}

use Slot::{Digit, NewEnergyLetter, Office, OneOf, Province, Serial};

/// The forms, in the order in which they are tried.
const FORMS: [&[Slot]; 8] = [
    &[Province, Office, Serial, Serial, Serial, Serial, Serial],
    &[
        Province,
        Office,
        Serial,
        Serial,
        Serial,
        Serial,
        OneOf("挂学警领超"),
    ],
    &[
        OneOf("粤"),
        OneOf("Z"),
        Serial,
        Serial,
        Serial,
        Serial,
        OneOf("港澳"),
    ],
    &[
        Province,
        Office,
        NewEnergyLetter,
        Serial,
        Digit,
        Digit,
        Digit,
        Digit,
    ],
    &[
        Province,
        Office,
        Digit,
        Digit,
        Digit,
        Digit,
        Digit,
        NewEnergyLetter,
    ],
    &[Digit, Digit, Digit, Digit, Digit, Digit, OneOf("使")],
    &[
        Slot::MilitaryClass,
        Slot::Letter,
        Digit,
        Digit,
        Digit,
        Digit,
        Digit,
    ],
    &[
        OneOf("W"),
        OneOf("J"),
        Province,
        Digit,
        Digit,
        Digit,
        Digit,
        Slot::ArmedPoliceEnd,
    ],
];

impl Slot {
    fn allows(self, character: char) -> bool {
        match self {
            Self::Province => PROVINCES.contains(character),
            Self::Office => character.is_ascii_uppercase() && character != 'I',
            Self::Serial => character.is_ascii_digit() || Self::Letter.allows(character),
            Self::Digit => character.is_ascii_digit(),
            Self::NewEnergyLetter => NEW_ENERGY_LETTERS.contains(character),
            Self::MilitaryClass => MILITARY_CLASSES.contains(character),
            Self::Letter => character.is_ascii_uppercase() && !matches!(character, 'I' | 'O'),
            Self::ArmedPoliceEnd => {
                character.is_ascii_digit() || ARMED_POLICE_LETTERS.contains(character)
            }
            Self::OneOf(characters) => characters.contains(character),
        }
    }

    /// What a character that may not stand here may have been.
    fn repairs(self, character: char) -> Vec<char> {
        match (self, character) {
            // No serial holds I or O: the rule says which digit was meant.
            (Self::Serial | Self::Digit | Self::ArmedPoliceEnd, 'I') => vec!['1'],
            (Self::Serial | Self::Digit | Self::ArmedPoliceEnd, 'O') => vec!['0'],
            // A digit there speaks for a lost province rather than for a military plate.
            (Self::MilitaryClass, _) => Vec::new(),
            _ => look_alikes(character)
                .filter(|other| self.allows(*other))
                .collect(),
        }
    }
}

/// The plates that a reading may have been, when it is none itself: characters at positions that
/// break a rule are replaced by look-alikes that keep it, others stay as they were read.
///
/// The rules are those of GA 36-2018: I and O stand in no serial (1 or 0 was meant), the second
/// character is a letter, the last four of a small new-energy plate and the first five of a large
/// one are digits, 挂 学 警 港 澳 领 使 超 stand only last. At most three characters are replaced
/// and at most [`MAX_SUGGESTIONS`] plates are named: those with the fewest replaced first, then in
/// the order of their text. None are made for a reading with unread characters, nor for a serial
/// with too many letters, of which none breaks a rule by itself.
pub fn suggestions(reading: &str) -> Vec<PlateNumber> {
    let Ok(characters) = normal_form(reading) else {
        return Vec::new();
    };
    if PlateNumber::parse(reading).is_ok() {
        return Vec::new();
    }
    let mut found: Vec<(usize, PlateNumber)> = FORMS
        .into_iter()
        .filter(|form| form.len() == characters.len())
        .flat_map(|form| repaired(&characters, form))
        .collect();
    found.sort_unstable();
    found.dedup();
    found.truncate(MAX_SUGGESTIONS);
    found.into_iter().map(|(_, plate)| plate).collect()
}

/// The plates of one form, each with the number of characters replaced.
fn repaired(characters: &[char], form: &[Slot]) -> Vec<(usize, PlateNumber)> {
    let broken = form
        .iter()
        .zip(characters)
        .filter(|(slot, character)| !slot.allows(**character))
        .count();
    if broken > MAX_REPAIRED_POSITIONS {
        return Vec::new();
    }
    let mut texts = vec![String::new()];
    for (slot, character) in form.iter().zip(characters) {
        let choices = if slot.allows(*character) {
            vec![*character]
        } else {
            slot.repairs(*character)
        };
        texts = texts
            .iter()
            .flat_map(|text| choices.iter().map(move |choice| format!("{text}{choice}")))
            .collect();
    }
    texts
        .iter()
        .filter_map(|text| PlateNumber::parse(text).ok())
        .map(|plate| (broken, plate))
        .collect()
}
