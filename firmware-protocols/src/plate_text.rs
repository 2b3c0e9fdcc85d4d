//! Delimited plate text: one plate read a line, with a layout that settings describe.
//!
//! **Vendor, models.** Most plate cameras and plate software can send such a line: Nedap and Tattile
//! RS-485 "raw" templates, Axxon plate text, and cameras whose output text is free to define.
//!
//! **Source, how sure.** Makers' documents for the Axxon and Nedap lines. The default layout is the
//! project's own. No recording from hardware. Maturity: DOCUMENTED.
//!
//! **Line.** 9600 8N1 or faster. The camera speaks, the host says nothing.
//!
//! **Layout.** By setting; the default is
//!
//! ```text
//! $PLT,<lane>,<time>,<plate>,<colour>,<confidence>*CCCC<CR><LF>
//!  ^---------------------------------------------^ CRC-16/XMODEM, four hexadecimal digits
//!
//! lane        1 to 999
//! time        YYYY-MM-DDThh:mm:ss.fffZ, UTC
//! plate       UTF-8, 1 to 16 characters; empty when a vehicle was seen and nothing read
//! colour      blue, yellow, white, black, green, yellow_green
//! confidence  0 to 100
//! ```
//!
//! In general: `start` bytes, the fields, the checksum when there is one, `end` bytes. Fields are
//! parted by `delimiter`; or, where that is empty, stand at fixed positions: a width in characters
//! behind the name (`time:14`), the last field may go without and takes the rest.
//!
//! Field names: `plate`, `colour`, `confidence`, `time`, `lane`, `camera` (its number stands in for
//! the lane when there is no `lane` field), `ignore`. An empty field is not said. A colour word that
//! is not known is not said either: names as above, Chinese (`蓝`, `黄`, `白`, `黑`, `绿`, `黄绿`, with
//! or without `色`).
//!
//! **Integrity.** `checksum = none | xor | sum8 | crc16`. The last characters before `end` are `*`
//! and two (xor, sum8) or four (crc16) hexadecimal digits of either case. They cover every byte of
//! the frame but the first byte of `start`, up to the byte before `*`. Each finds every single
//! flipped bit. Without one (`checked: false`) a plate needs a second independent read.
//!
//! **Quirks.** Without `start` bytes there is no telling noise from a plate that follows it on the
//! same line; control characters still end the noise. Plate grammar is not judged here, only length
//! and control characters.
//!
//! **One frame.** `$PLT,2,2025-03-14T08:15:27.318Z,京A12345,yellow,97*302C` CR LF. Settings for an Axxon
//! line: `start=\x02`, `end=\x03`, `delimiter=`, `fields=time:14,camera:2,plate`,
//! `time_format=YYYYMMDDhhmmss`, `checksum=none`.

mod layout;

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use encoding_rs::GB18030;

pub use layout::{Checksum, Field, Layout, TextEncoding};

use crate::check::{crc16, sum8, xor};
use crate::evidence::{Grade, Record};
use crate::field::{digits, hex, read_time, write_time};
use crate::registry::{Check, Kind, LineSetting, Maturity, Protocol, Speaker};
use crate::window::{Format, Look, Stream};
use crate::{
    Decoder, DeviceTime, EncodeError, Event, Plate, PlateColour, Reject, Settings, SettingsError,
    specimen,
};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "plate_text",
    kind: Kind::PlateCamera,
    devices: "plate cameras with a text line: Nedap and Tattile raw, Axxon, free templates",
    line: "9600 8N1",
    line_settings: &[
        LineSetting::eight_n_one(9_600),
        LineSetting::eight_n_one(115_200),
        LineSetting::eight_n_one(19_200),
    ],
    speaker: Speaker::Device,
    marked: true,
    check: Check::BySetting,
    evidence: &[
        (Record::Plate, Grade::Checked),
        (Record::Plate, Grade::SecondRead),
    ],
    maturity: Maturity::Documented,
    longest_frame_bytes: 160,
    settings: layout::SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, settings| match event {
        Event::Plate(plate) => {
            let layout = Layout::new(settings);
            let layout = layout.map_err(|error| EncodeError::range("settings", error))?;
            encode(plate, &layout)
        }
        _ => Err(EncodeError::Kind),
    },
    specimen: |number| Event::Plate(specimen::plate(number)),
};

/// The most characters of a plate. Chinese plates have 7 or 8; foreign ones with country more.
pub const PLATE_CHARACTERS: usize = 16;

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    Ok(Stream::new(PlateText {
        layout: Layout::new(settings)?,
    }))
}

struct PlateText {
    layout: Layout,
}

fn find(haystack: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    let rest = haystack.get(from..)?;
    let found = rest
        .windows(needle.len().max(1))
        .position(|window| window == needle);
    found.map(|index| from + index)
}

