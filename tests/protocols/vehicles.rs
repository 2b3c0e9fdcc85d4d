//! A truck crosses a weigh-in-motion scale, for every protocol of vehicle records at once; devices
//! that want to hear that their record is safe hear it after it is.

use std::collections::BTreeMap;

use firmware_protocols::registry::{Kind, PROTOCOLS, Protocol};
use firmware_protocols::{Decoded, Event, Settings, Vehicle, specimen};
use serde_json::Value;
use steelyard::config::Port;
use steelyard::lane::PortRole;
use steelyard::law::ScaleUse;
use steelyard::simulator::{PtyFeeder, speak};

use crate::daemon::{Daemon, PATIENCE, add_user, write_config};
use crate::{configuration, lane};

struct Controller {
    protocol: &'static Protocol,
    lane: u16,
    line: PtyFeeder,
    /// What is in the record that it sends.
    said: Vehicle,
    record: Vec<u8>,
    heard: Vec<u8>,
}

/// The record of a five-axle truck, as far as the format can tell of it. The US form counts in
/// pounds and whole hours; it tells of a truck of its own.
fn record(protocol: &Protocol) -> Vec<u8> {
    if protocol.name == "fhwa_w" {
        return protocol.specimen_bytes(3).unwrap();
    }
    let truck = Vehicle {
        lane: Some(1),
        sequence: Some(18),
        ..specimen::vehicle(3, true, true)
    };
    let local = specimen::time(3, false);
    speak::vehicle(protocol, &Settings::new(), &truck, local).unwrap()
}

fn decoded(protocol: &Protocol, bytes: &[u8]) -> Vehicle {
    let mut decoder = (protocol.decoder)(&Settings::new()).unwrap();
    decoder.push(bytes);
    decoder.finish();
    match std::iter::from_fn(|| decoder.poll_event()).last() {
        Some(Decoded {
            event: Event::Vehicle(vehicle),
            ..
        }) => vehicle,
        other => panic!("{}: {other:?}", protocol.name),
    }
}

#[tokio::test]
async fn every_controller_tells_of_a_truck_through_a_port() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = configuration(&folder.path().join("data"));
    let mut controllers: Vec<Controller> = (1..)
        .zip(PROTOCOLS.iter().filter(|p| p.kind == Kind::VehicleRecord))
        .map(|(lane, protocol)| {
            let record = record(protocol);
            Controller {
                protocol,
                lane,
                line: PtyFeeder::open().unwrap(),
                said: decoded(protocol, &record),
                record,
                heard: Vec::new(),
            }
        })
        .collect();
    assert!(controllers.len() >= 8, "{}", controllers.len());
    for controller in &controllers {
        config.lanes.push(lane(controller.lane, ScaleUse::OffSite));
        let name = format!("wim-{}", controller.lane);
        let protocol = controller.protocol.name;
        let mut port = Port::new(&name, controller.line.path(), PortRole::Wim, protocol);
        port.lane = Some(controller.lane);
        port.device_lane = controller.said.lane;
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
    for controller in &mut controllers {
        let Controller { line, record, .. } = controller;
        line.feed(record, PATIENCE).unwrap();
    }
    let count = controllers.len();
    let all = |list: &Value| list["items"].as_array().unwrap().len() == count;
    let list = daemon.wait_for("/api/v1/passages?limit=200", all).await;
    let weighed: BTreeMap<u64, &Value> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| (item["lane"].as_u64().unwrap(), item))
        .collect();
    for controller in &mut controllers {
        let name = controller.protocol.name;
        let item = weighed[&u64::from(controller.lane)];
        assert_eq!(
            item["gross_kg"].as_i64(),
            controller.said.gross_kg,
            "{name}: {item}"
        );
        let id = item["passage_id"].as_str().unwrap();
        let passage = daemon.get(&format!("/api/v1/passages/{id}")).await;
        let axles = passage["axles"].as_array().unwrap();
        assert_eq!(
            axles.len(),
            controller.said.axles.len(),
            "{name}: {passage}"
        );
        // Records without a check are for pre-selection, whatever they weigh.
        let trusted = controller
            .protocol
            .evidence
            .iter()
            .any(|(_, grade)| *grade == firmware_protocols::evidence::Grade::Checked);
        let unproven = passage["flags"]
            .as_array()
            .unwrap()
            .iter()
            .any(|flag| flag == "protocol_unproven");
        assert!(
            trusted == (passage["weight_trusted"] == true && !unproven),
            "{name}: {passage}"
        );
        controller.heard.extend(controller.line.answers().unwrap());
    }
    for (name, answer) in [
        ("olr", &b"$OLR,1,A,"[..]),
        ("wanji_ff00", &[0xFF, 0x00, 0x12, 18]),
        ("wanji_jz", &[0xFF, 18, 0x02, 0x00]),
    ] {
        let controller = controllers
            .iter_mut()
            .find(|controller| controller.protocol.name == name)
            .unwrap();
        let mut waited = 0;
        while !controller
            .heard
            .windows(answer.len())
            .any(|window| window == answer)
        {
            assert!(waited < 2_000, "{name} heard {:02X?}", controller.heard);
            waited += 1;
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            controller.heard.extend(controller.line.answers().unwrap());
        }
    }
}
