//! FHWA "W" weight records (US traffic monitoring): one vehicle a line of 147 columns.
//!
//! **Vendor, models.** What US road WIM systems export for the Federal Highway Administration's Travel
//! Monitoring Analysis System, after the Traffic Monitoring Guide.
//!
//! **Source, how sure.** Published sample lines with the column comments of a test suite; gross and
//! axles of all of them agree only with these columns (spacings of 4 columns: 34 + 13 x 5 + 12 x 4 =
//! 147). The Guide itself was not readable here. The pipe-delimited records of later Guides are
//! another format. Maturity: DOCUMENTED.
//!
//! **Line.** 9600 8N1 where it is sent at all; the logger speaks, the host says nothing.
//!
//! **Layout** (columns from 1; digits filled with blanks or zeros on the left; LF or CR LF at the
//! end):
//!
//! ```text
//! column  width  field
//!  1       1     W
//!  2       2     state
//!  4       6     station
//! 10       1     direction, a compass code: 1 north, 2 north-east, to 8 north-west; 9, 0 combined
//! 11       1     lane
//! 12      10     YYYYMMDDHH
//! 22       2     vehicle class, not used here
//! 24       3     open: speed or temperature by local use, or blank
//! 27       6     gross, lb
//! 33       2     N, number of axles, 1 to 13
//! 35 + 9i  5     load of axle i, lb
//! 40 + 9i  4     distance from axle i to axle i + 1, 0.1 ft; none behind the 13th
//! ```
//!
//! Columns behind the last axle are blank or zero. A line may end behind the last axle's load,
//! 34 + 9 N - 4 columns, instead of at column 147.
//!
//! **Integrity.** None on the wire. The gross must be the sum of the axles to the pound, and that is
//! all that guards a record: it is fit for pre-selection and statistics only (`checked: false`). The
//! sum is taken in pounds, before anything is converted.
//!
//! **Quirks.**
//! * Pounds become kilograms by [`kilograms_of_pounds`] and tenths of a foot millimetres by
//!   [`millimetres_of_tenth_feet`], each number rounded by itself. So the kilograms of the axles may
//!   miss those of the gross by half a kilogram for each number.
//! * The time is the hour in which the vehicle passed, local: minutes and seconds read as zero and
//!   are not known.
//! * The direction is one of the compass; `forward` says which code is forward on this road.
//! * Station is state and station together, eight characters.
//! * A published sample has two digits of an axle transposed; the sum finds that.
//!
//! **One frame.** `W17042110312025031408090630441000315400014117000004511700` CR LF = 44100 lb.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::evidence::{Grade, Record};
use crate::field::{digits, padded};
use crate::record_lines::{RecordLine, RecordLines};
use crate::registry::{Check, Kind, LineSetting, Maturity, Protocol, Speaker};
use crate::settings::refuse;
use crate::window::Stream;
use crate::{
    Axle, Decoder, DeviceTime, Direction, EncodeError, Event, Reject, SettingSpec, Settings,
    SettingsError, Vehicle, specimen,
};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "fhwa_w",
    kind: Kind::VehicleRecord,
    devices: "US road WIM systems, weight records after the FHWA Traffic Monitoring Guide",
    line: "file, or 9600 8N1",
    line_settings: &[LineSetting::eight_n_one(9_600)],
    speaker: Speaker::Device,
    marked: true,
    check: Check::None,
    evidence: &[(Record::Vehicle, Grade::PreSelection)],
    maturity: Maturity::Documented,
    longest_frame_bytes: LONGEST,
    settings: SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, settings| match event {
        Event::Vehicle(vehicle) => encode(vehicle, settings, Columns::OfItsAxles),
        _ => Err(EncodeError::Kind),
    },
    specimen,
};

/// The settings.
pub const SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        key: "forward",
        default: "",
        meaning: "the direction code, 0 to 9, that is forward on this road, every other is reverse; \
                  empty leaves the direction out",
    },
    SettingSpec {
        key: "open_field",
        default: "none",
        meaning: "what columns 24 to 26 are: `none` (not used), `mph` or `kmh` (speed)",
    },
];

const HEADER: usize = 34;
const LOAD: usize = 5;
const SPACING: usize = 4;
const BLOCK: usize = LOAD + SPACING;
const AXLES: usize = 13;
/// Columns of a full line.
const COLUMNS: usize = 147;
const LONGEST: usize = COLUMNS + 2;

/// Kilograms of pounds (1 lb = 0.45359237 kg by definition), rounded half up to a whole kilogram.
pub const fn kilograms_of_pounds(pounds: i64) -> i64 {
    (pounds * 45_359_237 + 50_000_000).div_euclid(100_000_000)
}

