//! The real program under test: the daemon as a process of its own, and its other subcommands.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "shared by tests, which use different parts and fail by panicking"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

/// Longest wait for anything: a machine under load is slow, a hang is a failure.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Between two looks at a condition.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// The user that [`add_user`] makes.
pub const USER: &str = "auditor-1";
/// Its password.
pub const PASSWORD: &str = "gravel-noon-7-horses";

/// A subcommand, ready to run.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_steelyard"));
    command.args(arguments).env_remove("RUST_LOG");
    command
}

/// Runs a subcommand to its end.
pub fn run(arguments: &[&str]) -> Output {
    command(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("the program starts")
}

/// Runs a subcommand with a text on its standard input.
pub fn run_with_input(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = command(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    // A program that ends early closes its input; that is not this side's fault.
    let writing = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writing.join().unwrap();
    output
}

/// What a program wrote, as text.
pub fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("the program writes UTF-8")
}

/// JSON lines.
pub fn json_lines(bytes: &[u8]) -> Vec<Value> {
    text(bytes)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

/// Adds the test's user, an auditor, who may read everything; while no daemon runs.
pub fn add_user(config: &Path) {
    let arguments = ["user", "add", USER, "--role", "auditor", "--config"];
    let mut arguments = arguments.to_vec();
    arguments.push(config.to_str().unwrap());
    let output = run_with_input(&arguments, format!("{PASSWORD}\n").as_bytes());
    assert!(output.status.success(), "{}", text(&output.stderr));
}

/// A running `steelyard run`. Dropped, it is killed.
pub struct Daemon {
    child: Child,
    /// Where the API is.
    pub url: String,
    client: Client,
    token: Option<String>,
    said: Arc<Mutex<String>>,
    listening: Vec<JoinHandle<()>>,
}

impl Daemon {
    /// Starts it and waits until it is ready; its configuration should listen on port 0.
    pub fn start(config: &Path) -> Self {
        Self::start_under(command(&["run", "--json", "--config"]).arg(config))
    }

    /// Starts it by a command of the caller's, e.g. under a tracer or with a limit.
    pub fn start_under(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the daemon starts");
        let said = Arc::new(Mutex::new(String::new()));
        let logging = listen(child.stderr.take().unwrap(), {
            let said = Arc::clone(&said);
            move |line| {
                let mut said = said.lock().unwrap();
                said.push_str(line);
                said.push('\n');
            }
        });
        let (ready_in, ready) = channel();
        let printing = listen(child.stdout.take().unwrap(), move |line| {
            // Later lines have no listener any more.
            let _ = ready_in.send(line.to_owned());
        });
        let mut daemon = Self {
            child,
            url: String::new(),
            client: Client::new(),
            token: None,
            said,
            listening: vec![logging, printing],
        };
        daemon.url = daemon.wait_ready(&ready);
        daemon
    }

    fn wait_ready(&mut self, ready: &Receiver<String>) -> String {
        let Ok(line) = ready.recv_timeout(PATIENCE) else {
            let status = self.child.try_wait().unwrap();
            panic!("no ready line; {status:?}; it said:\n{}", self.said());
        };
        let line: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(line["event"], "ready", "{line}");
        line["url"].as_str().unwrap().to_owned()
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it wrote to standard error so far.
    pub fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// Signs in as the user of [`add_user`].
    pub async fn sign_in(&mut self) {
        let body = json!({"user": USER, "password": PASSWORD});
        let request = self.client.post(format!("{}/api/v1/login", self.url));
        let response = request.json(&body).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        let body: Value = response.json().await.unwrap();
        self.token = Some(body["token"].as_str().unwrap().to_owned());
    }

    /// Status and body of an answer; `path` begins with `/`.
    pub async fn answer(&self, path: &str) -> (StatusCode, Vec<u8>) {
        let mut request = self.client.get(format!("{}{path}", self.url));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        let response = request
            .timeout(PATIENCE)
            .send()
            .await
            .unwrap_or_else(|error| {
                panic!("{path}: {error}; the daemon said:\n{}", self.said());
            });
        let status = response.status();
        (status, response.bytes().await.unwrap().to_vec())
    }

    /// A JSON answer.
    pub async fn get(&self, path: &str) -> Value {
        let (status, body) = self.answer(path).await;
        assert_eq!(
            status,
            StatusCode::OK,
            "{path}: {}",
            String::from_utf8_lossy(&body)
        );
        serde_json::from_slice(&body).unwrap()
    }

    /// Asks until the answer is as wanted.
    pub async fn wait_for(&self, path: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let looks = PATIENCE.as_millis() / LOOK_EVERY.as_millis();
        let mut last = Value::Null;
        for _ in 0..looks {
            last = self.get(path).await;
            if wanted(&last) {
                return last;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        panic!("{path} stays {last}; the daemon said:\n{}", self.said());
    }

    /// All items of a list, page by page.
    pub async fn items(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut next = None;
        loop {
            let page = match &next {
                None => self.get(path).await,
                Some(cursor) => {
                    let mark = if path.contains('?') { '&' } else { '?' };
                    self.get(&format!("{path}{mark}cursor={cursor}")).await
                }
            };
            items.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next"].as_str() {
                Some(cursor) => next = Some(cursor.to_owned()),
                None => return items,
            }
        }
    }

    /// Asks it to stop, as a service manager does, and waits for its end.
    pub fn terminate(mut self) -> (ExitStatus, String) {
        let id = Pid::from_raw(i32::try_from(self.child.id()).unwrap());
        kill(id, Signal::SIGTERM).unwrap();
        self.ended()
    }

    /// Kills it without a chance to do anything (kill -9).
    pub fn kill(mut self) -> (ExitStatus, String) {
        self.child.kill().unwrap();
        self.ended()
    }

    /// Waits for its end, which something else brings about.
    pub fn wait(mut self) -> (ExitStatus, String) {
        self.ended()
    }

    fn ended(&mut self) -> (ExitStatus, String) {
        let status = self.child.wait().unwrap();
        for listening in self.listening.drain(..) {
            listening.join().unwrap();
        }
        (status, self.said())
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // It may have ended before; then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn listen(
    from: impl Read + Send + 'static,
    mut line: impl FnMut(&str) + Send + 'static,
) -> JoinHandle<()> {
    std::thread::spawn(move || {
        for text in BufReader::new(from).lines() {
            match text {
                Ok(text) => line(&text),
                Err(_) => return,
            }
        }
    })
}

/// Writes a configuration where `name` says, in TOML; its data folder is beside it.
pub fn write_config(folder: &Path, config: &steelyard::config::Config) -> PathBuf {
    let path = folder.join("station.toml");
    std::fs::write(&path, toml::to_string(config).unwrap()).unwrap();
    path
}
