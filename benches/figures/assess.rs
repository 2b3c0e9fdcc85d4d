//! The law on one core: a verdict with its structured derivation; text is made on demand only.

use std::hint::black_box;

use steelyard::law::{Assessment, LawTables, assess};

use crate::report::{Row, Scale, grouped_spread, now};

const CASES: &str = include_str!("../../fixtures/law/cases.jsonl");
const ROUNDS: usize = 7;

pub fn figures(scale: Scale) -> Vec<Row> {
    let tables = LawTables::embedded().expect("tables");
    let described: Vec<Assessment> = CASES
        .lines()
        .map(|line| serde_json::from_str(line).expect("a case"))
        .collect();
    let mut bare = described.clone();
    for case in &mut bare {
        let spacings = std::mem::take(&mut case.vehicle.axle_spacings_mm);
        case.vehicle = Default::default();
        case.vehicle.axle_spacings_mm = spacings;
    }
    let repeats = scale.of(20_000, 500);
    [
        (
            "assess described vehicles, assessments/s a core",
            &described,
            "registration data known",
        ),
        (
            "assess by axle spacings alone, assessments/s a core",
            &bare,
            "as in free flow: what the vehicle is follows from its axles, several readings weighed",
        ),
    ]
    .map(|(what, cases, beside)| Row {
        what: what.to_owned(),
        measured: grouped_spread(&rates(&tables, cases, repeats)),
        target: "≥ 200,000",
        beside: format!(
            "{} cases of the fixtures, structured derivation included; {beside}",
            cases.len()
        ),
    })
    .to_vec()
}

fn rates(tables: &LawTables, cases: &[Assessment], repeats: usize) -> Vec<f64> {
    (0..ROUNDS)
        .map(|_| {
            let start = now();
            for _ in 0..repeats {
                for case in cases {
                    black_box(assess(tables, black_box(case)));
                }
            }
            (repeats * cases.len()) as f64 / start.elapsed().as_secs_f64()
        })
        .collect()
}
