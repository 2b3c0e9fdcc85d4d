//! Why a step is refused.

use serde::Serialize;
use thiserror::Error;

use super::action::ActionKind;
use super::condition::CaseCondition;
use crate::casework::case_state::CaseState;
use crate::casework::review::StepError;
use crate::role::Role;

/// A condition that does not hold, with what is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unmet {
    /// Which.
    pub condition: CaseCondition,
    /// What is missing, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

impl Unmet {
    pub(super) fn new(
        condition: CaseCondition,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Self {
        let (zh, en) = (zh.into(), en.into());
        Self { condition, zh, en }
    }
}

/// A step that is refused; the case is as it was.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The role may not do it.
    #[error("role {} may not {}", role.name(), action.en())]
    NotPermitted {
        /// What.
        action: ActionKind,
        /// The role.
        role: Role,
    },
    /// It can't be done in this state.
    #[error("the case is {}: it can't {} there", state.en(), action.en())]
    NotInState {
        /// What.
        action: ActionKind,
        /// The state.
        state: CaseState,
    },
    /// A step of a track that can't be made where it stands.
    #[error("track {track} is {state}: {step} can't be done there")]
    TrackNotInState {
        /// Name of the track.
        track: &'static str,
        /// Where it stands.
        state: &'static str,
        /// Name of the step.
        step: &'static str,
    },
    /// Conditions that do not hold.
    #[error("{}", en_of(unmet))]
    Unmet {
        /// Which, at least one.
        unmet: Vec<Unmet>,
    },
    /// A particular of the action is wrong.
    #[error("{field}: {en}")]
    Invalid {
        /// Which member.
        field: &'static str,
        /// What it should be, in Chinese.
        zh: String,
        /// The same in English.
        en: String,
    },
    /// The law refuses the decision or the figure.
    #[error("{en}")]
    Law {
        /// Why, in Chinese.
        zh: String,
        /// Why, in English.
        en: String,
    },
    /// A review that is refused.
    #[error("{0}")]
    Review(#[from] StepError),
}

fn en_of(unmet: &[Unmet]) -> String {
    each_once(unmet.iter().map(|one| one.en.as_str())).join("; ")
}

/// Texts without the stop at their end, each once: two conditions may fail for one and the same reason.
fn each_once<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut kept = Vec::new();
    for text in texts {
        let text = text.trim_end_matches(['。', '.']);
        if !kept.contains(&text) {
            kept.push(text);
        }
    }
    kept
}

impl Refusal {
    /// One word for it, as the interface gives it.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotPermitted { .. } => "not_permitted",
            Self::NotInState { .. } => "not_in_state",
            Self::TrackNotInState { .. } => "track_not_in_state",
            Self::Unmet { .. } => "unmet",
            Self::Invalid { .. } => "invalid",
            Self::Law { .. } => "law",
            Self::Review(_) => "review",
        }
    }

    /// As a Chinese sentence.
    pub fn zh(&self) -> String {
        match self {
            Self::NotPermitted { action, .. } => format!("此角色不能办理“{}”。", action.zh()),
            Self::NotInState { action, state } => {
                format!("案件处于“{}”，不能办理“{}”。", state.zh(), action.zh())
            }
            Self::TrackNotInState { track, state, step } => {
                format!("责任主体（{track}）处于“{state}”，不能办理“{step}”。")
            }
            Self::Unmet { unmet } => {
                let texts = each_once(unmet.iter().map(|one| one.zh.as_str()));
                format!("{}。", texts.join("；"))
            }
            Self::Invalid { field, zh, .. } => format!("{field}：{zh}"),
            Self::Law { zh, .. } => zh.clone(),
            Self::Review(error) => format!("{}。", error.zh()),
        }
    }

    /// The conditions that do not hold.
    pub fn unmet(&self) -> &[Unmet] {
        match self {
            Self::Unmet { unmet } => unmet,
            _ => &[],
        }
    }

    pub(super) fn invalid(
        field: &'static str,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> Self {
        let (zh, en) = (zh.into(), en.into());
        Self::Invalid { field, zh, en }
    }

    pub(super) fn law(zh: String, en: String) -> Self {
        Self::Law { zh, en }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_that_two_conditions_share_is_said_once() {
        let unmet = [CaseCondition::NoticeServed, CaseCondition::HearingSettled].map(|condition| {
            Unmet::new(
                condition,
                "违法行为通知书尚未送达。",
                "the notice was not served",
            )
        });
        let refusal = Refusal::Unmet {
            unmet: unmet.to_vec(),
        };
        assert_eq!(refusal.zh(), "违法行为通知书尚未送达。");
        assert_eq!(refusal.to_string(), "the notice was not served");
        assert_eq!(refusal.unmet().len(), 2);
    }
}
