//! Around every request: its number, and headers that keep browsers on the safe side.

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use super::error::REQUEST_ID;
use super::state::AppState;

const REQUEST_ID_HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// No script, style, picture or connection but our own; no frame around us.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; \
     base-uri 'none'";

const HEADERS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    // Not `no-referrer`: browsers then send `Origin: null` with forms, and the login form could not
    // be told from one of another site.
    (header::REFERRER_POLICY, "same-origin"),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=()",
    ),
];

/// Numbers the request, answers it, adds the headers.
pub async fn around(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let mut bytes = [0_u8; 8];
    // Without randomness the number is zeros: it serves for finding the log line, nothing else.
    if state.entropy().fill(&mut bytes).is_err() {
        bytes = [0; 8];
    }
    let request_id = hex::encode(bytes);
    let method = request.method().clone();
    // The path, never the query: plates are searched for there.
    let path = request.uri().path().to_owned();
    let mut response = REQUEST_ID
        .scope(request_id.clone(), next.run(request))
        .await;
    let status = response.status().as_u16();
    tracing::debug!(%method, path, status, request_id, "answered");
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        headers.insert(REQUEST_ID_HEADER, value);
    }
    response
}
