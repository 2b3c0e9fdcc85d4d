//! Signs, lights and barriers that the daemon drives (引导屏、信号灯、栏杆).
//!
//! One task a sign. Whoever has something to tell puts it into the sign's queue and goes on: a sign
//! that is slow, deaf or gone never holds up a record. What is wrong with it stands beside its port.

mod driver;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use firmware_protocols::registry::{self, Protocol};
use firmware_protocols::{Event, Settings, Status};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::casework::guidance::{Content, Guidance, GuidanceSettings};
use crate::clock::Clock;
use crate::config::{Config, Port};
use crate::lane::PortRole;
use crate::law::VerdictClass;
use crate::passage::Weighing;
use crate::units::Micros;
use driver::Driver;

/// So much may wait for a sign; more is dropped, and the latest word comes by the next vehicle.
const WAITING: usize = 32;

/// What a sign hears.
#[derive(Debug)]
enum Input {
    Tell(Guidance),
    Answered(bool),
    Opened,
    Lost,
}

/// How a sign is, for the page of the ports.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SignState {
    /// What it shows, `None` when that is not known.
    pub showing: Option<String>,
    /// What is wrong, in words.
    pub trouble: Option<String>,
}

/// The lane that a sign speaks to, `None` for all, and what it has to take.
type Queue = (Option<u16>, mpsc::Sender<Input>);

/// The queues of all signs, and how they are.
#[derive(Debug, Clone, Default)]
pub(super) struct Signs {
    queues: Arc<BTreeMap<String, Queue>>,
    states: Arc<Mutex<BTreeMap<String, SignState>>>,
    settings: Arc<GuidanceSettings>,
}

/// A sign's task, to be spawned.
pub(super) struct Sign {
    name: String,
    role: PortRole,
    protocol: &'static Protocol,
    settings: Settings,
    inputs: mpsc::Receiver<Input>,
    outgoing: mpsc::Sender<Vec<u8>>,
    clock: Arc<dyn Clock>,
    driver: Driver<Content>,
    hold: Micros,
    states: Arc<Mutex<BTreeMap<String, SignState>>>,
}

impl Signs {
    /// The signs of a configuration and their tasks. `outgoing` has the line of every port.
    pub(super) fn new(
        config: &Config,
        clock: &Arc<dyn Clock>,
        outgoing: &BTreeMap<String, mpsc::Sender<Vec<u8>>>,
    ) -> (Self, Vec<Sign>) {
        let guidance = config.guidance();
        let states = Arc::<Mutex<BTreeMap<String, SignState>>>::default();
        let (mut queues, mut tasks) = (BTreeMap::new(), Vec::new());
        let answer_within = Micros::from_millis(i64::from(config.guidance.answer_ms));
        for port in config.ports.iter().filter(|port| port.role.is_output()) {
            let (Ok(protocol), Some(outgoing)) =
                (registry::find(&port.protocol), outgoing.get(&port.name))
            else {
                continue;
            };
            let (queue, inputs) = mpsc::channel(WAITING);
            queues.insert(port.name.clone(), (port.lane, queue));
            tasks.push(Sign {
                name: port.name.clone(),
                role: port.role,
                protocol,
                settings: port.protocol_settings(),
                inputs,
                outgoing: outgoing.clone(),
                clock: Arc::clone(clock),
                driver: Driver::new(
                    part(port.role, guidance.idle()),
                    answer_within,
                    answers(port),
                ),
                hold: guidance.hold,
                states: Arc::clone(&states),
            });
        }
        let signs = Self {
            queues: Arc::new(queues),
            states,
            settings: Arc::new(guidance),
        };
        (signs, tasks)
    }

    /// A vehicle was judged: the signs of its lane, and those of all lanes, speak to it.
    pub(super) fn tell(&self, weighing: &Weighing, class: Option<&str>, plate: Option<&str>) {
        let class = class.and_then(VerdictClass::from_name);
        let content = class.and_then(|class| self.settings.content(class, plate));
        let Some(content) = content else {
            return;
        };
        let guidance = Guidance {
            lane: weighing.lane,
            crossed_at: weighing.crossed_at,
            content,
        };
        let mine = |lane: &Option<u16>| lane.is_none_or(|lane| lane == guidance.lane);
        for (_, queue) in self.queues.values().filter(|(lane, _)| mine(lane)) {
            let _ = queue.try_send(Input::Tell(guidance.clone()));
        }
    }

