//! The ways that drivers drive who evade by how they drive.

use super::{KMH, axle_places};
use crate::simulator::dice::Dice;
use crate::simulator::motion::Motion;
use crate::simulator::vehicle::Truth;

pub(super) fn braking(dice: &mut Dice, speed: f64, base: f64, mild: bool) -> Motion {
    let hard = if mild {
        dice.uniform(0.5, 1.0)
    } else {
        (1.0 + dice.exponential(0.9)).min(5.0)
    };
    let speed = (speed * dice.uniform(0.5, 1.0)).max(15.0 * KMH);
    // Mostly from before the sensors on; some only when the first axles are over.
    let from = if dice.chance(0.7) {
        0.0
    } else {
        dice.uniform(0.0, 0.5 * base)
    };
    Motion::from(speed)
        .to(from)
        .until(-hard, (0.3 * speed).max(1.5))
        .evenly()
}

pub(super) fn surging(
    dice: &mut Dice,
    vehicle: &Truth,
    speed: f64,
    mild: bool,
) -> (Vec<f64>, Motion) {
    let hard = if mild {
        dice.uniform(0.35, 0.5)
    } else {
        (0.5 + dice.exponential(0.4)).min(1.8)
    };
    let speed = (speed * dice.uniform(0.25, 0.7)).max(1.5);
    let motion = Motion::towards(speed, hard, 1.6 * speed + 5.0);
    let count = vehicle.axles.len();
    let mut factors = vec![1.0; count];
    if mild || dice.chance(0.7) {
        let (least, most) = if mild { (0.10, 0.25) } else { (0.25, 0.80) };
        for _ in 0..1 + dice.below(2) {
            let lost = dice.uniform(least, most);
            // The steering axle does not jump.
            let axle = 1 + dice.below(count.saturating_sub(1));
            let before = axle - 1;
            let after = (axle + 1).min(count - 1);
            for (place, gains) in [(before, 0.25), (after, 0.35)] {
                if let Some(factor) = factors.get_mut(place).filter(|_| place != axle) {
                    *factor += lost * gains * dice.uniform(0.5, 1.0);
                }
            }
            if let Some(factor) = factors.get_mut(axle) {
                *factor *= 1.0 - lost;
            }
        }
    }
    (factors, motion)
}

pub(super) fn stopping(dice: &mut Dice, base: f64, mild: bool) -> Motion {
    let twice = dice.chance(0.25);
    // One stop in each half where there are two.
    let first_until = if twice { 0.45 * base } else { 0.95 * base };
    let first = dice.uniform(0.3, first_until.max(0.6));
    let brakes = dice.uniform(1.0, 2.5);
    let slow = |dice: &mut Dice| {
        if mild {
            dice.uniform(1.0, 3.0) * KMH
        } else {
            0.0
        }
    };
    let slowest = slow(dice);
    // Nobody comes faster than he can stop there.
    let speed = (slowest * slowest + 2.0 * brakes * first).sqrt();
    let speed = speed.min(dice.uniform(8.0, 25.0) * KMH);
    let needs = (speed * speed - slowest * slowest) / (2.0 * brakes);
    let mut path = Motion::from(speed)
        .to(first - needs)
        .until(-brakes, slowest);
    if !mild {
        path = path.stand(dice.uniform(1.5, 15.0));
    }
    if twice {
        let gains = dice.uniform(0.4, 1.0);
        let second = dice.uniform(first + 0.5, (0.95 * base).max(first + 0.7));
        let room = second - path.place();
        // Up to this he can speed up and still stop in time.
        let most = (2.0 * room * gains * brakes / (gains + brakes)).sqrt();
        let between = most.min(dice.uniform(4.0, 12.0) * KMH);
        path = path.until(gains, between);
        let needs = between * between / (2.0 * brakes);
        path = path.to(second - needs).until(-brakes, 0.0);
        path = path.stand(dice.uniform(1.0, 8.0));
    }
    path.until(dice.uniform(0.4, 0.9), dice.uniform(15.0, 30.0) * KMH)
        .evenly()
}

pub(super) fn reversing(dice: &mut Dice, vehicle: &Truth) -> Motion {
    let places = axle_places(vehicle);
    let count = places.len();
    // Over the sensors with this axle, and back until that one has gone back, too.
    let over = if dice.chance(0.6) {
        count - 1
    } else {
        1 + dice.below(count.saturating_sub(1))
    };
    let back = dice.below(3.min(over + 1));
    let place = |axle: usize| places.get(axle).copied().unwrap_or_default();
    let turn = place(over) + dice.uniform(0.15, 0.55);
    let again = place(over - back) - dice.uniform(0.15, 0.6);
    let speed = dice.uniform(5.0, 11.0) * KMH;
    let backwards = dice.uniform(3.0, 6.0) * KMH;
    let brakes = 1.2;
    let room = speed * speed / (2.0 * brakes);
    let path = Motion::from(speed);
    let path = if turn > room {
        path.to(turn - room).until(-brakes, 0.0)
    } else {
        path.until(-speed * speed / (2.0 * turn), 0.0)
    };
    let way = turn - again;
    let gains = 0.6_f64.max(backwards * backwards / way);
    let backwards = backwards.min((gains * way).sqrt());
    path.stand(dice.uniform(0.5, 3.0))
        .until(-gains, -backwards)
        .to(again + backwards * backwards / (2.0 * gains))
        .until(gains, 0.0)
        .stand(dice.uniform(0.5, 3.0))
        .until(0.7, dice.uniform(8.0, 16.0) * KMH)
        .evenly()
}
