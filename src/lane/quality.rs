//! What a record says against itself, and against the records before it (数据质量).
//!
//! | flag | weight | when |
//! |---|---|---|
//! | `sum_wrong` | hard | the axles' sum misses the gross by more than one kilogram an axle |
//! | `sides_wrong` | hard | left and right wheels of an axle miss its load by more than the setting |
//! | `sides_uneven` | hard | one side carries more than 70 % of the vehicle |
//! | `axle_missed` | hard | no axle was weighed, or not all of them |
//! | `axle_out_of_range` | hard | an axle below 300 kg or above 30,000 kg |
//! | `spacing_artefact` | hard | two axles closer than 890 mm |
//! | `spacings_exceed_length` | hard | the spacings add up to more than the vehicle's length |
//! | `speed_out_of_range` | hard | standing, backwards, or above 160 km/h |
//! | `weights_repeat` | hard | a third record in a row with the same loads to the last kilogram |
//! | `record_copied` | hard | the number and the loads of an earlier record under another time |
//! | `number_reused` | soft | the number of an earlier record with other loads under another time |
//! | `out_of_order` | soft | a later record of this lane came before |
//! | `sequence_gap` | soft | numbers are missing since the record before |
//!
//! Two clocks are compared in `clocks` and by radar in `carriageway::speeds`; a record that came
//! before under its own key is the carriageway's business.

mod history;

pub(super) use history::History;

use firmware_protocols::Vehicle;

use crate::lane::drift::side_residual_ppm;
use crate::passage::{AxleLoad, Flag, Weighing};
use crate::units::{Kilograms, Millimetres, TenthKmh};

/// What a truck's record may say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QualitySettings {
    /// An axle lighter than this is none: sensors see bumpers and tow bars.
    pub lightest_axle_kg: Kilograms,
    /// No truck's axle carries more; a real file has 91,025 lb where 19,125 was meant.
    pub heaviest_axle_kg: Kilograms,
    /// Tyres of a metre in diameter leave no less between two axles of a truck, and a file that cuts to
    /// 50 mm has 899 for 900. Real files have 650 to 850 mm: artefacts, and tandems of small trailers
    /// behind vehicles of a few tonnes.
    pub least_spacing_mm: Millimetres,
    /// Loops measure lengths, sensors spacings: their sum may exceed the length by so much.
    pub length_tolerance_mm: Millimetres,
    /// Faster than any truck: real files have 251 and 776 km/h.
    pub fastest: TenthKmh,
    /// Each wheel and the axle are rounded by themselves: so far may they be apart.
    pub side_sum_tolerance_kg: Kilograms,
    /// So uneven may both sides be, per mille of their sum: at 400 one carries 70 %.
    pub uneven_per_mille: i64,
    /// So many records in a row with the same loads: a scale that repeats itself. Two happen, with
    /// two-axle trucks and loads in steps of 100 kg in about one of a thousand pairs.
    pub repeats: u32,
}

impl Default for QualitySettings {
    fn default() -> Self {
        Self {
            lightest_axle_kg: Kilograms::new(300),
            heaviest_axle_kg: Kilograms::new(30_000),
            least_spacing_mm: Millimetres::new(890),
            length_tolerance_mm: Millimetres::new(300),
            fastest: TenthKmh::new(1_600),
            side_sum_tolerance_kg: Kilograms::new(20),
            uneven_per_mille: 400,
            repeats: 3,
        }
    }
}

/// What a record says against itself, as far as weights, spacings and speed go.
pub(super) fn of_record(
    rules: &QualitySettings,
    vehicle: &Vehicle,
    axles: &[AxleLoad],
    gross_kg: Kilograms,
) -> impl Iterator<Item = Flag> {
    let axle_sum: Kilograms = axles.iter().map(|axle| axle.load_kg).sum();
    // Controllers cut each axle to whole kilograms, so the sum may miss the gross by one an axle.
    let allowed = i64::try_from(axles.len()).unwrap_or(i64::MAX);
    let sum_is_off = axle_sum.saturating_sub(gross_kg).abs().get() > allowed;
    let is_no_truck_axle = |axle: &AxleLoad| {
        !(rules.lightest_axle_kg..=rules.heaviest_axle_kg).contains(&axle.load_kg)
    };
    let sides_are_off = |axle: &AxleLoad| {
        let (Some(left), Some(right)) = (axle.left_kg, axle.right_kg) else {
            return false;
        };
        let apart = left.saturating_add(right).saturating_sub(axle.load_kg);
        apart.abs() > rules.side_sum_tolerance_kg
    };
    let spacings = || axles.iter().filter_map(|axle| axle.spacing_mm);
    let too_close = spacings().any(|spacing| spacing < rules.least_spacing_mm);
    let base: Millimetres = spacings().sum();
    let too_long = vehicle.length_mm.is_some_and(|length| {
        length > 0 && base.get().saturating_sub(length) > rules.length_tolerance_mm.get()
    });
    let speed_is_off = vehicle
        .speed_tenth_kmh
        .is_some_and(|speed| speed <= 0 || speed > rules.fastest.get());
    [
        (!axles.is_empty() && sum_is_off, Flag::SumWrong),
        (axles.iter().any(sides_are_off), Flag::SidesWrong),
        (axles.is_empty(), Flag::AxleMissed),
        (axles.iter().any(is_no_truck_axle), Flag::AxleOutOfRange),
        (too_close, Flag::SpacingArtefact),
        (too_long, Flag::SpacingsExceedLength),
        (speed_is_off, Flag::SpeedOutOfRange),
    ]
    .into_iter()
    .filter_map(|(present, flag)| present.then_some(flag))
}

/// Whether one side of the vehicle carries far more than the other.
pub(super) fn is_uneven(rules: &QualitySettings, weighing: &Weighing) -> bool {
    let limit = rules.uneven_per_mille.saturating_mul(1_000);
    side_residual_ppm(weighing).is_some_and(|residual| residual.saturating_abs() > limit)
}

#[cfg(test)]
mod tests;
