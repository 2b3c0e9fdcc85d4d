//! What a case's course leaves in its file: records that are only ever added to.

mod deciding;
mod ending;
mod file;
mod paying;
mod remedies;
mod telling;

pub use deciding::*;
pub use ending::*;
pub use file::*;
pub use paying::*;
pub use remedies::*;
pub use telling::*;

use serde::{Deserialize, Serialize};

use super::action::ActionKind;
pub use super::course::Course;
use crate::casework::case_state::CaseState;
use crate::role::Role;
use crate::units::Micros;

/// Who recorded something, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// User name.
    pub by: String,
    /// In which role.
    pub role: Role,
    /// When.
    pub at: Micros,
}

/// A step of the case, in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// Who and when.
    #[serde(flatten)]
    pub stamp: Stamp,
    /// What was done.
    pub action: ActionKind,
    /// The state before.
    pub from: CaseState,
    /// The state after.
    pub to: CaseState,
    /// Why, where somebody said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}
