//! What is usual in a lane, learnt from the vehicles that pass it.
//!
//! Counts are kept in blocks of absolute time, the present one and the one before: what is known at
//! a moment then follows from the last ten to twenty minutes alone, whenever listening began. A lane
//! with few vehicles goes by the defaults of the settings; the more there are, the less.

use smallvec::SmallVec;

use super::EvasionSettings;
use super::view::{EmptySide, View, mean};
use crate::passage::{PassageKind, Weighing};
use crate::units::Micros;

/// Length of a block.
const BLOCK: Micros = Micros::from_seconds(600);
/// A median absolute deviation times this is a standard deviation, for a normal distribution.
const DEVIATION_OF_MEDIAN: f64 = 1.482_6;

/// What is usual in a lane. Scatters are standard deviations.
#[derive(Debug, Clone, PartialEq)]
pub struct Usual {
    /// Vehicles that it rests on.
    pub vehicles: i64,
    /// The left wheels' share of the load: half, or less where the road falls to the right.
    pub left_share: f64,
    /// Scatter of it over vehicles.
    pub share_between: f64,
    /// Scatter of it over the axles of a vehicle.
    pub share_within: f64,
    /// Scatter of an axle's speed about its vehicle's, as a share of the speed.
    pub axle_speed_scatter: f64,
    /// Acceleration, m/s².
    pub acceleration: f64,
    /// Scatter of it over vehicles, m/s².
    pub acceleration_scatter: f64,
    /// Speed of the vehicles, km/h; `None` where none passed.
    pub speed: Option<f64>,
    /// Share of vehicles whose record has nothing from the left side, and from the right: a dead
    /// sensor makes every vehicle one-sided.
    pub empty_left: f64,
    /// The same of the right side.
    pub empty_right: f64,
    /// How much later than the last axle records come, us; `None` where none came.
    pub late_us: Option<f64>,
}

impl Usual {
    /// Nothing seen: the defaults.
    pub fn unknown(settings: &EvasionSettings) -> Self {
        Self {
            vehicles: 0,
            left_share: 0.5,
            share_between: per_mille(settings.share_between_per_mille),
            share_within: per_mille(settings.share_within_per_mille),
            axle_speed_scatter: per_mille(settings.axle_speed_scatter_per_mille),
            acceleration: 0.0,
            acceleration_scatter: settings.usual_acceleration_hundredth_ms2 as f64 / 100.0,
            speed: None,
            empty_left: 0.0,
            empty_right: 0.0,
            late_us: None,
        }
    }
}

pub(super) fn per_mille(value: i64) -> f64 {
    value as f64 / 1_000.0
}

/// Values counted in equal steps; those beyond the ends count in the last step.
#[derive(Debug, Clone)]
struct Histogram {
    low: f64,
    step: f64,
    counts: Vec<u32>,
}

impl Histogram {
    fn new(low: f64, step: f64, bins: usize) -> Self {
        Self {
            low,
            step,
            counts: vec![0; bins],
        }
    }

    fn count(&mut self, value: f64) {
        let last = self.counts.len().saturating_sub(1);
        let bin = libm::floor((value - self.low) / self.step).clamp(0.0, last as f64) as usize;
        if let Some(count) = self.counts.get_mut(bin) {
            *count = count.saturating_add(1);
        }
    }

    /// Each value that was counted, with its number, of two histograms of the same steps.
    fn both<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = (f64, u64)> + 'a {
        let counts = self.counts.iter().zip(&other.counts).enumerate();
        let counts = counts.map(|(bin, (one, two))| (bin, u64::from(*one) + u64::from(*two)));
        let counted = counts.filter(|(_, number)| *number > 0);
        counted.map(|(bin, number)| (self.low + (bin as f64 + 0.5) * self.step, number))
    }
}

fn total(values: &[(f64, u64)]) -> u64 {
    values.iter().map(|(_, number)| number).sum()
}

