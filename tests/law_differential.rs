//! A second, deliberately plain evaluator of the same rules, written from their text with figures
//! of its own, against the real one on many random vehicles.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use rand::Rng;
use rand::SeedableRng;
use rand::seq::IndexedRandom;
use rand_chacha::ChaCha8Rng;
use steelyard::law::{
    Assessment, LawTables, Measured, Outcome, Scale, ScaleUse, TransportKind, Tyres,
    VehicleCategory, VehicleDescription, VerdictClass, assess,
};
use steelyard::units::{Kilograms, Millimetres, Yuan};

/// Of an ordinary run; `two_evaluators_agree_on_a_million_vehicles` takes more, `mutation/run` says
/// in `STEELYARD_DIFFERENTIAL_VEHICLES` how many fewer.
const VEHICLES: u32 = 60_000;

/// A vehicle with nothing open.
#[derive(Clone, Copy)]
struct Concrete {
    category: VehicleCategory,
    motor: usize,
    driven: usize,
    steered: usize,
    air: bool,
    tyres: Tyres,
}

fn digits(layout: &str) -> Vec<usize> {
    layout
        .chars()
        .filter_map(|c| c.to_digit(10))
        .map(|digit| digit as usize)
        .collect()
}

/// Every way to complete what is known, one flat list.
fn completions(vehicle: &VehicleDescription, n: usize) -> Vec<Concrete> {
    use VehicleCategory::*;
    let mut all = Vec::new();
    let trains = [ArticulatedTrain, CentreAxleTrailerTrain, FullTrailerTrain];
    for category in [
        Truck,
        ArticulatedTrain,
        CentreAxleTrailerTrain,
        FullTrailerTrain,
        LowSpeed,
    ] {
        match vehicle.category {
            Some(known) if known != category => continue,
            None if category == LowSpeed => continue,
            None if vehicle
                .train
                .is_some_and(|train| train != trains.contains(&category)) =>
            {
                continue;
            }
            _ => {}
        }
        for motor in 1..=n {
            let trailer_layout = vehicle.layout.as_deref().filter(|text| text.contains('-'));
            let possible = if !trains.contains(&category) {
                motor == n
            } else if let Some(text) = trailer_layout {
                motor
                    == digits(text.split('-').next().unwrap())
                        .iter()
                        .sum::<usize>()
            } else if category == ArticulatedTrain && vehicle.layout.is_none() {
                (2..=3).contains(&motor) && motor < n
            } else {
                (2..=4).contains(&motor) && motor < n
            };
            if !possible {
                continue;
            }
            let most = if motor == 1 { 1 } else { motor - 1 };
            for driven in 1..=3 {
                let fits = match vehicle.drive_axles {
                    Some(known) => driven == motor.min(known as usize),
                    None => driven <= motor,
                };
                if !fits {
                    continue;
                }
                for steered in 1..=9 {
                    let fits = match &vehicle.layout {
                        Some(text) => steered == digits(text)[0].min(most),
                        None => steered == 1 || (steered == 2 && steered + driven <= motor),
                    };
                    if !fits {
                        continue;
                    }
                    for air in [false, true] {
                        for tyres in [Tyres::Single, Tyres::Dual, Tyres::WideSingle] {
                            if vehicle
                                .drive_air_suspension
                                .is_none_or(|known| known == air)
                                && vehicle.non_drive_tyres.is_none_or(|known| known == tyres)
                            {
                                all.push(Concrete {
                                    category,
                                    motor,
                                    driven,
                                    steered,
                                    air,
                                    tyres,
                                });
                            }
                        }
                    }
                }
            }
        }
    }
    all
}

fn role(c: &Concrete, axle: usize) -> char {
    if axle < c.steered {
        's'
    } else if axle < c.motor && axle + c.driven >= c.motor {
        'd'
    } else {
        'p'
    }
}

