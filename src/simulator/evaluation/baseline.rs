//! The simple ways of tying plates to weighings, to compare with.
//!
//! Both know all reads at once, have the clock model's times, and take a vehicle that the camera saw
//! and could not read for what it is: better than such programs have it at the roadside.

use std::collections::{BTreeMap, VecDeque};

use crate::units::Micros;

pub use super::reads::Read;

/// A weighing as a baseline sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crossing {
    /// Lane.
    pub lane: u16,
    /// When the first axle crossed.
    pub at: Micros,
}

/// For each weighing the nearest read of its lane within the window, whoever else may claim it; of
/// two equally near ones the earlier. `reads` are in the order of time; the answer holds their
/// indices.
pub fn nearest_in_time(
    crossings: &[Crossing],
    reads: &[Read],
    window: Micros,
) -> Vec<Option<usize>> {
    let lanes = by_lane(reads);
    let nearest = |crossing: &Crossing| {
        let lane = lanes.get(&crossing.lane)?;
        let from = crossing.at.saturating_sub(window);
        let until = crossing.at.saturating_add(window);
        let first = lane.partition_point(|(at, _)| *at < from);
        let near = lane.iter().skip(first).take_while(|(at, _)| *at <= until);
        near.min_by_key(|(at, _)| at.saturating_sub(crossing.at).abs())
            .map(|(_, index)| *index)
    };
    crossings.iter().map(nearest).collect()
}

/// Queues: in each lane the next weighing takes the next read. A read that is older than the window
/// when its turn comes is let go, and a weighing whose next read is later than the window gets none;
/// otherwise one lost read would shift all plates after it.
pub fn first_in_first_out(
    crossings: &[Crossing],
    reads: &[Read],
    window: Micros,
) -> Vec<Option<usize>> {
    let mut queues: BTreeMap<u16, VecDeque<(Micros, usize)>> = by_lane(reads)
        .into_iter()
        .map(|(lane, reads)| (lane, reads.into()))
        .collect();
    let mut turns: Vec<(usize, &Crossing)> = crossings.iter().enumerate().collect();
    turns.sort_by_key(|(index, crossing)| (crossing.at, *index));
    let mut taken = vec![None; crossings.len()];
    for (turn, crossing) in turns {
        let Some(queue) = queues.get_mut(&crossing.lane) else {
            continue;
        };
        let from = crossing.at.saturating_sub(window);
        let until = crossing.at.saturating_add(window);
        while queue.front().is_some_and(|(at, _)| *at < from) {
            queue.pop_front();
        }
        if let Some((_, index)) = queue.pop_front_if(|(at, _)| *at <= until)
            && let Some(place) = taken.get_mut(turn)
        {
            *place = Some(index);
        }
    }
    taken
}

/// Time and index of the reads of each lane.
fn by_lane(reads: &[Read]) -> BTreeMap<u16, Vec<(Micros, usize)>> {
    let mut lanes: BTreeMap<u16, Vec<(Micros, usize)>> = BTreeMap::new();
    for (index, read) in reads.iter().enumerate() {
        lanes.entry(read.lane).or_default().push((read.at, index));
    }
    lanes
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOW: Micros = Micros::from_millis(1_500);

    fn read(lane: u16, millis: i64, plate: &str) -> Read {
        Read {
            place: (format!("plate-{lane}"), millis.unsigned_abs()),
            lane,
            at: Micros::from_millis(millis),
            plate: Some(plate.to_owned()),
        }
    }

    fn crossing(lane: u16, millis: i64) -> Crossing {
        Crossing {
            lane,
            at: Micros::from_millis(millis),
        }
    }

    /// Plates by nearest time, and by queues.
    fn both(crossings: &[Crossing], reads: &[Read]) -> [String; 2] {
        let plate = |index: &Option<usize>| match index {
            Some(index) => reads[*index].plate.clone().unwrap(),
            None => "-".to_owned(),
        };
        [nearest_in_time, first_in_first_out].map(|baseline| {
            let ties = baseline(crossings, reads, WINDOW);
            ties.iter().map(plate).collect()
        })
    }

    #[test]
    fn one_of_each_is_easy() {
        let crossings = [crossing(1, 10_000), crossing(2, 10_100)];
        let reads = [read(1, 10_040, "a"), read(2, 10_140, "b")];
        assert_eq!(both(&crossings, &reads), ["ab", "ab"]);
    }

    #[test]
    fn nearest_is_wrong_where_the_camera_is_slow_and_the_order_holds() {
        // Two trucks a second apart; the camera sees each late.
        let crossings = [crossing(1, 10_000), crossing(1, 11_000)];
        let reads = [read(1, 10_900, "a"), read(1, 11_400, "b")];
        assert_eq!(both(&crossings, &reads), ["aa", "ab"]);
    }

    #[test]
    fn queues_are_wrong_where_a_read_is_doubled() {
        let crossings = [crossing(1, 10_000), crossing(1, 11_000)];
        let reads = [
            read(1, 10_050, "a"),
            read(1, 10_200, "a"),
            read(1, 11_050, "b"),
        ];
        assert_eq!(both(&crossings, &reads), ["ab", "aa"]);
    }

    #[test]
    fn a_lost_read_shifts_a_queue_until_the_lane_is_empty_for_the_window() {
        // The first truck was not seen; the third comes after a pause.
        let crossings = [
            crossing(1, 10_000),
            crossing(1, 11_000),
            crossing(1, 14_000),
        ];
        let reads = [read(1, 11_050, "b"), read(1, 14_050, "c")];
        assert_eq!(both(&crossings, &reads), ["bbc", "b-c"]);
    }

    #[test]
    fn the_window_holds_on_both_sides_to_the_microsecond() {
        for (millis, found) in [(8_500, "a"), (11_500, "a"), (8_499, "-"), (11_501, "-")] {
            let tied = both(&[crossing(1, 10_000)], &[read(1, millis, "a")]);
            assert_eq!(tied, [found, found], "{millis}");
        }
    }

    #[test]
    fn of_two_as_near_the_earlier_is_taken_and_other_lanes_are_not_looked_at() {
        let reads = [read(1, 9_900, "a"), read(1, 10_100, "b")];
        assert_eq!(both(&[crossing(1, 10_000)], &reads), ["a", "a"]);
        assert_eq!(both(&[crossing(2, 10_000)], &reads), ["-", "-"]);
    }

    #[test]
    fn queues_serve_weighings_in_the_order_of_crossing_however_they_are_listed() {
        let crossings = [crossing(1, 11_000), crossing(1, 10_000)];
        let reads = [read(1, 10_900, "a"), read(1, 11_400, "b")];
        assert_eq!(both(&crossings, &reads)[1], "ba");
    }
}
