//! `GET lanes/{lane}/hours`, and of enforcement and shift checks: what there was, and a new one.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use serde_json::{Value, json};

use super::error::{ApiError, Code};
use super::input::{Fields, Parameters};
use super::passages::entry_body;
use super::session::Session;
use super::state::AppState;
use crate::casework::ShiftRules;
use crate::casework::standing::{
    CheckMethod, ENFORCEMENT_OFF, ENFORCEMENT_ON, EnforcementOff, OffReason, REASON_LIMIT,
    SHIFT_CHECK, ShiftCheck, Shown, Touched, enforcement, off_body, on_body,
};
use crate::store::Store;
use crate::store::records::{Actor, MarkKind, MarkRow, NewMark};
use crate::units::{Kilograms, Micros};

/// Entries in an answer when the client names no limit.
const LIMIT_DEFAULT: i64 = 24;
/// Most of them: a week of hours.
const LIMIT_MAX: i64 = 168;
/// No truck scale shows more, nor less than none.
const MOST_KG: i64 = 300_000;
/// Longest name of a reference, bytes.
const REFERENCE_LIMIT: usize = 120;

/// How lanes stand: enforcement that is off, and the latest check of the scale.
#[derive(Debug, Clone, Default)]
pub struct LaneStanding {
    /// Enforcement, when it is off now.
    pub enforcement_off: Option<EnforcementOff>,
    /// The latest check of its scale.
    pub shift_check: Option<ShiftCheck>,
}

/// How a lane stands now.
///
/// # Errors
/// When the store can't answer.
pub async fn lane_standing(store: &Store, lane: u16) -> Result<LaneStanding, ApiError> {
    let latest = async |kind| store.marks(kind, i64::from(lane), (None, None), 1).await;
    let body = |marks: Vec<MarkRow>| entry_body(marks.first().map(|mark| &mark.entry));
    let switched = body(latest(MarkKind::Enforcement).await?);
    let checked = body(latest(MarkKind::ShiftCheck).await?);
    Ok(LaneStanding {
        enforcement_off: switched.as_ref().and_then(enforcement),
        shift_check: checked.as_ref().and_then(ShiftCheck::from_body),
    })
}

/// Hours of a lane, newest first: `{items}`, each with its figures, findings and ports.
pub async fn hours(
    State(state): State<AppState>,
    Path(lane): Path<String>,
    parameters: Parameters,
) -> Result<Json<Value>, ApiError> {
    let lane = known_lane(&state, &lane)?;
    let marks = listed(&state, MarkKind::Hour, 0, parameters).await?;
    let items: Vec<Value> = marks
        .iter()
        .filter_map(|mark| entry_body(Some(&mark.entry)))
        .filter_map(|body| hour_of_lane(body.get("hour")?, lane))
        .collect();
    Ok(Json(json!({ "items": items })))
}

/// What an hour's record says of one lane, without what only the next hour needs.
fn hour_of_lane(hour: &Value, lane: u16) -> Option<Value> {
    let of_lane = |value: &&Value| value.get("lane").and_then(Value::as_u64) == Some(lane.into());
    let mut found = hour.get("lanes")?.as_array()?.iter().find(of_lane)?.clone();
    let members = found.as_object_mut()?;
    members.remove("memory");
    let serves = |port: &&Value| port.get("lane").is_some_and(Value::is_null) || of_lane(port);
    let ports: Vec<&Value> = hour
        .get("ports")?
        .as_array()?
        .iter()
        .filter(serves)
        .collect();
    let moment = |name: &str| {
        let at = hour.get(name).and_then(Value::as_i64)?;
        Some(Micros::new(at).rfc3339())
    };
    members.insert("start".to_owned(), json!(moment("start")));
    members.insert("end".to_owned(), json!(moment("end")));
    members.insert("whole".to_owned(), json!(hour.get("whole")));
    members.insert("ports".to_owned(), json!(ports));
    Some(found)
}

