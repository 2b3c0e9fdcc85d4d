//! Where else vehicles were seen: other sites along the road, before and after the station.

use serde::Serialize;

use super::camera::{misread, other_colour};
use super::dice::Dice;
use super::motion::seconds;
use super::register::Register;
use super::vehicle::{Category, Truth};
use crate::units::Micros;

pub use crate::lane::evasion::sightings::Sighting;

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
/// And of those misreads so many, and takes the colour for another so often.
const MISREADS: f64 = 0.015;
const MISREADS_COLOUR: f64 = 0.007;
/// Trucks and cars on their way, km/h: mean and deviation.
const ON_THE_WAY: [(f64, f64); 2] = [(74.0, 6.0), (102.0, 9.0)];
/// From one site to the next they are so much faster or slower than on the whole, in deviations.
const UNEVEN: f64 = 0.03;
/// Between two sites so many stop, for so long in the mean, seconds.
const STOPS: (f64, f64) = (0.06, 1_500.0);
/// The true bearer of a cloned number is seen far away within this, seconds, in so many cases.
const FAR_AWAY: (f64, f64) = (0.9, 3_600.0);

/// Draws where else a vehicle was seen.
#[derive(Debug)]
pub(super) struct Sites {
    dice: Dice,
    before: Vec<Along>,
    behind: Vec<Along>,
}

/// A site along the road, and how far it is from the station, km.
type Along = (f64, &'static Site);

/// The sites on one side of the station, the nearest first; `side` is -1 before it and 1 behind.
fn on_side(side: f64) -> Vec<Along> {
    let along = SITES
        .iter()
        .filter_map(|site| Some((site.along_km? * side, site)));
    let mut on_side: Vec<Along> = along.filter(|(along, _)| *along > 0.0).collect();
    on_side.sort_by(|(one, _), (other, _)| one.total_cmp(other));
    on_side
}

impl Sites {
    pub(super) fn new(dice: Dice) -> Self {
        Self {
            dice,
            before: on_side(-1.0),
            behind: on_side(1.0),
        }
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
        for (side, on_side) in [(-1.0, &self.before), (1.0, &self.behind)] {
            // Whoever stood on the way is late at all that lies behind.
            let (mut reached, mut away) = (0.0, if side > 0.0 { detour } else { 0.0 });
            for (along, site) in on_side.iter().copied() {
                let pace = self.dice.normal_within(1.0, UNEVEN, 0.9, 1.1);
                away += (along - reached) / (kmh * pace) * 3_600.0;
                reached = along;
                if self.dice.chance(STOPS.0) {
                    away += self.dice.exponential(STOPS.1);
                }
                // One that drives around a station is known to have used the road on both sides.
                let passes = is_bypass && site.away_km < 30.0 || self.dice.chance(PASSES);
                let missing = one_side && side > 0.0;
                let reads = self.dice.chance(READS);
                if passes && reads && !missing {
                    let seen_at = at.saturating_add(seconds(side * away));
                    sightings.push(sighting(&mut self.dice, site, vehicle, seen_at));
                }
            }
        }
        sightings.sort_by_key(|sighting| sighting.at);
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
        let at = at.saturating_add(apart);
        Some(sighting(&mut self.dice, site, &bearer, at))
    }
}

fn sighting(dice: &mut Dice, site: &Site, vehicle: &Truth, at: Micros) -> Sighting {
    let weighs = site.weighs && vehicle.category != Category::Car;
    let spacings = vehicle.axles.iter().filter_map(|axle| axle.spacing_mm);
    let spacings = spacings.map(|spacing| {
        let seen = spacing.get() as f64 * dice.normal_within(1.0, 0.004, 0.985, 1.015);
        (seen / 10.0).round() as i64 * 10
    });
    let spacings_mm: Vec<i64> = spacings.filter(|_| weighs).collect();
    let gross = vehicle.gross_kg.get() as f64 * dice.normal_within(1.0, 0.02, 0.9, 1.1);
    let gross_kg = (gross / 20.0).round() as i64 * 20;
    let plate = vehicle.plate.as_str();
    let wrong = dice.chance(MISREADS).then(|| misread(dice, plate));
    let colour = if dice.chance(MISREADS_COLOUR) {
        other_colour(vehicle.colour)
    } else {
        vehicle.colour
    };
    Sighting {
        plate: Some(wrong.flatten().unwrap_or_else(|| plate.to_owned())),
        colour: Some(colour),
        site: site.site.to_owned(),
        at: Micros::from_seconds(at.get().div_euclid(1_000_000)),
        confidence: None,
        reads: None,
        axles: weighs.then_some(vehicle.axles.len() as u16),
        spacings_mm,
        gross_kg: weighs.then_some(gross_kg),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::settings::{EvasionShares, Scenario, Settings};
    use crate::simulator::traffic::Traffic;

    #[test]
    fn nobody_is_faster_than_the_road_allows_however_long_he_stood() {
        let settings = Settings {
            seed: 7,
            sightings: true,
            evasion: EvasionShares::each(0.01),
            ..Scenario::Dense.settings()
        };
        let along = |sighting: &Sighting| {
            let site = SITES.iter().find(|site| site.site == sighting.site);
            site.and_then(|site| site.along_km)
        };
        let (mut legs, mut slow) = (0, 0);
        for crossing in Traffic::new(settings).take(20_000) {
            let on_the_road = crossing.sightings.iter();
            let places: Vec<(f64, Micros)> = on_the_road
                .filter_map(|sighting| Some((along(sighting)?, sighting.at)))
                .collect();
            for pair in places.windows(2) {
                let (km, time) = (pair[1].0 - pair[0].0, pair[1].1.saturating_sub(pair[0].1));
                let kmh = km / (time.get() as f64 / 3_600e6);
                assert!(kmh > 0.0 && kmh < 145.0, "{crossing:?}");
                legs += 1;
                slow += usize::from(kmh < 30.0);
            }
        }
        assert!(legs > 30_000 && slow > 200, "{legs} {slow}");
    }

    #[test]
    fn the_same_vehicle_is_not_back_before_it_can_have_turned_round() {
        let settings = Settings {
            seed: 3,
            lanes: 4,
            sightings: true,
            ..Scenario::Dense.settings()
        };
        let mut last = std::collections::BTreeMap::new();
        let mut soonest = Micros::new(i64::MAX);
        for crossing in Traffic::new(settings).take(60_000) {
            let key = (
                crossing.vehicle.plate.to_string(),
                crossing.vehicle.colour as u8,
            );
            if let Some(before) = last.insert(key, crossing.first_axle_at) {
                soonest = soonest.min(crossing.first_axle_at.saturating_sub(before));
            }
        }
        assert!(soonest > Micros::from_seconds(5 * 3_600), "{soonest:?}");
    }
}
