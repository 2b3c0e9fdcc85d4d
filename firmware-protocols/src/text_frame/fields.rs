//! The list of fields: its grammar and what may stand together.

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use crate::SettingsError;
use crate::field::unescape;
use crate::registry::distance;
use crate::settings::refuse;

/// The widest field.
const WIDEST: usize = 64;

/// A number on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Number {
    Weight,
    Gross,
    Net,
    Tare,
}

impl Number {
    pub(super) const ALL: [Self; 4] = [Self::Weight, Self::Gross, Self::Net, Self::Tare];

    const fn name(self) -> &'static str {
        match self {
            Self::Weight => "weight",
            Self::Gross => "gross",
            Self::Net => "net",
            Self::Tare => "tare",
        }
    }
}

/// What stands at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item {
    Number(Number),
    /// The sign of a number.
    Sign(Number),
    Unit,
    Status,
    Mode,
    Motion,
    Channel,
    Decimals,
    Ignore,
    Literal(Vec<u8>),
}

/// One item with its width in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) item: Item,
    pub(super) width: Option<usize>,
}

const NAMES: &str = "weight, gross, net, tare, sign, unit, status, mode, motion, channel, decimals, \
                     ignore, or 'text'";

/// The fields of a list; with a delimiter each of them may have several parts.
pub(super) fn parse(text: &str, delimited: bool) -> Result<Vec<Vec<Part>>, SettingsError> {
    let mut pieces: Vec<Vec<Part>> = vec![vec![]];
    for (item, behind) in split(text)? {
        let part = part(item.trim_matches(' '))?;
        if let Some(piece) = pieces.last_mut() {
            piece.push(part);
        }
        match behind {
            Some('+') if !delimited => {
                let allowed = "`+` only with a `delimiter`; without one put a comma: fields then stand \
                               one behind the other";
                return Err(refuse("fields", item, allowed));
            }
            Some(',') if delimited => pieces.push(vec![]),
            _ => {}
        }
    }
    give_signs_their_numbers(&mut pieces)?;
    check_kinds(&pieces, text)?;
    for piece in &pieces {
        check_widths(piece, text)?;
    }
    Ok(pieces)
}

/// The items of a list with the separator behind each; separators in quotes are text.
fn split(text: &str) -> Result<Vec<(&str, Option<char>)>, SettingsError> {
    let (mut items, mut start, mut quoted, mut escaped) = (vec![], 0, false, false);
    for (index, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '\'' => quoted = !quoted,
            ',' | '+' if !quoted => {
                items.push((text.get(start..index).unwrap_or_default(), Some(character)));
                start = index + 1;
            }
            _ => {}
        }
    }
    let last = text.get(start..).unwrap_or_default();
    if quoted {
        return Err(refuse("fields", last, "a second ' at the end of the text"));
    }
    items.push((last, None));
    Ok(items)
}

fn part(item: &str) -> Result<Part, SettingsError> {
    if let Some(quoted) = item.strip_prefix('\'') {
        let text = quoted
            .strip_suffix('\'')
            .map(|text| text.replace("\\'", "'"));
        let bytes = text.as_deref().and_then(unescape);
        let bytes = bytes.filter(|bytes| (1..=WIDEST).contains(&bytes.len()));
        let bytes = bytes.ok_or_else(|| {
            let allowed = "1 to 64 bytes between two ', with \\xHH, \\r, \\n, \\t, \\\\, \\'";
            refuse("fields", item, allowed)
        })?;
        let width = Some(bytes.len());
        let item = Item::Literal(bytes);
        return Ok(Part { item, width });
    }
    let (name, width) = match item.split_once(':') {
        None => (item, None),
        Some((name, width)) => {
            let number = width.trim_matches(' ').parse().ok();
            let number = number.filter(|width| (1..=WIDEST).contains(width));
            let number = number.ok_or_else(|| {
                let allowed = format!("a width of 1 to {WIDEST} behind the colon: `{name}:8`");
                refuse("fields", item, allowed)
            })?;
            (name.trim_matches(' '), Some(number))
        }
    };
    let known = match name {
        "weight" => Item::Number(Number::Weight),
        "gross" => Item::Number(Number::Gross),
        "net" => Item::Number(Number::Net),
        "tare" => Item::Number(Number::Tare),
        // Which number is found out when all are known.
        "sign" => Item::Sign(Number::Weight),
        "unit" => Item::Unit,
        "status" => Item::Status,
        "mode" => Item::Mode,
        "motion" => Item::Motion,
        "channel" => Item::Channel,
        "decimals" => Item::Decimals,
        "ignore" => Item::Ignore,
        "checksum" => {
            let allowed = format!(
                "{NAMES}; the checksum is no field: `checksum = xor` puts it before the end"
            );
            return Err(refuse("fields", item, allowed));
        }
        "" => return Err(refuse("fields", item, "a name between two commas")),
        _ => {
            let names = NAMES.split(", ").filter(|name| !name.contains(' '));
            let near = names.min_by_key(|known| distance(known.as_bytes(), name.as_bytes()));
            let near = near.unwrap_or_default();
            let allowed = format!("did you mean `{near}`? Known: {NAMES}");
            return Err(refuse("fields", item, allowed));
        }
    };
    let single = matches!(known, Item::Sign(_) | Item::Decimals);
    if single && width.is_some_and(|width| width > 1) {
        let allowed = format!("`{name}:1`: it is one character; put `ignore` for more");
        return Err(refuse("fields", item, allowed));
    }
    let width = if single { Some(1) } else { width };
    Ok(Part { item: known, width })
}

