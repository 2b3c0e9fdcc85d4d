//! Lines to messages.

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use super::vehicle::{self, Extra};
use super::{LINE_CHARACTERS, VERSION};
use crate::check::crc16;
use crate::field::{digits, utc_millis};
use crate::{DeviceTime, Event, Heartbeat, Reject, Status, Vehicle};

/// Station and lane that a message is from or to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Station, 1 to 32 letters, digits, `-` and `_`.
    pub station: String,
    /// Lane, 1 to 99.
    pub lane: u16,
}

/// The host's word on a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Durable.
    Ok,
    /// Was durable before, with the same bytes.
    Dup,
    /// Can't be read (unknown version or type, a field that is wrong), or the sequence is taken by
    /// other bytes. Kept raw; sending it again does not help.
    Bad,
}

impl Answer {
    /// The word on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Dup => "DUP",
            Self::Bad => "BAD",
        }
    }
}

/// Acknowledge of one record (type A).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledge {
    /// To which station and lane.
    pub address: Address,
    /// Which record; `None` when a line was refused whose sequence can't be read.
    pub sequence: Option<u32>,
    /// The word.
    pub answer: Answer,
}

/// Request to send records again (type R).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resend {
    /// To which station and lane.
    pub address: Address,
    /// First sequence wanted.
    pub first: u32,
    /// Last sequence wanted, not before the first.
    pub last: u32,
}

/// Time of the host, and the device's answer (type T).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Time {
    /// To or from which station and lane.
    pub address: Address,
    /// The host's clock when it sent the line, UTC to the millisecond.
    pub host: DeviceTime,
    /// The device's clock when it got the line, before it is set; `None` in the host's line.
    pub device: Option<DeviceTime>,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// A vehicle (type V).
    Vehicle(Vehicle, Extra),
    /// An acknowledge (type A).
    Acknowledge(Acknowledge),
    /// A resend request (type R).
    Resend(Resend),
    /// A sign of life (type H): of which station, and what the event vocabulary keeps of it.
    Heartbeat(Address, Heartbeat),
    /// A time line (type T).
    Time(Time),
}

impl Message {
    /// The event of this message. What the vocabulary has no place for is left out.
    pub fn into_event(self) -> Event {
        match self {
            Self::Vehicle(vehicle, _) => Event::Vehicle(vehicle),
            Self::Heartbeat(_, heartbeat) => Event::Heartbeat(heartbeat),
            Self::Acknowledge(acknowledge) => status(
                "acknowledge",
                &acknowledge.address,
                [
                    (
                        "sequence",
                        acknowledge
                            .sequence
                            .map(|sequence| sequence.to_string())
                            .unwrap_or_default(),
                    ),
                    ("answer", acknowledge.answer.name().to_string()),
                ],
            ),
            Self::Resend(resend) => status(
                "resend",
                &resend.address,
                [
                    ("first", resend.first.to_string()),
                    ("last", resend.last.to_string()),
                ],
            ),
            Self::Time(time) => status(
                "time",
                &time.address,
                [
                    ("host_time", time.host.to_string()),
                    (
                        "device_time",
                        time.device.map(|time| time.to_string()).unwrap_or_default(),
                    ),
                ],
            ),
        }
    }
}

fn status(name: &'static str, address: &Address, parts: [(&'static str, String); 2]) -> Event {
    let mut fields = vec![
        ("station", address.station.clone()),
        ("lane", address.lane.to_string()),
    ];
    fields.extend(parts);
    Event::Status(Status { name, fields })
}

