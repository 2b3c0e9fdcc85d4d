//! From a passage to its verdict, and the bodies under which both enter the journal. Pure.

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::config::{Config, Lane};
use crate::law::{
    Assessment, LawTables, Measured, Scale, Verdict, VehicleDescription, assess,
    assess_hypothetically,
};
use crate::passage::{AxleLoad, ClosedPassage, PassageKind, Weighing};
use crate::store::records::NewWeighing;

/// The assessment of a weighing: what is known of the vehicle is its axles, nothing else yet.
///
/// A platform gives the gross and no axles; `axles` are then those of the linked passage, of which
/// only number and spacings count: its loads were measured by another scale.
pub fn assessment(weighing: &Weighing, axles: &[AxleLoad], lane: Option<&Lane>) -> Assessment {
    let axle_spacings_mm = axles.iter().skip(1).filter_map(|axle| axle.spacing_mm).collect();
    let axle_loads_kg = match weighing.kind {
        PassageKind::Dynamic => axles.iter().map(|axle| axle.load_kg).collect(),
        PassageKind::Platform => Vec::new(),
    };
    Assessment {
        id: Some(weighing.passage_id.clone()),
        day: weighing.crossed_at.beijing_day(),
        vehicle: VehicleDescription { axle_spacings_mm, ..VehicleDescription::default() },
        measured: Measured {
            axle_loads_kg,
            gross_kg: weighing.gross_kg,
            scale: lane.map(|lane| Scale {
                purpose: lane.scale_use,
                accuracy_class: lane.accuracy_class.clone(),
            }),
        },
    }
}

/// The verdict on a weighing, by the table of its day or by that of `law_day` if one is given.
pub fn judge(
    tables: &LawTables,
    weighing: &Weighing,
    axles: &[AxleLoad],
    lane: Option<&Lane>,
    law_day: Option<NaiveDate>,
) -> Verdict {
    let assessment = assessment(weighing, axles, lane);
    match law_day {
        Some(day) => assess_hypothetically(tables, &assessment, day),
        None => assess(tables, &assessment),
    }
}

/// The name of a verdict's class as the store's columns have it.
pub fn class_name(verdict: &Verdict) -> Option<String> {
    serde_json::to_value(verdict.class?).ok()?.as_str().map(str::to_owned)
}

/// What is made durable of a weighing at once.
///
/// # Errors
/// When a part can't be written as JSON, which would be a fault of the program.
pub fn new_weighing(
    config: &Config,
    tables: &LawTables,
    weighing: &Weighing,
) -> Result<NewWeighing, serde_json::Error> {
    let verdict = judge(tables, weighing, &weighing.axles, config.lane(weighing.lane), None);
    Ok(NewWeighing {
        passage_id: weighing.passage_id.clone(),
        station: weighing.station.clone(),
        lane: i64::from(weighing.lane),
        port: weighing.port.clone(),
        kind: weighing.kind.name(),
        crossed_at: weighing.crossed_at,
        gross_kg: weighing.gross_kg,
        axle_count: i64::try_from(weighing.axles.len()).unwrap_or(i64::MAX),
        class: class_name(&verdict),
        overage_kg: verdict.overage_kg,
        raw_digest: weighing.raw.sha256.clone(),
        body: json!({
            "weighing": serde_json::to_value(weighing)?,
            "verdict": serde_json::to_value(&verdict)?,
        }),
    })
}

/// The journal body of a closed passage. The weighing stands in its own entry and is not repeated.
///
/// # Errors
/// As [`new_weighing`].
pub fn closing_body(
    passage: &ClosedPassage,
    verdict: &Verdict,
    withheld: &Value,
) -> Result<Value, serde_json::Error> {
    Ok(json!({
        "passage_id": passage.weighing.passage_id,
        "closed_at": passage.closed_at,
        "association": serde_json::to_value(&passage.association)?,
        "pictures": serde_json::to_value(&passage.pictures)?,
        "linked": serde_json::to_value(&passage.linked)?,
        "verdict": serde_json::to_value(verdict)?,
        "withheld": withheld,
    }))
}

/// One passage as `replay --json` prints it, in the words of the real files it is compared with.
pub fn replay_line(weighing: &Weighing, verdict: &Verdict) -> Result<Value, serde_json::Error> {
    let tenths = |value: i64| {
        if value % 10 == 0 { json!(value / 10) } else { json!(value as f64 / 10.0) }
    };
    let loads = |axle: &AxleLoad| {
        json!({ "load_kg": axle.load_kg, "spacing_mm": axle.spacing_mm })
    };
    Ok(json!({
        "sequence": weighing.sequence,
        "time": weighing.device_time,
        "lane": weighing.lane,
        "direction": weighing.direction,
        "speed_kmh": weighing.speed_tenth_kmh.map(|speed| tenths(speed.get())),
        "length_mm": weighing.length_mm,
        "gross_kg": weighing.gross_kg,
        "axles": weighing.axles.iter().map(loads).collect::<Vec<_>>(),
        "flags": weighing.flags,
        "passage_id": weighing.passage_id,
        "verdict": serde_json::to_value(verdict)?,
    }))
}

