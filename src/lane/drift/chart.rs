//! One control chart: a two-sided CUSUM against a reference of the lane's own.
//!
//! Integers only. Values are cut at some standard deviations, so that no single vehicle moves the
//! chart far. The reference is learnt from the first vehicles after the calibration and grows while
//! nothing drifts (self-starting); what is not yet known of it widens the uncertainty of every
//! shift, and a shift that may be the reference's own error is not told.

use serde::{Deserialize, Serialize};

use super::quantity::Quantity;
use super::settings::{Cusum, DriftSettings};
use crate::units::Micros;

/// Values further from the mean than so many standard deviations are cut there before they enter the
/// mean that sizes are taken from,
const CUT_OF_MEANS: i64 = 6;
/// or than this share of the base, if that is more: where the scatter is small a large drift must not
/// be cut to a small one.
const CUT_OF_MEANS_PER_MILLE: i64 = 200;
/// No chart may be finer than this share of its base: instruments round.
const LEAST_SPREAD_PER_MILLE: i64 = 2;

/// What is usual (参考值): mean and scatter of so many vehicles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// How many vehicles stand behind the mean; its standard uncertainty is the scatter over the
    /// square root of this.
    pub vehicles: i64,
    /// Sum of their values.
    pub sum: i64,
    /// Sum of their values, those cut that are further off than the chart lets any vehicle count: its
    /// score has the mean zero then, also where some values are nonsense to one side.
    pub cut_sum: i64,
    /// Standard deviation of one vehicle.
    pub spread: i64,
}

impl Reference {
    /// Their mean.
    pub const fn mean(&self) -> i64 {
        self.sum / if self.vehicles < 1 { 1 } else { self.vehicles }
    }

    /// Of a mean and a standard deviation that are known as well as from so many vehicles.
    pub const fn given(mean: i64, spread: i64, vehicles: i64) -> Self {
        let vehicles = if vehicles < 1 { 1 } else { vehicles };
        let sum = mean.saturating_mul(vehicles);
        Self {
            vehicles,
            sum,
            cut_sum: sum,
            spread: if spread < 1 { 1 } else { spread },
        }
    }

    /// The value as it counts for the score, and as it counts for sizes.
    fn cut(&self, value: i64, quantity: Quantity, rules: &DriftSettings) -> (i64, i64) {
        let spread = self.spread.max(1);
        let within =
            |mean: i64, far: i64| value.clamp(mean.saturating_sub(far), mean.saturating_add(far));
        let mean = self.mean();
        let near = spread.saturating_mul(rules.cut_milli) / 1_000;
        let share = quantity.base(mean).saturating_mul(CUT_OF_MEANS_PER_MILLE) / 1_000;
        let far = spread.saturating_mul(CUT_OF_MEANS).max(share);
        let middle = self.cut_sum / self.vehicles.max(1);
        (within(middle, near.max(1)), within(mean, far))
    }

    /// Mean and scatter of values of which some may be spoilt.
    fn learnt(values: &[i64], quantity: Quantity, rules: &DriftSettings) -> Self {
        let mut sorted = values.to_vec();
        sorted.sort_unstable();
        let median = sorted.get(sorted.len() / 2).copied().unwrap_or_default();
        let count = i64::try_from(sorted.len()).unwrap_or(i64::MAX).max(1);
        let apart = sorted.iter().fold(0_i64, |sum, value| {
            sum.saturating_add(value.saturating_sub(median).saturating_abs())
        });
        // The mean distance is four fifths of the standard deviation of a normal variable.
        let rough = (apart / count).saturating_mul(5) / 4;
        let floor = quantity.base(median) * LEAST_SPREAD_PER_MILLE / 1_000;
        let rough = rough.max(floor).max(1);
        let spread = |middle: i64, spread: i64| {
            let (low, high) = (
                middle.saturating_sub(spread.saturating_mul(4)),
                middle.saturating_add(spread.saturating_mul(4)),
            );
            let cut = || sorted.iter().map(|value| (*value).clamp(low, high));
            let mean = cut().fold(0_i64, i64::saturating_add) / count;
            let squares = cut().fold(0_u64, |squares, value| {
                let apart = value.saturating_sub(mean).unsigned_abs();
                squares.saturating_add(apart.saturating_mul(apart))
            });
            let spread = (squares / count.unsigned_abs()).isqrt();
            (
                mean,
                i64::try_from(spread).unwrap_or(i64::MAX).max(floor).max(1),
            )
        };
        let (mean, spread) = spread(median, rough);
        let mut reference = Self::given(mean, spread, count);
        let cut = |value: &i64| reference.cut(*value, quantity, rules);
        let cut: Vec<(i64, i64)> = sorted.iter().map(cut).collect();
        reference.cut_sum = cut
            .iter()
            .fold(0, |sum, (near, _)| sum.saturating_add(*near));
        reference.sum = cut.iter().fold(0, |sum, (_, far)| sum.saturating_add(*far));
        reference
    }
}

