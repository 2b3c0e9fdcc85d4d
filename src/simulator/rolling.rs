//! What the sensors of a lane feel of a vehicle: one axle after the other, each with the load that it
//! has at that moment.
//!
//! A vehicle that slows down leans forwards: its front axles gain what the rear ones lose, as much as mass
//! times deceleration times height of the load over the length asks for. One that swerves leans to the
//! side. The sum of what stands on the road is the same all the time; no axle is weighed at the same
//! moment as another.

use super::manoeuvre::{Counting, Half, Manoeuvre, axle_places};
use super::motion::{Motion, seconds};
use super::vehicle::{Category, Truth};
use crate::units::Micros;

/// Height of the centre of mass, metres: of cars and light trucks, and of empty trucks with what their load
/// adds.
const LOW: f64 = 0.8;
const HIGH: (f64, f64) = (1.1, 0.6);
/// Acceleration of free fall, m/s².
const G: f64 = 9.81;
/// Wheels lighter than this are beside the sensor, kg.
const NO_WHEEL_KG: f64 = 60.0;

/// A vehicle on its way over the sensors.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rolling<'a> {
    pub(super) vehicle: &'a Truth,
    pub(super) motion: &'a Motion,
    pub(super) manoeuvre: &'a Manoeuvre,
    /// When its first axle is on the first sensor.
    pub(super) at: Micros,
}

/// An axle on the sensors of a lane.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Hit {
    pub(super) at: Micros,
    /// What the sensor of each side carries, kg; `None` without a wheel on it.
    pub(super) left: Option<f64>,
    pub(super) right: Option<f64>,
    /// m/s, never negative.
    pub(super) speed: f64,
    /// m/s².
    pub(super) acceleration: f64,
    /// Way since the axle before, metres; `None` for the first.
    pub(super) way: Option<f64>,
    /// How unevenly the vehicle drove since the axle before, 0 evenly to 1 it stood.
    pub(super) uneven: f64,
    /// Group of the axle, from 1.
    pub(super) group: u8,
}

impl Rolling<'_> {
    /// All hits in the order of time, as a sensor over the whole width of the lane would feel them.
    pub(super) fn hits(&self) -> Vec<Hit> {
        let places = axle_places(self.vehicle);
        let base = places.last().copied().unwrap_or_default();
        let mut moments: Vec<(f64, usize)> = Vec::with_capacity(places.len());
        for (axle, place) in places.iter().enumerate() {
            let lifted = self.manoeuvre.lifted.filter(|lifted| lifted.axle == axle);
            if lifted.is_some_and(|lifted| lifted.touches_kg <= 0.0) {
                continue;
            }
            // Against the lane the last axle comes first.
            let place = if self.manoeuvre.wrong_way {
                base - place
            } else {
                *place
            };
            if self.manoeuvre.counting.is_some() {
                moments.extend(self.motion.times_at(place).into_iter().map(|t| (t, axle)));
            } else {
                moments.push((self.motion.time_at(place), axle));
            }
        }
        moments.sort_by(|a, b| a.0.total_cmp(&b.0));
        self.count(&mut moments);
        let groups = self.groups();
        let mut hits: Vec<Hit> = Vec::with_capacity(moments.len());
        let mut before: Option<f64> = None;
        for (time, axle) in moments {
            let (left, right) = self.sides(axle, time, &places);
            let group = groups.get(axle).copied().unwrap_or(1);
            hits.push(Hit {
                at: self.at.saturating_add(seconds(time)),
                left: Some(left),
                right: Some(right),
                speed: self.motion.speed_at(time).abs(),
                acceleration: self.motion.acceleration_at(time),
                way: before.map(|before| self.way(before, time)),
                uneven: before.map_or(0.0, |before| self.unevenness(before, time)),
                group,
            });
            before = Some(time);
        }
        hits
    }

    /// What a controller counts of a vehicle that goes back.
    fn count(&self, moments: &mut Vec<(f64, usize)>) {
        let forwards = |time: f64| self.motion.speed_at(time) >= 0.0;
        match self.manoeuvre.counting {
            None | Some(Counting::All) => {}
            Some(Counting::Forwards) => moments.retain(|(time, _)| forwards(*time)),
            Some(Counting::UntilBack) => {
                let mut gone_back = false;
                moments.retain(|(time, _)| {
                    gone_back |= !forwards(*time);
                    !(gone_back && forwards(*time))
                });
            }
        }
    }

    /// The number of each axle's group.
    fn groups(&self) -> Vec<u8> {
        let groups = (1_u8..).zip(&self.vehicle.groups);
        groups
            .flat_map(|(group, axles)| std::iter::repeat_n(group, usize::from(*axles)))
            .collect()
    }

    /// Metres that the wheels turned between two moments, back and forth.
    fn way(&self, from: f64, until: f64) -> f64 {
        // A way turns only where it stands, at the ends of stretches; in small steps none is missed.
        if self.manoeuvre.counting.is_none() {
            return (self.motion.place_at(until) - self.motion.place_at(from)).abs();
        }
        let steps = 64;
        let moment = |step: i32| from + (until - from) * f64::from(step) / f64::from(steps);
        let place = |step: i32| self.motion.place_at(moment(step));
        (0..steps)
            .map(|step| (place(step + 1) - place(step)).abs())
            .sum()
    }

    fn unevenness(&self, from: f64, until: f64) -> f64 {
        let fastest = self.motion.speed_at(from).abs();
        let fastest = fastest.max(self.motion.speed_at(until).abs());
        let slowest = self.motion.slowest(from, until);
        (1.0 - slowest / fastest.max(0.01)).clamp(0.0, 1.0)
    }

    /// What the wheels of both sides of an axle carry, kg.
    fn sides(&self, axle: usize, time: f64, places: &[f64]) -> (f64, f64) {
        let Some(real) = self.vehicle.axles.get(axle) else {
            return (0.0, 0.0);
        };
        let standing = self.standing_load(axle);
        let place = places.get(axle).copied().unwrap_or_default();
        let leaning = self.leaning(time, place, places);
        let jump = self.manoeuvre.jumps.get(axle).copied().unwrap_or(1.0);
        let load = ((standing + leaning) * jump).max(50.0);
        let share = real.left_kg.get() as f64 / real.load_kg.get().max(1) as f64;
        let swing = self.manoeuvre.weave.map_or(0.0, |(swing, length, phase)| {
            swing * (std::f64::consts::TAU * place / length + phase).sin()
        });
        let share = (share + swing).clamp(0.02, 0.98);
        let (mut left, mut right) = (load * share, load * (1.0 - share));
        if let Some((side, ref remains)) = self.manoeuvre.off {
            let remains = remains.get(axle).copied().unwrap_or(1.0);
            match side {
                Half::Left => left *= remains,
                Half::Right => right *= remains,
            }
        }
        (left, right)
    }

    /// What an axle carries when the vehicle stands; a lifted one leaves its load to its group.
    fn standing_load(&self, axle: usize) -> f64 {
        let load = |axle: usize| {
            let axle = self.vehicle.axles.get(axle);
            axle.map_or(0.0, |axle| axle.load_kg.get() as f64)
        };
        let Some(lifted) = self.manoeuvre.lifted else {
            return load(axle);
        };
        if axle == lifted.axle {
            return lifted.touches_kg;
        }
        let groups = self.groups();
        let group = groups.get(lifted.axle);
        let others = groups.iter().filter(|other| Some(*other) == group).count() - 1;
        let left = load(lifted.axle) - lifted.touches_kg;
        if others > 0 && groups.get(axle) == group {
            load(axle) + left / others as f64
        } else {
            load(axle)
        }
    }

    fn height(&self) -> f64 {
        let vehicle = self.vehicle;
        let loaded = vehicle.gross_kg.get() as f64 / vehicle.limit_kg.get().max(1) as f64;
        match vehicle.category {
            Category::Car | Category::LightTruck => LOW,
            _ => HIGH.0 + HIGH.1 * loaded.min(1.0),
        }
    }

    /// What an axle gains while the vehicle changes its speed, kg.
    fn leaning(&self, time: f64, place: f64, places: &[f64]) -> f64 {
        let acceleration = self.motion.acceleration_at(time);
        if acceleration == 0.0 || places.len() < 2 {
            return 0.0;
        }
        let middle = places.iter().sum::<f64>() / places.len() as f64;
        let spread: f64 = places.iter().map(|p| (p - middle) * (p - middle)).sum();
        let mass = self.vehicle.gross_kg.get() as f64;
        // Backwards and against the lane the other end is in front.
        let turned = self.manoeuvre.wrong_way != (self.motion.speed_at(time) < 0.0);
        let acceleration = if turned { -acceleration } else { acceleration };
        -acceleration * mass * self.height() / G * (middle - place) / spread.max(1.0)
    }
}