/// The median of values in rising order; `None` of none.
fn median(values: &[(f64, u64)]) -> Option<f64> {
    let all = total(values);
    let mut before = 0;
    values.iter().find_map(|(value, number)| {
        before += number;
        (all > 0 && before * 2 >= all).then_some(*value)
    })
}

/// The standard deviation that the median absolute deviation from `centre` comes to.
fn deviation(values: &[(f64, u64)], centre: f64) -> Option<f64> {
    let mut apart: Vec<(f64, u64)> = values
        .iter()
        .map(|(value, number)| (libm::fabs(value - centre), *number))
        .collect();
    apart.sort_by(|one, other| one.0.total_cmp(&other.0));
    median(&apart).map(|median| median * DEVIATION_OF_MEDIAN)
}

/// The counts of a block.
#[derive(Debug, Clone)]
struct Counts {
    vehicles: u32,
    sided: u32,
    empty_left: u32,
    empty_right: u32,
    share: Histogram,
    share_apart: Histogram,
    axle_speed_apart: Histogram,
    acceleration: Histogram,
    speed: Histogram,
    late_ms: Histogram,
}

impl Counts {
    fn new() -> Self {
        Self {
            vehicles: 0,
            sided: 0,
            empty_left: 0,
            empty_right: 0,
            share: Histogram::new(0.0, 0.005, 200),
            share_apart: Histogram::new(0.0, 0.002, 150),
            axle_speed_apart: Histogram::new(0.0, 0.001, 150),
            acceleration: Histogram::new(-4.0, 0.05, 160),
            speed: Histogram::new(0.0, 1.0, 200),
            late_ms: Histogram::new(0.0, 25.0, 400),
        }
    }

    fn count(&mut self, view: &View<'_>, settings: &EvasionSettings, plain: bool) {
        let weighing = view.weighing;
        if let Some(speed) = view.speed() {
            self.speed.count(speed);
        }
        let empty = per_mille(settings.empty_side_per_mille);
        let sides: SmallVec<[Option<EmptySide>; 8]> = view
            .axles
            .iter()
            .map(|axle| axle.empty_side(empty))
            .collect();
        if view
            .axles
            .iter()
            .any(|axle| axle.left.or(axle.right).is_some())
        {
            self.sided = self.sided.saturating_add(1);
            let all = |side| sides.iter().all(|empty| *empty == Some(side));
            let (left, right) = (all(EmptySide::Left), all(EmptySide::Right));
            self.empty_left = self.empty_left.saturating_add(u32::from(left));
            self.empty_right = self.empty_right.saturating_add(u32::from(right));
        }
        if !plain {
            return;
        }
        self.vehicles = self.vehicles.saturating_add(1);
        let shares: Option<SmallVec<[f64; 8]>> =
            view.axles.iter().map(|axle| axle.left_share()).collect();
        if let Some((shares, middle)) = shares.and_then(|shares| {
            let middle = mean(&shares)?;
            Some((shares, middle))
        }) {
            self.share.count(middle);
            // The mean of few values lies nearer to them than the truth does.
            let few = shares.len() as f64 / (shares.len() as f64 - 1.0).max(1.0);
            for share in shares.iter().filter(|_| shares.len() > 1) {
                let apart = libm::fabs(share - middle) * libm::sqrt(few);
                self.share_apart.count(apart);
            }
        }
        let motion = view.motion();
        for apart in &motion.speeds_apart {
            self.axle_speed_apart.count(*apart);
        }
        if let Some(acceleration) = motion.stated {
            self.acceleration.count(acceleration);
        }
        if let Some(crossing) = view.crossing_us() {
            let since = weighing.received_at.saturating_sub(weighing.crossed_at);
            self.late_ms
                .count((since.get() as f64 - crossing) / 1_000.0);
        }
    }
}

