//! Vehicles on both sides of the thresholds that decide what a verdict says beside its amounts:
//! steps, notes, alternatives, permits and register entries.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod axles;
mod beside;
mod dimensions;
mod figures;
mod limits;
mod permits;
mod sentences;

use std::sync::LazyLock;

use serde_json::{Value, json};
use steelyard::law::{Assessment, LawTables, Note, NoteCode, Rule, Step, Verdict, assess};

static TABLES: LazyLock<LawTables> = LazyLock::new(|| LawTables::embedded().unwrap());

fn judged_by(tables: &LawTables, vehicle: &Value, measured: &Value) -> Verdict {
    let assessment: Assessment = serde_json::from_value(json!({
        "day": "2024-06-01", "vehicle": vehicle, "measured": measured,
    }))
    .unwrap();
    assess(tables, &assessment)
}

fn judged(vehicle: &Value, measured: &Value) -> Verdict {
    judged_by(&TABLES, vehicle, measured)
}

fn weighing(vehicle: &Value, gross_kg: i64) -> Verdict {
    judged(vehicle, &json!({ "gross_kg": gross_kg }))
}

/// Weighed in a mode of enforcement.
fn met(mode: &str, vehicle: &Value, gross_kg: i64) -> Verdict {
    let assessment: Assessment = serde_json::from_value(json!({
        "day": "2024-06-01", "mode": mode, "vehicle": vehicle, "measured": {"gross_kg": gross_kg},
    }))
    .unwrap();
    assess(&TABLES, &assessment)
}

/// The national table with another figure.
fn changed(from: &str, to: &str) -> LawTables {
    let text = LawTables::embedded_texts()[0].1;
    assert!(text.contains(from), "{from}");
    LawTables::parse(&[("t.toml", &text.replacen(from, to, 1))]).unwrap()
}

/// A vehicle with some of its fields others.
fn with(vehicle: &Value, fields: Value) -> Value {
    let mut vehicle = vehicle.clone();
    for (field, value) in fields.as_object().unwrap() {
        vehicle[field] = value.clone();
    }
    vehicle
}

fn step(verdict: &Verdict, rule: Rule) -> Option<&Step> {
    verdict.derivation.iter().find(|step| step.rule == rule)
}

fn notes(verdict: &Verdict, code: NoteCode) -> Vec<&Note> {
    let of_code = verdict.notes.iter().filter(|note| note.code == code);
    of_code.collect()
}

fn limit_kg(verdict: &Verdict) -> i64 {
    verdict.limit_kg.unwrap().get()
}

/// With nothing open: 18,000 kg.
fn two_axle_truck() -> Value {
    json!({"category": "truck", "axle_spacings_mm": [4500], "drive_axles": 1,
        "drive_air_suspension": false, "non_drive_tyres": "dual", "layout": "1+1"})
}

/// With nothing open: 49,000 kg.
fn six_axle_train() -> Value {
    json!({"category": "articulated_train", "axle_spacings_mm": [3300, 1350, 5600, 1310, 1310],
        "drive_axles": 2, "drive_air_suspension": false, "non_drive_tyres": "dual",
        "layout": "1+2-3"})
}
