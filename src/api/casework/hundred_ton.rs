//! `GET hundred-ton`, `GET hundred-ton/roads`: hundred-ton trucks (百吨王), and where and when they pass.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::api::error::ApiError;
use crate::api::input::{Parameters, next_page};
use crate::api::passages::{PassageItem, filter};
use crate::api::state::AppState;
use crate::casework::hundred_ton::{HeavyPassage, alarm, rank};
use crate::store::records::{ListFilter, PageKey, PassageRow};
use crate::units::{Kilograms, Micros};

/// Days that a ranking looks back when no span is named.
const USUAL_DAYS: i64 = 30;
/// Passages that a ranking looks at, the newest first.
const RANKED_MOST: usize = 20_000;

/// Passages from the pre-alarm on, newest first, `{items, next}`, each with its level.
pub async fn list(
    State(state): State<AppState>,
    mut parameters: Parameters,
) -> Result<Json<Value>, ApiError> {
    let filter = filter(&mut parameters, &["weighed", "closed"])?;
    let (limit, after) = parameters.page()?;
    parameters.finish()?;
    let settings = state.casework().settings.hundred_ton;
    let filter = ListFilter {
        at_least_kg: Some(settings.pre_alarm_kg.min(settings.alarm_kg).get()),
        ..filter
    };
    let store = state.store();
    let mut rows = store.passages(&filter, after.as_ref(), limit + 1).await?;
    let next = next_page(&mut rows, limit, |row| (row.crossed_at, &row.passage_id));
    let items: Vec<Value> = rows
        .into_iter()
        .map(|row| {
            let level = alarm(Kilograms::new(row.gross_kg), &settings);
            let mut item = serde_json::to_value(PassageItem::from(row)).unwrap_or_default();
            if let Some(members) = item.as_object_mut() {
                members.insert("level".into(), json!(level));
                members.insert("level_zh".into(), json!(level.map(|level| level.zh())));
                members.insert("level_en".into(), json!(level.map(|level| level.en())));
            }
            item
        })
        .collect();
    Ok(Json(json!({
        "pre_alarm_kg": settings.pre_alarm_kg,
        "alarm_kg": settings.alarm_kg,
        "items": items,
        "next": next,
    })))
}

/// Road sections by where and when hundred-ton trucks pass (重点路段): `?from=&until=`, thirty days unless
/// said otherwise.
pub async fn roads(
    State(state): State<AppState>,
    mut parameters: Parameters,
) -> Result<Json<Value>, ApiError> {
    let until = parameters.moment("until")?.unwrap_or(state.now());
    let usual = Micros::from_seconds(USUAL_DAYS * 86_400);
    let from = parameters
        .moment("from")?
        .unwrap_or(until.saturating_sub(usual));
    parameters.finish()?;
    let settings = state.casework().settings.hundred_ton;
    let filter = ListFilter {
        from: Some(from),
        until: Some(until),
        at_least_kg: Some(settings.alarm_kg.get()),
        ..ListFilter::default()
    };
    let mut passages: Vec<HeavyPassage> = Vec::new();
    let mut after: Option<PageKey> = None;
    loop {
        let rows = state
            .store()
            .passages(&filter, after.as_ref(), 1_000)
            .await?;
        let Some(last) = rows.last() else { break };
        after = Some(PageKey {
            at: Micros::new(last.crossed_at),
            id: last.passage_id.clone(),
        });
        passages.extend(rows.iter().map(heavy));
        if passages.len() >= RANKED_MOST {
            break;
        }
    }
    let whole = passages.len() < RANKED_MOST;
    Ok(Json(json!({
        "from": from.rfc3339(),
        "until": until.rfc3339(),
        "passages": passages.len(),
        "whole": whole,
        "roads": rank(&passages, &settings),
    })))
}

fn heavy(row: &PassageRow) -> HeavyPassage {
    HeavyPassage {
        site: row.station.clone(),
        lane: u16::try_from(row.lane).unwrap_or_default(),
        at: Micros::new(row.crossed_at),
        gross_kg: Kilograms::new(row.gross_kg),
        plate: row.plate.clone(),
    }
}
