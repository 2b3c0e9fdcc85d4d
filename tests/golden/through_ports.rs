//! Recordings played through pseudo-terminals into the real program: the passages that its API
//! shows are those of the replay in process.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};
use steelyard::config::Config;
use steelyard::lane::PortRole;
use steelyard::simulator::PtyFeeder;
use tempfile::TempDir;

use crate::daemon::{Daemon, PATIENCE, add_user, json_lines, run, text, write_config};
use crate::outcome::{Lines, outcome};
use crate::recording::{Piece, Recording, folder, recording};

/// A quiet time in a recording, ms: longer than passages stay open, so all are closed by then.
const QUIET: i64 = 5_000;

/// A daemon whose ports a recording is played into.
pub struct Station {
    pub folder: TempDir,
    pub config: Config,
    path: PathBuf,
    pub daemon: Daemon,
    feeders: BTreeMap<String, PtyFeeder>,
    /// Bytes fed since the daemon started.
    fed: BTreeMap<String, u64>,
}

impl Station {
    pub async fn start(recording: &Recording) -> Self {
        let folder = folder();
        let feeders: BTreeMap<String, PtyFeeder> = recording
            .ports
            .iter()
            .map(|port| (port.name.clone(), PtyFeeder::open().unwrap()))
            .collect();
        let device = |port: &str| feeders[port].path().to_owned();
        let mut config = recording.config(&folder.path().join("data"), device);
        std::fs::create_dir(&config.station.data_dir).unwrap();
        hasten(&mut config);
        let path = write_config(folder.path(), &config);
        add_user(&path);
        let mut daemon = Daemon::start(&path);
        daemon.sign_in().await;
        let station = Self {
            folder,
            config,
            path,
            daemon,
            feeders,
            fed: BTreeMap::new(),
        };
        station.wait_open().await;
        station
    }

    /// Until all ports are open: only then does a line lose nothing.
    async fn wait_open(&self) {
        let open = |status: &Value| {
            let mut ports = status["ports"].as_array().unwrap().iter();
            ports.all(|port| port["state"] != "starting" && port["state"] != "disconnected")
        };
        self.daemon.wait_for("/api/v1/status", open).await;
    }

    /// Ends the daemon in the way given, then starts it again.
    pub async fn restart(self, end: impl FnOnce(Daemon)) -> Self {
        end(self.daemon);
        let mut daemon = Daemon::start(&self.path);
        daemon.sign_in().await;
        let station = Self {
            daemon,
            fed: BTreeMap::new(),
            ..self
        };
        station.wait_open().await;
        station
    }

    /// Plays pieces in their order; a port's turn begins when all before has been taken.
    pub async fn play(&mut self, recording: &Recording) {
        let pieces = &recording.pieces;
        let mut before: Option<&Piece> = None;
        for (number, piece) in pieces.iter().enumerate() {
            let mut ports = self.config.ports.iter();
            let port = ports.find(|port| port.name == piece.port).unwrap();
            let turn = before.is_none_or(|before| before.port != piece.port);
            if turn && port.role == PortRole::Picture {
                // A camera answers at once what it is asked, which shows that all before was taken.
                wait_asked(self.feeder(&piece.port)).await;
            } else if let Some(before) = before.filter(|_| turn) {
                self.wait_taken(&before.port).await;
            }
            if before.is_some_and(|before| piece.millis - before.millis > QUIET) {
                let count = weighings(recording, &self.config, &pieces[..number]);
                self.wait_closed(count).await;
            }
            self.feed(piece);
            before = Some(piece);
        }
        for port in self.fed.keys() {
            self.wait_taken(port).await;
        }
        let count = weighings(recording, &self.config, pieces);
        self.wait_closed(count).await;
    }

    /// Plays one piece and waits for nothing.
    pub fn feed(&mut self, piece: &Piece) {
        let feeder = self.feeders.get_mut(&piece.port).unwrap();
        feeder.feed(&piece.bytes, PATIENCE).unwrap();
        *self.fed.entry(piece.port.clone()).or_default() += piece.bytes.len() as u64;
    }

