//! A station's recording: a head that describes the station, then what came in when on which port.
//!
//! ```text
//! # Case: what it shows, in one line
//! # Made by: who or what made it
//! # Comment: more, as many lines as it takes
//! # Start: 2026-06-02T01:00:00Z
//! # Lane: 1 scale_use=off_site
//! # Port: wim-1 role=wim protocol=olr lane=1 line=115200-8N1 set.<key>=<value> …
//! <milliseconds since the start> <port> <bytes in hexadecimal, or - where the line broke>
//! ```

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use steelyard::config::{Config, HostClock, Lane, Parity, Port, Station};
use steelyard::lane::PortRole;
use steelyard::law::{Certificate, ScaleUse};
use steelyard::units::Micros;

/// All recordings.
pub const NAMES: [&str; 7] = [
    "idle",
    "one-clean-truck",
    "dense-two-lanes",
    "damaged",
    "wim-text",
    "platform-toledo",
    "platform-yaohua",
];

/// A port as the head describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortHead {
    pub name: String,
    pub role: PortRole,
    pub protocol: String,
    /// `None` for a controller of several lanes.
    pub lane: Option<u16>,
    /// Such as `9600-7E1`.
    pub line: String,
    pub unit: Option<String>,
    pub settings: BTreeMap<String, String>,
}

/// What came in at once; no bytes where the line broke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub millis: i64,
    pub port: String,
    pub bytes: Vec<u8>,
}

/// A recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    pub case: String,
    pub comments: Vec<String>,
    pub start: Micros,
    pub lanes: BTreeMap<u16, ScaleUse>,
    pub ports: Vec<PortHead>,
    pub pieces: Vec<Piece>,
}

const MADE_BY: &str = "the project's simulator (tests/golden/author.rs); no real data";

/// The folder of the recordings.
pub fn logs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/logs")
}

/// Whether recordings and expectations are to be written anew.
pub fn rewriting() -> bool {
    std::env::var_os("STEELYARD_WRITE_GOLDEN").is_some_and(|value| value == "1")
}

/// A recording as it stands in the repository, or as it is to stand there.
pub fn recording(name: &str) -> Recording {
    if rewriting() {
        return crate::author::compose(name);
    }
    let path = logs().join(format!("{name}.log"));
    let text = std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Recording::parse(&text)
}

/// A folder that goes when the test ends.
pub fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn named<T: serde::de::DeserializeOwned>(name: &str) -> T {
    serde_json::from_value(serde_json::json!(name)).unwrap_or_else(|error| panic!("{error}"))
}

fn name_of(value: impl serde::Serialize) -> String {
    serde_json::to_value(value)
        .unwrap()
        .as_str()
        .unwrap()
        .to_owned()
}

impl Recording {
    pub fn parse(text: &str) -> Self {
        let mut recording = Self {
            case: String::new(),
            comments: Vec::new(),
            start: Micros::ZERO,
            lanes: BTreeMap::new(),
            ports: Vec::new(),
            pieces: Vec::new(),
        };
        for line in text.lines() {
            match line.strip_prefix("# ") {
                Some(head) => recording.head(head),
                None => recording.pieces.push(piece(line)),
            }
        }
        recording
    }

    fn head(&mut self, line: &str) {
        let (key, value) = line.split_once(": ").expect(line);
        match key {
            "Case" => value.clone_into(&mut self.case),
            "Made by" => assert_eq!(value, MADE_BY),
            "Comment" => self.comments.push(value.to_owned()),
            "Start" => self.start = Micros::from_rfc3339(value).expect(line),
            "Lane" => {
                let (number, scale_use) = value.split_once(" scale_use=").expect(line);
                self.lanes
                    .insert(number.parse().expect(line), named(scale_use));
            }
            "Port" => self.ports.push(port(value)),
            _ => panic!("no such line in a head: {line}"),
        }
    }

    pub fn text(&self) -> String {
        let mut text = format!("# Case: {}\n# Made by: {MADE_BY}\n", self.case);
        for comment in &self.comments {
            writeln!(text, "# Comment: {comment}").unwrap();
        }
        writeln!(text, "# Start: {}", self.start.rfc3339()).unwrap();
        for (number, scale_use) in &self.lanes {
            writeln!(text, "# Lane: {number} scale_use={}", name_of(scale_use)).unwrap();
        }
        for port in &self.ports {
            write!(text, "# Port: {} role={}", port.name, port.role.name()).unwrap();
            write!(text, " protocol={}", port.protocol).unwrap();
            if let Some(lane) = port.lane {
                write!(text, " lane={lane}").unwrap();
            }
            write!(text, " line={}", port.line).unwrap();
            if let Some(unit) = &port.unit {
                write!(text, " unit={unit}").unwrap();
            }
            for (key, value) in &port.settings {
                write!(text, " set.{key}={value}").unwrap();
            }
            text.push('\n');
        }
        for piece in &self.pieces {
            let bytes = match piece.bytes.as_slice() {
                [] => "-".to_owned(),
                bytes => hex::encode(bytes),
            };
            writeln!(text, "{} {} {bytes}", piece.millis, piece.port).unwrap();
        }
        text
    }

    /// When a piece came in.
    pub fn moment(&self, piece: &Piece) -> Micros {
        self.start.saturating_add(Micros::from_millis(piece.millis))
    }

