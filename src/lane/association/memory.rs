//! The weighings and reads of the last minutes, by lane and time, never more than a set number.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::sync::Arc;

use super::{Crossing, Sighting};
use crate::units::Micros;

/// So many of a lane are remembered: ten minutes of a read every 150 ms, which no traffic has.
pub const MOST_PER_LANE: usize = 4_096;

/// And so many of all lanes: a device may name any lane.
const MOST_ENTRIES: usize = 2 * MOST_PER_LANE;

/// Of so many lanes at once: what a lane takes by itself is more than what stands in it.
const MOST_LANES: usize = 256;

/// Moment and order of arrival.
type Key = (i64, u64);

/// What is remembered of a lane, by its moments. Nearly all comes at the end and goes from the front;
/// boxed, so that one that does not moves little.
type OfLane<T> = VecDeque<(Key, Box<T>)>;

/// Where a span of moments, both ends included, lies among them.
fn span<T>(of_lane: &OfLane<T>, from: Micros, until: Micros) -> Range<usize> {
    let (first, last) = ((from.get(), 0), (until.get().max(from.get()), u64::MAX));
    let start = of_lane.partition_point(|(key, _)| *key < first);
    start..of_lane.partition_point(|(key, _)| *key <= last)
}

/// What is remembered of all lanes, by the moment of crossing or of being seen.
#[derive(Debug)]
struct ByLane<T> {
    lanes: BTreeMap<u16, OfLane<T>>,
    /// When each came in, oldest first.
    arrived: VecDeque<(Micros, u16, Key)>,
    arrivals: u64,
}

impl<T> Default for ByLane<T> {
    fn default() -> Self {
        Self {
            lanes: BTreeMap::new(),
            arrived: VecDeque::new(),
            arrivals: 0,
        }
    }
}

impl<T> ByLane<T> {
    fn put(&mut self, lane: u16, at: Micros, received_at: Micros, item: T) {
        self.arrivals += 1;
        let key = (at.get(), self.arrivals);
        let of_lane = self.lanes.entry(lane).or_default();
        let place = of_lane.partition_point(|(known, _)| *known < key);
        of_lane.insert(place, (key, Box::new(item)));
        if of_lane.len() > MOST_PER_LANE {
            // Of a flood the moments that are furthest back go; what is left is still the latest.
            of_lane.pop_front();
        }
        self.arrived.push_back((received_at, lane, key));
        // Entries of what a flood pushed out are let go here, so that they don't pile up.
        let most = (2 * MOST_PER_LANE * self.lanes.len()).min(MOST_ENTRIES);
        while self.arrived.len() > most || self.lanes.len() > MOST_LANES {
            self.forget_oldest();
        }
    }

    fn forget(&mut self, horizon: Micros) {
        while self.arrived.front().is_some_and(|(at, ..)| *at < horizon) {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        if let Some((_, lane, key)) = self.arrived.pop_front()
            && let Some(of_lane) = self.lanes.get_mut(&lane)
        {
            if let Ok(place) = of_lane.binary_search_by_key(&key, |(key, _)| *key) {
                of_lane.remove(place);
            }
            if of_lane.is_empty() {
                self.lanes.remove(&lane);
            }
        }
    }

    fn between(&self, lane: u16, from: Micros, until: Micros) -> impl Iterator<Item = &T> {
        let of_lane = self.lanes.get(&lane).into_iter();
        of_lane
            .flat_map(move |items| items.range(span(items, from, until)))
            .map(|(_, item)| &**item)
    }

    fn change(
        &mut self,
        lane: u16,
        (from, until): (Micros, Micros),
        mut change: impl FnMut(&mut T),
    ) {
        if let Some(of_lane) = self.lanes.get_mut(&lane) {
            let span = span(of_lane, from, until);
            of_lane
                .range_mut(span)
                .for_each(|(_, item)| change(&mut **item));
        }
    }

    fn all(&self) -> impl Iterator<Item = &T> {
        self.lanes.values().flatten().map(|(_, item)| &**item)
    }

    fn len(&self) -> usize {
        self.lanes.values().map(VecDeque::len).sum()
    }
}

/// Weighings and reads of the last minutes.
#[derive(Debug, Default)]
pub struct Memory {
    crossings: ByLane<Crossing>,
    sightings: ByLane<Sighting>,
}

impl Memory {
    /// Remembers a weighing.
    pub fn put_crossing(&mut self, crossing: Crossing) {
        let (lane, at, received_at) = (crossing.lane, crossing.crossed_at, crossing.received_at);
        self.crossings.put(lane, at, received_at, crossing);
    }

    /// Remembers a read.
    pub fn put_sighting(&mut self, sighting: Sighting) {
        let read = &sighting.read;
        let (lane, at, received_at) = (read.lane, read.seen_at, read.raw.received_at);
        self.sightings.put(lane, at, received_at, sighting);
    }

    /// Lets go of what came in before `horizon`.
    pub fn forget(&mut self, horizon: Micros) {
        self.crossings.forget(horizon);
        self.sightings.forget(horizon);
    }

    /// The weighings of a lane that crossed in this span, both ends included, by moment.
    pub fn crossings(
        &self,
        lane: u16,
        from: Micros,
        until: Micros,
    ) -> impl Iterator<Item = &Crossing> {
        self.crossings.between(lane, from, until)
    }

    /// The reads of a lane's cameras in this span, both ends included, by moment.
    pub fn sightings(
        &self,
        lane: u16,
        from: Micros,
        until: Micros,
    ) -> impl Iterator<Item = &Sighting> {
        self.sightings.between(lane, from, until)
    }

    /// All reads, lane by lane.
    pub fn all_sightings(&self) -> impl Iterator<Item = &Sighting> {
        self.sightings.all()
    }

    /// All weighings, lane by lane.
    pub fn all_crossings(&self) -> impl Iterator<Item = &Crossing> {
        self.crossings.all()
    }

    /// Changes the reads of a lane in this span.
    pub fn change_sightings(
        &mut self,
        lane: u16,
        from: Micros,
        until: Micros,
        change: impl FnMut(&mut Sighting),
    ) {
        self.sightings.change(lane, (from, until), change);
    }

    /// Notes that a weighing has its plate: it no longer claims others.
    pub fn settle(&mut self, crossing: &Crossing) {
        let at = crossing.crossed_at;
        self.crossings.change(crossing.lane, (at, at), |known| {
            if known.passage_id == crossing.passage_id {
                known.settled = true;
            }
        });
    }

    /// How many weighings and reads are held.
    pub fn held(&self) -> (usize, usize) {
        (self.crossings.len(), self.sightings.len())
    }
}

/// Settings of the port a read came from, shared with the reads.
pub type SharedPort = Arc<crate::lane::settings::PortSettings>;
