//! `GET status`: ports, lanes, store, counters.

use axum::extract::State;
use axum::{Extension, Json};
use serde_json::{Value, json};

use super::casework::counters::rolling;
use super::error::ApiError;
use super::lanes::lane_standing;
use super::route::PEOPLE;
use super::session::Session;
use super::state::AppState;
use crate::casework::standing::{EnforcementOff, ShiftCheck};
use crate::status::{HostClockStatus, LaneFinding, LaneHourStatus, PortStatus};
use crate::units::Micros;

/// Parties whose counters could not be rolled, in an answer.
const FAILED_MOST: i64 = 20;

/// How the station is.
pub async fn show(
    State(state): State<AppState>,
    Extension(session): Extension<Session>,
) -> Result<Json<Value>, ApiError> {
    let status = state.status();
    let health = state.store().health();
    let counts = state.store().counts().await?;
    let counters = counters(&state, PEOPLE.admits(session.role)).await?;
    let now = state.now();
    let mut lanes: Vec<Value> = Vec::with_capacity(status.lanes.len());
    for lane in &status.lanes {
        let standing = lane_standing(state.store(), lane.number).await?;
        lanes.push(json!({
                "number": lane.number,
                "name": lane.name,
                "passages": lane.passages,
                "last_passage_at": lane.last_passage_at.map(Micros::rfc3339),
                "withheld": lane.withheld,
                "findings": lane.findings.iter().map(finding).collect::<Vec<_>>(),
                "last_hour": lane.last_hour.as_ref().map(last_hour),
                "enforcement_off": standing.enforcement_off.as_ref().map(enforcement_off),
                "shift_check": standing.shift_check.as_ref().map(shift_check),
        }));
    }
    Ok(Json(json!({
        "station": status.station,
        "name": status.name,
        "version": status.version,
        "simulated": status.simulated,
        "now": now.rfc3339(),
        "started_at": status.started_at.rfc3339(),
        "clock_synchronised": status.clock_synchronised,
        "host_clock": host_clock(&status.host_clock),
        "ports": status.ports.iter().map(port).collect::<Vec<_>>(),
        "lanes": lanes,
        "shift_check": status.shift_check,
        "store": {
            "queued": health.queued,
            "last_commit_at": health.last_commit_at.map(Micros::rfc3339),
            "last_batch": health.last_batch,
            "failing": health.failing,
            "commits": health.commits,
            "operations": health.operations,
            "rows": health.rows,
            "failures": health.failures,
            "retransmissions": health.retransmissions,
        },
        "counters": counters,
        "counts": counts,
    })))
}

/// Parties whose counters are to be rolled, and those that could not be; who they are is for those who may
/// look at their counters.
async fn counters(state: &AppState, names: bool) -> Result<Value, ApiError> {
    let store = state.store();
    let waiting = store.parties_waiting().await?;
    let failed = store.parties_failed(FAILED_MOST).await?;
    let mut failed: Vec<Value> = failed.iter().map(rolling).collect();
    if !names {
        let parties = failed.iter_mut().filter_map(Value::as_object_mut);
        for party in parties {
            // The reason quotes the number, too.
            party.retain(|member, _| !["id", "failure"].contains(&member.as_str()));
        }
    }
    Ok(json!({
        "waiting": waiting.parties,
        "due_at": waiting.due_at.map(|at| Micros::new(at).rfc3339()),
        "failing": state.rolling().failing(),
        "failed": failed,
    }))
}

fn host_clock(clock: &HostClockStatus) -> Value {
    json!({
        "state": clock.state,
        "since": clock.since.rfc3339(),
        "asked_at": clock.asked_at.map(Micros::rfc3339),
        "maximum_error_us": clock.maximum_error_us,
        "estimated_error_us": clock.estimated_error_us,
        "ahead_us": clock.ahead_us,
        "allowed_error_us": clock.allowed_error_us,
        "source": clock.source,
        "why": clock.why,
        "withholds": clock.withholds,
    })
}

fn finding(finding: &LaneFinding) -> Value {
    json!({
        "name": finding.name,
        "quantity": finding.quantity,
        "port": finding.port,
        "since": finding.since.rfc3339(),
        "vehicles": finding.vehicles,
        "seen_per_mille": finding.seen_per_mille,
        "beside_per_mille": finding.beside_per_mille,
    })
}

fn last_hour(hour: &LaneHourStatus) -> Value {
    json!({
        "start": hour.start.rfc3339(),
        "weighings": hour.weighings,
        "unfit": hour.unfit,
        "with_plate": hour.with_plate,
        "ambiguous": hour.ambiguous,
        "without_plate": hour.without_plate,
    })
}

fn enforcement_off(off: &EnforcementOff) -> Value {
    json!({
        "since": off.since.rfc3339(),
        "at": off.at.rfc3339(),
        "reason": off.reason,
        "note": off.note,
    })
}

fn shift_check(check: &ShiftCheck) -> Value {
    json!({
        "at": check.at.rfc3339(),
        "by": check.by,
        "passed": check.passed,
        "valid_until": check.valid_until.rfc3339(),
        "hand_over": check.hand_over,
    })
}

fn port(port: &PortStatus) -> Value {
    json!({
        "name": port.name,
        "role": port.role,
        "lane": port.lane,
        "protocol": port.protocol,
        "state": port.state,
        "since": port.since.rfc3339(),
        "last_byte_at": port.last_byte_at.map(Micros::rfc3339),
        "bytes": port.bytes,
        "frames": port.frames,
        "rejects": port.rejects,
        "repeated": port.repeated,
        "reconnects": port.reconnects,
        "minutes_heard": port.minutes_heard,
        "periodic": port.periodic,
        "showing": port.showing,
        "last_error": port.last_error,
    })
}