    /// All bytes of a port.
    pub fn stream(&self, port: &str) -> Vec<u8> {
        let pieces = self.pieces.iter().filter(|piece| piece.port == port);
        pieces
            .flat_map(|piece| piece.bytes.iter().copied())
            .collect()
    }

    /// The station's configuration, with a site at which cases can be opened.
    pub fn config(&self, data_dir: &Path, device: impl Fn(&str) -> PathBuf) -> Config {
        let mut config = Config::of_station(Station {
            code: "GOLD01".to_owned(),
            name: "记录站 / recorded station".to_owned(),
            data_dir: data_dir.to_owned(),
            simulated: true,
        });
        config.host_clock = HostClock::not_asked();
        config.api.listen = ([127, 0, 0, 1], 0).into();
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        config.lanes = self
            .lanes
            .iter()
            .map(|(&number, &scale_use)| Lane {
                number,
                name: format!("{number} 道"),
                scale_use,
                accuracy_class: Some("5".to_owned()),
                scale_interval_kg: None,
                certificate: Some(Certificate {
                    number: format!("GOLD-{number}"),
                    valid_from: day("2026-01-01"),
                    valid_until: day("2026-12-31"),
                }),
                site_approved: Some(day("2026-01-10")),
                site_published: Some(day("2026-02-01")),
                calibrated_at: None,
                references: BTreeMap::new(),
            })
            .collect();
        config.ports = self
            .ports
            .iter()
            .map(|port| port.config(&device(&port.name)))
            .collect();
        config
    }
}

impl PortHead {
    fn config(&self, device: &Path) -> Port {
        let mut port = Port::new(&self.name, device, self.role, &self.protocol);
        let (baud, frame) = self.line.split_once('-').expect("baud and frame");
        port.baud = baud.parse().unwrap();
        let frame: Vec<char> = frame.chars().collect();
        port.data_bits = frame[0].to_digit(10).unwrap() as u8;
        port.parity = match frame[1] {
            'N' => Parity::None,
            'E' => Parity::Even,
            'O' => Parity::Odd,
            other => panic!("no parity {other}"),
        };
        port.stop_bits = frame[2].to_digit(10).unwrap() as u8;
        port.lane = self.lane;
        port.unit.clone_from(&self.unit);
        port.settings.clone_from(&self.settings);
        port
    }
}

fn piece(line: &str) -> Piece {
    let mut words = line.split(' ');
    let mut word = || {
        words
            .next()
            .unwrap_or_else(|| panic!("three words: {line}"))
    };
    let (millis, port, bytes) = (word(), word(), word());
    Piece {
        millis: millis.parse().expect(line),
        port: port.to_owned(),
        bytes: match bytes {
            "-" => Vec::new(),
            bytes => hex::decode(bytes).expect(line),
        },
    }
}

fn port(text: &str) -> PortHead {
    let mut words = text.split(' ');
    let name = words.next().expect(text).to_owned();
    let mut keys: BTreeMap<&str, &str> = words
        .map(|word| word.split_once('=').expect(text))
        .collect();
    let mut take = |key: &str| keys.remove(key);
    let port = PortHead {
        name,
        role: named(take("role").expect(text)),
        protocol: take("protocol").expect(text).to_owned(),
        lane: take("lane").map(|lane| lane.parse().expect(text)),
        line: take("line").expect(text).to_owned(),
        unit: take("unit").map(str::to_owned),
        settings: BTreeMap::new(),
    };
    let settings = keys.into_iter().map(|(key, value)| {
        let key = key.strip_prefix("set.").expect(text);
        (key.to_owned(), value.to_owned())
    });
    PortHead {
        settings: settings.collect(),
        ..port
    }
}

#[test]
fn recordings_are_small_sorted_and_read_as_they_are_written() {
    for name in NAMES {
        let recording = recording(name);
        let text = recording.text();
        assert!(text.len() < 200_000, "{name} has {} bytes", text.len());
        assert_eq!(Recording::parse(&text), recording, "{name}");
        assert!(
            !recording.case.is_empty() && !recording.comments.is_empty(),
            "{name}"
        );
        assert!(
            recording.pieces.is_sorted_by_key(|piece| piece.millis),
            "{name}"
        );
        for piece in &recording.pieces {
            assert!(
                recording.ports.iter().any(|port| port.name == piece.port),
                "{name}"
            );
        }
        if !rewriting() {
            let stored = std::fs::read_to_string(logs().join(format!("{name}.log"))).unwrap();
            assert_eq!(stored, text, "{name}");
        }
    }
}

#[test]
fn every_protocol_of_the_simulated_station_occurs_in_a_recording() {
    let mut spoken: Vec<String> = Vec::new();
    for name in NAMES {
        let recording = recording(name);
        let speaking = recording
            .ports
            .iter()
            .filter(|port| !recording.stream(&port.name).is_empty());
        spoken.extend(speaking.map(|port| port.protocol.clone()));
    }
    // What a simulated station speaks. Every other format is tried through ports of its own, in
    // `tests/protocols`, without a recording.
    for protocol in [
        "mt_toledo_continuous",
        "yaohua_xk3190_continuous",
        "olr",
        "wim_text_mon",
        "plate_text",
        "vc0706_jpeg",
    ] {
        assert!(spoken.iter().any(|name| name == protocol), "{protocol}");
    }
}
