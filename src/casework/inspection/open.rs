//! Opens an inspection.

use super::action::InspectionAction;
use super::condition::sound;
use super::facts::{Actor, Facts};
use super::form::well_formed;
use super::payload::Select;
use super::record::{HistoryEntry, Inspection, Selection, inspection_id};
use super::refusal::Refusal;
use super::state::{InspectionState, InspectionStep};
use super::table::InspectionMachine;
use super::weighing::passage;
use crate::casework::machine::Machine;
use crate::units::Micros;

/// Opens an inspection by [`InspectionAction::Select`].
///
/// Where the action names a passage, `facts.passage` has what the store knows of it.
///
/// # Errors
/// [`Refusal`].
pub fn open(
    select: &Select,
    actor: &Actor,
    facts: &Facts<'_>,
    now: Micros,
) -> Result<Inspection, Refusal> {
    let step = InspectionStep::Select;
    let permitted = InspectionMachine::TRANSITIONS
        .iter()
        .any(|row| row.action == step && row.permits(actor.role));
    if !permitted {
        return Err(Refusal::NotPermitted {
            role: actor.role,
            step,
        });
    }
    well_formed(&InspectionAction::Select(select.clone()), now)?;
    let known = match &select.passage_id {
        Some(passage_id) => Some(passage(facts, passage_id)?),
        None => None,
    };
    select.plate.as_deref().map_or(Ok(()), sound)?;
    let key = match (&select.passage_id, &select.inspection_id) {
        (Some(passage_id), _) => inspection_id(passage_id),
        (None, Some(given)) => given.clone(),
        (None, None) => return Err(Refusal::NoKey),
    };
    let selection = Selection {
        by: select.by,
        passage_id: select.passage_id.clone(),
        crossed_at: known.map(|passage| passage.at),
        gross_kg: known.map(|passage| passage.gross_kg),
        plate: known
            .and_then(|passage| passage.plate.clone())
            .or_else(|| select.plate.clone()),
        plate_colour: known.and_then(|passage| passage.plate_colour.clone()),
        note: select.note.clone(),
    };
    let state = InspectionState::Selected;
    Ok(Inspection {
        inspection_id: key,
        station: select.station.clone(),
        lane: select.lane,
        follows: select.follows.clone(),
        opened_at: now,
        state,
        course: state,
        selection,
        identities: Vec::new(),
        descriptions: Vec::new(),
        limits: Vec::new(),
        weighings: Vec::new(),
        voided: Vec::new(),
        requests: Vec::new(),
        answers: Vec::new(),
        sheets: Vec::new(),
        movings: Vec::new(),
        permits: Vec::new(),
        measures: Vec::new(),
        places: Vec::new(),
        goods_stored: Vec::new(),
        goods_collected: Vec::new(),
        findings: Vec::new(),
        police: Vec::new(),
        cases: Vec::new(),
        signatures: Vec::new(),
        documents: Vec::new(),
        notes: Vec::new(),
        attachments: Vec::new(),
        corrections: Vec::new(),
        ending: None,
        history: vec![HistoryEntry {
            at: now,
            by: actor.name.clone(),
            role: actor.role,
            step,
            state,
            course: state,
        }],
    })
}
