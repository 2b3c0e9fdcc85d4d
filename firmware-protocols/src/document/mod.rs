//! Documents in a byte stream: what plate cameras send over HTTP. JSON and XML as bodies of their
//! own, and parts of a multipart body.
//!
//! A document is found by its own marks, never by an announced length alone: lengths are wrong or
//! missing often enough, and a plate must not be lost for that.

pub(crate) mod multipart;
pub(crate) mod xml;

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::field::{decimal, digits};
use crate::window::Look;
use crate::{
    DeviceTime, Direction, EncodeError, Event, Picture, PlateColour, Reject, SettingSpec, Settings,
    SettingsError, Status,
};

/// The default of [`LONGEST`] in bytes.
pub(crate) const LONGEST_BYTES: usize = 2 * 1024 * 1024;

/// How much is kept of an unfinished document.
pub(crate) const LONGEST: SettingSpec = SettingSpec {
    key: "longest",
    default: "2097152",
    meaning: "the most bytes of a document or part, 4096 to 16777216",
};

/// Whether the transport guards the bytes.
pub(crate) const GUARDED: SettingSpec = SettingSpec {
    key: "guarded",
    default: "no",
    meaning: "`yes` where the transport guards its bytes (TCP has a sum in every segment) and the announced length was compared: reads then count as checked",
};

/// Which direction an approaching vehicle has.
pub(crate) const APPROACHING: SettingSpec = SettingSpec {
    key: "approaching",
    default: "forward",
    meaning: "direction of a vehicle that comes towards the camera: `forward`, or `reverse` for a camera that looks at rear plates",
};

/// Most blanks in front of a document.
pub(crate) const BLANKS: usize = 512;

/// Most characters of a plate.
const PLATE_CHARACTERS: usize = 16;

pub(crate) fn longest(settings: &Settings, known: &[SettingSpec]) -> Result<usize, SettingsError> {
    let bytes = settings.number(known, LONGEST.key, 4_096..=16_777_216)?;
    Ok(usize::try_from(bytes).unwrap_or(LONGEST_BYTES))
}

pub(crate) fn guarded(settings: &Settings, known: &[SettingSpec]) -> Result<bool, SettingsError> {
    settings.choice(known, GUARDED.key, &[("no", false), ("yes", true)])
}

/// The direction of an approaching vehicle.
pub(crate) fn approaching(
    settings: &Settings,
    known: &[SettingSpec],
) -> Result<Direction, SettingsError> {
    let choices = [
        ("forward", Direction::Forward),
        ("reverse", Direction::Reverse),
    ];
    settings.choice(known, APPROACHING.key, &choices)
}

/// The direction of a vehicle that goes the other way.
pub(crate) fn opposite(direction: Direction) -> Direction {
    match direction {
        Direction::Forward => Direction::Reverse,
        Direction::Reverse => Direction::Forward,
    }
}

pub(crate) fn status(name: &'static str, fields: Vec<(&'static str, String)>) -> Event {
    Event::Status(Status { name, fields })
}

/// Whether a byte is a blank between documents.
pub(crate) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// A byte that no text document has.
pub(crate) fn is_control(byte: u8) -> bool {
    byte < 0x20 && !is_blank(byte)
}

/// How many blanks a text begins with.
pub(crate) fn blanks(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| is_blank(**byte)).count()
}

/// How many blanks a window begins with, as far as [`only_blanks`] needs to know.
pub(crate) fn front_blanks(window: &[u8]) -> usize {
    blanks(window.get(..BLANKS).unwrap_or(window))
}

/// Blanks in front of a document belong to it. What the window says when there are only blanks yet,
/// or too many; `None` when there is something behind them.
pub(crate) fn only_blanks(window: &[u8], count: usize, ended: bool) -> Option<Look> {
    if count >= BLANKS {
        Some(Look::Skip(BLANKS))
    } else if count < window.len() {
        None
    } else if ended {
        Some(Look::Frame(count, status("blank", vec![])))
    } else {
        Some(Look::More)
    }
}

/// Where a pattern stands, at or behind `from`.
pub(crate) fn find(haystack: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    let rest = haystack.get(from..)?;
    let first = needle.first()?;
    let mut at = 0;
    loop {
        let behind = rest.get(at..)?;
        at += behind.iter().position(|byte| byte == first)?;
        if rest.get(at..)?.starts_with(needle) {
            return Some(from + at);
        }
        at += 1;
    }
}

/// A whole JPEG.
pub(crate) fn is_jpeg(bytes: &[u8]) -> bool {
    bytes.len() >= 4 && bytes.starts_with(&[0xFF, 0xD8]) && bytes.ends_with(&[0xFF, 0xD9])
}

/// The picture of a base64 text; `None` for what is not a whole JPEG. Line ends in it are left out.
pub(crate) fn picture(base64: &str) -> Option<Picture> {
    let jpeg = if base64.bytes().any(is_blank) {
        let dense: Vec<u8> = base64.bytes().filter(|byte| !is_blank(*byte)).collect();
        STANDARD.decode(dense)
    } else {
        STANDARD.decode(base64)
    };
    jpeg.ok()
        .filter(|jpeg| is_jpeg(jpeg))
        .map(|jpeg| Picture { jpeg })
}

/// Base64 of bytes.
pub(crate) fn to_base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The text that base64 stands for.
pub(crate) fn from_base64(text: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(text).ok()?).ok()
}

