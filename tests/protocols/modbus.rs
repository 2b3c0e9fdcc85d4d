//! An indicator that another Modbus library plays: the daemon asks it for its registers over a real
//! port and weighs a truck.

use std::future::{Ready, ready};
use std::time::Duration;

use firmware_protocols::registry::find;
use steelyard::config::Port;
use steelyard::lane::PortRole;
use steelyard::law::ScaleUse;
use steelyard::simulator::PtyFeeder;
use tokio_modbus::server::Service;
use tokio_modbus::server::rtu::Server;
use tokio_modbus::{ExceptionCode, Request, Response, SlaveRequest};

use crate::daemon::{Daemon, PATIENCE, add_user, write_config};
use crate::{configuration, lane};

const GROSS_KG: u32 = 49_200;

/// Answers with status and weight as the map of the test has them: register 100 is the status,
/// 101 and 102 the weight, high word first.
struct Indicator;

impl Service for Indicator {
    type Request = SlaveRequest<'static>;
    type Response = Response;
    type Exception = ExceptionCode;
    type Future = Ready<Result<Response, ExceptionCode>>;

    fn call(&self, request: Self::Request) -> Self::Future {
        ready(match request.request {
            Request::ReadInputRegisters(100, 3) => {
                let (high, low) = (GROSS_KG >> 16, GROSS_KG & 0xFFFF);
                // Bit 0: standing still.
                Ok(Response::ReadInputRegisters(vec![
                    1,
                    high as u16,
                    low as u16,
                ]))
            }
            _ => Err(ExceptionCode::IllegalDataAddress),
        })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_indicator_of_another_library_is_asked_and_weighs_a_truck() {
    assert!(find("modbus_rtu").is_ok());
    let folder = tempfile::tempdir().unwrap();
    let mut config = configuration(&folder.path().join("data"));
    config.platform.agreeing_frames = 4;
    config.platform.agreeing_for_ms = 150;
    config.lanes.push(lane(1, ScaleUse::Platform));
    // Two pseudo-terminals and the cable between them: a port can be opened by one side only.
    let (mut host, mut device) = (PtyFeeder::open().unwrap(), PtyFeeder::open().unwrap());
    let mut port = Port::new("scale", host.path(), PortRole::Platform, "modbus_rtu");
    port.lane = Some(1);
    for (key, value) in [
        ("unit", "7"),
        ("function", "4"),
        ("address", "100"),
        ("count", "3"),
        ("register", "101"),
        ("kind", "u32"),
        ("weight_unit", "kg"),
        ("status", "100.0=stable"),
        ("poll_ms", "60"),
    ] {
        port.settings.insert(key.to_owned(), value.to_owned());
    }
    config.ports.push(port);
    let path = write_config(folder.path(), &config);
    add_user(&path);
    let server = Server::new_from_path(device.path(), 9_600).unwrap();
    let indicator = tokio::spawn(server.serve_forever(Indicator));
    let cable = tokio::spawn(async move {
        loop {
            let asked = host.answers().unwrap();
            device.feed(&asked, PATIENCE).unwrap();
            let answered = device.answers().unwrap();
            host.feed(&answered, PATIENCE).unwrap();
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    });
    let mut daemon = Daemon::start(&path);
    daemon.sign_in().await;
    let weighed = daemon
        .wait_for("/api/v1/passages", |list| {
            !list["items"].as_array().unwrap().is_empty()
        })
        .await;
    assert_eq!(weighed["items"][0]["gross_kg"], GROSS_KG, "{weighed}");
    let status = daemon.get("/api/v1/status").await;
    assert_eq!(
        status["ports"][0]["rejects"],
        serde_json::json!({}),
        "{status}"
    );
    indicator.abort();
    cable.abort();
}
