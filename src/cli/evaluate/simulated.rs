//! Roads that stand in no file: simulated, weighed and counted in one process.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::ensure;
use indicatif::{ProgressBar, ProgressStyle};

use crate::simulator::Settings;
use crate::simulator::evaluation::{Evaluation, simulated};
use crate::simulator::settings::{EvasionShares, Fault, FaultKind, Scenario};
use crate::units::Micros;

/// Which road.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Road {
    /// 自由流 / free flow
    Free,
    /// 密集流 / dense flow
    Dense,
    /// 拥堵 / jam
    Jam,
}

/// Arguments of `evaluate --simulated`.
#[derive(Debug, clap::Args)]
#[group(id = "simulated_road", conflicts_with_all = ["truth", "result"])]
pub struct Arguments {
    /// 不读文件，在内存中模拟这么多辆车 / read no files: simulate so many vehicles in memory
    #[arg(long, value_name = "VEHICLES", value_parser = clap::value_parser!(u64).range(1..))]
    simulated: Option<u64>,
    /// 交通状态 / which road
    #[arg(long, value_enum, default_value_t = Road::Free, requires = "simulated")]
    scenario: Road,
    /// 随机种子：同一种子同一结果，与 --jobs 无关 / seed: the same seed gives the same counts, whatever --jobs
    #[arg(long, value_name = "N", default_value_t = 1, requires = "simulated")]
    seed: u64,
    /// 车道数；缺省时各份车流轮流 4、2、3、1 条 / lanes; left out, the shares of the traffic take turns with
    /// 4, 2, 3 and 1
    #[arg(long, value_name = "1..4", requires = "simulated",
        value_parser = clap::value_parser!(u16).range(1..=4))]
    lanes: Option<u16>,
    /// 每车道每小时车辆数，代替所选状态的 / vehicles per hour and lane instead of the road's own
    #[arg(long, value_name = "N", requires = "simulated")]
    flow: Option<f64>,
    /// 有无尾部相机；缺省同所选状态 / whether there are rear cameras; left out: as the road has them
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true",
        requires = "simulated")]
    rear_camera: Option<bool>,
    /// 每种逃避行为所占货车比例，0 到 0.06 / share of the trucks that evade in each way, 0 to 0.06
    #[arg(
        long,
        value_name = "SHARE",
        default_value_t = 0.0,
        requires = "simulated"
    )]
    evasion: f64,
    /// 另由其他点位的过车踪迹查套牌与绕行（占用内存：每份车流约 200 MiB）/ look for cloned plates and bypasses in a
    /// list of sightings of other sites, too (takes some 200 MiB a share at once)
    #[arg(long, requires = "simulated")]
    sightings: bool,
    /// 各份车流最后一条车道的秤自第 6 小时起每天漂移的百分数 / per cent a day that the scale of each share's
    /// last lane creeps away from the sixth hour on
    #[arg(long, value_name = "PER_CENT", allow_hyphen_values = true, requires = "simulated",
        value_parser = clap::value_parser!(f64))]
    drift: Option<f64>,
    /// 并行份数 / how many shares are counted at once
    #[arg(long, value_name = "N", default_value = "1", requires = "simulated")]
    jobs: NonZeroUsize,
}

/// A scale that creeps away begins so long after the traffic: what is usual must be known first.
const DRIFT_AFTER: Micros = Micros::from_seconds(6 * 3_600);

/// Lanes of the shares, in turns.
const LANES: [u16; 4] = [4, 2, 3, 1];

impl Arguments {
    /// Simulates and counts, in shares of so many vehicles.
    ///
    /// # Errors
    /// When an argument is out of range.
    pub fn count(&self, share: u64) -> anyhow::Result<Evaluation> {
        let vehicles = self.simulated.unwrap_or_default();
        let shares = simulated::shares(self.seed, vehicles, share);
        let bar = ProgressBar::new(vehicles);
        // A template that does not parse leaves the plain bar.
        if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} {per_sec} {eta}") {
            bar.set_style(style);
        }
        let roads: Vec<(Settings, u64)> = shares
            .into_iter()
            .zip(LANES.into_iter().cycle())
            .map(|((seed, vehicles), lanes)| Ok((self.settings(seed, lanes)?, vehicles)))
            .collect::<anyhow::Result<_>>()?;
        let next = AtomicUsize::new(0);
        let counted = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..self.jobs.get() {
                scope.spawn(|| {
                    while let Some((settings, vehicles)) =
                        roads.get(next.fetch_add(1, Ordering::Relaxed))
                    {
                        let found =
                            simulated::count(settings.clone(), *vehicles, |_| {}, || bar.inc(1));
                        if let Ok(mut counted) = counted.lock() {
                            counted.push(found);
                        }
                    }
                });
            }
        });
        bar.finish_and_clear();
        let counted = counted.into_inner().unwrap_or_default();
        ensure!(
            counted.len() == roads.len(),
            "有一份未算完 / a share was not counted to its end"
        );
        // Counts are sums: the order in which they were ready makes no difference.
        let mut sum = Evaluation::default();
        for found in counted {
            sum.add(&found?);
        }
        Ok(sum)
    }

    fn settings(&self, seed: u64, lanes: u16) -> anyhow::Result<Settings> {
        let scenario = match self.scenario {
            Road::Free => Scenario::Free,
            Road::Dense => Scenario::Dense,
            Road::Jam => Scenario::Jam,
        };
        let road = scenario.settings();
        let flow_per_hour = self.flow.unwrap_or(road.flow_per_hour);
        ensure!(
            flow_per_hour > 0.0 && flow_per_hour <= 3_600.0,
            "--flow {flow_per_hour}: 应在 0 到 3600 之间 / must lie above 0 and up to 3600"
        );
        ensure!(
            (0.0..=0.06).contains(&self.evasion),
            "--evasion {}: 应在 0 到 0.06 之间 / must lie between 0 and 0.06",
            self.evasion
        );
        let mut cameras = road.cameras;
        if self.rear_camera == Some(false) {
            cameras.rear = None;
        }
        let lanes = self.lanes.unwrap_or(lanes);
        let faults = self.drift.map(|per_cent_a_day| Fault {
            kind: FaultKind::BiasDrift { per_cent_a_day },
            // Where most trucks drive.
            lane: lanes,
            after: DRIFT_AFTER,
            lasts: None,
        });
        Ok(Settings {
            seed,
            lanes,
            faults: faults.into_iter().collect(),
            flow_per_hour,
            cameras,
            evasion: EvasionShares::each(self.evasion),
            sightings: self.sightings,
            ..road
        })
    }
}
