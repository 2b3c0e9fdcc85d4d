//! A station on pseudo-terminals: each device on a line of its own, sending when its time has come
//! and answering the host. For the demo and for tests of the whole daemon.

mod line;

use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use firmware_protocols::registry::{UnknownProtocol, find};
use firmware_protocols::vc0706_jpeg::Camera;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use line::{Device, Line, Order, Scale, TICK};

use super::controller::Controller;
use super::crossing::{CameraView, Crossing};
use super::emission::{EmissionError, Encoders, Said, WimProtocol, emissions};
use super::picture::{self, PictureError, Scene};
use super::platform::Platform;
use super::ports::{CAMERA_PROTOCOL, PortPlan, SCALE_PROTOCOL, platform_lane, ports};
use super::pty::Pty;
use super::settings::Settings;
use super::sign::{SignError, SimulatedSign};
use super::traffic::Traffic;
use super::truth::Told;
use crate::clock::Clock;
use crate::lane::PortRole;
use crate::units::Micros;

/// Vehicles are drawn so long before they come.
const LOOK_AHEAD: Micros = Micros::from_seconds(2);
/// A vehicle stays in front of the picture camera so long after its last axle.
const IN_VIEW: Micros = Micros::from_seconds(3);
/// So many crossings of ground truth are kept.
const TRUTH_KEPT: usize = 10_000;

/// What a simulated station is made of, beyond its traffic.
#[derive(Debug, Clone)]
pub struct Options {
    /// Station code, as the controllers know it.
    pub station: String,
    /// What the controllers speak.
    pub wim: WimProtocol,
    /// What the platform scale speaks, by its name in the registry.
    pub scale: &'static str,
    /// What the plate cameras speak.
    pub camera: &'static str,
    /// Ground truth is written here as it happens, one line of JSON a vehicle.
    pub truth_file: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            station: "DEMO01".to_owned(),
            wim: WimProtocol::Olr,
            scale: SCALE_PROTOCOL,
            camera: CAMERA_PROTOCOL,
            truth_file: None,
        }
    }
}

/// A device's line, as the daemon's configuration needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimulatedPort {
    /// Name.
    pub name: String,
    /// The pseudo-terminal to open.
    pub path: PathBuf,
    /// Protocol name in the registry.
    pub protocol: String,
    /// Settings of the protocol.
    pub settings: BTreeMap<String, String>,
    /// What it is for.
    pub role: PortRole,
    /// Lane.
    pub lane: u16,
}

