//! `GET inspections`, `POST inspections`, `GET|POST inspections/{id}…`, `GET yard`: stays of vehicles at
//! the station, from being picked out to being released (检测).

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use serde::Deserialize;
use serde_json::{Value, json};

use super::context::CaseworkContext;
use super::facts::{officers, working_days};
use super::stays::stay;
use super::steps::actor;
use crate::api::error::{ApiError, Code};
use crate::api::input::{Fields, Parameters, next_page, read_as};
use crate::api::passages::{bodies, filter};
use crate::api::session::Session;
use crate::api::state::AppState;
use crate::casework::inspection::{
    CaseFact, Describe, Facts, Inspection, InspectionAction, InspectionIndex, InspectionState,
    LetThroughReason, OfficerLicence, PermitFact, Refusal, Select, ShiftCounts, VerdictShort,
    WeighedPassage, WeighingInput, apply, available, open, shift_counts,
};
use crate::casework::{CaseState, Judgement};
use crate::law::{Assessment, Calendar, Measured, VehicleDescription, assess};
use crate::register::{RegisterKind, RegisteredPermit};
use crate::store::Store;
use crate::store::records::{
    self, InspectionColumns, InspectionRow, InspectionStep, RegisterFilter, ShiftNumbers,
};
use crate::units::{Kilograms, Micros};

/// Journal kind of a stay's steps.
pub const INSPECTION_STEPPED: &str = "inspection_stepped";
/// Permits of one plate that are looked at.
const PERMITS_MOST: i64 = 100;
/// Stays of an older release that a shift's numbers are counted over.
const UNREAD_MOST: i64 = 5_000;

/// Everything gathered for a step of a stay.
struct Gathered {
    passage: Option<WeighedPassage>,
    permits: Vec<PermitFact>,
    officers: BTreeMap<String, OfficerLicence>,
    calendar: Calendar,
    limit_kg: Option<Kilograms>,
    case: Option<CaseFact>,
}

impl Gathered {
    fn facts<'a>(&'a self, context: &'a CaseworkContext, now: Micros) -> Facts<'a> {
        Facts {
            settings: context.settings.inspection.clone(),
            limit_kg: self.limit_kg,
            passage: self.passage.clone(),
            permits: self.permits.clone(),
            case: self.case.clone(),
            officers: self.officers.clone(),
            table: context.tables.in_force(now.beijing_day()),
            calendar: Some(&self.calendar),
        }
    }
}

async fn gather(
    state: &AppState,
    inspection: Option<&Inspection>,
    passage_id: Option<&str>,
    plate: Option<&str>,
    now: Micros,
) -> Result<Gathered, ApiError> {
    let store = state.store();
    let passage = match passage_id {
        Some(passage_id) => weighed(store, passage_id).await?,
        None => None,
    };
    let known = inspection.and_then(|inspection| inspection.plate().map(str::to_owned));
    let plate = known
        .or_else(|| plate.map(str::to_owned))
        .or_else(|| passage.as_ref().and_then(|passage| passage.plate.clone()));
    let permits = match &plate {
        Some(plate) => permits(store, plate, now).await?,
        None => Vec::new(),
    };
    let limit_kg = passage
        .as_ref()
        .and_then(|passage| passage.verdict.limit_kg)
        .or_else(|| inspection.and_then(Inspection::limit_kg));
    Ok(Gathered {
        officers: officers(store).await?,
        calendar: working_days(store, state.casework()).await?,
        passage,
        permits,
        limit_kg,
        case: None,
    })
}

/// A case as linking it looks at it.
async fn case(store: &Store, case_id: &str) -> Result<Option<CaseFact>, ApiError> {
    let Some(row) = store.case(case_id).await? else {
        return Ok(None);
    };
    let passages = store.case_passages(case_id).await?;
    Ok(
        CaseState::from_name(&row.columns.state).map(|state| CaseFact {
            case_id: row.case_id,
            state,
            plate: row.columns.plate,
            passages: passages.into_iter().collect(),
        }),
    )
}

