//! The daemon as a process of its own, and the devices of its lanes on pseudo-terminals.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use firmware_protocols::vc0706_jpeg::Camera;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use steelyard::clock::{Clock, SystemClock};
use steelyard::simulator::pty::Pty;

use crate::devices::{Pictures, STATION, acknowledged, vehicle_line};
use crate::report::{now, program};

/// Nothing takes longer than this unless something is broken.
const PATIENCE: Duration = Duration::from_secs(60);

/// A pseudo-terminal with what still waits to be written.
struct Line {
    pty: Pty,
    unsent: VecDeque<u8>,
    received: Vec<u8>,
}

impl Line {
    fn open() -> Self {
        Self {
            pty: Pty::open().expect("a pseudo-terminal"),
            unsent: VecDeque::new(),
            received: Vec::new(),
        }
    }

    fn send(&mut self, bytes: &[u8]) {
        self.unsent.extend(bytes);
        self.flush();
    }

    fn flush(&mut self) {
        while !self.unsent.is_empty() {
            let (front, _) = self.unsent.as_slices();
            match (&self.pty.master).write(front) {
                Ok(count) => drop(self.unsent.drain(..count)),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) => panic!("writing to a pseudo-terminal: {error}"),
            }
        }
    }

    fn fill(&mut self) {
        let mut piece = [0; 4_096];
        loop {
            match (&self.pty.master).read(&mut piece) {
                Ok(0) => return,
                Ok(count) => self.received.extend_from_slice(&piece[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                Err(error) => panic!("reading from a pseudo-terminal: {error}"),
            }
        }
    }
}

/// A lane's controller.
struct Controller {
    line: Line,
    next_sequence: u64,
    /// When each record was written whose acknowledge is still to come.
    written: BTreeMap<u64, Instant>,
}

/// A lane's camera.
struct Eye {
    line: Line,
    camera: Camera,
}

/// All devices of a station; they outlive the daemon.
pub struct Devices {
    controllers: Vec<Controller>,
    cameras: Vec<Eye>,
    pictures: Option<Pictures>,
    dice: ChaCha8Rng,
    clock: SystemClock,
}

impl Devices {
    /// So many lanes with a controller each; with pictures every lane has a camera too.
    pub fn new(lanes: u16, pictures: Option<Pictures>) -> Self {
        let controllers = (0..lanes).map(|_| Controller {
            line: Line::open(),
            next_sequence: 1,
            written: BTreeMap::new(),
        });
        let cameras = (0..if pictures.is_some() { lanes } else { 0 }).map(|_| Eye {
            line: Line::open(),
            camera: Camera::new(0),
        });
        Self {
            controllers: controllers.collect(),
            cameras: cameras.collect(),
            pictures,
            dice: ChaCha8Rng::seed_from_u64(2),
            clock: SystemClock::new(),
        }
    }

    /// Sends `rate` records a second on every lane for `span`, at irregular times, answers for the
    /// cameras, and waits until all records are acknowledged. Yields the time of each from before
    /// its bytes were written to when its acknowledge was read.
    pub fn drive(&mut self, rate: f64, span: Duration) -> Vec<Duration> {
        let start = now();
        let mut waits = Vec::new();
        let mut due: Vec<Duration> = self
            .controllers
            .iter()
            .map(|_| Duration::from_secs_f64(self.dice.random_range(0.0..1.0 / rate)))
            .collect();
        let mut last_sign = start;
        loop {
            let passed = start.elapsed();
            for (lane, due) in due.iter_mut().enumerate() {
                while *due <= passed && *due < span {
                    self.record(lane);
                    *due += Duration::from_secs_f64(self.dice.random_range(0.5..1.5) / rate);
                }
            }
            let open: usize = self.controllers.iter().map(|one| one.written.len()).sum();
            let next = due.iter().min().copied().unwrap_or(span);
            if open == 0 && next >= span {
                return waits;
            }
            let pause = if next >= span {
                Duration::from_millis(100)
            } else {
                next.saturating_sub(start.elapsed())
            };
            self.wait(pause);
            let before = waits.len();
            self.take(&mut waits);
            if waits.len() > before || open == 0 {
                last_sign = now();
            }
            assert!(
                last_sign.elapsed() < PATIENCE,
                "{open} records were not acknowledged"
            );
        }
    }

    /// The time of one record on the first lane, from `start` to its acknowledge.
    pub fn first_record(&mut self, start: Instant) -> Duration {
        self.record(0);
        let mut waits = Vec::new();
        while waits.is_empty() {
            assert!(start.elapsed() < PATIENCE, "no acknowledge came");
            self.wait(Duration::from_millis(100));
            self.take(&mut waits);
        }
        start.elapsed()
    }

    /// Writes the next record of a lane, in one piece as far as the line takes it.
    fn record(&mut self, lane: usize) {
        let controller = &mut self.controllers[lane];
        let sequence = controller.next_sequence;
        controller.next_sequence += 1;
        let number = u16::try_from(lane + 1).expect("a lane number");
        let bytes = vehicle_line(number, sequence, self.clock.now().get());
        if let (Some(eye), Some(pictures)) = (self.cameras.get_mut(lane), &mut self.pictures) {
            eye.camera.show(pictures.next());
        }
        controller.written.insert(sequence, now());
        controller.line.send(&bytes);
    }

    /// Waits until a line has something to read or takes what waits, at most `pause`.
    fn wait(&self, pause: Duration) {
        let lines = self.controllers.iter().map(|one| &one.line);
        let lines = lines.chain(self.cameras.iter().map(|one| &one.line));
        let mut polled: Vec<PollFd<'_>> = lines
            .map(|line| {
                let mut wanted = PollFlags::POLLIN;
                if !line.unsent.is_empty() {
                    wanted |= PollFlags::POLLOUT;
                }
                PollFd::new(line.pty.master.as_fd(), wanted)
            })
            .collect();
        // Whole milliseconds, rounded up: a record is written late rather than in a busy loop.
        let milliseconds = u16::try_from(pause.as_micros().div_ceil(1_000)).unwrap_or(100);
        match poll(&mut polled, PollTimeout::from(milliseconds)) {
            Ok(_) | Err(nix::errno::Errno::EINTR) => {}
            Err(error) => panic!("polling: {error}"),
        }
    }

    fn take(&mut self, waits: &mut Vec<Duration>) {
        for controller in &mut self.controllers {
            controller.line.flush();
            controller.line.fill();
            let received = &mut controller.line.received;
            while let Some(end) = received.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = received.drain(..=end).collect();
                if let Some((_, sequence)) = acknowledged(line.trim_ascii())
                    && let Some(written) = controller.written.remove(&sequence)
                {
                    waits.push(written.elapsed());
                }
            }
        }
        for eye in &mut self.cameras {
            eye.line.flush();
            eye.line.fill();
            let answer = eye.camera.handle(&std::mem::take(&mut eye.line.received));
            eye.line.send(&answer);
        }
    }

    /// Mean bytes of a picture.
    pub fn picture_bytes(&self) -> usize {
        self.pictures.as_ref().map_or(0, Pictures::bytes)
    }

    /// Writes the station's configuration into a folder and gives its path.
    pub fn configure(&self, folder: &Path) -> PathBuf {
        let mut text = format!(
            "[station]\ncode = \"{STATION}\"\nname = \"bench\"\ndata_dir = \"{}\"\n\
             [api]\nlisten = \"127.0.0.1:0\"\n[host_clock]\nsource = \"none\"\n",
            folder.join("data").display()
        );
        for lane in 1..=self.controllers.len() {
            let _ = write!(
                text,
                "[[lane]]\nnumber = {lane}\nname = \"lane {lane}\"\nscale_use = \"off_site\"\n\
                 accuracy_class = \"5\"\n"
            );
        }
        let lines = self.controllers.iter().map(|one| (&one.line, "wim", "olr"));
        let eyes = self.cameras.iter().map(|one| &one.line);
        let lines = lines.chain(eyes.map(|line| (line, "picture", "vc0706_jpeg")));
        for (index, (line, role, protocol)) in lines.enumerate() {
            let lane = index % self.controllers.len() + 1;
            let device = line.pty.path().display();
            let _ = write!(
                text,
                "[[port]]\nname = \"{role}-{lane}\"\ndevice = \"{device}\"\nrole = \"{role}\"\n\
                 lane = {lane}\nprotocol = \"{protocol}\"\nbaud = 115200\n"
            );
        }
        let path = folder.join("station.toml");
        std::fs::write(&path, text).expect("a configuration");
        path
    }
}

