//! What a text says, and the parts of events.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use super::Config;
use crate::document;
use crate::field::digits;
use crate::{
    DeviceTime, Direction, EncodeError, Event, Heartbeat, Plate, PlateColour, Reject, Status,
    specimen as any,
};

/// The body of a sign of life.
pub(super) const HEARTBEAT: &[u8] = b"Heartbeat";
const NO_PLATE: &[&str] = &["--", "unlicensed", "unknown"];
const PLATE: &str = "TrafficCar.PlateNumber";
const JUNCTION: &str = "TrafficJunction";

/// Whether a text has what makes an event, so that it can end at its announced length.
pub(super) fn says_enough(text: &[u8]) -> bool {
    text.trim_ascii() == HEARTBEAT || document::find(text, b"PlateNumber=", 0).is_some()
}

/// The keys and values of one event.
struct Fields<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Fields<'a> {
    /// `exact`: the text has its announced length. Then a strange line is the camera's own;
    /// otherwise it is a sign that bytes were lost.
    fn read(text: &'a str, exact: bool) -> Result<Self, Reject> {
        let mut fields = Vec::new();
        let mut event = None;
        for line in text.lines().map(str::trim) {
            let rest = line.strip_prefix("Events[");
            let rest = rest.and_then(|rest| rest.split_once("]."));
            let parts = rest.and_then(|(number, rest)| Some((number, rest.split_once('=')?)));
            let Some((number, (key, value))) = parts else {
                if exact || line.is_empty() {
                    continue;
                }
                return Err(Reject::Field);
            };
            // One part is one event here; the plate of a second would be lost.
            if *event.get_or_insert(number) != number {
                return Err(Reject::Field);
            }
            fields.push((key, value.trim()));
        }
        Ok(Self(fields))
    }

    /// The value of a key. Two that differ contradict each other.
    fn text(&self, key: &str) -> Result<Option<&'a str>, Reject> {
        let mut values = self.0.iter().filter(|(known, _)| *known == key);
        let first = values.next().map(|(_, value)| *value);
        if values.any(|(_, value)| Some(*value) != first) {
            return Err(Reject::Contradiction);
        }
        Ok(first)
    }

    /// The same, `None` also for an empty one.
    fn said(&self, key: &str) -> Result<Option<&'a str>, Reject> {
        Ok(self.text(key)?.filter(|value| !value.is_empty()))
    }

    fn first(&self, keys: [&str; 2]) -> Result<Option<&'a str>, Reject> {
        for key in keys {
            if let Some(value) = self.said(key)? {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }
}

/// The event of a whole text.
pub(super) fn read(text: &[u8], exact: bool, config: &Config) -> Result<Event, Reject> {
    let text = core::str::from_utf8(text).map_err(|_| Reject::Field)?;
    if text.trim().as_bytes() == HEARTBEAT {
        return Ok(Event::Heartbeat(Heartbeat {
            state: text.trim().to_string(),
            ..Heartbeat::default()
        }));
    }
    if text.trim_start().starts_with("Code=") {
        return Ok(other(text));
    }
    let fields = Fields::read(text, exact)?;
    let code = fields.first(["Code", "EventBaseInfo.Code"])?;
    let code = code.ok_or(Reject::Field)?;
    if code != JUNCTION {
        return Ok(document::status("event", vec![("code", code.to_string())]));
    }
    let time = time(&fields, config.utc)?;
    Ok(Event::Plate(Plate {
        plate: plate(&fields)?,
        colour: fields
            .said("TrafficCar.PlateColor")?
            .and_then(document::colour),
        time,
        lane: fields
            .first(["Lane", "TrafficCar.Lane"])?
            .map(document::lane)
            .transpose()?,
        direction: match fields.said("TrafficCar.DrivingDirection[0]")? {
            Some("Approach") => Some(config.approaching),
            Some("Leave") => Some(document::opposite(config.approaching)),
            _ => None,
        },
        read_id: fields
            .said("GroupID")?
            .map(|group| document::read_id(group.to_string(), time)),
        checked: config.guarded,
        ..Plate::default()
    }))
}

/// The other form of Dahua's events, which begins with `Code=` and has no `Events[...]` keys.
fn other(text: &str) -> Event {
    let code = text.trim_start().strip_prefix("Code=").unwrap_or_default();
    let code = code.split([';', '\r', '\n']).next().unwrap_or_default();
    document::status("event", vec![("code", code.to_string())])
}

fn plate(fields: &Fields<'_>) -> Result<Option<String>, Reject> {
    let object = match fields.said("Object.ObjectType")? {
        Some("Plate") => fields.text("Object.Text")?,
        _ => None,
    };
    let object = object
        .map(|text| document::plate(text, NO_PLATE))
        .transpose()?;
    let car = fields.text(PLATE)?;
    let car = car
        .map(|text| document::plate(text, NO_PLATE))
        .transpose()?;
    if let (Some(Some(car)), Some(text)) = (&car, untyped(fields)?)
        && car != text
    {
        return Err(Reject::Contradiction);
    }
    match (car, object) {
        (Some(Some(car)), Some(Some(object))) if car != object => Err(Reject::Contradiction),
        (Some(plate @ Some(_)), _) | (_, Some(plate)) | (Some(plate), None) => Ok(plate),
        (None, None) => Err(Reject::Field),
    }
}

/// `Object.Text` where nothing says what the object is: a plate and no brand when it has a digit. It
/// is no plate of its own, but may not be another one.
fn untyped<'a>(fields: &Fields<'a>) -> Result<Option<&'a str>, Reject> {
    if fields.said("Object.ObjectType")?.is_some() {
        return Ok(None);
    }
    let text = fields.said("Object.Text")?;
    Ok(text.filter(|text| text.contains(|c: char| c.is_ascii_digit())))
}

