//! `GET cases/{case_id}/steps`, `POST cases/{case_id}/steps`: what may be done with a case, and doing it.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use serde_json::{Value, json};

use super::facts::gather;
use super::rolling::resting_of;
use crate::api::cases::{case_file, detail};
use crate::api::error::{ApiError, Code};
use crate::api::input::{Fields, read_as};
use crate::api::session::Session;
use crate::api::state::AppState;
use crate::casework::CaseFile;
use crate::casework::procedure::{
    self, Actor, CaseAction, Refusal, Stepped, apply, available, checklist, clocks, counted, due,
};
use crate::store::StoreError;
use crate::store::records::{
    self, CaseColumns, CaseRow, CaseStep, NewCountedCase, NumberClaim, Party,
};

/// Journal kind of a step.
pub const CASE_STEPPED: &str = "case_stepped";

/// Tries of a step whose number somebody else took meanwhile.
const NUMBER_TRIES: usize = 20;

/// Who acts, as the rules take it.
pub fn actor(session: &Session) -> Actor {
    Actor {
        name: session.user.clone(),
        role: session.role,
    }
}

/// A case and its row; the case's body may have been removed.
///
/// # Errors
/// [`Code::NotFound`]; [`Code::Conflict`] when the body is gone.
pub async fn load(state: &AppState, case_id: &str) -> Result<(CaseRow, CaseFile), ApiError> {
    let row = state.store().case(case_id).await?.ok_or(Code::NotFound)?;
    let (case, _) = case_file(state.store(), case_id).await?;
    let case = case.ok_or_else(|| {
        ApiError::from(Code::Conflict).with(
            "案卷正文已被移除",
            "the case's body was withheld or removed",
        )
    })?;
    Ok((row, case))
}

/// What this session may do with the case now, each step with what is missing for it; the running clocks,
/// the closing checklist, what is owed.
pub async fn offered(
    State(state): State<AppState>,
    Path(case_id): Path<String>,
    Extension(session): Extension<Session>,
) -> Result<Json<Value>, ApiError> {
    let (row, case) = load(&state, &case_id).await?;
    let now = state.now();
    let gathered = gather(&state, &case, None, now).await?;
    let facts = gathered.facts(state.casework());
    let today = now.beijing_day();
    let course = &case.course;
    let is_money = course.decision.is_some() || !course.payments.is_empty();
    let owed = is_money.then(|| match due(&case, &facts, today) {
        Ok(due) => json!({
            "fine_fen": due.fine_fen,
            "fine_paid_fen": due.fine_paid_fen,
            "surcharge_fen": due.surcharge_fen,
            "surcharge_paid_fen": due.surcharge_paid_fen,
            "last_day": due.last_day,
            "days_counted": due.days_counted,
            "capped": due.capped,
            "refund_fen": due.refund_fen(),
        }),
        Err((zh, en)) => json!({"zh": zh, "en": en}),
    });
    Ok(Json(json!({
        "case_id": case_id,
        "version": row.version,
        "state": case.state,
        "state_zh": case.state.zh(),
        "steps": available(&case, &actor(&session), &facts, now),
        "clocks": clocks(&case, &facts, now),
        "checklist": checklist(&case, &facts, today),
        "owed": owed,
        "act_holder": facts.act_holder,
    })))
}

/// Makes a step: the action as [`CaseAction`] with `expected_version`; answers the case after it.
pub async fn make(
    State(state): State<AppState>,
    Path(case_id): Path<String>,
    Extension(session): Extension<Session>,
    mut fields: Fields,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let expected_version = fields.integer("expected_version")?;
    let given = fields.rest();
    let action: CaseAction = read_as(&given, "action")?;
    let row = match make_step(&state, &session, &case_id, Some(expected_version), &action).await? {
        Made::Stepped(row) => row,
        Made::Stale(row) => return Err(stale(&state, &row, expected_version, given).await),
    };
    let detail = detail(state.store(), &row).await?;
    Ok((StatusCode::CREATED, Json(detail)))
}

/// What became of a step.
#[derive(Debug)]
pub enum Made {
    /// It was made; the case's row after it.
    Stepped(CaseRow),
    /// Somebody was faster; the case's row as it is.
    Stale(CaseRow),
}

