//! Messages to lines.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::message::{Address, Message, is_state, is_station};
use super::vehicle::{AxleExtra, Extra, limit};
use super::{AXLES, LINE_CHARACTERS, VERSION};
use crate::check::crc16;
use crate::field::tenths_text;
use crate::{Axle, AxleValidity, DeviceTime, Direction, EncodeError, Vehicle};

/// The line of a message, CR and LF included.
///
/// # Errors
/// A vehicle needs `station`, `lane`, `sequence`, `time` and `axles`; times are UTC in whole
/// milliseconds; numbers stay within the limits of `OLR.md`; `load_kg` of an axle is the sum of its
/// wheels where both are given, and is empty where one is. [`Extra::axles`] is empty or as long as
/// `axles`.
pub fn encode(message: &Message) -> Result<Vec<u8>, EncodeError> {
    let body = match message {
        Message::Vehicle(vehicle, extra) => vehicle_body(vehicle, extra)?,
        Message::Acknowledge(acknowledge) => format!(
            "A,{},{},{}",
            address(&acknowledge.address)?,
            optional(acknowledge.sequence),
            acknowledge.answer.name()
        ),
        Message::Resend(resend) => {
            if resend.first > resend.last {
                return Err(EncodeError::range("last", resend.last));
            }
            let to = address(&resend.address)?;
            format!("R,{to},{},{}", resend.first, resend.last)
        }
        Message::Heartbeat(from, heartbeat) => {
            let last = heartbeat.last_sequence.map(sequence).transpose()?;
            if !is_state(&heartbeat.state) {
                return Err(EncodeError::range("state", &heartbeat.state));
            }
            if heartbeat.lane.is_some_and(|lane| lane != from.lane) {
                return Err(EncodeError::range("lane", from.lane));
            }
            let time = heartbeat.time.map(time).transpose()?.unwrap_or_default();
            let from = address(from)?;
            format!("H,{from},{time},{},{}", optional(last), heartbeat.state)
        }
        Message::Time(message) => {
            let device = message.device.map(time).transpose()?.unwrap_or_default();
            let to = address(&message.address)?;
            format!("T,{to},{},{device}", time(message.host)?)
        }
    };
    let covered = format!("OLR,{VERSION},{body}");
    let line = format!("${covered}*{:04X}\r\n", crc16(covered.as_bytes()));
    if line.len() > LINE_CHARACTERS + 2 {
        return Err(EncodeError::range("line length", line.len() - 2));
    }
    Ok(line.into_bytes())
}

