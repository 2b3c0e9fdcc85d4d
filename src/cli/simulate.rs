//! `steelyard simulate`: traffic with ground truth, as the byte streams of a station's devices.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::config::{Config, HostClock, Lane, Port, Station};
use crate::lane::PortRole;
use crate::law::ScaleUse;
use crate::passage::{EvasionKind, TravelDirection};
use crate::simulator::Settings;
use crate::simulator::emission::WimProtocol;
use crate::simulator::feed::{Extent, Request};
use crate::simulator::files::{self, Summary};
use crate::simulator::ports::{CAMERA_PROTOCOL, SCALE_PROTOCOL, ports};
use crate::simulator::settings::{
    CameraSettings, ClockSettings, ControllerSettings, DefectShares, EvasionShares, Fault,
    RearCamera, Scenario,
};
use crate::units::Micros;

mod fault;

use fault::fault;

/// Which traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Preset {
    /// 公布的货车统计，只有货车，设备良好 / freight traffic as published figures have it, devices in order
    Statistics,
    /// 演示站：每车道 3-6 秒一辆 / the demo's station: a truck every 3 to 6 s in each lane
    Demo,
}

/// Which road.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Road {
    /// 自由流，每车道每小时 600 辆，小客车占 65 % / free flow, 600 an hour and lane, 65 % cars
    Free,
    /// 密集流，每车道每小时 1350 辆，小客车占 75 % / dense, 1350 an hour and lane, 75 % cars
    Dense,
    /// 拥堵，走走停停，小客车占 70 % / a jam, stop and go, 70 % cars
    Jam,
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
    /// 车道数，编号从左起 / lanes, numbered from the left
    #[arg(long, value_name = "1..4", default_value_t = 2,
        value_parser = clap::value_parser!(u16).range(1..=4))]
    lanes: u16,
    /// 车流 / which traffic
    #[arg(long, value_enum, default_value_t = Preset::Statistics, conflicts_with = "scenario")]
    preset: Preset,
    /// 真实道路：小客车、前后相机、时钟漂移 / a real road: cars, front and rear cameras, clocks that drift
    #[arg(long, value_enum)]
    scenario: Option<Road>,
    /// 每车道每小时车辆数 / vehicles per hour and lane
    #[arg(long, value_name = "N")]
    flow: Option<f64>,
    /// 流量随一天中的时辰变化 / the flow follows the hours of the day
    #[arg(long)]
    daily_profile: bool,
    /// 小客车比例，0 到 1 / share of cars, 0 to 1: read by cameras, not weighed
    #[arg(long, value_name = "SHARE")]
    cars: Option<f64>,
    /// 超限比例，0 到 1 / share of overloaded trucks, 0 to 1
    #[arg(long, value_name = "SHARE")]
    overloaded: Option<f64>,
    /// 各种逃避方式各占货车的比例 / share of the trucks that evades, for each way of evading
    #[arg(long, value_name = "SHARE")]
    evasion: Option<f64>,
    /// 某一种逃避方式的比例，如 straddling=0.02 / share of one way of evading, such as straddling=0.02
    #[arg(long, value_name = "KIND=SHARE", value_parser = kind_and_share)]
    evade: Vec<(EvasionKind, f64)>,
    /// 控制器自报逃避标志 / controllers set their flags of evasion
    #[arg(long)]
    controller_flags: bool,
    /// 后向相机 / rear cameras (with a scenario they are there unless this says false)
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true")]
    rear_camera: Option<bool>,
    /// 相机读不出的比例 / share of plates that a camera sees and can't read
    #[arg(long, value_name = "SHARE")]
    unread: Option<f64>,
    /// 相机误读的比例 / share of plates that a camera misreads
    #[arg(long, value_name = "SHARE")]
    misread: Option<f64>,
    /// 时钟漂移上限，百万分之一 / clocks gain or lose up to so many parts per million
    #[arg(long, value_name = "PPM")]
    drift_ppm: Option<f64>,
    /// 开始时时钟偏差上限（毫秒）/ at the start clocks are off by up to so many milliseconds
    #[arg(long, value_name = "MS")]
    clock_offset_ms: Option<u32>,
    /// 相机时钟每天跳变次数，每次 0.3-10 秒 / a camera's clock jumps so often a day, by 0.3 to 10 s
    #[arg(long, value_name = "N")]
    clock_steps: Option<f64>,
    /// 每种随机记录错误的比例 / share of each random fault of records: missed, split, number used again,
    /// impossible speed, bounce taken for an axle, digits swapped
    #[arg(long, value_name = "SHARE")]
    record_faults: Option<f64>,
    /// 设备故障，如 bias_drift,lane=1,after=60,size=2 / a device at fault: bias_drift and
    /// left_side_fades (size: per cent a day), noisy_axles (size: deviation), scale_dead, zero_capture,
    /// counter_lost, two_clocks (size: seconds), camera_dead, camera_fades (size: hundredths a day;
    /// view=rear), platform_frozen; after and for in minutes
    #[arg(long, value_name = "FAULT", value_parser = fault)]
    fault: Vec<Fault>,
    /// 输出沿途其他点位的过车记录 / write the sightings of other sites along the road
    #[arg(long)]
    sightings: bool,
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

