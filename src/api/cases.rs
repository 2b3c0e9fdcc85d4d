//! `GET cases`, `GET cases/{case_id}`.

use axum::extract::{Path, State};
use axum::{Extension, Json};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::{ApiError, Code};
use super::input::{Parameters, next_page};
use super::passages::{entry_body, filter, picture};
use super::session::Session;
use super::state::AppState;
use crate::casework::procedure::PartyKind;
use crate::casework::review::next_stage;
use crate::casework::{CaseFile, CaseState, Judgement};
use crate::law::{Sentence, Verdict};
use crate::register::{masked_name, masked_number};
use crate::role::Role;
use crate::store::Store;
use crate::store::records::{CaseKey, CaseRow, CountedCaseRow, JournalRow};
use crate::units::Micros;

/// Newest first, `{items, next}`.
pub async fn list(
    State(state): State<AppState>,
    Extension(session): Extension<Session>,
    mut parameters: Parameters,
) -> Result<Json<Value>, ApiError> {
    let states: Vec<&str> = CaseState::ALL.iter().map(|state| state.name()).collect();
    let mut filter = filter(&mut parameters, &states)?;
    for (name, key) in [
        ("number", CaseKey::Number),
        ("driver", CaseKey::Driver),
        ("carrier", CaseKey::Carrier),
        ("source", CaseKey::Source),
        ("act", CaseKey::Act),
        ("officer", CaseKey::Officer),
    ] {
        let Some(value) = parameters.take(name).filter(|value| !value.is_empty()) else {
            continue;
        };
        if key == CaseKey::Driver && session.role == Role::Machine {
            return Err(Code::Forbidden.into());
        }
        if filter.by.replace((key, value)).is_some() {
            return Err(ApiError::field(
                name,
                "number、driver、carrier、source、act、officer 只能选一项",
                "only one of number, driver, carrier, source, act, officer",
            ));
        }
    }
    let (limit, after) = parameters.page()?;
    parameters.finish()?;
    let mut rows = state
        .store()
        .cases(&filter, after.as_ref(), limit + 1)
        .await?;
    let next = next_page(&mut rows, limit, |row| (row.opened_at, &row.case_id));
    let mut items: Vec<Value> = rows.iter().map(item).collect();
    if session.role == Role::Machine {
        items.iter_mut().for_each(mask);
    }
    Ok(Json(json!({"items": items, "next": next})))
}

/// Masks personal data for another program: it needs to know that a driver is known and not who it is.
fn mask(case: &mut Value) {
    let is_person = case.pointer("/respondent/kind") == Some(&PartyKind::Citizen.name().into());
    let mut change = |pointer: &str, masked: fn(&str) -> String| {
        if let Some(value) = case.pointer_mut(pointer)
            && let Some(text) = value.as_str()
        {
            *value = Value::from(masked(text));
        }
    };
    change("/driver_id", masked_number);
    change("/tracks/driver/party_id", masked_number);
    change("/tracks/driver/party", masked_name);
    change("/respondent/id", masked_number);
    change("/respondent/name", masked_name);
    if is_person {
        // A loading source may be one.
        change("/tracks/loading_source/party_id", masked_number);
        change("/tracks/loading_source/party", masked_name);
        change("/source_id", masked_number);
    }
    // Statements, notes and papers name people in words.
    if let Some(members) = case.as_object_mut() {
        for member in ["course", "reviews", "officers", "timeline"] {
            members.remove(member);
        }
    }
    let tracks = case.get_mut("tracks").and_then(Value::as_object_mut);
    for track in tracks.into_iter().flat_map(|tracks| tracks.values_mut()) {
        if let Some(members) = track.as_object_mut() {
            members.remove("history");
        }
    }
}

