//! What keeps a whole station from enforcing while it goes on recording: a clock that nobody vouches for,
//! a scale that drifts under its traffic.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a helper of a test fails the test by panicking"
)]

#[path = "../common/daemon.rs"]
mod daemon;
#[path = "../common/devices.rs"]
mod devices;

mod clock;
mod drift;
mod road;

use serde_json::Value;

/// Names of the reasons why a passage can't become a penalty.
fn withheld(passage: &Value) -> Vec<&str> {
    let reasons = passage["withheld"].as_array().unwrap().iter();
    reasons
        .map(|reason| reason["code"].as_str().unwrap())
        .collect()
}

/// `replay --check` and `verify` on a data folder find that everything comes out again.
fn check_again(data: &std::path::Path) {
    let data = data.to_str().unwrap();
    let output = daemon::run(&["replay", data, "--check", "--json"]);
    let said = daemon::text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{said}");
    let summary = daemon::json_lines(said.lines().last().unwrap().as_bytes());
    assert_eq!(summary[0]["differences"], 0, "{said}");
    let output = daemon::run(&["verify", "--journal", "--data", data]);
    let said = daemon::text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}");
}
