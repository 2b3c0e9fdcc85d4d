//! `steelyard sightings`: what a list of sightings over several places tells of cloned plates, ways
//! around a station and lifted axles.

use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::path::PathBuf;

use anyhow::{Context, bail};
use serde::Serialize;

use super::decode::columns;
use crate::lane::evasion::sightings::{
    Route, Sighting, SightingFinding, SightingSettings, Travel, examine,
};
use crate::plate::is_placeholder;
use crate::units::Micros;

/// Cloned plates, bypasses and lifted axles in a list of sightings.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// 踪迹文件（`-` 为标准输入）：每行一个 JSON 对象，含 plate、site、at，可含 colour、confidence、reads、
    /// axles、spacings_mm、gross_kg；未识别时 plate 为 null 或“无牌车”等 / sightings, a JSON object a line with
    /// `plate` (null, or a camera's word such as `unknown`, where none was read), `site`, `at`, and where known `colour`, `confidence`, `reads`, `axles`, `spacings_mm`, `gross_kg`;
    /// `-` is standard input
    pub file: PathBuf,
    /// 两地行程时间（秒）：最短，及途中最长（缺省为最短的三倍）/ seconds from one place to the other, both
    /// ways: the least, and the most of who comes straight (three times the least by default)
    #[arg(long, value_name = "A,B,LEAST[,MOST]", value_parser = travel)]
    pub travel: Vec<Travel>,
    /// 可绕行的站：之前的地点、本站、之后的地点（一个方向）/ a station that can be gone around, in one direction:
    /// the place before it, the station, the place behind it
    #[arg(long, value_name = "BEFORE,HERE,AFTER", value_parser = route)]
    pub route: Vec<Route>,
    /// 自此把握起给出，千分之几 / certainty from which findings are given, per mille
    #[arg(long, value_name = "PER_MILLE", default_value_t = 500, value_parser = clap::value_parser!(i64).range(1..=1000))]
    pub from: i64,
    /// 每条一行 JSON（输出不是终端时的缺省）/ one JSON line a finding (the default unless the output is a
    /// terminal)
    #[arg(long)]
    pub json: bool,
}

fn travel(text: &str) -> Result<Travel, String> {
    let parts: Vec<&str> = text.split(',').map(str::trim).collect();
    let seconds = |text: &str| {
        let number: i64 = text
            .parse()
            .map_err(|_| format!("{text}: 不是秒数 / no seconds"))?;
        if (1..=31_536_000).contains(&number) {
            Ok(Micros::from_seconds(number))
        } else {
            Err(format!(
                "{text}: 应为 1 至 31536000 秒 / must be 1 to 31536000 s"
            ))
        }
    };
    let (one, other, least, most) = match parts.as_slice() {
        [one, other, least] => (one, other, seconds(least)?, None),
        [one, other, least, most] => (one, other, seconds(least)?, Some(seconds(most)?)),
        _ => return Err("应为 A,B,秒 或 A,B,秒,秒 / must be A,B,SECONDS[,SECONDS]".to_owned()),
    };
    let most = most.unwrap_or_else(|| least.saturating_add(least).saturating_add(least));
    if one.is_empty() || other.is_empty() || one == other || most < least {
        return Err(format!(
            "{text}: 两个不同的地点，最长不小于最短 / two places, most not below least"
        ));
    }
    Ok(Travel {
        one: (*one).to_owned(),
        other: (*other).to_owned(),
        least,
        most,
    })
}

fn route(text: &str) -> Result<Route, String> {
    match text.split(',').map(str::trim).collect::<Vec<_>>()[..] {
        [before, here, after] if ![before, here, after].contains(&"") => Ok(Route {
            before: before.to_owned(),
            here: here.to_owned(),
            after: after.to_owned(),
        }),
        _ => Err("应为三个地点，以逗号分隔 / must be three places parted by commas".to_owned()),
    }
}

