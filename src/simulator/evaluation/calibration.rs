//! Whether the stated probability of a wrong vehicle is what is seen.

use serde::Serialize;

use super::bound::upper_95;

/// Plates let through whose stated risk lies in one decade.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counts {
    plates: u64,
    wrong: u64,
    /// Sum of what was stated, parts per thousand million.
    stated_ppb: u128,
}

/// Stated risks by decades: none, up to 1, 10, 100 ... parts per thousand million.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Calibration {
    decades: [Counts; 11],
}

/// A line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Class {
    /// Stated risks of this class are no larger, parts per thousand million.
    pub up_to_ppb: u64,
    /// So many plates let through had them.
    pub plates: u64,
    /// Of these were another vehicle's.
    pub wrong: u64,
    /// So many were to be expected by what was stated.
    pub expected: f64,
    /// The share that was wrong.
    pub share: f64,
    /// Its upper 95 % bound.
    pub upper_95: f64,
}

impl Calibration {
    pub(super) fn take(&mut self, stated_ppb: u64, wrong: bool) {
        // 0 is a class of its own, then powers of ten.
        let decade = stated_ppb.checked_ilog10().map_or(0, |log| {
            log as usize + usize::from(!is_power_of_ten(stated_ppb)) + 1
        });
        let last = self.decades.len() - 1;
        if let Some(counts) = self.decades.get_mut(decade.min(last)) {
            counts.plates += 1;
            counts.wrong += u64::from(wrong);
            counts.stated_ppb += u128::from(stated_ppb);
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (counts, more) in self.decades.iter_mut().zip(&other.decades) {
            counts.plates += more.plates;
            counts.wrong += more.wrong;
            counts.stated_ppb += more.stated_ppb;
        }
    }

    /// The classes that occurred, the smallest risk first.
    pub fn classes(&self) -> Vec<Class> {
        let classes = self.decades.iter().enumerate();
        let occurred = classes.filter(|(_, counts)| counts.plates > 0);
        occurred
            .map(|(decade, counts)| Class {
                up_to_ppb: match decade {
                    0 => 0,
                    decade => 10_u64.pow(decade as u32 - 1),
                },
                plates: counts.plates,
                wrong: counts.wrong,
                expected: counts.stated_ppb as f64 / 1e9,
                share: counts.wrong as f64 / counts.plates as f64,
                upper_95: upper_95(counts.wrong, counts.plates),
            })
            .collect()
    }
}

fn is_power_of_ten(value: u64) -> bool {
    value
        .checked_ilog10()
        .is_some_and(|log| 10_u64.pow(log) == value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn risks_fall_into_their_decades() {
        let mut calibration = Calibration::default();
        for (stated, wrong) in [
            (0, false),
            (1, false),
            (2, false),
            (10, false),
            (11, false),
            (1_000, true),
            (999_999_999, true),
            (1_000_000_000, true),
        ] {
            calibration.take(stated, wrong);
        }
        let classes = calibration.classes();
        let seen: Vec<_> = classes
            .iter()
            .map(|class| (class.up_to_ppb, class.plates, class.wrong))
            .collect();
        assert_eq!(
            seen,
            [
                (0, 1, 0),
                (1, 1, 0),
                (10, 2, 0),
                (100, 1, 0),
                (1_000, 1, 1),
                (1_000_000_000, 2, 2)
            ]
        );
        assert!((classes[5].expected - 2.0).abs() < 1e-6);
        let mut twice = calibration;
        twice.add(&calibration);
        assert_eq!(twice.classes()[5].plates, 4);
    }
}
