//! The table of protocols in `README.md` is written from the registry. With
//! `STEELYARD_WRITE_README=1` this test writes it anew; without, it fails when the table is stale.
#![allow(
    clippy::unwrap_used,
    reason = "a test may fail by panic and says what it skips"
)]

use std::path::Path;

use firmware_protocols::registry::PROTOCOLS;

const BEGIN: &str = "<!-- protocols: written from the registry -->\n";
const END: &str = "<!-- end of protocols -->\n";

fn table() -> String {
    let mut table = String::from(
        "| protocol | kind | devices | line | check | maturity | use |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for protocol in PROTOCOLS {
        table += &format!(
            "| `{}` | {} | {} | {} | {} | {} | {} |\n",
            protocol.name,
            protocol.kind.name(),
            protocol.devices,
            protocol.line,
            protocol.check.name(),
            protocol.maturity.name(),
            protocol.grade
        );
    }
    table += "\n";
    for protocol in PROTOCOLS
        .iter()
        .filter(|protocol| !protocol.settings.is_empty())
    {
        table += &format!("Settings of `{}`:\n\n", protocol.name);
        for spec in protocol.settings {
            table += &format!("* `{}` = `{}`: {}\n", spec.key, spec.default, spec.meaning);
        }
        table += "\n";
    }
    table.replace("= ``:", "= (empty):")
}

#[test]
fn the_readme_shows_the_registry() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let (head, rest) = readme.split_once(BEGIN).unwrap();
    let (_, tail) = rest.split_once(END).unwrap();
    let fresh = format!("{head}{BEGIN}\n{}{END}{tail}", table());
    if std::env::var_os("STEELYARD_WRITE_README").is_some() {
        std::fs::write(&path, fresh).unwrap();
    } else {
        assert!(fresh == readme, "stale: run with STEELYARD_WRITE_README=1");
    }
}
