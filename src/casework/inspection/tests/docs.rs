//! `docs/inspection.md` says what the table says.

use super::super::*;
use crate::casework::machine::markdown;
use crate::casework::tests::page;

const BEGIN: &str = "<!-- generated: begin -->";
const END: &str = "<!-- generated: end -->";

fn words(title: &str, rows: impl Iterator<Item = [&'static str; 3]>) -> String {
    let mut text = format!("\n### {title}\n\n| 名称 name | 中文 | English |\n|---|---|---|\n");
    for [name, zh, en] in rows {
        text.push_str(&format!("| `{name}` | {zh} | {en} |\n"));
    }
    text
}

fn generated() -> String {
    macro_rules! list {
        ($title:literal, $list:ident) => {
            words(
                $title,
                $list::ALL
                    .iter()
                    .map(|entry| [entry.name(), entry.zh(), entry.en()]),
            )
        };
    }
    let mut text = format!("\n### 步骤表 steps\n\n{}", markdown::<InspectionMachine>());
    text.push_str(&list!("状态 states", InspectionState));
    text.push_str(&list!("前提 conditions", InspectionCondition));
    text.push_str(&list!(
        "予以放行原因 reasons to let through",
        LetThroughReason
    ));
    text.push_str(&list!("另案事实 findings of their own", FindingKind));
    text.push_str(&list!(
        "人工登记号牌原因 reasons to type a plate",
        IdentifyReason
    ));
    text.push_str(&list!("扣押期限预警 levels of a hold", HoldLevel));
    text
}

#[test]
fn the_documentation_is_not_stale() {
    let new = format!("\n{}\n", generated());
    page::holds("inspection.md", [BEGIN, END], &new);
}