/// The whole pounds nearest to kilograms; [`kilograms_of_pounds`] gives the kilograms back.
pub const fn pounds_of_kilograms(kilograms: i64) -> i64 {
    (kilograms * 100_000_000 + 22_679_618).div_euclid(45_359_237)
}

/// Millimetres of tenths of a foot (1 ft = 304.8 mm by definition), rounded half up to a whole
/// millimetre.
pub const fn millimetres_of_tenth_feet(tenth_feet: i64) -> i64 {
    (tenth_feet * 3_048 + 50).div_euclid(100)
}

/// The tenths of a foot nearest to millimetres. They give the millimetres back only where those are
/// of tenths of a foot.
pub const fn tenth_feet_of_millimetres(millimetres: i64) -> i64 {
    (millimetres * 100 + 1_524).div_euclid(3_048)
}

/// Tenths of km/h of miles an hour (1 mile = 1.609344 km by definition), rounded half up.
pub const fn tenth_kmh_of_mph(mph: i64) -> i64 {
    (mph * 1_609_344 + 50_000).div_euclid(100_000)
}

/// What the open field is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Unused,
    Mph,
    Kmh,
}

struct FhwaW {
    forward: Option<u8>,
    open: Open,
}

impl FhwaW {
    fn new(settings: &Settings) -> Result<Self, SettingsError> {
        settings.check_keys(SETTINGS)?;
        let open = [
            ("none", Open::Unused),
            ("mph", Open::Mph),
            ("kmh", Open::Kmh),
        ];
        let text = settings.text(SETTINGS, "forward");
        let forward = match text.as_bytes() {
            [] => None,
            [code] if code.is_ascii_digit() => Some(*code),
            _ => return Err(refuse("forward", text, "one digit, or nothing")),
        };
        Ok(Self {
            forward,
            open: settings.choice(SETTINGS, "open_field", &open)?,
        })
    }
}

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    Ok(Stream::new(RecordLines::new(FhwaW::new(settings)?)))
}

impl RecordLine for FhwaW {
    const LONGEST: usize = LONGEST;
    const MARK: Option<u8> = Some(b'W');
    const OPEN_END: bool = true;

    fn read(&self, line: &[u8]) -> Result<Event, Reject> {
        if line.len() > COLUMNS {
            return Err(Reject::Length);
        }
        let columns = |from: usize, width: usize| {
            let start = from - 1;
            line.get(start..start + width).ok_or(Reject::Truncated)
        };
        let needed = |from, width| padded(columns(from, width)?)?.ok_or(Reject::Field);
        let count = usize::try_from(needed(33, 2)?).map_err(|_| Reject::Field)?;
        if columns(1, 1)? != b"W" || !(1..=AXLES).contains(&count) {
            return Err(Reject::Field);
        }
        if line.len() + SPACING < HEADER + count * BLOCK {
            return Err(Reject::Truncated);
        }
        let station = columns(2, 8)?;
        let code = columns(10, 1)?;
        if !station.iter().all(is_digit_or_blank) || !code.iter().all(u8::is_ascii_digit) {
            return Err(Reject::Field);
        }
        padded(columns(22, 2)?)?;
        let gross_lb = needed(27, 6)?;
        let (axles, sum_lb) = read_axles(line, count)?;
        if sum_lb != gross_lb {
            return Err(Reject::Contradiction);
        }
        let direction = self.forward.map(|forward| {
            if code == [forward] {
                Direction::Forward
            } else {
                Direction::Reverse
            }
        });
        Ok(Event::Vehicle(Vehicle {
            station: core::str::from_utf8(station).ok().map(ToString::to_string),
            time: Some(read_time(columns(12, 10)?)?),
            lane: padded(columns(11, 1)?)?.and_then(|lane| u16::try_from(lane).ok()),
            direction,
            speed_tenth_kmh: self.speed(columns(24, 3)?)?,
            gross_kg: Some(kilograms_of_pounds(gross_lb)),
            axles,
            ..Vehicle::default()
        }))
    }
}

impl FhwaW {
    /// The speed of the open field, where it is one. Anything printable may stand there otherwise.
    fn speed(&self, field: &[u8]) -> Result<Option<i64>, Reject> {
        let speed = match self.open {
            Open::Unused if field.iter().all(|byte| matches!(byte, b' '..=b'~')) => None,
            Open::Unused => return Err(Reject::Field),
            Open::Mph => padded(field)?.map(tenth_kmh_of_mph),
            Open::Kmh => padded(field)?.map(|speed| speed * 10),
        };
        Ok(speed)
    }
}

