//! Bytes that were logged and not decoded, passages that were left open, pictures cut off in the
//! middle: what a stop leaves behind and the next start takes up.

use steelyard::config::Config;
use steelyard::device::raw_log::{Limits, RawLog};
use steelyard::passage::passage_id;
use steelyard::units::Micros;

use crate::daemon::{Daemon, add_user, write_config};
use crate::devices::{Devices, LEGAL, STATION, jpeg, plate_line, record};

const LIMITS: Limits = Limits {
    segment_bytes: 1 << 20,
    keep_bytes: 1 << 24,
};

fn log(config: &Config, port: &str) -> RawLog {
    RawLog::open(&config.raw_folder().join(port), LIMITS).unwrap()
}

async fn start(config: &std::path::Path) -> Daemon {
    let mut daemon = Daemon::start(config);
    daemon.sign_in().await;
    daemon
}

fn all_closed(status: &serde_json::Value, passages: i64) -> bool {
    status["counts"]["passages"] == passages && status["counts"]["unclosed"] == 0
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_were_logged_and_not_decoded_become_passages() {
    let folder = tempfile::tempdir().unwrap();
    let devices = Devices::new(1);
    let settings = devices.config(folder.path());
    let config = write_config(folder.path(), &settings);
    add_user(&config);
    // A first run with a passage, so that there is something to go on from.
    let mut devices = devices;
    let daemon = start(&config).await;
    let first = devices.vehicle_with_plate("鲁B12345", &LEGAL);
    devices
        .during(daemon.wait_for("/api/v1/status", |status| all_closed(status, 1)))
        .await;
    daemon.kill();

    // Received just before the power failed: one record whole in three chunks, its plate read, and
    // half of another record.
    let now = Micros::new(devices.now().get() / 1_000 * 1_000);
    // The other closed meanwhile, so it crossed long before: no plate can be of either.
    let at = now.saturating_sub(Micros::from_millis(400));
    let (whole, half) = (record(1, 700, at, &LEGAL), record(1, 701, at, &LEGAL));
    let mut wim = log(&settings, "wim-1");
    let stamp = |n| now.saturating_add(Micros::from_millis(n));
    for (n, piece) in (1..).zip(whole.chunks(whole.len() / 3 + 1)) {
        wim.append(stamp(n), piece).unwrap();
    }
    wim.append(stamp(5), &half[..half.len() / 2]).unwrap();
    wim.sync().unwrap();
    let mut plate = log(&settings, "plate-1");
    plate
        .append(stamp(6), &plate_line(1, "鲁B54321", at))
        .unwrap();
    plate.sync().unwrap();

    let daemon = start(&config).await;
    daemon
        .wait_for("/api/v1/status", |status| all_closed(status, 2))
        .await;
    let id = passage_id(STATION, "wim-1", at, Some(700));
    let passage = daemon.get(&format!("/api/v1/passages/{id}")).await;
    assert_eq!(passage["plate"], "鲁B54321");
    assert_eq!(passage["raw"]["length"], whole.len());
    assert!(daemon.get(&format!("/api/v1/passages/{first}")).await["state"] == "closed");
    // Taken up again once more, nothing new comes of it.
    let (status, said) = daemon.terminate();
    assert!(status.success(), "{said}");
    let daemon = start(&config).await;
    let status = daemon.get("/api/v1/status").await;
    assert!(all_closed(&status, 2), "{status}");
}

/// The station was off for hours, and meanwhile somebody wrote into the journal: that says nothing
/// of the bytes that were logged before.
#[tokio::test(flavor = "multi_thread")]
async fn bytes_logged_hours_before_the_latest_journal_entry_are_taken_up() {
    let folder = tempfile::tempdir().unwrap();
    let devices = Devices::new(1);
    let settings = devices.config(folder.path());
    let config = write_config(folder.path(), &settings);
    let hours_ago = devices
        .now()
        .saturating_sub(Micros::from_seconds(3 * 3_600));
    let at = Micros::new(hours_ago.get() / 1_000 * 1_000);
    let mut wim = log(&settings, "wim-1");
    wim.append(at, &record(1, 9, at, &LEGAL)).unwrap();
    wim.sync().unwrap();
    add_user(&config);

    let daemon = start(&config).await;
    let id = passage_id(STATION, "wim-1", at, Some(9));
    daemon
        .wait_for("/api/v1/status", |status| all_closed(status, 1))
        .await;
    assert_eq!(
        daemon.get(&format!("/api/v1/passages/{id}")).await["state"],
        "closed"
    );
}

/// A disk that was full for a while left a gap in the raw log: what stands before it is not glued
/// to what comes after.
#[tokio::test(flavor = "multi_thread")]
async fn a_gap_in_the_raw_log_is_a_break_of_the_line() {
    let folder = tempfile::tempdir().unwrap();
    let devices = Devices::new(1);
    let settings = devices.config(folder.path());
    let config = write_config(folder.path(), &settings);
    add_user(&config);
    let now = devices.now();
    let at = Micros::new(now.get() / 1_000 * 1_000);
    let stamp = |n| at.saturating_add(Micros::from_millis(n));
    let (first, second) = (record(1, 1, at, &LEGAL), record(1, 2, stamp(900), &LEGAL));
    let path = settings.raw_folder().join("wim-1");
    let mut wim = log(&settings, "wim-1");
    wim.append(stamp(1), &first[..100]).unwrap();
    let segment = std::fs::read_dir(&path)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let kept = std::fs::metadata(&segment).unwrap().len();
    // The rest of the first record is received, but its place in the log is lost.
    wim.append(stamp(2), &first[100..]).unwrap();
    let file = std::fs::File::options().write(true).open(&segment).unwrap();
    file.set_len(kept).unwrap();
    let tail = wim.next_offset();
    drop(wim);
    let mut bytes = Vec::new();
    for (n, piece) in (0..).zip(second.chunks(120)) {
        let before: usize = second.chunks(120).take(n).map(<[u8]>::len).sum();
        bytes.extend(entry(stamp(1_000 + n as i64), tail + before as u64, piece));
    }
    let mut whole = std::fs::read(&segment).unwrap();
    whole.extend(bytes);
    std::fs::write(&segment, whole).unwrap();

    let daemon = start(&config).await;
    daemon
        .wait_for("/api/v1/status", |status| all_closed(status, 1))
        .await;
    let id = passage_id(STATION, "wim-1", stamp(900), Some(2));
    let passage = daemon.get(&format!("/api/v1/passages/{id}")).await;
    assert_eq!(
        passage["raw"]["offset"], tail,
        "the bytes' own place in the stream"
    );
}

/// A record of the raw log as its specification has it.
fn entry(received_at: Micros, offset: u64, bytes: &[u8]) -> Vec<u8> {
    let mut record = Vec::new();
    record.extend(u32::try_from(bytes.len()).unwrap().to_le_bytes());
    record.extend(received_at.get().to_le_bytes());
    record.extend(offset.to_le_bytes());
    let crc = crc::Crc::<u32>::new(&crc::CRC_32_ISO_HDLC);
    let mut digest = crc.digest();
    digest.update(&record);
    digest.update(bytes);
    record.extend(digest.finalize().to_le_bytes());
    record.extend(bytes);
    record
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passage_left_open_is_closed_after_the_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut devices = Devices::new(1);
    let mut settings = devices.config(folder.path());
    // So long that the first run can't close it.
    settings.timing.close_after_ms = 600_000;
    settings.ports.retain(|port| port.name != "picture-1");
    let config = write_config(folder.path(), &settings);
    add_user(&config);
    let daemon = start(&config).await;
    let now = devices.now();
    let (id, _) = devices.controllers[0].vehicle(now, &LEGAL);
    devices.step_until("the acknowledge", |devices| devices.waiting() == 0);
    let passage = daemon.get(&format!("/api/v1/passages/{id}")).await;
    assert_eq!(passage["state"], "weighed");
    daemon.kill();

    settings.timing.close_after_ms = 1;
    let config = write_config(folder.path(), &settings);
    let daemon = start(&config).await;
    daemon
        .wait_for("/api/v1/status", |status| all_closed(status, 1))
        .await;
    assert_eq!(
        daemon.get(&format!("/api/v1/passages/{id}")).await["plate_state"],
        "missing"
    );
}

/// A camera keeps its frozen picture until it is told to resume. One that was left frozen by a
/// kill must not give the picture of that vehicle to the next one.
#[tokio::test(flavor = "multi_thread")]
async fn a_camera_left_frozen_does_not_lend_its_picture_to_the_next_vehicle() {
    let folder = tempfile::tempdir().unwrap();
    let mut devices = Devices::new(1);
    let config = write_config(folder.path(), &devices.config(folder.path()));
    add_user(&config);
    let (old, new) = (
        jpeg(1, devices.now()),
        jpeg(1, Micros::from_seconds(1_700_000_000)),
    );
    assert_ne!(old, new);
    devices.show(old);
    let daemon = start(&config).await;
    devices.vehicle_with_plate("鲁B11111", &LEGAL);
    devices.step_until("the picture is frozen and on its way", |devices| {
        devices.picture_bytes > 0
    });
    daemon.kill();
    devices.show(new.clone());

    let daemon = start(&config).await;
    // The first vehicle's picture is given up, then comes the second vehicle.
    let first = daemon.wait_for("/api/v1/status", |status| all_closed(status, 1));
    devices.during(first).await;
    let id = devices.vehicle_with_plate("鲁B22222", &LEGAL);
    let second = daemon.wait_for("/api/v1/status", |status| all_closed(status, 2));
    devices.during(second).await;
    let passage = daemon.get(&format!("/api/v1/passages/{id}")).await;
    let wanted = steelyard::evidence::journal::sha256_hex(&new);
    assert_eq!(
        passage["pictures"][0]["sha256"],
        wanted.as_str(),
        "{passage}"
    );
}

/// A power cut can take the last second of the raw log and leave the weighing, which was synced:
/// its own entry holds all there is to close it with.
#[tokio::test(flavor = "multi_thread")]
async fn a_weighing_whose_raw_bytes_are_gone_is_closed_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let mut devices = Devices::new(1);
    let settings = devices.config(folder.path());
    let config = write_config(folder.path(), &settings);
    add_user(&config);
    let daemon = start(&config).await;
    // Without a plate its window stays open.
    let now = devices.now();
    devices.controllers[0].vehicle(now, &LEGAL);
    devices.step_until("it is acknowledged", |devices| devices.waiting() == 0);
    let open = daemon.get("/api/v1/status").await;
    assert_eq!(open["counts"]["unclosed"], 1, "{open}");
    daemon.kill();
    std::fs::remove_dir_all(settings.raw_folder().join("wim-1")).unwrap();

    let daemon = start(&config).await;
    daemon
        .wait_for("/api/v1/status", |status| all_closed(status, 1))
        .await;
    let (status, said) = daemon.terminate();
    assert!(status.success(), "{said}");
}