    /// Passes on what came in on a sign's line.
    pub(super) fn heard(&self, port: &str, event: &Event) {
        let Event::Status(status) = event else {
            return;
        };
        match status.name {
            "acknowledged" => self.put(port, Input::Answered(true)),
            "refused" => self.put(port, Input::Answered(false)),
            _ => {}
        }
    }

    /// A sign's line opened.
    pub(super) fn opened(&self, port: &str) {
        self.put(port, Input::Opened);
    }

    /// A sign's line went away.
    pub(super) fn lost(&self, port: &str) {
        self.put(port, Input::Lost);
    }

    fn put(&self, port: &str, input: Input) {
        if let Some((_, queue)) = self.queues.get(port) {
            let _ = queue.try_send(input);
        }
    }

    /// How the signs are, by port.
    pub(super) fn states(&self) -> BTreeMap<String, SignState> {
        let states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        states.clone()
    }
}

/// Whether the sign says anything at all: its protocol has an answer and the settings leave it.
fn answers(port: &Port) -> bool {
    port.settings
        .get("acknowledge")
        .is_none_or(|answer| !answer.is_empty())
}

/// The part of a content that a port of this role shows.
fn part(role: PortRole, content: Content) -> Content {
    match role {
        PortRole::Signal => Content {
            text: String::new(),
            ..content
        },
        _ => Content {
            state: String::new(),
            ..content
        },
    }
}

/// The event whose bytes make a device of this role show a content; `None` when there is nothing to
/// show.
pub fn event(role: PortRole, content: &Content) -> Option<Event> {
    let (name, field, text) = match role {
        PortRole::Signal if content.state.is_empty() => return None,
        PortRole::Signal => ("set", "state", &content.state),
        _ => ("show", "text", &content.text),
    };
    Some(Event::Status(Status {
        name,
        fields: vec![(field, text.clone())],
    }))
}

impl Sign {
    /// Runs until cancelled.
    pub(super) async fn run(mut self, cancel: CancellationToken) {
        loop {
            let now = self.clock.now();
            if let Some(content) = self.driver.handle_timeout(now) {
                self.send(&content);
            }
            self.publish();
            let pause = self.driver.poll_timeout().map(|due| {
                let micros = due.saturating_sub(self.clock.now()).get().max(0);
                Duration::from_micros(micros.unsigned_abs())
            });
            tokio::select! {
                () = cancel.cancelled() => return,
                input = self.inputs.recv() => match input {
                    Some(input) => self.take(input),
                    None => return,
                },
                () = tokio::time::sleep(pause.unwrap_or(Duration::from_secs(3_600))) => {}
            }
        }
    }

    fn take(&mut self, input: Input) {
        let now = self.clock.now();
        match input {
            Input::Tell(guidance) => {
                let content = part(self.role, guidance.content);
                let silent = content == Content::default();
                if !silent {
                    self.driver
                        .tell(now, guidance.crossed_at, self.hold, content);
                }
            }
            Input::Answered(accepted) => self.driver.answered(now, accepted),
            Input::Opened => self.driver.opened(now),
            Input::Lost => self.driver.lost(),
        }
    }

    fn send(&self, content: &Content) {
        let Some(event) = event(self.role, content) else {
            return;
        };
        match (self.protocol.encoder)(&event, &self.settings) {
            Ok(bytes) => {
                // A line that takes nothing now is told again when the answer does not come.
                let _ = self.outgoing.try_send(bytes);
            }
            Err(error) => tracing::warn!(
                port = self.name,
                %error,
                "引导内容无法编码 / what the sign should show can't be written"
            ),
        }
    }

    fn publish(&self) {
        let shown = self.driver.showing().map(|content| match self.role {
            PortRole::Signal => content.state.clone(),
            _ => content.text.clone(),
        });
        let state = SignState {
            showing: shown.filter(|text| !text.is_empty()),
            trouble: self
                .driver
                .trouble()
                .map(|trouble| trouble.text().to_owned()),
        };
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        let before = states.insert(self.name.clone(), state.clone());
        if before.is_some_and(|before| before.trouble != state.trouble) {
            match state.trouble {
                Some(trouble) => tracing::warn!(port = self.name, trouble, "a sign fails"),
                None => tracing::info!(port = self.name, "a sign works again"),
            }
        }
    }
}
