//! How long the ways take on both sides of the station, as those show who are read there.

use std::collections::BTreeMap;

use super::super::ways::Ways;
use super::super::{SightingSettings, Travel};
use crate::units::Micros;

/// From one place to another.
pub(super) type Ends<'l> = (&'l str, &'l str);

/// Who takes longer than the vehicle in the middle by this stood on the way.
const STOOD: f64 = 1.25;
/// Between two places on one side of the station the pace of so many vehicles must be known.
const ENOUGH: usize = 20;
/// A pace tells something of the next way from so many vehicles on.
const ENOUGH_PACED: f64 = 50.0;
/// A ratio of times is counted in thousandths.
const THOUSAND: f64 = 1_000.0;

/// A vehicle that was read at the station, and before it or behind it.
#[derive(Debug)]
pub(super) struct Passing<'l> {
    /// Times from each place before, and to each behind, where it was read.
    pub(super) came: Vec<(&'l str, Micros)>,
    pub(super) left: Vec<(&'l str, Micros)>,
    pub(super) pace: Option<f64>,
}

/// Times of one way: of all vehicles, and as multiples of what each should take by its pace elsewhere.
#[derive(Debug)]
struct Way {
    all: Ways,
    paced: Ways,
}

impl Way {
    fn new(travel: &Travel) -> Self {
        let (least, most) = (travel.least.in_seconds(), travel.most.in_seconds());
        Self {
            all: Ways::between(least, most),
            paced: Ways::between(least / STOOD, most * STOOD),
        }
    }

    fn take(&mut self, time: Micros, pace: Option<f64>) {
        let seconds = time.in_seconds();
        self.all.take(seconds);
        if let Some(pace) = pace {
            self.paced.take(seconds / pace);
        }
    }

    fn pace(&self, pace: Option<f64>) -> Option<f64> {
        pace.filter(|_| self.paced.seen() >= ENOUGH_PACED)
    }

    /// A second.
    fn density(&self, seconds: f64, pace: Option<f64>) -> f64 {
        match self.pace(pace) {
            Some(pace) => self.paced.density(seconds / pace) / pace,
            None => self.all.density(seconds),
        }
    }

    fn median(&self, pace: Option<f64>) -> f64 {
        match self.pace(pace) {
            Some(pace) => self.paced.median() * pace,
            None => self.all.median(),
        }
    }
}

/// The roads to and from a station.
#[derive(Debug)]
pub(super) struct Roads<'l> {
    here: &'l str,
    ways: BTreeMap<Ends<'l>, Way>,
    /// Of those who did not stand: the time before the station to the time behind it.
    ratios: BTreeMap<Ends<'l>, Ways>,
    /// Usual seconds between places on one side of the station.
    beside: BTreeMap<Ends<'l>, f64>,
}

impl<'l> Roads<'l> {
    /// The roads as the settings tell them.
    pub(super) fn new(
        settings: &SightingSettings,
        here: &'l str,
        routes: impl Iterator<Item = Ends<'l>>,
    ) -> Self {
        let (mut ways, mut ratios) = (BTreeMap::new(), BTreeMap::new());
        for (before, after) in routes {
            let Some(whole) = settings.travel(before, after) else {
                continue;
            };
            let came = leg(settings, before, here, whole);
            let left = leg(settings, here, after, whole);
            let second = |time: Micros| time.in_seconds().max(1.0);
            let least = THOUSAND * second(came.least) / second(left.most);
            let most = THOUSAND * second(came.most) / second(left.least);
            ratios.insert((before, after), Ways::between(least, most));
            ways.entry((before, here))
                .or_insert_with(|| Way::new(&came));
            ways.entry((here, after)).or_insert_with(|| Way::new(&left));
            ways.insert((before, after), Way::new(whole));
        }
        Self {
            here,
            ways,
            ratios,
            beside: BTreeMap::new(),
        }
    }

    /// Times between places on one side of the station.
    pub(super) fn learn_beside(&mut self, times: BTreeMap<Ends<'l>, Vec<Micros>>) {
        for (ends, mut times) in times {
            times.sort_unstable();
            if times.len() >= ENOUGH
                && let Some(middle) = times.get(times.len() / 2)
            {
                self.beside.insert(ends, middle.in_seconds().max(1.0));
            }
        }
    }

