//! The lane engine on one core: events to closed passages, beside the decoding of the same bytes.
//!
//! Simulated traffic of four lanes, drawn and written before the clock starts. Three ways take turns
//! over the same bytes: decoding alone; the lane engine alone, on events decoded before; both, as the
//! daemon has them. Each tenth of the traffic is timed by itself, so that work which grows with what
//! is remembered would show.

use std::hint::black_box;

use steelyard::lane::{Carriageway, Input, Output};
use steelyard::simulator::Settings;

use crate::report::{Row, Scale, grouped, grouped_spread, now};
use crate::road::{self, Chunk};

const PARTS: usize = 10;
const LANES: u16 = 4;
/// Vehicles per hour and lane.
const FLOW: f64 = 900.0;

pub fn figures(scale: Scale) -> Vec<Row> {
    let traffic = Settings {
        lanes: LANES,
        flow_per_hour: FLOW,
        ..Settings::statistics()
    };
    let chunks = road::chunks(&traffic, scale.of(60_000, 1_500));
    let inputs = decoded(&traffic, &chunks);
    let decoding = decode(&traffic, &chunks);
    let engine = engine(&traffic, &inputs);
    let both = both(&traffic, &chunks);
    let beside = |rates: &[f64]| {
        format!(
            "{} events of {LANES} lanes at {FLOW:.0} vehicles an hour and lane; first tenth {}, last tenth {}",
            grouped(inputs.len() as f64),
            grouped(rates[0]),
            grouped(rates[PARTS - 1])
        )
    };
    let row = |what: &str, rates: &[f64], target| Row {
        what: what.to_owned(),
        measured: grouped_spread(rates),
        target,
        beside: beside(rates),
    };
    vec![
        row("lane engine alone, events/s a core", &engine, "≥ 100,000"),
        row("bytes to closed passages, events/s a core", &both, ""),
        row(
            "decoding alone of the same bytes, events/s a core",
            &decoding,
            "",
        ),
    ]
}

/// All events, decoded.
fn decoded(traffic: &Settings, chunks: &[Chunk]) -> Vec<Input> {
    let mut streams = road::streams(traffic);
    let push = |chunk: &Chunk| {
        let stream = streams.iter_mut().find(|(port, _)| *port == chunk.port);
        let (_, stream) = stream.expect("a port");
        stream.push(chunk.received_at, &chunk.bytes)
    };
    chunks.iter().flat_map(push).collect()
}

/// Events a second over each tenth.
fn timed<T>(items: &[T], mut take: impl FnMut(&T) -> usize) -> Vec<f64> {
    let tenth = items.len().div_ceil(PARTS).max(1);
    items
        .chunks(tenth)
        .map(|part| {
            let start = now();
            let events: usize = part.iter().map(&mut take).sum();
            events as f64 / start.elapsed().as_secs_f64()
        })
        .collect()
}

fn decode(traffic: &Settings, chunks: &[Chunk]) -> Vec<f64> {
    let mut streams = road::streams(traffic);
    timed(chunks, |chunk| {
        let stream = streams.iter_mut().find(|(port, _)| *port == chunk.port);
        let (_, stream) = stream.expect("a port");
        black_box(stream.push(chunk.received_at, &chunk.bytes)).len()
    })
}

fn engine(traffic: &Settings, inputs: &[Input]) -> Vec<f64> {
    let mut carriageway = Carriageway::new(road::lane_settings(traffic));
    let mut closed = 0;
    let rates = timed(inputs, |input| {
        while let Some(due) = carriageway
            .poll_timeout()
            .filter(|due| *due <= input.received_at)
        {
            carriageway.handle_timeout(due);
        }
        carriageway.handle(input);
        while let Some(output) = carriageway.poll_output() {
            closed += usize::from(matches!(black_box(output), Output::Closed(_)));
        }
        1
    });
    assert!(closed > 0, "passages close");
    rates
}

fn both(traffic: &Settings, chunks: &[Chunk]) -> Vec<f64> {
    let mut pipeline = road::pipeline(traffic);
    let mut closed = 0;
    let rates = timed(chunks, |chunk| {
        let inputs = pipeline.receive(&chunk.port, chunk.received_at, &chunk.bytes);
        while let Some(output) = pipeline.poll_output() {
            closed += usize::from(matches!(black_box(output), Output::Closed(_)));
        }
        inputs.len()
    });
    assert!(closed > 0, "passages close");
    rates
}
