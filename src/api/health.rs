//! `GET /health/live`, `GET /health/ready`: for supervisors, without a session, without details.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::state::AppState;

/// The process answers.
pub async fn live() -> Json<Value> {
    Json(json!({"status": "live"}))
}

/// The station can record and answer questions.
pub async fn ready(State(state): State<AppState>) -> (StatusCode, Json<Value>) {
    let mut reasons = Vec::new();
    if state.shutdown().is_cancelled() {
        reasons.push("stopping");
    }
    if state.store().health().failing.is_some() {
        reasons.push("store_not_writable");
    }
    if state.store().journal_after(i64::MAX, 1).await.is_err() {
        reasons.push("store_not_readable");
    }
    if reasons.is_empty() {
        (StatusCode::OK, Json(json!({"status": "ready"})))
    } else {
        let body = json!({"status": "not_ready", "reasons": reasons});
        (StatusCode::SERVICE_UNAVAILABLE, Json(body))
    }
}
