//! `steelyard simulate`: traffic with ground truth, as the byte streams of a station's devices.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::config::{Config, Lane, Port, Station};
use crate::lane::PortRole;
use crate::law::ScaleUse;
use crate::passage::TravelDirection;
use crate::simulator::Settings;
use crate::simulator::emission::WimProtocol;
use crate::simulator::feed::{Extent, Request};
use crate::simulator::files::{self, Summary};
use crate::simulator::ports::{CAMERA_PROTOCOL, SCALE_PROTOCOL, ports};
use crate::units::Micros;

/// Which traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Preset {
    /// 公布的货车统计 / freight traffic as published figures have it
    Statistics,
    /// 演示站：每车道 3-6 秒一辆 / the demo's station: a truck every 3 to 6 s in each lane
    Demo,
}

/// What the controllers speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum Wim {
    /// 开放车道记录 / the open lane record
    Olr,
    /// 文本车辆记录 / text vehicle records
    WimTextMon,
}

/// Arguments of `simulate`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// 输出目录 / folder for the files
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// 随机种子：同一种子同一结果 / seed: the same seed gives the same bytes
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// 车辆数 / how many vehicles (1000 when no time is given either)
    #[arg(long, value_name = "N", conflicts_with = "minutes")]
    vehicles: Option<u64>,
    /// 时长（分钟）/ how many minutes of traffic
    #[arg(long, value_name = "N")]
    minutes: Option<u32>,
    /// 车道数 / lanes
    #[arg(long, value_name = "1..4", default_value_t = 2,
        value_parser = clap::value_parser!(u16).range(1..=4))]
    lanes: u16,
    /// 车流 / which traffic
    #[arg(long, value_enum, default_value_t = Preset::Statistics)]
    preset: Preset,
    /// 每车道每小时车辆数 / vehicles per hour and lane
    #[arg(long, value_name = "N")]
    flow: Option<f64>,
    /// 超限比例，0 到 1 / share of overloaded vehicles, 0 to 1
    #[arg(long, value_name = "SHARE")]
    overloaded: Option<f64>,
    /// 动态秤协议 / protocol of the weigh-in-motion scales
    #[arg(long, value_enum, default_value_t = Wim::Olr)]
    wim: Wim,
    /// 同时输出抓拍图像 / write the picture cameras' lines, too
    #[arg(long)]
    pictures: bool,
    /// 输出一行 JSON / print one line of JSON
    #[arg(long)]
    json: bool,
}

impl Arguments {
    fn request(&self) -> anyhow::Result<Request> {
        let preset = match self.preset {
            Preset::Statistics => Settings::statistics(),
            Preset::Demo => Settings::demo(),
        };
        let flow_per_hour = self.flow.unwrap_or(preset.flow_per_hour);
        ensure!(
            flow_per_hour > 0.0 && flow_per_hour <= 3_600.0,
            "--flow {flow_per_hour}: 应在 0 到 3600 之间 / must lie above 0 and up to 3600"
        );
        let overloaded_share = self.overloaded.unwrap_or(preset.overloaded_share);
        ensure!(
            (0.0..=1.0).contains(&overloaded_share),
            "--overloaded {overloaded_share}: 应在 0 到 1 之间 / must lie between 0 and 1"
        );
        Ok(Request {
            settings: Settings {
                seed: self.seed,
                lanes: self.lanes,
                flow_per_hour,
                overloaded_share,
                ..preset
            },
            extent: match self.minutes {
                Some(minutes) => Extent::Time(Micros::from_seconds(i64::from(minutes) * 60)),
                None => Extent::Vehicles(self.vehicles.unwrap_or(1_000)),
            },
            station: "SIM001".to_owned(),
            wim: match self.wim {
                Wim::Olr => WimProtocol::Olr,
                Wim::WimTextMon => WimProtocol::WimTextMon,
            },
            pictures: self.pictures,
        })
    }
}

/// Writes the files and says what was written.
///
/// # Errors
/// When an argument is out of range or a file can't be written.
pub fn run(arguments: &Arguments, mut output: impl Write) -> anyhow::Result<()> {
    let request = arguments.request()?;
    let bar = progress_bar(request.extent);
    let summary = files::write(&arguments.out, &request, |vehicles| {
        bar.set_position(vehicles)
    })?;
    bar.finish_and_clear();
    write_configuration(&arguments.out, &request, &summary)?;
    if arguments.json {
        let line = json!({
            "vehicles": summary.vehicles,
            "seconds": summary.span.get() / 1_000_000,
            "bytes": summary.bytes,
            "out": arguments.out,
        });
        writeln!(output, "{line}")?;
        return Ok(());
    }
    writeln!(
        output,
        "{} 辆车，{} 秒 / vehicles, seconds → {}",
        summary.vehicles,
        summary.span.get() / 1_000_000,
        arguments.out.display()
    )?;
    for (port, bytes) in &summary.bytes {
        writeln!(output, "  {port:<16} {bytes:>12} B")?;
    }
    Ok(())
}

