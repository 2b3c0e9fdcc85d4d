//! Traffic for the tests: plain vehicles and every manoeuvre, with scatter drawn anew for each seed.

use crate::lane::evasion::EvasionSettings;
use crate::passage::{
    AxleDoubt, AxleLoad, EvasionKind, PartialAxle, PassageKind, PlateRead, RawBytes,
    TravelDirection, Weighing, passage_id,
};
use crate::simulator::dice::Dice;
use crate::units::{Kilograms, Micros, Millimetres, TenthKmh, TenthMs2};

/// 2026-11-24T00:00:00Z.
const START: i64 = 1_795_478_400_000_000;

/// A record with what was done and read.
#[derive(Debug, Clone)]
pub struct Passed {
    pub weighing: Weighing,
    pub reads: Vec<PlateRead>,
    pub truth: Option<EvasionKind>,
}

/// The scatter of a site, drawn for a seed within what the brief of a real one would say.
#[derive(Debug, Clone, Copy)]
struct Site {
    share_between: f64,
    share_within: f64,
    axle_error: f64,
    gross_error: f64,
    speed_error: f64,
    acceleration: f64,
    spacing_error: f64,
    crossfall: f64,
    clocks_us: f64,
}

/// A vehicle as it is: loads and spacings in kg and mm.
#[derive(Debug, Clone)]
pub struct Truck {
    pub loads: Vec<f64>,
    pub spacings: Vec<f64>,
    share: f64,
    overhang: f64,
}

/// What the axles of a record come from.
#[derive(Debug, Clone)]
struct Wheel {
    left: Option<f64>,
    right: Option<f64>,
    spacing: Option<f64>,
    /// km/h.
    speed: f64,
}

pub struct Traffic {
    pub dice: Dice,
    pub lanes: u16,
    site: Site,
    sequence: u64,
    /// Sides, speeds and acceleration as `olr` has them; else loads and the vehicle's speed only.
    pub olr: bool,
}

type Range = (f64, f64);

/// Groups with the spacing to the group before, and within; gross range; share of the load by axle;
/// share of the vehicles.
type VehicleType = (
    &'static [usize],
    &'static [Range],
    Range,
    &'static [f64],
    f64,
);

const TYPES: &[VehicleType] = &[
    (
        &[1, 1],
        &[(2_500.0, 2_900.0)],
        (1_100.0, 2_400.0),
        &[0.52, 0.48],
        30.0,
    ),
    (
        &[1, 1],
        &[(3_300.0, 6_300.0)],
        (4_000.0, 17_000.0),
        &[0.40, 0.60],
        20.0,
    ),
    (
        &[1, 2],
        &[(3_400.0, 6_000.0)],
        (9_000.0, 27_000.0),
        &[0.30, 0.35, 0.35],
        6.0,
    ),
    (
        &[1, 1, 1],
        &[(3_200.0, 4_200.0), (4_500.0, 8_000.0)],
        (9_000.0, 24_000.0),
        &[0.28, 0.40, 0.32],
        1.0,
    ),
    (
        &[2, 2],
        &[(2_700.0, 4_300.0)],
        (14_000.0, 36_000.0),
        &[0.22, 0.22, 0.28, 0.28],
        5.0,
    ),
    (
        &[1, 1, 2],
        &[(3_200.0, 4_000.0), (5_000.0, 8_500.0)],
        (12_000.0, 32_000.0),
        &[0.25, 0.33, 0.21, 0.21],
        3.0,
    ),
    (
        &[1, 2, 2],
        &[(3_000.0, 4_400.0), (5_000.0, 8_600.0)],
        (15_000.0, 43_000.0),
        &[0.19, 0.20, 0.20, 0.2, 0.21],
        4.0,
    ),
    (
        &[1, 2, 3],
        &[(3_000.0, 4_700.0), (5_500.0, 8_000.0)],
        (15_000.0, 60_000.0),
        &[0.15, 0.19, 0.19, 0.15, 0.16, 0.16],
        28.0,
    ),
    (
        &[1, 1, 3],
        &[(3_200.0, 4_200.0), (5_500.0, 8_000.0)],
        (14_000.0, 45_000.0),
        &[0.2, 0.26, 0.18, 0.18, 0.18],
        2.0,
    ),
];

