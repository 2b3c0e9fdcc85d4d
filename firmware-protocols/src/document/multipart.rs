//! Parts of a multipart body, as cameras write them.
//!
//! The boundary is not known beforehand: it is read off the line that begins a part. Line ends are
//! CR LF or LF alone. A length that is announced is believed only where the body bears it out.

use super::{find, is_jpeg};
use crate::window::Look;
use crate::{Event, Picture, Reject};

/// Most bytes of a boundary, of a header line, and of all header lines.
const BOUNDARY: usize = 70;
const LINE: usize = 1_024;
const HEAD: usize = 4_096;

/// What stands at a place where a part may begin.
pub(crate) enum Head {
    /// Not decidable yet.
    More,
    /// No part.
    No,
    /// Another part begins before this head is whole.
    Cut(usize),
    /// The last boundary; with the place behind it.
    Last(usize),
    /// A part.
    Part(Part),
}

/// The head of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// Where the name of the boundary stands, without its dashes.
    pub boundary: core::ops::Range<usize>,
    /// Where the body begins.
    pub body: usize,
    /// The announced length.
    pub length: Option<usize>,
    /// The media type, as far as it stands in front of a `;`.
    pub media: Option<core::ops::Range<usize>>,
}

impl Part {
    /// The name of the boundary, without its dashes.
    pub fn boundary<'a>(&self, window: &'a [u8]) -> &'a [u8] {
        window.get(self.boundary.clone()).unwrap_or_default()
    }

    /// The media type, empty when there is none.
    pub fn media<'a>(&self, window: &'a [u8]) -> &'a [u8] {
        let media = self.media.clone();
        media
            .and_then(|media| window.get(media))
            .unwrap_or_default()
    }
}

/// Whether a media type is one of pictures.
pub(crate) fn is_image(media: &[u8]) -> bool {
    let kind = media.get(..6);
    kind.is_some_and(|kind| kind.eq_ignore_ascii_case(b"image/"))
}

/// The picture of a part. `scanned` is how far its end was looked for.
pub(crate) fn picture(window: &[u8], part: &Part, scanned: &mut usize, ended: bool) -> Look {
    let body = |end: usize| window.get(part.body..end).unwrap_or_default();
    match jpeg(window, part, scanned, ended) {
        Jpeg::More => Look::More,
        Jpeg::Whole(end, frame) => {
            let jpeg = body(end).to_vec();
            Look::Frame(frame, Event::Picture(Picture { jpeg }))
        }
        Jpeg::Broken(end) => {
            let begins = body(end).starts_with(&[0xFF, 0xD8]);
            if begins || body(end).len() < 2 {
                Look::Bad(end, Reject::Truncated)
            } else {
                Look::Bad(end, Reject::Device)
            }
        }
    }
}

/// A line: its text without the line end, and where the next begins.
fn line(window: &[u8], from: usize, longest: usize) -> Option<(&[u8], usize)> {
    let rest = window.get(from..)?;
    let rest = rest.get(..longest.min(rest.len()))?;
    let length = rest.iter().position(|byte| *byte == b'\n')?;
    let text = rest.get(..length)?;
    Some((text.strip_suffix(b"\r").unwrap_or(text), from + length + 1))
}

fn is_boundary(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"'()+_,-./:=?".contains(&byte)
}

/// Reads the head of a part at `at`.
pub(crate) fn head(window: &[u8], at: usize, ended: bool) -> Head {
    let rest = window.get(at..).unwrap_or_default();
    if !rest.starts_with(b"--") && rest != b"-" {
        return Head::No;
    }
    // No further than tells that the line is too long: a body may be dashes from end to end.
    let marks = rest.iter().take(2 + BOUNDARY + 3);
    let marks = marks.take_while(|byte| is_boundary(**byte)).count();
    let behind = rest.get(marks..).unwrap_or_default();
    let next = match behind {
        [b'\r', b'\n', ..] => at + marks + 2,
        [b'\n', ..] => at + marks + 1,
        [] | [b'\r'] if ended => {
            let text = rest.get(..marks).unwrap_or_default();
            let named = text.iter().any(u8::is_ascii_alphanumeric);
            return if named && text.ends_with(b"--") {
                Head::Last(window.len())
            } else {
                Head::No
            };
        }
        [] | [b'\r'] => return Head::More,
        _ => return Head::No,
    };
    let text = rest.get(..marks).unwrap_or_default();
    // Dashes within the line are the begin of another boundary that ran into this one.
    let name = text.strip_suffix(b"--");
    let name = name.unwrap_or(text);
    let dashes = name.windows(2).rposition(|pair| pair == b"--");
    let start = dashes.map_or(0, |dashes| dashes + 2);
    if marks > 2 + BOUNDARY || start >= name.len() {
        return Head::No;
    }
    if name.len() < text.len() {
        return Head::Last(next);
    }
    let part = Part {
        boundary: at + start..at + name.len(),
        body: next,
        length: None,
        media: None,
    };
    headers(window, at, part, ended)
}

