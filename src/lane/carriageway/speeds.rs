//! A second opinion on the speed: a radar beside the scale.
//!
//! A scale in motion computes spacings, and some of them loads, from the speed. Where a radar saw one
//! vehicle about then in that lane and at quite another speed, the weighing is spoilt. Where it saw
//! none, or more than one, it says nothing.

use std::sync::Arc;

use firmware_protocols::Vehicle;

use super::Carriageway;
use crate::lane::record::{UNKNOWN_LANE, moment};
use crate::lane::settings::PortSettings;
use crate::lane::stream::Input;
use crate::passage::{Flag, PassageKind, Weighing};
use crate::units::{Micros, TenthKmh};

/// So far from the crossing a radar may see the vehicle.
const ABOUT: Micros = Micros::from_seconds(2);

/// So many speeds are remembered: ten minutes of fourteen a second.
const MOST_SPEEDS: usize = 8_192;

/// What a radar saw.
#[derive(Debug)]
pub(super) struct SpeedSeen {
    lane: u16,
    seen_at: Micros,
    speed: TenthKmh,
}

impl Carriageway {
    pub(super) fn speed_seen(&mut self, port: &PortSettings, input: &Input, vehicle: &Vehicle) {
        let horizon = input.received_at.saturating_sub(self.settings.memory);
        while self
            .speeds
            .front()
            .is_some_and(|seen| seen.seen_at < horizon)
        {
            self.speeds.pop_front();
        }
        let Some(speed) = vehicle.speed_tenth_kmh.map(TenthKmh::new) else {
            return;
        };
        // The receipt stands in for a clock that is not compared: two seconds are wide.
        let by_radar = vehicle.time.and_then(|time| moment(time, port));
        let near = |at: &Micros| at.saturating_sub(input.received_at).abs() <= ABOUT;
        self.speeds.push_back(SpeedSeen {
            lane: port.lane.or(vehicle.lane).unwrap_or(UNKNOWN_LANE),
            seen_at: by_radar.filter(near).unwrap_or(input.received_at),
            speed,
        });
        if self.speeds.len() > MOST_SPEEDS {
            self.speeds.pop_front();
        }
    }

    /// Marks a weighing whose speed a radar contradicts.
    pub(super) fn compare_speed(&self, weighing: &mut Arc<Weighing>) {
        let (PassageKind::Dynamic, Some(measured)) = (weighing.kind, weighing.speed_tenth_kmh)
        else {
            return;
        };
        let mut seen = self.speeds.iter().filter(|seen| {
            seen.lane == weighing.lane
                && seen.seen_at.saturating_sub(weighing.crossed_at).abs() <= ABOUT
        });
        let (Some(one), None) = (seen.next(), seen.next()) else {
            return;
        };
        let apart = (one.speed.get() - measured.get()).abs();
        if apart > self.settings.speed_tolerance.get() {
            let flags = &mut Arc::make_mut(weighing).flags;
            flags.push(Flag::SpeedDisagrees);
            flags.sort_unstable();
        }
    }
}
