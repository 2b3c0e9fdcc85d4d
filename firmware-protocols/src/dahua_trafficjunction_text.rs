//! Dahua plate events: a multipart stream of `key=value` text and JPEG pictures.
//!
//! **Vendor, models.** Dahua (大华) traffic and ANPR cameras and their relabelled forms (Intelbras). The
//! host opens `/cgi-bin/snapManager.cgi?action=attachFileProc&Flags[0]=Event&Events=[TrafficJunction]&heartbeat=5`
//! and reads on.
//!
//! **Source, how sure.** Key names from public consumers of the stream and from Dahua's HTTP API as they
//! cite it; no recording from hardware. The wording of the sign of life, and of the words for no
//! plate, are from memory. Whether `UTC` is UTC is not sure: one consumer takes its zone off it.
//! Maturity: EXPERIMENTAL.
//!
//! **Line.** HTTP, no serial line. The host asks once, the camera speaks from then on; a sign of life
//! every `heartbeat` seconds.
//!
//! **Layout.** Parts; the boundary is read off the line that begins each:
//!
//! ```text
//! --myboundary CR LF
//! Content-Type: text/plain CR LF                    any header lines, up to 4096 bytes
//! Content-Length:123 CR LF
//! CR LF
//! Events[0].Code=TrafficJunction CR LF              or Events[0].EventBaseInfo.Code
//! Events[0].Lane=1 CR LF                            or Events[0].TrafficCar.Lane; 0 to 65535
//! Events[0].TrafficCar.PlateNumber=AB12CDE CR LF    UTF-8, 1 to 16 characters; empty, `--`,
//!                                                   `unlicensed`, `unknown`: nothing read
//! Events[0].Object.ObjectType=Plate CR LF           then Object.Text is the plate too
//! Events[0].Object.Text=AB12CDE CR LF
//! Events[0].TrafficCar.PlateColor=Blue CR LF        other words: not said
//! Events[0].TrafficCar.DrivingDirection[0]=Approach CR LF    Approach, Leave; others: not said
//! Events[0].GroupID=1647090670 CR LF                names the read, with the moment
//! Events[0].UTC=1741940127 CR LF                    seconds since 1970
//! Events[0].UTCMS=318 CR LF                         milliseconds of it
//! CR LF
//! --myboundary CR LF
//! Content-Type: image/jpeg CR LF
//! Content-Length: 98304 CR LF
//! CR LF
//! FF D8 ... FF D9 CR LF
//! --myboundary CR LF
//! Content-Type: text/plain CR LF
//! Content-Length:9 CR LF
//! CR LF
//! Heartbeat CR LF
//! ```
//!
//! Other keys are ignored, in any order. Code `TrafficJunction` is a plate, any other a status
//! `event`. A picture part is a picture of its own, after the plate that it belongs to. The line end
//! behind a body belongs to its part; the last boundary, `--myboundary--`, is a status `parts_end`.
//!
//! **Integrity.** None. A text ends at an empty line, at the next boundary, or where its announced length
//! says, and only behind a whole line. `checked` only where the setting `guarded` says that the
//! transport guards it. A picture begins with FF D8 and ends with FF D9.
//!
//! **Quirks.**
//! * A `Content-Length` that is wrong or missing, or LF for CR LF, costs nothing. Where the stream ends
//!   before the announced length and without an empty line, the part is cut.
//! * A line that is no `Events[...]` key is passed over where the text has its announced length, and
//!   refused otherwise: then it shows that bytes were lost.
//! * `Object.Text` is the brand of the vehicle when `Object.ObjectType` is not `Plate`. Where there is
//!   no `Object.ObjectType`, a text with a digit has to be the plate of `TrafficCar` all the same.
//! * `Object.Confidence` is on a scale of its own and is not taken for a confidence in percent.
//! * A part with the plates of two events (`Events[0]` and `Events[1]`) is refused, not halved.
//! * A text that ends at its announced length without a line end behind it waits for the next byte;
//!   the next sign of life ends it.
//!
//! **One frame.** `2D 2D 62 0A 0A 45 76 65 6E 74 73 5B 30 5D 2E 43 6F 64 65 3D 54 72 61 66 66 69 63 4A 75 6E 63 74 69 6F 6E 0A 45 76 65 6E 74 73 5B 30 5D 2E 54 72 61 66 66 69 63 43 61 72 2E 50 6C 61 74 65 4E 75 6D 62 65 72 3D 41 42 31 32 43 44 45 0A 0A`:
//! a part without headers, plate AB12CDE.

mod wire;

use alloc::boxed::Box;
use alloc::vec;

pub use wire::encode;

use crate::document;
use crate::document::multipart::{self, Head, Part};
use crate::evidence::{Grade, Record};
use crate::registry::{Check, Kind, Maturity, Protocol, Speaker};
use crate::window::{Format, Look, Stream};
use crate::{Decoder, Direction, EncodeError, Reject, SettingSpec, Settings, SettingsError};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "dahua_trafficjunction_text",
    kind: Kind::PlateCamera,
    devices: "Dahua traffic cameras: snapManager stream",
    line: "HTTP",
    line_settings: &[],
    speaker: Speaker::Host,
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
        let config = config.map_err(|error| EncodeError::range("settings", error))?;
        encode(event, config.approaching, config.utc)
    },
    specimen: wire::specimen,
};

/// The settings.
pub const SETTINGS: &[SettingSpec] = &[
    document::APPROACHING,
    SettingSpec {
        key: "clock",
        default: "utc",
        meaning: "what `UTC` counts: `utc`, or `local` for a camera that counts local time",
    },
    document::GUARDED,
    document::LONGEST,
];

