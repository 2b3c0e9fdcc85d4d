//! The message template of Nedap and Tattile cameras: tags, text and bytes.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::field::{digits, hex, read_time, write_time};
use crate::plate_text::encoding::ENCODINGS;
use crate::plate_text::{TextEncoding, read_plate};
use crate::settings::refuse;
use crate::{EncodeError, Plate, Reject, SettingSpec, Settings, SettingsError};

/// The setting of the template.
pub(crate) const TEMPLATE: SettingSpec = SettingSpec {
    key: "template",
    default: "%PLATE%0x0D%0x0A",
    meaning: "the message as the camera's web page has it: tags `%PLATE`, `%PLATE_STRING`, `%PLATE_COUNTRY`, `%DATE`, `%TIME`, `%OCRSCORE`, `%TRANSIT_ID` (others are read over), `0xHH` for a byte, other text as it is",
};

/// The setting of the character encoding.
pub(crate) const ENCODING: SettingSpec = SettingSpec {
    key: "encoding",
    default: "auto",
    meaning: "`auto` (UTF-8 where it is valid, otherwise GB18030), `utf-8`, `gb18030` or `latin-1`",
};

/// The setting of the form of `%DATE`.
pub(crate) const DATE_FORMAT: SettingSpec = SettingSpec {
    key: "date_format",
    default: "YYYY-MM-DD",
    meaning: "how `%DATE` is written: YYYY, MM, DD; other characters stand for themselves",
};

/// The setting of the form of `%TIME`.
pub(crate) const TIME_FORMAT: SettingSpec = SettingSpec {
    key: "time_format",
    default: "hh-mm-ss",
    meaning: "how `%TIME` is written: hh, mm, ss, fff; other characters stand for themselves",
};

/// The setting of the camera's clock.
pub(crate) const CLOCK: SettingSpec = SettingSpec {
    key: "clock",
    default: "local",
    meaning: "what `%DATE` and `%TIME` are, `local` or `utc`",
};

/// The setting of the country behind the plate.
pub(crate) const COUNTRY: SettingSpec = SettingSpec {
    key: "country",
    default: "suffix",
    meaning: "`suffix`: a hyphen and three capital letters at the end of `%PLATE` are the country; `keep`: they belong to the plate",
};

/// The setting of the words for no plate.
pub(crate) const NO_PLATE: SettingSpec = SettingSpec {
    key: "no_plate",
    default: "NOPLATE,NO PLATE,UNKNOWN,无车牌,无牌",
    meaning: "words, parted by commas, that stand for a vehicle without a plate read; the first is written",
};

/// What a tag stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tag {
    /// The plate, with the country behind a hyphen.
    Plate,
    /// The plate alone.
    PlateString,
    /// Three letters.
    Country,
    Date,
    Time,
    /// Confidence, 0 to 100.
    Score,
    /// The camera's running number of the passage.
    TransitId,
    /// Read over.
    Other,
}

/// The tags of text messages. A name that begins another stands behind it.
const TAGS: [(&str, Tag); 21] = [
    ("PLATE_STRING", Tag::PlateString),
    ("PLATE_COUNTRY", Tag::Country),
    ("PLATE_MIN_X", Tag::Other),
    ("PLATE_MIN_Y", Tag::Other),
    ("PLATE_MAX_X", Tag::Other),
    ("PLATE_MAX_Y", Tag::Other),
    ("PLATE", Tag::Plate),
    ("DATE", Tag::Date),
    ("TIME", Tag::Time),
    ("OCRSCORE", Tag::Score),
    ("TRANSIT_ID", Tag::TransitId),
    ("NETBIOSNAME", Tag::Other),
    ("NET_TRIG_ID", Tag::Other),
    ("NREAD", Tag::Other),
    ("IMAGENAME", Tag::Other),
    ("IMAGEPATH", Tag::Other),
    ("SPEED", Tag::Other),
    ("CLASS_STRING", Tag::Other),
    ("CLASS", Tag::Other),
    ("SN", Tag::Other),
    ("DIRECTION", Tag::Other),
];

