//! How much two scales differ about one vehicle: learnt from vehicles that both have weighed and cameras
//! have read at both.

use super::super::{normal, together};
use super::{Sighting, SightingSettings};
use crate::lane::fingerprint::FingerprintSettings;

/// Who changes speed on the sensors is measured worse than usual, by so much.
const BADLY: i64 = 4;
/// Beyond so many deviations one was measured badly, if that is as usual, or wrongly, if that is bad.
const BEYOND: f64 = 3.0;
/// So many are measured badly, and so many wrongly, before the list tells.
const MEASURED_BADLY: f64 = 0.1;
const MEASURED_WRONGLY: f64 = 0.01;
/// That counts for so many vehicles.
const USUAL_WEIGHS: f64 = 100.0;
/// Scatter of the log of gross over vehicles of one axle count.
const OTHER_GROSS: f64 = 0.45;
/// Fewer vehicles than this tell nothing.
const ENOUGH: usize = 100;
/// From the middle of the sizes of differences to a standard deviation.
const OF_THE_MIDDLE: f64 = 1.482_6;

/// Differences of the logs of what two scales measured.
#[derive(Debug, Default)]
pub(super) struct Differences {
    common: Vec<f64>,
    spacings: Vec<f64>,
    gross: Vec<f64>,
    /// The largest difference of each vehicle.
    largest: Vec<f64>,
    /// Vehicles of which both told the axles, and of those the ones whose numbers differ.
    counted: f64,
    miscounted: f64,
}

/// How vehicles are compared.
#[derive(Debug)]
pub(super) struct Scales {
    usual: FingerprintSettings,
    badly: FingerprintSettings,
    gross: f64,
    reloaded: f64,
    badly_share: f64,
    wrongly_share: f64,
    /// Two scales tell other numbers of axles of one vehicle so often.
    pub(super) miscounted: f64,
}

impl Differences {
    /// One vehicle as two scales have it.
    pub(super) fn take(&mut self, one: &Sighting, other: &Sighting) {
        if let Some((one, other)) = one.axle_count().zip(other.axle_count()) {
            self.counted += 1.0;
            self.miscounted += f64::from(u8::from(one != other));
        }
        let (ones, others) = (&one.spacings_mm, &other.spacings_mm);
        if ones.is_empty() || ones.len() != others.len() {
            return;
        }
        let pairs = ones.iter().zip(others);
        let apart = pairs.map(|(one, other)| log_ratio(*one, *other));
        let apart: Vec<f64> = apart.collect();
        let common = apart.iter().sum::<f64>() / apart.len() as f64;
        self.common.push(common);
        let largest = apart.iter().map(|apart| apart.abs()).fold(0.0, f64::max);
        self.largest.push(largest);
        if apart.len() > 1 {
            // The mean takes its share of the scatter.
            let free = libm::sqrt(1.0 - 1.0 / apart.len() as f64);
            let rest = apart.iter().map(|apart| (apart - common) / free);
            self.spacings.extend(rest);
        }
        if let (Some(one), Some(other)) = (one.gross_kg, other.gross_kg) {
            self.gross.push(log_ratio(one, other));
        }
    }

    /// What they come to; as the settings say where they are too few.
    pub(super) fn scales(mut self, settings: &SightingSettings) -> Scales {
        let mut scales = Scales::usual(settings);
        // Both scales have their part in it.
        let of_one = |deviation: f64| libm::ceil(deviation * 1_000.0 / std::f64::consts::SQRT_2);
        if let Some(deviation) = scatter(&mut self.spacings) {
            scales.usual.spacing_scatter_per_mille = (of_one(deviation) as i64).max(1);
        }
        if let Some(deviation) = scatter(&mut self.common) {
            scales.usual.common_scatter_per_mille = (of_one(deviation) as i64).max(1);
        }
        if let Some(deviation) = scatter(&mut self.gross) {
            scales.gross = deviation.max(0.005);
        }
        scales.badly = badly(&scales.usual);
        let of = |settings: &FingerprintSettings| {
            let own = settings.spacing_scatter_per_mille as f64 / 1_000.0;
            let common = settings.common_scatter_per_mille as f64 / 1_000.0;
            BEYOND * together(own, common) * std::f64::consts::SQRT_2
        };
        let beyond = |most: f64| {
            let beyond = self.largest.iter().filter(|largest| **largest > most);
            beyond.count() as f64
        };
        let all = self.largest.len() as f64 + USUAL_WEIGHS;
        let (bad, wrong) = (beyond(of(&scales.usual)), beyond(of(&scales.badly)));
        scales.badly_share = (bad - wrong + USUAL_WEIGHS * MEASURED_BADLY) / all;
        scales.wrongly_share = (wrong + USUAL_WEIGHS * MEASURED_WRONGLY) / all;
        let usual = settings.miscounted_per_mille as f64 / 1_000.0;
        scales.miscounted =
            (self.miscounted + USUAL_WEIGHS * usual) / (self.counted + USUAL_WEIGHS);
        scales
    }
}

