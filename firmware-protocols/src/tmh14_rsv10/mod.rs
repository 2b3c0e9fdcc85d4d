//! TMH 14 (RSV) type 10 records of South African traffic loggers: one vehicle a line of fields.
//!
//! **Vendor, models.** Traffic loggers and road WIM systems that deliver after TMH 14 of the South
//! African Committee of Transport Officials (COTO).
//!
//! **Source, how sure.** The order of the fields and the form of the sub-data are those of one program
//! that reads such files; the standard itself was not read. The two-letter codes and the separators of
//! our own frames are inferred, so is that wheels come as left and right of each axle, and that a
//! spacing is in centimetres. Which forward/reverse code is which is not known. Maturity: EXPERIMENTAL.
//!
//! **Line.** 9600 8N1 where it is sent at all; the logger speaks, the host says nothing.
//!
//! **Layout** (fields parted by comma or semicolon, or else by blanks; LF or CR LF at the end):
//!
//! ```text
//! field  content
//!  1     10, the type of the record
//!  2     20, the number of basic fields that follow
//!  3     data source         4  edit code
//!  5     date, YYYYMMDD      6  time, HHMMSS or HHMMSShh (1/100 s)
//!  7     assigned lane       8  physical lane, not used here
//!  9     forward/reverse    10  category
//! 11     class 1            12  class 2
//! 13     speed, km/h        14  length, cm
//! 15     occupancy, ms      16  chassis height
//! 17     following          18  tag
//! 19     trailers           20  N, axles
//! 21     bumper to axle 1   22  tyre type
//!
//! sub-data behind field 22, any number of blocks, first letter of the code:
//! W      code, count (2 N), sensor, resolution kg, left and right wheel of each axle
//! A      code, count (N), sensor, resolution kg, axles
//! G      code, count (to N), sensor, resolution kg, axle groups
//! S      code, count (N - 1), spacings, cm
//! T, C   code, count, values, not used here
//! V      code, count, sensor, values, not used here
//! ```
//!
//! A code is one to four letters and digits of either case. A mass is its value times the resolution.
//!
//! **Integrity.** None on the wire, and no gross to add up to: the counts of fields and values, and
//! wheels, axles and groups against each other where a record has more than one of them, each rounded
//! to its resolution. A record is fit for pre-selection and statistics only (`checked: false`).
//!
//! **Quirks.**
//! * A record without sub-data is a vehicle that was counted and not weighed: no gross and no axles. A
//!   number of axles in its basic fields makes no axle.
//! * The gross is the sum of the axles, or of the groups where only those were weighed: no field
//!   states one. A group's mass is not split into axles.
//! * Two blocks of one letter (two sensors) leave open which holds: such a record is refused.
//! * An empty field is not measured. Masses and counts can't be empty.
//! * Another number of basic fields, and other record types, are refused as versions not known.
//! * There is no start mark: a line is a record or a reject as a whole, and needs its line end.
//!
//! **One frame.** `10,20,1,0,20250314,08152731,2,2,1,3,15,9,63,1180,2400,2,0,0,0,2,90,0,AX,2,0,10,640,1000,SX,1,410`
//! CR LF = two axles, 16 400 kg.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::evidence::{Grade, Record};
use crate::record_lines::{RecordLine, RecordLines};
use crate::registry::{Check, Kind, LineSetting, Maturity, Protocol, Speaker};
use crate::settings::refuse;
use crate::window::Stream;
use crate::{
    Decoder, DeviceTime, Direction, EncodeError, Event, Reject, SettingSpec, Settings,
    SettingsError, Vehicle,
};

mod encode;
mod sub_data;

pub use encode::encode;
use sub_data::{SubData, Tokens};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "tmh14_rsv10",
    kind: Kind::VehicleRecord,
    devices: "South African loggers and road WIM systems, TMH 14 (RSV) type 10",
    line: "file, or 9600 8N1",
    line_settings: &[LineSetting::eight_n_one(9_600)],
    speaker: Speaker::Device,
    marked: false,
    check: Check::None,
    evidence: &[(Record::Vehicle, Grade::Unproven)],
    maturity: Maturity::Experimental,
    longest_frame_bytes: LONGEST,
    settings: SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, settings| match event {
        Event::Vehicle(vehicle) => encode(vehicle, settings),
        _ => Err(EncodeError::Kind),
    },
    specimen: encode::specimen,
};

/// The settings.
pub const SETTINGS: &[SettingSpec] = &[SettingSpec {
    key: "forward",
    default: "",
    meaning: "the forward/reverse code that is forward, one letter or digit, every other is reverse; \
              empty leaves the direction out",
}];

/// Longer than 32 axles with all kinds of blocks.
const LONGEST: usize = 1_024;
/// Basic fields behind the two that say so.
const BASIC: usize = 20;
/// The most axles.
const AXLES: i64 = 32;

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    Ok(Stream::new(RecordLines::new(Rsv::new(settings)?)))
}

struct Rsv {
    forward: Option<u8>,
}

