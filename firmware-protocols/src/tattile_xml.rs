//! Tattile plate reads as XML: one element for each tag of the camera's template.
//!
//! **Vendor, models.** Tattile ANPR cameras and their relabelled forms (Nedap ANPR), which send an XML
//! message for each transit over TCP or HTTP.
//!
//! **Source, how sure.** The tags (`PLATE_STRING`, `DATE`, `TIME`, `OCRSCORE`, `DIRECTION`,
//! `TRANSIT_ID`) are those of the tag table in the Nedap ANPR manual (5279330, p 27), where
//! `DIRECTION` is reserved. That the XML message uses the same tags as elements is an inference from
//! one open project that documents such a message; its root element, `LANE_ID`, `DEVICE_SN` and the
//! pictures are known from there only. `GOCLOSE` is from memory. No recording from hardware.
//! Maturity: EXPERIMENTAL.
//!
//! **Line.** TCP or HTTP, no serial line. The camera speaks, a message for each transit; HTTP wants an
//! answer 200, which is the server's business.
//!
//! **Layout.** One document after the other, with or without a declaration, blanks between them:
//!
//! ```text
//! <Msg>                                     or <MESSAGE>, <root>; any namespace
//!   <PLATE_STRING>7459KTL</PLATE_STRING>    UTF-8, 1 to 16 characters; empty, `unknown` or
//!                                           `NOPLATE`: nothing read; always there
//!   <DATE>2025-03-14</DATE>                 YYYY-MM-DD, the camera's own clock
//!   <TIME>08:15:27</TIME>                   hh:mm:ss or hh-mm-ss, then .mmm, :mmm or -mmm if at all
//!   <DEVICE_SN>TAT0000001</DEVICE_SN>       serial number
//!   <TRANSIT_ID>42</TRANSIT_ID>             running number of the transit
//!   <OCRSCORE>92.5</OCRSCORE>               0 to 100, decimals are dropped; `093` is 93; 101 to 999:
//!                                           another scale, not said
//!   <DIRECTION>GOAWAY</DIRECTION>           GOAWAY or GOCLOSE; anything else: not said
//!   <LANE_ID>1</LANE_ID>                    0 to 65535
//!   <IMAGE_CTX>base64</IMAGE_CTX>           overview picture, JPEG
//!   <IMAGE_OCR>base64</IMAGE_OCR>           plate picture, JPEG, taken when there is no other
//! </Msg>
//! ```
//!
//! Other elements are ignored, in any order. `DEVICE_SN`, `TRANSIT_ID` and the moment together name
//! the read.
//!
//! **Integrity.** None in the message: it has to parse as a whole, and an element that stands twice
//! with two texts is a contradiction. `checked` only where the setting `guarded` says that the
//! transport guards it. A picture counts when it is a whole JPEG; a broken one does not cost the
//! plate.
//!
//! **Quirks.**
//! * A message without a plate read comes with `<PLATE_STRING></PLATE_STRING>`.
//! * A message that is cut ends at the begin of the next one, at a control character, or at the end
//!   of the stream.
//! * The template is free to edit at the camera. A message without `PLATE_STRING` is refused.
//! * `DATE` without `TIME`, or the other way round, is no time.
//!
//! **One frame.** `<Msg><PLATE_STRING>7459KTL</PLATE_STRING><OCRSCORE>92.5</OCRSCORE></Msg>`

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::document::{self, xml};
use crate::evidence::{Grade, Record};
use crate::field::read_time;
use crate::registry::{Check, Kind, Maturity, Protocol, Speaker};
use crate::window::{Format, Look, Stream};
use crate::{
    Decoder, DeviceTime, Direction, EncodeError, Event, Plate, Reject, SettingSpec, Settings,
    SettingsError, specimen,
};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "tattile_xml",
    kind: Kind::PlateCamera,
    devices: "Tattile ANPR cameras with XML messages",
    line: "HTTP or TCP",
    line_settings: &[],
    speaker: Speaker::Device,
    marked: true,
    check: Check::LengthAndParse,
    evidence: &[(Record::Plate, Grade::Unproven)],
    maturity: Maturity::Experimental,
    longest_frame_bytes: document::LONGEST_BYTES,
    settings: SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, settings| match event {
        Event::Plate(plate) => {
            let config = Config::new(settings);
            let config = config.map_err(|error| EncodeError::range("settings", error))?;
            encode(plate, config.approaching)
        }
        _ => Err(EncodeError::Kind),
    },
    specimen: |number| Event::Plate(specimen(number)),
};

