//! `steelyard demo`: a whole simulated station on this machine.
//!
//! Nothing here is a mock-up: each device is a pseudo-terminal that the daemon opens with
//! tokio-serial like any port, and the daemon is the one of `steelyard run`.

mod registers;

use std::collections::BTreeMap;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use chrono::{Days, NaiveDate};
use firmware_protocols::registry::{Kind, find};
use serde_json::json;

use super::run::{Daemon, Signals};
use crate::api::password::{hash_password, random_password};
use crate::clock::{Clock, SystemClock, SystemEntropy};
use crate::config::{Config, HostClock, Lane, Port, Station};
use crate::lane::PortRole;
use crate::law::{Certificate, ScaleUse};
use crate::passage::TravelDirection;
use crate::role::Role;
use crate::simulator::emission::WimProtocol;
use crate::simulator::station::Options;
use crate::simulator::{self, SimulatedPort, SimulatedStation};
use crate::store::Store;
use crate::store::records::Actor;
use crate::units::Kilograms;

/// Code of the demo's station.
const DEMO_STATION: &str = "DEMO01";

/// Arguments of `demo`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// 数据目录；缺省用临时目录，退出即删 / data folder; left out, a temporary one that goes at the end
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// 车流倍数 / traffic so many times as dense
    #[arg(long, value_name = "N", default_value_t = 1.0)]
    speed: f64,
    /// 随机种子：同一种子同一车流 / seed: the same seed gives the same traffic
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// 控制台与接口地址；端口 0 为任选 / address of console and API; port 0 takes any
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// 模拟静态磅的协议，见 decode --list / what the platform scale speaks, see decode --list
    #[arg(long, value_name = "NAME", default_value = "mt_toledo_continuous")]
    scale: String,
    /// 模拟动态秤的协议 / what the weigh-in-motion scales speak
    #[arg(long, value_name = "NAME", default_value = "olr")]
    wim: String,
    /// 模拟车牌相机的协议 / what the plate cameras speak
    #[arg(long, value_name = "NAME", default_value = "plate_text")]
    camera: String,
    /// 就绪后输出一行 JSON / print one line of JSON when ready
    #[arg(long)]
    json: bool,
}