/// A template: text, and tags with the text behind each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    start: Vec<u8>,
    tags: Vec<(Tag, Vec<u8>)>,
    date_format: String,
    time_format: String,
    utc: bool,
    country_behind_plate: bool,
    encoding: TextEncoding,
    no_plate: Vec<String>,
}

impl Template {
    /// The template that settings describe. The protocol's table has the specifications of this file.
    pub(crate) fn new(settings: &Settings, known: &[SettingSpec]) -> Result<Self, SettingsError> {
        let text = |key| settings.text(known, key);
        let mut template = Self {
            start: Vec::new(),
            tags: Vec::new(),
            date_format: text("date_format").to_string(),
            time_format: text("time_format").to_string(),
            utc: settings.choice(known, "clock", &[("local", false), ("utc", true)])?,
            country_behind_plate: settings.choice(
                known,
                "country",
                &[("suffix", true), ("keep", false)],
            )?,
            encoding: settings.choice(known, "encoding", &ENCODINGS)?,
            no_plate: text("no_plate").split(',').map(String::from).collect(),
        };
        let dated = |format: &str, marks: &[&str]| {
            format.is_ascii() && !format.contains('Z') && marks.iter().all(|m| format.contains(m))
        };
        if !dated(&template.date_format, &["YYYY", "MM", "DD"]) {
            return Err(refuse(
                "date_format",
                &template.date_format,
                "ASCII with YYYY, MM and DD",
            ));
        }
        if !dated(&template.time_format, &["hh", "mm"]) {
            return Err(refuse(
                "time_format",
                &template.time_format,
                "ASCII with hh and mm, no Z",
            ));
        }
        template.parse(text("template"))?;
        Ok(template)
    }

    fn parse(&mut self, text: &str) -> Result<(), SettingsError> {
        let wrong = |why: &str| refuse("template", text, why);
        let mut rest = text;
        let mut behind_tag = false;
        while let Some(character) = rest.chars().next() {
            let marked = rest.strip_prefix('%');
            let tag = marked.and_then(|name| TAGS.iter().find(|(tag, _)| name.starts_with(tag)));
            if let Some((byte, behind)) = hex_byte(marked.unwrap_or(rest)) {
                self.literal().push(byte);
                rest = behind;
                behind_tag = false;
            } else if let (Some(name), Some((tag, meaning))) = (marked, tag) {
                self.tags.push((*meaning, Vec::new()));
                rest = name.strip_prefix(tag).unwrap_or_default();
                behind_tag = true;
            } else if let Some(behind) = marked {
                // A tag may have a percent sign behind it too.
                if !behind_tag {
                    return Err(wrong("tags of the camera's help page, as %PLATE"));
                }
                rest = behind;
                behind_tag = false;
            } else {
                let mut bytes = [0; 4];
                let bytes = character.encode_utf8(&mut bytes).as_bytes();
                self.literal().extend_from_slice(bytes);
                rest = rest.get(character.len_utf8()..).unwrap_or_default();
                behind_tag = false;
            }
        }
        let once = |tag: Tag| self.tags.iter().filter(|(other, _)| *other == tag).count() <= 1;
        let known = self.tags.iter().filter(|(tag, _)| *tag != Tag::Other);
        if !known.clone().all(|(tag, _)| once(*tag)) {
            return Err(wrong("each tag once"));
        }
        if !known
            .into_iter()
            .any(|(tag, _)| matches!(tag, Tag::Plate | Tag::PlateString))
        {
            return Err(wrong("a template with %PLATE or %PLATE_STRING"));
        }
        let inner = self.tags.split_last().map_or(&[][..], |(_, inner)| inner);
        if inner
            .iter()
            .any(|(tag, behind)| behind.is_empty() && self.width(*tag).is_none())
        {
            return Err(wrong("text between tags"));
        }
        Ok(())
    }

