//! Decoding of every protocol of the registry on one core.

use firmware_protocols::registry::PROTOCOLS;

use crate::rates::{PARTS, Rates};
use crate::report::{Row, Scale, grouped, grouped_spread, now, spread};

/// One row for each protocol.
pub fn figures(scale: Scale) -> Vec<Row> {
    PROTOCOLS
        .iter()
        .map(|protocol| {
            let rates = Rates::of(protocol, scale.of(1.0, 0.02), now);
            let (_, megabytes, _) = spread(&rates.megabytes());
            Row {
                what: format!("decode `{}`, specimens/s a core", protocol.name),
                measured: grouped_spread(&rates.frames),
                target: "",
                beside: format!(
                    "{:.0} bytes a frame, {megabytes:.1} MB/s; {}, check: {}; {} frames, first \
                     tenth {}, last tenth {}",
                    rates.frame_bytes,
                    protocol.kind.name(),
                    protocol.check.name(),
                    grouped(rates.decoded as f64),
                    grouped(rates.frames[0]),
                    grouped(rates.frames[PARTS - 1]),
                ),
            }
        })
        .collect()
}
