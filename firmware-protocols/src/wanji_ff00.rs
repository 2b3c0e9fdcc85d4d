//! Wanji (北京万集) low-speed weigh scale, `FF 00` frames.
//!
//! **Vendor, models.** Wanji axle and axle-group scales (轴重式、轴组式称重设备) at toll lanes and
//! overload checks.
//!
//! **Source, how sure.** Read in one toll-lane program that receives them; a device-side program by
//! others has the same check sum table. No maker's paper and no recording from hardware was seen. The
//! seven bytes of the date are inferred: that program mishandles them. The unit of the axle distances
//! is taken to be the centimetre. That a scale's own frames carry their length in byte 3 whatever the
//! command is read in that program. Maturity: EXPERIMENTAL.
//!
//! **Line.** 9600 8N1 (the speed is a setting of the host). The scale speaks when a vehicle has
//! passed, and keeps it until the host deletes it: this decoder's reply does, with serial and buffered
//! count, once the record is durable. After a frame with a wrong check sum the host asks for the last
//! one again, at most three times before a frame is right. Host commands: 04 count, 05 status, 06, 07,
//! 08 and 09 (static and dynamic weighing), 0A resend, 12 delete, 13 picture, 54 and 55 initialise.
//!
//! **Layout**
//!
//! ```text
//! offset  length    host command
//!  0       2        FF 00
//!  2       1        command
//!  3       1        p1: serial of the vehicle for 12, zero otherwise
//!  4       1        p2: buffered count for 12, zero otherwise
//!  5       2        check, high byte first
//!
//! offset  length    vehicle of the scale
//!  0       2        FF 00
//!  2       1        command: 00 by axle groups, 01 by single axles
//!  3       1        length of the whole frame
//!  4       1        serial of the vehicle
//!  5       1        vehicles buffered
//!  6       7        year (2, high byte first), month, day, hour, minute, second
//! 13       1        overload flag, not used here
//! 14       2        speed, 0.1 km/h, high byte first
//! 16       1        acceleration, signed, not used here
//! 17       1        N, axles
//! 18       1        G, axle groups
//! 19       2 N      loads of the axles (command 01), 10 kg each, high byte first, or
//!          2 G      loads of the groups (command 00)
//!          G        kinds of the groups: low four bits 1 to 9, high four bits about the tyres
//!          2 (N-1)  distances between axles, cm, high byte first
//!          N        speeds of the axles, km/h
//!          2        check
//!
//! offset  length    other frames of the scale
//!  0       2        FF 00
//!  2       1        command
//!  3       1        length of the whole frame, 7 or more
//!  4       ...      data: the state for 05, three bytes of two digits, low first, for 08
//!          2        check
//! ```
//!
//! Kinds 1 and 2 have one axle, 3 to 5 two, 6 to 9 three.
//!
//! **Integrity.** CRC-16/XMODEM over everything before it. The length must be that of N and G, and the
//! axles of the groups must be N.
//!
//! **Quirks.**
//! * FF 00 occurs inside of frames: a begin counts with a known command, a length that can be, and a
//!   right check.
//! * By axle groups (command 00) nobody weighed the axles: the masses are those of the groups, and the
//!   axles have distances and no loads. By single axles it is the other way round. The gross is the
//!   sum: no frame states one.
//! * The overload flag is the scale's own judgement of the vehicle by its own limits; it is not a
//!   sensor beyond its capacity and gives no flag here. The acceleration says how much, not that it was
//!   too much; its unit is not known.
//! * The serial has eight bits and wraps at 256: a vehicle is known by serial and time together.
//! * A distance or an axle's speed of zero is not measured; a date of zeros is a clock that is not set.
//! * A static weight (08) has no unit on the wire and comes out as a status, not as a reading.
//! * A vehicle that the station refuses is not deleted: nobody has it otherwise.
//! * `FF 00 12 07 ..` may be a deletion of vehicle 7 or the answer to one; it counts as the former.
//!
//! **One frame.** `FF 00 00 1F 2A 01 07 E9 03 0E 08 0F 1B 00 00 7C 00 02 02 02 80 03 E8 01 02 01 9A 0C
//! 0C 14 EA` = two axles, 16 400 kg.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use crate::evidence::{Grade, Record};
use crate::registry::{Check, Kind, LineSetting, Maturity, Protocol, Speaker};
use crate::wanji_frames::{
    Fields, Frames, Head, Long, START, WanjiFrames, axles_in, clock_bytes, code_bytes, hexadecimal,
    narrow, sealed, specimen as vehicle_specimen, speed_bytes, tens,
};
use crate::window::Stream;
use crate::{
    Answer, Axle, Decoder, EncodeError, Event, Reject, SettingSpec, Settings, SettingsError,
    Status, Vehicle, specimen,
};

