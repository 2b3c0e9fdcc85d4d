//! What the traffic itself teaches: how the clocks of a camera and its scale differ, how much a
//! read's time scatters, and how many vehicles pass that no scale reports.
//!
//! Every half minute of absolute time the last twenty minutes are looked at anew. For each weighing
//! and each read of its lane the raw difference of their moments is kept, right pairs and wrong ones.
//! Wrong pairs scatter over seconds; right ones pile up at one value, which is the difference of the
//! clocks. A line through the pile gives offset and drift (钟差与漂移) with their uncertainty. Nothing
//! learnt before enters, so the result depends on the last minutes alone.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::Memory;
use super::settings::AssociationSettings;
use crate::plate::PlateColour;
use crate::units::Micros;

/// Learnt anew at each whole multiple of this.
pub const EVERY: Micros = Micros::from_seconds(30);
/// Pairs this old are still looked at.
const SPAN: Micros = Micros::from_seconds(1_200);
/// The latest of them, by which the pile is found.
const RECENT: Micros = Micros::from_seconds(300);
/// Pairs further apart than this are not kept: clocks this far apart are not believed anyway.
const FURTHEST: Micros = Micros::from_millis(3_000);
/// So many pairs of a camera are kept.
const MOST_PAIRS: usize = 2_048;
/// Width of a step in which the pile is looked for.
const STEP_US: i64 = 25_000;
/// A pair this near to the line belongs to the pile.
const NEAR_US: f64 = 200_000.0;
/// So many pairs make a pile,
const FEWEST: usize = 8;
/// and so many after a clock was set: for a few minutes they are all there is.
const FEWEST_AFTER_JUMP: usize = 4;
/// The newest pairs, by which it is seen that a clock was set.
const NEWEST: Micros = Micros::from_seconds(180);
/// Further off than twice this, and nearer to each other than this: set anew.
const JUMP_US: f64 = 60_000.0;
/// Uncertainty of an offset from [`FEWEST`] pairs besides its standard error; it falls with the root of
/// their number.
const UNSETTLED_US: f64 = 90_000.0;
/// Clocks drift against each other by no more than this, ppm: two crystals of 100.
const MOST_DRIFT_PPM: f64 = 250.0;

/// How the clock of a camera stands against that of its lane's scale (相机与秤的钟差).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockOffset {
    /// When this was found, by receipt.
    pub at: Micros,
    /// The camera's clock is ahead by so much; negative when it is behind.
    pub offset_us: i64,
    /// Standard error of the offset.
    pub uncertainty_us: i64,
    /// It gains so much, microseconds a second, which is ppm; in thousandths.
    pub drift_ppb: i64,
    /// Standard deviation of a single read about it.
    pub scatter_us: i64,
    /// From so many pairs of a weighing and a read.
    pub pairs: u32,
}

impl ClockOffset {
    /// The offset at another moment near this one.
    pub fn at(&self, moment: Micros) -> i64 {
        let seconds = moment.saturating_sub(self.at).get() / 1_000_000;
        self.offset_us
            .saturating_add(self.drift_ppb.saturating_mul(seconds) / 1_000)
    }
}

/// Vehicles per second that a lane's camera reports and no scale does, by the colour of the plate.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Unweighed {
    per_second: [f64; COLOURS],
}

/// Colours, one more for a plate without any, one more for no plate.
const COLOURS: usize = PlateColour::ALL.len() + 2;

/// What is assumed to pass unweighed before anything was counted: a vehicle in a minute and a half,
/// mostly cars.
const BEFORE: Unweighed = Unweighed {
    // Blue, yellow, white, black, green, yellow-green; a plate of no colour, no plate.
    per_second: [
        0.006, 0.001, 0.000_3, 0.000_3, 0.001_5, 0.000_3, 0.000_5, 0.001,
    ],
};

/// Where a colour is counted; `None` stands for a plate whose colour was not told.
fn slot(colour: Option<PlateColour>) -> usize {
    let position = |colour| PlateColour::ALL.iter().position(|known| *known == colour);
    colour.and_then(position).unwrap_or(COLOURS - 2)
}

impl Unweighed {
    /// Vehicles per second with a plate of this colour.
    pub fn of(&self, colour: Option<PlateColour>) -> f64 {
        match colour {
            Some(_) => self.per_second.get(slot(colour)).copied().unwrap_or(0.0),
            None => self.all(),
        }
    }

