//! `steelyard import` and `steelyard export`: the real program on a real data folder.

#![cfg(test)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test may fail by panic and says how long it took"
)]

#[path = "common/daemon.rs"]
mod daemon;

use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::Arc;
use std::time::Instant;

use daemon::{json_lines, run, text};
use steelyard::casework::procedure::TrackKind;
use steelyard::clock::{Clock, SystemClock, SystemEntropy};
use steelyard::register::{Encoding, encode};
use steelyard::store::records::Actor;
use steelyard::store::{Store, StoreSettings};

struct Station {
    folder: tempfile::TempDir,
}

impl Station {
    /// A data folder that a daemon has used once.
    async fn new() -> Self {
        let station = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let store = station.open().await;
        let by = Actor("system:test".to_owned());
        store
            .append("test", by, serde_json::json!({}))
            .await
            .unwrap();
        store.shutdown().await;
        station
    }

    async fn open(&self) -> Store {
        let settings = StoreSettings::in_folder(self.folder.path(), "ST0042");
        Store::open(
            settings,
            Arc::new(SystemClock::new()),
            Arc::new(SystemEntropy),
        )
        .await
        .unwrap()
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn import(&self, kind: &str, file: &Path, more: &[&str]) -> Output {
        let data = self.folder.path().to_str().unwrap();
        let mut arguments = vec!["import", kind, file.to_str().unwrap(), "--data", data];
        arguments.extend(more);
        run(&arguments)
    }

    fn export(&self, kind: &str, more: &[&str]) -> Output {
        let mut arguments = vec![
            "export",
            kind,
            "--data",
            self.folder.path().to_str().unwrap(),
        ];
        arguments.extend(more);
        run(&arguments)
    }
}

fn done(output: &Output) -> &str {
    assert!(
        output.status.success(),
        "{}{}",
        text(&output.stdout),
        text(&output.stderr)
    );
    text(&output.stdout)
}

const SOURCES: &str = "源头单位编号,单位名称,类型,地点,有称重设备\r\nS1,=大同煤场,煤场,云冈区,是\r\nS2,㐂村砂场,砂石料场,㐂村,否\r\n";

#[tokio::test]
async fn a_dry_run_tells_line_by_line_and_an_import_writes_all_or_nothing() {
    let station = Station::new().await;
    let file = station.write("s.csv", encode(SOURCES, Encoding::Gb18030));
    let tried = station.import("sources", &file, &["--dry-run"]);
    let told = done(&tried);
    assert!(
        told.contains("2: S1 新增 / new") && told.contains("gb18030"),
        "{told}"
    );
    assert!(
        told.contains("2 new, 0 changed, 0 unchanged, 0 refused; 0 written"),
        "{told}"
    );
    let told = station.import("sources", &file, &[]);
    assert!(done(&told).contains("2 new, 0 changed, 0 unchanged, 0 refused; 2 written"));

    let worse = SOURCES
        .replace("云冈区,是", "平城区,是")
        .replace("砂石料场", "沙漠")
        + "S1,又,煤场,云冈区,\r\n";
    let file = station.write("w.csv", &worse);
    let refused = station.import("sources", &file, &[]);
    assert_eq!(refused.status.code(), Some(1));
    let told = text(&refused.stdout);
    assert!(
        told.contains("2: S1 更改 / changed: 地点（place）“云冈区”→“平城区”"),
        "{told}"
    );
    assert!(
        told.contains("3: 拒绝 / refused: 类型（kind）“沙漠”：应为其中之一"),
        "{told}"
    );
    assert!(
        told.contains("4: 拒绝 / refused: “S1”：与第 2 行重复"),
        "{told}"
    );
    assert!(
        told.contains("--skip-refused") && told.contains("2 refused; 0 written"),
        "{told}"
    );
    let skipped = station.import("sources", &file, &["--skip-refused", "--json"]);
    assert_eq!(
        skipped.status.code(),
        Some(1),
        "it says that something was refused"
    );
    let lines = json_lines(&skipped.stdout);
    assert_eq!(lines.last().unwrap()["written"], 1);
    assert_eq!(lines[1]["column"], "kind");

    let exported = done(&station.export("sources", &["--language", "en"])).to_owned();
    assert!(
        exported.starts_with("\u{feff}code,name,kind,place"),
        "{exported}"
    );
    assert!(
        exported.contains("S1,'=大同煤场,coal_yard,平城区"),
        "{exported}"
    );
    for more in [&["--encoding", "gb18030"][..], &["--language", "en"], &[]] {
        let path = station
            .folder
            .path()
            .join(format!("out-{}.csv", more.join("")));
        let mut arguments = vec![path.to_str().unwrap()];
        arguments.extend(more);
        done(&station.export("sources", &arguments));
        let again = station.import("sources", &path, &[]);
        assert!(done(&again).contains("0 changed, 2 unchanged"), "{more:?}");
        assert!(
            !station.export("sources", &arguments).status.success(),
            "no file is overwritten"
        );
    }
    let store = station.open().await;
    store.verify_journal(|_, _| ()).await.unwrap();
    store.shutdown().await;
}

#[tokio::test]
async fn past_cases_and_calendars_come_in_by_file() {
    let station = Station::new().await;
    let cases = "case_id,act,day_of_act,day_of_decision,authority,vehicle_plate,outcome,fine_yuan,state\n\
                 晋罚1,overload,2026-01-05,2026-01-20,transport,晋D12345,fine,500,effective\n\
                 晋罚2,overload,2026-02-05,2026-02-20,transport,晋D12345,fine,500,effective\n";
    let file = station.write("c.csv", cases);
    assert!(done(&station.import("past-cases", &file, &[])).contains("2 written"));
    let calendar = include_str!("../src/law/calendars/cn-2026.csv");
    let file = station.write("h.csv", calendar);
    done(&station.import("holidays", &file, &[]));
    // What has not happened yet can't count.
    let tomorrow = steelyard::units::Micros::new(SystemClock::new().now().get() + 86_400_000_000);
    let tomorrow = tomorrow.beijing_day();
    let early = cases
        .replace("晋罚", "晋未")
        .replace("2026-02-05,2026-02-20", &format!("{tomorrow},{tomorrow}"));
    let refused = station.import("past-cases", &station.write("e.csv", early), &[]);
    let told = format!("{}{}", text(&refused.stdout), text(&refused.stderr));
    assert!(!refused.status.success(), "{told}");
    assert_eq!(told.matches("not later than today").count(), 2, "{told}");
    let store = station.open().await;
    let counted = store
        .counted_cases(TrackKind::Vehicle, "晋D12345", ["2026-01-01", "2026-12-31"])
        .await
        .unwrap();
    assert_eq!(counted.len(), 2);
    let case: steelyard::law::CountedCase = serde_json::from_str(&counted[0].body).unwrap();
    assert_eq!(
        (case.case_id.as_str(), case.act_id.as_str()),
        ("晋罚1", "晋罚1")
    );
    store.verify_journal(|_, _| ()).await.unwrap();
    store.shutdown().await;
}

#[tokio::test]
async fn beside_a_running_daemon_a_dry_run_works_and_an_import_says_what_to_do() {
    let station = Station::new().await;
    let file = station.write("s.csv", SOURCES);
    let store = station.open().await;
    assert!(done(&station.import("sources", &file, &["--dry-run"])).contains("2 new"));
    let refused = station.import("sources", &file, &[]);
    let told = text(&refused.stderr);
    assert!(
        !refused.status.success() && told.contains("/api/v1/registers/sources/import"),
        "{told}"
    );
    store.shutdown().await;
    for (kind, name, why) in [
        ("ships", "s.csv", "past-cases"),
        ("sources", "missing.csv", "cannot read"),
        ("vehicles", "s.csv", "no column is called"),
    ] {
        let output = station.import(kind, &station.folder.path().join(name), &[]);
        assert!(
            !output.status.success() && text(&output.stderr).contains(why),
            "{}",
            text(&output.stderr)
        );
    }
}

/// Prints how long it takes; the figure is of a debug build.
#[tokio::test]
async fn a_hundred_thousand_vehicles_come_in_and_are_found() {
    let station = Station::new().await;
    let mut csv = "号牌号码,号牌颜色,车辆种类,轴数,核定载质量（千克）,所属企业编号\n".to_owned();
    for number in 0..100_000 {
        let carrier = number % 997;
        csv.push_str(&format!(
            "晋D{number:05},黄色,载货汽车,4,18000,C{carrier}\n"
        ));
    }
    let file = station.write("v.csv", encode(&csv, Encoding::Gb18030));
    let started = Instant::now();
    let output = station.import("vehicles", &file, &["--json"]);
    let lines = text_lines(&output);
    assert!(output.status.success());
    let first = started.elapsed();
    assert_eq!(lines["written"], 100_000);
    let started = Instant::now();
    let lines = text_lines(&station.import("vehicles", &file, &["--json"]));
    assert_eq!(lines["summary"]["unchanged"], 100_000);
    println!(
        "100,000 vehicles: imported in {first:?}, compared in {:?}",
        started.elapsed()
    );
    let store = station.open().await;
    let found = store
        .register_entry("vehicles", "晋D99999-yellow")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.carrier.as_deref(), Some("C299"));
    store.shutdown().await;
}

/// The last line.
fn text_lines(output: &Output) -> serde_json::Value {
    let last = text(&output.stdout).lines().last().unwrap_or_default();
    serde_json::from_str(last)
        .unwrap_or_else(|error| panic!("{error}: {last}{}", text(&output.stderr)))
}