/// The station could not start.
#[derive(Debug, thiserror::Error)]
pub enum StationError {
    /// No pseudo-terminal.
    #[error("no pseudo-terminal to be had for {port}; is /dev/pts mounted?")]
    Pty {
        /// For this port.
        port: String,
        /// Why.
        source: io::Error,
    },
    /// The file of ground truth can't be made.
    #[error("{path} can't be written", path = path.display())]
    TruthFile {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// An event can't be written.
    #[error(transparent)]
    Emission(#[from] EmissionError),
    /// No such protocol.
    #[error(transparent)]
    Protocol(#[from] UnknownProtocol),
    /// Settings that a protocol can't use.
    #[error(transparent)]
    Settings(#[from] firmware_protocols::SettingsError),
    /// No sign can be made.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// No picture can be drawn.
    #[error(transparent)]
    Picture(#[from] PictureError),
}

/// A running station. Dropped, it stops; [`SimulatedStation::shutdown`] also waits for it.
#[derive(Debug)]
pub struct SimulatedStation {
    stop: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
    truth: Arc<Mutex<VecDeque<Arc<Crossing>>>>,
    unacknowledged: Vec<Arc<AtomicUsize>>,
}

impl SimulatedStation {
    /// Starts a station whose traffic begins now, `speed` times as dense as the settings say.
    /// Device clocks show the given clock. Must be called inside of a tokio runtime.
    ///
    /// # Errors
    /// When there is no pseudo-terminal to be had.
    pub fn start(
        settings: Settings,
        clock: Arc<dyn Clock>,
        speed: f64,
    ) -> Result<(Self, Vec<SimulatedPort>), StationError> {
        Self::start_with(Options::default(), settings, clock, speed)
    }

    /// As [`SimulatedStation::start`], with options.
    ///
    /// # Errors
    /// When there is no pseudo-terminal to be had or the file of ground truth can't be made.
    pub fn start_with(
        options: Options,
        settings: Settings,
        clock: Arc<dyn Clock>,
        speed: f64,
    ) -> Result<(Self, Vec<SimulatedPort>), StationError> {
        let now = clock.now();
        let flow_per_hour = settings.flow_per_hour * speed.max(0.01);
        let settings = Settings {
            start: now,
            flow_per_hour,
            ..settings
        };
        let encoders = Encoders::new(&options.station, options.wim)?.with_camera(options.camera);
        let truth_file = options.truth_file.map(open_truth).transpose()?;
        let platform = Arc::new(Mutex::new(Platform::new(&settings)));
        let stop = CancellationToken::new();
        let (mut tasks, mut lines, mut simulated) = (Vec::new(), Vec::new(), Vec::new());
        let mut unacknowledged = Vec::new();
        for plan in ports(&settings, options.wim, options.scale, options.camera) {
            let failed = |source| StationError::Pty {
                port: plan.name.clone(),
                source,
            };
            let pty = Pty::open().map_err(failed)?;
            simulated.push(port_of(&plan, &pty));
            let device = match plan.role {
                PortRole::Wim => {
                    let waits = options.wim == WimProtocol::Olr;
                    let count = Arc::new(AtomicUsize::new(0));
                    unacknowledged.push(Arc::clone(&count));
                    let controller = Controller::new(encoders.clone(), plan.lane, waits, now);
                    Device::Controller(Box::new(controller), count)
                }
                PortRole::Plate => Device::PlateCamera,
                PortRole::Picture => {
                    let mut camera = Camera::new(0);
                    let (vehicle, speed) = (None, None);
                    camera.show(picture::draw(&Scene {
                        vehicle,
                        lane: plan.lane,
                        time: now,
                        speed,
                    })?);
                    Device::PictureCamera(camera, 0)
                }
                PortRole::Platform if plan.protocol == SCALE_PROTOCOL => {
                    Device::Platform(Arc::clone(&platform), now)
                }
                // A simulated station has none.
                PortRole::Radar => continue,
                PortRole::Platform => {
                    let protocol = find(plan.protocol)?;
                    Device::Scale(Box::new(Scale {
                        platform: Arc::clone(&platform),
                        protocol,
                        decoder: (protocol.decoder)(&firmware_protocols::Settings::new())?,
                        next_at: now,
                    }))
                }
                PortRole::Sign | PortRole::Signal => {
                    Device::Sign(SimulatedSign::new(plan.protocol)?)
                }
            };
            let (orders, inbox) = mpsc::unbounded_channel();
            lines.push(((plan.role, plan.lane, plan.view), orders));
            let line = Line::new(pty, device, Arc::clone(&clock)).map_err(failed)?;
            tasks.push(tokio::spawn(line.run(inbox, stop.clone())));
        }
        let truth = Arc::new(Mutex::new(VecDeque::new()));
        let director = Director {
            platform_lane: platform_lane(&settings),
            again_after: (settings.platform_again_after_s > 0)
                .then(|| Micros::from_seconds(i64::from(settings.platform_again_after_s))),
            traffic: Traffic::new(settings),
            upcoming: None,
            due: BTreeMap::new(),
            drawn: 0,
            encoders,
            platform,
            lines,
            truth: Arc::clone(&truth),
            truth_file,
            clock,
        };
        tasks.push(tokio::spawn(director.run(stop.clone())));
        Ok((
            Self {
                stop,
                tasks,
                truth,
                unacknowledged,
            },
            simulated,
        ))
    }

    /// The last vehicles that came, oldest first, at most ten thousand.
    pub fn truth(&self) -> Vec<Arc<Crossing>> {
        locked(&self.truth).iter().cloned().collect()
    }

    /// How many records wait for the host to say that they are durable.
    pub fn unacknowledged(&self) -> usize {
        self.unacknowledged
            .iter()
            .map(|count| count.load(Ordering::Relaxed))
            .sum()
    }

    /// Stops all devices and closes their lines.
    pub async fn shutdown(mut self) {
        self.stop.cancel();
        for task in std::mem::take(&mut self.tasks) {
            // A device that panicked has said so on standard error; there is nothing to add.
            let _ = task.await;
        }
    }
}

impl Drop for SimulatedStation {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn open_truth(path: PathBuf) -> Result<File, StationError> {
    File::create(&path).map_err(|source| StationError::TruthFile { path, source })
}

fn port_of(plan: &PortPlan, pty: &Pty) -> SimulatedPort {
    let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    SimulatedPort {
        name: plan.name.clone(),
        path: pty.path().to_owned(),
        protocol: plan.protocol.to_owned(),
        settings: plan.settings.iter().map(owned).collect(),
        role: plan.role,
        lane: plan.lane,
    }
}

/// A panic elsewhere leaves these values whole: each is changed in one step.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A picture on its way, `None` when it can't be drawn.
type Drawing = JoinHandle<Option<Vec<u8>>>;

/// Whose line: role, lane, and which camera.
type LineOf = (PortRole, u16, CameraView);

/// What happens at a moment.
#[derive(Debug)]
enum Happening {
    Order(LineOf, Order),
    /// With its picture, which is being drawn since the crossing was planned.
    Arrives(Arc<Crossing>, Drawing),
    Gone(Arc<Crossing>),
}

/// Draws the traffic and tells each device what it sees, when it sees it.
struct Director {
    traffic: Traffic,
    upcoming: Option<Crossing>,
    due: BTreeMap<(Micros, u64), Happening>,
    drawn: u64,
    encoders: Encoders,
    platform: Arc<Mutex<Platform>>,
    platform_lane: u16,
    /// After how long an unloaded truck is weighed again.
    again_after: Option<Micros>,
    lines: Vec<(LineOf, mpsc::UnboundedSender<Order>)>,
    truth: Arc<Mutex<VecDeque<Arc<Crossing>>>>,
    truth_file: Option<File>,
    clock: Arc<dyn Clock>,
}

impl Director {
    async fn run(mut self, stop: CancellationToken) {
        loop {
            let now = self.clock.now();
            if let Err(error) = self.plan(now) {
                tracing::error!(%error, "simulated traffic stops");
                return;
            }
            while let Some(entry) = self.due.first_entry().filter(|entry| entry.key().0 <= now) {
                let happening = entry.remove();
                self.happen(happening);
            }
            let next = self.due.first_key_value().map_or(now, |((at, _), _)| *at);
            let wait = u64::try_from(next.saturating_sub(now).get()).unwrap_or(0);
            let wait = Duration::from_micros(wait).clamp(Duration::from_millis(1), TICK);
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(wait) => {}
            }
        }
    }

    fn plan(&mut self, now: Micros) -> Result<(), EmissionError> {
        let until = now.saturating_add(LOOK_AHEAD);
        loop {
            let upcoming = self.upcoming.take().or_else(|| self.traffic.next());
            let Some(crossing) = upcoming else {
                return Ok(());
            };
            if crossing.first_axle_at > until {
                self.upcoming = Some(crossing);
                return Ok(());
            }
            self.plan_crossing(Arc::new(crossing))?;
        }
    }

    fn plan_crossing(&mut self, crossing: Arc<Crossing>) -> Result<(), EmissionError> {
        for emission in emissions(&self.encoders, &crossing)? {
            let record = match emission.said {
                Said::Record(index) => crossing.records.get(index),
                Said::Read(_) => None,
            };
            let order = match record {
                Some(record) => Order::Record {
                    sequence: record.measured.sequence,
                    bytes: emission.bytes,
                },
                None => Order::Send(emission.bytes),
            };
            self.at(
                emission.at,
                Happening::Order((emission.role, emission.lane, emission.view), order),
            );
        }
        let first = locked(&self.platform).take(&crossing).cloned();
        let again = first
            .as_ref()
            .zip(self.again_after)
            .map(|(visit, after)| locked(&self.platform).again(visit, after));
        for visit in first.into_iter().chain(again) {
            let lane = self.platform_lane;
            let order = Order::Send(self.encoders.plate(&visit.read)?);
            self.at(
                visit.read.sent_at,
                Happening::Order((PortRole::Plate, lane, CameraView::Front), order),
            );
        }
        let gone = crossing.last_axle_at.saturating_add(IN_VIEW);
        self.at(
            crossing.first_axle_at,
            Happening::Arrives(
                Arc::clone(&crossing),
                draw(
                    crossing.lane,
                    Some(Arc::clone(&crossing)),
                    crossing.first_axle_at,
                ),
            ),
        );
        self.at(gone, Happening::Gone(crossing));
        Ok(())
    }

    fn at(&mut self, moment: Micros, happening: Happening) {
        self.drawn += 1;
        self.due.insert((moment, self.drawn), happening);
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Order(line, order) => self.tell(line, order),
            Happening::Arrives(crossing, drawing) => {
                self.show(crossing.lane, drawing);
                self.write_truth(&crossing);
                let mut truth = locked(&self.truth);
                if truth.len() == TRUTH_KEPT {
                    truth.pop_front();
                }
                truth.push_back(crossing);
            }
            Happening::Gone(crossing) => {
                let latest = locked(&self.truth)
                    .iter()
                    .rfind(|other| other.lane == crossing.lane)
                    .map(|other| other.number);
                if latest == Some(crossing.number) {
                    let time = crossing.last_axle_at.saturating_add(IN_VIEW);
                    self.show(crossing.lane, draw(crossing.lane, None, time));
                }
            }
        }
    }

    fn write_truth(&mut self, crossing: &Crossing) {
        let Some(file) = &mut self.truth_file else {
            return;
        };
        let told = Told::new(crossing.clone());
        if let Err(error) = writeln!(file, "{}", told.line(&[])) {
            tracing::error!(%error, "ground truth can't be written any more");
            self.truth_file = None;
        }
    }

    fn tell(&self, whose: LineOf, order: Order) {
        let line = self.lines.iter().find(|(line, _)| *line == whose);
        if let Some((_, orders)) = line {
            // A line that has ended takes no more orders; that is at shutdown.
            let _ = orders.send(order);
        }
    }

    /// Lets a lane's picture camera see what was drawn.
    fn show(&mut self, lane: u16, drawing: Drawing) {
        self.drawn += 1;
        let number = self.drawn;
        let whose = (PortRole::Picture, lane, CameraView::Front);
        let line = self.lines.iter().find(|(line, _)| *line == whose);
        let Some((_, orders)) = line else {
            return;
        };
        let orders = orders.clone();
        tokio::spawn(async move {
            if let Ok(Some(jpeg)) = drawing.await {
                let _ = orders.send(Order::Show { number, jpeg });
            }
        });
    }
}

/// Draws what stands in front of a lane's picture camera, beside the other work.
fn draw(lane: u16, crossing: Option<Arc<Crossing>>, time: Micros) -> Drawing {
    tokio::task::spawn_blocking(move || {
        let speed = crossing.as_ref().map(|crossing| crossing.speed_tenth_kmh);
        let vehicle = crossing.as_ref().map(|crossing| &crossing.vehicle);
        let scene = Scene {
            vehicle,
            lane,
            time,
            speed,
        };
        picture::draw(&scene)
            .inspect_err(|error| tracing::error!(%error, lane, "no picture drawn"))
            .ok()
    })
}

#[cfg(test)]
mod tests;
