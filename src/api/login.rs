//! `POST login`, `POST logout`.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use serde_json::{Value, json};

use super::error::ApiError;
use super::input::Fields;
use super::session::{Session, address, sign_in, sign_out};
use super::state::AppState;

/// Longest user name, bytes.
pub const USER_LONGEST: usize = 128;
/// Longest password looked at, bytes.
pub const PASSWORD_LONGEST: usize = 1_024;

/// A token for the right password.
pub async fn login(
    State(state): State<AppState>,
    request: Request,
) -> Result<Json<Value>, ApiError> {
    let address = address(&state, request.headers(), request.extensions());
    let mut fields = <Fields as axum::extract::FromRequest<_>>::from_request(request, &()).await?;
    let user = fields.text("user", USER_LONGEST)?;
    let password = fields.text("password", PASSWORD_LONGEST)?;
    fields.finish()?;
    let (token, session) = sign_in(&state, &user, password, &address).await?;
    Ok(Json(json!({
        "token": token.reveal(),
        "user": session.user,
        "role": session.role,
        "expires_at": session.expires_at.rfc3339(),
    })))
}

/// Ends the session that asks.
pub async fn logout(
    State(state): State<AppState>,
    Extension(session): Extension<Session>,
) -> Result<StatusCode, ApiError> {
    sign_out(&state, &session).await?;
    Ok(StatusCode::NO_CONTENT)
}
