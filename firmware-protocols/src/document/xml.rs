//! XML documents in a byte stream: from the declaration or root start tag to the root end tag.
//!
//! Element names are compared without their namespace, since firmware of different years writes
//! different ones. Document type definitions are refused, so no entity can grow; nodes are counted.

use alloc::string::{String, ToString};

use roxmltree::{Document, Node, ParsingOptions};

use super::{blanks, is_blank, is_control};
use crate::Reject;

/// Most nodes of a document. A camera's has about a hundred.
const NODES: u32 = 4_096;
/// Most bytes of a declaration, a namespace prefix, and blanks in an end tag.
const DECLARATION: usize = 256;
const PREFIX: usize = 32;
const TAG_BLANKS: usize = 16;

/// What stands where a document may begin.
pub(crate) enum Begin {
    /// Not decidable yet.
    More,
    /// No document.
    No,
    /// The root start tag stands here.
    Root(usize),
}

/// A tag at some place.
enum Tag {
    /// Not decidable yet.
    More,
    Other,
    /// `<name`, or `</name>` with the place behind it.
    Start,
    End(usize),
}

/// Where a document ends.
pub(crate) enum End {
    /// Not there yet.
    More,
    /// Behind its root end tag.
    Whole(usize),
    /// It was cut: here something begins that can't be inside of it.
    Cut(usize),
}

/// Looks for a document at `at`.
pub(crate) fn begin(window: &[u8], at: usize, roots: &[&str]) -> Begin {
    let rest = window.get(at..).unwrap_or_default();
    let mut root = 0;
    if rest.starts_with(b"<?xml") {
        let declaration = rest.get(..DECLARATION.min(rest.len())).unwrap_or_default();
        let inner = declaration.get(1..).unwrap_or_default();
        let Some(length) = inner.iter().position(|byte| matches!(byte, b'<' | b'>')) else {
            let strange = inner.iter().any(|byte| is_control(*byte));
            return if strange || declaration.len() == DECLARATION {
                Begin::No
            } else {
                Begin::More
            };
        };
        let text = inner.get(..=length).unwrap_or_default();
        if !text.ends_with(b"?>") || text.iter().any(|byte| is_control(*byte)) {
            return Begin::No;
        }
        root = 1 + text.len();
        let count = blanks(rest.get(root..).unwrap_or_default());
        if count > super::BLANKS {
            return Begin::No;
        }
        root += count;
    } else if b"<?xml".starts_with(rest) {
        return Begin::More;
    }
    if root == rest.len() {
        return Begin::More;
    }
    match tag(window, at + root, roots) {
        Tag::More => Begin::More,
        Tag::Start => Begin::Root(at + root),
        Tag::Other | Tag::End(_) => Begin::No,
    }
}

/// The tag at `at`, when it is one of a root.
fn tag(window: &[u8], at: usize, roots: &[&str]) -> Tag {
    let rest = window.get(at..).unwrap_or_default();
    let (closing, name) = match rest {
        [b'<', b'/', name @ ..] => (true, name),
        [b'<', name @ ..] => (false, name),
        _ => return Tag::Other,
    };
    let longest = roots.iter().map(|root| root.len()).max().unwrap_or(0);
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.:".contains(byte);
    let length = name.iter().take(PREFIX + 1 + longest + 1);
    let length = length.take_while(|byte| is_name(byte)).count();
    let Some(next) = name.get(length) else {
        return Tag::More;
    };
    let full = name.get(..length).unwrap_or_default();
    let local = full.iter().rposition(|byte| *byte == b':');
    let local = full.get(local.map_or(0, |colon| colon + 1)..);
    if !roots.iter().any(|root| Some(root.as_bytes()) == local) {
        return Tag::Other;
    }
    if !closing {
        return if is_blank(*next) || matches!(next, b'>' | b'/') {
            Tag::Start
        } else {
            Tag::Other
        };
    }
    let behind = name.get(length..).unwrap_or_default();
    let count = blanks(behind);
    match behind.get(count) {
        _ if count > TAG_BLANKS => Tag::Other,
        Some(b'>') => Tag::End(at + 2 + length + count + 1),
        Some(_) => Tag::Other,
        None => Tag::More,
    }
}

/// Looks for the end of a document, from `*from` on, which is where the next call goes on.
pub(crate) fn end(
    window: &[u8],
    from: &mut usize,
    roots: &[&str],
    boundary: Option<&[u8]>,
    ended: bool,
) -> End {
    while let Some(byte) = window.get(*from) {
        let rest = window.get(*from..).unwrap_or_default();
        match byte {
            b'<' if rest.starts_with(b"<?xml") => return End::Cut(*from),
            b'<' => match tag(window, *from, roots) {
                Tag::End(end) => return End::Whole(end),
                Tag::Start => return End::Cut(*from),
                Tag::More if !ended => return End::More,
                // Five bytes tell a declaration.
                Tag::Other if b"<?xml".starts_with(rest) && !ended => return End::More,
                Tag::Other | Tag::More => {}
            },
            b'-' => {
                if let Some(boundary) = boundary {
                    match super::multipart::boundary_at(rest, boundary) {
                        Some(true) => return End::Cut(*from),
                        None if !ended => return End::More,
                        _ => {}
                    }
                }
            }
            byte if is_control(*byte) => return End::Cut(*from),
            _ => {}
        }
        *from += 1;
    }
    End::More
}