    /// Vehicles per second of any colour, or none.
    pub fn all(&self) -> f64 {
        self.per_second.iter().sum()
    }
}

/// A weighing and a read of its lane.
#[derive(Debug, Clone, Copy)]
struct Pair {
    /// When the weighing came in.
    at: Micros,
    raw_us: i64,
}

/// What was learnt of all cameras.
#[derive(Debug, Default)]
pub struct Learning {
    /// The latest multiple of [`EVERY`] that was learnt at.
    learnt_at: Option<i64>,
    /// Weighings whose reads are not all in yet, in the order of receipt: when, lane, passage id.
    waiting: VecDeque<Waiting>,
    /// By camera, as all that follows.
    pairs: Vec<VecDeque<Pair>>,
    offsets: Vec<Option<ClockOffset>>,
    /// Cameras whose clock was told to be running away.
    alarmed: BTreeSet<usize>,
    unweighed: Vec<Option<Unweighed>>,
}

#[derive(Debug)]
struct Waiting {
    received_at: Micros,
    lane: u16,
    /// First axle by the scale, plus travel to a line at a metre, microseconds.
    crossed_at: Micros,
    us_per_metre: i64,
    length_mm: i64,
}

impl Learning {
    /// A weighing to learn from once all reads of it are in. Slow vehicles teach nothing: they may
    /// change speed before they come to the camera's line.
    pub fn weighed(&mut self, crossing: &super::Crossing) {
        let Some(us_per_metre) = crossing.us_per_metre() else {
            return;
        };
        // Slower than 18 km/h.
        if us_per_metre > 200_000 {
            return;
        }
        self.waiting.push_back(Waiting {
            received_at: crossing.received_at,
            lane: crossing.lane,
            crossed_at: crossing.crossed_at,
            us_per_metre,
            length_mm: crossing.length_mm.map_or(0, |length| length.get()),
        });
        while self.waiting.len() > MOST_PAIRS {
            self.waiting.pop_front();
        }
    }

    /// Learns at the latest whole multiple of [`EVERY`] before `now`; `false` where that was done.
    /// `complete_after` is how long after a weighing its reads may come in, `remembered` how long the
    /// memory holds at the least what came in; `stepped_at` tells since when the clocks of a camera and
    /// of its lane's scale run as they do.
    pub fn learn(
        &mut self,
        now: Micros,
        memory: &Memory,
        complete_after: Micros,
        remembered: Micros,
        settings: &AssociationSettings,
        stepped_at: impl Fn(usize) -> Option<Micros>,
    ) -> bool {
        let boundary = now.get().div_euclid(EVERY.get());
        if self.learnt_at == Some(boundary) {
            return false;
        }
        self.learnt_at = Some(boundary);
        let at = Micros::new(boundary.saturating_mul(EVERY.get()));
        self.pair_up(at, memory, complete_after);
        let horizon = at.saturating_sub(SPAN);
        self.offsets.clear();
        for (camera, pairs) in self.pairs.iter_mut().enumerate() {
            while pairs.front().is_some_and(|pair| pair.at < horizon) {
                pairs.pop_front();
            }
            let since = stepped_at(camera).unwrap_or(horizon);
            let of_now = since_then(pairs.make_contiguous(), since);
            self.offsets.push(offset(at, of_now, settings));
        }
        // What came in before `now` less `remembered` may be gone by now, or not, as other things were due.
        let from = at.saturating_add(EVERY).saturating_sub(remembered);
        self.count_unweighed(from..at, memory);
        true
    }

    fn pair_up(&mut self, at: Micros, memory: &Memory, complete_after: Micros) {
        let complete = |weighed: &Waiting| weighed.received_at.saturating_add(complete_after) <= at;
        while let Some(weighed) = self.waiting.front()
            && complete(weighed)
        {
            let reach = FURTHEST.saturating_add(Micros::from_seconds(2));
            let from = weighed.crossed_at.saturating_sub(reach);
            let until = weighed.crossed_at.saturating_add(reach);
            let last = weighed.received_at.saturating_add(complete_after);
            for sighting in memory.sightings(weighed.lane, from, until) {
                if sighting.read.raw.received_at > last {
                    continue;
                }
                let travel_us = sighting.way_mm(weighed.length_mm) * weighed.us_per_metre / 1_000;
                let expected = weighed
                    .crossed_at
                    .saturating_add(sighting.port.camera_delay)
                    .saturating_add(Micros::new(travel_us));
                let raw_us = sighting.read.seen_at.saturating_sub(expected).get();
                if raw_us.abs() > FURTHEST.get() {
                    continue;
                }
                if self.pairs.len() <= sighting.camera {
                    self.pairs.resize_with(sighting.camera + 1, VecDeque::new);
                }
                if let Some(pairs) = self.pairs.get_mut(sighting.camera) {
                    let at = weighed.received_at;
                    pairs.push_back(Pair { at, raw_us });
                    if pairs.len() > MOST_PAIRS {
                        pairs.pop_front();
                    }
                }
            }
            self.waiting.pop_front();
        }
    }

