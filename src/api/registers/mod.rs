//! `GET registers`, and of each register its list, its entries, a change, import and export.
//!
//! Personal data (个人信息): names, identity and telephone numbers are masked (张*, 140***34) in lists and
//! exports for roles that only look on, the auditor and machine accounts. A machine sees them masked in
//! single entries as well; the auditor, who has to check single changes, does not.

pub mod import;

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use serde_json::{Value, json};

use self::import::{ImportError, apply, line_json, new_entry, plan, refusal_json};
use super::error::{ApiError, Code};
use super::input::{Fields, Parameters, next_page};
use super::passages::entry_body;
use super::session::Session;
use super::state::AppState;
use crate::casework::{Permission, may};
use crate::register::{
    Encoding, Entry, Fault, Language, RegisterKind, encode, is_personal, masked_body,
    masked_column, write_header, write_row,
};
use crate::role::Role;
use crate::store::records::{Actor, JournalRow, RegisterBatch, RegisterFilter, RegisterRow};
use crate::store::{Store, StoreError};
use crate::units::Micros;

/// Largest file of an import, bytes: a few hundred thousand lines.
pub const IMPORT_LIMIT: usize = 64 << 20;
/// Longest reason, bytes.
const REASON_LIMIT: usize = 2_000;
/// Changes of an entry that are shown.
const HISTORY: i64 = 50;
/// Lines and refusals of an import that an answer names.
const NAMED: usize = 1_000;
/// Entries read at once by an export.
const EXPORTED: i64 = 1_000;

/// Whether a role sees personal data masked in lists and exports.
pub const fn sees_masked(role: Role) -> bool {
    matches!(role, Role::Auditor | Role::Machine)
}

/// Whether a role may change a register.
pub const fn may_change(role: Role, kind: RegisterKind) -> bool {
    if kind.is_governed() {
        may(role, Permission::RegisterGovern)
    } else {
        may(role, Permission::RegisterWrite)
    }
}

fn known_kind(name: &str) -> Result<RegisterKind, ApiError> {
    RegisterKind::from_word(name).ok_or(ApiError::from(Code::NotFound))
}

fn changeable(name: &str, session: &Session) -> Result<RegisterKind, ApiError> {
    let kind = known_kind(name)?;
    if may_change(session.role, kind) {
        Ok(kind)
    } else {
        Err(Code::Forbidden.into())
    }
}

/// The registers with their numbers of entries: `{items}`.
pub async fn kinds(
    State(state): State<AppState>,
    Extension(session): Extension<Session>,
) -> Result<Json<Value>, ApiError> {
    let counts: BTreeMap<String, _> = state
        .store()
        .register_counts()
        .await?
        .into_iter()
        .map(|count| (count.kind.clone(), count))
        .collect();
    let items = RegisterKind::ALL.iter().map(|kind| {
        let count = counts.get(kind.name());
        json!({
            "kind": kind.name(),
            "zh": kind.zh(),
            "en": kind.en(),
            "entries": count.map_or(0, |count| count.entries),
            "active": count.map_or(0, |count| count.active),
            "may_change": may_change(session.role, *kind),
        })
    });
    Ok(Json(json!({"items": items.collect::<Vec<_>>()})))
}

/// Entries of a register by label, `{items, next}`.
pub async fn list(
    State(state): State<AppState>,
    Path(kind): Path<String>,
    Extension(session): Extension<Session>,
    mut parameters: Parameters,
) -> Result<Json<Value>, ApiError> {
    let kind = known_kind(&kind)?;
    let filter = filter(&mut parameters)?;
    let masked = sees_masked(session.role);
    // Who may not read a name must not find it out letter by letter either.
    if masked && filter.prefix.is_some() && is_personal(kind, kind.columns().label) {
        return Err(ApiError::from(Code::Forbidden).with(
            "该台账按姓名等个人信息排列，本角色不能按开头查找".to_owned(),
            "this register goes by personal data; your role can't look for its beginning"
                .to_owned(),
        ));
    }
    let (limit, after) = parameters.page()?;
    parameters.finish()?;
    let store = state.store();
    let after = match after {
        Some(key) => Some(place_of(store, kind, key.at.get()).await?),
        None => None,
    };
    let after = after
        .as_ref()
        .map(|(label, key)| (label.as_str(), key.as_str()));
    let mut rows = store
        .register_entries(kind.name(), &filter, after, limit + 1)
        .await?;
    // By number, since keys may be personal data.
    let next = next_page(&mut rows, limit, |row| (row.latest_sequence, "entry"));
    let items: Vec<Value> = rows.iter().map(|row| item(kind, row, masked)).collect();
    Ok(Json(json!({"items": items, "next": next})))
}

