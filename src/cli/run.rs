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
use tokio_util::sync::CancellationToken;

use crate::api::{self, AppState};
use crate::clock::{Clock, Entropy, SystemClock, SystemEntropy};
use crate::config::Config;
use crate::law::LawTables;
use crate::station::Station;
use crate::store::records::Actor;
use crate::store::{DatabaseUrl, Store, StoreSettings};

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

/// A station, its store and its HTTP server, running.
pub struct Daemon {
    /// The store.
    pub store: Store,
    /// Where the console and the API are.
    pub address: SocketAddr,
    station: Station,
    server: tokio::task::JoinHandle<std::io::Result<()>>,
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
                "地址 {} 无法监听，可能已有程序占用 / can't listen on {0}: is another program using it?",
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
            tables,
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
        )?;
        let server = tokio::spawn(api::serve(listener, state));
        Ok(Self {
            store,
            address,
            station,
            server,
            stop_server,
        })
    }

    /// Stops ports, then the server, then the store, losing nothing that was received.
    ///
    /// # Errors
    /// When the server failed while it ran.
    pub async fn shutdown(self) -> anyhow::Result<()> {
        self.station.shutdown().await;
        self.stop_server.cancel();
        self.server.await.context("the HTTP server ended badly")??;
        self.store.shutdown().await;
        Ok(())
    }
}

/// The law tables that a configuration names.
///
/// # Errors
/// When its folder can't be read or a table contradicts itself.
pub fn law_tables(config: &Config) -> anyhow::Result<LawTables> {
    let Some(folder) = &config.law.rules_dir else {
        return Ok(LawTables::embedded()?);
    };
    let unreadable = || format!("无法读取 / cannot read {}", folder.display());
    let mut texts = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(unreadable)? {
        let path = entry.with_context(unreadable)?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            texts.push((
                name,
                std::fs::read_to_string(&path).with_context(unreadable)?,
            ));
        }
    }
    texts.sort();
    let texts: Vec<(&str, &str)> = texts
        .iter()
        .map(|(n, t)| (n.as_str(), t.as_str()))
        .collect();
    Ok(LawTables::parse(&texts)?)
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
    let config = Config::load(&arguments.config)?;
    let daemon = Daemon::start(config).await?;
    if arguments.json {
        let ready = json!({ "event": "ready", "url": format!("http://{}", daemon.address) });
        writeln!(output, "{ready}")?;
        output.flush()?;
    }
    tracing::info!(address = %daemon.address, "运行中 / running: http://{}", daemon.address);
    stop_requested().await?;
    tracing::info!("正在停机 / stopping");
    finish_unless_interrupted(daemon.shutdown()).await
}

/// Waits for SIGINT (Ctrl-C) or SIGTERM.
///
/// # Errors
/// When signals can't be listened for.
pub async fn stop_requested() -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// Lets a shutdown finish, but not against a second signal.
///
/// # Errors
/// As the shutdown, or that it was cut short.
pub async fn finish_unless_interrupted(
    shutdown: impl Future<Output = anyhow::Result<()>>,
) -> anyhow::Result<()> {
    // One Ctrl-C can arrive twice, from the terminal and from whoever started us. Only a signal a
    // moment later is a person who does not want to wait.
    let insisted = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        stop_requested().await
    };
    tokio::select! {
        done = shutdown => done,
        stopped = insisted => {
            stopped?;
            anyhow::bail!(
                "停机未完成即被中断；已确认的记录都在，重启后继续 / stopped before all was finished; what \
                 was acknowledged is safe and the rest is taken up at the next start"
            )
        }
    }
}
