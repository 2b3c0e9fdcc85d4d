//! A vehicle's fingerprint (车辆轴型指纹): its axle spacings, and the shape of its loads, to find the
//! same vehicle again where the plate is missing or in doubt.
//!
//! Two weighings are compared as likelihoods: of one vehicle, whose spacings differ by the scales'
//! scatter and by a common factor (a spacing is a time times a speed, and the speed is off for all of
//! them alike), against two vehicles drawn from the road, whose spacings differ as those of vehicles
//! do. The result is a log-likelihood ratio; what probability it comes to depends on how many other
//! vehicles there are to be taken for it, so [`find`] names the second best too.
//!
//! How distinctive spacings are, measured on the 1,000 real trucks (the test
//! `real_trucks_differ_in_their_spacings_so_far` prints it; their spacings stand in steps of 50 mm):
//! see `docs/evasion.md`. In short: spacings narrow a truck down to a handful of its kind, and are no
//! proof of identity.

use serde::{Deserialize, Serialize};

use super::evasion::{centinats, normal, together};
use crate::passage::Weighing;

/// Settings of the comparison; scatters are standard deviations of one weighing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FingerprintSettings {
    /// Scatter of a single spacing beside the common factor. Default 5 per mille.
    pub spacing_scatter_per_mille: i64,
    /// Scatter of the common factor: the error of the speed. Default 8 per mille.
    pub common_scatter_per_mille: i64,
    /// Step in which the scales round spacings. Default 10 mm.
    pub spacing_step_mm: i64,
    /// Scatter of an axle's share of the load, where the load is known to be the same. Default 60 per
    /// mille.
    pub load_scatter_per_mille: i64,
    /// Axles closer than this are of one group, whose spacings vary little between vehicles. Default
    /// 2100 mm.
    pub group_spacing_mm: i64,
}

impl Default for FingerprintSettings {
    fn default() -> Self {
        Self {
            spacing_scatter_per_mille: 5,
            common_scatter_per_mille: 8,
            spacing_step_mm: 10,
            load_scatter_per_mille: 60,
            group_spacing_mm: 2_100,
        }
    }
}

/// Scatter of the log of spacings over vehicles of one axle count, after the published statistics:
/// the first spacing, those within a group, and the others.
const FIRST_SPACINGS: f64 = 0.15;
const GROUP_SPACINGS: f64 = 0.045;
const OTHER_SPACINGS: f64 = 0.13;
/// Scatter of the log of an axle's share over vehicles.
const OTHER_SHARES: f64 = 0.25;
/// Scatter of the log of gross over vehicles of one axle count.
const OTHER_GROSS: f64 = 0.45;
/// No spacing speaks against one vehicle by more than this, in nats: an axle may be lifted or missed.
const MOST_AGAINST: f64 = 20.0;

/// What a weighing shows of the vehicle.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Distances of the axles, front to rear, mm; one fewer than there are axles.
    pub spacings_mm: Vec<i64>,
    /// Loads of the axles, kg; empty where they are not to be compared.
    pub loads_kg: Vec<i64>,
}

impl Fingerprint {
    /// The fingerprint of a weighing; `None` without at least two axles and all their spacings.
    pub fn of(weighing: &Weighing) -> Option<Self> {
        let spacings = weighing.axles.iter().skip(1).map(|axle| axle.spacing_mm);
        let spacings: Option<Vec<i64>> = spacings.map(|mm| mm.map(|mm| mm.get())).collect();
        let spacings_mm = spacings.filter(|spacings| !spacings.is_empty())?;
        Some(Self {
            spacings_mm,
            loads_kg: weighing
                .axles
                .iter()
                .map(|axle| axle.load_kg.get())
                .collect(),
        })
    }

    /// The same without its loads: a vehicle that may have been loaded or unloaded meanwhile.
    #[must_use]
    pub fn without_loads(self) -> Self {
        Self {
            loads_kg: Vec::new(),
            ..self
        }
    }

    /// Number of axles.
    pub fn axle_count(&self) -> usize {
        self.spacings_mm.len().saturating_add(1)
    }

    /// How much likelier one vehicle is behind both than two, in hundredths of nats (100 is a factor
    /// of 2.7); `None` where the numbers of axles differ. Loads count where both have them.
    pub fn likeness_centinats(&self, other: &Self, settings: &FingerprintSettings) -> Option<i64> {
        if self.spacings_mm.len() != other.spacings_mm.len() || self.spacings_mm.is_empty() {
            return None;
        }
        let spacings = self.spacings_nats(other, settings);
        Some(centinats(spacings + self.loads_nats(other, settings)))
    }

