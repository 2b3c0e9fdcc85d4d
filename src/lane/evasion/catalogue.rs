//! How common a pattern of axle groups is: what speaks for one vehicle, and against two in one.
//!
//! Groups are axles closer than [`super::EvasionSettings::group_spacing_mm`]; shares are per mille
//! of all vehicles, cars included. The common ones follow the truck mixes of the published
//! statistics (1-2-3 semis and two-axle trucks lead everywhere); of the rare ones only the order of
//! magnitude matters.

use std::ops::Range;
use std::sync::LazyLock;

use super::view::{Axle, pattern};

/// Pattern and share, per mille.
const PATTERNS: &[(&[usize], f64)] = &[
    (&[1, 1], 370.0),
    (&[1, 2, 3], 270.0),
    (&[1, 2], 130.0),
    (&[2, 2], 40.0),
    (&[1, 2, 2], 40.0),
    (&[1, 2, 3, 3], 40.0),
    (&[1, 1, 2], 30.0),
    (&[2, 1], 15.0),
    (&[1, 1, 1], 12.0),
    (&[1, 1, 3], 10.0),
    (&[1, 2, 2, 2], 10.0),
    (&[1, 2, 1], 3.0),
    (&[1, 2, 2, 3], 2.0),
    (&[1, 2, 3, 2], 2.0),
    (&[1, 3], 1.0),
    (&[2, 3], 1.0),
    (&[1, 1, 1, 1], 0.15),
    (&[1, 2, 1, 1], 0.15),
    (&[1, 2, 1, 2], 0.15),
    (&[2, 2, 2], 0.5),
    (&[2, 2, 3], 0.3),
    (&[1, 1, 1, 2], 0.15),
    (&[2, 1, 1], 0.15),
    (&[2, 1, 2], 0.15),
    (&[2, 1, 3], 0.3),
    (&[1, 1, 3, 3], 0.1),
    (&[1, 1, 2, 2], 0.05),
    (&[1, 2, 1, 3], 0.05),
    (&[1, 2, 4], 0.2),
    (&[1, 1, 4], 0.1),
    (&[1, 4], 0.1),
];
/// Any pattern of two groups or more that is not listed, per mille.
const UNLISTED: f64 = 0.03;
/// Every group beyond the fourth makes it so much rarer.
const FURTHER_GROUP: f64 = 0.3;
/// One group alone is no vehicle; nor is what begins with three axles.
const NO_VEHICLE: f64 = 0.000_5;

/// A pattern as one number, by which it is found quickly: four bits a group, `None` for more or larger
/// groups than that holds.
fn code(pattern: impl IntoIterator<Item = usize>) -> Option<u64> {
    pattern.into_iter().try_fold(0_u64, |code, size| {
        let size = u64::try_from(size).ok().filter(|size| *size < 16)?;
        (code >> 60 == 0).then_some(code << 4 | size)
    })
}

/// The listed patterns by their codes, with the logarithm of their share.
static LISTED: LazyLock<Vec<(u64, f64)>> = LazyLock::new(|| {
    let mut listed: Vec<(u64, f64)> = PATTERNS
        .iter()
        .filter_map(|(pattern, share)| {
            let code = code(pattern.iter().copied())?;
            Some((code, libm::log(share / 1_000.0)))
        })
        .collect();
    listed.sort_by_key(|(code, _)| *code);
    listed
});

/// Log of the share of vehicles with these groups.
pub fn pattern_nats(pattern: &[usize]) -> f64 {
    let listed = code(pattern.iter().copied()).and_then(|code| {
        let at = LISTED.binary_search_by_key(&code, |(code, _)| *code).ok()?;
        LISTED.get(at).map(|(_, nats)| *nats)
    });
    if let Some(nats) = listed {
        return nats;
    }
    let (no_vehicle, unlisted) = *RARE;
    match pattern {
        [] | [_] => no_vehicle,
        [first, ..] if *first > 2 => no_vehicle,
        [_, _] | [_, _, _] | [_, _, _, _] => unlisted,
        _ => {
            let further = pattern.len().saturating_sub(4) as f64;
            let share = UNLISTED * libm::pow(FURTHER_GROUP, further);
            libm::log(share / 1_000.0)
        }
    }
}

/// Logarithms of the shares of what is no vehicle, and of unlisted patterns of up to four groups.
static RARE: LazyLock<(f64, f64)> = LazyLock::new(|| {
    let log = |share: f64| libm::log(share / 1_000.0);
    (log(NO_VEHICLE), log(UNLISTED))
});

