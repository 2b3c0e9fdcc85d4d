//! Writes type 10 records.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{AXLES, LONGEST, Rsv};
use crate::field::{tenths_text, write_time};
use crate::{
    Axle, AxleGroup, DeviceTime, Direction, EncodeError, Event, Settings, Vehicle, specimen,
};

/// The line of a vehicle, with CR LF and commas: wheels where all axles have them, otherwise axles,
/// groups where it has groups, spacings where one is known. Without axles it is a counted vehicle.
///
/// # Errors
/// `time` (local, whole hundredths of a second) is needed; either all axles have a load or none has; an
/// axle's load is the sum of its wheels, the gross that of the axles, or of the groups where no axle has
/// a load. Length and spacings are multiples of 10 mm. A direction is written only where the setting
/// `forward` is there. Groups have no axle counts and no codes; station, sequence and flags have no
/// place.
pub fn encode(vehicle: &Vehicle, settings: &Settings) -> Result<Vec<u8>, EncodeError> {
    let form = Rsv::new(settings).map_err(|error| EncodeError::range("settings", error))?;
    let count = vehicle.axles.len();
    if count as i64 > AXLES {
        return Err(EncodeError::range("axles", count));
    }
    let time = vehicle.time.ok_or(EncodeError::Missing("time"))?;
    if time.is_utc() || time.micros() % 10_000 != 0 {
        return Err(EncodeError::range("time", time));
    }
    let clock = write_time("YYYYMMDD,hhmmssfff", time);
    let clock = clock.strip_suffix('0').unwrap_or(&clock);
    let optional = |value: Option<String>| value.unwrap_or_default();
    let lane = optional(vehicle.lane.map(|lane| lane.to_string()));
    let speed = optional(vehicle.speed_tenth_kmh.map(speed_text).transpose()?);
    let length = optional(centimetres("length_mm", vehicle.length_mm)?);
    let direction = direction(&form, vehicle)?;
    let mut line = format!(
        "10,20,1,0,{clock},{lane},{lane},{direction},3,15,9,{speed},{length},0,0,0,0,0,{count},0,0"
    );
    blocks(vehicle, &mut line)?;
    line.push_str("\r\n");
    if line.len() > LONGEST {
        return Err(EncodeError::range("axles", count));
    }
    Ok(line.into_bytes())
}

fn direction(form: &Rsv, vehicle: &Vehicle) -> Result<char, EncodeError> {
    match (form.forward, vehicle.direction) {
        (None, None) => Ok('1'),
        (Some(code), Some(Direction::Forward)) => Ok(char::from(code)),
        (Some(b'2'), Some(Direction::Reverse)) => Ok('1'),
        (Some(_), Some(Direction::Reverse)) => Ok('2'),
        (Some(_), None) => Err(EncodeError::Missing("direction")),
        (None, Some(direction)) => Err(EncodeError::range("direction", format!("{direction:?}"))),
    }
}

fn speed_text(tenths: i64) -> Result<String, EncodeError> {
    match tenths {
        0..=9_999 if tenths % 10 == 0 => Ok((tenths / 10).to_string()),
        0..=9_999 => Ok(tenths_text(tenths)),
        _ => Err(EncodeError::range("speed_tenth_kmh", tenths)),
    }
}

fn centimetres(field: &'static str, value: Option<i64>) -> Result<Option<String>, EncodeError> {
    match value {
        Some(value) if value % 10 != 0 || !(0..=9_999_990).contains(&value) => {
            Err(EncodeError::range(field, value))
        }
        value => Ok(value.map(|value| (value / 10).to_string())),
    }
}

