//! What a list of sightings over several places tells: a plate at two places too soon, or on another
//! vehicle than ever before (套牌), a way around the station (绕行), an axle that was up (提升桥).
//!
//! Pure functions over the list and over what the settings say of the roads between the places. A
//! plate that was misread for one that looks like it must not make a clone: where that explains a
//! sighting as well or better, the finding says whose it probably was, and is dismissed.

mod bypass;
mod cloned;
mod history;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::score::certainty_per_mille;
use crate::lane::fingerprint::{Fingerprint, FingerprintSettings};
use crate::passage::{EvasionFinding, EvasionKind, Signal, SignalName};
use crate::plate::{Likeness, compare, look_alike_key};
use crate::units::Micros;

/// A vehicle seen somewhere (过车踪迹).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sighting {
    /// The plate as it was read; `None` for a vehicle that was seen and not read.
    #[serde(default)]
    pub plate: Option<String>,
    /// The place: any name that the settings use.
    pub site: String,
    /// When, in RFC 3339.
    #[serde(with = "rfc3339")]
    pub at: Micros,
    /// Confidence of the reading, 0 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<u8>,
    /// Independent reads that agree on the plate; one where it does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reads: Option<u8>,
    /// Axles, where counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub axles: Option<u16>,
    /// Distances of the axles, front to rear, mm; empty where not measured.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spacings_mm: Vec<i64>,
    /// Gross, where weighed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gross_kg: Option<i64>,
}

impl Sighting {
    /// Number of axles, as stated or from the spacings.
    fn axle_count(&self) -> Option<usize> {
        match self.spacings_mm.len() {
            0 => self.axles.map(usize::from),
            spacings => Some(spacings + 1),
        }
    }

    fn fingerprint(&self) -> Option<Fingerprint> {
        (!self.spacings_mm.is_empty()).then(|| Fingerprint {
            spacings_mm: self.spacings_mm.clone(),
            loads_kg: Vec::new(),
        })
    }
}

mod rfc3339 {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::units::Micros;

    pub(super) fn serialize<S: Serializer>(at: &Micros, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&at.rfc3339())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Micros, D::Error> {
        let text = String::deserialize(from)?;
        Micros::from_rfc3339(&text).ok_or_else(|| D::Error::custom("no moment in RFC 3339"))
    }
}

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
    /// A vehicle that passes the station leaves no sighting at all there so often. Default 3 per
    /// mille.
    pub lost_per_mille: i64,
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
            at_work_within: Micros::from_seconds(900),
            report_from_per_mille: 500,
            fingerprint: FingerprintSettings::default(),
        }
    }
}

impl SightingSettings {
    /// The travel between two places, where it is known.
    pub fn travel(&self, one: &str, other: &str) -> Option<&Travel> {
        self.travels.iter().find(|travel| {
            (travel.one == one && travel.other == other)
                || (travel.one == other && travel.other == one)
        })
    }
}

/// A finding about a plate, with the sightings that it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SightingFinding {
    /// The plate as it was read.
    pub plate: String,
    /// Where it was seen.
    pub site: String,
    /// When, in RFC 3339.
    #[serde(with = "rfc3339")]
    pub at: Micros,
    /// Its place in the list, from 0.
    pub index: usize,
    /// Place in the list of the other sighting: the one it contradicts, or the one behind the station.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_index: Option<usize>,
    /// What was found.
    #[serde(flatten)]
    pub finding: EvasionFinding,
    /// The plate that was probably misread for this one: the finding is dismissed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub misread_of: Option<String>,
}

impl SightingFinding {
    /// Whether the list itself explains it.
    pub const fn is_dismissed(&self) -> bool {
        self.misread_of.is_some()
    }