/// Makes a step on the version that its maker saw, or on the latest where nobody saw one.
///
/// # Errors
/// A refusal of the rules; when the store can't answer.
pub async fn make_step(
    state: &AppState,
    session: &Session,
    case_id: &str,
    seen_version: Option<i64>,
    action: &CaseAction,
) -> Result<Made, ApiError> {
    let by = actor(session);
    for _ in 0..NUMBER_TRIES {
        let (row, case) = load(state, case_id).await?;
        let expected_version = seen_version.unwrap_or(row.version);
        if row.version != expected_version {
            return Ok(Made::Stale(row));
        }
        let now = state.now();
        let gathered = gather(state, &case, Some(action), now).await?;
        let facts = gathered.facts(state.casework());
        // A person who moves a track finds it as the counters have it now, be the roll still to come.
        let rolled = match action {
            CaseAction::Track { .. } => procedure::roll(&case, &facts.counts, now),
            _ => None,
        };
        let found = rolled.as_ref().unwrap_or(&case);
        let stepped = match apply(found, action, &by, &facts, now) {
            Ok(stepped) => stepped,
            Err(refusal) => {
                // Somebody else's step may have come between: then that is why.
                let row = state.store().case(case_id).await?.ok_or(Code::NotFound)?;
                if row.version == expected_version {
                    return Err(refused(&refusal));
                }
                if seen_version.is_some() {
                    return Ok(Made::Stale(row));
                }
                continue;
            }
        };
        let after = &stepped.case;
        let step = CaseStep {
            case_id: case_id.to_owned(),
            expected_version,
            columns: CaseColumns::of(&after.index(&facts, now), after),
            officers: officers(&case, after),
            numbers: numbers(&stepped, &gathered),
            act: act(&stepped),
            counted: counted_row(after)?,
            recount: moved_parties(&case, after),
            actor: records::Actor(session.user.clone()),
            at: now,
            kind: CASE_STEPPED,
            body: after.step_body(action.kind()),
        };
        match state.store().step_case(step).await {
            Ok(_) => {
                let row = state.store().case(case_id).await?.ok_or(Code::NotFound)?;
                return Ok(Made::Stepped(row));
            }
            // Somebody filed another case in between: the next number is another now.
            Err(StoreError::NumberTaken { .. }) => {}
            Err(StoreError::Stale { .. }) if seen_version.is_none() => {}
            Err(StoreError::Stale { .. }) => {
                let row = state.store().case(case_id).await?.ok_or(Code::NotFound)?;
                return Ok(Made::Stale(row));
            }
            Err(error) => return Err(error.into()),
        }
    }
    Err(Code::Busy.into())
}

/// Parties of the tracks that a step moves, before and after it: they may carry a proposal, or no more.
pub(super) fn moved_parties(before: &CaseFile, after: &CaseFile) -> BTreeSet<Party> {
    let tracks = before.tracks.all().zip(after.tracks.all());
    let moved = tracks.filter(|((_, before), (_, after))| before != after);
    moved
        .flat_map(|((kind, before), (_, after))| {
            [before, after].map(|track| {
                let id = track.counted_id()?.to_owned();
                Some(Party { track: kind, id })
            })
        })
        .flatten()
        .collect()
}

/// Numbers of the step, as the store counts them.
fn numbers(stepped: &Stepped, gathered: &super::facts::Gathered) -> Vec<NumberClaim> {
    let claims = stepped.numbers.iter().filter_map(|series| {
        let number = gathered.number(*series)?;
        Some(NumberClaim {
            series: number.series.clone(),
            year: i64::from(number.year),
            serial: i64::from(number.serial),
            number: number.text.clone(),
        })
    });
    claims.collect()
}

fn act(stepped: &Stepped) -> records::ActChange {
    match stepped.act {
        None => records::ActChange::Keep,
        Some(procedure::ActChange::Claim { authority }) => records::ActChange::Claim {
            authority: authority.name().to_owned(),
        },
        Some(procedure::ActChange::Release) => records::ActChange::Release,
    }
}

/// The case's officers, where the step changed them.
pub fn officers(before: &CaseFile, after: &CaseFile) -> Option<Vec<String>> {
    (before.officers != after.officers).then(|| {
        after
            .officers
            .iter()
            .map(|officer| officer.user.clone())
            .collect()
    })
}

/// What the counters see of a case; `None` takes it out of them.
///
/// # Errors
/// A fault of the program: it can't be written as JSON.
pub fn counted_row(case: &CaseFile) -> Result<Option<NewCountedCase>, ApiError> {
    let row = counted(case).map(|row| {
        NewCountedCase::of(&row).map(|row| NewCountedCase {
            resting: resting_of(case),
            ..row
        })
    });
    row.transpose().map_err(|error| {
        tracing::error!(%error, "a counted case has no JSON");
        Code::Internal.into()
    })
}

/// The conflict of two people: the case as it is now, and what was handed in.
async fn stale(
    state: &AppState,
    row: &CaseRow,
    expected_version: i64,
    submitted: Value,
) -> ApiError {
    let current = detail(state.store(), row).await.unwrap_or(Value::Null);
    ApiError::stale(row.version, expected_version)
        .besides(json!({"current": current, "submitted": submitted}))
}

/// A refusal of the rules, in both languages, with the conditions that do not hold.
pub fn refused(refusal: &Refusal) -> ApiError {
    let (zh, en) = (refusal.zh(), refusal.to_string());
    let code = match refusal {
        Refusal::NotPermitted { .. } => Code::Forbidden,
        Refusal::Invalid { field, .. } => {
            return ApiError::field(field, zh, en);
        }
        Refusal::Review(error) => return crate::api::reviews::refused(error),
        Refusal::NotInState { .. }
        | Refusal::TrackNotInState { .. }
        | Refusal::Unmet { .. }
        | Refusal::Law { .. } => Code::Refused,
    };
    ApiError::from(code)
        .with(zh, en)
        .besides(json!({"refusal": refusal.code(), "unmet": refusal.unmet()}))
}