/// The standard deviation about zero by the differences in the middle, which clones and misreads don't
/// reach.
fn scatter(differences: &mut [f64]) -> Option<f64> {
    if differences.len() < ENOUGH {
        return None;
    }
    differences.sort_by(|one, other| one.abs().total_cmp(&other.abs()));
    let middle = differences.get(differences.len() / 2)?;
    Some(OF_THE_MIDDLE * middle.abs())
}

fn log_ratio(one: i64, other: i64) -> f64 {
    libm::log(one.max(1) as f64 / other.max(1) as f64)
}

fn badly(usual: &FingerprintSettings) -> FingerprintSettings {
    FingerprintSettings {
        spacing_scatter_per_mille: usual.spacing_scatter_per_mille.saturating_mul(BADLY),
        common_scatter_per_mille: usual.common_scatter_per_mille.saturating_mul(BADLY),
        ..usual.clone()
    }
}

impl Scales {
    /// As the settings say.
    pub(super) fn usual(settings: &SightingSettings) -> Self {
        Self {
            badly: badly(&settings.fingerprint),
            usual: settings.fingerprint.clone(),
            gross: (settings.gross_scatter_per_mille as f64 / 1_000.0).max(0.001),
            reloaded: settings.reloaded_per_mille as f64 / 1_000.0,
            badly_share: MEASURED_BADLY,
            wrongly_share: MEASURED_WRONGLY,
            miscounted: settings.miscounted_per_mille as f64 / 1_000.0,
        }
    }

    /// How much likelier two patterns of spacings are of one vehicle than of two.
    pub(super) fn spacings_likeness(&self, one: &Sighting, other: &Sighting) -> f64 {
        let Some((one, other)) = one.fingerprint().zip(other.fingerprint()) else {
            return 1.0;
        };
        let likeness = |settings: &FingerprintSettings| {
            let centinats = one.likeness_centinats(&other, settings);
            centinats.map_or(0.0, |nats| libm::exp(nats as f64 / 100.0))
        };
        let (badly, wrongly) = (self.badly_share, self.wrongly_share);
        // What was measured wrongly tells nothing either way.
        (1.0 - badly - wrongly) * likeness(&self.usual) + badly * likeness(&self.badly) + wrongly
    }

    /// How much likelier two gross weights are of one vehicle than of two.
    pub(super) fn gross_likeness(&self, one: &Sighting, other: &Sighting) -> f64 {
        let (Some(one), Some(other)) = (one.gross_kg, other.gross_kg) else {
            return 1.0;
        };
        if one <= 0 || other <= 0 {
            return 1.0;
        }
        let apart = log_ratio(one, other);
        let two = together(OTHER_GROSS * std::f64::consts::SQRT_2, self.gross);
        let ratio = libm::exp(normal(apart, 0.0, self.gross) - normal(apart, 0.0, two));
        (1.0 - self.reloaded) * ratio + self.reloaded
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Micros;

    fn weighed(spacings_mm: &[i64], gross_kg: i64) -> Sighting {
        Sighting {
            plate: None,
            site: String::new(),
            at: Micros::ZERO,
            colour: None,
            confidence: None,
            reads: None,
            axles: None,
            spacings_mm: spacings_mm.to_vec(),
            gross_kg: Some(gross_kg),
        }
    }

    #[test]
    fn scales_that_agree_tell_more_of_a_difference() {
        let settings = SightingSettings::default();
        let (mut differences, usual) = (Differences::default(), Scales::usual(&settings));
        let own = weighed(&[3_450, 1_360, 6_550], 40_000);
        for number in 0..200 {
            let off = number % 5 - 2;
            let spacings = [3_450 + 5 * off, 1_360, 6_550 - 5 * off];
            differences.take(&own, &weighed(&spacings, 40_000 + 300 * off));
        }
        // A few are other vehicles.
        for _ in 0..10 {
            differences.take(&own, &weighed(&[4_000, 1_300, 8_000], 15_000));
        }
        let learnt = differences.scales(&settings);
        assert!(learnt.usual.spacing_scatter_per_mille <= 2);
        assert!(learnt.usual.common_scatter_per_mille <= 2);
        assert!((0.005..0.02).contains(&learnt.gross), "{}", learnt.gross);
        // Further apart than the one in ten that is measured badly.
        let other = weighed(&[3_600, 1_360, 6_350], 42_500);
        assert!(learnt.spacings_likeness(&own, &other) < usual.spacings_likeness(&own, &other));
        assert!(learnt.spacings_likeness(&own, &own) > usual.spacings_likeness(&own, &own));
        assert!(learnt.gross_likeness(&own, &other) < usual.gross_likeness(&own, &other));
    }

    #[test]
    fn few_vehicles_change_nothing() {
        let settings = SightingSettings::default();
        let mut differences = Differences::default();
        let own = weighed(&[3_450, 1_360], 40_000);
        for _ in 0..20 {
            differences.take(&own, &own);
        }
        let scales = differences.scales(&settings);
        assert_eq!(scales.usual, settings.fingerprint);
    }
}
