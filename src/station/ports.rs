//! Counters and states of ports and lanes, kept by the intake and published as [`StationStatus`].

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use firmware_protocols::Event;

use super::signs::SignState;
use crate::config::{Config, Lane};
use crate::lane::Finding;
use crate::lane::drift::DriftFinding;
use crate::lane::health::HealthFinding;
use crate::lane::hours::Hour;
use crate::law::ScaleUse;
use crate::passage::Weighing;
use crate::status::{
    HostClockStatus, LaneFinding, LaneHourStatus, LaneStatus, PortState, PortStatus,
    ShiftCheckStatus, StationStatus,
};
use crate::units::Micros;

/// The name under which corrupt pictures stand among a port's rejects.
const CORRUPT_PICTURE: &str = "corrupt_picture";

/// Counts pictures that came whole over the line and are no pictures, by port: the recorder finds
/// them, the intake publishes the count.
#[derive(Debug, Clone, Default)]
pub(super) struct CorruptPictures(Arc<Mutex<BTreeMap<String, u64>>>);

impl CorruptPictures {
    pub(super) fn count(&self, port: &str) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(port.to_owned()).or_default() += 1;
    }
}

/// A message turned away is no news within this time of the last one.
const NEWS_AFTER: Micros = Micros::from_seconds(60);

/// The state that is published.
pub(super) struct Ports {
    status: StationStatus,
    /// The latest message that was turned away, by port: when, and the words.
    turned_away: BTreeMap<usize, (Micros, String)>,
}

impl Ports {
    pub(super) fn new(config: &Config, now: Micros) -> Self {
        let mut status = StationStatus::starting(&config.station.code, &config.station.name, now);
        status.simulated = config.station.simulated;
        status.ports = config
            .ports
            .iter()
            .map(|port| PortStatus {
                name: port.name.clone(),
                role: port.role.name().to_owned(),
                lane: port.lane,
                protocol: port.protocol.clone(),
                state: PortState::Starting,
                since: now,
                last_byte_at: None,
                bytes: 0,
                frames: 0,
                rejects: BTreeMap::new(),
                repeated: 0,
                reconnects: 0,
                showing: None,
                minutes_heard: None,
                periodic: false,
                last_error: None,
            })
            .collect();
        status.lanes = config
            .lanes
            .iter()
            .map(|lane| lane_status(lane, now))
            .collect();
        let rules = config.shift_rules();
        status.shift_check = ShiftCheckStatus {
            required: rules.required,
            valid_for: rules.valid_for,
            zero_tolerance_kg: rules.zero_tolerance_kg.get(),
            tolerance_per_mille: rules.tolerance_per_mille,
            tolerance_kg: rules.tolerance_kg.get(),
        };
        Self {
            status,
            turned_away: BTreeMap::new(),
        }
    }

    /// Takes over what the recorder counted.
    pub(super) fn corrupt_pictures(&mut self, counted: &CorruptPictures) {
        let counts = counted.0.lock().unwrap_or_else(PoisonError::into_inner);
        for port in &mut self.status.ports {
            if let Some(count) = counts.get(&port.name) {
                port.rejects.insert(CORRUPT_PICTURE.to_owned(), *count);
            }
        }
    }

    /// Takes over what is known of the host's clock: while it withholds, no lane is fit for cases.
    pub(super) fn host_clock(&mut self, clock: HostClockStatus) {
        self.status.clock_synchronised = match clock.state.as_str() {
            "synchronised" => Some(true),
            "unsynchronised" => Some(false),
            _ => None,
        };
        let before = self.status.host_clock.withholds.take();
        for lane in &mut self.status.lanes {
            lane.withheld
                .retain(|reason| Some(reason) != before.as_ref());
            lane.withheld.extend(clock.withholds.clone());
        }
        self.status.host_clock = clock;
    }

    /// Takes over how the signs are.
    pub(super) fn signs(&mut self, signs: &BTreeMap<String, SignState>, now: Micros) {
        for index in 0..self.status.ports.len() {
            let Some(port) = self.status.ports.get_mut(index) else {
                return;
            };
            let Some(sign) = signs.get(&port.name) else {
                continue;
            };
            port.showing.clone_from(&sign.showing);
            let was = port.state;
            match (&sign.trouble, was) {
                (Some(trouble), PortState::Connected | PortState::Unanswered) => {
                    port.last_error = Some(trouble.clone());
                    self.change(index, PortState::Unanswered, now);
                }
                (None, PortState::Unanswered) => {
                    port.last_error = None;
                    self.change(index, PortState::Connected, now);
                }
                _ => {}
            }
        }
    }

    /// The present state.
    pub(super) fn snapshot(&self) -> StationStatus {
        self.status.clone()
    }

