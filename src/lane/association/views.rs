//! One view of the road looked at, and the views put together.

use std::collections::BTreeMap;
use std::sync::Arc;

use smallvec::{SmallVec, smallvec};

use super::explain::{Claims, Edge, MOST_APPEARANCES, MOST_WEIGHINGS, shares};
use super::learning::{ClockOffset, Learning};
use super::{AssociationSettings, Camera, Crossing, Memory, Sighting, Size};
use crate::lane::clocks::{Clocks, DeviceClock};
use crate::lane::record::UNKNOWN_LANE;
use crate::lane::settings::Settings;
use crate::passage::{Association, Candidate, ClockState, Doubt, PlateRead, PlateState};
use crate::plate::{Likeness, PlateColour, PlateNumber, compare, compare_readings};
use crate::units::Micros;

/// Around the expected moment reads and weighings are looked at so much further than the window.
const FURTHER: Micros = Micros::from_seconds(2);
/// A camera that reads a vehicle twice does so within this.
const TWICE_WITHIN: Micros = Micros::from_millis(1_000);
/// Two texts that look alike are one vehicle's only within this.
const ALIKE_WITHIN: Micros = Micros::from_millis(700);
/// Two lines without a plate are one vehicle's only within this.
const UNREAD_WITHIN: Micros = Micros::from_millis(400);
/// The clocks of two lanes' scales are compared by the promptness of their records: so exact.
const LANES_APART_US: f64 = 60_000.0;
/// Speed is measured to so much.
const SPEED_ERROR: f64 = 0.015;
/// Where no speed was measured, the camera's line is reached about then, standard deviation.
const NO_SPEED_US: f64 = 1_000_000.0;
/// Between the rear of a vehicle and the front of the next there is at least this, seconds.
const GAP_SECONDS: f64 = 0.35;
/// No vehicle is shorter, metres.
const SHORTEST: f64 = 4.0;
/// What is taken for impossible may happen; nothing is surer than this, for one view.
const FLOOR: f64 = 2e-7;
/// A second view rests on the same weighing and the same clocks: it adds no more than this.
const SECOND_VIEW: f64 = 0.01;
/// The same where the two texts only look alike.
const SECOND_VIEW_ALIKE: f64 = 0.05;
/// Below this share a plate is none of the weighing's.
const NONE_OF_IT: f64 = 0.02;

/// What association looks at.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// Weighings and reads.
    pub memory: &'a Memory,
    /// What was learnt of clocks and traffic.
    pub learning: &'a Learning,
    /// The devices' clocks.
    pub clocks: &'a Clocks,
    /// Plate cameras on the road, by lane; those of platforms are not among them.
    pub cameras: &'a BTreeMap<u16, Vec<Camera>>,
    /// Scales in motion by lane; under 0 one that serves several lanes.
    pub scales: &'a BTreeMap<u16, usize>,
    /// Settings.
    pub settings: &'a Settings,
}

/// A read about the weighing in question.
#[derive(Debug, Clone, Copy)]
struct Seen<'a> {
    sighting: &'a Sighting,
    /// When it was made, by the clock of its lane's scale.
    by_scale: Micros,
    /// See [`Scene::residual`].
    residual: i64,
}

/// The reads about a weighing, few of which are taken memory for.
type Around<'a> = SmallVec<[Seen<'a>; 16]>;

/// All reads that one vehicle had of a view: doubled reads, reads in two lanes.
#[derive(Debug)]
struct Appearance<'a> {
    sightings: SmallVec<[Seen<'a>; 4]>,
}

