//! Resident memory of the daemon with 32 lanes at work.

use std::time::Duration;

use crate::devices::Pictures;
use crate::report::{Row, Scale, folder};
use crate::station::{Daemon, Devices, pictures_stored};

const LANES: u16 = 32;

pub fn figures(scale: Scale) -> Vec<Row> {
    vec![recording(scale), annotating(scale)]
}

fn recording(scale: Scale) -> Row {
    let folder = folder();
    let mut devices = Devices::new(LANES, None);
    let daemon = Daemon::start(&devices.configure(folder.path()));
    let (idle, _) = daemon.memory_mib();
    let waits = devices.drive(10.0, Duration::from_secs(scale.of(30, 1)));
    let (resident, most) = daemon.memory_mib();
    daemon.stop();
    Row {
        what: format!("resident memory, {LANES} lanes recording"),
        measured: format!("{resident:.1} MiB, peak {most:.1} MiB"),
        target: "< 64 MiB",
        beside: format!(
            "`steelyard run`, SQLite, after {} records at 10/s a lane; {idle:.1} MiB when ready",
            waits.len()
        ),
    }
}

fn annotating(scale: Scale) -> Row {
    let folder = folder();
    let mut devices = Devices::new(LANES, Some(Pictures::new(1_280, 720)));
    let daemon = Daemon::start(&devices.configure(folder.path()));
    let waits = devices.drive(1.0, Duration::from_secs(scale.of(30, 2)));
    let (resident, most) = daemon.memory_mib();
    let pictures = pictures_stored(folder.path());
    daemon.stop();
    Row {
        what: format!("resident memory, {LANES} lanes recording with pictures"),
        measured: format!("{resident:.1} MiB, peak {most:.1} MiB"),
        target: "< 160 MiB",
        beside: format!(
            "{} records at 1/s a lane, {LANES} more pseudo-terminals with `vc0706_jpeg`, 1280 x \
             720 JPEGs of {} KiB; {pictures} of them checked and stored meanwhile",
            waits.len(),
            devices.picture_bytes() / 1_024
        ),
    }
}
