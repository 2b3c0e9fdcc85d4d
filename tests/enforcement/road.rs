//! A whole station in this process, whose time the test moves: ports, intake, recorder, store and API,
//! with a lane whose scale drifts when the test says so.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use firmware_protocols::olr::{self, Extra, Message};
use firmware_protocols::vc0706_jpeg::Camera;
use firmware_protocols::{Axle, DeviceTime, Direction, Vehicle};
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use steelyard::api::{self, AppState, CaseworkContext};
use steelyard::cli::user;
use steelyard::clock::{Clock, ManualClock, SystemEntropy};
use steelyard::config::{ClockSource, Config, HostClock, Station as Place};
use steelyard::lane::PortRole;
use steelyard::law::LawTables;
use steelyard::passage::passage_id;
use steelyard::role::Role;
use steelyard::simulator::PtyFeeder;
use steelyard::station::Station;
use steelyard::store::records::Actor;
use steelyard::store::{Store, StoreSettings};
use steelyard::units::Micros;
use tokio_util::sync::CancellationToken;

use crate::daemon::{PASSWORD, PATIENCE};
use crate::devices::{STATION, jpeg, lane, plate_line, port};

/// Between two looks at what the devices hear.
const LOOK_EVERY: Duration = Duration::from_millis(1);
/// Between two trucks: time enough for the passage of the first to be over.
const HEADWAY: Micros = Micros::from_seconds(30);

/// A six-axle tractor-trailer as it truly is.
#[derive(Debug, Clone, Copy)]
pub struct Truck {
    pub loads: [i64; 6],
    /// The first is none.
    pub spacings: [i64; 6],
}

impl Truck {
    /// One of many, loaded and within its limit; no two are alike.
    pub fn legal(number: i64) -> Self {
        let apart = |step: i64, range: i64| number * step % (2 * range + 1) - range;
        Self {
            loads: [
                6_400 + apart(53, 300),
                7_400 + apart(71, 400),
                7_400 + apart(31, 400),
                7_000 + apart(97, 500),
                7_000 + apart(29, 500),
                7_000 + apart(61, 500),
            ],
            spacings: [
                0,
                3_300 + apart(41, 120),
                1_350 + apart(37, 33),
                6_800,
                1_310,
                1_310,
            ],
        }
    }

    /// One far above the limit.
    pub fn overloaded(number: i64) -> Self {
        let legal = Self::legal(number);
        Self {
            loads: [8_000, 13_000, 13_000, 14_000, 14_000, 14_000 + number],
            ..legal
        }
    }
}

/// The station and its devices.
pub struct Road {
    pub folder: tempfile::TempDir,
    pub store: Store,
    clock: Arc<ManualClock>,
    station: Station,
    url: String,
    stop: CancellationToken,
    server: tokio::task::JoinHandle<std::io::Result<()>>,
    client: Client,
    /// Who is signed in; a session outlives the test.
    tokens: Mutex<BTreeMap<String, String>>,
    wim: PtyFeeder,
    plate: PtyFeeder,
    picture: PtyFeeder,
    camera: Camera,
    heard: Vec<u8>,
    /// What the scale makes of a load or a speed, per mille.
    pub gain_per_mille: i64,
    /// Trucks so far.
    pub trucks: u32,
}