impl<'a> Appearance<'a> {
    fn reads(&self) -> impl Iterator<Item = &'a Sighting> {
        self.sightings.iter().map(|seen| seen.sighting)
    }

    fn in_lane(&self, lane: u16) -> Option<Seen<'a>> {
        let mut sightings = self.sightings.iter();
        sightings.find(|s| s.sighting.read.lane == lane).copied()
    }

    fn beside(&self, lane: u16) -> Option<Seen<'a>> {
        let beside = |s: &&Seen<'_>| s.sighting.read.lane.abs_diff(lane) == 1;
        self.sightings.iter().find(beside).copied()
    }

    /// How far the nearest of its reads is from where it is expected.
    fn nearest(&self) -> u64 {
        let residuals = self.sightings.iter().map(|s| s.residual.unsigned_abs());
        residuals.min().unwrap_or(u64::MAX)
    }

    fn in_two_lanes(&self) -> bool {
        let mut lanes = self.reads().map(|s| s.read.lane);
        let first = lanes.next();
        lanes.any(|lane| Some(lane) != first)
    }

    fn has_text(&self) -> bool {
        self.reads().any(|s| s.read.plate.is_some())
    }

    fn colour(&self) -> Option<PlateColour> {
        self.reads().find_map(|s| s.colour)
    }

    fn taken_from(&self, crossing: &Crossing) -> bool {
        let by_other = |by: &Arc<str>| *by != crossing.passage_id;
        self.reads()
            .any(|s| s.taken_by.as_ref().is_some_and(by_other))
    }
}

/// The best plate of a view.
#[derive(Debug)]
struct Best<'a> {
    sightings: Vec<&'a Sighting>,
    /// The share of explanations in which it is not the weighing's.
    wrong: f64,
    share: f64,
    /// Further off than the margin.
    far_off: bool,
    vouched: bool,
    doubts: Vec<Doubt>,
    rivals: Vec<String>,
}

impl Best<'_> {
    /// The text most of its reads have; of equals the surer.
    fn voted<'b>(reads: &[&'b Sighting]) -> Option<&'b Sighting> {
        let with_text = || reads.iter().filter(|s| s.read.plate.is_some());
        let votes = |plate: &Option<String>| {
            with_text()
                .filter(|other| other.read.plate == *plate)
                .count()
        };
        let best = with_text().max_by_key(|s| {
            let earliest = std::cmp::Reverse((s.read.seen_at, s.read.raw.offset));
            (votes(&s.read.plate), s.read.confidence, earliest)
        });
        best.copied()
    }
}

/// A view of the road.
#[derive(Debug, Default)]
struct View<'a> {
    best: Option<Best<'a>>,
    /// The reads that would have fitted were tied to another passage.
    taken: bool,
    /// The reads that are more likely the weighing's than not.
    own: Vec<&'a PlateRead>,
}

/// What association came to.
#[derive(Debug)]
pub struct Tied<'a> {
    /// The plate, or why there is none.
    pub association: Association,
    /// The reads that are more likely the weighing's than not, those without a plate included.
    pub reads: Vec<&'a PlateRead>,
}

/// Ties a plate to `subject`.
pub fn associate<'a>(subject: &Crossing, scene: Scene<'a>) -> Tied<'a> {
    let settings = scene.settings;
    let around = scene.around(subject);
    let mut views: BTreeMap<(bool, &str), View<'_>> = BTreeMap::new();
    for camera in scene.cameras.get(&subject.lane).into_iter().flatten() {
        let name = camera.port.view.as_str();
        views
            .entry((camera.port.sees_rear(), name))
            .or_insert_with(|| scene.look(subject, &around, name));
    }
    let candidates = scene.candidates(subject, &around);
    let reads = views
        .values()
        .flat_map(|view| view.own.iter().copied())
        .collect();
    let tied = |association| Tied { association, reads };
    let taken = views.values().any(|view| view.taken);
    let of_trailer = |best: &Best<'_>| {
        let text = Best::voted(&best.sightings).and_then(|s| s.read.plate.as_deref());
        text.is_some_and(is_of_trailer)
    };
    let (trailers, mut plates): (Vec<Best<'_>>, Vec<Best<'_>>) = views
        .into_values()
        .filter_map(|view| view.best)
        .filter(|best| best.share >= NONE_OF_IT)
        .partition(of_trailer);
    plates.sort_by(|a, b| a.wrong.total_cmp(&b.wrong));
    let mut association = Association::missing(candidates);
    let Some((primary, others)) = plates.split_first() else {
        if taken {
            association.state = PlateState::Ambiguous;
            association.doubts = vec![Doubt::TakenBefore];
        }
        return tied(association);
    };
    let together = Together::of(primary, others);
    let mut doubts = primary.doubts.clone();
    let risk = f64::from(settings.association.risk_ppm) / 1e6;
    if together.wrong <= risk {
        // Another view made sure what this one left open.
        doubts.clear();
    } else if doubts.is_empty() {
        doubts.push(Doubt::UnseenVehicle);
    }
    for (present, doubt) in [
        (together.contradicted, Doubt::OtherPlate),
        (primary.far_off, Doubt::FarOff),
        (!primary.vouched, Doubt::ClockNotVouched),
        (!scene.vouches_for(subject), Doubt::ClockNotVouched),
    ] {
        if present {
            doubts.push(doubt);
        }
    }
    doubts.sort_unstable();
    doubts.dedup();
    let certain = doubts.is_empty();
    let trailer = trailers
        .iter()
        .find(|best| best.wrong <= risk.max(1e-3) && best.vouched);
    association.wrong_vehicle_ppb = Some(parts_per_billion(together.wrong));
    association.variants = together.variants;
    if certain {
        association.state = PlateState::Matched;
        association.agreeing_cameras = together.agreeing;
        association.residual_us = together
            .chosen
            .map(|chosen| scene.residual(chosen, subject));
        association.clock = together.chosen.and_then(|chosen| scene.clock_state(chosen));
        association.chosen = together.chosen.map(|chosen| chosen.read.clone());
        association.trailer = trailer
            .and_then(|best| Best::voted(&best.sightings))
            .map(|sighting| sighting.read.clone());
    } else {
        association.state = PlateState::Ambiguous;
        association.doubts = doubts;
        association.rival_passages.clone_from(&primary.rivals);
    }
    tied(association)
}

