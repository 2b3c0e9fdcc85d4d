//! A cable is pulled and plugged in again somewhere else, while the other lanes go on.

use std::os::unix::fs::symlink;
use std::path::Path;

use serde_json::Value;

use crate::daemon::{Daemon, add_user, write_config};
use crate::devices::{Devices, LEGAL};

const STATUS: &str = "/api/v1/status";

fn port<'a>(status: &'a Value, name: &str) -> &'a Value {
    let ports = status["ports"].as_array().unwrap();
    ports.iter().find(|port| port["name"] == name).unwrap()
}

/// What `/dev/serial/by-id` does: the name stays, the device behind it is another one.
fn point(link: &Path, device: &Path) {
    let fresh = link.with_extension("new");
    symlink(device, &fresh).unwrap();
    std::fs::rename(fresh, link).unwrap();
}

/// Processor time of a process so far, in clock ticks (a hundredth of a second).
fn cpu_ticks(process: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    // The second field is the program's name in brackets; utime and stime are fields 14 and 15.
    let fields: Vec<&str> = stat
        .rsplit_once(')')
        .unwrap()
        .1
        .split_whitespace()
        .collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pulled_cable_is_said_other_lanes_go_on_and_held_records_arrive() {
    let folder = tempfile::tempdir().unwrap();
    let mut devices = Devices::new(2);
    let mut settings = devices.config(folder.path());
    let link = folder.path().join("usb-wim-1");
    point(&link, devices.controllers[0].feeder.path());
    settings.ports[0].device.clone_from(&link);
    let config = write_config(folder.path(), &settings);
    add_user(&config);
    let mut daemon = Daemon::start(&config);
    daemon.sign_in().await;
    let now = devices.now();
    for lane in 0..2 {
        devices.controllers[lane].vehicle(now, &LEGAL);
    }
    devices.step_until("both lanes record", |devices| devices.waiting() == 0);

    // Half a record goes out, then the cable is pulled.
    let now = devices.now();
    devices.controllers[0].half_a_vehicle(now, &LEGAL);
    let patience = std::time::Duration::from_secs(30);
    devices.controllers[0]
        .feeder
        .wait_until_read(patience)
        .unwrap();
    devices.controllers[0].replug().hang_up();
    let pulled = |status: &Value| port(status, "wim-1")["state"] == "disconnected";
    let status = daemon.wait_for(STATUS, pulled).await;
    let said = port(&status, "wim-1")["last_error"]
        .as_str()
        .unwrap()
        .to_owned();
    println!("{said}");
    for words in ["请检查接线", "check the cable"] {
        assert!(said.contains(words), "{said}");
    }

    // Twenty more vehicles in lane 2 and three in lane 1, whose records the controller holds.
    let known = devices.controllers[1].acknowledged();
    let mut sent = 0;
    let started = devices.now();
    let ticks = cpu_ticks(daemon.id());
    devices.step_until("lane 2 goes on", |devices| {
        let now = devices.now();
        if sent < 20 && devices.controllers[1].has_room() {
            devices.controllers[1].vehicle(now, &LEGAL);
            sent += 1;
        }
        devices.controllers[1].acknowledged() == known + 20
            && now.saturating_sub(started).get() > 1_500_000
    });
    let ticks = cpu_ticks(daemon.id()) - ticks;
    let micros = devices.now().saturating_sub(started).get();
    println!(
        "{ticks} ticks of 10 ms in {} ms with a line hung up",
        micros / 1_000
    );
    // A loop on a line that hung up takes a whole processor.
    let whole = u64::try_from(micros).unwrap() / 10_000;
    assert!(ticks * 2 < whole, "{ticks} of {whole} ticks");
    for _ in 0..3 {
        let now = devices.now();
        devices.controllers[0].hold(now, &LEGAL);
    }
    assert_eq!(devices.controllers[0].waiting(), 4);
    let status = daemon.get(STATUS).await;
    assert_eq!(port(&status, "wim-2")["state"], "connected");

    point(&link, devices.controllers[0].feeder.path());
    devices.step_until("the held records arrive", |devices| devices.waiting() == 0);
    let status = daemon
        .wait_for(STATUS, |status| {
            port(status, "wim-1")["state"] == "connected"
        })
        .await;
    let back = port(&status, "wim-1");
    assert_eq!(back["reconnects"], 1, "{back}");
    assert_eq!(back["last_error"], Value::Null);
    assert_eq!(back["rejects"]["truncated"], 1, "the half record: {back}");
    let passages = daemon.items("/api/v1/passages?limit=100").await;
    let count = |lane: i64| {
        passages
            .iter()
            .filter(|passage| passage["lane"] == lane)
            .count()
    };
    assert_eq!((count(1), count(2)), (5, 21));
    let (status, said) = daemon.terminate();
    assert!(status.success(), "{said}");
}
