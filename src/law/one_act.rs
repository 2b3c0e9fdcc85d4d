//! Who may impose a fine: one act, one fine (一事不二罚).
//!
//! Transport authority and police each have an amount for one overload. The mode of enforcement
//! says who of them fines; where both could, the amounts are alternatives and the higher rules
//! (Administrative Penalty Law art. 29). Licence points are no fine and stand beside it; so does
//! a warning.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::authority::{Authority, EnforcementMode};
use super::derivation::Citation;
use super::figures::Figure;
use super::table::{Table, check_mark};
use super::yuan_range::{by_most_then_least, is_range, range_en, range_zh};
use crate::units::Yuan;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct OneFine {
    valid_from: NaiveDate,
    sure: String,
    article: Citation,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ModeRow {
    mode: EnforcementMode,
    fined_by: Figure<Vec<Authority>>,
    points_by_police: Figure<bool>,
    unloading_supervised_by: Option<Figure<Authority>>,
    article: Citation,
}

/// The table's section: who fines in which mode.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Enforcement {
    one_fine: OneFine,
    mode: Vec<ModeRow>,
}

impl Enforcement {
    pub(super) fn check(&self) -> Result<(), String> {
        check_mark("enforcement.one_fine", &self.one_fine.sure)?;
        for (index, row) in self.mode.iter().enumerate() {
            let name = format!("enforcement.mode {}", row.mode.name());
            check_mark(&name, &row.fined_by.sure)?;
            check_mark(&name, &row.points_by_police.sure)?;
            if let Some(by) = &row.unloading_supervised_by {
                check_mark(&name, &by.sure)?;
            }
            let by = &row.fined_by.value;
            let different: BTreeSet<Authority> = by.iter().copied().collect();
            if different.len() != by.len() {
                return Err(format!("{name}: an authority stands twice in fined_by"));
            }
            if self
                .mode
                .iter()
                .take(index)
                .any(|other| other.mode == row.mode)
            {
                return Err(format!("{name}: stands twice"));
            }
        }
        Ok(())
    }
}

/// Why an amount is not imposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlternativeReason {
    /// In this mode that authority does not fine.
    NotInThisMode,
    /// The other amount is higher, and the higher rules.
    LowerAmount,
    /// Both are the same, and one act has one fine.
    SameAmount,
}

impl AlternativeReason {
    /// All reasons.
    pub const ALL: [Self; 3] = [Self::NotInThisMode, Self::LowerAmount, Self::SameAmount];

    /// The name used in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotInThisMode => "not_in_this_mode",
            Self::LowerAmount => "lower_amount",
            Self::SameAmount => "same_amount",
        }
    }

    /// As a Chinese clause.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::NotInThisMode => "该执法方式下不由其罚款",
            Self::LowerAmount => "同一违法行为只处一次罚款，按罚款数额高的规定处罚",
            Self::SameAmount => "数额相同，同一违法行为只处一次罚款",
        }
    }

    /// As an English clause.
    pub const fn en(self) -> &'static str {
        match self {
            Self::NotInThisMode => "in this mode they do not fine",
            Self::LowerAmount => "one act has one fine, and the higher amount rules",
            Self::SameAmount => "the amounts are the same, and one act has one fine",
        }
    }
}

/// An amount that is not imposed, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherFine {
    /// Whose.
    pub authority: Authority,
    /// Least and greatest, whole yuan.
    pub fine_range_yuan: [Yuan; 2],
    /// Why not.
    pub why: AlternativeReason,
}

/// The one fine of one act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OneAct {
    /// How the vehicle was met.
    pub mode: EnforcementMode,
    /// Who fines; `None`: nobody.
    pub by: Option<Authority>,
    /// Least and greatest fine of that authority, whole yuan; zero when nobody fines.
    pub fine_range_yuan: [Yuan; 2],
    /// The fines that are not imposed, each with why.
    pub alternatives: Vec<OtherFine>,
    /// Points that the police still give beside the fine; `None`: no points, or not by this mode.
    pub points: Option<u8>,
    /// Who supervises unloading (卸载); `None`: nobody is stopped, or not said.
    pub unloading_supervised_by: Option<Authority>,
    /// Where the mode's rule stands.
    pub mode_article: Citation,
    /// Where "one act, one fine" stands.
    pub one_fine_article: Citation,
}

