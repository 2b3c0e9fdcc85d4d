//! Which devices are at fault.

use super::Feed;
use crate::lane::PortRole;
use crate::simulator::crossing::CameraView;
use crate::simulator::faults::{AtFault, ClockFault, WhatIsWrong};
use crate::simulator::ports::platform_lane;
use crate::simulator::settings::FaultKind;
use crate::units::Micros;

impl Feed {
    /// What is wrong with devices, and from when on, as far as it was not asked for before: all faults
    /// of the settings at once, and jumps of clocks as the stream comes to them.
    pub fn take_faults(&mut self) -> Vec<AtFault> {
        let steps = self.traffic.take_clock_steps();
        let mut faults = std::mem::take(&mut self.faults);
        for (lane, view, step) in steps {
            let Some(port) = self.port(PortRole::Plate, lane, view) else {
                continue;
            };
            faults.push(AtFault {
                what: WhatIsWrong::Clock(ClockFault::ClockStep { by: step.by }),
                lane,
                port: self.name(port),
                from_us: step.at,
                until_us: Some(step.at),
            });
        }
        faults
    }

    pub(super) fn known_faults(&self) -> Vec<AtFault> {
        let start = self.request.settings.start;
        let faults = self.request.settings.faults.iter();
        let known = faults.filter_map(|fault| {
            let (role, lane, view) = match fault.kind {
                FaultKind::CameraDead { view } | FaultKind::CameraFades { view, .. } => {
                    (PortRole::Plate, fault.lane, view)
                }
                FaultKind::PlatformFrozen => {
                    let lane = platform_lane(&self.request.settings);
                    (PortRole::Platform, lane, CameraView::Front)
                }
                _ => (PortRole::Wim, fault.lane, CameraView::Front),
            };
            let from = start.saturating_add(fault.after);
            Some(AtFault {
                what: WhatIsWrong::Fault(fault.kind),
                lane,
                port: self.name(self.port(role, lane, view)?),
                from_us: from,
                until_us: fault.lasts.map(|lasts| from.saturating_add(lasts)),
            })
        });
        known.collect()
    }

    /// Whether the controller of a lane is dead.
    pub(super) fn is_dead(&self, lane: u16, now: Micros) -> bool {
        let start = self.request.settings.start;
        let mut faults = self.request.settings.faults.iter();
        faults.any(|fault| {
            let dead = fault.kind == FaultKind::ScaleDead && fault.lane == lane;
            dead && fault.since(start, now).is_some()
        })
    }
}
