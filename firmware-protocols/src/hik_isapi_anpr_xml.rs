//! Hikvision ISAPI plate events: XML alone, or as part of a multipart stream with JPEG pictures.
//!
//! **Vendor, models.** Hikvision (海康威视) ANPR and traffic cameras, in both of their ways: the camera
//! posts each event to a server ("HTTP listening", 监听), or the host opens
//! `/ISAPI/Event/notification/alertStream` and reads on.
//!
//! **Source, how sure.** Element names from several public ISAPI consumers; no recording from
//! hardware. That `videoloss` with `inactive` is a sign of life, that `unknown` stands for no plate,
//! and the colour words for new-energy plates, are from memory. Maturity: EXPERIMENTAL.
//!
//! **Line.** HTTP, no serial line. The camera speaks, in the stream after the host's one request; the
//! stream is `multipart/mixed`, a post is one XML or a `multipart/form-data`. A post wants an answer
//! 200, which is the server's business.
//!
//! **Layout.** A document alone, or parts; the boundary is read off the first line:
//!
//! ```text
//! --boundary CR LF
//! Content-Type: application/xml; charset="UTF-8" CR LF       any header lines, up to 4096 bytes
//! Content-Length: 523 CR LF
//! CR LF
//! <EventNotificationAlert version="2.0" xmlns="...">         any namespace: local names count
//!   <dateTime>2025-03-14T08:15:27+08:00</dateTime>           with or without fraction and zone
//!   <eventType>ANPR</eventType>                              always there
//!   <eventState>active</eventState>
//!   <UUID>...</UUID>                                         names the read
//!   <ANPR>                                                   the fields of it may stand one up
//!     <licensePlate>AB12CDE</licensePlate>                   1 to 16 characters; empty or `unknown`:
//!                                                            nothing read
//!     <line>1</line>                                         lane
//!     <direction>forward</direction>                         forward, reverse; others: not said
//!     <confidenceLevel>97</confidenceLevel>                  0 to 100
//!     <plateColor>blue</plateColor>                          other words: not said
//!   </ANPR>
//! </EventNotificationAlert> CR LF
//! --boundary CR LF
//! Content-Type: image/jpeg CR LF
//! CR LF
//! FF D8 ... FF D9 CR LF
//! --boundary-- CR LF
//! ```
//!
//! `eventType` ANPR is a plate, `videoloss` with state `inactive` a sign of life, any other a status
//! `event`. A picture part is a picture of its own, after the plate that it belongs to. A part that
//! is neither is a status `part`. Boundary line and headers belong to the frame of their part,
//! blanks to what follows them; blanks at the very end are a status `blank`, the last boundary a
//! status `parts_end`.
//!
//! **Integrity.** None in the message: it has to parse as a whole, and an element that stands twice
//! with two texts is a contradiction. `checked` only where the setting `guarded` says that the
//! transport guards it. A picture begins with FF D8 and ends with FF D9.
//!
//! **Quirks.**
//! * Malformed multipart is common: no last boundary, a `Content-Length` that is wrong or missing, LF
//!   for CR LF. A document is found by its root element whatever its part says; a picture ends at its
//!   announced length if it is one there, else at the next boundary.
//! * A document that is cut ends at the next boundary, at the next document, at a control character,
//!   or at the end of the stream.
//! * The same plate comes again and again while the vehicle stands. Where there is a `UUID`, the same
//!   one is the same read.
//! * The time has a zone nearly always and is turned into UTC; without one it is local.
//!
//! **One frame.** `<EventNotificationAlert><eventType>ANPR</eventType><ANPR><licensePlate>AB12CDE</licensePlate></ANPR></EventNotificationAlert>`

mod wire;

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec;

pub use wire::encode;

use crate::document::multipart::{self, Head, Part};
use crate::document::{self, xml};
use crate::evidence::{Grade, Record};
use crate::registry::{Check, Kind, Maturity, Protocol, Speaker};
use crate::settings::refuse;
use crate::window::{Format, Look, Stream};
use crate::{Decoder, EncodeError, Reject, SettingSpec, Settings, SettingsError};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "hik_isapi_anpr_xml",
    kind: Kind::PlateCamera,
    devices: "Hikvision ANPR cameras: posts and alertStream",
    line: "HTTP",
    line_settings: &[],
    speaker: Speaker::Either,
    marked: true,
    check: Check::LengthAndParse,
    evidence: &[
        (Record::Plate, Grade::Unproven),
        (Record::Picture, Grade::WholePicture),
    ],
    maturity: Maturity::Experimental,
    longest_frame_bytes: document::LONGEST_BYTES,
    settings: SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, settings| {
        let config = Config::new(settings);
        config.map_err(|error| EncodeError::range("settings", error))?;
        encode(event, settings.text(SETTINGS, BOUNDARY))
    },
    specimen: wire::specimen,
};

const BOUNDARY: &str = "boundary";

/// The settings.
pub const SETTINGS: &[SettingSpec] = &[
    document::GUARDED,
    document::LONGEST,
    SettingSpec {
        key: BOUNDARY,
        default: "boundary",
        meaning: "boundary of the parts that the encoder writes, empty for documents alone; any boundary is read",
    },
];

const ROOTS: &[&str] = &["EventNotificationAlert"];
const NO_PLATE: &[&str] = &["unknown"];