    fn change(&mut self, index: usize, state: PortState, now: Micros) -> Option<&mut PortStatus> {
        let port = self.status.ports.get_mut(index)?;
        if port.state != state {
            port.state = state;
            port.since = now;
        }
        Some(port)
    }

    pub(super) fn opened(&mut self, index: usize, now: Micros) {
        if let Some(port) = self.change(index, PortState::Connected, now) {
            // The first opening is no reconnect; one after a refusal or a loss is.
            port.reconnects += u64::from(port.last_error.is_some());
            port.last_error = None;
        }
    }

    pub(super) fn disconnected(&mut self, index: usize, now: Micros, why: String) {
        if let Some(port) = self.change(index, PortState::Disconnected, now) {
            port.last_error = Some(why);
        }
    }

    pub(super) fn silent(&mut self, index: usize, now: Micros) {
        self.change(index, PortState::Silent, now);
    }

    pub(super) fn bytes(&mut self, index: usize, now: Micros, count: usize) {
        // Bytes alone unfreeze no display and are no answer to what a sign was told.
        let kept = self.status.ports.get(index).map(|port| port.state);
        let kept = kept.filter(|state| matches!(state, PortState::Frozen | PortState::Unanswered));
        let state = kept.unwrap_or(PortState::Connected);
        if let Some(port) = self.change(index, state, now) {
            port.last_byte_at = Some(now);
            port.bytes += count as u64;
        }
    }

    /// A message came that was not taken. Whether that is news.
    pub(super) fn turned_away(
        &mut self,
        index: usize,
        now: Micros,
        counted_as: &str,
        why: String,
    ) -> bool {
        let Some(port) = self.status.ports.get_mut(index) else {
            return false;
        };
        *port.rejects.entry(counted_as.to_owned()).or_default() += 1;
        port.last_error = Some(why.clone());
        let before = self.turned_away.insert(index, (now, why));
        before.is_none_or(|(at, _)| now.saturating_sub(at) > NEWS_AFTER)
    }

    /// A message was taken: trouble with others before it is over when none came lately.
    pub(super) fn taken(&mut self, index: usize, now: Micros) {
        let old = |(at, _): &(Micros, String)| now.saturating_sub(*at) > NEWS_AFTER;
        if !self.turned_away.get(&index).is_some_and(old) {
            return;
        }
        let why = self.turned_away.remove(&index).map(|(_, why)| why);
        if let Some(port) = self.status.ports.get_mut(index)
            && port.last_error == why
        {
            port.last_error = None;
        }
    }

    /// The raw log's trouble, `None` when it is over.
    pub(super) fn raw_log(&mut self, index: usize, trouble: Option<String>) {
        if let Some(port) = self.status.ports.get_mut(index) {
            port.last_error = trouble;
        }
    }

    pub(super) fn event(&mut self, index: usize, event: &Event) {
        let Some(port) = self.status.ports.get_mut(index) else {
            return;
        };
        match event {
            Event::Rejected(reason) => {
                *port.rejects.entry(reason.name().to_owned()).or_default() += 1;
            }
            _ => port.frames += 1,
        }
    }

    /// A record came again, byte for byte, or a plate read under its name.
    pub(super) fn repeated(&mut self, name: &str) {
        let mut ports = self.status.ports.iter_mut();
        if let Some(port) = ports.find(|port| port.name == name) {
            port.repeated += 1;
        }
    }

    pub(super) fn weighed(&mut self, weighing: &Weighing) {
        let lanes = &mut self.status.lanes;
        if let Some(lane) = lanes.iter_mut().find(|lane| lane.number == weighing.lane) {
            lane.passages += 1;
            lane.last_passage_at = lane.last_passage_at.max(Some(weighing.crossed_at));
        }
        // A weighing is a change of the display: it is not frozen any more.
        let since = weighing.received_at;
        let ports = self
            .status
            .ports
            .iter_mut()
            .filter(|port| port.name == weighing.port);
        for port in ports.filter(|port| port.state == PortState::Frozen) {
            (port.state, port.since) = (PortState::Connected, since);
        }
    }

    pub(super) fn finding(&mut self, finding: &Finding, now: Micros) {
        match finding {
            Finding::Drift(drift) => {
                self.lane_finding(drift.lane, drift_shown(drift), drift.until.is_none())
            }
            Finding::Health(health) => {
                self.lane_finding(health.lane, health_shown(health), health.until.is_none())
            }
            _ => {}
        }
        if let Finding::FrozenValue { port, .. } = finding {
            let index = self
                .status
                .ports
                .iter()
                .position(|status| status.name == *port);
            if let Some(index) = index {
                self.change(index, PortState::Frozen, now);
            }
        }
    }
}