fn one(c: &Concrete, axle: usize) -> i64 {
    match (role(c, axle), c.tyres) {
        ('s', _) | ('p', Tyres::Single) => 7_000,
        ('d', _) => 11_500,
        _ => 10_000,
    }
}

/// Limit of one part of a run, `None` when the standard has no class for it.
fn part(c: &Concrete, gaps: &[i64], axles: &[usize]) -> Option<i64> {
    let singly: i64 = axles.iter().map(|axle| one(c, *axle)).sum();
    let table = match axles.len() {
        1 => singly,
        2 => {
            let gap = gaps[axles[0]];
            let trailer = axles[0] >= c.motor;
            let driven = role(c, axles[0]) == 'd' && role(c, axles[1]) == 'd';
            if gap < 1_000 {
                if trailer { 11_000 } else { 11_500 }
            } else if gap < 1_300 {
                16_000
            } else if gap < 1_800 {
                if driven && c.air { 19_000 } else { 18_000 }
            } else {
                20_000
            }
        }
        3 => match gaps[axles[0]].max(gaps[axles[1]]) {
            ..=1_300 => 21_000,
            1_301..=1_400 => 24_000,
            _ => return None,
        },
        _ => return None,
    };
    Some(table.min(singly))
}

/// Limit of a run: every way to cut it, fewest parts first, then the most kilograms.
fn run_limit(c: &Concrete, gaps: &[i64], axles: &[usize]) -> i64 {
    let mut best = (usize::MAX, 0);
    for cuts in 0_u32..(1 << (axles.len() - 1)) {
        let mut parts = vec![vec![axles[0]]];
        for (index, axle) in axles.iter().enumerate().skip(1) {
            if cuts & (1 << (index - 1)) != 0 {
                parts.push(Vec::new());
            }
            parts.last_mut().unwrap().push(*axle);
        }
        let limits: Option<Vec<i64>> = parts.iter().map(|p| part(c, gaps, p)).collect();
        if let Some(limits) = limits {
            let sum = limits.iter().sum();
            if parts.len() < best.0 || (parts.len() == best.0 && sum > best.1) {
                best = (parts.len(), sum);
            }
        }
    }
    best.1
}

/// Every way to read the spacings within the tolerance that the standard could tell apart.
fn readings(spacings: &[Millimetres], tolerance: i64) -> Vec<Vec<i64>> {
    let class = |gap: i64| {
        let two = [1_000, 1_300, 1_800].iter().filter(|b| gap >= **b).count();
        let three = [1_300, 1_400].iter().filter(|b| gap > **b).count();
        (two, three)
    };
    let mut all = vec![Vec::new()];
    for spacing in spacings {
        let mut kept: Vec<i64> = Vec::new();
        for gap in spacing.get() - tolerance..=spacing.get() + tolerance {
            if kept.last().is_none_or(|last| class(*last) != class(gap)) {
                kept.push(gap);
            }
        }
        all = all
            .iter()
            .flat_map(|before: &Vec<i64>| {
                kept.iter().map(|gap| [before.as_slice(), &[*gap]].concat())
            })
            .collect();
    }
    all
}

