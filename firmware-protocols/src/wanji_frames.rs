//! What the two Wanji dialects have in common: frames that begin with FF, name a command and a length
//! and end with CRC-16/XMODEM, high byte first.
//!
//! FF stands inside of frames as well, so a begin is only a guess until the check sum is right. A
//! guess that turns out wrong gives way to the next one inside of what it covered, and a whole vehicle
//! that stands inside of what a guess still waits for ends the wait: a damaged length must not hold
//! back what came behind it.

use alloc::string::String;
use alloc::vec::Vec;

use crate::check::crc16;
use crate::window::{Format, Look};
use crate::{Answer, AxleGroup, DeviceTime, EncodeError, Event, Reject, Vehicle, specimen};

/// First byte of every frame.
pub(crate) const START: u8 = 0xFF;
/// Bytes of the check sum.
const CRC: usize = 2;

/// Where a frame that begins here may end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Head {
    /// No frame begins here.
    No,
    /// Not known yet.
    More,
    /// Where; one of both at least. The short one is less than the long one.
    Ends {
        /// Of a frame without a length byte.
        short: Option<usize>,
        /// Of a frame with one.
        long: Option<Long>,
    },
}

/// The end that a length states.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Long {
    /// Behind so many bytes.
    At(usize),
    /// So many bytes show that the length can't be.
    Wrong(usize),
}

/// One dialect.
pub(crate) trait Frames: Send {
    /// The longest frame.
    const LONGEST: usize;

    /// What begins at the front of these bytes; the first is [`START`]. Once it has said something
    /// else than [`Head::More`], more bytes may only turn [`Long::At`] into [`Long::Wrong`].
    fn head(&self, bytes: &[u8]) -> Head;
    /// Whether a frame that is right at its short end might be the head of a long one all the same.
    fn may_be_head(&self, frame: &[u8]) -> bool;
    /// Whether the command is one of vehicles.
    fn is_vehicle(&self, frame: &[u8]) -> bool;
    /// What a frame with the right check sum says.
    fn read(&self, frame: &[u8]) -> Result<Event, Reject>;
    /// A frame was taken.
    fn taken(&mut self, frame: &[u8]);
    /// A frame was lost.
    fn lost(&mut self);
    /// See [`crate::Decoder::reply`].
    fn reply(&mut self, event: &Event, answer: Answer) -> Option<Vec<u8>>;
    /// See [`crate::Decoder::poll_transmit`].
    fn transmit(&mut self) -> Option<Vec<u8>>;
    /// Whether [`Frames::transmit`] has something.
    fn has_to_say(&self) -> bool;
    /// The stream ended and a new one begins.
    fn restart(&mut self);
}

/// A [`Format`] of [`Frames`].
pub(crate) struct WanjiFrames<F>(pub(crate) F);

/// Whether the last two bytes are the check sum of those before.
pub(crate) fn sum_is_right(frame: &[u8]) -> bool {
    frame
        .split_last_chunk::<CRC>()
        .is_some_and(|(covered, sum)| crc16(covered) == u16::from_be_bytes(*sum))
}

/// A frame with its check sum behind it.
pub(crate) fn sealed(mut frame: Vec<u8>) -> Vec<u8> {
    let sum = crc16(&frame);
    frame.extend_from_slice(&sum.to_be_bytes());
    frame
}

impl<F: Frames> WanjiFrames<F> {
    /// Where the next frame may begin behind the first byte.
    fn next_start(&self, bytes: &[u8]) -> Option<usize> {
        (1..bytes.len()).find(|start| {
            let rest = bytes.get(*start..).unwrap_or_default();
            rest.first() == Some(&START)
                && match self.0.head(rest) {
                    Head::No => false,
                    Head::More => true,
                    Head::Ends { short, long } => {
                        short.is_some() || matches!(long, Some(Long::At(_)))
                    }
                }
        })
    }

    /// Where a whole vehicle begins that ends before `end` and was not seen whole by the last look.
    fn vehicle_inside(&self, window: &[u8], seen: usize, end: usize) -> Option<usize> {
        (1..window.len()).find(|start| {
            let rest = window.get(*start..).unwrap_or_default();
            let Some((&START, Head::Ends { long, .. })) =
                rest.first().map(|first| (first, self.0.head(rest)))
            else {
                return false;
            };
            let Some(Long::At(length)) = long else {
                return false;
            };
            let behind = start + length;
            behind > seen
                && behind < end
                && rest.get(..length).is_some_and(|frame| {
                    self.0.is_vehicle(frame) && sum_is_right(frame) && self.0.read(frame).is_ok()
                })
        })
    }

    /// A frame with a right check sum.
    fn take(&mut self, frame: &[u8]) -> Look {
        self.0.taken(frame);
        match self.0.read(frame) {
            Ok(event) => Look::Frame(frame.len(), event),
            Err(reason) => Look::Bad(frame.len(), reason),
        }
    }

