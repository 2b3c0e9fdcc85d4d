//! `steelyard replay`: passages and verdicts computed again from recorded bytes.
//!
//! From a station's data folder (`replay DIR`) all ports go through the pipeline together, with the
//! moments of their receipt, and `--check` compares the outcome with what was stored. From a
//! single device file (`replay --protocol NAME FILE`) there are no moments of receipt: the device's
//! own times stand alone, and clocks are not compared.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::PathBuf;

use anyhow::{Context, bail};
use chrono::NaiveDate;
use firmware_protocols::{Event, Reject, registry};

use crate::lane::{Output, Pipeline, PortRole, PortSettings, Settings};
use crate::law::LawTables;
use crate::station::judge;
use crate::units::Micros;

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
}

/// What a replay went through.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Summary {
    /// Passages.
    pub passages: u64,
    /// Records that came again, byte for byte.
    pub duplicates: u64,
    /// Rejects by reason.
    pub rejects: BTreeMap<&'static str, u64>,
    /// Passages by verdict class, or by outcome where there is none.
    pub verdicts: BTreeMap<String, u64>,
    /// With `--check`: passages that differ from what was stored, or are missing there.
    pub differences: u64,
}

/// Replays one device file.
///
/// # Errors
/// When the protocol or a setting is unknown, or input or output fails.
pub fn device_file(
    protocol: &str,
    settings: &[String],
    mut input: impl Read,
    tables: &LawTables,
    law_day: Option<NaiveDate>,
    mut passage: impl FnMut(serde_json::Value) -> anyhow::Result<()>,
) -> anyhow::Result<Summary> {
    const CHUNK: usize = 64 << 10;
    let decoder = super::decode::decoder(protocol, settings)?;
    let mut pipeline = Pipeline::new(file_settings(protocol));
    pipeline.add_port(PORT, decoder, 0);
    let mut summary = Summary::default();
    let mut buffer = vec![0; CHUNK];
    let mut moment = 0;
    loop {
        let count = input.read(&mut buffer).context("reading the device file")?;
        moment += 1;
        let now = Micros::from_millis(moment);
        let chunk = buffer.get(..count).unwrap_or_default();
        let inputs = pipeline.receive(PORT, now, chunk);
        for event in inputs.iter().map(|input| &input.event) {
            if let Event::Rejected(reason) = event {
                *summary.rejects.entry(Reject::name(*reason)).or_default() += 1;
            }
        }
        while let Some(output) = pipeline.poll_output() {
            match output {
                Output::Weighed(weighing) => {
                    let verdict = judge::judge(tables, &weighing, &weighing.axles, None, law_day);
                    summary.count(&verdict);
                    passage(judge::replay_line(&weighing, &verdict)?)?;
                }
                Output::Repeated { .. } => summary.duplicates += 1,
                _ => {}
            }
        }
        if count == 0 {
            return Ok(summary);
        }
    }
}

impl Summary {
    fn count(&mut self, verdict: &crate::law::Verdict) {
        self.passages += 1;
        let outcome = || serde_json::to_value(verdict.outcome).ok()?.as_str().map(str::to_owned);
        let name = judge::class_name(verdict).or_else(outcome).unwrap_or_default();
        *self.verdicts.entry(name).or_default() += 1;
    }
}

const PORT: &str = "file";

fn file_settings(protocol: &str) -> Settings {
    let role = match registry::find(protocol).map(|protocol| protocol.kind) {
        Ok(registry::Kind::Scale) => PortRole::Platform,
        Ok(registry::Kind::PlateCamera) => PortRole::Plate,
        Ok(registry::Kind::PictureCamera) => PortRole::Picture,
        _ => PortRole::Wim,
    };
    let mut settings = Settings::new("file");
    settings.clock_tolerance = None;
    // Every record of the file is remembered, so that a repetition is found however far apart.
    settings.memory = Micros::new(i64::MAX);
    let port = PortSettings {
        role,
        lane: None,
        protocol: protocol.to_owned(),
        utc_offset: Micros::from_seconds(8 * 3_600),
        unit: None,
        view: String::new(),
        camera_delay: Micros::ZERO,
    };
    settings.ports.insert(PORT.to_owned(), port);
    settings
}

/// Runs the subcommand.
///
/// # Errors
/// On wrong use, unreadable input, or differences found by `--check`.
pub fn run(arguments: &Arguments, mut output: impl Write) -> anyhow::Result<()> {
    let tables = LawTables::embedded();
    let Some(protocol) = &arguments.protocol else {
        bail!("TODO data folder");
    };
    let input: Box<dyn Read> = if arguments.path.as_os_str() == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        let file = std::fs::File::open(&arguments.path)
            .with_context(|| format!("无法读取 / cannot read {}", arguments.path.display()))?;
        Box::new(file)
    };
    let print = |line: serde_json::Value| {
        if arguments.json {
            writeln!(output, "{line}")?;
        } else {
            writeln!(output, "{}", readable(&line))?;
        }
        Ok(())
    };
    let summary =
        device_file(protocol, &arguments.settings, input, &tables, arguments.law_day, print)?;
    eprintln!("{}", serde_json::to_string(&summary)?);
    Ok(())
}

/// A passage in one line for a person.
fn readable(line: &serde_json::Value) -> String {
    let text = |pointer: &str| match line.pointer(pointer) {
        None | Some(serde_json::Value::Null) => "-".to_owned(),
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    };
    let axles = line.pointer("/axles").and_then(|axles| axles.as_array()).map_or(0, Vec::len);
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