/// The host's clock was an hour ahead and was set right while the daemon was down: time goes on,
/// and nothing that is timed by a clock in doubt can become a penalty.
#[tokio::test(flavor = "multi_thread")]
async fn a_raw_log_from_the_future_does_not_stop_time() {
    let folder = tempfile::tempdir().unwrap();
    let mut devices = Devices::new(1);
    let settings = devices.config(folder.path());
    let config = write_config(folder.path(), &settings);
    add_user(&config);
    let ahead = devices.now().saturating_add(Micros::from_seconds(3_600));
    let mut wim = log(&settings, "wim-1");
    wim.append(ahead, b"\r\n").unwrap();
    wim.sync().unwrap();

    let daemon = start(&config).await;
    let id = devices.vehicle_with_plate("鲁B12345", &LEGAL);
    devices
        .during(daemon.wait_for("/api/v1/status", |status| all_closed(status, 1)))
        .await;
    let passage = daemon.get(&format!("/api/v1/passages/{id}")).await;
    let flags = passage["flags"].as_array().unwrap();
    assert!(
        flags.iter().any(|flag| flag == "clock_disagrees"),
        "{passage}"
    );
    let (status, said) = daemon.terminate();
    assert!(status.success(), "{said}");
    assert!(
        said.contains("the host's clock is behind the raw log"),
        "{said}"
    );
}
