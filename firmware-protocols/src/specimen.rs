//! What devices might say: the raw material of tests, benchmarks, the damage table and simulators.
//!
//! Everything here is a function of a number: the same number, the same specimen. A protocol takes
//! what it can carry and leaves out the rest.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::vec;
use alloc::vec::Vec;

use crate::{
    Axle, Decimal, DeviceTime, Direction, Picture, Plate, PlateColour, Reading, Unit, Vehicle,
    VehicleFlag,
};

/// One step of SplitMix64: a number that looks like chance.
pub fn scatter(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A weight of up to so many digits, sometimes negative where the protocol has a sign; multiples of
/// `step`, as a scale shows them.
pub fn weight(number: u64, digits: u32, decimals: u8, step: i64, signed: bool) -> Decimal {
    let limit = 10_u64.pow(digits.min(9)) / step.unsigned_abs().max(1);
    let magnitude = (scatter(number) % limit) as i64 * step;
    let negative = signed && number % 5 == 4;
    Decimal::new(if negative { -magnitude } else { magnitude }, decimals)
}

/// A reading that says everything; not out of range.
pub fn reading(number: u64, value: Decimal) -> Reading {
    Reading {
        value: Some(value),
        tare: Some(Decimal::new(0, value.decimals)),
        unit: Some(Unit::Kilogram),
        stable: Some(number.is_multiple_of(3)),
        net: Some(number.is_multiple_of(2)),
        overload: Some(false),
        underload: Some(false),
        channel: None,
        decks: Vec::new(),
        checked: true,
    }
}

/// A moment in March 2025, a minute later for each number, to the millisecond.
pub fn time(number: u64, utc: bool) -> Option<DeviceTime> {
    let minutes = (number % 500_000) as i64;
    DeviceTime::from_micros(1_741_940_127_318_000 + minutes * 61_001_000, utc)
}

/// A vehicle of two to six axles; with wheel loads, flags and a station name, or without.
pub fn vehicle(number: u64, utc: bool, wheels: bool) -> Vehicle {
    let index = (number % 200) as i64;
    let axles: Vec<_> = (0..2 + index % 5)
        .map(|axle| {
            let (left, right) = (2_000 + 37 * index + axle, 2_100 + 11 * index);
            Axle {
                load_kg: Some(left + right),
                left_kg: wheels.then_some(left),
                right_kg: wheels.then_some(right),
                spacing_mm: (axle > 0).then_some(1_300 + 450 * axle),
                ..Axle::default()
            }
        })
        .collect();
    Vehicle {
        station: wheels.then(|| "ST0042".to_owned()),
        sequence: Some(1_718 + number % 1_000_000),
        time: time(number, utc),
        lane: Some(1 + (index % 4) as u16),
        direction: Some(if index % 2 == 0 {
            Direction::Forward
        } else {
            Direction::Reverse
        }),
        speed_tenth_kmh: Some(10 * (20 + index % 80)),
        acceleration_tenth_ms2: None,
        length_mm: Some(19_000),
        gross_kg: Some(axles.iter().filter_map(|axle| axle.load_kg).sum()),
        axles,
        groups: Vec::new(),
        flags: if wheels && index % 3 == 0 {
            vec![VehicleFlag::Braking, VehicleFlag::TooClose]
        } else {
            vec![]
        },
        confidence: wheels.then_some(95),
        checked: wheels,
    }
}

/// A plate read; now and then without a plate.
pub fn plate(number: u64) -> Plate {
    let index = (number % 90_000) as usize;
    Plate {
        plate: (index % 5 != 4).then(|| format!("京A{:05}", (12_345 + 7 * index) % 100_000)),
        colour: PlateColour::ALL.get(index % 6).copied(),
        confidence: Some((97 - index % 60) as u8),
        time: time(number, true),
        lane: Some(1 + (index % 4) as u16),
        checked: true,
        ..Plate::default()
    }
}

/// A small thing that begins and ends like a JPEG.
pub fn picture(number: u64) -> Picture {
    let length = 54 + 37 * (number % 24);
    let mut jpeg = vec![0xFF, 0xD8, 0xFF, 0xE0];
    // Bytes below 50 hex: no marks of a camera's protocol in the picture.
    jpeg.extend((0..length).map(|at| (scatter(number * 4_096 + at) % 0x50) as u8));
    jpeg.extend([0xFF, 0xD9]);
    Picture { jpeg }
}
