//! `GET passages`, `GET passages/{passage_id}`.

use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use serde_json::{Value, json};

use super::cases::explanation;
use super::error::{ApiError, Code};
use super::input::{Parameters, next_page};
use super::state::AppState;
use crate::casework::record::PassageBodies;
use crate::casework::{HostClock, WithheldReason};
use crate::law::VerdictClass;
use crate::store::Store;
use crate::store::records::{JournalRow, ListFilter, PassageRow, PictureRow};
use crate::units::Micros;

/// A passage as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PassageItem {
    /// Passage id.
    pub passage_id: String,
    /// Station code.
    pub station: String,
    /// Lane number.
    pub lane: i64,
    /// Port name.
    pub port: String,
    /// `dynamic` or `platform`.
    pub kind: String,
    /// RFC 3339.
    pub crossed_at: String,
    /// kg.
    pub gross_kg: i64,
    /// Number of axles.
    pub axle_count: i64,
    /// Verdict class.
    pub class: Option<String>,
    /// kg.
    pub overage_kg: Option<i64>,
    /// `weighed` or `closed`.
    pub state: String,
    /// Plate.
    pub plate: Option<String>,
    /// `matched`, `ambiguous`, `missing`; `None` until closed.
    pub plate_state: Option<String>,
    /// Whether a penalty may rest on it; `None` until closed.
    pub enforceable: Option<bool>,
    /// Whether another record came under the same key with other bytes.
    pub record_conflict: bool,
    /// The case it belongs to.
    pub case_id: Option<String>,
}

impl From<PassageRow> for PassageItem {
    fn from(row: PassageRow) -> Self {
        Self {
            passage_id: row.passage_id,
            station: row.station,
            lane: row.lane,
            port: row.port,
            kind: row.kind,
            crossed_at: Micros::new(row.crossed_at).rfc3339(),
            gross_kg: row.gross_kg,
            axle_count: row.axle_count,
            class: row.class,
            overage_kg: row.overage_kg,
            state: row.state,
            plate: row.plate,
            plate_state: row.plate_state,
            enforceable: row.enforceable.map(|value| value == 1),
            record_conflict: row.record_conflict == 1,
            case_id: row.case_id,
        }
    }
}

/// Takes the filters out that both lists share.
pub fn filter(parameters: &mut Parameters, states: &[&str]) -> Result<ListFilter, ApiError> {
    Ok(ListFilter {
        from: parameters.moment("from")?,
        until: parameters.moment("until")?,
        plate: parameters
            .take("plate")
            .map(|plate| plate.trim().to_uppercase()),
        class: parameters.one_of("class", &VerdictClass::ALL.map(VerdictClass::name))?,
        lane: parameters.integer("lane", 1)?,
        state: parameters.one_of("state", states)?,
        ..ListFilter::default()
    })
}

/// Newest first, `{items, next}`. Rows that come in while a client pages stand before its first
/// page; those it has not seen yet stay where they are.
pub async fn list(
    State(state): State<AppState>,
    mut parameters: Parameters,
) -> Result<Json<Value>, ApiError> {
    let filter = filter(&mut parameters, &["weighed", "closed"])?;
    let (limit, after) = parameters.page()?;
    parameters.finish()?;
    // One row more than asked for tells whether there is a next page.
    let mut rows = state
        .store()
        .passages(&filter, after.as_ref(), limit + 1)
        .await?;
    let next = next_page(&mut rows, limit, |row| (row.crossed_at, &row.passage_id));
    let items: Vec<PassageItem> = rows.into_iter().map(PassageItem::from).collect();
    Ok(Json(json!({"items": items, "next": next})))
}

/// One passage with all that is behind it.
pub async fn one(
    State(state): State<AppState>,
    Path(passage_id): Path<String>,
) -> Result<Json<Value>, ApiError> {
    let row = state
        .store()
        .passage(&passage_id)
        .await?
        .ok_or(Code::NotFound)?;
    Ok(Json(passage_detail(state.store(), row).await?))
}

/// What the journal and the picture list know of a passage.
pub async fn bodies(
    store: &Store,
    row: &PassageRow,
) -> Result<(PassageBodies, Vec<PictureRow>), ApiError> {
    let weighing = entry_body(store.journal_entry(row.weighing_sequence).await?.as_ref());
    let closing = match row.closing_sequence {
        Some(sequence) => entry_body(store.journal_entry(sequence).await?.as_ref()),
        None => None,
    };
    let pictures = store.pictures_of(&row.passage_id).await?;
    Ok((
        PassageBodies::read(weighing.as_ref(), closing.as_ref()),
        pictures,
    ))
}

