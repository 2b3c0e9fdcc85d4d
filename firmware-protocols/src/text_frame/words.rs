//! Words on the wire and what they mean.

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use crate::field::{unescape, unit_word};
use crate::settings::refuse;
use crate::{Settings, SettingsError, Unit};

use super::settings::SETTINGS;

/// What a word says; several things at once, so a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Said(u8);

impl Said {
    pub(super) const STABLE: Self = Self(1);
    pub(super) const MOVING: Self = Self(2);
    pub(super) const OVER: Self = Self(4);
    pub(super) const UNDER: Self = Self(8);
    pub(super) const INVALID: Self = Self(16);
    pub(super) const GROSS: Self = Self(32);
    pub(super) const NET: Self = Self(64);

    /// What a field for motion can say.
    pub(super) const MOTION: Self = Self(1 | 2 | 4 | 8 | 16);
    /// What a field for the mode can say.
    pub(super) const MODE: Self = Self(32 | 64);
    /// What a field for anything can say.
    pub(super) const ALL: Self = Self(127);
    /// What can stand in place of a number.
    pub(super) const NO_NUMBER: Self = Self(4 | 8 | 16);

    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(super) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    pub(super) const fn is_nothing(self) -> bool {
        self.0 == 0
    }
}

/// The word lists, their settings in this order.
const LISTS: [(&str, Said); 7] = [
    ("stable", Said::STABLE),
    ("moving", Said::MOVING),
    ("over", Said::OVER),
    ("under", Said::UNDER),
    ("invalid", Said::INVALID),
    ("gross", Said::GROSS),
    ("net", Said::NET),
];

/// The word of a list that stands for a field of blanks.
const BLANK: &str = "blank";

/// All words of all lists, in the order of the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words(Vec<(Vec<u8>, Said)>);

impl Words {
    pub(super) fn new(settings: &Settings) -> Result<Self, SettingsError> {
        let mut words = Self(Vec::new());
        for (key, said) in LISTS {
            let text = settings.text(SETTINGS, key);
            for item in text.split(',').map(|item| item.trim_matches(' ')) {
                if item.is_empty() {
                    continue;
                }
                let word = if item == BLANK {
                    Vec::new()
                } else {
                    word_bytes(key, item)?
                };
                words.add(word, said);
            }
        }
        for (one, other) in [("stable", "moving"), ("gross", "net")] {
            words.refuse_both(one, other, settings)?;
        }
        Ok(words)
    }

    fn add(&mut self, word: Vec<u8>, said: Said) {
        match self.0.iter_mut().find(|(known, _)| *known == word) {
            Some((_, meanings)) => *meanings = meanings.with(said),
            None => self.0.push((word, said)),
        }
    }

    fn refuse_both(
        &self,
        one: &str,
        other: &str,
        settings: &Settings,
    ) -> Result<(), SettingsError> {
        let flags = |key: &str| {
            let list = LISTS.iter().find(|(known, _)| *known == key);
            list.map_or(Said::default(), |(_, said)| *said)
        };
        let both = flags(one).with(flags(other));
        match self.0.iter().find(|(_, said)| said.has(both)) {
            None => Ok(()),
            Some((word, _)) => {
                let word = if word.is_empty() {
                    BLANK.to_string()
                } else {
                    word.escape_ascii().to_string()
                };
                let allowed = format!("words that are not in `{one}` as well; `{word}` is in both");
                Err(refuse(other, settings.text(SETTINGS, other), allowed))
            }
        }
    }

    /// What a field says, blanks around it taken off; nothing for a word of no list.
    pub(super) fn say(&self, field: &[u8]) -> Said {
        let word = trim(field);
        let known = self.0.iter().find(|(known, _)| known.as_slice() == word);
        known.map_or(Said::default(), |(_, said)| *said)
    }

    /// What stands in place of a number says: a word, or one sign of a list over and over
    /// (`^^^^^^`).
    pub(super) fn in_place_of_number(&self, field: &[u8]) -> Said {
        let text = trim(field);
        let word = match text {
            [sign, rest @ ..]
                if sign.is_ascii_punctuation() && rest.iter().all(|byte| byte == sign) =>
            {
                text.get(..1).unwrap_or(text)
            }
            [] => return Said::default(),
            _ => text,
        };
        let whole = self.say(text).and(Said::NO_NUMBER);
        if whole.is_nothing() {
            self.say(word).and(Said::NO_NUMBER)
        } else {
            whole
        }
    }

