//! A full disk under the running daemon: a small tmpfs where this may mount one, otherwise a limit
//! on the size of the daemon's files, which makes the same writes fail.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::daemon::{Daemon, add_user, command, run, text, write_config};
use crate::devices::{Devices, LEGAL};
use crate::in_both_languages;

const STATUS: &str = "/api/v1/status";

enum Disk {
    Small(tempfile::TempDir),
    Limited(tempfile::TempDir),
}

impl Disk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=6m", "steelyard-test"])
            .arg(folder.path())
            .output();
        if mounted.is_ok_and(|done| done.status.success()) {
            eprintln!("a full disk: a tmpfs of 6 MiB");
            Self::Small(folder)
        } else {
            eprintln!("no tmpfs may be mounted; a limit on the size of files stands in");
            Self::Limited(folder)
        }
    }

    fn path(&self) -> &Path {
        match self {
            Self::Small(folder) | Self::Limited(folder) => folder.path(),
        }
    }

    fn start(&self, config: &Path) -> Daemon {
        match self {
            Self::Small(_) => Daemon::start(config),
            Self::Limited(_) => {
                // Ignored, the signal of a file that grows too long is an error of the write.
                let script = "trap '' XFSZ; exec \"$@\"";
                let mut limited = Command::new("sh");
                limited.args(["-c", script, "sh", env!("CARGO_BIN_EXE_steelyard")]);
                limited.args(["run", "--json", "--config"]).arg(config);
                Daemon::start_under(&mut limited)
            }
        }
    }

    fn limit(daemon: &Daemon, bytes: &str) {
        let done = Command::new("prlimit")
            .args([
                "--pid",
                &daemon.id().to_string(),
                &format!("--fsize={bytes}:"),
            ])
            .status();
        assert!(done.unwrap().success(), "prlimit (util-linux)");
    }

    fn fill(&self, daemon: &Daemon) {
        match self {
            Self::Limited(_) => Self::limit(daemon, "4096"),
            Self::Small(folder) => {
                let mut file = std::fs::File::create(folder.path().join("ballast")).unwrap();
                let block = vec![0_u8; 4_096];
                while std::io::Write::write_all(&mut file, &block).is_ok() {}
            }
        }
    }

    fn free(&self, daemon: &Daemon) {
        match self {
            Self::Limited(_) => Self::limit(daemon, "unlimited"),
            Self::Small(folder) => {
                std::fs::remove_file(folder.path().join("ballast")).unwrap();
            }
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        if let Self::Small(folder) = self {
            let _ = Command::new("umount").arg("-l").arg(folder.path()).status();
        }
    }
}

fn is_failing(status: &Value) -> bool {
    status["store"]["failing"].is_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_full_disk_nothing_is_acknowledged_and_afterwards_everything_comes_in() {
    let disk = Disk::new();
    let folder = tempfile::tempdir().unwrap();
    let mut devices = Devices::new(2);
    let mut settings = devices.config(folder.path());
    settings.station.data_dir = disk.path().join("data");
    let config = write_config(folder.path(), &settings);
    add_user(&config);
    let mut daemon = disk.start(&config);
    daemon.sign_in().await;
    devices.vehicle_with_plate("鲁B60001", &LEGAL);
    devices.step_until("it records", |devices| devices.waiting() == 0);
    let closed = daemon.wait_for(STATUS, |status| status["counts"]["unclosed"] == 0);
    devices.during(closed).await;

    disk.fill(&daemon);
    let now = devices.now();
    // What is free inside of the database's files is used up first.
    let mut sent = 0;
    devices.step_until("records wait", |devices| {
        for lane in 0..2 {
            if sent < 3_000 && devices.controllers[lane].has_room() {
                devices.controllers[lane].vehicle(now, &LEGAL);
                sent += 1;
            }
        }
        devices.waiting() == 16
            && devices
                .controllers
                .iter()
                .all(|controller| controller.resends > 2)
    });
    let status = devices.during(daemon.wait_for(STATUS, is_failing)).await;
    let said = status["store"]["failing"].as_str().unwrap();
    eprintln!("{said}");
    assert!(in_both_languages(said), "{said}");
    if matches!(disk, Disk::Small(_)) {
        assert!(
            said.contains("磁盘已满") && said.contains("free space on the volume"),
            "{said}"
        );
    }
    let (ready, body) = daemon.answer("/health/ready").await;
    assert_eq!(ready, 503);
    assert!(
        text(&body).contains("store_not_writable"),
        "{}",
        text(&body)
    );
    let (waiting, before) = (devices.waiting(), devices.acknowledged());
    assert!(waiting > 0 && daemon.get("/api/v1/passages?limit=5").await["items"].is_array());

    disk.free(&daemon);
    devices.step_until("everything is acknowledged", |devices| {
        devices.waiting() == 0
    });
    assert_eq!(devices.acknowledged(), before + waiting);
    let well = daemon.wait_for(STATUS, |status| {
        !is_failing(status)
            && status["counts"]["unclosed"] == 0
            && status["ports"]
                .as_array()
                .unwrap()
                .iter()
                .all(|port| port["last_error"].is_null())
    });
    let status = devices.during(well).await;
    assert_eq!(status["counts"]["passages"], devices.acknowledged());
    assert_eq!(daemon.answer("/health/ready").await.0, 200);
    let (ended, said) = daemon.terminate();
    assert!(ended.success(), "{said}");
    let data = settings.station.data_dir.to_str().unwrap();
    let verified = run(&["verify", "--journal", "--data", data]);
    assert!(verified.status.success(), "{}", text(&verified.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_daemon_with_a_full_disk_still_stops_and_says_what_it_leaves() {
    let disk = Disk::new();
    let folder = tempfile::tempdir().unwrap();
    let mut devices = Devices::new(1);
    let mut settings = devices.config(folder.path());
    settings.station.data_dir = disk.path().join("data");
    let config = write_config(folder.path(), &settings);
    add_user(&config);
    let mut daemon = disk.start(&config);
    daemon.sign_in().await;
    let now = devices.now();
    devices.controllers[0].vehicle(now, &LEGAL);
    devices.step_until("it records", |devices| devices.waiting() == 0);
    disk.fill(&daemon);
    devices.step_until("a record waits", |devices| {
        if devices.controllers[0].has_room() {
            devices.controllers[0].vehicle(now, &LEGAL);
        }
        devices.controllers[0].resends > 3
    });
    devices.during(daemon.wait_for(STATUS, is_failing)).await;
    let known = devices.acknowledged();
    let (ended, said) = daemon.terminate();
    assert_eq!(ended.code(), Some(1), "{said}");
    let message = said.lines().last().unwrap();
    eprintln!("{message}");
    assert!(in_both_languages(message), "{message}");
    assert!(
        message.contains("重启即补录") && message.contains("start again"),
        "{message}"
    );

    if let Disk::Small(folder) = &disk {
        std::fs::remove_file(folder.path().join("ballast")).unwrap();
    }
    let mut daemon = Daemon::start_under(command(&["run", "--json", "--config"]).arg(&config));
    daemon.sign_in().await;
    devices.step_until("the rest comes in", |devices| devices.waiting() == 0);
    let status = daemon.get(STATUS).await;
    assert!(devices.acknowledged() > known);
    assert_eq!(status["counts"]["passages"], devices.acknowledged());
}
