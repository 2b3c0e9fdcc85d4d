//! `GET status`: ports, lanes, store, counters.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::error::ApiError;
use super::state::AppState;
use crate::status::PortStatus;
use crate::units::Micros;

/// How the station is.
pub async fn show(State(state): State<AppState>) -> Result<Json<Value>, ApiError> {
    let status = state.status();
    let health = state.store().health();
    let counts = state.store().counts().await?;
    let now = state.now();
    let lanes: Vec<Value> = status
        .lanes
        .iter()
        .map(|lane| {
            json!({
                "number": lane.number,
                "name": lane.name,
                "passages": lane.passages,
                "last_passage_at": lane.last_passage_at.map(Micros::rfc3339),
                "withheld": lane.withheld,
            })
        })
        .collect();
    Ok(Json(json!({
        "station": status.station,
        "name": status.name,
        "version": status.version,
        "simulated": status.simulated,
        "now": now.rfc3339(),
        "started_at": status.started_at.rfc3339(),
        "clock_synchronised": status.clock_synchronised,
        "ports": status.ports.iter().map(port).collect::<Vec<_>>(),
        "lanes": lanes,
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
        "counts": counts,
    })))
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
        "showing": port.showing,
        "last_error": port.last_error,
    })
}
