//! Why a decision cannot stand.

use chrono::NaiveDate;
use thiserror::Error;

use super::amount::{kind_zh, penalty_zh};
use super::derivation::Citation;
use super::verdict::TransportKind;
use super::yuan_range::range_zh;
use crate::units::Yuan;

/// A decision that cannot stand.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DecisionRefused {
    /// The table does not hold on the day, or has no rules of deciding for it.
    #[error("table {table} has no rules of deciding in force on {day}: take the table of that day")]
    NoRules {
        /// Id of the table.
        table: String,
        /// The day of the decision.
        day: NaiveDate,
    },
    /// The comparison was made with another table than the one now in force.
    #[error(
        "the milder result was sought with table {compared}, in force is {in_force}: judge again"
    )]
    ComparisonOutdated {
        /// Id of the table compared.
        compared: String,
        /// Id of the table in force.
        in_force: String,
    },
    /// The decision names another table than the milder one.
    #[error(
        "the decision goes by table {named} ({}), the computed amount by table {milder} ({}): {}",
        .named_digest, .milder_digest, .article.en()
    )]
    NotTheMilderTable {
        /// Id of the table that the decision names.
        named: String,
        /// Its digest.
        named_digest: String,
        /// Id of the table of the computed amount.
        milder: String,
        /// Its digest.
        milder_digest: String,
        /// Where the rule of the milder table stands.
        article: Citation,
    },
    /// An amount below zero.
    #[error("an amount of {yuan} is below zero")]
    Negative {
        /// The amount.
        yuan: Yuan,
    },
    /// A fine of nothing, or an amount without a fine.
    #[error("decided kind {} does not go with an amount of {yuan}", kind.name())]
    KindWithoutItsAmount {
        /// The kind.
        kind: TransportKind,
        /// The amount.
        yuan: Yuan,
    },
    /// A heavier kind of penalty than the computed one, such as a fine instead of a warning.
    #[error("decided is a {}, computed a {}: no reason allows that", decided.name(), computed.name())]
    HeavierKind {
        /// What was computed.
        computed: TransportKind,
        /// What was decided.
        decided: TransportKind,
    },
    /// The circumstances found exclude a penalty.
    #[error("the circumstances found exclude a penalty: {}", .article.en())]
    MustBeSpared {
        /// Where that stands.
        article: Citation,
    },
    /// Above what the law allows for the act.
    #[error("{yuan} is above the statutory most of {statutory_most}")]
    AboveStatutoryMost {
        /// The amount.
        yuan: Yuan,
        /// The most.
        statutory_most: Yuan,
    },
    /// Heavier than announced, after the party defended itself.
    #[error("{yuan} is heavier than the {announced} announced before the defence: {}", .article.en())]
    HeavierAfterDefence {
        /// The amount.
        yuan: Yuan,
        /// The amount announced.
        announced: Yuan,
        /// Where that stands.
        article: Citation,
    },
    /// The discretion range was made of another amount.
    #[error(
        "the discretion range was made of {} to {}, computed is {} to {}: make it again",
        of[0], of[1], computed[0], computed[1]
    )]
    DiscretionOfAnotherAmount {
        /// Least and greatest it was made of.
        of: [Yuan; 2],
        /// Least and greatest computed.
        computed: [Yuan; 2],
    },
    /// Nobody is named as deciding.
    #[error("nobody is named as deciding: set `by`")]
    NobodyDecides,
    /// It is not what was computed, and no reason is given.
    #[error(
        "decided {} of {yuan}, computed {} of {} to {}: give a reason",
        decided.name(), computed.name(), range[0], range[1]
    )]
    ReasonMissing {
        /// What was decided.
        decided: TransportKind,
        /// The amount.
        yuan: Yuan,
        /// What was computed.
        computed: TransportKind,
        /// Least and greatest computed.
        range: [Yuan; 2],
    },
    /// It is outside of the discretion standard, and no reason is given.
    #[error("{yuan} is outside of the discretion standard's {} to {}: give a reason", range[0], range[1])]
    OutsideDiscretion {
        /// The amount.
        yuan: Yuan,
        /// Least and greatest of the standard.
        range: [Yuan; 2],
    },
}

impl DecisionRefused {
    /// As a Chinese sentence.
    pub fn zh(&self) -> String {
        match self {
            Self::NoRules { table, day } => {
                format!("法规表{table}在{day}没有适用的处罚决定规则，请使用当日有效的法规表。")
            }
            Self::ComparisonOutdated { compared, in_force } => {
                format!("从轻比较使用的法规表{compared}不是现行的{in_force}，请重新认定。")
            }
            Self::NotTheMilderTable {
                named,
                milder,
                article,
                ..
            } => format!(
                "决定依据法规表{named}，应适用处罚较轻的法规表{milder}（{}）。",
                article.zh()
            ),
            Self::Negative { yuan } => format!("数额{}元小于零。", yuan.get()),
            Self::KindWithoutItsAmount { kind, yuan } => {
                format!("决定{}与数额{}元不符。", kind_zh(*kind), yuan.get())
            }
            Self::HeavierKind { computed, decided } => format!(
                "计算结果为{}，不得决定{}。",
                kind_zh(*computed),
                kind_zh(*decided)
            ),
            Self::MustBeSpared { article } => {
                format!("已认定的情节应当不予行政处罚（{}）。", article.zh())
            }
            Self::AboveStatutoryMost {
                yuan,
                statutory_most,
            } => format!(
                "数额{}元超过法定最高数额{}元。",
                yuan.get(),
                statutory_most.get()
            ),
            Self::HeavierAfterDefence {
                yuan,
                announced,
                article,
            } => format!(
                "当事人申辩后，数额{}元重于告知的{}元，不得因申辩加重处罚（{}）。",
                yuan.get(),
                announced.get(),
                article.zh()
            ),
            Self::DiscretionOfAnotherAmount { of, computed } => format!(
                "裁量幅度按{}得出，计算数额为{}，请重新裁量。",
                range_zh(*of),
                range_zh(*computed)
            ),
            Self::NobodyDecides => "没有写明决定人。".to_owned(),
            Self::ReasonMissing {
                decided,
                yuan,
                computed,
                range,
            } => format!(
                "决定{}，计算结果为{}，须写明理由。",
                penalty_zh(*decided, [*yuan; 2]),
                penalty_zh(*computed, *range)
            ),
            Self::OutsideDiscretion { yuan, range } => format!(
                "数额{}元不在裁量幅度{}之内，须写明理由。",
                yuan.get(),
                range_zh(*range)
            ),
        }
    }
}
