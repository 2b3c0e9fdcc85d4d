//! The clock of a device: how far it is off, from moment to moment.

use std::collections::VecDeque;

use super::dice::Dice;
use super::settings::ClockSettings;
use crate::units::Micros;

/// The rate changes so often.
const WANDERS_EVERY: Micros = Micros::from_seconds(3_600);
/// Moments so long before the latest one can still be asked for.
const KEPT: Micros = Micros::from_seconds(1_800);
/// Events are drawn so far ahead, so that devices may be asked a little out of order.
const AHEAD: Micros = Micros::from_seconds(120);

/// From a moment on the clock is off by this and goes at this rate.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    from: Micros,
    off_us: f64,
    rate_ppm: f64,
}

impl Stretch {
    fn off_at(&self, moment: Micros) -> f64 {
        let since = moment.saturating_sub(self.from).get() as f64;
        self.off_us + since * self.rate_ppm / 1e6
    }
}

/// A jump of a clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockStep {
    /// When.
    pub at: Micros,
    /// By how much; positive when it is ahead afterwards.
    pub by: Micros,
}

/// A device's clock.
#[derive(Debug)]
pub(super) struct DeviceClock {
    settings: ClockSettings,
    dice: Dice,
    /// Its own rate, around which it wanders.
    rate_ppm: f64,
    stretches: VecDeque<Stretch>,
    next_wander: Micros,
    next_set: Option<Micros>,
    next_step: Option<Micros>,
    steps: Vec<ClockStep>,
}

impl DeviceClock {
    /// A clock that runs from `start`; it jumps only where `jumps` says so.
    pub(super) fn new(settings: ClockSettings, mut dice: Dice, start: Micros, jumps: bool) -> Self {
        let rate_ppm = dice.uniform(-settings.drift_ppm, settings.drift_ppm);
        let most = settings.start_offset.get() as f64;
        let first = Stretch {
            from: start,
            off_us: dice.uniform(-most, most),
            rate_ppm,
        };
        let next_set = settings.set_every.map(|every| {
            // Devices don't all ask at the same moment.
            let part = dice.uniform(0.0, 1.0) * every.get() as f64;
            start.saturating_add(Micros::new(part as i64))
        });
        let mut clock = Self {
            settings,
            dice,
            rate_ppm,
            stretches: VecDeque::from([first]),
            next_wander: start.saturating_add(WANDERS_EVERY),
            next_set,
            next_step: None,
            steps: Vec::new(),
        };
        if jumps && settings.steps_a_day > 0.0 {
            clock.next_step = Some(clock.after(start));
        }
        clock
    }

    fn after(&mut self, moment: Micros) -> Micros {
        let wait = self.dice.exponential(86_400e6 / self.settings.steps_a_day);
        moment.saturating_add(Micros::new(wait as i64))
    }

    /// What the clock is ahead of the true time at a moment.
    pub(super) fn error(&mut self, moment: Micros) -> Micros {
        self.reach(moment.saturating_add(AHEAD));
        let of = self.stretches.iter().rfind(|s| s.from <= moment);
        let of = of.or(self.stretches.front());
        Micros::new(of.map_or(0, |stretch| stretch.off_at(moment).round() as i64))
    }

    /// What the clock shows at a moment.
    pub(super) fn shows(&mut self, moment: Micros) -> Micros {
        moment.saturating_add(self.error(moment))
    }

    /// The jumps that were not told yet.
    pub(super) fn take_steps(&mut self) -> Vec<ClockStep> {
        std::mem::take(&mut self.steps)
    }

