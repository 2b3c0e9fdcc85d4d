//! The table of protocols in `README.md` is written from the registry. With
//! `STEELYARD_WRITE_README=1` this test writes it anew; without, it fails when the table is stale.
#![allow(
    clippy::unwrap_used,
    reason = "a test may fail by panic and says what it skips"
)]

use std::path::Path;

use firmware_protocols::registry::PROTOCOLS;
use firmware_protocols::{Event, Settings};

const BEGIN: &str = "<!-- protocols: written from the registry -->\n";
const END: &str = "<!-- end of protocols -->\n";

/// The parts that the head of every protocol file has, in this order.
const PARTS: [&str; 7] = [
    "Vendor, models.",
    "Source, how sure.",
    "Line.",
    "Layout",
    "Integrity.",
    "Quirks.",
    "One frame.",
];

/// The head of a protocol's file, without its comment marks.
fn head(name: &str) -> String {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let file = [format!("{name}.rs"), format!("{name}/mod.rs")]
        .into_iter()
        .map(|file| source.join(file))
        .find(|path| path.exists())
        .unwrap_or_else(|| panic!("{name}: no file of that name"));
    std::fs::read_to_string(file)
        .unwrap()
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line)))
        .collect()
}

/// One part of a head, as one line.
fn part(head: &str, title: &str) -> String {
    let start = head
        .find(&format!("**{title}"))
        .unwrap_or_else(|| panic!("no {title}"));
    let text = &head[start..];
    let text = text.split_once("**").unwrap().1;
    let text = text.split_once("**").unwrap().1;
    let end = text.find("\n\n").unwrap_or(text.len());
    text[..end].split_whitespace().collect::<Vec<_>>().join(" ")
}

fn table() -> String {
    let mut table = String::from(
        "| protocol | kind | devices | line | speaks first | check | evidence | maturity |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    for protocol in PROTOCOLS {
        let evidence: Vec<_> = protocol
            .evidence
            .iter()
            .map(|(record, grade)| format!("{}: {}", record.name(), grade.name()))
            .collect();
        table += &format!(
            "| `{}` | {} | {} | {} | {} | {} | {} | {} |\n",
            protocol.name,
            protocol.kind.name(),
            protocol.devices,
            protocol.line,
            protocol.speaker.name(),
            protocol.check.name(),
            evidence.join(", "),
            protocol.maturity.name(),
        );
    }
    table += "\n| protocol | source, how sure |\n|---|---|\n";
    for protocol in PROTOCOLS {
        let source = part(&head(protocol.name), "Source, how sure.").replace('|', "\\|");
        table += &format!("| `{}` | {source} |\n", protocol.name);
    }
    table += "\n";
    for protocol in PROTOCOLS
        .iter()
        .filter(|protocol| !protocol.settings.is_empty())
    {
        table += &format!("Settings of `{}`:\n\n", protocol.name);
        for spec in protocol.settings {
            table += &format!("* `{}` = `{}`: {}\n", spec.key, spec.default, spec.meaning);
        }
        table += "\n";
    }
    table.replace("= ``:", "= (empty):")
}

#[test]
fn the_readme_shows_the_registry() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let (head, rest) = readme.split_once(BEGIN).unwrap();
    let (_, tail) = rest.split_once(END).unwrap();
    let fresh = format!("{head}{BEGIN}\n{}{END}{tail}", table());
    if std::env::var_os("STEELYARD_WRITE_README").is_some() {
        std::fs::write(&path, fresh).unwrap();
    } else {
        assert!(fresh == readme, "stale: run with STEELYARD_WRITE_README=1");
    }
}

#[test]
fn every_head_has_its_parts_and_says_what_the_registry_says() {
    for protocol in PROTOCOLS {
        let head = head(protocol.name);
        let mut at = 0;
        for title in PARTS {
            let found = head[at..].find(&format!("**{title}"));
            at += found
                .unwrap_or_else(|| panic!("{}: no {title} after the part before", protocol.name));
        }
        let maturity = format!("Maturity: {}", protocol.maturity.name());
        assert!(
            part(&head, "Source, how sure.").contains(&maturity),
            "{}: {maturity}",
            protocol.name
        );
        let layout = &head[head.find("**Layout").unwrap()..head.find("**Integrity.").unwrap()];
        assert!(
            layout.contains("```text"),
            "{}: no drawn layout",
            protocol.name
        );
        // A line setting of the registry is one that the head speaks of.
        for setting in protocol.line_settings.iter().take(1) {
            assert!(
                part(&head, "Line.").contains(&setting.baud.to_string()),
                "{}: {setting}",
                protocol.name
            );
        }
    }
}

/// The frame in the head is one: the first code span of the part "One frame", hexadecimal where it
/// is nothing but pairs of hexadecimal digits, text otherwise. `CR`, `LF`, `STX`, `ETX` behind it
/// stand for their bytes.
#[test]
fn the_frame_in_every_head_is_decoded() {
    for protocol in PROTOCOLS {
        let head = head(protocol.name);
        let frame = part(&head, "One frame.");
        let mut pieces = frame.split('`');
        let (Some(_), Some(code), rest) = (pieces.next(), pieces.next(), pieces.next()) else {
            continue;
        };
        let pairs: Vec<_> = code.split(' ').collect();
        let is_hex = pairs
            .iter()
            .all(|pair| pair.len() == 2 && pair.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let mut bytes = if is_hex {
            pairs
                .iter()
                .map(|pair| u8::from_str_radix(pair, 16).unwrap())
                .collect()
        } else {
            code.as_bytes().to_vec()
        };
        for word in rest.unwrap_or_default().split_whitespace() {
            match word.trim_end_matches(['.', ',', ':', ';']) {
                "CR" => bytes.push(b'\r'),
                "LF" => bytes.push(b'\n'),
                "ETX" => bytes.push(3),
                _ => break,
            }
        }
        let mut decoder = (protocol.decoder)(&Settings::new()).unwrap();
        decoder.push(&bytes);
        decoder.finish();
        let events: Vec<_> = std::iter::from_fn(|| decoder.poll_event()).collect();
        assert!(!events.is_empty());
        for decoded in events {
            assert!(
                !matches!(decoded.event, Event::Rejected(_)),
                "{}: {code} {decoded:?}",
                protocol.name
            );
        }
    }
}
