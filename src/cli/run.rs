//! `steelyard run`: the daemon.

use std::future::Future;
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::law_tables::law_tables;
use crate::api::{self, AppState, CaseworkContext};
use crate::clock::{Clock, Entropy, SystemClock, SystemEntropy};
use crate::config::Config;
use crate::law::LawTables;

use crate::station::Station;
use crate::store::records::Actor;
use crate::store::{DatabaseUrl, Store, StoreSettings};
use crate::units::Micros;

/// At a stop, a database that can't be written is waited for so long: well within the 90 s after
/// which a service manager kills.
const LONGEST_STUCK: Duration = Duration::from_secs(5);

/// Arguments of `run`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// 配置文件 / configuration file
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// 就绪后输出一行 JSON / print one line of JSON when ready
    #[arg(long)]
    json: bool,
}

/// A station, its store, its HTTP server and what rolls its counters, running.
pub struct Daemon {
    /// The store.
    pub store: Store,
    /// Where the console and the API are.
    pub address: SocketAddr,
    station: Station,
    server: tokio::task::JoinHandle<std::io::Result<()>>,
    rolling: tokio::task::JoinHandle<()>,
    stop_server: CancellationToken,
}

impl Daemon {
    /// Starts all of it.
    ///
    /// # Errors
    /// In words that say what to do: a database that can't be opened, an address in use, a table
    /// that contradicts itself.
    pub async fn start(config: Config) -> anyhow::Result<Self> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let entropy: Arc<dyn Entropy> = Arc::new(SystemEntropy);
        let config = Arc::new(config);
        let tables = Arc::new(law_tables(&config)?);
        let listener = TcpListener::bind(config.api.listen).await.with_context(|| {
            format!(
                "地址 {} 无法监听：请停止占用它的程序，或更改 api.listen / can't listen on {0}: stop the program \
                 that uses it, or change api.listen",
                config.api.listen
            )
        })?;
        let address = listener.local_addr().context("reading the address")?;
        let store = Store::open(
            store_settings(&config)?,
            Arc::clone(&clock),
            Arc::clone(&entropy),
        )
        .await?;
        let station = Station::start(
            Arc::clone(&config),
            Arc::clone(&tables),
            store.clone(),
            Arc::clone(&clock),
        )
        .await?;
        let started = json!({
            "version": env!("CARGO_PKG_VERSION"),
            "config": config.effective()?,
        });
        store.append("started", Actor::station(), started).await?;
        let stop_server = CancellationToken::new();
        let state = AppState::new(
            store.clone(),
            clock,
            entropy,
            station.status(),
            stop_server.clone(),
            config.api.behind_proxy,
            casework(&config, tables)?,
        )?;
        let rolling = tokio::spawn(api::casework::rolling::run(state.clone()));
        let server = tokio::spawn(api::serve(listener, state));
        Ok(Self {
            store,
            address,
            station,
            server,
            rolling,
            stop_server,
        })
    }

    /// Waits for what must not happen: a part of the station or the store that ends by itself.
    ///
    /// # Errors
    /// Always, when it returns: in words that say what to do.
    pub async fn failed(&mut self) -> anyhow::Result<()> {
        let why = tokio::select! {
            why = self.station.failed() => why,
            ended = &mut self.server => format!("the HTTP server ended: {ended:?}"),
            ended = &mut self.rolling => format!("the rolling of counters ended: {ended:?}"),
            () = self.store.writer_ended() => "the store's writer ended".to_owned(),
        };
        anyhow::bail!(
            "程序故障，已停机：{why}。未确认的记录由设备重发，其余重启后继续；请重启并连同日志上报 / a fault of \
             the program, stopped: {why}. What was not acknowledged is sent again by the devices, the rest \
             is taken up at the next start: start again, and report this with the log"
        )
    }

    /// Stops ports, then the server, then the store, losing nothing that was received. While the
    /// database can't be written that would take for ever: it gives up after a while, and what is
    /// not recorded then is taken up at the next start or sent again by its device.
    ///
    /// # Errors
    /// When the server failed while it ran, or something was left unrecorded.
    pub async fn shutdown(self) -> anyhow::Result<()> {
        let stuck = tokio::select! {
            () = self.station.shutdown() => None,
            why = stuck(&self.store) => Some(why),
        };
        self.stop_server.cancel();
        self.server.await.context("the HTTP server ended badly")??;
        // What it did not come to waits in the store for the next start.
        self.rolling
            .await
            .context("the rolling of counters ended badly")?;
        self.store.shutdown().await;
        match stuck {
            None => Ok(()),
            Some(why) => Err(anyhow::anyhow!(why).context(
                "停机时仍有记录未能入库；排除原因后重启即补录，设备也会重发 / stopped with records that could not \
                 be written; mend the cause and start again: they are taken up then, and the devices send \
                 again what was not acknowledged",
            )),
        }
    }
}

