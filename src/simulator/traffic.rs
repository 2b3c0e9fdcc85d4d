//! Vehicles crossing the lanes of a carriageway, in time order, with what the scale and the plate
//! camera of the lane make of each.

use std::collections::VecDeque;
use std::sync::Arc;

use super::crossing::{Crossing, Defect, Record};
use super::dice::{Dice, interpolate};
use super::settings::{Headways, Scheduled, Settings, SpeedProfile};
use super::vehicle::{self, Truth};
use crate::units::{Micros, Millimetres, TenthKmh};

/// Around a scheduled vehicle its lane stays free so long.
const QUIET: Micros = Micros::from_millis(2_500);

/// Between the rear of a vehicle and the front of the next, seconds: nobody drives closer.
const CLOSEST_GAP: f64 = 0.35;

/// A record is held back for the one behind only if that comes so soon, seconds.
const HOLD_BACK_WITHIN: f64 = 8.0;

pub(super) fn travel_time(millimetres: f64, speed: TenthKmh) -> Micros {
    // 0.1 km/h are 1/36 m/s.
    let metres_per_second = speed.get().max(1) as f64 / 36.0;
    Micros::new((millimetres * 1_000.0 / metres_per_second) as i64)
}

/// All lanes together: an endless iterator in the order of the first axles.
#[derive(Debug)]
pub struct Traffic {
    lanes: Vec<Lane>,
    heads: Vec<Crossing>,
    number: u64,
}

impl Traffic {
    /// Traffic of these settings; fewer than one lane is taken as one.
    pub fn new(settings: Settings) -> Self {
        let settings = Arc::new(settings);
        let mut lanes: Vec<Lane> = (1..=settings.lanes.max(1))
            .map(|lane| Lane::new(&settings, lane))
            .collect();
        let heads = lanes.iter_mut().map(Lane::advance).collect();
        Self {
            lanes,
            heads,
            number: 0,
        }
    }
}

impl Iterator for Traffic {
    type Item = Crossing;

    fn next(&mut self) -> Option<Crossing> {
        let earliest = self
            .heads
            .iter()
            .enumerate()
            .min_by_key(|(_, head)| (head.first_axle_at, head.lane))
            .map(|(index, _)| index)?;
        let following = self.lanes.get_mut(earliest)?.advance();
        let head = self.heads.get_mut(earliest)?;
        let mut crossing = std::mem::replace(head, following);
        self.number += 1;
        crossing.number = self.number;
        for record in &mut crossing.records {
            record.vehicles = vec![self.number];
        }
        Some(crossing)
    }
}

/// One lane's traffic.
#[derive(Debug)]
pub(super) struct Lane {
    pub(super) lane: u16,
    pub(super) settings: Arc<Settings>,
    pub(super) dice: Dice,
    /// The lane's constant factor on every weight.
    pub(super) bias: f64,
    pub(super) sequence: u64,
    schedule: VecDeque<Scheduled>,
    leader: Option<Leader>,
    ready: VecDeque<Crossing>,
}

/// The vehicle in front.
#[derive(Debug, Clone, Copy)]
struct Leader {
    first_axle_at: Micros,
    speed: TenthKmh,
    length: Millimetres,
    scheduled: bool,
}

impl Lane {
    fn new(settings: &Arc<Settings>, lane: u16) -> Self {
        let mut dice = Dice::new(settings.seed, u64::from(lane));
        let bias = 1.0 + dice.normal(0.0, settings.scale_error.bias);
        let last = settings.lanes.max(1);
        let mut schedule: Vec<Scheduled> = settings
            .schedule
            .iter()
            .filter(|scheduled| scheduled.lane.clamp(1, last) == lane)
            .copied()
            .collect();
        schedule.sort_by_key(|scheduled| scheduled.after);
        Self {
            lane,
            settings: Arc::clone(settings),
            dice,
            bias,
            sequence: 0,
            schedule: schedule.into(),
            leader: None,
            ready: VecDeque::new(),
        }
    }

