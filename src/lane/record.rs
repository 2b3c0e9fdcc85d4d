//! A vehicle record becomes a weighing: key, time, flags.

use firmware_protocols::{AxleValidity, DeviceTime, Direction, Vehicle, VehicleFlag};

use crate::lane::quality;
use crate::lane::settings::{PortSettings, Settings};
use crate::lane::stream::Input;
use crate::passage::{
    AxleDoubt, AxleLoad, Flag, PartialAxle, PassageKind, TravelDirection, Weighing, passage_id,
};
use crate::units::{Kilograms, Micros, Millimetres, TenthKmh, TenthMs2};

/// Stands for the lane where neither the settings nor the record say which.
pub const UNKNOWN_LANE: u16 = 0;

/// 2200-01-01: a device that is beyond has no clock, and its microseconds would not be exact in
/// JSON one day.
const LATEST: Micros = Micros::from_seconds(7_258_118_400);

/// A device's time as a moment: UTC as it stands, otherwise less the port's offset. `None` for a
/// time beyond 2200.
pub fn moment(time: DeviceTime, port: &PortSettings) -> Option<Micros> {
    let offset = if time.is_utc() {
        Micros::ZERO
    } else {
        port.utc_offset
    };
    Some(Micros::new(time.micros()).saturating_sub(offset)).filter(|moment| *moment < LATEST)
}

/// The weighing that a vehicle record tells of. `None` when it states no weight at all.
///
/// A record whose axles are not all weighed keeps its gross and loses its axles: half of them would
/// be judged as another vehicle. What was measured of them stays as evidence of how the vehicle
/// drove; where there is no gross either, the weighing has none ([`Flag::AxleMissed`]).
pub fn weighing(
    settings: &Settings,
    port: &PortSettings,
    input: &Input,
    vehicle: &Vehicle,
) -> Option<Weighing> {
    let axles = axles(vehicle);
    let partial_axles = if axles.is_empty() {
        partial_axles(vehicle)
    } else {
        Vec::new()
    };
    let axle_sum: Kilograms = axles.iter().map(|axle| axle.load_kg).sum();
    let gross_kg = match (vehicle.gross_kg, axles.is_empty()) {
        (Some(gross_kg), _) => Kilograms::new(gross_kg),
        (None, false) => axle_sum,
        (None, true) if partial_axles.is_empty() => return None,
        (None, true) => Kilograms::ZERO,
    };
    let device_time = vehicle.time.and_then(|time| moment(time, port));
    let crossed_at = device_time.unwrap_or(input.received_at);
    let lane = port.lane.or(vehicle.lane).unwrap_or(UNKNOWN_LANE);
    let direction = vehicle.direction.map(|direction| match direction {
        Direction::Forward => TravelDirection::Forward,
        Direction::Reverse => TravelDirection::Reverse,
    });

    let mut flags: Vec<Flag> = vehicle
        .flags
        .iter()
        .map(|&flag| device_flag(flag))
        .collect();
    flags.extend(quality::of_record(
        &settings.quality,
        vehicle,
        &axles,
        gross_kg,
    ));
    let found = [
        (vehicle.time.is_none(), Flag::NoDeviceTime),
        (
            vehicle.time.is_some() && device_time.is_none(),
            Flag::ClockNotSet,
        ),
        (lane_disagrees(port, vehicle.lane), Flag::LaneDisagrees),
        (!port.proven, Flag::ProtocolUnproven),
        (
            direction.is_some()
                && port.normal_direction.is_some()
                && direction != port.normal_direction,
            Flag::WrongWay,
        ),
    ];
    flags.extend(
        found
            .iter()
            .filter(|(present, _)| *present)
            .map(|(_, flag)| *flag),
    );
    flags.sort_unstable();
    flags.dedup();

    // A controller of several lanes numbers each lane's records by itself.
    let counter = match port.lane {
        Some(_) => input.port.clone(),
        None => format!("{}.L{lane}", input.port),
    };
    let mut weighing = Weighing {
        passage_id: passage_id(&settings.station, &counter, crossed_at, vehicle.sequence),
        station: settings.station.clone(),
        port: input.port.clone(),
        protocol: port.protocol.clone(),
        lane,
        kind: PassageKind::Dynamic,
        sequence: vehicle.sequence,
        device_time: vehicle.time.map(|time| time.to_string()),
        crossed_at,
        received_at: input.received_at,
        direction,
        speed_tenth_kmh: vehicle.speed_tenth_kmh.map(TenthKmh::new),
        acceleration_tenth_ms2: vehicle.acceleration_tenth_ms2.map(TenthMs2::new),
        length_mm: vehicle.length_mm.map(Millimetres::new),
        gross_kg,
        axles,
        partial_axles,
        flags,
        weight_trusted: vehicle.checked,
        agreeing_frames: None,
        drift_basis_points: None,
        raw: input.raw(),
    };
    if quality::is_uneven(&settings.quality, &weighing) {
        weighing.flags.push(Flag::SidesUneven);
        weighing.flags.sort_unstable();
    }
    Some(weighing)
}

