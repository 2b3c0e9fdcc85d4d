//! Importing a file into a register: what it would change line by line, then the change. The command
//! line and the API do the same.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::evidence::journal::sha256_hex;
use crate::register::{
    Contents, Difference, Encoding, Entry, FileError, PastCase, Refusal, RegisterKind, Row, decode,
    differences, read,
};
use crate::store::records::{Actor, NewCountedCase, NewRegisterEntry, RegisterBatch};
use crate::store::{Store, StoreError};

/// Lines compared at once.
const COMPARED: usize = 512;
/// Entries made durable at once: small enough that weighings do not wait behind them.
const WRITTEN: usize = 500;

/// What a line does.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// It adds an entry.
    New(Box<Entry>),
    /// It changes one.
    Changed {
        /// The entry as it will be.
        entry: Box<Entry>,
        /// Its version now.
        version: i64,
        /// What changes.
        differences: Vec<Difference>,
    },
    /// All of it stands so already.
    Unchanged,
}

/// A line that was not refused.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    /// Line, from 1.
    pub line: usize,
    /// Key of the entry.
    pub key: String,
    /// What it does.
    pub change: Change,
}

/// What a file would do.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportPlan {
    /// Which register.
    pub kind: RegisterKind,
    /// How the file was encoded.
    pub encoding: Encoding,
    /// Its SHA-256, hex.
    pub sha256: String,
    /// Lines that were not refused, in their order.
    pub lines: Vec<Planned>,
    /// What was refused, by line.
    pub refusals: Vec<Refusal>,
}

/// How many lines do what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Summary {
    /// Lines that add an entry.
    pub new: usize,
    /// Lines that change one.
    pub changed: usize,
    /// Lines that change nothing.
    pub unchanged: usize,
    /// Lines that are refused.
    pub refused: usize,
}

/// Why an import can't be planned or made.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file can't be read.
    #[error("{} / {}", .0.zh(), .0)]
    File(#[from] FileError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ImportPlan {
    /// How many lines do what.
    pub fn summary(&self) -> Summary {
        let count = |wanted: fn(&Change) -> bool| {
            self.lines
                .iter()
                .filter(|line| wanted(&line.change))
                .count()
        };
        let refused: BTreeSet<usize> = self.refusals.iter().map(|refusal| refusal.line).collect();
        Summary {
            new: count(|change| matches!(change, Change::New(_))),
            changed: count(|change| matches!(change, Change::Changed { .. })),
            unchanged: count(|change| matches!(change, Change::Unchanged)),
            refused: refused.len(),
        }
    }
}

/// Compares a file with the register. What happened can't have happened after `today`. `progress` is told how many lines of how many are done.
///
/// # Errors
/// When the file as a whole can't be read, when the store can't answer.
pub async fn plan(
    store: &Store,
    kind: RegisterKind,
    bytes: &[u8],
    encoding: Option<Encoding>,
    today: NaiveDate,
    mut progress: impl FnMut(usize, usize),
) -> Result<ImportPlan, ImportError> {
    let (text, encoding) = decode(bytes, encoding)?;
    let Contents { rows, mut refusals } = read(kind, &text)?;
    let mut lines = Vec::with_capacity(rows.len());
    for (number, chunk) in rows.chunks(COMPARED).enumerate() {
        let keys: BTreeSet<String> = chunk.iter().map(|row| row.key.clone()).collect();
        let known = store.register_entries_by_keys(kind.name(), &keys).await?;
        for row in chunk {
            let existing = known.get(&row.key);
            let body: Option<Value> =
                existing.and_then(|found| serde_json::from_str(&found.body).ok());
            if let Some(refusal) = own_case(store, kind, row).await? {
                refusals.push(refusal);
                continue;
            }
            match row.over(kind, body.as_ref()) {
                Ok(entry) if !entry.later_than(today).is_empty() => {
                    let faults = entry.later_than(today).into_iter();
                    refusals.extend(faults.map(|fault| Refusal::of(row.line, fault)));
                }
                Ok(entry) => lines.push(Planned {
                    line: row.line,
                    key: row.key.clone(),
                    change: change(entry, existing.map(|found| found.version), body.as_ref()),
                }),
                Err(more) => refusals.extend(more),
            }
        }
        progress(rows.len().min((number + 1) * COMPARED), rows.len());
    }
    refusals.sort_by_key(|refusal| refusal.line);
    Ok(ImportPlan {
        kind,
        encoding,
        sha256: sha256_hex(bytes),
        lines,
        refusals,
    })
}