    /// How many vehicles each camera reports that are not weighed: its reads of a colour less the
    /// weighings of vehicles that bear it, and always some. Only what came in within the span counts.
    fn count_unweighed(&mut self, span: Range<Micros>, memory: &Memory) {
        #[derive(Clone)]
        struct Seen {
            lane: u16,
            reads: [f64; COLOURS],
            since: Micros,
        }
        let mut seen: Vec<Option<Seen>> = Vec::new();
        for sighting in memory.all_sightings() {
            let read = &sighting.read;
            if !span.contains(&read.raw.received_at) {
                continue;
            }
            if seen.len() <= sighting.camera {
                seen.resize(sighting.camera + 1, None);
            }
            let Some(of_camera) = seen.get_mut(sighting.camera) else {
                continue;
            };
            let of_camera = of_camera.get_or_insert(Seen {
                lane: read.lane,
                reads: [0.0; COLOURS],
                since: read.raw.received_at,
            });
            let place = match read.plate {
                Some(_) => slot(sighting.colour),
                None => COLOURS - 1,
            };
            if let Some(count) = of_camera.reads.get_mut(place) {
                *count += 1.0;
            }
            of_camera.since = of_camera.since.min(read.raw.received_at);
        }
        let mut weighed: BTreeMap<u16, [f64; 3]> = BTreeMap::new();
        for crossing in memory.all_crossings() {
            if span.contains(&crossing.received_at) {
                let sizes = weighed.entry(crossing.lane).or_default();
                if let Some(count) = sizes.get_mut(crossing.size as usize) {
                    *count += 1.0;
                }
            }
        }
        self.unweighed.clear();
        for (camera, seen) in seen.into_iter().enumerate() {
            let Some(seen) = seen else {
                continue;
            };
            let seconds = span.end.saturating_sub(seen.since).get() as f64 / 1e6;
            let seconds = seconds.max(60.0);
            let [large, small, either] = weighed.get(&seen.lane).copied().unwrap_or_default();
            let mut unweighed = Unweighed::default();
            // Colours of heavy vehicles, of light ones, and those of either.
            let kind = |place: usize| match PlateColour::ALL.get(place) {
                Some(PlateColour::Yellow | PlateColour::YellowGreen) => 0,
                Some(PlateColour::Blue | PlateColour::Green) => 1,
                _ => 2,
            };
            let of_kind = |wanted: usize| {
                let reads = seen.reads.iter().enumerate();
                let reads = reads.filter(|(place, _)| kind(*place) == wanted);
                reads.map(|(_, reads)| reads).sum::<f64>()
            };
            let weighed = [large + either / 2.0, small + either / 2.0, 0.0];
            for (place, (rate, reads)) in
                unweighed.per_second.iter_mut().zip(seen.reads).enumerate()
            {
                let all = of_kind(kind(place));
                let own = weighed.get(kind(place)).copied().unwrap_or(0.0);
                let excess = if all > 0.0 {
                    (1.0 - own / all).max(0.0)
                } else {
                    0.0
                };
                *rate = reads * (excess + 0.03) / seconds + 0.000_3;
            }
            if self.unweighed.len() <= camera {
                self.unweighed.resize(camera + 1, None);
            }
            if let Some(known) = self.unweighed.get_mut(camera) {
                *known = Some(unweighed);
            }
        }
    }