/// One JSON line of output.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    found: &'a SightingFinding,
    dismissed: bool,
    zh: String,
    en: String,
}

/// Runs the subcommand.
///
/// # Errors
/// When the file can't be read, a line is no sighting, or a route has no travel time.
pub fn run(arguments: &Arguments, output: &mut impl Write) -> anyhow::Result<()> {
    let input: Box<dyn Read> = if arguments.file.as_os_str() == "-" {
        Box::new(std::io::stdin())
    } else {
        let file = std::fs::File::open(&arguments.file);
        let path = arguments.file.display();
        Box::new(file.with_context(|| format!("无法读取 / cannot read {path}"))?)
    };
    let sightings = read(BufReader::new(input))?;
    let settings = SightingSettings {
        travels: arguments.travel.clone(),
        routes: arguments.route.clone(),
        report_from_per_mille: arguments.from,
        ..SightingSettings::default()
    };
    for route in &settings.routes {
        if settings.travel(&route.before, &route.after).is_none() {
            bail!(
                "--route {0},{1},{2}：请以 --travel {0},{2},秒 给出行程时间 / give its time with --travel \
                 {0},{2},SECONDS",
                route.before,
                route.here,
                route.after
            );
        }
    }
    let findings = examine(&sightings, &settings);
    if !arguments.json && std::io::stdout().is_terminal() {
        return Ok(table(&findings, sightings.len(), output)?);
    }
    for found in &findings {
        let line = Line {
            found,
            dismissed: found.is_dismissed(),
            zh: found.text_zh(),
            en: found.text_en(),
        };
        serde_json::to_writer(&mut *output, &line)?;
        writeln!(output)?;
    }
    Ok(())
}

fn read(input: impl BufRead) -> anyhow::Result<Vec<Sighting>> {
    let mut sightings = Vec::new();
    for (number, line) in input.lines().enumerate() {
        let line = line?;
        if line.trim().is_empty() {
            continue;
        }
        let sighting = serde_json::from_str(&line);
        let place = number + 1;
        let mut sighting: Sighting =
            sighting.with_context(|| format!("第 {place} 行 / line {place}"))?;
        // All vehicles without a plate would be one otherwise, everywhere at once.
        sighting.plate = sighting.plate.filter(|plate| !is_placeholder(plate));
        sightings.push(sighting);
    }
    Ok(sightings)
}