fn filter(parameters: &mut Parameters) -> Result<RegisterFilter, ApiError> {
    let active = parameters.one_of("active", &["true", "false"])?;
    let valid_on = parameters.take("valid_on");
    if let Some(day) = &valid_on
        && day.parse::<chrono::NaiveDate>().is_err()
    {
        return Err(ApiError::field(
            "valid_on",
            "应为日期，如 2026-03-01",
            "a day such as 2026-03-01",
        ));
    }
    Ok(RegisterFilter {
        prefix: parameters.take("prefix"),
        valid_on,
        active: active.map(|active| active == "true"),
        plate: parameters.take("plate"),
        carrier: parameters.take("carrier"),
    })
}

/// Label and key of the entry that a journal entry is about: where a list goes on.
async fn place_of(
    store: &Store,
    kind: RegisterKind,
    sequence: i64,
) -> Result<(String, String), ApiError> {
    let row = store.journal_entry(sequence).await?;
    let body = entry_body(row.as_ref()).unwrap_or_default();
    let text = |name: &str| {
        let value = body.pointer(&format!("/columns/{name}"))?;
        value.as_str().map(str::to_owned)
    };
    match (text("register"), text("label"), text("entry_key")) {
        (Some(register), Some(label), Some(key)) if register == kind.name() => Ok((label, key)),
        _ => Err(ApiError::field(
            "cursor",
            "应为上一页返回的 next",
            "it must be the `next` of the page before",
        )),
    }
}

fn item(kind: RegisterKind, row: &RegisterRow, masked: bool) -> Value {
    let body: Value = serde_json::from_str(&row.body).unwrap_or_default();
    let columns = kind.columns();
    let key_column = columns.key.first().copied().unwrap_or_default();
    let shown = |column: &str, text: &str| {
        if masked {
            masked_column(kind, column, text)
        } else {
            text.to_owned()
        }
    };
    json!({
        "kind": row.kind,
        "key": shown(key_column, &row.entry_key),
        "label": shown(columns.label, &row.label),
        "plate": row.plate,
        "carrier": row.carrier,
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
        "active": row.active == 1,
        "version": row.version,
        "entry": if masked { masked_body(kind, &body) } else { body },
    })
}

/// One entry with its latest changes.
pub async fn one(
    State(state): State<AppState>,
    Path((kind, key)): Path<(String, String)>,
    Extension(session): Extension<Session>,
) -> Result<Json<Value>, ApiError> {
    let kind = known_kind(&kind)?;
    let store = state.store();
    let row = store
        .register_entry(kind.name(), &key)
        .await?
        .ok_or(Code::NotFound)?;
    let masked = session.role == Role::Machine;
    let history = store.register_history(kind.name(), &key, HISTORY).await?;
    let mut found = item(kind, &row, masked);
    if let Some(members) = found.as_object_mut() {
        let history: Vec<Value> = history
            .iter()
            .map(|row| happening(kind, row, masked))
            .collect();
        members.insert("history".to_owned(), json!(history));
    }
    Ok(Json(found))
}

fn happening(kind: RegisterKind, row: &JournalRow, masked: bool) -> Value {
    let body = entry_body(Some(row)).unwrap_or_default();
    let entry = body.pointer("/columns/body");
    json!({
        "sequence": row.sequence,
        "at": Micros::new(row.recorded_at).rfc3339(),
        "actor": row.actor,
        "version": body.pointer("/columns/version"),
        "from": body.get("from"),
        "reason": body.get("reason"),
        "entry": entry.map(|entry| if masked { masked_body(kind, entry) } else { entry.clone() }),
    })
}

