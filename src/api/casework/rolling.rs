//! What a case that begins or ceases to count does to the tracks of others: a proposal lapses, or goes to
//! the case that is the latest now.

use std::collections::BTreeSet;

use super::counters;
use super::facts::gather;
use super::steps::{counted_row, officers};
use crate::api::cases::case_file;
use crate::api::error::ApiError;
use crate::api::state::AppState;
use crate::casework::CaseFile;
use crate::casework::procedure::roll;
use crate::store::StoreError;
use crate::store::records::{self, CaseColumns, CaseStep};

/// Journal kind of a change that counters made.
pub const CASE_ROLLED: &str = "case_rolled";

/// Tries against people who work on the same case.
const TRIES: usize = 5;

/// Counts anew for the cases that share a party with one that changed. What is left undone because the
/// machine failed is done by the next change of a case of the same party.
///
/// # Errors
/// When the store can't answer.
pub async fn roll_others(
    state: &AppState,
    before: &CaseFile,
    after: &CaseFile,
) -> Result<(), ApiError> {
    let today = state.now().beijing_day();
    let mut others = BTreeSet::new();
    for case in [before, after] {
        for (kind, track) in case.tracks.all() {
            let Some(id) = track.counted_id() else {
                continue;
            };
            let cases = counters::counted_cases(state.store(), kind, id, today).await?;
            others.extend(cases.into_iter().map(|case| case.case_id));
        }
    }
    others.remove(&after.case_id);
    for case_id in others {
        roll_one(state, &case_id).await?;
    }
    Ok(())
}

/// Counts anew for one case; past cases of the register have no tracks.
///
/// # Errors
/// When the store can't answer.
pub async fn roll_one(state: &AppState, case_id: &str) -> Result<(), ApiError> {
    for _ in 0..TRIES {
        let Some(row) = state.store().case(case_id).await? else {
            return Ok(());
        };
        let (Some(case), _) = case_file(state.store(), case_id).await? else {
            return Ok(());
        };
        let now = state.now();
        let counts = counters::of_case(state.store(), state.casework(), &case, now).await?;
        let Some(after) = roll(&case, &counts, now) else {
            return Ok(());
        };
        let gathered = gather(state, &after, None, now).await?;
        let index = after.index(&gathered.facts(state.casework()), now);
        let step = CaseStep {
            case_id: case_id.to_owned(),
            expected_version: row.version,
            columns: CaseColumns::of(&index, &after),
            officers: officers(&case, &after),
            numbers: Vec::new(),
            act: records::ActChange::Keep,
            counted: counted_row(&after)?,
            actor: records::Actor::station(),
            at: now,
            kind: CASE_ROLLED,
            body: after.roll_body(),
        };
        match state.store().step_case(step).await {
            Ok(_) => return Ok(()),
            Err(StoreError::Stale { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    tracing::warn!(
        case_id,
        "counters: others keep changing this case, it is counted at the next change"
    );
    Ok(())
}
