//! The text messages, each a row of fixed characters, digits and choices.

use alloc::vec::Vec;

/// The forms of text messages that are written. Form 6 has a range, which events do not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Text {
    /// `+SSS km/h`, form 1.
    SignUnit,
    /// `SSSKO`, form 2.
    Letters,
    /// `+SSS`, form 3.
    Sign,
    /// `*SSSS`, form 4.
    Star,
    /// `sSSS`, form 5.
    Small,
}

/// What a text message says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) speed: i64,
    /// `None` where the message does not say.
    pub(super) approaching: Option<bool>,
    /// `None` where the message does not name its unit.
    pub(super) miles: Option<bool>,
}

/// What stands at the front of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// A message of so many bytes.
    Whole(usize, Piece),
    /// The begin of one.
    Part,
    /// None.
    No,
}

/// One place of a pattern.
#[derive(Debug, Clone, Copy)]
enum Place {
    Fixed(&'static [u8]),
    /// Three digits of the speed.
    Speed,
    /// Three digits of the range.
    Range,
    /// `+` or `-`.
    Sign,
    /// `km/h` or `mph`.
    Unit,
    /// `K` or `M`.
    UnitLetter,
    /// `I` or `O`.
    WayLetter,
}

const END: Place = Place::Fixed(b"\r\n");
const BLANK: Place = Place::Fixed(b" ");

/// Every form with its pattern.
const PATTERNS: [&[Place]; 6] = [
    &[Place::Sign, Place::Speed, BLANK, Place::Unit, END],
    &[Place::Speed, Place::UnitLetter, Place::WayLetter, END],
    &[Place::Sign, Place::Speed, END],
    &[Place::Fixed(b"*S"), Place::Speed, END],
    &[Place::Fixed(b"s"), Place::Speed, END],
    &[
        Place::Sign,
        Place::Speed,
        BLANK,
        Place::Unit,
        BLANK,
        Place::Range,
        Place::Fixed(b" m"),
        END,
    ],
];

/// The message at the front of a window. No message begins another.
pub(super) fn fit(window: &[u8]) -> Fit {
    let mut part = Fit::No;
    for pattern in PATTERNS {
        match follow(pattern, window) {
            Fit::No => {}
            Fit::Part => part = Fit::Part,
            whole => return whole,
        }
    }
    part
}

fn follow(pattern: &[Place], window: &[u8]) -> Fit {
    let mut piece = Piece::default();
    let mut rest = window;
    for place in pattern {
        match step(*place, rest, &mut piece) {
            Some(count) => rest = rest.get(count..).unwrap_or_default(),
            None if may_become(*place, rest) => return Fit::Part,
            None => return Fit::No,
        }
    }
    Fit::Whole(window.len() - rest.len(), piece)
}

/// The bytes that a place takes, `None` when they are not there.
fn step(place: Place, rest: &[u8], piece: &mut Piece) -> Option<usize> {
    match place {
        Place::Fixed(text) => rest.starts_with(text).then_some(text.len()),
        Place::Speed => {
            piece.speed = crate::field::digits(rest.get(..3)?)?;
            Some(3)
        }
        Place::Range => crate::field::digits(rest.get(..3)?).map(|_| 3),
        Place::Sign => {
            piece.approaching = Some(choice(rest, b'+', b'-')?);
            Some(1)
        }
        Place::WayLetter => {
            piece.approaching = Some(choice(rest, b'I', b'O')?);
            Some(1)
        }
        Place::UnitLetter => {
            piece.miles = Some(choice(rest, b'M', b'K')?);
            Some(1)
        }
        Place::Unit => {
            let (text, miles) = UNITS.iter().find(|(text, _)| rest.starts_with(text))?;
            piece.miles = Some(*miles);
            Some(text.len())
        }
    }
}

const UNITS: [(&[u8], bool); 2] = [(b"km/h", false), (b"mph", true)];

/// Whether the front is the one character or the other.
fn choice(rest: &[u8], yes: u8, no: u8) -> Option<bool> {
    match rest.first() {
        Some(byte) if *byte == yes => Some(true),
        Some(byte) if *byte == no => Some(false),
        _ => None,
    }
}

/// Whether bytes that end here may go on to fill a place.
fn may_become(place: Place, rest: &[u8]) -> bool {
    match place {
        Place::Fixed(text) => text.starts_with(rest),
        Place::Speed | Place::Range => rest.len() < 3 && rest.iter().all(u8::is_ascii_digit),
        Place::Unit => UNITS.iter().any(|(text, _)| text.starts_with(rest)),
        Place::Sign | Place::WayLetter | Place::UnitLetter => rest.is_empty(),
    }
}

/// A message in km/h. The forms without direction leave it out.
pub(super) fn write(form: Text, speed: i64, approaching: bool) -> Vec<u8> {
    let sign = if approaching { '+' } else { '-' };
    let way = if approaching { 'I' } else { 'O' };
    let text = match form {
        Text::SignUnit => alloc::format!("{sign}{speed:03} km/h\r\n"),
        Text::Letters => alloc::format!("{speed:03}K{way}\r\n"),
        Text::Sign => alloc::format!("{sign}{speed:03}\r\n"),
        Text::Star => alloc::format!("*S{speed:03}\r\n"),
        Text::Small => alloc::format!("s{speed:03}\r\n"),
    };
    text.into_bytes()
}