fn blocks(vehicle: &Vehicle, line: &mut String) -> Result<(), EncodeError> {
    let axles = &vehicle.axles;
    let loads: Vec<i64> = axles.iter().filter_map(|axle| axle.load_kg).collect();
    let groups: Option<Vec<i64>> = vehicle.groups.iter().map(plain_load).collect();
    let groups = groups.ok_or(EncodeError::Missing("load_kg"))?;
    if loads.len() != axles.len() && !loads.is_empty() {
        return Err(EncodeError::Missing("load_kg"));
    }
    if groups.len() > axles.len() {
        return Err(EncodeError::range("groups", groups.len()));
    }
    let weighed = [&loads, &groups]
        .into_iter()
        .find(|masses| !masses.is_empty());
    let gross_kg = weighed.map(|masses| masses.iter().sum::<i64>());
    let groups_off = !groups.is_empty() && gross_kg != Some(groups.iter().sum());
    if vehicle.gross_kg != gross_kg || groups_off {
        let gross_kg = vehicle.gross_kg.unwrap_or(0);
        return Err(EncodeError::range("gross_kg", gross_kg));
    }
    match wheels(axles)? {
        Some(wheels) => masses("WX", &wheels, line)?,
        None => masses("AX", &loads, line)?,
    }
    masses("GX", &groups, line)?;
    let weightless = loads.is_empty() && groups.is_empty();
    let spaced = axles.iter().any(|axle| axle.spacing_mm.is_some());
    if axles.len() > 1 && (spaced || weightless) {
        line.push_str(&format!(",SX,{}", axles.len() - 1));
        for axle in axles.iter().skip(1) {
            let spacing = centimetres("spacing_mm", axle.spacing_mm)?;
            line.push(',');
            line.push_str(&spacing.unwrap_or_default());
        }
    }
    Ok(())
}

/// The load of a group that says nothing else.
fn plain_load(group: &AxleGroup) -> Option<i64> {
    match group {
        AxleGroup {
            axles: None,
            load_kg,
            code: None,
        } => *load_kg,
        _ => None,
    }
}

/// The wheels of all axles, where they have them.
fn wheels(axles: &[Axle]) -> Result<Option<Vec<i64>>, EncodeError> {
    let mut wheels = Vec::new();
    for axle in axles {
        match (axle.left_kg, axle.right_kg) {
            (Some(left), Some(right)) if axle.load_kg == Some(left + right) => {
                wheels.extend([left, right]);
            }
            (None, None) if wheels.is_empty() => {}
            _ => return Err(EncodeError::Missing("left_kg and right_kg of all axles")),
        }
    }
    match wheels.len() {
        0 => Ok(None),
        count if count == 2 * axles.len() => Ok(Some(wheels)),
        _ => Err(EncodeError::Missing("left_kg and right_kg of all axles")),
    }
}

/// A block of masses, in tens of kilograms where all of them are.
fn masses(code: &str, masses: &[i64], line: &mut String) -> Result<(), EncodeError> {
    if masses.is_empty() {
        return Ok(());
    }
    if let Some(wrong) = masses.iter().find(|mass| !(0..=999_999).contains(*mass)) {
        return Err(EncodeError::range("load_kg", wrong));
    }
    let tens = masses.iter().all(|mass| mass % 10 == 0);
    let resolution_kg = if tens { 10 } else { 1 };
    line.push_str(&format!(",{code},{},0,{resolution_kg}", masses.len()));
    for mass in masses {
        line.push_str(&format!(",{}", mass / resolution_kg));
    }
    Ok(())
}

/// Wheels, axles, groups, axles and groups, spacings only, and counted vehicles.
pub(super) fn specimen(number: u64) -> Event {
    let mut vehicle = specimen::vehicle(number, false, number.is_multiple_of(3));
    vehicle.station = None;
    vehicle.sequence = None;
    vehicle.direction = None;
    vehicle.flags.clear();
    vehicle.confidence = None;
    vehicle.checked = false;
    vehicle.time = vehicle
        .time
        .and_then(|time| DeviceTime::from_micros(time.micros() / 10_000 * 10_000, false));
    vehicle.speed_tenth_kmh = vehicle
        .speed_tenth_kmh
        .map(|speed| speed + (number % 7) as i64);
    let group = |axles: &[Axle]| AxleGroup {
        load_kg: axles.iter().map(|axle| axle.load_kg).sum(),
        ..AxleGroup::default()
    };
    match number % 12 {
        2 | 7 => {
            vehicle.axles.clear();
            vehicle.gross_kg = None;
        }
        4 | 9 => {
            vehicle.groups = vehicle.axles.chunks(2).map(group).collect();
        }
        5 => {
            vehicle.groups = vehicle.axles.chunks(3).map(group).collect();
            for axle in &mut vehicle.axles {
                axle.load_kg = None;
            }
        }
        8 => {
            for axle in &mut vehicle.axles {
                axle.load_kg = None;
            }
            vehicle.gross_kg = None;
        }
        10 => {
            for axle in &mut vehicle.axles {
                axle.spacing_mm = None;
            }
        }
        _ => {}
    }
    Event::Vehicle(vehicle)
}
