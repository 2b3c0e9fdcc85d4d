//! Finds the end of a JSON object: balanced braces outside of strings.

use crate::document::{is_blank, is_control};

/// Keys that the single root member of a push can have.
const ROOTS: [&[u8]; 4] = [
    b"AlarmInfoPlate",
    b"AlarmGioIn",
    b"SerialData",
    b"Response_AlarmInfoPlate",
];
/// Most blanks between a brace and the key behind it.
const BLANKS: usize = 64;
/// Most members and elements of an object, and the deepest nesting: a plate has about a hundred
/// members in seven levels. They bound what a parsed document can grow to.
const MEMBERS: usize = 4_096;
const DEPTH: usize = 32;

/// What stands where an object may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Root {
    /// Not decidable yet.
    More,
    /// An object with a root key of a push.
    Known,
    /// Another object.
    Other,
    /// None.
    No,
}

/// Looks at the begin of an object.
pub(super) fn root(bytes: &[u8]) -> Root {
    let Some(rest) = bytes.strip_prefix(b"{") else {
        return Root::No;
    };
    let blanks = rest.iter().take_while(|byte| is_blank(**byte)).count();
    if blanks > BLANKS {
        return Root::No;
    }
    let key = match rest.get(blanks..) {
        None | Some([]) => return Root::More,
        Some([b'"', key @ ..]) => key,
        Some([b'}', ..]) => return Root::Other,
        Some(_) => return Root::No,
    };
    let begins = |root: &&[u8]| {
        let length = root.len().min(key.len());
        key.get(..length) == root.get(..length) && (key.len() <= root.len() || closes(key, root))
    };
    match ROOTS.iter().find(|root| begins(root)) {
        Some(root) if closes(key, root) => Root::Known,
        Some(_) => Root::More,
        None => Root::Other,
    }
}

fn closes(key: &[u8], root: &[u8]) -> bool {
    key.get(root.len()) == Some(&b'"') && key.starts_with(root)
}

/// Where an object ends.
pub(super) enum End {
    /// Not there yet.
    More,
    /// Behind its last brace.
    Whole(usize),
    /// It was cut: another begins here, or here are bytes that no JSON has.
    Cut(usize),
    /// More members or levels than a document may have, up to here.
    Wide(usize),
}

/// How far an object was scanned.
#[derive(Debug, Default)]
pub(super) struct Scan {
    at: usize,
    depth: usize,
    members: usize,
    in_string: bool,
    escaped: bool,
    mark: Option<usize>,
}

impl Scan {
    /// How far it came.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Where a known root begins inside of the object.
    pub(super) fn mark(&self) -> Option<usize> {
        self.mark
    }

    /// Goes on looking for the end of the object that begins at `start`. `known`: no known root can
    /// be inside of it.
    pub(super) fn end(&mut self, window: &[u8], start: usize, known: bool, ended: bool) -> End {
        self.at = self.at.max(start);
        while let Some(byte) = window.get(self.at) {
            if *byte == b'{' && self.at > start && self.mark.is_none() {
                match root(window.get(self.at..).unwrap_or_default()) {
                    Root::Known if known => return End::Cut(self.at),
                    Root::Known => self.mark = Some(self.at),
                    Root::More if !ended => return End::More,
                    Root::More | Root::Other | Root::No => {}
                }
            }
            if is_control(*byte) {
                return End::Cut(self.at);
            }
            self.at += 1;
            if self.in_string {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => self.in_string = false,
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => self.in_string = true,
                b'{' | b'[' => {
                    self.depth += 1;
                    self.members += 1;
                }
                b'}' | b']' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return End::Whole(self.at);
                    }
                }
                b',' => self.members += 1,
                _ => {}
            }
            if self.depth > DEPTH || self.members > MEMBERS {
                return End::Wide(self.at);
            }
        }
        End::More
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_told_by_their_key() {
        assert_eq!(root(b"{ \"AlarmInfoPlate\":"), Root::Known);
        assert_eq!(root(b"{\n\"Alarm"), Root::More);
        assert_eq!(root(b"{\"AlarmInfoPlate"), Root::More);
        assert_eq!(root(b"{\"AlarmInfoPlates\""), Root::Other);
        assert_eq!(root(b"{\"id\""), Root::Other);
        assert_eq!(root(b"{}"), Root::Other);
        assert_eq!(root(b"{"), Root::More);
        assert_eq!(root(b"{x"), Root::No);
        assert_eq!(root(b"x"), Root::No);
    }

    #[test]
    fn objects_end_at_their_brace_in_any_chunks() {
        let text = br#"{"a":"}\"{","b":[{"c":{}}]}{"#;
        for chunk in 1..text.len() {
            let mut scan = Scan::default();
            let mut ends = None;
            for length in (chunk..text.len() + chunk).step_by(chunk) {
                let window = &text[..length.min(text.len())];
                if let End::Whole(end) = scan.end(window, 0, false, false) {
                    ends = Some(end);
                    break;
                }
            }
            assert_eq!(ends, Some(text.len() - 1), "{chunk}");
        }
    }
}
