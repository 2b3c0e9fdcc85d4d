//! Icoms lane radar: one detection with speed and direction, as text or encoded with length and time.
//!
//! **Vendor, models.** Icoms Detections TMA-3B3, TMA-296 and relatives.
//!
//! **Source, how sure.** The maker's manuals: TMA-296 p. 14 and 15 (the text messages), TMA-3B3
//! p. 17 (the encoded message). What the type byte of the encoded message counts is not known here.
//! No recording from hardware. Maturity: DOCUMENTED.
//!
//! **Line.** 9600 8N1. The radar sends a message for each detection, by itself; which form is a
//! parameter of the radar.
//!
//! **Layout.** Encoded, 19 bytes:
//!
//! ```text
//! offset  width  field
//!  0       2     02 99
//!  2       1     speed, km/h
//!  3       1     length, dm; 0 is not said
//!  4       1     1/100 s     \
//!  5       1     second       | BCD
//!  6       1     minute       |
//!  7       1     hour        /
//!  8       1     day, BCD; bit 7 set: outgoing
//!  9       1     month, BCD
//! 10       3     counter, low byte first; the event's sequence
//! 13       2     range, cm, low byte first; read over
//! 15       1     type; read over
//! 16       1     century, BCD
//! 17       1     year, BCD
//! 18       1     03
//! ```
//!
//! Text, S a digit of the speed, each with CR LF at its end:
//!
//! ```text
//! 1  +SSS km/h        + approaching, - receding; km/h or mph
//! 2  SSSKO            K km/h, M mph; I approaching, O receding
//! 3  +SSS             as 1, unit by setting
//! 4  *SSSS            the characters * and S, then the speed; no direction, unit by setting
//! 5  sSSS             the character s, then the speed; no direction, unit by setting
//! 6  +SSS km/h DDD m  as 1, with the range in m, which is read over
//! ```
//!
//! A detection is a vehicle record without axles and without gross.
//!
//! **Integrity.** None but the marks, the length and the decimal digits (`checked: false`): for
//! pre-selection, and as a second speed beside the scale's.
//!
//! **Quirks.**
//! * The encoded message goes by its length: 02, 99 and 03 can stand inside.
//! * *Direction.* The radar is taken to look against the traffic: what approaches goes with the lane
//!   (`Forward`), what recedes goes against it (`Reverse`). `forward = receding` is for a radar that
//!   looks after the traffic.
//! * Miles an hour are turned into tenths of km/h, rounded. The setting `unit` is for the messages
//!   that do not name one, the encoded one too (inferred).
//! * Form 2 has no mark: a digit right before it spoils it.
//! * The time is the radar's local time, without a zone.
//!
//! **One frame.** `+047 km/h` CR LF.

mod forms;

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::evidence::{Grade, Record};
use crate::registry::{Check, Kind, LineSetting, Maturity, Protocol, Speaker};
use crate::window::{Format, Look, Stream};
use crate::{
    Decoder, DeviceTime, Direction, EncodeError, Event, Reject, SettingSpec, Settings,
    SettingsError, Vehicle, specimen,
};
use forms::{Fit, Piece, Text};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "icoms_radar",
    kind: Kind::SpeedSensor,
    devices: "Icoms TMA lane radars",
    line: "9600 8N1",
    line_settings: &[LineSetting::eight_n_one(9_600)],
    speaker: Speaker::Device,
    marked: true,
    check: Check::None,
    evidence: &[(Record::Vehicle, Grade::PreSelection)],
    maturity: Maturity::Documented,
    longest_frame_bytes: ENCODED,
    settings: SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, settings| match event {
        Event::Vehicle(vehicle) => encode(vehicle, settings),
        _ => Err(EncodeError::Kind),
    },
    specimen: |number| Event::Vehicle(specimen_vehicle(number)),
};

/// The settings.
pub const SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        key: "forward",
        default: "approaching",
        meaning: "which vehicles go with the lane, `approaching` or `receding` ones",
    },
    SettingSpec {
        key: "unit",
        default: "kmh",
        meaning: "unit of the speed in messages that do not name one, `kmh` or `mph`",
    },
    SettingSpec {
        key: "form",
        default: "1",
        meaning: "which text form is written for a vehicle without time, `1` to `5`; all are read",
    },
];

/// Bytes of the encoded message.
const ENCODED: usize = 19;
/// The most bytes of any message: the text form 6 has 17.
const LONGEST: usize = ENCODED;
const MARK: [u8; 2] = [0x02, 0x99];
const ETX: u8 = 0x03;
/// What the encoder writes as range and type, which events do not have.
const RANGE_AND_TYPE: [u8; 3] = [0, 0, 1];

/// What the settings say.
#[derive(Debug, Clone, Copy)]
struct Options {
    approaching: Direction,
    miles: bool,
    form: Text,
}

