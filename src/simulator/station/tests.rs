use std::sync::Arc;
use std::time::Duration;

use super::{Options, SimulatedPort, SimulatedStation};
use crate::clock::{Clock, SystemClock};
use crate::simulator::emission::{Encoders, WimProtocol};
use crate::simulator::settings::DefectShares;
use crate::simulator::settings::Settings;
use crate::simulator::truth::Told;
use firmware_protocols::olr::{self, Acknowledge, Address, Answer, Message};
use firmware_protocols::vc0706_jpeg::Session;
use firmware_protocols::{Decoder, Event, Settings as Protocol, Vehicle, registry};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_serial::{SerialPortBuilderExt, SerialStream};

/// A condition that does not come true within this time fails the test.
const PATIENCE: Duration = Duration::from_secs(30);

fn start(options: Options) -> (SimulatedStation, Vec<SimulatedPort>) {
    let settings = Settings {
        defects: DefectShares::NONE,
        ..Settings::demo()
    };
    SimulatedStation::start_with(options, settings, Arc::new(SystemClock::new()), 1.0).unwrap()
}

fn open(ports: &[SimulatedPort], name: &str) -> (SerialStream, Box<dyn Decoder>) {
    let port = ports.iter().find(|port| port.name == name).unwrap();
    let mut settings = Protocol::new();
    for (key, value) in &port.settings {
        settings.set(key, value);
    }
    let decoder = (registry::find(&port.protocol).unwrap().decoder)(&settings).unwrap();
    let line = tokio_serial::new(port.path.to_str().unwrap(), 115_200).open_native_async();
    (line.unwrap(), decoder)
}

async fn events(line: &mut SerialStream, decoder: &mut Box<dyn Decoder>) -> Vec<Event> {
    let mut piece = [0; 4_096];
    let count = tokio::time::timeout(PATIENCE, line.read(&mut piece))
        .await
        .unwrap()
        .unwrap();
    assert!(count > 0, "the line hung up");
    decoder.push(&piece[..count]);
    std::iter::from_fn(|| decoder.poll_event())
        .map(|decoded| decoded.event)
        .collect()
}

