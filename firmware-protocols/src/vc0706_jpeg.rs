//! Serial JPEG cameras of the VC0706 family: pictures in pieces over a serial line.
//!
//! **Vendor, models.** VC0703 and VC0706 modules, PTC06, PTC08, PTC2M0 and their copies.
//!
//! **Source, how sure.** Data sheets and the public descriptions of the command set; published
//! frames. Status codes 1 to 5 are from memory (unknown command, length, format, cannot now,
//! failed). Maturity: DOCUMENTED.
//!
//! **Line.** RS-232 or RS-485; VC0706 38400 8N1, PTC06 115200 8N1. The host asks, the camera answers.
//! About 3 s to boot. A VGA picture takes 1 to 5 s at 115200, so the camera must not share its line
//! with a scale, and the picture must be frozen at the trigger, not when it is read.
//!
//! **Layout.** `a` is the camera's address (setting `address`), `n` the number of data bytes:
//!
//! ```text
//! host    56 a cmd n data...
//! camera  76 a cmd status n data...        status 00 good, others bad (then n = 0)
//!
//! action       host                                      camera
//! reset        56 a 26 00                                76 a 26 00, then text up to "Init end"
//! version      56 a 11 00                                76 a 11 00 n text
//! freeze       56 a 36 01 00                             76 a 36 00 00
//! resume       56 a 36 01 03 (some 02)                   76 a 36 00 00
//! length       56 a 34 01 00                             76 a 34 00 04 LL LL LL LL, high first
//! read         56 a 32 0C 00 0A start(4) length(4) delay(2)
//!                                                        76 a 32 00 00 JPEG... 76 a 32 00 00
//! compression  56 a 31 05 01 01 12 04 xx                 76 a 31 00 00
//! size         56 a 31 05 04 01 00 19 00|11|22           76 a 31 00 00   (640, 320, 160 wide)
//! baud         56 a 24 03 01 code(2)                     76 a 24 00 00
//! ```
//!
//! The start address is a multiple of 8; the delay counts 10 µs.
//!
//! **Integrity.** No sum on either side. A picture is given out when it has the announced length,
//! begins with FF D8 and ends with FF D9; nothing less is.
//!
//! **Quirks.**
//! * A reply to `read` does not say how long it is. The decoder knows it from, in this order: the
//!   host's read command seen on the line; the announced length and `piece_bytes`; the FF D9 in
//!   front of the closing header.
//! * Each piece but the last is a status `piece`; the picture is the event of the last piece.
//! * A reply that is not closed where it should be is a reject up to the next header that can be
//!   told, and what follows is read anew. So a picture that was cut loses no later frame, once the
//!   bytes that it announced have come or the stream was ended after a timeout.
//! * A new length reply drops the picture that was being put together.
//!
//! **One frame.** The shortest picture: `76 00 32 00 00 FF D8 FF E0 FF D9 76 00 32 00 00`.

mod camera;
mod command;
mod session;

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

pub use camera::Camera;
pub use command::Command;
pub use session::{Failure, Outcome, Session};

use crate::evidence::{Grade, Record};
use crate::registry::{Check, Kind, LineSetting, Maturity, Protocol, Speaker};
use crate::settings::refuse;
use crate::window::{Format, Look, Stream};
use crate::{
    Decoder, EncodeError, Event, Picture, Reject, SettingSpec, Settings, SettingsError, Status,
    specimen,
};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "vc0706_jpeg",
    kind: Kind::PictureCamera,
    devices: "VC0703, VC0706, PTC06, PTC08, PTC2M0 serial cameras",
    line: "38400 or 115200 8N1",
    line_settings: &[
        LineSetting::eight_n_one(115_200),
        LineSetting::eight_n_one(38_400),
    ],
    speaker: Speaker::Host,
    marked: true,
    check: Check::LengthAndMarks,
    evidence: &[(Record::Picture, Grade::WholePicture)],
    maturity: Maturity::Documented,
    longest_frame_bytes: 2 * 1024 * 1024 + 2 * HEADER,
    settings: SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, settings| match event {
        Event::Picture(picture) => {
            let address = settings.number(SETTINGS, "address", 0..=255).unwrap_or(0) as u8;
            Ok(camera::whole_conversation(address, picture.jpeg.clone()))
        }
        _ => Err(EncodeError::Kind),
    },
    specimen: |number| Event::Picture(specimen::picture(number)),
};