/// Reads one line, `$` to the CRC, without line end.
///
/// # Errors
/// [`Reject::Length`] over 2000 characters, [`Reject::Truncated`] without `*CCCC` at the end,
/// [`Reject::Integrity`], then [`Reject::Version`] for a version or type that is not known,
/// [`Reject::Field`] and [`Reject::Contradiction`].
pub fn parse_line(line: &[u8]) -> Result<Message, Reject> {
    let fields = checked_fields(line)?;
    let (kind, fields) = match fields.as_slice() {
        ["OLR", VERSION, kind, fields @ ..] => (*kind, fields),
        _ => return Err(Reject::Version),
    };
    match (kind, fields) {
        ("V", [station, lane, rest @ ..]) => vehicle::parse(&read_address(station, lane)?, rest)
            .map(|(vehicle, extra)| Message::Vehicle(vehicle, extra)),
        ("A", [station, lane, sequence, answer]) => Ok(Message::Acknowledge(Acknowledge {
            address: read_address(station, lane)?,
            sequence: optional(sequence, read_sequence)?,
            answer: [Answer::Ok, Answer::Dup, Answer::Bad]
                .into_iter()
                .find(|known| known.name() == *answer)
                .ok_or(Reject::Field)?,
        })),
        ("R", [station, lane, first, last]) => {
            let resend = Resend {
                address: read_address(station, lane)?,
                first: read_sequence(first).ok_or(Reject::Field)?,
                last: read_sequence(last).ok_or(Reject::Field)?,
            };
            if resend.first > resend.last {
                return Err(Reject::Contradiction);
            }
            Ok(Message::Resend(resend))
        }
        ("H", [station, lane, time, last_sequence, state]) => {
            let address = read_address(station, lane)?;
            let heartbeat = Heartbeat {
                lane: Some(address.lane),
                time: optional(time, utc_millis)?,
                last_sequence: optional(last_sequence, read_sequence)?.map(u64::from),
                state: read_state(state)?,
            };
            Ok(Message::Heartbeat(address, heartbeat))
        }
        ("T", [station, lane, host, device]) => Ok(Message::Time(Time {
            address: read_address(station, lane)?,
            host: utc_millis(host).ok_or(Reject::Field)?,
            device: optional(device, utc_millis)?,
        })),
        ("V" | "A" | "R" | "H" | "T", _) => Err(Reject::Field),
        _ => Err(Reject::Version),
    }
}

/// Station, lane and sequence of a line with a right CRC, whatever its version and type: every
/// version begins its records with them, so that a host can say `BAD` to what it can't read.
pub fn address(line: &[u8]) -> Option<(Address, Option<u32>)> {
    match checked_fields(line).ok()?.as_slice() {
        ["OLR", _version, _kind, station, lane, rest @ ..] => Some((
            read_address(station, lane).ok()?,
            rest.first().and_then(|text| read_sequence(text)),
        )),
        _ => None,
    }
}

/// The fields between `$` and `*` of a line whose CRC is right.
fn checked_fields(line: &[u8]) -> Result<Vec<&str>, Reject> {
    if line.len() > LINE_CHARACTERS {
        return Err(Reject::Length);
    }
    let (covered, sum) = match line {
        [b'$', covered @ .., b'*', a, b, c, d] => (covered, [*a, *b, *c, *d]),
        _ => return Err(Reject::Truncated),
    };
    let is_upper_hex = |byte: &u8| matches!(byte, b'0'..=b'9' | b'A'..=b'F');
    if !sum.iter().all(is_upper_hex) || crate::field::hex(&sum) != Some(u32::from(crc16(covered))) {
        return Err(Reject::Integrity);
    }
    if !covered.iter().all(|byte| (0x20..0x7F).contains(byte)) {
        return Err(Reject::Field);
    }
    let text = core::str::from_utf8(covered).map_err(|_| Reject::Field)?;
    Ok(text.split(',').collect())
}

/// A field that may be empty.
pub(super) fn optional<T>(
    text: &str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Reject> {
    if text.is_empty() {
        return Ok(None);
    }
    read(text).map(Some).ok_or(Reject::Field)
}

/// A whole number within a range.
pub(super) fn whole(text: &str, low: i64, high: i64) -> Option<i64> {
    digits(text.as_bytes()).filter(|number| (low..=high).contains(number))
}

pub(super) fn read_sequence(text: &str) -> Option<u32> {
    u32::try_from(digits(text.as_bytes())?).ok()
}

pub(super) fn is_station(text: &str) -> bool {
    (1..=32).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// State words of a heartbeat: up to 64 letters, digits, and `-_.:+`; may be empty.
pub(super) fn is_state(text: &str) -> bool {
    text.len() <= 64
        && text.bytes().all(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':' | b'+')
        })
}

fn read_state(text: &str) -> Result<String, Reject> {
    if is_state(text) {
        Ok(text.to_string())
    } else {
        Err(Reject::Field)
    }
}

fn read_address(station: &str, lane: &str) -> Result<Address, Reject> {
    let lane = whole(lane, 1, 99).and_then(|lane| u16::try_from(lane).ok());
    match lane {
        Some(lane) if is_station(station) => Ok(Address {
            station: station.to_string(),
            lane,
        }),
        _ => Err(Reject::Field),
    }
}
