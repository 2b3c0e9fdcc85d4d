//! The weighings about a passage and what is usual in its lane, for finding evasion.

use std::collections::{BTreeMap, VecDeque};

use crate::lane::evasion::{LaneUsual, examine};
use crate::lane::settings::Settings;
use crate::passage::{EvasionFinding, PlateRead, Weighing};
use crate::units::Micros;

/// So many of the latest weighings are looked at together.
const MOST: usize = 512;
/// What is usual is known of so many lanes.
const MOST_LANES: usize = 64;

/// Weighings of the last moments, and what is usual in each lane.
#[derive(Debug, Default)]
pub(super) struct Manoeuvres {
    latest: VecDeque<Weighing>,
    usual: BTreeMap<u16, LaneUsual>,
}

impl Manoeuvres {
    /// Remembers a weighing for those about it. Its bytes are not needed.
    pub(super) fn weighed(&mut self, weighing: &Weighing) {
        let mut weighing = weighing.clone();
        weighing.raw.base64 = String::new();
        self.latest.push_back(weighing);
        if self.latest.len() > MOST {
            self.latest.pop_front();
        }
    }

    /// What the driver of a weighing did, by it and by those about it.
    pub(super) fn examine(
        &self,
        now: Micros,
        weighing: &Weighing,
        reads: &[&PlateRead],
        settings: &Settings,
    ) -> Vec<EvasionFinding> {
        let within = settings.evasion.near_within;
        let near: Vec<&Weighing> = self
            .latest
            .iter()
            .filter(|other| {
                other.lane.abs_diff(weighing.lane) <= 1
                    && other.passage_id != weighing.passage_id
                    && other.crossed_at.saturating_sub(weighing.crossed_at).abs() <= within
            })
            .collect();
        let unknown = LaneUsual::default();
        let lane = self.usual.get(&weighing.lane).unwrap_or(&unknown);
        let usual = lane.usual(now, &settings.evasion);
        examine(weighing, &near, reads, &usual, &settings.evasion)
    }

    /// Learns from a weighing that was examined, and lets go of what no passage can be about any
    /// more.
    pub(super) fn learn(
        &mut self,
        now: Micros,
        weighing: &Weighing,
        plain: bool,
        settings: &Settings,
    ) {
        // A controller may name any lane; a station has a few.
        if self.usual.len() < MOST_LANES || self.usual.contains_key(&weighing.lane) {
            let lane = self.usual.entry(weighing.lane).or_default();
            lane.seen(now, weighing, plain, &settings.evasion);
        }
        let horizon = now
            .saturating_sub(settings.close_after)
            .saturating_sub(settings.evasion.near_within);
        while self
            .latest
            .front()
            .is_some_and(|old| old.received_at < horizon)
        {
            self.latest.pop_front();
        }
    }
}
