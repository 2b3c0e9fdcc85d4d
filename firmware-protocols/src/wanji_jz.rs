//! "JZ" dialect of the Wanji scales: `FF`, a sequence number, a command.
//!
//! **Vendor, models.** Weigh scales at toll lanes that a Wanji-like program reads (计重 "JZ" interface).
//!
//! **Source, how sure.** Read in one toll-lane program; no maker's paper and no recording from
//! hardware was seen. Date and acceleration stand where their places are inferred to be, the byte
//! before the weights and the bytes behind the kinds of groups are not known. Maturity: EXPERIMENTAL.
//!
//! **Line.** 9600 8N1 (the speed is a setting of the host). The scale speaks when something happened.
//! The host answers every frame with the same sequence number and command; a frame that is not
//! answered comes again. This decoder's reply answers a vehicle once it is durable, and everything
//! else at once. Host: acknowledge, and 0C initialise.
//!
//! **Layout**
//!
//! ```text
//! offset  length    vehicle of the scale (command 02)
//!  0       1        FF
//!  1       1        sequence number of the frame
//!  2       1        command: 02, or 03 when it is read again
//!  3       2        length of the whole frame, high byte first
//!  5       0 or 1   a flag for command 03, which moves all that follows
//!  5       7        year (2, high byte first), month, day, hour, minute, second
//! 12       1        status, not used here
//! 13       2        speed, 0.1 km/h, high byte first
//! 15       1        acceleration, not used here
//! 16       1        N, axles
//! 17       1        G, axle groups
//! 18       1        not known
//! 19       2 N      loads of the axles, 10 kg each, high byte first
//!          2 G      loads of the groups, the same
//!          G        kinds of the groups: low four bits 1 to 9, high four bits about the tyres
//!          ...      not known
//!          2        check, high byte first
//!
//! offset  length    other frames of the scale (commands 01, 04 reset, 07 vehicle reversed, 09)
//!  0       1        FF
//!  1       1        sequence number
//!  2       1        command
//!  3       1        length of the whole frame, 6 or more
//!  4       ...      data
//!          2        check
//!
//! offset  length    host
//!  0       1        FF
//!  1       1        sequence number
//!  2       1        command
//!  3       1        00 acknowledges; 0C for command 0C, initialise
//!  4       2        check
//! ```
//!
//! Kinds 1 and 2 have one axle, 3 to 5 two, 6 to 9 three.
//!
//! **Integrity.** CRC-16/XMODEM over everything before it. The axles of the groups must be N, and a
//! group's load must be that of its axles, each rounded to 10 kg.
//!
//! **Quirks.**
//! * A frame ends by its length. The program that was read ends it by a silence, which a serial server
//!   on the way moves about.
//! * A sequence number that comes again is a retransmission: it is answered again and counted once by
//!   whoever stores it. Eight bits: it wraps at 256.
//! * An acknowledgement on the line (an echo, a second listener) has the look of the head of a vehicle
//!   whose length is small: both readings are tried, and the longer one with a right check wins.
//! * What the status byte of a vehicle means is not known: it gives no flag.
//! * No distances between axles are known to be in the frame. The gross is the sum of the axles: no
//!   frame states one.
//! * A date of zeros is a clock that is not set.
//!
//! **One frame.** `FF 2A 02 00 1F 07 E9 03 0E 08 0F 1B 00 00 7C 00 02 02 00 02 80 03 E8 02 80 03 E8 01 02
//! B4 53` = two axles, 16 400 kg.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;

use crate::evidence::{Grade, Record};
use crate::record_lines::axle_sum;
use crate::registry::{Check, Kind, LineSetting, Maturity, Protocol, Speaker};
use crate::wanji_frames::{
    Fields, Frames, Head, Long, START, WanjiFrames, axles_in, clock_bytes, code_bytes, hexadecimal,
    narrow, sealed, specimen as vehicle_specimen, speed_bytes, tens,
};
use crate::window::Stream;
use crate::{
    Answer, Axle, AxleGroup, Decoder, EncodeError, Event, Reject, SettingSpec, Settings,
    SettingsError, Status, Vehicle,
};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "wanji_jz",
    kind: Kind::VehicleRecord,
    devices: "weigh scales with the JZ interface of toll lanes",
    line: "9600 8N1",
    line_settings: &[LineSetting::eight_n_one(9_600)],
    speaker: Speaker::Device,
    marked: true,
    check: Check::Crc16,
    evidence: &[(Record::Vehicle, Grade::Unproven)],
    maturity: Maturity::Experimental,
    longest_frame_bytes: LONGEST,
    settings: SETTINGS,
    decoder: |settings| Ok(Box::new(decoder(settings)?)),
    encoder: |event, _| match event {
        Event::Vehicle(vehicle) => encode(vehicle, Reading::First),
        Event::Status(status) => encode_status(status),
        _ => Err(EncodeError::Kind),
    },
    specimen,
};