    /// One sentence in Chinese.
    pub fn text_zh(&self) -> String {
        match &self.misread_of {
            Some(plate) => format!(
                "号牌{}疑为{plate}的误识，不作{}认定。",
                self.plate,
                self.finding.kind.zh()
            ),
            None => format!("号牌{}：{}", self.plate, self.finding.text_zh()),
        }
    }

    /// One sentence in English.
    pub fn text_en(&self) -> String {
        match &self.misread_of {
            Some(plate) => format!(
                "Plate {} is probably a misreading of {plate}: no finding of {}.",
                self.plate,
                self.finding.kind.en()
            ),
            None => format!("Plate {}: {}", self.plate, self.finding.text_en()),
        }
    }
}

/// Looks at a list of sightings. The findings come in the order of the list, whatever the order of
/// time in it; equal lists give equal findings.
pub fn examine(sightings: &[Sighting], settings: &SightingSettings) -> Vec<SightingFinding> {
    let list = List::new(sightings, settings);
    let mut findings = Vec::new();
    for track in list.tracks.values() {
        cloned::find(&list, track, &mut findings);
        history::find(&list, track, &mut findings);
        bypass::find(&list, track, &mut findings);
    }
    findings.sort_by(|one, other| {
        (one.index, one.finding.kind, one.other_index).cmp(&(
            other.index,
            other.finding.kind,
            other.other_index,
        ))
    });
    findings
}

/// The sightings of one plate in order of time: indices into the list.
type Track = Vec<usize>;

/// The list with what is looked up in it again and again.
struct List<'a> {
    all: &'a [Sighting],
    settings: &'a SightingSettings,
    tracks: BTreeMap<&'a str, Track>,
    /// Plates that look like each other.
    alike: BTreeMap<String, Vec<&'a str>>,
    /// All sightings of a place in order of time.
    places: BTreeMap<&'a str, Vec<usize>>,
}

impl<'a> List<'a> {
    fn new(all: &'a [Sighting], settings: &'a SightingSettings) -> Self {
        let mut order: Vec<usize> = (0..all.len()).collect();
        order.sort_by_key(|index| all.get(*index).map(|sighting| sighting.at));
        let mut list = Self {
            all,
            settings,
            tracks: BTreeMap::new(),
            alike: BTreeMap::new(),
            places: BTreeMap::new(),
        };
        for index in order {
            let Some(sighting) = all.get(index) else {
                continue;
            };
            list.places.entry(&sighting.site).or_default().push(index);
            if let Some(plate) = &sighting.plate {
                list.tracks.entry(plate).or_default().push(index);
            }
        }
        for plate in list.tracks.keys() {
            list.alike
                .entry(look_alike_key(plate))
                .or_default()
                .push(plate);
        }
        list
    }