/// `straddling=0.02`
fn kind_and_share(text: &str) -> Result<(EvasionKind, f64), String> {
    let known = || EvasionKind::ALL.map(EvasionKind::name).join(", ");
    let (name, share) = text.split_once('=').ok_or("应为 KIND=SHARE")?;
    let kind = EvasionKind::ALL
        .into_iter()
        .find(|kind| kind.name() == name)
        .ok_or_else(|| format!("未知方式 / one of {}", known()))?;
    let share: f64 = share.parse().map_err(|error| format!("{share}: {error}"))?;
    if (0.0..=1.0).contains(&share) {
        Ok((kind, share))
    } else {
        Err(format!(
            "{share}: 应在 0 到 1 之间 / must lie between 0 and 1"
        ))
    }
}

fn share(name: &str, given: Option<f64>, otherwise: f64) -> anyhow::Result<f64> {
    let share = given.unwrap_or(otherwise);
    ensure!(
        (0.0..=1.0).contains(&share),
        "{name} {share}: 应在 0 到 1 之间 / must lie between 0 and 1"
    );
    Ok(share)
}

impl Arguments {
    fn request(&self) -> anyhow::Result<Request> {
        let extent = match self.minutes {
            Some(minutes) => Extent::Time(Micros::from_seconds(i64::from(minutes) * 60)),
            None => Extent::Vehicles(self.vehicles.unwrap_or(1_000)),
        };
        Ok(Request {
            wim: match self.wim {
                Wim::Olr => WimProtocol::Olr,
                Wim::WimTextMon => WimProtocol::WimTextMon,
            },
            pictures: self.pictures,
            ..Request::new(self.settings()?, extent)
        })
    }

    fn settings(&self) -> anyhow::Result<Settings> {
        let preset = match (self.scenario, self.preset) {
            (Some(Road::Free), _) => Scenario::Free.settings(),
            (Some(Road::Dense), _) => Scenario::Dense.settings(),
            (Some(Road::Jam), _) => Scenario::Jam.settings(),
            (None, Preset::Statistics) => Settings::statistics(),
            (None, Preset::Demo) => Settings::demo(),
        };
        let flow_per_hour = self.flow.unwrap_or(preset.flow_per_hour);
        ensure!(
            flow_per_hour > 0.0 && flow_per_hour <= 3_600.0,
            "--flow {flow_per_hour}: 应在 0 到 3600 之间 / must lie above 0 and up to 3600"
        );
        let lanes = self.lanes;
        for fault in &self.fault {
            ensure!(
                (1..=lanes).contains(&fault.lane),
                "--fault: 没有车道 {} / there is no such lane",
                fault.lane
            );
        }
        let each = share("--evasion", self.evasion, 0.0)?;
        let evasion = self
            .evade
            .iter()
            .fold(EvasionShares::each(each), |shares, (kind, share)| {
                shares.with(*kind, *share)
            });
        let all: f64 = evasion.iter().map(|(_, share)| share).sum();
        ensure!(
            all <= 1.0,
            "--evasion: 各种方式合计 {all} 超过 1 / all ways together are more than 1"
        );
        Ok(Settings {
            seed: self.seed,
            lanes,
            flow_per_hour,
            daily_profile: self.daily_profile,
            car_share: share("--cars", self.cars, preset.car_share)?,
            overloaded_share: share("--overloaded", self.overloaded, preset.overloaded_share)?,
            evasion,
            controllers: ControllerSettings {
                flag_evasion: self.controller_flags,
                ..preset.controllers
            },
            cameras: self.cameras(preset.cameras),
            clocks: self.clocks(preset.clocks)?,
            defects: self.defects(preset.defects)?,
            faults: self.fault.clone(),
            sightings: self.sightings,
            ..preset
        })
    }

    fn cameras(&self, preset: CameraSettings) -> CameraSettings {
        let usual = RearCamera {
            distance_mm: preset.distance_mm,
        };
        CameraSettings {
            rear: match self.rear_camera {
                None => preset.rear,
                Some(false) => None,
                Some(true) => Some(preset.rear.unwrap_or(usual)),
            },
            ..preset
        }
    }

    fn clocks(&self, preset: ClockSettings) -> anyhow::Result<ClockSettings> {
        let drift_ppm = self.drift_ppm.unwrap_or(preset.drift_ppm);
        ensure!(
            (0.0..=10_000.0).contains(&drift_ppm),
            "--drift-ppm {drift_ppm}: 应在 0 到 10000 之间 / must lie between 0 and 10000"
        );
        let steps_a_day = self.clock_steps.unwrap_or(preset.steps_a_day);
        ensure!(
            (0.0..=10_000.0).contains(&steps_a_day),
            "--clock-steps {steps_a_day}: 应在 0 到 10000 之间 / must lie between 0 and 10000"
        );
        let offset = self.clock_offset_ms.map(i64::from).map(Micros::from_millis);
        Ok(ClockSettings {
            drift_ppm,
            steps_a_day,
            start_offset: offset.unwrap_or(preset.start_offset),
            ..preset
        })
    }