#[derive(Debug, Clone, Copy)]
struct Config {
    guarded: bool,
    longest: usize,
}

impl Config {
    fn new(settings: &Settings) -> Result<Self, SettingsError> {
        settings.check_keys(SETTINGS)?;
        let boundary = settings.text(SETTINGS, BOUNDARY);
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if boundary.len() > 64 || !boundary.bytes().all(plain) {
            return Err(refuse(BOUNDARY, boundary, "letters, digits, _; at most 64"));
        }
        Ok(Self {
            guarded: document::guarded(settings, SETTINGS)?,
            longest: document::longest(settings, SETTINGS)?,
        })
    }
}

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    Ok(Stream::new(Hikvision {
        config: Config::new(settings)?,
        scanned: 0,
    }))
}

struct Hikvision {
    config: Config,
    /// How far the end of what stands at the front was looked for.
    scanned: usize,
}

impl Format for Hikvision {
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
        let look = match reach.get(start) {
            Some(b'-') => match multipart::head(reach, start, ended) {
                Head::More if ended => Look::Bad(reach.len(), Reject::Truncated),
                Head::More => Look::More,
                Head::No => Look::Skip(next(reach, start + 1)),
                Head::Cut(cut) => Look::Bad(cut, Reject::Truncated),
                Head::Last(end) => Look::Frame(end, document::status("parts_end", vec![])),
                Head::Part(part) => self.part(reach, &part, ended),
            },
            _ => match self.document(reach, start, None, ended) {
                Some(look) => look,
                None => Look::Skip(next(reach, start + 1)),
            },
        };
        match look {
            Look::More if reach.len() == self.config.longest => {
                Look::Bad(self.scanned.max(1), Reject::Length)
            }
            look => look,
        }
    }

    fn memory_bound(&self) -> usize {
        self.config.longest
    }
}

/// Where the next document or part, or blanks in front of one, may begin.
fn next(window: &[u8], from: usize) -> usize {
    let rest = window.get(from..).unwrap_or_default();
    let begins = |byte: &u8| matches!(byte, b'<' | b'-') || document::is_blank(*byte);
    let next = rest.iter().position(begins);
    next.map_or(window.len(), |next| from + next)
}

impl Hikvision {
    /// A document at `at`; `None` when there is none.
    fn document(
        &mut self,
        window: &[u8],
        at: usize,
        boundary: Option<&[u8]>,
        ended: bool,
    ) -> Option<Look> {
        let found = xml::document(window, at, &mut self.scanned, ROOTS, boundary, ended);
        match found {
            xml::Found::More => Some(Look::More),
            xml::Found::No => None,
            xml::Found::Cut(cut) => Some(Look::Bad(cut, Reject::Truncated)),
            xml::Found::Whole(root, end) => {
                let bytes = window.get(root..end).unwrap_or_default();
                Some(match wire::read(bytes, self.config.guarded) {
                    Ok(event) => Look::Frame(end, event),
                    Err(reason) => Look::Bad(end, reason),
                })
            }
        }
    }

    fn part(&mut self, window: &[u8], part: &Part, ended: bool) -> Look {
        let body = window.get(part.body..).unwrap_or_default();
        let media = part.media(window);
        if multipart::is_image(media) || body.starts_with(&[0xFF, 0xD8]) {
            return multipart::picture(window, part, &mut self.scanned, ended);
        }
        let at = part.body + document::blanks(body);
        match window.get(at) {
            None | Some(0xFF) if !ended && body.len() < 2 => Look::More,
            None if ended => Look::Bad(window.len(), Reject::Truncated),
            None => Look::More,
            Some(_) => {
                let boundary = part.boundary(window);
                let document = self.document(window, at, Some(boundary), ended);
                document.unwrap_or_else(|| self.other(window, part, at, ended))
            }
        }
    }

    /// A part that is neither a picture nor an event: up to the next boundary or event.
    fn other(&mut self, window: &[u8], part: &Part, at: usize, ended: bool) -> Look {
        let boundary = part.boundary(window);
        self.scanned = self.scanned.max(at);
        while let Some(byte) = window.get(self.scanned) {
            let here = self.scanned;
            let undecided = match byte {
                b'<' => match xml::begin(window, here, ROOTS) {
                    xml::Begin::Root(_) => return other(window, part, here),
                    xml::Begin::More => true,
                    xml::Begin::No => false,
                },
                b'-' => {
                    let rest = window.get(here..).unwrap_or_default();
                    match multipart::boundary_at(rest, boundary) {
                        Some(true) => return other(window, part, here),
                        None => true,
                        Some(false) => false,
                    }
                }
                _ => false,
            };
            if undecided && !ended {
                return Look::More;
            }
            self.scanned += 1;
        }
        if ended {
            other(window, part, window.len())
        } else {
            Look::More
        }
    }
}

/// A part without anything in it was cut.
fn other(window: &[u8], part: &Part, end: usize) -> Look {
    let body = window.get(part.body..end).unwrap_or_default().trim_ascii();
    if body.is_empty() {
        return Look::Bad(end, Reject::Truncated);
    }
    let media = String::from_utf8_lossy(part.media(window));
    let fields = vec![
        ("type", media.to_string()),
        ("bytes", body.len().to_string()),
    ];
    Look::Frame(end, document::status("part", fields))
}

#[cfg(test)]
mod tests;
