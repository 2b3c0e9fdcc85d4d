//! A simulated road through the lane logic and into the counts, in memory.
//!
//! Nothing is kept but what is on the road: ten million vehicles take no more memory than ten thousand.
//! To use several cores, and to have many roads (each has clocks and scales of its own), vehicles are
//! counted in shares: share *k* of seed *s* is the traffic of seed `s * 10_000 + k`. The shares are the
//! same however many of them are counted at once, and so is their sum.

use super::drift::Watch;
use super::elsewhere::Watching;
use super::{Evaluation, Evaluator, Passage, Rules, Vehicle};
use std::collections::BTreeMap;

use crate::lane::{self, Finding, Output, Pipeline};
use crate::simulator::feed::{Extent, Feed, FeedError, Item, Request};
use crate::simulator::register::{Register, Registered, RegisteredKind};
use crate::simulator::settings::Settings;
use crate::units::Micros;

/// Vehicles of a share. The lanes' clocks, scales and cameras are drawn anew for each.
pub const SHARE: u64 = 100_000;
/// Seeds of shares are so far apart.
const SEEDS_APART: u64 = 10_000;

/// The shares of so many vehicles, each with its seed and its size, which is at most `share`.
pub fn shares(seed: u64, vehicles: u64, share: u64) -> Vec<(u64, u64)> {
    let share = share.max(1);
    let whole = vehicles / share;
    let rest = vehicles % share;
    let first = seed.wrapping_mul(SEEDS_APART);
    let sizes = (0..whole).map(|_| share).chain((rest > 0).then_some(rest));
    (0..)
        .zip(sizes)
        .map(|(number, size)| (first.wrapping_add(number), size))
        .collect()
}

/// Counts a road of so many vehicles. `change` is given the lane logic's settings before it begins;
/// `progress` is told of each vehicle.
///
/// # Errors
/// When the devices' lines can't be written or read, which would be a fault of the program.
pub fn count(
    settings: Settings,
    vehicles: u64,
    change: impl FnOnce(&mut lane::Settings),
    mut progress: impl FnMut(),
) -> Result<Evaluation, FeedError> {
    let register = Register::new(&settings);
    let has_sightings = settings.sightings;
    let watch = Watch::new(&settings);
    let feed = Feed::new(Request::new(settings, Extent::Vehicles(vehicles)))?;
    let mut lane_settings = feed.lane_settings();
    change(&mut lane_settings);
    let evaluator = Evaluator::new(Rules {
        window: lane_settings.plate_window,
        ..Rules::default()
    })
    .with_register(Box::new(register));
    let mut pipeline = Pipeline::new(lane_settings);
    for plan in feed.ports() {
        let decoder = plan.decoder()?;
        pipeline.add_port(&plan.name, decoder, 0);
    }
    let ports = feed.ports().to_vec();
    let mut heard = Heard {
        evaluator,
        watch,
        elsewhere: has_sightings.then(|| Watching::new(&ports)),
        told: BTreeMap::new(),
    };
    let mut now = Micros::ZERO;
    for item in feed {
        match item? {
            Item::Line(line) => {
                now = line.at;
                if let Some(plan) = ports.get(line.port) {
                    let inputs = pipeline.receive(&plan.name, line.at, &line.bytes);
                    if let Some(list) = &mut heard.elsewhere {
                        inputs.iter().for_each(|input| list.heard(input));
                    }
                }
                heard.drain(&mut pipeline);
                heard.evaluator.advance(now);
            }
            Item::Vehicle(told) => {
                heard.evaluator.vehicle(Vehicle::of(&told, &ports));
                if let Some(list) = &mut heard.elsewhere {
                    list.told(&told);
                }
                progress();
            }
        }
    }
    pipeline.finish(now);
    heard.drain(&mut pipeline);
    let mut evaluation = heard.evaluator.finish();
    evaluation.drifts = heard.watch.finish();
    evaluation.told = heard.told;
    if let Some(list) = heard.elsewhere {
        evaluation.elsewhere = Some(list.finish(&mut evaluation.evasions));
    }
    Ok(evaluation)
}

/// What the lane logic says goes here.
struct Heard {
    evaluator: Evaluator,
    watch: Watch,
    elsewhere: Option<Watching>,
    told: BTreeMap<String, u64>,
}

impl Heard {
    fn drain(&mut self, pipeline: &mut Pipeline) {
        while let Some(output) = pipeline.poll_output() {
            match output {
                Output::Weighed(weighing) => {
                    self.watch.weighed(weighing.lane, weighing.received_at);
                }
                Output::Closed(closed) => {
                    self.evaluator.passage(Passage::from(closed.as_ref()));
                    if let Some(list) = &mut self.elsewhere {
                        list.closed(&closed);
                    }
                }
                Output::Finding(finding) => self.finding(&finding),
                _ => {}
            }
        }
    }

