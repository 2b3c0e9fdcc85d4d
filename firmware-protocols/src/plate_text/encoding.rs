//! Character encodings of plate lines and signs.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use encoding_rs::GB18030;

use crate::Reject;

/// Character encoding of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextEncoding {
    /// UTF-8.
    Utf8,
    /// GB18030, which GBK and GB2312 are parts of.
    Gb18030,
    /// ISO 8859-1.
    Latin1,
    /// UTF-8 where the bytes are valid UTF-8, otherwise GB18030. Written as UTF-8. Two bytes that
    /// are valid in both are taken as GB18030 where that is a character of Chinese plates: `鲁` and
    /// `豫` are the provinces that this is about.
    Auto,
}

/// The words of a setting `encoding`.
pub(crate) const ENCODINGS: [(&str, TextEncoding); 4] = [
    ("utf-8", TextEncoding::Utf8),
    ("gb18030", TextEncoding::Gb18030),
    ("latin-1", TextEncoding::Latin1),
    ("auto", TextEncoding::Auto),
];

/// The Chinese characters of plates: provinces and what stands at the end.
const CHINESE: &str =
    "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新学警港澳挂使领试超应急民航";

impl TextEncoding {
    /// The text of bytes; [`Reject::Field`] where they are no text.
    pub(crate) fn decode(self, bytes: &[u8]) -> Result<String, Reject> {
        match self {
            Self::Utf8 => core::str::from_utf8(bytes)
                .map(ToString::to_string)
                .map_err(|_| Reject::Field),
            Self::Gb18030 => GB18030
                .decode_without_bom_handling_and_without_replacement(bytes)
                .map(String::from)
                .ok_or(Reject::Field),
            Self::Latin1 => Ok(bytes.iter().map(|byte| char::from(*byte)).collect()),
            Self::Auto => match Self::Utf8.decode(bytes) {
                Ok(text) if text.is_ascii() => Ok(text),
                Ok(text) => Ok(chinese_after_all(&text, bytes).unwrap_or(text)),
                Err(_) => Self::Gb18030.decode(bytes),
            },
        }
    }

    /// The bytes of a text; `None` where the encoding lacks a character.
    pub(crate) fn encode(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Utf8 | Self::Auto => Some(text.as_bytes().to_vec()),
            Self::Gb18030 => {
                let (bytes, _, lossy) = GB18030.encode(text);
                (!lossy).then(|| bytes.into_owned())
            }
            Self::Latin1 => text.chars().map(|c| u8::try_from(c).ok()).collect(),
        }
    }
}

/// The GB18030 reading of bytes that are valid UTF-8 by chance: all their characters take two bytes
/// there, which Chinese ones never do, and are characters of Chinese plates here.
fn chinese_after_all(utf8: &str, bytes: &[u8]) -> Option<String> {
    if utf8.chars().any(|c| c.len_utf8() > 2) {
        return None;
    }
    let text = TextEncoding::Gb18030.decode(bytes).ok()?;
    let fits = |c: char| c.is_ascii() || CHINESE.contains(c);
    text.chars().all(fits).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_is_found_for_every_province() {
        for province in CHINESE.chars() {
            let text = alloc::format!("{province}A12345");
            for encoding in [TextEncoding::Utf8, TextEncoding::Gb18030] {
                let bytes = encoding.encode(&text).unwrap();
                assert_eq!(TextEncoding::Auto.decode(&bytes).unwrap(), text);
            }
        }
        assert_eq!(
            TextEncoding::Auto.decode("ÖL-99".as_bytes()).unwrap(),
            "ÖL-99"
        );
        assert_eq!(TextEncoding::Auto.decode(b"\xFF\xFF"), Err(Reject::Field));
    }
}