impl Ports {
    /// Shows a finding of a lane, or no longer.
    fn lane_finding(&mut self, number: u16, shown: LaneFinding, lasts: bool) {
        let mut lanes = self.status.lanes.iter_mut();
        let Some(lane) = lanes.find(|lane| lane.number == number) else {
            return;
        };
        let same = |other: &LaneFinding| {
            (&other.name, &other.quantity, &other.port)
                == (&shown.name, &shown.quantity, &shown.port)
        };
        lane.findings.retain(|other| !same(other));
        if lasts {
            lane.findings.push(shown);
        }
    }

    /// Takes over what an hour's record says.
    pub(super) fn hour(&mut self, hour: &Hour) {
        for port in &mut self.status.ports {
            if let Some(found) = hour.ports.iter().find(|found| found.port == port.name) {
                port.minutes_heard = Some(found.minutes_heard);
                port.periodic = found.periodic;
            }
        }
        for lane in &mut self.status.lanes {
            let Some(found) = hour.lanes.iter().find(|found| found.lane == lane.number) else {
                continue;
            };
            let drifts = found.drifts.iter().map(drift_shown);
            let health = found.health.iter().map(health_shown);
            lane.findings = drifts.chain(health).collect();
            lane.last_hour = Some(LaneHourStatus {
                start: hour.start,
                weighings: found.weighings,
                unfit: found.unfit,
                with_plate: found.with_plate,
                ambiguous: found.ambiguous,
                without_plate: found.without_plate,
            });
        }
    }
}

fn drift_shown(drift: &DriftFinding) -> LaneFinding {
    LaneFinding {
        name: "drift".to_owned(),
        quantity: Some(drift.quantity.name().to_owned()),
        port: None,
        since: drift.since,
        vehicles: drift.vehicles,
        seen_per_mille: Some(drift.size_per_mille),
        beside_per_mille: Some(drift.uncertainty_per_mille),
    }
}

fn health_shown(health: &HealthFinding) -> LaneFinding {
    LaneFinding {
        name: health.ailment.name().to_owned(),
        quantity: None,
        port: health.port.clone(),
        since: health.since,
        vehicles: health.vehicles,
        seen_per_mille: health.seen_per_mille,
        beside_per_mille: health.usual_per_mille,
    }
}

/// What keeps a lane's passages from becoming penalties, whatever they weigh.
fn lane_status(lane: &Lane, now: Micros) -> LaneStatus {
    let today = now.beijing_day();
    let certified = lane
        .certificate
        .as_ref()
        .map(|c| (c.valid_from..=c.valid_until).contains(&today));
    let since = |day: Option<chrono::NaiveDate>| day.is_some_and(|day| day <= today);
    let withheld = [
        (
            lane.scale_use == ScaleUse::PreSelection,
            "scale_is_pre_selection",
        ),
        (certified.is_none(), "certificate_missing"),
        (certified == Some(false), "certificate_expired"),
        (!since(lane.site_approved), "site_not_approved"),
        (!since(lane.site_published), "site_not_published"),
    ];
    LaneStatus {
        number: lane.number,
        name: lane.name.clone(),
        passages: 0,
        last_passage_at: None,
        withheld: withheld
            .iter()
            .filter(|(missing, _)| *missing)
            .map(|(_, reason)| (*reason).to_owned())
            .collect(),
        platform: lane.scale_use == ScaleUse::Platform,
        findings: Vec::new(),
        last_hour: None,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::{Port, Station};
    use crate::lane::PortRole;

    #[test]
    fn a_message_turned_away_is_shown_until_others_have_come_for_a_while() {
        let mut config = Config::of_station(Station {
            code: "ST0001".to_owned(),
            name: String::new(),
            data_dir: "/nonexistent".into(),
            simulated: false,
        });
        let device = Path::new("http-push:/lane-1");
        let port = Port::new("camera-1", device, PortRole::Plate, "plate_text");
        config.ports.push(port);
        let at = |seconds: i64| Micros::from_seconds(1_795_478_400 + seconds);
        let mut ports = Ports::new(&config, at(0));
        let turn_away = |ports: &mut Ports, seconds: i64, why: &str| {
            ports.turned_away(0, at(seconds), "foreign_peer", why.to_owned())
        };
        assert!(turn_away(&mut ports, 0, "one"));
        assert!(!turn_away(&mut ports, 60, "two"), "no news so soon");
        ports.taken(0, at(120));
        let shown = |ports: &Ports| ports.snapshot().ports[0].last_error.clone();
        assert_eq!(shown(&ports).as_deref(), Some("two"));
        ports.taken(0, at(121));
        assert_eq!(shown(&ports), None);
        assert_eq!(ports.snapshot().ports[0].rejects["foreign_peer"], 2);
        // Another trouble is not taken for this one's.
        assert!(turn_away(&mut ports, 200, "three"));
        ports.raw_log(0, Some("the disk is full".to_owned()));
        ports.taken(0, at(300));
        assert_eq!(shown(&ports).as_deref(), Some("the disk is full"));
    }
}
