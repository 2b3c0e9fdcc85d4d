//! How alike two readings are: for joining front and rear reads and for a vehicle's history. What
//! is found never changes a reading.

use std::cmp::Ordering;
use std::iter::{self, successors};

use serde::{Deserialize, Serialize};

use super::PROVINCES;
use super::look_alike::are_look_alikes;
use super::reading::{Reading, Symbol, symbols};

/// An unread character speaks neither for nor against: less than any difference, more than none.
const UNREAD_COST: u32 = 2;

/// A misread that recognition makes.
const LOOK_ALIKE_COST: u32 = 3;

/// The same between provinces, whose sets are less sure.
const PROVINCE_LOOK_ALIKE_COST: u32 = 4;

/// A character lost or added; two of them are dearer than any substitution.
const LOST_COST: u32 = 8;

/// A substitution that recognition hardly makes.
const OTHER_COST: u32 = 10;

/// Which of the two readings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The first.
    Left,
    /// The second.
    Right,
}

impl Side {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Left, Self::Right];

    /// The name used in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
        }
    }

    /// The Chinese name.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Left => "前一识别结果",
            Self::Right => "后一识别结果",
        }
    }

    const fn other(self) -> Self {
        match self {
            Self::Left => Self::Right,
            Self::Right => Self::Left,
        }
    }
}

/// A position at which two readings hold look-alikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Difference {
    /// Position in the normal form, from 1.
    pub position: usize,
    /// Character of the first reading.
    pub left: char,
    /// Character of the second.
    pub right: char,
}

/// How alike two readings are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "likeness", rename_all = "snake_case")]
pub enum Likeness {
    /// One says that no plate was read, or is longer than any plate: there is nothing to compare.
    NoPlate,
    /// The same characters, all of them read.
    Equal,
    /// They differ only where both hold characters that recognition takes for one another.
    LookAlike {
        /// Where; at least one.
        differences: Vec<Difference>,
    },
    /// Nothing speaks against their being the same plate, but not all was read.
    Open {
        /// Positions, from 1, at which one or both have an unread character; at least one.
        unread: Vec<usize>,
        /// Where they hold look-alikes.
        differences: Vec<Difference>,
    },
    /// One has one character more, and is otherwise the same.
    LostOrAdded {
        /// The one that has more.
        longer: Side,
        /// Position of that character in it, from 1; the first one of a run.
        position: usize,
        /// The character; `None` when it is a mark for an unread one.
        character: Option<char>,
    },
    /// They differ by more.
    Other,
}

impl Likeness {
    /// The name used in output.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NoPlate => "no_plate",
            Self::Equal => "equal",
            Self::LookAlike { .. } => "look_alike",
            Self::Open { .. } => "open",
            Self::LostOrAdded { .. } => "lost_or_added",
            Self::Other => "other",
        }
    }

    /// The same with the two readings exchanged.
    #[must_use]
    pub fn mirrored(self) -> Self {
        let turn = |differences: Vec<Difference>| {
            let turned = differences.into_iter().map(|difference| Difference {
                left: difference.right,
                right: difference.left,
                ..difference
            });
            turned.collect()
        };
        match self {
            Self::LookAlike { differences } => Self::LookAlike {
                differences: turn(differences),
            },
            Self::Open {
                unread,
                differences,
            } => Self::Open {
                unread,
                differences: turn(differences),
            },
            Self::LostOrAdded {
                longer,
                position,
                character,
            } => Self::LostOrAdded {
                longer: longer.other(),
                position,
                character,
            },
            same => same,
        }
    }

    /// As a Chinese sentence.
    pub fn text_zh(&self) -> String {
        match self {
            Self::NoPlate => "至少一次未识别出号牌，无法比对。".to_owned(),
            Self::Equal => "两次识别的号牌号码相同。".to_owned(),
            Self::LookAlike { differences } => {
                format!("两次识别仅形近字符不同：{}。", list_zh(differences))
            }
            Self::Open {
                unread,
                differences,
            } => {
                let unread = join(unread.iter().map(ToString::to_string), "、");
                if differences.is_empty() {
                    format!("第{unread}位未识别，其余字符相同。")
                } else {
                    let differing = list_zh(differences);
                    format!("第{unread}位未识别，形近字符不同：{differing}，其余字符相同。")
                }
            }
            Self::LostOrAdded {
                longer,
                position,
                character,
            } => {
                let (longer, other) = (longer.zh(), longer.other().zh());
                match character {
                    Some(character) => {
                        format!("{longer}比{other}多第{position}位“{character}”，其余字符相同。")
                    }
                    None => format!("{longer}比{other}多第{position}位（未识别），其余字符相同。"),
                }
            }
            Self::Other => "两次识别的号牌号码不同。".to_owned(),
        }
    }

    /// As an English sentence.
    pub fn text_en(&self) -> String {
        match self {
            Self::NoPlate => {
                "At least one reading holds no plate: there is nothing to compare.".to_owned()
            }
            Self::Equal => "Both readings are the same number.".to_owned(),
            Self::LookAlike { differences } => format!(
                "The readings differ only in characters that look alike: {}.",
                list_en(differences)
            ),
            Self::Open {
                unread,
                differences,
            } => {
                let unread = join(unread.iter().map(ToString::to_string), ", ");
                if differences.is_empty() {
                    format!("Position {unread} was not read; the rest is the same.")
                } else {
                    let differing = list_en(differences);
                    format!(
                        "Position {unread} was not read, characters look alike at {differing}; the rest is the same."
                    )
                }
            }
            Self::LostOrAdded {
                longer,
                position,
                character,
            } => {
                let longer = match longer {
                    Side::Left => "first",
                    Side::Right => "second",
                };
                let what = character
                    .map_or_else(|| "an unread character".to_owned(), |c| format!("'{c}'"));
                format!(
                    "The {longer} reading has {what} more, at position {position}; the rest is the same."
                )
            }
            Self::Other => "The readings are different numbers.".to_owned(),
        }
    }
}

