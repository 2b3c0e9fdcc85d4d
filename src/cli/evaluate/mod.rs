//! `steelyard evaluate`: what the lane logic makes of simulated traffic, measured against its truth.

mod folder;
mod object;
mod simulated;
mod table;

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use serde::de::DeserializeOwned;

use crate::simulator::evaluation::simulated::SHARE;
use crate::simulator::evaluation::{Evaluation, Evaluator, Passage, Rules, Vehicle};
use crate::units::Micros;

/// Arguments of `evaluate`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// 真值：`truth.jsonl` 或其目录 / ground truth: `truth.jsonl`, or the folder that holds it
    #[arg(required_unless_present = "simulated", conflicts_with = "simulated")]
    truth: Option<PathBuf>,
    /// 结果：`simulate` 的目录（在此重算），或 `replay --json` 的输出（`-` 为标准输入）/ the result: a folder
    /// of `simulate`, whose bytes go through the lane logic here, or what `replay --json` printed (`-`:
    /// standard input)
    #[arg(required_unless_present = "simulated", conflicts_with = "simulated")]
    result: Option<PathBuf>,
    /// 站点配置，代替目录中的 station.toml / a configuration instead of the folder's station.toml
    #[arg(long, value_name = "FILE", conflicts_with = "simulated")]
    config: Option<PathBuf>,
    /// 基线方法的时间窗（毫秒）；缺省同配置 / window of the baselines, ms; left out: the configuration's, or 1500
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(i64).range(0..=60_000),
          conflicts_with = "simulated")]
    window_ms: Option<i64>,
    #[command(flatten)]
    simulated: simulated::Arguments,
    /// 输出一个 JSON 对象 / print one JSON object
    #[arg(long)]
    json: bool,
}

/// Window of the baselines where no configuration says one.
const WINDOW: Micros = Micros::from_millis(1_500);

/// Truth is read so far ahead of the result.
const AHEAD: Micros = Micros::from_seconds(1_200);

/// Runs the subcommand.
///
/// # Errors
/// When a file can't be read or says nothing that can be joined.
pub fn run(arguments: &Arguments, mut output: impl Write) -> anyhow::Result<()> {
    let evaluation = match (&arguments.truth, &arguments.result) {
        (Some(truth), Some(result)) => compared(arguments, truth, result)?,
        _ => arguments.simulated.count(SHARE)?,
    };
    if arguments.json {
        writeln!(output, "{}", object::json(&evaluation))?;
    } else {
        output.write_all(table::text(&evaluation).as_bytes())?;
    }
    Ok(())
}

/// Truth and result from files.
fn compared(arguments: &Arguments, truth: &Path, result: &Path) -> anyhow::Result<Evaluation> {
    let truth = if truth.is_dir() {
        truth.join("truth.jsonl")
    } else {
        truth.to_owned()
    };
    let window = arguments.window_ms.map(Micros::from_millis);
    if result.is_dir() {
        let config = arguments.config.clone();
        let config = config.unwrap_or_else(|| result.join(folder::CONFIGURATION));
        // Truth first: it is what a folder of another kind lacks.
        let vehicles = open(&truth)?;
        let folder = folder::Folder::open(result, &config)?;
        let window = window.unwrap_or_else(|| folder.window());
        let mut joined = Joined::new(vehicles, truth, window);
        folder.run(|passage| joined.take(passage))?;
        return joined.finish();
    }
    ensure!(
        arguments.config.is_none(),
        "--config 仅用于目录 / --config goes with a folder only: the lines of {} are passages already",
        result.display()
    );
    let mut joined = Joined::new(open(&truth)?, truth, window.unwrap_or(WINDOW));
    let mut passages = JsonLines::new(open(result)?, result.to_owned());
    while let Some(passage) = passages.next::<Passage>()? {
        joined.take(passage)?;
    }
    joined.finish()
}

/// Truth read beside the result.
struct Joined {
    truth: JsonLines,
    evaluator: Evaluator,
    told_until: Micros,
    has_places: bool,
}

impl Joined {
    fn new(truth: Box<dyn BufRead>, path: PathBuf, window: Micros) -> Self {
        let rules = Rules {
            window,
            ..Rules::default()
        };
        Self {
            truth: JsonLines::new(truth, path),
            evaluator: Evaluator::new(rules),
            told_until: Micros::new(i64::MIN),
            has_places: false,
        }
    }

    fn take(&mut self, passage: Passage) -> anyhow::Result<()> {
        let now = passage.closed_us.unwrap_or(passage.crossed_us);
        self.evaluator.passage(passage);
        self.tell(now.saturating_add(AHEAD))?;
        self.evaluator.advance(now);
        Ok(())
    }

    /// Reads the truth of the vehicles that passed before this moment.
    fn tell(&mut self, until: Micros) -> anyhow::Result<()> {
        while self.told_until < until {
            let Some(vehicle) = self.truth.next::<Vehicle>()? else {
                self.told_until = Micros::new(i64::MAX);
                return Ok(());
            };
            self.told_until = vehicle.first_axle_us.max(self.told_until);
            self.has_places |= !vehicle.records.is_empty();
            self.evaluator.vehicle(vehicle);
        }
        Ok(())
    }

    fn finish(mut self) -> anyhow::Result<Evaluation> {
        self.tell(Micros::new(i64::MAX))?;
        ensure!(
            self.has_places,
            "{}: 真值中没有记录的字节位置；请用 simulate --out 生成 / truth does not say where the records' \
             bytes stand; make it with simulate --out",
            self.truth.path.display()
        );
        Ok(self.evaluator.finish())
    }
}

fn open(path: &Path) -> anyhow::Result<Box<dyn BufRead>> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(std::io::stdin().lock()));
    }
    let file =
        File::open(path).with_context(|| format!("无法读取 / cannot read {}", path.display()))?;
    Ok(Box::new(BufReader::new(file)))
}

/// A file of JSON values, one a line.
struct JsonLines {
    input: Box<dyn BufRead>,
    path: PathBuf,
    number: u64,
}

impl JsonLines {
    fn new(input: Box<dyn BufRead>, path: PathBuf) -> Self {
        Self {
            input,
            path,
            number: 0,
        }
    }

    fn next<T: DeserializeOwned>(&mut self) -> anyhow::Result<Option<T>> {
        let mut line = String::new();
        loop {
            line.clear();
            self.number += 1;
            let at = || format!("{}:{}", self.path.display(), self.number);
            if self.input.read_line(&mut line).with_context(at)? == 0 {
                return Ok(None);
            }
            if !line.trim().is_empty() {
                return Ok(Some(serde_json::from_str(&line).with_context(at)?));
            }
        }
    }
}

#[cfg(test)]
mod tests;