fn concrete_limit(
    vehicle: &VehicleDescription,
    n: usize,
    c: &Concrete,
    gaps: &[i64],
    tolerance: i64,
) -> Option<i64> {
    let longest = |index: usize| vehicle.axle_spacings_mm[index].get() + tolerance;
    let gaps: Vec<i64> = gaps.to_vec();
    let train = c.category != VehicleCategory::Truck;
    if c.category == VehicleCategory::LowSpeed {
        return vehicle.licence_total_mass_kg.map(Kilograms::get);
    }
    let mut limit = match (train, n) {
        (false, 2) => 18_000,
        (false, 3) => 25_000,
        (false, 4) => 31_000,
        (true, 3) => 27_000,
        (true, 4) => 36_000,
        (true, 5) => 43_000,
        (true, 6..) => {
            if c.driven == 1 {
                46_000
            } else {
                49_000
            }
        }
        _ => return None,
    };
    let articulated = c.category == VehicleCategory::ArticulatedTrain;
    let pair = articulated && n == c.motor + 2;
    if c.air && !train && n == 3 {
        limit = 26_000;
    }
    if c.air && !train && n == 4 {
        let by_distance = match vehicle.body.as_deref() {
            Some(body) if body != "tipper" && gaps.len() == 3 => {
                (0..3).map(longest).sum::<i64>() * 5
            }
            _ => i64::MAX,
        };
        limit = limit.max(by_distance.min(32_000));
    }
    if c.air && pair && n == 4 && (gaps.is_empty() || longest(2) >= 1_800) {
        limit = 37_000;
    }
    let mut runs: Vec<Vec<usize>> = vec![vec![0]];
    for axle in 1..n {
        let close = gaps.get(axle - 1).is_some_and(|gap| *gap < 1_800);
        let alone = runs.last().unwrap().len() == 1;
        if close || (pair && axle == n - 1 && alone) {
            runs.last_mut().unwrap().push(axle);
        } else {
            runs.push(vec![axle]);
        }
    }
    let known = !gaps.is_empty() || n == 1;
    let reduced = |axle: &usize| {
        let grouped = known && runs.iter().any(|run| run.len() > 1 && run.contains(axle));
        let semi_or_full = c.category != VehicleCategory::CentreAxleTrailerTrain;
        role(c, *axle) == 'p' && (grouped || (*axle >= c.motor && semi_or_full))
    };
    if c.tyres == Tyres::Single && (0..n).any(|axle| reduced(&axle)) {
        limit -= 3_000;
    }
    if known {
        limit = limit.min(runs.iter().map(|run| run_limit(c, &gaps, run)).sum());
    }
    Some(limit)
}

