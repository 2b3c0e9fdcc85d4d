//! The intake: every chunk of every port gets its moment here, enters the raw log, and runs through
//! the pure pipeline. One task does this for all ports, so the order of processing is the order of
//! the moments, and replay of the raw log repeats it exactly.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use firmware_protocols::{Answer, Event, Reject, olr, vc0706_jpeg};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::StationError;
use super::answers::{Answers, Heard};
use super::host_clock::{Answer as ClockAnswer, Watch};
use super::olr_host::OlrHost;
use super::ports::{CorruptPictures, Ports};
use super::recorder::{Acknowledgement, Record};
use super::recovery::{self, Continuity, Merged};
use super::sieve::Sieve;
use super::signs::Signs;
use crate::clock::Clock;
use crate::config::Config;
use crate::device::http_push::PushAnswer;
use crate::device::port::PortReport;
use crate::device::raw_log::{LONGEST_CHUNK, Limits, RawLog, RawLogError};
use crate::lane::{Finding, Input, Output, Pipeline, PortRole};
use crate::status::StationStatus;
use crate::store::Store;
use crate::units::Micros;

/// The raw log is synced this often: what a power cut can take of it beyond the passages, whose own
/// bytes are in the journal.
const SYNC_EVERY: Duration = Duration::from_secs(1);
/// Two raw logs are not synced sooner after each other than this.
const SHORTEST_TURN: Duration = Duration::from_millis(5);
/// The state of ports and store is published at most this often.
const PUBLISH_EVERY: Duration = Duration::from_millis(250);

/// What one port has besides its line.
struct PortWork {
    name: String,
    raw_log: RawLog,
    raw_log_failing: bool,
    last_bytes_at: Micros,
    /// Its line is open: a device that can't hear is asked nothing.
    open: bool,
    session: Option<vc0706_jpeg::Session>,
    olr_host: Option<OlrHost>,
    outgoing: mpsc::Sender<Vec<u8>>,
    /// Messages that were pushed and wait for the disk.
    answers: Answers,
}

impl PortWork {
    fn olr_conversation(&mut self) -> Option<(&mpsc::Sender<Vec<u8>>, &mut OlrHost)> {
        Some((&self.outgoing, self.olr_host.as_mut()?))
    }
}

/// The task's state.
pub(super) struct Intake {
    clock: Arc<dyn Clock>,
    pipeline: Pipeline,
    ports: Vec<PortWork>,
    states: Ports,
    records: mpsc::UnboundedSender<Record>,
    /// Holds back what is recorded already, while recovering.
    sieve: Option<Sieve>,
    /// Acknowledgements owed for vehicle records, by port and offset, until their output comes.
    owed: BTreeMap<(String, u64), Acknowledgement>,
    last_stamp: Micros,
    /// What the raw log is ahead of the clock since a step back while the daemon was down. Added to
    /// every moment, so that moments go on rising and time does not stand until the clock is there.
    skew: Micros,
    /// Weighings that came out again while recovering.
    recovered: BTreeSet<String>,
    status: watch::Sender<StationStatus>,
    corrupt_pictures: CorruptPictures,
    signs: Signs,
    host_clock: Watch,
    /// The raw log on its way to the disk, at most one; yields the port.
    syncing: JoinSet<(usize, Result<(), RawLogError>)>,
    /// Whose turn it is to be synced.
    sync_turn: usize,
}