impl Options {
    fn new(settings: &Settings) -> Result<Self, SettingsError> {
        settings.check_keys(SETTINGS)?;
        Ok(Self {
            approaching: settings.choice(
                SETTINGS,
                "forward",
                &[
                    ("approaching", Direction::Forward),
                    ("receding", Direction::Reverse),
                ],
            )?,
            miles: settings.choice(SETTINGS, "unit", &[("kmh", false), ("mph", true)])?,
            form: settings.choice(
                SETTINGS,
                "form",
                &[
                    ("1", Text::SignUnit),
                    ("2", Text::Letters),
                    ("3", Text::Sign),
                    ("4", Text::Star),
                    ("5", Text::Small),
                ],
            )?,
        })
    }

    fn direction(self, approaching: bool) -> Direction {
        match (self.approaching, approaching) {
            (direction, true) => direction,
            (Direction::Forward, false) => Direction::Reverse,
            (Direction::Reverse, false) => Direction::Forward,
        }
    }

    fn speed_tenth_kmh(self, speed: i64, miles: Option<bool>) -> i64 {
        match miles.unwrap_or(self.miles) {
            // A mile is 1,609.344 m.
            true => (speed * 1_609_344 + 50_000) / 100_000,
            false => speed * 10,
        }
    }
}

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    Ok(Stream::new(Radar {
        options: Options::new(settings)?,
        behind_digit: false,
    }))
}

struct Radar {
    options: Options,
    /// The byte before the window is a digit that belongs to no message, so that a digit here can't
    /// be the first of a speed.
    behind_digit: bool,
}

impl Format for Radar {
    fn look(&mut self, window: &[u8], _seen: usize, ended: bool) -> Look {
        let digit = window.first().is_some_and(u8::is_ascii_digit);
        if digit && self.behind_digit {
            return Look::Skip(1);
        }
        let look = match window.first() {
            Some(first) if *first == MARK[0] => self.encoded(window, ended),
            _ => self.text(window, ended),
        };
        if !matches!(look, Look::More) {
            self.behind_digit = digit && matches!(look, Look::Skip(1));
        }
        look
    }

    fn restart(&mut self) {
        self.behind_digit = false;
    }

    fn memory_bound(&self) -> usize {
        LONGEST
    }
}

impl Radar {
    fn text(&self, window: &[u8], ended: bool) -> Look {
        match forms::fit(window) {
            Fit::Whole(count, piece) => Look::Frame(count, Event::Vehicle(self.vehicle(piece))),
            Fit::Part if ended => Look::Bad(window.len(), Reject::Truncated),
            Fit::Part => Look::More,
            Fit::No => Look::Skip(1),
        }
    }

    fn vehicle(&self, piece: Piece) -> Vehicle {
        let options = self.options;
        Vehicle {
            direction: piece.approaching.map(|way| options.direction(way)),
            speed_tenth_kmh: Some(options.speed_tenth_kmh(piece.speed, piece.miles)),
            ..Vehicle::default()
        }
    }

    fn encoded(&self, window: &[u8], ended: bool) -> Look {
        let head = MARK.len().min(window.len());
        if window.get(..head) != MARK.get(..head) {
            return Look::Skip(1);
        }
        let Some(frame) = window.first_chunk::<ENCODED>() else {
            return match ended {
                true => Look::Bad(next_begin(window), Reject::Truncated),
                false => Look::More,
            };
        };
        if frame.last() != Some(&ETX) {
            return Look::Bad(next_begin(frame), Reject::Length);
        }
        match self.record(frame) {
            Some(vehicle) => Look::Frame(ENCODED, Event::Vehicle(vehicle)),
            None => Look::Bad(next_begin(frame), Reject::Field),
        }
    }

    /// The vehicle of an encoded message; `None` when a date or time is none.
    fn record(&self, frame: &[u8; ENCODED]) -> Option<Vehicle> {
        let [
            _,
            _,
            speed,
            length,
            hundredth,
            second,
            minute,
            hour,
            day,
            month,
            low,
            middle,
            high,
            _,
            _,
            _,
            century,
            year,
            _,
        ] = *frame;
        let date = (
            u16::from(bcd(century)?) * 100 + u16::from(bcd(year)?),
            bcd(month)?,
            bcd(day & 0x7F)?,
        );
        let time = (bcd(hour)?, bcd(minute)?, bcd(second)?);
        let micros = u32::from(bcd(hundredth)?) * 10_000;
        let outgoing = day & 0x80 != 0;
        Some(Vehicle {
            sequence: Some(u32::from_le_bytes([low, middle, high, 0]).into()),
            time: Some(DeviceTime::new(date, time, micros, false)?),
            direction: Some(self.options.direction(!outgoing)),
            speed_tenth_kmh: Some(self.options.speed_tenth_kmh(speed.into(), None)),
            length_mm: (length > 0).then(|| i64::from(length) * 100),
            ..Vehicle::default()
        })
    }
}

/// The bytes of a broken encoded message up to where another message may begin.
fn next_begin(frame: &[u8]) -> usize {
    let begins = |at: &usize| {
        let rest = frame.get(*at..).unwrap_or_default();
        rest.starts_with(&MARK) || MARK.starts_with(rest) || !matches!(forms::fit(rest), Fit::No)
    };
    (1..frame.len()).find(begins).unwrap_or(frame.len())
}