/// A car's wheelbase ends about here, mm.
const CAR_WHEELBASE_MM: f64 = 3_050.0;
/// And its gross here, kg.
const CAR_GROSS_KG: f64 = 3_500.0;
/// A van or a light truck of that wheelbase weighs less than this, kg.
const VAN_GROSS_KG: f64 = 5_500.0;
/// Least and most distance of the steering axle to the next single axle or group, mm.
const FIRST_SPACING_MM: Range<f64> = 2_200.0..7_400.0;

/// Log of the share of vehicles with these axles: their groups, and whether the front is one.
pub fn vehicle_nats(axles: &[Axle], limit: f64) -> f64 {
    let pattern = pattern(axles, limit);
    let mut nats = pattern_nats(&pattern);
    let first = pattern.first().filter(|_| pattern.len() > 1);
    let first = first.and_then(|group| axles.get(*group));
    if let Some(spacing) = first.and_then(|axle| axle.spacing) {
        if !FIRST_SPACING_MM.contains(&spacing) {
            nats -= 3.0;
        }
        let gross: Option<f64> = axles.iter().map(|axle| axle.load).sum();
        // Two axles so close are a car's, and a car is not that heavy.
        if let (2, Some(gross)) = (axles.len(), gross)
            && spacing < CAR_WHEELBASE_MM
        {
            nats -= match gross {
                ..CAR_GROSS_KG => 0.0,
                ..VAN_GROSS_KG => 2.0,
                _ => 5.0,
            };
        }
    }
    nats - mixed_nats(axles)
}

/// Heaviest axle of a car, kg.
const CAR_AXLE_KG: f64 = 1_600.0;
/// Lightest load by which an axle is a truck's for certain, kg.
const TRUCK_AXLE_KG: f64 = 2_500.0;

/// What speaks against one vehicle where the first two axles, or the last two, are a car's and
/// others a truck's: a car draws no truck, and few trucks draw what has a car's axles.
fn mixed_nats(axles: &[Axle]) -> f64 {
    let light = |pair: Option<&[Axle]>| {
        pair.is_some_and(|pair| {
            let wheelbase = pair.get(1).and_then(|axle| axle.spacing).unwrap_or(0.0);
            let loads = |axle: &Axle| axle.load.is_some_and(|load| load < CAR_AXLE_KG);
            (2_200.0..CAR_WHEELBASE_MM).contains(&wheelbase) && pair.iter().all(loads)
        })
    };
    let heavy = axles
        .iter()
        .any(|axle| axle.load.is_some_and(|load| load > TRUCK_AXLE_KG));
    if axles.len() < 3 || !heavy {
        return 0.0;
    }
    let front = if light(axles.get(..2)) { 4.0 } else { 0.0 };
    let rear = if light(axles.get(axles.len() - 2..)) {
        2.0
    } else {
        0.0
    };
    front + rear
}

/// Records of a hundred that hold two vehicles.
const MERGED: f64 = 0.01;

/// Log of the likelihood of these axles in a record: one vehicle, or now and then two.
pub fn record_nats(axles: &[Axle], limit: f64) -> f64 {
    let one = vehicle_nats(axles, limit);
    let seams = 2..axles.len().saturating_sub(1);
    let two = seams.map(|second| {
        let (front, rear) = axles.split_at(second.min(axles.len()));
        vehicle_nats(front, limit) + vehicle_nats(rear, limit)
    });
    let two = two.fold(f64::NEG_INFINITY, f64::max);
    if two.is_finite() {
        super::score::mixture(one, two, MERGED)
    } else {
        one
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_drives_every_day_is_likelier_than_what_does_not() {
        assert!(pattern_nats(&[1, 2, 3]) > pattern_nats(&[1, 2, 1, 1]));
        assert!(pattern_nats(&[1, 2, 1, 1]) > pattern_nats(&[1, 2, 3, 1, 2, 3]));
        assert!(pattern_nats(&[1, 2, 3, 1, 2, 3]) > pattern_nats(&[3]));
        assert!(pattern_nats(&[]) <= pattern_nats(&[3, 1]));
        let all: f64 = PATTERNS.iter().map(|(_, share)| share).sum();
        assert!((900.0..=1_000.0).contains(&all), "{all}");
    }
}
