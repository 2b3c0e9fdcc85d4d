//! The host's clock, as a file says it: the daemon asks, shows, judges by it, and judges alike after a
//! stop.

use std::path::Path;

use serde_json::{Value, json};
use steelyard::config::{ClockSource, HostClock, WhenUnknown};

use crate::daemon::{Daemon, add_user, write_config};
use crate::devices::{Devices, OVERLOADED};
use crate::{check_again, withheld};

const STATUS: &str = "/api/v1/status";

/// What a time service says; whole at any moment.
fn say(file: &Path, synchronised: bool, maximum_error_us: u32) {
    let text = format!("synchronised = {synchronised}\nmaximum_error_us = {maximum_error_us}\n");
    let fresh = file.with_extension("new");
    std::fs::write(&fresh, text).unwrap();
    std::fs::rename(&fresh, file).unwrap();
}

async fn wait_clock(daemon: &Daemon, state: &str, withholds: Value) -> Value {
    let stands = |status: &Value| {
        let clock = &status["host_clock"];
        clock["state"] == state && clock["withholds"] == withholds
    };
    daemon.wait_for(STATUS, stands).await
}

/// An overloaded truck crosses; its passage once it is closed.
async fn crosses(devices: &mut Devices, daemon: &Daemon, number: u32) -> Value {
    let id = devices.vehicle_with_plate(&format!("鲁B6000{number}"), &OVERLOADED);
    let closed = |status: &Value| {
        status["counts"]["passages"] == number && status["counts"]["unclosed"] == 0
    };
    devices.during(daemon.wait_for(STATUS, closed)).await;
    daemon.get(&format!("/api/v1/passages/{id}")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_cases_while_nobody_vouches_for_the_hosts_clock_and_recording_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut devices = Devices::new(1);
    let mut settings = devices.config(folder.path());
    let file = folder.path().join("clock.toml");
    settings.host_clock = HostClock {
        source: ClockSource::File,
        file: Some(file.clone()),
        ask_every_ms: 20,
        ..HostClock::default()
    };
    say(&file, true, 40_000);
    let config = write_config(folder.path(), &settings);
    add_user(&config);
    let mut daemon = Daemon::start(&config);
    daemon.sign_in().await;
    // It was asked before any port was open.
    let status = daemon.get(STATUS).await;
    assert_eq!(status["clock_synchronised"], true, "{status}");
    assert_eq!(status["host_clock"]["maximum_error_us"], 40_000);
    assert_eq!(status["lanes"][0]["withheld"], json!([]));

    let good = crosses(&mut devices, &daemon, 1).await;
    assert_eq!(withheld(&good), Vec::<&str>::new(), "{good}");
    assert!(good["case_id"].is_string(), "{good}");
    assert_eq!(good["host_clock"]["state"], "synchronised");
    assert_eq!(good["host_clock"]["maximum_error_us"], 40_000);

    say(&file, false, 16_000_000);
    let status = wait_clock(&daemon, "unsynchronised", json!("clock_unsynchronised")).await;
    assert_eq!(status["clock_synchronised"], false);
    assert_eq!(
        status["lanes"][0]["withheld"],
        json!(["clock_unsynchronised"])
    );
    let bad = crosses(&mut devices, &daemon, 2).await;
    assert_eq!(withheld(&bad), ["clock_unsynchronised"], "{bad}");
    assert_eq!(
        (&bad["plate"], &bad["case_id"]),
        (&json!("鲁B60002"), &Value::Null)
    );
    assert_eq!(bad["host_clock"]["state"], "unsynchronised");

    say(&file, true, 2_000_001);
    wait_clock(&daemon, "synchronised", json!("clock_error_too_large")).await;
    let vague = crosses(&mut devices, &daemon, 3).await;
    assert_eq!(withheld(&vague), ["clock_error_too_large"], "{vague}");

    std::fs::remove_file(&file).unwrap();
    let status = wait_clock(&daemon, "unknown", json!("clock_state_unknown")).await;
    assert_eq!(status["clock_synchronised"], Value::Null);
    let why = status["host_clock"]["why"].as_str().unwrap();
    assert!(why.contains("clock.toml"), "{why}");
    let unknown = crosses(&mut devices, &daemon, 4).await;
    assert_eq!(withheld(&unknown), ["clock_state_unknown"], "{unknown}");

    say(&file, true, 900);
    let status = wait_clock(&daemon, "synchronised", Value::Null).await;
    assert_eq!(status["lanes"][0]["withheld"], json!([]));
    let good = crosses(&mut devices, &daemon, 5).await;
    assert!(good["case_id"].is_string(), "{good}");
    let (ended, said) = daemon.terminate();
    assert!(ended.success(), "{said}");
    for words in ["站点时钟未同步；此间不立案", "recording goes on"] {
        assert!(said.contains(words), "{said}");
    }
    // The clock of each moment stands in the journal.
    check_again(&settings.station.data_dir);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_of_which_nothing_is_known_withholds_nothing_where_the_setting_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut devices = Devices::new(1);
    let mut settings = devices.config(folder.path());
    settings.host_clock = HostClock {
        source: ClockSource::File,
        file: Some(folder.path().join("nobody-writes-this.toml")),
        unknown: WhenUnknown::Allow,
        ..HostClock::default()
    };
    let config = write_config(folder.path(), &settings);
    add_user(&config);
    let mut daemon = Daemon::start(&config);
    daemon.sign_in().await;
    wait_clock(&daemon, "unknown", Value::Null).await;
    let passage = crosses(&mut devices, &daemon, 1).await;
    assert!(passage["case_id"].is_string(), "{passage}");
    // That nothing was known stands in it all the same.
    assert_eq!(passage["host_clock"]["state"], "unknown", "{passage}");
    let (ended, said) = daemon.terminate();
    assert!(ended.success(), "{said}");
    check_again(&settings.station.data_dir);
}
