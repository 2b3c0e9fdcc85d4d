//! What lists and counts find an inspection by.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::record::{Ending, Inspection};
use super::state::{FindingKind, InspectionState, LetThroughReason};
use crate::units::{Kilograms, Micros};

/// An inspection in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InspectionIndex {
    /// Key.
    pub inspection_id: String,
    /// Station.
    pub station: String,
    /// Where it stands.
    pub state: InspectionState,
    /// Where it stands beneath a hold.
    pub course: InspectionState,
    /// Plate that holds.
    pub plate: Option<String>,
    /// Trailer's plate.
    pub trailer_plate: Option<String>,
    /// Opened.
    pub opened_at: Micros,
    /// First weighed.
    pub first_weighed_at: Option<Micros>,
    /// Last weighed.
    pub last_weighed_at: Option<Micros>,
    /// Ended.
    pub ended_at: Option<Micros>,
    /// First gross that counts, kg.
    pub first_gross_kg: Option<Kilograms>,
    /// Last gross that counts, kg.
    pub last_gross_kg: Option<Kilograms>,
    /// Limit known last, kg.
    pub limit_kg: Option<Kilograms>,
    /// First less last gross of a vehicle that was over, kg; never below zero.
    pub unloaded_kg: Kilograms,
    /// Whether it was over at any time.
    pub over: bool,
    /// Whether a weighing was typed by hand.
    pub by_hand: bool,
    /// Last day of the measure that holds it now.
    pub held_until: Option<NaiveDate>,
    /// Where the vehicle stands.
    pub yard_place: Option<String>,
    /// Goods that lie in the yard still, kg.
    pub goods_left_kg: Kilograms,
    /// Why it was let through.
    pub let_through: Option<LetThroughReason>,
    /// Findings of their own.
    pub findings: Vec<FindingKind>,
    /// The case.
    pub case_id: Option<String>,
}

impl Inspection {
    /// The inspection in short.
    pub fn index(&self) -> InspectionIndex {
        let first = self.legal_weighings().next().map(|record| &record.what);
        let last = self
            .legal_weighings()
            .next_back()
            .map(|record| &record.what);
        let over = self.was_over();
        let moved = first.zip(last).map_or(Kilograms::ZERO, |(first, last)| {
            first.gross_kg.saturating_sub(last.gross_kg)
        });
        let let_through = self.ending.as_ref().and_then(|ending| match &ending.what {
            Ending::LetThrough(through) => Some(through.reason),
            _ => None,
        });
        InspectionIndex {
            inspection_id: self.inspection_id.clone(),
            station: self.station.clone(),
            state: self.state,
            course: self.course,
            plate: self.plate().map(str::to_owned),
            trailer_plate: self.trailer_plate().map(str::to_owned),
            opened_at: self.opened_at,
            first_weighed_at: self.weighings.first().map(|record| record.what.weighed_at),
            last_weighed_at: self.weighings.last().map(|record| record.what.weighed_at),
            ended_at: self.ending.as_ref().map(|ending| ending.at),
            first_gross_kg: first.map(|weighing| weighing.gross_kg),
            last_gross_kg: last.map(|weighing| weighing.gross_kg),
            limit_kg: self.limit_kg(),
            unloaded_kg: if over {
                moved.max(Kilograms::ZERO)
            } else {
                Kilograms::ZERO
            },
            over,
            by_hand: self
                .weighings
                .iter()
                .any(|record| record.what.by_hand.is_some()),
            held_until: self
                .held_until()
                .filter(|_| self.state == InspectionState::Held),
            yard_place: self.yard_place().map(|place| place.place.clone()),
            goods_left_kg: self.goods_here().iter().map(|goods| goods.left_kg).sum(),
            let_through,
            findings: self
                .findings
                .iter()
                .map(|finding| finding.what.kind)
                .collect(),
            case_id: self.case_id().map(str::to_owned),
        }
    }
}

/// Counts for a shift (班次统计).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShiftCounts {
    /// Vehicles weighed for the first time in the shift (检测车辆数).
    pub checked: u64,
    /// Of these, how many were over at any time (超限车辆数).
    pub over: u64,
    /// Of these, how many have figures by hand.
    pub by_hand: u64,
    /// Vehicles that were over and were last weighed in the shift, lighter than at first (卸载车辆数).
    pub unloaded: u64,
    /// What they lost, kg (卸载量).
    pub unloaded_kg: Kilograms,
    /// Vehicles released in the shift.
    pub released: u64,
    /// Vehicles let through in the shift, by reason; reasons without any are left out.
    pub let_through: BTreeMap<LetThroughReason, u64>,
    /// Vehicles that escaped in the shift.
    pub escaped: u64,
}

/// Counts over inspections for a shift from a moment until before another.
pub fn shift_counts<'a>(
    inspections: impl IntoIterator<Item = &'a InspectionIndex>,
    from: Micros,
    until: Micros,
) -> ShiftCounts {
    let within = |at: Option<Micros>| at.is_some_and(|at| from <= at && at < until);
    let mut counts = ShiftCounts::default();
    for inspection in inspections {
        if within(inspection.first_weighed_at) {
            counts.checked = counts.checked.saturating_add(1);
            counts.over = counts.over.saturating_add(u64::from(inspection.over));
            counts.by_hand = counts.by_hand.saturating_add(u64::from(inspection.by_hand));
        }
        if within(inspection.last_weighed_at) && inspection.unloaded_kg > Kilograms::ZERO {
            counts.unloaded = counts.unloaded.saturating_add(1);
            counts.unloaded_kg = counts.unloaded_kg.saturating_add(inspection.unloaded_kg);
        }
        if within(inspection.ended_at) {
            match (inspection.state, inspection.let_through) {
                (InspectionState::Released, _) => {
                    counts.released = counts.released.saturating_add(1);
                }
                (InspectionState::LetThrough, Some(reason)) => {
                    let count = counts.let_through.entry(reason).or_default();
                    *count = count.saturating_add(1);
                }
                (InspectionState::Escaped, _) => {
                    counts.escaped = counts.escaped.saturating_add(1);
                }
                _ => {}
            }
        }
    }
    counts
}