/// Whether a text is that of a trailer's plate, also where a character of it was lost.
pub fn is_of_trailer(text: &str) -> bool {
    // Few texts have the character without which none is: the others are not parsed.
    text.contains('挂')
        && (text.ends_with('挂') || PlateNumber::parse(text).is_ok_and(|plate| plate.is_trailer()))
}

/// Parts per thousand million, rounded up: nothing is said to be surer than it is.
fn parts_per_billion(share: f64) -> u64 {
    libm::ceil(share.clamp(0.0, 1.0) * 1e9) as u64
}

/// What the views say together.
struct Together<'a> {
    wrong: f64,
    agreeing: u32,
    contradicted: bool,
    variants: Vec<String>,
    chosen: Option<&'a Sighting>,
}

impl<'a> Together<'a> {
    fn of(primary: &Best<'a>, others: &[Best<'a>]) -> Self {
        let mut reads = primary.sightings.clone();
        let text_of = |best: &Best<'a>| {
            Best::voted(&best.sightings).and_then(|sighting| sighting.read.plate.clone())
        };
        let text = text_of(primary).unwrap_or_default();
        let mut wrong = primary.wrong;
        let (mut agreeing, mut contradicted) = (1, false);
        for other in others {
            let other_text = text_of(other).unwrap_or_default();
            match compare(&text, &other_text) {
                Likeness::Equal => {
                    agreeing += 1;
                    wrong *= other.wrong.max(SECOND_VIEW);
                    reads.extend(&other.sightings);
                }
                Likeness::LookAlike { .. }
                | Likeness::Open { .. }
                | Likeness::LostOrAdded { .. } => {
                    wrong *= other.wrong.clamp(SECOND_VIEW_ALIKE, 1.0);
                    reads.extend(&other.sightings);
                }
                Likeness::NoPlate | Likeness::Other => contradicted |= other.share > 0.5,
            }
        }
        let chosen = Best::voted(&reads);
        let chosen_text = chosen.and_then(|sighting| sighting.read.plate.as_ref());
        let mut variants: Vec<String> = reads
            .iter()
            .filter_map(|sighting| sighting.read.plate.as_ref())
            .filter(|text| Some(*text) != chosen_text)
            .cloned()
            .collect();
        variants.sort_unstable();
        variants.dedup();
        Self {
            wrong: (wrong + FLOOR).min(1.0),
            agreeing,
            contradicted,
            variants,
            chosen,
        }
    }
}

