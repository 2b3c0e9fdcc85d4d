//! Recordings that were logged but not recorded, as after a power cut: the daemon takes them up at
//! its start, with the moments of the log, and comes to what is expected to the last digit.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use steelyard::clock::{Clock, SystemClock};
use steelyard::config::Config;
use steelyard::device::raw_log::{Limits, RawLog};
use steelyard::law::ScaleUse;
use steelyard::simulator::Traffic;
use steelyard::simulator::crossing::Record;
use steelyard::simulator::emission::WimProtocol;
use steelyard::units::Micros;

use crate::author::{Author, overloaded};
use crate::daemon::{Daemon, add_user, write_config};
use crate::outcome::outcome;
use crate::recording::{NAMES, Recording, folder, recording};
use crate::through_ports::{check_again, expected, passages, shown};

/// Writes the raw log as a daemon would have that was killed before it recorded anything.
fn log(recording: &Recording, config: &Config) {
    let limits = Limits {
        segment_bytes: config.raw_log.segment_bytes,
        keep_bytes: config.raw_log.keep_bytes_per_port,
    };
    for port in &recording.ports {
        let path = config.raw_folder().join(&port.name);
        let mut log = RawLog::open(&path, limits).unwrap();
        for piece in recording
            .pieces
            .iter()
            .filter(|piece| piece.port == port.name)
        {
            log.append(recording.moment(piece), &piece.bytes).unwrap();
        }
        log.sync().unwrap();
    }
}

/// Configuration and raw log of a station whose devices are absent: nothing is added to the log.
pub fn logged(recording: &Recording, folder: &Path) -> (Config, PathBuf) {
    let config = recording.config(&folder.join("data"), |port| folder.join(port));
    std::fs::create_dir(&config.station.data_dir).unwrap();
    let path = write_config(folder, &config);
    add_user(&path);
    log(recording, &config);
    (config, path)
}

async fn started(config: &Path) -> Daemon {
    let mut daemon = Daemon::start(config);
    daemon.sign_in().await;
    daemon
}

/// Takes a recording up in a daemon whose devices are absent; yields what its API shows.
async fn taken_up(recording: &Recording, folder: &Path, count: usize) -> (Config, Vec<Value>) {
    let (config, path) = logged(recording, folder);
    let daemon = started(&path).await;
    let all = |list: &Value| list["items"].as_array().unwrap().len() == count;
    daemon
        .wait_for("/api/v1/passages?state=closed&limit=200", all)
        .await;
    let passages = passages(&daemon).await;
    let (status, said) = daemon.terminate();
    assert!(status.success(), "{said}");
    (config, passages)
}

#[tokio::test]
async fn every_recording_is_taken_up_as_it_is_replayed() {
    for name in NAMES {
        let recording = recording(name);
        let folder = folder();
        let config = recording.config(folder.path(), |port| folder.path().join(port));
        let lines = outcome(&recording, &config, &recording.pieces);
        let count = lines
            .iter()
            .filter(|line| line["event"] == "weighed")
            .count();
        let (config, passages) = taken_up(&recording, folder.path(), count).await;
        assert_eq!(json!(shown(&passages)), json!(expected(&lines)), "{name}");
        for line in lines.iter().filter(|line| line["event"] == "closed") {
            let passage = passages
                .iter()
                .find(|shown| shown["passage_id"] == line["passage_id"]);
            let passage = passage.unwrap_or_else(|| panic!("{name}: {line}"));
            assert_eq!(passage["case_id"], line["case"]["open"], "{name}: {line}");
        }
        check_again(&config, passages.len());
    }
}

/// A truck, and long after it the record of another under the same number and time.
fn conflicting(author: &mut Author, after_seconds: i64) -> [Record; 2] {
    let crossings = Traffic::new(overloaded(71)).step_by(4).take(2);
    let records: Vec<_> = crossings.map(|c| c.records[0].clone()).collect();
    let (first, mut other) = (&records[0], records[1].clone());
    author.say(
        first.measured.sent_at,
        "wim-1",
        &author.encoders.record(first).unwrap(),
    );
    (other.measured.time, other.measured.sequence) = (first.measured.time, first.measured.sequence);
    let record = author.encoders.record(&other).unwrap();
    let at = first
        .measured
        .sent_at
        .saturating_add(Micros::from_seconds(after_seconds));
    author.say(at, "wim-1", &record);
    records.try_into().unwrap()
}

fn one_lane() -> Author {
    Author::new("late", &["not stored"], WimProtocol::Olr)
        .lane(1, ScaleUse::OffSite)
        .port("wim-1", "olr", Some(1), "115200-8N1")
}

fn assert_conflict(passages: &[Value], count: usize) {
    assert_eq!(passages.len(), count);
    let conflicts = passages
        .iter()
        .filter(|passage| passage["record_conflict"] == true);
    assert_eq!(conflicts.count(), 2, "both are marked");
}

/// A controller that was cut off sends again what it has sent long ago; another record comes under
/// an old number; a lane is silent for hours while numbers run on.
#[tokio::test]
async fn what_comes_again_much_later_is_not_there_twice() {
    let mut author = one_lane();
    let [first, mut later] = conflicting(&mut author, 3_000);
    let at = |seconds| {
        first
            .measured
            .sent_at
            .saturating_add(Micros::from_seconds(seconds))
    };
    let record = author.encoders.record(&first).unwrap();
    author.say(at(1_500), "wim-1", &record);
    later.measured.sequence += 40;
    later.measured.time = later
        .measured
        .time
        .saturating_add(Micros::from_seconds(9_000));
    let record = author.encoders.record(&later).unwrap();
    author.say(at(9_010), "wim-1", &record);
    let recording = author.finish();

    let folder = folder();
    let (config, passages) = taken_up(&recording, folder.path(), 3).await;
    assert_conflict(&passages, 3);
    check_again(&config, 3);
}

/// The store alone knew that a record conflicts with one of two hours ago; killed before it closed,
/// the daemon closes it when it is back.
#[tokio::test]
async fn a_conflicting_record_is_closed_after_a_kill() {
    const LATER: i64 = 7_200;
    let mut author = one_lane();
    let [first, _] = conflicting(&mut author, LATER);
    let mut recording = author.finish();
    // The second comes in just now.
    let since_start = first.measured.sent_at.saturating_sub(recording.start);
    let now = SystemClock::new().now();
    let first_at = now.saturating_sub(Micros::from_seconds(LATER));
    recording.start = first_at.saturating_sub(since_start);

    let folder = folder();
    let (config, path) = logged(&recording, folder.path());
    let daemon = started(&path).await;
    daemon
        .wait_for("/api/v1/passages", |list| {
            list["items"].as_array().unwrap().len() == 2
        })
        .await;
    daemon.kill();
    let daemon = started(&path).await;
    let all = |list: &Value| list["items"].as_array().unwrap().len() == 2;
    daemon.wait_for("/api/v1/passages?state=closed", all).await;
    assert_conflict(&passages(&daemon).await, 2);
    assert!(daemon.terminate().0.success());
    check_again(&config, 2);
}
