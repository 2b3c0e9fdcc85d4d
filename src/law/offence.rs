//! Offences beside the mass itself: who, what amount, by whom, where it stands.
//!
//! The rows stand in the table. A row may say that the law names no fine, or that its amount is
//! not known here; the second is refused with what to set, never guessed.

use chrono::NaiveDate;
use serde::Deserialize;
use thiserror::Error;

use super::authority::Authority;
use super::derivation::Citation;
use super::figures::Figure;
use super::offence_kind::{OffenceKind, OffenceSubject};
use super::table::{Table, TableReference, check_mark};
use super::yuan_range::{is_range, range_en, range_zh};
use crate::units::Yuan;

/// What the table knows of an offence's amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AmountKind {
    Range,
    None,
    Open,
}

/// One row of the table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OffenceRow {
    kind: OffenceKind,
    /// First day of the row; absent = as long as the table.
    #[serde(default)]
    valid_from: Option<NaiveDate>,
    subject: OffenceSubject,
    authority: Authority,
    amount: AmountKind,
    yuan: Option<Figure<[i64; 2]>>,
    serious_yuan: Option<Figure<[i64; 2]>>,
    /// What happens besides or instead of a fine.
    consequence: Option<Citation>,
    /// Mark of the row where it has no amount.
    sure: Option<String>,
    #[serde(default)]
    #[expect(
        dead_code,
        reason = "read by people in the file; refused when misspelt"
    )]
    note: Option<String>,
    article: Citation,
}

impl OffenceRow {
    fn check(&self) -> Result<(), String> {
        let name = format!("offence {}", self.kind.name());
        let has_range = self.yuan.is_some();
        if has_range != (self.amount == AmountKind::Range) {
            return Err(format!(
                "{name}: `yuan` is given exactly when amount is range"
            ));
        }
        if self.amount == AmountKind::None && (self.consequence.is_none() || self.sure.is_none()) {
            return Err(format!(
                "{name}: without a fine it needs a consequence and its mark"
            ));
        }
        if self.serious_yuan.is_some() && !has_range {
            return Err(format!("{name}: a serious range without an ordinary one"));
        }
        if let Some(mark) = &self.sure {
            check_mark(&name, mark)?;
        }
        for figure in self.yuan.iter().chain(&self.serious_yuan) {
            check_mark(&name, &figure.sure)?;
            let range = figure.value.map(Yuan::new);
            if !is_range(range) || range == [Yuan::ZERO; 2] {
                return Err(format!(
                    "{name}: {:?} is no range of yuan above zero",
                    figure.value
                ));
            }
        }
        let ends = |figure: &Option<Figure<[i64; 2]>>| figure.as_ref().map(|figure| figure.value);
        let milder_when_serious = ends(&self.yuan)
            .zip(ends(&self.serious_yuan))
            .is_some_and(|(usual, serious)| serious[0] < usual[0] || serious[1] < usual[1]);
        if milder_when_serious {
            return Err(format!(
                "{name}: the serious range is below the ordinary one"
            ));
        }
        Ok(())
    }

    fn holds_on(&self, day: NaiveDate) -> bool {
        self.valid_from.is_none_or(|from| from <= day)
    }
}

/// What is wrong with the rows, if anything.
pub(super) fn check(rows: &[OffenceRow]) -> Result<(), String> {
    for (index, row) in rows.iter().enumerate() {
        row.check()?;
        let mut before = rows.iter().take(index);
        if before.any(|other| other.kind == row.kind && other.valid_from == row.valid_from) {
            return Err(format!(
                "offence {}: two rows from the same day",
                row.kind.name()
            ));
        }
    }
    Ok(())
}

/// What the law names for an offence on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OffencePenalty {
    /// Which offence.
    pub kind: OffenceKind,
    /// Whom it is laid on.
    pub subject: OffenceSubject,
    /// Who punishes it.
    pub authority: Authority,
    /// Least and greatest fine, whole yuan; a least of zero is "up to" (以下). `None`: no fine.
    pub range_yuan: Option<[Yuan; 2]>,
    /// Whether it is the range of a serious case (情节严重).
    pub serious: bool,
    /// How sure the figure is: `C`, `C2`, `R nn` or `S`.
    pub sure: String,
    /// What happens besides or instead of the fine.
    pub consequence: Option<Citation>,
    /// Where it stands.
    pub article: Citation,
    /// The table that says so.
    pub table: TableReference,
}

impl OffencePenalty {
    /// As a Chinese sentence.
    pub fn text_zh(&self) -> String {
        let mut text = format!("{}，由{}", self.kind.zh(), self.authority.zh());
        match self.range_yuan {
            Some(range) => {
                let serious = if self.serious { "情节严重，" } else { "" };
                text += &format!("对{}{serious}处{}罚款", self.subject.zh(), range_zh(range));
            }
            None => text += &format!("对{}处理，不处罚款", self.subject.zh()),
        }
        if let Some(consequence) = &self.consequence {
            text += &format!("；{}", consequence.zh());
        }
        text + &format!("（{}）。", self.article.zh())
    }