fn is_digit_or_blank(byte: &u8) -> bool {
    byte.is_ascii_digit() || *byte == b' '
}

fn read_time(columns: &[u8]) -> Result<DeviceTime, Reject> {
    let year = columns.get(..4).and_then(digits).ok_or(Reject::Field)?;
    let year = u16::try_from(year).map_err(|_| Reject::Field)?;
    let small = |from: usize, to: usize| {
        let number = padded(columns.get(from..to).unwrap_or_default())?;
        let number = number.and_then(|number| u8::try_from(number).ok());
        number.ok_or(Reject::Field)
    };
    DeviceTime::new(
        (year, small(4, 6)?, small(6, 8)?),
        (small(8, 10)?, 0, 0),
        0,
        false,
    )
    .ok_or(Reject::Field)
}

/// The axles in kilograms and millimetres, and the sum of their loads in pounds.
fn read_axles(line: &[u8], count: usize) -> Result<(Vec<Axle>, i64), Reject> {
    let mut axles = Vec::with_capacity(count);
    let (mut sum_lb, mut spacing) = (0, None);
    let blocks = line.get(HEADER..).unwrap_or_default();
    for (index, block) in blocks.chunks(BLOCK).enumerate() {
        let (load, behind) = block.split_at(LOAD.min(block.len()));
        let last = index + 1 >= count;
        if last && !behind.iter().all(is_zero_or_blank) {
            return Err(Reject::Contradiction);
        }
        if index >= count {
            if !load.iter().all(is_zero_or_blank) {
                return Err(Reject::Contradiction);
            }
            continue;
        }
        let load = padded(load)?.ok_or(Reject::Field)?;
        if load == 0 {
            return Err(Reject::Contradiction);
        }
        sum_lb += load;
        axles.push(Axle {
            load_kg: Some(kilograms_of_pounds(load)),
            spacing_mm: spacing,
            ..Axle::default()
        });
        if !last {
            spacing = match padded(behind)? {
                Some(0) => return Err(Reject::Contradiction),
                tenth_feet => tenth_feet.map(millimetres_of_tenth_feet),
            };
        }
    }
    Ok((axles, sum_lb))
}

fn is_zero_or_blank(byte: &u8) -> bool {
    matches!(byte, b'0' | b' ')
}

/// How long a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Columns {
    /// All 147, blank behind the last axle.
    All,
    /// To the last axle's load.
    OfItsAxles,
}

/// The line of a vehicle, with CR LF. Class and whatever the settings do not name are blank.
///
/// # Errors
/// `station` (eight digits or blanks), `time` (local, a whole hour), `gross_kg` and every axle's
/// `load_kg` are needed, 1 to 13 axles. Spacings are those of tenths of a foot, and the gross is that
/// of the axles' pounds. A direction is written only where the setting `forward` is there, a speed
/// where `open_field` is one.
pub fn encode(
    vehicle: &Vehicle,
    settings: &Settings,
    columns: Columns,
) -> Result<Vec<u8>, EncodeError> {
    let form = FhwaW::new(settings).map_err(|error| EncodeError::range("settings", error))?;
    let axles = &vehicle.axles;
    if !(1..=AXLES).contains(&axles.len()) {
        return Err(EncodeError::range("axles", axles.len()));
    }
    let station = vehicle.station.as_deref();
    let station = station.ok_or(EncodeError::Missing("station"))?;
    if station.len() != 8 || !station.as_bytes().iter().all(is_digit_or_blank) {
        return Err(EncodeError::range("station", station));
    }
    let gross_kg = vehicle.gross_kg.ok_or(EncodeError::Missing("gross_kg"))?;
    let (blocks, gross_lb) = write_axles(axles)?;
    if kilograms_of_pounds(gross_lb) != gross_kg {
        return Err(EncodeError::range("gross_kg", gross_kg));
    }
    let lane = match vehicle.lane {
        None => ' '.to_string(),
        Some(lane @ 0..=9) => lane.to_string(),
        Some(lane) => return Err(EncodeError::range("lane", lane)),
    };
    let mut line = format!(
        "W{station}{}{lane}{}  {}{gross_lb:06}{:02}{blocks}",
        form.direction_column(vehicle)?,
        time_columns(vehicle)?,
        form.open_columns(vehicle)?,
        axles.len(),
    );
    if gross_lb > 999_999 {
        return Err(EncodeError::range("gross_kg", gross_kg));
    }
    if columns == Columns::All {
        line = format!("{line:COLUMNS$}");
    }
    line.push_str("\r\n");
    Ok(line.into_bytes())
}