fn optional(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn address(address: &Address) -> Result<String, EncodeError> {
    if !is_station(&address.station) {
        return Err(EncodeError::range("station", &address.station));
    }
    if !(1..=99).contains(&address.lane) {
        return Err(EncodeError::range("lane", address.lane));
    }
    Ok(format!("{},{}", address.station, address.lane))
}

fn sequence(number: u64) -> Result<u32, EncodeError> {
    u32::try_from(number).map_err(|_| EncodeError::range("sequence", number))
}

fn time(time: DeviceTime) -> Result<String, EncodeError> {
    if time.is_utc() && time.micros() % 1_000 == 0 {
        Ok(time.to_string())
    } else {
        Err(EncodeError::range("time", time))
    }
}

/// A number within its limits as text; empty when it was not measured.
fn number(
    field: &'static str,
    value: Option<i64>,
    (low, high): (i64, i64),
    text: impl Fn(i64) -> String,
) -> Result<String, EncodeError> {
    match value {
        None => Ok(String::new()),
        Some(value) if (low..=high).contains(&value) => Ok(text(value)),
        Some(value) => Err(EncodeError::range(field, value)),
    }
}

fn plain(value: i64) -> String {
    value.to_string()
}

fn vehicle_body(vehicle: &Vehicle, extra: &Extra) -> Result<String, EncodeError> {
    let station = vehicle.station.clone();
    let from = Address {
        station: station.ok_or(EncodeError::Missing("station"))?,
        lane: vehicle.lane.ok_or(EncodeError::Missing("lane"))?,
    };
    if let Some(confidence) = vehicle.confidence.filter(|confidence| *confidence > 100) {
        return Err(EncodeError::range("confidence", confidence));
    }
    let direction = match vehicle.direction {
        None => "",
        Some(Direction::Forward) => "+",
        Some(Direction::Reverse) => "-",
    };
    let flags = vehicle.flags.iter().fold(0, |bits, flag| bits | flag.bit());
    Ok(format!(
        "V,{},{},{},{direction},{},{},{},{},{},{flags:08X},{},{},{}",
        address(&from)?,
        sequence(vehicle.sequence.ok_or(EncodeError::Missing("sequence"))?)?,
        time(vehicle.time.ok_or(EncodeError::Missing("time"))?)?,
        number(
            "speed_tenth_kmh",
            vehicle.speed_tenth_kmh,
            limit::SPEED_TENTH_KMH,
            tenths_text
        )?,
        number(
            "acceleration_tenth_ms2",
            vehicle.acceleration_tenth_ms2,
            limit::ACCELERATION,
            tenths_text
        )?,
        number("length_mm", vehicle.length_mm, limit::LENGTH_MM, plain)?,
        number(
            "temperature_tenth_c",
            extra.temperature_tenth_c,
            limit::TEMPERATURE,
            tenths_text
        )?,
        number("gross_kg", vehicle.gross_kg, limit::GROSS_KG, plain)?,
        optional(vehicle.confidence),
        vehicle.axles.len(),
        axle_blocks(&vehicle.axles, &extra.axles)?
    ))
}

fn axle_blocks(axles: &[Axle], extras: &[AxleExtra]) -> Result<String, EncodeError> {
    if !(1..=AXLES).contains(&axles.len()) {
        return Err(EncodeError::range("axles", axles.len()));
    }
    if !extras.is_empty() && extras.len() != axles.len() {
        return Err(EncodeError::range("extra axles", extras.len()));
    }
    let nothing = AxleExtra::default();
    let mut text = String::new();
    for (index, axle) in axles.iter().enumerate() {
        if index > 0 {
            text.push(';');
        }
        let extra = extras.get(index).unwrap_or(&nothing);
        text.push_str(&axle_block(axle, extra, index == 0)?);
    }
    Ok(text)
}

fn axle_block(axle: &Axle, extra: &AxleExtra, first: bool) -> Result<String, EncodeError> {
    let load = |value| number("load_kg", value, limit::LOAD_KG, plain);
    let (left, right) = match (axle.load_kg, axle.left_kg, axle.right_kg) {
        (Some(_), None, None) => (load(axle.load_kg)?, "-".to_string()),
        (Some(sum), Some(left), Some(right)) if sum == left + right => {
            (load(Some(left))?, load(Some(right))?)
        }
        (None, left, right) if left.is_none() || right.is_none() => (load(left)?, load(right)?),
        (sum, _, _) => return Err(EncodeError::range("load_kg", optional(sum))),
    };
    let spacing = match (first, axle.spacing_mm) {
        (true, None) => "0".to_string(),
        (true, Some(spacing)) => return Err(EncodeError::range("spacing_mm", spacing)),
        (false, spacing) => number("spacing_mm", spacing, limit::SPACING_MM, plain)?,
    };
    if let Some(group) = extra.group.filter(|group| !(1..=32).contains(group)) {
        return Err(EncodeError::range("group", group));
    }
    let validity = axle.validity.map(AxleValidity::code);
    // A reserved code that has a name of its own would come back as that name.
    if let (Some(code), Some(AxleValidity::Reserved(_))) = (validity, axle.validity)
        && !(4..=9).contains(&code)
    {
        return Err(EncodeError::range("validity", code));
    }
    Ok(format!(
        "{left}/{right}/{spacing}/{}/{}/{}/{}",
        number(
            "axle speed",
            axle.speed_tenth_kmh,
            limit::SPEED_TENTH_KMH,
            tenths_text
        )?,
        optional(extra.tyre.map(super::Tyre::letter)),
        optional(extra.group),
        optional(validity)
    ))
}