    /// Plays pieces as fast as they are taken; what comes first on which port is left open.
    pub async fn pour(&mut self, pieces: &[Piece]) {
        for piece in pieces {
            self.feed(piece);
        }
        for port in self.fed.keys() {
            self.wait_taken(port).await;
        }
    }

    /// A port's far end.
    pub fn feeder(&mut self, port: &str) -> &mut PtyFeeder {
        self.feeders.get_mut(port).unwrap()
    }

    async fn wait_taken(&self, port: &str) {
        let fed = self.fed[port];
        let taken = |status: &Value| {
            let mut ports = status["ports"].as_array().unwrap().iter();
            ports.any(|found| found["name"] == port && found["bytes"] == fed)
        };
        self.daemon.wait_for("/api/v1/status", taken).await;
    }

    /// Until so many passages are there, all of them closed.
    pub async fn wait_closed(&self, count: usize) {
        let all = |list: &Value| list["items"].as_array().unwrap().len() == count;
        self.daemon
            .wait_for("/api/v1/passages?state=closed&limit=200", all)
            .await;
    }
}

/// What the API tells of all passages, in the order of crossing.
pub async fn passages(daemon: &Daemon) -> Vec<Value> {
    let mut passages = Vec::new();
    for item in daemon.items("/api/v1/passages?limit=7").await.iter().rev() {
        let id = item["passage_id"].as_str().unwrap();
        passages.push(daemon.get(&format!("/api/v1/passages/{id}")).await);
    }
    passages
}

/// Passages close soon, moments of another day stand, frames that come all at once count.
pub fn hasten(config: &mut Config) {
    config.timing.close_after_ms = 3_000;
    config.timing.settle_after_ms = 600;
    config.timing.clock_tolerance_ms = 0;
    config.platform.agreeing_for_ms = 0;
}

/// How many weighings pieces of a recording give.
pub fn weighings(recording: &Recording, config: &Config, pieces: &[Piece]) -> usize {
    let lines = outcome(recording, config, pieces);
    lines
        .iter()
        .filter(|line| line["event"] == "weighed")
        .count()
}

async fn wait_asked(feeder: &mut PtyFeeder) {
    while feeder.answers().unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
}

/// What must be the same in process and through ports; ids and moments of a platform are not.
pub fn expected(lines: &Lines) -> Vec<Value> {
    let line = |event: &str, id: &Value| {
        lines
            .iter()
            .find(|line| line["event"] == event && &line["passage_id"] == id)
            .unwrap()
    };
    let mut weighed: Vec<&Value> = lines.iter().filter(|l| l["event"] == "weighed").collect();
    // Ids begin with station, port and time, and a lane's scale speaks of a time before.
    weighed.sort_by_key(|line| (line["kind"].to_string(), line["passage_id"].to_string()));
    let expected = weighed.iter().map(|weighed| {
        let closed = line("closed", &weighed["passage_id"]);
        let axles = match &closed["linked"] {
            Value::Null => weighed,
            linked => line("weighed", linked),
        };
        json!({
            "lane": weighed["lane"], "kind": weighed["kind"], "gross_kg": weighed["gross_kg"],
            "loads_kg": axles["loads_kg"], "spacings_mm": axles["spacings_mm"],
            "speed_tenth_kmh": weighed["speed_tenth_kmh"], "length_mm": weighed["length_mm"],
            "sequence": weighed["sequence"], "flags": weighed["flags"],
            "trusted": weighed["trusted"], "sha256": weighed["sha256"],
            "plate": closed["plate"], "plate_state": closed["plate_state"],
            "class": closed["class"], "overage_kg": closed["overage_kg"],
            "limit_kg": closed["limit_kg"], "withheld": closed["withheld"],
            "pictures": closed["pictures"],
        })
    });
    expected.collect()
}