/// What is usual in one lane: tell it of every weighing after it was examined.
#[derive(Debug, Clone)]
pub struct LaneUsual {
    block: i64,
    present: Counts,
    previous: Counts,
}

impl Default for LaneUsual {
    fn default() -> Self {
        Self {
            block: i64::MIN,
            present: Counts::new(),
            previous: Counts::new(),
        }
    }
}

impl LaneUsual {
    /// Takes a weighing that closed at `now`. `plain` says that nothing was found of it: only plain
    /// vehicles teach scatters, all of them speeds.
    pub fn seen(
        &mut self,
        now: Micros,
        weighing: &Weighing,
        plain: bool,
        settings: &EvasionSettings,
    ) {
        self.seen_as(now, &View::of(weighing), plain, settings);
    }

    /// The same of one whose axles were read before.
    pub fn seen_as(
        &mut self,
        now: Micros,
        view: &View<'_>,
        plain: bool,
        settings: &EvasionSettings,
    ) {
        if view.weighing.kind != PassageKind::Dynamic {
            return;
        }
        let block = block_of(now);
        if block != self.block {
            let follows = Some(block) == self.block.checked_add(1);
            let present = std::mem::replace(&mut self.present, Counts::new());
            self.previous = if follows { present } else { Counts::new() };
            self.block = block;
        }
        self.present.count(view, settings, plain);
    }

    /// What is usual at `now`.
    pub fn usual(&self, now: Micros, settings: &EvasionSettings) -> Usual {
        let empty;
        let block = block_of(now);
        let (present, previous) = if block == self.block {
            (&self.present, &self.previous)
        } else if Some(block) == self.block.checked_add(1) {
            empty = Counts::new();
            (&empty, &self.present)
        } else {
            return Usual::unknown(settings);
        };
        let of = |field: fn(&Counts) -> &Histogram| -> Vec<(f64, u64)> {
            field(present).both(field(previous)).collect()
        };
        let unknown = Usual::unknown(settings);
        let weight = settings.learn_over_vehicles.max(1) as f64;
        // So many values against the default.
        let blend = |learnt: Option<f64>, default: f64, values: u64| {
            learnt.map_or(default, |learnt| {
                let number = values as f64;
                (learnt * number + default * weight) / (number + weight)
            })
        };
        let share = of(|counts| &counts.share);
        let left_share = blend(median(&share), unknown.left_share, total(&share));
        let share_apart = of(|counts| &counts.share_apart);
        let axle_speed = of(|counts| &counts.axle_speed_apart);
        let acceleration = of(|counts| &counts.acceleration);
        let middle = blend(
            median(&acceleration),
            unknown.acceleration,
            total(&acceleration),
        );
        let sided = f64::from(present.sided) + f64::from(previous.sided);
        let of_sided =
            |one: u32, other: u32| (f64::from(one) + f64::from(other)) / (sided + weight);
        Usual {
            vehicles: i64::from(present.vehicles) + i64::from(previous.vehicles),
            left_share,
            share_between: blend(
                deviation(&share, left_share),
                unknown.share_between,
                total(&share),
            ),
            share_within: blend(
                deviation(&share_apart, 0.0),
                unknown.share_within,
                total(&share_apart),
            ),
            axle_speed_scatter: blend(
                deviation(&axle_speed, 0.0),
                unknown.axle_speed_scatter,
                total(&axle_speed),
            ),
            acceleration: middle,
            acceleration_scatter: blend(
                deviation(&acceleration, middle),
                unknown.acceleration_scatter,
                total(&acceleration),
            ),
            speed: median(&of(|counts| &counts.speed)),
            empty_left: of_sided(present.empty_left, previous.empty_left),
            empty_right: of_sided(present.empty_right, previous.empty_right),
            late_us: median(&of(|counts| &counts.late_ms)).map(|late| late * 1_000.0),
        }
    }
}

const fn block_of(now: Micros) -> i64 {
    now.get().div_euclid(BLOCK.get())
}
