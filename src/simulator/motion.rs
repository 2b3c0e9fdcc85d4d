//! How a vehicle moves over the station: its place as a function of time.

use crate::units::{Micros, TenthKmh};

/// Slower than this counts as standing, m/s.
const STANDING: f64 = 0.01;

/// A stretch of constant acceleration.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Stretch {
    /// When it begins, seconds.
    from: f64,
    /// Where the first axle is then, metres behind the first sensor.
    place: f64,
    /// Speed then, m/s; negative backwards.
    speed: f64,
    /// Acceleration, m/s².
    acceleration: f64,
}

impl Stretch {
    fn place_at(&self, time: f64) -> f64 {
        let since = time - self.from;
        self.place + since * (self.speed + 0.5 * self.acceleration * since)
    }

    fn speed_at(&self, time: f64) -> f64 {
        self.speed + self.acceleration * (time - self.from)
    }
}

/// The way of a vehicle from the moment on that its first axle is on the first sensor. Stretches of
/// constant acceleration; on the last one it drives evenly for ever.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Motion {
    stretches: Vec<Stretch>,
}

impl Motion {
    /// Evenly.
    pub(super) fn steady(speed: f64) -> Self {
        Self {
            stretches: vec![Stretch {
                from: 0.0,
                place: 0.0,
                speed: speed.max(0.3),
                acceleration: 0.0,
            }],
        }
    }

    /// Begins with a speed; to be gone on with [`Motion::then`] and ended with [`Motion::evenly`].
    pub(super) fn from(speed: f64) -> Path {
        Path {
            stretches: Vec::with_capacity(4),
            time: 0.0,
            place: 0.0,
            speed,
        }
    }

    /// With one acceleration until a speed is reached, then evenly.
    pub(super) fn towards(speed: f64, acceleration: f64, target: f64) -> Self {
        let speed = speed.max(0.3);
        let lasts = (target - speed) / acceleration;
        if lasts.is_finite() && lasts > 0.0 {
            Self::from(speed).then(acceleration, lasts).evenly()
        } else {
            Self::steady(speed)
        }
    }

    fn stretch_at(&self, time: f64) -> Option<&Stretch> {
        let later = self.stretches.iter().rposition(|s| s.from <= time);
        self.stretches.get(later.unwrap_or_default())
    }

    /// When the first axle has come so far for the first time, seconds. Places before the first sensor
    /// are taken as passed at the first speed.
    pub(super) fn time_at(&self, place: f64) -> f64 {
        let ends = self.stretches.iter().skip(1).map(|s| s.from);
        let ends = ends.chain(std::iter::once(f64::INFINITY));
        for (stretch, end) in self.stretches.iter().zip(ends) {
            if let Some(time) = first_at(stretch, place)
                && time <= end
            {
                return time;
            }
        }
        0.0
    }

    /// Where the first axle is, metres.
    pub(super) fn place_at(&self, time: f64) -> f64 {
        self.stretch_at(time).map_or(0.0, |s| s.place_at(time))
    }

    /// The speed at a moment, m/s; negative backwards.
    pub(super) fn speed_at(&self, time: f64) -> f64 {
        self.stretch_at(time).map_or(0.0, |s| s.speed_at(time))
    }

    /// The acceleration at a moment, m/s².
    pub(super) fn acceleration_at(&self, time: f64) -> f64 {
        self.stretch_at(time).map_or(0.0, |s| s.acceleration)
    }

    /// All moments at which the first axle is at this place, forwards or backwards, in order.
    pub(super) fn times_at(&self, place: f64) -> Vec<f64> {
        let ends = self.stretches.iter().skip(1).map(|s| s.from);
        let ends = ends.chain(std::iter::once(f64::INFINITY));
        let mut times: Vec<f64> = Vec::with_capacity(1);
        for (stretch, end) in self.stretches.iter().zip(ends) {
            for time in roots(stretch, place).into_iter().flatten() {
                let again = times.last().is_some_and(|last| time - last < 1e-6);
                if time >= stretch.from && time <= end && !again {
                    times.push(time);
                }
            }
        }
        times
    }

    /// The slowest, forwards or backwards, between two moments; m/s.
    pub(super) fn slowest(&self, from: f64, until: f64) -> f64 {
        let inner = self.stretches.iter().map(|s| s.from);
        let inner = inner.filter(|time| (from..=until).contains(time));
        let moments = inner.chain([from, until]);
        moments
            .map(|time| self.speed_at(time).abs())
            .fold(f64::INFINITY, f64::min)
    }
}

/// A way that is being laid out.
#[derive(Debug, Clone)]
pub(super) struct Path {
    stretches: Vec<Stretch>,
    time: f64,
    place: f64,
    speed: f64,
}

impl Path {
    /// With this acceleration for so long.
    pub(super) fn then(mut self, acceleration: f64, lasts: f64) -> Self {
        let stretch = Stretch {
            from: self.time,
            place: self.place,
            speed: self.speed,
            acceleration,
        };
        self.time += lasts;
        self.place = stretch.place_at(self.time);
        self.speed = stretch.speed_at(self.time);
        self.stretches.push(stretch);
        self
    }

    /// With this acceleration until this speed; nothing when it does not lead there.
    pub(super) fn until(self, acceleration: f64, speed: f64) -> Self {
        let lasts = (speed - self.speed) / acceleration;
        if !lasts.is_finite() || lasts <= 0.0 {
            return self;
        }
        let mut path = self.then(acceleration, lasts);
        path.speed = speed;
        path
    }

