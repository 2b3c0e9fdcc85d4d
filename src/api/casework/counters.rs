//! `GET counters/{track}/{id}`: how often a party was punished within the year, and by which cases.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use chrono::{Days, NaiveDate};
use serde_json::{Value, json};

use super::context::CaseworkContext;
use crate::api::error::{ApiError, Code};
use crate::api::input::Parameters;
use crate::api::state::AppState;
use crate::casework::CaseFile;
use crate::casework::procedure::{Counts, TrackKind, counted};
use crate::law::{
    CarrierFacts, CountedCase, RepeatCount, RepeatError, carrier_share, driver_repeats,
    source_instigations, vehicle_repeats,
};
use crate::register::{Carrier, RegisterKind};
use crate::store::Store;
use crate::store::records::{CountedParty, RegisterRow};
use crate::units::Micros;

/// Days looked back: a window of a year, and a year before it for what a proposal rests on.
const LOOK_BACK: Days = Days::new(2 * 366);

/// The counted cases of a party within two years before a day, with all cases of the same acts.
///
/// # Errors
/// When the store can't answer.
pub async fn counted_cases(
    store: &Store,
    track: TrackKind,
    id: &str,
    day: NaiveDate,
) -> Result<Vec<CountedCase>, ApiError> {
    let from = day.checked_sub_days(LOOK_BACK).unwrap_or(NaiveDate::MIN);
    let party = match track {
        TrackKind::Vehicle => CountedParty::Vehicle,
        TrackKind::Driver => CountedParty::Driver,
        TrackKind::Carrier => CountedParty::Carrier,
        TrackKind::LoadingSource => CountedParty::Source,
    };
    let days = [from.to_string(), day.to_string()];
    let rows = store
        .counted_cases(party, id, [days[0].as_str(), days[1].as_str()])
        .await?;
    let cases = rows
        .iter()
        .filter_map(|row| serde_json::from_str(&row.body).ok());
    Ok(cases.collect())
}

/// What the counter of a party says on a day, given the cases.
fn count(
    context: &CaseworkContext,
    track: TrackKind,
    id: &str,
    day: NaiveDate,
    cases: &[CountedCase],
    carrier: &CarrierFacts,
) -> Option<Result<RepeatCount, RepeatError>> {
    let rules = context.tables.in_force(day)?.repeat()?;
    Some(match track {
        TrackKind::Vehicle => vehicle_repeats(cases, id, day, rules),
        TrackKind::Driver => driver_repeats(cases, id, day, rules),
        TrackKind::Carrier => carrier_share(cases, id, carrier, day, rules),
        TrackKind::LoadingSource => source_instigations(cases, id, day, rules),
    })
}

/// What is known of a carrier: its fleet by day.
///
/// # Errors
/// When the store can't answer.
async fn carrier_facts(store: &Store, id: &str) -> Result<CarrierFacts, ApiError> {
    let row = store
        .register_entry(RegisterKind::Carriers.name(), id)
        .await?;
    let carrier: Option<Carrier> = row.as_ref().and_then(RegisterRow::typed);
    Ok(carrier.map(|carrier| carrier.facts()).unwrap_or_default())
}

/// The counters of a case's parties with the case as it is given, whether or not the store has it so.
///
/// # Errors
/// When the store can't answer.
pub async fn of_case(
    store: &Store,
    context: &CaseworkContext,
    case: &CaseFile,
    now: Micros,
) -> Result<Counts, ApiError> {
    let day = now.beijing_day();
    let mut counts: BTreeMap<TrackKind, RepeatCount> = BTreeMap::new();
    let own = counted(case);
    for (kind, track) in case.tracks.all() {
        let Some(id) = track.counted_id() else {
            continue;
        };
        let mut cases = counted_cases(store, kind, id, day).await?;
        cases.retain(|known| known.case_id != case.case_id);
        cases.extend(own.clone());
        let facts = match kind {
            TrackKind::Carrier => carrier_facts(store, id).await?,
            _ => CarrierFacts::default(),
        };
        match count(context, kind, id, day, &cases, &facts) {
            Some(Ok(found)) => {
                counts.insert(kind, found);
            }
            Some(Err(error)) => {
                tracing::warn!(%error, case_id = case.case_id, "a counter contradicts itself");
            }
            None => {}
        }
    }
    Ok(Counts {
        vehicle: counts.remove(&TrackKind::Vehicle),
        driver: counts.remove(&TrackKind::Driver),
        carrier: counts.remove(&TrackKind::Carrier),
        loading_source: counts.remove(&TrackKind::LoadingSource),
    })
}

/// One counter: `?day=` counts to another day than today.
pub async fn show(
    State(state): State<AppState>,
    Path((track, id)): Path<(String, String)>,
    mut parameters: Parameters,
) -> Result<Json<Value>, ApiError> {
    let track = TrackKind::from_name(&track).ok_or(Code::NotFound)?;
    let day = match parameters.take("day") {
        None => state.now().beijing_day(),
        Some(text) => text.parse().map_err(|_| {
            ApiError::field("day", "应为日期，如 2026-03-01", "a day such as 2026-03-01")
        })?,
    };
    parameters.finish()?;
    let context = state.casework();
    let store = state.store();
    let cases = counted_cases(store, track, &id, day).await?;
    let facts = match track {
        TrackKind::Carrier => carrier_facts(store, &id).await?,
        _ => CarrierFacts::default(),
    };
    let found = count(context, track, &id, day, &cases, &facts).ok_or_else(|| {
        ApiError::from(Code::Conflict).with(
            format!("{day} 没有可用的计次规则"),
            format!("no law table counts on {day}"),
        )
    })?;
    let count = found.map_err(|error| {
        ApiError::from(Code::Conflict).with(
            format!("案件相互矛盾，无法计次：{error}"),
            error.to_string(),
        )
    })?;
    Ok(Json(json!({
        "track": track,
        "id": id,
        "day": day,
        "count": count,
        "exceeded": count.exceeded(),
        "zh": count.sentences_zh(),
        "en": count.sentences_en(),
    })))
}
