//! `steelyard replay`: passages and verdicts computed again from recorded bytes.
//!
//! From a station's data folder (`replay DIR`) all ports go through the pipeline together, with the
//! moments of their receipt, and `--check` compares the outcome with what was stored. From a
//! single device file (`replay --protocol NAME FILE`) there are no moments of receipt: the device's
//! own times stand alone, and clocks are not compared.

mod device_file;
mod station;

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use chrono::NaiveDate;

pub use device_file::replay as device_file;
pub use station::replay as station;

use crate::law::LawTables;
use crate::station::judge::{self, FileLaw};
use crate::units::Millimetres;

/// Arguments of `replay`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// 设备文件（`-` 为标准输入）或站点数据目录 / a device file (`-`: standard input) or a station's
    /// data folder
    path: PathBuf,
    /// 设备文件的协议 / protocol of a device file
    #[arg(long, value_name = "NAME")]
    protocol: Option<String>,
    /// 协议设置 / a setting of the protocol
    #[arg(long = "set", value_name = "KEY=VALUE")]
    settings: Vec<String>,
    /// 站点配置，用于数据目录 / the station's configuration, for a data folder
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// 每次过车一行 JSON / one JSON line per passage
    #[arg(long)]
    json: bool,
    /// 与已存记录比对 / compare with what was stored
    #[arg(long)]
    check: bool,
    /// 按此日的法规表判定，结果标为假设 / judge by the table of this day, marked hypothetical
    #[arg(long, value_name = "YYYY-MM-DD")]
    law_day: Option<NaiveDate>,
    /// 设备文件的轴距误差（毫米）；缺省为法规表的设定 / how good the spacings of a device file are, mm;
    /// left out: the table's setting
    #[arg(long, value_name = "MM", requires = "protocol",
          value_parser = clap::value_parser!(i64).range(0..=500))]
    spacing_tolerance_mm: Option<i64>,
}

/// What a replay went through.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Summary {
    /// Passages.
    pub passages: u64,
    /// Records that came again, byte for byte, and plate reads under the same name.
    pub duplicates: u64,
    /// Rejects by reason.
    pub rejects: BTreeMap<&'static str, u64>,
    /// Passages by verdict class, or by outcome where there is none.
    pub verdicts: BTreeMap<String, u64>,
    /// With `--check`: passages that differ from what was stored, or are missing there.
    pub differences: u64,
}

impl Summary {
    fn count(&mut self, verdict: &crate::law::Verdict) {
        self.passages += 1;
        let outcome = || {
            serde_json::to_value(verdict.outcome)
                .ok()?
                .as_str()
                .map(str::to_owned)
        };
        let name = judge::class_name(verdict)
            .or_else(outcome)
            .unwrap_or_default();
        *self.verdicts.entry(name).or_default() += 1;
    }
}

/// Runs the subcommand.
///
/// # Errors
/// On wrong use, unreadable input, or differences found by `--check`.
pub fn run(arguments: &Arguments, mut output: impl Write) -> anyhow::Result<()> {
    let print = |line: serde_json::Value| {
        let line = if arguments.json {
            line.to_string()
        } else {
            readable(&line)
        };
        writeln!(output, "{line}").context("writing")
    };
    let summary = match &arguments.protocol {
        Some(protocol) => {
            let tables = LawTables::embedded()?;
            let input = open(&arguments.path)?;
            let law = FileLaw {
                tables: &tables,
                law_day: arguments.law_day,
                spacing_tolerance_mm: arguments.spacing_tolerance_mm.map(Millimetres::new),
            };
            device_file(protocol, &arguments.settings, input, &law, print)?
        }
        None => {
            let station = station::Station {
                folder: &arguments.path,
                config: arguments.config.as_deref(),
                law_day: arguments.law_day,
                check: arguments.check,
            };
            tokio::runtime::Runtime::new()?.block_on(station::replay(&station, print))?
        }
    };
    eprintln!("{}", serde_json::to_string(&summary)?);
    if summary.differences > 0 {
        bail!(
            "{} 条过车与已存记录不一致 / passages differ from what was stored",
            summary.differences
        );
    }
    Ok(())
}

fn open(path: &Path) -> anyhow::Result<Box<dyn Read>> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(std::io::stdin().lock()));
    }
    let file = std::fs::File::open(path)
        .with_context(|| format!("无法读取 / cannot read {}", path.display()))?;
    Ok(Box::new(file))
}

/// A passage in one line for a person.
fn readable(line: &serde_json::Value) -> String {
    let text = |pointer: &str| match line.pointer(pointer) {
        None | Some(serde_json::Value::Null) => "-".to_owned(),
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    };
    let axles = line
        .pointer("/axles")
        .and_then(|axles| axles.as_array())
        .map_or(0, Vec::len);
    let verdict = match line.pointer("/verdict/class") {
        Some(serde_json::Value::String(class)) => class.clone(),
        _ => text("/verdict/outcome"),
    };
    format!(
        "{}  车道 {}  {axles} 轴  {} kg  限 {} kg  超 {} kg  {verdict}",
        text("/time"),
        text("/lane"),
        text("/gross_kg"),
        text("/verdict/limit_kg"),
        text("/verdict/overage_kg"),
    )
}
