//! What two records, or parts of one, are taken to be together.

use super::view::View;
use crate::passage::{AxleLoad, BelievedVehicle};
use crate::units::{Kilograms, Millimetres, TenthKmh};

/// A number of an axle, from its index.
pub(super) fn number(index: usize) -> u16 {
    u16::try_from(index.saturating_add(1)).unwrap_or(u16::MAX)
}

/// An axle of a view as a load; `None` where nothing of it was measured.
pub(super) fn load(axle: &super::view::Axle) -> AxleLoad {
    let kilograms = |load: Option<f64>| load.map(|load| Kilograms::new(load as i64));
    AxleLoad {
        load_kg: kilograms(axle.load).unwrap_or(Kilograms::ZERO),
        left_kg: kilograms(axle.left),
        right_kg: kilograms(axle.right),
        spacing_mm: axle.spacing.map(|spacing| Millimetres::new(spacing as i64)),
        speed_tenth_kmh: axle
            .speed
            .map(|speed| TenthKmh::new(libm::round(speed * 10.0) as i64)),
        doubt: axle.doubt,
    }
}

/// A vehicle of these axles of one record; the first has no spacing.
pub(super) fn vehicle(view: &View<'_>, indices: impl Iterator<Item = usize>) -> BelievedVehicle {
    let mut axle_numbers = Vec::new();
    let mut axles: Vec<AxleLoad> = Vec::new();
    for index in indices {
        let Some(axle) = view.axles.get(index) else {
            continue;
        };
        axle_numbers.push(number(index));
        axles.push(load(axle));
    }
    if let Some(first) = axles.first_mut() {
        first.spacing_mm = None;
    }
    BelievedVehicle {
        axle_numbers,
        partner_axle_numbers: Vec::new(),
        gross_kg: gross(&axles),
        axles,
    }
}

/// Sum of the loads.
pub(super) fn gross(axles: &[AxleLoad]) -> Kilograms {
    axles
        .iter()
        .map(|axle| axle.load_kg)
        .fold(Kilograms::ZERO, Kilograms::saturating_add)
}
