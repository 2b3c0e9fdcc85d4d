//! A daemon that is stopped or killed in the middle of a recording: whatever it had taken is there
//! once, and a replay of the whole raw log says the same.

use std::time::Duration;

use firmware_protocols::vc0706_jpeg::{Camera, Command};
use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection};
use steelyard::simulator::{PtyFeeder, Traffic};

use crate::author::{jpeg, overloaded};
use crate::daemon::{PATIENCE, json_lines, run, text};
use crate::recording::{Piece, Recording, recording};
use crate::through_ports::{Station, check_again, passages, weighings};

/// Where a message begins, at or after `from`.
fn message(recording: &Recording, from: usize) -> usize {
    let ends = |piece: &Piece| piece.bytes.ends_with(b"\n");
    from + recording.pieces[from..].iter().position(ends).unwrap() + 1
}

#[tokio::test]
async fn stopped_and_killed_in_the_middle_it_says_the_same() {
    let recording = recording("dense-two-lanes");
    let pieces = &recording.pieces;
    let third = message(&recording, pieces.len() / 3);
    let half = message(&recording, pieces.len() / 2);
    let mut station = Station::start(&recording).await;

    // Stopped while passages are open.
    station.pour(&pieces[..third]).await;
    station = station
        .restart(|daemon| {
            let (status, said) = daemon.terminate();
            assert_eq!(status.code(), Some(0), "{said}");
        })
        .await;

    // Killed in the middle of a record, which its controller then sends again.
    let record = pieces[half..]
        .iter()
        .position(|piece| piece.port == "wim-1")
        .unwrap()
        + half;
    let record = message(&recording, record - 1);
    let torn = pieces[record..]
        .iter()
        .find(|piece| piece.port == "wim-1")
        .unwrap();
    let torn = Piece {
        bytes: torn.bytes[..20].to_owned(),
        ..torn.clone()
    };
    station.pour(&pieces[third..record]).await;
    station.pour(std::slice::from_ref(&torn)).await;
    station = station
        .restart(|daemon| assert!(!daemon.kill().0.success()))
        .await;
    station.pour(&pieces[record..]).await;
    let count = weighings(&recording, &station.config, pieces);
    station.wait_closed(count).await;

    let passages = passages(&station.daemon).await;
    assert_eq!(passages.len(), count);
    let Station {
        daemon,
        config,
        folder,
        ..
    } = station;
    let (status, said) = daemon.terminate();
    assert_eq!(status.code(), Some(0), "{said}");
    check_again(&config, passages.len());

    // Somebody makes a truck lighter, in the journal's text.
    let data = config.station.data_dir.to_str().unwrap();
    let changed = tamper(&config.station.data_dir.join("steelyard.db"), &passages).await;
    let output = run(&["replay", data, "--check"]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    let said = text(&output.stderr);
    assert!(said.contains(&format!(
        "differs: weighing {}",
        changed["passage_id"].as_str().unwrap()
    )));
    let output = run(&["verify", "--journal", "--json", "--data", data]);
    assert_eq!(output.status.code(), Some(1));
    let broken = &json_lines(&output.stdout)[0];
    assert_eq!(broken["event"], "broken");
    assert_eq!(broken["sequence"], changed["journal"]["weighing"]);
    drop(folder);
}

/// Changes the gross in the stored body of a weighing; yields the passage.
async fn tamper(database: &std::path::Path, passages: &[Value]) -> Value {
    let passage = &passages[passages.len() / 2];
    let url = format!("sqlite://{}", database.display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    let written = format!("\"gross_kg\":{}", passage["gross_kg"]);
    let done = sqlx::query("update journal set body = replace(body, ?, ?) where sequence = ?")
        .bind(&written)
        .bind("\"gross_kg\":9999")
        .bind(passage["journal"]["weighing"].as_i64())
        .execute(&mut connection)
        .await
        .unwrap();
    assert_eq!(done.rows_affected(), 1);
    let body: String = sqlx::query_scalar("select body from journal where sequence = ?")
        .bind(passage["journal"]["weighing"].as_i64())
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert!(body.contains("9999"), "{body}");
    connection.close().await.unwrap();
    passage.clone()
}

/// A corrupt picture is never shown, is told, and keeps neither the case link nor a replay from
/// being what they should be.
#[tokio::test]
async fn a_corrupt_picture_is_none() {
    let recording = recording("one-clean-truck");
    let crossing = Traffic::new(overloaded(11)).next().unwrap();
    let mut corrupt = jpeg(&crossing);
    let last = corrupt.len() - 2;
    corrupt[150..last].fill(0);
    let mut station = Station::start(&recording).await;
    for piece in &recording.pieces {
        if piece.port != "picture-1" {
            station.feed(piece);
        }
    }
    serve(station.feeder("picture-1"), corrupt).await;
    station.wait_closed(1).await;
    let passages = passages(&station.daemon).await;
    assert_eq!(passages.len(), 1);
    assert_eq!(passages[0]["pictures"], json!([]));
    let codes = passages[0]["withheld"].as_array().unwrap();
    assert!(
        codes
            .iter()
            .any(|reason| reason["code"] == "picture_missing"),
        "{codes:?}"
    );
    let Station {
        daemon,
        config,
        folder,
        ..
    } = station;
    assert!(daemon.terminate().0.success());
    check_again(&config, 1);
    let export = run(&[
        "verify",
        "--journal",
        "--export",
        "--data",
        config.station.data_dir.to_str().unwrap(),
    ]);
    let told = json_lines(&export.stdout).iter().any(|line| {
        line["body"]
            .as_str()
            .is_some_and(|body| body.contains("\"corrupt_picture\""))
    });
    assert!(told);
    drop(folder);
}

/// A camera that answers until its picture was read.
async fn serve(feeder: &mut PtyFeeder, jpeg: Vec<u8>) {
    let mut camera = Camera::new(0);
    camera.show(jpeg);
    let [freeze, resume] = [Command::Freeze, Command::Resume].map(|command| command.encode(0));
    let mut heard = Vec::new();
    // It was told to resume when its line opened, too: only the one after the picture ends it.
    let frozen = |heard: &[u8]| heard.windows(freeze.len()).any(|window| window == freeze);
    while !(frozen(&heard) && heard.ends_with(&resume)) {
        let asked = feeder.answers().unwrap();
        let answer = camera.handle(&asked);
        feeder.feed(&answer, PATIENCE).unwrap();
        heard.extend(asked);
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}