/// A case that was handled here is counted already.
async fn own_case(
    store: &Store,
    kind: RegisterKind,
    row: &Row,
) -> Result<Option<Refusal>, StoreError> {
    if kind != RegisterKind::PastCases {
        return Ok(None);
    }
    let known = store.counted_case(&row.key).await?;
    // An own case is known by its id here, and by its number everywhere else.
    let numbered = store.case_of_number(&row.key).await?.is_some();
    let own = numbered || known.is_some_and(|case| case.origin != "register");
    Ok(own.then(|| Refusal {
        line: row.line,
        field: None,
        value: row.key.clone(),
        zh: "该案件由本系统办理，已计入次数".to_owned(),
        en: "this case was handled here and is counted already".to_owned(),
    }))
}

fn change(entry: Entry, version: Option<i64>, before: Option<&Value>) -> Change {
    match (version, before) {
        (Some(_), Some(before)) if *before == entry.body => Change::Unchanged,
        (Some(version), Some(before)) => Change::Changed {
            differences: differences(entry.kind, before, &entry.body),
            entry: Box::new(entry),
            version,
        },
        _ => Change::New(Box::new(entry)),
    }
}

/// Makes the change, in batches; gives how many entries were written. An import that is cut off goes on
/// where it was when it is started again: what stands so already is passed over.
///
/// # Errors
/// When somebody changed an entry meanwhile, when nothing can be written.
pub async fn apply(
    store: &Store,
    plan: &ImportPlan,
    (actor, name, reason): (&Actor, &str, Option<&str>),
    mut progress: impl FnMut(usize, usize),
) -> Result<usize, StoreError> {
    let entries: Vec<NewRegisterEntry> = plan
        .lines
        .iter()
        .filter_map(|line| match &line.change {
            Change::New(entry) => Some(new_entry(entry, 0)),
            Change::Changed { entry, version, .. } => Some(new_entry(entry, *version)),
            Change::Unchanged => None,
        })
        .collect();
    let from = json!({"via": "file", "name": name, "sha256": plan.sha256});
    let mut written = 0;
    for chunk in entries.chunks(WRITTEN) {
        store
            .change_register(RegisterBatch {
                entries: chunk.to_vec(),
                actor: actor.clone(),
                from: from.clone(),
                reason: reason.map(str::to_owned),
            })
            .await?;
        written += chunk.len();
        progress(written, entries.len());
    }
    Ok(written)
}

/// An entry as the store takes it.
pub fn new_entry(entry: &Entry, expected_version: i64) -> NewRegisterEntry {
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string());
    NewRegisterEntry {
        kind: entry.kind.name(),
        key: entry.key.clone(),
        label: entry.label.clone(),
        plate: entry.plate.clone(),
        carrier: entry.carrier.clone(),
        valid_from: day(entry.valid_from),
        valid_until: day(entry.valid_until),
        active: entry.active,
        expected_version,
        body: entry.body.clone(),
        counted: counted(entry),
    }
}

fn counted(entry: &Entry) -> Option<NewCountedCase> {
    if entry.kind != RegisterKind::PastCases {
        return None;
    }
    let case = Entry::typed::<PastCase>(&entry.body)?.counted();
    NewCountedCase::of(&case).ok()
}

/// A difference as JSON.
pub fn difference_json(difference: &Difference) -> Value {
    json!({
        "column": difference.field.name,
        "zh": difference.field.zh,
        "from": difference.from,
        "to": difference.to,
    })
}

/// A refusal as JSON.
pub fn refusal_json(refusal: &Refusal) -> Value {
    json!({
        "line": refusal.line,
        "column": refusal.field.as_ref().map(|field| &field.name),
        "zh": refusal.field.as_ref().map(|field| &field.zh),
        "value": refusal.value,
        "should_be": {"zh": refusal.zh, "en": refusal.en},
    })
}

/// A line as JSON; `None` for one that changes nothing.
pub fn line_json(line: &Planned) -> Option<Value> {
    match &line.change {
        Change::New(_) => Some(json!({"line": line.line, "key": line.key, "change": "new"})),
        Change::Changed { differences, .. } => Some(json!({
            "line": line.line,
            "key": line.key,
            "change": "changed",
            "differences": differences.iter().map(difference_json).collect::<Vec<_>>(),
        })),
        Change::Unchanged => None,
    }
}