/// A passage as a weighing of a stay takes it.
async fn weighed(store: &Store, passage_id: &str) -> Result<Option<WeighedPassage>, ApiError> {
    let Some(row) = store.passage(passage_id).await? else {
        return Ok(None);
    };
    let (bodies, _) = bodies(store, &row).await?;
    let used_by = store.inspection_of_passage(passage_id).await?;
    let judgement = bodies.judgement.as_ref();
    let verdict = judgement.map(|judgement| VerdictShort {
        class: judgement.class,
        limit_kg: judgement.limit_kg,
        overage_kg: judgement.overage_kg,
    });
    // What keeps the weighing itself from counting; that the vehicle is not over, or its plate is not
    // known, does not.
    let not_legal = match &bodies.withheld {
        None => Some("称重记录尚未归档 / the passage is not closed yet".to_owned()),
        Some(reasons) => {
            let about = reasons
                .iter()
                .filter(|reason| reason.is_about_the_weighing());
            let texts: Vec<String> = about
                .map(|reason| format!("{} / {}", reason.text_zh(), reason.text_en()))
                .collect();
            (!texts.is_empty()).then(|| texts.join("；"))
        }
    };
    let assessment = judgement.map(|judgement| &judgement.assessment);
    let certificate = assessment
        .and_then(|assessment| assessment.pointer("/measured/scale/certificate/number"))
        .and_then(Value::as_str);
    Ok(Some(WeighedPassage {
        passage_id: passage_id.to_owned(),
        at: Micros::new(row.crossed_at),
        gross_kg: Kilograms::new(row.gross_kg),
        axle_loads_kg: bodies.axles().iter().map(|axle| axle.load_kg).collect(),
        scale: row.port,
        certificate: certificate.map(str::to_owned),
        not_legal,
        plate: row.plate,
        plate_colour: bodies
            .association
            .as_ref()
            .and_then(|association| association.chosen.as_ref())
            .and_then(|read| read.colour.clone()),
        verdict: verdict.unwrap_or_default(),
        used_by,
    }))
}

/// Permits of a plate, judged for today.
async fn permits(store: &Store, plate: &str, now: Micros) -> Result<Vec<PermitFact>, ApiError> {
    let filter = RegisterFilter {
        plate: Some(plate.to_owned()),
        ..RegisterFilter::default()
    };
    let kind = RegisterKind::Permits.name();
    let rows = store
        .register_entries(kind, &filter, None, PERMITS_MOST)
        .await?;
    let today = now.beijing_day();
    let permits = rows.iter().filter_map(|row| {
        let permit: RegisteredPermit = row.typed()?;
        let covers = permit.may_cover(None, today);
        let why_not = match (covers, permit.active) {
            (true, _) => None,
            (_, false) => Some("已注销 / struck off".to_owned()),
            (_, true) => Some(format!(
                "有效期{}至{} / valid {} to {}",
                permit.valid_from, permit.valid_until, permit.valid_from, permit.valid_until
            )),
        };
        Some(PermitFact {
            number: permit.number,
            valid: why_not.is_none(),
            why_not,
            gross_kg: permit.gross_kg,
        })
    });
    Ok(permits.collect())
}

