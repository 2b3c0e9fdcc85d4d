//! What a document says, and the documents of events.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use serde_json::{Map, Value, json};

use super::{Config, License};
use crate::document;
use crate::{
    DeviceTime, Direction, EncodeError, Event, Picture, Plate, PlateColour, Reject, Status,
    specimen as any,
};

const NO_PLATE: &[&str] = &["_无_", "No Plate"];

/// The event of a whole object. [`Reject::Garbage`] for what is no JSON.
pub(super) fn read(bytes: &[u8], config: &Config) -> Result<Event, Reject> {
    let document: Value = serde_json::from_slice(bytes).map_err(|_| Reject::Garbage)?;
    let payload = document.get("payload").filter(|value| value.is_object());
    let body = payload.unwrap_or(&document);
    if let Some(alarm) = body.get("AlarmInfoPlate") {
        let license = alarm.pointer("/result/PlateResult/license");
        if license.is_some_and(|license| !says_only(bytes, license)) {
            return Err(Reject::Contradiction);
        }
        return plate(alarm, payload.is_some(), config).map(Event::Plate);
    }
    if let Some(image) = body.get("TriggerImage") {
        let picture = image.get("imageFile").and_then(Value::as_str);
        let picture = picture.and_then(document::picture);
        return picture.map(Event::Picture).ok_or(Reject::Device);
    }
    Ok(other(&document, body))
}

/// Whether no `license` in a document is another than this. A parsed object has only the last of two
/// members of one name.
fn says_only(bytes: &[u8], license: &Value) -> bool {
    let key = b"\"license\"";
    let mut from = 0;
    while let Some(at) = document::find(bytes, key, from) {
        from = at + key.len();
        let rest = bytes.get(from..).unwrap_or_default().trim_ascii_start();
        let Some(value) = rest.strip_prefix(b":") else {
            continue;
        };
        let mut values = serde_json::Deserializer::from_slice(value).into_iter::<Value>();
        if !matches!(values.next(), Some(Ok(value)) if value == *license) {
            return false;
        }
    }
    true
}

/// Pushes that are neither plates nor pictures.
fn other(document: &Value, body: &Value) -> Event {
    if let Some(input) = body.get("AlarmGioIn") {
        let result = input.pointer("/result/TriggerResult").unwrap_or(input);
        let fields = vec![
            ("source", word(result.get("source"))),
            ("value", word(result.get("value"))),
        ];
        return document::status("io_input", fields);
    }
    if let Some(serial) = body.get("SerialData") {
        let fields = vec![
            ("channel", word(serial.get("serialChannel"))),
            ("data", word(serial.get("data"))),
        ];
        return document::status("serial_data", fields);
    }
    if let Some(reply) = body.get("Response_AlarmInfoPlate") {
        return document::status("host_response", vec![("info", word(reply.get("info")))]);
    }
    let name = match document.get("name") {
        Some(name) => word(Some(name)),
        None => {
            let keys = document.as_object().map(Map::keys);
            keys.into_iter()
                .flatten()
                .cloned()
                .collect::<Vec<_>>()
                .join(" ")
        }
    };
    document::status("message", vec![("name", name)])
}

/// A text or number as text; empty for anything else.
fn word(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// A whole number that is not negative. `None` when there is none, or `null`.
fn number(object: &Value, key: &str) -> Result<Option<i64>, Reject> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value
            .as_i64()
            .filter(|number| *number >= 0)
            .map(Some)
            .ok_or(Reject::Field),
    }
}

/// A text that is not empty. `None` when there is none, or `null`.
fn text<'a>(object: &'a Value, key: &str) -> Result<Option<&'a str>, Reject> {
    match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.trim()).filter(|text| !text.is_empty())),
        Some(_) => Err(Reject::Field),
    }
}

/// The plate text of a `license`, `enveloped` when it came in an MQTT `payload`.
///
/// Base64 must not pass for a plate where a broker has taken the envelope off. So under `auto` what
/// is the base64 of a plate and no plate itself is decoded wherever it stands.
fn license_text(license: &str, form: License, enveloped: bool) -> Result<Cow<'_, str>, Reject> {
    let needed = || document::from_base64(license).ok_or(Reject::Field);
    match form {
        License::Plain => Ok(license.into()),
        License::Base64 => needed().map(Cow::Owned),
        License::Auto if !license.is_ascii() => Ok(license.into()),
        License::Auto if enveloped => needed().map(Cow::Owned),
        License::Auto => Ok(base64_plate(license).map_or(license.into(), Cow::Owned)),
    }
}

/// The plate, or two, or the word for none, that a text is the base64 of. `None` where it might be
/// a plate itself: those have capital letters only, and none has twelve characters and more.
fn base64_plate(text: &str) -> Option<String> {
    let decoded = document::from_base64(text)?;
    let chinese = |c: char| ('\u{4E00}'..='\u{9FFF}').contains(&c);
    let fits = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || chinese(c);
    let is_plate = |part: &str| document::is_plate(part) && part.chars().all(fits);
    let says = NO_PLATE.contains(&decoded.as_str()) || decoded.split('|').all(is_plate);
    let no_plate_itself = text.contains(|c: char| c.is_ascii_lowercase() || "+/=".contains(c))
        || (text.len() >= 12 && decoded.starts_with(chinese));
    (says && no_plate_itself).then_some(decoded)
}

