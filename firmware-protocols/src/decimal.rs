//! A displayed weight, exactly as the digits on the wire say it.

use core::fmt;

/// A decimal number with the decimals that the device sent: `20.00` stays `20.00`.
///
/// Floats are never used for weights: 0.1 kg has no exact binary form, and a figure that a court
/// reads must be the figure that the indicator showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decimal {
    /// All digits as one integer, sign included.
    pub digits: i64,
    /// How many of the digits stand after the point, 0 to 18.
    pub decimals: u8,
}

impl Decimal {
    /// A decimal from its digits and the number of places after the point.
    pub const fn new(digits: i64, decimals: u8) -> Self {
        Self { digits, decimals }
    }

    /// The value in thousandths, `None` where it has more than three decimals that are not zero
    /// or does not fit. Kilograms in, grams out.
    pub fn thousandths(self) -> Option<i64> {
        if self.decimals <= 3 {
            self.digits
                .checked_mul(10_i64.pow(3 - u32::from(self.decimals)))
        } else {
            let divisor = 10_i64.checked_pow(u32::from(self.decimals) - 3)?;
            (self.digits % divisor == 0).then_some(self.digits / divisor)
        }
    }
}

/// Canonical decimal text: `-` only below zero, no `+`, no padding, decimals as sent.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.digits.unsigned_abs();
        let scale = 10_u64.pow(u32::from(self.decimals.min(18)));
        let sign = if self.digits < 0 { "-" } else { "" };
        if self.decimals == 0 {
            write!(f, "{sign}{magnitude}")
        } else {
            let width = usize::from(self.decimals);
            write!(
                f,
                "{sign}{}.{:0width$}",
                magnitude / scale,
                magnitude % scale
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn text_is_canonical() {
        for (digits, decimals, text) in [
            (2000, 2, "20.00"),
            (-120, 0, "-120"),
            (5, 3, "0.005"),
            (-89, 2, "-0.89"),
            (0, 2, "0.00"),
        ] {
            assert_eq!(Decimal::new(digits, decimals).to_string(), text);
        }
    }

    #[test]
    fn thousandths_are_exact_or_refused() {
        assert_eq!(Decimal::new(2000, 2).thousandths(), Some(20_000));
        assert_eq!(Decimal::new(12_340, 4).thousandths(), Some(1_234));
        assert_eq!(Decimal::new(12_345, 4).thousandths(), None);
        assert_eq!(Decimal::new(i64::MAX, 0).thousandths(), None);
    }
}