    fn get(&self, index: usize) -> Option<&'a Sighting> {
        self.all.get(index)
    }

    /// A finding of the kind at a sighting, if it is certain enough or explains itself.
    fn report(&self, found: Found, misread_of: Option<&str>, findings: &mut Vec<SightingFinding>) {
        let Some((sighting, plate)) = self
            .get(found.index)
            .and_then(|sighting| Some((sighting, sighting.plate.as_ref()?)))
        else {
            return;
        };
        let certain = i64::from(found.certainty_per_mille) >= self.settings.report_from_per_mille;
        if !certain && misread_of.is_none() {
            return;
        }
        findings.push(SightingFinding {
            plate: plate.clone(),
            site: sighting.site.clone(),
            at: sighting.at,
            index: found.index,
            other_index: found.other,
            finding: EvasionFinding {
                kind: found.kind,
                certainty_per_mille: found.certainty_per_mille,
                signals: found.signals,
                partner: None,
                vehicles: Vec::new(),
            },
            misread_of: misread_of.filter(|_| !certain).map(str::to_owned),
        });
    }

    /// How probable it is that a sighting's plate is another one misread, with the one on the list
    /// that it may be.
    fn misread(&self, index: usize) -> (f64, Option<&'a str>) {
        let Some(sighting) = self.get(index) else {
            return (0.0, None);
        };
        let Some(plate) = sighting.plate.as_deref() else {
            return (0.0, None);
        };
        let mut one = self.settings.misread_per_mille as f64 / 1_000.0;
        if sighting
            .confidence
            .is_some_and(|confidence| confidence >= 95)
        {
            one /= 3.0;
        }
        // Reads that agree err independently, the second at least a little so.
        if sighting.reads.is_some_and(|reads| reads > 1) {
            one *= one.max(0.003);
        }
        let key = look_alike_key(plate);
        let others = self.alike.get(&key).map(Vec::as_slice).unwrap_or_default();
        let fits = others
            .iter()
            .find(|other| looks_like(plate, other) && self.could_be(index, other));
        match fits {
            Some(other) => (one, Some(other)),
            None => (
                one * self.settings.unlisted_per_mille as f64 / 1_000.0,
                None,
            ),
        }
    }

    /// Whether a sighting fits in between those of another plate: in time, and in its axles.
    fn could_be(&self, index: usize, plate: &str) -> bool {
        let Some((sighting, track)) = self.get(index).zip(self.tracks.get(plate)) else {
            return false;
        };
        let of_track = track.iter().filter_map(|other| self.get(*other));
        let mut before: Option<&Sighting> = None;
        let mut after: Option<&Sighting> = None;
        let mut axles_differ = false;
        for other in of_track {
            if other.at <= sighting.at {
                before = Some(other);
            } else if after.is_none() {
                after = Some(other);
            }
            axles_differ |= matches!(
                (sighting.axle_count(), other.axle_count()),
                (Some(one), Some(two)) if one != two
            );
        }
        let possible = |other: Option<&Sighting>| {
            other.is_none_or(|other| {
                !self.is_too_soon(sighting, other) && !self.is_back_too_soon(sighting, other)
            })
        };
        !axles_differ && possible(before) && possible(after)
    }

    /// Whether a vehicle seen twice at a place can't have been away and back. Two reads of one
    /// crossing are no such thing.
    fn is_back_too_soon(&self, one: &Sighting, other: &Sighting) -> bool {
        let apart = one.at.saturating_sub(other.at).abs();
        let ways = self.settings.travels.iter();
        let nearest = ways
            .filter(|travel| travel.one == one.site || travel.other == one.site)
            .map(|travel| travel.least)
            .min();
        one.site == other.site
            && apart > ONE_CROSSING
            && nearest.is_some_and(|least| apart < least.saturating_add(least))
    }

    /// Whether no vehicle can be at both.
    fn is_too_soon(&self, one: &Sighting, other: &Sighting) -> bool {
        let apart = one.at.saturating_sub(other.at).abs();
        let travel = self.settings.travel(&one.site, &other.site);
        one.site != other.site && travel.is_some_and(|travel| apart < travel.least)
    }
}

/// Reads of one crossing are no further apart.
const ONE_CROSSING: Micros = Micros::from_seconds(60);

/// Whether one plate may be read for the other.
fn looks_like(one: &str, other: &str) -> bool {
    matches!(
        compare(one, other),
        Likeness::LookAlike { .. } | Likeness::Open { .. }
    )
}

/// What a detector found, before it is decided whether to report it.
struct Found {
    kind: EvasionKind,
    index: usize,
    other: Option<usize>,
    certainty_per_mille: u16,
    signals: Vec<Signal>,
}

/// The certainty of an explanation against all others together, from their weights.
fn share_per_mille(weight: f64, others: f64) -> u16 {
    let nats = libm::log(weight.max(1e-300)) - libm::log(others.max(1e-300));
    // The weights hold the base rates already: even odds beforehand.
    certainty_per_mille(nats, 500)
}

fn signal(name: SignalName, value: i64, limit: Option<i64>) -> Signal {
    Signal { name, value, limit }
}

#[cfg(test)]
mod tests;
