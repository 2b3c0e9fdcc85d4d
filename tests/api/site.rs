//! A station's server to talk to, with a clock that the test moves.

use std::path::Path;
use std::sync::Arc;

use reqwest::{Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use steelyard::api::{self, AppState, CaseworkContext};
use steelyard::casework::procedure::Facts;
use steelyard::casework::record::{closing_body, weighing_body};
use steelyard::casework::{CaseFile, Judgement, WithheldReason};
use steelyard::cli::user;
use steelyard::clock::{Clock, ManualClock, SystemEntropy};
use steelyard::config::Casework;
use steelyard::law::{Assessment, LawTables, Measured, VehicleDescription, VerdictClass, assess};
use steelyard::passage::{
    Association, AxleLoad, Candidate, ClosedPassage, PassageKind, PlateRead, PlateState, RawBytes,
    TakenPicture, Weighing, passage_id,
};
use steelyard::role::Role;
use steelyard::status::{PortState, PortStatus, StationStatus};
use steelyard::store::records::{
    Actor, CaseColumns, CaseEffect, NewCase, NewClosing, NewWeighing, PictureReference, Recorded,
};
use steelyard::store::{Store, StoreSettings};
use steelyard::units::{Kilograms, Micros, Millimetres, Yuan};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

pub const PASSWORD: &str = "gravel-noon-7-horses";
pub const PLATE: &str = "晋A12345";

pub fn start() -> Micros {
    Micros::from_rfc3339("2025-03-14T08:00:00Z").unwrap()
}

/// The law, working days and settings of casework, as a station has them that says nothing.
pub fn casework() -> CaseworkContext {
    let tables = Arc::new(LawTables::embedded_for("cn").unwrap());
    let act_window = Micros::from_seconds(30 * 60);
    CaseworkContext::new("S1", tables, Casework::default(), act_window).unwrap()
}

pub struct Site {
    pub store: Store,
    pub clock: Arc<ManualClock>,
    pub status: watch::Sender<StationStatus>,
    pub url: String,
    pub stop: CancellationToken,
    pub client: Client,
    server: tokio::task::JoinHandle<std::io::Result<()>>,
    _folder: tempfile::TempDir,
}

impl Site {
    pub async fn new() -> Self {
        Self::with(false).await
    }

    pub async fn with(behind_proxy: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(start()));
        let store = open(folder.path(), Arc::clone(&clock)).await;
        let (status, watched) = watch::channel(station_status());
        let stop = CancellationToken::new();
        let state = AppState::new(
            store.clone(),
            Arc::clone(&clock) as Arc<dyn Clock>,
            Arc::new(SystemEntropy),
            watched,
            stop.clone(),
            behind_proxy,
            casework(),
        )
        .unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = tokio::spawn(api::serve(listener, state));
        let client = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            store,
            clock,
            status,
            url,
            stop,
            client,
            server,
            _folder: folder,
        }
    }

    pub async fn user(&self, name: &str, role: Role) {
        let by = Actor("system:test".into());
        user::add(&self.store, name, role, PASSWORD, &SystemEntropy, &by)
            .await
            .unwrap();
    }

    /// Adds a user and signs in.
    pub async fn token(&self, name: &str, role: Role) -> String {
        self.user(name, role).await;
        self.sign_in(name).await
    }

    pub async fn sign_in(&self, name: &str) -> String {
        let response = self.try_sign_in(name, PASSWORD).await;
        assert_eq!(response.status(), StatusCode::OK);
        let body: Value = response.json().await.unwrap();
        body["token"].as_str().unwrap().to_owned()
    }

    pub async fn try_sign_in(&self, user: &str, password: &str) -> Response {
        let body = json!({"user": user, "password": password});
        self.request(Method::POST, None, "/api/v1/login")
            .json(&body)
            .send()
            .await
            .unwrap()
    }

    pub fn request(&self, method: Method, token: Option<&str>, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.url));
        match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub async fn get(&self, token: &str, path: &str) -> (StatusCode, Value) {
        answer(
            self.request(Method::GET, Some(token), path)
                .send()
                .await
                .unwrap(),
        )
        .await
    }

    pub async fn post(&self, token: &str, path: &str, body: &Value) -> (StatusCode, Value) {
        let request = self.request(Method::POST, Some(token), path).json(body);
        answer(request.send().await.unwrap()).await
    }

    pub fn pass(&self, seconds: i64) {
        self.clock.set(
            self.clock
                .now()
                .saturating_add(Micros::from_seconds(seconds)),
        );
    }

    /// Records a weighing `seconds` after the start; gives its id.
    pub async fn weigh(&self, truck: &Truck) -> String {
        let passage = truck.passage();
        let recorded = self
            .store
            .record_weighing(truck.weighing(&passage))
            .await
            .unwrap();
        assert!(matches!(recorded, Recorded::New { .. }), "{recorded:?}");
        passage.weighing.passage_id
    }

    /// Records and closes a passage, with a case when the truck deserves one.
    pub async fn cross(&self, truck: &Truck) -> String {
        let id = self.weigh(truck).await;
        let mut passage = truck.passage();
        let mut pictures = Vec::new();
        if truck.picture {
            let jpeg = jpeg(truck.number);
            let sha256 = self.store.pictures().put(jpeg.clone()).await.unwrap();
            passage.pictures.push(TakenPicture {
                port: "pic-1".into(),
                view: "front".into(),
                taken_at: passage.weighing.crossed_at,
                sha256: sha256.clone(),
            });
            pictures.push(PictureReference {
                sha256,
                view: "front".into(),
                bytes: i64::try_from(jpeg.len()).unwrap(),
                width: 16,
                height: 16,
                taken_at: passage.weighing.crossed_at,
            });
        }
        let judgement = truck.judgement();
        let case = match CaseFile::open(&passage, &judgement).filter(|_| truck.case) {
            Some(case) => CaseEffect::Open(NewCase {
                case_id: case.case_id.clone(),
                columns: Box::new(CaseColumns::of(
                    &case.index(&Facts::default(), case.opened_at),
                    &case,
                )),
                actor: Actor::station(),
                alone_within: None,
                body: case.opening_body(),
            }),
            None => CaseEffect::None,
        };
        let withheld = if truck.case {
            &[][..]
        } else {
            &[WithheldReason::PictureMissing][..]
        };
        let closing = NewClosing {
            passage_id: id.clone(),
            closed_at: passage.closed_at,
            plate: passage.plate().map(str::to_owned),
            plate_state: passage.association.state.name(),
            enforceable: truck.case,
            class: truck.class.map(|class| class.name().to_owned()),
            overage_kg: judgement.overage_kg,
            pictures,
            body: closing_body(&passage, &judgement, withheld),
            case,
        };
        self.store.close_passage(closing).await.unwrap();
        id
    }

    /// Stops the server and waits until all its connections are done.
    pub async fn shut_down(self) {
        self.stop.cancel();
        drop(self.client);
        self.server.await.unwrap().unwrap();
        self.store.shutdown().await;
    }
}

