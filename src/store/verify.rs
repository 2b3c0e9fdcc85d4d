//! Checks the journal's chain, and that the rows say what the journal says.
//!
//! The chain alone would not notice somebody who changes a row and leaves the journal alone, and
//! lists show rows. So each entry's `columns` are compared with the row beside it, and at the end
//! the numbers of rows with the numbers of entries: a row without an entry is found too.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::operation::{
    CASE_ATTACHED, CASE_OPENED, COLUMNS, PASSAGE_CLOSED, REGISTER_CHANGED, WEIGHING,
};
use super::plan::{FROM_CASE, FROM_REGISTER, StoredPassage};
use super::read::TallyRow;
use super::records::{
    CaseRow, CountedCaseRow, InspectionRow, JournalRow, MarkKind, MarkRow, PictureRow, RegisterRow,
};
use super::statements::{self, CASE_KEYS, PASSAGE_KEYS};
use super::writer::padded;
use super::{JournalFault, Store, StoreError};
use crate::evidence::journal::{Break, Flaw, Head, StoredEntry, Verifier};
use crate::units::Micros;

/// Entries read at once.
const PAGE: i64 = 512;

/// An entry's body, read.
struct Checked {
    sequence: i64,
    kind: String,
    columns: Value,
}

/// Rows that a page of entries speaks of.
#[derive(Default)]
struct Beside {
    passages: BTreeMap<String, StoredPassage>,
    pictures: BTreeMap<String, Vec<Value>>,
    cases: BTreeMap<String, CaseRow>,
    /// By the sequence that their entry should have.
    marks: BTreeMap<i64, Option<MarkRow>>,
    inspections: BTreeMap<String, InspectionRow>,
    /// By register and key.
    register: BTreeMap<(String, String), RegisterRow>,
    counted: BTreeMap<String, CountedCaseRow>,
}

#[derive(sqlx::FromRow)]
struct RegisterTotals {
    entries: i64,
    changes: i64,
    counted: i64,
}

#[derive(sqlx::FromRow)]
struct Totals {
    passages: i64,
    closed: i64,
}

#[derive(sqlx::FromRow)]
struct MarkTotal {
    marks: i64,
}

/// Numbers of entries of the kinds that make rows.
#[derive(Default)]
struct Tally {
    weighings: i64,
    closings: i64,
    marks: i64,
    register_changes: i64,
    register_entries: i64,
    /// Past cases that are counted.
    counted: BTreeSet<String>,
}

impl Store {
    /// Checks the whole journal, page by page, up to where it stood at the start, and hands
    /// `progress` the number of entries checked and their total. May run beside the writer.
    ///
    /// # Errors
    /// The first [`JournalFault`].
    pub async fn verify_journal(
        &self,
        mut progress: impl FnMut(i64, i64) + Send,
    ) -> Result<Head, JournalFault> {
        let end = self.journal_head().await?.sequence;
        let mut verifier = Verifier::default();
        let mut tally = Tally::default();
        loop {
            let checked = verifier.head().sequence;
            progress(checked, end);
            let limit = PAGE.min(end - checked);
            let page = if limit > 0 {
                self.journal_after(checked, limit).await?
            } else {
                vec![]
            };
            if page.is_empty() {
                break;
            }
            let mut entries = Vec::with_capacity(page.len());
            for row in &page {
                check_entry(&mut verifier, row)?;
                tally.count(&row.kind);
                let columns = columns_of(row);
                // An entry whose body is gone may have been one: a mark's body is never removed.
                tally.marks += i64::from(columns.as_ref().is_some_and(Checked::is_mark));
                if let Some(columns) = columns.as_ref().filter(|entry| entry.is_register()) {
                    tally.register_entry(columns);
                }
                entries.extend(columns);
            }
            self.compare(&entries).await?;
        }
        let head = verifier.head();
        if head.sequence < end {
            let sequence = head.sequence + 1;
            return Err(Break {
                sequence,
                what: Flaw::Sequence { found: end },
            }
            .into());
        }
        self.compare_totals(&tally, end).await?;
        Ok(head)
    }

