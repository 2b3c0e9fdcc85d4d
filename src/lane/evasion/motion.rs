//! How a vehicle moved over the sensors: its acceleration from the speeds of its axles and from what
//! the controller states.

use smallvec::SmallVec;

use super::score::together;
use super::view::View;

/// Speeds are rounded to this, km/h.
const SPEED_STEP_KMH: f64 = 0.1;
/// Slower than this, km/h, times between axles say nothing: the vehicle may have stood.
const TOO_SLOW_KMH: f64 = 2.0;

/// Speed and time at each axle.
type Points = SmallVec<[(f64, f64); 8]>;

/// The motion of a vehicle.
#[derive(Debug, Clone, Default)]
pub struct Motion {
    /// Speed and time since the first axle at every axle, m/s and s; empty where not measured.
    points: Points,
    /// How far each axle's speed is from the straight line through all, as a share of the speed:
    /// the scatter of the sensors. Empty for less than three axles.
    pub speeds_apart: SmallVec<[f64; 8]>,
    /// Slope of that line, m/s².
    pub fitted: Option<f64>,
    /// What the controller states, m/s².
    pub stated: Option<f64>,
}

/// An acceleration with its uncertainty.
#[derive(Debug, Clone, Copy)]
pub struct Acceleration {
    /// m/s².
    pub value: f64,
    /// Standard deviation, m/s².
    pub error: f64,
}

impl Motion {
    /// The motion behind a view.
    pub fn of(view: &View<'_>) -> Self {
        let stated = view.weighing.acceleration_tenth_ms2;
        let stated = stated.map(|tenths| tenths.get() as f64 / 10.0);
        let points = points(view);
        let Some((slope, middle)) = line(&points) else {
            return Self {
                points,
                stated,
                ..Self::default()
            };
        };
        let number = points.len() as f64;
        let speeds_apart = if points.len() > 2 {
            // Two figures were fitted: the points lie nearer to the line than the truth does.
            let few = libm::sqrt(number / (number - 2.0));
            let apart = points.iter().map(|(speed, time)| {
                let expected = middle.0 + slope * (time - middle.1);
                libm::fabs(speed - expected) / middle.0 * few
            });
            apart.collect()
        } else {
            SmallVec::new()
        };
        Self {
            points,
            speeds_apart,
            fitted: Some(slope),
            stated,
        }
    }

    /// The acceleration from both sources, weighed by their uncertainty. `scatter` is that of an
    /// axle's speed as a share of it, `error` that of the stated acceleration in m/s².
    pub fn acceleration(&self, scatter: f64, error: f64) -> Option<Acceleration> {
        let fitted = self.fitted.zip(self.fit_error(scatter));
        let sources = [fitted, self.stated.map(|stated| (stated, error))];
        let (mut sum, mut weights) = (0.0, 0.0);
        for (value, error) in sources.into_iter().flatten() {
            let weight = 1.0 / (error * error).max(1e-6);
            sum += value * weight;
            weights += weight;
        }
        (weights > 0.0).then(|| Acceleration {
            value: sum / weights,
            error: 1.0 / libm::sqrt(weights),
        })
    }

    /// Uncertainty of the slope.
    fn fit_error(&self, scatter: f64) -> Option<f64> {
        let number = self.points.len() as f64;
        let mean_time = self.points.iter().map(|(_, time)| time).sum::<f64>() / number.max(1.0);
        let mean_speed = self.points.iter().map(|(speed, _)| speed).sum::<f64>() / number.max(1.0);
        let spread: f64 = self
            .points
            .iter()
            .map(|(_, time)| (time - mean_time) * (time - mean_time))
            .sum();
        let rounding = SPEED_STEP_KMH / 3.6 / libm::sqrt(12.0);
        let error = together(mean_speed * scatter, rounding) / libm::sqrt(spread);
        (spread > 1e-6).then_some(error)
    }
}

/// Axles nearer than this, mm, are one place: between them speed hardly changes.
const PART_MM: f64 = 2_100.0;
/// Faster than this, km/h, the speeds of two axles alone say next to nothing of the acceleration.
const PARTS_BELOW_KMH: f64 = 40.0;

/// The accelerations between neighbouring axles of a slow vehicle that are not of one group. `scatter` as
/// in [`Motion::acceleration`].
pub fn parts<'a>(view: &'a View<'_>, scatter: f64) -> impl Iterator<Item = Acceleration> + 'a {
    let pairs = view.axles.iter().zip(view.axles.iter().skip(1));
    pairs.filter_map(move |(before, axle)| {
        let (from, until) = (before.speed?, axle.speed?);
        let way = axle.spacing.filter(|way| *way > PART_MM)? / 1_000.0;
        if from.max(until) > PARTS_BELOW_KMH || from.min(until) < TOO_SLOW_KMH {
            return None;
        }
        let (from, until) = (from / 3.6, until / 3.6);
        let middle = (from + until) / 2.0;
        let rounding = SPEED_STEP_KMH / 3.6 / libm::sqrt(12.0);
        let error = together(middle * scatter, rounding) * std::f64::consts::SQRT_2;
        Some(Acceleration {
            value: (until - from) * middle / way,
            error: error * middle / way,
        })
    })
}

/// Speed and time of each axle. The time between two is their spacing over their mean speed.
fn points(view: &View<'_>) -> Points {
    let speeds = view.axle_speeds();
    if speeds.len() < 2 || speeds.iter().any(|speed| *speed < TOO_SLOW_KMH) {
        return Points::new();
    }
    let mut time = 0.0;
    let mut before: Option<f64> = None;
    let mut points = Points::with_capacity(speeds.len());
    for (axle, speed) in view.axles.iter().zip(speeds) {
        let speed = speed / 3.6;
        if let Some(before) = before {
            let Some(spacing) = axle.spacing else {
                return Points::new();
            };
            time += spacing / 1_000.0 / ((speed + before) / 2.0);
        }
        before = Some(speed);
        points.push((speed, time));
    }
    points
}

/// Slope of the line through the points, and the middle that it goes through (speed, time).
fn line(points: &[(f64, f64)]) -> Option<(f64, (f64, f64))> {
    let number = points.len() as f64;
    if points.len() < 2 {
        return None;
    }
    let speed = points.iter().map(|(speed, _)| speed).sum::<f64>() / number;
    let time = points.iter().map(|(_, time)| time).sum::<f64>() / number;
    let spread: f64 = points.iter().map(|(_, at)| (at - time) * (at - time)).sum();
    let together: f64 = points
        .iter()
        .map(|(value, at)| (value - speed) * (at - time))
        .sum();
    (spread > 1e-6 && speed > 0.0).then(|| (together / spread, (speed, time)))
}
