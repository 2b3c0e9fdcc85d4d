//! Roads made by hand: who is beside whom, and what may be said of it.

use super::*;
use crate::lane::clocks::Clocks;
use crate::lane::settings::{PortRole, Settings};
use crate::passage::{Association, Doubt, PlateState, RawBytes};
use std::collections::BTreeMap;

const START: i64 = 1_795_478_400_000;

/// Two lanes with a front and a rear camera each.
struct Road {
    settings: Settings,
    memory: Memory,
    learning: Learning,
    clocks: Clocks,
    cameras: BTreeMap<u16, Vec<Camera>>,
    scales: BTreeMap<u16, usize>,
    offset: i64,
}

fn at(millis: i64) -> Micros {
    Micros::from_millis(START + millis)
}

impl Road {
    fn new(views: &[&str]) -> Self {
        let mut cameras: BTreeMap<u16, Vec<Camera>> = BTreeMap::new();
        for lane in [1, 2] {
            for view in views {
                let port = PortSettings {
                    role: PortRole::Plate,
                    lane: Some(lane),
                    protocol: "test".to_owned(),
                    proven: true,
                    utc_offset: Micros::ZERO,
                    unit: None,
                    view: (*view).to_owned(),
                    device_lane: None,
                    normal_direction: None,
                    camera_delay: Micros::ZERO,
                    camera_distance_mm: Millimetres::ZERO,
                };
                let name = format!("{view}-{lane}");
                let index: usize = cameras.values().map(Vec::len).sum();
                let port = Arc::new(port);
                let of_lane = cameras.entry(lane).or_default();
                of_lane.push(Camera {
                    index,
                    // The scales are the first two.
                    device: index + 2,
                    name,
                    port,
                });
            }
        }
        Self {
            settings: Settings::new("ST0001"),
            memory: Memory::default(),
            learning: Learning::default(),
            clocks: Clocks::default(),
            cameras,
            scales: BTreeMap::from([(1, 0), (2, 1)]),
            offset: 0,
        }
    }

    /// A truck of 16 m at 72 km/h: it passes in 0.8 s.
    fn truck(&mut self, lane: u16, millis: i64) -> Crossing {
        let crossing = Crossing {
            passage_id: format!("{lane}.{millis}").into(),
            lane,
            device: usize::from(lane) - 1,
            crossed_at: at(millis),
            received_at: at(millis + 900),
            speed: Some(TenthKmh::new(720)),
            length_mm: Some(Millimetres::new(16_000)),
            size: Size::Large,
            prompt: true,
            settled: false,
        };
        self.learning.weighed(&crossing);
        self.memory.put_crossing(crossing.clone());
        crossing
    }

    fn read(&mut self, camera: &str, millis: i64, plate: Option<&str>, colour: &str) {
        let lane: u16 = camera.rsplit('-').next().unwrap().parse().unwrap();
        let mut cameras = self.cameras[&lane].iter();
        let seen_by = cameras.find(|known| known.name == camera).unwrap().clone();
        self.offset += 50;
        let read = PlateRead {
            plate: plate.map(str::to_owned),
            colour: plate.map(|_| colour.to_owned()),
            confidence: Some(95),
            lane,
            seen_at: at(millis),
            time_vouched: true,
            checked: true,
            raw: RawBytes {
                port: camera.to_owned(),
                offset: self.offset,
                length: 50,
                received_at: at(millis + 200),
                sha256: String::new(),
                base64: String::new(),
            },
        };
        self.memory
            .put_sighting(Sighting::new(read, &seen_by, true));
    }

    fn learn(&mut self, millis: i64) {
        let settings = self.settings.association.clone();
        let nothing = |_: usize| None;
        self.learning.learn(
            at(millis),
            &self.memory,
            Micros::from_seconds(10),
            self.settings.memory,
            &settings,
            nothing,
        );
    }

    fn associate(&self, crossing: &Crossing) -> Association {
        let scene = Scene {
            memory: &self.memory,
            learning: &self.learning,
            clocks: &self.clocks,
            cameras: &self.cameras,
            scales: &self.scales,
            settings: &self.settings,
        };
        associate(crossing, scene).association
    }
}

