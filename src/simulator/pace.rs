//! The pace of a jam: how fast a lane moves, from minute to minute.

use std::collections::VecDeque;

use super::dice::Dice;
use super::motion::{Motion, seconds};
use super::settings::SpeedProfile;
use super::traffic::speed_of;
use crate::units::Micros;

/// Nobody gains or loses speed faster in a jam, m/s².
const HARDEST: f64 = 0.9;
/// So often a new pace is struck, seconds.
const EVERY: (f64, f64) = (12.0, 45.0);
/// Share of the paces that are of a wave: standing, or less than 10 km/h.
const WAVES: f64 = 0.35;
/// Of those, share that stands.
const STANDING: f64 = 0.45;
/// Knots older than this are forgotten, seconds.
const KEPT: f64 = 1_800.0;
/// A way is laid out until this place, metres: behind it nothing is seen of a vehicle.
const OUT_OF_SIGHT: f64 = 80.0;

/// The speed of a lane: it changes evenly from knot to knot.
#[derive(Debug)]
pub(super) struct Pace {
    dice: Dice,
    /// Moment and speed, m/s.
    knots: VecDeque<(Micros, f64)>,
}

impl Pace {
    pub(super) fn new(dice: Dice, start: Micros) -> Self {
        Self {
            dice,
            knots: VecDeque::from([(start, 8.0)]),
        }
    }

    /// Draws knots up to a moment.
    fn reach(&mut self, until: Micros) {
        while let Some(&(last, speed)) = self.knots.back()
            && last <= until
        {
            let next = if self.dice.chance(WAVES) {
                if self.dice.chance(STANDING) {
                    0.0
                } else {
                    self.dice.uniform(0.5, 2.7)
                }
            } else {
                speed_of(&mut self.dice, SpeedProfile::Jam, false)
            };
            let least = (next - speed).abs() / HARDEST;
            let lasts = self.dice.uniform(EVERY.0, EVERY.1).max(least);
            let mut at = last.saturating_add(seconds(lasts));
            self.knots.push_back((at, next));
            if next == 0.0 {
                at = at.saturating_add(seconds(self.dice.uniform(3.0, 25.0)));
                self.knots.push_back((at, 0.0));
            }
        }
        let Some(&(last, _)) = self.knots.back() else {
            return;
        };
        let old = last.saturating_sub(seconds(KEPT));
        while self.knots.get(1).is_some_and(|(at, _)| *at < old) {
            self.knots.pop_front();
        }
    }

    /// The way of a vehicle whose first axle is on the first sensor at this moment, driving as the lane
    /// does. Asked for in the order of time, give or take some minutes.
    pub(super) fn motion(&mut self, at: Micros) -> Motion {
        let mut ahead = at.saturating_add(Micros::from_seconds(60));
        loop {
            self.reach(ahead);
            if let Some(motion) = self.laid_out(at) {
                return motion;
            }
            ahead = ahead.saturating_add(Micros::from_seconds(60));
        }
    }

    /// `None` when the knots don't lead far enough.
    fn laid_out(&self, at: Micros) -> Option<Motion> {
        let mut path = None;
        for (from, to) in self.knots.iter().zip(self.knots.iter().skip(1)) {
            if to.0 <= at {
                continue;
            }
            let lasts = to.0.saturating_sub(from.0).in_seconds().max(1e-3);
            let acceleration = (to.1 - from.1) / lasts;
            let begins = from.0.max(at);
            let speed = from.1 + acceleration * begins.saturating_sub(from.0).in_seconds();
            let laid = path.unwrap_or_else(|| Motion::from(speed));
            let laid = laid.then(acceleration, to.0.saturating_sub(begins).in_seconds());
            if laid.place() > OUT_OF_SIGHT {
                return Some(laid.evenly());
            }
            path = Some(laid);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vehicles_one_behind_the_other_keep_apart() {
        let start = Micros::from_seconds(1_000);
        let mut pace = Pace::new(Dice::new(3, 1), start);
        let mut at = start;
        let mut slow = 0;
        for _ in 0..2_000 {
            let motion = pace.motion(at);
            let gone = at.saturating_add(seconds(motion.time_at(20.0)));
            // Whoever begins where the leader was 20 m ago is 20 m behind, then and later.
            let behind = pace.motion(gone);
            let later = 5.0;
            let apart = motion.place_at(gone.saturating_sub(at).in_seconds() + later)
                - behind.place_at(later);
            if motion.place_at(gone.saturating_sub(at).in_seconds() + later) < 60.0 {
                assert!((apart - 20.0).abs() < 0.1, "{apart}");
            }
            slow += i32::from(motion.slowest(0.0, motion.time_at(15.0)) < 10.0 / 3.6);
            at = gone;
        }
        assert!((80..400).contains(&slow), "{slow} of 2000 below 10 km/h");
    }

    #[test]
    fn old_knots_are_forgotten() {
        let mut pace = Pace::new(Dice::new(3, 1), Micros::ZERO);
        for hour in 0..48 {
            let _ = pace.motion(Micros::from_seconds(hour * 3_600));
        }
        assert!(pace.knots.len() < 400, "{}", pace.knots.len());
    }
}
