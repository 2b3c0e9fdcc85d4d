//! `POST cases/{case_id}/reviews`: the two reviews, made by the same step as `POST cases/{case_id}/steps`.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use serde_json::Value;

use super::cases::detail;
use super::casework::steps::{Made, make_step};
use super::error::{ApiError, Code};
use super::input::Fields;
use super::session::Session;
use super::state::AppState;
use crate::casework::procedure::CaseAction;
use crate::casework::review::NOTE_LIMIT;
use crate::casework::{DiscardReason, StepError};

/// Journal kind of a review in journals of before: reviews are steps like others now (`case_stepped`), and
/// what was written is still read.
pub const CASE_REVIEWED: &str = "case_reviewed";

/// Makes a review: `{decision, plate_compared, reason, note, expected_version}`; answers the case after
/// it. `plate_compared` says that the reviewer compared plate and picture; a case whose plate one camera
/// alone read (`plate_unconfirmed`) is not confirmed without.
pub async fn create(
    State(state): State<AppState>,
    Path(case_id): Path<String>,
    Extension(session): Extension<Session>,
    mut fields: Fields,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let action = action(&mut fields)?;
    let expected_version = fields.integer("expected_version")?;
    fields.finish()?;
    let row = match make_step(&state, &session, &case_id, Some(expected_version), &action).await? {
        Made::Stepped(row) => row,
        Made::Stale(row) => return Err(ApiError::stale(row.version, expected_version)),
    };
    Ok((
        StatusCode::CREATED,
        Json(detail(state.store(), &row).await?),
    ))
}

fn action(fields: &mut Fields) -> Result<CaseAction, ApiError> {
    let decision = fields.text("decision", 32)?;
    let reason = fields.optional_text("reason", 64)?;
    // A character takes at most four bytes; `step` counts characters.
    let note = fields.optional_text("note", NOTE_LIMIT * 4)?;
    let plate_compared = fields.flag("plate_compared")?;
    match (decision.as_str(), reason) {
        ("confirm", None) => Ok(CaseAction::Confirm {
            plate_compared,
            note,
        }),
        ("confirm", Some(_)) => Err(ApiError::field(
            "reason",
            "通过时不填写原因",
            "a confirmation has no reason",
        )),
        ("discard", _) if plate_compared => Err(ApiError::field(
            "plate_compared",
            "仅用于通过；不予处理时以原因说明",
            "it belongs to a confirmation; a discard says why by its reason",
        )),
        ("discard", reason) => {
            let known = reason.as_deref().and_then(DiscardReason::from_name);
            match known {
                Some(reason) => Ok(CaseAction::Discard { reason, note }),
                None => {
                    let list = DiscardReason::ALL.map(DiscardReason::name).join(", ");
                    Err(ApiError::field(
                        "reason",
                        format!("不予处理须写明原因，其中之一：{list}"),
                        format!("discarding needs a reason, one of {list}"),
                    ))
                }
            }
        }
        _ => Err(ApiError::field(
            "decision",
            "应为 confirm 或 discard",
            "it must be confirm or discard",
        )),
    }
}

/// A review that the rules refuse.
pub fn refused(error: &StepError) -> ApiError {
    let (zh, en) = (error.zh(), error.to_string());
    match error {
        StepError::Final { .. } => ApiError::from(Code::Conflict).with(zh, en),
        StepError::NotPermitted { .. } | StepError::SamePerson { .. } => {
            ApiError::from(Code::Forbidden).with(zh, en)
        }
        StepError::PlateNotCompared => ApiError::field("plate_compared", zh, en),
        StepError::NoteMissing | StepError::NoteTooLong { .. } => ApiError::field("note", zh, en),
    }
}