    fn defects(&self, preset: DefectShares) -> anyhow::Result<DefectShares> {
        let mut defects = DefectShares {
            unread_plate: share("--unread", self.unread, preset.unread_plate)?,
            misread_plate: share("--misread", self.misread, preset.misread_plate)?,
            ..preset
        };
        if self.record_faults.is_some() {
            let each = share("--record-faults", self.record_faults, 0.0)?;
            defects = DefectShares {
                missed_record: each,
                split_record: each,
                reused_sequence: each,
                impossible_speed: each,
                spacing_artefact: each,
                digit_swap: each,
                ..defects
            };
        }
        Ok(defects)
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
    config.host_clock = HostClock::not_asked();
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
                references: BTreeMap::new(),
            });
        }
        let device = Path::new("/dev").join(&plan.name);
        let mut port = Port::new(&plan.name, &device, plan.role, plan.protocol);
        port.lane = Some(plan.lane);
        let forward = plan.role == PortRole::Wim;
        port.normal_direction = forward.then_some(TravelDirection::Forward);
        port.unit = is_platform.then(|| "kg".to_owned());
        port.view = plan.view.name().to_owned();
        port.distance_mm = i32::try_from(plan.distance_mm.get()).unwrap_or(i32::MAX);
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
    use crate::lane::evasion::sightings::Sighting;
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
            &["--out", "x", "--preset", "demo", "--scenario", "jam"],
            &["--out", "x", "--evade", "flying=0.1"],
            &["--out", "x", "--evade", "straddling=2"],
            &["--out", "x", "--fault", "earthquake,lane=1"],
        ] {
            assert!(arguments(wrong).is_err(), "{wrong:?}");
        }
        for wrong in [
            ["--flow", "0"],
            ["--flow", "9999"],
            ["--overloaded", "1.5"],
            ["--cars", "-1"],
            ["--evasion", "0.2"],
            ["--drift-ppm", "-3"],
            ["--fault", "scale_dead,lane=9"],
        ] {
            let joined = wrong.join("=");
            let arguments = arguments(&["--out", "x", joined.as_str()]).unwrap();
            assert!(run(&arguments, Vec::new()).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_real_road_is_written_with_all_that_truth_knows() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().to_str().unwrap();
        let asked = [
            "--out",
            out,
            "--scenario",
            "free",
            "--vehicles",
            "1500",
            "--lanes",
            "3",
            "--evasion",
            "0.02",
            "--sightings",
            "--record-faults",
            "0.01",
            "--clock-steps",
            "48",
            "--fault",
            "zero_capture,lane=2,after=5,for=10",
        ];
        run(&arguments(&asked).unwrap(), Vec::new()).unwrap();
        let lines = |name: &str| -> Vec<serde_json::Value> {
            let text = std::fs::read_to_string(folder.path().join(name)).unwrap();
            text.lines()
                .map(|line| serde_json::from_str(line).unwrap())
                .collect()
        };
        let truth = lines("truth.jsonl");
        assert_eq!(truth.len(), 1_500);
        assert!(truth.iter().any(|line| line["weighed"] == false));
        assert!(truth.iter().any(|line| line["evasion"] != json!([])));
        let shared = truth
            .iter()
            .filter(|line| line["evasion"] == json!(["merged_record"]));
        let spans: Vec<String> = shared.map(|line| line["records"].to_string()).collect();
        let twice = |span: &&String| spans.iter().filter(|other| other == span).count() == 2;
        assert!(
            !spans.is_empty() && spans.iter().all(|span| twice(&span)),
            "{spans:?}"
        );
        let register = lines("register.jsonl");
        let registered = |plate: &serde_json::Value, colour: &serde_json::Value| {
            let mut entries = register.iter();
            entries.any(|entry| entry["plate"] == *plate && entry["colour"] == *colour)
        };
        assert!(
            truth
                .iter()
                .all(|line| registered(&line["plate"], &line["colour"]))
        );
        let sightings = lines("sightings.jsonl");
        assert!(sightings.len() > 3_000);
        assert!(sightings.is_sorted_by_key(|line| line["at"].as_str().map(str::to_owned)));
        // They are what `steelyard sightings` reads.
        for line in sightings {
            serde_json::from_value::<Sighting>(line).unwrap();
        }
        assert_eq!(lines("sites.jsonl").len(), 5);
        let faults = lines("faults.jsonl");
        assert!(
            faults
                .iter()
                .any(|line| line["fault"] == "zero_capture" && line["port"] == "wim-2")
        );
        assert!(faults.iter().any(|line| line["fault"] == "clock_step"));
        let config = Config::load(&folder.path().join("station.toml")).unwrap();
        assert_eq!((config.lanes.len(), config.ports.len()), (3, 9));
        let rear = config
            .ports
            .iter()
            .find(|port| port.name == "rear-1")
            .unwrap();
        assert_eq!((rear.view.as_str(), rear.distance_mm), ("rear", 5_000));
    }
}