impl Format for PlateText {
    fn look(&mut self, window: &[u8], seen: usize, ended: bool) -> Look {
        let (start, end) = (self.layout.start.as_slice(), self.layout.end.as_slice());
        if let Some(first) = start.first() {
            if window.first() != Some(first) {
                let next = window.iter().position(|byte| byte == first);
                return Look::Skip(next.unwrap_or(window.len()));
            }
            let head = start.len().min(window.len());
            if window.get(..head) != start.get(..head) {
                return Look::Skip(1);
            }
            if head < start.len() {
                return if ended {
                    Look::Skip(window.len())
                } else {
                    Look::More
                };
            }
        } else if window.first().is_some_and(|byte| is_control(*byte)) {
            return Look::Skip(1);
        }
        let reach = window.get(..self.layout.longest.min(window.len()));
        let reach = reach.unwrap_or_default();
        // A mark may have been cut by the end of the last window.
        let from = seen
            .saturating_sub(start.len().max(end.len()))
            .max(start.len());
        let ends = find(reach, end, from);
        let next_start = if start.is_empty() {
            None
        } else {
            find(reach, start, from.max(1))
        };
        match (ends, next_start) {
            (Some(ends), next) if next.is_none_or(|next| ends < next) => {
                let frame = reach.get(..ends).unwrap_or_default();
                match self.plate(frame) {
                    Ok(plate) => Look::Frame(ends + end.len(), Event::Plate(plate)),
                    Err(reason) => Look::Bad(ends + end.len(), reason),
                }
            }
            (_, Some(next)) => Look::Bad(next, Reject::Truncated),
            _ if reach.len() == self.layout.longest => self.too_long(reach),
            _ if ended => Look::Bad(window.len(), Reject::Truncated),
            _ => Look::More,
        }
    }

    fn memory_bound(&self) -> usize {
        self.layout.longest
    }
}

fn is_control(byte: u8) -> bool {
    byte < 0x20 || byte == 0x7F
}

impl PlateText {
    /// As many bytes as a frame may have, and no end.
    fn too_long(&self, reach: &[u8]) -> Look {
        // A start that is cut by the end of the window must not be lost.
        let kept = self.layout.start.len().max(self.layout.end.len()) - 1;
        Look::Bad(reach.len().saturating_sub(kept).max(1), Reject::Length)
    }

    /// The plate of a frame without its end bytes.
    fn plate(&self, frame: &[u8]) -> Result<Plate, Reject> {
        let checksum = self.layout.checksum;
        let width = checksum.hex_digits();
        let mut body_end = frame.len();
        if width > 0 {
            let star = frame.len().checked_sub(width + 1);
            let star = star.filter(|star| *star >= self.layout.start.len());
            let star = star.filter(|star| frame.get(*star) == Some(&b'*'));
            body_end = star.ok_or(Reject::Integrity)?;
            let stated = frame.get(body_end + 1..).and_then(hex);
            let covered = frame.get(self.layout.covered_from()..body_end);
            if stated != covered.map(|covered| checksum.of(covered)) {
                return Err(Reject::Integrity);
            }
        }
        let body = frame.get(self.layout.start.len()..body_end);
        let text = self.layout.encoding.decode(body.unwrap_or_default())?;
        self.read_fields(&text)
    }

    fn read_fields(&self, text: &str) -> Result<Plate, Reject> {
        let mut plate = Plate {
            checked: self.layout.checksum != Checksum::None,
            ..Plate::default()
        };
        let mut camera = None;
        for (field, text) in self.layout.split(text).ok_or(Reject::Field)? {
            let text = text.trim_matches(' ');
            if text.is_empty() || field == Field::Ignore {
                continue;
            }
            match field {
                Field::Plate => plate.plate = self.read_plate(text)?,
                Field::Colour => plate.colour = read_colour(text),
                Field::Confidence => {
                    let number = digits(text.as_bytes()).filter(|number| *number <= 100);
                    plate.confidence = Some(number.ok_or(Reject::Field)? as u8);
                }
                Field::Time => plate.time = Some(self.read_time(text).ok_or(Reject::Field)?),
                Field::Lane => plate.lane = Some(read_number(text)?),
                Field::Camera => camera = Some(read_number(text)?),
                Field::Ignore => {}
            }
        }
        plate.lane = plate.lane.or(camera);
        Ok(plate)
    }

    fn read_time(&self, text: &str) -> Option<DeviceTime> {
        read_time(&self.layout.time_format, text, self.layout.utc)
    }

    fn read_plate(&self, text: &str) -> Result<Option<String>, Reject> {
        if self.layout.no_plate.iter().any(|word| word == text) {
            return Ok(None);
        }
        let sane = text.chars().count() <= PLATE_CHARACTERS
            && !text.chars().any(|c| c.is_control() || c == '\u{FFFD}');
        sane.then(|| Some(text.to_string())).ok_or(Reject::Field)
    }
}

