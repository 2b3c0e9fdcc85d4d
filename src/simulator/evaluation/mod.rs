//! Association measured against ground truth: whose plate stands on which weighing.
//!
//! Truth and result are joined by the place of their bytes: a closed passage belongs to the vehicle
//! whose record stands where its weighing was read, and a plate to the vehicle of whose passing the
//! camera wrote the line that was chosen. Nothing is joined by time or by text, so a wrong plate
//! can't hide. [`evaluate`] counts; the same reads go through two [`baseline`]s.

pub mod baseline;
pub mod bound;
mod count;
mod reads;

use serde::{Deserialize, Serialize};

use crate::passage::{Candidate, ClosedPassage, PassageKind, PlateState};
use crate::units::Micros;

pub use count::{Evaluation, Offset, Outcome, Tally, evaluate};

/// Where bytes stand in a port's log.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// Port name.
    pub port: String,
    /// First byte.
    pub offset: u64,
    /// Number of bytes.
    pub length: u64,
}

/// A line that a plate camera wrote because of a vehicle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadLine {
    /// Where.
    #[serde(flatten)]
    pub span: Span,
    /// The lane that the line names.
    pub lane: u16,
    /// The text as it was read; `None` when nothing was.
    pub plate: Option<String>,
    /// When, by the camera's clock.
    pub seen_us: Micros,
}

/// A vehicle as `truth.jsonl` has it, as far as plates are concerned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vehicle {
    /// Its number.
    pub vehicle: u64,
    /// Its plate; a tractor's, where it draws a trailer.
    pub plate: String,
    /// Lane.
    pub lane: u16,
    /// Where its records stand: two when the controller sent one twice.
    #[serde(default)]
    pub records: Vec<Span>,
    /// What the cameras beside the scales in motion made of it.
    #[serde(default)]
    pub plate_reads: Vec<ReadLine>,
    /// What the camera of the platform scale made of it afterwards.
    #[serde(default)]
    pub platform_reads: Vec<ReadLine>,
}

impl Vehicle {
    /// Whether some camera read its plate as it is when it was weighed in motion.
    pub fn has_right_read(&self) -> bool {
        let mut texts = self.plate_reads.iter().map(|read| read.plate.as_deref());
        texts.any(|text| text == Some(self.plate.as_str()))
    }
}

/// The read that was chosen for a passage.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Chosen {
    /// The text that was let through.
    pub plate: Option<String>,
    /// Where the line stands.
    pub raw: Span,
}

/// Which plate was tied to a passage.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Tie {
    /// Outcome.
    pub state: PlateState,
    /// The chosen read; `None` unless matched.
    pub chosen: Option<Chosen>,
    /// Reads that could belong to the passage, with the time that the clock model left between.
    pub candidates: Vec<Candidate>,
}

/// A closed passage as `replay --json` prints it, as far as plates are concerned.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Passage {
    /// Lane.
    pub lane: u16,
    /// In motion or standing.
    pub kind: PassageKind,
    /// When the first axle crossed.
    pub crossed_us: Micros,
    /// Where the weighing's record stands.
    pub raw: Span,
    /// The plate.
    pub association: Tie,
}

impl From<&ClosedPassage> for Passage {
    fn from(closed: &ClosedPassage) -> Self {
        let span = |raw: &crate::passage::RawBytes| Span {
            port: raw.port.clone(),
            offset: raw.offset.unsigned_abs(),
            length: raw.length.unsigned_abs(),
        };
        let association = &closed.association;
        Self {
            lane: closed.weighing.lane,
            kind: closed.weighing.kind,
            crossed_us: closed.weighing.crossed_at,
            raw: span(&closed.weighing.raw),
            association: Tie {
                state: association.state,
                chosen: association.chosen.as_ref().map(|read| Chosen {
                    plate: read.plate.clone(),
                    raw: span(&read.raw),
                }),
                candidates: association.candidates.clone(),
            },
        }
    }
}

#[cfg(test)]
mod tests;
