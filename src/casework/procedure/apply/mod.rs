//! What a step makes of a case.

mod collecting;
mod deciding;
mod ending;
mod file;
mod parties;
mod paying;
mod remedies;
mod telling;
mod tracks;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Serialize;

use super::action::{ActionKind, CaseAction};
use super::checks::{View, check};
use super::facts::{Actor, Facts};
use super::numbering::{Number, NumberSeries};
use super::records::{HistoryEntry, Stamp};
use super::refusal::{Refusal, Unmet};
use super::table::CaseMachine;
use crate::casework::case_file::CaseFile;
use crate::casework::case_state::CaseState;
use crate::casework::document::{Document, DocumentKind};
use crate::casework::machine::{Machine, Transition, transition};
use crate::casework::review;
use crate::law::Authority;
use crate::units::Micros;

/// Longest text of a record, in characters.
pub const TEXT_LIMIT: usize = 4_000;

/// What a step does to the hold on its act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum ActChange {
    /// The case has the act now, for this authority.
    Claim {
        /// Which.
        authority: Authority,
    },
    /// Nobody has it any more.
    Release,
}

/// A step that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stepped {
    /// The case after it.
    pub case: CaseFile,
    /// Of the numbers that were offered, those it used.
    pub numbers: Vec<NumberSeries>,
    /// What becomes of the hold on the act, to be stored in the same transaction.
    pub act: Option<ActChange>,
}

/// A step that somebody may make where the case stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Offered {
    /// Which.
    pub action: ActionKind,
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
    /// Papers that come with it.
    pub documents: Vec<DocumentKind>,
    /// Conditions that don't hold yet; none = it can be made now.
    pub unmet: Vec<Unmet>,
}

/// A step being made.
struct Work<'a> {
    /// The case before it.
    before: &'a CaseFile,
    /// The case as it becomes.
    case: CaseFile,
    facts: &'a Facts<'a>,
    stamp: Stamp,
    today: NaiveDate,
    row: &'static Transition<CaseMachine>,
    numbers: Vec<NumberSeries>,
    act: Option<ActChange>,
    why: Option<String>,
    /// Papers of the row that this step did not come with, or writes itself.
    without: BTreeSet<DocumentKind>,
}

/// The case after a step, or why there is none.
///
/// # Errors
/// [`Refusal`]; the case is then as it was.
pub fn apply(
    case: &CaseFile,
    action: &CaseAction,
    by: &Actor,
    facts: &Facts<'_>,
    now: Micros,
) -> Result<Stepped, Refusal> {
    let kind = action.kind();
    let row = transition::<CaseMachine>(case.state, kind).ok_or(Refusal::NotInState {
        action: kind,
        state: case.state,
    })?;
    let is_review = matches!(kind, ActionKind::Confirm | ActionKind::Discard);
    if !is_review && !row.permits(by.role) {
        return Err(Refusal::NotPermitted {
            action: kind,
            role: by.role,
        });
    }
    let unmet = unmet(row, case, by, facts, now);
    if !unmet.is_empty() {
        return Err(Refusal::Unmet { unmet });
    }
    let mut work = Work {
        before: case,
        case: case.clone(),
        facts,
        stamp: Stamp {
            by: by.name.clone(),
            role: by.role,
            at: now,
        },
        today: now.beijing_day(),
        row,
        numbers: Vec::new(),
        act: None,
        why: None,
        without: BTreeSet::new(),
    };
    work.make(action, by, now)?;
    work.file_papers();
    let (from, to) = (case.state, work.case.state);
    work.case.course.history.push(HistoryEntry {
        stamp: work.stamp,
        action: kind,
        from,
        to,
        why: work.why,
    });
    Ok(Stepped {
        case: work.case,
        numbers: work.numbers,
        act: work.act,
    })
}

fn unmet(
    row: &Transition<CaseMachine>,
    case: &CaseFile,
    by: &Actor,
    facts: &Facts<'_>,
    now: Micros,
) -> Vec<Unmet> {
    let view = View {
        case,
        by,
        facts,
        today: now.beijing_day(),
    };
    let checked = row
        .conditions
        .iter()
        .map(|condition| check(*condition, view));
    checked.filter_map(Result::err).collect()
}

/// What somebody may do with a case where it stands, each with what is missing for it. Particulars
/// of the action itself are looked at when it is made.
pub fn available(case: &CaseFile, by: &Actor, facts: &Facts<'_>, now: Micros) -> Vec<Offered> {
    let here = CaseMachine::TRANSITIONS
        .iter()
        .filter(|row| row.from.contains(&case.state) && row.permits(by.role));
    here.map(|row| Offered {
        action: row.action,
        zh: row.action.zh(),
        en: row.action.en(),
        documents: row.documents.to_vec(),
        unmet: unmet(row, case, by, facts, now),
    })
    .collect()
}

