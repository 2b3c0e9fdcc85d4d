//! What damaged frames come to, for every protocol of the registry: the tables of `docs/damage.md`.
//!
//! ```text
//! cargo run --release -p firmware-protocols --example damage -- [--frames N] [--weighings N]
//!     [--seed N] [--write] [protocol ...]
//! ```
//!
//! `--frames` is for each kind of damage and group of frames, `--weighings` the vehicles for each
//! protocol without a check. `--write` writes `docs/damage.md`, for all protocols only.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement prints, and panics when it is called wrongly"
)]

#[path = "../tests/common/mod.rs"]
mod common;
#[path = "../tests/common/damage.rs"]
mod damage;

use std::fmt::Write;
use std::path::Path;
use std::process::ExitCode;

use damage::{Damage, Group, Tally, Weighings, seed};
use firmware_protocols::registry::{Check, PROTOCOLS, Protocol, find};

struct Options {
    frames: u64,
    weighings: u64,
    seed: u64,
    write: bool,
    protocols: Vec<&'static Protocol>,
}

fn options() -> Options {
    let mut options = Options {
        frames: 20_000,
        weighings: 10_000,
        seed: 1,
        write: false,
        protocols: vec![],
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut number = || -> u64 {
            let text = words.next().unwrap_or_default().replace('_', "");
            text.parse()
                .unwrap_or_else(|_| panic!("{word} needs a number"))
        };
        match word.as_str() {
            "--frames" => options.frames = number().max(1),
            "--weighings" => options.weighings = number(),
            "--seed" => options.seed = number(),
            "--write" => options.write = true,
            name => options
                .protocols
                .push(find(name).unwrap_or_else(|error| panic!("{error}"))),
        }
    }
    if options.protocols.is_empty() {
        options.protocols.extend(PROTOCOLS);
    } else {
        assert!(!options.write, "--write is for all protocols");
    }
    options
}

/// The figures of one group of frames.
struct Line {
    group: Group,
    tallies: Vec<Tally>,
    weighings: Option<Weighings>,
}

fn measure(options: &Options) -> Vec<Line> {
    let mut lines = vec![];
    for protocol in &options.protocols {
        for group in Group::all(protocol) {
            let label = group.label();
            eprintln!("{label} ...");
            let tallies = Damage::ALL
                .iter()
                .map(|damage| {
                    let mut dice = seed(options.seed, &[&label, damage.name()]);
                    Tally::of(&group, *damage, options.frames, &mut dice)
                })
                .collect();
            let mut dice = seed(options.seed, &[&label, "weighings"]);
            let weighings = (!group.checked && options.weighings > 0)
                .then(|| Weighings::of(&group, options.weighings, &mut dice))
                .flatten();
            lines.push(Line {
                group,
                tallies,
                weighings,
            });
        }
    }
    lines
}

/// A share of so many: `0`, `2.3e-4`, `0.21`.
fn share(part: u64, whole: u64) -> String {
    let share = part as f64 / whole.max(1) as f64;
    match part {
        0 => "0".to_owned(),
        _ if share < 0.01 => format!("{share:.1e}"),
        _ => format!("{share:.2}"),
    }
}

fn table(lines: &[Line], figure: impl Fn(&Tally) -> u64) -> String {
    let names: Vec<_> = Damage::ALL.iter().map(|damage| damage.name()).collect();
    let mut text = format!(
        "| frames | {} |\n|---|{}\n",
        names.join(" | "),
        "---:|".repeat(names.len())
    );
    for line in lines {
        let figures: Vec<_> = line
            .tallies
            .iter()
            .map(|tally| share(figure(tally), tally.frames))
            .collect();
        writeln!(text, "| {} | {} |", line.group.label(), figures.join(" | ")).unwrap();
    }
    text
}

fn weighing_table(lines: &[Line]) -> String {
    let mut text = "| frames | vehicles | damaged frames | wrong single readings | weighings | \
                    **wrong weighings** | frames a weighing |\n|---|---:|---:|---:|---:|---:|---:|\n"
        .to_owned();
    for line in lines {
        let Some(sum) = &line.weighings else {
            continue;
        };
        writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {:.1} |",
            line.group.label(),
            sum.vehicles,
            share(sum.damaged_frames, sum.frames),
            share(sum.wrong_readings, sum.frames),
            sum.weighings,
            sum.wrong,
            sum.frames as f64 / sum.weighings.max(1) as f64
        )
        .unwrap();
    }
    text
}

/// Checked frames that one flipped bit turned into another record: there must be none.
fn broken_checks(lines: &[Line]) -> Vec<String> {
    lines
        .iter()
        .filter(|line| line.group.checked && line.group.protocol.check != Check::None)
        .filter(|line| {
            let flipped = line.tallies[0];
            flipped.wrong_value + flipped.wrong_other > 0
        })
        .map(|line| line.group.label())
        .collect()
}