fn plate(association: &Association) -> Option<&str> {
    association
        .chosen
        .as_ref()
        .and_then(|read| read.plate.as_deref())
}

/// Half an hour of trucks, read `late` milliseconds after they are weighed.
fn taught(road: &mut Road, late: i64) {
    for number in 0..60_i64 {
        let millis = -1_800_000 + number * 29_000;
        road.truck(1, millis);
        let text = format!("晋D{number:05}");
        let scatter = (number * 37) % 100 - 50;
        road.read("front-1", millis + late + scatter, Some(&text), "yellow");
    }
    road.learn(0);
}

#[test]
fn one_read_near_one_weighing_is_matched() {
    let mut road = Road::new(&["front"]);
    let truck = road.truck(1, 0);
    road.read("front-1", 60, Some("晋D12345"), "yellow");
    let found = road.associate(&truck);
    assert_eq!(
        (found.state, plate(&found)),
        (PlateState::Matched, Some("晋D12345")),
        "{found:?}"
    );
    assert_eq!(found.residual_us, Some(60_000));
    assert!(found.wrong_vehicle_ppb.unwrap() < 100_000);
    assert_eq!(found.agreeing_cameras, 1);
}

#[test]
fn without_a_read_the_plate_is_missing() {
    let mut road = Road::new(&["front"]);
    let truck = road.truck(1, 0);
    assert_eq!(road.associate(&truck).state, PlateState::Missing);
    road.read("front-1", 40, None, "");
    assert_eq!(road.associate(&truck).state, PlateState::Missing);
}

#[test]
fn one_read_between_two_trucks_is_nobodys() {
    let mut road = Road::new(&["front"]);
    let (first, second) = (road.truck(1, 0), road.truck(1, 1_000));
    road.read("front-1", 500, Some("晋D12345"), "yellow");
    for truck in [&first, &second] {
        let found = road.associate(truck);
        assert_eq!((found.state, plate(&found)), (PlateState::Ambiguous, None));
    }
    let found = road.associate(&first);
    assert!(found.doubts.contains(&Doubt::OtherVehicle), "{found:?}");
    assert_eq!(found.rival_passages, [second.passage_id.to_string()]);
}

#[test]
fn two_trucks_with_a_read_each_have_their_own() {
    let mut road = Road::new(&["front"]);
    let (first, second) = (road.truck(1, 0), road.truck(1, 1_200));
    road.read("front-1", 50, Some("晋D11111"), "yellow");
    road.read("front-1", 1_260, Some("晋D22222"), "yellow");
    assert_eq!(plate(&road.associate(&first)), Some("晋D11111"));
    assert_eq!(plate(&road.associate(&second)), Some("晋D22222"));
}

#[test]
fn the_plate_of_a_car_is_not_that_of_a_truck() {
    let mut road = Road::new(&["front"]);
    taught(&mut road, 0);
    let truck = road.truck(1, 10_000);
    road.read("front-1", 9_200, Some("晋A55555"), "blue");
    let found = road.associate(&truck);
    assert_ne!(found.state, PlateState::Matched, "{found:?}");
}

#[test]
fn a_truck_beside_may_have_been_read_by_the_wrong_camera() {
    let mut road = Road::new(&["front"]);
    let (left, _right) = (road.truck(1, 0), road.truck(2, 30));
    road.read("front-1", 40, Some("晋D12345"), "yellow");
    let alone = road.associate(&left);
    assert_eq!(alone.state, PlateState::Ambiguous, "{alone:?}");
    // Once the truck beside has a read of its own lane, nothing is open.
    road.read("front-2", 60, Some("晋D67890"), "yellow");
    assert_eq!(plate(&road.associate(&left)), Some("晋D12345"));
}

