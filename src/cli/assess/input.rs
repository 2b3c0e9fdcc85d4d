//! Reading cases: from bytes to an assessment, with complaints that name the field.

use serde_json::Value;

use crate::law::{Assessment, Measured, Statement, VehicleDescription};

pub fn trimmed(bytes: &[u8]) -> &[u8] {
    const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
    bytes
        .strip_prefix(BYTE_ORDER_MARK)
        .unwrap_or(bytes)
        .trim_ascii()
}

/// A syntax error by its column; the line is said elsewhere.
pub fn in_line(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or_default();
    format!("not valid JSON: {what} (column {})", error.column())
}

/// What a case may hold; `title` and `expect` are for people and for tests.
const KNOWN: [&str; 10] = [
    "id",
    "title",
    "day",
    "vehicle",
    "measured",
    "statements",
    "mode",
    "road",
    "time",
    "expect",
];

/// Reads one case; the complaint names the field that is wrong.
pub fn assessment_of(case: &Value) -> Result<Assessment, String> {
    if !case.is_object() {
        return Err("expected a JSON object with day, vehicle and measured".to_owned());
    }
    let known = |key: &&String| !KNOWN.contains(&key.as_str());
    if let Some(key) = case.as_object().and_then(|case| case.keys().find(known)) {
        return Err(format!(
            "{key}: unknown field, expected one of {}",
            KNOWN.join(", ")
        ));
    }
    let assessment = serde_json::from_value::<Assessment>(case.clone()).map_err(|error| {
        let field = wrong_field(case);
        let separator = if field.is_empty() { "" } else { ": " };
        format!("{field}{separator}{error}")
    })?;
    check_loads(&assessment.measured)?;
    Ok(assessment)
}

/// How far the axle loads' sum may be from the gross, in per cent of it: sensors of axles in motion
/// are that bad at times, a slip of the pen is worse.
const MOST_APART_PERCENT: i64 = 25;

/// Refuses axle loads that can't be those of the gross. A station's own weighings are looked at where
/// they are joined, and are never refused here: axles weighed in motion before a truck was unloaded
/// stay beside the gross afterwards.
fn check_loads(measured: &Measured) -> Result<(), String> {
    let loads = &measured.axle_loads_kg;
    let gross_kg = measured.gross_kg.get();
    if gross_kg <= 0 {
        // The law has its own word about that.
        return Ok(());
    }
    if let Some(load) = loads.iter().find(|load| load.get() > gross_kg) {
        return Err(format!(
            "measured.axle_loads_kg: an axle of {} kg bears more than measured.gross_kg ({gross_kg} kg)",
            load.get()
        ));
    }
    let sum_kg = loads
        .iter()
        .fold(0_i64, |sum, load| sum.saturating_add(load.get()));
    let apart = sum_kg.saturating_sub(gross_kg).saturating_abs();
    if !loads.is_empty() && apart.saturating_mul(100) > gross_kg.saturating_mul(MOST_APART_PERCENT)
    {
        return Err(format!(
            "measured.axle_loads_kg: they add up to {sum_kg} kg, more than {MOST_APART_PERCENT} % from \
             measured.gross_kg ({gross_kg} kg): mend one, or leave the axle loads out"
        ));
    }
    Ok(())
}

/// The field whose value cannot be read, tried one by one; empty when none alone is at fault.
fn wrong_field(case: &Value) -> String {
    if let Some(vehicle) = case.get("vehicle") {
        let Some(fields) = vehicle.as_object() else {
            return "vehicle".to_owned();
        };
        for (name, value) in fields {
            let alone = Value::Object([(name.clone(), value.clone())].into_iter().collect());
            if serde_json::from_value::<VehicleDescription>(alone).is_err() {
                return format!("vehicle.{name}");
            }
        }
    }
    for (index, statement) in case
        .get("statements")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .enumerate()
    {
        if serde_json::from_value::<Statement>(statement.clone()).is_err() {
            return format!("statements[{index}]");
        }
    }
    for name in ["id", "mode", "road", "time", "statements"] {
        let mut alone = serde_json::json!({"day": "2024-01-01", "measured": {"gross_kg": 0}});
        if let Some(value) = case.get(name) {
            alone[name] = value.clone();
        }
        if serde_json::from_value::<Assessment>(alone).is_err() {
            return name.to_owned();
        }
    }
    let Some(measured) = case.get("measured") else {
        return String::new();
    };
    let Some(fields) = measured.as_object() else {
        return "measured".to_owned();
    };
    for (name, value) in fields {
        let mut alone = serde_json::json!({"day": "2024-01-01", "measured": {"gross_kg": 0}});
        alone["measured"][name] = value.clone();
        if serde_json::from_value::<Assessment>(alone).is_err() {
            return format!("measured.{name}");
        }
    }
    if fields.contains_key("gross_kg") {
        "day".to_owned()
    } else {
        "measured".to_owned()
    }
}