/// One case as lists show it.
pub fn item(row: &CaseRow) -> Value {
    let columns = &row.columns;
    json!({
        "case_id": row.case_id,
        "station": row.station,
        "passage_id": row.passage_id,
        "lane": row.lane,
        "state": row.columns.state,
        // A case about a loading source alone has none.
        "plate": Some(&columns.plate).filter(|plate| !plate.is_empty()),
        "class": row.columns.class,
        "number": columns.number,
        "authority": columns.authority,
        "act_id": columns.act_id,
        "act_at": Micros::new(columns.act_at).rfc3339(),
        "driver_id": columns.driver_id,
        "carrier_id": columns.carrier_id,
        "source_id": columns.source_id,
        "fine_yuan": columns.fine_yuan,
        "due_at": columns.due_at.map(|at| Micros::new(at).rfc3339()),
        "due_kind": columns.due_kind,
        "open_proposals": columns.open_proposals,
        "opened_at": Micros::new(row.opened_at).rfc3339(),
        "opened_by": row.opened_by,
        "version": row.version,
    })
}

/// One case, whole.
pub async fn one(
    State(state): State<AppState>,
    Path(case_id): Path<String>,
    Extension(session): Extension<Session>,
) -> Result<Json<Value>, ApiError> {
    let row = state.store().case(&case_id).await?.ok_or(Code::NotFound)?;
    let mut case = detail(state.store(), &row).await?;
    if session.role == Role::Machine {
        mask(&mut case);
    }
    Ok(Json(case))
}

/// The case as its journal leaves it, with that journal.
pub async fn case_file(
    store: &Store,
    case_id: &str,
) -> Result<(Option<CaseFile>, Vec<(JournalRow, Value)>), ApiError> {
    let history: Vec<(JournalRow, Value)> = store
        .case_history(case_id)
        .await?
        .into_iter()
        .map(|row| {
            let body = entry_body(Some(&row)).unwrap_or_default();
            (row, body)
        })
        .collect();
    let case = CaseFile::from_bodies(history.iter().map(|(_, body)| body));
    Ok((case, history))
}

/// One case as JSON: the list's members and what the journal holds besides.
pub async fn detail(store: &Store, row: &CaseRow) -> Result<Value, ApiError> {
    // Asked before the case is read: what is rolled meanwhile stands in it.
    let mut rolling = Vec::new();
    let counted = store.counted_case(&row.case_id).await?;
    for party in counted.iter().flat_map(CountedCaseRow::parties) {
        let waiting = store.party_waiting(&party).await?;
        rolling.extend(waiting.map(|row| row.track));
    }
    let (case, history) = case_file(store, &row.case_id).await?;
    let mut pictures = Vec::new();
    let mut passages = Vec::new();
    for passage_id in store.case_passages(&row.case_id).await? {
        pictures.extend(store.pictures_of(&passage_id).await?.iter().map(picture));
        passages.push(passage(case.as_ref(), passage_id));
    }
    let mut detail = item(row);
    let judgement = case.as_ref().map(|case| &case.judgement);
    let more = json!({
        "act_at": case.as_ref().map(|case| case.act_at.rfc3339()),
        "plate_unconfirmed": case.as_ref().map(|case| case.plate_unconfirmed),
        "plate_colour": case.as_ref().and_then(|case| case.plate_colour.as_ref()),
        "gross_kg": case.as_ref().map(|case| case.gross_kg),
        "axles": case.as_ref().map(|case| &case.axles),
        "enforcement_kg": judgement.and_then(|judgement| judgement.enforcement_kg),
        "limit_kg": judgement.and_then(|judgement| judgement.limit_kg),
        "overage_kg": judgement.and_then(|judgement| judgement.overage_kg),
        "overage_percent": judgement.and_then(|judgement| judgement.overage_percent.as_ref()),
        "computed_yuan": case.as_ref().and_then(|case| case.computed_yuan),
        "verdict": judgement.map(|judgement| &judgement.verdict),
        "derivation": judgement.and_then(|judgement| judgement.verdict.get("derivation")),
        "explanation": judgement.and_then(explanation),
        "passages": passages,
        "pictures": pictures,
        "tracks": case.as_ref().map(|case| &case.tracks),
        "rolling": rolling,
        "reviews": case.as_ref().map(reviews),
        "origin": case.as_ref().map(|case| case.origin),
        "subject": case.as_ref().map(|case| case.subject),
        "traced_from": case.as_ref().map(|case| &case.traced_from),
        "visit": case.as_ref().and_then(|case| case.visit.as_ref()),
        "mode": case.as_ref().and_then(|case| case.mode),
        "offence": case.as_ref().and_then(|case| case.offence),
        "trailer_plate": case.as_ref().and_then(|case| case.trailer_plate.as_ref()),
        "respondent": case.as_ref().and_then(|case| case.respondent.as_ref()),
        "procedure": case.as_ref().and_then(|case| case.procedure),
        "officers": case.as_ref().map(|case| &case.officers),
        "course": case.as_ref().map(|case| &case.course),
        "state_zh": case.as_ref().map(|case| case.state.zh()),
        "next_review": CaseState::from_name(&row.columns.state).and_then(next_stage),
        "timeline": history.iter().map(happening).collect::<Vec<_>>(),
    });
    if let (Some(members), Value::Object(more)) = (detail.as_object_mut(), more) {
        members.extend(more);
    }
    Ok(detail)
}