    fn reach(&mut self, until: Micros) {
        loop {
            let events = [Some(self.next_wander), self.next_set, self.next_step];
            let Some(next) = events.into_iter().flatten().min().filter(|at| *at <= until) else {
                return;
            };
            let Some(last) = self.stretches.back().copied() else {
                return;
            };
            let mut stretch = Stretch {
                from: next,
                off_us: last.off_at(next),
                rate_ppm: last.rate_ppm,
            };
            if next == self.next_wander {
                stretch.rate_ppm = self.dice.normal(self.rate_ppm, self.settings.wander_ppm);
                self.next_wander = next.saturating_add(WANDERS_EVERY);
            } else if Some(next) == self.next_set {
                let error = self.settings.set_error.get() as f64;
                stretch.off_us = self.dice.normal(0.0, error);
                self.next_set = self.settings.set_every.map(|e| next.saturating_add(e));
            } else {
                let (least, most) = self.settings.step;
                let (least, most) = (least.get() as f64, most.get() as f64);
                // Small jumps are as frequent as large ones, by the order of size.
                let size = least * (most / least).powf(self.dice.uniform(0.0, 1.0));
                let by = if self.dice.chance(0.5) { size } else { -size };
                stretch.off_us += by;
                self.steps.push(ClockStep {
                    at: next,
                    by: Micros::new(by.round() as i64),
                });
                self.next_step = Some(self.after(next));
            }
            self.stretches.push_back(stretch);
            let old = next.saturating_sub(KEPT);
            while self
                .stretches
                .get(1)
                .is_some_and(|second| second.from < old)
            {
                self.stretches.pop_front();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(hours: i64) -> Micros {
        Micros::from_seconds(hours * 3_600)
    }

    fn clock(settings: ClockSettings, seed: u64) -> DeviceClock {
        DeviceClock::new(settings, Dice::new(seed, 9), Micros::ZERO, true)
    }

    #[test]
    fn a_right_clock_is_right() {
        let mut clock = clock(ClockSettings::RIGHT, 1);
        for hour in 0..100 {
            assert_eq!(clock.shows(hours(hour)), hours(hour));
        }
    }

    #[test]
    fn clocks_drift_up_to_what_is_set_and_no_two_alike() {
        let settings = ClockSettings {
            drift_ppm: 100.0,
            ..ClockSettings::RIGHT
        };
        let errors: Vec<i64> = (0..200)
            .map(|seed| clock(settings, seed).error(hours(24)).get())
            .collect();
        let (least, most) = (errors.iter().min().unwrap(), errors.iter().max().unwrap());
        // 100 ppm of a day are 8.64 s.
        assert!((-8_640_000..-8_300_000).contains(least), "{least}");
        assert!((8_300_000..8_640_001).contains(most), "{most}");
    }

    #[test]
    fn setting_a_clock_keeps_it_near() {
        let mut clock = clock(ClockSettings::DRIFTING, 4);
        let mut furthest = 0;
        for minute in 0..20_000 {
            let at = Micros::from_seconds(minute * 60);
            furthest = furthest.max(clock.error(at).abs().get());
        }
        // An hour of 100 ppm is 0.36 s; three or four deviations of the setting beside.
        assert!((100_000..600_000).contains(&furthest), "{furthest}");
        assert!(clock.stretches.len() < 10);
    }

    #[test]
    fn jumps_are_as_many_and_as_far_as_is_set_and_are_told() {
        let settings = ClockSettings {
            steps_a_day: 2.0,
            ..ClockSettings::RIGHT
        };
        let mut clock = clock(settings, 7);
        let (mut last, mut changes) = (0, 0);
        for minute in 0..1_440 * 100 {
            let error = clock.error(Micros::from_seconds(minute * 60)).get();
            changes += i32::from(error != last);
            last = error;
        }
        let steps = clock.take_steps();
        assert!((150..250).contains(&steps.len()), "{}", steps.len());
        assert!((changes - steps.len() as i32).abs() <= 2);
        for step in &steps {
            let size = step.by.abs();
            assert!(
                size >= settings.step.0 && size <= settings.step.1,
                "{step:?}"
            );
        }
        assert!(clock.take_steps().is_empty());
    }
}
