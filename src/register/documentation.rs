//! The columns of all registers as Markdown, for `docs/registers.md`.

use std::fmt::Write;

use super::entry::fields_of;
use super::field::Personal;
use super::kind::RegisterKind;

/// A table a register.
pub fn markdown() -> String {
    let mut text = String::new();
    for kind in RegisterKind::ALL {
        let columns = kind.columns();
        let keeper = if kind.is_governed() {
            "register:govern"
        } else {
            "register:write"
        };
        // Writing to a text does not fail.
        let _ = write!(
            text,
            "\n### {} {} (`{}`)\n\nKey: `{}`; changed with `{keeper}`.\n\n\
             | 列 | column | 必填 | 内容 / holds | meaning |\n|---|---|---|---|---|\n",
            kind.zh(),
            kind.en(),
            kind.name(),
            columns.key.join("`-`"),
        );
        for field in fields_of(*kind) {
            let (zh, en) = field.holds.words();
            let required = if field.required { "是" } else { "" };
            let personal = match field.personal {
                Personal::No => "",
                Personal::Name | Personal::Number => "; personal, masked",
            };
            let _ = writeln!(
                text,
                "| {} | `{}` | {required} | {zh} / {en} | {}{personal} |",
                field.zh, field.name, field.en,
            );
        }
    }
    text
}
