//! All plate reads with their times under the clock model that the result was made with.

use std::collections::BTreeMap;

use crate::units::Micros;

/// Where a line begins: number of its port, and first byte.
pub(super) type Place = (u16, u64);

/// A line of a plate camera that waits for its time.
#[derive(Debug)]
struct Line {
    lane: u16,
    seen: Micros,
    /// When its vehicle passed, in truth.
    passed_at: Micros,
    has_plate: bool,
}

/// When a line is expected of a vehicle on the scale, by a passage that it was a candidate of.
#[derive(Debug, Clone, Copy)]
struct Correction {
    at: Micros,
    left_us: u64,
    heard_at: Micros,
}

/// A line as a baseline sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) place: Place,
    pub(super) lane: u16,
    pub(super) at: Micros,
    pub(super) has_plate: bool,
}

/// Lines on their way to the baselines.
///
/// The clock model shows in the candidates of the passages: moment of the weighing plus what was left
/// between. Of several passages the one counts that it fits best. A line that was nobody's candidate
/// has the correction of the line before it on its port.
#[derive(Debug, Default)]
pub(super) struct Lines {
    waiting: BTreeMap<u16, BTreeMap<u64, Line>>,
    corrections: BTreeMap<Place, Correction>,
    shifts: BTreeMap<u16, Micros>,
}

impl Lines {
    pub(super) fn line(
        &mut self,
        place: Place,
        lane: u16,
        seen: Micros,
        passed_at: Micros,
        has_plate: bool,
    ) {
        let line = Line {
            lane,
            seen,
            passed_at,
            has_plate,
        };
        let port = self.waiting.entry(place.0).or_default();
        port.insert(place.1, line);
    }

    pub(super) fn candidate(
        &mut self,
        place: Place,
        crossed_at: Micros,
        residual_us: i64,
        heard_at: Micros,
    ) {
        let correction = Correction {
            at: crossed_at.saturating_add(Micros::new(residual_us)),
            left_us: residual_us.unsigned_abs(),
            heard_at,
        };
        let known = self.corrections.entry(place).or_insert(correction);
        if correction.left_us < known.left_us {
            *known = correction;
        }
    }

    /// The lines of the vehicles that passed before `until`, port by port in the order of writing.
    pub(super) fn settle(&mut self, until: Micros, mut take: impl FnMut(Read)) {
        for (port, lines) in &mut self.waiting {
            while let Some(first) = lines.first_entry()
                && first.get().passed_at < until
            {
                let (offset, line) = first.remove_entry();
                let place = (*port, offset);
                let shift = self.shifts.entry(*port).or_default();
                if let Some(correction) = self.corrections.remove(&place) {
                    *shift = correction.at.saturating_sub(line.seen);
                }
                take(Read {
                    place,
                    lane: line.lane,
                    at: line.seen.saturating_add(*shift),
                    has_plate: line.has_plate,
                });
            }
        }
    }

    /// Lets go of what was said of lines that truth does not know.
    pub(super) fn forget(&mut self, before: Micros) {
        self.corrections
            .retain(|_, correction| correction.heard_at >= before);
    }

    pub(super) fn held(&self) -> usize {
        let waiting: usize = self.waiting.values().map(BTreeMap::len).sum();
        waiting + self.corrections.len()
    }
}
