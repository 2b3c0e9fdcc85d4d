//! Any protocol of the registry, spoken by a simulated device.
//!
//! Formats differ in what they can say: decimals, wheel loads, steps of 10 or 100 kg, a lane. A
//! simulated device says as much of the truth as its format has place for, and no more.

use firmware_protocols::registry::Protocol;
use firmware_protocols::{
    Axle, AxleGroup, Decimal, DeviceTime, EncodeError, Event, Plate, Reading, Settings, Vehicle,
};

/// The code of a group of one axle with single tyres, where formats have codes of groups.
const SINGLE_AXLE: u8 = 1;

/// More decimals than this no truck scale shows.
const DECIMALS: u8 = 3;

/// The frame of a reading.
///
/// # Errors
/// When the format has no place for such a weight at all.
pub fn reading(
    protocol: &Protocol,
    settings: &Settings,
    reading: &Reading,
) -> Result<Vec<u8>, EncodeError> {
    // As a format asks for it: with a tare or without, with the number of the scale or without, and
    // without a unit at last, which the station then has to know.
    let forms = [reading.unit, None].into_iter().flat_map(|unit| {
        let forms = [
            (true, None),
            (false, None),
            (true, Some(1)),
            (false, Some(1)),
        ];
        forms.into_iter().flat_map(move |(with_tare, channel)| {
            (0..=DECIMALS).map(move |more| (unit, with_tare, channel, more))
        })
    });
    first_that_fits(forms.map(|(unit, with_tare, channel, more)| {
        let scaled = |number: Decimal| {
            let factor = 10_i64.pow(u32::from(more));
            Decimal::new(number.digits.saturating_mul(factor), number.decimals + more)
        };
        let said = Reading {
            value: reading.value.map(scaled),
            tare: reading.tare.map(scaled).filter(|_| with_tare),
            channel: reading.channel.or(channel),
            unit,
            ..reading.clone()
        };
        (protocol.encoder)(&Event::Reading(said), settings)
    }))
}

/// The record of a vehicle. `local` is the same moment as the time of the vehicle, on a clock
/// without a zone.
///
/// # Errors
/// When the format has no place for such a vehicle at all: `fhwa_w` counts in pounds, tenths of a
/// foot and whole hours, which no simulated vehicle does.
pub fn vehicle(
    protocol: &Protocol,
    settings: &Settings,
    vehicle: &Vehicle,
    local: Option<DeviceTime>,
) -> Result<Vec<u8>, EncodeError> {
    let forms = [1, 10, 100].into_iter().flat_map(|step_kg| {
        [true, false].into_iter().flat_map(move |wheels| {
            CLOCKS.into_iter().flat_map(move |clock| {
                GROUPS
                    .into_iter()
                    .flat_map(move |groups| [true, false].map(|directed| (groups, directed)))
                    .flat_map(move |form| [false, true].map(|wraps| (form, wraps)))
                    .map(move |(form, wraps)| (step_kg, wheels, clock, form, wraps))
            })
        })
    });
    first_that_fits(
        forms.map(|(step_kg, wheels, clock, (groups, directed), wraps)| {
            let mut said = rounded(vehicle, step_kg);
            if !wheels {
                for axle in &mut said.axles {
                    (axle.left_kg, axle.right_kg) = (None, None);
                }
                said.flags.clear();
                said.confidence = None;
                said.station = None;
            }
            said.time = match clock {
                Clock::Utc => said.time,
                Clock::Local => local,
                Clock::LocalSeconds => local.and_then(|time| {
                    DeviceTime::from_micros(time.micros() / 1_000_000 * 1_000_000, false)
                }),
            };
            if said.groups.is_empty() {
                said.groups = single_groups(&said.axles, groups);
            }
            if !directed {
                said.direction = None;
            }
            if wraps && let Some(tenths) = said.speed_tenth_kmh {
                // A speed of whole decimetres a second, and what that is in tenths of km/h.
                let decimetres = (tenths * 10 + 18) / 36;
                said.speed_tenth_kmh = Some((decimetres * 36 + 5) / 10);
            }
            if wraps {
                said.sequence = said.sequence.map(|number| number % 256);
            }
            (protocol.encoder)(&Event::Vehicle(said), settings)
        }),
    )
}

/// What a device's clock shows.
#[derive(Clone, Copy)]
enum Clock {
    Utc,
    Local,
    LocalSeconds,
}

const CLOCKS: [Clock; 3] = [Clock::Utc, Clock::Local, Clock::LocalSeconds];

/// What a format says of groups of axles.
#[derive(Clone, Copy)]
enum Groups {
    None,
    Kinds,
    Loads,
}

const GROUPS: [Groups; 3] = [Groups::None, Groups::Kinds, Groups::Loads];

/// Each axle as a group of its own.
fn single_groups(axles: &[Axle], groups: Groups) -> Vec<AxleGroup> {
    let single = |axle: &Axle| AxleGroup {
        axles: Some(1),
        load_kg: axle.load_kg.filter(|_| matches!(groups, Groups::Loads)),
        code: Some(SINGLE_AXLE),
    };
    match groups {
        Groups::None => Vec::new(),
        Groups::Kinds | Groups::Loads => axles.iter().map(single).collect(),
    }
}