/// A plate as the camera names it, `None` for one of the words that mean none.
pub(crate) fn plate(text: &str, none: &[&str]) -> Result<Option<String>, Reject> {
    let text = text.trim();
    if text.is_empty() || none.iter().any(|word| word.eq_ignore_ascii_case(text)) {
        return Ok(None);
    }
    is_plate(text)
        .then(|| Some(text.to_string()))
        .ok_or(Reject::Field)
}

/// Plate grammar is not judged here, only length and characters that no plate has. Two dashes in a
/// row are the begin of a boundary that ran into the text. `³` and `ԥ` are `鲁` and `豫` of a body in
/// GBK, the two provinces whose bytes there pass for UTF-8.
pub(crate) fn is_plate(text: &str) -> bool {
    let strange = |c: char| c.is_control() || "\u{FFFD}³ԥ<>{}\"\\=&;:,|%/".contains(c);
    text.chars().count() <= PLATE_CHARACTERS
        && !text.is_empty()
        && text.trim().len() == text.len()
        && !text.contains(strange)
        && !text.contains("--")
}

/// The plate of an event as it is to be written.
pub(crate) fn plate_text<'a>(
    plate: Option<&'a str>,
    none: &'a str,
    words: &[&str],
) -> Result<&'a str, EncodeError> {
    match plate {
        None => Ok(none),
        Some(text)
            if is_plate(text) && !words.iter().any(|word| word.eq_ignore_ascii_case(text)) =>
        {
            Ok(text)
        }
        Some(text) => Err(EncodeError::range("plate", text)),
    }
}

/// A confidence of 0 to 100, whole or with decimals, which are dropped.
pub(crate) fn confidence(text: &str) -> Result<u8, Reject> {
    score(text)
        .and_then(|score| u8::try_from(score).ok())
        .filter(|score| *score <= 100)
        .ok_or(Reject::Field)
}

/// The whole part of a number without a sign.
pub(crate) fn score(text: &str) -> Option<i64> {
    let number = decimal(text.as_bytes())?;
    Some(number.digits / 10_i64.checked_pow(number.decimals.into())?)
}

/// A lane number.
pub(crate) fn lane(text: &str) -> Result<u16, Reject> {
    digits(text.as_bytes())
        .and_then(|number| u16::try_from(number).ok())
        .ok_or(Reject::Field)
}

/// A colour by its English name in any case; `None` for any other word.
pub(crate) fn colour(word: &str) -> Option<PlateColour> {
    let small = word.to_ascii_lowercase();
    PlateColour::from_name(&small).or(match small.as_str() {
        "yellowgreen" => Some(PlateColour::YellowGreen),
        _ => None,
    })
}

/// The name of a read: the camera's own number together with the moment, since such numbers begin
/// anew when the camera does.
pub(crate) fn read_id(base: String, time: Option<DeviceTime>) -> String {
    match time {
        None => base,
        Some(time) => {
            let micros = time.micros();
            let (seconds, rest) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000));
            alloc::format!("{base}@{seconds}.{rest:06}")
        }
    }
}

/// The camera's own number in a [`read_id`] of this moment.
pub(crate) fn read_number(id: &str, time: Option<DeviceTime>) -> Result<&str, EncodeError> {
    let base = id.rsplit_once('@').map_or(id, |(base, _)| base);
    if base.is_empty() || read_id(base.to_string(), time) != id {
        return Err(EncodeError::range("read_id", id));
    }
    Ok(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plates_scores_and_pictures() {
        assert_eq!(plate(" 鲁Q7K215 ", &[]), Ok(Some("鲁Q7K215".to_string())));
        assert_eq!(plate("UNKNOWN", &["unknown"]), Ok(None));
        let gbk = ["\u{B3}Q7K215", "\u{525}A12345"];
        for wrong in ["AB12--x", "a=b", "ABCDEFGHIJKLMNOPQ", "A\u{7}B"]
            .into_iter()
            .chain(gbk)
        {
            assert_eq!(plate(wrong, &[]), Err(Reject::Field), "{wrong}");
        }
        assert_eq!(confidence("92.5"), Ok(92));
        assert_eq!(confidence("093"), Ok(93));
        for wrong in ["101", "-1", "", "9x"] {
            assert_eq!(confidence(wrong), Err(Reject::Field), "{wrong}");
        }
        let jpeg = [0xFF, 0xD8, 1, 2, 0xFF, 0xD9];
        let text = to_base64(&jpeg);
        assert_eq!(picture(&text).map(|p| p.jpeg), Some(jpeg.to_vec()));
        assert_eq!(
            picture(&text.replace('/', "\n/")).map(|p| p.jpeg),
            Some(jpeg.to_vec())
        );
        assert_eq!(picture(&to_base64(&jpeg[..5])), None);
        assert_eq!(picture("?"), None);
    }

    #[test]
    fn read_names_carry_the_moment() {
        let time = DeviceTime::from_micros(1_741_940_127_318_000, true);
        let id = read_id("a/10".to_string(), time);
        assert_eq!(id, "a/10@1741940127.318000");
        assert_eq!(read_number(&id, time), Ok("a/10"));
        assert!(read_number(&id, None).is_err());
        assert_eq!(read_number("a/10", None), Ok("a/10"));
    }
}
