//! A truck drives onto a platform and stands still, for every scale protocol of the registry at
//! once. Scales that speak when asked are asked by the daemon; they answer nothing else.

use std::collections::BTreeMap;
use std::time::Duration;

use firmware_protocols::registry::{Kind, PROTOCOLS, Protocol, Speaker};
use firmware_protocols::{Decimal, Decoder, Event, Reading, Settings, Unit};
use serde_json::Value;
use steelyard::config::Port;
use steelyard::lane::PortRole;
use steelyard::law::ScaleUse;
use steelyard::simulator::{PtyFeeder, speak};

use crate::daemon::{Daemon, PATIENCE, add_user, write_config};
use crate::{configuration, lane};

const GROSS_KG: i64 = 49_200;
/// Between two frames of a stream.
const FRAME_EVERY: Duration = Duration::from_millis(40);

struct Scale {
    protocol: &'static Protocol,
    lane: u16,
    line: PtyFeeder,
    /// Hears what the host asks.
    decoder: Box<dyn Decoder>,
    asked: u64,
}

/// What a scale that stands still shows.
fn frame(protocol: &Protocol, kilograms: i64) -> Vec<u8> {
    let reading = Reading {
        value: Some(Decimal::new(kilograms, 0)),
        tare: Some(Decimal::new(0, 0)),
        unit: Some(Unit::Kilogram),
        stable: Some(true),
        net: Some(false),
        overload: Some(false),
        underload: Some(false),
        checked: true,
        ..Reading::default()
    };
    speak::reading(protocol, &Settings::new(), &reading).unwrap()
}

impl Scale {
    /// One turn: the next frame of a stream, or the answers to what was asked.
    fn turn(&mut self, kilograms: i64) {
        let frame = frame(self.protocol, kilograms);
        let heard = self.line.answers().unwrap();
        if self.protocol.speaker != Speaker::Host {
            self.line.feed(&frame, PATIENCE).unwrap();
            return;
        }
        self.decoder.push(&heard);
        while let Some(decoded) = self.decoder.poll_event() {
            let Event::Status(status) = decoded.event else {
                panic!(
                    "{}: asked in strange words: {decoded:?}",
                    self.protocol.name
                );
            };
            assert!(status.name.starts_with("host_"), "{status:?}");
            self.asked += 1;
            self.line.feed(&frame, PATIENCE).unwrap();
        }
    }
}

#[tokio::test]
async fn every_scale_weighs_a_truck_through_a_port() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = configuration(&folder.path().join("data"));
    config.platform.agreeing_frames = 5;
    config.platform.agreeing_for_ms = 150;
    let scales: Vec<&Protocol> = PROTOCOLS
        .iter()
        .filter(|protocol| protocol.kind == Kind::Scale)
        .collect();
    let mut scales: Vec<Scale> = (1..)
        .zip(scales)
        .map(|(lane, protocol)| Scale {
            protocol,
            lane,
            line: PtyFeeder::open().unwrap(),
            decoder: (protocol.decoder)(&Settings::new()).unwrap(),
            asked: 0,
        })
        .collect();
    assert!(scales.len() >= 20, "{}", scales.len());
    for scale in &scales {
        config.lanes.push(lane(scale.lane, ScaleUse::Platform));
        let name = format!("scale-{}", scale.lane);
        let mut port = Port::new(
            &name,
            scale.line.path(),
            PortRole::Platform,
            scale.protocol.name,
        );
        port.lane = Some(scale.lane);
        port.unit = Some("kg".to_owned());
        config.ports.push(port);
    }
    let path = write_config(folder.path(), &config);
    add_user(&path);
    let mut daemon = Daemon::start(&path);
    daemon.sign_in().await;
    let open = |status: &Value| {
        let mut ports = status["ports"].as_array().unwrap().iter();
        ports.all(|port| port["state"] != "starting" && port["state"] != "disconnected")
    };
    daemon.wait_for("/api/v1/status", open).await;

    let mut weighed: BTreeMap<u64, Value> = BTreeMap::new();
    for turn in 0.. {
        // Empty at first, then the truck.
        let kilograms = if turn < 5 { 0 } else { GROSS_KG };
        scales.iter_mut().for_each(|scale| scale.turn(kilograms));
        tokio::time::sleep(FRAME_EVERY).await;
        if turn % 10 == 9 {
            for item in daemon.items("/api/v1/passages?limit=200").await {
                weighed.insert(item["lane"].as_u64().unwrap(), item);
            }
            if weighed.len() == scales.len() {
                break;
            }
        }
        let missing = || {
            let missing = scales
                .iter()
                .filter(|scale| !weighed.contains_key(&u64::from(scale.lane)));
            missing
                .map(|scale| (scale.protocol.name, scale.asked))
                .collect::<Vec<_>>()
        };
        assert!(turn < 1_000, "not weighed: {:?}", missing());
    }
    for scale in &scales {
        let item = &weighed[&u64::from(scale.lane)];
        let name = scale.protocol.name;
        assert_eq!(item["gross_kg"], GROSS_KG, "{name}: {item}");
        let id = item["passage_id"].as_str().unwrap();
        let passage = daemon.get(&format!("/api/v1/passages/{id}")).await;
        let flagged = passage["flags"]
            .as_array()
            .unwrap()
            .iter()
            .any(|flag| flag == "protocol_unproven");
        // A register map is the station's own description, to be confirmed at the device.
        let described = name == "modbus_rtu";
        let proven = !described
            && scale.protocol.maturity > firmware_protocols::registry::Maturity::Experimental;
        assert_eq!(flagged, !proven, "{name}: {passage}");
        assert!(
            passage["agreeing_frames"].as_u64().unwrap() >= 5,
            "{name}: {passage}"
        );
    }
    // One truck each, however long it stands.
    assert_eq!(
        daemon.items("/api/v1/passages?limit=200").await.len(),
        scales.len()
    );
    let status = daemon.get("/api/v1/status").await;
    for port in status["ports"].as_array().unwrap() {
        assert_eq!(port["rejects"], serde_json::json!({}), "{port}");
    }
}
