//! `GET deadlines`, `GET proposals`, `GET discards`, `GET numbers/{series}`: lists over all cases.

use axum::Json;
use axum::extract::{Path, State};
use chrono::Datelike;
use serde_json::{Value, json};

use crate::api::cases::{case_file, item};
use crate::api::error::{ApiError, Code};
use crate::api::input::{Parameters, next_page};
use crate::api::state::AppState;
use crate::casework::discards::discard_counts;
use crate::casework::procedure::NumberSeries;
use crate::casework::{CaseState, DiscardReason, TrackState};
use crate::law::DeadlineKind;
use crate::units::Micros;

/// Days ahead that clocks are shown for when nothing is said.
const AHEAD_DAYS: i64 = 7;
/// Numbers in an answer.
const NUMBERS_MOST: i64 = 500;

/// Cases with a clock that ends within `?days=` days, or has ended, the most pressing first.
pub async fn deadlines(
    State(state): State<AppState>,
    mut parameters: Parameters,
) -> Result<Json<Value>, ApiError> {
    let days = parameters
        .integer("days", 0)?
        .unwrap_or(AHEAD_DAYS)
        .min(366);
    let (limit, after) = parameters.page()?;
    parameters.finish()?;
    let now = state.now();
    let before = now.saturating_add(Micros::from_seconds(days * 86_400));
    let mut rows = state
        .store()
        .cases_due(before, after.as_ref(), limit + 1)
        .await?;
    let next = next_page(&mut rows, limit, |row| {
        (row.columns.due_at.unwrap_or_default(), &row.case_id)
    });
    let items: Vec<Value> = rows
        .iter()
        .map(|row| {
            let mut item = item(row);
            let due_at = row.columns.due_at.map(Micros::new);
            let kind = row.columns.due_kind.as_deref();
            let kind = DeadlineKind::ALL
                .into_iter()
                .find(|one| Some(one.name()) == kind);
            if let Some(members) = item.as_object_mut() {
                members.insert("due_kind_zh".into(), json!(kind.map(DeadlineKind::zh)));
                members.insert("expired".into(), json!(due_at.is_some_and(|due| due < now)));
            }
            item
        })
        .collect();
    Ok(Json(json!({"items": items, "next": next})))
}

/// Proposals of the four penalties that wait for a person, newest case first. `rolling` says how many
/// parties' counters are still to be rolled: what follows from those is not in the list yet.
pub async fn proposals(
    State(state): State<AppState>,
    mut parameters: Parameters,
) -> Result<Json<Value>, ApiError> {
    let (limit, after) = parameters.page()?;
    parameters.finish()?;
    let store = state.store();
    // Asked first: whatever is rolled meanwhile stands in the list already.
    let waiting = store.parties_waiting().await?;
    let mut rows = store
        .cases_with_proposals(after.as_ref(), limit + 1)
        .await?;
    let next = next_page(&mut rows, limit, |row| (row.opened_at, &row.case_id));
    let mut items = Vec::new();
    for row in &rows {
        let (case, _) = case_file(store, &row.case_id).await?;
        let open: Vec<Value> = case
            .iter()
            .flat_map(|case| case.tracks.all())
            .filter(|(_, track)| track.state == TrackState::Proposed)
            .map(|(kind, track)| {
                json!({
                    "track": kind,
                    "track_zh": kind.zh(),
                    "party": track.party,
                    "party_id": track.party_id,
                    "proposal": track.proposal,
                    "zh": track.proposal.as_ref().map(|proposal| proposal.text_zh()),
                    "en": track.proposal.as_ref().map(|proposal| proposal.text_en()),
                    "cases": track.basis,
                })
            })
            .collect();
        let mut item = item(row);
        if let Some(members) = item.as_object_mut() {
            members.insert("proposals".into(), json!(open));
        }
        items.push(item);
    }
    Ok(Json(
        json!({"items": items, "next": next, "rolling": waiting.parties}),
    ))
}

/// How often cases were discarded for which reason: every reason of the list, `?from=&until=`.
pub async fn discards(
    State(state): State<AppState>,
    mut parameters: Parameters,
) -> Result<Json<Value>, ApiError> {
    let from = parameters.moment("from")?;
    let until = parameters.moment("until")?;
    parameters.finish()?;
    let counts = state.store().discards(from, until).await?;
    let numbers = counts.into_iter().filter_map(|(reason, number)| {
        let number = u64::try_from(number).ok()?;
        Some((DiscardReason::from_name(&reason)?, number))
    });
    let items: Vec<Value> = discard_counts(numbers)
        .into_iter()
        .map(|one| json!({"reason": one.reason, "cases": one.count}))
        .collect();
    Ok(Json(json!({"items": items})))
}

/// Numbers that a series (`case`, `notice`, `decision`) gave in `?year=`, after `?after=`; those of cases
/// that came to nothing are void and stay in the list.
pub async fn numbers(
    State(state): State<AppState>,
    Path(series): Path<String>,
    mut parameters: Parameters,
) -> Result<Json<Value>, ApiError> {
    let series = NumberSeries::from_name(&series).ok_or(Code::NotFound)?;
    let year = parameters
        .integer("year", 2_000)?
        .unwrap_or_else(|| i64::from(state.now().beijing_day().year()));
    let after = parameters.integer("after", 0)?.unwrap_or_default();
    parameters.finish()?;
    let name = state.casework().settings.series(series);
    let store = state.store();
    let given = store.numbers(&name, year, after, NUMBERS_MOST).await?;
    let void = [CaseState::Withdrawn, CaseState::Annulled].map(CaseState::name);
    let mut items = Vec::new();
    for number in given {
        let row = store.case(&number.case_id).await?;
        let case_state = row.map(|row| row.columns.state);
        let is_void = case_state
            .as_deref()
            .is_some_and(|state| void.contains(&state));
        items.push(json!({
            "serial": number.claim.serial,
            "number": number.claim.number,
            "case_id": number.case_id,
            "case_state": case_state,
            "void": is_void,
        }));
    }
    Ok(Json(
        json!({"series": series, "year": year, "items": items}),
    ))
}
