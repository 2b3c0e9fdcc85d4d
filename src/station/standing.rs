//! Whether lanes may be enforced: what switches enforcement off, and what holds when a passage closes.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

use super::recovery::hour_body;
use crate::casework::host_clock::HOST_CLOCK;
use crate::casework::standing::{
    ENFORCEMENT_OFF, EnforcementOff, OffReason, ShiftCheck, Touched, off_body, off_for,
};
use crate::casework::{HostClock, Standing};
use crate::config::{ClockSource, Config};
use crate::lane::drift::DriftFinding;
use crate::lane::hours::Hour;
use crate::law::ScaleUse;
use crate::passage::Weighing;
use crate::store::records::{Actor, ListFilter, MarkKind, MarkRow, NewMark, PageKey, PassageRow};
use crate::store::{Store, StoreError};
use crate::units::Micros;

/// Journal kind of an hour's record.
const HOUR: &str = "hour";
/// So many entries of a lane are looked at: enforcement goes off a few times a year.
const ENTRIES: i64 = 64;
/// So many passages are named in the entry by which enforcement goes off; the API lists all.
const NAMED: usize = 500;
const PAGE: i64 = 200;
/// So many of the latest words about the host's clock are kept in memory; the store has all.
const CLOCKS: usize = 64;

/// Lanes whose enforcement is going off and whose entries are not durable yet.
#[derive(Debug, Clone, Default)]
pub(super) struct Standings {
    going_off: Arc<Mutex<BTreeMap<u16, EnforcementOff>>>,
    /// What the host said of its clock and is recorded, since this process started; oldest first.
    clocks: Arc<Mutex<VecDeque<HostClock>>>,
}

impl Standings {
    /// Enforcement of a lane is off from here on, durable or not.
    pub(super) fn switching_off(&self, drift: &DriftFinding) -> EnforcementOff {
        let off = EnforcementOff {
            lane: drift.lane,
            since: drift.since,
            at: drift.found_at,
            reason: OffReason::Drift,
            note: None,
        };
        tracing::error!(
            lane = off.lane,
            quantity = drift.quantity.name(),
            size_per_mille = drift.size_per_mille,
            "漂移超限，该车道自动停止执法，记录照常 / the scale has drifted too far: enforcement of this lane \
             is switched off, recording goes on"
        );
        self.lock().insert(off.lane, off.clone());
        off
    }

    /// Makes it durable, with the passages it touches.
    pub(super) async fn switch_off(
        &self,
        store: &Store,
        off: &EnforcementOff,
        drift: &DriftFinding,
    ) {
        let touched = match touched(store, off.lane, off.since).await {
            Ok(touched) => touched,
            Err(error) => {
                tracing::error!(%error, lane = off.lane, "the passages touched can't be listed");
                Touched::default()
            }
        };
        let mark = NewMark {
            kind: MarkKind::Enforcement,
            lane: i64::from(off.lane),
            at: off.at,
            entry: ENFORCEMENT_OFF,
            actor: Actor::station(),
            body: off_body(off, Some(&json!(drift)), &touched),
        };
        match store.mark(mark).await {
            Ok(_) => {
                let mut going_off = self.lock();
                if going_off.get(&off.lane) == Some(off) {
                    going_off.remove(&off.lane);
                }
            }
            // It stays off as long as this process lives.
            Err(error) => tracing::error!(%error, lane = off.lane, "journal entry not written"),
        }
    }

    /// The host said this of its clock: it holds from that moment on, durable or not.
    pub(super) fn clock_said(&self, clock: &HostClock) {
        let mut clocks = lock(&self.clocks);
        if clocks.len() >= CLOCKS {
            clocks.pop_front();
        }
        clocks.push_back(clock.clone());
    }

