//! Who acts, and with which licence.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::role::Role;

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// User name.
    pub name: String,
    /// Acting as.
    pub role: Role,
}

/// The licence of an officer (执法证).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OfficerLicence {
    /// Its number.
    pub number: String,
    /// The first day it holds; `None` where the register names none.
    #[serde(default)]
    pub valid_from: Option<NaiveDate>,
    /// The last day it holds; `None` where the register names none.
    #[serde(default)]
    pub valid_until: Option<NaiveDate>,
    /// The officer's agency.
    #[serde(default)]
    pub agency: Option<String>,
}

impl OfficerLicence {
    /// Whether it holds on a day.
    pub fn covers(&self, day: NaiveDate) -> bool {
        self.valid_from.is_none_or(|first| first <= day)
            && self.valid_until.is_none_or(|last| day <= last)
    }
}
