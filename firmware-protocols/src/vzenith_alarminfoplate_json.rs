//! Vzenith and Qianyi plate cameras: a JSON document for each plate, over HTTP or MQTT.
//!
//! **Vendor, models.** Vzenith (臻识) R3, R5 and T series and the many cameras built on them (Qianyi 芊熠,
//! AlphaDigi and others). The RS-485 of these cameras drives displays and carries no plates.
//!
//! **Source, how sure.** The maker's documents for HTTP push and for MQTT (open.vzicloud.com and mirrors
//! of them): fields, colour codes, direction codes (3.5: 0 unknown, 1 left, 2 right, 3 up, 4 down),
//! `_无_`, two plates joined by `|`, base64 over MQTT. The body of the reply is put together from the
//! same documents and users' code and has not met a camera. `No Plate` is from users' code. No
//! recording from hardware. Maturity: DOCUMENTED.
//!
//! **Line.** HTTP, or MQTT through a broker (topic `device/{sn}/message/up/ivs_result`); no serial line.
//! The camera speaks, a post for each plate. It repeats a post up to four times until it gets status
//! 200 with the reply below, and keeps what it could not deliver.
//!
//! **Layout.** One JSON object after the other, blanks between them:
//!
//! ```text
//! {"AlarmInfoPlate":{                        over MQTT in {"id":...,"name":...,"payload":{...}}
//!   "serialno":"5a0c33d1-19e2b7f0",          the camera's serial number
//!   "result":{"PlateResult":{
//!     "license":"鲁Q7K215",                  UTF-8, 1 to 16 characters; `_无_`, `No Plate` or empty:
//!                                            nothing read; two plates: 粤Z1234港|AB1234;
//!                                            base64 of it over MQTT
//!     "colorType":1,                         0 unknown 1 blue 2 yellow 3 white 4 black 5 green
//!                                            6 yellow-green
//!     "confidence":94,                       0 to 100
//!     "direction":4,                         in the picture: 3 up (away), 4 down (towards the
//!                                            camera); 0, 1 left, 2 right: not said
//!     "plateid":10,                          running number, begins anew with the camera
//!     "timeStamp":{"Timeval":{"sec":1741940127,"usec":318000}},      UTC
//!     "imageFile":"base64",                  picture, JPEG; or `imageFragmentFile`, the plate only;
//!                                            over MQTT `full_image_content`
//!     "triggerType":8 }}}}                   and more that is ignored, in any order
//!
//! reply:
//! {"Response_AlarmInfoPlate":{"info":"no","content":"retransfer_stop","is_pay":"false",
//!   "serialData":[],"ContinuePushOffline":{"plateid":10,"continue":1}}}
//! ```
//!
//! Serial number, `plateid` and the moment together name the read; a repeated post has the same name.
//! Other pushes: `AlarmGioIn` is a status `io_input`, `SerialData` a status `serial_data`, a picture
//! on demand (`TriggerImage`) a picture, a reply seen on the line a status `host_response`, any other
//! object a status `message`.
//!
//! **Integrity.** None in the message: it has to parse as a whole, and two `license` that differ are a
//! contradiction. `checked` only where the setting
//! `guarded` says that the transport guards it. A picture counts when it is a whole JPEG; a broken
//! one does not cost the plate.
//!
//! **Quirks.**
//! * `"info":"ok"` in a reply pulses the camera's relay, which opens a barrier that is wired to it. So
//!   the reply says `no`, and `retransfer_stop` ends the repeating; the setting `reply_info` changes
//!   the word.
//! * Kept posts come one at a time, the next only after `ContinuePushOffline` with the `plateid` of
//!   the last; a reply has it whenever the read has a number.
//! * Under `license=plain` base64 would pass for a plate; leave it at `auto` unless a camera is known
//!   to break the rule. `auto` knows base64 also where a broker took the envelope off: by small
//!   letters or padding, which plates do not have, or by twelve characters and more that are Chinese
//!   when decoded.
//! * A document that is cut ends at the next `{"AlarmInfoPlate"` (or other known root), at a control
//!   character, or at the end of the stream. After garbage only known roots begin a document.
//! * The sign of life is a form post to another address and is not decoded here.
//!
//! **One frame.** `{"AlarmInfoPlate":{"result":{"PlateResult":{"license":"鲁Q7K215","colorType":1,"confidence":94}}}}`

mod scan;
mod wire;

use alloc::boxed::Box;
use alloc::vec::Vec;

pub use wire::encode;

use crate::document;
use crate::evidence::{Grade, Record};
use crate::registry::{Check, Kind, Maturity, Protocol, Speaker};
use crate::window::{Format, Look, Stream};
use crate::{
    Answer, Decoder, Direction, EncodeError, Event, Reject, SettingSpec, Settings, SettingsError,
};
use scan::{Root, Scan};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "vzenith_alarminfoplate_json",
    kind: Kind::PlateCamera,
    devices: "Vzenith (臻识), Qianyi (芊熠), AlphaDigi cameras: HTTP push and MQTT",
    line: "HTTP or MQTT",
    line_settings: &[],
    speaker: Speaker::Device,
    marked: true,
    check: Check::LengthAndParse,
    evidence: &[
        (Record::Plate, Grade::Checked),
        (Record::Plate, Grade::SecondRead),
        (Record::Picture, Grade::WholePicture),
    ],
    maturity: Maturity::Documented,
    longest_frame_bytes: document::LONGEST_BYTES,
    settings: SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, settings| {
        let config = Config::new(settings);
        let config = config.map_err(|error| EncodeError::range("settings", error))?;
        encode(event, config.approaching, config.license == License::Base64)
    },
    specimen: wire::specimen,
};

