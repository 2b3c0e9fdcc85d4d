//! The computed amount (计算数额): what one table makes of an act.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::authority::Authority;
use super::offence::OffencePenalty;
use super::table::TableReference;
use super::verdict::{NoteCode, TransportKind, Verdict};
use super::yuan_range::{by_most_then_least, is_range, range_en, range_zh};
use crate::units::Yuan;

/// What one table makes of an act: kind of penalty, range, and the most that is lawful for it.
/// A decision never changes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct ComputedAmount {
    table: TableReference,
    kind: TransportKind,
    range_yuan: [Yuan; 2],
    statutory_most_yuan: Yuan,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    table: TableReference,
    kind: TransportKind,
    range_yuan: [Yuan; 2],
    statutory_most_yuan: Yuan,
}

impl TryFrom<Unchecked> for ComputedAmount {
    type Error = AmountError;

    fn try_from(given: Unchecked) -> Result<Self, AmountError> {
        Self::new(
            given.table,
            given.kind,
            given.range_yuan,
            given.statutory_most_yuan,
        )
    }
}

/// Amounts that are none.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AmountError {
    /// Negative, upside down, or above the statutory most.
    #[error("{least} to {most} with a statutory most of {statutory_most} is no range of amounts")]
    NoRange {
        /// The least given.
        least: Yuan,
        /// The greatest given.
        most: Yuan,
        /// The statutory most given.
        statutory_most: Yuan,
    },
    /// A fine of nothing, or an amount without a fine.
    #[error("kind {} does not go with an amount up to {most}", kind.name())]
    KindWithoutItsAmount {
        /// The kind given.
        kind: TransportKind,
        /// The greatest amount given.
        most: Yuan,
    },
    /// The verdict names no amount of that authority.
    #[error(
        "the verdict names no amount of {}: judge it under a table in force with what is missing",
        authority.en()
    )]
    NotInVerdict {
        /// Whose amount.
        authority: Authority,
    },
    /// The verdict says of itself that it is no basis of a penalty.
    #[error("the verdict is not fit for a penalty: {}", note.en())]
    Unfit {
        /// The note that says so.
        note: NoteCode,
    },
    /// The offence has no fine.
    #[error("the offence {name} has no fine, hence no amount")]
    NoFine {
        /// Name of the offence.
        name: &'static str,
    },
}

/// Notes with which a verdict is no basis of a penalty.
pub(super) const UNFIT: [NoteCode; 3] = [
    NoteCode::PreSelectionOnly,
    NoteCode::CertificateNotValid,
    NoteCode::RiskTooHigh,
];

impl AmountError {
    /// As a Chinese sentence.
    pub fn zh(&self) -> String {
        match self {
            Self::NoRange {
                least,
                most,
                statutory_most,
            } => format!(
                "数额{}元至{}元、法定最高{}元有误。",
                least.get(),
                most.get(),
                statutory_most.get()
            ),
            Self::KindWithoutItsAmount { kind, most } => {
                format!("{}与数额{}元不符。", kind_zh(*kind), most.get())
            }
            Self::NotInVerdict { authority } => {
                format!(
                    "认定结果中没有{}的处罚数额，请补充资料后重新认定。",
                    authority.zh()
                )
            }
            Self::Unfit { note } => format!("认定结果不得作为处罚依据：{}。", note.zh()),
            Self::NoFine { name } => format!("该违法行为（{name}）不处罚款，没有数额。"),
        }
    }
}

impl ComputedAmount {
    /// An amount by a table: `kind` of penalty (whichever authority imposes it), least and greatest
    /// amount, and the most that the law allows for this act, which no reason can exceed.
    ///
    /// Errors unless `0 <= least <= most <= statutory most`, and there is an amount exactly when
    /// it is a fine.
    pub fn new(
        table: TableReference,
        kind: TransportKind,
        range_yuan: [Yuan; 2],
        statutory_most_yuan: Yuan,
    ) -> Result<Self, AmountError> {
        let [least, most] = range_yuan;
        if !is_range(range_yuan) || statutory_most_yuan < most {
            return Err(AmountError::NoRange {
                least,
                most,
                statutory_most: statutory_most_yuan,
            });
        }
        if (kind == TransportKind::Fine) == (most == Yuan::ZERO) {
            return Err(AmountError::KindWithoutItsAmount { kind, most });
        }
        Ok(Self {
            table,
            kind,
            range_yuan,
            statutory_most_yuan,
        })
    }