/// Reads header lines up to the empty one. A line is judged when it is whole, so that a boundary in
/// it is seen.
fn headers(window: &[u8], at: usize, mut part: Part, ended: bool) -> Head {
    let boundary = part.boundary.clone();
    let name = window.get(boundary).unwrap_or_default();
    loop {
        if part.body > at + HEAD {
            return Head::No;
        }
        let Some((text, next)) = line(window, part.body, LINE) else {
            let rest = window.get(part.body..).unwrap_or_default();
            let text = rest.strip_suffix(b"\r").unwrap_or(rest);
            return if rest.len() >= LINE || (ended && !header(text, true)) {
                Head::No
            } else {
                Head::More
            };
        };
        if text.is_empty() {
            part.body = next;
            return Head::Part(part);
        }
        if let Some(cut) = boundary_behind(text, name) {
            return Head::Cut(part.body + cut);
        }
        if !header(text, false) {
            return Head::No;
        }
        note(window, text, &mut part);
        part.body = next;
    }
}

/// Whether a line can be a header, or the begin of one.
fn header(text: &[u8], begin: bool) -> bool {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
    let length = text.iter().take_while(|byte| is_name(byte)).count();
    match text.get(length) {
        None => begin,
        Some(b':') => {
            length > 0
                && !text.iter().any(|byte| *byte < 0x20 && *byte != b'\t')
                && find(text, b"<?", 0).is_none()
        }
        Some(_) => false,
    }
}

/// Takes what is needed from a header line.
fn note(window: &[u8], text: &[u8], part: &mut Part) {
    let Some(colon) = text.iter().position(|byte| *byte == b':') else {
        return;
    };
    let (name, value) = text.split_at(colon);
    let value = value.get(1..).unwrap_or_default();
    if name.eq_ignore_ascii_case(b"content-length") {
        let length = crate::field::digits(value.trim_ascii());
        part.length = length.and_then(|length| usize::try_from(length).ok());
    } else if name.eq_ignore_ascii_case(b"content-type") {
        let word = value.split(|byte| *byte == b';').next();
        let word = word.unwrap_or_default().trim_ascii();
        let start = part.body + colon + 1;
        let skipped = value.len() - value.trim_ascii_start().len();
        let range = start + skipped..start + skipped + word.len();
        part.media = window.get(range.clone()).map(|_| range);
    }
}

/// Where a boundary of this name, dashes included, begins at the end of a line. The line may be cut
/// in front of it; a last boundary is one too.
pub(crate) fn boundary_behind(line: &[u8], name: &[u8]) -> Option<usize> {
    let text = line.trim_ascii_end();
    let text = text.strip_suffix(b"--").unwrap_or(text);
    let before = text.strip_suffix(name)?;
    let dashes = before.iter().rev().take_while(|byte| **byte == b'-');
    let dashes = dashes.count();
    (dashes >= 2).then(|| before.len() - dashes)
}

/// Whether a boundary of this name begins a text and ends its line, or is the last. `None` while
/// that can't be told.
pub(crate) fn boundary_at(rest: &[u8], name: &[u8]) -> Option<bool> {
    let dashes = rest.iter().take_while(|byte| **byte == b'-').take(BOUNDARY);
    let dashes = dashes.count();
    let behind = rest.get(dashes..).unwrap_or_default();
    if dashes < 2 {
        return if behind.is_empty() { None } else { Some(false) };
    }
    if name.starts_with(behind) && behind.len() <= name.len() && behind != name {
        return None;
    }
    let Some(after) = behind.strip_prefix(name) else {
        return Some(false);
    };
    match after {
        [] | [b'-'] | [b'\r'] => None,
        [b'\n', ..] | [b'\r', b'\n', ..] | [b'-', b'-', ..] => Some(true),
        _ => Some(false),
    }
}

