//! What the cameras see of a vehicle, and what their neighbours see of it.

use super::Traffic;
use crate::simulator::arrivals::Arrival;
use crate::simulator::camera::InView;
use crate::simulator::crossing::{CameraView, Defect, PlateRead};
use crate::simulator::manoeuvre::{Half, Plates};

/// Nearer than this to a vehicle's rear another one hides its plate, metres.
const HIDES_WITHIN: f64 = 2.0;

impl Traffic {
    pub(super) fn reads(&mut self, arrival: &Arrival, defects: &mut Vec<Defect>) -> Vec<PlateRead> {
        if arrival.lane == 0 {
            return Vec::new();
        }
        let behind = self.behind(arrival.lane);
        let hides_rear = behind.is_some_and(|(_, other)| other.gap < HIDES_WITHIN);
        let straddles = arrival.manoeuvre.straddle;
        let last = self.lanes.len() as u16;
        let mut reads = Vec::with_capacity(2);
        for view in [CameraView::Front, CameraView::Rear] {
            let hidden = match view {
                CameraView::Front => arrival.gap < HIDES_WITHIN,
                CameraView::Rear => hides_rear,
            };
            let seen = InView {
                vehicle: &arrival.vehicle,
                motion: &arrival.motion,
                at: arrival.at,
                turned: arrival.manoeuvre.wrong_way,
                plate: plate_in(arrival.manoeuvre.plates, view),
                dirty: arrival.dirty,
                hidden: hidden && !arrival.clean,
                clean: arrival.clean,
            };
            let Some(own) = self.camera(arrival.lane, view) else {
                continue;
            };
            let mut strays = (!arrival.clean).then(|| own.strays()).flatten();
            let mut beside = None;
            if let Some(straddle) = straddles {
                // Between two lanes it is in the pictures of both, more or less.
                let drawn = self.dice(arrival.lane).uniform(0.0, 1.0);
                strays = (drawn < 0.60).then_some(if drawn < 0.15 {
                    Defect::NeighbourInstead
                } else {
                    Defect::NeighbourToo
                });
                beside = Some(straddle.beside);
            } else if strays.is_some() {
                let sides = [arrival.lane.wrapping_sub(1), arrival.lane.saturating_add(1)];
                let sides = sides.into_iter().filter(|lane| (1..=last).contains(lane));
                let sides: Vec<u16> = sides.collect();
                beside = sides
                    .get(self.dice(arrival.lane).below(sides.len()))
                    .copied();
                strays = strays.filter(|_| beside.is_some());
            }
            if strays != Some(Defect::NeighbourInstead)
                && let Some(own) = self.camera(arrival.lane, view)
            {
                reads.extend(own.see(&seen, defects));
            }
            if let (Some(defect), Some(lane)) = (strays, beside)
                && let Some(other) = self.camera(lane, view)
            {
                reads.extend(other.see(&seen, defects));
                defects.push(defect);
            }
        }
        reads.sort_by_key(|read| read.sent_at);
        reads
    }
}

/// Whether there is a plate for a camera to read, or how often it is sure that there is none.
fn plate_in(plates: Plates, view: CameraView) -> Result<(), f64> {
    let of = match view {
        CameraView::Front => Half::Left,
        CameraView::Rear => Half::Right,
    };
    match plates {
        Plates::Shown => Ok(()),
        Plates::Covered(still) if still == Some(of) => Ok(()),
        Plates::Covered(_) => Err(0.6),
        Plates::Missing => Err(0.8),
    }
}