/// What casework rests on besides the store.
fn casework(config: &Config, tables: Arc<LawTables>) -> anyhow::Result<CaseworkContext> {
    let mut settings = config.casework.clone();
    if let Some(resident) = config.law.resident_police {
        settings.inspection.resident_police = resident;
    }
    let act_window = Micros::from_millis(i64::from(config.timing.act_window_ms));
    Ok(CaseworkContext::new(
        &config.station.code,
        tables,
        settings,
        act_window,
    )?)
}

/// Waits until the store could write nothing for [`LONGEST_STUCK`]; yields why.
async fn stuck(store: &Store) -> String {
    const LOOK_EVERY: Duration = Duration::from_millis(100);
    let mut failing = Duration::ZERO;
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        match store.health().failing {
            Some(why) if failing >= LONGEST_STUCK => return why,
            Some(_) => failing += LOOK_EVERY,
            None => failing = Duration::ZERO,
        }
    }
}

/// Where a configuration's database and pictures are.
///
/// # Errors
/// When the database's URL is none.
pub fn store_settings(config: &Config) -> anyhow::Result<StoreSettings> {
    let url = match &config.database.url {
        Some(url) => url.reveal().parse()?,
        None => DatabaseUrl::in_folder(&config.station.data_dir),
    };
    Ok(StoreSettings::new(
        url,
        &config.station.code,
        config.picture_folder(),
    ))
}

/// Runs until SIGINT or SIGTERM; a second signal ends the process at once.
///
/// # Errors
/// As [`Daemon::start`].
pub async fn run(arguments: &Arguments, output: &mut impl Write) -> anyhow::Result<()> {
    let mut signals = Signals::listen()?;
    let config = Config::load(&arguments.config)?;
    let mut daemon = tokio::select! {
        daemon = Daemon::start(config) => daemon?,
        // Nothing was promised to anybody yet.
        () = signals.stop_requested() => return Ok(()),
    };
    if arguments.json {
        let ready = json!({ "event": "ready", "url": format!("http://{}", daemon.address) });
        writeln!(output, "{ready}")?;
        output.flush()?;
    }
    tracing::info!(address = %daemon.address, "运行中 / running: http://{}", daemon.address);
    tokio::select! {
        () = signals.stop_requested() => {}
        failed = daemon.failed() => return failed,
    }
    tracing::info!("正在停机 / stopping");
    signals.unless_interrupted(daemon.shutdown()).await
}

/// SIGINT (Ctrl-C) and SIGTERM, listened for from the first moment on: one that comes while the
/// daemon still starts is not lost, and none kills it in the middle.
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    /// Listens from now on.
    ///
    /// # Errors
    /// When signals can't be listened for.
    pub fn listen() -> std::io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    /// Waits for either.
    pub async fn stop_requested(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    /// Lets a shutdown finish, but not against a second signal.
    ///
    /// # Errors
    /// As the shutdown, or that it was cut short.
    pub async fn unless_interrupted(
        &mut self,
        shutdown: impl Future<Output = anyhow::Result<()>>,
    ) -> anyhow::Result<()> {
        // One Ctrl-C can arrive twice, from the terminal and from whoever started us. Only a signal
        // a moment later is a person who does not want to wait.
        let insisted = async {
            let first = tokio::time::Instant::now();
            loop {
                self.stop_requested().await;
                if first.elapsed() >= Duration::from_secs(1) {
                    return;
                }
            }
        };
        tokio::select! {
            done = shutdown => done,
            () = insisted => anyhow::bail!(
                "停机未完成即被中断；已确认的记录都在，重启后继续 / stopped before all was finished; what \
                 was acknowledged is safe and the rest is taken up at the next start"
            ),
        }
    }
}
