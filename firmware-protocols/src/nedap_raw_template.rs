//! Nedap ANPR and Tattile, RS-485 messages in RAW form: one plate read after a template.
//!
//! **Vendor, models.** Nedap ANPR, ANPR Access and relatives; Tattile cameras, which they are made
//! from (inferred).
//!
//! **Source, how sure.** Nedap ANPR installation guide 5279330: p. 19 the template and its example,
//! p. 27 the tags and the forms of date and time. The character encoding is not stated. No recording
//! from hardware. Maturity: DOCUMENTED.
//!
//! **Line.** 9600 8N1. The camera speaks, the host says nothing.
//!
//! **Layout.** What the template says. The default is `%PLATE%0x0D%0x0A`:
//!
//! ```text
//! plate [ - country ] CR LF
//!                     0D 0A
//!
//! plate    1 to 16 characters
//! country  three capital letters; not part of the plate, and events have no place for it
//! ```
//!
//! In general: text and bytes (`0xHH`, with or without a percent sign before it), and tags, a
//! percent sign and a name; a percent sign behind a tag belongs to it.
//!
//! ```text
//! %PLATE          plate and country, 46ABC7-NLD
//! %PLATE_STRING   plate alone
//! %PLATE_COUNTRY  country alone
//! %DATE  %TIME    2025-03-14  08-15-27 (settings); a time only where both are there
//! %OCRSCORE       0 to 100, the confidence
//! %TRANSIT_ID     running number of the passage, the event's read_id
//! ```
//!
//! The other tags of the guide for text (`%SN`, `%NREAD`, ...) are read over.
//!
//! **Integrity.** None (`checked: false`): a plate needs a second independent read.
//!
//! **Quirks.**
//! * A template that begins with a tag has no start mark: noise on the same line spoils its plate,
//!   or becomes a part of it.
//! * `encoding = auto` takes UTF-8 where the bytes are valid UTF-8, otherwise GB18030.
//! * A plate that itself ends with a hyphen and three letters needs `country = keep`.
//! * `%PLATE` and `%PLATE_STRING` in one message must agree.
//!
//! **One frame.** `46KLM8-NLD` CR LF.

mod template;

use alloc::boxed::Box;
use alloc::vec::Vec;

pub use template::Template;
pub(crate) use template::{CLOCK, COUNTRY, DATE_FORMAT, ENCODING, NO_PLATE, TEMPLATE, TIME_FORMAT};

use crate::envelope::{Body, Envelope, Enveloped};
use crate::evidence::{Grade, Record};
use crate::plate_text::Checksum;
use crate::registry::{Check, Kind, LineSetting, Maturity, Protocol, Speaker};
use crate::settings::refuse;
use crate::window::Stream;
use crate::{
    Decoder, EncodeError, Event, Plate, Reject, SettingSpec, Settings, SettingsError, specimen,
};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "nedap_raw_template",
    kind: Kind::PlateCamera,
    devices: "Nedap ANPR and Tattile cameras, RS-485 RAW message",
    line: "9600 8N1",
    line_settings: &[LineSetting::eight_n_one(9_600)],
    speaker: Speaker::Device,
    marked: false,
    check: Check::None,
    evidence: &[(Record::Plate, Grade::SecondRead)],
    maturity: Maturity::Documented,
    longest_frame_bytes: 160,
    settings: SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, settings| match event {
        Event::Plate(plate) => encode(plate, settings),
        _ => Err(EncodeError::Kind),
    },
    specimen: |number| Event::Plate(specimen_plate(number)),
};

/// The settings.
pub const SETTINGS: &[SettingSpec] = &[
    TEMPLATE,
    ENCODING,
    DATE_FORMAT,
    TIME_FORMAT,
    CLOCK,
    COUNTRY,
    NO_PLATE,
    SettingSpec {
        key: "longest",
        default: "160",
        meaning: "the most bytes of a message, 8 to 1024",
    },
];

fn format(settings: &Settings) -> Result<Enveloped<Message>, SettingsError> {
    settings.check_keys(SETTINGS)?;
    let template = Template::new(settings, SETTINGS)?;
    if template.end().is_empty() {
        let text = settings.text(SETTINGS, "template");
        return Err(refuse("template", text, "text or bytes at the end"));
    }
    let longest = settings.number(SETTINGS, "longest", 8..=1024)?;
    let marks = template.start().len() + template.end().len();
    if marks as i64 >= longest {
        return Err(refuse(
            "longest",
            settings.text(SETTINGS, "longest"),
            "more than the template's text",
        ));
    }
    let envelope = Envelope {
        start: template.start().to_vec(),
        end: template.end().to_vec(),
        checksum: Checksum::None,
        longest: longest as usize,
        answers: Vec::new(),
    };
    Ok(Enveloped::new(envelope, Message(template)))
}

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    Ok(Stream::new(format(settings)?))
}

struct Message(Template);

impl Body for Message {
    fn read(&self, body: &[u8], _checked: bool) -> Result<Event, Reject> {
        self.0.read(body).map(Event::Plate)
    }
}

/// The message of a plate read.
///
/// # Errors
/// `time` is needed where the template has `%DATE` or `%TIME`; [`EncodeError::Range`] for a plate
/// that would be read as another one: with control characters, with more than 16 characters, with
/// characters that the encoding lacks, or with what looks like a country at its end.
pub fn encode(plate: &Plate, settings: &Settings) -> Result<Vec<u8>, EncodeError> {
    let format = format(settings).map_err(|error| EncodeError::range("settings", error))?;
    let message = format.body.0.write(plate)?;
    let body = message.strip_prefix(format.envelope.start.as_slice());
    let body = body.and_then(|body| body.strip_suffix(format.envelope.end.as_slice()));
    let text = plate.plate.as_deref().unwrap_or_default();
    format
        .envelope
        .seal(body.unwrap_or_default(), "plate", text)
}

/// Plates of China and of elsewhere; now and then none.
pub(crate) fn specimen_plate(number: u64) -> Plate {
    let plate = match number % 3 {
        1 => Some(alloc::format!("{}KLM{}", 10 + number % 90, 1 + number % 9)),
        2 if number.is_multiple_of(5) => Some(alloc::format!("WOB-ZK {:03}", number % 1_000)),
        _ => specimen::plate(number).plate,
    };
    Plate {
        plate,
        ..Plate::default()
    }
}

#[cfg(test)]
mod tests;
