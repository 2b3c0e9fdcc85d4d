//! The stated risk (误认风险): how probable it is that the true mass is at or under the limit.
//!
//! It may only withhold a penalty, never make one: limit, overage and amounts rest on the table's
//! deduction alone. The scale's error is taken as normal; its permissible error in service is so
//! many standard deviations (a setting of the table), and a known drift counts in full against the
//! reading. It is the one place of the law where a float is used, as in all statistics; what leaves
//! it is a whole number of millionths, rounded up.

use super::figures::StaticClass;
use super::measured::Scale;
use super::table::{BASIS, Table};
use super::verdict::Risk;
use crate::units::Kilograms;

const MILLION: f64 = 1_000_000.0;

/// What a scale's reading may be wrong by, kg, at most.
pub(super) fn permissible_error_kg(
    table: &Table,
    scale: &Scale,
    reading: Kilograms,
) -> Option<f64> {
    let class = scale.accuracy_class.as_deref()?;
    if let Some(basis_points) = table.error_of(class) {
        return Some(reading.get() as f64 * basis_points as f64 / BASIS as f64);
    }
    let rows = &table.deduction.static_class;
    let row = rows.iter().find(|row| row.class == class)?;
    static_error_kg(row, scale.interval_kg?.get(), reading.get())
}

/// Error of a static scale: tenths of an interval, by how many intervals the reading is.
fn static_error_kg(class: &StaticClass, interval: i64, reading: i64) -> Option<f64> {
    let tier = class
        .tier
        .iter()
        .find(|tier| reading <= tier.up_to_intervals.saturating_mul(interval))
        // Beyond the class's last interval it can't be said.
        ?;
    Some(tier.in_service_tenths.saturating_mul(interval) as f64 / 10.0)
}

/// The risk of an overage; `None` when the mass is not over, or nothing is known of the error.
pub(super) fn risk(
    table: &Table,
    scale: &Scale,
    reading: Kilograms,
    limit: Kilograms,
) -> Option<Risk> {
    let settings = &table.settings;
    let error_kg = permissible_error_kg(table, scale, reading)?;
    let deviation = error_kg / settings.risk_standard_deviations.value as f64;
    let drift = scale.drift_basis_points.unwrap_or(0).saturating_abs();
    let drift_kg = reading.get() as f64 * drift as f64 / BASIS as f64;
    let margin = reading.saturating_sub(limit).get() as f64 - drift_kg;
    let probability = above(margin / deviation);
    // Never nought: no measurement is certain.
    let per_million = (probability * MILLION).ceil().max(1.0) as i64;
    let withhold_above_per_million = settings.risk_withhold_above_per_million.value;
    Some(Risk {
        per_million,
        withhold_above_per_million,
        permissible_error_kg: Kilograms::new(error_kg.ceil() as i64),
        drift_basis_points: drift,
        withheld: per_million > withhold_above_per_million,
    })
}

/// Probability that a standard normal variable is above `z`.
fn above(z: f64) -> f64 {
    0.5 * libm::erfc(z / std::f64::consts::SQRT_2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_are_those_of_the_normal_distribution() {
        // Published values of the upper tail.
        for (z, tail) in [
            (0.0, 0.5),
            (1.0, 0.158_655_254),
            (2.0, 0.022_750_132),
            (3.0, 0.001_349_898),
            (3.719_016, 0.000_1),
            (-1.0, 0.841_344_746),
        ] {
            assert!((above(z) - tail).abs() < 1e-8, "{z}");
        }
    }
}