    async fn compare(&self, entries: &[Checked]) -> Result<(), JournalFault> {
        let beside = self.beside(entries).await?;
        for entry in entries {
            let differs = match entry.kind.as_str() {
                WEIGHING => beside.weighing(entry),
                PASSAGE_CLOSED => beside.closing(entry),
                REGISTER_CHANGED => beside.register(entry),
                _ if entry.is_mark() => beside.mark(entry),
                _ if entry.is_inspection() => beside.inspection(entry),
                _ => beside.case(entry),
            };
            if let Some(what) = differs {
                return Err(JournalFault::Disagreement {
                    sequence: entry.sequence,
                    what,
                });
            }
        }
        Ok(())
    }

    async fn beside(&self, entries: &[Checked]) -> Result<Beside, StoreError> {
        let ids = |member: &str, kinds: &dyn Fn(&str) -> bool| -> BTreeSet<String> {
            entries
                .iter()
                .filter(|entry| kinds(&entry.kind))
                .filter_map(|entry| entry.columns.get(member)?.as_str().map(str::to_owned))
                .collect()
        };
        let passages = ids("passage_id", &|kind| {
            kind == WEIGHING || kind == PASSAGE_CLOSED
        });
        let closed = ids("passage_id", &|kind| kind == PASSAGE_CLOSED);
        let cases = ids("case_id", &|kind| {
            kind != WEIGHING && kind != PASSAGE_CLOSED
        });
        let readers = &self.inner.readers;
        let mut beside = Beside::default();
        for (statement, values) in padded(statements::PASSAGE_BY_IDS, PASSAGE_KEYS, &passages) {
            let rows: Vec<StoredPassage> = readers.all(statement, values).await?;
            beside.passages.extend(
                rows.into_iter()
                    .map(|row| (row.row.passage_id.clone(), row)),
            );
        }
        for entry in entries.iter().filter(|entry| entry.is_mark()) {
            let row = self.mark_beside(entry).await?;
            beside.marks.insert(entry.sequence, row);
        }
        for entry in entries.iter().filter(|entry| entry.tells_own_count()) {
            if let Some(row) = self.counted_case(entry.id("case_id")).await? {
                beside.counted.insert(row.case_id.clone(), row);
            }
        }
        let stays = ids("inspection_id", &|_| true);
        for inspection_id in stays {
            if let Some(row) = self.inspection(&inspection_id).await? {
                beside.inspections.insert(inspection_id, row);
            }
        }
        for (statement, values) in padded(statements::PICTURE_BY_PASSAGES, PASSAGE_KEYS, &closed) {
            let rows: Vec<PictureRow> = readers.all(statement, values).await?;
            for row in rows {
                let reference = json!({
                    "sha256": row.sha256, "view": row.view, "bytes": row.bytes,
                    "width": row.width, "height": row.height, "taken_at": row.taken_at,
                });
                beside
                    .pictures
                    .entry(row.passage_id)
                    .or_default()
                    .push(reference);
            }
        }
        for (statement, values) in padded(statements::CASE_FILE_BY_IDS, CASE_KEYS, &cases) {
            let rows: Vec<CaseRow> = readers.all(statement, values).await?;
            beside
                .cases
                .extend(rows.into_iter().map(|row| (row.case_id.clone(), row)));
        }
        self.register_beside(entries, &mut beside).await?;
        Ok(beside)
    }

    async fn register_beside(
        &self,
        entries: &[Checked],
        beside: &mut Beside,
    ) -> Result<(), StoreError> {
        let mut keys: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for entry in entries.iter().filter(|entry| entry.is_register()) {
            let key = entry.id("entry_key").to_owned();
            keys.entry(entry.id("register")).or_default().insert(key);
            if let Some(case_id) = entry.counted_case()
                && let Some(row) = self.counted_case(case_id).await?
            {
                beside.counted.insert(row.case_id.clone(), row);
            }
        }
        for (kind, keys) in keys {
            let found = self.register_entries_by_keys(kind, &keys).await?;
            beside.register.extend(
                found
                    .into_iter()
                    .map(|(key, row)| ((kind.to_owned(), key), row)),
            );
        }
        Ok(())
    }

