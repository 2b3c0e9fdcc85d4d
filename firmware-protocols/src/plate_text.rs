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

pub(crate) mod encoding;
pub(crate) mod layout;

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

pub use encoding::TextEncoding;
pub use layout::{Checksum, Field, Layout};

use crate::envelope::{Body, Enveloped};
use crate::evidence::{Grade, Record};
use crate::field::{digits, read_time, write_time};
use crate::registry::{Check, Kind, LineSetting, Maturity, Protocol, Speaker};
use crate::window::Stream;
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
    Ok(Stream::new(PlateText::enveloped(Layout::new(settings)?)))
}

/// Reads the body of a line that has this layout.
pub(crate) struct PlateText {
    layout: Layout,
}

impl Body for PlateText {
    fn read(&self, body: &[u8], checked: bool) -> Result<Event, Reject> {
        let text = self.layout.encoding.decode(body)?;
        let plate = self.read_fields(&text)?;
        Ok(Event::Plate(Plate { checked, ..plate }))
    }
}

impl PlateText {
    /// The lines of a layout.
    pub(crate) fn enveloped(layout: Layout) -> Enveloped<Self> {
        Enveloped::new(layout.envelope(), Self { layout })
    }

    fn read_fields(&self, text: &str) -> Result<Plate, Reject> {
        let mut plate = Plate::default();
        let mut camera = None;
        for (field, text) in self.layout.split(text).ok_or(Reject::Field)? {
            let text = text.trim_matches(' ');
            if text.is_empty() || field == Field::Ignore {
                continue;
            }
            match field {
                Field::Plate => plate.plate = read_plate(text, &self.layout.no_plate)?,
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
}

/// A plate text, `None` for a word that stands for no plate.
pub(crate) fn read_plate(text: &str, no_plate: &[String]) -> Result<Option<String>, Reject> {
    if no_plate.iter().any(|word| word == text) {
        return Ok(None);
    }
    let sane = text.chars().count() <= PLATE_CHARACTERS
        && !text.chars().any(|c| c.is_control() || c == '\u{FFFD}');
    sane.then(|| Some(text.to_string())).ok_or(Reject::Field)
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
    layout.envelope().seal(&body, "plate", &text)
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
