//! Figures of speed, memory and time: `cargo bench`.
//!
//! Prints one Markdown table, each figure beside what it is compared with, all from one run on one
//! machine. `cargo bench -- --quick` (or `STEELYARD_BENCH_QUICK=1`) tries everything with few
//! repetitions in some seconds; its numbers mean little. Other arguments choose by name, e.g.
//! `cargo bench -- latency memory`; the names are those of the modules below.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark prints its figures, and panics when it fails"
)]

#[path = "figures/assess.rs"]
mod assess;
#[path = "figures/decode.rs"]
mod decode;
#[path = "figures/devices.rs"]
mod devices;
#[path = "figures/lane.rs"]
mod lane;
#[path = "figures/latency.rs"]
mod latency;
#[path = "figures/memory.rs"]
mod memory;
#[path = "figures/protocols.rs"]
mod protocols;
#[path = "../firmware-protocols/tests/common/rates.rs"]
mod rates;
#[path = "figures/report.rs"]
mod report;
#[path = "../tests/common/road.rs"]
mod road;
#[path = "figures/start.rs"]
mod start;
#[path = "figures/station.rs"]
mod station;
#[path = "figures/store.rs"]
mod store;

use report::{Row, Scale};

/// Name and measurement.
type Part = (&'static str, fn(Scale) -> Vec<Row>);

const PARTS: [Part; 8] = [
    ("decode", decode::figures),
    ("protocols", protocols::figures),
    ("lane", lane::figures),
    ("assess", assess::figures),
    ("store", store::figures),
    ("latency", latency::figures),
    ("memory", memory::figures),
    ("start", start::figures),
];

fn main() {
    // Cargo itself passes `--bench`.
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    let quick = arguments.iter().any(|argument| argument == "--quick")
        || std::env::var_os("STEELYARD_BENCH_QUICK").is_some_and(|value| value != "0");
    let wanted: Vec<&String> = arguments
        .iter()
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let scale = if quick { Scale::Quick } else { Scale::Full };
    let mut rows = Vec::new();
    for (name, figures) in PARTS {
        if wanted.is_empty() || wanted.iter().any(|wanted| *wanted == name) {
            let load = report::load();
            eprintln!("measuring {name} (load {load}) ...");
            rows.extend(figures(scale));
        }
    }
    println!("{}\n", report::machine());
    println!("{}", report::HEAD);
    for row in rows {
        println!("{row}");
    }
    if quick {
        println!("\nQuick mode: tried, not measured.");
    }
}