    async fn mark_beside(&self, entry: &Checked) -> Result<Option<MarkRow>, StoreError> {
        let number = |name: &str| entry.columns.get(name).and_then(Value::as_i64);
        let kind = MarkKind::ALL
            .into_iter()
            .find(|kind| kind.name() == entry.id("mark"));
        let (Some(kind), Some(lane), Some(at)) = (kind, number("lane"), number("marked_at")) else {
            return Ok(None);
        };
        let span = (
            Some(Micros::new(at)),
            Some(Micros::new(at.saturating_add(1))),
        );
        Ok(self.marks(kind, lane, span, 1).await?.pop())
    }

    async fn compare_totals(&self, tally: &Tally, end: i64) -> Result<(), JournalFault> {
        let totals: Option<Totals> = self
            .inner
            .readers
            .first(statements::PASSAGE_TOTALS, vec![end.into()])
            .await?;
        let totals = totals.unwrap_or(Totals {
            passages: 0,
            closed: 0,
        });
        let marks: Option<MarkTotal> = self
            .inner
            .readers
            .first(statements::MARK_TOTAL, vec![end.into()])
            .await?;
        let marks = marks.map_or(0, |total| total.marks);
        let register: Option<RegisterTotals> = self
            .inner
            .readers
            .first(statements::REGISTER_TOTAL, vec![end.into()])
            .await?;
        let register = register.unwrap_or(RegisterTotals {
            entries: 0,
            changes: 0,
            counted: 0,
        });
        // An own case of the same number takes the place of a past one, so fewer rows are in order.
        let counted = i64::try_from(tally.counted.len()).unwrap_or(i64::MAX);
        let counted = counted.min(register.counted);
        for (what, rows, entries) in [
            ("counted past cases", register.counted, counted),
            (
                "changes of registers",
                register.changes,
                tally.register_changes,
            ),
            ("register entries", register.entries, tally.register_entries),
            ("marks", marks, tally.marks),
            ("passages", totals.passages, tally.weighings),
            ("closed passages", totals.closed, tally.closings),
        ] {
            if rows != entries {
                let what = format!("the table holds {rows} {what}, the journal {entries}");
                return Err(JournalFault::Disagreement {
                    sequence: end,
                    what,
                });
            }
        }
        let wrong: Option<TallyRow> = self
            .inner
            .readers
            .first(statements::TALLY_CHECK, Vec::new())
            .await?;
        if let Some(TallyRow { name, number }) = wrong {
            let what = format!("the number kept of {name} is off by {number}");
            return Err(JournalFault::Disagreement {
                sequence: end,
                what,
            });
        }
        Ok(())
    }
}

impl Tally {
    fn count(&mut self, kind: &str) {
        match kind {
            WEIGHING => self.weighings += 1,
            REGISTER_CHANGED => self.register_changes += 1,
            PASSAGE_CLOSED => self.closings += 1,
            _ => {}
        }
    }
}

impl Tally {
    /// Notes what an entry of a register makes of the tables.
    fn register_entry(&mut self, entry: &Checked) {
        let number = |name: &str| entry.columns.get(name).and_then(Value::as_i64);
        self.register_entries += i64::from(number("version") == Some(1));
        if let Some(case_id) = entry.counted_case() {
            if number("active") == Some(1) {
                self.counted.insert(case_id.to_owned());
            } else {
                self.counted.remove(case_id);
            }
        }
    }
}

fn check_entry(verifier: &mut Verifier, row: &JournalRow) -> Result<(), Break> {
    let header = verifier.check(StoredEntry {
        sequence: row.sequence,
        header: &row.header,
        header_digest: &row.header_digest,
        body: row.body.as_deref(),
    })?;
    for (column, agrees) in [
        ("recorded_at", header.recorded_at.get() == row.recorded_at),
        ("kind", header.kind == row.kind),
        ("actor", header.actor == row.actor),
    ] {
        if !agrees {
            return Err(Break {
                sequence: row.sequence,
                what: Flaw::Column { column },
            });
        }
    }
    Ok(())
}

/// The columns in an entry's body; `None` when it has none or was withheld.
fn columns_of(row: &JournalRow) -> Option<Checked> {
    let mut body: Value = serde_json::from_str(row.body.as_deref()?).ok()?;
    let columns = body.get_mut(COLUMNS)?.take();
    Some(Checked {
        sequence: row.sequence,
        kind: row.kind.clone(),
        columns,
    })
}

impl Checked {
    fn is_mark(&self) -> bool {
        self.columns.get("mark").is_some()
    }

    fn is_inspection(&self) -> bool {
        self.columns.get("inspection_id").is_some()
    }