/// One side of the CUSUM: the vehicles since it last stood at zero.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Side {
    /// Thousandths of a standard deviation.
    score: i64,
    vehicles: i64,
    sum: i64,
    /// When the first of them crossed.
    since: Micros,
}

impl Side {
    fn take(&mut self, score: i64, value: i64, at: Micros, highest: i64) {
        let raised = self.score.saturating_add(score);
        if raised <= 0 {
            *self = Self::default();
            return;
        }
        if self.vehicles == 0 {
            self.since = at;
        }
        self.score = raised.min(highest);
        self.vehicles += 1;
        self.sum = self.sum.saturating_add(value);
    }
}

/// A shift that the chart found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shift {
    /// When the first vehicle crossed that the shift shows in.
    pub since: Micros,
    /// When the chart spoke last.
    pub at: Micros,
    /// How many vehicles it took from `since` to the chart's first word.
    pub vehicles: i64,
    /// Size, parts in a million of the reference, signed.
    pub size_ppm: i64,
    /// Twice its standard uncertainty (95 %), that of the reference included, parts in a million.
    pub uncertainty_ppm: i64,
    /// When it was told last.
    told_at: Micros,
    told_ppm: i64,
}

impl Shift {
    /// As large as it may be, within its uncertainty, parts in a million.
    pub const fn bound_ppm(&self) -> i64 {
        self.size_ppm
            .saturating_abs()
            .saturating_add(self.uncertainty_ppm)
    }
}

/// A chart that has its reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Watching {
    reference: Reference,
    rise: Side,
    fall: Side,
    /// Vehicles since it spoke last.
    calm: u32,
    shift: Option<Shift>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
enum State {
    Learning { values: Vec<i64> },
    Watching(Watching),
}

/// What a chart says after a vehicle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// A shift, new or changed or large enough to be told again.
    Shifted(Shift),
    /// The shift is over since this vehicle.
    Over(Shift),
}

/// A chart of one quantity of one lane.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chart {
    quantity: Quantity,
    #[serde(flatten)]
    state: State,
}

impl Chart {
    /// A chart that knows nothing, or the reference that is given.
    pub(super) const fn new(quantity: Quantity, given: Option<Reference>) -> Self {
        let state = match given {
            Some(reference) => State::Watching(Watching {
                reference,
                rise: Side::NONE,
                fall: Side::NONE,
                calm: 0,
                shift: None,
            }),
            None => State::Learning { values: Vec::new() },
        };
        Self { quantity, state }
    }

    /// What it watches.
    pub const fn quantity(&self) -> Quantity {
        self.quantity
    }

    /// The reference, once there is one.
    pub const fn reference(&self) -> Option<Reference> {
        match &self.state {
            State::Learning { .. } => None,
            State::Watching(watching) => Some(watching.reference),
        }
    }

    /// The shift that is open.
    pub const fn shift(&self) -> Option<Shift> {
        match &self.state {
            State::Learning { .. } => None,
            State::Watching(watching) => watching.shift,
        }
    }

    /// How many vehicles it has learnt from while it has no reference yet.
    pub const fn learning(&self) -> Option<usize> {
        match &self.state {
            State::Learning { values } => Some(values.len()),
            State::Watching(_) => None,
        }
    }

    /// Takes the value of a vehicle that crossed `at`.
    pub(super) fn take(&mut self, value: i64, at: Micros, rules: &DriftSettings) -> Option<Word> {
        let quantity = self.quantity;
        match &mut self.state {
            State::Learning { values } => {
                values.push(value);
                if values.len() >= rules.begin_vehicles.max(2) as usize {
                    let reference = Reference::learnt(values, quantity, rules);
                    *self = Self::new(quantity, Some(reference));
                }
                None
            }
            State::Watching(watching) => watching.take(quantity, value, at, rules),
        }
    }
}

impl Side {
    const NONE: Self = Self {
        score: 0,
        vehicles: 0,
        sum: 0,
        since: Micros::ZERO,
    };
}

