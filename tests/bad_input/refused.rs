//! What keeps the daemon from starting: it says so, ends with 1, and changes nothing.

use std::net::TcpListener;
use std::path::Path;

use sqlx::Connection;

use crate::daemon::{Daemon, add_user, run, text, write_config};
use crate::devices::{Devices, LEGAL, database};
use crate::in_both_languages;

/// Starts the daemon, which must refuse; yields what it said last.
fn refusal(config: &Path) -> String {
    let output = run(&["run", "--json", "--config", config.to_str().unwrap()]);
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(output.stdout.is_empty(), "no ready line");
    let message = said
        .lines()
        .find(|line| line.starts_with("steelyard: "))
        .unwrap_or_else(|| {
            panic!("no message in {said}");
        });
    eprintln!("{message}");
    assert!(in_both_languages(message), "{message}");
    message.to_owned()
}

fn assert_says(message: &str, words: &[&str]) {
    for word in words {
        assert!(message.contains(word), "{word:?} is missing: {message}");
    }
}

#[test]
fn a_configuration_that_cant_be_used_is_refused_with_place_and_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Devices::new(1).config(folder.path());
    let config = write_config(folder.path(), &settings);
    let good = std::fs::read_to_string(&config).unwrap();
    let line_of = |text: &str, part: &str| {
        format!(
            "station.toml:{}",
            text.lines().position(|line| line.contains(part)).unwrap() + 1
        )
    };
    let with = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        let bad = good.replacen(from, to, 1);
        std::fs::write(&config, &bad).unwrap();
        (refusal(&config), line_of(&bad, to))
    };

    let (message, _) = with("protocol = \"olr\"", "protocol = \"orl\"");
    assert_says(&message, &["port wim-1.protocol", "`orl`", "nearest: olr"]);
    let (message, place) = with("close_after_ms", "close_aftr_ms");
    assert_says(
        &message,
        &[&place, "close_aftr_ms", "did you mean `close_after_ms`?"],
    );
    let (message, place) = with("baud = 115200", "baud = \"fast\"");
    assert_says(&message, &[&place, "请更正", "fast", "u32"]);
    let (message, place) = with("[station]", "[station");
    assert_says(&message, &[&place, "请更正"]);
    let (message, _) = with("checksum = \"crc16\"", "checksum = \"md5\"");
    assert_says(
        &message,
        &["port plate-1.protocol", "checksum = md5", "crc16"],
    );
    let (message, _) = with("role = \"plate\"", "role = \"platform\"");
    assert_says(
        &message,
        &["port plate-1.protocol", "plate_text", "role = \"platform\""],
    );
    let (message, _) = with("listen = \"127.0.0.1:0\"", "listen = \"0.0.0.0:80\"");
    assert_says(&message, &["api.listen", "127.0.0.1", "behind_proxy"]);

    std::fs::write(&config, [0xFF, 0xFE, b'x']).unwrap();
    assert_says(&refusal(&config), &["station.toml", "UTF-8"]);
    std::fs::remove_file(&config).unwrap();
    assert_says(
        &refusal(&config),
        &["station.toml", "请检查路径", "No such file"],
    );
    assert!(!settings.station.data_dir.exists(), "nothing was made");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_a_newer_version_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Devices::new(1).config(folder.path());
    let config = write_config(folder.path(), &settings);
    add_user(&config);
    let file = database(&settings);
    let url = format!("sqlite:{}", file.display());
    let mut connection = sqlx::SqliteConnection::connect(&url).await.unwrap();
    sqlx::query(
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
         values (9999, 'of the future', 1, x'00', 0)",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    connection.close().await.unwrap();
    let before = std::fs::read(&file).unwrap();
    assert_says(
        &refusal(&config),
        &[
            "迁移 9999",
            "请装回该版本",
            "newer steelyard",
            "restore the backup",
        ],
    );
    assert!(
        std::fs::read(&file).unwrap() == before,
        "it was not touched"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_daemon_and_a_taken_address_are_refused_and_the_first_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut devices = Devices::new(1);
    let mut settings = devices.config(folder.path());
    let config = write_config(folder.path(), &settings);
    add_user(&config);
    let mut daemon = Daemon::start(&config);
    daemon.sign_in().await;
    let message = refusal(&config);
    assert_says(&message, &["steelyard.db", "请先停止它", "stop it first"]);

    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    settings.api.listen = taken.local_addr().unwrap();
    let other = tempfile::tempdir().unwrap();
    settings.station.data_dir = other.path().join("data");
    let second = write_config(other.path(), &settings);
    let message = refusal(&second);
    assert_says(
        &message,
        &[
            &settings.api.listen.to_string(),
            "api.listen",
            "stop the program",
        ],
    );

    // Neither took anything from the one that runs, not even its lines.
    let now = devices.now();
    devices.controllers[0].vehicle(now, &LEGAL);
    devices.step_until("it still records", |devices| devices.waiting() == 0);
    let status = daemon.get("/api/v1/status").await;
    assert_eq!(status["ports"][0]["reconnects"], 0, "{status}");
    let (status, said) = daemon.terminate();
    assert!(status.success(), "{said}");
}