    fn is_register(&self) -> bool {
        self.kind == REGISTER_CHANGED
    }

    /// Whether it says what the counters see of a case that is handled here.
    fn tells_own_count(&self) -> bool {
        self.columns.get("counted_case").is_some()
    }

    /// The case that the counters see by this entry.
    fn counted_case(&self) -> Option<&str> {
        self.columns.pointer("/counted/case_id")?.as_str()
    }

    fn id(&self, member: &str) -> &str {
        self.columns
            .get(member)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// The first column that isn't what the journal says.
    fn differs<const N: usize>(&self, row: &str, columns: [(&str, Value); N]) -> Option<String> {
        columns.into_iter().find_map(|(name, stored)| {
            let said = self.columns.get(name).unwrap_or(&Value::Null);
            (*said != stored)
                .then(|| format!("{row} has {name} = {stored} in its table, {said} in the journal"))
        })
    }
}

impl Checked {
    /// The first of a row's columns that isn't what the journal says. What an entry of an older release
    /// does not speak of, it can't contradict.
    fn differ(&self, row: &str, columns: &Value) -> Option<String> {
        let columns = columns.as_object()?.iter();
        columns
            .filter(|(name, _)| self.columns.get(name.as_str()).is_some())
            .find_map(|(name, stored)| self.differs(row, [(name.as_str(), stored.clone())]))
    }
}

impl Beside {
    fn weighing(&self, entry: &Checked) -> Option<String> {
        let id = entry.id("passage_id");
        let Some(stored) = self.passages.get(id) else {
            return Some(format!("passage {id} is missing from its table"));
        };
        let row = &stored.row;
        let name = format!("passage {id}");
        if row.weighing_sequence != entry.sequence {
            return Some(format!(
                "{name} names entry {} instead",
                row.weighing_sequence
            ));
        }
        let fixed = entry.differs(
            &name,
            [
                ("station", json!(row.station)),
                ("lane", json!(row.lane)),
                ("port", json!(row.port)),
                ("kind", json!(row.kind)),
                ("crossed_at", json!(row.crossed_at)),
                ("gross_kg", json!(row.gross_kg)),
                ("axle_count", json!(row.axle_count)),
                ("raw_digest", json!(stored.raw_digest)),
            ],
        );
        if fixed.is_some() || row.closing_sequence.is_some() {
            return fixed;
        }
        entry.differs(
            &name,
            [
                ("class", json!(row.class)),
                ("overage_kg", json!(row.overage_kg)),
            ],
        )
    }

    fn closing(&self, entry: &Checked) -> Option<String> {
        let id = entry.id("passage_id");
        let Some(stored) = self.passages.get(id) else {
            return Some(format!("passage {id} is missing from its table"));
        };
        let row = &stored.row;
        let name = format!("passage {id}");
        if row.closing_sequence != Some(entry.sequence) {
            return Some(format!(
                "{name} names entry {:?} instead",
                row.closing_sequence
            ));
        }
        let differs = entry.differs(
            &name,
            [
                ("plate", json!(row.plate)),
                ("plate_state", json!(row.plate_state)),
                ("enforceable", json!(row.enforceable)),
                ("class", json!(row.class)),
                ("overage_kg", json!(row.overage_kg)),
                ("case_id", json!(row.case_id)),
            ],
        );
        differs.or_else(|| self.pictures_differ(entry, id))
    }

    fn pictures_differ(&self, entry: &Checked, id: &str) -> Option<String> {
        let said = entry.columns.get("pictures").and_then(Value::as_array);
        // As texts in a set: order and repetitions carry no meaning here.
        let said: BTreeSet<String> = said.into_iter().flatten().map(Value::to_string).collect();
        let stored = self.pictures.get(id);
        let stored: BTreeSet<String> = stored.into_iter().flatten().map(Value::to_string).collect();
        (said != stored).then(|| format!("passage {id} has other pictures in its table"))
    }

    fn mark(&self, entry: &Checked) -> Option<String> {
        let name = format!("mark {} of entry {}", entry.id("mark"), entry.sequence);
        match self.marks.get(&entry.sequence) {
            Some(Some(row)) if row.entry.sequence == entry.sequence => None,
            Some(Some(row)) => Some(format!("{name} names entry {} instead", row.entry.sequence)),
            _ => Some(format!("{name} is missing from its table")),
        }
    }