    fn spacings_nats(&self, other: &Self, settings: &FingerprintSettings) -> f64 {
        let own = settings.spacing_scatter_per_mille as f64 / 1_000.0;
        let step = settings.spacing_step_mm.max(0) as f64 / libm::sqrt(12.0);
        // Both weighings scatter.
        let common = settings.common_scatter_per_mille as f64 / 1_000.0 * std::f64::consts::SQRT_2;
        let (mut weights, mut weighted, mut squares, mut one, mut two) = (0.0, 0.0, 0.0, 0.0, 0.0);
        for (index, (left, right)) in self.spacings_mm.iter().zip(&other.spacings_mm).enumerate() {
            let (left, right) = ((*left).max(1) as f64, (*right).max(1) as f64);
            let apart = libm::log(left / right);
            let shorter = left.min(right);
            let scatter = together(own, step / shorter).max(1e-4) * std::f64::consts::SQRT_2;
            let population = if shorter <= settings.group_spacing_mm as f64 {
                GROUP_SPACINGS
            } else if index == 0 {
                FIRST_SPACINGS
            } else {
                OTHER_SPACINGS
            };
            let weight = 1.0 / (scatter * scatter);
            weights += weight;
            weighted += weight * apart;
            squares += weight * apart * apart;
            one -= libm::log(scatter);
            two += normal(
                apart,
                0.0,
                together(population * std::f64::consts::SQRT_2, scatter),
            ) + LN_ROOT_TWO_PI;
        }
        // The common factor is integrated out.
        let precision = 1.0 / (common * common).max(1e-9);
        one -= 0.5 * (squares - weighted * weighted / (precision + weights));
        one -= 0.5 * libm::log(1.0 + weights / precision);
        (one - two).max(-MOST_AGAINST * self.spacings_mm.len() as f64)
    }

    fn loads_nats(&self, other: &Self, settings: &FingerprintSettings) -> f64 {
        if self.loads_kg.len() != self.axle_count() || other.loads_kg.len() != other.axle_count() {
            return 0.0;
        }
        let gross = |loads: &[i64]| loads.iter().sum::<i64>().max(1) as f64;
        let (own, others) = (gross(&self.loads_kg), gross(&other.loads_kg));
        let scatter = settings.load_scatter_per_mille as f64 / 1_000.0 * std::f64::consts::SQRT_2;
        let whole = libm::log(own / others);
        let mut nats = normal(whole, 0.0, scatter)
            - normal(
                whole,
                0.0,
                together(OTHER_GROSS * std::f64::consts::SQRT_2, scatter),
            );
        for (left, right) in self.loads_kg.iter().zip(&other.loads_kg) {
            let share = |load: i64, gross: f64| load.max(1) as f64 / gross;
            let apart = libm::log(share(*left, own) / share(*right, others));
            // The shares sum to one: each tells a little less than it seems to.
            let free = 1.0 - 1.0 / self.loads_kg.len() as f64;
            let population = together(OTHER_SHARES * std::f64::consts::SQRT_2, scatter);
            nats += free * (normal(apart, 0.0, scatter) - normal(apart, 0.0, population));
        }
        nats.max(-MOST_AGAINST)
    }
}

/// `ln(sqrt(2 pi))`: the constant that both likelihoods share.
const LN_ROOT_TWO_PI: f64 = 0.918_938_533_204_672_7;

/// The best of a list, and its rival.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Match {
    /// Index of the best.
    pub index: usize,
    /// Its likeness, hundredths of nats.
    pub centinats: i64,
    /// The second best, with its likeness.
    pub second: Option<(usize, i64)>,
}

impl Match {
    /// The probability in per mille that the best is the vehicle, if the vehicle is in the list with
    /// probability `listed_per_mille` beforehand: the best against all others and against a vehicle
    /// that is not listed.
    pub fn certainty_per_mille(&self, all: &[Option<i64>], listed_per_mille: i64) -> u16 {
        let listed = listed_per_mille.clamp(1, 999) as f64 / 1_000.0;
        let compared = all.len().max(1) as f64;
        let factor = |centinats: i64| libm::exp((centinats as f64 / 100.0).clamp(-500.0, 500.0));
        let of_listed: f64 = all.iter().flatten().map(|nats| factor(*nats)).sum();
        let total = listed / compared * of_listed + (1.0 - listed);
        let share = listed / compared * factor(self.centinats) / total.max(1e-300);
        libm::floor(share.clamp(0.0, 1.0) * 1_000.0) as u16
    }
}

/// How alike each of a list is.
pub fn compare(
    wanted: &Fingerprint,
    list: &[Fingerprint],
    settings: &FingerprintSettings,
) -> Vec<Option<i64>> {
    let likeness = |other: &Fingerprint| wanted.likeness_centinats(other, settings);
    list.iter().map(likeness).collect()
}

/// The one of a list that is most like `wanted`, with the second best; of equals the first. `None`
/// where no one has as many axles.
pub fn find(
    wanted: &Fingerprint,
    list: &[Fingerprint],
    settings: &FingerprintSettings,
) -> Option<Match> {
    let mut best: Option<Match> = None;
    for (index, centinats) in compare(wanted, list, settings).into_iter().enumerate() {
        let Some(centinats) = centinats else { continue };
        best = Some(match best {
            Some(best) if centinats > best.centinats => Match {
                index,
                centinats,
                second: Some((best.index, best.centinats)),
            },
            Some(best) if best.second.is_none_or(|(_, second)| centinats > second) => Match {
                second: Some((index, centinats)),
                ..best
            },
            Some(best) => best,
            None => Match {
                index,
                centinats,
                second: None,
            },
        });
    }
    best
}

#[cfg(test)]
mod tests;
