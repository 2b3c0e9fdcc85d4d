//! Whether a device's clock can be believed, from its own messages.
//!
//! A message can't come before what it tells of, and among many some come promptly. So the least
//! delay between a device's time and the receipt of its messages, over some minutes, is its clock's
//! error plus its best latency. Late records (a cable was pulled) don't spoil it, a slow clock does.
//!
//! A clock that is set while it runs (校时跳变) shows in the same figure: forwards at once, because a
//! message comes sooner than any could; backwards once several in a row are late by the same.

use crate::units::Micros;

/// Delays are kept over one to two of these, in blocks of absolute time: what is remembered at a
/// moment then does not depend on when listening began.
const BLOCK: Micros = Micros::from_seconds(300);
/// A message that comes sooner than the soonest by more than this: the clock was put forward.
const SOONER: Micros = Micros::from_millis(250);
/// A message is prompt when it is no more than this behind the soonest.
const PROMPT: Micros = Micros::from_millis(600);
/// So many late messages in a row, none later than another by more than [`ALIKE`], are a clock that
/// was put back, not a line that is slow.
const LATE_IN_A_ROW: u32 = 4;
/// A clock that was heard of less than so often is not known yet: the first messages may have
/// waited for the line, and sooner ones after them say nothing of the clock.
const KNOWN_AFTER: u32 = 4;
/// See [`LATE_IN_A_ROW`].
const ALIKE: Micros = Micros::from_millis(400);

/// The clocks of the station's devices, each at its number.
#[derive(Debug, Default)]
pub struct Clocks(Vec<Option<DeviceClock>>);

impl Clocks {
    /// The clock of a device; `None` where it was not heard of yet.
    pub fn get(&self, device: usize) -> Option<&DeviceClock> {
        self.0.get(device)?.as_ref()
    }

    /// Takes a message of a device, see [`DeviceClock::heard`]. Devices are counted from 0.
    pub fn heard(&mut self, device: usize, now: Micros, delay: Micros, latency: Micros) -> Heard {
        if self.0.len() <= device {
            self.0.resize_with(device.saturating_add(1), || None);
        }
        let clock = self.0.get_mut(device).map(Option::get_or_insert_default);
        clock.map_or(Heard::Prompt, |clock| clock.heard(now, delay, latency))
    }

    /// Whether the clock of a device is right to within `tolerance`, see [`DeviceClock::is_vouched`].
    pub fn vouches(&self, device: usize, tolerance: Micros) -> bool {
        let clock = self.get(device);
        clock.is_some_and(|clock| clock.is_vouched(tolerance))
    }
}

/// The delays of one device.
#[derive(Debug, Default)]
pub struct DeviceClock {
    block: i64,
    present: Option<Least>,
    previous: Option<Least>,
    /// Of both: asked for far more often than it changes.
    latency: Option<Micros>,
    late: Option<LateRun>,
    last_prompt_at: Option<Micros>,
    stepped_at: Option<Micros>,
}

/// Least delays of a block.
#[derive(Debug, Clone, Copy)]
struct Least {
    delay: Micros,
    latency: Micros,
    /// Of so many messages; no more are counted than make the clock known.
    messages: u32,
}

/// Late messages without a prompt one between them.
#[derive(Debug, Clone, Copy)]
struct LateRun {
    since: Micros,
    count: u32,
    least: Least,
    most: Micros,
}

/// What a message says of its device's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// It came about as soon as the others.
    Prompt,
    /// It came late, or the clock was put back.
    Late,
    /// The clock was set while it ran, by so much; negative when it was put back.
    Stepped {
        /// By how much the clock is ahead of what it was.
        by: Micros,
    },
}