/// The settings.
pub const SETTINGS: &[SettingSpec] = &[SettingSpec {
    key: "answer",
    default: "on",
    meaning: "`on`: answer frames, vehicles when they are durable; `off`: say nothing, where another \
              host does",
}];

/// Longer than any vehicle whose axles fit a road; the high byte of the length is 0 or 1.
const LONGEST: usize = 511;
/// Bytes before the weights, the flag of a frame read again not counted.
const HEADER: usize = 19;
/// Bytes of a frame of the host, and the fewest of any other.
const SHORT: usize = 6;
/// Answers to frames other than vehicles that wait for the line.
const ANSWERS: usize = 8;

const VEHICLE: u8 = 0x02;
const READ_AGAIN: u8 = 0x03;
const INITIALISE: u8 = 0x0C;

/// Which of the two vehicle frames it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// The one that the scale sends by itself.
    First,
    /// One that was read again.
    Again,
}

struct Jz {
    answers: bool,
    /// Sequence numbers that came last as a vehicle read again.
    read_again: Box<[bool; 256]>,
    waiting: VecDeque<Vec<u8>>,
}

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    settings.check_keys(SETTINGS)?;
    let answers = settings.choice(SETTINGS, "answer", &[("on", true), ("off", false)])?;
    Ok(Stream::new(WanjiFrames(Jz {
        answers,
        read_again: Box::new([false; 256]),
        waiting: VecDeque::new(),
    })))
}

/// The name of a frame of the scale with a length of one byte.
const fn scale_name(command: u8) -> Option<&'static str> {
    match command {
        0x01 => Some("message_01"),
        0x04 => Some("reset"),
        0x07 => Some("vehicle_reversed"),
        0x09 => Some("message_09"),
        _ => None,
    }
}

/// The fewest bytes of a vehicle frame.
fn least_length(command: u8, axles: u8, groups: u8) -> usize {
    let flag = usize::from(command == READ_AGAIN);
    HEADER + flag + 2 * usize::from(axles) + 3 * usize::from(groups) + 2
}

/// The end of a vehicle by its length, once the length is there.
fn vehicle_end(command: u8, bytes: &[u8]) -> Option<Long> {
    let &[_, _, _, high, low, ..] = bytes else {
        return None;
    };
    let length = usize::from(u16::from_be_bytes([high, low]));
    let flag = usize::from(command == READ_AGAIN);
    if length < least_length(command, 1, 1) || length > LONGEST {
        return Some(Long::Wrong(SHORT - 1));
    }
    match (bytes.get(16 + flag), bytes.get(17 + flag)) {
        (Some(&axles), Some(&groups)) => {
            let counts = (1..=axles).contains(&groups);
            let fits = counts && least_length(command, axles, groups) <= length;
            Some(if fits {
                Long::At(length)
            } else {
                Long::Wrong(HEADER + flag)
            })
        }
        _ => Some(Long::At(length)),
    }
}

impl Frames for Jz {
    const LONGEST: usize = LONGEST;

    fn head(&self, bytes: &[u8]) -> Head {
        let (command, third) = match bytes {
            [_, _, command, rest @ ..] => (*command, rest.first().copied()),
            _ => return Head::More,
        };
        let vehicle = matches!(command, VEHICLE | READ_AGAIN);
        let known = vehicle || command == INITIALISE || scale_name(command).is_some();
        let Some(third) = third else {
            return if known { Head::More } else { Head::No };
        };
        let short = Head::Ends {
            short: Some(SHORT),
            long: None,
        };
        match third {
            INITIALISE if command == INITIALISE => short,
            0 if vehicle => match vehicle_end(command, bytes) {
                None => Head::More,
                Some(Long::Wrong(end)) if end < SHORT => short,
                Some(long) => Head::Ends {
                    short: Some(SHORT),
                    long: Some(long),
                },
            },
            1 if vehicle => match vehicle_end(command, bytes) {
                None => Head::More,
                Some(Long::Wrong(end)) if end < SHORT => Head::No,
                long => Head::Ends { short: None, long },
            },
            0 if known && command != INITIALISE => short,
            6.. if known && !vehicle && command != INITIALISE => Head::Ends {
                short: None,
                long: Some(Long::At(usize::from(third))),
            },
            _ => Head::No,
        }
    }