/// Longest line of a text.
const LINE: usize = 1_024;

#[derive(Debug, Clone, Copy)]
struct Config {
    approaching: Direction,
    utc: bool,
    guarded: bool,
    longest: usize,
}

impl Config {
    fn new(settings: &Settings) -> Result<Self, SettingsError> {
        settings.check_keys(SETTINGS)?;
        Ok(Self {
            approaching: document::approaching(settings, SETTINGS)?,
            utc: settings.choice(SETTINGS, "clock", &[("utc", true), ("local", false)])?,
            guarded: document::guarded(settings, SETTINGS)?,
            longest: document::longest(settings, SETTINGS)?,
        })
    }
}

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    Ok(Stream::new(Dahua {
        config: Config::new(settings)?,
        scanned: 0,
    }))
}

struct Dahua {
    config: Config,
    /// How far the end of the part at the front was looked for; in a text, the begin of a line.
    scanned: usize,
}

impl Format for Dahua {
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
        let look = match multipart::head(reach, start, ended) {
            Head::More if ended => Look::Bad(reach.len(), Reject::Truncated),
            Head::More => Look::More,
            Head::No => Look::Skip(next(reach, start + 1)),
            Head::Cut(cut) => Look::Bad(cut, Reject::Truncated),
            Head::Last(end) => Look::Frame(end, document::status("parts_end", vec![])),
            Head::Part(part) => self.part(reach, &part, ended),
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

/// Where the next part, or blanks in front of one, may begin.
fn next(window: &[u8], from: usize) -> usize {
    let rest = window.get(from..).unwrap_or_default();
    let next = rest
        .iter()
        .position(|byte| *byte == b'-' || document::is_blank(*byte));
    next.map_or(window.len(), |next| from + next)
}

/// Where a text ends.
enum End {
    More,
    /// The text ends at the first place, its part at the second.
    Whole(usize, usize),
    /// It was cut here.
    Cut(usize),
    /// A line that is too long, or that has bytes no text has, up to here.
    Strange(usize),
}

impl Dahua {
    fn part(&mut self, window: &[u8], part: &Part, ended: bool) -> Look {
        let body = window.get(part.body..).unwrap_or_default();
        let image = multipart::is_image(part.media(window));
        if image || body.starts_with(&[0xFF, 0xD8]) {
            return multipart::picture(window, part, &mut self.scanned, ended);
        }
        if matches!(body, [] | [0xFF]) && !ended {
            return Look::More;
        }
        self.scanned = self.scanned.max(part.body);
        match end(window, part, &mut self.scanned, ended) {
            End::More => Look::More,
            End::Cut(cut) => Look::Bad(cut, Reject::Truncated),
            End::Strange(cut) => Look::Bad(cut, Reject::Field),
            End::Whole(text, frame) => {
                let text = window.get(part.body..text).unwrap_or_default();
                // With or without the last line end.
                let exact = |length: usize| length.abs_diff(text.len()) <= 2;
                match wire::read(text, part.length.is_some_and(exact), &self.config) {
                    Ok(event) => Look::Frame(frame, event),
                    Err(reason) => Look::Bad(frame, reason),
                }
            }
        }
    }
}

/// Looks for the end of a text, line by line from `*from` on.
fn end(window: &[u8], part: &Part, from: &mut usize, ended: bool) -> End {
    let boundary = part.boundary(window);
    let announced = part.length.and_then(|length| part.body.checked_add(length));
    loop {
        let at = *from;
        let rest = window.get(at..).unwrap_or_default();
        let line = rest.get(..LINE.min(rest.len())).unwrap_or_default();
        let Some(length) = line.iter().position(|byte| *byte == b'\n') else {
            return if line.len() == LINE {
                End::Strange(at + LINE)
            } else if ended {
                before_boundary(line, boundary, part, at, announced)
                    .unwrap_or_else(|| last(window, part, at, announced))
            } else {
                End::More
            };
        };
        let text = line.get(..length).unwrap_or_default();
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        let next = at + length + 1;
        if let Some(end) = before_boundary(text, boundary, part, at, announced) {
            return end;
        }
        if text.iter().any(|byte| document::is_control(*byte)) {
            return End::Strange(next);
        }
        if text.is_empty() && at > part.body {
            return End::Whole(at, next);
        }
        let read = window.get(part.body..next).unwrap_or_default();
        if announced == Some(at + text.len()) && wire::says_enough(read) {
            return End::Whole(at + text.len(), next);
        }
        *from = next;
    }
}

/// The end of a text at a boundary in the line that begins at `at`.
fn before_boundary(
    line: &[u8],
    boundary: &[u8],
    part: &Part,
    at: usize,
    announced: Option<usize>,
) -> Option<End> {
    let cut = multipart::boundary_behind(line, boundary)?;
    let whole = at + cut > part.body && (cut == 0 || announced == Some(at + cut));
    Some(if whole {
        End::Whole(at + cut, at + cut)
    } else {
        End::Cut(at + cut)
    })
}

/// The stream ended with the line that begins at `at`. A text is whole when it has its announced
/// length, or none was announced and its last line is whole.
fn last(window: &[u8], part: &Part, at: usize, announced: Option<usize>) -> End {
    let end = window.len();
    let text = window.get(part.body..end).unwrap_or_default();
    let line_is_whole = at == end && at > part.body;
    let whole = match announced {
        Some(announced) => announced == end || (line_is_whole && announced < end),
        None => line_is_whole || text == wire::HEARTBEAT,
    };
    if whole && !text.is_empty() {
        End::Whole(end, end)
    } else {
        End::Cut(end)
    }
}

#[cfg(test)]
mod tests;