/// The registry entry.
pub const PROTOCOL: Protocol = Protocol {
    name: "wanji_ff00",
    kind: Kind::VehicleRecord,
    devices: "Wanji axle and axle-group scales, FF 00 frames",
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
        Event::Vehicle(vehicle) => encode(vehicle, 1),
        Event::Status(status) => encode_status(status),
        _ => Err(EncodeError::Kind),
    },
    specimen,
};

/// The settings.
pub const SETTINGS: &[SettingSpec] = &[SettingSpec {
    key: "answer",
    default: "on",
    meaning: "`on`: delete vehicles that are durable and ask again after a damaged frame; `off`: say \
              nothing, where another host does",
}];

/// The length byte says no more.
const LONGEST: usize = 255;
/// Bytes of a host command, and the fewest of any frame.
const COMMAND: usize = 7;
/// Bytes before the weights.
const HEADER: usize = 19;
/// How often the last frame is asked for again.
const RESENDS: u8 = 3;

const BY_GROUPS: u8 = 0x00;
const BY_AXLES: u8 = 0x01;
const STATUS: u8 = 0x05;
const STATIC: u8 = 0x08;
const RESEND: u8 = 0x0A;
const DELETE: u8 = 0x12;

/// Commands with the names of what the scale and the host say with them.
const COMMANDS: [(u8, &str, &str); 11] = [
    (0x04, "vehicle_count", "host_vehicle_count"),
    (STATUS, "status", "host_status"),
    (0x06, "vehicle_reversed", "host_vehicle_reversed"),
    (0x07, "synchronise", "host_synchronise"),
    (STATIC, "static_weight", "host_static_weight"),
    (0x09, "dynamic", "host_dynamic"),
    (RESEND, "resend", "host_resend"),
    (DELETE, "vehicle_deleted", "host_delete_vehicle"),
    (0x13, "take_picture", "host_take_picture"),
    (0x54, "initialise_54", "host_initialise_54"),
    (0x55, "initialise_55", "host_initialise_55"),
];

struct Wanji {
    answers: bool,
    /// Vehicles buffered, by serial, as the scale said with each; zero for one never seen.
    buffered: Box<[u8; 256]>,
    /// Requests for the last frame since a frame was right.
    resends: u8,
    /// Another one is due.
    resend_due: bool,
}

fn decoder(settings: &Settings) -> Result<impl Decoder + use<>, SettingsError> {
    settings.check_keys(SETTINGS)?;
    let answers = settings.choice(SETTINGS, "answer", &[("on", true), ("off", false)])?;
    Ok(Stream::new(WanjiFrames(Wanji {
        answers,
        buffered: Box::new([0; 256]),
        resends: 0,
        resend_due: false,
    })))
}

/// The length of a vehicle frame.
fn vehicle_length(command: u8, axles: u8, groups: u8) -> usize {
    let (axles, groups) = (usize::from(axles), usize::from(groups));
    let weights = if command == BY_AXLES { axles } else { groups };
    HEADER + 2 * weights + groups + 2 * axles.saturating_sub(1) + axles + 2
}

impl Frames for Wanji {
    const LONGEST: usize = LONGEST;