impl OneAct {
    /// Whether the police give points although the fine may be another's.
    pub const fn points_by_police_still(&self) -> bool {
        self.points.is_some()
    }

    /// Whether it was the higher amount that decided who fines.
    pub fn higher_rule(&self) -> bool {
        self.alternatives
            .iter()
            .any(|other| other.why == AlternativeReason::LowerAmount)
    }

    /// There is an amount, and the mode leaves nobody to impose it: a person has to look. Such is
    /// a vehicle over the road's limit within its own payload at a joint station.
    pub fn unfined_by_mode(&self) -> bool {
        self.by.is_none() && !self.alternatives.is_empty()
    }

    /// As Chinese sentences.
    pub fn text_zh(&self) -> String {
        let mut text = match self.by {
            Some(by) => format!(
                "{}：由{}罚款{}（{}）。",
                self.mode.zh(),
                by.zh(),
                range_zh(self.fine_range_yuan),
                self.mode_article.zh()
            ),
            None => format!(
                "{}：不处罚款（{}）。",
                self.mode.zh(),
                self.mode_article.zh()
            ),
        };
        for other in &self.alternatives {
            text += &format!(
                "{}的罚款{}不另行处罚：{}（{}）。",
                other.authority.zh(),
                range_zh(other.fine_range_yuan),
                other.why.zh(),
                self.reason_article(other.why).zh()
            );
        }
        if self.unfined_by_mode() {
            text += "有罚款数额而该方式下无人罚款，须由人员决定。";
        }
        if let Some(points) = self.points {
            text += &format!("另由公安机关交通管理部门记{points}分；记分不是罚款。");
        }
        text
    }

    /// As English sentences.
    pub fn text_en(&self) -> String {
        let mut text = match self.by {
            Some(by) => format!(
                "{}: {} fine {} ({}).",
                self.mode.en(),
                by.en(),
                range_en(self.fine_range_yuan),
                self.mode_article.en()
            ),
            None => format!("{}: no fine ({}).", self.mode.en(), self.mode_article.en()),
        };
        for other in &self.alternatives {
            text += &format!(
                " The fine of {} of {} is not imposed: {} ({}).",
                range_en(other.fine_range_yuan),
                other.authority.en(),
                other.why.en(),
                self.reason_article(other.why).en()
            );
        }
        if self.unfined_by_mode() {
            text += " There is an amount and this mode leaves nobody to impose it: \
                     a person has to decide.";
        }
        if let Some(points) = self.points {
            text += &match points {
                1 => " Besides, the police give 1 point, which is no fine.".to_owned(),
                _ => format!(" Besides, the police give {points} points, which are no fine."),
            };
        }
        text
    }

    const fn reason_article(&self, why: AlternativeReason) -> &Citation {
        match why {
            AlternativeReason::NotInThisMode => &self.mode_article,
            AlternativeReason::LowerAmount | AlternativeReason::SameAmount => {
                &self.one_fine_article
            }
        }
    }
}

/// Why it cannot be said who fines.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AuthorityError {
    /// The table does not say who fines in that mode.
    #[error("table {table} has no [[enforcement.mode]] {}: add it with its article", mode.name())]
    NotInTable {
        /// Which mode.
        mode: EnforcementMode,
        /// Id of the table.
        table: String,
    },
    /// The amount of an authority that may fine is not known.
    #[error(
        "mode {}: the fine of {} is not known; it needs mass, tare and approved payload",
        mode.name(), authority.en()
    )]
    AmountUnknown {
        /// Which mode.
        mode: EnforcementMode,
        /// Whose amount.
        authority: Authority,
    },
    /// A range is negative or upside down.
    #[error("the fine of {} from {least} to {most} is no range", authority.en())]
    NoRange {
        /// Whose amount.
        authority: Authority,
        /// The least given.
        least: Yuan,
        /// The greatest given.
        most: Yuan,
    },
    /// Both have an amount, and the rule of the higher one does not hold yet.
    #[error("that the higher of two fines rules holds from {from}, the day is {day}")]
    NoHigherRuleYet {
        /// The day.
        day: NaiveDate,
        /// First day of the rule.
        from: NaiveDate,
    },
}

