//! The running hour.

use std::collections::BTreeMap;

use firmware_protocols::Event;

use super::record::{Hour, LaneHour, LaneMemory, PortHour};
use super::{HOUR, hour_of};
use crate::lane::carriageway::{Finding, Output};
use crate::lane::record::moment;
use crate::lane::settings::{PortRole, PortSettings, Settings};
use crate::lane::stream::Input;
use crate::passage::{ClosedPassage, PlateState, Weighing};
use crate::units::Micros;

/// After so many hours without a word of any port no more records are made of nothing.
const LONGEST_SILENCE: u32 = 48;
/// Lanes that only records name are followed up to so many.
const MOST_LANES: usize = 64;
/// The largest drift that the law's deduction takes, hundredths of a per cent.
const LARGEST_DRIFT: i64 = 5_000;

/// What is counted of a lane in an hour.
#[derive(Debug, Default)]
struct Counts {
    weighings: u32,
    unfit: u32,
    with_plate: u32,
    ambiguous: u32,
    without_plate: u32,
    first_at: Option<Micros>,
    last_at: Option<Micros>,
}

#[derive(Debug, Default)]
struct LaneWatch {
    counts: Counts,
    memory: LaneMemory,
    drift_basis_points: Option<i64>,
}

#[derive(Debug, Default)]
struct PortWatch {
    counts: PortHour,
    /// One bit a minute.
    minutes: u64,
}

/// Counts what comes in and goes out, and makes the record of each hour.
#[derive(Debug)]
pub(in crate::lane) struct Watch {
    /// The beginning of the running hour, `None` before the first input.
    start: Option<Micros>,
    whole: bool,
    silent_hours: u32,
    /// The latest moment.
    now: Micros,
    lanes: BTreeMap<u16, LaneWatch>,
    ports: BTreeMap<String, PortWatch>,
}

impl Watch {
    pub(in crate::lane) fn new(settings: &Settings) -> Self {
        let scales = settings.ports.values().filter(|port| is_scale(port));
        Self {
            start: None,
            whole: false,
            silent_hours: 0,
            now: Micros::ZERO,
            lanes: scales
                .filter_map(|port| Some((port.lane?, LaneWatch::default())))
                .collect(),
            ports: settings
                .ports
                .iter()
                .filter(|(_, port)| !port.role.is_output())
                .map(|(name, port)| {
                    let counts = PortHour {
                        port: name.clone(),
                        lane: port.lane,
                        ..PortHour::default()
                    };
                    (name.clone(), PortWatch { counts, minutes: 0 })
                })
                .collect(),
        }
    }

    /// Goes on from the end of an hour: what is older is none of the following hours' business.
    pub(in crate::lane) fn resume(&mut self, hour: Hour) {
        self.start = Some(hour.end);
        self.whole = true;
        self.silent_hours = hour.silent_hours;
        for lane in hour.lanes {
            let watch = LaneWatch {
                counts: Counts::default(),
                memory: lane.memory,
                drift_basis_points: lane.drift_basis_points,
            };
            self.lanes.insert(lane.lane, watch);
        }
    }

    /// The drift that a weighing of this lane carries.
    pub(in crate::lane) fn drift(&self, lane: u16) -> Option<i64> {
        self.lanes.get(&lane)?.drift_basis_points
    }

    /// When the running hour ends, unless nobody has said anything for long.
    pub(in crate::lane) fn due(&self) -> Option<Micros> {
        let start = self.start?;
        (self.silent_hours < LONGEST_SILENCE).then(|| start.saturating_add(HOUR))
    }

    /// Ends the hours that are over at `now`.
    pub(in crate::lane) fn tick(&mut self, now: Micros, settings: &Settings) -> Vec<Output> {
        let mut outputs = Vec::new();
        self.now = self.now.max(now);
        while let Some(end) = self.due().filter(|end| *end <= now) {
            self.end_hour(end, settings, &mut outputs);
        }
        outputs
    }

