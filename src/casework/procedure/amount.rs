//! What the law makes of the act: the milder of the table of its day and today's (从旧兼从轻).

use chrono::NaiveDate;
use serde::Deserialize;

use super::facts::Facts;
use crate::casework::case_file::CaseFile;
use crate::law::{
    Authority, ComputedAmount, Milder, OffencePenalty, Verdict, milder, offence_range,
};

/// Why there is no amount, Chinese and English.
pub(super) type Why = (String, String);

fn no_table(day: NaiveDate) -> Why {
    (
        format!("{day}没有可用的法规表"),
        format!("no law table is at hand for {day}"),
    )
}

/// The offence by the table of a day.
pub(super) fn offence(
    case: &CaseFile,
    facts: &Facts<'_>,
    day: NaiveDate,
) -> Option<Result<OffencePenalty, Why>> {
    let kind = case.offence?;
    let Some(table) = facts.table(day) else {
        return Some(Err(no_table(day)));
    };
    let penalty = offence_range(table, kind, day, false);
    Some(penalty.map_err(|error| (error.zh(), error.to_string())))
}

/// The verdict of the passage that opened the case, when it can be read.
pub(super) fn verdict(case: &CaseFile) -> Option<Verdict> {
    Verdict::deserialize(&case.judgement.verdict).ok()
}

fn on_the_act_day(case: &CaseFile, facts: &Facts<'_>) -> Result<ComputedAmount, Why> {
    let day = case.act_at.beijing_day();
    if let Some(penalty) = offence(case, facts, day) {
        return ComputedAmount::from_offence(&penalty?)
            .map_err(|error| (error.zh(), error.to_string()));
    }
    if case.judgement.hypothetical || !case.judgement.table_in_force {
        return Err((
            "没有按违法行为当日法规表作出的认定结果".to_owned(),
            "there is no verdict by the table of the act's day".to_owned(),
        ));
    }
    let verdict = verdict(case).ok_or_else(|| {
        (
            "认定结果缺失或者无法读取".to_owned(),
            "the verdict is missing or can't be read".to_owned(),
        )
    })?;
    ComputedAmount::from_verdict(&verdict, Authority::Transport)
        .map_err(|error| (error.zh(), error.to_string()))
}

fn today(
    case: &CaseFile,
    facts: &Facts<'_>,
    day: NaiveDate,
    of_the_act: &ComputedAmount,
) -> Result<ComputedAmount, Why> {
    if let Some(penalty) = offence(case, facts, day) {
        return ComputedAmount::from_offence(&penalty?)
            .map_err(|error| (error.zh(), error.to_string()));
    }
    let table = facts.table(day).ok_or_else(|| no_table(day))?.reference();
    if *of_the_act.table() == table {
        return Ok(of_the_act.clone());
    }
    match &facts.amount_today {
        Some(amount) if *amount.table() == table => Ok(amount.clone()),
        _ => Err((
            format!("现行法规表为{}，须按其重新认定以比较轻重", table.id),
            format!(
                "in force is {}: judge again by it to find the milder",
                table.id
            ),
        )),
    }
}

/// The computed amount: the milder of the two.
pub(super) fn computed(case: &CaseFile, facts: &Facts<'_>, day: NaiveDate) -> Result<Milder, Why> {
    let act = on_the_act_day(case, facts)?;
    let decision = today(case, facts, day, &act)?;
    Ok(milder(act, decision))
}
