//! What the clock model leaves between weighings and reads, without keeping each of them.

use std::collections::BTreeMap;

use serde::Serialize;

/// What the clock model left between weighings and the reads of the same vehicle.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Offset {
    /// So many pairs of a weighing and a read.
    pub reads: u64,
    /// Mean, sign kept: positive where reads seem later than expected.
    pub mean_us: i64,
    /// Half of them are no further off, to four digits.
    pub median_us: i64,
    /// 95 of 100 are no further off, to four digits.
    pub percentile_95_us: i64,
    /// 99.9 of 100 are no further off, to four digits.
    pub percentile_999_us: i64,
    /// The furthest.
    pub largest_us: i64,
}

/// Counts of sizes to four digits, so that it stays small however many there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Residuals {
    count: u64,
    sum: i128,
    largest: u64,
    sizes: BTreeMap<u64, u64>,
}

impl Residuals {
    pub(super) fn take(&mut self, residual_us: i64) {
        self.count += 1;
        self.sum += i128::from(residual_us);
        let size = residual_us.unsigned_abs();
        self.largest = self.largest.max(size);
        *self.sizes.entry(four_digits(size)).or_default() += 1;
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.sum += other.sum;
        self.largest = self.largest.max(other.largest);
        for (size, count) in &other.sizes {
            *self.sizes.entry(*size).or_default() += count;
        }
    }

    pub(super) fn offset(&self) -> Offset {
        if self.count == 0 {
            return Offset::default();
        }
        let signed = |size: u64| i64::try_from(size).unwrap_or(i64::MAX);
        // The least that so many per mille of them do not exceed.
        let percentile = |per_mille: u128| {
            let rank = (u128::from(self.count) * per_mille).div_ceil(1_000);
            let mut below = 0_u128;
            let reached = self.sizes.iter().find(|(_, count)| {
                below += u128::from(**count);
                below >= rank
            });
            reached.map_or(0, |(size, _)| signed(*size))
        };
        Offset {
            reads: self.count,
            mean_us: i64::try_from(self.sum / i128::from(self.count)).unwrap_or_default(),
            median_us: percentile(500),
            percentile_95_us: percentile(950),
            percentile_999_us: percentile(999),
            largest_us: signed(self.largest),
        }
    }
}

/// The first four digits, zeros behind them.
fn four_digits(value: u64) -> u64 {
    let mut unit = 1;
    while value / unit >= 10_000 {
        unit *= 10;
    }
    value / unit * unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_sorted_sizes_to_four_digits() {
        let mut residuals = Residuals::default();
        let mut sizes: Vec<i64> = Vec::new();
        for number in 0..2_000_i64 {
            let residual = (number * number * 37 % 100_003) - 50_000;
            residuals.take(residual);
            sizes.push(residual.abs());
        }
        sizes.sort_unstable();
        let found = residuals.offset();
        assert_eq!(found.reads, 2_000);
        assert_eq!(found.largest_us, *sizes.last().unwrap());
        for (found, rank) in [
            (found.median_us, 1_000),
            (found.percentile_95_us, 1_900),
            (found.percentile_999_us, 1_998),
        ] {
            assert_eq!(found, sizes[rank - 1] / 10 * 10);
        }
    }

    #[test]
    fn halves_add_up_to_the_whole_and_nothing_is_nothing() {
        let mut halves = [Residuals::default(), Residuals::default()];
        let mut whole = Residuals::default();
        for number in -500..700_i64 {
            halves[usize::from(number % 3 == 0)].take(number * 1_001);
            whole.take(number * 1_001);
        }
        let [mut first, second] = halves;
        first.add(&second);
        assert_eq!(first, whole);
        assert_eq!(Residuals::default().offset(), Offset::default());
    }

    #[test]
    fn many_different_sizes_take_little_room() {
        let mut residuals = Residuals::default();
        for number in 0..3_000_000_i64 {
            residuals.take(number * 7);
        }
        assert!(residuals.sizes.len() < 40_000, "{}", residuals.sizes.len());
    }
}
