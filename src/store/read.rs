//! Reads. Lists are newest first and paged by key: time and id of the last row seen.

use std::collections::{BTreeMap, BTreeSet};

use super::db::Value;
use super::open::HeadRow;
use super::plan::{CASES, PICTURES, STAYS, StoredPassage};
use super::records::{
    CaseKey, CaseRow, JournalRow, KnownPassage, ListFilter, MarkKind, MarkRow, PageKey, PassageRow,
    PictureRow, SessionRow, UserRow,
};
use super::statements::{self, PASSAGE_KEYS, Statement};
use super::writer::padded;
use super::{Counts, Store, StoreError};
use crate::evidence::journal::{Head, NO_PREVIOUS};
use crate::law::VerdictClass;
use crate::units::Micros;

#[derive(sqlx::FromRow)]
struct PassageId {
    passage_id: String,
}

/// A number kept by the writer, and what it counts.
#[derive(sqlx::FromRow)]
pub struct TallyRow {
    pub name: String,
    pub number: i64,
}

impl TallyRow {
    /// The state and the number, if it counts those of a kind and there are any.
    fn in_state(&self, kind: &str) -> Option<(String, i64)> {
        let state = self.name.strip_prefix(kind)?;
        (self.number != 0).then(|| (state.to_owned(), self.number))
    }
}

/// Values of a list statement: `$1`..`$2` time, `$3, $4` the key it goes on after, `$5` plate, `$6`
/// class, `$7` lane, `$8` state, `$9` limit.
fn list_values(filter: &ListFilter, after: Option<&PageKey>, limit: i64) -> Vec<Value> {
    vec![
        filter.from.map_or(i64::MIN, Micros::get).into(),
        before(filter, after).into(),
        // Without a key the list starts above every row.
        after.map_or(i64::MAX, |key| key.at.get()).into(),
        after.map_or("", |key| key.id.as_str()).into(),
        filter.plate.as_deref().into(),
        filter.class.as_deref().into(),
        filter.lane.into(),
        filter.state.as_deref().into(),
        limit.max(0).into(),
    ]
}

/// The first moment that is too late for a page. The key it goes on after says so twice: an engine that
/// walks the index by time alone would begin at the newest row for every page.
pub fn before(filter: &ListFilter, after: Option<&PageKey>) -> i64 {
    let until = filter.until.map_or(i64::MAX, Micros::get);
    after.map_or(until, |key| until.min(key.at.get().saturating_add(1)))
}

/// The list statement whose index narrows most for this filter.
fn passage_list(filter: &ListFilter) -> Statement {
    if filter.at_least_kg.is_some() {
        statements::PASSAGE_LIST_HEAVY
    } else if filter.plate.is_some() {
        statements::PASSAGE_LIST_BY_PLATE
    } else if filter.state.as_deref() == Some("weighed") {
        statements::PASSAGE_LIST_UNCLOSED
    } else if filter.class.as_deref() == Some(VerdictClass::HundredTon.name()) {
        statements::PASSAGE_LIST_HUNDRED_TON
    } else if filter.class.is_some() {
        statements::PASSAGE_LIST_BY_CLASS
    } else {
        statements::PASSAGE_LIST
    }
}

fn case_list(filter: &ListFilter) -> Statement {
    if let Some((key, _)) = &filter.by {
        match key {
            CaseKey::Number => statements::CASE_FILE_LIST_BY_NUMBER,
            CaseKey::Driver => statements::CASE_FILE_LIST_BY_DRIVER,
            CaseKey::Carrier => statements::CASE_FILE_LIST_BY_CARRIER,
            CaseKey::Source => statements::CASE_FILE_LIST_BY_SOURCE,
            CaseKey::Act => statements::CASE_FILE_LIST_BY_ACT,
            CaseKey::Officer => statements::CASE_FILE_LIST_BY_OFFICER,
        }
    } else if filter.plate.is_some() {
        statements::CASE_FILE_LIST_BY_PLATE
    } else if filter.state.is_some() {
        statements::CASE_FILE_LIST_BY_STATE
    } else if filter.class.is_some() {
        statements::CASE_FILE_LIST_BY_CLASS
    } else {
        statements::CASE_FILE_LIST
    }
}