impl Rsv {
    fn new(settings: &Settings) -> Result<Self, SettingsError> {
        settings.check_keys(SETTINGS)?;
        let text = settings.text(SETTINGS, "forward");
        let forward = match text.as_bytes() {
            [] => None,
            [code] if code.is_ascii_alphanumeric() => Some(*code),
            _ => return Err(refuse("forward", text, "one letter or digit, or nothing")),
        };
        Ok(Self { forward })
    }

    fn direction(&self, code: &[u8]) -> Option<Direction> {
        let forward = self.forward?;
        match code {
            [] => None,
            [code] if *code == forward => Some(Direction::Forward),
            _ => Some(Direction::Reverse),
        }
    }
}

impl RecordLine for Rsv {
    const LONGEST: usize = LONGEST;
    const OPEN_END: bool = false;

    fn read(&self, line: &[u8]) -> Result<Event, Reject> {
        let mut tokens = Tokens::new(line);
        match (tokens.next(), tokens.next()) {
            (Some(b"10"), Some(b"20")) => {}
            (Some(b"10"), Some(count)) if whole(count).is_ok() => return Err(Reject::Version),
            (Some(b"10"), Some(_)) => return Err(Reject::Field),
            (Some([first, second]), Some(_))
                if first.is_ascii_alphanumeric() && second.is_ascii_digit() =>
            {
                return Err(Reject::Version);
            }
            _ => return Err(Reject::Garbage),
        }
        let mut basic: [&[u8]; BASIC] = [&[]; BASIC];
        for field in &mut basic {
            *field = tokens.next().ok_or(Reject::Truncated)?;
        }
        let (mut vehicle, count) = self.basic(&basic)?;
        let data = SubData::read(&mut tokens, count)?;
        data.weigh(&mut vehicle)?;
        Ok(Event::Vehicle(vehicle))
    }
}

impl Rsv {
    /// What the basic fields say, and how many axles they count.
    fn basic(&self, fields: &[&[u8]; BASIC]) -> Result<(Vehicle, usize), Reject> {
        let [
            _source,
            _edit,
            date,
            time,
            lane,
            _physical,
            direction,
            _category,
            _class_1,
            _class_2,
            speed,
            length,
            _occupancy,
            _chassis,
            _following,
            _tag,
            _trailers,
            axles,
            _bumper,
            _tyre,
        ] = fields;
        if !fields.iter().all(|field| is_basic(field)) {
            return Err(Reject::Field);
        }
        let count = whole(axles)?.ok_or(Reject::Field)?;
        if count > AXLES {
            return Err(Reject::Field);
        }
        let lane = whole(lane)?.map(u16::try_from).transpose();
        let speed = match speed {
            [] => None,
            speed => Some(tenths(speed).ok_or(Reject::Field)?),
        };
        let vehicle = Vehicle {
            time: Some(read_time(date, time)?),
            lane: lane.map_err(|_| Reject::Field)?,
            direction: self.direction(direction),
            speed_tenth_kmh: speed,
            length_mm: whole(length)?.map(|centimetres| centimetres * 10),
            ..Vehicle::default()
        };
        Ok((vehicle, usize::try_from(count).map_err(|_| Reject::Field)?))
    }
}

/// A basic field is a number, a short code, or empty; none is longer than a date.
fn is_basic(field: &[u8]) -> bool {
    let fits = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'.';
    field.len() <= 8 && field.iter().all(fits)
}

/// A whole number of at most nine digits; empty is `None`.
fn whole(field: &[u8]) -> Result<Option<i64>, Reject> {
    match field {
        [] => Ok(None),
        digits if digits.len() <= 9 => {
            let number = crate::field::digits(digits);
            number.map(Some).ok_or(Reject::Field)
        }
        _ => Err(Reject::Field),
    }
}

fn tenths(field: &[u8]) -> Option<i64> {
    let tenths = crate::field::tenths(core::str::from_utf8(field).ok()?)?;
    (0..=9_999).contains(&tenths).then_some(tenths)
}

/// `YYYYMMDD` and `HHMMSS` with or without hundredths.
fn read_time(date: &[u8], time: &[u8]) -> Result<DeviceTime, Reject> {
    let part = |bytes: &[u8], from: usize, to: usize| {
        let digits = bytes.get(from..to).and_then(crate::field::digits);
        digits.ok_or(Reject::Field)
    };
    let small = |bytes, from| u8::try_from(part(bytes, from, from + 2)?).map_err(|_| Reject::Field);
    let hundredths = match (date.len(), time.len()) {
        (8, 8) => part(time, 6, 8)?,
        (8, 6) => 0,
        _ => return Err(Reject::Field),
    };
    let year = u16::try_from(part(date, 0, 4)?).map_err(|_| Reject::Field)?;
    DeviceTime::new(
        (year, small(date, 4)?, small(date, 6)?),
        (small(time, 0)?, small(time, 2)?, small(time, 4)?),
        u32::try_from(hundredths * 10_000).map_err(|_| Reject::Field)?,
        false,
    )
    .ok_or(Reject::Field)
}

/// Masses of one kind of a record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Masses {
    resolution_kg: i64,
    kilograms: Vec<i64>,
}

#[cfg(test)]
mod tests;