/// The settings.
pub const SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        key: "address",
        default: "0",
        meaning: "the camera's address, 0 to 255 (not 86 or 118, which are frame marks)",
    },
    SettingSpec {
        key: "piece_bytes",
        default: "0",
        meaning: "bytes of one read, a multiple of 8 up to 65536; 0 reads the whole picture at once",
    },
    SettingSpec {
        key: "picture_bytes",
        default: "2097152",
        meaning: "the largest picture, 1024 to 8388608",
    },
    SettingSpec {
        key: "timeout_ms",
        default: "1000",
        meaning: "wait for a reply beyond the time its bytes need on the line, 50 to 60000",
    },
    SettingSpec {
        key: "baud",
        default: "115200",
        meaning: "speed of the line, 9600 to 921600, for the time that bytes need",
    },
    SettingSpec {
        key: "attempts",
        default: "3",
        meaning: "how often a picture is tried before it counts as failed, 1 to 10",
    },
];

/// The hard limit of a picture.
pub const PICTURE_BYTES: usize = 8 * 1024 * 1024;

const HOST: u8 = 0x56;
const CAMERA: u8 = 0x76;
/// A camera's header: mark, address, command, status, count.
const HEADER: usize = 5;
const BOOT_TEXT_BYTES: usize = 256;

/// What [`Session`] and decoder both need to know.
#[derive(Debug, Clone, Copy)]
struct Config {
    address: u8,
    piece_bytes: usize,
    picture_bytes: usize,
}

impl Config {
    fn new(settings: &Settings) -> Result<Self, SettingsError> {
        settings.check_keys(SETTINGS)?;
        let number = |key, low, high| settings.number(SETTINGS, key, low..=high);
        let config = Self {
            address: number("address", 0, 255)? as u8,
            piece_bytes: number("piece_bytes", 0, 65_536)? as usize,
            picture_bytes: number("picture_bytes", 1_024, PICTURE_BYTES as i64)? as usize,
        };
        number("timeout_ms", 50, 60_000)?;
        number("baud", 9_600, 921_600)?;
        number("attempts", 1, 10)?;
        if !config.piece_bytes.is_multiple_of(8) {
            let value = settings.text(SETTINGS, "piece_bytes");
            return Err(refuse("piece_bytes", value, "a multiple of 8"));
        }
        if matches!(config.address, HOST | CAMERA) {
            let value = settings.text(SETTINGS, "address");
            return Err(refuse("address", value, "0 to 255 but 86 and 118"));
        }
        Ok(config)
    }
}

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    Ok(Stream::new(Vc0706 {
        config: Config::new(settings)?,
        announced: None,
        commanded: None,
        jpeg: Vec::new(),
        booting: false,
    }))
}

struct Vc0706 {
    config: Config,
    /// Length that the camera announced.
    announced: Option<usize>,
    /// Start and length of the host's read command, when it was seen.
    commanded: Option<(usize, usize)>,
    /// The picture as far as it came.
    jpeg: Vec<u8>,
    /// A reset was answered; boot text may follow.
    booting: bool,
}

impl Format for Vc0706 {
    fn look(&mut self, window: &[u8], seen: usize, ended: bool) -> Look {
        // Boot text has letters that are marks, but no address behind them.
        if self.booting {
            let marked = matches!(window, [HOST | CAMERA, ..]);
            match window.get(1) {
                _ if !marked => return self.boot_text(window, ended),
                None if !ended => return Look::More,
                Some(byte) if *byte != self.config.address => {
                    return self.boot_text(window, ended);
                }
                _ => {}
            }
        }
        let found = match window {
            [HOST, ..] => self.host(window, ended),
            [CAMERA, ..] => self.camera(window, seen, ended),
            _ => {
                let next = window.iter().position(|b| matches!(*b, HOST | CAMERA));
                return Look::Skip(next.unwrap_or(window.len()));
            }
        };
        if !matches!(found, Look::More) {
            // Only the reply itself switches this on.
            self.booting = matches!(&found, Look::Frame(_, Event::Status(status))
                if status.name == "reset");
        }
        found
    }

    fn restart(&mut self) {
        self.drop_picture();
        self.booting = false;
    }

    fn held_bytes(&self) -> usize {
        self.jpeg.len()
    }

    fn memory_bound(&self) -> usize {
        // A picture being put together, and a reply with its opening and closing header.
        2 * self.config.picture_bytes + 3 * HEADER
    }
}

fn status(name: &'static str, fields: Vec<(&'static str, String)>) -> Event {
    Event::Status(Status { name, fields })
}

impl Vc0706 {
    fn drop_picture(&mut self) {
        self.announced = None;
        self.commanded = None;
        // Not clear(): the memory of a large picture is given back.
        self.jpeg = Vec::new();
    }

    fn host(&mut self, window: &[u8], ended: bool) -> Look {
        match Command::read(window, self.config.address, self.config.picture_bytes) {
            command::Read::Short if !ended => Look::More,
            command::Read::Short if window.len() >= 3 => Look::Bad(window.len(), Reject::Truncated),
            command::Read::Short | command::Read::None => Look::Skip(1),
            command::Read::Whole(length, command) => {
                if let Command::Read { start, length, .. } = command {
                    self.commanded = Some((start as usize, length as usize));
                }
                Look::Frame(length, command.event())
            }
        }
    }