fn random_vehicle(random: &mut ChaCha8Rng) -> Assessment {
    use VehicleCategory::*;
    let n: usize = random.random_range(1..=7);
    let gaps = [
        900, 949, 950, 999, 1_000, 1_050, 1_249, 1_250, 1_299, 1_300, 1_301, 1_310, 1_350, 1_351,
        1_400, 1_401, 1_450, 1_451, 1_749, 1_750, 1_799, 1_800, 1_849, 1_850, 1_900,
    ];
    let layouts: &[&str] = match n {
        2 => &["1+1"],
        3 => &["1+2", "1+1-1", "2+1"],
        4 => &["2+2", "1+1-2", "1+2-1", "1+3"],
        5 => &["1+2-2", "1+1-3", "1+1-1+2"],
        6 => &["1+2-3", "1+2-1+2", "2+2-2", "1+1-2+2"],
        7 => &["1+2-2+2"],
        _ => &[],
    };
    let maybe = |random: &mut ChaCha8Rng| random.random_bool(0.85);
    let some_mass = |random: &mut ChaCha8Rng| {
        maybe(random).then(|| Kilograms::new(random.random_range(1_000..60_000)))
    };
    let some_length = |random: &mut ChaCha8Rng, borders: &[i64]| {
        let near = random.random_range(-1..=1);
        random
            .random_bool(0.3)
            .then(|| Millimetres::new(borders.choose(random).unwrap() + near))
    };
    let axle_spacings_mm = if random.random_bool(0.9) {
        (1..n)
            .map(|_| match random.random_range(0..5) {
                0 | 1 => Millimetres::new(random.random_range(1_850..7_000)),
                2 => Millimetres::new(random.random_range(800..1_900)),
                _ => Millimetres::new(*gaps.choose(random).unwrap()),
            })
            .collect()
    } else {
        Vec::new()
    };
    let tyres = [Tyres::Dual, Tyres::Single, Tyres::WideSingle];
    let categories = [
        Truck,
        ArticulatedTrain,
        CentreAxleTrailerTrain,
        FullTrailerTrain,
        LowSpeed,
        Truck,
    ];
    let mut vehicle = VehicleDescription {
        category: maybe(random).then(|| *categories.choose(random).unwrap()),
        train: random.random_bool(0.2).then(|| random.random()),
        axle_spacings_mm,
        drive_axles: maybe(random).then(|| random.random_range(1..=3)),
        drive_air_suspension: maybe(random).then(|| random.random()),
        non_drive_tyres: maybe(random).then(|| *tyres.choose(random).unwrap()),
        layout: layouts
            .choose(random)
            .filter(|_| random.random_bool(0.4))
            .map(|text| (*text).into()),
        body: ["tipper", "box", "refrigerated", "car_carrier"]
            .choose(random)
            .filter(|_| random.random_bool(0.5))
            .map(|b| (*b).into()),
        licence_total_mass_kg: some_mass(random),
        max_total_mass_kg: some_mass(random),
        approved_payload_kg: some_mass(random),
        tare_kg: some_mass(random),
        height_mm: some_length(random, &[4_000, 4_200, 4_500]),
        width_mm: some_length(random, &[2_550, 2_600, 3_000, 3_750]),
        length_mm: some_length(random, &[12_000, 17_100, 18_100, 20_000, 22_000, 28_000]),
        ..VehicleDescription::default()
    };
    // Only what does not contradict itself is judged.
    vehicle.tare_kg = vehicle
        .tare_kg
        .filter(|tare| vehicle.max_total_mass_kg.is_none_or(|most| *tare < most));
    let drawn = vehicle.category.map(VehicleCategory::is_train);
    if vehicle.category.is_some() {
        vehicle.train = None;
    }
    let drawn = drawn.or(vehicle.train);
    let trailer = vehicle.layout.as_ref().map(|layout| layout.contains('-'));
    if drawn
        .zip(trailer)
        .is_some_and(|(drawn, trailer)| drawn != trailer)
    {
        vehicle.layout = None;
    }
    // A layout such as 1+2-3: what stands before the dash is the motor vehicle.
    let motor = vehicle.layout.as_ref().map(|layout| {
        let before = layout.split('-').next().unwrap();
        before.chars().filter_map(|c| c.to_digit(10)).sum::<u32>()
    });
    let most = motor.map_or(n as u8, |motor| motor as u8);
    vehicle.drive_axles = vehicle.drive_axles.map(|driven| driven.min(most));
    let classes = ["0.2", "0.5", "1", "2", "5", "10", "7"];
    let uses = [
        ScaleUse::Platform,
        ScaleUse::OffSite,
        ScaleUse::PreSelection,
    ];
    let scale = random.random_bool(0.5).then(|| Scale {
        purpose: *uses.choose(random).unwrap(),
        accuracy_class: maybe(random).then(|| (*classes.choose(random).unwrap()).to_owned()),
        interval_kg: None,
        certificate: None,
        drift_basis_points: maybe(random).then(|| random.random_range(-200..200)),
    });
    let borders = [
        17_999, 18_001, 19_000, 19_001, 49_000, 50_001, 99_999, 100_000, 109_000,
    ];
    let gross = match random.random_range(0..4) {
        0 => *borders.choose(random).unwrap(),
        _ => random.random_range(0..120_000),
    };
    let axle_loads_kg = (0..n).map(|_| Kilograms::new(gross / 7)).collect();
    let measured = Measured {
        axle_loads_kg,
        gross_kg: Kilograms::new(gross),
        scale,
        spacing_tolerance_mm: random
            .random_bool(0.3)
            .then(|| Millimetres::new(*[0, 20, 50, 150].choose(random).unwrap())),
    };
    Assessment::new("2024-06-01".parse().unwrap(), vehicle, measured)
}