/// Begins a stay: [`Select`]; answers it.
pub async fn begin(
    State(state): State<AppState>,
    Extension(session): Extension<Session>,
    fields: Fields,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let mut given = fields.rest();
    if let Some(members) = given.as_object_mut() {
        members.insert("station".into(), json!(state.casework().station));
    }
    let select: Select = read_as(&given, "inspection")?;
    let now = state.now();
    let passage_id = select.passage_id.as_deref();
    let gathered = gather(&state, None, passage_id, select.plate.as_deref(), now).await?;
    let facts = gathered.facts(state.casework(), now);
    let inspection =
        open(&select, &actor(&session), &facts, now).map_err(|refusal| refused(&refusal))?;
    let passages: Vec<String> = select.passage_id.iter().cloned().collect();
    let action = InspectionAction::Select(select);
    let step = step(&inspection, 0, &action, passages, &session, now);
    match state.store().step_inspection(step).await {
        Ok(_) => answer(&state, &inspection.inspection_id, StatusCode::CREATED).await,
        // Its key comes from the passage: nobody changed anything, the stay is there already.
        Err(crate::store::StoreError::StaleInspection { inspection_id, .. }) => {
            let what = inspection.selection.passage_id.as_deref().map_or_else(
                || [String::new(), String::new()],
                |passage_id| {
                    [
                        format!("称重记录 {passage_id} "),
                        format!("passage {passage_id}: "),
                    ]
                },
            );
            let [zh, en] = what;
            Err(ApiError::from(Code::Refused)
                .with(
                    format!("{zh}已有检测 {inspection_id}，请在该检测中办理"),
                    format!("{en}stay {inspection_id} is there already, go on with it"),
                )
                .besides(json!({"inspection_id": inspection_id})))
        }
        Err(error) => Err(error.into()),
    }
}

/// Makes a step of a stay: an [`InspectionAction`] with `expected_version`; answers the stay after it.
pub async fn make(
    State(state): State<AppState>,
    Path(inspection_id): Path<String>,
    Extension(session): Extension<Session>,
    mut fields: Fields,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let expected_version = fields.integer("expected_version")?;
    let given = fields.rest();
    let action: InspectionAction = read_as(&given, "action")?;
    let (row, inspection) = load(&state, &inspection_id).await?;
    if row.version != expected_version {
        return Err(stale(&state, &row, expected_version, given).await);
    }
    let now = state.now();
    let passage_id = weighed_passage(&action);
    let mut gathered = gather(&state, Some(&inspection), passage_id, None, now).await?;
    if let InspectionAction::Describe(said) = &action {
        let described = described_limit(state.casework(), &inspection, said, now);
        gathered.limit_kg = described.or(gathered.limit_kg);
    }
    if let InspectionAction::LinkCase(link) = &action {
        gathered.case = case(state.store(), &link.case_id).await?;
    }
    let facts = gathered.facts(state.casework(), now);
    let after = apply(&inspection, &action, &actor(&session), &facts, now)
        .map_err(|refusal| refused(&refusal))?;
    let passages: Vec<String> = passage_id.map(str::to_owned).into_iter().collect();
    let step = step(&after, expected_version, &action, passages, &session, now);
    match state.store().step_inspection(step).await {
        Ok(_) => answer(&state, &inspection_id, StatusCode::CREATED).await,
        Err(crate::store::StoreError::StaleInspection { .. }) => {
            let row = state.store().inspection(&inspection_id).await?;
            let row = row.ok_or(Code::NotFound)?;
            Err(stale(&state, &row, expected_version, given).await)
        }
        Err(error) => Err(error.into()),
    }
}

/// The limit of the vehicle by what an officer says of it, under the table of the weighing's day: where the
/// scale knew no axles, the limit is not known before.
fn described_limit(
    context: &CaseworkContext,
    inspection: &Inspection,
    said: &Describe,
    now: Micros,
) -> Option<Kilograms> {
    let axles = usize::from(said.axles?);
    let weighing = inspection
        .legal_weighings()
        .next()
        .map(|record| &record.what);
    let day = weighing
        .map_or(now, |weighing| weighing.weighed_at)
        .beijing_day();
    let vehicle = VehicleDescription {
        layout: Some(ungrouped(axles)),
        drive_axles: said.driven_axles,
        ..VehicleDescription::default()
    };
    let measured = Measured {
        axle_loads_kg: Vec::new(),
        gross_kg: weighing.map_or(Kilograms::ZERO, |weighing| weighing.gross_kg),
        scale: None,
        spacing_tolerance_mm: None,
    };
    assess(&context.tables, &Assessment::new(day, vehicle, measured)).limit_kg
}

/// The layout of axles that nobody grouped: they count singly, which is the reading better for the party.
fn ungrouped(axles: usize) -> String {
    vec!["1"; axles].join("+")
}

