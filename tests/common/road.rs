//! A simulated road as the lane logic hears it: chunks of ports with the moments of their receipt, and
//! what comes of them.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "shared by tests, which use different parts and fail by panicking"
)]

use firmware_protocols::{Decoder, Settings as ProtocolSettings, registry};
use steelyard::lane::{
    Input, Output, Pipeline, PortRole, PortSettings, PortStream, Settings as LaneSettings,
};
use steelyard::passage::TravelDirection;
use steelyard::simulator::emission::{
    CAMERA_PROTOCOL, Encoders, PortPlan, SCALE_PROTOCOL, WimProtocol, emissions, ports,
};
use steelyard::simulator::{Settings, Traffic};
use steelyard::units::Micros;

/// Bytes that came in together; none where the line broke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    pub port: String,
    pub received_at: Micros,
    pub bytes: Vec<u8>,
}

/// The ports of a simulated station that speak of their own accord.
pub fn plans(traffic: &Settings) -> Vec<PortPlan> {
    let speaks = |plan: &PortPlan| {
        matches!(plan.role, PortRole::Wim | PortRole::Plate) && !plan.name.ends_with("platform")
    };
    let plans = ports(traffic, WimProtocol::Olr, SCALE_PROTOCOL, CAMERA_PROTOCOL);
    plans.into_iter().filter(speaks).collect()
}

/// How the lane logic of that station is set.
pub fn lane_settings(traffic: &Settings) -> LaneSettings {
    let mut settings = LaneSettings::new("SIM001");
    for plan in plans(traffic) {
        let port = PortSettings {
            role: plan.role,
            lane: Some(plan.lane),
            protocol: plan.protocol.to_owned(),
            proven: true,
            utc_offset: Micros::ZERO,
            unit: None,
            view: String::new(),
            device_lane: None,
            normal_direction: (plan.role == PortRole::Wim).then_some(TravelDirection::Forward),
            camera_delay: Micros::ZERO,
        };
        settings.ports.insert(plan.name, port);
    }
    settings
}

fn decoder(plan: &PortPlan) -> Box<dyn Decoder> {
    let settings = plan.settings.iter();
    let settings = settings.fold(ProtocolSettings::new(), |all, (key, value)| {
        all.with(key, value)
    });
    (registry::find(plan.protocol).unwrap().decoder)(&settings).unwrap()
}

/// What the devices of so many vehicles send, in the order of strictly rising moments.
pub fn chunks(traffic: &Settings, vehicles: usize) -> Vec<Chunk> {
    let encoders = Encoders::new("SIM001", WimProtocol::Olr).unwrap();
    let names = plans(traffic);
    let mut chunks: Vec<Chunk> = Traffic::new(traffic.clone())
        .take(vehicles)
        .flat_map(|crossing| emissions(&encoders, &crossing).unwrap())
        .map(|emission| {
            let of = |plan: &&PortPlan| (plan.role, plan.lane) == (emission.role, emission.lane);
            Chunk {
                port: names.iter().find(of).unwrap().name.clone(),
                received_at: emission.at,
                bytes: emission.bytes,
            }
        })
        .collect();
    chunks.sort_by(|a, b| (a.received_at, &a.port).cmp(&(b.received_at, &b.port)));
    stamped(chunks)
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
        pipeline.add_port(&plan.name, decoder(&plan), 0);
    }
    pipeline
}

/// One for chunks in any order.
pub fn unordered(
    traffic: &Settings,
    limits: steelyard::lane::sequencer::Limits,
) -> steelyard::lane::UnorderedPipeline {
    let mut pipeline = steelyard::lane::UnorderedPipeline::new(lane_settings(traffic), limits);
    for plan in plans(traffic) {
        pipeline.add_port(&plan.name, decoder(&plan), 0);
    }
    pipeline
}

/// The streams of a simulated station, port by port.
pub fn streams(traffic: &Settings) -> Vec<(String, PortStream)> {
    let stream = |plan: PortPlan| {
        let stream = PortStream::new(&plan.name, decoder(&plan), 0);
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
