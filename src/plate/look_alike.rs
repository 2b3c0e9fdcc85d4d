//! Characters that recognition takes for one another, and a key under which readings of one plate
//! meet.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::reading::symbols;

/// Stands in a key for a character that was not read.
const UNREAD: char = '?';

/// Characters of which each is taken for each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LookAlikeSet {
    /// The characters.
    pub characters: &'static str,
    /// The mark of the source: recalled, with per cent.
    pub sure: &'static str,
}

/// The sets. They overlap: C is taken for G, and G for 6, but C hardly for 6; 鲁 is taken for 鄂
/// and for 晋, but 鄂 hardly for 晋. Those of provinces are to be measured on own pictures.
pub const LOOK_ALIKE_SETS: [LookAlikeSet; 18] = [
    character_set("0ODQ"),
    character_set("1IL7T"),
    character_set("2Z"),
    character_set("5S"),
    character_set("6G"),
    character_set("8B"),
    character_set("4A"),
    character_set("UVY"),
    character_set("CG"),
    character_set("EF"),
    character_set("PR"),
    character_set("MNHW"),
    character_set("KX"),
    province_set("湘浙渝沪津"),
    province_set("鄂鲁皖"),
    province_set("晋青贵鲁"),
    province_set("苏黑"),
    province_set("闽陕"),
];

const fn character_set(characters: &'static str) -> LookAlikeSet {
    LookAlikeSet {
        characters,
        sure: "R 85",
    }
}

const fn province_set(characters: &'static str) -> LookAlikeSet {
    LookAlikeSet {
        characters,
        sure: "R 50",
    }
}

/// The characters that recognition takes `character` for, without itself; empty for one that has
/// none. For matching and for simulated misreads: a stored reading is never changed by it.
pub fn look_alikes(character: char) -> impl Iterator<Item = char> {
    LOOK_ALIKE_SETS
        .into_iter()
        .filter(move |set| set.characters.contains(character))
        .flat_map(|set| set.characters.chars())
        .filter(move |other| *other != character)
}

/// Whether two different characters stand in one set.
pub fn are_look_alikes(left: char, right: char) -> bool {
    left != right
        && LOOK_ALIKE_SETS
            .iter()
            .any(|set| set.characters.contains(left) && set.characters.contains(right))
}

/// A key for looking readings up: every character becomes the representative of its class, so that
/// readings which [`compare`](super::compare) as equal or as look-alikes have the same key.
///
/// A class joins all sets that overlap (6 and G and C are one), so that the same key does not make
/// two readings look-alikes: compare what the key finds. An unread character is `?`, and meets only
/// readings with the same gap. A placeholder, or a reading longer than any plate's, has the empty
/// key: never join on it.
pub fn look_alike_key(reading: &str) -> String {
    let representative = |character: char| {
        let class = REPRESENTATIVES.get(&character).copied();
        class.unwrap_or(character)
    };
    symbols(reading)
        .unwrap_or_default()
        .into_iter()
        .map(|symbol| symbol.map_or(UNREAD, representative))
        .collect()
}

/// Of each character that has look-alikes, the smallest one of its class.
static REPRESENTATIVES: LazyLock<BTreeMap<char, char>> = LazyLock::new(|| {
    let mut classes: Vec<Vec<char>> = Vec::new();
    for set in LOOK_ALIKE_SETS {
        let mut joined: Vec<char> = set.characters.chars().collect();
        // Whatever shares a character with the set becomes one class with it.
        classes.retain(|class| {
            let shares = class
                .iter()
                .any(|character| set.characters.contains(*character));
            if shares {
                joined.extend(class);
            }
            !shares
        });
        classes.push(joined);
    }
    classes
        .iter()
        .filter_map(|class| class.iter().min().map(|smallest| (class, *smallest)))
        .flat_map(|(class, smallest)| class.iter().map(move |character| (*character, smallest)))
        .collect()
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plate::{Likeness, PROVINCES, compare};

    fn alphabet() -> Vec<char> {
        PROVINCES
            .chars()
            .chain('0'..='9')
            .chain('A'..='Z')
            .chain("挂学警港澳使领超".chars())
            .collect()
    }

    #[test]
    fn look_alikes_go_both_ways_and_never_name_themselves() {
        for character in alphabet() {
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
    fn the_question_of_two_characters_has_the_answer_of_the_list() {
        for left in alphabet() {
            for right in alphabet() {
                let listed = look_alikes(left).any(|other| other == right);
                assert_eq!(are_look_alikes(left, right), listed, "{left} {right}");
            }
        }
        assert!(are_look_alikes('C', 'G') && are_look_alikes('G', '6'));
        assert!(!are_look_alikes('C', '6') && !are_look_alikes('鄂', '晋'));
        assert!(!are_look_alikes('O', 'O'));
    }

    #[test]
    fn keys_are_equal_exactly_within_connected_look_alikes() {
        // The classes by walking the graph from every character, by another way than the table.
        for from in alphabet() {
            let mut reached = vec![from];
            let mut next = 0;
            while next < reached.len() {
                for other in look_alikes(reached[next]) {
                    if !reached.contains(&other) {
                        reached.push(other);
                    }
                }
                next += 1;
            }
            for to in alphabet() {
                let same = look_alike_key(&format!("3{from}")) == look_alike_key(&format!("3{to}"));
                assert_eq!(same, reached.contains(&to), "{from} {to}");
            }
        }
    }

    #[test]
    fn every_single_look_alike_substitution_keeps_the_key_and_compares_so() {
        for plate in [
            "晋D12345",
            "鲁G6C8B0F",
            "湘AD2Z45",
            "WJ苏1234X",
            "粤Z5K55港",
        ] {
            let characters: Vec<char> = plate.chars().collect();
            for (index, from) in characters.iter().enumerate() {
                for to in look_alikes(*from) {
                    let mut misread = characters.clone();
                    misread[index] = to;
                    let misread: String = misread.into_iter().collect();
                    assert_eq!(look_alike_key(&misread), look_alike_key(plate), "{misread}");
                    let likeness = compare(plate, &misread);
                    assert!(
                        matches!(&likeness, Likeness::LookAlike { differences } if differences.len() == 1),
                        "{plate} {misread} {likeness:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn keys_by_example() {
        assert_eq!(look_alike_key("晋D12345"), "晋012345");
        assert_eq!(look_alike_key("晋０·7Z34S"), "晋012345");
        assert_eq!(look_alike_key("京C*8"), "京6?8");
        assert_eq!(look_alike_key("京6G8"), "京668");
        assert_eq!(look_alike_key("无牌车"), "");
        assert_eq!(look_alike_key(&"晋".repeat(33)), "");
    }

    #[test]
    fn the_sets_are_marked_by_what_they_hold() {
        for set in LOOK_ALIKE_SETS {
            let provinces = set.characters.chars().all(|c| PROVINCES.contains(c));
            let sure = if provinces { "R 50" } else { "R 85" };
            assert_eq!(set.sure, sure, "{}", set.characters);
        }
    }
}