/// Why a verdict is what it is, in the sentences that everyone is shown.
pub fn explanation(judgement: &Judgement) -> Option<Vec<Sentence>> {
    let verdict = Verdict::deserialize(&judgement.verdict).ok()?;
    Some(verdict.explanation())
}

fn passage(case: Option<&CaseFile>, passage_id: String) -> Value {
    let known = case.and_then(|case| {
        case.passages
            .iter()
            .find(|passage| passage.passage_id == passage_id)
    });
    json!({
        "url": format!("/api/v1/passages/{passage_id}"),
        "kind": known.map(|passage| passage.kind),
        "crossed_at": known.map(|passage| passage.crossed_at.rfc3339()),
        "gross_kg": known.map(|passage| passage.gross_kg),
        "class": known.map(|passage| passage.class),
        "overage_kg": known.map(|passage| passage.overage_kg),
        "passage_id": passage_id,
    })
}

fn reviews(case: &CaseFile) -> Vec<Value> {
    case.reviews
        .iter()
        .map(|review| {
            json!({
                "stage": review.stage,
                "reviewer": review.reviewer,
                "role": review.role,
                "at": review.at.rfc3339(),
                "decision": if review.confirmed { "confirm" } else { "discard" },
                "plate_compared": review.plate_compared,
                "reason": review.reason,
                "note": review.note,
            })
        })
        .collect()
}

/// An entry of the case's journal: who did what when.
fn happening((row, body): &(JournalRow, Value)) -> Value {
    let review = body.get("review");
    // A change that nobody made by hand keeps the history of the step before it.
    let stepped = body.get("action").is_some();
    let history = body.pointer("/case/course/history");
    let last = history.and_then(Value::as_array).and_then(|all| all.last());
    json!({
        "sequence": row.sequence,
        "at": Micros::new(row.recorded_at).rfc3339(),
        "kind": row.kind,
        "actor": row.actor,
        "step": body.get("step"),
        "action": body.get("action"),
        "why": last.filter(|_| stepped).and_then(|step| step.get("why")),
        "review": review.map(|review| json!({
            "stage": review.get("stage"),
            "confirmed": review.get("confirmed"),
            "plate_compared": review.get("plate_compared"),
            "reason": review.get("reason"),
            "note": review.get("note"),
        })),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loading_source_that_is_a_person_is_masked_and_a_company_is_not() {
        let case = |kind: PartyKind| {
            let mut case = json!({
                "source_id": "140404199001011234",
                "respondent": {"kind": kind, "id": "140404199001011234", "name": "王建国"},
                "tracks": {"loading_source": {"party_id": "140404199001011234", "party": "王建国"}},
            });
            mask(&mut case);
            case.to_string()
        };
        let person = case(PartyKind::Citizen);
        assert!(!person.contains("140404199001011234") && !person.contains("王建国"));
        assert!(case(PartyKind::Organisation).contains("140404199001011234"));
    }
}