    /// The length of the longest word at the front of a text that can stand in place of a number.
    pub(super) fn length_in_front(&self, text: &[u8]) -> Option<usize> {
        let fitting = self.0.iter().filter(|(word, said)| {
            let wanted = !said.and(Said::NO_NUMBER).is_nothing();
            wanted && !word.is_empty() && text.starts_with(word)
        });
        fitting.map(|(word, _)| word.len()).max()
    }

    /// A word that says this and nothing else of these things and fits the width: one that fills it,
    /// else the first of the lists.
    pub(super) fn word_for(
        &self,
        wanted: Said,
        among: Said,
        width: Option<usize>,
    ) -> Option<&[u8]> {
        let says = |said: Said| said.and(among) == wanted;
        let words = || self.0.iter().filter(|(_, said)| says(*said));
        let full = words().find(|(word, _)| Some(word.len()) == width);
        let fits = |word: &[u8]| !word.is_empty() && width.is_none_or(|width| word.len() <= width);
        let first = full.or_else(|| words().find(|(word, _)| fits(word)));
        first.map(|(word, _)| word.as_slice())
    }

    /// Whether blanks say this.
    pub(super) fn is_blank(&self, wanted: Said, among: Said) -> bool {
        self.say(&[]).and(among) == wanted
    }

    /// Whether any word says this.
    pub(super) fn can_say(&self, wanted: Said) -> bool {
        self.0.iter().any(|(_, said)| said.has(wanted))
    }
}

/// Takes blanks off both ends.
pub(super) fn trim(mut text: &[u8]) -> &[u8] {
    while let [b' ', rest @ ..] | [rest @ .., b' '] = text {
        text = rest;
    }
    text
}

fn word_bytes(key: &str, item: &str) -> Result<Vec<u8>, SettingsError> {
    unescape(item)
        .filter(|word| word.len() <= 16)
        .ok_or_else(|| {
            let allowed = "words of at most 16 bytes with commas between them, `blank` for a field \
                           of blanks; \\xHH for a byte (\\x2C for a comma)";
            refuse(key, item, allowed)
        })
}

/// Which words are units; the usual ones where the list is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Units(Vec<(Vec<u8>, Unit)>);

impl Units {
    pub(super) fn new(settings: &Settings) -> Result<Self, SettingsError> {
        let text = settings.text(SETTINGS, "units");
        let items = text.split(',').map(|item| item.trim_matches(' '));
        let units = items.filter(|item| !item.is_empty()).map(|item| {
            let (word, unit) = item.split_once('=').unwrap_or((item, item));
            let word = word.trim_matches(' ');
            match Unit::from_name(unit.trim_matches(' ')) {
                Some(unit) if word == BLANK => Ok((Vec::new(), unit)),
                Some(unit) => Ok((word_bytes("units", word)?, unit)),
                None => {
                    let allowed = "word=unit with commas between, as in `KG=kg,Kgs=kg`; units: kg, g, \
                                   t, lb, oz, short_ton, ozt, dwt, N";
                    Err(refuse("units", item, allowed))
                }
            }
        });
        Ok(Self(units.collect::<Result<_, _>>()?))
    }

    pub(super) fn unit(&self, field: &[u8]) -> Option<Unit> {
        let word = trim(field);
        if self.0.is_empty() {
            return unit_word(word);
        }
        let known = self.0.iter().find(|(known, _)| known.as_slice() == word);
        known.map(|(_, unit)| *unit)
    }

    pub(super) fn word(&self, unit: Unit) -> Option<&[u8]> {
        if self.0.is_empty() {
            return Some(match unit {
                Unit::ShortTon => b"tn",
                unit => unit.name().as_bytes(),
            });
        }
        let known = self.0.iter().find(|(_, known)| *known == unit);
        known.map(|(word, _)| word.as_slice())
    }
}
