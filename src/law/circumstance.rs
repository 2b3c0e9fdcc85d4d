//! What an officer finds besides the figures, and what art. 33 of the Administrative Penalty Law
//! makes of it: closed lists.

use serde::{Deserialize, Serialize};

/// A circumstance that an officer found (情节). A closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Circumstance {
    /// The first time (初次违法).
    FirstTime,
    /// The act is minor (违法行为轻微).
    Minor,
    /// Promptly corrected (及时改正).
    PromptlyCorrected,
    /// No harm came of it (没有造成危害后果).
    NoHarm,
    /// Slight harm (危害后果轻微); no harm at all is that too.
    SlightHarm,
    /// The party came by itself to be dealt with (主动接受处理).
    CameForward,
}

impl Circumstance {
    /// All circumstances.
    pub const ALL: [Self; 6] = [
        Self::FirstTime,
        Self::Minor,
        Self::PromptlyCorrected,
        Self::NoHarm,
        Self::SlightHarm,
        Self::CameForward,
    ];

    /// The name used in JSON and in the table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FirstTime => "first_time",
            Self::Minor => "minor",
            Self::PromptlyCorrected => "promptly_corrected",
            Self::NoHarm => "no_harm",
            Self::SlightHarm => "slight_harm",
            Self::CameForward => "came_forward",
        }
    }

    /// The Chinese name.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::FirstTime => "初次违法",
            Self::Minor => "违法行为轻微",
            Self::PromptlyCorrected => "及时改正",
            Self::NoHarm => "没有造成危害后果",
            Self::SlightHarm => "危害后果轻微",
            Self::CameForward => "主动接受处理",
        }
    }

    fn is_among(self, found: &[Self]) -> bool {
        found.contains(&self) || (self == Self::SlightHarm && found.contains(&Self::NoHarm))
    }
}

/// Whether every one of the needed circumstances was found.
pub(super) fn all_found(needed: &[Circumstance], found: &[Circumstance]) -> bool {
    needed.iter().all(|one| one.is_among(found))
}

/// Whether the law spares the party (不予处罚).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sparing {
    /// No ground.
    No,
    /// It may be spared (可以不予行政处罚): first time, slight harm, promptly corrected.
    MaySpare,
    /// There is no penalty (不予行政处罚): minor, promptly corrected, no harm.
    MustSpare,
}

impl Sparing {
    /// All three.
    pub const ALL: [Self; 3] = [Self::No, Self::MaySpare, Self::MustSpare];

    /// The name used in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::MaySpare => "may_spare",
            Self::MustSpare => "must_spare",
        }
    }

    /// The Chinese name.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::No => "没有不予处罚的情形",
            Self::MaySpare => "可以不予行政处罚",
            Self::MustSpare => "不予行政处罚",
        }
    }
}