    /// These bytes are no frame: they go, up to the next one that may begin among them. With such a
    /// one, a wrong sum is rather that of a frame cut short.
    fn lose(&mut self, bytes: &[u8], reason: Reject) -> Look {
        self.0.lost();
        match self.next_start(bytes) {
            Some(start) if reason == Reject::Integrity => Look::Bad(start, Reject::Truncated),
            start => Look::Bad(start.unwrap_or(bytes.len()), reason),
        }
    }

    /// The stream ended within a frame.
    fn cut(&self, window: &[u8]) -> Look {
        let count = self.next_start(window).unwrap_or(window.len());
        match self.0.head(window) {
            Head::More => Look::Skip(count),
            _ => Look::Bad(count, Reject::Truncated),
        }
    }
}

impl<F: Frames> Format for WanjiFrames<F> {
    fn look(&mut self, window: &[u8], seen: usize, ended: bool) -> Look {
        let next = window.iter().position(|byte| *byte == START);
        match next {
            Some(0) => {}
            Some(count) => return Look::Skip(count),
            None => return Look::Skip(window.len()),
        }
        let (short, long) = match self.0.head(window) {
            Head::No => {
                let rest = window.get(1..).unwrap_or_default();
                let next = rest.iter().position(|byte| *byte == START);
                return Look::Skip(next.map_or(window.len(), |index| index + 1));
            }
            Head::More if ended => return self.cut(window),
            Head::More => return Look::More,
            Head::Ends { short, long } => (short, long),
        };
        let mut command = None;
        if let Some(end) = short {
            match window.get(..end) {
                Some(frame) if sum_is_right(frame) => {
                    if long.is_none() || !self.0.may_be_head(frame) {
                        return self.take(frame);
                    }
                    command = Some(frame);
                }
                Some(frame) if long.is_none() => return self.lose(frame, Reject::Integrity),
                Some(_) => {}
                None if ended => return self.cut(window),
                None => return Look::More,
            }
        }
        let (end, wrong) = match long {
            Some(Long::At(end)) => (end, None),
            Some(Long::Wrong(end)) => (end, Some(Reject::Length)),
            None => return Look::Skip(1),
        };
        if let Some(start) = self.vehicle_inside(window, seen, end) {
            return match command {
                Some(frame) => self.take(frame),
                None => {
                    self.0.lost();
                    Look::Bad(start, Reject::Truncated)
                }
            };
        }
        match (window.get(..end), command) {
            (Some(frame), _) if wrong.is_none() && sum_is_right(frame) => self.take(frame),
            (Some(_), Some(frame)) => self.take(frame),
            (Some(frame), None) => self.lose(frame, wrong.unwrap_or(Reject::Integrity)),
            (None, Some(frame)) if ended => self.take(frame),
            (None, None) if ended => self.cut(window),
            (None, _) => Look::More,
        }
    }

    fn restart(&mut self) {
        self.0.restart();
    }

    fn reply(&mut self, event: &Event, answer: Answer) -> Option<Vec<u8>> {
        self.0.reply(event, answer)
    }

    fn transmit(&mut self, _now_micros: i64) -> Option<Vec<u8>> {
        self.0.transmit()
    }

    fn timeout(&self) -> Option<i64> {
        self.0.has_to_say().then_some(i64::MIN)
    }

    fn memory_bound(&self) -> usize {
        F::LONGEST
    }
}

/// The bytes of a frame, one after the other.
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl Fields<'_> {
    /// The next byte.
    pub(crate) fn byte(&mut self) -> Result<u8, Reject> {
        let (first, rest) = self.0.split_first().ok_or(Reject::Length)?;
        self.0 = rest;
        Ok(*first)
    }

    /// The next two bytes, high one first.
    pub(crate) fn word(&mut self) -> Result<u16, Reject> {
        Ok(u16::from_be_bytes([self.byte()?, self.byte()?]))
    }

    /// Year (two bytes), month, day, hour, minute, second; all zero is a clock that is not set.
    pub(crate) fn clock(&mut self) -> Result<Option<DeviceTime>, Reject> {
        let year = self.word()?;
        let date = (year, self.byte()?, self.byte()?);
        let time = (self.byte()?, self.byte()?, self.byte()?);
        if (date, time) == ((0, 0, 0), (0, 0, 0)) {
            return Ok(None);
        }
        DeviceTime::new(date, time, 0, false)
            .map(Some)
            .ok_or(Reject::Field)
    }

    /// Weights in units of 10 kg, as kilograms.
    pub(crate) fn weights(&mut self, count: usize) -> Result<Vec<i64>, Reject> {
        (0..count)
            .map(|_| Ok(i64::from(self.word()?) * 10))
            .collect()
    }

    /// Codes of axle groups. [`Reject::Field`] for a kind that is not known: how many axles it has
    /// is then not known either.
    pub(crate) fn groups(&mut self, count: usize) -> Result<Vec<AxleGroup>, Reject> {
        (0..count)
            .map(|_| {
                let code = self.byte()?;
                Ok(AxleGroup {
                    axles: Some(axles_of_code(code).ok_or(Reject::Field)?),
                    load_kg: None,
                    code: Some(code),
                })
            })
            .collect()
    }
}