impl Work<'_> {
    fn make(&mut self, action: &CaseAction, by: &Actor, now: Micros) -> Result<(), Refusal> {
        match action {
            CaseAction::Confirm {
                plate_compared,
                note,
            } => {
                let step = review::Action::Confirm {
                    plate_compared: *plate_compared,
                    note: note.clone(),
                };
                self.case = review::step(self.before, step, &by.name, by.role, now)?;
                Ok(())
            }
            CaseAction::Discard { reason, note } => {
                let step = review::Action::Discard {
                    reason: *reason,
                    note: note.clone(),
                };
                self.case = review::step(self.before, step, &by.name, by.role, now)?;
                self.release();
                Ok(())
            }
            CaseAction::Track { track, change } => self.track(*track, change),
            other => {
                let done = self
                    .of_the_file(other)
                    .or_else(|| self.of_telling(other))
                    .or_else(|| self.of_deciding(other))
                    .or_else(|| self.of_paying(other))
                    .or_else(|| self.of_collecting(other))
                    .or_else(|| self.of_remedies(other))
                    .or_else(|| self.of_ending(other));
                done.unwrap_or(Err(Refusal::NotInState {
                    action: other.kind(),
                    state: self.before.state,
                }))
            }
        }
    }

    /// The papers of the row go into the file, unless the step wrote them itself.
    fn file_papers(&mut self) {
        for kind in self.row.documents {
            if !self.without.contains(kind) {
                self.paper(*kind, None);
            }
        }
    }

    /// A paper that the step brings, with its number where it has one.
    fn paper(&mut self, kind: DocumentKind, number: Option<String>) {
        self.without.insert(kind);
        self.case.course.documents.push(Document {
            kind,
            number,
            at: self.stamp.at,
            sha256: None,
            note: None,
        });
    }

    /// The paper of the row does not come with this step.
    fn no_paper(&mut self, kind: DocumentKind) {
        self.without.insert(kind);
    }

    fn go(&mut self, to: CaseState) {
        self.case.state = to;
    }

    /// Gives up the hold on the act, where the case has it.
    const fn release(&mut self) {
        if self.before.authority.is_some() {
            self.act = Some(ActChange::Release);
        }
    }

    /// The next number of a series, which the step uses.
    fn number(&mut self, series: NumberSeries) -> Result<Number, Refusal> {
        let number = self.facts.numbers.get(&series).cloned().ok_or_else(|| {
            Refusal::invalid(
                "number",
                format!("没有可用的{}", series.zh()),
                format!("no {} was offered", series.en()),
            )
        })?;
        self.numbers.push(series);
        Ok(number)
    }

    /// The last day that is allowed, and not before another.
    fn day(
        &self,
        field: &'static str,
        day: NaiveDate,
        not_before: Option<NaiveDate>,
    ) -> Result<(), Refusal> {
        if day > self.today {
            return Err(Refusal::invalid(
                field,
                format!("{day}晚于今日（{}）", self.today),
                format!("{day} is later than today, {}", self.today),
            ));
        }
        match not_before.filter(|first| day < *first) {
            Some(first) => Err(Refusal::invalid(
                field,
                format!("{day}早于{first}"),
                format!("{day} is before {first}"),
            )),
            None => Ok(()),
        }
    }

    fn act_day(&self) -> NaiveDate {
        self.before.act_at.beijing_day()
    }
}

/// A text that says something.
fn words(field: &'static str, text: &str) -> Result<String, Refusal> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Refusal::invalid(field, "不能为空", "must not be empty"));
    }
    let found = text.chars().count();
    if found > TEXT_LIMIT {
        return Err(Refusal::invalid(
            field,
            format!("最多{TEXT_LIMIT}字，现为{found}字"),
            format!("{found} characters, {TEXT_LIMIT} are allowed"),
        ));
    }
    Ok(text.to_owned())
}

/// A text that may be absent.
fn some_words(field: &'static str, text: Option<&String>) -> Result<Option<String>, Refusal> {
    text.filter(|text| !text.trim().is_empty())
        .map(|text| words(field, text))
        .transpose()
}

/// A SHA-256 in hexadecimal.
fn is_sha256(text: &str) -> bool {
    let hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    text.len() == 64 && text.bytes().all(hex)
}
