//! Every device that the station can own, on a real port of the real program: each scale weighs a
//! truck, each controller tells of one, signs are driven.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a helper of a test fails the test by panicking"
)]

#[path = "../common/daemon.rs"]
mod daemon;
mod modbus;
mod scales;
mod signs;
mod sniffing;
mod vehicles;

use std::collections::BTreeMap;
use std::path::Path;

use steelyard::config::{Config, HostClock, Lane, Station};
use steelyard::law::ScaleUse;

/// A configuration of a station without ports; clocks are not compared, since the tests' devices
/// have none.
fn configuration(data_dir: &Path) -> Config {
    std::fs::create_dir(data_dir).unwrap();
    let mut config = Config::of_station(Station {
        code: "ST0042".to_owned(),
        name: "协议试验站".to_owned(),
        data_dir: data_dir.to_owned(),
        simulated: false,
    });
    config.host_clock = HostClock::not_asked();
    config.api.listen = "127.0.0.1:0".parse().unwrap();
    config.timing.clock_tolerance_ms = 0;
    config.timing.close_after_ms = 500;
    config
}

fn lane(number: u16, scale_use: ScaleUse) -> Lane {
    Lane {
        number,
        name: format!("{number}"),
        scale_use,
        accuracy_class: (scale_use != ScaleUse::Platform).then(|| "5".to_owned()),
        scale_interval_kg: None,
        certificate: None,
        site_approved: None,
        site_published: None,
        calibrated_at: None,
        references: BTreeMap::new(),
    }
}