/// The vehicle as a scale sees it that counts in steps: masses, lengths in steps of as many
/// millimetres, speeds of axles in steps of as many tenths of km/h.
fn rounded(vehicle: &Vehicle, step: i64) -> Vehicle {
    if step <= 1 {
        return vehicle.clone();
    }
    let round = |value: i64| (value + step / 2) / step * step;
    let mut said = vehicle.clone();
    for axle in &mut said.axles {
        axle.load_kg = axle.load_kg.map(round);
        axle.left_kg = axle.left_kg.map(round);
        axle.right_kg = axle.right_kg.map(round);
        axle.spacing_mm = axle.spacing_mm.map(round);
        axle.speed_tenth_kmh = axle.speed_tenth_kmh.map(round);
    }
    let loads = said.axles.iter().filter_map(|axle| axle.load_kg);
    said.gross_kg = Some(loads.sum());
    said.length_mm = said.length_mm.map(round);
    said
}

/// The line or message of a plate read.
///
/// # Errors
/// When the format has no place for such a plate at all.
pub fn plate(
    protocol: &Protocol,
    settings: &Settings,
    plate: &Plate,
    local: Option<DeviceTime>,
) -> Result<Vec<u8>, EncodeError> {
    // Formats that number their reads need a number.
    let forms = [None, Some("1".to_owned())]
        .into_iter()
        .flat_map(|id| [(true, id.clone()), (false, id)]);
    first_that_fits(forms.map(|(utc, id)| {
        let said = Plate {
            time: if utc { plate.time } else { local },
            read_id: plate.read_id.clone().or(id),
            ..plate.clone()
        };
        (protocol.encoder)(&Event::Plate(said), settings)
    }))
}

/// The first form that the format takes, or why it took none.
fn first_that_fits(
    forms: impl IntoIterator<Item = Result<Vec<u8>, EncodeError>>,
) -> Result<Vec<u8>, EncodeError> {
    let mut last = Err(EncodeError::Kind);
    for form in forms {
        if form.is_ok() {
            return form;
        }
        last = form;
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;
    use firmware_protocols::registry::{Kind, PROTOCOLS};
    use firmware_protocols::{Unit, specimen};

    fn decoded(protocol: &Protocol, bytes: &[u8]) -> Event {
        let mut decoder = (protocol.decoder)(&Settings::new()).unwrap();
        decoder.push(bytes);
        decoder.finish();
        let events: Vec<_> = std::iter::from_fn(|| decoder.poll_event()).collect();
        let last = events.last().unwrap().event.clone();
        assert!(!matches!(last, Event::Rejected(_)), "{}", protocol.name);
        last
    }

    #[test]
    fn every_scale_can_show_a_truck() {
        let settings = Settings::new();
        let mut count = 0;
        for protocol in PROTOCOLS.iter().filter(|p| p.kind == Kind::Scale) {
            let shown = Reading {
                unit: Some(Unit::Kilogram),
                stable: Some(true),
                net: Some(false),
                ..specimen::reading(0, Decimal::new(49_200, 0))
            };
            let bytes = reading(protocol, &settings, &shown);
            let bytes = bytes.unwrap_or_else(|error| panic!("{}: {error}", protocol.name));
            let Event::Reading(read) = decoded(protocol, &bytes) else {
                panic!("{}", protocol.name);
            };
            let value = read.value.unwrap();
            assert_eq!(value.thousandths(), Some(49_200_000), "{}", protocol.name);
            assert_ne!(read.stable, Some(false), "{}", protocol.name);
            count += 1;
        }
        assert!(count >= 10, "{count}");
    }

    #[test]
    fn every_controller_can_tell_of_a_truck() {
        let settings = Settings::new();
        for protocol in PROTOCOLS
            .iter()
            .filter(|p| p.kind == Kind::VehicleRecord && p.name != "fhwa_w")
        {
            for number in 0..20 {
                let truck = specimen::vehicle(number, true, true);
                let local = specimen::time(number, false);
                let bytes = vehicle(protocol, &settings, &truck, local);
                let bytes = bytes.unwrap_or_else(|error| panic!("{}: {error}", protocol.name));
                let Event::Vehicle(read) = decoded(protocol, &bytes) else {
                    panic!("{}", protocol.name);
                };
                assert_eq!(read.axles.len(), truck.axles.len(), "{}", protocol.name);
                let off = read.gross_kg.unwrap() - truck.gross_kg.unwrap();
                assert!(off.abs() <= 300, "{} {off}", protocol.name);
            }
        }
    }

    #[test]
    fn every_plate_camera_can_tell_of_a_plate() {
        let settings = Settings::new();
        for protocol in PROTOCOLS.iter().filter(|p| p.kind == Kind::PlateCamera) {
            let seen = specimen::plate(3);
            let bytes = plate(protocol, &settings, &seen, specimen::time(3, false));
            let bytes = bytes.unwrap_or_else(|error| panic!("{}: {error}", protocol.name));
            let Event::Plate(read) = decoded(protocol, &bytes) else {
                panic!("{}", protocol.name);
            };
            assert_eq!(read.plate, seen.plate, "{}", protocol.name);
        }
    }
}
