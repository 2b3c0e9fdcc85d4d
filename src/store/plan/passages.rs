//! Weighings and closings: what is a retransmission, what a closing does to the passage and its case.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::Closed;
use super::super::db::Value;
use super::super::error::StoreError;
use super::super::operation::{
    CASE_ATTACHED, CASE_OPENED, COLUMNS, CONFLICTS_WITH, CaseChange, Closing, PASSAGE_CLOSED,
    WEIGHING, Weighing, case_columns, sealed, weighing_columns, with_columns,
};
use super::super::records::{Actor, CaseColumns, CaseRow, NewWeighing, PassageRow, Recorded};
use super::super::statements;
use super::{PICTURES, Plan, StoredPassage, counted_as};
use crate::evidence::journal::SealedBody;
use crate::passage::conflicting_id;

impl Plan {
    pub(super) fn weighing(&mut self, weighing: &Weighing) -> Result<Recorded, StoreError> {
        let new = &weighing.new;
        let Some(stored) = self.known.passages.get(&new.passage_id) else {
            let sequence = self.store(new, &new.passage_id, &weighing.sealed, false)?;
            return Ok(Recorded::New { sequence });
        };
        let passage_id = conflicting_id(&new.passage_id, &new.raw_digest);
        let kept_as = if stored.raw_digest == new.raw_digest {
            Some(&new.passage_id)
        } else {
            Some(&passage_id).filter(|id| self.known.passages.contains_key(*id))
        };
        if let Some(kept_as) = kept_as.cloned() {
            self.retransmissions += 1;
            return Ok(Recorded::Retransmission {
                passage_id: kept_as,
            });
        }
        let mut body = weighing.body.clone();
        if let Some(columns) = body.get_mut(COLUMNS) {
            *columns = weighing_columns(new, &passage_id);
            // The lane names conflicts that it sees itself alike, and they are flagged in their bodies alone.
            if let Some(columns) = columns.as_object_mut() {
                let first = new.passage_id.as_str().into();
                columns.insert(CONFLICTS_WITH.to_owned(), first);
            }
        }
        let body = sealed(WEIGHING, &body, weighing.salt)?;
        let sequence = self.store(new, &passage_id, &body, true)?;
        self.singles.push((
            statements::PASSAGE_FLAG,
            vec![new.passage_id.as_str().into()],
        ));
        if let Some(first) = self.known.passages.get_mut(&new.passage_id) {
            first.row.record_conflict = 1;
        }
        Ok(Recorded::Conflict {
            passage_id,
            sequence,
        })
    }

    fn store(
        &mut self,
        new: &NewWeighing,
        passage_id: &str,
        body: &SealedBody,
        record_conflict: bool,
    ) -> Result<i64, StoreError> {
        let sequence = self.entry(WEIGHING, &Actor::station(), body)?;
        let row = PassageRow {
            passage_id: passage_id.to_owned(),
            station: new.station.clone(),
            lane: new.lane,
            port: new.port.clone(),
            kind: new.kind.to_owned(),
            crossed_at: new.crossed_at.get(),
            gross_kg: new.gross_kg.get(),
            axle_count: new.axle_count,
            class: new.class.clone(),
            overage_kg: new.overage_kg.map(|overage| overage.get()),
            state: "weighed".to_owned(),
            plate: None,
            plate_state: None,
            enforceable: None,
            record_conflict: i64::from(record_conflict),
            weighing_sequence: sequence,
            closing_sequence: None,
            case_id: None,
        };
        self.passages.push([
            passage_id.into(),
            row.station.as_str().into(),
            row.lane.into(),
            row.port.as_str().into(),
            new.kind.into(),
            row.crossed_at.into(),
            row.gross_kg.into(),
            row.axle_count.into(),
            row.class.as_deref().into(),
            row.overage_kg.into(),
            row.state.as_str().into(),
            Value::Text(None),
            Value::Text(None),
            Value::Integer(None),
            row.record_conflict.into(),
            sequence.into(),
            Value::Integer(None),
            Value::Text(None),
            new.raw_digest.as_str().into(),
        ]);
        self.count(counted_as(row.class.as_deref(), &row.state), 1);
        let stored = StoredPassage {
            row,
            raw_digest: new.raw_digest.clone(),
        };
        self.known.passages.insert(passage_id.to_owned(), stored);
        Ok(sequence)
    }

