//! What is told of the roads between the places.

use super::HERE;
use crate::lane::evasion::sightings::{Route, SightingSettings, Travel};
use crate::simulator::sightings::{SITES, Site};
use crate::units::Micros;

/// Nobody drives faster from one place to the other, km/h: a car at the limit of 120, and somewhat more.
const FASTEST_KMH: f64 = 140.0;
/// Who takes longer than at this speed, and half an hour, has not come straight, km/h.
const SLOWEST_KMH: f64 = 20.0;
const RESTS: Micros = Micros::from_seconds(1_800);

/// What a person would enter of these places: how far it is from one to the other.
pub(super) fn settings() -> SightingSettings {
    let here = Site {
        site: HERE,
        along_km: Some(0.0),
        away_km: 0.0,
        weighs: true,
    };
    let places: Vec<Site> = SITES.into_iter().chain([here]).collect();
    let mut travels = Vec::new();
    for (place, one) in places.iter().enumerate() {
        for other in places.iter().skip(place + 1) {
            let km = match (one.along_km, other.along_km) {
                (Some(one), Some(other)) => (one - other).abs(),
                // At least: if the nearer one lies on the way to the farther.
                _ => (one.away_km - other.away_km).abs(),
            };
            let at = |kmh: f64| Micros::from_seconds((km / kmh * 3_600.0) as i64);
            travels.push(Travel {
                one: one.site.to_owned(),
                other: other.site.to_owned(),
                least: at(FASTEST_KMH),
                most: at(SLOWEST_KMH).saturating_add(RESTS),
            });
        }
    }
    let along = |site: &&Site| site.along_km.unwrap_or_default();
    let before = SITES.iter().filter(|site| along(site) < 0.0);
    let after = |before: &Site| {
        let behind = SITES.iter().filter(|site| along(site) > 0.0);
        let before = before.site;
        behind.map(move |after| Route {
            before: before.to_owned(),
            here: HERE.to_owned(),
            after: after.site.to_owned(),
        })
    };
    SightingSettings {
        travels,
        routes: before.flat_map(after).collect(),
        ..SightingSettings::default()
    }
}
