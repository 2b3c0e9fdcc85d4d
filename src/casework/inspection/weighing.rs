//! What makes a weighing usable, and what the last one that counts allows.

use super::action::InspectionAction;
use super::condition::Asked;
use super::facts::{Facts, PermitFact, WeighedPassage};
use super::payload::WeighingInput;
use super::record::Inspection;
use super::refusal::Refusal;
use super::state::InspectionState;
use crate::units::{Kilograms, Micros};

/// The limit for the vehicle: the latest verdict's, else the one known last.
pub(super) fn limit(inspection: &Inspection, facts: &Facts<'_>) -> Option<Kilograms> {
    facts.limit_kg.or_else(|| inspection.limit_kg())
}

/// Whether a permit covers a gross: only a load stated to be indivisible, and only a mass it names.
pub(super) fn covers(inspection: &Inspection, permit: &PermitFact, gross: Kilograms) -> bool {
    inspection.description().divisible == Some(false)
        && permit.valid
        && permit.gross_kg.is_some_and(|allowed| gross <= allowed)
}

/// Whether a permit that was shown covers a gross, as the register has it now.
pub(super) fn shown_permit_covers(
    inspection: &Inspection,
    facts: &Facts<'_>,
    gross: Kilograms,
) -> bool {
    inspection.permits.iter().any(|shown| {
        facts
            .permit(&shown.what.number)
            .is_some_and(|permit| covers(inspection, permit, gross))
    })
}

pub(super) fn at_or_under_limit(inspection: &Inspection, facts: &Facts<'_>) -> Result<(), Refusal> {
    let last = inspection
        .legal_weighings()
        .next_back()
        .ok_or(Refusal::NoLegalWeighing)?;
    let gross_kg = last.what.gross_kg;
    if shown_permit_covers(inspection, facts, gross_kg) {
        return Ok(());
    }
    let limit_kg = limit(inspection, facts).ok_or(Refusal::LimitUnknown)?;
    if gross_kg > limit_kg {
        return Err(Refusal::OverLimit { gross_kg, limit_kg });
    }
    Ok(())
}

/// The passage that a weighing names.
pub(super) fn passage<'a>(
    facts: &'a Facts<'_>,
    passage_id: &str,
) -> Result<&'a WeighedPassage, Refusal> {
    facts
        .passage
        .as_ref()
        .filter(|passage| passage.passage_id == passage_id)
        .ok_or_else(|| Refusal::PassageUnknown {
            passage_id: passage_id.to_owned(),
        })
}

pub(super) fn weighing_usable(asked: &Asked<'_>) -> Result<(), Refusal> {
    let Some(InspectionAction::Weigh(entry) | InspectionAction::Reweigh(entry)) = asked.action
    else {
        return Ok(());
    };
    let inspection = asked.inspection;
    if let Some(number) = entry.request
        && !inspection
            .requests
            .iter()
            .any(|request| request.number == number)
    {
        return Err(Refusal::NoOpenRequest { number });
    }
    let input = match &entry.weighing {
        WeighingInput::Passage(input) => input,
        WeighingInput::Hand(_) if asked.facts.settings.hand_entry_allowed => return Ok(()),
        WeighingInput::Hand(_) => return Err(Refusal::HandEntryOff),
    };
    let passage = passage(asked.facts, &input.passage_id)?;
    let here = inspection
        .weighings
        .iter()
        .any(|weighing| weighing.what.passage_id.as_ref() == Some(&passage.passage_id))
        .then(|| inspection.inspection_id.clone());
    let elsewhere = passage
        .used_by
        .clone()
        .filter(|used_by| *used_by != inspection.inspection_id);
    if let Some(inspection_id) = here.or(elsewhere) {
        return Err(Refusal::PassageUsed {
            passage_id: passage.passage_id.clone(),
            inspection_id,
        });
    }
    let from = inspection
        .weighings
        .iter()
        .map(|weighing| weighing.what.weighed_at)
        .chain(inspection.selection.crossed_at)
        .max()
        .unwrap_or(Micros::ZERO);
    if passage.at < from || passage.at > asked.now {
        return Err(Refusal::OutOfOrder {
            passage_id: passage.passage_id.clone(),
            at: passage.at,
            from,
            until: asked.now,
        });
    }
    Ok(())
}

pub(super) fn same_vehicle(asked: &Asked<'_>) -> Result<(), Refusal> {
    let Some(InspectionAction::Weigh(entry) | InspectionAction::Reweigh(entry)) = asked.action
    else {
        return Ok(());
    };
    let found = match &entry.weighing {
        WeighingInput::Passage(_) => asked
            .facts
            .passage
            .as_ref()
            .and_then(|passage| passage.plate.as_deref()),
        WeighingInput::Hand(_) => None,
    };
    match (found, asked.inspection.plate()) {
        (Some(found), Some(wanted)) if found != wanted && entry.plate_differs.is_none() => {
            Err(Refusal::OtherVehicle {
                found: found.to_owned(),
                wanted: wanted.to_owned(),
            })
        }
        _ => Ok(()),
    }
}

pub(super) fn no_new_act(asked: &Asked<'_>) -> Result<(), Refusal> {
    let Some(InspectionAction::Reweigh(entry)) = asked.action else {
        return Ok(());
    };
    let inspection = asked.inspection;
    let gross_kg = match &entry.weighing {
        WeighingInput::Hand(hand) => hand.gross_kg,
        WeighingInput::Passage(input) => {
            let passage = passage(asked.facts, &input.passage_id)?;
            if passage.not_legal.is_some() {
                return Ok(());
            }
            passage.gross_kg
        }
    };
    let limit_kg = limit(inspection, asked.facts);
    match limit_kg {
        Some(limit_kg)
            if inspection.course == InspectionState::Cleared
                && gross_kg > limit_kg
                && !shown_permit_covers(inspection, asked.facts, gross_kg) =>
        {
            Err(Refusal::NewAct {
                gross_kg,
                limit_kg,
                inspection_id: inspection.inspection_id.clone(),
            })
        }
        _ => Ok(()),
    }
}
