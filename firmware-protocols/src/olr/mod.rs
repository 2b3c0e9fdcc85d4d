//! Open lane record (`olr`), version 1: the native line of a weigh-in-motion controller.
//!
//! **Vendor, models.** None: this format is the project's own, for controllers whose maker can
//! change the firmware and for gateways that translate a maker's format. `OLR.md` beside this crate
//! is the specification to implement from; this head is its summary.
//!
//! **Source, how sure.** Defined here. Contents after TMH 14 (wheel, axle and group blocks), COST 323
//! and the FHWA weight record (names and sum rules), look after NMEA 0183. Maturity: DOCUMENTED, as
//! no controller outside of this project sends it yet.
//!
//! **Line.** 9600 to 115200 8N1, full duplex; RS-485 half duplex works with the timers of `OLR.md`.
//! The device speaks first: a record when a vehicle has left the sensors, a heartbeat every ten
//! seconds. The host answers a record with an acknowledge *after it is durable*.
//!
//! **Layout.** One line of printable ASCII, at most 2000 characters without the line end:
//!
//! ```text
//! $OLR,1,<type>,<field>,...,<field>*CCCC<CR><LF>
//!  ^-------------------------------^ CRC-16/XMODEM of these bytes, four upper-case hex digits
//!
//! V vehicle      station,lane,sequence,time,direction,speed,acceleration,length,temperature,
//!                gross,flags,confidence,N,axle;axle;...     axle = left/right/spacing/speed/tyre/
//!                                                                  group/validity
//! A acknowledge  station,lane,sequence,OK|DUP|BAD           (host to device)
//! R resend       station,lane,first,last                    (host to device)
//! H heartbeat    station,lane,time,last sequence,state      (device to host)
//! T time         station,lane,host time,device time         (host to device with the last field
//!                                                            empty; the device sends it filled in)
//! ```
//!
//! An empty field is *not measured*; it never stands for zero. Units: kg, mm, km/h with one decimal,
//! m/s² with one decimal, °C with one decimal, UTC to the millisecond.
//!
//! **Integrity.** CRC-16/XMODEM over everything between `$` and `*`: Hamming distance 4 over the
//! whole line. A line with a wrong CRC is never acknowledged.
//!
//! **Quirks.** `$` stands nowhere else in a line, so a cut line ends where the next begins. A gross
//! that is not the sum of the wheels, and spacings longer than the vehicle, set the flag
//! [`VehicleFlag::SumWrong`](crate::VehicleFlag::SumWrong) and do not lose the record. An axle whose
//! validity is not 0 sets [`VehicleFlag::SensorFault`](crate::VehicleFlag::SensorFault). LF alone
//! ends a line too, and so does the end of the stream when the CRC is right.
//!
//! **One frame.** `$OLR,1,A,ST0042,2,1718,OK*FF6D` CR LF.

mod encode;
mod message;
mod vehicle;

use alloc::borrow::ToOwned;
use alloc::boxed::Box;

pub use encode::encode;
pub use message::{Acknowledge, Address, Answer, Message, Resend, Time, address, parse_line};
pub use vehicle::{AxleExtra, Extra, Tyre};