    /// Evenly until the first axle has come so far; nothing when it has, or stands.
    pub(super) fn to(self, place: f64) -> Self {
        let lasts = (place - self.place) / self.speed;
        if lasts.is_finite() && lasts > 0.0 {
            self.then(0.0, lasts)
        } else {
            self
        }
    }

    /// Stands for so long.
    pub(super) fn stand(mut self, lasts: f64) -> Self {
        self.speed = 0.0;
        self.then(0.0, lasts)
    }

    /// Evenly for ever.
    pub(super) fn evenly(mut self) -> Motion {
        self.stretches.push(Stretch {
            from: self.time,
            place: self.place,
            speed: self.speed.max(0.3),
            acceleration: 0.0,
        });
        Motion {
            stretches: self.stretches,
        }
    }

    /// Where it has led to.
    pub(super) const fn place(&self) -> f64 {
        self.place
    }
}

/// The first moment from the stretch's beginning on at which the place is reached.
fn first_at(stretch: &Stretch, place: f64) -> Option<f64> {
    if place <= stretch.place {
        // Behind the beginning; only the first stretch is ever asked for it.
        return (stretch.from == 0.0)
            .then(|| stretch.from + (place - stretch.place) / stretch.speed.max(STANDING));
    }
    let times = roots(stretch, place).into_iter().flatten();
    times.filter(|time| *time >= stretch.from).reduce(f64::min)
}

/// Both moments at which the parabola of a stretch is at a place, in order.
fn roots(stretch: &Stretch, place: f64) -> [Option<f64>; 2] {
    let (a, b, c) = (
        0.5 * stretch.acceleration,
        stretch.speed,
        stretch.place - place,
    );
    if a == 0.0 {
        let at = (b.abs() >= STANDING).then(|| stretch.from - c / b);
        return [at, None];
    }
    let discriminant = b * b - 4.0 * a * c;
    if discriminant < 0.0 {
        return [None, None];
    }
    // The stable form: no difference of nearly equal numbers.
    let q = -0.5 * (b + b.signum() * discriminant.sqrt());
    let (one, two) = (q / a, if q == 0.0 { q / a } else { c / q });
    let (first, second) = (one.min(two), one.max(two));
    [Some(stretch.from + first), Some(stretch.from + second)]
}

/// Metres a second of a speed.
pub(super) fn metres_per_second(speed: TenthKmh) -> f64 {
    // 0.1 km/h are 1/36 m/s.
    speed.get() as f64 / 36.0
}

/// The speed of so many metres a second; its size when backwards.
pub(super) fn tenth_kmh(metres_per_second: f64) -> TenthKmh {
    TenthKmh::new((metres_per_second.abs() * 36.0).round() as i64)
}

/// So many seconds.
pub(super) fn seconds(seconds: f64) -> Micros {
    Micros::new((seconds * 1e6) as i64)
}

/// Metres of so many millimetres.
pub(super) fn metres(millimetres: i64) -> f64 {
    millimetres as f64 / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: f64, wanted: f64) {
        assert!((found - wanted).abs() < 1e-6, "{found} {wanted}");
    }

    #[test]
    fn a_steady_vehicle_is_where_speed_times_time_is() {
        let motion = Motion::steady(20.0);
        near(motion.time_at(50.0), 2.5);
        near(motion.time_at(-10.0), -0.5);
        near(motion.place_at(3.0), 60.0);
        assert_eq!(motion.times_at(50.0).len(), 1);
    }

    #[test]
    fn braking_takes_longer_and_ends_in_even_driving() {
        let motion = Motion::towards(20.0, -2.0, 10.0);
        near(motion.place_at(5.0), 75.0);
        near(motion.speed_at(4.0), 12.0);
        near(motion.speed_at(9.0), 10.0);
        near(motion.time_at(75.0), 5.0);
        near(motion.time_at(85.0), 6.0);
        near(motion.acceleration_at(1.0), -2.0);
        near(motion.acceleration_at(7.0), 0.0);
    }

    #[test]
    fn who_stands_goes_on_later() {
        let motion = Motion::from(5.0)
            .until(-2.5, 0.0)
            .stand(10.0)
            .until(1.0, 4.0)
            .evenly();
        near(motion.place_at(2.0), 5.0);
        near(motion.place_at(11.9), 5.0);
        near(motion.time_at(5.5), 13.0);
        near(motion.slowest(1.0, 13.0), 0.0);
        assert!(motion.slowest(0.0, 0.5) > 3.0);
    }

    #[test]
    fn who_backs_up_is_at_a_place_three_times() {
        let motion = Motion::from(2.0)
            .until(-1.0, -1.5)
            .then(0.0, 1.0)
            .until(1.0, 3.0)
            .evenly();
        let times = motion.times_at(1.0);
        assert_eq!(times.len(), 3, "{times:?}");
        assert!(times.windows(2).all(|pair| pair[0] < pair[1]));
        for (time, forwards) in times.iter().zip([true, false, true]) {
            near(motion.place_at(*time), 1.0);
            assert_eq!(motion.speed_at(*time) > 0.0, forwards);
        }
        near(motion.time_at(1.0), times[0]);
        assert_eq!(motion.times_at(50.0).len(), 1);
    }
}