impl Road {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(
            Micros::from_rfc3339("2026-11-24T00:00:07Z").unwrap(),
        ));
        let lines = [(); 3].map(|()| PtyFeeder::open().unwrap());
        let config = config(folder.path(), &lines, clock.now());
        let [wim, plate, picture] = lines;
        // All pictures show the same: what is on them is no matter here.
        let mut camera = Camera::new(0);
        camera.show(jpeg(1, clock.now()));
        let settings = StoreSettings::in_folder(&config.station.data_dir, STATION);
        let told = Arc::clone(&clock) as Arc<dyn Clock>;
        let store = Store::open(settings, Arc::clone(&told), Arc::new(SystemEntropy));
        let store = store.await.unwrap();
        let started = json!({ "config": config.effective().unwrap() });
        let by = Actor::station();
        store.append("started", by.clone(), started).await.unwrap();
        for (name, role) in [("li", Role::Operator), ("wang", Role::Supervisor)] {
            let added = user::add(&store, name, role, PASSWORD, &SystemEntropy, &by);
            added.await.unwrap();
        }
        let tables = Arc::new(LawTables::embedded().unwrap());
        let config = Arc::new(config);
        let casework = CaseworkContext::new(
            &config.station.code,
            Arc::clone(&tables),
            config.casework.clone(),
            Micros::from_seconds(30 * 60),
        );
        let casework = casework.unwrap();
        let station = Station::start(config, tables, store.clone(), Arc::clone(&told));
        let station = station.await.unwrap();
        let stop = CancellationToken::new();
        let (entropy, status) = (Arc::new(SystemEntropy), station.status());
        let state = AppState::new(
            store.clone(),
            told,
            entropy,
            status,
            stop.clone(),
            false,
            casework,
        );
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(api::serve(listener, state.unwrap()));
        Self {
            folder,
            store,
            clock,
            station,
            url,
            stop,
            server,
            client: Client::new(),
            tokens: Mutex::default(),
            wim,
            plate,
            picture,
            camera,
            heard: Vec::new(),
            gain_per_mille: 1_000,
            trucks: 0,
        }
    }

    /// A truck crosses some time after the one before, its plate is read and its picture taken. It has
    /// crossed when its record is acknowledged, and so durable. Yields its passage id.
    pub async fn crosses(&mut self, truck: &Truck) -> String {
        self.trucks += 1;
        let at = self.clock.now().saturating_add(HEADWAY);
        self.clock.set(at);
        let plate = format!("鲁B{:05}", self.trucks);
        self.plate
            .feed(&plate_line(1, &plate, at), PATIENCE)
            .unwrap();
        self.plate.wait_until_read(PATIENCE).unwrap();
        self.wim.feed(&self.record(truck, at), PATIENCE).unwrap();
        let (mut acknowledged, mut asked) = (false, Vec::new());
        for _ in 0..PATIENCE.as_millis() {
            acknowledged |= self.is_acknowledged();
            let questions = self.picture.answers().unwrap();
            let reply = self.camera.handle(&questions);
            self.picture.feed(&reply, PATIENCE).unwrap();
            asked.extend(questions);
            if acknowledged && is_over(&asked) {
                return passage_id(STATION, "wim-1", at, Some(u64::from(self.trucks)));
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        panic!(
            "truck {}: acknowledged: {acknowledged}, {asked:?}",
            self.trucks
        );
    }

    fn record(&self, truck: &Truck, at: Micros) -> Vec<u8> {
        let measured = |value: i64| value * self.gain_per_mille / 1_000;
        let axles = truck.loads.iter().zip(truck.spacings);
        let axle = |(load, spacing): (&i64, i64)| Axle {
            load_kg: Some(measured(*load)),
            left_kg: Some(measured(*load) / 2),
            right_kg: Some(measured(*load) - measured(*load) / 2),
            spacing_mm: (spacing > 0).then_some(measured(spacing)),
            ..Axle::default()
        };
        let axles: Vec<Axle> = axles.map(axle).collect();
        let vehicle = Vehicle {
            station: Some(STATION.to_owned()),
            sequence: Some(u64::from(self.trucks)),
            time: DeviceTime::from_micros(at.get(), true),
            lane: Some(1),
            direction: Some(Direction::Forward),
            speed_tenth_kmh: Some(634),
            length_mm: Some(16_840),
            gross_kg: Some(axles.iter().filter_map(|axle| axle.load_kg).sum()),
            axles,
            flags: Vec::new(),
            confidence: Some(95),
            checked: true,
            ..Vehicle::default()
        };
        olr::encode(&Message::Vehicle(vehicle, Extra::default())).unwrap()
    }

    fn is_acknowledged(&mut self) -> bool {
        self.heard.extend(self.wim.answers().unwrap());
        let mut found = false;
        while let Some(end) = self.heard.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.heard.drain(..=end).collect();
            if let Ok(Message::Acknowledge(word)) = olr::parse_line(line.trim_ascii_end()) {
                assert_eq!(word.answer, olr::Answer::Ok, "{word:?}");
                found |= word.sequence == Some(self.trucks);
            }
        }
        found
    }

    /// Lets time pass until every passage is over.
    pub async fn close_all(&mut self) {
        let over = self.clock.now().saturating_add(HEADWAY);
        self.clock.set(over);
        for _ in 0..PATIENCE.as_millis() {
            let counts = self.store.counts().await.unwrap();
            if counts.unclosed == 0 {
                return;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        panic!("passages stay open");
    }

    async fn token(&self, user: &str) -> String {
        let known = self.tokens.lock().unwrap().get(user).cloned();
        if let Some(token) = known {
            return token;
        }
        let body = json!({"user": user, "password": PASSWORD});
        let (status, answer) = self.send(Method::POST, None, "/api/v1/login", &body).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        let token = answer["token"].as_str().unwrap().to_owned();
        let mut tokens = self.tokens.lock().unwrap();
        tokens.insert(user.to_owned(), token.clone());
        token
    }

    async fn send(
        &self,
        method: Method,
        token: Option<&str>,
        path: &str,
        body: &Value,
    ) -> (StatusCode, Value) {
        let mut request = self.client.request(method, format!("{}{path}", self.url));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if !body.is_null() {
            request = request.json(body);
        }
        let response = request.send().await.unwrap();
        let status = response.status();
        let text = response.text().await.unwrap();
        (
            status,
            serde_json::from_str(&text).unwrap_or(Value::String(text)),
        )
    }

    /// A JSON answer, as a user is given it.
    pub async fn get(&self, user: &str, path: &str) -> Value {
        let token = self.token(user).await;
        let answer = self.send(Method::GET, Some(&token), path, &Value::Null);
        let (status, body) = answer.await;
        assert_eq!(status, StatusCode::OK, "{path}: {body}");
        body
    }

    /// Asks until the answer is as wanted.
    pub async fn wait_for(&self, user: &str, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..PATIENCE.as_millis() {
            let answer = self.get(user, path).await;
            if wanted(&answer) {
                return answer;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        panic!("{path} never comes to what is wanted");
    }

    /// Does something as a user.
    pub async fn post(&self, user: &str, path: &str, body: &Value) -> (StatusCode, Value) {
        let token = self.token(user).await;
        self.send(Method::POST, Some(&token), path, body).await
    }

    /// Stops it all; yields the folder with the station's data.
    pub async fn shut_down(self) -> tempfile::TempDir {
        self.station.shutdown().await;
        self.stop.cancel();
        drop(self.client);
        self.server.await.unwrap().unwrap();
        self.store.shutdown().await;
        self.folder
    }
}

/// Whether the host froze a picture and has let the camera go on since.
fn is_over(asked: &[u8]) -> bool {
    const FREEZE: [u8; 3] = [0x36, 0x01, 0x00];
    const RESUME: [u8; 3] = [0x36, 0x01, 0x03];
    let frozen = asked.windows(3).position(|bytes| bytes == FREEZE);
    frozen.is_some_and(|at| asked[at..].windows(3).any(|bytes| bytes == RESUME))
}

fn config(folder: &Path, lines: &[PtyFeeder; 3], now: Micros) -> Config {
    let mut config = Config::of_station(Place {
        code: STATION.to_owned(),
        name: "测试站".to_owned(),
        data_dir: folder.join("data"),
        simulated: true,
    });
    std::fs::create_dir(&config.station.data_dir).unwrap();
    let file = folder.join("clock.toml");
    std::fs::write(&file, "synchronised = true\nmaximum_error_us = 900\n").unwrap();
    config.host_clock = HostClock {
        source: ClockSource::File,
        file: Some(file),
        ..HostClock::default()
    };
    config.lanes.push(lane(1, now.beijing_day()));
    let [wim, plate, picture] = lines;
    config
        .ports
        .push(port("wim-1", wim.path(), PortRole::Wim, "olr"));
    let mut camera = port("plate-1", plate.path(), PortRole::Plate, "plate_text");
    camera.settings = BTreeMap::from([("checksum".to_owned(), "crc16".to_owned())]);
    config.ports.push(camera);
    let path = picture.path();
    config
        .ports
        .push(port("picture-1", path, PortRole::Picture, "vc0706_jpeg"));
    config
}
