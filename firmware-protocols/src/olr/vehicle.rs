//! The vehicle record (type V): fields to [`Vehicle`] and what the vocabulary has no place for.

use alloc::vec::Vec;

use super::AXLES;
use super::message::{Address, optional, read_sequence, whole};
use crate::field::{hex, tenths, utc_millis};
use crate::{Axle, AxleValidity, Direction, Reject, Vehicle, VehicleFlag};

/// Limits of the fields, lowest and highest value; `OLR.md` states the same.
pub(super) mod limit {
    /// A wheel or wheel pair, or an axle that is weighed in one piece, kg.
    pub const LOAD_KG: (i64, i64) = (0, 60_000);
    /// Distance of two axles, mm.
    pub const SPACING_MM: (i64, i64) = (1, 50_000);
    /// Speed, tenths of km/h.
    pub const SPEED_TENTH_KMH: (i64, i64) = (0, 3_000);
    /// Acceleration, tenths of m/s².
    pub const ACCELERATION: (i64, i64) = (-200, 200);
    /// Vehicle length, mm.
    pub const LENGTH_MM: (i64, i64) = (1, 100_000);
    /// Temperature, tenths of °C.
    pub const TEMPERATURE: (i64, i64) = (-600, 1_000);
    /// Gross, kg.
    pub const GROSS_KG: (i64, i64) = (0, 999_999);
}

/// Tyres of an axle (轮胎类型).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tyre {
    /// One tyre a side.
    Single,
    /// Two tyres a side.
    Dual,
    /// One wide tyre a side.
    Wide,
}

impl Tyre {
    /// The letter on the wire.
    pub const fn letter(self) -> char {
        match self {
            Self::Single => 'S',
            Self::Dual => 'D',
            Self::Wide => 'W',
        }
    }

    fn read(text: &str) -> Option<Self> {
        match text {
            "S" => Some(Self::Single),
            "D" => Some(Self::Dual),
            "W" => Some(Self::Wide),
            _ => None,
        }
    }
}

/// What a record says of an axle beyond [`Axle`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AxleExtra {
    /// Tyres.
    pub tyre: Option<Tyre>,
    /// Number of the axle group that the controller counts it to, 1 to 32.
    pub group: Option<u8>,
}

/// What a record says beyond [`Vehicle`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Extra {
    /// Temperature of the road or the sensor, tenths of °C.
    pub temperature_tenth_c: Option<i64>,
    /// One for each axle, or none at all.
    pub axles: Vec<AxleExtra>,
}

/// Reads the fields after station and lane.
pub(super) fn parse(address: &Address, fields: &[&str]) -> Result<(Vehicle, Extra), Reject> {
    let [
        sequence,
        time,
        direction,
        speed,
        acceleration,
        length,
        temperature,
        gross,
        flags,
        confidence,
        count,
        blocks,
    ] = fields
    else {
        return Err(Reject::Field);
    };
    let (axles, axle_extras) = read_axles(count, blocks)?;
    let mut vehicle = Vehicle {
        station: Some(address.station.clone()),
        sequence: Some(read_sequence(sequence).ok_or(Reject::Field)?.into()),
        time: Some(utc_millis(time).ok_or(Reject::Field)?),
        lane: Some(address.lane),
        direction: optional(direction, read_direction)?,
        speed_tenth_kmh: optional(speed, |text| in_tenths(text, limit::SPEED_TENTH_KMH))?,
        acceleration_tenth_ms2: optional(acceleration, |text| {
            in_tenths(text, limit::ACCELERATION)
        })?,
        length_mm: optional(length, |text| within(text, limit::LENGTH_MM))?,
        gross_kg: optional(gross, |text| within(text, limit::GROSS_KG))?,
        axles,
        groups: Vec::new(),
        flags: Vec::new(),
        confidence: optional(confidence, |text| u8::try_from(whole(text, 0, 100)?).ok())?,
        checked: true,
    };
    let extra = Extra {
        temperature_tenth_c: optional(temperature, |text| in_tenths(text, limit::TEMPERATURE))?,
        axles: axle_extras,
    };
    let stated = read_flags(flags).ok_or(Reject::Field)?;
    let bits = stated | found_flags(&vehicle);
    vehicle.flags = VehicleFlag::ALL
        .into_iter()
        .filter(|flag| bits & flag.bit() != 0)
        .collect();
    Ok((vehicle, extra))
}

