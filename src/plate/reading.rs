//! What a camera wrote, before anything is asked of it: characters, marks for unread ones, and the
//! words that say there was no plate.

use super::{NotAPlate, PROVINCES};

/// A reading longer than this is not looked at further: no plate comes near it.
pub(super) const MAX_READING_CHARACTERS: usize = 32;

/// Whether a character stands for one that was not read. 无 does so too, beside others.
const fn is_unread_mark(character: char) -> bool {
    matches!(character, '_' | '*' | '?' | '#')
}

/// Words of cameras for a vehicle without a plate, or one whose plate they could not read; without
/// blanks and separators, in upper case.
const NO_PLATE_WORDS: [&str; 18] = [
    "无牌",
    "无牌车",
    "无牌照",
    "无号牌",
    "无车牌",
    "未悬挂",
    "未知",
    "未识别",
    "无法识别",
    "车牌",
    "号牌",
    "UNKNOWN",
    "NOPLATE",
    "UNLICENSED",
    "UNREAD",
    "NONE",
    "NULL",
    "N/A",
];

/// A character of a reading; `None` stands for one that was not read.
pub(super) type Symbol = Option<char>;

/// Whether a reading says that there was no plate, or that nothing of it was read: a camera's word
/// for it (`无牌车`, `unknown`), marks alone (`_无_`, `***`), zeros alone, or nothing.
///
/// A reading with some characters read is none: `京A*****` says the office.
pub fn is_placeholder(reading: &str) -> bool {
    let written = || significant(reading).map(|(_, character, _)| character);
    let read = || written().filter(|character| !is_unread_mark(*character));
    // Few readings begin as one of the words does: those are compared with them alone.
    let first = read().next();
    let is_word = |word: &&str| word.chars().next() == first && read().eq(word.chars());
    written().all(|character| character == '0')
        || read().all(|character| character == '无')
        || NO_PLATE_WORDS.iter().any(is_word)
}

/// What a camera wrote, its characters told apart once for all comparisons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading(Option<Vec<Symbol>>);

impl Reading {
    /// Of a text as the camera gave it.
    pub fn of(text: &str) -> Self {
        Self(symbols(text))
    }

    pub(super) fn symbols(&self) -> Option<&[Symbol]> {
        self.0.as_deref()
    }
}

/// The characters of a reading with the unread ones marked; `None` when it is a placeholder or
/// longer than any reading of a plate.
pub(super) fn symbols(reading: &str) -> Option<Vec<Symbol>> {
    let too_long = reading.chars().nth(MAX_READING_CHARACTERS).is_some();
    if too_long || is_placeholder(reading) {
        return None;
    }
    let symbols = significant(reading).map(|(_, character, _)| {
        let unread = character == '无' || is_unread_mark(character);
        (!unread).then_some(character)
    });
    Some(symbols.collect())
}

/// Half-width, upper case, without blanks and separators; refused when a character stands on no
/// plate.
pub(super) fn normal_form(reading: &str) -> Result<Vec<char>, NotAPlate> {
    if reading.chars().nth(MAX_READING_CHARACTERS).is_some() {
        return Err(NotAPlate::TooLong);
    }
    let mut characters = Vec::with_capacity(8);
    for (index, character, raw) in significant(reading) {
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

/// Index in the reading, character in half-width and upper case, character as it was; without
/// blanks and separators.
fn significant(reading: &str) -> impl Iterator<Item = (usize, char, char)> {
    reading
        .chars()
        .enumerate()
        .map(|(index, raw)| (index, half_width(raw).to_ascii_uppercase(), raw))
        .filter(|(_, character, _)| !character.is_whitespace() && !is_separator(*character))
}

const fn is_separator(character: char) -> bool {
    matches!(character, '·' | '•' | '・' | '‧' | '･' | '-' | '.')
}

fn half_width(raw: char) -> char {
    const FULL_WIDTH: std::ops::RangeInclusive<char> = '\u{FF01}'..='\u{FF5E}';
    if FULL_WIDTH.contains(&raw) {
        char::from_u32(u32::from(raw) - 0xFEE0).unwrap_or(raw)
    } else {
        raw
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_marks_for_no_plate_are_placeholders() {
        for reading in [
            "无牌车",
            "无牌",
            "车牌",
            "_无_",
            "无",
            "unknown",
            "UnKnown",
            "No Plate",
            "NOPLATE",
            "unlicensed",
            "n/a",
            "",
            " ",
            "--",
            "***",
            "？？？",
            "#",
            "_",
            "00000000",
            "0",
            "未识别",
            "_无牌_",
            "ｕｎｋｎｏｗｎ",
        ] {
            assert!(is_placeholder(reading), "{reading}");
        }
        for word in NO_PLATE_WORDS {
            assert!(is_placeholder(word), "{word}");
        }
        for reading in [
            "京A*****",
            "无A12345",
            "京",
            "0000001",
            "000_",
            "车牌A",
            "车牌号",
            "A",
            "?A?",
            "晋D12345",
            "牌",
        ] {
            assert!(!is_placeholder(reading), "{reading}");
        }
    }

    #[test]
    fn every_mark_stands_for_one_unread_character() {
        for mark in ["_", "*", "?", "#", "无", "＿", "？"] {
            let read = symbols(&format!("晋D12{mark}45")).unwrap();
            let wanted = [
                Some('晋'),
                Some('D'),
                Some('1'),
                Some('2'),
                None,
                Some('4'),
                Some('5'),
            ];
            assert_eq!(read, wanted, "{mark}");
        }
        assert_eq!(symbols("ｄ·-. 1"), Some(vec![Some('D'), Some('1')]));
        assert_eq!(symbols("无牌车"), None);
    }

    #[test]
    fn thirty_two_characters_are_looked_at_and_thirty_three_are_not() {
        let blanks = " ".repeat(MAX_READING_CHARACTERS - 7);
        let longest = format!("晋D12345{blanks}");
        assert_eq!(normal_form(&longest).map(|read| read.len()), Ok(7));
        assert_eq!(symbols(&longest).map(|read| read.len()), Some(7));
        let longer = format!("{longest} ");
        assert_eq!(normal_form(&longer), Err(NotAPlate::TooLong));
        assert_eq!(symbols(&longer), None);
    }
}