/// A table for people: what, whose, where and when, how certain; and the sentences below.
fn table(
    findings: &[SightingFinding],
    sightings: usize,
    output: &mut impl Write,
) -> std::io::Result<()> {
    let mut rows = vec![[
        "类别 kind".to_owned(),
        "号牌 plate".to_owned(),
        "地点 site".to_owned(),
        "时间 time".to_owned(),
        "把握 certainty".to_owned(),
    ]];
    rows.extend(findings.iter().map(|found| {
        let certainty = found.finding.certainty_per_mille;
        [
            format!("{} {}", found.finding.kind.zh(), found.finding.kind.name()),
            found.plate.clone(),
            found.site.clone(),
            found.at.rfc3339(),
            match &found.misread_of {
                Some(plate) => format!("误识 misread of {plate}"),
                None => format!("{}.{}%", certainty / 10, certainty % 10),
            },
        ]
    }));
    let widths: Vec<usize> = (0..5)
        .map(|column| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| columns(cell)).max().unwrap_or(0)
        })
        .collect();
    for row in &rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line += cell;
            line.extend(std::iter::repeat_n(' ', width + 2 - columns(cell)));
        }
        writeln!(output, "{}", line.trim_end())?;
    }
    writeln!(output)?;
    for found in findings {
        writeln!(output, "{}\n{}", found.text_zh(), found.text_en())?;
    }
    writeln!(
        output,
        "{sightings} 条踪迹，{} 条结果 / {sightings} sightings, {} findings",
        findings.len(),
        findings.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_and_times_are_read_or_refused() {
        let parsed = travel("A, B,600").unwrap();
        assert_eq!((parsed.one.as_str(), parsed.other.as_str()), ("A", "B"));
        assert_eq!(parsed.most, Micros::from_seconds(1_800));
        for wrong in ["A,B", "A,A,600", "A,B,0", "A,B,600,500", "A,,600", "A,B,x"] {
            assert!(travel(wrong).is_err(), "{wrong}");
        }
        assert_eq!(route("A,S,B").unwrap().here, "S");
        for wrong in ["A,B", "A,,B", "A,B,C,D"] {
            assert!(route(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_word_for_no_plate_is_none() {
        let line = |plate: &str, site: &str, minute: usize| {
            format!(
                "{{\"plate\":\"{plate}\",\"site\":\"{site}\",\"at\":\"2026-11-24T08:{minute:02}:00Z\",\"reads\":2}}\n"
            )
        };
        for word in ["无牌车", "未识别", "unknown", "_无_", ""] {
            let text: String = (0..10)
                .map(|minute| line(word, if minute % 2 == 0 { "A" } else { "B" }, minute))
                .collect();
            let sightings = read(text.as_bytes()).unwrap();
            assert!(sightings.iter().all(|own| own.plate.is_none()), "{word}");
            let settings = SightingSettings {
                travels: vec![travel("A,B,3600").unwrap()],
                ..SightingSettings::default()
            };
            assert_eq!(examine(&sightings, &settings), []);
        }
        // A gap makes no such word of a plate.
        let gapped = read(line("晋D12_45", "A", 0).as_bytes()).unwrap();
        assert_eq!(gapped[0].plate.as_deref(), Some("晋D12_45"));
    }

    #[test]
    fn findings_come_as_lines_with_sentences_and_as_a_table() {
        let text = "\
            {\"plate\":\"晋D12345\",\"site\":\"A\",\"at\":\"2026-11-24T08:00:00Z\",\"reads\":2}\n\n\
            {\"plate\":\"晋D12345\",\"site\":\"B\",\"at\":\"2026-11-24T08:05:00Z\",\"reads\":2}\n";
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sightings.jsonl");
        std::fs::write(&file, text).unwrap();
        let arguments = |file: PathBuf| Arguments {
            file,
            travel: vec![travel("A,B,3600").unwrap()],
            route: Vec::new(),
            from: 500,
            json: true,
        };
        let mut output = Vec::new();
        run(&arguments(file.clone()), &mut output).unwrap();
        let lines = String::from_utf8(output).unwrap();
        let line: serde_json::Value = serde_json::from_str(lines.trim()).unwrap();
        assert_eq!(line["kind"], "plate_cloned");
        assert_eq!(
            (&line["index"], &line["other_index"]),
            (&1.into(), &0.into())
        );
        assert_eq!(line["dismissed"], false);
        assert!(line["zh"].as_str().unwrap().contains("套用"));
        let found = examine(
            &read(text.as_bytes()).unwrap(),
            &SightingSettings {
                travels: vec![travel("A,B,3600").unwrap()],
                ..SightingSettings::default()
            },
        );
        let mut shown = Vec::new();
        table(&found, 2, &mut shown).unwrap();
        let shown = String::from_utf8(shown).unwrap();
        assert!(shown.contains("套牌 plate_cloned"), "{shown}");
        assert!(shown.ends_with("2 sightings, 1 findings\n"), "{shown}");

        let mut unknown = arguments(file);
        unknown.route = vec![route("A,S,C").unwrap()];
        let error = run(&unknown, &mut Vec::new()).unwrap_err();
        assert!(error.to_string().contains("--travel A,C"), "{error}");
        std::fs::write(folder.path().join("wrong"), "{}").unwrap();
        let error = run(&arguments(folder.path().join("wrong")), &mut Vec::new()).unwrap_err();
        assert!(error.to_string().contains("line 1"), "{error}");
    }
}
