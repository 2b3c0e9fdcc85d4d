//! Registers and counted cases: the write, and the reads.

use std::collections::{BTreeMap, BTreeSet};

use super::db::Value;
use super::operation::{Operation, Reply};
use super::records::{
    CountedCaseRow, JournalRow, RegisterBatch, RegisterCount, RegisterFilter, RegisterRow,
};
use super::statements::{self, Statement};
use super::writer::padded_of;
use super::{Store, StoreError};

/// Above every label: a text greater than all that begin with the same.
const ABOVE: char = char::MAX;

impl Store {
    /// Adds or changes entries of registers, all of them or none, and gives the sequences of their
    /// journal entries.
    ///
    /// # Errors
    /// [`StoreError::StaleEntry`] when somebody was faster, and those of [`Store::step_case`].
    pub async fn change_register(&self, batch: RegisterBatch) -> Result<Vec<i64>, StoreError> {
        if batch.entries.is_empty() {
            return Ok(Vec::new());
        }
        match self
            .submit(Operation::register(batch, self.entropy()?)?)
            .await?
        {
            Reply::Sequences(sequences) => Ok(sequences),
            _ => Err(StoreError::Closed),
        }
    }

    /// One entry of a register.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn register_entry(
        &self,
        kind: &str,
        key: &str,
    ) -> Result<Option<RegisterRow>, StoreError> {
        let values = vec![kind.into(), key.into()];
        self.inner
            .readers
            .first(statements::REGISTER_ENTRY_GET, values)
            .await
    }

    /// Entries of a register by their keys; those that are not there are left out.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn register_entries_by_keys(
        &self,
        kind: &str,
        keys: &BTreeSet<String>,
    ) -> Result<BTreeMap<String, RegisterRow>, StoreError> {
        let mut found = BTreeMap::new();
        for (statement, values) in padded_of(kind, keys) {
            let rows: Vec<RegisterRow> = self.inner.readers.all(statement, values).await?;
            found.extend(rows.into_iter().map(|row| (row.entry_key.clone(), row)));
        }
        Ok(found)
    }

    /// Entries of a register by label and key, after the pair given; filters combine.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn register_entries(
        &self,
        kind: &str,
        filter: &RegisterFilter,
        after: Option<(&str, &str)>,
        limit: i64,
    ) -> Result<Vec<RegisterRow>, StoreError> {
        let prefix = filter.prefix.as_deref().unwrap_or_default();
        let (label, key) = after.unwrap_or_default();
        let values: Vec<Value> = vec![
            kind.into(),
            // The greater of the two, so that a late page does not begin to read at the first.
            prefix.max(label).into(),
            format!("{prefix}{ABOVE}").into(),
            filter.valid_on.as_deref().into(),
            filter.active.map(i64::from).into(),
            label.into(),
            key.into(),
            filter.plate.as_deref().into(),
            filter.carrier.as_deref().into(),
            limit.max(0).into(),
        ];
        self.inner.readers.all(register_list(filter), values).await
    }

    /// All entries of a small register that stand.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn standing_register(&self, kind: &str) -> Result<Vec<RegisterRow>, StoreError> {
        let filter = RegisterFilter {
            active: Some(true),
            ..RegisterFilter::default()
        };
        self.register_entries(kind, &filter, None, i64::MAX).await
    }

    /// Journal entries of a register entry, newest first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn register_history(
        &self,
        kind: &str,
        key: &str,
        limit: i64,
    ) -> Result<Vec<JournalRow>, StoreError> {
        let values = vec![kind.into(), key.into(), limit.max(0).into()];
        self.inner
            .readers
            .all(statements::REGISTER_HISTORY_LIST, values)
            .await
    }

    /// How many entries each register has; those without any are left out. Counts the whole table.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn register_counts(&self) -> Result<Vec<RegisterCount>, StoreError> {
        self.inner
            .readers
            .all(statements::REGISTER_ENTRY_COUNTS, Vec::new())
            .await
    }

    /// One case as the counters see it.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn counted_case(&self, case_id: &str) -> Result<Option<CountedCaseRow>, StoreError> {
        self.inner
            .readers
            .first(statements::COUNTED_CASE_GET, vec![case_id.into()])
            .await
    }
}

/// The list statement whose index narrows most for this filter.
const fn register_list(filter: &RegisterFilter) -> Statement {
    if filter.plate.is_some() {
        statements::REGISTER_ENTRY_LIST_BY_PLATE
    } else if filter.carrier.is_some() {
        statements::REGISTER_ENTRY_LIST_BY_CARRIER
    } else {
        statements::REGISTER_ENTRY_LIST
    }
}