/// Every method here fails with [`StoreError::Database`] only.
impl Store {
    /// Passages, newest first by `(crossed_at, passage_id)`; filters combine.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn passages(
        &self,
        filter: &ListFilter,
        after: Option<&PageKey>,
        limit: i64,
    ) -> Result<Vec<PassageRow>, StoreError> {
        let mut values = list_values(filter, after, limit);
        values.extend(filter.at_least_kg.map(Value::from));
        self.inner.readers.all(passage_list(filter), values).await
    }

    /// What is recorded of the passages named; those that are not there are left out.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn known_passages(
        &self,
        passage_ids: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, KnownPassage>, StoreError> {
        let mut known = BTreeMap::new();
        for (statement, values) in padded(statements::PASSAGE_BY_IDS, PASSAGE_KEYS, passage_ids) {
            let rows: Vec<StoredPassage> = self.inner.readers.all(statement, values).await?;
            known.extend(rows.into_iter().map(|stored| {
                let passage = KnownPassage {
                    raw_digest: stored.raw_digest,
                    closed: stored.row.closing_sequence.is_some(),
                };
                (stored.row.passage_id, passage)
            }));
        }
        Ok(known)
    }

    /// One passage.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn passage(&self, passage_id: &str) -> Result<Option<PassageRow>, StoreError> {
        self.inner
            .readers
            .first(statements::PASSAGE_GET, vec![passage_id.into()])
            .await
    }

    /// Pictures of a passage, by view.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn pictures_of(&self, passage_id: &str) -> Result<Vec<PictureRow>, StoreError> {
        self.inner
            .readers
            .all(statements::PICTURE_LIST, vec![passage_id.into()])
            .await
    }

    /// Cases, newest first by `(opened_at, case_id)`; filters combine.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn cases(
        &self,
        filter: &ListFilter,
        after: Option<&PageKey>,
        limit: i64,
    ) -> Result<Vec<CaseRow>, StoreError> {
        let mut values = list_values(filter, after, limit);
        values.extend(filter.by.as_ref().map(|(_, key)| Value::from(key.as_str())));
        self.inner.readers.all(case_list(filter), values).await
    }

    /// One case.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn case(&self, case_id: &str) -> Result<Option<CaseRow>, StoreError> {
        self.inner
            .readers
            .first(statements::CASE_FILE_GET, vec![case_id.into()])
            .await
    }

    /// Ids of a case's passages, in their order.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn case_passages(&self, case_id: &str) -> Result<Vec<String>, StoreError> {
        let rows: Vec<PassageId> = self
            .inner
            .readers
            .all(statements::CASE_PASSAGE_LIST, vec![case_id.into()])
            .await?;
        Ok(rows.into_iter().map(|row| row.passage_id).collect())
    }

    /// Journal entries of a case, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn case_history(&self, case_id: &str) -> Result<Vec<JournalRow>, StoreError> {
        self.inner
            .readers
            .all(statements::CASE_ENTRY_LIST, vec![case_id.into()])
            .await
    }

    /// Journal entries after `sequence`, in order; 0 starts at the beginning.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn journal_after(
        &self,
        sequence: i64,
        limit: i64,
    ) -> Result<Vec<JournalRow>, StoreError> {
        let values = vec![sequence.into(), limit.max(0).into()];
        self.inner
            .readers
            .all(statements::JOURNAL_AFTER, values)
            .await
    }

    /// One journal entry.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn journal_entry(&self, sequence: i64) -> Result<Option<JournalRow>, StoreError> {
        self.inner
            .readers
            .first(statements::JOURNAL_GET, vec![sequence.into()])
            .await
    }

    /// The latest journal entry of a kind. Looks back entry by entry: meant for kinds that come
    /// all the time.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn latest_journal_entry(&self, kind: &str) -> Result<Option<JournalRow>, StoreError> {
        self.inner
            .readers
            .first(statements::JOURNAL_LATEST, vec![kind.into()])
            .await
    }

    /// Marks of a kind in one lane (0: of the station) with `from <= t < until`, newest first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn marks(
        &self,
        kind: MarkKind,
        lane: i64,
        (from, until): (Option<Micros>, Option<Micros>),
        limit: i64,
    ) -> Result<Vec<MarkRow>, StoreError> {
        let values = vec![
            kind.name().into(),
            lane.into(),
            from.map_or(i64::MIN, Micros::get).into(),
            until.map_or(i64::MAX, Micros::get).into(),
            limit.max(0).into(),
        ];
        self.inner.readers.all(statements::MARK_LIST, values).await
    }

    /// Where the journal ends.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn journal_head(&self) -> Result<Head, StoreError> {
        let row: Option<HeadRow> = self
            .inner
            .readers
            .first(statements::JOURNAL_HEAD, Vec::new())
            .await?;
        Ok(row.map_or_else(
            || Head {
                sequence: 0,
                digest: NO_PREVIOUS.to_owned(),
            },
            |row| Head {
                sequence: row.sequence,
                digest: row.header_digest,
            },
        ))
    }

    /// A user, active or not.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn user(&self, name: &str) -> Result<Option<UserRow>, StoreError> {
        self.inner
            .readers
            .first(statements::APP_USER_GET, vec![name.into()])
            .await
    }

    /// All users by name.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn users(&self) -> Result<Vec<UserRow>, StoreError> {
        self.inner
            .readers
            .all(statements::APP_USER_LIST, Vec::new())
            .await
    }

    /// A session that hasn't run out at `now`, of a user whose account may be used, with the role
    /// the user has now.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn session(
        &self,
        token_digest: &str,
        now: Micros,
    ) -> Result<Option<SessionRow>, StoreError> {
        let values = vec![token_digest.into(), now.get().into()];
        self.inner
            .readers
            .first(statements::SESSION_GET, values)
            .await
    }

    /// Passages that were weighed and not closed, oldest first: what a restart takes up.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn unclosed_passages(&self) -> Result<Vec<PassageRow>, StoreError> {
        self.inner
            .readers
            .all(statements::PASSAGE_UNCLOSED, Vec::new())
            .await
    }

    /// The numbers that the writer keeps.
    async fn kept(&self) -> Result<Vec<TallyRow>, StoreError> {
        let readers = &self.inner.readers;
        readers.all(statements::TALLY_LIST, Vec::new()).await
    }

    /// Numbers of stays by state (检测状态统计).
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn inspection_counts(&self) -> Result<BTreeMap<String, i64>, StoreError> {
        let kept = self.kept().await?;
        Ok(kept.iter().filter_map(|row| row.in_state(STAYS)).collect())
    }

    /// Numbers for a status page, as the writer keeps them: nothing is counted for it.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn counts(&self) -> Result<Counts, StoreError> {
        let kept = self.kept().await?;
        let mut counts = Counts {
            cases_by_state: kept.iter().filter_map(|row| row.in_state(CASES)).collect(),
            journal: self.journal_head().await?.sequence,
            ..Counts::default()
        };
        let mut by_class = BTreeMap::new();
        for TallyRow { name, number } in kept {
            if name == PICTURES {
                counts.pictures = number;
                continue;
            }
            let is_other = [CASES, STAYS].iter().any(|kind| name.starts_with(kind));
            let Some((class, state)) = name.split_once('/').filter(|_| !is_other && number != 0)
            else {
                continue;
            };
            counts.passages += number;
            if state == "weighed" {
                counts.unclosed += number;
            }
            *by_class.entry(class.to_owned()).or_default() += number;
        }
        counts.passages_by_class = by_class;
        Ok(counts)
    }
}
