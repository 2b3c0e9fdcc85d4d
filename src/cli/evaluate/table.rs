//! An evaluation as a table for people and as JSON for programs.

use std::fmt::Write;

use serde_json::{Value, json};

use crate::simulator::evaluation::bound::upper_95;
use crate::simulator::evaluation::{Evaluation, Outcome, Tally};

/// Width of the row's name and of each column, in places of a terminal.
const NAME: usize = 56;
const COLUMN: usize = 34;

/// One row of the table: of which weighings, how many of them.
struct Row {
    name: String,
    key: &'static str,
    counts: fn(&Tally, Option<Outcome>) -> (u64, u64),
    outcome: Option<Outcome>,
    /// Whether the share's bound is of interest.
    bounded: bool,
}

fn rows() -> Vec<Row> {
    let row = |name: &str, key, counts| Row {
        name: name.to_owned(),
        key,
        counts,
        outcome: None,
        bounded: false,
    };
    let mut rows = vec![row("有车牌 / with a plate", "with_plate", |tally, _| {
        (tally.with_plate(), tally.weighings())
    })];
    for outcome in Outcome::ALL {
        let counts: fn(&Tally, Option<Outcome>) -> (u64, u64) = if outcome.has_plate() {
            |tally, outcome| (count(tally, outcome), tally.with_plate())
        } else {
            |tally, outcome| (count(tally, outcome), tally.weighings())
        };
        let indent = if outcome.has_plate() { "  " } else { "" };
        let english = outcome.name().replace('_', " ");
        rows.push(Row {
            name: format!("{indent}{} / {english}", outcome.zh()),
            key: outcome.name(),
            counts,
            outcome: Some(outcome),
            bounded: matches!(outcome, Outcome::WrongVehicle | Outcome::WrongReading),
        });
    }
    rows.push(row(
        "曾有正确识别者中有车牌 / with a plate, of those read right",
        "with_plate_of_read_right",
        |tally, _| (tally.let_through_of_these, tally.with_right_read),
    ));
    rows
}

fn count(tally: &Tally, outcome: Option<Outcome>) -> u64 {
    outcome.map_or(0, |outcome| tally.count(outcome))
}

fn share(count: u64, of: u64) -> f64 {
    count as f64 / of.max(1) as f64
}

fn tallies(evaluation: &Evaluation) -> [(&'static str, &'static str, &Tally); 3] {
    [
        (
            "association",
            "本系统 / association",
            &evaluation.association,
        ),
        (
            "nearest_in_time",
            "最近时刻 / nearest in time",
            &evaluation.nearest_in_time,
        ),
        (
            "first_in_first_out",
            "先进先出 / first in, first out",
            &evaluation.first_in_first_out,
        ),
    ]
}

/// The table.
pub fn text(evaluation: &Evaluation) -> String {
    let mut text = String::new();
    // Writing into a string does not fail.
    let _ = write_head(&mut text, evaluation);
    let _ = write_table(&mut text, evaluation);
    let _ = write_offset(&mut text, evaluation);
    text
}

fn write_head(text: &mut String, evaluation: &Evaluation) -> std::fmt::Result {
    let lines = [
        ("真值车辆 / vehicles in truth", evaluation.vehicles),
        (
            "  曾有正确识别 / read right at least once",
            evaluation.vehicles_with_right_read,
        ),
        ("  无过车 / without a passage", evaluation.vehicles_lost),
        (
            "  多次过车 / with more than one",
            evaluation.vehicles_doubled,
        ),
        ("过车 / closed passages", evaluation.passages),
        (
            "  静态磅，不计 / on a platform, not counted",
            evaluation.platform,
        ),
        (
            "  真值中没有的字节 / bytes that truth does not know",
            evaluation.unknown,
        ),
    ];
    for (name, count) in lines {
        writeln!(text, "{}{count:>12}", padded(name, NAME))?;
    }
    Ok(())
}

fn write_table(text: &mut String, evaluation: &Evaluation) -> std::fmt::Result {
    let tallies = tallies(evaluation);
    write!(text, "\n{}", padded("", NAME))?;
    for (_, head, _) in &tallies {
        write!(text, "{}", padded(head, COLUMN))?;
    }
    let name = padded("称重 / weighings", NAME);
    write!(text, "\n{name}")?;
    for (_, _, tally) in &tallies {
        let cell = format!("{:>9}", tally.weighings());
        write!(text, "{}", padded(&cell, COLUMN))?;
    }
    for row in rows() {
        write!(text, "\n{}", padded(&row.name, NAME))?;
        for (_, _, tally) in &tallies {
            let (count, of) = (row.counts)(tally, row.outcome);
            let mut cell = format!("{count:>9} {:>9.4} %", 100.0 * share(count, of));
            if row.bounded {
                write!(cell, " ≤ {:.4} %", 100.0 * upper_95(count, of))?;
            }
            write!(text, "{}", padded(&cell, COLUMN))?;
        }
    }
    let ends: Vec<&str> = text.lines().map(str::trim_end).collect();
    *text = ends.join("\n");
    writeln!(
        text,
        "\n  ≤ 95 % 单侧置信上限 / upper 95 % bound of the share (Clopper-Pearson)"
    )
}

fn write_offset(text: &mut String, evaluation: &Evaluation) -> std::fmt::Result {
    let offset = &evaluation.offset;
    writeln!(
        text,
        "\n时差（本车识别减预期时刻）/ offset error: a vehicle's own reads less the time expected of them"
    )?;
    let millis = |micros: i64| micros as f64 / 1_000.0;
    writeln!(
        text,
        "  {} 次 / reads  均值 / mean {:.1} ms  中位 / median {:.1} ms  95 % {:.1} ms  最大 / largest {:.1} ms",
        offset.reads,
        millis(offset.mean_us),
        millis(offset.median_us),
        millis(offset.percentile_95_us),
        millis(offset.largest_us)
    )
}

/// Filled up to a width in places of a terminal, of which a Chinese character takes two.
fn padded(text: &str, width: usize) -> String {
    let is_wide = |c: char| matches!(c, '\u{2E80}'..='\u{9FFF}' | '\u{FF00}'..='\u{FF60}');
    let places: usize = text.chars().map(|c| if is_wide(c) { 2 } else { 1 }).sum();
    format!("{text}{}", " ".repeat(width.saturating_sub(places)))
}

/// One object.
pub fn json(evaluation: &Evaluation) -> Value {
    let mut object = json!({
        "vehicles": evaluation.vehicles,
        "vehicles_read_right": evaluation.vehicles_with_right_read,
        "vehicles_lost": evaluation.vehicles_lost,
        "vehicles_doubled": evaluation.vehicles_doubled,
        "passages": evaluation.passages,
        "platform": evaluation.platform,
        "unknown": evaluation.unknown,
        "offset": evaluation.offset,
    });
    for (key, _, tally) in tallies(evaluation) {
        let mut column = json!({ "weighings": tally.weighings() });
        for row in rows() {
            let (count, of) = (row.counts)(tally, row.outcome);
            let mut cell = json!({ "count": count, "of": of, "share": share(count, of) });
            if row.bounded {
                cell["upper_95"] = json!(upper_95(count, of));
            }
            column[row.key] = cell;
        }
        object[key] = column;
    }
    object
}
