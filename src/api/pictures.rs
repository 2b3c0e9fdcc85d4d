//! `GET pictures/{sha256}`: a picture, named by its digest, so that it never changes.

use axum::extract::{Path, State};
use axum::http::{HeaderName, header};
use axum::response::IntoResponse;

use super::error::ApiError;
use super::state::AppState;

/// The JPEG. The picture store checks its digest on the way out.
pub async fn one(
    State(state): State<AppState>,
    Path(sha256): Path<String>,
) -> Result<impl IntoResponse, ApiError> {
    let bytes = state.store().pictures().get(&sha256).await?;
    let headers: [(HeaderName, String); 3] = [
        (header::CONTENT_TYPE, "image/jpeg".to_owned()),
        (
            header::CACHE_CONTROL,
            "private, max-age=31536000, immutable".to_owned(),
        ),
        (header::ETAG, format!("\"{sha256}\"")),
    ];
    Ok((headers, bytes))
}
