//! How files of registers are encoded: UTF-8 or GB18030.

use super::file::FileError;

/// How a file's texts are encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// GB18030, which GBK and GB2312 are part of.
    Gb18030,
}

impl Encoding {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Utf8, Self::Gb18030];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Gb18030 => "gb18030",
        }
    }

    /// The encoding of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" => Some(Self::Utf8),
            "gb18030" | "gbk" | "gb2312" => Some(Self::Gb18030),
            _ => None,
        }
    }
}

/// Whether a text that was read as UTF-8 looks like Chinese in GB18030: short words such as 通通 are valid
/// in both, but as UTF-8 they come out as Greek and Arabic, never as Chinese.
fn looks_misread(text: &str) -> bool {
    const FIRST_CHINESE: char = '\u{2E80}';
    !text.is_ascii() && !text.contains(|character| character >= FIRST_CHINESE)
}

/// Decodes a file. Without a given encoding it is UTF-8 where it has its mark, or is valid and reads as
/// Chinese or ASCII; else GB18030.
///
/// # Errors
/// When it is not in the encoding, or in neither.
pub fn decode(bytes: &[u8], given: Option<Encoding>) -> Result<(String, Encoding), FileError> {
    let utf8 = || {
        let text = std::str::from_utf8(bytes).ok()?;
        Some(text.strip_prefix('\u{feff}').unwrap_or(text).to_owned())
    };
    let gb18030 = || {
        encoding_rs::GB18030
            .decode_without_bom_handling_and_without_replacement(bytes)
            .map(|text| text.into_owned())
    };
    let found = match given {
        Some(Encoding::Utf8) => utf8().map(|text| (text, Encoding::Utf8)),
        Some(Encoding::Gb18030) => gb18030().map(|text| (text, Encoding::Gb18030)),
        None => {
            let marked = bytes.starts_with("\u{feff}".as_bytes());
            let sure = utf8().filter(|text| marked || !looks_misread(text));
            sure.map(|text| (text, Encoding::Utf8))
                .or_else(|| gb18030().map(|text| (text, Encoding::Gb18030)))
                .or_else(|| utf8().map(|text| (text, Encoding::Utf8)))
        }
    };
    found.ok_or(FileError::Encoding {
        expected: given.map_or("UTF-8 / GB18030", Encoding::name),
    })
}

/// Encodes a file.
pub fn encode(text: &str, encoding: Encoding) -> Vec<u8> {
    match encoding {
        // The mark makes spreadsheets take it for what it is.
        Encoding::Utf8 => format!("\u{feff}{text}").into_bytes(),
        Encoding::Gb18030 => encoding_rs::GB18030.encode(text).0.into_owned(),
    }
}
