//! What a document says, and the documents of events.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use super::NO_PLATE;
use crate::document::{self, xml};
use crate::field::{digits, read_time};
use crate::{
    DeviceTime, Direction, EncodeError, Event, Heartbeat, Plate, PlateColour, Reject, Status,
    specimen as any,
};

const HEARTBEAT: &str = "videoloss inactive";
const MINUTE: i64 = 60_000_000;
/// The zone that the encoder writes: China.
const ZONE_MINUTES: i64 = 480;

/// The event of a whole document.
pub(super) fn read(bytes: &[u8], guarded: bool) -> Result<Event, Reject> {
    let document = xml::parse(bytes)?;
    let root = document.root_element();
    let kind = xml::said(root, "eventType")?.ok_or(Reject::Field)?;
    let state = xml::said(root, "eventState")?.unwrap_or_default();
    let time = xml::said(root, "dateTime")?
        .map(|text| time(&text).ok_or(Reject::Field))
        .transpose()?;
    if kind.eq_ignore_ascii_case("ANPR") {
        let node = xml::child(root, "ANPR").unwrap_or(root);
        let text = xml::text(node, "licensePlate")?.ok_or(Reject::Field)?;
        return Ok(Event::Plate(Plate {
            plate: document::plate(&text, NO_PLATE)?,
            colour: xml::said(node, "plateColor")?.and_then(|word| colour(&word)),
            confidence: xml::said(node, "confidenceLevel")?
                .map(|text| document::confidence(&text))
                .transpose()?,
            time,
            lane: xml::said(node, "line")?
                .map(|text| document::lane(&text))
                .transpose()?,
            direction: xml::said(node, "direction")?.and_then(|word| direction(&word)),
            read_id: xml::said(root, "UUID")?,
            checked: guarded,
            ..Plate::default()
        }));
    }
    if kind == "videoloss" && state == "inactive" {
        return Ok(Event::Heartbeat(Heartbeat {
            time,
            state: HEARTBEAT.to_string(),
            ..Heartbeat::default()
        }));
    }
    Ok(document::status(
        "event",
        vec![("type", kind), ("state", state)],
    ))
}

fn direction(word: &str) -> Option<Direction> {
    match word {
        "forward" => Some(Direction::Forward),
        "reverse" => Some(Direction::Reverse),
        _ => None,
    }
}

fn colour(word: &str) -> Option<PlateColour> {
    document::colour(word).or(match word {
        "newEnergyGreen" => Some(PlateColour::Green),
        "newEnergyYellowGreen" => Some(PlateColour::YellowGreen),
        _ => None,
    })
}

/// A time as `dateTime` has it; in UTC when it names its zone.
fn time(text: &str) -> Option<DeviceTime> {
    let (moment, rest) = (text.get(..19)?, text.get(19..)?);
    let (fraction, zone) = match rest.strip_prefix('.') {
        None => (None, rest),
        Some(rest) => {
            let length = rest.bytes().take_while(u8::is_ascii_digit).count();
            (Some(rest.get(..length)?), rest.get(length..)?)
        }
    };
    let micros = match fraction {
        None => 0,
        Some(text) if (1..=9).contains(&text.len()) => {
            digits(format!("{text:0<6}").get(..6)?.as_bytes())?
        }
        Some(_) => return None,
    };
    let local = read_time("YYYY-MM-DDThh:mm:ss", moment, false)?;
    let offset = match zone.as_bytes() {
        [] => return DeviceTime::from_micros(local.micros() + micros, false),
        [b'Z'] => 0,
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] | [sign @ (b'+' | b'-'), h1, h2, m1, m2] => {
            let hours = digits(&[*h1, *h2]).filter(|hours| *hours <= 14)?;
            let minutes = digits(&[*m1, *m2]).filter(|minutes| *minutes < 60)?;
            let offset = hours * 60 + minutes;
            if *sign == b'-' { -offset } else { offset }
        }
        _ => return None,
    };
    DeviceTime::from_micros(local.micros() + micros - offset * MINUTE, true)
}

fn time_text(time: DeviceTime) -> Result<String, EncodeError> {
    if !time.is_utc() {
        return Ok(time.to_string());
    }
    let local = DeviceTime::from_micros(time.micros() + ZONE_MINUTES * MINUTE, false);
    local
        .map(|local| format!("{local}+08:00"))
        .ok_or_else(|| EncodeError::range("time", time))
}

