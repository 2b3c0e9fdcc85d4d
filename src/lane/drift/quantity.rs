//! What the charts watch of a vehicle.

use serde::{Deserialize, Serialize};

use super::settings::DriftSettings;
use crate::passage::{AxleLoad, PassageKind, Weighing};
use crate::units::Kilograms;

/// A quantity whose long-run mean stays where it is while the scale does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Quantity {
    /// Load on the steering axle (转向轴) of loaded six-axle tractor-trailers, kg: nearly independent
    /// of the load, so it tells of the scale's gain.
    SteeringAxle,
    /// Spacing of the drive tandem (驱动轴轴距) of the same, mm: a constant of the makers, so it tells of
    /// speed and spacings, on which loads of strip sensors rest.
    TandemSpacing,
    /// Left wheels against right wheels (左右差) of all vehicles, parts in a million of their sum: a
    /// sensor that loses sensitivity shows as one side growing light.
    SideResidual,
}

impl Quantity {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::SteeringAxle, Self::TandemSpacing, Self::SideResidual];

    /// The name used in the journal and in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SteeringAxle => "steering_axle",
            Self::TandemSpacing => "tandem_spacing",
            Self::SideResidual => "side_residual",
        }
    }

    /// The value of a vehicle; `None` when this vehicle tells nothing of the quantity.
    pub fn of(self, weighing: &Weighing, settings: &DriftSettings) -> Option<i64> {
        let sound = weighing.kind == PassageKind::Dynamic
            && weighing.weight_trusted
            && !weighing.flags.iter().any(|flag| flag.is_hard());
        if !sound {
            return None;
        }
        match self {
            Self::SteeringAxle => {
                let [steering, ..] = loaded_six_axles(weighing, settings)?;
                Some(steering.load_kg.get())
            }
            Self::TandemSpacing => {
                let [_, _, second_drive, ..] = loaded_six_axles(weighing, settings)?;
                second_drive.spacing_mm.map(|spacing| spacing.get())
            }
            Self::SideResidual => side_residual_ppm(weighing),
        }
    }

    /// What a shift is a share of: the reference's mean, or all of it for a residual.
    pub(super) const fn base(self, mean: i64) -> i64 {
        let base = match self {
            Self::SteeringAxle | Self::TandemSpacing => mean,
            Self::SideResidual => 1_000_000,
        };
        if base < 1 { 1 } else { base }
    }

    /// Whether a learnt reference is one that trucks can have.
    pub(super) fn is_plausible(self, mean: i64, settings: &DriftSettings) -> bool {
        match self {
            Self::SteeringAxle => {
                let (low, high) = settings.steering_kg;
                (low.get()..=high.get()).contains(&mean)
            }
            Self::TandemSpacing => {
                let (low, high) = settings.tandem_mm;
                (low.get()..=high.get()).contains(&mean)
            }
            Self::SideResidual => true,
        }
    }
}

/// Left and right wheels of all axles, where each was measured.
pub(in crate::lane) fn sides(weighing: &Weighing) -> Option<(Kilograms, Kilograms)> {
    if weighing.axles.is_empty() {
        return None;
    }
    let left = weighing.axles.iter().map(|axle| axle.left_kg);
    let right = weighing.axles.iter().map(|axle| axle.right_kg);
    Some((left.sum::<Option<_>>()?, right.sum::<Option<_>>()?))
}

/// How much heavier the left side is than the right one, in a millionth of both.
pub(in crate::lane) fn side_residual_ppm(weighing: &Weighing) -> Option<i64> {
    let (left, right) = sides(weighing)?;
    let sum = left.get().checked_add(right.get())?;
    if sum <= 0 || left.get() < 0 || right.get() < 0 {
        return None;
    }
    let apart = left.get().checked_sub(right.get())?;
    Some(apart.checked_mul(1_000_000)? / sum)
}

/// The axles of a loaded six-axle tractor with semi-trailer: one, two and three together (1-2-3).
fn loaded_six_axles<'a>(
    weighing: &'a Weighing,
    settings: &DriftSettings,
) -> Option<&'a [AxleLoad; 6]> {
    let axles: &[AxleLoad; 6] = weighing.axles.as_slice().try_into().ok()?;
    let [_, first_drive, second_drive, first, second, third] = axles;
    let together = |axle: &AxleLoad| {
        axle.spacing_mm.is_some_and(|spacing| {
            (settings.group_from_mm..=settings.group_to_mm).contains(&spacing)
        })
    };
    let apart = |axle: &AxleLoad| {
        axle.spacing_mm
            .is_some_and(|spacing| spacing > settings.group_to_mm)
    };
    let groups = apart(first_drive)
        && together(second_drive)
        && apart(first)
        && together(second)
        && together(third);
    let loaded = (settings.loaded_from_kg..=settings.loaded_to_kg).contains(&weighing.gross_kg);
    (groups && loaded).then_some(axles)
}
