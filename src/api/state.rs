//! What handlers share.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Semaphore, watch};
use tokio_util::sync::CancellationToken;

use super::casework::CaseworkContext;
use super::password::PasswordError;
use super::session::PasswordChecker;
use super::throttle::Throttle;
use crate::clock::{Clock, Entropy};
use crate::status::StationStatus;
use crate::store::Store;
use crate::units::Micros;

/// Event streams at a time; each holds a connection and reads the journal.
const STREAMS_MAX: usize = 64;

/// What handlers share. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    status: watch::Receiver<StationStatus>,
    shutdown: CancellationToken,
    behind_proxy: bool,
    casework: CaseworkContext,
    throttle: Throttle,
    passwords: PasswordChecker,
    streams: Arc<Semaphore>,
    rolling: Rolling,
}

/// How the task that rolls counters fares.
#[derive(Debug, Default)]
pub struct Rolling(Mutex<Option<String>>);

impl Rolling {
    /// Why no counter can be rolled at present; `None` when all is well.
    pub fn failing(&self) -> Option<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn set(&self, failing: Option<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = failing;
    }
}

impl AppState {
    /// State over a store. `shutdown` ends event streams and the server; `behind_proxy` says that a
    /// proxy with TLS stands in front, so that cookies are marked Secure and its
    /// `X-Forwarded-For` is believed.
    ///
    /// Hashes one password, some ten milliseconds of one core.
    ///
    /// # Errors
    /// When there is no randomness.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        status: watch::Receiver<StationStatus>,
        shutdown: CancellationToken,
        behind_proxy: bool,
        casework: CaseworkContext,
    ) -> Result<Self, PasswordError> {
        let passwords = PasswordChecker::new(entropy.as_ref())?;
        Ok(Self {
            inner: Arc::new(Inner {
                store,
                clock,
                entropy,
                status,
                shutdown,
                behind_proxy,
                casework,
                throttle: Throttle::default(),
                passwords,
                streams: Arc::new(Semaphore::new(STREAMS_MAX)),
                rolling: Rolling::default(),
            }),
        })
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The present moment.
    pub fn now(&self) -> Micros {
        self.inner.clock.now()
    }

    /// What casework rests on besides the store.
    pub fn casework(&self) -> &CaseworkContext {
        &self.inner.casework
    }

    /// Randomness.
    pub fn entropy(&self) -> &dyn Entropy {
        self.inner.entropy.as_ref()
    }

    /// How the station is.
    pub fn status(&self) -> StationStatus {
        self.inner.status.borrow().clone()
    }

    /// Cancelled when the daemon stops.
    pub fn shutdown(&self) -> &CancellationToken {
        &self.inner.shutdown
    }

    /// Whether a proxy with TLS stands in front.
    pub fn behind_proxy(&self) -> bool {
        self.inner.behind_proxy
    }

    pub(crate) fn throttle(&self) -> &Throttle {
        &self.inner.throttle
    }

    pub(crate) fn passwords(&self) -> &PasswordChecker {
        &self.inner.passwords
    }

    /// How the task that rolls counters fares.
    pub fn rolling(&self) -> &Rolling {
        &self.inner.rolling
    }

    pub(crate) fn streams(&self) -> &Arc<Semaphore> {
        &self.inner.streams
    }
}