/// Where the picture of a part ends.
enum Jpeg {
    /// Not there yet.
    More,
    /// The bytes up to here are one, and the frame ends at the second place.
    Whole(usize, usize),
    /// It is broken; the frame ends here.
    Broken(usize),
}

/// Looks for the end of a JPEG that begins at the part's body, from `*from` on.
///
/// The announced length holds when the picture ends there. Otherwise the next boundary ends it: one
/// behind the end mark of a JPEG, or one with a header below it, since a picture can contain
/// anything else by chance.
fn jpeg(window: &[u8], part: &Part, from: &mut usize, ended: bool) -> Jpeg {
    let name = part.boundary(window);
    let announced = part.length.and_then(|length| part.body.checked_add(length));
    let reach = announced.filter(|end| {
        let body = window.get(part.body..*end);
        body.is_some_and(is_jpeg)
    });
    *from = (*from).max(part.body);
    while let Some(at) = find(window, b"--", *from) {
        *from = at;
        if reach.is_some_and(|end| at >= end) {
            break;
        }
        match sign(window, at, name) {
            Sign::More if ended => {}
            Sign::More if reach.is_some() => {}
            Sign::More => return Jpeg::More,
            Sign::Yes(behind) if reach.is_none_or(|end| behind <= end) => {
                return close(window, part, at);
            }
            Sign::Yes(_) | Sign::No => {}
        }
        *from = at + 1;
    }
    if let Some(end) = reach {
        return line_end(window, end, ended);
    }
    if ended {
        return close(window, part, window.len());
    }
    *from = (*from).max(window.len().saturating_sub(1));
    Jpeg::More
}

/// Whether a boundary that ends a picture stands at a place.
enum Sign {
    More,
    No,
    /// Yes, and it is told by the bytes up to here.
    Yes(usize),
}

fn sign(window: &[u8], at: usize, name: &[u8]) -> Sign {
    let rest = window.get(at..).unwrap_or_default();
    match boundary_at(rest, name) {
        None => return Sign::More,
        Some(false) => return Sign::No,
        Some(true) => {}
    }
    let dashes = rest.iter().take_while(|byte| **byte == b'-').count();
    let mut behind = at + dashes + name.len();
    let before = window.get(..at).unwrap_or_default();
    let before = before.strip_suffix(b"\n").unwrap_or(before);
    let before = before.strip_suffix(b"\r").unwrap_or(before);
    if before.ends_with(&[0xFF, 0xD9]) {
        return Sign::Yes(behind + 2);
    }
    let after = window.get(behind..).unwrap_or_default();
    let after = match after {
        [b'\r', b'\n', after @ ..] => {
            behind += 2;
            after
        }
        [b'\n', after @ ..] => {
            behind += 1;
            after
        }
        _ => return Sign::No,
    };
    let header = b"content-";
    let length = header.len().min(after.len());
    let begins = after.get(..length).is_some_and(|after| {
        header
            .get(..length)
            .is_some_and(|h| after.eq_ignore_ascii_case(h))
    });
    match begins {
        false => Sign::No,
        true if length < header.len() => Sign::More,
        true => Sign::Yes(behind + length),
    }
}

/// The picture up to a boundary or the end of the stream.
fn close(window: &[u8], part: &Part, end: usize) -> Jpeg {
    let body = window.get(part.body..end).unwrap_or_default();
    let body = body.strip_suffix(b"\n").unwrap_or(body);
    let body = body.strip_suffix(b"\r").unwrap_or(body);
    if is_jpeg(body) {
        Jpeg::Whole(part.body + body.len(), end)
    } else {
        Jpeg::Broken(end)
    }
}

/// The line end behind a picture belongs to its part.
fn line_end(window: &[u8], end: usize, ended: bool) -> Jpeg {
    match window.get(end..).unwrap_or_default() {
        [] | [b'\r'] if !ended => Jpeg::More,
        [b'\r', b'\n', ..] => Jpeg::Whole(end, end + 2),
        [b'\n', ..] | [b'\r', ..] => Jpeg::Whole(end, end + 1),
        _ => Jpeg::Whole(end, end),
    }
}
