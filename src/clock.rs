//! Where time and randomness enter: the shell holds these, the core is handed their values.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::units::Micros;

/// Tells the time, microseconds UTC.
pub trait Clock: Send + Sync + 'static {
    /// The present moment. Never goes back, whatever happens to the host's clock.
    fn now(&self) -> Micros;
}

/// The host's clock, made monotonic: wall time once at start, then the monotonic clock, and steps
/// of the wall clock are followed only forward.
///
/// A clock that a time service sets back would otherwise put a passage before its predecessor.
pub struct SystemClock {
    started: Instant,
    started_at: Micros,
    last: AtomicI64,
}

impl SystemClock {
    /// Reads the host's clock.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place where the host's clock is read"
    )]
    pub fn new() -> Self {
        Self {
            started: Instant::now(),
            started_at: wall_clock(),
            last: AtomicI64::new(0),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Micros {
        let elapsed = i64::try_from(self.started.elapsed().as_micros()).unwrap_or(i64::MAX);
        let by_monotonic = self.started_at.get().saturating_add(elapsed);
        let wall = wall_clock().get();
        // A wall clock that runs ahead was stepped forward (or the host slept): follow it.
        let candidate = if wall > by_monotonic {
            wall
        } else {
            by_monotonic
        };
        Micros::new(
            self.last
                .fetch_max(candidate, Ordering::Relaxed)
                .max(candidate),
        )
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place where the host's clock is read"
)]
fn wall_clock() -> Micros {
    let since_epoch = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or(Duration::ZERO);
    Micros::new(i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX))
}

/// A clock that stands where it is put, for tests and for replay.
#[derive(Debug, Default)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that stands at `now`.
    pub const fn at(now: Micros) -> Self {
        Self(AtomicI64::new(now.get()))
    }

    /// Moves the clock; a moment before the present one is ignored.
    pub fn set(&self, now: Micros) {
        self.0.fetch_max(now.get(), Ordering::Relaxed);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Micros {
        Micros::new(self.0.load(Ordering::Relaxed))
    }
}

/// Draws random bytes: salts, tokens, passwords of the demo.
pub trait Entropy: Send + Sync + 'static {
    /// Fills `bytes` with random bytes.
    ///
    /// # Errors
    /// When the source of randomness fails; the caller then refuses its work, it never goes on
    /// with predictable bytes.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError>;
}

/// The operating system gave no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gave no random bytes ({0}); nothing that needs them was done")]
pub struct EntropyError(String);

/// The operating system's random bytes.
#[derive(Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        getrandom::fill(bytes).map_err(|error| EntropyError(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_clock_never_goes_back() {
        let clock = SystemClock::new();
        let mut last = clock.now();
        for _ in 0..10_000 {
            let now = clock.now();
            assert!(now >= last, "{now} after {last}");
            last = now;
        }
    }

    #[test]
    fn the_manual_clock_ignores_a_step_back() {
        let clock = ManualClock::at(Micros::new(100));
        clock.set(Micros::new(50));
        assert_eq!(clock.now(), Micros::new(100));
    }
}