/// A folder that goes when the demo ends.
struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    fn make() -> anyhow::Result<Self> {
        let mut token = [0; 8];
        crate::clock::Entropy::fill(&SystemEntropy, &mut token)?;
        let path = std::env::temp_dir().join(format!("steelyard-demo-{}", hex::encode(token)));
        std::fs::create_dir_all(&path)
            .with_context(|| format!("创建 / making {}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs the demo until Ctrl-C.
///
/// # Errors
/// When a pseudo-terminal, the data folder or the address can't be had.
pub async fn run(arguments: &Arguments, mut output: impl Write) -> anyhow::Result<()> {
    let mut signals = Signals::listen()?;
    let (folder, temporary) = match &arguments.data {
        Some(folder) => (folder.clone(), None),
        None => {
            let temporary = TemporaryFolder::make()?;
            (temporary.0.clone(), Some(temporary))
        }
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let settings = simulator::Settings {
        seed: arguments.seed,
        ..simulator::Settings::demo()
    };
    let options = Options {
        scale: of_kind(&arguments.scale, Kind::Scale)?,
        camera: of_kind(&arguments.camera, Kind::PlateCamera)?,
        wim: match of_kind(&arguments.wim, Kind::VehicleRecord)? {
            "olr" => WimProtocol::Olr,
            "wim_text_mon" => WimProtocol::WimTextMon,
            other => WimProtocol::Other(other),
        },
        ..Options::default()
    };
    let (simulated, ports) =
        SimulatedStation::start_with(options, settings, Arc::clone(&clock), arguments.speed)?;
    let today = clock.now().beijing_day();
    let config = configuration(&folder, arguments.listen, today, &ports);
    // An early Ctrl-C waits until all has started: only then can it stop in order.
    let mut daemon = Daemon::start(config).await?;
    let users = seed_users(&daemon.store).await?;
    registers::seed(&daemon.store, DEMO_STATION, today).await?;
    let url = format!("http://{}", daemon.address);
    if arguments.json {
        let users: Vec<_> = users
            .iter()
            .map(|(role, password)| {
                json!({ "user": role.name(), "password": password, "role": role.name() })
            })
            .collect();
        let ports: Vec<_> = ports
            .iter()
            .map(|port| {
                json!({
                    "name": port.name,
                    "device": port.path,
                    "protocol": port.protocol,
                    "role": port.role.name(),
                    "lane": port.lane,
                })
            })
            .collect();
        let ready = json!({ "event": "ready", "url": url, "users": users, "ports": ports });
        writeln!(output, "{ready}")?;
    } else {
        introduce(
            &mut output,
            &url,
            &users,
            &ports,
            &folder,
            temporary.is_some(),
        )?;
    }
    output.flush()?;
    tokio::select! {
        () = signals.stop_requested() => {}
        failed = daemon.failed() => return failed,
    }
    if !arguments.json {
        writeln!(output, "正在停机 / stopping …")?;
    }
    // The daemon first, so that it does not take the devices' end for a fault.
    let stopped = signals.unless_interrupted(daemon.shutdown()).await;
    simulated.shutdown().await;
    stopped
}

/// The registry's name of a protocol, when it is one of this kind of device.
fn of_kind(name: &str, kind: Kind) -> anyhow::Result<&'static str> {
    let protocol = find(name)?;
    anyhow::ensure!(
        protocol.kind == kind,
        "{name} 是 {} 的协议，这里需要 {} / is a protocol of a {0}, a {1} is wanted here",
        protocol.kind.name(),
        kind.name()
    );
    Ok(protocol.name)
}

fn introduce(
    output: &mut impl Write,
    url: &str,
    users: &[(Role, String)],
    ports: &[SimulatedPort],
    folder: &Path,
    temporary: bool,
) -> std::io::Result<()> {
    writeln!(output, "杆秤 Steelyard 演示站 / demo station\n")?;
    writeln!(output, "  控制台 console  {url}")?;
    writeln!(output, "  接口 API        {url}/api/v1")?;
    let kept = if temporary {
        "退出即删 / removed at the end"
    } else {
        "保留 / kept"
    };
    writeln!(output, "  数据 data       {} ({kept})\n", folder.display())?;
    writeln!(output, "  设备 devices (伪终端 / pseudo-terminals)")?;
    for port in ports {
        writeln!(
            output,
            "    {:<16} {:<22} {}",
            port.name,
            port.protocol,
            port.path.display()
        )?;
    }
    writeln!(output, "\n  用户 users")?;
    for (role, password) in users {
        writeln!(output, "    {:<16} {password}", role.name())?;
    }
    let password = users.first().map_or("", |(_, password)| password.as_str());
    writeln!(
        output,
        "\n  试一试 / try next\n    打开控制台并登录 / open the console and sign in\n    \
         TOKEN=$(curl -s {url}/api/v1/login -d '{{\"user\":\"operator\",\"password\":\"{password}\"}}' \
         -H 'content-type: application/json' | sed 's/.*\"token\":\"\\([^\"]*\\)\".*/\\1/')\n    \
         curl -s -H \"Authorization: Bearer $TOKEN\" '{url}/api/v1/passages?limit=3'\n    \
         curl -s -H \"Authorization: Bearer $TOKEN\" '{url}/api/v1/cases'\n    \
         curl -sN -H \"Authorization: Bearer $TOKEN\" {url}/api/v1/events\n\n  Ctrl-C 停止 / stops\n"
    )
}

/// The configuration of the demo's station, as a file of `steelyard run` would have it.
fn configuration(
    folder: &Path,
    listen: SocketAddr,
    today: NaiveDate,
    ports: &[SimulatedPort],
) -> Config {
    let mut config = Config::of_station(Station {
        code: DEMO_STATION.to_owned(),
        name: "演示治超检测站".to_owned(),
        data_dir: folder.to_owned(),
        simulated: true,
    });
    config.host_clock = HostClock::not_asked();
    config.casework.org_word = "演交".to_owned();
    config.api.listen = listen;
    let mut lanes: Vec<u16> = ports.iter().map(|port| port.lane).collect();
    lanes.sort_unstable();
    lanes.dedup();
    let platform = |lane| {
        ports
            .iter()
            .any(|port| port.lane == lane && port.role == PortRole::Platform)
    };
    let long_ago = today.checked_sub_days(Days::new(90)).unwrap_or(today);
    let certificate = |lane: u16| Certificate {
        number: format!("演示-{lane}"),
        valid_from: long_ago,
        valid_until: today.checked_add_days(Days::new(275)).unwrap_or(today),
    };
    config.lanes = lanes
        .into_iter()
        .map(|number| Lane {
            number,
            name: if platform(number) {
                "静态磅".to_owned()
            } else {
                format!("{number} 车道")
            },
            scale_use: if platform(number) {
                ScaleUse::Platform
            } else {
                ScaleUse::OffSite
            },
            accuracy_class: Some(if platform(number) { "III" } else { "5" }.to_owned()),
            scale_interval_kg: platform(number).then(|| Kilograms::new(20)),
            certificate: Some(certificate(number)),
            site_approved: Some(long_ago),
            site_published: Some(long_ago),
            calibrated_at: None,
            references: BTreeMap::new(),
        })
        .collect();
    config.ports = ports
        .iter()
        .map(|port| {
            let mut settings = Port::new(&port.name, &port.path, port.role, &port.protocol);
            settings.lane = Some(port.lane);
            if port.role == PortRole::Wim {
                settings.normal_direction = Some(TravelDirection::Forward);
            }
            settings.settings.clone_from(&port.settings);
            settings.baud = 115_200;
            // The road's devices without a unit show kilograms here.
            settings.unit = (port.role == PortRole::Platform).then(|| "kg".to_owned());
            settings
        })
        .collect();
    config
}

/// One user a role, each with a password of its own, drawn anew at each start.
async fn seed_users(store: &Store) -> anyhow::Result<Vec<(Role, String)>> {
    let mut users = Vec::new();
    let by = Actor("system:demo".to_owned());
    for role in Role::ALL {
        let password = random_password(&SystemEntropy)?;
        let plain = password.clone();
        let hash =
            tokio::task::spawn_blocking(move || hash_password(&plain, &SystemEntropy)).await??;
        store.put_user(role.name(), role, &hash, true, &by).await?;
        users.push((role, password));
    }
    Ok(users)
}
