//! What the lanes of a road share.

use std::collections::{HashSet, VecDeque};

use crate::passage::EvasionKind;

/// Nobody's number comes again among so many vehicles of a road: the same truck is not back at once.
const RECENT_NUMBERS: usize = 6_000;

/// What the lanes of a road share.
#[derive(Debug, Default)]
pub(in crate::simulator) struct Shared {
    /// Numbers of the latest vehicles.
    known: HashSet<u64>,
    order: VecDeque<u64>,
    /// Evasions that were due and could not be done.
    pub(super) debts: [u32; EvasionKind::ALL.len()],
}

impl Shared {
    /// `false` when the number is among the latest; otherwise it is from now on.
    pub(super) fn is_new(&mut self, digest: u64) -> bool {
        if !self.known.insert(digest) {
            return false;
        }
        self.order.push_back(digest);
        if self.order.len() > RECENT_NUMBERS
            && let Some(oldest) = self.order.pop_front()
        {
            self.known.remove(&oldest);
        }
        true
    }
}