impl DeviceClock {
    /// Takes a message received at `now`: `delay` is the receipt minus the device's time, `latency`
    /// what of that is not the vehicle's own passage over the sensors.
    pub fn heard(&mut self, now: Micros, delay: Micros, latency: Micros) -> Heard {
        let block = now.get().div_euclid(BLOCK.get());
        if block != self.block {
            let follows = block == self.block.saturating_add(1);
            self.previous = self.present.filter(|_| follows);
            self.present = None;
            self.block = block;
            self.latency = self.least_latency();
        }
        let message = Least {
            delay,
            latency,
            messages: 0,
        };
        let heard = self.compare(now, message);
        let least = self.present.get_or_insert(message);
        least.messages = (least.messages + 1).min(KNOWN_AFTER);
        least.delay = least.delay.min(delay);
        least.latency = least.latency.min(latency);
        self.latency = self.least_latency();
        heard
    }

    fn compare(&mut self, now: Micros, message: Least) -> Heard {
        let blocks = self.present.iter().chain(&self.previous);
        let known = blocks.map(|least| least.messages).sum::<u32>() >= KNOWN_AFTER;
        let Some(soonest) = self.latency() else {
            self.last_prompt_at = Some(now);
            return Heard::Prompt;
        };
        let behind = message.latency.saturating_sub(soonest);
        if behind < Micros::ZERO.saturating_sub(SOONER) {
            self.begin_anew(now, None);
            self.last_prompt_at = Some(now);
            // What came before is not taken to be by the clock of now, either way.
            return if known {
                Heard::Stepped {
                    by: Micros::ZERO.saturating_sub(behind),
                }
            } else {
                Heard::Prompt
            };
        }
        if behind <= PROMPT {
            self.late = None;
            self.last_prompt_at = Some(now);
            return Heard::Prompt;
        }
        let run = self.late.get_or_insert(LateRun {
            since: now,
            count: 0,
            least: message,
            most: message.latency,
        });
        run.count += 1;
        run.least.delay = run.least.delay.min(message.delay);
        run.least.latency = run.least.latency.min(message.latency);
        run.most = run.most.max(message.latency);
        if run.most.saturating_sub(run.least.latency) > ALIKE {
            // A line that works off what it held: each message is late by another time.
            self.late = None;
            return Heard::Late;
        }
        if run.count < LATE_IN_A_ROW {
            return Heard::Late;
        }
        let LateRun { since, least, .. } = *run;
        self.begin_anew(since, Some(least));
        self.last_prompt_at = Some(now);
        Heard::Stepped {
            by: soonest.saturating_sub(least.latency),
        }
    }

    fn begin_anew(&mut self, stepped_at: Micros, present: Option<Least>) {
        self.previous = None;
        self.present = present;
        self.late = None;
        self.stepped_at = Some(stepped_at);
    }

    /// The least latency of the latest messages; `None` when there were none.
    pub const fn latency(&self) -> Option<Micros> {
        self.latency
    }

    fn least_latency(&self) -> Option<Micros> {
        let blocks = self.present.iter().chain(&self.previous);
        blocks.map(|least| least.latency).min()
    }

    /// Since when the clock runs as it does, where it was seen to be set.
    pub const fn stepped_at(&self) -> Option<Micros> {
        self.stepped_at
    }

    /// Whether what the device said at `heard_at` was by the clock that it has now: it was prompt,
    /// or a prompt message has come since. A late message alone may be by a clock that was put back.
    pub fn confirms(&self, heard_at: Micros, prompt: bool) -> bool {
        let since_step = self.stepped_at.is_none_or(|at| at <= heard_at);
        let confirmed = self.last_prompt_at.is_some_and(|at| at > heard_at);
        since_step && (prompt || confirmed)
    }

