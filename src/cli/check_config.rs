//! `steelyard check-config`: reads a configuration and shows what is in force, secrets hidden.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;

use super::law_tables::examples_of;
use crate::config::Config;

/// Arguments of `check-config`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// 配置文件 / configuration file
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

/// Checks the file and writes the effective settings as TOML.
///
/// # Errors
/// When the file can't be used; the message names file, line and key. When the law tables that it
/// names can't be read, or their worked examples do not come out.
pub fn run(arguments: &Arguments, mut output: impl Write) -> anyhow::Result<()> {
    let config = Config::load(&arguments.config)?;
    let examples = examples_of(&config)?;
    let effective = config.effective().context("writing the settings")?;
    writeln!(
        output,
        "# {} 有效 / is valid; in force:",
        arguments.config.display()
    )?;
    for (table, count) in examples.by_table {
        writeln!(
            output,
            "# 法规表 {table}：{count} 个算例相符 / law table {table}: {count} worked examples hold"
        )?;
    }
    output.write_all(effective.as_bytes())?;
    Ok(())
}
