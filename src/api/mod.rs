//! The JSON API (接口): axum, one file a resource, everything under `/api/v1`.

mod cases;
pub mod error;
mod events;
mod headers;
mod health;
pub mod input;
mod login;
mod passages;
pub mod password;
mod pictures;
mod reviews;
mod route;
pub mod session;
mod state;
mod status;
mod throttle;

use std::net::SocketAddr;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;

pub use passages::{PassageItem, passage_detail};
pub use password::{check_password, hash_password, random_password};
pub use route::{Access, ROUTES, Route, Verb, change, read};
pub use state::AppState;

/// Largest body of a request, bytes.
pub const BODY_LIMIT: usize = 64 * 1_024;

/// The API alone.
pub fn router(state: AppState) -> Router {
    router_of(ROUTES, state)
}

/// A router over a table of routes, with the API's locks, limits and headers.
pub fn router_of(routes: &[Route], state: AppState) -> Router {
    route::routed(routes, &state)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn_with_state(state.clone(), headers::around))
        .with_state(state)
}

/// Serves until the state's shutdown token is cancelled; event streams end with it.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: tokio::net::TcpListener,
    router: Router,
    state: AppState,
) -> std::io::Result<()> {
    let stop = state.shutdown().clone();
    axum::serve(
        listener,
        router.into_make_service_with_connect_info::<SocketAddr>(),
    )
    .with_graceful_shutdown(async move { stop.cancelled().await })
    .await
}
