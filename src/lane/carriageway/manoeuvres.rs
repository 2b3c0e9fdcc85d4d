//! The weighings about a passage and what is usual in its lane, for finding evasion.

use std::collections::{BTreeMap, VecDeque};

use smallvec::SmallVec;

use crate::lane::evasion::{LaneUsual, Models, PARTS_WITHIN, Seen, Usual, View, examine_seen};
use crate::lane::settings::Settings;
use crate::passage::{EvasionFinding, PlateRead, Weighing};
use crate::units::Micros;

/// So many of the latest weighings are looked at together.
const MOST: usize = 512;
/// What is usual is known of so many lanes.
const MOST_LANES: usize = 64;
/// In the lane beside only what passes at about the same time matters: the other half of one vehicle.
const BESIDE_WITHIN: Micros = Micros::from_seconds(2);
/// How often it is told anew what is usual.
const MINUTE: Micros = Micros::from_seconds(60);

/// A weighing of the last moments. What it is looked for by stands beside it: most are passed over.
#[derive(Debug)]
struct Latest {
    lane: u16,
    crossed_at: Micros,
    received_at: Micros,
    seen: Box<Seen>,
}

impl Latest {
    fn order(&self) -> (Micros, &str) {
        (self.crossed_at, &self.seen.weighing().passage_id)
    }
}

/// Weighings of the last moments, and what is usual in each lane.
#[derive(Debug, Default)]
pub(super) struct Manoeuvres {
    latest: VecDeque<Latest>,
    usual: BTreeMap<u16, LaneUsual>,
    /// What was usual at a whole minute, by lane: it changes slowly and takes time to tell.
    told: BTreeMap<u16, (i64, Usual)>,
    models: Option<Models>,
}

impl Manoeuvres {
    /// Remembers a weighing for those about it. Its bytes are not needed.
    pub(super) fn weighed(&mut self, weighing: &Weighing) {
        self.latest.push_back(Latest {
            lane: weighing.lane,
            crossed_at: weighing.crossed_at,
            received_at: weighing.received_at,
            seen: Box::new(Seen::of(weighing)),
        });
        if self.latest.len() > MOST {
            self.latest.pop_front();
        }
    }

    /// What the driver of a closing weighing did, by it and by those about it; learns from it.
    pub(super) fn close(
        &mut self,
        now: Micros,
        weighing: &Weighing,
        reads: &[&PlateRead],
        settings: &Settings,
    ) -> Vec<EvasionFinding> {
        let view = View::of(weighing);
        let findings = self.examine(now, &view, reads, settings);
        self.learn(now, &view, findings.is_empty(), settings);
        findings
    }

    fn examine(
        &mut self,
        now: Micros,
        view: &View<'_>,
        reads: &[&PlateRead],
        settings: &Settings,
    ) -> Vec<EvasionFinding> {
        let weighing = view.weighing;
        let within = settings.evasion.near_within;
        let mut near: SmallVec<[&Seen; 16]> = SmallVec::new();
        // Of those too far ahead to be a part of it the last one may be that behind which it drove.
        let mut ahead: Option<&Latest> = None;
        for other in &self.latest {
            let apart = other.crossed_at.saturating_sub(weighing.crossed_at);
            match other.lane.abs_diff(weighing.lane) {
                0 if apart.abs() > within => {}
                0 if apart.abs() <= PARTS_WITHIN => near.push(&other.seen),
                0 if apart < Micros::ZERO
                    && ahead.is_none_or(|ahead| ahead.order() < other.order()) =>
                {
                    ahead = Some(other);
                }
                1 if apart.abs() <= within.min(BESIDE_WITHIN) => near.push(&other.seen),
                _ => {}
            }
        }
        near.extend(ahead.map(|ahead| &*ahead.seen));
        let near = near.into_iter();
        let models = self
            .models
            .get_or_insert_with(|| Models::of(&settings.evasion));
        let rules = (&settings.evasion, &*models);
        let minute = now.get().div_euclid(MINUTE.get());
        let lane = self.usual.get(&weighing.lane);
        let tell = || match lane {
            Some(lane) => lane.usual(now, &settings.evasion),
            None => Usual::unknown(&settings.evasion),
        };
        if self.told.len() >= MOST_LANES && !self.told.contains_key(&weighing.lane) {
            return examine_seen(view, near, reads, &tell(), rules);
        }
        let told = self
            .told
            .entry(weighing.lane)
            .or_insert_with(|| (minute, tell()));
        if told.0 != minute {
            *told = (minute, tell());
        }
        examine_seen(view, near, reads, &told.1, rules)
    }

    /// Learns from a weighing that was examined, and lets go of what no passage can be about any
    /// more.
    fn learn(&mut self, now: Micros, view: &View<'_>, plain: bool, settings: &Settings) {
        let weighing = view.weighing;
        // A controller may name any lane; a station has a few.
        if self.usual.len() < MOST_LANES || self.usual.contains_key(&weighing.lane) {
            let lane = self.usual.entry(weighing.lane).or_default();
            lane.seen_as(now, view, plain, &settings.evasion);
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