    /// How long one takes, per what is usual, by the ways that it took beside the station.
    pub(super) fn pace<'s>(
        &self,
        taken: impl Iterator<Item = (&'s str, &'s str, Micros)>,
    ) -> Option<f64> {
        let (mut sum, mut count) = (0.0, 0.0);
        for (from, to, time) in taken {
            let Some(usual) = self.beside.get(&(from, to)) else {
                continue;
            };
            let pace = time.in_seconds() / usual;
            // Who stood tells nothing of his pace.
            if (1.0 / STOOD..=STOOD).contains(&pace) {
                sum += pace;
                count += 1.0;
            }
        }
        (count > 0.0).then(|| sum / count)
    }

    /// Learns from those who were read at the station.
    pub(super) fn learn(&mut self, passings: &[Passing<'l>]) {
        for passing in passings {
            for (site, time) in &passing.came {
                if let Some(way) = self.ways.get_mut(&(*site, self.here)) {
                    way.take(*time, passing.pace);
                }
            }
            for (site, time) in &passing.left {
                if let Some(way) = self.ways.get_mut(&(self.here, *site)) {
                    way.take(*time, passing.pace);
                }
            }
            for (before, came) in &passing.came {
                for (after, left) in &passing.left {
                    if let Some(way) = self.ways.get_mut(&(*before, *after)) {
                        way.take(came.saturating_add(*left), passing.pace);
                    }
                }
            }
        }
        for passing in passings {
            for (before, came) in &passing.came {
                for (after, left) in &passing.left {
                    let ends = (*before, *after);
                    let took = came.saturating_add(*left).in_seconds();
                    let stood = self.stood(ends, took, passing.pace);
                    if let Some(ratios) = self.ratios.get_mut(&ends).filter(|_| !stood) {
                        ratios.take(ratio(came.in_seconds(), left.in_seconds()));
                    }
                }
            }
        }
    }

    fn stood(&self, ends: Ends<'_>, took: f64, pace: Option<f64>) -> bool {
        let way = self.ways.get(&ends);
        way.is_none_or(|way| took > STOOD * way.median(pace))
    }

    /// How likely it is to come so long before the station, and go so long behind it; a second squared.
    pub(super) fn passes(
        &self,
        (before, after): Ends<'_>,
        came: Micros,
        left: Micros,
        pace: Option<f64>,
    ) -> f64 {
        let (came, left) = (came.in_seconds().max(1.0), left.in_seconds().max(1.0));
        let took = came + left;
        if !self.stood((before, after), took, pace)
            && let Some((whole, ratios)) = self
                .ways
                .get(&(before, after))
                .zip(self.ratios.get(&(before, after)))
        {
            // He keeps his pace: how long it takes tells when he was in between.
            let of_ratio = ratios.density(ratio(came, left)) * THOUSAND * took / (left * left);
            return whole.density(took, pace) * of_ratio;
        }
        let of = |ends: Ends<'_>, seconds| {
            let way = self.ways.get(&ends);
            way.map_or(0.0, |way| way.density(seconds, pace))
        };
        of((before, self.here), came) * of((self.here, after), left)
    }

    /// How likely a way takes so long; a second.
    pub(super) fn takes(&self, ends: Ends<'_>, time: Micros, pace: Option<f64>) -> f64 {
        let way = self.ways.get(&ends);
        way.map_or(0.0, |way| way.density(time.in_seconds(), pace))
    }

    /// How much longer than usual a way took.
    pub(super) fn longer(&self, ends: Ends<'_>, time: Micros, pace: Option<f64>) -> Micros {
        let median = self.ways.get(&ends).map_or(0.0, |way| way.median(pace));
        time.saturating_sub(Micros::new((median * 1e6) as i64))
    }

    /// If nothing is known but the least and the most, how likely any time is, a second.
    pub(super) fn even(&self, ends: Ends<'_>) -> f64 {
        self.ways.get(&ends).map_or(0.0, |way| way.all.even())
    }

    /// The least and the most that a way takes.
    pub(super) fn bounds(&self, ends: Ends<'_>) -> Option<(Micros, Micros)> {
        let (least, most) = self.ways.get(&ends)?.all.bounds();
        let micros = |seconds: f64| Micros::new((seconds * 1e6) as i64);
        Some((micros(least), micros(most)))
    }
}

fn ratio(came: f64, left: f64) -> f64 {
    THOUSAND * came / left.max(1.0)
}

/// The travel on one side of the station; where nothing is known of it, any time that the whole takes.
fn leg(settings: &SightingSettings, one: &str, other: &str, whole: &Travel) -> Travel {
    let known = settings.travel(one, other);
    known.cloned().unwrap_or_else(|| Travel {
        one: one.to_owned(),
        other: other.to_owned(),
        least: Micros::ZERO,
        most: whole.most,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(seconds: i64) -> Micros {
        Micros::from_seconds(seconds)
    }

    #[test]
    fn who_keeps_his_pace_is_in_between_when_it_tells() {
        let travel = |one: &str, other: &str, least, most| Travel {
            one: one.to_owned(),
            other: other.to_owned(),
            least: seconds(least),
            most: seconds(most),
        };
        let settings = SightingSettings {
            travels: vec![
                travel("A", "S", 300, 3_000),
                travel("S", "B", 600, 6_000),
                travel("A", "B", 900, 9_000),
            ],
            ..SightingSettings::default()
        };
        let mut roads = Roads::new(&settings, "S", [("A", "B")].into_iter());
        roads.learn_beside([(("B", "C"), vec![seconds(1_000); 50])].into());
        let slow = |per_cent: i64| roads.pace([("B", "C", seconds(10 * per_cent))].into_iter());
        assert_eq!(slow(110), Some(1.1));
        // Who stood there tells nothing, nor does a way that nobody knows.
        assert_eq!(slow(200), None);
        assert_eq!(roads.pace([("C", "D", seconds(10))].into_iter()), None);
        let passings: Vec<Passing<'_>> = (0..2_000)
            .map(|number| {
                let per_cent = 85 + number % 31;
                Passing {
                    came: vec![("A", seconds(6 * per_cent + number % 3))],
                    left: vec![("B", seconds(12 * per_cent))],
                    pace: Some(per_cent as f64 / 100.0),
                }
            })
            .collect();
        roads.learn(&passings);
        let of = |came, left, pace| roads.passes(("A", "B"), seconds(came), seconds(left), pace);
        // As slow before as behind; the other way round either time is as usual by itself.
        assert!(of(660, 1_320, None) > 10.0 * of(540, 1_440, None));
        // One whose pace is known elsewhere.
        assert!(of(660, 1_320, Some(1.1)) > 3.0 * of(660, 1_320, None));
        assert!(of(660, 1_320, Some(0.9)) < of(660, 1_320, None) / 3.0);
        // Who stood on one side is as slow as usual on the other.
        assert!(of(600, 2_400, Some(1.0)) > 5.0 * of(700, 2_300, Some(1.0)));
    }
}
