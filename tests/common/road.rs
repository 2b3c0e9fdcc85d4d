//! A simulated road as the lane logic hears it: chunks of ports with the moments of their receipt, and
//! what comes of them.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "shared by tests, which use different parts and fail by panicking"
)]

use steelyard::lane::{
    Input, Output, Pipeline, PortStream, Settings as LaneSettings, UnorderedPipeline,
    sequencer::Limits,
};
use steelyard::simulator::Settings;
use steelyard::simulator::feed::{Extent, Feed, Item, Request};
use steelyard::simulator::ports::PortPlan;
use steelyard::units::Micros;

/// Bytes that came in together; none where the line broke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    pub port: String,
    pub received_at: Micros,
    pub bytes: Vec<u8>,
}

fn feed(traffic: &Settings, vehicles: usize) -> Feed {
    let extent = Extent::Vehicles(vehicles as u64);
    Feed::new(Request::new(traffic.clone(), extent)).unwrap()
}

/// The ports of a simulated station that speak of their own accord.
pub fn plans(traffic: &Settings) -> Vec<PortPlan> {
    feed(traffic, 0).ports().to_vec()
}

/// How the lane logic of that station is set.
pub fn lane_settings(traffic: &Settings) -> LaneSettings {
    feed(traffic, 0).lane_settings()
}

/// What the devices of so many vehicles send, in the order of strictly rising moments.
pub fn chunks(traffic: &Settings, vehicles: usize) -> Vec<Chunk> {
    let feed = feed(traffic, vehicles);
    let plans = feed.ports().to_vec();
    let lines = feed.filter_map(|item| match item.unwrap() {
        Item::Line(line) => Some(line),
        Item::Vehicle(_) => None,
    });
    let chunk = |line: steelyard::simulator::feed::Line| Chunk {
        port: plans[line.port].name.clone(),
        received_at: line.at,
        bytes: line.bytes,
    };
    lines.map(chunk).collect()
}

/// As the intake stamps them: no two at one moment.
pub fn stamped(mut chunks: Vec<Chunk>) -> Vec<Chunk> {
    let mut now = Micros::new(i64::MIN);
    for chunk in &mut chunks {
        now = chunk.received_at.max(now.saturating_add(Micros::new(1)));
        chunk.received_at = now;
    }
    chunks
}

/// The lane logic of a simulated station.
pub fn pipeline(traffic: &Settings) -> Pipeline {
    let mut pipeline = Pipeline::new(lane_settings(traffic));
    for plan in plans(traffic) {
        pipeline.add_port(&plan.name, plan.decoder().unwrap(), 0);
    }
    pipeline
}

/// One for chunks in any order.
pub fn unordered(traffic: &Settings, limits: Limits) -> UnorderedPipeline {
    let mut pipeline = UnorderedPipeline::new(lane_settings(traffic), limits);
    for plan in plans(traffic) {
        pipeline.add_port(&plan.name, plan.decoder().unwrap(), 0);
    }
    pipeline
}

/// The streams of a simulated station, port by port.
pub fn streams(traffic: &Settings) -> Vec<(String, PortStream)> {
    let stream = |plan: PortPlan| {
        let stream = PortStream::new(&plan.name, plan.decoder().unwrap(), 0);
        (plan.name, stream)
    };
    plans(traffic).into_iter().map(stream).collect()
}

/// What came of it.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    pub inputs: Vec<Input>,
    pub outputs: Vec<Output>,
}

/// When a recording ends, so long after the last chunk that every passage is closed.
pub fn end(chunks: &[Chunk]) -> Micros {
    let last = chunks.last().map(|chunk| chunk.received_at);
    last.unwrap_or_default()
        .saturating_add(Micros::from_seconds(60))
}

/// Sends chunks through the lane logic.
pub fn run(traffic: &Settings, chunks: &[Chunk]) -> Outcome {
    let mut pipeline = pipeline(traffic);
    let mut outcome = Outcome::default();
    for chunk in chunks {
        let inputs = pipeline.receive(&chunk.port, chunk.received_at, &chunk.bytes);
        outcome.inputs.extend(inputs);
        outcome.outputs.extend(drained(&mut pipeline));
    }
    let end = end(chunks);
    pipeline.advance(end);
    pipeline.finish(end);
    outcome.outputs.extend(drained(&mut pipeline));
    outcome
}

/// All outputs that are there.
pub fn drained(pipeline: &mut Pipeline) -> Vec<Output> {
    std::iter::from_fn(|| pipeline.poll_output()).collect()
}