use crate::evidence::{Grade, Record};
use crate::registry::{Check, Kind, LineSetting, Maturity, Protocol, Speaker};
use crate::window::{Format, Look, Stream};
use crate::{
    AxleValidity, Decoder, EncodeError, Event, Heartbeat, Reject, SettingSpec, Settings,
    SettingsError, specimen,
};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "olr",
    kind: Kind::VehicleRecord,
    devices: "controllers and gateways that implement OLR.md",
    line: "9600 to 115200 8N1",
    line_settings: &[
        LineSetting::eight_n_one(115_200),
        LineSetting::eight_n_one(9_600),
        LineSetting::eight_n_one(19_200),
        LineSetting::eight_n_one(38_400),
        LineSetting::eight_n_one(57_600),
    ],
    speaker: Speaker::Device,
    marked: true,
    check: Check::Crc16,
    evidence: &[(Record::Vehicle, Grade::Checked)],
    maturity: Maturity::Documented,
    longest_frame_bytes: LONGEST,
    settings: SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, _| match event {
        Event::Vehicle(vehicle) => encode(&Message::Vehicle(vehicle.clone(), Extra::default())),
        Event::Heartbeat(heartbeat) => {
            let address = Address {
                station: SIMULATED_STATION.to_owned(),
                lane: heartbeat.lane.ok_or(EncodeError::Missing("lane"))?,
            };
            encode(&Message::Heartbeat(address, heartbeat.clone()))
        }
        _ => Err(EncodeError::Kind),
    },
    specimen: |number| match number % 6 {
        1 => Event::Heartbeat(Heartbeat {
            lane: Some(2),
            time: specimen::time(number, true),
            last_sequence: Some(number % 1_000_000),
            state: "OK".to_owned(),
        }),
        _ => {
            let mut vehicle = specimen::vehicle(number, true, true);
            vehicle.acceleration_tenth_ms2 = Some((number % 41) as i64 - 20);
            for (index, axle) in (0_i64..).zip(&mut vehicle.axles) {
                axle.speed_tenth_kmh = vehicle.speed_tenth_kmh.map(|speed| speed + index);
                axle.validity = Some(AxleValidity::Valid).filter(|_| number % 4 != 3);
            }
            Event::Vehicle(vehicle)
        }
    },
};

/// The station that a heartbeat names which comes from no configured station.
const SIMULATED_STATION: &str = "ST0042";

/// The settings: none.
pub const SETTINGS: &[SettingSpec] = &[];

/// The version that this module speaks.
pub const VERSION: &str = "1";
/// The most characters of a line, `$` to the last digit of the CRC.
pub const LINE_CHARACTERS: usize = 2000;
/// The most axles of a record.
pub const AXLES: usize = 32;

/// A line with CR and LF.
const LONGEST: usize = LINE_CHARACTERS + 2;
const START: &[u8] = b"$OLR,";

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    settings.check_keys(SETTINGS)?;
    Ok(Stream::new(Olr))
}

struct Olr;

impl Format for Olr {
    fn look(&mut self, window: &[u8], seen: usize, ended: bool) -> Look {
        let next = |from: usize| {
            let rest = window.get(from..).unwrap_or_default();
            let found = rest.iter().position(|byte| matches!(byte, b'$' | b'\n'));
            found.map(|index| from + index)
        };
        if window.first() != Some(&b'$') {
            let start = window.iter().position(|byte| *byte == b'$');
            return Look::Skip(start.unwrap_or(window.len()));
        }
        let head = START.len().min(window.len());
        if window.get(..head) != START.get(..head) {
            return Look::Skip(1);
        }
        match next(seen.max(1)).filter(|end| *end < LONGEST) {
            Some(end) if window.get(end) == Some(&b'\n') => {
                line(window.get(..end).unwrap_or_default(), end + 1)
            }
            Some(end) if end < START.len() => Look::Skip(end),
            Some(end) => Look::Bad(end, Reject::Truncated),
            None if window.len() >= LONGEST => Look::Bad(LONGEST, Reject::Length),
            None if !ended => Look::More,
            None if head < START.len() => Look::Skip(window.len()),
            // All that the CRC covers is there; only the line end is missing.
            None => match line(window, window.len()) {
                Look::Bad(count, Reject::Integrity) => Look::Bad(count, Reject::Truncated),
                look => look,
            },
        }
    }

    fn memory_bound(&self) -> usize {
        LONGEST
    }
}

/// A line without LF that takes `count` bytes of the stream.
fn line(line: &[u8], count: usize) -> Look {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    match parse_line(line) {
        Ok(message) => Look::Frame(count, message.into_event()),
        Err(reason) => Look::Bad(count, reason),
    }
}

#[cfg(test)]
mod tests;