#[test]
fn a_read_in_two_lanes_is_of_one_vehicle() {
    let mut road = Road::new(&["front"]);
    let (left, right) = (road.truck(1, 0), road.truck(2, 100));
    road.read("front-1", 90, Some("晋D12345"), "yellow");
    road.read("front-2", 120, Some("晋D12345"), "yellow");
    let (left, right) = (road.associate(&left), road.associate(&right));
    assert!(left.state != PlateState::Matched || right.state != PlateState::Matched);
}

#[test]
fn two_cameras_that_agree_are_surer_than_one() {
    let mut road = Road::new(&["front", "rear"]);
    let truck = road.truck(1, 0);
    road.read("front-1", 150, Some("晋D12345"), "yellow");
    let one = road.associate(&truck);
    // The rear plate comes a truck's length later.
    road.read("rear-1", 860, Some("晋D12345"), "yellow");
    let two = road.associate(&truck);
    assert_eq!((two.state, two.agreeing_cameras), (PlateState::Matched, 2));
    assert!(
        two.wrong_vehicle_ppb < one.wrong_vehicle_ppb,
        "{one:?} {two:?}"
    );
}

#[test]
fn tractor_and_trailer_are_two_fields_and_two_plates_a_doubt() {
    let mut road = Road::new(&["front", "rear"]);
    let truck = road.truck(1, 0);
    road.read("front-1", 50, Some("晋D12345"), "yellow");
    road.read("rear-1", 840, Some("晋D9876挂"), "yellow");
    let found = road.associate(&truck);
    assert_eq!(plate(&found), Some("晋D12345"));
    let trailer = found.trailer.and_then(|read| read.plate);
    assert_eq!(trailer.as_deref(), Some("晋D9876挂"));

    let mut road = Road::new(&["front", "rear"]);
    let truck = road.truck(1, 0);
    road.read("front-1", 50, Some("晋D12345"), "yellow");
    road.read("rear-1", 840, Some("晋D77777"), "yellow");
    let found = road.associate(&truck);
    assert_eq!(found.state, PlateState::Ambiguous);
    assert!(found.doubts.contains(&Doubt::OtherPlate));
}

#[test]
fn look_alikes_are_one_vehicle_and_the_majority_is_chosen() {
    let mut road = Road::new(&["front", "rear"]);
    let truck = road.truck(1, 0);
    road.read("front-1", 40, Some("晋D1234B"), "yellow");
    road.read("front-1", 240, Some("晋D12348"), "yellow");
    road.read("rear-1", 830, Some("晋D12348"), "yellow");
    let found = road.associate(&truck);
    assert_eq!(plate(&found), Some("晋D12348"), "{found:?}");
    assert_eq!(found.variants, ["晋D1234B"]);
}

#[test]
fn a_read_that_another_passage_took_is_not_taken_again() {
    let mut road = Road::new(&["front"]);
    let truck = road.truck(1, 0);
    road.read("front-1", 40, Some("晋D12345"), "yellow");
    road.memory.change_sightings(1, at(0), at(100), |sighting| {
        sighting.taken_by = Some("other".into());
    });
    let found = road.associate(&truck);
    assert_eq!(
        (found.state, found.doubts),
        (PlateState::Ambiguous, vec![Doubt::TakenBefore])
    );
}

#[test]
fn clocks_apart_are_learnt_from_traffic() {
    let mut road = Road::new(&["front"]);
    taught(&mut road, 730);
    let learnt = road.learning.offset(0).unwrap();
    assert!((learnt.offset_us - 730_000).abs() < 20_000, "{learnt:?}");
    assert!(learnt.uncertainty_us < 50_000, "{learnt:?}");
    assert!(learnt.drift_ppb.abs() < 20_000, "{learnt:?}");
    let truck = road.truck(1, 20_000);
    road.read("front-1", 20_740, Some("晋D12345"), "yellow");
    let found = road.associate(&truck);
    assert_eq!(plate(&found), Some("晋D12345"), "{found:?}");
    assert_eq!(found.residual_us.unwrap().abs() / 25_000, 0);
    assert!(found.clock.is_some());
    // What was right before is another's now.
    let truck = road.truck(1, 40_000);
    road.read("front-1", 40_000, Some("晋D54321"), "yellow");
    assert_ne!(road.associate(&truck).state, PlateState::Matched);
}