/// What a camera sends to say this: a plate, a sign of life, a status `event`, or a picture. As a
/// part with this boundary, a document alone where that is empty.
///
/// # Errors
/// [`EncodeError::Range`] for a plate that could not be told from none, a confidence above 100, an
/// empty name of the read; [`EncodeError::Kind`] for other events, and for a picture without a
/// boundary. A second plate has no place here and is left out; a picture is a part of its own.
pub fn encode(event: &Event, boundary: &str) -> Result<Vec<u8>, EncodeError> {
    let (media, body, tail) = match event {
        Event::Picture(_) if boundary.is_empty() => return Err(EncodeError::Kind),
        Event::Picture(picture) => ("image/jpeg", picture.jpeg.clone(), "\r\n"),
        // The line end behind a document is the one in front of the next boundary.
        event => (
            "application/xml; charset=\"UTF-8\"",
            document_of(event)?,
            "",
        ),
    };
    if boundary.is_empty() {
        return Ok(body);
    }
    let length = body.len();
    let head =
        format!("\r\n--{boundary}\r\nContent-Type: {media}\r\nContent-Length: {length}\r\n\r\n");
    Ok([head.as_bytes(), &body, tail.as_bytes()].concat())
}

fn document_of(event: &Event) -> Result<Vec<u8>, EncodeError> {
    let (time, kind, state, inner) = match event {
        Event::Plate(plate) => (plate.time, "ANPR", "active", anpr(plate)?),
        Event::Heartbeat(heartbeat) if heartbeat.state == HEARTBEAT => {
            (heartbeat.time, "videoloss", "inactive", String::new())
        }
        Event::Status(Status { name, fields }) if *name == "event" => match fields.as_slice() {
            [("type", kind), ("state", state)] if kind != "ANPR" && !kind.is_empty() => {
                (None, kind.as_str(), state.as_str(), String::new())
            }
            _ => return Err(EncodeError::Kind),
        },
        _ => return Err(EncodeError::Kind),
    };
    let time = match time {
        Some(time) => format!("<dateTime>{}</dateTime>\n", time_text(time)?),
        None => String::new(),
    };
    let (kind, state) = (xml::escaped(kind), xml::escaped(state));
    Ok(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <EventNotificationAlert version=\"2.0\" xmlns=\"http://www.isapi.org/ver20/XMLSchema\">\n\
         {time}<eventType>{kind}</eventType>\n<eventState>{state}</eventState>\n\
         {inner}</EventNotificationAlert>"
    )
    .into_bytes())
}

fn anpr(plate: &Plate) -> Result<String, EncodeError> {
    let text = document::plate_text(plate.plate.as_deref(), "unknown", NO_PLATE)?;
    let mut inner = format!("<ANPR>\n<licensePlate>{text}</licensePlate>\n");
    if let Some(lane) = plate.lane {
        inner += &format!("<line>{lane}</line>\n");
    }
    if let Some(direction) = plate.direction {
        let word = match direction {
            Direction::Forward => "forward",
            Direction::Reverse => "reverse",
        };
        inner += &format!("<direction>{word}</direction>\n");
    }
    if let Some(confidence) = plate.confidence {
        if confidence > 100 {
            return Err(EncodeError::range("confidence", confidence));
        }
        inner += &format!("<confidenceLevel>{confidence}</confidenceLevel>\n");
    }
    if let Some(colour) = plate.colour {
        let word = match colour {
            PlateColour::Green => "newEnergyGreen",
            PlateColour::YellowGreen => "newEnergyYellowGreen",
            colour => colour.name(),
        };
        inner += &format!("<plateColor>{word}</plateColor>\n");
    }
    inner += "</ANPR>\n";
    if let Some(id) = &plate.read_id {
        if id.trim() != id || id.is_empty() || id.contains(char::is_control) {
            return Err(EncodeError::range("read_id", id));
        }
        inner += &format!("<UUID>{}</UUID>\n", xml::escaped(id));
    }
    Ok(inner)
}

/// Plates mostly; signs of life, other events and pictures between them.
pub(super) fn specimen(number: u64) -> Event {
    match number % 8 {
        5 => Event::Heartbeat(Heartbeat {
            time: any::time(number, true),
            state: HEARTBEAT.to_string(),
            ..Heartbeat::default()
        }),
        6 => {
            let kinds = ["VMD", "linedetection", "fielddetection", "tamperdetection"];
            let kind = kinds.get((number / 8 % 4) as usize).copied();
            let state = if number % 16 == 6 {
                "active"
            } else {
                "inactive"
            };
            document::status(
                "event",
                vec![
                    ("type", kind.unwrap_or_default().to_string()),
                    ("state", state.to_string()),
                ],
            )
        }
        7 => Event::Picture(any::picture(number)),
        _ => {
            let mut plate = any::plate(number);
            plate.checked = false;
            plate.time = any::time(number, number % 16 != 3);
            plate.direction = match number % 3 {
                0 => Some(Direction::Forward),
                1 => Some(Direction::Reverse),
                _ => None,
            };
            plate.read_id = number.is_multiple_of(2).then(|| {
                let bits = any::scatter(number);
                format!(
                    "{:08x}-0000-4000-8000-{:012x}",
                    bits >> 32,
                    bits & 0xFFFF_FFFF
                )
            });
            Event::Plate(plate)
        }
    }
}