/// What the sensors of the two lanes feel of a vehicle between them: the left lane's right sensor its
/// left wheels, the right lane's left sensor its right ones. Lower numbers are further left.
pub(super) fn between_lanes(hits: &[Hit], catches: [f64; 2]) -> [Vec<Hit>; 2] {
    let [left, right] = catches;
    let half = |hit: &Hit, on_left: Option<f64>, on_right: Option<f64>| Hit {
        left: on_left,
        right: on_right,
        ..hit.clone()
    };
    let of_left = hits.iter().map(|hit| {
        let wheels = hit.left.map(|kg| kg * left);
        half(hit, None, wheels)
    });
    let of_right = hits.iter().map(|hit| {
        let wheels = hit.right.map(|kg| kg * right);
        half(hit, wheels, None)
    });
    [of_left.collect(), of_right.collect()]
}

/// The hits of two vehicles as those of one.
pub(super) fn merged(mut first: Vec<Hit>, second: Vec<Hit>, between: f64) -> Vec<Hit> {
    let last_group = first.last().map_or(0, |hit| hit.group);
    let leaves = first.last().map(|hit| hit.at);
    for (index, mut hit) in second.into_iter().enumerate() {
        hit.group = hit.group.saturating_add(last_group);
        if index == 0 {
            hit.way = Some(between);
        }
        first.push(hit);
    }
    debug_assert!(leaves <= first.last().map(|hit| hit.at));
    first
}

impl Hit {
    /// Takes wheels that carry next to nothing for none.
    pub(super) fn without_ghosts(mut self) -> Self {
        self.left = self.left.filter(|kg| *kg >= NO_WHEEL_KG);
        self.right = self.right.filter(|kg| *kg >= NO_WHEEL_KG);
        self
    }
}

/// Seconds between the first and the last hit.
pub(super) fn duration(hits: &[Hit]) -> f64 {
    match (hits.first(), hits.last()) {
        (Some(first), Some(last)) => last.at.saturating_sub(first.at).in_seconds(),
        _ => 0.0,
    }
}
