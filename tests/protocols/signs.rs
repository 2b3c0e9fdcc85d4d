//! An overloaded truck is called in by sign and light; a sign that does not answer is shown as
//! failing, and nothing waits for it.

use std::time::Duration;

use firmware_protocols::{Settings, Vehicle, registry, specimen};
use serde_json::Value;
use steelyard::clock::{Clock, SystemClock};
use steelyard::config::Port;
use steelyard::lane::PortRole;
use steelyard::law::ScaleUse;
use steelyard::simulator::emission::device_time;
use steelyard::simulator::sign::SimulatedSign;
use steelyard::simulator::{PtyFeeder, speak};

use crate::daemon::{Daemon, PATIENCE, add_user, write_config};
use crate::{configuration, lane};

/// A two-axle truck of 40 t that crosses now.
fn overloaded(sequence: u64) -> Vec<u8> {
    let mut truck = Vehicle {
        lane: Some(1),
        sequence: Some(sequence),
        time: device_time(SystemClock::new().now(), true),
        flags: vec![],
        gross_kg: Some(40_000),
        ..specimen::vehicle(0, true, true)
    };
    for axle in &mut truck.axles {
        (axle.left_kg, axle.right_kg) = (Some(10_000), Some(10_000));
        axle.load_kg = Some(20_000);
    }
    let olr = registry::find("olr").unwrap();
    speak::vehicle(olr, &Settings::new(), &truck, None).unwrap()
}

struct Board {
    line: PtyFeeder,
    sign: SimulatedSign,
}

impl Board {
    fn new(protocol: &str) -> Self {
        Self {
            line: PtyFeeder::open().unwrap(),
            sign: SimulatedSign::new(protocol).unwrap(),
        }
    }

    /// Answers until it shows what is wanted.
    async fn until_it_shows(&mut self, wanted: &str) {
        for _ in 0..6_000 {
            let heard = self.line.answers().unwrap();
            let answer = self.sign.receive(&heard);
            self.line.feed(&answer, PATIENCE).unwrap();
            if self.sign.showing() == wanted {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("it shows {:?} and not {wanted:?}", self.sign.showing());
    }
}

fn port<'a>(status: &'a Value, name: &str) -> &'a Value {
    let mut ports = status["ports"].as_array().unwrap().iter();
    ports.find(|port| port["name"] == name).unwrap()
}

#[tokio::test]
async fn a_truck_is_called_in_and_a_dead_sign_holds_up_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = configuration(&folder.path().join("data"));
    config.guidance.hold_ms = 4_000;
    config.guidance.answer_ms = 300;
    config.guidance.overloaded_text = "{plate} 超限 请进站检测".to_owned();
    config.lanes.push(lane(1, ScaleUse::OffSite));
    let mut wim = PtyFeeder::open().unwrap();
    let (mut board, mut light) = (Board::new("text_sign"), Board::new("signal_output"));
    for (name, path, role, protocol) in [
        ("wim-1", wim.path(), PortRole::Wim, "olr"),
        ("sign-1", board.line.path(), PortRole::Sign, "text_sign"),
        (
            "light-1",
            light.line.path(),
            PortRole::Signal,
            "signal_output",
        ),
    ] {
        let mut port = Port::new(name, path, role, protocol);
        port.lane = (role != PortRole::Signal).then_some(1);
        config.ports.push(port);
    }
    let path = write_config(folder.path(), &config);
    add_user(&path);
    let mut daemon = Daemon::start(&path);
    daemon.sign_in().await;
    light.until_it_shows("off").await;
    wim.feed(&overloaded(1), PATIENCE).unwrap();
    // Nobody read a plate: the text does without.
    board.until_it_shows("超限 请进站检测").await;
    light.until_it_shows("red").await;
    let shown = |status: &Value| {
        port(status, "sign-1")["showing"] == "超限 请进站检测"
            && port(status, "light-1")["showing"] == "red"
    };
    daemon.wait_for("/api/v1/status", shown).await;
    // Then it is dark again.
    board.until_it_shows("").await;
    light.until_it_shows("off").await;

    // From here on the sign is dead: it takes what it is sent and says nothing.
    wim.feed(&overloaded(2), PATIENCE).unwrap();
    let failing = |status: &Value| {
        let sign = port(status, "sign-1");
        sign["state"] == "unanswered"
            && sign["last_error"]
                .as_str()
                .is_some_and(|why| why.contains("没有应答"))
    };
    daemon.wait_for("/api/v1/status", failing).await;
    light.until_it_shows("red").await;
    for sequence in 3..=12 {
        wim.feed(&overloaded(sequence), PATIENCE).unwrap();
    }
    let all = |list: &Value| list["items"].as_array().unwrap().len() == 12;
    daemon.wait_for("/api/v1/passages?limit=100", all).await;
    // It comes back by one answer.
    let works = |status: &Value| port(status, "sign-1")["state"] == "connected";
    for _ in 0..3_000 {
        let heard = board.line.answers().unwrap();
        let answer = board.sign.receive(&heard);
        board.line.feed(&answer, PATIENCE).unwrap();
        if works(&daemon.get("/api/v1/status").await) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{}", daemon.get("/api/v1/status").await);
}