/// A passage's row and what its bodies tell.
///
/// # Errors
/// [`Code::NotFound`], and when the store can't answer.
pub async fn passage_bodies_of(
    store: &Store,
    passage_id: &str,
) -> Result<(PassageRow, PassageBodies), ApiError> {
    let row = store.passage(passage_id).await?.ok_or_else(|| {
        ApiError::from(Code::NotFound).with(
            format!("没有称重记录 {passage_id}"),
            format!("there is no passage {passage_id}"),
        )
    })?;
    let (bodies, _) = bodies(store, &row).await?;
    Ok((row, bodies))
}

/// The body of an entry, `None` when it was withheld or removed.
pub fn entry_body(row: Option<&JournalRow>) -> Option<Value> {
    serde_json::from_str(row?.body.as_deref()?).ok()
}

/// A passage whole, as JSON: the list's members and what the journal holds besides.
///
/// # Errors
/// When the store can't answer.
pub async fn passage_detail(store: &Store, row: PassageRow) -> Result<Value, ApiError> {
    let (bodies, pictures) = bodies(store, &row).await?;
    let journal = json!({"weighing": row.weighing_sequence, "closing": row.closing_sequence});
    let judgement = bodies.judgement.as_ref();
    let weighing = bodies.weighing.as_ref();
    let clock = bodies.standing.as_ref();
    let clock = clock.and_then(|standing| standing.host_clock.as_ref());
    let mut detail = json!({
        "received_at": weighing.map(|weighing| weighing.received_at.rfc3339()),
        "protocol": weighing.map(|weighing| &weighing.protocol),
        "sequence": weighing.and_then(|weighing| weighing.sequence),
        "direction": weighing.and_then(|weighing| weighing.direction),
        "speed_tenth_kmh": weighing.and_then(|weighing| weighing.speed_tenth_kmh),
        "length_mm": weighing.and_then(|weighing| weighing.length_mm),
        "flags": weighing.map(|weighing| &weighing.flags),
        "agreeing_frames": weighing.and_then(|weighing| weighing.agreeing_frames),
        "weight_trusted": weighing.map(|weighing| weighing.weight_trusted),
        "raw": weighing.map(|weighing| &weighing.raw),
        "axles": bodies.axles(),
        "enforcement_kg": judgement.and_then(|judgement| judgement.enforcement_kg),
        "limit_kg": judgement.and_then(|judgement| judgement.limit_kg),
        "overage_percent": judgement.and_then(|judgement| judgement.overage_percent.as_ref()),
        "transport_yuan": judgement.and_then(|judgement| judgement.transport_yuan),
        "verdict": judgement.map(|judgement| &judgement.verdict),
        "explanation": judgement.and_then(explanation),
        "association": bodies.association,
        "withheld": bodies.withheld.as_deref().map(withheld),
        "host_clock": clock.map(host_clock),
        "plate_unconfirmed": bodies.plate_unconfirmed,
        "plate_confirmed_by": bodies.plate_confirmed_by,
        "pictures": pictures.iter().map(picture).collect::<Vec<_>>(),
        "journal": journal,
    });
    let item = serde_json::to_value(PassageItem::from(row)).unwrap_or_default();
    if let (Some(members), Value::Object(item)) = (detail.as_object_mut(), item) {
        members.extend(item);
    }
    Ok(detail)
}

fn withheld(reasons: &[WithheldReason]) -> Vec<Value> {
    reasons
        .iter()
        .map(|reason| json!({"code": reason, "zh": reason.text_zh(), "en": reason.text_en()}))
        .collect()
}

/// What the host had last said of its clock when the record came in.
fn host_clock(clock: &HostClock) -> Value {
    json!({
        "state": clock.state,
        "asked_at": clock.at.rfc3339(),
        "maximum_error_us": clock.maximum_error_us,
        "estimated_error_us": clock.estimated_error_us,
        "ahead_us": clock.ahead_us,
        "source": clock.source,
        "why": clock.why,
    })
}

/// A picture in an answer.
pub fn picture(row: &PictureRow) -> Value {
    json!({
        "sha256": row.sha256,
        "url": format!("/api/v1/pictures/{}", row.sha256),
        "view": row.view,
        "bytes": row.bytes,
        "width": row.width,
        "height": row.height,
        "taken_at": Micros::new(row.taken_at).rfc3339(),
        "passage_id": row.passage_id,
    })
}