fn plain_enforcement(measured: &Measured) -> Option<i64> {
    let gross = measured.gross_kg.get();
    let Some(scale) = &measured.scale else {
        return Some(gross);
    };
    let tenths_of_per_cent = match scale.accuracy_class.as_deref() {
        Some("0.2") => Some(2),
        Some("0.5") => Some(5),
        Some("1") => Some(10),
        Some("2") => Some(20),
        Some("5") => Some(50),
        Some("10") => Some(100),
        _ => None,
    };
    match (scale.purpose, tenths_of_per_cent) {
        (ScaleUse::Platform, _) | (ScaleUse::PreSelection, None) => Some(gross),
        (ScaleUse::OffSite, None) => None,
        (_, Some(error)) => {
            // The greatest mass that with the whole error still reads no more than the reading.
            let mut mass = gross * 1_000 / (1_000 + error) - 2;
            while (mass + 1) * (1_000 + error) <= gross * 1_000 {
                mass += 1;
            }
            Some(mass)
        }
    }
}

/// The range for the dimensions, `None` when none is over.
fn plain_dimensions(vehicle: &VehicleDescription) -> Option<[i64; 2]> {
    use VehicleCategory::*;
    let body = vehicle.body.as_deref();
    let widest = if body == Some("refrigerated") {
        2_600
    } else {
        2_550
    };
    let may_be = |category| match (vehicle.category, vehicle.train) {
        (Some(known), _) => known == category,
        (None, Some(false)) => category == Truck,
        (None, _) => true,
    };
    let longest = if may_be(CentreAxleTrailerTrain) && body == Some("car_carrier") {
        22_000
    } else if may_be(CentreAxleTrailerTrain) || may_be(FullTrailerTrain) {
        20_000
    } else {
        18_100
    };
    let of = |length: Option<Millimetres>| length.map_or(0, Millimetres::get);
    let (high, wide, long) = (
        of(vehicle.height_mm),
        of(vehicle.width_mm),
        of(vehicle.length_mm),
    );
    if high <= 4_000 && wide <= widest && long <= longest {
        None
    } else if high <= 4_200 && wide <= 3_000 && long <= 20_000 {
        Some([0, 200])
    } else if high <= 4_500 && wide <= 3_750 && long <= 28_000 {
        Some([200, 1_000])
    } else {
        Some([1_000, 3_000])
    }
}

fn plain_percent(overage: i64, limit: i64) -> String {
    // Digit by digit, as on paper, with a third one for the rounding.
    let thousandths = overage * 100_000 / limit;
    let rounded = thousandths / 10 + i64::from(thousandths % 10 >= 5);
    format!("{}.{:02}", rounded / 100, rounded % 100)
}

