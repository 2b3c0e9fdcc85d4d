//! The demo end to end, as somebody sees it who starts it for the first time.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a helper of a test fails the test by panicking"
)]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use futures::StreamExt;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use steelyard::clock::{Clock, SystemClock};
use steelyard::role::Role;
use steelyard::units::Micros;

const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A running demo. Dropped, it is killed.
struct Demo {
    child: Child,
    ready: Value,
    clock: SystemClock,
    /// When the ready line came.
    ready_at: Micros,
    /// From the start of the process to the ready line.
    start: Micros,
    temporary: PathBuf,
    client: Client,
    token: String,
}

impl Demo {
    /// Starts it with its temporary files below a folder of the test's.
    async fn start(temporary: &Path, arguments: &[&str]) -> Self {
        let clock = SystemClock::new();
        let started = clock.now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_steelyard"))
            .args(["demo", "--json"])
            .args(arguments)
            .env("TMPDIR", temporary)
            .env_remove("RUST_LOG")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let ready_at = clock.now();
        let ready: Value = serde_json::from_str(&line).unwrap_or_else(|error| {
            let mut said = String::new();
            child
                .stderr
                .take()
                .unwrap()
                .read_to_string(&mut said)
                .unwrap();
            panic!("{error}: {line:?}; it said {said}");
        });
        let mut demo = Self {
            child,
            ready,
            start: ready_at.saturating_sub(started),
            ready_at,
            clock,
            temporary: temporary.to_owned(),
            client: Client::new(),
            token: String::new(),
        };
        demo.token = demo.sign_in("supervisor").await;
        demo
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.ready["url"].as_str().unwrap())
    }

    async fn sign_in(&self, role: &str) -> String {
        let users = self.ready["users"].as_array().unwrap();
        let user = users.iter().find(|user| user["role"] == role).unwrap();
        let body = json!({"user": user["user"], "password": user["password"]});
        let request = self.client.post(self.url("/api/v1/login")).json(&body);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{role}");
        let answer: Value = response.json().await.unwrap();
        answer["token"].as_str().unwrap().to_owned()
    }

    async fn response(&self, path: &str) -> Response {
        let request = self.client.get(self.url(path)).bearer_auth(&self.token);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response
    }

    async fn get(&self, path: &str) -> Value {
        self.response(path).await.json().await.unwrap()
    }

    fn seconds(&self) -> f64 {
        let micros = self.clock.now().saturating_sub(self.ready_at).get();
        Duration::from_micros(micros.unsigned_abs()).as_secs_f64()
    }

    /// Looks until a passage is as wanted; yields it whole, and the seconds since the ready line.
    async fn passage(
        &self,
        what: &str,
        within: f64,
        query: &str,
        wanted: impl Fn(&Value) -> bool,
    ) -> (Value, f64) {
        let mut looked_at = BTreeSet::new();
        loop {
            let list = self
                .get(&format!("/api/v1/passages?state=closed&limit=200{query}"))
                .await;
            for item in list["items"].as_array().unwrap() {
                let id = item["passage_id"].as_str().unwrap();
                if !looked_at.insert(id.to_owned()) {
                    continue;
                }
                let passage = self.get(&format!("/api/v1/passages/{id}")).await;
                if wanted(&passage) {
                    let seconds = self.seconds();
                    eprintln!("{what}: {seconds:.1} s after the ready line");
                    assert!(
                        seconds <= within,
                        "{what} after {seconds} s, not within {within}"
                    );
                    return (passage, seconds);
                }
            }
            assert!(
                self.seconds() <= within,
                "no {what} within {within} s: {list}"
            );
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Events of the live feed, from after a number if one is given.
    async fn feed(&self, last_event_id: Option<i64>) -> Feed {
        let mut request = self
            .client
            .get(self.url("/api/v1/events"))
            .bearer_auth(&self.token);
        if let Some(number) = last_event_id {
            request = request.header("Last-Event-ID", number);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        Feed {
            bytes: Box::pin(response.bytes_stream().map(|piece| piece.unwrap().to_vec())),
            text: Vec::new(),
        }
    }

    /// Ctrl-C.
    fn interrupt(mut self) -> (ExitStatus, String) {
        let id = Pid::from_raw(i32::try_from(self.child.id()).unwrap());
        kill(id, Signal::SIGINT).unwrap();
        let status = self.child.wait().unwrap();
        let mut said = String::new();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut said)
            .unwrap();
        (status, said)
    }

    fn temporary_folders(&self) -> Vec<PathBuf> {
        folders(&self.temporary)
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn folders(below: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(below)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect()
}

struct Feed {
    bytes: std::pin::Pin<Box<dyn futures::Stream<Item = Vec<u8>>>>,
    text: Vec<u8>,
}

impl Feed {
    /// The next event: its number, its kind, its data.
    async fn next(&mut self) -> (i64, String, Value) {
        loop {
            if let Some(end) = self.text.windows(2).position(|two| two == b"\n\n") {
                let block: Vec<u8> = self.text.drain(..end + 2).collect();
                let block = String::from_utf8(block).unwrap();
                let field = |name: &str| {
                    block
                        .lines()
                        .find_map(|line| line.strip_prefix(name))
                        .map(str::trim)
                };
                if let (Some(id), Some(kind), Some(data)) =
                    (field("id:"), field("event:"), field("data:"))
                {
                    let data = serde_json::from_str(data).unwrap();
                    return (id.parse().unwrap(), kind.to_owned(), data);
                }
                continue;
            }
            let piece = tokio::time::timeout(Duration::from_secs(30), self.bytes.next());
            let piece = piece
                .await
                .expect("the feed goes on")
                .expect("the feed ended");
            self.text.extend(piece);
        }
    }
}

fn is_whole(passage: &Value) -> bool {
    let has_axles = passage["axles"].as_array().is_some_and(|axles| {
        axles.len() >= 2 && axles.iter().all(|axle| axle["load_kg"].as_i64() > Some(0))
    });
    let has_picture = passage["pictures"]
        .as_array()
        .is_some_and(|pictures| !pictures.is_empty());
    has_axles && has_picture && passage["plate"].is_string() && passage["class"].is_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_shows_the_whole_job_in_a_minute_and_leaves_nothing_behind() {
    let temporary = tempfile::tempdir().unwrap();
    let demo = Demo::start(temporary.path(), &[]).await;
    println!("ready after {} ms", demo.start.get() / 1_000);
    assert_eq!(demo.ready["event"], "ready");
    let users = demo.ready["users"].as_array().unwrap();
    let roles: BTreeSet<&str> = users
        .iter()
        .map(|user| user["role"].as_str().unwrap())
        .collect();
    assert_eq!(roles, Role::ALL.map(Role::name).into_iter().collect());
    assert_eq!(users.len(), 9);
    for role in Role::ALL {
        demo.sign_in(role.name()).await;
    }
    let ports = demo.ready["ports"].as_array().unwrap();
    let devices: BTreeSet<&str> = ports
        .iter()
        .map(|port| port["device"].as_str().unwrap())
        .collect();
    assert_eq!(
        devices.len(),
        ports.len(),
        "each device on a line of its own"
    );
    let of = |role: &str| ports.iter().filter(|port| port["role"] == role).count();
    assert_eq!((of("wim"), of("platform"), of("picture")), (2, 1, 2));
    assert_eq!(of("plate"), 3, "one camera a lane, the platform's included");
    assert_eq!(demo.temporary_folders().len(), 1);

    let (passage, _) = demo.passage("whole passage", 5.0, "", is_whole).await;
    let url = passage["pictures"][0]["url"].as_str().unwrap();
    let picture = demo.response(url).await;
    assert_eq!(picture.headers()["content-type"], "image/jpeg");
    let picture = picture.bytes().await.unwrap();
    let decoded = image::load_from_memory_with_format(&picture, image::ImageFormat::Jpeg).unwrap();
    assert!(decoded.width() >= 320, "{}", decoded.width());
    assert!(passage["verdict"].is_object(), "{passage}");

    // The feed tells of what happens from now on; a client that comes back sees the rest, once.
    let mut feed = demo.feed(None).await;
    let opened_at = demo.clock.now();
    let later = |passage: &Value| {
        let crossed_at = passage["crossed_at"].as_str().unwrap();
        Micros::from_rfc3339(crossed_at).unwrap() > opened_at
    };
    let (passage, _) = demo.passage("passage after that", 60.0, "", later).await;
    let id = &passage["passage_id"];
    let mut numbers = Vec::new();
    loop {
        let (number, kind, data) = feed.next().await;
        numbers.push(number);
        if kind == "passage_closed" && data["body"].to_string().contains(id.as_str().unwrap()) {
            break;
        }
    }
    drop(feed);
    assert!(
        numbers.windows(2).all(|two| two[1] == two[0] + 1),
        "{numbers:?}"
    );
    let half = numbers[numbers.len() / 2];
    let mut feed = demo.feed(Some(half)).await;
    for wanted in half + 1..half + 12 {
        assert_eq!(feed.next().await.0, wanted);
    }

    let case = |passage: &Value| passage["case_id"].is_string();
    let (passage, _) = demo
        .passage(
            "overloaded truck with a case",
            30.0,
            "&class=overloaded",
            case,
        )
        .await;
    // The sign over the lane calls a truck in.
    let mut looks = 0;
    loop {
        let status = demo.get("/api/v1/status").await;
        let mut ports = status["ports"].as_array().unwrap().iter();
        if ports.any(|port| {
            let shown = port["showing"].as_str();
            port["role"] == "sign" && shown.is_some_and(|text| text.contains("超限 请进站检测"))
        }) {
            break;
        }
        looks += 1;
        assert!(looks < 1_500, "{status}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let case_id = passage["case_id"].as_str().unwrap();
    let case_file = demo.get(&format!("/api/v1/cases/{case_id}")).await;
    assert_eq!(case_file["plate"], passage["plate"]);
    let (passage, _) = demo
        .passage("hundred-ton truck", 60.0, "&class=hundred_ton", |_| true)
        .await;
    assert!(passage["gross_kg"].as_i64() > Some(100_000), "{passage}");

    let status = demo.get("/api/v1/status").await;
    for port in status["ports"].as_array().unwrap() {
        assert_eq!(
            (&port["state"], &port["reconnects"]),
            (&json!("connected"), &json!(0)),
            "{port}"
        );
        assert_eq!(port["rejects"], json!({}), "{port}");
    }
    let (ended, said) = demo.interrupt();
    assert!(ended.success(), "{said}");
    assert_eq!(said, "", "nothing to complain of");
    assert_eq!(
        folders(temporary.path()),
        Vec::<PathBuf>::new(),
        "the temporary folder is gone"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_folder_is_used_again_and_keeps_its_passages() {
    let temporary = tempfile::tempdir().unwrap();
    let data = temporary.path().join("kept");
    let arguments = [
        "--speed",
        "2",
        "--seed",
        "7",
        "--data",
        data.to_str().unwrap(),
    ];
    let demo = Demo::start(temporary.path(), &arguments).await;
    let (first, _) = demo.passage("whole passage", 20.0, "", is_whole).await;
    let (ended, said) = demo.interrupt();
    assert!(ended.success(), "{said}");
    assert!(data.join("steelyard.db").exists());

    let demo = Demo::start(temporary.path(), &arguments).await;
    let id = first["passage_id"].as_str().unwrap();
    assert_eq!(demo.get(&format!("/api/v1/passages/{id}")).await, first);
    let newer = |passage: &Value| {
        is_whole(passage)
            && passage["crossed_at"].as_str() > first["crossed_at"].as_str()
            && passage["journal"]["weighing"].as_i64() > first["journal"]["closing"].as_i64()
    };
    demo.passage("whole passage of the second start", 20.0, "", newer)
        .await;
    let (ended, said) = demo.interrupt();
    assert!(ended.success(), "{said}");
    assert_eq!(
        folders(temporary.path()),
        std::slice::from_ref(&data),
        "kept, and nothing beside it"
    );
    let verified = Command::new(env!("CARGO_BIN_EXE_steelyard"))
        .args(["verify", "--journal", "--data"])
        .arg(&data)
        .output()
        .unwrap();
    assert!(
        verified.status.success(),
        "{}",
        String::from_utf8_lossy(&verified.stderr)
    );
}

/// Ctrl-C in the first moment, before anything is ready, is a clean end, too.
#[test]
fn an_early_interrupt_leaves_nothing_behind() {
    let temporary = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_steelyard"))
        .arg("demo")
        .env("TMPDIR", temporary.path())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    // Once its folder is there it has begun, and it is far from ready.
    while folders(temporary.path()).is_empty() {
        std::thread::sleep(Duration::from_millis(1));
        assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
    }
    kill(
        Pid::from_raw(i32::try_from(child.id()).unwrap()),
        Signal::SIGINT,
    )
    .unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(folders(temporary.path()), Vec::<PathBuf>::new());
}
