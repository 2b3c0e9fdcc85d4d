//! The layout of a plate line as settings describe it.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::encoding::{ENCODINGS, TextEncoding};
use crate::check::{crc16, sum8, xor};
use crate::envelope::Envelope;
use crate::field::unescape;
use crate::settings::refuse;
use crate::{SettingSpec, Settings, SettingsError};

/// The settings.
pub(super) const SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        key: "start",
        default: "$PLT,",
        meaning: "bytes before the fields, may be empty; `\\r`, `\\n`, `\\t`, `\\\\` and `\\xHH` are understood",
    },
    SettingSpec {
        key: "end",
        default: "\\r\\n",
        meaning: "bytes at the end, never empty; written like `start`",
    },
    SettingSpec {
        key: "delimiter",
        default: ",",
        meaning: "text between fields; empty for fixed positions",
    },
    SettingSpec {
        key: "fields",
        default: "lane,time,plate,colour,confidence",
        meaning: "`plate`, `colour`, `confidence`, `time`, `lane`, `camera`, `ignore`, parted by commas; with `:width` for fixed positions",
    },
    SettingSpec {
        key: "time_format",
        default: "YYYY-MM-DDThh:mm:ss.fffZ",
        meaning: "YYYY, MM, DD, hh, mm, ss, fff; other characters stand for themselves, `Z` means UTC",
    },
    SettingSpec {
        key: "clock",
        default: "pattern",
        meaning: "`pattern` (UTC when `time_format` has a `Z`), `utc` or `local`",
    },
    SettingSpec {
        key: "encoding",
        default: "utf-8",
        meaning: "`utf-8`, `gb18030`, `latin-1`, or `auto`: UTF-8 where it is valid, otherwise GB18030",
    },
    SettingSpec {
        key: "no_plate",
        default: "无车牌,无牌,NOPLATE,UNKNOWN",
        meaning: "words, parted by commas, that stand for a vehicle without a plate read",
    },
    SettingSpec {
        key: "checksum",
        default: "crc16",
        meaning: "`none`, `xor`, `sum8` or `crc16`: `*` and hexadecimal digits before `end`",
    },
    SettingSpec {
        key: "longest",
        default: "160",
        meaning: "the most bytes of a line, 8 to 1024",
    },
];

/// What a field of the line means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The plate text.
    Plate,
    /// Its colour.
    Colour,
    /// Confidence, 0 to 100.
    Confidence,
    /// The time of the read.
    Time,
    /// The lane.
    Lane,
    /// The camera's number, the lane where there is no lane field.
    Camera,
    /// Not used.
    Ignore,
}

const FIELDS: [(&str, Field); 7] = [
    ("plate", Field::Plate),
    ("colour", Field::Colour),
    ("confidence", Field::Confidence),
    ("time", Field::Time),
    ("lane", Field::Lane),
    ("camera", Field::Camera),
    ("ignore", Field::Ignore),
];

/// How a line is guarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checksum {
    /// Not at all.
    None,
    /// Exclusive or, two hexadecimal digits.
    Xor,
    /// Eight-bit sum, two hexadecimal digits.
    Sum8,
    /// CRC-16/XMODEM, four hexadecimal digits.
    Crc16,
}

impl Checksum {
    /// How many hexadecimal digits stand behind the `*`; 0 when there is none.
    pub const fn hex_digits(self) -> usize {
        match self {
            Self::None => 0,
            Self::Xor | Self::Sum8 => 2,
            Self::Crc16 => 4,
        }
    }

    /// The checksum of some bytes; 0 when there is none.
    pub(crate) fn of(self, covered: &[u8]) -> u32 {
        match self {
            Self::None => 0,
            Self::Xor => xor(covered).into(),
            Self::Sum8 => sum8(covered).into(),
            Self::Crc16 => crc16(covered).into(),
        }
    }
}

/// The words of a setting `checksum`.
pub(crate) const CHECKSUMS: [(&str, Checksum); 4] = [
    ("none", Checksum::None),
    ("xor", Checksum::Xor),
    ("sum8", Checksum::Sum8),
    ("crc16", Checksum::Crc16),
];

/// The layout of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// Bytes before the fields; may be empty.
    pub start: Vec<u8>,
    /// Bytes at the end; never empty.
    pub end: Vec<u8>,
    /// Between the fields; empty for fixed positions.
    pub delimiter: String,
    /// The fields and, for fixed positions, their widths in characters.
    pub fields: Vec<(Field, Option<usize>)>,
    /// Pattern of the time.
    pub time_format: String,
    /// The time is UTC, whatever the pattern says.
    pub utc: bool,
    /// Character encoding.
    pub encoding: TextEncoding,
    /// Words for a vehicle without a plate read.
    pub no_plate: Vec<String>,
    /// How the line is guarded.
    pub checksum: Checksum,
    /// The most bytes of a line, start and end included.
    pub longest: usize,
}