#[test]
fn a_drift_of_a_hundred_ppm_is_learnt_with_its_offset() {
    let mut road = Road::new(&["front"]);
    for number in 0..200_i64 {
        let millis = -1_200_000 + number * 6_000;
        road.truck(1, millis);
        let scatter = (number * 37) % 100 - 50;
        let late = 100 + (millis + 1_200_000) / 10_000;
        let text = format!("晋D{number:05}");
        road.read("front-1", millis + late + scatter, Some(&text), "yellow");
        if number % 5 == 0 {
            road.learn(millis);
        }
    }
    road.learn(0);
    let learnt = road.learning.offset(0).unwrap();
    assert!((learnt.drift_ppb - 100_000).abs() < 15_000, "{learnt:?}");
    assert!((learnt.offset_us - 220_000).abs() < 20_000, "{learnt:?}");
}

#[test]
fn wrong_pairs_teach_nothing() {
    let mut road = Road::new(&["front"]);
    for number in 0..100_i64 {
        let millis = -600_000 + number * 6_000;
        road.truck(1, millis);
        let text = format!("晋A{number:05}");
        road.read(
            "front-1",
            millis + (number * 1_237) % 5_900 - 2_900,
            Some(&text),
            "blue",
        );
    }
    road.learn(0);
    assert_eq!(road.learning.offset(0), None);
}

#[test]
fn a_flood_is_held_within_bounds() {
    let mut road = Road::new(&["front"]);
    for number in 0..20_000 {
        road.read("front-1", number % 1_000, Some("晋D12345"), "yellow");
        road.truck(1, number % 1_000);
    }
    let (crossings, sightings) = road.memory.held();
    let within = memory::MOST_PER_LANE / 2..=memory::MOST_PER_LANE;
    assert!(within.contains(&crossings) && within.contains(&sightings));
    road.learn(60_000);
    assert!(road.learning.held() <= 2 * 2_048);
}

#[test]
fn a_clock_that_runs_away_is_told_before_it_is_too_far_and_once() {
    let mut road = Road::new(&["front"]);
    for number in 0..200_i64 {
        let millis = -1_200_000 + number * 6_000;
        road.truck(1, millis);
        // 100 ppm, 650 ms by now: 1010 ms in an hour.
        let late = 650 + millis / 10_000;
        let text = format!("晋D{number:05}");
        road.read("front-1", millis + late, Some(&text), "yellow");
        if number % 10 == 0 {
            road.learn(millis);
            let told = road.learning.running_away(Micros::from_millis(1_100));
            assert!(told.is_empty(), "{number}: {told:?}");
        }
    }
    road.learn(0);
    let told = road.learning.running_away(Micros::from_millis(990));
    assert_eq!(told.len(), 1);
    assert!((told[0].1.offset_us - 650_000).abs() < 30_000, "{told:?}");
    assert!(
        road.learning
            .running_away(Micros::from_millis(990))
            .is_empty()
    );
}

#[test]
fn a_clock_that_was_set_is_learnt_anew_from_the_next_few_vehicles() {
    let mut road = Road::new(&["front"]);
    let mut learnt = Vec::new();
    for number in 0..80_i64 {
        let millis = -1_600_000 + number * 20_000;
        road.truck(1, millis);
        let late = if number < 70 { 40 } else { -310 };
        let text = format!("晋D{number:05}");
        let scatter = (number * 37) % 80 - 40;
        road.read("front-1", millis + late + scatter, Some(&text), "yellow");
        road.learn(millis + 1_000);
        learnt.push(road.learning.offset(0).map(|offset| offset.offset_us));
    }
    let near = |number: usize, millis: i64| {
        learnt[number].is_some_and(|us| (us - millis * 1_000).abs() < 40_000)
    };
    assert!((20..70).all(|number| near(number, 40)), "{learnt:?}");
    // Four vehicles, the time until their reads are complete, and the half minute to the next turn.
    assert!((77..80).all(|number| near(number, -310)), "{learnt:?}");
}
