//! Deciding: the decided amount beside the computed one (决定数额 and 计算数额).

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::amount::{ComputedAmount, penalty_en, penalty_zh};
use super::circumstance::{Circumstance, Sparing, all_found};
use super::decision_refused::DecisionRefused;
use super::derivation::Citation;
use super::discretion::DiscretionRange;
use super::figures::Figure;
use super::milder::Milder;
use super::table::{Table, TableReference, check_mark};
use super::verdict::TransportKind;
use crate::units::Yuan;

/// The table's section `[decision]`: the rules of deciding.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DecisionRules {
    valid_from: NaiveDate,
    sure: String,
    milder_article: Citation,
    defence_article: Citation,
    sparing_article: Citation,
    no_penalty_when: Figure<Vec<Circumstance>>,
    may_be_spared_when: Figure<Vec<Circumstance>>,
}

impl DecisionRules {
    pub(super) fn check(&self) -> Result<(), String> {
        check_mark("decision", &self.sure)?;
        for (name, when) in [
            ("decision.no_penalty_when", &self.no_penalty_when),
            ("decision.may_be_spared_when", &self.may_be_spared_when),
        ] {
            check_mark(name, &when.sure)?;
            // Nothing needed would spare everybody.
            if when.value.is_empty() {
                return Err(format!("{name}: empty"));
            }
        }
        Ok(())
    }
}

fn rules(table: &Table, day: NaiveDate) -> Result<&DecisionRules, DecisionRefused> {
    let from = table.decision.as_ref().map(|rules| rules.valid_from);
    let in_force = table.covers(day) && from.is_some_and(|from| from <= day);
    let rules = table.decision.as_ref().filter(|_| in_force);
    rules.ok_or_else(|| DecisionRefused::NoRules {
        table: table.id().to_owned(),
        day,
    })
}

/// Whether the circumstances found spare the party (Administrative Penalty Law art. 33), by the
/// table in force on the day of the decision; with where it stands.
///
/// Errors when the table does not hold, or has no such rules, on that day.
pub fn sparing<'table>(
    table: &'table Table,
    found: &[Circumstance],
    day: NaiveDate,
) -> Result<(Sparing, &'table Citation), DecisionRefused> {
    let rules = rules(table, day)?;
    let spared = if all_found(&rules.no_penalty_when.value, found) {
        Sparing::MustSpare
    } else if all_found(&rules.may_be_spared_when.value, found) {
        Sparing::MaySpare
    } else {
        Sparing::No
    };
    Ok((spared, &rules.sparing_article))
}

/// What somebody decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The table the decision names as its basis.
    pub table: TableReference,
    /// No penalty, warning or fine.
    pub kind: TransportKind,
    /// The fine, whole yuan; zero when it is none.
    pub yuan: Yuan,
    /// Why it is not what was computed; may be empty when it is.
    pub reason: String,
    /// Who decides.
    pub by: String,
    /// The day of the decision.
    pub day: NaiveDate,
    /// Whether the circumstances spare the party.
    pub sparing: Sparing,
    /// The amount announced before, when the party has defended itself since (陈述、申辩).
    pub announced_before_defence_yuan: Option<Yuan>,
}

/// A decided amount (决定数额) with the computed one it departs from or keeps to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DecidedAmount {
    /// As it was computed; the decision does not change it.
    pub computed: ComputedAmount,
    /// Range of the discretion standard, where one was applied.
    pub discretion_range_yuan: Option<[Yuan; 2]>,
    /// No penalty, warning or fine.
    pub kind: TransportKind,
    /// The fine, whole yuan; zero when it is none.
    pub yuan: Yuan,
    /// Why; empty only when it keeps to what was computed.
    pub reason: String,
    /// Who decided.
    pub by: String,
    /// The day of the decision.
    pub day: NaiveDate,
}

impl DecidedAmount {
    /// As a Chinese sentence.
    pub fn text_zh(&self) -> String {
        let reason = if self.reason.is_empty() {
            "与计算数额一致".to_owned()
        } else {
            format!("理由：{}", self.reason)
        };
        format!(
            "计算：{}；决定：{}；{reason}（{}，{}）。",
            penalty_zh(self.computed.kind(), self.computed.range_yuan()),
            penalty_zh(self.kind, [self.yuan; 2]),
            self.by,
            self.day
        )
    }

    /// As an English sentence; the reason stays in the words it was given.
    pub fn text_en(&self) -> String {
        let reason = if self.reason.is_empty() {
            "as computed".to_owned()
        } else {
            format!("reason: {}", self.reason)
        };
        format!(
            "Computed: {}; decided: {}; {reason} ({}, {}).",
            penalty_en(self.computed.kind(), self.computed.range_yuan()),
            penalty_en(self.kind, [self.yuan; 2]),
            self.by,
            self.day
        )
    }
}

