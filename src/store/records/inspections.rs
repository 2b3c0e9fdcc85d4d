//! Stays at the station.

use serde::Serialize;
use serde_json::Value;

use super::Actor;
use crate::casework::inspection::InspectionIndex;
use crate::units::{Kilograms, Micros};

/// What lists find a stay by (检测).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct InspectionColumns {
    /// State.
    pub state: String,
    /// Plate of the motor vehicle, where known.
    pub plate: Option<String>,
    /// Plate of the trailer.
    pub trailer_plate: Option<String>,
    /// The first weighing, kg.
    pub first_gross_kg: Option<i64>,
    /// The latest weighing, kg.
    pub last_gross_kg: Option<i64>,
    /// Its limit, kg.
    pub limit_kg: Option<i64>,
    /// What was unloaded, kg.
    pub unloaded_kg: Option<i64>,
    /// Until when the vehicle is held, microseconds UTC.
    pub held_until: Option<i64>,
    /// Where in the yard it stands.
    pub yard_place: Option<String>,
    /// The case that came of it.
    pub case_id: Option<String>,
    /// First weighed, microseconds UTC.
    pub first_weighed_at: Option<i64>,
    /// Last weighed, microseconds UTC.
    pub last_weighed_at: Option<i64>,
    /// Ended, microseconds UTC.
    pub ended_at: Option<i64>,
    /// 1 when it was over at any time, else 0; `None` in rows of a release that kept neither this nor
    /// the times above.
    pub was_over: Option<i64>,
    /// 1 when a weighing was typed by hand, else 0.
    pub by_hand: Option<i64>,
    /// Why it was let through, by name.
    pub let_through: Option<String>,
}

impl From<&InspectionIndex> for InspectionColumns {
    fn from(index: &InspectionIndex) -> Self {
        Self {
            state: index.state.name().to_owned(),
            plate: index.plate.clone(),
            trailer_plate: index.trailer_plate.clone(),
            first_gross_kg: index.first_gross_kg.map(Kilograms::get),
            last_gross_kg: index.last_gross_kg.map(Kilograms::get),
            limit_kg: index.limit_kg.map(Kilograms::get),
            unloaded_kg: index.over.then_some(index.unloaded_kg.get()),
            held_until: index
                .held_until
                .map(|day| Micros::end_of_beijing_day(day).get()),
            // What has ended without goods left behind stands in the yard no more.
            yard_place: index
                .yard_place
                .clone()
                .filter(|_| !index.state.is_final() || index.goods_left_kg > Kilograms::ZERO),
            case_id: index.case_id.clone(),
            first_weighed_at: index.first_weighed_at.map(Micros::get),
            last_weighed_at: index.last_weighed_at.map(Micros::get),
            ended_at: index.ended_at.map(Micros::get),
            was_over: Some(i64::from(index.over)),
            by_hand: Some(i64::from(index.by_hand)),
            let_through: index.let_through.map(|reason| reason.name().to_owned()),
        }
    }
}

/// A stay that begins, or a step of one (检测流转).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InspectionStep {
    /// The stay.
    pub inspection_id: String,
    /// Station code.
    pub station: String,
    /// The version the actor saw; 0 begins a stay.
    pub expected_version: i64,
    /// What it is found by after the step.
    pub columns: InspectionColumns,
    /// Passages that it adds.
    pub passages: Vec<String>,
    /// Who did it.
    pub actor: Actor,
    /// When.
    pub at: Micros,
    /// Journal kind, e.g. `inspection_stepped`.
    pub kind: &'static str,
    /// Everything about the step and the stay after it.
    pub body: Value,
}

/// One stay as lists show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct InspectionRow {
    /// Its id.
    pub inspection_id: String,
    /// Station code.
    pub station: String,
    /// What it is found by.
    #[sqlx(flatten)]
    #[serde(flatten)]
    pub columns: InspectionColumns,
    /// Microseconds UTC.
    pub opened_at: i64,
    /// Who began it.
    pub opened_by: String,
    /// Goes up by one with each step.
    pub version: i64,
    /// Journal sequence of the latest step, whose body holds the whole stay.
    pub latest_sequence: i64,
}

/// Numbers of a shift as the store counts them (班次统计).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ShiftNumbers {
    /// First weighed within it.
    pub checked: i64,
    /// Of these, over at any time.
    pub over: i64,
    /// Of these, with figures by hand.
    pub by_hand: i64,
    /// Last weighed within it, lighter than at first.
    pub unloaded: i64,
    /// By how much, kg.
    pub unloaded_kg: i64,
    /// Ended within it: state, why it was let through, how many.
    pub ended: Vec<(String, Option<String>, i64)>,
}
