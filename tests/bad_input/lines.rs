//! Bad ports and bad bytes: the lane concerned shows it, the others go on.

use serde_json::Value;
use steelyard::lane::PortRole;

use crate::daemon::{Daemon, add_user, write_config};
use crate::devices::{Devices, LEGAL, OVERLOADED, jpeg, port, record};

/// Overloaded, too, by other loads: a scale that repeats itself is not believed.
const ANOTHER: [i64; 6] = [8_000, 13_200, 12_900, 14_100, 14_000, 13_900];
use crate::in_both_languages;

const STATUS: &str = "/api/v1/status";

fn of<'a>(status: &'a Value, name: &str) -> &'a Value {
    let ports = status["ports"].as_array().unwrap();
    ports.iter().find(|port| port["name"] == name).unwrap()
}

fn withheld(passage: &Value) -> Vec<&str> {
    let reasons = passage["withheld"].as_array().unwrap();
    reasons
        .iter()
        .map(|reason| reason["code"].as_str().unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_that_is_missing_or_taken_is_said_and_opened_once_it_can_be() {
    let folder = tempfile::tempdir().unwrap();
    let mut devices = Devices::new(2);
    let mut settings = devices.config(folder.path());
    let nowhere = folder.path().join("ttyUSB9");
    settings
        .ports
        .push(port("missing", &nowhere, PortRole::Plate, "plate_text"));
    // Another program holds lane 2's line, as a terminal program would.
    let device = devices.controllers[1]
        .feeder
        .path()
        .to_str()
        .unwrap()
        .to_owned();
    let taken = tokio_serial::new(device, 115_200).open().unwrap();
    let config = write_config(folder.path(), &settings);
    add_user(&config);
    let mut daemon = Daemon::start(&config);
    daemon.sign_in().await;
    let status = daemon
        .wait_for(STATUS, |status| {
            ["missing", "wim-2"]
                .iter()
                .all(|name| of(status, name)["state"] == "disconnected")
        })
        .await;
    for (name, words) in [
        (
            "missing",
            ["ttyUSB9 不存在，请检查接线", "check the cable and the path"],
        ),
        (
            "wim-2",
            ["已被其他程序占用，请先停止该程序", "stop that one first"],
        ),
    ] {
        let said = of(&status, name)["last_error"].as_str().unwrap();
        println!("{said}");
        assert!(in_both_languages(said), "{said}");
        for word in words {
            assert!(said.contains(word), "{word:?} is missing: {said}");
        }
    }
    // Lane 1 records meanwhile; lane 2's record waits in its controller.
    let now = devices.now();
    for controller in &mut devices.controllers {
        controller.vehicle(now, &LEGAL);
    }
    devices.step_until("lane 1 records", |devices| {
        devices.controllers[0].waiting() == 0
    });
    assert_eq!(devices.controllers[1].waiting(), 1);
    drop(taken);
    devices.step_until("lane 2 records", |devices| devices.waiting() == 0);
    let status = daemon.get(STATUS).await;
    assert_eq!(of(&status, "wim-2")["reconnects"], 1, "{status}");
    let (status, said) = daemon.terminate();
    assert!(status.success(), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_bytes_are_counted_and_make_no_case() {
    let folder = tempfile::tempdir().unwrap();
    let mut devices = Devices::new(1);
    let config = write_config(folder.path(), &devices.config(folder.path()));
    add_user(&config);
    let mut daemon = Daemon::start(&config);
    daemon.sign_in().await;
    let closed = |count: i64| {
        move |status: &Value| {
            let counts = &status["counts"];
            counts["passages"] == count && counts["unclosed"] == 0
        }
    };

    // The whole chain holds: a case, so that what follows can be told apart from it.
    let id = devices.vehicle_with_plate("鲁B60001", &OVERLOADED);
    devices.during(daemon.wait_for(STATUS, closed(1))).await;
    let passage = daemon.get(&format!("/api/v1/passages/{id}")).await;
    assert!(passage["case_id"].is_string(), "{passage}");

    // A picture whose bytes came whole over the line and are no JPEG inside.
    let mut corrupt = jpeg(1, devices.now());
    let middle = corrupt.len() / 2;
    corrupt[20..middle].fill(0x5A);
    devices.show(corrupt);
    let id = devices.vehicle_with_plate("鲁B60002", &OVERLOADED);
    devices.during(daemon.wait_for(STATUS, closed(2))).await;
    let passage = daemon.get(&format!("/api/v1/passages/{id}")).await;
    assert_eq!(passage["pictures"], serde_json::json!([]));
    assert_eq!(passage["plate"], "鲁B60002");
    assert!(withheld(&passage).contains(&"picture_missing"), "{passage}");
    assert!(passage["case_id"].is_null());
    let counted = |status: &Value| of(status, "picture-1")["rejects"]["corrupt_picture"] == 1;
    daemon.wait_for(STATUS, counted).await;
    let good = jpeg(1, devices.now());
    devices.show(good);

    // A plate that is none.
    let id = devices.vehicle_with_plate("XX-60003", &ANOTHER);
    devices.during(daemon.wait_for(STATUS, closed(3))).await;
    let passage = daemon.get(&format!("/api/v1/passages/{id}")).await;
    assert_eq!(passage["class"], "overloaded", "kept and judged: {passage}");
    assert!(withheld(&passage).contains(&"plate_invalid"), "{passage}");
    assert!(passage["case_id"].is_null());

    // A record with one flipped bit: not acknowledged, counted, and the next one is fine.
    let mut broken = record(1, 77, devices.now(), &OVERLOADED);
    broken[60] ^= 1;
    devices.controllers[0].write(&broken);
    let status = daemon.wait_for(STATUS, |status| {
        let rejects = of(status, "wim-1")["rejects"].as_object().unwrap();
        !rejects.is_empty()
    });
    let status = devices.during(status).await;
    let rejects = &of(&status, "wim-1")["rejects"];
    assert_eq!(*rejects, serde_json::json!({"integrity": 1}));
    let id = devices.vehicle_with_plate("鲁B60004", &OVERLOADED);
    devices.during(daemon.wait_for(STATUS, closed(4))).await;
    let passage = daemon.get(&format!("/api/v1/passages/{id}")).await;
    assert!(passage["case_id"].is_string(), "{passage}");
    let (status, said) = daemon.terminate();
    assert!(status.success(), "{said}");
    assert!(said.contains("照片损坏"), "{said}");
}
