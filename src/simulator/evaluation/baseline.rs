//! The simple ways of tying plates to weighings, to compare with.
//!
//! Both know all reads of the lane's front camera at once, also those that came late, have the clock
//! model's times, and take a vehicle that the camera saw and could not read for what it is: better
//! than such programs have it at the roadside.

use std::collections::{BTreeMap, BTreeSet};

use super::lines::{Place, Read};
use crate::units::Micros;

/// A weighing as a baseline sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Crossing<'a> {
    /// Lane.
    pub(super) lane: u16,
    /// When the first axle crossed.
    pub(super) at: Micros,
    /// What the clock model left between this weighing and a line, where it says so.
    pub(super) left: &'a BTreeMap<Place, i64>,
}

/// Both baselines over the reads of all lanes.
#[derive(Debug, Default)]
pub(super) struct Baselines {
    window: Micros,
    lanes: BTreeMap<u16, Lane>,
}

#[derive(Debug, Default)]
struct Lane {
    reads: BTreeMap<(Micros, Place), bool>,
    queue: BTreeSet<(Micros, Place)>,
}

impl Baselines {
    pub(super) fn new(window: Micros) -> Self {
        Self {
            window,
            lanes: BTreeMap::new(),
        }
    }

    pub(super) fn read(&mut self, read: Read) {
        let lane = self.lanes.entry(read.lane).or_default();
        lane.reads.insert((read.at, read.place), read.has_plate);
        lane.queue.insert((read.at, read.place));
    }

    /// For a weighing the nearest read of its lane within the window, whoever else may claim it; of two
    /// equally near ones the earlier.
    pub(super) fn nearest_in_time(&self, crossing: &Crossing<'_>) -> Option<Place> {
        // A residual that the clock model states may differ from the read's own time a little.
        let reach = self.window.saturating_add(self.window);
        let from = (crossing.at.saturating_sub(reach), (0, 0));
        let until = (crossing.at.saturating_add(reach), (u16::MAX, u64::MAX));
        let reads = self.lanes.get(&crossing.lane)?.reads.range(from..=until);
        reads
            .map(|((at, place), _)| (crossing.left(*at, *place), *at, *place))
            .filter(|(left, _, _)| left.abs() <= self.window)
            .min_by_key(|(left, at, place)| (left.abs(), *at, *place))
            .map(|(_, _, place)| place)
    }

    /// Queues: in each lane the next weighing takes the next read. A read that is older than the window
    /// when its turn comes is let go, and a weighing whose next read is later than the window gets
    /// none; otherwise one lost read would shift all plates after it. Weighings come in the order of
    /// crossing.
    pub(super) fn first_in_first_out(&mut self, crossing: &Crossing<'_>) -> Option<Place> {
        let queue = &mut self.lanes.get_mut(&crossing.lane)?.queue;
        while let Some((at, place)) = queue.first().copied() {
            let left = crossing.left(at, place);
            if left > self.window {
                return None;
            }
            queue.pop_first();
            if left.abs() <= self.window {
                return Some(place);
            }
        }
        None
    }

    /// Lets go of reads from before this moment.
    pub(super) fn forget(&mut self, before: Micros) {
        for lane in self.lanes.values_mut() {
            lane.reads = lane.reads.split_off(&(before, (0, 0)));
            lane.queue = lane.queue.split_off(&(before, (0, 0)));
        }
    }

    pub(super) fn held(&self) -> usize {
        let lanes = self.lanes.values();
        lanes
            .map(|lane| lane.reads.len().max(lane.queue.len()))
            .sum()
    }
}