    fn finding(&mut self, finding: &Finding) {
        let mut kind = finding.kind().to_owned();
        match finding {
            Finding::Drift(drift) => {
                self.watch.finding(drift);
                kind = format!("{kind} {}", drift.quantity.name());
            }
            Finding::Health(health) => kind = format!("{kind} {}", health.ailment.name()),
            _ => {}
        }
        *self.told.entry(kind).or_default() += 1;
    }
}

impl super::Register for Register {
    fn confirms(&self, plate: &str, colour: Option<&str>, axles: usize) -> bool {
        let fits = |entry: &Registered| {
            colour.is_none_or(|colour| colour == entry.colour.name())
                && may_have(entry.category, usize::from(entry.axles), axles)
        };
        self.find(plate).iter().any(fits)
    }
}

/// Whether a vehicle with so many axles of its own can cross a scale with this many, alone or with
/// trailers. A trailer has one to three axles, a drawbar trailer two at least.
fn may_have(kind: RegisteredKind, own: usize, axles: usize) -> bool {
    match kind {
        RegisteredKind::Car | RegisteredKind::LightTruck => axles == own,
        RegisteredKind::Truck => axles == own || (own + 2..=own + 4).contains(&axles),
        RegisteredKind::Tractor => (own..=own + 6).contains(&axles),
        // Nobody drives a trailer.
        RegisteredKind::Trailer => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axles_fit_what_is_registered_alone_or_with_a_trailer() {
        use RegisteredKind::{Car, LightTruck, Tractor, Trailer, Truck};
        for (kind, own, fitting) in [
            (Car, 2, &[2][..]),
            (LightTruck, 2, &[2]),
            (Truck, 2, &[2, 4, 5, 6]),
            (Truck, 4, &[4, 6, 7, 8]),
            (Tractor, 3, &[3, 4, 5, 6, 7, 8, 9]),
            (Trailer, 3, &[]),
        ] {
            let found: Vec<usize> = (0..12)
                .filter(|axles| may_have(kind, own, *axles))
                .collect();
            assert_eq!(found, fitting, "{kind:?} {own}");
        }
    }

    #[test]
    fn shares_add_up_and_have_seeds_of_their_own() {
        assert_eq!(
            shares(3, 250_000, SHARE),
            [(30_000, 100_000), (30_001, 100_000), (30_002, 50_000)]
        );
        assert_eq!(shares(1, 7, SHARE), [(10_000, 7)]);
        assert!(shares(1, 0, SHARE).is_empty());
    }

    #[test]
    fn a_road_is_counted_to_the_last_vehicle_and_its_shares_add_up() {
        let count = |seed, vehicles| {
            let settings = Settings {
                seed,
                lanes: 3,
                flow_per_hour: 700.0,
                ..Settings::statistics()
            };
            let mut told = 0;
            let found = count(settings, vehicles, |_| {}, || told += 1).unwrap();
            assert_eq!(told, vehicles);
            found
        };
        let found = count(1, 4_000);
        assert_eq!(found, count(1, 4_000), "one seed, one result");
        assert_eq!(
            (found.vehicles, found.unknown, found.vehicles_lost),
            (4_000, 0, 0)
        );
        assert_eq!(found.vehicles_doubled, 0);
        assert_eq!(found.passages, found.association.weighings());
        for tally in [
            &found.association,
            &found.nearest_in_time,
            &found.first_in_first_out,
        ] {
            assert_eq!(tally.weighings(), found.passages);
            assert!(tally.with_plate() > found.passages / 2);
        }
        let of_parts = |tallies: Vec<u64>| tallies.iter().sum::<u64>();
        let by_mass = found.by_mass.values().map(|tally| tally.weighings());
        assert_eq!(of_parts(by_mass.collect()), found.passages);
        let by_axles = found.by_axles.values().map(|tally| tally.weighings());
        assert_eq!(of_parts(by_axles.collect()), found.passages);
        let mut sum = Evaluation::default();
        sum.add(&found);
        let other = count(2, 1_000);
        assert_ne!(other, count(1, 1_000));
        sum.add(&other);
        assert_eq!(sum.vehicles, 5_000);
        assert_eq!(sum.association.weighings(), found.passages + other.passages);
        assert_eq!(
            sum.offset().reads,
            found.offset().reads + other.offset().reads
        );
    }
}