/// Writes `station.toml`: how a station would be told of these ports.
fn write_configuration(folder: &Path, request: &Request, summary: &Summary) -> anyhow::Result<()> {
    let path = folder.join("station.toml");
    let text = configuration(request, summary).effective()?;
    std::fs::write(&path, text)
        .with_context(|| format!("无法写入 / cannot write {}", path.display()))
}

fn configuration(request: &Request, summary: &Summary) -> Config {
    let mut config = Config::of_station(Station {
        code: request.station.clone(),
        name: "模拟车流".to_owned(),
        data_dir: PathBuf::from("data"),
        simulated: true,
    });
    let plans = ports(
        &request.settings,
        request.wim,
        SCALE_PROTOCOL,
        CAMERA_PROTOCOL,
    );
    for plan in plans
        .into_iter()
        .filter(|plan| summary.bytes.contains_key(&plan.name))
    {
        let is_platform = plan.role == PortRole::Platform;
        if matches!(plan.role, PortRole::Wim | PortRole::Platform) {
            config.lanes.push(Lane {
                number: plan.lane,
                name: plan.name.clone(),
                scale_use: if is_platform {
                    ScaleUse::Platform
                } else {
                    ScaleUse::OffSite
                },
                accuracy_class: None,
                scale_interval_kg: None,
                certificate: None,
                site_approved: None,
                site_published: None,
                calibrated_at: None,
            });
        }
        let device = Path::new("/dev").join(&plan.name);
        let mut port = Port::new(&plan.name, &device, plan.role, plan.protocol);
        port.lane = Some(plan.lane);
        let forward = plan.role == PortRole::Wim;
        port.normal_direction = forward.then_some(TravelDirection::Forward);
        port.unit = is_platform.then(|| "kg".to_owned());
        let settings = plan.settings.into_iter();
        port.settings = settings
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect();
        config.ports.push(port);
    }
    config
}

/// A bar on standard error; hidden where that is no terminal.
fn progress_bar(extent: Extent) -> ProgressBar {
    match extent {
        Extent::Vehicles(count) => {
            let bar = ProgressBar::new(count);
            // A template that does not parse leaves the plain bar.
            if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} {eta}") {
                bar.set_style(style);
            }
            bar
        }
        Extent::Time(_) => ProgressBar::new_spinner(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        arguments: Arguments,
    }

    fn arguments(line: &[&str]) -> Result<Arguments, clap::Error> {
        let line = ["simulate"].iter().chain(line);
        Line::try_parse_from(line).map(|line| line.arguments)
    }

    #[test]
    fn it_writes_what_it_says() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("new");
        let out_text = out.to_str().unwrap();
        let asked = [
            "--out",
            out_text,
            "--vehicles",
            "40",
            "--lanes",
            "3",
            "--json",
        ];
        let mut said = Vec::new();
        run(&arguments(&asked).unwrap(), &mut said).unwrap();
        let said: serde_json::Value = serde_json::from_slice(&said).unwrap();
        assert_eq!(said["vehicles"], 40);
        for port in ["wim-1", "wim-2", "wim-3", "plate-1", "plate-2", "plate-3"] {
            let size = std::fs::metadata(out.join(format!("{port}.bin")))
                .unwrap()
                .len();
            assert_eq!(said["bytes"][port], size);
            assert!(size > 0);
        }
        assert!(out.join("truth.jsonl").exists());
        let config = Config::load(&out.join("station.toml")).unwrap();
        assert_eq!((config.lanes.len(), config.ports.len()), (3, 6));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for wrong in [
            &["--out", "x", "--lanes", "5"][..],
            &["--out", "x", "--vehicles", "5", "--minutes", "5"],
            &["--vehicles", "5"],
            &["--out", "x", "--preset", "rush"],
        ] {
            assert!(arguments(wrong).is_err(), "{wrong:?}");
        }
        for wrong in [["--flow", "0"], ["--flow", "9999"], ["--overloaded", "1.5"]] {
            let arguments = arguments(&["--out", "x", wrong[0], wrong[1]]).unwrap();
            assert!(run(&arguments, Vec::new()).is_err(), "{wrong:?}");
        }
    }
}