/// The settings.
pub const SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        key: "license",
        default: "auto",
        meaning: "how the plate is written: `plain`, `base64`, or `auto`: base64 inside of an MQTT `payload`, and elsewhere what is the base64 of a plate and no plate itself; else plain",
    },
    SettingSpec {
        key: "reply_info",
        default: "no",
        meaning: "`info` of the reply: `no`, or `ok`, which makes the camera pulse its relay and opens a barrier wired to it",
    },
    document::APPROACHING,
    document::GUARDED,
    document::LONGEST,
];

/// How the plate is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum License {
    Auto,
    Plain,
    Base64,
}

#[derive(Debug, Clone, Copy)]
struct Config {
    license: License,
    reply_info: &'static str,
    approaching: Direction,
    guarded: bool,
    longest: usize,
}

impl Config {
    fn new(settings: &Settings) -> Result<Self, SettingsError> {
        settings.check_keys(SETTINGS)?;
        let licenses = [
            ("auto", License::Auto),
            ("plain", License::Plain),
            ("base64", License::Base64),
        ];
        Ok(Self {
            license: settings.choice(SETTINGS, "license", &licenses)?,
            reply_info: settings.choice(SETTINGS, "reply_info", &[("no", "no"), ("ok", "ok")])?,
            approaching: document::approaching(settings, SETTINGS)?,
            guarded: document::guarded(settings, SETTINGS)?,
            longest: document::longest(settings, SETTINGS)?,
        })
    }
}

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    Ok(Stream::new(Vzenith {
        config: Config::new(settings)?,
        scan: Scan::default(),
        in_step: true,
    }))
}

struct Vzenith {
    config: Config,
    scan: Scan,
    /// The last thing was a document, or nothing yet: any object may follow. Otherwise an object may
    /// be the rest of a broken one.
    in_step: bool,
}

impl Format for Vzenith {
    fn look(&mut self, window: &[u8], seen: usize, ended: bool) -> Look {
        if seen == 0 {
            self.scan = Scan::default();
        }
        let reach = window.get(..self.config.longest.min(window.len()));
        let reach = reach.unwrap_or_default();
        let ended = ended && reach.len() == window.len();
        let start = document::front_blanks(reach);
        if let Some(look) = document::only_blanks(reach, start, ended) {
            return look;
        }
        let known = match scan::root(reach.get(start..).unwrap_or_default()) {
            Root::More if !ended => return Look::More,
            Root::Known => true,
            Root::Other if self.in_step => false,
            _ => {
                self.in_step = false;
                return Look::Skip(next(reach, start + 1));
            }
        };
        let look = self.object(reach, start, known, ended);
        match look {
            Look::Frame(..) => self.in_step = true,
            Look::Bad(..) => self.in_step = false,
            Look::More | Look::Skip(_) => {}
        }
        look
    }

    fn restart(&mut self) {
        self.in_step = true;
    }

    fn reply(&mut self, event: &Event, _answer: Answer) -> Option<Vec<u8>> {
        // Whatever became of it: asked again, it would be the same.
        match event {
            Event::Plate(plate) => Some(wire::reply(plate, self.config.reply_info)),
            _ => None,
        }
    }

    fn memory_bound(&self) -> usize {
        self.config.longest
    }
}

/// Where the next object, or blanks in front of one, may begin.
fn next(window: &[u8], from: usize) -> usize {
    let rest = window.get(from..).unwrap_or_default();
    let next = rest
        .iter()
        .position(|byte| *byte == b'{' || document::is_blank(*byte));
    next.map_or(window.len(), |next| from + next)
}

impl Vzenith {
    /// The object that begins at `start`. One with a known root does not have another in it.
    fn object(&mut self, window: &[u8], start: usize, known: bool, ended: bool) -> Look {
        let found = self.scan.end(window, start, known, ended);
        let mark = self.scan.mark();
        // What can't be taken ends at the begin of the next document in it.
        let cut = |end: usize, reason: Reject| match mark {
            Some(mark) => Look::Bad(mark, Reject::Truncated),
            None => Look::Bad(end, reason),
        };
        match found {
            scan::End::Whole(end) => {
                match wire::read(window.get(start..end).unwrap_or_default(), &self.config) {
                    Ok(event) => Look::Frame(end, event),
                    // It parsed: what is inside of it was meant to be.
                    Err(reason) if reason != Reject::Garbage => Look::Bad(end, reason),
                    Err(_) => cut(end, Reject::Field),
                }
            }
            scan::End::Cut(end) => cut(end, Reject::Truncated),
            scan::End::Wide(end) => cut(end, Reject::Length),
            scan::End::More if ended => cut(window.len(), Reject::Truncated),
            scan::End::More if window.len() == self.config.longest => {
                cut(self.scan.at().max(1), Reject::Length)
            }
            scan::End::More => Look::More,
        }
    }
}

#[cfg(test)]
mod tests;
