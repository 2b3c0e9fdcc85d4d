//! What the lanes of a road share.

use std::collections::{HashSet, VecDeque};

use crate::passage::EvasionKind;
use crate::simulator::settings::Settings;

/// Nobody's number comes again among so many vehicles of a road: the same truck is not back at once.
const RECENT_NUMBERS: usize = 6_000;
/// Nor, where it is told who is seen at other sites, among as many as come in these hours at the set
/// flow: time to the last of them, back to the first and to the station again.
const THERE_AND_BACK_HOURS: f64 = 6.0;

/// What the lanes of a road share.
#[derive(Debug)]
pub(in crate::simulator) struct Shared {
    /// Numbers of the latest vehicles.
    known: HashSet<u64>,
    order: VecDeque<u64>,
    /// So many.
    recent: usize,
    /// Evasions that were due and could not be done.
    pub(super) debts: [u32; EvasionKind::ALL.len()],
}

impl Shared {
    pub(in crate::simulator) fn new(settings: &Settings) -> Self {
        let vehicles = settings.flow_per_hour * f64::from(settings.lanes) * THERE_AND_BACK_HOURS;
        let away = if settings.sightings {
            vehicles as usize
        } else {
            0
        };
        Self {
            known: HashSet::new(),
            order: VecDeque::new(),
            recent: RECENT_NUMBERS.max(away),
            debts: [0; EvasionKind::ALL.len()],
        }
    }

    /// `false` when the number is among the latest; otherwise it is from now on.
    pub(super) fn is_new(&mut self, digest: u64) -> bool {
        if !self.known.insert(digest) {
            return false;
        }
        self.order.push_back(digest);
        if self.order.len() > self.recent
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        true
    }
}