    fn head(&self, bytes: &[u8]) -> Head {
        let [_, second, rest @ ..] = bytes else {
            return Head::More;
        };
        let (command, length) = match rest {
            _ if *second != 0 => return Head::No,
            [] => return Head::More,
            [command, rest @ ..] => (*command, rest.first().copied()),
        };
        let known = COMMANDS.iter().any(|(known, _, _)| *known == command);
        let vehicle = matches!(command, BY_GROUPS | BY_AXLES);
        let Some(length) = length.map(usize::from) else {
            return if known || vehicle {
                Head::More
            } else {
                Head::No
            };
        };
        if known {
            return Head::Ends {
                short: Some(COMMAND),
                long: (length > COMMAND).then_some(Long::At(length)),
            };
        }
        if !vehicle || length < vehicle_length(command, 1, 1) {
            return Head::No;
        }
        let long = match (bytes.get(17), bytes.get(18)) {
            (Some(axles), Some(groups))
                if *axles == 0 || vehicle_length(command, *axles, *groups) != length =>
            {
                Long::Wrong(HEADER)
            }
            _ => Long::At(length),
        };
        Head::Ends {
            short: None,
            long: Some(long),
        }
    }

    fn may_be_head(&self, _frame: &[u8]) -> bool {
        false
    }

    fn is_vehicle(&self, frame: &[u8]) -> bool {
        matches!(frame.get(2), Some(&(BY_GROUPS | BY_AXLES)))
    }

    fn read(&self, frame: &[u8]) -> Result<Event, Reject> {
        if self.is_vehicle(frame) {
            return read_vehicle(frame).map(Event::Vehicle);
        }
        read_status(frame).map(Event::Status)
    }

    fn taken(&mut self, frame: &[u8]) {
        if let (true, [_, _, _, _, serial, buffered, ..]) = (self.is_vehicle(frame), frame)
            && let Some(slot) = self.buffered.get_mut(usize::from(*serial))
        {
            *slot = *buffered;
        }
        // The echo of a request of one's own is no answer to it.
        if self.is_vehicle(frame) || from_scale(frame) {
            self.resends = 0;
            self.resend_due = false;
        }
    }

    fn lost(&mut self) {
        if self.answers && self.resends < RESENDS {
            self.resend_due = true;
        }
    }

    fn reply(&mut self, event: &Event, answer: Answer) -> Option<Vec<u8>> {
        let Event::Vehicle(vehicle) = event else {
            return None;
        };
        // One that can't be used stays with the scale: nobody has it otherwise.
        if !self.answers || answer == Answer::Refused {
            return None;
        }
        let serial = u8::try_from(vehicle.sequence?).ok()?;
        // One of another stream: the scale has it at least.
        let buffered = self.buffered.get(usize::from(serial)).copied();
        Some(command(DELETE, serial, buffered.unwrap_or(0).max(1)))
    }

    fn transmit(&mut self) -> Option<Vec<u8>> {
        if !self.resend_due {
            return None;
        }
        self.resend_due = false;
        self.resends += 1;
        Some(command(RESEND, 0, 0))
    }

    fn has_to_say(&self) -> bool {
        self.resend_due
    }

    fn restart(&mut self) {
        self.resends = 0;
        self.resend_due = false;
    }
}

fn read_vehicle(frame: &[u8]) -> Result<Vehicle, Reject> {
    let mut fields = Fields(
        frame
            .get(2..frame.len().saturating_sub(2))
            .unwrap_or_default(),
    );
    let by_axles = fields.byte()? == BY_AXLES;
    let (_length, serial, _buffered) = (fields.byte()?, fields.byte()?, fields.byte()?);
    let time = fields.clock()?;
    let _overload = fields.byte()?;
    let speed = fields.word()?;
    let _acceleration = fields.byte()?;
    let (count, group_count) = (usize::from(fields.byte()?), usize::from(fields.byte()?));
    let weights = fields.weights(if by_axles { count } else { group_count })?;
    let mut groups = fields.groups(group_count)?;
    if axles_in(&groups) != count {
        return Err(Reject::Contradiction);
    }
    let gross_kg = weights.iter().sum();
    let mut axles = vec![Axle::default(); count];
    if by_axles {
        for (axle, load_kg) in axles.iter_mut().zip(weights) {
            axle.load_kg = Some(load_kg);
        }
    } else {
        for (group, load_kg) in groups.iter_mut().zip(weights) {
            group.load_kg = Some(load_kg);
        }
    }
    for axle in axles.iter_mut().skip(1) {
        let centimetres = i64::from(fields.word()?);
        axle.spacing_mm = (centimetres > 0).then_some(centimetres * 10);
    }
    for axle in &mut axles {
        let whole_kmh = i64::from(fields.byte()?);
        axle.speed_tenth_kmh = (whole_kmh > 0).then_some(whole_kmh * 10);
    }
    Ok(Vehicle {
        sequence: Some(serial.into()),
        time,
        speed_tenth_kmh: Some(speed.into()),
        gross_kg: Some(gross_kg),
        axles,
        groups,
        checked: true,
        ..Vehicle::default()
    })
}

