//! Reads of casework: clocks that end, acts that are claimed, numbers, officers, stays at the station.

use super::db::Value;
use super::read::before;
use super::records::{
    ActClaim, CaseRow, InspectionRow, JournalRow, ListFilter, NumberClaim, PageKey, ShiftNumbers,
};
use super::statements;
use super::{Store, StoreError};
use crate::units::Micros;

#[derive(sqlx::FromRow)]
struct Officer {
    officer: String,
}

#[derive(sqlx::FromRow)]
struct CaseId {
    case_id: String,
}

#[derive(sqlx::FromRow)]
struct PassageId {
    passage_id: String,
}

#[derive(sqlx::FromRow)]
struct InspectionId {
    inspection_id: String,
}

#[derive(sqlx::FromRow)]
struct Latest {
    serial: i64,
}

#[derive(sqlx::FromRow)]
struct Discards {
    discard_reason: String,
    cases: i64,
}

#[derive(sqlx::FromRow)]
struct Weighed {
    checked: i64,
    was_over: i64,
    by_hand: i64,
}

#[derive(sqlx::FromRow)]
struct Unloaded {
    unloaded: i64,
    unloaded_kg: i64,
}

#[derive(sqlx::FromRow)]
struct Ended {
    ended: String,
    stays: i64,
}

/// Values of a list that has no other filter: the key it goes on after, and the limit.
fn newest_after(after: Option<&PageKey>, limit: i64) -> Vec<Value> {
    vec![
        after.map_or(i64::MAX, |key| key.at.get()).into(),
        after.map_or("", |key| key.id.as_str()).into(),
        limit.max(0).into(),
    ]
}

/// Every method here fails with [`StoreError::Database`] only.
impl Store {
    /// Cases with a clock that ends before a moment, the most pressing first (期限临近的案件).
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn cases_due(
        &self,
        before: Micros,
        after: Option<&PageKey>,
        limit: i64,
    ) -> Result<Vec<CaseRow>, StoreError> {
        let values = vec![
            before.get().into(),
            after.map_or(i64::MIN, |key| key.at.get()).into(),
            after.map_or("", |key| key.id.as_str()).into(),
            limit.max(0).into(),
        ];
        let readers = &self.inner.readers;
        readers.all(statements::CASE_FILE_LIST_BY_DUE, values).await
    }