/// A sign belongs to the number that follows it, the last one to the number before it when none
/// follows.
fn give_signs_their_numbers(pieces: &mut [Vec<Part>]) -> Result<(), SettingsError> {
    let mut next = None;
    let mut waiting: Vec<&mut Part> = vec![];
    let mut signed: Vec<Number> = vec![];
    for part in pieces.iter_mut().flatten().rev() {
        match &part.item {
            Item::Number(number) => {
                next = Some(*number);
                for sign in waiting.drain(..) {
                    sign.item = Item::Sign(*number);
                    signed.push(*number);
                }
            }
            Item::Sign(_) => match next {
                Some(number) => {
                    part.item = Item::Sign(number);
                    signed.push(number);
                }
                None => waiting.push(part),
            },
            _ => {}
        }
    }
    for number in Number::ALL {
        if signed.iter().filter(|known| **known == number).count() > 1 {
            let allowed = format!(
                "one sign for `{}`: a sign belongs to the number behind it",
                number.name()
            );
            return Err(refuse("fields", "sign", allowed));
        }
    }
    Ok(())
}

fn count(pieces: &[Vec<Part>], item: &Item) -> usize {
    let parts = pieces.iter().flatten();
    parts.filter(|part| part.item == *item).count()
}

pub(super) fn has(pieces: &[Vec<Part>], item: &Item) -> bool {
    count(pieces, item) > 0
}

fn check_kinds(pieces: &[Vec<Part>], text: &str) -> Result<(), SettingsError> {
    let no = |allowed: String| Err(refuse("fields", text, allowed));
    let once = [
        ("weight", Item::Number(Number::Weight)),
        ("gross", Item::Number(Number::Gross)),
        ("net", Item::Number(Number::Net)),
        ("tare", Item::Number(Number::Tare)),
        ("unit", Item::Unit),
        ("mode", Item::Mode),
        ("motion", Item::Motion),
        ("channel", Item::Channel),
        ("decimals", Item::Decimals),
    ];
    for (name, item) in once {
        if count(pieces, &item) > 1 {
            return no(format!("`{name}` once; put `ignore` for the other"));
        }
    }
    let has = |number| has(pieces, &Item::Number(number));
    let (weight, gross, net) = (has(Number::Weight), has(Number::Gross), has(Number::Net));
    if !(weight || gross || net) {
        return no("a list with one of `weight` (what is displayed), `gross`, `net`".into());
    }
    if weight && (gross || net) {
        return no(
            "either `weight` (what is displayed), or `gross` and `net`; put `ignore` for the rest"
                .into(),
        );
    }
    if self::has(pieces, &Item::Mode) && gross != net {
        let number = if gross { "gross" } else { "net" };
        return no(format!(
            "no `mode` beside `{number}` alone: `{number}` says it; put `weight` if the number is \
             whatever is displayed"
        ));
    }
    Ok(())
}

/// Whether the end of a part without a width can be told from what follows it.
fn check_widths(piece: &[Part], text: &str) -> Result<(), SettingsError> {
    for (index, part) in piece.iter().enumerate() {
        if part.width.is_some() {
            continue;
        }
        let next = piece.get(index + 1);
        match (&part.item, next.map(|next| &next.item)) {
            (_, None) => {}
            (Item::Number(number), Some(next)) if reads_on(next) => {
                let name = number.name();
                let allowed = format!(
                    "`{name}:<width>`: without a width nothing tells where `{name}` ends, as what \
                     follows may be a digit"
                );
                return Err(refuse("fields", text, allowed));
            }
            (Item::Number(_), Some(_)) => {}
            _ => {
                let allowed = "a width behind every word field (`unit:2`); only the last may go \
                               without and takes the rest";
                return Err(refuse("fields", text, allowed));
            }
        }
    }
    Ok(())
}

/// Whether what follows a number may look like more of it.
fn reads_on(next: &Item) -> bool {
    match next {
        Item::Number(_) | Item::Decimals | Item::Channel | Item::Ignore => true,
        Item::Literal(text) => text
            .first()
            .is_some_and(|byte| byte.is_ascii_digit() || *byte == b'.'),
        Item::Sign(_) | Item::Unit | Item::Status | Item::Mode | Item::Motion => false,
    }
}