impl FhwaW {
    fn direction_column(&self, vehicle: &Vehicle) -> Result<char, EncodeError> {
        match (self.forward, vehicle.direction) {
            (None, None) => Ok('1'),
            (Some(code), Some(Direction::Forward)) => Ok(char::from(code)),
            (Some(b'1'), Some(Direction::Reverse)) => Ok('5'),
            (Some(_), Some(Direction::Reverse)) => Ok('1'),
            (Some(_), None) => Err(EncodeError::Missing("direction")),
            (None, Some(direction)) => {
                Err(EncodeError::range("direction", format!("{direction:?}")))
            }
        }
    }

    fn open_columns(&self, vehicle: &Vehicle) -> Result<String, EncodeError> {
        let Some(tenths) = vehicle.speed_tenth_kmh else {
            return Ok("   ".to_string());
        };
        let (speed, back) = match self.open {
            Open::Unused => return Err(EncodeError::range("speed_tenth_kmh", tenths)),
            Open::Kmh => (tenths / 10, tenths / 10 * 10),
            Open::Mph => {
                let mph = tenths.saturating_mul(100_000).saturating_add(804_672) / 1_609_344;
                (mph, tenth_kmh_of_mph(mph))
            }
        };
        if back != tenths || !(0..=999).contains(&speed) {
            return Err(EncodeError::range("speed_tenth_kmh", tenths));
        }
        Ok(format!("{speed:03}"))
    }
}

fn time_columns(vehicle: &Vehicle) -> Result<String, EncodeError> {
    let time = vehicle.time.ok_or(EncodeError::Missing("time"))?;
    if time.is_utc() || time.micros() % 3_600_000_000 != 0 {
        return Err(EncodeError::range("time", time));
    }
    Ok(crate::field::write_time("YYYYMMDDhh", time))
}

/// The axle blocks without a spacing behind the last, and the sum of the loads in pounds.
fn write_axles(axles: &[Axle]) -> Result<(String, i64), EncodeError> {
    let (mut blocks, mut sum_lb) = (String::new(), 0);
    for (index, axle) in axles.iter().enumerate() {
        if index > 0 {
            let tenth_feet = axle.spacing_mm.map(|spacing_mm| {
                let tenth_feet = tenth_feet_of_millimetres(spacing_mm.clamp(0, 1_000_000));
                let exact = millimetres_of_tenth_feet(tenth_feet) == spacing_mm;
                (exact && (1..=9_999).contains(&tenth_feet))
                    .then_some(tenth_feet)
                    .ok_or_else(|| EncodeError::range("spacing_mm", spacing_mm))
            });
            match tenth_feet.transpose()? {
                Some(tenth_feet) => blocks.push_str(&format!("{tenth_feet:04}")),
                None => blocks.push_str("    "),
            }
        }
        let load_kg = axle.load_kg.ok_or(EncodeError::Missing("load_kg"))?;
        let pounds = pounds_of_kilograms(load_kg.clamp(0, 100_000));
        if kilograms_of_pounds(pounds) != load_kg || !(1..=99_999).contains(&pounds) {
            return Err(EncodeError::range("load_kg", load_kg));
        }
        sum_lb += pounds;
        blocks.push_str(&format!("{pounds:05}"));
    }
    Ok((blocks, sum_lb))
}

/// A vehicle that the columns can carry.
fn specimen(number: u64) -> Event {
    let count = 2 + specimen::scatter(number) % 12;
    let mut pounds = 0;
    let axles: Vec<Axle> = (0..count)
        .map(|index| {
            let draw = specimen::scatter(number * 32 + index);
            let load_kg = 700 + (draw % 12_000) as i64;
            pounds += pounds_of_kilograms(load_kg);
            let tenth_feet = 36 + (draw >> 32) as i64 % 300;
            let measured = index > 0 && (number + index) % 11 != 3;
            Axle {
                load_kg: Some(load_kg),
                spacing_mm: measured.then_some(millimetres_of_tenth_feet(tenth_feet)),
                ..Axle::default()
            }
        })
        .collect();
    let hour = 3_600_000_000;
    Event::Vehicle(Vehicle {
        station: Some(format!(
            "{:02}{:06}",
            1 + number % 56,
            18_115 + number % 800
        )),
        time: specimen::time(number * 61, false)
            .and_then(|time| DeviceTime::from_micros(time.micros() / hour * hour, false)),
        lane: (number % 9 != 8).then_some((number % 9) as u16),
        gross_kg: Some(kilograms_of_pounds(pounds)),
        axles,
        ..Vehicle::default()
    })
}

#[cfg(test)]
mod tests;