    fn end_hour(&mut self, end: Micros, settings: &Settings, outputs: &mut Vec<Output>) {
        let start = self.start.replace(end).unwrap_or(end);
        let whole = std::mem::replace(&mut self.whole, true);
        let ports: Vec<PortHour> = self.ports.values_mut().map(PortWatch::take).collect();
        let silent = ports.iter().all(|port| port.messages + port.rejects == 0);
        self.silent_hours = if silent {
            self.silent_hours.saturating_add(1)
        } else {
            0
        };
        let mut lanes = Vec::new();
        for (&lane, watch) in &mut self.lanes {
            let counts = std::mem::take(&mut watch.counts);
            let memory = &mut watch.memory;
            let doubtful = !memory.charts.implausible(&settings.drift).is_empty();
            if whole {
                let vehicles = i64::from(counts.weighings);
                let span = (start, end);
                let rules = &settings.health;
                let findings = memory.health.hour(lane, span, vehicles, doubtful, rules);
                outputs.extend(findings.into_iter().map(told));
            }
            let drift = memory.charts.basis_points();
            watch.drift_basis_points = drift.map(|drift| drift.min(LARGEST_DRIFT));
            lanes.push(LaneHour {
                lane,
                weighings: counts.weighings,
                unfit: counts.unfit,
                with_plate: counts.with_plate,
                ambiguous: counts.ambiguous,
                without_plate: counts.without_plate,
                first_at: counts.first_at,
                last_at: counts.last_at,
                drift_basis_points: watch.drift_basis_points,
                drifts: memory.charts.open(lane, &settings.drift),
                health: memory.health.open(),
                memory: memory.clone(),
            });
        }
        outputs.push(Output::Hour(Box::new(Hour {
            start,
            end,
            whole,
            silent_hours: self.silent_hours,
            ports,
            lanes,
        })));
    }

    /// Whether a moment belongs to the running hour or a later one: what is older came out again
    /// while the memory was warmed up, and stands in the record that was resumed.
    fn is_current(&self, at: Micros) -> bool {
        self.start.is_some_and(|start| at >= start)
    }

    /// An input came in.
    pub(in crate::lane) fn heard(
        &mut self,
        input: &Input,
        settings: &Settings,
        port: &PortSettings,
    ) -> Vec<Output> {
        let at = input.received_at;
        self.now = self.now.max(at);
        let running = self.start.map(|start| start.saturating_add(HOUR));
        if running.is_none_or(|end| at >= end) {
            // The first word, or the first after a long silence.
            self.start = Some(hour_of(at));
            self.whole = hour_of(at) == at;
            self.silent_hours = 0;
        }
        let Some(start) = self.start.filter(|start| at >= *start) else {
            return Vec::new();
        };
        let Some(watch) = self.ports.get_mut(&input.port) else {
            return Vec::new();
        };
        watch.heard(input, at.saturating_sub(start), port);
        let said = match input.event {
            Event::Plate(_) => true,
            Event::Picture(_) => matches!(port.role, PortRole::Plate | PortRole::Picture),
            _ => false,
        };
        let (true, Some(lane)) = (said, port.lane) else {
            return Vec::new();
        };
        let Some(lane) = lane_watch(&mut self.lanes, lane, settings) else {
            return Vec::new();
        };
        let finding = lane.memory.health.heard(&input.port, at);
        finding.map(told).into_iter().collect()
    }

    /// Something came of it.
    pub(in crate::lane) fn saw(&mut self, output: &Output, settings: &Settings) -> Vec<Output> {
        match output {
            Output::Weighed(weighing) => self.weighed(weighing, settings),
            Output::Closed(closed) => self.closed(closed, settings),
            Output::Finding(Finding::PictureMissing { port, .. }) => {
                self.picture_missing(port, settings)
            }
            _ => Vec::new(),
        }
    }

    fn weighed(&mut self, weighing: &Weighing, settings: &Settings) -> Vec<Output> {
        if !self.is_current(weighing.received_at) {
            return Vec::new();
        }
        let Some(watch) = lane_watch(&mut self.lanes, weighing.lane, settings) else {
            return Vec::new();
        };
        let counts = &mut watch.counts;
        let at = weighing.crossed_at;
        counts.weighings = counts.weighings.saturating_add(1);
        counts.unfit += u32::from(weighing.flags.iter().any(|flag| flag.is_hard()));
        counts.first_at = Some(counts.first_at.map_or(at, |first| first.min(at)));
        counts.last_at = counts.last_at.max(Some(at));
        let cameras = plate_cameras(settings, weighing.lane);
        let health = &mut watch.memory.health;
        let findings = health.weighed(weighing, cameras, &settings.health);
        findings.into_iter().map(told).collect()
    }