fn plate(alarm: &Value, enveloped: bool, config: &Config) -> Result<Plate, Reject> {
    let result = alarm.pointer("/result/PlateResult");
    let result = result.filter(|result| result.is_object());
    let result = result.ok_or(Reject::Field)?;
    let license = result.get("license").and_then(Value::as_str);
    let license = license.ok_or(Reject::Field)?;
    let license = license_text(license.trim(), config.license, enveloped)?;
    let (plate, second_plate) = plates(&license)?;
    let time = time(result)?;
    let confidence = number(result, "confidence")?;
    let confidence = confidence.map(|confidence| u8::try_from(confidence).unwrap_or(u8::MAX));
    if confidence.is_some_and(|confidence| confidence > 100) {
        return Err(Reject::Field);
    }
    let device = text(alarm, "serialno")?.map(|device| format!("{device}/"));
    Ok(Plate {
        plate,
        second_plate,
        colour: number(result, "colorType")?.and_then(colour),
        confidence,
        time,
        direction: match number(result, "direction")? {
            Some(4) => Some(config.approaching),
            Some(3) => Some(document::opposite(config.approaching)),
            _ => None,
        },
        read_id: number(result, "plateid")?.map(|number| {
            let base = format!("{}{number}", device.unwrap_or_default());
            document::read_id(base, time)
        }),
        picture: picture(result),
        checked: config.guarded,
        ..Plate::default()
    })
}

/// One plate, or two joined by `|`.
fn plates(license: &str) -> Result<(Option<String>, Option<String>), Reject> {
    match license.split_once('|') {
        None => Ok((document::plate(license, NO_PLATE)?, None)),
        Some((first, second)) => {
            let first = document::plate(first, NO_PLATE)?.ok_or(Reject::Field)?;
            let second = document::plate(second, NO_PLATE)?.ok_or(Reject::Field)?;
            Ok((Some(first), Some(second)))
        }
    }
}

fn colour(code: i64) -> Option<PlateColour> {
    let index = usize::try_from(code).ok()?.checked_sub(1)?;
    // The codes are in the order of the colours.
    PlateColour::ALL.get(index).copied()
}

fn time(result: &Value) -> Result<Option<DeviceTime>, Reject> {
    let Some(moment) = result.pointer("/timeStamp/Timeval") else {
        return Ok(None);
    };
    let Some(seconds) = number(moment, "sec")? else {
        return Ok(None);
    };
    let micros = number(moment, "usec")?.unwrap_or(0);
    let total = seconds.checked_mul(1_000_000);
    let total = total.filter(|_| micros < 1_000_000).ok_or(Reject::Field)?;
    let time = total.checked_add(micros);
    let time = time.and_then(|time| DeviceTime::from_micros(time, true));
    time.map(Some).ok_or(Reject::Field)
}

/// The largest picture there is. A broken one is none.
fn picture(result: &Value) -> Option<Picture> {
    [
        "imageFile",
        "full_image_content",
        "imageFragmentFile",
        "small_image_content",
    ]
    .iter()
    .filter_map(|key| result.get(key).and_then(Value::as_str))
    .filter(|text| !text.is_empty())
    .find_map(document::picture)
}

/// The body that the camera waits for. It stops the repeating, and asks for the next kept read.
pub(super) fn reply(plate: &Plate, info: &str) -> Vec<u8> {
    let id = plate.read_id.as_deref().unwrap_or_default();
    let number = document::read_number(id, plate.time).unwrap_or_default();
    let number = number.rsplit('/').next().unwrap_or_default();
    let next = match number.parse::<u64>() {
        Ok(number) => {
            format!(",\"ContinuePushOffline\":{{\"plateid\":{number},\"continue\":1}}")
        }
        Err(_) => String::new(),
    };
    format!(
        "{{\"Response_AlarmInfoPlate\":{{\"info\":\"{info}\",\"content\":\"retransfer_stop\",\
         \"is_pay\":\"false\",\"serialData\":[]{next}}}}}"
    )
    .into_bytes()
}