/// The settings.
pub const SETTINGS: &[SettingSpec] = &[document::APPROACHING, document::GUARDED, document::LONGEST];

const ROOTS: &[&str] = &["Msg", "MESSAGE", "root"];
const NO_PLATE: &[&str] = &["unknown", "NOPLATE"];

#[derive(Debug, Clone, Copy)]
struct Config {
    approaching: Direction,
    guarded: bool,
    longest: usize,
}

impl Config {
    fn new(settings: &Settings) -> Result<Self, SettingsError> {
        settings.check_keys(SETTINGS)?;
        Ok(Self {
            approaching: document::approaching(settings, SETTINGS)?,
            guarded: document::guarded(settings, SETTINGS)?,
            longest: document::longest(settings, SETTINGS)?,
        })
    }
}

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    Ok(Stream::new(Tattile {
        config: Config::new(settings)?,
        scanned: 0,
    }))
}

struct Tattile {
    config: Config,
    /// How far the end of the document at the front was looked for.
    scanned: usize,
}

impl Format for Tattile {
    fn look(&mut self, window: &[u8], seen: usize, ended: bool) -> Look {
        if seen == 0 {
            self.scanned = 0;
        }
        let reach = window.get(..self.config.longest.min(window.len()));
        let reach = reach.unwrap_or_default();
        let ended = ended && reach.len() == window.len();
        let start = document::front_blanks(reach);
        if let Some(look) = document::only_blanks(reach, start, ended) {
            return look;
        }
        match xml::document(reach, start, &mut self.scanned, ROOTS, None, ended) {
            xml::Found::Whole(root, end) => match self.read(reach.get(root..end)) {
                Ok(plate) => Look::Frame(end, Event::Plate(plate)),
                Err(reason) => Look::Bad(end, reason),
            },
            xml::Found::Cut(cut) => Look::Bad(cut, Reject::Truncated),
            xml::Found::No => Look::Skip(next(reach, start + 1)),
            xml::Found::More if reach.len() == self.config.longest => {
                Look::Bad(self.scanned.max(1), Reject::Length)
            }
            xml::Found::More => Look::More,
        }
    }

    fn memory_bound(&self) -> usize {
        self.config.longest
    }
}

/// Where the next document, or blanks in front of one, may begin.
fn next(window: &[u8], from: usize) -> usize {
    let rest = window.get(from..).unwrap_or_default();
    let next = rest
        .iter()
        .position(|byte| *byte == b'<' || document::is_blank(*byte));
    next.map_or(window.len(), |next| from + next)
}

impl Tattile {
    fn read(&self, bytes: Option<&[u8]>) -> Result<Plate, Reject> {
        let document = xml::parse(bytes.unwrap_or_default())?;
        let root = document.root_element();
        let plate = xml::text(root, "PLATE_STRING")?.ok_or(Reject::Field)?;
        let time = time(xml::said(root, "DATE")?, xml::said(root, "TIME")?)?;
        let device = xml::said(root, "DEVICE_SN")?;
        let picture = match xml::said(root, "IMAGE_CTX")? {
            Some(picture) => Some(picture),
            None => xml::said(root, "IMAGE_OCR")?,
        };
        Ok(Plate {
            plate: document::plate(&plate, NO_PLATE)?,
            confidence: confidence(xml::said(root, "OCRSCORE")?)?,
            time,
            lane: xml::said(root, "LANE_ID")?
                .map(|lane| document::lane(&lane))
                .transpose()?,
            direction: self.direction(xml::said(root, "DIRECTION")?),
            read_id: xml::said(root, "TRANSIT_ID")?.map(|transit| {
                let device = device.map(|device| format!("{device}/"));
                document::read_id(device.unwrap_or_default() + &transit, time)
            }),
            picture: picture.and_then(|picture| document::picture(&picture)),
            checked: self.config.guarded,
            ..Plate::default()
        })
    }

    fn direction(&self, word: Option<String>) -> Option<Direction> {
        match word?.as_str() {
            "GOCLOSE" => Some(self.config.approaching),
            "GOAWAY" => Some(document::opposite(self.config.approaching)),
            _ => None,
        }
    }
}

/// A score above 100 is on a scale that is not known.
fn confidence(text: Option<String>) -> Result<Option<u8>, Reject> {
    let Some(text) = text else {
        return Ok(None);
    };
    match document::score(&text) {
        Some(score @ 0..=100) => Ok(u8::try_from(score).ok()),
        Some(101..=999) => Ok(None),
        _ => Err(Reject::Field),
    }
}

