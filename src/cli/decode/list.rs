//! `steelyard decode --list`: the table of protocols, for people and as JSON lines.

use std::io::{self, Write};

use firmware_protocols::registry::{PROTOCOLS, Protocol};
use serde_json::json;

/// Prints the table.
///
/// # Errors
/// When the output can't be written.
pub fn run(as_json: bool, mut output: impl Write) -> io::Result<()> {
    if as_json {
        for protocol in PROTOCOLS {
            writeln!(output, "{}", entry(protocol))?;
        }
        return Ok(());
    }
    let mut rows = vec![[
        "协议 protocol".to_owned(),
        "设备 kind".to_owned(),
        "线路 line".to_owned(),
        "先发 first".to_owned(),
        "校验 check".to_owned(),
        "证据等级 evidence".to_owned(),
        "成熟度 maturity".to_owned(),
    ]];
    rows.extend(PROTOCOLS.iter().map(|protocol| {
        [
            protocol.name.to_owned(),
            protocol.kind.name().to_owned(),
            protocol.line.to_owned(),
            protocol.speaker.name().to_owned(),
            protocol.check.name().to_owned(),
            evidence(protocol),
            protocol.maturity.name().to_owned(),
        ]
    }));
    let widths: Vec<usize> = (0..7)
        .map(|column| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| columns(cell)).max().unwrap_or(0)
        })
        .collect();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line += cell;
            line.extend(std::iter::repeat_n(' ', width + 2 - columns(cell)));
        }
        writeln!(output, "{}", line.trim_end())?;
    }
    writeln!(
        output,
        "\n各协议的设置与字节布局 / settings and layout of each: firmware-protocols/README.md"
    )
}

/// How many columns a terminal gives a text: two for each Chinese character.
pub(in crate::cli) fn columns(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

fn evidence(protocol: &Protocol) -> String {
    let grades: Vec<_> = protocol
        .evidence
        .iter()
        .map(|(record, grade)| format!("{}: {}", record.name(), grade.name()))
        .collect();
    grades.join(", ")
}

fn entry(protocol: &Protocol) -> serde_json::Value {
    let lines: Vec<_> = protocol
        .line_settings
        .iter()
        .map(ToString::to_string)
        .collect();
    let evidence: Vec<_> = protocol
        .evidence
        .iter()
        .map(|(record, grade)| json!({ "record": record.name(), "grade": grade.name() }))
        .collect();
    let settings: Vec<_> = protocol
        .settings
        .iter()
        .map(|spec| json!({ "key": spec.key, "default": spec.default, "meaning": spec.meaning }))
        .collect();
    json!({
        "protocol": protocol.name,
        "kind": protocol.kind.name(),
        "devices": protocol.devices,
        "line": protocol.line,
        "line_settings": lines,
        "speaks_first": protocol.speaker.name(),
        "check": protocol.check.name(),
        "evidence": evidence,
        "maturity": protocol.maturity.name(),
        "longest_frame_bytes": protocol.longest_frame_bytes,
        "settings": settings,
    })
}