pub async fn answer(response: Response) -> (StatusCode, Value) {
    let status = response.status();
    let text = response.text().await.unwrap();
    (
        status,
        serde_json::from_str(&text).unwrap_or(Value::String(text)),
    )
}

async fn open(folder: &Path, clock: Arc<ManualClock>) -> Store {
    let settings = StoreSettings::in_folder(folder, "ST0042");
    Store::open(settings, clock, Arc::new(SystemEntropy))
        .await
        .unwrap()
}

fn station_status() -> StationStatus {
    let mut status = StationStatus::starting("ST0042", "杨家岭治超检测站", start());
    status.ports.push(PortStatus {
        name: "wim-1".into(),
        role: "wim".into(),
        lane: Some(1),
        protocol: "olr".into(),
        state: PortState::Disconnected,
        since: start(),
        last_byte_at: None,
        bytes: 4_096,
        frames: 64,
        rejects: [("integrity".to_owned(), 3)].into(),
        repeated: 0,
        reconnects: 1,
        showing: None,
        minutes_heard: Some(60),
        periodic: true,
        last_error: Some("设备不存在 / no such device <wim-1>".into()),
    });
    status
}

/// A real JPEG, another one for each number.
pub fn jpeg(number: i64) -> Vec<u8> {
    let grey = u8::try_from(number.rem_euclid(256)).unwrap();
    let picture = image::RgbImage::from_fn(16, 16, |x, _| {
        image::Rgb([grey, u8::try_from(x * 15).unwrap(), 128])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, image::ImageFormat::Jpeg)
        .unwrap();
    bytes.into_inner()
}

/// What crosses.
#[derive(Debug, Clone)]
pub struct Truck {
    pub number: i64,
    pub lane: u16,
    pub plate: Option<&'static str>,
    pub class: Option<VerdictClass>,
    pub case: bool,
    pub picture: bool,
    pub crossed_at: Micros,
}

impl Truck {
    /// A clear one, `number` seconds after the start.
    pub fn new(number: i64) -> Self {
        Self {
            number,
            lane: 1,
            plate: Some("冀B0000学"),
            class: Some(VerdictClass::Clear),
            case: false,
            picture: false,
            crossed_at: start().saturating_add(Micros::from_seconds(number)),
        }
    }

    /// An overloaded one with a picture, that opens a case.
    pub fn overloaded(number: i64) -> Self {
        Self {
            plate: Some(PLATE),
            class: Some(VerdictClass::Overloaded),
            case: true,
            picture: true,
            ..Self::new(number)
        }
    }

    /// One of which the scale knew no axles: the law has no verdict.
    pub fn without_axles(number: i64) -> Self {
        Self {
            plate: Some(PLATE),
            class: None,
            case: true,
            ..Self::new(number)
        }
    }

    fn unjudged(&self) -> Judgement {
        let measured = Measured {
            gross_kg: Kilograms::new(57_170),
            ..Measured::default()
        };
        let day = self.crossed_at.beijing_day();
        let assessment = Assessment::new(day, VehicleDescription::default(), measured);
        let verdict = assess(&LawTables::embedded().unwrap(), &assessment);
        assert_eq!(verdict.class, None);
        Judgement {
            assessment: serde_json::to_value(&assessment).unwrap(),
            ..Judgement::of(&verdict).unwrap()
        }
    }

    pub fn judgement(&self) -> Judgement {
        if self.class.is_none() {
            return self.unjudged();
        }
        let over = self.class.is_some_and(|class| class > VerdictClass::Clear);
        Judgement {
            table_in_force: true,
            hypothetical: false,
            class: self.class,
            enforcement_kg: Some(Kilograms::new(if over { 54_447 } else { 40_000 })),
            limit_kg: Some(Kilograms::new(49_000)),
            overage_kg: Some(Kilograms::new(if over { 5_447 } else { 0 })),
            overage_percent: Some(if over { "11.12" } else { "0.00" }.into()),
            transport_yuan: over.then(|| Yuan::new(2_500)),
            risk_too_high: false,
            verdict: json!({
                "class": self.class,
                "derivation": [{"rule": "mass_limit", "output": 49_000}],
            }),
            assessment: Value::Null,
        }
    }

    fn raw(&self, port: &str) -> RawBytes {
        RawBytes {
            port: port.into(),
            offset: self.number * 100,
            length: 100,
            received_at: self.crossed_at,
            sha256: format!("{:064x}", self.number),
            base64: "AAAA".into(),
        }
    }

    pub fn passage(&self) -> ClosedPassage {
        let port = format!("wim-{}", self.lane);
        let sequence = u64::try_from(self.number).ok();
        let axle = |load_kg: i64, spacing_mm: Option<i64>| AxleLoad {
            load_kg: Kilograms::new(load_kg),
            left_kg: None,
            right_kg: None,
            spacing_mm: spacing_mm.map(Millimetres::new),
            ..AxleLoad::default()
        };
        let read = self.plate.map(|plate| PlateRead {
            plate: Some(plate.into()),
            colour: Some("yellow".into()),
            confidence: Some(95),
            lane: self.lane,
            seen_at: self.crossed_at,
            time_vouched: true,
            checked: true,
            raw: self.raw("cam-1"),
        });
        ClosedPassage {
            closed_at: self.crossed_at.saturating_add(Micros::from_seconds(10)),
            association: Association {
                state: if read.is_some() {
                    PlateState::Matched
                } else {
                    PlateState::Missing
                },
                residual_us: read.as_ref().map(|_| 0),
                agreeing_cameras: u32::from(read.is_some()),
                chosen: read.clone(),
                ..Association::missing(
                    read.iter()
                        .map(|read| Candidate {
                            plate: read.plate.clone(),
                            residual_us: 0,
                            port: "cam-1".into(),
                            offset: read.raw.offset,
                        })
                        .collect(),
                )
            },
            evasion: Vec::new(),
            pictures: vec![],
            linked: None,
            weighing: Weighing {
                passage_id: passage_id("ST0042", &port, self.crossed_at, sequence),
                station: "ST0042".into(),
                protocol: "olr".into(),
                lane: self.lane,
                kind: PassageKind::Dynamic,
                sequence,
                device_time: None,
                crossed_at: self.crossed_at,
                received_at: self.crossed_at,
                direction: None,
                speed_tenth_kmh: None,
                acceleration_tenth_ms2: None,
                length_mm: None,
                gross_kg: Kilograms::new(57_170),
                axles: vec![axle(6_170, None), axle(51_000, Some(3_600))],
                partial_axles: Vec::new(),
                flags: vec![],
                weight_trusted: true,
                agreeing_frames: None,
                drift_basis_points: None,
                raw: self.raw(&port),
                port,
            },
        }
    }

    pub fn weighing(&self, passage: &ClosedPassage) -> NewWeighing {
        let weighing = &passage.weighing;
        let judgement = self.judgement();
        NewWeighing {
            passage_id: weighing.passage_id.clone(),
            station: weighing.station.clone(),
            lane: i64::from(weighing.lane),
            port: weighing.port.clone(),
            kind: weighing.kind.name(),
            crossed_at: weighing.crossed_at,
            gross_kg: weighing.gross_kg,
            axle_count: 2,
            class: self.class.map(|class| class.name().to_owned()),
            overage_kg: judgement.overage_kg,
            raw_digest: weighing.raw.sha256.clone(),
            body: weighing_body(weighing, Some(&judgement)),
        }
    }
}