    fn may_be_head(&self, frame: &[u8]) -> bool {
        // The high byte of a year, or a clock that is not set; a flag may be anything.
        match frame {
            [_, _, VEHICLE, _, _, year, ..] => matches!(year, 0 | 7 | 8),
            _ => true,
        }
    }

    fn is_vehicle(&self, frame: &[u8]) -> bool {
        frame.len() > SHORT && matches!(frame.get(2), Some(&(VEHICLE | READ_AGAIN)))
    }

    fn read(&self, frame: &[u8]) -> Result<Event, Reject> {
        if self.is_vehicle(frame) {
            return read_vehicle(frame).map(Event::Vehicle);
        }
        read_status(frame).map(Event::Status)
    }

    fn taken(&mut self, frame: &[u8]) {
        let [_, sequence, command, third, ..] = frame else {
            return;
        };
        if self.is_vehicle(frame) {
            if let Some(slot) = self.read_again.get_mut(usize::from(*sequence)) {
                *slot = *command == READ_AGAIN;
            }
        } else if self.answers && from_scale(*command, *third) {
            if self.waiting.len() == ANSWERS {
                self.waiting.pop_front();
            }
            self.waiting.push_back(acknowledge(*sequence, *command));
        }
    }

    fn lost(&mut self) {}

    fn reply(&mut self, event: &Event, answer: Answer) -> Option<Vec<u8>> {
        let Event::Vehicle(vehicle) = event else {
            return None;
        };
        // One that can't be used stays with the scale: nobody has it otherwise.
        if !self.answers || answer == Answer::Refused {
            return None;
        }
        let sequence = u8::try_from(vehicle.sequence?).ok()?;
        let again = self.read_again.get(usize::from(sequence)) == Some(&true);
        let command = if again { READ_AGAIN } else { VEHICLE };
        Some(acknowledge(sequence, command))
    }

    fn transmit(&mut self) -> Option<Vec<u8>> {
        self.waiting.pop_front()
    }

    fn has_to_say(&self) -> bool {
        !self.waiting.is_empty()
    }

    fn restart(&mut self) {
        self.waiting.clear();
    }
}

/// Whether a short frame is one of the scale.
fn from_scale(command: u8, third: u8) -> bool {
    third != 0 && command != INITIALISE
}

fn read_vehicle(frame: &[u8]) -> Result<Vehicle, Reject> {
    let mut fields = Fields(
        frame
            .get(1..frame.len().saturating_sub(2))
            .unwrap_or_default(),
    );
    let (sequence, command, _length) = (fields.byte()?, fields.byte()?, fields.word()?);
    if command == READ_AGAIN {
        fields.byte()?;
    }
    let time = fields.clock()?;
    let _status = fields.byte()?;
    let speed = fields.word()?;
    let _acceleration = fields.byte()?;
    let (count, group_count) = (usize::from(fields.byte()?), usize::from(fields.byte()?));
    let _unknown = fields.byte()?;
    let loads = fields.weights(count)?;
    let group_loads = fields.weights(group_count)?;
    let mut groups = fields.groups(group_count)?;
    for (group, load_kg) in groups.iter_mut().zip(group_loads) {
        group.load_kg = Some(load_kg);
    }
    if axles_in(&groups) != count || !sums_agree(&loads, &groups) {
        return Err(Reject::Contradiction);
    }
    let axles = loads.iter().map(|load_kg| Axle {
        load_kg: Some(*load_kg),
        ..Axle::default()
    });
    Ok(Vehicle {
        sequence: Some(sequence.into()),
        time,
        speed_tenth_kmh: Some(speed.into()),
        gross_kg: Some(loads.iter().sum()),
        axles: axles.collect(),
        groups,
        checked: true,
        ..Vehicle::default()
    })
}

/// Whether every group weighs what its axles do, up to the rounding of each number to 10 kg.
fn sums_agree(loads: &[i64], groups: &[AxleGroup]) -> bool {
    let mut rest = loads;
    groups.iter().all(|group| {
        let count = usize::from(group.axles.unwrap_or(0)).min(rest.len());
        let (own, behind) = rest.split_at(count);
        rest = behind;
        let off = own.iter().sum::<i64>() - group.load_kg.unwrap_or(0);
        off.abs() <= 5 * (1 + count as i64)
    })
}

fn read_status(frame: &[u8]) -> Result<Status, Reject> {
    let [_, sequence, command, third, rest @ ..] = frame else {
        return Err(Reject::Length);
    };
    let sequence = ("sequence", sequence.to_string());
    if !from_scale(*command, *third) {
        return Ok(match *command {
            INITIALISE => Status {
                name: "host_initialise",
                fields: vec![sequence],
            },
            command => Status {
                name: "host_acknowledge",
                fields: vec![sequence, ("command", hexadecimal(&[command]))],
            },
        });
    }
    let data = rest.get(..rest.len().saturating_sub(2)).unwrap_or_default();
    let mut fields = vec![sequence];
    if !data.is_empty() {
        fields.push(("data", hexadecimal(data)));
    }
    Ok(Status {
        name: scale_name(*command).ok_or(Reject::Version)?,
        fields,
    })
}