/// `steelyard run`.
pub struct Daemon {
    child: Child,
    /// From before the process was made to its line that it is ready.
    pub ready_after: Duration,
    /// When it was made.
    pub started: Instant,
}

impl Daemon {
    /// Starts it and waits until it says that it is ready.
    pub fn start(config: &Path) -> Self {
        let log = std::fs::File::create(config.with_extension("log")).expect("a log file");
        let started = now();
        let mut child = Command::new(program())
            .args(["run", "--json", "--config"])
            .arg(config)
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the daemon");
        let mut said = String::new();
        let output = child.stdout.take().expect("piped");
        BufReader::new(output)
            .read_line(&mut said)
            .expect("the daemon's output");
        let ready_after = started.elapsed();
        if !said.contains("\"ready\"") {
            let log = std::fs::read_to_string(config.with_extension("log")).unwrap_or_default();
            panic!("the daemon is not ready: {said}{log}");
        }
        Self {
            child,
            ready_after,
            started,
        }
    }

    /// Memory of the process in MiB: resident now, and the most that was.
    pub fn memory_mib(&self) -> (f64, f64) {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).expect("the daemon lives");
        let field = |key: &str| {
            let line = status.lines().find(|line| line.starts_with(key));
            let kib = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
            let kib: f64 = kib.expect("a number of KiB");
            kib / 1024.0
        };
        (field("VmRSS:"), field("VmHWM:"))
    }

    /// Kills it as a power cut would.
    pub fn kill(mut self) {
        self.child.kill().expect("the daemon lives");
        self.child.wait().expect("the daemon ends");
    }

    /// Stops it in order.
    pub fn stop(mut self) {
        let id = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status();
        assert!(asked.is_ok_and(|asked| asked.success()), "kill failed");
        let status = self.child.wait().expect("the daemon ends");
        assert!(status.success(), "the daemon ended with {status}");
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // Only when something panicked; after `kill` and `stop` it is gone.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Pictures in a data folder.
pub fn pictures_stored(folder: &Path) -> usize {
    let entries = |path: &Path| {
        let entries = std::fs::read_dir(path).into_iter().flatten();
        entries.filter_map(|entry| Some(entry.ok()?.path()))
    };
    entries(&folder.join("data/pictures"))
        .flat_map(|prefix| {
            entries(&prefix)
                .filter(|path| path.extension().is_some_and(|extension| extension == "jpg"))
                .collect::<Vec<_>>()
        })
        .count()
}