fn time(fields: &Fields<'_>, utc: bool) -> Result<Option<DeviceTime>, Reject> {
    let number = |text: &str| digits(text.as_bytes()).ok_or(Reject::Field);
    let Some(seconds) = fields.said("UTC")?.map(number).transpose()? else {
        return Ok(None);
    };
    let millis = fields.said("UTCMS")?.map(number).transpose()?.unwrap_or(0);
    if millis > 999 {
        return Err(Reject::Field);
    }
    let micros = seconds.checked_mul(1_000_000).ok_or(Reject::Field)? + millis * 1_000;
    let time = DeviceTime::from_micros(micros, utc).ok_or(Reject::Field)?;
    Ok(Some(time))
}

/// What a camera sends to say this: a plate, a sign of life, a status `event`, or a picture.
/// `approaching` is the direction that `Approach` stands for, `utc` what the clock counts.
///
/// # Errors
/// [`EncodeError::Range`] for a plate that could not be told from none, a time of the other clock or
/// with more than milliseconds, a name that [`Plate::read_id`] does not have on this protocol;
/// [`EncodeError::Kind`] for other events. Confidence and a second plate have no place here and are
/// left out; a picture is a part of its own.
pub fn encode(event: &Event, approaching: Direction, utc: bool) -> Result<Vec<u8>, EncodeError> {
    let (media, body) = match event {
        Event::Plate(plate) => ("text/plain", plate_text(plate, approaching, utc)?),
        Event::Heartbeat(heartbeat) if heartbeat.state.as_bytes() == HEARTBEAT => {
            ("text/plain", HEARTBEAT.to_vec())
        }
        Event::Status(Status { name, fields }) if *name == "event" => match fields.as_slice() {
            [("code", code)] if code != JUNCTION && !code.is_empty() => {
                let text = format!("Events[0].EventBaseInfo.Code={code}\r\n");
                ("text/plain", text.into_bytes())
            }
            _ => return Err(EncodeError::Kind),
        },
        Event::Picture(picture) => ("image/jpeg", picture.jpeg.clone()),
        _ => return Err(EncodeError::Kind),
    };
    let length = body.len();
    let head = format!("--myboundary\r\nContent-Type: {media}\r\nContent-Length:{length}\r\n\r\n");
    Ok([head.as_bytes(), &body, b"\r\n"].concat())
}

fn plate_text(plate: &Plate, approaching: Direction, utc: bool) -> Result<Vec<u8>, EncodeError> {
    let text = document::plate_text(plate.plate.as_deref(), "--", NO_PLATE)?;
    let mut lines = vec![
        ("EventBaseInfo.Code", JUNCTION.to_string()),
        ("EventBaseInfo.Action", "Pulse".to_string()),
    ];
    if let Some(id) = &plate.read_id {
        let group = document::read_number(id, plate.time)?;
        if group.trim() != group || group.contains(['\r', '\n']) {
            return Err(EncodeError::range("read_id", id));
        }
        lines.push(("GroupID", group.to_string()));
    }
    lines.extend(plate.lane.map(|lane| ("Lane", lane.to_string())));
    lines.push(("Object.ObjectType", "Plate".to_string()));
    lines.push(("Object.Text", text.to_string()));
    if let Some(direction) = plate.direction {
        let word = if direction == approaching {
            "Approach"
        } else {
            "Leave"
        };
        lines.push(("TrafficCar.DrivingDirection[0]", word.to_string()));
    }
    if let Some(colour) = plate.colour {
        let word = match colour {
            PlateColour::Blue => "Blue",
            PlateColour::Yellow => "Yellow",
            PlateColour::White => "White",
            PlateColour::Black => "Black",
            PlateColour::Green => "Green",
            PlateColour::YellowGreen => "YellowGreen",
        };
        lines.push(("TrafficCar.PlateColor", word.to_string()));
    }
    lines.push((PLATE, text.to_string()));
    if let Some(time) = plate.time {
        let micros = time.micros();
        if time.is_utc() != utc || micros % 1_000 != 0 {
            return Err(EncodeError::range("time", time));
        }
        lines.push(("UTC", micros.div_euclid(1_000_000).to_string()));
        lines.push(("UTCMS", (micros.rem_euclid(1_000_000) / 1_000).to_string()));
    }
    let text: String = lines
        .iter()
        .map(|(key, value)| format!("Events[0].{key}={value}\r\n"))
        .collect();
    Ok(text.into_bytes())
}

/// Plates mostly; signs of life, other events and pictures between them.
pub(super) fn specimen(number: u64) -> Event {
    match number % 8 {
        5 => Event::Heartbeat(Heartbeat {
            state: "Heartbeat".to_string(),
            ..Heartbeat::default()
        }),
        6 => {
            let codes = ["VideoMotion", "TrafficParking", "TrafficGate", "VideoLoss"];
            let code = codes.get((number / 8 % 4) as usize).copied();
            let code = code.unwrap_or_default().to_string();
            document::status("event", vec![("code", code)])
        }
        7 => Event::Picture(any::picture(number)),
        _ => {
            let mut plate = any::plate(number);
            plate.checked = false;
            plate.confidence = None;
            plate.time = plate.time.filter(|_| number % 16 != 3);
            plate.direction = match number % 3 {
                0 => Some(Direction::Forward),
                1 => Some(Direction::Reverse),
                _ => None,
            };
            plate.read_id = number.is_multiple_of(2).then(|| {
                let group = 1_647_090_000 + number % 100_000;
                document::read_id(group.to_string(), plate.time)
            });
            Event::Plate(plate)
        }
    }
}