    pub(super) fn closing(&mut self, closing: &Closing) -> Result<Closed, StoreError> {
        let new = &closing.new;
        let Some(stored) = self.known.passages.get(&new.passage_id) else {
            return Err(StoreError::UnknownPassage {
                passage_id: new.passage_id.clone(),
            });
        };
        if let Some(sequence) = stored.row.closing_sequence {
            let case_id = stored.row.case_id.clone();
            return Ok(Closed {
                sequence,
                case_id,
                already: true,
            });
        }
        let (station, lane) = (stored.row.station.clone(), stored.row.lane);
        self.admits(closing)?;
        // Sealed before the first write, so that a refusal leaves no trace.
        let opening = match &closing.case {
            CaseChange::Open {
                new: case,
                body,
                salt,
            } => {
                let columns = case_columns(
                    case,
                    &[new.passage_id.as_str()],
                    &station,
                    Some(lane),
                    new.closed_at,
                );
                let body = with_columns(CASE_OPENED, body.clone(), columns)?;
                Some(sealed(CASE_OPENED, &body, *salt)?)
            }
            CaseChange::None | CaseChange::Attach { .. } => None,
        };
        let sequence = self.entry(PASSAGE_CLOSED, &Actor::station(), &closing.sealed)?;
        let case_id = match (&closing.case, opening) {
            (CaseChange::Open { new: case, .. }, Some(body)) => {
                let opened = self.entry(CASE_OPENED, &case.actor, &body)?;
                let row = CaseRow {
                    case_id: case.case_id.clone(),
                    station,
                    passage_id: Some(new.passage_id.clone()),
                    lane: Some(lane),
                    columns: CaseColumns::clone(&case.columns),
                    opened_at: new.closed_at.get(),
                    opened_by: case.actor.0.clone(),
                    version: 1,
                    latest_sequence: opened,
                };
                self.open_case(row);
                self.tie(&case.case_id, &new.passage_id, opened);
                Some(case.case_id.clone())
            }
            (CaseChange::Attach { case_id, sealed }, _) => {
                let attached = self.entry(CASE_ATTACHED, &Actor::station(), sealed)?;
                if let Some(case) = self.known.cases.get_mut(case_id) {
                    // The version goes up so that nobody decides on a case that has just grown;
                    // the entry that holds the whole case stays the latest step.
                    case.version += 1;
                    let row = case.clone();
                    self.move_case(&row);
                }
                self.tie(case_id, &new.passage_id, attached);
                Some(case_id.clone())
            }
            _ => None,
        };
        self.close(closing, sequence, case_id.as_deref());
        Ok(Closed {
            sequence,
            case_id,
            already: false,
        })
    }

    fn close(&mut self, closing: &Closing, sequence: i64, case_id: Option<&str>) {
        let new = &closing.new;
        self.closings.push([
            new.passage_id.as_str().into(),
            new.plate.as_deref().into(),
            new.plate_state.into(),
            i64::from(new.enforceable).into(),
            new.class.as_deref().into(),
            new.overage_kg.map(|overage| overage.get()).into(),
            sequence.into(),
            case_id.into(),
        ]);
        let passage_id: Arc<str> = new.passage_id.as_str().into();
        let mut seen = BTreeSet::new();
        for picture in &new.pictures {
            // A camera that sends the same picture twice must not keep the passage open.
            if !seen.insert((&picture.view, &picture.sha256)) {
                continue;
            }
            self.count(PICTURES.to_owned(), 1);
            self.pictures.push([
                Arc::clone(&passage_id).into(),
                picture.sha256.as_str().into(),
                picture.view.as_str().into(),
                picture.bytes.into(),
                picture.width.into(),
                picture.height.into(),
                picture.taken_at.get().into(),
            ]);
        }
        if let Some(stored) = self.known.passages.get_mut(&new.passage_id) {
            let before = counted_as(stored.row.class.as_deref(), &stored.row.state);
            stored.row.state = "closed".to_owned();
            stored.row.class.clone_from(&new.class);
            stored.row.closing_sequence = Some(sequence);
            stored.row.case_id = case_id.map(str::to_owned);
            self.count(before, -1);
            self.count(counted_as(new.class.as_deref(), "closed"), 1);
        }
    }
}