    /// Cameras whose clock will be further from its scale's than `tolerance` within the hour, or is
    /// already; each is told once until it is well within again.
    pub fn running_away(&mut self, tolerance: Micros) -> Vec<(usize, ClockOffset)> {
        let in_an_hour = |offset: &ClockOffset| {
            let gained = offset.drift_ppb.saturating_mul(3_600) / 1_000;
            let then = offset.offset_us.saturating_add(gained);
            then.saturating_abs().max(offset.offset_us.saturating_abs())
        };
        let mut told = Vec::new();
        for (camera, offset) in self.offsets.iter().enumerate() {
            let Some(offset) = offset else {
                continue;
            };
            let apart = in_an_hour(offset);
            if apart > tolerance.get() && self.alarmed.insert(camera) {
                told.push((camera, *offset));
            }
            if apart < tolerance.get() / 2 {
                self.alarmed.remove(&camera);
            }
        }
        told
    }

    /// The offset of a camera's clock, `None` until enough was seen.
    pub fn offset(&self, camera: usize) -> Option<&ClockOffset> {
        self.offsets.get(camera)?.as_ref()
    }

    /// What passes a camera unweighed.
    pub fn unweighed(&self, camera: usize) -> &Unweighed {
        let known = self.unweighed.get(camera).and_then(Option::as_ref);
        known.unwrap_or(&BEFORE)
    }

    /// How many pairs are held.
    #[cfg(test)]
    pub fn held(&self) -> usize {
        self.pairs.iter().map(VecDeque::len).sum::<usize>() + self.waiting.len()
    }
}

/// How the clocks stand by the line through the pile of right pairs, or by the newest pairs alone when
/// these lie together elsewhere: then a clock was set.
fn offset(at: Micros, pairs: &[Pair], settings: &AssociationSettings) -> Option<ClockOffset> {
    let recent_since = at.saturating_sub(RECENT);
    let recent = since_then(pairs, recent_since);
    let enough = recent.len() >= 5 * FEWEST;
    let line = pile(if enough { recent } else { pairs })
        .filter(|(_, count, second)| *count >= FEWEST && second * 5 <= count * 3)
        .and_then(|(centre, ..)| {
            // The recent pile lies in the middle of its span.
            let (since, middle) = if enough {
                (recent_since, -150.0)
            } else {
                (Micros::new(i64::MIN), 0.0)
            };
            line_through(at, pairs, since, (centre, middle), settings)
        });
    after_a_jump(at, pairs, line.as_ref(), settings).or(line)
}

/// The pairs from a moment on; they stand in the order of receipt.
fn since_then(pairs: &[Pair], since: Micros) -> &[Pair] {
    let first = pairs.partition_point(|pair| pair.at < since);
    pairs.get(first..).unwrap_or_default()
}

/// A line by least squares through what is near `(centre, middle)`; three turns settle it. In the
/// first only pairs from `since` on are looked at: before the slope is known, the past is out of
/// reach.
fn line_through(
    at: Micros,
    pairs: &[Pair],
    since: Micros,
    (mut centre, mut middle): (f64, f64),
    settings: &AssociationSettings,
) -> Option<ClockOffset> {
    // Seconds, microseconds.
    let points: Vec<(f64, f64)> = pairs
        .iter()
        .map(|pair| {
            let seconds = pair.at.saturating_sub(at).get() as f64 / 1e6;
            (seconds, pair.raw_us as f64)
        })
        .collect();
    let first = pairs.partition_point(|pair| pair.at < since);
    let (mut slope, mut number, mut spread) = (0.0_f64, 0_usize, 0.0);
    let mut inliers: Vec<(f64, f64)> = Vec::with_capacity(points.len());
    for turn in 0..3 {
        let near = |(t, x): &&(f64, f64)| {
            let expected = centre + slope * (t - middle);
            (x - expected).abs() <= NEAR_US
        };
        let reachable = points.get(if turn > 0 { 0 } else { first }..);
        inliers.clear();
        let (mut sum_t, mut sum_x) = (0.0, 0.0);
        for point in reachable.unwrap_or_default().iter().filter(near) {
            inliers.push(*point);
            sum_t += point.0;
            sum_x += point.1;
        }
        number = inliers.len();
        if number < FEWEST_AFTER_JUMP {
            return None;
        }
        let count = number as f64;
        let (mean_t, mean_x) = (sum_t / count, sum_x / count);
        let together;
        (spread, together) = inliers
            .iter()
            .fold((0.0, 0.0), |(spread, together), (t, x)| {
                let apart = t - mean_t;
                (spread + apart * apart, together + apart * (x - mean_x))
            });
        // A slope from a minute would say anything.
        slope = if spread > count * 3_600.0 {
            (together / spread).clamp(-MOST_DRIFT_PPM, MOST_DRIFT_PPM)
        } else {
            0.0
        };
        (centre, middle) = (mean_x, mean_t);
    }
    let mut apart: Vec<f64> = inliers
        .iter()
        .map(|(t, x)| (x - centre - slope * (t - middle)).abs())
        .collect();
    // The median of what is left, as a standard deviation: a tail does not move it.
    let (_, median, _) = apart.select_nth_unstable_by(number / 2, f64::total_cmp);
    let scatter = *median * 1.482_6;
    let from_now = middle * middle;
    let by_slope = if spread > 0.0 { from_now / spread } else { 0.0 };
    let error = scatter * libm::sqrt(1.0 / number as f64 + by_slope.min(1.0));
    let least = settings.read_noise.get() as f64;
    // A line through few points fits them better than the clocks: what it leaves is not all.
    let unsettled = UNSETTLED_US * libm::sqrt(FEWEST as f64 / number.max(1) as f64);
    let error = libm::hypot(error, unsettled);
    Some(ClockOffset {
        at,
        offset_us: (centre - slope * middle) as i64,
        uncertainty_us: (error as i64).saturating_add(1),
        drift_ppb: (slope * 1_000.0) as i64,
        scatter_us: scatter.max(least) as i64,
        pairs: u32::try_from(number).unwrap_or(u32::MAX),
    })
}