fn compare(tables: &LawTables, assessment: &Assessment) -> Outcome {
    let verdict = assess(tables, assessment);
    let (vehicle, n) = (&assessment.vehicle, assessment.measured.axle_loads_kg.len());
    let gross = assessment.measured.gross_kg.get();
    assert_eq!(verdict.hundred_ton, gross >= 100_000, "{assessment:?}");
    let mass = plain_enforcement(&assessment.measured);
    let tolerance = assessment.measured.spacing_tolerance_mm;
    let tolerance = tolerance.map_or(50, Millimetres::get);
    let readings = readings(&vehicle.axle_spacings_mm, tolerance);
    let limit = completions(vehicle, n)
        .iter()
        .flat_map(|c| readings.iter().map(move |gaps| (c, gaps)))
        .filter_map(|(c, gaps)| concrete_limit(vehicle, n, c, gaps, tolerance))
        .max();
    let (Some(mass), Some(limit)) = (mass, limit) else {
        assert_eq!(verdict.outcome, Outcome::Undetermined, "{assessment:?}");
        assert!(verdict.class.is_none() && verdict.transport.is_none() && verdict.police.is_none());
        return verdict.outcome;
    };
    assert_eq!(verdict.outcome, Outcome::Assessed, "{assessment:?}");
    let kilograms = |mass: Option<Kilograms>| mass.map(Kilograms::get);
    assert_eq!(
        kilograms(verdict.enforcement_kg),
        Some(mass),
        "{assessment:?}"
    );
    assert_eq!(
        kilograms(verdict.limit_kg),
        Some(limit),
        "{assessment:?}\n{verdict:?}"
    );
    let overage = if mass > limit { mass - limit } else { 0 };
    assert_eq!(
        kilograms(verdict.overage_kg),
        Some(overage),
        "{assessment:?}"
    );
    assert_eq!(
        verdict.overage_percent,
        Some(plain_percent(overage, limit)),
        "{assessment:?}"
    );
    let (kind, yuan, class) = match overage {
        0 => (TransportKind::None, 0, VerdictClass::Clear),
        1..=1_000 => (TransportKind::Warning, 0, VerdictClass::Warning),
        60_000.. => (TransportKind::Fine, 30_000, VerdictClass::Overloaded),
        _ => (
            TransportKind::Fine,
            overage / 1_000 * 500,
            VerdictClass::Overloaded,
        ),
    };
    let dimensions = plain_dimensions(vehicle);
    let class = match (class, dimensions) {
        (VerdictClass::Clear | VerdictClass::Warning, Some(_)) => VerdictClass::Overloaded,
        _ => class,
    };
    let class = if gross >= 100_000 && overage > 0 {
        VerdictClass::HundredTon
    } else {
        class
    };
    let transport = verdict.transport.unwrap();
    assert_eq!(
        (transport.kind, transport.yuan.get()),
        (kind, yuan),
        "{assessment:?}"
    );
    assert_eq!(verdict.class, Some(class), "{assessment:?}");
    let total = dimensions.map(|range| range.map(|each: i64| (each + yuan).min(30_000)));
    assert_eq!(
        transport.total_range_yuan.map(|range| range.map(Yuan::get)),
        total,
        "{assessment:?}"
    );
    let points = vehicle.max_total_mass_kg.map(|most| {
        let most = most.get();
        if mass <= most {
            0
        } else if mass * 10 < most * 13 {
            1
        } else if mass * 10 < most * 15 {
            3
        } else {
            6
        }
    });
    let fine = vehicle
        .tare_kg
        .zip(vehicle.approved_payload_kg)
        .map(|(tare, payload)| {
            let (load, payload) = (mass - tare.get(), payload.get());
            if load <= payload {
                [0, 0]
            } else if load * 10 <= payload * 13 {
                [200, 500]
            } else {
                [500, 2_000]
            }
        });
    let police = verdict.police;
    assert_eq!(
        police.and_then(|police| police.points),
        points,
        "{assessment:?}"
    );
    let range = police.and_then(|police| police.fine_range_yuan);
    assert_eq!(
        range.map(|range| range.map(|yuan| yuan.get())),
        fine,
        "{assessment:?}"
    );
    verdict.outcome
}

/// Compares on so many vehicles, and answers how many of them had a verdict.
fn agree(seed: u64, vehicles: u32) -> u32 {
    let tables = LawTables::embedded().unwrap();
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut assessed = 0;
    for _ in 0..vehicles {
        let assessment = random_vehicle(&mut random);
        assert_eq!(assessment.check(), Ok(()), "{assessment:?}");
        assessed += u32::from(compare(&tables, &assessment) == Outcome::Assessed);
    }
    assessed
}

#[test]
fn two_evaluators_agree_on_random_vehicles() {
    let told = std::env::var("STEELYARD_DIFFERENTIAL_VEHICLES").ok();
    let vehicles = told.map_or(VEHICLES, |told| told.parse().unwrap());
    let assessed = agree(0x5EE1_7A2D, vehicles);
    assert!(
        assessed > vehicles / 2,
        "only {assessed} of {vehicles} had a verdict"
    );
}

/// `cargo test --release --test law_differential -- --ignored` (under a minute once built).
#[test]
#[ignore = "a million vehicles take minutes"]
fn two_evaluators_agree_on_a_million_vehicles() {
    let halves = [1, 2].map(|seed| std::thread::spawn(move || agree(seed, 500_000)));
    let assessed: u32 = halves.into_iter().map(|half| half.join().unwrap()).sum();
    assert!(assessed > 500_000, "only {assessed} had a verdict");
}