impl<'a> Scene<'a> {
    fn assumed(&self) -> &'a AssociationSettings {
        &self.settings.association
    }

    /// Whether the record of a weighing was by the clock that its scale has now.
    pub fn vouches_for(&self, crossing: &Crossing) -> bool {
        self.settings.clock_tolerance.is_none()
            || self
                .clocks
                .get(crossing.device)
                .is_none_or(|clock| clock.confirms(crossing.received_at, crossing.prompt))
    }

    /// Whether a read was by the clock that its camera has now, and that can be believed.
    pub fn vouches_for_read(&self, sighting: &Sighting) -> bool {
        let read = &sighting.read;
        read.time_vouched
            && (self.settings.clock_tolerance.is_none()
                || self
                    .clocks
                    .get(sighting.device)
                    .is_none_or(|clock| clock.confirms(read.raw.received_at, sighting.prompt)))
    }

    /// How the clock of a read's camera is taken to stand, as a passage keeps it.
    fn clock_state(&self, sighting: &Sighting) -> Option<ClockState> {
        let read = &sighting.read;
        let offset = self.learning.offset(sighting.camera)?;
        Some(ClockState {
            camera: read.raw.port.clone(),
            offset_us: offset.at(read.raw.received_at),
            uncertainty_us: offset.uncertainty_us,
            drift_ppb: offset.drift_ppb,
            pairs: offset.pairs,
        })
    }

    /// By how much the clock of a camera is ahead of that of a weighing's scale, and the variance.
    fn offset(&self, camera: usize, camera_lane: u16, crossing: &Crossing) -> (i64, f64, f64) {
        let least = self.assumed().read_noise.get() as f64;
        let apart = self.assumed().clocks_apart.get() as f64;
        let (mut offset_us, noise, mut variance) = match self.learning.offset(camera) {
            Some(
                learnt @ ClockOffset {
                    uncertainty_us,
                    scatter_us,
                    ..
                },
            ) => {
                let uncertainty = *uncertainty_us as f64;
                let noise = (*scatter_us as f64).max(least);
                (
                    learnt.at(crossing.received_at),
                    noise,
                    uncertainty * uncertainty,
                )
            }
            None => (0, least * 2.0, apart * apart),
        };
        if camera_lane != crossing.lane {
            let own = self
                .scale_of(camera_lane)
                .and_then(|scale| self.clocks.get(*scale));
            let other = self.clocks.get(crossing.device);
            let latency = |clock: Option<&DeviceClock>| clock.and_then(DeviceClock::latency);
            match (latency(own), latency(other)) {
                (Some(own), Some(other)) => {
                    offset_us = offset_us.saturating_add(other.saturating_sub(own).get());
                    variance += LANES_APART_US * LANES_APART_US;
                }
                _ => variance += apart * apart,
            }
        }
        (offset_us, noise * noise, variance)
    }

    fn scale_of(&self, lane: u16) -> Option<&'a usize> {
        let scales = self.scales;
        scales.get(&lane).or_else(|| scales.get(&UNKNOWN_LANE))
    }

    /// Time of a read minus the time expected of it by what was learnt.
    pub fn residual(&self, sighting: &Sighting, crossing: &Crossing) -> i64 {
        let read = &sighting.read;
        let (offset_us, ..) = self.offset(sighting.camera, read.lane, crossing);
        sighting.residual(crossing, offset_us)
    }

    /// The residual with its standard deviation, microseconds.
    fn measured(&self, sighting: &Sighting, crossing: &Crossing) -> (f64, f64) {
        let read = &sighting.read;
        let (offset_us, noise, variance) = self.offset(sighting.camera, read.lane, crossing);
        let residual = sighting.residual(crossing, offset_us) as f64;
        let length_mm = crossing.length_mm.map_or(0, |length| length.get());
        let metres = sighting.way_mm(length_mm) as f64 / 1_000.0;
        let travel_us = match crossing.us_per_metre() {
            _ if metres <= 0.0 => 0.0,
            None => NO_SPEED_US,
            Some(per_metre) => {
                let travel = metres * per_metre as f64;
                let speed = 1e6 / per_metre.max(1) as f64;
                let change = f64::from(self.assumed().speed_change_mm_s2) / 1_000.0;
                // Half of acceleration times time squared, over the speed.
                let seconds = metres / speed;
                let changed = change * seconds * seconds / 2.0 / speed * 1e6;
                libm::hypot(travel * SPEED_ERROR, changed)
            }
        };
        (
            residual,
            libm::sqrt(noise + variance + travel_us * travel_us),
        )
    }

    /// Reads of the lane's cameras within the window, by size of residual.
    fn candidates(&self, subject: &Crossing, around: &[Seen<'_>]) -> Vec<Candidate> {
        let window = self.settings.plate_window.get().unsigned_abs();
        let mut near: SmallVec<[&Seen<'_>; 16]> = around
            .iter()
            .filter(|seen| seen.sighting.read.lane == subject.lane)
            .filter(|seen| seen.residual.unsigned_abs() <= window)
            .collect();
        near.sort_by_key(|seen| {
            let raw = &seen.sighting.read.raw;
            (seen.residual.unsigned_abs(), raw.port.as_str(), raw.offset)
        });
        near.into_iter()
            .map(|seen| Candidate {
                plate: seen.sighting.read.plate.clone(),
                residual_us: seen.residual,
                port: seen.sighting.read.raw.port.clone(),
                offset: seen.sighting.read.raw.offset,
            })
            .collect()
    }

    /// The reads about a weighing, of its lane and of those beside it, by their moment.
    fn around(&self, subject: &Crossing) -> Around<'a> {
        let lanes = subject.lane.saturating_sub(1)..=subject.lane.saturating_add(1);
        let seen = |sighting: &'a Sighting| Seen {
            sighting,
            by_scale: self.by_scale(sighting),
            residual: self.residual(sighting, subject),
        };
        let mut around: Around<'a> = lanes
            .flat_map(|lane| self.near(subject, lane))
            .map(seen)
            .collect();
        around.sort_by_key(|seen| {
            let raw = &seen.sighting.read.raw;
            (seen.by_scale, raw.port.as_str(), raw.offset)
        });
        around
    }

    /// The reads of a lane around the moments at which its cameras expect a weighing.
    pub fn near(
        &self,
        crossing: &Crossing,
        lane: u16,
    ) -> impl Iterator<Item = &'a Sighting> + use<'a> {
        let reach = self.settings.plate_window.saturating_add(FURTHER);
        let length_mm = crossing.length_mm.map_or(0, |length| length.get());
        let per_metre = crossing.us_per_metre().unwrap_or(0);
        let mut from = Micros::new(i64::MAX);
        let mut until = Micros::new(i64::MIN);
        for Camera { index, port, .. } in self.cameras.get(&lane).into_iter().flatten() {
            let rear = if port.sees_rear() { length_mm } else { 0 };
            let way_mm = port.camera_distance_mm.get().saturating_add(rear);
            let (offset_us, ..) = self.offset(*index, lane, crossing);
            let expected = crossing
                .crossed_at
                .saturating_add(port.camera_delay)
                .saturating_add(Micros::new(way_mm.saturating_mul(per_metre) / 1_000))
                .saturating_add(Micros::new(offset_us));
            from = from.min(expected.saturating_sub(reach));
            until = until.max(expected.saturating_add(reach));
        }
        let memory = self.memory;
        (from <= until)
            .then(|| memory.sightings(lane, from, until))
            .into_iter()
            .flatten()
    }

    /// When a read was made, by the clock of its lane's scale.
    fn by_scale(&self, sighting: &Sighting) -> Micros {
        let offset = self.learning.offset(sighting.camera);
        let offset_us = offset.map_or(0, |offset| offset.at(sighting.read.raw.received_at));
        sighting
            .read
            .seen_at
            .saturating_sub(sighting.port.camera_delay)
            .saturating_sub(Micros::new(offset_us))
    }

    /// What the cameras of a view saw around a weighing, a vehicle an entry, nearest first.
    fn appearances(&self, around: &[Seen<'a>], view: &str) -> Vec<Appearance<'a>> {
        let mut appearances: Vec<Appearance<'a>> = Vec::new();
        for seen in around {
            if seen.sighting.port.view != view {
                continue;
            }
            let same = appearances
                .iter_mut()
                .rev()
                .find(|known| known.sightings.iter().any(|other| are_one(other, seen)));
            match same {
                Some(known) => known.sightings.push(*seen),
                None => appearances.push(Appearance {
                    sightings: smallvec![*seen],
                }),
            }
        }
        appearances.sort_by_key(Appearance::nearest);
        appearances
    }

    fn look(&self, subject: &Crossing, around: &[Seen<'a>], view: &str) -> View<'a> {
        let mut appearances = self.appearances(around, view);
        let window = self.settings.plate_window.get().unsigned_abs();
        let crowded = appearances
            .get(MOST_APPEARANCES)
            .is_some_and(|left_out| left_out.nearest() <= window);
        appearances.truncate(MOST_APPEARANCES);
        let reach = self
            .settings
            .plate_window
            .saturating_add(FURTHER)
            .saturating_add(FURTHER);
        let (from, until) = (
            subject.crossed_at.saturating_sub(reach),
            subject.crossed_at.saturating_add(reach),
        );
        let lanes = subject.lane.saturating_sub(1)..=subject.lane.saturating_add(1);
        let crossings: SmallVec<[&Crossing; 16]> = lanes
            .flat_map(|lane| self.memory.crossings(lane, from, until))
            .collect();
        let unweighed: SmallVec<[f64; MOST_APPEARANCES]> = appearances
            .iter()
            .map(|appearance| self.unweighed(appearance, &appearances, &crossings))
            .collect();
        let mut others: SmallVec<[&Crossing; 16]> = crossings
            .iter()
            .copied()
            .filter(|other| !other.settled && other.passage_id != subject.passage_id)
            .collect();
        others.sort_by(|one, other| {
            let order = |crossing: &Crossing| {
                let apart = crossing.crossed_at.saturating_sub(subject.crossed_at);
                (apart.abs(), crossing.lane)
            };
            let order = order(one).cmp(&order(other));
            order.then_with(|| one.passage_id.cmp(&other.passage_id))
        });
        let claims_of = |crossing: &Crossing| {
            let edges = appearances.iter().zip(&unweighed).enumerate();
            let edges = edges.filter_map(|(index, (appearance, unweighed))| {
                let likelihood = self.likelihood(appearance, crossing)?;
                let weight = likelihood / unweighed.max(1e-9);
                (weight > 1e-9).then_some(Edge {
                    appearance: index,
                    weight,
                })
            });
            Claims {
                none: AssociationSettings::share(self.assumed().unseen_per_mille),
                edges: edges.collect(),
            }
        };
        // The weighing itself, then those that could have what it could.
        let mut claims: SmallVec<[Claims; MOST_WEIGHINGS]> = smallvec![claims_of(subject)];
        let mut rivals: SmallVec<[&Crossing; MOST_WEIGHINGS]> = SmallVec::new();
        let mut crowded = crowded;
        for other in others {
            let its = claims_of(other);
            if its.edges.is_empty() {
                continue;
            }
            if claims.len() >= MOST_WEIGHINGS {
                crowded = true;
                break;
            }
            claims.push(its);
            rivals.push(other);
        }
        let shares = shares(&claims, appearances.len());
        let share = |index: usize| shares.get(index).copied().unwrap_or(0.0);
        // The nearest first, so that of equal shares the nearest is the best.
        let best = (0..appearances.len())
            .filter(|index| appearances.get(*index).is_some_and(Appearance::has_text))
            .max_by(|a, b| share(*a).total_cmp(&share(*b)).then(b.cmp(a)));
        let taken = appearances.iter().any(|appearance| {
            let fits = |seen: Seen<'_>| {
                let (residual, deviation) = self.measured(seen.sighting, subject);
                libm::fabs(residual) <= 2.0 * deviation
            };
            appearance.has_text()
                && appearance.taken_from(subject)
                && appearance.in_lane(subject.lane).is_some_and(fits)
        });
        let best = best.and_then(|index| {
            let appearance = appearances.get(index)?;
            let seen = appearance
                .in_lane(subject.lane)
                .or(appearance.beside(subject.lane))?
                .sighting;
            let (residual, deviation) = self.measured(seen, subject);
            let others = |wanted: &dyn Fn(usize) -> bool| {
                let others =
                    (0..=appearances.len()).filter(|other| *other != index && wanted(*other));
                others.map(share).sum::<f64>()
            };
            let wrong = if crowded { 1.0 } else { others(&|_| true) };
            let risk = f64::from(self.assumed().risk_ppm) / 1e6;
            let has_edge =
                |claims: &Claims| claims.edges.iter().any(|edge| edge.appearance == index);
            let rivals: Vec<String> = rivals
                .iter()
                .zip(claims.iter().skip(1))
                .filter(|(_, claims)| has_edge(claims))
                .map(|(rival, _)| rival.passage_id.to_string())
                .collect();
            let mut doubts = Vec::new();
            if wrong > risk {
                if others(&|other| other < appearances.len()) > risk / 2.0 {
                    doubts.push(Doubt::OtherPlate);
                }
                if share(appearances.len()) > risk / 2.0 {
                    doubts.push(if rivals.is_empty() {
                        Doubt::UnseenVehicle
                    } else {
                        Doubt::OtherVehicle
                    });
                }
            }
            let margin = self.settings.ambiguity_margin.get() as f64;
            Some(Best {
                wrong: wrong.max(FLOOR),
                share: share(index),
                far_off: libm::fabs(residual) > margin.max(3.0 * deviation),
                vouched: self.vouches_for_read(seen),
                sightings: appearance.reads().collect(),
                doubts,
                rivals,
            })
        });
        let own = appearances
            .iter()
            .enumerate()
            .filter(|(index, _)| share(*index) > 0.5)
            .flat_map(|(_, appearance)| appearance.reads().map(|s| &s.read))
            .collect();
        View { best, taken, own }
    }

    /// How likely a weighing has this appearance, per second of its time.
    fn likelihood(&self, appearance: &Appearance<'_>, crossing: &Crossing) -> Option<f64> {
        if appearance.taken_from(crossing) {
            return None;
        }
        let assumed = self.assumed();
        let own = appearance.in_lane(crossing.lane);
        let seen = own.or_else(|| appearance.beside(crossing.lane))?;
        let lane = if appearance.in_two_lanes() {
            AssociationSettings::share(assumed.both_lanes_per_mille)
        } else if own.is_some() {
            1.0
        } else {
            AssociationSettings::share(assumed.wrong_lane_per_mille)
        };
        let unread = AssociationSettings::share(assumed.unread_per_mille);
        let unseen = AssociationSettings::share(assumed.unseen_per_mille);
        let read = if appearance.has_text() {
            1.0 - unread - unseen
        } else {
            unread
        };
        let (residual, deviation) = self.measured(seen.sighting, crossing);
        let window = self.settings.plate_window.get() as f64;
        let stray = AssociationSettings::share(assumed.stray_per_mille);
        let far = if libm::fabs(residual) <= window + 2.0 * deviation {
            // Strays lie anywhere within the window.
            stray * 1e6 / (2.0 * (window + 2.0 * deviation))
        } else {
            return None;
        };
        let turns = residual / deviation;
        let near = libm::exp(-turns * turns / 2.0) / (deviation * 2.506_628_3) * 1e6;
        let density = (1.0 - stray) * near + far;
        Some(read * lane * density * colour_share(crossing.size, appearance.colour()))
    }

    /// How often a vehicle that nobody weighed would give this appearance, per second.
    fn unweighed(
        &self,
        appearance: &Appearance<'_>,
        all: &[Appearance<'_>],
        crossings: &[&Crossing],
    ) -> f64 {
        let assumed = self.assumed();
        let wrong_lane = AssociationSettings::share(assumed.wrong_lane_per_mille);
        let both_lanes = AssociationSettings::share(assumed.both_lanes_per_mille);
        let stray = AssociationSettings::share(assumed.stray_per_mille);
        let rate = |sighting: &Sighting| {
            let unweighed = self.learning.unweighed(sighting.camera);
            if appearance.has_text() {
                unweighed.of(appearance.colour())
            } else {
                let unread = AssociationSettings::share(assumed.unread_per_mille);
                unweighed.all() * unread
            }
        };
        // Where a weighed vehicle was at that moment nobody else can have been.
        let free = |sighting: &Sighting, lane: u16| {
            let occupied = crossings
                .iter()
                .filter(|crossing| crossing.lane == lane)
                .any(|crossing| self.leaves_no_room(sighting, crossing));
            if occupied { stray } else { 1.0 }
        };
        let mut sum = 0.0;
        let Some(first) = appearance.sightings.first() else {
            return 1e-9;
        };
        let in_two = appearance.in_two_lanes();
        let mut own_lanes: SmallVec<[u16; 4]> = appearance.reads().map(|s| s.read.lane).collect();
        own_lanes.sort_unstable();
        own_lanes.dedup();
        for lane in &own_lanes {
            let Some(seen) = appearance.in_lane(*lane) else {
                continue;
            };
            let share = if in_two { both_lanes } else { 1.0 };
            sum += rate(seen.sighting) * share * free(seen.sighting, *lane);
        }
        if !in_two {
            let lane = first.sighting.read.lane;
            let beside = [lane.checked_sub(1), lane.checked_add(1)];
            for beside in beside.into_iter().flatten() {
                let has_camera = self.cameras.get(&beside).is_some_and(|cameras| {
                    cameras
                        .iter()
                        .any(|camera| camera.port.view == first.sighting.port.view)
                });
                if !has_camera {
                    continue;
                }
                // Somebody whom the camera beside read was there, and only one can be.
                let read_there = all.iter().any(|other| {
                    other.in_lane(beside).is_some_and(|seen| {
                        let apart = seen.by_scale.saturating_sub(first.by_scale);
                        apart.abs() <= UNREAD_WITHIN
                    })
                });
                let unlikely = if read_there { 0.2 } else { 1.0 };
                let first = first.sighting;
                sum += rate(first) * wrong_lane * unlikely * free(first, beside);
            }
        }
        sum
    }

    /// Whether a weighed vehicle was where a read was made in its lane, so that the read can't be of
    /// another vehicle there.
    fn leaves_no_room(&self, sighting: &Sighting, crossing: &Crossing) -> bool {
        let Some(per_metre) = crossing.us_per_metre() else {
            return false;
        };
        let per_metre = per_metre as f64;
        let length = crossing
            .length_mm
            .map_or(SHORTEST, |length| length.get() as f64 / 1_000.0);
        let gap = GAP_SECONDS * 1e6;
        let (ahead, behind) = if sighting.port.sees_rear() {
            // Rear to rear: behind it comes another's length, before it its own.
            (length, SHORTEST)
        } else {
            (SHORTEST, length)
        };
        let fits = |least: f64, most: f64| {
            least > -(gap + ahead * per_metre) && most < gap + behind * per_metre
        };
        // Most weighings are too far off, however exactly it is known.
        let residual = self.residual(sighting, crossing) as f64;
        if !fits(residual, residual) {
            return false;
        }
        let (residual, deviation) = self.measured(sighting, crossing);
        fits(residual - 2.0 * deviation, residual + 2.0 * deviation)
    }
}

/// Whether two reads of a view are of one vehicle.
fn are_one(one: &Seen<'_>, other: &Seen<'_>) -> bool {
    let apart = one.by_scale.saturating_sub(other.by_scale).abs();
    if apart > TWICE_WITHIN {
        return false;
    }
    let (one, other) = (one.sighting, other.sighting);
    match (&one.read.plate, &other.read.plate) {
        (None, None) => one.camera == other.camera && apart <= UNREAD_WITHIN,
        (Some(left), Some(right)) if left == right => true,
        (Some(_), Some(_)) => {
            let alike = |(one, other)| {
                let likeness = compare_readings(one, other);
                matches!(likeness, Likeness::LookAlike { .. })
            };
            apart <= ALIKE_WITHIN && one.reading().zip(other.reading()).is_some_and(alike)
        }
        _ => false,
    }
}

/// The share of vehicles of a size that bear a plate of a colour.
const fn colour_share(size: Size, colour: Option<PlateColour>) -> f64 {
    use PlateColour as C;
    match (size, colour) {
        (_, None) => 1.0,
        (Size::Large, Some(C::Yellow)) => 0.93,
        (Size::Large, Some(C::YellowGreen)) => 0.04,
        (Size::Large, Some(_)) => 0.01,
        (Size::Small, Some(C::Blue)) => 0.6,
        (Size::Small, Some(C::Green)) => 0.15,
        (Size::Small, Some(C::Yellow)) => 0.2,
        (Size::Either, Some(C::Blue)) => 0.4,
        (Size::Either, Some(C::Yellow)) => 0.45,
        (Size::Either, Some(C::Green | C::YellowGreen)) => 0.07,
        (Size::Small | Size::Either, Some(_)) => 0.02,
    }
}
