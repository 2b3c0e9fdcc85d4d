//! Where time and randomness enter: the shell holds these, the core is handed their values.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::units::Micros;

/// Tells the time, microseconds UTC.
pub trait Clock: Send + Sync + 'static {
    /// The present moment. Never goes back, whatever happens to the host's clock.
    fn now(&self) -> Micros;

    /// How far [`Clock::now`] is ahead of the host's own clock, which was put back; negative where that
    /// has run ahead by less than counts as a step.
    fn ahead_of_host(&self) -> Micros {
        Micros::ZERO
    }
}

/// The host's clock, made monotonic: wall time once at start, then the monotonic clock. Steps of
/// the wall clock are followed forward and never back.
///
/// A clock that a time service sets back would otherwise put a passage before its predecessor. After
/// a step forward that was an error this clock stays ahead, but it goes on; device clocks then
/// disagree with it, and nothing becomes a case.
pub struct SystemClock {
    started: Instant,
    /// Wall time at the start, plus all steps forward since.
    base: AtomicI64,
}

/// The wall clock may run ahead by this much before it counts as a step.
const STEP: i64 = 1_000_000;

impl SystemClock {
    /// Reads the host's clock.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place where the host's clock is read"
    )]
    pub fn new() -> Self {
        Self {
            started: Instant::now(),
            base: AtomicI64::new(wall_clock().get()),
        }
    }

    /// The moment, when the monotonic clock has run so long and the wall clock shows this.
    fn moment(&self, elapsed: i64, wall: i64) -> Micros {
        let base = self.base.load(Ordering::Relaxed);
        let ahead = wall.saturating_sub(base.saturating_add(elapsed));
        let base = if ahead > STEP {
            // Somebody else may have noticed the step at the same time: it counts once.
            let stepped = base.saturating_add(ahead);
            self.base.fetch_max(stepped, Ordering::Relaxed).max(stepped)
        } else {
            base
        };
        Micros::new(base.saturating_add(elapsed))
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
        self.moment(elapsed, wall_clock().get())
    }

    fn ahead_of_host(&self) -> Micros {
        self.now().saturating_sub(wall_clock())
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

/// How long ago a file was written, by the host's clock; nothing for one of the future.
pub fn age(of: SystemTime) -> Duration {
    of.elapsed().unwrap_or_default()
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
    fn a_step_forward_is_followed_and_a_step_back_does_not_stop_time() {
        let clock = SystemClock::new();
        let base = clock.base.load(Ordering::Relaxed);
        let hour = 3_600_000_000;
        assert_eq!(clock.moment(10, base + 10).get(), base + 10);
        assert_eq!(clock.moment(20, base + hour).get(), base + hour);
        // The glitch is taken back: time goes on from where it is, it does not stand for an hour.
        assert_eq!(
            clock.moment(1_000_020, base + 1_000_020).get(),
            base + hour + 1_000_000
        );
        assert_eq!(
            clock.moment(2_000_020, base - hour).get(),
            base + hour + 2_000_000
        );
    }

    #[test]
    fn the_manual_clock_ignores_a_step_back() {
        let clock = ManualClock::at(Micros::new(100));
        clock.set(Micros::new(50));
        assert_eq!(clock.now(), Micros::new(100));
    }
}