impl Traffic {
    pub fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed, 77);
        let site = Site {
            share_between: dice.uniform(0.02, 0.04),
            share_within: dice.uniform(0.012, 0.03),
            axle_error: dice.uniform(0.02, 0.05),
            gross_error: dice.uniform(0.01, 0.03),
            speed_error: dice.uniform(0.004, 0.01),
            acceleration: dice.uniform(0.1, 0.35),
            spacing_error: dice.uniform(0.002, 0.006),
            crossfall: dice.uniform(0.48, 0.52),
            clocks_us: dice.uniform(3_000.0, 40_000.0),
        };
        Self {
            dice,
            lanes: 3,
            site,
            sequence: 0,
            olr: true,
        }
    }

    pub fn settings(&self) -> EvasionSettings {
        EvasionSettings {
            lanes: self.lanes,
            ..EvasionSettings::default()
        }
    }

    /// Scatter of the shares within and between vehicles, of axle speeds, and of accelerations.
    pub fn scatter(&self) -> (f64, f64, f64, f64) {
        let site = &self.site;
        (
            site.share_within,
            site.share_between,
            site.speed_error,
            site.acceleration,
        )
    }

    pub fn truck(&mut self) -> Truck {
        let all: f64 = TYPES.iter().map(|kind| kind.4).sum();
        let mut draw = self.dice.uniform(0.0, all);
        let found = TYPES.iter().find(|kind| {
            draw -= kind.4;
            draw < 0.0
        });
        self.truck_of(found.unwrap_or(&TYPES[0]))
    }

    fn truck_of(&mut self, kind: &(&[usize], &[Range], Range, &[f64], f64)) -> Truck {
        let (groups, between, gross, shares, _) = kind;
        let gross = self.dice.uniform(gross.0, gross.1);
        let mut loads: Vec<f64> = shares
            .iter()
            .map(|share| gross * share * self.dice.normal_within(1.0, 0.07, 0.75, 1.25))
            .collect();
        let sum: f64 = loads.iter().sum();
        loads.iter_mut().for_each(|load| *load *= gross / sum);
        let mut spacings = Vec::new();
        for (index, axles) in groups.iter().enumerate() {
            if let Some((low, high)) = index.checked_sub(1).and_then(|index| between.get(index)) {
                spacings.push(self.dice.uniform(*low, *high));
            }
            let within = if index == 0 {
                1_850.0
            } else {
                self.dice.uniform(1_290.0, 1_370.0)
            };
            spacings.extend(std::iter::repeat_n(within, axles - 1));
        }
        let share = self
            .dice
            .normal(self.site.crossfall, self.site.share_between);
        Truck {
            loads,
            spacings,
            share,
            overhang: self.dice.uniform(2_000.0, 4_500.0),
        }
    }

    /// The axles as they roll over the sensors at constant speed.
    fn wheels(&mut self, truck: &Truck, kmh: f64) -> Vec<Wheel> {
        let gross = self.dice.normal(1.0, self.site.gross_error);
        truck
            .loads
            .iter()
            .enumerate()
            .map(|(index, load)| {
                let load = load * gross * self.dice.normal(1.0, self.site.axle_error);
                let share = truck.share + self.dice.normal(0.0, self.site.share_within);
                let spacing = index
                    .checked_sub(1)
                    .and_then(|before| truck.spacings.get(before));
                Wheel {
                    left: Some(load * share),
                    right: Some(load * (1.0 - share)),
                    spacing: spacing
                        .map(|spacing| spacing * self.dice.normal(1.0, self.site.spacing_error)),
                    speed: kmh,
                }
            })
            .collect()
    }

    /// Speeds of the axles under an acceleration, m/s², from the first axle's speed.
    fn accelerate(wheels: &mut [Wheel], ms2: f64) {
        let mut way = 0.0;
        let first = wheels.first().map_or(0.0, |wheel| wheel.speed) / 3.6;
        for wheel in wheels {
            way += wheel.spacing.unwrap_or(0.0) / 1_000.0;
            let squared: f64 = first * first + 2.0 * ms2 * way;
            wheel.speed = squared.max(0.02).sqrt() * 3.6;
        }
    }

    /// The record of these wheels.
    fn record(&mut self, lane: u16, at: f64, wheels: &[Wheel], ms2: f64, length: f64) -> Weighing {
        self.sequence += 1;
        let port = format!("wim-{lane}");
        let clock = self.dice.normal(0.0, self.site.clocks_us);
        let crossed_at = Micros::from_millis((START + at as i64 + clock as i64) / 1_000);
        let mean = wheels.iter().map(|wheel| wheel.speed).sum::<f64>() / wheels.len() as f64;
        let base: f64 = wheels.iter().filter_map(|wheel| wheel.spacing).sum();
        let took = base * 3_600.0 / mean.max(0.5) + self.dice.uniform(150_000.0, 500_000.0);
        let received_at = Micros::new(crossed_at.get() + took as i64);
        let kilograms = |load: f64| Kilograms::new((load / 10.0).round().max(0.0) as i64 * 10);
        let mut axles = Vec::new();
        let mut partial = Vec::new();
        for (index, wheel) in wheels.iter().enumerate() {
            let speed = wheel.speed * self.dice.normal(1.0, self.site.speed_error);
            let speed = TenthKmh::new((speed * 10.0).round().max(0.0) as i64);
            let spacing = wheel.spacing.filter(|_| index > 0);
            let spacing_mm = spacing.map(|mm| Millimetres::new((mm / 10.0).round() as i64 * 10));
            let (left, right) = (wheel.left.map(kilograms), wheel.right.map(kilograms));
            partial.push(PartialAxle {
                load_kg: left
                    .zip(right)
                    .map(|(left, right)| left.saturating_add(right)),
                left_kg: left.filter(|_| self.olr),
                right_kg: right.filter(|_| self.olr),
                spacing_mm,
                speed_tenth_kmh: Some(speed).filter(|_| self.olr),
                doubt: left.zip(right).is_none().then_some(AxleDoubt::BesideSensor),
            });
            let load_kg = match (left, right) {
                (Some(left), Some(right)) => left.saturating_add(right),
                (one, other) if !self.olr => one.or(other).unwrap_or(Kilograms::ZERO),
                _ => continue,
            };
            axles.push(AxleLoad {
                load_kg,
                left_kg: left.filter(|_| self.olr),
                right_kg: right.filter(|_| self.olr),
                spacing_mm,
                speed_tenth_kmh: Some(speed).filter(|_| self.olr),
                doubt: None,
            });
        }
        if axles.len() == wheels.len() {
            partial.clear();
        } else {
            axles.clear();
        }
        let stated = ms2 + self.dice.normal(0.0, 0.15);
        Weighing {
            passage_id: passage_id("ST1", &port, crossed_at, Some(self.sequence)),
            station: "ST1".into(),
            port: port.clone(),
            protocol: if self.olr { "olr" } else { "wim_text_mon" }.into(),
            lane,
            kind: PassageKind::Dynamic,
            sequence: Some(self.sequence),
            device_time: None,
            crossed_at,
            received_at,
            direction: Some(TravelDirection::Forward),
            speed_tenth_kmh: Some(TenthKmh::new((mean * 10.0).round() as i64)),
            acceleration_tenth_ms2: self
                .olr
                .then_some(TenthMs2::new((stated * 10.0).round() as i64)),
            length_mm: Some(Millimetres::new((base + length) as i64)),
            gross_kg: axles.iter().map(|axle| axle.load_kg).sum(),
            axles,
            partial_axles: partial,
            flags: Vec::new(),
            weight_trusted: true,
            agreeing_frames: None,
            drift_basis_points: None,
            raw: raw(&port, self.sequence as i64),
        }
    }

    fn read(
        &mut self,
        weighing: &Weighing,
        camera: &str,
        plate: Option<&str>,
        sure: bool,
    ) -> PlateRead {
        PlateRead {
            plate: plate.map(str::to_owned),
            colour: plate.map(|_| "yellow".to_owned()),
            confidence: match (plate, sure) {
                (Some(_), _) => Some(96),
                (None, true) => Some(self.dice.uniform(82.0, 99.0) as u8),
                (None, false) => None,
            },
            lane: weighing.lane,
            seen_at: weighing.crossed_at,
            time_vouched: true,
            checked: true,
            raw: raw(
                &format!("{camera}-{}", weighing.lane),
                weighing.crossed_at.get(),
            ),
        }
    }

    /// A vehicle that passes at a moment (us) and speed, doing what it does.
    pub fn pass(&mut self, lane: u16, at: f64, kmh: f64, kind: Option<EvasionKind>) -> Vec<Passed> {
        use EvasionKind::*;
        let truck = match kind {
            Some(LiftAxle | Weaving) => loop {
                let truck = self.truck();
                if truck.loads.len() > 2 && truck.loads.iter().sum::<f64>() > 9_000.0 {
                    break truck;
                }
            },
            Some(
                Braking | Surging | Straddling | OneSideOff | StopAndGo | SplitRecord | Reversing,
            ) => loop {
                let truck = self.truck();
                if truck.loads.iter().sum::<f64>() > 5_000.0 {
                    break truck;
                }
            },
            _ => self.truck(),
        };
        let plain = self.dice.normal(0.0, self.site.acceleration);
        let mut wheels = self.wheels(&truck, kmh);
        Self::accelerate(&mut wheels, plain);
        let length = truck.overhang;
        let mut records = match kind {
            Some(Straddling) => return self.straddle(lane, at, &wheels, plain, length),
            Some(OneSideOff) => {
                let from = if self.dice.chance(0.7) {
                    0
                } else {
                    wheels.len() / 4
                };
                let (left, gone) = (lane == 1, self.dice.chance(0.6));
                let rest = self.dice.uniform(0.0, 0.1);
                for wheel in wheels.iter_mut().skip(from) {
                    let side = if left {
                        &mut wheel.left
                    } else {
                        &mut wheel.right
                    };
                    *side = side.filter(|_| !gone).map(|load| load * rest);
                }
                let lane = if left { 1 } else { self.lanes };
                vec![self.record(lane, at, &wheels, plain, length)]
            }
            Some(Braking) => {
                let ms2 = -self.dice.uniform(1.2, 4.0);
                Self::accelerate(&mut wheels, ms2);
                vec![self.record(lane, at, &wheels, ms2, length)]
            }
            Some(Surging) => {
                let ms2 = self.dice.uniform(1.0, 2.5);
                Self::accelerate(&mut wheels, ms2);
                if wheels.len() > 2 && self.dice.chance(0.6) {
                    let axle = self.dice.below(wheels.len() - 1) + 1;
                    let light = self.dice.uniform(0.3, 0.7);
                    let scale =
                        |load: &mut Option<f64>, by: f64| *load = load.map(|load| load * by);
                    scale(&mut wheels[axle].left, light);
                    scale(&mut wheels[axle].right, light);
                }
                vec![self.record(lane, at, &wheels, ms2, length)]
            }
            Some(Weaving) => {
                let swing = self.dice.uniform(0.10, 0.25);
                let wave = self.dice.uniform(6_000.0, 16_000.0);
                let phase = self.dice.uniform(0.0, std::f64::consts::TAU);
                let mut way = 0.0;
                for wheel in &mut wheels {
                    way += wheel.spacing.unwrap_or(0.0);
                    let load = wheel.left.unwrap_or(0.0) + wheel.right.unwrap_or(0.0);
                    let share = wheel.left.unwrap_or(0.0) / load;
                    let share = share + swing * (way / wave * std::f64::consts::TAU + phase).sin();
                    wheel.left = Some(load * share);
                    wheel.right = Some(load * (1.0 - share));
                }
                vec![self.record(lane, at, &wheels, plain, length)]
            }
            Some(StopAndGo) => {
                let stop = self.dice.below(wheels.len());
                for (index, wheel) in wheels.iter_mut().enumerate() {
                    let from = index.abs_diff(stop) as f64;
                    wheel.speed = self.dice.uniform(0.2, 2.5) + from * self.dice.uniform(3.5, 6.0);
                }
                let mut record = self.record(lane, at, &wheels, 0.0, length);
                let stood = self.dice.uniform(2.0, 20.0) * 1e6;
                record.received_at = Micros::new(record.received_at.get() + stood as i64);
                vec![record]
            }
            Some(Creeping) => {
                let slow = self.dice.uniform(1.5, 4.8);
                wheels.iter_mut().for_each(|wheel| wheel.speed = slow);
                vec![self.record(lane, at, &wheels, 0.0, length)]
            }
            Some(Reversing) => {
                let back = 1 + self.dice.below((wheels.len() - 1).max(1));
                let slow = self.dice.uniform(3.0, 9.0);
                wheels.iter_mut().for_each(|wheel| wheel.speed = slow);
                let again = self.wheels(&truck, slow);
                let count = wheels.len();
                wheels[count - 1].speed = self.dice.uniform(0.3, 2.5);
                for step in 0..back {
                    let index = count - 1 - step;
                    let mut wheel = again[index].clone();
                    wheel.spacing = match step {
                        0 => Some(self.dice.uniform(100.0, 1_500.0)),
                        _ => again[index + 1].spacing,
                    };
                    wheel.speed = if step == 0 {
                        self.dice.uniform(0.3, 2.5)
                    } else {
                        slow
                    };
                    wheels.push(wheel);
                }
                vec![self.record(lane, at, &wheels, 0.0, length)]
            }
            Some(MergedRecord) => {
                let second = self.truck();
                let gap = self.dice.uniform(3_800.0, 9_000.0);
                let speed = kmh * self.dice.normal_within(1.0, 0.03, 0.9, 1.1);
                let mut behind = self.wheels(&second, speed);
                behind[0].spacing = Some(gap);
                wheels.extend(behind);
                vec![self.record(lane, at, &wheels, plain, length)]
            }
            Some(SplitRecord) => {
                let cuts: Vec<usize> = (1..wheels.len())
                    .filter(|index| wheels[*index].spacing.is_some_and(|mm| mm > 2_100.0))
                    .filter(|index| wheels.len() == 2 || (*index > 1 || self.dice.chance(0.3)))
                    .collect();
                let cut = cuts.get(self.dice.below(cuts.len())).copied().unwrap_or(1);
                let (front, rear) = wheels.split_at(cut);
                let way: f64 = wheels[..=cut]
                    .iter()
                    .filter_map(|wheel| wheel.spacing)
                    .sum();
                let later = at + way * 3_600.0 / kmh;
                let one = self.record(lane, at, front, plain, 1_200.0);
                let other = self.record(lane, later, rear, plain, 1_500.0);
                vec![one, other]
            }
            Some(LiftAxle) => {
                let groups: Vec<usize> = (1..wheels.len())
                    .filter(|index| wheels[*index].spacing.is_some_and(|mm| mm < 1_500.0))
                    .collect();
                let axle = groups
                    .get(self.dice.below(groups.len()))
                    .copied()
                    .unwrap_or(1);
                let inner = (1..wheels.len() - 1).find(|index| {
                    let near = |index: usize| wheels[index].spacing.is_some_and(|mm| mm < 1_500.0);
                    near(*index) && near(index + 1)
                });
                match inner.filter(|_| self.dice.chance(0.4)) {
                    Some(inner) => {
                        let gone = wheels.remove(inner);
                        let behind = &mut wheels[inner];
                        behind.spacing = behind.spacing.zip(gone.spacing).map(|(a, b)| a + b);
                    }
                    None => {
                        let load = self.dice.uniform(50.0, 650.0);
                        wheels[axle].left = Some(load / 2.0);
                        wheels[axle].right = Some(load / 2.0);
                    }
                }
                for wheel in &mut wheels {
                    let heavier = |load: Option<f64>| load.map(|load| load * 1.3);
                    wheel.left = heavier(wheel.left);
                    wheel.right = heavier(wheel.right);
                }
                vec![self.record(lane, at, &wheels, plain, length)]
            }
            Some(WrongWay) => {
                let speeds: Vec<f64> = wheels.iter().map(|wheel| wheel.speed).collect();
                let spacings: Vec<_> = wheels.iter().skip(1).rev().map(|w| w.spacing).collect();
                wheels.reverse();
                for (index, wheel) in wheels.iter_mut().enumerate() {
                    wheel.speed = speeds[index];
                    wheel.spacing = index.checked_sub(1).and_then(|before| spacings[before]);
                }
                let mut record = self.record(lane, at, &wheels, plain, length);
                record.direction = Some(TravelDirection::Reverse);
                vec![record]
            }
            _ => vec![self.record(lane, at, &wheels, plain, length)],
        };
        let sure = matches!(kind, Some(PlateCovered | PlateMissing));
        let plate = format!("晋D{:05}", self.dice.below(99_999));
        records
            .drain(..)
            .enumerate()
            .map(|(index, weighing)| {
                let mut reads = Vec::new();
                if index == 0 {
                    for camera in ["plate", "rear"] {
                        let read = (!sure && self.dice.chance(0.87)).then_some(plate.as_str());
                        reads.push(self.read(&weighing, camera, read, sure));
                    }
                    if kind == Some(PlateCovered) {
                        reads[0].colour = Some("yellow".into());
                    }
                }
                Passed {
                    weighing,
                    reads,
                    truth: kind,
                }
            })
            .collect()
    }

    fn straddle(
        &mut self,
        lane: u16,
        at: f64,
        wheels: &[Wheel],
        ms2: f64,
        length: f64,
    ) -> Vec<Passed> {
        let (low, high) = if lane < self.lanes {
            (lane, lane + 1)
        } else {
            (lane - 1, lane)
        };
        let side = |left: bool| -> Vec<Wheel> {
            let half = |wheel: &Wheel| Wheel {
                left: wheel.left.filter(|_| left),
                right: wheel.right.filter(|_| !left),
                ..wheel.clone()
            };
            wheels.iter().map(half).collect()
        };
        let mut halves = vec![(low, side(true)), (high, side(false))];
        if self.olr && self.dice.chance(0.15) {
            halves.remove(self.dice.below(2));
        }
        halves
            .iter()
            .map(|(lane, wheels)| {
                let later = self.dice.uniform(-20_000.0, 20_000.0);
                let weighing = self.record(*lane, at + later, wheels, ms2, length);
                Passed {
                    weighing,
                    reads: Vec::new(),
                    truth: Some(EvasionKind::Straddling),
                }
            })
            .collect()
    }

    /// So many vehicles over all lanes in order of time; of each kind given, so many per thousand.
    pub fn stream(
        &mut self,
        vehicles: usize,
        kinds: &[EvasionKind],
        per_mille: f64,
    ) -> Vec<Passed> {
        let mut at = vec![0.0; usize::from(self.lanes)];
        let mut all = Vec::new();
        let usual = self.dice.uniform(35.0, 80.0);
        for _ in 0..vehicles {
            let lane = self.dice.below(usize::from(self.lanes));
            at[lane] += (1.2 + self.dice.exponential(8.0)) * 1e6;
            let kmh = (usual * self.dice.normal_within(1.0, 0.12, 0.5, 1.5)).max(12.0);
            let draw = self.dice.uniform(0.0, 1_000.0);
            let kind = kinds.get((draw / per_mille) as usize).copied();
            // A vehicle that stands keeps those behind it back.
            let passed = self.pass(lane as u16 + 1, at[lane], kmh, kind);
            if matches!(
                kind,
                Some(EvasionKind::StopAndGo | EvasionKind::Creeping | EvasionKind::Reversing)
            ) {
                at[lane] += 25e6;
            }
            all.extend(passed);
        }
        all.sort_by_key(|passed| passed.weighing.crossed_at);
        all
    }
}

fn raw(port: &str, offset: i64) -> RawBytes {
    RawBytes {
        port: port.to_owned(),
        offset,
        length: 1,
        received_at: Micros::ZERO,
        sha256: String::new(),
        base64: String::new(),
    }
}