/// Whether a frame that is no vehicle states its length, as those of the scale do.
fn from_scale(frame: &[u8]) -> bool {
    let stated = frame.get(3).copied().map(usize::from) == Some(frame.len());
    stated && (frame.len() > COMMAND || frame.get(2) != Some(&DELETE))
}

/// Every frame that is no vehicle: a command of the host, or what the scale says with the same one.
fn read_status(frame: &[u8]) -> Result<Status, Reject> {
    let [_, _, command, third, rest @ ..] = frame else {
        return Err(Reject::Length);
    };
    let data = rest.get(..rest.len().saturating_sub(2)).unwrap_or_default();
    let names = COMMANDS.iter().find(|(known, _, _)| known == command);
    let (_, scale, host) = names.ok_or(Reject::Version)?;
    if !from_scale(frame) {
        let name = *host;
        let second = data.first().copied().unwrap_or_default();
        let fields = match (*command, *third, second) {
            (DELETE, serial, buffered) => vec![
                ("serial", serial.to_string()),
                ("buffered", buffered.to_string()),
            ],
            (_, 0, 0) => Vec::new(),
            (_, first, second) => vec![("parameters", hexadecimal(&[first, second]))],
        };
        return Ok(Status { name, fields });
    }
    let fields = match (*command, data) {
        (0x04, [count]) => vec![("count", count.to_string())],
        (STATUS, [state]) => vec![("state", format!("{state:02X}"))],
        (STATUS, [state, rest @ ..]) => vec![
            ("state", format!("{state:02X}")),
            ("data", hexadecimal(rest)),
        ],
        (STATIC, [low, middle, high]) => {
            vec![(
                "digits",
                digit_pairs([*high, *middle, *low]).ok_or(Reject::Field)?,
            )]
        }
        _ => vec![("data", hexadecimal(data))],
    };
    Ok(Status {
        name: scale,
        fields,
    })
}

/// Bytes of two digits each, as digits; `None` when one is no digit.
fn digit_pairs(bytes: [u8; 3]) -> Option<String> {
    let text: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then_some(text)
}

/// A command of the host.
pub fn command(command: u8, first: u8, second: u8) -> Vec<u8> {
    sealed(vec![START, 0, command, first, second])
}

