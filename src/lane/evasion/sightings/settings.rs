//! What is told of the places, and how much proves what.

use super::Sighting;
use crate::lane::fingerprint::FingerprintSettings;
use crate::units::Micros;

/// How long the way between two places takes; the same both ways.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Travel {
    /// One place.
    pub one: String,
    /// The other.
    pub other: String,
    /// No vehicle is faster than this: the way at the highest speed that can be driven there.
    pub least: Micros,
    /// A vehicle that takes longer has not come straight.
    pub most: Micros,
}

/// A station between two places: who is seen at both passes it, or goes around it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The place before.
    pub before: String,
    /// The station.
    pub here: String,
    /// The place behind.
    pub after: String,
}

/// Settings of the sightings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SightingSettings {
    /// Travel times. Two places without one are not compared.
    pub travels: Vec<Travel>,
    /// Stations that can be gone around.
    pub routes: Vec<Route>,
    /// A plate's own pattern counts after so many sightings with axles. Default 3.
    pub history: usize,
    /// A single read is another plate that looks like it so often. Default 10 per mille.
    pub misread_per_mille: i64,
    /// And that other plate is one that is not on the list, yet this one is. Default 20 per mille.
    pub unlisted_per_mille: i64,
    /// Of a thousand pairs of sightings that can't be of one vehicle, before anything else is known,
    /// so many are clones beside those that misreads make. Default 1.
    pub cloned_per_mille: i64,
    /// Of a thousand vehicles that pass the station's route so many avoid it. Default 10.
    pub bypass_per_mille: i64,
    /// A vehicle that passes the station leaves no sighting at all there so often: neither a weighing
    /// nor a read. Default 3 per mille.
    pub lost_per_mille: i64,
    /// A vehicle that is weighed at the station is not read there so often, before the list itself
    /// tells how often it is. Default 130 per mille.
    pub unread_per_mille: i64,
    /// Two records of one vehicle differ in what is told of its axles so often: one missed, one up, a
    /// record of two vehicles that was not seen to be one. Default 10 per mille.
    pub miscounted_per_mille: i64,
    /// Scatter of the ratio of two scales' gross of one vehicle. Default 30 per mille.
    pub gross_scatter_per_mille: i64,
    /// Between two places a vehicle loads or unloads so often. Default 20 per mille.
    pub reloaded_per_mille: i64,
    /// Sightings of a plate so far apart say nothing of where it was in between. Default 3 h.
    pub under_way: Micros,
    /// A station that had no sighting for so long about the moment was not at work. Default 15 min.
    pub at_work_within: Micros,
    /// Findings are given from this certainty on; what explains itself is given as dismissed.
    /// Default 500.
    pub report_from_per_mille: i64,
    /// How fingerprints are compared.
    pub fingerprint: FingerprintSettings,
}

impl Default for SightingSettings {
    fn default() -> Self {
        Self {
            travels: Vec::new(),
            routes: Vec::new(),
            history: 3,
            misread_per_mille: 10,
            unlisted_per_mille: 20,
            cloned_per_mille: 1,
            bypass_per_mille: 10,
            lost_per_mille: 3,
            unread_per_mille: 130,
            miscounted_per_mille: 10,
            gross_scatter_per_mille: 30,
            reloaded_per_mille: 20,
            under_way: Micros::from_seconds(3 * 3_600),
            at_work_within: Micros::from_seconds(900),
            report_from_per_mille: 500,
            fingerprint: FingerprintSettings::default(),
        }
    }
}

impl SightingSettings {
    /// Whether no vehicle can be at both: the places are two, and the way takes longer.
    pub fn is_too_soon(&self, one: &Sighting, other: &Sighting) -> bool {
        let travel = self.travel(&one.site, &other.site);
        one.site != other.site && travel.is_some_and(|travel| one.apart(other) < travel.least)
    }

    /// The travel between two places, where it is known.
    pub fn travel(&self, one: &str, other: &str) -> Option<&Travel> {
        self.travels.iter().find(|travel| {
            (travel.one == one && travel.other == other)
                || (travel.one == other && travel.other == one)
        })
    }
}
