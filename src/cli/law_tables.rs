//! The law tables that a station judges by: those built in, or those of a folder of its own, whose
//! worked examples have to hold.

use std::path::Path;

use anyhow::{Context, bail, ensure};

use crate::config::Config;
use crate::law::{Calendar, EXAMPLES_SUFFIX, ExamplesRun, LawTables, WorkedExamples, run_examples};

/// Failing examples that are told; the others are counted.
const TOLD: usize = 5;

/// Files as `(name, text)`.
type Files = Vec<(String, String)>;

/// The law tables that a configuration names.
///
/// # Errors
/// When its folder can't be read, a table contradicts itself or another, or a worked example of one
/// of them does not come out.
pub fn law_tables(config: &Config) -> anyhow::Result<LawTables> {
    tables_of(config.law.rules_dir.as_deref(), &config.law.jurisdiction)
}

/// The tables of a folder, or without one those built in, as they hold in a jurisdiction.
///
/// # Errors
/// As [`law_tables`].
pub fn tables_of(folder: Option<&Path>, jurisdiction: &str) -> anyhow::Result<LawTables> {
    let Some(folder) = folder else {
        let tables = LawTables::embedded_for(jurisdiction);
        return tables.context("内置法规表 / the built-in law tables");
    };
    Ok(of_folder(folder, jurisdiction)?.0)
}

/// How many worked examples each table has, all of which hold.
///
/// # Errors
/// As [`law_tables`].
pub fn examples_of(config: &Config) -> anyhow::Result<ExamplesRun> {
    match &config.law.rules_dir {
        None => check(
            LawTables::embedded_texts(),
            WorkedExamples::embedded_texts(),
        ),
        Some(folder) => Ok(of_folder(folder, &config.law.jurisdiction)?.1),
    }
}

/// The tables of a folder as they hold in a jurisdiction, and their examples, all of which hold. Tables by
/// which nothing could be judged are refused: an overlay needs the national table that it lies over.
fn of_folder(folder: &Path, jurisdiction: &str) -> anyhow::Result<(LawTables, ExamplesRun)> {
    let (tables, examples) = read(folder)?;
    let tables = borrowed(&tables);
    let run = check(&tables, &borrowed(&examples))?;
    let tables = LawTables::parse_for(&tables, jurisdiction)?;
    ensure!(
        !tables.all().is_empty(),
        "{0} 中没有全国法规表（jurisdiction 为 cn）/ there is no national law table (jurisdiction cn) in {0}",
        folder.display()
    );
    Ok((tables, run))
}

/// The tables of a folder, and the files of examples beside them.
fn read(folder: &Path) -> anyhow::Result<(Files, Files)> {
    let unreadable = || format!("无法读取 / cannot read {}", folder.display());
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(unreadable)? {
        let path = entry.with_context(unreadable)?.path();
        if path.extension().is_some_and(|end| end == "toml") {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let text = std::fs::read_to_string(&path);
            files.push((name.into_owned(), text.with_context(unreadable)?));
        }
    }
    files.sort();
    let is_table = |(name, _): &(String, String)| !name.ends_with(EXAMPLES_SUFFIX);
    Ok(files.into_iter().partition(is_table))
}

fn borrowed(files: &Files) -> Vec<(&str, &str)> {
    let files = files.iter();
    files.map(|(name, text)| (&**name, &**text)).collect()
}

/// Refuses tables whose worked examples do not come out: either is wrong, and nobody may be fined
/// by a table of which that is known.
fn check(tables: &[(&str, &str)], examples: &[(&str, &str)]) -> anyhow::Result<ExamplesRun> {
    let calendar = Calendar::embedded()?;
    let run = run_examples(tables, examples, &calendar)?;
    if run.failures.is_empty() {
        return Ok(run);
    }
    let mut told = String::new();
    for failure in run.failures.iter().take(TOLD) {
        told += &format!("\n  {failure}");
    }
    let count = run.failures.len();
    bail!(
        "法规表有{count}处算例不符，请更正法规表或者算例 / {count} worked examples of the law tables do not \
         come out; mend the table or the example:{told}"
    )
}