    fn inspection(&self, entry: &Checked) -> Option<String> {
        let id = entry.id("inspection_id");
        let name = format!("stay {id}");
        let Some(row) = self.inspections.get(id) else {
            return Some(format!("{name} is missing from its table"));
        };
        if row.latest_sequence != entry.sequence {
            return None;
        }
        entry.differ(&name, &json!(row.columns))
    }

    /// An entry's row shows its latest change, so only that can be compared.
    fn register(&self, entry: &Checked) -> Option<String> {
        let (kind, key) = (entry.id("register"), entry.id("entry_key"));
        let name = format!("entry {key} of register {kind}");
        let Some(row) = self.register.get(&(kind.to_owned(), key.to_owned())) else {
            return Some(format!("{name} is missing from its table"));
        };
        if row.latest_sequence < entry.sequence {
            return Some(format!(
                "{name} names entry {} instead",
                row.latest_sequence
            ));
        }
        if row.latest_sequence > entry.sequence {
            return None;
        }
        let body: Value = serde_json::from_str(&row.body).unwrap_or_default();
        let differs = entry.differs(
            &name,
            [
                ("label", json!(row.label)),
                ("plate", json!(row.plate)),
                ("carrier", json!(row.carrier)),
                ("valid_from", json!(row.valid_from)),
                ("valid_until", json!(row.valid_until)),
                ("active", json!(row.active)),
                ("version", json!(row.version)),
                ("body", body),
            ],
        );
        differs.or_else(|| self.counted_differs(entry))
    }

    fn counted_differs(&self, entry: &Checked) -> Option<String> {
        let case_id = entry.counted_case()?;
        let name = format!("past case {case_id}");
        let active = entry.columns.get("active").and_then(Value::as_i64) == Some(1);
        let row = self.counted.get(case_id);
        let Some(row) = row.filter(|row| row.origin == FROM_REGISTER) else {
            // One of the same number that was handled here counts instead.
            let missing = active && row.is_none();
            return missing.then(|| format!("{name} is missing from what is counted"));
        };
        if row.latest_sequence > entry.sequence {
            return None;
        }
        let agrees = active && entry.columns.get("counted") == Some(&counted_json(row));
        (!agrees).then(|| format!("{name} is counted otherwise than the journal says"))
    }

    /// What the counters see of a case is what its latest step says.
    fn own_count_differs(&self, entry: &Checked, id: &str) -> Option<String> {
        let said = entry.columns.get("counted_case")?;
        let row = self.counted.get(id).filter(|row| row.origin == FROM_CASE);
        let kept = row.map_or(Value::Null, counted_json);
        (*said != kept).then(|| format!("case {id} is counted otherwise than the journal says"))
    }

    /// A case's row shows its latest step, so only that entry can be compared; where and when it was
    /// opened never changes.
    fn case(&self, entry: &Checked) -> Option<String> {
        let id = entry.columns.get("case_id").and_then(Value::as_str)?;
        let name = format!("case {id}");
        let Some(row) = self.cases.get(id) else {
            return Some(format!("{name} is missing from its table"));
        };
        if entry.kind == CASE_ATTACHED {
            return None;
        }
        if row.latest_sequence == entry.sequence {
            let differs = entry
                .differ(&name, &json!(row.columns))
                .or_else(|| self.own_count_differs(entry, id));
            if differs.is_some() {
                return differs;
            }
        }
        if entry.kind != CASE_OPENED {
            return None;
        }
        entry.differs(
            &name,
            [
                ("station", json!(row.station)),
                ("passage_id", json!(row.passage_id)),
                ("lane", json!(row.lane)),
                ("opened_at", json!(row.opened_at)),
            ],
        )
    }
}

/// A row of what is counted, as journal entries tell it.
fn counted_json(row: &CountedCaseRow) -> Value {
    json!({
        "case_id": row.case_id, "act_id": row.act_id, "day_of_act": row.day_of_act,
        "vehicle_plate": row.vehicle_plate, "driver_id": row.driver_id,
        "carrier_id": row.carrier_id, "source_id": row.source_id,
        "body": serde_json::from_str::<Value>(&row.body).unwrap_or_default(),
    })
}