    /// What the host had last said of its clock at a moment.
    async fn clock_at(
        &self,
        store: &Store,
        config: &Config,
        at: Micros,
    ) -> Result<Option<HostClock>, StoreError> {
        if config.host_clock.source == ClockSource::None {
            return Ok(None);
        }
        let known = lock(&self.clocks)
            .iter()
            .rev()
            .find(|clock| clock.at <= at)
            .cloned();
        if known.is_some() {
            return Ok(known);
        }
        // It came in before this process started.
        let until = at.saturating_add(Micros::new(1));
        let marks = store
            .marks(MarkKind::HostClock, 0, (None, Some(until)), 1)
            .await?;
        let latest = marks.first().and_then(body);
        Ok(latest.and_then(|body| HostClock::from_body(&body)))
    }

    /// What holds for a weighing.
    pub(super) async fn of(
        &self,
        store: &Store,
        config: &Config,
        weighing: &Weighing,
    ) -> Result<Standing, StoreError> {
        let (lane, at) = (i64::from(weighing.lane), weighing.crossed_at);
        let going_off = self.lock().get(&weighing.lane).cloned();
        let going_off = going_off.filter(|off| at >= off.since);
        let entries = store
            .marks(MarkKind::Enforcement, lane, (None, None), ENTRIES)
            .await?;
        let bodies: Vec<Value> = entries.iter().filter_map(body).collect();
        let platform = config
            .lane(weighing.lane)
            .is_some_and(|lane| lane.scale_use == ScaleUse::Platform);
        let shift_check = if config.shift.check_required && platform {
            let until = at.saturating_add(Micros::new(1));
            let checks = store
                .marks(MarkKind::ShiftCheck, lane, (None, Some(until)), 1)
                .await?;
            let latest = checks.first().and_then(body);
            latest.and_then(|body| ShiftCheck::from_body(&body))
        } else {
            None
        };
        // Devices' clocks are compared with the host's when their records come in.
        let host_clock = self.clock_at(store, config, weighing.received_at).await?;
        Ok(Standing {
            enforcement_off: going_off.or_else(|| off_for(&bodies, at)),
            shift_check,
            host_clock,
            registered: None,
        })
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u16, EnforcementOff>> {
        lock(&self.going_off)
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn body(row: &MarkRow) -> Option<Value> {
    serde_json::from_str(row.entry.body.as_deref()?).ok()
}

/// The passages of a lane since its last good state.
async fn touched(store: &Store, lane: u16, since: Micros) -> Result<Touched, StoreError> {
    let filter = ListFilter {
        from: Some(since),
        lane: Some(i64::from(lane)),
        ..ListFilter::default()
    };
    let mut touched = Touched::default();
    let mut after: Option<PageKey> = None;
    loop {
        let page: Vec<PassageRow> = store.passages(&filter, after.as_ref(), PAGE).await?;
        let Some(last) = page.last() else {
            return Ok(touched);
        };
        after = Some(PageKey {
            at: Micros::new(last.crossed_at),
            id: last.passage_id.clone(),
        });
        touched.count += page.len() as u64;
        for row in page {
            if touched.passage_ids.len() < NAMED {
                touched.passage_ids.push(row.passage_id);
            }
            if let Some(case_id) = row.case_id
                && touched.case_ids.len() < NAMED
                && !touched.case_ids.contains(&case_id)
            {
                touched.case_ids.push(case_id);
            }
        }
    }
}

/// Makes an hour's record durable.
pub(super) async fn record_hour(store: &Store, hour: &Hour) {
    let mark = NewMark {
        kind: MarkKind::Hour,
        lane: 0,
        at: hour.end,
        entry: HOUR,
        actor: Actor::station(),
        body: hour_body(hour),
    };
    if let Err(error) = store.mark(mark).await {
        tracing::error!(%error, "journal entry of an hour not written");
    }
}

/// Makes what the host said of its clock durable.
pub(super) async fn record_clock(store: &Store, clock: &HostClock) {
    let mark = NewMark {
        kind: MarkKind::HostClock,
        lane: 0,
        at: clock.at,
        entry: HOST_CLOCK,
        actor: Actor::station(),
        body: clock.body(),
    };
    if let Err(error) = store.mark(mark).await {
        tracing::error!(%error, "journal entry of the host's clock not written");
    }
}

#[cfg(test)]
pub(super) mod tests;
