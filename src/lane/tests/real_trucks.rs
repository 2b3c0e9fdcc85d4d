//! The real trucks of `STEELYARD_REAL_DATA`, for tests. They are not part of the repository.

use std::path::PathBuf;

use serde_json::Value;

use crate::passage::{AxleLoad, PassageKind, RawBytes, TravelDirection, Weighing};
use crate::units::{Kilograms, Micros, Millimetres, TenthKmh};

/// The 1,000 trucks of Victoria in the order of the file and two of South Africa, as weighings of a
/// protocol without sides and without speeds of axles. `None`, with a word, where there are none.
pub(crate) fn trucks() -> Option<Vec<Weighing>> {
    let Some(folder) = std::env::var_os("STEELYARD_REAL_DATA").map(PathBuf::from) else {
        println!("STEELYARD_REAL_DATA is not set: real trucks are not read");
        return None;
    };
    let files = ["wim/au-trucks-1000.jsonl", "wim/za-rsa-type10-sample.jsonl"];
    let mut all = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        for line in text.lines() {
            all.push(weighing(&serde_json::from_str(line).unwrap()));
        }
    }
    Some(all)
}

fn weighing(truck: &Value) -> Weighing {
    let numbers = |key: &str| -> Vec<i64> {
        let list = truck[key].as_array();
        list.map(|list| list.iter().filter_map(Value::as_i64).collect())
            .unwrap_or_default()
    };
    let spacings = numbers("spacing_mm");
    let axles = numbers("axle_kg")
        .iter()
        .enumerate()
        .map(|(index, load)| AxleLoad {
            load_kg: Kilograms::new(*load),
            spacing_mm: index
                .checked_sub(1)
                .and_then(|before| spacings.get(before))
                .map(|mm| Millimetres::new(*mm)),
            ..AxleLoad::default()
        })
        .collect();
    let time = truck["time"].as_str().unwrap();
    let crossed_at = Micros::from_rfc3339(&format!("{time}Z")).unwrap();
    let site = truck["site"].as_str().unwrap();
    Weighing {
        passage_id: format!("{site}.{time}.{}", truck["src_line"].as_i64().unwrap_or(0)),
        station: site.to_owned(),
        port: "wim".to_owned(),
        protocol: "wim_text_mon".to_owned(),
        lane: truck["lane"]
            .as_u64()
            .and_then(|lane| u16::try_from(lane).ok())
            .unwrap_or(1),
        kind: PassageKind::Dynamic,
        sequence: truck["id"].as_u64(),
        device_time: None,
        crossed_at,
        received_at: crossed_at,
        direction: Some(TravelDirection::Forward),
        speed_tenth_kmh: truck["speed_kmh"]
            .as_i64()
            .map(|kmh| TenthKmh::new(kmh * 10)),
        acceleration_tenth_ms2: None,
        // The file's length is the distance of the first axle to the last.
        length_mm: None,
        gross_kg: Kilograms::new(truck["gross_kg"].as_i64().unwrap()),
        axles,
        partial_axles: Vec::new(),
        flags: Vec::new(),
        weight_trusted: false,
        agreeing_frames: None,
        drift_basis_points: None,
        raw: RawBytes {
            port: "wim".to_owned(),
            offset: 0,
            length: 0,
            received_at: crossed_at,
            sha256: String::new(),
            base64: String::new(),
        },
    }
}