    fn camera(&mut self, window: &[u8], seen: usize, ended: bool) -> Look {
        let fits = |index: usize, good: &dyn Fn(u8) -> bool| {
            window.get(index).is_none_or(|byte| good(*byte))
        };
        if !fits(1, &|byte| byte == self.config.address)
            || !fits(2, &command::is_known)
            // Any number but 0 is bad, not only those that are known; a mark begins another frame.
            || !fits(3, &|byte| !matches!(byte, HOST | CAMERA))
        {
            return Look::Skip(1);
        }
        if let [_, _, 0x26, 0, ..] = window {
            self.drop_picture();
            return Look::Frame(4, status("reset", vec![]));
        }
        let Some([_, _, command, state, count]) = window.first_chunk::<HEADER>() else {
            return match window.len() {
                _ if !ended => Look::More,
                0..=2 => Look::Skip(window.len()),
                length => Look::Bad(length, Reject::Truncated),
            };
        };
        match (command, state, count) {
            (_, 1.., 0) => {
                self.drop_picture();
                Look::Bad(HEADER, Reject::Device)
            }
            (0x32, 0, 0) => self.read_reply(window, seen, ended),
            (0x34, 0, 4) => self.length_reply(window, ended),
            (0x11, 0, 1..=64) => match window.get(HEADER..HEADER + usize::from(*count)) {
                Some(text) if text.iter().all(|byte| (0x20..0x7F).contains(byte)) => {
                    let text = String::from_utf8_lossy(text).into_owned();
                    Look::Frame(HEADER + text.len(), status("version", vec![("text", text)]))
                }
                None if !ended => Look::More,
                None => Look::Bad(window.len(), Reject::Truncated),
                Some(_) => Look::Bad(HEADER, Reject::Field),
            },
            (0x36, 0, 0) => Look::Frame(HEADER, status("control", vec![])),
            (0x31, 0, 0) => Look::Frame(HEADER, status("configured", vec![])),
            (0x24, 0, 0) => Look::Frame(HEADER, status("baud", vec![])),
            _ => Look::Skip(1),
        }
    }

    fn length_reply(&mut self, window: &[u8], ended: bool) -> Look {
        let bytes = window
            .get(HEADER..HEADER + 4)
            .and_then(|b| b.first_chunk::<4>());
        let Some(bytes) = bytes else {
            return if ended {
                Look::Bad(window.len(), Reject::Truncated)
            } else {
                Look::More
            };
        };
        let length = u32::from_be_bytes(*bytes) as usize;
        self.drop_picture();
        if length == 0 || length > self.config.picture_bytes {
            return Look::Bad(HEADER, Reject::Length);
        }
        self.announced = Some(length);
        let fields = vec![("bytes", length.to_string())];
        Look::Frame(HEADER + 4, status("length", fields))
    }

    /// `76 a 32 00 00`: JPEG bytes follow, then the same header again.
    fn read_reply(&mut self, window: &[u8], seen: usize, ended: bool) -> Look {
        if let Some((start, _)) = self.commanded {
            if start > self.jpeg.len() {
                self.drop_picture();
                return Look::Bad(HEADER, Reject::Contradiction);
            }
            // A piece that is read once more takes the place of the first.
            self.jpeg.truncate(start);
        }
        let payload = window.get(HEADER..).unwrap_or_default();
        if self.jpeg.is_empty() {
            let head = payload.len().min(2);
            if payload.get(..head) != [0xFF, 0xD8].get(..head) {
                self.drop_picture();
                return Look::Bad(HEADER, Reject::Device);
            }
        }
        let remaining = self
            .announced
            .map(|all| all.saturating_sub(self.jpeg.len()));
        let known = match (self.commanded, remaining) {
            (Some((_, length)), _) => Some(length),
            (None, Some(remaining)) if self.config.piece_bytes > 0 => {
                Some(remaining.min(self.config.piece_bytes))
            }
            (None, remaining) => remaining,
        };
        match known {
            Some(length) => self.known_piece(window, length, ended),
            None => self.unknown_piece(window, seen, ended),
        }
    }

    fn closing(&self) -> [u8; HEADER] {
        [CAMERA, self.config.address, 0x32, 0, 0]
    }