impl Intake {
    /// Opens the raw logs and takes up what they hold and the store does not.
    pub(super) async fn prepare(
        config: Arc<Config>,
        clock: Arc<dyn Clock>,
        outgoing: BTreeMap<String, mpsc::Sender<Vec<u8>>>,
        records: mpsc::UnboundedSender<Record>,
        store: &Store,
    ) -> Result<(Self, watch::Receiver<StationStatus>), StationError> {
        let limits = Limits {
            segment_bytes: config.raw_log.segment_bytes,
            keep_bytes: config.raw_log.keep_bytes_per_port,
        };
        let raw_folder = config.raw_folder();
        let mut ports = Vec::new();
        for port in &config.ports {
            let wrong = |why: String| StationError::Protocol {
                port: port.name.clone(),
                why,
            };
            let session = match port.role {
                PortRole::Picture => Some(port.picture_session().map_err(wrong)?),
                _ => None,
            };
            ports.push(PortWork {
                name: port.name.clone(),
                raw_log: RawLog::open(&raw_folder.join(&port.name), limits)?,
                raw_log_failing: false,
                last_bytes_at: Micros::ZERO,
                open: false,
                session,
                olr_host: (port.protocol == "olr").then(OlrHost::default),
                outgoing: outgoing.get(&port.name).cloned().ok_or_else(|| {
                    wrong("no line to write to; this is a fault of the program".to_owned())
                })?,
                answers: Answers::default(),
            });
        }
        let host_clock = Watch::new(&config, clock.now());
        let mut states = Ports::new(&config, clock.now());
        states.host_clock(host_clock.status());
        let (status, receiver) = watch::channel(states.snapshot());
        let last_stamp = ports
            .iter()
            .filter_map(|port| port.raw_log.last_received_at())
            .max()
            .unwrap_or(Micros::ZERO);
        let skew = last_stamp.saturating_sub(clock.now()).max(Micros::ZERO);
        if skew > Micros::SECOND {
            tracing::error!(
                skew_us = skew.get(),
                "系统时钟比原始日志慢，请校时；此前不得立案 / the host's clock is behind the raw log: set it; \
                 nothing becomes a case until then"
            );
        }
        let recovery = recovery::start_from(store).await?;
        let mut intake = Self {
            last_stamp,
            skew,
            recovered: BTreeSet::new(),
            pipeline: Pipeline::new(config.lane_settings()),
            clock,
            ports,
            states,
            records,
            sieve: Some(Sieve::new(store.clone(), recovery.record_from)),
            owed: BTreeMap::new(),
            status,
            corrupt_pictures: CorruptPictures::default(),
            signs: Signs::default(),
            host_clock,
            syncing: JoinSet::new(),
            sync_turn: 0,
        };
        if let Some(hour) = recovery.hour {
            intake.states.hour(&hour);
            intake.pipeline.resume_hour(hour);
        }
        intake.recover(&config, recovery.warm_from, store).await?;
        Ok((intake, receiver))
    }

    /// Publishes this count, too.
    pub(super) fn with_corrupt_pictures(self, corrupt_pictures: CorruptPictures) -> Self {
        Self {
            corrupt_pictures,
            ..self
        }
    }

    /// Passes on what signs say.
    pub(super) fn with_signs(self, signs: Signs) -> Self {
        Self { signs, ..self }
    }

    /// Takes what the host says of its clock.
    pub(super) fn clock_asked(&mut self, answer: ClockAnswer) {
        let ahead = self.clock.ahead_of_host().saturating_add(self.skew);
        let now = self.stamp();
        let recorded = self.host_clock.take(answer, now, ahead);
        self.states.host_clock(self.host_clock.status());
        if let Some(clock) = recorded {
            self.hand_over(Record::HostClock(Box::new(clock)));
        }
        self.publish();
    }

    /// Replays the raw logs through the fresh pipeline, then breaks all lines: what was half read
    /// when the process stopped is not glued to what comes next.
    async fn recover(
        &mut self,
        config: &Config,
        from: Micros,
        store: &Store,
    ) -> Result<(), StationError> {
        let names: Vec<&str> = config.ports.iter().map(|port| port.name.as_str()).collect();
        let mut merged = Merged::open(&config.raw_folder(), names, from)?;
        let first_offsets = merged.first_offsets();
        for (port, work) in config.ports.iter().zip(&self.ports) {
            let offset = first_offsets
                .get(&port.name)
                .copied()
                .unwrap_or(work.raw_log.next_offset());
            let decoder = port.decoder().map_err(|why| StationError::Protocol {
                port: port.name.clone(),
                why,
            })?;
            self.pipeline.add_port(&port.name, decoder, offset);
        }
        let mut chunks = 0_u64;
        let mut continuity = Continuity::new(config, first_offsets);
        for record in merged {
            let (port, record) = record?;
            chunks += 1;
            let inputs = continuity
                .feed(&mut self.pipeline, &port, &record)
                .map_err(|why| StationError::Protocol { port, why })?;
            self.owe(&inputs, false);
            self.forward(false);
            if self.sieve.as_ref().is_some_and(Sieve::is_full) {
                self.hand_over_recovered().await?;
            }
        }
        self.hand_over_recovered().await?;
        // A weighing can be durable while its bytes in the raw log are not: a power cut takes the
        // last second of them. Its own entry holds all there is to close it with.
        for weighing in recovery::unclosed_weighings(store).await? {
            if !self.recovered.contains(&weighing.passage_id) {
                self.pipeline.resume(weighing);
            }
        }
        let now = self.stamp();
        self.pipeline.advance(now);
        self.forward(false);
        self.hand_over_recovered().await?;
        self.recovered = BTreeSet::new();
        self.sieve = None;
        tracing::info!(
            chunks,
            open = self.pipeline.open_passages(),
            "raw log taken up again"
        );
        for index in 0..self.ports.len() {
            self.take_chunk(index, &[]);
        }
        Ok(())
    }