    /// Whether the clock is right to within `tolerance`, as far as the latest messages show: none
    /// came before its time by more, and some came promptly after what they tell of.
    pub fn is_vouched(&self, tolerance: Micros) -> bool {
        let mut blocks = self.present.iter().chain(&self.previous).peekable();
        blocks.peek().is_some()
            && blocks
                .clone()
                .all(|least| least.delay.saturating_add(tolerance) >= Micros::ZERO)
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

    fn hear(clock: &mut DeviceClock, seconds: i64, millis: i64) -> Heard {
        let delay = Micros::from_millis(millis);
        clock.heard(at(seconds), delay, delay)
    }

    #[test]
    fn prompt_messages_vouch_for_the_late_ones() {
        let mut clock = DeviceClock::default();
        assert!(!clock.is_vouched(SECOND), "nothing heard, nothing known");
        hear(&mut clock, 0, 300);
        hear(&mut clock, 180, 170_000);
        assert!(clock.is_vouched(SECOND));
        hear(&mut clock, 310, 100_000);
        assert!(clock.is_vouched(SECOND), "the block before still counts");
        hear(&mut clock, 620, 100_000);
        assert!(!clock.is_vouched(SECOND));
    }

    #[test]
    fn a_slow_or_a_fast_clock_is_not_believed() {
        let mut slow = DeviceClock::default();
        hear(&mut slow, 0, 1_001);
        assert!(!slow.is_vouched(SECOND));
        let mut fast = DeviceClock::default();
        hear(&mut fast, 0, -1_001);
        assert!(!fast.is_vouched(SECOND));
        hear(&mut fast, 1, 5_000);
        assert!(!fast.is_vouched(SECOND), "the least delay counts");
        let mut near = DeviceClock::default();
        hear(&mut near, 0, -1_000);
        assert!(near.is_vouched(SECOND));
    }

    #[test]
    fn first_messages_that_waited_for_the_line_are_no_step() {
        let mut clock = DeviceClock::default();
        assert_eq!(hear(&mut clock, 0, 1_100), Heard::Prompt);
        assert_eq!(hear(&mut clock, 1, 700), Heard::Prompt);
        assert_eq!(hear(&mut clock, 2, 200), Heard::Prompt);
        assert_eq!(clock.latency(), Some(Micros::from_millis(200)));
        assert!(!clock.confirms(at(1), true), "nor are they vouched for");
        assert!(clock.confirms(at(2), true));
    }

    #[test]
    fn a_clock_put_forward_shows_in_the_first_message() {
        let mut clock = DeviceClock::default();
        for second in -3..=0 {
            assert_eq!(hear(&mut clock, second, 200), Heard::Prompt);
        }
        assert_eq!(hear(&mut clock, 5, -50), Heard::Prompt, "jitter");
        let by = Micros::from_millis(251);
        assert_eq!(hear(&mut clock, 10, -301), Heard::Stepped { by });
        assert_eq!(clock.stepped_at(), Some(at(10)));
        assert!(!clock.confirms(at(5), true), "said by the clock before");
        assert!(clock.confirms(at(10), true));
    }

    #[test]
    fn a_clock_put_back_shows_once_several_messages_are_late_alike() {
        let mut clock = DeviceClock::default();
        hear(&mut clock, 0, 200);
        assert_eq!(hear(&mut clock, 10, 2_300), Heard::Late);
        assert!(!clock.confirms(at(10), false));
        assert_eq!(hear(&mut clock, 20, 2_250), Heard::Late);
        assert_eq!(hear(&mut clock, 30, 2_400), Heard::Late);
        let by = Micros::from_millis(-2_050);
        assert_eq!(hear(&mut clock, 40, 2_310), Heard::Stepped { by });
        assert_eq!(clock.stepped_at(), Some(at(10)));
        assert_eq!(clock.latency(), Some(Micros::from_millis(2_250)));
        assert_eq!(hear(&mut clock, 50, 2_300), Heard::Prompt);
    }

    #[test]
    fn one_late_message_between_prompt_ones_is_by_the_same_clock() {
        let mut clock = DeviceClock::default();
        hear(&mut clock, 0, 200);
        assert_eq!(hear(&mut clock, 10, 801), Heard::Late);
        assert!(!clock.confirms(at(10), false));
        assert_eq!(hear(&mut clock, 20, 800), Heard::Prompt);
        assert!(clock.confirms(at(10), false));
    }

    #[test]
    fn a_line_that_works_off_what_it_held_is_no_step() {
        let mut clock = DeviceClock::default();
        hear(&mut clock, 0, 200);
        for held in 0..20 {
            let heard = hear(&mut clock, 60, 50_000 - held * 2_500);
            assert_eq!(heard, Heard::Late, "{held}");
        }
        assert_eq!(clock.stepped_at(), None);
    }
}