    fn known_piece(&mut self, window: &[u8], length: usize, ended: bool) -> Look {
        let whole = HEADER + length + HEADER;
        let too_large = self.jpeg.len() + length > self.config.picture_bytes;
        if length == 0 || too_large {
            self.drop_picture();
            return Look::Bad(HEADER, Reject::Length);
        }
        let Some(reply) = window.get(..whole) else {
            return if ended {
                self.cut(window, true)
            } else {
                Look::More
            };
        };
        if !reply.ends_with(&self.closing()) {
            return self.cut(reply, false);
        }
        let piece = reply.get(HEADER..HEADER + length).unwrap_or_default();
        self.take_piece(piece, whole)
    }

    /// Looks for the end mark of the JPEG in front of a closing header.
    fn unknown_piece(&mut self, window: &[u8], seen: usize, ended: bool) -> Look {
        let closing = self.closing();
        let bound = (HEADER + self.config.picture_bytes + HEADER).min(window.len());
        let reach = window.get(..bound).unwrap_or_default();
        // Two bytes of an opening mark behind a header may have been missing last time.
        let mut from = seen.saturating_sub(HEADER + 2).max(HEADER);
        while let Some(index) = find(reach, &closing, from) {
            let piece = reach.get(HEADER..index).unwrap_or_default();
            let behind = reach.get(index + HEADER..).unwrap_or_default();
            if piece.ends_with(&[0xFF, 0xD9]) {
                return self.take_piece(piece, index + HEADER);
            }
            if behind.starts_with(&[0xFF, 0xD8]) {
                // The camera began anew.
                self.drop_picture();
                return Look::Bad(index, Reject::Truncated);
            }
            from = index + 1;
        }
        if ended {
            self.cut(reach, true)
        } else if window.len() >= HEADER + self.config.picture_bytes + HEADER {
            match self.cut(reach, false) {
                Look::Bad(count, _) => Look::Bad(count, Reject::Length),
                look => look,
            }
        } else {
            Look::More
        }
    }

    fn take_piece(&mut self, piece: &[u8], count: usize) -> Look {
        let offset = self.jpeg.len();
        self.jpeg.extend_from_slice(piece);
        self.commanded = None;
        let total = self.announced.unwrap_or(self.jpeg.len());
        let ends = self.jpeg.ends_with(&[0xFF, 0xD9]);
        let whole = match self.announced {
            Some(total) => self.jpeg.len() >= total,
            None => ends,
        };
        if !whole {
            let fields = vec![
                ("offset", offset.to_string()),
                ("bytes", piece.len().to_string()),
            ];
            return Look::Frame(count, status("piece", fields));
        }
        let jpeg = core::mem::take(&mut self.jpeg);
        self.drop_picture();
        if ends && jpeg.len() == total {
            Look::Frame(count, Event::Picture(Picture { jpeg }))
        } else {
            Look::Bad(count, Reject::Device)
        }
    }

    /// A reply that is not closed: a reject up to the next header that can be told in it.
    fn cut(&mut self, reply: &[u8], ended: bool) -> Look {
        self.drop_picture();
        let address = self.config.address;
        let next = (HEADER..reply.len()).find(|index| {
            matches!(reply.get(*index..), Some([CAMERA, a, command, 0, ..])
                if *a == address && command::is_known(*command))
        });
        // A header that is cut by the end of the reply is not lost either.
        let tail = reply.len() - 3.min(reply.len());
        let mut behind = if ended {
            0..0
        } else {
            tail.max(HEADER)..reply.len()
        };
        let partial = behind.find(|index| {
            let rest = reply.get(*index..).unwrap_or_default();
            rest.iter().zip(self.closing()).all(|(a, b)| *a == b)
        });
        Look::Bad(next.or(partial).unwrap_or(reply.len()), Reject::Truncated)
    }

    /// Text between the answer to a reset and `Init end`.
    fn boot_text(&mut self, window: &[u8], ended: bool) -> Look {
        let reach = window
            .get(..BOOT_TEXT_BYTES.min(window.len()))
            .unwrap_or_default();
        let is_text = |byte: &u8| matches!(byte, 0x20..0x7F | b'\r' | b'\n');
        let foreign = reach.iter().position(|byte| !is_text(byte));
        let text = reach
            .get(..foreign.unwrap_or(reach.len()))
            .unwrap_or_default();
        let mark = b"Init end";
        match find(text, mark, 0) {
            Some(index) => {
                self.booting = false;
                let text = text.get(..index + mark.len()).unwrap_or_default();
                let words = String::from_utf8_lossy(text).trim().to_string();
                Look::Frame(text.len(), status("booted", vec![("text", words)]))
            }
            None if foreign.is_none() && reach.len() < BOOT_TEXT_BYTES && !ended => Look::More,
            None => {
                self.booting = false;
                Look::Skip(1)
            }
        }
    }
}

fn find(haystack: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    let rest = haystack.get(from..)?;
    let found = rest.windows(needle.len()).position(|part| part == needle);
    found.map(|index| from + index)
}

#[cfg(test)]
mod tests;