fn within(yuan: Yuan, [least, most]: [Yuan; 2]) -> bool {
    (least..=most).contains(&yuan)
}

/// Decides an amount. `table` is the one in force on the day of the decision, `milder` the
/// comparison made with it, `discretion` what a local standard made of its computed amount.
///
/// Refused: a table that does not hold; a basis other than the milder table; a negative amount or
/// one that does not go with its kind; a heavier kind than computed; a penalty where art. 33
/// excludes it; more than the statutory most; more than announced before a defence; a departure
/// from the computed amount or from the discretion standard without a reason.
pub fn decide(
    table: &Table,
    milder: &Milder,
    discretion: Option<&DiscretionRange>,
    decision: Decision,
) -> Result<DecidedAmount, DecisionRefused> {
    let rules = rules(table, decision.day)?;
    let computed = milder.chosen();
    check_basis(table, rules, milder, &decision)?;
    check_amount(rules, computed, &decision)?;
    let made_of = discretion.map(|range| range.computed_range_yuan);
    if let Some(of) = made_of.filter(|of| *of != computed.range_yuan()) {
        return Err(DecisionRefused::DiscretionOfAnotherAmount {
            of,
            computed: computed.range_yuan(),
        });
    }
    let range = discretion.map(|range| range.range_yuan);
    let reason = decision.reason.trim();
    if reason.is_empty() {
        check_departure(computed, range, &decision)?;
    }
    Ok(DecidedAmount {
        computed: computed.clone(),
        discretion_range_yuan: range,
        kind: decision.kind,
        yuan: decision.yuan,
        reason: reason.to_owned(),
        by: decision.by.trim().to_owned(),
        day: decision.day,
    })
}

fn check_basis(
    table: &Table,
    rules: &DecisionRules,
    milder: &Milder,
    decision: &Decision,
) -> Result<(), DecisionRefused> {
    let (compared, in_force) = (milder.decision_day().table(), table.reference());
    if *compared != in_force {
        return Err(DecisionRefused::ComparisonOutdated {
            compared: compared.id.clone(),
            in_force: in_force.id,
        });
    }
    let (named, chosen) = (&decision.table, milder.chosen().table());
    if named != chosen {
        return Err(DecisionRefused::NotTheMilderTable {
            named: named.id.clone(),
            named_digest: named.digest.clone(),
            milder: chosen.id.clone(),
            milder_digest: chosen.digest.clone(),
            article: rules.milder_article.clone(),
        });
    }
    if decision.by.trim().is_empty() {
        return Err(DecisionRefused::NobodyDecides);
    }
    Ok(())
}

fn check_amount(
    rules: &DecisionRules,
    computed: &ComputedAmount,
    decision: &Decision,
) -> Result<(), DecisionRefused> {
    let (kind, yuan) = (decision.kind, decision.yuan);
    if yuan < Yuan::ZERO {
        return Err(DecisionRefused::Negative { yuan });
    }
    if (kind == TransportKind::Fine) == (yuan == Yuan::ZERO) {
        return Err(DecisionRefused::KindWithoutItsAmount { kind, yuan });
    }
    if kind > computed.kind() {
        return Err(DecisionRefused::HeavierKind {
            computed: computed.kind(),
            decided: kind,
        });
    }
    if decision.sparing == Sparing::MustSpare && kind != TransportKind::None {
        let article = rules.sparing_article.clone();
        return Err(DecisionRefused::MustBeSpared { article });
    }
    let statutory_most = computed.statutory_most_yuan();
    if yuan > statutory_most {
        return Err(DecisionRefused::AboveStatutoryMost {
            yuan,
            statutory_most,
        });
    }
    let announced = decision.announced_before_defence_yuan;
    if let Some(announced) = announced.filter(|announced| yuan > *announced) {
        return Err(DecisionRefused::HeavierAfterDefence {
            yuan,
            announced,
            article: rules.defence_article.clone(),
        });
    }
    Ok(())
}

/// Refuses what needs a reason.
fn check_departure(
    computed: &ComputedAmount,
    discretion: Option<[Yuan; 2]>,
    decision: &Decision,
) -> Result<(), DecisionRefused> {
    let yuan = decision.yuan;
    if decision.kind != computed.kind() || !within(yuan, computed.range_yuan()) {
        return Err(DecisionRefused::ReasonMissing {
            decided: decision.kind,
            yuan,
            computed: computed.kind(),
            range: computed.range_yuan(),
        });
    }
    match discretion.filter(|range| !within(yuan, *range)) {
        Some(range) => Err(DecisionRefused::OutsideDiscretion { yuan, range }),
        None => Ok(()),
    }
}
