//! What can be done with one of the four penalties.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::super::lists::NotApplicableReason;
use crate::law::OffenceKind;
use crate::units::Yuan;

/// A step of one of the four penalties.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case", deny_unknown_fields)]
pub enum TrackStep {
    /// It does not apply.
    SetNotApplicable {
        /// Why.
        reason: NotApplicableReason,
        /// In words; needed where the reason is `other`.
        #[serde(default)]
        note: Option<String>,
    },
    /// It applies after all.
    Reopen {
        /// Why.
        reason: String,
    },
    /// Proposed by a person: instigation, or an offence of the source by local rule.
    Propose {
        /// Which offence; needed for the loading source.
        #[serde(default)]
        offence: Option<OffenceKind>,
        /// Why.
        reason: String,
    },
    /// A person decides against it.
    Decline {
        /// Why.
        reason: String,
    },
    /// The party was told, with its right to a hearing.
    Notify {
        /// Number of the notice.
        number: String,
        /// The day it was served.
        on: NaiveDate,
    },
    /// The party gives up its hearing.
    WaiveHearing {
        /// The day.
        on: NaiveDate,
    },
    /// The party asks for a hearing.
    AskHearing {
        /// The day.
        on: NaiveDate,
    },
    /// The hearing was held.
    HoldHearing {
        /// The day.
        on: NaiveDate,
    },
    /// It is decided.
    Decide {
        /// Number of the decision.
        number: String,
        /// The day.
        on: NaiveDate,
        /// The fine, for the loading source; zero when none.
        #[serde(default)]
        fine_yuan: Yuan,
        /// Why.
        reason: String,
    },
    /// It is executed.
    Execute {
        /// The day.
        on: NaiveDate,
        /// In words.
        text: String,
    },
    /// It goes to the authority that is competent.
    Refer {
        /// Which.
        authority: String,
        /// Number of the letter.
        number: String,
        /// The day.
        on: NaiveDate,
    },
    /// A decision that was made is taken back.
    Revoke {
        /// Number of the decision that does so.
        number: String,
        /// The day.
        on: NaiveDate,
        /// Why.
        reason: String,
    },
}