    /// Cases with a proposal of one of the four penalties that waits for a person, newest first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn cases_with_proposals(
        &self,
        after: Option<&PageKey>,
        limit: i64,
    ) -> Result<Vec<CaseRow>, StoreError> {
        let readers = &self.inner.readers;
        let values = newest_after(after, limit);
        readers
            .all(statements::CASE_FILE_LIST_BY_PROPOSAL, values)
            .await
    }

    /// Numbers of discarded cases by reason, of those opened with `from <= t < until`.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn discards(
        &self,
        from: Option<Micros>,
        until: Option<Micros>,
    ) -> Result<std::collections::BTreeMap<String, i64>, StoreError> {
        let values = vec![
            from.map_or(i64::MIN, Micros::get).into(),
            until.map_or(i64::MAX, Micros::get).into(),
        ];
        let readers = &self.inner.readers;
        let rows: Vec<Discards> = readers.all(statements::CASE_FILE_DISCARDS, values).await?;
        let pairs = rows.into_iter().map(|row| (row.discard_reason, row.cases));
        Ok(pairs.collect())
    }

    /// Cases of a plate whose act lies in a span, newest first; no more than 64.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn cases_near(
        &self,
        plate: &str,
        from: Micros,
        to: Micros,
    ) -> Result<Vec<CaseRow>, StoreError> {
        let values = vec![plate.into(), from.get().into(), to.get().into()];
        let readers = &self.inner.readers;
        readers.all(statements::CASE_FILE_NEAR, values).await
    }

    /// The cases that a passage belongs to.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn cases_of_passage(&self, passage_id: &str) -> Result<Vec<String>, StoreError> {
        let readers = &self.inner.readers;
        let rows: Vec<CaseId> = readers
            .all(statements::CASE_OF_PASSAGE, vec![passage_id.into()])
            .await?;
        Ok(rows.into_iter().map(|row| row.case_id).collect())
    }

    /// Officers of a case, by name.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn case_officers(&self, case_id: &str) -> Result<Vec<String>, StoreError> {
        let readers = &self.inner.readers;
        let rows: Vec<Officer> = readers
            .all(statements::CASE_OFFICER_LIST, vec![case_id.into()])
            .await?;
        Ok(rows.into_iter().map(|row| row.officer).collect())
    }

    /// Who may punish an act; `None` while nobody has taken it on.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn act_claim(&self, act_id: &str) -> Result<Option<ActClaim>, StoreError> {
        let readers = &self.inner.readers;
        readers
            .first(statements::ACT_CLAIM_GET, vec![act_id.into()])
            .await
    }

    /// The serial number that a series gives next.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn next_serial(&self, series: &str, year: i64) -> Result<i64, StoreError> {
        let values = vec![series.into(), year.into()];
        let latest: Option<Latest> = self
            .inner
            .readers
            .first(statements::NUMBER_SERIES_GET, values)
            .await?;
        Ok(latest.map_or(1, |latest| latest.serial + 1))
    }

    /// Numbers that a series gave in a year, after a serial, each with its case.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn numbers(
        &self,
        series: &str,
        year: i64,
        after: i64,
        limit: i64,
    ) -> Result<Vec<GivenNumber>, StoreError> {
        let values = vec![
            series.into(),
            year.into(),
            after.into(),
            limit.max(0).into(),
        ];
        let readers = &self.inner.readers;
        readers.all(statements::CASE_NUMBER_LIST, values).await
    }

    /// The case that bears a number: its own, or that of its notice or decision.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn case_of_number(&self, number: &str) -> Result<Option<String>, StoreError> {
        let readers = &self.inner.readers;
        let row: Option<CaseId> = readers
            .first(statements::CASE_NUMBER_FIND, vec![number.into()])
            .await?;
        Ok(row.map(|row| row.case_id))
    }

    /// One stay.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn inspection(
        &self,
        inspection_id: &str,
    ) -> Result<Option<InspectionRow>, StoreError> {
        let readers = &self.inner.readers;
        readers
            .first(statements::INSPECTION_GET, vec![inspection_id.into()])
            .await
    }

    /// Stays, newest first by `(opened_at, inspection_id)`; of the filter time, plate and state count.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn inspections(
        &self,
        filter: &ListFilter,
        after: Option<&PageKey>,
        limit: i64,
    ) -> Result<Vec<InspectionRow>, StoreError> {
        let statement = if filter.plate.is_some() {
            statements::INSPECTION_LIST_BY_PLATE
        } else if filter.state.is_some() {
            statements::INSPECTION_LIST_BY_STATE
        } else {
            statements::INSPECTION_LIST
        };
        let values: Vec<Value> = vec![
            filter.from.map_or(i64::MIN, Micros::get).into(),
            before(filter, after).into(),
            after.map_or(i64::MAX, |key| key.at.get()).into(),
            after.map_or("", |key| key.id.as_str()).into(),
            filter.plate.as_deref().into(),
            filter.state.as_deref().into(),
            limit.max(0).into(),
        ];
        self.inner.readers.all(statement, values).await
    }

    /// Held vehicles, those first whose hold ends first (扣留车辆).
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn inspections_held(
        &self,
        after: Option<&PageKey>,
        limit: i64,
    ) -> Result<Vec<InspectionRow>, StoreError> {
        let values = vec![
            after.map_or(i64::MIN, |key| key.at.get()).into(),
            after.map_or("", |key| key.id.as_str()).into(),
            limit.max(0).into(),
        ];
        let readers = &self.inner.readers;
        readers.all(statements::INSPECTION_LIST_HELD, values).await
    }

    /// Stays of a case whose vehicle is held.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn inspections_held_for(&self, case_id: &str) -> Result<Vec<String>, StoreError> {
        let readers = &self.inner.readers;
        let rows: Vec<InspectionId> = readers
            .all(statements::INSPECTION_HELD_FOR_CASE, vec![case_id.into()])
            .await?;
        Ok(rows.into_iter().map(|row| row.inspection_id).collect())
    }

    /// Stays whose vehicle or goods stand in the yard, newest first (停车场).
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn inspections_in_yard(
        &self,
        after: Option<&PageKey>,
        limit: i64,
    ) -> Result<Vec<InspectionRow>, StoreError> {
        let readers = &self.inner.readers;
        let values = newest_after(after, limit);
        readers.all(statements::INSPECTION_LIST_YARD, values).await
    }

    /// Numbers of a shift from a moment until before another (班次统计), of stays that this release or a
    /// later one moved; for the rest see [`Store::inspections_unread`].
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn shift_numbers(
        &self,
        from: Micros,
        until: Micros,
    ) -> Result<ShiftNumbers, StoreError> {
        let readers = &self.inner.readers;
        let span = || vec![from.get().into(), until.get().into()];
        let weighed: Option<Weighed> = readers
            .first(statements::INSPECTION_SHIFT_WEIGHED, span())
            .await?;
        let unloaded: Option<Unloaded> = readers
            .first(statements::INSPECTION_SHIFT_UNLOADED, span())
            .await?;
        let ended: Vec<Ended> = readers
            .all(statements::INSPECTION_SHIFT_ENDED, span())
            .await?;
        let ended = ended.into_iter();
        let mut numbers = ShiftNumbers {
            ended: ended
                .filter_map(|row| {
                    let (state, reason) = row.ended.split_once('/')?;
                    let reason = (!reason.is_empty()).then(|| reason.to_owned());
                    Some((state.to_owned(), reason, row.stays))
                })
                .collect(),
            ..ShiftNumbers::default()
        };
        if let Some(row) = weighed {
            (numbers.checked, numbers.over, numbers.by_hand) =
                (row.checked, row.was_over, row.by_hand);
        }
        if let Some(row) = unloaded {
            (numbers.unloaded, numbers.unloaded_kg) = (row.unloaded, row.unloaded_kg);
        }
        Ok(numbers)
    }

    /// Stays opened from a moment until before another of which an older release kept no numbers beside
    /// the body, newest first: whoever counts a shift reads these whole.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn inspections_unread(
        &self,
        from: Micros,
        until: Micros,
        limit: i64,
    ) -> Result<Vec<String>, StoreError> {
        let readers = &self.inner.readers;
        let values = vec![from.get().into(), until.get().into(), limit.max(0).into()];
        let rows: Vec<InspectionId> = readers.all(statements::INSPECTION_UNREAD, values).await?;
        Ok(rows.into_iter().map(|row| row.inspection_id).collect())
    }

    /// Passages of a stay.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn inspection_passages(
        &self,
        inspection_id: &str,
    ) -> Result<Vec<String>, StoreError> {
        let readers = &self.inner.readers;
        let rows: Vec<PassageId> = readers
            .all(
                statements::INSPECTION_PASSAGE_LIST,
                vec![inspection_id.into()],
            )
            .await?;
        Ok(rows.into_iter().map(|row| row.passage_id).collect())
    }

    /// The stay that a passage belongs to.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn inspection_of_passage(
        &self,
        passage_id: &str,
    ) -> Result<Option<String>, StoreError> {
        let readers = &self.inner.readers;
        let row: Option<InspectionId> = readers
            .first(statements::INSPECTION_OF_PASSAGE, vec![passage_id.into()])
            .await?;
        Ok(row.map(|row| row.inspection_id))
    }

    /// Journal entries of a stay, oldest first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn inspection_history(
        &self,
        inspection_id: &str,
    ) -> Result<Vec<JournalRow>, StoreError> {
        let readers = &self.inner.readers;
        readers
            .all(
                statements::INSPECTION_ENTRY_LIST,
                vec![inspection_id.into()],
            )
            .await
    }
}

/// A number that was given, with its case.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, sqlx::FromRow)]
pub struct GivenNumber {
    /// The number.
    #[sqlx(flatten)]
    #[serde(flatten)]
    pub claim: NumberClaim,
    /// The case that bears it.
    pub case_id: String,
}