impl AuthorityError {
    /// The reason in one word, as a note of a verdict gives it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NotInTable { .. } => "not_in_table",
            Self::AmountUnknown { .. } => "amount_unknown",
            Self::NoRange { .. } => "no_range",
            Self::NoHigherRuleYet { .. } => "no_higher_rule_yet",
        }
    }

    /// As a Chinese sentence.
    pub fn zh(&self) -> String {
        match self {
            Self::NotInTable { mode, table } => {
                format!("法规表{table}没有“{}”由谁罚款的规定，请补充。", mode.zh())
            }
            Self::AmountUnknown { mode, authority } => format!(
                "{}：{}的罚款数额未知，须有总质量、整备质量和核定载质量。",
                mode.zh(),
                authority.zh()
            ),
            Self::NoRange {
                authority,
                least,
                most,
            } => format!(
                "{}的罚款幅度{}元至{}元有误。",
                authority.zh(),
                least.get(),
                most.get()
            ),
            Self::NoHigherRuleYet { day, from } => {
                format!("按罚款数额高的规定处罚自{from}起施行，{day}尚未施行。")
            }
        }
    }
}

/// Who imposes which fine for one act in a mode, as of `day`, the day it is decided.
///
/// `transport` and `police` are least and greatest fine in yuan; zero is "no fine of theirs",
/// `None` is "cannot be said". Only the amounts of those who fine in the mode need be known. The
/// higher of two is the one with the higher most, then the higher least; of two equal ones that
/// of the authority which the table names first.
///
/// Errors: the mode is not in the table, an amount that matters is unknown or no range, or two
/// amounts compete before the rule of the higher one holds.
pub fn imposable(
    table: &Table,
    mode: EnforcementMode,
    day: NaiveDate,
    transport: Option<[Yuan; 2]>,
    police: Option<[Yuan; 2]>,
    points: Option<u8>,
) -> Result<OneAct, AuthorityError> {
    let known = |authority| match authority {
        Authority::Transport => transport,
        Authority::Police => police,
    };
    for authority in Authority::ALL {
        if let Some([least, most]) = known(authority).filter(|range| !is_range(*range)) {
            return Err(AuthorityError::NoRange {
                authority,
                least,
                most,
            });
        }
    }
    let section = table.enforcement.as_ref();
    let row = section
        .and_then(|section| Some((section, section.mode.iter().find(|row| row.mode == mode)?)));
    let Some((section, row)) = row else {
        let table = table.id().to_owned();
        return Err(AuthorityError::NotInTable { mode, table });
    };
    let mut fines = Vec::with_capacity(2);
    for &authority in &row.fined_by.value {
        let range = known(authority).ok_or(AuthorityError::AmountUnknown { mode, authority })?;
        if range != [Yuan::ZERO; 2] {
            fines.push((authority, range));
        }
    }
    let one_fine = &section.one_fine;
    if fines.len() > 1 && day < one_fine.valid_from {
        return Err(AuthorityError::NoHigherRuleYet {
            day,
            from: one_fine.valid_from,
        });
    }
    // Of equal ones the last is taken: reversed, the first that the table names.
    let fine = fines
        .iter()
        .rev()
        .max_by_key(|(_, range)| by_most_then_least(*range));
    let (by, fine_range_yuan) = match fine {
        Some(&(authority, range)) => (Some(authority), range),
        None => (None, [Yuan::ZERO; 2]),
    };
    let others = Authority::ALL.into_iter().filter(|one| Some(*one) != by);
    let alternatives = others
        .filter_map(|authority| Some((authority, known(authority)?)))
        .filter(|(_, range)| *range != [Yuan::ZERO; 2])
        .map(|(authority, range)| OtherFine {
            authority,
            fine_range_yuan: range,
            why: if !row.fined_by.value.contains(&authority) {
                AlternativeReason::NotInThisMode
            } else if range == fine_range_yuan {
                AlternativeReason::SameAmount
            } else {
                AlternativeReason::LowerAmount
            },
        })
        .collect();
    Ok(OneAct {
        mode,
        by,
        fine_range_yuan,
        alternatives,
        points: points.filter(|&points| points > 0 && row.points_by_police.value),
        unloading_supervised_by: row.unloading_supervised_by.as_ref().map(|by| by.value),
        mode_article: row.article.clone(),
        one_fine_article: one_fine.article.clone(),
    })
}
