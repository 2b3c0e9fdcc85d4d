//! The page on the procedure is made of the tables; it fails here when it is stale.

use std::fmt::Write;

use super::super::lists::TrackKind;
use super::super::*;
use crate::casework::case_state::CaseState;
use crate::casework::machine::{Machine, markdown};
use crate::casework::procedure::track::TrackState;
use crate::casework::tests::page;

const BEGIN: &str = "<!-- generated from here on -->\n";
const END: &str = "<!-- end of what is generated -->\n";

fn list(text: &mut String, title: &str, entries: impl Iterator<Item = [&'static str; 3]>) {
    writeln!(
        text,
        "\n## {title}\n\n| name | 中文 | English |\n|---|---|---|"
    )
    .unwrap();
    for [name, zh, en] in entries {
        writeln!(text, "| `{name}` | {zh} | {en} |").unwrap();
    }
}

fn generated() -> String {
    let mut text = String::new();
    let states = CaseState::ALL
        .iter()
        .map(|state| CaseMachine::state_words(*state));
    list(&mut text, "案件状态 states of a case", states);
    writeln!(text, "\n## 案件步骤 steps of a case\n").unwrap();
    text.push_str(&markdown::<CaseMachine>());
    let conditions = CaseCondition::ALL
        .iter()
        .map(|one| CaseMachine::condition_words(*one));
    list(&mut text, "前提 conditions", conditions);
    let items = ChecklistItem::ALL
        .iter()
        .map(|item| [item.name(), item.zh(), item.en()]);
    list(&mut text, "结案清单 closing checklist", items);
    let states = TrackState::ALL
        .iter()
        .map(|state| TrackMachine::state_words(*state));
    list(&mut text, "一超四罚状态 states of a track", states);
    writeln!(
        text,
        "\n## 一超四罚 four penalties\n\n| 对象 | 条件 | 后果 | 主管机关 | 依据 |\n|---|---|---|---|---|"
    )
    .unwrap();
    for row in COMPETENCE {
        writeln!(
            text,
            "| {} | {} | {} | {} | {} |",
            row.track.zh(),
            row.trigger,
            row.consequence,
            row.authority,
            row.basis
        )
        .unwrap();
    }
    writeln!(text, "\n## 一超四罚步骤 steps of a track\n").unwrap();
    text.push_str(&markdown::<TrackMachine>());
    text
}

#[test]
fn the_page_on_the_procedure_is_not_stale() {
    page::holds("case-procedure.md", [BEGIN, END], &generated());
}

#[test]
fn every_action_has_a_row_and_every_condition_is_asked_for() {
    for action in ActionKind::ALL {
        let mut rows = CaseMachine::TRANSITIONS.iter();
        assert!(rows.any(|row| row.action == *action), "{action:?}");
    }
    for condition in CaseCondition::ALL {
        let mut rows = CaseMachine::TRANSITIONS.iter();
        assert!(
            rows.any(|row| row.conditions.contains(condition)),
            "{condition:?}"
        );
    }
    for kind in TrackKind::ALL {
        assert!(COMPETENCE.iter().any(|row| row.track == *kind));
    }
}

#[test]
fn no_state_of_a_row_is_named_twice_and_no_two_rows_compete() {
    for (index, row) in CaseMachine::TRANSITIONS.iter().enumerate() {
        for other in CaseMachine::TRANSITIONS.iter().skip(index + 1) {
            let shared = row.from.iter().find(|state| other.from.contains(state));
            assert!(
                row.action != other.action || shared.is_none(),
                "{:?} {shared:?}",
                row.action
            );
        }
    }
}

#[test]
fn every_state_can_reach_an_end() {
    let mut ends: Vec<CaseState> = CaseState::ALL
        .iter()
        .copied()
        .filter(|state| state.is_final())
        .collect();
    loop {
        let rows = CaseMachine::TRANSITIONS.iter();
        let more: Vec<CaseState> = rows
            .filter(|row| row.to.iter().any(|state| ends.contains(state)))
            .flat_map(|row| row.from.iter().copied())
            .filter(|state| !ends.contains(state))
            .collect();
        if more.is_empty() {
            break;
        }
        ends.extend(more);
    }
    for state in CaseState::ALL {
        assert!(ends.contains(state), "{state:?}");
    }
}