impl Layout {
    /// The layout that settings describe.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        settings.check_keys(SETTINGS)?;
        let text = |key| settings.text(SETTINGS, key);
        let bytes = |key| {
            unescape(text(key))
                .ok_or_else(|| refuse(key, text(key), "text with \\r \\n \\t \\\\ \\xHH"))
        };
        let mut layout = Self {
            start: bytes("start")?,
            end: bytes("end")?,
            delimiter: text("delimiter").to_string(),
            fields: read_fields(text("fields"), text("delimiter").is_empty())?,
            time_format: text("time_format").to_string(),
            utc: false,
            encoding: settings.choice(SETTINGS, "encoding", &ENCODINGS)?,
            no_plate: text("no_plate").split(',').map(String::from).collect(),
            checksum: settings.choice(SETTINGS, "checksum", &CHECKSUMS)?,
            longest: settings.number(SETTINGS, "longest", 8..=1024)? as usize,
        };
        if layout.end.is_empty() {
            return Err(refuse("end", "", "at least one byte"));
        }
        if layout.start.len() + layout.end.len() + 1 > layout.longest {
            return Err(refuse(
                "longest",
                text("longest"),
                "more than start and end",
            ));
        }
        if !layout.time_format.is_ascii() || !layout.time_format.contains("YYYY") {
            return Err(refuse(
                "time_format",
                &layout.time_format,
                "ASCII with YYYY, MM and DD",
            ));
        }
        // Without a `Z` the pattern says nothing, and the clock is the station's local time.
        match settings.choice(
            SETTINGS,
            "clock",
            &[("pattern", 0), ("utc", 1), ("local", 2)],
        )? {
            1 => layout.utc = true,
            2 if layout.time_format.contains('Z') => {
                return Err(refuse(
                    "clock",
                    "local",
                    "utc or pattern: `time_format` has a `Z`",
                ));
            }
            _ => {}
        }
        Ok(layout)
    }

    /// The marks of a line.
    pub(crate) fn envelope(&self) -> Envelope {
        Envelope {
            start: self.start.clone(),
            end: self.end.clone(),
            checksum: self.checksum,
            longest: self.longest,
            answers: Vec::new(),
        }
    }

    /// Parts a text into its fields; `None` when there are too few or too many.
    pub(super) fn split<'a>(&'a self, text: &'a str) -> Option<Vec<(Field, &'a str)>> {
        if !self.delimiter.is_empty() {
            let parts: Vec<_> = text.split(self.delimiter.as_str()).collect();
            let kinds = self.fields.iter().map(|(field, _)| *field);
            return (parts.len() == self.fields.len()).then(|| kinds.zip(parts).collect());
        }
        let mut rest = text;
        let mut parts = Vec::new();
        for (field, width) in &self.fields {
            let end = match width {
                None => rest.len(),
                Some(width) => rest
                    .char_indices()
                    .map(|(index, _)| index)
                    .chain([rest.len()])
                    .nth(*width)?,
            };
            let (part, behind) = rest.split_at_checked(end)?;
            parts.push((*field, part));
            rest = behind;
        }
        rest.is_empty().then_some(parts)
    }
}

fn read_fields(text: &str, fixed: bool) -> Result<Vec<(Field, Option<usize>)>, SettingsError> {
    let wrong = || {
        refuse(
            "fields",
            text,
            "plate, colour, confidence, time, lane, camera, ignore, each but ignore once and plate \
             always; `:width` behind each but the last when `delimiter` is empty",
        )
    };
    let parts: Vec<_> = text.split(',').map(str::trim).collect();
    let mut fields = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let (name, width) = match part.split_once(':') {
            Some((name, width)) => (name, Some(width.parse::<usize>().map_err(|_| wrong())?)),
            None => (*part, None),
        };
        let field = FIELDS.iter().find(|(known, _)| *known == name);
        let (_, field) = field.ok_or_else(wrong)?;
        let twice = *field != Field::Ignore && fields.iter().any(|(known, _)| known == field);
        let last = index + 1 == parts.len();
        let width_fits = if fixed {
            width.is_some_and(|width| width > 0) || (last && width.is_none())
        } else {
            width.is_none()
        };
        if twice || !width_fits {
            return Err(wrong());
        }
        fields.push((*field, width));
    }
    if fields.iter().any(|(field, _)| *field == Field::Plate) {
        Ok(fields)
    } else {
        Err(wrong())
    }
}
