//! Whether a device's clock can be believed, from its own messages.
//!
//! A message can't come before what it tells of, and among many some come promptly. So the least
//! delay between a device's time and the receipt of its messages, over some minutes, is its clock's
//! error plus its best latency. Late records (a cable was pulled) don't spoil it, a slow clock does.

use crate::units::Micros;

/// Delays are kept over one to two of these, in blocks of absolute time: what is remembered at a
/// moment then does not depend on when listening began.
const BLOCK: Micros = Micros::from_seconds(300);
/// A clock ahead by no more than this is taken for jitter of the receipt.
const AHEAD: Micros = Micros::from_millis(250);

/// The delays of one device.
#[derive(Debug, Default)]
pub struct DeviceClock {
    block: i64,
    present: Option<Least>,
    previous: Option<Least>,
}

/// Least delays of a block.
#[derive(Debug, Clone, Copy)]
struct Least {
    delay: Micros,
    latency: Micros,
}

impl DeviceClock {
    /// Takes a message received at `now`: `delay` is the receipt minus the device's time, `latency`
    /// what of that is not the vehicle's own passage over the sensors.
    pub fn heard(&mut self, now: Micros, delay: Micros, latency: Micros) {
        let block = now.get().div_euclid(BLOCK.get());
        if block != self.block {
            let follows = block == self.block.saturating_add(1);
            self.previous = self.present.filter(|_| follows);
            self.present = None;
            self.block = block;
        }
        let least = self.present.get_or_insert(Least { delay, latency });
        least.delay = least.delay.min(delay);
        least.latency = least.latency.min(latency);
    }

    /// Whether the clock is right to within `tolerance`, as far as the latest messages show: none
    /// came before its time, and some came promptly after what they tell of.
    pub fn is_vouched(&self, tolerance: Micros) -> bool {
        let mut blocks = self.present.iter().chain(&self.previous).peekable();
        blocks.peek().is_some()
            && blocks
                .clone()
                .all(|least| least.delay.saturating_add(AHEAD) >= Micros::ZERO)
            && blocks.any(|least| least.latency <= tolerance)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Micros = Micros::SECOND;

    fn at(seconds: i64) -> Micros {
        Micros::from_seconds(1_795_478_400 + seconds)
    }

    #[test]
    fn prompt_messages_vouch_for_the_late_ones() {
        let mut clock = DeviceClock::default();
        assert!(!clock.is_vouched(SECOND), "nothing heard, nothing known");
        clock.heard(at(0), Micros::from_millis(300), Micros::from_millis(300));
        clock.heard(
            at(180),
            Micros::from_seconds(170),
            Micros::from_seconds(170),
        );
        assert!(clock.is_vouched(SECOND));
        clock.heard(
            at(310),
            Micros::from_seconds(100),
            Micros::from_seconds(100),
        );
        assert!(clock.is_vouched(SECOND), "the block before still counts");
        clock.heard(
            at(620),
            Micros::from_seconds(100),
            Micros::from_seconds(100),
        );
        assert!(!clock.is_vouched(SECOND));
    }

    #[test]
    fn a_slow_or_a_fast_clock_is_not_believed() {
        let mut slow = DeviceClock::default();
        slow.heard(
            at(0),
            Micros::from_millis(1_001),
            Micros::from_millis(1_001),
        );
        assert!(!slow.is_vouched(SECOND));
        let mut fast = DeviceClock::default();
        fast.heard(at(0), Micros::from_millis(-251), Micros::from_millis(-251));
        assert!(!fast.is_vouched(SECOND));
        fast.heard(at(1), Micros::from_seconds(5), Micros::from_seconds(5));
        assert!(!fast.is_vouched(SECOND), "the least delay counts");
    }
}
