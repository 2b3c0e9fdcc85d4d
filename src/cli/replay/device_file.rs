//! One device file, without a station around it.

use std::io::Read;

use anyhow::Context;
use firmware_protocols::{Event, Reject, registry};

use super::Summary;
use crate::lane::{Output, Pipeline, PortRole, PortSettings, Settings};
use crate::station::judge::{self, FileLaw};
use crate::units::{Micros, Millimetres};

/// Replays one device file.
///
/// # Errors
/// When the protocol or a setting is unknown, or input or output fails.
pub fn replay(
    protocol: &str,
    settings: &[String],
    mut input: impl Read,
    law: &FileLaw<'_>,
    mut passage: impl FnMut(serde_json::Value) -> anyhow::Result<()>,
) -> anyhow::Result<Summary> {
    const CHUNK: usize = 64 << 10;
    let settings =
        firmware_protocols::Settings::from_assignments(settings.iter().map(String::as_str))?;
    let decoder = (registry::find(protocol)?.decoder)(&settings)?;
    let mut pipeline = Pipeline::new(file_settings(protocol));
    pipeline.add_port(PORT, decoder, 0);
    let mut summary = Summary::default();
    let mut buffer = vec![0; CHUNK];
    let mut moment = 0;
    loop {
        let count = input.read(&mut buffer).context("reading the device file")?;
        moment += 1;
        let now = Micros::from_millis(moment);
        let chunk = buffer.get(..count).unwrap_or_default();
        let inputs = pipeline.receive(PORT, now, chunk);
        for event in inputs.iter().map(|input| &input.event) {
            if let Event::Rejected(reason) = event {
                *summary.rejects.entry(Reject::name(*reason)).or_default() += 1;
            }
        }
        while let Some(output) = pipeline.poll_output() {
            match output {
                Output::Weighed(weighing) => {
                    let verdict = law.judge(&weighing);
                    summary.count(&verdict);
                    passage(judge::replay_line(&weighing, &verdict)?)?;
                }
                Output::Repeated { .. } | Output::RepeatedRead { .. } => {
                    summary.duplicates += 1;
                }
                _ => {}
            }
        }
        if count == 0 {
            return Ok(summary);
        }
    }
}

const PORT: &str = "file";

fn file_settings(protocol: &str) -> Settings {
    let role = match registry::find(protocol).map(|protocol| protocol.kind) {
        Ok(registry::Kind::Scale) => PortRole::Platform,
        Ok(registry::Kind::PlateCamera) => PortRole::Plate,
        Ok(registry::Kind::PictureCamera) => PortRole::Picture,
        Ok(registry::Kind::SpeedSensor) => PortRole::Radar,
        _ => PortRole::Wim,
    };
    let mut settings = Settings::new("file");
    settings.clock_tolerance = None;
    // Every record of the file is remembered, so that a repetition is found however far apart.
    settings.memory = Micros::new(i64::MAX);
    let port = PortSettings {
        proven: registry::find(protocol)
            .is_ok_and(|protocol| protocol.maturity > registry::Maturity::Experimental),
        role,
        lane: None,
        protocol: protocol.to_owned(),
        utc_offset: Micros::from_seconds(8 * 3_600),
        unit: None,
        view: String::new(),
        device_lane: None,
        normal_direction: None,
        camera_delay: Micros::ZERO,
        camera_distance_mm: Millimetres::ZERO,
    };
    settings.ports.insert(PORT.to_owned(), port);
    settings
}
