//! The JSON API (接口): axum, one file a resource, everything under `/api/v1`.

mod body_error;
mod cases;
pub mod casework;
pub mod error;
mod events;
mod headers;
mod health;
pub mod input;
pub mod lanes;
mod login;
mod passages;
pub mod password;
mod pictures;
pub mod registers;
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

pub use casework::CaseworkContext;
pub use passages::{PassageItem, bodies as passage_bodies, passage_detail};
pub use password::{check_password, hash_password, random_password};
pub use route::{Access, ROUTES, Route, Verb, change, read};
pub use state::AppState;

/// Largest body of a request, bytes.
pub const BODY_LIMIT: usize = 64 * 1_024;

/// All routes there are, the console's included.
pub fn routes() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter().chain(crate::console::ROUTES)
}

/// API and console, with their locks, limits and headers.
pub fn router(state: AppState) -> Router {
    route::routed(routes(), &state)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn_with_state(state.clone(), headers::around))
        .with_state(state)
}

/// Serves until the state's shutdown token is cancelled; event streams end with it.
///
/// # Errors
/// When the listener fails.
pub async fn serve(listener: tokio::net::TcpListener, state: AppState) -> std::io::Result<()> {
    let stop = state.shutdown().clone();
    axum::serve(
        listener,
        router(state).into_make_service_with_connect_info::<SocketAddr>(),
    )
    .with_graceful_shutdown(async move { stop.cancelled().await })
    .await
}
