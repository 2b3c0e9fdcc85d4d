//! A vehicle record becomes a weighing: key, time, flags.

use firmware_protocols::{DeviceTime, Direction, Vehicle, VehicleFlag};

use crate::lane::settings::{PortSettings, Settings};
use crate::lane::stream::Input;
use crate::passage::{AxleLoad, Flag, PassageKind, TravelDirection, Weighing, passage_id};
use crate::units::{Kilograms, Micros, Millimetres, TenthKmh};

/// An axle lighter than this is none: sensors see bumpers and tow bars.
const LIGHTEST_AXLE_KG: Kilograms = Kilograms::new(300);
/// No truck's axle carries more; a real file has 91,025 lb where 19,125 was meant.
const HEAVIEST_AXLE_KG: Kilograms = Kilograms::new(30_000);
/// Faster than any truck: real files have 251 and 776 km/h.
const FASTEST: TenthKmh = TenthKmh::new(1_600);

/// Stands for the lane where neither the settings nor the record say which.
pub const UNKNOWN_LANE: u16 = 0;

/// A device's time as a moment: UTC as it stands, otherwise less the port's offset.
pub fn moment(time: DeviceTime, port: &PortSettings) -> Micros {
    let offset = if time.is_utc() {
        Micros::ZERO
    } else {
        port.utc_offset
    };
    Micros::new(time.micros()).saturating_sub(offset)
}

/// The weighing that a vehicle record tells of. `None` when the record has no axle: there is
/// nothing to weigh, the record is kept as a finding.
pub fn weighing(
    settings: &Settings,
    port: &PortSettings,
    input: &Input,
    vehicle: &Vehicle,
) -> Option<Weighing> {
    let axles: Vec<AxleLoad> = vehicle
        .axles
        .iter()
        .map(|axle| {
            let sides = || Some(axle.left_kg?.saturating_add(axle.right_kg?));
            Some(AxleLoad {
                load_kg: Kilograms::new(axle.load_kg.or_else(sides)?),
                left_kg: axle.left_kg.map(Kilograms::new),
                right_kg: axle.right_kg.map(Kilograms::new),
                spacing_mm: axle.spacing_mm.map(Millimetres::new),
            })
        })
        .collect::<Option<_>>()?;
    if axles.is_empty() {
        return None;
    }
    let axle_sum: Kilograms = axles.iter().map(|axle| axle.load_kg).sum();
    let gross_kg = vehicle.gross_kg.map_or(axle_sum, Kilograms::new);
    let device_time = vehicle.time.map(|time| moment(time, port));
    let crossed_at = device_time.unwrap_or(input.received_at);

    let mut flags: Vec<Flag> = vehicle
        .flags
        .iter()
        .map(|&flag| device_flag(flag))
        .collect();
    // Controllers cut each axle to whole kilograms, so the sum may miss the gross by one an axle.
    let allowed = i64::try_from(axles.len()).unwrap_or(i64::MAX);
    let found = [
        (
            axle_sum.saturating_sub(gross_kg).abs().get() > allowed,
            Flag::SumWrong,
        ),
        (
            axles
                .iter()
                .any(|axle| !(LIGHTEST_AXLE_KG..=HEAVIEST_AXLE_KG).contains(&axle.load_kg)),
            Flag::AxleOutOfRange,
        ),
        (
            vehicle
                .speed_tenth_kmh
                .is_some_and(|speed| TenthKmh::new(speed) > FASTEST),
            Flag::SpeedOutOfRange,
        ),
        (device_time.is_none(), Flag::NoDeviceTime),
        (
            clock_disagrees(settings, device_time, input.received_at)
                && !vehicle.flags.contains(&VehicleFlag::ClockNotSet),
            Flag::ClockDisagrees,
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

    Some(Weighing {
        passage_id: passage_id(&settings.station, &input.port, crossed_at, vehicle.sequence),
        station: settings.station.clone(),
        port: input.port.clone(),
        protocol: port.protocol.clone(),
        lane: port.lane.or(vehicle.lane).unwrap_or(UNKNOWN_LANE),
        kind: PassageKind::Dynamic,
        sequence: vehicle.sequence,
        device_time: vehicle.time.map(|time| time.to_string()),
        crossed_at,
        received_at: input.received_at,
        direction: vehicle.direction.map(|direction| match direction {
            Direction::Forward => TravelDirection::Forward,
            Direction::Reverse => TravelDirection::Reverse,
        }),
        speed_tenth_kmh: vehicle.speed_tenth_kmh.map(TenthKmh::new),
        length_mm: vehicle.length_mm.map(Millimetres::new),
        gross_kg,
        axles,
        flags,
        weight_trusted: vehicle.checked,
        agreeing_frames: None,
        raw: input.raw(),
    })
}

/// Whether the device's clock is further from the receipt than the setting allows. A record may
/// come late (a cable was pulled), so only a device clock that runs *ahead* of the receipt, or is
/// behind by more than a day beyond the tolerance, can be told apart from lateness here.
fn clock_disagrees(settings: &Settings, device_time: Option<Micros>, received_at: Micros) -> bool {
    const LONGEST_LATENESS: Micros = Micros::from_seconds(86_400);
    let (Some(tolerance), Some(device)) = (settings.clock_tolerance, device_time) else {
        return false;
    };
    let ahead = device.saturating_sub(received_at);
    let behind = received_at.saturating_sub(device);
    ahead > tolerance || behind > LONGEST_LATENESS.saturating_add(tolerance)
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