/// A weighing whose scale knew no axles, judged by what an officer said of the vehicle in the stay that it
/// belongs to; with what was said. `None` where there is no such stay, nobody said how many axles it has, or
/// the law has no verdict even so.
pub async fn judged_as_described(
    state: &AppState,
    passage_id: &str,
    before: &Judgement,
) -> Result<Option<(Judgement, Describe)>, ApiError> {
    let store = state.store();
    let Some(inspection_id) = store.inspection_of_passage(passage_id).await? else {
        return Ok(None);
    };
    let (Some(inspection), _) = stay(store, &inspection_id).await? else {
        return Ok(None);
    };
    let said = inspection.description();
    let (Some(axles), Ok(mut assessment)) =
        (said.axles, Assessment::deserialize(&before.assessment))
    else {
        return Ok(None);
    };
    let known = !assessment.measured.axle_loads_kg.is_empty()
        || !assessment.vehicle.axle_spacings_mm.is_empty()
        || assessment.vehicle.layout.is_some();
    if known {
        return Ok(None);
    }
    assessment.vehicle.layout = Some(ungrouped(usize::from(axles)));
    assessment.vehicle.drive_axles = said.driven_axles.or(assessment.vehicle.drive_axles);
    let verdict = assess(&state.casework().tables, &assessment);
    if verdict.class.is_none() {
        return Ok(None);
    }
    let told = |error: serde_json::Error| {
        tracing::error!(%error, passage_id, "a verdict can't be written");
        ApiError::from(Code::Internal)
    };
    let mut judgement = Judgement::of(&verdict).map_err(told)?;
    judgement.assessment = serde_json::to_value(&assessment).map_err(told)?;
    Ok(Some((judgement, said)))
}

/// The passage that a step weighs by.
fn weighed_passage(action: &InspectionAction) -> Option<&str> {
    match action {
        InspectionAction::Weigh(entry) | InspectionAction::Reweigh(entry) => {
            match &entry.weighing {
                WeighingInput::Passage(input) => Some(&input.passage_id),
                WeighingInput::Hand(_) => None,
            }
        }
        _ => None,
    }
}

fn step(
    inspection: &Inspection,
    expected_version: i64,
    action: &InspectionAction,
    passages: Vec<String>,
    session: &Session,
    now: Micros,
) -> InspectionStep {
    InspectionStep {
        inspection_id: inspection.inspection_id.clone(),
        station: inspection.station.clone(),
        expected_version,
        columns: InspectionColumns::from(&inspection.index()),
        passages,
        actor: records::Actor(session.user.clone()),
        at: now,
        kind: INSPECTION_STEPPED,
        body: json!({"step": action.step(), "action": action, "inspection": inspection}),
    }
}

async fn load(state: &AppState, id: &str) -> Result<(InspectionRow, Inspection), ApiError> {
    let row = state.store().inspection(id).await?.ok_or(Code::NotFound)?;
    let (inspection, _) = stay(state.store(), id).await?;
    let inspection = inspection.ok_or_else(|| {
        ApiError::from(Code::Conflict).with(
            "检测记录正文已被移除",
            "the stay's body was withheld or removed",
        )
    })?;
    Ok((row, inspection))
}

async fn answer(
    state: &AppState,
    id: &str,
    status: StatusCode,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let row = state.store().inspection(id).await?.ok_or(Code::NotFound)?;
    Ok((status, Json(detail(state, &row).await?)))
}

