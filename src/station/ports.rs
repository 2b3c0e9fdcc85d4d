//! Counters and states of the ports, kept by the intake and published as [`StationStatus`].

use firmware_protocols::Event;

use crate::config::Config;
use crate::lane::Finding;
use crate::passage::Weighing;
use crate::status::{PortState, PortStatus, StationStatus, StoreStatus};
use crate::store::StoreHealth;
use crate::units::Micros;

/// The state that is published.
pub(super) struct Ports {
    status: StationStatus,
}

impl Ports {
    pub(super) fn new(config: &Config, now: Micros) -> Self {
        let ports = config
            .ports
            .iter()
            .map(|port| PortStatus {
                name: port.name.clone(),
                role: port.role,
                lane: port.lane,
                protocol: port.protocol.clone(),
                device: port.device.display().to_string(),
                state: PortState::Waiting,
                since: now,
                last_byte_at: None,
                bytes: 0,
                frames: 0,
                rejects: std::collections::BTreeMap::new(),
                repeated: 0,
                losses: 0,
                trouble: None,
                raw_log_trouble: None,
            })
            .collect();
        let status = StationStatus {
            station: config.station.code.clone(),
            name: config.station.name.clone(),
            version: env!("CARGO_PKG_VERSION"),
            started_at: now,
            ports,
            weighed: std::collections::BTreeMap::new(),
            findings: std::collections::BTreeMap::new(),
            store: StoreStatus::default(),
        };
        Self { status }
    }

    /// The present state.
    pub(super) fn snapshot(&self, store: StoreHealth) -> StationStatus {
        let mut status = self.status.clone();
        status.store = StoreStatus {
            queued: store.queued,
            last_commit_at: store.last_commit_at,
            trouble: store.failing,
        };
        status
    }

    fn change(&mut self, index: usize, state: PortState, now: Micros, trouble: Option<String>) {
        if let Some(port) = self.status.ports.get_mut(index) {
            if port.state != state {
                port.state = state;
                port.since = now;
            }
            port.trouble = trouble;
        }
    }

    pub(super) fn opened(&mut self, index: usize, now: Micros) {
        self.change(index, PortState::Open, now, None);
    }

    pub(super) fn refused(&mut self, index: usize, now: Micros, why: String) {
        self.change(index, PortState::Refused, now, Some(why));
    }

    pub(super) fn lost(&mut self, index: usize, now: Micros, why: String) {
        self.change(index, PortState::Lost, now, Some(why));
        if let Some(port) = self.status.ports.get_mut(index) {
            port.losses += 1;
        }
    }

    pub(super) fn silent(&mut self, index: usize, now: Micros) {
        let trouble = "长时间没有数据 / nothing was received for a long time".to_owned();
        self.change(index, PortState::Silent, now, Some(trouble));
    }

    pub(super) fn bytes(&mut self, index: usize, now: Micros, count: usize) {
        self.change(index, PortState::Open, now, None);
        if let Some(port) = self.status.ports.get_mut(index) {
            port.last_byte_at = Some(now);
            port.bytes += count as u64;
        }
    }

    pub(super) fn raw_log(&mut self, index: usize, trouble: Option<String>) {
        if let Some(port) = self.status.ports.get_mut(index) {
            port.raw_log_trouble = trouble;
        }
    }

    pub(super) fn event(&mut self, index: usize, event: &Event) {
        let Some(port) = self.status.ports.get_mut(index) else { return };
        match event {
            Event::Rejected(reason) => *port.rejects.entry(reason.name()).or_default() += 1,
            _ => port.frames += 1,
        }
    }

    pub(super) fn weighed(&mut self, weighing: &Weighing) {
        *self.status.weighed.entry(weighing.lane).or_default() += 1;
    }

    pub(super) fn repeated(&mut self, name: &str) {
        if let Some(port) = self.status.ports.iter_mut().find(|port| port.name == name) {
            port.repeated += 1;
        }
    }

    pub(super) fn finding(&mut self, finding: &Finding) {
        *self.status.findings.entry(finding.kind().to_owned()).or_default() += 1;
    }
}