fn time(date: Option<String>, time: Option<String>) -> Result<Option<DeviceTime>, Reject> {
    let (Some(date), Some(time)) = (date, time) else {
        return Ok(None);
    };
    let text = format!("{date}T{time}");
    [
        "YYYY-MM-DDThh:mm:ss",
        "YYYY-MM-DDThh:mm:ss.fff",
        "YYYY-MM-DDThh:mm:ss:fff",
        "YYYY-MM-DDThh-mm-ss",
        "YYYY-MM-DDThh-mm-ss-fff",
    ]
    .iter()
    .find_map(|pattern| read_time(pattern, &text, false))
    .map(Some)
    .ok_or(Reject::Field)
}

/// The message of a plate read. `approaching` is the direction that `GOCLOSE` stands for.
///
/// # Errors
/// [`EncodeError::Range`] for a plate that could not be told from none, a time in UTC or with more
/// than milliseconds, a name that [`Plate::read_id`] does not have on this protocol, a confidence
/// above 100. Colour and a second plate have no place here and are left out.
pub fn encode(plate: &Plate, approaching: Direction) -> Result<Vec<u8>, EncodeError> {
    let mut elements: Vec<(&str, String)> = Vec::new();
    let text = document::plate_text(plate.plate.as_deref(), "", NO_PLATE)?;
    elements.push(("PLATE_STRING", text.to_string()));
    if let Some(time) = plate.time {
        if time.is_utc() || time.micros() % 1_000 != 0 {
            return Err(EncodeError::range("time", time));
        }
        let text = time.to_string();
        let (date, time) = text.split_once('T').unwrap_or_default();
        elements.push(("DATE", date.to_string()));
        elements.push(("TIME", time.replace([':', '.'], "-")));
    }
    if let Some(id) = &plate.read_id {
        let number = document::read_number(id, plate.time)?;
        let (device, transit) = match number.rsplit_once('/') {
            Some((device, transit)) => (Some(device), transit),
            None => (None, number),
        };
        if transit.is_empty() || device.is_some_and(|device| device.trim() != device) {
            return Err(EncodeError::range("read_id", id));
        }
        elements.extend(device.map(|device| ("DEVICE_SN", xml::escaped(device))));
        elements.push(("TRANSIT_ID", xml::escaped(transit)));
    }
    if let Some(confidence) = plate.confidence {
        if confidence > 100 {
            return Err(EncodeError::range("confidence", confidence));
        }
        elements.push(("OCRSCORE", format!("{confidence:03}")));
    }
    if let Some(direction) = plate.direction {
        let word = if direction == approaching {
            "GOCLOSE"
        } else {
            "GOAWAY"
        };
        elements.push(("DIRECTION", word.to_string()));
    }
    elements.extend(plate.lane.map(|lane| ("LANE_ID", lane.to_string())));
    if let Some(picture) = &plate.picture {
        elements.push(("IMAGE_CTX", document::to_base64(&picture.jpeg)));
    }
    let mut written = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<Msg>");
    for (name, text) in elements {
        written += &format!("\r\n<{name}>{text}</{name}>");
    }
    written += "\r\n</Msg>";
    Ok(written.into_bytes())
}