async fn next_vehicle(line: &mut SerialStream, decoder: &mut Box<dyn Decoder>) -> Vehicle {
    loop {
        for event in events(line, decoder).await {
            match event {
                Event::Vehicle(vehicle) => return vehicle,
                Event::Heartbeat(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}

fn acknowledge(vehicle: &Vehicle) -> Vec<u8> {
    let address = Address {
        station: vehicle.station.clone().unwrap(),
        lane: vehicle.lane.unwrap(),
    };
    let sequence = u32::try_from(vehicle.sequence.unwrap()).ok();
    let word = Acknowledge {
        address,
        sequence,
        answer: Answer::Ok,
    };
    olr::encode(&Message::Acknowledge(word)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn records_come_again_until_acknowledged_and_agree_with_the_truth() {
    let folder = tempfile::tempdir().unwrap();
    let truth_file = folder.path().join("truth.jsonl");
    let (station, ports) = start(Options {
        truth_file: Some(truth_file.clone()),
        ..Options::default()
    });
    let (mut line, mut decoder) = open(&ports, "wim-1");
    let first = next_vehicle(&mut line, &mut decoder).await;
    // Not acknowledged: it comes again, byte for byte the same event.
    loop {
        let again = next_vehicle(&mut line, &mut decoder).await;
        if again.sequence == first.sequence {
            assert_eq!(again, first);
            break;
        }
    }
    // Acknowledged: others come, this one never again while three more are newly seen.
    line.write_all(&acknowledge(&first)).await.unwrap();
    let mut seen = std::collections::BTreeSet::new();
    while seen.len() < 3 {
        let vehicle = next_vehicle(&mut line, &mut decoder).await;
        if vehicle.sequence == first.sequence {
            // One copy may have been on its way when the acknowledge was written.
            assert!(seen.is_empty(), "{vehicle:?} came after its acknowledge");
            continue;
        }
        line.write_all(&acknowledge(&vehicle)).await.unwrap();
        seen.insert(vehicle.sequence);
    }
    let truth = station.truth();
    let sequence = first.sequence.unwrap();
    let crossing = truth
        .iter()
        .find(|c| c.lane == 1 && c.records[0].measured.sequence == sequence)
        .unwrap();
    let encoders = Encoders::new("DEMO01", WimProtocol::Olr).unwrap();
    assert_eq!(encoders.vehicle(&crossing.records[0]), first);
    station.shutdown().await;
    let written = std::fs::read_to_string(truth_file).unwrap();
    assert!(
        written
            .lines()
            .any(|line| line == Told::new(crossing.as_ref().clone()).line(&[]))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_device_speaks_its_protocol() {
    let (station, ports) = start(Options::default());
    let names: Vec<&str> = ports.iter().map(|port| port.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "wim-1",
            "wim-2",
            "plate-1",
            "plate-2",
            "picture-1",
            "picture-2",
            "platform",
            "plate-platform",
            "sign-1",
            "sign-2",
            "signal-1",
            "signal-2",
        ]
    );
    let (mut plates, mut plate_decoder) = open(&ports, "plate-1");
    let (mut scale, mut scale_decoder) = open(&ports, "platform");
    let shown = events(&mut scale, &mut scale_decoder).await;
    assert!(
        shown
            .iter()
            .all(|event| matches!(event, Event::Reading(reading)
        if reading.value.unwrap().digits == 0 && reading.stable == Some(true)))
    );
    let read = loop {
        if let Some(event) = events(&mut plates, &mut plate_decoder).await.pop() {
            break event;
        }
    };
    let Event::Plate(plate) = read else {
        panic!("{read:?}")
    };
    assert!(plate.checked && plate.lane == Some(1));
    let truth = station.truth();
    assert!(
        truth
            .iter()
            .any(|c| Some(c.vehicle.plate.to_string()) == plate.plate)
    );
    station.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_picture_camera_shows_the_truck_that_stands_in_the_lane() {
    let (station, ports) = start(Options::default());
    let (mut line, mut decoder) = open(&ports, "picture-1");
    let mut session = Session::new(&Protocol::new()).unwrap();
    let clock = SystemClock::new();
    // One picture after the other: sooner or later another vehicle has come between two of them.
    let until_another_came = async {
        let mut shown: Option<Vec<u8>> = None;
        loop {
            let came = station.truth().iter().any(|crossing| crossing.lane == 1);
            if came && !session.is_busy() {
                session.trigger(clock.now().get());
            }
            while let Some(command) = session.poll_transmit() {
                line.write_all(&command).await.unwrap();
            }
            let mut piece = [0; 4_096];
            let read = tokio::time::timeout(Duration::from_millis(20), line.read(&mut piece)).await;
            if let Ok(count) = read {
                decoder.push(&piece[..count.unwrap()]);
            }
            let now = clock.now().get();
            while let Some(decoded) = decoder.poll_event() {
                session.handle_event(now, &decoded.event);
                if let Event::Picture(picture) = decoded.event {
                    image::load_from_memory(&picture.jpeg).unwrap();
                    if shown.is_some_and(|before| before != picture.jpeg) {
                        return;
                    }
                    shown = Some(picture.jpeg);
                }
            }
            if session.poll_timeout().is_some_and(|at| at <= now) {
                session.handle_timeout(now);
            }
            if session.take_resync() {
                decoder.finish();
            }
            session.poll_outcome();
        }
    };
    let waited = tokio::time::timeout(2 * PATIENCE, until_another_came).await;
    waited.expect("the camera shows the same all the time");
    station.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_survives_that_the_host_closes_and_opens_it() {
    let (station, ports) = start(Options {
        wim: WimProtocol::WimTextMon,
        ..Options::default()
    });
    for _ in 0..3 {
        let (mut scale, mut decoder) = open(&ports, "platform");
        while events(&mut scale, &mut decoder).await.is_empty() {}
    }
    let (mut line, mut decoder) = open(&ports, "wim-2");
    let vehicle = next_vehicle(&mut line, &mut decoder).await;
    assert_eq!(vehicle.lane, Some(2));
    assert!(!vehicle.checked);
    assert_eq!(station.unacknowledged(), 0, "text records wait for nobody");
    station.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn shutdown_closes_the_lines() {
    let (station, ports) = start(Options::default());
    let (mut line, _) = open(&ports, "wim-1");
    station.shutdown().await;
    let mut piece = [0; 64];
    let end = tokio::time::timeout(PATIENCE, async {
        // What was sent before may still be read; then comes the end.
        loop {
            match line.read(&mut piece).await {
                Ok(0) | Err(_) => return,
                Ok(_) => {}
            }
        }
    });
    end.await.unwrap();
}

/// Every line of a station whose devices are of other makes: what comes out of it is what its
/// protocol says, and a scale that waits to be asked answers.
#[tokio::test(flavor = "multi_thread")]
async fn a_station_of_other_makes_speaks_its_protocols() {
    let (station, ports) = start(Options {
        wim: WimProtocol::Other("wanji_jz"),
        scale: "yaohua_xk3190_command",
        camera: "nedap_protocolled",
        ..Options::default()
    });
    let (mut wim, mut wim_decoder) = open(&ports, "wim-1");
    let (mut plates, mut plate_decoder) = open(&ports, "plate-1");
    let (mut scale, mut scale_decoder) = open(&ports, "platform");
    let vehicle = loop {
        if let Some(event) = events(&mut wim, &mut wim_decoder).await.pop() {
            break event;
        }
    };
    assert!(
        matches!(vehicle, Event::Vehicle(vehicle) if vehicle.checked),
        "a vehicle"
    );
    let plate = loop {
        if let Some(event) = events(&mut plates, &mut plate_decoder).await.pop() {
            break event;
        }
    };
    assert!(
        matches!(plate, Event::Plate(plate) if plate.checked),
        "a plate"
    );
    let question = scale_decoder.poll_transmit(0).unwrap();
    scale.write_all(&question).await.unwrap();
    let weight = loop {
        if let Some(event) = events(&mut scale, &mut scale_decoder).await.pop() {
            break event;
        }
    };
    assert!(matches!(weight, Event::Reading(_)), "{weight:?}");
    station.shutdown().await;
}
