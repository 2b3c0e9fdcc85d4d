//! Where else vehicles were seen: other sites along the road, before and after the station.

use serde::{Deserialize, Serialize};

use super::camera::misread;
use super::dice::Dice;
use super::motion::seconds;
use super::register::Register;
use super::vehicle::{Category, Truth};
use crate::units::{Kilograms, Micros, Millimetres};

/// A vehicle seen at another site (卡口, 检测点): one line of `sightings.jsonl`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// The plate as it was read there.
    pub plate: String,
    /// Name of the site.
    pub site: String,
    /// When, to the second or so.
    pub at_us: Micros,
    /// Number of axles, where the site weighs or counts them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub axles: Option<u8>,
    /// Spacings of the axles, front to rear.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spacings_mm: Option<Vec<Millimetres>>,
    /// Gross, where the site weighs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gross_kg: Option<Kilograms>,
}

/// A site: one line of `sites.jsonl`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Site {
    /// Name.
    pub site: &'static str,
    /// How far along the road from this station, km; negative before it. `None` on another road.
    pub along_km: Option<f64>,
    /// By road from this station, km.
    pub away_km: f64,
    /// Whether it weighs in motion; otherwise it reads plates alone.
    pub weighs: bool,
}

/// The other sites that tell what they see.
pub const SITES: [Site; 5] = [
    Site {
        site: "K38",
        along_km: Some(-38.0),
        away_km: 38.0,
        weighs: true,
    },
    Site {
        site: "K12",
        along_km: Some(-12.0),
        away_km: 12.0,
        weighs: false,
    },
    Site {
        site: "K-21",
        along_km: Some(21.0),
        away_km: 21.0,
        weighs: false,
    },
    Site {
        site: "K-64",
        along_km: Some(64.0),
        away_km: 64.0,
        weighs: true,
    },
    Site {
        site: "S60",
        along_km: None,
        away_km: 180.0,
        weighs: true,
    },
];

/// A vehicle that uses the road passes a site of it so often: others come from or leave to elsewhere.
const PASSES: f64 = 0.85;
/// Of the plates a site reads so many.
const READS: f64 = 0.88;
/// And of those misreads so many.
const MISREADS: f64 = 0.015;
/// Trucks and cars on their way, km/h: mean and deviation.
const ON_THE_WAY: [(f64, f64); 2] = [(74.0, 6.0), (102.0, 9.0)];
/// So many stop on the way, for so long in the mean, seconds.
const STOPS: (f64, f64) = (0.06, 1_500.0);
/// The true bearer of a cloned number is seen far away within this, seconds, in so many cases.
const FAR_AWAY: (f64, f64) = (0.9, 3_600.0);

/// Draws where else a vehicle was seen.
#[derive(Debug)]
pub(super) struct Sites {
    dice: Dice,
}

impl Sites {
    pub(super) const fn new(dice: Dice) -> Self {
        Self { dice }
    }

    /// All sightings of a vehicle that passes the station, or drives around it, at a moment.
    pub(super) fn see(
        &mut self,
        register: &Register,
        vehicle: &Truth,
        at: Micros,
        (is_bypass, is_clone): (bool, bool),
    ) -> Vec<Sighting> {
        let (mean, deviation) = ON_THE_WAY
            .get(usize::from(vehicle.is_car()))
            .copied()
            .unwrap_or_default();
        let kmh = self
            .dice
            .normal_within(mean, deviation, 0.7 * mean, 1.25 * mean);
        // A detour takes its time.
        let detour = if is_bypass {
            self.dice.uniform(600.0, 3_600.0)
        } else {
            0.0
        };
        let one_side = is_bypass && self.dice.chance(0.1);
        let mut sightings = Vec::new();
        for site in &SITES {
            let Some(along) = site.along_km else {
                continue;
            };
            if one_side && along > 0.0 {
                continue;
            }
            // One that drives around a station is known to have used the road on both sides.
            let passes = is_bypass && site.away_km < 30.0 || self.dice.chance(PASSES);
            let mut away = along / kmh * 3_600.0;
            if self.dice.chance(STOPS.0) {
                away += along.signum() * self.dice.exponential(STOPS.1);
            }
            if along > 0.0 {
                away += detour;
            }
            let seen_at = at.saturating_add(seconds(away));
            if passes && self.dice.chance(READS) {
                sightings.push(self.sighting(site, vehicle, seen_at));
            }
        }
        if is_clone {
            sightings.extend(self.true_bearer(register, vehicle, at));
        }
        sightings
    }

    /// The one whose number was cloned, on another road.
    fn true_bearer(&mut self, register: &Register, clone: &Truth, at: Micros) -> Option<Sighting> {
        if !self.dice.chance(FAR_AWAY.0) {
            return None;
        }
        let site = SITES.iter().find(|site| site.along_km.is_none())?;
        let apart = seconds(self.dice.uniform(-FAR_AWAY.1, FAR_AWAY.1));
        let bearer = register.bearer_of(&clone.plate, clone.colour)?;
        let bearer = super::vehicle::half_full(&mut self.dice, register, bearer);
        Some(self.sighting(site, &bearer, at.saturating_add(apart)))
    }

    fn sighting(&mut self, site: &Site, vehicle: &Truth, at: Micros) -> Sighting {
        let weighs = site.weighs && vehicle.category != Category::Car;
        let spacings = vehicle.axles.iter().filter_map(|axle| axle.spacing_mm);
        let spacings = spacings.map(|spacing| {
            let seen = spacing.get() as f64 * self.dice.normal_within(1.0, 0.004, 0.985, 1.015);
            Millimetres::new((seen / 10.0).round() as i64 * 10)
        });
        let spacings: Vec<Millimetres> = spacings.filter(|_| weighs).collect();
        let gross = vehicle.gross_kg.get() as f64 * self.dice.normal_within(1.0, 0.02, 0.9, 1.1);
        let gross = Kilograms::new((gross / 20.0).round() as i64 * 20);
        let plate = vehicle.plate.as_str();
        let wrong = self
            .dice
            .chance(MISREADS)
            .then(|| misread(&mut self.dice, plate));
        Sighting {
            plate: wrong.flatten().unwrap_or_else(|| plate.to_owned()),
            site: site.site.to_owned(),
            at_us: Micros::from_seconds(at.get().div_euclid(1_000_000)),
            axles: weighs.then_some(vehicle.axles.len() as u8),
            spacings_mm: weighs.then_some(spacings),
            gross_kg: weighs.then_some(gross),
        }
    }
}