/// Adds or corrects one entry: `{entry, expected_version, reason}`; version 0 for a new one. Who was
/// slower is answered both versions.
pub async fn change(
    State(state): State<AppState>,
    Path(kind): Path<String>,
    Extension(session): Extension<Session>,
    mut fields: Fields,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let kind = changeable(&kind, &session)?;
    let given = fields.object("entry")?;
    let expected = fields.integer("expected_version")?;
    let reason = fields.text("reason", REASON_LIMIT)?;
    fields.finish()?;
    if reason.trim().is_empty() {
        return Err(ApiError::field("reason", "须写明原因", "say why"));
    }
    let entry = Entry::from_json(kind, &given).map_err(|faults| refused(&faults))?;
    let later = entry.later_than(state.now().beijing_day());
    if !later.is_empty() {
        return Err(refused(&later));
    }
    let store = state.store();
    let before = store.register_entry(kind.name(), &entry.key).await?;
    if let Some(row) = before.as_ref().filter(|row| row.version == expected)
        && serde_json::from_str::<Value>(&row.body).ok().as_ref() == Some(&entry.body)
    {
        return Ok((StatusCode::OK, Json(item(kind, row, false))));
    }
    let batch = RegisterBatch {
        entries: vec![new_entry(&entry, expected)],
        actor: Actor(session.user.clone()),
        from: json!({"via": "api"}),
        reason: Some(reason),
    };
    if let Err(error) = store.change_register(batch).await {
        let stale = matches!(error, StoreError::StaleEntry { .. });
        let error = ApiError::from(error);
        if !stale {
            return Err(error);
        }
        let now = store.register_entry(kind.name(), &entry.key).await?;
        let both = json!({
            "current": now.map(|row| item(kind, &row, false)),
            "yours": {"expected_version": expected, "entry": entry.body},
        });
        return Err(error.besides(both));
    }
    let row = store.register_entry(kind.name(), &entry.key).await?;
    let row = row.ok_or(Code::StoreUnavailable)?;
    Ok((StatusCode::CREATED, Json(item(kind, &row, false))))
}

fn refused(faults: &[Fault]) -> ApiError {
    let listed = faults.iter().map(|fault| {
        json!({
            "column": fault.field.name,
            "zh": fault.field.zh,
            "value": fault.value,
            "should_be": {"zh": fault.problem.zh(), "en": fault.problem.to_string()},
        })
    });
    let listed: Vec<Value> = listed.collect();
    let error = faults.first().map_or_else(
        || ApiError::from(Code::InvalidField),
        |fault| {
            let name = format!("entry.{}", fault.field.name);
            ApiError::field(&name, fault.problem.zh(), fault.problem.to_string())
        },
    );
    error.besides(json!({"faults": listed}))
}