impl Watching {
    fn take(
        &mut self,
        quantity: Quantity,
        value: i64,
        at: Micros,
        rules: &DriftSettings,
    ) -> Option<Word> {
        let vehicles = self.reference.vehicles.max(1);
        let spread = self.reference.spread.max(1);
        let (near, value) = self.reference.cut(value, quantity, rules);
        // By the exact mean: the remainder of a mean in whole kilograms would add up.
        let apart = near
            .saturating_mul(vehicles)
            .saturating_sub(self.reference.cut_sum);
        let score = apart.saturating_mul(1_000) / vehicles.saturating_mul(spread);
        let score = score.clamp(-rules.cut_milli, rules.cut_milli);
        let Cusum {
            allowance_milli: allowance,
            decision_milli: decision,
        } = rules.cusum(quantity);
        let highest = decision.saturating_mul(2);
        // Twice the reference's standard uncertainty, 2000 / sqrt(n), rounded up.
        let of_reference = (4_000_000 / vehicles.unsigned_abs()).isqrt() + 1;
        let allowance = allowance.saturating_add(i64::try_from(of_reference).unwrap_or(i64::MAX));
        self.rise.take(score - allowance, value, at, highest);
        self.fall.take(-score - allowance, value, at, highest);
        self.calm = self.calm.saturating_add(1);
        let doubt = self.rise.score.max(self.fall.score) > decision / 2;
        let growing = vehicles < i64::from(rules.reference_vehicles);
        if growing && !doubt && self.shift.is_none() {
            self.reference.vehicles += 1;
            self.reference.sum = self.reference.sum.saturating_add(value);
            self.reference.cut_sum = self.reference.cut_sum.saturating_add(near);
        }
        for side in [self.rise, self.fall] {
            if side.score > decision
                && let Some(shift) = self.shift_in(quantity, side, at, rules)
            {
                return self.speak(shift, rules);
            }
        }
        if let Some(shift) = self.shift
            && self.calm >= rules.settle_vehicles
        {
            self.shift = None;
            return Some(Word::Over(Shift { at, ..shift }));
        }
        None
    }

    /// The shift that a side shows, unless the reference's own error may be it.
    fn shift_in(
        &self,
        quantity: Quantity,
        side: Side,
        at: Micros,
        rules: &DriftSettings,
    ) -> Option<Shift> {
        let reference = self.reference;
        let base = i128::from(quantity.base(reference.mean()));
        let (n, v) = (
            i128::from(reference.vehicles.max(1)),
            i128::from(side.vehicles.max(1)),
        );
        let apart = i128::from(side.sum) * n - i128::from(reference.sum) * v;
        let size_ppm = i64::try_from(apart * 1_000_000 / (n * v * base)).unwrap_or(i64::MAX);
        // spread * sqrt(1/n + 1/v), in a millionth of the base.
        let spread_ppm = i128::from(reference.spread) * 1_000_000 / base;
        let square = spread_ppm * spread_ppm * (n + v) / (n * v);
        let standard = u64::try_from(square).unwrap_or(u64::MAX).isqrt();
        let standard = i64::try_from(standard).unwrap_or(i64::MAX);
        let told =
            size_ppm.saturating_abs() > standard.saturating_mul(rules.significance_milli) / 1_000;
        told.then_some(Shift {
            since: side.since,
            at,
            vehicles: side.vehicles,
            size_ppm,
            uncertainty_ppm: standard.saturating_mul(2),
            told_at: at,
            told_ppm: size_ppm,
        })
    }

    /// Notes a shift and begins to count anew; yields it when there is something new to tell.
    fn speak(&mut self, found: Shift, rules: &DriftSettings) -> Option<Word> {
        const AGAIN_AFTER: Micros = Micros::from_seconds(3_600);
        (self.rise, self.fall, self.calm) = (Side::NONE, Side::NONE, 0);
        let mut shift = found;
        let mut is_news = true;
        if let Some(before) = self.shift
            && (before.size_ppm < 0) == (found.size_ppm < 0)
        {
            shift.since = before.since;
            shift.vehicles = before.vehicles;
            let changed = found.size_ppm.saturating_sub(before.told_ppm).abs();
            let off = found.bound_ppm() >= rules.off_per_mille.saturating_mul(1_000);
            // A lane that was switched on again in spite of it goes off again.
            let again = off && found.at.saturating_sub(before.told_at) >= AGAIN_AFTER;
            is_news = changed >= rules.step_per_mille.saturating_mul(1_000) || again;
            if !is_news {
                (shift.told_at, shift.told_ppm) = (before.told_at, before.told_ppm);
            }
        }
        self.shift = Some(shift);
        is_news.then_some(Word::Shifted(shift))
    }
}

#[cfg(test)]
mod tests;