    /// The lane's next vehicle. A record that is to come after its successor's needs that one
    /// drawn, too; it then waits in `ready`.
    fn advance(&mut self) -> Crossing {
        if let Some(crossing) = self.ready.pop_front() {
            return crossing;
        }
        let mut crossing = self.draw();
        if self.hold_back(&crossing) {
            let behind = self.draw();
            let apart = behind.first_axle_at.saturating_sub(crossing.first_axle_at);
            if apart.get() as f64 / 1e6 < HOLD_BACK_WITHIN {
                let told_at = behind.records.iter().map(|record| record.measured.sent_at);
                let told_at = told_at.max().unwrap_or(behind.last_axle_at);
                for record in &mut crossing.records {
                    record.measured.sent_at = told_at.saturating_add(Micros::from_millis(40));
                    record.measured.again_at = None;
                }
                crossing
                    .defects
                    .retain(|defect| *defect != Defect::DuplicateRecord);
                crossing.defects.push(Defect::OutOfOrderRecord);
                crossing.defects.sort_unstable();
            }
            self.ready.push_back(behind);
        }
        crossing
    }

    fn hold_back(&mut self, crossing: &Crossing) -> bool {
        let drawn = self.dice.chance(self.settings.defects.out_of_order_record);
        // A scheduled vehicle is clean.
        let free = crossing.first_axle_at.saturating_add(QUIET);
        let scheduled_next = self
            .schedule
            .front()
            .is_some_and(|next| self.at(next) <= free);
        drawn && !scheduled_next && !self.is_scheduled(crossing)
    }

    fn is_scheduled(&self, crossing: &Crossing) -> bool {
        self.settings.schedule.iter().any(|scheduled| {
            scheduled.lane.clamp(1, self.settings.lanes.max(1)) == self.lane
                && self.at(scheduled) == crossing.first_axle_at
        })
    }

    fn at(&self, scheduled: &Scheduled) -> Micros {
        self.settings.start.saturating_add(scheduled.after)
    }

    fn draw(&mut self) -> Crossing {
        let vehicle = vehicle::draw(&mut self.dice, &self.settings);
        let speed = self.speed();
        let (at, speed) = self.arrival(speed);
        match self.schedule.front().copied() {
            Some(next) if at >= self.at(&next).saturating_sub(QUIET) => {
                self.schedule.pop_front();
                let scheduled = self.at(&next);
                // Two scheduled vehicles too near each other: the second comes when it can.
                let at = self.leader.map_or(scheduled, |leader| {
                    scheduled.max(leader.first_axle_at.saturating_add(QUIET))
                });
                let vehicle = vehicle::draw_scheduled(&mut self.dice, next.load);
                self.crossing(vehicle, at, TenthKmh::new(620), true)
            }
            _ => self.crossing(vehicle, at, speed, false),
        }
    }

    fn speed(&mut self) -> TenthKmh {
        let points: &[(f64, f64)] = match self.settings.speeds {
            SpeedProfile::Arterial => &[
                (0.01, 320.0),
                (0.05, 470.0),
                (0.10, 530.0),
                (0.25, 610.0),
                (0.50, 690.0),
                (0.75, 750.0),
                (0.90, 790.0),
                (0.95, 810.0),
                (0.99, 850.0),
            ],
            SpeedProfile::Motorway => &[
                (0.01, 620.0),
                (0.05, 760.0),
                (0.10, 800.0),
                (0.25, 830.0),
                (0.50, 870.0),
                (0.75, 900.0),
                (0.90, 1_000.0),
                (0.95, 1_080.0),
                (0.99, 1_210.0),
            ],
            SpeedProfile::Jam => &[
                (0.01, 100.0),
                (0.05, 160.0),
                (0.10, 220.0),
                (0.25, 340.0),
                (0.50, 440.0),
                (0.75, 510.0),
                (0.90, 570.0),
                (0.95, 600.0),
                (0.99, 700.0),
            ],
        };
        TenthKmh::new(self.dice.quantile(points).round() as i64)
    }