fn specimen(number: u64) -> Plate {
    let mut plate = specimen::plate(number);
    plate.colour = None;
    plate.checked = false;
    plate.time = specimen::time(number, false).filter(|_| number % 7 != 6);
    plate.direction = match number % 3 {
        0 => Some(Direction::Forward),
        1 => Some(Direction::Reverse),
        _ => None,
    };
    let name = match number % 4 {
        0 => Some(format!("TAT0000001/{number}")),
        1 => Some(number.to_string()),
        _ => None,
    };
    plate.read_id = name.map(|name| document::read_id(name, plate.time));
    plate.picture = (number % 5 == 3).then(|| specimen::picture(number));
    plate
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn events(text: &str) -> Vec<Event> {
        let mut decoder = decoder(&Settings::new()).unwrap();
        decoder.push(text.as_bytes());
        decoder.finish();
        core::iter::from_fn(|| decoder.poll_event())
            .map(|decoded| decoded.event)
            .collect()
    }

    fn one(inner: &str) -> Event {
        let mut events = events(&format!("<Msg>{inner}</Msg>"));
        assert_eq!(events.len(), 1, "{inner}");
        events.remove(0)
    }

    fn plate(inner: &str) -> Plate {
        match one(inner) {
            Event::Plate(plate) => plate,
            other => panic!("{inner}: {other:?}"),
        }
    }

    #[test]
    fn fields_are_read_and_what_is_not_said_is_none() {
        let read = plate(
            "<PLATE_STRING>7459KTL</PLATE_STRING><DATE>2025-03-14</DATE><TIME>08-15-27-318</TIME>\
             <DEVICE_SN>A1</DEVICE_SN><TRANSIT_ID>7</TRANSIT_ID><OCRSCORE>92.9</OCRSCORE>\
             <DIRECTION>GOAWAY</DIRECTION><LANE_ID>2</LANE_ID><PLATE_COUNTRY>ESP</PLATE_COUNTRY>",
        );
        assert_eq!(read.plate.as_deref(), Some("7459KTL"));
        assert_eq!(read.time.unwrap().to_string(), "2025-03-14T08:15:27.318");
        assert_eq!(read.read_id.as_deref(), Some("A1/7@1741940127.318000"));
        assert_eq!((read.confidence, read.lane), (Some(92), Some(2)));
        assert_eq!(read.direction, Some(Direction::Reverse));
        assert!(!read.checked);
        for none in ["", " ", "unknown", "NOPLATE"] {
            let read = plate(&format!("<PLATE_STRING>{none}</PLATE_STRING>"));
            assert_eq!(read, Plate::default(), "{none}");
        }
        assert_eq!(
            plate("<PLATE_STRING/><OCRSCORE>870</OCRSCORE>").confidence,
            None
        );
    }

    #[test]
    fn wrong_fields_are_refused() {
        for (inner, reason) in [
            ("<LANE_ID>1</LANE_ID>", Reject::Field),
            (
                "<PLATE_STRING>A</PLATE_STRING><LANE_ID>x</LANE_ID>",
                Reject::Field,
            ),
            (
                "<PLATE_STRING>A</PLATE_STRING><OCRSCORE>-1</OCRSCORE>",
                Reject::Field,
            ),
            (
                "<PLATE_STRING>A</PLATE_STRING><DATE>2025-02-30</DATE><TIME>08:15:27</TIME>",
                Reject::Field,
            ),
            (
                "<PLATE_STRING>A1</PLATE_STRING><PLATE_STRING>A2</PLATE_STRING>",
                Reject::Contradiction,
            ),
            ("<PLATE_STRING><b>A</b></PLATE_STRING>", Reject::Field),
            ("<PLATE_STRING>A</b></PLATE_STRING>", Reject::Field),
        ] {
            assert_eq!(one(inner), Event::Rejected(reason), "{inner}");
        }
    }

    #[test]
    fn pictures_are_whole_or_left_out() {
        let picture = specimen::picture(3);
        let text = document::to_base64(&picture.jpeg);
        let (lines, cut) = (text.replace('A', "\r\nA"), &text[..text.len() - 8]);
        let read = |image: &str| plate(&format!("<PLATE_STRING>A</PLATE_STRING>{image}")).picture;
        assert_eq!(
            read(&format!("<IMAGE_CTX>{lines}</IMAGE_CTX>")),
            Some(picture.clone())
        );
        assert_eq!(
            read(&format!(
                "<IMAGE_CTX></IMAGE_CTX><IMAGE_OCR>{text}</IMAGE_OCR>"
            )),
            Some(picture)
        );
        assert_eq!(read(&format!("<IMAGE_CTX>{cut}</IMAGE_CTX>")), None);
    }

    #[test]
    fn other_roots_namespaces_and_blanks_are_taken() {
        for text in [
            "<MESSAGE><PLATE_STRING>A1</PLATE_STRING></MESSAGE>",
            "\r\n<root a='1'>\n<PLATE_STRING>A1</PLATE_STRING></root\n>",
            "<?xml version='1.0'?><t:Msg xmlns:t='t'><t:PLATE_STRING>A1</t:PLATE_STRING></t:Msg>",
        ] {
            let expected = Plate {
                plate: Some("A1".to_string()),
                ..Plate::default()
            };
            assert_eq!(events(text), [Event::Plate(expected)], "{text}");
        }
        let blank = document::status("blank", vec![]);
        assert_eq!(events("<Msg><PLATE_STRING/></Msg>\r\n").pop(), Some(blank));
    }

    #[test]
    fn guarded_reads_count_as_checked() {
        let settings = Settings::new()
            .with("guarded", "yes")
            .with("approaching", "reverse");
        let mut decoder = decoder(&settings).unwrap();
        decoder.push(b"<Msg><PLATE_STRING/><DIRECTION>GOAWAY</DIRECTION></Msg>");
        let Some(Event::Plate(plate)) = decoder.poll_event().map(|decoded| decoded.event) else {
            panic!("no plate");
        };
        assert!(plate.checked);
        assert_eq!(plate.direction, Some(Direction::Forward));
    }
}
