//! `docs/inspection.md` says what the table says.

use std::path::{Path, PathBuf};

use super::super::*;
use crate::casework::machine::markdown;

const BEGIN: &str = "<!-- generated: begin -->";
const END: &str = "<!-- generated: end -->";

fn path() -> PathBuf {
    // Five folders above this file stands the repository.
    let root = Path::new(file!()).ancestors().nth(5);
    root.unwrap().join("docs/inspection.md")
}

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
    let path = path();
    let found = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = found.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let wanted = format!("{before}{BEGIN}\n{}\n{END}{after}", generated());
    if std::env::var_os("STEELYARD_WRITE_DOCS").is_some_and(|value| value == "1") {
        std::fs::write(&path, wanted).unwrap();
        return;
    }
    assert!(
        found == wanted,
        "{} is stale: run this test with STEELYARD_WRITE_DOCS=1",
        path.display()
    );
}