    /// The text that is being put together.
    fn literal(&mut self) -> &mut Vec<u8> {
        self.tags
            .last_mut()
            .map_or(&mut self.start, |(_, behind)| behind)
    }

    /// The bytes of a tag that always has the same number.
    fn width(&self, tag: Tag) -> Option<usize> {
        match tag {
            Tag::Date => Some(self.date_format.len()),
            Tag::Time => Some(self.time_format.len()),
            _ => None,
        }
    }

    /// The text before the first tag.
    pub(crate) fn start(&self) -> &[u8] {
        &self.start
    }

    /// The text behind the last tag.
    pub(crate) fn end(&self) -> &[u8] {
        self.tags.last().map_or(&[], |(_, behind)| behind)
    }

    /// The plate of a whole message; `checked` is not its to say.
    pub(crate) fn read_message(&self, message: &[u8]) -> Result<Plate, Reject> {
        let body = message.strip_prefix(self.start());
        let body = body.and_then(|body| body.strip_suffix(self.end()));
        self.read(body.ok_or(Reject::Field)?)
    }

    /// The same where the length of the message is told: a line end at the end of the template may be
    /// missing there, or be another one.
    pub(crate) fn read_measured(&self, message: &[u8]) -> Result<Plate, Reject> {
        let is_line_end = |byte: &u8| matches!(byte, b'\r' | b'\n');
        if self.end().is_empty() || !self.end().iter().all(is_line_end) {
            return self.read_message(message);
        }
        let body = message.strip_prefix(self.start()).ok_or(Reject::Field)?;
        let ends = body.iter().rev().take(self.end().len());
        let ends = ends.take_while(|byte| is_line_end(byte)).count();
        self.read(body.get(..body.len() - ends).unwrap_or_default())
    }

    /// The plate of a message without the text before the first and behind the last tag.
    pub(crate) fn read(&self, body: &[u8]) -> Result<Plate, Reject> {
        let mut values = Values::default();
        for (tag, part) in self.split(body).ok_or(Reject::Field)? {
            let text = self.encoding.decode(part)?;
            if text.chars().any(char::is_control) {
                return Err(Reject::Field);
            }
            let text = text.trim_matches(' ');
            match tag {
                Tag::Plate => values.with_country = Some(text.to_string()),
                Tag::PlateString => values.alone = Some(text.to_string()),
                Tag::Country if is_country(text) || text.is_empty() => {}
                Tag::Country => return Err(Reject::Field),
                Tag::Date => values.date = Some(text.to_string()),
                Tag::Time => values.time = Some(text.to_string()),
                Tag::Score => values.score = read_number(text)?,
                Tag::TransitId => values.transit_id = read_number(text)?.map(|_| text.to_string()),
                Tag::Other => {}
            }
        }
        self.plate(values)
    }

