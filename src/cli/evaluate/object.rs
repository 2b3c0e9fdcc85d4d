//! An evaluation as one object of JSON.

use serde_json::{Map, Value, json};

use super::table::{Row, evidence_rows, rows, share, times_as_many_wrong, ways};
use crate::passage::EvasionKind;
use crate::simulator::evaluation::bound::upper_95;
use crate::simulator::evaluation::elsewhere::{Cause, Elsewhere};
use crate::simulator::evaluation::{Evaluation, Tally};

/// One object.
pub fn json(evaluation: &Evaluation) -> Value {
    let mut object = json!({
        "vehicles": evaluation.vehicles,
        "vehicles_weighed": evaluation.vehicles_weighed,
        "vehicles_read_right": evaluation.vehicles_with_right_read,
        "vehicles_lost": evaluation.vehicles_lost,
        "vehicles_doubled": evaluation.vehicles_doubled,
        "passages": evaluation.passages,
        "platform": evaluation.platform,
        "unknown": evaluation.unknown,
        "shared": evaluation.shared,
        "shared_let_through": evaluation.shared_let_through,
        "offset": evaluation.offset(),
        "clock_error": evaluation.clock_error(),
        "stated_risk": evaluation.calibration.classes(),
        "doubts": evaluation.doubts,
        "told": evaluation.told,
        "trailers": evaluation.trailers,
    });
    for (key, _, tally) in ways(evaluation) {
        object[key] = column(tally);
        let evidence = evidence_rows();
        object[key]["evidence"] = evidence.iter().map(|row| named(row, tally)).collect();
    }
    for (key, _, tally) in ways(evaluation).into_iter().skip(1) {
        let (counted, least) = times_as_many_wrong(&evaluation.association, tally);
        object[key]["times_as_many_wrong_vehicles"] = json!({
            "counted": counted, "at_least": least,
        });
    }
    let by_mass = evaluation.by_mass.iter();
    let by_mass: Map<String, Value> = by_mass
        .map(|(mass, tally)| (mass.name().to_owned(), column(tally)))
        .collect();
    object["by_mass"] = Value::Object(by_mass);
    let by_axles = evaluation.by_axles.iter();
    let by_axles: Map<String, Value> = by_axles
        .map(|(axles, tally)| (axles.to_string(), column(tally)))
        .collect();
    object["by_axles"] = Value::Object(by_axles);
    let evasions = evaluation.evasions.kinds();
    let evasions: Map<String, Value> = evasions
        .map(|(kind, found)| {
            let recall = share((found.found, found.vehicles));
            let precision = share((found.right, found.right + found.wrong()));
            let mistaken = evaluation.evasions.mistaken(kind).into_iter();
            let mistaken: Map<String, Value> = mistaken
                .map(|(instead, count)| {
                    let name = instead.map_or("nothing", |instead| instead.name());
                    (name.to_owned(), json!(count))
                })
                .collect();
            let counts = json!({
                "mistaken": mistaken, "vehicles": found.vehicles, "found": found.found, "recall": recall,
                "findings": found.findings, "right": found.right, "forced": found.forced,
                "wrong": found.wrong(), "precision": precision,
                "hard_to_see": found.mild, "found_hard_to_see": found.found_mild,
                "found_as_like": found.found_as_like, "right_as_like": found.right_as_like,
            });
            (kind.name().to_owned(), counts)
        })
        .collect();
    object["evasion"] = Value::Object(evasions);
    if let Some(elsewhere) = &evaluation.elsewhere {
        object["sightings"] = sightings(elsewhere);
    }
    let drifts = &evaluation.drifts;
    let found = drifts.found.iter().map(|found| {
        json!({
            "vehicles": found.vehicles, "after_us": found.after,
            "true_per_mille": found.true_per_mille, "stated_per_mille": found.stated_per_mille,
        })
    });
    object["drift"] = json!({
        "lanes": drifts.lanes, "found": found.collect::<Vec<_>>(),
        "sound_vehicles": drifts.sound_vehicles, "false_findings": drifts.false_findings,
    });
    object
}

fn sightings(elsewhere: &Elsewhere) -> Value {
    let causes = |causes: Vec<(Cause, u64)>| -> Map<String, Value> {
        let named = causes.into_iter();
        named
            .map(|(cause, count)| (cause.name().to_owned(), json!(count)))
            .collect()
    };
    let mut object = json!({ "lines": elsewhere.sightings });
    for kind in [EvasionKind::PlateCloned, EvasionKind::Bypass] {
        let shown = elsewhere.shown(kind);
        object[kind.name()] = json!({
            "shown": shown.vehicles, "found_of_shown": shown.found,
            "recall_of_shown": share((shown.found, shown.vehicles)),
            "missed": causes(elsewhere.missed(kind)), "wrong": causes(elsewhere.mistaken(kind)),
        });
    }
    object
}

fn column(tally: &Tally) -> Value {
    let rows = rows();
    let mut column: Map<String, Value> = rows.iter().map(|row| named(row, tally)).collect();
    column.insert("weighings".to_owned(), json!(tally.weighings()));
    Value::Object(column)
}

fn named(row: &Row, tally: &Tally) -> (String, Value) {
    let (count, of) = (row.counts)(tally);
    let mut cell = json!({ "count": count, "of": of, "share": share((count, of)) });
    if row.bounded {
        cell["upper_95"] = json!(upper_95(count, of));
    }
    (row.key.clone(), cell)
}