/// What a camera posts to say this: a plate or a status `io_input`.
/// `approaching` is the direction of a vehicle that comes towards the camera; `base64` whether the
/// plate is written that way.
///
/// # Errors
/// [`EncodeError::Range`] for a plate that could not be told from none, a second plate without a
/// first, a time that is not UTC, a confidence above 100, a name that [`Plate::read_id`] does not
/// have on this protocol; [`EncodeError::Kind`] for other events. The lane has no place here and is
/// left out.
pub fn encode(event: &Event, approaching: Direction, base64: bool) -> Result<Vec<u8>, EncodeError> {
    let document = match event {
        Event::Plate(plate) => alarm(plate, approaching, base64)?,
        Event::Status(Status { name, fields }) if *name == "io_input" => match fields.as_slice() {
            [("source", source), ("value", value)] => {
                let number = |text: &String| text.parse::<u32>().map_err(|_| EncodeError::Kind);
                json!({"AlarmGioIn": {
                    "deviceName": "IVS",
                    "result": {"TriggerResult": {
                        "source": number(source)?,
                        "value": number(value)?,
                    }},
                }})
            }
            _ => return Err(EncodeError::Kind),
        },
        _ => return Err(EncodeError::Kind),
    };
    Ok(document.to_string().into_bytes())
}

fn alarm(plate: &Plate, approaching: Direction, base64: bool) -> Result<Value, EncodeError> {
    let mut license = document::plate_text(plate.plate.as_deref(), "_无_", NO_PLATE)?.to_string();
    if let Some(second) = &plate.second_plate {
        if plate.plate.is_none() {
            return Err(EncodeError::range("second_plate", second));
        }
        license.push('|');
        license += document::plate_text(Some(second), "", NO_PLATE)?;
    }
    if base64 {
        license = document::to_base64(license.as_bytes());
    } else if base64_plate(&license).is_some() {
        return Err(EncodeError::range("plate", license));
    }
    let colour = plate.colour.map(|colour| {
        let index = PlateColour::ALL.iter().position(|known| *known == colour);
        index.map_or(0, |index| index + 1)
    });
    let mut result = Map::new();
    let mut put = |key: &str, value: Value| drop(result.insert(key.to_string(), value));
    put("license", json!(license));
    put("colorType", json!(colour.unwrap_or(0)));
    if let Some(confidence) = plate.confidence {
        if confidence > 100 {
            return Err(EncodeError::range("confidence", confidence));
        }
        put("confidence", json!(confidence));
    }
    let direction = plate.direction;
    let direction = direction.map(|direction| if direction == approaching { 4 } else { 3 });
    put("direction", json!(direction.unwrap_or(0)));
    put("triggerType", json!(8));
    if let Some(time) = plate.time {
        if !time.is_utc() {
            return Err(EncodeError::range("time", time));
        }
        let (seconds, micros) = (time.micros() / 1_000_000, time.micros() % 1_000_000);
        put(
            "timeStamp",
            json!({"Timeval": {"sec": seconds, "usec": micros}}),
        );
    }
    if let Some(picture) = &plate.picture {
        put("imageFile", json!(document::to_base64(&picture.jpeg)));
        put("imageFileLen", json!(picture.jpeg.len()));
    }
    let mut device = None;
    if let Some(id) = &plate.read_id {
        let base = document::read_number(id, plate.time)?;
        let (serial, number) = match base.rsplit_once('/') {
            Some((serial, number)) => (Some(serial), number),
            None => (None, base),
        };
        let parsed = number.parse::<u32>().ok();
        let parsed = parsed.filter(|parsed| parsed.to_string() == number);
        let fits = serial.is_none_or(|serial| !serial.is_empty() && serial.trim() == serial);
        let parsed = parsed.filter(|_| fits);
        put(
            "plateid",
            json!(parsed.ok_or_else(|| EncodeError::range("read_id", id))?),
        );
        device = serial;
    }
    let mut inner = Map::new();
    inner.insert("channel".to_string(), json!(0));
    inner.insert("deviceName".to_string(), json!("IVS"));
    inner.insert("result".to_string(), json!({"PlateResult": result}));
    if let Some(device) = device {
        inner.insert("serialno".to_string(), json!(device));
    }
    Ok(json!({"AlarmInfoPlate": inner}))
}

/// Plates mostly, now and then two; inputs between them.
pub(super) fn specimen(number: u64) -> Event {
    match number % 8 {
        6 => {
            let bits = any::scatter(number);
            document::status(
                "io_input",
                vec![
                    ("source", (bits % 5).to_string()),
                    ("value", (bits >> 8 & 1).to_string()),
                ],
            )
        }
        _ => {
            let mut plate = any::plate(number);
            plate.checked = false;
            plate.lane = None;
            plate.colour = plate.colour.filter(|_| number % 9 != 8);
            plate.direction = match number % 3 {
                0 => Some(Direction::Forward),
                1 => Some(Direction::Reverse),
                _ => None,
            };
            plate.time = plate.time.filter(|_| number % 16 != 3);
            if plate.plate.is_some() && number % 8 == 1 {
                plate.second_plate = Some(format!("粤Z{:04}港", number % 10_000));
            }
            plate.read_id = (number % 4 != 2).then(|| {
                let base = match number % 4 {
                    0 => format!("5a0c33d1-{:08x}/{}", number % 7, 10 + number),
                    _ => number.to_string(),
                };
                document::read_id(base, plate.time)
            });
            plate.picture = (number % 5 == 3).then(|| any::picture(number));
            Event::Plate(plate)
        }
    }
}