/// The offset by the newest pairs, when several lie together and hardly any where the line would
/// have them.
fn after_a_jump(
    at: Micros,
    pairs: &[Pair],
    line: Option<&ClockOffset>,
    settings: &AssociationSettings,
) -> Option<ClockOffset> {
    let line = line?;
    let newest_since = at.saturating_sub(NEWEST);
    let newest = since_then(pairs, newest_since);
    let (centre, ..) = pile(newest)?;
    let within = |raw: i64, of: f64| (raw as f64 - of).abs() <= JUMP_US;
    let expected = line.offset_us as f64;
    if (centre - expected).abs() <= 2.0 * JUMP_US {
        return None;
    }
    // From the first of them on: what was before is by the clock as it was.
    let first = newest.iter().find(|pair| within(pair.raw_us, centre))?;
    let since = since_then(pairs, first.at);
    let there = since
        .iter()
        .filter(|pair| within(pair.raw_us, centre))
        .count();
    let where_expected = since
        .iter()
        .filter(|pair| within(pair.raw_us, expected))
        .count();
    if there < FEWEST_AFTER_JUMP || where_expected * 3 > there {
        return None;
    }
    line_through(at, since, first.at, (centre, 0.0), settings)
}

/// Where most differences lie together: the middle, how many, and how many lie together elsewhere.
fn pile(pairs: &[Pair]) -> Option<(f64, usize, usize)> {
    const STEPS: usize = (2 * FURTHEST.get() / STEP_US) as usize + 1;
    // Five steps together: an eighth of a second.
    const TOGETHER: usize = 5;
    let mut counts = [0_usize; STEPS];
    let step_of = |raw: i64| usize::try_from((raw + FURTHEST.get()) / STEP_US).ok();
    for pair in pairs {
        if let Some(count) = step_of(pair.raw_us).and_then(|step| counts.get_mut(step)) {
            *count += 1;
        }
    }
    // In place, from the front: each is needed by those before it alone.
    let mut sum = counts.iter().take(TOGETHER - 1).sum::<usize>();
    for step in 0..=STEPS - TOGETHER {
        sum += counts.get(step + TOGETHER - 1).copied().unwrap_or(0);
        if let Some(count) = counts.get_mut(step) {
            let first = std::mem::replace(count, sum);
            sum -= first;
        }
    }
    let sums = counts.get(..=STEPS - TOGETHER)?;
    let (mut best, mut count) = (0, 0);
    for (step, sum) in sums.iter().enumerate() {
        if *sum > count {
            (best, count) = (step, *sum);
        }
    }
    let elsewhere = [
        sums.get(..best.saturating_sub(2 * TOGETHER)),
        sums.get(best + 2 * TOGETHER + 1..),
    ];
    let second = elsewhere.into_iter().flatten().flatten().copied().max();
    let middle = (best as i64 * STEP_US - FURTHEST.get()) + TOGETHER as i64 * STEP_US / 2;
    Some((middle as f64, count, second.unwrap_or(0)))
}