    /// The amount of one authority in a verdict on a mass. The law names a rate or a range for the
    /// overage itself, so its upper end is the most that is lawful, whatever the general cap.
    ///
    /// Dimensions that are over add their range.
    ///
    /// Errors when the verdict has no table, no amount of that authority, or says of itself that it
    /// is no basis of a penalty: a pre-selection reading, a certificate that does not cover the day,
    /// a stated risk above the setting.
    pub fn from_verdict(verdict: &Verdict, authority: Authority) -> Result<Self, AmountError> {
        let unfit = UNFIT.into_iter().find(|note| verdict.has_note(*note));
        if let Some(note) = unfit {
            return Err(AmountError::Unfit { note });
        }
        let amount = match authority {
            Authority::Transport => {
                verdict
                    .transport
                    .map(|penalty| match penalty.total_range_yuan {
                        Some(range) => (TransportKind::Fine, range),
                        None => (penalty.kind, [penalty.yuan; 2]),
                    })
            }
            Authority::Police => verdict
                .police
                .and_then(|penalty| penalty.fine_range_yuan)
                .map(|range| match range[1] {
                    Yuan::ZERO => (TransportKind::None, range),
                    _ => (TransportKind::Fine, range),
                }),
        };
        let (Some(table), Some((kind, range))) = (&verdict.table, amount) else {
            return Err(AmountError::NotInVerdict { authority });
        };
        Self::new(table.clone(), kind, range, range[1])
    }

    /// The amount of an offence beside the mass.
    ///
    /// Errors when the offence has no fine.
    pub fn from_offence(penalty: &OffencePenalty) -> Result<Self, AmountError> {
        let range = penalty.range_yuan.ok_or(AmountError::NoFine {
            name: penalty.kind.name(),
        })?;
        Self::new(penalty.table.clone(), TransportKind::Fine, range, range[1])
    }

    /// The table it was computed by.
    pub const fn table(&self) -> &TableReference {
        &self.table
    }

    /// None, warning or fine.
    pub const fn kind(&self) -> TransportKind {
        self.kind
    }

    /// Least and greatest amount, whole yuan; zero when it is no fine.
    pub const fn range_yuan(&self) -> [Yuan; 2] {
        self.range_yuan
    }

    /// The most that the law allows for this act.
    pub const fn statutory_most_yuan(&self) -> Yuan {
        self.statutory_most_yuan
    }

    /// Mildest first: kind, then greatest, then least amount.
    pub(super) fn severity(&self) -> (TransportKind, (Yuan, Yuan)) {
        (self.kind, by_most_then_least(self.range_yuan))
    }

    pub(super) fn words_zh(&self) -> String {
        penalty_zh(self.kind, self.range_yuan)
    }

    pub(super) fn words_en(&self) -> String {
        penalty_en(self.kind, self.range_yuan)
    }
}

/// Kind and amount in words, `罚款200元以上500元以下`.
pub(super) fn penalty_zh(kind: TransportKind, range: [Yuan; 2]) -> String {
    match kind {
        TransportKind::Fine => format!("罚款{}", range_zh(range)),
        other => kind_zh(other).to_owned(),
    }
}

/// The same in English, `fine of 200 to 500 yuan`.
pub(super) fn penalty_en(kind: TransportKind, range: [Yuan; 2]) -> String {
    match kind {
        TransportKind::Fine => format!("fine of {}", range_en(range)),
        other => kind_en(other).to_owned(),
    }
}

pub(super) const fn kind_zh(kind: TransportKind) -> &'static str {
    match kind {
        TransportKind::None => "不处罚",
        TransportKind::Warning => "警告",
        TransportKind::Fine => "罚款",
    }
}

const fn kind_en(kind: TransportKind) -> &'static str {
    match kind {
        TransportKind::None => "no penalty",
        TransportKind::Warning => "warning",
        TransportKind::Fine => "fine",
    }
}