    /// When the next vehicle comes, and how fast: one that follows closely drives as its leader.
    fn arrival(&mut self, speed: TenthKmh) -> (Micros, TenthKmh) {
        let mean = 3_600.0 / self.settings.flow_per_hour.max(1.0);
        let headway = self.headway(mean);
        let Some(leader) = self.leader else {
            let first = self.dice.uniform(0.2, 1.0) * mean;
            return (self.settings.start.saturating_add(seconds(first)), speed);
        };
        let clear = travel_time(leader.length.get() as f64, leader.speed);
        let quiet = if leader.scheduled {
            QUIET
        } else {
            Micros::ZERO
        };
        let closest = clear.saturating_add(seconds(CLOSEST_GAP)).max(quiet);
        let headway = seconds(headway).max(closest);
        let following = headway < Micros::from_seconds(4) && speed > leader.speed;
        let speed = if following {
            let swing = self.dice.normal_within(1.0, 0.01, 0.97, 1.03);
            TenthKmh::new((leader.speed.get() as f64 * swing).round() as i64)
        } else {
            speed
        };
        (leader.first_axle_at.saturating_add(headway), speed)
    }

    fn headway(&mut self, mean: f64) -> f64 {
        if self.settings.headways == Headways::Steady {
            return self.dice.uniform(mean * 2.0 / 3.0, mean * 4.0 / 3.0);
        }
        // Truck behind truck: lognormal with these parameters below 6 s.
        const MU: f64 = 1.045;
        const SIGMA: f64 = 0.459;
        const FOLLOWER_MEAN: f64 = 3.16;
        // Share of followers by flow.
        const FOLLOWERS: [(f64, f64); 10] = [
            (100.0, 0.20),
            (300.0, 0.35),
            (500.0, 0.46),
            (700.0, 0.57),
            (900.0, 0.66),
            (1_100.0, 0.76),
            (1_300.0, 0.83),
            (1_500.0, 0.87),
            (1_700.0, 0.90),
            (2_100.0, 0.95),
        ];
        let followers = interpolate(&FOLLOWERS, 3_600.0 / mean);
        if self.dice.chance(followers) {
            return self.dice.lognormal(MU, SIGMA).max(0.3);
        }
        let free_mean = ((mean - followers * FOLLOWER_MEAN) / (1.0 - followers)).max(1.0);
        let shift = 4.0_f64.min(free_mean * 0.8);
        shift + self.dice.exponential(free_mean - shift)
    }

    fn crossing(&mut self, vehicle: Truth, at: Micros, speed: TenthKmh, clean: bool) -> Crossing {
        self.leader = Some(Leader {
            first_axle_at: at,
            speed,
            length: vehicle.length_mm,
            scheduled: clean,
        });
        let mut defects = Vec::new();
        let measured = self.measure(&vehicle, at, speed, clean, &mut defects);
        let plate_reads = self.read_plate(&vehicle, at, clean, &mut defects);
        defects.sort_unstable();
        let base: Millimetres = vehicle.axles.iter().filter_map(|a| a.spacing_mm).sum();
        Crossing {
            number: 0,
            lane: self.lane,
            first_axle_at: at,
            last_axle_at: at.saturating_add(travel_time(base.get() as f64, speed)),
            speed_tenth_kmh: speed,
            vehicle,
            weighed: true,
            records: vec![Record {
                lane: self.lane,
                vehicles: Vec::new(),
                measured,
            }],
            plate_reads,
            evasion: Vec::new(),
            forced: Vec::new(),
            sightings: Vec::new(),
            defects,
        }
    }
}