fn within(text: &str, (low, high): (i64, i64)) -> Option<i64> {
    whole(text, low, high)
}

fn in_tenths(text: &str, (low, high): (i64, i64)) -> Option<i64> {
    tenths(text).filter(|number| (low..=high).contains(number))
}

fn read_direction(text: &str) -> Option<Direction> {
    match text {
        "+" => Some(Direction::Forward),
        "-" => Some(Direction::Reverse),
        _ => None,
    }
}

/// Eight hexadecimal digits. Bits that version 1 does not name are taken and not shown: a newer
/// device may know more reasons for doubt than this host.
fn read_flags(text: &str) -> Option<u32> {
    (text.len() == 8).then(|| hex(text.as_bytes())).flatten()
}

/// Flags that follow from the other fields.
fn found_flags(vehicle: &Vehicle) -> u32 {
    let mut bits = 0;
    let total = |parts: &mut dyn Iterator<Item = Option<i64>>| parts.sum::<Option<i64>>();
    let axle_sum = total(&mut vehicle.axles.iter().map(|axle| axle.load_kg));
    if let (Some(gross), Some(sum)) = (vehicle.gross_kg, axle_sum)
        && gross != sum
    {
        bits |= VehicleFlag::SumWrong.bit();
    }
    let spacings = vehicle.axles.iter().filter_map(|axle| axle.spacing_mm);
    if vehicle
        .length_mm
        .is_some_and(|length| spacings.sum::<i64>() > length)
    {
        bits |= VehicleFlag::SumWrong.bit();
    }
    let doubtful = |axle: &Axle| {
        axle.validity
            .is_some_and(|validity| validity != AxleValidity::Valid)
    };
    if vehicle.axles.iter().any(doubtful) {
        bits |= VehicleFlag::SensorFault.bit();
    }
    bits
}

fn read_axles(count: &str, blocks: &str) -> Result<(Vec<Axle>, Vec<AxleExtra>), Reject> {
    let count = whole(count, 1, AXLES as i64).ok_or(Reject::Field)?;
    let mut axles = Vec::new();
    let mut extras = Vec::new();
    for (index, block) in blocks.split(';').enumerate() {
        let (axle, extra) = read_axle(block, index == 0)?;
        axles.push(axle);
        extras.push(extra);
    }
    if axles.len() as i64 != count {
        return Err(Reject::Contradiction);
    }
    Ok((axles, extras))
}

fn read_axle(block: &str, first: bool) -> Result<(Axle, AxleExtra), Reject> {
    let mut parts = block.split('/');
    let mut next = || parts.next().ok_or(Reject::Field);
    let (left, right, spacing, speed, tyre, group, validity) = (
        next()?,
        next()?,
        next()?,
        next()?,
        next()?,
        next()?,
        next()?,
    );
    if parts.next().is_some() {
        return Err(Reject::Field);
    }
    let load = |text| optional(text, |text| within(text, limit::LOAD_KG));
    let (load_kg, left_kg, right_kg) = match (load(left)?, right) {
        // The scale can't tell left from right: the first part is the whole axle.
        (load_kg @ Some(_), "-") => (load_kg, None, None),
        (left_kg, right) => {
            let right_kg = load(right)?;
            let sum = left_kg.zip(right_kg).map(|(left, right)| left + right);
            (sum, left_kg, right_kg)
        }
    };
    let spacing_mm = match (first, spacing) {
        (true, "0" | "") => None,
        (true, _) => return Err(Reject::Contradiction),
        (false, _) => optional(spacing, |text| within(text, limit::SPACING_MM))?,
    };
    let small = |text, low, high| optional(text, |text| u8::try_from(whole(text, low, high)?).ok());
    let axle = Axle {
        load_kg,
        left_kg,
        right_kg,
        spacing_mm,
        speed_tenth_kmh: optional(speed, |text| in_tenths(text, limit::SPEED_TENTH_KMH))?,
        validity: small(validity, 0, 9)?.map(AxleValidity::from_code),
    };
    let extra = AxleExtra {
        tyre: optional(tyre, Tyre::read)?,
        group: small(group, 1, AXLES as i64)?,
    };
    Ok((axle, extra))
}
