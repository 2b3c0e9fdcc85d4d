//! The two reviews (初审、复审). Administrative Penalty Law art. 41: what an instrument recorded must
//! be reviewed before it is evidence. Two different persons confirm a case, either may discard it.

use serde::{Deserialize, Serialize};

use super::case_file::{CaseFile, CaseState, DiscardReason, Review, Stage};
use super::permission::{Permission, may};
use crate::role::Role;
use crate::units::Micros;

/// Longest note, in characters.
pub const NOTE_LIMIT: usize = 1_000;

/// What a reviewer decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// The case is in order (通过).
    Confirm,
    /// The case is not handled (不予处理).
    Discard,
}

/// A step that somebody wants to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Found in order.
    Confirm {
        /// The reviewer has compared the plate with the picture and found them the same (已比对).
        plate_compared: bool,
        /// In the reviewer's words.
        note: Option<String>,
    },
    /// Not to be handled.
    Discard {
        /// Why.
        reason: DiscardReason,
        /// In the reviewer's words; needed where the reason is [`DiscardReason::Other`].
        note: Option<String>,
    },
}

/// Why a step is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StepError {
    /// Confirmed and discarded cases stay so.
    #[error("the case is {} already, no review follows", state.name())]
    Final {
        /// Its state.
        state: CaseState,
    },
    /// The role may not make this review.
    #[error("role {} may not make this review", role.name())]
    NotPermitted {
        /// The role.
        role: Role,
        /// Which review comes next.
        stage: Stage,
    },
    /// The second review must be another person's.
    #[error("{reviewer} made the first review; the second must be another person's")]
    SamePerson {
        /// Who made the first.
        reviewer: String,
    },
    /// One camera alone read the plate: who confirms last must have compared it with the picture.
    #[error(
        "one camera alone read the plate: the second reviewer confirms only after comparing it with the \
         picture, and says so"
    )]
    PlateNotCompared,
    /// The reason `other` explains nothing by itself.
    #[error("the reason is \"other\": the note must say which")]
    NoteMissing,
    /// The note is too long.
    #[error("the note has {found} characters, {NOTE_LIMIT} are allowed")]
    NoteTooLong {
        /// Its length.
        found: usize,
    },
}

impl StepError {
    /// The same in Chinese, without a full stop.
    pub fn zh(&self) -> String {
        match self {
            Self::Final { .. } => "案件已办结，不再复核".to_owned(),
            Self::NotPermitted { .. } => "此角色不能进行本次复核".to_owned(),
            Self::SamePerson { .. } => "初审与复审不得为同一人".to_owned(),
            Self::PlateNotCompared => {
                "车牌仅一台相机识别：复审通过前须将号牌与照片比对，并在此声明".to_owned()
            }
            Self::NoteMissing => "原因为“其他”时须填写说明".to_owned(),
            Self::NoteTooLong { found } => format!("说明最多{NOTE_LIMIT}字，现为{found}字"),
        }
    }
}

/// Which review a case waits for, `None` when none.
pub const fn next_stage(state: CaseState) -> Option<Stage> {
    match state {
        CaseState::AwaitingFirstReview => Some(Stage::First),
        CaseState::AwaitingSecondReview => Some(Stage::Second),
        _ => None,
    }
}

/// The case after a step of `actor`, a user's name, acting as `role`.
///
/// # Errors
/// [`StepError`]; the case is then as it was.
pub fn step(
    case: &CaseFile,
    action: Action,
    actor: &str,
    role: Role,
    now: Micros,
) -> Result<CaseFile, StepError> {
    let Some(stage) = next_stage(case.state) else {
        return Err(StepError::Final { state: case.state });
    };
    let permission = match stage {
        Stage::First => Permission::CaseReviewFirst,
        Stage::Second => Permission::CaseReviewSecond,
    };
    if !may(role, permission) {
        return Err(StepError::NotPermitted { role, stage });
    }
    // Names are unique without regard to letter case, so they are compared without it.
    if let Some(earlier) = case
        .reviews
        .iter()
        .find(|review| review.reviewer.eq_ignore_ascii_case(actor))
    {
        return Err(StepError::SamePerson {
            reviewer: earlier.reviewer.clone(),
        });
    }
    let (decision, plate_compared, reason, note) = match action {
        Action::Confirm {
            plate_compared,
            note,
        } => (Decision::Confirm, plate_compared, None, note),
        Action::Discard { reason, note } => (Decision::Discard, false, Some(reason), note),
    };
    let is_last = decision == Decision::Confirm && stage == Stage::Second;
    if is_last && case.plate_unconfirmed && !plate_compared {
        return Err(StepError::PlateNotCompared);
    }
    let note = note
        .map(|note| note.trim().to_owned())
        .filter(|note| !note.is_empty());
    if reason == Some(DiscardReason::Other) && note.is_none() {
        return Err(StepError::NoteMissing);
    }
    if let Some(found) = note
        .as_ref()
        .map(|note| note.chars().count())
        .filter(|length| *length > NOTE_LIMIT)
    {
        return Err(StepError::NoteTooLong { found });
    }
    let mut after = case.clone();
    after.state = match (decision, stage) {
        (Decision::Discard, _) => CaseState::Discarded,
        (Decision::Confirm, Stage::First) => CaseState::AwaitingSecondReview,
        (Decision::Confirm, Stage::Second) => CaseState::Confirmed,
    };
    if after.state == CaseState::Discarded {
        super::procedure::track::drop_all(&mut after.tracks, actor, now);
    }
    after.reviews.push(Review {
        stage,
        reviewer: actor.to_owned(),
        role,
        at: now,
        confirmed: decision == Decision::Confirm,
        plate_compared,
        reason,
        note,
    });
    Ok(after)
}

#[cfg(test)]
mod tests;
