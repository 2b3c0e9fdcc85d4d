//! From the start of the process to the first passage, on an empty folder and after a power cut.

use std::time::Duration;

use crate::devices::Pictures;
use crate::report::{Row, Scale, folder, spread_text};
use crate::station::{Daemon, Devices, pictures_stored};

const LANES: u16 = 32;

pub fn figures(scale: Scale) -> Vec<Row> {
    vec![fresh(scale), again(scale)]
}

/// Milliseconds from start to ready, to the first acknowledge, and most memory in MiB.
#[derive(Default)]
struct Starts {
    ready: Vec<f64>,
    first: Vec<f64>,
    memory: Vec<f64>,
}

impl Starts {
    fn take(&mut self, daemon: &Daemon, devices: &mut Devices) {
        let first = devices.first_record(daemon.started);
        self.ready.push(daemon.ready_after.as_secs_f64() * 1e3);
        self.first.push(first.as_secs_f64() * 1e3);
        self.memory.push(daemon.memory_mib().1);
    }
}

fn fresh(scale: Scale) -> Row {
    let mut starts = Starts::default();
    for _ in 0..scale.of(15, 2) {
        let folder = folder();
        let mut devices = Devices::new(LANES, None);
        let daemon = Daemon::start(&devices.configure(folder.path()));
        starts.take(&daemon, &mut devices);
        daemon.stop();
    }
    Row {
        what: "start to first passage durable, empty folder".to_owned(),
        measured: spread_text(&starts.first, 0, "ms"),
        target: "< 500 ms",
        beside: format!(
            "`steelyard run` with {LANES} ports, new database; ready after {}",
            spread_text(&starts.ready, 0, "ms")
        ),
    }
}

/// A busy station's last hour, of which recovery goes through all of the raw log again.
fn again(scale: Scale) -> Row {
    let folder = folder();
    let mut devices = Devices::new(LANES, Some(Pictures::new(640, 360)));
    let config = devices.configure(folder.path());
    let daemon = Daemon::start(&config);
    let passages = devices
        .drive(8.0, Duration::from_secs(scale.of(40, 1)))
        .len();
    daemon.kill();
    let pictures = pictures_stored(folder.path());
    let mut starts = Starts::default();
    for _ in 0..scale.of(5, 1) {
        let daemon = Daemon::start(&config);
        starts.take(&daemon, &mut devices);
        daemon.kill();
    }
    let raw = bytes_below(&folder.path().join("data/raw"));
    Row {
        what: "start to first passage durable, after kill -9".to_owned(),
        measured: spread_text(&starts.first, 0, "ms"),
        target: "",
        beside: format!(
            "{passages} passages and {pictures} pictures within the last hour, {} MiB of raw log \
             gone through again; ready after {}, peak memory {}",
            raw >> 20,
            spread_text(&starts.ready, 0, "ms"),
            spread_text(&starts.memory, 0, "MiB")
        ),
    }
}

fn bytes_below(folder: &std::path::Path) -> u64 {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(metadata) if metadata.is_dir() => bytes_below(&entry.path()),
            Ok(metadata) => metadata.len(),
            Err(_) => 0,
        })
        .sum()
}