impl Crossing<'_> {
    /// How much later than expected a read is.
    fn left(&self, at: Micros, place: Place) -> Micros {
        let stated = self.left.get(&place).copied().map(Micros::new);
        stated.unwrap_or_else(|| at.saturating_sub(self.at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Micros = Micros::from_millis(1_500);

    /// Reads by lane, moment and plate, weighings by lane and moment: plates by nearest time, and by
    /// queues, in the order of the weighings.
    fn both(crossings: &[(u16, i64)], reads: &[(u16, i64, char)]) -> [String; 2] {
        let mut baselines = Baselines::new(WINDOW);
        for (index, (lane, millis, _)) in reads.iter().enumerate() {
            baselines.read(Read {
                place: (*lane, index as u64),
                lane: *lane,
                at: Micros::from_millis(*millis),
                has_plate: true,
            });
        }
        let plate = |place: Option<Place>| place.map_or('-', |(_, index)| reads[index as usize].2);
        let mut plates = [String::new(), String::new()];
        for (lane, millis) in crossings {
            let crossing = Crossing {
                lane: *lane,
                at: Micros::from_millis(*millis),
                left: &BTreeMap::new(),
            };
            plates[0].push(plate(baselines.nearest_in_time(&crossing)));
            plates[1].push(plate(baselines.first_in_first_out(&crossing)));
        }
        plates
    }

    #[test]
    fn one_of_each_is_easy() {
        let crossings = [(1, 10_000), (2, 10_100)];
        let reads = [(1, 10_040, 'a'), (2, 10_140, 'b')];
        assert_eq!(both(&crossings, &reads), ["ab", "ab"]);
    }

    #[test]
    fn nearest_is_wrong_where_the_camera_is_slow_and_the_order_holds() {
        // Two trucks a second apart; the camera sees each late.
        let reads = [(1, 10_900, 'a'), (1, 11_400, 'b')];
        assert_eq!(both(&[(1, 10_000), (1, 11_000)], &reads), ["aa", "ab"]);
    }

    #[test]
    fn queues_are_wrong_where_a_read_is_doubled() {
        let reads = [(1, 10_050, 'a'), (1, 10_200, 'a'), (1, 11_050, 'b')];
        assert_eq!(both(&[(1, 10_000), (1, 11_000)], &reads), ["ab", "aa"]);
    }

    #[test]
    fn a_lost_read_shifts_a_queue_until_the_lane_is_empty_for_the_window() {
        // The first truck was not seen; the third comes after a pause.
        let crossings = [(1, 10_000), (1, 11_000), (1, 14_000)];
        let reads = [(1, 11_050, 'b'), (1, 14_050, 'c')];
        assert_eq!(both(&crossings, &reads), ["bbc", "b-c"]);
    }

    #[test]
    fn the_window_holds_on_both_sides_to_the_millisecond() {
        for (millis, found) in [(8_500, "a"), (11_500, "a"), (8_499, "-"), (11_501, "-")] {
            let tied = both(&[(1, 10_000)], &[(1, millis, 'a')]);
            assert_eq!(tied, [found, found], "{millis}");
        }
    }

    #[test]
    fn of_two_as_near_the_earlier_is_taken_and_other_lanes_are_not_looked_at() {
        let reads = [(1, 9_900, 'a'), (1, 10_100, 'b')];
        assert_eq!(both(&[(1, 10_000)], &reads), ["a", "a"]);
        assert_eq!(both(&[(2, 10_000)], &reads), ["-", "-"]);
    }

    #[test]
    fn what_the_clock_model_states_of_a_pair_goes_before_the_read_s_own_time() {
        let mut baselines = Baselines::new(WINDOW);
        for (offset, millis) in [(0, 10_100), (1, 10_300)] {
            baselines.read(Read {
                place: (1, offset),
                lane: 1,
                at: Micros::from_millis(millis),
                has_plate: true,
            });
        }
        // The vehicle is slow: at its speed the second line is on time.
        let left = BTreeMap::from([((1, 0), -200_000), ((1, 1), 0)]);
        let crossing = Crossing {
            lane: 1,
            at: Micros::from_millis(10_000),
            left: &left,
        };
        assert_eq!(baselines.nearest_in_time(&crossing), Some((1, 1)));
    }

    #[test]
    fn what_is_forgotten_is_gone_from_both() {
        let mut baselines = Baselines::new(WINDOW);
        for number in 0..100 {
            baselines.read(Read {
                place: (1, number),
                lane: 1,
                at: Micros::from_seconds(number as i64),
                has_plate: true,
            });
        }
        baselines.forget(Micros::from_seconds(90));
        assert_eq!(baselines.held(), 10);
        let left = BTreeMap::new();
        let crossing = Crossing {
            lane: 1,
            at: Micros::from_seconds(90),
            left: &left,
        };
        assert_eq!(baselines.first_in_first_out(&crossing), Some((1, 90)));
    }
}
