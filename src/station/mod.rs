//! The daemon: ports to raw log to decoder to lane logic to law to one transaction.
//!
//! Four kinds of task, no others: one per port that only reads and writes bytes, and one for all the
//! ports that cameras push to; one that asks the host about its clock; one *intake* that stamps each chunk, logs it, and runs the pure
//! pipeline; one *recorder* that judges and makes durable. A port that fails never stops another; a
//! database that fails never stops the intake.

mod answers;
mod host_clock;
mod intake;
pub mod judge;
mod olr_host;
pub mod picture;
mod ports;
mod recorder;
pub mod recovery;
mod registered;
mod sieve;
pub mod signs;
mod standing;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::config::{Config, Parity, Port};
use crate::device::http_get::Login;
use crate::device::http_push::{self, PushPort};
use crate::device::port::{Line, supervise};
use crate::device::raw_log::RawLogError;
use crate::lane::PortRole;
use crate::law::LawTables;
use crate::status::StationStatus;
use crate::store::{Store, StoreError};

use intake::Intake;
use ports::CorruptPictures;
use recorder::Recorder;
use signs::Signs;

/// Chunks that may wait for the intake: at 4 KiB a chunk this bounds what a flood can hold.
const WAITING_CHUNKS: usize = 256;
/// Messages to a device that may wait while it is slow.
const WAITING_MESSAGES: usize = 64;

/// Why a station can't start.
#[derive(Debug, thiserror::Error)]
pub enum StationError {
    /// The raw log.
    #[error(transparent)]
    RawLog(#[from] RawLogError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A port's protocol or its settings.
    #[error("port {port}: {why}")]
    Protocol {
        /// Port name.
        port: String,
        /// In words.
        why: String,
    },
}

/// A running station.
pub struct Station {
    cancel: CancellationToken,
    tasks: JoinSet<()>,
    status: watch::Receiver<StationStatus>,
}

impl Station {
    /// Takes up what was logged but not yet recorded, then opens the ports.
    ///
    /// # Errors
    /// When the raw log or the store can't be read, or a port is configured wrongly. A port that
    /// can't be *opened* is no error: it is tried again and shown.
    pub async fn start(
        config: Arc<Config>,
        tables: Arc<LawTables>,
        store: Store,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StationError> {
        let cancel = CancellationToken::new();
        let mut tasks = JoinSet::new();
        let (reports_in, reports) = mpsc::channel(WAITING_CHUNKS);
        let (records_in, records) = mpsc::unbounded_channel();

        let mut outgoing = BTreeMap::new();
        let mut receivers = Vec::new();
        for port in &config.ports {
            let (messages_in, messages) = mpsc::channel(WAITING_MESSAGES);
            outgoing.insert(port.name.clone(), messages_in);
            receivers.push(messages);
        }

        let corrupt = CorruptPictures::default();
        let (signs, sign_tasks) = Signs::new(&config, &clock, &outgoing);
        for sign in sign_tasks {
            tasks.spawn(sign.run(cancel.clone()));
        }
        let recorder = Recorder::new(
            Arc::clone(&config),
            tables,
            store.clone(),
            outgoing.clone(),
            corrupt.clone(),
        )
        .with_signs(signs.clone());
        // It works while recovery reads: what is found must not pile up in memory.
        tasks.spawn(recorder.run(records));
        let (intake, status) =
            Intake::prepare(Arc::clone(&config), clock, outgoing, records_in, &store).await?;
        let mut intake = intake.with_corrupt_pictures(corrupt).with_signs(signs);
        let (answers_in, answers) = mpsc::channel(1);
        if let Some(source) = host_clock::Source::of(&config).map(Arc::new) {
            // Before a port is open: nothing comes in of whose moment nothing is known.
            intake.clock_asked(host_clock::ask(&source).await);
            let settings = config.host_clock.clone();
            let asking = host_clock::keep_asking(source, settings, answers_in, cancel.clone());
            tasks.spawn(asking);
        }
        tasks.spawn(intake.run(reports, answers, cancel.clone()));
        let mut pushed = Vec::new();
        for (index, (port, messages)) in config.ports.iter().zip(receivers).enumerate() {
            if let Some(path) = port.push_path() {
                let silence_after = line(port).silence_after;
                pushed.push(PushPort::new(index, path, &port.peers, silence_after));
                continue;
            }
            let (line, reports) = (line(port), reports_in.clone());
            tasks.spawn(supervise(index, line, reports, messages, cancel.clone()));
        }
        if let (Some(server), false) = (&config.camera_server, pushed.is_empty()) {
            let serving = http_push::serve(server.listen, pushed, reports_in, cancel.clone());
            tasks.spawn(serving);
        }
        Ok(Self {
            cancel,
            tasks,
            status,
        })
    }

    /// The live state of ports and lanes.
    pub fn status(&self) -> watch::Receiver<StationStatus> {
        self.status.clone()
    }

    /// Waits for what must not happen: a task of the station that ends by itself. Yields why.
    /// Nothing is recorded any more on its path then, so the process should stop and say so.
    pub async fn failed(&mut self) -> String {
        ended_early(&mut self.tasks).await
    }

    /// Stops: ports are closed, what was received is decoded and recorded, then all tasks end.
    pub async fn shutdown(mut self) {
        self.cancel.cancel();
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a task of the station ended badly");
            }
        }
    }
}

async fn ended_early(tasks: &mut JoinSet<()>) -> String {
    match tasks.join_next().await {
        Some(Err(error)) => error.to_string(),
        Some(Ok(())) => "a task ended without a word".to_owned(),
        None => std::future::pending().await,
    }
}

fn line(port: &Port) -> Line {
    use tokio_serial::{DataBits, StopBits};
    Line {
        name: port.name.clone(),
        device: port.device.clone(),
        login: port
            .user
            .clone()
            .zip(port.password_file.clone())
            .map(|(user, password_file)| Login {
                user,
                password_file,
            }),
        baud: port.baud,
        data_bits: match port.data_bits {
            5 => DataBits::Five,
            6 => DataBits::Six,
            7 => DataBits::Seven,
            _ => DataBits::Eight,
        },
        parity: match port.parity {
            Parity::None => tokio_serial::Parity::None,
            Parity::Even => tokio_serial::Parity::Even,
            Parity::Odd => tokio_serial::Parity::Odd,
        },
        stop_bits: if port.stop_bits == 2 {
            StopBits::Two
        } else {
            StopBits::One
        },
        // A picture camera and a sign speak only when they are spoken to.
        silence_after: (port.role != PortRole::Picture && !port.role.is_output())
            .then(|| Duration::from_millis(u64::from(port.silence_after_ms))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_task_that_panics_is_noticed() {
        let mut tasks = JoinSet::new();
        tasks.spawn(std::future::pending());
        tasks.spawn(async { panic!("no such axle") });
        let why = ended_early(&mut tasks).await;
        assert!(
            why.contains("panicked with message \"no such axle\""),
            "{why}"
        );
        let mut tasks = JoinSet::new();
        tasks.spawn(async {});
        assert_eq!(ended_early(&mut tasks).await, "a task ended without a word");
    }
}
