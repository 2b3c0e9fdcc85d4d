//! Single-precision floats to the digits they stand for, and back.

use crate::Decimal;

/// The most digits of a weight that is sent as a float: nothing that is weighed has more.
const MOST: i64 = 999_999_999_999;

/// The digits of a float with so many places after the point, halves away from zero; in whole
/// numbers, so that every machine gives the same. `None` for what is no weight.
pub(super) fn float_digits(bits: u32, decimals: u8) -> Option<i64> {
    let fraction = u128::from(bits & 0x7F_FFFF);
    let (mantissa, power) = match bits >> 23 & 0xFF {
        0xFF => return None,
        0 => (fraction, -149),
        exponent => (fraction | 0x80_0000, exponent as i32 - 150),
    };
    let scaled = mantissa * 10_u128.pow(decimals.min(6).into());
    let magnitude = if power >= 0 {
        // Below 2^44 before the shift: nothing is lost up to 64 places, and more is no weight.
        if power > 64 {
            return None;
        }
        scaled << power
    } else if power < -100 {
        0
    } else {
        (scaled + (1 << (-power - 1))) >> -power
    };
    let digits = i64::try_from(magnitude)
        .ok()
        .filter(|digits| *digits <= MOST)?;
    Some(if bits >> 31 == 1 { -digits } else { digits })
}

/// The float nearest to a decimal; `None` when reading it back gives other digits.
pub(super) fn float_bits(value: Decimal) -> Option<u32> {
    let scale = 10_i64.checked_pow(value.decimals.into())?;
    let bits = ((value.digits as f64 / scale as f64) as f32).to_bits();
    (float_digits(bits, value.decimals) == Some(value.digits)).then_some(bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_become_the_digits_that_were_meant() {
        for (float, decimals, digits) in [
            (49_200.5_f32, 1, 492_005),
            (49_200.5, 0, 49_201),
            (-0.25, 1, -3),
            (0.1, 3, 100),
            (-0.0, 2, 0),
            (1.0e-40, 6, 0),
            (123_456.79, 2, 12_345_679),
        ] {
            assert_eq!(
                float_digits(float.to_bits(), decimals),
                Some(digits),
                "{float}"
            );
        }
        for wrong in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 1.0e20, -3.0e38] {
            assert_eq!(float_digits(wrong.to_bits(), 0), None, "{wrong}");
        }
        assert_eq!(
            float_bits(Decimal::new(492_005, 1)),
            Some(49_200.5_f32.to_bits())
        );
        // More digits than a float has.
        assert_eq!(float_bits(Decimal::new(123_456_789, 1)), None);
    }
}