    /// As an English sentence.
    pub fn text_en(&self) -> String {
        let (authority, subject) = (self.authority.en(), self.subject.en());
        let mut text = match self.range_yuan {
            Some(range) => {
                let serious = if self.serious { " (serious)" } else { "" };
                format!(
                    "For {}{serious} {authority} fine {subject} {}",
                    self.kind.en(),
                    range_en(range)
                )
            }
            None => format!(
                "For {} {authority} deal with {subject} without a fine",
                self.kind.en()
            ),
        };
        if let Some(consequence) = &self.consequence {
            text += &format!("; {}", consequence.en());
        }
        text + &format!(" ({}).", self.article.en())
    }
}

/// Why the table names nothing for an offence.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum OffenceError {
    /// The table has no row of that kind.
    #[error("table {table} has no [[offence]] of kind {}: add it with its article", kind.name())]
    NotInTable {
        /// Which offence.
        kind: OffenceKind,
        /// Id of the table.
        table: String,
    },
    /// The day is before the first row of that kind.
    #[error("offence {}: the rule holds from {from}, the day is {day}", kind.name())]
    NotInForce {
        /// Which offence.
        kind: OffenceKind,
        /// The day asked for.
        day: NaiveDate,
        /// First day of the rule.
        from: NaiveDate,
    },
    /// There may be a fine, and its amount is not known.
    #[error(
        "offence {}: table {table} leaves the amount open; set amount = \"range\" and `yuan` of \
         its [[offence]] from an official text",
        kind.name()
    )]
    AmountOpen {
        /// Which offence.
        kind: OffenceKind,
        /// Id of the table.
        table: String,
    },
    /// The rule has no range of its own for a serious case.
    #[error("offence {}: table {table} has no range for a serious case", kind.name())]
    NoSeriousRange {
        /// Which offence.
        kind: OffenceKind,
        /// Id of the table.
        table: String,
    },
}

impl OffenceError {
    /// As a Chinese sentence.
    pub fn zh(&self) -> String {
        match self {
            Self::NotInTable { kind, table } => {
                format!("法规表{table}没有“{}”的规定，请补充条款及依据。", kind.zh())
            }
            Self::NotInForce { kind, day, from } => {
                format!("“{}”的规定自{from}起施行，{day}尚未施行。", kind.zh())
            }
            Self::AmountOpen { kind, table } => format!(
                "法规表{table}未确定“{}”的罚款数额，请按正式文本设置。",
                kind.zh()
            ),
            Self::NoSeriousRange { kind, table } => {
                format!("法规表{table}对“{}”没有情节严重的罚款幅度。", kind.zh())
            }
        }
    }
}

/// What the table names for an offence on the day of the act; `serious` asks for the range of a
/// serious case (情节严重). Of several rows of one kind the latest in force counts, so that an
/// overlay adds a row to replace one.
///
/// Errors: no such row, not in force yet, the amount is open, or there is no serious range.
pub fn offence_range(
    table: &Table,
    kind: OffenceKind,
    day: NaiveDate,
    serious: bool,
) -> Result<OffencePenalty, OffenceError> {
    let of_kind = || table.offences.iter().filter(|row| row.kind == kind);
    let in_force = of_kind().filter(|row| row.holds_on(day));
    let Some(row) = in_force.max_by_key(|row| row.valid_from) else {
        let from = of_kind().filter_map(|row| row.valid_from).min();
        let id = || table.id().to_owned();
        return Err(match from {
            Some(from) => OffenceError::NotInForce { kind, day, from },
            None => OffenceError::NotInTable { kind, table: id() },
        });
    };
    let id = table.id().to_owned();
    if row.amount == AmountKind::Open {
        return Err(OffenceError::AmountOpen { kind, table: id });
    }
    let figure = if serious {
        &row.serious_yuan
    } else {
        &row.yuan
    };
    if serious && figure.is_none() {
        return Err(OffenceError::NoSeriousRange { kind, table: id });
    }
    let mark = figure
        .as_ref()
        .map(|figure| &figure.sure)
        .or(row.sure.as_ref());
    Ok(OffencePenalty {
        kind,
        subject: row.subject,
        authority: row.authority,
        range_yuan: figure.as_ref().map(|figure| figure.value.map(Yuan::new)),
        serious,
        sure: mark.cloned().unwrap_or_default(),
        consequence: row.consequence.clone(),
        article: row.article.clone(),
        table: table.reference(),
    })
}