/// The vehicle frame of a scale that has so many vehicles buffered: by axle groups when the groups
/// have loads, by single axles when the axles have.
///
/// # Errors
/// `sequence` (to 255), `speed_tenth_kmh`, `gross_kg` (the sum) and groups with their codes are needed,
/// and loads of either the groups or the axles, multiples of 10 kg; distances are multiples of 10 mm,
/// speeds of axles of whole km/h up to 255, the time is local and of whole seconds. Lane, direction, length and flags have no place.
pub fn encode(vehicle: &Vehicle, buffered: u8) -> Result<Vec<u8>, EncodeError> {
    let codes = code_bytes(vehicle)?;
    let by_axles = vehicle.groups.iter().all(|group| group.load_kg.is_none());
    let loads: Option<Vec<i64>> = if by_axles {
        vehicle.axles.iter().map(|axle| axle.load_kg).collect()
    } else if vehicle.axles.iter().all(|axle| axle.load_kg.is_none()) {
        vehicle.groups.iter().map(|group| group.load_kg).collect()
    } else {
        None
    };
    let loads = loads.ok_or(EncodeError::Missing("load_kg"))?;
    let gross_kg = vehicle.gross_kg.ok_or(EncodeError::Missing("gross_kg"))?;
    if loads.iter().sum::<i64>() != gross_kg {
        return Err(EncodeError::range("gross_kg", gross_kg));
    }
    let sequence = vehicle.sequence.ok_or(EncodeError::Missing("sequence"))?;
    let serial = u8::try_from(sequence).map_err(|_| EncodeError::range("sequence", sequence))?;
    let (axle_count, group_count) = (vehicle.axles.len() as i64, codes.len() as i64);
    let command = if by_axles { BY_AXLES } else { BY_GROUPS };
    let axles = narrow::<u8>("axles", axle_count)?;
    let groups = narrow::<u8>("groups", group_count)?;
    let length = vehicle_length(command, axles, groups) as i64;
    let mut frame = vec![
        START,
        0,
        command,
        narrow("axles", length)?,
        serial,
        buffered,
    ];
    frame.extend(clock_bytes(vehicle)?);
    frame.push(0);
    frame.extend(speed_bytes(vehicle)?);
    frame.extend([0, axles, groups]);
    for load_kg in loads {
        frame.extend(tens("load_kg", load_kg)?);
    }
    frame.extend(codes);
    for axle in vehicle.axles.iter().skip(1) {
        frame.extend(tens("spacing_mm", axle.spacing_mm.unwrap_or(0))?);
    }
    for axle in &vehicle.axles {
        let tenths = axle.speed_tenth_kmh.unwrap_or(0);
        let whole_kmh = u8::try_from(tenths / 10).ok().filter(|_| tenths % 10 == 0);
        frame.push(whole_kmh.ok_or_else(|| EncodeError::range("speed_tenth_kmh", tenths))?);
    }
    Ok(sealed(frame))
}

/// The state of a scale, or a host command.
fn encode_status(status: &Status) -> Result<Vec<u8>, EncodeError> {
    let hexadecimal_byte = |text: &str| u8::from_str_radix(text, 16).ok();
    let names = COMMANDS
        .iter()
        .find(|(_, scale, host)| status.name == *scale || status.name == *host);
    let (code, _, host) = names.ok_or(EncodeError::Kind)?;
    match (status.name == *host, status.fields.as_slice()) {
        (true, [("serial", serial), ("buffered", buffered)]) if *code == DELETE => {
            match (serial.parse(), buffered.parse()) {
                (Ok(serial), Ok(buffered)) => Ok(command(DELETE, serial, buffered)),
                _ => Err(EncodeError::range("serial", serial)),
            }
        }
        (true, []) if *code != DELETE => Ok(command(*code, 0, 0)),
        (false, [("state", state)]) if *code == STATUS => {
            let state =
                hexadecimal_byte(state).ok_or_else(|| EncodeError::range("state", state))?;
            Ok(command(STATUS, COMMAND as u8, state))
        }
        (false, [("count", count)]) if *code == 0x04 => {
            let count = count
                .parse()
                .map_err(|_| EncodeError::range("count", count))?;
            Ok(command(0x04, COMMAND as u8, count))
        }
        _ => Err(EncodeError::Kind),
    }
}

/// Vehicles by axles and by groups, and now and then a status.
fn specimen(number: u64) -> Event {
    if number % 12 == 7 {
        return Event::Status(Status {
            name: "status",
            fields: vec![("state", format!("{:02X}", number / 12 % 32))],
        });
    }
    if number % 12 == 11 {
        return Event::Status(Status {
            name: "host_delete_vehicle",
            fields: vec![
                ("serial", (number % 256).to_string()),
                ("buffered", (1 + number % 9).to_string()),
            ],
        });
    }
    let by_axles = number.is_multiple_of(2);
    let mut vehicle = vehicle_specimen(number, by_axles, !by_axles);
    let kmh = vehicle.speed_tenth_kmh.unwrap_or(0) / 10;
    for (index, axle) in (0_u64..).zip(&mut vehicle.axles) {
        axle.speed_tenth_kmh = (kmh > 0).then_some(10 * (kmh + i64::from(number % 3 == index % 3)));
        let draw = specimen::scatter(number * 64 + index + 32);
        let measured = index > 0 && draw % 9 != 8;
        axle.spacing_mm = measured.then_some(10 * (110 + (draw % 600) as i64));
    }
    Event::Vehicle(vehicle)
}

#[cfg(test)]
mod tests;