    async fn hand_over_recovered(&mut self) -> Result<(), StationError> {
        if let Some(sieve) = &mut self.sieve {
            for record in sieve.take().await? {
                let _ = self.records.send(record);
            }
        }
        Ok(())
    }

    /// Runs until cancelled and the ports have ended.
    pub(super) async fn run(
        mut self,
        mut reports: mpsc::Receiver<(usize, PortReport)>,
        mut clock_answers: mpsc::Receiver<ClockAnswer>,
        cancel: CancellationToken,
    ) {
        // Every port has its turn within the time, a slow disk permitting.
        let ports = u32::try_from(self.ports.len().max(1)).unwrap_or(u32::MAX);
        let turn = (SYNC_EVERY / ports).max(SHORTEST_TURN);
        let mut sync = tokio::time::interval(turn);
        sync.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut publish = tokio::time::interval(PUBLISH_EVERY);
        publish.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let pause = self.until_due();
            tokio::select! {
                report = reports.recv() => match report {
                    Some((index, report)) => self.report(index, report),
                    None => break,
                },
                () = cancel.cancelled() => {
                    // What the ports handed over before they stopped still counts.
                    while let Ok((index, report)) = reports.try_recv() {
                        self.report(index, report);
                    }
                    break;
                }
                () = tokio::time::sleep(pause) => self.tick(),
                Some(answer) = clock_answers.recv() => self.clock_asked(answer),
                _ = sync.tick() => self.sync_next(),
                Some(Ok((index, synced))) = self.syncing.join_next() => self.synced(index, synced),
                _ = publish.tick() => {
                    self.try_failing_logs();
                    self.publish();
                }
            }
        }
        while let Some(done) = self.syncing.join_next().await {
            if let Ok((index, synced)) = done {
                self.synced(index, synced);
            }
        }
        self.sync_all();
        self.publish();
    }

    /// Time until the pipeline or a camera session has something to do.
    fn until_due(&self) -> Duration {
        let sessions = self
            .ports
            .iter()
            .filter_map(|port| port.session.as_ref()?.poll_timeout())
            .map(Micros::new);
        let questions = self
            .ports
            .iter()
            .filter(|port| port.open)
            .filter_map(|port| self.pipeline.transmit_timeout(&port.name));
        let due = self
            .pipeline
            .poll_timeout()
            .into_iter()
            .chain(sessions)
            .chain(questions)
            .min();
        due.map_or(Duration::from_secs(3_600), |due| {
            let micros = due.saturating_sub(self.now()).get().max(0);
            Duration::from_micros(micros.unsigned_abs())
        })
    }

    fn now(&self) -> Micros {
        self.clock.now().saturating_add(self.skew)
    }

    /// A moment later than any before.
    fn stamp(&mut self) -> Micros {
        self.last_stamp = self
            .now()
            .max(self.last_stamp.saturating_add(Micros::new(1)));
        self.last_stamp
    }

    fn tick(&mut self) {
        let now = self.stamp();
        self.pipeline.advance(now);
        self.forward(true);
        for index in 0..self.ports.len() {
            if let Some(session) = self
                .ports
                .get_mut(index)
                .and_then(|port| port.session.as_mut())
                && session.poll_timeout().is_some_and(|due| due <= now.get())
            {
                session.handle_timeout(now.get());
                if session.take_resync() {
                    // A reply that never became whole is let go of, in the raw log too.
                    self.take_chunk(index, &[]);
                }
            }
            self.transmit(index);
        }
    }

    fn report(&mut self, index: usize, report: PortReport) {
        let Some(name) = self.ports.get(index).map(|port| port.name.clone()) else {
            return;
        };
        let now = self.stamp();
        match report {
            PortReport::Bytes(bytes) => {
                self.states.bytes(index, now, bytes.len());
                self.take_chunk(index, &bytes);
                // The state is published by the timer; a stream of frames need not do it each time.
                return;
            }
            PortReport::Message { bytes, answer } => {
                self.states.bytes(index, now, bytes.len());
                self.states.taken(index, now);
                self.take_message(index, &bytes, answer);
                return;
            }
            PortReport::TurnedAway { counted_as, why } => {
                if self.states.turned_away(index, now, counted_as, why.clone()) {
                    tracing::warn!(port = name, why, "a message was turned away");
                }
                return;
            }
            PortReport::Opened => {
                self.states.opened(index, now);
                self.port_event(&name, "opened", "");
                if let Some(port) = self.ports.get_mut(index) {
                    port.open = true;
                }
                self.signs.opened(&name);
                let session = self.ports.get_mut(index).and_then(|p| p.session.as_mut());
                if let Some(session) = session {
                    session.line_opened();
                }
                self.transmit(index);
            }
            PortReport::Refused { why } => {
                tracing::warn!(port = name, why, "port can't be opened, trying again");
                self.port_event(&name, "refused", &why);
                self.states.disconnected(index, now, why);
            }
            PortReport::Lost { why } => {
                if let Some(port) = self.ports.get_mut(index) {
                    port.open = false;
                }
                self.signs.lost(&name);
                tracing::warn!(port = name, why, "port lost, opening it again");
                self.take_chunk(index, &[]);
                self.port_event(&name, "lost", &why);
                self.states.disconnected(index, now, why);
            }
            PortReport::Silent { after } => {
                self.port_event(&name, "silent", &format!("{} ms", after.as_millis()));
                self.states.silent(index, now);
            }
        }
        self.publish();
    }

    fn port_event(&self, port: &str, event: &'static str, detail: &str) {
        let _ = self.records.send(Record::PortEvent {
            port: port.to_owned(),
            event,
            detail: detail.to_owned(),
        });
    }

    /// Tries again the raw logs that can't be written, of ports that are quiet: on the others the
    /// next bytes try. What was not logged is a gap, so the line counts as broken there.
    fn try_failing_logs(&mut self) {
        const QUIET: Micros = Micros::SECOND;
        let now = self.now();
        for index in 0..self.ports.len() {
            let quiet = self.ports.get(index).is_some_and(|port| {
                port.raw_log_failing && now.saturating_sub(port.last_bytes_at) > QUIET
            });
            if quiet {
                self.take_chunk(index, &[]);
            }
        }
    }

    /// Takes a whole message that was pushed. Its bytes go the way of all bytes, so that replay has the
    /// same events; at its end the stream breaks, so that nothing is glued to the next message.
    fn take_message(&mut self, index: usize, bytes: &[u8], answer: oneshot::Sender<PushAnswer>) {
        let mut heard = Heard::default();
        let mut logged = true;
        let end: &[u8] = &[];
        for chunk in bytes.chunks(LONGEST_CHUNK).chain([end]) {
            for input in self.take_chunk(index, chunk) {
                let pipeline = &mut self.pipeline;
                heard.event(&input.event, || {
                    pipeline.reply(&input.port, &input.event, Answer::Recorded)
                });
            }
            logged &= self
                .ports
                .get(index)
                .is_some_and(|port| !port.raw_log_failing);
        }
        // Dropped, the answer tells the camera to send the message again.
        if logged && let Some(port) = self.ports.get_mut(index) {
            port.answers.wait(answer, heard.answer());
        }
    }

    /// Stamps, logs, decodes and passes on one chunk; no bytes mean that the line broke. Yields the
    /// events that it completed.
    fn take_chunk(&mut self, index: usize, bytes: &[u8]) -> Vec<Input> {
        let now = self.stamp();
        let Some(port) = self.ports.get_mut(index) else {
            return Vec::new();
        };
        if !bytes.is_empty() {
            port.last_bytes_at = now;
        }
        match port.raw_log.append(now, bytes) {
            Ok(_) if port.raw_log_failing => {
                port.raw_log_failing = false;
                self.states.raw_log(index, None);
            }
            Ok(_) => {}
            Err(error) => {
                // Recording goes on: the bytes of each passage are in the journal all the same.
                if !port.raw_log_failing {
                    tracing::error!(port = port.name, %error, "raw log can't be written");
                }
                port.raw_log_failing = true;
                self.states.raw_log(index, Some(error.to_string()));
            }
        }
        let name = port.name.clone();
        let inputs = self.pipeline.receive(&name, now, bytes);
        for input in &inputs {
            self.states.event(index, &input.event);
            self.signs.heard(&input.port, &input.event);
        }
        if let Some(session) = self
            .ports
            .get_mut(index)
            .and_then(|port| port.session.as_mut())
        {
            for input in &inputs {
                session.handle_event(now.get(), &input.event);
            }
        }
        self.owe(&inputs, true);
        self.forward(true);
        self.transmit(index);
        inputs
    }

    /// Notes which vehicle records want an acknowledgement, and refuses lines that are whole but
    /// can't be read: sending them again would not help.
    fn owe(&mut self, inputs: &[Input], live: bool) {
        for input in inputs {
            let port = self.ports.iter_mut().find(|port| port.name == input.port);
            let Some((outgoing, host)) = port.and_then(PortWork::olr_conversation) else {
                self.owe_by_protocol(input);
                continue;
            };
            for answer in host.heard(input.received_at, &input.bytes) {
                if live {
                    // A device that takes nothing now is told again in a minute.
                    let _ = outgoing.try_send(answer);
                }
            }
            match &input.event {
                Event::Vehicle(vehicle) => {
                    if let Some(acknowledgement) = Acknowledgement::of(&input.port, vehicle) {
                        self.owed
                            .insert((input.port.clone(), input.offset), acknowledgement);
                    }
                }
                Event::Rejected(reason) if live => self.refuse(input, *reason),
                _ => {}
            }
        }
    }

    /// Notes the answer that a vehicle record of another protocol wants.
    fn owe_by_protocol(&mut self, input: &Input) {
        if !matches!(input.event, Event::Vehicle(_)) {
            return;
        }
        let pipeline = &mut self.pipeline;
        let acknowledgement = Acknowledgement::by_protocol(&input.port, |answer| {
            pipeline.reply(&input.port, &input.event, answer)
        });
        if let Some(acknowledgement) = acknowledgement {
            self.owed
                .insert((input.port.clone(), input.offset), acknowledgement);
        }
    }

    fn refuse(&self, input: &Input, reason: Reject) {
        let line = input.bytes.trim_ascii_end();
        let Some((address, sequence)) = olr::address(line) else {
            return;
        };
        let answer = olr::Answer::Bad;
        let refusal = olr::Acknowledge {
            address,
            sequence,
            answer,
        };
        if let Ok(answer) = olr::encode(&olr::Message::Acknowledge(refusal)) {
            let raw = Box::new(input.raw());
            let _ = self.records.send(Record::Refused {
                raw,
                reason: reason.name(),
                answer,
            });
        }
    }

    /// Hands the pipeline's outputs on. While recovering nothing is sent to a device: its port is
    /// not open, and it will send again what it holds.
    fn forward(&mut self, live: bool) {
        while let Some(output) = self.pipeline.poll_output() {
            let record = match output {
                Output::Weighed(weighing) => {
                    let acknowledgement = self.settle(&weighing.raw.port, weighing.raw.offset);
                    self.states.weighed(&weighing);
                    if self.sieve.is_some() {
                        self.recovered.insert(weighing.passage_id.clone());
                    }
                    Record::Weighed {
                        weighing,
                        acknowledgement: acknowledgement.filter(|_| live),
                    }
                }
                Output::Repeated { weighing } => {
                    if live {
                        self.states.repeated(&weighing.raw.port);
                    }
                    let acknowledgement = self.settle(&weighing.raw.port, weighing.raw.offset);
                    Record::Repeated {
                        weighing,
                        acknowledgement: acknowledgement.filter(|_| live),
                    }
                }
                Output::RepeatedRead { port } => {
                    if live {
                        self.states.repeated(&port);
                    }
                    continue;
                }
                Output::TakePicture {
                    port,
                    passage_id: _,
                } => {
                    if live {
                        self.trigger(&port);
                    }
                    continue;
                }
                Output::PictureTaken {
                    passage_id,
                    jpeg,
                    picture,
                } => Record::Picture {
                    passage_id,
                    jpeg,
                    picture,
                },
                Output::Closed(closed) => Record::Closed(closed),
                Output::Hour(hour) => {
                    self.states.hour(&hour);
                    Record::Hour(hour)
                }
                Output::Finding(finding) => {
                    let acknowledgement = match &finding {
                        Finding::RecordWithoutAxles { port, offset, .. } => {
                            self.owed.remove(&(port.clone(), *offset))
                        }
                        _ => None,
                    };
                    self.states.finding(&finding, self.last_stamp);
                    if let Finding::Drift(drift) = &finding
                        && drift.enforcement_off
                    {
                        // Also while recovering: the store knows whether it took place.
                        self.hand_over(Record::Drifted(Box::new(drift.clone())));
                    }
                    if !live {
                        continue;
                    }
                    Record::Finding {
                        finding,
                        acknowledgement,
                    }
                }
            };
            self.hand_over(record);
        }
    }

    fn hand_over(&mut self, record: Record) {
        if let Some(sieve) = &mut self.sieve {
            sieve.put(record);
        } else if self.records.send(record).is_err() {
            tracing::error!("the recorder has ended; nothing more can be recorded");
        }
    }

    fn settle(&mut self, port: &str, offset: i64) -> Option<Acknowledgement> {
        self.owed.remove(&(port.to_owned(), offset.unsigned_abs()))
    }

    fn trigger(&mut self, port: &str) {
        let now = self.last_stamp;
        let index = self.ports.iter().position(|work| work.name == port);
        let Some(index) = index else { return };
        if let Some(session) = self
            .ports
            .get_mut(index)
            .and_then(|work| work.session.as_mut())
        {
            session.trigger(now.get());
        }
        self.transmit(index);
    }

    fn transmit(&mut self, index: usize) {
        let Some(port) = self.ports.get_mut(index) else {
            return;
        };
        if !port.open {
            return;
        }
        let Some(session) = &mut port.session else {
            let now = self.last_stamp;
            while let Some(question) = self.pipeline.poll_transmit(&port.name, now) {
                // What the line does not take now is asked again at the next turn.
                let _ = port.outgoing.try_send(question);
            }
            return;
        };
        while let Some(bytes) = session.poll_transmit() {
            if port.outgoing.try_send(bytes).is_err() {
                tracing::warn!(
                    port = port.name,
                    "camera takes no commands, one was dropped"
                );
            }
        }
    }

    /// Syncs the raw log whose turn it is, in a thread of its own: neither this task nor the
    /// store's commits must wait until the disk has taken the logs of many ports at once.
    fn sync_next(&mut self) {
        if !self.syncing.is_empty() {
            return;
        }
        // The next one with something to sync, at most once around.
        for _ in 0..self.ports.len() {
            let index = self.sync_turn % self.ports.len();
            self.sync_turn = index + 1;
            let Some(port) = self.ports.get_mut(index) else {
                return;
            };
            let taken = port.raw_log.take_unsynced();
            port.answers.sync_begins();
            match taken {
                Ok(None) => port.answers.synced(),
                Ok(Some(unsynced)) => {
                    self.syncing
                        .spawn_blocking(move || (index, unsynced.sync()));
                    return;
                }
                Err(error) => self.sync_failed(index, &error),
            }
        }
    }

    fn sync_all(&mut self) {
        for index in 0..self.ports.len() {
            let synced = self.ports.get_mut(index).map(|port| {
                port.answers.sync_begins();
                port.raw_log.sync()
            });
            if let Some(synced) = synced {
                self.synced(index, synced);
            }
        }
    }

    fn synced(&mut self, index: usize, synced: Result<(), RawLogError>) {
        match synced {
            Ok(()) => {
                if let Some(port) = self.ports.get_mut(index) {
                    port.answers.synced();
                }
            }
            Err(error) => self.sync_failed(index, &error),
        }
    }

    fn sync_failed(&mut self, index: usize, error: &RawLogError) {
        if let Some(port) = self.ports.get_mut(index) {
            tracing::error!(port = port.name, %error, "raw log can't be synced");
            port.raw_log.still_unsynced();
            port.answers.sync_failed();
            port.raw_log_failing = true;
            self.states.raw_log(index, Some(error.to_string()));
        }
    }

    fn publish(&mut self) {
        self.states.corrupt_pictures(&self.corrupt_pictures);
        self.states.signs(&self.signs.states(), self.last_stamp);
        let snapshot = self.states.snapshot();
        self.status.send_if_modified(|status| {
            let changed = *status != snapshot;
            *status = snapshot;
            changed
        });
    }
}
