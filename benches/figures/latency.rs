//! From the last byte of a vehicle record on the line to its acknowledge on the line, which the
//! daemon sends only when the weighing is durable.

use std::time::Duration;

use crate::report::{Row, Scale, Waits, folder, spread_text};
use crate::station::{Daemon, Devices};

const LANES: u16 = 32;

pub fn figures(scale: Scale) -> Vec<Row> {
    [1.0, 10.0]
        .map(|rate| {
            let span = Duration::from_secs(scale.of(20, 1));
            let mut records = 0;
            let runs: Vec<Waits> = (0..scale.of(3, 1))
                .map(|_| {
                    let folder = folder();
                    let mut devices = Devices::new(LANES, None);
                    let daemon = Daemon::start(&devices.configure(folder.path()));
                    let waits = devices.drive(rate, span);
                    daemon.stop();
                    records += waits.len();
                    Waits::of(waits)
                })
                .collect();
            let of = |which: fn(&Waits) -> f64| {
                let values: Vec<f64> = runs.iter().map(which).collect();
                spread_text(&values, 1, "ms")
            };
            Row {
                what: format!(
                    "last byte to durable and acknowledged, {LANES} lanes, {rate} records/s a lane"
                ),
                measured: format!(
                    "p50 {}, p99 {}, longest {}",
                    of(|waits| waits.p50),
                    of(|waits| waits.p99),
                    of(|waits| waits.longest)
                ),
                target: "p99 < 50 ms",
                beside: format!(
                    "`steelyard run`, SQLite, {LANES} pseudo-terminals with `olr`, {records} \
                     records in {} runs; closings and the senders' own work on the same cores",
                    runs.len()
                ),
            }
        })
        .to_vec()
}