/// Whether a lane's enforcement is off, and what was decided about it before.
pub async fn enforcement_history(
    State(state): State<AppState>,
    Path(lane): Path<String>,
    parameters: Parameters,
) -> Result<Json<Value>, ApiError> {
    let lane = known_lane(&state, &lane)?;
    let marks = listed(&state, MarkKind::Enforcement, lane, parameters).await?;
    let off = lane_standing(state.store(), lane).await?.enforcement_off;
    Ok(Json(json!({
        "lane": lane,
        "enforcement_off": off,
        "items": marks.iter().map(item).collect::<Vec<_>>(),
    })))
}

/// Switches a lane's enforcement: `{state, reason}`, `off`, or `on` after a check.
pub async fn switch_enforcement(
    State(state): State<AppState>,
    Path(lane): Path<String>,
    Extension(session): Extension<Session>,
    mut fields: Fields,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let wanted = fields.text("state", 8)?;
    let reason = fields.text("reason", REASON_LIMIT * 4)?;
    fields.finish()?;
    let lane = known_lane(&state, &lane)?;
    switch(&state, &session, lane, &wanted, &reason).await?;
    let off = lane_standing(state.store(), lane).await?.enforcement_off;
    let answer = json!({ "lane": lane, "enforcement_off": off });
    Ok((StatusCode::CREATED, Json(answer)))
}

/// Switches enforcement and records who and why.
///
/// # Errors
/// When it stands so already, when there is no reason, when the store can't answer.
pub async fn switch(
    state: &AppState,
    session: &Session,
    lane: u16,
    wanted: &str,
    reason: &str,
) -> Result<(), ApiError> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > REASON_LIMIT {
        return Err(ApiError::field(
            "reason",
            format!("须写明原因，最多 {REASON_LIMIT} 字"),
            format!("say why, in at most {REASON_LIMIT} characters"),
        ));
    }
    let off = lane_standing(state.store(), lane).await?.enforcement_off;
    let now = state.now();
    let (entry, body) = match (wanted, off.is_some()) {
        ("off", false) => {
            let off = EnforcementOff {
                lane,
                since: now,
                at: now,
                reason: OffReason::Person,
                note: Some(reason.to_owned()),
            };
            let touched = Touched::default();
            (ENFORCEMENT_OFF, off_body(&off, None, &touched))
        }
        ("on", true) => (ENFORCEMENT_ON, on_body(lane, now, &session.user, reason)),
        ("on" | "off", _) => {
            return Err(ApiError::from(Code::Conflict)
                .with("已处于该状态", "enforcement of this lane stands so already"));
        }
        _ => {
            return Err(ApiError::field(
                "state",
                "应为 on 或 off",
                "it must be on or off",
            ));
        }
    };
    record(state, session, MarkKind::Enforcement, lane, entry, body).await
}

/// Checks of a lane's scale, newest first.
pub async fn shift_checks(
    State(state): State<AppState>,
    Path(lane): Path<String>,
    parameters: Parameters,
) -> Result<Json<Value>, ApiError> {
    let lane = known_lane(&state, &lane)?;
    let marks = listed(&state, MarkKind::ShiftCheck, lane, parameters).await?;
    let items: Vec<Value> = marks.iter().map(item).collect();
    Ok(Json(json!({ "lane": lane, "items": items })))
}

/// Records a check: `{method, zero_shown_kg, reference_kg, reference, shown_kg, hand_over}`; answers
/// it with its verdict.
pub async fn record_shift_check(
    State(state): State<AppState>,
    Path(lane): Path<String>,
    Extension(session): Extension<Session>,
    mut fields: Fields,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let method = fields.text("method", 32)?;
    let shown = Shown {
        method: CheckMethod::from_name(&method).ok_or_else(|| {
            let list = CheckMethod::ALL.map(CheckMethod::name).join(", ");
            ApiError::field(
                "method",
                format!("应为其中之一：{list}"),
                format!("one of {list}"),
            )
        })?,
        zero_shown_kg: Kilograms::new(fields.integer("zero_shown_kg")?),
        reference_kg: Kilograms::new(fields.integer("reference_kg")?),
        reference: fields.text("reference", REFERENCE_LIMIT)?,
        shown_kg: Kilograms::new(fields.integer("shown_kg")?),
    };
    let hand_over = fields.optional_text("hand_over", REASON_LIMIT * 4)?;
    fields.finish()?;
    let lane = known_lane(&state, &lane)?;
    let check = check(&state, &session, lane, shown, hand_over).await?;
    Ok((StatusCode::CREATED, Json(json!({ "check": check }))))
}