/// Imports a CSV file, the body of the request. `dry_run=true` tells what it would change;
/// `skip_refused=true` writes what was not refused; `encoding`, `name` and `reason` as they are.
pub async fn import_file(
    State(state): State<AppState>,
    Path(kind): Path<String>,
    Extension(session): Extension<Session>,
    mut parameters: Parameters,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, ApiError> {
    let kind = changeable(&kind, &session)?;
    let truth = ["true", "false"];
    let mut flag = |name: &str| -> Result<bool, ApiError> {
        Ok(parameters
            .one_of(name, &truth)?
            .is_some_and(|word| word == "true"))
    };
    let (dry_run, skip_refused) = (flag("dry_run")?, flag("skip_refused")?);
    let encoding = encoding(&mut parameters)?;
    let name = parameters.take("name").unwrap_or_default();
    let reason = parameters.take("reason");
    parameters.finish()?;
    let too_long =
        name.len() > REASON_LIMIT || reason.as_ref().is_some_and(|r| r.len() > REASON_LIMIT);
    if too_long {
        let most = format!("at most {REASON_LIMIT} bytes");
        return Err(ApiError::field(
            "reason",
            format!("最多 {REASON_LIMIT} 字节"),
            most,
        ));
    }
    let bytes = body.map_err(|_| ApiError::from(Code::BodyTooLarge))?;
    let store = state.store();
    let plan = plan(
        store,
        kind,
        &bytes,
        encoding,
        state.now().beijing_day(),
        |_, _| (),
    )
    .await
    .map_err(|error| match error {
        ImportError::File(error) => ApiError::field("file", error.zh(), error.to_string()),
        ImportError::Store(error) => error.into(),
    })?;
    let summary = plan.summary();
    let lines: Vec<Value> = plan
        .lines
        .iter()
        .filter_map(line_json)
        .take(NAMED)
        .collect();
    let refusals: Vec<Value> = plan.refusals.iter().take(NAMED).map(refusal_json).collect();
    let mut told = json!({
        "kind": kind.name(),
        "dry_run": dry_run,
        "encoding": plan.encoding.name(),
        "sha256": plan.sha256,
        "summary": summary,
        "lines": lines,
        "lines_left_out": (summary.new + summary.changed).saturating_sub(NAMED),
        "refused": refusals,
        "refused_left_out": plan.refusals.len().saturating_sub(NAMED),
        "written": 0,
    });
    if dry_run {
        return Ok(Json(told));
    }
    if summary.refused > 0 && !skip_refused {
        let (zh, en) = (
            format!("{} 行有误，未写入任何内容", summary.refused),
            format!("{} lines are refused, nothing was written", summary.refused),
        );
        let error = ApiError::from(Code::InvalidField).with(zh, en);
        return Err(error.besides(json!({"import": told})));
    }
    let actor = Actor(session.user.clone());
    let by = (&actor, name.as_str(), reason.as_deref());
    told["written"] = json!(apply(store, &plan, by, |_, _| ()).await?);
    Ok(Json(told))
}

fn encoding(parameters: &mut Parameters) -> Result<Option<Encoding>, ApiError> {
    let Some(name) = parameters.take("encoding") else {
        return Ok(None);
    };
    match Encoding::from_name(&name) {
        Some(encoding) => Ok(Some(encoding)),
        None => Err(ApiError::field(
            "encoding",
            "应为 utf-8 或 gb18030",
            "utf-8 or gb18030",
        )),
    }
}

/// A register as a CSV file; `language` zh or en, `encoding` utf-8 or gb18030.
pub async fn export_file(
    State(state): State<AppState>,
    Path(kind): Path<String>,
    Extension(session): Extension<Session>,
    mut parameters: Parameters,
) -> Result<Response, ApiError> {
    let kind = known_kind(&kind)?;
    let english = parameters.one_of("language", &["zh", "en"])?;
    let english = english.is_some_and(|language| language == "en");
    let language = if english {
        Language::English
    } else {
        Language::Chinese
    };
    let encoding = encoding(&mut parameters)?.unwrap_or(Encoding::Utf8);
    parameters.finish()?;
    let text = export(state.store(), kind, language, sees_masked(session.role)).await?;
    let headers = [
        (
            header::CONTENT_TYPE,
            format!("text/csv; charset={}", encoding.name()),
        ),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}.csv\"", kind.name()),
        ),
    ];
    Ok((headers, encode(&text, encoding)).into_response())
}

/// All entries of a register as the text of a CSV file.
///
/// # Errors
/// When the store can't answer.
pub async fn export(
    store: &Store,
    kind: RegisterKind,
    language: Language,
    masked: bool,
) -> Result<String, StoreError> {
    let mut text = write_header(kind, language);
    let mut after: Option<(String, String)> = None;
    loop {
        let place = after
            .as_ref()
            .map(|(label, key)| (label.as_str(), key.as_str()));
        let filter = RegisterFilter::default();
        let rows = store
            .register_entries(kind.name(), &filter, place, EXPORTED)
            .await?;
        let Some(last) = rows.last() else {
            return Ok(text);
        };
        after = Some((last.label.clone(), last.entry_key.clone()));
        for row in rows {
            let body: Value = serde_json::from_str(&row.body).unwrap_or_default();
            let body = if masked {
                masked_body(kind, &body)
            } else {
                body
            };
            text.push_str(&write_row(kind, &body, language));
        }
    }
}
