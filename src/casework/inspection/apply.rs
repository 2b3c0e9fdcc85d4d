//! Carries the table out: one step of one person makes the next inspection of the one before.

use super::action::InspectionAction;
use super::condition::{Asked, check};
use super::facts::{Actor, Facts};
use super::form::well_formed;
use super::record::{HistoryEntry, Inspection};
use super::refusal::Refusal;
use super::state::{InspectionState, InspectionStep};
use super::table::InspectionMachine;
use super::taken::Taken;
use crate::casework::machine::{Transition, transition};
use crate::law::Authority;
use crate::units::Micros;

/// The inspection after a step.
///
/// # Errors
/// [`Refusal`]; the inspection is then as it was.
pub fn apply(
    inspection: &Inspection,
    action: &InspectionAction,
    actor: &Actor,
    facts: &Facts<'_>,
    now: Micros,
) -> Result<Inspection, Refusal> {
    let step = action.step();
    if step == InspectionStep::Select {
        return Err(Refusal::AlreadyOpen {
            inspection_id: inspection.inspection_id.clone(),
        });
    }
    let row = row_of(inspection, step)?;
    if !row.permits(actor.role) {
        return Err(Refusal::NotPermitted {
            role: actor.role,
            step,
        });
    }
    well_formed(action, now)?;
    let asked = Asked {
        inspection,
        action: Some(action),
        authority: authority_of(step),
        facts,
        now,
    };
    for condition in row.conditions {
        check(*condition, &asked)?;
    }
    let mut after = Taken::start(inspection, actor, facts, now).take(action)?;
    after.state = match (after.ending.is_some(), after.in_force().is_some()) {
        (false, true) => InspectionState::Held,
        _ => after.course,
    };
    after.history.push(HistoryEntry {
        at: now,
        by: actor.name.clone(),
        role: actor.role,
        step,
        state: after.state,
        course: after.course,
    });
    Ok(after)
}

pub(super) const fn authority_of(step: InspectionStep) -> Authority {
    match step {
        InspectionStep::PoliceHold => Authority::Police,
        _ => Authority::Transport,
    }
}

/// The row of a step. Beneath a hold the course must allow it too, unless it is about the hold itself.
pub(super) fn row_of(
    inspection: &Inspection,
    step: InspectionStep,
) -> Result<&'static Transition<InspectionMachine>, Refusal> {
    let find = |state| {
        transition::<InspectionMachine>(state, step).ok_or(Refusal::NotHere { step, state })
    };
    let row = find(inspection.state)?;
    let about_hold = row.from == [InspectionState::Held].as_slice();
    if inspection.state == InspectionState::Held && !about_hold {
        find(inspection.course)?;
    }
    Ok(row)
}