/// One stay as JSON: the list's members and what the journal holds besides.
async fn detail(state: &AppState, row: &InspectionRow) -> Result<Value, ApiError> {
    let (inspection, history) = stay(state.store(), &row.inspection_id).await?;
    let now = state.now();
    let settings = &state.casework().settings.inspection;
    let mut detail = item(row);
    let more = json!({
        "inspection": inspection,
        "spread_kg": inspection.as_ref().and_then(Inspection::spread_kg),
        "mass_moved": inspection
            .as_ref()
            .and_then(|inspection| inspection.mass_moved(settings.moved_tolerance_kg)),
        "goods_here": inspection.as_ref().map(Inspection::goods_here),
        "hold": inspection
            .as_ref()
            .and_then(|inspection| inspection.hold_clock(now, settings.hold_warning_days)),
        "open_requests": inspection
            .as_ref()
            .map(|inspection| inspection.open_requests().collect::<Vec<_>>()),
        "passages": state.store().inspection_passages(&row.inspection_id).await?,
        "timeline": history.iter().map(|(entry, body)| json!({
            "sequence": entry.sequence,
            "at": Micros::new(entry.recorded_at).rfc3339(),
            "actor": entry.actor,
            "step": body.get("step"),
        })).collect::<Vec<_>>(),
    });
    if let (Some(members), Value::Object(more)) = (detail.as_object_mut(), more) {
        members.extend(more);
    }
    Ok(detail)
}

fn item(row: &InspectionRow) -> Value {
    let columns = &row.columns;
    let state = InspectionState::from_name(&columns.state);
    json!({
        "inspection_id": row.inspection_id,
        "station": row.station,
        "state": columns.state,
        "state_zh": state.map(InspectionState::zh),
        "state_en": state.map(InspectionState::en),
        "plate": columns.plate,
        "trailer_plate": columns.trailer_plate,
        "first_gross_kg": columns.first_gross_kg,
        "last_gross_kg": columns.last_gross_kg,
        "limit_kg": columns.limit_kg,
        "unloaded_kg": columns.unloaded_kg,
        "held_until": columns.held_until.map(|at| Micros::new(at).rfc3339()),
        "yard_place": columns.yard_place,
        "case_id": columns.case_id,
        "opened_at": Micros::new(row.opened_at).rfc3339(),
        "opened_by": row.opened_by,
        "version": row.version,
    })
}

/// Newest first, `{items, next}`; by plate or state.
pub async fn list(
    State(state): State<AppState>,
    mut parameters: Parameters,
) -> Result<Json<Value>, ApiError> {
    let names: Vec<&str> = InspectionState::ALL
        .iter()
        .map(|state| state.name())
        .collect();
    let filter = filter(&mut parameters, &names)?;
    let (limit, after) = parameters.page()?;
    parameters.finish()?;
    let store = state.store();
    let mut rows = store
        .inspections(&filter, after.as_ref(), limit + 1)
        .await?;
    Ok(Json(page(&mut rows, limit, |row| row.opened_at)))
}

fn page(rows: &mut Vec<InspectionRow>, limit: i64, at: impl Fn(&InspectionRow) -> i64) -> Value {
    let next = next_page(rows, limit, |row| (at(row), &row.inspection_id));
    let items: Vec<Value> = rows.iter().map(item).collect();
    json!({"items": items, "next": next})
}

