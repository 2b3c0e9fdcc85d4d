//! All plate reads with their times under the clock model that the result was made with.

use std::collections::BTreeMap;

use super::{Passage, Vehicle};
use crate::passage::PassageKind;
use crate::units::Micros;

/// A plate read as a baseline sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// Port and first byte.
    pub place: (String, u64),
    /// The lane that the line names.
    pub lane: u16,
    /// When it is expected of a vehicle on the scale, by the clock model.
    pub at: Micros,
    /// The text; `None` when nothing was read.
    pub plate: Option<String>,
}

/// The reads of all vehicles, by time.
///
/// The clock model shows in the candidates of the passages: moment of the weighing plus what was left
/// between. A read that was nobody's candidate has the correction of the read before it on its port.
pub fn reads(vehicles: &[Vehicle], passages: &[Passage]) -> Vec<Read> {
    let mut corrected: BTreeMap<(&str, u64), Micros> = BTreeMap::new();
    let in_motion = |passage: &&Passage| passage.kind == PassageKind::Dynamic;
    for passage in passages.iter().filter(in_motion) {
        for candidate in &passage.association.candidates {
            let left = Micros::new(candidate.residual_us);
            let place = (candidate.port.as_str(), candidate.offset.unsigned_abs());
            corrected.insert(place, passage.crossed_us.saturating_add(left));
        }
    }
    let lines = vehicles.iter().flat_map(|vehicle| &vehicle.plate_reads);
    let lines: BTreeMap<(&str, u64), _> = lines
        .map(|line| ((line.span.port.as_str(), line.span.offset), line))
        .collect();
    let mut shift: BTreeMap<&str, Micros> = BTreeMap::new();
    let mut reads: Vec<Read> = Vec::with_capacity(lines.len());
    for (place, line) in lines {
        let shift = shift.entry(place.0).or_default();
        if let Some(at) = corrected.get(&place) {
            *shift = at.saturating_sub(line.seen_us);
        }
        reads.push(Read {
            place: (place.0.to_owned(), place.1),
            lane: line.lane,
            at: line.seen_us.saturating_add(*shift),
            plate: line.plate.clone(),
        });
    }
    reads.sort_by(|a, b| (a.at, &a.place).cmp(&(b.at, &b.place)));
    reads
}