fn list_zh(differences: &[Difference]) -> String {
    let each = differences.iter().map(|difference| {
        format!(
            "第{}位“{}”与“{}”",
            difference.position, difference.left, difference.right
        )
    });
    join(each, "，")
}

fn list_en(differences: &[Difference]) -> String {
    let each = differences.iter().map(|difference| {
        format!(
            "position {} '{}' and '{}'",
            difference.position, difference.left, difference.right
        )
    });
    join(each, ", ")
}

fn join(texts: impl Iterator<Item = String>, between: &str) -> String {
    texts.collect::<Vec<_>>().join(between)
}

/// How alike two readings are, after putting both into half-width and upper case without
/// separators. Marks for unread characters are equal to nothing, not even to themselves.
pub fn compare(left: &str, right: &str) -> Likeness {
    compare_readings(&Reading::of(left), &Reading::of(right))
}

/// The same for readings that are compared more than once.
pub fn compare_readings(left: &Reading, right: &Reading) -> Likeness {
    let (Some(left), Some(right)) = (left.symbols(), right.symbols()) else {
        return Likeness::NoPlate;
    };
    match left.len().cmp(&right.len()) {
        Ordering::Equal => same_length(left, right),
        Ordering::Greater => longer(left, right, Side::Left),
        Ordering::Less => longer(right, left, Side::Right),
    }
}

fn same_length(left: &[Symbol], right: &[Symbol]) -> Likeness {
    let (mut unread, mut differences) = (Vec::new(), Vec::new());
    for (position, pair) in iter::zip(1.., iter::zip(left, right)) {
        match pair {
            (Some(left), Some(right)) if left == right => {}
            (Some(left), Some(right)) if are_look_alikes(*left, *right) => {
                differences.push(Difference {
                    position,
                    left: *left,
                    right: *right,
                });
            }
            (Some(_), Some(_)) => return Likeness::Other,
            _ => unread.push(position),
        }
    }
    match (unread.is_empty(), differences.is_empty()) {
        (true, true) => Likeness::Equal,
        (true, false) => Likeness::LookAlike { differences },
        (false, _) => Likeness::Open {
            unread,
            differences,
        },
    }
}

/// `more` has more characters than `fewer`.
fn longer(more: &[Symbol], fewer: &[Symbol], side: Side) -> Likeness {
    let equal = |pair: &(&Symbol, &Symbol)| pair.0.is_some() && pair.0 == pair.1;
    let common = iter::zip(more, fewer).take_while(equal).count();
    // The first of a run, whichever of it was lost.
    let run = |position: &usize| more.get(position - 1) == more.get(common);
    let first = (1..=common).rev().take_while(run).count();
    let rest = more.iter().skip(common + 1);
    let rest_is_equal = iter::zip(rest, fewer.iter().skip(common)).all(|pair| equal(&pair));
    if more.len() == fewer.len() + 1 && rest_is_equal {
        Likeness::LostOrAdded {
            longer: side,
            position: common + 1 - first,
            character: more.get(common).copied().flatten(),
        }
    } else {
        Likeness::Other
    }
}

/// How much speaks against two readings being one plate: the least sum over substitutions, lost
/// and added characters; 0 exactly for equal ones, and the same both ways. `None` when one holds
/// no plate.
///
/// An unread character costs 2, a look-alike 3 (between provinces 4), a lost or added character 8,
/// another substitution 10.
pub fn cost(left: &str, right: &str) -> Option<u32> {
    let (left, right) = (symbols(left)?, symbols(right)?);
    let mut row: Vec<u32> = successors(Some(0_u32), |cost| cost.checked_add(LOST_COST))
        .take(right.len() + 1)
        .collect();
    for symbol in &left {
        let mut last = row.first().copied().unwrap_or(0).saturating_add(LOST_COST);
        let mut next = vec![last];
        for (other, (diagonal, above)) in
            iter::zip(&right, iter::zip(row.iter(), row.iter().skip(1)))
        {
            let substituted = diagonal.saturating_add(substitution(*symbol, *other));
            let lost = last.min(*above).saturating_add(LOST_COST);
            last = substituted.min(lost);
            next.push(last);
        }
        row = next;
    }
    row.last().copied()
}

fn substitution(left: Symbol, right: Symbol) -> u32 {
    match (left, right) {
        (Some(left), Some(right)) if left == right => 0,
        (Some(left), Some(right)) if are_look_alikes(left, right) => {
            if PROVINCES.contains(left) {
                PROVINCE_LOOK_ALIKE_COST
            } else {
                LOOK_ALIKE_COST
            }
        }
        (Some(_), Some(_)) => OTHER_COST,
        _ => UNREAD_COST,
    }
}