    fn split<'a>(&self, body: &'a [u8]) -> Option<Vec<(Tag, &'a [u8])>> {
        let mut rest = body;
        let mut parts = Vec::with_capacity(self.tags.len());
        let last = self.tags.len().checked_sub(1)?;
        for (index, (tag, behind)) in self.tags.iter().enumerate() {
            let length = match self.width(*tag) {
                Some(width) => width,
                None if index == last => rest.len(),
                None => rest.windows(behind.len()).position(|at| at == behind)?,
            };
            let (part, after) = rest.split_at_checked(length)?;
            parts.push((*tag, part));
            rest = match index == last {
                true => after,
                false => after.strip_prefix(behind.as_slice())?,
            };
        }
        rest.is_empty().then_some(parts)
    }

    fn plate(&self, values: Values) -> Result<Plate, Reject> {
        let time = match (&values.date, &values.time) {
            (Some(date), Some(time)) => {
                let pattern = alloc::format!("{} {}", self.date_format, self.time_format);
                let text = alloc::format!("{date} {time}");
                Some(read_time(&pattern, &text, self.utc).ok_or(Reject::Field)?)
            }
            // A day alone is no time, nor is a time of day.
            _ => None,
        };
        let confidence = match values.score {
            None => None,
            Some(score) => {
                let score = u8::try_from(score).ok().filter(|score| *score <= 100);
                Some(score.ok_or(Reject::Field)?)
            }
        };
        let with_country = values.with_country.as_deref();
        let named = with_country.map(|text| match self.country_behind_plate {
            true => without_country(text),
            false => text,
        });
        let alone = values.alone.as_deref();
        if let (Some(named), Some(alone)) = (named, alone)
            && named != alone
            && with_country != Some(alone)
        {
            return Err(Reject::Contradiction);
        }
        let text = alone.or(named).filter(|text| !text.is_empty());
        let plate = match text {
            None => None,
            Some(text) => read_plate(text, &self.no_plate)?,
        };
        Ok(Plate {
            plate,
            confidence,
            time,
            read_id: values.transit_id,
            ..Plate::default()
        })
    }

    /// The whole message of a plate, without what the template has no tag for; `%PLATE_COUNTRY` and
    /// the tags that are read over are written empty.
    ///
    /// # Errors
    /// `time` is needed for `%DATE` and `%TIME`; [`EncodeError::Range`] for a plate that would be
    /// read as another one.
    pub(crate) fn write(&self, plate: &Plate) -> Result<Vec<u8>, EncodeError> {
        let mut message = self.start.clone();
        for (tag, behind) in &self.tags {
            message.extend(self.value(*tag, plate)?);
            message.extend_from_slice(behind);
        }
        let text = plate.plate.as_deref().unwrap_or_default();
        match self.read_message(&message) {
            Ok(read) if read.plate == plate.plate => Ok(message),
            _ => Err(EncodeError::range("plate", text)),
        }
    }

    fn value(&self, tag: Tag, plate: &Plate) -> Result<Vec<u8>, EncodeError> {
        let time = || plate.time.ok_or(EncodeError::Missing("time"));
        Ok(match tag {
            Tag::Plate | Tag::PlateString => {
                let none = self.no_plate.first();
                let text = plate.plate.as_ref().or(none).map_or("", String::as_str);
                let bytes = self.encoding.encode(text);
                bytes.ok_or_else(|| EncodeError::range("plate", text))?
            }
            Tag::Date => write_time(&self.date_format, time()?).into_bytes(),
            Tag::Time => write_time(&self.time_format, time()?).into_bytes(),
            Tag::Score => {
                let score = plate.confidence.map(|score| score.to_string());
                score.unwrap_or_default().into_bytes()
            }
            Tag::TransitId => plate.read_id.clone().unwrap_or_default().into_bytes(),
            Tag::Country | Tag::Other => Vec::new(),
        })
    }
}

/// The tags of one message as text.
#[derive(Debug, Default)]
struct Values {
    with_country: Option<String>,
    alone: Option<String>,
    date: Option<String>,
    time: Option<String>,
    score: Option<i64>,
    transit_id: Option<String>,
}

/// `0xHH` at the front, and what is behind it.
fn hex_byte(text: &str) -> Option<(u8, &str)> {
    let (pair, behind) = text.strip_prefix("0x")?.split_at_checked(2)?;
    Some((u8::try_from(hex(pair.as_bytes())?).ok()?, behind))
}

fn is_country(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn without_country(text: &str) -> &str {
    match text.rsplit_once('-') {
        Some((plate, country)) if is_country(country) => plate,
        _ => text,
    }
}

/// A number; `None` when it is empty.
fn read_number(text: &str) -> Result<Option<i64>, Reject> {
    if text.is_empty() {
        return Ok(None);
    }
    digits(text.as_bytes()).map(Some).ok_or(Reject::Field)
}