/// How many axles a group of this code has; the high four bits are about its tyres.
pub(crate) const fn axles_of_code(code: u8) -> Option<u8> {
    match code & 0x0F {
        1 | 2 => Some(1),
        3..=5 => Some(2),
        6..=9 => Some(3),
        _ => None,
    }
}

/// The axles of all groups together.
pub(crate) fn axles_in(groups: &[AxleGroup]) -> usize {
    groups
        .iter()
        .map(|group| usize::from(group.axles.unwrap_or(0)))
        .sum()
}

/// Bytes as hexadecimal pairs.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    let pairs = bytes.iter().map(|byte| alloc::format!("{byte:02X}"));
    pairs.collect::<Vec<_>>().join(" ")
}

/// A number that fits the field.
pub(crate) fn narrow<N: TryFrom<i64>>(field: &'static str, value: i64) -> Result<N, EncodeError> {
    N::try_from(value).map_err(|_| EncodeError::range(field, value))
}

/// Ten kilograms or centimetres.
pub(crate) fn tens(field: &'static str, value: i64) -> Result<[u8; 2], EncodeError> {
    if value % 10 != 0 {
        return Err(EncodeError::range(field, value));
    }
    narrow::<u16>(field, value / 10).map(u16::to_be_bytes)
}

/// A speed in tenths of km/h.
pub(crate) fn speed_bytes(vehicle: &Vehicle) -> Result<[u8; 2], EncodeError> {
    let speed = vehicle.speed_tenth_kmh;
    let speed = speed.ok_or(EncodeError::Missing("speed_tenth_kmh"))?;
    narrow::<u16>("speed_tenth_kmh", speed).map(u16::to_be_bytes)
}

/// The seven bytes of a clock, zero where it is not set.
pub(crate) fn clock_bytes(vehicle: &Vehicle) -> Result<[u8; 7], EncodeError> {
    let Some(time) = vehicle.time else {
        return Ok([0; 7]);
    };
    if time.is_utc() || time.micros() % 1_000_000 != 0 {
        return Err(EncodeError::range("time", time));
    }
    let text = alloc::string::ToString::to_string(&time);
    let part = |from: usize, to: usize| {
        let digits = text.get(from..to).unwrap_or_default();
        digits.parse::<u16>().unwrap_or_default()
    };
    let small = |from: usize, to: usize| part(from, to).to_be_bytes()[1];
    let [high, low] = part(0, 4).to_be_bytes();
    Ok([
        high,
        low,
        small(5, 7),
        small(8, 10),
        small(11, 13),
        small(14, 16),
        small(17, 19),
    ])
}

/// The codes of a vehicle's groups.
pub(crate) fn code_bytes(vehicle: &Vehicle) -> Result<Vec<u8>, EncodeError> {
    if vehicle.groups.is_empty() {
        return Err(EncodeError::Missing("groups"));
    }
    if axles_in(&vehicle.groups) != vehicle.axles.len() {
        return Err(EncodeError::range("axles", vehicle.axles.len()));
    }
    vehicle
        .groups
        .iter()
        .map(|group| {
            let code = group.code.ok_or(EncodeError::Missing("code"))?;
            if group.axles.is_none() || axles_of_code(code) != group.axles {
                return Err(EncodeError::range("code", code));
            }
            Ok(code)
        })
        .collect()
}

/// A vehicle of axle groups: loads of its axles, of its groups, or of both.
pub(crate) fn specimen(number: u64, axle_loads: bool, group_loads: bool) -> Vehicle {
    let mut vehicle = Vehicle {
        sequence: Some(number % 256),
        time: specimen::time(number, false)
            .and_then(|time| DeviceTime::from_micros(time.micros() / 1_000_000 * 1_000_000, false))
            .filter(|_| number % 13 != 12),
        speed_tenth_kmh: Some(3 + (specimen::scatter(number) % 400) as i64),
        checked: true,
        ..Vehicle::default()
    };
    for index in 0..2 + number % 4 {
        let draw = specimen::scatter(number * 64 + index);
        let code = if index == 0 { 1 } else { 1 + (draw % 9) as u8 };
        let axles = axles_of_code(code).unwrap_or(1);
        let mut sum_kg = 0;
        for axle in 0..u64::from(axles) {
            let draw = specimen::scatter(number * 64 + index * 4 + axle + 8);
            let load_kg = 500 + 10 * (draw % 1_200) as i64;
            sum_kg += load_kg;
            vehicle.axles.push(crate::Axle {
                load_kg: axle_loads.then_some(load_kg),
                ..crate::Axle::default()
            });
        }
        vehicle.groups.push(AxleGroup {
            axles: Some(axles),
            load_kg: group_loads.then_some(sum_kg),
            code: Some(code | if draw & 0x400 == 0 { 0 } else { 0x10 }),
        });
        vehicle.gross_kg = Some(vehicle.gross_kg.unwrap_or(0) + sum_kg);
    }
    vehicle
}