/// A document at some place of the window.
pub(crate) enum Found {
    /// Not decidable yet.
    More,
    /// No document.
    No,
    /// It ends here; its root begins at the first place.
    Whole(usize, usize),
    /// It was cut here.
    Cut(usize),
}

/// Looks for a document at `at`. `scanned` is how far its end was looked for.
pub(crate) fn document(
    window: &[u8],
    at: usize,
    scanned: &mut usize,
    roots: &[&str],
    boundary: Option<&[u8]>,
    ended: bool,
) -> Found {
    let rest = window.get(at..).unwrap_or_default();
    match begin(window, at, roots) {
        Begin::No => Found::No,
        Begin::More if !ended => Found::More,
        Begin::More if rest.starts_with(b"<?xml") => Found::Cut(window.len()),
        Begin::More => Found::No,
        Begin::Root(root) => {
            *scanned = (*scanned).max(root + 1);
            match end(window, scanned, roots, boundary, ended) {
                End::Whole(end) => Found::Whole(root, end),
                End::Cut(cut) => Found::Cut(cut),
                End::More if ended => Found::Cut(window.len()),
                End::More => Found::More,
            }
        }
    }
}

/// Parses a document.
pub(crate) fn parse(bytes: &[u8]) -> Result<Document<'_>, Reject> {
    let text = core::str::from_utf8(bytes).map_err(|_| Reject::Field)?;
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: NODES,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(text, options).map_err(|_| Reject::Field)
}

/// The child element of this name, whatever its namespace.
pub(crate) fn child<'a, 'input>(node: Node<'a, 'input>, name: &str) -> Option<Node<'a, 'input>> {
    node.children()
        .find(|child| child.is_element() && child.tag_name().name() == name)
}

/// The text of the child of this name, trimmed; `None` without such a child. Two of the name that
/// differ contradict each other.
pub(crate) fn text(node: Node<'_, '_>, name: &str) -> Result<Option<String>, Reject> {
    let mut found: Option<String> = None;
    let named = |child: &Node<'_, '_>| child.is_element() && child.tag_name().name() == name;
    for child in node.children().filter(named) {
        if child.children().any(|inner| inner.is_element()) {
            return Err(Reject::Field);
        }
        let text: String = child.children().filter_map(|inner| inner.text()).collect();
        let text = text.trim().to_string();
        if found.as_ref().is_some_and(|other| *other != text) {
            return Err(Reject::Contradiction);
        }
        found = Some(text);
    }
    Ok(found)
}

/// The same, `None` also for an empty text.
pub(crate) fn said(node: Node<'_, '_>, name: &str) -> Result<Option<String>, Reject> {
    Ok(text(node, name)?.filter(|text| !text.is_empty()))
}

/// A text as it is written in an element.
pub(crate) fn escaped(text: &str) -> String {
    let mut written = String::new();
    for character in text.chars() {
        match character {
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            '&' => written.push_str("&amp;"),
            _ => written.push(character),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOTS: &[&str] = &["Msg"];

    fn whole(bytes: &[u8]) -> Option<usize> {
        let Begin::Root(root) = begin(bytes, 0, ROOTS) else {
            return None;
        };
        match end(bytes, &mut (root + 1), ROOTS, None, true) {
            End::Whole(end) => Some(end),
            End::More | End::Cut(_) => None,
        }
    }

    #[test]
    fn documents_end_at_their_root_end_tag() {
        for (text, length) in [
            ("<Msg><a>1</a></Msg>x", 19),
            ("<?xml version=\"1.0\"?>\r\n<n:Msg a='1'>x</n:Msg >y", 46),
        ] {
            assert_eq!(whole(text.as_bytes()), Some(length), "{text}");
        }
        for text in [
            "<Msgs></Msgs>",
            "<Msg><Msg></Msg>",
            "<?xml <Msg></Msg>",
            "<Msg>\u{1}</Msg>",
        ] {
            assert_eq!(whole(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn no_entity_is_expanded_and_nodes_are_counted() {
        let bomb = b"<!DOCTYPE Msg [<!ENTITY a 'aaaa'>]><Msg>&a;</Msg>";
        assert!(parse(bomb).is_err());
        let many = alloc::format!("<Msg>{}</Msg>", "<a/>".repeat(5_000));
        assert!(parse(many.as_bytes()).is_err());
        let deep = alloc::format!("<Msg>{}{}</Msg>", "<a>".repeat(4_000), "</a>".repeat(4_000));
        assert!(parse(deep.as_bytes()).is_ok());
    }

    #[test]
    fn fields_are_found_by_local_name() {
        let document = parse(b"<m:Msg xmlns:m='x'><m:a> 1&lt;2 </m:a><b>1</b><b>2</b></m:Msg>");
        let document = document.unwrap();
        let root = document.root_element();
        assert_eq!(text(root, "a"), Ok(Some("1<2".to_string())));
        assert_eq!(text(root, "c"), Ok(None));
        assert_eq!(text(root, "b"), Err(Reject::Contradiction));
    }
}
