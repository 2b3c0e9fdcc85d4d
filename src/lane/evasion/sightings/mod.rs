//! What a list of sightings over several places tells: a plate at two places too soon, or on another
//! vehicle than ever before (套牌), a way around the station (绕行), an axle that was up (提升桥).
//!
//! Pure functions over the list and over what the settings say of the roads between the places. A
//! plate that was misread for one that looks like it must not make a clone: where that explains a
//! sighting as well or better, the finding says whose it probably was, and is dismissed.

mod bypass;
mod cloned;
mod detours;
mod history;
mod list;
mod scales;
mod settings;
mod sighting;
mod ways;

use serde::Serialize;

use crate::passage::EvasionFinding;
use crate::units::Micros;
use list::{Found, List, Track, share_per_mille, signal};

pub use settings::{Route, SightingSettings, Travel};
pub use sighting::Sighting;

/// A finding about a plate, with the sightings that it rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SightingFinding {
    /// The plate as it was read.
    pub plate: String,
    /// Where it was seen.
    pub site: String,
    /// When, in RFC 3339.
    #[serde(with = "sighting::rfc3339")]
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
    for track in list.tracks() {
        cloned::find(&list, track, &mut findings);
        history::find(&list, track, &mut findings);
    }
    bypass::find(&list, &mut findings);
    findings.sort_by(|one, other| {
        (one.index, one.finding.kind, one.other_index).cmp(&(
            other.index,
            other.finding.kind,
            other.other_index,
        ))
    });
    findings
}

#[cfg(test)]
mod tests;