/// The record's axles, or none when one of them was not weighed.
fn axles(vehicle: &Vehicle) -> Vec<AxleLoad> {
    let axles = vehicle.axles.iter().map(|axle| {
        let sides = || Some(axle.left_kg?.saturating_add(axle.right_kg?));
        Some(AxleLoad {
            load_kg: Kilograms::new(axle.load_kg.or_else(sides)?),
            left_kg: axle.left_kg.map(Kilograms::new),
            right_kg: axle.right_kg.map(Kilograms::new),
            spacing_mm: axle.spacing_mm.map(Millimetres::new),
            speed_tenth_kmh: axle.speed_tenth_kmh.map(TenthKmh::new),
            doubt: axle.validity.and_then(doubt),
        })
    });
    axles.collect::<Option<_>>().unwrap_or_default()
}

/// What was measured of the record's axles; none where no wheel and no axle was weighed.
fn partial_axles(vehicle: &Vehicle) -> Vec<PartialAxle> {
    let weighed = |axle: &firmware_protocols::Axle| {
        axle.load_kg.is_some() || axle.left_kg.is_some() || axle.right_kg.is_some()
    };
    if !vehicle.axles.iter().any(weighed) {
        return Vec::new();
    }
    let axles = vehicle.axles.iter().map(|axle| PartialAxle {
        load_kg: axle.load_kg.map(Kilograms::new),
        left_kg: axle.left_kg.map(Kilograms::new),
        right_kg: axle.right_kg.map(Kilograms::new),
        spacing_mm: axle.spacing_mm.map(Millimetres::new),
        speed_tenth_kmh: axle.speed_tenth_kmh.map(TenthKmh::new),
        doubt: axle.validity.and_then(doubt),
    });
    axles.collect()
}

const fn doubt(validity: AxleValidity) -> Option<AxleDoubt> {
    match validity {
        AxleValidity::Valid => None,
        AxleValidity::WeakSignal => Some(AxleDoubt::WeakSignal),
        AxleValidity::SensorFault => Some(AxleDoubt::SensorFault),
        AxleValidity::BesideSensor => Some(AxleDoubt::BesideSensor),
        AxleValidity::Reserved(_) => Some(AxleDoubt::Reserved),
    }
}

/// Whether a device names another lane than the one its port serves: two adapters were swapped.
pub fn lane_disagrees(port: &PortSettings, said: Option<u16>) -> bool {
    match (port.device_lane.or(port.lane), said) {
        (Some(expected), Some(said)) => expected != said,
        _ => false,
    }
}

/// How long the vehicle took over the sensors, first axle to last; `None` without speed or spacings.
pub fn crossing_duration(weighing: &Weighing) -> Option<Micros> {
    let spacings = weighing.axles.iter().filter_map(|axle| axle.spacing_mm);
    let wheelbase_mm = spacings
        .fold(Millimetres::ZERO, Millimetres::saturating_add)
        .get();
    let speed = weighing.speed_tenth_kmh?.get();
    // One millimetre at 0.1 km/h takes 36,000 us.
    (speed > 0 && wheelbase_mm > 0)
        .then(|| Micros::new(wheelbase_mm.saturating_mul(36_000) / speed))
}

const fn device_flag(flag: VehicleFlag) -> Flag {
    match flag {
        VehicleFlag::SpeedOutOfRange => Flag::SpeedOutOfRange,
        VehicleFlag::Acceleration => Flag::Acceleration,
        VehicleFlag::Braking => Flag::Braking,
        VehicleFlag::StopAndGo => Flag::StopAndGo,
        VehicleFlag::Straddling => Flag::Straddling,
        VehicleFlag::Weaving => Flag::Weaving,
        VehicleFlag::OneSideOff => Flag::OneSideOff,
        VehicleFlag::SensorOverload => Flag::SensorOverload,
        VehicleFlag::SensorFault => Flag::SensorFault,
        VehicleFlag::ClockNotSet => Flag::ClockNotSet,
        VehicleFlag::SumWrong => Flag::SumWrong,
        VehicleFlag::AxleMissed => Flag::AxleMissed,
        VehicleFlag::Reversed => Flag::Reversed,
        VehicleFlag::TooClose => Flag::TooClose,
        VehicleFlag::Uncalibrated => Flag::Uncalibrated,
    }
}