fn report(options: &Options, lines: &[Line]) -> String {
    let count: u64 = lines
        .iter()
        .flat_map(|line| &line.tallies)
        .map(|tally| tally.frames)
        .sum();
    let weighed: Vec<_> = lines.iter().filter_map(|line| line.weighings).collect();
    let vehicles: u64 = weighed.iter().map(|sum| sum.vehicles).sum();
    let wrong: u64 = weighed.iter().map(|sum| sum.wrong).sum();
    let silent: Vec<_> = options
        .protocols
        .iter()
        .filter(|protocol| {
            lines
                .iter()
                .all(|line| line.group.protocol.name != protocol.name)
        })
        .map(|protocol| format!("`{}`", protocol.name))
        .collect();
    let silent = if silent.is_empty() {
        String::new()
    } else {
        format!(
            "\n\nWithout records, so without a row: {}.",
            silent.join(", ")
        )
    };
    let unweighed: Vec<_> = lines
        .iter()
        .filter(|line| !line.group.checked && line.group.kind == "reading")
        .filter(|line| line.weighings.is_none())
        .map(|line| line.group.label())
        .collect();
    let unweighed = if unweighed.is_empty() || options.weighings == 0 {
        String::new()
    } else {
        format!(
            "\n\nWithout a row, as no specimen is a weight that could be weighed: {}.",
            unweighed.join("; ")
        )
    };
    format!(
        "# Damaged frames

Written by `cargo run --release -p firmware-protocols --example damage -- --frames {frames} --weighings {weighings} --seed {seed} --write`.
The figures depend on the decoders and on the seed, not on the machine. {protocols} protocols, {count} damaged frames: {frames} for each kind of damage and group of
frames (the same kind of record, with a check on the wire or without), of {SPECIMENS} specimens a protocol with default settings.{silent}

One frame in the middle of a stream is damaged; three good frames stand before it and three behind it, so a decoder that makes up its mind about a stream
has done so. A share of `0` means none of {frames}, which excludes shares above {bound:.0e} with 95 % certainty.

* **flipped bit**, **two flipped bits**: anywhere in the frame.
* **lost byte**, **doubled byte**: one is missing, or comes twice.
* **two frames glued**: the head of a frame directly before the next frame, or before the tail of the next frame; in half of the latter cases so that
  what is left is as long as a frame.
* **cut frame**: its head or its tail is missing, the next frame follows.
* **burst**: two to eight bytes in a row are noise.
* **1 % noise**: each byte is noise with a chance of 1 %; frames in which none is are not counted.

## Wrong value accepted

Share of damaged frames that gave a record with a weight, an axle, a plate or a picture that was not sent (a speed, where a detector reports nothing else). With a check on the wire one flipped bit must
give none; without one it is what the stability rule, a second read or a reviewer has to catch (see the evidence grades).

{values}
## Wrong other field accepted

Share that gave a record with the value that was sent, or with none, but with another field that was not sent so: stable, net, unit, tare, time, channel, out of range.

{others}
## Still accepted

Share of damaged frames that gave a record at all, right or wrong. Not 0 where the damage hits what carries no value: filler, a mark, a line end that is optional.

{accepted}
## Good frames lost

Good frames around the damaged one that gave no record, for each damaged frame.

{lost}
## Weighings without a check

A reading without a check never counts alone: the stability rule asks for at least {AGREEING} frames in a row over at least a second that agree within one division, and takes
the last one's value. Here each vehicle stands still with one true weight, the indicator sends ten frames a second, something befalls each byte with a chance of 1 %
(a flipped bit, lost, doubled, noise, a burst, the rest of the frame missing, all as often), and the line is opened somewhere within a frame. The division is one in
the last place, the strictest there is; wrong is a weighing that is more than one division off. {vehicles} vehicles, {wrong} wrong weighings.{unweighed}

{weighing}",
        frames = options.frames,
        weighings = options.weighings,
        seed = options.seed,
        protocols = options.protocols.len(),
        bound = 3.0 / options.frames as f64,
        SPECIMENS = damage::SPECIMENS,
        AGREEING = damage::AGREEING_FRAMES,
        values = table(lines, |tally| tally.wrong_value),
        others = table(lines, |tally| tally.wrong_other),
        accepted = table(lines, |tally| tally.accepted),
        lost = table(lines, |tally| tally.neighbours_lost),
        weighing = weighing_table(lines),
    )
}

fn main() -> ExitCode {
    let options = options();
    let lines = measure(&options);
    let report = report(&options, &lines);
    if options.write {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/damage.md");
        std::fs::write(&path, &report).unwrap();
    } else {
        println!("{report}");
    }
    let broken = broken_checks(&lines);
    for label in &broken {
        eprintln!("{label}: one flipped bit gave another record");
    }
    let wrong = lines
        .iter()
        .filter_map(|line| line.weighings)
        .any(|sum| sum.wrong > 0);
    if wrong {
        eprintln!("there were wrong weighings");
    }
    if broken.is_empty() && !wrong {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