    fn closed(&mut self, closed: &ClosedPassage, settings: &Settings) -> Vec<Output> {
        if !self.is_current(closed.closed_at) {
            return Vec::new();
        }
        let lane = closed.weighing.lane;
        let Some(watch) = lane_watch(&mut self.lanes, lane, settings) else {
            return Vec::new();
        };
        let counts = &mut watch.counts;
        let count = match closed.association.state {
            PlateState::Matched => &mut counts.with_plate,
            PlateState::Ambiguous => &mut counts.ambiguous,
            PlateState::Missing => &mut counts.without_plate,
        };
        *count = count.saturating_add(1);
        let memory = &mut watch.memory;
        let cameras = plate_cameras(settings, lane);
        let health = memory.health.closed(closed, cameras, &settings.health);
        let drifts = memory.charts.take(&closed.weighing, &settings.drift);
        let drifts = drifts.into_iter().map(Finding::Drift).map(Output::Finding);
        health.into_iter().map(told).chain(drifts).collect()
    }

    fn picture_missing(&mut self, port: &str, settings: &Settings) -> Vec<Output> {
        let now = self.now;
        let lane = settings.ports.get(port).and_then(|port| port.lane);
        let (true, Some(number)) = (self.is_current(now), lane) else {
            return Vec::new();
        };
        let Some(watch) = lane_watch(&mut self.lanes, number, settings) else {
            return Vec::new();
        };
        let health = &mut watch.memory.health;
        let finding = health.picture_missing(number, port, now, &settings.health);
        finding.map(told).into_iter().collect()
    }
}

impl PortWatch {
    fn heard(&mut self, input: &Input, into_hour: Micros, port: &PortSettings) {
        let counts = &mut self.counts;
        if matches!(input.event, Event::Rejected(_)) {
            counts.rejects += 1;
            return;
        }
        let minute = into_hour.get() / Micros::from_seconds(60).get();
        self.minutes |= 1 << minute.clamp(0, 59);
        counts.messages += 1;
        let time = match &input.event {
            Event::Heartbeat(_) => {
                counts.heartbeats += 1;
                None
            }
            Event::Vehicle(vehicle) => {
                counts.records += 1;
                vehicle.time
            }
            Event::Plate(plate) => {
                match plate.plate {
                    Some(_) => counts.reads += 1,
                    None => counts.unread += 1,
                }
                plate.time
            }
            _ => None,
        };
        counts.periodic = counts.heartbeats > 0 || port.role == PortRole::Platform;
        if let Some(time) = time.and_then(|time| moment(time, port)) {
            let delay = input.received_at.saturating_sub(time).get();
            counts.least_delay_us = Some(
                counts
                    .least_delay_us
                    .map_or(delay, |least| least.min(delay)),
            );
        }
    }

    /// Takes the hour's figures out and begins anew.
    fn take(&mut self) -> PortHour {
        let fresh = PortHour {
            port: self.counts.port.clone(),
            lane: self.counts.lane,
            ..PortHour::default()
        };
        let mut hour = std::mem::replace(&mut self.counts, fresh);
        hour.minutes_heard = std::mem::take(&mut self.minutes).count_ones();
        hour
    }
}

fn is_scale(port: &PortSettings) -> bool {
    matches!(port.role, PortRole::Wim | PortRole::Platform)
}

fn plate_cameras(settings: &Settings, lane: u16) -> impl Iterator<Item = &str> {
    let ports = settings.ports.iter();
    ports
        .filter(move |(_, port)| port.role == PortRole::Plate && port.lane == Some(lane))
        .map(|(name, _)| name.as_str())
}

/// The lane of a number. One that no scale is configured for may be followed too, within bounds.
fn lane_watch<'a>(
    lanes: &'a mut BTreeMap<u16, LaneWatch>,
    lane: u16,
    settings: &Settings,
) -> Option<&'a mut LaneWatch> {
    if !lanes.contains_key(&lane) {
        let several = |port: &PortSettings| port.role == PortRole::Wim && port.lane.is_none();
        let named_by_records = settings.ports.values().any(several);
        if !named_by_records || lanes.len() >= MOST_LANES {
            return None;
        }
    }
    Some(lanes.entry(lane).or_default())
}

const fn told(finding: crate::lane::health::HealthFinding) -> Output {
    Output::Finding(Finding::Health(finding))
}