/// Two decimal digits in one byte.
fn bcd(byte: u8) -> Option<u8> {
    let (high, low) = (byte >> 4, byte & 0x0F);
    (high < 10 && low < 10).then_some(high * 10 + low)
}

/// A number to 99 as two decimal digits in one byte.
fn to_bcd(number: i64) -> u8 {
    (number / 10 % 10 * 16 + number % 10) as u8
}

/// The message of a vehicle: the encoded one when it has a time, otherwise the text form of the
/// settings.
///
/// # Errors
/// `speed_tenth_kmh` is needed, whole km/h, to 255 encoded and to 999 as text; `direction` is needed
/// but for the forms 4 and 5, which have none. The encoded message needs `sequence`, of at most 24
/// bits; its time is local with whole hundredths, from the year 1970 on; its length has whole
/// decimetres to 25,500 mm. Vehicles with weights, and `unit = mph` for messages without a unit, have
/// no place here.
pub fn encode(vehicle: &Vehicle, settings: &Settings) -> Result<Vec<u8>, EncodeError> {
    let options = Options::new(settings).map_err(|error| EncodeError::range("settings", error))?;
    if vehicle.gross_kg.is_some() || !vehicle.axles.is_empty() {
        return Err(EncodeError::range("axles", vehicle.axles.len()));
    }
    let speed = vehicle.speed_tenth_kmh;
    let speed = speed.ok_or(EncodeError::Missing("speed_tenth_kmh"))?;
    let text = vehicle.time.is_none();
    let limit = if text { 9_990 } else { 2_550 };
    if speed % 10 != 0 || !(0..=limit).contains(&speed) {
        return Err(EncodeError::range("speed_tenth_kmh", speed));
    }
    let speed = speed / 10;
    let approaching = vehicle
        .direction
        .map(|direction| direction == options.approaching);
    let named = text && matches!(options.form, Text::SignUnit | Text::Letters);
    if options.miles && !named {
        return Err(EncodeError::range("unit", "mph"));
    }
    let needed = approaching.ok_or(EncodeError::Missing("direction"));
    match vehicle.time {
        None => match options.form {
            Text::Star | Text::Small if approaching.is_some() => {
                Err(EncodeError::range("direction", "said"))
            }
            Text::Star | Text::Small => Ok(forms::write(options.form, speed, true)),
            form => Ok(forms::write(form, speed, needed?)),
        },
        Some(time) => encode_record(vehicle, time, speed, needed?),
    }
}

fn encode_record(
    vehicle: &Vehicle,
    time: DeviceTime,
    speed: i64,
    approaching: bool,
) -> Result<Vec<u8>, EncodeError> {
    let byte = |field: &'static str, value: i64| {
        u8::try_from(value).map_err(|_| EncodeError::range(field, value))
    };
    let length = vehicle.length_mm.unwrap_or(0);
    if length % 100 != 0 || vehicle.length_mm == Some(0) {
        return Err(EncodeError::range("length_mm", length));
    }
    if time.is_utc() || time.micros() % 10_000 != 0 {
        return Err(EncodeError::range("time", time));
    }
    let sequence = vehicle.sequence.ok_or(EncodeError::Missing("sequence"))?;
    let counter = u32::try_from(sequence).ok();
    let counter = counter.filter(|counter| *counter < 1 << 24);
    let counter = counter.ok_or_else(|| EncodeError::range("sequence", sequence))?;
    let [low, middle, high, _] = counter.to_le_bytes();
    // The canonical text has every part at a fixed place.
    let text = alloc::format!("{time}");
    let part = |from: usize| {
        let digits = text.get(from..from + 2).unwrap_or_default();
        to_bcd(digits.parse().unwrap_or_default())
    };
    let day = part(8) | if approaching { 0 } else { 0x80 };
    let mut frame = MARK.to_vec();
    frame.push(byte("speed_tenth_kmh", speed)?);
    frame.push(byte("length_mm", length / 100)?);
    frame.extend([part(20), part(17), part(14), part(11), day, part(5)]);
    frame.extend([low, middle, high]);
    frame.extend(RANGE_AND_TYPE);
    frame.extend([part(0), part(2), ETX]);
    Ok(frame)
}

/// Encoded and text by turns, both directions.
fn specimen_vehicle(number: u64) -> Vehicle {
    let chance = specimen::scatter(number);
    let speed = 10 * (chance % 200) as i64;
    let detection = Vehicle {
        direction: Some(if chance.is_multiple_of(3) {
            Direction::Reverse
        } else {
            Direction::Forward
        }),
        speed_tenth_kmh: Some(speed),
        ..Vehicle::default()
    };
    if number % 3 == 2 {
        return detection;
    }
    let whole_hundredth = |time: DeviceTime| {
        let micros = time.micros();
        DeviceTime::from_micros(micros - micros % 10_000, false)
    };
    Vehicle {
        sequence: Some(chance >> 8 & 0xFF_FFFF),
        time: specimen::time(number, false).and_then(whole_hundredth),
        length_mm: (!number.is_multiple_of(7)).then_some(100 * (30 + (chance >> 40) as i64 % 200)),
        ..detection
    }
}

#[cfg(test)]
mod tests;