pub fn shown(passages: &[Value]) -> Vec<Value> {
    let column = |passage: &Value, list: &str, key: &str| -> Vec<Value> {
        let list = passage[list].as_array().unwrap();
        list.iter().map(|member| member[key].clone()).collect()
    };
    let mut passages: Vec<&Value> = passages.iter().collect();
    passages.sort_by_key(|passage| {
        (
            passage["kind"].to_string(),
            passage["passage_id"].to_string(),
        )
    });
    let shown = passages.iter().map(|passage| {
        assert_eq!(passage["state"], "closed");
        json!({
            "lane": passage["lane"], "kind": passage["kind"], "gross_kg": passage["gross_kg"],
            "loads_kg": column(passage, "axles", "load_kg"),
            "spacings_mm": column(passage, "axles", "spacing_mm"),
            "speed_tenth_kmh": passage["speed_tenth_kmh"], "length_mm": passage["length_mm"],
            "sequence": passage["sequence"], "flags": passage["flags"],
            "trusted": passage["weight_trusted"], "sha256": passage["raw"]["sha256"],
            "plate": passage["plate"], "plate_state": passage["plate_state"],
            "class": passage["class"], "overage_kg": passage["overage_kg"],
            "limit_kg": passage["limit_kg"], "withheld": column(passage, "withheld", "code"),
            "pictures": column(passage, "pictures", "sha256"),
        })
    });
    shown.collect()
}

/// `replay --check` on a data folder finds that everything comes out again.
pub fn check_again(config: &Config, passages: usize) {
    let data = config.station.data_dir.to_str().unwrap();
    let output = run(&["replay", data, "--check", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let lines = json_lines(&output.stdout);
    assert_eq!(lines.len(), passages);
    for line in &lines {
        // What `evaluate` joins by.
        assert!(line["raw"]["length"].as_u64() > Some(0), "{line}");
        let state = line["association"]["state"].as_str().unwrap();
        assert_eq!(state == "matched", line["plate"].is_string(), "{line}");
        let chosen = &line["association"]["chosen"];
        assert_eq!(chosen.is_object(), line["plate"].is_string(), "{line}");
    }
    let summary = json_lines(text(&output.stderr).lines().last().unwrap().as_bytes());
    assert_eq!(summary[0]["differences"], 0, "{}", summary[0]);
    let output = run(&["verify", "--journal", "--data", data]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stdout));
}

async fn plays_as_in_process(name: &str) {
    let recording = recording(name);
    let mut station = Station::start(&recording).await;
    station.play(&recording).await;
    let passages = passages(&station.daemon).await;
    let lines = outcome(&recording, &station.config, &recording.pieces);
    assert_eq!(json!(shown(&passages)), json!(expected(&lines)), "{name}");

    let status = station.daemon.get("/api/v1/status").await;
    for port in status["ports"].as_array().unwrap() {
        let account = |line: &&Value| line["event"] == "port" && line["port"] == port["name"];
        let account = lines.iter().find(account).unwrap();
        for key in ["bytes", "frames", "rejects"] {
            assert_eq!(
                port[key], account[key],
                "{name}, port {}, {key}",
                port["name"]
            );
        }
    }
    for picture in passages
        .iter()
        .flat_map(|passage| passage["pictures"].as_array().unwrap())
    {
        let (status, jpeg) = station
            .daemon
            .answer(picture["url"].as_str().unwrap())
            .await;
        assert_eq!(status, 200);
        assert!(
            recording
                .stream("picture-1")
                .windows(jpeg.len())
                .any(|window| window == jpeg)
        );
    }
    let Station { daemon, config, .. } = station;
    let (status, said) = daemon.terminate();
    assert_eq!(status.code(), Some(0), "{said}");
    check_again(&config, passages.len());
}

#[tokio::test]
async fn lane_record_plate_and_picture() {
    plays_as_in_process("one-clean-truck").await;
}

#[tokio::test]
async fn text_records_of_two_lanes() {
    plays_as_in_process("wim-text").await;
}

#[tokio::test]
async fn toledo_platform_with_parity() {
    plays_as_in_process("platform-toledo").await;
}

#[tokio::test]
async fn yaohua_platform_without_a_unit() {
    plays_as_in_process("platform-yaohua").await;
}