/// Judges a check and records it.
///
/// # Errors
/// When a figure is none that a scale can show, when the store can't answer.
pub async fn check(
    state: &AppState,
    session: &Session,
    lane: u16,
    shown: Shown,
    hand_over: Option<String>,
) -> Result<ShiftCheck, ApiError> {
    for (field, kg, least) in [
        ("zero_shown_kg", shown.zero_shown_kg, -MOST_KG),
        ("reference_kg", shown.reference_kg, 1),
        ("shown_kg", shown.shown_kg, -MOST_KG),
    ] {
        if !(least..=MOST_KG).contains(&kg.get()) {
            return Err(ApiError::field(
                field,
                format!("应在 {least} 到 {MOST_KG} 千克之间"),
                format!("it must be from {least} to {MOST_KG} kg"),
            ));
        }
    }
    if shown.reference.trim().is_empty() {
        return Err(ApiError::field(
            "reference",
            "须写明砝码证书编号或车辆号牌",
            "name the weight's certificate or the truck's plate",
        ));
    }
    let rules = shift_rules(state);
    let at = state.now();
    let check = ShiftCheck::judge(&rules, lane, (at, &session.user), shown, hand_over);
    let kind = MarkKind::ShiftCheck;
    record(state, session, kind, lane, SHIFT_CHECK, check.body()).await?;
    Ok(check)
}

/// What a check must show.
pub fn shift_rules(state: &AppState) -> ShiftRules {
    let rules = state.status().shift_check;
    ShiftRules {
        required: rules.required,
        valid_for: rules.valid_for,
        zero_tolerance_kg: Kilograms::new(rules.zero_tolerance_kg),
        tolerance_per_mille: rules.tolerance_per_mille,
        tolerance_kg: Kilograms::new(rules.tolerance_kg),
    }
}

/// A lane of the configuration.
///
/// # Errors
/// 404 for any other.
pub fn known_lane(state: &AppState, lane: &str) -> Result<u16, ApiError> {
    let status = state.status();
    let number = lane.parse::<u16>().ok();
    let known = number.filter(|number| status.lanes.iter().any(|lane| lane.number == *number));
    known.ok_or_else(|| ApiError::from(Code::NotFound))
}

async fn record(
    state: &AppState,
    session: &Session,
    kind: MarkKind,
    lane: u16,
    entry: &'static str,
    body: Value,
) -> Result<(), ApiError> {
    let mark = NewMark {
        kind,
        lane: i64::from(lane),
        at: state.now(),
        entry,
        actor: Actor(session.user.clone()),
        body,
    };
    if state.store().mark(mark).await?.already {
        return Err(ApiError::from(Code::Conflict).with(
            "同一时刻已有记录，请重试",
            "there is one of this moment already, try again",
        ));
    }
    Ok(())
}

async fn listed(
    state: &AppState,
    kind: MarkKind,
    lane: u16,
    mut parameters: Parameters,
) -> Result<Vec<MarkRow>, ApiError> {
    let span = (parameters.moment("from")?, parameters.moment("until")?);
    let limit = parameters.integer("limit", 1)?.unwrap_or(LIMIT_DEFAULT);
    parameters.finish()?;
    if limit > LIMIT_MAX {
        return Err(ApiError::field(
            "limit",
            format!("最大 {LIMIT_MAX}"),
            format!("at most {LIMIT_MAX}"),
        ));
    }
    let marks = state.store().marks(kind, i64::from(lane), span, limit);
    Ok(marks.await?)
}

/// An entry as lists show it.
fn item(mark: &MarkRow) -> Value {
    let mut body = entry_body(Some(&mark.entry)).unwrap_or_default();
    if let Some(members) = body.as_object_mut() {
        members.remove("columns");
    }
    json!({
        "sequence": mark.entry.sequence,
        "kind": mark.entry.kind,
        "actor": mark.entry.actor,
        "at": Micros::new(mark.marked_at).rfc3339(),
        "body": body,
    })
}
