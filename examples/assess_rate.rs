//! Assessments a second on one core, derivation included: `cargo run --release --example
//! assess_rate`.

use std::hint::black_box;
use std::io::Write;

use steelyard::law::{Assessment, LawTables, assess};

const CASES: &str = include_str!("../fixtures/law/cases.jsonl");
const ROUNDS: u32 = 60_000;

#[expect(
    clippy::disallowed_methods,
    reason = "measures elapsed time, which is its job"
)]
fn rate(tables: &LawTables, cases: &[Assessment]) -> u128 {
    let begin = std::time::Instant::now();
    for _ in 0..ROUNDS {
        for case in cases {
            black_box(assess(tables, black_box(case)));
        }
    }
    let assessments = u128::from(ROUNDS) * cases.len() as u128;
    assessments * 1_000_000 / begin.elapsed().as_micros().max(1)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let tables = LawTables::embedded()?;
    let mut cases = Vec::new();
    for line in CASES.lines() {
        cases.push(serde_json::from_str::<Assessment>(line)?);
    }
    let mut unknown = cases.clone();
    for case in &mut unknown {
        let spacings = std::mem::take(&mut case.vehicle.axle_spacings_mm);
        case.vehicle = Default::default();
        case.vehicle.axle_spacings_mm = spacings;
    }
    let mut output = std::io::stdout();
    writeln!(
        output,
        "described vehicles: {} assessments/s",
        rate(&tables, &cases)
    )?;
    writeln!(
        output,
        "axles alone:        {} assessments/s",
        rate(&tables, &unknown)
    )?;
    Ok(())
}