pub(super) fn seconds(seconds: f64) -> Micros {
    Micros::new((seconds * 1e6) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plate::{PlateNumber, look_alikes};
    use crate::simulator::crossing::MeasuredAxle;
    use crate::simulator::settings::{DefectShares, SpacingProfile};
    use crate::units::Kilograms;

    fn share(of: &[Crossing], wanted: impl Fn(&Crossing) -> bool) -> f64 {
        of.iter().filter(|crossing| wanted(crossing)).count() as f64 / of.len() as f64
    }

    fn near(found: f64, wanted: f64, tolerance: f64, what: &str) {
        assert!(
            (found - wanted).abs() <= tolerance,
            "{what}: {found} instead of {wanted}"
        );
    }

    #[test]
    fn twenty_thousand_vehicles_keep_to_the_settings() {
        let settings = Settings::statistics();
        let crossings: Vec<_> = Traffic::new(settings.clone()).take(20_000).collect();
        let total: f64 = settings.axle_mix.iter().sum();
        for (axles, weight) in (2..).zip(settings.axle_mix) {
            let found = share(&crossings, |c| c.vehicle.axles.len() == axles);
            near(found, weight / total, 0.012, "share of an axle count");
        }
        let odd = share(&crossings, |c| {
            c.vehicle.groups.len() > 3 || c.vehicle.axles.len() > 6
        });
        assert!((0.001..0.008).contains(&odd), "{odd}");
        near(
            share(&crossings, |c| c.vehicle.is_overloaded()),
            0.086,
            0.006,
            "overloaded",
        );
        let has = |defect| share(&crossings, |c| c.defects.contains(&defect));
        near(has(Defect::UnreadPlate), 0.12, 0.01, "unread");
        near(has(Defect::MisreadPlate), 0.02 * 0.88, 0.004, "misread");
        near(has(Defect::DuplicateRecord), 0.006, 0.002, "duplicate");
        near(has(Defect::SumOneBelow), 0.004, 0.002, "one below");
        assert!(has(Defect::OutOfOrderRecord) > 0.000_5);
        assert!(has(Defect::SequenceGap) > 0.000_5);

        let seconds = (crossings[19_999].first_axle_at.get() - settings.start.get()) as f64 / 1e6;
        let flow = 20_000.0 / f64::from(settings.lanes) / (seconds / 3_600.0);
        near(flow, 300.0, 15.0, "flow");
        let near_hundred = crossings
            .iter()
            .filter(|c| c.vehicle.gross_kg.get() > 90_000)
            .count();
        assert!(near_hundred > 0, "the tail is there");
    }

    #[test]
    fn every_crossing_is_possible() {
        for (settings, count) in [(Settings::statistics(), 20_000), (Settings::demo(), 3_000)] {
            let lanes = usize::from(settings.lanes);
            let (mut last, mut last_at) = (vec![None::<Crossing>; lanes], Micros::ZERO);
            for (index, crossing) in Traffic::new(settings).take(count).enumerate() {
                assert_eq!(crossing.number, index as u64 + 1);
                assert!(crossing.first_axle_at >= last_at);
                last_at = crossing.first_axle_at;
                let truth = &crossing.vehicle;
                let sum: Kilograms = truth.axles.iter().map(|axle| axle.load_kg).sum();
                assert_eq!(sum, truth.gross_kg);
                let measured = &crossing.records[0].measured;
                let one = i64::from(crossing.defects.contains(&Defect::SumOneBelow));
                let sum: Kilograms = measured.axles.iter().map(MeasuredAxle::measured_kg).sum();
                assert_eq!(sum.get() + one, measured.gross_kg.get());
                let real = truth.axles.iter().map(|axle| {
                    assert_eq!(axle.left_kg.saturating_add(axle.right_kg), axle.load_kg);
                    (axle.load_kg, axle.spacing_mm)
                });
                let seen = measured.axles.iter();
                let seen = seen.map(|axle| (axle.load_kg().unwrap(), axle.spacing_mm));
                for axles in [real.collect::<Vec<_>>(), seen.collect()] {
                    for (index, (load, spacing)) in axles.iter().enumerate() {
                        assert!((150..30_000).contains(&load.get()), "{crossing:?}");
                        assert_eq!(spacing.is_none(), index == 0);
                        assert!(spacing.is_none_or(|mm| mm.get() > 900));
                    }
                    let base: Millimetres = axles.iter().filter_map(|(_, mm)| *mm).sum();
                    assert!(base < truth.length_mm && base < measured.length_mm);
                }
                assert_eq!(truth.trailer_plate.is_some(), truth.category.has_trailer());
                assert!(
                    truth
                        .trailer_plate
                        .as_ref()
                        .is_none_or(PlateNumber::is_trailer)
                );
                assert!(
                    truth.plate.kind().colours().contains(&truth.colour),
                    "{} {:?}",
                    truth.plate,
                    truth.colour
                );
                assert!(measured.sent_at > crossing.last_axle_at);
                // Nobody drives into the vehicle in front: its rear has left before the front comes.
                let place = &mut last[usize::from(crossing.lane) - 1];
                if let Some(leader) = place {
                    let gone = leader.first_axle_at.saturating_add(travel_time(
                        leader.vehicle.length_mm.get() as f64,
                        leader.speed_tenth_kmh,
                    ));
                    assert!(crossing.first_axle_at > gone);
                    assert!(
                        crossing.records[0].measured.sequence > leader.records[0].measured.sequence
                    );
                }
                *place = Some(crossing);
            }
        }
    }

    #[test]
    fn one_seed_one_result_and_a_lane_does_not_change_for_another() {
        let take = |seed, lanes| {
            Traffic::new(Settings {
                seed,
                lanes,
                ..Settings::demo()
            })
            .take(500)
            .collect::<Vec<_>>()
        };
        assert_eq!(take(7, 2), take(7, 2));
        assert_ne!(take(7, 2), take(8, 2));
        let vehicles = |crossings: Vec<Crossing>| {
            let mut vehicles: Vec<_> = crossings
                .into_iter()
                .filter(|c| c.lane == 1)
                .map(|c| c.records[0].measured.clone())
                .collect();
            vehicles.truncate(100);
            vehicles
        };
        assert_eq!(vehicles(take(7, 2)), vehicles(take(7, 4)));
    }

    #[test]
    fn the_demo_shows_what_it_promises_whatever_the_seed_and_the_flow() {
        for seed in 0..50 {
            for (lanes, speed) in [(2, 1.0), (1, 1.0), (2, 3.0), (4, 20.0)] {
                let demo = Settings::demo();
                let start = demo.start;
                let flow_per_hour = demo.flow_per_hour * speed;
                let settings = Settings {
                    seed,
                    lanes,
                    flow_per_hour,
                    ..demo
                };
                let shown: Vec<_> = Traffic::new(settings)
                    .take_while(|c| c.first_axle_at < start.saturating_add(Micros::SECOND))
                    .collect();
                let promised = |within: i64, wanted: &dyn Fn(&Crossing) -> bool| {
                    let until = start.saturating_add(Micros::from_seconds(within));
                    let demo = Settings::demo();
                    Traffic::new(Settings {
                        seed,
                        lanes,
                        flow_per_hour,
                        ..demo
                    })
                    .take_while(|c| c.first_axle_at < until)
                    .any(|c| {
                        let read = c.plate_reads.first().unwrap();
                        wanted(&c)
                            && c.defects.is_empty()
                            && c.records[0].measured.sent_at < until
                            && read.sent_at < until
                            && read.plate.as_deref() == Some(c.vehicle.plate.as_str())
                    })
                };
                assert!(!shown.is_empty());
                assert!(promised(3, &|_| true), "seed {seed}: first truck");
                assert!(
                    promised(20, &|c| (60_000..90_000)
                        .contains(&c.records[0].measured.gross_kg.get())),
                    "seed {seed}: overloaded truck"
                );
                assert!(
                    promised(45, &|c| c.records[0].measured.gross_kg.get() >= 104_000),
                    "seed {seed}: hundred-ton truck"
                );
            }
        }
    }

    #[test]
    fn a_scheduled_vehicle_is_alone_in_its_lane() {
        for seed in 0..50 {
            let settings = Settings {
                seed,
                flow_per_hour: 1_800.0,
                ..Settings::demo()
            };
            let scheduled: Vec<Micros> = settings
                .schedule
                .iter()
                .map(|scheduled| settings.start.saturating_add(scheduled.after))
                .collect();
            let lanes: Vec<u16> = settings.schedule.iter().map(|s| s.lane).collect();
            let crossings: Vec<_> = Traffic::new(settings).take(60).collect();
            for (at, lane) in scheduled.into_iter().zip(lanes) {
                let near = crossings
                    .iter()
                    .filter(|c| c.lane == lane)
                    .filter(|c| c.first_axle_at.saturating_sub(at).abs() < Micros::from_seconds(2))
                    .count();
                assert_eq!(near, 1, "seed {seed}");
            }
        }
    }

    #[test]
    fn a_steady_lane_sees_a_truck_every_three_to_six_seconds() {
        let settings = Settings {
            schedule: Vec::new(),
            lanes: 1,
            ..Settings::demo()
        };
        let crossings: Vec<_> = Traffic::new(settings).take(400).collect();
        for pair in crossings.windows(2) {
            let apart = pair[1].first_axle_at.saturating_sub(pair[0].first_axle_at);
            assert!((2_999_000..6_001_000).contains(&apart.get()), "{apart}");
        }
    }

    #[test]
    fn misreads_change_one_character_for_a_look_alike() {
        let defects = DefectShares {
            misread_plate: 1.0,
            ..DefectShares::NONE
        };
        let settings = Settings {
            defects,
            ..Settings::statistics()
        };
        let mut misread = 0;
        for crossing in Traffic::new(settings).take(500) {
            let read = crossing.plate_reads[0].plate.clone().unwrap();
            let truth = crossing.vehicle.plate.as_str();
            let differing: Vec<_> = truth
                .chars()
                .zip(read.chars())
                .filter(|(a, b)| a != b)
                .collect();
            if crossing.defects == [Defect::MisreadPlate] {
                misread += 1;
                assert_eq!(differing.len(), 1, "{truth} {read}");
                assert!(look_alikes(differing[0].0).any(|c| c == differing[0].1));
            } else {
                assert!(differing.is_empty());
            }
        }
        assert!(misread > 490, "{misread}");
    }

    #[test]
    fn a_record_out_of_order_is_sent_after_its_successor() {
        let defects = DefectShares {
            out_of_order_record: 0.2,
            ..DefectShares::NONE
        };
        let settings = Settings {
            defects,
            lanes: 1,
            ..Settings::statistics()
        };
        let crossings: Vec<_> = Traffic::new(settings).take(2_000).collect();
        let mut seen = 0;
        for pair in crossings.windows(2) {
            let late = pair[0].records[0].measured.sent_at > pair[1].records[0].measured.sent_at;
            assert_eq!(late, pair[0].defects.contains(&Defect::OutOfOrderRecord));
            seen += i32::from(late);
        }
        assert!(seen > 50, "{seen}");
    }

    #[test]
    fn truncated_spacings_read_one_below() {
        let spacings = SpacingProfile::TruncatedFifty;
        let settings = Settings {
            spacings,
            ..Settings::statistics()
        };
        let rests: Vec<i64> = Traffic::new(settings)
            .take(300)
            .flat_map(|c| c.records[0].measured.axles.clone())
            .filter_map(|axle| axle.spacing_mm)
            .map(|spacing| spacing.get() % 50)
            .collect();
        assert!(rests.iter().all(|rest| *rest == 0 || *rest == 49));
        assert!(rests.contains(&0) && rests.contains(&49));
    }
}