/// One stay.
pub async fn one(
    State(state): State<AppState>,
    Path(inspection_id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let (_, answer) = answer(&state, &inspection_id, StatusCode::OK).await?;
    Ok(answer)
}

/// What this session may do with the stay now, each step with what is missing for it.
pub async fn offered(
    State(state): State<AppState>,
    Path(inspection_id): Path<String>,
    Extension(session): Extension<Session>,
) -> Result<Json<Value>, ApiError> {
    let (row, inspection) = load(&state, &inspection_id).await?;
    let now = state.now();
    let gathered = gather(&state, Some(&inspection), None, None, now).await?;
    let facts = gathered.facts(state.casework(), now);
    let offered = available(&inspection, &actor(&session), &facts, now);
    let steps: Vec<Value> = offered
        .iter()
        .map(|offered| {
            let unmet = offered.unmet.iter();
            json!({
                "step": offered.step,
                "zh": offered.step.zh(),
                "en": offered.step.en(),
                "documents": offered.documents,
                "unmet": unmet
                    .map(|refusal| json!({"zh": refusal.zh(), "en": refusal.to_string()}))
                    .collect::<Vec<_>>(),
            })
        })
        .collect();
    Ok(Json(json!({
        "inspection_id": inspection_id,
        "version": row.version,
        "state": inspection.state,
        "steps": steps,
    })))
}

/// Held vehicles, those first whose hold ends first; and what stands in the yard, newest first.
pub async fn yard(
    State(state): State<AppState>,
    mut parameters: Parameters,
) -> Result<Json<Value>, ApiError> {
    let (limit, after) = parameters.page()?;
    parameters.finish()?;
    let store = state.store();
    let held = store.inspections_held(None, limit).await?;
    let mut rows = store.inspections_in_yard(after.as_ref(), limit + 1).await?;
    let mut answer = page(&mut rows, limit, |row| row.opened_at);
    if let Some(members) = answer.as_object_mut() {
        members.insert("held".into(), held.iter().map(item).collect());
    }
    Ok(Json(answer))
}

/// Numbers of a shift: `?from=&until=`, twelve hours unless said otherwise. `whole` is false when there were
/// more stays from before the upgrade than are looked at.
pub async fn counts(
    State(state): State<AppState>,
    mut parameters: Parameters,
) -> Result<Json<Value>, ApiError> {
    let now = state.now();
    let shift = Micros::from_seconds(12 * 3_600);
    let until = parameters.moment("until")?.unwrap_or(now);
    let from = parameters
        .moment("from")?
        .unwrap_or(until.saturating_sub(shift));
    parameters.finish()?;
    let store = state.store();
    // Stays that an older release wrote and none has moved since are read whole. A vehicle that came in
    // before may be weighed again or released within the shift.
    let before = Micros::from_seconds(61 * 86_400);
    let unread = store
        .inspections_unread(from.saturating_sub(before), until, UNREAD_MOST)
        .await?;
    let mut indexes: Vec<InspectionIndex> = Vec::new();
    for inspection_id in &unread {
        if let (Some(inspection), _) = stay(store, inspection_id).await? {
            indexes.push(inspection.index());
        }
    }
    let mut counts = shift_counts(&indexes, from, until);
    add(&mut counts, &store.shift_numbers(from, until).await?);
    let whole = i64::try_from(unread.len()).unwrap_or(i64::MAX) < UNREAD_MOST;
    Ok(Json(json!({
        "from": from.rfc3339(),
        "until": until.rfc3339(),
        "whole": whole,
        "counts": counts,
        "by_state": store.inspection_counts().await?,
    })))
}

/// Adds what the store counted.
fn add(counts: &mut ShiftCounts, numbers: &ShiftNumbers) {
    let number = |number: i64| u64::try_from(number).unwrap_or_default();
    counts.checked += number(numbers.checked);
    counts.over += number(numbers.over);
    counts.by_hand += number(numbers.by_hand);
    counts.unloaded += number(numbers.unloaded);
    counts.unloaded_kg = counts
        .unloaded_kg
        .saturating_add(Kilograms::new(numbers.unloaded_kg));
    for (state, let_through, stays) in &numbers.ended {
        let reason = let_through.as_deref().and_then(LetThroughReason::from_name);
        match (InspectionState::from_name(state), reason) {
            (Some(InspectionState::Released), _) => counts.released += number(*stays),
            (Some(InspectionState::LetThrough), Some(reason)) => {
                *counts.let_through.entry(reason).or_default() += number(*stays);
            }
            (Some(InspectionState::Escaped), _) => counts.escaped += number(*stays),
            _ => {}
        }
    }
}

async fn stale(
    state: &AppState,
    row: &InspectionRow,
    expected_version: i64,
    submitted: Value,
) -> ApiError {
    let current = detail(state, row).await.unwrap_or(Value::Null);
    ApiError::stale(row.version, expected_version)
        .besides(json!({"current": current, "submitted": submitted}))
}

fn refused(refusal: &Refusal) -> ApiError {
    let (zh, en) = (refusal.zh(), refusal.to_string());
    match refusal {
        Refusal::NotPermitted { .. } => ApiError::from(Code::Forbidden).with(zh, en),
        Refusal::Malformed { field, .. } => ApiError::field(field, zh, en),
        _ => ApiError::from(Code::Refused).with(zh, en),
    }
}