/// The host's answer to a frame.
pub fn acknowledge(sequence: u8, command: u8) -> Vec<u8> {
    sealed(vec![START, sequence, command, 0])
}

/// The host's command to initialise.
pub fn initialise(sequence: u8) -> Vec<u8> {
    sealed(vec![START, sequence, INITIALISE, INITIALISE])
}

/// The vehicle frame of a scale.
///
/// # Errors
/// `sequence` (to 255), `speed_tenth_kmh`, `gross_kg` (the sum of the axles), loads of all axles and
/// groups, multiples of 10 kg that agree, and groups with their codes are needed; the time is local and
/// of whole seconds. Spacings, lane, direction, length and flags have no place.
pub fn encode(vehicle: &Vehicle, reading: Reading) -> Result<Vec<u8>, EncodeError> {
    let codes = code_bytes(vehicle)?;
    let sum_kg = axle_sum(&vehicle.axles).ok_or(EncodeError::Missing("load_kg"))?;
    let gross_kg = vehicle.gross_kg.ok_or(EncodeError::Missing("gross_kg"))?;
    let loads = vehicle.axles.iter().filter_map(|axle| axle.load_kg);
    let loads: Vec<i64> = loads.collect();
    if sum_kg != gross_kg || !sums_agree(&loads, &vehicle.groups) {
        return Err(EncodeError::range("gross_kg", gross_kg));
    }
    let sequence = vehicle.sequence.ok_or(EncodeError::Missing("sequence"))?;
    let number = u8::try_from(sequence).map_err(|_| EncodeError::range("sequence", sequence))?;
    let axles = narrow::<u8>("axles", vehicle.axles.len() as i64)?;
    let groups = narrow::<u8>("groups", codes.len() as i64)?;
    let command = match reading {
        Reading::First => VEHICLE,
        Reading::Again => READ_AGAIN,
    };
    let length = least_length(command, axles, groups);
    if length > LONGEST {
        return Err(EncodeError::range("axles", axles));
    }
    let mut frame = vec![START, number, command];
    frame.extend((length as u16).to_be_bytes());
    if reading == Reading::Again {
        frame.push(0);
    }
    frame.extend(clock_bytes(vehicle)?);
    frame.push(0);
    frame.extend(speed_bytes(vehicle)?);
    frame.extend([0, axles, groups, 0]);
    for load_kg in loads {
        frame.extend(tens("load_kg", load_kg)?);
    }
    for group in &vehicle.groups {
        let load_kg = group.load_kg.ok_or(EncodeError::Missing("load_kg"))?;
        frame.extend(tens("load_kg", load_kg)?);
    }
    frame.extend(codes);
    Ok(sealed(frame))
}

/// A frame of the scale without data, or one of the host.
fn encode_status(status: &Status) -> Result<Vec<u8>, EncodeError> {
    let number = |text: &str| {
        let number = text.parse::<u8>();
        number.map_err(|_| EncodeError::range("sequence", text))
    };
    match (status.name, status.fields.as_slice()) {
        ("host_initialise", [("sequence", sequence)]) => Ok(initialise(number(sequence)?)),
        ("host_acknowledge", [("sequence", sequence), ("command", command)]) => {
            let command = u8::from_str_radix(command, 16)
                .map_err(|_| EncodeError::range("command", command))?;
            Ok(acknowledge(number(sequence)?, command))
        }
        (name, [("sequence", sequence)]) => {
            let command = (0..INITIALISE).find(|command| scale_name(*command) == Some(name));
            let command = command.ok_or(EncodeError::Kind)?;
            Ok(sealed(vec![START, number(sequence)?, command, SHORT as u8]))
        }
        _ => Err(EncodeError::Kind),
    }
}

/// Vehicles, and now and then something else.
fn specimen(number: u64) -> Event {
    let sequence = ("sequence", (number % 256).to_string());
    let (name, fields) = match number % 12 {
        5 => ("reset", vec![sequence]),
        8 => ("vehicle_reversed", vec![sequence]),
        11 => {
            let command = ("command", hexadecimal(&[VEHICLE]));
            ("host_acknowledge", vec![sequence, command])
        }
        _ => return Event::Vehicle(vehicle_specimen(number, true, true)),
    };
    Event::Status(Status { name, fields })
}

#[cfg(test)]
mod tests;