fn read_number(text: &str) -> Result<u16, Reject> {
    digits(text.as_bytes())
        .and_then(|number| u16::try_from(number).ok())
        .filter(|number| *number <= 999)
        .ok_or(Reject::Field)
}

fn read_colour(text: &str) -> Option<PlateColour> {
    PlateColour::from_name(text).or(match text.strip_suffix('色').unwrap_or(text) {
        "蓝" => Some(PlateColour::Blue),
        "黄" => Some(PlateColour::Yellow),
        "白" => Some(PlateColour::White),
        "黑" => Some(PlateColour::Black),
        "绿" => Some(PlateColour::Green),
        "黄绿" => Some(PlateColour::YellowGreen),
        _ => None,
    })
}

impl Checksum {
    fn of(self, covered: &[u8]) -> u32 {
        match self {
            Self::None => 0,
            Self::Xor => xor(covered).into(),
            Self::Sum8 => sum8(covered).into(),
            Self::Crc16 => crc16(covered).into(),
        }
    }
}

impl TextEncoding {
    fn decode(self, bytes: &[u8]) -> Result<String, Reject> {
        match self {
            Self::Utf8 => core::str::from_utf8(bytes)
                .map(ToString::to_string)
                .map_err(|_| Reject::Field),
            Self::Gb18030 => GB18030
                .decode_without_bom_handling_and_without_replacement(bytes)
                .map(String::from)
                .ok_or(Reject::Field),
            Self::Latin1 => Ok(bytes.iter().map(|byte| char::from(*byte)).collect()),
        }
    }

    fn encode(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Utf8 => Some(text.as_bytes().to_vec()),
            Self::Gb18030 => {
                let (bytes, _, lossy) = GB18030.encode(text);
                (!lossy).then(|| bytes.into_owned())
            }
            Self::Latin1 => text.chars().map(|c| u8::try_from(c).ok()).collect(),
        }
    }
}

/// The line of a plate read in a layout.
///
/// # Errors
/// [`EncodeError::Range`] for a text that has the delimiter, the marks or characters that the
/// encoding lacks in it, or that does not fit its width; what the layout has no field for is left
/// out.
pub fn encode(plate: &Plate, layout: &Layout) -> Result<Vec<u8>, EncodeError> {
    let mut text = String::new();
    for (index, (field, width)) in layout.fields.iter().enumerate() {
        if index > 0 {
            text.push_str(&layout.delimiter);
        }
        let (name, value) = field_text(plate, *field, layout);
        let splits = !layout.delimiter.is_empty() && value.contains(&layout.delimiter);
        let length = value.chars().count();
        if splits || width.is_some_and(|width| length > width) {
            return Err(EncodeError::range(name, value));
        }
        text.push_str(&value);
        for _ in length..width.unwrap_or(0) {
            text.push(' ');
        }
    }
    let body = layout.encoding.encode(&text);
    let body = body.ok_or_else(|| EncodeError::range("plate", &text))?;
    let mut frame = layout.start.clone();
    frame.extend(body);
    let marks = find(&frame, &layout.end, layout.start.len()).is_some()
        || (!layout.start.is_empty() && find(&frame, &layout.start, 1).is_some());
    if marks {
        return Err(EncodeError::range("plate", text));
    }
    let sum = layout
        .checksum
        .of(frame.get(layout.covered_from()..).unwrap_or_default());
    let width = layout.checksum.hex_digits();
    if width > 0 {
        frame.extend(alloc::format!("*{sum:0width$X}").into_bytes());
    }
    frame.extend_from_slice(&layout.end);
    if frame.len() > layout.longest {
        return Err(EncodeError::range("line length", frame.len()));
    }
    Ok(frame)
}

fn field_text(plate: &Plate, field: Field, layout: &Layout) -> (&'static str, String) {
    let number = |lane: Option<u16>, width: Option<usize>| {
        let width = width.unwrap_or(0);
        lane.map(|lane| alloc::format!("{lane:0width$}"))
            .unwrap_or_default()
    };
    let width = layout
        .fields
        .iter()
        .find(|(known, _)| *known == field)
        .and_then(|(_, width)| *width);
    match field {
        Field::Plate => ("plate", plate.plate.clone().unwrap_or_default()),
        Field::Colour => (
            "colour",
            plate
                .colour
                .map(|colour| colour.name().to_string())
                .unwrap_or_default(),
        ),
        Field::Confidence => ("confidence", number(plate.confidence.map(u16::from), width)),
        Field::Time => (
            "time",
            plate
                .time
                .map(|time| write_time(&layout.time_format, time))
                .unwrap_or_default(),
        ),
        Field::Lane | Field::Camera => ("lane", number(plate.lane, width)),
        Field::Ignore => ("ignore", String::new()),
    }
}

#[cfg(test)]
mod tests;
