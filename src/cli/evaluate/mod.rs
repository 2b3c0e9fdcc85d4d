//! `steelyard evaluate`: what the lane logic makes of simulated traffic, measured against its truth.

mod folder;
mod table;

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use serde::de::DeserializeOwned;

use crate::simulator::evaluation::{Passage, Vehicle, evaluate};
use crate::units::Micros;

/// Arguments of `evaluate`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// 真值：`truth.jsonl` 或其目录 / ground truth: `truth.jsonl`, or the folder that holds it
    truth: PathBuf,
    /// 结果：`simulate` 的目录（在此重算），或 `replay --json` 的输出（`-` 为标准输入）/ the result: a folder
    /// of `simulate`, whose bytes go through the lane logic here, or what `replay --json` printed (`-`:
    /// standard input)
    result: PathBuf,
    /// 站点配置，代替目录中的 station.toml / a configuration instead of the folder's station.toml
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// 基线方法的时间窗（毫秒）；缺省同配置 / window of the baselines, ms; left out: the configuration's, or 1500
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(i64).range(0..=60_000))]
    window_ms: Option<i64>,
    /// 输出一个 JSON 对象 / print one JSON object
    #[arg(long)]
    json: bool,
}

/// Window of the baselines where no configuration says one.
const WINDOW: Micros = Micros::from_millis(1_500);

/// Runs the subcommand.
///
/// # Errors
/// When a file can't be read or says nothing that can be joined.
pub fn run(arguments: &Arguments, mut output: impl Write) -> anyhow::Result<()> {
    let truth = if arguments.truth.is_dir() {
        arguments.truth.join("truth.jsonl")
    } else {
        arguments.truth.clone()
    };
    let vehicles: Vec<Vehicle> = json_lines(open(&truth)?, &truth)?;
    ensure!(
        vehicles.iter().any(|vehicle| !vehicle.records.is_empty()),
        "{}: 真值中没有记录的字节位置；请用 simulate --out 生成 / truth does not say where the records' bytes \
         stand; make it with simulate --out",
        truth.display()
    );
    let (passages, window) = if arguments.result.is_dir() {
        let config = arguments.config.clone();
        let config = config.unwrap_or_else(|| arguments.result.join(folder::CONFIGURATION));
        folder::passages(&arguments.result, &config)?
    } else {
        ensure!(
            arguments.config.is_none(),
            "--config 仅用于目录 / --config goes with a folder only: the lines of {} are passages already",
            arguments.result.display()
        );
        let passages: Vec<Passage> = json_lines(open(&arguments.result)?, &arguments.result)?;
        (passages, WINDOW)
    };
    let window = arguments.window_ms.map_or(window, Micros::from_millis);
    let evaluation = evaluate(&vehicles, &passages, window);
    if arguments.json {
        writeln!(output, "{}", table::json(&evaluation))?;
    } else {
        output.write_all(table::text(&evaluation).as_bytes())?;
    }
    Ok(())
}

fn open(path: &Path) -> anyhow::Result<Box<dyn BufRead>> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(std::io::stdin().lock()));
    }
    let file =
        File::open(path).with_context(|| format!("无法读取 / cannot read {}", path.display()))?;
    Ok(Box::new(BufReader::new(file)))
}

fn json_lines<T: DeserializeOwned>(input: impl BufRead, path: &Path) -> anyhow::Result<Vec<T>> {
    let mut values = Vec::new();
    for (number, line) in (1..).zip(input.lines()) {
        let at = || format!("{}:{number}", path.display());
        let line = line.with_context(at)?;
        if !line.trim().is_empty() {
            values.push(serde_json::from_str(&line).with_context(at)?);
        }
    }
    Ok(values)
}

#[cfg(test)]
mod tests;
